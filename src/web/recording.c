/* /api/visits/{visit}/recording, /api/visits/{visit}/tracks/{track} */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"

static TbReply *
get_recording (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);

  return visit != NULL ? tb_reply_json (200, tb_studio_status (app->studio, visit->id)) : tb_reply_error (error);
}

static TbReply *
start_recording (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "sources", NULL };
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (json_object) body = visit != NULL ? tb_request_json (request, &error) : NULL;

  if (body == NULL || !tb_json_check_fields (body, known, &error) || !tb_routes_check_sources (body, &error))
    return tb_reply_error (error);
  /* A recording that cannot begin leaves the visit's sources as they are: tb_studio_record refuses it. */
  if (json_object_object_length (body) > 0 && visit->ended_at == 0
      && !tb_studio_is_recording (app->studio, visit->id)) {
    g_autoptr (GPtrArray) catalogue = NULL;
    g_autoptr (TbVisit) changed = NULL;
    json_object *sources = json_object_object_get (body, "sources");

    if (sources != NULL && json_object_array_length (sources) == 0)
      return tb_reply_problem (400, "invalid", "“sources” is empty; without it the visit's own are recorded");
    catalogue = tb_catalogue_list (app->catalogue, &error);
    if (catalogue != NULL)
      changed = tb_visit_update (app->store, visit->id, body, catalogue, &error);
    if (changed == NULL)
      return tb_reply_error (error);
  }
  if (!tb_studio_record (app->studio, visit->id, &error))
    return tb_reply_error (error);
  return tb_reply_json (201, tb_studio_status (app->studio, visit->id));
}

static TbReply *
stop_recording (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);

  if (visit == NULL)
    return tb_reply_error (error);
  /* Asking twice is no mistake: the first answer may have got lost. */
  if (!tb_studio_stop (app->studio, visit->id, &error) && !g_error_matches (error, TB_ERROR, TB_ERROR_NOT_FOUND))
    return tb_reply_error (error);
  g_clear_error (&error);
  return tb_reply_json (200, tb_studio_status (app->studio, visit->id));
}

static TbReply *
patch_track (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "name", "delay", NULL };
  GError *error = NULL;
  g_autoptr (TbTrack) track = tb_routes_track (app, request, &error);
  g_autoptr (json_object) body = track != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbTrack) changed = NULL;
  const char *name = NULL;
  TbTime delay = TB_TIME_NONE;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "name", TB_JSON_NOT_EMPTY, 200, &name, NULL, &error)
      || !tb_json_get_time (body, "delay", 0, &delay, NULL, &error))
    return tb_reply_error (error);
  if (delay != TB_TIME_NONE && (delay < 0 || delay > 60 * TB_SECOND))
    return tb_reply_problem (400, "invalid", "“delay” must be from 0 to 60 seconds");
  if (!tb_track_update (app->store, track->id, name, delay, &error)
      || (changed = tb_track_get (app->store, track->id, &error)) == NULL)
    return tb_reply_error (error);
  tb_studio_tell_visit (app->studio, track->visit);
  return tb_reply_json (200, tb_track_whole_json (app, changed));
}

const TbRoute tb_routes_recording[] = {
  { "GET", "/api/visits/{visit}/recording", get_recording, 0 },
  { "POST", "/api/visits/{visit}/recording", start_recording, 64 * 1024 },
  { "DELETE", "/api/visits/{visit}/recording", stop_recording, 0 },
  { "PATCH", "/api/visits/{visit}/tracks/{track}", patch_track, 4 * 1024 },
  { NULL },
};
