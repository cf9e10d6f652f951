#include "vault/age-kdf.h"

#include <string.h>

#include <sodium.h>

void
tb_age_init (void)
{
  if (sodium_init () < 0)
    g_error ("libsodium cannot start: this system gives no random numbers");
}

void
tb_age_hmac (const guint8 key[TB_AGE_KEY], const guint8 *bytes, gsize length, guint8 ret_mac[32])
{
  crypto_auth_hmacsha256_state state;

  crypto_auth_hmacsha256_init (&state, key, TB_AGE_KEY);
  crypto_auth_hmacsha256_update (&state, bytes, length);
  crypto_auth_hmacsha256_final (&state, ret_mac);
  sodium_memzero (&state, sizeof state);
}

void
tb_age_hkdf (const guint8 *secret, gsize secret_length, const guint8 *salt, gsize salt_length, const char *info,
             guint8 ret_key[TB_AGE_KEY])
{
  static const guint8 first_block = 1;
  crypto_auth_hmacsha256_state state;
  guint8 extracted[32];

  /* HMAC fills a short key up with zeros, so an empty salt is what the RFC's salt of 32 zeros is. */
  crypto_auth_hmacsha256_init (&state, salt_length > 0 ? salt : (const guint8 *) "", salt_length);
  crypto_auth_hmacsha256_update (&state, secret, secret_length);
  crypto_auth_hmacsha256_final (&state, extracted);

  /* 32 bytes are one block of the expansion. */
  crypto_auth_hmacsha256_init (&state, extracted, sizeof extracted);
  crypto_auth_hmacsha256_update (&state, (const guint8 *) info, strlen (info));
  crypto_auth_hmacsha256_update (&state, &first_block, 1);
  crypto_auth_hmacsha256_final (&state, ret_key);
  sodium_memzero (&state, sizeof state);
  sodium_memzero (extracted, sizeof extracted);
}
