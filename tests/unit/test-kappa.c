#include <math.h>

#include "observe/kappa.h"
#include "observe/sampled.h"

static void
assert_near (TbEstimate estimate, double value, double within)
{
  g_assert_cmpint (estimate.why, ==, TB_WHY_DEFINED);
  g_assert_cmpfloat_with_epsilon (estimate.value, value, within);
}

static void
assert_none (TbEstimate estimate, TbWhy why)
{
  g_assert_cmpint (estimate.why, ==, why);
  g_assert_true (isnan (estimate.value));
}

static TbMargins *
margins_of (const double *cells, guint n)
{
  TbMargins *margins = tb_margins_new (n);

  for (guint r = 0; r < n; r++)
    for (guint c = 0; c < n; c++)
      tb_margins_add (margins, r, c, cells[r * n + c]);
  return margins;
}

/* Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, table 18.1: two psychiatrists, 100 patients.
 */
static void
test_cohen (void)
{
  const double cells[] = { 75, 1, 4, 5, 4, 1, 0, 0, 10 };
  g_autoptr (TbMargins) margins = margins_of (cells, 3);

  assert_near (tb_share_agreed (margins), 0.89, 1e-12);
  assert_near (tb_kappa (margins), (0.89 - 0.66) / (1 - 0.66), 1e-12);
  assert_near (tb_kappa_max (margins), (0.80 + 0.05 + 0.10 - 0.66) / (1 - 0.66), 1e-12);
}

static void
test_undefined (void)
{
  const double one[] = { 7, 0, 0, 0 }, empty[4] = { 0 };
  const double apart[] = { 0, 0, 3, 0, 0, 2, 1, 4, 0 };
  const guint alike[] = { 1, 1, 1, 1 }, single[] = { 1, G_MAXUINT, G_MAXUINT, 0 }, uneven[] = { 0, 1, 0, G_MAXUINT };
  g_autoptr (TbMargins) margins_one = margins_of (one, 2), margins_empty = margins_of (empty, 2);
  g_autoptr (TbMargins) margins_apart = margins_of (apart, 3);

  assert_none (tb_kappa (margins_one), TB_WHY_ONE_CATEGORY);
  assert_none (tb_kappa_max (margins_one), TB_WHY_ONE_CATEGORY);
  assert_none (tb_kappa_weighted (one, 2, TB_WEIGHT_LINEAR), TB_WHY_ONE_CATEGORY);
  assert_none (tb_kappa (margins_empty), TB_WHY_NOTHING);
  assert_none (tb_share_agreed (margins_empty), TB_WHY_NOTHING);
  assert_none (tb_share_within (empty, 2, 1), TB_WHY_NOTHING);
  assert_none (tb_kappa_weighted (empty, 2, TB_WEIGHT_QUADRATIC), TB_WHY_NOTHING);
  assert_none (tb_kappa_events (margins_apart), TB_WHY_ONE_OBSERVER);
  assert_none (tb_kappa_events (margins_empty), TB_WHY_NOTHING);
  assert_none (tb_fleiss (alike, 2, 2, 2, NULL), TB_WHY_ONE_CATEGORY);
  assert_none (tb_fleiss (alike, 0, 2, 2, NULL), TB_WHY_NOTHING);
  assert_none (tb_fleiss (single, 2, 2, 2, NULL), TB_WHY_ONE_OBSERVER);
  assert_none (tb_fleiss (uneven, 2, 2, 2, NULL), TB_WHY_UNEQUAL);
}

/* Agresti, Categorical Data Analysis, 1990: how often 91 couples called it fun, four points, he against her. Weighted
 * values as the R package vcd prints them. */
static void
test_weighted (void)
{
  const double cells[] = { 7, 7, 2, 3, 2, 8, 3, 7, 1, 5, 4, 9, 2, 8, 9, 14 };
  g_autoptr (TbMargins) margins = margins_of (cells, 4);

  assert_near (tb_kappa (margins), 0.1293, 5e-5);
  assert_near (tb_kappa_weighted (cells, 4, TB_WEIGHT_LINEAR), 0.2374, 5e-5);
  assert_near (tb_share_within (cells, 4, 0), 33. / 91, 1e-12);
  assert_near (tb_share_within (cells, 4, 1), (33. + 7 + 3 + 9 + 2 + 5 + 9) / 91, 1e-12);
  assert_near (tb_share_within (cells, 4, 3), 1, 1e-12);
}

/* Quadratic weights give 2 cov / (var + var + (mean - mean)²) of the points (Fleiss and Cohen 1973), whatever the
 * table. */
static void
test_quadratic (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);

  for (guint round = 0; round < 200; round++) {
    double cells[25], n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0, expected;

    for (guint i = 0; i < 25; i++) {
      double weight = cells[i] = g_rand_int_range (random, 0, 9), r = i / 5, c = i % 5;

      n += weight;
      x += weight * r;
      y += weight * c;
      xx += weight * r * r;
      yy += weight * c * c;
      xy += weight * r * c;
    }
    expected = 2 * (xy / n - x / n * y / n)
               / (xx / n - x / n * x / n + yy / n - y / n * y / n + (x / n - y / n) * (x / n - y / n));
    assert_near (tb_kappa_weighted (cells, 5, TB_WEIGHT_QUADRATIC), expected, 1e-9);
  }
}

/* A point of the scale that nobody gave makes its neighbours two steps apart. */
static void
test_scale (void)
{
  const double whole[] = { 4, 0, 1, 0, 0, 0, 2, 0, 5 }, occurring[] = { 4, 1, 2, 5 };
  const double four[] = { 4, 0, 1, 0, 0, 0, 0, 0, 2, 0, 5, 0, 0, 0, 0, 3 };
  const double three[] = { 4, 1, 0, 2, 5, 0, 0, 0, 3 };

  assert_near (tb_kappa_weighted (whole, 3, TB_WEIGHT_LINEAR), tb_kappa_weighted (occurring, 2, TB_WEIGHT_LINEAR).value,
               1e-12);
  g_assert_cmpfloat (tb_kappa_weighted (four, 4, TB_WEIGHT_LINEAR).value, !=,
                     tb_kappa_weighted (three, 3, TB_WEIGHT_LINEAR).value);
}

/* The closed form is what iterative proportional fitting with an empty last cell comes to. */
static void
test_events (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint round = 0; round < 100; round++) {
    enum { N = 4 };
    double cells[N * N], fitted[N * N], agreed = 0, total = 0, expected = 0;
    g_autoptr (TbMargins) margins = NULL;

    for (guint i = 0; i < N * N; i++) {
      cells[i] = i == N * N - 1 ? 0 : g_rand_int_range (random, 1, 20);
      fitted[i] = i == N * N - 1 ? 0 : 1;
      total += cells[i];
    }
    margins = margins_of (cells, N);
    for (guint step = 0; step < 400; step++)
      for (guint side = 0; side < 2; side++)
        for (guint a = 0; a < N; a++) {
          double sum = 0;

          for (guint b = 0; b < N; b++)
            sum += fitted[side == 0 ? a * N + b : b * N + a];
          for (guint b = 0; b < N; b++)
            fitted[side == 0 ? a * N + b : b * N + a] *= (side == 0 ? margins->rows[a] : margins->columns[a]) / sum;
        }
    for (guint i = 0; i < N - 1; i++) {
      agreed += cells[i * N + i];
      expected += fitted[i * N + i];
    }
    assert_near (tb_kappa_events (margins), (agreed - expected) / (total - expected), 1e-9);
  }
}

/* Fleiss 1971, table 1: 30 patients, 6 psychiatrists, 5 diagnoses; kappa 0.430. */
static void
test_fleiss (void)
{
  static const guint counts[30][5]
      = { { 0, 0, 0, 6, 0 }, { 0, 3, 0, 0, 3 }, { 0, 1, 4, 0, 1 }, { 0, 0, 0, 0, 6 }, { 0, 3, 0, 3, 0 },
          { 2, 0, 4, 0, 0 }, { 0, 0, 4, 0, 2 }, { 2, 0, 3, 1, 0 }, { 2, 0, 0, 4, 0 }, { 0, 0, 0, 0, 6 },
          { 1, 0, 0, 5, 0 }, { 1, 1, 0, 4, 0 }, { 0, 3, 3, 0, 0 }, { 1, 0, 0, 5, 0 }, { 0, 2, 0, 3, 1 },
          { 0, 0, 5, 0, 1 }, { 3, 0, 0, 1, 2 }, { 5, 1, 0, 0, 0 }, { 0, 2, 0, 4, 0 }, { 1, 0, 2, 0, 3 },
          { 0, 0, 0, 0, 6 }, { 0, 1, 0, 5, 0 }, { 0, 2, 0, 1, 3 }, { 2, 0, 0, 4, 0 }, { 1, 0, 0, 4, 1 },
          { 0, 5, 0, 1, 0 }, { 4, 0, 0, 0, 2 }, { 0, 2, 0, 4, 0 }, { 1, 0, 5, 0, 0 }, { 0, 0, 0, 0, 6 } };
  guint categories[30 * 6], times[30], at = 0;

  for (guint u = 0; u < 30; u++) {
    times[u] = 2;
    for (guint k = 0; k < 5; k++)
      for (guint i = 0; i < counts[u][k]; i++)
        categories[at++] = k;
  }
  g_assert_cmpuint (at, ==, 180);
  assert_near (tb_fleiss (categories, 30, 6, 5, NULL), 0.430, 5e-4);
  assert_near (tb_fleiss (categories, 30, 6, 5, times), tb_fleiss (categories, 30, 6, 5, NULL).value, 1e-12);
}

static TbEstimate
sampled_kappa (const TbSampled *sampled)
{
  g_autoptr (TbMargins) margins = tb_margins_new (sampled->n_sets);

  for (guint row = 0; row < sampled->n_rows; row++)
    tb_margins_add (margins, sampled->sets[row * 2], sampled->sets[row * 2 + 1], 1);
  return tb_kappa (margins);
}

/* Issue 228 of BORIS, and the figures its author got: -0.038 at 2 s and 1 at 3 s. */
static void
test_boris (void)
{
  const gint64 at[2][3] = { { 155105, 169855, 264855 }, { 156405, 170852, 264606 } };
  TbSpan spans[6];
  g_autoptr (TbSampled) two = NULL, three = NULL;

  for (guint i = 0; i < 6; i++) {
    TbTime time = at[i / 3][i % 3] * TB_MILLISECOND;

    spans[i] = (TbSpan){ i / 3, 0, 5, FALSE, time, time };
  }
  two = tb_sampled_new (spans, 6, 2, 1, 2 * TB_SECOND);
  three = tb_sampled_new (spans, 6, 2, 1, 3 * TB_SECOND);
  g_assert_cmpuint (two->n_rows, ==, 55);
  g_assert_cmpuint (three->n_rows, ==, 37);
  assert_near (sampled_kappa (two), -0.038, 5e-4);
  assert_near (sampled_kappa (three), 1, 1e-12);
}

/* Every sample by hand, as BORIS asks its database: states with both ends, points half an interval away. */
static void
test_sampled_by_hand (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (77);

  for (guint round = 0; round < 300; round++) {
    TbSpan spans[12];
    guint n = (guint)g_rand_int_range (random, 1, 13);
    TbTime interval = g_rand_int_range (random, 1, 9);
    g_autoptr (TbSampled) sampled = NULL;
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < n; i++) {
      TbTime from = g_rand_int_range (random, -20, 40);
      gboolean state = g_rand_boolean (random);

      spans[i] = (TbSpan){ (guint)g_rand_int_range (random, 0, 3),
                           (guint)g_rand_int_range (random, 0, 2),
                           (guint)g_rand_int_range (random, 0, 3),
                           state,
                           from,
                           state ? from + g_rand_int_range (random, 0, 15) : from };
    }
    sampled = tb_sampled_new (spans, n, 3, 2, interval);
    g_hash_table_insert (seen, g_strdup (""), GUINT_TO_POINTER (1));
    for (guint row = 0; row < sampled->n_rows; row++)
      for (guint o = 0; o < 3; o++) {
        TbTime at = sampled->first + (row % sampled->n_times) * interval;
        guint counts[6] = { 0 };
        g_autofree char *key = NULL;
        guint set = sampled->sets[row * 3 + o] + 1;

        for (guint i = 0; i < n; i++)
          if (spans[i].observer == o && spans[i].subject == row / sampled->n_times
              && (spans[i].state ? spans[i].from <= at && at <= spans[i].to : 2 * ABS (spans[i].from - at) <= interval))
            counts[2 * spans[i].code + spans[i].state]++;
        key = g_strdup_printf ("%u %u %u %u %u %u", counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
        if (g_str_equal (key, "0 0 0 0 0 0"))
          g_assert_cmpuint (set, ==, 1);
        else if (g_hash_table_contains (seen, key))
          g_assert_cmpuint (set, ==, GPOINTER_TO_UINT (g_hash_table_lookup (seen, key)));
        else
          g_hash_table_insert (seen, g_steal_pointer (&key), GUINT_TO_POINTER (set));
      }
    g_assert_cmpuint (g_hash_table_size (seen), ==, sampled->n_sets);
  }
}

static void
test_sampled_limits (void)
{
  const TbSpan far[] = { { 0, 0, 0, FALSE, 0, 0 }, { 1, 0, 0, FALSE, TB_TIME_LIMIT, TB_TIME_LIMIT } };
  g_autoptr (TbSampled) empty = tb_sampled_new (NULL, 0, 2, 1, TB_SECOND);

  g_assert_cmpuint (empty->n_rows, ==, 0);
  g_assert_null (tb_sampled_new (far, 2, 2, 1, TB_SECOND));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kappa/cohen", test_cohen);
  g_test_add_func ("/kappa/undefined", test_undefined);
  g_test_add_func ("/kappa/weighted", test_weighted);
  g_test_add_func ("/kappa/quadratic", test_quadratic);
  g_test_add_func ("/kappa/scale", test_scale);
  g_test_add_func ("/kappa/events", test_events);
  g_test_add_func ("/kappa/fleiss", test_fleiss);
  g_test_add_func ("/sampled/boris", test_boris);
  g_test_add_func ("/sampled/by-hand", test_sampled_by_hand);
  g_test_add_func ("/sampled/limits", test_sampled_limits);
  return g_test_run ();
}
