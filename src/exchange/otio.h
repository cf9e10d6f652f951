/* OpenTimelineIO: JSON of tracks with clips and markers.
 *
 * Read: a clip becomes a state with the track as its code, its name as the
 * comment; a marker a point or state with its name (or colour) as the code.
 * Written: the films as clips of video tracks, each event as a marker on the
 * whole, with what a marker has no word for in its metadata. */
#pragma once

#include "exchange/document.h"
#include "exchange/loss.h"

TbExchange *tb_otio_read (const guint8 *data, gsize size, TbLoss *loss, GError **error);
GBytes *tb_otio_write (const TbExchange *document, TbLoss *loss, GError **error);
