/* The two streams of a clip, buffer by buffer, on the clip's own time: what the encoder (or, for a copy, the muxer)
 * is fed with. Gaps in the recording are filled with black or silence. */
#pragma once

#include <gst/gst.h>

#include "media/clip.h"
#include "media/sources.h"

typedef struct _TbClipFeed TbClipFeed;

/* Decoded, to be encoded anew. REQUEST is borrowed. SKIP is how many samples of sound the encoder adds at the start. */
TbClipFeed *tb_clip_feed_new_video (const TbClipRequest *request, GCancellable *cancellable);
TbClipFeed *tb_clip_feed_new_audio (const TbClipRequest *request, guint skip, GCancellable *cancellable);
/* Not decoded. */
TbClipFeed *tb_clip_feed_new_copy (const TbClipRequest *request, TbMediaKind kind, GCancellable *cancellable);
void tb_clip_feed_free (TbClipFeed *feed);

/* Looks at the first piece. FALSE with TB_ERROR_NOT_FOUND when nothing was recorded in the range. */
gboolean tb_clip_feed_prepare (TbClipFeed *feed, GError **error);
/* After prepare. New. */
GstCaps *tb_clip_feed_caps (TbClipFeed *feed);
/* The next buffer with PTS and duration; NULL with no error at the end. New. */
GstBuffer *tb_clip_feed_next (TbClipFeed *feed, GError **error);

gboolean tb_clip_feed_has_gaps (const TbClipFeed *feed);
guint64 tb_clip_feed_count (const TbClipFeed *feed); /* buffers given */
/* What a copy really begins and ends with; others: the request's. Set the begin of a sound copy to that of the
 * picture before prepare. */
TbTime tb_clip_feed_begin (const TbClipFeed *feed);
TbTime tb_clip_feed_end (const TbClipFeed *feed);
void tb_clip_feed_set_begin (TbClipFeed *feed, TbTime begin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbClipFeed, tb_clip_feed_free)
