#include "vault/bech32.h"

#include <string.h>

#include <sodium.h>

#define CHECKSUM 6

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* One step of the checksum: VALUE is five bits. */
static guint32
step (guint32 sum, guint8 value)
{
  static const guint32 generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
  guint32 top = sum >> 25;

  sum = (sum & 0x1ffffff) << 5 ^ value;
  for (guint i = 0; i < G_N_ELEMENTS (generator); i++)
    if (top >> i & 1)
      sum ^= generator[i];
  return sum;
}

static guint32
start_sum (const char *prefix)
{
  guint32 sum = 1;

  for (const char *c = prefix; *c != '\0'; c++)
    sum = step (sum, (guint8) *c >> 5);
  sum = step (sum, 0);
  for (const char *c = prefix; *c != '\0'; c++)
    sum = step (sum, *c & 31);
  return sum;
}

char *
tb_bech32_encode (const char *prefix, const guint8 *bytes, gsize length)
{
  /* As large as it gets from the start: a secret leaves no copy behind in memory given back. */
  GString *text = g_string_sized_new (strlen (prefix) + 1 + (length * 8 + 4) / 5 + CHECKSUM + 1);
  guint32 sum = start_sum (prefix);
  guint32 bits = 0;
  guint count = 0;

  g_string_append (text, prefix);
  g_string_append_c (text, '1');
  for (gsize i = 0; i < length || count > 0; i++) {
    if (i < length) {
      bits = (bits << 8 | bytes[i]) & 0xfff;
      count += 8;
    } else {
      bits <<= 5 - count; /* the last value is filled up with zeros */
      count = 5;
    }
    for (; count >= 5; count -= 5) {
      guint8 value = bits >> (count - 5) & 31;

      sum = step (sum, value);
      g_string_append_c (text, alphabet[value]);
    }
  }
  for (guint i = 0; i < CHECKSUM; i++)
    sum = step (sum, 0);
  sum ^= 1;
  for (guint i = 0; i < CHECKSUM; i++)
    g_string_append_c (text, alphabet[sum >> 5 * (CHECKSUM - 1 - i) & 31]);
  return g_string_free (text, FALSE);
}

static gboolean
read_values (const char *data, gsize data_length, guint32 sum, guint8 *bytes, gsize length)
{
  guint32 bits = 0;
  guint count = 0;
  gsize have = 0;

  for (gsize i = 0; i < data_length; i++) {
    const char *found = data[i] != '\0' ? strchr (alphabet, g_ascii_tolower (data[i])) : NULL;

    if (found == NULL)
      return FALSE;
    sum = step (sum, (guint8) (found - alphabet));
    if (i >= data_length - CHECKSUM)
      continue;
    bits = (bits << 5 | (guint32) (found - alphabet)) & 0xfff;
    count += 5;
    if (count < 8)
      continue;
    if (have == length)
      return FALSE;
    count -= 8;
    bytes[have++] = (guint8) (bits >> count);
  }
  /* What fills up the last value must be short and zero, or one key would have several texts. */
  return sum == 1 && have == length && count < 5 && (bits & ((1u << count) - 1)) == 0;
}

gboolean
tb_bech32_decode (const char *text, gsize text_length, const char *prefix, guint8 *ret_bytes, gsize length)
{
  gsize prefix_length = strlen (prefix);
  gboolean lower = FALSE, upper = FALSE, good;

  memset (ret_bytes, 0, length);
  if (text_length < prefix_length + 1 + CHECKSUM || text[prefix_length] != '1'
      || g_ascii_strncasecmp (text, prefix, prefix_length) != 0)
    return FALSE;
  for (gsize i = 0; i < text_length; i++) {
    lower = lower || g_ascii_islower (text[i]);
    upper = upper || g_ascii_isupper (text[i]);
  }
  if (lower && upper)
    return FALSE;
  good = read_values (text + prefix_length + 1, text_length - prefix_length - 1, start_sum (prefix), ret_bytes, length);
  if (!good)
    sodium_memzero (ret_bytes, length);
  return good;
}
