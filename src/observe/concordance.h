/* Concordance: how far two or more observers of one visit agree, in one of five ways.
 *
 *   EVENT     which event of one is which of the other (matching.h), states by their start. Two observers.
 *   SAMPLED   what each has going on, every TOLERANCE (sampled.h)
 *   OVERLAP   how the lesson is cut up in states (unitising.h): at each moment an observer has the set of states that
 *             run then, none is a gap; unfinished states run to the end; points have no length and are left out
 *   RATING    the scores given on one scale, per code and subject (the last one when scored twice)
 *   INTERVAL  what each saw in each interval of one sampling (interval.h): the set of codes. Compared are the intervals
 *             that all answered; alpha has the others too, as gaps
 *
 * The first three are of points and states; intervals and scores are left out there.
 *
 * Which figures there are, in this order (a figure's id is also that of the sentence that explains it):
 *
 *   EVENT    percent (agreed of all pairs and lone events), percent-pairs (agreed of the pairs), kappa-pairs,
 *            kappa-events, alpha-nominal (of the pairs)
 *   SAMPLED  percent, kappa, kappa-max (these three of two observers only), fleiss, alpha-nominal
 *   OVERLAP  percent, alpha-u, alpha-u-binary, alpha-u-coding
 *   RATING   percent, percent-within-one, kappa, kappa-linear, kappa-quadratic (these five of two observers only),
 *            fleiss, alpha-nominal, alpha-ordinal, alpha-interval, icc-1-1, icc-2-1, icc-3-1, icc-1-k, icc-2-k, icc-3-k
 *   INTERVAL as SAMPLED
 *
 * Resampled for the intervals are: pairs and lone events one by one (EVENT); blocks of the lesson of 30 s, or a
 * twentieth of it when that is shorter, because a moment is much like the one before it (SAMPLED, OVERLAP, INTERVAL);
 * what was scored (RATING). */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "observe/bootstrap.h"
#include "observe/event.h"
#include "observe/icc.h"

typedef enum { TB_METHOD_EVENT = 1, TB_METHOD_SAMPLED, TB_METHOD_OVERLAP, TB_METHOD_RATING, TB_METHOD_INTERVAL }
  TbMethod;

/* "event", "sampled", "overlap", "rating", "interval". */
const char *tb_method_name (TbMethod method);
gboolean tb_method_from_name (const char *name, TbMethod *method);

/* A pair may be at most this far apart, and a sample as often, unless said otherwise. */
#define TB_TOLERANCE_USUAL (2 * TB_SECOND)
/* Tolerances are from here (0 for EVENT) to here. */
#define TB_TOLERANCE_MIN (TB_SECOND / 10)
#define TB_TOLERANCE_MAX (60 * TB_SECOND)

typedef struct {
  TbMethod method;
  guint visit;
  const guint *observers; /* numbers of the set; two or more different ones */
  guint n_observers;
  TbTime tolerance;                  /* of EVENT and SAMPLED */
  gboolean by_subject, by_modifiers; /* agreeing takes the same subject, the same modifiers */
  const char *instrument; /* only codes of this one; NULL for all */
  /* Of RATING: the scale that the kijkwijzer gives, ascending (weights are of its steps, also of those nobody gave);
   * other scores are left out. SCALE is its number in the set, 0 when it is not of the set: then scores of all codes are
   * taken. N_STEPS 0: there is nothing to compare. */
  guint32 scale;
  const double *steps;
  guint n_steps;
  guint32 sampling; /* of INTERVAL; 0: there is nothing to compare */
  TbBootstrap bootstrap;
} TbConcordanceQuestion;

typedef struct {
  const char *id; /* static */
  TbEstimate estimate;
} TbFigure;

/* A pair, or an event that only one has: then the other is NULL. Borrowed from the set. */
typedef struct {
  const TbEvent *left, *right;
  gboolean same;
} TbConcordanceRow;

/* One code. Amounts are events (EVENT), samples (SAMPLED), seconds (OVERLAP) or scores (RATING). The estimate has no
 * interval: all / any (EVENT), kappa or, of more than two, Fleiss of seen or not (SAMPLED), uα of this code alone
 * (OVERLAP), the share scored alike (RATING). */
typedef struct {
  guint code;
  double any, all; /* that anyone has, that all have */
  TbEstimate estimate;
} TbCodeConcordance;

typedef struct {
  TbMethod method;
  guint visit;
  TbTime tolerance;
  guint n_observers;
  guint *observers;
  guint *n_events; /* of each observer, left out ones not counted */
  guint n_left_out;
  GArray *figures; /* TbFigure */
  GArray *rows;    /* TbConcordanceRow, in order of time; of EVENT, else empty */
  GArray *codes;   /* TbCodeConcordance, in the order of their numbers */
  double *amounts; /* [code × n_observers], codes as in CODES */
  TbIcc icc;       /* of RATING */
  guint n_not_applicable; /* of RATING: “does not apply” on that scale, which is no score */
  guint32 scale, sampling; /* that were compared; 0 for none */
  guint n_asked, n_answered; /* of INTERVAL: intervals in the lesson, and those that all answered */
  double *steps;           /* of the scale; owned */
  guint n_steps;
  TbBootstrap bootstrap;
  guint n_units; /* that are resampled */
} TbConcordance;

/* For RATING and INTERVAL: takes the scale or the sampling named NAME ("INSTRUMENT/ID", or an ID that only one has) or,
 * when it is NULL, the one of which these observers have most (of QUESTION's instrument, if any). What is taken borrows
 * from SET. TB_ERROR_NOT_FOUND when there is none of that name (of that instrument), TB_ERROR_CONFLICT when several
 * have it. */
gboolean tb_concordance_choose (const TbEventSet *set, TbConcordanceQuestion *question, const char *name,
                                GError **error);

/* SET is sorted. Error: TB_ERROR_INVALID, when the tolerance or the scale is out of bounds, EVENT is asked of other
 * than two, or a visit is too long to sample so often. Nothing to compare is no error: the figures say so. New. */
TbConcordance *tb_concordance_new (const TbEventSet *set, const TbConcordanceQuestion *question, GError **error);
void tb_concordance_free (TbConcordance *concordance);

/* NULL when the method has no such figure. */
const TbEstimate *tb_concordance_find (const TbConcordance *concordance, const char *id);

/* As in schemas/concordance.schema.json; SET is the one it was made of. OBSERVATIONS (TbObservation) are what the
 * events of the visit came from, so that they can be named; NULL when there are none. New reference. */
json_object *tb_concordance_to_json (const TbConcordance *concordance, const TbEventSet *set,
                                     const GPtrArray *observations);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbConcordance, tb_concordance_free)
