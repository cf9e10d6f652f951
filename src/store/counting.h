/* Visits as events, for figures: what is stored, brought into the form that is
 * counted (observe/event.h).
 *
 * Of two ratings of one code, observer and subject (two devices that were out
 * of each other's sight) the one later in the journal counts; the other is left
 * out, and counted in SUPERSEDED. Codes of several versions of a kijkwijzer are
 * brought together as observe/lineage.h says. */
#pragma once

#include <glib.h>

#include "observe/event.h"
#include "store/layers.h"
#include "store/visit.h"

/* FALSE leaves the observation out as if it were not there. LAYERS: of the visit it is of. */
typedef gboolean (*TbCountingFilter) (const TbLayers *layers, const TbObservation *observation, gpointer data);

typedef struct {
  TbEventSet *set;         /* sorted; visit i is VISITS[i] */
  GPtrArray *visits;       /* TbVisit */
  GPtrArray *observations; /* by visit: GPtrArray of TbObservation, TbEvent.source is a place in it */
  guint superseded;
} TbCounting;

/* IDS: NULL-terminated, different visits. CATALOGUE (TbInstrument, may be NULL): versions that exist beside those in
 * the store. FILTER may be NULL. TB_ERROR_NOT_FOUND: no such visit. New. */
TbCounting *tb_counting_new (TbStore *store, const char *const *ids, GPtrArray *catalogue, TbCountingFilter filter,
                             gpointer data, GError **error);
void tb_counting_free (TbCounting *counting);

/* How long VISIT lasted: up to its end, or till now; of one that has not started up to the last of its OBSERVATIONS
 * (TbObservation). */
TbTime tb_visit_lasted (const TbVisit *visit, const GPtrArray *observations);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbCounting, tb_counting_free)
