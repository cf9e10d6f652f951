/* The shape of a recorded sound: least and greatest sample per stretch of time, from the FLAC of a segment.
 *
 * Works on a file that is still being written and on one a crash cut off. */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "vault/media-file.h"

/* Peaks of one file on its own time, at a fixed step; grows with the file. Not thread-safe. */
typedef struct _TbPeaks TbPeaks;

/* Steps of STEP_NS (10 ms is good) from the file's start. The reader is borrowed and must outlive this. */
TbPeaks *tb_peaks_new (TbMediaReader *reader, TbTime step_ns);
/* Takes over N steps known from before (a cache); reading goes on after them. */
void tb_peaks_restore (TbPeaks *peaks, const float *min, const float *max, guint n);
void tb_peaks_free (TbPeaks *peaks);

/* Reads on to the present end. Only whole steps are added, unless LAST (the file is closed): then the last, shorter
 * one too. TB_ERROR_CORRUPT when this is no FLAC at all; TRUE when it is cut off. */
gboolean tb_peaks_update (TbPeaks *peaks, gboolean last, GError **error);

guint tb_peaks_count (const TbPeaks *peaks);
/* -1 … 1, tb_peaks_count of them; borrowed until the next update. */
const float *tb_peaks_min (const TbPeaks *peaks);
const float *tb_peaks_max (const TbPeaks *peaks);
TbTime tb_peaks_step (const TbPeaks *peaks);

/* How long the sound of a FLAC is that can be decoded, and up to which byte. Either may be NULL.
 * TB_ERROR_CORRUPT when nothing can be. */
gboolean tb_flac_length (TbMediaReader *reader, TbTime *duration, guint64 *valid_size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbPeaks, tb_peaks_free)
