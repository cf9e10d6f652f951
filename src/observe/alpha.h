/* Krippendorff's alpha, for any number of observers and with gaps in what they judged (Krippendorff, Computing
 * Krippendorff's Alpha-Reliability, 2011): alpha = 1 - Do / De over the coincidences of the values that two observers
 * gave to one unit. A unit with m values adds 1 / (m - 1) for each ordered pair of them; a unit with one value adds
 * nothing. The difference of two values c and k, squared:
 *
 *   nominal   1 unless equal
 *   ordinal   (the values counted from c to k, the two ends half)²
 *   interval  (c - k)² */
#pragma once

#include <glib.h>

#include "observe/estimate.h"

typedef enum { TB_LEVEL_NOMINAL = 1, TB_LEVEL_ORDINAL, TB_LEVEL_INTERVAL } TbLevel;

typedef struct _TbAlpha TbAlpha;

/* VALUES[u * n_observers + o] is what observer o gave to unit u; NAN is nothing. Copied. New. */
TbAlpha *tb_alpha_new (const double *values, guint n_units, guint n_observers);
void tb_alpha_free (TbAlpha *alpha);

/* TIMES: how often each unit counts, NULL once. NOTHING (no unit at all), ONE_OBSERVER (no unit with two values),
 * ONE_CATEGORY. */
TbEstimate tb_alpha_estimate (const TbAlpha *alpha, TbLevel level, const guint *times);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbAlpha, tb_alpha_free)
