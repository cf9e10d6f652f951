/* The talk (nabespreking) about a visit: both choose, both say they are ready,
 * both lists are shown; then one list, what is on the screen, and the clock.
 *
 * Anybody but the visit's coach and teacher gets TB_ERROR_DENIED from every
 * function, an unknown visit TB_ERROR_NOT_FOUND; after the trajectory is closed nothing
 * changes (TB_ERROR_CONFLICT). "at" and "now_wall" are wall nanoseconds, 0 when not set. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "store/store.h"

#define TB_TALK_STATE_MAX 4096 /* bytes of compact JSON */

typedef struct {
  char *visit;
  gint64 coach_ready_at, teacher_ready_at;
  gint64 revealed_at; /* each sees the other's moments from then on; never undone */
  gboolean together;  /* revealed because both said so in the room */
  gint64 started_at;  /* the first time */
  gint64 ended_at;
  char *state;        /* JSON text of an object; "{}" before there was one */
  gint64 state_seq;   /* 0: never set */
  gint64 state_at;    /* when the state was set: while it plays, its position is that of then */
} TbTalk;

/* One place in the list for the talk. Strings owned, not NULL but where said. */
typedef struct {
  char *id, *visit;
  guint position;
  char *coach_moment, *teacher_moment; /* ids; NULL: this side did not choose it; not both NULL */
  TbTime from, to;                     /* around both */
  char *question, *notes;              /* may be empty */
  char *private_note;                  /* the viewer's own; may be empty */
  gboolean skipped;                    /* left out of the talk */
  gint64 changed_at;
} TbTalkItem;

void tb_talk_free (TbTalk *talk);
void tb_talk_item_free (TbTalkItem *item);
/* {"visit","coach_ready_at","teacher_ready_at","revealed_at","together","started_at","ended_at","state":{…},
 * "state_seq","state_at"}. New. */
json_object *tb_talk_to_json (const TbTalk *talk);
/* {"id","position","coach_moment","teacher_moment","from","to","question","notes","private_note","skipped",
 * "changed_at"}: only for the viewer it was read for. New. */
json_object *tb_talk_item_to_json (const TbTalkItem *item);

/* *SIDE: "coach" or "teacher", static. */
gboolean tb_talk_side (TbStore *store, const char *visit, const char *person, const char **side, GError **error);

/* As it is; a visit whose talk nobody has touched gives an empty one. New. */
TbTalk *tb_talk_get (TbStore *store, const char *visit, const char *person, GError **error);

/* PERSON's side has chosen, or not yet after all. Twice the same changes nothing. TB_ERROR_CONFLICT after the reveal.
 * New. */
TbTalk *tb_talk_set_ready (TbStore *store, const char *visit, const char *person, gboolean ready, gint64 now_wall,
                           GError **error);

/* Shows each side the other's list and makes the list for the talk of both, in one transaction: by time, what overlaps
 * as one (tb_moment_pair). Both must be ready, or both have said yes in the room: COACH_YES and TEACHER_YES are what
 * was pressed there. TB_ERROR_CONFLICT otherwise. A talk that was revealed before is returned as it is. New. */
TbTalk *tb_talk_reveal (TbStore *store, const char *visit, const char *person, gboolean coach_yes,
                        gboolean teacher_yes, gint64 now_wall, GError **error);

/* Starts the clock; again after its end: takes the talk up again. TB_ERROR_CONFLICT before the reveal. New. */
TbTalk *tb_talk_start (TbStore *store, const char *visit, const char *person, gint64 now_wall, GError **error);
/* TB_ERROR_CONFLICT before the start. New. */
TbTalk *tb_talk_end (TbStore *store, const char *visit, const char *person, gint64 now_wall, GError **error);

/* Puts STATE in the place of the one with number SEEN_SEQ. When another press was first, nothing changes, *APPLIED is
 * FALSE and the newer state comes back. STATE: an object of at most TB_TALK_STATE_MAX bytes. Its fields may be absent
 * or null; these are checked: item (the id of an item of this talk), position (seconds, from 0), playing (bool), rate
 * (0.1 to 4), layout (text up to 40), scores (bool; without it none are shown). Others are kept as they are.
 * TB_ERROR_INVALID; TB_ERROR_TOO_LARGE; TB_ERROR_CONFLICT before the reveal. New. */
TbTalk *tb_talk_set_state (TbStore *store, const char *visit, const char *person, gint64 seen_seq, json_object *state,
                           gint64 now_wall, gboolean *applied, GError **error);

/* The list for the talk, in order; empty before the reveal. Array of TbTalkItem, new. */
GPtrArray *tb_talk_list_items (TbStore *store, const char *visit, const char *person, GError **error);
/* FIELDS: question, notes (texts up to 4000), skipped (bool), private_note (only the coach's: TB_ERROR_DENIED for the
 * teacher; nobody else reads it, nor a coach after this one). TB_ERROR_NOT_FOUND, TB_ERROR_INVALID. New. */
TbTalkItem *tb_talk_change_item (TbStore *store, const char *id, const char *person, json_object *fields,
                                 gint64 now_wall, GError **error);
/* Puts the list in the order of IDS (NULL-terminated), in one transaction. TB_ERROR_CONFLICT when they are not exactly
 * the items. */
gboolean tb_talk_order (TbStore *store, const char *visit, const char *person, const char *const *ids, gint64 now_wall,
                        GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbTalk, tb_talk_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbTalkItem, tb_talk_item_free)
