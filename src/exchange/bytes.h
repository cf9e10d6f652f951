/* What all readers share: bytes to text, unpacking, loose values. Files of
 * other programs are dirty; what is harmless is understood, what is not is an
 * error that says why. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "exchange/loss.h"

/* UTF-8 with or without a mark, UTF-16 with one, else Windows-1252 (said in LOSS). NUL characters become U+FFFD.
 * New string. TB_ERROR_TOO_LARGE. */
char *tb_bytes_to_text (const guint8 *data, gsize size, TbLoss *loss, GError **error);

gboolean tb_bytes_is_gzip (const guint8 *data, gsize size);
/* New; never more than LIMIT bytes. TB_ERROR_TOO_LARGE, TB_ERROR_CORRUPT. */
GBytes *tb_bytes_gunzip (const guint8 *data, gsize size, gsize limit, GError **error);
GBytes *tb_bytes_gzip (const guint8 *data, gsize size);

/* TRUE when TEXT stands in the first 4096 bytes. */
gboolean tb_bytes_begin_with (const guint8 *data, gsize size, const char *text);

/* JSON as other programs write it: NaN and a mark at the beginning are let through. New reference. TB_ERROR_INVALID. */
json_object *tb_loose_json (const char *text, GError **error);
/* Borrowed; NULL when absent or of another type. A number gives its text. */
const char *tb_loose_string (json_object *object, const char *field);
json_object *tb_loose_get (json_object *object, const char *field, enum json_type type);
/* A number, or text that is one: seconds. FALSE when it is neither. */
gboolean tb_loose_number (json_object *value, double *number);
/* The keys of OBJECT (or the places of an array), whole numbers first and by their value, then the rest as they stand.
 * New array of borrowed values, with the keys (borrowed; NULL for an array's) in *KEYS when it is not NULL. */
GPtrArray *tb_loose_in_order (json_object *object, GPtrArray **keys);

/* Decimal number with point or comma, spaces around it. */
gboolean tb_loose_decimal (const char *text, double *number);
/* Seconds, or [H:]MM:SS[.fff] with point, comma or colon before the fraction; a minus before it. */
gboolean tb_loose_time (const char *text, TbTime *time);

/* "2015-07-08T10:18:25" or with a space between, with a fraction and with Z or an offset behind it; without those it
 * is the time of here, where the file most likely comes from. FALSE, and *WALL as it was, when TEXT is none, or NULL. */
gboolean tb_loose_wall (const char *text, gint64 *wall);

/* Seconds with as many decimals as the nanoseconds need, at least DECIMALS: "12.5". New string. */
char *tb_time_plain (TbTime time, guint decimals);
/* HH:MM:SS and milliseconds after SEPARATOR, rounded; negative becomes 0. New string. */
char *tb_time_stamp (TbTime time, char separator);
/* To the nearest whole STEP; *CHANGED (may be NULL) when that was not what it was. */
TbTime tb_time_round (TbTime time, TbTime step, gboolean *changed);
