#include "vault/words.h"

#include <string.h>

#include <sodium.h>

#include "base/error.h"
#include "vault/age-kdf.h"
#include "vault/bech32.h"

#define BITS 11
#define CHECKED (TB_AGE_POINT + 1) /* a key and its check, 24 times 11 bits */
#define WORD_MAX 7                 /* letters */
#define PREFIX "age-secret-key-"

static const char *const words[] = {
#include "words-nl.inc"
};

G_STATIC_ASSERT (G_N_ELEMENTS (words) == TB_WORDS_LIST);
G_STATIC_ASSERT (CHECKED * 8 == TB_WORDS_KEY * BITS);

const char *const *
tb_words_list (void)
{
  return words;
}

/* As large as it can get from the start: a secret leaves no copy behind in memory given back. */
static GString *
new_text (guint count)
{
  return g_string_sized_new ((gsize) count * (WORD_MAX + 1) + 1);
}

static void
append_word (GString *text, guint index)
{
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, words[index]);
}

static guint8
check_byte (const guint8 *key)
{
  guint8 hash[crypto_hash_sha256_BYTES];
  guint8 check;

  crypto_hash_sha256 (hash, key, TB_AGE_POINT);
  check = hash[0];
  sodium_memzero (hash, sizeof hash);
  return check;
}

char *
tb_words_from_identity (const TbAgeIdentity *identity)
{
  GString *text = new_text (TB_WORDS_KEY);
  char *key = tb_age_identity_to_text (identity);
  guint8 bytes[CHECKED];
  guint32 bits = 0;
  guint have = 0;

  for (char *c = key; *c != '\0'; c++)
    *c = g_ascii_tolower (*c);
  if (!tb_bech32_decode (key, strlen (key), PREFIX, bytes, TB_AGE_POINT))
    g_assert_not_reached ();
  bytes[TB_AGE_POINT] = check_byte (bytes);
  for (guint i = 0; i < CHECKED; i++) {
    bits = bits << 8 | bytes[i];
    have += 8;
    if (have >= BITS) {
      have -= BITS;
      append_word (text, bits >> have & (TB_WORDS_LIST - 1));
    }
  }
  sodium_memzero (bytes, sizeof bytes);
  sodium_memzero (&bits, sizeof bits);
  tb_age_secret_free (key);
  return g_string_free (text, FALSE);
}

/* The place in the list, or -1. */
static int
find_word (const char *word)
{
  guint low = 0, high = TB_WORDS_LIST;

  while (low < high) {
    guint middle = (low + high) / 2;
    int order = strcmp (word, words[middle]);

    if (order == 0)
      return (int) middle;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return -1;
}

/* A letter of any script: one that is not of ours makes the word wrong, it does not end it. Bytes that are no UTF-8
 * count as such. */
static gboolean
is_letter (const char *at, guint *ret_length)
{
  gunichar c = g_utf8_get_char_validated (at, -1);

  if (c == (gunichar) -1 || c == (gunichar) -2) {
    *ret_length = 1;
    return TRUE;
  }
  *ret_length = (guint) (g_utf8_next_char (at) - at);
  return g_unichar_isalpha (c) || g_unichar_ismark (c);
}

/* The next word of *TEXT in small letters; FALSE at the end. One that is too long for any comes as "". */
static gboolean
next_word (const char **text, char ret_word[WORD_MAX + 1])
{
  const char *at = *text;
  guint length = 0, size = 1;

  while (*at != '\0' && !is_letter (at, &size))
    at += size;
  if (*at == '\0')
    return FALSE;
  for (; *at != '\0' && is_letter (at, &size); at += size) {
    if (length < WORD_MAX)
      ret_word[length] = g_ascii_tolower (*at);
    /* What follows the first byte of a foreign letter is not needed: no word has that byte. */
    length++;
  }
  ret_word[length <= WORD_MAX ? length : 0] = '\0';
  *text = at;
  return TRUE;
}

/* The 33 bytes that the words say. */
static gboolean
read_words (const char *text, guint8 *bytes, GError **error)
{
  char word[WORD_MAX + 1];
  guint32 bits = 0;
  guint have = 0, count = 0, filled = 0;
  int index = 0;

  for (; index >= 0 && next_word (&text, word); count++) {
    if (count >= TB_WORDS_KEY)
      continue;
    index = find_word (word);
    bits = bits << BITS | (guint32) MAX (index, 0);
    for (have += BITS; have >= 8; have -= 8)
      bytes[filled++] = (guint8) (bits >> (have - 8));
  }
  sodium_memzero (word, sizeof word);
  sodium_memzero (&bits, sizeof bits);
  if (index < 0)
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "Word %u is not one of the words of a recovery key", count);
  else if (count != TB_WORDS_KEY)
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "A recovery key is %d words; this is %u", TB_WORDS_KEY, count);
  return index >= 0 && count == TB_WORDS_KEY;
}

TbAgeIdentity *
tb_words_to_identity (const char *text, GError **error)
{
  guint8 bytes[CHECKED] = { 0 };
  TbAgeIdentity *identity = NULL;
  char *key;

  tb_age_init ();
  if (read_words (text, bytes, error)) {
    if (check_byte (bytes) != bytes[TB_AGE_POINT])
      g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID,
                           "The words do not fit together: one of them is wrong, or two changed places");
    else {
      key = tb_bech32_encode (PREFIX, bytes, TB_AGE_POINT);
      for (char *c = key; *c != '\0'; c++)
        *c = g_ascii_toupper (*c);
      identity = tb_age_identity_parse (key, -1, error);
      tb_age_secret_free (key);
    }
  }
  sodium_memzero (bytes, sizeof bytes);
  return identity;
}

char *
tb_words_suggest_passphrase (guint count)
{
  GString *text = new_text (count);

  tb_age_init ();
  for (guint i = 0; i < count; i++)
    append_word (text, randombytes_uniform (TB_WORDS_LIST));
  return g_string_free (text, FALSE);
}
