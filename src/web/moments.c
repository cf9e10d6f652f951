/* /api/visits/{visit}/moments: what coach and teacher each choose for the talk.
 *
 * Before the reveal neither learns of the other's, nor how many there are, but for those that the teacher shows at
 * once: not from the list and its places, not from news, not from what is refused. */
#include "store/moment.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/journal.h"
#include "store/layers.h"
#include "store/talk.h"
#include "web/coaching-news.h"
#include "web/routes.h"
#include "web/viewer.h"

#define IDS_MAX 1000

static const char *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person->id;
}

static gboolean
is_seen (const TbMoment *moment)
{
  return g_str_equal (moment->sight, "now");
}

/* SEEN: something that the other side sees before the reveal is other now. */
static void
tell (TbApp *app, TbRequest *request, gboolean seen)
{
  const char *visit = tb_request_param (request, "visit");
  g_autoptr (TbTalk) talk = tb_talk_get (app->store, visit, asker (request), NULL);
  gboolean revealed = talk != NULL && talk->revealed_at != 0;

  if (revealed || seen)
    tb_coaching_tell (app, visit, "moments");
  else
    tb_coaching_tell_side (app, visit, asker (request), "moments");
  if (revealed)
    tb_coaching_tell (app, visit, "items"); /* the list for the talk is made of them */
}

json_object *
tb_moments_to_json (GPtrArray *moments, const char *side, gboolean revealed)
{
  json_object *list = json_object_new_array ();
  gint64 place = 0;

  for (guint i = 0; i < moments->len; i++) {
    const TbMoment *moment = moments->pdata[i];
    json_object *item = tb_moment_to_json (moment);

    /* A gap in the other side's places would tell of what lies in it. */
    if (!revealed && !g_str_equal (moment->side, side))
      tb_json_add_int (item, "position", place++);
    json_object_array_add (list, item);
  }
  return list;
}

static TbReply *
list_moments (TbApp *app, TbRequest *request)
{
  const char *visit = tb_request_param (request, "visit");
  const char *me = asker (request), *side = NULL;
  GError *error = NULL;
  g_autoptr (TbTalk) talk = NULL;
  g_autoptr (GPtrArray) moments = NULL;
  json_object *body, *missing;
  guint pride = 0, improve = 0;

  if (!tb_talk_side (app->store, visit, me, &side, &error)
      || (talk = tb_talk_get (app->store, visit, me, &error)) == NULL
      || (moments = tb_moment_list (app->store, visit, me, &error)) == NULL)
    return tb_reply_error (error);
  tb_moment_missing (moments, side, &pride, &improve);
  missing = json_object_new_object ();
  tb_json_add_int (missing, "pride", pride);
  tb_json_add_int (missing, "improve", improve);
  body = json_object_new_object ();
  tb_json_add_string (body, "side", side);
  tb_json_add (body, "moments", tb_moments_to_json (moments, side, talk->revealed_at != 0));
  tb_json_add (body, "missing", missing);
  tb_json_add (body, "talk", tb_talk_to_json (talk));
  return tb_reply_json (200, body);
}

/* A moment made of an observation that its maker is not shown would tell that it is there. */
static gboolean
check_layer (TbApp *app, TbRequest *request, json_object *fields, GError **error)
{
  const char *visit = tb_request_param (request, "visit"), *id = NULL;
  g_autoptr (TbObservation) observation = NULL;
  g_autoptr (TbLayers) layers = NULL;

  tb_json_get_string (fields, "observation", 0, TB_UUID_LENGTH, &id, NULL, NULL);
  observation = id != NULL ? tb_observation_get (app->store, visit, id, NULL) : NULL;
  if (observation == NULL)
    return TRUE; /* the store says what is wrong */
  layers = tb_layers_load (app->store, visit, error);
  if (layers != NULL && !tb_layers_shows (layers, asker (request), observation->observer))
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "The visit has no observation %.60s", id);
  return layers != NULL && tb_layers_shows (layers, asker (request), observation->observer);
}

static TbReply *
add_moment (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (json_object) fields = tb_request_json (request, &error);
  g_autoptr (TbMoment) moment = NULL;

  if (fields != NULL && check_layer (app, request, fields, &error))
    moment = tb_moment_add (app->store, tb_request_param (request, "visit"), asker (request), fields, tb_clock_wall (),
                            &error);
  if (moment == NULL)
    return tb_reply_error (error);
  tell (app, request, is_seen (moment));
  return tb_reply_json (201, tb_moment_to_json (moment));
}

/* In LIST, which is what the person who asks sees. Borrowed; NULL with an error. */
static const TbMoment *
find_moment (GPtrArray *list, const char *id, GError **error)
{
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((TbMoment *) list->pdata[i])->id, id))
      return list->pdata[i];
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no moment under this address");
  return NULL;
}

/* The list with "{moment}", *BEFORE, in it. New; NULL with an error. */
static GPtrArray *
list_with (TbApp *app, TbRequest *request, const TbMoment **before, GError **error)
{
  g_autoptr (GPtrArray) list = tb_moment_list (app->store, tb_request_param (request, "visit"), asker (request), error);

  if (list == NULL || (*before = find_moment (list, tb_request_param (request, "moment"), error)) == NULL)
    return NULL;
  return g_steal_pointer (&list);
}

static TbReply *
change_moment (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  const TbMoment *before = NULL;
  g_autoptr (GPtrArray) list = list_with (app, request, &before, &error);
  g_autoptr (json_object) fields = list != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbMoment) moment = NULL;

  if (fields != NULL)
    moment = tb_moment_change (app->store, before->id, asker (request), fields, tb_clock_wall (), &error);
  if (moment == NULL)
    return tb_reply_error (error);
  tell (app, request, is_seen (before) || is_seen (moment));
  return tb_reply_json (200, tb_moment_to_json (moment));
}

static TbReply *
remove_moment (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  const TbMoment *before = NULL;
  g_autoptr (GPtrArray) list = list_with (app, request, &before, &error);

  if (list == NULL || !tb_moment_remove (app->store, before->id, asker (request), tb_clock_wall (), &error))
    return tb_reply_error (error);
  tell (app, request, is_seen (before));
  return tb_reply_empty (204);
}

char **
tb_routes_ids (TbRequest *request, GError **error)
{
  static const char *const known[] = { "ids", NULL };
  g_autoptr (json_object) body = tb_request_json (request, error);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  json_object *list = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, error)
      || !tb_json_get_array (body, "ids", TB_JSON_REQUIRED, IDS_MAX, &list, NULL, error))
    return NULL;
  for (gsize i = 0; i < json_object_array_length (list); i++) {
    json_object *id = json_object_array_get_idx (list, i);

    if (!json_object_is_type (id, json_type_string) || !tb_uuid_is_valid (json_object_get_string (id))) {
      g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“ids” must be a list of ids");
      return NULL;
    }
    g_strv_builder_add (ids, json_object_get_string (id));
  }
  return g_strv_builder_end (ids);
}

static gboolean
has_seen (GPtrArray *moments, const char *side)
{
  for (guint i = 0; i < moments->len; i++) {
    const TbMoment *moment = moments->pdata[i];

    if (g_str_equal (moment->side, side) && is_seen (moment))
      return TRUE;
  }
  return FALSE;
}

static TbReply *
order_moments (TbApp *app, TbRequest *request)
{
  const char *visit = tb_request_param (request, "visit");
  const char *me = asker (request), *side = NULL;
  GError *error = NULL;
  g_auto (GStrv) ids = tb_routes_ids (request, &error);
  g_autoptr (TbTalk) talk = NULL;
  g_autoptr (GPtrArray) moments = NULL;
  json_object *body;

  if (ids == NULL || !tb_talk_side (app->store, visit, me, &side, &error)
      || !tb_moment_order (app->store, visit, me, (const char *const *) ids, tb_clock_wall (), &error)
      || (talk = tb_talk_get (app->store, visit, me, &error)) == NULL
      || (moments = tb_moment_list (app->store, visit, me, &error)) == NULL)
    return tb_reply_error (error);
  tell (app, request, has_seen (moments, side));
  body = json_object_new_object ();
  tb_json_add (body, "moments", tb_moments_to_json (moments, side, talk->revealed_at != 0));
  return tb_reply_json (200, body);
}

const TbRoute tb_routes_moments[] = {
  { "GET", "/api/visits/{visit}/moments", list_moments, 0 },
  { "POST", "/api/visits/{visit}/moments", add_moment, 64 * 1024 },
  { "POST", "/api/visits/{visit}/moments/order", order_moments, 64 * 1024 },
  { "PATCH", "/api/visits/{visit}/moments/{moment}", change_moment, 64 * 1024 },
  { "DELETE", "/api/visits/{visit}/moments/{moment}", remove_moment, 0 },
  { NULL },
};
