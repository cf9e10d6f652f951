#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "store/person.h"
#include "store/search.h"
#include "store/store-private.h"

/* Visits have a coach here: only then is there anything to find. */
static void
give (Fixture *fixture, const char *visit, const char *coach)
{
  g_autoptr (GError) error = NULL;
  g_auto (TbWrite) write = { 0 };

  g_assert_true (tb_write_begin (&write, fixture->store, &error));
  tb_db_exec (write.db, &error,
              "INSERT INTO person (id, name, name_key, login, created_wall) VALUES (?1, ?1, ?1, ?1, 1) ON CONFLICT DO NOTHING", "s",
              coach);
  g_assert_no_error (error);
  tb_db_exec (write.db, &error, "UPDATE visit SET coach = ?2 WHERE id = ?1", "ss", visit, coach);
  g_assert_no_error (error);
  g_assert_true (tb_write_commit (&write, &error));
}

/* An observation of VISIT; FIELDS as in make_operation(). Its id, new. */
static char *
observe (Fixture *fixture, const char *visit, const char *fields)
{
  char *id = tb_uuid_new ();

  apply_ok (fixture, visit, make_operation (NULL, "add", "observation", id, fields, "Marieke"));
  return id;
}

static void
catch_up (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tb_search_catch_up (fixture->store, NULL, &error));
  g_assert_no_error (error);
}

static GPtrArray *
find (Fixture *fixture, const char *coach, const char *words)
{
  const TbSearchQuestion question = { .coach = coach, .words = words, .limit = 50 };
  g_autoptr (GError) error = NULL;
  gboolean more = TRUE;
  GPtrArray *hits = tb_search_find (fixture->store, &question, NULL, NULL, &more, &error);

  g_assert_no_error (error);
  g_assert_false (more);
  g_ptr_array_set_free_func (hits, (GDestroyNotify) tb_search_hit_free);
  return hits;
}

static guint
count (Fixture *fixture, const char *coach, const char *words)
{
  g_autoptr (GPtrArray) hits = find (fixture, coach, words);

  return hits->len;
}

static void
test_words (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *one = observe (fixture, visit, "{'at':10,'note':'Sem gaf een compliment aan Zoë, in groep-6!'}");
  g_autofree char *two = observe (fixture, visit, "{'at':20,'note':'COMPLIMENTEN over café','subject':'Straße'}");
  g_autofree char *three = observe (fixture, visit, "{'at':30,'instrument':'proef','code':'vraag','subject':'klas'}");
  g_autoptr (GPtrArray) hits = NULL;
  const TbSearchHit *hit;
  static const char *const nothing[] = { "", " ", "!!", "\"", "'", "*", "(", "\"\" *", "^", "- -" };
  static const char *const strange[]
      = { "\"compliment", "compliment\"", "compliment AND", "compliment OR (", "NEAR(compliment", "words:compliment",
          "compliment*", "-compliment", "^compliment", "NOT compliment", "{compliment}", "\xf0\x9f\x8e\x89 compliment",
          "_c", "_k compliment", "compliment; DROP TABLE searched" };

  give (fixture, visit, "coach-1");
  catch_up (fixture);
  hits = find (fixture, "coach-1", "compliment");
  g_assert_cmpuint (hits->len, ==, 2);
  hit = hits->pdata[0];
  g_assert_cmpstr (hit->observation->id, ==, two); /* the newest first */
  g_assert_cmpstr (hit->visit, ==, visit);
  g_assert_cmpstr (hit->visit_title, ==, "Rekenen");
  g_assert_cmpint (hit->visit_started_at, ==, FIXTURE_ZERO);
  g_assert_cmpstr (hit->observation->note, ==, "COMPLIMENTEN over café");
  g_assert_null (hit->code_nl);

  g_assert_cmpuint (count (fixture, "coach-1", "zoe compl"), ==, 1);
  g_assert_cmpuint (count (fixture, "coach-1", "CAFE"), ==, 1);
  g_assert_cmpuint (count (fixture, "coach-1", "caf\u00c9"), ==, 1);
  g_assert_cmpuint (count (fixture, "coach-1", "strasse"), ==, 1);
  g_assert_cmpuint (count (fixture, "coach-1", "c"), ==, 3); /* “Class” too: what the subject of the third is called in English */
  g_assert_cmpuint (count (fixture, "coach-1", "compli"), ==, 2);
  g_assert_cmpuint (count (fixture, "coach-1", "compli zoe"), ==, 0); /* only the last word may be a beginning */
  g_assert_cmpuint (count (fixture, "coach-1", "groep 6"), ==, 1);
  g_assert_cmpuint (count (fixture, "coach-1", "groep-6"), ==, 1);
  g_assert_cmpuint (count (fixture, "coach-1", "nergens"), ==, 0);
  g_assert_cmpuint (count (fixture, "coach-2", "compliment"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++)
    g_assert_cmpuint (count (fixture, "coach-1", nothing[i]), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (strange); i++)
    g_assert_cmpuint (count (fixture, "coach-1", strange[i]), <=, 3);

  {
    const TbSearchQuestion question = { .coach = "coach-1", .code = "proef/vraag", .limit = 5 };
    gboolean more;
    g_autoptr (GPtrArray) of_code = tb_search_find (fixture->store, &question, NULL, NULL, &more, NULL);
    g_autofree char *title = NULL;

    g_assert_cmpuint (of_code->len, ==, 1);
    hit = of_code->pdata[0];
    g_assert_cmpstr (hit->observation->id, ==, three);
    g_assert_nonnull (hit->code_nl);
    g_assert_nonnull (hit->code_en);
    title = g_strdup (hit->code_nl);
    g_assert_cmpuint (count (fixture, "coach-1", title), ==, 1);
    g_ptr_array_set_free_func (of_code, (GDestroyNotify) tb_search_hit_free);
  }
}

/* What changes is found as it is now; what was removed or is another's is not. */
static void
test_changes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE), *other = fixture_visit (fixture, FALSE);
  g_autofree char *one = observe (fixture, visit, "{'at':10,'note':'appel'}");
  g_autofree char *two = observe (fixture, other, "{'at':10,'note':'appel'}"); /* at one and the same instant */
  g_autoptr (GError) error = NULL;

  give (fixture, visit, "coach-1");
  give (fixture, other, "coach-1");
  catch_up (fixture);
  g_assert_cmpuint (count (fixture, "coach-1", "appel"), ==, 2);
  apply_ok (fixture, visit, make_operation (NULL, "change", "observation", one, "{'note':'peer'}", "Marieke"));
  g_assert_true (tb_search_update (fixture->store, visit, &error));
  g_assert_cmpuint (count (fixture, "coach-1", "appel"), ==, 1);
  g_assert_cmpuint (count (fixture, "coach-1", "peer"), ==, 1);
  apply_ok (fixture, visit, make_operation (NULL, "remove", "observation", one, NULL, "Marieke"));
  g_assert_cmpuint (count (fixture, "coach-1", "peer"), ==, 0); /* the index is behind, and yet */
  catch_up (fixture);
  g_assert_cmpuint (count (fixture, "coach-1", "peer"), ==, 0);
  apply_ok (fixture, visit, make_operation (NULL, "undo", NULL, NULL, NULL, "Marieke"));
  catch_up (fixture);
  g_assert_cmpuint (count (fixture, "coach-1", "peer"), ==, 1);

  give (fixture, other, "coach-2");
  g_assert_cmpuint (count (fixture, "coach-1", "appel"), ==, 0);
  catch_up (fixture);
  g_assert_cmpuint (count (fixture, "coach-2", "appel"), ==, 1);
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *last = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean more = TRUE;
  TbTime at = G_MAXINT64;
  guint pages = 0;

  for (guint i = 0; i < 130; i++) {
    /* More at one millisecond than there are places for. */
    g_autofree char *fields = g_strdup_printf ("{'at':%u,'note':'les %u'}", i < 100 ? 5 : i, i);

    g_free (observe (fixture, visit, fields));
  }
  give (fixture, visit, "coach-1");
  catch_up (fixture);
  while (more) {
    const TbSearchQuestion question = { .coach = "coach-1", .words = "le", .limit = 40, .before = last };
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) hits = tb_search_find (fixture->store, &question, NULL, NULL, &more, &error);

    g_assert_no_error (error);
    g_ptr_array_set_free_func (hits, (GDestroyNotify) tb_search_hit_free);
    for (guint i = 0; i < hits->len; i++) {
      const TbSearchHit *hit = hits->pdata[i];

      g_assert_true (g_hash_table_add (seen, g_strdup (hit->observation->id)));
      g_assert_cmpint (hit->observation->at, <=, at);
      at = hit->observation->at;
      g_free (last);
      last = g_strdup (hit->observation->id);
    }
    g_assert_cmpuint (++pages, <=, 4);
  }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 130);
}

static gboolean
not_of_anna (const char *visit, const char *observer, gpointer data)
{
  return strcmp (observer, "Anna") != 0;
}

static void
test_layers (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  const TbSearchQuestion question = { .coach = "coach-1", .words = "appel", .limit = 2 };
  g_autoptr (GPtrArray) hits = NULL;
  gboolean more;

  for (guint i = 0; i < 20; i++) {
    g_autofree char *fields
        = g_strdup_printf ("{'at':%u,'note':'appel','observer':'%s'}", i, i % 7 == 0 ? "Marieke" : "Anna");

    g_free (observe (fixture, visit, fields));
  }
  give (fixture, visit, "coach-1");
  catch_up (fixture);
  hits = tb_search_find (fixture->store, &question, not_of_anna, NULL, &more, NULL);
  g_ptr_array_set_free_func (hits, (GDestroyNotify) tb_search_hit_free);
  g_assert_cmpuint (hits->len, ==, 2); /* at 14 and 7; at 0 is one more */
  g_assert_true (more);
  g_assert_cmpint (((TbSearchHit *) hits->pdata[0])->observation->at, ==, 14 * TB_SECOND);
}

/* The index may be thrown away, or of another journal: it is made again. */
static void
test_lost (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *one = observe (fixture, visit, "{'at':10,'note':'appel'}");
  g_autofree char *copy = g_strconcat (fixture->cache, ".before", NULL);
  g_autoptr (GError) error = NULL;

  give (fixture, visit, "coach-1");
  catch_up (fixture);
  g_clear_pointer (&fixture->store, tb_store_close);
  g_assert_cmpint (g_unlink (fixture->cache), ==, 0);
  fixture_reopen (fixture);
  g_assert_cmpuint (count (fixture, "coach-1", "appel"), ==, 0);
  catch_up (fixture);
  g_assert_cmpuint (count (fixture, "coach-1", "appel"), ==, 1);

  {
    g_auto (TbWrite) write = { 0 };

    /* As after putting back a copy of the database: as many entries, and others. */
    g_assert_true (tb_write_begin (&write, fixture->store, &error));
    tb_db_exec (write.db, &error, "UPDATE journal SET id = 'other' WHERE visit = ?1", "s", visit);
    tb_db_exec (write.db, &error, "UPDATE observation SET note = 'peer' WHERE visit = ?1", "s", visit);
    g_assert_no_error (error);
    g_assert_true (tb_write_commit (&write, &error));
  }
  catch_up (fixture);
  g_assert_cmpuint (count (fixture, "coach-1", "appel"), ==, 0);
  g_assert_cmpuint (count (fixture, "coach-1", "peer"), ==, 1);
}

/* Who owns most of the visits, though none of the newest, finds what is theirs. */
static void
test_most (Fixture *fixture, gconstpointer data)
{
  char *visits[3] = { fixture_visit (fixture, FALSE), fixture_visit (fixture, FALSE),
                      fixture_visit (fixture, FALSE) };
  const TbSearchQuestion question = { .coach = "coach-1", .words = "appel", .limit = 2 };
  gboolean more;

  for (guint i = 0; i < 30; i++) {
    g_autofree char *fields = g_strdup_printf ("{'at':%u,'note':'appel'}", i);

    g_free (observe (fixture, visits[i < 4 ? i % 2 : 2], fields));
  }
  for (guint i = 0; i < 3; i++)
    give (fixture, visits[i], i < 2 ? "coach-1" : "coach-2");
  catch_up (fixture);
  {
    g_autoptr (GPtrArray) hits = tb_search_find (fixture->store, &question, NULL, NULL, &more, NULL);

    g_ptr_array_set_free_func (hits, (GDestroyNotify) tb_search_hit_free);
    g_assert_cmpuint (hits->len, ==, 2);
    g_assert_true (more);
    g_assert_cmpint (((TbSearchHit *) hits->pdata[1])->observation->at, ==, 2 * TB_SECOND);
  }
  g_assert_cmpuint (count (fixture, "coach-2", "appel"), ==, 26);
  for (guint i = 0; i < 3; i++)
    g_free (visits[i]);
}

static void
test_keeper (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autoptr (TbSearchKeeper) keeper = NULL;
  g_autofree char *one = observe (fixture, visit, "{'at':10,'note':'appel'}");
  g_autofree char *two = NULL;

  give (fixture, visit, "coach-1");
  keeper = tb_search_keeper_new (fixture->store);
  while (count (fixture, "coach-1", "appel") == 0)
    g_usleep (2000);
  two = observe (fixture, visit, "{'at':11,'note':'appel'}");
  tb_search_keeper_tell (keeper, visit);
  while (count (fixture, "coach-1", "appel") == 1)
    g_usleep (2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/search/words", test_words);
  fixture_add ("/search/changes", test_changes);
  fixture_add ("/search/pages", test_pages);
  fixture_add ("/search/layers", test_layers);
  fixture_add ("/search/most", test_most);
  fixture_add ("/search/lost", test_lost);
  fixture_add ("/search/keeper", test_keeper);
  return g_test_run ();
}
