/* Concordance of time sampling: what each saw in each interval. */
#include "observe/concordance-private.h"

#include <math.h>

#include "observe/alpha.h"
#include "observe/interval.h"
#include "observe/kappa.h"
#include "observe/numbering.h"
#include "observe/order.h"

/* One label that one observer had in one interval. */
typedef struct {
  gint64 place;
  guint side, label;
} Mark;

/* A row for each interval that anybody answered. */
typedef struct {
  guint n_rows, n_observers, n_sets;
  guint *sets;      /* [row × n_observers + observer]: which set of labels; G_MAXUINT: missed */
  guint n_complete; /* rows that all answered */
  guint *complete;  /* their numbers */
  guint *blocks;    /* of each row */
  TbAlpha *alpha;
  TbMargins *margins; /* of two observers, else NULL */
  guint *categories;  /* of the complete rows */
  guint *times, *complete_times; /* of each row, of each complete one, while resampling */
  gboolean resampling;
} Rows;

static void
rows_clear (Rows *rows)
{
  g_free (rows->sets);
  g_free (rows->complete);
  g_free (rows->blocks);
  tb_alpha_free (rows->alpha);
  tb_margins_free (rows->margins);
  g_free (rows->categories);
  g_free (rows->times);
  g_free (rows->complete_times);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rows, rows_clear)

static int
compare_marks (gconstpointer a, gconstpointer b)
{
  const Mark *left = a, *right = b;

  TB_ORDER (left->place, right->place);
  TB_ORDER (left->side, right->side);
  TB_ORDER (left->label, right->label);
  return 0;
}

static GArray *
list_marks (const TbComparison *comparison)
{
  const TbSamplingFacts *sampling = tb_event_set_sampling (comparison->set, comparison->question->sampling);
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (Mark));

  for (guint i = 0; i < comparison->n_events; i++) {
    const Mark mark = { tb_interval_place (sampling, comparison->events[i]->at), comparison->sides[i],
                        comparison->labels[i] };

    g_array_append_val (marks, mark);
  }
  g_array_sort (marks, compare_marks);
  return marks;
}

/* The number of the set of labels from MARKS[*i] on that are of one place and side; *I goes past them. */
static guint
take_set (const GArray *marks, guint *i, GHashTable *numbers)
{
  const Mark first = g_array_index (marks, Mark, *i);
  g_autoptr (GArray) labels = g_array_new (FALSE, FALSE, sizeof (guint));

  for (; *i < marks->len; (*i)++) {
    const Mark *mark = &g_array_index (marks, Mark, *i);

    if (mark->place != first.place || mark->side != first.side)
      break;
    if (labels->len == 0 || g_array_index (labels, guint, labels->len - 1) != mark->label)
      g_array_append_val (labels, mark->label);
  }
  return tb_numbering_get (numbers, labels->data, labels->len * sizeof (guint)) - 1;
}

/* PLACES gets the place of each row. */
static void
fill_sets (const TbComparison *comparison, Rows *rows, GArray *places)
{
  g_autoptr (GArray) marks = list_marks (comparison);
  g_autoptr (GHashTable) numbers = tb_numbering_new ();
  const guint n = rows->n_observers;

  rows->sets = g_new (guint, MAX ((gsize)marks->len * n, 1));
  for (guint i = 0; i < marks->len;) {
    const Mark mark = g_array_index (marks, Mark, i);

    if (places->len == 0 || g_array_index (places, gint64, places->len - 1) != mark.place) {
      g_array_append_val (places, mark.place);
      for (guint o = 0; o < n; o++)
        rows->sets[(gsize)(places->len - 1) * n + o] = G_MAXUINT;
    }
    rows->sets[(gsize)(places->len - 1) * n + mark.side] = take_set (marks, &i, numbers);
  }
  rows->n_rows = places->len;
  rows->n_sets = MAX (g_hash_table_size (numbers), 1);
}

static void
find_complete (Rows *rows)
{
  const guint n = rows->n_observers;

  rows->complete = g_new (guint, MAX (rows->n_rows, 1));
  rows->categories = g_new (guint, MAX ((gsize)rows->n_rows * n, 1));
  for (guint row = 0; row < rows->n_rows; row++) {
    const guint *sets = rows->sets + (gsize)row * n;
    gboolean whole = TRUE;

    for (guint o = 0; o < n; o++)
      whole = whole && sets[o] != G_MAXUINT;
    for (guint o = 0; whole && o < n; o++)
      rows->categories[(gsize)rows->n_complete * n + o] = sets[o];
    if (whole)
      rows->complete[rows->n_complete++] = row;
  }
}

static void
count_rows (gpointer user_data, const guint *times)
{
  Rows *rows = user_data;

  rows->resampling = times != NULL;
  for (guint row = 0; row < rows->n_rows && times != NULL; row++)
    rows->times[row] = times[rows->blocks[row]];
  for (guint i = 0; i < rows->n_complete; i++)
    rows->complete_times[i] = times != NULL ? rows->times[rows->complete[i]] : 1;
  if (rows->margins == NULL)
    return;
  tb_margins_empty (rows->margins);
  for (guint i = 0; i < rows->n_complete; i++)
    if (rows->complete_times[i] > 0)
      tb_margins_add (rows->margins, rows->categories[2 * i], rows->categories[2 * i + 1], rows->complete_times[i]);
}

static TbEstimate
figure_of (gpointer user_data, guint figure, const guint *times G_GNUC_UNUSED)
{
  const Rows *rows = user_data;

  switch (rows->margins != NULL ? figure : figure + 3) {
  case 0:
    return tb_share_agreed (rows->margins);
  case 1:
    return tb_kappa (rows->margins);
  case 2:
    return tb_kappa_max (rows->margins);
  case 3:
    return tb_fleiss (rows->categories, rows->n_complete, rows->n_observers, rows->n_sets,
                      rows->resampling ? rows->complete_times : NULL);
  default:
    return tb_alpha_estimate (rows->alpha, TB_LEVEL_NOMINAL, rows->resampling ? rows->times : NULL);
  }
}

static void
make_alpha (Rows *rows)
{
  const gsize n = (gsize)rows->n_rows * rows->n_observers;
  g_autofree double *values = g_new (double, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    values[i] = rows->sets[i] != G_MAXUINT ? rows->sets[i] : NAN;
  rows->alpha = tb_alpha_new (values, rows->n_rows, rows->n_observers);
}

/* Seen or not, of one code, in the intervals that all answered. */
static void
add_code (TbComparison *comparison, const Rows *rows, const GArray *places, guint c)
{
  const TbSamplingFacts *sampling = tb_event_set_sampling (comparison->set, comparison->question->sampling);
  const guint n = rows->n_observers;
  g_autofree guint *seen = g_new0 (guint, MAX ((gsize)rows->n_complete * n, 1));
  g_autofree double *amounts = g_new0 (double, n);
  g_autoptr (TbMargins) margins = n == 2 ? tb_margins_new (2) : NULL;
  TbCodeConcordance code = { c, 0, 0, tb_estimate_none (TB_WHY_NOTHING) };

  for (guint i = 0, row = 0; i < comparison->n_events; i++) {
    const gint64 place = tb_interval_place (sampling, comparison->events[i]->at);

    while (row < rows->n_complete && g_array_index (places, gint64, rows->complete[row]) < place)
      row++;
    if (row == rows->n_complete)
      break;
    if (comparison->events[i]->code == c && g_array_index (places, gint64, rows->complete[row]) == place)
      seen[(gsize)row * n + comparison->sides[i]] = 1;
  }
  for (guint row = 0; row < rows->n_complete; row++) {
    guint by = 0;

    for (guint o = 0; o < n; o++) {
      amounts[o] += seen[(gsize)row * n + o];
      by += seen[(gsize)row * n + o];
    }
    code.any += by > 0;
    code.all += by == n;
    if (margins != NULL)
      tb_margins_add (margins, seen[2 * row], seen[2 * row + 1], 1);
  }
  code.estimate = margins != NULL ? tb_kappa (margins) : tb_fleiss (seen, rows->n_complete, n, 2, NULL);
  if (code.any > 0)
    tb_comparison_add_code (comparison, &code, amounts);
}

void
tb_concordance_intervals (TbComparison *comparison)
{
  static const char *const ids[] = { "percent", "kappa", "kappa-max", "fleiss", "alpha-nominal" };
  const TbConcordanceQuestion *question = comparison->question;
  g_auto (Rows) rows = { .n_observers = question->n_observers };
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (TbParts) parts = tb_parts_new (comparison->set);
  const guint skip = rows.n_observers == 2 ? 0 : 3;
  guint n_blocks;

  if (question->sampling != 0) {
    fill_sets (comparison, &rows, places);
    comparison->concordance->n_asked = tb_interval_n_asked (
        parts, 0, question->visit, tb_event_set_sampling (comparison->set, question->sampling));
  } else {
    rows.sets = g_new (guint, 1);
    rows.n_sets = 1;
  }
  find_complete (&rows);
  make_alpha (&rows);
  rows.margins = rows.n_observers == 2 ? tb_margins_new (rows.n_sets) : NULL;
  rows.blocks = g_new (guint, MAX (rows.n_rows, 1));
  rows.times = g_new0 (guint, MAX (rows.n_rows, 1));
  rows.complete_times = g_new0 (guint, MAX (rows.n_complete, 1));
  n_blocks = MIN (tb_comparison_blocks (0, tb_event_set_visit_length (comparison->set, question->visit)), rows.n_rows);
  for (guint row = 0; row < rows.n_rows; row++)
    rows.blocks[row] = (guint)((guint64)row * n_blocks / rows.n_rows);
  comparison->concordance->n_answered = rows.n_complete;
  tb_comparison_add (comparison, ids + skip, G_N_ELEMENTS (ids) - skip, n_blocks, count_rows, figure_of, &rows);
  for (guint c = 1; question->sampling != 0 && c < tb_event_set_n_names (comparison->set, TB_NAME_CODE); c++)
    if (tb_event_set_code_facts (comparison->set, c).sampling == question->sampling)
      add_code (comparison, &rows, places, c);
}
