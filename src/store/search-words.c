#include "store/search-words.h"

#include <string.h>

/* Longer ones are cut: nobody types more. */
#define WORD_MAX_BYTES 64

static void
end_word (GString *words, gsize start)
{
  if (words->len == start)
    return;
  if (words->len - start > WORD_MAX_BYTES) {
    const char *cut = g_utf8_find_prev_char (words->str, words->str + start + WORD_MAX_BYTES + 1);

    g_string_truncate (words, (gsize) (cut - words->str));
  }
  g_string_append_c (words, ' ');
}

void
tb_search_words_add (GString *words, const char *text)
{
  g_autofree char *folded = NULL;
  g_autofree char *apart = NULL;
  gsize start = words->len;

  if (text == NULL || *text == '\0')
    return;
  folded = g_str_is_ascii (text) ? g_ascii_strdown (text, -1) : g_utf8_casefold (text, -1);
  /* Apart after the folding: that may join a letter with its accent. */
  apart = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL);
  for (const char *c = apart != NULL ? apart : ""; *c != '\0'; c = g_utf8_next_char (c)) {
    const gunichar letter = g_utf8_get_char (c);

    if (g_unichar_ismark (letter))
      continue;
    if (g_unichar_isalnum (letter)) {
      g_string_append_unichar (words, letter);
      continue;
    }
    end_word (words, start);
    start = words->len;
  }
  end_word (words, start);
}

void
tb_search_words_add_coach (GString *words, const char *coach)
{
  if (coach == NULL)
    return;
  g_string_append (words, "_c");
  for (; *coach != '\0'; coach++)
    if (g_ascii_isalnum (*coach))
      g_string_append_c (words, g_ascii_tolower (*coach));
  g_string_append_c (words, ' ');
}

void
tb_search_words_add_code (GString *words, const char *code)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, code, -1);

  g_string_append_printf (words, "_k%.16s ", sum);
}
