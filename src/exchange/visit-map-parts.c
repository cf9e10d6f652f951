/* What codes of a kijkwijzer share: modifiers, scales, time samples. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "exchange/visit-map-private.h"

/* Limits of schemas/instrument.schema.json. */
#define MAX_EVERY 3600
#define MAX_STEPS 10

struct _TbMapParts {
  json_object *modifiers, *scales, *samplings;         /* borrowed */
  GHashTable *modifier_ids, *scale_ids, *sampling_ids; /* own their ids */
  GHashTable *known;                                   /* what one is, in words -> its id */
};

TbMapParts *
tb_map_parts_new (json_object *modifiers, json_object *scales, json_object *samplings)
{
  TbMapParts *parts = g_new0 (TbMapParts, 1);

  parts->modifiers = modifiers;
  parts->scales = scales;
  parts->samplings = samplings;
  parts->modifier_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  parts->scale_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  parts->sampling_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  parts->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return parts;
}

void
tb_map_parts_free (TbMapParts *parts)
{
  if (parts == NULL)
    return;
  g_hash_table_unref (parts->modifier_ids);
  g_hash_table_unref (parts->scale_ids);
  g_hash_table_unref (parts->sampling_ids);
  g_hash_table_unref (parts->known);
  g_free (parts);
}

/* The id of the part of that description that is there already; NULL. */
static const char *
known_part (TbMapParts *parts, const char *what)
{
  return g_hash_table_lookup (parts->known, what);
}

static const char *
keep_part (TbMapParts *parts, const char *what, const char *id)
{
  g_hash_table_insert (parts->known, g_strdup (what), (gpointer) id);
  return id;
}

const char *
tb_map_parts_number (TbMapParts *parts, const char *name, double min, double max)
{
  g_autofree char *what = NULL;
  const char *id;
  json_object *item;

  min = MIN (0, floor (min));
  max = MAX (MAX (10, ceil (max)), min + 1);
  what = g_strdup_printf ("number\x1f%s\x1f%g\x1f%g", name, min, max);
  id = known_part (parts, what);
  if (id != NULL || json_object_array_length (parts->modifiers) == TB_MAP_PARTS)
    return id;
  id = tb_map_slug (name, "kenmerk", TB_MAP_ID, parts->modifier_ids);
  item = tb_map_add_named (parts->modifiers, id, name);
  tb_json_add_string (item, "type", "number");
  tb_json_add_double (item, "min", min);
  tb_json_add_double (item, "max", max);
  return keep_part (parts, what, id);
}

/* The ids of VALUES, owned by TAKEN. A value that could be an id is its own, so that no other value has it: an event may
 * name either. */
static const char **
choice_ids (const GPtrArray *values, GHashTable *taken)
{
  const char **ids = g_new0 (const char *, values->len);

  for (guint own = 2; own > 0; own--) {
    for (guint i = 0; i < values->len; i++) {
      g_autoptr (GHashTable) alone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      const char *value = g_ptr_array_index (values, i);

      if (g_str_equal (tb_map_slug (value, "keuze", TB_MAP_ID, alone), value) == (own == 2))
        ids[i] = tb_map_slug (value, "keuze", TB_MAP_ID, taken);
    }
  }
  return ids;
}

static const char *
choice_modifier (TbMapParts *parts, const char *name, gboolean several, GPtrArray *values)
{
  g_autoptr (GString) what = g_string_new (several ? "many" : "one");
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree const char **ids = NULL;
  json_object *item, *choices;
  const char *id;

  g_string_append_printf (what, "\x1f%s", name);
  for (guint i = 0; i < values->len; i++)
    g_string_append_printf (what, "\x1f%s", (char *) g_ptr_array_index (values, i));
  id = known_part (parts, what->str);
  if (id != NULL || json_object_array_length (parts->modifiers) == TB_MAP_PARTS)
    return id;
  id = tb_map_slug (name, "kenmerk", TB_MAP_ID, parts->modifier_ids);
  item = tb_map_add_named (parts->modifiers, id, name);
  choices = json_object_new_array ();
  tb_json_add_string (item, "type", several ? "many" : "one");
  ids = choice_ids (values, taken);
  for (guint i = 0; i < values->len; i++)
    tb_map_add_named (choices, ids[i], g_ptr_array_index (values, i));
  tb_json_add (item, "choices", choices);
  return keep_part (parts, what->str, id);
}

/* All values that are declared or were used. New; NULL when they are too many for a list, or do not fit in one. */
static GPtrArray *
values_of (const TbExchangeModifier *declared, const TbUsedModifier *used)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; declared != NULL && i < declared->values->len; i++)
    if (g_hash_table_add (seen, g_ptr_array_index (declared->values, i)))
      g_ptr_array_add (values, g_ptr_array_index (declared->values, i));
  for (guint i = 0; used != NULL && i < used->values->len; i++)
    if (g_hash_table_add (seen, g_ptr_array_index (used->values, i)))
      g_ptr_array_add (values, g_ptr_array_index (used->values, i));
  for (guint i = 0; i < values->len; i++) {
    g_autofree char *line = tb_map_line (g_ptr_array_index (values, i), "", TB_MAP_TITLE);

    if (!g_str_equal (line, g_ptr_array_index (values, i)) || *line == '\0')
      return NULL;
  }
  return values->len >= 1 && values->len <= TB_MAP_VALUES ? g_steal_pointer (&values) : NULL;
}

const char *
tb_map_parts_modifier (TbMapParts *parts, const char *name, const TbExchangeModifier *declared, const TbUsedModifier *used)
{
  g_autoptr (GPtrArray) values = NULL;
  g_autofree char *line = tb_map_line (name, "", TB_MAP_TITLE);
  gboolean several = (declared != NULL && declared->kind == TB_MODIFIER_SEVERAL) || (used != NULL && used->several);
  gboolean number = declared != NULL && declared->kind == TB_MODIFIER_NUMBER;

  if (!g_str_equal (line, name) || *name == '\0')
    return NULL;
  if (number && (used == NULL || (used->numeric && !several)))
    return tb_map_parts_number (parts, name, used != NULL ? used->min : 0, used != NULL ? used->max : 0);
  values = values_of (declared, used);
  if (values != NULL)
    return choice_modifier (parts, name, several, values);
  if (used != NULL && used->numeric && !several)
    return tb_map_parts_number (parts, name, used->min, used->max);
  return NULL;
}

static int
compare_values (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;

  return one < other ? -1 : one > other;
}

const char *
tb_map_parts_scale (TbMapParts *parts, const TbCodeUse *use)
{
  g_autoptr (GString) what = g_string_new ("scale");
  gint64 values[MAX_STEPS + 1], first, last;
  guint n = use->n_values;
  json_object *scale, *steps;
  const char *id;

  if (n > MAX_STEPS || !use->whole || n == 0)
    return NULL;
  memcpy (values, use->values, sizeof values);
  qsort (values, n, sizeof *values, compare_values);
  first = values[0];
  last = values[n - 1];
  /* A scale has at least two steps, those of schools mostly four; the steps between two that were given belong to it. */
  if (first >= 1 && last <= 4)
    first = 1, last = 4;
  else if (first == last)
    first = MIN (first, 99), last = first + 1;
  if (last - first < MAX_STEPS)
    for (n = 0; first + n <= last; n++)
      values[n] = first + n;
  for (guint i = 0; i < n; i++)
    g_string_append_printf (what, " %" G_GINT64_FORMAT, values[i]);
  id = known_part (parts, what->str);
  if (id != NULL || json_object_array_length (parts->scales) == TB_MAP_PARTS)
    return id;
  id = tb_map_slug ("schaal", "schaal", TB_MAP_ID, parts->scale_ids);
  scale = tb_map_add_named (parts->scales, id, "Schaal");
  steps = json_object_new_array ();
  for (guint i = 0; i < n; i++) {
    json_object *step = json_object_new_object ();
    g_autofree char *title = g_strdup_printf ("%" G_GINT64_FORMAT, values[i]);

    tb_json_add_int (step, "value", values[i]);
    tb_map_add_words (step, "title", title, title);
    json_object_array_add (steps, step);
  }
  tb_json_add (scale, "steps", steps);
  tb_json_add_bool (scale, "not_applicable", TRUE);
  return keep_part (parts, what->str, id);
}

const char *
tb_map_parts_sampling (TbMapParts *parts, const TbCodeUse *use)
{
  gboolean momentary = use->longest == 0;
  TbTime every = momentary ? use->measure : use->longest;
  g_autofree char *what = NULL;
  json_object *sampling;
  const char *id;

  if (every < TB_SECOND || every > MAX_EVERY * TB_SECOND || use->measure % every != 0)
    return NULL;
  what = g_strdup_printf ("sampling %" G_GINT64_FORMAT " %d", every, momentary);
  id = known_part (parts, what);
  if (id != NULL || json_object_array_length (parts->samplings) == TB_MAP_PARTS)
    return id;
  id = tb_map_slug ("tijdsteekproef", "tijdsteekproef", TB_MAP_ID, parts->sampling_ids);
  sampling = tb_map_add_named (parts->samplings, id, "Tijdsteekproef");
  tb_json_add_time (sampling, "every", every);
  tb_json_add_string (sampling, "rule", momentary ? "momentary" : "partial");
  tb_json_add_bool (sampling, "many", TRUE);
  return keep_part (parts, what, id);
}
