/* What the tests about the talk share: the people of a school, and a visit of
 * the coach to the teacher's lesson. */
#pragma once

#include "fixture.h"
#include "store/person.h"

#define NOW FIXTURE_ZERO

typedef struct {
  Fixture base;
  TbStore *store; /* of BASE */
  char *coach, *coach2, *teacher, *teacher2, *trainee, *head, *admin, *privacy; /* ids */
  char *visit;    /* of coach and teacher, started, 100 s long */
} Talk;

void talk_set_up (Talk *talk, gconstpointer data);
void talk_tear_down (Talk *talk, gconstpointer data);
void talk_reopen (Talk *talk);

#define talk_add(path, function) g_test_add (path, Talk, NULL, talk_set_up, function, talk_tear_down)

/* Another of the two (TEACHER NULL: of a teacher without an account); PLANNED: not started. New id. */
char *talk_visit (Talk *talk, const char *coach, const char *teacher, gboolean planned);
/* Both lists are shown. */
void talk_reveal (Talk *talk, const char *visit, const char *coach);

/* Whether VALUE came, or ERROR has CODE (0: none); clears ERROR. */
#define assert_outcome(value, error, code)                                                                           \
  G_STMT_START                                                                                                       \
  {                                                                                                                  \
    gboolean came = (value) != 0;                                                                                    \
    if ((code) == 0)                                                                                                 \
      g_assert_no_error (error);                                                                                     \
    else                                                                                                             \
      g_assert_error (error, TB_ERROR, code);                                                                        \
    g_assert_true (came == ((code) == 0));                                                                           \
    g_clear_error (&(error));                                                                                        \
  }                                                                                                                  \
  G_STMT_END
