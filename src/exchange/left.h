/* What writers share: what a format has no room for. */
#pragma once

#include "exchange/document.h"
#include "exchange/loss.h"

typedef enum {
  TB_CARRIES_MEDIA = 1 << 0,
  TB_CARRIES_CODES = 1 << 1, /* descriptions, keys, colours, lists of modifiers */
  TB_CARRIES_PAIRS = 1 << 2, /* free metadata */
  TB_CARRIES_WORDS = 1 << 3  /* title and descriptions */
} TbCarries;

/* Reports what DOCUMENT has beside events and CARRIES does not name. */
void tb_left_report (const TbExchange *document, TbLoss *loss, TbCarries carries);

/* For a format of one timeline: counts all events as present, reports those of every set but the first as dropped.
 * Borrowed; NULL when the document has no set. */
const TbExchangeSet *tb_left_only_set (const TbExchange *document, TbLoss *loss);

/* Says of an event that its times were rounded to what the format can hold. */
void tb_left_rounded (TbLoss *loss, const TbExchangeEvent *event, const char *why);

/* Says of a time sample and of a score that the format's nearest was written; nothing of points and states. */
void tb_left_kind (TbLoss *loss, const TbExchangeEvent *event);

/* Says of a point, and of what lasted no time, that a piece of time was written for it. */
void tb_left_piece (TbLoss *loss, const TbExchangeEvent *event);

/* The last moment that anything in the set names, and not before zero. */
TbTime tb_left_end (const TbExchangeSet *set);

/* "code", "code [name: value]": an event's code and modifiers for people to read. New string. */
char *tb_left_label (const TbExchangeEvent *event, gboolean with_modifiers);
