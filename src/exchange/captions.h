/* Lists of times with a text.
 *
 * WebVTT is read (a cue becomes an event: what follows “code: ” is comment when
 * it is ours, else the whole text is the comment and the code is empty) and
 * written; what a cue has no words for stands in a NOTE before it. SubRip
 * (SRT), Praat TextGrid and SDIS (GSEQ) are only written. */
#pragma once

#include <json-c/json.h>

#include "exchange/document.h"
#include "exchange/loss.h"

TbExchange *tb_webvtt_read (const guint8 *data, gsize size, TbLoss *loss, GError **error);
GBytes *tb_webvtt_write (const TbExchange *document, TbLoss *loss, GError **error);
GBytes *tb_srt_write (const TbExchange *document, TbLoss *loss, GError **error);
GBytes *tb_textgrid_write (const TbExchange *document, TbLoss *loss, GError **error);
GBytes *tb_sdis_write (const TbExchange *document, TbLoss *loss, GError **error);

/* How long the text of a point stays on the screen. */
#define TB_CAPTION_POINT (2 * TB_SECOND)

/* The times of EVENT in whole milliseconds for a format that knows only pieces of time: a point, and what lasted no
 * time, gets POINT, an open state lasts until END. Says in LOSS what that changes. */
void tb_caption_times (const TbExchangeEvent *event, TbTime point, TbTime end, TbTime *from, TbTime *to, TbLoss *loss);

/* The event as people read it on the picture: "code [modifiers] (subject): comment". New string. */
char *tb_caption_text (const TbExchangeEvent *event);

/* {"code",…}: all of an event but its times, for formats that have no words for it; new reference. The same as one line
 * of JSON without an arrow; new string. And back: adds the event. */
json_object *tb_caption_note_object (const TbExchange *document, const TbExchangeEvent *event);
char *tb_caption_note (const TbExchange *document, const TbExchangeEvent *event);
void tb_caption_own (TbExchange *document, TbExchangeSet *set, json_object *note, TbTime from, TbTime to);
#define TB_CAPTION_MARK "terugblik "
