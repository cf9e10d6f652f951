/* /api/visits/{visit}/exports, /api/exports/{export}: clips to take along. The coach of a visit may make one of any
 * part of it, anybody else only of what was released to them to be taken along. */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "media/front-index.h"
#include "store/release.h"
#include "store/view-log.h"
#include "store/visit-people.h"

/* Times from JSON are rounded. */
#define SLACK TB_MILLISECOND

/* Whether PERSON may take FROM … TO of VISIT along, now. *CLIP (new, or NULL): the clip it was released as. DENIED. */
static gboolean
may_take (TbApp *app, const TbPerson *person, const char *visit, TbTime from, TbTime to, char **clip, GError **error)
{
  g_autofree char *coach = NULL;
  g_autofree char *teacher = NULL;
  g_autoptr (TbReleaseView) view = NULL;

  if (!tb_visit_people (app->store, visit, &coach, &teacher, error))
    return FALSE;
  if (g_strcmp0 (coach, person->id) == 0 && (person->roles & TB_ROLE_COACH) != 0)
    return TRUE;
  view = tb_release_view_of (app->store, visit, person->id, tb_clock_wall (), error);
  if (view == NULL)
    return FALSE;
  if (view->whole && view->whole_download)
    return TRUE;
  for (guint i = 0; i < view->windows->len; i++) {
    const TbReleaseWindow *window = &g_array_index (view->windows, TbReleaseWindow, i);

    if (window->download && from >= window->from - SLACK && to <= window->to + SLACK) {
      *clip = g_strdup (window->clip);
      return TRUE;
    }
  }
  g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This part was shared with you to look at, not to take along");
  return FALSE;
}

/* Writes that it happens; without that it must not. */
static gboolean
write_log (TbApp *app, const TbPerson *person, const char *visit, const char *clip, const char *what, TbTime from,
           TbTime to, GError **error)
{
  g_autofree char *first = tb_time_format (from);
  g_autofree char *last = tb_time_format (to);
  g_autofree char *detail = g_strdup_printf ("%s-%s", first, last);

  return tb_view_log_add (app->store, tb_clock_wall (), person->id, person->name, visit, clip, what, detail, error);
}

static const TbPerson *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person;
}

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
  g_autofree char *clip = NULL;
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
  if (to <= from)
    return tb_reply_problem (400, "invalid", "“to” must be later than “from”");
  if (tb_vault_get_state (app->vault) != TB_VAULT_OPEN)
    return tb_reply_problem (423, "locked", "The vault is locked; open it first");
  if (!may_take (app, asker (request), visit->id, from, to, &clip, &error)
      || !write_log (app, asker (request), visit->id, clip, "export", from, to, &error))
    return tb_reply_error (error);
  job = tb_exports_add (app->exports, asker (request)->id, camera, mic, from, to, title, &error);
  return job != NULL ? tb_reply_json (202, job) : tb_reply_error (error);
}

static TbReply *
get_export (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  json_object *job = tb_exports_get (app->exports, tb_request_param (request, "export"), asker (request)->id, &error);

  return job != NULL ? tb_reply_json (200, job) : tb_reply_error (error);
}

static TbReply *
cancel_export (TbApp *app, TbRequest *request)
{
  GError *error = NULL;

  if (!tb_exports_cancel (app->exports, tb_request_param (request, "export"), asker (request)->id, &error))
    return tb_reply_error (error);
  return tb_reply_empty (204);
}

/* A file on its way to somebody. Belongs to the thread of its connection. */
typedef struct {
  TbExports *exports;
  char *id;
  TbFrontIndex *film;
} Sending;

static gssize
pull_file (gpointer data, guint64 offset, void *buffer, gsize size)
{
  Sending *sending = data;

  if (!tb_exports_has (sending->exports, sending->id)) /* withdrawn meanwhile */
    return -1;
  return tb_front_index_read (sending->film, offset, buffer, size, NULL);
}

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  tb_front_index_free (sending->film);
  g_free (sending->id);
  g_free (sending);
}

static TbReply *
get_export_file (TbApp *app, TbRequest *request)
{
  const char *id = tb_request_param (request, "export");
  const TbPerson *person = asker (request);
  GError *error = NULL;
  g_autoptr (TbExportInfo) info = tb_exports_info (app->exports, id, person->id, &error);
  g_autoptr (TbFrontIndex) film = NULL;
  TbMediaReader *reader;
  g_autofree char *clip = NULL;
  g_autofree char *disposition = NULL;
  Sending *sending;
  TbReply *reply;

  /* What was allowed when it was made may have been withdrawn. */
  if (info == NULL || !may_take (app, person, info->visit, info->from, info->to, &clip, &error))
    return tb_reply_error (error);
  reader = tb_exports_open (app->exports, id, person->id, &error);
  film = reader != NULL ? tb_front_index_new (reader, &error) : NULL;
  if (film == NULL)
    return tb_reply_error (error);
  if (!tb_request_is_head (request)
      && !write_log (app, person, info->visit, clip, "download", info->from, info->to, &error))
    return tb_reply_error (error);
  sending = g_new0 (Sending, 1);
  sending->exports = app->exports;
  sending->id = g_strdup (id);
  sending->film = g_steal_pointer (&film);
  disposition = g_strdup_printf ("attachment; filename=\"%s\"", info->name);
  reply = tb_reply_sized (200, "video/mp4", tb_front_index_size (sending->film), pull_file, sending, sending_free);
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
