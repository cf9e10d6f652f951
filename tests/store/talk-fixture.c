#include "talk-fixture.h"

#include "store/talk.h"

static char *
make_person (Talk *talk, const char *name, guint roles)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *login = g_ascii_strdown (name, -1);
  g_autoptr (TbPerson) person = tb_person_create (talk->store, name, login, roles, "hash", NOW, &error);

  g_assert_no_error (error);
  return g_strdup (person->id);
}

char *
talk_visit (Talk *talk, const char *coach, const char *teacher, gboolean planned)
{
  g_autoptr (json_object) fields = from_text ("{'title':'Rekenen','instruments':['proef'],'teacher':'Juf Sanne'}");
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (GError) error = NULL;
  gint64 zero = 0;

  tb_json_add_string (fields, "teacher_person", teacher);
  visit = tb_visit_create (talk->store, coach, fields, talk->base.catalogue, &error);
  g_assert_no_error (error);
  if (!planned)
    g_assert_true (tb_visit_start (talk->store, visit->id, NOW, &zero, NULL));
  return g_strdup (visit->id);
}

void
talk_set_up (Talk *talk, gconstpointer data)
{
  fixture_set_up (&talk->base, data);
  talk->store = talk->base.store;
  talk->coach = make_person (talk, "Anna", TB_ROLE_COACH);
  talk->coach2 = make_person (talk, "Bram", TB_ROLE_COACH);
  talk->teacher = make_person (talk, "Sanne", TB_ROLE_TEACHER);
  talk->teacher2 = make_person (talk, "Tom", TB_ROLE_TEACHER);
  talk->trainee = make_person (talk, "Iris", TB_ROLE_TRAINEE);
  talk->head = make_person (talk, "Henk", TB_ROLE_HEAD);
  talk->admin = make_person (talk, "Ada", TB_ROLE_ADMIN);
  talk->privacy = make_person (talk, "Pim", TB_ROLE_PRIVACY);
  talk->visit = talk_visit (talk, talk->coach, talk->teacher, FALSE);
}

void
talk_tear_down (Talk *talk, gconstpointer data)
{
  talk->base.store = talk->store;
  fixture_tear_down (&talk->base, data);
  g_free (talk->coach);
  g_free (talk->coach2);
  g_free (talk->teacher);
  g_free (talk->teacher2);
  g_free (talk->trainee);
  g_free (talk->head);
  g_free (talk->admin);
  g_free (talk->privacy);
  g_free (talk->visit);
}

void
talk_reopen (Talk *talk)
{
  fixture_reopen (&talk->base);
  talk->store = talk->base.store;
}

void
talk_reveal (Talk *talk, const char *visit, const char *coach)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbTalk) revealed = tb_talk_reveal (talk->store, visit, coach, TRUE, TRUE, NOW, &error);

  g_assert_no_error (error);
  g_assert_cmpint (revealed->revealed_at, ==, NOW);
}
