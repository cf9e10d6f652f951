/* Wraps and unwraps the file key of a header, and signs the header with it. */
#include "vault/age-header.h"

#include <string.h>

#include <sodium.h>

#include "base/error.h"
#include "vault/age-header-private.h"
#include "vault/age-kdf.h"

#define X25519_INFO "age-encryption.org/v1/X25519"
#define SCRYPT_LABEL "age-encryption.org/v1/scrypt"
#define BASE64 sodium_base64_VARIANT_ORIGINAL_NO_PADDING

/* Each wrap key is made anew from fresh random bytes and wraps one file key, so this nonce meets no key twice. */
static const guint8 zero_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

void
tb_age_file_key_generate (TbAgeFileKey *ret_key)
{
  tb_age_init ();
  randombytes_buf (ret_key->bytes, TB_AGE_FILE_KEY);
}

void
tb_age_file_key_wipe (TbAgeFileKey *key)
{
  sodium_memzero (key, sizeof *key);
}

static void
compute_mac (const TbAgeFileKey *key, const guint8 *bytes, gsize length, guint8 mac[TB_AGE_MAC])
{
  guint8 mac_key[TB_AGE_KEY];

  tb_age_hkdf (key->bytes, TB_AGE_FILE_KEY, NULL, 0, "header", mac_key);
  tb_age_hmac (mac_key, bytes, length, mac);
  sodium_memzero (mac_key, sizeof mac_key);
}

static gboolean
check_mac (const TbAgeHeader *header, TbAgeFileKey *key, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (header->signed_part, &length);
  guint8 mac[TB_AGE_MAC];

  compute_mac (key, bytes, length, mac);
  if (sodium_memcmp (mac, header->mac, TB_AGE_MAC) == 0)
    return TRUE;
  tb_age_file_key_wipe (key);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "The header of this sealed file was changed after it was made");
  return FALSE;
}

static gboolean
open_wrapped (const guint8 wrap_key[TB_AGE_KEY], const guint8 wrapped[TB_AGE_WRAPPED], TbAgeFileKey *ret_key)
{
  return crypto_aead_chacha20poly1305_ietf_decrypt (ret_key->bytes, NULL, NULL, wrapped, TB_AGE_WRAPPED, NULL, 0,
                                                    zero_nonce, wrap_key) == 0;
}

static void
make_wrapped (const guint8 wrap_key[TB_AGE_KEY], const TbAgeFileKey *key, guint8 ret_wrapped[TB_AGE_WRAPPED])
{
  crypto_aead_chacha20poly1305_ietf_encrypt (ret_wrapped, NULL, key->bytes, TB_AGE_FILE_KEY, NULL, 0, NULL, zero_nonce,
                                             wrap_key);
}

static void
derive_x25519 (const guint8 secret[TB_AGE_POINT], const guint8 share[TB_AGE_POINT], const TbAgeRecipient *recipient,
               guint8 ret_wrap_key[TB_AGE_KEY])
{
  guint8 salt[2 * TB_AGE_POINT];

  memcpy (salt, share, TB_AGE_POINT);
  memcpy (salt + TB_AGE_POINT, recipient->point, TB_AGE_POINT);
  tb_age_hkdf (secret, TB_AGE_POINT, salt, sizeof salt, X25519_INFO, ret_wrap_key);
}

static gboolean
refuse_stanza (GError **error)
{
  g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "The header of this sealed file holds a key of a wrong form");
  return FALSE;
}

/* FALSE only for a stanza nobody honest writes; *RET_OPENED says whether it was meant for IDENTITY. The length of the
 * body is checked before the key is tried, or one body could be made that several keys open. */
static gboolean
try_stanza (const TbAgeStanza *stanza, const TbAgeIdentity *identity, TbAgeFileKey *key, gboolean *ret_opened,
            GError **error)
{
  guint8 share[TB_AGE_POINT], secret[TB_AGE_POINT], wrap_key[TB_AGE_KEY];
  TbAgeRecipient recipient;

  if (stanza->n_arguments != 2 || stanza->body->len != TB_AGE_WRAPPED
      || !tb_age_base64_decode (stanza->arguments[1], strlen (stanza->arguments[1]), share, TB_AGE_POINT)
      || !tb_age_identity_exchange (identity, share, secret))
    return refuse_stanza (error);
  tb_age_identity_get_recipient (identity, &recipient);
  derive_x25519 (secret, share, &recipient, wrap_key);
  *ret_opened = open_wrapped (wrap_key, stanza->body->data, key);
  sodium_memzero (secret, sizeof secret);
  sodium_memzero (wrap_key, sizeof wrap_key);
  return TRUE;
}

gboolean
tb_age_header_unwrap (const TbAgeHeader *header, const GPtrArray *identities, TbAgeFileKey *ret_key, GError **error)
{
  g_auto (TbAgeFileKey) key = { 0 };
  gboolean opened = FALSE;

  if (tb_age_header_wants_passphrase (header)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This file opens with a passphrase, not with a key");
    return FALSE;
  }
  for (guint i = 0; !opened && i < identities->len; i++)
    for (guint j = 0; !opened && j < header->stanzas->len; j++) {
      const TbAgeStanza *stanza = header->stanzas->pdata[j];

      if (g_str_equal (stanza->arguments[0], "X25519")
          && !try_stanza (stanza, identities->pdata[i], &key, &opened, error))
        return FALSE;
    }
  if (!opened) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This file is sealed for somebody else: no key given opens it");
    return FALSE;
  }
  if (!check_mac (header, &key, error))
    return FALSE;
  *ret_key = key;
  return TRUE;
}

/* The scrypt of the format: r = 8, p = 1. */
static gboolean
derive_scrypt (const char *passphrase, gsize length, const guint8 salt[TB_AGE_SALT], guint work,
               guint8 ret_wrap_key[TB_AGE_KEY], GError **error)
{
  guint8 labelled[sizeof SCRYPT_LABEL - 1 + TB_AGE_SALT];

  tb_age_init ();
  memcpy (labelled, SCRYPT_LABEL, sizeof SCRYPT_LABEL - 1);
  memcpy (labelled + sizeof SCRYPT_LABEL - 1, salt, TB_AGE_SALT);
  if (crypto_pwhash_scryptsalsa208sha256_ll ((const guint8 *) passphrase, length, labelled, sizeof labelled,
                                             G_GUINT64_CONSTANT (1) << work, 8, 1, ret_wrap_key, TB_AGE_KEY) == 0)
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "There is not enough memory to check this passphrase: it needs %u MiB",
               MAX (1u, (1u << work) / 1024));
  return FALSE;
}

/* A number from 1, digits only and no zero before it; 0 when it is anything else. What is far too large becomes 99. */
static guint
read_work (const char *text)
{
  guint number = 0;

  if (text[0] == '0')
    return 0;
  for (const char *c = text; *c != '\0'; c++) {
    if (!g_ascii_isdigit (*c))
      return 0;
    number = MIN (number * 10 + (guint) (*c - '0'), 99);
  }
  return number;
}

gboolean
tb_age_header_unwrap_passphrase (const TbAgeHeader *header, const char *passphrase, gsize length,
                                 TbAgeFileKey *ret_key, GError **error)
{
  const TbAgeStanza *stanza = header->stanzas->pdata[0];
  g_auto (TbAgeFileKey) key = { 0 };
  guint8 salt[TB_AGE_SALT], wrap_key[TB_AGE_KEY];
  gboolean opened;
  guint work;

  if (!tb_age_header_wants_passphrase (header)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This file opens with a key, not with a passphrase");
    return FALSE;
  }
  work = stanza->n_arguments == 3 ? read_work (stanza->arguments[2]) : 0;
  if (work == 0 || stanza->body->len != TB_AGE_WRAPPED
      || !tb_age_base64_decode (stanza->arguments[1], strlen (stanza->arguments[1]), salt, TB_AGE_SALT))
    return refuse_stanza (error);
  if (work > TB_AGE_SCRYPT_MAX) {
    g_set_error (error, TB_ERROR, TB_ERROR_TOO_LARGE,
                 "This file asks for more work to check its passphrase (2^%s) than is allowed (2^%d)",
                 stanza->arguments[2], TB_AGE_SCRYPT_MAX);
    return FALSE;
  }
  if (!derive_scrypt (passphrase, length, salt, work, wrap_key, error))
    return FALSE;
  opened = open_wrapped (wrap_key, stanza->body->data, &key);
  sodium_memzero (wrap_key, sizeof wrap_key);
  if (!opened) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This passphrase does not open the file");
    return FALSE;
  }
  if (!check_mac (header, &key, error))
    return FALSE;
  *ret_key = key;
  return TRUE;
}

static void
append_base64 (GString *text, const guint8 *bytes, gsize length)
{
  char encoded[sodium_base64_ENCODED_LEN (TB_AGE_MAC, BASE64)]; /* nothing here is longer */

  g_assert (length <= TB_AGE_MAC);
  g_string_append (text, sodium_bin2base64 (encoded, sizeof encoded, bytes, length, BASE64));
}

/* The body of a stanza we write is 32 bytes, 43 characters: always one line, shorter than a full one. */
static void
append_body (GString *text, const guint8 wrapped[TB_AGE_WRAPPED])
{
  G_STATIC_ASSERT (TB_AGE_WRAPPED * 4 / 3 + 1 < 64);
  g_string_append_c (text, '\n');
  append_base64 (text, wrapped, TB_AGE_WRAPPED);
  g_string_append_c (text, '\n');
}

static GBytes *
finish (GString *text, const TbAgeFileKey *key)
{
  guint8 mac[TB_AGE_MAC];

  g_string_append (text, "---");
  compute_mac (key, (const guint8 *) text->str, text->len, mac);
  g_string_append_c (text, ' ');
  append_base64 (text, mac, sizeof mac);
  g_string_append_c (text, '\n');
  return g_string_free_to_bytes (text);
}

static gboolean
append_recipient (GString *text, const TbAgeRecipient *recipient, const TbAgeFileKey *key)
{
  g_autoptr (TbAgeIdentity) ephemeral = tb_age_identity_generate ();
  TbAgeRecipient share;
  guint8 secret[TB_AGE_POINT], wrap_key[TB_AGE_KEY], wrapped[TB_AGE_WRAPPED];

  if (!tb_age_identity_exchange (ephemeral, recipient->point, secret))
    return FALSE;
  tb_age_identity_get_recipient (ephemeral, &share);
  derive_x25519 (secret, share.point, recipient, wrap_key);
  make_wrapped (wrap_key, key, wrapped);
  sodium_memzero (secret, sizeof secret);
  sodium_memzero (wrap_key, sizeof wrap_key);
  g_string_append (text, "-> X25519 ");
  append_base64 (text, share.point, TB_AGE_POINT);
  append_body (text, wrapped);
  return TRUE;
}

GBytes *
tb_age_header_write (const TbAgeRecipient *recipients, guint count, const TbAgeFileKey *key, GError **error)
{
  g_autoptr (GString) text = g_string_new (TB_AGE_VERSION_LINE "\n");

  g_return_val_if_fail (count >= 1 && count <= TB_AGE_STANZAS_MAX, NULL);
  tb_age_init ();
  for (guint i = 0; i < count; i++)
    if (!append_recipient (text, &recipients[i], key)) {
      g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "A public key that everybody could open is refused");
      return NULL;
    }
  return finish (g_steal_pointer (&text), key);
}

GBytes *
tb_age_header_write_passphrase (const char *passphrase, gsize length, guint work, const TbAgeFileKey *key,
                                GError **error)
{
  g_autoptr (GString) text = g_string_new (TB_AGE_VERSION_LINE "\n-> scrypt ");
  guint8 salt[TB_AGE_SALT], wrap_key[TB_AGE_KEY], wrapped[TB_AGE_WRAPPED];

  g_return_val_if_fail (work >= 1 && work <= TB_AGE_SCRYPT_MAX, NULL);
  tb_age_init ();
  randombytes_buf (salt, sizeof salt);
  if (!derive_scrypt (passphrase, length, salt, work, wrap_key, error))
    return NULL;
  make_wrapped (wrap_key, key, wrapped);
  sodium_memzero (wrap_key, sizeof wrap_key);
  append_base64 (text, salt, sizeof salt);
  g_string_append_printf (text, " %u", work);
  append_body (text, wrapped);
  return finish (g_steal_pointer (&text), key);
}
