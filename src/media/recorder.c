/* The recorder's thread, and the public calls, each of which runs one function there and waits for it. */

#include "media/recorder-private.h"

#include "base/error.h"
#include "media/init.h"

#define TICK_MS 200
/* A tick that comes so late says that the machine is overloaded or was asleep. */
#define LATE_MS 700
#define PATIENT_MS 2000
#define VIDEO_KBPS_DEFAULT 2500
#define STOP_DEADLINE_MS 5000

const char *
tb_recording_state_name (TbRecordingState state)
{
  static const char *const names[] = { "", "stopped", "starting", "recording", "stopping", "failed" };

  return names[state];
}

const char *
tb_track_state_name (TbTrackState state)
{
  static const char *const names[] = { "", "connecting", "recording", "retrying", "ended", "failed" };

  return names[state];
}

const char *
tb_preview_state_name (TbPreviewState state)
{
  static const char *const names[] = { "", "connecting", "running", "failed" };

  return names[state];
}

void
tb_recorder_tell (TbRecorder *recorder, const TbNews *news)
{
  if (recorder->news != NULL)
    recorder->news (news, recorder->user_data);
}

/* Ticks run only while there is something to look after. */

static gboolean
on_tick (gpointer data)
{
  TbRecorder *recorder = data;
  gint64 now = g_get_monotonic_time ();
  gboolean active = FALSE;
  GHashTableIter iter;
  gpointer value;

  if (recorder->tick_us != 0 && now - recorder->tick_us > LATE_MS * G_TIME_SPAN_MILLISECOND)
    recorder->patient_until_us = now + PATIENT_MS * G_TIME_SPAN_MILLISECOND;
  recorder->tick_us = now;
  g_hash_table_iter_init (&iter, recorder->recordings);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    tb_recording_tick (value, now);
    active |= tb_recording_is_active (value);
  }
  if (active)
    tb_disk_tick (recorder, now);
  g_hash_table_iter_init (&iter, recorder->previews);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (tb_preview_tick (value, now))
      g_hash_table_iter_remove (&iter);
  if (active || g_hash_table_size (recorder->previews) > 0)
    return G_SOURCE_CONTINUE;
  recorder->tick_us = 0;
  g_clear_pointer (&recorder->tick, g_source_unref);
  return G_SOURCE_REMOVE;
}

void
tb_recorder_need_tick (TbRecorder *recorder)
{
  if (recorder->tick != NULL)
    return;
  recorder->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (recorder->tick, on_tick, recorder, NULL);
  g_source_attach (recorder->tick, recorder->context);
}

/* Calls into the thread. */

typedef void (*Func) (TbRecorder *recorder, gpointer data);

typedef struct {
  TbRecorder *recorder;
  Func func;
  gpointer data;
  GMutex lock;
  GCond done_changed;
  gboolean done;
} Call;

static gboolean
run_call (gpointer data)
{
  Call *call = data;

  call->func (call->recorder, call->data);
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->done_changed);
  g_mutex_unlock (&call->lock);
  return G_SOURCE_REMOVE;
}

/* Waits without a deadline: the thread never waits for anything outside itself. */
static void
in_thread (TbRecorder *recorder, Func func, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Call call = { .recorder = recorder, .func = func, .data = data };

  g_mutex_init (&call.lock);
  g_cond_init (&call.done_changed);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, run_call, &call, NULL);
  g_source_attach (source, recorder->context);
  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.done_changed, &call.lock);
  g_mutex_unlock (&call.lock);
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.done_changed);
}

static gpointer
recorder_thread (gpointer data)
{
  TbRecorder *recorder = data;

  g_main_context_push_thread_default (recorder->context);
  g_main_loop_run (recorder->loop);
  g_main_context_pop_thread_default (recorder->context);
  return NULL;
}

static void
take_config (TbRecorder *recorder, const TbRecorderConfig *config)
{
  recorder->config = config != NULL ? *config : (TbRecorderConfig){ 0 };
  if (recorder->config.video_kbps == 0)
    recorder->config.video_kbps = VIDEO_KBPS_DEFAULT;
}

TbRecorder *
tb_recorder_new (TbMediaStore *store, TbEncoders *encoders, const TbRecorderConfig *config, TbNewsFunc news,
                 gpointer user_data)
{
  TbRecorder *recorder = g_new0 (TbRecorder, 1);

  tb_media_init ();
  recorder->store = tb_media_store_ref (store);
  recorder->encoders = tb_encoders_ref (encoders);
  recorder->news = news;
  recorder->user_data = user_data;
  take_config (recorder, config);
  g_mutex_init (&recorder->stop_lock);
  g_cond_init (&recorder->stop_changed);
  recorder->recordings = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tb_recording_free);
  recorder->previews = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tb_preview_free);
  recorder->disk.state = TB_DISK_OK;
  recorder->context = g_main_context_new ();
  recorder->loop = g_main_loop_new (recorder->context, FALSE);
  recorder->thread = g_thread_new ("tb-recorder", recorder_thread, recorder);
  return recorder;
}

static void
do_configure (TbRecorder *recorder, gpointer data)
{
  take_config (recorder, data);
}

void
tb_recorder_configure (TbRecorder *recorder, const TbRecorderConfig *config)
{
  in_thread (recorder, do_configure, (gpointer) config);
}

static void
do_close_previews (TbRecorder *recorder, gpointer data)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, recorder->previews);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    tb_preview_close (value);
}

static void
do_count_takes (TbRecorder *recorder, gpointer data)
{
  guint *count = data;
  GHashTableIter iter;
  gpointer value;

  *count = 0;
  g_hash_table_iter_init (&iter, recorder->previews);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    *count += ((TbPreview *) value)->take != NULL;
}

static void
do_quit (TbRecorder *recorder, gpointer data)
{
  g_main_loop_quit (recorder->loop);
}

void
tb_recorder_free (TbRecorder *recorder)
{
  g_autoptr (GPtrArray) active = NULL;
  guint takes = 1;

  if (recorder == NULL)
    return;
  active = tb_recorder_active (recorder);
  for (guint i = 0; i < active->len; i++)
    tb_recorder_stop (recorder, g_ptr_array_index (active, i), STOP_DEADLINE_MS, NULL);
  in_thread (recorder, do_close_previews, NULL);
  for (guint tries = 0; takes > 0 && tries < 100; tries++) {
    in_thread (recorder, do_count_takes, &takes);
    if (takes > 0)
      g_usleep (20 * 1000);
  }
  in_thread (recorder, do_quit, NULL);
  g_thread_join (recorder->thread);
  if (recorder->tick != NULL)
    g_source_destroy (recorder->tick);
  g_clear_pointer (&recorder->tick, g_source_unref);
  g_hash_table_unref (recorder->recordings);
  g_hash_table_unref (recorder->previews);
  g_main_loop_unref (recorder->loop);
  g_main_context_unref (recorder->context);
  tb_media_store_unref (recorder->store);
  tb_encoders_unref (recorder->encoders);
  g_mutex_clear (&recorder->stop_lock);
  g_cond_clear (&recorder->stop_changed);
  g_free (recorder);
}

typedef struct {
  const char *visit;
  gint64 zero_wall;
  GPtrArray *tracks;
  GError **error;
  gboolean ok;
} StartCall;

static void
do_start (TbRecorder *recorder, gpointer data)
{
  StartCall *call = data;

  call->ok = tb_recording_start (recorder, call->visit, call->zero_wall, call->tracks, call->error);
}

gboolean
tb_recorder_start (TbRecorder *recorder, const char *visit, gint64 zero_wall, GPtrArray *tracks, GError **error)
{
  StartCall call = { visit, zero_wall, tracks, error, FALSE };

  in_thread (recorder, do_start, &call);
  return call.ok;
}

typedef struct {
  const char *visit;
  guint deadline_ms;
  gboolean found;
  gboolean active;
  gboolean cut_off;
} StopCall;

static void
do_stop (TbRecorder *recorder, gpointer data)
{
  StopCall *call = data;
  TbRecording *recording = g_hash_table_lookup (recorder->recordings, call->visit);

  call->found = recording != NULL && (tb_recording_is_active (recording) || recording->wanted);
  if (recording != NULL)
    tb_recording_stop (recording, call->deadline_ms, NULL, NULL);
}

static void
do_look (TbRecorder *recorder, gpointer data)
{
  StopCall *call = data;
  TbRecording *recording = g_hash_table_lookup (recorder->recordings, call->visit);

  call->active = recording != NULL && tb_recording_is_active (recording);
  call->cut_off = recording != NULL && recording->cut_off;
}

gboolean
tb_recorder_stop (TbRecorder *recorder, const char *visit, guint deadline_ms, GError **error)
{
  StopCall call = { .visit = visit, .deadline_ms = deadline_ms > 0 ? deadline_ms : STOP_DEADLINE_MS };
  gint64 until = g_get_monotonic_time () + (call.deadline_ms + 2000) * G_TIME_SPAN_MILLISECOND;

  in_thread (recorder, do_stop, &call);
  if (!call.found) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "This visit is not being recorded");
    return FALSE;
  }
  for (;;) {
    gboolean in_time;

    in_thread (recorder, do_look, &call);
    if (!call.active)
      break;
    g_mutex_lock (&recorder->stop_lock);
    in_time = g_cond_wait_until (&recorder->stop_changed, &recorder->stop_lock,
                                 MIN (until, g_get_monotonic_time () + 50 * G_TIME_SPAN_MILLISECOND));
    g_mutex_unlock (&recorder->stop_lock);
    if (!in_time && g_get_monotonic_time () >= until)
      break;
  }
  if (call.active || call.cut_off) {
    g_set_error (error, TB_ERROR, TB_ERROR_TIMEOUT,
                 "A source did not end in time and was cut off; its recording is whole up to the last second");
    return FALSE;
  }
  return TRUE;
}

typedef struct {
  const char *visit;
  TbRecordingStatus *status;
} StatusCall;

static void
do_status (TbRecorder *recorder, gpointer data)
{
  StatusCall *call = data;

  call->status = tb_recording_status (g_hash_table_lookup (recorder->recordings, call->visit));
  if (recorder->written_count == 0)
    tb_disk_look (recorder);
  call->status->disk = recorder->disk;
}

TbRecordingStatus *
tb_recorder_status (TbRecorder *recorder, const char *visit)
{
  StatusCall call = { visit, NULL };

  in_thread (recorder, do_status, &call);
  return call.status;
}

static void
do_active (TbRecorder *recorder, gpointer data)
{
  GPtrArray *active = data;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, recorder->recordings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (tb_recording_is_active (value))
      g_ptr_array_add (active, g_strdup (((TbRecording *) value)->visit));
}

GPtrArray *
tb_recorder_active (TbRecorder *recorder)
{
  GPtrArray *active = g_ptr_array_new_with_free_func (g_free);

  in_thread (recorder, do_active, active);
  return active;
}

static void
do_disk (TbRecorder *recorder, gpointer data)
{
  if (recorder->written_count == 0)
    tb_disk_look (recorder);
  *(TbDiskStatus *) data = recorder->disk;
}

TbDiskStatus
tb_recorder_disk (TbRecorder *recorder)
{
  TbDiskStatus disk;

  in_thread (recorder, do_disk, &disk);
  return disk;
}

/* Looking: the hub is found in the thread, the waiting is done by the caller. */

typedef struct {
  const char *visit;
  const char *track;
  TbLiveHub *hub;
} HubCall;

static void
do_find_hub (TbRecorder *recorder, gpointer data)
{
  HubCall *call = data;
  TbRecording *recording = g_hash_table_lookup (recorder->recordings, call->visit);
  TbTrack *track = recording != NULL && tb_recording_is_active (recording)
                     ? tb_recording_find_track (recording, call->track) : NULL;

  if (track != NULL && track->kind == TB_MEDIA_VIDEO)
    call->hub = tb_live_hub_ref (track->hub);
}

static TbLiveHub *
find_hub (TbRecorder *recorder, const char *visit, const char *track, GError **error)
{
  HubCall call = { visit, track, NULL };

  in_thread (recorder, do_find_hub, &call);
  if (call.hub == NULL)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "This camera is not being recorded now");
  return call.hub;
}

GBytes *
tb_recorder_live_picture (TbRecorder *recorder, const char *visit, const char *track, guint64 *serial,
                          guint timeout_ms, TbTime *pts, GError **error)
{
  g_autoptr (TbLiveHub) hub = find_hub (recorder, visit, track, error);

  return hub != NULL ? tb_live_hub_wait_picture (hub, serial, timeout_ms, pts, error) : NULL;
}

struct _TbLiveStream {
  TbLiveReader *reader;
};

TbLiveStream *
tb_recorder_live_stream (TbRecorder *recorder, const char *visit, const char *track, GError **error)
{
  g_autoptr (TbLiveHub) hub = find_hub (recorder, visit, track, error);
  TbLiveStream *stream;

  if (hub == NULL)
    return NULL;
  stream = g_new0 (TbLiveStream, 1);
  stream->reader = tb_live_reader_new (hub);
  return stream;
}

gboolean
tb_live_stream_info (TbLiveStream *stream, guint timeout_ms, TbLiveInfo *info, GError **error)
{
  return tb_live_reader_info (stream->reader, timeout_ms, info->codec, &info->width, &info->height, error);
}

GBytes *
tb_live_stream_next (TbLiveStream *stream, guint timeout_ms, gboolean *key, TbTime *pts, GError **error)
{
  return tb_live_reader_next (stream->reader, timeout_ms, key, pts, error);
}

void
tb_live_stream_free (TbLiveStream *stream)
{
  if (stream == NULL)
    return;
  tb_live_reader_free (stream->reader);
  g_free (stream);
}

/* Previews. */

typedef struct {
  const char *id; /* or the URI, for open */
  TbMediaKind kind;
  GError **error;
  char *new_id;
  TbPreviewStatus *status;
  TbLiveHub *hub;
  gboolean found;
} PreviewCall;

static void
do_preview_open (TbRecorder *recorder, gpointer data)
{
  PreviewCall *call = data;
  TbPreview *preview = tb_preview_find (recorder, call->id, call->kind);

  if (preview == NULL)
    preview = tb_preview_new (recorder, call->id, call->kind, call->error);
  if (preview == NULL)
    return;
  preview->read_us = g_get_monotonic_time ();
  call->new_id = g_strdup (preview->id);
}

char *
tb_recorder_preview_open (TbRecorder *recorder, const char *uri, TbMediaKind kind, GError **error)
{
  PreviewCall call = { .id = uri, .kind = kind, .error = error };

  in_thread (recorder, do_preview_open, &call);
  return call.new_id;
}

/* The preview that is read; its time of life begins anew. */
static TbPreview *
read_preview (TbRecorder *recorder, const char *id)
{
  TbPreview *preview = g_hash_table_lookup (recorder->previews, id);

  if (preview == NULL || preview->closing)
    return NULL;
  preview->read_us = g_get_monotonic_time ();
  return preview;
}

static void
do_preview_status (TbRecorder *recorder, gpointer data)
{
  PreviewCall *call = data;
  TbPreview *preview = read_preview (recorder, call->id);

  if (preview == NULL)
    return;
  call->status = g_new0 (TbPreviewStatus, 1);
  call->status->id = g_strdup (preview->id);
  call->status->uri = g_strdup (preview->uri);
  call->status->kind = preview->kind;
  call->status->state = preview->state;
  call->status->message = g_strdup (preview->message);
  call->status->message_code = g_strdup (preview->code);
  call->status->has_level = preview->has_level;
  call->status->peak_db = preview->peak_db;
  call->status->rms_db = preview->rms_db;
}

void
tb_preview_status_free (TbPreviewStatus *status)
{
  if (status == NULL)
    return;
  g_free (status->id);
  g_free (status->uri);
  g_free (status->message);
  g_free (status->message_code);
  g_free (status);
}

static void
set_no_preview (GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "This preview has ended");
}

TbPreviewStatus *
tb_recorder_preview_status (TbRecorder *recorder, const char *id, GError **error)
{
  PreviewCall call = { .id = id };

  in_thread (recorder, do_preview_status, &call);
  if (call.status == NULL)
    set_no_preview (error);
  return call.status;
}

static void
do_preview_hub (TbRecorder *recorder, gpointer data)
{
  PreviewCall *call = data;
  TbPreview *preview = read_preview (recorder, call->id);

  if (preview != NULL && preview->kind == TB_MEDIA_VIDEO)
    call->hub = tb_live_hub_ref (preview->hub);
}

GBytes *
tb_recorder_preview_picture (TbRecorder *recorder, const char *id, guint64 *serial, guint timeout_ms, GError **error)
{
  PreviewCall call = { .id = id };
  g_autoptr (TbLiveHub) hub = NULL;

  in_thread (recorder, do_preview_hub, &call);
  hub = call.hub;
  if (hub == NULL) {
    set_no_preview (error);
    return NULL;
  }
  return tb_live_hub_wait_picture (hub, serial, timeout_ms, NULL, error);
}

static void
do_preview_close (TbRecorder *recorder, gpointer data)
{
  PreviewCall *call = data;
  TbPreview *preview = read_preview (recorder, call->id);

  call->found = preview != NULL;
  if (preview != NULL)
    tb_preview_close (preview);
}

gboolean
tb_recorder_preview_close (TbRecorder *recorder, const char *id, GError **error)
{
  PreviewCall call = { .id = id };

  in_thread (recorder, do_preview_close, &call);
  if (!call.found)
    set_no_preview (error);
  return call.found;
}
