#include "web/exports.h"

#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "media/clip.h"

#define JOBS_KEPT 50
#define JOBS_WAITING 20
#define KEPT_US ((gint64) 3600 * G_USEC_PER_SEC)

typedef enum { JOB_WAITING = 1, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED } JobState;

typedef struct {
  /* never change */
  TbExports *exports;
  char *id;
  char *person;
  char *visit;
  char *name;
  char *file; /* its name in the store */
  GPtrArray *names; /* owns the file names in the arrays below */
  GArray *video;    /* TbClipSegment */
  GArray *audio;
  TbTime from, to;
  GCancellable *cancellable;
  /* guarded by the lock of exports */
  JobState state;
  gboolean dropped; /* is gone for everybody; freed by who runs it */
  gint64 ended_us;  /* monotonic */
  double progress;
  char *message;
  guint64 bytes;
  gboolean has_gaps;
} Job;

struct _TbExports {
  TbMediaStore *files;
  TbMediaStore *media;
  TbEncoders *encoders;
  GThreadPool *pool; /* one thread: an encoder uses all cores by itself */
  GThread *broom;    /* takes away what is old */
  GMutex lock;       /* guards all below, and what changes in the jobs */
  GCond changed;
  gboolean ending;
  GPtrArray *jobs;
};

static void
job_free (gpointer data)
{
  Job *job = data;

  tb_media_store_delete (job->exports->files, job->visit, job->file, NULL);
  g_free (job->id);
  g_free (job->person);
  g_free (job->visit);
  g_free (job->name);
  g_free (job->file);
  g_free (job->message);
  g_ptr_array_unref (job->names);
  g_array_unref (job->video);
  g_array_unref (job->audio);
  g_object_unref (job->cancellable);
  g_free (job);
}

static void
on_progress (double fraction, gpointer data)
{
  Job *job = data;

  g_mutex_lock (&job->exports->lock);
  job->progress = fraction;
  g_mutex_unlock (&job->exports->lock);
}

static void
run_job (gpointer data, gpointer user_data)
{
  Job *job = data;
  TbExports *exports = user_data;
  TbClipResult result = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean done;
  const TbClipRequest request = {
    .store = exports->media,
    .encoders = exports->encoders,
    .video = (const TbClipSegment *) (void *) job->video->data,
    .n_video = job->video->len,
    .audio = (const TbClipSegment *) (void *) job->audio->data,
    .n_audio = job->audio->len,
    .from = job->from,
    .to = job->to,
    .output_store = exports->files,
    .output_visit = job->visit,
    .output_name = job->file,
    .mode = TB_CLIP_EXACT,
    .progress = on_progress,
    .user_data = job,
  };
  g_mutex_lock (&exports->lock);
  if (job->state == JOB_WAITING)
    job->state = JOB_RUNNING;
  g_mutex_unlock (&exports->lock);

  done = tb_clip_export (&request, &result, job->cancellable, &error);

  g_mutex_lock (&exports->lock);
  job->ended_us = g_get_monotonic_time ();
  if (g_cancellable_is_cancelled (job->cancellable)) {
    /* Asked while the last bytes were being written: who cancelled gets what was asked for. */
    tb_media_store_delete (exports->files, job->visit, job->file, NULL);
    job->state = JOB_CANCELLED;
  } else if (done) {
    job->state = JOB_DONE;
    job->progress = 1;
    job->bytes = result.bytes;
    job->has_gaps = result.has_gaps;
  } else {
    tb_media_store_delete (exports->files, job->visit, job->file, NULL);
    job->state = JOB_FAILED;
    job->message = g_strdup (error->message);
  }
  if (job->dropped)
    g_ptr_array_remove (exports->jobs, job);
  g_cond_signal (&exports->changed);
  g_mutex_unlock (&exports->lock);
}

/* Removes everything in FOLDER, which holds files and folders of files. */
static void
empty_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)) {
      empty_folder (path);
      g_rmdir (path);
    } else {
      g_unlink (path);
    }
  }
}

/* Under the lock: removes what is old. When to look again, in monotonic us; 0: when something changes. */
static gint64
sweep (TbExports *exports)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = 0;

  for (guint i = 0; i < exports->jobs->len; i++) {
    Job *job = exports->jobs->pdata[i];

    if (job->state <= JOB_RUNNING)
      continue;
    if (now - job->ended_us >= KEPT_US)
      g_ptr_array_remove_index (exports->jobs, i--);
    else if (next == 0 || job->ended_us + KEPT_US < next)
      next = job->ended_us + KEPT_US;
  }
  return next;
}

static gpointer
keep_clean (gpointer data)
{
  TbExports *exports = data;

  g_mutex_lock (&exports->lock);
  while (!exports->ending) {
    gint64 next = sweep (exports);

    if (next == 0)
      g_cond_wait (&exports->changed, &exports->lock);
    else
      g_cond_wait_until (&exports->changed, &exports->lock, next);
  }
  g_mutex_unlock (&exports->lock);
  return NULL;
}

TbExports *
tb_exports_new (const char *folder, TbVault *vault, TbMediaStore *media, TbEncoders *encoders)
{
  TbExports *exports = g_new0 (TbExports, 1);

  g_mkdir_with_parents (folder, 0700);
  empty_folder (folder);
  exports->files = tb_media_store_new_sealed (folder, vault);
  exports->media = tb_media_store_ref (media);
  exports->encoders = tb_encoders_ref (encoders);
  g_mutex_init (&exports->lock);
  g_cond_init (&exports->changed);
  exports->jobs = g_ptr_array_new_with_free_func (job_free);
  exports->pool = g_thread_pool_new (run_job, exports, 1, FALSE, NULL);
  exports->broom = g_thread_new ("tb-exports", keep_clean, exports);
  return exports;
}

void
tb_exports_free (TbExports *exports)
{
  if (exports == NULL)
    return;
  g_mutex_lock (&exports->lock);
  for (guint i = 0; i < exports->jobs->len; i++)
    g_cancellable_cancel (((Job *) exports->jobs->pdata[i])->cancellable);
  exports->ending = TRUE;
  g_cond_signal (&exports->changed);
  g_mutex_unlock (&exports->lock);
  g_thread_join (exports->broom);
  g_thread_pool_free (exports->pool, FALSE, TRUE);
  g_ptr_array_unref (exports->jobs);
  g_mutex_clear (&exports->lock);
  g_cond_clear (&exports->changed);
  tb_encoders_unref (exports->encoders);
  tb_media_store_unref (exports->media);
  tb_media_store_unref (exports->files);
  g_free (exports);
}

static const char *
state_name (JobState state)
{
  switch (state) {
  case JOB_WAITING: return "waiting";
  case JOB_RUNNING: return "running";
  case JOB_DONE: return "done";
  case JOB_FAILED: return "failed";
  case JOB_CANCELLED: return "cancelled";
  }
  return "failed";
}

static json_object *
job_to_json (const Job *job)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", job->id);
  tb_json_add_string (object, "state", state_name (job->state));
  tb_json_add_double (object, "progress", job->progress);
  tb_json_add_string (object, "message", job->message);
  tb_json_add_string (object, "name", job->name);
  tb_json_add_int (object, "bytes", (gint64) job->bytes);
  tb_json_add_bool (object, "has_gaps", job->has_gaps);
  return object;
}

/* What a person can call a file on any system. */
static char *
file_name (const char *title)
{
  g_autofree char *plain = g_str_to_ascii (title != NULL ? title : "", "C");
  GString *name = g_string_new (NULL);

  for (const char *c = plain; *c != '\0' && name->len < 60; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (name, *c);
    else if (name->len > 0 && name->str[name->len - 1] != '-')
      g_string_append_c (name, '-');
  while (name->len > 0 && name->str[name->len - 1] == '-')
    g_string_truncate (name, name->len - 1);
  if (name->len == 0)
    g_string_append (name, "fragment");
  g_string_append (name, ".mp4");
  return g_string_free (name, FALSE);
}

GArray *
tb_exports_segments (const TbTrack *track)
{
  GArray *segments = g_array_new (FALSE, TRUE, sizeof (TbClipSegment));

  for (guint s = 0; track != NULL && s < track->segments->len; s++) {
    const TbSegment *segment = track->segments->pdata[s];

    for (guint f = 0; f < segment->files->len; f++) {
      TbClipSegment item = { track->visit, segment->files->pdata[f], segment->start - tb_track_delay (track) };

      if (g_str_has_suffix (item.name, ".mp4"))
        g_array_append_val (segments, item);
    }
  }
  return segments;
}

/* Makes the array independent of the track. */
static void
own_names (Job *job, GArray *segments)
{
  for (guint i = 0; i < segments->len; i++) {
    TbClipSegment *segment = &g_array_index (segments, TbClipSegment, i);
    char *name = g_strdup (segment->name);

    g_ptr_array_add (job->names, name);
    segment->name = name;
    segment->visit = job->visit;
  }
}

/* Under the lock. Finished jobs go first; one that runs is never among them. */
static gboolean
make_room (TbExports *exports, GError **error)
{
  guint waiting = 0;

  for (guint i = 0; i < exports->jobs->len; i++)
    waiting += ((Job *) exports->jobs->pdata[i])->state <= JOB_RUNNING;
  if (waiting >= JOBS_WAITING) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_BUSY, "Many clips are being made already; wait until some are done");
    return FALSE;
  }
  for (guint i = 0; i < exports->jobs->len && exports->jobs->len >= JOBS_KEPT; i++)
    if (((Job *) exports->jobs->pdata[i])->state > JOB_RUNNING)
      g_ptr_array_remove_index (exports->jobs, i--);
  return TRUE;
}

json_object *
tb_exports_add (TbExports *exports, const char *person, const TbTrack *camera, const TbTrack *sound, TbTime from,
                TbTime to, const char *title, GError **error)
{
  json_object *object;
  Job *job;

  if (to <= from) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“to” must be later than “from”");
    return NULL;
  }
  g_mutex_lock (&exports->lock);
  if (!make_room (exports, error)) {
    g_mutex_unlock (&exports->lock);
    return NULL;
  }
  job = g_new0 (Job, 1);
  job->exports = exports;
  job->id = tb_uuid_new ();
  job->person = g_strdup (person);
  job->visit = g_strdup (camera->visit);
  job->name = file_name (title);
  job->file = g_strconcat (job->id, ".mp4", NULL);
  job->names = g_ptr_array_new_with_free_func (g_free);
  job->video = tb_exports_segments (camera);
  job->audio = tb_exports_segments (sound);
  own_names (job, job->video);
  own_names (job, job->audio);
  job->from = from;
  job->to = to;
  job->cancellable = g_cancellable_new ();
  job->state = JOB_WAITING;
  g_ptr_array_add (exports->jobs, job);
  object = job_to_json (job);
  g_mutex_unlock (&exports->lock);

  g_thread_pool_push (exports->pool, job, NULL);
  return object;
}

/* Under the lock. PERSON NULL: whoever's. */
static Job *
find_job (TbExports *exports, const char *id, const char *person, GError **error)
{
  for (guint i = 0; i < exports->jobs->len; i++) {
    Job *job = exports->jobs->pdata[i];

    if (!job->dropped && g_str_equal (job->id, id) && (person == NULL || g_str_equal (job->person, person)))
      return job;
  }
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no clip being made under this address");
  return NULL;
}

json_object *
tb_exports_get (TbExports *exports, const char *id, const char *person, GError **error)
{
  json_object *object = NULL;
  Job *job;

  g_mutex_lock (&exports->lock);
  job = find_job (exports, id, person, error);
  if (job != NULL)
    object = job_to_json (job);
  g_mutex_unlock (&exports->lock);
  return object;
}

gboolean
tb_exports_cancel (TbExports *exports, const char *id, const char *person, GError **error)
{
  Job *job;

  g_mutex_lock (&exports->lock);
  job = find_job (exports, id, person, error);
  if (job != NULL) {
    g_cancellable_cancel (job->cancellable);
    /* Nothing is left behind: what was finished a moment ago goes too. */
    if (job->state == JOB_DONE) {
      tb_media_store_delete (exports->files, job->visit, job->file, NULL);
      job->state = JOB_CANCELLED;
      job->bytes = 0;
    }
  }
  g_mutex_unlock (&exports->lock);
  return job != NULL;
}

void
tb_export_info_free (TbExportInfo *info)
{
  if (info == NULL)
    return;
  g_free (info->visit);
  g_free (info->name);
  g_free (info);
}

TbExportInfo *
tb_exports_info (TbExports *exports, const char *id, const char *person, GError **error)
{
  TbExportInfo *info = NULL;
  Job *job;

  g_mutex_lock (&exports->lock);
  job = find_job (exports, id, person, error);
  if (job != NULL) {
    info = g_new0 (TbExportInfo, 1);
    info->visit = g_strdup (job->visit);
    info->name = g_strdup (job->name);
    info->from = job->from;
    info->to = job->to;
  }
  g_mutex_unlock (&exports->lock);
  return info;
}

TbMediaReader *
tb_exports_open (TbExports *exports, const char *id, const char *person, GError **error)
{
  TbMediaReader *reader = NULL;
  Job *job;

  g_mutex_lock (&exports->lock);
  job = find_job (exports, id, person, error);
  if (job != NULL && job->state == JOB_DONE)
    reader = tb_media_store_open (exports->files, job->visit, job->file, error);
  else if (job != NULL)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "This clip is not finished");
  g_mutex_unlock (&exports->lock);
  return reader;
}

gboolean
tb_exports_has (TbExports *exports, const char *id)
{
  const Job *job;
  gboolean there;

  g_mutex_lock (&exports->lock);
  job = find_job (exports, id, NULL, NULL);
  there = job != NULL && job->state == JOB_DONE;
  g_mutex_unlock (&exports->lock);
  return there;
}

void
tb_exports_drop (TbExports *exports, const char *visit, const char *person)
{
  g_mutex_lock (&exports->lock);
  for (guint i = 0; i < exports->jobs->len; i++) {
    Job *job = exports->jobs->pdata[i];

    if (!g_str_equal (job->visit, visit) || (person != NULL && !g_str_equal (job->person, person)))
      continue;
    g_cancellable_cancel (job->cancellable);
    job->dropped = TRUE;
    if (job->state > JOB_RUNNING)
      g_ptr_array_remove_index (exports->jobs, i--);
  }
  g_mutex_unlock (&exports->lock);
}
