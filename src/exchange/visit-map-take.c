/* Events of a file to observations of a visit. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "exchange/bytes.h"
#include "exchange/left.h"
#include "exchange/visit-map-private.h"
#include "observe/operation.h"

#define MAX_LINE 200
#define MAX_NOTE TB_NOTE_MAX
/* A moment without a code; as when it is tapped. */
#define MOMENT_LEAD (10 * TB_SECOND)
#define MOMENT_LAG (5 * TB_SECOND)

/* What the code of a file becomes. */
typedef struct {
  const TbInstrument *instrument; /* NULL: a moment without a code */
  const TbCode *code;
  GHashTable *subjects; /* title -> id; owned by the taking */
  gboolean out;         /* left out */
} Place;

typedef struct {
  const TbExchange *document;
  const TbVisitMapChoice *choice;
  TbLoss *loss;
  GHashTable *uses;     /* foreign id -> TbCodeUse * */
  GHashTable *targets;  /* foreign id -> TbCodeTarget *: of the new kijkwijzers */
  GHashTable *places;   /* foreign id -> Place * */
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
    gboolean found = FALSE;

    for (guint s = 0; s < taking->document->sets->len && !found; s++)
      found = g_str_equal (((TbExchangeSet *) g_ptr_array_index (taking->document->sets, s))->id, id);
    if (!found) {
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

    for (guint i = 0; is_chosen (taking, set) && i < set->events->len; i++) {
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

static Place *
place_new (Taking *taking, const TbCodeTarget *target, gboolean made, GError **error)
{
  Place *place = g_new0 (Place, 1);

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
    Place *place;

    if (target != NULL)
      place = place_new (taking, target, !mapped, error);
    else
      place = g_new0 (Place, 1);
    if (place == NULL)
      return FALSE;
    place->out = mapped && target == NULL;
    g_hash_table_insert (taking->places, (gpointer) id, place);
  }
  return TRUE;
}

/* --- one observation ------------------------------------------------------------ */

typedef struct {
  Taking *taking;
  const TbExchangeSet *set;
  const TbExchangeEvent *event;
  const TbCode *code; /* NULL: none, or it had no room */
  TbObservation *observation;
  GString *note;
  TbTime shift;
} Turning;

static void
changed (const Turning *turning, const char *what, const char *why)
{
  g_autofree char *at = NULL;

  if (turning->taking->loss == NULL)
    return;
  at = tb_time_plain (turning->event->at, 0);
  tb_loss_add (turning->taking->loss, TB_LOSS_CHANGED, 1, what, why, "“%.60s”, “%.60s” at %s s", turning->set->id,
               turning->event->code != NULL ? turning->event->code : "", at);
}

static void
add_to_note (Turning *turning, const char *name, const char *value)
{
  if (turning->note->len > 0)
    g_string_append_c (turning->note, '\n');
  g_string_append_printf (turning->note, "%s: %s", name, value);
}

static void
set_text (char **place, char *text)
{
  g_free (*place);
  *place = text;
}

static char *
short_text (const Turning *turning, const char *text, const char *what)
{
  gboolean cut = FALSE;
  char *fits = tb_map_cut (text, MAX_LINE, &cut);

  if (cut)
    changed (turning, what, "longer than 200 characters: it was cut");
  return fits;
}

/* --- its time ------------------------------------------------------------------- */

static void
turn_state (Turning *turning)
{
  TbObservation *o = turning->observation;
  const TbExchangeEvent *event = turning->event;

  o->until = event->until == TB_TIME_NONE ? TB_TIME_NONE : event->until + turning->shift;
  if (event->until == TB_TIME_NONE && (event->kind == TB_KIND_POINT || event->kind == TB_KIND_RATING)) {
    o->until = o->at;
    changed (turning, "a point", "its code here is a state: taken as one of no length");
  }
}

static void
turn_interval (Turning *turning)
{
  TbObservation *o = turning->observation;
  const TbSampling *sampling = turning->code->sampling;
  TbTime at = o->at, length = turning->event->until != TB_TIME_NONE ? turning->event->until - turning->event->at : 0;

  if (sampling->rule == TB_SAMPLING_MOMENTARY) {
    o->at = (o->at + sampling->every / 2) / sampling->every * sampling->every;
    o->until = o->at;
  } else {
    o->at = o->at / sampling->every * sampling->every;
    o->until = o->at + sampling->every;
    /* The last one ends with the lesson. */
    if (o->at == at && length > 0 && length < sampling->every)
      o->until = o->at + length;
  }
  if (o->at != at || length > sampling->every || (sampling->rule == TB_SAMPLING_MOMENTARY && length > 0))
    changed (turning, "a time that is not that of a sample",
             "its code here is a time sample: put in the interval where it begins");
}

static gboolean
turn_rating (Turning *turning)
{
  TbObservation *o = turning->observation;
  const TbScale *scale = turning->code->scale;
  double rating = turning->event->rating;

  if (isnan (rating) && scale->not_applicable) {
    if (turning->event->kind != TB_KIND_RATING)
      changed (turning, "an observation without a score", "its code here is a score: taken as “does not apply”");
    return TRUE;
  }
  if (isnan (rating) || rating != floor (rating) || fabs (rating) > 100
      || tb_scale_find (scale, (gint64) rating) == NULL)
    return FALSE;
  o->rating = (gint64) rating;
  if (turning->event->until != TB_TIME_NONE && turning->event->until != turning->event->at)
    changed (turning, "how long something lasted", "its code here is a score, which has one moment");
  return TRUE;
}

/* FALSE: its code has no room for it. */
static gboolean
turn_time (Turning *turning)
{
  const TbExchangeEvent *event = turning->event;
  TbObservation *o = turning->observation;
  TbKind kind = turning->code != NULL ? turning->code->kind
                : event->kind == TB_KIND_STATE || event->until != TB_TIME_NONE ? TB_KIND_STATE
                                                                               : TB_KIND_POINT;

  o->kind = kind;
  o->until = TB_TIME_NONE;
  switch (kind) {
  case TB_KIND_STATE:
    turn_state (turning);
    return TRUE;
  case TB_KIND_INTERVAL:
    turn_interval (turning);
    return TRUE;
  case TB_KIND_RATING:
    return turn_rating (turning);
  case TB_KIND_POINT:
  default:
    if (event->until != TB_TIME_NONE && event->until != event->at)
      changed (turning, "how long something lasted", "its code here is a point");
    else if (event->kind == TB_KIND_STATE)
      changed (turning, "a state", "its code here is a point");
    return TRUE;
  }
}

/* --- what else is said of it ------------------------------------------------------ */

static const TbModifier *
find_modifier (const TbCode *code, const char *name)
{
  for (const TbModifier **list = code->modifiers; list != NULL && *list != NULL; list++)
    if (g_str_equal ((*list)->id, name) || g_str_equal ((*list)->title_nl, name) || g_str_equal ((*list)->title_en, name))
      return *list;
  return NULL;
}

static const char *
find_choice (const TbModifier *modifier, const char *value)
{
  const TbChoice *choice = tb_modifier_find (modifier, value);

  for (guint i = 0; choice == NULL && i < modifier->choices->len; i++) {
    const TbChoice *candidate = &g_array_index (modifier->choices, TbChoice, i);

    if (g_str_equal (candidate->title_nl, value) || g_str_equal (candidate->title_en, value))
      choice = candidate;
  }
  return choice != NULL ? choice->id : NULL;
}

/* FALSE: it is not one of this modifier's values, or it has one already. */
static gboolean
put_value (json_object *modifiers, const TbModifier *modifier, const char *value)
{
  json_object *there = NULL;
  const char *choice = NULL;
  double number;

  json_object_object_get_ex (modifiers, modifier->id, &there);
  if (modifier->form == TB_MODIFIER_AMOUNT) {
    if (there != NULL || !tb_loose_decimal (value, &number) || number < modifier->min || number > modifier->max)
      return FALSE;
    tb_json_add_double (modifiers, modifier->id, number);
    return TRUE;
  }
  choice = find_choice (modifier, value);
  if (choice == NULL || (there != NULL && modifier->form != TB_MODIFIER_MANY))
    return FALSE;
  if (modifier->form == TB_MODIFIER_ONE) {
    tb_json_add_string (modifiers, modifier->id, choice);
    return TRUE;
  }
  if (there == NULL) {
    there = json_object_new_array ();
    tb_json_add (modifiers, modifier->id, there);
  }
  for (gsize i = 0; i < json_object_array_length (there); i++)
    if (g_str_equal (json_object_get_string (json_object_array_get_idx (there, i)), choice))
      return FALSE;
  json_object_array_add (there, json_object_new_string (choice));
  return TRUE;
}

static void
turn_score (Turning *turning, json_object **modifiers)
{
  const TbModifier *score = turning->code != NULL ? find_modifier (turning->code, TB_MAP_SCORE) : NULL;
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (turning->event->rating) || turning->observation->rating != TB_RATING_NONE)
    return;
  g_ascii_dtostr (text, sizeof text, turning->event->rating);
  if (score != NULL && *modifiers == NULL)
    *modifiers = json_object_new_object ();
  if (score != NULL && put_value (*modifiers, score, text))
    return;
  add_to_note (turning, TB_MAP_SCORE, text);
  changed (turning, "a score", "its code here is none: it stands in the note");
}

/* In the order of the code and of its choices, as the engine keeps them, so that what is the same is the same text. New;
 * NULL when there are none. */
static char *
ordered_modifiers (const TbCode *code, json_object *modifiers)
{
  g_autoptr (json_object) ordered = json_object_new_object ();

  for (const TbModifier **list = code->modifiers; list != NULL && *list != NULL; list++) {
    const TbModifier *modifier = *list;
    json_object *value = NULL, *some;

    if (!json_object_object_get_ex (modifiers, modifier->id, &value))
      continue;
    if (modifier->form != TB_MODIFIER_MANY) {
      tb_json_add (ordered, modifier->id, json_object_get (value));
      continue;
    }
    some = json_object_new_array ();
    for (guint c = 0; c < modifier->choices->len; c++)
      for (gsize i = 0; i < json_object_array_length (value); i++)
        if (g_str_equal (json_object_get_string (json_object_array_get_idx (value, i)),
                         g_array_index (modifier->choices, TbChoice, c).id))
          json_object_array_add (some, json_object_get (json_object_array_get_idx (value, i)));
    tb_json_add (ordered, modifier->id, some);
  }
  return json_object_object_length (ordered) > 0 ? tb_json_to_text (ordered) : NULL;
}

static void
turn_modifiers (Turning *turning)
{
  const TbExchangeEvent *event = turning->event;
  TbObservation *o = turning->observation;
  g_autoptr (json_object) modifiers = NULL;

  turn_score (turning, &modifiers);
  for (guint i = 0; event->modifiers != NULL && i < event->modifiers->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (event->modifiers, i);
    const TbModifier *modifier = turning->code != NULL ? find_modifier (turning->code, pair->name) : NULL;

    if (modifier == NULL && tb_map_is_valence (pair->name, pair->value, &o->valence))
      continue;
    if (modifier != NULL && modifiers == NULL)
      modifiers = json_object_new_object ();
    if (modifier != NULL && put_value (modifiers, modifier, pair->value))
      continue;
    add_to_note (turning, pair->name, pair->value);
    changed (turning, "a modifier", "its code here has no such choice: it stands in the note");
  }
  if (modifiers != NULL)
    o->modifiers = ordered_modifiers (turning->code, modifiers);
}

static void
turn_people (Turning *turning, const Place *place)
{
  const TbExchangeEvent *event = turning->event;
  TbObservation *o = turning->observation;
  const char *observer = event->observer != NULL && *event->observer != '\0' ? event->observer
                         : turning->taking->choice->observer != NULL         ? turning->taking->choice->observer
                                                                             : "";
  const char *subject = NULL;

  set_text (&o->observer, short_text (turning, observer, "the name of who observed"));
  if (event->subject == NULL || *event->subject == '\0')
    return;
  if (turning->code != NULL)
    subject = g_hash_table_lookup (place->subjects, event->subject);
  o->subject = subject != NULL ? g_strdup (subject) : short_text (turning, event->subject, "whom it is about");
}

static void
turn_note (Turning *turning)
{
  gboolean cut = FALSE;

  set_text (&turning->observation->note, tb_map_cut (turning->note->str, MAX_NOTE, &cut));
  if (cut)
    changed (turning, "a note", "longer than 4000 characters: it was cut");
}

/* A new observation. */
static TbObservation *
turn_event (Taking *taking, const TbExchangeSet *set, const TbExchangeEvent *event, const Place *place, TbTime shift)
{
  g_autoptr (GString) note = g_string_new (event->comment);
  TbObservation *o = tb_observation_new ("");
  Turning turning = { taking, set, event, place != NULL ? place->code : NULL, o, note, shift };

  o->at = event->at + shift;
  o->rating = TB_RATING_NONE;
  if (o->at < 0) {
    o->at = 0;
    changed (&turning, "something before the beginning", "put at 0, where the visit begins");
  }
  if (turning.code != NULL && !turn_time (&turning)) {
    turning.code = NULL;
    g_string_prepend (note, note->len > 0 ? ": " : "");
    g_string_prepend (note, event->code);
    changed (&turning, "an observation without a score of the scale",
             "its code here is a score: taken as a moment, with its code in the note");
    turn_time (&turning);
  } else if (turning.code == NULL) {
    if (event->code != NULL) {
      g_string_prepend (note, note->len > 0 ? ": " : "");
      g_string_prepend (note, event->code);
      changed (&turning, "a code", "there are too many: its observation is a moment, with its code in the note");
    }
    turn_time (&turning);
  }
  if (o->until != TB_TIME_NONE && o->until < o->at)
    o->until = o->at;
  if (turning.code != NULL) {
    o->instrument = g_strdup (tb_instrument_id (place->instrument));
    o->code = g_strdup (turning.code->id);
  }
  o->lead = turning.code != NULL ? turning.code->lead : MOMENT_LEAD;
  o->lag = turning.code != NULL ? turning.code->lag : MOMENT_LAG;
  turn_modifiers (&turning);
  turn_people (&turning, place);
  turn_note (&turning);
  return o;
}

/* --- one visit ----------------------------------------------------------------------- */

static void
drop (Taking *taking, const TbExchangeSet *set, const TbExchangeEvent *event, const char *what, const char *why)
{
  tb_loss_carried (taking->loss, -(gint64) event->records);
  tb_loss_add (taking->loss, TB_LOSS_DROPPED, event->records, what, why, "“%.60s”, “%.60s”", set->id,
               event->code != NULL ? event->code : "");
}

static const Place *
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
use_instrument (TbMappedVisit *visit, const Place *place)
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
    const Place *place = place_of (taking, event);

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
    g_ptr_array_add (visit->observations, turn_event (taking, set, event, place, shift));
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
take_words (Taking *taking, const TbExchangeSet *set, TbMappedVisit *visit)
{
  g_autoptr (GString) note = g_string_new (set->description);
  g_autofree char *base = tb_map_file_title (taking->choice->name, "Import");
  const char *called = *set->id != '\0' ? set->id : *taking->document->title != '\0' ? taking->document->title : base;
  gboolean cut = FALSE;

  set_text (&visit->title, tb_map_line (called, base, MAX_LINE));
  for (guint i = 0; i < set->pairs->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (set->pairs, i);
    char **place = field_of (visit, pair->name);

    if (place != NULL)
      set_text (place, tb_map_line (pair->value, "", MAX_LINE));
    else if (*pair->value != '\0')
      g_string_append_printf (note, "%s%s: %s", note->len > 0 ? "\n" : "", pair->name, pair->value);
  }
  for (guint i = 0; i < set->media->len; i++) {
    const TbExchangeMedia *media = g_ptr_array_index (set->media, i);

    g_string_append_printf (note, "%sFilm: %s", note->len > 0 ? "\n" : "", media->path);
  }
  set_text (&visit->note, tb_map_cut (note->str, MAX_NOTE, &cut));
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
