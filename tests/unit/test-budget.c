#include "observe/budget.h"

#include <math.h>

#include "base/json.h"
#include "event-tools.h"

static void
assert_seconds (TbTime time, double seconds)
{
  g_assert_cmpint (time, ==, (TbTime) (seconds * TB_SECOND));
}

#define assert_near(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-12)

/* A lesson of ten minutes, worked out on paper. */
static TbEventSet *
lesson (void)
{
  TbEventSet *set = tb_event_set_new ();

  tb_event_set_add_visit (set, "les", 600 * TB_SECOND);
  add_point (set, 0, "beurt", 30, "Sem", "A");
  add_point (set, 0, "beurt", 90, "Noor", "A");
  add_point (set, 0, "beurt", 100, "Sem", "A");
  add_point (set, 0, "beurt", 400, "Sem", "A");
  add_state (set, 0, "uitleg", 0, 120, NULL, "A");
  add_state (set, 0, "uitleg", 200, 250, NULL, "A");
  add_state (set, 0, "uitleg", 240, 300, NULL, "A"); /* begins before the one before has ended */
  add_state (set, 0, "werken", 300, NEVER, NULL, "A");
  add_state (set, 0, "start", -20, 40, NULL, "A");
  tb_event_set_sort (set);
  return set;
}

static void
test_lesson (void)
{
  g_autoptr (TbEventSet) set = lesson ();
  g_autoptr (TbParts) parts = tb_parts_new (set);
  g_autoptr (TbBudget) budget = tb_budget_new (set, parts, 0);
  const TbBudgetRow *row;

  g_assert_cmpuint (tb_budget_n_rows (budget), ==, 4);
  row = tb_budget_find (budget, "p/beurt", 0);
  g_assert_cmpuint (row->count, ==, 4);
  g_assert_cmpint (row->kind, ==, TB_KIND_POINT);
  assert_near (tb_budget_per_minute (row), 0.4);
  g_assert_cmpuint (row->gaps.n, ==, 3); /* 60, 10, 300 */
  assert_seconds (row->gaps.min, 10);
  assert_seconds (row->gaps.max, 300);
  assert_near (tb_spread_median (&row->gaps), 60);
  assert_near (tb_spread_mean (&row->gaps), 370.0 / 3);
  assert_seconds (row->total, 0);
  g_assert_cmpuint (row->lasting.n, ==, 0);
  g_assert_cmpuint (row->ratings.n, ==, 0);

  row = tb_budget_find (budget, "p/uitleg", 0);
  g_assert_cmpuint (row->count, ==, 3);
  assert_seconds (row->total, 120 + 50 + 60);
  assert_seconds (row->covered, 120 + 100);
  assert_near (tb_budget_share (row), 220.0 / 600);
  g_assert_cmpuint (row->overlapping, ==, 1);
  assert_near (tb_spread_mean (&row->lasting), 230.0 / 3);
  assert_near (tb_spread_median (&row->lasting), 60);
  g_assert_cmpuint (row->gaps.n, ==, 1);
  assert_seconds (row->gaps.sum, 80);

  row = tb_budget_find (budget, "p/werken", 0);
  g_assert_cmpuint (row->unfinished, ==, 1);
  g_assert_cmpuint (row->outside, ==, 0);
  assert_seconds (row->total, 300);
  assert_near (tb_budget_share (row), 0.5);

  row = tb_budget_find (budget, "p/start", 0);
  g_assert_cmpuint (row->count, ==, 1);
  g_assert_cmpuint (row->outside, ==, 1);
  assert_seconds (row->total, 40);
  assert_seconds (row->lasting.max, 40);
  g_assert_null (tb_budget_find (budget, "p/niets", 0));
}

static void
test_parts (void)
{
  g_autoptr (TbEventSet) set = lesson ();
  g_autoptr (TbParts) parts = tb_parts_new (set);
  g_autoptr (TbBudget) budget = NULL;
  const TbBudgetRow *row;
  guint early, explaining;
  g_autofree char *name = NULL;

  early = tb_parts_add_range (parts, 0, 100 * TB_SECOND);
  tb_parts_add_range (parts, 100 * TB_SECOND, 9000 * TB_SECOND); /* cut at the end */
  explaining = tb_parts_add_code (parts, code_number (set, "uitleg"));
  g_assert_cmpuint (tb_parts_n (parts), ==, 4);
  assert_seconds (tb_parts_total (parts, 2), 500);
  assert_seconds (tb_parts_total (parts, explaining), 220); /* 0-120 and 200-300 */
  name = tb_parts_name (parts, early);
  g_assert_cmpstr (name, ==, "0-100");
  g_assert_cmpint (tb_parts_stretch (parts, explaining, 0, 199 * TB_SECOND), ==, -1);
  g_assert_cmpint (tb_parts_stretch (parts, explaining, 0, 240 * TB_SECOND), ==, 1);
  g_assert_cmpint (tb_parts_stretch (parts, early, 0, -5 * TB_SECOND), ==, 0);
  g_assert_cmpint (tb_parts_stretch (parts, 2, 0, 700 * TB_SECOND), ==, 0);
  budget = tb_budget_new (set, parts, 0);

  row = tb_budget_find (budget, "p/beurt", early);
  g_assert_cmpuint (row->count, ==, 2); /* the one at 100 is in the next part */
  assert_near (tb_budget_per_minute (row), 1.2);
  g_assert_cmpuint (row->gaps.n, ==, 1); /* 60: the one of 10 goes into the next part */
  row = tb_budget_find (budget, "p/beurt", explaining);
  g_assert_cmpuint (row->count, ==, 3);

  row = tb_budget_find (budget, "p/uitleg", early);
  g_assert_cmpuint (row->count, ==, 1);
  assert_seconds (row->total, 100);
  assert_seconds (row->lasting.sum, 120); /* whole */
  row = tb_budget_find (budget, "p/uitleg", 2);
  g_assert_cmpuint (row->count, ==, 2);
  assert_seconds (row->total, 20 + 50 + 60);
  row = tb_budget_find (budget, "p/start", explaining);
  g_assert_cmpuint (row->count, ==, 1); /* taken at 0 */
  row = tb_budget_find (budget, "p/werken", explaining);
  g_assert_cmpuint (row->count, ==, 0);
  assert_seconds (row->total, 0);

  g_assert_cmpuint (tb_parts_add_instrument (parts, "p"), ==, 3);
  g_assert_cmpuint (tb_parts_add_instrument (parts, "q"), ==, 0);
}

static void
test_by (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  const char *const both[] = { "luid", "rij", NULL };
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) by_subject = NULL, by_modifier = NULL, by_visit = NULL;
  TbEvent event = { .kind = TB_KIND_POINT, .until = TB_TIME_NONE };

  tb_event_set_add_visit (set, "een", 60 * TB_SECOND);
  tb_event_set_add_visit (set, "twee", 120 * TB_SECOND);
  add_point (set, 0, "beurt", 1, "Sem", "A");
  add_point (set, 0, "beurt", 2, NULL, "A");
  add_point (set, 1, "beurt", 3, "Sem", "B");
  event.code = code_number (set, "beurt");
  event.modifiers = tb_event_set_modifiers (set, both);
  event.value = 3;
  tb_event_set_add (set, &event);
  event.visit = 1;
  event.value = 4;
  tb_event_set_add (set, &event);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);

  by_subject = tb_budget_new (set, parts, TB_BUDGET_BY_SUBJECT | TB_BUDGET_BY_OBSERVER);
  g_assert_cmpuint (tb_budget_n_rows (by_subject), ==, 4); /* nobody: by nobody, by A; Sem: by A, by B */
  g_assert_cmpuint (tb_budget_row (by_subject, 0)->count, ==, 2);
  g_assert_cmpuint (tb_budget_row (by_subject, 3)->count, ==, 1);
  assert_near (tb_budget_per_minute (tb_budget_row (by_subject, 3)), 1.0 / 3); /* of both lessons */

  by_modifier = tb_budget_new (set, parts, TB_BUDGET_BY_MODIFIER);
  g_assert_cmpuint (tb_budget_n_rows (by_modifier), ==, 3); /* none, luid, rij */
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (tb_budget_row (by_modifier, i)->count, ==, i == 0 ? 3 : 2);
  g_assert_cmpuint (tb_budget_row (by_modifier, 1)->ratings.n, ==, 2);
  assert_near (tb_budget_row (by_modifier, 1)->ratings.mean, 3.5);

  by_visit = tb_budget_new (set, parts, TB_BUDGET_BY_VISIT);
  g_assert_cmpuint (tb_budget_n_rows (by_visit), ==, 2);
  assert_near (tb_budget_per_minute (tb_budget_row (by_visit, 0)), 3);
  assert_near (tb_budget_per_minute (tb_budget_row (by_visit, 1)), 1);
}

static void
test_nothing (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) empty = NULL, budget = NULL;
  const TbBudgetRow *row;
  json_object *json, *share = NULL;

  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  empty = tb_budget_new (set, parts, 0);
  g_assert_cmpuint (tb_budget_n_rows (empty), ==, 0);
  g_clear_pointer (&parts, tb_parts_free);

  /* A lesson of no length, with everything at its one instant. */
  tb_event_set_add_visit (set, NULL, 0);
  add_point (set, 0, "b", 0, NULL, NULL);
  add_point (set, 0, "b", 0, NULL, NULL);
  add_state (set, 0, "s", 0, 0, NULL, NULL);
  add_state (set, 0, "s", 0, NEVER, NULL, NULL);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  tb_parts_add_code (parts, code_number (set, "s"));
  budget = tb_budget_new (set, parts, 0);
  row = tb_budget_find (budget, "p/b", 0);
  g_assert_cmpuint (row->count, ==, 2);
  g_assert_cmpuint (row->gaps.n, ==, 1);
  g_assert_cmpint (row->gaps.sum, ==, 0);
  g_assert_true (isnan (tb_budget_per_minute (row)));
  row = tb_budget_find (budget, "p/s", 0);
  g_assert_cmpuint (row->count, ==, 2);
  g_assert_cmpuint (row->unfinished, ==, 1);
  g_assert_cmpuint (row->lasting.n, ==, 2);
  g_assert_cmpint (row->lasting.max, ==, 0);
  g_assert_true (isnan (tb_budget_share (row)));
  g_assert_cmpuint (tb_budget_find (budget, "p/b", 1)->count, ==, 0);

  json = tb_budget_to_json (budget);
  g_assert_true (json_object_object_get_ex (json_object_array_get_idx (json_object_object_get (json, "rows"), 2),
                                            "share", &share));
  g_assert_null (share);
  json_object_put (json);
}

/* The largest sums stay where they are instead of turning negative. */
static void
test_huge (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL;

  tb_event_set_add_visit (set, NULL, TB_TIME_LIMIT);
  for (guint i = 0; i < 4000; i++)
    add_state (set, 0, "s", 0, NEVER, NULL, NULL);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  budget = tb_budget_new (set, parts, 0);
  g_assert_cmpint (tb_budget_row (budget, 0)->total, ==, G_MAXINT64);
  g_assert_cmpint (tb_budget_row (budget, 0)->covered, ==, TB_TIME_LIMIT);
  g_assert_cmpuint (tb_budget_row (budget, 0)->overlapping, ==, 3999);
}

/* The same by counting instant after instant and pair after pair. */

static gboolean
is_of_row (const TbEventSet *set, const TbEvent *event, const TbBudgetRow *row)
{
  guint n;
  const guint32 *list = tb_event_set_modifier_list (set, event->modifiers, &n);
  gboolean modified = row->modifier == TB_BUDGET_ANY || (row->modifier == 0 && n == 0);

  for (guint i = 0; i < n; i++)
    modified |= list[i] == row->modifier;
  return modified && event->code == row->code && event->kind == row->kind
         && (row->subject == TB_BUDGET_ANY || row->subject == event->subject)
         && (row->observer == TB_BUDGET_ANY || row->observer == event->observer)
         && (row->visit == TB_BUDGET_ANY || row->visit == event->visit);
}

/* Whether the unit of time from TICK on is in the part. */
static gboolean
has_tick (const TbEventSet *set, const TbParts *parts, guint part, guint visit, TbTime tick)
{
  const TbTime length = tb_event_set_visit_length (set, visit);
  TbTime from, to;
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);

  if (tick < 0 || tick >= length)
    return FALSE;
  if (tb_parts_kind (parts, part) == TB_PART_WHOLE)
    return TRUE;
  if (tb_parts_kind (parts, part) == TB_PART_RANGE) {
    tb_parts_range (parts, part, &from, &to);
    return tick >= from && tick < to;
  }
  for (guint i = 0; i < n; i++)
    if (events[i].visit == visit && events[i].kind == TB_KIND_STATE && events[i].code == tb_parts_code (parts, part)
        && events[i].at <= tick && tick < tb_event_set_end (set, &events[i]))
      return TRUE;
  return FALSE;
}

/* The end of the lesson belongs with what is just before it. */
static gboolean
has_instant (const TbEventSet *set, const TbParts *parts, guint part, guint visit, TbTime time)
{
  const TbTime length = tb_event_set_visit_length (set, visit);

  if (length == 0)
    return tb_parts_length (parts, part, visit) == 0 && tb_parts_stretch (parts, part, visit, 0) == 0;
  return has_tick (set, parts, part, visit, time >= length ? length - 1 : MAX (time, 0));
}

static void
check_row (const TbEventSet *set, const TbParts *parts, const TbBudgetRow *row)
{
  guint count = 0, unfinished = 0, outside = 0, overlapping = 0, n_gaps = 0, n;
  TbTime of = 0, total = 0, covered = 0, lasting = 0, gaps = 0;
  const TbEvent *events = tb_event_set_events (set, &n);

  for (guint visit = 0; visit < tb_event_set_n_visits (set); visit++) {
    const TbTime length = tb_event_set_visit_length (set, visit);

    if (row->visit != TB_BUDGET_ANY && row->visit != visit)
      continue;
    for (TbTime tick = 0; tick < length; tick++) {
      guint running = 0;

      if (!has_tick (set, parts, row->part, visit, tick))
        continue;
      of++;
      for (guint i = 0; i < n; i++)
        running += events[i].visit == visit && events[i].kind == TB_KIND_STATE && is_of_row (set, &events[i], row)
                   && events[i].at <= tick && tick < tb_event_set_end (set, &events[i]);
      total += running;
      covered += running > 0;
    }
  }
  for (guint i = 0; i < n; i++) {
    const TbEvent *event = &events[i];
    const TbTime length = tb_event_set_visit_length (set, event->visit);
    const TbTime end = tb_event_set_end (set, event);
    gboolean overlaps = FALSE, first = TRUE, whole = TRUE;
    TbTime latest = 0;

    if (!is_of_row (set, event, row))
      continue;
    for (guint j = 0; j < i; j++) {
      const TbTime other = tb_event_set_end (set, &events[j]);

      overlaps |= event->kind == TB_KIND_STATE && events[j].kind == TB_KIND_STATE && events[j].visit == event->visit
                  && events[j].code == event->code && events[j].subject == event->subject
                  && events[j].observer == event->observer && other > event->at;
      if (events[j].visit == event->visit && is_of_row (set, &events[j], row)) {
        latest = first ? other : MAX (latest, other);
        first = FALSE;
      }
    }
    if (!first && event->at >= latest && has_instant (set, parts, row->part, event->visit, latest)
        && has_instant (set, parts, row->part, event->visit, event->at)) {
      for (TbTime tick = CLAMP (latest, 0, length); tick < CLAMP (event->at, 0, length); tick++)
        whole &= has_tick (set, parts, row->part, event->visit, tick);
      n_gaps += whole;
      gaps += whole ? CLAMP (event->at, 0, length) - CLAMP (latest, 0, length) : 0;
    }
    if (!has_instant (set, parts, row->part, event->visit, event->at))
      continue;
    count++;
    unfinished += event->kind == TB_KIND_STATE && event->until == TB_TIME_NONE;
    outside += event->at < 0 || event->at > length || (event->until != TB_TIME_NONE && event->until > length);
    overlapping += overlaps;
    if (event->kind == TB_KIND_STATE)
      lasting += CLAMP (end, 0, length) - CLAMP (event->at, 0, length);
  }
  g_assert_cmpuint (row->count, ==, count);
  g_assert_cmpuint (row->unfinished, ==, unfinished);
  g_assert_cmpuint (row->outside, ==, outside);
  g_assert_cmpuint (row->overlapping, ==, overlapping);
  g_assert_cmpint (row->of, ==, of);
  g_assert_cmpint (row->total, ==, total);
  g_assert_cmpint (row->covered, ==, covered);
  g_assert_cmpint (row->lasting.sum, ==, lasting);
  g_assert_cmpuint (row->lasting.n, ==, row->kind == TB_KIND_STATE ? count : 0);
  g_assert_cmpuint (row->gaps.n, ==, n_gaps);
  g_assert_cmpint (row->gaps.sum, ==, gaps);
}

static void
test_random (void)
{
  for (guint round = 0; round < 400; round++) {
    g_autoptr (TbEventSet) set = random_events (30);
    g_autoptr (TbParts) parts = tb_parts_new (set);
    g_autoptr (TbBudget) budget = NULL;
    const TbTime from = g_test_rand_int_range (-2, 20);
    guint rows;

    tb_parts_add_range (parts, from, from + g_test_rand_int_range (1, 20));
    tb_parts_add_code (parts, 1);
    budget = tb_budget_new (set, parts, g_test_rand_int_range (0, 16));
    rows = tb_budget_n_rows (budget);
    for (guint i = 0; i < rows; i++)
      check_row (set, parts, tb_budget_row (budget, i));
  }
}

/* Parts that make up the lesson add up to it. */
static void
test_parts_add_up (void)
{
  for (guint round = 0; round < 300; round++) {
    g_autoptr (TbEventSet) set = random_events (40);
    g_autoptr (TbParts) parts = tb_parts_new (set);
    g_autoptr (TbBudget) budget = NULL;
    TbTime from = 0;

    for (guint i = 0; i < 3; i++) {
      const TbTime to = i == 2 ? 1000 : from + g_test_rand_int_range (1, 12);

      tb_parts_add_range (parts, from, to);
      from = to;
    }
    budget = tb_budget_new (set, parts, TB_BUDGET_BY_OBSERVER);
    for (guint i = 0; i < tb_budget_n_rows (budget); i += 4) {
      const TbBudgetRow *whole = tb_budget_row (budget, i);
      TbBudgetRow sum = { 0 };

      for (guint p = 1; p <= 3; p++) {
        const TbBudgetRow *part = tb_budget_row (budget, i + p);

        sum.of += part->of;
        sum.count += part->count;
        sum.outside += part->outside;
        sum.unfinished += part->unfinished;
        sum.overlapping += part->overlapping;
        sum.total += part->total;
        sum.covered += part->covered;
        sum.lasting.sum += part->lasting.sum;
        sum.ratings.n += part->ratings.n;
      }
      g_assert_cmpint (sum.of, ==, whole->of);
      g_assert_cmpuint (sum.count, ==, whole->count);
      g_assert_cmpuint (sum.outside, ==, whole->outside);
      g_assert_cmpuint (sum.unfinished, ==, whole->unfinished);
      g_assert_cmpuint (sum.overlapping, ==, whole->overlapping);
      g_assert_cmpint (sum.total, ==, whole->total);
      g_assert_cmpint (sum.covered, ==, whole->covered);
      g_assert_cmpint (sum.lasting.sum, ==, whole->lasting.sum);
      g_assert_cmpuint (sum.ratings.n, ==, whole->ratings.n);
    }
  }
}

static void
test_spread (void)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (TbTime));
  TbTime values[] = { 5 * TB_SECOND, 1 * TB_SECOND, 2 * TB_SECOND, 9 * TB_SECOND };
  TbSpread spread = tb_spread_of (times);

  g_assert_true (isnan (tb_spread_mean (&spread)) && isnan (tb_spread_median (&spread)));
  g_array_append_vals (times, values, 4);
  spread = tb_spread_of (times);
  assert_near (tb_spread_mean (&spread), 4.25);
  assert_near (tb_spread_median (&spread), 3.5);
  g_array_set_size (times, 3); /* 1, 2, 5: it was sorted */
  spread = tb_spread_of (times);
  assert_near (tb_spread_median (&spread), 2);
  assert_seconds (spread.max, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/budget/spread", test_spread);
  g_test_add_func ("/budget/lesson", test_lesson);
  g_test_add_func ("/budget/parts", test_parts);
  g_test_add_func ("/budget/by", test_by);
  g_test_add_func ("/budget/nothing", test_nothing);
  g_test_add_func ("/budget/huge", test_huge);
  g_test_add_func ("/budget/random", test_random);
  g_test_add_func ("/budget/parts-add-up", test_parts_add_up);
  return g_test_run ();
}
