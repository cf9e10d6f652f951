/* Other programs' files that were read and wait for what their person chooses.
 *
 * They wait in memory only: what nobody takes over is gone after half an hour
 * (a thread of its own sees to that, also when nobody asks any more), when its
 * person reads in a fifth, and with the program. Thread-safe. */
#pragma once

#include <glib.h>

#include "web/foreign.h"

#define TB_IMPORTS_EACH 4
#define TB_IMPORT_KEPT_US ((gint64) 1800 * G_USEC_PER_SEC)
#define TB_IMPORTS_BYTES (G_GUINT64_CONSTANT (256) << 20) /* of the files of all, with what was read of them */

typedef struct _TbImportJobs TbImportJobs;
typedef struct _TbImportJob TbImportJob;

/* KEPT_US: how long each waits; TB_IMPORT_KEPT_US. New. */
TbImportJobs *tb_import_jobs_new (gint64 kept_us);
/* NULL is allowed. */
void tb_import_jobs_free (TbImportJobs *jobs);

/* FILE is taken. The job's id, new; TB_ERROR_BUSY when too much waits. */
char *tb_import_jobs_add (TbImportJobs *jobs, const char *person, TbForeignFile *file, GError **error);

/* The job ID of PERSON, for this thread alone until it is let go. New. TB_ERROR_NOT_FOUND, also when it is another's,
 * or was dropped by who had it before. */
TbImportJob *tb_import_jobs_get (TbImportJobs *jobs, const char *person, const char *id, GError **error);
void tb_import_job_let_go (TbImportJob *job);
/* Borrowed. */
TbForeignFile *tb_import_job_file (TbImportJob *job);

/* TB_ERROR_NOT_FOUND. */
gboolean tb_import_jobs_drop (TbImportJobs *jobs, const char *person, const char *id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbImportJobs, tb_import_jobs_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbImportJob, tb_import_job_let_go)
