#include "vault/age-mend.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "vault/age-bytes.h"
#include "vault/media-private.h"

/* Chunks at the end that may be damaged, 256 MiB: a loss of power takes what was not synced, which is far less. */
#define LOST_MAX 4096

typedef struct {
  TbSealedFile *file;
  const char *part_path;
  TbAgeRecipient recipient;
  TbPart part; /* what it ends with; TEXT is NULL when there is none that can be used */
} Mend;

/* The part when there is one for this file; a damaged one is as none. */
static gboolean
read_part (Mend *mend, const TbAgeIdentity *identity, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (tb_part_read (mend->part_path, &mend->file->tie, identity, &mend->part, &problem)
      || g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND)
      || g_error_matches (problem, TB_ERROR, TB_ERROR_CORRUPT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* The text of chunk NUMBER. */
static gboolean
read_chunk (Mend *mend, guint64 number, GByteArray **ret_text, GError **error)
{
  g_autofree guint8 *scratch = g_malloc (TB_AGE_SEALED_CHUNK);
  GByteArray *text = g_byte_array_sized_new (TB_AGE_CHUNK);

  g_byte_array_set_size (text, TB_AGE_CHUNK);
  if (tb_sealed_file_chunk (mend->file, number, FALSE, TB_AGE_CHUNK, scratch, text->data, error)) {
    *ret_text = text;
    return TRUE;
  }
  tb_age_bytes_wipe (text);
  return FALSE;
}

/* Decides with what the file, of COUNT whole chunks, ends. */
static gboolean
choose_end (Mend *mend, guint64 count, GError **error)
{
  TbPart *part = &mend->part;

  /* Only a file of nothing at all ends with a chunk of nothing. */
  if (part->text != NULL && part->number == count && (part->text->len > 0 || count == 0))
    return TRUE;
  /* A mender before us was killed before it wrote the last whole chunk anew. */
  if (part->text != NULL && part->is_final && part->number + 1 == count && part->text->len == TB_AGE_CHUNK)
    return TRUE;
  tb_part_clear (part);
  part->number = count > 0 ? count - 1 : 0;
  if (count > 0)
    return read_chunk (mend, part->number, &part->text, error);
  part->text = g_byte_array_new ();
  return TRUE;
}

/* The part says durably what the file will end with. */
static gboolean
write_part (Mend *mend, GError **error)
{
  mend->part.is_final = TRUE;
  return tb_part_write (mend->part_path, &mend->file->tie, &mend->recipient, mend->part.number, TRUE,
                        mend->part.text->data, mend->part.text->len, TRUE, error);
}

static gboolean
write_last (Mend *mend, GError **error)
{
  const TbSealedFile *file = mend->file;
  g_autoptr (GByteArray) out = g_byte_array_sized_new (TB_AGE_SEALED_CHUNK);
  guint64 at = file->start + mend->part.number * TB_AGE_SEALED_CHUNK;

  tb_age_opener_seal_last (file->opener, mend->part.number, mend->part.text->data, mend->part.text->len, out);
  if (!tb_media_write_at (file->fd, file->path, at, out->data, out->len, error))
    return FALSE;
  if (ftruncate (file->fd, (off_t) (at + out->len)) == 0 && fdatasync (file->fd) == 0)
    return TRUE;
  tb_media_set_errno (error, errno, "mend", file->path);
  return FALSE;
}

static gboolean
delete_part (Mend *mend, GError **error)
{
  if (unlink (mend->part_path) != 0 && errno != ENOENT) {
    tb_media_set_errno (error, errno, "delete", mend->part_path);
    return FALSE;
  }
  return tb_media_sync_folder (mend->part_path, error);
}

static gboolean
mend_file (Mend *mend, const TbAgeIdentity *identity, gboolean *ret_mended, GError **error)
{
  guint64 sealed, count;
  gboolean had_part = access (mend->part_path, F_OK) == 0;
  TbAgeExtent extent;

  if (!tb_sealed_file_size (mend->file, &sealed, error))
    return FALSE;
  if (tb_sealed_file_is_finished (mend->file, sealed, &extent)) {
    *ret_mended = had_part;
    return !had_part || delete_part (mend, error);
  }
  count = tb_sealed_file_count_whole (mend->file, sealed);
  if (sealed / TB_AGE_SEALED_CHUNK - count > LOST_MAX) {
    g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "%s is damaged: too much of its end does not open",
                 mend->file->path);
    return FALSE;
  }
  if (!read_part (mend, identity, error) || !choose_end (mend, count, error))
    return FALSE;
  /* Written again even when it is there already: it may not be on the disk yet. */
  if (!write_part (mend, error) || !write_last (mend, error) || !delete_part (mend, error))
    return FALSE;
  *ret_mended = TRUE;
  return TRUE;
}

gboolean
tb_age_mend (const char *path, const char *part_path, const TbAgeIdentity *identity, gboolean *ret_mended,
             GError **error)
{
  g_auto (TbSealedFile) file = { .fd = -1 };
  Mend mend = { .file = &file, .part_path = part_path };
  gboolean mended = FALSE, good;

  tb_age_identity_get_recipient (identity, &mend.recipient);
  if (!tb_sealed_file_open (&file, path, O_RDWR, identity, error))
    return FALSE;
  if (flock (file.fd, LOCK_EX | LOCK_NB) != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_BUSY, "%s is being written", path);
    return FALSE;
  }
  good = mend_file (&mend, identity, &mended, error);
  tb_part_clear (&mend.part);
  if (good)
    *ret_mended = mended;
  return good;
}
