/* Where the fragments and the sound picture of each recorded file lie: read
 * from the files, also while they grow, and kept in the cache. Thread-safe. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "store/store.h"
#include "store/track.h"
#include "vault/media-file.h"
#include "vault/vault.h"

typedef struct _TbMediaIndex TbMediaIndex;

/* All borrowed. Sound pictures are kept sealed to the keys of VAULT; where fragments lie is kept in the open. */
TbMediaIndex *tb_media_index_new (TbStore *store, TbMediaStore *media, TbVault *vault);
void tb_media_index_free (TbMediaIndex *index);

/* Parts of a file, in its own time. */
typedef struct {
  TbTime from, to;
} TbMediaSpan;

/* An HLS media playlist of one MP4, by byte ranges; CLOSED: nothing will be added. SPANS (array of TbMediaSpan; NULL:
 * all of it): what may be seen; the pieces outside are gaps (EXT-X-GAP), so that every time stays where it is. New
 * string. TB_ERROR_NOT_FOUND when there is no such file. */
char *tb_media_index_playlist (TbMediaIndex *index, const char *visit, const char *name, gboolean closed,
                               const GArray *spans, GError **error);

/* TRUE when the bytes FROM … TO (both included) of an MP4 hold nothing but its beginning and pieces that overlap
 * SPANS: a piece is about a second, from one key frame to the next. TB_ERROR_DENIED. */
gboolean tb_media_index_allows (TbMediaIndex *index, const char *visit, const char *name, const GArray *spans,
                                guint64 from, guint64 to, GError **error);

/* Lets go of everything that is open or known of what was inside files: when the vault locks, and when it opens. */
void tb_media_index_forget (TbMediaIndex *index);

/* A recorded file, kept open for the next who asks: opening a sealed one costs as much as reading a megabyte of it.
 * Reference; TB_ERROR_NOT_FOUND, TB_ERROR_LOCKED. */
typedef struct _TbMediaFile TbMediaFile;
TbMediaFile *tb_media_index_open (TbMediaIndex *index, const char *visit, const char *name, GError **error);
void tb_media_file_unref (TbMediaFile *file);
/* Borrowed from FILE; any threads at once. */
TbMediaReader *tb_media_file_reader (TbMediaFile *file);

/* How long the whole part of an MP4 is now; 0 when nothing is there. */
TbTime tb_media_index_duration (TbMediaIndex *index, const char *visit, const char *name);

/* The sound of TRACK from FROM to TO on the visit's timeline in POINTS equal steps, as
 * {"from","to","min","max"}; null where nothing was recorded. New reference. TB_ERROR_LOCKED. */
json_object *tb_media_index_peaks (TbMediaIndex *index, const TbTrack *track, TbTime from, TbTime to, guint points,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMediaFile, tb_media_file_unref)
