/* Trajectories (trajecten): a series of visits and talks of one coach and one
 * teacher, with the teacher's question (leervraag).
 *
 * Seen and changed by its coach and its teacher only: anybody else gets TB_ERROR_DENIED, an unknown one is
 * TB_ERROR_NOT_FOUND. After it is closed, nothing of it or of its visits' talks changes (TB_ERROR_CONFLICT). "at" and
 * "now_wall" are wall nanoseconds, 0 when not set. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/store.h"

/* Strings are owned, and never NULL but where said. */
typedef struct {
  char *id;
  char *coach, *coach_name;
  char *teacher_person;      /* the teacher's account; NULL when there is none */
  char *teacher;             /* the teacher's name */
  char *question;            /* leervraag, may be empty */
  char *origin;              /* "request": the teacher asked for help; "invitation": the coach began */
  gboolean film_first;       /* the teacher may get the bare film before the coach's taps */
  gint64 created_at, changed_at;
  gint64 closed_at;
  char *closed_by, *closed_by_name; /* NULL while open */
  char *closing_note;
  char *kept;                /* JSON text: what is kept, see tb_trajectory_close(); NULL while open */
  guint visits;              /* those that the viewer sees */
  guint agreements, agreements_kept; /* in all, and with outcome "kept" */
  gboolean handover_asked;   /* waits for the teacher's answer (store/handover.h) */
} TbTrajectory;

/* A visit in the line of a trajectory. */
typedef struct {
  char *visit, *title, *focus;
  gint64 planned_at, started_at, ended_at;
  gint64 revealed_at, talk_started_at, talk_ended_at;
  gint64 report_final_at;
  guint report_number;      /* its newest version; 0: there is none, or the viewer does not see it */
  GPtrArray *agreements;    /* TbAgreement: made in its talk, as the viewer sees them */
} TbTrajectoryVisit;

void tb_trajectory_free (TbTrajectory *trajectory);
void tb_trajectory_visit_free (TbTrajectoryVisit *visit);
/* {"id","coach":{"id","name"},"teacher_person":null|{"id","name"},"teacher","question","origin","film_first",
 * "created_at","changed_at","closed_at","closed_by":null|{…},"closing_note","kept":null|{…},"visits","agreements",
 * "agreements_kept","handover_asked"}. New. */
json_object *tb_trajectory_to_json (const TbTrajectory *trajectory);
/* {"id","title","focus","planned_at","started_at","ended_at","revealed_at","talk_started_at","talk_ended_at",
 * "report_final_at","report_number","agreements":[…]}. New. */
json_object *tb_trajectory_visit_to_json (const TbTrajectoryVisit *visit);

/* FIELDS: origin ("invitation" without), question, film_first, and for an invitation, by a coach: teacher_person (id)
 * or teacher (name); for a request, by a teacher: coach (id). TB_ERROR_INVALID names the field. New. */
TbTrajectory *tb_trajectory_create (TbStore *store, const char *person, json_object *fields, gint64 now_wall,
                                    GError **error);
/* FIELDS: question (by both), film_first (by the coach: TB_ERROR_DENIED). New. */
TbTrajectory *tb_trajectory_change (TbStore *store, const char *id, const char *person, json_object *fields,
                                    gint64 now_wall, GError **error);
TbTrajectory *tb_trajectory_get (TbStore *store, const char *id, const char *person, GError **error);
/* That of VISIT; TB_ERROR_NOT_FOUND when it is in none. PERSON is the visit's coach or teacher. New. */
TbTrajectory *tb_trajectory_of_visit (TbStore *store, const char *visit, const char *person, GError **error);
/* Those PERSON is coach or teacher of: open ones first, then newest first. Array of TbTrajectory, new. */
GPtrArray *tb_trajectory_list (TbStore *store, const char *person, GError **error);

/* Its visits by time, with what came of each; the coach sees only those that are theirs (after a handover the teacher
 * may have kept some back). Array of TbTrajectoryVisit, new. */
GPtrArray *tb_trajectory_list_visits (TbStore *store, const char *id, const char *person, GError **error);
/* Whether VISIT is in it, also one that was not handed over. TB_ERROR_NOT_FOUND when it is not. */
gboolean tb_trajectory_check_visit (TbStore *store, const char *id, const char *person, const char *visit,
                                    GError **error);
/* By the coach. The visit must be of the same coach and teacher (by name when the teacher has no account) and in no
 * other trajectory: TB_ERROR_CONFLICT. Its agreements come along. */
gboolean tb_trajectory_add_visit (TbStore *store, const char *id, const char *person, const char *visit,
                                  gint64 now_wall, GError **error);
gboolean tb_trajectory_remove_visit (TbStore *store, const char *id, const char *person, const char *visit,
                                     gint64 now_wall, GError **error);

/* Closes it, by the coach, and keeps what KEPT says is kept: {"reports":[ids of visits],"clips":[ids of clips],
 * "destroy_at":RFC 3339 or null}, each optional, of visits of this trajectory. Clips are kept only when both agree:
 * BOTH_AGREE is what was pressed. Nothing is destroyed here. TB_ERROR_INVALID; TB_ERROR_CONFLICT when it is closed, or
 * a handover waits for an answer. New. */
TbTrajectory *tb_trajectory_close (TbStore *store, const char *id, const char *person, json_object *kept,
                                   gboolean both_agree, const char *note, gint64 now_wall, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbTrajectory, tb_trajectory_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbTrajectoryVisit, tb_trajectory_visit_free)
