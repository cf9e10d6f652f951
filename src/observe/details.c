#include "observe/details.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"

static gboolean
has (json_object *fields, const char *name)
{
  return fields != NULL && json_object_object_get_ex (fields, name, NULL);
}

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, text);
  return FALSE;
}

gboolean
tb_details_touched (json_object *fields, TbKind kind)
{
  return has (fields, "modifiers") || has (fields, "rating") || has (fields, "evidence")
         || (kind == TB_KIND_INTERVAL
             && (has (fields, "at") || has (fields, "until") || has (fields, "until_tapped_at")));
}

static const TbModifier *
find_modifier (const TbCode *code, const char *id)
{
  for (const TbModifier **one = code->modifiers; one != NULL && *one != NULL; one++)
    if (g_str_equal ((*one)->id, id))
      return *one;
  return NULL;
}

static gboolean
is_choice (const TbModifier *modifier, json_object *value, GError **error)
{
  const char *id = json_object_is_type (value, json_type_string) ? json_object_get_string (value) : NULL;

  return (id != NULL && tb_modifier_find (modifier, id) != NULL)
         || refuse (error, "“modifiers”: “%.64s” is no choice of “%s”", id != NULL ? id : "something that is no text",
                    modifier->id);
}

static gboolean
check_number (const TbModifier *modifier, json_object *value, GError **error)
{
  double number;

  if (!json_object_is_type (value, json_type_int) && !json_object_is_type (value, json_type_double))
    return refuse (error, "“modifiers”: “%s” must be a number", modifier->id);
  number = json_object_get_double (value);
  return (number >= modifier->min && number <= modifier->max)
         || refuse (error, "“modifiers”: “%s” must be from %g to %g", modifier->id, modifier->min, modifier->max);
}

/* Several choices in the order of the modifier, each once. New; NULL when there are none. */
static json_object *
order_choices (const TbModifier *modifier, json_object *list)
{
  json_object *ordered = NULL;

  for (guint c = 0; c < modifier->choices->len; c++) {
    const char *id = g_array_index (modifier->choices, TbChoice, c).id;
    gboolean chosen = FALSE;

    for (gsize i = 0; i < json_object_array_length (list) && !chosen; i++)
      chosen = g_str_equal (json_object_get_string (json_object_array_get_idx (list, i)), id);
    if (!chosen)
      continue;
    if (ordered == NULL)
      ordered = json_object_new_array ();
    json_object_array_add (ordered, json_object_new_string (id));
  }
  return ordered;
}

/* VALUE as it is kept: *KEPT, new; NULL when it says nothing. */
static gboolean
read_value (const TbModifier *modifier, json_object *value, json_object **kept, GError **error)
{
  *kept = NULL;
  if (value == NULL)
    return TRUE;
  if (modifier->form != TB_MODIFIER_MANY) {
    if (modifier->form == TB_MODIFIER_ONE ? !is_choice (modifier, value, error)
                                          : !check_number (modifier, value, error))
      return FALSE;
    *kept = json_object_get (value);
    return TRUE;
  }
  if (!json_object_is_type (value, json_type_array))
    return refuse (error, "“modifiers”: “%s” must be a list of choices", modifier->id);
  for (gsize i = 0; i < json_object_array_length (value); i++)
    if (!is_choice (modifier, json_object_array_get_idx (value, i), error))
      return FALSE;
  *kept = order_choices (modifier, value);
  return TRUE;
}

static gboolean
check_known (const TbCode *code, json_object *given, GError **error)
{
  json_object_object_foreach (given, name, value)
  {
    (void) value;
    if (find_modifier (code, name) == NULL)
      return refuse (error, "“modifiers”: the code “%s” has no “%.64s”", code->id, name);
  }
  return TRUE;
}

/* STRICT: given now, so that what does not fit is refused and not left out. */
static gboolean
settle_modifiers (const TbCode *code, gboolean strict, TbObservation *observation, GError **error)
{
  g_autoptr (json_object) given = NULL;
  g_autoptr (json_object) kept = json_object_new_object ();

  if (observation->modifiers == NULL)
    return TRUE;
  given = tb_json_parse (observation->modifiers, strlen (observation->modifiers), error);
  if (given == NULL || (strict && !check_known (code, given, error)))
    return FALSE;
  for (const TbModifier **one = code->modifiers; one != NULL && *one != NULL; one++) {
    json_object *value = NULL, *good = NULL;

    if (!json_object_object_get_ex (given, (*one)->id, &value))
      continue;
    if (!read_value (*one, value, &good, strict ? error : NULL) && strict)
      return FALSE;
    if (good != NULL)
      json_object_object_add (kept, (*one)->id, good);
  }
  g_clear_pointer (&observation->modifiers, g_free);
  if (json_object_object_length (kept) > 0)
    observation->modifiers = tb_json_to_text (kept);
  return TRUE;
}

static gboolean
settle_rating (const TbCode *code, json_object *fields, gboolean recoded, TbObservation *observation, GError **error)
{
  const TbScale *scale = code->scale;
  const TbStep *step = observation->rating != TB_RATING_NONE ? tb_scale_find (scale, observation->rating) : NULL;

  if (!has (fields, "rating")) {
    if (!recoded || step != NULL)
      return TRUE;
    return refuse (error, "“rating” is missing: a step of “%s”, or null for “does not apply”", scale->id);
  }
  if (observation->rating == TB_RATING_NONE)
    return scale->not_applicable || refuse (error, "“rating”: “does not apply” is no answer on “%s”", scale->id);
  return step != NULL
         || refuse (error, "“rating”: %" G_GINT64_FORMAT " is no step of “%s”", observation->rating, scale->id);
}

static gboolean
settle_evidence (TbObservation *observation, GError **error)
{
  g_autoptr (json_object) given = NULL;
  g_autoptr (json_object) kept = json_object_new_array ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (observation->evidence == NULL)
    return TRUE;
  given = tb_json_parse (observation->evidence, strlen (observation->evidence), error);
  if (given == NULL)
    return FALSE;
  if (json_object_array_length (given) > TB_EVIDENCE_MAX)
    return refuse (error, "“evidence” has more than %d ids", TB_EVIDENCE_MAX);
  for (gsize i = 0; i < json_object_array_length (given); i++) {
    json_object *item = json_object_array_get_idx (given, i);
    const char *id = json_object_is_type (item, json_type_string) ? json_object_get_string (item) : NULL;

    if (id == NULL || !tb_uuid_is_valid (id))
      return refuse (error, "“evidence” must be ids of observations and clips");
    if (g_str_equal (id, observation->id))
      return refuse (error, "“evidence”: a rating is no evidence of itself");
    if (g_hash_table_add (seen, (gpointer) id))
      json_object_array_add (kept, json_object_new_string (id));
  }
  g_clear_pointer (&observation->evidence, g_free);
  if (json_object_array_length (kept) > 0)
    observation->evidence = tb_json_to_text (kept);
  return TRUE;
}

/* Onto the grid of its sampling. */
static gboolean
settle_interval (const TbCode *code, json_object *fields, TbObservation *observation, GError **error)
{
  const TbSampling *sampling = code->sampling;
  const TbTime every = sampling->every;

  if (observation->at == TB_TIME_NONE || observation->at < 0)
    return TRUE; /* refused by tb_object_check() */
  g_clear_pointer (&observation->closed_by, g_free);
  if (sampling->rule == TB_SAMPLING_MOMENTARY) {
    /* The first instant that is looked at is the end of the first interval. */
    observation->at = MAX ((observation->at + every / 2) / every * every, every);
    observation->until = observation->at;
    return TRUE;
  }
  observation->at = observation->at / every * every;
  /* The end of the lesson may cut the last one. */
  if (observation->until != TB_TIME_NONE && observation->until > observation->at
      && observation->until <= observation->at + every)
    return TRUE;
  if (observation->until != TB_TIME_NONE && (has (fields, "until") || has (fields, "until_tapped_at")))
    return refuse (error, "“until” of an interval must lie after its beginning, at most %g seconds",
                   tb_time_to_seconds (every));
  observation->until = observation->at + every;
  return TRUE;
}

/* What the code cannot have and nobody gave now. */
static void
drop_rest (const TbCode *code, json_object *fields, TbObservation *observation)
{
  if (code == NULL && !has (fields, "modifiers"))
    g_clear_pointer (&observation->modifiers, g_free);
  if (observation->kind == TB_KIND_RATING)
    return;
  if (!has (fields, "rating"))
    observation->rating = TB_RATING_NONE;
  if (!has (fields, "evidence"))
    g_clear_pointer (&observation->evidence, g_free);
}

gboolean
tb_details_settle (const TbCode *code, json_object *fields, gboolean recoded, TbObservation *observation,
                   GError **error)
{
  drop_rest (code, fields, observation);
  if (code == NULL)
    return TRUE; /* tb_object_check() refuses what a moment cannot have */
  return ((!recoded && !has (fields, "modifiers"))
          || settle_modifiers (code, has (fields, "modifiers"), observation, error))
         && (code->kind != TB_KIND_RATING || settle_rating (code, fields, recoded, observation, error))
         && (!has (fields, "evidence") || settle_evidence (observation, error))
         && (code->kind != TB_KIND_INTERVAL || settle_interval (code, fields, observation, error));
}
