/* Texts as words to search by. Only for the files of this folder. */
#pragma once

#include <glib.h>

/* Appends the words of TEXT (NULL is allowed) to WORDS, folded: lower case, without accents, only letters and digits,
 * each with a space after it. */
void tb_search_words_add (GString *words, const char *text);

/* Words that nobody can type: whose visit it is, and which code. Appended in the same way. */
void tb_search_words_add_coach (GString *words, const char *coach);
void tb_search_words_add_code (GString *words, const char *code);
