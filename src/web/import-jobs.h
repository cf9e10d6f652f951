/* Other programs' files that were read and wait for what their person chooses.
 *
 * They wait in memory only: what nobody takes over is gone after half an hour,
 * when its person reads in a fifth, and with the program. Thread-safe. */
#pragma once

#include <glib.h>

#include "web/foreign.h"

#define TB_IMPORTS_EACH 4
#define TB_IMPORT_KEPT_US ((gint64) 1800 * G_USEC_PER_SEC)
#define TB_IMPORTS_BYTES (G_GUINT64_CONSTANT (256) << 20) /* of the files of all */

typedef struct _TbImportJobs TbImportJobs;
typedef struct _TbImportJob TbImportJob;

TbImportJobs *tb_import_jobs_new (void);
/* NULL is allowed. */
void tb_import_jobs_free (TbImportJobs *jobs);

/* NOW_US: g_get_monotonic_time(). FILE is taken. The job's id, new; TB_ERROR_BUSY when too much waits. */
char *tb_import_jobs_add (TbImportJobs *jobs, const char *person, TbForeignFile *file, gint64 now_us, GError **error);

/* The job ID of PERSON, for this thread alone until it is let go. New. TB_ERROR_NOT_FOUND, also when it is another's. */
TbImportJob *tb_import_jobs_get (TbImportJobs *jobs, const char *person, const char *id, gint64 now_us, GError **error);
void tb_import_job_let_go (TbImportJob *job);
/* Borrowed. */
TbForeignFile *tb_import_job_file (TbImportJob *job);

/* TB_ERROR_NOT_FOUND. */
gboolean tb_import_jobs_drop (TbImportJobs *jobs, const char *person, const char *id, gint64 now_us, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbImportJobs, tb_import_jobs_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbImportJob, tb_import_job_let_go)
