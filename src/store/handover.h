/* Handovers (overdrachten): a running trajectory passes to another coach, only with
 * the teacher's yes and only as far as the teacher allows.
 *
 * Each step and its rows in the view log ("handover-ask", "handover-agree",
 * "handover-refuse", "handover-withdraw", and "handover" for each visit that passes)
 * are one transaction. "at" and "now_wall" are wall nanoseconds, 0 when not set. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/store.h"

typedef enum {
  TB_HANDOVER_ASKED = 1, /* waits for the teacher's answer */
  TB_HANDOVER_REFUSED,
  TB_HANDOVER_WITHDRAWN,
  TB_HANDOVER_DONE
} TbHandoverState;

/* Strings are owned, and never NULL but where said. */
typedef struct {
  char *id, *trajectory;
  char *teacher, *teacher_name; /* who answers */
  char *from, *from_name;       /* the coach before */
  char *to, *to_name;           /* the coach after */
  char *by, *by_name;           /* who asked */
  char *allowed;                /* JSON text as given to tb_handover_answer(); NULL until done */
  gint64 asked_at, agreed_at, refused_at, withdrawn_at, done_at;
} TbHandover;

/* A running trajectory as an administrator may know it: that it is there, not what it is about. */
typedef struct {
  char *trajectory, *coach, *coach_name, *teacher_name;
  gboolean has_account; /* without the teacher's account nobody can say yes */
  gboolean asked;
} TbHandoverCandidate;

void tb_handover_free (TbHandover *handover);
void tb_handover_candidate_free (TbHandoverCandidate *candidate);
TbHandoverState tb_handover_state (const TbHandover *handover);
/* {"id","trajectory","teacher":{"id","name"},"from":{…},"to":{…},"by":{…},"allowed":null|{…},"state" ("asked",
 * "refused", "withdrawn", "done"),"asked_at","answered_at","done_at"}. New. */
json_object *tb_handover_to_json (const TbHandover *handover);

/* Asks the teacher. PERSON: the trajectory's coach, or an administrator when the coach is away (TB_ERROR_DENIED for
 * anybody else). TB_ERROR_NOT_FOUND; TB_ERROR_INVALID: TO is no coach who can sign in, or is in the trajectory;
 * TB_ERROR_CONFLICT: it is closed, one is asked already, or the teacher has no account to say yes with. New. */
TbHandover *tb_handover_ask (TbStore *store, const char *trajectory, const char *person, const char *to,
                             gint64 now_wall, GError **error);

/* The answer of PERSON, the teacher (TB_ERROR_DENIED for anybody else). With yes it happens at once. ALLOWED (NULL for
 * no): {"visits":[ids],"reports":[ids of visits],"agreements":bool}, each optional, absent is none; TB_ERROR_INVALID
 * unless of this trajectory and its coach. Then
 *  - the trajectory is the new coach's, and the one before sees nothing of it any more;
 *  - the visits named are the new coach's (footage, both lists, talk, comments); the one before has no relation to
 *    them left. Private notes stay with who wrote them. Releases stay as they are, also those that the one before gave;
 *  - a visit not named stays in the line for the teacher; it stays the former coach's own visit, and the new one does
 * not see it;  - reports and agreements not named are the teacher's only; the new coach reads the reports named, of
 * visits not named too. TB_ERROR_CONFLICT when it is not asked (any more), or TO is not a coach who can sign in any
 * more. New. */
TbHandover *tb_handover_answer (TbStore *store, const char *id, const char *person, gboolean agree,
                                json_object *allowed, gint64 now_wall, GError **error);
/* By who asked, the coach it is taken from, or an administrator. TB_ERROR_CONFLICT when it is not asked. New. */
TbHandover *tb_handover_withdraw (TbStore *store, const char *id, const char *person, gint64 now_wall, GError **error);

/* Those PERSON has to do with (as teacher, either coach, or who asked), newest first. Array of TbHandover, new. */
GPtrArray *tb_handover_list (TbStore *store, const char *person, GError **error);
/* Running trajectories that PERSON may ask it for: an administrator all, a coach the own ones. By coach and teacher.
 * Array of TbHandoverCandidate, new. */
GPtrArray *tb_handover_list_candidates (TbStore *store, const char *person, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbHandover, tb_handover_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbHandoverCandidate, tb_handover_candidate_free)
