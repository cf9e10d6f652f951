/* Teacher first: every rule of releases, and what may be seen by them. */
#include <sqlite3.h>
#include <string.h>

#include "fixture.h"
#include "store/release.h"
#include "store/view-log.h"

#define NOW FIXTURE_ZERO
#define DAY (24 * 3600 * TB_SECOND)
#define LATER (NOW + 30 * DAY)
/* What a release is made with. */
#define COLUMNS "id, visit, clip, person, purpose, by_person, to_teacher, download, created_wall, until_wall, agreed_wall," \
                " refused_wall, withdrawn_wall, withdrawn_by"

/* People by name; a person's id is the name with zeros before it. */
static const struct {
  const char *id, *role;
} people[] = {
  { "coach", "coach" }, { "teacher", "teacher" }, { "other", "teacher" }, { "trainee", "trainee" },
  { "head", "head" },   { "admin", "admin" },     { "gone", "teacher" },
};

static void
sql (Fixture *fixture, const char *format, ...)
{
  g_autofree char *text = NULL;
  sqlite3 *db = NULL;
  char *problem = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_cmpint (sqlite3_open (fixture->database, &db), ==, SQLITE_OK);
  sqlite3_exec (db, text, NULL, NULL, &problem);
  g_assert_cmpstr (problem, ==, NULL);
  sqlite3_close (db);
}

/* A visit of "coach" with "teacher", and everybody there is. New id. */
static char *
make_visit (Fixture *fixture)
{
  char *visit = fixture_visit (fixture, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    sql (fixture,
         "INSERT OR IGNORE INTO person (id, name, name_key, login, created_wall, disabled_wall)"
         " VALUES ('%s', 'Naam %s', '%s', '%s', 1, %s);"
         " INSERT OR IGNORE INTO person_role VALUES ('%s', '%s')",
         people[i].id, people[i].id, people[i].id, people[i].id, g_str_equal (people[i].id, "gone") ? "1" : "NULL",
         people[i].id, people[i].role);
  sql (fixture, "UPDATE visit SET coach = 'coach', teacher_person = 'teacher' WHERE id = '%s'", visit);
  return visit;
}

static char *
make_clip (Fixture *fixture, const char *visit, int from, int to)
{
  char *id = tb_uuid_new ();
  g_autofree char *fields = g_strdup_printf ("{'from':%d,'to':%d,'title':'Stukje'}", from, to);

  apply_ok (fixture, visit, make_operation (NULL, "add", "clip", id, fields, "Noor"));
  return id;
}

/* CODE 0: it must go well. */
static TbRelease *
give (Fixture *fixture, const char *visit, const char *clip, const char *person, int code)
{
  g_autoptr (GError) error = NULL;
  TbRelease *release = tb_release_create (fixture->store, visit, clip, person, "coaching", "coach", LATER, FALSE, TRUE,
                                          NOW, &error);

  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
  g_assert_true ((release != NULL) == (code == 0));
  return release;
}

static char *
give_id (Fixture *fixture, const char *visit, const char *clip, const char *person)
{
  g_autoptr (TbRelease) release = give (fixture, visit, clip, person, 0);

  return g_strdup (release->id);
}

static void
answer (Fixture *fixture, const char *id, gboolean agree, gint64 at, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbRelease) release = tb_release_answer (fixture->store, id, "teacher", agree, at, &error);

  if (code != 0) {
    g_assert_error (error, TB_ERROR, code);
    return;
  }
  g_assert_no_error (error);
  g_assert_cmpint (tb_release_state (release, at), ==, agree ? TB_RELEASE_LIVE : TB_RELEASE_REFUSED);
}

/* How many were withdrawn by it. */
static guint
withdraw (Fixture *fixture, const char *id, const char *by)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) withdrawn = NULL;

  tb_release_withdraw (fixture->store, id, by, NOW, &withdrawn, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (((TbRelease *) withdrawn->pdata[0])->id, ==, id);
  g_assert_cmpstr (((TbRelease *) withdrawn->pdata[0])->withdrawn_by, ==, by);
  return withdrawn->len;
}

static TbReleaseState
state_of (Fixture *fixture, const char *id, gint64 at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbRelease) release = tb_release_get (fixture->store, id, &error);

  g_assert_no_error (error);
  return tb_release_state (release, at);
}

static TbReleaseView *
view_at (Fixture *fixture, const char *visit, const char *person, gint64 at)
{
  g_autoptr (GError) error = NULL;
  TbReleaseView *view = tb_release_view_of (fixture->store, visit, person, at, &error);

  g_assert_no_error (error);
  return view;
}

static void
assert_sees (Fixture *fixture, const char *visit, const char *person, gboolean whole, guint windows)
{
  g_autoptr (TbReleaseView) view = view_at (fixture, visit, person, NOW);

  g_assert_cmpint (view->any, ==, whole || windows > 0);
  g_assert_cmpint (view->whole, ==, whole);
  g_assert_cmpuint (view->windows->len, ==, windows);
}

/* The newest row of the log. */
static void
assert_logged (Fixture *fixture, const char *what, const char *name, const char *detail, const char *clip)
{
  g_autoptr (GPtrArray) rows = tb_view_log_list (fixture->store, NULL, 0, 1, NULL, NULL);
  const TbViewLogRow *row;

  g_assert_cmpuint (rows->len, ==, 1);
  row = rows->pdata[0];
  g_assert_cmpstr (row->what, ==, what);
  g_assert_cmpstr (row->person_name, ==, name);
  g_assert_true (g_str_has_prefix (row->detail, detail));
  g_assert_cmpstr (row->clip, ==, clip != NULL ? clip : "");
  g_assert_true (tb_view_log_verify (fixture->store, NULL));
}

static guint
logged (Fixture *fixture)
{
  g_autoptr (GPtrArray) rows = tb_view_log_list (fixture->store, NULL, 0, 1000, NULL, NULL);

  return rows->len;
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *clip = make_clip (fixture, visit, 10, 20);
  g_autofree char *another = make_clip (fixture, visit, 30, 40);
  g_autoptr (TbRelease) first = NULL;
  g_autoptr (TbRelease) second = NULL;
  g_autoptr (TbRelease) third = NULL;

  /* A draft is nobody's but the coach's. */
  assert_sees (fixture, visit, "teacher", FALSE, 0);
  give (fixture, visit, NULL, "other", TB_ERROR_CONFLICT);
  give (fixture, visit, clip, "other", TB_ERROR_CONFLICT);
  g_assert_cmpuint (logged (fixture), ==, 0); /* what was refused leaves no row */

  first = give (fixture, visit, clip, "teacher", 0);
  g_assert_true (first->to_teacher);
  g_assert_cmpint (tb_release_state (first, NOW), ==, TB_RELEASE_LIVE);
  g_assert_cmpstr (first->clip_title, ==, "Stukje");
  g_assert_cmpint (first->from, ==, 10 * TB_SECOND);
  assert_logged (fixture, "release", "Naam coach", "Naam teacher (coaching, 20", clip);
  assert_sees (fixture, visit, "teacher", FALSE, 1);

  /* Others: only what the teacher has, and only asked. */
  give (fixture, visit, NULL, "other", TB_ERROR_CONFLICT);
  give (fixture, visit, another, "other", TB_ERROR_CONFLICT);
  second = give (fixture, visit, clip, "other", 0);
  g_assert_false (second->to_teacher);
  g_assert_cmpint (tb_release_state (second, NOW), ==, TB_RELEASE_ASKED);
  assert_sees (fixture, visit, "other", FALSE, 0);

  /* The teacher's whole visit carries clips too. */
  tb_release_free (give (fixture, visit, NULL, "teacher", 0));
  third = give (fixture, visit, another, "other", 0);
  g_assert_cmpint (tb_release_state (third, NOW), ==, TB_RELEASE_ASKED);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *elsewhere = make_visit (fixture);
  g_autofree char *clip = make_clip (fixture, elsewhere, 1, 2);
  g_autofree char *removed = make_clip (fixture, visit, 1, 2);
  g_autofree char *nobody = tb_uuid_new ();
  g_autoptr (GError) error = NULL;
  static const struct {
    const char *purpose;
    gint64 until;
  } bad[] = { { "appraisal", LATER }, { "", LATER }, { "team", NOW }, { "team", NOW - 1 }, { "team", NOW + 401 * DAY } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_null (tb_release_create (fixture->store, visit, NULL, "teacher", bad[i].purpose, "coach", bad[i].until,
                                      FALSE, TRUE, NOW, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
    g_clear_error (&error);
  }
  apply_ok (fixture, visit, make_operation (NULL, "remove", "clip", removed, NULL, "Noor"));
  give (fixture, nobody, NULL, "teacher", TB_ERROR_NOT_FOUND);
  give (fixture, visit, nobody, "teacher", TB_ERROR_NOT_FOUND);
  give (fixture, visit, clip, "teacher", TB_ERROR_NOT_FOUND);
  give (fixture, visit, removed, "teacher", TB_ERROR_NOT_FOUND);
  give (fixture, visit, NULL, nobody, TB_ERROR_NOT_FOUND);
  give (fixture, visit, NULL, "gone", TB_ERROR_NOT_FOUND);
  give (fixture, visit, NULL, "coach", TB_ERROR_INVALID);
  /* A head and an administrator never see footage. */
  tb_release_free (give (fixture, visit, NULL, "teacher", 0));
  give (fixture, visit, NULL, "head", TB_ERROR_INVALID);
  give (fixture, visit, NULL, "admin", TB_ERROR_INVALID);
  /* Twice the same. */
  give (fixture, visit, NULL, "teacher", TB_ERROR_CONFLICT);
  tb_release_free (give (fixture, visit, NULL, "other", 0));
  give (fixture, visit, NULL, "other", TB_ERROR_CONFLICT);
  /* Without a teacher there is nobody to ask. */
  sql (fixture, "UPDATE visit SET teacher_person = NULL WHERE id = '%s'", elsewhere);
  give (fixture, elsewhere, NULL, "teacher", TB_ERROR_CONFLICT);
  g_assert_null (tb_release_get (fixture->store, nobody, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_assert_cmpuint (logged (fixture), ==, 2);
}

static void
test_answer (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *teachers = give_id (fixture, visit, NULL, "teacher");
  g_autofree char *yes = give_id (fixture, visit, NULL, "other");
  g_autofree char *no = give_id (fixture, visit, NULL, "trainee");
  g_autoptr (GPtrArray) asked = tb_release_list_asked_of (fixture->store, "teacher", NOW, NULL);
  g_autoptr (GPtrArray) of_others = tb_release_list_asked_of (fixture->store, "other", NOW, NULL);
  g_autofree char *again = NULL;

  g_assert_cmpuint (asked->len, ==, 2);
  g_assert_cmpuint (of_others->len, ==, 0);
  answer (fixture, teachers, TRUE, NOW, TB_ERROR_CONFLICT);
  answer (fixture, yes, TRUE, NOW, 0);
  assert_logged (fixture, "agree", "Naam teacher", "Naam other (", NULL);
  assert_sees (fixture, visit, "other", TRUE, 0);
  answer (fixture, no, FALSE, NOW, 0);
  assert_logged (fixture, "refuse", "Naam teacher", "Naam trainee (", NULL);
  assert_sees (fixture, visit, "trainee", FALSE, 0);
  answer (fixture, yes, FALSE, NOW, TB_ERROR_CONFLICT);
  answer (fixture, no, TRUE, NOW, TB_ERROR_CONFLICT);
  /* After a no it may be asked again, and past its date nothing is answered. */
  again = give_id (fixture, visit, NULL, "trainee");
  answer (fixture, again, TRUE, LATER, TB_ERROR_CONFLICT);
  g_assert_cmpint (state_of (fixture, again, LATER), ==, TB_RELEASE_ENDED);
}

static void
test_dates (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *id = give_id (fixture, visit, NULL, "teacher");
  g_autoptr (TbReleaseView) last = view_at (fixture, visit, "teacher", LATER - 1);
  g_autoptr (TbReleaseView) after = view_at (fixture, visit, "teacher", LATER);
  g_autoptr (GPtrArray) live = tb_release_list_live_to (fixture->store, "teacher", LATER - 1, NULL);
  g_autoptr (GPtrArray) ended = tb_release_list_live_to (fixture->store, "teacher", LATER, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (last->whole);
  g_assert_cmpstr (last->whole_release, ==, id);
  g_assert_false (after->any);
  g_assert_cmpuint (live->len, ==, 1);
  g_assert_cmpuint (ended->len, ==, 0);
  g_assert_cmpint (state_of (fixture, id, LATER), ==, TB_RELEASE_ENDED);
  g_assert_false (tb_release_withdraw (fixture->store, id, "teacher", LATER, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  /* One that has ended carries nothing, and can be given again. */
  g_assert_null (tb_release_create (fixture->store, visit, NULL, "other", "team", "coach", LATER + DAY, FALSE, TRUE,
                                   LATER,
                                    &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  tb_release_free (tb_release_create (fixture->store, visit, NULL, "teacher", "team", "coach", LATER + DAY, FALSE, TRUE,
                                      LATER, &error));
  g_assert_no_error (error);
}

static void
test_withdraw (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *clip = make_clip (fixture, visit, 10, 20);
  g_autofree char *whole = give_id (fixture, visit, NULL, "teacher");
  g_autofree char *part = give_id (fixture, visit, clip, "teacher");
  g_autofree char *others = give_id (fixture, visit, NULL, "other");
  g_autofree char *others_part = give_id (fixture, visit, clip, "other");
  g_autofree char *asked = give_id (fixture, visit, NULL, "trainee");
  g_autoptr (GError) error = NULL;

  answer (fixture, others, TRUE, NOW, 0);
  answer (fixture, others_part, TRUE, NOW, 0);
  /* The whole one takes with it what rested on it alone; the clip still rests on the teacher's clip. */
  g_assert_cmpuint (withdraw (fixture, whole, "coach"), ==, 3);
  g_assert_cmpint (state_of (fixture, others, NOW), ==, TB_RELEASE_WITHDRAWN);
  g_assert_cmpint (state_of (fixture, asked, NOW), ==, TB_RELEASE_WITHDRAWN);
  g_assert_cmpint (state_of (fixture, others_part, NOW), ==, TB_RELEASE_LIVE);
  assert_sees (fixture, visit, "other", FALSE, 1);
  assert_sees (fixture, visit, "teacher", FALSE, 1);
  answer (fixture, asked, TRUE, NOW, TB_ERROR_CONFLICT);
  g_assert_false (tb_release_withdraw (fixture->store, whole, "coach", NOW, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);

  g_assert_cmpuint (withdraw (fixture, part, "teacher"), ==, 2);
  assert_logged (fixture, "withdraw", "Naam teacher", "Naam other (", clip);
  assert_sees (fixture, visit, "other", FALSE, 0);
  assert_sees (fixture, visit, "teacher", FALSE, 0);
  g_assert_cmpuint (logged (fixture), ==, 5 + 2 + 3 + 2);
}

/* That of somebody else alone takes nothing with it. */
static void
test_withdraw_one (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *whole = give_id (fixture, visit, NULL, "teacher");
  g_autofree char *others = give_id (fixture, visit, NULL, "other");
  g_autofree char *again = NULL;

  g_assert_cmpuint (withdraw (fixture, others, "teacher"), ==, 1); /* also what was only asked */
  g_assert_cmpint (state_of (fixture, whole, NOW), ==, TB_RELEASE_LIVE);
  again = give_id (fixture, visit, NULL, "other");
  g_assert_cmpstr (again, !=, others);
}

static void
test_clips (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *late = make_clip (fixture, visit, 100, 110);
  g_autofree char *early = make_clip (fixture, visit, 5, 8);
  g_autofree char *removal = tb_uuid_new ();
  g_autoptr (TbReleaseView) view = NULL;
  g_autoptr (TbReleaseView) moved = NULL;
  g_autoptr (GPtrArray) live = NULL;
  const TbReleaseWindow *window;

  tb_release_free (give (fixture, visit, late, "teacher", 0));
  tb_release_free (give (fixture, visit, early, "teacher", 0));
  view = view_at (fixture, visit, "teacher", NOW);
  g_assert_cmpuint (view->windows->len, ==, 2);
  window = &g_array_index (view->windows, TbReleaseWindow, 0);
  g_assert_cmpstr (window->clip, ==, early);
  g_assert_cmpint (window->from, ==, 5 * TB_SECOND);
  g_assert_cmpint (window->to, ==, 8 * TB_SECOND);
  g_assert_false (window->download);

  apply_ok (fixture, visit, make_operation (NULL, "change", "clip", early, "{'from':50,'to':60}", "Noor"));
  moved = view_at (fixture, visit, "teacher", NOW);
  g_assert_cmpint (g_array_index (moved->windows, TbReleaseWindow, 0).from, ==, 50 * TB_SECOND);

  apply_ok (fixture, visit, make_operation (removal, "remove", "clip", early, NULL, "Noor"));
  assert_sees (fixture, visit, "teacher", FALSE, 1);
  live = tb_release_list_live_to (fixture->store, "teacher", NOW, NULL);
  g_assert_cmpuint (live->len, ==, 1);
  apply_ok (fixture, visit, make_operation (NULL, "undo", NULL, NULL, NULL, "Noor"));
  assert_sees (fixture, visit, "teacher", FALSE, 2);
}

/* The teacher said yes to what the clip was then. */
static void
test_stretched (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *fields;
    int from, to; /* what "other" sees; 0: nothing */
  } cases[] = {
    { "{'from':5,'to':60}", 20, 30 }, { "{'from':25,'to':60}", 25, 30 }, { "{'from':22,'to':24}", 22, 24 },
    { "{'from':40,'to':60}", 0, 0 },  { "{'from':1,'to':20}", 0, 0 },
  };
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *clip = make_clip (fixture, visit, 20, 30);
  g_autofree char *id = NULL;

  tb_release_free (give (fixture, visit, clip, "teacher", 0));
  id = give_id (fixture, visit, clip, "other");
  answer (fixture, id, TRUE, NOW, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TbReleaseView) others = NULL;
    g_autoptr (TbReleaseView) teachers = NULL;

    apply_ok (fixture, visit, make_operation (NULL, "change", "clip", clip, cases[i].fields, "Noor"));
    others = view_at (fixture, visit, "other", NOW);
    teachers = view_at (fixture, visit, "teacher", NOW);
    g_assert_cmpuint (teachers->windows->len, ==, 1);
    g_assert_cmpuint (others->windows->len, ==, cases[i].to > 0 ? 1 : 0);
    g_assert_true (others->any == (cases[i].to > 0));
    if (cases[i].to > 0) {
      g_assert_cmpint (g_array_index (others->windows, TbReleaseWindow, 0).from, ==, cases[i].from * TB_SECOND);
      g_assert_cmpint (g_array_index (others->windows, TbReleaseWindow, 0).to, ==, cases[i].to * TB_SECOND);
    }
  }
}

static void
test_download (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *plain = give_id (fixture, visit, NULL, "teacher");
  g_autofree char *others = give_id (fixture, visit, NULL, "other");
  g_autoptr (TbReleaseView) view = NULL;
  g_autoptr (GError) error = NULL;

  withdraw (fixture, plain, "coach");
  tb_release_free (tb_release_create (fixture->store, visit, NULL, "teacher", "coaching", "coach", LATER, TRUE, TRUE,
                                      NOW, &error));
  g_assert_no_error (error);
  assert_logged (fixture, "release", "Naam coach", "Naam teacher (", NULL);
  {
    g_autoptr (GPtrArray) rows = tb_view_log_list (fixture->store, visit, 0, 1, NULL, NULL);

    g_assert_true (g_str_has_suffix (((TbViewLogRow *) rows->pdata[0])->detail, ", download)"));
  }
  view = view_at (fixture, visit, "teacher", NOW);
  g_assert_true (view->whole_download);
}

static char *
give_bare (Fixture *fixture, const char *visit, const char *clip)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbRelease) release = tb_release_create (fixture->store, visit, clip, "teacher", "coaching", "coach", LATER,
                                                     FALSE, FALSE, NOW, &error);

  g_assert_no_error (error);
  g_assert_false (release->taps);
  return g_strdup (release->id);
}

static void
assert_taps (Fixture *fixture, const char *visit, gboolean whole, gboolean window)
{
  g_autoptr (TbReleaseView) view = view_at (fixture, visit, "teacher", NOW);

  g_assert_cmpint (view->whole_taps, ==, whole);
  for (guint i = 0; i < view->windows->len; i++)
    g_assert_cmpint (g_array_index (view->windows, TbReleaseWindow, i).taps, ==, window);
}

/* The bare film first, and what was tapped later. */
static void
test_taps (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *clip = make_clip (fixture, visit, 5, 8);
  g_autofree char *whole = give_bare (fixture, visit, NULL);
  g_autofree char *part = give_bare (fixture, visit, clip);
  g_autoptr (TbRelease) given = NULL;
  g_autoptr (TbRelease) again = NULL;
  g_autoptr (TbRelease) other = NULL;
  g_autoptr (TbRelease) later = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  assert_logged (fixture, "release", "Naam coach", "Naam teacher (", clip);
  assert_taps (fixture, visit, FALSE, FALSE);
  other = tb_release_create (fixture->store, visit, clip, "other", "team", "coach", LATER, FALSE, TRUE, NOW, &error);
  g_assert_no_error (error);
  g_assert_false (other->taps); /* the teacher has not seen them */
  g_assert_null (tb_release_give_taps (fixture->store, other->id, "coach", NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  given = tb_release_give_taps (fixture->store, part, "coach", NOW, &error);
  g_assert_no_error (error);
  g_assert_true (given->taps);
  assert_logged (fixture, "taps", "Naam coach", "Naam teacher (", clip);
  assert_taps (fixture, visit, FALSE, TRUE);
  later = tb_release_give_taps (fixture->store, other->id, "coach", NOW, &error);
  g_assert_no_error (error);
  g_assert_true (later->taps);
  tb_release_free (tb_release_give_taps (fixture->store, whole, "coach", NOW, NULL));
  assert_taps (fixture, visit, TRUE, TRUE);

  /* Twice is once, also in the log. */
  again = tb_release_give_taps (fixture->store, whole, "coach", NOW, &error);
  g_assert_no_error (error);
  g_assert_true (again->taps);
  rows = tb_view_log_list (fixture->store, visit, 0, 20, NULL, NULL);
  g_assert_cmpuint (rows->len, ==, 6);
  g_assert_true (g_str_has_suffix (((TbViewLogRow *) rows->pdata[5])->detail, ", bare)"));

  /* One that ended has nothing to give. */
  g_assert_null (tb_release_give_taps (fixture->store, whole, "coach", LATER, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  withdraw (fixture, whole, "coach");
  g_assert_null (tb_release_give_taps (fixture->store, whole, "coach", NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (tb_release_give_taps (fixture->store, "nobody", "coach", NOW, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

/* A release to an earlier teacher carries nobody else's. */
static void
test_other_teacher (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *first = give_id (fixture, visit, NULL, "teacher");
  g_autoptr (GPtrArray) asked = NULL;

  tb_release_free (give (fixture, visit, NULL, "trainee", 0));
  sql (fixture, "UPDATE visit SET teacher_person = 'other' WHERE id = '%s'", visit);
  sql (fixture, "DELETE FROM release WHERE person = 'trainee'");
  give (fixture, visit, NULL, "trainee", TB_ERROR_CONFLICT);
  tb_release_free (give (fixture, visit, NULL, "other", 0));
  tb_release_free (give (fixture, visit, NULL, "trainee", 0));
  asked = tb_release_list_asked_of (fixture->store, "other", NOW, NULL);
  g_assert_cmpuint (asked->len, ==, 1);
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *clip = make_clip (fixture, visit, 10, 20);
  g_autoptr (TbRelease) release = give (fixture, visit, clip, "teacher", 0);
  g_autoptr (json_object) json = tb_release_to_json (release, NOW);
  g_autofree char *text = tb_json_to_text (json);

  g_assert_nonnull (strstr (text, "\"person\":{\"id\":\"teacher\",\"name\":\"Naam teacher\"}"));
  g_assert_nonnull (strstr (text, "\"state\":\"live\""));
  g_assert_nonnull (strstr (text, "\"withdrawn_by\":null"));
  g_assert_nonnull (strstr (text, "\"title\":\"Stukje\",\"from\":10.000000,\"to\":20.000000"));
  g_assert_cmpstr (tb_release_state_name (TB_RELEASE_ASKED), ==, "asked");
}

/* A hundred visits with two hundred releases each: what is asked for every request must not grow with them. */
static void
test_cost (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = make_visit (fixture);
  g_autofree char *clip = make_clip (fixture, visit, 10, 20);
  gint64 before;

  tb_release_free (give (fixture, visit, clip, "teacher", 0));
  sql (fixture,
       "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
       " INSERT INTO release (" COLUMNS ") SELECT 'r' || i, '%s', NULL, 'other', 'team', 'coach', 0, 0, i, i + 1, 1, NULL, NULL, NULL"
       " FROM n WHERE i <= 200;"
       "INSERT INTO visit SELECT 'v' || i, '', '', '', '', '', '', NULL, 1, 1, NULL, 'coach', 'teacher', NULL FROM"
       " (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n);"
       "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
       " INSERT INTO release (" COLUMNS ") SELECT 'x' || i, 'v' || (1 + i %% 100), NULL, 'teacher', 'team', 'coach', 1, 0, i,"
       " 9000000000000000000, 1, NULL, NULL, NULL FROM n",
       visit);
  before = g_get_monotonic_time ();
  for (guint i = 0; i < 2000; i++)
    assert_sees (fixture, visit, "teacher", FALSE, 1);
  g_test_message ("what may be seen: %.1f us", (double) (g_get_monotonic_time () - before) / 2000);
  before = g_get_monotonic_time ();
  for (guint i = 0; i < 2000; i++)
    assert_sees (fixture, "v7", "teacher", TRUE, 0);
  g_test_message ("the same of 200 live ones: %.1f us", (double) (g_get_monotonic_time () - before) / 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/release/order", test_order);
  fixture_add ("/release/refused", test_refused);
  fixture_add ("/release/answer", test_answer);
  fixture_add ("/release/dates", test_dates);
  fixture_add ("/release/withdraw", test_withdraw);
  fixture_add ("/release/withdraw-one", test_withdraw_one);
  fixture_add ("/release/clips", test_clips);
  fixture_add ("/release/stretched", test_stretched);
  fixture_add ("/release/download", test_download);
  fixture_add ("/release/taps", test_taps);
  fixture_add ("/release/other-teacher", test_other_teacher);
  fixture_add ("/release/json", test_json);
  fixture_add ("/release/cost", test_cost);
  return g_test_run ();
}
