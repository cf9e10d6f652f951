#include "web/studio.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "media/news.h"
#include "store/journal.h"
#include "store/track.h"
#include "store/visit.h"
#include "web/recover.h"
#include "web/status.h"

#define STOP_DEADLINE_MS 8000
/* Held back while recording, given free when the disk is full, so that taps still have room. */
#define RESERVE_BYTES (16 * 1024 * 1024)
/* A running lesson in which nothing happened for so long was forgotten. */
#define FORGOTTEN (30 * 60 * TB_SECOND)

struct _TbStudio {
  /* never change */
  const TbFolder *folder;
  TbStore *store;
  TbMediaStore *media;
  TbHub *hub;
  TbRecorder *recorder;
  char *reserve_path;
  GThread *thread;
  GAsyncQueue *news; /* Parcel; the studio's thread takes them out */
  GQueue unwritten;  /* TbNews of segments for which the disk had no room, oldest first; the studio's thread only */
  GMutex changing;   /* held while a recording is started or stopped: these take turns */
};

/* Something for the studio's thread: news, a barrier that tells its sender, or the end. */
typedef struct {
  TbNews *news;
  GMutex lock;
  GCond passed_cond;
  gboolean is_barrier, passed, end;
} Parcel;

static void
on_news (const TbNews *news, gpointer data)
{
  TbStudio *studio = data;
  Parcel *parcel = g_new0 (Parcel, 1);

  parcel->news = tb_news_copy (news);
  g_async_queue_push (studio->news, parcel);
}

/* Waits until all news that came before this call was dealt with. */
static void
drain (TbStudio *studio)
{
  Parcel barrier = { .is_barrier = TRUE };

  g_mutex_init (&barrier.lock);
  g_cond_init (&barrier.passed_cond);
  g_mutex_lock (&barrier.lock);
  g_async_queue_push (studio->news, &barrier);
  while (!barrier.passed)
    g_cond_wait (&barrier.passed_cond, &barrier.lock);
  g_mutex_unlock (&barrier.lock);
  g_mutex_clear (&barrier.lock);
  g_cond_clear (&barrier.passed_cond);
}

/* --- the reserve ---------------------------------------------------------- */

static void
take_reserve (TbStudio *studio)
{
  int fd = open (studio->reserve_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    return;
  if (posix_fallocate (fd, 0, RESERVE_BYTES) != 0)
    unlink (studio->reserve_path);
  close (fd);
}

static void
give_reserve (TbStudio *studio)
{
  if (unlink (studio->reserve_path) == 0)
    g_message ("The disk is full: gave free what was held back, so that observing can go on");
}

/* --- news ------------------------------------------------------------------ */

static void
publish (TbStudio *studio, const char *topic, const char *event, const char *key, json_object *object)
{
  g_autoptr (json_object) owned = object;
  g_autofree char *text = tb_json_to_text (owned);

  tb_hub_publish (studio->hub, topic, event, key, 0, text);
}

static void
tell_recording (TbStudio *studio, const char *visit)
{
  publish (studio, visit, "recording", visit, tb_studio_status (studio, visit));
}

void
tb_studio_tell_visit (TbStudio *studio, const char *visit_id)
{
  g_autoptr (TbVisit) visit = tb_visit_get (studio->store, visit_id, NULL);
  g_autoptr (TbLayers) layers = visit != NULL ? tb_layers_load (studio->store, visit_id, NULL) : NULL;

  for (guint i = 0; layers != NULL && i < layers->observers->len; i++) {
    const TbObserver *observer = layers->observers->pdata[i];
    g_autofree char *topic = g_strconcat ("person:", observer->person, NULL);

    if (observer->active)
      publish (studio, topic, "visit", visit_id, tb_studio_summary_for (studio, visit, layers, observer->person));
  }
}

static gboolean
write_segment (TbStudio *studio, const TbNews *news, GError **error)
{
  const char *files[] = { news->mp4_name, news->flac_name, NULL };
  gint64 number = news->number;

  return news->type == TB_NEWS_SEGMENT_STARTED
             ? tb_segment_open (studio->store, news->track, news->start_ns, files, &number, error)
             : tb_segment_close (studio->store, news->track, news->number, news->duration_ns, NULL, error);
}

/* Writes down what could not be written before, in its order. TRUE when nothing is left. */
static gboolean
write_unwritten (TbStudio *studio)
{
  while (!g_queue_is_empty (&studio->unwritten)) {
    TbNews *news = g_queue_peek_head (&studio->unwritten);
    g_autoptr (GError) error = NULL;

    if (!write_segment (studio, news, &error) && g_error_matches (error, TB_ERROR, TB_ERROR_FULL))
      return FALSE;
    if (error != NULL)
      g_message ("Writing down a part of %s, late: %s", news->track, error->message);
    tb_studio_tell_visit (studio, news->visit);
    tb_news_free (g_queue_pop_head (&studio->unwritten));
  }
  return TRUE;
}

/* On a full disk a recording ends just when its end cannot be written down: that waits until there is room. */
static void
keep_segment (TbStudio *studio, const TbNews *news)
{
  g_autoptr (GError) error = NULL;

  if (write_unwritten (studio) && write_segment (studio, news, &error))
    return;
  if (error == NULL || g_error_matches (error, TB_ERROR, TB_ERROR_FULL))
    g_queue_push_tail (&studio->unwritten, tb_news_copy (news));
  else
    g_message ("Writing down a part of %s: %s", news->track, error->message);
}

static void
tell_disk (TbStudio *studio, const TbNews *news)
{
  g_autoptr (GPtrArray) active = tb_recorder_active (studio->recorder);

  if (news->disk_state == TB_DISK_FULL)
    give_reserve (studio);
  write_unwritten (studio);
  for (guint i = 0; i < active->len; i++)
    tell_recording (studio, active->pdata[i]);
}

static void
handle_news (TbStudio *studio, const TbNews *news)
{
  switch (news->type) {
  case TB_NEWS_SEGMENT_STARTED:
  case TB_NEWS_SEGMENT_ENDED:
    keep_segment (studio, news);
    /* The beginning of a track that has been stopped meanwhile: its end, if it comes, is written over this. */
    if (news->type == TB_NEWS_SEGMENT_STARTED && !tb_studio_is_recording (studio, news->visit))
      tb_recover_segments (studio->store, studio->media, news->visit, NULL);
    tb_studio_tell_visit (studio, news->visit);
    break;
  case TB_NEWS_DELAY:
    tb_track_set_delay_estimate (studio->store, news->track, news->delay_ns, NULL);
    tb_studio_tell_visit (studio, news->visit); /* pages place the pictures anew */
    break;
  case TB_NEWS_LEVEL: {
    json_object *level = json_object_new_object ();
    json_object *tracks = json_object_new_array ();

    json_object_array_add (tracks, tb_level_to_json (news->track, news->peak_db, news->rms_db));
    tb_json_add (level, "tracks", tracks);
    publish (studio, news->visit, "level", news->track, level);
    return;
  }
  case TB_NEWS_DISK:
    tell_disk (studio, news);
    return;
  case TB_NEWS_RECORDING_CHANGED:
    tb_studio_tell_visit (studio, news->visit);
    break;
  case TB_NEWS_TRACK_CHANGED:
    break;
  }
  if (news->visit != NULL)
    tell_recording (studio, news->visit);
}

static gpointer
run (gpointer data)
{
  TbStudio *studio = data;
  gboolean end = FALSE;

  while (!end) {
    Parcel *parcel = g_async_queue_pop (studio->news);

    if (parcel->is_barrier) {
      g_mutex_lock (&parcel->lock);
      parcel->passed = TRUE;
      g_cond_signal (&parcel->passed_cond);
      g_mutex_unlock (&parcel->lock);
      continue; /* the sender owns it */
    }
    end = parcel->end;
    if (parcel->news != NULL)
      handle_news (studio, parcel->news);
    tb_news_free (parcel->news);
    g_free (parcel);
  }
  return NULL;
}

/* --- life ------------------------------------------------------------------ */

TbStudio *
tb_studio_new (const TbFolder *folder, TbStore *store, TbMediaStore *media, TbEncoders *encoders, TbHub *hub)
{
  TbStudio *studio = g_new0 (TbStudio, 1);

  studio->folder = folder;
  studio->store = store;
  studio->media = media;
  studio->hub = hub;
  studio->reserve_path = g_build_filename (tb_folder_path (folder), "reserve", NULL);
  unlink (studio->reserve_path); /* of a run that ended badly */
  studio->news = g_async_queue_new ();
  g_mutex_init (&studio->changing);
  studio->recorder = tb_recorder_new (media, encoders, NULL, on_news, studio);
  studio->thread = g_thread_new ("studio", run, studio);
  return studio;
}

void
tb_studio_free (TbStudio *studio)
{
  Parcel *end;
  g_autoptr (GPtrArray) active = NULL;

  if (studio == NULL)
    return;
  active = tb_recorder_active (studio->recorder);
  for (guint i = 0; i < active->len; i++)
    tb_studio_stop (studio, active->pdata[i], NULL);
  /* The thread asks the recorder, so it ends first; the recorder's last news then lie unread. */
  end = g_new0 (Parcel, 1);
  end->end = TRUE;
  g_async_queue_push (studio->news, end);
  g_thread_join (studio->thread);
  unlink (studio->reserve_path);
  write_unwritten (studio);
  tb_recorder_free (studio->recorder);
  while ((end = g_async_queue_try_pop (studio->news)) != NULL) {
    tb_news_free (end->news);
    g_free (end);
  }
  g_async_queue_unref (studio->news);
  g_queue_clear_full (&studio->unwritten, (GDestroyNotify) tb_news_free);
  g_free (studio->reserve_path);
  g_mutex_clear (&studio->changing);
  g_free (studio);
}

TbRecorder *
tb_studio_recorder (TbStudio *studio)
{
  return studio->recorder;
}

void
tb_studio_configure (TbStudio *studio, gint64 disk_warn_minutes, gint64 disk_stop_mb)
{
  TbRecorderConfig config = {
    .disk_warn_seconds = (guint64) disk_warn_minutes * 60,
    .disk_stop_bytes = (guint64) disk_stop_mb * 1000 * 1000,
  };

  tb_recorder_configure (studio->recorder, &config);
}

/* --- starting and stopping -------------------------------------------------- */

/* A file whose row was lost in a crash keeps its number: a number is used once. */
static gint
next_segment (TbStudio *studio, const TbTrack *track)
{
  g_autoptr (GPtrArray) names = tb_media_store_list (studio->media, track->visit, NULL);
  gint64 last = 0;

  for (guint i = 0; i < track->segments->len; i++) {
    const TbSegment *segment = track->segments->pdata[i];

    last = MAX (last, segment->number);
  }
  for (guint i = 0; names != NULL && i < names->len; i++) {
    const char *name = names->pdata[i];
    gsize length = strlen (track->id);

    if (g_str_has_prefix (name, track->id) && name[length] == '-')
      last = MAX (last, g_ascii_strtoll (name + length + 1, NULL, 10));
  }
  return (gint) last + 1;
}

static void
free_spec (gpointer data)
{
  TbTrackSpec *spec = data;

  g_free ((char *) spec->track_id);
  g_free ((char *) spec->uri);
  g_free ((char *) spec->name);
  g_free (spec);
}

static char *
display_name (const char *uri)
{
  g_autoptr (TbSource) source = tb_source_parse (uri, NULL);

  return source != NULL ? tb_source_display_name (source) : g_strdup (uri);
}

static GPtrArray *
make_specs (TbStudio *studio, const TbVisit *visit, GError **error)
{
  g_autoptr (GPtrArray) specs = g_ptr_array_new_with_free_func (free_spec);

  for (guint i = 0; i < visit->sources->len; i++) {
    const TbPlannedSource *source = visit->sources->pdata[i];
    g_autofree char *name = NULL;
    g_autoptr (TbTrack) track = NULL;
    TbTrackSpec *spec;
    TbMediaKind kind;

    if (!tb_media_kind_parse (source->kind, &kind, error) || !tb_source_check (source->uri, kind, error))
      return NULL;
    name = *source->name != '\0' ? g_strdup (source->name) : display_name (source->uri);
    track = tb_track_ensure (studio->store, visit->id, source->kind, source->uri, name, source->delay, error);
    if (track == NULL)
      return NULL;
    spec = g_new0 (TbTrackSpec, 1);
    spec->track_id = g_strdup (track->id);
    spec->kind = kind;
    spec->uri = g_strdup (track->uri);
    spec->name = g_strdup (track->name);
    spec->delay_ns = track->delay;
    spec->next_segment = next_segment (studio, track);
    g_ptr_array_add (specs, spec);
  }
  if (specs->len == 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID,
                         "Choose a camera or a microphone for this visit before recording");
    return NULL;
  }
  return g_steal_pointer (&specs);
}

static gboolean
record_locked (TbStudio *studio, const char *visit_id, GError **error)
{
  g_autoptr (TbVisit) visit = tb_visit_get (studio->store, visit_id, error);
  g_autoptr (GPtrArray) specs = NULL;
  gint64 zero = 0;

  if (visit == NULL)
    return FALSE;
  if (visit->ended_at != 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "This lesson has ended; make a new visit to record again");
    return FALSE;
  }
  if (tb_studio_is_recording (studio, visit_id)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "This visit is being recorded already");
    return FALSE;
  }
  specs = make_specs (studio, visit, error);
  if (specs == NULL || !tb_visit_start (studio->store, visit_id, tb_clock_wall (), &zero, error))
    return FALSE;
  take_reserve (studio);
  return tb_recorder_start (studio->recorder, visit_id, zero, specs, error);
}

gboolean
tb_studio_record (TbStudio *studio, const char *visit, GError **error)
{
  gboolean done;

  g_mutex_lock (&studio->changing);
  done = record_locked (studio, visit, error);
  g_mutex_unlock (&studio->changing);
  if (done)
    tb_studio_tell_visit (studio, visit);
  return done;
}

gboolean
tb_studio_stop (TbStudio *studio, const char *visit, GError **error)
{
  gboolean done;

  g_mutex_lock (&studio->changing);
  done = tb_recorder_stop (studio->recorder, visit, STOP_DEADLINE_MS, error);
  drain (studio);
  /* A track that was stopped while it began may have told its beginning only. */
  tb_recover_segments (studio->store, studio->media, visit, NULL);
  g_mutex_unlock (&studio->changing);
  tb_studio_tell_visit (studio, visit);
  tell_recording (studio, visit);
  return done;
}

gboolean
tb_studio_is_recording (TbStudio *studio, const char *visit)
{
  g_autoptr (GPtrArray) active = tb_recorder_active (studio->recorder);

  for (guint i = 0; i < active->len; i++)
    if (g_str_equal (active->pdata[i], visit))
      return TRUE;
  return FALSE;
}

/* When the last thing of a visit happened, as a wall time. */
static gint64
last_activity (TbStudio *studio, const TbVisit *visit)
{
  g_autoptr (GPtrArray) tracks = tb_track_list (studio->store, visit->id, NULL);
  g_autoptr (GPtrArray) observations = tb_observation_list (studio->store, visit->id, FALSE, NULL, NULL);
  TbTime last = 0;

  for (guint t = 0; tracks != NULL && t < tracks->len; t++) {
    const TbTrack *track = tracks->pdata[t];

    for (guint s = 0; s < track->segments->len; s++) {
      const TbSegment *segment = track->segments->pdata[s];

      if (segment->duration != TB_TIME_NONE)
        last = MAX (last, segment->start + segment->duration);
    }
  }
  for (guint i = 0; observations != NULL && i < observations->len; i++) {
    const TbObservation *observation = observations->pdata[i];

    last = MAX (last, observation->at);
    if (observation->until != TB_TIME_NONE)
      last = MAX (last, observation->until);
  }
  return visit->started_at + last;
}

gboolean
tb_studio_end (TbStudio *studio, const char *visit_id, GError **error)
{
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (GError) problem = NULL;
  gboolean recorded = tb_studio_is_recording (studio, visit_id);
  gint64 now = tb_clock_wall ();
  gint64 last;

  if (recorded && !tb_studio_stop (studio, visit_id, &problem))
    g_message ("Ending a lesson: %s", problem->message); /* what is recorded is safe; the lesson ends all the same */
  visit = tb_visit_get (studio->store, visit_id, error);
  if (visit == NULL)
    return FALSE;
  last = last_activity (studio, visit);
  if (!recorded && now - last > FORGOTTEN)
    now = last;
  if (!tb_visit_end (studio->store, visit_id, now, NULL, error))
    return FALSE;
  tb_studio_tell_visit (studio, visit_id);
  return TRUE;
}

/* --- telling ---------------------------------------------------------------- */

json_object *
tb_studio_status (TbStudio *studio, const char *visit)
{
  g_autoptr (TbRecordingStatus) status = tb_recorder_status (studio->recorder, visit);
  guint64 free_bytes, total = 0;

  tb_folder_free_bytes (tb_folder_path (studio->folder), &free_bytes, &total, NULL);
  return tb_status_to_json (status, total);
}

json_object *
tb_studio_disk (TbStudio *studio)
{
  TbDiskStatus disk = tb_recorder_disk (studio->recorder);
  guint64 free_bytes, total = 0;

  tb_folder_free_bytes (tb_folder_path (studio->folder), &free_bytes, &total, NULL);
  return tb_disk_to_json (&disk, total);
}

json_object *
tb_studio_summary (TbStudio *studio, const TbVisit *visit)
{
  json_object *summary = tb_visit_summary (visit, tb_clock_wall ());

  tb_json_add_bool (summary, "recording", tb_studio_is_recording (studio, visit->id));
  return summary;
}

json_object *
tb_studio_summary_for (TbStudio *studio, const TbVisit *visit, const TbLayers *layers, const char *person)
{
  const TbObserver *observer = tb_layers_find (layers, person);
  json_object *summary = tb_studio_summary (studio, visit);
  guint count = 0; /* also when they cannot be counted now */

  if (tb_layers_hides (layers, person)) {
    tb_layers_count (studio->store, visit->id, layers, person, &count, NULL);
    tb_json_add_int (summary, "observations", count);
  }
  if (observer != NULL && !observer->coach) {
    tb_json_add_string (summary, "note", "");
    tb_json_add_int (summary, "tracks", 0);
    tb_json_add_bool (summary, "beside", TRUE);
  }
  return summary;
}

guint
tb_studio_recover (TbStudio *studio, GPtrArray *report)
{
  return tb_recover_segments (studio->store, studio->media, NULL, report);
}
