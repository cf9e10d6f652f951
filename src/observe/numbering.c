#include "observe/numbering.h"

GHashTable *
tb_numbering_new (void)
{
  return g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
}

guint
tb_numbering_get (GHashTable *numbering, gconstpointer bytes, gsize size)
{
  g_autoptr (GBytes) key = g_bytes_new (bytes, size);
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (numbering, key));

  if (number == 0) {
    number = g_hash_table_size (numbering) + 1;
    g_hash_table_insert (numbering, g_steal_pointer (&key), GUINT_TO_POINTER (number));
  }
  return number;
}
