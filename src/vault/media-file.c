#include "vault/media-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/paths.h"
#include "base/uuid.h"

#define MAX_NAME 100

struct _TbMediaStore {
  char *folder; /* never changes, so no lock */
};

struct _TbMediaWriter {
  int fd;
  char *path;
  guint64 size;
};

struct _TbMediaReader {
  int fd;
  char *path;
};

TbMediaStore *
tb_media_store_new_folder (const char *folder)
{
  TbMediaStore *store = g_atomic_rc_box_new0 (TbMediaStore);

  store->folder = g_strdup (folder);
  return store;
}

TbMediaStore *
tb_media_store_ref (TbMediaStore *store)
{
  return g_atomic_rc_box_acquire (store);
}

static void
store_clear (gpointer data)
{
  TbMediaStore *store = data;

  g_free (store->folder);
}

void
tb_media_store_unref (TbMediaStore *store)
{
  if (store != NULL)
    g_atomic_rc_box_release_full (store, store_clear);
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

/* Names come from the network too: nothing but a plain name becomes a path. */
static char *
build_path (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  if (!tb_media_name_is_valid (visit) || !tb_media_name_is_valid (name)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no recording of that name");
    return NULL;
  }
  return g_build_filename (store->folder, visit, name, NULL);
}

static void
set_errno_error (GError **error, int number, const char *attempt, const char *path)
{
  TbErrorCode code = number == ENOSPC || number == EDQUOT || number == EFBIG ? TB_ERROR_FULL
                     : number == ENOENT                                      ? TB_ERROR_NOT_FOUND
                     : number == EEXIST                                      ? TB_ERROR_CONFLICT
                                                                             : TB_ERROR_FAILED;

  g_set_error (error, TB_ERROR, code, "Could not %s %s: %s", attempt, path, g_strerror (number));
}

/* A new file's name must survive a loss of power as much as its bytes do. */
static void
sync_folder (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_debug ("could not sync the folder %s: %s", path, g_strerror (errno));
  close (fd);
}

TbMediaWriter *
tb_media_store_create (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  g_autofree char *path = build_path (store, visit, name, error);
  g_autofree char *folder = NULL;
  TbMediaWriter *writer;
  int fd;

  if (path == NULL)
    return NULL;
  folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    set_errno_error (error, errno, "make the folder", folder);
    return NULL;
  }
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) {
    set_errno_error (error, errno, "make", path);
    return NULL;
  }
  sync_folder (folder);
  writer = g_new0 (TbMediaWriter, 1);
  writer->fd = fd;
  writer->path = g_steal_pointer (&path);
  return writer;
}

gboolean
tb_media_writer_append (TbMediaWriter *writer, const void *bytes, gsize length, GError **error)
{
  const guint8 *at = bytes;

  while (length > 0) {
    gssize count = write (writer->fd, at, length);

    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0) {
      set_errno_error (error, errno, "write to", writer->path);
      return FALSE;
    }
    at += count;
    length -= (gsize) count;
    writer->size += (guint64) count;
  }
  return TRUE;
}

gboolean
tb_media_writer_sync (TbMediaWriter *writer, GError **error)
{
  if (fdatasync (writer->fd) == 0)
    return TRUE;
  set_errno_error (error, errno, "make safe", writer->path);
  return FALSE;
}

guint64
tb_media_writer_size (const TbMediaWriter *writer)
{
  return writer->size;
}

gboolean
tb_media_writer_seal (TbMediaWriter *writer, GError **error)
{
  gboolean synced = tb_media_writer_sync (writer, error);

  tb_media_writer_free (writer);
  return synced;
}

void
tb_media_writer_free (TbMediaWriter *writer)
{
  if (writer == NULL)
    return;
  close (writer->fd);
  g_free (writer->path);
  g_free (writer);
}

TbMediaReader *
tb_media_store_open (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  g_autofree char *path = build_path (store, visit, name, error);
  TbMediaReader *reader;
  struct stat info;
  int fd;

  if (path == NULL)
    return NULL;
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) {
    set_errno_error (error, errno, "open", path);
    return NULL;
  }
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode)) {
    close (fd);
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "%s is not a file", path);
    return NULL;
  }
  reader = g_new0 (TbMediaReader, 1);
  reader->fd = fd;
  reader->path = g_steal_pointer (&path);
  return reader;
}

gboolean
tb_media_reader_size (TbMediaReader *reader, guint64 *size, GError **error)
{
  struct stat info;

  if (fstat (reader->fd, &info) != 0) {
    set_errno_error (error, errno, "read the size of", reader->path);
    return FALSE;
  }
  *size = (guint64) info.st_size;
  return TRUE;
}

gssize
tb_media_reader_read (TbMediaReader *reader, guint64 offset, void *bytes, gsize length, GError **error)
{
  gsize done = 0;

  if (offset > G_MAXINT64)
    return 0;
  while (done < length) {
    gssize count = pread (reader->fd, (guint8 *) bytes + done, length - done, (off_t) (offset + done));

    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0) {
      set_errno_error (error, errno, "read", reader->path);
      return -1;
    }
    if (count == 0)
      break;
    done += (gsize) count;
  }
  return (gssize) done;
}

void
tb_media_reader_free (TbMediaReader *reader)
{
  if (reader == NULL)
    return;
  close (reader->fd);
  g_free (reader->path);
  g_free (reader);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_names (const char *path, gboolean folders, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &problem);
  const char *name;

  if (dir == NULL && g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_steal_pointer (&names);
  if (dir == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not list %s: %s", path, problem->message);
    return NULL;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (tb_media_name_is_valid (name)
        && g_file_test (child, folders ? G_FILE_TEST_IS_DIR : G_FILE_TEST_IS_REGULAR))
      g_ptr_array_add (names, g_strdup (name));
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
  return list_names (path, FALSE, error);
}

GPtrArray *
tb_media_store_list_visits (TbMediaStore *store, GError **error)
{
  return list_names (store->folder, TRUE, error);
}

gboolean
tb_media_store_delete (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  g_autofree char *path = build_path (store, visit, name, error);

  if (path == NULL)
    return FALSE;
  if (unlink (path) != 0) {
    set_errno_error (error, errno, "delete", path);
    return FALSE;
  }
  return TRUE;
}

gboolean
tb_media_store_free_bytes (TbMediaStore *store, guint64 *free_bytes, GError **error)
{
  return tb_folder_free_bytes (store->folder, free_bytes, NULL, error);
}
