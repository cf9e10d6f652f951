#include "observe/instrument.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/document-check.h"

#define FORMAT 1
#define LINE_MAX_LENGTH 80
#define TEXT_MAX_LENGTH 1000
#define SHORT_MAX_LENGTH 18
#define MARGIN_MAX_SECONDS 600.0
/* e, i, j, k, l, m and o belong to the player and the moment mark. */
#define KEYS "0123456789abcdfghnpqrstuvwxyz"

struct _TbInstrument {
  gatomicrefcount refs;
  json_object *json; /* owns every string below; only read while parsing */
  char *text;
  const char *id;
  gint64 version;
  const char *title_nl, *title_en;
  const char *description_nl, *description_en;
  gboolean is_default;
  GArray *codes; /* TbCode */
};

/* What the checking functions share. */
typedef struct {
  TbDocument document;
  GHashTable *domains; /* id -> color */
  GHashTable *ids;     /* of codes */
  GHashTable *keys;    /* key -> id of the code that has it */
} Check;

static const char *const okabe_ito[] = { "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442",
                                         "#0072B2", "#D55E00", "#CC79A7", NULL };

const char *
tb_kind_name (TbKind kind)
{
  return kind == TB_KIND_STATE ? "state" : "point";
}

gboolean
tb_kind_from_name (const char *name, TbKind *kind)
{
  if (g_strcmp0 (name, "point") == 0)
    *kind = TB_KIND_POINT;
  else if (g_strcmp0 (name, "state") == 0)
    *kind = TB_KIND_STATE;
  else
    return FALSE;
  return TRUE;
}

static gboolean
get_one_line (const TbDocument *document, const char *path, const char *field, json_object *object, gsize max_length,
              const char **line, GError **error)
{
  return tb_document_get_text (document, path, field, object, max_length, line, error)
         && (strpbrk (*line, "\n\r\t") == NULL
             || tb_document_refuse (document, path, field, error, "must be one line"));
}

/* NL and EN may be NULL. */
static gboolean
get_words (const Check *check, const char *path, const char *field, json_object *object, gsize max_length,
           gboolean one_line, const char **nl, const char **en, GError **error)
{
  const char *words[2] = { NULL, NULL };

  if (!tb_document_get_words (&check->document, path, field, object, one_line ? get_one_line : tb_document_get_text,
                              max_length, words, error))
    return FALSE;
  if (nl != NULL)
    *nl = words[0];
  if (en != NULL)
    *en = words[1];
  return TRUE;
}

/* *COLOR is not touched without one. */
static gboolean
get_color (const Check *check, const char *path, json_object *object, TbJsonFlags flags, const char **color,
           GError **error)
{
  gboolean found = FALSE;

  if (!tb_json_get_string (object, "color", flags, 7, color, &found, error))
    return tb_document_place (&check->document, path, "color", error);
  if (found && !g_strv_contains (okabe_ito, *color))
    return tb_document_refuse (&check->document, path, "color", error, "“%s” is none of the eight Okabe-Ito colours",
                               *color);
  return TRUE;
}

static gboolean
get_margin (const Check *check, const char *path, const char *field, json_object *object, TbTime *margin,
            GError **error)
{
  double seconds = 0;

  if (!tb_json_get_double (object, field, TB_JSON_REQUIRED, 0, MARGIN_MAX_SECONDS, &seconds, NULL, error))
    return tb_document_place (&check->document, path, field, error);
  tb_time_from_seconds (seconds, margin);
  return TRUE;
}

/* Domains and subjects: an id and a title. */
static gboolean
check_named (const Check *check, const char *path, json_object *object, gboolean colored, GHashTable *ids,
             GError **error)
{
  static const char *const known[] = { "id", "title", "color", NULL };
  static const char *const known_plain[] = { "id", "title", NULL };
  const char *id = NULL, *color = NULL;

  if (!tb_document_known_fields (&check->document, path, object, colored ? known : known_plain, error)
      || !tb_document_get_id (&check->document, path, "id", object, &id, error)
      || !get_words (check, path, "title", object, LINE_MAX_LENGTH, TRUE, NULL, NULL, error)
      || (colored && !get_color (check, path, object, TB_JSON_REQUIRED, &color, error)))
    return FALSE;
  if (!g_hash_table_insert (ids, (gpointer) id, (gpointer) color))
    return tb_document_refuse (&check->document, path, "id", error, "“%s” is there twice", id);
  return TRUE;
}

static gboolean
check_key (const Check *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  const char *other;

  if (!tb_json_get_string (object, "key", TB_JSON_REQUIRED, 8, &code->key, NULL, error))
    return tb_document_place (&check->document, path, "key", error);
  if (strlen (code->key) != 1 || strchr (KEYS, *code->key) == NULL)
    return tb_document_refuse (&check->document, path, "key", error,
                               "“%s” cannot be a key: one digit or lower-case letter, but none of e, i, j, k, l, m, o",
                               code->key);
  other = g_hash_table_lookup (check->keys, code->key);
  if (other != NULL)
    return tb_document_refuse (&check->document, path, "key", error, "“%s” is the key of “%s” already", code->key,
                               other);
  g_hash_table_insert (check->keys, (gpointer) code->key, (gpointer) code->id);
  return TRUE;
}

static gboolean
check_help (const Check *check, const char *path, json_object *object, GError **error)
{
  static const char *const known[] = { "counts", "not", NULL };
  g_autofree char *inner = g_strconcat (path, ".help", NULL);
  json_object *help = NULL;

  if (!tb_json_get_object (object, "help", TB_JSON_REQUIRED, &help, NULL, error))
    return tb_document_place (&check->document, path, "help", error);
  return tb_document_known_fields (&check->document, inner, help, known, error)
         && get_words (check, inner, "counts", help, TEXT_MAX_LENGTH, FALSE, NULL, NULL, error)
         && get_words (check, inner, "not", help, TEXT_MAX_LENGTH, FALSE, NULL, NULL, error);
}

static gboolean
read_code (const Check *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  static const char *const known[] = { "id", "domain", "kind", "title", "short", "key", "color", "lead", "lag", "help",
                                       NULL };
  const char *kind = NULL;

  if (!tb_document_known_fields (&check->document, path, object, known, error)
      || !tb_document_get_id (&check->document, path, "id", object, &code->id, error)
      || !tb_document_get_id (&check->document, path, "domain", object, &code->domain, error))
    return FALSE;
  if (!g_hash_table_add (check->ids, (gpointer) code->id))
    return tb_document_refuse (&check->document, path, "id", error, "“%s” is there twice", code->id);
  if (!g_hash_table_lookup_extended (check->domains, code->domain, NULL, (gpointer *) &code->color))
    return tb_document_refuse (&check->document, path, "domain", error, "there is no domain “%s”", code->domain);
  if (!tb_json_get_string (object, "kind", TB_JSON_REQUIRED, 40, &kind, NULL, error))
    return tb_document_place (&check->document, path, "kind", error);
  if (!tb_kind_from_name (kind, &code->kind))
    return tb_document_refuse (&check->document, path, "kind", error,
                               "“%s” is not a kind that this version knows (point, state)", kind);
  return get_words (check, path, "title", object, LINE_MAX_LENGTH, TRUE, &code->title_nl, &code->title_en, error)
         && get_words (check, path, "short", object, SHORT_MAX_LENGTH, TRUE, &code->short_nl, &code->short_en, error)
         && check_key (check, path, object, code, error) && get_color (check, path, object, 0, &code->color, error)
         && get_margin (check, path, "lead", object, &code->lead, error)
         && get_margin (check, path, "lag", object, &code->lag, error) && check_help (check, path, object, error);
}

/* The items of a list, each with its path. */
static gboolean
get_list (const Check *check, json_object *object, const char *field, gsize min, gsize max, json_object **list,
          GError **error)
{
  if (!tb_json_get_array (object, field, TB_JSON_REQUIRED, max, list, NULL, error))
    return tb_document_place (&check->document, "", field, error);
  if (json_object_array_length (*list) < min)
    return tb_document_refuse (&check->document, "", field, error, "must not be empty");
  return TRUE;
}

static gboolean
read_named (const Check *check, json_object *object, const char *field, gsize min, gsize max, gboolean colored,
            GHashTable *ids, GError **error)
{
  json_object *list = NULL;

  if (!get_list (check, object, field, min, max, &list, error))
    return FALSE;
  for (gsize i = 0; i < json_object_array_length (list); i++) {
    g_autofree char *path = g_strdup_printf ("%s[%" G_GSIZE_FORMAT "]", field, i);

    if (!check_named (check, path, json_object_array_get_idx (list, i), colored, ids, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_codes (const Check *check, TbInstrument *instrument, GError **error)
{
  json_object *list = NULL;

  if (!get_list (check, instrument->json, "codes", 1, 100, &list, error))
    return FALSE;
  for (gsize i = 0; i < json_object_array_length (list); i++) {
    g_autofree char *path = g_strdup_printf ("codes[%" G_GSIZE_FORMAT "]", i);
    TbCode code = { 0 };

    if (!read_code (check, path, json_object_array_get_idx (list, i), &code, error))
      return FALSE;
    g_array_append_val (instrument->codes, code);
  }
  return TRUE;
}

static gboolean
read_head (const Check *check, TbInstrument *instrument, GError **error)
{
  static const char *const known[] = { "format",  "id",      "version", "title",    "description",
                                       "default", "domains", "codes",   "subjects", NULL };
  json_object *json = instrument->json;
  gint64 format = 0;

  if (!tb_document_known_fields (&check->document, "", json, known, error))
    return FALSE;
  if (!tb_json_get_int (json, "format", TB_JSON_REQUIRED, 1, G_MAXINT32, &format, NULL, error))
    return tb_document_place (&check->document, "", "format", error);
  if (format > FORMAT)
    return tb_document_refuse (&check->document, "", "format", error,
                               "format %d was made by a newer version; this one reads %d", (int) format, FORMAT);
  if (!tb_document_get_id (&check->document, "", "id", json, &instrument->id, error))
    return FALSE;
  if (!tb_json_get_int (json, "version", TB_JSON_REQUIRED, 1, 1000000, &instrument->version, NULL, error))
    return tb_document_place (&check->document, "", "version", error);
  if (!tb_json_get_bool (json, "default", TB_JSON_REQUIRED, &instrument->is_default, NULL, error))
    return tb_document_place (&check->document, "", "default", error);
  return get_words (check, "", "title", json, LINE_MAX_LENGTH, TRUE, &instrument->title_nl, &instrument->title_en,
                    error)
         && get_words (check, "", "description", json, TEXT_MAX_LENGTH, FALSE, &instrument->description_nl,
                       &instrument->description_en, error);
}

/* Takes JSON. */
static TbInstrument *
build (json_object *json, const char *text, gsize length, GError **error)
{
  g_autoptr (TbInstrument) instrument = g_new0 (TbInstrument, 1);
  g_autoptr (GHashTable) domains = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) subjects = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
  Check check = { { text, length }, domains, ids, keys };

  g_atomic_ref_count_init (&instrument->refs);
  instrument->json = json;
  instrument->codes = g_array_new (FALSE, FALSE, sizeof (TbCode));
  if (!read_head (&check, instrument, error)
      || !read_named (&check, json, "domains", 1, 20, TRUE, domains, error)
      || !read_codes (&check, instrument, error)
      || !read_named (&check, json, "subjects", 0, 50, FALSE, subjects, error))
    return NULL;
  /* Writing JSON out changes json-c's object, so it is done once, here. */
  instrument->text = tb_json_to_text (json);
  return g_steal_pointer (&instrument);
}

TbInstrument *
tb_instrument_parse (const char *text, gsize length, GError **error)
{
  json_object *json = tb_json_parse (text, length, error);

  return json != NULL ? build (json, text, length, error) : NULL;
}

TbInstrument *
tb_instrument_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) problem = NULL;
  TbInstrument *instrument;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, &problem)) {
    g_set_error (error, TB_ERROR,
                 g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? TB_ERROR_NOT_FOUND : TB_ERROR_FAILED,
                 "Could not read the instrument %s: %s", path, problem->message);
    return NULL;
  }
  instrument = tb_instrument_parse (text, length, error);
  if (instrument == NULL)
    g_prefix_error (error, "%s: ", path);
  return instrument;
}

TbInstrument *
tb_instrument_from_json (json_object *object, GError **error)
{
  g_autofree char *text = NULL;

  if (!json_object_is_type (object, json_type_object)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "An instrument is a JSON object");
    return NULL;
  }
  /* A copy of its own: json-c's reference counts are not for several threads. */
  text = tb_json_to_text (object);
  {
    json_object *copy = tb_json_parse (text, strlen (text), error);

    return copy != NULL ? build (copy, NULL, 0, error) : NULL;
  }
}

TbInstrument *
tb_instrument_ref (TbInstrument *instrument)
{
  g_atomic_ref_count_inc (&instrument->refs);
  return instrument;
}

void
tb_instrument_unref (TbInstrument *instrument)
{
  if (instrument == NULL || !g_atomic_ref_count_dec (&instrument->refs))
    return;
  json_object_put (instrument->json);
  g_array_unref (instrument->codes);
  g_free (instrument->text);
  g_free (instrument);
}

const char *
tb_instrument_id (const TbInstrument *instrument)
{
  return instrument->id;
}

gint64
tb_instrument_version (const TbInstrument *instrument)
{
  return instrument->version;
}

const char *
tb_instrument_title (const TbInstrument *instrument, const char *language)
{
  return g_strcmp0 (language, "en") == 0 ? instrument->title_en : instrument->title_nl;
}

const char *
tb_instrument_description (const TbInstrument *instrument, const char *language)
{
  return g_strcmp0 (language, "en") == 0 ? instrument->description_en : instrument->description_nl;
}

gboolean
tb_instrument_is_default (const TbInstrument *instrument)
{
  return instrument->is_default;
}

const char *
tb_instrument_text (const TbInstrument *instrument)
{
  return instrument->text;
}

guint
tb_instrument_n_codes (const TbInstrument *instrument)
{
  return instrument->codes->len;
}

const TbCode *
tb_instrument_code (const TbInstrument *instrument, guint index)
{
  g_return_val_if_fail (index < instrument->codes->len, NULL);
  return &g_array_index (instrument->codes, TbCode, index);
}

const TbCode *
tb_instrument_find (const TbInstrument *instrument, const char *code)
{
  for (guint i = 0; i < instrument->codes->len; i++) {
    const TbCode *candidate = &g_array_index (instrument->codes, TbCode, i);

    if (g_strcmp0 (candidate->id, code) == 0)
      return candidate;
  }
  return NULL;
}
