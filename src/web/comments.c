/* /api/visits/{visit}/comments: on an instant or a stretch, with answers and spoken notes. */
#include "store/comment.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/talk.h"
#include "web/coaching-news.h"
#include "web/routes.h"
#include "web/viewer.h"
#include "web/voices.h"

static const char *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person->id;
}

/* The other side hears only of what it sees. */
static void
tell (TbApp *app, TbRequest *request, gboolean seen)
{
  const char *visit = tb_request_param (request, "visit");
  g_autoptr (TbTalk) talk = seen ? NULL : tb_talk_get (app->store, visit, asker (request), NULL);

  if (seen || (talk != NULL && talk->revealed_at != 0))
    tb_coaching_tell (app, visit, "comments");
  else
    tb_coaching_tell_side (app, visit, asker (request), "comments");
}

static gboolean
is_seen (const TbComment *comment)
{
  return g_str_equal (comment->sight, "now");
}

/* The comment "{comment}" of the visit "{visit}", as far as the person who asks sees it. NULL with an error. New. */
static TbComment *
find_comment (TbApp *app, TbRequest *request, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (TbComment) comment
      = tb_comment_get (app->store, tb_request_param (request, "comment"), asker (request), &problem);

  if (comment != NULL && g_str_equal (comment->visit, tb_request_param (request, "visit")))
    return g_steal_pointer (&comment);
  if (comment == NULL && !g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND)
      && !g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED))
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no comment under this address");
  return NULL;
}

static TbReply *
list_comments (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) comments
      = tb_comment_list (app->store, tb_request_param (request, "visit"), asker (request), &error);
  json_object *body, *list;

  if (comments == NULL)
    return tb_reply_error (error);
  list = json_object_new_array ();
  for (guint i = 0; i < comments->len; i++)
    json_object_array_add (list, tb_comment_to_json (comments->pdata[i]));
  body = json_object_new_object ();
  tb_json_add (body, "comments", list);
  return tb_reply_json (200, body);
}

/* The spoken note that FIELDS name, *NAME (borrowed, or NULL), is written before the comment that needs it; *KEPT as in
 * voices.h. */
static gboolean
store_voice (TbApp *app, TbRequest *request, json_object *fields, const char **name, GBytes **kept, GError **error)
{
  if (!tb_json_get_string (fields, "voice", 0, 100, name, NULL, error))
    return FALSE;
  return *name == NULL
         || tb_voice_store (app, tb_request_param (request, "visit"), asker (request), *name, kept, error);
}

static TbReply *
add_comment (TbApp *app, TbRequest *request)
{
  const char *visit = tb_request_param (request, "visit");
  GError *error = NULL;
  g_autoptr (json_object) fields = tb_request_json (request, &error);
  g_autoptr (TbComment) comment = NULL;
  g_autoptr (GBytes) kept = NULL;
  const char *voice = NULL;

  if (fields == NULL || !store_voice (app, request, fields, &voice, &kept, &error))
    return tb_reply_error (error);
  comment = tb_comment_add (app->store, visit, asker (request), fields, tb_clock_wall (), &error);
  if (comment == NULL) {
    if (kept != NULL)
      tb_voice_take_back (app, visit, asker (request), voice, g_steal_pointer (&kept));
    return tb_reply_error (error);
  }
  tell (app, request, is_seen (comment));
  return tb_reply_json (201, tb_comment_to_json (comment));
}

static TbReply *
change_comment (TbApp *app, TbRequest *request)
{
  const char *visit = tb_request_param (request, "visit");
  GError *error = NULL;
  g_autoptr (TbComment) before = find_comment (app, request, &error);
  g_autoptr (json_object) fields = before != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbComment) comment = NULL;
  g_autoptr (GBytes) kept = NULL;
  g_autofree char *unused = NULL;
  const char *voice = NULL;

  if (fields == NULL || !store_voice (app, request, fields, &voice, &kept, &error))
    return tb_reply_error (error);
  comment = tb_comment_change (app->store, before->id, asker (request), fields, tb_clock_wall (), &unused, &error);
  if (comment == NULL) {
    if (kept != NULL)
      tb_voice_take_back (app, visit, asker (request), voice, g_steal_pointer (&kept));
    return tb_reply_error (error);
  }
  tb_voice_delete (app, visit, unused);
  tell (app, request, is_seen (before) || is_seen (comment));
  return tb_reply_json (200, tb_comment_to_json (comment));
}

static TbReply *
remove_comment (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbComment) comment = find_comment (app, request, &error);
  g_autofree char *unused = NULL;

  if (comment == NULL
      || !tb_comment_remove (app->store, comment->id, asker (request), tb_clock_wall (), &unused, &error))
    return tb_reply_error (error);
  tb_voice_delete (app, comment->visit, unused);
  tell (app, request, is_seen (comment));
  return tb_reply_empty (204);
}

const TbRoute tb_routes_comments[] = {
  { "GET", "/api/visits/{visit}/comments", list_comments, 0 },
  { "POST", "/api/visits/{visit}/comments", add_comment, 64 * 1024 },
  { "PATCH", "/api/visits/{visit}/comments/{comment}", change_comment, 64 * 1024 },
  { "DELETE", "/api/visits/{visit}/comments/{comment}", remove_comment, 0 },
  { NULL },
};
