/* Concordance of events, matched one to one. */
#include "observe/concordance-private.h"

#include "observe/kappa.h"
#include "observe/matching.h"

/* A row of the matching: what each called it; NOTHING is the number of labels. */
typedef struct {
  guint n_labels, n_rows;
  guint *left, *right; /* labels */
  TbMargins *all, *pairs;
} Matched;

static void
matched_clear (Matched *matched)
{
  g_free (matched->left);
  g_free (matched->right);
  tb_margins_free (matched->all);
  tb_margins_free (matched->pairs);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Matched, matched_clear)

static void
count_rows (gpointer user_data, const guint *times)
{
  Matched *matched = user_data;

  tb_margins_empty (matched->all);
  tb_margins_empty (matched->pairs);
  for (guint i = 0; i < matched->n_rows; i++) {
    guint weight = times != NULL ? times[i] : 1, left = matched->left[i], right = matched->right[i];

    if (weight == 0)
      continue;
    tb_margins_add (matched->all, left, right, weight);
    if (left != matched->n_labels && right != matched->n_labels)
      tb_margins_add (matched->pairs, left, right, weight);
  }
}

/* Nominal alpha of two without gaps, from the margins: see alpha.h. */
static TbEstimate
alpha_of (const TbMargins *pairs)
{
  double total = 2 * pairs->total, squares = 0;

  if (total <= 0)
    return tb_estimate_none (TB_WHY_NOTHING);
  for (guint i = 0; i < pairs->n; i++)
    squares += (pairs->rows[i] + pairs->columns[i]) * (pairs->rows[i] + pairs->columns[i]);
  if (total * total - squares <= 0)
    return tb_estimate_none (TB_WHY_ONE_CATEGORY);
  return tb_estimate_of (1 - 2 * (pairs->total - pairs->agreed) * (total - 1) / (total * total - squares));
}

static TbEstimate
figure_of (gpointer user_data, guint figure, const guint *times)
{
  const Matched *matched = user_data;

  (void)times;
  switch (figure) {
  case 0:
    return tb_share_agreed (matched->all);
  case 1:
    return tb_share_agreed (matched->pairs);
  case 2:
    return tb_kappa (matched->pairs);
  case 3:
    return tb_kappa_events (matched->all);
  default:
    return alpha_of (matched->pairs);
  }
}

/* The events of one side, as marks; PLACES are those in the comparison. */
static GArray *
marks_of (const TbComparison *comparison, guint side, GArray *places)
{
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (TbMark));

  for (guint i = 0; i < comparison->n_events; i++) {
    TbMark mark = { comparison->events[i]->at, comparison->labels[i] };

    if (comparison->sides[i] != side)
      continue;
    g_array_append_val (marks, mark);
    g_array_append_val (places, i);
  }
  return marks;
}

static guint
place_of (const GArray *places, guint mark)
{
  return mark == TB_NO_MARK ? TB_NO_MARK : g_array_index (places, guint, mark);
}

static void
add_codes (TbComparison *comparison)
{
  const guint n = tb_event_set_n_names (comparison->set, TB_NAME_CODE);
  g_autofree double *amounts = g_new0 (double, 2 * n), *all = g_new0 (double, n);

  for (guint i = 0; i < comparison->n_events; i++)
    amounts[2 * comparison->events[i]->code + comparison->sides[i]]++;
  for (guint i = 0; i < comparison->concordance->rows->len; i++) {
    const TbConcordanceRow *row = &g_array_index (comparison->concordance->rows, TbConcordanceRow, i);

    if (row->same)
      all[row->left->code]++;
  }
  for (guint c = 0; c < n; c++) {
    double any = amounts[2 * c] + amounts[2 * c + 1] - all[c];
    TbCodeConcordance code = { c, any, all[c], tb_estimate_none (TB_WHY_NOTHING) };

    if (any <= 0)
      continue;
    code.estimate = tb_estimate_of (all[c] / any);
    tb_comparison_add_code (comparison, &code, amounts + 2 * c);
  }
}

void
tb_concordance_events (TbComparison *comparison)
{
  static const char *const ids[] = { "percent", "percent-pairs", "kappa-pairs", "kappa-events", "alpha-nominal" };
  g_autoptr (GArray) left_places = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) right_places = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) left = marks_of (comparison, 0, left_places), right = marks_of (comparison, 1, right_places);
  g_autoptr (GArray) matches
      = tb_matching_new ((const TbMark *)(const void *)left->data, left->len, (const TbMark *)(const void *)right->data,
                         right->len, comparison->question->tolerance);
  const guint nothing = comparison->n_labels;
  g_auto (Matched) matched = { nothing,
                               matches->len,
                               g_new (guint, MAX (matches->len, 1)),
                               g_new (guint, MAX (matches->len, 1)),
                               tb_margins_new (nothing + 1),
                               tb_margins_new (nothing) };

  for (guint i = 0; i < matches->len; i++) {
    const TbMatch *match = &g_array_index (matches, TbMatch, i);
    guint l = place_of (left_places, match->left), r = place_of (right_places, match->right);
    TbConcordanceRow row = { l != TB_NO_MARK ? comparison->events[l] : NULL,
                             r != TB_NO_MARK ? comparison->events[r] : NULL, match->same };

    matched.left[i] = l != TB_NO_MARK ? comparison->labels[l] : nothing;
    matched.right[i] = r != TB_NO_MARK ? comparison->labels[r] : nothing;
    g_array_append_val (comparison->concordance->rows, row);
  }
  tb_comparison_add (comparison, ids, G_N_ELEMENTS (ids), matches->len, count_rows, figure_of, &matched);
  add_codes (comparison);
}
