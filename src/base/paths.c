#include "base/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"

struct _TbFolder {
  char *path;
  char *database;
  char *cache;
  char *media;
  int lock_fd; /* -1 when not locked */
};

char *
tb_folder_default (const char *given)
{
  const char *from_environment = g_getenv ("TERUGBLIK_DATA");

  if (given != NULL)
    return g_strdup (given);
  if (from_environment != NULL && *from_environment != '\0')
    return g_strdup (from_environment);
  return g_build_filename (g_get_user_data_dir (), "terugblik", NULL);
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not make the data folder %s: %s", path, g_strerror (errno));
  return FALSE;
}

/* An ACL for somebody else shows here too: its mask stands in the bits of the group. */
static gboolean
check_closed (const char *path, GError **error)
{
  g_autofree char *quoted = NULL;
  struct stat info;

  if (stat (path, &info) != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not look at the data folder %s: %s", path,
                 g_strerror (errno));
    return FALSE;
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) == 0)
    return TRUE;
  quoted = g_shell_quote (path);
  g_set_error (error, TB_ERROR, TB_ERROR_DENIED,
               "The data folder %s is open to other users of this computer; close it with: chmod 700 %s", path, quoted);
  return FALSE;
}

TbFolder *
tb_folder_open (const char *path, GError **error)
{
  g_autoptr (TbFolder) folder = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  folder = g_new0 (TbFolder, 1);
  folder->lock_fd = -1;
  folder->path = g_canonicalize_filename (path, NULL);
  folder->database = g_build_filename (folder->path, "terugblik.db", NULL);
  folder->cache = g_build_filename (folder->path, "cache.db", NULL);
  folder->media = g_build_filename (folder->path, "media", NULL);
  if (!make_folder (folder->path, error) || !check_closed (folder->path, error)
      || !make_folder (folder->media, error) || !check_closed (folder->media, error))
    return NULL;
  return g_steal_pointer (&folder);
}

/* The lock is the kernel's, so it cannot be left behind; what the file says is only for people. */
static gboolean
take_lock (TbFolder *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder->path, "lock", NULL);
  struct flock wanted = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  char text[32];
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not open the lock %s: %s", path, g_strerror (errno));
    return FALSE;
  }
  if (fcntl (fd, F_SETLK, &wanted) != 0) {
    struct flock holder = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (fcntl (fd, F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK)
      g_set_error (error, TB_ERROR, TB_ERROR_BUSY,
                   "Another Terugblik (process %d) is using the data folder %s; stop that one first, or name another folder with --data",
                   (int) holder.l_pid, folder->path);
    else
      g_set_error (error, TB_ERROR, TB_ERROR_BUSY, "Another Terugblik is using the data folder %s", folder->path);
    close (fd);
    return FALSE;
  }
  g_snprintf (text, sizeof text, "%d\n", (int) getpid ());
  if (ftruncate (fd, 0) != 0 || write (fd, text, strlen (text)) < 0)
    g_debug ("could not write the process id into %s", path);
  folder->lock_fd = fd;
  return TRUE;
}

TbFolder *
tb_folder_open_locked (const char *path, GError **error)
{
  g_autoptr (TbFolder) folder = tb_folder_open (path, error);

  if (folder == NULL || !take_lock (folder, error))
    return NULL;
  return g_steal_pointer (&folder);
}

void
tb_folder_free (TbFolder *folder)
{
  if (folder == NULL)
    return;
  if (folder->lock_fd >= 0)
    close (folder->lock_fd);
  g_free (folder->path);
  g_free (folder->database);
  g_free (folder->cache);
  g_free (folder->media);
  g_free (folder);
}

const char *
tb_folder_path (const TbFolder *folder)
{
  return folder->path;
}

const char *
tb_folder_database (const TbFolder *folder)
{
  return folder->database;
}

const char *
tb_folder_cache (const TbFolder *folder)
{
  return folder->cache;
}

const char *
tb_folder_media (const TbFolder *folder)
{
  return folder->media;
}

gboolean
tb_folder_free_bytes (const char *path, guint64 *free_bytes, guint64 *total, GError **error)
{
  struct statvfs disk;

  if (statvfs (path, &disk) != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not read the free space of %s: %s", path,
                 g_strerror (errno));
    return FALSE;
  }
  *free_bytes = (guint64) disk.f_bavail * disk.f_frsize;
  if (total != NULL)
    *total = (guint64) disk.f_blocks * disk.f_frsize;
  return TRUE;
}
