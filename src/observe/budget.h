/* The budget of a lesson, or of several: how often and how long each code was
 * observed, and how far apart.
 *
 * Rules, all of which show in the figures:
 *
 * - An event counts in the part of the lesson in which it begins (part.h says
 *   what that means for one outside the lesson). A state that goes on in
 *   another part has its time there and is not counted there again.
 * - A state that nobody ended runs to the end of its lesson, and is counted in
 *   UNFINISHED. What a state has before or after its lesson is left out of
 *   every length; it is counted in OUTSIDE, as is a point there.
 * - TOTAL adds the time of every state. COVERED has each instant once, however
 *   many run then; SHARE is of that. OVERLAPPING counts the states that begin
 *   while another of the same code, subject and observer runs: one of the two
 *   is often a mistake.
 * - LASTING has the whole length within its lesson of each state that begins in
 *   the part, also what lies in another.
 * - A gap runs from the latest end so far (of a point: its instant) to the next
 *   beginning, within one visit; there is none while another state still runs.
 *   It belongs to a part when it begins and ends in one stretch of it.
 * - By modifier, an event with two modifiers counts in the row of each.
 * - Intervals (time sampling) and ratings have no length, no gaps and no rate:
 *   they have counts of their own (interval.h; RATINGS).
 * - Events of several observers in one row add up, also when they saw the same.
 */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "observe/event.h"
#include "observe/interval.h"
#include "observe/part.h"
#include "observe/spread.h"

typedef struct _TbBudget TbBudget;

/* What rows are apart by, besides code and kind. */
typedef enum {
  TB_BUDGET_BY_SUBJECT = 1 << 0,
  TB_BUDGET_BY_MODIFIER = 1 << 1,
  TB_BUDGET_BY_OBSERVER = 1 << 2,
  TB_BUDGET_BY_VISIT = 1 << 3
} TbBudgetBy;

/* In a row that is not by this. */
#define TB_BUDGET_ANY G_MAXUINT32

/* Ratings: the events with a value. No mean and so on is meant when N is 0. */
typedef struct {
  guint n;
  double mean, median, min, max;
  guint not_applicable;             /* “does not apply”: apart, in none of the other numbers */
  guint32 scale;                    /* 0 when it is not known */
  guint steps[TB_SCALE_STEPS_MAX];  /* how often each of the scale was given */
} TbRatings;

typedef struct {
  guint32 code;
  TbKind kind;
  guint32 subject, modifier, observer, visit; /* numbers of the set, or TB_BUDGET_ANY */
  guint part;
  guint count, unfinished, outside, overlapping;
  TbTime of;             /* how long the part is, in the visits of this row */
  TbTime total, covered; /* within the part */
  TbSpread lasting;      /* of states */
  TbSpread gaps;
  TbRatings ratings;
  guint32 sampling;      /* of intervals; 0 when it is not known, and of all else */
  TbIntervals intervals; /* of a known sampling */
} TbBudgetRow;

/* PARTS are of SET; both must stay as they are for as long as the budget is there. BY: TbBudgetBy. Every code, subject
 * and so on that occurs has a row in every part, also where it does not occur. Rows are in the order of the numbers of
 * code, kind, subject, modifier, observer, visit, part. New. */
TbBudget *tb_budget_new (const TbEventSet *set, const TbParts *parts, guint by);
void tb_budget_free (TbBudget *budget);

guint tb_budget_n_rows (const TbBudget *budget);
/* Borrowed. */
const TbBudgetRow *tb_budget_row (const TbBudget *budget, guint index);
/* The first row of CODE (a name) in PART; NULL when there is none. */
const TbBudgetRow *tb_budget_find (const TbBudget *budget, const char *code, guint part);

/* NAN when the part has no length, and for intervals and ratings. */
double tb_budget_per_minute (const TbBudgetRow *row);
double tb_budget_share (const TbBudgetRow *row);
/* Seen of all intervals that were asked, and of those that were answered; NAN when there are none. */
double tb_budget_share_of_asked (const TbBudgetRow *row);
double tb_budget_share_of_answered (const TbBudgetRow *row);

/* schemas/budget.schema.json, $defs/budget. New reference. */
json_object *tb_budget_to_json (const TbBudget *budget);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbBudget, tb_budget_free)
