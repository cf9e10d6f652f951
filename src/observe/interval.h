/* Time sampling, counted. An interval is looked at once: it is a count and
 * never a length of time.
 *
 * Interval number i of a sampling has its place at i × EVERY (partial, whole)
 * or, momentary, at (i + 1) × EVERY: its end, the instant that is looked at.
 * Asked are the intervals whose place lies in the lesson: the last one is cut
 * by its end, and a momentary one that would be after the end was never asked.
 *
 * Rules, all of which show in the figures:
 *
 * - Who used a sampling at all in a visit was asked all its intervals. One for
 *   which they have no observation of any of its codes was missed; that is not
 *   the same as one in which nothing was seen.
 * - A code seen twice in one interval of one observer counts once.
 * - An observation outside the asked intervals is counted in the row, and in
 *   none of these numbers.
 * - By subject, who used a sampling for a subject was asked all for that one. */
#pragma once

#include <glib.h>

#include "observe/event.h"
#include "observe/part.h"

typedef struct {
  guint seen;     /* intervals in which the code was */
  guint asked;
  guint answered; /* asked, and not missed */
} TbIntervals;

/* The number of the place (see above, from 0: 0 is not asked of a momentary one) that AT is of. */
gint64 tb_interval_place (const TbSamplingFacts *sampling, TbTime at);
/* Whether it is asked in a lesson of LENGTH. */
gboolean tb_interval_is_asked (const TbSamplingFacts *sampling, gint64 place, TbTime length);
/* How many are asked in the part of VISIT. */
guint tb_interval_n_asked (const TbParts *parts, guint part, guint visit, const TbSamplingFacts *sampling);

/* Which intervals were answered, by whom. */
typedef struct _TbAnswers TbAnswers;

TbAnswers *tb_answers_new (const TbEventSet *set, gboolean by_subject);
void tb_answers_free (TbAnswers *answers);

/* Asked and answered in PART, of those sheets that are of VISIT, OBSERVER and SUBJECT (G_MAXUINT32: any). SEEN is not
 * touched. */
void tb_answers_count (const TbAnswers *answers, const TbParts *parts, guint part, guint32 sampling, guint32 visit,
                       guint32 observer, guint32 subject, TbIntervals *intervals);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbAnswers, tb_answers_free)
