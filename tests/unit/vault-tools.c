#include "vault-tools.h"

#include <string.h>

#include "base/error.h"

typedef struct {
  char *recipient;
  GBytes *sealed;
} Row;

struct _MemoryShelf {
  GMutex lock; /* guards all of it */
  GHashTable *rows; /* "kind/owner" → Row */
  gboolean is_broken;
};

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->recipient);
  g_bytes_unref (row->sealed);
  g_free (row);
}

MemoryShelf *
memory_shelf_new (void)
{
  MemoryShelf *shelf = g_new0 (MemoryShelf, 1);

  g_mutex_init (&shelf->lock);
  shelf->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, row_free);
  return shelf;
}

void
memory_shelf_free (MemoryShelf *shelf)
{
  g_hash_table_unref (shelf->rows);
  g_mutex_clear (&shelf->lock);
  g_free (shelf);
}

static char *
key_of (TbKeyKind kind, const char *owner)
{
  return g_strdup_printf ("%s/%s", tb_key_kind_name (kind), owner);
}

static gboolean
not_found (GError **error)
{
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "no such key");
  return FALSE;
}

static gboolean
load (gpointer data, TbKeyKind kind, const char *owner, char **recipient, GBytes **sealed, GError **error)
{
  MemoryShelf *shelf = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shelf->lock);
  g_autofree char *key = key_of (kind, owner);
  const Row *row = g_hash_table_lookup (shelf->rows, key);

  if (row == NULL)
    return not_found (error);
  *recipient = g_strdup (row->recipient);
  *sealed = g_bytes_ref (row->sealed);
  return TRUE;
}

static void
put (MemoryShelf *shelf, char *key, const char *recipient, GBytes *sealed)
{
  Row *row = g_new0 (Row, 1);

  row->recipient = g_strdup (recipient);
  row->sealed = g_bytes_ref (sealed);
  g_hash_table_replace (shelf->rows, key, row);
}

static gboolean
save (gpointer data, TbKeyKind kind, const char *owner, const char *recipient, GBytes *sealed, gboolean replace,
      GError **error)
{
  MemoryShelf *shelf = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shelf->lock);
  g_autofree char *key = key_of (kind, owner);

  if (shelf->is_broken) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_FULL, "no room");
    return FALSE;
  }
  if (!replace && g_hash_table_contains (shelf->rows, key)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "there is one");
    return FALSE;
  }
  put (shelf, g_steal_pointer (&key), recipient, sealed);
  return TRUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list (gpointer data, TbKeyKind kind, GError **error)
{
  MemoryShelf *shelf = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shelf->lock);
  g_autofree char *prefix = key_of (kind, "");
  GPtrArray *owners = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, shelf->rows);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_str_has_prefix (key, prefix))
      g_ptr_array_add (owners, g_strdup ((const char *) key + strlen (prefix)));
  g_ptr_array_sort (owners, compare);
  return owners;
}

static gboolean
destroy (gpointer data, TbKeyKind kind, const char *owner, GError **error)
{
  MemoryShelf *shelf = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shelf->lock);
  g_autofree char *key = key_of (kind, owner);

  return g_hash_table_remove (shelf->rows, key) || not_found (error);
}

TbVault *
memory_shelf_vault (MemoryShelf *shelf)
{
  const TbKeyShelf functions = { .data = shelf, .load = load, .save = save, .list = list, .destroy = destroy };

  return tb_vault_new (&functions);
}

GBytes *
memory_shelf_peek (MemoryShelf *shelf, TbKeyKind kind, const char *owner)
{
  g_autofree char *key = key_of (kind, owner);
  const Row *row = g_hash_table_lookup (shelf->rows, key);

  return row != NULL ? row->sealed : NULL;
}

void
memory_shelf_put (MemoryShelf *shelf, TbKeyKind kind, const char *owner, const char *recipient, GBytes *sealed)
{
  put (shelf, key_of (kind, owner), recipient, sealed);
}

void
memory_shelf_break (MemoryShelf *shelf, gboolean is_broken)
{
  shelf->is_broken = is_broken;
}
