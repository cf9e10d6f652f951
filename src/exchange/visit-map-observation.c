/* An event of a file as an observation of a visit. */
#include <math.h>

#include "base/json.h"
#include "exchange/bytes.h"
#include "exchange/visit-map-private.h"
#include "observe/operation.h"

typedef struct {
  const TbExchangeEvent *event;
  const char *set;
  TbTime shift;
  TbLoss *loss;
  const TbCode *code; /* NULL: none, or it had no room */
  TbObservation *observation;
  GString *note;
} Turning;

static void
changed (const Turning *turning, const char *what, const char *why)
{
  g_autofree char *at = NULL;

  if (turning->loss == NULL)
    return;
  at = tb_time_plain (turning->event->at, 0);
  tb_loss_add (turning->loss, TB_LOSS_CHANGED, 1, what, why, "“%.60s”, “%.60s” at %s s", turning->set,
               turning->event->code != NULL ? turning->event->code : "", at);
}

static void
add_to_note (Turning *turning, const char *name, const char *value)
{
  if (turning->note->len > 0)
    g_string_append_c (turning->note, '\n');
  g_string_append_printf (turning->note, "%s: %s", name, value);
}

static char *
short_text (const Turning *turning, const char *text, const char *what)
{
  gboolean cut = FALSE;
  char *fits = tb_map_cut (text, TB_MAP_LINE, &cut);

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
  if (tb_exchange_is_instant (event)) {
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
    /* The first is asked when the first interval ends. */
    o->at = MAX ((o->at + sampling->every / 2) / sampling->every * sampling->every, sampling->every);
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
turn_people (Turning *turning, const TbMapPlace *place, const char *otherwise)
{
  const TbExchangeEvent *event = turning->event;
  TbObservation *o = turning->observation;
  const char *observer = event->observer != NULL && *event->observer != '\0' ? event->observer
                         : otherwise != NULL                                 ? otherwise
                                                                             : "";
  const char *subject = NULL;

  g_free (o->observer);
  o->observer = short_text (turning, observer, "the name of who observed");
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

  g_free (turning->observation->note);
  turning->observation->note = tb_map_cut (turning->note->str, TB_NOTE_MAX, &cut);
  if (cut)
    changed (turning, "a note", "longer than 4000 characters: it was cut");
}

TbObservation *
tb_map_observation (const TbExchangeEvent *event, const char *set, const TbMapPlace *place, TbTime shift,
                    const char *observer, TbLoss *loss)
{
  g_autoptr (GString) note = g_string_new (event->comment);
  TbObservation *o = tb_observation_new ("");
  Turning turning = { event, set, shift, loss, place != NULL ? place->code : NULL, o, note };

  o->at = event->at + shift;
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
  o->lead = turning.code != NULL ? turning.code->lead : TB_MOMENT_LEAD;
  o->lag = turning.code != NULL ? turning.code->lag : TB_MOMENT_LAG;
  turn_modifiers (&turning);
  turn_people (&turning, place, observer);
  turn_note (&turning);
  return o;
}
