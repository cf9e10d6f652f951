/* Expected counts and adjusted residuals; transitions.h has the sources. */
#include <math.h>

#include "observe/transitions.h"

#define MAX_ROUNDS 10000
#define CLOSE_ENOUGH 1e-11
#define NOTHING 1e-9

typedef struct {
  guint n;
  const guint *counts;
  double *rows, *columns; /* sums of counts */
  double total;
} Table;

/* CODE is in every transition. */
static gboolean
is_in_all (const Table *table, guint code)
{
  return table->rows[code] + table->columns[code] == table->total;
}

/* Whether the fitted table has anything in this cell. The only sums that leave a cell empty for want of room are those
 * of a code that is in every transition; the fitting would come ever nearer to such a zero and never be there. */
static gboolean
is_possible (const Table *table, const gboolean *in_all, guint n_in_all, guint i, guint j)
{
  return i != j && table->rows[i] > 0 && table->columns[j] > 0 && (guint) in_all[i] + in_all[j] == n_in_all;
}

/* Scales the rows of M to the sums of the table, then the columns. How far these were off, relatively: only when neither
 * was is M right. */
static double
scale (const Table *table, double *m)
{
  const guint n = table->n;
  double off = 0;

  for (guint i = 0; i < n; i++) {
    double sum = 0;

    for (guint j = 0; j < n; j++)
      sum += m[i * n + j];
    if (sum <= 0)
      continue;
    off = MAX (off, fabs (table->rows[i] / sum - 1));
    for (guint j = 0; j < n; j++)
      m[i * n + j] *= table->rows[i] / sum;
  }
  for (guint j = 0; j < n; j++) {
    double sum = 0;

    for (guint i = 0; i < n; i++)
      sum += m[i * n + j];
    if (sum <= 0)
      continue;
    off = MAX (off, fabs (table->columns[j] / sum - 1));
    for (guint i = 0; i < n; i++)
      m[i * n + j] *= table->columns[j] / sum;
  }
  return off;
}

static gboolean
fit_expected (const Table *table, double *m)
{
  const guint n = table->n;
  g_autofree gboolean *in_all = g_new0 (gboolean, MAX (n, 1));
  guint n_in_all = 0;

  for (guint i = 0; i < n; i++) {
    in_all[i] = is_in_all (table, i);
    n_in_all += in_all[i];
  }
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      m[i * n + j] = is_possible (table, in_all, n_in_all, i, j) ? 1 : 0;
  for (guint round = 0; round < MAX_ROUNDS; round++)
    if (scale (table, m) < CLOSE_ENOUGH)
      return TRUE;
  return FALSE;
}

/* Turns symmetric A (SIZE × SIZE) into a generalised inverse; a column that hangs on those before it is left out. */
static void
invert (double *a, guint size)
{
  g_autofree double *start = g_new (double, size);
  g_autofree gboolean *left_out = g_new0 (gboolean, size);

  for (guint k = 0; k < size; k++)
    start[k] = a[k * size + k];
  for (guint k = 0; k < size; k++) {
    const double pivot = a[k * size + k];

    if (pivot <= start[k] * NOTHING) {
      left_out[k] = TRUE;
      continue;
    }
    for (guint i = 0; i < size; i++) {
      const double factor = a[i * size + k] / pivot;

      if (i == k)
        continue;
      for (guint j = 0; j < size; j++)
        if (j != k)
          a[i * size + j] -= factor * a[k * size + j];
      a[i * size + k] = -factor;
    }
    for (guint j = 0; j < size; j++)
      if (j != k)
        a[k * size + j] /= pivot;
    a[k * size + k] = 1 / pivot;
  }
  for (guint k = 0; k < size; k++) {
    if (!left_out[k])
      continue;
    for (guint i = 0; i < size; i++)
      a[i * size + k] = a[k * size + i] = 0;
  }
}

/* The model has one term for each row and one for each column; (X' W X) of it, W the expected counts. New. */
static double *
information (const Table *table, const double *m)
{
  const guint n = table->n, size = 2 * n;
  double *a = g_new0 (double, (gsize) size * size);

  for (guint i = 0; i < n; i++) {
    for (guint j = 0; j < n; j++) {
      const double value = m[i * n + j];

      a[i * size + i] += value;
      a[(n + j) * size + n + j] += value;
      a[i * size + n + j] = a[(n + j) * size + i] = value;
    }
  }
  return a;
}

static double
residual_of (double count, double expected, double free_share)
{
  return expected > NOTHING && free_share > NOTHING ? (count - expected) / sqrt (expected * free_share) : NAN;
}

static void
fit_quasi (const Table *table, const double *m, double *residual)
{
  const guint n = table->n, size = 2 * n;
  g_autofree double *inverse = information (table, m);

  invert (inverse, size);
  for (guint i = 0; i < n; i++) {
    for (guint j = 0; j < n; j++) {
      const double leverage = m[i * n + j]
                              * (inverse[i * size + i] + inverse[(n + j) * size + n + j]
                                 + inverse[i * size + n + j] + inverse[(n + j) * size + i]);

      residual[i * n + j] = residual_of (table->counts[i * n + j], m[i * n + j], 1 - leverage);
    }
  }
}

static void
fit_independence (const Table *table, double *m, double *residual)
{
  const guint n = table->n;
  const double total = table->total;

  for (guint i = 0; i < n; i++) {
    for (guint j = 0; j < n; j++) {
      const guint cell = i * n + j;

      m[cell] = total > 0 ? table->rows[i] * table->columns[j] / total : 0;
      residual[cell] = total > 0 ? residual_of (table->counts[cell], m[cell],
                                                (1 - table->rows[i] / total) * (1 - table->columns[j] / total))
                                 : NAN;
    }
  }
}

gboolean
tb_transitions_fit (guint n, const guint *counts, gboolean has_zeros, double *expected, double *residual)
{
  g_autofree double *rows = g_new0 (double, MAX (n, 1)), *columns = g_new0 (double, MAX (n, 1));
  Table table = { n, counts, rows, columns, 0 };

  for (guint i = 0; i < n; i++) {
    for (guint j = 0; j < n; j++) {
      rows[i] += counts[i * n + j];
      columns[j] += counts[i * n + j];
      table.total += counts[i * n + j];
    }
  }
  if (!has_zeros) {
    fit_independence (&table, expected, residual);
    return TRUE;
  }
  if (!fit_expected (&table, expected)) {
    for (guint i = 0; i < n * n; i++)
      expected[i] = residual[i] = NAN;
    return FALSE;
  }
  fit_quasi (&table, expected, residual);
  for (guint i = 0; i < n; i++)
    expected[i * n + i] = residual[i * n + i] = NAN;
  return TRUE;
}
