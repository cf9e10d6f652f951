/* One file of a segment while it is written: a thread of its own appends and syncs, so that a slow disk stalls
 * neither camera nor picture. */
#pragma once

#include <gst/gst.h>

#include "vault/media-file.h"

typedef struct _TbSegmentFile TbSegmentFile; /* reference counted, thread-safe */

/* Told once, on the file's thread, when writing failed; ERROR is borrowed. What comes after is thrown away. */
typedef void (*TbSegmentFileFailed) (const GError *error, gpointer user_data);

/* WRITER is taken. New reference. DESTROY frees USER_DATA when the file is done with it. */
TbSegmentFile *tb_segment_file_new (TbMediaWriter *writer, TbSegmentFileFailed failed, gpointer user_data,
                                    GDestroyNotify destroy);

/* Hands over BUFFER (taken). When more than 64 MB wait for the disk the newest is thrown away and counted: the
 * camera is never held up. FALSE when it was thrown away. */
gboolean tb_segment_file_push (TbSegmentFile *file, GstBuffer *buffer);

/* Bytes handed over. */
guint64 tb_segment_file_size (TbSegmentFile *file);

/* Appends what waits, syncs, closes; waits for that until DEADLINE (g_get_monotonic_time). FALSE when it is not done
 * by then: the thread goes on by itself. */
gboolean tb_segment_file_close (TbSegmentFile *file, gint64 deadline_us);

void tb_segment_file_unref (TbSegmentFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbSegmentFile, tb_segment_file_unref)
