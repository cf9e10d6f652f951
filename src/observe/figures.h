/* The figures of one visit or several as one document: what `terugblik budget
 * --json` prints and the page gets. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "observe/budget.h"
#include "observe/during.h"
#include "observe/latency.h"
#include "observe/transitions.h"

typedef struct {
  const char *name; /* NULL for none; borrowed */
  TbTime from, to;  /* FROM < TO */
} TbFiguresPart;

/* Words of codes are "INSTRUMENT/CODE", or a CODE that only one instrument has. All borrowed; NULL is none. */
typedef struct {
  guint by;      /* TbBudgetBy */
  GArray *parts; /* TbFiguresPart */
  const char *const *phases;    /* codes, or instruments: each of its states */
  const char *const *latencies; /* from, to, from, to, … */
  const char *const *during;
  TbTime within; /* of latencies; 0 without a limit */
  gboolean from_end, same_subject;
  gboolean transitions, repeats;
  guint lag;        /* of transitions; 0 is 1 */
  guint superseded; /* how many ratings were left out of the set because a later one came in their place; only told */
} TbFiguresQuestion;

/* More is not counted at once: TB_ERROR_TOO_LARGE. */
#define TB_FIGURES_PARTS_MAX 250      /* with all states of the instruments that are asked as phases */
#define TB_FIGURES_PAIRS_MAX 500000   /* of all latencies in all parts, with what was not paired */

/* Told of a word that is no code here; MISTAKE is TB_ERROR_NOT_FOUND, or TB_ERROR_CONFLICT when several instruments have
 * it. Gives the sentence; new. */
typedef char *(*TbFiguresComplaint) (const char *word, int mistake);

typedef struct {
  const TbEventSet *set; /* borrowed */
  guint by;
  TbParts *parts;
  TbBudget *budget;
  GPtrArray *latencies; /* TbLatency, for each pair one for each part; of several observers, of each on their own */
  GPtrArray *during;    /* TbDuring */
  TbTransitions *transitions; /* NULL when not asked */
  GArray *together;     /* TbTogether, of exclusive.h */
  guint superseded;
} TbFigures;

/* SET is sorted and must stay. COMPLAIN may be NULL: in English. Errors: TB_ERROR_NOT_FOUND, TB_ERROR_CONFLICT,
 * TB_ERROR_TOO_LARGE (too many codes for transitions). New. */
TbFigures *tb_figures_new (const TbEventSet *set, const TbFiguresQuestion *question, TbFiguresComplaint complain,
                           GError **error);
void tb_figures_free (TbFigures *figures);

/* As in schemas/budget.schema.json. New reference. */
json_object *tb_figures_to_json (const TbFigures *figures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbFigures, tb_figures_free)
