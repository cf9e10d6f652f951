/* Decoded frames or sound of one track between two instants, pulled one after the other over all its segments. */
#pragma once

#include <gst/gst.h>

#include "media/clip-source.h"

typedef struct _TbClipDecoder TbClipDecoder;

/* Frames come as I420, sound as F32 at 48000 Hz, in system memory. SOURCE is taken. */
TbClipDecoder *tb_clip_decoder_new (TbClipSource *source, TbMediaKind kind, GCancellable *cancellable);
void tb_clip_decoder_free (TbClipDecoder *decoder);

/* Gives up with TB_ERROR_TIMEOUT after this (g_get_monotonic_time ()); 0, as it begins: only when nothing comes. */
void tb_clip_decoder_set_deadline (TbClipDecoder *decoder, gint64 deadline_us);

/* The next decoded buffer and its place on the timeline; NULL with no error at the end. New. */
GstBuffer *tb_clip_decoder_next (TbClipDecoder *decoder, TbTime *place, TbTime *duration, GError **error);

/* Caps of all that comes out: those of the first segment (later ones are converted). NULL before the first buffer.
 * Borrowed. */
GstCaps *tb_clip_decoder_caps (TbClipDecoder *decoder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbClipDecoder, tb_clip_decoder_free)
