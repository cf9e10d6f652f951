/* What is written: comments, reports, the school's questions. */
#include <string.h>

#include "store/comment.h"
#include "store/moment.h"
#include "store/question.h"
#include "store/report.h"
#include "store/report-clear.h"
#include "talk-fixture.h"

static char *
write_comment (Talk *talk, const char *person, const char *parent, const char *text, int code)
{
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (TbComment) comment = NULL;
  g_autoptr (GError) error = NULL;

  if (parent != NULL)
    tb_json_add_string (fields, "parent", parent);
  comment = tb_comment_add (talk->store, talk->visit, person, fields, NOW, &error);
  assert_outcome (comment, error, code);
  return comment != NULL ? g_strdup (comment->id) : NULL;
}

static GPtrArray *
list_comments (Talk *talk, const char *person)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *comments = tb_comment_list (talk->store, talk->visit, person, &error);

  g_assert_no_error (error);
  return comments;
}

static guint
count_comments (Talk *talk, const char *person)
{
  g_autoptr (GPtrArray) comments = list_comments (talk, person);

  return comments->len;
}

static void
test_comment (Talk *talk, gconstpointer data)
{
  g_autofree char *late = write_comment (talk, talk->teacher, NULL, "{'at':30,'until':35,'text':'Hier','sight':'now'}", 0);
  g_autofree char *early = write_comment (talk, talk->teacher, NULL, "{'at':5,'text':'Alleen ik'}", 0);
  g_autofree char *mine = write_comment (talk, talk->coach, NULL, "{'at':6,'voice':'note-1.webm'}", 0);
  g_autofree char *answer = write_comment (talk, talk->coach, late, "{'text':'Mooi'}", 0);
  g_autofree char *again = write_comment (talk, talk->teacher, late, "{'text':'Dank'}", 0);
  g_autofree char *voice = NULL;
  g_autoptr (json_object) hide = from_text ("{'sight':'talk'}");
  g_autoptr (json_object) move = from_text ("{'at':40,'until':null,'text':'Daar'}");
  g_autoptr (json_object) place = from_text ("{'at':40}");
  g_autoptr (GPtrArray) seen = list_comments (talk, talk->coach);
  g_autoptr (GPtrArray) moved = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  g_autoptr (TbComment) changed = NULL;
  g_autoptr (GError) error = NULL;
  const TbComment *comment;

  write_comment (talk, talk->coach, early, "{'text':'x'}", TB_ERROR_NOT_FOUND); /* not to be seen yet */
  write_comment (talk, talk->coach, answer, "{'text':'x'}", TB_ERROR_INVALID);
  write_comment (talk, talk->coach, late, "{'text':'x','at':1}", TB_ERROR_INVALID);
  write_comment (talk, talk->coach, NULL, "{'at':1}", TB_ERROR_INVALID);
  write_comment (talk, talk->coach, NULL, "{'text':'x'}", TB_ERROR_INVALID);
  write_comment (talk, talk->coach, NULL, "{'at':3,'until':3,'text':'x'}", TB_ERROR_INVALID);
  write_comment (talk, talk->coach, NULL, "{'at':3,'voice':'../keys.db'}", TB_ERROR_INVALID);
  write_comment (talk, talk->head, NULL, "{'at':3,'text':'x'}", TB_ERROR_DENIED);
  write_comment (talk, talk->privacy, NULL, "{'at':3,'text':'x'}", TB_ERROR_DENIED);
  g_assert_null (tb_comment_list (talk->store, talk->visit, talk->head, NULL));
  g_assert_null (tb_comment_get (talk->store, late, talk->admin, NULL));

  g_assert_cmpuint (seen->len, ==, 4);
  g_assert_cmpstr (((TbComment *) seen->pdata[0])->id, ==, mine);
  g_assert_cmpstr (((TbComment *) seen->pdata[1])->id, ==, late);
  g_assert_cmpstr (((TbComment *) seen->pdata[2])->id, ==, answer);
  comment = seen->pdata[3];
  g_assert_cmpstr (comment->id, ==, again);
  g_assert_cmpstr (comment->parent, ==, late);
  g_assert_cmpint (comment->at, ==, 30 * TB_SECOND);
  g_assert_cmpint (comment->until, ==, 35 * TB_SECOND);
  g_assert_cmpstr (comment->sight, ==, "now");
  g_assert_cmpuint (count_comments (talk, talk->teacher), ==, 4); /* not the coach's own */
  g_assert_null (tb_comment_get (talk->store, early, talk->coach, NULL));

  g_assert_null (tb_comment_change (talk->store, late, talk->teacher, hide, NOW, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (tb_comment_change (talk->store, late, talk->coach, move, NOW, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (tb_comment_change (talk->store, answer, talk->coach, place, NOW, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  changed = tb_comment_change (talk->store, late, talk->teacher, move, NOW + 4, NULL, &error);
  g_assert_no_error (error);
  moved = list_comments (talk, talk->coach);
  g_assert_cmpint (((TbComment *) moved->pdata[2])->at, ==, 40 * TB_SECOND); /* answers move along */
  g_assert_cmpint (((TbComment *) moved->pdata[2])->until, ==, TB_TIME_NONE);

  g_assert_false (tb_comment_remove (talk->store, early, talk->coach, NOW, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (tb_comment_remove (talk->store, late, talk->coach, NOW, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_true (tb_comment_remove (talk->store, mine, talk->coach, NOW, &voice, &error));
  g_assert_cmpstr (voice, ==, "note-1.webm");
  g_assert_true (tb_comment_remove (talk->store, late, talk->teacher, NOW + 8, NULL, &error));
  write_comment (talk, talk->coach, late, "{'text':'x'}", TB_ERROR_NOT_FOUND);
  rest = list_comments (talk, talk->coach);
  g_assert_cmpuint (rest->len, ==, 3);
  comment = rest->pdata[0];
  g_assert_cmpstr (comment->text, ==, "");
  g_assert_cmpint (comment->removed_at, ==, NOW + 8);
  g_assert_true (tb_comment_remove (talk->store, answer, talk->coach, NOW, NULL, &error));
  g_assert_true (tb_comment_remove (talk->store, again, talk->teacher, NOW, NULL, &error));
  g_assert_cmpuint (count_comments (talk, talk->coach), ==, 0);

  talk_reveal (talk, talk->visit, talk->coach);
  g_assert_cmpuint (count_comments (talk, talk->coach), ==, 1);
}

static TbReport *
save (Talk *talk, const char *person, guint seen, const char *text, int code)
{
  g_autoptr (json_object) content = from_text (text);
  g_autoptr (GError) error = NULL;
  TbReport *report = tb_report_save (talk->store, talk->visit, person, seen, "nl", content, NOW + seen, &error);

  assert_outcome (report, error, code);
  return report;
}

static TbReport *
sign (Talk *talk, const char *person, guint number, gint64 at, int code)
{
  g_autoptr (GError) error = NULL;
  TbReport *report = tb_report_sign (talk->store, talk->visit, person, number, at, &error);

  assert_outcome (report, error, code);
  return report;
}

static void
test_report (Talk *talk, gconstpointer data)
{
  g_autofree char *filler = g_strnfill (TB_REPORT_MAX, 'x');
  g_autofree char *large = g_strdup_printf ("{'text':'%s'}", filler);
  g_autoptr (TbReport) signed_once = NULL;
  g_autoptr (TbReport) twice = NULL;
  g_autoptr (TbReport) same = NULL;
  g_autoptr (TbReport) changed = NULL;
  g_autoptr (TbReport) old = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (json_object) json = NULL;
  g_autoptr (GError) error = NULL;

  save (talk, talk->coach, 0, "{'text':'Eerst'}", TB_ERROR_CONFLICT); /* before the reveal */
  talk_reveal (talk, talk->visit, talk->coach);
  g_assert_null (tb_report_get (talk->store, talk->visit, talk->coach, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  sign (talk, talk->coach, 1, NOW, TB_ERROR_NOT_FOUND);
  tb_report_free (save (talk, talk->coach, 0, "{'text':'Eerst'}", 0));
  save (talk, talk->teacher, 0, "{'text':'Anders'}", TB_ERROR_CONFLICT);
  save (talk, talk->teacher, 1, "[1]", TB_ERROR_INVALID);
  save (talk, talk->teacher, 1, large, TB_ERROR_TOO_LARGE);
  save (talk, talk->head, 1, "{}", TB_ERROR_DENIED);
  tb_report_free (save (talk, talk->teacher, 1, "{'text':'Samen'}", 0));

  sign (talk, talk->coach, 1, NOW, TB_ERROR_CONFLICT); /* not the newest */
  sign (talk, talk->head, 2, NOW, TB_ERROR_DENIED);
  signed_once = sign (talk, talk->coach, 2, NOW + 10, 0);
  g_assert_cmpint (signed_once->coach_signed_at, ==, NOW + 10);
  g_assert_cmpint (signed_once->final_at, ==, 0);
  tb_report_free (sign (talk, talk->coach, 2, NOW + 11, 0)); /* again: the first counts */
  twice = sign (talk, talk->teacher, 2, NOW + 12, 0);
  g_assert_cmpint (twice->coach_signed_at, ==, NOW + 10);
  g_assert_cmpint (twice->teacher_signed_at, ==, NOW + 12);
  g_assert_cmpint (twice->final_at, ==, NOW + 12);
  g_assert_cmpstr (twice->teacher_signed_by, ==, "Sanne");
  same = save (talk, talk->coach, 2, "{'text':'Samen'}", 0);
  g_assert_cmpuint (same->number, ==, 2);
  g_assert_cmpint (same->final_at, ==, NOW + 12);

  changed = save (talk, talk->coach, 2, "{'text':'Toch anders'}", 0);
  g_assert_cmpuint (changed->number, ==, 3);
  g_assert_cmpint (changed->coach_signed_at + changed->teacher_signed_at + changed->final_at, ==, 0);
  tb_report_free (sign (talk, talk->teacher, 3, NOW + 20, 0));
  talk_reopen (talk);
  versions = tb_report_list (talk->store, talk->visit, talk->teacher, &error);
  g_assert_cmpuint (versions->len, ==, 3);
  g_assert_cmpint (((TbReport *) versions->pdata[0])->final_at, ==, 0);
  old = tb_report_get_version (talk->store, talk->visit, talk->coach, 2, &error);
  g_assert_cmpint (old->coach_signed_at, ==, NOW + 10);
  g_assert_cmpint (old->voided_at, ==, NOW + 2);
  g_assert_cmpint (old->final_at, ==, 0);
  g_assert_cmpstr (old->content, ==, "{\"text\":\"Samen\"}");
  json = tb_report_to_json (old, TRUE);
  g_assert_nonnull (json);
  g_assert_null (tb_report_list (talk->store, talk->visit, talk->head, NULL));
  g_assert_null (tb_report_get (talk->store, talk->visit, talk->privacy, NULL));
}

static void
agree (Talk *talk, const char *person, const char *moment, gboolean yes, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean done = tb_report_clear_set (talk->store, talk->visit, person, moment, yes, NOW, &error);

  assert_outcome (done, error, code);
}

/* As "coach teacher", each 0 or 1, of the moments agreed to. */
static char *
agreed (Talk *talk, const char *moment)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = tb_report_clear_list (talk->store, talk->visit, talk->teacher, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++) {
    const TbReportClear *clear = list->pdata[i];

    g_assert_cmpint (tb_report_clear_both (list, clear->moment), ==, clear->coach && clear->teacher);
    if (g_str_equal (clear->moment, moment))
      return g_strdup_printf ("%d %d", clear->coach, clear->teacher);
  }
  g_assert_false (tb_report_clear_both (list, moment));
  return g_strdup ("0 0");
}

#define assert_agreed(talk, moment, expected)                                                                        \
  G_STMT_START                                                                                                       \
  {                                                                                                                  \
    g_autofree char *is = agreed (talk, moment);                                                                     \
                                                                                                                     \
    g_assert_cmpstr (is, ==, expected);                                                                              \
  }                                                                                                                  \
  G_STMT_END

static void
change_moment (Talk *talk, const char *moment, const char *person, const char *text)
{
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbMoment) changed = tb_moment_change (talk->store, moment, person, fields, NOW + 1, &error);

  g_assert_no_error (error);
}

static void
test_clear (Talk *talk, gconstpointer data)
{
  g_autoptr (json_object) fields = from_text ("{'from':10,'to':20,'title':'Stilte'}");
  g_autoptr (GError) error = NULL;
  g_autoptr (TbMoment) first = tb_moment_add (talk->store, talk->visit, talk->coach, fields, NOW, &error);
  g_autoptr (TbMoment) second = tb_moment_add (talk->store, talk->visit, talk->teacher, fields, NOW, &error);
  g_autofree char *elsewhere = talk_visit (talk, talk->coach, talk->teacher, FALSE);
  g_autoptr (TbMoment) other = tb_moment_add (talk->store, elsewhere, talk->coach, fields, NOW, &error);

  g_assert_no_error (error);
  agree (talk, talk->coach, first->id, TRUE, TB_ERROR_CONFLICT); /* before the reveal */
  talk_reveal (talk, talk->visit, talk->coach);
  agree (talk, talk->coach, first->id, TRUE, 0);
  agree (talk, talk->coach, first->id, TRUE, 0);
  agree (talk, talk->coach, other->id, TRUE, TB_ERROR_NOT_FOUND);
  agree (talk, talk->coach, talk->visit, TRUE, TB_ERROR_NOT_FOUND);
  agree (talk, talk->coach2, first->id, TRUE, TB_ERROR_DENIED);
  agree (talk, talk->teacher2, first->id, TRUE, TB_ERROR_DENIED);
  agree (talk, talk->head, first->id, TRUE, TB_ERROR_DENIED);
  agree (talk, talk->privacy, first->id, TRUE, TB_ERROR_DENIED);
  g_assert_null (tb_report_clear_list (talk->store, talk->visit, talk->admin, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
  assert_agreed (talk, first->id, "1 0");
  agree (talk, talk->teacher, first->id, TRUE, 0);
  agree (talk, talk->teacher, second->id, TRUE, 0);
  assert_agreed (talk, first->id, "1 1");
  assert_agreed (talk, second->id, "0 1");
  talk_reopen (talk);
  assert_agreed (talk, first->id, "1 1");

  change_moment (talk, first->id, talk->coach, "{'title':'De stilte'}");
  assert_agreed (talk, first->id, "1 1");
  /* Another picture: nobody has agreed to that. */
  change_moment (talk, first->id, talk->coach, "{'from':11}");
  assert_agreed (talk, first->id, "0 0");
  agree (talk, talk->coach, first->id, TRUE, 0);
  assert_agreed (talk, first->id, "1 0");
  agree (talk, talk->teacher, first->id, TRUE, 0);
  agree (talk, talk->coach, first->id, FALSE, 0);
  agree (talk, talk->coach, first->id, FALSE, 0);
  assert_agreed (talk, first->id, "0 1");

  agree (talk, talk->coach, second->id, TRUE, 0);
  assert_agreed (talk, second->id, "1 1");
  g_assert_true (tb_moment_remove (talk->store, second->id, talk->teacher, NOW + 2, NULL));
  assert_agreed (talk, second->id, "0 0");
}

static char *
add_question (Talk *talk, const char *person, const char *text, int code)
{
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbOwnQuestion) question = tb_own_question_add (talk->store, person, fields, NOW, &error);

  assert_outcome (question, error, code);
  return question != NULL ? g_strdup (question->id) : NULL;
}

static guint
count_questions (Talk *talk, const char *language)
{
  g_autoptr (GPtrArray) questions = tb_own_question_list (talk->store, talk->trainee, language, NULL);

  return questions->len;
}

static void
test_question (Talk *talk, gconstpointer data)
{
  g_autofree char *trying
      = add_question (talk, talk->coach, "{'text':'Wat probeer je?','phase':'trying','language':'nl'}", 0);
  g_autofree char *looking = add_question (
      talk, talk->coach2, "{'text':' Wat zag je? ','phase':'looking-back','language':'nl','domain':'klassenmanagement'}", 0);
  g_autoptr (GPtrArray) questions = tb_own_question_list (talk->store, talk->teacher, "nl", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (questions->len, ==, 2);
  g_assert_cmpstr (((TbOwnQuestion *) questions->pdata[0])->text, ==, "Wat zag je?");
  g_assert_cmpstr (((TbOwnQuestion *) questions->pdata[1])->id, ==, trying);
  add_question (talk, talk->coach, "{'text':'Wat zag je?','phase':'trying','language':'nl'}", TB_ERROR_CONFLICT);
  add_question (talk, talk->coach, "{'text':' ','phase':'trying','language':'nl'}", TB_ERROR_INVALID);
  add_question (talk, talk->coach, "{'text':'x','phase':'later','language':'nl'}", TB_ERROR_INVALID);
  add_question (talk, talk->coach, "{'text':'x','phase':'trying'}", TB_ERROR_INVALID);
  add_question (talk, talk->teacher, "{'text':'x','phase':'trying','language':'nl'}", TB_ERROR_DENIED);
  g_assert_null (tb_own_question_list (talk->store, talk->head, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_cmpuint (count_questions (talk, "en"), ==, 0);
  g_assert_false (tb_own_question_remove (talk->store, looking, talk->teacher, NOW, NULL));
  g_assert_true (tb_own_question_remove (talk->store, looking, talk->coach, NOW, &error));
  g_assert_false (tb_own_question_remove (talk->store, looking, talk->coach, NOW, NULL));
  g_assert_cmpuint (count_questions (talk, NULL), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  talk_add ("/comment", test_comment);
  talk_add ("/report", test_report);
  talk_add ("/report-clear", test_clear);
  talk_add ("/question", test_question);
  return g_test_run ();
}
