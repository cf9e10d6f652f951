#include "observe/matching.h"

/* What a matching is worth; more is better, in this order, but for the distance. */
typedef struct {
  guint same, pairs;
  gint64 distance;
} Worth;

static gboolean
better (Worth a, Worth b)
{
  if (a.same != b.same)
    return a.same > b.same;
  return a.pairs != b.pairs ? a.pairs > b.pairs : a.distance < b.distance;
}

static Worth
worth_of (const TbMark *left, guint n_left, const TbMark *right, guint n_right, TbTime tolerance, const GArray *matches)
{
  g_autofree guint *seen_left = g_new0 (guint, n_left + 1), *seen_right = g_new0 (guint, n_right + 1);
  Worth worth = { 0, 0, 0 };
  TbTime last = G_MININT64;

  for (guint i = 0; i < matches->len; i++) {
    const TbMatch *match = &g_array_index (matches, TbMatch, i);
    TbTime at = match->left != TB_NO_MARK ? left[match->left].at : right[match->right].at;

    g_assert_cmpint (at, >=, last);
    last = at;
    if (match->left != TB_NO_MARK)
      seen_left[match->left]++;
    if (match->right != TB_NO_MARK)
      seen_right[match->right]++;
    if (match->left == TB_NO_MARK || match->right == TB_NO_MARK) {
      g_assert_false (match->same);
      continue;
    }
    g_assert_cmpint (ABS (left[match->left].at - right[match->right].at), <=, tolerance);
    g_assert_cmpint (match->same, ==, left[match->left].code == right[match->right].code);
    worth.same += match->same;
    worth.pairs++;
    worth.distance += ABS (left[match->left].at - right[match->right].at);
  }
  for (guint i = 0; i < n_left; i++)
    g_assert_cmpuint (seen_left[i], ==, 1);
  for (guint i = 0; i < n_right; i++)
    g_assert_cmpuint (seen_right[i], ==, 1);
  return worth;
}

/* Every matching there is. */
static Worth
try_all (const TbMark *left, guint n_left, const TbMark *right, guint n_right, TbTime tolerance, guint used,
         Worth so_far)
{
  Worth best = so_far;

  if (n_left == 0)
    return so_far;
  best = try_all (left + 1, n_left - 1, right, n_right, tolerance, used, so_far);
  for (guint i = 0; i < n_right; i++) {
    gint64 distance = ABS (left->at - right[i].at);
    Worth with = { so_far.same + (left->code == right[i].code), so_far.pairs + 1, so_far.distance + distance };

    if ((used & 1u << i) != 0 || distance > tolerance)
      continue;
    with = try_all (left + 1, n_left - 1, right, n_right, tolerance, used | 1u << i, with);
    if (better (with, best))
      best = with;
  }
  return best;
}

static void
random_marks (GRand *random, TbMark *marks, guint n, gint32 span, gint32 codes)
{
  for (guint i = 0; i < n; i++)
    marks[i] = (TbMark){ g_rand_int_range (random, 0, span), (guint)g_rand_int_range (random, 0, codes) };
}

static void
test_against_all (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (19);

  for (guint round = 0; round < 20000; round++) {
    TbMark left[6], right[6];
    guint n_left = (guint)g_rand_int_range (random, 0, 7), n_right = (guint)g_rand_int_range (random, 0, 7);
    gint32 span = g_rand_int_range (random, 1, 60), codes = g_rand_int_range (random, 1, 5);
    TbTime tolerance = g_rand_int_range (random, 0, 25);
    g_autoptr (GArray) matches = NULL;
    Worth best, ours;

    random_marks (random, left, n_left, span, codes);
    random_marks (random, right, n_right, span, codes);
    matches = tb_matching_new (left, n_left, right, n_right, tolerance);
    best = try_all (left, n_left, right, n_right, tolerance, 0, (Worth){ 0, 0, 0 });
    ours = worth_of (left, n_left, right, n_right, tolerance, matches);
    g_assert_cmpuint (ours.same, ==, best.same);
    g_assert_cmpuint (ours.pairs, ==, best.pairs);
    g_assert_cmpint (ours.distance, ==, best.distance);
  }
}

/* The nearest first would leave one of three alone; and would pair two that differ. */
static void
test_not_greedy (void)
{
  const TbMark left[] = { { 0, 1 }, { 10, 1 } }, right[] = { { 9, 1 }, { 19, 1 } };
  const TbMark crossed_left[] = { { 0, 1 }, { 10, 2 } }, crossed_right[] = { { 0, 2 }, { 10, 1 } };
  g_autoptr (GArray) chain = tb_matching_new (left, 2, right, 2, 9);
  g_autoptr (GArray) crossed = tb_matching_new (crossed_left, 2, crossed_right, 2, 10);

  g_assert_cmpuint (chain->len, ==, 2);
  g_assert_cmpuint (g_array_index (chain, TbMatch, 0).right, ==, 0);
  g_assert_cmpuint (g_array_index (chain, TbMatch, 1).right, ==, 1);
  g_assert_cmpuint (crossed->len, ==, 2);
  g_assert_cmpuint (g_array_index (crossed, TbMatch, 0).right, ==, 1);
  g_assert_true (g_array_index (crossed, TbMatch, 0).same);
  g_assert_true (g_array_index (crossed, TbMatch, 1).same);
}

static TbTime
milliseconds (gint64 ms)
{
  return ms * TB_MILLISECOND;
}

/* Issue 228 of BORIS: three taps each, at most 1.3 s apart. */
static void
test_three_of_three (void)
{
  const TbMark left[] = { { milliseconds (155105), 1 }, { milliseconds (169855), 1 }, { milliseconds (264855), 1 } };
  const TbMark right[] = { { milliseconds (156405), 1 }, { milliseconds (170852), 1 }, { milliseconds (264606), 1 } };
  g_autoptr (GArray) matches = tb_matching_new (left, 3, right, 3, 2 * TB_SECOND);

  g_assert_cmpuint (matches->len, ==, 3);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint (g_array_index (matches, TbMatch, i).left, ==, i);
    g_assert_cmpuint (g_array_index (matches, TbMatch, i).right, ==, i);
    g_assert_true (g_array_index (matches, TbMatch, i).same);
  }
}

/* With one code, pairs in order of time are best: the same sum as a dynamic programme over that order. */
static void
test_many (void)
{
  enum { N = 400 };
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autofree TbMark *left = g_new (TbMark, N), *right = g_new (TbMark, N);
  g_autofree Worth *row = g_new0 (Worth, N + 1), *before = g_new0 (Worth, N + 1);
  g_autoptr (GArray) matches = NULL;
  const TbTime tolerance = 1000;
  TbTime at_left = 0, at_right = 0;
  Worth ours;

  for (guint i = 0; i < N; i++) {
    left[i] = (TbMark){ at_left += g_rand_int_range (random, 0, 900), 7 };
    right[i] = (TbMark){ at_right += g_rand_int_range (random, 0, 900), 7 };
  }
  for (guint i = 0; i < N; i++) {
    memcpy (before, row, (N + 1) * sizeof (Worth));
    for (guint j = 0; j < N; j++) {
      gint64 distance = ABS (left[i].at - right[j].at);
      Worth with = { before[j].same + 1, before[j].pairs + 1, before[j].distance + distance };

      row[j + 1] = better (before[j + 1], row[j]) ? before[j + 1] : row[j];
      if (distance <= tolerance && better (with, row[j + 1]))
        row[j + 1] = with;
    }
  }
  matches = tb_matching_new (left, N, right, N, tolerance);
  ours = worth_of (left, N, right, N, tolerance, matches);
  g_assert_cmpuint (ours.pairs, ==, row[N].pairs);
  g_assert_cmpint (ours.distance, ==, row[N].distance);
}

static void
test_empty (void)
{
  const TbMark one = { 5, 1 };
  g_autoptr (GArray) none = tb_matching_new (NULL, 0, NULL, 0, 3);
  g_autoptr (GArray) left = tb_matching_new (&one, 1, NULL, 0, 3);
  g_autoptr (GArray) right = tb_matching_new (NULL, 0, &one, 1, 3);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (g_array_index (left, TbMatch, 0).right, ==, TB_NO_MARK);
  g_assert_cmpuint (g_array_index (right, TbMatch, 0).left, ==, TB_NO_MARK);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/matching/empty", test_empty);
  g_test_add_func ("/matching/not-greedy", test_not_greedy);
  g_test_add_func ("/matching/three-of-three", test_three_of_three);
  g_test_add_func ("/matching/against-all", test_against_all);
  g_test_add_func ("/matching/many", test_many);
  return g_test_run ();
}
