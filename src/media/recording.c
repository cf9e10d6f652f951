/* The recordings: per visit what is wanted and what is, per track the takes one after the other.
 *
 * A track's state:
 *   CONNECTING --first sample--> RECORDING --take closed--> RETRYING --pause over--> CONNECTING
 * and from any of them ENDED (asked to stop, film over) or FAILED (hopeless). Each change goes through set_track,
 * each change of a recording through set_recording; these two alone tell the news. */

#include "media/recorder-private.h"

#include "base/error.h"

#define STALL_MS_DEFAULT 2000
#define SILENT_TELL_US (750 * G_TIME_SPAN_MILLISECOND)
/* What comes in must come out, at the latest so long after a stall would have been one. */
#define STUCK_US (8 * G_USEC_PER_SEC)
#define CONNECT_MAX_US (12 * G_USEC_PER_SEC)
#define RETRY_FIRST_US (500 * G_TIME_SPAN_MILLISECOND)
#define RETRY_MAX_US (10 * G_USEC_PER_SEC)
/* A take that was told to end and whose driver hangs is left alone so long after its deadline. */
#define GIVE_UP_US (1000 * G_TIME_SPAN_MILLISECOND)
#define FILM_LEAD (500 * TB_MILLISECOND)
#define AUDIO_BYTES_PER_SECOND 70000

static void
track_free (gpointer data)
{
  TbTrack *track = data;

  tb_live_hub_end (track->hub);
  tb_live_hub_unref (track->hub);
  tb_take_unref (track->take);
  tb_source_free (track->source);
  g_free (track->id);
  g_free (track->uri);
  g_free (track->name);
  g_free (track->message);
  g_free (track->code);
  g_free (track->mp4_name);
  g_free (track->flac_name);
  g_free (track);
}

void
tb_recording_free (TbRecording *recording)
{
  g_ptr_array_unref (recording->tracks);
  g_free (recording->visit);
  g_free (recording->reason);
  g_free (recording->message);
  g_free (recording);
}

gboolean
tb_recording_is_active (const TbRecording *recording)
{
  return recording->actual == TB_RECORDING_STARTING || recording->actual == TB_RECORDING_RECORDING
         || recording->actual == TB_RECORDING_STOPPING;
}

TbTrack *
tb_recording_find_track (const TbRecording *recording, const char *id)
{
  for (guint i = 0; i < recording->tracks->len; i++) {
    TbTrack *track = g_ptr_array_index (recording->tracks, i);

    if (g_str_equal (track->id, id))
      return track;
  }
  return NULL;
}

/* News. */

static void
tell_track (TbTrack *track)
{
  TbNews news = { .type = TB_NEWS_TRACK_CHANGED };

  news.visit = track->recording->visit;
  news.track = track->id;
  news.kind = track->kind;
  tb_recorder_tell (track->recorder, &news);
}

static void
tell_segment (TbTrack *track, TbNewsType type, TbTime duration_ns)
{
  TbNews news = { .type = type };

  news.visit = track->recording->visit;
  news.track = track->id;
  news.kind = track->kind;
  news.number = track->segment;
  news.start_ns = track->segment_start_ns;
  news.duration_ns = duration_ns;
  news.mp4_name = track->mp4_name;
  news.flac_name = track->flac_name;
  tb_recorder_tell (track->recorder, &news);
}

static void
set_recording (TbRecording *recording, TbRecordingState actual)
{
  TbNews news = { .type = TB_NEWS_RECORDING_CHANGED };

  if (recording->actual == actual)
    return;
  g_debug ("recording %s: %s -> %s", recording->visit, tb_recording_state_name (recording->actual),
           tb_recording_state_name (actual));
  recording->actual = actual;
  recording->since_wall = tb_clock_wall ();
  news.visit = recording->visit;
  tb_recorder_tell (recording->recorder, &news);
  if (!tb_recording_is_active (recording)) {
    g_mutex_lock (&recording->recorder->stop_lock);
    g_cond_broadcast (&recording->recorder->stop_changed);
    g_mutex_unlock (&recording->recorder->stop_lock);
  }
}

static void
set_reason (TbRecording *recording, const char *reason, const char *message)
{
  g_free (recording->reason);
  g_free (recording->message);
  recording->reason = g_strdup (reason);
  recording->message = g_strdup (message);
}

/* Works out a recording's state from its tracks. */
static void
update_recording (TbRecording *recording)
{
  guint records = 0, tries = 0, at_work = 0, failed = 0;

  for (guint i = 0; i < recording->tracks->len; i++) {
    TbTrack *track = g_ptr_array_index (recording->tracks, i);

    records += track->state == TB_TRACK_RECORDING;
    tries += track->state == TB_TRACK_CONNECTING || track->state == TB_TRACK_RETRYING;
    failed += track->state == TB_TRACK_FAILED;
    at_work += track->take != NULL;
  }
  if (recording->stopping) {
    if (at_work == 0)
      set_recording (recording, TB_RECORDING_STOPPED);
    return;
  }
  if (records > 0) {
    set_recording (recording, TB_RECORDING_RECORDING);
  } else if (tries > 0) {
    set_recording (recording, TB_RECORDING_STARTING);
  } else if (failed > 0) {
    set_reason (recording, "all-sources-failed", "None of the sources can be recorded");
    set_recording (recording, TB_RECORDING_FAILED);
  } else {
    set_reason (recording, "film-over", "The film is over");
    set_recording (recording, TB_RECORDING_STOPPED);
  }
}

static void
set_track (TbTrack *track, TbTrackState state, const char *message, const char *code)
{
  g_autofree char *old_message = track->message;
  g_autofree char *old_code = track->code;
  gboolean same = track->state == state && g_strcmp0 (message, old_message) == 0 && g_strcmp0 (code, old_code) == 0;

  track->message = g_strdup (message);
  track->code = g_strdup (code);
  if (!same)
    g_debug ("track %s: %s -> %s %s", track->id, tb_track_state_name (track->state), tb_track_state_name (state),
             message != NULL ? message : "");
  track->state = state;
  if (state != TB_TRACK_RECORDING)
    track->has_level = FALSE;
  if (!same)
    tell_track (track);
}

/* Takes. */

static void on_take (TbTake *take, const TbTakeEvent *event, gpointer user_data);

static void
open_take (TbTrack *track)
{
  TbRecorder *recorder = track->recorder;
  TbTakeConfig config = { 0 };

  config.context = recorder->context;
  config.func = on_take;
  config.user_data = recorder;
  config.store = recorder->store;
  config.encoders = recorder->encoders;
  config.hub = track->hub;
  config.visit = track->recording->visit;
  config.track = track->id;
  config.kind = track->kind;
  config.source = track->source;
  config.number = track->next_segment;
  config.base_ns = track->recording->base_ns;
  config.shift_ns = track->recording->shift_ns;
  config.film_zero = track->recording->film_zero;
  config.delay_ns = MAX (0, track->delay_estimate_ns);
  config.video_kbps = recorder->config.video_kbps;
  track->try_at_us = 0;
  track->give_up_us = 0;
  track->silent_told = FALSE;
  track->take = tb_take_new (&config);
  /* While it is tried again the reason why stays in view. */
  set_track (track, TB_TRACK_CONNECTING, track->message, track->code);
}

static void
stop_take (TbTrack *track, guint deadline_ms, const char *message, const char *code)
{
  gint64 give_up = g_get_monotonic_time () + deadline_ms * G_TIME_SPAN_MILLISECOND + GIVE_UP_US;

  tb_take_stop (track->take, deadline_ms, message, code);
  if (track->give_up_us == 0 || give_up < track->give_up_us)
    track->give_up_us = give_up;
}

static void
add_stats (TbTrack *track)
{
  track->before.bytes += track->now.bytes;
  track->before.frames += track->now.frames;
  track->before.dropped += track->now.dropped;
  track->before.recorded_ns += track->now.recorded_ns;
  track->now.bytes = track->now.frames = track->now.dropped = 0;
  track->now.recorded_ns = 0;
}

static void
end_segment (TbTrack *track, TbTime duration_ns)
{
  if (!track->segment_open)
    return;
  track->segment_open = FALSE;
  tell_segment (track, TB_NEWS_SEGMENT_ENDED, duration_ns);
}

static void
schedule_retry (TbTrack *track, const char *message, const char *code)
{
  gint64 pause = RETRY_FIRST_US << MIN (track->failures, 5);

  track->failures++;
  track->try_at_us = g_get_monotonic_time () + MIN (pause, RETRY_MAX_US);
  set_track (track, TB_TRACK_RETRYING, message != NULL ? message : "The source has ended",
             code != NULL ? code : "source-gone");
}

/* The take is over, or left alone. EVENT is NULL then. */
static void
take_over (TbTrack *track, const TbTakeEvent *event)
{
  TbRecording *recording = track->recording;

  add_stats (track);
  g_clear_pointer (&track->take, tb_take_unref);
  track->give_up_us = 0;
  if (event == NULL || event->cut_off)
    recording->cut_off |= recording->stopping;
  if (recording->stopping) {
    tb_live_hub_end (track->hub);
    set_track (track, TB_TRACK_ENDED, NULL, NULL);
  } else if (event != NULL && event->disk_full) {
    schedule_retry (track, event->message, event->code);
    tb_recording_stop (recording, 5000, "disk-full", "The disk is full: the recording has ended, observing goes on");
  } else if (event != NULL && event->ended) {
    tb_live_hub_end (track->hub);
    set_track (track, TB_TRACK_ENDED, event->message, event->code);
  } else if (event != NULL && event->hopeless) {
    tb_live_hub_end (track->hub);
    set_track (track, TB_TRACK_FAILED, event->message, event->code);
  } else {
    schedule_retry (track, event != NULL ? event->message : track->message, event != NULL ? event->code : track->code);
  }
  update_recording (recording);
}

static TbTrack *
find_by_take (TbRecorder *recorder, TbTake *take)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, recorder->recordings);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    TbRecording *recording = value;

    for (guint i = 0; i < recording->tracks->len; i++)
      if (((TbTrack *) g_ptr_array_index (recording->tracks, i))->take == take)
        return g_ptr_array_index (recording->tracks, i);
  }
  return NULL;
}

static void
on_started (TbTrack *track, const TbTakeEvent *event)
{
  g_free (track->mp4_name);
  g_free (track->flac_name);
  track->mp4_name = g_strdup (event->mp4_name);
  track->flac_name = g_strdup (event->flac_name);
  track->segment = event->number;
  track->next_segment = event->number + 1;
  track->segment_start_ns = event->start_ns;
  track->segment_open = TRUE;
  tell_segment (track, TB_NEWS_SEGMENT_STARTED, 0);
}

static void
on_level (TbTrack *track, const TbTakeEvent *event)
{
  TbNews news = { .type = TB_NEWS_LEVEL };

  track->has_level = TRUE;
  news.visit = track->recording->visit;
  news.track = track->id;
  news.kind = track->kind;
  news.peak_db = track->peak_db = event->peak_db;
  news.rms_db = track->rms_db = event->rms_db;
  tb_recorder_tell (track->recorder, &news);
}

static void
on_delay (TbTrack *track, const TbTakeEvent *event)
{
  TbNews news = { .type = TB_NEWS_DELAY };

  track->delay_estimate_ns = event->delay_ns;
  news.visit = track->recording->visit;
  news.track = track->id;
  news.kind = track->kind;
  news.delay_ns = event->delay_ns;
  tb_recorder_tell (track->recorder, &news);
}

static void
on_take (TbTake *take, const TbTakeEvent *event, gpointer user_data)
{
  TbTrack *track = find_by_take (user_data, take);

  /* One that was left alone speaks to nobody. */
  if (track == NULL)
    return;
  tb_take_stats (take, &track->now);
  switch (event->type) {
  case TB_TAKE_STARTED:
    on_started (track, event);
    break;
  case TB_TAKE_RUNNING:
    if (track->recording->stopping || track->give_up_us != 0)
      break;
    set_track (track, TB_TRACK_RECORDING, NULL, NULL);
    update_recording (track->recording);
    break;
  case TB_TAKE_LEVEL:
    if (track->state == TB_TRACK_RECORDING)
      on_level (track, event);
    break;
  case TB_TAKE_DELAY:
    on_delay (track, event);
    break;
  case TB_TAKE_WARNING:
    if (track->state == TB_TRACK_RECORDING)
      set_track (track, TB_TRACK_RECORDING, event->message, event->code);
    break;
  case TB_TAKE_FINISHED:
    track->now.recorded_ns = event->duration_ns;
    end_segment (track, event->duration_ns);
    break;
  case TB_TAKE_CLOSED:
    take_over (track, event);
    break;
  }
}

/* Ticks. */

static void
check_silence (TbTrack *track, gint64 now_us)
{
  TbRecorder *recorder = track->recorder;
  gint64 stall_us = (gint64) (recorder->config.stall_ms > 0 ? recorder->config.stall_ms : STALL_MS_DEFAULT) * 1000;
  gint64 silent = now_us - track->now.source_us;

  if (now_us < recorder->patient_until_us)
    return;
  if (track->now.last_data_us == 0) {
    if (now_us - track->now.opened_us > CONNECT_MAX_US)
      stop_take (track, 500, "The source does not answer", "cannot-open");
    return;
  }
  if (silent <= stall_us && now_us - track->now.last_data_us > stall_us + STUCK_US) {
    stop_take (track, 500, "The encoder does not answer", "source-gone");
  } else if (silent > stall_us) {
    set_track (track, TB_TRACK_RETRYING, "The source has fallen silent", "source-silent");
    stop_take (track, 1000, "The source has fallen silent", "source-silent");
    update_recording (track->recording);
  } else if (silent > SILENT_TELL_US && !track->silent_told) {
    track->silent_told = TRUE;
    set_track (track, TB_TRACK_RECORDING, "The source has fallen silent", "source-silent");
  } else if (silent < SILENT_TELL_US && track->silent_told) {
    track->silent_told = FALSE;
    set_track (track, TB_TRACK_RECORDING, NULL, NULL);
  }
  if (track->now.recorded_ns > 5 * TB_SECOND)
    track->failures = 0;
}

static void
tick_track (TbTrack *track, gint64 now_us)
{
  if (track->take == NULL) {
    if (track->try_at_us == 0 || now_us < track->try_at_us || track->recording->stopping)
      return;
    if (!tb_preview_holds (track->recorder, track->uri, track->kind) || track->failures > 2)
      open_take (track);
    return;
  }
  tb_take_stats (track->take, &track->now);
  if (track->give_up_us == 0) {
    check_silence (track, now_us);
    return;
  }
  if (now_us < track->give_up_us)
    return;
  end_segment (track, track->now.recorded_ns);
  take_over (track, NULL);
}

void
tb_recording_tick (TbRecording *recording, gint64 now_us)
{
  if (!tb_recording_is_active (recording))
    return;
  for (guint i = 0; i < recording->tracks->len; i++)
    tick_track (g_ptr_array_index (recording->tracks, i), now_us);
}

/* Start and stop. */

static TbTrack *
track_new (TbRecording *recording, const TbTrackSpec *spec)
{
  TbTrack *track = g_new0 (TbTrack, 1);

  track->recorder = recording->recorder;
  track->recording = recording;
  track->id = g_strdup (spec->track_id);
  track->kind = spec->kind;
  track->uri = g_strdup (spec->uri);
  track->name = g_strdup (spec->name);
  track->source = tb_source_parse (spec->uri, NULL);
  track->delay_ns = spec->delay_ns;
  track->next_segment = MAX (1, spec->next_segment);
  track->state = TB_TRACK_CONNECTING;
  track->hub = tb_live_hub_new ();
  track->delay_estimate_ns = TB_TIME_NONE;
  return track;
}

static gboolean
check_start (TbRecorder *recorder, const char *visit, GPtrArray *specs, GError **error)
{
  TbRecording *before = g_hash_table_lookup (recorder->recordings, visit);

  if (before != NULL && tb_recording_is_active (before)) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "This visit is being recorded already");
    return FALSE;
  }
  if (specs->len == 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "There is no camera and no microphone to record");
    return FALSE;
  }
  for (guint i = 0; i < specs->len; i++) {
    const TbTrackSpec *spec = g_ptr_array_index (specs, i);

    if (!tb_source_check (spec->uri, spec->kind, error))
      return FALSE;
  }
  tb_disk_look (recorder);
  if (recorder->disk.state == TB_DISK_FULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_FULL, "There is no room on the disk to record: %" G_GUINT64_FORMAT
                 " MB left", recorder->disk.free_bytes / (1024 * 1024));
    return FALSE;
  }
  return TRUE;
}

gboolean
tb_recording_start (TbRecorder *recorder, const char *visit, gint64 zero_wall, GPtrArray *specs, GError **error)
{
  TbRecording *recording, *before;
  gint64 base_ns = tb_clock_wall_to_monotonic (zero_wall);
  TbNews news = { .type = TB_NEWS_RECORDING_CHANGED };

  if (!check_start (recorder, visit, specs, error))
    return FALSE;
  before = g_hash_table_lookup (recorder->recordings, visit);
  if (before != NULL)
    recorder->written_before += tb_recording_bytes (before);
  recording = g_new0 (TbRecording, 1);
  recording->recorder = recorder;
  recording->visit = g_strdup (visit);
  /* A lesson that goes on after a restart of the machine began before this clock did. */
  recording->base_ns = MAX (0, base_ns);
  recording->shift_ns = MAX (0, -base_ns);
  recording->film_zero = tb_clock_monotonic () - recording->base_ns + FILM_LEAD;
  recording->wanted = TRUE;
  recording->actual = TB_RECORDING_STARTING;
  recording->since_wall = tb_clock_wall ();
  recording->tracks = g_ptr_array_new_with_free_func (track_free);
  g_hash_table_replace (recorder->recordings, recording->visit, recording);
  news.visit = recording->visit;
  tb_recorder_tell (recorder, &news);
  for (guint i = 0; i < specs->len; i++) {
    TbTrack *track = track_new (recording, g_ptr_array_index (specs, i));

    g_ptr_array_add (recording->tracks, track);
    if (tb_preview_give_way (recorder, track->uri, track->kind))
      track->try_at_us = g_get_monotonic_time (); /* when the preview has let go */
    else
      open_take (track);
  }
  tb_recorder_need_tick (recorder);
  return TRUE;
}

void
tb_recording_stop (TbRecording *recording, guint deadline_ms, const char *reason, const char *message)
{
  if (reason == NULL)
    recording->wanted = FALSE;
  if (!tb_recording_is_active (recording))
    return;
  if (!recording->stopping)
    set_reason (recording, reason, message);
  recording->stopping = TRUE;
  set_recording (recording, TB_RECORDING_STOPPING);
  for (guint i = 0; i < recording->tracks->len; i++) {
    TbTrack *track = g_ptr_array_index (recording->tracks, i);

    track->try_at_us = 0;
    if (track->take != NULL) {
      stop_take (track, deadline_ms, NULL, NULL);
      continue;
    }
    tb_live_hub_end (track->hub);
    if (track->state != TB_TRACK_FAILED)
      set_track (track, TB_TRACK_ENDED, track->state == TB_TRACK_ENDED ? track->message : NULL,
                 track->state == TB_TRACK_ENDED ? track->code : NULL);
  }
  update_recording (recording);
}

/* Numbers. */

guint64
tb_recording_bytes (const TbRecording *recording)
{
  guint64 bytes = 0;

  for (guint i = 0; i < recording->tracks->len; i++) {
    TbTrack *track = g_ptr_array_index (recording->tracks, i);

    bytes += track->before.bytes + track->now.bytes;
  }
  return bytes;
}

guint64
tb_recording_nominal_rate (const TbRecording *recording)
{
  guint64 rate = 0;

  for (guint i = 0; tb_recording_is_active (recording) && i < recording->tracks->len; i++) {
    TbTrack *track = g_ptr_array_index (recording->tracks, i);

    rate += track->kind == TB_MEDIA_VIDEO ? recording->recorder->config.video_kbps * 125 : AUDIO_BYTES_PER_SECOND;
  }
  return rate;
}

static TbTrackStatus *
track_status (const TbTrack *track)
{
  TbTrackStatus *status = g_new0 (TbTrackStatus, 1);
  TbTakeStats now = track->now;

  if (track->take != NULL)
    tb_take_stats (track->take, &now);
  status->id = g_strdup (track->id);
  status->kind = track->kind;
  status->name = g_strdup (track->name);
  status->uri = g_strdup (track->uri);
  status->actual = track->state;
  status->message = g_strdup (track->message);
  status->message_code = g_strdup (track->code);
  status->retry_in_ns = TB_TIME_NONE;
  if (track->state == TB_TRACK_RETRYING && track->try_at_us != 0)
    status->retry_in_ns = MAX (0, track->try_at_us - g_get_monotonic_time ()) * 1000;
  status->segment = track->segment;
  status->recorded_ns = track->before.recorded_ns + now.recorded_ns;
  status->bytes = track->before.bytes + now.bytes;
  status->frames = track->before.frames + now.frames;
  status->dropped = track->before.dropped + now.dropped;
  status->encoder = now.encoder[0] != '\0' ? g_strdup (now.encoder) : NULL;
  status->passthrough = now.passthrough;
  status->width = now.width;
  status->height = now.height;
  status->has_level = track->has_level;
  status->peak_db = track->peak_db;
  status->rms_db = track->rms_db;
  status->delay_ns = track->delay_ns;
  status->delay_estimate_ns = track->delay_estimate_ns;
  return status;
}

static void
track_status_free (gpointer data)
{
  TbTrackStatus *status = data;

  g_free (status->id);
  g_free (status->name);
  g_free (status->uri);
  g_free (status->message);
  g_free (status->message_code);
  g_free (status->encoder);
  g_free (status);
}

void
tb_recording_status_free (TbRecordingStatus *status)
{
  if (status == NULL)
    return;
  g_ptr_array_unref (status->tracks);
  g_free (status->reason);
  g_free (status->message);
  g_free (status);
}

TbRecordingStatus *
tb_recording_status (const TbRecording *recording)
{
  TbRecordingStatus *status = g_new0 (TbRecordingStatus, 1);

  status->tracks = g_ptr_array_new_with_free_func (track_status_free);
  status->actual = TB_RECORDING_STOPPED;
  if (recording == NULL)
    return status;
  status->wanted = recording->wanted;
  status->actual = recording->actual;
  status->reason = g_strdup (recording->reason);
  status->message = g_strdup (recording->message);
  status->since_wall = recording->since_wall;
  for (guint i = 0; i < recording->tracks->len; i++)
    g_ptr_array_add (status->tracks, track_status (g_ptr_array_index (recording->tracks, i)));
  return status;
}
