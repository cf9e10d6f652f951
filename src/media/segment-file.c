/* The writing thread of one file. Owner of the writer: that thread alone. Everything else is under the lock. */

#include "media/segment-file.h"

#define WAITING_MAX (64 * 1024 * 1024)

/* What was appended is safe within a second, also from the end of the process: a sealed file keeps its last bytes in
 * memory until then. A fragment comes in several pieces: a little later they are all there. */
#define SYNC_AFTER_US (G_USEC_PER_SEC / 10)
#define SYNC_APART_US (G_USEC_PER_SEC * 7 / 10)

struct _TbSegmentFile {
  gatomicrefcount refs;
  TbMediaWriter *writer; /* the thread's */
  TbSegmentFileFailed failed;
  gpointer user_data;
  GDestroyNotify destroy;

  GMutex lock;
  GCond changed;
  GQueue waiting; /* GstBuffer */
  gsize waiting_bytes;
  guint64 size;
  gboolean closing;
  gboolean broken; /* writing failed, or a piece is missing: nothing more goes in */
  gboolean done;
};

static TbSegmentFile *
segment_file_ref (TbSegmentFile *file)
{
  g_atomic_ref_count_inc (&file->refs);
  return file;
}

void
tb_segment_file_unref (TbSegmentFile *file)
{
  if (file == NULL || !g_atomic_ref_count_dec (&file->refs))
    return;
  g_queue_clear_full (&file->waiting, (GDestroyNotify) gst_buffer_unref);
  tb_media_writer_free (file->writer);
  if (file->destroy != NULL)
    file->destroy (file->user_data);
  g_mutex_clear (&file->lock);
  g_cond_clear (&file->changed);
  g_free (file);
}

/* Waits for something to write. Moves all that waits to BATCH; FALSE when there is nothing and nothing will come. */
static gboolean
take_batch (TbSegmentFile *file, GQueue *batch, gint64 wake_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&file->lock);

  while (g_queue_is_empty (&file->waiting) && !file->closing)
    if (wake_us == 0)
      g_cond_wait (&file->changed, &file->lock);
    else if (!g_cond_wait_until (&file->changed, &file->lock, wake_us))
      return TRUE;
  *batch = file->waiting;
  g_queue_init (&file->waiting);
  file->waiting_bytes = 0;
  return !g_queue_is_empty (batch) || !file->closing;
}

static gboolean
append_batch (TbSegmentFile *file, GQueue *batch, GError **error)
{
  GstBuffer *buffer;
  gboolean ok = TRUE;

  while ((buffer = g_queue_pop_head (batch)) != NULL) {
    GstMapInfo map;

    if (ok && gst_buffer_map (buffer, &map, GST_MAP_READ)) {
      ok = map.size == 0 || tb_media_writer_append (file->writer, map.data, map.size, error);
      gst_buffer_unmap (buffer, &map);
    }
    gst_buffer_unref (buffer);
  }
  return ok;
}

static void
fail (TbSegmentFile *file, const GError *error)
{
  g_mutex_lock (&file->lock);
  file->broken = TRUE;
  g_mutex_unlock (&file->lock);
  file->failed (error, file->user_data);
}

static gpointer
write_thread (gpointer data)
{
  TbSegmentFile *file = data;
  g_autoptr (GError) error = NULL;
  GQueue batch = G_QUEUE_INIT;
  gint64 sync_at = 0; /* 0 = nothing to sync */
  gint64 synced_at = 0;

  while (take_batch (file, &batch, sync_at)) {
    gboolean any = !g_queue_is_empty (&batch);

    if (error != NULL) {
      g_queue_clear_full (&batch, (GDestroyNotify) gst_buffer_unref);
      sync_at = 0;
      continue;
    }
    if (any && sync_at == 0)
      sync_at = MAX (g_get_monotonic_time () + SYNC_AFTER_US, synced_at + SYNC_APART_US);
    if (!append_batch (file, &batch, &error)) {
      fail (file, error);
      continue;
    }
    if (sync_at != 0 && g_get_monotonic_time () >= sync_at) {
      sync_at = 0;
      synced_at = g_get_monotonic_time ();
      if (!tb_media_writer_sync (file->writer, &error))
        fail (file, error);
    }
  }
  if (!tb_media_writer_seal (g_steal_pointer (&file->writer), error == NULL ? &error : NULL) && error == NULL)
    g_set_error_literal (&error, G_FILE_ERROR, G_FILE_ERROR_IO, "Closing failed");
  g_mutex_lock (&file->lock);
  file->done = TRUE;
  g_cond_broadcast (&file->changed);
  g_mutex_unlock (&file->lock);
  tb_segment_file_unref (file);
  return NULL;
}

TbSegmentFile *
tb_segment_file_new (TbMediaWriter *writer, TbSegmentFileFailed failed, gpointer user_data, GDestroyNotify destroy)
{
  TbSegmentFile *file = g_new0 (TbSegmentFile, 1);

  g_atomic_ref_count_init (&file->refs);
  file->writer = writer;
  file->failed = failed;
  file->user_data = user_data;
  file->destroy = destroy;
  g_mutex_init (&file->lock);
  g_cond_init (&file->changed);
  g_queue_init (&file->waiting);
  g_thread_unref (g_thread_new ("tb-file", write_thread, segment_file_ref (file)));
  return file;
}

gboolean
tb_segment_file_push (TbSegmentFile *file, GstBuffer *buffer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&file->lock);
  gsize size = gst_buffer_get_size (buffer);

  /* A file with a hole is of no use behind the hole: after the first piece that finds no room, none goes in. */
  if (file->waiting_bytes + size > WAITING_MAX)
    file->broken = TRUE;
  if (file->broken || file->closing) {
    gst_buffer_unref (buffer);
    return FALSE;
  }
  g_queue_push_tail (&file->waiting, buffer);
  file->waiting_bytes += size;
  file->size += size;
  g_cond_broadcast (&file->changed);
  return TRUE;
}

guint64
tb_segment_file_size (TbSegmentFile *file)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&file->lock);

  return file->size;
}

gboolean
tb_segment_file_close (TbSegmentFile *file, gint64 deadline_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&file->lock);

  file->closing = TRUE;
  g_cond_broadcast (&file->changed);
  while (!file->done)
    if (!g_cond_wait_until (&file->changed, &file->lock, deadline_us))
      return file->done;
  return TRUE;
}
