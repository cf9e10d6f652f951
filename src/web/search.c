/* /api/search: observations by their words. */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/layers.h"
#include "store/search.h"
#include "web/viewer.h"

#define WORDS_MAX_LENGTH 500

/* The layers of the visits met so far. */
typedef struct {
  TbStore *store;
  const char *person;
  GHashTable *layers; /* visit -> TbLayers */
} Seen;

/* A TbSearchFilter. */
static gboolean
shows (const char *visit, const char *observer, gpointer data)
{
  Seen *seen = data;
  TbLayers *layers = g_hash_table_lookup (seen->layers, visit);

  if (layers == NULL) {
    layers = tb_layers_load (seen->store, visit, NULL);
    if (layers == NULL)
      return FALSE;
    g_hash_table_insert (seen->layers, g_strdup (visit), layers);
  }
  return tb_layers_shows (layers, seen->person, observer);
}

static json_object *
title_json (const TbSearchHit *hit)
{
  json_object *title;

  if (hit->code_nl == NULL)
    return NULL;
  title = json_object_new_object ();
  tb_json_add_string (title, "nl", hit->code_nl);
  tb_json_add_string (title, "en", hit->code_en);
  return title;
}

static json_object *
hit_json (const TbSearchHit *hit)
{
  const TbObservation *observation = hit->observation;
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "visit", hit->visit);
  tb_json_add_string (object, "visit_title", hit->visit_title);
  tb_json_add_wall (object, "visit_started_at", hit->visit_started_at);
  tb_json_add_string (object, "observation", observation->id);
  tb_json_add_time (object, "at", observation->at);
  tb_json_add_string (object, "instrument", observation->instrument);
  tb_json_add_string (object, "code", observation->code);
  tb_json_add (object, "code_title", title_json (hit));
  tb_json_add_string (object, "observer", observation->observer);
  tb_json_add_string (object, "note", observation->note);
  return object;
}

static TbReply *
search (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GHashTable) layers
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tb_layers_free);
  Seen seen = { app->store, tb_request_viewer (request)->person->id, layers };
  TbSearchQuestion question = { .coach = seen.person,
                                .words = tb_request_query (request, "q"),
                                .code = tb_request_query (request, "code"),
                                .before = tb_request_query (request, "before") };
  g_autoptr (GPtrArray) hits = NULL;
  json_object *body, *list;
  gboolean more;
  gint64 limit;

  if (question.words == NULL && question.code == NULL)
    return tb_reply_problem (400, "invalid", "Say what to look for: “q” or “code”");
  if (question.words != NULL && g_utf8_strlen (question.words, -1) > WORDS_MAX_LENGTH)
    return tb_reply_problem (400, "invalid", "“q” in the address is too long");
  if (question.before != NULL && !tb_uuid_is_valid (question.before))
    return tb_reply_problem (400, "invalid", "“before” in the address must be the id of an observation");
  if (!tb_request_query_int (request, "limit", 1, TB_SEARCH_LIMIT_MAX, 50, &limit, &error))
    return tb_reply_error (error);
  question.limit = (guint) limit;
  hits = tb_search_find (app->store, &question, shows, &seen, &more, &error);
  if (hits == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < hits->len; i++)
    json_object_array_add (list, hit_json (hits->pdata[i]));
  tb_json_add (body, "hits", list);
  tb_json_add_bool (body, "more", more);
  return tb_reply_json (200, body);
}

const TbRoute tb_routes_search[] = {
  { "GET", "/api/search", search, 0 },
  { NULL },
};
