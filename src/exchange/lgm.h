/* LongoMatch projects (.lgm): JSON of .NET objects, with references by number.
 *
 * Only read. Every object that has Start, Stop and EventTime is an event: a
 * state from Start to Stop in milliseconds, of the event type that it names or
 * points to; notes are the comment, tags and players modifiers. */
#pragma once

#include "exchange/document.h"
#include "exchange/loss.h"

TbExchange *tb_lgm_read (const guint8 *data, gsize size, TbLoss *loss, GError **error);
