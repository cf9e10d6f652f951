#include "observe/observation.h"

#include <string.h>

#include "base/json.h"
#include "observe/fields.h"

const char *
tb_valence_name (TbValence valence)
{
  switch (valence) {
  case TB_VALENCE_STRONG:
    return "sterk";
  case TB_VALENCE_ATTENTION:
    return "aandacht";
  case TB_VALENCE_NEUTRAL:
  default:
    return "neutraal";
  }
}

gboolean
tb_valence_from_name (const char *name, TbValence *valence)
{
  if (g_strcmp0 (name, "neutraal") == 0)
    *valence = TB_VALENCE_NEUTRAL;
  else if (g_strcmp0 (name, "sterk") == 0)
    *valence = TB_VALENCE_STRONG;
  else if (g_strcmp0 (name, "aandacht") == 0)
    *valence = TB_VALENCE_ATTENTION;
  else
    return FALSE;
  return TRUE;
}

gboolean
tb_observation_is_open (const TbObservation *observation)
{
  return observation->kind == TB_KIND_STATE && observation->until == TB_TIME_NONE;
}

void
tb_observation_clip (const TbObservation *observation, TbTime *from, TbTime *to)
{
  TbTime end = observation->until != TB_TIME_NONE ? observation->until : observation->at;

  *from = MAX (observation->at - observation->lead, 0);
  *to = MAX (end + observation->lag, 0);
}

static json_object *
parsed (const char *text)
{
  return text != NULL ? tb_json_parse (text, strlen (text), NULL) : NULL;
}

json_object *
tb_observation_to_json (const TbObservation *observation)
{
  json_object *object = json_object_new_object ();
  json_object *clip = json_object_new_object ();
  TbTime from, to;

  tb_observation_clip (observation, &from, &to);
  tb_json_add_time (clip, "from", from);
  tb_json_add_time (clip, "to", to);

  tb_json_add_string (object, "id", observation->id);
  tb_json_add_string (object, "instrument", observation->instrument);
  tb_json_add_string (object, "code", observation->code);
  tb_json_add_string (object, "kind", tb_kind_name (observation->kind));
  tb_json_add_time (object, "at", observation->at);
  tb_json_add_time (object, "until", observation->until);
  tb_json_add_time (object, "lead", observation->lead);
  tb_json_add_time (object, "lag", observation->lag);
  tb_json_add_string (object, "subject", observation->subject);
  tb_json_add_string (object, "note", observation->note);
  tb_json_add_string (object, "valence", tb_valence_name (observation->valence));
  tb_json_add_string (object, "observer", observation->observer);
  tb_json_add_wall (object, "tapped_at", observation->tapped_at);
  tb_json_add_time (object, "tapped_time", observation->tapped_time);
  tb_json_add_time (object, "uncertainty", observation->uncertainty);
  tb_json_add_string (object, "closed_by", observation->closed_by);
  tb_json_add (object, "modifiers", parsed (observation->modifiers));
  if (observation->rating != TB_RATING_NONE)
    tb_json_add_int (object, "rating", observation->rating);
  else
    tb_json_add (object, "rating", NULL);
  tb_json_add (object, "evidence", parsed (observation->evidence));
  tb_json_add_bool (object, "removed", observation->removed);
  tb_json_add_bool (object, "open", tb_observation_is_open (observation));
  tb_json_add (object, "clip", clip);
  return object;
}

TbObservation *
tb_observation_new (const char *id)
{
  TbObservation *observation = g_new0 (TbObservation, 1);

  observation->id = g_strdup (id);
  observation->kind = TB_KIND_POINT;
  observation->at = TB_TIME_NONE;
  observation->until = TB_TIME_NONE;
  observation->note = g_strdup ("");
  observation->valence = TB_VALENCE_NEUTRAL;
  observation->observer = g_strdup ("");
  observation->tapped_time = TB_TIME_NONE;
  observation->rating = TB_RATING_NONE;
  return observation;
}

TbObservation *
tb_observation_copy (const TbObservation *observation)
{
  TbObservation *copy = g_new0 (TbObservation, 1);

  copy->id = g_strdup (observation->id);
  for (const TbField *field = tb_fields (TB_TARGET_OBSERVATION); field->name != NULL; field++)
    tb_field_copy (field, observation, copy);
  return copy;
}

void
tb_observation_free (TbObservation *observation)
{
  if (observation == NULL)
    return;
  for (const TbField *field = tb_fields (TB_TARGET_OBSERVATION); field->name != NULL; field++)
    tb_field_clear (field, observation);
  g_free (observation->id);
  g_free (observation);
}
