/* What was observed elsewhere, taken over at once: as if it had been added one by one. */
#include <string.h>

#include "fixture.h"
#include "store/own-instrument.h"
#include "store/take-over.h"

static TbObservation *
make_state (TbTime at, const char *note)
{
  TbObservation *o = tb_observation_new ("");

  o->instrument = g_strdup ("proef");
  o->code = g_strdup ("overgang");
  o->kind = TB_KIND_STATE;
  o->at = at;
  o->until = at + 1500 * TB_MILLISECOND;
  o->lead = 3 * TB_SECOND;
  o->lag = 2 * TB_SECOND;
  o->rating = TB_RATING_NONE;
  o->subject = g_strdup ("groepje “één”");
  g_free (o->note);
  o->note = g_strdup (note);
  g_free (o->observer);
  o->observer = g_strdup ("Anna \"de\\Wit\"");
  o->valence = TB_VALENCE_STRONG;
  return o;
}

static GPtrArray *
make_observations (guint n)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (list, make_state ((gint64) i * TB_SECOND, i == 0 ? "regel\nen \"meer\"\\\t\x01" : ""));
  return list;
}

/* Takes N observations over into VISIT, or a new one. Ids; NULL with an error. */
static GPtrArray *
take (Fixture *fixture, const char *visit, guint n, const char *person, GError **error)
{
  g_autoptr (GPtrArray) observations = make_observations (n);
  g_autoptr (GPtrArray) visits = g_ptr_array_new ();
  TbTakenVisit taken = { .id = visit, .title = "Les van elders", .note = "een notitie", .length = 600 * TB_SECOND,
                         .instruments = fixture->catalogue, .observations = observations };
  TbTakeOver all = { NULL, person, "Jan", NULL, visits };

  g_ptr_array_add (visits, &taken);
  return tb_take_over (fixture->store, &all, FIXTURE_ZERO + 3600 * TB_SECOND, error);
}

static void
test_new (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ids = take (fixture, NULL, 3, NULL, &error);
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (GPtrArray) observations = NULL;
  const TbObservation *o;

  g_assert_no_error (error);
  g_assert_cmpuint (ids->len, ==, 1);
  visit = tb_visit_get (fixture->store, g_ptr_array_index (ids, 0), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (visit->title, ==, "Les van elders");
  g_assert_cmpstr (visit->note, ==, "een notitie");
  g_assert_cmpstr (tb_visit_state (visit), ==, "ended");
  g_assert_cmpint (visit->ended_at, ==, FIXTURE_ZERO + 3600 * TB_SECOND);
  g_assert_cmpint (visit->ended_at - visit->started_at, ==, 600 * TB_SECOND);
  g_assert_cmpint (visit->seq, ==, 3);
  g_assert_cmpuint (visit->observations, ==, 3);
  observations = tb_observation_list (fixture->store, visit->id, FALSE, NULL, &error);
  g_assert_no_error (error);
  o = g_ptr_array_index (observations, 0);
  g_assert_cmpstr (o->note, ==, "regel\nen \"meer\"\\\t\x01");
  g_assert_cmpstr (o->observer, ==, "Anna \"de\\Wit\"");
  g_assert_cmpint (o->valence, ==, TB_VALENCE_STRONG);
  g_assert_cmpint (o->until, ==, 1500 * TB_MILLISECOND);
}

/* What the journal tells to who follows is what is there; and an addition can be undone and redone as any other. */
static void
test_journal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ids = take (fixture, NULL, 2, NULL, &error);
  const char *visit = g_ptr_array_index (ids, 0);
  g_autoptr (GPtrArray) logged = tb_journal_list (fixture->store, visit, 0, 10, &error);
  g_autoptr (GPtrArray) observations = tb_observation_list (fixture->store, visit, FALSE, NULL, &error);
  const TbObservation *first = g_ptr_array_index (observations, 0);
  const TbObservation *second = g_ptr_array_index (observations, 1);
  const TbLogged *entry = g_ptr_array_index (logged, 0);
  g_autoptr (json_object) operation = tb_json_parse (entry->operation, strlen (entry->operation), &error);
  g_autoptr (json_object) expected = tb_observation_to_json (first);
  g_autoptr (TbObservation) gone = NULL;
  g_autoptr (TbObservation) back = NULL;
  json_object *object = NULL, *id = NULL;
  json_object *undo = make_operation (NULL, "undo", NULL, NULL, NULL, "Jan");

  g_assert_no_error (error);
  g_assert_cmpuint (logged->len, ==, 2);
  g_assert_true (json_object_object_get_ex (operation, "object", &object));
  g_assert_true (json_object_equal (object, expected));
  g_assert_true (json_object_object_get_ex (operation, "id", &id));
  tb_json_add_string (undo, "of", json_object_get_string (id));
  apply_ok (fixture, visit, undo);
  gone = get_observation (fixture, visit, first->id);
  g_assert_true (gone->removed);
  g_assert_cmpstr (gone->note, ==, first->note);
  apply_ok (fixture, visit, make_operation (NULL, "change", "observation", second->id, "{'at':0.5}", "Jan"));
  back = get_observation (fixture, visit, second->id);
  g_assert_cmpint (back->at, ==, TB_SECOND / 2);
  g_assert_cmpstr (back->observer, ==, "Anna \"de\\Wit\"");
}

static void
test_into (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *running = fixture_visit (fixture, FALSE);
  g_autofree char *planned = fixture_visit (fixture, TRUE);
  g_autoptr (GPtrArray) ids = take (fixture, running, 2, NULL, &error);
  g_autoptr (TbVisit) visit = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (g_ptr_array_index (ids, 0), ==, running);
  visit = tb_visit_get (fixture->store, running, &error);
  g_assert_cmpuint (visit->observations, ==, 2);
  g_assert_cmpint (visit->ended_at, ==, 0);
  g_assert_null (take (fixture, planned, 2, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (take (fixture, "01900000-0000-7000-8000-000000000000", 2, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* Nobody who neither coaches nor observes it adds to it. */
  g_assert_null (take (fixture, running, 2, "01900000-0000-7000-8000-000000000000", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
}

/* A state that nobody ended stays so, also when something else of the visit changes. */
static void
test_open (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) observations = make_observations (2);
  g_autoptr (GPtrArray) visits = g_ptr_array_new ();
  TbTakenVisit taken = { .length = 60 * TB_SECOND, .instruments = fixture->catalogue, .observations = observations };
  TbTakeOver all = { NULL, NULL, "Jan", NULL, visits };
  g_autoptr (GPtrArray) ids = NULL;
  TbObservation *open = g_ptr_array_index (observations, 0), *other = g_ptr_array_index (observations, 1);
  g_autoptr (TbObservation) still = NULL;

  open->until = TB_TIME_NONE;
  g_ptr_array_add (visits, &taken);
  ids = tb_take_over (fixture->store, &all, FIXTURE_ZERO, NULL);
  g_assert_nonnull (ids);
  apply_ok (fixture, g_ptr_array_index (ids, 0),
            make_operation (NULL, "change", "observation", other->id, "{'note':'anders'}", "Jan"));
  still = get_observation (fixture, g_ptr_array_index (ids, 0), open->id);
  g_assert_true (tb_observation_is_open (still));
}

static guint told;

static void
on_told (const char *visit, gint64 seq, const char *operation, gpointer data)
{
  told++;
  g_assert_cmpint (seq, ==, told);
  g_assert_nonnull (strstr (operation, "\"action\":\"add\""));
}

static void
test_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = NULL;

  told = 0;
  tb_store_set_listener (fixture->store, on_told, NULL);
  ids = take (fixture, NULL, 5, NULL, NULL);
  g_assert_cmpuint (told, ==, 5);
}

/* A failure half-way leaves nothing behind. */
static void
test_all_or_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) one = make_observations (2);
  g_autoptr (GPtrArray) visits = g_ptr_array_new ();
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  TbTakenVisit good = { .title = "goed", .instruments = fixture->catalogue, .observations = one };
  TbTakenVisit bad = { .id = "01900000-0000-7000-8000-000000000000", .instruments = fixture->catalogue,
                       .observations = one };
  TbTakeOver all = { NULL, NULL, "Jan", fixture->catalogue, visits };

  g_ptr_array_add (visits, &good);
  g_ptr_array_add (visits, &bad);
  g_assert_null (tb_take_over (fixture->store, &all, FIXTURE_ZERO, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  list = tb_visit_list (fixture->store, NULL, NULL, 10, NULL, NULL, NULL);
  g_assert_cmpuint (list->len, ==, 0);
}

/* A new kijkwijzer becomes one of the school's, once. */
static void
test_instrument (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, none);
  g_autoptr (GError) error = NULL;
  TbTakeOver all = { NULL, NULL, "Jan", fixture->catalogue, none };

  for (int i = 0; i < 2; i++) {
    g_autoptr (GPtrArray) ids = tb_take_over (fixture->store, &all, FIXTURE_ZERO, &error);
    g_autoptr (GPtrArray) list = tb_catalogue_list (catalogue, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (ids->len, ==, 0);
    g_assert_cmpuint (list->len, ==, fixture->catalogue->len);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/take-over/new", test_new);
  fixture_add ("/take-over/journal", test_journal);
  fixture_add ("/take-over/into", test_into);
  fixture_add ("/take-over/open", test_open);
  fixture_add ("/take-over/told", test_told);
  fixture_add ("/take-over/all-or-nothing", test_all_or_nothing);
  fixture_add ("/take-over/instrument", test_instrument);
  return g_test_run ();
}
