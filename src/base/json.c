#include "base/json.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

#define MAX_DEPTH 32

json_object *
tb_json_parse (const char *text, gsize length, GError **error)
{
  struct json_tokener *tokener;
  json_object *value;
  enum json_tokener_error problem;
  gsize used;

  if (length > G_MAXINT32 || memchr (text, '\0', length) != NULL || !g_utf8_validate_len (text, length, NULL)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is not JSON: it is not UTF-8 text");
    return NULL;
  }
  tokener = json_tokener_new_ex (MAX_DEPTH);
  json_tokener_set_flags (tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  value = json_tokener_parse_ex (tokener, text, (int) length);
  problem = json_tokener_get_error (tokener);
  if (problem == json_tokener_continue) {
    /* A bare number ends only where the text does. */
    value = json_tokener_parse_ex (tokener, "", 1);
    problem = json_tokener_get_error (tokener);
    used = length;
  } else {
    used = json_tokener_get_parse_end (tokener);
  }
  json_tokener_free (tokener);

  while (problem == json_tokener_success && used < length && g_ascii_isspace (text[used]))
    used++;
  if (problem != json_tokener_success || used < length) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "This is not JSON: %s at byte %" G_GSIZE_FORMAT,
                 problem != json_tokener_success ? json_tokener_error_desc (problem) : "something follows the value",
                 used);
    json_object_put (value);
    return NULL;
  }
  if (value == NULL)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This JSON is only “null”");
  return value;
}

json_object *
tb_json_parse_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GError) problem = NULL;
  json_object *value;

  if (!g_file_get_contents (path, &text, &length, &problem)) {
    g_set_error (error, TB_ERROR,
                 g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? TB_ERROR_NOT_FOUND : TB_ERROR_FAILED,
                 "Could not read %s: %s", path, problem->message);
    return NULL;
  }
  value = tb_json_parse (text, length, error);
  if (value == NULL)
    g_prefix_error (error, "%s: ", path);
  return value;
}

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (GError **error, const char *field, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” %s", field, text);
  return FALSE;
}

/* Finds FIELD. On success *value is NULL when it is absent or null. */
static gboolean
look_up (json_object *object, const char *field, TbJsonFlags flags, json_object **value, gboolean *found,
         GError **error)
{
  *value = NULL;
  if (!json_object_is_type (object, json_type_object)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "Expected a JSON object with “%s”", field);
    return FALSE;
  }
  json_object_object_get_ex (object, field, value);
  if (found != NULL)
    *found = *value != NULL;
  if (*value == NULL && (flags & TB_JSON_REQUIRED))
    return refuse (error, field, "is missing");
  return TRUE;
}

gboolean
tb_json_get_string (json_object *object, const char *field, TbJsonFlags flags, gsize max_length,
                    const char **value, gboolean *found, GError **error)
{
  json_object *item;
  const char *text;

  if (!look_up (object, field, flags, &item, found, error))
    return FALSE;
  if (item == NULL)
    return TRUE;
  if (!json_object_is_type (item, json_type_string))
    return refuse (error, field, "must be text");
  text = json_object_get_string (item);
  /* A NUL inside would be cut off by everything below. */
  if (strlen (text) != (gsize) json_object_get_string_len (item))
    return refuse (error, field, "has a character that text cannot have");
  if ((gsize) g_utf8_strlen (text, -1) > max_length)
    return refuse (error, field, "is longer than %" G_GSIZE_FORMAT " characters", max_length);
  if ((flags & TB_JSON_NOT_EMPTY) && *text == '\0')
    return refuse (error, field, "must not be empty");
  *value = text;
  return TRUE;
}

gboolean
tb_json_get_int (json_object *object, const char *field, TbJsonFlags flags, gint64 min, gint64 max, gint64 *value,
                 gboolean *found, GError **error)
{
  json_object *item;
  gint64 number;

  if (!look_up (object, field, flags, &item, found, error))
    return FALSE;
  if (item == NULL)
    return TRUE;
  if (!json_object_is_type (item, json_type_int))
    return refuse (error, field, "must be a whole number");
  number = json_object_get_int64 (item);
  if (number < min || number > max)
    return refuse (error, field, "must be from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
  *value = number;
  return TRUE;
}

gboolean
tb_json_get_double (json_object *object, const char *field, TbJsonFlags flags, double min, double max,
                    double *value, gboolean *found, GError **error)
{
  json_object *item;
  double number;

  if (!look_up (object, field, flags, &item, found, error))
    return FALSE;
  if (item == NULL)
    return TRUE;
  if (!json_object_is_type (item, json_type_double) && !json_object_is_type (item, json_type_int))
    return refuse (error, field, "must be a number");
  number = json_object_get_double (item);
  if (!isfinite (number) || number < min || number > max)
    return refuse (error, field, "must be from %g to %g", min, max);
  *value = number;
  return TRUE;
}

gboolean
tb_json_get_bool (json_object *object, const char *field, TbJsonFlags flags, gboolean *value, gboolean *found,
                  GError **error)
{
  json_object *item;

  if (!look_up (object, field, flags, &item, found, error))
    return FALSE;
  if (item == NULL)
    return TRUE;
  if (!json_object_is_type (item, json_type_boolean))
    return refuse (error, field, "must be true or false");
  *value = json_object_get_boolean (item);
  return TRUE;
}

gboolean
tb_json_get_time (json_object *object, const char *field, TbJsonFlags flags, TbTime *value, gboolean *found,
                  GError **error)
{
  double limit = tb_time_to_seconds (TB_TIME_LIMIT);
  double seconds = 0;
  gboolean present = FALSE;

  if (!tb_json_get_double (object, field, flags, -limit, limit, &seconds, &present, error))
    return FALSE;
  if (found != NULL)
    *found = present;
  if (present)
    tb_time_from_seconds (seconds, value);
  return TRUE;
}

gboolean
tb_json_get_wall (json_object *object, const char *field, TbJsonFlags flags, gint64 *value, gboolean *found,
                  GError **error)
{
  const char *text = NULL;
  gboolean present = FALSE;

  if (!tb_json_get_string (object, field, flags, 40, &text, &present, error))
    return FALSE;
  if (found != NULL)
    *found = present;
  if (present && !tb_wall_parse (text, value, error)) {
    g_prefix_error (error, "“%s”: ", field);
    return FALSE;
  }
  return TRUE;
}

gboolean
tb_json_get_object (json_object *object, const char *field, TbJsonFlags flags, json_object **value,
                    gboolean *found, GError **error)
{
  json_object *item;

  if (!look_up (object, field, flags, &item, found, error))
    return FALSE;
  if (item == NULL)
    return TRUE;
  if (!json_object_is_type (item, json_type_object))
    return refuse (error, field, "must be an object");
  *value = item;
  return TRUE;
}

gboolean
tb_json_get_array (json_object *object, const char *field, TbJsonFlags flags, gsize max_items,
                   json_object **value, gboolean *found, GError **error)
{
  json_object *item;

  if (!look_up (object, field, flags, &item, found, error))
    return FALSE;
  if (item == NULL)
    return TRUE;
  if (!json_object_is_type (item, json_type_array))
    return refuse (error, field, "must be a list");
  if (json_object_array_length (item) > max_items)
    return refuse (error, field, "has more than %" G_GSIZE_FORMAT " items", max_items);
  *value = item;
  return TRUE;
}

gboolean
tb_json_has (json_object *object, const char *field)
{
  json_object *value = NULL;

  return json_object_object_get_ex (object, field, &value) && value != NULL;
}

gboolean
tb_json_is_null (json_object *object, const char *field)
{
  json_object *value = NULL;

  return json_object_object_get_ex (object, field, &value) && value == NULL;
}

gboolean
tb_json_take_string (json_object *object, const char *field, gsize max_length, char **place, GError **error)
{
  const char *text = NULL;
  gboolean found = FALSE;

  if (!tb_json_get_string (object, field, TB_JSON_OPTIONAL, max_length, &text, &found, error))
    return FALSE;
  if (found || tb_json_is_null (object, field)) {
    g_free (*place);
    *place = g_strdup (found ? text : "");
  }
  return TRUE;
}

gboolean
tb_json_check_fields (json_object *object, const char *const *known, GError **error)
{
  if (!json_object_is_type (object, json_type_object)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "Expected a JSON object");
    return FALSE;
  }
  json_object_object_foreach (object, field, value) {
    (void) value;
    if (!g_strv_contains (known, field)) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%.60s” is not a field that is known here", field);
      return FALSE;
    }
  }
  return TRUE;
}

void
tb_json_add_string (json_object *object, const char *field, const char *value)
{
  json_object_object_add (object, field, value != NULL ? json_object_new_string (value) : NULL);
}

void
tb_json_add_int (json_object *object, const char *field, gint64 value)
{
  json_object_object_add (object, field, json_object_new_int64 (value));
}

void
tb_json_add_double (json_object *object, const char *field, double value)
{
  json_object_object_add (object, field, isfinite (value) ? json_object_new_double (value) : NULL);
}

void
tb_json_add_bool (json_object *object, const char *field, gboolean value)
{
  json_object_object_add (object, field, json_object_new_boolean (value != FALSE));
}

void
tb_json_add_time (json_object *object, const char *field, TbTime value)
{
  g_autofree char *text = NULL;

  if (value == TB_TIME_NONE) {
    json_object_object_add (object, field, NULL);
    return;
  }
  text = tb_time_format (value);
  json_object_object_add (object, field, json_object_new_double_s (tb_time_to_seconds (value), text));
}

void
tb_json_add_wall (json_object *object, const char *field, gint64 value)
{
  g_autofree char *text = value != 0 ? tb_wall_format (value) : NULL;

  tb_json_add_string (object, field, text);
}

void
tb_json_add (json_object *object, const char *field, json_object *value)
{
  json_object_object_add (object, field, value);
}

char *
tb_json_to_text (json_object *object)
{
  return g_strdup (json_object_to_json_string_ext (object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}
