#include "observe/transitions.h"

#include <math.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/order.h"

#define NO_CODE G_MAXUINT

/* One event of a sequence; sorted by the fields, so that a sequence stands together. */
typedef struct {
  guint32 visit, observer, subject;
  guint place;
} Step;

static int
compare_steps (gconstpointer a, gconstpointer b)
{
  const Step *left = a, *right = b;

  TB_ORDER (left->visit, right->visit);
  TB_ORDER (left->observer, right->observer);
  TB_ORDER (left->subject, right->subject);
  TB_ORDER (left->place, right->place);
  return 0;
}

static gboolean
in_one_sequence (const Step *a, const Step *b)
{
  return a->visit == b->visit && a->observer == b->observer && a->subject == b->subject;
}

static gboolean
is_asked (const TbTransitionsQuestion *question, const TbEvent *event)
{
  const gboolean any = !question->points && !question->states;

  if (event->kind != TB_KIND_STATE && event->kind != TB_KIND_POINT)
    return FALSE; /* what is asked every so often, or judged, comes after nothing */
  if (!any && (event->kind == TB_KIND_STATE ? !question->states : !question->points))
    return FALSE;
  for (guint i = 0; i < question->n_codes; i++)
    if (question->codes[i] == event->code)
      return TRUE;
  return question->n_codes == 0;
}

/* The sequences, one after the other; new. */
static GArray *
list_steps (const TbEvent *events, guint n, const TbTransitionsQuestion *question, guint *repeated)
{
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (Step));
  guint kept = 0;

  for (guint i = 0; i < n; i++) {
    const Step step = { events[i].visit, events[i].observer,
                        question->same & TB_SAME_SUBJECT ? events[i].subject : 0, i };

    if (is_asked (question, &events[i]))
      g_array_append_val (steps, step);
  }
  g_array_sort (steps, compare_steps);
  if (question->repeats)
    return steps;
  for (guint i = 0; i < steps->len; i++) {
    const Step step = g_array_index (steps, Step, i);
    const Step *before = kept > 0 ? &g_array_index (steps, Step, kept - 1) : NULL;

    if (before != NULL && in_one_sequence (before, &step) && events[before->place].code == events[step.place].code)
      (*repeated)++;
    else
      g_array_index (steps, Step, kept++) = step;
  }
  g_array_set_size (steps, kept);
  return steps;
}

/* Numbers the codes of STEPS within the table: by code number its row, or NO_CODE. New. */
static guint *
number_codes (const TbEventSet *set, const TbEvent *events, const GArray *steps, TbTransitions *transitions)
{
  const guint n_codes = tb_event_set_n_names (set, TB_NAME_CODE);
  guint *rows = g_new (guint, n_codes);

  for (guint code = 0; code < n_codes; code++)
    rows[code] = NO_CODE;
  for (guint i = 0; i < steps->len; i++)
    rows[events[g_array_index (steps, Step, i).place].code] = 0;
  transitions->codes = g_new (guint32, n_codes);
  for (guint code = 0; code < n_codes; code++) {
    if (rows[code] == NO_CODE)
      continue;
    rows[code] = transitions->n;
    transitions->codes[transitions->n++] = code;
  }
  return rows;
}

static void
count_transitions (const TbParts *parts, const TbEvent *events, const GArray *steps, const guint *rows,
                   TbTransitions *transitions, guint *counts)
{
  for (guint i = 0; i + 1 < steps->len; i++) {
    const Step *step = &g_array_index (steps, Step, i), *next = step + 1;
    const Step *other = i + transitions->lag < steps->len ? step + transitions->lag : NULL;
    const TbEvent *from = &events[step->place];
    const TbEvent *to;
    const int stretch = tb_parts_stretch (parts, transitions->part, from->visit, from->at);

    if (stretch >= 0 && in_one_sequence (step, next) && events[next->place].at == from->at)
      transitions->ties++;
    if (stretch < 0 || other == NULL || !in_one_sequence (step, other))
      continue;
    to = &events[other->place];
    if (tb_parts_stretch (parts, transitions->part, to->visit, to->at) != stretch)
      continue;
    counts[rows[from->code] * transitions->n + rows[to->code]]++;
    transitions->first[rows[from->code]]++;
    transitions->second[rows[to->code]]++;
    transitions->total++;
  }
}

static void
fill_cells (TbTransitions *transitions, const guint *counts)
{
  const guint n = transitions->n;
  g_autofree double *expected = g_new0 (double, MAX ((gsize) n * n, 1));
  g_autofree double *residual = g_new0 (double, MAX ((gsize) n * n, 1));

  transitions->fitted = tb_transitions_fit (n, counts, transitions->has_zeros, expected, residual);
  for (guint i = 0; i < n; i++) {
    for (guint j = 0; j < n; j++) {
      const guint cell = i * n + j;
      const guint row = transitions->first[i];

      transitions->cells[cell] = (TbTransition){
        .count = counts[cell],
        .probability = row > 0 ? (double) counts[cell] / row : NAN,
        .expected = expected[cell],
        .residual = residual[cell],
      };
    }
  }
}

TbTransitions *
tb_transitions_new (const TbEventSet *set, const TbParts *parts, const TbTransitionsQuestion *question, GError **error)
{
  g_autoptr (TbTransitions) transitions = g_new0 (TbTransitions, 1);
  g_autoptr (GArray) steps = NULL;
  g_autofree guint *rows = NULL, *counts = NULL;
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);

  transitions->lag = MAX (question->lag, 1);
  transitions->repeats = question->repeats;
  transitions->has_zeros = !question->repeats && transitions->lag == 1;
  transitions->part = question->part;
  transitions->same = question->same;
  steps = list_steps (events, n, question, &transitions->repeated);
  rows = number_codes (set, events, steps, transitions);
  if (transitions->n > TB_TRANSITIONS_MAX_CODES) {
    g_set_error (error, TB_ERROR, TB_ERROR_TOO_LARGE, "transitions between %u codes: choose at most %d of them",
                 transitions->n, TB_TRANSITIONS_MAX_CODES);
    return NULL;
  }
  transitions->first = g_new0 (guint, MAX (transitions->n, 1));
  transitions->second = g_new0 (guint, MAX (transitions->n, 1));
  transitions->cells = g_new0 (TbTransition, MAX (transitions->n * transitions->n, 1));
  counts = g_new0 (guint, MAX (transitions->n * transitions->n, 1));
  count_transitions (parts, events, steps, rows, transitions, counts);
  fill_cells (transitions, counts);
  return g_steal_pointer (&transitions);
}

void
tb_transitions_free (TbTransitions *transitions)
{
  if (transitions == NULL)
    return;
  g_free (transitions->codes);
  g_free (transitions->cells);
  g_free (transitions->first);
  g_free (transitions->second);
  g_free (transitions);
}

json_object *
tb_transitions_to_json (const TbTransitions *transitions, const TbEventSet *set)
{
  const guint n = transitions->n;
  json_object *object = json_object_new_object (), *codes = json_object_new_array (), *cells = json_object_new_array ();

  for (guint i = 0; i < n; i++)
    json_object_array_add (codes,
                           json_object_new_string (tb_event_set_name (set, TB_NAME_CODE, transitions->codes[i])));
  for (guint i = 0; i < n * n; i++) {
    const TbTransition *cell = &transitions->cells[i];
    json_object *one = json_object_new_object ();

    if (i / n == i % n && transitions->has_zeros) {
      json_object_put (one);
      continue;
    }
    tb_json_add_int (one, "from", i / n);
    tb_json_add_int (one, "to", i % n);
    tb_json_add_int (one, "count", cell->count);
    tb_json_add_double (one, "probability", cell->probability);
    tb_json_add_double (one, "expected", cell->expected);
    tb_json_add_double (one, "residual", cell->residual);
    json_object_array_add (cells, one);
  }
  tb_json_add (object, "codes", codes);
  tb_json_add_int (object, "part", transitions->part);
  tb_json_add_int (object, "lag", transitions->lag);
  tb_json_add_bool (object, "same_subject", (transitions->same & TB_SAME_SUBJECT) != 0);
  tb_json_add_bool (object, "repeats", transitions->repeats);
  tb_json_add_int (object, "total", transitions->total);
  tb_json_add_int (object, "ties", transitions->ties);
  tb_json_add_int (object, "repeated", transitions->repeated);
  tb_json_add_bool (object, "fitted", transitions->fitted);
  tb_json_add (object, "cells", cells);
  return object;
}
