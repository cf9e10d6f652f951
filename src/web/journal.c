/* /api/visits/{visit}/operations, …/observations, …/clips */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/operation.h"
#include "store/journal.h"
#include "store/layers.h"
#include "store/talk.h"
#include "web/viewer.h"

static gboolean
is_coach (TbRequest *request)
{
  return (tb_request_viewer (request)->relation & TB_RELATION_COACH) != 0;
}

/* What was removed is the business of who removed it: an observer's own, and all that the coach is shown. */
static gboolean
may_ask_removed (TbRequest *request)
{
  return (tb_request_viewer (request)->relation & (TB_RELATION_COACH | TB_RELATION_OBSERVER)) != 0;
}

static gboolean
is_own_layer (const TbLayers *layers, const char *person, const char *layer)
{
  const TbObserver *observer = tb_layers_find (layers, person);

  return observer != NULL && g_str_equal (observer->layer, layer);
}

gboolean
tb_routes_revealed_to (TbApp *app, const char *visit, const char *person)
{
  g_autoptr (TbTalk) talk = tb_talk_get (app->store, visit, person, NULL);

  return talk != NULL && talk->revealed_at != 0;
}

/* Those of OBSERVATIONS (of layers that are shown) that may be seen; *BARE: some of what is shown of the film are held
 * back. New. */
static json_object *
show_observations (TbApp *app, TbRequest *request, const char *visit, const TbLayers *layers, GPtrArray *observations,
                   gboolean *bare)
{
  const TbViewer *viewer = tb_request_viewer (request);
  json_object *list = json_object_new_array ();
  gboolean beside = (viewer->relation & TB_RELATION_OBSERVER) != 0;
  gboolean asked = FALSE, revealed = FALSE;

  for (guint i = 0; i < observations->len; i++) {
    const TbObservation *observation = observations->pdata[i];
    TbTime end = MAX (observation->until, observation->at) + 1;

    if (beside) { /* what they see does not hang on what was released of the film */
      if (!observation->removed || is_own_layer (layers, viewer->person->id, observation->observer))
        json_object_array_add (list, tb_observation_to_json (observation));
      continue;
    }
    /* A score is of the whole lesson, and goes with no piece of it, wherever it was given. */
    if (!tb_viewer_sees (viewer, observation->at, end)
        || (observation->kind == TB_KIND_RATING && !tb_viewer_sees_all (viewer)))
      continue;
    if (!tb_viewer_sees_taps (viewer, observation->at, end)) {
      if (!asked)
        revealed = tb_routes_revealed_to (app, visit, viewer->person->id);
      asked = TRUE;
      if (!revealed) {
        *bare = TRUE;
        continue;
      }
    }
    json_object_array_add (list, tb_observation_to_json (observation));
  }
  return list;
}

static TbReply *
list_observations (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (GPtrArray) observations = NULL;
  g_autoptr (TbLayers) layers = NULL;
  gboolean bare = FALSE;
  json_object *body;
  gint64 removed, seq = 0;

  if (visit == NULL || !tb_request_query_int (request, "removed", 0, 1, 0, &removed, &error)
      || (observations = tb_observation_list (app->store, visit->id, removed != 0 && may_ask_removed (request), &seq,
                                              &error)) == NULL
      || (layers = tb_layers_load (app->store, visit->id, &error)) == NULL)
    return tb_reply_error (error);
  tb_layers_filter (layers, tb_request_viewer (request)->person->id, observations);
  body = json_object_new_object ();
  tb_json_add (body, "observations", show_observations (app, request, visit->id, layers, observations, &bare));
  tb_json_add_bool (body, "bare", bare);
  tb_json_add_int (body, "seq", seq);
  return tb_reply_json (200, body);
}

static gboolean
is_shared (const TbViewer *viewer, const TbClip *clip)
{
  if (tb_viewer_sees_all (viewer))
    return TRUE;
  for (guint i = 0; i < viewer->view->windows->len; i++)
    if (g_str_equal (g_array_index (viewer->view->windows, TbReleaseWindow, i).clip, clip->id))
      return TRUE;
  return FALSE;
}

static TbReply *
list_clips (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (GPtrArray) clips = NULL;
  json_object *body, *list;
  gint64 removed, seq = 0;

  if (visit == NULL || !tb_request_query_int (request, "removed", 0, 1, 0, &removed, &error)
      || (clips = tb_clip_list (app->store, visit->id, removed != 0 && is_coach (request), &seq, &error)) == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < clips->len; i++)
    if (is_shared (tb_request_viewer (request), clips->pdata[i]))
      json_object_array_add (list, tb_clip_to_json (clips->pdata[i]));
  tb_json_add (body, "clips", list);
  tb_json_add_int (body, "seq", seq);
  return tb_reply_json (200, body);
}

/* The journal keeps operations as text: they go out as they lie. One of a layer that is not shown leaves its number, so
 * that nobody looks for it. */
static TbReply *
list_operations (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (GPtrArray) operations = NULL;
  g_autoptr (TbLayers) layers = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *person = tb_request_viewer (request)->person->id;
  gint64 after, limit, seq = 0;
  GString *text;

  if (visit == NULL || !tb_request_query_int (request, "after", 0, G_MAXINT64, 0, &after, &error)
      || !tb_request_query_int (request, "limit", 1, 1000, 500, &limit, &error)
      || (operations = tb_journal_list (app->store, visit->id, after, (guint) limit, &error)) == NULL
      || !tb_journal_seq (app->store, visit->id, &seq, &error)
      || (layers = tb_layers_load (app->store, visit->id, &error)) == NULL)
    return tb_reply_error (error);
  text = g_string_new ("{\"operations\":[");
  for (guint i = 0; i < operations->len; i++) {
    const TbLogged *logged = operations->pdata[i];

    if (i > 0)
      g_string_append_c (text, ',');
    if (tb_layers_shows_operation (layers, person, logged))
      g_string_append (text, logged->operation);
    else
      g_string_append_printf (text, TB_HIDDEN_OPERATION, logged->seq);
  }
  g_string_append_printf (text, "],\"seq\":%" G_GINT64_FORMAT "}", seq);
  bytes = g_string_free_to_bytes (text);
  return tb_reply_header (tb_reply_bytes (200, "application/json; charset=utf-8", bytes), "Cache-Control", "no-store");
}

static void
stamp (json_object *object, const char *field, const char *name)
{
  const char *given = NULL;

  if (tb_json_get_string (object, field, TB_JSON_REQUIRED, TB_OPERATION_AUTHOR_MAX, &given, NULL, NULL) && *given != '\0')
    tb_json_add_string (object, field, name);
}

/* Whose operation it is the session says, not the client: so a name in the journal is the person's, as they tap under
 * it on this visit. */
static gboolean
stamp_author (TbApp *app, TbRequest *request, const char *visit, json_object *operations, GError **error)
{
  const TbPerson *person = tb_request_viewer (request)->person;
  g_autoptr (TbLayers) layers = tb_layers_load (app->store, visit, error);
  const TbObserver *observer = layers != NULL ? tb_layers_find (layers, person->id) : NULL;
  const char *name = observer != NULL ? observer->layer : person->name;

  if (layers == NULL)
    return FALSE;
  for (gsize i = 0; i < json_object_array_length (operations); i++) {
    json_object *operation = json_object_array_get_idx (operations, i);
    json_object *fields;

    if (!json_object_is_type (operation, json_type_object))
      continue; /* what has not the right form is left as it is: tb_journal_apply says what is wrong with it */
    stamp (operation, "author", name);
    if (json_object_object_get_ex (operation, "fields", &fields) && json_object_is_type (fields, json_type_object))
      stamp (fields, "observer", name);
  }
  return TRUE;
}

static TbReply *
apply_operations (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "operations", NULL };
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (json_object) body = visit != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (GPtrArray) results = NULL;
  json_object *operations = NULL, *answer, *list;
  gint64 seq = 0;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_array (body, "operations", TB_JSON_REQUIRED, G_MAXSIZE, &operations, NULL, &error)
      || !stamp_author (app, request, visit->id, operations, &error)
      || (results = tb_journal_apply_by (app->store, visit->id, tb_request_viewer (request)->person->id, operations,
                                         &seq, &error)) == NULL)
    return tb_reply_error (error);
  answer = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < results->len; i++)
    json_object_array_add (list, tb_result_to_json (results->pdata[i]));
  tb_json_add (answer, "results", list);
  tb_json_add_int (answer, "seq", seq);
  return tb_reply_json (200, answer);
}

const TbRoute tb_routes_journal[] = {
  { "GET", "/api/visits/{visit}/observations", list_observations, 0 },
  { "GET", "/api/visits/{visit}/clips", list_clips, 0 },
  { "GET", "/api/visits/{visit}/operations", list_operations, 0 },
  { "POST", "/api/visits/{visit}/operations", apply_operations, 4 * 1024 * 1024 },
  { NULL },
};
