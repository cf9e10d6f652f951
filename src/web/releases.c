/* /api/visits/{visit}/releases, /api/releases
 *
 * Who may do what is in access-table.c: the coach of the visit gives, its
 * teacher answers, either takes back. What is checked here is only that the
 * release is one of the visit of the address. */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/register.h"
#include "store/release.h"
#include "store/visit-people.h"
#include "web/access.h"

/* The release "{release}" of the visit "{visit}". NULL with an error. New. */
static TbRelease *
find_release (TbApp *app, TbRequest *request, GError **error)
{
  const char *id = tb_request_param (request, "release");
  g_autoptr (TbRelease) release = NULL;

  if (tb_uuid_is_valid (id))
    release = tb_release_get (app->store, id, error);
  else
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no release under this address");
  if (release != NULL && !g_str_equal (release->visit, tb_request_param (request, "visit"))) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no release under this address");
    return NULL;
  }
  return g_steal_pointer (&release);
}

static void
tell_person (TbApp *app, const char *person)
{
  g_autofree char *topic = person != NULL ? g_strconcat ("person:", person, NULL) : NULL;

  if (topic != NULL)
    tb_hub_publish (app->hub, topic, "releases", "releases", 0, "{}");
}

/* Everybody whom RELEASE concerns fetches again; replies under way look again whether they may go on. */
static void
tell (TbApp *app, const TbRelease *release)
{
  g_autofree char *coach = NULL;
  g_autofree char *teacher = NULL;

  tb_access_changed (app);
  tell_person (app, release->person);
  if (tb_visit_people (app->store, release->visit, &coach, &teacher, NULL)) {
    tell_person (app, coach);
    tell_person (app, teacher);
  }
}

static json_object *
list_to_json (GPtrArray *releases, gint64 now)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < releases->len; i++)
    json_object_array_add (list, tb_release_to_json (releases->pdata[i], now));
  return list;
}

static TbReply *
list_releases (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) releases = tb_release_list_of_visit (app->store, tb_request_param (request, "visit"), &error);
  json_object *body;

  if (releases == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  tb_json_add (body, "releases", list_to_json (releases, tb_clock_wall ()));
  return tb_reply_json (200, body);
}

static gboolean
check_id (const char *field, const char *id, GError **error)
{
  if (id == NULL || tb_uuid_is_valid (id))
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” must be an id", field);
  return FALSE;
}

static TbReply *
add_release (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "person", "clip", "purpose", "until", "download", "taps", NULL };
  const char *visit = tb_request_param (request, "visit");
  const char *by = tb_request_viewer (request)->person->id;
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbRelease) release = NULL;
  const char *person = NULL, *clip = NULL, *purpose = NULL;
  gboolean download = FALSE, taps = TRUE;
  gint64 now = tb_clock_wall (), until = 0;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "person", TB_JSON_REQUIRED, 40, &person, NULL, &error)
      || !tb_json_get_string (body, "clip", 0, 40, &clip, NULL, &error)
      || !tb_json_get_string (body, "purpose", TB_JSON_REQUIRED, 20, &purpose, NULL, &error)
      || !tb_json_get_wall (body, "until", TB_JSON_REQUIRED, &until, NULL, &error)
      || !tb_json_get_bool (body, "download", 0, &download, NULL, &error)
      || !tb_json_get_bool (body, "taps", 0, &taps, NULL, &error) || !check_id ("person", person, &error)
      || !check_id ("clip", clip, &error))
    return tb_reply_error (error);
  release = tb_release_create (app->store, visit, clip, person, purpose, by, until, download, taps, now, &error);
  if (release == NULL)
    return tb_reply_error (error);
  tell (app, release);
  return tb_reply_json (201, tb_release_to_json (release, now));
}

static TbReply *
answer_release (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "agree", NULL };
  const char *by = tb_request_viewer (request)->person->id;
  GError *error = NULL;
  g_autoptr (TbRelease) release = find_release (app, request, &error);
  g_autoptr (json_object) body = release != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbRelease) answered = NULL;
  gint64 now = tb_clock_wall ();
  gboolean agree = FALSE;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_bool (body, "agree", TB_JSON_REQUIRED, &agree, NULL, &error))
    return tb_reply_error (error);
  answered = tb_release_answer (app->store, release->id, by, agree, now, &error);
  if (answered == NULL)
    return tb_reply_error (error);
  tell (app, answered);
  return tb_reply_json (200, tb_release_to_json (answered, now));
}

static TbReply *
give_taps (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { NULL };
  const char *by = tb_request_viewer (request)->person->id;
  GError *error = NULL;
  g_autoptr (TbRelease) release = find_release (app, request, &error);
  g_autoptr (json_object) body = release != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbRelease) given = NULL;
  gint64 now = tb_clock_wall ();

  if (body == NULL || !tb_json_check_fields (body, known, &error))
    return tb_reply_error (error);
  given = tb_release_give_taps (app->store, release->id, by, now, &error);
  if (given == NULL)
    return tb_reply_error (error);
  tell (app, given);
  return tb_reply_json (200, tb_release_to_json (given, now));
}

static TbReply *
withdraw_release (TbApp *app, TbRequest *request)
{
  const char *by = tb_request_viewer (request)->person->id;
  GError *error = NULL;
  g_autoptr (TbRelease) release = find_release (app, request, &error);
  g_autoptr (GPtrArray) withdrawn = NULL;
  gint64 now = tb_clock_wall ();

  if (release == NULL || !tb_release_withdraw (app->store, release->id, by, now, &withdrawn, &error))
    return tb_reply_error (error);
  for (guint i = 0; i < withdrawn->len; i++) {
    const TbRelease *gone = withdrawn->pdata[i];

    tell (app, gone);
    /* Also when another release still shows the same: it is made anew in a moment. */
    tb_exports_drop (app->exports, gone->visit, gone->person);
  }
  return tb_reply_json (200, tb_release_to_json (withdrawn->pdata[0], now));
}

static json_object *
lesson_to_json (const TbRegisterRow *row)
{
  json_object *object = json_object_new_object ();
  json_object *coach = NULL;

  if (row->coach != NULL) {
    coach = json_object_new_object ();
    tb_json_add_string (coach, "id", row->coach);
    tb_json_add_string (coach, "name", row->coach_name);
  }
  tb_json_add_string (object, "visit", row->id);
  tb_json_add_string (object, "title", row->title);
  tb_json_add_wall (object, "started_at", row->started_at);
  tb_json_add (object, "coach", coach);
  tb_json_add_int (object, "releases", row->releases);
  return object;
}

static TbReply *
list_mine (TbApp *app, TbRequest *request)
{
  const char *me = tb_request_viewer (request)->person->id;
  gint64 now = tb_clock_wall ();
  GError *error = NULL;
  g_autoptr (GPtrArray) to_me = tb_release_list_live_to (app->store, me, now, &error);
  g_autoptr (GPtrArray) asked = to_me != NULL ? tb_release_list_asked_of (app->store, me, now, &error) : NULL;
  g_autoptr (GPtrArray) rows = asked != NULL ? tb_register_list_lessons (app->store, me, now, &error) : NULL;
  json_object *body, *lessons;

  if (rows == NULL)
    return tb_reply_error (error);
  lessons = json_object_new_array ();
  for (guint i = 0; i < rows->len; i++)
    json_object_array_add (lessons, lesson_to_json (rows->pdata[i]));
  body = json_object_new_object ();
  tb_json_add (body, "to_me", list_to_json (to_me, now));
  tb_json_add (body, "to_answer", list_to_json (asked, now));
  tb_json_add (body, "my_lessons", lessons);
  return tb_reply_json (200, body);
}

const TbRoute tb_routes_releases[] = {
  { "GET", "/api/releases", list_mine, 0 },
  { "GET", "/api/visits/{visit}/releases", list_releases, 0 },
  { "POST", "/api/visits/{visit}/releases", add_release, 16 * 1024 },
  { "POST", "/api/visits/{visit}/releases/{release}/answer", answer_release, 16 * 1024 },
  { "POST", "/api/visits/{visit}/releases/{release}/taps", give_taps, 1024 },
  { "DELETE", "/api/visits/{visit}/releases/{release}", withdraw_release, 0 },
  { NULL },
};
