#include "observe/event.h"

#include <math.h>

#include "observe/order.h"

#define N_NAME_KINDS 4

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

struct _TbEventSet {
  GArray *events;             /* TbEvent */
  GArray *visits;             /* Visit */
  Names names[N_NAME_KINDS];  /* by TbNameKind - 1 */
  GArray *members;            /* guint32, the modifiers of all combinations */
  GArray *combinations;       /* Combination, [0] is empty */
  GHashTable *by_combination; /* GBytes of the members -> number */
  guint n_uncoded;
  gboolean sorted;
};

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

void
tb_event_set_add (TbEventSet *set, const TbEvent *event)
{
  g_assert (event->visit < set->visits->len);
  g_assert (event->code > 0 && event->code < tb_event_set_n_names (set, TB_NAME_CODE));
  g_assert (event->subject < tb_event_set_n_names (set, TB_NAME_SUBJECT));
  g_assert (event->observer < tb_event_set_n_names (set, TB_NAME_OBSERVER));
  g_assert (event->modifiers < set->combinations->len);
  g_assert (event->kind == TB_KIND_POINT || event->kind == TB_KIND_STATE);
  g_assert (event->until == TB_TIME_NONE || (event->kind == TB_KIND_STATE && event->until >= event->at));
  g_array_append_vals (set->events, event, 1);
  set->sorted = FALSE;
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
    event.code = tb_event_set_intern_code (set, observation->instrument, observation->code);
    event.subject = tb_event_set_intern (set, TB_NAME_SUBJECT, observation->subject);
    event.observer = tb_event_set_intern (set, TB_NAME_OBSERVER, observation->observer);
    event.kind = observation->kind == TB_KIND_STATE ? TB_KIND_STATE : TB_KIND_POINT;
    event.at = observation->at;
    if (event.kind == TB_KIND_STATE && observation->until != TB_TIME_NONE && observation->closed_by == NULL)
      event.until = MAX (observation->until, observation->at);
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
