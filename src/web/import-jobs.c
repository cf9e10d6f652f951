#include "web/import-jobs.h"

#include "base/error.h"
#include "base/uuid.h"

struct _TbImportJob {
  gatomicrefcount refs;
  char *id, *person;   /* never change */
  gint64 put_us;       /* set once */
  gsize size;          /* never changes */
  GMutex lock;         /* held by who uses FILE */
  TbForeignFile *file;
  gint dropped; /* atomic: who waits for LOCK comes too late */
};

struct _TbImportJobs {
  gint64 kept_us; /* never changes */
  GMutex lock;
  GCond changed;   /* the first job came, or CLOSED */
  GPtrArray *jobs; /* TbImportJob *, oldest first; lock */
  gboolean closed; /* lock */
  GThread *sweeper;
};

static void
job_unref (gpointer data)
{
  TbImportJob *job = data;

  if (!g_atomic_ref_count_dec (&job->refs))
    return;
  tb_foreign_file_free (job->file);
  g_mutex_clear (&job->lock);
  g_free (job->id);
  g_free (job->person);
  g_free (job);
}

/* Under the lock: lets go of what waited too long. When the next one will have; G_MAXINT64 when none waits. */
static gint64
sweep (TbImportJobs *jobs)
{
  const gint64 now_us = g_get_monotonic_time ();

  while (jobs->jobs->len > 0 && ((TbImportJob *) jobs->jobs->pdata[0])->put_us + jobs->kept_us <= now_us)
    g_ptr_array_remove_index (jobs->jobs, 0);
  return jobs->jobs->len > 0 ? ((TbImportJob *) jobs->jobs->pdata[0])->put_us + jobs->kept_us : G_MAXINT64;
}

static gpointer
keep_sweeping (gpointer data)
{
  TbImportJobs *jobs = data;

  g_mutex_lock (&jobs->lock);
  while (!jobs->closed) {
    const gint64 next_us = sweep (jobs);

    if (next_us == G_MAXINT64)
      g_cond_wait (&jobs->changed, &jobs->lock);
    else
      g_cond_wait_until (&jobs->changed, &jobs->lock, next_us);
  }
  g_mutex_unlock (&jobs->lock);
  return NULL;
}

TbImportJobs *
tb_import_jobs_new (gint64 kept_us)
{
  TbImportJobs *jobs = g_new0 (TbImportJobs, 1);

  jobs->kept_us = kept_us;
  g_mutex_init (&jobs->lock);
  g_cond_init (&jobs->changed);
  jobs->jobs = g_ptr_array_new_with_free_func (job_unref);
  jobs->sweeper = g_thread_new ("tb-imports", keep_sweeping, jobs);
  return jobs;
}

void
tb_import_jobs_free (TbImportJobs *jobs)
{
  if (jobs == NULL)
    return;
  g_mutex_lock (&jobs->lock);
  jobs->closed = TRUE;
  g_cond_signal (&jobs->changed);
  g_mutex_unlock (&jobs->lock);
  g_thread_join (jobs->sweeper);
  g_ptr_array_unref (jobs->jobs);
  g_cond_clear (&jobs->changed);
  g_mutex_clear (&jobs->lock);
  g_free (jobs);
}

/* Under the lock: makes room for SIZE bytes of PERSON, at the cost of the person's own oldest. */
static gboolean
make_room (TbImportJobs *jobs, const char *person, gsize size)
{
  guint64 all = size;
  guint own = 0;

  for (guint i = jobs->jobs->len; i > 0; i--) {
    const TbImportJob *job = g_ptr_array_index (jobs->jobs, i - 1);

    if (g_str_equal (job->person, person) && ++own >= TB_IMPORTS_EACH)
      g_ptr_array_remove_index (jobs->jobs, i - 1);
    else
      all += job->size;
  }
  return all <= TB_IMPORTS_BYTES;
}

char *
tb_import_jobs_add (TbImportJobs *jobs, const char *person, TbForeignFile *file, GError **error)
{
  TbImportJob *job = g_new0 (TbImportJob, 1);
  char *id;
  gboolean room;

  g_atomic_ref_count_init (&job->refs);
  g_mutex_init (&job->lock);
  job->id = tb_uuid_new ();
  job->person = g_strdup (person);
  job->size = g_bytes_get_size (file->bytes) + (file->document != NULL ? tb_exchange_weight (file->document) : 0);
  job->file = file;
  id = g_strdup (job->id);
  g_mutex_lock (&jobs->lock);
  job->put_us = g_get_monotonic_time (); /* under the lock: the list is in this order */
  sweep (jobs);
  room = make_room (jobs, person, job->size);
  if (room) {
    g_ptr_array_add (jobs->jobs, job);
    g_cond_signal (&jobs->changed);
  }
  g_mutex_unlock (&jobs->lock);
  if (room)
    return id;
  job_unref (job);
  g_free (id);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_BUSY, "Many files are being looked at already; try again later");
  return NULL;
}

static void
set_gone (GError **error)
{
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "This file is not kept any more; choose it again");
}

/* Under the lock; -1 when there is none. */
static int
find (const TbImportJobs *jobs, const char *person, const char *id, GError **error)
{
  for (guint i = 0; i < jobs->jobs->len; i++) {
    const TbImportJob *job = g_ptr_array_index (jobs->jobs, i);

    if (g_str_equal (job->id, id) && g_str_equal (job->person, person))
      return (int) i;
  }
  set_gone (error);
  return -1;
}

void
tb_import_job_let_go (TbImportJob *job)
{
  if (job == NULL)
    return;
  g_mutex_unlock (&job->lock);
  job_unref (job);
}

TbImportJob *
tb_import_jobs_get (TbImportJobs *jobs, const char *person, const char *id, GError **error)
{
  TbImportJob *job = NULL;
  int place;

  g_mutex_lock (&jobs->lock);
  sweep (jobs);
  place = find (jobs, person, id, error);
  if (place >= 0) {
    job = g_ptr_array_index (jobs->jobs, (guint) place);
    g_atomic_ref_count_inc (&job->refs);
  }
  g_mutex_unlock (&jobs->lock);
  if (job == NULL)
    return NULL;
  g_mutex_lock (&job->lock);
  if (g_atomic_int_get (&job->dropped) == 0)
    return job;
  tb_import_job_let_go (job);
  set_gone (error);
  return NULL;
}

TbForeignFile *
tb_import_job_file (TbImportJob *job)
{
  return job->file;
}

gboolean
tb_import_jobs_drop (TbImportJobs *jobs, const char *person, const char *id, GError **error)
{
  int place;

  g_mutex_lock (&jobs->lock);
  sweep (jobs);
  place = find (jobs, person, id, error);
  if (place >= 0) {
    g_atomic_int_set (&((TbImportJob *) g_ptr_array_index (jobs->jobs, (guint) place))->dropped, 1);
    g_ptr_array_remove_index (jobs->jobs, (guint) place);
  }
  g_mutex_unlock (&jobs->lock);
  return place >= 0;
}
