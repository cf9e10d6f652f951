#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/concordance.h"

static guint
person (TbEventSet *set, const char *name)
{
  return tb_event_set_intern (set, TB_NAME_OBSERVER, name);
}

/* Seconds; UNTIL below 0 is a point. */
static void
add (TbEventSet *set, const char *name, const char *code, double at, double until)
{
  TbEvent event = { .code = tb_event_set_intern_code (set, "proef", code),
                    .observer = person (set, name),
                    .kind = until < 0 ? TB_KIND_POINT : TB_KIND_STATE,
                    .until = TB_TIME_NONE,
                    .value = NAN };

  g_assert_true (tb_time_from_seconds (at, &event.at));
  if (until >= 0)
    g_assert_true (tb_time_from_seconds (until, &event.until));
  tb_event_set_add (set, &event);
}

static void
score (TbEventSet *set, const char *name, const char *code, double value)
{
  TbEvent event = { .code = tb_event_set_intern_code (set, "proef", code),
                    .observer = person (set, name),
                    .kind = TB_KIND_POINT,
                    .until = TB_TIME_NONE,
                    .value = value };

  tb_event_set_add (set, &event);
}

static TbEventSet *
lesson (double seconds)
{
  TbEventSet *set = tb_event_set_new ();

  tb_event_set_add_visit (set, "les", (TbTime)seconds * TB_SECOND);
  return set;
}

static TbConcordance *
compare (TbEventSet *set, TbMethod method, TbTime tolerance, guint rounds)
{
  static const double four[] = { 1, 2, 3, 4 };
  const guint observers[] = { person (set, "A"), person (set, "B") };
  TbConcordanceQuestion question = { .method = method,
                                     .observers = observers,
                                     .n_observers = 2,
                                     .tolerance = tolerance,
                                     .steps = four,
                                     .n_steps = 4,
                                     .bootstrap = { rounds, 1, 0.95 } };
  g_autoptr (GError) error = NULL;
  TbConcordance *concordance;

  tb_event_set_sort (set);
  concordance = tb_concordance_new (set, &question, &error);
  g_assert_no_error (error);
  return concordance;
}

static void
assert_near (const TbConcordance *concordance, const char *id, double value, double within)
{
  const TbEstimate *estimate = tb_concordance_find (concordance, id);

  g_assert_nonnull (estimate);
  g_assert_cmpint (estimate->why, ==, TB_WHY_DEFINED);
  g_assert_cmpfloat_with_epsilon (estimate->value, value, within);
}

static void
assert_why (const TbConcordance *concordance, const char *id, TbWhy why)
{
  const TbEstimate *estimate = tb_concordance_find (concordance, id);

  g_assert_nonnull (estimate);
  g_assert_cmpstr (tb_why_name (estimate->why), ==, tb_why_name (why));
  g_assert_true (isnan (estimate->value));
}

/* Issue 228 of BORIS: three taps that belong together, which looking every two seconds does not show. */
static void
test_boris (void)
{
  g_autoptr (TbEventSet) set = lesson (300);
  g_autoptr (TbConcordance) events = NULL, two = NULL, three = NULL;
  const double a[] = { 155.105, 169.855, 264.855 }, b[] = { 156.405, 170.852, 264.606 };

  for (guint i = 0; i < 3; i++) {
    add (set, "A", "beurt", a[i], -1);
    add (set, "B", "beurt", b[i], -1);
  }
  events = compare (set, TB_METHOD_EVENT, 2 * TB_SECOND, 100);
  two = compare (set, TB_METHOD_SAMPLED, 2 * TB_SECOND, 100);
  three = compare (set, TB_METHOD_SAMPLED, 3 * TB_SECOND, 100);
  g_assert_cmpuint (events->rows->len, ==, 3);
  assert_near (events, "percent", 1, 1e-12);
  assert_why (events, "kappa-pairs", TB_WHY_ONE_CATEGORY);
  assert_near (two, "kappa", -0.038, 5e-4);
  assert_near (three, "kappa", 1, 1e-12);
}

static void
test_events (void)
{
  g_autoptr (TbEventSet) set = lesson (100);
  g_autoptr (TbConcordance) concordance = NULL;
  const TbConcordanceRow *rows;
  const TbCodeConcordance *codes;

  add (set, "A", "x", 10, -1);
  add (set, "B", "x", 11, -1); /* same */
  add (set, "A", "x", 20, -1);
  add (set, "B", "y", 20, -1); /* wrong code */
  add (set, "A", "y", 30, 40);
  add (set, "B", "y", 31, 90); /* same: by the start */
  add (set, "A", "y", 50, -1); /* missed by B */
  add (set, "B", "x", 70, -1); /* missed by A */
  add (set, "C", "x", 71, -1); /* not asked for */
  concordance = compare (set, TB_METHOD_EVENT, 2 * TB_SECOND, 200);
  rows = (const TbConcordanceRow *)(const void *)concordance->rows->data;
  g_assert_cmpuint (concordance->rows->len, ==, 5);
  g_assert_true (rows[0].same);
  g_assert_false (rows[1].same);
  g_assert_cmpint (rows[1].right->at, ==, 20 * TB_SECOND);
  g_assert_true (rows[2].same);
  g_assert_null (rows[3].right);
  g_assert_null (rows[4].left);
  g_assert_cmpuint (concordance->n_events[0], ==, 4);
  g_assert_cmpuint (concordance->n_events[1], ==, 4);
  assert_near (concordance, "percent", 2. / 5, 1e-12);
  assert_near (concordance, "percent-pairs", 2. / 3, 1e-12);
  /* x 2, y 1 against x 1, y 2: chance gives (2 × 1 + 1 × 2) / 9 */
  assert_near (concordance, "kappa-pairs", (2. / 3 - 4. / 9) / (1 - 4. / 9), 1e-12);
  /* A: x 2, y 2; B: x 2, y 2; 3 pairs: expected (4 + 4) × 3 / 16 of 5 */
  assert_near (concordance, "kappa-events", (2 - 1.5) / (5 - 1.5), 1e-12);
  assert_near (concordance, "alpha-nominal", 1 - 2. * 5 / (36 - 18), 1e-12);
  g_assert_cmpfloat (tb_concordance_find (concordance, "percent")->low, <, 0.4);
  g_assert_cmpfloat (tb_concordance_find (concordance, "percent")->high, >, 0.4);
  g_assert_cmpuint (concordance->n_units, ==, 5);
  codes = (const TbCodeConcordance *)(const void *)concordance->codes->data;
  g_assert_cmpuint (concordance->codes->len, ==, 2);
  g_assert_cmpfloat (codes[0].any, ==, 3);
  g_assert_cmpfloat (codes[0].all, ==, 1);
  g_assert_cmpfloat (concordance->amounts[0], ==, 2);
}

static void
test_subject (void)
{
  g_autoptr (TbEventSet) set = lesson (100);
  const guint observers[] = { person (set, "A"), person (set, "B") };
  TbConcordanceQuestion question = { .method = TB_METHOD_EVENT, .observers = observers, .n_observers = 2 };
  guint code = tb_event_set_intern_code (set, "proef", "x");
  TbEvent event = { .code = code, .kind = TB_KIND_POINT, .until = TB_TIME_NONE, .value = NAN };
  g_autoptr (TbConcordance) plain = NULL, by_subject = NULL;

  for (guint i = 0; i < 2; i++) {
    event.observer = observers[i];
    event.subject = tb_event_set_intern (set, TB_NAME_SUBJECT, i == 0 ? "leraar" : "leerling");
    tb_event_set_add (set, &event);
  }
  tb_event_set_sort (set);
  plain = tb_concordance_new (set, &question, NULL);
  question.by_subject = TRUE;
  by_subject = tb_concordance_new (set, &question, NULL);
  assert_near (plain, "percent", 1, 1e-12);
  assert_near (by_subject, "percent", 0, 1e-12);
  question.method = TB_METHOD_SAMPLED;
  question.tolerance = TB_SECOND;
  {
    g_autoptr (TbConcordance) sampled = tb_concordance_new (set, &question, NULL);

    assert_near (sampled, "percent", 0, 1e-12); /* two subjects, each seen by one */
  }
}

static void
test_sampled (void)
{
  g_autoptr (TbEventSet) set = lesson (100);
  g_autoptr (TbConcordance) concordance = NULL;
  const TbCodeConcordance *codes;

  add (set, "A", "x", 0, 50);
  add (set, "B", "x", 0, 40);
  add (set, "B", "y", 90, 99);
  concordance = compare (set, TB_METHOD_SAMPLED, TB_SECOND, 200);
  /* 100 samples: 0 to 40 both x, 41 to 50 only A, 51 to 89 neither, 90 to 99 only B's y. */
  assert_near (concordance, "percent", 0.8, 1e-12);
  assert_near (concordance, "kappa", (0.8 - (0.51 * 0.41 + 0.49 * 0.49)) / (1 - (0.51 * 0.41 + 0.49 * 0.49)), 1e-12);
  g_assert_cmpuint (concordance->n_units, ==, 20);
  codes = (const TbCodeConcordance *)(const void *)concordance->codes->data;
  g_assert_cmpfloat (codes[0].any, ==, 51);
  g_assert_cmpfloat (codes[0].all, ==, 41);
  g_assert_cmpfloat (codes[1].all, ==, 0);
  g_assert_cmpfloat (codes[1].estimate.value, ==, 0);
}

static void
test_overlap (void)
{
  g_autoptr (TbEventSet) set = lesson (100), alike = lesson (100);
  g_autoptr (TbConcordance) concordance = NULL, perfect = NULL;
  const TbCodeConcordance *codes;

  add (set, "A", "x", 0, 50);
  add (set, "A", "y", 20, 30);
  add (set, "B", "x", 0, 40);
  add (set, "B", "y", 20, 30);
  add (set, "A", "tap", 3, -1);
  concordance = compare (set, TB_METHOD_OVERLAP, 0, 200);
  g_assert_cmpuint (concordance->n_left_out, ==, 1);
  assert_near (concordance, "percent", 0.9, 1e-9);
  codes = (const TbCodeConcordance *)(const void *)concordance->codes->data;
  g_assert_cmpuint (concordance->codes->len, ==, 2);
  g_assert_cmpfloat (codes[0].any, ==, 50);
  g_assert_cmpfloat (codes[0].all, ==, 40);
  g_assert_cmpfloat (codes[1].all, ==, 10);
  g_assert_cmpfloat_with_epsilon (codes[1].estimate.value, 1, 1e-12);
  /* x alone: 90 and 110 s of each, the segments' own 50² + 40² (gaps have none), 20 s apart. */
  g_assert_cmpfloat_with_epsilon (codes[0].estimate.value,
                                  1 - 20. / (200 - ((90. * 90 - 4100) + 110. * 110) * 200 / (40000 - 4100)), 1e-9);
  add (alike, "A", "x", 5, 50);
  add (alike, "B", "x", 5, 50);
  add (alike, "A", "y", 60, 70);
  add (alike, "B", "y", 60, 70);
  perfect = compare (alike, TB_METHOD_OVERLAP, 0, 200);
  assert_near (perfect, "alpha-u", 1, 1e-9);
  assert_near (perfect, "alpha-u-binary", 1, 1e-9);
  assert_near (perfect, "alpha-u-coding", 1, 1e-9);
}

/* How one code cuts up the lesson is the same whoever it was about. */
static void
test_overlap_by_subject (void)
{
  static const struct {
    const char *observer, *subject;
    TbTime from, to;
  } rows[] = { { "A", "s1", 0, 12 }, { "A", "s2", 6, 20 }, { "B", "s1", 4, 14 }, { "B", "s2", 10, 26 } };
  g_autoptr (TbEventSet) set = lesson (40);
  const guint observers[] = { person (set, "A"), person (set, "B") };
  TbConcordanceQuestion question = { .method = TB_METHOD_OVERLAP, .observers = observers, .n_observers = 2 };
  double found[2];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    TbEvent event = { .code = tb_event_set_intern_code (set, "proef", "x"), .kind = TB_KIND_STATE, .value = NAN,
                      .observer = person (set, rows[i].observer),
                      .subject = tb_event_set_intern (set, TB_NAME_SUBJECT, rows[i].subject),
                      .at = rows[i].from * TB_SECOND, .until = rows[i].to * TB_SECOND };

    tb_event_set_add (set, &event);
  }
  tb_event_set_sort (set);
  for (guint by = 0; by < 2; by++) {
    g_autoptr (TbConcordance) concordance = NULL;
    const TbCodeConcordance *code;

    question.by_subject = by;
    concordance = tb_concordance_new (set, &question, NULL);
    code = (const TbCodeConcordance *)(const void *)concordance->codes->data;
    g_assert_cmpfloat (code->any, ==, 26);
    g_assert_cmpfloat (code->all, ==, 16);
    found[by] = code->estimate.value;
  }
  g_assert_cmpfloat_with_epsilon (found[0], 0.568, 5e-4);
  g_assert_cmpfloat_with_epsilon (found[1], found[0], 1e-12);
}

/* Two coaches, eight indicators of four points; the third is not on the scale. */
static void
test_ratings (void)
{
  const double a[] = { 1, 2, 3, 4, 4, 3, 2, 1 }, b[] = { 1, 2, 4, 4, 3, 3, 3, 1 };
  g_autoptr (TbEventSet) set = lesson (100);
  g_autoptr (TbConcordance) concordance = NULL;

  for (guint i = 0; i < 8; i++) {
    g_autofree char *code = g_strdup_printf ("i%u", i);

    score (set, "A", code, a[i]);
    score (set, "B", code, b[i]);
  }
  score (set, "A", "x", 9);
  score (set, "A", "alone", 2);
  add (set, "B", "tap", 3, -1);
  concordance = compare (set, TB_METHOD_RATING, 0, 500);
  g_assert_cmpuint (concordance->n_left_out, ==, 1);
  assert_near (concordance, "percent", 5. / 8, 1e-12);
  assert_near (concordance, "percent-within-one", 1, 1e-12);
  g_assert_cmpuint (concordance->icc.n_units, ==, 8);
  g_assert_cmpuint (concordance->icc.n_left_out, ==, 1);
  assert_why (concordance, "fleiss", TB_WHY_UNEQUAL);
  g_assert_cmpfloat (tb_concordance_find (concordance, "kappa")->value, <,
                     tb_concordance_find (concordance, "kappa-linear")->value);
  g_assert_cmpfloat (tb_concordance_find (concordance, "kappa-linear")->value, <,
                     tb_concordance_find (concordance, "kappa-quadratic")->value);
  for (guint i = 0; i < concordance->figures->len; i++) {
    const TbFigure *figure = &g_array_index (concordance->figures, TbFigure, i);

    if (figure->estimate.why == TB_WHY_DEFINED && figure->estimate.value < 1) {
      g_assert_cmpfloat (figure->estimate.low, <=, figure->estimate.value);
      g_assert_cmpfloat (figure->estimate.high, >=, figure->estimate.value);
    }
  }
}

/* The same scores on a scale from 0 and on one from 1: the weights are of steps, not of points. */
static void
test_shifted (void)
{
  const double a[] = { 1, 2, 3, 4, 4, 1 }, b[] = { 1, 4, 3, 3, 4, 2 };
  static const double scales[][4] = { { 0, 1, 2, 3 }, { 1, 2, 3, 4 } };
  TbConcordanceQuestion question = { .method = TB_METHOD_RATING, .n_observers = 2 };
  double kappas[2];

  for (guint low = 0; low < 2; low++) {
    g_autoptr (TbEventSet) set = lesson (100);
    const guint observers[] = { person (set, "A"), person (set, "B") };
    g_autoptr (TbConcordance) concordance = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (a); i++) {
      g_autofree char *code = g_strdup_printf ("i%u", i);

      score (set, "A", code, a[i] - 1 + low);
      score (set, "B", code, b[i] - 1 + low);
    }
    tb_event_set_sort (set);
    question.observers = observers;
    question.steps = scales[low];
    question.n_steps = 4;
    concordance = tb_concordance_new (set, &question, NULL);
    g_assert_cmpuint (concordance->n_left_out, ==, 0);
    kappas[low] = tb_concordance_find (concordance, "kappa-linear")->value;
  }
  g_assert_cmpfloat (kappas[0], ==, kappas[1]);
  g_assert_cmpfloat (kappas[0], >, 0);
}

static void
test_nothing (void)
{
  g_autoptr (TbEventSet) set = lesson (0);

  person (set, "A");
  person (set, "B");
  for (TbMethod method = TB_METHOD_EVENT; method <= TB_METHOD_INTERVAL; method++) {
    g_autoptr (TbConcordance) concordance = compare (set, method, TB_SECOND, 50);

    g_assert_cmpuint (concordance->rows->len, ==, 0);
    g_assert_cmpuint (concordance->codes->len, ==, 0);
    for (guint i = 0; i < concordance->figures->len; i++)
      g_assert_true (isnan (g_array_index (concordance->figures, TbFigure, i).estimate.value));
  }
}

static void
assert_refused (const TbEventSet *set, const TbConcordanceQuestion *question)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_concordance_new (set, question, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

static void
test_refused (void)
{
  g_autoptr (TbEventSet) set = lesson (10);
  const guint observers[] = { person (set, "A"), person (set, "B"), person (set, "C") };
  TbConcordanceQuestion question = { .method = TB_METHOD_EVENT, .observers = observers, .n_observers = 3 };
  TbMethod method = TB_METHOD_EVENT;

  assert_refused (set, &question);
  question.n_observers = 1;
  assert_refused (set, &question);
  question.n_observers = 2;
  question.tolerance = -1;
  assert_refused (set, &question);
  question.tolerance = TB_TOLERANCE_MAX + 1;
  assert_refused (set, &question);
  question.method = TB_METHOD_SAMPLED;
  question.tolerance = 0;
  assert_refused (set, &question);
  question.method = TB_METHOD_RATING;
  for (guint i = 0; i < 4; i++) {
    const double scales[][2] = { { 1, 1 }, { 4, 1 }, { 1, NAN }, { 1, 2 } };

    question.steps = scales[i];
    question.n_steps = i == 3 ? 1 : 2;
    assert_refused (set, &question);
  }
  g_assert_false (tb_method_from_name ("guess", &method));
  g_assert_true (tb_method_from_name ("overlap", &method));
  g_assert_cmpint (method, ==, TB_METHOD_OVERLAP);
}

/* Three observers: the figures of two are not there. */
static void
test_three (void)
{
  g_autoptr (TbEventSet) set = lesson (60);
  const guint observers[] = { person (set, "A"), person (set, "B"), person (set, "C") };
  TbConcordanceQuestion question = { .method = TB_METHOD_SAMPLED,
                                     .observers = observers,
                                     .n_observers = 3,
                                     .tolerance = TB_SECOND,
                                     .bootstrap = { 50, 1, 0.95 } };
  g_autoptr (TbConcordance) sampled = NULL, overlap = NULL;

  add (set, "A", "x", 0, 30);
  add (set, "B", "x", 0, 30);
  add (set, "C", "x", 0, 20);
  add (set, "C", "y", 40, 59);
  tb_event_set_sort (set);
  sampled = tb_concordance_new (set, &question, NULL);
  question.method = TB_METHOD_OVERLAP;
  overlap = tb_concordance_new (set, &question, NULL);
  g_assert_null (tb_concordance_find (sampled, "kappa"));
  g_assert_cmpint (tb_concordance_find (sampled, "fleiss")->why, ==, TB_WHY_DEFINED);
  /* 30 s in which one of three differs, of 60: each such moment two thirds of the pairs. */
  assert_near (overlap, "percent", 1 - (10. + 19) / 60 * 2 / 3, 1e-9);
}

static void
test_json (void)
{
  g_autoptr (TbEventSet) set = lesson (100);
  g_autoptr (TbConcordance) concordance = NULL;
  g_autoptr (json_object) object = NULL;
  g_autofree char *text = NULL;

  add (set, "A", "x", 10, -1);
  add (set, "B", "x", 11, -1);
  add (set, "B", "x", 50, -1);
  concordance = compare (set, TB_METHOD_EVENT, 2 * TB_SECOND, 0);
  object = tb_concordance_to_json (concordance, set, NULL);
  text = tb_json_to_text (object);
  g_assert_nonnull (strstr (text, "\"kappa-pairs\",\"value\":null,\"why\":\"one-category\""));
  g_assert_nonnull (strstr (text, "\"result\":\"missed\""));
  g_assert_nonnull (strstr (text, "\"distance\":1.0"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/concordance/boris", test_boris);
  g_test_add_func ("/concordance/events", test_events);
  g_test_add_func ("/concordance/subject", test_subject);
  g_test_add_func ("/concordance/sampled", test_sampled);
  g_test_add_func ("/concordance/overlap", test_overlap);
  g_test_add_func ("/concordance/overlap-by-subject", test_overlap_by_subject);
  g_test_add_func ("/concordance/ratings", test_ratings);
  g_test_add_func ("/concordance/shifted", test_shifted);
  g_test_add_func ("/concordance/nothing", test_nothing);
  g_test_add_func ("/concordance/refused", test_refused);
  g_test_add_func ("/concordance/three", test_three);
  g_test_add_func ("/concordance/json", test_json);
  return g_test_run ();
}
