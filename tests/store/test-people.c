/* People, their sessions, invitations and tries to sign in; and whose a visit is. */
#include <string.h>

#include "fixture.h"
#include "store/invitation.h"
#include "store/release.h"
#include "store/tries.h"
#include "vault/age-key.h"
#include "vault/password.h"

#define NOW FIXTURE_ZERO
#define DAY (24 * 3600 * TB_SECOND)

static TbPerson *
make (Fixture *fixture, const char *name, const char *login, guint roles, int code)
{
  g_autoptr (GError) error = NULL;
  TbPerson *person = tb_person_create (fixture->store, name, login, roles, "hash", NOW, &error);

  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
  g_assert_true ((person != NULL) == (code == 0));
  return person;
}

/* --- people ---------------------------------------------------------------------- */

static void
test_roles (Fixture *fixture, gconstpointer data)
{
  const char *const bad[] = { "[]", "['coach','baas']", "[1]", "'coach'", "{}" };
  g_autoptr (json_object) two = tb_roles_to_json (TB_ROLE_ADMIN | TB_ROLE_COACH);
  g_autofree char *text = tb_json_to_text (two);
  guint roles = 0;

  g_assert_cmpstr (text, ==, "[\"coach\",\"admin\"]");
  g_assert_true (tb_roles_from_json (two, &roles, NULL));
  g_assert_cmpuint (roles, ==, TB_ROLE_ADMIN | TB_ROLE_COACH);
  for (guint role = 1; role < TB_ROLES_ALL; role <<= 1)
    g_assert_cmpuint (tb_role_parse (tb_role_name ((TbRoles) role)), ==, role);
  g_assert_null (tb_role_name ((TbRoles) 64));
  g_assert_cmpuint (tb_role_parse ("Coach"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *holder = g_strdup_printf ("{'roles':%s}", bad[i]);
    g_autoptr (json_object) object = from_text (holder);
    g_autoptr (GError) error = NULL;

    g_assert_false (tb_roles_from_json (json_object_object_get (object, "roles"), &roles, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (81, 'x');
  g_autoptr (TbPerson) ana = make (fixture, "  Ana  de Wit ", " Ana@School.NL ", TB_ROLE_COACH, 0);
  g_autoptr (TbPerson) found = NULL;

  g_assert_cmpstr (ana->name, ==, "Ana  de Wit");
  g_assert_cmpstr (ana->login, ==, "ana@school.nl");
  g_assert_true (tb_uuid_is_valid (ana->id));
  found = tb_person_get_by_login (fixture->store, "ANA@school.nl", NULL);
  g_assert_nonnull (found);
  g_assert_cmpstr (found->id, ==, ana->id);
  /* The same to people: case, spaces, and how an accent is written. */
  make (fixture, "ANA DE WIT", "ander", TB_ROLE_COACH, TB_ERROR_CONFLICT);
  make (fixture, "Ander", "ana@School.nl", TB_ROLE_COACH, TB_ERROR_CONFLICT);
  tb_person_free (make (fixture, "Ren\303\251", "rene", TB_ROLE_TEACHER, 0));
  make (fixture, "Rene\314\201", "rene2", TB_ROLE_TEACHER, TB_ERROR_CONFLICT);
  make (fixture, "", "x1", TB_ROLE_COACH, TB_ERROR_INVALID);
  make (fixture, "   ", "x1", TB_ROLE_COACH, TB_ERROR_INVALID);
  make (fixture, long_name, "x1", TB_ROLE_COACH, TB_ERROR_INVALID);
  make (fixture, "een\ntwee", "x1", TB_ROLE_COACH, TB_ERROR_INVALID);
  make (fixture, "\377", "x1", TB_ROLE_COACH, TB_ERROR_INVALID);
  make (fixture, "X", "x", TB_ROLE_COACH, TB_ERROR_INVALID);
  make (fixture, "X", "x y", TB_ROLE_COACH, TB_ERROR_INVALID);
  make (fixture, "X", long_name, TB_ROLE_COACH, TB_ERROR_INVALID);
  make (fixture, "X", "x1", 0, TB_ERROR_INVALID);
  make (fixture, "X", "x1", 64, TB_ERROR_INVALID);
  g_assert_null (tb_person_get_by_login (fixture->store, "nobody", NULL));
  g_assert_null (tb_person_get_by_login (fixture->store, "", NULL));
}

static void
test_first (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit_id = fixture_visit (fixture, TRUE);
  g_autofree char *id = tb_uuid_new ();
  g_autofree char *second_id = tb_uuid_new ();
  g_autoptr (TbPerson) first = NULL;
  g_autoptr (TbPerson) second = NULL;
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (GError) error = NULL;
  gboolean any = TRUE;

  g_assert_true (tb_person_any (fixture->store, &any, NULL));
  g_assert_false (any);
  first = tb_person_create_first (fixture->store, id, "Anna", "anna", TB_ROLE_COACH, "hash", NOW, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first->id, ==, id);
  g_assert_true (tb_person_any (fixture->store, &any, NULL));
  g_assert_true (any);
  visit = tb_visit_get (fixture->store, visit_id, NULL);
  g_assert_cmpstr (visit->coach, ==, id);
  g_assert_cmpstr (visit->coach_name, ==, "Anna");
  second = tb_person_create_first (fixture->store, second_id, "Bram", "bram", TB_ROLE_COACH, "hash", NOW, &error);
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_assert_null (second);
}

static void
test_update (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbPerson) admin = make (fixture, "Anna", "anna", TB_ROLE_COACH | TB_ROLE_ADMIN, 0);
  g_autoptr (TbPerson) other = make (fixture, "Bram", "bram", TB_ROLE_TEACHER, 0);
  g_autoptr (TbPerson) invited = NULL;
  g_autoptr (TbPerson) changed = NULL;
  g_autoptr (GError) error = NULL;

  changed = tb_person_update (fixture->store, other->id, "Bram Bos", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (changed->name, ==, "Bram Bos");
  g_assert_cmpuint (changed->roles, ==, TB_ROLE_TEACHER);
  g_assert_null (tb_person_update (fixture->store, other->id, "anna", 0, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);

  /* Somebody must stay who manages the accounts: who was only invited does not count. */
  invited = tb_person_create (fixture->store, "Carla", "carla", TB_ROLE_ADMIN, NULL, NOW, NULL);
  g_assert_null (tb_person_update (fixture->store, admin->id, NULL, TB_ROLE_COACH, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (tb_person_set_disabled (fixture->store, admin->id, TRUE, NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (tb_person_set_passphrase (fixture->store, invited->id, "hash", NULL));
  g_clear_pointer (&changed, tb_person_free);
  changed = tb_person_update (fixture->store, admin->id, NULL, TB_ROLE_COACH, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (changed->roles, ==, TB_ROLE_COACH);
  g_assert_false (tb_person_set_disabled (fixture->store, invited->id, TRUE, NOW, NULL));
  g_assert_null (tb_person_update (fixture->store, "nobody", "X", 0, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

/* --- sessions ---------------------------------------------------------------------- */

static TbSession *
sign_in (Fixture *fixture, const char *person, const char *token, gint64 now)
{
  g_autoptr (GBytes) hash = tb_token_hash (token);
  g_autoptr (GError) error = NULL;
  TbSession *session = tb_session_create (fixture->store, person, hash, "Firefox, Linux", now, &error);

  g_assert_no_error (error);
  return session;
}

static gboolean
is_in (Fixture *fixture, const char *token, gint64 now)
{
  g_autoptr (GBytes) hash = tb_token_hash (token);
  g_autoptr (TbSession) session = NULL;
  g_autoptr (TbPerson) person = NULL;
  g_autoptr (GError) error = NULL;

  if (tb_session_find (fixture->store, hash, now, &session, &person, &error)) {
    g_assert_cmpstr (session->person, ==, person->id);
    return TRUE;
  }
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_assert_null (person);
  return FALSE;
}

static void
test_session (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbPerson) anna = make (fixture, "Anna", "anna", TB_ROLE_COACH | TB_ROLE_ADMIN, 0);
  g_autoptr (TbPerson) bram = make (fixture, "Bram", "bram", TB_ROLE_TEACHER, 0);
  g_autoptr (TbSession) one = sign_in (fixture, anna->id, "token-een", NOW);
  g_autoptr (TbSession) two = sign_in (fixture, anna->id, "token-twee", NOW + 1);
  g_autoptr (TbSession) brams = sign_in (fixture, bram->id, "token-drie", NOW);
  g_autoptr (GPtrArray) list = tb_session_list (fixture->store, anna->id, NOW + 2, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize length = 0;

  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (((TbSession *) list->pdata[0])->id, ==, two->id);
  g_assert_true (is_in (fixture, "token-een", NOW));
  g_assert_false (is_in (fixture, "token-vier", NOW));
  g_assert_false (is_in (fixture, "", NOW));
  /* Nobody ends another's. */
  g_assert_false (tb_session_end (fixture->store, bram->id, one->id, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_assert_true (tb_session_end (fixture->store, anna->id, one->id, NULL));
  g_assert_false (is_in (fixture, "token-een", NOW));
  g_assert_true (is_in (fixture, "token-twee", NOW));
  g_assert_true (tb_session_end_all (fixture->store, anna->id, NULL));
  g_assert_false (is_in (fixture, "token-twee", NOW));
  g_assert_true (is_in (fixture, "token-drie", NOW));
  fixture_reopen (fixture);
  g_assert_true (is_in (fixture, "token-drie", NOW));
  /* The token itself is in no file. */
  g_clear_pointer (&fixture->store, tb_store_close);
  bytes = file_bytes (fixture->database, &length);
  g_assert_null (memmem (bytes, length, "token-drie", 10));
  fixture->store = tb_store_open_files (fixture->database, fixture->cache, NULL);
}

static void
test_session_ends (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbPerson) anna = make (fixture, "Anna", "anna", TB_ROLE_COACH, 0);
  g_autoptr (TbSession) idle = sign_in (fixture, anna->id, "idle", NOW);
  g_autoptr (TbSession) busy = sign_in (fixture, anna->id, "busy", NOW);

  for (int day = 1; day < 90; day += 10)
    g_assert_true (is_in (fixture, "busy", NOW + day * DAY));
  g_assert_false (is_in (fixture, "idle", NOW + TB_SESSION_IDLE));
  g_assert_true (is_in (fixture, "busy", NOW + TB_SESSION_LONGEST - 1));
  g_assert_false (is_in (fixture, "busy", NOW + TB_SESSION_LONGEST));
}

static void
test_disabled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbPerson) anna = make (fixture, "Anna", "anna", TB_ROLE_COACH, 0);
  g_autoptr (TbSession) session = sign_in (fixture, anna->id, "anna", NOW);
  g_autoptr (GBytes) hash = tb_token_hash ("code");
  g_autoptr (GBytes) token = tb_token_hash ("later");
  g_autoptr (GError) error = NULL;

  g_assert_true (tb_invitation_create (fixture->store, TB_INVITATION_PERSON, anna->id, anna->id, hash, NOW, NOW + DAY,
                                       NULL));
  g_assert_true (tb_person_set_disabled (fixture->store, anna->id, TRUE, NOW, &error));
  g_assert_no_error (error);
  g_assert_false (is_in (fixture, "anna", NOW));
  g_assert_null (tb_invitation_look (fixture->store, hash, NOW, NULL));
  g_assert_null (tb_session_create (fixture->store, anna->id, token, "", NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (tb_invitation_create (fixture->store, TB_INVITATION_PERSON, anna->id, anna->id, hash, NOW, NOW + DAY,
                                        &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  /* Enabled again, old sessions and links stay dead. */
  g_assert_true (tb_person_set_disabled (fixture->store, anna->id, FALSE, NOW, NULL));
  g_assert_false (is_in (fixture, "anna", NOW));
  g_assert_null (tb_invitation_look (fixture->store, hash, NOW, NULL));
}

/* --- invitations -------------------------------------------------------------------- */

static gboolean
accept_code (Fixture *fixture, const char *code, TbInvitationKind kind, const char *passphrase, const char *token,
             gint64 now)
{
  g_autoptr (GBytes) hash = tb_token_hash (code);
  g_autoptr (GBytes) token_hash = tb_token_hash (token);
  g_autoptr (TbSession) session = NULL;
  g_autoptr (TbPerson) person = NULL;
  g_autoptr (GError) error = NULL;

  if (tb_invitation_accept (fixture->store, hash, kind, passphrase, token_hash, "", now, &session, &person, &error)) {
    g_assert_cmpstr (session->person, ==, person->id);
    return TRUE;
  }
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  return FALSE;
}

static void
invite (Fixture *fixture, const char *code, TbInvitationKind kind, const char *person, gint64 until)
{
  g_autoptr (GBytes) hash = tb_token_hash (code);
  g_autoptr (GError) error = NULL;

  tb_invitation_create (fixture->store, kind, person, "terugblik", hash, NOW, until, &error);
  g_assert_no_error (error);
}

static void
test_invitation (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbPerson) anna = tb_person_create (fixture->store, "Anna", "anna", TB_ROLE_TEACHER, NULL, NOW, NULL);
  g_autoptr (TbPerson) after = NULL;

  invite (fixture, "een", TB_INVITATION_PERSON, anna->id, NOW + DAY);
  /* Only the newest is good. */
  invite (fixture, "twee", TB_INVITATION_PERSON, anna->id, NOW + 2 * DAY);
  g_assert_false (accept_code (fixture, "een", TB_INVITATION_PERSON, "hash", "t", NOW));
  g_assert_false (accept_code (fixture, "drie", TB_INVITATION_PERSON, "hash", "t", NOW));
  g_assert_false (accept_code (fixture, "twee", TB_INVITATION_PERSON, "hash", "t", NOW + 2 * DAY));
  g_assert_false (accept_code (fixture, "twee", TB_INVITATION_DEVICE, NULL, "t", NOW));
  after = tb_person_get (fixture->store, anna->id, NULL);
  g_assert_null (after->passphrase);
  g_assert_cmpint (after->invited_until, ==, NOW + 2 * DAY);
  g_assert_true (accept_code (fixture, "twee", TB_INVITATION_PERSON, "hash-1", "t", NOW + 2 * DAY - 1));
  g_assert_true (is_in (fixture, "t", NOW + 2 * DAY));
  g_clear_pointer (&after, tb_person_free);
  after = tb_person_get (fixture->store, anna->id, NULL);
  g_assert_cmpstr (after->passphrase, ==, "hash-1");
  g_assert_cmpint (after->invited_until, ==, 0);
  /* Once. */
  g_assert_false (accept_code (fixture, "twee", TB_INVITATION_PERSON, "hash-2", "u", NOW));
  /* A device gets in beside the others; a new passphrase puts all out. */
  invite (fixture, "toestel", TB_INVITATION_DEVICE, anna->id, NOW + DAY);
  g_assert_true (accept_code (fixture, "toestel", TB_INVITATION_DEVICE, NULL, "v", NOW));
  g_assert_true (is_in (fixture, "t", NOW + 2 * DAY));
  g_assert_true (is_in (fixture, "v", NOW));
  invite (fixture, "nieuw", TB_INVITATION_PERSON, anna->id, NOW + DAY);
  g_assert_true (accept_code (fixture, "nieuw", TB_INVITATION_PERSON, "hash-3", "w", NOW));
  g_assert_false (is_in (fixture, "t", NOW));
  g_assert_false (is_in (fixture, "v", NOW));
  g_assert_true (is_in (fixture, "w", NOW));
}

/* When the session cannot be made, the link is not used up and the passphrase is as it was. */
static void
test_invitation_whole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbPerson) anna = make (fixture, "Anna", "anna", TB_ROLE_TEACHER, 0);
  g_autoptr (TbPerson) bram = make (fixture, "Bram", "bram", TB_ROLE_TEACHER, 0);
  g_autoptr (TbSession) taken = sign_in (fixture, bram->id, "taken", NOW);
  g_autoptr (GBytes) hash = tb_token_hash ("code");
  g_autoptr (GBytes) taken_hash = tb_token_hash ("taken");
  g_autoptr (TbSession) session = NULL;
  g_autoptr (TbPerson) person = NULL;

  invite (fixture, "code", TB_INVITATION_PERSON, anna->id, NOW + DAY);
  g_assert_false (tb_invitation_accept (fixture->store, hash, TB_INVITATION_PERSON, "new", taken_hash, "", NOW,
                                        &session, &person, NULL));
  person = tb_person_get (fixture->store, anna->id, NULL);
  g_assert_cmpstr (person->passphrase, ==, "hash");
  g_assert_true (accept_code (fixture, "code", TB_INVITATION_PERSON, "new", "free", NOW));
}

/* --- tries ------------------------------------------------------------------------------ */

static gint64
try_s (Fixture *fixture, const char *login, const char *address, gint64 now)
{
  g_autoptr (GError) error = NULL;
  gint64 wait = -1;

  tb_tries_begin (fixture->store, login, address, now, &wait, &error);
  g_assert_no_error (error);
  return wait / TB_SECOND;
}

static void
test_tries (Fixture *fixture, gconstpointer data)
{
  const int waits[] = { 5, 15, 30, 60, 120, 240, 480, 900, 900, 900 };
  gint64 now = NOW;

  for (guint i = 0; i < TB_TRIES_FREE + 1; i++)
    g_assert_cmpint (try_s (fixture, "anna", "1", now), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (waits); i++) {
    g_assert_cmpint (try_s (fixture, i % 2 ? "ANNA" : " anna", "2", now), ==, waits[i]);
    /* Waiting tries do not make it longer; nor does a restart make it shorter. */
    fixture_reopen (fixture);
    g_assert_cmpint (try_s (fixture, "anna", "3", now + TB_SECOND), ==, waits[i] - 1);
    /* Another login is not held up. */
    g_assert_cmpint (try_s (fixture, i % 2 ? "bram" : "carla", "4", now), ==, 0);
    g_assert_true (tb_tries_succeeded (fixture->store, i % 2 ? "bram" : "carla", "4", NULL));
    now += waits[i] * TB_SECOND;
    g_assert_cmpint (try_s (fixture, "anna", "5", now), ==, 0);
  }
  /* The clock set back makes nobody wait longer than a full wait. */
  g_assert_cmpint (try_s (fixture, "anna", "5", now - 365 * DAY), ==, 900);
  /* Forgotten after a day. */
  g_assert_cmpint (try_s (fixture, "anna", "5", now + DAY), ==, 0);
  g_assert_cmpint (try_s (fixture, "anna", "5", now + DAY), ==, 0);
}

static void
test_tries_success (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < TB_TRIES_FREE + 1; i++)
    g_assert_cmpint (try_s (fixture, "anna", "1", NOW), ==, 0);
  g_assert_cmpint (try_s (fixture, "anna", "1", NOW), ==, 5);
  g_assert_cmpint (try_s (fixture, "anna", "1", NOW + 5 * TB_SECOND), ==, 0);
  g_assert_true (tb_tries_succeeded (fixture->store, "Anna", "1", NULL));
  for (guint i = 0; i < TB_TRIES_FREE + 1; i++)
    g_assert_cmpint (try_s (fixture, "anna", "1", NOW + 6 * TB_SECOND), ==, 0);
  g_assert_cmpint (try_s (fixture, "anna", "1", NOW + 6 * TB_SECOND), ==, 5);
}

/* One address that tries everybody's. */
static void
test_tries_address (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < TB_TRIES_FREE_ADDRESS + 1; i++) {
    g_autofree char *login = g_strdup_printf ("login-%u", i);

    g_assert_cmpint (try_s (fixture, login, "10.0.0.9", NOW), ==, 0);
  }
  g_assert_cmpint (try_s (fixture, "anna", "10.0.0.9", NOW), ==, 5);
  g_assert_cmpint (try_s (fixture, "anna", "10.0.0.8", NOW), ==, 0);
  /* Who is right all the time is never held up. */
  for (guint i = 0; i < 3 * TB_TRIES_FREE_ADDRESS; i++) {
    g_assert_cmpint (try_s (fixture, "bram", "10.0.0.7", NOW), ==, 0);
    g_assert_true (tb_tries_succeeded (fixture->store, "bram", "10.0.0.7", NULL));
  }
}

/* --- visits ------------------------------------------------------------------------------- */

static void
test_visit_people (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbPerson) coach = make (fixture, "Anna", "anna", TB_ROLE_COACH, 0);
  g_autoptr (TbPerson) teacher = make (fixture, "Bram", "bram", TB_ROLE_TEACHER, 0);
  g_autoptr (TbPerson) other = make (fixture, "Carla", "carla", TB_ROLE_TEACHER, 0);
  g_autofree char *text = g_strdup_printf ("{'title':'Taal','teacher_person':'%s'}", teacher->id);
  g_autofree char *wrong = g_strdup_printf ("{'teacher_person':'%s'}", coach->id);
  g_autofree char *to_other = g_strdup_printf ("{'teacher_person':'%s'}", other->id);
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (json_object) bad = from_text (wrong);
  g_autoptr (json_object) another = from_text (to_other);
  g_autoptr (json_object) none = from_text ("{'teacher_person':null}");
  g_autoptr (json_object) same = from_text ("{'title':'Rekenen'}");
  g_autoptr (json_object) summary = NULL;
  g_autofree char *said = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TbVisit) visit = tb_visit_create (fixture->store, coach->id, fields, fixture->catalogue, &error);
  g_autoptr (TbVisit) changed = NULL;
  g_autoptr (TbRelease) release = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (visit->coach_name, ==, "Anna");
  g_assert_cmpstr (visit->teacher_person, ==, teacher->id);
  g_assert_cmpstr (visit->teacher_person_name, ==, "Bram");
  summary = tb_visit_summary (visit, NOW);
  said = tb_json_to_text (summary);
  expected = g_strdup_printf ("\"coach\":{\"id\":\"%s\",\"name\":\"Anna\"},\"teacher_person\":{\"id\":\"%s\",", coach->id,
                              teacher->id);
  g_assert_nonnull (strstr (said, expected));
  g_assert_null (tb_visit_update (fixture->store, visit->id, bad, fixture->catalogue, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  changed = tb_visit_update (fixture->store, visit->id, same, fixture->catalogue, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (changed->teacher_person, ==, teacher->id);
  /* With something shared by the teacher's consent nobody takes their place. */
  release = tb_release_create (fixture->store, visit->id, NULL, teacher->id, "coaching", coach->id,
                               tb_clock_wall () + DAY, FALSE, TRUE, tb_clock_wall (), &error);
  g_assert_no_error (error);
  g_assert_null (tb_visit_update (fixture->store, visit->id, another, fixture->catalogue, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (tb_release_withdraw (fixture->store, release->id, coach->id, tb_clock_wall (), NULL, &error));
  g_assert_no_error (error);
  g_clear_pointer (&changed, tb_visit_free);
  changed = tb_visit_update (fixture->store, visit->id, another, fixture->catalogue, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (changed->teacher_person_name, ==, "Carla");
  g_clear_pointer (&changed, tb_visit_free);
  changed = tb_visit_update (fixture->store, visit->id, none, fixture->catalogue, &error);
  g_assert_no_error (error);
  g_assert_null (changed->teacher_person);
}

static guint
count_shared (Fixture *fixture, const char *person, gint64 now)
{
  g_autoptr (GPtrArray) visits = tb_visit_list_shared (fixture->store, person, now, NULL, 50, NULL, NULL, NULL);

  return visits->len;
}

static void
test_visit_lists (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbPerson) anna = make (fixture, "Anna", "anna", TB_ROLE_COACH, 0);
  g_autoptr (TbPerson) els = make (fixture, "Els", "els", TB_ROLE_COACH, 0);
  g_autoptr (TbPerson) teacher = make (fixture, "Bram", "bram", TB_ROLE_TEACHER, 0);
  g_autofree char *text = g_strdup_printf ("{'title':'Taal','teacher_person':'%s'}", teacher->id);
  g_autoptr (json_object) fields = from_text (text);
  g_autofree char *clip = tb_uuid_new ();
  g_autofree char *nobodys = fixture_visit (fixture, TRUE);
  g_autoptr (TbVisit) first = tb_visit_create (fixture->store, anna->id, fields, fixture->catalogue, NULL);
  g_autoptr (TbVisit) second = tb_visit_create (fixture->store, anna->id, fields, fixture->catalogue, NULL);
  g_autoptr (GPtrArray) all = tb_visit_list (fixture->store, NULL, NULL, 50, NULL, NULL, NULL);
  g_autoptr (GPtrArray) annas = NULL;
  g_autoptr (GPtrArray) els_own = tb_visit_list (fixture->store, els->id, NULL, 50, NULL, NULL, NULL);
  g_autoptr (TbRelease) whole = NULL;
  g_autoptr (TbRelease) part = NULL;
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;
  gint64 zero = 0;

  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpuint (els_own->len, ==, 0);
  annas = tb_visit_list (fixture->store, anna->id, NULL, 1, NULL, &more, NULL);
  g_assert_cmpuint (annas->len, ==, 1);
  g_assert_true (more);
  g_clear_pointer (&annas, g_ptr_array_unref);
  annas = tb_visit_list (fixture->store, anna->id, "taal", 50, second->id, &more, NULL);
  g_assert_cmpuint (annas->len, ==, 1);
  g_assert_cmpstr (((TbVisit *) annas->pdata[0])->id, ==, first->id);

  /* Being the teacher is not enough. */
  g_assert_cmpuint (count_shared (fixture, teacher->id, NOW), ==, 0);
  whole = tb_release_create (fixture->store, first->id, NULL, teacher->id, "coaching", anna->id, NOW + DAY, FALSE, TRUE,
                             NOW,
                             &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_shared (fixture, teacher->id, NOW + 1), ==, 1);
  g_assert_cmpuint (count_shared (fixture, els->id, NOW + 1), ==, 0);
  g_assert_cmpuint (count_shared (fixture, teacher->id, NOW + DAY), ==, 0);
  /* A clip, until it is removed. */
  tb_visit_start (fixture->store, second->id, NOW, &zero, NULL);
  apply_ok (fixture, second->id, make_operation (NULL, "add", "clip", clip, "{'from':10,'to':20}", "Anna"));
  part = tb_release_create (fixture->store, second->id, clip, teacher->id, "coaching", anna->id, NOW + DAY, FALSE, TRUE,
                             NOW,
                            &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_shared (fixture, teacher->id, NOW + 1), ==, 2);
  apply_ok (fixture, second->id, make_operation (NULL, "remove", "clip", clip, NULL, "Anna"));
  g_assert_cmpuint (count_shared (fixture, teacher->id, NOW + 1), ==, 1);
  g_assert_true (tb_release_withdraw (fixture->store, whole->id, teacher->id, NOW, NULL, NULL));
  g_assert_cmpuint (count_shared (fixture, teacher->id, NOW + 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/people/roles", test_roles);
  fixture_add ("/people/names", test_names);
  fixture_add ("/people/first", test_first);
  fixture_add ("/people/update", test_update);
  fixture_add ("/people/session", test_session);
  fixture_add ("/people/session-ends", test_session_ends);
  fixture_add ("/people/disabled", test_disabled);
  fixture_add ("/people/invitation", test_invitation);
  fixture_add ("/people/invitation-whole", test_invitation_whole);
  fixture_add ("/people/tries", test_tries);
  fixture_add ("/people/tries-success", test_tries_success);
  fixture_add ("/people/tries-address", test_tries_address);
  fixture_add ("/people/visit", test_visit_people);
  fixture_add ("/people/visit-lists", test_visit_lists);
  return g_test_run ();
}
