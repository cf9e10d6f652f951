#include "vault/new-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"

struct _TbNewFile {
  int fd;
  char *path;      /* the name it will have */
  char *temporary; /* the name it has until then; NULL: none at all, or it is written to as it is */
  gboolean is_nameless;
};

static void
set_errno_error (GError **error, const char *attempt, const char *name)
{
  int number = errno;
  TbErrorCode code = number == ENOSPC || number == EDQUOT || number == EFBIG ? TB_ERROR_FULL : TB_ERROR_FAILED;

  g_set_error (error, TB_ERROR, code, "Could not %s %s: %s", attempt, name, g_strerror (number));
}

gboolean
tb_write_all (int fd, const char *name, const guint8 *bytes, gsize length, GError **error)
{
  while (length > 0) {
    gssize done = write (fd, bytes, length);

    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0) {
      set_errno_error (error, "write", name);
      return FALSE;
    }
    bytes += done;
    length -= (gsize) done;
  }
  return TRUE;
}

/* A name beside the last one, so that renaming stays within one file system. New. */
static char *
temporary_name (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = g_strdup_printf (".%.200s.%08x%08x", base, g_random_int (), g_random_int ());

  return g_build_filename (folder, name, NULL);
}

/* Without a name where the file system can (then even kill -9 leaves nothing), else under a temporary one. */
static gboolean
open_new (TbNewFile *file)
{
  g_autofree char *folder = g_path_get_dirname (file->path);

  file->fd = open (folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  file->is_nameless = file->fd >= 0;
  if (file->is_nameless || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
    return file->is_nameless;
  file->temporary = temporary_name (file->path);
  file->fd = open (file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file->fd < 0)
    g_clear_pointer (&file->temporary, g_free);
  return file->fd >= 0;
}

TbNewFile *
tb_new_file_create (const char *path, GError **error)
{
  g_autoptr (TbNewFile) file = g_new0 (TbNewFile, 1);
  g_autofree char *real = realpath (path, NULL); /* what a link points at is replaced, not the link */
  struct stat status;

  file->fd = -1;
  file->path = g_strdup (real != NULL ? real : path);
  if (stat (file->path, &status) == 0 && !S_ISREG (status.st_mode)) {
    file->fd = open (file->path, O_WRONLY | O_CLOEXEC);
    if (file->fd < 0)
      set_errno_error (error, "write", path);
    return file->fd >= 0 ? g_steal_pointer (&file) : NULL;
  }
  if (!open_new (file)) {
    set_errno_error (error, "make", path);
    return NULL;
  }
  return g_steal_pointer (&file);
}

gboolean
tb_new_file_write (TbNewFile *file, const guint8 *bytes, gsize length, GError **error)
{
  return tb_write_all (file->fd, file->path, bytes, length, error);
}

/* linkat takes no name that is in use, so the file gets a temporary one first. */
static gboolean
give_name (TbNewFile *file)
{
  char source[sizeof "/proc/self/fd/" + 12];
  g_autofree char *temporary = temporary_name (file->path);

  g_snprintf (source, sizeof source, "/proc/self/fd/%d", file->fd);
  if (linkat (AT_FDCWD, source, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) != 0)
    return FALSE;
  file->temporary = g_steal_pointer (&temporary);
  file->is_nameless = FALSE;
  return TRUE;
}

gboolean
tb_new_file_commit (TbNewFile *file, GError **error)
{
  if (file->temporary == NULL && !file->is_nameless)
    return TRUE;
  if (fsync (file->fd) != 0 || (file->is_nameless && !give_name (file)) || g_rename (file->temporary, file->path) != 0) {
    set_errno_error (error, "write", file->path);
    return FALSE;
  }
  g_clear_pointer (&file->temporary, g_free);
  return TRUE;
}

void
tb_new_file_free (TbNewFile *file)
{
  if (file == NULL)
    return;
  if (file->fd >= 0)
    close (file->fd);
  if (file->temporary != NULL)
    unlink (file->temporary);
  g_free (file->temporary);
  g_free (file->path);
  g_free (file);
}
