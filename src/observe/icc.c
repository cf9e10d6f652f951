#include "observe/icc.h"

#include <math.h>
#include <string.h>

static gboolean
is_whole (const double *unit, guint n_observers)
{
  for (guint o = 0; o < n_observers; o++)
    if (isnan (unit[o]))
      return FALSE;
  return TRUE;
}

static double
mean_of (const double *unit, guint n_observers)
{
  double sum = 0;

  for (guint o = 0; o < n_observers; o++)
    sum += unit[o];
  return sum / n_observers;
}

static void
all_forms (TbIcc *icc, TbWhy why)
{
  for (guint form = 0; form < TB_N_ICC; form++)
    icc->forms[form] = tb_estimate_none (why);
}

static TbEstimate
ratio (double above, double below, double scale)
{
  TbEstimate opposed = tb_estimate_none (TB_WHY_OPPOSED);

  if (below > scale * 1e-12)
    return tb_estimate_of (above / below);
  if (above >= -scale * 1e-12)
    return tb_estimate_none (TB_WHY_NO_VARIANCE);
  /* It falls without end towards a BELOW of 0, and what lies beyond is no coefficient: the bootstrap must not take such
   * a round for none, as then only the good ones were left. */
  opposed.value = -INFINITY;
  return opposed;
}

static void
take_forms (TbIcc *icc)
{
  const double n = icc->n_units, k = icc->n_observers;
  const double bms = icc->bms, wms = icc->wms, jms = icc->jms, ems = icc->ems;
  const double scale = bms + wms + jms + ems;

  icc->forms[TB_ICC_1_1] = ratio (bms - wms, bms + (k - 1) * wms, scale);
  icc->forms[TB_ICC_2_1] = ratio (bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n, scale);
  icc->forms[TB_ICC_3_1] = ratio (bms - ems, bms + (k - 1) * ems, scale);
  icc->forms[TB_ICC_1_K] = ratio (bms - wms, bms, scale);
  icc->forms[TB_ICC_2_K] = ratio (bms - ems, bms + (jms - ems) / n, scale);
  icc->forms[TB_ICC_3_K] = ratio (bms - ems, bms, scale);
  if (wms > scale * 1e-12)
    icc->f_one = bms / wms;
  if (ems > scale * 1e-12)
    icc->f_two = bms / ems;
}

void
tb_icc (const double *values, guint n_units, guint n_observers, const guint *times, TbIcc *icc)
{
  g_autofree double *sums = g_new0 (double, MAX (n_observers, 1));
  double grand = 0, between = 0, within = 0, judges = 0;
  guint n = 0;

  *icc = (TbIcc){
    .n_observers = n_observers, .f_one = NAN, .f_two = NAN, .bms = NAN, .wms = NAN, .jms = NAN, .ems = NAN
  };
  for (guint u = 0; u < n_units; u++) {
    const double *unit = values + (gsize)u * n_observers;
    guint weight = times != NULL ? times[u] : 1;

    if (!is_whole (unit, n_observers)) {
      icc->n_left_out += weight;
      continue;
    }
    n += weight;
    for (guint o = 0; o < n_observers; o++)
      sums[o] += weight * unit[o];
  }
  icc->n_units = n;
  all_forms (icc, n_observers < 2 ? TB_WHY_ONE_OBSERVER : TB_WHY_TOO_FEW);
  if (n_observers < 2 || n < 2)
    return;
  for (guint o = 0; o < n_observers; o++)
    grand += sums[o] / ((double)n * n_observers);
  for (guint u = 0; u < n_units; u++) {
    const double *unit = values + (gsize)u * n_observers;
    guint weight = times != NULL ? times[u] : 1;
    double mean;

    if (weight == 0 || !is_whole (unit, n_observers))
      continue;
    mean = mean_of (unit, n_observers);
    between += weight * n_observers * (mean - grand) * (mean - grand);
    for (guint o = 0; o < n_observers; o++)
      within += weight * (unit[o] - mean) * (unit[o] - mean);
  }
  for (guint o = 0; o < n_observers; o++)
    judges += n * (sums[o] / n - grand) * (sums[o] / n - grand);
  icc->df_between = n - 1;
  icc->df_within = n * (n_observers - 1);
  icc->df_rest = (n - 1) * (n_observers - 1);
  icc->bms = between / icc->df_between;
  icc->wms = within / icc->df_within;
  icc->jms = judges / (n_observers - 1);
  icc->ems = MAX (within - judges, 0) / icc->df_rest;
  if (between + within <= 1e-12 * (1 + grand * grand))
    all_forms (icc, TB_WHY_NO_VARIANCE);
  else
    take_forms (icc);
}
