#include "observe/tally.h"

static void
add (GPtrArray *observations, const char *code, TbKind kind, gint64 at, gint64 until)
{
  TbObservation *observation = tb_observation_new ("x");

  g_free (observation->instrument);
  observation->instrument = code != NULL ? g_strdup ("proef") : NULL;
  g_free (observation->code);
  observation->code = g_strdup (code);
  observation->kind = kind;
  observation->at = at * TB_SECOND;
  observation->until = until < 0 ? TB_TIME_NONE : until * TB_SECOND;
  g_ptr_array_add (observations, observation);
}

static void
check (const GArray *tally, const char *code, guint count, gint64 seconds)
{
  const TbTally *one = tb_tally_find (tally, "proef", code);

  g_assert_nonnull (one);
  g_assert_cmpuint (one->count, ==, count);
  g_assert_cmpint (one->total, ==, seconds * TB_SECOND);
}

static void
test_tally (void)
{
  g_autoptr (GPtrArray) observations = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free);
  g_autoptr (GArray) tally = NULL;

  add (observations, "beurt", TB_KIND_POINT, 5, -1);
  add (observations, "overgang", TB_KIND_STATE, 10, 25);
  add (observations, "beurt", TB_KIND_POINT, 700, -1); /* after the end: it counts */
  add (observations, NULL, TB_KIND_POINT, 6, -1);
  add (observations, "overgang", TB_KIND_STATE, 590, 640); /* 10 s of it in the lesson */
  add (observations, "overgang", TB_KIND_STATE, 20, 30);   /* beside the first */
  add (observations, "uitleg", TB_KIND_STATE, 570, -1);    /* open */
  add (observations, "start", TB_KIND_STATE, -5, 15);
  add (observations, "later", TB_KIND_STATE, 610, 620);
  add (observations, "beurt", TB_KIND_POINT, 8, -1);
  ((TbObservation *) observations->pdata[observations->len - 1])->removed = TRUE;
  tally = tb_tally_new (observations, 600 * TB_SECOND);
  g_assert_cmpuint (tally->len, ==, 5);
  g_assert_cmpstr (g_array_index (tally, TbTally, 0).code, ==, "beurt");
  g_assert_cmpint (g_array_index (tally, TbTally, 1).kind, ==, TB_KIND_STATE);
  check (tally, "beurt", 2, 0);
  check (tally, "overgang", 3, 15 + 10 + 10);
  check (tally, "uitleg", 1, 30);
  check (tally, "start", 1, 15);
  check (tally, "later", 1, 0);
  g_assert_null (tb_tally_find (tally, "proef", "niets"));
  g_assert_null (tb_tally_find (tally, "ander", "beurt"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tally/lesson", test_tally);
  return g_test_run ();
}
