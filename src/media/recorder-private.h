/* Shared by recorder.c (thread and public calls), recording.c (visits and tracks), preview.c and disk.c.
 *
 * Everything here belongs to the recorder thread, but for what the constructor sets and nobody changes. */
#pragma once

#include "media/recorder.h"

#include "media/live-hub.h"
#include "media/take.h"

#define TB_DISK_WINDOW 10 /* seconds over which the rate is measured */

typedef struct _TbRecording TbRecording;

typedef struct {
  TbRecorder *recorder;
  TbRecording *recording;
  char *id;
  TbMediaKind kind;
  char *uri;
  char *name;
  TbSource *source;
  TbTime delay_ns;
  gint next_segment;

  TbTrackState state;
  char *message, *code;
  TbLiveHub *hub;
  TbTake *take;        /* NULL = none at work */
  gint64 give_up_us;   /* when a take that was told to stop is left to itself; 0 = not told */
  gint64 try_at_us;    /* when to try again; 0 = not waiting */
  guint failures;      /* in a row */
  gboolean silent_told;

  gint segment;        /* newest number; 0 = none */
  gboolean segment_open;
  TbTime segment_start_ns;
  char *mp4_name, *flac_name;
  TbTakeStats before;  /* sums over the takes that are over */
  TbTakeStats now;     /* of this take, as of the last tick */
  gboolean has_level;
  double peak_db, rms_db;
  TbTime delay_estimate_ns;
} TbTrack;

struct _TbRecording {
  TbRecorder *recorder;
  char *visit;
  gint64 base_ns;
  TbTime shift_ns;
  TbTime film_zero;
  gboolean wanted;
  TbRecordingState actual;
  char *reason, *message;
  gint64 since_wall;
  gboolean stopping;
  gboolean cut_off;
  GPtrArray *tracks; /* TbTrack */
};

typedef struct {
  TbRecorder *recorder;
  char *id;
  char *uri;
  TbMediaKind kind;
  TbSource *source;
  TbLiveHub *hub;
  TbTake *take;
  TbPreviewState state;
  char *message, *code;
  gboolean has_level;
  double peak_db, rms_db;
  gint64 read_us;
  gint64 try_at_us;
  gboolean taken;   /* a recording has the device: no more tries */
  gboolean closing; /* goes away when its take is closed */
} TbPreview;

struct _TbRecorder {
  TbMediaStore *store;
  TbEncoders *encoders;
  TbNewsFunc news;
  gpointer user_data;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;

  TbRecorderConfig config;
  GHashTable *recordings; /* visit -> TbRecording */
  GHashTable *previews;   /* id -> TbPreview */
  GSource *tick;
  gint64 tick_us;         /* of the last tick */
  gint64 patient_until_us; /* until then nobody is blamed for being silent: this machine itself stood still */
  TbDiskStatus disk;
  gint64 disk_at_us;      /* of the last look */
  guint64 written[TB_DISK_WINDOW]; /* all bytes ever, at the last looks */
  guint written_count;
  guint64 written_before; /* by recordings that are forgotten */

  /* Waiting for a stop: public threads wait, the recorder thread wakes them. */
  GMutex stop_lock;
  GCond stop_changed;
};

/* recording.c */
void tb_recording_free (TbRecording *recording);
gboolean tb_recording_start (TbRecorder *recorder, const char *visit, gint64 zero_wall, GPtrArray *specs,
                             GError **error);
/* REASON may be NULL (asked to). */
void tb_recording_stop (TbRecording *recording, guint deadline_ms, const char *reason, const char *message);
gboolean tb_recording_is_active (const TbRecording *recording);
void tb_recording_tick (TbRecording *recording, gint64 now_us);
guint64 tb_recording_bytes (const TbRecording *recording);
guint64 tb_recording_nominal_rate (const TbRecording *recording);
TbRecordingStatus *tb_recording_status (const TbRecording *recording);
TbTrack *tb_recording_find_track (const TbRecording *recording, const char *track);

/* preview.c */
void tb_preview_free (TbPreview *preview);
TbPreview *tb_preview_find (TbRecorder *recorder, const char *uri, TbMediaKind kind);
TbPreview *tb_preview_new (TbRecorder *recorder, const char *uri, TbMediaKind kind, GError **error);
/* A recording wants the device. TRUE when it must wait a moment for it. */
gboolean tb_preview_give_way (TbRecorder *recorder, const char *uri, TbMediaKind kind);
/* Whether a preview still holds the device. */
gboolean tb_preview_holds (TbRecorder *recorder, const char *uri, TbMediaKind kind);
void tb_preview_close (TbPreview *preview);
/* TRUE = forget it. */
gboolean tb_preview_tick (TbPreview *preview, gint64 now_us);

/* disk.c */
guint64 tb_disk_stop_bytes (const TbRecorder *recorder);
/* Looks if the last look is a second ago; ends recordings when the disk is full. */
void tb_disk_tick (TbRecorder *recorder, gint64 now_us);
void tb_disk_look (TbRecorder *recorder);

/* recorder.c */
void tb_recorder_tell (TbRecorder *recorder, const TbNews *news);
void tb_recorder_need_tick (TbRecorder *recorder);
