/* Concordance of scores on a scale. */
#include "observe/concordance-private.h"

#include <math.h>

#include "observe/alpha.h"
#include "observe/kappa.h"
#include "observe/numbering.h"

typedef struct {
  guint n_units, n_observers, n_points;
  double *values; /* [unit × n_observers]; NAN without */
  guint *places;  /* the same on the scale, from 0; G_MAXUINT without */
  TbAlpha *alpha;
  double *cells; /* of two observers: [first × n_points + second]; else NULL */
  TbIcc icc;
} Scores;

static void
scores_clear (Scores *scores)
{
  g_free (scores->values);
  g_free (scores->places);
  tb_alpha_free (scores->alpha);
  g_free (scores->cells);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scores, scores_clear)

static void
count_scores (gpointer user_data, const guint *times)
{
  Scores *scores = user_data;
  const guint n = scores->n_points;

  tb_icc (scores->values, scores->n_units, scores->n_observers, times, &scores->icc);
  if (scores->cells == NULL)
    return;
  for (guint i = 0; i < n * n; i++)
    scores->cells[i] = 0;
  for (guint u = 0; u < scores->n_units; u++) {
    const guint *unit = scores->places + 2 * (gsize)u;

    if (unit[0] != G_MAXUINT && unit[1] != G_MAXUINT)
      scores->cells[unit[0] * n + unit[1]] += times != NULL ? times[u] : 1;
  }
}

static TbEstimate
kappa_of (const Scores *scores)
{
  const guint n = scores->n_points;
  g_autoptr (TbMargins) margins = tb_margins_new (n);

  for (guint i = 0; i < n * n; i++)
    tb_margins_add (margins, i / n, i % n, scores->cells[i]);
  return tb_kappa (margins);
}

static TbEstimate
figure_of (gpointer user_data, guint figure, const guint *times)
{
  const Scores *scores = user_data;
  guint place = scores->cells != NULL ? figure : figure + 5;

  switch (place) {
  case 0:
  case 1:
    return tb_share_within (scores->cells, scores->n_points, place);
  case 2:
    return kappa_of (scores);
  case 3:
    return tb_kappa_weighted (scores->cells, scores->n_points, TB_WEIGHT_LINEAR);
  case 4:
    return tb_kappa_weighted (scores->cells, scores->n_points, TB_WEIGHT_QUADRATIC);
  case 5:
    return tb_fleiss (scores->places, scores->n_units, scores->n_observers, scores->n_points, times);
  case 6:
  case 7:
  case 8:
    return tb_alpha_estimate (scores->alpha, (TbLevel)(TB_LEVEL_NOMINAL + place - 6), times);
  default:
    return scores->icc.forms[place - 9];
  }
}

static guint
unit_of (GHashTable *units, const TbEvent *event)
{
  const guint32 key[] = { event->code, event->subject };

  return tb_numbering_get (units, key, sizeof (key)) - 1;
}

/* The place of VALUE on the scale, which has it. */
static guint
place_on (const TbConcordanceQuestion *question, double value)
{
  guint place = 0;

  while (place < question->n_steps && question->steps[place] != value)
    place++;
  return place;
}

/* CODES gets the code of each unit. */
static void
take_scores (const TbComparison *comparison, Scores *scores, GArray *codes)
{
  g_autoptr (GHashTable) units = tb_numbering_new ();
  const TbConcordanceQuestion *question = comparison->question;
  gsize n_most = (gsize)comparison->n_events * question->n_observers;

  scores->n_observers = question->n_observers;
  scores->n_points = MAX (question->n_steps, 2);
  scores->values = g_new (double, MAX (n_most, 1));
  scores->places = g_new (guint, MAX (n_most, 1));
  for (gsize i = 0; i < n_most; i++) {
    scores->values[i] = NAN;
    scores->places[i] = G_MAXUINT;
  }
  for (guint i = 0; i < comparison->n_events; i++) {
    const TbEvent *event = comparison->events[i];
    guint unit = unit_of (units, event);
    gsize place = (gsize)unit * question->n_observers + comparison->sides[i];

    if (unit == codes->len)
      g_array_append_val (codes, event->code);
    scores->values[place] = event->value;
    scores->places[place] = place_on (question, event->value);
  }
  scores->n_units = codes->len;
  scores->alpha = tb_alpha_new (scores->values, scores->n_units, scores->n_observers);
  if (question->n_observers == 2)
    scores->cells = g_new0 (double, (gsize)scores->n_points * scores->n_points);
}

static void
add_codes (TbComparison *comparison, const Scores *scores, const GArray *codes)
{
  const guint n_codes = tb_event_set_n_names (comparison->set, TB_NAME_CODE), n = scores->n_observers;
  g_autofree double *amounts = g_new (double, n);

  for (guint c = 1; c < n_codes; c++) {
    TbCodeConcordance code = { c, 0, 0, tb_estimate_none (TB_WHY_ONE_OBSERVER) };
    double alike = 0;

    for (guint o = 0; o < n; o++)
      amounts[o] = 0;
    for (guint u = 0; u < scores->n_units; u++) {
      const guint *unit = scores->places + (gsize)u * n;
      guint by = 0;
      gboolean same = TRUE;

      if (g_array_index (codes, guint32, u) != c)
        continue;
      for (guint o = 0; o < n; o++) {
        amounts[o] += unit[o] != G_MAXUINT;
        by += unit[o] != G_MAXUINT;
        same = same && unit[o] == unit[0];
      }
      code.any++;
      code.all += by == n;
      alike += by == n && same;
    }
    if (code.all > 0)
      code.estimate = tb_estimate_of (alike / code.all);
    if (code.any > 0)
      tb_comparison_add_code (comparison, &code, amounts);
  }
}

void
tb_concordance_ratings (TbComparison *comparison)
{
  static const char *const ids[] = {
    "percent",       "percent-within-one", "kappa",   "kappa-linear", "kappa-quadratic", "fleiss",  "alpha-nominal",
    "alpha-ordinal", "alpha-interval",     "icc-1-1", "icc-2-1",      "icc-3-1",         "icc-1-k", "icc-2-k",
    "icc-3-k"
  };
  g_auto (Scores) scores = { 0 };
  g_autoptr (GArray) codes = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint skip = comparison->question->n_observers == 2 ? 0 : 5;

  take_scores (comparison, &scores, codes);
  tb_comparison_add (comparison, ids + skip, G_N_ELEMENTS (ids) - skip, scores.n_units, count_scores, figure_of,
                     &scores);
  count_scores (&scores, NULL);
  comparison->concordance->icc = scores.icc;
  add_codes (comparison, &scores, codes);
}
