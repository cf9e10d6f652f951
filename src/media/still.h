/* One picture of a recording as a JPEG, taken where it is sealed: only the fragments it needs are read. */
#pragma once

#include <gio/gio.h>

#include "base/time.h"
#include "media/clip.h"

#define TB_STILL_WIDTH 640

/* Columns or rows (of the longer side) that a softened picture is made from. */
#define TB_STILL_SOFT_SIDE 20

typedef struct {
  TbMediaStore *store;
  const TbClipSegment *segments; /* of one camera, in order of time */
  guint n;
  TbTime at;     /* the frame that is shown then */
  guint width;   /* of the JPEG; its height follows from the film's. 0: TB_STILL_WIDTH */
  /* Nobody in it can be recognised, and nothing of that restored: all that goes on is the average of each of
   * TB_STILL_SOFT_SIDE columns by as many square rows as fit, drawn smoothly. A face as wide as half the picture is
   * made of ten columns; people need about sixteen to tell one face from another (T. Bachmann, "Identification of
   * spatially quantised tachistoscopic images of faces", European Journal of Cognitive Psychology 3, 1991). */
  gboolean soft;
} TbStillRequest;

/* Blocks for at most about TIME_LIMIT_MS (0: 10 s). Errors: TB_ERROR_NOT_FOUND (nothing was recorded then, or its file
 * is gone), TB_ERROR_LOCKED, TB_ERROR_CORRUPT, TB_ERROR_FAILED (it cannot be decoded), TB_ERROR_UNSUPPORTED,
 * TB_ERROR_TIMEOUT, TB_ERROR_CANCELLED. Any thread. New. */
GBytes *tb_media_still (const TbStillRequest *request, guint time_limit_ms, GCancellable *cancellable, GError **error);
