/* Which mark of one observer is the same event as which mark of another: one-to-one, within a tolerance in time.
 *
 * Not greedy: of all matchings the one that is best in this order: the most pairs with the same code, then the most
 * pairs, then the least total distance in time. The sums are exact integers (nanoseconds), so nothing is rounded.
 *
 * Method: the marks fall apart where nobody tapped for longer than the tolerance; each part is an assignment problem
 * in which every mark of the left may also stay alone, solved row by row by shortest augmenting paths with column
 * prices (Jonker and Volgenant, Computing 38, 1987). Costs are ordered pairs (pairs won, distance), compared in that
 * order: the method needs no more of them than that they can be added and compared. A path is searched only as far as
 * the next free mark, so long lessons cost no more per mark than short ones. */
#pragma once

#include <glib.h>

#include "base/time.h"

#define TB_NO_MARK G_MAXUINT

typedef struct {
  TbTime at;
  guint code; /* marks of equal code agree */
} TbMark;

/* A pair, or a mark that stayed alone: then the other side is TB_NO_MARK. Indices into what was given. */
typedef struct {
  guint left, right;
  gboolean same; /* a pair with the same code */
} TbMatch;

/* LEFT and RIGHT in any order; marks exactly TOLERANCE (0 or more) apart may be a pair. Array of TbMatch, new: every
 * mark once, in order of time (a pair by its left). Equal input gives equal output. */
GArray *tb_matching_new (const TbMark *left, guint n_left, const TbMark *right, guint n_right, TbTime tolerance);
