/* Intraclass correlation, for scores on a scale (Shrout and Fleiss, Intraclass correlations: uses in assessing rater
 * reliability, Psychological Bulletin 86, 1979).
 *
 *   (1,1)  each thing was scored by other observers, drawn from many
 *   (2,1)  all things by the same observers, drawn from many: that one is stricter counts as disagreement
 *   (3,1)  all things by the same observers, and only these matter: that one is stricter does not count
 *   (.,k)  the same for the mean of the k observers
 *
 * A form for the mean has no value when the things differ so little, beside the observers, that its denominator is not
 * above 0: it is without end below 0 then (VALUE is -INFINITY, which tells the bootstrap so).
 *
 * From the mean squares between things (BMS), within things (WMS), between observers (JMS) and the rest (EMS). */
#pragma once

#include <glib.h>

#include "observe/estimate.h"

typedef enum { TB_ICC_1_1, TB_ICC_2_1, TB_ICC_3_1, TB_ICC_1_K, TB_ICC_2_K, TB_ICC_3_K, TB_N_ICC } TbIccForm;

typedef struct {
  guint n_units; /* that all observers scored; the others are left out */
  guint n_left_out;
  guint n_observers;
  double bms, wms, jms, ems;
  /* Does the score depend on the thing at all? F is BMS / WMS (form 1; df n - 1 and n (k - 1)) and BMS / EMS (forms 2
   * and 3; df n - 1 and (n - 1)(k - 1)); NAN without. */
  double f_one, f_two;
  guint df_between, df_within, df_rest;
  TbEstimate forms[TB_N_ICC];
} TbIcc;

/* VALUES and TIMES as in alpha.h. All forms: TOO_FEW (things), ONE_OBSERVER, NO_VARIANCE; those for a mean OPPOSED. */
void tb_icc (const double *values, guint n_units, guint n_observers, const guint *times, TbIcc *icc);
