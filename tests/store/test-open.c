/* Opening: new, again, newer, foreign, damaged; and the migrations. */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "store/agreement.h"
#include "store/cache.h"
#include "store/handover.h"
#include "store/layers.h"
#include "store/migrate.h"
#include "store/moment.h"
#include "store/own-instrument.h"
#include "store/person.h"
#include "store/release.h"
#include "store/report-clear.h"
#include "store/report.h"
#include "store/settings.h"
#include "store/store-private.h"
#include "store/talk.h"
#include "store/trajectory.h"
#include "store/view-log.h"

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  char *problem = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &problem);
  if (problem != NULL)
    g_error ("%s: %s", sql, problem);
  sqlite3_close (db);
}

static int
read_int (const char *path, const char *sql)
{
  g_autoptr (TbDb) db = tb_db_open (path, NULL);
  sqlite3_stmt *statement = NULL;
  int value;

  g_assert_cmpint (sqlite3_prepare_v2 (db->handle, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  value = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

/* Opening fails with CODE and leaves the file byte for byte as it was. */
static void
assert_refused (Fixture *fixture, int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize before_length, after_length;
  TbStore *store;

  before = file_bytes (fixture->database, &before_length);
  store = tb_store_open_files (fixture->database, fixture->cache, &error);
  g_assert_null (store);
  g_assert_error (error, TB_ERROR, code);
  g_test_message ("%s", error->message);
  after = file_bytes (fixture->database, &after_length);
  g_assert_cmpmem (before, before_length, after, after_length);
}

static void
test_fresh_and_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autoptr (TbVisit) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *backup = g_strconcat (fixture->database, ".before-1", NULL);

  g_assert_false (tb_store_cache_was_rebuilt (fixture->store));
  g_assert_cmpint (tb_store_version (fixture->store), ==, 5);
  fixture_reopen (fixture);
  g_assert_false (tb_store_cache_was_rebuilt (fixture->store));
  found = tb_visit_get (fixture->store, visit, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found->title, ==, "Rekenen");
  g_assert_true (tb_store_check (fixture->store, &error));
  g_assert_no_error (error);
  g_assert_cmpint (read_int (fixture->database, "PRAGMA application_id"), ==, TB_APPLICATION_ID);
  g_assert_false (g_file_test (backup, G_FILE_TEST_EXISTS));
}

static void
test_newer (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->store, tb_store_close);
  run_sql (fixture->database, "PRAGMA user_version = 99");
  assert_refused (fixture, TB_ERROR_TOO_NEW);
}

static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->store, tb_store_close);
  run_sql (fixture->database, "PRAGMA application_id = 12345");
  assert_refused (fixture, TB_ERROR_INVALID);
  run_sql (fixture->database, "PRAGMA application_id = 0");
  assert_refused (fixture, TB_ERROR_INVALID);
}

static void
test_missing_table (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->store, tb_store_close);
  run_sql (fixture->database, "DROP TABLE clip");
  assert_refused (fixture, TB_ERROR_CORRUPT);
}

/* Spoils LENGTH bytes at OFFSET and then every STRIDE bytes (0: once). */
static void
spoil (const char *path, gsize offset, gsize length, gsize stride)
{
  gsize size = 0;
  g_autofree char *bytes = file_bytes (path, &size);

  for (; offset < size; offset += stride) {
    for (gsize i = offset; i < MIN (offset + length, size); i++)
      bytes[i] = (char) (bytes[i] ^ 0x5a);
    if (stride == 0)
      break;
  }
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
}

static void
test_corrupt (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize length = 0;
  const gsize places[] = { 0, 100, 4096, 5 * 4096 };

  for (guint i = 0; i < 30; i++)
    g_free (fixture_visit (fixture, FALSE));
  g_clear_pointer (&fixture->store, tb_store_close);
  whole = file_bytes (fixture->database, &length);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_assert_true (g_file_set_contents (fixture->database, whole, (gssize) length, NULL));
    spoil (fixture->database, places[i], 200, 0);
    assert_refused (fixture, TB_ERROR_CORRUPT);
  }
  /* Cut short. */
  g_assert_true (g_file_set_contents (fixture->database, whole, (gssize) (length / 2), NULL));
  assert_refused (fixture, TB_ERROR_CORRUPT);
  /* Something else altogether. */
  g_assert_true (g_file_set_contents (fixture->database, "not a database, but long enough to look at", -1, NULL));
  assert_refused (fixture, TB_ERROR_CORRUPT);
}

/* A log with changes beside an empty database means that the database was lost. */
static void
test_lost_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *wal = g_strconcat (fixture->database, "-wal", NULL);
  g_autofree char *copy = NULL;
  g_autofree char *after = NULL;
  gsize length = 0, after_length = 0;

  g_free (fixture_visit (fixture, FALSE));
  copy = file_bytes (wal, &length);
  g_assert_cmpuint (length, >, 0);
  g_clear_pointer (&fixture->store, tb_store_close);
  g_assert_true (g_file_set_contents (wal, copy, (gssize) length, NULL));
  g_assert_true (g_file_set_contents (fixture->database, "", 0, NULL));
  assert_refused (fixture, TB_ERROR_CORRUPT);
  after = file_bytes (wal, &after_length);
  g_assert_cmpmem (copy, length, after, after_length);
}

static void
test_corrupt_large_met_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *note = g_strnfill (3500, 'x');
  g_autofree char *fields = g_strdup_printf ("{'at':1,'note':'%s'}", note);
  g_autoptr (GPtrArray) list = NULL;
  gsize size = 0;

  for (guint batch = 0; batch < 2; batch++) {
    g_autoptr (json_object) operations = json_object_new_array ();
    g_autoptr (GPtrArray) results = NULL;

    for (guint i = 0; i < 250; i++) {
      g_autofree char *id = tb_uuid_new ();

      json_object_array_add (operations, make_operation (NULL, "add", "observation", id, fields, "anna"));
    }
    results = tb_journal_apply (fixture->store, visit, operations, NULL, &error);
    g_assert_no_error (error);
  }
  g_clear_pointer (&fixture->store, tb_store_close);
  g_free (file_bytes (fixture->database, &size));
  g_assert_cmpuint (size, >, 3 * 1024 * 1024);
  spoil (fixture->database, size / 3 / 4096 * 4096, 64, 4096);

  fixture->store = tb_store_open_files (fixture->database, fixture->cache, &error);
  if (fixture->store == NULL) {
    g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
    return;
  }
  list = tb_observation_list (fixture->store, visit, TRUE, NULL, &error);
  if (list == NULL)
    g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_false (tb_store_check (fixture->store, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
}

static void
test_corrupt_cache (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autoptr (TbVisit) found = NULL;

  g_clear_pointer (&fixture->store, tb_store_close);
  spoil (fixture->cache, 0, 200, 0);
  fixture_reopen (fixture);
  g_assert_true (tb_store_cache_was_rebuilt (fixture->store));
  found = tb_visit_get (fixture->store, visit, NULL);
  g_assert_nonnull (found);
  fixture_reopen (fixture);
  g_assert_false (tb_store_cache_was_rebuilt (fixture->store));

  g_clear_pointer (&fixture->store, tb_store_close);
  run_sql (fixture->cache, "PRAGMA user_version = 1000");
  fixture_reopen (fixture);
  g_assert_true (tb_store_cache_was_rebuilt (fixture->store));

  /* Deleting it is allowed and no news. */
  g_clear_pointer (&fixture->store, tb_store_close);
  g_unlink (fixture->cache);
  fixture_reopen (fixture);
  g_assert_false (tb_store_cache_was_rebuilt (fixture->store));
}

static GPtrArray *
three_migrations (const char *third)
{
  static TbMigration one = { "0001-a.sql", "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);" };
  static TbMigration two = { "0002-b.sql", "CREATE TABLE b (x INTEGER); INSERT INTO b SELECT x FROM a;" };
  GPtrArray *list = g_ptr_array_new ();
  TbMigration *last = g_new0 (TbMigration, 1);

  last->name = "0003-c.sql";
  last->sql = third;
  g_ptr_array_add (list, &one);
  g_ptr_array_add (list, &two);
  g_ptr_array_add (list, last);
  return list;
}

static void
test_migrate (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "other.db", NULL);
  g_autofree char *backup = g_strconcat (path, ".before-3", NULL);
  g_autofree char *partial = g_strconcat (backup, ".partial", NULL);
  g_autoptr (GPtrArray) bad = three_migrations ("CREATE TABLE c (x INTEGER); DROP TABLE a; CREATE TABBLE d (x);");
  g_autoptr (GPtrArray) good = three_migrations ("CREATE TABLE c (x INTEGER);");
  g_autofree gpointer bad_last = g_ptr_array_index (bad, 2);
  g_autofree gpointer good_last = g_ptr_array_index (good, 2);
  g_autoptr (GPtrArray) first = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TbDb) db = tb_db_open (path, &error);

  /* Version 1 only. */
  g_ptr_array_add (first, g_ptr_array_index (good, 0));
  g_assert_true (tb_migrate (db, first, &error));
  g_assert_no_error (error);
  g_assert_cmpint (read_int (path, "PRAGMA user_version"), ==, 1);
  g_assert_false (g_file_test (backup, G_FILE_TEST_EXISTS));

  /* The second goes through, the third has an error in its middle. */
  g_assert_false (tb_migrate (db, bad, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "0003-c.sql"));
  g_clear_error (&error);
  g_assert_cmpint (read_int (path, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (read_int (path, "SELECT count(*) FROM a"), ==, 1);
  g_assert_cmpint (read_int (path, "SELECT count(*) FROM b"), ==, 1);
  g_assert_cmpint (read_int (path, "SELECT count(*) FROM sqlite_schema WHERE name = 'c'"), ==, 0);
  g_assert_true (g_file_test (backup, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
  g_assert_cmpint (read_int (backup, "PRAGMA user_version"), ==, 1);

  /* Mended, it goes on; a second run does nothing. */
  g_assert_true (tb_migrate (db, good, &error));
  g_assert_no_error (error);
  g_assert_cmpint (read_int (path, "PRAGMA user_version"), ==, 3);
  g_assert_cmpint (read_int (backup, "PRAGMA user_version"), ==, 2);
  g_assert_true (tb_migrate (db, good, &error));

  /* A program that knows less refuses. */
  g_assert_false (tb_migrate (db, first, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_NEW);
  g_assert_nonnull (strstr (error->message, "version 3"));
  g_assert_nonnull (strstr (error->message, "up to 1"));
}

/* A new database is made whole, or stays empty. */
static void
test_migrate_new (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "other.db", NULL);
  g_autoptr (GPtrArray) bad = three_migrations ("CREATE TABLE c (x INTEGER); CREATE TABBLE d (x);");
  g_autoptr (GPtrArray) good = three_migrations ("CREATE TABLE c (x INTEGER);");
  g_autofree gpointer bad_last = g_ptr_array_index (bad, 2);
  g_autofree gpointer good_last = g_ptr_array_index (good, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbDb) db = tb_db_open (path, &error);

  g_assert_false (tb_migrate (db, bad, &error));
  g_assert_nonnull (strstr (error->message, "0003-c.sql"));
  g_clear_error (&error);
  g_assert_cmpint (read_int (path, "PRAGMA user_version"), ==, 0);
  g_assert_cmpint (read_int (path, "SELECT count(*) FROM sqlite_schema"), ==, 0);

  g_assert_true (tb_migrate (db, good, &error));
  g_assert_no_error (error);
  g_assert_cmpint (read_int (path, "PRAGMA user_version"), ==, 3);
}

/* From version 2 on the visit is somebody's, and shared. */
static void
check_archived_people (Fixture *fixture, const TbVisit *visit, int version)
{
  g_autoptr (GPtrArray) people = tb_person_list (fixture->store, NULL);
  g_autoptr (GPtrArray) shared = NULL;
  g_autoptr (GPtrArray) log = tb_view_log_list (fixture->store, NULL, 0, 10, NULL, NULL);

  g_assert_cmpuint (people->len, ==, version < 2 ? 0 : version < 3 ? 2 : 3);
  g_assert_cmpuint (log->len, ==, version < 2 ? 0 : version < 3 ? 2 : 3); /* a release, a view, a handover asked */
  g_assert_cmpstr (visit->coach_name, ==, version >= 2 ? "Anna" : NULL);
  g_assert_cmpstr (visit->teacher_person_name, ==, version >= 2 ? "Juf Sanne" : NULL);
  if (version < 2)
    return;
  shared = tb_visit_list_shared (fixture->store, visit->teacher_person, FIXTURE_ZERO, NULL, 10, NULL, NULL, NULL);
  g_assert_cmpuint (shared->len, ==, 1);
}

/* From version 3 on it has been talked about; before, a talk can begin. */
static void
check_archived_talk (Fixture *fixture, const TbVisit *visit, int version)
{
  g_autoptr (TbTalk) talk = NULL;
  g_autoptr (TbReport) report = NULL;
  g_autoptr (GPtrArray) moments = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) line = NULL;
  g_autoptr (GPtrArray) trajectories = NULL;
  g_autoptr (GPtrArray) handovers = NULL;
  const char *coach = visit->coach;

  if (version < 2)
    return;
  talk = tb_talk_get (fixture->store, visit->id, coach, NULL);
  moments = tb_moment_list (fixture->store, visit->id, coach, NULL);
  items = tb_talk_list_items (fixture->store, visit->id, coach, NULL);
  trajectories = tb_trajectory_list (fixture->store, coach, NULL);
  handovers = tb_handover_list (fixture->store, coach, NULL);
  g_assert_cmpint (talk->revealed_at, ==, version < 3 ? 0 : FIXTURE_ZERO);
  g_assert_cmpint (talk->state_seq, ==, version < 3 ? 0 : 1);
  g_assert_cmpuint (moments->len, ==, version < 3 ? 0 : 2);
  g_assert_cmpuint (items->len, ==, version < 3 ? 0 : 1);
  g_assert_cmpuint (trajectories->len, ==, version < 3 ? 0 : 1);
  g_assert_cmpuint (handovers->len, ==, version < 3 ? 0 : 1);
  if (version < 3)
    return;
  line = tb_trajectory_list_visits (fixture->store, ((TbTrajectory *) trajectories->pdata[0])->id, coach, NULL);
  g_assert_cmpuint (line->len, ==, 1);
  g_assert_cmpuint (((TbTrajectoryVisit *) line->pdata[0])->agreements->len, ==, 1);
  report = tb_report_get (fixture->store, visit->id, coach, NULL);
  g_assert_cmpint (report->coach_signed_at, ==, FIXTURE_ZERO);
}

/* From version 4 on a release can be of the bare film, and a picture in a report be agreed to. */
static void
check_archived_pictures (Fixture *fixture, const TbVisit *visit, int version)
{
  g_autoptr (GPtrArray) releases = tb_release_list_of_visit (fixture->store, visit->id, NULL);
  g_autoptr (GPtrArray) clear = NULL;

  if (version < 2)
    return;
  g_assert_cmpint (((TbRelease *) releases->pdata[0])->taps, ==, version < 4);
  clear = tb_report_clear_list (fixture->store, visit->id, visit->coach, NULL);
  g_assert_cmpuint (clear->len, ==, version < 4 ? 0 : 1);
}

/* From version 5 on there are instruments of the school, several observers, and more than a code in an observation. */
static void
check_archived_observing (Fixture *fixture, const TbVisit *visit, GPtrArray *observations, int version)
{
  g_autoptr (TbLayers) layers = tb_layers_load (fixture->store, visit->id, NULL);
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (TbInstrument) own = tb_catalogue_find (catalogue, "eigen", 0, NULL);
  g_autoptr (TbOwnDraft) draft = tb_own_instrument_draft (catalogue, "eigen", NULL);
  guint modified = 0, rated = 0, intervals = 0;

  for (guint i = 0; i < observations->len; i++) {
    const TbObservation *observation = observations->pdata[i];

    modified += g_strcmp0 (observation->modifiers, "{\"hoe\":[\"blik\"],\"van\":\"leraar\",\"aantal\":3}") == 0;
    rated += observation->rating == 2 && observation->evidence != NULL;
    intervals += observation->kind == TB_KIND_INTERVAL && observation->until == 120 * TB_SECOND;
    g_assert_true ((observation->rating != TB_RATING_NONE) == (observation->kind == TB_KIND_RATING));
  }
  g_assert_cmpuint (modified, ==, version < 5 ? 0 : 1);
  g_assert_cmpuint (rated, ==, version < 5 ? 0 : 1);
  g_assert_cmpuint (intervals, ==, version < 5 ? 0 : 1);
  g_assert_nonnull (layers);
  g_assert_cmpuint (layers->observers->len, ==, version < 2 ? 0 : version < 5 ? 1 : 2);
  g_assert_true (version < 5 ? own == NULL && draft == NULL : tb_instrument_version (own) == 1 && draft->version == 2);
}

/* Every released version of the database is kept in archive/ and must open. */
static void
test_archive (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "tests", "store", "archive", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint count = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *from = g_build_filename (folder, name, NULL);
    g_autofree char *bytes = NULL;
    g_autoptr (GPtrArray) visits = NULL;
    g_autoptr (GPtrArray) observations = NULL;
    g_autoptr (GPtrArray) operations = NULL;
    g_autoptr (GError) error = NULL;
    const TbVisit *visit;
    const int version = atoi (name + 1);
    gsize length = 0;

    if (!g_str_has_suffix (name, ".db"))
      continue;
    count++;
    g_clear_pointer (&fixture->store, tb_store_close);
    bytes = file_bytes (from, &length);
    g_assert_true (g_file_set_contents (fixture->database, bytes, (gssize) length, NULL));
    fixture->store = tb_store_open_files (fixture->database, fixture->cache, &error);
    g_assert_no_error (error);
    visits = tb_visit_list (fixture->store, NULL, NULL, 10, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (visits->len, ==, 1);
    visit = g_ptr_array_index (visits, 0);
    g_assert_cmpstr (visit->title, ==, "Rekenen in groep 5");
    observations = tb_observation_list (fixture->store, visit->id, TRUE, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (observations->len, ==, version < 5 ? 3 : 6);
    operations = tb_journal_list (fixture->store, visit->id, 0, 100, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (operations->len, ==, (guint) visit->seq);
    check_archived_people (fixture, visit, version);
    check_archived_talk (fixture, visit, version);
    check_archived_pictures (fixture, visit, version);
    check_archived_observing (fixture, visit, observations, version);
    g_assert_cmpint (tb_store_version (fixture->store), ==, 5);
    g_assert_true (tb_store_check (fixture->store, &error));
  }
  g_assert_cmpuint (count, ==, 5);
}

static void
test_settings (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) all = NULL;
  g_autofree char *value = NULL;

  g_assert_true (tb_settings_get (fixture->store, "language", &value, NULL));
  g_assert_null (value);
  g_hash_table_insert (values, (gpointer) "language", (gpointer) "nl");
  g_hash_table_insert (values, (gpointer) "observer", (gpointer) "José");
  g_assert_true (tb_settings_set (fixture->store, values, NULL));
  g_hash_table_insert (values, (gpointer) "language", NULL);
  g_assert_true (tb_settings_set (fixture->store, values, NULL));
  all = tb_settings_all (fixture->store, NULL);
  g_assert_cmpuint (g_hash_table_size (all), ==, 1);
  g_assert_cmpstr (g_hash_table_lookup (all, "observer"), ==, "José");
}

static void
test_cache (Fixture *fixture, gconstpointer data)
{
  const TbCachedFragment fragments[] = { { 0, TB_SECOND, 700, 1000, TRUE },
                                         { TB_SECOND, TB_SECOND, 1700, 900, FALSE },
                                         { 2 * TB_SECOND, TB_SECOND / 2, 2600, 800, TRUE } };
  g_autoptr (TbCachedFile) none = tb_cache_get_fragments (fixture->store, "v", "f");
  g_autoptr (TbCachedFile) some = NULL;
  g_autoptr (TbCachedFile) gone = NULL;
  g_autoptr (GBytes) peaks = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) back = NULL;

  g_assert_cmpuint (none->fragments->len, ==, 0);
  g_assert_cmpuint (none->scanned_to, ==, 0);
  g_assert_true (tb_cache_put_fragments (fixture->store, "v", "f", "{}", 1700, 0, fragments, 1));
  g_assert_true (tb_cache_put_fragments (fixture->store, "v", "f", NULL, 3400, 1, fragments + 1, 2));
  g_assert_true (tb_cache_put_fragments (fixture->store, "v", "f", NULL, 3400, 2, fragments + 2, 1));
  some = tb_cache_get_fragments (fixture->store, "v", "f");
  g_assert_cmpstr (some->init, ==, "{}");
  g_assert_cmpuint (some->scanned_to, ==, 3400);
  g_assert_cmpuint (some->fragments->len, ==, G_N_ELEMENTS (fragments));
  for (guint i = 0; i < some->fragments->len; i++) {
    const TbCachedFragment *fragment = &g_array_index (some->fragments, TbCachedFragment, i);

    g_assert_cmpint (fragment->time, ==, fragments[i].time);
    g_assert_cmpint (fragment->duration, ==, fragments[i].duration);
    g_assert_cmpuint (fragment->offset, ==, fragments[i].offset);
    g_assert_cmpuint (fragment->size, ==, fragments[i].size);
    g_assert_cmpint (fragment->key, ==, fragments[i].key);
  }
  tb_cache_forget_file (fixture->store, "v", "f");
  gone = tb_cache_get_fragments (fixture->store, "v", "f");
  g_assert_cmpuint (gone->fragments->len, ==, 0);

  g_assert_null (tb_cache_get_peaks (fixture->store, "v", "t", 1));
  g_assert_true (tb_cache_put_peaks (fixture->store, "v", "t", 1, peaks));
  back = tb_cache_get_peaks (fixture->store, "v", "t", 1);
  g_assert_true (g_bytes_equal (peaks, back));
}

/* Damage that only shows while the program runs. */
static void
test_cache_breaks_meanwhile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) peaks = g_bytes_new_take (g_malloc0 (400000), 400000);
  g_autoptr (GBytes) back = NULL;

  for (gint64 i = 0; i < 10; i++)
    g_assert_true (tb_cache_put_peaks (fixture->store, "v", "t", i, peaks));
  g_clear_pointer (&fixture->store, tb_store_close);
  spoil (fixture->cache, 8 * 4096, 100, 4096);
  fixture_reopen (fixture);
  for (gint64 i = 0; i < 10; i++) {
    g_autoptr (GBytes) any = tb_cache_get_peaks (fixture->store, "v", "t", i);
  }
  tb_cache_put_peaks (fixture->store, "v", "t", 1, peaks);
  g_assert_true (tb_cache_put_peaks (fixture->store, "v", "t", 1, peaks));
  back = tb_cache_get_peaks (fixture->store, "v", "t", 1);
  g_assert_true (back != NULL && g_bytes_equal (peaks, back));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/open/fresh-and-again", test_fresh_and_again);
  fixture_add ("/open/newer", test_newer);
  fixture_add ("/open/foreign", test_foreign);
  fixture_add ("/open/missing-table", test_missing_table);
  fixture_add ("/open/corrupt", test_corrupt);
  fixture_add ("/open/lost-file", test_lost_file);
  fixture_add ("/open/corrupt-large", test_corrupt_large_met_later);
  fixture_add ("/open/corrupt-cache", test_corrupt_cache);
  fixture_add ("/open/migrate", test_migrate);
  fixture_add ("/open/migrate-new", test_migrate_new);
  fixture_add ("/open/archive", test_archive);
  fixture_add ("/settings", test_settings);
  fixture_add ("/cache", test_cache);
  fixture_add ("/cache/breaks", test_cache_breaks_meanwhile);
  return g_test_run ();
}
