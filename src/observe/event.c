#include "observe/event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "observe/order.h"

#define N_NAME_KINDS 7

typedef struct {
  GPtrArray *names;    /* owned texts, [0] is NULL */
  GHashTable *numbers; /* text (of NAMES) -> number */
} Names;

typedef struct {
  char *id;
  TbTime length;
} Visit;

typedef struct {
  guint first, n; /* in MEMBERS */
} Combination;

/* A code that counts under another name in one visit. */
typedef struct {
  char *name; /* of the other */
  guint count;
} Renamed;

struct _TbEventSet {
  GArray *events;             /* TbEvent */
  GArray *visits;             /* Visit */
  Names names[N_NAME_KINDS];  /* by TbNameKind - 1 */
  GArray *members;            /* guint32, the modifiers of all combinations */
  GArray *combinations;       /* Combination, [0] is empty */
  GHashTable *by_combination; /* GBytes of the members -> number */
  GHashTable *facts;          /* name of a code -> TbCodeFacts */
  GArray *scales;             /* TbScaleFacts, [0] is empty */
  GArray *samplings;          /* TbSamplingFacts, [0] is empty */
  GHashTable *renamed;        /* "VISIT INSTRUMENT/CODE" -> Renamed */
  guint n_uncoded;
  gboolean sorted;
};

static void
free_renamed (gpointer renamed)
{
  g_free (((Renamed *) renamed)->name);
  g_free (renamed);
}

static void
clear_visit (gpointer visit)
{
  g_free (((Visit *) visit)->id);
}

TbEventSet *
tb_event_set_new (void)
{
  TbEventSet *set = g_new0 (TbEventSet, 1);
  const Combination none = { 0, 0 };

  set->events = g_array_new (FALSE, FALSE, sizeof (TbEvent));
  set->visits = g_array_new (FALSE, FALSE, sizeof (Visit));
  g_array_set_clear_func (set->visits, clear_visit);
  for (guint i = 0; i < N_NAME_KINDS; i++) {
    set->names[i].names = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (set->names[i].names, NULL);
    set->names[i].numbers = g_hash_table_new (g_str_hash, g_str_equal);
  }
  set->members = g_array_new (FALSE, FALSE, sizeof (guint32));
  set->combinations = g_array_new (FALSE, FALSE, sizeof (Combination));
  g_array_append_val (set->combinations, none);
  set->by_combination = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  set->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  set->scales = g_array_new (FALSE, TRUE, sizeof (TbScaleFacts));
  g_array_set_size (set->scales, 1);
  set->samplings = g_array_new (FALSE, TRUE, sizeof (TbSamplingFacts));
  g_array_set_size (set->samplings, 1);
  set->renamed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_renamed);
  return set;
}

void
tb_event_set_free (TbEventSet *set)
{
  if (set == NULL)
    return;
  g_array_unref (set->events);
  g_array_unref (set->visits);
  for (guint i = 0; i < N_NAME_KINDS; i++) {
    g_hash_table_unref (set->names[i].numbers);
    g_ptr_array_unref (set->names[i].names);
  }
  g_array_unref (set->members);
  g_array_unref (set->combinations);
  g_hash_table_unref (set->by_combination);
  g_hash_table_unref (set->facts);
  g_array_unref (set->scales);
  g_array_unref (set->samplings);
  g_hash_table_unref (set->renamed);
  g_free (set);
}

guint
tb_event_set_add_visit (TbEventSet *set, const char *id, TbTime length)
{
  const Visit visit = { g_strdup (id), length };

  g_assert (length >= 0);
  g_array_append_val (set->visits, visit);
  return set->visits->len - 1;
}

guint
tb_event_set_n_visits (const TbEventSet *set)
{
  return set->visits->len;
}

TbTime
tb_event_set_visit_length (const TbEventSet *set, guint visit)
{
  g_assert (visit < set->visits->len);
  return g_array_index (set->visits, Visit, visit).length;
}

const char *
tb_event_set_visit_id (const TbEventSet *set, guint visit)
{
  g_assert (visit < set->visits->len);
  return g_array_index (set->visits, Visit, visit).id;
}

guint
tb_event_set_intern (TbEventSet *set, TbNameKind kind, const char *name)
{
  Names *names = &set->names[kind - 1];
  guint number = tb_event_set_find (set, kind, name);
  char *copy;

  if (number != 0 || name == NULL)
    return number;
  number = names->names->len;
  copy = g_strdup (name);
  g_ptr_array_add (names->names, copy);
  g_hash_table_insert (names->numbers, copy, GUINT_TO_POINTER (number));
  return number;
}

guint
tb_event_set_intern_code (TbEventSet *set, const char *instrument, const char *code)
{
  g_autofree char *name = g_strconcat (instrument, "/", code, NULL);

  return tb_event_set_intern (set, TB_NAME_CODE, name);
}

guint
tb_event_set_find (const TbEventSet *set, TbNameKind kind, const char *name)
{
  return name == NULL ? 0 : GPOINTER_TO_UINT (g_hash_table_lookup (set->names[kind - 1].numbers, name));
}

const char *
tb_event_set_name (const TbEventSet *set, TbNameKind kind, guint number)
{
  g_assert (number < set->names[kind - 1].names->len);
  return set->names[kind - 1].names->pdata[number];
}

guint
tb_event_set_n_names (const TbEventSet *set, TbNameKind kind)
{
  return set->names[kind - 1].names->len;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const guint32 left = *(const guint32 *) a, right = *(const guint32 *) b;

  return (left > right) - (left < right);
}

guint
tb_event_set_modifiers (TbEventSet *set, const char *const *names)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GBytes) key = NULL;
  Combination combination = { set->members->len, 0 };
  gpointer known;

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    const guint32 number = tb_event_set_intern (set, TB_NAME_MODIFIER, names[i]);

    g_array_append_val (list, number);
  }
  g_array_sort (list, compare_numbers);
  for (guint i = 1; i < list->len;) {
    if (g_array_index (list, guint32, i) == g_array_index (list, guint32, i - 1))
      g_array_remove_index (list, i);
    else
      i++;
  }
  if (list->len == 0)
    return 0;
  key = g_bytes_new (list->data, list->len * sizeof (guint32));
  if (g_hash_table_lookup_extended (set->by_combination, key, NULL, &known))
    return GPOINTER_TO_UINT (known);
  combination.n = list->len;
  g_array_append_vals (set->members, list->data, list->len);
  g_array_append_val (set->combinations, combination);
  g_hash_table_insert (set->by_combination, g_steal_pointer (&key), GUINT_TO_POINTER (set->combinations->len - 1));
  return set->combinations->len - 1;
}

guint
tb_event_set_n_modifiers (const TbEventSet *set)
{
  return set->combinations->len;
}

const guint32 *
tb_event_set_modifier_list (const TbEventSet *set, guint combination, guint *n)
{
  const Combination *one;

  g_assert (combination < set->combinations->len);
  one = &g_array_index (set->combinations, Combination, combination);
  *n = one->n;
  return (const guint32 *) (const void *) set->members->data + one->first;
}

/* The number of NAME, with room for it in DATA. */
static guint32
intern_with (TbEventSet *set, TbNameKind kind, const char *name, GArray *data)
{
  const guint32 number = tb_event_set_intern (set, kind, name);

  if (number >= data->len)
    g_array_set_size (data, number + 1);
  return number;
}

void
tb_event_set_describe (TbEventSet *set, const char *code, const char *group, const char *scale, const double *steps,
                       guint n_steps, const char *sampling, const TbSamplingFacts *facts)
{
  TbCodeFacts *all = g_new0 (TbCodeFacts, 1);

  all->group = tb_event_set_intern (set, TB_NAME_GROUP, group);
  if (scale != NULL) {
    TbScaleFacts *known;

    all->scale = intern_with (set, TB_NAME_SCALE, scale, set->scales);
    known = &g_array_index (set->scales, TbScaleFacts, all->scale);
    known->n = MIN (n_steps, TB_SCALE_STEPS_MAX);
    memcpy (known->steps, steps, known->n * sizeof (double));
  }
  if (sampling != NULL) {
    all->sampling = intern_with (set, TB_NAME_SAMPLING, sampling, set->samplings);
    g_array_index (set->samplings, TbSamplingFacts, all->sampling) = *facts;
  }
  g_hash_table_insert (set->facts, g_strdup (code), all);
}

/* "INSTRUMENT/ID" and ENDING; NULL without an id. New. */
static char *
full_name (const TbInstrument *instrument, const char *id, const char *ending)
{
  return id != NULL ? g_strconcat (tb_instrument_id (instrument), "/", id, ending, NULL) : NULL;
}

void
tb_event_set_add_code (TbEventSet *set, const char *name, const TbInstrument *instrument, const TbCode *code,
                       const char *scale_ending, const char *sampling_ending)
{
  const TbScale *scale = code->scale;
  const TbSampling *sampling = code->sampling;
  g_autofree char *group = full_name (instrument, code->group, "");
  g_autofree char *scale_name = full_name (instrument, scale != NULL ? scale->id : NULL, scale_ending);
  g_autofree char *sampling_name = full_name (instrument, sampling != NULL ? sampling->id : NULL, sampling_ending);
  TbSamplingFacts facts = { 0 };
  double steps[TB_SCALE_STEPS_MAX];
  guint n_steps = 0;

  for (; scale != NULL && n_steps < MIN (scale->steps->len, TB_SCALE_STEPS_MAX); n_steps++)
    steps[n_steps] = (double) g_array_index (scale->steps, TbStep, n_steps).value;
  if (sampling != NULL)
    facts = (TbSamplingFacts){ sampling->every, sampling->rule };
  if (group != NULL || scale != NULL || sampling != NULL)
    tb_event_set_describe (set, name, group, scale_name, steps, n_steps, sampling_name, &facts);
}

void
tb_event_set_add_instrument (TbEventSet *set, const TbInstrument *instrument)
{
  for (guint i = 0; i < tb_instrument_n_codes (instrument); i++) {
    const TbCode *code = tb_instrument_code (instrument, i);
    g_autofree char *name = full_name (instrument, code->id, "");

    tb_event_set_add_code (set, name, instrument, code, "", "");
  }
}

TbCodeFacts
tb_event_set_code_facts (const TbEventSet *set, guint32 code)
{
  const char *name = tb_event_set_name (set, TB_NAME_CODE, code);
  const TbCodeFacts *facts = name != NULL ? g_hash_table_lookup (set->facts, name) : NULL;

  return facts != NULL ? *facts : (TbCodeFacts){ 0 };
}

const TbScaleFacts *
tb_event_set_scale (const TbEventSet *set, guint32 scale)
{
  g_assert (scale > 0 && scale < set->scales->len);
  return &g_array_index (set->scales, TbScaleFacts, scale);
}

const TbSamplingFacts *
tb_event_set_sampling (const TbEventSet *set, guint32 sampling)
{
  g_assert (sampling > 0 && sampling < set->samplings->len);
  return &g_array_index (set->samplings, TbSamplingFacts, sampling);
}

guint32
tb_event_set_find_code (const TbEventSet *set, const char *word, gboolean *several)
{
  guint32 found = tb_event_set_find (set, TB_NAME_CODE, word);

  *several = FALSE;
  if (found != 0)
    return found;
  for (guint32 i = 1; i < tb_event_set_n_names (set, TB_NAME_CODE); i++) {
    if (!g_str_equal (strchr (tb_event_set_name (set, TB_NAME_CODE, i), '/') + 1, word))
      continue;
    *several = found != 0;
    if (*several)
      return 0;
    found = i;
  }
  return found;
}

void
tb_event_set_add (TbEventSet *set, const TbEvent *event)
{
  g_assert (event->visit < set->visits->len);
  g_assert (event->code > 0 && event->code < tb_event_set_n_names (set, TB_NAME_CODE));
  g_assert (event->subject < tb_event_set_n_names (set, TB_NAME_SUBJECT));
  g_assert (event->observer < tb_event_set_n_names (set, TB_NAME_OBSERVER));
  g_assert (event->modifiers < set->combinations->len);
  g_assert (event->kind >= TB_KIND_POINT && event->kind <= TB_KIND_RATING);
  g_assert (event->until == TB_TIME_NONE || (event->kind == TB_KIND_STATE && event->until >= event->at));
  g_array_append_vals (set->events, event, 1);
  set->sorted = FALSE;
}

/* "VISIT INSTRUMENT/CODE"; new. */
static char *
renamed_key (guint visit, const char *code)
{
  return g_strdup_printf ("%u %s", visit, code);
}

void
tb_event_set_rename (TbEventSet *set, guint visit, const char *from, const char *to)
{
  Renamed *renamed = g_new0 (Renamed, 1);

  renamed->name = g_strdup (to);
  g_hash_table_insert (set->renamed, renamed_key (visit, from), renamed);
}

const char *
tb_event_set_counts_as (const TbEventSet *set, guint visit, const char *code)
{
  g_autofree char *key = renamed_key (visit, code);
  const Renamed *renamed = g_hash_table_lookup (set->renamed, key);

  return renamed != NULL ? renamed->name : code;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

json_object *
tb_event_set_renamed_to_json (const TbEventSet *set)
{
  json_object *array = json_object_new_array ();
  guint n;
  g_autofree char **keys = (char **) g_hash_table_get_keys_as_array (set->renamed, &n);

  qsort (keys, n, sizeof *keys, compare_texts);
  for (guint i = 0; i < n; i++) {
    const Renamed *renamed = g_hash_table_lookup (set->renamed, keys[i]);
    json_object *object;

    if (renamed->count == 0)
      continue;
    object = json_object_new_object ();
    tb_json_add_int (object, "visit", (gint64) g_ascii_strtoull (keys[i], NULL, 10));
    tb_json_add_string (object, "code", strchr (keys[i], ' ') + 1);
    tb_json_add_string (object, "counts_as", renamed->name);
    tb_json_add_int (object, "count", renamed->count);
    json_object_array_add (array, object);
  }
  return array;
}

/* The number of the code of OBSERVATION in VISIT. */
static guint32
code_of (TbEventSet *set, guint visit, const TbObservation *observation)
{
  g_autofree char *key = NULL;
  Renamed *renamed;

  if (g_hash_table_size (set->renamed) == 0)
    return tb_event_set_intern_code (set, observation->instrument, observation->code);
  key = g_strdup_printf ("%u %s/%s", visit, observation->instrument, observation->code);
  renamed = g_hash_table_lookup (set->renamed, key);
  if (renamed == NULL)
    return tb_event_set_intern_code (set, observation->instrument, observation->code);
  renamed->count++;
  return tb_event_set_intern (set, TB_NAME_CODE, renamed->name);
}

/* "MODIFIER=VALUE" for each choice in VALUE. */
static void
add_choices (GPtrArray *names, const char *modifier, json_object *value)
{
  if (json_object_is_type (value, json_type_array)) {
    for (gsize i = 0; i < json_object_array_length (value); i++)
      add_choices (names, modifier, json_object_array_get_idx (value, i));
  } else if (json_object_is_type (value, json_type_string)) {
    g_ptr_array_add (names, g_strconcat (modifier, "=", json_object_get_string (value), NULL));
  } else if (json_object_is_type (value, json_type_int) || json_object_is_type (value, json_type_double)) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (number, sizeof number, "%.10g", json_object_get_double (value));
    g_ptr_array_add (names, g_strconcat (modifier, "=", number, NULL));
  }
}

static guint32
modifiers_of (TbEventSet *set, const char *text)
{
  g_autoptr (json_object) object = text != NULL ? tb_json_parse (text, strlen (text), NULL) : NULL;
  g_autoptr (GPtrArray) names = NULL;

  if (!json_object_is_type (object, json_type_object))
    return 0;
  names = g_ptr_array_new_with_free_func (g_free);
  json_object_object_foreach (object, modifier, value)
    add_choices (names, modifier, value);
  g_ptr_array_add (names, NULL);
  return tb_event_set_modifiers (set, (const char *const *) names->pdata);
}

void
tb_event_set_add_observations (TbEventSet *set, guint visit, const GPtrArray *observations)
{
  for (guint i = 0; i < observations->len; i++) {
    const TbObservation *observation = observations->pdata[i];
    TbEvent event = { .visit = visit, .source = i, .until = TB_TIME_NONE, .value = NAN };

    if (observation->removed)
      continue;
    if (observation->instrument == NULL || observation->code == NULL) {
      set->n_uncoded++;
      continue;
    }
    event.code = code_of (set, visit, observation);
    event.subject = tb_event_set_intern (set, TB_NAME_SUBJECT, observation->subject);
    event.observer = tb_event_set_intern (set, TB_NAME_OBSERVER, observation->observer);
    event.modifiers = modifiers_of (set, observation->modifiers);
    event.kind = observation->kind;
    event.at = observation->at;
    if (event.kind == TB_KIND_STATE && observation->until != TB_TIME_NONE && observation->closed_by == NULL)
      event.until = MAX (observation->until, observation->at);
    if (event.kind == TB_KIND_RATING && observation->rating != TB_RATING_NONE)
      event.value = (double) observation->rating;
    tb_event_set_add (set, &event);
  }
}

guint
tb_event_set_n_uncoded (const TbEventSet *set)
{
  return set->n_uncoded;
}

static int
compare_events (gconstpointer a, gconstpointer b)
{
  const TbEvent *left = a, *right = b;
  const TbTime left_until = left->kind == TB_KIND_STATE && left->until == TB_TIME_NONE ? G_MAXINT64 : left->until;
  const TbTime right_until = right->kind == TB_KIND_STATE && right->until == TB_TIME_NONE ? G_MAXINT64 : right->until;

  TB_ORDER (left->visit, right->visit);
  TB_ORDER (left->at, right->at);
  TB_ORDER (left_until, right_until);
  TB_ORDER (left->code, right->code);
  TB_ORDER (left->subject, right->subject);
  TB_ORDER (left->observer, right->observer);
  TB_ORDER (left->modifiers, right->modifiers);
  TB_ORDER (left->kind, right->kind);
  TB_ORDER (isnan (left->value), isnan (right->value));
  if (!isnan (left->value))
    TB_ORDER (left->value, right->value);
  TB_ORDER (left->source, right->source);
  return 0;
}

/* As they come out of the store they mostly are. */
static gboolean
is_in_order (const GArray *events)
{
  for (guint i = 1; i < events->len; i++)
    if (compare_events (&g_array_index (events, TbEvent, i - 1), &g_array_index (events, TbEvent, i)) > 0)
      return FALSE;
  return TRUE;
}

void
tb_event_set_sort (TbEventSet *set)
{
  if (!is_in_order (set->events))
    g_array_sort (set->events, compare_events);
  set->sorted = TRUE;
}

const TbEvent *
tb_event_set_events (const TbEventSet *set, guint *n)
{
  *n = set->events->len;
  return (const TbEvent *) (const void *) set->events->data;
}

/* The first event that is not of a visit before VISIT. */
static guint
first_of (const TbEventSet *set, guint visit)
{
  guint low = 0, high = set->events->len;

  while (low < high) {
    const guint middle = low + (high - low) / 2;

    if (g_array_index (set->events, TbEvent, middle).visit < visit)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const TbEvent *
tb_event_set_visit_events (const TbEventSet *set, guint visit, guint *n)
{
  const guint first = first_of (set, visit);

  g_assert (set->sorted || set->events->len == 0);
  *n = first_of (set, visit + 1) - first;
  return (const TbEvent *) (const void *) set->events->data + first;
}

TbTime
tb_event_set_end (const TbEventSet *set, const TbEvent *event)
{
  if (event->kind != TB_KIND_STATE)
    return event->at;
  return event->until != TB_TIME_NONE ? event->until : MAX (event->at, tb_event_set_visit_length (set, event->visit));
}
