/* Add, change and remove: what an operation does to its target. Its form is in operation-form.c, undo in undo.c. */
#include "observe/operation.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/details.h"
#include "observe/fields.h"

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, what);
  return FALSE;
}

void
tb_effect_free (TbEffect *effect)
{
  if (effect == NULL)
    return;
  tb_object_free (effect->object);
  json_object_put (effect->before);
  json_object_put (effect->after);
  g_free (effect);
}

static gpointer
record_of (const TbObject *object)
{
  return object->target == TB_TARGET_CLIP ? (gpointer) object->clip : (gpointer) object->observation;
}

static gboolean
has (json_object *fields, const char *name)
{
  return json_object_object_get_ex (fields, name, NULL);
}

/* Takes over what the client gave; what it may not give is refused. */
static gboolean
read_fields (const TbOperation *operation, TbObject *object, GError **error)
{
  guint allowed = operation->action == TB_ACTION_ADD ? TB_FIELD_ON_ADD : TB_FIELD_ON_CHANGE;

  json_object_object_foreach (operation->fields, name, value) {
    const TbField *field = tb_field_find (object->target, name);

    (void) value;
    if (object->target == TB_TARGET_OBSERVATION && strcmp (name, "until_tapped_at") == 0)
      continue;
    if (field == NULL || !(field->flags & (TB_FIELD_ON_ADD | TB_FIELD_ON_CHANGE))) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%.60s” is not a field that can be set", name);
      return FALSE;
    }
    if (!(field->flags & allowed)) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” never changes", name);
      return FALSE;
    }
    if (!tb_field_read (field, operation->fields, record_of (object), error))
      return FALSE;
  }
  return TRUE;
}

/* A time of day to the timeline. */
static gboolean
map_wall (const TbContext *context, const char *field, gint64 wall, TbTime *time, GError **error)
{
  gint64 result;

  if (__builtin_sub_overflow (wall, context->zero_wall, &result) || result > TB_TIME_LIMIT || result < -TB_TIME_LIMIT) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” is more than 30 days away from the start of the visit", field);
    return FALSE;
  }
  *time = result;
  return TRUE;
}

static gboolean
map_taps (const TbOperation *operation, const TbContext *context, TbObservation *observation, GError **error)
{
  json_object *fields = operation->fields;
  gboolean until_tapped = FALSE;
  gint64 wall = 0;

  if (operation->action == TB_ACTION_ADD && observation->tapped_at != 0) {
    if (!map_wall (context, "tapped_at", observation->tapped_at, &observation->tapped_time, error))
      return FALSE;
    /* A clock that is a little off may put the first tap just before zero. */
    if (!has (fields, "at"))
      observation->at = MAX (observation->tapped_time, 0);
  }
  if (!tb_json_get_wall (fields, "until_tapped_at", 0, &wall, &until_tapped, error))
    return FALSE;
  if (until_tapped) {
    if (has (fields, "until"))
      return refuse (error, "Give either “until” or “until_tapped_at”");
    if (!map_wall (context, "until_tapped_at", wall, &observation->until, error))
      return FALSE;
    observation->until = MAX (observation->until, 0);
  }
  if (until_tapped || has (fields, "until"))
    g_clear_pointer (&observation->closed_by, g_free);
  return TRUE;
}

/* *CODE is NULL for a moment. */
static gboolean
find_code (const TbContext *context, const TbObservation *observation, const TbCode **code, GError **error)
{
  const TbInstrument *instrument = NULL;

  *code = NULL;
  if (observation->instrument != NULL) {
    instrument = context->find_instrument (observation->instrument, context->data);
    if (instrument == NULL) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“instrument”: this visit does not use “%s”",
                   observation->instrument);
      return FALSE;
    }
  }
  if (observation->code == NULL)
    return TRUE;
  if (instrument == NULL)
    return refuse (error, "A “code” needs its “instrument”");
  *code = tb_instrument_find (instrument, observation->code);
  if (*code == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“code”: the instrument “%s” has no “%s”", observation->instrument,
                 observation->code);
    return FALSE;
  }
  return TRUE;
}

static void
default_margins (const TbCode *code, TbTime *lead, TbTime *lag)
{
  *lead = code != NULL ? code->lead : TB_MOMENT_LEAD;
  *lag = code != NULL ? code->lag : TB_MOMENT_LAG;
}

static gboolean
settle_kind (const TbOperation *operation, const TbCode *code, const TbObservation *old, TbObservation *observation,
             GError **error)
{
  json_object *fields = operation->fields;

  if (code != NULL) {
    if (has (fields, "kind") && observation->kind != code->kind) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“kind”: the code “%s” is a %s", observation->code,
                   tb_kind_name (code->kind));
      return FALSE;
    }
    observation->kind = code->kind;
  } else if (!has (fields, "kind")
             && (observation->kind == TB_KIND_INTERVAL || observation->kind == TB_KIND_RATING)) {
    observation->kind = TB_KIND_POINT; /* only a code makes these two */
  }
  if (old != NULL && (observation->kind == TB_KIND_POINT || observation->kind == TB_KIND_RATING)
      && !has (fields, "until") && !has (fields, "until_tapped_at")) {
    observation->until = TB_TIME_NONE;
    g_clear_pointer (&observation->closed_by, g_free);
  }
  return TRUE;
}

/* Lead and lag follow the code unless a person set them. */
static void
settle_margins (const TbOperation *operation, const TbContext *context, const TbCode *code, const TbObservation *old,
                TbObservation *observation)
{
  json_object *fields = operation->fields;
  TbTime old_lead = TB_TIME_NONE, old_lag = TB_TIME_NONE;
  const TbCode *old_code = NULL;
  TbTime lead, lag;

  if (old != NULL) {
    find_code (context, old, &old_code, NULL);
    default_margins (old_code, &old_lead, &old_lag);
  }
  default_margins (code, &lead, &lag);
  if (!has (fields, "lead") && (old == NULL || old->lead == old_lead))
    observation->lead = lead;
  if (!has (fields, "lag") && (old == NULL || old->lag == old_lag))
    observation->lag = lag;
}

/* The code decides the kind, and what can be said beside it. */
static gboolean
settle_code (const TbOperation *operation, const TbContext *context, const TbObservation *old,
             TbObservation *observation, GError **error)
{
  json_object *fields = operation->fields;
  const gboolean recoded
      = old == NULL || has (fields, "instrument") || has (fields, "code") || has (fields, "kind");
  const TbCode *code = NULL;

  if (!recoded && !tb_details_touched (fields, observation->kind))
    return TRUE;
  if (!find_code (context, observation, &code, error))
    return FALSE;
  if (recoded) {
    if (!settle_kind (operation, code, old, observation, error))
      return FALSE;
    settle_margins (operation, context, code, old, observation);
  }
  return tb_details_settle (code, fields, recoded, observation, error);
}

static gboolean
settle (const TbOperation *operation, const TbContext *context, const TbObject *before, TbObject *object,
        GError **error)
{
  TbObservation *observation = object->observation;

  if (object->target == TB_TARGET_CLIP)
    return TRUE;
  if (operation->action == TB_ACTION_ADD && !has (operation->fields, "observer")) {
    g_free (observation->observer);
    observation->observer = g_strdup (operation->author);
  }
  return map_taps (operation, context, observation, error)
         && settle_code (operation, context, before != NULL ? before->observation : NULL, observation, error);
}

/* Fields that are set together, so that undoing never leaves half of them. */
static gboolean
goes_along (const TbOperation *operation, const TbObject *object, const char *name)
{
  json_object *fields = operation->fields;
  gboolean ends, moves, recodes, details;

  if (fields == NULL || operation->target != TB_TARGET_OBSERVATION)
    return FALSE;
  ends = has (fields, "until") || has (fields, "until_tapped_at");
  moves = object->observation->kind == TB_KIND_INTERVAL && (ends || has (fields, "at"));
  recodes = has (fields, "instrument") || has (fields, "code") || has (fields, "kind");
  details = has (fields, "modifiers") || has (fields, "rating") || has (fields, "evidence");
  if (strcmp (name, "until") == 0)
    return ends || moves;
  if (strcmp (name, "closed_by") == 0)
    return ends;
  if (strcmp (name, "at") == 0)
    return moves;
  /* What is said beside a code is said of that code. */
  if (strcmp (name, "instrument") == 0 || strcmp (name, "code") == 0 || strcmp (name, "kind") == 0)
    return recodes || details;
  return recodes
         && (strcmp (name, "modifiers") == 0 || strcmp (name, "rating") == 0 || strcmp (name, "evidence") == 0);
}

/* What was set: all of a new target, else what was given and what followed from it. */
static TbEffect *
effect_of (const TbOperation *operation, const TbObject *before, TbObject *object)
{
  TbEffect *effect = g_new0 (TbEffect, 1);
  g_autoptr (TbObject) blank = before == NULL ? tb_object_new (object->target, tb_object_id (object)) : NULL;
  const TbObject *old = before != NULL ? before : blank;

  if (blank != NULL && blank->observation != NULL)
    blank->observation->removed = TRUE;
  if (blank != NULL && blank->clip != NULL)
    blank->clip->removed = TRUE;
  effect->object = object;
  effect->before = json_object_new_object ();
  effect->after = json_object_new_object ();
  for (const TbField *field = tb_fields (object->target); field->name != NULL; field++) {
    if (before != NULL && tb_field_equal (field, record_of (old), record_of (object))
        && !(operation->fields != NULL && has (operation->fields, field->name)) 
        && !goes_along (operation, object, field->name))
      continue;
    tb_json_add (effect->before, field->name, tb_field_get (field, record_of (old)));
    tb_json_add (effect->after, field->name, tb_field_get (field, record_of (object)));
  }
  return effect;
}

static TbEffect *
remove_object (const TbObject *before)
{
  TbEffect *effect = g_new0 (TbEffect, 1);
  TbObject *object = tb_object_copy (before);
  gboolean *removed = object->clip != NULL ? &object->clip->removed : &object->observation->removed;

  effect->before = json_object_new_object ();
  effect->after = json_object_new_object ();
  tb_json_add_bool (effect->before, "removed", *removed);
  tb_json_add_bool (effect->after, "removed", TRUE);
  *removed = TRUE;
  effect->object = object;
  return effect;
}

TbEffect *
tb_operation_apply (const TbOperation *operation, const TbObject *before, const TbContext *context, GError **error)
{
  g_autoptr (TbObject) object = NULL;

  g_return_val_if_fail (operation->action != TB_ACTION_UNDO, NULL);
  if (operation->action == TB_ACTION_ADD && before != NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "The %s %s is there already", tb_target_name (operation->target),
                 operation->target_id);
    return NULL;
  }
  if (operation->action != TB_ACTION_ADD && before == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no %s %s in this visit",
                 tb_target_name (operation->target), operation->target_id);
    return NULL;
  }
  if (operation->action == TB_ACTION_REMOVE)
    return remove_object (before);

  object = before != NULL ? tb_object_copy (before) : tb_object_new (operation->target, operation->target_id);
  if (!read_fields (operation, object, error) || !settle (operation, context, before, object, error)
      || !tb_object_check (object, error))
    return NULL;
  return effect_of (operation, before, g_steal_pointer (&object));
}

TbEffect *
tb_operation_close (const TbObject *object, TbTime until)
{
  TbEffect *effect;
  TbObservation *observation;

  if (object->target != TB_TARGET_OBSERVATION || object->observation->removed
      || !tb_observation_is_open (object->observation))
    return NULL;
  effect = g_new0 (TbEffect, 1);
  effect->object = tb_object_copy (object);
  effect->before = json_object_new_object ();
  effect->after = json_object_new_object ();
  observation = effect->object->observation;
  observation->until = MAX (until, observation->at);
  g_free (observation->closed_by);
  observation->closed_by = g_strdup ("end");
  tb_json_add (effect->before, "until", NULL);
  tb_json_add (effect->before, "closed_by", NULL);
  tb_json_add_int (effect->after, "until", observation->until);
  tb_json_add_string (effect->after, "closed_by", "end");
  return effect;
}
