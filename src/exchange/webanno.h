/* W3C Web Annotation (JSON-LD) with media fragments, "t=12.5,20".
 *
 * Read: one annotation, a page, a collection or a list of them. A body whose
 * purpose is tagging (or classifying) is the code, every other text the comment. Written: an annotation
 * page; what the model has no word for stands under "terugblik". */
#pragma once

#include "exchange/document.h"
#include "exchange/loss.h"

TbExchange *tb_webanno_read (const guint8 *data, gsize size, TbLoss *loss, GError **error);
GBytes *tb_webanno_write (const TbExchange *document, TbLoss *loss, GError **error);
