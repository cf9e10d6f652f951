#include "observe/lineage.h"

#include "base/json.h"
#include "event-tools.h"
#include "observe/budget.h"

/* A code of "ID KIND". */
static void
append_code (GString *text, const char *word)
{
  g_auto (GStrv) words = g_strsplit (word, " ", -1);
  const char *id = words[0], *kind = words[1];

  g_string_append_printf (text,
                          "%s{\"id\":\"%s\",\"domain\":\"dom\",\"kind\":\"%s\",\"title\":{\"nl\":\"a\",\"en\":\"b\"},"
                          "\"short\":{\"nl\":\"a\",\"en\":\"b\"},\"lead\":1,\"lag\":1,\"help\":{\"counts\":{\"nl\":\"a\","
                          "\"en\":\"b\"},\"not\":{\"nl\":\"c\",\"en\":\"d\"}}%s}",
                          text->str[text->len - 1] == '[' ? "" : ",", id, kind,
                          g_str_equal (kind, "rating")     ? ",\"scale\":\"schaal\""
                          : g_str_equal (kind, "interval") ? ",\"sampling\":\"keer\""
                                                           : "");
}

/* CODES: "ID KIND, …". BECAME: the inside of its "codes", NULL for none. New. */
static TbInstrument *
make (gint64 version, int top, int every, const char *codes, const char *became)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) words = g_strsplit (codes, ", ", -1);
  g_autoptr (GError) error = NULL;
  TbInstrument *instrument;

  g_string_printf (text,
                   "{\"format\":2,\"id\":\"p\",\"version\":%" G_GINT64_FORMAT ",\"title\":{\"nl\":\"a\",\"en\":\"b\"},"
                   "\"description\":{\"nl\":\"a\",\"en\":\"b\"},\"default\":false,\"domains\":[{\"id\":\"dom\",\"title\":"
                   "{\"nl\":\"a\",\"en\":\"b\"},\"color\":\"#009E73\"}],\"scales\":[{\"id\":\"schaal\",\"title\":"
                   "{\"nl\":\"a\",\"en\":\"b\"},\"not_applicable\":true,\"steps\":[{\"value\":1,\"title\":{\"nl\":\"a\","
                   "\"en\":\"b\"}},{\"value\":%d,\"title\":{\"nl\":\"a\",\"en\":\"b\"}}]}],\"samplings\":[{\"id\":\"keer\","
                   "\"title\":{\"nl\":\"a\",\"en\":\"b\"},\"every\":%d,\"rule\":\"partial\",\"many\":true}],"
                   "\"subjects\":[],",
                   version, top, every);
  if (became != NULL)
    g_string_append_printf (text, "\"became\":{\"from\":%" G_GINT64_FORMAT ",\"codes\":{%s}},", version - 1, became);
  g_string_append (text, "\"codes\":[");
  for (guint i = 0; words[i] != NULL; i++)
    append_code (text, words[i]);
  g_string_append (text, "]}");
  instrument = tb_instrument_parse (text->str, text->len, &error);
  g_assert_no_error (error);
  return instrument;
}

/* As the store gives it: CODE of the kijkwijzer "p". */
static void
observe (TbEventSet *set, guint visit, const char *code, TbKind kind, gint64 at, gint64 value)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free);
  TbObservation *observation = tb_observation_new ("x");

  observation->instrument = g_strdup ("p");
  observation->code = g_strdup (code);
  observation->kind = kind;
  observation->at = at * TB_SECOND;
  observation->until = TB_TIME_NONE;
  observation->rating = value;
  g_ptr_array_add (list, observation);
  tb_event_set_add_observations (set, visit, list);
}

static void
point (TbEventSet *set, guint visit, const char *code)
{
  observe (set, visit, code, TB_KIND_POINT, 1, TB_RATING_NONE);
}

/* A set of N lessons of 60 s. New. */
static TbEventSet *
lessons (guint n)
{
  TbEventSet *set = tb_event_set_new ();

  for (guint i = 0; i < n; i++)
    tb_event_set_add_visit (set, NULL, 60 * TB_SECOND);
  return set;
}

static void
check_name (const TbEventSet *set, guint visit, const char *code, const char *name)
{
  g_assert_cmpstr (tb_event_set_counts_as (set, visit, code), ==, name);
}

static void
test_one_version (void)
{
  g_autoptr (TbLineage) lineage = tb_lineage_new ();
  g_autoptr (TbInstrument) one = make (1, 4, 10, "a point, b state", NULL);
  g_autoptr (TbEventSet) set = lessons (2);
  g_autoptr (json_object) renamed = NULL;

  tb_lineage_use (lineage, 0, one);
  tb_lineage_use (lineage, 1, one);
  tb_lineage_apply (lineage, set);
  point (set, 0, "a");
  check_name (set, 0, "p/a", "p/a");
  renamed = tb_event_set_renamed_to_json (set);
  g_assert_cmpuint (json_object_array_length (renamed), ==, 0);
}

/* a -> c -> d over three versions of which nobody uses the middle one; b is dropped by it; e stays. */
static void
several_steps (gboolean newest_first)
{
  g_autoptr (TbLineage) lineage = tb_lineage_new ();
  g_autoptr (TbInstrument) one = make (1, 4, 10, "a point, b point, e point", NULL);
  g_autoptr (TbInstrument) two = make (2, 4, 10, "c point, e point", "\"a\":\"c\",\"b\":null");
  g_autoptr (TbInstrument) three = make (3, 4, 10, "d point, e point", "\"c\":\"d\"");
  g_autoptr (TbEventSet) set = lessons (2);
  const guint old = newest_first ? 1 : 0, new = newest_first ? 0 : 1;
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL;
  g_autoptr (json_object) renamed = NULL;

  tb_lineage_use (lineage, old, one);
  tb_lineage_use (lineage, new, three);
  tb_lineage_add (lineage, two);
  tb_lineage_add (lineage, two);
  tb_lineage_apply (lineage, set);
  check_name (set, old, "p/a", "p/d");
  check_name (set, old, "p/b", "p/b");
  check_name (set, old, "p/e", "p/e");
  check_name (set, new, "p/d", "p/d");
  point (set, old, "a");
  point (set, old, "b");
  point (set, old, "e");
  point (set, new, "d");
  point (set, new, "d");
  point (set, new, "e");
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  budget = tb_budget_new (set, parts, 0);
  g_assert_cmpuint (tb_budget_find (budget, "p/d", 0)->count, ==, 3);
  g_assert_cmpuint (tb_budget_find (budget, "p/b", 0)->count, ==, 1);
  g_assert_cmpuint (tb_budget_find (budget, "p/e", 0)->count, ==, 2);
  g_assert_null (tb_budget_find (budget, "p/a", 0));
  renamed = tb_event_set_renamed_to_json (set);
  g_assert_cmpuint (json_object_array_length (renamed), ==, 1);
}

static void
test_several_steps (void)
{
  several_steps (FALSE);
}

static void
test_newest_first (void)
{
  several_steps (TRUE);
}

/* The newest that is used counts, not the newest that there is. */
static void
test_newest_is_not_used (void)
{
  g_autoptr (TbLineage) lineage = tb_lineage_new ();
  g_autoptr (TbInstrument) one = make (1, 4, 10, "a point", NULL);
  g_autoptr (TbInstrument) two = make (2, 4, 10, "c point", "\"a\":\"c\"");
  g_autoptr (TbInstrument) three = make (3, 4, 10, "d point", "\"c\":\"d\"");
  g_autoptr (TbEventSet) set = lessons (2);

  tb_lineage_add (lineage, three);
  tb_lineage_use (lineage, 0, one);
  tb_lineage_use (lineage, 1, two);
  tb_lineage_apply (lineage, set);
  check_name (set, 0, "p/a", "p/c");
  check_name (set, 1, "p/c", "p/c");
}

/* Two that are one now; and an id that was dropped, and then given to something else. */
static void
test_merged_and_reused (void)
{
  g_autoptr (TbLineage) lineage = tb_lineage_new ();
  g_autoptr (TbInstrument) one = make (1, 4, 10, "a point, b point, x point", NULL);
  g_autoptr (TbInstrument) two = make (2, 4, 10, "a point", "\"b\":\"a\",\"x\":null");
  g_autoptr (TbInstrument) three = make (3, 4, 10, "a point, x point", NULL);
  g_autoptr (TbEventSet) set = lessons (3);

  tb_lineage_use (lineage, 0, one);
  tb_lineage_use (lineage, 1, two);
  tb_lineage_use (lineage, 2, three);
  tb_lineage_apply (lineage, set);
  check_name (set, 0, "p/b", "p/a");
  check_name (set, 0, "p/x", "p/x@1");
  check_name (set, 2, "p/x", "p/x");
}

/* What does not add up is apart: another kind, scale or sampling; its scale and sampling stay known. */
static void
test_apart (void)
{
  g_autoptr (TbLineage) lineage = tb_lineage_new ();
  g_autoptr (TbInstrument) one = make (1, 4, 10, "a point, r rating, i interval", NULL);
  g_autoptr (TbInstrument) two = make (2, 5, 20, "a state, r rating, i interval", "\"a\":null");
  g_autoptr (TbEventSet) set = lessons (2);
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL;
  const TbBudgetRow *row;

  tb_lineage_use (lineage, 0, one);
  tb_lineage_use (lineage, 1, two);
  tb_lineage_apply (lineage, set);
  check_name (set, 0, "p/a", "p/a@1");
  check_name (set, 0, "p/r", "p/r@1");
  check_name (set, 0, "p/i", "p/i@1");
  observe (set, 0, "r", TB_KIND_RATING, 0, 4);
  observe (set, 1, "r", TB_KIND_RATING, 0, 5);
  observe (set, 0, "i", TB_KIND_INTERVAL, 10, TB_RATING_NONE);
  observe (set, 1, "i", TB_KIND_INTERVAL, 20, TB_RATING_NONE);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  budget = tb_budget_new (set, parts, 0);
  row = tb_budget_find (budget, "p/r@1", 0);
  g_assert_cmpfloat (row->ratings.mean, ==, 4);
  g_assert_cmpfloat (tb_event_set_scale (set, row->ratings.scale)->steps[1], ==, 4);
  row = tb_budget_find (budget, "p/r", 0);
  g_assert_cmpfloat (row->ratings.mean, ==, 5);
  g_assert_cmpfloat (tb_event_set_scale (set, row->ratings.scale)->steps[1], ==, 5);
  g_assert_cmpuint (tb_budget_find (budget, "p/i@1", 0)->intervals.asked, ==, 6);
  g_assert_cmpuint (tb_budget_find (budget, "p/i", 0)->intervals.asked, ==, 3);
}

/* What went out keeps its own name, but for the versions of it that do not add up with the last there was. */
static void
test_apart_and_out (void)
{
  g_autoptr (TbLineage) lineage = tb_lineage_new ();
  g_autoptr (TbInstrument) one = make (1, 4, 10, "i interval, p point", NULL);
  g_autoptr (TbInstrument) two = make (2, 4, 20, "i interval, p point", NULL);
  g_autoptr (TbInstrument) three = make (3, 4, 10, "p point", "\"i\":null");
  g_autoptr (TbEventSet) set = lessons (3);
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL;

  tb_lineage_use (lineage, 0, two);
  tb_lineage_use (lineage, 1, one);
  tb_lineage_use (lineage, 2, three);
  tb_lineage_apply (lineage, set);
  check_name (set, 0, "p/i", "p/i");
  check_name (set, 1, "p/i", "p/i@1");
  check_name (set, 1, "p/p", "p/p");
  observe (set, 0, "i", TB_KIND_INTERVAL, 20, TB_RATING_NONE);
  observe (set, 1, "i", TB_KIND_INTERVAL, 10, TB_RATING_NONE);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  budget = tb_budget_new (set, parts, 0);
  g_assert_cmpuint (tb_budget_find (budget, "p/i", 0)->intervals.asked, ==, 3);
  g_assert_cmpuint (tb_budget_find (budget, "p/i@1", 0)->intervals.asked, ==, 6);
}

/* The same when the last version has it under another name and as something else. */
static void
test_apart_and_renamed (void)
{
  g_autoptr (TbLineage) lineage = tb_lineage_new ();
  g_autoptr (TbInstrument) one = make (1, 4, 10, "i interval", NULL);
  g_autoptr (TbInstrument) two = make (2, 4, 20, "i interval", NULL);
  g_autoptr (TbInstrument) three = make (3, 4, 10, "i interval", NULL);
  g_autoptr (TbInstrument) four = make (4, 4, 40, "j interval", "\"i\":\"j\"");
  g_autoptr (TbEventSet) set = lessons (4);

  tb_lineage_use (lineage, 0, one);
  tb_lineage_use (lineage, 1, two);
  tb_lineage_use (lineage, 2, three);
  tb_lineage_use (lineage, 3, four);
  tb_lineage_apply (lineage, set);
  check_name (set, 0, "p/i", "p/i");
  check_name (set, 1, "p/i", "p/i@2");
  check_name (set, 2, "p/i", "p/i");
  check_name (set, 3, "p/j", "p/j");
}

/* The sampling that both versions have is one, and who did not answer it in one of the lessons was not asked there. */
static void
test_same_sampling (void)
{
  g_autoptr (TbLineage) lineage = tb_lineage_new ();
  g_autoptr (TbInstrument) one = make (1, 4, 10, "i interval, weg interval", NULL);
  g_autoptr (TbInstrument) two = make (2, 4, 10, "j interval", "\"i\":\"j\",\"weg\":null");
  g_autoptr (TbEventSet) set = lessons (3);
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL;
  const TbBudgetRow *row;

  tb_lineage_use (lineage, 0, two);
  tb_lineage_use (lineage, 1, one);
  tb_lineage_use (lineage, 2, one);
  tb_lineage_apply (lineage, set);
  observe (set, 0, "j", TB_KIND_INTERVAL, 0, TB_RATING_NONE);
  observe (set, 1, "i", TB_KIND_INTERVAL, 10, TB_RATING_NONE);
  observe (set, 1, "weg", TB_KIND_INTERVAL, 20, TB_RATING_NONE);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  budget = tb_budget_new (set, parts, 0);
  row = tb_budget_find (budget, "p/j", 0);
  g_assert_cmpuint (row->intervals.seen, ==, 2);
  g_assert_cmpuint (row->intervals.asked, ==, 12);
  g_assert_cmpuint (row->intervals.answered, ==, 3);
  g_assert_cmpuint (tb_budget_find (budget, "p/weg", 0)->intervals.seen, ==, 1);
}

/* Forty lessons, by turns of each of three versions: nothing is lost, and each lesson has what was seen in it. */
static void
test_many (void)
{
  g_autoptr (TbLineage) lineage = tb_lineage_new ();
  g_autoptr (TbInstrument) one = make (1, 4, 10, "a point", NULL);
  g_autoptr (TbInstrument) two = make (2, 4, 10, "b point", "\"a\":\"b\"");
  g_autoptr (TbInstrument) three = make (3, 4, 10, "c point", "\"b\":\"c\"");
  TbInstrument *const versions[] = { one, two, three };
  static const char *const codes[] = { "a", "b", "c" };
  g_autoptr (TbEventSet) set = lessons (40);
  g_autoptr (TbParts) parts = NULL;
  g_autoptr (TbBudget) budget = NULL, by_visit = NULL;

  for (guint v = 0; v < 40; v++)
    tb_lineage_use (lineage, v, versions[(40 - v) % 3]);
  tb_lineage_apply (lineage, set);
  for (guint v = 0; v < 40; v++)
    for (guint i = 0; i <= v; i++)
      point (set, v, codes[(40 - v) % 3]);
  tb_event_set_sort (set);
  parts = tb_parts_new (set);
  budget = tb_budget_new (set, parts, 0);
  by_visit = tb_budget_new (set, parts, TB_BUDGET_BY_VISIT);
  g_assert_cmpuint (tb_budget_n_rows (budget), ==, 1);
  g_assert_cmpuint (tb_budget_find (budget, "p/c", 0)->count, ==, 820);
  g_assert_cmpuint (tb_budget_n_rows (by_visit), ==, 40);
  for (guint v = 0; v < 40; v++)
    g_assert_cmpuint (tb_budget_row (by_visit, v)->count, ==, v + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lineage/one-version", test_one_version);
  g_test_add_func ("/lineage/several-steps", test_several_steps);
  g_test_add_func ("/lineage/newest-first", test_newest_first);
  g_test_add_func ("/lineage/newest-is-not-used", test_newest_is_not_used);
  g_test_add_func ("/lineage/merged-and-reused", test_merged_and_reused);
  g_test_add_func ("/lineage/apart", test_apart);
  g_test_add_func ("/lineage/apart-and-out", test_apart_and_out);
  g_test_add_func ("/lineage/apart-and-renamed", test_apart_and_renamed);
  g_test_add_func ("/lineage/same-sampling", test_same_sampling);
  g_test_add_func ("/lineage/many", test_many);
  return g_test_run ();
}
