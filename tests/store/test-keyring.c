/* keys.db: what is kept stays, what is destroyed is gone from the disk. */
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "fixture.h"
#include "store/keyring.h"

typedef struct {
  char *folder;
  char *path;
  char *journal;
  TbKeyShelf shelf;
} Ring;

static void
ring_open (Ring *ring)
{
  g_autoptr (GError) error = NULL;

  tb_keyring_open (ring->path, &ring->shelf, &error);
  g_assert_no_error (error);
}

static void
ring_close (Ring *ring)
{
  if (ring->shelf.free != NULL)
    ring->shelf.free (ring->shelf.data);
  ring->shelf = (TbKeyShelf) { 0 };
}

static void
set_up (Ring *ring, gconstpointer data)
{
  ring->folder = g_dir_make_tmp ("terugblik-XXXXXX", NULL);
  ring->path = g_build_filename (ring->folder, "keys.db", NULL);
  ring->journal = g_strconcat (ring->path, "-journal", NULL);
  ring_open (ring);
}

static void
tear_down (Ring *ring, gconstpointer data)
{
  ring_close (ring);
  g_unlink (ring->path);
  g_unlink (ring->journal);
  g_rmdir (ring->folder);
  g_free (ring->folder);
  g_free (ring->path);
  g_free (ring->journal);
}

static void
save (Ring *ring, TbKeyKind kind, const char *owner, const char *recipient, const char *sealed, gboolean replace,
      int code)
{
  g_autoptr (GBytes) bytes = sealed != NULL ? g_bytes_new (sealed, strlen (sealed)) : NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok = ring->shelf.save (ring->shelf.data, kind, owner, recipient, bytes, replace, &error);

  g_assert_true (ok == (code == 0));
  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
}

/* New: "recipient sealed"; NULL when there is none. */
static char *
load (Ring *ring, TbKeyKind kind, const char *owner)
{
  g_autofree char *recipient = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) error = NULL;

  if (!ring->shelf.load (ring->shelf.data, kind, owner, &recipient, &sealed, &error)) {
    g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
    return NULL;
  }
  return g_strdup_printf ("%s %.*s", recipient, (int) g_bytes_get_size (sealed),
                          g_bytes_get_size (sealed) > 0 ? (const char *) g_bytes_get_data (sealed, NULL) : "");
}

static void
check (Ring *ring, TbKeyKind kind, const char *owner, const char *expected)
{
  g_autofree char *found = load (ring, kind, owner);

  g_assert_cmpstr (found, ==, expected);
}

static gboolean
is_on_disk (Ring *ring, const char *text)
{
  const char *const paths[] = { ring->path, ring->journal };
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *bytes = NULL;
    gsize length = 0;

    if (g_file_get_contents (paths[i], &bytes, &length, NULL))
      found = found || memmem (bytes, length, text, strlen (text)) != NULL;
  }
  return found;
}

static void
test_keep (Ring *ring, gconstpointer data)
{
  g_autoptr (GPtrArray) visits = NULL;

  save (ring, TB_KEY_SCHOOL, "", "age1school", NULL, FALSE, 0);
  save (ring, TB_KEY_VISIT, "b", "age1b", "sealed-b", FALSE, 0);
  save (ring, TB_KEY_VISIT, "a", "age1a", "sealed-a", FALSE, 0);
  save (ring, TB_KEY_SLOT, "a", NULL, "slot-a", FALSE, 0);
  save (ring, TB_KEY_VISIT, "a", "age1x", "sealed-x", FALSE, TB_ERROR_CONFLICT);
  check (ring, TB_KEY_VISIT, "a", "age1a sealed-a");
  save (ring, TB_KEY_SLOT, "a", "", "slot-new", TRUE, 0);
  ring_close (ring);
  ring_open (ring);
  check (ring, TB_KEY_SCHOOL, "", "age1school ");
  check (ring, TB_KEY_VISIT, "b", "age1b sealed-b");
  check (ring, TB_KEY_SLOT, "a", " slot-new");
  check (ring, TB_KEY_RECOVERY, "", NULL);
  visits = ring->shelf.list (ring->shelf.data, TB_KEY_VISIT, NULL);
  g_assert_cmpuint (visits->len, ==, 2);
  g_assert_cmpstr (visits->pdata[0], ==, "a");
  g_assert_cmpstr (visits->pdata[1], ==, "b");
}

/* What secures a destroyed visit: not in the file, and not in what is left of the journal. */
static void
test_destroy (Ring *ring, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 200; i++) {
    g_autofree char *owner = g_strdup_printf ("visit-%d", i);
    g_autofree char *sealed = g_strdup_printf ("SECRET-%03d-%0500d", i, i);

    save (ring, TB_KEY_VISIT, owner, "age1v", sealed, FALSE, 0);
  }
  save (ring, TB_KEY_SLOT, "anna", "", "SLOT-OF-BEFORE", FALSE, 0);
  g_assert_true (is_on_disk (ring, "SECRET-100-"));
  g_assert_true (ring->shelf.destroy (ring->shelf.data, TB_KEY_VISIT, "visit-100", &error));
  g_assert_no_error (error);
  g_assert_false (is_on_disk (ring, "SECRET-100-"));
  g_assert_true (is_on_disk (ring, "SECRET-101-"));
  check (ring, TB_KEY_VISIT, "visit-100", NULL);
  g_assert_false (ring->shelf.destroy (ring->shelf.data, TB_KEY_VISIT, "visit-100", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  save (ring, TB_KEY_SLOT, "anna", "", "SLOT-OF-NOW", TRUE, 0);
  g_assert_false (is_on_disk (ring, "SLOT-OF-BEFORE"));
  ring_close (ring);
  ring_open (ring);
  check (ring, TB_KEY_VISIT, "visit-100", NULL);
  check (ring, TB_KEY_SLOT, "anna", " SLOT-OF-NOW");
}

static void
test_modes (Ring *ring, gconstpointer data)
{
  struct stat info;

  save (ring, TB_KEY_VISIT, "a", "age1a", "sealed", FALSE, 0);
  g_assert_cmpint (stat (ring->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (ring->journal, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  /* One that came back from a copy with a wide mode. */
  ring_close (ring);
  g_chmod (ring->path, 0644);
  ring_open (ring);
  g_assert_cmpint (stat (ring->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_log_head (Ring *ring, gconstpointer data)
{
  g_autoptr (GBytes) one = g_bytes_new ("one", 3);
  g_autoptr (GBytes) two = g_bytes_new ("two", 3);
  g_autoptr (GBytes) found = NULL;
  gint64 seq = -1;

  g_assert_true (tb_keyring_get_log_head (ring->shelf.data, &seq, &found, NULL));
  g_assert_cmpint (seq, ==, 0);
  g_assert_null (found);
  g_assert_true (tb_keyring_set_log_head (ring->shelf.data, 1, one, NULL));
  g_assert_true (tb_keyring_set_log_head (ring->shelf.data, 2, two, NULL));
  ring_close (ring);
  ring_open (ring);
  g_assert_true (tb_keyring_get_log_head (ring->shelf.data, &seq, &found, NULL));
  g_assert_cmpint (seq, ==, 2);
  g_assert_true (g_bytes_equal (found, two));
}

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
refused (Ring *ring, int code)
{
  g_autoptr (GError) error = NULL;
  TbKeyShelf shelf = { 0 };

  g_assert_false (tb_keyring_open (ring->path, &shelf, &error));
  g_assert_error (error, TB_ERROR, code);
}

static void
test_refused (Ring *ring, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  g_autofree char *after = NULL;
  gsize length = 0, after_length = 0;

  save (ring, TB_KEY_VISIT, "a", "age1a", "sealed", FALSE, 0);
  ring_close (ring);
  run_sql (ring->path, "PRAGMA user_version = 2");
  refused (ring, TB_ERROR_TOO_NEW);
  run_sql (ring->path, "PRAGMA user_version = 1; PRAGMA application_id = 7");
  refused (ring, TB_ERROR_INVALID);
  g_assert_true (g_file_set_contents (ring->path, "this is no database at all, not at all", -1, NULL));
  bytes = file_bytes (ring->path, &length);
  refused (ring, TB_ERROR_CORRUPT);
  after = file_bytes (ring->path, &after_length);
  g_assert_cmpmem (bytes, length, after, after_length);
}

#define add(path, function) g_test_add (path, Ring, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/keyring/keep", test_keep);
  add ("/keyring/destroy", test_destroy);
  add ("/keyring/modes", test_modes);
  add ("/keyring/log-head", test_log_head);
  add ("/keyring/refused", test_refused);
  return g_test_run ();
}
