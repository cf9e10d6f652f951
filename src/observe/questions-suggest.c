#include <string.h>

#include "observe/questions.h"

/* The ranks of the header; the lower, the better. */
enum { RANK_CODE = 1, RANK_SAME_CODE, RANK_DOMAIN, RANK_GENERAL, RANK_REST, N_RANKS };

#define RANK_NONE 0

/* What a moment asks for. */
typedef struct {
  const char *instrument, *code;
  const char *domain; /* NULL also when the library does not know it */
} Wish;

/* RANK_CODE, RANK_SAME_CODE when CODE stands in another instrument only, else RANK_NONE. */
static guint
rank_by_tags (const TbQuestion *question, const Wish *wish)
{
  guint rank = RANK_NONE;

  for (guint i = 0; wish->code != NULL && question->tags[i] != NULL; i++) {
    const char *slash = strchr (question->tags[i], '/');
    gsize length = slash - question->tags[i];

    if (strcmp (slash + 1, wish->code) != 0)
      continue;
    if (wish->instrument != NULL && strlen (wish->instrument) == length
        && strncmp (question->tags[i], wish->instrument, length) == 0)
      return RANK_CODE;
    rank = RANK_SAME_CODE;
  }
  return rank;
}

static guint
rank_of (const TbQuestion *question, const Wish *wish)
{
  gboolean same_domain = wish->domain != NULL && strcmp (question->domain, wish->domain) == 0;
  guint rank = rank_by_tags (question, wish);

  if (rank == RANK_CODE)
    return rank;
  if (rank == RANK_SAME_CODE && same_domain)
    return rank;
  if (question->tags[0] == NULL && same_domain)
    return strcmp (question->domain, TB_DOMAIN_GENERAL) == 0 ? RANK_GENERAL : RANK_DOMAIN;
  if (question->tags[0] == NULL && strcmp (question->domain, TB_DOMAIN_GENERAL) == 0)
    return RANK_GENERAL;
  if (wish->code == NULL && (same_domain || wish->domain == NULL))
    return RANK_REST;
  return RANK_NONE;
}

GPtrArray *
tb_questions_suggest (const TbQuestions *questions, const char *instrument, const char *code, const char *domain,
                      const char *phase, const char *const *used, guint max)
{
  Wish wish = { instrument, code, tb_questions_domain_title (questions, domain, NULL) != NULL ? domain : NULL };
  g_autoptr (GPtrArray) candidates = tb_questions_list (questions, NULL, phase);
  GPtrArray *found = g_ptr_array_new ();

  for (guint rank = RANK_CODE; rank < N_RANKS; rank++) {
    for (guint i = 0; i < candidates->len && (max == 0 || found->len < max); i++) {
      const TbQuestion *question = candidates->pdata[i];

      if (phase == NULL && (question->phase == TB_PHASE_OPENING || question->phase == TB_PHASE_CLOSING))
        continue;
      if (rank_of (question, &wish) == rank && (used == NULL || !g_strv_contains (used, question->id)))
        g_ptr_array_add (found, (gpointer) question);
    }
  }
  return found;
}
