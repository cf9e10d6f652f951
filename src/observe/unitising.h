/* Krippendorff's alpha for unitising: two or more observers each cut one continuum (the lesson) into units with a value
 * and gaps between them; how far do the cuts and the values agree? (Krippendorff, Mathet, Bouvry and Widlöcher, On the
 * reliability of unitizing textual continua: Further developments, Quality and Quantity 50, 2016; Krippendorff, Content
 * Analysis, 4th edition, 2019, section 12.6.)
 *
 * The coincidence of values c and k is the time in which one observer has c and another k, over the m (m - 1) ordered
 * pairs of observers, divided by m - 1; a gap is a value too. What chance would give follows from the margins, less
 * what a segment would share with itself (L its length):
 *
 *   e(c, k) = l(c) l(k) l / (l² - sum L²),  e(c, c) = (l(c)² - sum over segments of c of L²) l / (l² - sum L²)
 *
 * in which a gap has no structure: it counts for L × RESOLUTION, as if it were a row of pieces of that length.
 * alpha = 1 - (l - sum l(c, c)) / (l - sum e(c, c)). For the coding alone, L is what the unit shares with units of the
 * other observers, on average. */
#pragma once

#include <glib.h>

#include "base/time.h"
#include "observe/estimate.h"

typedef struct {
  guint observer;
  TbTime from, to;
  guint value; /* 1 and up; 0 is a gap */
} TbUnit;

typedef enum {
  TB_UNITISING_WHOLE = 1, /* uα: units, their values, and gaps */
  TB_UNITISING_BINARY,    /* |uα: unit or gap, whatever the value */
  TB_UNITISING_CODING     /* cuα: the values, only where observers both have a unit */
} TbUnitisingForm;

typedef struct _TbUnitising TbUnitising;

/* UNITS in any order; those of one observer do not overlap (a part that does is left out). The continuum is FROM to TO,
 * units are cut to it. Values are below N_VALUES. RESOLUTION 0 is time without a smallest piece. For the bootstrap the
 * continuum is cut in N_BLOCKS (1 or more) of equal length. New. */
TbUnitising *tb_unitising_new (const TbUnit *units, guint n_units, guint n_observers, guint n_values, TbTime from,
                               TbTime to, TbTime resolution, guint n_blocks);
void tb_unitising_free (TbUnitising *unitising);

/* TIMES: how often each block counts, NULL once. NOTHING (no continuum), ONE_OBSERVER (also: CODING without any time in
 * which two have a unit), ONE_CATEGORY. */
TbEstimate tb_unitising_estimate (const TbUnitising *unitising, TbUnitisingForm form, const guint *times);

/* The share of the time in which all ordered pairs of observers have the same value. */
TbEstimate tb_unitising_share (const TbUnitising *unitising, const guint *times);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbUnitising, tb_unitising_free)
