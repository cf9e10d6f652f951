#include "vault/age-bytes.h"

#include "base/error.h"
#include "vault/age-header.h"
#include "vault/age-stream.h"

/* HEADER is taken. */
static GBytes *
seal_behind (GBytes *header, const TbAgeFileKey *key, const guint8 *bytes, gsize length)
{
  GByteArray *out = g_byte_array_sized_new ((guint) (g_bytes_get_size (header) + tb_age_payload_size (length)));
  g_autoptr (TbAgeSealer) sealer = NULL;

  g_byte_array_append (out, g_bytes_get_data (header, NULL), (guint) g_bytes_get_size (header));
  g_bytes_unref (header);
  sealer = tb_age_sealer_new (key, out);
  if (length > 0)
    tb_age_sealer_append (sealer, bytes, length, out);
  tb_age_sealer_finish (sealer, out);
  return g_byte_array_free_to_bytes (out);
}

GBytes *
tb_age_seal_bytes (const TbAgeRecipient *recipient, const guint8 *bytes, gsize length, GError **error)
{
  g_auto (TbAgeFileKey) key = { 0 };
  GBytes *header;

  tb_age_file_key_generate (&key);
  header = tb_age_header_write (recipient, 1, &key, error);
  return header != NULL ? seal_behind (header, &key, bytes, length) : NULL;
}

GBytes *
tb_age_seal_bytes_passphrase (const char *passphrase, gsize passphrase_length, guint work, const guint8 *bytes,
                              gsize length, GError **error)
{
  g_auto (TbAgeFileKey) key = { 0 };
  GBytes *header;

  tb_age_file_key_generate (&key);
  header = tb_age_header_write_passphrase (passphrase, passphrase_length, work, &key, error);
  return header != NULL ? seal_behind (header, &key, bytes, length) : NULL;
}

static gboolean
unwrap (const TbAgeHeader *header, const TbAgeUnlock *unlock, TbAgeFileKey *ret_key, GError **error)
{
  if (unlock->identities != NULL)
    return tb_age_header_unwrap (header, unlock->identities, ret_key, error);
  return tb_age_header_unwrap_passphrase (header, unlock->passphrase, unlock->passphrase_length, ret_key, error);
}

static gboolean
open_chunks (const TbAgeOpener *opener, const guint8 *payload, const TbAgeExtent *extent, guint8 *plain, GError **error)
{
  for (guint64 number = 0; number < extent->chunks; number++) {
    gboolean is_last = number + 1 == extent->chunks;
    gsize left = (gsize) (extent->plain - number * TB_AGE_CHUNK), got;

    if (!tb_age_opener_open (opener, number, is_last,
                             payload + TB_AGE_PAYLOAD_NONCE + number * TB_AGE_SEALED_CHUNK,
                             MIN (left, TB_AGE_CHUNK) + TB_AGE_TAG, plain + number * TB_AGE_CHUNK, &got, error))
      return FALSE;
  }
  return TRUE;
}

GByteArray *
tb_age_open_bytes (const guint8 *sealed, gsize length, const TbAgeUnlock *unlock, GError **error)
{
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (TbAgeHeader) header = NULL;
  g_autoptr (TbAgeOpener) opener = NULL;
  GByteArray *plain;
  TbAgeExtent extent;
  gsize start = 0;

  header = tb_age_header_parse (sealed, length, &start, error);
  if (header == NULL || !unwrap (header, unlock, &key, error) || !tb_age_extent_of (length - start, &extent, error))
    return NULL;
  opener = tb_age_opener_new (&key, sealed + start);
  /* Room for one byte more, so that the array of an empty file has an address too. */
  plain = g_byte_array_sized_new ((guint) extent.plain + 1);
  g_byte_array_set_size (plain, (guint) extent.plain);
  if (open_chunks (opener, sealed + start, &extent, plain->data, error))
    return plain;
  tb_age_bytes_wipe (plain);
  return NULL;
}

void
tb_age_bytes_wipe (GByteArray *bytes)
{
  if (bytes == NULL)
    return;
  if (bytes->len > 0)
    tb_age_wipe (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}
