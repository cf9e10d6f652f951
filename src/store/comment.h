/* Comments on an instant or a stretch of a visit, with answers (one level).
 *
 * Anybody but the visit's coach and teacher gets TB_ERROR_DENIED from every function;
 * after the trajectory is closed nothing changes (TB_ERROR_CONFLICT). "at" of a comment
 * is a place on the timeline (TbTime), "…_at" and "now_wall" are wall nanoseconds, 0 when not set. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "store/store.h"

/* Strings are owned, and never NULL but where said. */
typedef struct {
  char *id, *visit;
  TbTime at, until;           /* UNTIL TB_TIME_NONE: an instant */
  char *parent;               /* what it answers; NULL */
  char *person, *person_name; /* its writer */
  char *side;                 /* "coach" or "teacher" */
  char *text;                 /* "" when removed, and may be with a voice note */
  char *voice;                /* file in the visit's media folder; NULL */
  char *sight;                /* "now": the other sees it at once; "talk": after the reveal */
  gint64 created_at, changed_at;
  gint64 removed_at;          /* listed only because of its answers */
} TbComment;

/* Whether NAME, of a file in a visit's media folder, is that of a voice note: "voice-…". They lie beside the recordings
 * and are none. */
gboolean tb_comment_is_voice (const char *name);

void tb_comment_free (TbComment *comment);
/* {"id","visit","at","until","parent","person":{"id","name"},"side","text","voice"
 * (bool),"sight","created_at","changed_at", "removed_at"}. New. */
json_object *tb_comment_to_json (const TbComment *comment);

/* FIELDS: at (seconds), until (or null), text (up to 4000), voice (a file name, or null), sight ("talk" without); or
 * parent with text and voice: an answer, which has its parent's place and sight. A text or a voice note is needed.
 * TB_ERROR_INVALID, also for an answer to an answer; TB_ERROR_NOT_FOUND: the visit, or a parent that PERSON does not
 * see. New. */
TbComment *tb_comment_add (TbStore *store, const char *visit, const char *person, json_object *fields, gint64 now_wall,
                           GError **error);
/* FIELDS: at, until, text, voice, sight; by its writer (TB_ERROR_DENIED). Place and sight only of what is no answer.
 * TB_ERROR_CONFLICT: sight "talk" for what the other has answered. TB_ERROR_NOT_FOUND when PERSON does not see it.
 * VOICE as below, when it is another now. New. */
TbComment *tb_comment_change (TbStore *store, const char *id, const char *person, json_object *fields, gint64 now_wall,
                              char **voice, GError **error);
/* By its writer (TB_ERROR_DENIED); answers stay. VOICE (may be NULL): the file that nothing names any more, new, or
 * NULL. */
gboolean tb_comment_remove (TbStore *store, const char *id, const char *person, gint64 now_wall, char **voice,
                            GError **error);
/* One that VIEWER sees. New. */
TbComment *tb_comment_get (TbStore *store, const char *id, const char *viewer, GError **error);
/* Those VIEWER may see: of the own side all, of the other side those with sight now, and all after the reveal. By
 * place, each followed by its answers by time; a removed one with answers stays, without its text. Array of TbComment,
 * new. */
GPtrArray *tb_comment_list (TbStore *store, const char *visit, const char *viewer, GError **error);

/* The files that comments of VISIT name, whoever may see them: for the care of files. Array of char *, new. */
GPtrArray *tb_comment_list_voices (TbStore *store, const char *visit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbComment, tb_comment_free)
