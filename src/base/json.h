/* Typed reading of JSON (json-c), so that "absent", "present" and "present
 * but of the wrong type" are never mixed up.
 *
 * Each getter takes an object that must be a JSON object. Absent (or null) is
 * TRUE with *FOUND FALSE and *VALUE untouched, unless TB_JSON_REQUIRED is set.
 * Wrong type or range is FALSE with TB_ERROR_INVALID naming the field.
 * FOUND may be NULL. Strings are borrowed from the object. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_object, json_object_put)

typedef enum {
  TB_JSON_OPTIONAL = 0,
  TB_JSON_REQUIRED = 1 << 0,
  TB_JSON_NOT_EMPTY = 1 << 1 /* strings only */
} TbJsonFlags;

/* Parses a whole text of LENGTH bytes: UTF-8, at most 32 levels, nothing after
 * the value, no NUL. New reference; NULL with TB_ERROR_INVALID. A JSON null
 * at the top is refused too. */
json_object *tb_json_parse (const char *text, gsize length, GError **error);

/* Parses a file. Errors also TB_ERROR_NOT_FOUND, TB_ERROR_FAILED. */
json_object *tb_json_parse_file (const char *path, GError **error);

gboolean tb_json_get_string (json_object *object, const char *field, TbJsonFlags flags,
                             gsize max_length, const char **value, gboolean *found, GError **error);
gboolean tb_json_get_int (json_object *object, const char *field, TbJsonFlags flags,
                          gint64 min, gint64 max, gint64 *value, gboolean *found, GError **error);
gboolean tb_json_get_double (json_object *object, const char *field, TbJsonFlags flags,
                             double min, double max, double *value, gboolean *found, GError **error);
gboolean tb_json_get_bool (json_object *object, const char *field, TbJsonFlags flags,
                           gboolean *value, gboolean *found, GError **error);
/* Seconds in the JSON, nanoseconds here. */
gboolean tb_json_get_time (json_object *object, const char *field, TbJsonFlags flags,
                           TbTime *value, gboolean *found, GError **error);
/* RFC 3339 in the JSON. */
gboolean tb_json_get_wall (json_object *object, const char *field, TbJsonFlags flags,
                           gint64 *value, gboolean *found, GError **error);
gboolean tb_json_get_object (json_object *object, const char *field, TbJsonFlags flags,
                             json_object **value, gboolean *found, GError **error);
gboolean tb_json_get_array (json_object *object, const char *field, TbJsonFlags flags,
                            gsize max_items, json_object **value, gboolean *found, GError **error);

/* Puts a text in the place of *PLACE (owned) when it is given; null empties it, absent leaves it. */
gboolean tb_json_take_string (json_object *object, const char *field, gsize max_length, char **place, GError **error);

/* TRUE when FIELD is present and not null. */
gboolean tb_json_has (json_object *object, const char *field);

/* TRUE when FIELD is present and null: "clear this". */
gboolean tb_json_is_null (json_object *object, const char *field);

/* FALSE with TB_ERROR_INVALID when OBJECT is no object or has a field that is
 * not in the NULL-terminated list KNOWN. */
gboolean tb_json_check_fields (json_object *object, const char *const *known, GError **error);

/* Adding; a NULL string adds null, TB_TIME_NONE adds null. */
void tb_json_add_string (json_object *object, const char *field, const char *value);
void tb_json_add_int (json_object *object, const char *field, gint64 value);
void tb_json_add_double (json_object *object, const char *field, double value);
void tb_json_add_bool (json_object *object, const char *field, gboolean value);
void tb_json_add_time (json_object *object, const char *field, TbTime value);  /* seconds, 6 decimals */
void tb_json_add_wall (json_object *object, const char *field, gint64 value);  /* 0 adds null */
void tb_json_add (json_object *object, const char *field, json_object *value); /* taken */

/* Compact text. New string. */
char *tb_json_to_text (json_object *object);
