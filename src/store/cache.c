#include "store/cache.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "store/migrate.h"
#include "store/store-private.h"

/* Raised with every change of schemas/cache.sql, and of what is put into it: since 2 sound pictures are sealed. */
#define CACHE_VERSION 3

void
tb_cached_file_free (TbCachedFile *fragments)
{
  if (fragments == NULL)
    return;
  g_free (fragments->init);
  g_array_unref (fragments->fragments);
  g_free (fragments);
}

/* An existing cache that can be used; NULL when it must be made anew. */
static TbDb *
open_existing (const char *path, GError **error)
{
  g_autoptr (TbDb) db = tb_db_open (path, error);
  int version = 0;

  if (db == NULL || !tb_migrate_version (db, &version, error))
    return NULL;
  if (version != CACHE_VERSION) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "%s is of version %d", path, version);
    return NULL;
  }
  if (!tb_db_look_over (db, error))
    return NULL;
  return g_steal_pointer (&db);
}

static void
delete_files (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

    g_unlink (name);
  }
}

/* A file that a crash left half made is one of another version, or damaged, and so made anew: no journal, no syncing. */
static TbDb *
make_new (const char *path, GError **error)
{
  g_autofree char *schema = tb_schema_text ("cache.sql");
  g_autofree char *stamp = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d", TB_APPLICATION_ID,
                                            CACHE_VERSION);
  g_autoptr (TbDb) db = NULL;

  delete_files (path);
  db = tb_db_open (path, error);
  if (db == NULL || !tb_db_run (db, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; BEGIN IMMEDIATE", error)
      || !tb_db_run (db, schema, error) || !tb_db_run (db, stamp, error) || !tb_db_run (db, "COMMIT", error))
    return NULL;
  return g_steal_pointer (&db);
}

/* Losing the last moments of a cache in a crash is no loss: no syncing. */
static TbDb *
make_ready (TbDb *db, GError **error)
{
  if (db != NULL && tb_db_run (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF", error))
    return db;
  tb_db_close (db);
  return NULL;
}

/* Under cache_lock (or before the store is used). */
static void
rebuild (TbStore *store)
{
  g_autoptr (GError) problem = NULL;

  g_clear_pointer (&store->cache, tb_db_close);
  store->cache = make_ready (make_new (store->cache_path, &problem), &problem);
  store->cache_was_rebuilt = TRUE;
  store->cache_generation++;
  if (store->cache == NULL)
    g_message ("Going on without a cache: %s", problem->message);
}

void
tb_cache_open (TbStore *store, const char *path)
{
  g_autoptr (GError) problem = NULL;
  gboolean existed = g_file_test (path, G_FILE_TEST_EXISTS);

  store->cache_path = g_strdup (path);
  if (existed)
    store->cache = make_ready (open_existing (path, &problem), &problem);
  if (store->cache != NULL)
    return;
  if (existed)
    g_message ("Making the cache anew: %s", problem->message);
  rebuild (store);
  store->cache_was_rebuilt = existed;
}

void
tb_cache_close (TbStore *store)
{
  g_clear_pointer (&store->cache, tb_db_close);
}

TbDb *
tb_cache_enter (TbStore *store)
{
  g_mutex_lock (&store->cache_lock);
  return store->cache;
}

gboolean
tb_cache_leave (TbStore *store, GError *problem)
{
  gboolean ok = problem == NULL && store->cache != NULL;

  if (store->cache != NULL && !sqlite3_get_autocommit (store->cache->handle))
    tb_db_run (store->cache, "ROLLBACK", NULL);
  if (problem != NULL) {
    g_message ("The cache: %s", problem->message);
    if (g_error_matches (problem, TB_ERROR, TB_ERROR_CORRUPT) || store->cache->broken)
      rebuild (store);
    g_error_free (problem);
  }
  g_mutex_unlock (&store->cache_lock);
  return ok;
}

static void
read_fragments (TbDb *db, const char *visit, const char *file, TbCachedFile *known, GError **error)
{
  g_auto (TbQuery) head = { 0 };
  g_auto (TbQuery) rows = { 0 };

  if (!tb_query_open (&head, db, error, "SELECT init, scanned_to FROM file WHERE visit = ?1 AND name = ?2", "ss", visit,
                      file)
      || tb_query_next (&head, error) <= 0)
    return;
  known->init = tb_query_dup (&head, 0);
  known->scanned_to = (guint64) tb_query_int (&head, 1);
  if (!tb_query_open (&rows, db, error,
                      "SELECT time_ns, duration_ns, offset_bytes, size_bytes, key_frame FROM fragment"
                      " WHERE visit = ?1 AND name = ?2 ORDER BY number",
                      "ss", visit, file))
    return;
  while (tb_query_next (&rows, error) > 0) {
    TbCachedFragment fragment = { tb_query_int (&rows, 0), tb_query_int (&rows, 1), (guint64) tb_query_int (&rows, 2),
                            (guint64) tb_query_int (&rows, 3), tb_query_int (&rows, 4) != 0 };

    g_array_append_val (known->fragments, fragment);
  }
}

TbCachedFile *
tb_cache_get_fragments (TbStore *store, const char *visit, const char *file)
{
  TbCachedFile *known = g_new0 (TbCachedFile, 1);
  GError *problem = NULL;
  TbDb *db = tb_cache_enter (store);

  known->fragments = g_array_new (FALSE, FALSE, sizeof (TbCachedFragment));
  if (db != NULL)
    read_fragments (db, visit, file, known, &problem);
  if (problem != NULL) {
    g_clear_pointer (&known->init, g_free);
    known->scanned_to = 0;
    g_array_set_size (known->fragments, 0);
  }
  tb_cache_leave (store, problem);
  return known;
}

static gboolean
write_fragments (TbDb *db, const char *visit, const char *file, const char *init, guint64 scanned_to, guint first,
                 const TbCachedFragment *fragments, guint count, GError **error)
{
  if (!tb_db_run (db, "BEGIN IMMEDIATE", error)
      || !tb_db_exec (db, error,
                      "INSERT INTO file (visit, name, init, scanned_to) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (visit, name)"
                      " DO UPDATE SET init = coalesce(excluded.init, file.init), scanned_to = excluded.scanned_to",
                      "sssi", visit, file, init, (gint64) scanned_to)
      || !tb_db_exec (db, error, "DELETE FROM fragment WHERE visit = ?1 AND name = ?2 AND number >= ?3", "ssi", visit,
                      file, (gint64) first))
    return FALSE;
  for (guint i = 0; i < count; i++)
    if (!tb_db_exec (db, error,
                     "INSERT INTO fragment (visit, name, number, time_ns, duration_ns, offset_bytes, size_bytes,"
                     " key_frame) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                     "ssiiiiii", visit, file, (gint64) first + i, fragments[i].time, fragments[i].duration,
                     (gint64) fragments[i].offset, (gint64) fragments[i].size, (gint64) (fragments[i].key != FALSE)))
      return FALSE;
  return tb_db_run (db, "COMMIT", error);
}

gboolean
tb_cache_put_fragments (TbStore *store, const char *visit, const char *file, const char *init, guint64 scanned_to,
                        guint first, const TbCachedFragment *fragments, guint count)
{
  GError *problem = NULL;
  TbDb *db = tb_cache_enter (store);

  if (db != NULL)
    write_fragments (db, visit, file, init, scanned_to, first, fragments, count, &problem);
  return tb_cache_leave (store, problem);
}

static GBytes *
read_peaks (TbDb *db, const char *visit, const char *track, gint64 segment, GError **error)
{
  g_auto (TbQuery) query = { 0 };

  if (!tb_query_open (&query, db, error, "SELECT data FROM peaks WHERE visit = ?1 AND track = ?2 AND segment = ?3",
                      "ssi", visit, track, segment)
      || tb_query_next (&query, error) <= 0)
    return NULL;
  return tb_query_bytes (&query, 0);
}

GBytes *
tb_cache_get_peaks (TbStore *store, const char *visit, const char *track, gint64 segment)
{
  GError *problem = NULL;
  GBytes *peaks = NULL;
  TbDb *db = tb_cache_enter (store);

  if (db != NULL)
    peaks = read_peaks (db, visit, track, segment, &problem);
  tb_cache_leave (store, problem);
  return peaks;
}

gboolean
tb_cache_put_peaks (TbStore *store, const char *visit, const char *track, gint64 segment, GBytes *peaks)
{
  GError *problem = NULL;
  TbDb *db = tb_cache_enter (store);

  if (db != NULL)
    tb_db_exec (db, &problem,
                "INSERT INTO peaks (visit, track, segment, data) VALUES (?1, ?2, ?3, ?4)"
                " ON CONFLICT (visit, track, segment) DO UPDATE SET data = excluded.data",
                "ssib", visit, track, segment, peaks);
  return tb_cache_leave (store, problem);
}

void
tb_cache_forget_file (TbStore *store, const char *visit, const char *file)
{
  GError *problem = NULL;
  TbDb *db = tb_cache_enter (store);

  if (db != NULL
      && tb_db_exec (db, &problem, "DELETE FROM fragment WHERE visit = ?1 AND name = ?2", "ss", visit, file))
    tb_db_exec (db, &problem, "DELETE FROM file WHERE visit = ?1 AND name = ?2", "ss", visit, file);
  tb_cache_leave (store, problem);
}

void
tb_cache_forget_peaks (TbStore *store, const char *visit, const char *track, gint64 segment)
{
  GError *problem = NULL;
  TbDb *db = tb_cache_enter (store);

  if (db != NULL)
    tb_db_exec (db, &problem, "DELETE FROM peaks WHERE visit = ?1 AND track = ?2 AND segment = ?3", "ssi", visit, track,
                segment);
  tb_cache_leave (store, problem);
}
