/* How a code of a file was used: what its kind, scale and modifiers can be here. */
#include <math.h>

#include "exchange/bytes.h"
#include "exchange/visit-map-private.h"

static void
used_modifier_free (gpointer data)
{
  TbUsedModifier *modifier = data;

  g_ptr_array_unref (modifier->values);
  g_free (modifier);
}

void
tb_code_use_free (gpointer data)
{
  TbCodeUse *use = data;

  g_clear_pointer (&use->modifiers, g_ptr_array_unref);
  g_clear_pointer (&use->by_name, g_hash_table_unref);
  g_free (use);
}

static TbUsedModifier *
used_modifier (TbCodeUse *use, const char *name)
{
  TbUsedModifier *modifier = (TbUsedModifier *) tb_code_use_find (use, name);

  if (modifier != NULL)
    return modifier;
  if (use->modifiers == NULL) {
    use->modifiers = g_ptr_array_new_with_free_func (used_modifier_free);
    use->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  }
  modifier = g_new0 (TbUsedModifier, 1);
  modifier->name = name;
  modifier->numeric = TRUE;
  modifier->min = INFINITY;
  modifier->max = -INFINITY;
  modifier->values = g_ptr_array_new ();
  g_ptr_array_add (use->modifiers, modifier);
  g_hash_table_insert (use->by_name, (gpointer) name, modifier);
  return modifier;
}

static void
add_value (TbUsedModifier *modifier, const char *value)
{
  double number;

  if (modifier->numeric && tb_loose_decimal (value, &number) && fabs (number) <= 1e9) {
    modifier->min = MIN (modifier->min, number);
    modifier->max = MAX (modifier->max, number);
  } else {
    modifier->numeric = FALSE;
  }
  if (modifier->values->len <= TB_MAP_VALUES
      && !g_ptr_array_find_with_equal_func (modifier->values, value, g_str_equal, NULL))
    g_ptr_array_add (modifier->values, (gpointer) value);
}

static void
add_modifiers (TbCodeUse *use, const TbExchangeEvent *event)
{
  for (guint i = 0; event->modifiers != NULL && i < event->modifiers->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (event->modifiers, i);
    TbUsedModifier *modifier;
    TbValence valence;

    if (tb_map_is_valence (pair->name, pair->value, &valence))
      continue;
    modifier = used_modifier (use, pair->name);
    for (guint j = 0; j < i && !modifier->several; j++)
      modifier->several
          = g_str_equal (((TbExchangePair *) g_ptr_array_index (event->modifiers, j))->name, pair->name);
    add_value (modifier, pair->value);
  }
}

static void
add_rating (TbCodeUse *use, double rating)
{
  gint64 value = (gint64) rating;

  if (use->scored == 0) {
    use->whole = TRUE;
    use->min = use->max = rating;
  }
  use->scored++;
  use->min = MIN (use->min, rating);
  use->max = MAX (use->max, rating);
  if (rating != floor (rating) || fabs (rating) > 100) {
    use->whole = FALSE;
    return;
  }
  for (guint i = 0; i < use->n_values; i++)
    if (use->values[i] == value)
      return;
  if (use->n_values < G_N_ELEMENTS (use->values))
    use->values[use->n_values++] = value;
}

static TbTime
common_divisor (TbTime a, TbTime b)
{
  while (b != 0) {
    TbTime rest = a % b;

    a = b;
    b = rest;
  }
  return ABS (a);
}

void
tb_code_use_add (TbCodeUse *use, const TbExchangeEvent *event)
{
  gboolean lasts = event->until != TB_TIME_NONE || event->kind == TB_KIND_STATE;

  use->count++;
  use->instants += !lasts;
  use->lasting += lasts;
  use->intervals += event->kind == TB_KIND_INTERVAL;
  use->ratings += event->kind == TB_KIND_RATING;
  if (event->until != TB_TIME_NONE)
    use->longest = MAX (use->longest, event->until - event->at);
  use->measure = common_divisor (use->measure, event->at);
  if (!isnan (event->rating))
    add_rating (use, event->rating);
  add_modifiers (use, event);
}

const TbUsedModifier *
tb_code_use_find (const TbCodeUse *use, const char *name)
{
  return use->by_name != NULL ? g_hash_table_lookup (use->by_name, name) : NULL;
}

/* --- of all codes together ---------------------------------------------------------- */

static gboolean
declares (const TbExchangeCode *code, const char *name)
{
  for (guint i = 0; i < code->modifiers->len; i++)
    if (g_str_equal (((TbExchangeModifier *) g_ptr_array_index (code->modifiers, i))->name, name))
      return TRUE;
  return FALSE;
}

TbCodeUse *
tb_code_use_pool (GPtrArray *uses)
{
  TbCodeUse *pool = g_new0 (TbCodeUse, 1);

  for (guint i = 0; i < uses->len; i++) {
    const TbCodeUse *use = g_ptr_array_index (uses, i);

    for (guint m = 0; use->modifiers != NULL && m < use->modifiers->len; m++) {
      const TbUsedModifier *used = g_ptr_array_index (use->modifiers, m);
      TbUsedModifier *all;

      if (declares (use->code, used->name) || (pool->modifiers != NULL && pool->modifiers->len > 1000))
        continue;
      all = used_modifier (pool, used->name);
      all->several = all->several || used->several;
      for (guint v = 0; v < used->values->len; v++)
        add_value (all, g_ptr_array_index (used->values, v));
      all->numeric = all->numeric && used->numeric;
      all->min = MIN (all->min, used->min);
      all->max = MAX (all->max, used->max);
    }
  }
  return pool;
}
