/* BORIS projects: JSON, plain (.boris) or packed (.boris.gz). Read from what
 * BORIS itself writes in all its format versions (1.x to 7.0); 7.0 is written,
 * which every BORIS since version 7 opens.
 *
 * BORIS has no start and stop: the rows of a state alternate, per subject, code
 * and modifiers. It has no observer of a row: an observation of several
 * observers is written as one for each. */
#pragma once

#include "exchange/document.h"
#include "exchange/loss.h"

TbExchange *tb_boris_read (const guint8 *data, gsize size, TbLoss *loss, GError **error);
GBytes *tb_boris_write (const TbExchange *document, TbLoss *loss, GError **error);
GBytes *tb_boris_write_gzip (const TbExchange *document, TbLoss *loss, GError **error);

/* The code of what has none (when another is called so, the name that it has instead stands in the mark that the file
 * is ours, as TB_BORIS_OTHER), the modifier that holds a rating, and the independent variables that hold the observer and
 * the visit, in files that Terugblik wrote. */
#define TB_BORIS_NO_CODE "(no code)"
#define TB_BORIS_OTHER "no_code"
#define TB_BORIS_RATING "rating (Terugblik)"
#define TB_BORIS_OBSERVER "Observer"
#define TB_BORIS_VISIT "Visit"
