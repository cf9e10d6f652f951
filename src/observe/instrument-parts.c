/* What codes refer to: groups, modifiers, scales and samplings. */
#include "base/json.h"
#include "observe/instrument-private.h"

#define GROUPS_MAX 50
#define PARTS_MAX 50
#define CHOICES_MAX 30
#define STEPS_MAX 10
#define STEP_LIMIT 100
#define ANCHOR_MAX 300
#define NUMBER_LIMIT 1e9
#define EVERY_MAX_SECONDS 3600.0

void
tb_modifier_clear (TbModifier *modifier)
{
  g_clear_pointer (&modifier->choices, g_array_unref);
}

void
tb_scale_clear (TbScale *scale)
{
  g_clear_pointer (&scale->steps, g_array_unref);
}

static gboolean
read_group (TbInstrumentCheck *check, const char *path, json_object *object, gpointer into, GError **error)
{
  static const char *const known[] = { "id", "title", NULL };
  const char *id = NULL;

  return tb_check_fields (check, path, object, known, NULL, error)
         && tb_check_new_id (check, path, object, check->groups, NULL, &id, error)
         && tb_check_line (check, path, "title", object, TB_CHECK_LINE_MAX, NULL, NULL, error);
}

/* INTO: the TbModifier. */
static gboolean
read_choice (TbInstrumentCheck *check, const char *path, json_object *object, gpointer into, GError **error)
{
  static const char *const known[] = { "id", "title", NULL };
  TbModifier *modifier = into;
  TbChoice choice = { 0 };

  if (!tb_check_fields (check, path, object, known, NULL, error)
      || !tb_document_get_id (&check->document, path, "id", object, &choice.id, error))
    return FALSE;
  if (tb_modifier_find (modifier, choice.id) != NULL)
    return tb_document_refuse (&check->document, path, "id", error, "“%s” is there twice", choice.id);
  if (!tb_check_keep (
          check,
          tb_check_line (check, path, "title", object, TB_CHECK_LINE_MAX, &choice.title_nl, &choice.title_en, error),
          error))
    return FALSE;
  g_array_append_val (modifier->choices, choice);
  return TRUE;
}

static gboolean
read_number (TbInstrumentCheck *check, const char *path, json_object *object, TbModifier *modifier, GError **error)
{
  if (tb_json_has (object, "choices"))
    return tb_document_refuse (&check->document, path, "choices", error, "a number has no choices");
  if (!tb_json_get_double (object, "min", TB_JSON_REQUIRED, -NUMBER_LIMIT, NUMBER_LIMIT, &modifier->min, NULL, error))
    return tb_document_place (&check->document, path, "min", error);
  if (!tb_json_get_double (object, "max", TB_JSON_REQUIRED, -NUMBER_LIMIT, NUMBER_LIMIT, &modifier->max, NULL, error))
    return tb_document_place (&check->document, path, "max", error);
  return modifier->min < modifier->max
         || tb_document_refuse (&check->document, path, "max", error, "must be more than “min”");
}

static gboolean
read_choices (TbInstrumentCheck *check, const char *path, json_object *object, TbModifier *modifier, GError **error)
{
  for (guint i = 0; i < 2; i++) {
    const char *field = i == 0 ? "min" : "max";

    if (tb_json_has (object, field))
      return tb_document_refuse (&check->document, path, field, error, "“%s” is only for a number", field);
  }
  return tb_check_each (check, path, "choices", object, TB_JSON_REQUIRED, 1, CHOICES_MAX, read_choice, modifier, error);
}

static gboolean
read_modifier (TbInstrumentCheck *check, const char *path, json_object *object, gpointer into, GError **error)
{
  static const char *const known[] = { "id", "title", "type", "choices", "min", "max", NULL };
  static const char *const forms[] = { "one", "many", "number", NULL };
  GHashTable *ids = into;
  TbModifier modifier = { .choices = g_array_new (FALSE, FALSE, sizeof (TbChoice)) };
  guint form = 0;
  gboolean good = tb_check_fields (check, path, object, known, NULL, error)
                  && tb_check_new_id (check, path, object, ids, NULL, &modifier.id, error)
                  && tb_check_keep (check,
                                    tb_check_line (check, path, "title", object, TB_CHECK_LINE_MAX, &modifier.title_nl,
                                                   &modifier.title_en, error),
                                    error)
                  && tb_check_choice (check, path, "type", object, TB_JSON_REQUIRED, forms, &form, error)
                  && tb_check_keep (check,
                                    form == TB_MODIFIER_AMOUNT ? read_number (check, path, object, &modifier, error)
                                                               : read_choices (check, path, object, &modifier, error),
                                    error);

  modifier.form = form;
  if (!good)
    tb_modifier_clear (&modifier);
  else
    g_array_append_val (check->instrument->modifiers, modifier);
  return good;
}

/* INTO: the TbScale. */
static gboolean
read_step (TbInstrumentCheck *check, const char *path, json_object *object, gpointer into, GError **error)
{
  static const char *const known[] = { "value", "title", "anchor", NULL };
  TbScale *scale = into;
  TbStep step = { 0 };

  if (!tb_check_fields (check, path, object, known, NULL, error))
    return FALSE;
  if (!tb_json_get_int (object, "value", TB_JSON_REQUIRED, -STEP_LIMIT, STEP_LIMIT, &step.value, NULL, error))
    return tb_document_place (&check->document, path, "value", error);
  if (scale->steps->len > 0 && step.value <= g_array_index (scale->steps, TbStep, scale->steps->len - 1).value)
    return tb_document_refuse (&check->document, path, "value", error, "must be more than that of the step before");
  if (!tb_check_keep (
          check, tb_check_line (check, path, "title", object, TB_CHECK_LINE_MAX, &step.title_nl, &step.title_en, error),
          error)
      || (tb_json_has (object, "anchor")
          && !tb_check_keep (
              check,
              tb_check_words (check, path, "anchor", object, ANCHOR_MAX, &step.anchor_nl, &step.anchor_en, error),
              error)))
    return FALSE;
  g_array_append_val (scale->steps, step);
  return TRUE;
}

static gboolean
read_not_applicable (TbInstrumentCheck *check, const char *path, json_object *object, TbScale *scale, GError **error)
{
  return tb_json_get_bool (object, "not_applicable", TB_JSON_REQUIRED, &scale->not_applicable, NULL, error)
         || tb_document_place (&check->document, path, "not_applicable", error);
}

static gboolean
read_scale (TbInstrumentCheck *check, const char *path, json_object *object, gpointer into, GError **error)
{
  static const char *const known[] = { "id", "title", "steps", "not_applicable", NULL };
  GHashTable *ids = into;
  TbScale scale = { .steps = g_array_new (FALSE, FALSE, sizeof (TbStep)) };
  gboolean good = tb_check_fields (check, path, object, known, NULL, error)
                  && tb_check_new_id (check, path, object, ids, NULL, &scale.id, error)
                  && tb_check_keep (check,
                                    tb_check_line (check, path, "title", object, TB_CHECK_LINE_MAX, &scale.title_nl,
                                                   &scale.title_en, error),
                                    error)
                  && tb_check_keep (check, read_not_applicable (check, path, object, &scale, error), error)
                  && tb_check_keep (check,
                                    tb_check_each (check, path, "steps", object, TB_JSON_REQUIRED, 2, STEPS_MAX,
                                                   read_step, &scale, error),
                                    error);

  if (!good)
    tb_scale_clear (&scale);
  else
    g_array_append_val (check->instrument->scales, scale);
  return good;
}

static gboolean
read_every (TbInstrumentCheck *check, const char *path, json_object *object, TbSampling *sampling, GError **error)
{
  double seconds = 0;

  if (!tb_json_get_double (object, "every", TB_JSON_REQUIRED, 1, EVERY_MAX_SECONDS, &seconds, NULL, error))
    return tb_document_place (&check->document, path, "every", error);
  tb_time_from_seconds (seconds, &sampling->every);
  return TRUE;
}

static gboolean
read_sampling (TbInstrumentCheck *check, const char *path, json_object *object, gpointer into, GError **error)
{
  static const char *const known[] = { "id", "title", "every", "rule", "many", "none", NULL };
  static const char *const rules[] = { "partial", "whole", "momentary", NULL };
  GHashTable *ids = into;
  TbSampling sampling = { 0 };
  guint rule = 0;

  if (!tb_check_fields (check, path, object, known, NULL, error)
      || !tb_check_new_id (check, path, object, ids, NULL, &sampling.id, error)
      || !tb_check_keep (check,
                         tb_check_line (check, path, "title", object, TB_CHECK_LINE_MAX, &sampling.title_nl,
                                        &sampling.title_en, error),
                         error)
      || !tb_check_keep (check, read_every (check, path, object, &sampling, error), error)
      || !tb_check_keep (check, tb_check_choice (check, path, "rule", object, TB_JSON_REQUIRED, rules, &rule, error),
                         error))
    return FALSE;
  sampling.rule = rule;
  if (!tb_json_get_bool (object, "many", TB_JSON_REQUIRED, &sampling.many, NULL, error)
      && !tb_check_keep (check, tb_document_place (&check->document, path, "many", error), error))
    return FALSE;
  if (tb_json_has (object, "none")
      && !tb_check_keep (check, tb_document_get_id (&check->document, path, "none", object, &sampling.none, error),
                         error))
    return FALSE;
  g_array_append_val (check->instrument->samplings, sampling);
  return TRUE;
}

gboolean
tb_instrument_read_parts (TbInstrumentCheck *check, GError **error)
{
  json_object *json = check->instrument->json;
  g_autoptr (GHashTable) modifiers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) scales = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) samplings = g_hash_table_new (g_str_hash, g_str_equal);

  return tb_check_keep (check, tb_check_each (check, "", "groups", json, 0, 0, GROUPS_MAX, read_group, NULL, error),
                        error)
         && tb_check_keep (
             check, tb_check_each (check, "", "modifiers", json, 0, 0, PARTS_MAX, read_modifier, modifiers, error),
             error)
         && tb_check_keep (check, tb_check_each (check, "", "scales", json, 0, 0, PARTS_MAX, read_scale, scales, error),
                           error)
         && tb_check_keep (
             check, tb_check_each (check, "", "samplings", json, 0, 0, PARTS_MAX, read_sampling, samplings, error),
             error);
}

/* Where SAMPLING stands in the document: one that is wrong before it is not in the instrument. */
static gsize
place_of (json_object *json, const TbSampling *sampling)
{
  json_object *list = NULL;
  gsize place = 0;

  json_object_object_get_ex (json, "samplings", &list);
  for (; place < json_object_array_length (list); place++) {
    json_object *id = NULL;

    json_object_object_get_ex (json_object_array_get_idx (list, place), "id", &id);
    if (id != NULL && json_object_get_string (id) == sampling->id)
      break;
  }
  return place;
}

gboolean
tb_instrument_check_none (const TbInstrumentCheck *check, GError **error)
{
  const TbInstrument *instrument = check->instrument;

  for (guint i = 0; i < instrument->samplings->len; i++) {
    const TbSampling *sampling = tb_instrument_sampling (instrument, i);
    const TbCode *code = sampling->none != NULL ? tb_instrument_find (instrument, sampling->none) : NULL;
    g_autofree char *path = NULL;

    if (sampling->none == NULL || (code != NULL && code->sampling == sampling))
      continue;
    path = g_strdup_printf ("samplings[%" G_GSIZE_FORMAT "]", place_of (instrument->json, sampling));
    if (!tb_check_keep (check,
                        tb_document_refuse (&check->document, path, "none", error, "“%s” is no code of this sampling",
                                            sampling->none),
                        error))
      return FALSE;
  }
  return TRUE;
}
