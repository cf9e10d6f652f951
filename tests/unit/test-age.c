/* The age format: what other programs made opens, what we make opens again,
 * and nothing that was changed does. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "age-tools.h"
#include "base/error.h"
#include "vault/bech32.h"

/* From the text of the format, and files made by age 1.1.1. */
#define SPEC_IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define SPEC_RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define AGE_IDENTITY "AGE-SECRET-KEY-1HTW5A36G392XFS30JLQCCTRP5N35MWA26ZPZL0VLUG4HFZ9KXE0SDK3CZ6"
#define AGE_RECIPIENT "age1l2rzhhsf5czcgjfu5u9084hdgc2s5mnhyv9lhdz0svty4ystgf2qnr973y"
#define AGE_FILE \
  "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBqWEhlcUdJbGZEdTViSzdJSDRTVzlkN1B6bkdYMTFjelNPWWVhWkR3SmlF" \
  "Ck4rV3lOZVJpRUYydUlOT0pJdXJ2aXV2cXpIVGxUUVZKaFE3UVBPRFVtNDgKLS0tIGVlc0k5QXc0WHZvcjJJQk5GRHVxRERKd0hl" \
  "K1RMYXlTM3MyUTNlZXZucWcKOkgC+7X7VD+ydBsHHXaaOePdZWBLwhncFR/ikaxvqlQCO1lVFgC6Dfe5"
#define AGE_PASSPHRASE_FILE \
  "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBCY2gyTnVCM3ZmbUF6d0JkcTRVMExnIDE4CnQ5WFJsdXFPWDAvNGZ3NFQv" \
  "di8zMENQYUhDSk52VE1VUEgrMkZ0UCs5Z2cKLS0tIFN0cklmSFk5YU9MQzdjVnR3TGdwWTk0ZmErbjUxUTBHYmJDcVM5MGN1eFEK" \
  "quYoB1NifnkhRz1r0hLR8F9O6mJkKgltyIdYlRyCaDL8E/XGdCkB5Sxa"

static GByteArray *
from_base64 (const char *text)
{
  gsize length;
  guint8 *bytes = g_base64_decode (text, &length);

  return g_byte_array_new_take (bytes, length);
}

static GByteArray *
copy_of (const GByteArray *bytes)
{
  return g_byte_array_append (g_byte_array_new (), bytes->data, bytes->len);
}

/* The file with the bytes [from, to) of OTHER put in the place of its own [at, until). New. */
static GByteArray *
put_in (const GByteArray *file, gsize at, gsize until, const GByteArray *other, gsize from, gsize to)
{
  GByteArray *out = g_byte_array_append (g_byte_array_new (), file->data, (guint) at);

  if (to > from)
    g_byte_array_append (out, other->data + from, (guint) (to - from));
  if (file->len > until)
    g_byte_array_append (out, file->data + until, (guint) (file->len - until));
  return out;
}

static void
refused (GByteArray *sealed, const TbAgeUnlock *unlock)
{
  int code = 0;
  g_autoptr (GByteArray) plain = age_open (sealed, unlock, &code);

  g_assert_null (plain);
  g_assert_cmpint (code, !=, 0);
  g_byte_array_unref (sealed);
}

static void
test_bech32 (void)
{
  /* Valid strings of BIP 173, with the bytes they hold where these are whole bytes. */
  static const guint8 zeros[32] = { 0 };
  guint8 bytes[32], one[1] = { 0xff };
  g_autofree char *text = tb_bech32_encode ("abc", zeros, sizeof zeros);
  g_autofree char *small = tb_bech32_encode ("a", one, 1);
  g_autofree char *capitals = g_ascii_strup (small, -1);

  g_assert_true (tb_bech32_decode (text, strlen (text), "abc", bytes, sizeof bytes));
  g_assert_cmpmem (bytes, sizeof bytes, zeros, sizeof zeros);
  g_assert_true (tb_bech32_decode ("A12UEL5L", 8, "a", bytes, 0));
  g_assert_true (tb_bech32_decode (
      "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs", 90,
      "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio", bytes, 0));
  g_assert_true (tb_bech32_decode (capitals, strlen (capitals), "a", bytes, 1));
  g_assert_cmpuint (bytes[0], ==, 0xff);

  g_assert_false (tb_bech32_decode (text, strlen (text), "abd", bytes, sizeof bytes));
  g_assert_false (tb_bech32_decode (text, strlen (text), "abc", bytes, sizeof bytes - 1));
  g_assert_false (tb_bech32_decode (text, strlen (text) - 1, "abc", bytes, sizeof bytes));
  g_assert_false (tb_bech32_decode ("A1G7SGD8", 8, "a", bytes, 0));  /* checksum over the capitals */
  g_assert_false (tb_bech32_decode ("a12UEL5L", 8, "a", bytes, 0));  /* two cases */
  g_assert_false (tb_bech32_decode ("a1lqfn3", 7, "a", bytes, 0));   /* too short a checksum */
  g_assert_false (tb_bech32_decode ("x1b4n0q5v", 9, "x", bytes, 0)); /* b is no letter of it */
  g_assert_false (tb_bech32_decode ("", 0, "a", bytes, 0));
  /* Any one letter changed. */
  for (gsize i = 4; i < strlen (text); i++) {
    g_autofree char *bad = g_strdup (text);

    bad[i] = bad[i] == 'q' ? 'p' : 'q';
    if (bad[i] != text[i])
      g_assert_false (tb_bech32_decode (bad, strlen (bad), "abc", bytes, sizeof bytes));
  }
}

static void
check_key (const char *secret, const char *public)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_parse (secret, -1, NULL);
  g_autofree char *text = NULL;
  char *again;
  TbAgeRecipient recipient, parsed;

  g_assert_nonnull (identity);
  tb_age_identity_get_recipient (identity, &recipient);
  text = tb_age_recipient_to_text (&recipient);
  g_assert_cmpstr (text, ==, public);
  again = tb_age_identity_to_text (identity);
  g_assert_cmpstr (again, ==, secret);
  tb_age_secret_free (again);
  g_assert_true (tb_age_recipient_parse (public, -1, &parsed, NULL));
  g_assert_cmpmem (&parsed, sizeof parsed, &recipient, sizeof recipient);
}

static void
test_keys (void)
{
  static const char *const bad[] = {
    "", "AGE-SECRET-KEY-1", "age1", SPEC_IDENTITY "Q", " " SPEC_IDENTITY, SPEC_RECIPIENT "q", "AGE-PLUGIN-X-1QQQQ",
  };
  g_autofree char *lower = g_ascii_strdown (SPEC_IDENTITY, -1), *upper = g_ascii_strup (SPEC_RECIPIENT, -1);
  TbAgeRecipient recipient;

  check_key (SPEC_IDENTITY, SPEC_RECIPIENT);
  check_key (AGE_IDENTITY, AGE_RECIPIENT);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL, other = NULL;

    g_assert_null (tb_age_identity_parse (bad[i], -1, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
    g_assert_false (tb_age_recipient_parse (bad[i], -1, &recipient, &other));
    g_assert_error (other, TB_ERROR, TB_ERROR_INVALID);
  }
  g_assert_null (tb_age_identity_parse (lower, -1, NULL));
  g_assert_false (tb_age_recipient_parse (upper, -1, &recipient, NULL));
}

static void
test_identity_file (void)
{
  const char good[] = "# created: today\n\n" SPEC_IDENTITY "\r\n# another\n" AGE_IDENTITY;
  const char bad[] = SPEC_IDENTITY "\nnot a key\n", none[] = "# nothing\n\n";
  g_autoptr (GPtrArray) keys = tb_age_identities_parse (good, sizeof good - 1, "keys", NULL);
  g_autoptr (GError) error = NULL, empty = NULL, missing = NULL;

  g_assert_cmpuint (keys->len, ==, 2);
  g_assert_null (tb_age_identities_parse (bad, sizeof bad - 1, "keys", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "keys, line 2"));
  g_assert_null (tb_age_identities_parse (none, sizeof none - 1, "keys", &empty));
  g_assert_error (empty, TB_ERROR, TB_ERROR_INVALID);
  g_assert_null (tb_age_identities_read ("/nonexistent/key", &missing));
  g_assert_error (missing, TB_ERROR, TB_ERROR_NOT_FOUND);
}

static void
test_vectors (void)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_parse (AGE_IDENTITY, -1, NULL);
  g_autoptr (TbAgeIdentity) other = tb_age_identity_parse (SPEC_IDENTITY, -1, NULL);
  g_autoptr (GPtrArray) ring = age_ring (identity), wrong = age_ring (other);
  g_autoptr (GByteArray) sealed = from_base64 (AGE_FILE), locked = from_base64 (AGE_PASSPHRASE_FILE);
  g_autoptr (GByteArray) plain = NULL, unlocked = NULL;
  const TbAgeUnlock by_key = { .identities = ring }, by_wrong = { .identities = wrong };
  const TbAgeUnlock by_word = { .passphrase = "geheim", .passphrase_length = 6 };
  const TbAgeUnlock by_wrong_word = { .passphrase = "Geheim", .passphrase_length = 6 };
  int code = 0;

  plain = age_open (sealed, &by_key, NULL);
  g_assert_cmpmem (plain->data, plain->len, "Terugblik\n", 10);
  unlocked = age_open (locked, &by_word, NULL);
  g_assert_cmpmem (unlocked->data, unlocked->len, "Terugblik\n", 10);
  g_assert_null (age_open (sealed, &by_wrong, &code));
  g_assert_cmpint (code, ==, TB_ERROR_DENIED);
  g_assert_null (age_open (sealed, &by_word, &code));
  g_assert_cmpint (code, ==, TB_ERROR_DENIED);
  g_assert_null (age_open (locked, &by_wrong_word, &code));
  g_assert_cmpint (code, ==, TB_ERROR_DENIED);
  g_assert_null (age_open (locked, &by_key, &code));
  g_assert_cmpint (code, ==, TB_ERROR_DENIED);
  /* The right key as the second of two. */
  g_ptr_array_add (wrong, identity);
  g_byte_array_unref (plain);
  plain = age_open (sealed, &by_wrong, NULL);
  g_assert_nonnull (plain);
}

static const gsize sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 200000 };

static void
test_round_trips (void)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_generate ();
  g_autoptr (GPtrArray) ring = age_ring (identity);
  const TbAgeUnlock unlock = { .identities = ring };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree guint8 *expected = age_pattern (sizes[i]);
    gsize payload;
    g_autoptr (GByteArray) sealed = age_seal (identity, sizes[i], &payload);
    g_autoptr (GByteArray) plain = age_open (sealed, &unlock, NULL);
    TbAgeExtent extent;

    g_assert_nonnull (plain);
    g_assert_cmpmem (plain->data, plain->len, expected, sizes[i]);
    g_assert_cmpuint (sealed->len - payload, ==, tb_age_payload_size (sizes[i]));
    g_assert_true (tb_age_extent_of (sealed->len - payload, &extent, NULL));
    g_assert_cmpuint (extent.plain, ==, sizes[i]);
  }
}

static void
test_passphrases (void)
{
  g_auto (TbAgeFileKey) key = { 0 }, got = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TbAgeHeader) header = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  tb_age_file_key_generate (&key);
  bytes = tb_age_header_write_passphrase ("een zin", 7, 4, &key, NULL);
  header = tb_age_header_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &size, NULL);
  g_assert_cmpuint (size, ==, g_bytes_get_size (bytes));
  g_assert_true (tb_age_header_wants_passphrase (header));
  g_assert_true (tb_age_header_unwrap_passphrase (header, "een zin", 7, &got, NULL));
  g_assert_cmpmem (&got, sizeof got, &key, sizeof key);
  g_assert_false (tb_age_header_unwrap_passphrase (header, "een zin", 6, &got, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
}

static void
test_several_recipients (void)
{
  TbAgeIdentity *identities[20];
  TbAgeRecipient recipients[20];
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TbAgeHeader) header = NULL;
  gsize size;

  tb_age_file_key_generate (&key);
  for (guint i = 0; i < G_N_ELEMENTS (identities); i++) {
    identities[i] = tb_age_identity_generate ();
    tb_age_identity_get_recipient (identities[i], &recipients[i]);
  }
  bytes = tb_age_header_write (recipients, G_N_ELEMENTS (recipients), &key, NULL);
  header = tb_age_header_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &size, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (identities); i++) {
    g_autoptr (GPtrArray) ring = age_ring (identities[i]);
    g_auto (TbAgeFileKey) got = { 0 };

    g_assert_true (tb_age_header_unwrap (header, ring, &got, NULL));
    g_assert_cmpmem (&got, sizeof got, &key, sizeof key);
    tb_age_identity_free (identities[i]);
  }
}

/* A point of low order gives a secret that everybody knows. */
static void
test_low_order (void)
{
  static const guint8 points[][32] = { { 0 }, { 1 } };
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_generate ();
  g_auto (TbAgeFileKey) key = { 0 };
  guint8 secret[32];

  tb_age_file_key_generate (&key);
  for (guint i = 0; i < G_N_ELEMENTS (points); i++) {
    g_autoptr (GError) error = NULL;
    TbAgeRecipient recipient;

    memcpy (recipient.point, points[i], sizeof recipient.point);
    g_assert_false (tb_age_identity_exchange (identity, points[i], secret));
    g_assert_null (tb_age_header_write (&recipient, 1, &key, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

#define MAC "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define KEY_43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define FULL_LINE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define V1 "age-encryption.org/v1\n"

static void
test_header_forms (void)
{
  static const char *const good[] = {
    V1 "-> X25519 " KEY_43 "\n" KEY_43 "\n" MAC,
    V1 "-> a\n\n" MAC,
    V1 "-> a b ! ~\n" FULL_LINE "\n\n" MAC,
    V1 "-> a\n" FULL_LINE "\n" FULL_LINE "\nAA\n-> b\n\n" MAC "payload",
    V1 "-> scrypt x 1\n\n" MAC,
  };
  static const struct {
    const char *text;
    int code;
  } bad[] = {
    { "", TB_ERROR_CORRUPT },
    { "age-encryption.org/v1", TB_ERROR_CORRUPT },
    { "age-encryption.org/v2\n-> a\n\n" MAC, TB_ERROR_TOO_NEW },
    { "age-encryption.org/v1\r\n-> a\n\n" MAC, TB_ERROR_TOO_NEW },
    { "-----BEGIN AGE ENCRYPTED FILE-----\n", TB_ERROR_UNSUPPORTED },
    { V1 MAC, TB_ERROR_CORRUPT },
    { V1 "-> a\n" MAC, TB_ERROR_CORRUPT }, /* no body */
    { V1 "-> a\n" FULL_LINE "\n" MAC, TB_ERROR_CORRUPT }, /* no last line */
    { V1 "-> a\n" FULL_LINE "A\n" MAC, TB_ERROR_CORRUPT },
    { V1 "-> a\nAAA=\n" MAC, TB_ERROR_CORRUPT },
    { V1 "-> a\nAB\n" MAC, TB_ERROR_CORRUPT }, /* stray bits */
    { V1 "-> a\nA\n" MAC, TB_ERROR_CORRUPT },
    { V1 "-> a\nAA \n" MAC, TB_ERROR_CORRUPT },
    { V1 "-> a\nAAA\xaf\n" MAC, TB_ERROR_CORRUPT }, /* “/” with its eighth bit set */
    { V1 "-> a\nAA\r\n" MAC, TB_ERROR_CORRUPT },
    { V1 "->  a\n\n" MAC, TB_ERROR_CORRUPT },
    { V1 "-> a \n\n" MAC, TB_ERROR_CORRUPT },
    { V1 "-> \n\n" MAC, TB_ERROR_CORRUPT },
    { V1 "->\n\n" MAC, TB_ERROR_CORRUPT },
    { V1 "-> \xc3\xa9\n\n" MAC, TB_ERROR_CORRUPT },
    { V1 "-> a\n\n\n" MAC, TB_ERROR_CORRUPT },
    { V1 "-> a\n\n---" KEY_43 "\n", TB_ERROR_CORRUPT },
    { V1 "-> a\n\n---  " KEY_43 "\n", TB_ERROR_CORRUPT },
    { V1 "-> a\n\n--- " KEY_43, TB_ERROR_CORRUPT },
    { V1 "-> a\n\n--- " KEY_43 "A\n", TB_ERROR_CORRUPT },
    { V1 "-> a\n\n--- " KEY_43 " \n", TB_ERROR_CORRUPT },
    { V1 "-> a\n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n", TB_ERROR_CORRUPT },
    { V1 "-> scrypt x 1\n\n-> a\n\n" MAC, TB_ERROR_CORRUPT },
    { V1 "-> a\n\n-> scrypt x 1\n\n" MAC, TB_ERROR_CORRUPT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    gsize size = 0;
    g_autoptr (TbAgeHeader) header = tb_age_header_parse ((const guint8 *) good[i], strlen (good[i]), &size, NULL);

    g_assert_nonnull (header);
    g_assert_cmpuint (size, ==, (gsize) (strstr (good[i], MAC) - good[i]) + strlen (MAC));
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    gsize size = 0;

    g_assert_null (tb_age_header_parse ((const guint8 *) bad[i].text, strlen (bad[i].text), &size, &error));
    g_assert_error (error, TB_ERROR, bad[i].code);
  }
}

static void
test_header_limits (void)
{
  g_autoptr (GString) many = g_string_new (V1), large = g_string_new (V1 "-> a\n");
  g_autoptr (GError) error = NULL, other = NULL;
  gsize size = 0;

  for (guint i = 0; i <= TB_AGE_STANZAS_MAX; i++)
    g_string_append (many, "-> a\n\n");
  g_string_append (many, MAC);
  g_assert_null (tb_age_header_parse ((guint8 *) many->str, many->len, &size, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_LARGE);
  while (large->len < TB_AGE_HEADER_MAX)
    g_string_append (large, FULL_LINE "\n");
  g_string_append (large, "\n" MAC);
  g_assert_null (tb_age_header_parse ((guint8 *) large->str, large->len, &size, &other));
  g_assert_nonnull (other);
}

static void
test_scrypt_forms (void)
{
  static const struct {
    const char *stanza;
    int code;
  } bad[] = {
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA", TB_ERROR_CORRUPT },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 1 1", TB_ERROR_CORRUPT },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAA 1", TB_ERROR_CORRUPT },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAB 1", TB_ERROR_CORRUPT },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 0", TB_ERROR_CORRUPT },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 01", TB_ERROR_CORRUPT },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA +1", TB_ERROR_CORRUPT },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA -1", TB_ERROR_CORRUPT },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 0x1", TB_ERROR_CORRUPT },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 1a", TB_ERROR_CORRUPT },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 21", TB_ERROR_TOO_LARGE },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18446744073709551617", TB_ERROR_TOO_LARGE },
    { "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 1", TB_ERROR_DENIED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *text = g_strconcat (V1, bad[i].stanza, "\n" KEY_43 "\n" MAC, NULL);
    gsize size = 0;
    g_autoptr (TbAgeHeader) header = tb_age_header_parse ((const guint8 *) text, strlen (text), &size, NULL);
    g_autoptr (GError) error = NULL;
    g_auto (TbAgeFileKey) key = { 0 };

    g_assert_nonnull (header);
    g_assert_false (tb_age_header_unwrap_passphrase (header, "x", 1, &key, &error));
    g_assert_error (error, TB_ERROR, bad[i].code);
  }
}

/* Every bit of a small file. */
static void
test_flipped (void)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_generate ();
  g_autoptr (GPtrArray) ring = age_ring (identity);
  g_autoptr (GByteArray) sealed = age_seal (identity, 40, NULL);
  const TbAgeUnlock unlock = { .identities = ring };

  for (guint i = 0; i < sealed->len; i++)
    for (guint bit = 0; bit < 8; bit++) {
      GByteArray *bad = copy_of (sealed);

      bad->data[i] ^= (guint8) (1u << bit);
      refused (bad, &unlock);
    }
  /* And every length. */
  for (guint i = 0; i < sealed->len; i++)
    refused (put_in (sealed, i, sealed->len, NULL, 0, 0), &unlock);
}

static void
test_cut_off (void)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_generate ();
  g_autoptr (GPtrArray) ring = age_ring (identity);
  const TbAgeUnlock unlock = { .identities = ring };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    gsize payload;
    g_autoptr (GByteArray) sealed = age_seal (identity, sizes[i], &payload);
    guint8 garbage = 0;
    GByteArray *longer;

    for (gsize border = payload + TB_AGE_PAYLOAD_NONCE; border <= sealed->len + 1; border += TB_AGE_SEALED_CHUNK)
      for (int step = -1; step <= TB_AGE_TAG + 1; step++) {
        gsize at = border + (gsize) step;

        if (at < sealed->len)
          refused (put_in (sealed, at, sealed->len, NULL, 0, 0), &unlock);
      }
    refused (put_in (sealed, sealed->len - 1, sealed->len, NULL, 0, 0), &unlock);
    longer = copy_of (sealed);
    refused (g_byte_array_append (longer, &garbage, 1), &unlock);
    longer = copy_of (sealed);
    refused (g_byte_array_append (longer, sealed->data, sealed->len), &unlock);
  }
}

static void
test_moved_chunks (void)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_generate ();
  g_autoptr (GPtrArray) ring = age_ring (identity);
  const TbAgeUnlock unlock = { .identities = ring };
  const gsize size = TB_AGE_SEALED_CHUNK;
  gsize payload, start, other_payload;
  g_autoptr (GByteArray) sealed = age_seal (identity, 4 * TB_AGE_CHUNK, &payload);
  g_autoptr (GByteArray) other = age_seal (identity, 4 * TB_AGE_CHUNK, &other_payload);
  GByteArray *swapped;

  start = payload + TB_AGE_PAYLOAD_NONCE;
  g_assert_cmpuint (payload, ==, other_payload);
  g_assert_cmpuint (sealed->len, ==, start + 4 * size);
  /* Two chunks changed places. */
  swapped = copy_of (sealed);
  memcpy (swapped->data + start, sealed->data + start + size, size);
  memcpy (swapped->data + start + size, sealed->data + start, size);
  refused (swapped, &unlock);
  for (gsize i = 0; i < 4; i++) {
    gsize at = start + i * size;

    refused (put_in (sealed, at, at + size, NULL, 0, 0), &unlock);           /* left out */
    refused (put_in (sealed, at, at, sealed, at, at + size), &unlock);       /* twice */
    refused (put_in (sealed, at, at + size, other, at, at + size), &unlock); /* of another file */
    refused (put_in (sealed, at, sealed->len, other, at, other->len), &unlock);
  }
  /* The header of one, the payload of the other; the payload's nonce of the other. */
  refused (put_in (sealed, payload, sealed->len, other, payload, other->len), &unlock);
  refused (put_in (sealed, payload, start, other, payload, start), &unlock);
}

/* An empty last chunk behind a full one is refused even when it is sealed rightly. */
static void
test_empty_last_chunk (void)
{
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (TbAgeSealer) sealer = NULL;
  g_autoptr (TbAgeOpener) opener = NULL;
  g_autoptr (GError) error = NULL;
  guint8 plain[TB_AGE_CHUNK];
  TbAgeExtent extent;
  gsize length = 0;

  tb_age_file_key_generate (&key);
  sealer = tb_age_sealer_new (&key, out);
  tb_age_sealer_finish (sealer, out);
  g_assert_cmpuint (out->len, ==, TB_AGE_PAYLOAD_NONCE + TB_AGE_TAG);
  opener = tb_age_opener_new (&key, out->data);
  g_assert_true (tb_age_opener_open (opener, 0, TRUE, out->data + TB_AGE_PAYLOAD_NONCE, TB_AGE_TAG, plain, &length, NULL));
  g_assert_cmpuint (length, ==, 0);
  g_assert_false (tb_age_opener_open (opener, 1, TRUE, out->data + TB_AGE_PAYLOAD_NONCE, TB_AGE_TAG, plain, &length, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
  for (guint64 cut = 0; cut < TB_AGE_PAYLOAD_NONCE + TB_AGE_TAG; cut++)
    g_assert_false (tb_age_extent_of (cut, &extent, NULL));
  g_assert_false (tb_age_extent_of (TB_AGE_PAYLOAD_NONCE + TB_AGE_SEALED_CHUNK + TB_AGE_TAG, &extent, NULL));
  g_assert_true (tb_age_extent_of (TB_AGE_PAYLOAD_NONCE + TB_AGE_SEALED_CHUNK + TB_AGE_TAG + 1, &extent, NULL));
  g_assert_cmpuint (extent.plain, ==, TB_AGE_CHUNK + 1);
}

static void
test_pending (void)
{
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (TbAgeSealer) sealer = NULL;
  g_autofree guint8 *plain = age_pattern (TB_AGE_CHUNK + 5);
  const guint8 *pending;
  gsize length = 0;

  tb_age_file_key_generate (&key);
  sealer = tb_age_sealer_new (&key, out);
  tb_age_sealer_append (sealer, plain, TB_AGE_CHUNK, out);
  pending = tb_age_sealer_get_pending (sealer, &length);
  g_assert_cmpmem (pending, length, plain, TB_AGE_CHUNK);
  g_assert_cmpuint (out->len, ==, TB_AGE_PAYLOAD_NONCE);
  tb_age_sealer_append (sealer, plain + TB_AGE_CHUNK, 5, out);
  pending = tb_age_sealer_get_pending (sealer, &length);
  g_assert_cmpmem (pending, length, plain + TB_AGE_CHUNK, 5);
  g_assert_cmpuint (out->len, ==, TB_AGE_PAYLOAD_NONCE + TB_AGE_SEALED_CHUNK);
}

/* A folder, a sealed file in it, and nothing else. */
typedef struct {
  char *folder, *path, *output;
  TbAgeIdentity *identity;
  GPtrArray *ring;
  TbAgeUnlock unlock;
} Files;

static void
files_set_up (Files *files, gconstpointer size)
{
  g_autoptr (GByteArray) sealed = NULL;

  files->identity = tb_age_identity_generate ();
  files->ring = age_ring (files->identity);
  files->unlock.identities = files->ring;
  files->folder = g_dir_make_tmp ("terugblik-age-XXXXXX", NULL);
  files->path = g_build_filename (files->folder, "sealed.age", NULL);
  files->output = g_build_filename (files->folder, "plain", NULL);
  sealed = age_seal (files->identity, GPOINTER_TO_SIZE (size), NULL);
  g_assert_true (g_file_set_contents (files->path, (char *) sealed->data, sealed->len, NULL));
}

static void
files_tear_down (Files *files, gconstpointer size)
{
  g_unlink (files->path);
  g_unlink (files->output);
  /* Fails when something was left behind. */
  g_assert_cmpint (g_rmdir (files->folder), ==, 0);
  g_ptr_array_unref (files->ring);
  tb_age_identity_free (files->identity);
  g_free (files->folder);
  g_free (files->path);
  g_free (files->output);
}

static void
test_ranges (Files *files, gconstpointer user_data)
{
  const gsize size = GPOINTER_TO_SIZE (user_data);
  g_autofree guint8 *plain = age_pattern (size), *buffer = g_malloc (size + 1);
  g_autoptr (TbAgeReader) reader = tb_age_reader_open (files->path, &files->unlock, NULL);
  static const gsize lengths[] = { 0, 1, 2, 15, 65535, 65536, 65537, 131073 };

  g_assert_nonnull (reader);
  g_assert_cmpuint (tb_age_reader_get_size (reader), ==, size);
  for (gsize border = 0; border <= size; border += TB_AGE_CHUNK / 2)
    for (int step = -1; step <= 1; step++)
      for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
        gsize offset = step < 0 && border == 0 ? size : border + (gsize) step, got = 0;
        gsize want = offset >= size ? 0 : MIN (lengths[i], size - offset);

        g_assert_true (tb_age_reader_read (reader, offset, buffer, lengths[i], &got, NULL));
        g_assert_cmpmem (buffer, got, plain + MIN (offset, size), want);
      }
}

static gboolean
open_to (Files *files, const char *output, GError **error)
{
  int fd = open (files->path, O_RDONLY | O_CLOEXEC);
  guint64 size = 0;
  gboolean good = tb_age_open_to_file (fd, files->path, &files->unlock, output, &size, error);

  close (fd);
  return good;
}

static void
test_output (Files *files, gconstpointer user_data)
{
  const gsize size = GPOINTER_TO_SIZE (user_data);
  g_autofree guint8 *plain = age_pattern (size);
  g_autofree char *got = NULL, *nowhere = g_build_filename (files->folder, "none", "plain", NULL);
  g_autoptr (GError) cut = NULL, same = NULL, missing = NULL;
  gsize length;
  GStatBuf status;

  /* A damaged file: what stood there stays, and nothing else appears (see the end of the test). */
  g_assert_true (g_file_set_contents (files->output, "old", 3, NULL));
  g_assert_cmpint (g_stat (files->path, &status), ==, 0);
  g_assert_cmpint (truncate (files->path, status.st_size - 1), ==, 0);
  g_assert_false (open_to (files, files->output, &cut));
  g_assert_error (cut, TB_ERROR, TB_ERROR_CORRUPT);
  g_assert_nonnull (strstr (cut->message, files->path));
  g_assert_true (g_file_get_contents (files->output, &got, &length, NULL));
  g_assert_cmpstr (got, ==, "old");
  g_clear_pointer (&got, g_free);

  files_tear_down (files, user_data);
  files_set_up (files, user_data);
  g_assert_true (g_file_set_contents (files->output, "old", 3, NULL));
  g_assert_true (open_to (files, files->output, NULL));
  g_assert_true (g_file_get_contents (files->output, &got, &length, NULL));
  g_assert_cmpmem (got, length, plain, size);
  g_assert_cmpint (g_stat (files->output, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  g_assert_false (open_to (files, files->path, &same));
  g_assert_error (same, TB_ERROR, TB_ERROR_INVALID);
  g_assert_false (open_to (files, nowhere, &missing));
  g_assert_true (open_to (files, "/dev/null", NULL));
  g_assert_cmpint (g_lstat ("/dev/null", &status), ==, 0);
  g_assert_true (S_ISCHR (status.st_mode));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/age/bech32", test_bech32);
  g_test_add_func ("/age/keys", test_keys);
  g_test_add_func ("/age/identity-file", test_identity_file);
  g_test_add_func ("/age/vectors", test_vectors);
  g_test_add_func ("/age/round-trips", test_round_trips);
  g_test_add_func ("/age/passphrases", test_passphrases);
  g_test_add_func ("/age/several-recipients", test_several_recipients);
  g_test_add_func ("/age/low-order", test_low_order);
  g_test_add_func ("/age/header-forms", test_header_forms);
  g_test_add_func ("/age/header-limits", test_header_limits);
  g_test_add_func ("/age/scrypt-forms", test_scrypt_forms);
  g_test_add_func ("/age/flipped", test_flipped);
  g_test_add_func ("/age/cut-off", test_cut_off);
  g_test_add_func ("/age/moved-chunks", test_moved_chunks);
  g_test_add_func ("/age/empty-last-chunk", test_empty_last_chunk);
  g_test_add_func ("/age/pending", test_pending);
  g_test_add ("/age/ranges", Files, GSIZE_TO_POINTER (200000), files_set_up, test_ranges, files_tear_down);
  g_test_add ("/age/ranges-full", Files, GSIZE_TO_POINTER (131072), files_set_up, test_ranges, files_tear_down);
  g_test_add ("/age/ranges-empty", Files, GSIZE_TO_POINTER (0), files_set_up, test_ranges, files_tear_down);
  g_test_add ("/age/output", Files, GSIZE_TO_POINTER (200000), files_set_up, test_output, files_tear_down);
  return g_test_run ();
}
