/* Percent and kappa: how far two (or more) put the same things in the same categories. */
#pragma once

#include <glib.h>

#include "observe/estimate.h"

typedef enum { TB_WEIGHT_LINEAR = 1, TB_WEIGHT_QUADRATIC } TbWeight;

/* What kappa needs of a table of N × N categories: how much there is, how much on the diagonal, and the sums of the
 * rows (the first observer) and the columns (the second). */
typedef struct {
  guint n;
  double total, agreed;
  double *rows, *columns;
} TbMargins;

TbMargins *tb_margins_new (guint n);
void tb_margins_free (TbMargins *margins);
void tb_margins_empty (TbMargins *margins);
/* The first said ROW and the second COLUMN, WEIGHT times. */
void tb_margins_add (TbMargins *margins, guint row, guint column, double weight);

/* Agreed of all: percent, as a share. NOTHING. */
TbEstimate tb_share_agreed (const TbMargins *margins);

/* Cohen, A coefficient of agreement for nominal scales, 1960: (po - pe) / (1 - pe). NOTHING, ONE_CATEGORY. */
TbEstimate tb_kappa (const TbMargins *margins);

/* The highest kappa that the margins allow (Cohen 1960): both may be right about how much there is of each category and
 * yet differ about when. NOTHING, ONE_CATEGORY. */
TbEstimate tb_kappa_max (const TbMargins *margins);

/* For matched events. The last category is "nothing": an event of one observer that the other does not have. Both
 * having nothing cannot occur, so what chance would give is not the product of the margins but the quasi-independence
 * in which that cell stays empty (Bakeman and Quera, Sequential Analysis and Observational Methods for the Behavioral
 * Sciences, 2011; Holle and Rein, EasyDIAg, Behavior Research Methods 47, 2015, find it by iteration). With one empty
 * cell there is a closed form: with R and C the events of each and M the pairs, a code with r and c events is expected
 * r c M / (R C) times in agreement. NOTHING, ONE_CATEGORY, ONE_OBSERVER (no pairs). */
TbEstimate tb_kappa_events (const TbMargins *margins);

/* For scales. A table is N × N, row by row: CELLS[r * n + c] is how often the first gave point r and the second c. The
 * categories are the points of the scale in its order, ALL of them: a point that nobody gave still keeps its neighbours
 * apart. */

/* Share of the table at most WITHIN steps from the diagonal: 0 is exact, 1 "within one point". NOTHING. */
TbEstimate tb_share_within (const double *cells, guint n, guint within);

/* Cohen, Weighted kappa, 1968: 1 - sum (w × observed) / sum (w × expected), w = |r - c| or (r - c)². NOTHING,
 * ONE_CATEGORY. */
TbEstimate tb_kappa_weighted (const double *cells, guint n, TbWeight weight);

/* Fleiss, Measuring nominal scale agreement among many raters, 1971. CATEGORIES[u * n_raters + r] is below
 * N_CATEGORIES, or G_MAXUINT when rater r left unit u out: as many must judge each unit (else UNEQUAL), two or more
 * (else ONE_OBSERVER), though they need not be the same. TIMES: how often each unit counts, NULL once. NOTHING,
 * ONE_CATEGORY. */
TbEstimate tb_fleiss (const guint *categories, guint n_units, guint n_raters, guint n_categories, const guint *times);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMargins, tb_margins_free)
