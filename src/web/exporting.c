/* /api/visits/{visit}/exports, /api/exports/{export} */
#include "web/routes.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"

/* The track called FIELD in BODY; *TRACK stays NULL when it is null or absent. */
static gboolean
read_track (TbApp *app, TbRequest *request, json_object *body, const char *field, const char *kind, TbTrack **track,
            GError **error)
{
  const char *id = NULL;

  if (!tb_json_get_string (body, field, 0, 40, &id, NULL, error))
    return FALSE;
  if (id == NULL)
    return TRUE;
  if (!tb_uuid_is_valid (id)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” must be the id of a track", field);
    return FALSE;
  }
  tb_request_set_param (request, "track", id);
  *track = tb_routes_track (app, request, error);
  if (*track != NULL && !g_str_equal ((*track)->kind, kind)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” must be a track of the kind %s", field, kind);
    return FALSE;
  }
  return *track != NULL;
}

static TbReply *
add_export (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "from", "to", "camera", "mic", "title", NULL };
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (json_object) body = visit != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbTrack) camera = NULL;
  g_autoptr (TbTrack) mic = NULL;
  const char *title = NULL;
  TbTime from = 0, to = 0;
  json_object *job;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_time (body, "from", TB_JSON_REQUIRED, &from, NULL, &error)
      || !tb_json_get_time (body, "to", TB_JSON_REQUIRED, &to, NULL, &error)
      || !tb_json_get_string (body, "title", 0, 200, &title, NULL, &error)
      || !read_track (app, request, body, "camera", "video", &camera, &error)
      || !read_track (app, request, body, "mic", "audio", &mic, &error))
    return tb_reply_error (error);
  if (camera == NULL)
    return tb_reply_problem (400, "invalid", "“camera” is missing");
  job = tb_exports_add (app->exports, camera, mic, from, to, title, &error);
  return job != NULL ? tb_reply_json (202, job) : tb_reply_error (error);
}

static TbReply *
get_export (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  json_object *job = tb_exports_get (app->exports, tb_request_param (request, "export"), &error);

  return job != NULL ? tb_reply_json (200, job) : tb_reply_error (error);
}

static TbReply *
cancel_export (TbApp *app, TbRequest *request)
{
  GError *error = NULL;

  if (!tb_exports_cancel (app->exports, tb_request_param (request, "export"), &error))
    return tb_reply_error (error);
  return tb_reply_empty (204);
}

static gssize
pull_file (gpointer data, guint64 offset, void *buffer, gsize size)
{
  return pread (GPOINTER_TO_INT (data), buffer, size, (off_t) offset);
}

static void
close_file (gpointer data)
{
  close (GPOINTER_TO_INT (data));
}

static TbReply *
get_export_file (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;
  g_autofree char *disposition = NULL;
  struct stat info;
  TbReply *reply;
  int fd;

  if (!tb_exports_file (app->exports, tb_request_param (request, "export"), &path, &name, &error))
    return tb_reply_error (error);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat (fd, &info) != 0) {
    if (fd >= 0)
      close (fd);
    return tb_reply_problem (404, "not-found", "The file of this clip is not there any more; make it again");
  }
  disposition = g_strdup_printf ("attachment; filename=\"%s\"", name);
  reply = tb_reply_sized (200, "video/mp4", (guint64) info.st_size, pull_file, GINT_TO_POINTER (fd), close_file);
  tb_reply_header (reply, "Cache-Control", "no-store");
  return tb_reply_header (reply, "Content-Disposition", disposition);
}

const TbRoute tb_routes_exports[] = {
  { "POST", "/api/visits/{visit}/exports", add_export, 16 * 1024 },
  { "GET", "/api/exports/{export}", get_export, 0 },
  { "DELETE", "/api/exports/{export}", cancel_export, 0 },
  { "GET", "/api/exports/{export}/file", get_export_file, 0 },
  { NULL },
};
