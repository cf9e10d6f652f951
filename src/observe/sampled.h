/* Looking every so many seconds at what each observer has going on: time sampling of what was coded at leisure.
 *
 * Exactly as BORIS does it for its "Cohen's kappa (time-unit)" (boris/irr.py, version 9.12): samples are taken from the
 * first event of any observer, every INTERVAL, to the last end of any; each subject apart. In a sample is every state
 * that runs then, both ends counted, and every point at most half an interval away, both ways, as often as it occurs;
 * two observers agree when these lists are the same. So a tap 0.1 s later may fall in another sample, and two taps of
 * one event disagree twice: matching.h is the better answer for points. Unlike BORIS, kappa of a table in which only
 * one category occurs is not 1 but undefined. */
#pragma once

#include <glib.h>

#include "base/time.h"

/* More samples than this are refused. */
#define TB_SAMPLES_MAX 2000000
#define TB_SAMPLES_ENTRIES_MAX 10000000 /* of all spans together, each at all its samples */

typedef struct {
  guint observer, subject, code; /* counted from 0 */
  gboolean state;
  TbTime from, to; /* a point: twice the same */
} TbSpan;

typedef struct {
  guint n_rows; /* samples, times subjects */
  guint n_times, n_observers, n_sets;
  TbTime first, interval;
  guint *sets; /* [row × n_observers + observer]: which list; 0 is "nothing" */
} TbSampled;

/* Row s × n_times + t is subject s at FIRST + t × INTERVAL (above 0). NULL when there are more than TB_SAMPLES_MAX, or
 * more than TB_SAMPLES_ENTRIES_MAX of all spans. New. */
TbSampled *tb_sampled_new (const TbSpan *spans, guint n_spans, guint n_observers, guint n_subjects, TbTime interval);
/* Which samples of its subject SPAN is in: *FROM to *TO, none when TO is before FROM. */
void tb_sampled_range (const TbSampled *sampled, const TbSpan *span, gint64 *from, gint64 *to);
void tb_sampled_free (TbSampled *sampled);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbSampled, tb_sampled_free)
