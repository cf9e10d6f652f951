/* Tracks (one camera or microphone of a visit) and their segments (one
 * continuous recording each). */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "store/store.h"

typedef struct {
  char *track;
  gint64 number; /* 1, 2, 3… */
  TbTime start;
  TbTime duration;  /* TB_TIME_NONE while it is being recorded, or was broken off */
  GPtrArray *files; /* char *: names in the visit's media folder */
  char *note;       /* what a repair found; NULL without */
} TbSegment;

typedef struct {
  char *id;
  char *visit;
  char *kind; /* "video" or "audio" */
  char *name;
  char *uri;
  TbTime delay;          /* set by a person */
  TbTime delay_estimate; /* TB_TIME_NONE when unknown */
  GPtrArray *segments;   /* TbSegment *, in order */
} TbTrack;

/* The delay that counts: what a person set, else (set to 0) what was measured, else none. */
TbTime tb_track_delay (const TbTrack *track);

void tb_segment_free (TbSegment *segment);
void tb_track_free (TbTrack *track);

/* {"number","start","duration","ended","files":[{"name","kind"}],"note"}; a file's size is
 * for the caller to add. New reference. */
json_object *tb_segment_to_json (const TbSegment *segment);
/* With its segments. New reference. */
json_object *tb_track_to_json (const TbTrack *track);

/* The track of this visit, kind and source, made when there is none. NAME and
 * DELAY count only when it is made. New. */
TbTrack *tb_track_ensure (TbStore *store, const char *visit, const char *kind, const char *uri,
                          const char *name, TbTime delay, GError **error);
TbTrack *tb_track_get (TbStore *store, const char *id, GError **error);
/* Of one visit, in the order in which they were made. Array of TbTrack *, new. */
GPtrArray *tb_track_list (TbStore *store, const char *visit, GError **error);
/* NAME NULL and DELAY TB_TIME_NONE leave it as it is. */
gboolean tb_track_update (TbStore *store, const char *id, const char *name, TbTime delay, GError **error);
gboolean tb_track_set_delay_estimate (TbStore *store, const char *id, TbTime estimate, GError **error);

/* Opens a segment of a track: the one *NUMBER names (the recorder named its files already), or with
 * *NUMBER 0 the next one; *NUMBER says which it became. FILES: names of its files, NULL-
 * terminated, or NULL when these are added later with tb_segment_add_file(). */
gboolean tb_segment_open (TbStore *store, const char *track, TbTime start, const char *const *files,
                          gint64 *number, GError **error);
gboolean tb_segment_add_file (TbStore *store, const char *track, gint64 number, const char *name, GError **error);
/* When the first sample turned out to lie elsewhere than was thought at opening. */
gboolean tb_segment_set_start (TbStore *store, const char *track, gint64 number, TbTime start, GError **error);
/* NOTE: what a repair found, NULL for an ordinary end. Closing again sets anew. */
gboolean tb_segment_close (TbStore *store, const char *track, gint64 number, TbTime duration, const char *note,
                           GError **error);
/* For a segment in which nothing was recorded. The number is not given out again. */
gboolean tb_segment_drop (TbStore *store, const char *track, gint64 number, GError **error);
/* All segments without a duration, of all visits: after a crash, those to
 * repair. Array of TbTrack * with only these segments, new. */
GPtrArray *tb_segment_list_open (TbStore *store, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbSegment, tb_segment_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbTrack, tb_track_free)
