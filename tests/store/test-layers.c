/* Several observers of one visit: who sees which layer, who may change it, and when they are opened. */
#include <string.h>

#include "store/counting.h"
#include "store/handover.h"
#include "store/layers.h"
#include "store/person.h"
#include "store/trajectory.h"
#include "talk-fixture.h"

#define POINT "{'instrument':'proef','code':'compliment','kind':'point','at':%d,'observer':'%s'}"

static TbLayers *
load (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  TbLayers *layers = tb_layers_load (talk->store, talk->visit, &error);

  g_assert_no_error (error);
  return layers;
}

static void
add (Talk *talk, const char *person, int code)
{
  g_autoptr (GError) error = NULL;

  assert_outcome (tb_layers_add (talk->store, talk->visit, person, NOW, &error), error, code);
}

static void
remove_from (Talk *talk, const char *person, int code)
{
  g_autoptr (GError) error = NULL;

  assert_outcome (tb_layers_remove (talk->store, talk->visit, person, NOW + 5, &error), error, code);
}

static void
set_done (Talk *talk, const char *person, gboolean done, int code)
{
  g_autoptr (GError) error = NULL;

  assert_outcome (tb_layers_set_done (talk->store, talk->visit, person, done, NOW + 7, &error), error, code);
}

static void
open_layers (Talk *talk, int code)
{
  g_autoptr (GError) error = NULL;

  assert_outcome (tb_layers_open (talk->store, talk->visit, NOW + 9, &error), error, code);
}

/* PERSON sends OPERATION (taken); "" when it is applied, else the code it is refused with. */
static const char *
send_operation (Talk *talk, const char *person, json_object *operation)
{
  g_autoptr (json_object) list = json_object_new_array ();
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GError) error = NULL;
  const TbResult *result;

  json_object_array_add (list, operation);
  results = tb_journal_apply_by (talk->store, talk->visit, person, list, NULL, &error);
  g_assert_no_error (error);
  result = results->pdata[0];
  return result->status == TB_STATUS_REFUSED ? g_intern_string (result->code) : tb_status_name (result->status);
}

/* A tap of PERSON under NAME; its id, new. */
static char *
tap (Talk *talk, const char *person, const char *name)
{
  g_autofree char *fields = g_strdup_printf (POINT, 4, name);
  char *id = tb_uuid_new ();

  g_assert_cmpstr (send_operation (talk, person, make_operation (NULL, "add", "observation", id, fields, name)), ==,
                   "applied");
  return id;
}

static const char *
change (Talk *talk, const char *person, const char *id)
{
  return send_operation (talk, person, make_operation (NULL, "change", "observation", id, "{'note':'x'}", "Wie"));
}

/* Who made OBSERVATIONS, in the order of their names: "Anna Bram". */
static char *
join_observers (const GPtrArray *observations)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  GString *text = g_string_new (NULL);
  GList *sorted;

  for (guint i = 0; i < observations->len; i++)
    g_hash_table_add (names, ((TbObservation *) observations->pdata[i])->observer);
  sorted = g_list_sort (g_hash_table_get_keys (names), (GCompareFunc) strcmp);
  for (GList *item = sorted; item != NULL; item = item->next)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", (const char *) item->data);
  g_list_free (sorted);
  return g_string_free (text, FALSE);
}

/* The names whose layers PERSON is shown of those that have observations. */
static char *
shown (Talk *talk, const char *person)
{
  g_autoptr (GPtrArray) observations = tb_observation_list (talk->store, talk->visit, TRUE, NULL, NULL);
  g_autoptr (TbLayers) layers = load (talk);
  g_autoptr (GPtrArray) operations = tb_journal_list (talk->store, talk->visit, 0, 500, NULL);
  guint count = 0, n_operations = 0;

  tb_layers_filter (layers, person, observations);

  /* Lists, operations and counts say the same. */
  for (guint i = 0; i < operations->len; i++)
    n_operations += tb_layers_shows_operation (layers, person, operations->pdata[i]) ? 1 : 0;
  g_assert_true (tb_layers_count (talk->store, talk->visit, layers, person, &count, NULL));
  g_assert_cmpuint (count, <=, observations->len);
  if (tb_layers_find (layers, person) != NULL)
    g_assert_cmpuint (n_operations > 0, ==, observations->len > 0);
  return join_observers (observations);
}

#define assert_shown(talk, person, names)                     \
  G_STMT_START                                                \
  {                                                           \
    g_autofree char *shown_names = shown ((talk), (person));  \
    g_assert_cmpstr (shown_names, ==, (names));               \
  }                                                           \
  G_STMT_END

static void
test_candidates (Talk *talk, gconstpointer data)
{
  g_autoptr (GPtrArray) candidates = tb_layers_candidates (talk->store, talk->visit, NULL);
  g_autoptr (TbPerson) waiting = tb_person_create (talk->store, "Wil", "wil", TB_ROLE_COACH, NULL, NOW, NULL);
  g_autofree char *nobody = tb_uuid_new ();

  g_assert_cmpuint (candidates->len, ==, 2);
  g_assert_cmpstr (((TbObserver *) candidates->pdata[0])->name, ==, "Bram");
  g_assert_cmpstr (((TbObserver *) candidates->pdata[1])->name, ==, "Iris");
  add (talk, talk->coach, TB_ERROR_INVALID);
  add (talk, talk->teacher, TB_ERROR_INVALID);
  add (talk, talk->teacher2, TB_ERROR_INVALID);
  add (talk, talk->head, TB_ERROR_INVALID);
  add (talk, waiting->id, TB_ERROR_INVALID);
  add (talk, nobody, TB_ERROR_INVALID);
  g_assert_true (tb_person_set_disabled (talk->store, talk->trainee, TRUE, NOW, NULL));
  add (talk, talk->trainee, TB_ERROR_INVALID);
  add (talk, talk->coach2, 0);
  add (talk, talk->coach2, 0);
  g_ptr_array_unref (g_steal_pointer (&candidates));
  candidates = tb_layers_candidates (talk->store, talk->visit, NULL);
  g_assert_cmpuint (candidates->len, ==, 0);
}

static void
test_blind (Talk *talk, gconstpointer data)
{
  g_autofree char *annas = tap (talk, talk->coach, "Anna");
  g_autofree char *imported = tb_uuid_new ();
  g_autofree char *brams = NULL, *iris = NULL;
  g_autoptr (TbLayers) layers = NULL;

  apply_ok (&talk->base, talk->visit,
            make_operation (NULL, "add", "observation", imported,
                            "{'instrument':'proef','code':'compliment','kind':'point','at':1,'observer':'Zus'}", "Zus"));
  /* Nobody beside the coach: nothing is different from before. */
  layers = load (talk);
  g_assert_false (tb_layers_hides (layers, talk->coach));
  g_assert_false (tb_layers_hides (layers, talk->teacher));
  assert_shown (talk, talk->coach, "Anna Zus");

  add (talk, talk->coach2, 0);
  add (talk, talk->trainee, 0);
  brams = tap (talk, talk->coach2, "Bram");
  iris = tap (talk, talk->trainee, "Iris");
  assert_shown (talk, talk->coach, "Anna Zus");
  assert_shown (talk, talk->coach2, "Bram");
  assert_shown (talk, talk->trainee, "Iris");
  assert_shown (talk, talk->teacher, "Anna Zus");
  assert_shown (talk, talk->head, "Anna Zus"); /* of what one may see at all: the door is elsewhere */
  assert_shown (talk, NULL, "Anna Bram Iris Zus");

  /* Not blind: those who observe see each other, the teacher does not. */
  g_assert_true (tb_layers_set_blind (talk->store, talk->visit, FALSE, NULL));
  assert_shown (talk, talk->coach, "Anna Bram Iris Zus");
  assert_shown (talk, talk->trainee, "Anna Bram Iris Zus");
  assert_shown (talk, talk->teacher, "Anna Zus");
  g_assert_true (tb_layers_set_blind (talk->store, talk->visit, TRUE, NULL));
  assert_shown (talk, talk->coach, "Anna Zus");

  /* Removed: the coach sees the layer, the others as little as before. */
  remove_from (talk, talk->trainee, 0);
  remove_from (talk, talk->trainee, TB_ERROR_NOT_FOUND);
  remove_from (talk, talk->coach, TB_ERROR_NOT_FOUND);
  assert_shown (talk, talk->coach, "Anna Iris Zus");
  assert_shown (talk, talk->coach2, "Bram");
  assert_shown (talk, talk->teacher, "Anna Zus");

  open_layers (talk, 0);
  open_layers (talk, 0);
  assert_shown (talk, talk->coach, "Anna Bram Iris Zus");
  assert_shown (talk, talk->coach2, "Anna Bram Iris Zus");
  assert_shown (talk, talk->teacher, "Anna Bram Iris Zus");
  g_clear_pointer (&layers, tb_layers_free);
  layers = load (talk);
  g_assert_cmpint (layers->opened_at, ==, NOW + 9);
  g_assert_true (tb_layers_is_main (layers, "Anna"));
  g_assert_true (tb_layers_is_main (layers, "Zus"));
  g_assert_false (tb_layers_is_main (layers, "Bram"));
  g_assert_false (tb_layers_is_main (layers, "Iris"));
}

/* Whether the last operation of the journal, on a clip, is shown to PERSON. */
static gboolean
is_clip_shown (Talk *talk, const char *person)
{
  g_autoptr (GPtrArray) operations = tb_journal_list (talk->store, talk->visit, 0, 500, NULL);
  g_autoptr (TbLayers) layers = load (talk);
  const TbLogged *last = operations->pdata[operations->len - 1];

  g_assert_cmpint (last->target, ==, TB_TARGET_CLIP);
  g_assert_null (last->observer);
  return tb_layers_shows_operation (layers, person, last);
}

static void
test_changes (Talk *talk, gconstpointer data)
{
  g_autofree char *annas = tap (talk, talk->coach, "Anna");
  g_autofree char *clip = tb_uuid_new (), *op = tb_uuid_new (), *id = tb_uuid_new ();
  g_autofree char *brams = NULL, *iris = NULL;
  g_autofree char *as_bram = g_strdup_printf (POINT, 5, "Bram");
  json_object *undo;

  add (talk, talk->coach2, 0);
  add (talk, talk->trainee, 0);
  brams = tap (talk, talk->coach2, "Bram");
  iris = tap (talk, talk->trainee, "Iris");
  for (int opened = 0; opened < 2; opened++) {
    g_assert_cmpstr (change (talk, talk->coach, annas), ==, "applied");
    g_assert_cmpstr (change (talk, talk->coach2, brams), ==, "applied");
    g_assert_cmpstr (change (talk, talk->coach, brams), ==, "not-yours");
    g_assert_cmpstr (change (talk, talk->trainee, brams), ==, "not-yours");
    g_assert_cmpstr (change (talk, talk->trainee, annas), ==, "not-yours");
    g_assert_cmpstr (change (talk, talk->teacher, annas), ==, "not-yours");
    if (!opened)
      open_layers (talk, 0);
  }
  /* In another's name; under an id that is there; a clip; what is not there. */
  g_assert_cmpstr (send_operation (talk, talk->coach,
                                   make_operation (NULL, "add", "observation", NULL, as_bram, "Anna")), ==, "invalid");
  g_assert_cmpstr (send_operation (talk, talk->coach, make_operation (NULL, "add", "observation", id, as_bram, "Anna")),
                   ==, "not-yours");
  g_assert_cmpstr (send_operation (talk, talk->trainee,
                                   make_operation (NULL, "add", "observation", brams, as_bram, "Iris")), ==, "not-yours");
  g_assert_cmpstr (send_operation (talk, talk->trainee,
                                   make_operation (NULL, "add", "clip", clip, "{'from':1,'to':2}", "Iris")), ==,
                   "not-yours");
  g_assert_cmpstr (send_operation (talk, talk->coach,
                                   make_operation (op, "add", "clip", clip, "{'from':1,'to':2}", "Anna")),
                   ==, "applied");
  g_assert_true (is_clip_shown (talk, talk->coach));
  g_assert_true (is_clip_shown (talk, NULL));
  g_assert_false (is_clip_shown (talk, talk->trainee)); /* the layers are open: clips are the coach's all the same */
  g_assert_false (is_clip_shown (talk, talk->teacher));
  g_assert_cmpstr (send_operation (talk, talk->trainee, make_operation (NULL, "remove", "clip", clip, NULL, "Iris")), ==,
                   "not-yours");
  g_assert_cmpstr (change (talk, talk->trainee, id), ==, "not-found");
  /* Taking back: what another did, and what one did oneself. */
  undo = make_operation (NULL, "undo", NULL, NULL, NULL, "Iris");
  tb_json_add_string (undo, "of", op);
  g_assert_cmpstr (send_operation (talk, talk->trainee, undo), ==, "not-yours");
  g_assert_cmpstr (send_operation (talk, talk->coach, make_operation (NULL, "undo", NULL, NULL, NULL, "Anna")), ==,
                   "applied");
  g_assert_cmpstr (send_operation (talk, talk->trainee, make_operation (NULL, "undo", NULL, NULL, NULL, "Iris")), ==,
                   "applied");
  /* Gone: nothing of theirs is taken any more, and their layer is the coach's to mend. */
  remove_from (talk, talk->coach2, 0);
  g_assert_cmpstr (change (talk, talk->coach2, brams), ==, "not-yours");
  g_assert_cmpstr (send_operation (talk, talk->coach2,
                                   make_operation (NULL, "add", "observation", id, as_bram, "Bram")), ==, "not-yours");
  g_assert_cmpstr (change (talk, talk->coach, brams), ==, "applied");
}

static void
test_done (Talk *talk, gconstpointer data)
{
  g_autofree char *annas = NULL, *late = NULL;
  g_autoptr (TbLayers) layers = NULL;
  g_autoptr (GError) error = NULL;

  open_layers (talk, TB_ERROR_CONFLICT); /* nobody observes */
  set_done (talk, talk->coach2, TRUE, TB_ERROR_NOT_FOUND);
  add (talk, talk->coach2, 0);
  add (talk, talk->trainee, 0);
  annas = tap (talk, talk->coach, "Anna");
  set_done (talk, talk->coach2, TRUE, 0);
  set_done (talk, talk->coach2, FALSE, 0);
  set_done (talk, talk->trainee, TRUE, 0);
  set_done (talk, talk->coach2, TRUE, 0);
  layers = load (talk);
  g_assert_cmpint (layers->opened_at, ==, 0); /* the coach tapped, and is waited for */
  g_assert_cmpint (tb_layers_find (layers, talk->coach2)->done_at, ==, NOW + 7);
  set_done (talk, talk->coach, TRUE, 0);
  g_clear_pointer (&layers, tb_layers_free);
  layers = load (talk);
  g_assert_cmpint (layers->opened_at, ==, NOW + 7);
  set_done (talk, talk->coach2, FALSE, TB_ERROR_CONFLICT);
  assert_outcome (tb_layers_set_blind (talk->store, talk->visit, TRUE, &error), error, TB_ERROR_CONFLICT);
  /* What was tapped without a network comes after the opening, and is taken. */
  late = tap (talk, talk->trainee, "Iris");
  assert_shown (talk, talk->coach2, "Anna Iris");
}

/* A coach who does not tap is not waited for; nor is somebody who was removed. */
static void
test_done_without_coach (Talk *talk, gconstpointer data)
{
  g_autoptr (TbLayers) layers = NULL;

  add (talk, talk->coach2, 0);
  add (talk, talk->trainee, 0);
  set_done (talk, talk->coach2, TRUE, 0);
  layers = load (talk);
  g_assert_cmpint (layers->opened_at, ==, 0);
  remove_from (talk, talk->trainee, 0);
  g_clear_pointer (&layers, tb_layers_free);
  layers = load (talk);
  g_assert_cmpint (layers->opened_at, ==, NOW + 5);
}

static void
test_done_before_start (Talk *talk, gconstpointer data)
{
  g_autofree char *planned = talk_visit (talk, talk->coach, talk->teacher, TRUE);
  g_autoptr (GError) error = NULL;

  g_assert_true (tb_layers_add (talk->store, planned, talk->trainee, NOW, NULL));
  assert_outcome (tb_layers_set_done (talk->store, planned, talk->trainee, TRUE, NOW, &error), error,
                  TB_ERROR_CONFLICT);
}

static void
rename_person (Talk *talk, const char *id, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbPerson) person = tb_person_update (talk->store, id, name, 0, &error);

  g_assert_no_error (error);
}

/* A TbCountingFilter. */
static gboolean
is_main (const TbLayers *layers, const TbObservation *observation, gpointer data)
{
  return tb_layers_is_main (layers, observation->observer);
}

/* The observers who are counted: "Anna Zus". */
static char *
counted (Talk *talk, guint *n_observations)
{
  const char *const ids[] = { talk->visit, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TbCounting) counting = tb_counting_new (talk->store, ids, NULL, is_main, NULL, &error);

  g_assert_no_error (error);
  *n_observations = ((GPtrArray *) counting->observations->pdata[0])->len;
  return join_observers (counting->observations->pdata[0]);
}

#define assert_counted(talk, names, n)                                \
  G_STMT_START                                                        \
  {                                                                   \
    guint n_counted = 0;                                              \
    g_autofree char *counted_names = counted ((talk), &n_counted);    \
    g_assert_cmpstr (counted_names, ==, (names));                     \
    g_assert_cmpuint (n_counted, ==, (n));                            \
  }                                                                   \
  G_STMT_END

/* The visit goes to TO. */
static void
hand_over (Talk *talk, const char *to)
{
  g_autoptr (json_object) fields = from_text ("{'question':'Hoe houd ik rust?','origin':'invitation'}");
  g_autofree char *words = g_strdup_printf ("{'visits':['%s']}", talk->visit);
  g_autoptr (json_object) allowed = from_text (words);
  g_autoptr (TbTrajectory) line = NULL;
  g_autoptr (TbHandover) asked = NULL, done = NULL;
  g_autoptr (GError) error = NULL;

  tb_json_add_string (fields, "teacher_person", talk->teacher);
  line = tb_trajectory_create (talk->store, talk->coach, fields, NOW, &error);
  g_assert_no_error (error);
  g_assert_true (tb_trajectory_add_visit (talk->store, line->id, talk->coach, talk->visit, NOW, NULL));
  asked = tb_handover_ask (talk->store, line->id, talk->coach, to, NOW, &error);
  g_assert_no_error (error);
  done = tb_handover_answer (talk->store, asked->id, talk->teacher, TRUE, allowed, NOW + 5, &error);
  g_assert_no_error (error);
}

/* To somebody who observed: what they saw beside the coach stays beside, and blind. */
static void
test_handover_to_observer (Talk *talk, gconstpointer data)
{
  g_autofree char *annas = tap (talk, talk->coach, "Anna");
  g_autofree char *brams = NULL, *iris = NULL, *later = NULL;
  g_autoptr (TbLayers) layers = NULL;

  add (talk, talk->coach2, 0);
  brams = tap (talk, talk->coach2, "Bram");
  assert_counted (talk, "Anna", 1);
  hand_over (talk, talk->coach2);
  assert_counted (talk, "Anna", 1);
  assert_shown (talk, talk->coach2, "Anna Bram");
  assert_shown (talk, talk->teacher, "Anna");

  /* So it stays when the new coach asks somebody too, and taps on. */
  add (talk, talk->trainee, 0);
  iris = tap (talk, talk->trainee, "Iris");
  later = tap (talk, talk->coach2, "Bram");
  assert_counted (talk, "Anna", 1);
  assert_shown (talk, talk->teacher, "Anna");
  assert_shown (talk, talk->trainee, "Iris");
  remove_from (talk, talk->trainee, 0);
  assert_shown (talk, talk->teacher, "Anna");
  open_layers (talk, 0);
  assert_shown (talk, talk->teacher, "Anna Bram Iris");
  assert_counted (talk, "Anna", 1);
}

static void
assert_apart (Talk *talk, gboolean apart)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbLayers) layers = tb_layers_load (talk->store, talk->visit, &error);

  g_assert_no_error (error);
  g_assert_cmpint (tb_layers_are_apart (layers), ==, apart);
}

/* Being done opens it too: the new coach is one of those who observed. */
static void
test_handover_and_done (Talk *talk, gconstpointer data)
{
  g_autofree char *annas = tap (talk, talk->coach, "Anna");
  g_autofree char *brams = NULL;

  assert_apart (talk, FALSE);
  add (talk, talk->coach2, 0);
  assert_apart (talk, TRUE);
  brams = tap (talk, talk->coach2, "Bram");
  hand_over (talk, talk->coach2);
  assert_shown (talk, talk->teacher, "Anna");
  assert_apart (talk, TRUE);
  set_done (talk, talk->coach2, TRUE, 0);
  assert_apart (talk, FALSE);
  assert_shown (talk, talk->teacher, "Anna Bram");
  assert_counted (talk, "Anna", 1);
}

/* The former coach did not tap: what the new one saw is all that there is. */
static void
test_handover_without_taps (Talk *talk, gconstpointer data)
{
  g_autofree char *annas = tap (talk, talk->coach, "Anna");
  g_autofree char *brams = NULL;

  g_assert_cmpstr (send_operation (talk, talk->coach, make_operation (NULL, "remove", "observation", annas, NULL, "Anna")),
                   ==, "applied");
  add (talk, talk->coach2, 0);
  brams = tap (talk, talk->coach2, "Bram");
  assert_counted (talk, "", 0);
  hand_over (talk, talk->coach2);
  assert_counted (talk, "Bram", 1);
}

/* Somebody is renamed, and another takes the name: layers stay whose they are. */
static void
test_names (Talk *talk, gconstpointer data)
{
  g_autofree char *annas = tap (talk, talk->coach, "Anna");
  g_autofree char *iris = NULL, *again = NULL, *others = NULL;
  g_autoptr (TbPerson) other = NULL;
  g_autoptr (TbLayers) layers = NULL;

  add (talk, talk->trainee, 0);
  iris = tap (talk, talk->trainee, "Iris");
  rename_person (talk, talk->trainee, "Irene");
  rename_person (talk, talk->coach, "Anne");
  layers = load (talk);
  g_assert_cmpstr (tb_layers_find (layers, talk->trainee)->name, ==, "Irene");
  g_assert_cmpstr (tb_layers_find (layers, talk->trainee)->layer, ==, "Iris");
  g_assert_cmpstr (tb_layers_find (layers, talk->coach)->layer, ==, "Anna");
  assert_shown (talk, talk->coach, "Anna");
  assert_shown (talk, talk->trainee, "Iris");
  g_assert_cmpstr (change (talk, talk->trainee, iris), ==, "applied");

  other = tb_person_create (talk->store, "Iris", "iris2", TB_ROLE_TRAINEE, "hash", NOW, NULL);
  add (talk, other->id, 0);
  others = tap (talk, other->id, "Iris (2)");
  assert_shown (talk, other->id, "Iris (2)");
  g_assert_cmpstr (change (talk, other->id, iris), ==, "not-yours");
  /* Removed and asked again: the same layer. */
  remove_from (talk, talk->trainee, 0);
  assert_shown (talk, talk->coach, "Anna Iris");
  add (talk, talk->trainee, 0);
  assert_shown (talk, talk->coach, "Anna");
  again = tap (talk, talk->trainee, "Iris");
  assert_shown (talk, talk->trainee, "Iris");
}

/* Nobody observed yet when the coach was renamed: the name they tapped under is not free for an observer. */
static void
test_name_of_coach (Talk *talk, gconstpointer data)
{
  g_autofree char *annas = tap (talk, talk->coach, "Anna");
  g_autofree char *second = NULL;
  g_autoptr (TbPerson) other = NULL;

  rename_person (talk, talk->coach, "Anne");
  other = tb_person_create (talk->store, "Anna", "anna2", TB_ROLE_TRAINEE, "hash", NOW, NULL);
  add (talk, other->id, 0);
  assert_shown (talk, other->id, "");
  second = tap (talk, other->id, "Anna (2)");
  assert_shown (talk, other->id, "Anna (2)");
  assert_shown (talk, talk->coach, "Anna");
}

static void
assert_listed (GPtrArray *visits, const char *only)
{
  g_assert_cmpuint (visits->len, ==, only != NULL ? 1 : 0);
  if (only != NULL)
    g_assert_cmpstr (((TbVisit *) visits->pdata[0])->id, ==, only);
  g_ptr_array_unref (visits);
}

static void
test_lists (Talk *talk, gconstpointer data)
{
  gboolean observes = TRUE;
  gint era = tb_layers_era (talk->store);

  assert_listed (tb_visit_list_mine (talk->store, talk->coach2, NULL, 10, NULL, NULL, NULL), NULL);
  assert_listed (tb_visit_list_mine (talk->store, talk->coach, NULL, 10, NULL, NULL, NULL), talk->visit);
  g_assert_true (tb_layers_observes (talk->store, talk->visit, talk->coach2, &observes, NULL));
  g_assert_false (observes);
  add (talk, talk->coach2, 0);
  add (talk, talk->trainee, 0);
  g_assert_cmpint (tb_layers_era (talk->store), >, era);
  g_assert_true (tb_layers_observes (talk->store, talk->visit, talk->coach2, &observes, NULL));
  g_assert_true (observes);
  assert_listed (tb_visit_list_mine (talk->store, talk->coach2, "rekenen", 10, NULL, NULL, NULL), talk->visit);
  assert_listed (tb_visit_list_mine (talk->store, talk->coach2, "taal", 10, NULL, NULL, NULL), NULL);
  assert_listed (tb_visit_list_given (talk->store, talk->trainee, NOW, NULL, 10, NULL, NULL, NULL), talk->visit);
  assert_listed (tb_visit_list_shared (talk->store, talk->trainee, NOW, NULL, 10, NULL, NULL, NULL), NULL);
  assert_listed (tb_visit_list (talk->store, talk->coach2, NULL, 10, NULL, NULL, NULL), NULL);
  remove_from (talk, talk->trainee, 0);
  assert_listed (tb_visit_list_given (talk->store, talk->trainee, NOW, NULL, 10, NULL, NULL, NULL), NULL);
  talk_reopen (talk);
  assert_listed (tb_visit_list_mine (talk->store, talk->coach2, NULL, 10, NULL, NULL, NULL), talk->visit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  talk_add ("/layers/candidates", test_candidates);
  talk_add ("/layers/blind", test_blind);
  talk_add ("/layers/changes", test_changes);
  talk_add ("/layers/done", test_done);
  talk_add ("/layers/done-without-coach", test_done_without_coach);
  talk_add ("/layers/done-before-start", test_done_before_start);
  talk_add ("/layers/handover-to-observer", test_handover_to_observer);
  talk_add ("/layers/handover-and-done", test_handover_and_done);
  talk_add ("/layers/handover-without-taps", test_handover_without_taps);
  talk_add ("/layers/names", test_names);
  talk_add ("/layers/name-of-coach", test_name_of_coach);
  talk_add ("/layers/lists", test_lists);
  return g_test_run ();
}
