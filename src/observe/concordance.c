#include "observe/concordance-private.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "observe/interval.h"
#include "observe/numbering.h"

static const char *const method_names[] = { NULL, "event", "sampled", "overlap", "rating", "interval" };

const char *
tb_method_name (TbMethod method)
{
  return method_names[method];
}

gboolean
tb_method_from_name (const char *name, TbMethod *method)
{
  for (guint i = 1; i < G_N_ELEMENTS (method_names); i++)
    if (g_str_equal (name, method_names[i])) {
      *method = (TbMethod)i;
      return TRUE;
    }
  return FALSE;
}

/* NUMBER, of kind KIND. */
static gboolean
is_of_instrument (const TbEventSet *set, const char *instrument, TbNameKind kind, guint32 number)
{
  const char *name = tb_event_set_name (set, kind, number);

  return instrument == NULL
         || (g_str_has_prefix (name, instrument) && name[strlen (instrument)] == '/');
}

/* Which of kind KIND (TB_NAME_SCALE or TB_NAME_SAMPLING) CODE has. */
static guint32
which_of (const TbEventSet *set, TbNameKind kind, guint32 code)
{
  const TbCodeFacts facts = tb_event_set_code_facts (set, code);

  return kind == TB_NAME_SCALE ? facts.scale : facts.sampling;
}

/* 0 when INSTRUMENT has none of that name; *SEVERAL when more than one has. */
static guint32
find_named (const TbEventSet *set, const char *instrument, TbNameKind kind, const char *name, gboolean *several)
{
  guint32 found = tb_event_set_find (set, kind, name);

  *several = FALSE;
  if (found != 0)
    return is_of_instrument (set, instrument, kind, found) ? found : 0;
  for (guint32 i = 1; i < tb_event_set_n_names (set, kind); i++) {
    if (!is_of_instrument (set, instrument, kind, i)
        || !g_str_equal (strchr (tb_event_set_name (set, kind, i), '/') + 1, name))
      continue;
    *several = found != 0;
    if (*several)
      return 0;
    found = i;
  }
  return found;
}

/* The one that these observers used most; 0 when they used none. */
static guint32
most_used (const TbEventSet *set, const TbConcordanceQuestion *question, TbNameKind kind)
{
  g_autofree guint *counts = g_new0 (guint, tb_event_set_n_names (set, kind));
  guint32 most = 0;
  guint n;
  const TbEvent *events = tb_event_set_visit_events (set, question->visit, &n);

  for (guint i = 0; i < n; i++) {
    gboolean theirs = FALSE;

    for (guint o = 0; o < question->n_observers; o++)
      theirs = theirs || question->observers[o] == events[i].observer;
    if (theirs && is_of_instrument (set, question->instrument, TB_NAME_CODE, events[i].code)
        && (kind == TB_NAME_SCALE ? !isnan (events[i].value) : events[i].kind == TB_KIND_INTERVAL))
      counts[which_of (set, kind, events[i].code)]++;
  }
  for (guint32 i = 1; i < tb_event_set_n_names (set, kind); i++)
    if (counts[i] > counts[most] || (most == 0 && counts[i] > 0))
      most = i;
  return most;
}

gboolean
tb_concordance_choose (const TbEventSet *set, TbConcordanceQuestion *question, const char *name, GError **error)
{
  const gboolean rating = question->method == TB_METHOD_RATING;
  const TbNameKind kind = rating ? TB_NAME_SCALE : TB_NAME_SAMPLING;
  gboolean several = FALSE;
  guint32 chosen;

  if (!rating && question->method != TB_METHOD_INTERVAL)
    return TRUE;
  chosen = name != NULL ? find_named (set, question->instrument, kind, name, &several)
                        : most_used (set, question, kind);
  if (several) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "Several kijkwijzers have “%.100s”: say KIJKWIJZER/%.100s", name, name);
    return FALSE;
  }
  if (name != NULL && chosen == 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no %s “%.100s” here", rating ? "scale" : "sampling", name);
    return FALSE;
  }
  if (!rating) {
    question->sampling = chosen;
    return TRUE;
  }
  question->scale = chosen;
  question->n_steps = chosen != 0 ? tb_event_set_scale (set, chosen)->n : 0;
  question->steps = chosen != 0 ? tb_event_set_scale (set, chosen)->steps : NULL;
  return TRUE;
}

/* What tb_bootstrap() hands to resample(). */
typedef struct {
  guint n;
  TbPrepare prepare;
  TbFigureOf figure_of;
  gpointer user_data;
} Figures;

static void
resample (const guint *times, double *values, gpointer user_data)
{
  const Figures *figures = user_data;

  if (figures->prepare != NULL)
    figures->prepare (figures->user_data, times);
  for (guint i = 0; i < figures->n; i++)
    values[i] = figures->figure_of (figures->user_data, i, times).value;
}

void
tb_comparison_add (TbComparison *comparison, const char *const *ids, guint n, guint n_units, TbPrepare prepare,
                   TbFigureOf figure_of, gpointer user_data)
{
  GArray *list = comparison->concordance->figures;
  Figures figures = { n, prepare, figure_of, user_data };
  g_autofree TbEstimate **estimates = g_new (TbEstimate *, MAX (n, 1));
  guint first = list->len;

  if (prepare != NULL)
    prepare (user_data, NULL);
  for (guint i = 0; i < n; i++) {
    TbFigure figure = { ids[i], figure_of (user_data, i, NULL) };

    g_array_append_val (list, figure);
  }
  for (guint i = 0; i < n; i++)
    estimates[i] = &g_array_index (list, TbFigure, first + i).estimate;
  comparison->concordance->n_units = n_units;
  tb_bootstrap (&comparison->question->bootstrap, n_units, resample, &figures, estimates, n);
}

void
tb_comparison_add_code (TbComparison *comparison, const TbCodeConcordance *code, const double *amounts)
{
  TbConcordance *concordance = comparison->concordance;
  guint n = concordance->n_observers;

  concordance->amounts = g_renew (double, concordance->amounts, (concordance->codes->len + 1) * n);
  memcpy (concordance->amounts + concordance->codes->len * n, amounts, n * sizeof (double));
  g_array_append_vals (concordance->codes, code, 1);
}

guint
tb_comparison_blocks (TbTime from, TbTime to)
{
  return (guint)CLAMP ((to - from) / (30 * TB_SECOND), 20, 1000);
}

/* Whether EVENT is on the scale that is compared, whatever was scored. */
static gboolean
has_scale (const TbComparison *comparison, const TbEvent *event)
{
  const guint32 scale = comparison->question->scale;

  return scale == 0 || tb_event_set_code_facts (comparison->set, event->code).scale == scale;
}

/* What the question is not about at all, so that leaving it out is not worth telling. */
static gboolean
is_beside (TbComparison *comparison, const TbEvent *event)
{
  const TbConcordanceQuestion *question = comparison->question;

  if (!is_of_instrument (comparison->set, question->instrument, TB_NAME_CODE, event->code))
    return TRUE;
  if (question->method == TB_METHOD_INTERVAL)
    return event->kind != TB_KIND_INTERVAL || question->sampling == 0
           || tb_event_set_code_facts (comparison->set, event->code).sampling != question->sampling;
  if (question->method != TB_METHOD_RATING || !isnan (event->value))
    return FALSE;
  comparison->concordance->n_not_applicable += event->kind == TB_KIND_RATING && has_scale (comparison, event);
  return TRUE;
}

static gboolean
is_on_scale (const TbComparison *comparison, const TbEvent *event)
{
  const TbConcordanceQuestion *question = comparison->question;

  if (!has_scale (comparison, event))
    return FALSE;
  for (guint i = 0; i < question->n_steps; i++)
    if (question->steps[i] == event->value)
      return TRUE;
  return FALSE;
}

static gboolean
is_wanted (const TbComparison *comparison, const TbEvent *event)
{
  const TbConcordanceQuestion *question = comparison->question;
  const TbSamplingFacts *sampling;

  switch (question->method) {
  case TB_METHOD_OVERLAP:
    return event->kind == TB_KIND_STATE;
  case TB_METHOD_RATING:
    return is_on_scale (comparison, event);
  case TB_METHOD_INTERVAL:
    sampling = tb_event_set_sampling (comparison->set, question->sampling);
    return tb_interval_is_asked (sampling, tb_interval_place (sampling, event->at),
                                 tb_event_set_visit_length (comparison->set, event->visit));
  case TB_METHOD_EVENT:
  case TB_METHOD_SAMPLED:
  default:
    return event->kind == TB_KIND_POINT || event->kind == TB_KIND_STATE;
  }
}

/* The number of what EVENT is compared by, from 0. */
static guint
label_of (GHashTable *labels, const TbConcordanceQuestion *question, const TbEvent *event)
{
  const guint32 key[]
      = { event->code, question->by_subject ? event->subject : 0, question->by_modifiers ? event->modifiers : 0 };

  return tb_numbering_get (labels, key, sizeof (key)) - 1;
}

static void
take_events (TbComparison *comparison)
{
  const TbConcordanceQuestion *question = comparison->question;
  TbConcordance *concordance = comparison->concordance;
  g_autoptr (GHashTable) labels = tb_numbering_new ();
  guint n;
  const TbEvent *events = tb_event_set_visit_events (comparison->set, question->visit, &n);

  comparison->events = g_new (const TbEvent *, MAX (n, 1));
  comparison->sides = g_new (guint, MAX (n, 1));
  comparison->labels = g_new (guint, MAX (n, 1));
  for (guint i = 0; i < n; i++) {
    guint side = 0;

    while (side < question->n_observers && question->observers[side] != events[i].observer)
      side++;
    if (side == question->n_observers || is_beside (comparison, &events[i]))
      continue;
    if (!is_wanted (comparison, &events[i])) {
      concordance->n_left_out++;
      continue;
    }
    concordance->n_events[side]++;
    comparison->events[comparison->n_events] = &events[i];
    comparison->sides[comparison->n_events] = side;
    comparison->labels[comparison->n_events++] = label_of (labels, question, &events[i]);
  }
  comparison->n_labels = g_hash_table_size (labels);
}

static gboolean
check_question (const TbConcordanceQuestion *question, GError **error)
{
  gboolean timed = question->method == TB_METHOD_EVENT || question->method == TB_METHOD_SAMPLED;
  TbTime least = question->method == TB_METHOD_EVENT ? 0 : TB_TOLERANCE_MIN;

  if (question->n_observers < 2 || (question->method == TB_METHOD_EVENT && question->n_observers != 2)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID,
                         question->n_observers < 2 ? "comparing takes two observers"
                                                   : "events are matched between two observers, no more");
    return FALSE;
  }
  if (timed && (question->tolerance < least || question->tolerance > TB_TOLERANCE_MAX)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "the tolerance is from %g to %g seconds",
                 tb_time_to_seconds (least), tb_time_to_seconds (TB_TOLERANCE_MAX));
    return FALSE;
  }
  for (guint i = 0; question->method == TB_METHOD_RATING && i < question->n_steps; i++) {
    if (question->n_steps >= 2 && question->n_steps <= TB_SCALE_STEPS_MAX && isfinite (question->steps[i])
        && (i == 0 || question->steps[i] > question->steps[i - 1]))
      continue;
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "a scale has 2 to %d steps, each above the one before",
                 TB_SCALE_STEPS_MAX);
    return FALSE;
  }
  return TRUE;
}

TbConcordance *
tb_concordance_new (const TbEventSet *set, const TbConcordanceQuestion *question, GError **error)
{
  g_autoptr (TbConcordance) concordance = NULL;
  TbComparison comparison = { set, question };
  gboolean done = TRUE;

  if (!check_question (question, error))
    return NULL;
  concordance = comparison.concordance = g_new0 (TbConcordance, 1);
  concordance->method = question->method;
  concordance->visit = question->visit;
  concordance->tolerance = question->tolerance;
  concordance->bootstrap = question->bootstrap;
  concordance->scale = question->method == TB_METHOD_RATING ? question->scale : 0;
  concordance->sampling = question->method == TB_METHOD_INTERVAL ? question->sampling : 0;
  concordance->n_steps = question->method == TB_METHOD_RATING ? question->n_steps : 0;
  concordance->steps = g_memdup2 (question->steps, concordance->n_steps * sizeof (double));
  concordance->n_observers = question->n_observers;
  concordance->observers = g_memdup2 (question->observers, question->n_observers * sizeof (guint));
  concordance->n_events = g_new0 (guint, question->n_observers);
  concordance->figures = g_array_new (FALSE, FALSE, sizeof (TbFigure));
  concordance->rows = g_array_new (FALSE, FALSE, sizeof (TbConcordanceRow));
  concordance->codes = g_array_new (FALSE, FALSE, sizeof (TbCodeConcordance));
  take_events (&comparison);
  if (question->method == TB_METHOD_EVENT)
    tb_concordance_events (&comparison);
  else if (question->method == TB_METHOD_OVERLAP)
    tb_concordance_overlap (&comparison);
  else if (question->method == TB_METHOD_RATING)
    tb_concordance_ratings (&comparison);
  else if (question->method == TB_METHOD_INTERVAL)
    tb_concordance_intervals (&comparison);
  else
    done = tb_concordance_sampled (&comparison, error);
  g_free (comparison.events);
  g_free (comparison.sides);
  g_free (comparison.labels);
  return done ? g_steal_pointer (&concordance) : NULL;
}

void
tb_concordance_free (TbConcordance *concordance)
{
  if (concordance == NULL)
    return;
  g_free (concordance->observers);
  g_free (concordance->n_events);
  g_array_unref (concordance->figures);
  g_array_unref (concordance->rows);
  g_array_unref (concordance->codes);
  g_free (concordance->amounts);
  g_free (concordance->steps);
  g_free (concordance);
}

const TbEstimate *
tb_concordance_find (const TbConcordance *concordance, const char *id)
{
  for (guint i = 0; i < concordance->figures->len; i++) {
    const TbFigure *figure = &g_array_index (concordance->figures, TbFigure, i);

    if (g_str_equal (figure->id, id))
      return &figure->estimate;
  }
  return NULL;
}
