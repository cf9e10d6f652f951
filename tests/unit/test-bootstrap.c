#include <math.h>

#include "observe/bootstrap.h"

typedef struct {
  const double *values;
  guint n;
} Sample;

/* The mean, and a figure that has a value only when the first unit was drawn. */
static void
resample (const guint *times, double *values, gpointer user_data)
{
  const Sample *sample = user_data;
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < sample->n; i++) {
    sum += times[i] * sample->values[i];
    n += times[i];
  }
  g_assert_cmpuint (n, ==, sample->n);
  values[0] = sum / n;
  values[1] = times[0] > 0 ? 1 : NAN;
  values[2] = times[0] > 3 ? 1 : NAN;
}

static void
run (const TbBootstrap *how, TbEstimate *estimates)
{
  enum { N = 400 };
  double values[N];
  Sample sample = { values, N };
  TbEstimate *each[] = { &estimates[0], &estimates[1], &estimates[2] };
  double sum = 0;

  for (guint i = 0; i < N; i++)
    sum += values[i] = (i * 7919) % 100; /* 0 to 99, four times: standard deviation 28.87 */
  estimates[0] = tb_estimate_of (sum / N);
  estimates[1] = estimates[2] = tb_estimate_of (1);
  tb_bootstrap (how, N, resample, &sample, each, 3);
}

static void
test_mean (void)
{
  TbBootstrap how = TB_BOOTSTRAP_USUAL;
  TbEstimate first[3], again[3], other[3], narrower[3];
  double error = 28.866 / 20; /* of the mean of 400 */

  run (&how, first);
  run (&how, again);
  g_assert_cmpfloat (first[0].low, ==, again[0].low);
  g_assert_cmpfloat (first[0].high, ==, again[0].high);
  g_assert_cmpfloat_with_epsilon (first[0].low, 49.5 - 1.96 * error, 0.4);
  g_assert_cmpfloat_with_epsilon (first[0].high, 49.5 + 1.96 * error, 0.4);
  how.seed = 2;
  run (&how, other);
  g_assert_cmpfloat (first[0].low, !=, other[0].low);
  how.level = 0.5;
  run (&how, narrower);
  g_assert_cmpfloat_with_epsilon (narrower[0].high, 49.5 + 0.6745 * error, 0.25);
  /* A unit is drawn in 1 - 1/e of the rounds, four times or more in 1.9 %. */
  g_assert_cmpfloat_with_epsilon (first[1].undefined / 1000., exp (-1), 0.05);
  g_assert_cmpfloat (first[1].low, ==, 1);
  g_assert_cmpuint (first[2].undefined, >, 900);
  g_assert_true (isnan (first[2].low));
}

static void
test_none (void)
{
  const TbBootstrap how = TB_BOOTSTRAP_USUAL, no_rounds = { 0, 1, 0.95 };
  TbEstimate estimate = tb_estimate_of (1), estimates[3], *each[] = { &estimate };

  tb_bootstrap (&how, 0, NULL, NULL, each, 1);
  g_assert_true (isnan (estimate.low));
  run (&no_rounds, estimates);
  g_assert_true (isnan (estimates[0].low));
}

static void
test_names (void)
{
  g_assert_cmpstr (tb_why_name (TB_WHY_DEFINED), ==, "defined");
  g_assert_cmpstr (tb_why_name (TB_WHY_UNEQUAL), ==, "unequal");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bootstrap/mean", test_mean);
  g_test_add_func ("/bootstrap/none", test_none);
  g_test_add_func ("/estimate/names", test_names);
  return g_test_run ();
}
