/* /api/visits/{visit}/observers: who taps beside the coach, and their layers. Every change is told to all of them with
 * the event "observers": what they see may be other now, so they fetch it again. */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/layers.h"
#include "web/viewer.h"

static const char *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person->id;
}

static json_object *
named (const TbObserver *observer)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", observer->person);
  tb_json_add_string (object, "name", observer->name);
  return object;
}

static json_object *
observer_to_json (TbApp *app, const char *visit, const TbLayers *layers, const TbObserver *observer, const char *me,
                  GError **error)
{
  json_object *object = json_object_new_object ();
  guint count = 0;

  tb_json_add (object, "person", named (observer));
  tb_json_add_string (object, "layer", observer->layer);
  tb_json_add_bool (object, "coach", observer->coach);
  tb_json_add_bool (object, "me", g_str_equal (observer->person, me));
  tb_json_add_wall (object, "added_at", observer->added_at);
  tb_json_add_wall (object, "done_at", observer->done_at);
  tb_json_add (object, "observations", NULL);
  if (!tb_layers_shows (layers, me, observer->layer))
    return object;
  if (!tb_layers_count_one (app->store, visit, observer->layer, &count, error))
    g_clear_pointer (&object, json_object_put);
  else
    tb_json_add_int (object, "observations", count);
  return object;
}

static gboolean
add_candidates (TbApp *app, const char *visit, json_object *body, GError **error)
{
  g_autoptr (GPtrArray) candidates = tb_layers_candidates (app->store, visit, error);
  json_object *list = json_object_new_array ();

  for (guint i = 0; candidates != NULL && i < candidates->len; i++)
    json_object_array_add (list, named (candidates->pdata[i]));
  tb_json_add (body, "candidates", list);
  return candidates != NULL;
}

/* New; NULL with an error. */
static json_object *
layers_to_json (TbApp *app, TbRequest *request, const TbLayers *layers, GError **error)
{
  const char *visit = tb_request_param (request, "visit");
  g_autoptr (json_object) body = json_object_new_object ();
  json_object *list = json_object_new_array ();

  tb_json_add_bool (body, "blind", layers->blind);
  tb_json_add_bool (body, "apart", tb_layers_are_apart (layers));
  tb_json_add_wall (body, "opened_at", layers->opened_at);
  tb_json_add (body, "observers", list);
  for (guint i = 0; i < layers->observers->len; i++) {
    json_object *one = observer_to_json (app, visit, layers, layers->observers->pdata[i], asker (request), error);

    if (one == NULL)
      return NULL;
    json_object_array_add (list, one);
  }
  if ((tb_request_viewer (request)->relation & TB_RELATION_COACH) != 0 && !add_candidates (app, visit, body, error))
    return NULL;
  return g_steal_pointer (&body);
}

static TbReply *
list_observers (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbLayers) layers = tb_layers_load (app->store, tb_request_param (request, "visit"), &error);
  json_object *body = layers != NULL ? layers_to_json (app, request, layers, &error) : NULL;

  return body != NULL ? tb_reply_json (200, body) : tb_reply_error (error);
}

static void
tell (TbApp *app, const char *visit, const char *person)
{
  g_autoptr (json_object) object = json_object_new_object ();
  g_autofree char *topic = g_strconcat ("person:", person, NULL);
  g_autofree char *key = g_strconcat ("observers:", visit, NULL);
  g_autofree char *text = NULL;

  tb_json_add_string (object, "visit", visit);
  text = tb_json_to_text (object);
  tb_hub_publish (app->hub, topic, "observers", key, 0, text);
}

/* After a change: streams under way look again, all who observe (and ALSO, unless NULL) hear of it, and the answer is
 * how it is now. */
static TbReply *
reply_changed (TbApp *app, TbRequest *request, const char *also)
{
  const char *visit = tb_request_param (request, "visit");
  g_autoptr (TbLayers) layers = tb_layers_load (app->store, visit, NULL);

  tb_access_changed (app);
  for (guint i = 0; layers != NULL && i < layers->observers->len; i++)
    tell (app, visit, ((const TbObserver *) layers->observers->pdata[i])->person);
  if (also != NULL)
    tell (app, visit, also);
  tb_studio_tell_visit (app->studio, visit); /* how many observations there are may be other too */
  return list_observers (app, request);
}

static TbReply *
add_observer (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "person", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  const char *person = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "person", TB_JSON_REQUIRED, TB_UUID_LENGTH, &person, NULL, &error))
    return tb_reply_error (error);
  if (!tb_uuid_is_valid (person))
    return tb_reply_problem (400, "invalid", "“person” must be an id");
  if (!tb_layers_add (app->store, tb_request_param (request, "visit"), person, tb_clock_wall (), &error))
    return tb_reply_error (error);
  return reply_changed (app, request, NULL);
}

static TbReply *
remove_observer (TbApp *app, TbRequest *request)
{
  const char *person = tb_request_param (request, "person");
  GError *error = NULL;

  if (!tb_layers_remove (app->store, tb_request_param (request, "visit"), person, tb_clock_wall (), &error))
    return tb_reply_error (error);
  return reply_changed (app, request, person);
}

static TbReply *
change_layers (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "blind", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  gboolean blind = FALSE;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_bool (body, "blind", TB_JSON_REQUIRED, &blind, NULL, &error)
      || !tb_layers_set_blind (app->store, tb_request_param (request, "visit"), blind, &error))
    return tb_reply_error (error);
  return reply_changed (app, request, NULL);
}

static TbReply *
set_done (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "done", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  gboolean done = FALSE;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_bool (body, "done", TB_JSON_REQUIRED, &done, NULL, &error)
      || !tb_layers_set_done (app->store, tb_request_param (request, "visit"), asker (request), done, tb_clock_wall (),
                              &error))
    return tb_reply_error (error);
  return reply_changed (app, request, NULL);
}

static TbReply *
open_layers (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_layers_open (app->store, tb_request_param (request, "visit"), tb_clock_wall (), &error))
    return tb_reply_error (error);
  return reply_changed (app, request, NULL);
}

const TbRoute tb_routes_observers[] = {
  { "GET", "/api/visits/{visit}/observers", list_observers, 0 },
  { "POST", "/api/visits/{visit}/observers", add_observer, 8 * 1024 },
  { "PATCH", "/api/visits/{visit}/observers", change_layers, 8 * 1024 },
  { "DELETE", "/api/visits/{visit}/observers/{person}", remove_observer, 0 },
  { "POST", "/api/visits/{visit}/observers/done", set_done, 8 * 1024 },
  { "POST", "/api/visits/{visit}/observers/open", open_layers, 8 * 1024 },
  { NULL },
};
