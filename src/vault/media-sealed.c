/* A sealed file on the disk, for who reads and who mends it. */
#include "vault/media-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "vault/age-header.h"

#define BEGINNING 4096 /* the header for one recipient has 168 bytes */

static gboolean
read_beginning (TbSealedFile *file, const TbAgeIdentity *identity, GError **error)
{
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (TbAgeHeader) header = NULL;
  g_autoptr (GPtrArray) ring = g_ptr_array_new ();
  guint8 beginning[BEGINNING];
  gssize have = tb_media_read_at (file->fd, file->path, 0, beginning, sizeof beginning, error);
  gsize size = 0;

  if (have < 0)
    return FALSE;
  g_ptr_array_add (ring, (gpointer) identity);
  header = tb_age_header_parse (beginning, (gsize) have, &size, error);
  if (header == NULL || !tb_age_header_unwrap (header, ring, &key, error))
    return FALSE;
  if ((gsize) have - size < TB_AGE_PAYLOAD_NONCE) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "This sealed file is cut off in its beginning");
    return FALSE;
  }
  file->opener = tb_age_opener_new (&key, beginning + size);
  tb_part_tie_make (&file->tie, &key, beginning + size);
  file->start = size + TB_AGE_PAYLOAD_NONCE;
  return TRUE;
}

gboolean
tb_sealed_file_open (TbSealedFile *file, const char *path, int flags, const TbAgeIdentity *identity, GError **error)
{
  struct stat info;

  file->path = g_strdup (path);
  file->fd = open (path, flags | O_CLOEXEC | O_NOFOLLOW);
  if (file->fd < 0) {
    tb_media_set_errno (error, errno, "open", path);
    return FALSE;
  }
  if (fstat (file->fd, &info) != 0 || !S_ISREG (info.st_mode)) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "%s is not a file", path);
    return FALSE;
  }
  if (read_beginning (file, identity, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

void
tb_sealed_file_forget (TbSealedFile *file)
{
  g_clear_pointer (&file->opener, tb_age_opener_free);
  tb_age_wipe (&file->tie, sizeof file->tie);
}

void
tb_sealed_file_clear (TbSealedFile *file)
{
  tb_sealed_file_forget (file);
  if (file->path != NULL && file->fd >= 0)
    close (file->fd);
  file->fd = -1;
  g_clear_pointer (&file->path, g_free);
}

gboolean
tb_sealed_file_size (const TbSealedFile *file, guint64 *ret_sealed, GError **error)
{
  struct stat info;

  if (fstat (file->fd, &info) != 0) {
    tb_media_set_errno (error, errno, "read the size of", file->path);
    return FALSE;
  }
  *ret_sealed = (guint64) info.st_size > file->start ? (guint64) info.st_size - file->start : 0;
  return TRUE;
}

gboolean
tb_sealed_file_chunk (const TbSealedFile *file, guint64 number, gboolean is_last, gsize length, guint8 *scratch,
                      guint8 *plain, GError **error)
{
  gssize have = tb_media_read_at (file->fd, file->path, file->start + number * TB_AGE_SEALED_CHUNK, scratch,
                                  length + TB_AGE_TAG, error);
  gsize got;

  if (have < 0)
    return FALSE;
  if (tb_age_opener_open (file->opener, number, is_last, scratch, (gsize) have, plain, &got, error) && got == length)
    return TRUE;
  g_prefix_error (error, "%s: ", file->path);
  return FALSE;
}

gboolean
tb_sealed_file_is_finished (const TbSealedFile *file, guint64 sealed, TbAgeExtent *ret_extent)
{
  g_autofree guint8 *scratch = g_malloc (TB_AGE_SEALED_CHUNK);
  g_autofree guint8 *plain = g_malloc (TB_AGE_CHUNK);
  TbAgeExtent extent;
  gboolean good;

  if (!tb_age_extent_of (TB_AGE_PAYLOAD_NONCE + sealed, &extent, NULL))
    return FALSE;
  good = tb_sealed_file_chunk (file, extent.chunks - 1, TRUE,
                               (gsize) (extent.plain - (extent.chunks - 1) * TB_AGE_CHUNK), scratch, plain, NULL);
  tb_age_wipe (plain, TB_AGE_CHUNK);
  if (good)
    *ret_extent = extent;
  return good;
}

guint64
tb_sealed_file_count_whole (const TbSealedFile *file, guint64 sealed)
{
  g_autofree guint8 *scratch = g_malloc (TB_AGE_SEALED_CHUNK);
  g_autofree guint8 *plain = g_malloc (TB_AGE_CHUNK);
  guint64 count = sealed / TB_AGE_SEALED_CHUNK;

  while (count > 0 && !tb_sealed_file_chunk (file, count - 1, FALSE, TB_AGE_CHUNK, scratch, plain, NULL))
    count--;
  tb_age_wipe (plain, TB_AGE_CHUNK);
  return count;
}
