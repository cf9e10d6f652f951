/* /api/trajectories/{trajectory}/closing, …/close: what there is of a trajectory,
 * shown before it is closed, and closing it. Nothing is destroyed here. */
#include "web/trajectories.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/journal.h"
#include "store/release.h"
#include "store/report.h"
#include "web/coaching-news.h"

#define NOTE_LENGTH 4000
#define IDS_MAX 1000

static const char *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person->id;
}

/* Of a clip that was not shared with them the teacher does not even see the title. VIEW NULL: the coach looks. */
static gboolean
is_shown (const TbReleaseView *view, const TbClip *clip)
{
  if (view == NULL || view->whole)
    return TRUE;
  for (guint i = 0; i < view->windows->len; i++)
    if (g_str_equal (g_array_index (view->windows, TbReleaseWindow, i).clip, clip->id))
      return TRUE;
  return FALSE;
}

static json_object *
clips_to_json (const GPtrArray *clips, const TbReleaseView *view)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < clips->len; i++) {
    const TbClip *clip = clips->pdata[i];
    json_object *object;

    if (!is_shown (view, clip))
      continue;
    object = json_object_new_object ();
    tb_json_add_string (object, "id", clip->id);
    tb_json_add_string (object, "title", clip->title);
    tb_json_add_time (object, "from", clip->from);
    tb_json_add_time (object, "to", clip->to);
    json_object_array_add (list, object);
  }
  return list;
}

static json_object *
report_to_json (const TbTrajectoryVisit *visit)
{
  json_object *object;

  if (visit->report_number == 0)
    return NULL;
  object = json_object_new_object ();
  tb_json_add_int (object, "number", visit->report_number);
  tb_json_add_bool (object, "final", visit->report_final_at != 0);
  return object;
}

static guint
count_live (const GPtrArray *releases, gint64 now)
{
  guint count = 0;

  for (guint i = 0; i < releases->len; i++)
    count += tb_release_state (releases->pdata[i], now) == TB_RELEASE_LIVE;
  return count;
}

/* What there is of VISIT now. New; NULL with an error. */
static json_object *
visit_to_json (TbApp *app, TbRequest *request, gboolean coach, const TbTrajectoryVisit *visit, GError **error)
{
  gint64 now = tb_clock_wall ();
  g_autoptr (GPtrArray) clips = tb_clip_list (app->store, visit->visit, FALSE, NULL, error);
  g_autoptr (GPtrArray) releases = clips != NULL ? tb_release_list_of_visit (app->store, visit->visit, error) : NULL;
  g_autoptr (TbReleaseView) view = NULL;
  guint64 bytes = 0;
  json_object *object;

  if (releases == NULL || !tb_media_store_stored_bytes (app->media, visit->visit, &bytes, error)
      || (!coach && (view = tb_release_view_of (app->store, visit->visit, asker (request), now, error)) == NULL))
    return NULL;
  object = json_object_new_object ();
  tb_json_add_string (object, "id", visit->visit);
  tb_json_add_string (object, "title", visit->title);
  tb_json_add_wall (object, "started_at", visit->started_at);
  tb_json_add_int (object, "bytes", (gint64) bytes);
  tb_json_add (object, "report", report_to_json (visit));
  tb_json_add (object, "clips", clips_to_json (clips, view));
  tb_json_add_int (object, "releases", count_live (releases, now));
  return object;
}

static TbReply *
get_closing (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbTrajectory) trajectory = tb_routes_trajectory (app, request, &error);
  g_autoptr (json_object) list = json_object_new_array ();
  g_autoptr (GPtrArray) visits = NULL;
  json_object *body;

  if (trajectory != NULL)
    visits = tb_trajectory_list_visits (app->store, trajectory->id, asker (request), &error);
  if (visits == NULL)
    return tb_reply_error (error);
  for (guint i = 0; i < visits->len; i++) {
    json_object *visit
        = visit_to_json (app, request, tb_routes_leads (request, trajectory), visits->pdata[i], &error);

    if (visit == NULL)
      return tb_reply_error (error);
    json_object_array_add (list, visit);
  }
  body = json_object_new_object ();
  tb_json_add (body, "visits", g_steal_pointer (&list));
  return tb_reply_json (200, body);
}

/* The form of it; whether the ids are of this trajectory the store says. */
static gboolean
check_kept (json_object *kept, GError **error)
{
  static const char *const known[] = { "reports", "clips", "destroy_at", NULL };
  json_object *list = NULL;
  gint64 destroy_at = 0;

  return tb_json_check_fields (kept, known, error)
         && tb_json_get_array (kept, "reports", 0, IDS_MAX, &list, NULL, error)
         && tb_json_get_array (kept, "clips", 0, IDS_MAX, &list, NULL, error)
         && tb_json_get_wall (kept, "destroy_at", 0, &destroy_at, NULL, error);
}

static TbReply *
close_trajectory (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "kept", "both_agree", "note", NULL };
  GError *error = NULL;
  g_autoptr (TbTrajectory) found = tb_routes_trajectory (app, request, &error);
  g_autoptr (json_object) body = found != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbTrajectory) trajectory = NULL;
  json_object *kept = NULL;
  gboolean both_agree = FALSE;
  const char *note = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_object (body, "kept", TB_JSON_REQUIRED, &kept, NULL, &error)
      || !tb_json_get_bool (body, "both_agree", 0, &both_agree, NULL, &error)
      || !tb_json_get_string (body, "note", 0, NOTE_LENGTH, &note, NULL, &error) || !check_kept (kept, &error))
    return tb_reply_error (error);
  trajectory = tb_trajectory_close (app->store, found->id, asker (request), kept, both_agree, note, tb_clock_wall (),
                                    &error);
  if (trajectory == NULL)
    return tb_reply_error (error);
  tb_coaching_tell_trajectory (app, trajectory->coach, trajectory->teacher_person, trajectory->id, "trajectory");
  return tb_reply_json (200, tb_trajectory_to_json (trajectory));
}

const TbRoute tb_routes_closing[] = {
  { "GET", "/api/trajectories/{trajectory}/closing", get_closing, 0 },
  { "POST", "/api/trajectories/{trajectory}/close", close_trajectory, 256 * 1024 },
  { NULL },
};
