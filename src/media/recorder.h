/* The recorder: any number of cameras and microphones of any number of visits.
 *
 * It has one thread with its own GMainContext which owns all state; the calls below may be made from any other
 * thread, ask that thread and wait for the answer (which takes milliseconds: it never waits for a device itself).
 * Only tb_recorder_stop, tb_recorder_live_picture, tb_recorder_preview_picture and tb_live_stream_next wait longer,
 * and say how long. The recorder knows nothing of the database: what happens comes as news (news.h).
 *
 * A track's pipeline runs with base time = the visit's zero, so its running time is the visit's timeline. Each
 * pipeline makes one segment; when its source fails a new pipeline makes the next one, after a growing pause. */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "media/encoders.h"
#include "media/news.h"
#include "media/sources.h"
#include "vault/media-file.h"

typedef struct _TbRecorder TbRecorder;
typedef struct _TbLiveStream TbLiveStream;

typedef struct {
  guint64 disk_stop_bytes;   /* below this the recording ends; 0 = 200 MB */
  guint64 disk_warn_seconds; /* below this much recording time left the state is "low"; 0 = 30 minutes */
  guint video_kbps;          /* of what we encode ourselves; 0 = 2500 */
  guint stall_ms;            /* no data for so long = the source is gone; 0 = 2000 */
} TbRecorderConfig;

typedef enum {
  TB_RECORDING_STOPPED = 1,
  TB_RECORDING_STARTING,
  TB_RECORDING_RECORDING,
  TB_RECORDING_STOPPING,
  TB_RECORDING_FAILED
} TbRecordingState;

typedef enum {
  TB_TRACK_CONNECTING = 1,
  TB_TRACK_RECORDING,
  TB_TRACK_RETRYING,
  TB_TRACK_ENDED,  /* stopped as asked, or a film that is over */
  TB_TRACK_FAILED  /* will not be tried again (a source that cannot work) */
} TbTrackState;

/* The names in JSON: "recording", "retrying"; static. */
const char *tb_recording_state_name (TbRecordingState state);
const char *tb_track_state_name (TbTrackState state);

/* What to record. All borrowed by tb_recorder_start. */
typedef struct {
  const char *track_id;
  TbMediaKind kind;
  const char *uri;
  const char *name;
  TbTime delay_ns;   /* setting of a network camera; only reported back here */
  gint next_segment; /* number of the first segment to make: 1, or after those that exist */
} TbTrackSpec;

typedef struct {
  char *id;
  TbMediaKind kind;
  char *name;
  char *uri;
  TbTrackState actual;
  char *message;       /* for people, English; NULL = nothing to say */
  char *message_code;  /* for the page to translate; NULL or one of: "source-gone", "source-silent", "cannot-open",
                          "not-authorized", "keyframes-rare" (a warning while recording: I-frame interval over 2 s),
                          "no-encoder", "film-over", "write-failed" */
  TbTime retry_in_ns;  /* TB_TIME_NONE = not waiting */
  gint segment;        /* number of the newest segment; 0 = none yet */
  TbTime recorded_ns;  /* in all segments of this run */
  guint64 bytes;
  guint64 frames;      /* video frames (audio: buffers) of this run */
  guint64 dropped;     /* that could not be kept */
  char *encoder;       /* NULL while unknown; "x264enc"; NULL also when passed through */
  gboolean passthrough;
  gint width;          /* 0 = unknown or sound */
  gint height;
  gboolean has_level;
  double peak_db;
  double rms_db;
  TbTime delay_ns;
  TbTime delay_estimate_ns; /* TB_TIME_NONE = unknown */
} TbTrackStatus;

typedef struct {
  guint64 free_bytes;
  guint64 bytes_per_second; /* 0 = nothing records */
  gint64 seconds_left;      /* while nothing records: for one camera and one microphone; -1 = unknown */
  TbDiskState state;
} TbDiskStatus;

typedef struct {
  gboolean wanted;         /* TRUE = recording is wanted */
  TbRecordingState actual;
  char *reason;            /* NULL or "disk-full", "disk-failed", "all-sources-failed", "deadline" */
  char *message;           /* NULL or a sentence */
  gint64 since_wall;       /* when ACTUAL became what it is */
  GPtrArray *tracks;       /* TbTrackStatus, in the order given */
  TbDiskStatus disk;
} TbRecordingStatus;

void tb_recording_status_free (TbRecordingStatus *status);

/* CONFIG and NEWS may be NULL. STORE and ENCODERS get a reference. Initialises GStreamer. New. */
TbRecorder *tb_recorder_new (TbMediaStore *store, TbEncoders *encoders, const TbRecorderConfig *config,
                             TbNewsFunc news, gpointer user_data);

/* Changes the limits of the disk while it runs; other fields of CONFIG count for what starts later. */
void tb_recorder_configure (TbRecorder *recorder, const TbRecorderConfig *config);

/* Stops everything (each recording with 5 s), ends the thread. No news after this. Open TbLiveStreams stay valid
 * and report their end. NULL is allowed. */
void tb_recorder_free (TbRecorder *recorder);

/* Starts recording; returns when it is under way, not when data flows (news tell that). ZERO_WALL is the visit's
 * zero. TRACKS holds TbTrackSpec. Errors: TB_ERROR_CONFLICT when the visit records already, TB_ERROR_INVALID for a
 * wrong source, TB_ERROR_FULL when the disk is below the limit. */
gboolean tb_recorder_start (TbRecorder *recorder, const char *visit, gint64 zero_wall, GPtrArray *tracks,
                            GError **error);

/* Stops: EOS into each track, waits for its files at most DEADLINE_MS (0 = 5000), closes. All SEGMENT_ENDED news have
 * been given when it returns TRUE. TB_ERROR_NOT_FOUND when nothing records there; TB_ERROR_TIMEOUT when a track had
 * to be cut off (its file is whole up to its last fragment). Blocks the caller up to the deadline and a second. */
gboolean tb_recorder_stop (TbRecorder *recorder, const char *visit, guint deadline_ms, GError **error);

/* New; a stopped recording without tracks when nothing ever recorded there. Never NULL. */
TbRecordingStatus *tb_recorder_status (TbRecorder *recorder, const char *visit);

/* Visits that record now. Array of new strings. */
GPtrArray *tb_recorder_active (TbRecorder *recorder);

TbDiskStatus tb_recorder_disk (TbRecorder *recorder);

/* The newest picture (JPEG, at most 640x360) of a video track with a serial number other than *SERIAL (start with 0);
 * waits for one up to TIMEOUT_MS. Sets *SERIAL and *PTS (place on the timeline; may be NULL). NULL with
 * TB_ERROR_TIMEOUT, TB_ERROR_NOT_FOUND (no such track recording). New reference. Asking keeps the picture branch
 * open for 3 s. */
GBytes *tb_recorder_live_picture (TbRecorder *recorder, const char *visit, const char *track, guint64 *serial,
                                  guint timeout_ms, TbTime *pts, GError **error);

/* The recording's own H.264. Starts at the newest key frame; follows the track over its segments, as long as the
 * parameters (width, height) stay the same. */
TbLiveStream *tb_recorder_live_stream (TbRecorder *recorder, const char *visit, const char *track, GError **error);

typedef struct {
  char codec[16]; /* "avc1.64001f" */
  gint width;
  gint height;
} TbLiveInfo;

/* Waits for the first key frame, at most TIMEOUT_MS. */
gboolean tb_live_stream_info (TbLiveStream *stream, guint timeout_ms, TbLiveInfo *info, GError **error);

/* The next access unit, Annex B with SPS and PPS before each key frame. A reader that is too slow jumps to the newest
 * key frame. NULL with TB_ERROR_TIMEOUT, or TB_ERROR_NOT_FOUND when the recording is over (or the picture's size
 * changed: open it anew). One thread per stream. New reference. */
GBytes *tb_live_stream_next (TbLiveStream *stream, guint timeout_ms, gboolean *key, TbTime *pts, GError **error);

/* NULL is allowed. */
void tb_live_stream_free (TbLiveStream *stream);

/* Previews: looking and listening before a recording. */

typedef enum {
  TB_PREVIEW_CONNECTING = 1,
  TB_PREVIEW_RUNNING,
  TB_PREVIEW_FAILED /* tried again every few seconds as long as somebody asks */
} TbPreviewState;

const char *tb_preview_state_name (TbPreviewState state);

typedef struct {
  char *id;
  char *uri;
  TbMediaKind kind;
  TbPreviewState state;
  char *message;      /* NULL when all is well */
  char *message_code; /* as in TbTrackStatus; also "recording" = a recording took the device */
  gboolean has_level;
  double peak_db;
  double rms_db;
} TbPreviewStatus;

void tb_preview_status_free (TbPreviewStatus *status);

/* Opens a preview and gives its id; the same URI and kind give the same preview. It ends 10 s after it was last read
 * (status or picture), on close, and when a recording starts on the same URI. New string; TB_ERROR_INVALID. */
char *tb_recorder_preview_open (TbRecorder *recorder, const char *uri, TbMediaKind kind, GError **error);

/* New; TB_ERROR_NOT_FOUND. */
TbPreviewStatus *tb_recorder_preview_status (TbRecorder *recorder, const char *id, GError **error);

/* As tb_recorder_live_picture. */
GBytes *tb_recorder_preview_picture (TbRecorder *recorder, const char *id, guint64 *serial, guint timeout_ms,
                                     GError **error);

gboolean tb_recorder_preview_close (TbRecorder *recorder, const char *id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbRecordingStatus, tb_recording_status_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbPreviewStatus, tb_preview_status_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbRecorder, tb_recorder_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbLiveStream, tb_live_stream_free)
