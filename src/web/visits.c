/* /api/visits */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/layers.h"
#include "store/release.h"
#include "store/trajectory.h"
#include "web/viewer.h"

#define SEARCH_MAX 200

static json_object *
files_to_json (TbApp *app, const TbTrack *track, const TbSegment *segment)
{
  json_object *files = json_object_new_array ();

  for (guint i = 0; i < segment->files->len; i++) {
    const char *name = segment->files->pdata[i];
    g_autoptr (TbMediaReader) reader = tb_media_store_open (app->media, track->visit, name, NULL);
    json_object *file = json_object_new_object ();
    guint64 size = 0;

    if (reader != NULL)
      tb_media_reader_size (reader, &size, NULL);
    tb_json_add_string (file, "name", name);
    tb_json_add_string (file, "kind", g_str_has_suffix (name, ".flac") ? "flac" : "mp4");
    tb_json_add_int (file, "size", (gint64) size);
    json_object_array_add (files, file);
  }
  return files;
}

static json_object *
segment_to_json (TbApp *app, const TbTrack *track, const TbSegment *segment)
{
  json_object *object = json_object_new_object ();
  gboolean ended = segment->duration != TB_TIME_NONE;
  TbTime duration = ended ? segment->duration : 0;

  for (guint i = 0; !ended && i < segment->files->len; i++)
    if (g_str_has_suffix (segment->files->pdata[i], ".mp4"))
      duration = tb_media_index_duration (app->index, track->visit, segment->files->pdata[i]);
  tb_json_add_int (object, "number", segment->number);
  tb_json_add_time (object, "start", segment->start);
  tb_json_add_time (object, "duration", duration);
  tb_json_add_bool (object, "ended", ended);
  tb_json_add (object, "files", files_to_json (app, track, segment));
  tb_json_add_string (object, "note", segment->note);
  return object;
}

json_object *
tb_track_whole_json (TbApp *app, const TbTrack *track)
{
  json_object *object = tb_track_to_json (track);
  json_object *segments = json_object_new_array ();

  /* In place of the store's own: with the sizes of files, and how long a growing one is now. */
  for (guint i = 0; i < track->segments->len; i++)
    json_object_array_add (segments, segment_to_json (app, track, track->segments->pdata[i]));
  tb_json_add (object, "segments", segments);
  return object;
}

static gboolean
is_own (TbRequest *request, const TbVisit *visit)
{
  return g_strcmp0 (visit->coach, tb_request_viewer (request)->person->id) == 0;
}

/* What of VISIT is shared with the person who asks, out of RELEASES (the live ones to them): the purpose and the date
 * of the newest, and the clips unless all of it is. New; NULL when nothing is. */
static json_object *
shared_to_json (const GPtrArray *releases, const TbVisit *visit)
{
  json_object *shared = NULL, *clips = NULL;
  gboolean whole = FALSE;

  for (guint i = 0; i < releases->len; i++) {
    const TbRelease *release = releases->pdata[i];
    json_object *clip;

    if (!g_str_equal (release->visit, visit->id))
      continue;
    if (shared == NULL) {
      shared = json_object_new_object ();
      clips = json_object_new_array ();
      tb_json_add_string (shared, "purpose", release->purpose);
      tb_json_add_wall (shared, "until", release->until);
      tb_json_add_bool (shared, "download", release->download);
      tb_json_add_string (shared, "by", release->by_name);
    }
    if (release->clip == NULL) {
      whole = TRUE;
      continue;
    }
    clip = json_object_new_object ();
    tb_json_add_string (clip, "id", release->clip);
    tb_json_add_string (clip, "title", release->clip_title);
    tb_json_add_time (clip, "from", release->from);
    tb_json_add_time (clip, "to", release->to);
    tb_json_add_bool (clip, "download", release->download);
    json_object_array_add (clips, clip);
  }
  if (whole)
    g_clear_pointer (&clips, json_object_put);
  if (shared != NULL)
    tb_json_add (shared, "clips", clips);
  return shared;
}

static gboolean
is_shared (const GPtrArray *releases, const TbVisit *visit)
{
  for (guint i = 0; i < releases->len; i++)
    if (g_str_equal (((const TbRelease *) releases->pdata[i])->visit, visit->id))
      return TRUE;
  return FALSE;
}

/* Whether all that is shared of VISIT is the bare film. */
static gboolean
is_bare (const GPtrArray *releases, const TbVisit *visit)
{
  for (guint i = 0; i < releases->len; i++) {
    const TbRelease *release = releases->pdata[i];

    if (release->taps && g_str_equal (release->visit, visit->id))
      return FALSE;
  }
  return TRUE;
}

/* Takes out what is the coach's own business: notes to oneself, where a camera is (its address may hold a password), of
 * the bare film also how often something was tapped until both lists were shown, unless one taps on it oneself. */
static void
hide_private (TbApp *app, TbRequest *request, json_object *object, const GPtrArray *releases, const TbVisit *visit)
{
  json_object *tracks = NULL;

  tb_json_add_string (object, "note", "");
  if (!json_object_object_get_ex (object, "beside", NULL) && is_bare (releases, visit)
      && !(is_shared (releases, visit)
           && tb_routes_revealed_to (app, visit->id, tb_request_viewer (request)->person->id)))
    tb_json_add_int (object, "observations", 0);
  if (json_object_object_get_ex (object, "sources", NULL))
    tb_json_add (object, "sources", json_object_new_array ());
  json_object_object_get_ex (object, "tracks", &tracks); /* in a summary only their number */
  for (gsize i = 0; json_object_is_type (tracks, json_type_array) && i < json_object_array_length (tracks); i++)
    tb_json_add_string (json_object_array_get_idx (tracks, i), "uri", "");
}

/* The trajectory it is in, for those between whom that is: nobody else is told whether there is one. */
static gboolean
add_trajectory (TbApp *app, TbRequest *request, const TbVisit *visit, json_object *object, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (TbTrajectory) trajectory
      = tb_trajectory_of_visit (app->store, visit->id, tb_request_viewer (request)->person->id, &problem);
  json_object *line = NULL;

  if (g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED))
    return TRUE;
  if (problem != NULL && !g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (trajectory != NULL) {
    line = json_object_new_object ();
    tb_json_add_string (line, "id", trajectory->id);
    tb_json_add_string (line, "question", trajectory->question);
    tb_json_add_bool (line, "film_first", trajectory->film_first);
  }
  tb_json_add (object, "trajectory", line);
  return TRUE;
}

static json_object *
whole_to_json (TbApp *app, TbRequest *request, const TbVisit *visit, GError **error)
{
  const TbViewer *viewer = tb_request_viewer (request);
  gboolean filmed = (viewer->relation & ~(guint) TB_RELATION_OBSERVER) != 0; /* who only observes has no footage */
  g_autoptr (GPtrArray) tracks = tb_track_list (app->store, visit->id, error);
  g_autoptr (TbLayers) layers = tracks != NULL ? tb_layers_load (app->store, visit->id, error) : NULL;
  g_autoptr (GPtrArray) releases = NULL;
  const TbObserver *observer;
  gint64 now = tb_clock_wall ();
  json_object *object, *sources, *list;

  if (layers == NULL)
    return NULL;
  if (!is_own (request, visit)
      && (releases = tb_release_list_live_to (app->store, tb_request_viewer (request)->person->id, now, error)) == NULL)
    return NULL;
  object = tb_studio_summary_for (app->studio, visit, layers, viewer->person->id);
  sources = json_object_new_array ();
  for (guint i = 0; i < visit->sources->len; i++)
    json_object_array_add (sources, tb_planned_source_to_json (visit->sources->pdata[i]));
  list = json_object_new_array ();
  for (guint i = 0; filmed && i < tracks->len; i++)
    json_object_array_add (list, tb_track_whole_json (app, tracks->pdata[i]));
  tb_json_add_time (object, "now", visit->ended_at == 0 ? tb_visit_now (visit, tb_clock_wall ()) : TB_TIME_NONE);
  tb_json_add (object, "sources", sources);
  tb_json_add (object, "tracks", list);
  tb_json_add_int (object, "seq", visit->seq);
  observer = tb_layers_find (layers, viewer->person->id);
  tb_json_add_string (object, "layer", observer != NULL ? observer->layer : NULL);
  tb_json_add (object, "shared", releases != NULL ? shared_to_json (releases, visit) : NULL);
  if (releases != NULL)
    hide_private (app, request, object, releases, visit);
  if (!add_trajectory (app, request, visit, object, error))
    g_clear_pointer (&object, json_object_put);
  return object;
}

static TbReply *
reply_visit (TbApp *app, TbRequest *request, int status, const TbVisit *visit)
{
  GError *error = NULL;
  json_object *object = whole_to_json (app, request, visit, &error);

  return object != NULL ? tb_reply_json (status, object) : tb_reply_error (error);
}

/* A summary as it stands in the list: with RECEIVERS for a coach's own visits (which those of others then are not among
 * but for those one observes), with RELEASES for what others shared. NULL with an error. */
static json_object *
list_item (TbApp *app, TbRequest *request, const TbVisit *visit, const GPtrArray *releases, GHashTable *receivers,
           GError **error)
{
  g_autoptr (TbLayers) layers = tb_layers_load (app->store, visit->id, error);
  json_object *item, *shared;

  if (layers == NULL)
    return NULL;
  item = tb_studio_summary_for (app->studio, visit, layers, tb_request_viewer (request)->person->id);
  shared = releases != NULL ? shared_to_json (releases, visit) : NULL;
  tb_json_add (item, "shared", shared);
  if (releases != NULL)
    hide_private (app, request, item, releases, visit);
  else if (is_own (request, visit))
    tb_json_add_int (item, "releases", GPOINTER_TO_UINT (g_hash_table_lookup (receivers, visit->id)));
  if (shared != NULL)
    tb_json_add_int (item, "tracks", visit->tracks);
  return item;
}

static TbReply *
list_visits (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  const TbPerson *person = tb_request_viewer (request)->person;
  g_autoptr (GPtrArray) visits = NULL;
  g_autoptr (GPtrArray) releases = NULL;
  g_autoptr (GHashTable) receivers = NULL;
  const char *search = tb_request_query (request, "search");
  const char *before = tb_request_query (request, "before");
  gint64 limit, shared, now = tb_clock_wall ();
  gboolean coach = tb_viewer_has (tb_request_viewer (request), TB_ROLE_COACH);
  gboolean more = FALSE;
  json_object *body, *list;

  if (!tb_request_query_int (request, "limit", 1, 200, 50, &limit, &error)
      || !tb_request_query_int (request, "shared", coach ? 0 : 1, 1, coach ? 0 : 1, &shared, &error))
    return tb_reply_error (error);
  if (search != NULL && g_utf8_strlen (search, -1) > SEARCH_MAX)
    return tb_reply_problem (400, "invalid", "“search” in the address is longer than 200 characters");
  if (before != NULL && !tb_uuid_is_valid (before))
    return tb_reply_problem (400, "invalid", "“before” in the address must be the id of a visit");
  if (shared != 0) {
    /* A trainee has one list: of what was shared, and of what they tap on themselves. A coach has two. */
    gboolean all = !coach && tb_viewer_has (tb_request_viewer (request), TB_ROLE_TRAINEE);

    releases = tb_release_list_live_to (app->store, person->id, now, &error);
    if (releases != NULL)
      visits = (all ? tb_visit_list_given : tb_visit_list_shared) (app->store, person->id, now, search, (guint) limit,
                                                                    before, &more, &error);
  } else {
    receivers = tb_release_count_receivers (app->store, person->id, now, &error);
    if (receivers != NULL)
      visits = tb_visit_list_mine (app->store, person->id, search, (guint) limit, before, &more, &error);
  }
  if (visits == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  tb_json_add (body, "visits", list);
  for (guint i = 0; i < visits->len; i++) {
    json_object *item = list_item (app, request, visits->pdata[i], releases, receivers, &error);

    if (item == NULL) {
      json_object_put (body);
      return tb_reply_error (error);
    }
    json_object_array_add (list, item);
  }
  tb_json_add_bool (body, "more", more);
  return tb_reply_json (200, body);
}

gboolean
tb_routes_check_sources (json_object *fields, GError **error)
{
  json_object *sources = NULL;

  if (!tb_json_get_array (fields, "sources", 0, 16, &sources, NULL, error))
    return FALSE;
  for (gsize i = 0; sources != NULL && i < json_object_array_length (sources); i++) {
    json_object *source = json_object_array_get_idx (sources, i);
    const char *uri = NULL, *kind_text = NULL;
    TbMediaKind kind;

    if (!tb_json_get_string (source, "uri", TB_JSON_REQUIRED, 1000, &uri, NULL, error)
        || !tb_json_get_string (source, "kind", TB_JSON_REQUIRED, 10, &kind_text, NULL, error)
        || !tb_media_kind_parse (kind_text, &kind, error) || !tb_source_check (uri, kind, error))
      return FALSE;
  }
  return TRUE;
}

static TbReply *
create_visit (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (GPtrArray) catalogue = body != NULL ? tb_catalogue_list (app->catalogue, &error) : NULL;
  g_autoptr (TbVisit) visit = NULL;

  if (catalogue != NULL && tb_routes_check_sources (body, &error))
    visit = tb_visit_create (app->store, tb_request_viewer (request)->person->id, body, catalogue, &error);
  if (visit == NULL)
    return tb_reply_error (error);
  tb_studio_tell_visit (app->studio, visit->id);
  return reply_visit (app, request, 201, visit);
}

static TbReply *
get_visit (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);

  return visit != NULL ? reply_visit (app, request, 200, visit) : tb_reply_error (error);
}

static TbReply *
patch_visit (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (json_object) body = visit != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (GPtrArray) catalogue = body != NULL ? tb_catalogue_list (app->catalogue, &error) : NULL;
  g_autoptr (TbVisit) changed = NULL;

  if (catalogue != NULL && tb_routes_check_sources (body, &error))
    changed = tb_visit_update (app->store, visit->id, body, catalogue, &error);
  if (changed == NULL)
    return tb_reply_error (error);
  tb_studio_tell_visit (app->studio, changed->id);
  return reply_visit (app, request, 200, changed);
}

/* FALSE when the body has something in it: whoever sends it expects it to count. */
static gboolean
check_nothing (TbRequest *request, GError **error)
{
  static const char *const known[] = { NULL };
  g_autoptr (json_object) body = tb_request_json (request, error);

  return body != NULL && tb_json_check_fields (body, known, error);
}

static TbReply *
start_visit (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  gint64 zero = 0;

  if (visit == NULL || !check_nothing (request, &error)
      || !tb_visit_start (app->store, visit->id, tb_clock_wall (), &zero, &error))
    return tb_reply_error (error);
  tb_studio_tell_visit (app->studio, visit->id);
  return get_visit (app, request);
}

static TbReply *
end_visit (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);

  if (visit == NULL || !check_nothing (request, &error) || !tb_studio_end (app->studio, visit->id, &error))
    return tb_reply_error (error);
  return get_visit (app, request);
}

const TbRoute tb_routes_visits[] = {
  { "GET", "/api/visits", list_visits, 0 },
  { "POST", "/api/visits", create_visit, 64 * 1024 },
  { "GET", "/api/visits/{visit}", get_visit, 0 },
  { "PATCH", "/api/visits/{visit}", patch_visit, 64 * 1024 },
  { "POST", "/api/visits/{visit}/start", start_visit, 1024 },
  { "POST", "/api/visits/{visit}/end", end_visit, 1024 },
  { NULL },
};
