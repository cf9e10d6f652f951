/* Percentile intervals by the bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13): as
 * many units as there are, are drawn with replacement, and the figures computed of them, again and again; the interval
 * runs between two quantiles of what came out.
 *
 * The draws come from a generator of our own (xoshiro256++ of Blackman and Vigna, seeded by splitmix64), so the same
 * data and seed give the same interval everywhere. What a unit is, the caller says: units must be near enough to
 * independent, so taps are drawn one by one, but time in blocks. */
#pragma once

#include <glib.h>

#include "observe/estimate.h"

typedef struct {
  guint rounds; /* 0: no intervals */
  guint64 seed;
  double level; /* how much of it lies within, 0.95 */
} TbBootstrap;

#define TB_BOOTSTRAP_USUAL ((TbBootstrap){ 1000, 1, 0.95 })

/* Computes the figures anew when unit i is there TIMES[i] times; a figure without a value is NAN. */
typedef void (*TbResample) (const guint *times, double *values, gpointer user_data);

/* Fills LOW, HIGH and UNDEFINED of the N_VALUES estimates. Rounds in which a figure has no value are left out of its
 * interval; when those are more than half, or the estimate has no value, there is no interval. */
void tb_bootstrap (const TbBootstrap *how, guint n_units, TbResample resample, gpointer user_data,
                   TbEstimate *const *estimates, guint n_values);
