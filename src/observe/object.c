/* A target as one thing, whether it is an observation or a clip. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/fields.h"
#include "observe/operation.h"

static gpointer
record_of (const TbObject *object)
{
  return object->target == TB_TARGET_CLIP ? (gpointer) object->clip : (gpointer) object->observation;
}

TbObject *
tb_object_new (TbTarget target, const char *id)
{
  TbObject *object = g_new0 (TbObject, 1);

  object->target = target;
  if (target == TB_TARGET_CLIP)
    object->clip = tb_clip_new (id);
  else
    object->observation = tb_observation_new (id);
  return object;
}

TbObject *
tb_object_copy (const TbObject *object)
{
  TbObject *copy = g_new0 (TbObject, 1);

  copy->target = object->target;
  if (object->target == TB_TARGET_CLIP)
    copy->clip = tb_clip_copy (object->clip);
  else
    copy->observation = tb_observation_copy (object->observation);
  return copy;
}

void
tb_object_free (TbObject *object)
{
  if (object == NULL)
    return;
  tb_observation_free (object->observation);
  tb_clip_free (object->clip);
  g_free (object);
}

const char *
tb_object_id (const TbObject *object)
{
  return object->target == TB_TARGET_CLIP ? object->clip->id : object->observation->id;
}

json_object *
tb_object_to_json (const TbObject *object)
{
  return object->target == TB_TARGET_CLIP ? tb_clip_to_json (object->clip)
                                          : tb_observation_to_json (object->observation);
}

gboolean
tb_object_set (TbObject *object, json_object *values, GError **error)
{
  if (!json_object_is_type (values, json_type_object)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "The values of a target are not a JSON object");
    return FALSE;
  }
  json_object_object_foreach (values, name, value) {
    const TbField *field = tb_field_find (object->target, name);

    if (field == NULL) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” is not a field of %s", name,
                   tb_target_name (object->target));
      return FALSE;
    }
    if (!tb_field_set (field, record_of (object), value, error))
      return FALSE;
  }
  return TRUE;
}

json_object *
tb_object_values (const TbObject *object)
{
  json_object *values = json_object_new_object ();

  for (const TbField *field = tb_fields (object->target); field->name != NULL; field++)
    tb_json_add (values, field->name, tb_field_get (field, record_of (object)));
  return values;
}

gboolean
tb_object_equal (const TbObject *a, const TbObject *b)
{
  if (a->target != b->target || strcmp (tb_object_id (a), tb_object_id (b)) != 0)
    return FALSE;
  for (const TbField *field = tb_fields (a->target); field->name != NULL; field++)
    if (!tb_field_equal (field, record_of (a), record_of (b)))
      return FALSE;
  return TRUE;
}

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, what);
  return FALSE;
}

/* What only some kinds have; whether it fits the code is for details.c. */
static gboolean
check_kind (const TbObservation *observation, GError **error)
{
  const TbKind kind = observation->kind;

  if (observation->code == NULL && (kind == TB_KIND_INTERVAL || kind == TB_KIND_RATING))
    return refuse (error, "An interval or a rating needs its “code”");
  if (observation->code == NULL && observation->modifiers != NULL)
    return refuse (error, "“modifiers” are only for a code");
  if ((kind == TB_KIND_POINT || kind == TB_KIND_RATING) && observation->until != TB_TIME_NONE)
    return refuse (error, "“until” is only for a state or an interval");
  if (kind == TB_KIND_INTERVAL && observation->until == TB_TIME_NONE)
    return refuse (error, "An interval needs “until”");
  if (kind != TB_KIND_RATING && observation->rating != TB_RATING_NONE)
    return refuse (error, "“rating” is only for a rating");
  if (kind != TB_KIND_RATING && observation->evidence != NULL)
    return refuse (error, "“evidence” is only for a rating");
  if (kind != TB_KIND_STATE && observation->closed_by != NULL)
    return refuse (error, "Only a state that has ended can have been closed");
  return TRUE;
}

static gboolean
check_observation (const TbObservation *observation, GError **error)
{
  if (observation->at == TB_TIME_NONE)
    return refuse (error, "An observation needs “at” or “tapped_at”");
  if (observation->at < 0)
    return refuse (error, "“at” must not lie before the start of the visit");
  if (!check_kind (observation, error))
    return FALSE;
  if (observation->until != TB_TIME_NONE && observation->until < observation->at)
    return refuse (error, "“until” must not lie before “at”");
  if (observation->lead < 0 || observation->lead > TB_CLIP_MARGIN_MAX)
    return refuse (error, "“lead” must be from 0 to 600 seconds");
  if (observation->lag < 0 || observation->lag > TB_CLIP_MARGIN_MAX)
    return refuse (error, "“lag” must be from 0 to 600 seconds");
  if (observation->uncertainty < 0 || observation->uncertainty > 3600 * TB_SECOND)
    return refuse (error, "“uncertainty” must be from 0 to 3600 seconds");
  if (observation->code != NULL && observation->instrument == NULL)
    return refuse (error, "A “code” needs its “instrument”");
  if (observation->closed_by != NULL && observation->until == TB_TIME_NONE)
    return refuse (error, "Only a state that has ended can have been closed");
  return TRUE;
}

static gboolean
check_clip (const TbClip *clip, GError **error)
{
  if (clip->from == TB_TIME_NONE || clip->to == TB_TIME_NONE)
    return refuse (error, "A clip needs “from” and “to”");
  if (clip->from < 0)
    return refuse (error, "“from” must not lie before the start of the visit");
  if (clip->from >= clip->to)
    return refuse (error, "“from” must lie before “to”");
  return TRUE;
}

gboolean
tb_object_check (const TbObject *object, GError **error)
{
  return object->target == TB_TARGET_CLIP ? check_clip (object->clip, error)
                                          : check_observation (object->observation, error);
}
