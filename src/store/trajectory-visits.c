/* The line of a trajectory: its visits and what came of them. */
#include "base/error.h"
#include "base/json.h"
#include "store/agreement.h"
#include "store/coaching-private.h"
#include "store/trajectory-private.h"

void
tb_trajectory_visit_free (TbTrajectoryVisit *visit)
{
  if (visit == NULL)
    return;
  g_free (visit->visit);
  g_free (visit->title);
  g_free (visit->focus);
  g_clear_pointer (&visit->agreements, g_ptr_array_unref);
  g_free (visit);
}

json_object *
tb_trajectory_visit_to_json (const TbTrajectoryVisit *visit)
{
  json_object *object = json_object_new_object ();
  json_object *agreements = json_object_new_array ();

  for (guint i = 0; i < visit->agreements->len; i++)
    json_object_array_add (agreements, tb_agreement_to_json (visit->agreements->pdata[i]));
  tb_json_add_string (object, "id", visit->visit);
  tb_json_add_string (object, "title", visit->title);
  tb_json_add_string (object, "focus", visit->focus);
  tb_json_add_wall (object, "planned_at", visit->planned_at);
  tb_json_add_wall (object, "started_at", visit->started_at);
  tb_json_add_wall (object, "ended_at", visit->ended_at);
  tb_json_add_wall (object, "revealed_at", visit->revealed_at);
  tb_json_add_wall (object, "talk_started_at", visit->talk_started_at);
  tb_json_add_wall (object, "talk_ended_at", visit->talk_ended_at);
  tb_json_add_wall (object, "report_final_at", visit->report_final_at);
  tb_json_add_int (object, "report_number", visit->report_number);
  tb_json_add (object, "agreements", agreements);
  return object;
}

static TbTrajectoryVisit *
read_row (TbQuery *query)
{
  TbTrajectoryVisit *visit = g_new0 (TbTrajectoryVisit, 1);

  visit->visit = tb_query_dup (query, 0);
  visit->title = tb_query_dup (query, 1);
  visit->focus = tb_query_dup (query, 2);
  visit->planned_at = tb_query_int (query, 3);
  visit->started_at = tb_query_int (query, 4);
  visit->ended_at = tb_query_int (query, 5);
  visit->revealed_at = tb_query_int (query, 6);
  visit->talk_started_at = tb_query_int (query, 7);
  visit->talk_ended_at = tb_query_int (query, 8);
  visit->report_final_at = tb_query_int (query, 9);
  visit->report_number = (guint) tb_query_int (query, 10);
  visit->agreements = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_agreement_free);
  return visit;
}

/* Gives each agreement to its visit; those of visits that are not shown go. */
static void
share_out (GPtrArray *visits, GPtrArray *agreements)
{
  while (agreements->len > 0) {
    g_autoptr (TbAgreement) agreement = g_ptr_array_steal_index (agreements, 0);

    for (guint i = 0; agreement != NULL && i < visits->len; i++) {
      TbTrajectoryVisit *visit = visits->pdata[i];

      if (g_str_equal (visit->visit, agreement->visit))
        g_ptr_array_add (visit->agreements, g_steal_pointer (&agreement));
    }
  }
}

GPtrArray *
tb_trajectory_list_visits (TbStore *store, const char *id, const char *person, GError **error)
{
  g_autoptr (GPtrArray) agreements = tb_agreement_list_of_trajectory (store, id, person, error);
  g_autoptr (GPtrArray) visits = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_trajectory_visit_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  gboolean coach = FALSE;
  int step;

  if (agreements == NULL || !tb_read_begin (&read, store, error)
      || !tb_trajectory_check (read.db, id, person, &coach, NULL, error)
      || !tb_query_open (&query, read.db, error,
                         "SELECT visit.id, title, focus, planned_wall, visit.started_wall, visit.ended_wall,"
                         " revealed_wall, talk.started_wall, talk.ended_wall, final_wall, number FROM visit"
                         " LEFT JOIN talk ON talk.visit = visit.id"
                         " LEFT JOIN report ON report.visit = visit.id AND (kept_from_coach = 0 OR ?2 = 0)"
                         " WHERE trajectory = ?1 AND (?2 = 0 OR coach = ?3)"
                         " ORDER BY coalesce (visit.started_wall, planned_wall, created_wall), visit.id",
                         "sis", id, (gint64) coach, person))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (visits, read_row (&query));
  if (step < 0)
    return NULL;
  share_out (visits, agreements);
  return g_steal_pointer (&visits);
}

gboolean
tb_trajectory_check_visit (TbStore *store, const char *id, const char *person, const char *visit, GError **error)
{
  g_auto (TbRead) read = { 0 };
  gboolean coach = FALSE;
  gint64 count = 0;

  return tb_read_begin (&read, store, error) && tb_trajectory_check (read.db, id, person, &coach, NULL, error)
         && tb_db_int (read.db, 0, &count, error, TB_TRAJECTORY_COUNT_VISIT, "ss", id, visit)
         && (count > 0 || tb_refuse (error, TB_ERROR_NOT_FOUND, "This visit is not in the trajectory"));
}

/* The trajectory of it changes to ID (NULL: none), with its agreements. */
static gboolean
put (TbDb *db, const char *visit, const char *id, GError **error)
{
  return tb_db_exec (db, error, "UPDATE visit SET trajectory = ?2 WHERE id = ?1", "ss", visit, id)
         && tb_db_exec (db, error, "UPDATE agreement SET trajectory = ?2 WHERE visit = ?1", "ss", visit, id);
}

/* For the coach only, while it is open. */
static gboolean
begin (TbWrite *write, TbStand *stand, TbStore *store, const char *id, const char *person, const char *visit,
       GError **error)
{
  gboolean coach = FALSE, closed = FALSE;

  if (!tb_write_begin (write, store, error) || !tb_trajectory_check (write->db, id, person, &coach, &closed, error))
    return FALSE;
  if (!coach)
    return tb_refuse (error, TB_ERROR_DENIED, "The coach decides which visits are in a trajectory");
  if (closed)
    return tb_refuse (error, TB_ERROR_CONFLICT, "This trajectory is closed: nothing of it changes any more");
  return tb_stand_load (stand, write->db, visit, person, error);
}

static gboolean
touch (TbDb *db, const char *id, gint64 now_wall, GError **error)
{
  return tb_db_exec (db, error, "UPDATE trajectory SET changed_wall = ?2 WHERE id = ?1", "si", id, now_wall);
}

gboolean
tb_trajectory_add_visit (TbStore *store, const char *id, const char *person, const char *visit, gint64 now_wall,
                         GError **error)
{
  g_autoptr (TbTrajectory) trajectory = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (!begin (&write, &stand, store, id, person, visit, error)
      || (trajectory = tb_trajectory_load (write.db, id, person, error)) == NULL)
    return FALSE;
  if (stand.trajectory != NULL && !g_str_equal (stand.trajectory, id))
    return tb_refuse (error, TB_ERROR_CONFLICT, "This visit is in another trajectory");
  if (g_strcmp0 (stand.coach, trajectory->coach) != 0 || g_strcmp0 (stand.teacher, trajectory->teacher_person) != 0
      || (stand.teacher == NULL && g_strcmp0 (stand.teacher_name, trajectory->teacher) != 0))
    return tb_refuse (error, TB_ERROR_CONFLICT, "This visit is not of the same coach and teacher");
  return put (write.db, visit, id, error) && touch (write.db, id, now_wall, error) && tb_write_commit (&write, error);
}

gboolean
tb_trajectory_remove_visit (TbStore *store, const char *id, const char *person, const char *visit, gint64 now_wall,
                            GError **error)
{
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (!begin (&write, &stand, store, id, person, visit, error))
    return FALSE;
  if (g_strcmp0 (stand.trajectory, id) != 0)
    return tb_refuse (error, TB_ERROR_NOT_FOUND, "This visit is not in the trajectory");
  return put (write.db, visit, NULL, error) && touch (write.db, id, now_wall, error)
         && tb_write_commit (&write, error);
}
