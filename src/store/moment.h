/* Moments: what coach and teacher each choose for the talk, without seeing what
 * the other chose until both lists are revealed (store/talk.h).
 *
 * A list belongs to a side of the visit, "coach" or "teacher", not to a person: a
 * coach who takes a trajectory over finds the list of the coach before. Anybody
 * but the visit's coach and teacher gets TB_ERROR_DENIED from every function. After the
 * trajectory is closed nothing changes (TB_ERROR_CONFLICT). Lesson times are
 * TbTime, "at" and "now_wall" wall nanoseconds, 0 when not set. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "store/store.h"

#define TB_MOMENTS_MAX 100 /* in the list of one side */

/* What a list has by default; nothing refuses another number. */
#define TB_MOMENTS_PRIDE 2
#define TB_MOMENTS_IMPROVE 1

/* Strings are owned, and never NULL but where said. */
typedef struct {
  char *id, *visit;
  char *person, *person_name; /* who chose it */
  char *side;                 /* "coach" or "teacher" */
  TbTime from, to;            /* FROM < TO */
  char *title;
  char *kind;                 /* "pride", "improve" or "other" */
  char *line;                 /* a line in their own words */
  char *clip, *observation;   /* ids of what it came from; NULL */
  char *sight;                /* "now": the other side sees it at once; "talk": after the reveal */
  guint position;             /* in the list of its side */
  gint64 created_at, changed_at;
} TbMoment;

void tb_moment_free (TbMoment *moment);
/* {"id","visit","person":{"id","name"},"side","from","to","title","kind","line","clip","observation","sight",
 * "position","created_at","changed_at"}; times in seconds. New. */
json_object *tb_moment_to_json (const TbMoment *moment);

/* FIELDS: from and to (seconds; with a clip they may be left out: then the clip's), title, kind ("other" without),
 * line, clip, observation, sight ("talk" without); nothing else. It comes at the end of the own list; after the reveal
 * also at the end of the list for the talk. TB_ERROR_INVALID names the field: to not after from, and sight "now" from
 * the coach, whose list stays unseen until the reveal. TB_ERROR_NOT_FOUND: visit, clip or observation (removed ones
 * too). TB_ERROR_CONFLICT: the list is full. New. */
TbMoment *tb_moment_add (TbStore *store, const char *visit, const char *person, json_object *fields, gint64 now_wall,
                         GError **error);
/* Changes the given fields (those of tb_moment_add but clip and observation) of a moment of the own side.
 * TB_ERROR_NOT_FOUND also for one of the other side: that it exists is not told. New. */
TbMoment *tb_moment_change (TbStore *store, const char *id, const char *person, json_object *fields, gint64 now_wall,
                            GError **error);
/* Also from the list for the talk. Errors as tb_moment_change. */
gboolean tb_moment_remove (TbStore *store, const char *id, const char *person, gint64 now_wall, GError **error);
/* Puts the own list in the order of IDS (NULL-terminated), in one transaction. TB_ERROR_CONFLICT when they are not
 * exactly the moments of the list. */
gboolean tb_moment_order (TbStore *store, const char *visit, const char *person, const char *const *ids,
                          gint64 now_wall, GError **error);

/* What VIEWER may see: the own list, and of the other side's all after the reveal; before it the coach sees those that
 * the teacher gives sight now, the teacher none. By side (coach first) and position. Array of TbMoment, new. */
GPtrArray *tb_moment_list (TbStore *store, const char *visit, const char *viewer, GError **error);

/* --- computed, from any array of TbMoment
 * ---------------------------------------------------------------------------- */

/* One place on the time line: seen by both, or by one (then the other is NULL). Borrowed from the array. */
typedef struct {
  const TbMoment *coach, *teacher;
} TbMomentPair;
/* Pairs moments of the two sides that overlap by more than half of the shorter. Each is in one pair at most; where
 * several could, the greatest share goes first. By time of beginning. Array of TbMomentPair, new; valid as long as
 * MOMENTS. */
GArray *tb_moment_pair (GPtrArray *moments);

/* What a side's list in MOMENTS still lacks of the default: at least 0. A hint for the page, never a refusal. */
void tb_moment_missing (GPtrArray *moments, const char *side, guint *pride, guint *improve);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMoment, tb_moment_free)
