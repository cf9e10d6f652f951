/* Clips being written as ordinary MP4 files: jobs that wait, run one at a
 * time, can be followed and stopped. Thread-safe. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "media/encoders.h"
#include "store/track.h"
#include "vault/media-file.h"

typedef struct _TbExports TbExports;

/* FOLDER: where the files are written; emptied now. MEDIA and ENCODERS get a reference. */
TbExports *tb_exports_new (const char *folder, TbMediaStore *media, TbEncoders *encoders);
/* Stops what runs and waits for it. */
void tb_exports_free (TbExports *exports);

/* SOUND may be NULL; tracks are read now and may go. TITLE makes the file's name. The job's JSON, new;
 * TB_ERROR_INVALID when TO <= FROM; TB_ERROR_BUSY when too many wait. */
json_object *tb_exports_add (TbExports *exports, const TbTrack *camera, const TbTrack *sound, TbTime from, TbTime to,
                             const char *title, GError **error);

/* NULL with TB_ERROR_NOT_FOUND. New. */
json_object *tb_exports_get (TbExports *exports, const char *id, GError **error);
gboolean tb_exports_cancel (TbExports *exports, const char *id, GError **error);

/* The finished file: its path and the name to give it. New strings. TB_ERROR_CONFLICT when it is not done. */
gboolean tb_exports_file (TbExports *exports, const char *id, char **path, char **name, GError **error);

/* The segments of TRACK as the exporter wants them. Array of TbClipSegment, borrowing from TRACK. New. */
GArray *tb_exports_segments (const TbTrack *track);
