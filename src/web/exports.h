/* Clips being written as ordinary MP4 files: jobs that wait, run one at a
 * time, can be followed and stopped. Each is that of the person who asked for
 * it and of nobody else; its file lies sealed to the key of its visit, and goes
 * after an hour, when it is dropped, and when the program starts. Thread-safe. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "media/encoders.h"
#include "store/track.h"
#include "vault/media-file.h"

typedef struct _TbExports TbExports;

/* FOLDER: where the files are written, sealed to the keys of VAULT; emptied now. All get a reference. */
TbExports *tb_exports_new (const char *folder, TbVault *vault, TbMediaStore *media, TbEncoders *encoders);
/* Stops what runs and waits for it. */
void tb_exports_free (TbExports *exports);

/* PERSON (id) asks. SOUND may be NULL; tracks are read now and may go. TITLE makes the file's name. The job's JSON, new;
 * TB_ERROR_INVALID when TO <= FROM; TB_ERROR_BUSY when too many wait. */
json_object *tb_exports_add (TbExports *exports, const char *person, const TbTrack *camera, const TbTrack *sound,
                             TbTime from, TbTime to, const char *title, GError **error);

/* NULL with TB_ERROR_NOT_FOUND, also when it is another person's. New. */
json_object *tb_exports_get (TbExports *exports, const char *id, const char *person, GError **error);
gboolean tb_exports_cancel (TbExports *exports, const char *id, const char *person, GError **error);

/* What a job is of. */
typedef struct {
  char *visit;
  TbTime from, to;
  char *name; /* what the file is to be called */
} TbExportInfo;
void tb_export_info_free (TbExportInfo *info);
TbExportInfo *tb_exports_info (TbExports *exports, const char *id, const char *person, GError **error);

/* The finished file. New. TB_ERROR_CONFLICT when it is not done; TB_ERROR_LOCKED. */
TbMediaReader *tb_exports_open (TbExports *exports, const char *id, const char *person, GError **error);

/* Whether the job's file is still there: asked while it is being sent. */
gboolean tb_exports_has (TbExports *exports, const char *id);

/* Ends and removes the jobs of VISIT that PERSON (NULL: anybody) asked for, with their files: what was released to them
 * was withdrawn, or the visit goes. */
void tb_exports_drop (TbExports *exports, const char *visit, const char *person);

/* The segments of TRACK as the exporter wants them. Array of TbClipSegment, borrowing from TRACK. New. */
GArray *tb_exports_segments (const TbTrack *track);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbExportInfo, tb_export_info_free)
