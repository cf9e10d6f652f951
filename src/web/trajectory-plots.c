/* /api/trajectories/{trajectory}/plots: the same kijkwijzer over the visits of one trajectory. Never with another
 * teacher's, and never as a score: counts, for states how long, and for intervals in how many of those that were
 * answered. Ratings have no plot. */
#include "web/trajectories.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "observe/budget.h"
#include "store/counting.h"
#include "store/journal.h"
#include "store/layers.h"
#include "store/release.h"

/* A code over the visits. */
typedef struct {
  guint number;             /* of the code in the set */
  char *name;               /* what it counts as, see observe/lineage.h */
  TbInstrument *instrument; /* the newest of these visits that has it; owned */
  const TbCode *code;       /* of that */
  json_object *points;      /* owned until it is given away */
  guint last;               /* the visit of the last point, from 1 */
  gboolean occurs;
} Plot;

static void
plot_free (gpointer data)
{
  Plot *plot = data;

  g_free (plot->name);
  g_clear_pointer (&plot->instrument, tb_instrument_unref);
  json_object_put (plot->points);
  g_free (plot);
}

/* Made when it is not there yet. Borrowed from PLOTS. */
static Plot *
find_plot (GPtrArray *plots, const TbEventSet *set, const char *name)
{
  Plot *plot;

  for (guint i = 0; i < plots->len; i++) {
    plot = plots->pdata[i];
    if (g_str_equal (plot->name, name))
      return plot;
  }
  plot = g_new0 (Plot, 1);
  plot->name = g_strdup (name);
  plot->number = tb_event_set_find (set, TB_NAME_CODE, name);
  plot->points = json_object_new_array ();
  g_ptr_array_add (plots, plot);
  return plot;
}

/* NULL when CODE does not occur in VISIT. */
static const TbBudgetRow *
find_row (const TbBudget *budget, guint code, guint visit)
{
  for (guint i = 0; i < tb_budget_n_rows (budget); i++) {
    const TbBudgetRow *row = tb_budget_row (budget, i);

    if (row->code == code && row->visit == visit)
      return row;
  }
  return NULL;
}

static json_object *
point_to_json (const TbVisit *visit, TbTime length, TbKind kind, const TbBudgetRow *row)
{
  json_object *point = json_object_new_object ();
  const gboolean interval = kind == TB_KIND_INTERVAL;

  tb_json_add_string (point, "visit", visit->id);
  tb_json_add_string (point, "title", visit->title);
  tb_json_add_wall (point, "at", visit->started_at);
  tb_json_add_double (point, "minutes", tb_time_to_seconds (length) / 60);
  tb_json_add_int (point, "count", row == NULL ? 0 : interval ? row->intervals.seen : row->count);
  tb_json_add_time (point, "seconds", row != NULL && kind == TB_KIND_STATE ? row->total : 0);
  return point;
}

/* How many intervals of SAMPLING were answered in VISIT. */
static guint
count_answered (const TbBudget *budget, guint sampling, guint visit)
{
  for (guint i = 0; i < tb_budget_n_rows (budget); i++) {
    const TbBudgetRow *row = tb_budget_row (budget, i);

    if (row->sampling == sampling && row->visit == visit)
      return row->intervals.answered;
  }
  return 0;
}

/* What the visits are counted in. */
typedef struct {
  TbApp *app;
  GPtrArray *plots; /* Plot */
  TbCounting *counting;
  TbParts *parts;
  TbBudget *budget;
} Counted;

static void
counted_clear (Counted *counted)
{
  g_clear_pointer (&counted->plots, g_ptr_array_unref);
  g_clear_pointer (&counted->budget, tb_budget_free);
  g_clear_pointer (&counted->parts, tb_parts_free);
  g_clear_pointer (&counted->counting, tb_counting_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Counted, counted_clear)

static void
add_code (const Counted *counted, guint v, TbInstrument *instrument, const TbCode *code)
{
  const TbEventSet *set = counted->counting->set;
  const TbVisit *visit = counted->counting->visits->pdata[v];
  g_autofree char *own = g_strconcat (tb_instrument_id (instrument), "/", code->id, NULL);
  Plot *plot = find_plot (counted->plots, set, tb_event_set_counts_as (set, v, own));
  const TbBudgetRow *row = find_row (counted->budget, plot->number, v);
  json_object *point;

  if (plot->instrument == NULL || tb_instrument_version (plot->instrument) <= tb_instrument_version (instrument)) {
    g_clear_pointer (&plot->instrument, tb_instrument_unref);
    plot->instrument = tb_instrument_ref (instrument);
    plot->code = code;
  }
  if (plot->last == v + 1)
    return; /* two codes of before that are one now */
  plot->last = v + 1;
  plot->occurs |= row != NULL;
  point = point_to_json (visit, tb_event_set_visit_length (set, v), code->kind, row);
  if (code->kind == TB_KIND_INTERVAL)
    tb_json_add_int (point, "answered",
                     count_answered (counted->budget, tb_event_set_code_facts (set, plot->number).sampling, v));
  else
    tb_json_add (point, "answered", NULL);
  json_object_array_add (plot->points, point);
}

/* A visit in which nobody tapped says nothing about a lesson, and a form that was filled in is no tapping. */
static gboolean
was_tapped (const GPtrArray *observations)
{
  for (guint i = 0; i < observations->len; i++)
    if (((TbObservation *) observations->pdata[i])->kind != TB_KIND_RATING)
      return TRUE;
  return FALSE;
}

static gboolean
add_visit (const Counted *counted, guint v, GError **error)
{
  const TbVisit *visit = counted->counting->visits->pdata[v];

  if (visit->started_at == 0 || !was_tapped (counted->counting->observations->pdata[v]))
    return TRUE;
  for (guint i = 0; i < visit->instruments->len; i++) {
    g_autoptr (TbInstrument) instrument
        = tb_visit_instrument (counted->app->store, visit->id, visit->instruments->pdata[i], error);

    if (instrument == NULL)
      return FALSE;
    for (guint c = 0; c < tb_instrument_n_codes (instrument); c++)
      if (tb_instrument_code (instrument, c)->kind != TB_KIND_RATING)
        add_code (counted, v, instrument, tb_instrument_code (instrument, c));
  }
  return TRUE;
}

/* A TbCountingFilter. Takes the layers of other observers out, opened or not: with theirs everything would be counted
 * twice. */
static gboolean
is_main (const TbLayers *layers, const TbObservation *observation, gpointer data)
{
  return tb_layers_is_main (layers, observation->observer);
}

/* The visits IDS, in their order. */
static gboolean
count_visits (TbApp *app, const char *const *ids, Counted *counted, GError **error)
{
  counted->app = app;
  counted->plots = g_ptr_array_new_with_free_func (plot_free);
  counted->counting = tb_counting_new (app->store, ids, NULL, is_main, NULL, error);
  if (counted->counting == NULL)
    return FALSE;
  counted->parts = tb_parts_new (counted->counting->set);
  counted->budget = tb_budget_new (counted->counting->set, counted->parts, TB_BUDGET_BY_VISIT);
  for (guint v = 0; v < counted->counting->visits->len; v++)
    if (!add_visit (counted, v, error))
      return FALSE;
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
  g_autoptr (GPtrArray) visits = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_auto (Counted) counted = { 0 };
  json_object *body, *list;

  if (trajectory != NULL)
    visits = tb_trajectory_list_visits (app->store, trajectory->id, tb_request_viewer (request)->person->id, &error);
  if (visits == NULL)
    return tb_reply_error (error);
  for (guint i = 0; i < visits->len; i++) {
    const TbTrajectoryVisit *visit = visits->pdata[i];
    gboolean may = tb_routes_leads (request, trajectory);

    if (!may && !may_see_taps (app, request, visit->visit, &may, &error))
      return tb_reply_error (error);
    if (may)
      g_ptr_array_add (ids, visit->visit);
  }
  g_ptr_array_add (ids, NULL);
  if (!count_visits (app, (const char *const *) ids->pdata, &counted, &error))
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < counted.plots->len; i++)
    if (((Plot *) counted.plots->pdata[i])->occurs)
      json_object_array_add (list, plot_to_json (counted.plots->pdata[i]));
  tb_json_add (body, "plots", list);
  return tb_reply_json (200, body);
}

const TbRoute tb_routes_plots[] = {
  { "GET", "/api/trajectories/{trajectory}/plots", get_plots, 0 },
  { NULL },
};
