#include "observe/instrument.h"

#include <string.h>

#include "base/error.h"
#include "observe/instrument-private.h"

#define FORMAT 2

static const char *const kind_names[] = {
  [TB_KIND_POINT] = "point", [TB_KIND_STATE] = "state", [TB_KIND_INTERVAL] = "interval", [TB_KIND_RATING] = "rating"
};

const char *
tb_kind_name (TbKind kind)
{
  return kind_names[kind];
}

gboolean
tb_kind_from_name (const char *name, TbKind *kind)
{
  for (guint i = TB_KIND_POINT; i < G_N_ELEMENTS (kind_names); i++)
    if (g_strcmp0 (name, kind_names[i]) == 0) {
      *kind = i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
read_format (const TbInstrumentCheck *check, GError **error)
{
  TbInstrument *instrument = check->instrument;
  gint64 format = 0;

  if (!tb_json_get_int (instrument->json, "format", TB_JSON_REQUIRED, 1, G_MAXINT32, &format, NULL, error))
    return tb_document_place (&check->document, "", "format", error);
  if (format > FORMAT)
    return tb_document_refuse (&check->document, "", "format", error,
                               "format %d was made by a newer version; this one reads up to %d", (int) format, FORMAT);
  instrument->format = format;
  return TRUE;
}

static gboolean
read_version (const TbInstrumentCheck *check, GError **error)
{
  return tb_json_get_int (check->instrument->json, "version", TB_JSON_REQUIRED, 1, 1000000, &check->instrument->version,
                          NULL, error)
         || tb_document_place (&check->document, "", "version", error);
}

static gboolean
read_default (const TbInstrumentCheck *check, GError **error)
{
  return tb_json_get_bool (check->instrument->json, "default", TB_JSON_REQUIRED, &check->instrument->is_default, NULL,
                           error)
         || tb_document_place (&check->document, "", "default", error);
}

static gboolean
read_head (const TbInstrumentCheck *check, GError **error)
{
  static const char *const known[]
      = { "format", "id", "version", "title", "description", "default", "domains", "codes", "subjects", NULL };
  static const char *const later[] = { "groups", "modifiers", "scales", "samplings", "layout", "became", NULL };
  TbInstrument *instrument = check->instrument;
  json_object *json = instrument->json;

  return tb_check_keep (check, read_format (check, error), error)
         && tb_check_keep (check, tb_check_fields (check, "", json, known, later, error), error)
         && tb_check_keep (check, tb_document_get_id (&check->document, "", "id", json, &instrument->id, error), error)
         && tb_check_keep (check, read_version (check, error), error)
         && tb_check_keep (check, read_default (check, error), error)
         && tb_check_keep (check,
                           tb_check_line (check, "", "title", json, TB_CHECK_LINE_MAX, &instrument->title_nl,
                                          &instrument->title_en, error),
                           error)
         && tb_check_keep (check,
                           tb_check_words (check, "", "description", json, TB_CHECK_TEXT_MAX,
                                           &instrument->description_nl, &instrument->description_en, error),
                           error);
}

/* Takes JSON. */
static TbInstrument *
new_instrument (json_object *json)
{
  TbInstrument *instrument = g_new0 (TbInstrument, 1);

  g_atomic_ref_count_init (&instrument->refs);
  instrument->json = json;
  instrument->format = FORMAT;
  instrument->modifiers = g_array_new (FALSE, FALSE, sizeof (TbModifier));
  instrument->scales = g_array_new (FALSE, FALSE, sizeof (TbScale));
  instrument->samplings = g_array_new (FALSE, FALSE, sizeof (TbSampling));
  instrument->codes = g_array_new (FALSE, FALSE, sizeof (TbCode));
  g_array_set_clear_func (instrument->modifiers, (GDestroyNotify) tb_modifier_clear);
  g_array_set_clear_func (instrument->scales, (GDestroyNotify) tb_scale_clear);
  g_array_set_clear_func (instrument->codes, (GDestroyNotify) tb_code_clear);
  return instrument;
}

/* Takes JSON. PROBLEMS may be NULL; else the first problem does not end it. */
static TbInstrument *
build (json_object *json, const char *text, gsize length, GPtrArray *problems, GError **error)
{
  g_autoptr (TbInstrument) instrument = new_instrument (json);
  g_autoptr (GHashTable) domains = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) groups = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) codes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
  TbInstrumentCheck check = { { text, length, problems }, instrument, domains, groups, codes, keys };

  if (!read_head (&check, error) || !tb_instrument_read_parts (&check, error)
      || !tb_instrument_read_codes (&check, error) || !tb_instrument_check_none (&check, error)
      || !tb_check_keep (&check, tb_instrument_read_layout (&check, error), error)
      || !tb_check_keep (&check, tb_instrument_read_became (&check, error), error))
    return NULL;
  if (problems != NULL && problems->len > 0)
    return NULL;
  /* Writing JSON out changes json-c's object, so it is done once, here. */
  instrument->text = tb_json_to_text (json);
  return g_steal_pointer (&instrument);
}

/* TEXT as a JSON object. New reference. */
static json_object *
parse_object (const char *text, gsize length, GError **error)
{
  json_object *json = tb_json_parse (text, length, error);

  if (json == NULL || json_object_is_type (json, json_type_object))
    return json;
  json_object_put (json);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "An instrument is a JSON object");
  return NULL;
}

TbInstrument *
tb_instrument_parse (const char *text, gsize length, GError **error)
{
  json_object *json = parse_object (text, length, error);

  return json != NULL ? build (json, text, length, NULL, error) : NULL;
}

GPtrArray *
tb_instrument_problems (const char *text, gsize length)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_document_problem_free);
  g_autoptr (GError) error = NULL;
  json_object *json = parse_object (text, length, &error);
  g_autoptr (TbInstrument) instrument = NULL;
  TbDocumentProblem *problem;

  if (json != NULL) {
    instrument = build (json, text, length, problems, &error);
    return problems;
  }
  problem = g_new0 (TbDocumentProblem, 1);
  problem->field = g_strdup ("");
  problem->message = g_strdup (error->message);
  g_ptr_array_add (problems, problem);
  return problems;
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
  json_object *copy;

  if (!json_object_is_type (object, json_type_object)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "An instrument is a JSON object");
    return NULL;
  }
  /* A copy of its own: json-c's reference counts are not for several threads. */
  text = tb_json_to_text (object);
  copy = tb_json_parse (text, strlen (text), error);
  return copy != NULL ? build (copy, NULL, 0, NULL, error) : NULL;
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
  g_array_unref (instrument->codes);
  g_array_unref (instrument->samplings);
  g_array_unref (instrument->scales);
  g_array_unref (instrument->modifiers);
  json_object_put (instrument->json);
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

const TbModifier *
tb_instrument_find_modifier (const TbInstrument *instrument, const char *id)
{
  for (guint i = 0; i < instrument->modifiers->len; i++) {
    const TbModifier *candidate = &g_array_index (instrument->modifiers, TbModifier, i);

    if (g_strcmp0 (candidate->id, id) == 0)
      return candidate;
  }
  return NULL;
}

const TbScale *
tb_instrument_find_scale (const TbInstrument *instrument, const char *id)
{
  for (guint i = 0; i < instrument->scales->len; i++) {
    const TbScale *candidate = &g_array_index (instrument->scales, TbScale, i);

    if (g_strcmp0 (candidate->id, id) == 0)
      return candidate;
  }
  return NULL;
}

guint
tb_instrument_n_samplings (const TbInstrument *instrument)
{
  return instrument->samplings->len;
}

const TbSampling *
tb_instrument_sampling (const TbInstrument *instrument, guint index)
{
  g_return_val_if_fail (index < instrument->samplings->len, NULL);
  return &g_array_index (instrument->samplings, TbSampling, index);
}

const TbStep *
tb_scale_find (const TbScale *scale, gint64 value)
{
  for (guint i = 0; i < scale->steps->len; i++) {
    const TbStep *step = &g_array_index (scale->steps, TbStep, i);

    if (step->value == value)
      return step;
  }
  return NULL;
}

const TbChoice *
tb_modifier_find (const TbModifier *modifier, const char *choice)
{
  for (guint i = 0; i < modifier->choices->len; i++) {
    const TbChoice *candidate = &g_array_index (modifier->choices, TbChoice, i);

    if (g_strcmp0 (candidate->id, choice) == 0)
      return candidate;
  }
  return NULL;
}
