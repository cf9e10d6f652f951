/* A tally: how often, and how long, each code was observed in a lesson. */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "observe/observation.h"

typedef struct {
  const char *instrument, *code; /* borrowed from the observations */
  TbKind kind;
  guint count;  /* a state counts once, however long it lasts */
  TbTime total; /* of states, within the lesson; two at a time count both */
} TbTally;

/* Of OBSERVATIONS (TbObservation, in any order); those removed or without a code are left out. The lesson goes from 0
 * to END: a state is cut at both, an open one goes on to END. Array of TbTally, each code once, by the first of it,
 * new. */
GArray *tb_tally_new (const GPtrArray *observations, TbTime end);

/* NULL when it does not occur. Borrowed. */
const TbTally *tb_tally_find (const GArray *tally, const char *instrument, const char *code);
