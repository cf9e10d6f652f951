#include "observe/figures.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "event-tools.h"
#include "observe/concordance.h"
#include "observe/details.h"
#include "observe/exclusive.h"
#include "observe/interval.h"

#define assert_near(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-12)

static void
add_kind (TbEventSet *set, guint visit, const char *code, TbKind kind, gint64 at, double value, const char *subject,
          const char *observer)
{
  const TbEvent event = {
    .visit = visit,
    .code = tb_event_set_intern_code (set, "p", code),
    .subject = tb_event_set_intern (set, TB_NAME_SUBJECT, subject),
    .observer = tb_event_set_intern (set, TB_NAME_OBSERVER, observer),
    .kind = kind,
    .at = at * TB_SECOND,
    .until = TB_TIME_NONE,
    .value = value,
  };

  tb_event_set_add (set, &event);
}

static void
seen (TbEventSet *set, const char *code, gint64 at, const char *observer)
{
  add_kind (set, 0, code, TB_KIND_INTERVAL, at, NAN, NULL, observer);
}

static void
sample (TbEventSet *set, const char *code, const char *sampling, gint64 every, TbSamplingRule rule)
{
  const TbSamplingFacts facts = { every * TB_SECOND, rule };

  tb_event_set_describe (set, code, NULL, NULL, NULL, 0, sampling, &facts);
}

/* A lesson of 95 s, every 10 s: partial at 0 … 90 (ten, the last is cut), momentary at 10 … 90 (nine). */
static void
test_places (void)
{
  const TbSamplingFacts partial = { 10 * TB_SECOND, TB_SAMPLING_PARTIAL };
  const TbSamplingFacts momentary = { 10 * TB_SECOND, TB_SAMPLING_MOMENTARY };
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;

  tb_event_set_add_visit (set, "les", 95 * TB_SECOND);
  tb_event_set_add_visit (set, "rond", 90 * TB_SECOND);
  tb_event_set_add_visit (set, "leeg", 0);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  tb_parts_add_named_range (parts, "begin", 0, 30 * TB_SECOND);
  tb_parts_add_range (parts, 30 * TB_SECOND, 95 * TB_SECOND);
  g_assert_cmpuint (tb_interval_n_asked (parts, 0, 0, &partial), ==, 10);
  g_assert_cmpuint (tb_interval_n_asked (parts, 0, 0, &momentary), ==, 9);
  g_assert_cmpuint (tb_interval_n_asked (parts, 0, 1, &partial), ==, 9);
  g_assert_cmpuint (tb_interval_n_asked (parts, 0, 1, &momentary), ==, 9);
  g_assert_cmpuint (tb_interval_n_asked (parts, 0, 2, &partial), ==, 0);
  g_assert_cmpuint (tb_interval_n_asked (parts, 0, 2, &momentary), ==, 0);
  g_assert_cmpuint (tb_interval_n_asked (parts, 1, 0, &partial), ==, 3);   /* 0, 10, 20 */
  g_assert_cmpuint (tb_interval_n_asked (parts, 1, 0, &momentary), ==, 2); /* 10, 20 */
  g_assert_cmpuint (tb_interval_n_asked (parts, 2, 0, &partial), ==, 7);
  g_assert_cmpuint (tb_interval_n_asked (parts, 2, 0, &momentary), ==, 7);
  g_assert_cmpint (tb_interval_place (&partial, 19 * TB_SECOND), ==, 1);
  g_assert_cmpint (tb_interval_place (&momentary, 19 * TB_SECOND), ==, 2);
  g_assert_false (tb_interval_is_asked (&momentary, 0, 95 * TB_SECOND));
  g_assert_true (tb_interval_is_asked (&momentary, 9, 95 * TB_SECOND));
  g_assert_false (tb_interval_is_asked (&momentary, 10, 95 * TB_SECOND));
  g_assert_true (tb_interval_is_asked (&partial, 9, 95 * TB_SECOND));
  g_assert_false (tb_interval_is_asked (&partial, 9, 90 * TB_SECOND));
  for (guint i = 0; i < 200; i++) {
    /* What is counted is what is asked, one by one. */
    g_autoptr (TbEventSet) one = tb_event_set_new ();
    g_autoptr (TbParts) whole = NULL;
    const TbTime length = g_test_rand_int_range (0, 40);
    const TbSamplingFacts any = { g_test_rand_int_range (1, 8),
                                  g_test_rand_bit () ? TB_SAMPLING_PARTIAL : TB_SAMPLING_MOMENTARY };
    const TbTime cut = g_test_rand_int_range (1, 40);
    guint n[2] = { 0, 0 };

    tb_event_set_add_visit (one, NULL, length);
    tb_event_set_sort (one);
    whole = tb_parts_new (one);
    tb_parts_add_range (whole, 0, cut);
    for (gint64 place = 0; place < 60; place++)
      for (guint part = 0; part < 2; part++)
        n[part] += tb_interval_is_asked (&any, place, length) && place * any.every <= length
                   && tb_parts_stretch (whole, part, 0, place * any.every) >= 0;
    g_assert_cmpuint (tb_interval_n_asked (whole, 0, 0, &any), ==, n[0]);
    g_assert_cmpuint (tb_interval_n_asked (whole, 1, 0, &any), ==, n[1]);
  }
}

static void
test_intervals (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL, by_observer = NULL;
  const TbBudgetRow *row;

  tb_event_set_add_visit (set, "les", 95 * TB_SECOND);
  tb_event_set_add_visit (set, "zonder", 95 * TB_SECOND); /* nobody sampled there: not asked */
  sample (set, "p/taak", "p/beeld", 10, TB_SAMPLING_MOMENTARY);
  sample (set, "p/niet", "p/beeld", 10, TB_SAMPLING_MOMENTARY);
  seen (set, "taak", 10, "A");
  seen (set, "taak", 20, "A");
  seen (set, "taak", 20, "A"); /* the same once more */
  seen (set, "niet", 30, "A");
  seen (set, "niet", 20, "A");
  seen (set, "taak", 100, "A"); /* after the end */
  seen (set, "taak", 90, "B");
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  tb_parts_add_range (parts, 0, 20 * TB_SECOND);
  budget = tb_budget_new (set, parts, 0);
  row = tb_budget_find (budget, "p/taak", 0);
  g_assert_cmpuint (row->count, ==, 5);
  g_assert_cmpuint (row->outside, ==, 1);
  g_assert_cmpuint (row->intervals.seen, ==, 3);
  g_assert_cmpuint (row->intervals.asked, ==, 18);   /* nine of each */
  g_assert_cmpuint (row->intervals.answered, ==, 4); /* A: 10, 20, 30; B: 90 */
  assert_near (tb_budget_share_of_asked (row), 3. / 18);
  assert_near (tb_budget_share_of_answered (row), 3. / 4);
  g_assert_cmpint (row->total, ==, 0);
  g_assert_cmpuint (row->lasting.n, ==, 0);
  g_assert_cmpuint (row->gaps.n, ==, 0);
  g_assert_true (isnan (tb_budget_per_minute (row)));
  row = tb_budget_find (budget, "p/taak", 1);
  g_assert_cmpuint (row->intervals.seen, ==, 1);
  g_assert_cmpuint (row->intervals.asked, ==, 2);
  g_assert_cmpuint (row->intervals.answered, ==, 1);
  by_observer = tb_budget_new (set, parts, TB_BUDGET_BY_OBSERVER);
  row = tb_budget_find (by_observer, "p/taak", 0); /* A's */
  g_assert_cmpuint (row->intervals.seen, ==, 2);
  g_assert_cmpuint (row->intervals.asked, ==, 9);
  g_assert_cmpuint (row->intervals.answered, ==, 3);
}

/* Where the engine puts a tap is where it is counted: at whole places, the first of which is the end of the first
 * interval when momentary, and up to the very end of the lesson. */
static void
settled (TbSamplingRule rule, TbTime length, guint asked)
{
  const TbSampling sampling = { .id = "beeld", .every = 10 * TB_SECOND, .rule = rule };
  const TbCode code = { .id = "taak", .kind = TB_KIND_INTERVAL, .sampling = &sampling };
  const TbSamplingFacts facts = { sampling.every, rule };
  g_autoptr (GPtrArray) observations = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free);
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL;
  const TbBudgetRow *row;

  for (TbTime at = 0; at <= length; at += TB_SECOND / 2) {
    TbObservation *observation = tb_observation_new ("x");
    gint64 place;

    observation->instrument = g_strdup ("p");
    observation->code = g_strdup ("taak");
    observation->kind = TB_KIND_INTERVAL;
    observation->at = at;
    observation->until = TB_TIME_NONE;
    g_ptr_array_add (observations, observation);
    g_assert_true (tb_details_settle (&code, NULL, TRUE, observation, NULL));
    place = tb_interval_place (&facts, observation->at);
    g_assert_cmpint (place * sampling.every, ==, observation->at);
    g_assert_cmpint (place, >=, rule == TB_SAMPLING_MOMENTARY ? 1 : 0);
    g_assert_cmpint (observation->until - observation->at, ==, rule == TB_SAMPLING_MOMENTARY ? 0 : sampling.every);
    g_assert_true (tb_interval_is_asked (&facts, place, length)
                   == (rule == TB_SAMPLING_MOMENTARY ? observation->at <= length : observation->at < length));
  }
  tb_event_set_add_visit (set, "les", length);
  sample (set, "p/taak", "p/beeld", 10, rule);
  tb_event_set_add_observations (set, 0, observations);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  tb_parts_add_range (parts, 0, 10 * TB_SECOND);
  tb_parts_add_range (parts, 10 * TB_SECOND, length);
  budget = tb_budget_new (set, parts, 0);
  row = tb_budget_find (budget, "p/taak", 0);
  g_assert_cmpuint (row->intervals.asked, ==, asked);
  g_assert_cmpuint (row->intervals.answered, ==, asked);
  g_assert_cmpuint (row->intervals.seen, ==, asked);
  /* The parts add up. */
  g_assert_cmpuint (tb_budget_find (budget, "p/taak", 1)->intervals.seen
                        + tb_budget_find (budget, "p/taak", 2)->intervals.seen, ==, asked);
  g_assert_cmpuint (tb_budget_find (budget, "p/taak", 1)->intervals.asked
                        + tb_budget_find (budget, "p/taak", 2)->intervals.asked, ==, asked);
}

static void
test_settled (void)
{
  settled (TB_SAMPLING_MOMENTARY, 60 * TB_SECOND, 6); /* 10 … 60: the last instant is the end */
  settled (TB_SAMPLING_MOMENTARY, 64 * TB_SECOND, 6);
  settled (TB_SAMPLING_MOMENTARY, 60 * TB_SECOND - 1, 5);
  settled (TB_SAMPLING_PARTIAL, 60 * TB_SECOND, 6);
  settled (TB_SAMPLING_PARTIAL, 60 * TB_SECOND + 1, 7);
  settled (TB_SAMPLING_WHOLE, 64 * TB_SECOND, 7);
}

static void
test_ratings (void)
{
  static const double steps[] = { 1, 2, 4 };
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL;
  g_autoptr (json_object) json = NULL;
  g_autofree char *text = NULL;
  const TbBudgetRow *row;

  tb_event_set_add_visit (set, "les", 60 * TB_SECOND);
  tb_event_set_describe (set, "p/doel", NULL, "p/vier", steps, 3, NULL, NULL);
  add_kind (set, 0, "doel", TB_KIND_RATING, 0, 4, "a", "A");
  add_kind (set, 0, "doel", TB_KIND_RATING, 0, 1, "b", "A");
  add_kind (set, 0, "doel", TB_KIND_RATING, 5, 4, "c", "A");
  add_kind (set, 0, "doel", TB_KIND_RATING, 9, NAN, "d", "A");
  add_kind (set, 0, "sfeer", TB_KIND_RATING, 9, NAN, NULL, "A");
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  budget = tb_budget_new (set, parts, 0);
  row = tb_budget_find (budget, "p/doel", 0);
  g_assert_cmpuint (row->count, ==, 4);
  g_assert_cmpuint (row->ratings.n, ==, 3);
  g_assert_cmpuint (row->ratings.not_applicable, ==, 1);
  assert_near (row->ratings.mean, 3);
  assert_near (row->ratings.median, 4);
  g_assert_cmpuint (row->ratings.steps[0], ==, 1);
  g_assert_cmpuint (row->ratings.steps[1], ==, 0);
  g_assert_cmpuint (row->ratings.steps[2], ==, 2);
  g_assert_cmpuint (row->gaps.n, ==, 0);
  row = tb_budget_find (budget, "p/sfeer", 0);
  g_assert_cmpuint (row->ratings.n, ==, 0);
  g_assert_cmpuint (row->ratings.not_applicable, ==, 1);
  json = tb_budget_to_json (budget);
  text = tb_json_to_text (json);
  g_assert_nonnull (strstr (text, "\"not_applicable\":1,\"scale\":\"p/vier\",\"steps\":[{\"value\":1.0,\"count\":1}"));
  g_assert_nonnull (strstr (text, "\"n\":0,\"mean\":null"));
}

static void
test_exclusive (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (GArray) together = NULL;
  const TbTogether *one;
  const TbEvent *events;
  guint n;

  tb_event_set_add_visit (set, "les", 100 * TB_SECOND);
  for (guint i = 0; i < 3; i++) {
    const char *codes[] = { "p/uitleg", "p/werken", "p/pauze" };

    tb_event_set_describe (set, codes[i], "p/fase", NULL, NULL, 0, NULL, NULL);
  }
  add_state (set, 0, "uitleg", 0, 30, NULL, "A");
  add_state (set, 0, "werken", 20, 50, NULL, "A"); /* 10 s with uitleg */
  add_state (set, 0, "pauze", 50, 60, NULL, "A");  /* begins where the other ends */
  add_state (set, 0, "pauze", 55, 70, NULL, "A");  /* of its own code: no matter of the group */
  add_state (set, 0, "uitleg", 55, 58, NULL, "B"); /* somebody else's */
  add_state (set, 0, "uitleg", 57, 59, "x", "A");  /* of somebody else */
  add_state (set, 0, "vrij", 0, 100, NULL, "A");   /* of no group */
  add_state (set, 0, "werken", 65, NEVER, NULL, "A"); /* 5 s with the second pauze */
  tb_event_set_sort (set);
  together = tb_exclusive_find (set);
  events = tb_event_set_events (set, &n);
  g_assert_cmpuint (together->len, ==, 2);
  one = &g_array_index (together, TbTogether, 0);
  g_assert_cmpint (one->from, ==, 20 * TB_SECOND);
  g_assert_cmpint (one->to, ==, 30 * TB_SECOND);
  g_assert_cmpuint (events[one->running].code, ==, code_number (set, "uitleg"));
  one = &g_array_index (together, TbTogether, 1);
  g_assert_cmpint (one->from, ==, 65 * TB_SECOND);
  g_assert_cmpint (one->to, ==, 70 * TB_SECOND);
}

static TbObservation *
observe (const char *code, TbKind kind, gint64 at)
{
  TbObservation *observation = tb_observation_new ("x");

  g_free (observation->observer);
  observation->instrument = g_strdup ("p");
  observation->code = g_strdup (code);
  observation->observer = g_strdup ("A");
  observation->kind = kind;
  observation->at = at * TB_SECOND;
  observation->until = TB_TIME_NONE;
  observation->rating = TB_RATING_NONE;
  return observation;
}

/* What an observation says becomes what an event says. */
static void
test_observations (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (GPtrArray) observations = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free);
  g_autoptr (json_object) renamed = NULL;
  TbObservation *observation;
  const TbEvent *events;
  const guint32 *modifiers;
  guint n;

  tb_event_set_add_visit (set, "les", 100 * TB_SECOND);
  tb_event_set_rename (set, 0, "p/oud", "p/nieuw");
  tb_event_set_rename (set, 0, "p/nooit", "p/anders");
  g_ptr_array_add (observations, observation = observe ("oud", TB_KIND_POINT, 1));
  observation->modifiers = g_strdup ("{\"hoe\":[\"luid\",\"zacht\"],\"wie\":\"rij 2\",\"n\":2.5,\"los\":null}");
  g_ptr_array_add (observations, observation = observe ("doel", TB_KIND_RATING, 2));
  observation->rating = -3;
  g_ptr_array_add (observations, observe ("doel", TB_KIND_RATING, 3));
  g_ptr_array_add (observations, observation = observe ("taak", TB_KIND_INTERVAL, 4));
  observation->until = 14 * TB_SECOND;
  g_ptr_array_add (observations, observation = observe ("taak", TB_KIND_POINT, 5));
  observation->modifiers = g_strdup ("[broken");
  tb_event_set_add_observations (set, 0, observations);
  tb_event_set_sort (set);
  events = tb_event_set_events (set, &n);
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_CODE, events[0].code), ==, "p/nieuw");
  modifiers = tb_event_set_modifier_list (set, events[0].modifiers, &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_MODIFIER, modifiers[0]), ==, "hoe=luid");
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_MODIFIER, modifiers[3]), ==, "n=2.5");
  g_assert_cmpfloat (events[1].value, ==, -3);
  g_assert_true (isnan (events[2].value));
  g_assert_cmpint (events[3].kind, ==, TB_KIND_INTERVAL);
  g_assert_cmpint (events[3].until, ==, TB_TIME_NONE);
  g_assert_cmpint (tb_event_set_end (set, &events[3]), ==, 4 * TB_SECOND);
  g_assert_cmpuint (events[4].modifiers, ==, 0);
  renamed = tb_event_set_renamed_to_json (set);
  g_assert_cmpuint (json_object_array_length (renamed), ==, 1);
}

static TbConcordance *
compare (TbEventSet *set, TbMethod method, guint n_observers, const char *name)
{
  const guint observers[] = { tb_event_set_find (set, TB_NAME_OBSERVER, "A"),
                              tb_event_set_find (set, TB_NAME_OBSERVER, "B"),
                              tb_event_set_find (set, TB_NAME_OBSERVER, "C") };
  TbConcordanceQuestion question = { .method = method,
                                     .observers = observers,
                                     .n_observers = n_observers,
                                     .tolerance = 2 * TB_SECOND,
                                     .bootstrap = { 100, 1, 0.95 } };
  g_autoptr (GError) error = NULL;
  TbConcordance *concordance;

  tb_event_set_sort (set);
  g_assert_true (tb_concordance_choose (set, &question, name, &error));
  concordance = tb_concordance_new (set, &question, &error);
  g_assert_no_error (error);
  return concordance;
}

static double
figure (const TbConcordance *concordance, const char *id)
{
  const TbEstimate *estimate = tb_concordance_find (concordance, id);

  g_assert_nonnull (estimate);
  return estimate->value;
}

/* Ten intervals of 10 s. A answers 1 to 8, B 1 to 7 and 9: seven by both.
 *
 *            1     2     3     4     5     6     7     8   9
 *   A        t     t     t     n     n     t+n   t     t
 *   B        t     t     n     n     n     t+n   n         t
 *
 * The same in 1, 2, 4, 5, 6: 5 of 7. A: t 4, n 2, tn 1; B: t 2, n 4, tn 1: chance (8 + 8 + 1) / 49. */
static void
test_compare_intervals (void)
{
  static const char *const a[] = { "t", "t", "t", "n", "n", "tn", "t", "t", "" };
  static const char *const b[] = { "t", "t", "n", "n", "n", "tn", "n", "", "t" };
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbConcordance) concordance = NULL, events = NULL;
  const TbCodeConcordance *codes;

  tb_event_set_add_visit (set, "les", 100 * TB_SECOND);
  sample (set, "p/t", "p/beeld", 10, TB_SAMPLING_MOMENTARY);
  sample (set, "p/n", "p/beeld", 10, TB_SAMPLING_MOMENTARY);
  for (guint i = 0; i < G_N_ELEMENTS (a); i++) {
    for (const char *c = a[i]; *c != '\0'; c++)
      seen (set, *c == 't' ? "t" : "n", 10 * (i + 1), "A");
    for (const char *c = b[i]; *c != '\0'; c++)
      seen (set, *c == 't' ? "t" : "n", 10 * (i + 1), "B");
  }
  seen (set, "t", 500, "A"); /* after the lesson */
  add_point (set, 0, "beurt", 10, NULL, "A");
  concordance = compare (set, TB_METHOD_INTERVAL, 2, NULL);
  g_assert_cmpuint (concordance->n_asked, ==, 10);
  g_assert_cmpuint (concordance->n_answered, ==, 7);
  g_assert_cmpuint (concordance->n_left_out, ==, 1);
  assert_near (figure (concordance, "percent"), 5. / 7);
  assert_near (figure (concordance, "kappa"), (5. / 7 - 17. / 49) / (1 - 17. / 49));
  codes = (const TbCodeConcordance *) (const void *) concordance->codes->data;
  g_assert_cmpuint (concordance->codes->len, ==, 2);
  g_assert_cmpfloat (codes[0].any, ==, 5); /* t: 1, 2, 3, 6, 7 */
  g_assert_cmpfloat (codes[0].all, ==, 3);
  g_assert_cmpfloat (concordance->amounts[0], ==, 5);
  g_assert_cmpfloat (concordance->amounts[1], ==, 3);
  /* Seen or not: both 3, neither 2, only A 2 of 7: po 5/7; pe (5 × 3 + 2 × 4) / 49. */
  assert_near (codes[0].estimate.value, (5. / 7 - 23. / 49) / (1 - 23. / 49));
  events = compare (set, TB_METHOD_EVENT, 2, NULL);
  g_assert_cmpuint (events->n_events[0], ==, 1);
  g_assert_cmpuint (events->n_left_out, ==, 9 + 1 + 9);
}

/* Three who answer alike agree wholly; the figures of two are not there. */
static void
test_compare_three (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbConcordance) concordance = NULL;

  tb_event_set_add_visit (set, "les", 60 * TB_SECOND);
  sample (set, "p/t", "p/beeld", 10, TB_SAMPLING_PARTIAL);
  sample (set, "p/n", "p/beeld", 10, TB_SAMPLING_PARTIAL);
  for (guint o = 0; o < 3; o++)
    for (guint i = 0; i < 6; i++)
      seen (set, i % 2 == 0 ? "t" : "n", 10 * i, (const char *[]){ "A", "B", "C" }[o]);
  concordance = compare (set, TB_METHOD_INTERVAL, 3, "beeld");
  g_assert_null (tb_concordance_find (concordance, "kappa"));
  assert_near (figure (concordance, "fleiss"), 1);
  assert_near (figure (concordance, "alpha-nominal"), 1);
  g_assert_cmpuint (concordance->n_answered, ==, 6);
}

/* The scale is the kijkwijzer's. A: 1 2 4, B: 1 4 4 on 1, 2, 3, 4: the points 2 and 4 are two steps apart, though nobody
 * gave 3. Linear: observed 2; chance, of rows 1 1 0 1 and columns 1 0 0 2: (0 + 3·2 + 1 + 2·2 + 3 + 0·2) / 3 = 14/3. */
static void
test_compare_ratings (void)
{
  static const double steps[] = { 1, 2, 3, 4 }, other[] = { 0, 1 };
  const double a[] = { 1, 2, 4 }, b[] = { 1, 4, 4 };
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (TbConcordance) concordance = NULL, second = NULL;
  TbConcordanceQuestion wrong = { .method = TB_METHOD_RATING };
  g_autoptr (GError) error = NULL;

  tb_event_set_add_visit (set, "les", 60 * TB_SECOND);
  for (guint i = 0; i < 3; i++) {
    g_autofree char *code = g_strdup_printf ("i%u", i);
    g_autofree char *name = g_strconcat ("p/", code, NULL);

    tb_event_set_describe (set, name, NULL, "p/vier", steps, 4, NULL, NULL);
    add_kind (set, 0, code, TB_KIND_RATING, 0, a[i], NULL, "A");
    add_kind (set, 0, code, TB_KIND_RATING, 0, b[i], NULL, "B");
  }
  tb_event_set_describe (set, "p/wel", NULL, "p/twee", other, 2, NULL, NULL);
  add_kind (set, 0, "wel", TB_KIND_RATING, 0, 1, NULL, "A");
  add_kind (set, 0, "wel", TB_KIND_RATING, 0, 1, NULL, "B");
  tb_event_set_describe (set, "p/i3", NULL, "p/vier", steps, 4, NULL, NULL);
  add_kind (set, 0, "i3", TB_KIND_RATING, 0, NAN, NULL, "A");
  concordance = compare (set, TB_METHOD_RATING, 2, NULL);
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_SCALE, concordance->scale), ==, "p/vier");
  g_assert_cmpuint (concordance->n_left_out, ==, 2);
  g_assert_cmpuint (concordance->n_not_applicable, ==, 1);
  assert_near (figure (concordance, "percent"), 2. / 3);
  assert_near (figure (concordance, "percent-within-one"), 2. / 3);
  assert_near (figure (concordance, "kappa-linear"), 1 - 2 / (14. / 3));
  second = compare (set, TB_METHOD_RATING, 2, "twee");
  assert_near (figure (second, "percent"), 1);
  g_assert_cmpuint (second->n_not_applicable, ==, 0); /* the one there is is of the other scale */
  g_assert_false (tb_concordance_choose (set, &wrong, "nergens", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

/* What nobody saw has no number, and nothing is known of it. */
static void
test_unseen (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  TbCodeFacts facts;

  sample (set, "p/taak", "p/beeld", 10, TB_SAMPLING_MOMENTARY);
  g_assert_cmpuint (code_number (set, "taak"), ==, 0);
  facts = tb_event_set_code_facts (set, 0);
  g_assert_cmpuint (facts.sampling, ==, 0);
  g_assert_cmpuint (facts.scale, ==, 0);
  g_assert_cmpuint (facts.group, ==, 0);
}

/* Two who saw the same lesson: what one saw is not held against what the other saw. */
static void
test_latency_of_each (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  const char *const words[] = { "vraag", "antwoord", "vraag", "vraag", NULL };
  TbFiguresQuestion question = { .latencies = words };
  const TbLatency *latency;

  tb_event_set_add_visit (set, "les", 200 * TB_SECOND);
  add_point (set, 0, "vraag", 100, NULL, "A");
  add_point (set, 0, "antwoord", 120, NULL, "A");
  add_point (set, 0, "vraag", 104, NULL, "B");
  add_point (set, 0, "antwoord", 117, NULL, "B");
  tb_event_set_sort (set);
  for (guint by = 0; by < 2; by++) {
    g_autoptr (TbFigures) figures = NULL;

    question.by = by == 0 ? 0 : TB_BUDGET_BY_OBSERVER;
    figures = tb_figures_new (set, &question, NULL, NULL);
    latency = figures->latencies->pdata[0];
    g_assert_cmpuint (latency->question.same, ==, TB_SAME_OBSERVER);
    g_assert_cmpuint (latency->pairs->len, ==, 2);
    g_assert_cmpint (g_array_index (latency->pairs, TbLatencyPair, 0).latency, ==, 20 * TB_SECOND);
    g_assert_cmpint (g_array_index (latency->pairs, TbLatencyPair, 1).latency, ==, 13 * TB_SECOND);
    latency = figures->latencies->pdata[1];
    g_assert_cmpuint (latency->pairs->len, ==, 0);
    g_assert_cmpuint (latency->unpaired->len, ==, 2);
  }
}

/* A state that one saw says nothing of what another saw; the pace is that of a lesson seen by one. */
static void
test_during_of_each (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  const char *const words[] = { "uitleg", NULL };
  const TbFiguresQuestion question = { .during = words };
  g_autoptr (TbFigures) figures = NULL;
  const TbDuring *during;
  const TbDuringRow *row;

  tb_event_set_add_visit (set, "les", 120 * TB_SECOND);
  add_state (set, 0, "uitleg", 0, 60, NULL, "A");
  add_state (set, 0, "uitleg", 60, 120, NULL, "B");
  add_point (set, 0, "vraag", 10, NULL, "A");
  add_point (set, 0, "vraag", 20, NULL, "A");
  add_point (set, 0, "vraag", 10, NULL, "B");
  add_point (set, 0, "vraag", 120, NULL, "B");
  tb_event_set_sort (set);
  figures = tb_figures_new (set, &question, NULL, NULL);
  during = figures->during->pdata[0];
  row = &g_array_index (during->rows, TbDuringRow, 0);
  g_assert_cmpuint (row->inside, ==, 3);
  g_assert_cmpuint (row->outside, ==, 1);
  g_assert_cmpint (during->covered, ==, 120 * TB_SECOND);
  g_assert_cmpint (during->lesson, ==, 240 * TB_SECOND);
  g_assert_cmpfloat_with_epsilon (tb_during_rate_inside (during, row), 1.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (tb_during_rate_outside (during, row), 0.5, 1e-9);
}

/* Of one observer it is not asked who saw what. */
static void
test_latency_of_one (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  const char *const words[] = { "vraag", "antwoord", NULL };
  const TbFiguresQuestion question = { .latencies = words };
  g_autoptr (TbFigures) figures = NULL;
  const TbLatency *latency;

  tb_event_set_add_visit (set, "les", 60 * TB_SECOND);
  add_point (set, 0, "vraag", 1, NULL, "A");
  add_point (set, 0, "antwoord", 2, NULL, NULL);
  tb_event_set_sort (set);
  figures = tb_figures_new (set, &question, NULL, NULL);
  latency = figures->latencies->pdata[0];
  g_assert_cmpuint (latency->question.same, ==, 0);
  g_assert_cmpuint (latency->pairs->len, ==, 1);
}

/* Two kijkwijzers with a scale "vier": the one of the kijkwijzer that is asked for, else it must be said which. */
static void
test_choose (void)
{
  static const double steps[] = { 1, 2, 3, 4 }, other[] = { 0, 1 };
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  TbConcordanceQuestion question = { .method = TB_METHOD_RATING };
  g_autoptr (GError) error = NULL;

  tb_event_set_add_visit (set, "les", 60 * TB_SECOND);
  tb_event_set_describe (set, "p/doel", NULL, "p/vier", steps, 4, NULL, NULL);
  tb_event_set_describe (set, "q/doel", NULL, "q/vier", other, 2, NULL, NULL);
  tb_event_set_describe (set, "q/sfeer", NULL, "q/twee", other, 2, NULL, NULL);
  tb_event_set_sort (set);
  g_assert_false (tb_concordance_choose (set, &question, "vier", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (tb_concordance_choose (set, &question, "twee", &error));
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_SCALE, question.scale), ==, "q/twee");
  g_assert_true (tb_concordance_choose (set, &question, "q/vier", &error));
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_SCALE, question.scale), ==, "q/vier");
  question.instrument = "q";
  g_assert_true (tb_concordance_choose (set, &question, "vier", &error));
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_SCALE, question.scale), ==, "q/vier");
  question.instrument = "p";
  g_assert_true (tb_concordance_choose (set, &question, "vier", &error));
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_SCALE, question.scale), ==, "p/vier");
  for (guint i = 0; i < 2; i++) {
    g_assert_false (tb_concordance_choose (set, &question, i == 0 ? "twee" : "q/vier", &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
    g_clear_error (&error);
  }
}

/* One word may stand for many parts, and each part counts all latencies anew. */
static void
test_too_much (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (TbFiguresPart));
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  TbFiguresQuestion question = { .parts = parts };
  g_autoptr (TbFigures) fits = NULL;
  g_autoptr (GError) error = NULL;

  tb_event_set_add_visit (set, "les", 600 * TB_SECOND);
  for (guint i = 0; i < 200; i++) {
    add_point (set, 0, "a", i, NULL, "A");
    add_point (set, 0, "b", i, NULL, "A");
  }
  tb_event_set_sort (set);
  for (guint i = 1; i < TB_FIGURES_PARTS_MAX; i++) {
    const TbFiguresPart part = { NULL, 0, i * TB_SECOND };

    g_array_append_val (parts, part);
  }
  fits = tb_figures_new (set, &question, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 40; i++)
    g_ptr_array_add (words, (gpointer) (i % 2 == 0 ? "a" : "b"));
  g_ptr_array_add (words, NULL);
  question.latencies = (const char *const *)words->pdata;
  g_assert_null (tb_figures_new (set, &question, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_LARGE);
  g_clear_error (&error);
  question.latencies = NULL;
  g_array_append_val (parts, g_array_index (parts, TbFiguresPart, 0));
  g_assert_null (tb_figures_new (set, &question, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_LARGE);
}

static void
test_document (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  const char *const latencies[] = { "a", "p/b", NULL }, *const wrong[] = { "zoek", NULL }, *const during[] = { "s", NULL };
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (TbFiguresPart));
  const TbFiguresPart part = { "begin", 0, 10 * TB_SECOND };
  TbFiguresQuestion question = { .parts = parts, .latencies = latencies, .during = during, .transitions = TRUE };
  g_autoptr (TbFigures) figures = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (json_object) json = NULL;
  g_autofree char *name = NULL;

  g_array_append_val (parts, part);
  tb_event_set_add_visit (set, "les", 60 * TB_SECOND);
  add_point (set, 0, "a", 5, NULL, "A");
  add_point (set, 0, "b", 8, NULL, "A");
  add_state (set, 0, "s", 7, 20, NULL, "A");
  tb_event_set_sort (set);
  figures = tb_figures_new (set, &question, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (figures->latencies->len, ==, 2);
  name = tb_parts_name (figures->parts, 1);
  g_assert_cmpstr (name, ==, "begin");
  json = tb_figures_to_json (figures);
  g_assert_cmpuint (json_object_array_length (json_object_object_get (json, "observers")), ==, 1);
  question.during = wrong;
  g_assert_null (tb_figures_new (set, &question, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/places", test_places);
  g_test_add_func ("/figures/intervals", test_intervals);
  g_test_add_func ("/figures/settled", test_settled);
  g_test_add_func ("/figures/ratings", test_ratings);
  g_test_add_func ("/figures/exclusive", test_exclusive);
  g_test_add_func ("/figures/observations", test_observations);
  g_test_add_func ("/figures/compare-intervals", test_compare_intervals);
  g_test_add_func ("/figures/compare-three", test_compare_three);
  g_test_add_func ("/figures/compare-ratings", test_compare_ratings);
  g_test_add_func ("/figures/unseen", test_unseen);
  g_test_add_func ("/figures/latency-of-each", test_latency_of_each);
  g_test_add_func ("/figures/during-of-each", test_during_of_each);
  g_test_add_func ("/figures/latency-of-one", test_latency_of_one);
  g_test_add_func ("/figures/choose", test_choose);
  g_test_add_func ("/figures/too-much", test_too_much);
  g_test_add_func ("/figures/document", test_document);
  return g_test_run ();
}
