/* /api/trajectories: a series of visits and talks of one coach and one teacher.
 *
 * The rows of the access table let coaches and teachers ask; on which side of a
 * trajectory somebody stands the store says. To whom is on neither it is not
 * there. */
#include "web/trajectories.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/agreement.h"
#include "store/handover.h"
#include "store/report.h"
#include "web/coaching-news.h"

static const char *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person->id;
}

TbTrajectory *
tb_routes_trajectory (TbApp *app, TbRequest *request, GError **error)
{
  const char *id = tb_request_param (request, "trajectory");
  g_autoptr (GError) problem = NULL;
  TbTrajectory *trajectory = NULL;

  if (tb_uuid_is_valid (id))
    trajectory = tb_trajectory_get (app->store, id, asker (request), &problem);
  if (trajectory != NULL)
    return trajectory;
  if (problem == NULL || g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED)
      || g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no trajectory under this address");
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gboolean
tb_routes_leads (TbRequest *request, const TbTrajectory *trajectory)
{
  return g_str_equal (trajectory->coach, asker (request));
}

gboolean
tb_routes_check_open (const TbTrajectory *trajectory, GError **error)
{
  if (trajectory->closed_at == 0)
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "This trajectory is closed: nothing of it changes any more");
  return FALSE;
}

static void
tell (TbApp *app, const TbTrajectory *trajectory)
{
  tb_coaching_tell_trajectory (app, trajectory->coach, trajectory->teacher_person, trajectory->id, "trajectory");
}

static TbReply *
reply_changed (TbApp *app, int status, const TbTrajectory *trajectory, GError *error)
{
  if (trajectory == NULL)
    return tb_reply_error (error);
  tell (app, trajectory);
  return tb_reply_json (status, tb_trajectory_to_json (trajectory));
}

/* --- what there is ----------------------------------------------------------- */

/* Those of TRAJECTORY (NULL: all) out of HANDOVERS. */
static json_object *
handovers_to_json (const GPtrArray *handovers, const char *trajectory)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < handovers->len; i++) {
    const TbHandover *handover = handovers->pdata[i];

    if (trajectory == NULL || g_str_equal (handover->trajectory, trajectory))
      json_object_array_add (list, tb_handover_to_json (handover));
  }
  return list;
}

static TbReply *
list_trajectories (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) trajectories = tb_trajectory_list (app->store, asker (request), &error);
  g_autoptr (GPtrArray) handovers
      = trajectories != NULL ? tb_handover_list (app->store, asker (request), &error) : NULL;
  json_object *body, *list;

  if (handovers == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < trajectories->len; i++)
    json_object_array_add (list, tb_trajectory_to_json (trajectories->pdata[i]));
  tb_json_add (body, "trajectories", list);
  tb_json_add (body, "handovers", handovers_to_json (handovers, NULL));
  return tb_reply_json (200, body);
}

static json_object *
whole_to_json (TbRequest *request, const TbTrajectory *trajectory, const GPtrArray *visits,
               const GPtrArray *agreements, const GPtrArray *handovers)
{
  json_object *body = json_object_new_object ();
  json_object *line = json_object_new_array ();
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < visits->len; i++)
    json_object_array_add (line, tb_trajectory_visit_to_json (visits->pdata[i]));
  for (guint i = 0; i < agreements->len; i++)
    json_object_array_add (list, tb_agreement_to_json (agreements->pdata[i]));
  tb_json_add (body, "trajectory", tb_trajectory_to_json (trajectory));
  tb_json_add_string (body, "side", tb_routes_leads (request, trajectory) ? "coach" : "teacher");
  tb_json_add (body, "visits", line);
  tb_json_add (body, "agreements", list);
  tb_json_add (body, "handovers", handovers_to_json (handovers, trajectory->id));
  return body;
}

static TbReply *
get_trajectory (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbTrajectory) trajectory = tb_routes_trajectory (app, request, &error);
  g_autoptr (GPtrArray) visits = NULL;
  g_autoptr (GPtrArray) agreements = NULL;
  g_autoptr (GPtrArray) handovers = NULL;

  if (trajectory == NULL
      || (visits = tb_trajectory_list_visits (app->store, trajectory->id, asker (request), &error)) == NULL
      || (agreements = tb_agreement_list_of_trajectory (app->store, trajectory->id, asker (request), &error)) == NULL
      || (handovers = tb_handover_list (app->store, asker (request), &error)) == NULL)
    return tb_reply_error (error);
  return tb_reply_json (200, whole_to_json (request, trajectory, visits, agreements, handovers));
}

/* The report of a visit in it: after a handover also of one that stayed with the coach before. */
static TbReply *
get_report (TbApp *app, TbRequest *request)
{
  const char *lesson = tb_request_param (request, "lesson");
  GError *error = NULL;
  g_autoptr (TbTrajectory) trajectory = tb_routes_trajectory (app, request, &error);
  g_autoptr (TbReport) report = NULL;

  if (trajectory != NULL
      && tb_trajectory_check_visit (app->store, trajectory->id, asker (request), lesson, &error))
    report = tb_report_get (app->store, lesson, asker (request), &error);
  return report != NULL ? tb_reply_json (200, tb_report_to_json (report, TRUE)) : tb_reply_error (error);
}

/* --- changes ----------------------------------------------------------------- */

static TbReply *
add_trajectory (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbTrajectory) trajectory = NULL;

  if (body != NULL)
    trajectory = tb_trajectory_create (app->store, asker (request), body, tb_clock_wall (), &error);
  return reply_changed (app, 201, trajectory, error);
}

static TbReply *
change_trajectory (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbTrajectory) found = tb_routes_trajectory (app, request, &error);
  g_autoptr (json_object) body = found != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbTrajectory) trajectory = NULL;

  if (body != NULL)
    trajectory = tb_trajectory_change (app->store, found->id, asker (request), body, tb_clock_wall (), &error);
  return reply_changed (app, 200, trajectory, error);
}

/* {"visit":id}; *VISIT stays NULL without one. */
static gboolean
read_visit (json_object *body, TbJsonFlags flags, const char **visit, GError **error)
{
  static const char *const known[] = { "visit", NULL };

  if (!tb_json_check_fields (body, known, error)
      || !tb_json_get_string (body, "visit", flags, 40, visit, NULL, error))
    return FALSE;
  if (*visit == NULL || tb_uuid_is_valid (*visit))
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“visit” must be the id of a visit");
  return FALSE;
}

/* The newest of those the coach sees; *VISIT stays NULL when there is none. */
static gboolean
find_last (TbApp *app, TbRequest *request, const TbTrajectory *trajectory, TbVisit **visit, GError **error)
{
  g_autoptr (GPtrArray) visits = tb_trajectory_list_visits (app->store, trajectory->id, asker (request), error);

  if (visits == NULL)
    return FALSE;
  if (visits->len > 0)
    *visit = tb_visit_get (app->store, ((TbTrajectoryVisit *) visits->pdata[visits->len - 1])->visit, error);
  return visits->len == 0 || *visit != NULL;
}

/* The id of a new visit for TRAJECTORY, not in it yet. Refused before one is made that cannot be put there. */
static char *
make_visit (TbApp *app, TbRequest *request, const TbTrajectory *trajectory, GError **error)
{
  static const char *const none[] = { NULL };
  g_autoptr (TbVisit) last = NULL;
  g_autoptr (TbVisit) made = NULL;

  if (!tb_routes_leads (request, trajectory)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "The coach decides which visits are in a trajectory");
    return NULL;
  }
  if (tb_routes_check_open (trajectory, error) && find_last (app, request, trajectory, &last, error))
    made = tb_next_visit_make (app, asker (request), trajectory->teacher, trajectory->teacher_person, last, none,
                               error);
  return made != NULL ? g_strdup (made->id) : NULL;
}

/* Of the coach of a trajectory: what is denied is a visit that is somebody else's. */
static TbReply *
reply_refusal (TbRequest *request, const TbTrajectory *trajectory, GError *error)
{
  if (!g_error_matches (error, TB_ERROR, TB_ERROR_DENIED) || !tb_routes_leads (request, trajectory))
    return tb_reply_error (error);
  g_error_free (error);
  return tb_reply_problem (404, "not-found", "There is no such visit");
}

static TbReply *
add_visit (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbTrajectory) trajectory = tb_routes_trajectory (app, request, &error);
  g_autoptr (json_object) body = trajectory != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbVisit) visit = NULL;
  g_autofree char *id = NULL;
  const char *given = NULL;
  json_object *answer, *added;

  if (body == NULL || !read_visit (body, 0, &given, &error))
    return tb_reply_error (error);
  id = given != NULL ? g_strdup (given) : make_visit (app, request, trajectory, &error);
  if (id == NULL
      || !tb_trajectory_add_visit (app->store, trajectory->id, asker (request), id, tb_clock_wall (), &error)
      || (visit = tb_visit_get (app->store, id, &error)) == NULL)
    return reply_refusal (request, trajectory, error);
  tell (app, trajectory);
  added = json_object_new_object ();
  tb_json_add_string (added, "id", visit->id);
  tb_json_add_string (added, "title", visit->title);
  answer = json_object_new_object ();
  tb_json_add (answer, "visit", added);
  return tb_reply_json (201, answer);
}

static TbReply *
remove_visit (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbTrajectory) found = tb_routes_trajectory (app, request, &error);
  g_autoptr (json_object) body = found != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbTrajectory) trajectory = NULL;
  const char *visit = NULL;

  if (body == NULL || !read_visit (body, TB_JSON_REQUIRED, &visit, &error))
    return tb_reply_error (error);
  if (!tb_trajectory_remove_visit (app->store, found->id, asker (request), visit, tb_clock_wall (), &error))
    return reply_refusal (request, found, error);
  trajectory = tb_trajectory_get (app->store, found->id, asker (request), &error);
  return reply_changed (app, 200, trajectory, error);
}

const TbRoute tb_routes_trajectories[] = {
  { "GET", "/api/trajectories", list_trajectories, 0 },
  { "POST", "/api/trajectories", add_trajectory, 64 * 1024 },
  { "GET", "/api/trajectories/{trajectory}", get_trajectory, 0 },
  { "PATCH", "/api/trajectories/{trajectory}", change_trajectory, 64 * 1024 },
  { "POST", "/api/trajectories/{trajectory}/visits", add_visit, 16 * 1024 },
  { "POST", "/api/trajectories/{trajectory}/visits/remove", remove_visit, 16 * 1024 },
  { "GET", "/api/trajectories/{trajectory}/reports/{lesson}", get_report, 0 },
  { NULL },
};
