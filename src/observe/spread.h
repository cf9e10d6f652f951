/* How a list of lengths of time is spread. Whole nanoseconds until the one
 * division that gives a mean or a median. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"

/* All 0 when N is 0. */
typedef struct {
  guint n;
  TbTime sum;
  TbTime min, max;
  TbTime middle[2]; /* the two middle ones; with an odd number the same one twice */
} TbSpread;

/* Of TIMES (TbTime), which it sorts. */
TbSpread tb_spread_of (GArray *times);

/* In seconds; NAN when N is 0. */
double tb_spread_mean (const TbSpread *spread);
double tb_spread_median (const TbSpread *spread);

/* SUM more; a sum beyond what TbTime holds (292 years) stays there. */
TbTime tb_spread_add (TbTime sum, TbTime more);

/* PART of WHOLE; NAN when WHOLE is 0. */
double tb_spread_share (TbTime part, TbTime whole);
/* COUNT in WHOLE, per minute; NAN when WHOLE is 0. */
double tb_spread_per_minute (guint count, TbTime whole);

/* {"n","mean","median","min","max"}, seconds, null for what is not there. New reference. */
json_object *tb_spread_to_json (const TbSpread *spread);
