/* What the codes of a kijkwijzer are called when several of its versions are
 * counted together: as in the newest version that occurs.
 *
 * A code is carried forward through "became", version by version. When it went
 * out it keeps its own name. Where adding up would say something false it is
 * kept apart as "INSTRUMENT/CODE@VERSION": when it went out and its id was
 * given to another code, when its kind is another now, and when its scale or
 * its sampling is; of what went out, all that does not add up with the last
 * version that had it. Every other name than its own is in the figures
 * (tb_event_set_renamed_to_json). */
#pragma once

#include <glib.h>

#include "observe/event.h"
#include "observe/instrument.h"

typedef struct _TbLineage TbLineage;

TbLineage *tb_lineage_new (void);
void tb_lineage_free (TbLineage *lineage);

/* A version that exists, whether a visit uses it or not; kept. The same version twice is once. */
void tb_lineage_add (TbLineage *lineage, TbInstrument *instrument);
/* VISIT (a number of the set) uses INSTRUMENT; kept. */
void tb_lineage_use (TbLineage *lineage, guint visit, TbInstrument *instrument);

/* Tells SET the names and what is known of the codes; before observations are added to it. */
void tb_lineage_apply (const TbLineage *lineage, TbEventSet *set);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbLineage, tb_lineage_free)
