#include "age-tools.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

guint8 *
age_pattern (gsize length)
{
  guint8 *bytes = g_malloc (MAX (length, 1));
  guint64 state = 0x9e3779b97f4a7c15;

  for (gsize i = 0; i < length; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    bytes[i] = (guint8) (state >> 56);
  }
  return bytes;
}

GByteArray *
age_seal (const TbAgeIdentity *identity, gsize length, gsize *ret_payload)
{
  GByteArray *out = g_byte_array_new ();
  g_autofree guint8 *plain = age_pattern (length);
  g_autoptr (TbAgeSealer) sealer = NULL;
  g_autoptr (GBytes) header = NULL;
  g_auto (TbAgeFileKey) key = { 0 };
  TbAgeRecipient recipient;

  tb_age_file_key_generate (&key);
  tb_age_identity_get_recipient (identity, &recipient);
  header = tb_age_header_write (&recipient, 1, &key, NULL);
  g_assert_nonnull (header);
  g_byte_array_append (out, g_bytes_get_data (header, NULL), (guint) g_bytes_get_size (header));
  if (ret_payload != NULL)
    *ret_payload = out->len;
  sealer = tb_age_sealer_new (&key, out);
  /* Uneven pieces, to cross the borders of chunks in every way. */
  for (gsize at = 0; at < length;) {
    gsize piece = MIN (length - at, 1 + at % 40009);

    tb_age_sealer_append (sealer, plain + at, piece, out);
    at += piece;
  }
  tb_age_sealer_finish (sealer, out);
  return out;
}

GPtrArray *
age_ring (const TbAgeIdentity *identity)
{
  GPtrArray *ring = g_ptr_array_new ();

  g_ptr_array_add (ring, (gpointer) identity);
  return ring;
}

static gboolean
take (const guint8 *bytes, gsize length, gpointer user_data, GError **error)
{
  g_byte_array_append (user_data, bytes, (guint) length);
  return TRUE;
}

/* Every byte through the reader, in pieces that fit no chunk. NULL when it refuses. */
static GByteArray *
read_all (const char *path, const TbAgeUnlock *unlock)
{
  g_autoptr (TbAgeReader) reader = tb_age_reader_open (path, unlock, NULL);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 buffer[50021];
  gsize got = 1;

  if (reader == NULL)
    return NULL;
  while (got > 0) {
    if (!tb_age_reader_read (reader, out->len, buffer, sizeof buffer, &got, NULL))
      return NULL;
    g_byte_array_append (out, buffer, (guint) got);
  }
  g_assert_cmpuint (out->len, ==, tb_age_reader_get_size (reader));
  return g_steal_pointer (&out);
}

GByteArray *
age_open (const GByteArray *sealed, const TbAgeUnlock *unlock, int *ret_code)
{
  g_autoptr (GByteArray) out = g_byte_array_new (), again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = memfd_create ("sealed", MFD_CLOEXEC);
  gboolean good;

  g_assert_true (write (fd, sealed->data, sealed->len) == (gssize) sealed->len);
  lseek (fd, 0, SEEK_SET);
  path = g_strdup_printf ("/proc/self/fd/%d", fd);
  good = tb_age_open_fd (fd, "sealed", unlock, take, out, &error);
  g_assert_true (good == (error == NULL));
  again = read_all (path, unlock);
  close (fd);
  g_assert_true (good == (again != NULL));
  if (ret_code != NULL)
    *ret_code = good ? 0 : error->code;
  if (!good)
    return NULL;
  g_assert_cmpmem (out->data, out->len, again->data, again->len);
  return g_steal_pointer (&out);
}
