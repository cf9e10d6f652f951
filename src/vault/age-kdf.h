/* What the parts of the age format share: HKDF-SHA-256 (Debian's libsodium has
 * none of its own), and wiping. Only for src/vault. */
#pragma once

#include <glib.h>

#define TB_AGE_KEY 32 /* bytes of every key that is derived here */

/* Makes libsodium ready; may be called from any thread, any number of times. Ends the program
 * when there is no randomness to be had, since nothing here could be trusted then. */
void tb_age_init (void);

/* RFC 5869 with SHA-256 and 32 bytes of output: extract with SALT (may be empty), expand with INFO. */
void tb_age_hkdf (const guint8 *secret, gsize secret_length, const guint8 *salt, gsize salt_length, const char *info,
                  guint8 ret_key[TB_AGE_KEY]);

/* HMAC-SHA-256 of BYTES. */
void tb_age_hmac (const guint8 key[TB_AGE_KEY], const guint8 *bytes, gsize length, guint8 ret_mac[32]);
