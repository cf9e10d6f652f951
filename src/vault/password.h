/* Passphrases of people (Argon2id by libsodium's crypto_pwhash_str) and the
 * random tokens of sessions and invitations. Any thread.
 *
 * $TERUGBLIK_KDF_WORK below 15 makes hashing quick, for tests. */
#pragma once

#include <glib.h>

#define TB_PASSPHRASE_MIN 12  /* characters */
#define TB_PASSPHRASE_MAX 200

/* TB_ERROR_INVALID with one sentence when TEXT cannot be a passphrase (length, not UTF-8, hardly any different characters,
 * LOGIN or the words of NAME in it and hardly more; both may be NULL). */
gboolean tb_passphrase_check (const char *text, const char *login, const char *name, GError **error);

/* The same text in one spelling (NFC), for not every keyboard writes “é” alike: what is hashed, and what is to be
 * given to the vault. New, tb_age_secret_free. NULL when TEXT is not UTF-8. */
char *tb_passphrase_normal (const char *text);

/* New. At most one runs at a time in the process, since each takes 256 MiB. TB_ERROR_FAILED when memory is short. */
char *tb_passphrase_hash (const char *text, GError **error);
/* HASH NULL (no such person): takes as long, and is FALSE. */
gboolean tb_passphrase_verify (const char *hash, const char *text);

/* 32 random bytes in base64url (43 characters); new, tb_age_secret_free. */
char *tb_token_new (void);
/* What is kept of it: SHA-256. New. */
GBytes *tb_token_hash (const char *token);
