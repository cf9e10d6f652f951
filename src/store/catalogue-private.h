/* The inside of the catalogue, for own-instrument.c. */
#pragma once

#include "store/catalogue.h"
#include "store/db.h"

/* Borrowed; never NULL for a catalogue whose own instruments change. */
TbStore *tb_catalogue_store (TbCatalogue *catalogue);

/* The last of the line of ID as DB has it: of the school, else of the program or a visit, whichever is higher.
 * *INSTRUMENT is a new reference, NULL when nothing has this id. */
gboolean tb_catalogue_newest (TbCatalogue *catalogue, TbDb *db, const char *id, TbInstrument **instrument,
                              GError **error);

/* Within a change of what can be chosen: whoever has a list asks for it anew. */
gboolean tb_catalogue_touch (TbDb *db, GError **error);
