/* What comes after what: latency, what happens during a state, transitions. */
#include <math.h>

#include "base/error.h"
#include "event-tools.h"
#include "observe/budget.h"
#include "observe/during.h"
#include "observe/latency.h"
#include "observe/transitions.h"

#define assert_near(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-9)

static TbLatency *
ask (const TbEventSet *set, const TbParts *parts, const char *from, const char *to, TbLatencyQuestion question)
{
  question.from = code_number (set, from);
  question.to = code_number (set, to);
  return tb_latency_new (set, parts, &question);
}

static void
test_latency (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbLatency) any = NULL, same = NULL, within = NULL, end = NULL, self = NULL, part = NULL;

  tb_event_set_add_visit (set, NULL, 600 * TB_SECOND);
  tb_event_set_add_visit (set, NULL, 600 * TB_SECOND);
  add_point (set, 0, "vraag", 10, "Sem", "A");
  add_point (set, 0, "beurt", 13, "Noor", "A");
  add_point (set, 0, "vraag", 20, "Noor", "A");
  add_point (set, 0, "vraag", 22, "Sem", "A");
  add_point (set, 0, "beurt", 27, "Sem", "A");
  add_point (set, 0, "beurt", 50, "Noor", "A");
  add_point (set, 0, "vraag", 50, "Sem", "A");
  add_point (set, 0, "vraag", 60, "Sem", "A"); /* nothing comes after it */
  add_point (set, 1, "beurt", 70, "Sem", "A"); /* in another lesson */
  add_state (set, 1, "uitleg", 10, 40, NULL, "A");
  add_state (set, 1, "uitleg", 80, NEVER, NULL, "A");
  add_point (set, 1, "vraag", 45, "Sem", "A");
  tb_event_set_sort (set);
  parts = tb_parts_new (set);

  any = ask (set, parts, "vraag", "beurt", (TbLatencyQuestion){ 0 });
  g_assert_cmpuint (any->pairs->len, ==, 5); /* 3, 7, 5, 0 and 25 */
  g_assert_cmpuint (any->unpaired->len, ==, 1);
  g_assert_cmpuint (any->shared, ==, 1);
  assert_near (tb_spread_mean (&any->spread), 8);
  assert_near (tb_spread_median (&any->spread), 5);
  g_assert_cmpint (any->spread.min, ==, 0);

  same = ask (set, parts, "vraag", "beurt", (TbLatencyQuestion){ .same = TB_SAME_SUBJECT });
  g_assert_cmpuint (same->pairs->len, ==, 4); /* 17, 30, 5, 25 */
  g_assert_cmpuint (same->unpaired->len, ==, 2);
  g_assert_cmpuint (same->shared, ==, 1);
  assert_near (tb_spread_median (&same->spread), 21);

  within = ask (set, parts, "vraag", "beurt", (TbLatencyQuestion){ .within = 5 * TB_SECOND });
  g_assert_cmpuint (within->pairs->len, ==, 3);
  g_assert_cmpuint (within->unpaired->len, ==, 3);

  end = ask (set, parts, "uitleg", "vraag", (TbLatencyQuestion){ .from_end = TRUE });
  g_assert_cmpuint (end->pairs->len, ==, 1);
  assert_near (tb_spread_mean (&end->spread), 5);
  g_assert_cmpuint (end->unpaired->len, ==, 1);

  self = ask (set, parts, "vraag", "vraag", (TbLatencyQuestion){ 0 });
  g_assert_cmpuint (self->pairs->len, ==, 4); /* 10, 2, 28, 10 */
  g_assert_cmpuint (self->unpaired->len, ==, 2);
  assert_near (tb_spread_mean (&self->spread), 12.5);

  part = ask (set, parts, "vraag", "beurt",
              (TbLatencyQuestion){ .part = tb_parts_add_range (parts, 0, 22 * TB_SECOND) });
  g_assert_cmpuint (part->pairs->len, ==, 2);
}

/* Against looking at every event for every event. */
static void
test_latency_random (void)
{
  for (guint round = 0; round < 500; round++) {
    g_autoptr (TbEventSet) set = random_events (30);
    g_autoptr (TbParts) parts = tb_parts_new (set);
    const TbLatencyQuestion question = {
      .from = g_test_rand_int_range (1, 4), .to = g_test_rand_int_range (1, 4), .same = g_test_rand_int_range (0, 4),
      .from_end = g_test_rand_bit (), .within = g_test_rand_int_range (0, 6),
    };
    g_autoptr (TbLatency) latency = tb_latency_new (set, parts, &question);
    guint n, n_pairs = 0, n_unpaired = 0;
    const TbEvent *events = tb_event_set_events (set, &n);
    TbTime sum = 0;

    for (guint i = 0; i < n; i++) {
      const TbEvent *a = &events[i];
      const gboolean from_end = question.from_end && a->kind == TB_KIND_STATE;
      const TbTime anchor = from_end ? a->until : a->at;
      TbTime best = G_MAXINT64;

      if (a->code != question.from)
        continue;
      for (guint j = 0; j < n; j++) {
        const TbEvent *b = &events[j];

        if (b->code != question.to || b->visit != a->visit || b->at < anchor || anchor == TB_TIME_NONE)
          continue;
        if ((question.same & TB_SAME_SUBJECT && a->subject != b->subject)
            || (question.same & TB_SAME_OBSERVER && a->observer != b->observer))
          continue;
        if (a->code == b->code && anchor == a->at && j <= i)
          continue;
        best = MIN (best, b->at - anchor);
      }
      if (best != G_MAXINT64 && (question.within == 0 || best <= question.within)) {
        g_assert_cmpuint (g_array_index (latency->pairs, TbLatencyPair, n_pairs).from, ==, i);
        g_assert_cmpint (g_array_index (latency->pairs, TbLatencyPair, n_pairs).latency, ==, best);
        n_pairs++;
        sum += best;
      } else {
        g_assert_cmpuint (g_array_index (latency->unpaired, guint, n_unpaired), ==, i);
        n_unpaired++;
      }
    }
    g_assert_cmpuint (latency->pairs->len, ==, n_pairs);
    g_assert_cmpuint (latency->unpaired->len, ==, n_unpaired);
    g_assert_cmpint (latency->spread.sum, ==, sum);
  }
}

static void
test_during (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbDuring) during = NULL, same = NULL;
  const TbDuringRow *row;

  tb_event_set_add_visit (set, NULL, 600 * TB_SECOND);
  add_state (set, 0, "werken", 100, 200, "Sem", "A");
  add_state (set, 0, "werken", 150, 220, "Noor", "A");
  add_state (set, 0, "werken", 540, NEVER, "Sem", "A");
  add_point (set, 0, "vraag", 99, "Sem", "A");
  add_point (set, 0, "vraag", 100, "Noor", "A");
  add_point (set, 0, "vraag", 160, "Sem", "A");
  add_point (set, 0, "vraag", 200, "Sem", "A");
  add_point (set, 0, "vraag", 220, "Noor", "A");
  add_point (set, 0, "vraag", 600, "Sem", "A");
  tb_event_set_sort (set);
  during = tb_during_new (set, code_number (set, "werken"), 0);
  g_assert_cmpuint (during->rows->len, ==, 1);
  row = &g_array_index (during->rows, TbDuringRow, 0);
  g_assert_cmpuint (during->states, ==, 3);
  g_assert_cmpuint (row->inside, ==, 4); /* 100, 160, 200, 600 */
  g_assert_cmpuint (row->outside, ==, 2);
  g_assert_cmpuint (row->states, ==, 3);
  g_assert_cmpint (during->covered, ==, 180 * TB_SECOND);
  assert_near (tb_during_rate_inside (during, row), 4.0 / 3);
  assert_near (tb_during_rate_outside (during, row), 2 / 7.0);
  same = tb_during_new (set, code_number (set, "werken"), TB_SAME_SUBJECT);
  row = &g_array_index (same->rows, TbDuringRow, 0);
  g_assert_cmpuint (row->inside, ==, 2); /* 160, 600 */
  g_assert_cmpuint (row->states, ==, 2);
  g_assert_true (isnan (tb_during_rate_inside (same, row)));
}

/* The same as a budget in that part, and as trying each point with each state. */
static void
test_during_random (void)
{
  for (guint round = 0; round < 300; round++) {
    g_autoptr (TbEventSet) set = random_events (40);
    g_autoptr (TbParts) parts = tb_parts_new (set);
    const guint part = tb_parts_add_code (parts, 2), same = g_test_rand_int_range (0, 4);
    g_autoptr (TbDuring) plain = tb_during_new (set, 2, 0), during = tb_during_new (set, 2, same);
    g_autoptr (TbBudget) budget = tb_budget_new (set, parts, 0);
    guint n;
    const TbEvent *events = tb_event_set_events (set, &n);

    for (guint r = 0; r < tb_budget_n_rows (budget); r++) {
      const TbBudgetRow *row = tb_budget_row (budget, r);

      for (guint i = 0; row->kind == TB_KIND_POINT && row->part == part && i < plain->rows->len; i++)
        if (g_array_index (plain->rows, TbDuringRow, i).code == row->code)
          g_assert_cmpuint (g_array_index (plain->rows, TbDuringRow, i).inside, ==, row->count);
    }
    for (guint r = 0; r < during->rows->len; r++) {
      const TbDuringRow *row = &g_array_index (during->rows, TbDuringRow, r);
      g_autofree gboolean *filled = g_new0 (gboolean, n);
      guint inside = 0, all = 0, states = 0;

      for (guint i = 0; i < n; i++) {
        const TbTime length = tb_event_set_visit_length (set, events[i].visit);
        const TbTime at = CLAMP (events[i].at, 0, length);
        gboolean found = FALSE;

        if (events[i].code != row->code || events[i].kind != TB_KIND_POINT)
          continue;
        all++;
        for (guint j = 0; j < n; j++) {
          const TbTime from = CLAMP (events[j].at, 0, length);
          const TbTime to = CLAMP (tb_event_set_end (set, &events[j]), 0, length);

          if (events[j].code != 2 || events[j].kind != TB_KIND_STATE || events[j].visit != events[i].visit || from == to
              || at < from || (at >= to && !(at == to && to == length))
              || (same & TB_SAME_SUBJECT && events[j].subject != events[i].subject)
              || (same & TB_SAME_OBSERVER && events[j].observer != events[i].observer))
            continue;
          found = TRUE;
          states += !filled[j];
          filled[j] = TRUE;
        }
        inside += found;
      }
      g_assert_cmpuint (row->inside, ==, inside);
      g_assert_cmpuint (row->outside, ==, all - inside);
      g_assert_cmpuint (row->states, ==, states);
    }
  }
}

static const TbTransition *
cell (const TbTransitions *transitions, guint from, guint to)
{
  return &transitions->cells[from * transitions->n + to];
}

static void
test_transitions (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbTransitions) next = NULL, second = NULL, other = NULL, some = NULL, part = NULL;
  const char *const sequence[] = { "a", "b", "a", "a", "c", "a", "b", "b" };
  TbTransitionsQuestion question = { .repeats = TRUE };
  guint32 codes[2];

  tb_event_set_add_visit (set, NULL, 600 * TB_SECOND);
  tb_event_set_add_visit (set, NULL, 600 * TB_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (sequence); i++) {
    add_point (set, 0, sequence[i], 10 * i, NULL, "A");
    add_point (set, 0, sequence[i], 10 * i, NULL, "B"); /* saw the same */
  }
  add_point (set, 1, "c", 5, NULL, "A");
  tb_event_set_sort (set);
  parts = tb_parts_new (set);

  /* a-b twice, b-a, a-a, a-c, c-a, b-b: seven of each observer. */
  next = tb_transitions_new (set, parts, &question, NULL);
  g_assert_cmpuint (next->n, ==, 3);
  g_assert_cmpuint (next->total, ==, 14);
  g_assert_cmpuint (next->ties, ==, 0);
  g_assert_cmpuint (cell (next, 0, 1)->count, ==, 4);
  g_assert_cmpuint (cell (next, 0, 0)->count, ==, 2);
  g_assert_cmpuint (cell (next, 1, 1)->count, ==, 2);
  g_assert_cmpuint (cell (next, 2, 1)->count, ==, 0);
  assert_near (cell (next, 0, 1)->probability, 0.5);
  assert_near (cell (next, 0, 1)->expected, 8 * 6 / 14.0);
  assert_near (cell (next, 0, 1)->residual,
               (4 - 48 / 14.0) / sqrt (48 / 14.0 * (1 - 8 / 14.0) * (1 - 6 / 14.0)));

  question.lag = 2; /* a-a, b-a, a-c, a-a, c-b, a-b */
  second = tb_transitions_new (set, parts, &question, NULL);
  g_assert_cmpuint (second->total, ==, 12);
  g_assert_cmpuint (cell (second, 0, 0)->count, ==, 4);

  question.lag = 1;
  question.repeats = FALSE; /* a b a c a b */
  other = tb_transitions_new (set, parts, &question, NULL);
  g_assert_cmpuint (other->repeated, ==, 4);
  g_assert_cmpuint (other->total, ==, 10);
  g_assert_cmpuint (cell (other, 0, 0)->count, ==, 0);
  g_assert_true (isnan (cell (other, 0, 0)->expected));
  g_assert_true (other->fitted);
  /* a is in every transition, so nothing is left to chance. */
  assert_near (cell (other, 0, 1)->expected, 4);
  assert_near (cell (other, 1, 2)->expected, 0);
  g_assert_true (isnan (cell (other, 0, 1)->residual));

  codes[0] = code_number (set, "b");
  codes[1] = code_number (set, "c");
  question = (TbTransitionsQuestion){ .codes = codes, .n_codes = 2, .repeats = TRUE };
  some = tb_transitions_new (set, parts, &question, NULL); /* b c b b */
  g_assert_cmpuint (some->n, ==, 2);
  g_assert_cmpuint (some->total, ==, 6);

  question = (TbTransitionsQuestion){ .repeats = TRUE, .part = tb_parts_add_range (parts, 0, 25 * TB_SECOND) };
  part = tb_transitions_new (set, parts, &question, NULL); /* a b a */
  g_assert_cmpuint (part->total, ==, 4);
}

static void
test_transitions_refused (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbTransitions) none = NULL, empty = NULL;
  g_autoptr (GError) error = NULL;
  const TbTransitionsQuestion question = { 0 };

  tb_event_set_add_visit (set, NULL, 600 * TB_SECOND);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  empty = tb_transitions_new (set, parts, &question, NULL);
  g_assert_cmpuint (empty->n, ==, 0);
  for (guint i = 0; i <= TB_TRANSITIONS_MAX_CODES; i++) {
    g_autofree char *code = g_strdup_printf ("c%u", i);

    add_point (set, 0, code, i, NULL, "A");
  }
  tb_event_set_sort (set);
  none = tb_transitions_new (set, parts, &question, &error);
  g_assert_null (none);
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_LARGE);
}

/* Tables worked out on paper. */
static void
test_fit (void)
{
  const guint plain[] = { 10, 20, 30, 40 };
  /* Of three codes that cannot repeat, the sums only leave free how much more goes round one way than the other: T.
   * Expected is where both ways have the same product: 6·5·4 = 4·5·6, so T is 2, and z = T · sqrt (sum of 1 / expected). */
  const guint quasi[] = { 0, 8, 2, 3, 0, 7, 6, 4, 0 };
  const double by_hand[] = { NAN, 6, 4, 5, NAN, 5, 4, 6, NAN };
  const double z = 2 * sqrt (1 / 6.0 + 1 / 4.0 + 1 / 5.0 + 1 / 5.0 + 1 / 4.0 + 1 / 6.0);
  /* Every row is right at the first guess, but not every column. */
  const guint rows_right[] = { 0, 1, 1, 1, 0, 1, 2, 0, 0 };
  double expected[9], residual[9];

  g_assert_true (tb_transitions_fit (3, rows_right, TRUE, expected, residual));
  assert_near (expected[1] + expected[2], 2);
  assert_near (expected[3] + expected[5], 2);
  assert_near (expected[6] + expected[7], 2);
  assert_near (expected[1] + expected[7], 1);
  g_assert_true (tb_transitions_fit (2, plain, FALSE, expected, residual));
  assert_near (expected[0], 12);
  assert_near (residual[0], -2 / sqrt (12 * 0.7 * 0.6));
  assert_near (residual[1], 2 / sqrt (18 * 0.7 * 0.4));

  g_assert_true (tb_transitions_fit (3, quasi, TRUE, expected, residual));
  for (guint i = 0; i < 9; i++) {
    if (i % 4 == 0) {
      g_assert_true (isnan (expected[i]) && isnan (residual[i]));
      continue;
    }
    assert_near (expected[i], by_hand[i]);
    g_assert_cmpfloat_with_epsilon (residual[i], quasi[i] > by_hand[i] ? z : -z, 1e-7);
  }
}

/* How much more or less than expected is by chance: the residuals of tables drawn by chance must vary as a normal z. */
static void
test_residuals_by_chance (void)
{
  const guint n = 4, rounds = 3000;
  const double weight[] = { 8, 5, 3, 6 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  double squares[16] = { 0 };

  for (guint round = 0; round < rounds; round++) {
    guint counts[16] = { 0 };
    double expected[16], residual[16];

    for (guint i = 0; i < 400; i++) {
      guint from = 0, to = 0;

      while (from == to) {
        double a = g_rand_double (rand) * 22, b = g_rand_double (rand) * 22;

        for (from = 0; a >= weight[from]; from++)
          a -= weight[from];
        for (to = 0; b >= weight[to]; to++)
          b -= weight[to];
      }
      counts[from * n + to]++;
    }
    g_assert_true (tb_transitions_fit (n, counts, TRUE, expected, residual));
    for (guint i = 0; i < 16; i++)
      squares[i] += i % 5 == 0 ? 0 : residual[i] * residual[i];
  }
  for (guint i = 0; i < 16; i++)
    if (i % 5 != 0)
      g_assert_cmpfloat_with_epsilon (squares[i] / rounds, 1, 0.12);
}

/* Sums hold, expected counts have the sums of the table, and every beginning is in its place. */
static void
test_transitions_random (void)
{
  for (guint round = 0; round < 400; round++) {
    g_autoptr (TbEventSet) set = random_events (60);
    g_autoptr (TbParts) parts = tb_parts_new (set);
    const TbTransitionsQuestion question = { .lag = g_test_rand_int_range (1, 3), .repeats = g_test_rand_bit (),
                                             .same = g_test_rand_bit () ? TB_SAME_SUBJECT : 0 };
    g_autoptr (TbTransitions) transitions = tb_transitions_new (set, parts, &question, NULL);
    guint counts[16] = { 0 }, total = 0, n;
    const TbEvent *events = tb_event_set_events (set, &n);

    /* Each lane by itself, filtered event by event. */
    for (guint lane = 0; lane < 3 * 3 * 3; lane++) {
      guint codes[60], length = 0;

      for (guint i = 0; i < n; i++) {
        const guint subject = question.same ? events[i].subject : 0;

        if (events[i].visit * 9 + events[i].observer * 3 + subject != lane)
          continue;
        if (question.repeats || length == 0 || codes[length - 1] != events[i].code)
          codes[length++] = events[i].code;
      }
      for (guint i = 0; i + question.lag < length; i++, total++)
        counts[codes[i] * 4 + codes[i + question.lag]]++;
    }
    g_assert_cmpuint (transitions->total, ==, total);
    g_assert_true (transitions->fitted);
    for (guint i = 0; i < transitions->n; i++) {
      double row = 0;

      for (guint j = 0; j < transitions->n; j++) {
        const TbTransition *one = cell (transitions, i, j);

        g_assert_cmpuint (one->count, ==, counts[transitions->codes[i] * 4 + transitions->codes[j]]);
        row += isnan (one->expected) ? 0 : one->expected;
      }
      g_assert_cmpfloat_with_epsilon (row, transitions->first[i], 1e-6);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sequence/latency", test_latency);
  g_test_add_func ("/sequence/latency-random", test_latency_random);
  g_test_add_func ("/sequence/during", test_during);
  g_test_add_func ("/sequence/during-random", test_during_random);
  g_test_add_func ("/sequence/transitions", test_transitions);
  g_test_add_func ("/sequence/transitions-refused", test_transitions_refused);
  g_test_add_func ("/sequence/fit", test_fit);
  g_test_add_func ("/sequence/residuals-by-chance", test_residuals_by_chance);
  g_test_add_func ("/sequence/transitions-random", test_transitions_random);
  return g_test_run ();
}
