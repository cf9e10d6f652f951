/* Searching in 1,000,000 observations of 10,000 visits, in a folder of its own that is thrown away. Nearly all visits are
 * one coach's, ten are another's. Prints {"index_s","index_mb","kinds":[{"kind","coach","p50","p95","processor_p95"}],
 * "p50","p95","processor_p95"}: milliseconds of the wall, and of the processor.
 *
 *   bench-search FOLDER VISITS OBSERVATIONS-EACH ROUNDS     VISITS 0: the folder has been filled before */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "store/search.h"
#include "store/store-private.h"
#include "store/visit.h"

#define N_WORDS 20000
#define FEW 10

/* A word for each number: syllables, so that many begin alike. */
static char *
make_word (guint number)
{
  static const char *const syllables[] = { "ba", "de", "ge", "ler", "kin", "op", "ver", "taal", "reken", "dracht",
                                           "le", "sin", "mo", "ta", "wer", "ken", "vra", "gen", "lui", "ster" };
  GString *word = g_string_new (syllables[number % G_N_ELEMENTS (syllables)]);

  for (guint rest = number / G_N_ELEMENTS (syllables); rest > 0; rest /= G_N_ELEMENTS (syllables))
    g_string_append (word, syllables[rest % G_N_ELEMENTS (syllables)]);
  g_string_append_printf (word, "%s", number % 3 == 0 ? "en" : "");
  return g_string_free (word, FALSE);
}

static void
must (gboolean ok, GError *error)
{
  if (!ok)
    g_error ("%s", error != NULL ? error->message : "it failed");
}

static void
run (TbDb *db, const char *sql)
{
  GError *error = NULL;
  gboolean ok = tb_db_run (db, sql, &error);

  must (ok, error);
}

static double
processor_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* Every visit is like FIRST; notes have one of 50 words, two of 1,000, three of 20,000, and three that all have. */
static void
fill (TbStore *store, const char *first, guint n_visits, guint n_each)
{
  GError *error = NULL;
  g_auto (TbWrite) write = { 0 };
  gboolean ok = tb_write_begin (&write, store, &error);
  g_autofree char *visits = NULL, *observations = NULL;

  must (ok, error);
  run (write.db, "CREATE TEMP TABLE word (n INTEGER PRIMARY KEY, word TEXT NOT NULL)");
  for (guint i = 0; i < N_WORDS; i++) {
    g_autofree char *word = make_word (i);

    ok = tb_db_exec (write.db, &error, "INSERT INTO word VALUES (?1, ?2)", "is", (gint64) i, word);
    must (ok, error);
  }
  run (write.db, "INSERT INTO person (id, name, name_key, login, created_wall) VALUES ('all', 'all', 'all', 'all', 1),"
                 " ('few', 'few', 'few', 'few', 1)");
  visits = g_strdup_printf (
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
      " INSERT INTO visit (id, title, teacher, group_name, subject, focus, note, created_wall, started_wall, coach)"
      " SELECT printf ('01900000-0000-7000-8000-%%012d', i), 'Les ' || i, '', '', '', '', '', 1,"
      " 1500000000000000000 + i * 10800000000000, CASE WHEN i %% (%u / %u) = 0 THEN 'few' ELSE 'all' END FROM n",
      n_visits, n_visits, FEW);
  run (write.db, visits);
  ok = tb_db_exec (write.db, &error,
                   "INSERT INTO visit_instrument (visit, position, instrument, version) SELECT visit.id, position,"
                   " instrument, version FROM visit, visit_instrument AS v WHERE v.visit = ?1 AND visit.id <> ?1",
                   "s", first);
  must (ok, error);
  observations = g_strdup_printf (
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
      " INSERT INTO observation (id, visit, instrument, code, kind, at_ns, lead_ns, lag_ns, note, valence, observer,"
      " uncertainty_ns, removed)"
      " SELECT printf ('01a00000-0000-7000-8000-%%012d', i),"
      " printf ('01900000-0000-7000-8000-%%012d', 1 + i / %u), 'proef',"
      " CASE i %% 3 WHEN 0 THEN 'compliment' WHEN 1 THEN 'vraag' ELSE 'overgang' END, 'point', (i %% %u) * 25000000000,"
      " 0, 0, 'De leerling zegt ' || (SELECT word FROM word WHERE n = i * 7 %% 50)"
      " || ' ' || (SELECT word FROM word WHERE n = i * 7919 %% 1000)"
      " || ' ' || (SELECT word FROM word WHERE n = i * 104729 %% 1000)"
      " || ' ' || (SELECT word FROM word WHERE n = i * 1299709 %% %u)"
      " || ' ' || (SELECT word FROM word WHERE n = i * 15485863 %% %u)"
      " || ' ' || (SELECT word FROM word WHERE n = i * 32452843 %% %u), 'neutraal', 'Marieke', 0, 0 FROM n",
      n_visits * n_each - 1, n_each, n_each, N_WORDS, N_WORDS, N_WORDS);
  run (write.db, observations);
  ok = tb_write_commit (&write, &error);
  must (ok, error);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double left = *(const double *) a, right = *(const double *) b;

  return (left > right) - (left < right);
}

static double
quantile (GArray *times, double q)
{
  g_array_sort (times, compare);
  return g_array_index (times, double, MIN (times->len - 1, (guint) (times->len * q)));
}

typedef struct {
  const char *name;
  guint common, usual, rare; /* how many words of 50, of 1,000, of 20,000 */
  const char *fixed;         /* a word that is in all, or NULL */
  guint cut;                 /* the last word: only so many letters; 0 whole */
  gboolean code;
} Kind;

static char *
make_query (const Kind *kind, GRand *random)
{
  GString *query = g_string_new (kind->fixed);
  const guint counts[] = { kind->common, kind->usual, kind->rare }, of[] = { 50, 1000, N_WORDS };
  const char *last;

  for (guint c = 0; c < 3; c++)
    for (guint i = 0; i < counts[c]; i++) {
      g_autofree char *word = make_word ((guint) g_rand_int_range (random, 0, (gint32) of[c]));

      g_string_append_printf (query, "%s%s", query->len > 0 ? " " : "", word);
    }
  last = strrchr (query->str, ' ');
  if (kind->cut > 0)
    g_string_truncate (query, MIN (query->len, (last != NULL ? (gsize) (last - query->str) + 1 : 0) + kind->cut));
  return g_string_free (query, FALSE);
}

int
main (int argc, char **argv)
{
  static const Kind kinds[] = {
    { "a rare word", 0, 0, 1 },
    { "a word of one in 50", 1 },
    { "a word that all have", .fixed = "leerling" },
    { "the first letter", .usual = 1, .cut = 1 },
    { "three letters", .usual = 1, .cut = 3 },
    { "five letters", .usual = 1, .cut = 5 },
    { "five letters of what all have", .fixed = "leerl" },
    { "two usual words", .usual = 2 },
    { "one that all have and a rare one", .fixed = "leerling", .rare = 1 },
    { "what all have and a letter", .fixed = "leerling z" },
    { "a word under one code", .common = 1, .code = TRUE },
    { "three rare words, mostly nowhere", .rare = 3 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GPtrArray) catalogue = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_instrument_unref);
  g_autoptr (json_object) fields = json_object_new_object ();
  g_autoptr (json_object) report = json_object_new_object ();
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) all_work = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree char *database = NULL, *cache = NULL, *path = NULL, *text = NULL;
  g_autoptr (TbStore) store = NULL;
  g_autoptr (TbVisit) first = NULL;
  json_object *list = json_object_new_array ();
  gint64 start;
  GStatBuf stat_buf = { 0 };
  guint rounds, n_found = 0;

  if (argc != 5)
    return 2;
  rounds = (guint) atoi (argv[4]);
  database = g_build_filename (argv[1], "terugblik.db", NULL);
  cache = g_build_filename (argv[1], "cache.db", NULL);
  path = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "tests", "store", "proef.json", NULL);
  g_ptr_array_add (catalogue, tb_instrument_load (path, &error));
  store = tb_store_open_files (database, cache, &error);
  must (store != NULL, error);
  first = tb_visit_create (store, NULL, fields, catalogue, &error);
  must (first != NULL, error);
  if (atoi (argv[2]) > 0)
    fill (store, first->id, (guint) atoi (argv[2]), (guint) atoi (argv[3]));

  start = g_get_monotonic_time ();
  must (tb_search_catch_up (store, NULL, &error), error);
  tb_json_add_double (report, "index_s", (double) (g_get_monotonic_time () - start) / 1e6);
  g_stat (cache, &stat_buf);
  tb_json_add_double (report, "index_mb", (double) stat_buf.st_size / 1e6);
  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++) {
    for (guint coach = 0; coach < 2; coach++) {
      g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
      g_autoptr (GArray) work = g_array_new (FALSE, FALSE, sizeof (double));
      json_object *one = json_object_new_object ();

      for (guint i = 0; i < rounds; i++) {
        g_autofree char *query = make_query (&kinds[k], random);
        const TbSearchQuestion question = { .coach = coach == 0 ? "all" : "few",
                                            .words = query,
                                            .code = kinds[k].code ? "proef/vraag" : NULL,
                                            .limit = 50 };
        g_autoptr (GPtrArray) hits = NULL;
        gboolean more;
        double ms, cpu = processor_ms ();

        start = g_get_monotonic_time ();
        hits = tb_search_find (store, &question, NULL, NULL, &more, &error);
        ms = (double) (g_get_monotonic_time () - start) / 1e3;
        cpu = processor_ms () - cpu;
        must (hits != NULL, error);
        g_ptr_array_set_free_func (hits, (GDestroyNotify) tb_search_hit_free);
        n_found += hits->len;
        g_array_append_val (times, ms);
        g_array_append_val (all, ms);
        g_array_append_val (work, cpu);
        g_array_append_val (all_work, cpu);
      }
      tb_json_add_string (one, "kind", kinds[k].name);
      tb_json_add_string (one, "coach", coach == 0 ? "all" : "few");
      tb_json_add_double (one, "p50", quantile (times, 0.5));
      tb_json_add_double (one, "p95", quantile (times, 0.95));
      tb_json_add_double (one, "processor_p95", quantile (work, 0.95));
      json_object_array_add (list, one);
    }
  }
  tb_json_add (report, "kinds", list);
  tb_json_add_double (report, "p50", quantile (all, 0.5));
  tb_json_add_double (report, "p95", quantile (all, 0.95));
  tb_json_add_double (report, "processor_p95", quantile (all_work, 0.95));
  tb_json_add_int (report, "found", n_found);
  text = tb_json_to_text (report);
  g_print ("%s\n", text);
  return 0;
}
