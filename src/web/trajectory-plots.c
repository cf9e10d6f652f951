/* /api/trajectories/{trajectory}/plots: the same kijkwijzer over the visits of one trajectory. Never with another
 * teacher's, and never as a score: counts, and for states how long. */
#include "web/trajectories.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "observe/tally.h"
#include "store/journal.h"
#include "store/layers.h"
#include "store/release.h"

/* A code over the visits. */
typedef struct {
  TbInstrument *instrument; /* in the version of the newest visit that uses it; owned */
  const TbCode *code;       /* of that */
  json_object *points;      /* owned until it is given away */
  gboolean occurs;
} Plot;

static void
plot_free (gpointer data)
{
  Plot *plot = data;

  tb_instrument_unref (plot->instrument);
  json_object_put (plot->points);
  g_free (plot);
}

/* Made when it is not there yet. Borrowed from PLOTS. */
static Plot *
find_plot (GPtrArray *plots, TbInstrument *instrument, const TbCode *code)
{
  Plot *plot;

  for (guint i = 0; i < plots->len; i++) {
    plot = plots->pdata[i];
    if (g_str_equal (plot->code->id, code->id)
        && g_str_equal (tb_instrument_id (plot->instrument), tb_instrument_id (instrument))
        && plot->code->kind == code->kind)
      return plot;
  }
  plot = g_new0 (Plot, 1);
  plot->points = json_object_new_array ();
  g_ptr_array_add (plots, plot);
  return plot;
}

static json_object *
point_to_json (const TbVisit *visit, TbTime length, const TbTally *one)
{
  json_object *point = json_object_new_object ();

  tb_json_add_string (point, "visit", visit->id);
  tb_json_add_string (point, "title", visit->title);
  tb_json_add_wall (point, "at", visit->started_at);
  tb_json_add_double (point, "minutes", tb_time_to_seconds (length) / 60);
  tb_json_add_int (point, "count", one != NULL ? one->count : 0);
  tb_json_add_time (point, "seconds", one != NULL ? one->total : 0);
  return point;
}

static void
add_codes (GPtrArray *plots, const TbVisit *visit, TbTime length, TbInstrument *instrument, const GArray *tally)
{
  for (guint i = 0; i < tb_instrument_n_codes (instrument); i++) {
    const TbCode *code = tb_instrument_code (instrument, i);
    const TbTally *one = tb_tally_find (tally, tb_instrument_id (instrument), code->id);
    Plot *plot = find_plot (plots, instrument, code);

    g_clear_pointer (&plot->instrument, tb_instrument_unref);
    plot->instrument = tb_instrument_ref (instrument);
    plot->code = code;
    plot->occurs |= one != NULL;
    json_object_array_add (plot->points, point_to_json (visit, length, one));
  }
}

/* Takes the layers of other observers out, opened or not: with theirs everything would be counted twice. */
static gboolean
keep_main_layer (TbApp *app, const char *visit, GPtrArray *observations, GError **error)
{
  g_autoptr (TbLayers) layers = tb_layers_load (app->store, visit, error);

  for (guint i = layers != NULL ? observations->len : 0; i > 0; i--)
    if (!tb_layers_is_main (layers, ((TbObservation *) observations->pdata[i - 1])->observer))
      g_ptr_array_remove_index (observations, i - 1);
  return layers != NULL;
}

/* A visit without one observation says nothing about a lesson: nobody tapped in it. */
static gboolean
add_visit (TbApp *app, GPtrArray *plots, const char *id, GError **error)
{
  g_autoptr (TbVisit) visit = tb_visit_get (app->store, id, error);
  g_autoptr (GPtrArray) observations = visit != NULL ? tb_observation_list (app->store, id, FALSE, NULL, error) : NULL;
  g_autoptr (GArray) tally = NULL;
  TbTime length;

  if (observations == NULL || !keep_main_layer (app, id, observations, error))
    return FALSE;
  if (visit->started_at == 0 || observations->len == 0)
    return TRUE;
  length = tb_visit_now (visit, visit->ended_at != 0 ? visit->ended_at : tb_clock_wall ());
  tally = tb_tally_new (observations, length);
  for (guint i = 0; i < visit->instruments->len; i++) {
    g_autoptr (TbInstrument) instrument = tb_visit_instrument (app->store, id, visit->instruments->pdata[i], error);

    if (instrument == NULL)
      return FALSE;
    add_codes (plots, visit, length, instrument, tally);
  }
  return TRUE;
}

/* *MAY: the teacher gets each of the coach's taps of the visit now, as GET …/observations gives them. What only a clip
 * shows is no count of a lesson. */
static gboolean
may_see_taps (TbApp *app, TbRequest *request, const char *visit, gboolean *may, GError **error)
{
  const char *person = tb_request_viewer (request)->person->id;
  g_autoptr (TbReleaseView) view = tb_release_view_of (app->store, visit, person, tb_clock_wall (), error);

  *may = view != NULL && view->whole && (view->whole_taps || tb_routes_revealed_to (app, visit, person));
  return view != NULL;
}

static json_object *
both_languages (const char *nl, const char *en)
{
  json_object *words = json_object_new_object ();

  tb_json_add_string (words, "nl", nl);
  tb_json_add_string (words, "en", en);
  return words;
}

static json_object *
plot_to_json (Plot *plot)
{
  const TbInstrument *instrument = plot->instrument;
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "instrument", tb_instrument_id (instrument));
  tb_json_add (object, "instrument_title",
               both_languages (tb_instrument_title (instrument, "nl"), tb_instrument_title (instrument, "en")));
  tb_json_add_string (object, "code", plot->code->id);
  tb_json_add (object, "title", both_languages (plot->code->title_nl, plot->code->title_en));
  tb_json_add_string (object, "domain", plot->code->domain);
  tb_json_add_string (object, "color", plot->code->color);
  tb_json_add_string (object, "kind", tb_kind_name (plot->code->kind));
  tb_json_add (object, "points", g_steal_pointer (&plot->points));
  return object;
}

static TbReply *
get_plots (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbTrajectory) trajectory = tb_routes_trajectory (app, request, &error);
  g_autoptr (GPtrArray) plots = g_ptr_array_new_with_free_func (plot_free);
  g_autoptr (GPtrArray) visits = NULL;
  json_object *body, *list;

  if (trajectory != NULL)
    visits = tb_trajectory_list_visits (app->store, trajectory->id, tb_request_viewer (request)->person->id, &error);
  if (visits == NULL)
    return tb_reply_error (error);
  for (guint i = 0; i < visits->len; i++) {
    const TbTrajectoryVisit *visit = visits->pdata[i];
    gboolean may = tb_routes_leads (request, trajectory);

    if ((!may && !may_see_taps (app, request, visit->visit, &may, &error))
        || (may && !add_visit (app, plots, visit->visit, &error)))
      return tb_reply_error (error);
  }
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < plots->len; i++)
    if (((Plot *) plots->pdata[i])->occurs)
      json_object_array_add (list, plot_to_json (plots->pdata[i]));
  tb_json_add (body, "plots", list);
  return tb_reply_json (200, body);
}

const TbRoute tb_routes_plots[] = {
  { "GET", "/api/trajectories/{trajectory}/plots", get_plots, 0 },
  { NULL },
};
