#include "exchange/bytes.h"

#include <errno.h>
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "exchange/document.h"

static char *
convert (const guint8 *data, gsize size, const char *charset, GError **error)
{
  gsize length = 0;
  char *text = g_convert_with_fallback ((const char *) data, (gssize) size, "UTF-8", charset, "?", NULL, &length, NULL);

  if (text == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "This is not text");
    return NULL;
  }
  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0')
      text[i] = ' ';
  return text;
}

/* A NUL cannot stand in a C string: it becomes U+FFFD as every other nonsense does. */
static char *
without_nul (const char *text, gsize size)
{
  GString *result;

  if (memchr (text, '\0', size) == NULL)
    return g_strndup (text, size);
  result = g_string_sized_new (size + 64);
  for (gsize i = 0; i < size; i++)
    if (text[i] == '\0')
      g_string_append (result, "\357\277\275");
    else
      g_string_append_c (result, text[i]);
  return g_string_free (result, FALSE);
}

char *
tb_bytes_to_text (const guint8 *data, gsize size, TbLoss *loss, GError **error)
{
  g_autofree char *valid = NULL;

  if (size == 0) /* then DATA may be NULL */
    return g_strdup ("");
  if (size > TB_EXCHANGE_MAX_EXPANDED) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_TOO_LARGE, "The file is larger than Terugblik reads");
    return NULL;
  }
  if (size >= 2 && ((data[0] == 0xff && data[1] == 0xfe) || (data[0] == 0xfe && data[1] == 0xff)))
    return convert (data + 2, (size - 2) & ~(gsize) 1, data[0] == 0xff ? "UTF-16LE" : "UTF-16BE", error);
  if (size >= 3 && memcmp (data, "\357\273\277", 3) == 0) {
    data += 3;
    size -= 3;
  }
  valid = without_nul ((const char *) data, size);
  if (g_utf8_validate (valid, -1, NULL))
    return g_steal_pointer (&valid);
  tb_loss_add (loss, TB_LOSS_LEFT, 1, "the way letters are written", "it is no UTF-8; read as Windows-1252", "file");
  g_clear_pointer (&valid, g_free);
  return convert (data, size, "WINDOWS-1252", error);
}

gboolean
tb_bytes_is_gzip (const guint8 *data, gsize size)
{
  return size > 2 && data[0] == 0x1f && data[1] == 0x8b;
}

GBytes *
tb_bytes_gunzip (const guint8 *data, gsize size, gsize limit, GError **error)
{
  g_autoptr (GZlibDecompressor) unpack = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree guint8 *room = g_malloc (65536);
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (result != G_CONVERTER_FINISHED) {
    gsize used = 0, made = 0;
    g_autoptr (GError) problem = NULL;

    result = g_converter_convert (G_CONVERTER (unpack), data, size, room, 65536, G_CONVERTER_INPUT_AT_END, &used, &made,
                                  &problem);
    if (result == G_CONVERTER_ERROR) {
      g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "The gzip file is damaged: %s", problem->message);
      return NULL;
    }
    data += used;
    size -= used;
    if (out->len + made > limit) {
      g_set_error_literal (error, TB_ERROR, TB_ERROR_TOO_LARGE, "Unpacked, the file is larger than Terugblik reads");
      return NULL;
    }
    g_byte_array_append (out, room, (guint) made);
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
tb_bytes_gzip (const guint8 *data, gsize size)
{
  g_autoptr (GZlibCompressor) pack = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree guint8 *room = g_malloc (65536);
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (result != G_CONVERTER_FINISHED) {
    gsize used = 0, made = 0;

    result = g_converter_convert (G_CONVERTER (pack), data, size, room, 65536, G_CONVERTER_INPUT_AT_END, &used, &made,
                                  NULL);
    g_return_val_if_fail (result != G_CONVERTER_ERROR, NULL);
    data += used;
    size -= used;
    g_byte_array_append (out, room, (guint) made);
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

gboolean
tb_bytes_begin_with (const guint8 *data, gsize size, const char *text)
{
  return memmem (data, MIN (size, 4096), text, strlen (text)) != NULL;
}

json_object *
tb_loose_json (const char *text, GError **error)
{
  struct json_tokener *tokener = json_tokener_new_ex (TB_EXCHANGE_MAX_DEPTH);
  gsize length = strlen (text);
  json_object *value = NULL;
  enum json_tokener_error problem = json_tokener_error_size;

  if (length < G_MAXINT32) {
    /* With its end, so that a bare number is whole. */
    value = json_tokener_parse_ex (tokener, text, (int) length + 1);
    problem = json_tokener_get_error (tokener);
  }
  if (problem != json_tokener_success || value == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "The file is damaged at byte %" G_GSIZE_FORMAT ": %s",
                 json_tokener_get_parse_end (tokener),
                 problem == json_tokener_continue ? "it ends too early" : json_tokener_error_desc (problem));
    json_object_put (value);
    value = NULL;
  }
  json_tokener_free (tokener);
  return value;
}

json_object *
tb_loose_get (json_object *object, const char *field, enum json_type type)
{
  json_object *value = NULL;

  if (!json_object_is_type (object, json_type_object) || !json_object_object_get_ex (object, field, &value)
      || !json_object_is_type (value, type))
    return NULL;
  return value;
}

const char *
tb_loose_string (json_object *object, const char *field)
{
  json_object *value = NULL;

  if (!json_object_is_type (object, json_type_object) || !json_object_object_get_ex (object, field, &value))
    return NULL;
  if (json_object_is_type (value, json_type_string) || json_object_is_type (value, json_type_int)
      || json_object_is_type (value, json_type_double))
    return json_object_get_string (value);
  return NULL;
}

gboolean
tb_loose_decimal (const char *text, double *number)
{
  char plain[64];
  gsize n = 0;
  char *end = NULL;
  double result;

  while (g_ascii_isspace (*text))
    text++;
  for (; *text != '\0' && n < sizeof plain - 1; text++)
    plain[n++] = *text == ',' ? '.' : *text;
  while (n > 0 && g_ascii_isspace (plain[n - 1]))
    n--;
  plain[n] = '\0';
  if (*text != '\0' || n == 0 || strspn (plain, "0123456789.+-eE") != n)
    return FALSE;
  errno = 0;
  result = g_ascii_strtod (plain, &end);
  if (*end != '\0' || errno != 0 || !isfinite (result))
    return FALSE;
  *number = result;
  return TRUE;
}

gboolean
tb_loose_number (json_object *value, double *number)
{
  if (json_object_is_type (value, json_type_string))
    return tb_loose_decimal (json_object_get_string (value), number);
  if (!json_object_is_type (value, json_type_int) && !json_object_is_type (value, json_type_double))
    return FALSE;
  if (!isfinite (json_object_get_double (value)))
    return FALSE;
  *number = json_object_get_double (value);
  return TRUE;
}

gboolean
tb_loose_wall (const char *text, gint64 *wall)
{
  g_autofree char *iso = g_strstrip (g_strdup (text != NULL ? text : ""));
  g_autofree char *universal = g_strconcat (iso, "Z", NULL);
  g_autoptr (GTimeZone) here = NULL;
  gint64 seconds;
  char *gap;

  if ((gap = strchr (iso, ' ')) != NULL)
    *gap = universal[gap - iso] = 'T';
  if (tb_wall_parse (iso, wall, NULL))
    return TRUE;
  if (!tb_wall_parse (universal, wall, NULL))
    return FALSE;
  here = g_time_zone_new_local ();
  seconds = *wall / TB_SECOND;
  *wall -= g_time_zone_get_offset (here, g_time_zone_adjust_time (here, G_TIME_TYPE_STANDARD, &seconds)) * TB_SECOND;
  return TRUE;
}

gboolean
tb_loose_time (const char *text, TbTime *time)
{
  g_auto (GStrv) parts = NULL;
  double sum = 0, part = 0;
  gboolean negative;
  guint n;

  while (g_ascii_isspace (*text))
    text++;
  if (strchr (text, ':') == NULL)
    return tb_loose_decimal (text, &sum) && tb_time_from_seconds (sum, time);
  negative = *text == '-';
  parts = g_strsplit (text + negative, ":", 5);
  n = g_strv_length (parts);
  if (n > 4)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (!g_ascii_isdigit (parts[i][0]) || !tb_loose_decimal (parts[i], &part))
      return FALSE;
    sum = i == 3 ? sum + part / 1000 : sum * 60 + part;
  }
  return tb_time_from_seconds (negative ? -sum : sum, time);
}

typedef struct {
  const char *key;
  json_object *value;
  gint64 number; /* G_MAXINT64 for a key that is no number */
} Entry;

static int
compare_entries (gconstpointer a, gconstpointer b, gpointer data)
{
  const Entry *one = a, *other = b;

  return one->number < other->number ? -1 : one->number > other->number;
}

GPtrArray *
tb_loose_in_order (json_object *object, GPtrArray **keys)
{
  GPtrArray *values = g_ptr_array_new ();
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));

  if (keys != NULL)
    *keys = g_ptr_array_new ();
  if (json_object_is_type (object, json_type_array)) {
    for (gsize i = 0; i < json_object_array_length (object); i++) {
      g_ptr_array_add (values, json_object_array_get_idx (object, i));
      if (keys != NULL)
        g_ptr_array_add (*keys, NULL);
    }
    return values;
  }
  if (!json_object_is_type (object, json_type_object))
    return values;
  json_object_object_foreach (object, key, value)
  {
    Entry entry = { key, value, G_MAXINT64 };

    if (!g_ascii_string_to_signed (key, 10, G_MININT64, G_MAXINT64 - 1, &entry.number, NULL))
      entry.number = G_MAXINT64;
    g_array_append_val (entries, entry);
  }
  g_qsort_with_data (entries->data, (gint) entries->len, sizeof (Entry), compare_entries, NULL);
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = &g_array_index (entries, Entry, i);

    g_ptr_array_add (values, entry->value);
    if (keys != NULL)
      g_ptr_array_add (*keys, (gpointer) entry->key);
  }
  return values;
}

char *
tb_time_plain (TbTime time, guint decimals)
{
  guint64 size = time < 0 ? -(guint64) time : (guint64) time;
  char text[64];
  gsize n = (gsize) g_snprintf (text, sizeof text, "%s%" G_GUINT64_FORMAT ".%09u", time < 0 ? "-" : "",
                                size / (guint64) TB_SECOND, (guint) (size % (guint64) TB_SECOND));
  gsize least = n - 9 + decimals;

  while (n > least && text[n - 1] == '0')
    n--;
  if (text[n - 1] == '.')
    n--;
  return g_strndup (text, n);
}

char *
tb_time_stamp (TbTime time, char separator)
{
  guint64 ms = time <= 0 ? 0 : ((guint64) time + TB_MILLISECOND / 2) / (guint64) TB_MILLISECOND;

  return g_strdup_printf ("%02u:%02u:%02u%c%03u", (guint) (ms / 3600000), (guint) (ms / 60000 % 60),
                          (guint) (ms / 1000 % 60), separator, (guint) (ms % 1000));
}

TbTime
tb_time_round (TbTime time, TbTime step, gboolean *changed)
{
  TbTime half = time < 0 ? -step / 2 : step / 2;
  TbTime rounded = (time + half) / step * step;

  if (changed != NULL && rounded != time)
    *changed = TRUE;
  return rounded;
}
