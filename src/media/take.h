/* A take: one pipeline that makes one segment of a track, or feeds a preview.
 *
 * It has a thread that builds the pipeline (which may block in a driver), follows its bus, ends it and closes its
 * files, so the recorder's own thread never waits. What happens is told as events on the recorder's context. A take
 * whose driver hangs is left alone with its thread; nobody waits for it. */
#pragma once

#include <gst/gst.h>

#include "base/time.h"
#include "media/encoders.h"
#include "media/live-hub.h"
#include "media/sources.h"
#include "vault/media-file.h"

typedef struct _TbTake TbTake; /* reference counted */

typedef enum {
  TB_TAKE_STARTED = 1, /* first sample: number, start_ns and names stand; not for previews */
  TB_TAKE_RUNNING,     /* data flows (after STARTED) */
  TB_TAKE_LEVEL,
  TB_TAKE_DELAY,
  TB_TAKE_WARNING,     /* message and code, while it goes on */
  TB_TAKE_FINISHED,    /* files closed, duration_ns stands; only after STARTED */
  TB_TAKE_CLOSED       /* pipeline gone, device free; the last event. message and code say why, NULL = asked to */
} TbTakeEventType;

typedef struct {
  TbTakeEventType type;
  gint number;
  TbTime start_ns;
  TbTime duration_ns;
  char *mp4_name;
  char *flac_name;
  double peak_db, rms_db;
  TbTime delay_ns;
  char *message;
  char *code;        /* as in TbTrackStatus */
  gboolean disk_full;
  gboolean ended;    /* CLOSED: the film is over; do not try again */
  gboolean hopeless; /* CLOSED: trying again cannot help */
  gboolean cut_off;  /* FINISHED, CLOSED: the deadline passed before everything was written */
} TbTakeEvent;

/* On the context of the config. EVENT is borrowed. */
typedef void (*TbTakeFunc) (TbTake *take, const TbTakeEvent *event, gpointer user_data);

typedef struct {
  GMainContext *context;
  TbTakeFunc func;
  gpointer user_data;
  TbMediaStore *store; /* NULL = preview: no files */
  TbEncoders *encoders;
  TbLiveHub *hub;
  const char *visit;
  const char *track;
  TbMediaKind kind;
  const TbSource *source;
  gint number;        /* of the segment; the next free one is taken */
  gint64 base_ns;     /* CLOCK_MONOTONIC of running time zero */
  TbTime shift_ns;    /* running time + shift = timeline (zero but after a reboot within a lesson) */
  TbTime film_zero;   /* running time of a film's zero */
  TbTime delay_ns;    /* of a network camera, as an earlier take of the track told it; 0 = none has */
  guint video_kbps;
} TbTakeConfig;

/* What it has done so far; any thread. */
typedef struct {
  gint64 source_us;    /* g_get_monotonic_time of the last that came from the source; 0 = nothing yet */
  gint64 last_data_us; /* of the last sample that was recorded; 0 = none yet */
  gint64 opened_us;
  guint64 bytes;
  guint64 frames;
  guint64 dropped;
  TbTime recorded_ns;
  gboolean passthrough;
  gint width, height;
  char encoder[32]; /* "" = none or unknown */
} TbTakeStats;

/* Everything in CONFIG is copied or referenced. The thread starts at once. New reference. */
TbTake *tb_take_new (const TbTakeConfig *config);
void tb_take_stats (TbTake *take, TbTakeStats *stats);

/* Asks it to end: EOS behind what has come in, wait for the files at most DEADLINE_MS, close. REASON and CODE become
 * CLOSED's (NULL = as asked). Returns at once. The first call counts, but a shorter deadline always does. */
void tb_take_stop (TbTake *take, guint deadline_ms, const char *reason, const char *code);

TbTake *tb_take_ref (TbTake *take);
void tb_take_unref (TbTake *take);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbTake, tb_take_unref)
