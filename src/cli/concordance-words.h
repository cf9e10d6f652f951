/* What the figures of concordance mean, for people. */
#pragma once

#include "observe/concordance.h"

typedef struct {
  const char *id;    /* of the figure, see observe/concordance.h */
  const char *title; /* these three are English; translated when shown */
  const char *meaning;
  const char *caution; /* when not to use it; NULL when there is nothing to say */
} TbFigureWords;

/* NULL when METHOD has no such figure. Static. */
const TbFigureWords *tb_figure_words (TbMethod method, const char *id);

/* Why there is no value: a clause, translated. Static. */
const char *tb_why_words (TbWhy why);
