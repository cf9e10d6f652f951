#include "observe/kappa.h"

#include <string.h>

/* Where a chance of 1 is meant, rounding may leave it just beside. */
#define CERTAIN 1e-12

TbMargins *
tb_margins_new (guint n)
{
  TbMargins *margins = g_new0 (TbMargins, 1);

  margins->n = n;
  margins->rows = g_new0 (double, MAX (n, 1));
  margins->columns = g_new0 (double, MAX (n, 1));
  return margins;
}

void
tb_margins_free (TbMargins *margins)
{
  if (margins == NULL)
    return;
  g_free (margins->rows);
  g_free (margins->columns);
  g_free (margins);
}

void
tb_margins_empty (TbMargins *margins)
{
  margins->total = margins->agreed = 0;
  memset (margins->rows, 0, margins->n * sizeof (double));
  memset (margins->columns, 0, margins->n * sizeof (double));
}

void
tb_margins_add (TbMargins *margins, guint row, guint column, double weight)
{
  margins->rows[row] += weight;
  margins->columns[column] += weight;
  margins->total += weight;
  if (row == column)
    margins->agreed += weight;
}

TbEstimate
tb_share_agreed (const TbMargins *margins)
{
  if (margins->total <= 0)
    return tb_estimate_none (TB_WHY_NOTHING);
  return tb_estimate_of (margins->agreed / margins->total);
}

static TbEstimate
kappa_of (double agreed, double expected, double total)
{
  if (total - expected <= total * CERTAIN)
    return tb_estimate_none (TB_WHY_ONE_CATEGORY);
  return tb_estimate_of ((agreed - expected) / (total - expected));
}

static double
expected_of (const TbMargins *margins)
{
  double expected = 0;

  for (guint i = 0; i < margins->n; i++)
    expected += margins->rows[i] * margins->columns[i] / margins->total;
  return expected;
}

TbEstimate
tb_kappa (const TbMargins *margins)
{
  if (margins->total <= 0)
    return tb_estimate_none (TB_WHY_NOTHING);
  return kappa_of (margins->agreed, expected_of (margins), margins->total);
}

TbEstimate
tb_kappa_max (const TbMargins *margins)
{
  double possible = 0;

  if (margins->total <= 0)
    return tb_estimate_none (TB_WHY_NOTHING);
  for (guint i = 0; i < margins->n; i++)
    possible += MIN (margins->rows[i], margins->columns[i]);
  return kappa_of (possible, expected_of (margins), margins->total);
}

TbEstimate
tb_kappa_events (const TbMargins *margins)
{
  const guint nothing = margins->n - 1;
  const double left = margins->total - margins->rows[nothing];
  const double right = margins->total - margins->columns[nothing];
  const double pairs = left - margins->columns[nothing];
  double expected = 0;

  if (margins->total <= 0)
    return tb_estimate_none (TB_WHY_NOTHING);
  if (pairs <= 0)
    return tb_estimate_none (TB_WHY_ONE_OBSERVER);
  for (guint i = 0; i < nothing; i++)
    expected += margins->rows[i] * margins->columns[i] * pairs / (left * right);
  return kappa_of (margins->agreed, expected, margins->total);
}

TbEstimate
tb_share_within (const double *cells, guint n, guint within)
{
  double total = 0, near = 0;

  for (guint r = 0; r < n; r++)
    for (guint c = 0; c < n; c++) {
      total += cells[r * n + c];
      if ((r > c ? r - c : c - r) <= within)
        near += cells[r * n + c];
    }
  return total > 0 ? tb_estimate_of (near / total) : tb_estimate_none (TB_WHY_NOTHING);
}

TbEstimate
tb_kappa_weighted (const double *cells, guint n, TbWeight weight)
{
  g_autoptr (TbMargins) margins = tb_margins_new (n);
  double observed = 0, expected = 0;

  for (guint r = 0; r < n; r++)
    for (guint c = 0; c < n; c++)
      tb_margins_add (margins, r, c, cells[r * n + c]);
  if (margins->total <= 0)
    return tb_estimate_none (TB_WHY_NOTHING);
  for (guint r = 0; r < n; r++)
    for (guint c = 0; c < n; c++) {
      double steps = r > c ? r - c : c - r, w = weight == TB_WEIGHT_QUADRATIC ? steps * steps : steps;

      observed += w * cells[r * n + c];
      expected += w * margins->rows[r] * margins->columns[c] / margins->total;
    }
  if (expected <= 0)
    return tb_estimate_none (TB_WHY_ONE_CATEGORY);
  return tb_estimate_of (1 - observed / expected);
}

/* How many judged a unit, and how many of their ordered pairs agree. */
static guint
count_unit (const guint *unit, guint n_raters, guint *agreed)
{
  guint n = 0;

  *agreed = 0;
  for (guint i = 0; i < n_raters; i++) {
    if (unit[i] == G_MAXUINT)
      continue;
    n++;
    for (guint j = 0; j < n_raters; j++)
      *agreed += i != j && unit[i] == unit[j];
  }
  return n;
}

TbEstimate
tb_fleiss (const guint *categories, guint n_units, guint n_raters, guint n_categories, const guint *times)
{
  g_autofree double *sums = g_new0 (double, MAX (n_categories, 1));
  double units = 0, agreed = 0, expected = 0;
  guint raters = 0;

  for (guint u = 0; u < n_units; u++) {
    const guint *unit = categories + (gsize)u * n_raters;
    double weight = times != NULL ? times[u] : 1;
    guint here, pairs;

    if (weight <= 0)
      continue;
    here = count_unit (unit, n_raters, &pairs);
    if (units > 0 && here != raters)
      return tb_estimate_none (TB_WHY_UNEQUAL);
    raters = here;
    if (raters < 2)
      return tb_estimate_none (TB_WHY_ONE_OBSERVER);
    for (guint r = 0; r < n_raters; r++)
      if (unit[r] != G_MAXUINT)
        sums[unit[r]] += weight;
    units += weight;
    agreed += weight * pairs / ((double)raters * (raters - 1));
  }
  if (units <= 0)
    return tb_estimate_none (TB_WHY_NOTHING);
  for (guint k = 0; k < n_categories; k++)
    expected += sums[k] / (units * raters) * sums[k] / (units * raters);
  return kappa_of (agreed, expected * units, units);
}
