#include "store/settings.h"

#include "store/store-private.h"

gboolean
tb_settings_get (TbStore *store, const char *name, char **value, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, "SELECT value FROM setting WHERE name = ?1", "s", name))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step < 0)
    return FALSE;
  *value = step > 0 ? tb_query_dup (&query, 0) : NULL;
  return TRUE;
}

GHashTable *
tb_settings_all (TbStore *store, GError **error)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, "SELECT name, value FROM setting", ""))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_hash_table_insert (values, tb_query_dup (&query, 0), tb_query_dup (&query, 1));
  return step == 0 ? g_steal_pointer (&values) : NULL;
}

gboolean
tb_settings_set (TbStore *store, GHashTable *values, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  GHashTableIter iter;
  gpointer name, value;

  if (!tb_write_begin (&write, store, error))
    return FALSE;
  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    gboolean ok = value != NULL
                      ? tb_db_exec (write.db, error,
                                    "INSERT INTO setting (name, value) VALUES (?1, ?2)"
                                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                                    "ss", name, value)
                      : tb_db_exec (write.db, error, "DELETE FROM setting WHERE name = ?1", "s", name);

    if (!ok)
      return FALSE;
  }
  return tb_write_commit (&write, error);
}
