#include "observe/concordance.h"

#include "base/json.h"

static void
add_estimate (json_object *object, const TbEstimate *estimate)
{
  tb_json_add_double (object, "value", estimate->value);
  tb_json_add_string (object, "why", tb_why_name (estimate->why));
}

static json_object *
figure_json (const TbFigure *figure)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", figure->id);
  add_estimate (object, &figure->estimate);
  tb_json_add_double (object, "low", figure->estimate.low);
  tb_json_add_double (object, "high", figure->estimate.high);
  tb_json_add_int (object, "undefined", figure->estimate.undefined);
  return object;
}

static json_object *
observer_json (const TbConcordance *concordance, const TbEventSet *set, guint side)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "name", tb_event_set_name (set, TB_NAME_OBSERVER, concordance->observers[side]));
  tb_json_add_int (object, "events", concordance->n_events[side]);
  return object;
}

static json_object *
code_json (const TbConcordance *concordance, const TbEventSet *set, guint place)
{
  const TbCodeConcordance *code = &g_array_index (concordance->codes, TbCodeConcordance, place);
  json_object *object = json_object_new_object (), *amounts = json_object_new_array ();

  tb_json_add_string (object, "code", tb_event_set_name (set, TB_NAME_CODE, code->code));
  for (guint o = 0; o < concordance->n_observers; o++)
    json_object_array_add (amounts,
                           json_object_new_double (concordance->amounts[place * concordance->n_observers + o]));
  tb_json_add (object, "each", amounts);
  tb_json_add_double (object, "any", code->any);
  tb_json_add_double (object, "all", code->all);
  add_estimate (object, &code->estimate);
  return object;
}

static json_object *
event_json (const TbEventSet *set, const TbEvent *event, const GPtrArray *observations)
{
  const TbObservation *observation;
  json_object *object;

  if (event == NULL)
    return NULL;
  object = json_object_new_object ();
  observation = observations != NULL ? observations->pdata[event->source] : NULL;
  tb_json_add_string (object, "observation", observation != NULL ? observation->id : NULL);
  tb_json_add_string (object, "code", tb_event_set_name (set, TB_NAME_CODE, event->code));
  tb_json_add_string (object, "subject", tb_event_set_name (set, TB_NAME_SUBJECT, event->subject));
  tb_json_add_time (object, "at", event->at);
  return object;
}

static json_object *
row_json (const TbEventSet *set, const TbConcordanceRow *row, const GPtrArray *observations)
{
  json_object *object = json_object_new_object ();
  gboolean pair = row->left != NULL && row->right != NULL;

  tb_json_add (object, "left", event_json (set, row->left, observations));
  tb_json_add (object, "right", event_json (set, row->right, observations));
  tb_json_add_string (object, "result", !pair ? "missed" : row->same ? "same" : "other-code");
  tb_json_add_time (object, "distance", pair ? ABS (row->left->at - row->right->at) : TB_TIME_NONE);
  return object;
}

static json_object *
icc_json (const TbIcc *icc)
{
  json_object *object = json_object_new_object ();

  tb_json_add_int (object, "scored_by_all", icc->n_units);
  tb_json_add_int (object, "left_out", icc->n_left_out);
  tb_json_add_double (object, "f_one", icc->f_one);
  tb_json_add_double (object, "f_two", icc->f_two);
  tb_json_add_int (object, "df_between", icc->df_between);
  tb_json_add_int (object, "df_within", icc->df_within);
  tb_json_add_int (object, "df_rest", icc->df_rest);
  return object;
}

static json_object *
bootstrap_json (const TbConcordance *concordance)
{
  json_object *object = json_object_new_object ();
  gboolean blocks = concordance->method == TB_METHOD_SAMPLED || concordance->method == TB_METHOD_OVERLAP
                    || concordance->method == TB_METHOD_INTERVAL;

  tb_json_add_int (object, "rounds", concordance->bootstrap.rounds);
  tb_json_add_double (object, "level", concordance->bootstrap.level);
  tb_json_add_string (object, "resampled",
                      blocks                                   ? "blocks"
                      : concordance->method == TB_METHOD_EVENT ? "events"
                                                               : "scores");
  tb_json_add_int (object, "units", concordance->n_units);
  return object;
}

/* NULL when no scale was compared. */
static json_object *
scale_json (const TbConcordance *concordance, const TbEventSet *set)
{
  json_object *object, *steps;

  if (concordance->n_steps == 0)
    return NULL;
  object = json_object_new_object ();
  steps = json_object_new_array ();
  for (guint i = 0; i < concordance->n_steps; i++)
    json_object_array_add (steps, json_object_new_double (concordance->steps[i]));
  tb_json_add_string (object, "id", tb_event_set_name (set, TB_NAME_SCALE, concordance->scale));
  tb_json_add (object, "steps", steps);
  tb_json_add_int (object, "not_applicable", concordance->n_not_applicable);
  return object;
}

/* NULL when no sampling was compared. */
static json_object *
sampling_json (const TbConcordance *concordance, const TbEventSet *set)
{
  json_object *object;

  if (concordance->sampling == 0)
    return NULL;
  object = json_object_new_object ();
  tb_json_add_string (object, "id", tb_event_set_name (set, TB_NAME_SAMPLING, concordance->sampling));
  tb_json_add_time (object, "every", tb_event_set_sampling (set, concordance->sampling)->every);
  tb_json_add_int (object, "asked", concordance->n_asked);
  tb_json_add_int (object, "answered_by_all", concordance->n_answered);
  return object;
}

json_object *
tb_concordance_to_json (const TbConcordance *concordance, const TbEventSet *set, const GPtrArray *observations)
{
  json_object *object = json_object_new_object (), *observers = json_object_new_array ();
  json_object *figures = json_object_new_array (), *codes = json_object_new_array (), *rows = json_object_new_array ();
  gboolean timed = concordance->method == TB_METHOD_EVENT || concordance->method == TB_METHOD_SAMPLED;

  for (guint side = 0; side < concordance->n_observers; side++)
    json_object_array_add (observers, observer_json (concordance, set, side));
  for (guint i = 0; i < concordance->figures->len; i++)
    json_object_array_add (figures, figure_json (&g_array_index (concordance->figures, TbFigure, i)));
  for (guint i = 0; i < concordance->codes->len; i++)
    json_object_array_add (codes, code_json (concordance, set, i));
  for (guint i = 0; i < concordance->rows->len; i++)
    json_object_array_add (rows, row_json (set, &g_array_index (concordance->rows, TbConcordanceRow, i), observations));
  tb_json_add_string (object, "visit", tb_event_set_visit_id (set, concordance->visit));
  tb_json_add_string (object, "method", tb_method_name (concordance->method));
  tb_json_add_time (object, "tolerance", timed ? concordance->tolerance : TB_TIME_NONE);
  tb_json_add (object, "observers", observers);
  tb_json_add_int (object, "left_out", concordance->n_left_out);
  tb_json_add (object, "figures", figures);
  tb_json_add (object, "codes", codes);
  tb_json_add (object, "matches", rows);
  tb_json_add (object, "scale", scale_json (concordance, set));
  tb_json_add (object, "sampling", sampling_json (concordance, set));
  tb_json_add (object, "icc", concordance->method == TB_METHOD_RATING ? icc_json (&concordance->icc) : NULL);
  tb_json_add (object, "bootstrap", bootstrap_json (concordance));
  return object;
}
