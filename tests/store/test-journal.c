/* The journal through the store: taps, two authors, undo, late deliveries. */
#include <string.h>

#include "fixture.h"
#include "store/counting.h"

static void
test_tap (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *target = tb_uuid_new ();
  g_autofree char *wall = tb_wall_format (FIXTURE_ZERO + 12345678 * G_GINT64_CONSTANT (1000));
  g_autofree char *fields
      = g_strdup_printf ("{'instrument':'proef','code':'compliment','tapped_at':'%s','uncertainty':0.004}", wall);
  g_autoptr (TbResult) result
      = apply (fixture, visit, make_operation (NULL, "add", "observation", target, fields, "anna"), TB_STATUS_APPLIED);
  g_autoptr (TbObservation) o = get_observation (fixture, visit, target);
  g_autoptr (TbVisit) whole = tb_visit_get (fixture->store, visit, NULL);
  TbTime from, to;

  g_assert_cmpint (result->seq, ==, 1);
  g_assert_cmpint (o->at, ==, 12345678 * G_GINT64_CONSTANT (1000));
  g_assert_cmpint (o->tapped_time, ==, o->at);
  g_assert_cmpint (o->lead, ==, 8 * TB_SECOND);
  g_assert_cmpint (o->lag, ==, 4 * TB_SECOND);
  g_assert_cmpint (o->kind, ==, TB_KIND_POINT);
  g_assert_cmpstr (o->observer, ==, "anna");
  tb_observation_clip (o, &from, &to);
  g_assert_cmpint (from, ==, o->at - 8 * TB_SECOND);
  g_assert_cmpint (to, ==, o->at + 4 * TB_SECOND);
  g_assert_nonnull (strstr (result->operation, "\"at\":12.345678"));
  g_assert_nonnull (strstr (result->operation, "\"seq\":1"));
  g_assert_nonnull (strstr (result->operation, "\"uncertainty\":0.004"));
  g_assert_cmpuint (whole->observations, ==, 1);
  g_assert_cmpint (whole->seq, ==, 1);

  /* Moved by hand: where it was tapped stays. */
  apply_ok (fixture, visit, make_operation (NULL, "change", "observation", target, "{'at':11}", "anna"));
  g_clear_pointer (&o, tb_observation_free);
  o = get_observation (fixture, visit, target);
  g_assert_cmpint (o->at, ==, 11 * TB_SECOND);
  g_assert_cmpint (o->tapped_at, ==, FIXTURE_ZERO + 12345678 * G_GINT64_CONSTANT (1000));
}

static void
test_not_started (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, TRUE);
  g_autofree char *target = tb_uuid_new ();
  g_autoptr (TbResult) result = apply (
      fixture, visit, make_operation (NULL, "add", "observation", target, "{'at':1}", "anna"), TB_STATUS_REFUSED);

  g_assert_error (result->error, TB_ERROR, TB_ERROR_CONFLICT);
  g_assert_cmpstr (result->code, ==, "visit-not-started");
}

static void
test_twice (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *other = fixture_visit (fixture, FALSE);
  g_autofree char *target = tb_uuid_new ();
  g_autofree char *id = tb_uuid_new ();
  g_autoptr (TbResult) second = NULL;
  g_autoptr (TbResult) elsewhere = NULL;
  gint64 seq = 0;

  apply_ok (fixture, visit, make_operation (id, "add", "observation", target, "{'at':1}", "anna"));
  apply_ok (fixture, visit, make_operation (NULL, "change", "observation", target, "{'at':2}", "anna"));
  fixture_reopen (fixture);
  second = apply (fixture, visit, make_operation (id, "add", "observation", target, "{'at':1}", "anna"),
                  TB_STATUS_DUPLICATE);
  g_assert_cmpint (second->seq, ==, 1);
  g_assert_true (tb_journal_seq (fixture->store, visit, &seq, NULL));
  g_assert_cmpint (seq, ==, 2);
  elsewhere = apply (fixture, other, make_operation (id, "add", "observation", target, "{'at':1}", "anna"),
                     TB_STATUS_REFUSED);
  g_assert_error (elsewhere->error, TB_ERROR, TB_ERROR_CONFLICT);
}

/* Good and bad ones in one delivery: each has its own answer. */
static void
test_batch (Fixture *fixture, gconstpointer data)
{
  static const TbStatus expected[]
      = { TB_STATUS_APPLIED, TB_STATUS_REFUSED, TB_STATUS_REFUSED, TB_STATUS_REFUSED, TB_STATUS_DUPLICATE,
          TB_STATUS_APPLIED, TB_STATUS_REFUSED };
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *target = tb_uuid_new ();
  g_autofree char *unknown = tb_uuid_new ();
  g_autofree char *id = tb_uuid_new ();
  g_autoptr (json_object) list = json_object_new_array ();
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GError) error = NULL;
  gint64 seq = 0;

  json_object_array_add (list, make_operation (id, "add", "observation", target, "{'at':1}", "anna"));
  json_object_array_add (list, json_object_new_int (7));
  json_object_array_add (list, make_operation (NULL, "change", "observation", unknown, "{'at':1}", "anna"));
  json_object_array_add (list, make_operation (NULL, "add", "observation", unknown, "{'at':'x'}", "anna"));
  json_object_array_add (list, make_operation (id, "add", "observation", target, "{'at':1}", "anna"));
  json_object_array_add (list, make_operation (NULL, "remove", "observation", target, NULL, "anna"));
  json_object_array_add (list, make_operation (NULL, "undo", NULL, NULL, NULL, "niemand"));
  results = tb_journal_apply (fixture->store, visit, list, &seq, &error);
  g_assert_no_error (error);
  g_assert_cmpint (seq, ==, 2);
  g_assert_cmpuint (results->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < results->len; i++) {
    const TbResult *result = g_ptr_array_index (results, i);
    g_autoptr (json_object) json = tb_result_to_json (result);

    g_assert_cmpint (result->status, ==, expected[i]);
    g_assert_true ((result->error != NULL) == (expected[i] == TB_STATUS_REFUSED));
  }
}

static void
test_batch_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autoptr (json_object) many = json_object_new_array ();
  g_autoptr (json_object) none = json_object_new_object ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= TB_JOURNAL_BATCH_MAX; i++)
    json_object_array_add (many, json_object_new_int (1));
  g_assert_null (tb_journal_apply (fixture->store, visit, many, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (tb_journal_apply (fixture->store, visit, none, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  json_object_array_del_idx (many, 0, TB_JOURNAL_BATCH_MAX + 1);
  g_assert_null (tb_journal_apply (fixture->store, "geen", many, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

static void
test_two_authors (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *target = tb_uuid_new ();
  g_autoptr (TbObservation) o = NULL;
  g_autoptr (TbResult) none = NULL;
  g_autofree char *last = NULL;

  apply_ok (fixture, visit,
            make_operation (NULL, "add", "observation", target, "{'instrument':'proef','code':'vraag','at':5}", "anna"));
  apply_ok (fixture, visit, make_operation (NULL, "change", "observation", target, "{'note':'van Anna'}", "anna"));
  apply_ok (fixture, visit, make_operation (NULL, "change", "observation", target, "{'valence':'sterk'}", "bram"));
  apply_ok (fixture, visit, make_operation (NULL, "change", "observation", target, "{'note':'van Bram'}", "bram"));

  /* Anna takes back her note: Bram's later one stays, and his valence. */
  apply_ok (fixture, visit, make_operation (NULL, "undo", NULL, NULL, NULL, "anna"));
  o = get_observation (fixture, visit, target);
  g_assert_cmpstr (o->note, ==, "van Bram");
  g_assert_cmpint (o->valence, ==, TB_VALENCE_STRONG);
  g_clear_pointer (&o, tb_observation_free);

  /* Bram takes his back too: nothing is left of either. */
  apply_ok (fixture, visit, make_operation (NULL, "undo", NULL, NULL, NULL, "bram"));
  o = get_observation (fixture, visit, target);
  g_assert_cmpstr (o->note, ==, "");
  g_assert_cmpint (o->valence, ==, TB_VALENCE_STRONG);
  g_clear_pointer (&o, tb_observation_free);

  /* Redo: the undo of the undo. */
  g_assert_true (tb_journal_last (fixture->store, visit, "anna", "anna", TRUE, &last, NULL));
  g_assert_nonnull (last);
  {
    json_object *redo = make_operation (NULL, "undo", NULL, NULL, NULL, "anna");

    tb_json_add_string (redo, "of", last);
    apply_ok (fixture, visit, redo);
  }
  o = get_observation (fixture, visit, target);
  g_assert_cmpstr (o->note, ==, "van Anna");
  g_clear_pointer (&last, g_free);
  g_assert_true (tb_journal_last (fixture->store, visit, "anna", "anna", TRUE, &last, NULL));
  g_assert_null (last);

  none = apply (fixture, visit, make_operation (NULL, "undo", NULL, NULL, NULL, "carla"), TB_STATUS_REFUSED);
  g_assert_error (none->error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

static void
test_undo_add (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *target = tb_uuid_new ();
  g_autofree char *undo_id = tb_uuid_new ();
  g_autoptr (GPtrArray) shown = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (TbObservation) o = NULL;
  g_autoptr (TbResult) again = NULL;
  json_object *operation;

  apply_ok (fixture, visit, make_operation (NULL, "add", "observation", target, "{'at':5,'note':'n'}", "anna"));
  apply_ok (fixture, visit, make_operation (undo_id, "undo", NULL, NULL, NULL, "anna"));
  shown = tb_observation_list (fixture->store, visit, FALSE, NULL, NULL);
  all = tb_observation_list (fixture->store, visit, TRUE, NULL, NULL);
  g_assert_cmpuint (shown->len, ==, 0);
  g_assert_cmpuint (all->len, ==, 1);
  operation = make_operation (NULL, "undo", NULL, NULL, NULL, "anna");
  tb_json_add_string (operation, "of", undo_id);
  apply_ok (fixture, visit, json_object_get (operation));
  o = get_observation (fixture, visit, target);
  g_assert_false (o->removed);
  g_assert_cmpstr (o->note, ==, "n");

  /* The same undo cannot be undone twice. */
  {
    g_autofree char *id = tb_uuid_new ();

    tb_json_add_string (operation, "id", id);
  }
  again = apply (fixture, visit, operation, TB_STATUS_REFUSED);
  g_assert_error (again->error, TB_ERROR, TB_ERROR_CONFLICT);
}

static void
test_end_closes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *target = tb_uuid_new ();
  g_autofree char *late = tb_uuid_new ();
  g_autoptr (GPtrArray) operations = NULL;
  g_autoptr (GPtrArray) logged = NULL;
  g_autoptr (TbObservation) o = NULL;
  g_autoptr (TbObservation) delivered = NULL;
  g_autoptr (GError) error = NULL;

  apply_ok (fixture, visit,
            make_operation (NULL, "add", "observation", target, "{'instrument':'proef','code':'overgang','at':10}",
                            "anna"));
  o = get_observation (fixture, visit, target);
  g_assert_true (tb_observation_is_open (o));
  g_clear_pointer (&o, tb_observation_free);
  g_assert_true (tb_visit_end (fixture->store, visit, FIXTURE_ZERO + 100 * TB_SECOND, &operations, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (operations->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (operations, 0), "\"author\":\"terugblik\""));
  o = get_observation (fixture, visit, target);
  g_assert_cmpint (o->until, ==, 100 * TB_SECOND);
  g_assert_cmpstr (o->closed_by, ==, "end");
  g_clear_pointer (&o, tb_observation_free);

  /* A tablet that was away brings the true end, and a state of its own that it never ended. */
  apply_ok (fixture, visit,
            make_operation (NULL, "change", "observation", target,
                            "{'until_tapped_at':'2026-09-21T14:14:10Z'}", "anna"));
  o = get_observation (fixture, visit, target);
  g_assert_null (o->closed_by);
  apply_ok (fixture, visit,
            make_operation (NULL, "add", "observation", late, "{'instrument':'proef','code':'overgang','at':120}",
                            "bram"));
  delivered = get_observation (fixture, visit, late);
  g_assert_cmpint (delivered->until, ==, 120 * TB_SECOND);
  g_assert_cmpstr (delivered->closed_by, ==, "end");
  logged = tb_journal_list (fixture->store, visit, 0, 100, &error);
  g_assert_cmpuint (logged->len, ==, 5);
}

static void
test_late_tap (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *target = tb_uuid_new ();
  g_autofree char *before_zero = tb_uuid_new ();
  g_autofree char *at = tb_wall_format (FIXTURE_ZERO + 30 * TB_SECOND);
  g_autofree char *early = tb_wall_format (FIXTURE_ZERO - 20 * TB_MILLISECOND);
  g_autofree char *fields = g_strdup_printf ("{'tapped_at':'%s'}", at);
  g_autofree char *early_fields = g_strdup_printf ("{'tapped_at':'%s'}", early);
  g_autoptr (TbObservation) o = NULL;
  g_autoptr (TbObservation) first = NULL;

  g_assert_true (tb_visit_end (fixture->store, visit, FIXTURE_ZERO + 60 * TB_SECOND, NULL, NULL));
  apply_ok (fixture, visit, make_operation (NULL, "add", "observation", target, fields, "anna"));
  o = get_observation (fixture, visit, target);
  g_assert_cmpint (o->at, ==, 30 * TB_SECOND);
  apply_ok (fixture, visit, make_operation (NULL, "add", "observation", before_zero, early_fields, "anna"));
  first = get_observation (fixture, visit, before_zero);
  g_assert_cmpint (first->at, ==, 0);
  g_assert_cmpint (first->tapped_time, ==, -20 * TB_MILLISECOND);
}

static void
test_clips (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *other = fixture_visit (fixture, FALSE);
  g_autofree char *id = tb_uuid_new ();
  g_autoptr (GPtrArray) clips = NULL;
  g_autoptr (TbClip) clip = NULL;
  g_autoptr (GError) error = NULL;
  gint64 seq = 0;

  apply_ok (fixture, visit, make_operation (NULL, "add", "clip", id, "{'from':3,'to':9,'title':'Start'}", "anna"));
  apply_ok (fixture, visit, make_operation (NULL, "change", "clip", id, "{'to':8.5}", "anna"));
  tb_result_free (apply (fixture, visit, make_operation (NULL, "change", "clip", id, "{'to':2}", "anna"),
                         TB_STATUS_REFUSED));
  tb_result_free (apply (fixture, other, make_operation (NULL, "change", "clip", id, "{'to':20}", "anna"),
                         TB_STATUS_REFUSED));
  clips = tb_clip_list (fixture->store, visit, FALSE, &seq, &error);
  g_assert_cmpuint (clips->len, ==, 1);
  g_assert_cmpint (seq, ==, 2);
  clip = tb_clip_get (fixture->store, visit, id, &error);
  g_assert_cmpint (clip->to, ==, 8500 * TB_MILLISECOND);
  g_assert_null (tb_clip_get (fixture->store, other, id, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

/* What the journal says from its start is what the tables hold; and a list
 * that begins in the middle says the same. */
static void
assert_journal_tells_all (Fixture *fixture, const char *visit)
{
  g_autoptr (GPtrArray) all = tb_journal_list (fixture->store, visit, 0, 100000, NULL);
  g_autoptr (GHashTable) last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) objects = tb_observation_list (fixture->store, visit, TRUE, NULL, NULL);

  for (guint i = 0; i < all->len; i++) {
    const TbLogged *logged = g_ptr_array_index (all, i);
    g_autoptr (json_object) json = tb_json_parse (logged->operation, strlen (logged->operation), NULL);
    json_object *object = NULL;
    const char *id = NULL;

    g_assert_cmpint (logged->seq, ==, i + 1);
    tb_json_get_string (json, "target_id", TB_JSON_REQUIRED, 100, &id, NULL, NULL);
    tb_json_get_object (json, "object", TB_JSON_REQUIRED, &object, NULL, NULL);
    g_hash_table_insert (last, g_strdup (id), tb_json_to_text (object));
    if (i % 17 == 3) {
      g_autoptr (GPtrArray) middle = tb_journal_list (fixture->store, visit, i, 1, NULL);

      g_assert_cmpstr (((TbLogged *) g_ptr_array_index (middle, 0))->operation, ==, logged->operation);
    }
  }
  g_assert_cmpuint (objects->len, ==, g_hash_table_size (last));
  for (guint i = 0; i < objects->len; i++) {
    const TbObservation *o = g_ptr_array_index (objects, i);
    g_autoptr (json_object) json = tb_observation_to_json (o);
    g_autofree char *text = tb_json_to_text (json);

    g_assert_cmpstr (text, ==, g_hash_table_lookup (last, o->id));
  }
}

static json_object *
random_change (char *const *targets, guint count, const char *author)
{
  static const char *const changes[] = { "{'note':'%u'}",
                                         "{'at':%u}",
                                         "{'subject':'leerling %u'}",
                                         "{'valence':'sterk','lead':%u}",
                                         "{'valence':'aandacht','lag':%u}",
                                         "{'subject':null,'note':'%u weg'}" };
  g_autofree char *fields = NULL;
  guint which = (guint) g_test_rand_int_range (0, 8);
  const char *target = targets[g_test_rand_int_range (0, (gint32) count)];

  if (which == 6)
    return make_operation (NULL, "remove", "observation", target, NULL, author);
  if (which == 7)
    return make_operation (NULL, "change", "observation", target, "{'instrument':'proef','code':'vraag'}", author);
  {
    g_auto (GStrv) parts = g_strsplit (changes[which], "%u", 2);

    fields = g_strdup_printf ("%s%d%s", parts[0], g_test_rand_int_range (0, 100), parts[1]);
  }
  return make_operation (NULL, "change", "observation", target, fields, author);
}

static char *
snapshot (Fixture *fixture, const char *visit)
{
  g_autoptr (GPtrArray) objects = tb_observation_list (fixture->store, visit, TRUE, NULL, NULL);
  g_autoptr (GString) text = g_string_new ("");

  for (guint i = 0; i < objects->len; i++) {
    g_autoptr (json_object) json = tb_observation_to_json (g_ptr_array_index (objects, i));
    g_autofree char *one = tb_json_to_text (json);

    g_string_append (text, one);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
undo_of (Fixture *fixture, const char *visit, const char *of, const char *author, char **made)
{
  g_autofree char *id = tb_uuid_new ();
  json_object *operation = make_operation (id, "undo", NULL, NULL, NULL, author);

  tb_json_add_string (operation, "of", of);
  apply_ok (fixture, visit, operation);
  if (made != NULL)
    *made = g_steal_pointer (&id);
}

/* Whatever was done by two people, undoing all of it in any order gives the
 * beginning, and undoing the undos gives the end. */
static void
test_property (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  char *targets[4];
  char *done[60];
  char *undos[60];
  g_autofree char *start = NULL;
  g_autofree char *end = NULL;
  g_autofree char *undone = NULL;
  g_autofree char *redone = NULL;

  for (guint i = 0; i < 4; i++) {
    targets[i] = tb_uuid_new ();
    apply_ok (fixture, visit, make_operation (NULL, "add", "observation", targets[i], "{'at':50,'note':'begin'}", "anna"));
  }
  start = snapshot (fixture, visit);
  for (guint i = 0; i < 60; i++) {
    g_autoptr (TbResult) result
        = apply (fixture, visit, random_change (targets, 4, i % 3 == 0 ? "bram" : "anna"), TB_STATUS_APPLIED);

    done[i] = g_strdup (result->id);
  }
  end = snapshot (fixture, visit);
  for (guint i = 60; i > 1; i--) {
    guint j = (guint) g_test_rand_int_range (0, (gint32) i);
    char *swap = done[i - 1];

    done[i - 1] = done[j];
    done[j] = swap;
  }
  for (guint i = 0; i < 60; i++)
    undo_of (fixture, visit, done[i], "carla", &undos[i]);
  undone = snapshot (fixture, visit);
  g_assert_cmpstr (undone, ==, start);
  for (guint i = 0; i < 60; i++)
    undo_of (fixture, visit, undos[(i * 7) % 60], "carla", NULL);
  redone = snapshot (fixture, visit);
  g_assert_cmpstr (redone, ==, end);
  assert_journal_tells_all (fixture, visit);
  for (guint i = 0; i < 60; i++) {
    g_free (done[i]);
    g_free (undos[i]);
  }
  for (guint i = 0; i < 4; i++)
    g_free (targets[i]);
}

#define START "{'instrument':'proef-twee','code':'start','at':%d,'rating':%d}"

static void
rate (Fixture *fixture, const char *visit, gint64 at, gint64 rating)
{
  g_autofree char *fields = g_strdup_printf (START, (int) at, (int) rating);
  g_autofree char *id = tb_uuid_new ();

  apply_ok (fixture, visit, make_operation (NULL, "add", "observation", id, fields, "anna"));
}

typedef struct {
  Fixture *fixture;
  const char *visit;
  gboolean rates; /* once more while it is counted */
} Rater;

/* A TbCountingFilter: leaves the point out. */
static gboolean
rate_again (const TbLayers *layers, const TbObservation *observation, gpointer data)
{
  Rater *rater = data;

  if (rater->rates)
    rate (rater->fixture, rater->visit, 9, -1);
  rater->rates = FALSE;
  return observation->kind == TB_KIND_RATING;
}

/* The ratings that are counted, as "AT:RATING". New. */
static char *
count_ratings (Rater *rater, guint superseded)
{
  const char *const ids[] = { rater->visit, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TbCounting) counting
      = tb_counting_new (rater->fixture->store, ids, NULL, rate_again, rater, &error);
  GString *text = g_string_new (NULL);
  const GPtrArray *list;

  g_assert_no_error (error);
  g_assert_cmpuint (counting->superseded, ==, superseded);
  list = counting->observations->pdata[0];
  for (guint i = 0; i < list->len; i++) {
    const TbObservation *one = list->pdata[i];

    g_string_append_printf (text, "%s%d:%d", i > 0 ? " " : "", (int) (one->at / TB_SECOND), (int) one->rating);
  }
  return g_string_free (text, FALSE);
}

/* Of ratings of one thing the last counts: the last of those that were there when the counting began. */
static void
test_counting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (json_object) fields = from_text ("{'title':'Rekenen','instruments':['proef-twee']}");
  g_autoptr (TbVisit) visit = NULL;
  g_autofree char *during = NULL, *after = NULL, *contact = tb_uuid_new ();
  Rater rater = { fixture, NULL, TRUE };
  gint64 zero = 0;

  fixture_add_second (fixture);
  visit = tb_visit_create (fixture->store, NULL, fields, fixture->catalogue, NULL);
  rater.visit = visit->id;
  tb_visit_start (fixture->store, visit->id, FIXTURE_ZERO, &zero, NULL);
  apply_ok (fixture, visit->id,
            make_operation (NULL, "add", "observation", contact,
                            "{'instrument':'proef-twee','code':'contact','at':3}", "anna"));
  rate (fixture, visit->id, 1, -1);
  rate (fixture, visit->id, 5, 2);
  during = count_ratings (&rater, 1);
  g_assert_cmpstr (during, ==, "5:2");
  after = count_ratings (&rater, 2);
  g_assert_cmpstr (after, ==, "9:-1");
}

/* What is said beside a code goes through the tables and back, and is undone field by field. */
static void
test_details (Fixture *fixture, gconstpointer data)
{
  g_autoptr (json_object) fields = from_text ("{'title':'Rekenen','instruments':['proef-twee']}");
  g_autoptr (TbVisit) visit = NULL;
  g_autofree char *contact = tb_uuid_new ();
  g_autofree char *rating = tb_uuid_new ();
  g_autofree char *given
      = g_strdup_printf ("{'instrument':'proef-twee','code':'start','at':1,'rating':2,'evidence':['%s']}", contact);
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (TbObservation) o = NULL;
  gint64 zero = 0;

  fixture_add_second (fixture);
  visit = tb_visit_create (fixture->store, NULL, fields, fixture->catalogue, NULL);
  tb_visit_start (fixture->store, visit->id, FIXTURE_ZERO, &zero, NULL);
  apply_ok (fixture, visit->id,
            make_operation (NULL, "add", "observation", contact,
                            "{'instrument':'proef-twee','code':'contact','at':3,'modifiers':{'van':'leraar'}}", "anna"));
  apply_ok (fixture, visit->id, make_operation (NULL, "add", "observation", rating, given, "anna"));
  before = snapshot (fixture, visit->id);
  o = get_observation (fixture, visit->id, contact);
  g_assert_cmpstr (o->modifiers, ==, "{\"van\":\"leraar\"}");
  g_assert_cmpint (o->rating, ==, TB_RATING_NONE);
  g_assert_null (o->evidence);
  g_clear_pointer (&o, tb_observation_free);
  o = get_observation (fixture, visit->id, rating);
  g_assert_cmpint (o->rating, ==, 2);
  g_assert_nonnull (strstr (o->evidence, contact));
  g_assert_null (o->modifiers);
  g_clear_pointer (&o, tb_observation_free);

  apply_ok (fixture, visit->id, make_operation (NULL, "change", "observation", rating, "{'rating':null}", "anna"));
  apply_ok (fixture, visit->id, make_operation (NULL, "change", "observation", rating, "{'evidence':[]}", "anna"));
  apply_ok (fixture, visit->id, make_operation (NULL, "change", "observation", contact, "{'code':'begin'}", "anna"));
  o = get_observation (fixture, visit->id, rating);
  g_assert_cmpint (o->rating, ==, TB_RATING_NONE);
  g_assert_null (o->evidence);
  g_clear_pointer (&o, tb_observation_free);
  assert_journal_tells_all (fixture, visit->id);
  fixture_reopen (fixture);
  for (guint i = 0; i < 3; i++)
    apply_ok (fixture, visit->id, make_operation (NULL, "undo", NULL, NULL, NULL, "anna"));
  after = snapshot (fixture, visit->id);
  g_assert_cmpstr (after, ==, before);
}

/* Undoing a code leaves nothing of it behind that the later code cannot have. */
static void
test_undo_code (Fixture *fixture, gconstpointer data)
{
  g_autoptr (json_object) fields = from_text ("{'title':'Rekenen','instruments':['proef-twee']}");
  g_autoptr (TbVisit) visit = NULL;
  g_autofree char *target = tb_uuid_new ();
  g_autofree char *middle = tb_uuid_new ();
  g_autoptr (TbObservation) o = NULL;
  gint64 zero = 0;

  fixture_add_second (fixture);
  visit = tb_visit_create (fixture->store, NULL, fields, fixture->catalogue, NULL);
  tb_visit_start (fixture->store, visit->id, FIXTURE_ZERO, &zero, NULL);
  apply_ok (fixture, visit->id,
            make_operation (NULL, "add", "observation", target, "{'instrument':'proef-twee','code':'kort','at':3}",
                            "anna"));
  apply_ok (fixture, visit->id,
            make_operation (NULL, "change", "observation", target, "{'code':'start','rating':2}", "anna"));
  apply_ok (fixture, visit->id, make_operation (middle, "change", "observation", target, "{'code':'contact'}", "anna"));
  apply_ok (fixture, visit->id, make_operation (NULL, "change", "observation", target, "{'code':'kort'}", "bram"));
  undo_of (fixture, visit->id, middle, "anna", NULL);
  o = get_observation (fixture, visit->id, target);
  g_assert_cmpstr (o->code, ==, "kort");
  g_assert_cmpint (o->rating, ==, TB_RATING_NONE);
}

static void
listen (const char *visit, gint64 seq, const char *operation, gpointer data)
{
  GArray *heard = data;

  g_assert_nonnull (strstr (operation, "\"object\""));
  g_array_append_val (heard, seq);
}

static void
test_listener (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *target = tb_uuid_new ();
  g_autoptr (GArray) heard = g_array_new (FALSE, FALSE, sizeof (gint64));

  tb_store_set_listener (fixture->store, listen, heard);
  apply_ok (fixture, visit,
            make_operation (NULL, "add", "observation", target, "{'instrument':'proef','code':'overgang','at':10}",
                            "anna"));
  tb_visit_end (fixture->store, visit, FIXTURE_ZERO + 20 * TB_SECOND, NULL, NULL);
  g_assert_cmpuint (heard->len, ==, 2);
  g_assert_cmpint (g_array_index (heard, gint64, 1), ==, 2);
}

/* One id is of one thing: a clip under the id of an observation would be taken for it when either is undone. */
static void
test_same_id (Fixture *fixture, gconstpointer data)
{
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autofree char *target = tb_uuid_new ();
  g_autoptr (TbResult) result = NULL;
  g_autoptr (TbObservation) o = NULL;

  apply_ok (fixture, visit, make_operation (NULL, "add", "observation", target, "{'at':1}", "anna"));
  result = apply (fixture, visit, make_operation (NULL, "add", "clip", target, "{'from':1,'to':2}", "anna"),
                  TB_STATUS_REFUSED);
  g_assert_error (result->error, TB_ERROR, TB_ERROR_CONFLICT);
  o = get_observation (fixture, visit, target);
  g_assert_cmpint (o->at, ==, TB_SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/journal/tap", test_tap);
  fixture_add ("/journal/not-started", test_not_started);
  fixture_add ("/journal/twice", test_twice);
  fixture_add ("/journal/same-id", test_same_id);
  fixture_add ("/journal/batch", test_batch);
  fixture_add ("/journal/batch-refused", test_batch_refused);
  fixture_add ("/journal/two-authors", test_two_authors);
  fixture_add ("/journal/undo-add", test_undo_add);
  fixture_add ("/journal/end-closes", test_end_closes);
  fixture_add ("/journal/late-tap", test_late_tap);
  fixture_add ("/journal/clips", test_clips);
  fixture_add ("/journal/details", test_details);
  fixture_add ("/journal/counting", test_counting);
  fixture_add ("/journal/undo-code", test_undo_code);
  fixture_add ("/journal/property", test_property);
  fixture_add ("/journal/listener", test_listener);
  return g_test_run ();
}
