/* Reads the boxes of a fragmented MP4 with one track, as the recorder writes it: where its fragments lie and when.
 *
 * Pure: no GStreamer. Takes any bytes without harm (it is fuzzed): what cannot be understood ends the file there.
 * A file that is being written is read on from where the last look ended. Not thread-safe. */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "media/sources.h"
#include "vault/media-file.h"

typedef struct _TbFragments TbFragments;

typedef struct {
  TbTime time;     /* decode time of its first sample (tfdt); 0 = start of the file */
  TbTime duration; /* sum of its samples */
  guint64 offset;  /* of its first box (moof) */
  guint64 size;    /* moof and mdat together */
  guint32 samples;
  gboolean key;    /* starts with a key frame (sound: always) */
} TbFragment;

typedef struct {
  guint64 offset; /* in the file */
  guint32 size;
  TbTime dts;
  TbTime pts;
  TbTime duration;
  gboolean key;
} TbSample;

/* READER is borrowed and must outlive this. */
TbFragments *tb_fragments_new (TbMediaReader *reader);
TbFragments *tb_fragments_new_memory (GBytes *bytes);
void tb_fragments_free (TbFragments *fragments);

/* Reads on. TRUE also when the tail is torn or nothing is there yet. TB_ERROR_CORRUPT when this is no such file at
 * all (its beginning is understood and wrong), TB_ERROR_FAILED when reading failed. */
gboolean tb_fragments_update (TbFragments *fragments, GError **error);

/* Instead of reading a file from its start: takes over N fragments known from before (a cache) and goes on after the
 * last. The beginning of the file is read. FALSE when they do not fit the file; then nothing was taken over. */
gboolean tb_fragments_restore (TbFragments *fragments, const TbFragment *known, guint n, GError **error);

/* TRUE when the beginning (ftyp and moov) is whole; the getters below are zero or NULL until then. */
gboolean tb_fragments_has_init (const TbFragments *fragments);
guint64 tb_fragments_init_size (const TbFragments *fragments); /* bytes 0 … init_size-1 */
TbMediaKind tb_fragments_kind (const TbFragments *fragments);
guint32 tb_fragments_timescale (const TbFragments *fragments);
const char *tb_fragments_codec (const TbFragments *fragments); /* "avc1.64001f", "mp4a.40.2"; borrowed */
gint tb_fragments_width (const TbFragments *fragments);
gint tb_fragments_height (const TbFragments *fragments);
gint tb_fragments_sample_rate (const TbFragments *fragments);
gint tb_fragments_channels (const TbFragments *fragments);
/* Content of avcC, or the AudioSpecificConfig of esds. Borrowed, NULL when unknown. */
GBytes *tb_fragments_codec_data (const TbFragments *fragments);

guint tb_fragments_count (const TbFragments *fragments);
/* Array of tb_fragments_count; borrowed until the next update. */
const TbFragment *tb_fragments_list (const TbFragments *fragments);
/* The fragment that holds TIME, else the one before it; -1 when there is none. */
gint tb_fragments_find (const TbFragments *fragments, TbTime time);
/* End of the last whole fragment, on the file's own time. */
TbTime tb_fragments_duration (const TbFragments *fragments);

/* Up to here the file is whole; what lies after (torn bytes) is the beginning of a fragment still being written, or
 * what a crash left. */
guint64 tb_fragments_valid_size (const TbFragments *fragments);
guint64 tb_fragments_torn_bytes (const TbFragments *fragments);

/* The samples of fragment INDEX. Array of TbSample, new. */
GArray *tb_fragments_samples (TbFragments *fragments, guint index, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbFragments, tb_fragments_free)
