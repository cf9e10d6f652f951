#include "exchange/document.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

/* Of one code; a list that is longer is nonsense, and finding a name in it would be slow. */
#define MAX_MODIFIERS 1000
/* Ends a text that was too long. */
#define CUT "…"

struct _TbExchangeNames {
  GHashTable *codes, *subjects, *observers, *sets; /* borrowed names to borrowed things */
  guint n_events, n_modifiers;
  /* What is asked for over a limit: one of each, given again and again, so that nobody holds what is freed. */
  TbExchangeCode *spare_code;
  TbExchangePerson *spare_person;
  TbExchangeSet *spare_set;
  TbExchangeEvent *spare_event;
  TbExchangeMedia *spare_media;
  const char *over; /* the limit that was passed */
};

static void
pair_free (gpointer data)
{
  TbExchangePair *pair = data;

  g_clear_pointer (&pair->name, g_ref_string_release);
  g_free (pair->value);
  g_free (pair);
}

static void
modifier_free (gpointer data)
{
  TbExchangeModifier *modifier = data;

  g_free (modifier->name);
  g_ptr_array_unref (modifier->values);
  g_free (modifier);
}

static void
code_free (gpointer data)
{
  TbExchangeCode *code = data;

  g_free (code->id);
  g_free (code->title);
  g_free (code->description);
  g_free (code->category);
  g_free (code->key);
  g_free (code->color);
  g_ptr_array_unref (code->excludes);
  g_ptr_array_unref (code->modifiers);
  g_free (code);
}

static void
person_free (gpointer data)
{
  TbExchangePerson *person = data;

  g_free (person->name);
  g_free (person->description);
  g_free (person);
}

static void
media_free (gpointer data)
{
  TbExchangeMedia *media = data;

  g_free (media->path);
  g_free (media->type);
  g_free (media);
}

static void
event_free (gpointer data)
{
  TbExchangeEvent *event = data;

  g_clear_pointer (&event->code, g_ref_string_release);
  g_clear_pointer (&event->subject, g_ref_string_release);
  g_clear_pointer (&event->observer, g_ref_string_release);
  g_free (event->comment);
  g_clear_pointer (&event->modifiers, g_ptr_array_unref);
  g_free (event);
}

static void
set_free (gpointer data)
{
  TbExchangeSet *set = data;

  g_free (set->id);
  g_free (set->description);
  g_ptr_array_unref (set->media);
  g_ptr_array_unref (set->events);
  g_ptr_array_unref (set->pairs);
  g_free (set);
}

TbExchange *
tb_exchange_new (void)
{
  TbExchange *document = g_new0 (TbExchange, 1);

  document->title = g_strdup ("");
  document->description = g_strdup ("");
  document->codes = g_ptr_array_new_with_free_func (code_free);
  document->subjects = g_ptr_array_new_with_free_func (person_free);
  document->observers = g_ptr_array_new_with_free_func (person_free);
  document->sets = g_ptr_array_new_with_free_func (set_free);
  document->pairs = g_ptr_array_new_with_free_func (pair_free);
  document->names = g_new0 (TbExchangeNames, 1);
  document->names->codes = g_hash_table_new (g_str_hash, g_str_equal);
  document->names->subjects = g_hash_table_new (g_str_hash, g_str_equal);
  document->names->observers = g_hash_table_new (g_str_hash, g_str_equal);
  document->names->sets = g_hash_table_new (g_str_hash, g_str_equal);
  return document;
}

void
tb_exchange_free (TbExchange *document)
{
  if (document == NULL)
    return;
  g_hash_table_unref (document->names->codes);
  g_hash_table_unref (document->names->subjects);
  g_hash_table_unref (document->names->observers);
  g_hash_table_unref (document->names->sets);
  g_clear_pointer (&document->names->spare_code, code_free);
  g_clear_pointer (&document->names->spare_person, person_free);
  g_clear_pointer (&document->names->spare_set, set_free);
  g_clear_pointer (&document->names->spare_event, event_free);
  g_clear_pointer (&document->names->spare_media, media_free);
  g_free (document->names);
  g_free (document->title);
  g_free (document->description);
  g_ptr_array_unref (document->codes);
  g_ptr_array_unref (document->subjects);
  g_ptr_array_unref (document->observers);
  g_ptr_array_unref (document->sets);
  g_ptr_array_unref (document->pairs);
  g_free (document);
}

void
tb_exchange_text (char **place, const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;
  g_autofree char *cut = NULL;

  if (length > TB_EXCHANGE_MAX_TEXT) {
    g_autofree char *valid = NULL;

    length = TB_EXCHANGE_MAX_TEXT - strlen (CUT);
    while (length > 0 && ((guchar) text[length] & 0xc0) == 0x80)
      length--;
    valid = g_utf8_make_valid (text, (gssize) length);
    cut = g_strconcat (valid, CUT, NULL);
  } else if (text != NULL) {
    cut = g_utf8_make_valid (text, (gssize) length);
  }
  g_free (*place);
  *place = g_steal_pointer (&cut);
}

void
tb_exchange_share (GRefString **place, const char *text)
{
  g_autofree char *valid = NULL;

  tb_exchange_text (&valid, text);
  g_clear_pointer (place, g_ref_string_release);
  if (valid != NULL)
    *place = g_ref_string_new_intern (valid);
}

static gboolean
was_cut (const char *text)
{
  return text != NULL && strlen (text) > TB_EXCHANGE_MAX_TEXT - 2 * strlen (CUT) && g_str_has_suffix (text, CUT);
}

static void
report_cut (const TbExchangeEvent *event, const char *set, TbLoss *loss)
{
  gboolean cut
      = was_cut (event->comment) || was_cut (event->code) || was_cut (event->subject) || was_cut (event->observer);

  for (guint i = 0; event->modifiers != NULL && i < event->modifiers->len && !cut; i++)
    cut = was_cut (((TbExchangePair *) g_ptr_array_index (event->modifiers, i))->value);
  if (cut)
    tb_loss_add (loss, TB_LOSS_CHANGED, 1, "a text of more than 64 kB", "it was cut", "observation “%.60s”", set);
  tb_loss_add (loss, TB_LOSS_LEFT, event->n_more, "a modifier of an event that has more than 200", "there are too many",
               "observation “%.60s”", set);
}

void
tb_exchange_join (char **place, const char *text)
{
  g_autofree char *both = NULL;

  if (*text == '\0' || g_strcmp0 (*place, text) == 0)
    return;
  both = *place != NULL && **place != '\0' ? g_strdup_printf ("%s\n%s", *place, text) : g_strdup (text);
  tb_exchange_text (place, both);
}

/* FALSE, and the document is over its limits, when LIST can hold no more. */
static gboolean
has_room (TbExchange *document, guint length, guint limit, const char *what)
{
  if (length < limit)
    return TRUE;
  document->names->over = what;
  return FALSE;
}

static char *
never_null (const char *text)
{
  char *copy = NULL;

  tb_exchange_text (&copy, text != NULL ? text : "");
  return copy;
}

static TbExchangeCode *
code_new (const char *id)
{
  TbExchangeCode *code = g_new0 (TbExchangeCode, 1);

  code->id = never_null (id);
  code->kind = TB_KIND_POINT;
  code->description = g_strdup ("");
  code->excludes = g_ptr_array_new_with_free_func (g_free);
  code->modifiers = g_ptr_array_new_with_free_func (modifier_free);
  return code;
}

TbExchangeCode *
tb_exchange_code (TbExchange *document, const char *id)
{
  g_autofree char *name = never_null (id);
  TbExchangeCode *code = g_hash_table_lookup (document->names->codes, name);

  if (code != NULL)
    return code;
  if (!has_room (document, document->codes->len, TB_EXCHANGE_MAX_NAMES, "codes")) {
    if (document->names->spare_code == NULL)
      document->names->spare_code = code_new (name);
    g_ptr_array_set_size (document->names->spare_code->excludes, 0);
    g_ptr_array_set_size (document->names->spare_code->modifiers, 0);
    return document->names->spare_code;
  }
  code = code_new (name);
  g_ptr_array_add (document->codes, code);
  g_hash_table_insert (document->names->codes, code->id, code);
  return code;
}

TbExchangeCode *
tb_exchange_find_code (const TbExchange *document, const char *id)
{
  return id != NULL ? g_hash_table_lookup (document->names->codes, id) : NULL;
}

static TbExchangePerson *
person (TbExchange *document, GPtrArray *list, GHashTable *names, const char *name, const char *what)
{
  g_autofree char *valid = never_null (name);
  TbExchangePerson *found = g_hash_table_lookup (names, valid);

  if (found != NULL)
    return found;
  if (!has_room (document, list->len, TB_EXCHANGE_MAX_NAMES, what) && document->names->spare_person != NULL)
    return document->names->spare_person;
  found = g_new0 (TbExchangePerson, 1);
  found->name = g_steal_pointer (&valid);
  found->description = g_strdup ("");
  if (list->len >= TB_EXCHANGE_MAX_NAMES)
    return document->names->spare_person = found;
  g_ptr_array_add (list, found);
  g_hash_table_insert (names, found->name, found);
  return found;
}

TbExchangePerson *
tb_exchange_subject (TbExchange *document, const char *name)
{
  return person (document, document->subjects, document->names->subjects, name, "subjects");
}

TbExchangePerson *
tb_exchange_observer (TbExchange *document, const char *name)
{
  return person (document, document->observers, document->names->observers, name, "observers");
}

TbExchangeSet *
tb_exchange_set (TbExchange *document, const char *id)
{
  g_autofree char *valid = never_null (id);
  TbExchangeSet *set = g_hash_table_lookup (document->names->sets, valid);

  if (set != NULL)
    return set;
  if (!has_room (document, document->sets->len, TB_EXCHANGE_MAX_NAMES, "observations")
      && document->names->spare_set != NULL)
    return document->names->spare_set;
  set = g_new0 (TbExchangeSet, 1);
  set->id = g_steal_pointer (&valid);
  set->description = g_strdup ("");
  set->media = g_ptr_array_new_with_free_func (media_free);
  set->events = g_ptr_array_new_with_free_func (event_free);
  set->pairs = g_ptr_array_new_with_free_func (pair_free);
  if (document->sets->len >= TB_EXCHANGE_MAX_NAMES)
    return document->names->spare_set = set;
  g_ptr_array_add (document->sets, set);
  g_hash_table_insert (document->names->sets, set->id, set);
  return set;
}

TbExchangeSet *
tb_exchange_find_set (const TbExchange *document, const char *id)
{
  return id != NULL ? g_hash_table_lookup (document->names->sets, id) : NULL;
}

TbExchangeEvent *
tb_exchange_event (TbExchange *document, TbExchangeSet *set, TbKind kind, const char *code, TbTime at, TbTime until)
{
  gboolean room = has_room (document, document->names->n_events, TB_EXCHANGE_MAX_EVENTS, "events");
  TbExchangeEvent *event;

  if (!room && document->names->spare_event != NULL) {
    g_clear_pointer (&document->names->spare_event->modifiers, g_ptr_array_unref);
    return document->names->spare_event;
  }
  event = g_new0 (TbExchangeEvent, 1);
  event->kind = kind;
  if (code != NULL && *code != '\0')
    tb_exchange_share (&event->code, code);
  event->comment = g_strdup ("");
  event->at = at;
  event->until = until;
  event->rating = NAN;
  event->records = 1;
  if (!room)
    return document->names->spare_event = event;
  document->names->n_events++;
  g_ptr_array_add (set->events, event);
  return event;
}

TbExchangeMedia *
tb_exchange_media (TbExchange *document, TbExchangeSet *set, const char *path)
{
  gboolean room = has_room (document, set->media->len, TB_EXCHANGE_MAX_NAMES, "media files");
  TbExchangeMedia *media;

  if (!room && document->names->spare_media != NULL)
    return document->names->spare_media;
  media = g_new0 (TbExchangeMedia, 1);
  media->path = never_null (path);
  media->length = TB_TIME_NONE;
  if (!room)
    return document->names->spare_media = media;
  g_ptr_array_add (set->media, media);
  return media;
}

TbExchangeModifier *
tb_exchange_modifier (TbExchangeCode *code, const char *name)
{
  g_autofree char *valid = never_null (name);
  TbExchangeModifier *modifier;

  for (guint i = 0; i < code->modifiers->len; i++) {
    modifier = g_ptr_array_index (code->modifiers, i);
    if (g_str_equal (modifier->name, valid))
      return modifier;
  }
  if (code->modifiers->len >= MAX_MODIFIERS)
    return g_ptr_array_index (code->modifiers, code->modifiers->len - 1);
  modifier = g_new0 (TbExchangeModifier, 1);
  modifier->name = g_steal_pointer (&valid);
  modifier->kind = TB_MODIFIER_SINGLE;
  modifier->values = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (code->modifiers, modifier);
  return modifier;
}

static void
add_pair (GPtrArray *pairs, const char *name, const char *value)
{
  TbExchangePair *pair = g_new0 (TbExchangePair, 1);

  tb_exchange_share (&pair->name, name != NULL ? name : "");
  pair->value = never_null (value);
  g_ptr_array_add (pairs, pair);
}

const char *
tb_exchange_called (const TbExchangeEvent *event)
{
  return event->code != NULL ? event->code : "moment";
}

gboolean
tb_exchange_is_instant (const TbExchangeEvent *event)
{
  return event->until == TB_TIME_NONE && (event->kind == TB_KIND_POINT || event->kind == TB_KIND_RATING);
}

void
tb_exchange_event_modifier (TbExchange *document, TbExchangeEvent *event, const char *name, const char *value)
{
  if (!has_room (document, document->names->n_modifiers, TB_EXCHANGE_MAX_ALL_MODIFIERS, "modifiers"))
    return;
  if (event->modifiers == NULL)
    event->modifiers = g_ptr_array_new_with_free_func (pair_free);
  if (event->modifiers->len >= TB_EXCHANGE_MAX_MODIFIERS) {
    event->n_more++;
    return;
  }
  add_pair (event->modifiers, name, value);
  document->names->n_modifiers++;
}

gboolean
tb_exchange_event_has (const TbExchangeEvent *event, const char *name, const char *value)
{
  for (guint i = 0; event->modifiers != NULL && i < event->modifiers->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (event->modifiers, i);

    if (g_str_equal (pair->name, name) && g_str_equal (pair->value, value))
      return TRUE;
  }
  return FALSE;
}

void
tb_exchange_pair (TbExchange *document, GPtrArray *pairs, const char *name, const char *value)
{
  if (has_room (document, pairs->len, TB_EXCHANGE_MAX_NAMES, "pieces of metadata"))
    add_pair (pairs, name, value);
}

const char *
tb_exchange_get (const GPtrArray *pairs, const char *name)
{
  for (guint i = 0; i < pairs->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (pairs, i);

    if (g_str_equal (pair->name, name))
      return pair->value;
  }
  return NULL;
}

static int
compare_events (gconstpointer a, gconstpointer b)
{
  const TbExchangeEvent *one = *(const TbExchangeEvent *const *) a, *other = *(const TbExchangeEvent *const *) b;

  return one->at < other->at ? -1 : one->at > other->at;
}

gboolean
tb_exchange_finish (TbExchange *document, TbLoss *loss, GError **error)
{
  for (guint s = 0; s < document->sets->len; s++) {
    TbExchangeSet *set = g_ptr_array_index (document->sets, s);

    g_ptr_array_sort (set->events, compare_events); /* g_ptr_array_sort is stable */
    for (guint i = 0; i < set->events->len; i++) {
      TbExchangeEvent *event = g_ptr_array_index (set->events, i);

      if (event->code != NULL && tb_exchange_find_code (document, event->code) == NULL)
        tb_exchange_code (document, event->code)->kind = event->kind;
      if (event->subject != NULL)
        tb_exchange_subject (document, event->subject);
      if (event->observer != NULL)
        tb_exchange_observer (document, event->observer);
      report_cut (event, set->id, loss);
    }
  }
  if (document->names->over == NULL)
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_TOO_LARGE, "The file has more %s than Terugblik reads from one file",
               document->names->over);
  return FALSE;
}

guint
tb_exchange_n_events (const TbExchange *document)
{
  return document->names->n_events;
}

gsize
tb_exchange_weight (const TbExchange *document)
{
  return (gsize) document->names->n_events * (sizeof (TbExchangeEvent) + 64)
         + (gsize) document->names->n_modifiers * (sizeof (TbExchangePair) + 64);
}

static gboolean
same_time (TbTime a, TbTime b, TbTime tolerance)
{
  if (a == TB_TIME_NONE || b == TB_TIME_NONE)
    return a == b;
  return ABS (a - b) <= tolerance;
}

static int
compare_pairs (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const TbExchangePair *const *) a)->name, (*(const TbExchangePair *const *) b)->name);
}

/* By name: the order of different modifiers means nothing, that of values of one does. New; borrows. */
static GPtrArray *
sorted_modifiers (const TbExchangeEvent *event)
{
  GPtrArray *sorted = event->modifiers != NULL ? g_ptr_array_copy (event->modifiers, NULL, NULL) : g_ptr_array_new ();

  g_ptr_array_set_free_func (sorted, NULL);
  g_ptr_array_sort (sorted, compare_pairs);
  return sorted;
}

static const char *
difference (const TbExchangeEvent *a, const TbExchangeEvent *b, TbTime tolerance)
{
  g_autoptr (GPtrArray) left = sorted_modifiers (a);
  g_autoptr (GPtrArray) right = sorted_modifiers (b);

  if (!same_time (a->at, b->at, tolerance))
    return "time";
  if (!same_time (a->until, b->until, tolerance))
    return "end";
  if (a->kind != b->kind)
    return "kind";
  if (g_strcmp0 (a->code, b->code) != 0)
    return "code";
  if (g_strcmp0 (a->subject, b->subject) != 0)
    return "subject";
  if (g_strcmp0 (a->observer, b->observer) != 0)
    return "observer";
  if (g_strcmp0 (a->comment, b->comment) != 0)
    return "comment";
  if (isnan (a->rating) != isnan (b->rating) || (!isnan (a->rating) && a->rating != b->rating))
    return "rating";
  if (left->len != right->len)
    return "number of modifiers";
  for (guint i = 0; i < left->len; i++) {
    const TbExchangePair *one = g_ptr_array_index (left, i), *other = g_ptr_array_index (right, i);

    if (!g_str_equal (one->name, other->name) || !g_str_equal (one->value, other->value))
      return "modifier";
  }
  return NULL;
}

/* Time first; equal times by what they say, so that two programs' orders of equals do not matter. */
static int
compare_for_test (gconstpointer a, gconstpointer b)
{
  const TbExchangeEvent *one = *(const TbExchangeEvent *const *) a, *other = *(const TbExchangeEvent *const *) b;
  int order = compare_events (a, b);

  if (order == 0)
    order = g_strcmp0 (one->code, other->code);
  if (order == 0)
    order = g_strcmp0 (one->subject, other->subject);
  if (order == 0)
    order = g_strcmp0 (one->observer, other->observer);
  if (order == 0)
    order = one->until < other->until ? -1 : one->until > other->until;
  return order != 0 ? order : g_strcmp0 (one->comment, other->comment);
}

char *
tb_exchange_compare (const TbExchange *a, const TbExchange *b, TbTime tolerance)
{
  if (a->sets->len != b->sets->len)
    return g_strdup_printf ("%u observations and %u", a->sets->len, b->sets->len);
  for (guint s = 0; s < a->sets->len; s++) {
    const TbExchangeSet *one = g_ptr_array_index (a->sets, s), *other = g_ptr_array_index (b->sets, s);
    g_autoptr (GPtrArray) left = g_ptr_array_copy (one->events, NULL, NULL);
    g_autoptr (GPtrArray) right = g_ptr_array_copy (other->events, NULL, NULL);

    g_ptr_array_set_free_func (left, NULL);
    g_ptr_array_set_free_func (right, NULL);
    if (left->len != right->len)
      return g_strdup_printf ("observation %u: %u events and %u", s, left->len, right->len);
    g_ptr_array_sort (left, compare_for_test);
    g_ptr_array_sort (right, compare_for_test);
    for (guint i = 0; i < left->len; i++) {
      const TbExchangeEvent *x = g_ptr_array_index (left, i), *y = g_ptr_array_index (right, i);
      const char *what = difference (x, y, tolerance);

      if (what != NULL)
        return g_strdup_printf ("observation %u, event %u: its %s (%.9f “%s” “%s”, %.9f “%s” “%s”)", s, i, what,
                                tb_time_to_seconds (x->at), x->code, x->comment, tb_time_to_seconds (y->at), y->code,
                                y->comment);
    }
  }
  return NULL;
}
