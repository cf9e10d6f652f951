/* Transitions: what comes after what, and whether that is more than chance.
 *
 * The sequence is that of beginnings, in one visit, of one observer (two
 * observers who saw the same would give a transition from a code to itself),
 * and with TB_SAME_SUBJECT of one subject. Events at one instant stand in the
 * order of the set, which is arbitrary: such neighbours are counted in TIES.
 * Lag 1 is the next, lag 2 the one after it. A transition belongs to a part
 * when both its events begin in one stretch of it.
 *
 * Expected counts and adjusted residuals are those of independence, and where
 * a code cannot follow itself (REPEATS FALSE, lag 1) of quasi-independence,
 * fitted by iterative proportional fitting. The residual is the difference by
 * its standard error, z = (x - m) / sqrt (m (1 - h)), h the leverage of the
 * cell in the log-linear model; without structural zeros that is
 * (x - m) / sqrt (m (1 - row / N) (1 - column / N)).
 *
 * Source: R. Bakeman and V. Quera, Sequential Analysis and Observational
 * Methods for the Behavioral Sciences (Cambridge 2011), chapters 8 and 9; for
 * codes that cannot repeat their "Log-linear approaches to lag-sequential
 * analysis when consecutive codes may and cannot repeat", Psychological
 * Bulletin 118 (1995); the residual is S. J. Haberman's, "The analysis of
 * residuals in cross-classified tables", Biometrics 29 (1973). They warn: it is
 * near a normal z only with enough transitions, at least five for each cell. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "observe/event.h"
#include "observe/part.h"

/* More codes than this are refused. */
#define TB_TRANSITIONS_MAX_CODES 256

typedef struct {
  const guint32 *codes; /* only these; the others are as if they were not there */
  guint n_codes;        /* 0: all */
  gboolean points, states; /* which kinds; neither: both */
  guint lag;            /* from 1; 0 is 1 */
  guint same;           /* TbSame; the observer is always the same */
  gboolean repeats;     /* FALSE: a code again right after itself is left out, as one that goes on, and counted */
  guint part;
} TbTransitionsQuestion;

typedef struct {
  guint count;
  double probability; /* of this code, given the first one; NAN when the first has no transition */
  double expected;    /* NAN for one that cannot be */
  double residual;    /* NAN when there is none */
} TbTransition;

typedef struct {
  guint n; /* codes, those that occur in the sequence, by number */
  guint32 *codes;
  TbTransition *cells; /* [first * n + second] */
  guint *first, *second; /* how often each code is the first, the second */
  guint total;
  guint ties, repeated;
  guint lag;
  gboolean repeats;   /* as asked */
  gboolean has_zeros; /* no code could follow itself */
  gboolean fitted;    /* FALSE: no expected counts could be found */
  guint part;
  guint same;
} TbTransitions;

/* SET must be sorted. TB_ERROR_TOO_LARGE. New. */
TbTransitions *tb_transitions_new (const TbEventSet *set, const TbParts *parts, const TbTransitionsQuestion *question,
                                   GError **error);
void tb_transitions_free (TbTransitions *transitions);

/* schemas/budget.schema.json, $defs/transitions. New reference. */
json_object *tb_transitions_to_json (const TbTransitions *transitions, const TbEventSet *set);

/* The model by itself, for tests too: COUNTS is N × N, HAS_ZEROS that the diagonal cannot be. Fills EXPECTED and
 * RESIDUAL (N × N) as TbTransition has them. FALSE when the fitting did not end; then all are NAN. */
gboolean tb_transitions_fit (guint n, const guint *counts, gboolean has_zeros, double *expected, double *residual);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbTransitions, tb_transitions_free)
