#include "observe/fields.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"

#define BOTH (TB_FIELD_ON_ADD | TB_FIELD_ON_CHANGE)
#define O(member) G_STRUCT_OFFSET (TbObservation, member)
#define C(member) G_STRUCT_OFFSET (TbClip, member)

static const TbField observation_fields[] = {
  { "instrument", TB_FIELD_TEXT, O (instrument), TB_FIELD_NULLABLE | BOTH, 64 },
  { "code", TB_FIELD_TEXT, O (code), TB_FIELD_NULLABLE | BOTH, 64 },
  { "kind", TB_FIELD_KIND, O (kind), BOTH, 0 },
  { "at", TB_FIELD_TIME, O (at), BOTH, 0 },
  { "until", TB_FIELD_TIME, O (until), TB_FIELD_NULLABLE | BOTH, 0 },
  { "lead", TB_FIELD_TIME, O (lead), BOTH, 0 },
  { "lag", TB_FIELD_TIME, O (lag), BOTH, 0 },
  { "subject", TB_FIELD_TEXT, O (subject), TB_FIELD_NULLABLE | BOTH, 200 },
  { "note", TB_FIELD_TEXT, O (note), BOTH, TB_NOTE_MAX },
  { "valence", TB_FIELD_VALENCE, O (valence), BOTH, 0 },
  { "observer", TB_FIELD_TEXT, O (observer), TB_FIELD_ON_ADD, TB_OPERATION_AUTHOR_MAX },
  { "tapped_at", TB_FIELD_WALL, O (tapped_at), TB_FIELD_NULLABLE | TB_FIELD_ON_ADD, 0 },
  { "tapped_time", TB_FIELD_TIME, O (tapped_time), TB_FIELD_NULLABLE, 0 },
  { "uncertainty", TB_FIELD_TIME, O (uncertainty), TB_FIELD_ON_ADD, 0 },
  { "closed_by", TB_FIELD_TEXT, O (closed_by), TB_FIELD_NULLABLE, 16 },
  { "modifiers", TB_FIELD_OBJECT, O (modifiers), TB_FIELD_NULLABLE | BOTH, 0 },
  { "rating", TB_FIELD_RATING, O (rating), TB_FIELD_NULLABLE | BOTH, 0 },
  { "evidence", TB_FIELD_LIST, O (evidence), TB_FIELD_NULLABLE | BOTH, 0 },
  { "removed", TB_FIELD_BOOL, O (removed), 0, 0 },
  { NULL }
};

static const TbField clip_fields[] = {
  { "from", TB_FIELD_TIME, C (from), BOTH, 0 },
  { "to", TB_FIELD_TIME, C (to), BOTH, 0 },
  { "title", TB_FIELD_TEXT, C (title), BOTH, 200 },
  { "note", TB_FIELD_TEXT, C (note), BOTH, TB_NOTE_MAX },
  { "observation", TB_FIELD_ID, C (observation), TB_FIELD_NULLABLE | BOTH, 0 },
  { "camera", TB_FIELD_ID, C (camera), TB_FIELD_NULLABLE | BOTH, 0 },
  { "removed", TB_FIELD_BOOL, C (removed), 0, 0 },
  { NULL }
};

const TbField *
tb_fields (TbTarget target)
{
  return target == TB_TARGET_CLIP ? clip_fields : observation_fields;
}

const TbField *
tb_field_find (TbTarget target, const char *name)
{
  for (const TbField *field = tb_fields (target); field->name != NULL; field++)
    if (strcmp (field->name, name) == 0)
      return field;
  return NULL;
}

/* Each type of field has one of these two shapes in memory. */
static char **
text_at (const TbField *field, gconstpointer record)
{
  return (char **) ((const char *) record + field->offset);
}

static gpointer
value_at (const TbField *field, gconstpointer record)
{
  return (char *) record + field->offset;
}

static gboolean
is_json (const TbField *field)
{
  return field->type == TB_FIELD_OBJECT || field->type == TB_FIELD_LIST;
}

static gboolean
is_text (const TbField *field)
{
  return field->type == TB_FIELD_TEXT || field->type == TB_FIELD_ID || is_json (field);
}

static gboolean
is_number (const TbField *field)
{
  return field->type == TB_FIELD_TIME || field->type == TB_FIELD_WALL || field->type == TB_FIELD_RATING;
}

static json_object *
new_text (const char *text)
{
  return text != NULL ? json_object_new_string (text) : NULL;
}

json_object *
tb_field_get (const TbField *field, gconstpointer record)
{
  gconstpointer value = value_at (field, record);

  switch (field->type) {
  case TB_FIELD_TEXT:
  case TB_FIELD_ID:
    return new_text (*text_at (field, record));
  case TB_FIELD_TIME: {
    TbTime time = *(const TbTime *) value;

    return time != TB_TIME_NONE ? json_object_new_int64 (time) : NULL;
  }
  case TB_FIELD_WALL: {
    gint64 wall = *(const gint64 *) value;

    return wall != 0 ? json_object_new_int64 (wall) : NULL;
  }
  case TB_FIELD_BOOL:
    return json_object_new_boolean (*(const gboolean *) value != FALSE);
  case TB_FIELD_KIND:
    return new_text (tb_kind_name (*(const TbKind *) value));
  case TB_FIELD_VALENCE:
    return new_text (tb_valence_name (*(const TbValence *) value));
  case TB_FIELD_RATING: {
    gint64 rating = *(const gint64 *) value;

    return rating != TB_RATING_NONE ? json_object_new_int64 (rating) : NULL;
  }
  case TB_FIELD_OBJECT:
  case TB_FIELD_LIST: {
    const char *text = *text_at (field, record);

    return text != NULL ? tb_json_parse (text, strlen (text), NULL) : NULL;
  }
  default:
    g_assert_not_reached ();
  }
}

static gboolean
refuse (const TbField *field, const char *what, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” %s", field->name, what);
  return FALSE;
}

static void
set_text (const TbField *field, gpointer record, const char *text)
{
  char **place = text_at (field, record);
  char *copy = g_strdup (text);

  g_free (*place);
  *place = copy;
}

static gboolean
set_null (const TbField *field, gpointer record, GError **error)
{
  if (!(field->flags & TB_FIELD_NULLABLE))
    return refuse (field, "cannot be null", error);
  if (is_text (field))
    set_text (field, record, NULL);
  else if (field->type == TB_FIELD_WALL)
    *(gint64 *) value_at (field, record) = 0;
  else if (field->type == TB_FIELD_RATING)
    *(gint64 *) value_at (field, record) = TB_RATING_NONE;
  else
    *(TbTime *) value_at (field, record) = TB_TIME_NONE;
  return TRUE;
}

static gboolean
set_json (const TbField *field, gpointer record, json_object *value, GError **error)
{
  g_autofree char *text = NULL;

  if (field->type == TB_FIELD_OBJECT && !json_object_is_type (value, json_type_object))
    return refuse (field, "must be an object", error);
  if (field->type == TB_FIELD_LIST && !json_object_is_type (value, json_type_array))
    return refuse (field, "must be a list", error);
  text = tb_json_to_text (value);
  set_text (field, record, text);
  return TRUE;
}

gboolean
tb_field_set (const TbField *field, gpointer record, json_object *value, GError **error)
{
  gpointer place = value_at (field, record);

  if (value == NULL)
    return set_null (field, record, error);
  switch (field->type) {
  case TB_FIELD_TEXT:
  case TB_FIELD_ID:
    if (!json_object_is_type (value, json_type_string))
      return refuse (field, "must be text", error);
    set_text (field, record, json_object_get_string (value));
    return TRUE;
  case TB_FIELD_TIME:
  case TB_FIELD_WALL:
  case TB_FIELD_RATING:
    if (!json_object_is_type (value, json_type_int))
      return refuse (field, "must be a whole number", error);
    *(gint64 *) place = json_object_get_int64 (value);
    return TRUE;
  case TB_FIELD_BOOL:
    if (!json_object_is_type (value, json_type_boolean))
      return refuse (field, "must be true or false", error);
    *(gboolean *) place = json_object_get_boolean (value) ? TRUE : FALSE;
    return TRUE;
  case TB_FIELD_KIND:
    if (!json_object_is_type (value, json_type_string)
        || !tb_kind_from_name (json_object_get_string (value), place))
      return refuse (field, "must be “point”, “state”, “interval” or “rating”", error);
    return TRUE;
  case TB_FIELD_VALENCE:
    if (!json_object_is_type (value, json_type_string)
        || !tb_valence_from_name (json_object_get_string (value), place))
      return refuse (field, "must be “sterk”, “aandacht” or “neutraal”", error);
    return TRUE;
  case TB_FIELD_OBJECT:
  case TB_FIELD_LIST:
    return set_json (field, record, value, error);
  default:
    g_assert_not_reached ();
  }
}

gboolean
tb_field_read (const TbField *field, json_object *fields, gpointer record, GError **error)
{
  json_object *value = NULL;
  const char *text = NULL;

  if (!json_object_object_get_ex (fields, field->name, &value))
    return TRUE;
  if (value == NULL)
    return set_null (field, record, error);
  switch (field->type) {
  case TB_FIELD_TEXT:
  case TB_FIELD_ID:
    if (!tb_json_get_string (fields, field->name, 0, field->type == TB_FIELD_ID ? TB_UUID_LENGTH : field->max, &text,
                             NULL, error))
      return FALSE;
    if (field->type == TB_FIELD_ID && !tb_uuid_is_valid (text))
      return refuse (field, "must be an id", error);
    set_text (field, record, text);
    return TRUE;
  case TB_FIELD_TIME:
    return tb_json_get_time (fields, field->name, 0, value_at (field, record), NULL, error);
  case TB_FIELD_WALL:
    return tb_json_get_wall (fields, field->name, 0, value_at (field, record), NULL, error);
  default:
    return tb_field_set (field, record, value, error);
  }
}

void
tb_field_copy (const TbField *field, gconstpointer from, gpointer to)
{
  if (is_text (field))
    set_text (field, to, *text_at (field, from));
  else if (is_number (field))
    *(gint64 *) value_at (field, to) = *(const gint64 *) value_at (field, from);
  else
    *(int *) value_at (field, to) = *(const int *) value_at (field, from);
}

gboolean
tb_field_equal (const TbField *field, gconstpointer a, gconstpointer b)
{
  if (is_text (field))
    return g_strcmp0 (*text_at (field, a), *text_at (field, b)) == 0;
  if (is_number (field))
    return *(const gint64 *) value_at (field, a) == *(const gint64 *) value_at (field, b);
  return *(const int *) value_at (field, a) == *(const int *) value_at (field, b);
}

void
tb_field_clear (const TbField *field, gpointer record)
{
  if (is_text (field))
    g_clear_pointer (text_at (field, record), g_free);
}
