/* A payload is sealed, changed as the input says, and opened: what comes out is what went in, from the beginning and
 * in order, and all of it only if nothing was changed.
 *
 * Input: size of the plain text (3 bytes, big endian, below four chunks), then changes of 6 bytes each: kind, where
 * (4 bytes), value. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "vault/age-stream.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define LARGEST (4 * TB_AGE_CHUNK)
#define CHANGE 6
#define MAX_CHANGES 4

static guint8 *
make_plain (gsize size)
{
  guint8 *plain = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    plain[i] = (guint8) (i * 31 + i / 251);
  return plain;
}

static void
seal (const TbAgeFileKey *key, const guint8 *plain, gsize size, GByteArray *out)
{
  g_autoptr (TbAgeSealer) sealer = tb_age_sealer_new (key, out);

  for (gsize at = 0; at < size;) {
    gsize piece = MIN (size - at, 1 + at % 30011);

    tb_age_sealer_append (sealer, plain + at, piece, out);
    at += piece;
  }
  tb_age_sealer_finish (sealer, out);
}

static void
swap (GByteArray *sealed, gsize one, gsize other)
{
  gsize a = TB_AGE_PAYLOAD_NONCE + one * TB_AGE_SEALED_CHUNK, b = TB_AGE_PAYLOAD_NONCE + other * TB_AGE_SEALED_CHUNK;
  g_autofree guint8 *kept = NULL;

  if (MAX (a, b) + TB_AGE_SEALED_CHUNK > sealed->len)
    return;
  kept = g_memdup2 (sealed->data + a, TB_AGE_SEALED_CHUNK);
  memmove (sealed->data + a, sealed->data + b, TB_AGE_SEALED_CHUNK);
  memcpy (sealed->data + b, kept, TB_AGE_SEALED_CHUNK);
}

static void
change (GByteArray *sealed, const uint8_t *rule)
{
  guint32 where = (guint32) rule[1] << 24 | (guint32) rule[2] << 16 | (guint32) rule[3] << 8 | rule[4];
  guint chunks = sealed->len / TB_AGE_SEALED_CHUNK + 1;

  switch (rule[0] % 5) {
  case 0: /* a byte */
    if (sealed->len > 0)
      sealed->data[where % sealed->len] ^= rule[5];
    break;
  case 1: /* cut off */
    g_byte_array_set_size (sealed, where % (sealed->len + 1));
    break;
  case 2: /* more at the end */
    g_byte_array_append (sealed, rule, CHANGE);
    break;
  case 3: /* two chunks in each other's place */
    swap (sealed, where % chunks, rule[5] % chunks);
    break;
  default: /* something left out */
    if (sealed->len > 0) {
      guint at = where % sealed->len;

      g_byte_array_remove_range (sealed, at, MIN (sealed->len - at, (guint) TB_AGE_SEALED_CHUNK));
    }
  }
}

/* What opens in order is the beginning of PLAIN; TRUE when the whole payload opened. */
static gboolean
open_all (const TbAgeFileKey *key, const GByteArray *sealed, const guint8 *plain, gsize size)
{
  g_autoptr (TbAgeOpener) opener = NULL;
  g_autofree guint8 *chunk = g_malloc (TB_AGE_CHUNK);
  TbAgeExtent extent;
  gsize at = TB_AGE_PAYLOAD_NONCE, done = 0, length = 0;

  if (!tb_age_extent_of (sealed->len, &extent, NULL))
    return FALSE;
  g_assert_cmpuint (tb_age_payload_size (extent.plain), ==, sealed->len);
  opener = tb_age_opener_new (key, sealed->data);
  for (guint64 i = 0; i < extent.chunks; i++) {
    gsize take = MIN (sealed->len - at, (gsize) TB_AGE_SEALED_CHUNK);

    if (!tb_age_opener_open (opener, i, i + 1 == extent.chunks, sealed->data + at, take, chunk, &length, NULL))
      return FALSE;
    g_assert_true (done + length <= size);
    g_assert_cmpmem (chunk, length, plain + done, length);
    done += length;
    at += take;
  }
  g_assert_cmpuint (done, ==, size);
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (GByteArray) sealed = g_byte_array_new (), before = g_byte_array_new ();
  g_autofree guint8 *plain = NULL;
  gsize plain_size;

  if (size < 3)
    return 0;
  plain_size = ((gsize) data[0] << 16 | (gsize) data[1] << 8 | data[2]) % (LARGEST + 1);
  plain = make_plain (plain_size);
  tb_age_file_key_generate (&key);
  seal (&key, plain, plain_size, sealed);
  g_byte_array_append (before, sealed->data, sealed->len);
  for (gsize i = 0; i < MAX_CHANGES && 3 + (i + 1) * CHANGE <= size; i++)
    change (sealed, data + 3 + i * CHANGE);
  g_assert_true (open_all (&key, sealed, plain, plain_size)
                 == (sealed->len == before->len && memcmp (sealed->data, before->data, before->len) == 0));
  return 0;
}
