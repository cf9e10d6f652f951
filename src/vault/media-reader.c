/* Reads a sealed recording by range, opening only the chunks the range lies in.
 *
 * Three cases, looked at anew for every call until the file is finished:
 *  - this process writes it: whole chunks from the file, the rest from the
 *    writer's memory (TbMediaLive);
 *  - another process writes it, or it was broken off: whole chunks from the
 *    file, the rest from the part beside it;
 *  - it is finished: its last chunk opens as the last. */
#include "vault/media-private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "vault/age-bytes.h"

#define SLOTS 2       /* two threads that read at two places keep each its chunk */
#define TRIES 3       /* at a file that changes under us */

typedef struct {
  gboolean is_used;
  guint64 number;
  gsize length;
  guint8 plain[TB_AGE_CHUNK];
} Slot;

/* What can be read now: WHOLE chunks of the file (the last of them short when FINISHED), then TAIL bytes, which are
 * in memory when LIVE and in the part otherwise. */
typedef struct {
  guint64 whole;
  gsize tail;
  guint64 size;
  gboolean finished;
} Extent;

/* Lock order: the store's READERS_LOCK, KEYS, LOCK, the store's LOCK or the live's. */
typedef struct {
  TbMediaReader base;
  TbMediaStore *store; /* never changes, as VISIT, PART_PATH and ERA */
  char *visit;
  char *part_path;
  guint era;

  GRWLock keys; /* reading: a call that uses FILE's keys; writing: wiping them */
  TbSealedFile file;

  GMutex lock; /* guards what follows */
  TbMediaLive *live; /* NULL: not (any more) written by this process */
  gboolean finished;
  TbAgeExtent extent; /* when finished */
  guint64 checked; /* so many chunks are whole: the last of them was opened */
  gboolean has_part;
  struct stat part_info; /* of the part that was read */
  TbPart part;
  guint next_slot;
  Slot *slots[SLOTS];
  guint8 scratch[TB_AGE_SEALED_CHUNK];
} SealedReader;

/* The keys must not be in use. */
static void
forget (SealedReader *reader)
{
  tb_sealed_file_forget (&reader->file);
  tb_part_clear (&reader->part);
  reader->has_part = FALSE;
  for (guint i = 0; i < SLOTS; i++) {
    if (reader->slots[i] != NULL)
      tb_age_wipe (reader->slots[i], sizeof (Slot));
    g_clear_pointer (&reader->slots[i], g_free);
  }
}

void
tb_media_readers_wipe (const char *visit, gpointer data)
{
  TbMediaStore *store = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->readers_lock);

  for (guint i = 0; i < store->readers->len; i++) {
    SealedReader *reader = store->readers->pdata[i];

    if (visit != NULL && !g_str_equal (reader->visit, visit))
      continue;
    g_rw_lock_writer_lock (&reader->keys);
    forget (reader);
    g_rw_lock_writer_unlock (&reader->keys);
  }
}

/* Reads the part again when it was replaced. FALSE: there is none. */
static gboolean
refresh_part (SealedReader *reader)
{
  g_autoptr (TbAgeIdentity) identity = NULL;
  struct stat info;
  TbPart part = { 0 };

  if (stat (reader->part_path, &info) != 0) {
    tb_part_clear (&reader->part);
    reader->has_part = FALSE;
    return FALSE;
  }
  if (reader->has_part && info.st_ino == reader->part_info.st_ino && info.st_size == reader->part_info.st_size
      && info.st_mtim.tv_sec == reader->part_info.st_mtim.tv_sec
      && info.st_mtim.tv_nsec == reader->part_info.st_mtim.tv_nsec)
    return TRUE;
  identity = tb_vault_get_visit_identity (reader->store->vault, reader->visit, NULL);
  if (identity == NULL || !tb_part_read (reader->part_path, &reader->file.tie, identity, &part, NULL))
    part.text = NULL; /* a damaged part is none: what the file itself holds is read */
  tb_part_clear (&reader->part);
  reader->part = part;
  reader->part_info = info;
  reader->has_part = TRUE;
  return TRUE;
}

/* The lock is held. */
static gboolean
look_at_disk (SealedReader *reader, Extent *ret, GError **error)
{
  gboolean has_part = FALSE;
  guint64 sealed = 0, count = 0;

  for (guint i = 0; i < TRIES; i++) {
    has_part = refresh_part (reader);
    if (!tb_sealed_file_size (&reader->file, &sealed, error))
      return FALSE;
    count = sealed / TB_AGE_SEALED_CHUNK;
    /* A part that was just replaced may be of a chunk that the size was read before. */
    if (!has_part || reader->part.text == NULL || reader->part.number <= count)
      break;
  }
  if ((!has_part || reader->part.text == NULL || reader->part.is_final)
      && tb_sealed_file_is_finished (&reader->file, sealed, &reader->extent)) {
    reader->finished = TRUE;
    *ret = (Extent) { reader->extent.chunks, 0, reader->extent.plain, TRUE };
    return TRUE;
  }
  if (count != reader->checked)
    count = tb_sealed_file_count_whole (&reader->file, sealed);
  if (count == sealed / TB_AGE_SEALED_CHUNK)
    reader->checked = count;
  *ret = (Extent) { count, 0, count * TB_AGE_CHUNK, FALSE };
  if (has_part && reader->part.text != NULL && reader->part.number == count) {
    ret->tail = reader->part.text->len;
    ret->size += ret->tail;
  }
  return TRUE;
}

/* The lock is held. */
static gboolean
look (SealedReader *reader, Extent *ret, GError **error)
{
  if (reader->finished) {
    *ret = (Extent) { reader->extent.chunks, 0, reader->extent.plain, TRUE };
    return TRUE;
  }
  if (reader->live == NULL)
    reader->live = tb_media_store_find_live (reader->store, reader->file.path);
  if (reader->live != NULL) {
    gboolean done;

    g_mutex_lock (&reader->live->lock);
    done = reader->live->done;
    *ret = (Extent) { reader->live->whole, reader->live->length, 0, FALSE };
    g_mutex_unlock (&reader->live->lock);
    ret->size = ret->whole * TB_AGE_CHUNK + ret->tail;
    if (!done)
      return TRUE;
    g_clear_pointer (&reader->live, tb_media_live_unref);
  }
  return look_at_disk (reader, ret, error);
}

/* The text after the whole chunks of EXTENT. FALSE: it is not there any more, the file has gone on. */
static gboolean
copy_tail (SealedReader *reader, const Extent *extent, gsize within, guint8 *bytes, gsize length)
{
  gboolean good = FALSE;

  if (reader->live != NULL) {
    g_mutex_lock (&reader->live->lock);
    good = !reader->live->done && reader->live->whole == extent->whole && within + length <= reader->live->length;
    if (good)
      memcpy (bytes, reader->live->pending + within, length);
    g_mutex_unlock (&reader->live->lock);
    return good;
  }
  good = reader->part.text != NULL && reader->part.number == extent->whole && within + length <= reader->part.text->len;
  if (good)
    memcpy (bytes, reader->part.text->data + within, length);
  return good;
}

/* Copies from chunk NUMBER through a slot; the lock is held. */
static gboolean
copy_chunk (SealedReader *reader, guint64 number, gboolean is_last, gsize size, gsize within, guint8 *bytes,
            gsize length, GError **error)
{
  Slot *slot = NULL;

  for (guint i = 0; i < SLOTS && slot == NULL; i++)
    if (reader->slots[i] != NULL && reader->slots[i]->is_used && reader->slots[i]->number == number
        && reader->slots[i]->length >= within + length)
      slot = reader->slots[i];
  if (slot == NULL) {
    guint which = reader->next_slot++ % SLOTS;

    if (reader->slots[which] == NULL)
      reader->slots[which] = g_new0 (Slot, 1);
    slot = reader->slots[which];
    slot->is_used = FALSE;
    if (!tb_sealed_file_chunk (&reader->file, number, is_last, size, reader->scratch, slot->plain, error))
      return FALSE;
    slot->is_used = TRUE;
    slot->number = number;
    slot->length = size;
  }
  memcpy (bytes, slot->plain + within, length);
  return TRUE;
}

/* Up to LENGTH bytes at OFFSET, which is before the end of EXTENT. *RET_LENGTH 0: the file has gone on, look again. */
static gboolean
read_piece (SealedReader *reader, const Extent *extent, guint64 offset, guint8 *bytes, gsize length, gsize *ret_length,
            GError **error)
{
  guint64 number = offset / TB_AGE_CHUNK;
  gsize within = offset % TB_AGE_CHUNK;
  gboolean is_last = extent->finished && number + 1 == extent->whole;
  gsize size = number >= extent->whole ? extent->tail
               : is_last               ? (gsize) (extent->size - number * TB_AGE_CHUNK)
                                       : TB_AGE_CHUNK;
  gsize take = MIN (length, size - within);
  gboolean good = TRUE;

  *ret_length = take;
  if (number < extent->whole && take == size) {
    g_autofree guint8 *scratch = g_malloc (TB_AGE_SEALED_CHUNK);

    /* A whole chunk, straight to where it is wanted, and without the lock: threads read side by side. */
    return tb_sealed_file_chunk (&reader->file, number, is_last, size, scratch, bytes, error);
  }
  g_mutex_lock (&reader->lock);
  if (number < extent->whole)
    good = copy_chunk (reader, number, is_last, size, within, bytes, take, error);
  else if (!copy_tail (reader, extent, within, bytes, take))
    *ret_length = 0;
  g_mutex_unlock (&reader->lock);
  return good;
}

static gboolean
look_locked (SealedReader *reader, Extent *ret, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&reader->lock);

  return look (reader, ret, error);
}

/* The keys are held. */
static gssize
read_range (SealedReader *reader, guint64 offset, guint8 *bytes, gsize length, GError **error)
{
  Extent extent;
  gsize done = 0;
  guint again = 0;

  if (!look_locked (reader, &extent, error))
    return -1;
  while (done < length && offset + done < extent.size) {
    g_autoptr (GError) problem = NULL;
    gsize got = 0;

    if (read_piece (reader, &extent, offset + done, bytes + done, length - done, &got, &problem) && got > 0) {
      done += got;
      continue;
    }
    /* The file may have been finished or mended between looking and reading. */
    if (extent.finished || again++ == TRIES) {
      if (problem == NULL)
        break;
      g_propagate_error (error, g_steal_pointer (&problem));
      return -1;
    }
    if (!look_locked (reader, &extent, error))
      return -1;
  }
  return (gssize) done;
}

/* Takes the keys for reading. FALSE, not taken, when the vault was locked since, or the visit's key destroyed. */
static gboolean
take_keys (SealedReader *reader, GError **error)
{
  gboolean is_same_era;

  g_rw_lock_reader_lock (&reader->keys);
  is_same_era = tb_vault_get_era (reader->store->vault) == reader->era;
  if (is_same_era && reader->file.opener != NULL)
    return TRUE;
  g_rw_lock_reader_unlock (&reader->keys);
  if (is_same_era)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "The key of this recording was destroyed");
  else
    g_set_error_literal (error, TB_ERROR, TB_ERROR_LOCKED, "The vault is locked");
  return FALSE;
}

static gboolean
sealed_size (TbMediaReader *base, guint64 *size, GError **error)
{
  SealedReader *reader = (SealedReader *) base;
  Extent extent;
  gboolean good;

  if (!take_keys (reader, error))
    return FALSE;
  good = look_locked (reader, &extent, error);
  g_rw_lock_reader_unlock (&reader->keys);
  if (good)
    *size = extent.size;
  return good;
}

static gssize
sealed_read (TbMediaReader *base, guint64 offset, guint8 *bytes, gsize length, GError **error)
{
  SealedReader *reader = (SealedReader *) base;
  gssize done;

  if (!take_keys (reader, error))
    return -1;
  done = read_range (reader, offset, bytes, length, error);
  g_rw_lock_reader_unlock (&reader->keys);
  return done;
}

static void
sealed_reader_free (TbMediaReader *base)
{
  SealedReader *reader = (SealedReader *) base;

  g_mutex_lock (&reader->store->readers_lock);
  g_ptr_array_remove_fast (reader->store->readers, reader);
  g_mutex_unlock (&reader->store->readers_lock);
  forget (reader);
  tb_sealed_file_clear (&reader->file);
  tb_media_live_unref (reader->live);
  tb_media_store_unref (reader->store);
  g_rw_lock_clear (&reader->keys);
  g_mutex_clear (&reader->lock);
  g_free (reader->visit);
  g_free (reader->part_path);
  g_free (reader);
}

static const TbMediaReaderClass sealed_reader = { sealed_size, sealed_read, sealed_reader_free };

TbMediaReader *
tb_media_sealed_open (TbMediaStore *store, const char *visit, const char *name, GError **error)
{
  g_autofree char *path = tb_media_path (store, visit, name, TB_MEDIA_SEALED_SUFFIX, error);
  g_autoptr (TbAgeIdentity) identity = NULL;
  g_autoptr (TbMediaReader) base = NULL;
  SealedReader *reader;

  if (path == NULL)
    return NULL;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no recording of that name");
    return NULL;
  }
  reader = g_new0 (SealedReader, 1);
  base = &reader->base;
  base->class = &sealed_reader;
  reader->store = tb_media_store_ref (store);
  reader->visit = g_strdup (visit);
  reader->part_path = tb_media_path (store, visit, name, TB_MEDIA_PART_SUFFIX, NULL);
  reader->file.fd = -1;
  g_rw_lock_init (&reader->keys);
  g_mutex_init (&reader->lock);
  reader->era = tb_vault_get_era (store->vault);
  g_mutex_lock (&store->readers_lock);
  g_ptr_array_add (store->readers, reader);
  g_mutex_unlock (&store->readers_lock);

  /* Under the lock of the keys, so that a vault that is locked meanwhile waits and then finds keys to wipe. */
  g_rw_lock_writer_lock (&reader->keys);
  identity = tb_vault_get_visit_identity (store->vault, visit, error);
  if (identity != NULL && tb_sealed_file_open (&reader->file, path, O_RDONLY, identity, error)) {
    g_rw_lock_writer_unlock (&reader->keys);
    return g_steal_pointer (&base);
  }
  g_rw_lock_writer_unlock (&reader->keys);
  return NULL;
}
