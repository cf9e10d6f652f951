/* Comparing field by field, for functions that qsort() and g_array_sort() take. Only for the files of this folder. */
#pragma once

#include <glib.h>

#include "base/time.h"

/* Returns from the function when A and B differ. */
#define TB_ORDER(a, b)                                                                                                 \
  if ((a) != (b))                                                                                                      \
  return (a) < (b) ? -1 : 1

static inline int
tb_compare_times (gconstpointer a, gconstpointer b)
{
  const TbTime left = *(const TbTime *) a, right = *(const TbTime *) b;

  return (left > right) - (left < right);
}

static inline int
tb_compare_doubles (gconstpointer a, gconstpointer b)
{
  const double left = *(const double *) a, right = *(const double *) b;

  return (left > right) - (left < right);
}
