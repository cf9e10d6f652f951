/* A figure of concordance: a value with its interval, or why there is none. */
#pragma once

#include <glib.h>

typedef enum {
  TB_WHY_DEFINED = 1,  /* there is a value */
  TB_WHY_NOTHING,      /* nothing to compare */
  TB_WHY_ONE_CATEGORY, /* only one category occurs: agreeing by chance is certain */
  TB_WHY_ONE_OBSERVER, /* nothing was judged by two */
  TB_WHY_NO_VARIANCE,  /* all scores are alike */
  TB_WHY_TOO_FEW,      /* fewer than two things were judged */
  TB_WHY_UNEQUAL,      /* not everything was judged by equally many */
  TB_WHY_OPPOSED       /* the observers differ more than the things do: a mean of them says nothing */
} TbWhy;

/* VALUE means nothing unless WHY is TB_WHY_DEFINED; it is NAN, or -INFINITY where a round of the bootstrap shall know
 * that the figure is lower than any. LOW to HIGH is the interval (bootstrap.h), NAN without one; UNDEFINED
 * counts the rounds in which the figure had no value. */
typedef struct {
  double value;
  TbWhy why;
  double low, high;
  guint undefined;
} TbEstimate;

/* Without an interval. */
TbEstimate tb_estimate_of (double value);
TbEstimate tb_estimate_none (TbWhy why);

/* "one-category"; "defined" too. Borrowed, static. */
const char *tb_why_name (TbWhy why);
