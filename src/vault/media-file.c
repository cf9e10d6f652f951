#include "vault/media-file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/paths.h"
#include "vault/media-private.h"

#define MAX_NAME 100

static TbMediaStore *
store_new (const char *folder, TbVault *vault)
{
  TbMediaStore *store = g_new0 (TbMediaStore, 1);

  g_atomic_ref_count_init (&store->refs);
  store->folder = g_strdup (folder);
  store->vault = vault;
  store->live = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tb_media_live_unref);
  store->readers = g_ptr_array_new ();
  g_mutex_init (&store->lock);
  g_mutex_init (&store->readers_lock);
  return store;
}

TbMediaStore *
tb_media_store_new_folder (const char *folder)
{
  return store_new (folder, NULL);
}

TbMediaStore *
tb_media_store_new_sealed (const char *folder, TbVault *vault)
{
  TbMediaStore *store = store_new (folder, tb_vault_ref (vault));

  tb_vault_add_wipe (vault, tb_media_readers_wipe, store);
  return store;
}

TbMediaStore *
tb_media_store_ref (TbMediaStore *store)
{
  g_atomic_ref_count_inc (&store->refs);
  return store;
}

void
tb_media_store_unref (TbMediaStore *store)
{
  if (store == NULL || !g_atomic_ref_count_dec (&store->refs))
    return;
  if (store->vault != NULL)
    tb_vault_remove_wipe (store->vault, tb_media_readers_wipe, store);
  tb_vault_unref (store->vault);
  g_hash_table_unref (store->live);
  g_ptr_array_unref (store->readers);
  g_mutex_clear (&store->lock);
  g_mutex_clear (&store->readers_lock);
  g_free (store->folder);
  g_free (store);
}

gboolean
tb_media_name_is_valid (const char *name)
{
  gsize length = name != NULL ? strlen (name) : 0;

  if (length == 0 || length > MAX_NAME || name[0] == '.')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && strchr ("._-", name[i]) == NULL)
      return FALSE;
  return TRUE;
}

TbMediaWriter *
tb_media_store_create (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  if (store->vault != NULL)
    return tb_media_sealed_create (store, visit, name, FALSE, error);
  return tb_media_plain_create (store, visit, name, FALSE, error);
}

TbMediaWriter *
tb_media_store_create_patched (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  if (store->vault != NULL)
    return tb_media_sealed_create_patched (store, visit, name, error);
  return tb_media_plain_create (store, visit, name, TRUE, error);
}

gboolean
tb_media_writer_append (TbMediaWriter *writer, const void *bytes, gsize length, GError **error)
{
  return length == 0 || writer->class->append (writer, bytes, length, error);
}

gboolean
tb_media_writer_patch (TbMediaWriter *writer, guint64 offset, const void *bytes, gsize length, GError **error)
{
  g_return_val_if_fail (writer->class->patch != NULL, FALSE);
  if (offset > TB_MEDIA_PATCH_MAX || length > TB_MEDIA_PATCH_MAX - offset || offset + length > writer->size) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID,
                 "Only the first %d bytes of a file that were written can be changed", TB_MEDIA_PATCH_MAX);
    return FALSE;
  }
  return length == 0 || writer->class->patch (writer, offset, bytes, length, error);
}

gboolean
tb_media_writer_sync (TbMediaWriter *writer, GError **error)
{
  return writer->class->sync (writer, error);
}

guint64
tb_media_writer_size (const TbMediaWriter *writer)
{
  return writer->size;
}

gboolean
tb_media_writer_seal (TbMediaWriter *writer, GError **error)
{
  gboolean finished = writer->class->finish (writer, error);

  writer->class->free (writer);
  return finished;
}

void
tb_media_writer_free (TbMediaWriter *writer)
{
  if (writer != NULL)
    writer->class->free (writer);
}

TbMediaReader *
tb_media_store_open (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  g_autoptr (GError) problem = NULL;
  TbMediaReader *plain;

  if (store->vault == NULL)
    return tb_media_plain_open (store, visit, name, error);
  /* A plain file is whole even when a sealed one is being made of it, so it comes first. */
  plain = tb_media_plain_open (store, visit, name, &problem);
  if (plain != NULL)
    return plain;
  if (g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
    return tb_media_sealed_open (store, visit, name, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gboolean
tb_media_reader_size (TbMediaReader *reader, guint64 *size, GError **error)
{
  return reader->class->size (reader, size, error);
}

gssize
tb_media_reader_read (TbMediaReader *reader, guint64 offset, void *bytes, gsize length, GError **error)
{
  return reader->class->read (reader, offset, bytes, length, error);
}

void
tb_media_reader_free (TbMediaReader *reader)
{
  if (reader != NULL)
    reader->class->free (reader);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* What a file in the folder is called; NULL when it is none that is listed. New. */
static char *
name_of (TbMediaStore *store, const char *file)
{
  gsize length = strlen (file);

  if (store->vault != NULL && g_str_has_suffix (file, TB_MEDIA_PART_SUFFIX))
    return NULL;
  if (store->vault != NULL && g_str_has_suffix (file, TB_MEDIA_SEALED_SUFFIX))
    length -= strlen (TB_MEDIA_SEALED_SUFFIX);
  return g_strndup (file, length);
}

static GPtrArray *
list_names (TbMediaStore *store, const char *path, gboolean folders, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &problem);
  const char *file;

  if (dir == NULL && g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_steal_pointer (&names);
  if (dir == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not list %s: %s", path, problem->message);
    return NULL;
  }
  while ((file = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, file, NULL);
    g_autofree char *name = folders ? g_strdup (file) : name_of (store, file);

    if (name == NULL || !tb_media_name_is_valid (name) || g_hash_table_contains (seen, name)
        || !g_file_test (child, folders ? G_FILE_TEST_IS_DIR : G_FILE_TEST_IS_REGULAR))
      continue;
    g_hash_table_add (seen, name);
    g_ptr_array_add (names, g_steal_pointer (&name));
  }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

GPtrArray *
tb_media_store_list (TbMediaStore *store, const char *visit, GError **error)
{
  g_autofree char *path = NULL;

  if (!tb_media_name_is_valid (visit)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit of that name");
    return NULL;
  }
  path = g_build_filename (store->folder, visit, NULL);
  return list_names (store, path, FALSE, error);
}

GPtrArray *
tb_media_store_list_visits (TbMediaStore *store, GError **error)
{
  return list_names (store, store->folder, TRUE, error);
}

gboolean
tb_media_store_delete (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  static const char *const suffixes[] = { "", TB_MEDIA_SEALED_SUFFIX, TB_MEDIA_PART_SUFFIX };
  g_autofree char *path = tb_media_path (store, visit, name, "", error);
  guint forms = store->vault != NULL ? G_N_ELEMENTS (suffixes) : 1, gone = 0;

  if (path == NULL)
    return FALSE;
  for (guint i = 0; i < forms; i++) {
    g_autofree char *form = g_strconcat (path, suffixes[i], NULL);
    g_autofree char *hidden = tb_media_hidden_path (form);

    if (i > 0)
      unlink (hidden); /* what a killed process left */
    if (unlink (form) == 0) {
      gone++;
    } else if (errno != ENOENT) {
      tb_media_set_errno (error, errno, "delete", form);
      return FALSE;
    }
  }
  if (gone == 0)
    tb_media_set_errno (error, ENOENT, "delete", path);
  return gone > 0;
}

gboolean
tb_media_store_stored_bytes (TbMediaStore *store, const char *visit, guint64 *bytes, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!tb_media_name_is_valid (visit)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit of that name");
    return FALSE;
  }
  *bytes = 0;
  path = g_build_filename (store->folder, visit, NULL);
  dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    struct stat info;

    if (lstat (file, &info) == 0 && S_ISREG (info.st_mode))
      *bytes += (guint64) info.st_size;
  }
  return TRUE;
}

gboolean
tb_media_store_free_bytes (TbMediaStore *store, guint64 *free_bytes, GError **error)
{
  return tb_folder_free_bytes (store->folder, free_bytes, NULL, error);
}
