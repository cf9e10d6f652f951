/* The Observer XT of Noldus: a coding scheme (.otx), and one with its
 * observations (.odx); XML in UTF-16. Only read. The format is published
 * nowhere: what is known of it is what such files hold, and how BORIS takes
 * their codes over.
 *
 * An event has a time of day: the timeline begins when its log was made, or with
 * the first event when that is not shortly before it. The log says when
 * something began; that a behaviour ended it says only where an event is called
 * a stop. */
#pragma once

#include "exchange/document.h"
#include "exchange/loss.h"

TbExchange *tb_otx_read (const guint8 *data, gsize size, TbLoss *loss, GError **error);
/* 2: surely; 0: not. */
int tb_otx_sniff (const guint8 *data, gsize size);
