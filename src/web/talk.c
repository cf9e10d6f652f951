/* /api/visits/{visit}/talk: ready, reveal, the one list, what is on the screens, the clock.
 *
 * A change of the talk and its news are made under one lock, so that what a screen hears last is what holds. */
#include "store/talk.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/moment.h"
#include "store/visit-people.h"
#include "web/coaching-news.h"
#include "web/routes.h"
#include "web/viewer.h"

static const char *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person->id;
}

static TbReply *
reply_talk (const TbTalk *talk, GError *error)
{
  return talk != NULL ? tb_reply_json (200, tb_talk_to_json (talk)) : tb_reply_error (error);
}

static gboolean
has_teacher (TbApp *app, const char *visit, gboolean *has, GError **error)
{
  g_autofree char *coach = NULL;
  g_autofree char *teacher = NULL;

  if (!tb_visit_people (app->store, visit, &coach, &teacher, error))
    return FALSE;
  *has = teacher != NULL;
  return TRUE;
}

/* What each side chose at the same place; nothing of it before the reveal. */
static json_object *
pairs_to_json (GPtrArray *moments, gboolean revealed)
{
  g_autoptr (GArray) pairs = revealed ? tb_moment_pair (moments) : NULL;
  json_object *list = json_object_new_array ();

  for (guint i = 0; pairs != NULL && i < pairs->len; i++) {
    const TbMomentPair *pair = &g_array_index (pairs, TbMomentPair, i);
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "coach", pair->coach != NULL ? pair->coach->id : NULL);
    tb_json_add_string (item, "teacher", pair->teacher != NULL ? pair->teacher->id : NULL);
    json_object_array_add (list, item);
  }
  return list;
}

static json_object *
items_to_json (GPtrArray *items)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < items->len; i++)
    json_object_array_add (list, tb_talk_item_to_json (items->pdata[i]));
  return list;
}

static TbReply *
get_talk (TbApp *app, TbRequest *request)
{
  const char *visit = tb_request_param (request, "visit");
  const char *me = asker (request), *side = NULL;
  GError *error = NULL;
  g_autoptr (TbTalk) talk = tb_talk_get (app->store, visit, me, &error);
  g_autoptr (GPtrArray) moments = NULL;
  g_autoptr (GPtrArray) items = NULL;
  gboolean revealed, teacher = FALSE;
  json_object *body;

  if (talk == NULL || !tb_talk_side (app->store, visit, me, &side, &error)
      || (moments = tb_moment_list (app->store, visit, me, &error)) == NULL
      || (items = tb_talk_list_items (app->store, visit, me, &error)) == NULL
      || !has_teacher (app, visit, &teacher, &error))
    return tb_reply_error (error);
  revealed = talk->revealed_at != 0;
  body = json_object_new_object ();
  tb_json_add_string (body, "side", side);
  tb_json_add (body, "talk", tb_talk_to_json (talk));
  tb_json_add_wall (body, "now", tb_clock_wall ());
  tb_json_add (body, "moments", tb_moments_to_json (moments, side, revealed));
  tb_json_add (body, "items", items_to_json (items));
  tb_json_add (body, "pairs", pairs_to_json (moments, revealed));
  tb_json_add_bool (body, "has_teacher", teacher);
  return tb_reply_json (200, body);
}

/* --- changes ------------------------------------------------------------- */

static TbReply *
set_ready (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "ready", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbTalk) talk = NULL;
  gboolean ready = FALSE;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_bool (body, "ready", TB_JSON_REQUIRED, &ready, NULL, &error))
    return tb_reply_error (error);
  g_mutex_lock (&app->talk_lock);
  talk = tb_talk_set_ready (app->store, tb_request_param (request, "visit"), asker (request), ready, tb_clock_wall (),
                            &error);
  if (talk != NULL)
    tb_coaching_tell_talk (app, talk);
  g_mutex_unlock (&app->talk_lock);
  return reply_talk (talk, error);
}

static TbReply *
reveal (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "together", NULL };
  static const char *const shown[] = { "moments", "items", "comments" };
  const char *visit = tb_request_param (request, "visit");
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbTalk) talk = NULL;
  gboolean together = FALSE, teacher = FALSE;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_bool (body, "together", 0, &together, NULL, &error)
      || !has_teacher (app, visit, &teacher, &error))
    return tb_reply_error (error);
  /* A teacher with an account says so there; without one the coach presses for both, in the room. */
  together = together && !teacher;
  g_mutex_lock (&app->talk_lock);
  talk = tb_talk_reveal (app->store, visit, asker (request), together, together, tb_clock_wall (), &error);
  if (talk != NULL)
    tb_coaching_tell_talk (app, talk);
  g_mutex_unlock (&app->talk_lock);
  for (gsize i = 0; talk != NULL && i < G_N_ELEMENTS (shown); i++)
    tb_coaching_tell (app, visit, shown[i]);
  return reply_talk (talk, error);
}

typedef TbTalk *(*ChangeFunc) (TbStore *store, const char *visit, const char *person, gint64 now_wall, GError **error);

static TbReply *
press (TbApp *app, TbRequest *request, ChangeFunc change)
{
  static const char *const known[] = { NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbTalk) talk = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, &error))
    return tb_reply_error (error);
  g_mutex_lock (&app->talk_lock);
  talk = change (app->store, tb_request_param (request, "visit"), asker (request), tb_clock_wall (), &error);
  if (talk != NULL)
    tb_coaching_tell_talk (app, talk);
  g_mutex_unlock (&app->talk_lock);
  return reply_talk (talk, error);
}

static TbReply *
start_talk (TbApp *app, TbRequest *request)
{
  return press (app, request, tb_talk_start);
}

static TbReply *
end_talk (TbApp *app, TbRequest *request)
{
  return press (app, request, tb_talk_end);
}

/* Durable before anybody hears of it: after a crash every screen shows what was shown. */
static TbReply *
set_state (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "seen", "state", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbTalk) talk = NULL;
  json_object *state = NULL, *answer;
  gboolean applied = FALSE;
  gint64 seen = 0;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_int (body, "seen", TB_JSON_REQUIRED, 0, G_MAXINT64, &seen, NULL, &error)
      || !tb_json_get_object (body, "state", TB_JSON_REQUIRED, &state, NULL, &error))
    return tb_reply_error (error);
  g_mutex_lock (&app->talk_lock);
  talk = tb_talk_set_state (app->store, tb_request_param (request, "visit"), asker (request), seen, state,
                            tb_clock_wall (), &applied, &error);
  if (applied)
    tb_coaching_tell_talk (app, talk);
  g_mutex_unlock (&app->talk_lock);
  if (talk == NULL)
    return tb_reply_error (error);
  answer = json_object_new_object ();
  tb_json_add_bool (answer, "applied", applied);
  tb_json_add (answer, "talk", tb_talk_to_json (talk));
  return tb_reply_json (200, answer);
}

/* --- the list ------------------------------------------------------------ */

const TbTalkItem *
tb_routes_item (TbRequest *request, GPtrArray *items, GError **error)
{
  const char *id = tb_request_param (request, "item");

  for (guint i = 0; i < items->len; i++)
    if (g_str_equal (((TbTalkItem *) items->pdata[i])->id, id))
      return items->pdata[i];
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is nothing of this talk under this address");
  return NULL;
}

/* What a private note is about is nobody else's. */
static gboolean
is_private (json_object *fields)
{
  return json_object_object_length (fields) == 1 && json_object_object_get_ex (fields, "private_note", NULL);
}

static TbReply *
change_item (TbApp *app, TbRequest *request)
{
  const char *visit = tb_request_param (request, "visit");
  GError *error = NULL;
  g_autoptr (GPtrArray) items = tb_talk_list_items (app->store, visit, asker (request), &error);
  const TbTalkItem *before = items != NULL ? tb_routes_item (request, items, &error) : NULL;
  g_autoptr (json_object) fields = before != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbTalkItem) item = NULL;

  if (fields != NULL)
    item = tb_talk_change_item (app->store, before->id, asker (request), fields, tb_clock_wall (), &error);
  if (item == NULL)
    return tb_reply_error (error);
  if (is_private (fields))
    tb_coaching_tell_side (app, visit, asker (request), "items");
  else
    tb_coaching_tell (app, visit, "items");
  return tb_reply_json (200, tb_talk_item_to_json (item));
}

static TbReply *
order_items (TbApp *app, TbRequest *request)
{
  const char *visit = tb_request_param (request, "visit");
  GError *error = NULL;
  g_auto (GStrv) ids = tb_routes_ids (request, &error);
  g_autoptr (GPtrArray) items = NULL;
  json_object *body;

  if (ids == NULL
      || !tb_talk_order (app->store, visit, asker (request), (const char *const *) ids, tb_clock_wall (), &error)
      || (items = tb_talk_list_items (app->store, visit, asker (request), &error)) == NULL)
    return tb_reply_error (error);
  tb_coaching_tell (app, visit, "items");
  body = json_object_new_object ();
  tb_json_add (body, "items", items_to_json (items));
  return tb_reply_json (200, body);
}

const TbRoute tb_routes_talk[] = {
  { "GET", "/api/visits/{visit}/talk", get_talk, 0 },
  { "POST", "/api/visits/{visit}/talk/ready", set_ready, 16 * 1024 },
  { "POST", "/api/visits/{visit}/talk/reveal", reveal, 16 * 1024 },
  { "POST", "/api/visits/{visit}/talk/start", start_talk, 1024 },
  { "POST", "/api/visits/{visit}/talk/end", end_talk, 1024 },
  { "POST", "/api/visits/{visit}/talk/state", set_state, 16 * 1024 },
  { "POST", "/api/visits/{visit}/talk/order", order_items, 64 * 1024 },
  { "PATCH", "/api/visits/{visit}/talk/items/{item}", change_item, 64 * 1024 },
  { NULL },
};
