/* The samples of one track's segments between two instants, read from the fragments they lie in and no others. */
#pragma once

#include <gst/gst.h>

#include "media/clip.h"
#include "media/fragments.h"

typedef struct _TbClipSource TbClipSource;

/* One coded sample. */
typedef struct {
  GstBuffer *buffer; /* without times; owned by who got it */
  TbTime place;      /* on the timeline */
  TbTime duration;
  gboolean key;
} TbClipSample;

/* SEGMENTS and STORE are borrowed. LEAD is how much before FROM is wanted too (sound decoders warm up). */
TbClipSource *tb_clip_source_new (TbMediaStore *store, const TbClipSegment *segments, guint n, TbTime from, TbTime to,
                                  TbTime lead);
void tb_clip_source_free (TbClipSource *source);

/* Opens the next segment that has something in the range. FALSE with no error at the end. */
gboolean tb_clip_source_next_segment (TbClipSource *source, GError **error);
/* Caps of the present segment's samples. New. */
GstCaps *tb_clip_source_caps (TbClipSource *source);
/* The next sample of the present segment, from the key frame at or before FROM on. FALSE with no error at its end. */
gboolean tb_clip_source_next (TbClipSource *source, TbClipSample *sample, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbClipSource, tb_clip_source_free)
