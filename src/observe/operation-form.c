/* The form of an operation, as a client sends it. What it does is in operation.c, undo in undo.c. */
#include "observe/operation.h"

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"

static const char *const target_names[] = { [TB_TARGET_OBSERVATION] = "observation", [TB_TARGET_CLIP] = "clip" };
static const char *const action_names[] = {
  [TB_ACTION_ADD] = "add", [TB_ACTION_CHANGE] = "change", [TB_ACTION_REMOVE] = "remove", [TB_ACTION_UNDO] = "undo"
};

const char *
tb_target_name (TbTarget target)
{
  return target_names[target];
}

const char *
tb_action_name (TbAction action)
{
  return action_names[action];
}

gboolean
tb_target_from_name (const char *name, TbTarget *target)
{
  for (guint i = 1; i < G_N_ELEMENTS (target_names); i++)
    if (g_strcmp0 (name, target_names[i]) == 0) {
      *target = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
tb_action_from_name (const char *name, TbAction *action)
{
  for (guint i = 1; i < G_N_ELEMENTS (action_names); i++)
    if (g_strcmp0 (name, action_names[i]) == 0) {
      *action = i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, what);
  return FALSE;
}

/* An id into *ID (new). */
static gboolean
read_id (json_object *object, const char *field, TbJsonFlags flags, char **id, GError **error)
{
  const char *text = NULL;

  if (!tb_json_get_string (object, field, flags, TB_UUID_LENGTH, &text, NULL, error))
    return FALSE;
  if (text != NULL && !tb_uuid_is_valid (text)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” must be an id (a UUID in lower case)", field);
    return FALSE;
  }
  *id = g_strdup (text);
  return TRUE;
}

static gboolean
read_head (TbOperation *operation, json_object *object, GError **error)
{
  const char *action = NULL;
  const char *target = NULL;
  const char *author = NULL;
  const char *device = NULL;
  TbJsonFlags needed;

  if (!read_id (object, "id", TB_JSON_REQUIRED, &operation->id, error)
      || !tb_json_get_string (object, "action", TB_JSON_REQUIRED, 20, &action, NULL, error))
    return FALSE;
  if (!tb_action_from_name (action, &operation->action))
    return refuse (error, "“action” must be “add”, “change”, “remove” or “undo”");

  needed = operation->action == TB_ACTION_UNDO ? TB_JSON_OPTIONAL : TB_JSON_REQUIRED;
  if (!tb_json_get_string (object, "target", needed, 20, &target, NULL, error))
    return FALSE;
  if (target != NULL && !tb_target_from_name (target, &operation->target))
    return refuse (error, "“target” must be “observation” or “clip”");
  if (!read_id (object, "target_id", needed, &operation->target_id, error)
      || !read_id (object, "of", 0, &operation->of, error)
      || !tb_json_get_string (object, "author", TB_JSON_REQUIRED | TB_JSON_NOT_EMPTY, TB_OPERATION_AUTHOR_MAX, &author,
                              NULL, error)
      || !tb_json_get_string (object, "device", TB_JSON_REQUIRED, TB_OPERATION_AUTHOR_MAX, &device, NULL, error)
      || !tb_json_get_wall (object, "made_at", 0, &operation->made_at, NULL, error))
    return FALSE;
  operation->author = g_strdup (author);
  operation->device = g_strdup (device);
  return TRUE;
}

TbOperation *
tb_operation_from_json (json_object *object, GError **error)
{
  static const char *const known[] = { "id",     "target", "target_id", "action", "of", "fields",
                                       "author", "device", "made_at",   NULL };
  g_autoptr (TbOperation) operation = g_new0 (TbOperation, 1);
  json_object *fields = NULL;
  gboolean takes_fields;

  if (!tb_json_check_fields (object, known, error) || !read_head (operation, object, error)
      || !tb_json_get_object (object, "fields", 0, &fields, NULL, error))
    return NULL;
  takes_fields = operation->action == TB_ACTION_ADD || operation->action == TB_ACTION_CHANGE;
  if (operation->of != NULL && operation->action != TB_ACTION_UNDO) {
    refuse (error, "“of” is only for an undo");
    return NULL;
  }
  if (takes_fields && (fields == NULL || json_object_object_length (fields) == 0)) {
    refuse (error, "“fields” is missing or empty");
    return NULL;
  }
  if (!takes_fields && fields != NULL && json_object_object_length (fields) > 0) {
    refuse (error, "“fields” is only for an add or a change");
    return NULL;
  }
  operation->fields = takes_fields ? json_object_get (fields) : NULL;
  return g_steal_pointer (&operation);
}

void
tb_operation_free (TbOperation *operation)
{
  if (operation == NULL)
    return;
  g_free (operation->id);
  g_free (operation->target_id);
  g_free (operation->of);
  g_free (operation->author);
  g_free (operation->device);
  json_object_put (operation->fields);
  g_free (operation);
}
