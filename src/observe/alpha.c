#include "observe/alpha.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "observe/order.h"

#define MISSING G_MAXUINT

struct _TbAlpha {
  guint n_units, n_observers;
  guint n_values;
  double *values; /* that occur, ascending */
  guint *places;  /* in VALUES, of each unit and observer; MISSING */
};

static guint
place_of (const TbAlpha *alpha, double value)
{
  const double *found;

  if (isnan (value))
    return MISSING;
  found = bsearch (&value, alpha->values, alpha->n_values, sizeof (double), tb_compare_doubles);
  return (guint)(found - alpha->values);
}

TbAlpha *
tb_alpha_new (const double *values, guint n_units, guint n_observers)
{
  TbAlpha *alpha = g_new0 (TbAlpha, 1);
  gsize n = (gsize)n_units * n_observers, n_given = 0;

  alpha->n_units = n_units;
  alpha->n_observers = n_observers;
  alpha->values = g_new (double, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    if (!isnan (values[i]))
      alpha->values[n_given++] = values[i];
  qsort (alpha->values, n_given, sizeof (double), tb_compare_doubles);
  for (gsize i = 0; i < n_given; i++)
    if (i == 0 || alpha->values[i] != alpha->values[i - 1])
      alpha->values[alpha->n_values++] = alpha->values[i];
  alpha->places = g_new (guint, MAX (n, 1));
  for (gsize i = 0; i < n; i++)
    alpha->places[i] = place_of (alpha, values[i]);
  return alpha;
}

void
tb_alpha_free (TbAlpha *alpha)
{
  if (alpha == NULL)
    return;
  g_free (alpha->values);
  g_free (alpha->places);
  g_free (alpha);
}

/* Adds what the observers of a unit coincide in. */
static gboolean
add_unit (const TbAlpha *alpha, guint unit, double weight, double *coincidences)
{
  const guint *places = alpha->places + (gsize)unit * alpha->n_observers;
  guint n_given = 0;

  for (guint i = 0; i < alpha->n_observers; i++)
    n_given += places[i] != MISSING;
  if (n_given < 2)
    return FALSE;
  for (guint i = 0; i < alpha->n_observers; i++)
    for (guint j = 0; j < alpha->n_observers; j++)
      if (i != j && places[i] != MISSING && places[j] != MISSING)
        coincidences[(gsize)places[i] * alpha->n_values + places[j]] += weight / (n_given - 1);
  return TRUE;
}

/* SO_FAR[k] is how many values there are up to and with the k-th. */
static double
difference (const TbAlpha *alpha, TbLevel level, const double *so_far, const double *sums, guint c, guint k)
{
  double steps;

  if (level == TB_LEVEL_INTERVAL)
    steps = alpha->values[c] - alpha->values[k];
  else
    steps = so_far[k] - so_far[c] + (sums[c] - sums[k]) / 2; /* for c before k, and its opposite for k before c */
  return steps * steps;
}

/* Nominal needs no table: what agrees, and how much there is of each value. */
static void
add_unit_nominal (const TbAlpha *alpha, guint unit, double weight, double *sums, double *agreed)
{
  const guint *places = alpha->places + (gsize)unit * alpha->n_observers;
  guint n_given = 0, n_agreed = 0;

  for (guint i = 0; i < alpha->n_observers; i++) {
    if (places[i] == MISSING)
      continue;
    n_given++;
    for (guint j = 0; j < alpha->n_observers; j++)
      n_agreed += i != j && places[i] == places[j];
  }
  if (n_given < 2)
    return;
  for (guint i = 0; i < alpha->n_observers; i++)
    if (places[i] != MISSING)
      sums[places[i]] += weight;
  *agreed += weight * n_agreed / (n_given - 1);
}

static TbEstimate
nominal (const TbAlpha *alpha, const guint *times)
{
  g_autofree double *sums = g_new0 (double, MAX (alpha->n_values, 1));
  double total = 0, agreed = 0, squares = 0;

  for (guint u = 0; u < alpha->n_units; u++)
    if (times == NULL || times[u] > 0)
      add_unit_nominal (alpha, u, times != NULL ? times[u] : 1, sums, &agreed);
  for (guint c = 0; c < alpha->n_values; c++) {
    total += sums[c];
    squares += sums[c] * sums[c];
  }
  if (total <= 0)
    return tb_estimate_none (alpha->n_values == 0 ? TB_WHY_NOTHING : TB_WHY_ONE_OBSERVER);
  if (total * total - squares <= 0)
    return tb_estimate_none (TB_WHY_ONE_CATEGORY);
  return tb_estimate_of (1 - (total - agreed) * (total - 1) / (total * total - squares));
}

TbEstimate
tb_alpha_estimate (const TbAlpha *alpha, TbLevel level, const guint *times)
{
  const guint n = alpha->n_values;
  g_autofree double *coincidences = NULL, *sums = NULL, *so_far = NULL;
  double total = 0, observed = 0, expected = 0;
  gboolean any = FALSE;

  if (level == TB_LEVEL_NOMINAL)
    return nominal (alpha, times);
  coincidences = g_new0 (double, MAX ((gsize)n * n, 1));
  sums = g_new0 (double, MAX (n, 1));
  so_far = g_new0 (double, MAX (n, 1));
  for (guint u = 0; u < alpha->n_units; u++) {
    guint weight = times != NULL ? times[u] : 1;

    if (weight > 0 && add_unit (alpha, u, weight, coincidences))
      any = TRUE;
  }
  if (!any)
    return tb_estimate_none (n == 0 ? TB_WHY_NOTHING : TB_WHY_ONE_OBSERVER);
  for (guint c = 0; c < n; c++) {
    for (guint k = 0; k < n; k++)
      sums[c] += coincidences[(gsize)c * n + k];
    total += sums[c];
    so_far[c] = total;
  }
  for (guint c = 0; c < n; c++)
    for (guint k = 0; k < n; k++) {
      double delta = difference (alpha, level, so_far, sums, c, k);

      observed += coincidences[(gsize)c * n + k] * delta;
      expected += sums[c] * sums[k] * delta / (total - 1);
    }
  if (expected <= 0)
    return tb_estimate_none (TB_WHY_ONE_CATEGORY);
  return tb_estimate_of (1 - observed / expected);
}
