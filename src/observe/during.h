/* What happens during a state: the points inside it and the points outside.
 *
 * A point is inside when a state of the code runs at its instant; one that ends
 * just then runs no more, but one that reaches the end of the lesson has the
 * end too. What is outside the lesson is taken at its nearer end. With no
 * more asked (SAME 0) that is what a budget counts in the part of that code. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "observe/event.h"

typedef struct {
  guint32 code; /* of points */
  guint inside, outside;
  guint states; /* states with at least one inside */
} TbDuringRow;

typedef struct {
  guint32 code;           /* of the state */
  guint same;             /* TbSame: only the points of the state's own subject or observer */
  guint states;           /* how many there are */
  TbTime covered, lesson; /* time in the state, whoever's it is; time of all lessons. Of each observer on their own
                             (TB_SAME_OBSERVER): of all of them together */
  GArray *rows;           /* TbDuringRow: every code of which there are points, by number */
} TbDuring;

/* SET must be sorted. New. */
TbDuring *tb_during_new (const TbEventSet *set, guint32 code, guint same);
void tb_during_free (TbDuring *during);

/* Per minute inside and outside the state; NAN without such time, and of each subject on its own: then no time is meant. */
double tb_during_rate_inside (const TbDuring *during, const TbDuringRow *row);
double tb_during_rate_outside (const TbDuring *during, const TbDuringRow *row);

/* schemas/budget.schema.json, $defs/during. New reference. */
json_object *tb_during_to_json (const TbDuring *during, const TbEventSet *set);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbDuring, tb_during_free)
