/* Domains, codes and subjects: whose behaviour is looked at, and what can be tapped. */
#include <string.h>

#include "observe/instrument-private.h"

#define SHORT_MAX 18
#define MARGIN_MAX_SECONDS 600.0
#define DOMAINS_MAX 20
#define SUBJECTS_MAX 50
#define CODES_MAX 200
#define CODES_MAX_FORMAT_1 100
#define CODE_MODIFIERS_MAX 5
/* e, i, j, k, l, m and o belong to the player and the moment mark. */
#define KEYS "0123456789abcdfghnpqrstuvwxyz"

void
tb_code_clear (TbCode *code)
{
  g_clear_pointer (&code->modifiers, g_free);
}

static gboolean
read_domain (TbInstrumentCheck *check, const char *path, json_object *object, gpointer into, GError **error)
{
  static const char *const known[] = { "id", "title", "color", NULL };
  const char *id = NULL, *color = NULL;

  if (!tb_check_fields (check, path, object, known, NULL, error)
      || !tb_check_new_id (check, path, object, check->domains, NULL, &id, error)
      || !tb_check_keep (check, tb_check_line (check, path, "title", object, TB_CHECK_LINE_MAX, NULL, NULL, error),
                         error)
      || !tb_check_keep (check, tb_check_color (check, path, object, TB_JSON_REQUIRED, &color, error), error))
    return FALSE;
  g_hash_table_insert (check->domains, (gpointer) id, (gpointer) color);
  return TRUE;
}

/* INTO: the ids of all. */
static gboolean
read_subject (TbInstrumentCheck *check, const char *path, json_object *object, gpointer into, GError **error)
{
  static const char *const known[] = { "id", "title", NULL };
  GHashTable *ids = into;
  const char *id = NULL;

  return tb_check_fields (check, path, object, known, NULL, error)
         && tb_check_new_id (check, path, object, ids, NULL, &id, error)
         && tb_check_line (check, path, "title", object, TB_CHECK_LINE_MAX, NULL, NULL, error);
}

static gboolean
read_domain_of (const TbInstrumentCheck *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  return tb_document_get_id (&check->document, path, "domain", object, &code->domain, error)
         && (g_hash_table_lookup_extended (check->domains, code->domain, NULL, (gpointer *) &code->color)
             || tb_document_refuse (&check->document, path, "domain", error, "there is no domain “%s”", code->domain));
}

static gboolean
read_kind (const TbInstrumentCheck *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  static const char *const all[] = { "point", "state", "interval", "rating", NULL };
  static const char *const first[] = { "point", "state", NULL };
  guint kind = 0;

  if (!tb_check_choice (check, path, "kind", object, TB_JSON_REQUIRED, check->instrument->format < 2 ? first : all,
                        &kind, error))
    return FALSE;
  code->kind = kind;
  return TRUE;
}

static gboolean
read_key (const TbInstrumentCheck *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  const char *other;

  if (!tb_json_get_string (object, "key", check->instrument->format < 2 ? TB_JSON_REQUIRED : 0, 8, &code->key, NULL,
                           error))
    return tb_document_place (&check->document, path, "key", error);
  if (code->key == NULL)
    return TRUE;
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
read_margin (const TbInstrumentCheck *check, const char *path, const char *field, json_object *object, TbTime *margin,
             GError **error)
{
  double seconds = 0;

  if (!tb_json_get_double (object, field, TB_JSON_REQUIRED, 0, MARGIN_MAX_SECONDS, &seconds, NULL, error))
    return tb_document_place (&check->document, path, field, error);
  tb_time_from_seconds (seconds, margin);
  return TRUE;
}

static gboolean
read_part_of_help (const TbInstrumentCheck *check, const char *path, const char *field, json_object *help,
                   GError **error)
{
  return (check->instrument->format >= 2 && !json_object_object_get_ex (help, field, NULL))
         || tb_check_words (check, path, field, help, TB_CHECK_TEXT_MAX, NULL, NULL, error);
}

/* From format 2 on a code may do without, or with one of the two. */
static gboolean
read_help (const TbInstrumentCheck *check, const char *path, json_object *object, GError **error)
{
  static const char *const known[] = { "counts", "not", NULL };
  const TbJsonFlags flags = check->instrument->format < 2 ? TB_JSON_REQUIRED : TB_JSON_OPTIONAL;
  g_autofree char *inner = g_strconcat (path, ".help", NULL);
  json_object *help = NULL;

  if (!tb_json_get_object (object, "help", flags, &help, NULL, error))
    return tb_document_place (&check->document, path, "help", error);
  if (help == NULL)
    return TRUE;
  return tb_check_fields (check, inner, help, known, NULL, error)
         && tb_check_keep (check, read_part_of_help (check, inner, "counts", help, error), error)
         && read_part_of_help (check, inner, "not", help, error);
}

/* What only one kind of code has, and all codes of it. */
static gboolean
read_own_part (const TbInstrumentCheck *check, const char *path, const char *field, json_object *object,
               gboolean has_it, const char *kinds, const char **id, GError **error)
{
  if (!tb_json_has (object, field))
    return !has_it || tb_document_refuse (&check->document, path, field, error, "is missing: %s needs one", kinds);
  if (!has_it)
    return tb_document_refuse (&check->document, path, field, error, "is only for %s", kinds);
  return tb_document_get_id (&check->document, path, field, object, id, error);
}

static gboolean
read_group_of (const TbInstrumentCheck *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  if (!tb_json_has (object, "group"))
    return TRUE;
  if (code->kind != TB_KIND_STATE)
    return tb_document_refuse (&check->document, path, "group", error, "is only for a state");
  return tb_document_get_id (&check->document, path, "group", object, &code->group, error)
         && (g_hash_table_contains (check->groups, code->group)
             || tb_document_refuse (&check->document, path, "group", error, "there is no group “%s”", code->group));
}

static gboolean
read_scale_of (const TbInstrumentCheck *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  const char *id = NULL;

  if (!read_own_part (check, path, "scale", object, code->kind == TB_KIND_RATING, "a rating", &id, error))
    return FALSE;
  code->scale = id != NULL ? tb_instrument_find_scale (check->instrument, id) : NULL;
  return id == NULL || code->scale != NULL
         || tb_document_refuse (&check->document, path, "scale", error, "there is no scale “%s”", id);
}

static gboolean
read_sampling_of (const TbInstrumentCheck *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  const char *id = NULL;

  if (!read_own_part (check, path, "sampling", object, code->kind == TB_KIND_INTERVAL, "an interval", &id, error))
    return FALSE;
  for (guint i = 0; i < tb_instrument_n_samplings (check->instrument); i++)
    if (g_strcmp0 (tb_instrument_sampling (check->instrument, i)->id, id) == 0)
      code->sampling = tb_instrument_sampling (check->instrument, i);
  return id == NULL || code->sampling != NULL
         || tb_document_refuse (&check->document, path, "sampling", error, "there is no sampling “%s”", id);
}

/* INTO: the modifiers so far. ITEM is an id, no object. */
static gboolean
read_modifier_of (TbInstrumentCheck *check, const char *path, json_object *item, gpointer into, GError **error)
{
  GPtrArray *list = into;
  const char *id = json_object_is_type (item, json_type_string) ? json_object_get_string (item) : NULL;
  const TbModifier *modifier = id != NULL ? tb_instrument_find_modifier (check->instrument, id) : NULL;

  if (id == NULL)
    return tb_document_refuse (&check->document, path, NULL, error, "must be the id of a modifier");
  if (modifier == NULL)
    return tb_document_refuse (&check->document, path, NULL, error, "there is no modifier “%.64s”", id);
  if (g_ptr_array_find (list, modifier, NULL))
    return tb_document_refuse (&check->document, path, NULL, error, "“%s” is there twice", id);
  g_ptr_array_add (list, (gpointer) modifier);
  return TRUE;
}

static gboolean
read_modifiers_of (TbInstrumentCheck *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  if (!tb_check_each (check, path, "modifiers", object, 0, 0, CODE_MODIFIERS_MAX, read_modifier_of, list, error))
    return FALSE;
  if (list->len == 0)
    return TRUE;
  g_ptr_array_add (list, NULL);
  code->modifiers = g_memdup2 (list->pdata, list->len * sizeof (gpointer));
  return TRUE;
}

static gboolean
read_size (const TbInstrumentCheck *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  static const char *const sizes[] = { "normal", "wide", "big", NULL };
  guint size = TB_SIZE_NORMAL;

  if (!tb_check_choice (check, path, "size", object, 0, sizes, &size, error))
    return FALSE;
  code->size = size;
  return TRUE;
}

static gboolean
read_texts (const TbInstrumentCheck *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  return tb_check_keep (
             check,
             tb_check_line (check, path, "title", object, TB_CHECK_LINE_MAX, &code->title_nl, &code->title_en, error),
             error)
         && tb_check_keep (
             check, tb_check_line (check, path, "short", object, SHORT_MAX, &code->short_nl, &code->short_en, error),
             error)
         && tb_check_keep (check, read_key (check, path, object, code, error), error)
         && tb_check_keep (check, tb_check_color (check, path, object, 0, &code->color, error), error)
         && tb_check_keep (check, read_margin (check, path, "lead", object, &code->lead, error), error)
         && tb_check_keep (check, read_margin (check, path, "lag", object, &code->lag, error), error)
         && tb_check_keep (check, read_help (check, path, object, error), error);
}

/* What format 2 added; the kind is known. */
static gboolean
read_parts_of (TbInstrumentCheck *check, const char *path, json_object *object, TbCode *code, GError **error)
{
  return tb_check_keep (check, read_group_of (check, path, object, code, error), error)
         && tb_check_keep (check, read_scale_of (check, path, object, code, error), error)
         && tb_check_keep (check, read_sampling_of (check, path, object, code, error), error)
         && tb_check_keep (check, read_modifiers_of (check, path, object, code, error), error)
         && tb_check_keep (check, read_size (check, path, object, code, error), error);
}

static gboolean
read_code (TbInstrumentCheck *check, const char *path, json_object *object, gpointer into, GError **error)
{
  static const char *const known[]
      = { "id", "domain", "kind", "title", "short", "key", "color", "lead", "lag", "help", NULL };
  static const char *const later[] = { "group", "modifiers", "scale", "sampling", "size", NULL };
  TbCode code = { 0 };
  gboolean good = tb_check_fields (check, path, object, known, later, error)
                  && tb_check_new_id (check, path, object, check->codes, NULL, &code.id, error)
                  && tb_check_keep (check, read_domain_of (check, path, object, &code, error), error)
                  && read_kind (check, path, object, &code, error) && read_texts (check, path, object, &code, error)
                  && read_parts_of (check, path, object, &code, error);

  if (!good)
    tb_code_clear (&code);
  else
    g_array_append_val (check->instrument->codes, code);
  return good;
}

gboolean
tb_instrument_read_codes (TbInstrumentCheck *check, GError **error)
{
  json_object *json = check->instrument->json;
  gboolean first = check->instrument->format < 2;
  g_autoptr (GHashTable) subjects = g_hash_table_new (g_str_hash, g_str_equal);

  return tb_check_keep (
             check,
             tb_check_each (check, "", "domains", json, TB_JSON_REQUIRED, 1, DOMAINS_MAX, read_domain, NULL, error),
             error)
         && tb_check_keep (check,
                           tb_check_each (check, "", "codes", json, TB_JSON_REQUIRED, 1,
                                          first ? CODES_MAX_FORMAT_1 : CODES_MAX, read_code, NULL, error),
                           error)
         && tb_check_keep (check,
                           tb_check_each (check, "", "subjects", json, first ? TB_JSON_REQUIRED : 0, 0, SUBJECTS_MAX,
                                          read_subject, subjects, error),
                           error);
}
