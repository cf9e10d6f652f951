/* Trajectories, agreements, and the passing on of both. */
#include <string.h>

#include "store/agreement.h"
#include "store/comment.h"
#include "store/handover.h"
#include "store/moment.h"
#include "store/release.h"
#include "store/report.h"
#include "store/talk.h"
#include "store/trajectory.h"
#include "store/view-log.h"
#include "talk-fixture.h"

static char *
begin (Talk *talk, const char *person, const char *field, const char *value, const char *origin, int code)
{
  g_autoptr (json_object) fields = from_text ("{'question':'Hoe houd ik rust?'}");
  g_autoptr (TbTrajectory) trajectory = NULL;
  g_autoptr (GError) error = NULL;

  tb_json_add_string (fields, "origin", origin);
  if (field != NULL)
    tb_json_add_string (fields, field, value);
  trajectory = tb_trajectory_create (talk->store, person, fields, NOW, &error);
  assert_outcome (trajectory, error, code);
  return trajectory != NULL ? g_strdup (trajectory->id) : NULL;
}

/* With the visit of the fixture in it. */
static char *
begin_line (Talk *talk)
{
  char *id = begin (talk, talk->coach, "teacher_person", talk->teacher, "invitation", 0);

  g_assert_true (tb_trajectory_add_visit (talk->store, id, talk->coach, talk->visit, NOW, NULL));
  return id;
}

static TbAgreement *
agree (Talk *talk, const char *person, const char *text, int code)
{
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (GError) error = NULL;
  TbAgreement *agreement = tb_agreement_add (talk->store, talk->visit, person, fields, NOW, &error);

  assert_outcome (agreement, error, code);
  return agreement;
}

static void
become (Talk *talk, const char *id, const char *person, const char *visit, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbAgreement) agreement = tb_agreement_become (talk->store, id, person, visit, NOW, &error);

  assert_outcome (agreement, error, code);
}

static void
test_begin (Talk *talk, gconstpointer data)
{
  g_autofree char *invited = begin (talk, talk->coach, "teacher_person", talk->teacher, "invitation", 0);
  g_autofree char *asked = begin (talk, talk->teacher, "coach", talk->coach, "request", 0);
  g_autofree char *named = begin (talk, talk->coach, "teacher", "Juf Sanne", "invitation", 0);
  g_autofree char *nameless = talk_visit (talk, talk->coach, NULL, TRUE);
  g_autofree char *foreign = talk_visit (talk, talk->coach, talk->teacher2, TRUE);
  g_autoptr (json_object) film = from_text ("{'film_first':true}");
  g_autoptr (json_object) question = from_text ("{'question':'Anders'}");
  g_autoptr (TbTrajectory) got = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  begin (talk, talk->coach, NULL, NULL, "invitation", TB_ERROR_INVALID);
  begin (talk, talk->coach, "teacher_person", talk->head, "invitation", TB_ERROR_INVALID);
  begin (talk, talk->teacher, "coach", talk->head, "request", TB_ERROR_INVALID);
  begin (talk, talk->teacher, NULL, NULL, "request", TB_ERROR_INVALID);
  begin (talk, talk->head, "teacher_person", talk->teacher, "invitation", TB_ERROR_INVALID);
  begin (talk, talk->head, "coach", talk->coach, "request", TB_ERROR_INVALID);

  g_assert_null (tb_trajectory_get (talk->store, invited, talk->head, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (tb_trajectory_get (talk->store, named, talk->teacher, NULL));
  g_assert_null (tb_trajectory_change (talk->store, invited, talk->teacher, film, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
  g_clear_error (&error);
  tb_trajectory_free (tb_trajectory_change (talk->store, invited, talk->coach, film, NOW, NULL));
  tb_trajectory_free (tb_trajectory_change (talk->store, invited, talk->teacher, question, NOW, NULL));
  got = tb_trajectory_get (talk->store, invited, talk->teacher, &error);
  g_assert_no_error (error);
  g_assert_true (got->film_first);
  g_assert_cmpstr (got->question, ==, "Anders");
  g_assert_cmpstr (got->teacher, ==, "Sanne");
  g_assert_cmpstr (got->coach_name, ==, "Anna");
  list = tb_trajectory_list (talk->store, talk->teacher, NULL);
  g_assert_cmpuint (list->len, ==, 2);
  g_clear_pointer (&list, g_ptr_array_unref);
  list = tb_trajectory_list (talk->store, talk->head, NULL);
  g_assert_cmpuint (list->len, ==, 0);

  g_assert_false (tb_trajectory_add_visit (talk->store, invited, talk->teacher, talk->visit, NOW, NULL));
  g_assert_false (tb_trajectory_add_visit (talk->store, invited, talk->coach, foreign, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (tb_trajectory_add_visit (talk->store, invited, talk->coach, talk->visit, NOW, &error));
  g_assert_false (tb_trajectory_add_visit (talk->store, asked, talk->coach, talk->visit, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_assert_true (tb_trajectory_add_visit (talk->store, named, talk->coach, nameless, NOW, NULL));
  g_assert_true (tb_trajectory_remove_visit (talk->store, named, talk->coach, nameless, NOW, NULL));
}

static void
test_agreement (Talk *talk, gconstpointer data)
{
  g_autofree char *who = g_strdup_printf ("{'text':'Ik wacht drie tellen','who_person':'%s','due_at':"
                                          "'2026-12-01T08:00:00Z','codes':['proef/compliment']}", talk->teacher);
  g_autofree char *stranger = g_strdup_printf ("{'text':'Ik','who_person':'%s'}", talk->head);
  g_autofree char *id = begin_line (talk);
  g_autoptr (TbAgreement) agreement = agree (talk, talk->teacher, who, 0);
  g_autoptr (TbAgreement) other = agree (talk, talk->coach, "{'text':'Ik kom kijken','who':'Anna en Bram'}", 0);
  g_autoptr (TbAgreement) done = NULL;
  g_autoptr (TbTrajectory) trajectory = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  agree (talk, talk->teacher, "{'text':''}", TB_ERROR_INVALID);
  agree (talk, talk->teacher, "{'text':'x','codes':['elders/x']}", TB_ERROR_INVALID);
  agree (talk, talk->teacher, "{'text':'x','codes':['proef']}", TB_ERROR_INVALID);
  agree (talk, talk->teacher, stranger, TB_ERROR_INVALID);
  agree (talk, talk->teacher, "{'text':'x','who_person':'juf Sanne'}", TB_ERROR_INVALID);
  agree (talk, talk->head, "{'text':'x'}", TB_ERROR_DENIED);
  g_assert_cmpstr (agreement->trajectory, ==, id);
  g_assert_cmpstr (agreement->who, ==, "Sanne");
  g_assert_cmpstr (other->who, ==, "Anna en Bram");
  g_assert_cmpstr (agreement->codes, ==, "[\"proef/compliment\"]");

  g_assert_null (tb_agreement_set_outcome (talk->store, agreement->id, talk->coach, "goed", NULL, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  done = tb_agreement_set_outcome (talk->store, agreement->id, talk->teacher, "kept", "Lukte", NOW + 3, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (done->outcome, ==, "kept");
  g_assert_cmpint (done->outcome_at, ==, NOW + 3);
  trajectory = tb_trajectory_of_visit (talk->store, talk->visit, talk->teacher, &error);
  g_assert_cmpuint (trajectory->agreements, ==, 2);
  g_assert_cmpuint (trajectory->agreements_kept, ==, 1);
  g_assert_true (tb_agreement_remove (talk->store, other->id, talk->coach, NOW, &error));
  list = tb_agreement_list_of_visit (talk->store, talk->visit, talk->coach, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_null (tb_agreement_list_of_trajectory (talk->store, id, talk->head, NULL));
}

static void
test_become (Talk *talk, gconstpointer data)
{
  g_autoptr (json_object) none = from_text ("{'instruments':[]}");
  g_autofree char *id = begin_line (talk);
  g_autofree char *next = talk_visit (talk, talk->coach, talk->teacher, TRUE);
  g_autofree char *another = talk_visit (talk, talk->coach, talk->teacher, TRUE);
  g_autofree char *running = talk_visit (talk, talk->coach, talk->teacher, FALSE);
  g_autofree char *foreign = talk_visit (talk, talk->coach, talk->teacher2, TRUE);
  g_autofree char *of_other = talk_visit (talk, talk->coach2, talk->teacher, TRUE);
  g_autoptr (TbAgreement) agreement
      = agree (talk, talk->teacher, "{'text':'Wacht ik na een vraag?','codes':['proef/compliment']}", 0);
  g_autoptr (GPtrArray) line = NULL;
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (GError) error = NULL;
  const TbTrajectoryVisit *first;

  visit = tb_visit_update (talk->store, next, none, talk->base.catalogue, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (visit->instruments->len, ==, 0);
  g_clear_pointer (&visit, tb_visit_free);
  become (talk, agreement->id, talk->teacher, next, TB_ERROR_DENIED);
  become (talk, agreement->id, talk->coach, talk->visit, TB_ERROR_CONFLICT);
  become (talk, agreement->id, talk->coach, foreign, TB_ERROR_CONFLICT);
  become (talk, agreement->id, talk->coach, running, TB_ERROR_CONFLICT);
  become (talk, agreement->id, talk->coach, of_other, TB_ERROR_DENIED);
  become (talk, agreement->id, talk->coach, next, 0);
  become (talk, agreement->id, talk->coach, next, 0);
  become (talk, agreement->id, talk->coach, another, TB_ERROR_CONFLICT);
  visit = tb_visit_get (talk->store, next, &error);
  g_assert_cmpstr (visit->focus, ==, "Wacht ik na een vraag?");
  g_assert_cmpuint (visit->instruments->len, ==, 1);
  g_assert_cmpstr (visit->instruments->pdata[0], ==, "proef");

  line = tb_trajectory_list_visits (talk->store, id, talk->teacher, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (line->len, ==, 2);
  first = line->pdata[0];
  if (!g_str_equal (first->visit, talk->visit))
    first = line->pdata[1];
  g_assert_cmpuint (first->agreements->len, ==, 1);
  g_assert_cmpstr (((TbAgreement *) first->agreements->pdata[0])->became_visit, ==, next);
  g_assert_null (tb_trajectory_list_visits (talk->store, id, talk->coach2, NULL));
}

static void
test_close (Talk *talk, gconstpointer data)
{
  g_autofree char *id = begin_line (talk);
  g_autofree char *clip = tb_uuid_new ();
  g_autofree char *kept_text = g_strdup_printf ("{'reports':['%s'],'clips':['%s']}", talk->visit, clip);
  g_autoptr (json_object) kept = NULL;
  g_autoptr (json_object) wrong = from_text ("{'reports':['elders']}");
  g_autoptr (json_object) moment = from_text ("{'from':1,'to':2}");
  g_autoptr (json_object) comment = from_text ("{'at':1,'text':'x'}");
  g_autoptr (json_object) question = from_text ("{'question':'x'}");
  g_autoptr (TbTrajectory) closed = NULL;
  g_autoptr (TbAgreement) agreement = agree (talk, talk->teacher, "{'text':'Ik wacht'}", 0);
  g_autoptr (GPtrArray) line = NULL;
  g_autoptr (GError) error = NULL;

  apply_ok (&talk->base, talk->visit,
            make_operation (NULL, "add", "clip", clip, "{'from':30,'to':35,'title':'Stukje'}", "Anna"));
  kept = from_text (kept_text);
  g_assert_null (tb_trajectory_close (talk->store, id, talk->coach, wrong, TRUE, NULL, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tb_trajectory_close (talk->store, id, talk->coach, kept, FALSE, NULL, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID); /* a clip needs both */
  g_clear_error (&error);
  g_assert_null (tb_trajectory_close (talk->store, id, talk->teacher, kept, TRUE, NULL, NOW, NULL));
  closed = tb_trajectory_close (talk->store, id, talk->coach, kept, TRUE, "Mooi traject", NOW + 9, &error);
  g_assert_no_error (error);
  g_assert_cmpint (closed->closed_at, ==, NOW + 9);
  g_assert_cmpstr (closed->closed_by_name, ==, "Anna");
  g_assert_cmpstr (closed->closing_note, ==, "Mooi traject");
  g_assert_nonnull (strstr (closed->kept, clip));

  g_assert_null (tb_moment_add (talk->store, talk->visit, talk->teacher, moment, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (tb_comment_add (talk->store, talk->visit, talk->teacher, comment, NOW, NULL));
  g_assert_null (tb_talk_reveal (talk->store, talk->visit, talk->coach, TRUE, TRUE, NOW, NULL));
  g_assert_null (tb_agreement_set_outcome (talk->store, agreement->id, talk->teacher, "kept", NULL, NOW, NULL));
  g_assert_null (tb_trajectory_change (talk->store, id, talk->coach, question, NOW, NULL));
  g_assert_false (tb_trajectory_remove_visit (talk->store, id, talk->coach, talk->visit, NOW, NULL));
  g_assert_null (tb_handover_ask (talk->store, id, talk->coach, talk->coach2, NOW, NULL));
  g_assert_null (tb_trajectory_close (talk->store, id, talk->coach, kept, TRUE, NULL, NOW, NULL));
  line = tb_trajectory_list_visits (talk->store, id, talk->teacher, NULL); /* still to be read */
  g_assert_cmpuint (line->len, ==, 1);
}

/* --- handover ------------------------------------------------------------ */

static TbHandover *
ask (Talk *talk, const char *id, const char *person, const char *to, int code)
{
  g_autoptr (GError) error = NULL;
  TbHandover *handover = tb_handover_ask (talk->store, id, person, to, NOW, &error);

  assert_outcome (handover, error, code);
  return handover;
}

static void
answer (Talk *talk, const char *id, const char *person, const char *allowed, int code)
{
  g_autoptr (json_object) given = allowed != NULL ? from_text (allowed) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TbHandover) handover
      = tb_handover_answer (talk->store, id, person, allowed != NULL, given, NOW + 5, &error);

  assert_outcome (handover, error, code);
  if (handover != NULL)
    g_assert_cmpint (tb_handover_state (handover), ==, allowed != NULL ? TB_HANDOVER_DONE : TB_HANDOVER_REFUSED);
}

static guint
count_log (Talk *talk, const char *visit, const char *what)
{
  g_autoptr (GPtrArray) rows = tb_view_log_list (talk->store, visit, 0, 100, NULL, NULL);
  guint count = 0;

  for (guint i = 0; i < rows->len; i++)
    count += g_str_equal (((TbViewLogRow *) rows->pdata[i])->what, what);
  return count;
}

static void
test_handover_asked (Talk *talk, gconstpointer data)
{
  g_autofree char *id = begin_line (talk);
  g_autofree char *named = begin (talk, talk->coach, "teacher", "Juf Sanne", "invitation", 0);
  g_autoptr (TbHandover) first = NULL;
  g_autoptr (TbHandover) second = NULL;
  g_autoptr (TbHandover) third = NULL;
  g_autoptr (TbHandover) welcome = NULL;
  g_autoptr (TbHandover) back = NULL;
  g_autoptr (TbPerson) invited = tb_person_create (talk->store, "Ivo", "ivo", TB_ROLE_COACH, NULL, NOW, NULL);
  g_autoptr (GPtrArray) candidates = tb_handover_list_candidates (talk->store, talk->admin, NULL);
  g_autoptr (GPtrArray) none = tb_handover_list_candidates (talk->store, talk->head, NULL);
  g_autoptr (GPtrArray) mine = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (candidates->len, ==, 2);
  g_assert_cmpuint (none->len, ==, 0);
  ask (talk, id, talk->coach2, talk->coach2, TB_ERROR_DENIED);
  ask (talk, id, talk->teacher, talk->coach2, TB_ERROR_DENIED);
  ask (talk, id, talk->head, talk->coach2, TB_ERROR_DENIED);
  ask (talk, id, talk->coach, talk->coach, TB_ERROR_INVALID);
  ask (talk, id, talk->coach, talk->teacher2, TB_ERROR_INVALID);
  ask (talk, named, talk->coach, talk->coach2, TB_ERROR_CONFLICT);
  ask (talk, id, talk->coach, invited->id, TB_ERROR_INVALID);
  first = ask (talk, id, talk->coach, talk->coach2, 0);
  ask (talk, id, talk->admin, talk->coach2, TB_ERROR_CONFLICT);
  answer (talk, first->id, talk->coach, "{}", TB_ERROR_DENIED);
  answer (talk, first->id, talk->coach2, "{}", TB_ERROR_DENIED);
  answer (talk, first->id, talk->admin, "{}", TB_ERROR_DENIED);
  answer (talk, first->id, talk->teacher, NULL, 0);
  answer (talk, first->id, talk->teacher, "{}", TB_ERROR_CONFLICT);
  second = ask (talk, id, talk->admin, talk->coach2, 0);
  g_assert_null (tb_handover_withdraw (talk->store, second->id, talk->coach2, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
  g_clear_error (&error);
  back = tb_handover_withdraw (talk->store, second->id, talk->coach, NOW, &error);
  g_assert_no_error (error);
  answer (talk, second->id, talk->teacher, "{}", TB_ERROR_CONFLICT);

  /* Who has accepted the invitation can be asked. */
  g_assert_true (tb_person_set_passphrase (talk->store, invited->id, "hash", NULL));
  welcome = ask (talk, id, talk->coach, invited->id, 0);
  answer (talk, welcome->id, talk->teacher, NULL, 0);

  /* The new coach went away meanwhile: nothing has changed. */
  third = ask (talk, id, talk->admin, talk->coach2, 0);
  g_assert_true (tb_person_set_disabled (talk->store, talk->coach2, TRUE, NOW, NULL));
  answer (talk, third->id, talk->teacher, "{}", TB_ERROR_CONFLICT);
  g_assert_cmpuint (count_log (talk, NULL, "handover-ask"), ==, 4);
  g_assert_cmpuint (count_log (talk, NULL, "handover-refuse"), ==, 2);
  g_assert_cmpuint (count_log (talk, NULL, "handover-withdraw"), ==, 1);
  g_assert_cmpuint (count_log (talk, NULL, "handover-agree"), ==, 0);
  g_assert_true (tb_view_log_verify (talk->store, &error));
  mine = tb_handover_list (talk->store, talk->teacher, NULL);
  g_assert_cmpuint (mine->len, ==, 4);
}

static void
save_report (Talk *talk, const char *visit, const char *person)
{
  g_autoptr (json_object) content = from_text ("{'text':'Verslag'}");
  g_autoptr (GError) error = NULL;
  g_autoptr (TbReport) report = tb_report_save (talk->store, visit, person, 0, "nl", content, NOW, &error);

  g_assert_no_error (error);
}

static void
test_handover_done (Talk *talk, gconstpointer data)
{
  g_autofree char *id = begin_line (talk);
  g_autofree char *kept = talk_visit (talk, talk->coach, talk->teacher, FALSE);
  g_autofree char *outside = talk_visit (talk, talk->coach, talk->teacher, FALSE);
  g_autofree char *wrong = g_strdup_printf ("{'visits':['%s']}", outside);
  g_autofree char *allowed = g_strdup_printf ("{'visits':['%s'],'reports':['%s'],'agreements':false}", talk->visit, kept);
  g_autoptr (TbAgreement) agreement = agree (talk, talk->teacher, "{'text':'Ik wacht'}", 0);
  g_autoptr (json_object) fields = from_text ("{'from':10,'to':20}");
  g_autoptr (json_object) note = from_text ("{'private_note':'Mijn gedachte'}");
  g_autoptr (TbMoment) moment = tb_moment_add (talk->store, talk->visit, talk->coach, fields, NOW, NULL);
  g_autoptr (TbRelease) release = tb_release_create (talk->store, talk->visit, NULL, talk->teacher, "coaching",
                                                     talk->coach, NOW + 3600 * TB_SECOND, FALSE, TRUE, NOW, NULL);
  g_autoptr (TbRelease) still = NULL;
  g_autoptr (TbHandover) handover = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GPtrArray) moments = NULL;
  g_autoptr (GPtrArray) line = NULL;
  g_autoptr (GPtrArray) hers = NULL;
  g_autoptr (GPtrArray) agreements = NULL;
  g_autoptr (TbReport) read = NULL;
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (TbVisit) second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (tb_trajectory_add_visit (talk->store, id, talk->coach, kept, NOW, NULL));
  talk_reveal (talk, talk->visit, talk->coach);
  talk_reveal (talk, kept, talk->coach);
  items = tb_talk_list_items (talk->store, talk->visit, talk->coach, NULL);
  tb_talk_item_free (
      tb_talk_change_item (talk->store, ((TbTalkItem *) items->pdata[0])->id, talk->coach, note, NOW, NULL));
  save_report (talk, talk->visit, talk->coach);
  save_report (talk, kept, talk->coach);

  handover = ask (talk, id, talk->admin, talk->coach2, 0);
  answer (talk, handover->id, talk->teacher, wrong, TB_ERROR_INVALID);
  answer (talk, handover->id, talk->teacher, "{'everything':true}", TB_ERROR_INVALID);
  g_assert_cmpuint (count_log (talk, talk->visit, "handover"), ==, 0);
  answer (talk, handover->id, talk->teacher, allowed, 0);

  /* The visit that was allowed is the new coach's, and the former has nothing of it left. */
  visit = tb_visit_get (talk->store, talk->visit, NULL);
  second = tb_visit_get (talk->store, kept, NULL);
  g_assert_cmpstr (visit->coach, ==, talk->coach2);
  g_assert_cmpstr (second->coach, ==, talk->coach);
  g_assert_null (tb_moment_list (talk->store, talk->visit, talk->coach, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (tb_trajectory_get (talk->store, id, talk->coach, NULL));
  g_assert_null (tb_report_get (talk->store, talk->visit, talk->coach, NULL));
  g_assert_null (tb_moment_list (talk->store, kept, talk->coach2, NULL));
  moments = tb_moment_list (talk->store, talk->visit, talk->coach2, &error);
  g_assert_cmpuint (moments->len, ==, 1);
  after = tb_talk_list_items (talk->store, talk->visit, talk->coach2, &error);
  g_assert_cmpstr (((TbTalkItem *) after->pdata[0])->private_note, ==, "");

  /* Reports and agreements as allowed; the teacher sees all as before. */
  g_assert_null (tb_report_get (talk->store, talk->visit, talk->coach2, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  read = tb_report_get (talk->store, kept, talk->coach2, &error);
  g_assert_no_error (error);
  g_clear_pointer (&read, tb_report_free);
  g_assert_null (tb_report_get (talk->store, kept, talk->admin, NULL));
  read = tb_report_get (talk->store, talk->visit, talk->teacher, &error);
  g_assert_no_error (error);
  agreements = tb_agreement_list_of_trajectory (talk->store, id, talk->coach2, &error);
  g_assert_cmpuint (agreements->len, ==, 0);
  g_assert_null (tb_agreement_set_outcome (talk->store, agreement->id, talk->coach2, "kept", NULL, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  line = tb_trajectory_list_visits (talk->store, id, talk->coach2, &error);
  g_assert_cmpuint (line->len, ==, 1);
  hers = tb_trajectory_list_visits (talk->store, id, talk->teacher, &error);
  g_assert_cmpuint (hers->len, ==, 2);

  still = tb_release_get (talk->store, release->id, &error);
  g_assert_cmpint (tb_release_state (still, NOW + 6), ==, TB_RELEASE_LIVE);
  g_assert_cmpuint (count_log (talk, talk->visit, "handover"), ==, 1);
  g_assert_cmpuint (count_log (talk, kept, "handover"), ==, 0);
  g_assert_cmpuint (count_log (talk, NULL, "handover-agree"), ==, 1);
  g_assert_true (tb_view_log_verify (talk->store, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  talk_add ("/trajectory/begin", test_begin);
  talk_add ("/trajectory/close", test_close);
  talk_add ("/agreement/fields", test_agreement);
  talk_add ("/agreement/become", test_become);
  talk_add ("/handover/asked", test_handover_asked);
  talk_add ("/handover/done", test_handover_done);
  return g_test_run ();
}
