/* /api/visits/{visit}/budget, …/concordance, /api/budget: what was observed, counted and compared. */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "observe/concordance.h"
#include "observe/figures.h"
#include "store/counting.h"
#include "store/layers.h"
#include "web/viewer.h"

#define PARTS_MAX 20
#define VISITS_MAX 50
#define OBSERVERS_MAX 10
#define NAME_MAX_LENGTH 100

/* --- whose observations ------------------------------------------------------- */

/* Which observations are counted. */
typedef struct {
  const char *person;
  char **observers; /* only these; empty for all that belong together */
  char **subjects;  /* only these; empty for all */
  gboolean each;    /* every observer apart, so that adding up does no harm */
} Filter;

static void
filter_clear (Filter *filter)
{
  g_strfreev (filter->observers);
  g_strfreev (filter->subjects);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Filter, filter_clear)

/* Whether OBSERVER is counted when nobody in particular is asked for: what one person or the coach's side saw, so that
 * nothing is counted once for each who watched. */
static gboolean
is_usual (const Filter *filter, const TbLayers *layers, const char *observer)
{
  const TbObserver *self = tb_layers_find (layers, filter->person);

  if (self != NULL && !self->coach && layers->opened_at == 0)
    return g_str_equal (self->layer, observer);
  return tb_layers_is_main (layers, observer);
}

/* A TbCountingFilter. */
static gboolean
counts (const TbLayers *layers, const TbObservation *observation, gpointer data)
{
  const Filter *filter = data;

  if (!tb_layers_shows (layers, filter->person, observation->observer))
    return FALSE;
  if (*filter->subjects != NULL
      && (observation->subject == NULL || !g_strv_contains ((const char *const *) filter->subjects, observation->subject)))
    return FALSE;
  if (*filter->observers != NULL)
    return g_strv_contains ((const char *const *) filter->observers, observation->observer);
  return filter->each || is_usual (filter, layers, observation->observer);
}

static void
filter_set_up (Filter *filter, TbRequest *request)
{
  filter->person = tb_request_viewer (request)->person->id;
  filter->observers = tb_request_query_all (request, "observer");
  filter->subjects = tb_request_query_all (request, "subject");
}

/* --- the question ------------------------------------------------------------- */

/* TbFiguresQuestion and what it borrows from. */
typedef struct {
  TbFiguresQuestion figures;
  GArray *parts;
  GPtrArray *names;     /* of parts */
  GPtrArray *latencies; /* from, to, from, to … */
  char **phases, **during;
} Question;

static void
question_clear (Question *question)
{
  g_clear_pointer (&question->parts, g_array_unref);
  g_clear_pointer (&question->names, g_ptr_array_unref);
  g_clear_pointer (&question->latencies, g_ptr_array_unref);
  g_strfreev (question->phases);
  g_strfreev (question->during);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

/* Always FALSE. */
G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, text);
  return FALSE;
}

/* "1", "true", "0", "false"; absent is FALSE. */
static gboolean
get_flag (TbRequest *request, const char *name, gboolean *flag, GError **error)
{
  const char *text = tb_request_query (request, name);

  *flag = g_strcmp0 (text, "1") == 0 || g_strcmp0 (text, "true") == 0;
  if (text == NULL || *flag || g_str_equal (text, "0") || g_str_equal (text, "false"))
    return TRUE;
  return refuse (error, "“%s” in the address must be 1 or 0", name);
}

/* "NAME:FROM-TO" or "FROM-TO"; the name may have colons. */
static gboolean
add_part (Question *question, const char *text, GError **error)
{
  const char *colon = strrchr (text, ':');
  g_auto (GStrv) ends = g_strsplit (colon != NULL ? colon + 1 : text, "-", -1);
  TbFiguresPart part = { 0 };
  char *name = colon != NULL && colon > text ? g_strndup (text, (gsize) (colon - text)) : NULL;

  g_ptr_array_add (question->names, name);
  if (name != NULL && g_utf8_strlen (name, -1) > NAME_MAX_LENGTH)
    return refuse (error, "The name of a “part” in the address has at most %d characters", NAME_MAX_LENGTH);
  if (g_strv_length (ends) != 2 || !tb_time_parse (ends[0], &part.from, NULL) || !tb_time_parse (ends[1], &part.to, NULL)
      || part.from >= part.to)
    return refuse (error, "“part” in the address must be NAME:FROM-TO in seconds, such as begin:0-600");
  part.name = name;
  g_array_append_val (question->parts, part);
  return TRUE;
}

static gboolean
add_latency (Question *question, const char *text, GError **error)
{
  g_auto (GStrv) codes = g_strsplit (text, ",", -1);

  if (g_strv_length (codes) != 2 || *codes[0] == '\0' || *codes[1] == '\0')
    return refuse (error, "“latency” in the address must be CODE,CODE");
  g_ptr_array_add (question->latencies, g_strdup (codes[0]));
  g_ptr_array_add (question->latencies, g_strdup (codes[1]));
  return TRUE;
}

static gboolean
read_by (TbRequest *request, guint *by, GError **error)
{
  static const char *const names[] = { "subject", "modifier", "observer", "visit" };
  g_auto (GStrv) words = tb_request_query_all (request, "by");

  for (guint w = 0; words[w] != NULL; w++) {
    guint i = 0;

    while (i < G_N_ELEMENTS (names) && !g_str_equal (words[w], names[i]))
      i++;
    if (i == G_N_ELEMENTS (names))
      return refuse (error, "“by” in the address must be subject, modifier, observer or visit");
    *by |= 1u << i;
  }
  return TRUE;
}

static gboolean
read_question (TbRequest *request, Question *question, GError **error)
{
  g_auto (GStrv) parts = tb_request_query_all (request, "part");
  g_auto (GStrv) latencies = tb_request_query_all (request, "latency");
  gint64 lag, within;

  question->phases = tb_request_query_all (request, "phase");
  question->during = tb_request_query_all (request, "during");
  question->parts = g_array_new (FALSE, FALSE, sizeof (TbFiguresPart));
  question->names = g_ptr_array_new_with_free_func (g_free);
  question->latencies = g_ptr_array_new_with_free_func (g_free);
  if (g_strv_length (parts) + g_strv_length (question->phases) > PARTS_MAX || g_strv_length (latencies) > PARTS_MAX
      || g_strv_length (question->during) > PARTS_MAX)
    return refuse (error, "At most %d of one kind can be asked at once", PARTS_MAX);
  for (guint i = 0; parts[i] != NULL; i++)
    if (!add_part (question, parts[i], error))
      return FALSE;
  for (guint i = 0; latencies[i] != NULL; i++)
    if (!add_latency (question, latencies[i], error))
      return FALSE;
  g_ptr_array_add (question->latencies, NULL);
  if (!read_by (request, &question->figures.by, error)
      || !get_flag (request, "transitions", &question->figures.transitions, error)
      || !get_flag (request, "repeats", &question->figures.repeats, error)
      || !get_flag (request, "from_end", &question->figures.from_end, error)
      || !get_flag (request, "same_subject", &question->figures.same_subject, error)
      || !tb_request_query_int (request, "lag", 1, 1000, 1, &lag, error)
      || !tb_request_query_time (request, "within", 0, &within, error))
    return FALSE;
  if (within < 0 || (within == 0 && tb_request_query (request, "within") != NULL))
    return refuse (error, "“within” in the address must be a number of seconds above 0");
  question->figures.lag = (guint) lag;
  question->figures.within = within;
  question->figures.parts = question->parts;
  question->figures.phases = (const char *const *) question->phases;
  question->figures.during = (const char *const *) question->during;
  question->figures.latencies = (const char *const *) question->latencies->pdata;
  return TRUE;
}

/* --- budgets ------------------------------------------------------------------ */

static TbReply *
reply_budget (TbApp *app, TbRequest *request, const char *const *ids, guint by)
{
  GError *error = NULL;
  g_auto (Question) question = { 0 };
  g_auto (Filter) filter = { 0 };
  g_autoptr (TbCounting) counting = NULL;
  g_autoptr (TbFigures) figures = NULL;

  filter_set_up (&filter, request);
  if (!read_question (request, &question, &error))
    return tb_reply_error (error);
  question.figures.by |= by;
  filter.each = (question.figures.by & TB_BUDGET_BY_OBSERVER) != 0;
  counting = tb_counting_new (app->store, ids, NULL, counts, &filter, &error);
  if (counting == NULL)
    return tb_reply_error (error);
  question.figures.superseded = counting->superseded;
  figures = tb_figures_new (counting->set, &question.figures, NULL, &error);
  if (figures == NULL) {
    error->code = TB_ERROR_INVALID; /* a word in the address, not the address itself */
    return tb_reply_error (error);
  }
  return tb_reply_json (200, tb_figures_to_json (figures));
}

static TbReply *
budget_of_visit (TbApp *app, TbRequest *request)
{
  const char *ids[] = { tb_request_param (request, "visit"), NULL };

  return reply_budget (app, request, ids, 0);
}

/* Of own visits only: who asks for another's is told that there is none. */
static TbReply *
budget_of_visits (TbApp *app, TbRequest *request)
{
  g_auto (GStrv) ids = tb_request_query_all (request, "visit");
  const char *person = tb_request_viewer (request)->person->id;

  if (*ids == NULL || g_strv_length (ids) > VISITS_MAX)
    return tb_reply_problem (400, "invalid", "“visit” in the address must be the id of a visit, at most 50 times");
  for (guint i = 0; ids[i] != NULL; i++) {
    g_autoptr (TbVisit) visit = NULL;

    if (!tb_uuid_is_valid (ids[i]))
      return tb_reply_problem (400, "invalid", "“visit” in the address must be the id of a visit");
    visit = tb_visit_get (app->store, ids[i], NULL);
    if (visit == NULL || g_strcmp0 (visit->coach, person) != 0)
      return tb_reply_problem (404, "not-found", "There is no visit of yours under that id");
    for (guint j = 0; j < i; j++)
      if (g_str_equal (ids[i], ids[j]))
        return tb_reply_problem (400, "invalid", "“visit” in the address names one visit twice");
  }
  return reply_budget (app, request, (const char *const *) ids, TB_BUDGET_BY_VISIT);
}

/* --- concordance -------------------------------------------------------------- */

static gboolean
read_comparison (TbRequest *request, char **by, TbConcordanceQuestion *question, GError **error)
{
  const char *method = tb_request_query (request, "method");
  const guint n = g_strv_length (by);

  if (n < 2 || n > OBSERVERS_MAX)
    return refuse (error, "“by” in the address must name two observers or more, at most %d", OBSERVERS_MAX);
  for (guint i = 0; i < n; i++) {
    if (*by[i] == '\0')
      return refuse (error, "“by” in the address must be the name of an observer");
    for (guint j = 0; j < i; j++)
      if (g_str_equal (by[i], by[j]))
        return refuse (error, "“by” in the address names one observer twice");
  }
  if (method != NULL && !tb_method_from_name (method, &question->method))
    return refuse (error, "“method” in the address must be event, sampled, overlap, rating or interval");
  if (!tb_request_query_time (request, "tolerance", TB_TOLERANCE_USUAL, &question->tolerance, error)
      || !get_flag (request, "by_subject", &question->by_subject, error)
      || !get_flag (request, "by_modifiers", &question->by_modifiers, error))
    return FALSE;
  question->n_observers = n;
  question->instrument = tb_request_query (request, "instrument");
  return TRUE;
}

/* Comparing tells what the others saw: not before that may be known. */
static TbReply *
check_opened (TbApp *app, TbRequest *request, char **by)
{
  GError *error = NULL;
  g_autoptr (TbLayers) layers = tb_layers_load (app->store, tb_request_param (request, "visit"), &error);

  if (layers == NULL)
    return tb_reply_error (error);
  for (; *by != NULL; by++)
    if (!tb_layers_shows (layers, tb_request_viewer (request)->person->id, *by))
      return tb_reply_problem (409, "not-opened", "The observers do not see each other's observations yet");
  return NULL;
}

/* The numbers of the observers BY; those of whom there is nothing yet count as having seen nothing. */
static void
find_observers (TbEventSet *set, char **by, guint *observers)
{
  for (guint i = 0; by[i] != NULL; i++)
    observers[i] = tb_event_set_intern (set, TB_NAME_OBSERVER, by[i]);
}

static TbReply *
concordance (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_auto (GStrv) by = tb_request_query_all (request, "by");
  g_auto (Filter) filter = { 0 };
  const char *ids[] = { tb_request_param (request, "visit"), NULL };
  TbConcordanceQuestion question = { .method = TB_METHOD_EVENT, .bootstrap = TB_BOOTSTRAP_USUAL };
  g_autofree guint *observers = g_new0 (guint, g_strv_length (by) + 1);
  g_autoptr (TbCounting) counting = NULL;
  g_autoptr (TbConcordance) result = NULL;
  TbReply *closed;

  if (!read_comparison (request, by, &question, &error))
    return tb_reply_error (error);
  closed = check_opened (app, request, by);
  if (closed != NULL)
    return closed;
  filter_set_up (&filter, request);
  filter.each = TRUE;
  counting = tb_counting_new (app->store, ids, NULL, counts, &filter, &error);
  if (counting == NULL)
    return tb_reply_error (error);
  find_observers (counting->set, by, observers);
  question.observers = observers;
  if (!tb_concordance_choose (counting->set, &question, tb_request_query (request, "of"), &error)
      || (result = tb_concordance_new (counting->set, &question, &error)) == NULL) {
    error->code = TB_ERROR_INVALID; /* a word in the address, not the address itself */
    return tb_reply_error (error);
  }
  return tb_reply_json (200, tb_concordance_to_json (result, counting->set, counting->observations->pdata[0]));
}

const TbRoute tb_routes_figures[] = {
  { "GET", "/api/visits/{visit}/budget", budget_of_visit, 0 },
  { "GET", "/api/visits/{visit}/concordance", concordance, 0 },
  { "GET", "/api/budget", budget_of_visits, 0 },
  { NULL },
};
