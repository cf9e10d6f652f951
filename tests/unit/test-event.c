#include "observe/event.h"

#include <math.h>

static void
add (GPtrArray *observations, const char *code, TbKind kind, gint64 at, gint64 until, const char *observer)
{
  TbObservation *observation = tb_observation_new ("x");

  g_free (observation->instrument);
  observation->instrument = code != NULL ? g_strdup ("proef") : NULL;
  g_free (observation->code);
  observation->code = g_strdup (code);
  g_free (observation->observer);
  observation->observer = g_strdup (observer);
  observation->kind = kind;
  observation->at = at * TB_SECOND;
  observation->until = until == G_MININT64 ? TB_TIME_NONE : until * TB_SECOND;
  g_ptr_array_add (observations, observation);
}

static void
test_observations (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  const TbEvent *events;
  guint n;

  g_assert_cmpuint (tb_event_set_add_visit (set, "een", 600 * TB_SECOND), ==, 0);
  g_assert_cmpuint (tb_event_set_add_visit (set, NULL, 0), ==, 1);
  {
    g_autoptr (GPtrArray) observations = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free);

    add (observations, "b", TB_KIND_STATE, 10, G_MININT64, "A");
    add (observations, "a", TB_KIND_POINT, 10, G_MININT64, "A");
    add (observations, NULL, TB_KIND_POINT, 3, G_MININT64, "A");
    add (observations, "b", TB_KIND_STATE, 10, 5, "B"); /* ends before it starts */
    add (observations, "c", TB_KIND_POINT, 1, G_MININT64, "B");
    ((TbObservation *) observations->pdata[4])->removed = TRUE;
    add (observations, "d", TB_KIND_STATE, 500, 600, "B");
    ((TbObservation *) observations->pdata[5])->closed_by = g_strdup ("end");
    tb_event_set_add_observations (set, 0, observations);
  }
  tb_event_set_sort (set);
  g_assert_cmpuint (tb_event_set_n_uncoded (set), ==, 1);
  events = tb_event_set_visit_events (set, 0, &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpuint (events[0].source, ==, 1); /* the point: it has no end */
  g_assert_cmpuint (events[1].source, ==, 3);
  g_assert_cmpint (events[1].until, ==, 10 * TB_SECOND);
  g_assert_cmpuint (events[2].source, ==, 0);
  g_assert_cmpint (events[2].until, ==, TB_TIME_NONE);
  g_assert_cmpint (events[3].until, ==, TB_TIME_NONE);
  g_assert_cmpint (tb_event_set_end (set, &events[3]), ==, 600 * TB_SECOND);
  g_assert_cmpint (tb_event_set_end (set, &events[0]), ==, 10 * TB_SECOND);
  g_assert_true (isnan (events[2].value));
  g_assert_cmpuint (events[2].subject, ==, 0);
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_CODE, events[0].code), ==, "proef/a");
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_OBSERVER, events[1].observer), ==, "B");
  g_assert_null (tb_event_set_name (set, TB_NAME_SUBJECT, 0));
  g_assert_cmpuint (tb_event_set_find (set, TB_NAME_CODE, "proef/c"), ==, 0);
  tb_event_set_visit_events (set, 1, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpstr (tb_event_set_visit_id (set, 0), ==, "een");
  g_assert_cmpint (tb_event_set_visit_length (set, 0), ==, 600 * TB_SECOND);
}

static void
test_modifiers (void)
{
  g_autoptr (TbEventSet) set = tb_event_set_new ();
  const char *const one[] = { "luid", "rij 2", NULL }, *const other[] = { "rij 2", "luid", "luid", NULL };
  const char *const single[] = { "luid", NULL };
  const guint32 *list;
  guint n, both = tb_event_set_modifiers (set, one);

  g_assert_cmpuint (both, ==, 1);
  g_assert_cmpuint (tb_event_set_modifiers (set, other), ==, both);
  g_assert_cmpuint (tb_event_set_modifiers (set, single), ==, 2);
  g_assert_cmpuint (tb_event_set_modifiers (set, NULL), ==, 0);
  list = tb_event_set_modifier_list (set, both, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_MODIFIER, list[0]), ==, "luid");
  g_assert_cmpstr (tb_event_set_name (set, TB_NAME_MODIFIER, list[1]), ==, "rij 2");
  tb_event_set_modifier_list (set, 0, &n);
  g_assert_cmpuint (n, ==, 0);
}

/* Whatever order they came in, sorted they are the same. */
static void
test_order (void)
{
  for (guint round = 0; round < 50; round++) {
    g_autoptr (TbEventSet) one = tb_event_set_new (), other = tb_event_set_new ();
    TbEventSet *const sets[] = { one, other };
    const TbEvent *left, *right;
    guint n;

    for (guint s = 0; s < 2; s++) {
      tb_event_set_add_visit (sets[s], NULL, 0);
      tb_event_set_add_visit (sets[s], NULL, 0);
      tb_event_set_intern (sets[s], TB_NAME_CODE, "p/a");
      tb_event_set_intern (sets[s], TB_NAME_CODE, "p/b");
    }
    for (guint i = 0; i < 40; i++) {
      const TbKind kind = g_test_rand_bit () ? TB_KIND_POINT : TB_KIND_STATE;
      const TbTime at = g_test_rand_int_range (0, 5);
      const TbTime until
          = kind == TB_KIND_STATE && g_test_rand_bit () ? at + g_test_rand_int_range (0, 3) : TB_TIME_NONE;
      const TbEvent event = { .visit = g_test_rand_bit (), .code = 1 + g_test_rand_bit (), .kind = kind, .at = at,
                              .until = until, .value = g_test_rand_bit () ? NAN : g_test_rand_int_range (0, 2),
                              .source = i };

      tb_event_set_add (one, &event);
    }
    left = tb_event_set_events (one, &n);
    for (guint i = n; i > 0; i--)
      tb_event_set_add (other, &left[i - 1]);
    tb_event_set_sort (one);
    tb_event_set_sort (other);
    left = tb_event_set_events (one, &n);
    right = tb_event_set_events (other, &n);
    for (guint i = 0; i < n; i++) {
      g_assert_cmpuint (left[i].source, ==, right[i].source);
      if (i > 0)
        g_assert_true (left[i - 1].visit < left[i].visit
                       || (left[i - 1].visit == left[i].visit && left[i - 1].at <= left[i].at));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event/observations", test_observations);
  g_test_add_func ("/event/modifiers", test_modifiers);
  g_test_add_func ("/event/order", test_order);
  return g_test_run ();
}
