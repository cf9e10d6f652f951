#include "store/db.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/paths.h"

#define LITTLE_ROOM_BYTES (1024 * 1024)
#define BUSY_TIMEOUT_MS 10000
/* Up to this size a whole check costs no more than a few milliseconds. */
#define CHECK_WHOLE_BYTES (2 * 1024 * 1024)

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

/* Nobody asks SQLite how much memory it uses, and counting it takes a lock at every piece. Must come before its first
 * connection; where somebody else was first, it goes on counting. */
static void
stop_counting (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done)) {
    sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
    g_once_init_leave (&done, 1);
  }
}

TbDb *
tb_db_open (const char *path, GError **error)
{
  g_autoptr (TbDb) db = g_new0 (TbDb, 1);
  int code;

  stop_counting ();
  db->path = g_strdup (path);
  db->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, finalize);
  code = sqlite3_open_v2 (path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK) {
    tb_db_fail (db, code, error);
    return NULL;
  }
  sqlite3_extended_result_codes (db->handle, 1);
  sqlite3_busy_timeout (db->handle, BUSY_TIMEOUT_MS);
  return g_steal_pointer (&db);
}

void
tb_db_close (TbDb *db)
{
  if (db == NULL)
    return;
  g_hash_table_unref (db->statements);
  sqlite3_close_v2 (db->handle);
  g_free (db->path);
  g_free (db);
}

/* SQLite tells a full disk apart only when it writes pages, not when it makes
 * its log longer; and it does not always keep the system's reason. */
static gboolean
no_room (TbDb *db, int reason)
{
  g_autofree char *folder = g_path_get_dirname (db->path);
  guint64 free_bytes = 0;

  if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG)
    return TRUE;
  return tb_folder_free_bytes (folder, &free_bytes, NULL, NULL) && free_bytes < LITTLE_ROOM_BYTES;
}

static TbErrorCode
error_code (TbDb *db, int code)
{
  int reason = db->handle != NULL && sqlite3_system_errno (db->handle) != 0 ? sqlite3_system_errno (db->handle) : errno;

  switch (code & 0xff) {
  case SQLITE_FULL:
    return TB_ERROR_FULL;
  case SQLITE_IOERR:
    if (no_room (db, reason))
      return TB_ERROR_FULL;
    /* A page that should be there is not. */
    return code == SQLITE_IOERR_SHORT_READ || code == SQLITE_IOERR_CORRUPTFS ? TB_ERROR_CORRUPT : TB_ERROR_FAILED;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return TB_ERROR_CORRUPT;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return TB_ERROR_BUSY;
  case SQLITE_CONSTRAINT:
    return TB_ERROR_CONFLICT;
  case SQLITE_TOOBIG:
    return TB_ERROR_TOO_LARGE;
  default:
    return TB_ERROR_FAILED;
  }
}

gboolean
tb_db_fail (TbDb *db, int code, GError **error)
{
  const char *detail = db->handle != NULL ? sqlite3_errmsg (db->handle) : sqlite3_errstr (code);
  TbErrorCode ours = error_code (db, code);
  const char *what;

  switch ((int) ours) {
  case TB_ERROR_FULL:
    what = "There is no room on the disk to write to";
    break;
  case TB_ERROR_CORRUPT:
    what = "This database is damaged:";
    break;
  case TB_ERROR_BUSY:
    what = "Another program keeps this database locked:";
    break;
  default:
    what = "Could not use the database";
    break;
  }
  db->broken = db->broken || ours == TB_ERROR_CORRUPT || (code & 0xff) == SQLITE_IOERR;
  g_set_error (error, TB_ERROR, ours, "%s %s (%s)", what, db->path, detail);
  return FALSE;
}

gboolean
tb_db_run (TbDb *db, const char *sql, GError **error)
{
  int code = sqlite3_exec (db->handle, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || tb_db_fail (db, code, error);
}

/* KEEP: SQLITE_STATIC when texts and bytes stay for as long as the statement runs, else SQLITE_TRANSIENT. */
static int
bind_values (sqlite3_stmt *statement, sqlite3_destructor_type keep, const char *types, va_list args)
{
  int code = SQLITE_OK;

  for (int i = 1; types[i - 1] != '\0' && code == SQLITE_OK; i++) {
    gint64 number;
    GBytes *bytes;

    switch (types[i - 1]) {
    case 's':
      code = sqlite3_bind_text (statement, i, va_arg (args, const char *), -1, keep);
      break;
    case 'i':
      code = sqlite3_bind_int64 (statement, i, va_arg (args, gint64));
      break;
    case 't':
      number = va_arg (args, gint64);
      code = number != TB_TIME_NONE ? sqlite3_bind_int64 (statement, i, number) : sqlite3_bind_null (statement, i);
      break;
    case 'w':
      number = va_arg (args, gint64);
      code = number != 0 ? sqlite3_bind_int64 (statement, i, number) : sqlite3_bind_null (statement, i);
      break;
    case 'b':
      bytes = va_arg (args, GBytes *);
      code = sqlite3_bind_blob64 (statement, i, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), keep);
      break;
    default:
      g_assert_not_reached ();
    }
  }
  return code;
}

static gboolean
query_open (TbQuery *query, TbDb *db, GError **error, const char *sql, sqlite3_destructor_type keep, const char *types,
            va_list args)
{
  sqlite3_stmt *kept = g_hash_table_lookup (db->statements, sql);
  int code = SQLITE_OK;

  query->db = db;
  query->cached = kept == NULL || !sqlite3_stmt_busy (kept);
  query->statement = query->cached ? kept : NULL;
  if (query->statement == NULL) {
    code = sqlite3_prepare_v3 (db->handle, sql, -1, query->cached ? SQLITE_PREPARE_PERSISTENT : 0, &query->statement,
                               NULL);
    if (code != SQLITE_OK) {
      query->statement = NULL;
      return tb_db_fail (db, code, error);
    }
    if (query->cached)
      g_hash_table_insert (db->statements, (gpointer) sql, query->statement);
  }
  g_assert ((gsize) sqlite3_bind_parameter_count (query->statement) == strlen (types));
  code = bind_values (query->statement, keep, types, args);
  return code == SQLITE_OK || tb_db_fail (db, code, error);
}

gboolean
tb_query_open (TbQuery *query, TbDb *db, GError **error, const char *sql, const char *types, ...)
{
  va_list args;
  gboolean ok;

  va_start (args, types);
  ok = query_open (query, db, error, sql, SQLITE_TRANSIENT, types, args);
  va_end (args);
  return ok;
}

int
tb_query_next (TbQuery *query, GError **error)
{
  int code = sqlite3_step (query->statement);

  if (code == SQLITE_ROW)
    return 1;
  if (code == SQLITE_DONE)
    return 0;
  tb_db_fail (query->db, code, error);
  return -1;
}

void
tb_query_close (TbQuery *query)
{
  if (query->statement == NULL)
    return;
  if (query->cached) {
    sqlite3_reset (query->statement);
    sqlite3_clear_bindings (query->statement);
  } else {
    sqlite3_finalize (query->statement);
  }
  query->statement = NULL;
}

const char *
tb_query_text (TbQuery *query, int column)
{
  return (const char *) sqlite3_column_text (query->statement, column);
}

char *
tb_query_dup (TbQuery *query, int column)
{
  return g_strdup (tb_query_text (query, column));
}

gint64
tb_query_int (TbQuery *query, int column)
{
  return sqlite3_column_int64 (query->statement, column);
}

TbTime
tb_query_time (TbQuery *query, int column)
{
  if (sqlite3_column_type (query->statement, column) == SQLITE_NULL)
    return TB_TIME_NONE;
  return sqlite3_column_int64 (query->statement, column);
}

GBytes *
tb_query_bytes (TbQuery *query, int column)
{
  const void *data = sqlite3_column_blob (query->statement, column);

  return g_bytes_new (data, (gsize) sqlite3_column_bytes (query->statement, column));
}

gboolean
tb_db_exec (TbDb *db, GError **error, const char *sql, const char *types, ...)
{
  g_auto (TbQuery) query = { 0 };
  va_list args;
  gboolean ok;
  int step;

  va_start (args, types);
  ok = query_open (&query, db, error, sql, SQLITE_STATIC, types, args);
  va_end (args);
  if (!ok)
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0)
    continue;
  return step == 0;
}

gboolean
tb_db_int (TbDb *db, gint64 fallback, gint64 *value, GError **error, const char *sql, const char *types, ...)
{
  g_auto (TbQuery) query = { 0 };
  va_list args;
  gboolean ok;
  int step;

  va_start (args, types);
  ok = query_open (&query, db, error, sql, SQLITE_STATIC, types, args);
  va_end (args);
  if (!ok)
    return FALSE;
  step = tb_query_next (&query, error);
  if (step < 0)
    return FALSE;
  *value = step > 0 && sqlite3_column_type (query.statement, 0) != SQLITE_NULL ? tb_query_int (&query, 0) : fallback;
  return TRUE;
}

gboolean
tb_db_check (TbDb *db, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "PRAGMA quick_check(1)", ""))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step < 0)
    return FALSE;
  if (step == 0 || g_strcmp0 (tb_query_text (&query, 0), "ok") == 0)
    return TRUE;
  db->broken = TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "This database is damaged: %s (%s)", db->path,
               tb_query_text (&query, 0));
  return FALSE;
}

/* Reads the first entry of every table, which touches its root page and the
 * pages down to that entry. */
static gboolean
touch_tables (TbDb *db, GError **error)
{
  g_auto (TbQuery) names = { 0 };
  int step;

  if (!tb_query_open (&names, db, error,
                      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", ""))
    return FALSE;
  while ((step = tb_query_next (&names, error)) > 0) {
    char *text = sqlite3_mprintf ("SELECT * FROM \"%w\" LIMIT 1", tb_query_text (&names, 0));
    gboolean ok = tb_db_run (db, text, error);

    sqlite3_free (text);
    if (!ok)
      return FALSE;
  }
  return step == 0;
}

gboolean
tb_db_look_over (TbDb *db, GError **error)
{
  gint64 pages = 0;
  gint64 page_size = 0;

  if (!tb_db_int (db, 0, &pages, error, "PRAGMA page_count", "")
      || !tb_db_int (db, 0, &page_size, error, "PRAGMA page_size", ""))
    return FALSE;
  if (pages * page_size <= CHECK_WHOLE_BYTES)
    return tb_db_check (db, error);
  return touch_tables (db, error);
}
