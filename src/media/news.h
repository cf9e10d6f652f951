/* What the recorder tells: messages, never calls back into it. */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "media/sources.h"

typedef enum {
  TB_NEWS_RECORDING_CHANGED = 1, /* wanted, actual, reason of a visit changed: ask tb_recorder_status */
  TB_NEWS_TRACK_CHANGED,         /* actual or message of a track changed: ask tb_recorder_status */
  TB_NEWS_SEGMENT_STARTED,       /* first sample has a place: files exist */
  TB_NEWS_SEGMENT_ENDED,         /* files are whole and closed */
  TB_NEWS_LEVEL,                 /* sound level of a microphone, about 5 a second */
  TB_NEWS_DISK,                  /* state of the disk changed, or about once a second while recording */
  TB_NEWS_DELAY                  /* a network camera's own delay was estimated anew */
} TbNewsType;

typedef enum {
  TB_DISK_OK = 1,
  TB_DISK_LOW,
  TB_DISK_FULL
} TbDiskState;

/* "ok", "low", "full"; static. */
const char *tb_disk_state_name (TbDiskState state);

typedef struct {
  TbNewsType type;
  char *visit;    /* NULL for DISK */
  char *track;    /* TRACK_CHANGED, SEGMENT_*, LEVEL, DELAY */
  TbMediaKind kind;
  gint number;             /* SEGMENT_*: 1, 2, 3, … */
  TbTime start_ns;         /* SEGMENT_*: place of the file's PTS 0 on the visit's timeline */
  TbTime duration_ns;      /* SEGMENT_ENDED */
  char *mp4_name;          /* SEGMENT_*: file name in the media store */
  char *flac_name;         /* SEGMENT_*: NULL for video */
  double peak_db;          /* LEVEL: dBFS, loudest channel, at least -120 */
  double rms_db;
  TbTime delay_ns;         /* DELAY: TB_TIME_NONE = the camera's clock does not allow it */
  guint64 free_bytes;      /* DISK */
  guint64 bytes_per_second; /* DISK: what all recordings write now; 0 = none */
  gint64 seconds_left;     /* DISK: until the stop limit at this rate; -1 = unknown */
  TbDiskState disk_state;
} TbNews;

TbNews *tb_news_copy (const TbNews *news);
void tb_news_free (TbNews *news);

/* Called on the recorder thread. The receiver only queues a copy: it must not block and must not call the recorder. */
typedef void (*TbNewsFunc) (const TbNews *news, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbNews, tb_news_free)
