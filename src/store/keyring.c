#include "store/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/view-log.h"

/* In PRAGMA application_id: "TBKY". */
#define KEYRING_APPLICATION_ID 0x54424b59
#define KEYRING_VERSION 1
#define SCRUB_BLOCK 4096

typedef struct {
  GMutex lock;
  TbDb *db; /* lock */
} Keyring;

static void
keyring_free (gpointer data)
{
  Keyring *keyring = data;

  tb_db_close (keyring->db);
  g_mutex_clear (&keyring->lock);
  g_free (keyring);
}

/* SQLite gives its journal the mode of the database, so this one call guards both. */
static gboolean
make_private_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  int folder_fd;
  gboolean ok;

  ok = fd >= 0 && fchmod (fd, 0600) == 0;
  if (!ok)
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not open the keys %s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  if (!ok)
    return FALSE;
  folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_fd >= 0) {
    fsync (folder_fd);
    close (folder_fd);
  }
  return TRUE;
}

/* The journal keeps the pages as they were, and so a key just destroyed. It is kept as a file
 * (journal_mode=PERSIST), for what is unlinked can no longer be overwritten. */
static gboolean
scrub_journal (TbDb *db, GError **error)
{
  static const char zeros[SCRUB_BLOCK] = { 0 };
  g_autofree char *path = g_strconcat (db->path, "-journal", NULL);
  int fd = open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat info = { 0 };
  gboolean ok;

  if (fd < 0 && errno == ENOENT)
    return TRUE;
  ok = fd >= 0 && fstat (fd, &info) == 0;
  for (off_t at = 0; ok && at < info.st_size; at += SCRUB_BLOCK) {
    gsize length = (gsize) MIN (info.st_size - at, SCRUB_BLOCK);

    ok = pwrite (fd, zeros, length, at) == (gssize) length;
  }
  ok = ok && fsync (fd) == 0;
  if (!ok)
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not overwrite what is left of a key in %s: %s", path,
                 g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return ok;
}

/* --- transactions: under the lock ------------------------------------------ */

static gboolean
end_transaction (TbDb *db, gboolean ok, GError **error)
{
  if (ok && tb_db_run (db, "COMMIT", error))
    return TRUE;
  if (!sqlite3_get_autocommit (db->handle))
    tb_db_run (db, "ROLLBACK", NULL);
  return FALSE;
}

/* Holds other processes' writers off, so that the journal is nobody's meanwhile. */
static gboolean
scrub (TbDb *db, GError **error)
{
  gboolean ok;

  if (!tb_db_run (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  ok = scrub_journal (db, error);
  tb_db_run (db, "ROLLBACK", NULL);
  return ok;
}

static gboolean
not_found (TbKeyKind kind, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no such key (%s)", tb_key_kind_name (kind));
  return FALSE;
}

static gboolean
load_locked (TbDb *db, TbKeyKind kind, const char *owner, char **recipient, GBytes **sealed, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT recipient, sealed FROM key WHERE kind = ?1 AND owner = ?2", "ss",
                      tb_key_kind_name (kind), owner))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step == 0)
    return not_found (kind, error);
  if (step < 0)
    return FALSE;
  if (recipient != NULL)
    *recipient = tb_query_dup (&query, 0);
  if (sealed != NULL)
    *sealed = tb_query_bytes (&query, 1);
  return TRUE;
}

static gboolean
keyring_load (gpointer data, TbKeyKind kind, const char *owner, char **recipient, GBytes **sealed, GError **error)
{
  Keyring *keyring = data;
  gboolean ok;

  g_mutex_lock (&keyring->lock);
  ok = load_locked (keyring->db, kind, owner, recipient, sealed, error);
  g_mutex_unlock (&keyring->lock);
  return ok;
}

static gboolean
exists (TbDb *db, TbKeyKind kind, const char *owner, gboolean *found, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error, "SELECT count(*) FROM key WHERE kind = ?1 AND owner = ?2", "ss",
                  tb_key_kind_name (kind), owner))
    return FALSE;
  *found = count > 0;
  return TRUE;
}

static gboolean
save_inside (TbDb *db, TbKeyKind kind, const char *owner, const char *recipient, GBytes *sealed, gboolean replace,
             gboolean *replaced, GError **error)
{
  if (!exists (db, kind, owner, replaced, error))
    return FALSE;
  if (*replaced && !replace) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "There is a key already (%s)", tb_key_kind_name (kind));
    return FALSE;
  }
  /* An empty blob arrives as null. */
  return tb_db_exec (db, error,
                     "INSERT INTO key (kind, owner, recipient, sealed) VALUES (?1, ?2, ?3, coalesce(?4, x''))"
                     " ON CONFLICT (kind, owner) DO UPDATE SET recipient = excluded.recipient,"
                     " sealed = excluded.sealed",
                     "sssb", tb_key_kind_name (kind), owner, recipient != NULL ? recipient : "", sealed);
}

static gboolean
keyring_save (gpointer data, TbKeyKind kind, const char *owner, const char *recipient, GBytes *sealed,
              gboolean replace, GError **error)
{
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  Keyring *keyring = data;
  gboolean replaced = FALSE;
  gboolean ok;

  g_mutex_lock (&keyring->lock);
  ok = tb_db_run (keyring->db, "BEGIN IMMEDIATE", error);
  if (ok)
    ok = end_transaction (keyring->db,
                          save_inside (keyring->db, kind, owner, recipient, sealed != NULL ? sealed : none, replace,
                                       &replaced, error),
                          error);
  if (ok && replaced)
    ok = scrub (keyring->db, error);
  g_mutex_unlock (&keyring->lock);
  return ok;
}

static GPtrArray *
list_locked (TbDb *db, TbKeyKind kind, GError **error)
{
  g_autoptr (GPtrArray) owners = g_ptr_array_new_with_free_func (g_free);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT owner FROM key WHERE kind = ?1 ORDER BY owner", "s",
                      tb_key_kind_name (kind)))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (owners, tb_query_dup (&query, 0));
  return step == 0 ? g_steal_pointer (&owners) : NULL;
}

static GPtrArray *
keyring_list (gpointer data, TbKeyKind kind, GError **error)
{
  Keyring *keyring = data;
  GPtrArray *owners;

  g_mutex_lock (&keyring->lock);
  owners = list_locked (keyring->db, kind, error);
  g_mutex_unlock (&keyring->lock);
  return owners;
}

static gboolean
destroy_inside (TbDb *db, TbKeyKind kind, const char *owner, GError **error)
{
  gboolean found = FALSE;

  if (!exists (db, kind, owner, &found, error))
    return FALSE;
  if (!found)
    return not_found (kind, error);
  return tb_db_exec (db, error, "DELETE FROM key WHERE kind = ?1 AND owner = ?2", "ss", tb_key_kind_name (kind), owner);
}

static gboolean
keyring_destroy (gpointer data, TbKeyKind kind, const char *owner, GError **error)
{
  Keyring *keyring = data;
  gboolean ok;

  g_mutex_lock (&keyring->lock);
  ok = tb_db_run (keyring->db, "BEGIN IMMEDIATE", error);
  if (ok)
    ok = end_transaction (keyring->db, destroy_inside (keyring->db, kind, owner, error), error)
         && scrub (keyring->db, error);
  g_mutex_unlock (&keyring->lock);
  return ok;
}

/* --- the head of the view log ---------------------------------------------- */

static gboolean
log_head_locked (TbDb *db, gint64 *seq, GBytes **hash, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT seq, hash FROM log_head", ""))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step < 0)
    return FALSE;
  *seq = step > 0 ? tb_query_int (&query, 0) : 0;
  *hash = step > 0 ? tb_query_bytes (&query, 1) : NULL;
  return TRUE;
}

gboolean
tb_keyring_get_log_head (gpointer data, gint64 *seq, GBytes **hash, GError **error)
{
  Keyring *keyring = data;
  gboolean ok;

  g_mutex_lock (&keyring->lock);
  ok = log_head_locked (keyring->db, seq, hash, error);
  g_mutex_unlock (&keyring->lock);
  return ok;
}

gboolean
tb_keyring_set_log_head (gpointer data, gint64 seq, GBytes *hash, GError **error)
{
  Keyring *keyring = data;
  gboolean ok;

  g_mutex_lock (&keyring->lock);
  ok = tb_db_exec (keyring->db, error,
                   "INSERT INTO log_head (one, seq, hash) VALUES (1, ?1, ?2)"
                   " ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
                   "ib", seq, hash);
  g_mutex_unlock (&keyring->lock);
  return ok;
}

/* --- opening ---------------------------------------------------------------- */

static gboolean
check_owner (TbDb *db, gint64 *version, GError **error)
{
  gint64 application = 0;
  gint64 tables = 0;

  if (!tb_db_int (db, 0, &tables, error, "SELECT count(*) FROM sqlite_schema", "")
      || !tb_db_int (db, 0, &application, error, "PRAGMA application_id", "")
      || !tb_db_int (db, 0, version, error, "PRAGMA user_version", ""))
    return FALSE;
  if (application != KEYRING_APPLICATION_ID && (application != 0 || tables > 0 || *version != 0)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "%s does not hold the keys of Terugblik; it was left as it is",
                 db->path);
    return FALSE;
  }
  if (*version > KEYRING_VERSION) {
    g_set_error (error, TB_ERROR, TB_ERROR_TOO_NEW,
                 "%s was made by a newer Terugblik; install the newer program, nothing was changed", db->path);
    return FALSE;
  }
  return TRUE;
}

static gboolean
make_tables (TbDb *db, GError **error)
{
  g_autofree char *schema = tb_schema_text ("keys.sql");
  g_autofree char *stamp = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                            KEYRING_APPLICATION_ID, KEYRING_VERSION);
  gint64 version = 0;
  gboolean ok;

  if (!tb_db_run (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  /* Another process may have been first while this one waited for the lock. */
  ok = tb_db_int (db, 0, &version, error, "PRAGMA user_version", "")
       && (version > 0 || (tb_db_run (db, schema, error) && tb_db_run (db, stamp, error)));
  return end_transaction (db, ok, error);
}

static gboolean
prepare (TbDb *db, GError **error)
{
  gint64 version = 0;

  if (!check_owner (db, &version, error) || (version > 0 && !tb_db_look_over (db, error)))
    return FALSE;
  /* PERSIST: see scrub_journal. With it a commit is the header of the journal overwritten and synced. */
  if (!tb_db_run (db, "PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
                      "PRAGMA temp_store = MEMORY", error))
    return FALSE;
  return version > 0 || make_tables (db, error);
}

gboolean
tb_keyring_open (const char *path, TbKeyShelf *shelf, GError **error)
{
  g_autoptr (TbDb) db = NULL;
  Keyring *keyring;

  if (!make_private_file (path, error))
    return FALSE;
  db = tb_db_open (path, error);
  if (db == NULL || !prepare (db, error))
    return FALSE;
  keyring = g_new0 (Keyring, 1);
  g_mutex_init (&keyring->lock);
  keyring->db = g_steal_pointer (&db);
  *shelf = (TbKeyShelf) {
    .data = keyring,
    .load = keyring_load,
    .save = keyring_save,
    .list = keyring_list,
    .destroy = keyring_destroy,
    .free = keyring_free,
  };
  return TRUE;
}

TbVault *
tb_keyring_open_vault (const TbFolder *folder, TbStore *store, GError **error)
{
  g_autofree char *path = g_build_filename (tb_folder_path (folder), "keys.db", NULL);
  g_autoptr (TbVault) vault = NULL;
  g_autoptr (GBytes) hash = NULL;
  TbKeyShelf shelf = { 0 };
  gint64 seq = 0;

  if (!tb_keyring_open (path, &shelf, error))
    return NULL;
  vault = tb_vault_new (&shelf);
  if (!tb_keyring_get_log_head (shelf.data, &seq, &hash, error))
    return NULL;
  tb_view_log_set_head_keeper (store, tb_keyring_set_log_head, shelf.data, seq, hash);
  return g_steal_pointer (&vault);
}
