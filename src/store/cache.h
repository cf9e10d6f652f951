/* What can be computed again from the recordings, kept to be quick.
 *
 * Every failure here is soft: getting gives "nothing known", putting gives
 * FALSE, and the caller computes. A cache found damaged is made anew. */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "store/store.h"

/* One fragment of a media file. Times are in the file: 0 is its first sample. */
typedef struct {
  TbTime time, duration;
  guint64 offset, size;
  gboolean key; /* starts with a key frame */
} TbCachedFragment;

/* What is known of one file: its fragments in order, and up to where it was read. */
typedef struct {
  char *init;         /* JSON of the reader's own making (codec, size of the header…); NULL when unknown */
  guint64 scanned_to; /* bytes */
  GArray *fragments;  /* TbCachedFragment */
} TbCachedFile;

void tb_cached_file_free (TbCachedFile *fragments);

/* Never NULL; with nothing in it when nothing is known. New. */
TbCachedFile *tb_cache_get_fragments (TbStore *store, const char *visit, const char *file);

/* Appends COUNT fragments as number FIRST (counted from 0) and on; those kept from FIRST
 * on are replaced. INIT NULL keeps the one that is there. */
gboolean tb_cache_put_fragments (TbStore *store, const char *visit, const char *file, const char *init,
                                 guint64 scanned_to, guint first, const TbCachedFragment *fragments, guint count);

/* The sound picture of a segment, in a form of the caller's own (media-index.c seals it). NULL when not there. New reference. */
GBytes *tb_cache_get_peaks (TbStore *store, const char *visit, const char *track, gint64 segment);
gboolean tb_cache_put_peaks (TbStore *store, const char *visit, const char *track, gint64 segment, GBytes *peaks);

/* Forgets all of a file, and the peaks of a segment. */
void tb_cache_forget_file (TbStore *store, const char *visit, const char *file);
void tb_cache_forget_peaks (TbStore *store, const char *visit, const char *track, gint64 segment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbCachedFile, tb_cached_file_free)
