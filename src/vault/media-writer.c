/* Writes a sealed recording.
 *
 * Whole chunks go to NAME.age as they come. What is in no chunk yet is in
 * memory (where this process's readers see it) and, from every sync on, in
 * NAME.age.part. A part says which chunk it begins, so the chunks before that
 * are made durable first: after a loss of power the disk never has a part
 * whose place in the file is missing.
 *
 * When writing fails (a full disk) nothing more is taken: the file ends at its
 * last whole chunk, the text after it stays in memory and in the part, and
 * mending finishes the file. */
#include "vault/media-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "vault/age-header.h"
#include "vault/media-part.h"

typedef struct {
  TbMediaWriter base;
  TbMediaStore *store;
  TbMediaLive *live;
  int fd;
  char *path;
  char *part_path;
  TbAgeRecipient recipient;
  TbAgeSealer *sealer;
  TbPartTie tie;
  GByteArray *out; /* sealed, on the way to the disk */
  guint64 end;     /* of what is whole in the file */
  guint64 part_number; /* of the part on the disk */
  gboolean is_dirty;   /* something was appended since the last sync */
  gboolean is_main_dirty;
  gboolean failed;
} SealedWriter;

TbMediaLive *
tb_media_live_ref (TbMediaLive *live)
{
  g_atomic_ref_count_inc (&live->refs);
  return live;
}

void
tb_media_live_unref (TbMediaLive *live)
{
  if (live == NULL || !g_atomic_ref_count_dec (&live->refs))
    return;
  tb_age_wipe (live->pending, sizeof live->pending);
  g_mutex_clear (&live->lock);
  g_free (live);
}

TbMediaLive *
tb_media_store_find_live (TbMediaStore *store, const char *path)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->lock);
  TbMediaLive *live = g_hash_table_lookup (store->live, path);

  return live != NULL ? tb_media_live_ref (live) : NULL;
}

static TbMediaLive *
live_new (TbMediaStore *store, const char *path)
{
  TbMediaLive *live = g_new0 (TbMediaLive, 1);

  g_atomic_ref_count_init (&live->refs);
  g_mutex_init (&live->lock);
  g_mutex_lock (&store->lock);
  g_hash_table_insert (store->live, g_strdup (path), tb_media_live_ref (live));
  g_mutex_unlock (&store->lock);
  return live;
}

/* From now on the readers look at the disk. */
static void
live_end (TbMediaStore *store, TbMediaLive *live, const char *path)
{
  g_mutex_lock (&store->lock);
  g_hash_table_remove (store->live, path);
  g_mutex_unlock (&store->lock);
  g_mutex_lock (&live->lock);
  live->done = TRUE;
  tb_age_wipe (live->pending, sizeof live->pending);
  g_mutex_unlock (&live->lock);
}

/* BYTES became the text after WHOLE chunks, or the next of it. */
static void
live_put (TbMediaLive *live, gboolean is_next_chunk, const guint8 *bytes, gsize length)
{
  g_mutex_lock (&live->lock);
  if (is_next_chunk) {
    live->whole++;
    live->length = 0;
  }
  memcpy (live->pending + live->length, bytes, length);
  live->length += length;
  g_mutex_unlock (&live->lock);
}

static gboolean
fail (SealedWriter *writer)
{
  writer->failed = TRUE;
  /* A torn chunk is of no use; when even this cannot be done, mending does it. */
  if (ftruncate (writer->fd, (off_t) writer->end) != 0)
    g_debug ("could not cut %s: %s", writer->path, g_strerror (errno));
  return FALSE;
}

static gboolean
refuse_failed (SealedWriter *writer, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Writing to %s failed before: it takes no more", writer->path);
  return FALSE;
}

/* What is sealed goes to the disk. */
static gboolean
write_out (SealedWriter *writer, GError **error)
{
  if (!tb_media_write_at (writer->fd, writer->path, writer->end, writer->out->data, writer->out->len, error))
    return fail (writer);
  writer->end += writer->out->len;
  writer->is_main_dirty = TRUE;
  g_byte_array_set_size (writer->out, 0);
  return TRUE;
}

static gboolean
sealed_append (TbMediaWriter *base, const guint8 *bytes, gsize length, GError **error)
{
  SealedWriter *writer = (SealedWriter *) base;

  if (writer->failed)
    return refuse_failed (writer, error);
  writer->is_dirty = TRUE;
  while (length > 0) {
    gsize have = writer->live->length; /* only this thread changes it */
    gboolean is_full = have == TB_AGE_CHUNK;
    gsize take = MIN (length, is_full ? TB_AGE_CHUNK : TB_AGE_CHUNK - have);

    /* The sealer holds a full chunk back until more comes: then OUT gets it. Until it is on the disk the readers have
     * it from memory. */
    tb_age_sealer_append (writer->sealer, bytes, take, writer->out);
    if (is_full && !write_out (writer, error))
      return FALSE;
    live_put (writer->live, is_full, bytes, take);
    base->size += take;
    bytes += take;
    length -= take;
  }
  return TRUE;
}

static gboolean
sync_main (SealedWriter *writer, GError **error)
{
  if (!writer->is_main_dirty)
    return TRUE;
  if (fdatasync (writer->fd) != 0) {
    tb_media_set_errno (error, errno, "make safe", writer->path);
    return FALSE;
  }
  writer->is_main_dirty = FALSE;
  return TRUE;
}

static gboolean
write_part (SealedWriter *writer, gboolean is_final, gboolean durable, GError **error)
{
  TbMediaLive *live = writer->live; /* this thread alone changes it, so it may read without the lock */

  if (!tb_part_write (writer->part_path, &writer->tie, &writer->recipient, live->whole, is_final, live->pending,
                      live->length, durable, error))
    return FALSE;
  writer->part_number = live->whole;
  writer->is_dirty = FALSE;
  return TRUE;
}

static gboolean
sealed_sync (TbMediaWriter *base, GError **error)
{
  SealedWriter *writer = (SealedWriter *) base;

  if (writer->failed)
    return refuse_failed (writer, error);
  if (!writer->is_dirty)
    return sync_main (writer, error);
  if (sync_main (writer, error) && write_part (writer, FALSE, TRUE, error))
    return TRUE;
  writer->failed = TRUE;
  return FALSE;
}

/* The final text is durably in the part before it is sealed as the last chunk: see vault/age-mend.h. */
static gboolean
sealed_finish (TbMediaWriter *base, GError **error)
{
  SealedWriter *writer = (SealedWriter *) base;

  if (writer->failed)
    return refuse_failed (writer, error);
  if (!sync_main (writer, error) || !write_part (writer, TRUE, TRUE, error)) {
    writer->failed = TRUE;
    return FALSE;
  }
  tb_age_sealer_finish (writer->sealer, writer->out);
  if (!write_out (writer, error) || !sync_main (writer, error)) {
    writer->failed = TRUE;
    return FALSE;
  }
  if (unlink (writer->part_path) != 0)
    g_debug ("could not delete %s: %s", writer->part_path, g_strerror (errno));
  tb_media_sync_folder (writer->path, NULL);
  return TRUE;
}

static void
sealed_free (TbMediaWriter *base)
{
  SealedWriter *writer = (SealedWriter *) base;
  g_autoptr (GError) error = NULL;

  /* Ended without being finished: what was appended can be read, and mended. */
  if (writer->is_dirty && writer->live != NULL && !write_part (writer, FALSE, FALSE, &error))
    g_message ("The end of a recording could not be kept: %s", error->message);
  if (writer->live != NULL)
    live_end (writer->store, writer->live, writer->path);
  tb_media_live_unref (writer->live);
  if (writer->fd >= 0)
    close (writer->fd);
  tb_age_sealer_free (writer->sealer);
  tb_age_wipe (&writer->tie, sizeof writer->tie);
  if (writer->out != NULL)
    g_byte_array_unref (writer->out);
  tb_media_store_unref (writer->store);
  g_free (writer->path);
  g_free (writer->part_path);
  g_free (writer);
}

static const TbMediaWriterClass sealed_writer = { sealed_append, NULL, sealed_sync, sealed_finish, sealed_free };

/* The header and the payload's nonce, which the file has from its first moment on. */
static gboolean
begin (SealedWriter *writer, GError **error)
{
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (GBytes) header = NULL;
  gsize size;

  tb_age_file_key_generate (&key);
  header = tb_age_header_write (&writer->recipient, 1, &key, error);
  if (header == NULL)
    return FALSE;
  size = g_bytes_get_size (header);
  g_byte_array_append (writer->out, g_bytes_get_data (header, NULL), (guint) size);
  writer->sealer = tb_age_sealer_new (&key, writer->out);
  tb_part_tie_make (&writer->tie, &key, writer->out->data + size);
  return TRUE;
}

/* Order: an empty part, then the file gets its name. So a file without a part is a finished one. */
static gboolean
make_files (SealedWriter *writer, GError **error)
{
  g_autofree char *temporary = NULL;

  writer->fd = tb_media_open_nameless (writer->path, &temporary, error);
  if (writer->fd < 0)
    return FALSE;
  /* For other processes: a file that has this lock is being written, not broken off. */
  if (flock (writer->fd, LOCK_EX | LOCK_NB) != 0)
    g_debug ("no lock on %s: %s", writer->path, g_strerror (errno));
  if (write_out (writer, error) && sync_main (writer, error)
      && tb_part_write (writer->part_path, &writer->tie, &writer->recipient, 0, FALSE, NULL, 0, TRUE, error)) {
    if (tb_media_give_name (writer->fd, temporary, writer->path, error))
      return TRUE;
    unlink (writer->part_path);
  }
  if (temporary != NULL)
    unlink (temporary);
  return FALSE;
}

static gboolean
refuse_existing (TbMediaStore *store, const char *visit, const char *name, gboolean replaces_plain, const char *path,
                 GError **error)
{
  g_autofree char *plain = tb_media_path (store, visit, name, "", NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS) || (!replaces_plain && g_file_test (plain, G_FILE_TEST_EXISTS))) {
    tb_media_set_errno (error, EEXIST, "make", plain);
    return TRUE;
  }
  return FALSE;
}

TbMediaWriter *
tb_media_sealed_create (TbMediaStore *store, const char *visit, const char *name, gboolean replaces_plain,
                        GError **error)
{
  g_autofree char *path = tb_media_path (store, visit, name, TB_MEDIA_SEALED_SUFFIX, error);
  g_autoptr (TbMediaWriter) base = NULL;
  SealedWriter *writer;
  TbAgeRecipient recipient;

  if (path == NULL || refuse_existing (store, visit, name, replaces_plain, path, error)
      || !tb_vault_get_visit_recipient (store->vault, visit, &recipient, error) || !tb_media_make_folder (path, error))
    return NULL;
  writer = g_new0 (SealedWriter, 1);
  base = &writer->base;
  base->class = &sealed_writer;
  writer->store = tb_media_store_ref (store);
  writer->fd = -1;
  writer->path = g_strdup (path);
  writer->part_path = tb_media_path (store, visit, name, TB_MEDIA_PART_SUFFIX, NULL);
  writer->recipient = recipient;
  writer->out = g_byte_array_sized_new (TB_AGE_SEALED_CHUNK);
  if (!begin (writer, error) || !make_files (writer, error))
    return NULL;
  writer->live = live_new (store, path);
  return g_steal_pointer (&base);
}
