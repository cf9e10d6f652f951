/* Writes a small database of the present version to the file named. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "store/agreement.h"
#include "store/comment.h"
#include "store/handover.h"
#include "store/invitation.h"
#include "store/layers.h"
#include "store/moment.h"
#include "store/own-instrument.h"
#include "store/question.h"
#include "store/release.h"
#include "store/report-clear.h"
#include "store/report.h"
#include "store/settings.h"
#include "store/talk.h"
#include "store/track.h"
#include "store/trajectory.h"
#include "store/tries.h"
#include "store/view-log.h"

/* Who may see the visit, and who looked. */
static void
share (Fixture *fixture, const char *visit, const TbPerson *coach, const TbPerson *teacher)
{
  g_autoptr (GBytes) token = g_bytes_new ("hash of a token", 15);
  g_autoptr (GBytes) code = g_bytes_new ("hash of a code", 14);
  g_autoptr (TbSession) session = tb_session_create (fixture->store, coach->id, token, "Firefox, Linux", FIXTURE_ZERO,
                                                     NULL);
  g_autoptr (TbRelease) release = NULL;
  gint64 wait = 0;

  tb_invitation_create (fixture->store, TB_INVITATION_PERSON, teacher->id, coach->id, code, FIXTURE_ZERO,
                        FIXTURE_ZERO + TB_INVITATION_PERSON_TIME, NULL);
  tb_tries_begin (fixture->store, "sanne", "192.168.1.7", FIXTURE_ZERO, &wait, NULL);
  release = tb_release_create (fixture->store, visit, NULL, teacher->id, "coaching", coach->id,
                               FIXTURE_ZERO + 3600 * TB_SECOND, FALSE, FALSE, FIXTURE_ZERO, NULL);
  tb_view_log_add (fixture->store, FIXTURE_ZERO, teacher->id, teacher->name, visit, NULL, "view", NULL, NULL);
}

/* A trajectory, and all that a talk leaves. */
static void
talk_about (Fixture *fixture, const char *visit, const TbPerson *coach, const TbPerson *teacher)
{
  g_autofree char *text = g_strdup_printf ("{'teacher_person':'%s','question':'Hoe houd ik rust?'}", teacher->id);
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (json_object) moment = from_text ("{'from':10,'to':20,'title':'Compliment','kind':'pride'}");
  g_autoptr (json_object) comment = from_text ("{'at':12.5,'text':'Mooi','sight':'now'}");
  g_autoptr (json_object) agreed = from_text ("{'text':'Ik wacht drie tellen','codes':['proef/compliment']}");
  g_autoptr (json_object) content = from_text ("{'text':'Verslag'}");
  g_autoptr (json_object) question = from_text ("{'text':'Wat zag je?','phase':'looking-back','language':'nl'}");
  g_autoptr (json_object) state = from_text ("{'position':12.5}");
  g_autoptr (TbPerson) next = tb_person_create (fixture->store, "Bram", "bram", TB_ROLE_COACH, "hash", FIXTURE_ZERO,
                                                NULL);
  g_autoptr (TbTrajectory) trajectory = tb_trajectory_create (fixture->store, coach->id, fields, FIXTURE_ZERO, NULL);
  g_autoptr (TbMoment) chosen = NULL;
  gboolean applied = FALSE;

  tb_trajectory_add_visit (fixture->store, trajectory->id, coach->id, visit, FIXTURE_ZERO, NULL);
  chosen = tb_moment_add (fixture->store, visit, coach->id, moment, FIXTURE_ZERO, NULL);
  tb_moment_free (tb_moment_add (fixture->store, visit, teacher->id, moment, FIXTURE_ZERO, NULL));
  tb_comment_free (tb_comment_add (fixture->store, visit, teacher->id, comment, FIXTURE_ZERO, NULL));
  tb_talk_free (tb_talk_reveal (fixture->store, visit, coach->id, TRUE, TRUE, FIXTURE_ZERO, NULL));
  tb_talk_free (tb_talk_start (fixture->store, visit, coach->id, FIXTURE_ZERO, NULL));
  tb_talk_free (tb_talk_set_state (fixture->store, visit, coach->id, 0, state, FIXTURE_ZERO, &applied, NULL));
  tb_agreement_free (tb_agreement_add (fixture->store, visit, teacher->id, agreed, FIXTURE_ZERO, NULL));
  tb_report_free (tb_report_save (fixture->store, visit, coach->id, 0, "nl", content, FIXTURE_ZERO, NULL));
  tb_report_free (tb_report_sign (fixture->store, visit, coach->id, 1, FIXTURE_ZERO, NULL));
  tb_report_clear_set (fixture->store, visit, teacher->id, chosen->id, TRUE, FIXTURE_ZERO, NULL);
  tb_own_question_free (tb_own_question_add (fixture->store, coach->id, question, FIXTURE_ZERO, NULL));
  tb_handover_free (tb_handover_ask (fixture->store, trajectory->id, coach->id, next->id, FIXTURE_ZERO, NULL));
  tb_layers_add (fixture->store, visit, next->id, FIXTURE_ZERO, NULL);
  tb_layers_set_done (fixture->store, visit, coach->id, TRUE, FIXTURE_ZERO, NULL);
}

/* An interval, modifiers, and a rating with its evidence. */
static void
observe_more (Fixture *fixture, const char *visit)
{
  g_autofree char *contact = tb_uuid_new ();
  g_autofree char *interval = tb_uuid_new ();
  g_autofree char *rating = tb_uuid_new ();
  g_autofree char *fields
      = g_strdup_printf ("{'instrument':'proef-twee','code':'start','at':95,'rating':2,'evidence':['%s']}", contact);

  apply_ok (fixture, visit,
            make_operation (NULL, "add", "observation", contact,
                            "{'instrument':'proef-twee','code':'contact','at':30,"
                            "'modifiers':{'van':'leraar','hoe':['blik'],'aantal':3}}",
                            "Anna"));
  apply_ok (fixture, visit,
            make_operation (NULL, "add", "observation", interval,
                            "{'instrument':'proef-twee','code':'uitleg','at':0}", "Anna"));
  apply_ok (fixture, visit, make_operation (NULL, "add", "observation", rating, fields, "Anna"));
}

/* An instrument of the school with one version and the draft of the next. */
static void
own_instrument (Fixture *fixture, const TbPerson *coach)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  const char *text = tb_instrument_text (g_ptr_array_index (fixture->catalogue, 0));
  g_autoptr (json_object) document = tb_json_parse (text, strlen (text), NULL);
  g_autoptr (TbOwnDraft) first = NULL;
  g_autoptr (TbOwnDraft) second = NULL;

  tb_json_add_string (document, "id", "eigen");
  tb_json_add_bool (document, "default", FALSE);
  first = tb_own_instrument_add (catalogue, document, coach->id, FIXTURE_ZERO, NULL);
  tb_own_instrument_publish (catalogue, "eigen", first->revision, coach->id, FIXTURE_ZERO, NULL, NULL);
  tb_json_add_int (document, "version", 2);
  second = tb_own_instrument_add (catalogue, document, coach->id, FIXTURE_ZERO, NULL);
  g_assert_nonnull (second);
  tb_own_instrument_retire (catalogue, "proef-twee", TRUE, FIXTURE_ZERO, NULL);
}

static void
fill (Fixture *fixture)
{
  g_autoptr (TbPerson) coach = tb_person_create (fixture->store, "Anna", "anna", TB_ROLE_COACH | TB_ROLE_ADMIN, "hash",
                                                 FIXTURE_ZERO, NULL);
  g_autoptr (TbPerson) teacher = tb_person_create (fixture->store, "Juf Sanne", "sanne", TB_ROLE_TEACHER, NULL,
                                                   FIXTURE_ZERO, NULL);
  g_autofree char *text = g_strdup_printf (
      "{'title':'Rekenen in groep 5','teacher':'Juf Sanne','teacher_person':'%s','group':'Groep 5',"
      "'focus':'Hoe verloopt de overgang?','instruments':['proef','proef-twee'],"
      "'sources':[{'uri':'test:','kind':'video','name':'Achterin'}]}",
      teacher->id);
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (TbVisit) visit = tb_visit_create (fixture->store, coach->id, fields, fixture->catalogue, NULL);
  g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (TbTrack) track = NULL;
  g_autofree char *point = tb_uuid_new ();
  g_autofree char *state = tb_uuid_new ();
  g_autofree char *moment = tb_uuid_new ();
  g_autofree char *clip = tb_uuid_new ();
  gint64 zero = 0;
  gint64 number = 0;

  tb_visit_start (fixture->store, visit->id, FIXTURE_ZERO, &zero, NULL);
  apply_ok (fixture, visit->id,
            make_operation (NULL, "add", "observation", point,
                            "{'instrument':'proef','code':'compliment','at':12.5,'note':'Zag je dat?'}", "Anna"));
  apply_ok (fixture, visit->id,
            make_operation (NULL, "add", "observation", state, "{'instrument':'proef','code':'overgang','at':60}",
                            "Anna"));
  apply_ok (fixture, visit->id, make_operation (NULL, "add", "observation", moment, "{'at':70}", "Bram"));
  apply_ok (fixture, visit->id,
            make_operation (NULL, "change", "observation", point, "{'valence':'sterk'}", "Bram"));
  apply_ok (fixture, visit->id, make_operation (NULL, "undo", NULL, NULL, NULL, "Bram"));
  apply_ok (fixture, visit->id, make_operation (NULL, "remove", "observation", moment, NULL, "Bram"));
  apply_ok (fixture, visit->id,
            make_operation (NULL, "add", "clip", clip, "{'from':10,'to':20,'title':'Compliment'}", "Anna"));
  observe_more (fixture, visit->id);
  track = tb_track_ensure (fixture->store, visit->id, "video", "test:", "Achterin", 0, NULL);
  tb_segment_open (fixture->store, track->id, 0, NULL, &number, NULL);
  tb_segment_close (fixture->store, track->id, number, 100 * TB_SECOND, NULL, NULL);
  share (fixture, visit->id, coach, teacher);
  talk_about (fixture, visit->id, coach, teacher);
  own_instrument (fixture, coach);
  tb_visit_end (fixture->store, visit->id, zero + 100 * TB_SECOND, NULL, NULL);
  g_hash_table_insert (settings, (gpointer) "language", (gpointer) "nl");
  tb_settings_set (fixture->store, settings, NULL);
}

int
main (int argc, char **argv)
{
  Fixture fixture = { 0 };
  g_autofree char *bytes = NULL;
  gsize length = 0;

  if (argc != 2) {
    fprintf (stderr, "usage: make-archive FILE\n");
    return 2;
  }
  fixture_set_up (&fixture, NULL);
  fixture_add_second (&fixture);
  fill (&fixture);
  g_clear_pointer (&fixture.store, tb_store_close); /* brings the log into the file */
  bytes = file_bytes (fixture.database, &length);
  if (!g_file_set_contents (argv[1], bytes, (gssize) length, NULL))
    return 1;
  fixture_tear_down (&fixture, NULL);
  return 0;
}
