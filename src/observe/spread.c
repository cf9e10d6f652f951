#include "observe/spread.h"

#include <math.h>

#include "base/json.h"
#include "observe/order.h"

TbTime
tb_spread_add (TbTime sum, TbTime more)
{
  TbTime result;

  return __builtin_add_overflow (sum, more, &result) ? (more < 0 ? -G_MAXINT64 : G_MAXINT64) : result;
}

TbSpread
tb_spread_of (GArray *times)
{
  TbSpread spread = { .n = times->len };

  if (times->len == 0)
    return spread;
  g_array_sort (times, tb_compare_times);
  for (guint i = 0; i < times->len; i++)
    spread.sum = tb_spread_add (spread.sum, g_array_index (times, TbTime, i));
  spread.min = g_array_index (times, TbTime, 0);
  spread.max = g_array_index (times, TbTime, times->len - 1);
  spread.middle[0] = g_array_index (times, TbTime, (times->len - 1) / 2);
  spread.middle[1] = g_array_index (times, TbTime, times->len / 2);
  return spread;
}

double
tb_spread_mean (const TbSpread *spread)
{
  return spread->n == 0 ? NAN : (double) spread->sum / ((double) spread->n * TB_SECOND);
}

double
tb_spread_median (const TbSpread *spread)
{
  return spread->n == 0 ? NAN : (double) (spread->middle[0] + spread->middle[1]) / (2.0 * TB_SECOND);
}

double
tb_spread_share (TbTime part, TbTime whole)
{
  return whole == 0 ? NAN : (double) part / (double) whole;
}

double
tb_spread_per_minute (guint count, TbTime whole)
{
  return whole == 0 ? NAN : count * (60.0 * TB_SECOND) / (double) whole;
}

json_object *
tb_spread_to_json (const TbSpread *spread)
{
  json_object *object = json_object_new_object ();

  tb_json_add_int (object, "n", spread->n);
  tb_json_add_double (object, "mean", tb_spread_mean (spread));
  tb_json_add_double (object, "median", tb_spread_median (spread));
  tb_json_add_time (object, "min", spread->n == 0 ? TB_TIME_NONE : spread->min);
  tb_json_add_time (object, "max", spread->n == 0 ? TB_TIME_NONE : spread->max);
  return object;
}
