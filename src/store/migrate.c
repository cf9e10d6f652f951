#include "store/migrate.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "schema-resource.h"

#define PREFIX "/terugblik/schemas/"

static void
migration_free (gpointer data)
{
  TbMigration *migration = data;

  g_free ((char *) migration->name);
  g_free ((char *) migration->sql);
  g_free (migration);
}

char *
tb_schema_text (const char *name)
{
  g_autofree char *path = g_strconcat (PREFIX, name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (tb_schema_get_resource (), path, 0, NULL);

  g_assert (bytes != NULL);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

GPtrArray *
tb_migrations_bundled (void)
{
  GPtrArray *migrations = g_ptr_array_new_with_free_func (migration_free);
  g_auto (GStrv) names = g_resource_enumerate_children (tb_schema_get_resource (), PREFIX, 0, NULL);

  qsort (names, g_strv_length (names), sizeof (char *), by_name);
  for (guint i = 0; names[i] != NULL; i++) {
    TbMigration *migration;

    if (!g_ascii_isdigit (names[i][0]))
      continue;
    migration = g_new0 (TbMigration, 1);
    migration->name = g_strdup (names[i]);
    migration->sql = tb_schema_text (names[i]);
    g_ptr_array_add (migrations, migration);
    g_assert (g_ascii_strtoull (names[i], NULL, 10) == migrations->len);
  }
  return migrations;
}

gboolean
tb_migrate_version (TbDb *db, int *version, GError **error)
{
  gint64 application = 0;
  gint64 number = 0;
  gint64 tables = 0;

  if (!tb_db_int (db, 0, &tables, error, "SELECT count(*) FROM sqlite_schema", "")
      || !tb_db_int (db, 0, &application, error, "PRAGMA application_id", "")
      || !tb_db_int (db, 0, &number, error, "PRAGMA user_version", ""))
    return FALSE;
  if (application != TB_APPLICATION_ID && (application != 0 || tables > 0 || number != 0)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "%s is a database of another program; it was left as it is",
                 db->path);
    return FALSE;
  }
  *version = (int) number;
  return TRUE;
}

/* A whole copy beside the database, under its final name only when complete. */
static gboolean
keep_copy (TbDb *db, guint version, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s.before-%u", db->path, version);
  g_autofree char *partial = g_strconcat (name, ".partial", NULL);
  g_autoptr (TbDb) copy = NULL;
  sqlite3_backup *backup;
  int code;

  g_unlink (partial);
  copy = tb_db_open (partial, error);
  if (copy == NULL)
    return FALSE;
  backup = sqlite3_backup_init (copy->handle, "main", db->handle, "main");
  if (backup == NULL)
    return tb_db_fail (copy, sqlite3_errcode (copy->handle), error);
  sqlite3_backup_step (backup, -1);
  code = sqlite3_backup_finish (backup);
  if (code != SQLITE_OK) {
    tb_db_fail (copy, code, error);
    g_unlink (partial);
    return FALSE;
  }
  g_clear_pointer (&copy, tb_db_close);
  if (g_rename (partial, name) != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not name the copy %s: %s", name, g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

static gboolean
run_inside (TbDb *db, const TbMigration *migration, guint number, GError **error)
{
  g_autofree char *stamp = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %u", TB_APPLICATION_ID,
                                            number);
  gint64 now = 0;

  /* Another process may have been first while this one waited for the lock. */
  if (!tb_db_int (db, 0, &now, error, "PRAGMA user_version", ""))
    return FALSE;
  if (now >= number)
    return TRUE;
  if (tb_db_run (db, migration->sql, error) && tb_db_run (db, stamp, error))
    return TRUE;
  g_prefix_error (error, "Could not bring the database to version %u (%s): ", number, migration->name);
  return FALSE;
}

/* Those from number FIRST up to before END (counted from 0) in one transaction. */
static gboolean
run_span (TbDb *db, GPtrArray *migrations, guint first, guint end, GError **error)
{
  gboolean ok = tb_db_run (db, "BEGIN IMMEDIATE", error);

  if (!ok)
    return FALSE;
  for (guint i = first; ok && i < end; i++)
    ok = run_inside (db, g_ptr_array_index (migrations, i), i + 1, error);
  if (ok && tb_db_run (db, "COMMIT", error))
    return TRUE;
  /* Some errors have rolled back already. */
  if (!sqlite3_get_autocommit (db->handle))
    tb_db_run (db, "ROLLBACK", NULL);
  return FALSE;
}

gboolean
tb_migrate (TbDb *db, GPtrArray *migrations, GError **error)
{
  int version = 0;

  if (!tb_migrate_version (db, &version, error))
    return FALSE;
  if (version > (int) migrations->len) {
    g_set_error (error, TB_ERROR, TB_ERROR_TOO_NEW,
                 "%s was made by a newer Terugblik: it has version %d, this program knows up to %u; "
                 "install the newer program, nothing was changed",
                 db->path, version, migrations->len);
    return FALSE;
  }
  if (version > 0 && version < (int) migrations->len && !keep_copy (db, migrations->len, error))
    return FALSE;
  /* A new one is made whole, or stays empty. */
  if (version == 0)
    return run_span (db, migrations, 0, migrations->len, error);
  for (guint i = (guint) version; i < migrations->len; i++)
    if (!run_span (db, migrations, i, i + 1, error))
      return FALSE;
  return TRUE;
}
