/* Drawing and reading of the time mark: see README.md for the layout. */

#include "mark.h"

#include <string.h>

#define BLACK 16
#define WHITE 235

/* 5x7 dots, one row per byte, for 0-9, colon and full stop. */
static const guint8 glyphs[12][7] = {
  { 0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e }, { 0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e },
  { 0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f }, { 0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e },
  { 0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02 }, { 0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e },
  { 0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e }, { 0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08 },
  { 0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e }, { 0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c },
  { 0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x00 }, { 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04 },
};

static guint16
crc16 (guint64 value)
{
  guint16 crc = 0xffff;

  for (gint byte = 5; byte >= 0; byte--) {
    crc ^= (guint16) (((value >> (8 * byte)) & 0xff) << 8);
    for (gint bit = 0; bit < 8; bit++)
      crc = (guint16) (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1);
  }
  return crc;
}

guint64
tb_mark_word (guint64 value_ms)
{
  guint64 value = value_ms & TB_MARK_MAX;

  return (value << 16) | crc16 (value);
}

static void
fill (guint8 *luma, gint stride, gint x, gint y, gint width, gint height, guint8 value)
{
  for (gint row = 0; row < height; row++)
    memset (luma + (gsize) (y + row) * stride + x, value, width);
}

static void
draw_text (guint8 *luma, gint width, gint height, gint stride, gint top, const char *text)
{
  gint dot = MAX (1, height / 120);
  gint x = 2 * dot, count = (gint) strlen (text);

  if (x + count * 6 * dot >= width || top + 9 * dot >= height)
    return;
  fill (luma, stride, 0, top, x + count * 6 * dot + dot, 9 * dot, BLACK);
  for (const char *p = text; *p != '\0'; p++, x += 6 * dot) {
    const guint8 *glyph = glyphs[*p == ':' ? 10 : *p == '.' ? 11 : (*p - '0') % 10];

    for (gint row = 0; row < 7; row++)
      for (gint column = 0; column < 5; column++)
        if (glyph[row] & (0x10 >> column))
          fill (luma, stride, x + column * dot, top + (row + 1) * dot, dot, dot, WHITE);
  }
}

void
tb_mark_draw (guint8 *luma, gint width, gint height, gint stride, guint64 value_ms)
{
  guint64 word = tb_mark_word (value_ms);
  gint mark_height = height / TB_MARK_HEIGHT_DIVISOR;
  char text[48];

  if (width < 160 || height < 90)
    return;
  for (gint row = 0; row < TB_MARK_ROWS; row++) {
    gint top = row * mark_height / TB_MARK_ROWS;
    gint bottom = (row + 1) * mark_height / TB_MARK_ROWS;

    for (gint column = 0; column < TB_MARK_COLUMNS; column++) {
      gint left = column * width / TB_MARK_COLUMNS;
      gint right = (column + 1) * width / TB_MARK_COLUMNS;
      gboolean bit = (word >> (63 - (row * TB_MARK_COLUMNS + column))) & 1;

      fill (luma, stride, left, top, right - left, bottom - top, bit ? WHITE : BLACK);
    }
  }
  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT ":%02u:%02u.%03u", value_ms / 3600000,
              (guint) (value_ms / 60000 % 60), (guint) (value_ms / 1000 % 60), (guint) (value_ms % 1000));
  draw_text (luma, width, height, stride, mark_height, text);
}

/* Mean of the middle of a block, where neither scaling nor ringing reaches. */
static guint
block_mean (const guint8 *luma, gint stride, gint left, gint right, gint top, gint bottom)
{
  gint dx = (right - left) / 4, dy = (bottom - top) / 4;
  guint sum = 0, count = 0;

  for (gint y = top + dy; y < bottom - dy; y++)
    for (gint x = left + dx; x < right - dx; x++, count++)
      sum += luma[(gsize) y * stride + x];
  return count > 0 ? sum / count : 0;
}

gboolean
tb_mark_read (const guint8 *luma, gint width, gint height, gint stride, guint64 *value_ms)
{
  gint mark_height = height / TB_MARK_HEIGHT_DIVISOR;
  guint64 word = 0;

  if (width < 160 || height < 90)
    return FALSE;
  for (gint row = 0; row < TB_MARK_ROWS; row++)
    for (gint column = 0; column < TB_MARK_COLUMNS; column++) {
      guint mean = block_mean (luma, stride, column * width / TB_MARK_COLUMNS, (column + 1) * width / TB_MARK_COLUMNS,
                               row * mark_height / TB_MARK_ROWS, (row + 1) * mark_height / TB_MARK_ROWS);

      word = word << 1 | (mean > 127);
    }
  if (tb_mark_word (word >> 16) != word)
    return FALSE;
  *value_ms = word >> 16;
  return TRUE;
}
