#include "store/store-private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "store/migrate.h"

/* More connections than this are closed when they are given back. */
#define POOL_SIZE 16

/* A database that says it is ours must at least have these. */
static const char *const tables[] = {
  "setting",     "instrument", "visit",       "visit_instrument", "visit_source", "track",       "segment",
  "segment_file", "journal",   "observation", "clip",             "person",       "person_role", "session",
  "passkey",     "invitation", "sign_in_try", "release",          "view_log",     NULL,
};

/* What every connection needs once the file is known to be ours. */
static gboolean
prepare (TbDb *db, GError **error)
{
  return tb_db_run (db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY", error);
}

static gint64
file_size (const char *path, const char *suffix)
{
  g_autofree char *full = g_strconcat (path, suffix, NULL);
  struct stat info;

  return stat (full, &info) == 0 ? (gint64) info.st_size : 0;
}

/* SQLite takes an empty file for a new database and then throws away what
 * waits in its log; here that means that the file was lost. */
static gboolean
refuse_lost_file (const char *path, GError **error)
{
  if (file_size (path, "") > 0 || file_size (path, "-wal") == 0)
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT,
               "%s is empty or missing, but %s-wal has changes to it; nothing was changed, restore a backup", path,
               path);
  return FALSE;
}

static gboolean
use_wal (TbDb *db, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "PRAGMA journal_mode = WAL", ""))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step < 0)
    return FALSE;
  if (step > 0 && g_strcmp0 (tb_query_text (&query, 0), "wal") == 0)
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "The disk of %s cannot hold a database with a write-ahead log",
               db->path);
  return FALSE;
}

static gboolean
has_tables (TbDb *db, GError **error)
{
  for (guint i = 0; tables[i] != NULL; i++) {
    gint64 count = 0;

    if (!tb_db_int (db, 0, &count, error, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1", "s",
                    tables[i]))
      return FALSE;
    if (count == 0) {
      g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "This database is damaged: %s (the table “%s” is missing)",
                   db->path, tables[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* Looks first, without changing a byte; then brings it up to date. */
static TbDb *
open_database (const char *path, GPtrArray *migrations, gboolean bundled, GError **error)
{
  g_autoptr (TbDb) db = NULL;
  int version = 0;

  if (!refuse_lost_file (path, error))
    return NULL;
  db = tb_db_open (path, error);
  if (db == NULL)
    return NULL;
  /* Until it is known to be sound, closing must not write the log into it. */
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  if (!tb_migrate_version (db, &version, error))
    return NULL;
  if (version <= (int) migrations->len && version > 0
      && (!tb_db_look_over (db, error) || (bundled && version == (int) migrations->len && !has_tables (db, error))))
    return NULL;
  if (version <= (int) migrations->len && !use_wal (db, error))
    return NULL;
  if (!tb_migrate (db, migrations, error) || !prepare (db, error))
    return NULL;
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  return g_steal_pointer (&db);
}

static TbStore *
open_store (const char *database, const char *cache, GPtrArray *migrations, gboolean bundled, GError **error)
{
  TbDb *db = open_database (database, migrations, bundled, error);
  TbStore *store;

  if (db == NULL)
    return NULL;
  store = g_new0 (TbStore, 1);
  store->database = g_strdup (database);
  store->version = (int) migrations->len;
  g_mutex_init (&store->pool_lock);
  g_mutex_init (&store->writer);
  g_mutex_init (&store->instruments_lock);
  g_mutex_init (&store->cache_lock);
  g_mutex_init (&store->search_lock);
  g_mutex_init (&store->log_lock);
  store->idle = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_db_close);
  store->instruments = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tb_instrument_unref);
  g_ptr_array_add (store->idle, db);
  tb_cache_open (store, cache);
  return store;
}

TbStore *
tb_store_open_with (const char *database, const char *cache, GPtrArray *migrations, GError **error)
{
  return open_store (database, cache, migrations, FALSE, error);
}

TbStore *
tb_store_open_files (const char *database, const char *cache, GError **error)
{
  g_autoptr (GPtrArray) migrations = tb_migrations_bundled ();

  return open_store (database, cache, migrations, TRUE, error);
}

TbStore *
tb_store_open (const TbFolder *folder, GError **error)
{
  return tb_store_open_files (tb_folder_database (folder), tb_folder_cache (folder), error);
}

void
tb_store_close (TbStore *store)
{
  if (store == NULL)
    return;
  tb_cache_close (store);
  tb_db_close (store->search);
  g_ptr_array_unref (store->idle);
  g_hash_table_unref (store->instruments);
  g_mutex_clear (&store->pool_lock);
  g_mutex_clear (&store->writer);
  g_mutex_clear (&store->instruments_lock);
  g_mutex_clear (&store->cache_lock);
  g_mutex_clear (&store->search_lock);
  g_mutex_clear (&store->log_lock);
  g_clear_pointer (&store->log_head_hash, g_bytes_unref);
  g_free (store->database);
  g_free (store->cache_path);
  g_free (store);
}

gboolean
tb_store_cache_was_rebuilt (const TbStore *store)
{
  TbStore *writable = (TbStore *) store;
  gboolean rebuilt;

  g_mutex_lock (&writable->cache_lock);
  rebuilt = store->cache_was_rebuilt;
  g_mutex_unlock (&writable->cache_lock);
  return rebuilt;
}

int
tb_store_version (const TbStore *store)
{
  return store->version;
}

void
tb_store_set_listener (TbStore *store, TbStoreListener listener, gpointer data)
{
  store->listener = listener;
  store->listener_data = data;
}

static TbDb *
borrow (TbStore *store, GError **error)
{
  g_autoptr (TbDb) db = NULL;

  g_mutex_lock (&store->pool_lock);
  if (store->idle->len > 0)
    db = g_ptr_array_steal_index (store->idle, store->idle->len - 1);
  g_mutex_unlock (&store->pool_lock);
  if (db != NULL)
    return g_steal_pointer (&db);

  /* Without this SQLite would make a new file where the old one was deleted. */
  if (!g_file_test (store->database, G_FILE_TEST_EXISTS)) {
    g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "The database %s is gone", store->database);
    return NULL;
  }
  db = tb_db_open (store->database, error);
  if (db == NULL || !prepare (db, error))
    return NULL;
  return g_steal_pointer (&db);
}

static void
give_back (TbStore *store, TbDb *db)
{
  if (!sqlite3_get_autocommit (db->handle))
    tb_db_run (db, "ROLLBACK", NULL);
  if (!sqlite3_get_autocommit (db->handle))
    db->broken = TRUE;
  g_mutex_lock (&store->pool_lock);
  if (!db->broken && store->idle->len < POOL_SIZE)
    g_ptr_array_add (store->idle, g_steal_pointer (&db));
  g_mutex_unlock (&store->pool_lock);
  tb_db_close (db);
}

gboolean
tb_read_begin (TbRead *read, TbStore *store, GError **error)
{
  read->store = store;
  read->db = borrow (store, error);
  return read->db != NULL && tb_db_exec (read->db, error, "BEGIN", "");
}

void
tb_read_end (TbRead *read)
{
  if (read->db != NULL)
    give_back (read->store, g_steal_pointer (&read->db));
}

gboolean
tb_write_begin (TbWrite *write, TbStore *store, GError **error)
{
  g_mutex_lock (&store->writer);
  write->store = store;
  write->db = borrow (store, error);
  return write->db != NULL && tb_db_exec (write->db, error, "BEGIN IMMEDIATE", "");
}

gboolean
tb_write_commit (TbWrite *write, GError **error)
{
  return tb_db_exec (write->db, error, "COMMIT", "");
}

void
tb_write_end (TbWrite *write)
{
  if (write->store == NULL)
    return;
  if (write->db != NULL)
    give_back (write->store, g_steal_pointer (&write->db));
  g_mutex_unlock (&write->store->writer);
  write->store = NULL;
}

gboolean
tb_store_check (TbStore *store, GError **error)
{
  g_auto (TbRead) read = { 0 };

  return tb_read_begin (&read, store, error) && tb_db_check (read.db, error);
}

static TbInstrument *
load_instrument (TbDb *db, const char *id, gint64 version, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  TbInstrument *instrument;
  const char *text;
  int step;

  if (!tb_query_open (&query, db, error, "SELECT json FROM instrument WHERE id = ?1 AND version = ?2", "si", id,
                      version))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no instrument “%s” of version %" G_GINT64_FORMAT, id,
                 version);
  if (step <= 0)
    return NULL;
  text = tb_query_text (&query, 0);
  instrument = tb_instrument_parse (text, strlen (text), error);
  if (instrument == NULL)
    g_prefix_error (error, "The instrument “%s” in the database: ", id);
  return instrument;
}

const TbInstrument *
tb_store_instrument (TbStore *store, TbDb *db, const char *id, gint64 version, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s@%" G_GINT64_FORMAT, id, version);
  TbInstrument *instrument;

  g_mutex_lock (&store->instruments_lock);
  instrument = g_hash_table_lookup (store->instruments, name);
  if (instrument == NULL) {
    instrument = load_instrument (db, id, version, error);
    if (instrument != NULL)
      g_hash_table_insert (store->instruments, g_steal_pointer (&name), instrument);
  }
  g_mutex_unlock (&store->instruments_lock);
  return instrument;
}
