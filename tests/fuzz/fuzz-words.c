/* Any bytes as the words of a recovery key: what is taken for one gives the same words again. */
#include <stdint.h>
#include <string.h>

#include "vault/words.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbAgeIdentity) identity = tb_words_to_identity (text, &error);
  g_autoptr (TbAgeIdentity) again = NULL;
  g_auto (GStrv) words = NULL;
  const char *at = text;
  char *plain;

  g_assert_true ((identity != NULL) == (error == NULL));
  if (identity == NULL)
    return 0;
  plain = tb_words_from_identity (identity);
  words = g_strsplit (plain, " ", -1);
  g_assert_cmpuint (g_strv_length (words), ==, TB_WORDS_KEY);
  for (guint i = 0; i < TB_WORDS_KEY; i++) {
    at = strcasestr (at, words[i]);
    g_assert_nonnull (at);
    at += strlen (words[i]);
  }
  again = tb_words_to_identity (plain, NULL);
  g_assert_nonnull (again);
  tb_age_secret_free (plain);
  return 0;
}
