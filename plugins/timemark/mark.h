/* The time mark: a number of milliseconds drawn into the luma of a picture, in
 * black and white blocks large enough to survive a low bit rate and scaling.
 * The layout is in README.md. Pure: no GStreamer. */
#pragma once

#include <glib.h>

#define TB_MARK_COLUMNS 32
#define TB_MARK_ROWS 2
/* The mark takes the whole width and this part of the height: 1/9. */
#define TB_MARK_HEIGHT_DIVISOR 9

/* Largest value a mark can carry: 48 bits. */
#define TB_MARK_MAX ((G_GUINT64_CONSTANT (1) << 48) - 1)

/* The 64 bits of a value: 48 bits of value, then their CRC-16 (CCITT, start 0xffff). */
guint64 tb_mark_word (guint64 value_ms);

/* Draws value and digits. Widths under 160 or heights under 90 are left alone. */
void tb_mark_draw (guint8 *luma, gint width, gint height, gint stride, guint64 value_ms);

/* Reads it back. FALSE when there is no mark, or its check bits do not fit. */
gboolean tb_mark_read (const guint8 *luma, gint width, gint height, gint stride, guint64 *value_ms);
