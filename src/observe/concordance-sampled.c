/* Concordance of what runs, every so many seconds. */
#include "observe/concordance-private.h"

#include <string.h>

#include "base/error.h"
#include "observe/alpha.h"
#include "observe/kappa.h"
#include "observe/numbering.h"
#include "observe/sampled.h"

/* Rows of one block that say the same are one here: there are few of them, and a round of the bootstrap looks at each. */
typedef struct {
  guint n_observers, n_sets;
  GArray *sets;   /* guint: what each observer saw, row by row */
  GArray *blocks; /* guint, of each row */
  GArray *counts; /* guint: how many rows it stands for */
  guint *times;   /* how often each counts in this round */
  TbAlpha *alpha;
  TbMargins *margins; /* of two observers, else NULL */
} Samples;

static void
samples_clear (Samples *samples)
{
  tb_alpha_free (samples->alpha);
  tb_margins_free (samples->margins);
  g_clear_pointer (&samples->sets, g_array_unref);
  g_clear_pointer (&samples->blocks, g_array_unref);
  g_clear_pointer (&samples->counts, g_array_unref);
  g_free (samples->times);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Samples, samples_clear)

static void
count_rows (gpointer user_data, const guint *times)
{
  Samples *samples = user_data;

  for (guint row = 0; row < samples->counts->len; row++)
    samples->times[row] = g_array_index (samples->counts, guint, row)
                          * (times != NULL ? times[g_array_index (samples->blocks, guint, row)] : 1);
  if (samples->margins == NULL)
    return;
  tb_margins_empty (samples->margins);
  for (guint row = 0; row < samples->counts->len; row++)
    if (samples->times[row] > 0)
      tb_margins_add (samples->margins, g_array_index (samples->sets, guint, 2 * row),
                      g_array_index (samples->sets, guint, 2 * row + 1), samples->times[row]);
}

static TbEstimate
figure_of (gpointer user_data, guint figure, const guint *times G_GNUC_UNUSED)
{
  const Samples *samples = user_data;

  switch (samples->margins != NULL ? figure : figure + 3) {
  case 0:
    return tb_share_agreed (samples->margins);
  case 1:
    return tb_kappa (samples->margins);
  case 2:
    return tb_kappa_max (samples->margins);
  case 3:
    return tb_fleiss ((const guint *)(const void *)samples->sets->data, samples->counts->len, samples->n_observers,
                      samples->n_sets, samples->times);
  default:
    return tb_alpha_estimate (samples->alpha, TB_LEVEL_NOMINAL, samples->times);
  }
}

static void
samples_init (Samples *samples, const TbSampled *sampled, guint n_blocks)
{
  const guint n = sampled->n_observers, one = 1;
  g_autoptr (GHashTable) numbers = tb_numbering_new ();
  g_autofree guint *key = g_new (guint, n + 1);
  g_autofree double *values = NULL;

  *samples = (Samples){ .n_observers = n, .n_sets = sampled->n_sets,
                        .sets = g_array_new (FALSE, FALSE, sizeof (guint)),
                        .blocks = g_array_new (FALSE, FALSE, sizeof (guint)),
                        .counts = g_array_new (FALSE, FALSE, sizeof (guint)) };
  for (guint row = 0; row < sampled->n_rows; row++) {
    const guint *sets = sampled->sets + (gsize)row * n;
    guint place;

    key[n] = (guint)((guint64)(row % sampled->n_times) * n_blocks / sampled->n_times);
    memcpy (key, sets, n * sizeof (guint));
    place = tb_numbering_get (numbers, key, (n + 1) * sizeof (guint)) - 1;
    if (place < samples->counts->len) {
      g_array_index (samples->counts, guint, place)++;
      continue;
    }
    g_array_append_vals (samples->sets, sets, n);
    g_array_append_val (samples->blocks, key[n]);
    g_array_append_val (samples->counts, one);
  }
  samples->times = g_new0 (guint, MAX (samples->counts->len, 1));
  values = g_new (double, MAX (samples->sets->len, 1));
  for (guint i = 0; i < samples->sets->len; i++)
    values[i] = g_array_index (samples->sets, guint, i);
  samples->alpha = tb_alpha_new (values, samples->counts->len, n);
  samples->margins = n == 2 ? tb_margins_new (sampled->n_sets) : NULL;
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
  g_auto (Samples) samples = { 0 };
  guint skip = n == 2 ? 0 : 3;

  if (sampled == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "the visit is too long to look at it so often");
    return FALSE;
  }
  n_blocks = MIN (tb_comparison_blocks (0, sampled->n_times * sampled->interval), sampled->n_times);
  samples_init (&samples, sampled, n_blocks);
  tb_comparison_add (comparison, ids + skip, G_N_ELEMENTS (ids) - skip, n_blocks, count_rows, figure_of, &samples);
  add_codes (comparison, sampled, spans);
  return TRUE;
}
