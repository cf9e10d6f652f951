/* The log of who looked: the chain, and every way to break it. */
#include <sqlite3.h>
#include <string.h>

#include "fixture.h"
#include "store/view-log.h"

#define NOW FIXTURE_ZERO

/* What a keeper was told last. */
typedef struct {
  gint64 seq;
  GBytes *hash;
  guint calls;
  gboolean fail;
} Kept;

static gboolean
keep (gpointer data, gint64 seq, GBytes *hash, GError **error)
{
  Kept *kept = data;

  kept->calls++;
  if (kept->fail) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_FULL, "no room");
    return FALSE;
  }
  g_assert_cmpint (seq, >, kept->seq);
  kept->seq = seq;
  g_clear_pointer (&kept->hash, g_bytes_unref);
  kept->hash = g_bytes_ref (hash);
  return TRUE;
}

static void
attach (Fixture *fixture, Kept *kept)
{
  tb_view_log_set_head_keeper (fixture->store, keep, kept, kept->seq, kept->hash);
}

/* As a start of the program with the head kept elsewhere. */
static void
reopen (Fixture *fixture, Kept *kept)
{
  fixture_reopen (fixture);
  attach (fixture, kept);
}

static void
add (Fixture *fixture, const char *name, const char *what)
{
  g_autoptr (GError) error = NULL;

  tb_view_log_add (fixture->store, NOW, "p1", name, NULL, NULL, what, NULL, &error);
  g_assert_no_error (error);
}

static void
add_many (Fixture *fixture, guint count)
{
  for (guint i = 0; i < count; i++)
    add (fixture, "Anna", "view");
}

static void
sql (Fixture *fixture, const char *text)
{
  sqlite3 *db = NULL;
  char *problem = NULL;

  g_assert_cmpint (sqlite3_open (fixture->database, &db), ==, SQLITE_OK);
  sqlite3_exec (db, text, NULL, NULL, &problem);
  g_assert_cmpstr (problem, ==, NULL);
  sqlite3_close (db);
}

static void
assert_sound (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tb_view_log_verify (fixture->store, &error));
  g_assert_no_error (error);
}

static void
assert_broken (Fixture *fixture, int row)
{
  g_autofree char *place = g_strdup_printf ("row %d ", row);
  g_autoptr (GError) error = NULL;

  g_assert_false (tb_view_log_verify (fixture->store, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
  if (strstr (error->message, place) == NULL)
    g_error ("not at row %d: %s", row, error->message);
}

static void
test_rows (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *gone = tb_uuid_new ();
  g_autoptr (GPtrArray) rows = NULL, more_rows = NULL, of_visit = NULL;
  g_autoptr (json_object) json = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  const TbViewLogRow *row;
  gboolean more = FALSE;

  assert_sound (fixture);
  g_assert_true (tb_view_log_add (fixture->store, NOW, "p1", "Anna", visit, "c1", "view", "2 s", &error));
  g_assert_true (tb_view_log_add (fixture->store, NOW + 1, "p2", "Bo", gone, NULL, "export", NULL, &error));
  g_assert_true (tb_view_log_add (fixture->store, NOW + 2, "p3", "Cé", NULL, NULL, "vault-open", NULL, &error));
  rows = tb_view_log_list (fixture->store, NULL, 0, 2, &more, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_true (more);
  row = rows->pdata[0];
  g_assert_cmpint (row->seq, ==, 3);
  g_assert_cmpstr (row->person_name, ==, "Cé");
  g_assert_cmpstr (row->visit, ==, "");
  row = rows->pdata[1];
  g_assert_cmpint (row->at, ==, NOW + 1);
  g_assert_cmpstr (row->visit, ==, gone);
  g_assert_cmpstr (row->visit_title, ==, ""); /* a row outlives its visit */
  more_rows = tb_view_log_list (fixture->store, NULL, 2, 2, &more, &error);
  g_assert_cmpuint (more_rows->len, ==, 1);
  g_assert_false (more);
  of_visit = tb_view_log_list (fixture->store, visit, 0, 10, &more, &error);
  g_assert_cmpuint (of_visit->len, ==, 1);
  row = of_visit->pdata[0];
  g_assert_cmpstr (row->visit_title, ==, "Rekenen");
  g_assert_cmpuint (g_bytes_get_size (row->hash), ==, 32);
  json = tb_view_log_row_to_json (row);
  text = tb_json_to_text (json);
  g_assert_nonnull (strstr (text, "\"person\":{\"id\":\"p1\",\"name\":\"Anna\"}"));
  g_assert_nonnull (strstr (text, "\"clip\":\"c1\",\"what\":\"view\",\"detail\":\"2 s\""));
  assert_sound (fixture);
}

/* The hash as view-log.h says it, worked out by hand. */
static void
test_format (Fixture *fixture, gconstpointer data)
{
  static const char *const fields[] = { "1", "1790000000000000000", "p1", "Anna", "", "", "view", "" };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *wanted = NULL;
  g_autofree char *hash = NULL;
  const guint8 zero[32] = { 0 };
  const TbViewLogRow *row;

  add (fixture, "Anna", "view");
  g_byte_array_append (bytes, zero, 32);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    guint8 length[8] = { 0, 0, 0, 0, 0, 0, 0, (guint8) strlen (fields[i]) };

    g_byte_array_append (bytes, length, 8);
    g_byte_array_append (bytes, (const guint8 *) fields[i], (guint) strlen (fields[i]));
  }
  wanted = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes->data, bytes->len);
  rows = tb_view_log_list (fixture->store, NULL, 0, 1, NULL, NULL);
  row = rows->pdata[0];
  {
    g_autoptr (json_object) json = tb_view_log_row_to_json (row);

    hash = g_strdup (json_object_get_string (json_object_object_get (json, "hash")));
  }
  g_assert_cmpstr (hash, ==, wanted);
}

/* Each tampering, and the row that shows it; of 8 rows. */
static const struct {
  const char *what;
  const char *sql;
  int row;
} tamperings[] = {
  { "name", "UPDATE view_log SET person_name = 'Piet' WHERE seq = 3", 3 },
  { "time", "UPDATE view_log SET at_wall = at_wall + 1 WHERE seq = 1", 1 },
  { "visit", "UPDATE view_log SET visit = 'x' WHERE seq = 8", 8 },
  { "detail", "UPDATE view_log SET detail = 'x' WHERE seq = 5", 5 },
  /* The same letters shared out otherwise over two fields. */
  { "border", "UPDATE view_log SET person = 'p', person_name = '1Anna' WHERE seq = 2", 2 },
  { "removed", "DELETE FROM view_log WHERE seq = 4", 4 },
  { "first", "DELETE FROM view_log WHERE seq = 1", 1 },
  { "closed-up", "DELETE FROM view_log WHERE seq = 4; UPDATE view_log SET seq = seq - 1 WHERE seq > 4", 4 },
  { "inserted",
    "UPDATE view_log SET seq = -seq WHERE seq > 4; UPDATE view_log SET seq = 1 - seq WHERE seq < 0;"
    " INSERT INTO view_log SELECT 5, at_wall, person, person_name, visit, clip, what, detail, hash FROM view_log"
    " WHERE seq = 4",
    5 },
  { "reordered",
    "UPDATE view_log SET seq = 100 WHERE seq = 6; UPDATE view_log SET seq = 6 WHERE seq = 7;"
    " UPDATE view_log SET seq = 7 WHERE seq = 100",
    6 },
  { "hash", "UPDATE view_log SET hash = randomblob (32) WHERE seq = 7", 7 },
  { "hash-text", "UPDATE view_log SET hash = 'x' WHERE seq = 2", 2 },
  { "hash-empty", "UPDATE view_log SET hash = x'' WHERE seq = 2", 2 },
  { "tail", "DELETE FROM view_log WHERE seq > 6", 8 },
  { "all", "DELETE FROM view_log", 8 },
};

static void
test_tampering (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (tamperings); i++) {
    Kept kept = { 0 };

    g_test_message ("%s", tamperings[i].what);
    sql (fixture, "DELETE FROM view_log");
    reopen (fixture, &kept);
    for (guint row = 0; row < 8; row++)
      add (fixture, "Anna", row % 2 == 0 ? "view" : "export");
    assert_sound (fixture);
    g_assert_cmpint (kept.seq, ==, 8);
    sql (fixture, tamperings[i].sql);
    assert_broken (fixture, tamperings[i].row);
    /* Also seen by the next start, and not covered up by what is written later. */
    reopen (fixture, &kept);
    assert_broken (fixture, tamperings[i].row);
    add_many (fixture, 9);
    g_assert_false (tb_view_log_verify (fixture->store, NULL));
    reopen (fixture, &kept);
    g_assert_false (tb_view_log_verify (fixture->store, NULL));
    g_bytes_unref (kept.hash);
  }
}

/* The last row made anew with a right hash: only the head that was kept shows it. */
static void
test_forged_end (Fixture *fixture, gconstpointer data)
{
  Kept kept = { 0 };

  attach (fixture, &kept);
  add_many (fixture, 4);
  sql (fixture, "DELETE FROM view_log WHERE seq = 4");
  fixture_reopen (fixture); /* without the head, as a forger would */
  add (fixture, "Piet", "view");
  assert_sound (fixture);
  reopen (fixture, &kept);
  assert_broken (fixture, 4);
  add_many (fixture, 3);
  g_assert_false (tb_view_log_verify (fixture->store, NULL));
  reopen (fixture, &kept);
  assert_broken (fixture, 5); /* goes on from the row that was there */
  g_bytes_unref (kept.hash);
}

/* A cut tail leaves its gap for ever: numbers are not given out twice. */
static void
test_cut_tail_stays (Fixture *fixture, gconstpointer data)
{
  Kept kept = { 0 };
  g_autoptr (GPtrArray) rows = NULL;

  attach (fixture, &kept);
  add_many (fixture, 10);
  sql (fixture, "DELETE FROM view_log WHERE seq > 7");
  reopen (fixture, &kept);
  assert_broken (fixture, 10);
  add (fixture, "Anna", "view");
  rows = tb_view_log_list (fixture->store, NULL, 0, 1, NULL, NULL);
  g_assert_cmpint (((TbViewLogRow *) rows->pdata[0])->seq, ==, 11);
  assert_broken (fixture, 8);
  g_bytes_unref (kept.hash);
}

/* Power lost between the row and its head: the log is longer than the head says, and sound. */
static void
test_head_behind (Fixture *fixture, gconstpointer data)
{
  Kept kept = { 0 };
  g_autoptr (GError) error = NULL;

  attach (fixture, &kept);
  add_many (fixture, 3);
  kept.fail = TRUE;
  g_assert_false (tb_view_log_add (fixture->store, NOW, "p1", "Anna", NULL, NULL, "view", NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_FULL);
  kept.fail = FALSE;
  reopen (fixture, &kept);
  g_assert_cmpint (kept.seq, ==, 3);
  assert_sound (fixture);
  add (fixture, "Anna", "view");
  g_assert_cmpint (kept.seq, ==, 5);
  assert_sound (fixture);
  g_bytes_unref (kept.hash);
}

static gpointer
add_in_thread (gpointer data)
{
  add_many (data, 100);
  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  Kept kept = { 0 };
  GThread *one, *two;

  attach (fixture, &kept);
  one = g_thread_new ("one", add_in_thread, fixture);
  two = g_thread_new ("two", add_in_thread, fixture);
  for (guint i = 0; i < 20; i++)
    assert_sound (fixture); /* also while rows are added */
  g_thread_join (one);
  g_thread_join (two);
  assert_sound (fixture);
  g_assert_cmpint (kept.seq, ==, 200);
  g_assert_cmpuint (kept.calls, ==, 200);
  g_bytes_unref (kept.hash);
}

/* 100,000 rows, chained here and put in by one transaction: adding them one by one costs a minute of syncing. */
static void
fill (Fixture *fixture, guint count)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *insert = NULL;
  guint8 hash[32] = { 0 };

  g_assert_cmpint (sqlite3_open (fixture->database, &db), ==, SQLITE_OK);
  sqlite3_exec (db, "BEGIN", NULL, NULL, NULL);
  sqlite3_prepare_v2 (db, "INSERT INTO view_log VALUES (?1, 5, 'person', 'Anna de Vries', ?2, ?3, 'view', '', ?4)", -1,
                      &insert, NULL);
  for (guint seq = 1; seq <= count; seq++) {
    g_autofree char *number = g_strdup_printf ("%u", seq);
    const char *const fields[] = { number,   "5", "person", "Anna de Vries", "01900000-0000-7000-8000-000000000000",
                                   "01900000-0000-7000-8000-000000000001",   "view", "" };
    g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
    gsize size = sizeof hash;

    g_checksum_update (sum, hash, 32);
    for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
      const guint8 length[8] = { 0, 0, 0, 0, 0, 0, 0, (guint8) strlen (fields[i]) };

      g_checksum_update (sum, length, 8);
      g_checksum_update (sum, (const guchar *) fields[i], (gssize) strlen (fields[i]));
    }
    g_checksum_get_digest (sum, hash, &size);
    sqlite3_bind_int64 (insert, 1, seq);
    sqlite3_bind_text (insert, 2, fields[4], -1, SQLITE_STATIC);
    sqlite3_bind_text (insert, 3, fields[5], -1, SQLITE_STATIC);
    sqlite3_bind_blob (insert, 4, hash, 32, SQLITE_TRANSIENT);
    g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
    sqlite3_reset (insert);
  }
  sqlite3_finalize (insert);
  sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  sqlite3_close (db);
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  gint64 before;

  fill (fixture, 100000);
  before = g_get_monotonic_time ();
  assert_sound (fixture);
  g_test_message ("100000 rows verified in %.3f s", (double) (g_get_monotonic_time () - before) / 1e6);
  before = g_get_monotonic_time ();
  add_many (fixture, 100);
  g_test_message ("a row added in %.3f ms", (double) (g_get_monotonic_time () - before) / 1e5);
  sql (fixture, "UPDATE view_log SET detail = 'x' WHERE seq = 99999");
  assert_broken (fixture, 99999);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/view-log/rows", test_rows);
  fixture_add ("/view-log/format", test_format);
  fixture_add ("/view-log/tampering", test_tampering);
  fixture_add ("/view-log/forged-end", test_forged_end);
  fixture_add ("/view-log/cut-tail-stays", test_cut_tail_stays);
  fixture_add ("/view-log/head-behind", test_head_behind);
  fixture_add ("/view-log/threads", test_threads);
  fixture_add ("/view-log/many", test_many);
  return g_test_run ();
}
