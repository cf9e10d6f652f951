#include "observe/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "observe/order.h"

typedef struct {
  guint64 s[4];
} Generator;

static Generator
generator_from (guint64 seed)
{
  Generator generator;

  for (guint i = 0; i < 4; i++) {
    guint64 z = seed += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
    generator.s[i] = z ^ (z >> 31);
  }
  return generator;
}

static guint64
rotate (guint64 x, guint by)
{
  return x << by | x >> (64 - by);
}

static guint64
generator_next (Generator *generator)
{
  guint64 *s = generator->s;
  guint64 result = rotate (s[0] + s[3], 23) + s[0];
  guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate (s[3], 45);
  return result;
}

/* Below N, each as likely: Lemire, Fast random integer generation in an interval, 2019. */
static guint
generator_below (Generator *generator, guint n)
{
  guint64 product = (generator_next (generator) >> 32) * n;
  guint32 least = (guint32)-n % n;

  while ((guint32)product < least)
    product = (generator_next (generator) >> 32) * n;
  return (guint)(product >> 32);
}

/* Between the two nearest, in proportion. */
static double
quantile (const double *sorted, guint n, double share)
{
  double place = share * (n - 1);
  guint below = (guint)floor (place);

  if (below + 1 >= n)
    return sorted[n - 1];
  return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
}

static void
take_interval (const TbBootstrap *how, double *values, TbEstimate *estimate)
{
  double low, high;
  guint n = 0;

  for (guint i = 0; i < how->rounds; i++)
    if (!isnan (values[i]))
      values[n++] = values[i];
  estimate->undefined = how->rounds - n;
  if (estimate->why != TB_WHY_DEFINED || n == 0 || 2 * n < how->rounds)
    return;
  qsort (values, n, sizeof (double), tb_compare_doubles);
  low = quantile (values, n, (1 - how->level) / 2);
  high = quantile (values, n, (1 + how->level) / 2);
  if (!isfinite (low) || !isfinite (high))
    return; /* an interval without an end says nothing */
  estimate->low = low;
  estimate->high = high;
}

void
tb_bootstrap (const TbBootstrap *how, guint n_units, TbResample resample, gpointer user_data,
              TbEstimate *const *estimates, guint n_values)
{
  Generator generator = generator_from (how->seed);
  g_autofree guint *times = NULL;
  g_autofree double *values = NULL, *all = NULL;

  if (n_units == 0 || how->rounds == 0)
    return;
  times = g_new (guint, n_units);
  values = g_new (double, n_values);
  all = g_new (double, (gsize)how->rounds *n_values); /* by figure */
  for (guint round = 0; round < how->rounds; round++) {
    memset (times, 0, n_units * sizeof (guint));
    for (guint i = 0; i < n_units; i++)
      times[generator_below (&generator, n_units)]++;
    resample (times, values, user_data);
    for (guint v = 0; v < n_values; v++)
      all[(gsize)v * how->rounds + round] = values[v];
  }
  for (guint v = 0; v < n_values; v++)
    take_interval (how, all + (gsize)v * how->rounds, estimates[v]);
}
