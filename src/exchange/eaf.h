/* ELAN annotation files (EAF 2.3 to 3.0), XML: no entities, no network.
 *
 * Read: every annotation becomes an event over its time (slots without a time
 * are interpolated, annotations on annotations take the time of their parent).
 * On a tier with a controlled vocabulary the value is the code and the tier its
 * category; on any other the tier is the code and the value the comment.
 *
 * Written (3.0): a tier for each code, subject and observer, and more where
 * they overlap; modifiers on tiers below. What ELAN has no word for (a point, a
 * state without an end) stands in properties of the header, so that a file
 * that comes back from ELAN says it still, unless it was given another end there. */
#pragma once

#include "exchange/document.h"
#include "exchange/loss.h"

TbExchange *tb_eaf_read (const guint8 *data, gsize size, TbLoss *loss, GError **error);
GBytes *tb_eaf_write (const TbExchange *document, TbLoss *loss, GError **error);

/* Names of header properties, and how long a point lasts in ELAN, which knows none. */
#define TB_EAF_TIER "terugblik:tier:"
#define TB_EAF_VISIT "terugblik:visit"
#define TB_EAF_POINT (40 * TB_MILLISECOND)
