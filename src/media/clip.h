/* Writes a clip of a visit as an ordinary MP4: to a path that a person chose (the index in front), or into a media
 * store (the index at the end: putting it in front takes a second file, which would lie there in plain;
 * media/front-index.h reads it as if it stood in front). */
#pragma once

#include <gio/gio.h>

#include "base/time.h"
#include "media/encoders.h"
#include "vault/media-file.h"

typedef enum {
  TB_CLIP_EXACT = 1, /* encoded anew; starts and ends on exactly the asked frames */
  TB_CLIP_COPY       /* not encoded anew; starts at the key frame at or before FROM */
} TbClipMode;

typedef struct {
  const char *visit;
  const char *name;   /* the .mp4 of the segment */
  TbTime start_ns;    /* place of its PTS 0 on the timeline, the track's delay already taken off */
} TbClipSegment;

/* FRACTION rises from 0 to 1. Called on the thread that exports. */
typedef void (*TbClipProgressFunc) (double fraction, gpointer user_data);

typedef struct {
  TbMediaStore *store;
  TbEncoders *encoders;
  const TbClipSegment *video; /* of one track, in order of time */
  guint n_video;
  const TbClipSegment *audio; /* of one track, or none */
  guint n_audio;
  TbTime from;
  TbTime to;
  const char *output; /* path; written under a temporary name beside it, then renamed over it; NULL: the following */
  TbMediaStore *output_store;
  const char *output_visit;
  const char *output_name; /* must not be there yet */
  TbClipMode mode;
  TbClipProgressFunc progress; /* may be NULL */
  gpointer user_data;
} TbClipRequest;

typedef struct {
  guint64 bytes;
  TbTime from;       /* what the file really holds (differs from the request with COPY only) */
  TbTime to;
  guint64 frames;
  gboolean has_gaps; /* something was not recorded: picture black there or sound silent, or a track left out whole */
} TbClipResult;

/* Blocks until it is done; for a worker thread. RESULT may be NULL. The frame shown at FROM is the first and the one
 * shown just before TO the last. Errors: TB_ERROR_INVALID (to <= from, over 4 hours), TB_ERROR_NOT_FOUND (nothing was
 * recorded in that range), TB_ERROR_FULL (said before anything is written when it can be known),
 * TB_ERROR_UNSUPPORTED (no encoder), TB_ERROR_CANCELLED, TB_ERROR_CORRUPT, TB_ERROR_FAILED. Nothing is left behind on
 * an error. */
gboolean tb_clip_export (const TbClipRequest *request, TbClipResult *result, GCancellable *cancellable,
                         GError **error);
