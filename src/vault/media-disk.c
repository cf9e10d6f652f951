/* Paths, folders and whole reads and writes, for the files of media. */
#include "vault/media-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

void
tb_media_set_errno (GError **error, int number, const char *attempt, const char *path)
{
  TbErrorCode code = number == ENOSPC || number == EDQUOT || number == EFBIG ? TB_ERROR_FULL
                     : number == ENOENT                                      ? TB_ERROR_NOT_FOUND
                     : number == EEXIST                                      ? TB_ERROR_CONFLICT
                                                                             : TB_ERROR_FAILED;

  g_set_error (error, TB_ERROR, code, "Could not %s %s: %s", attempt, path, g_strerror (number));
}

/* Names come from the network too: nothing but a plain name becomes a path. */
char *
tb_media_path (TbMediaStore *store, const char *visit, const char *name, const char *suffix, GError **error)
{
  /* What ends as the sealed forms do would be one of them. */
  gboolean is_form
      = store->vault != NULL && name != NULL
        && (g_str_has_suffix (name, TB_MEDIA_SEALED_SUFFIX) || g_str_has_suffix (name, TB_MEDIA_PART_SUFFIX));

  if (is_form || !tb_media_name_is_valid (visit) || !tb_media_name_is_valid (name)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no recording of that name");
    return NULL;
  }
  return g_strdup_printf ("%s/%s/%s%s", store->folder, visit, name, suffix);
}

char *
tb_media_hidden_path (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);

  return g_strdup_printf ("%s/.%s", folder, base);
}

gboolean
tb_media_make_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;
  tb_media_set_errno (error, errno, "make the folder", folder);
  return FALSE;
}

gboolean
tb_media_sync_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  /* A file system that cannot do this for folders (EINVAL) does without. */
  gboolean good = fd >= 0 && (fsync (fd) == 0 || errno == EINVAL);

  if (!good)
    tb_media_set_errno (error, errno, "make safe", folder);
  if (fd >= 0)
    close (fd);
  return good;
}

gboolean
tb_media_write_at (int fd, const char *path, guint64 offset, const guint8 *bytes, gsize length, GError **error)
{
  while (length > 0) {
    gssize count = pwrite (fd, bytes, length, (off_t) offset);

    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0) {
      tb_media_set_errno (error, errno, "write to", path);
      return FALSE;
    }
    bytes += count;
    length -= (gsize) count;
    offset += (guint64) count;
  }
  return TRUE;
}

gssize
tb_media_read_at (int fd, const char *path, guint64 offset, guint8 *bytes, gsize length, GError **error)
{
  gsize done = 0;

  if (offset > G_MAXINT64)
    return 0;
  while (done < length) {
    gssize count = pread (fd, bytes + done, length - done, (off_t) (offset + done));

    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0) {
      tb_media_set_errno (error, errno, "read", path);
      return -1;
    }
    if (count == 0)
      break;
    done += (gsize) count;
  }
  return (gssize) done;
}

int
tb_media_open_nameless (const char *path, char **ret_temporary, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = NULL;
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  *ret_temporary = NULL;
  if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
    temporary = tb_media_hidden_path (path);
    unlink (temporary); /* what a killed process left */
    fd = open (temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  }
  if (fd < 0) {
    tb_media_set_errno (error, errno, "make", path);
    return -1;
  }
  *ret_temporary = g_steal_pointer (&temporary);
  return fd;
}

gboolean
tb_media_give_name (int fd, const char *temporary, const char *path, GError **error)
{
  char source[sizeof "/proc/self/fd/" + 12];

  g_snprintf (source, sizeof source, "/proc/self/fd/%d", fd);
  if (linkat (AT_FDCWD, temporary != NULL ? temporary : source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0) {
    tb_media_set_errno (error, errno, "make", path);
    return FALSE;
  }
  if (temporary != NULL)
    unlink (temporary);
  return tb_media_sync_folder (path, error);
}
