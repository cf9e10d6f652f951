/* Keys as Dutch words, to be written down, read out and typed over: 2048 of
 * them (words-nl.txt: sorted; four to seven plain letters; the first four say
 * which it is, and no two differ by one letter only), so a word is 11 bits.
 *
 * A secret key is 24 words: its 32 bytes, then the first byte of their SHA-256
 * as a check, the first bit first. */
#pragma once

#include <glib.h>

#include "vault/age-key.h"

#define TB_WORDS_LIST 2048
#define TB_WORDS_KEY 24 /* words of a secret key */

/* The list: TB_WORDS_LIST words. Borrowed, static. */
const char *const *tb_words_list (void);

/* The words with a space between; new, tb_age_secret_free. */
char *tb_words_from_identity (const TbAgeIdentity *identity);

/* Whatever is not a letter stands between words, and case does not matter: so numbered lines will do. New. NULL with
 * INVALID when the words are not 24, when one is not in the list (the message says the how manyth, not the word), or
 * when the check does not fit: one is another than was written, or two changed places. */
TbAgeIdentity *tb_words_to_identity (const char *text, GError **error);

/* COUNT random words with a space between, to suggest as a passphrase; new, tb_age_secret_free. */
char *tb_words_suggest_passphrase (guint count);
