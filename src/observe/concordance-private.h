/* What the methods of concordance share. */
#pragma once

#include "observe/concordance.h"

/* What is being worked out. */
typedef struct {
  const TbEventSet *set;
  const TbConcordanceQuestion *question;
  TbConcordance *concordance;
  const TbEvent **events; /* of these observers in this visit, in order */
  guint *sides;           /* of each: which observer, counted from 0 */
  guint *labels;          /* of each: events that agree have the same */
  guint n_events, n_labels;
} TbComparison;

/* Each fills figures, codes and what else is its own; SAMPLED may fail. */
void tb_concordance_events (TbComparison *comparison);
gboolean tb_concordance_sampled (TbComparison *comparison, GError **error);
void tb_concordance_overlap (TbComparison *comparison);
void tb_concordance_ratings (TbComparison *comparison);
void tb_concordance_intervals (TbComparison *comparison);

/* What a figure is when unit i is there TIMES[i] times; NULL: once. */
typedef TbEstimate (*TbFigureOf) (gpointer user_data, guint figure, const guint *times);
/* Adds the figures IDS (N of them), each what FIGURE_OF says of it, with its interval over N_UNITS. PREPARE, if any, is
 * called once before the figures of one resample. */
typedef void (*TbPrepare) (gpointer user_data, const guint *times);
void tb_comparison_add (TbComparison *comparison, const char *const *ids, guint n, guint n_units, TbPrepare prepare,
                        TbFigureOf figure_of, gpointer user_data);

/* Adds a code with its AMOUNTS (of each observer). */
void tb_comparison_add_code (TbComparison *comparison, const TbCodeConcordance *code, const double *amounts);

/* Blocks of the time from FROM to TO, for resampling: of 30 s, but at least 20 and at most 1000. */
guint tb_comparison_blocks (TbTime from, TbTime to);
