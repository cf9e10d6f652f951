/* Reading numbers and boxes out of bytes in memory, never past the end. Internal to fragments.c. */
#pragma once

#include <glib.h>

typedef struct {
  const guint8 *data;
  gsize size;
  gsize at;
  gboolean bad; /* something was asked for that is not there; from then on all reads give 0 */
} TbBytes;

static inline TbBytes
tb_bytes (const guint8 *data, gsize size)
{
  return (TbBytes){ data, size, 0, FALSE };
}

static inline gsize
tb_bytes_left (const TbBytes *bytes)
{
  return bytes->bad ? 0 : bytes->size - bytes->at;
}

static inline void
tb_bytes_skip (TbBytes *bytes, gsize n)
{
  if (n > tb_bytes_left (bytes))
    bytes->bad = TRUE;
  else
    bytes->at += n;
}

/* N is at most 8. */
static inline guint64
tb_bytes_uint (TbBytes *bytes, guint n)
{
  guint64 value = 0;

  if (n > tb_bytes_left (bytes)) {
    bytes->bad = TRUE;
    return 0;
  }
  for (guint i = 0; i < n; i++)
    value = value << 8 | bytes->data[bytes->at++];
  return value;
}

#define TB_BOX(a, b, c, d) ((guint32) (a) << 24 | (guint32) (b) << 16 | (guint32) (c) << 8 | (guint32) (d))

/* The next box within BYTES: its type and content. FALSE at the end or when it does not fit. */
static inline gboolean
tb_bytes_box (TbBytes *bytes, guint32 *type, TbBytes *content)
{
  guint64 size;
  gsize header = 8;

  if (tb_bytes_left (bytes) < 8)
    return FALSE;
  size = tb_bytes_uint (bytes, 4);
  *type = (guint32) tb_bytes_uint (bytes, 4);
  if (size == 1) {
    size = tb_bytes_uint (bytes, 8);
    header = 16;
  }
  if (bytes->bad || size < header || size - header > tb_bytes_left (bytes))
    return FALSE;
  *content = tb_bytes (bytes->data + bytes->at, (gsize) (size - header));
  bytes->at += (gsize) (size - header);
  return TRUE;
}

/* The first box of TYPE. */
static inline gboolean
tb_bytes_find (TbBytes bytes, guint32 type, TbBytes *content)
{
  guint32 is;

  while (tb_bytes_box (&bytes, &is, content))
    if (is == type)
      return TRUE;
  return FALSE;
}
