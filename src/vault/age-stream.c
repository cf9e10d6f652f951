#include "vault/age-stream.h"

#include <string.h>

#include <sodium.h>

#include "base/error.h"
#include "vault/age-kdf.h"

#define CHUNK_NONCE crypto_aead_chacha20poly1305_ietf_NPUBBYTES

struct _TbAgeSealer {
  guint8 key[TB_AGE_KEY];
  guint64 counter; /* of the next chunk; only rises */
  gboolean finished;
  guint8 *first; /* NULL, or where the text of chunk 0 is kept until the end */
  gsize pending_length;
  guint8 pending[TB_AGE_CHUNK];
};

struct _TbAgeOpener {
  guint8 key[TB_AGE_KEY];
};

static void
make_nonce (guint64 counter, gboolean is_last, guint8 nonce[CHUNK_NONCE])
{
  guint64 big_endian = GUINT64_TO_BE (counter);

  /* Bytes 0 to 2 of the counter stay zero: 2^64 chunks is more than a disk holds. */
  memset (nonce, 0, CHUNK_NONCE);
  memcpy (nonce + 3, &big_endian, sizeof big_endian);
  nonce[CHUNK_NONCE - 1] = is_last ? 1 : 0;
}

TbAgeSealer *
tb_age_sealer_new (const TbAgeFileKey *key, GByteArray *out)
{
  TbAgeSealer *sealer;
  guint8 nonce[TB_AGE_PAYLOAD_NONCE];

  tb_age_init ();
  sealer = g_new0 (TbAgeSealer, 1);
  randombytes_buf (nonce, sizeof nonce);
  tb_age_hkdf (key->bytes, TB_AGE_FILE_KEY, nonce, sizeof nonce, "payload", sealer->key);
  g_byte_array_append (out, nonce, sizeof nonce);
  return sealer;
}

static void
seal (const guint8 key[TB_AGE_KEY], guint64 number, gboolean is_last, const guint8 *plain, gsize length, GByteArray *out)
{
  guint8 nonce[CHUNK_NONCE];
  guint start = out->len;

  make_nonce (number, is_last, nonce);
  g_byte_array_set_size (out, start + (guint) length + TB_AGE_TAG);
  crypto_aead_chacha20poly1305_ietf_encrypt (out->data + start, NULL, plain, length, NULL, 0, NULL, nonce, key);
}

/* The chunk that is whole, and not the last. */
static void
seal_pending (TbAgeSealer *sealer, GByteArray *out)
{
  guint64 number = sealer->counter++;

  if (number == 0 && sealer->first != NULL)
    memcpy (sealer->first, sealer->pending, TB_AGE_CHUNK);
  else
    seal (sealer->key, number, FALSE, sealer->pending, TB_AGE_CHUNK, out);
  sealer->pending_length = 0;
}

void
tb_age_sealer_append (TbAgeSealer *sealer, const guint8 *bytes, gsize length, GByteArray *out)
{
  g_return_if_fail (!sealer->finished);
  while (length > 0) {
    gsize take = MIN (length, TB_AGE_CHUNK - sealer->pending_length);

    if (take == 0) {
      seal_pending (sealer, out);
      continue;
    }
    memcpy (sealer->pending + sealer->pending_length, bytes, take);
    sealer->pending_length += take;
    bytes += take;
    length -= take;
  }
}

const guint8 *
tb_age_sealer_get_pending (const TbAgeSealer *sealer, gsize *ret_length)
{
  *ret_length = sealer->pending_length;
  return sealer->pending;
}

static void
sealer_wipe (TbAgeSealer *sealer)
{
  sodium_memzero (sealer->key, sizeof sealer->key);
  sodium_memzero (sealer->pending, sizeof sealer->pending);
  sealer->pending_length = 0;
  if (sealer->first != NULL)
    sodium_memzero (sealer->first, TB_AGE_CHUNK);
  g_clear_pointer (&sealer->first, g_free);
}

void
tb_age_sealer_finish (TbAgeSealer *sealer, GByteArray *out)
{
  g_return_if_fail (!sealer->finished && sealer->first == NULL);
  seal (sealer->key, sealer->counter, TRUE, sealer->pending, sealer->pending_length, out);
  sealer->finished = TRUE;
  sealer_wipe (sealer);
}

void
tb_age_sealer_hold_first (TbAgeSealer *sealer)
{
  g_return_if_fail (sealer->counter == 0 && sealer->pending_length == 0 && sealer->first == NULL);
  sealer->first = g_malloc0 (TB_AGE_CHUNK);
}

gboolean
tb_age_sealer_patch (TbAgeSealer *sealer, guint64 offset, const guint8 *bytes, gsize length)
{
  gsize have = sealer->counter > 0 ? TB_AGE_CHUNK : sealer->pending_length;

  if (sealer->finished || sealer->first == NULL || offset > have || length > have - offset)
    return FALSE;
  memcpy ((sealer->counter > 0 ? sealer->first : sealer->pending) + offset, bytes, length);
  return TRUE;
}

void
tb_age_sealer_finish_held (TbAgeSealer *sealer, GByteArray *first, GByteArray *out)
{
  g_return_if_fail (!sealer->finished && sealer->first != NULL);
  if (sealer->counter > 0)
    seal (sealer->key, 0, FALSE, sealer->first, TB_AGE_CHUNK, first);
  seal (sealer->key, sealer->counter, TRUE, sealer->pending, sealer->pending_length, sealer->counter > 0 ? out : first);
  sealer->finished = TRUE;
  sealer_wipe (sealer);
}

void
tb_age_sealer_free (TbAgeSealer *sealer)
{
  if (sealer == NULL)
    return;
  sealer_wipe (sealer);
  g_free (sealer);
}

TbAgeOpener *
tb_age_opener_new (const TbAgeFileKey *key, const guint8 nonce[TB_AGE_PAYLOAD_NONCE])
{
  TbAgeOpener *opener;

  tb_age_init ();
  opener = g_new0 (TbAgeOpener, 1);
  tb_age_hkdf (key->bytes, TB_AGE_FILE_KEY, nonce, TB_AGE_PAYLOAD_NONCE, "payload", opener->key);
  return opener;
}

void
tb_age_opener_free (TbAgeOpener *opener)
{
  if (opener == NULL)
    return;
  sodium_memzero (opener, sizeof *opener);
  g_free (opener);
}

gboolean
tb_age_opener_open (const TbAgeOpener *opener, guint64 number, gboolean is_last, const guint8 *sealed, gsize length,
                    guint8 *ret_plain, gsize *ret_length, GError **error)
{
  guint8 nonce[CHUNK_NONCE];
  /* Only a payload of nothing at all has a chunk of nothing; else the same bytes could be sealed in two ways. */
  gboolean sized = is_last ? length >= TB_AGE_TAG && length <= TB_AGE_SEALED_CHUNK && (length > TB_AGE_TAG || number == 0)
                           : length == TB_AGE_SEALED_CHUNK;

  make_nonce (number, is_last, nonce);
  if (sized && crypto_aead_chacha20poly1305_ietf_decrypt (ret_plain, NULL, NULL, sealed, length, NULL, 0, nonce,
                                                          opener->key) == 0) {
    *ret_length = length - TB_AGE_TAG;
    return TRUE;
  }
  g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT,
               "This sealed file is damaged or cut off: block %" G_GUINT64_FORMAT " does not open", number);
  return FALSE;
}

void
tb_age_opener_seal_last (const TbAgeOpener *opener, guint64 number, const guint8 *plain, gsize length, GByteArray *out)
{
  g_return_if_fail (length <= TB_AGE_CHUNK && (length > 0 || number == 0));
  seal (opener->key, number, TRUE, plain, length, out);
}

gboolean
tb_age_extent_of (guint64 payload_size, TbAgeExtent *ret_extent, GError **error)
{
  guint64 sealed = payload_size >= TB_AGE_PAYLOAD_NONCE ? payload_size - TB_AGE_PAYLOAD_NONCE : 0;
  guint64 chunks = sealed / TB_AGE_SEALED_CHUNK + (sealed % TB_AGE_SEALED_CHUNK != 0);
  guint64 last = sealed - (chunks > 0 ? chunks - 1 : 0) * TB_AGE_SEALED_CHUNK;

  if (last < TB_AGE_TAG || (last == TB_AGE_TAG && chunks > 1)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "This sealed file is cut off");
    return FALSE;
  }
  ret_extent->chunks = chunks;
  ret_extent->plain = sealed - chunks * TB_AGE_TAG;
  return TRUE;
}

guint64
tb_age_payload_size (guint64 plain)
{
  guint64 chunks = MAX (1, plain / TB_AGE_CHUNK + (plain % TB_AGE_CHUNK != 0));

  return TB_AGE_PAYLOAD_NONCE + plain + chunks * TB_AGE_TAG;
}
