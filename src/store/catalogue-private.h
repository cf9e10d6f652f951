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

/* After a change became durable: the list is made anew when it is asked for. */
void tb_catalogue_forget (TbCatalogue *catalogue);
