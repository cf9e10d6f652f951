/* The studio binds the recorder to the store and the hub: it starts and ends
 * recordings of visits, writes down every segment, mends what a crash left,
 * and tells the event streams.
 *
 * Threads: calls from any thread. News of the recorder is queued by the
 * recorder thread and handled by one thread of the studio's own, the only one
 * that writes segments. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/paths.h"
#include "media/recorder.h"
#include "store/layers.h"
#include "store/store.h"
#include "store/visit.h"
#include "vault/media-file.h"
#include "web/hub.h"

typedef struct _TbStudio TbStudio;

/* All borrowed, and must outlive the studio. */
TbStudio *tb_studio_new (const TbFolder *folder, TbStore *store, TbMediaStore *media, TbEncoders *encoders, TbHub *hub);
/* Stops what records. NULL is allowed. */
void tb_studio_free (TbStudio *studio);

/* Borrowed. */
TbRecorder *tb_studio_recorder (TbStudio *studio);

/* Puts the settings on the disk (disk_warn_minutes, disk_stop_mb) to work. */
void tb_studio_configure (TbStudio *studio, gint64 disk_warn_minutes, gint64 disk_stop_mb);

/* Starts recording VISIT from its planned sources, and its timeline if that has not started.
 * TB_ERROR_INVALID when it has no sources, TB_ERROR_CONFLICT when it records or has ended. */
gboolean tb_studio_record (TbStudio *studio, const char *visit, GError **error);

/* Stops recording; what was recorded is in the store when it returns. TB_ERROR_NOT_FOUND when
 * nothing records; TB_ERROR_TIMEOUT when a track had to be cut off. */
gboolean tb_studio_stop (TbStudio *studio, const char *visit, GError **error);

/* Ends the lesson: stops recording, closes open states. A lesson that was forgotten ends where its
 * last tap or picture is. */
gboolean tb_studio_end (TbStudio *studio, const char *visit, GError **error);

gboolean tb_studio_is_recording (TbStudio *studio, const char *visit);

/* The API's status of a recording. New. */
json_object *tb_studio_status (TbStudio *studio, const char *visit);
json_object *tb_studio_disk (TbStudio *studio);

/* Closes the segments that a crash left open, with what is whole in their files. Returns how many.
 * REPORT (may be NULL) gets a sentence per segment. */
guint tb_studio_recover (TbStudio *studio, GPtrArray *report);

/* Sends the coach of VISIT, and who observes it, its summary. */
void tb_studio_tell_visit (TbStudio *studio, const char *visit);

/* A visit's summary with "recording". New. */
json_object *tb_studio_summary (TbStudio *studio, const TbVisit *visit);
/* The same as PERSON is shown it: only observations of layers that are shown are counted. Who observes beside the coach
 * has "beside", and nothing of the coach's own notes and of what was filmed. New. */
json_object *tb_studio_summary_for (TbStudio *studio, const TbVisit *visit, const TbLayers *layers, const char *person);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbStudio, tb_studio_free)
