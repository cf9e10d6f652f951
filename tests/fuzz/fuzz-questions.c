/* Any bytes as a library of questions; one that is accepted must be accepted
 * again, and every question of it can be suggested exactly once. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "observe/questions.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
suggest (const TbQuestions *questions, const TbQuestion *question)
{
  const char *const used[] = { question->id, NULL };
  g_auto (GStrv) tag = question->tags[0] != NULL ? g_strsplit (question->tags[0], "/", 2) : g_new0 (char *, 1);
  const char *code = tag[0] != NULL ? tag[1] : NULL;
  const char *phase = tb_phase_name (question->phase);
  g_autoptr (GPtrArray) found
      = tb_questions_suggest (questions, tag[0], code, question->domain, phase, NULL, 0);
  g_autoptr (GPtrArray) without
      = tb_questions_suggest (questions, tag[0], code, question->domain, phase, used, 0);

  g_assert_true (tb_questions_find (questions, question->id) == question);
  g_assert_true (g_ptr_array_find (found, question, NULL));
  g_assert_false (g_ptr_array_find (without, question, NULL));
  g_assert_cmpuint (without->len, ==, found->len - 1);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbQuestions) questions = tb_questions_parse ((const char *) data, size, &error);
  g_autoptr (TbQuestions) again = NULL;
  const char *text;

  g_assert_true ((questions != NULL) == (error == NULL));
  if (questions == NULL)
    return 0;
  text = tb_questions_text (questions);
  again = tb_questions_parse (text, strlen (text), NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (tb_questions_count (again), ==, tb_questions_count (questions));
  /* The first ones are enough; all against all would be slow. */
  for (guint i = 0; i < MIN (tb_questions_count (questions), 10); i++)
    suggest (questions, tb_questions_get (questions, i));
  return 0;
}
