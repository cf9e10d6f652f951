#include "store/handover.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/coaching-private.h"
#include "store/trajectory-private.h"
#include "store/view-log-private.h"

void
tb_handover_free (TbHandover *handover)
{
  if (handover == NULL)
    return;
  g_free (handover->id);
  g_free (handover->trajectory);
  g_free (handover->teacher);
  g_free (handover->teacher_name);
  g_free (handover->from);
  g_free (handover->from_name);
  g_free (handover->to);
  g_free (handover->to_name);
  g_free (handover->by);
  g_free (handover->by_name);
  g_free (handover->allowed);
  g_free (handover);
}

void
tb_handover_candidate_free (TbHandoverCandidate *candidate)
{
  if (candidate == NULL)
    return;
  g_free (candidate->trajectory);
  g_free (candidate->coach);
  g_free (candidate->coach_name);
  g_free (candidate->teacher_name);
  g_free (candidate);
}

TbHandoverState
tb_handover_state (const TbHandover *handover)
{
  if (handover->done_at != 0)
    return TB_HANDOVER_DONE;
  if (handover->refused_at != 0)
    return TB_HANDOVER_REFUSED;
  return handover->withdrawn_at != 0 ? TB_HANDOVER_WITHDRAWN : TB_HANDOVER_ASKED;
}

static const char *
state_name (TbHandoverState state)
{
  switch (state) {
  case TB_HANDOVER_ASKED: return "asked";
  case TB_HANDOVER_REFUSED: return "refused";
  case TB_HANDOVER_WITHDRAWN: return "withdrawn";
  case TB_HANDOVER_DONE: return "done";
  }
  return "withdrawn";
}

json_object *
tb_handover_to_json (const TbHandover *handover)
{
  json_object *object = json_object_new_object ();
  const char *allowed = handover->allowed;

  tb_json_add_string (object, "id", handover->id);
  tb_json_add_string (object, "trajectory", handover->trajectory);
  tb_json_add (object, "teacher", tb_coaching_person_to_json (handover->teacher, handover->teacher_name));
  tb_json_add (object, "from", tb_coaching_person_to_json (handover->from, handover->from_name));
  tb_json_add (object, "to", tb_coaching_person_to_json (handover->to, handover->to_name));
  tb_json_add (object, "by", tb_coaching_person_to_json (handover->by, handover->by_name));
  tb_json_add (object, "allowed", allowed != NULL ? tb_json_parse (allowed, strlen (allowed), NULL) : NULL);
  tb_json_add_string (object, "state", state_name (tb_handover_state (handover)));
  tb_json_add_wall (object, "asked_at", handover->asked_at);
  tb_json_add_wall (object, "answered_at", handover->agreed_at != 0 ? handover->agreed_at : handover->refused_at);
  tb_json_add_wall (object, "done_at", handover->done_at);
  return object;
}

/* --- rows ---------------------------------------------------------------- */

#define HANDOVERS                                                                                                    \
  "SELECT handover.id, trajectory, teacher_person, taught.name, from_coach, giver.name, to_coach, taker.name,"       \
  " asked_by, asker.name, allowed, asked_wall, agreed_wall, refused_wall, withdrawn_wall, done_wall FROM handover"   \
  " JOIN trajectory ON trajectory.id = trajectory LEFT JOIN person AS taught ON taught.id = teacher_person"          \
  " JOIN person AS giver ON giver.id = from_coach JOIN person AS taker ON taker.id = to_coach"                       \
  " JOIN person AS asker ON asker.id = asked_by "

#define WAITING "agreed_wall IS NULL AND refused_wall IS NULL AND withdrawn_wall IS NULL"

static TbHandover *
read_row (TbQuery *query)
{
  TbHandover *handover = g_new0 (TbHandover, 1);

  handover->id = tb_query_dup (query, 0);
  handover->trajectory = tb_query_dup (query, 1);
  handover->teacher = tb_query_dup (query, 2);
  handover->teacher_name = tb_query_dup (query, 3);
  handover->from = tb_query_dup (query, 4);
  handover->from_name = tb_query_dup (query, 5);
  handover->to = tb_query_dup (query, 6);
  handover->to_name = tb_query_dup (query, 7);
  handover->by = tb_query_dup (query, 8);
  handover->by_name = tb_query_dup (query, 9);
  handover->allowed = tb_query_dup (query, 10);
  handover->asked_at = tb_query_int (query, 11);
  handover->agreed_at = tb_query_int (query, 12);
  handover->refused_at = tb_query_int (query, 13);
  handover->withdrawn_at = tb_query_int (query, 14);
  handover->done_at = tb_query_int (query, 15);
  return handover;
}

static TbHandover *
load (TbDb *db, const char *id, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, HANDOVERS "WHERE handover.id = ?1", "s", id))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no handover %.60s", id);
  return step > 0 ? read_row (&query) : NULL;
}

GPtrArray *
tb_handover_list (TbStore *store, const char *person, GError **error)
{
  g_autoptr (GPtrArray) handovers = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_handover_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         HANDOVERS "WHERE ?1 IN (teacher_person, from_coach, to_coach, asked_by)"
                                   " ORDER BY asked_wall DESC, handover.id DESC",
                         "s", person))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (handovers, read_row (&query));
  return step == 0 ? g_steal_pointer (&handovers) : NULL;
}

GPtrArray *
tb_handover_list_candidates (TbStore *store, const char *person, GError **error)
{
  g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_handover_candidate_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         "SELECT trajectory.id, coach, owner.name, coalesce (taught.name, teacher),"
                         " teacher_person IS NOT NULL,"
                         " EXISTS (SELECT 1 FROM handover WHERE handover.trajectory = trajectory.id AND " WAITING ")"
                         " FROM trajectory JOIN person AS owner ON owner.id = coach"
                         " LEFT JOIN person AS taught ON taught.id = teacher_person"
                         " WHERE closed_wall IS NULL AND EXISTS (SELECT 1 FROM person_role WHERE person = ?1"
                         "  AND (role = 'admin' OR (role = 'coach' AND person = coach)))"
                         " ORDER BY 3, 4, trajectory.id",
                         "s", person))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbHandoverCandidate *candidate = g_new0 (TbHandoverCandidate, 1);

    candidate->trajectory = tb_query_dup (&query, 0);
    candidate->coach = tb_query_dup (&query, 1);
    candidate->coach_name = tb_query_dup (&query, 2);
    candidate->teacher_name = tb_query_dup (&query, 3);
    candidate->has_account = tb_query_int (&query, 4) != 0;
    candidate->asked = tb_query_int (&query, 5) != 0;
    g_ptr_array_add (candidates, candidate);
  }
  return step == 0 ? g_steal_pointer (&candidates) : NULL;
}

/* --- the log ------------------------------------------------------------- */

/* VISIT NULL: the step itself, which is about no one visit. */
static gboolean
write_log (TbWrite *write, const TbHandover *handover, const char *what, const char *by, const char *visit, gint64 now,
           TbViewLogHead *head, GError **error)
{
  g_autofree char *detail = g_strdup_printf ("%s → %s", handover->from_name, handover->to_name);
  g_autofree char *name = tb_coaching_name (write->db, by, error);
  const TbViewLogEntry entry = { now, by, name, visit, NULL, what, detail };

  return name != NULL && tb_view_log_append (write, &entry, head, error);
}

/* What was done stands once it has committed; that the head could not be kept elsewhere is mended by the next row. */
static gboolean
commit (TbWrite *write, const TbViewLogHead *head, GError **error)
{
  g_autoptr (GError) unkept = NULL;

  if (!tb_write_commit (write, error))
    return FALSE;
  if (!tb_view_log_keep (write, head, &unkept))
    g_message ("The head of the log of who looked could not be kept: %s", unkept->message);
  return TRUE;
}

/* The handover as it is after WHAT, which is written down; new. */
static TbHandover *
finish (TbWrite *write, const char *id, const char *what, const char *by, gint64 now, TbViewLogHead *head,
        GError **error)
{
  g_autoptr (TbHandover) handover = load (write->db, id, error);

  return handover != NULL && write_log (write, handover, what, by, NULL, now, head, error)
                 && commit (write, head, error)
           ? g_steal_pointer (&handover)
           : NULL;
}

/* --- asking -------------------------------------------------------------- */

static gboolean
is_admin (TbDb *db, const char *person, gboolean *admin, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error, "SELECT count(*) FROM person_role WHERE person = ?1 AND role = 'admin'", "s",
                  person))
    return FALSE;
  *admin = count > 0;
  return TRUE;
}

static gboolean
check_asker (TbDb *db, const char *trajectory, const char *person, GError **error)
{
  g_autoptr (GError) problem = NULL;
  gboolean admin = FALSE, coach = FALSE;

  if (!is_admin (db, person, &admin, error))
    return FALSE;
  if (admin || (tb_trajectory_check (db, trajectory, person, &coach, NULL, &problem) && coach))
    return TRUE;
  if (problem != NULL && !g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  return tb_refuse (error, TB_ERROR_DENIED, "Its coach, or an administrator, asks for a handover");
}

static gboolean
check_asked (const TbTrajectory *trajectory, const char *to, GError **error)
{
  if (trajectory->closed_at != 0)
    return tb_refuse (error, TB_ERROR_CONFLICT, "This trajectory is closed");
  if (trajectory->handover_asked)
    return tb_refuse (error, TB_ERROR_CONFLICT, "A handover of this trajectory waits for the teacher's answer already");
  if (trajectory->teacher_person == NULL)
    return tb_refuse (error, TB_ERROR_CONFLICT, "The teacher needs an account to say yes with");
  return (!g_str_equal (to, trajectory->coach) && !g_str_equal (to, trajectory->teacher_person))
         || tb_refuse (error, TB_ERROR_INVALID, "“to” must be somebody who is not in this trajectory yet");
}

TbHandover *
tb_handover_ask (TbStore *store, const char *trajectory, const char *person, const char *to, gint64 now_wall,
                 GError **error)
{
  g_autofree char *id = tb_uuid_new ();
  g_autoptr (TbTrajectory) found = NULL;
  g_auto (TbViewLogHead) head = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, store, error) || !check_asker (write.db, trajectory, person, error)
      || (found = tb_trajectory_load (write.db, trajectory, person, error)) == NULL
      || !check_asked (found, to, error)
      || !tb_coaching_check_coach (write.db, to, "“to” must be the id of a coach who can sign in", error)
      || !tb_db_exec (write.db, error,
                      "INSERT INTO handover (id, trajectory, from_coach, to_coach, asked_by, asked_wall)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                      "sssssi", id, trajectory, found->coach, to, person, now_wall))
    return NULL;
  return finish (&write, id, "handover-ask", person, now_wall, &head, error);
}

/* One that still waits; new. */
static TbHandover *
begin (TbWrite *write, TbStore *store, const char *id, GError **error)
{
  g_autoptr (TbHandover) handover = NULL;

  if (!tb_write_begin (write, store, error) || (handover = load (write->db, id, error)) == NULL)
    return NULL;
  if (tb_handover_state (handover) != TB_HANDOVER_ASKED) {
    tb_refuse (error, TB_ERROR_CONFLICT, "This handover does not wait for an answer");
    return NULL;
  }
  return g_steal_pointer (&handover);
}

TbHandover *
tb_handover_withdraw (TbStore *store, const char *id, const char *person, gint64 now_wall, GError **error)
{
  g_autoptr (TbHandover) handover = NULL;
  g_auto (TbViewLogHead) head = { 0 };
  g_auto (TbWrite) write = { 0 };
  gboolean admin = FALSE;

  handover = begin (&write, store, id, error);
  if (handover == NULL || !is_admin (write.db, person, &admin, error))
    return NULL;
  if (!admin && !g_str_equal (handover->by, person) && !g_str_equal (handover->from, person)) {
    tb_refuse (error, TB_ERROR_DENIED, "Who asked for a handover takes it back");
    return NULL;
  }
  if (!tb_db_exec (write.db, error, "UPDATE handover SET withdrawn_wall = ?2 WHERE id = ?1", "si", id, now_wall))
    return NULL;
  return finish (&write, id, "handover-withdraw", person, now_wall, &head, error);
}

/* --- the teacher's answer ------------------------------------------------ */

/* What passes, from what the teacher said. For g_auto (Passing). */
typedef struct {
  GPtrArray *visits, *reports; /* ids of visits */
  gboolean agreements;
} Passing;

static void
passing_clear (Passing *passing)
{
  g_clear_pointer (&passing->visits, g_ptr_array_unref);
  g_clear_pointer (&passing->reports, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Passing, passing_clear)

static gboolean
read_allowed (TbDb *db, const TbHandover *handover, json_object *allowed, Passing *passing, GError **error)
{
  static const char *const known[] = { "visits", "reports", "agreements", NULL };

  if (!tb_json_check_fields (allowed, known, error)
      || !tb_json_get_bool (allowed, "agreements", 0, &passing->agreements, NULL, error))
    return FALSE;
  /* Only what is the former coach's to pass on. */
  passing->visits = tb_trajectory_read_ids (db, handover->trajectory, allowed, "visits",
                                            "SELECT count(*) FROM visit JOIN trajectory ON trajectory.id = trajectory"
                                            " WHERE trajectory = ?1 AND visit.id = ?2 AND visit.coach = trajectory.coach",
                                            "visits", error);
  if (passing->visits == NULL)
    return FALSE;
  passing->reports = tb_trajectory_read_ids (db, handover->trajectory, allowed, "reports", TB_TRAJECTORY_COUNT_VISIT,
                                             "visits", error);
  return passing->reports != NULL;
}

static gboolean
pass_visits (TbWrite *write, const TbHandover *handover, GPtrArray *visits, const char *by, gint64 now,
             TbViewLogHead *head, GError **error)
{
  for (guint i = 0; i < visits->len; i++)
    if (!tb_db_exec (write->db, error, "UPDATE visit SET coach = ?2 WHERE id = ?1", "ss", visits->pdata[i],
                     handover->to)
        /* The layer of the new coach is not done because the former's was. */
        || !tb_db_exec (write->db, error, "UPDATE visit_layers SET coach_done_wall = NULL WHERE visit = ?1", "s",
                        visits->pdata[i])
        || !write_log (write, handover, "handover", by, visits->pdata[i], now, head, error))
      return FALSE;
  return TRUE;
}

/* What is written of the talks: what was not named is the teacher's only from now on, what an earlier handover kept back
 * stays so unless it is named now. */
static gboolean
pass_papers (TbDb *db, const char *trajectory, const Passing *passing, GError **error)
{
  if (!tb_db_exec (db, error,
                   "UPDATE report SET kept_from_coach = 1 WHERE visit IN (SELECT id FROM visit WHERE trajectory = ?1)",
                   "s", trajectory)
      || !tb_db_exec (db, error, "UPDATE agreement SET kept_from_coach = ?2 WHERE trajectory = ?1", "si", trajectory,
                      (gint64) !passing->agreements))
    return FALSE;
  for (guint i = 0; i < passing->reports->len; i++)
    if (!tb_db_exec (db, error, "UPDATE report SET kept_from_coach = 0 WHERE visit = ?1", "s",
                     passing->reports->pdata[i]))
      return FALSE;
  return TRUE;
}

static gboolean
pass_on (TbWrite *write, const TbHandover *handover, json_object *allowed, const char *by, gint64 now,
         TbViewLogHead *head, GError **error)
{
  g_autofree char *text = tb_json_to_text (allowed);
  g_autoptr (GError) problem = NULL;
  g_auto (Passing) passing = { 0 };

  if (!tb_coaching_check_coach (write->db, handover->to, "", &problem)) {
    if (g_error_matches (problem, TB_ERROR, TB_ERROR_INVALID))
      return tb_refuse (error, TB_ERROR_CONFLICT, "The new coach is not a coach who can sign in any more");
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  return read_allowed (write->db, handover, allowed, &passing, error)
         && pass_visits (write, handover, passing.visits, by, now, head, error)
         && pass_papers (write->db, handover->trajectory, &passing, error)
         && tb_db_exec (write->db, error, "UPDATE trajectory SET coach = ?2, changed_wall = ?3 WHERE id = ?1", "ssi",
                        handover->trajectory, handover->to, now)
         && tb_db_exec (write->db, error,
                        "UPDATE handover SET agreed_wall = ?2, done_wall = ?2, allowed = ?3 WHERE id = ?1", "sis",
                        handover->id, now, text);
}

TbHandover *
tb_handover_answer (TbStore *store, const char *id, const char *person, gboolean agree, json_object *allowed,
                    gint64 now_wall, GError **error)
{
  g_autoptr (TbHandover) handover = NULL;
  g_auto (TbViewLogHead) head = { 0 };
  g_auto (TbWrite) write = { 0 };
  gboolean done;

  handover = begin (&write, store, id, error);
  if (handover == NULL)
    return NULL;
  if (g_strcmp0 (handover->teacher, person) != 0) {
    tb_refuse (error, TB_ERROR_DENIED, "Only the teacher of the trajectory answers this");
    return NULL;
  }
  done = agree ? pass_on (&write, handover, allowed, person, now_wall, &head, error)
               : tb_db_exec (write.db, error, "UPDATE handover SET refused_wall = ?2 WHERE id = ?1", "si", id, now_wall);
  return done ? finish (&write, id, agree ? "handover-agree" : "handover-refuse", person, now_wall, &head, error)
              : NULL;
}
