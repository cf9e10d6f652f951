/* Whose passkey is which, how it signs in, and what ends with it. */
#include <string.h>

#include "fixture.h"
#include "store/passkey.h"

#define NOW FIXTURE_ZERO
#define ES256 (-7)

typedef struct {
  char *anna, *bram;
} People;

static void
people_clear (People *people)
{
  g_free (people->anna);
  g_free (people->bram);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (People, people_clear)

static char *
make_person (Fixture *fixture, const char *name, guint roles)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbPerson) person = tb_person_create (fixture->store, name, name, roles, "hash", NOW, &error);

  g_assert_no_error (error);
  return g_strdup (person->id);
}

static void
make_people (Fixture *fixture, People *people)
{
  people->anna = make_person (fixture, "anna", TB_ROLE_COACH | TB_ROLE_ADMIN);
  people->bram = make_person (fixture, "bram", TB_ROLE_TEACHER);
}

static TbPasskey *
add (Fixture *fixture, const char *person, const char *credential, const char *name, GError **error)
{
  g_autoptr (GBytes) id = g_bytes_new (credential, strlen (credential));
  g_autoptr (GBytes) key = g_bytes_new ("key", 3);

  return tb_passkey_add (fixture->store, person, id, key, ES256, 5, name, "localhost", NOW, error);
}

static TbPasskey *
add_ok (Fixture *fixture, const char *person, const char *credential)
{
  g_autoptr (GError) error = NULL;
  TbPasskey *passkey = add (fixture, person, credential, "  Laptop ", &error);

  g_assert_no_error (error);
  return passkey;
}

static void
assert_refused (Fixture *fixture, const char *person, const char *credential, const char *name, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (add (fixture, person, credential, name, &error));
  g_assert_error (error, TB_ERROR, code);
}

static TbPasskey *
find (Fixture *fixture, const char *credential, const char *rp)
{
  g_autoptr (GBytes) id = g_bytes_new (credential, strlen (credential));
  g_autoptr (GError) error = NULL;
  TbPasskey *passkey = tb_passkey_find (fixture->store, id, rp, &error);

  if (passkey == NULL)
    g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  return passkey;
}

/* The session's id, new; NULL with CODE. */
static char *
sign_in (Fixture *fixture, const char *id, gint64 counter, const char *token, int code)
{
  g_autoptr (GBytes) hash = g_bytes_new (token, strlen (token));
  g_autoptr (TbSession) session = NULL;
  g_autoptr (TbPerson) person = NULL;
  g_autoptr (GError) error = NULL;

  if (tb_passkey_sign_in (fixture->store, id, counter, hash, "Firefox", NOW + 1, &session, &person, &error)) {
    g_assert_cmpint (code, ==, 0);
    g_assert_cmpstr (session->person, ==, person->id);
    return g_strdup (session->id);
  }
  g_assert_error (error, TB_ERROR, code);
  g_assert_null (session);
  return NULL;
}

static guint
count_sessions (Fixture *fixture, const char *person)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions = tb_session_list (fixture->store, person, NOW + 2, &error);

  g_assert_no_error (error);
  return sessions->len;
}

static void
test_add (Fixture *fixture, gconstpointer data)
{
  g_auto (People) people = { 0 };
  g_autofree char *longest = g_strnfill (TB_PASSKEY_NAME_MAX, 'x');
  g_autofree char *longer = g_strnfill (TB_PASSKEY_NAME_MAX + 1, 'x');
  g_autoptr (TbPasskey) made = NULL;
  g_autoptr (TbPasskey) found = NULL;
  g_autoptr (GPtrArray) list = NULL;

  make_people (fixture, &people);
  made = add_ok (fixture, people.anna, "one");
  g_assert_cmpstr (made->name, ==, "Laptop");
  fixture_reopen (fixture);
  found = find (fixture, "one", "localhost");
  g_assert_cmpstr (found->id, ==, made->id);
  g_assert_cmpstr (found->person, ==, people.anna);
  g_assert_cmpint (found->algorithm, ==, ES256);
  g_assert_cmpint (found->counter, ==, 5);
  g_assert_cmpint (found->created_at, ==, NOW);
  g_assert_cmpint (found->used_at, ==, 0);
  g_assert_true (g_bytes_equal (found->public_key, made->public_key));
  g_assert_null (find (fixture, "one", "laptop.local"));
  g_assert_null (find (fixture, "on", "localhost"));
  assert_refused (fixture, people.anna, "one", "x", TB_ERROR_CONFLICT);
  assert_refused (fixture, people.bram, "one", "x", TB_ERROR_CONFLICT);
  assert_refused (fixture, people.anna, "two", " ", TB_ERROR_INVALID);
  assert_refused (fixture, people.anna, "two", longer, TB_ERROR_INVALID);
  assert_refused (fixture, people.anna, "two", "\xff", TB_ERROR_INVALID);
  assert_refused (fixture, "nobody", "two", "x", TB_ERROR_NOT_FOUND);
  for (guint i = 1; i < TB_PASSKEYS_MAX; i++) {
    g_autofree char *credential = g_strdup_printf ("more %u", i);
    g_autoptr (TbPasskey) more = add (fixture, people.anna, credential, longest, NULL);

    g_assert_nonnull (more);
  }
  assert_refused (fixture, people.anna, "one too many", "x", TB_ERROR_CONFLICT);
  list = tb_passkey_list (fixture->store, people.anna, NULL);
  g_assert_cmpuint (list->len, ==, TB_PASSKEYS_MAX);
}

static void
test_count (Fixture *fixture, gconstpointer data)
{
  static const struct {
    gint64 counter;
    int code;
  } steps[] = {
    { 5, TB_ERROR_DENIED }, { 0, TB_ERROR_DENIED }, { 6, 0 }, { 6, TB_ERROR_DENIED }, { 4294967295, 0 },
    { 1, TB_ERROR_DENIED }, { 0, TB_ERROR_DENIED },
  };
  g_auto (People) people = { 0 };
  g_autoptr (TbPasskey) passkey = NULL;
  g_autoptr (TbPasskey) after = NULL;

  make_people (fixture, &people);
  passkey = add_ok (fixture, people.anna, "one");
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree char *token = g_strdup_printf ("token %d", (int) i);
    g_autofree char *session = sign_in (fixture, passkey->id, steps[i].counter, token, steps[i].code);
  }
  g_assert_cmpuint (count_sessions (fixture, people.anna), ==, 2);
  after = find (fixture, "one", "localhost");
  g_assert_cmpint (after->counter, ==, 4294967295);
  g_assert_cmpint (after->used_at, ==, NOW + 1);
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  g_auto (People) people = { 0 };
  g_autoptr (TbPasskey) one = NULL;
  g_autoptr (TbPasskey) two = NULL;
  g_autoptr (GBytes) hash = g_bytes_new ("by passphrase", 13);
  g_autoptr (TbSession) other = NULL;
  g_autoptr (GPtrArray) ended = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *lost = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *by_two = NULL;

  make_people (fixture, &people);
  one = add_ok (fixture, people.anna, "one");
  two = add_ok (fixture, people.anna, "two");
  other = tb_session_create (fixture->store, people.anna, hash, "Safari", NOW, &error);
  g_assert_no_error (error);
  lost = sign_in (fixture, one->id, 6, "a", 0);
  kept = sign_in (fixture, one->id, 7, "b", 0);
  by_two = sign_in (fixture, two->id, 6, "c", 0);
  g_assert_false (tb_passkey_remove (fixture->store, people.bram, one->id, NULL, &ended, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  tb_passkey_remove (fixture->store, people.anna, one->id, kept, &ended, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ended->len, ==, 1);
  g_assert_cmpstr (ended->pdata[0], ==, lost);
  g_assert_cmpuint (count_sessions (fixture, people.anna), ==, 3);
  sign_in (fixture, one->id, 8, "d", TB_ERROR_NOT_FOUND);
  tb_passkey_remove_all (fixture->store, people.anna, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_sessions (fixture, people.anna), ==, 2);
  g_assert_null (find (fixture, "two", "localhost"));
}

static void
test_disabled (Fixture *fixture, gconstpointer data)
{
  g_auto (People) people = { 0 };
  g_autoptr (TbPasskey) passkey = NULL;
  g_autoptr (TbPasskey) back = NULL;
  g_autofree char *session = NULL;
  g_autoptr (GError) error = NULL;

  make_people (fixture, &people);
  passkey = add_ok (fixture, people.bram, "one");
  session = sign_in (fixture, passkey->id, 6, "a", 0);
  tb_person_set_disabled (fixture->store, people.bram, TRUE, NOW, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_sessions (fixture, people.bram), ==, 0);
  g_assert_null (find (fixture, "one", "localhost"));
  /* Found before it happened, used after. */
  sign_in (fixture, passkey->id, 7, "b", TB_ERROR_NOT_FOUND);
  assert_refused (fixture, people.bram, "two", "x", TB_ERROR_NOT_FOUND);
  tb_person_set_disabled (fixture->store, people.bram, FALSE, NOW, &error);
  g_assert_no_error (error);
  back = find (fixture, "one", "localhost");
  g_assert_cmpint (back->counter, ==, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/passkey/add", test_add);
  fixture_add ("/passkey/count", test_count);
  fixture_add ("/passkey/remove", test_remove);
  fixture_add ("/passkey/disabled", test_disabled);
  return g_test_run ();
}
