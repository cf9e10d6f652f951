/* A file, or some of it, as visits with what was observed in them. */
#include <string.h>

#include "base/error.h"
#include "exchange/bytes.h"
#include "exchange/left.h"
#include "exchange/visit-map-private.h"
#include "observe/operation.h"

typedef struct {
  const TbExchange *document;
  const TbVisitMapChoice *choice;
  TbLoss *loss;
  GHashTable *uses;     /* foreign id -> TbCodeUse * */
  GHashTable *targets;  /* foreign id -> TbCodeTarget *: of the new kijkwijzers */
  GHashTable *places;   /* foreign id -> TbMapPlace * */
  GHashTable *subjects; /* TbInstrument * -> titles of its subjects */
  TbMapped *mapped;
} Taking;

static void
visit_free (gpointer data)
{
  TbMappedVisit *visit = data;

  g_free (visit->title);
  g_free (visit->teacher);
  g_free (visit->group);
  g_free (visit->subject);
  g_free (visit->focus);
  g_free (visit->note);
  g_ptr_array_unref (visit->instruments);
  g_ptr_array_unref (visit->observations);
  g_free (visit);
}

void
tb_mapped_free (TbMapped *mapped)
{
  if (mapped == NULL)
    return;
  g_ptr_array_unref (mapped->instruments);
  g_ptr_array_unref (mapped->visits);
  g_free (mapped);
}

static gboolean
is_chosen (const Taking *taking, const TbExchangeSet *set)
{
  return taking->choice->sets == NULL
         || g_ptr_array_find_with_equal_func (taking->choice->sets, set->id, g_str_equal, NULL);
}

static gboolean
check_sets (const Taking *taking, GError **error)
{
  for (guint c = 0; taking->choice->sets != NULL && c < taking->choice->sets->len; c++) {
    const char *id = g_ptr_array_index (taking->choice->sets, c);

    if (tb_exchange_find_set (taking->document, id) == NULL) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "There is no “%.60s” in the file", id);
      return FALSE;
    }
  }
  return TRUE;
}

static void
look_at_uses (Taking *taking)
{
  for (guint c = 0; c < taking->document->codes->len; c++) {
    TbCodeUse *use = g_new0 (TbCodeUse, 1);

    use->code = g_ptr_array_index (taking->document->codes, c);
    g_hash_table_insert (taking->uses, use->code->id, use);
  }
  for (guint s = 0; s < taking->document->sets->len; s++) {
    const TbExchangeSet *set = g_ptr_array_index (taking->document->sets, s);
    gboolean chosen = is_chosen (taking, set);

    for (guint i = 0; chosen && i < set->events->len; i++) {
      const TbExchangeEvent *event = g_ptr_array_index (set->events, i);

      if (event->code != NULL)
        tb_code_use_add (g_hash_table_lookup (taking->uses, event->code), event);
    }
  }
}

static gboolean
is_mapped (const Taking *taking, const char *code)
{
  return taking->choice->codes != NULL && g_hash_table_contains (taking->choice->codes, code);
}

/* New kijkwijzers for what nobody said anything of. None when all that was observed has its place. */
static gboolean
make_instruments (Taking *taking, GError **error)
{
  g_autoptr (GPtrArray) uses = g_ptr_array_new ();
  gboolean needed = taking->choice->codes == NULL || g_hash_table_size (taking->choice->codes) == 0;

  for (guint c = 0; c < taking->document->codes->len; c++) {
    const TbExchangeCode *code = g_ptr_array_index (taking->document->codes, c);
    TbCodeUse *use = g_hash_table_lookup (taking->uses, code->id);

    if (is_mapped (taking, code->id))
      continue;
    needed = needed || use->count > 0;
    g_ptr_array_add (uses, use);
  }
  if (!needed || uses->len == 0)
    return TRUE;
  return tb_map_make_instruments (taking->document, uses, taking->choice, taking->mapped->instruments, taking->targets,
                                  taking->loss, error);
}

static const TbInstrument *
find_instrument (GPtrArray *list, const char *id)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    if (g_str_equal (tb_instrument_id (g_ptr_array_index (list, i)), id))
      return g_ptr_array_index (list, i);
  return NULL;
}

static GHashTable *
subjects_of (Taking *taking, const TbInstrument *instrument)
{
  GHashTable *titles = g_hash_table_lookup (taking->subjects, instrument);

  if (titles == NULL) {
    titles = tb_map_titles (instrument, "subjects", TRUE);
    g_hash_table_insert (taking->subjects, (gpointer) instrument, titles);
  }
  return titles;
}

static TbMapPlace *
place_new (Taking *taking, const TbCodeTarget *target, gboolean made, GError **error)
{
  TbMapPlace *place = g_new0 (TbMapPlace, 1);

  place->instrument = find_instrument (made ? taking->mapped->instruments : taking->choice->catalogue, target->instrument);
  place->code = place->instrument != NULL ? tb_instrument_find (place->instrument, target->code) : NULL;
  if (place->code == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "There is no code “%.64s” in a kijkwijzer “%.64s” here",
                 target->code, target->instrument);
    g_free (place);
    return NULL;
  }
  place->subjects = subjects_of (taking, place->instrument);
  return place;
}

static gboolean
find_places (Taking *taking, GError **error)
{
  for (guint c = 0; c < taking->document->codes->len; c++) {
    const char *id = ((TbExchangeCode *) g_ptr_array_index (taking->document->codes, c))->id;
    gboolean mapped = is_mapped (taking, id);
    const TbCodeTarget *target
        = g_hash_table_lookup (mapped ? taking->choice->codes : taking->targets, id);
    TbMapPlace *place;

    if (target != NULL)
      place = place_new (taking, target, !mapped, error);
    else
      place = g_new0 (TbMapPlace, 1);
    if (place == NULL)
      return FALSE;
    place->out = mapped && target == NULL;
    g_hash_table_insert (taking->places, (gpointer) id, place);
  }
  return TRUE;
}

/* --- one visit ----------------------------------------------------------------------- */

static void
drop (Taking *taking, const TbExchangeSet *set, const TbExchangeEvent *event, const char *what, const char *why)
{
  tb_loss_carried (taking->loss, -(gint64) event->records);
  tb_loss_add (taking->loss, TB_LOSS_DROPPED, event->records, what, why, "“%.60s”, “%.60s”", set->id,
               tb_exchange_called (event));
}

static const TbMapPlace *
place_of (const Taking *taking, const TbExchangeEvent *event)
{
  return event->code != NULL ? g_hash_table_lookup (taking->places, event->code) : NULL;
}

/* How far all must move for nothing to lie before zero. */
static TbTime
shift_of (Taking *taking, const TbExchangeSet *set)
{
  TbTime first = 0;
  g_autofree char *by = NULL;

  for (guint i = 0; i < set->events->len && !taking->choice->into; i++)
    first = MIN (first, ((TbExchangeEvent *) g_ptr_array_index (set->events, i))->at);
  if (first == 0)
    return 0;
  by = tb_time_plain (-first, 0);
  tb_loss_add (taking->loss, TB_LOSS_CHANGED, set->events->len, "a time",
               "something lies before the beginning: all was moved up, so that the first is at 0", "“%.60s”: by %s s",
               set->id, by);
  return -first;
}

static void
use_instrument (TbMappedVisit *visit, const TbMapPlace *place)
{
  if (place != NULL && place->instrument != NULL && !g_ptr_array_find (visit->instruments, place->instrument, NULL))
    g_ptr_array_add (visit->instruments, tb_instrument_ref ((TbInstrument *) place->instrument));
}

static void
take_events (Taking *taking, const TbExchangeSet *set, TbMappedVisit *visit)
{
  TbTime shift = shift_of (taking, set);

  for (guint i = 0; i < set->events->len; i++) {
    const TbExchangeEvent *event = g_ptr_array_index (set->events, i);
    const TbMapPlace *place = place_of (taking, event);

    if (place != NULL && place->out) {
      drop (taking, set, event, "an observation of a code that is left out", "so it was chosen");
      continue;
    }
    if (event->at + shift > TB_TIME_LIMIT || event->until + shift > TB_TIME_LIMIT) {
      drop (taking, set, event, "an observation at a time that cannot be",
            "it lies more than 30 days from the beginning");
      continue;
    }
    use_instrument (visit, place);
    g_ptr_array_add (visit->observations, tb_map_observation (event, set->id, place, shift, taking->choice->observer,
                                                              taking->loss));
  }
  visit->length = MIN (tb_left_end (set) + shift, TB_TIME_LIMIT);
  if (set->started_at != 0)
    visit->started_at = set->started_at - shift;
}

/* A variable that a visit here has a place of its own for; NULL. */
static char **
field_of (TbMappedVisit *visit, const char *name)
{
  const struct {
    const char *names;
    char **place;
  } fields[] = {
    { "|teacher|leraar|leerkracht|", &visit->teacher },
    { "|group|groep|klas|class|", &visit->group },
    { "|subject|vak|les|lesson|", &visit->subject },
    { "|focus|kijkvraag|", &visit->focus },
  };
  g_autofree char *lower = g_utf8_strdown (name, -1);
  g_autofree char *between = g_strdup_printf ("|%s|", lower);

  for (guint i = 0; strchr (lower, '|') == NULL && i < G_N_ELEMENTS (fields); i++)
    if (strstr (fields[i].names, between) != NULL && **fields[i].place == '\0')
      return fields[i].place;
  return NULL;
}

static void
set_text (char **place, char *text)
{
  g_free (*place);
  *place = text;
}

static void
take_words (Taking *taking, const TbExchangeSet *set, TbMappedVisit *visit)
{
  g_autoptr (GString) note = g_string_new (set->description);
  g_autofree char *base = tb_map_file_title (taking->choice->name, "Import");
  const char *called = *set->id != '\0' ? set->id : *taking->document->title != '\0' ? taking->document->title : base;
  gboolean cut = FALSE;

  set_text (&visit->title, tb_map_line (called, base, TB_MAP_LINE));
  for (guint i = 0; i < set->pairs->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (set->pairs, i);
    char **place = field_of (visit, pair->name);

    if (place != NULL) {
      set_text (place, tb_map_line (pair->value, "", TB_MAP_LINE));
      if (g_utf8_strlen (pair->value, -1) > TB_MAP_LINE)
        tb_loss_add (taking->loss, TB_LOSS_CHANGED, 1, "what a file says about the visit",
                     "longer than 200 characters: it was cut", "“%.60s”", pair->name);
    } else if (*pair->value != '\0')
      g_string_append_printf (note, "%s%s: %s", note->len > 0 ? "\n" : "", pair->name, pair->value);
  }
  for (guint i = 0; i < set->media->len; i++) {
    const TbExchangeMedia *media = g_ptr_array_index (set->media, i);

    g_string_append_printf (note, "%sFilm: %s", note->len > 0 ? "\n" : "", media->path);
  }
  set_text (&visit->note, tb_map_cut (note->str, TB_NOTE_MAX, &cut));
  if (cut)
    tb_loss_add (taking->loss, TB_LOSS_LEFT, 1, "a description of more than 4000 characters", "it was cut", "“%.60s”",
                 set->id);
  tb_loss_add (taking->loss, TB_LOSS_LEFT, set->media->len, "a film that the file names",
               "films are not in such a file; its name stands in the visit's note", "“%.60s”", set->id);
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  TbTime one = (*(const TbObservation *const *) a)->at, other = (*(const TbObservation *const *) b)->at;

  return one < other ? -1 : one > other;
}

static void
take_set (Taking *taking, const TbExchangeSet *set)
{
  TbMappedVisit *visit;

  if (!is_chosen (taking, set)) {
    for (guint i = 0; i < set->events->len; i++)
      drop (taking, set, g_ptr_array_index (set->events, i), "what was observed in a part that is left out",
            "so it was chosen");
    return;
  }
  if (set->events->len == 0) {
    tb_loss_add (taking->loss, TB_LOSS_LEFT, 1, "a part in which nothing was observed", "no visit was made of it",
                 "“%.60s”", set->id);
    return;
  }
  visit = g_new0 (TbMappedVisit, 1);
  visit->teacher = g_strdup ("");
  visit->group = g_strdup ("");
  visit->subject = g_strdup ("");
  visit->focus = g_strdup ("");
  visit->instruments = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_instrument_unref);
  visit->observations = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free);
  take_words (taking, set, visit);
  take_events (taking, set, visit);
  g_ptr_array_sort (visit->observations, by_time);
  g_ptr_array_add (taking->mapped->visits, visit);
}

/* What is said of the whole, and of people, has no place in a visit. */
static void
report_rest (Taking *taking)
{
  const TbExchange *document = taking->document;
  gint64 people = 0;

  for (guint i = 0; i < document->subjects->len; i++)
    people += *((TbExchangePerson *) g_ptr_array_index (document->subjects, i))->description != '\0';
  for (guint i = 0; i < document->observers->len; i++)
    people += *((TbExchangePerson *) g_ptr_array_index (document->observers, i))->description != '\0';
  tb_loss_add (taking->loss, TB_LOSS_LEFT, people, "what is said of a person", "there is no place for it here",
               "document");
  tb_loss_add (taking->loss, TB_LOSS_LEFT, document->pairs->len, "a variable of the whole",
               "there is no place for it here", "document");
}

static gboolean
take (Taking *taking, GError **error)
{
  if (!check_sets (taking, error))
    return FALSE;
  look_at_uses (taking);
  if (!make_instruments (taking, error) || !find_places (taking, error))
    return FALSE;
  for (guint s = 0; s < taking->document->sets->len; s++)
    take_set (taking, g_ptr_array_index (taking->document->sets, s));
  report_rest (taking);
  if (taking->mapped->visits->len > 0 || taking->mapped->instruments->len > 0)
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "There is nothing in it to take over");
  return FALSE;
}

TbMapped *
tb_visit_map_take (const TbExchange *document, const TbVisitMapChoice *choice, TbLoss *loss, GError **error)
{
  g_autoptr (GHashTable) uses = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, tb_code_use_free);
  g_autoptr (GHashTable) targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tb_code_target_free);
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GHashTable) subjects
      = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) g_hash_table_unref);
  g_autoptr (TbMapped) mapped = g_new0 (TbMapped, 1);
  Taking taking = { document, choice, loss, uses, targets, places, subjects, mapped };

  mapped->instruments = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_instrument_unref);
  mapped->visits = g_ptr_array_new_with_free_func (visit_free);
  return take (&taking, error) ? g_steal_pointer (&mapped) : NULL;
}
