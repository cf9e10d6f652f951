#include "store/trajectory.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/coaching-private.h"
#include "store/trajectory-private.h"

static const char *const origins[] = { "request", "invitation", NULL };

void
tb_trajectory_free (TbTrajectory *trajectory)
{
  if (trajectory == NULL)
    return;
  g_free (trajectory->id);
  g_free (trajectory->coach);
  g_free (trajectory->coach_name);
  g_free (trajectory->teacher_person);
  g_free (trajectory->teacher);
  g_free (trajectory->question);
  g_free (trajectory->origin);
  g_free (trajectory->closed_by);
  g_free (trajectory->closed_by_name);
  g_free (trajectory->closing_note);
  g_free (trajectory->kept);
  g_free (trajectory);
}

json_object *
tb_trajectory_to_json (const TbTrajectory *trajectory)
{
  json_object *object = json_object_new_object ();
  const char *kept = trajectory->kept;

  tb_json_add_string (object, "id", trajectory->id);
  tb_json_add (object, "coach", tb_coaching_person_to_json (trajectory->coach, trajectory->coach_name));
  tb_json_add (object, "teacher_person",
               tb_coaching_person_to_json (trajectory->teacher_person, trajectory->teacher));
  tb_json_add_string (object, "teacher", trajectory->teacher);
  tb_json_add_string (object, "question", trajectory->question);
  tb_json_add_string (object, "origin", trajectory->origin);
  tb_json_add_bool (object, "film_first", trajectory->film_first);
  tb_json_add_wall (object, "created_at", trajectory->created_at);
  tb_json_add_wall (object, "changed_at", trajectory->changed_at);
  tb_json_add_wall (object, "closed_at", trajectory->closed_at);
  tb_json_add (object, "closed_by", tb_coaching_person_to_json (trajectory->closed_by, trajectory->closed_by_name));
  tb_json_add_string (object, "closing_note", trajectory->closing_note);
  tb_json_add (object, "kept", kept != NULL ? tb_json_parse (kept, strlen (kept), NULL) : NULL);
  tb_json_add_int (object, "visits", trajectory->visits);
  tb_json_add_int (object, "agreements", trajectory->agreements);
  tb_json_add_int (object, "agreements_kept", trajectory->agreements_kept);
  tb_json_add_bool (object, "handover_asked", trajectory->handover_asked);
  return object;
}

/* --- rows ---------------------------------------------------------------- */

/* ?1: who looks. */
#define AGREED                                                                                                       \
  "(SELECT count(*) FROM agreement WHERE agreement.trajectory = trajectory.id AND removed_wall IS NULL"              \
  " AND (kept_from_coach = 0 OR trajectory.coach <> ?1)"

#define TRAJECTORIES                                                                                                  \
  "SELECT trajectory.id, coach, owner.name, teacher_person, coalesce (taught.name, teacher), question, origin,"       \
  " film_first, trajectory.created_wall, changed_wall, closed_wall, closed_by, closer.name, closing_note, kept,"      \
  " (SELECT count(*) FROM visit WHERE visit.trajectory = trajectory.id"                                               \
  "  AND (visit.coach = ?1 OR visit.teacher_person = ?1)), " AGREED "), " AGREED " AND outcome = 'kept'),"            \
  " EXISTS (SELECT 1 FROM handover WHERE handover.trajectory = trajectory.id AND agreed_wall IS NULL"                 \
  "  AND refused_wall IS NULL AND withdrawn_wall IS NULL)"                                                            \
  " FROM trajectory JOIN person AS owner ON owner.id = coach LEFT JOIN person AS taught ON taught.id = teacher_person" \
  " LEFT JOIN person AS closer ON closer.id = closed_by "

static TbTrajectory *
read_row (TbQuery *query)
{
  TbTrajectory *trajectory = g_new0 (TbTrajectory, 1);

  trajectory->id = tb_query_dup (query, 0);
  trajectory->coach = tb_query_dup (query, 1);
  trajectory->coach_name = tb_query_dup (query, 2);
  trajectory->teacher_person = tb_query_dup (query, 3);
  trajectory->teacher = tb_query_dup (query, 4);
  trajectory->question = tb_query_dup (query, 5);
  trajectory->origin = tb_query_dup (query, 6);
  trajectory->film_first = tb_query_int (query, 7) != 0;
  trajectory->created_at = tb_query_int (query, 8);
  trajectory->changed_at = tb_query_int (query, 9);
  trajectory->closed_at = tb_query_int (query, 10);
  trajectory->closed_by = tb_query_dup (query, 11);
  trajectory->closed_by_name = tb_query_dup (query, 12);
  trajectory->closing_note = tb_query_dup (query, 13);
  trajectory->kept = tb_query_dup (query, 14);
  trajectory->visits = (guint) tb_query_int (query, 15);
  trajectory->agreements = (guint) tb_query_int (query, 16);
  trajectory->agreements_kept = (guint) tb_query_int (query, 17);
  trajectory->handover_asked = tb_query_int (query, 18) != 0;
  return trajectory;
}

TbTrajectory *
tb_trajectory_load (TbDb *db, const char *id, const char *person, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, TRAJECTORIES "WHERE trajectory.id = ?2", "ss", person, id))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no trajectory %.60s", id);
  return step > 0 ? read_row (&query) : NULL;
}

gboolean
tb_trajectory_check (TbDb *db, const char *id, const char *person, gboolean *coach, gboolean *closed, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  gboolean is_coach, is_teacher;
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT coach = ?2 AND EXISTS (SELECT 1 FROM person_role WHERE person = ?2 AND role = 'coach'),"
                      " coalesce (teacher_person = ?2, 0), closed_wall FROM trajectory WHERE id = ?1",
                      "ss", id, person))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no trajectory %.60s", id);
  if (step <= 0)
    return FALSE;
  is_coach = tb_query_int (&query, 0) != 0;
  is_teacher = tb_query_int (&query, 1) != 0;
  if (!is_coach && !is_teacher)
    return tb_refuse (error, TB_ERROR_DENIED, "A trajectory is between its coach and its teacher only");
  *coach = is_coach;
  if (closed != NULL)
    *closed = tb_query_int (&query, 2) != 0;
  return TRUE;
}

TbTrajectory *
tb_trajectory_get (TbStore *store, const char *id, const char *person, GError **error)
{
  g_auto (TbRead) read = { 0 };
  gboolean coach = FALSE;

  return tb_read_begin (&read, store, error) && tb_trajectory_check (read.db, id, person, &coach, NULL, error)
           ? tb_trajectory_load (read.db, id, person, error)
           : NULL;
}

TbTrajectory *
tb_trajectory_of_visit (TbStore *store, const char *visit, const char *person, GError **error)
{
  g_auto (TbStand) stand = { 0 };
  g_auto (TbRead) read = { 0 };
  gboolean coach = FALSE;

  if (!tb_read_begin (&read, store, error) || !tb_stand_load (&stand, read.db, visit, person, error))
    return NULL;
  if (stand.trajectory == NULL) {
    tb_refuse (error, TB_ERROR_NOT_FOUND, "This visit is in no trajectory");
    return NULL;
  }
  return tb_trajectory_check (read.db, stand.trajectory, person, &coach, NULL, error)
           ? tb_trajectory_load (read.db, stand.trajectory, person, error)
           : NULL;
}

GPtrArray *
tb_trajectory_list (TbStore *store, const char *person, GError **error)
{
  g_autoptr (GPtrArray) trajectories = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_trajectory_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         TRAJECTORIES "WHERE teacher_person = ?1 OR (coach = ?1"
                                      " AND EXISTS (SELECT 1 FROM person_role WHERE person = ?1 AND role = 'coach'))"
                                      " ORDER BY closed_wall IS NOT NULL, trajectory.created_wall DESC,"
                                      " trajectory.id DESC",
                         "s", person))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (trajectories, read_row (&query));
  return step == 0 ? g_steal_pointer (&trajectories) : NULL;
}

/* --- making and changing ------------------------------------------------- */

/* The two of it, from the one who begins and FIELDS. */
static gboolean
take_people (TbDb *db, TbTrajectory *trajectory, const char *person, json_object *fields, GError **error)
{
  gboolean request = g_str_equal (trajectory->origin, "request");

  if (!tb_take_id (fields, "coach", &trajectory->coach, error)
      || !tb_take_id (fields, "teacher_person", &trajectory->teacher_person, error)
      || !tb_json_take_string (fields, "teacher", TB_LINE_MAX, &trajectory->teacher, error))
    return FALSE;
  if (request && trajectory->teacher_person != NULL && !g_str_equal (trajectory->teacher_person, person))
    return tb_refuse (error, TB_ERROR_INVALID, "“teacher_person”: a teacher asks for oneself");
  if (!request && trajectory->coach != NULL && !g_str_equal (trajectory->coach, person))
    return tb_refuse (error, TB_ERROR_INVALID, "“coach”: a coach invites for oneself");
  if (request && trajectory->coach == NULL)
    return tb_refuse (error, TB_ERROR_INVALID, "“coach” is missing");
  g_free (request ? trajectory->teacher_person : trajectory->coach);
  if (request)
    trajectory->teacher_person = g_strdup (person);
  else
    trajectory->coach = g_strdup (person);
  if (trajectory->teacher_person == NULL && *trajectory->teacher == '\0')
    return tb_refuse (error, TB_ERROR_INVALID, "“teacher_person” or “teacher” is missing");
  if (g_strcmp0 (trajectory->teacher_person, trajectory->coach) == 0)
    return tb_refuse (error, TB_ERROR_INVALID, "Nobody is in a trajectory with oneself");
  return tb_coaching_check_coach (db, trajectory->coach, "“coach” must be the id of a coach who can sign in", error)
         && (trajectory->teacher_person == NULL
             || tb_coaching_check_teacher (db, trajectory->teacher_person,
                                           "“teacher_person” must be the id of a teacher", error));
}

TbTrajectory *
tb_trajectory_create (TbStore *store, const char *person, json_object *fields, gint64 now_wall, GError **error)
{
  static const char *const known[] = { "origin", "question", "film_first", "coach", "teacher_person", "teacher", NULL };
  g_autoptr (TbTrajectory) trajectory = g_new0 (TbTrajectory, 1);
  g_autoptr (TbTrajectory) made = NULL;
  g_auto (TbWrite) write = { 0 };

  trajectory->id = tb_uuid_new ();
  trajectory->origin = g_strdup ("invitation");
  trajectory->question = g_strdup ("");
  trajectory->teacher = g_strdup ("");
  if (!tb_json_check_fields (fields, known, error)
      || !tb_take_choice (fields, "origin", origins, &trajectory->origin, error)
      || !tb_json_take_string (fields, "question", TB_TEXT_MAX, &trajectory->question, error)
      || !tb_json_get_bool (fields, "film_first", 0, &trajectory->film_first, NULL, error)
      || !tb_write_begin (&write, store, error) || !take_people (write.db, trajectory, person, fields, error)
      || !tb_db_exec (write.db, error,
                      "INSERT INTO trajectory (id, coach, teacher_person, teacher, question, origin, film_first,"
                      " created_wall, changed_wall, closing_note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, '')",
                      "ssssssii", trajectory->id, trajectory->coach, trajectory->teacher_person, trajectory->teacher,
                      trajectory->question, trajectory->origin, (gint64) trajectory->film_first, now_wall)
      || (made = tb_trajectory_load (write.db, trajectory->id, person, error)) == NULL
      || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&made);
}

/* One that PERSON may change; new. */
static TbTrajectory *
begin (TbWrite *write, gboolean *coach, TbStore *store, const char *id, const char *person, GError **error)
{
  gboolean closed = FALSE;

  if (!tb_write_begin (write, store, error) || !tb_trajectory_check (write->db, id, person, coach, &closed, error))
    return NULL;
  if (closed) {
    tb_refuse (error, TB_ERROR_CONFLICT, "This trajectory is closed: nothing of it changes any more");
    return NULL;
  }
  return tb_trajectory_load (write->db, id, person, error);
}

TbTrajectory *
tb_trajectory_change (TbStore *store, const char *id, const char *person, json_object *fields, gint64 now_wall,
                      GError **error)
{
  static const char *const known[] = { "question", "film_first", NULL };
  g_autoptr (TbTrajectory) trajectory = NULL;
  g_auto (TbWrite) write = { 0 };
  gboolean coach = FALSE, says = FALSE;

  if (!tb_json_check_fields (fields, known, error)
      || (trajectory = begin (&write, &coach, store, id, person, error)) == NULL
      || !tb_json_take_string (fields, "question", TB_TEXT_MAX, &trajectory->question, error)
      || !tb_json_get_bool (fields, "film_first", 0, &trajectory->film_first, &says, error))
    return NULL;
  if (says && !coach) {
    tb_refuse (error, TB_ERROR_DENIED, "The coach decides whether the bare film comes first");
    return NULL;
  }
  trajectory->changed_at = now_wall;
  if (!tb_db_exec (write.db, error,
                   "UPDATE trajectory SET question = ?2, film_first = ?3, changed_wall = ?4 WHERE id = ?1", "ssii", id,
                   trajectory->question, (gint64) trajectory->film_first, now_wall)
      || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&trajectory);
}

/* --- closing ------------------------------------------------------------- */

GPtrArray *
tb_trajectory_read_ids (TbDb *db, const char *id, json_object *object, const char *name, const char *sql,
                        const char *told, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  json_object *list = NULL;

  if (!tb_json_get_array (object, name, 0, 1000, &list, NULL, error))
    return NULL;
  for (gsize i = 0; list != NULL && i < json_object_array_length (list); i++) {
    json_object *item = json_object_array_get_idx (list, i);
    const char *text = json_object_is_type (item, json_type_string) ? json_object_get_string (item) : "";
    gint64 count = 0;

    if (!tb_db_int (db, 0, &count, error, sql, "ss", id, text))
      return NULL;
    if (count == 0) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” must be the ids of %s of this trajectory", name, told);
      return NULL;
    }
    g_ptr_array_add (ids, g_strdup (text));
  }
  return g_steal_pointer (&ids);
}

static gboolean
check_kept (TbDb *db, const char *id, json_object *kept, gboolean both_agree, GError **error)
{
  static const char *const known[] = { "reports", "clips", "destroy_at", NULL };
  g_autoptr (GPtrArray) reports = NULL;
  g_autoptr (GPtrArray) clips = NULL;
  gint64 destroy_at = 0;

  if (!tb_json_check_fields (kept, known, error) || !tb_json_get_wall (kept, "destroy_at", 0, &destroy_at, NULL, error)
      || (reports = tb_trajectory_read_ids (db, id, kept, "reports", TB_TRAJECTORY_COUNT_VISIT, "visits", error))
           == NULL
      || (clips = tb_trajectory_read_ids (db, id, kept, "clips",
                                          "SELECT count(*) FROM clip JOIN visit ON visit.id = clip.visit"
                                          " WHERE trajectory = ?1 AND clip.id = ?2 AND removed = 0",
                                          "clips", error))
           == NULL)
    return FALSE;
  return clips->len == 0 || both_agree
         || tb_refuse (error, TB_ERROR_INVALID, "“clips”: a clip is kept only when coach and teacher both agree");
}

TbTrajectory *
tb_trajectory_close (TbStore *store, const char *id, const char *person, json_object *kept, gboolean both_agree,
                     const char *note, gint64 now_wall, GError **error)
{
  g_autofree char *text = tb_json_to_text (kept);
  g_autoptr (TbTrajectory) trajectory = NULL;
  g_autoptr (TbTrajectory) closed = NULL;
  g_auto (TbWrite) write = { 0 };
  gboolean coach = FALSE;

  if (note != NULL && g_utf8_strlen (note, -1) > TB_TEXT_MAX) {
    tb_refuse (error, TB_ERROR_INVALID, "“closing_note” is longer than 4000 characters");
    return NULL;
  }
  trajectory = begin (&write, &coach, store, id, person, error);
  if (trajectory == NULL)
    return NULL;
  if (!coach) {
    tb_refuse (error, TB_ERROR_DENIED, "The coach closes a trajectory");
    return NULL;
  }
  if (trajectory->handover_asked) {
    tb_refuse (error, TB_ERROR_CONFLICT, "A handover of this trajectory waits for the teacher's answer");
    return NULL;
  }
  if (!check_kept (write.db, id, kept, both_agree, error)
      || !tb_db_exec (write.db, error,
                      "UPDATE trajectory SET closed_wall = ?2, closed_by = ?3, closing_note = ?4, kept = ?5,"
                      " changed_wall = ?2 WHERE id = ?1",
                      "sisss", id, now_wall, person, note != NULL ? note : "", text)
      || (closed = tb_trajectory_load (write.db, id, person, error)) == NULL || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&closed);
}
