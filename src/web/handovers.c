/* /api/handovers, and who can be asked to coach. A handover is there for whom it
 * concerns only; what it takes from a coach is gone the moment the teacher says yes. */
#include "store/handover.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/person.h"
#include "web/access.h"
#include "web/coaching-news.h"
#include "web/trajectories.h"

#define IDS_MAX 1000

static const char *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person->id;
}

static json_object *
person_to_json (const char *id, const char *name)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", id);
  tb_json_add_string (object, "name", name);
  return object;
}

/* To everybody whom it concerns. */
static void
tell (TbApp *app, const TbHandover *handover)
{
  tb_coaching_tell_trajectory (app, handover->from, handover->teacher, handover->trajectory, "handover");
  tb_coaching_tell_trajectory (app, handover->to, NULL, handover->trajectory, "handover");
  if (!g_str_equal (handover->by, handover->from)) /* an administrator asked */
    tb_coaching_tell_trajectory (app, handover->by, NULL, handover->trajectory, "handover");
}

/* --- what there is ----------------------------------------------------------- */

static json_object *
candidate_to_json (const TbHandoverCandidate *candidate)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "trajectory", candidate->trajectory);
  tb_json_add (object, "coach", person_to_json (candidate->coach, candidate->coach_name));
  tb_json_add_string (object, "teacher_name", candidate->teacher_name);
  tb_json_add_bool (object, "has_account", candidate->has_account);
  tb_json_add_bool (object, "asked", candidate->asked);
  return object;
}

static TbReply *
list_handovers (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) handovers = tb_handover_list (app->store, asker (request), &error);
  g_autoptr (GPtrArray) candidates
      = handovers != NULL ? tb_handover_list_candidates (app->store, asker (request), &error) : NULL;
  json_object *body, *list, *running;

  if (candidates == NULL)
    return tb_reply_error (error);
  list = json_object_new_array ();
  for (guint i = 0; i < handovers->len; i++)
    json_object_array_add (list, tb_handover_to_json (handovers->pdata[i]));
  running = json_object_new_array ();
  for (guint i = 0; i < candidates->len; i++)
    json_object_array_add (running, candidate_to_json (candidates->pdata[i]));
  body = json_object_new_object ();
  tb_json_add (body, "handovers", list);
  tb_json_add (body, "candidates", running);
  return tb_reply_json (200, body);
}

/* Everybody who can be asked: by a teacher to coach, by a coach or an administrator to take over. Who has not accepted
 * the invitation yet cannot. */
static TbReply *
list_coaches (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) people = tb_person_list (app->store, &error);
  json_object *body, *list;

  if (people == NULL)
    return tb_reply_error (error);
  list = json_object_new_array ();
  for (guint i = 0; i < people->len; i++) {
    const TbPerson *person = people->pdata[i];

    if (person->disabled_at == 0 && person->passphrase != NULL && (person->roles & TB_ROLE_COACH) != 0)
      json_object_array_add (list, person_to_json (person->id, person->name));
  }
  body = json_object_new_object ();
  tb_json_add (body, "coaches", list);
  return tb_reply_json (200, body);
}

/* --- asking ------------------------------------------------------------------ */

static TbReply *
reply_no_trajectory (void)
{
  return tb_reply_problem (404, "not-found", "There is no trajectory under this address");
}

/* Whether the person who asks is on a side of the trajectory, so that it is no news to them. */
static gboolean
knows_trajectory (TbApp *app, TbRequest *request, const char *id)
{
  g_autoptr (TbTrajectory) trajectory = tb_trajectory_get (app->store, id, asker (request), NULL);

  return trajectory != NULL;
}

static TbReply *
ask (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "to", NULL };
  const char *id = tb_request_param (request, "trajectory");
  GError *error = NULL;
  g_autoptr (json_object) body = NULL;
  g_autoptr (TbHandover) handover = NULL;
  const char *to = NULL;

  if (!tb_uuid_is_valid (id))
    return reply_no_trajectory ();
  body = tb_request_json (request, &error);
  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "to", TB_JSON_REQUIRED, 40, &to, NULL, &error))
    return tb_reply_error (error);
  if (!tb_uuid_is_valid (to))
    return tb_reply_problem (400, "invalid", "“to” must be the id of a coach");
  handover = tb_handover_ask (app->store, id, asker (request), to, tb_clock_wall (), &error);
  if (handover != NULL) {
    tell (app, handover);
    return tb_reply_json (201, tb_handover_to_json (handover));
  }
  if (g_error_matches (error, TB_ERROR, TB_ERROR_NOT_FOUND)
      || (g_error_matches (error, TB_ERROR, TB_ERROR_DENIED) && !knows_trajectory (app, request, id))) {
    g_error_free (error);
    return reply_no_trajectory ();
  }
  return tb_reply_error (error);
}

/* --- the answer -------------------------------------------------------------- */

/* Whether there is a handover "{handover}" for the person who asks: to whom it does not concern, it is not there. */
static gboolean
check_handover (TbApp *app, TbRequest *request, GError **error)
{
  const char *id = tb_request_param (request, "handover");
  g_autoptr (GPtrArray) handovers = tb_handover_list (app->store, asker (request), error);

  if (handovers == NULL)
    return FALSE;
  for (guint i = 0; i < handovers->len; i++)
    if (g_str_equal (((TbHandover *) handovers->pdata[i])->id, id))
      return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no handover under this address");
  return FALSE;
}

/* The form of it; what it may name the store says. */
static gboolean
check_allowed (json_object *allowed, GError **error)
{
  static const char *const known[] = { "visits", "reports", "agreements", NULL };
  json_object *list = NULL;
  gboolean agreements = FALSE;

  return tb_json_check_fields (allowed, known, error)
         && tb_json_get_array (allowed, "visits", 0, IDS_MAX, &list, NULL, error)
         && tb_json_get_array (allowed, "reports", 0, IDS_MAX, &list, NULL, error)
         && tb_json_get_bool (allowed, "agreements", 0, &agreements, NULL, error);
}

/* Clips that the coach before made of a visit go with it; the new one is told of it. */
static void
pass_on (TbApp *app, const TbHandover *handover, json_object *allowed)
{
  json_object *visits = NULL;

  tb_json_get_array (allowed, "visits", 0, IDS_MAX, &visits, NULL, NULL);
  for (gsize i = 0; visits != NULL && i < json_object_array_length (visits); i++) {
    const char *visit = json_object_get_string (json_object_array_get_idx (visits, i));

    tb_exports_drop (app->exports, visit, handover->from);
    tb_studio_tell_visit (app->studio, visit);
  }
}

static TbReply *
answer (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "agree", "allowed", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = check_handover (app, request, &error) ? tb_request_json (request, &error) : NULL;
  g_autoptr (json_object) nothing = json_object_new_object ();
  g_autoptr (TbHandover) handover = NULL;
  json_object *allowed = nothing;
  gboolean agree = FALSE;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_bool (body, "agree", TB_JSON_REQUIRED, &agree, NULL, &error)
      || !tb_json_get_object (body, "allowed", 0, &allowed, NULL, &error) || !check_allowed (allowed, &error))
    return tb_reply_error (error);
  handover = tb_handover_answer (app->store, tb_request_param (request, "handover"), asker (request), agree,
                                 agree ? allowed : NULL, tb_clock_wall (), &error);
  if (handover == NULL)
    return tb_reply_error (error);
  tb_access_changed (app);
  tb_search_keeper_tell (app->search, NULL); /* visits are another coach's now */
  tell (app, handover); /* also wakes the streams that wait, so that those of the coach before end now */
  if (agree)
    pass_on (app, handover, allowed);
  return tb_reply_json (200, tb_handover_to_json (handover));
}

static TbReply *
withdraw (TbApp *app, TbRequest *request)
{
  const char *id = tb_request_param (request, "handover");
  gboolean admin = tb_viewer_has (tb_request_viewer (request), TB_ROLE_ADMIN);
  GError *error = NULL;
  g_autoptr (TbHandover) handover = NULL;

  if (admin || check_handover (app, request, &error))
    handover = tb_handover_withdraw (app->store, id, asker (request), tb_clock_wall (), &error);
  if (handover == NULL)
    return tb_reply_error (error);
  tell (app, handover);
  return tb_reply_json (200, tb_handover_to_json (handover));
}

const TbRoute tb_routes_handovers[] = {
  { "POST", "/api/trajectories/{trajectory}/handover", ask, 16 * 1024 },
  { "GET", "/api/handovers", list_handovers, 0 },
  { "POST", "/api/handovers/{handover}/answer", answer, 256 * 1024 },
  { "DELETE", "/api/handovers/{handover}", withdraw, 0 },
  { "GET", "/api/coaches", list_coaches, 0 },
  { NULL },
};
