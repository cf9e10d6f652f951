/* Concordance of what runs, every so many seconds. */
#include "observe/concordance-private.h"

#include <string.h>

#include "base/error.h"
#include "observe/alpha.h"
#include "observe/kappa.h"
#include "observe/sampled.h"

typedef struct {
  const TbSampled *sampled;
  TbAlpha *alpha;
  TbMargins *margins; /* of two observers, else NULL */
  guint *blocks;      /* of each row */
  guint *times;       /* of each row, while resampling */
  gboolean resampling;
} Samples;

static void
samples_clear (Samples *samples)
{
  tb_alpha_free (samples->alpha);
  tb_margins_free (samples->margins);
  g_free (samples->blocks);
  g_free (samples->times);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Samples, samples_clear)

static void
count_rows (gpointer user_data, const guint *times)
{
  Samples *samples = user_data;

  samples->resampling = times != NULL;
  for (guint row = 0; row < samples->sampled->n_rows && times != NULL; row++)
    samples->times[row] = times[samples->blocks[row]];
  if (samples->margins == NULL)
    return;
  tb_margins_empty (samples->margins);
  for (guint row = 0; row < samples->sampled->n_rows; row++) {
    const guint *sets = samples->sampled->sets + 2 * (gsize)row;

    if (times == NULL || samples->times[row] > 0)
      tb_margins_add (samples->margins, sets[0], sets[1], times != NULL ? samples->times[row] : 1);
  }
}

static TbEstimate
figure_of (gpointer user_data, guint figure, const guint *times G_GNUC_UNUSED)
{
  const Samples *samples = user_data;
  const TbSampled *sampled = samples->sampled;
  const guint *weights = samples->resampling ? samples->times : NULL;

  switch (samples->margins != NULL ? figure : figure + 3) {
  case 0:
    return tb_share_agreed (samples->margins);
  case 1:
    return tb_kappa (samples->margins);
  case 2:
    return tb_kappa_max (samples->margins);
  case 3:
    return tb_fleiss (sampled->sets, sampled->n_rows, sampled->n_observers, sampled->n_sets, weights);
  default:
    return tb_alpha_estimate (samples->alpha, TB_LEVEL_NOMINAL, weights);
  }
}

/* Labels are codes with modifiers; subjects are apart. */
static GArray *
spans_of (const TbComparison *comparison, guint *n_subjects)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (TbSpan));
  const guint n = tb_event_set_n_names (comparison->set, TB_NAME_SUBJECT);
  g_autofree guint *numbers = g_new0 (guint, n);

  *n_subjects = 0;
  for (guint i = 0; i < comparison->n_events; i++) {
    const TbEvent *event = comparison->events[i];
    TbSpan span = { comparison->sides[i],         0,         comparison->labels[i],
                    event->kind == TB_KIND_STATE, event->at, tb_event_set_end (comparison->set, event) };

    if (numbers[event->subject] == 0)
      numbers[event->subject] = ++*n_subjects;
    span.subject = comparison->question->by_subject ? numbers[event->subject] - 1 : 0;
    g_array_append_val (spans, span);
  }
  if (!comparison->question->by_subject)
    *n_subjects = 1;
  return spans;
}

/* Seen or not, of one code. */
static TbEstimate
code_estimate (const guint *seen, guint n_rows, guint n_observers)
{
  g_autoptr (TbMargins) margins = NULL;

  if (n_observers != 2)
    return tb_fleiss (seen, n_rows, n_observers, 2, NULL);
  margins = tb_margins_new (2);
  for (guint row = 0; row < n_rows; row++)
    tb_margins_add (margins, seen[2 * row], seen[2 * row + 1], 1);
  return tb_kappa (margins);
}

static void
add_codes (TbComparison *comparison, const TbSampled *sampled, const GArray *spans)
{
  const guint n_codes = tb_event_set_n_names (comparison->set, TB_NAME_CODE), n = sampled->n_observers;
  gsize n_places = (gsize)sampled->n_rows * n;
  g_autofree guint *seen = g_new (guint, MAX (n_places, 1));
  g_autofree double *amounts = g_new (double, n);

  for (guint c = 1; c < n_codes; c++) {
    TbCodeConcordance code = { c, 0, 0, tb_estimate_none (TB_WHY_NOTHING) };
    gboolean occurs = FALSE;

    memset (seen, 0, n_places * sizeof (guint));
    memset (amounts, 0, n * sizeof (double));
    for (guint i = 0; i < comparison->n_events; i++) {
      const TbSpan *span = &g_array_index (spans, TbSpan, i);
      gint64 from, to;

      if (comparison->events[i]->code != c)
        continue;
      occurs = TRUE;
      tb_sampled_range (sampled, span, &from, &to);
      for (gint64 t = from; t <= to; t++)
        seen[((gsize)span->subject * sampled->n_times + (gsize)t) * n + span->observer] = 1;
    }
    if (!occurs)
      continue;
    for (guint row = 0; row < sampled->n_rows; row++) {
      guint by = 0;

      for (guint o = 0; o < n; o++) {
        amounts[o] += seen[(gsize)row * n + o];
        by += seen[(gsize)row * n + o];
      }
      code.any += by > 0;
      code.all += by == n;
    }
    code.estimate = code_estimate (seen, sampled->n_rows, n);
    tb_comparison_add_code (comparison, &code, amounts);
  }
}

gboolean
tb_concordance_sampled (TbComparison *comparison, GError **error)
{
  static const char *const ids[] = { "percent", "kappa", "kappa-max", "fleiss", "alpha-nominal" };
  const guint n = comparison->question->n_observers;
  guint n_subjects, n_blocks;
  g_autoptr (GArray) spans = spans_of (comparison, &n_subjects);
  g_autoptr (TbSampled) sampled = tb_sampled_new ((const TbSpan *)(const void *)spans->data, spans->len, n, n_subjects,
                                                  comparison->question->tolerance);
  g_autofree double *values = NULL;
  g_auto (Samples) samples = { sampled };
  guint skip = n == 2 ? 0 : 3;

  if (sampled == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "the visit is too long to look at it so often");
    return FALSE;
  }
  values = g_new (double, MAX ((gsize)sampled->n_rows * n, 1));
  for (gsize i = 0; i < (gsize)sampled->n_rows * n; i++)
    values[i] = sampled->sets[i];
  samples.alpha = tb_alpha_new (values, sampled->n_rows, n);
  samples.margins = n == 2 ? tb_margins_new (sampled->n_sets) : NULL;
  samples.blocks = g_new (guint, MAX (sampled->n_rows, 1));
  samples.times = g_new0 (guint, MAX (sampled->n_rows, 1));
  n_blocks = MIN (tb_comparison_blocks (0, sampled->n_times * sampled->interval), sampled->n_times);
  for (guint row = 0; row < sampled->n_rows; row++)
    samples.blocks[row] = (guint)((guint64)(row % sampled->n_times) * n_blocks / sampled->n_times);
  tb_comparison_add (comparison, ids + skip, G_N_ELEMENTS (ids) - skip, n_blocks, count_rows, figure_of, &samples);
  add_codes (comparison, sampled, spans);
  return TRUE;
}
