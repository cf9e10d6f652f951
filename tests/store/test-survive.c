/* What the store must survive: many threads, a kill, a full disk, and size. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"

#define THREADS 8
#define TAPS 40

typedef struct {
  Fixture *fixture;
  const char *visit;
  guint number;
} Worker;

static gpointer
tap_along (gpointer data)
{
  Worker *worker = data;
  g_autofree char *author = g_strdup_printf ("waarnemer %u", worker->number);

  for (guint i = 0; i < TAPS; i++) {
    g_autofree char *target = tb_uuid_new ();
    g_autoptr (GPtrArray) list = NULL;

    apply_ok (worker->fixture, worker->visit,
              make_operation (NULL, "add", "observation", target, "{'instrument':'proef','code':'vraag','at':1}",
                              author));
    if (i % 8 == 0) {
      list = tb_observation_list (worker->fixture->store, worker->visit, FALSE, NULL, NULL);
      g_assert_nonnull (list);
    }
  }
  return NULL;
}

static void
hear (const char *visit, gint64 seq, const char *operation, gpointer data)
{
  gint64 *last = data;

  g_assert_cmpint (seq, ==, *last + 1);
  *last = seq;
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autoptr (GPtrArray) logged = NULL;
  GThread *threads[THREADS];
  Worker workers[THREADS];
  gint64 heard = 0;

  tb_store_set_listener (fixture->store, hear, &heard);
  for (guint i = 0; i < THREADS; i++) {
    workers[i] = (Worker){ fixture, visit, i };
    threads[i] = g_thread_new ("tapper", tap_along, &workers[i]);
  }
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  logged = tb_journal_list (fixture->store, visit, 0, THREADS * TAPS + 10, NULL);
  g_assert_cmpuint (logged->len, ==, THREADS * TAPS);
  for (guint i = 0; i < logged->len; i++)
    g_assert_cmpint (((TbLogged *) g_ptr_array_index (logged, i))->seq, ==, i + 1);
  g_assert_cmpint (heard, ==, THREADS * TAPS);
}

/* The child: taps without end, telling what was acknowledged. */
static void
tap_until_killed (Fixture *fixture, const char *visit, int out)
{
  fixture_reopen (fixture);
  for (;;) {
    g_autofree char *target = tb_uuid_new ();

    apply_ok (fixture, visit, make_operation (NULL, "add", "observation", target, "{'at':1}", "anna"));
    if (write (out, target, TB_UUID_LENGTH) != TB_UUID_LENGTH)
      _exit (1);
  }
}

static void
test_kill (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  guint acknowledged = 0;

  for (guint round = 0; round < 6; round++) {
    int ends[2];
    pid_t child;
    char id[TB_UUID_LENGTH + 1] = { 0 };
    guint wait_for = (guint) g_test_rand_int_range (1, 40);
    guint seen = 0;

    g_clear_pointer (&fixture->store, tb_store_close); /* nothing open across the fork */
    g_assert_cmpint (pipe (ends), ==, 0);
    child = fork ();
    if (child == 0) {
      close (ends[0]);
      tap_until_killed (fixture, visit, ends[1]);
    }
    close (ends[1]);
    {
      g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

      while (read (ends[0], id, TB_UUID_LENGTH) == TB_UUID_LENGTH) {
        g_ptr_array_add (ids, g_strdup (id));
        if (++seen == wait_for)
          kill (child, SIGKILL);
      }
      close (ends[0]);
      waitpid (child, NULL, 0);
      fixture_reopen (fixture);
      for (guint i = 0; i < ids->len; i++) {
        g_autoptr (TbObservation) o = get_observation (fixture, visit, g_ptr_array_index (ids, i));

        g_assert_cmpint (o->at, ==, TB_SECOND);
      }
      acknowledged += ids->len;
    }
    g_assert_true (tb_store_check (fixture->store, NULL));
  }
  g_test_message ("%u acknowledged observations, all there", acknowledged);
}

/* No file may grow beyond what the database has now: as good as a full disk. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *note = g_strnfill (3900, 'n');
  g_autofree char *fields = g_strdup_printf ("{'at':1,'note':'%s'}", note);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit usual, small;
  gboolean full = FALSE;

  fixture_reopen (fixture);
  before = tb_observation_list (fixture->store, visit, TRUE, NULL, NULL);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &usual);
  small = usual;
  small.rlim_cur = 300 * 1024;
  setrlimit (RLIMIT_FSIZE, &small);
  for (guint i = 0; i < 200 && !full; i++) {
    g_autofree char *target = tb_uuid_new ();
    g_autoptr (json_object) list = json_object_new_array ();
    g_autoptr (GPtrArray) results = NULL;

    json_object_array_add (list, make_operation (NULL, "add", "observation", target, fields, "anna"));
    results = tb_journal_apply (fixture->store, visit, list, NULL, &error);
    full = results == NULL;
    if (!full)
      g_ptr_array_add (before, get_observation (fixture, visit, target));
  }
  setrlimit (RLIMIT_FSIZE, &usual);
  g_assert_true (full);
  g_assert_error (error, TB_ERROR, TB_ERROR_FULL);
  g_test_message ("%s", error->message);

  /* With room again it goes on, and what was acknowledged is there. */
  {
    g_autofree char *target = tb_uuid_new ();

    apply_ok (fixture, visit, make_operation (NULL, "add", "observation", target, fields, "anna"));
  }
  fixture_reopen (fixture);
  after = tb_observation_list (fixture->store, visit, TRUE, NULL, NULL);
  g_assert_cmpuint (after->len, ==, before->len + 1);
  g_assert_true (tb_store_check (fixture->store, NULL));
}

/* Straight into the table: one transaction each would take minutes. */
static void
fill (Fixture *fixture, int count)
{
  g_autofree char *sql = g_strdup_printf (
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
      " INSERT INTO visit (id, title, teacher, group_name, subject, focus, note, created_wall, started_wall)"
      " SELECT printf ('00000000-0000-7000-8000-%%012d', i), 'Les ' || i, 'Juf Renée ' || (i %% 50), 'Groep ' || (i %% 8),"
      " 'Rekenen', 'Hoe verloopt de overgang tussen instructie en verwerking?', '', i * 1000, i * 1000 FROM n",
      count);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (fixture->database, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* Processor time: other work on the machine does not count. */
static double
cpu_ms (void)
{
  return (double) clock () * 1000 / CLOCKS_PER_SEC;
}

/* 10,000 visits: opening and the list stay quick. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) page = NULL;
  g_autoptr (GPtrArray) found = NULL;
  double start, open_ms, list_ms, search_ms;

  fill (fixture, 10000);
  start = cpu_ms ();
  fixture_reopen (fixture);
  open_ms = cpu_ms () - start;
  start = cpu_ms ();
  page = tb_visit_list (fixture->store, NULL, NULL, 50, NULL, NULL, NULL);
  list_ms = cpu_ms () - start;
  start = cpu_ms ();
  found = tb_visit_list (fixture->store, NULL, "nergens te vinden", 50, NULL, NULL, NULL);
  search_ms = cpu_ms () - start;
  g_assert_cmpuint (page->len, ==, 50);
  g_assert_cmpuint (found->len, ==, 0);
  g_test_message ("10,000 visits: open %.1f ms, list %.1f ms, vain search %.1f ms of processor time", open_ms, list_ms,
                  search_ms);
  g_assert_cmpfloat (open_ms, <, 150);
  g_assert_cmpfloat (list_ms, <, 100);
  g_assert_cmpfloat (search_ms, <, 400);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/survive/threads", test_threads);
  fixture_add ("/survive/kill", test_kill);
  fixture_add ("/survive/full", test_full);
  fixture_add ("/survive/many", test_many);
  return g_test_run ();
}
