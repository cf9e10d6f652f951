/* /api/devices, /api/previews: what there is to record with, and a look at it. */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "web/status.h"

json_object *
tb_devices_to_json (TbApp *app)
{
  g_autoptr (GPtrArray) devices = tb_devices_list (app->devices);
  json_object *body = json_object_new_object ();
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < devices->len; i++)
    json_object_array_add (list, tb_device_to_json (devices->pdata[i]));
  tb_json_add (body, "devices", list);
  return body;
}

static TbReply *
get_devices (TbApp *app, TbRequest *request)
{
  return tb_reply_json (200, tb_devices_to_json (app));
}

static json_object *
preview_to_json (const TbPreviewStatus *status)
{
  json_object *object = json_object_new_object ();
  json_object *level = NULL;

  if (status->has_level) {
    level = json_object_new_object ();
    tb_json_add_double (level, "peak_db", status->peak_db);
    tb_json_add_double (level, "rms_db", status->rms_db);
  }
  tb_json_add_string (object, "id", status->id);
  tb_json_add_string (object, "uri", status->uri);
  tb_json_add_string (object, "kind", tb_media_kind_name (status->kind));
  tb_json_add_string (object, "state", tb_preview_state_name (status->state));
  tb_json_add_string (object, "message", status->message);
  tb_json_add_string (object, "message_code", status->message_code);
  tb_json_add (object, "level", level);
  return object;
}

static TbReply *
reply_preview (TbApp *app, int code, const char *id)
{
  GError *error = NULL;
  g_autoptr (TbPreviewStatus) status = tb_recorder_preview_status (tb_studio_recorder (app->studio), id, &error);

  return status != NULL ? tb_reply_json (code, preview_to_json (status)) : tb_reply_error (error);
}

static TbReply *
open_preview (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "uri", "kind", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  const char *uri = NULL, *kind_text = NULL;
  TbMediaKind kind = TB_MEDIA_VIDEO;
  g_autofree char *id = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "uri", TB_JSON_REQUIRED | TB_JSON_NOT_EMPTY, 1000, &uri, NULL, &error)
      || !tb_json_get_string (body, "kind", TB_JSON_REQUIRED, 10, &kind_text, NULL, &error)
      || !tb_media_kind_parse (kind_text, &kind, &error) || !tb_source_check (uri, kind, &error))
    return tb_reply_error (error);
  id = tb_recorder_preview_open (tb_studio_recorder (app->studio), uri, kind, &error);
  return id != NULL ? reply_preview (app, 201, id) : tb_reply_error (error);
}

static TbReply *
get_preview (TbApp *app, TbRequest *request)
{
  return reply_preview (app, 200, tb_request_param (request, "preview"));
}

static TbReply *
close_preview (TbApp *app, TbRequest *request)
{
  GError *error = NULL;

  if (!tb_recorder_preview_close (tb_studio_recorder (app->studio), tb_request_param (request, "preview"), &error))
    return tb_reply_error (error);
  return tb_reply_empty (204);
}

const TbRoute tb_routes_devices[] = {
  { "GET", "/api/devices", get_devices, 0 },
  { "POST", "/api/previews", open_preview, 8 * 1024 },
  { "GET", "/api/previews/{preview}", get_preview, 0 },
  { "DELETE", "/api/previews/{preview}", close_preview, 0 },
  { NULL },
};
