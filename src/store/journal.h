/* The journal of a visit: operations in, objects out (see observe/operation.h
 * for what an operation is). */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "observe/clip.h"
#include "observe/observation.h"
#include "observe/operation.h"
#include "store/store.h"

#define TB_JOURNAL_BATCH_MAX 500

typedef enum { TB_STATUS_APPLIED = 1, TB_STATUS_DUPLICATE, TB_STATUS_REFUSED } TbStatus;

/* "applied", "duplicate", "refused". Borrowed, static. */
const char *tb_status_name (TbStatus status);

typedef struct {
  char *id;        /* of the operation; NULL when it had none that could be read */
  gint64 seq;      /* 0 when refused */
  TbStatus status;
  GError *error;    /* why it was refused, else NULL */
  const char *code; /* the error's name in the API, as "visit-not-started"; static */
  char *operation;  /* applied: as clients get it, JSON text */
} TbResult;

void tb_result_free (TbResult *result);
/* {"id","seq","status"} and, when refused, "error": {"code","message"}. New reference. */
json_object *tb_result_to_json (const TbResult *result);

/* Applies an array of operations (at most TB_JOURNAL_BATCH_MAX, else
 * TB_ERROR_TOO_LARGE) in order, in one transaction: the good ones are applied
 * and durable on return, the others refused one by one. NULL is an error of
 * the whole, and nothing has changed then (TB_ERROR_NOT_FOUND: no such visit).
 * In a visit that has ended, states that are open after this are closed, by
 * operations that only the listener and tb_journal_list() show.
 * SEQ may be NULL. Array of TbResult *, one per operation, new. */
GPtrArray *tb_journal_apply (TbStore *store, const char *visit, json_object *operations, gint64 *seq, GError **error);

/* The same for PERSON (id): what changes the layer of another (layers.h), or adds to it, is refused with the code
 * "not-yours", as is everything of somebody who neither coaches nor observes the visit any more. */
GPtrArray *tb_journal_apply_by (TbStore *store, const char *visit, const char *person, json_object *operations,
                                gint64 *seq, GError **error);

/* The last sequence number of a visit, 0 when nothing happened yet. */
gboolean tb_journal_seq (TbStore *store, const char *visit, gint64 *seq, GError **error);

/* Operations after AFTER as clients get them, at most LIMIT, each with its
 * target as it was right after it. Array of TbLogged *, new. */
typedef struct {
  gint64 seq;
  char *operation; /* JSON text */
  TbTarget target;
  char *observer; /* whose the observation is; NULL for a clip */
} TbLogged;
void tb_logged_free (TbLogged *logged);
GPtrArray *tb_journal_list (TbStore *store, const char *visit, gint64 after, guint limit, GError **error);

/* The id of what an undo (UNDONE FALSE) or redo (TRUE) without "of" would
 * mean for this author and device; NULL when there is nothing: *ID. New string. */
gboolean tb_journal_last (TbStore *store, const char *visit, const char *author, const char *device,
                          gboolean undone, char **id, GError **error);

/* In the order of time. Arrays of TbObservation * / TbClip *, new. SEQ, may be
 * NULL: the journal as of which they are. */
GPtrArray *tb_observation_list (TbStore *store, const char *visit, gboolean removed, gint64 *seq, GError **error);
GPtrArray *tb_clip_list (TbStore *store, const char *visit, gboolean removed, gint64 *seq, GError **error);
/* TB_ERROR_NOT_FOUND also for an object of another visit. New. */
TbObservation *tb_observation_get (TbStore *store, const char *visit, const char *id, GError **error);
TbClip *tb_clip_get (TbStore *store, const char *visit, const char *id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbResult, tb_result_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbLogged, tb_logged_free)
