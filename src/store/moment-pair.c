/* What two lists of moments have in common, and what a list lacks. Pure. */
#include "store/coaching-private.h"
#include "store/moment.h"

/* How much of the shorter of the two is in the other too: from 0 to 1. */
static double
shared_part (const TbMoment *a, const TbMoment *b)
{
  TbTime overlap = MIN (a->to, b->to) - MAX (a->from, b->from);
  TbTime shorter = MIN (a->to - a->from, b->to - b->from);

  return overlap > 0 && shorter > 0 ? (double) overlap / (double) shorter : 0;
}

static gboolean
is_of (const TbMoment *moment, const char *side)
{
  return g_str_equal (moment->side, side);
}

typedef struct {
  const TbMoment *coach, *teacher;
  double part;
} Candidate;

static gint
by_part (gconstpointer one, gconstpointer two)
{
  const Candidate *a = one;
  const Candidate *b = two;

  if (a->part != b->part)
    return a->part > b->part ? -1 : 1;
  if (a->coach->from != b->coach->from)
    return a->coach->from < b->coach->from ? -1 : 1;
  return a->teacher->from < b->teacher->from ? -1 : a->teacher->from > b->teacher->from;
}

static GArray *
list_candidates (GPtrArray *moments)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; i < moments->len; i++)
    for (guint k = 0; is_of (moments->pdata[i], TB_SIDE_COACH) && k < moments->len; k++) {
      const Candidate candidate = { moments->pdata[i], moments->pdata[k],
                                    shared_part (moments->pdata[i], moments->pdata[k]) };

      if (is_of (candidate.teacher, TB_SIDE_TEACHER) && candidate.part > 0.5)
        g_array_append_val (candidates, candidate);
    }
  g_array_sort (candidates, by_part);
  return candidates;
}

static TbTime
begin_of (const TbMomentPair *pair)
{
  if (pair->coach == NULL)
    return pair->teacher->from;
  return pair->teacher == NULL ? pair->coach->from : MIN (pair->coach->from, pair->teacher->from);
}

static gint
by_time (gconstpointer one, gconstpointer two)
{
  TbTime a = begin_of (one);
  TbTime b = begin_of (two);

  return a < b ? -1 : a > b;
}

GArray *
tb_moment_pair (GPtrArray *moments)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (TbMomentPair));
  g_autoptr (GArray) candidates = list_candidates (moments);
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < candidates->len; i++) {
    const Candidate *candidate = &g_array_index (candidates, Candidate, i);
    const TbMomentPair pair = { candidate->coach, candidate->teacher };

    if (g_hash_table_contains (taken, pair.coach) || g_hash_table_contains (taken, pair.teacher))
      continue;
    g_hash_table_add (taken, (gpointer) pair.coach);
    g_hash_table_add (taken, (gpointer) pair.teacher);
    g_array_append_val (pairs, pair);
  }
  for (guint i = 0; i < moments->len; i++) {
    const TbMoment *moment = moments->pdata[i];
    const TbMomentPair alone = { is_of (moment, TB_SIDE_COACH) ? moment : NULL,
                                 is_of (moment, TB_SIDE_COACH) ? NULL : moment };

    if (!g_hash_table_contains (taken, moment))
      g_array_append_val (pairs, alone);
  }
  g_array_sort (pairs, by_time);
  return pairs;
}

void
tb_moment_missing (GPtrArray *moments, const char *side, guint *pride, guint *improve)
{
  *pride = TB_MOMENTS_PRIDE;
  *improve = TB_MOMENTS_IMPROVE;
  for (guint i = 0; i < moments->len; i++) {
    const TbMoment *moment = moments->pdata[i];

    if (!is_of (moment, side))
      continue;
    if (g_str_equal (moment->kind, "pride") && *pride > 0)
      (*pride)--;
    else if (g_str_equal (moment->kind, "improve") && *improve > 0)
      (*improve)--;
  }
}
