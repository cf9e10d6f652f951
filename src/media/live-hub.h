/* What a track shows while it runs: the newest picture (JPEG), and its H.264 since the last key frames.
 *
 * Streaming threads put in and never wait; readers wait. One hub per track (or preview); it outlives the pipelines
 * that feed it. Reference counted, thread-safe. */
#pragma once

#include <gst/gst.h>

#include "base/time.h"

typedef struct _TbLiveHub TbLiveHub;
typedef struct _TbLiveReader TbLiveReader; /* one thread */

TbLiveHub *tb_live_hub_new (void);
TbLiveHub *tb_live_hub_ref (TbLiveHub *hub);
void tb_live_hub_unref (TbLiveHub *hub);

/* For who feeds it. */

/* TRUE while somebody looks at pictures (asked within the last 3 s). Cheap: one atomic read and the clock. */
gboolean tb_live_hub_picture_wanted (TbLiveHub *hub);
/* JPEG is taken. */
void tb_live_hub_put_picture (TbLiveHub *hub, GBytes *jpeg, TbTime pts);
/* The H.264 that follows: CODEC_DATA is the content of avcC (borrowed). */
void tb_live_hub_put_format (TbLiveHub *hub, GstBuffer *codec_data, gint width, gint height);
/* One access unit, lengths before NAL units as avcC says; BUFFER borrowed. */
void tb_live_hub_put_unit (TbLiveHub *hub, GstBuffer *buffer, gboolean key, TbTime pts);
/* Nothing comes any more; readers end. */
void tb_live_hub_end (TbLiveHub *hub);

/* For readers. */

GBytes *tb_live_hub_wait_picture (TbLiveHub *hub, guint64 *serial, guint timeout_ms, TbTime *pts, GError **error);

/* HUB gets a reference. */
TbLiveReader *tb_live_reader_new (TbLiveHub *hub);
/* CODEC needs 16 bytes. */
gboolean tb_live_reader_info (TbLiveReader *reader, guint timeout_ms, char *codec, gint *width, gint *height,
                              GError **error);
GBytes *tb_live_reader_next (TbLiveReader *reader, guint timeout_ms, gboolean *key, TbTime *pts, GError **error);
void tb_live_reader_free (TbLiveReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbLiveHub, tb_live_hub_unref)
