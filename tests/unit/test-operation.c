/* The engine without a store: what each operation does to its target. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/operation.h"

#define ZERO (G_GINT64_CONSTANT (1795338900) * TB_SECOND) /* 2026-11-22T09:15:00Z */
#define ID "01a200de-f158-7137-968f-a1c3e98d2b06"
#define TARGET "01a200de-f158-7137-968f-a1c3e98d2b07"

static const TbInstrument *
find_instrument (const char *id, gpointer data)
{
  return strcmp (id, "proef") == 0 ? data : NULL;
}

static TbInstrument *
instrument_for_tests (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "tests", "store", "proef.json", NULL);
  g_autoptr (GError) error = NULL;
  TbInstrument *instrument = tb_instrument_load (path, &error);

  g_assert_no_error (error);
  return instrument;
}

/* JSON with ' for ". */
static json_object *
from_text (const char *text)
{
  g_autofree char *quoted = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr (GError) error = NULL;
  json_object *object = tb_json_parse (quoted, strlen (quoted), &error);

  g_assert_no_error (error);
  return object;
}

static TbOperation *
operation (const char *action, const char *target, const char *fields)
{
  g_autofree char *text = g_strdup_printf ("{'id':'" ID "','target':'%s','target_id':'" TARGET
                                           "','action':'%s','author':'anna','device':'tablet','fields':%s}",
                                           target, action, fields);
  g_autoptr (json_object) json = from_text (text);
  g_autoptr (GError) error = NULL;
  TbOperation *result = tb_operation_from_json (json, &error);

  g_assert_no_error (error);
  return result;
}

static TbEffect *
run (const char *action, const char *target, const char *fields, const TbObject *before, GError **error)
{
  g_autoptr (TbInstrument) instrument = instrument_for_tests ();
  g_autoptr (TbOperation) o = operation (action, target, fields);
  TbContext context = { ZERO, find_instrument, instrument };

  return tb_operation_apply (o, before, &context, error);
}

/* The target after ACTION; BEFORE is taken. */
static TbObject *
done (const char *action, const char *fields, TbObject *before)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbEffect) effect = run (action, "observation", fields, before, &error);

  g_assert_no_error (error);
  tb_object_free (before);
  return g_steal_pointer (&effect->object);
}

static void
test_form (void)
{
  const char *const bad[] = {
    "[]",
    "{}",
    "{'id':'x','action':'add'}",
    "{'id':'" ID "','action':'add','author':'a','device':'d','fields':{'at':1}}",
    "{'id':'" ID "','action':'add','target':'observation','target_id':'" TARGET "','author':'a','device':'d'}",
    "{'id':'" ID "','action':'add','target':'observation','target_id':'" TARGET "','author':'a','device':'d','fields':{}}",
    "{'id':'" ID "','action':'add','target':'observation','target_id':'" TARGET "','author':'a','device':'d','fields':[]}",
    "{'id':'" ID "','action':'add','target':'chair','target_id':'" TARGET "','author':'a','device':'d','fields':{'at':1}}",
    "{'id':'" ID "','action':'jump','target':'clip','target_id':'" TARGET "','author':'a','device':'d','fields':{'at':1}}",
    "{'id':'" ID "','action':'remove','target':'clip','target_id':'" TARGET "','author':'a','device':'d','fields':{'at':1}}",
    "{'id':'" ID "','action':'remove','target':'clip','target_id':'" TARGET "','author':'a','device':'d','of':'" ID "'}",
    "{'id':'" ID "','action':'remove','target':'clip','target_id':'" TARGET "','author':'a'}",
    "{'id':'" ID "','action':'remove','target':'clip','target_id':'" TARGET "','author':7,'device':'d'}",
    "{'id':'" ID "','action':'remove','target':'clip','target_id':'TARGET','author':'a','device':'d'}",
    "{'id':'" ID "','action':'remove','target':'clip','target_id':'" TARGET "','author':'a','device':'d','made_at':'nu'}",
    "{'id':'" ID "','action':'remove','target':'clip','target_id':'" TARGET "','author':'a','device':'d','seq':1}",
    "{'id':'" ID "','action':'undo','of':'x','author':'a','device':'d'}",
  };
  g_autoptr (json_object) undo = from_text ("{'id':'" ID "','action':'undo','author':'a','device':'d'}");
  g_autoptr (TbOperation) read = tb_operation_from_json (undo, NULL);

  g_assert_nonnull (read);
  g_assert_null (read->of);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (json_object) json = from_text (bad[i]);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i]);
    g_assert_null (tb_operation_from_json (json, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

static void
test_add (void)
{
  g_autoptr (TbObject) object
      = done ("add", "{'instrument':'proef','code':'vraag','tapped_at':'2026-11-22T09:15:12.5Z','uncertainty':0.01}", NULL);
  const TbObservation *o = object->observation;
  g_autoptr (json_object) json = tb_object_to_json (object);
  g_autofree char *text = tb_json_to_text (json);

  g_assert_cmpint (o->at, ==, 12500 * TB_MILLISECOND);
  g_assert_cmpint (o->tapped_time, ==, o->at);
  g_assert_cmpstr (text, ==,
                   "{\"id\":\"" TARGET "\",\"instrument\":\"proef\",\"code\":\"vraag\",\"kind\":\"point\","
                   "\"at\":12.500000,\"until\":null,\"lead\":6.500000,\"lag\":12.000000,\"subject\":null,\"note\":\"\","
                   "\"valence\":\"neutraal\",\"observer\":\"anna\",\"tapped_at\":\"2026-11-22T09:15:12.500000Z\","
                   "\"tapped_time\":12.500000,\"uncertainty\":0.010000,\"closed_by\":null,\"modifiers\":null,"
                   "\"rating\":null,\"evidence\":null,\"removed\":false,\"open\":false,\"clip\":{\"from\":6.000000,\"to\":24.500000}}");
}

static void
test_moment_and_state (void)
{
  g_autoptr (TbObject) moment = done ("add", "{'at':3}", NULL);
  g_autoptr (TbObject) state = done ("add", "{'instrument':'proef','code':'overgang','at':10}", NULL);
  g_autoptr (TbEffect) none = NULL;
  g_autoptr (TbEffect) closed = NULL;
  TbTime from, to;

  g_assert_cmpint (moment->observation->kind, ==, TB_KIND_POINT);
  g_assert_null (moment->observation->code);
  tb_observation_clip (moment->observation, &from, &to);
  g_assert_cmpint (from, ==, 0); /* clamped */

  g_assert_true (tb_observation_is_open (state->observation));
  none = tb_operation_close (moment, 100 * TB_SECOND);
  g_assert_null (none);
  closed = tb_operation_close (state, 5 * TB_SECOND);
  g_assert_cmpint (closed->object->observation->until, ==, 10 * TB_SECOND); /* not before its start */
  g_assert_cmpstr (closed->object->observation->closed_by, ==, "end");

  state = done ("change", "{'until_tapped_at':'2026-11-22T09:15:20Z'}", g_steal_pointer (&state));
  g_assert_cmpint (state->observation->until, ==, 20 * TB_SECOND);
  tb_observation_clip (state->observation, &from, &to);
  g_assert_cmpint (from, ==, 5 * TB_SECOND);
  g_assert_cmpint (to, ==, 23 * TB_SECOND);
}

/* A code chosen afterwards brings its kind, lead and lag; what a person set stays. */
static void
test_recode (void)
{
  g_autoptr (TbObject) object = done ("add", "{'at':30}", NULL);

  object = done ("change", "{'instrument':'proef','code':'compliment'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->lead, ==, 8 * TB_SECOND);
  object = done ("change", "{'lead':20}", g_steal_pointer (&object));
  object = done ("change", "{'code':'overgang'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->kind, ==, TB_KIND_STATE);
  g_assert_cmpint (object->observation->lead, ==, 20 * TB_SECOND);
  g_assert_cmpint (object->observation->lag, ==, 3 * TB_SECOND);
  object = done ("change", "{'until':40}", g_steal_pointer (&object));
  object = done ("change", "{'code':'vraag'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->until, ==, TB_TIME_NONE);
}

static void
test_refused (void)
{
  g_autoptr (TbObject) point = done ("add", "{'instrument':'proef','code':'vraag','at':10}", NULL);
  g_autoptr (TbObject) state = done ("add", "{'instrument':'proef','code':'overgang','at':10,'until':20}", NULL);
  g_autofree char *long_note = g_strnfill (TB_NOTE_MAX + 1, 'x');
  g_autofree char *long_fields = g_strdup_printf ("{'note':'%s'}", long_note);
  struct {
    const TbObject *before;
    const char *fields;
  } const cases[] = {
    { NULL, "{'note':'geen tijd'}" },
    { NULL, "{'at':-1}" },
    { NULL, "{'at':1e9}" },
    { NULL, "{'at':null}" },
    { NULL, "{'at':true}" },
    { NULL, "{'at':1,'code':'vraag'}" },
    { NULL, "{'at':1,'instrument':'proef','code':'onbekend'}" },
    { NULL, "{'at':1,'instrument':'onbekend'}" },
    { NULL, "{'at':1,'instrument':'proef','code':'vraag','kind':'state'}" },
    { NULL, "{'at':1,'kind':'rating'}" },
    { NULL, "{'at':1,'until':2}" },
    { NULL, "{'at':1,'removed':true}" },
    { NULL, "{'at':1,'closed_by':'end'}" },
    { NULL, "{'at':1,'tapped_time':1}" },
    { NULL, "{'at':1,'uncertainty':-1}" },
    { NULL, "{'at':1,'id':'x'}" },
    { NULL, "{'tapped_at':'2025-11-22T09:15:00Z'}" },
    { point, "{'tapped_at':'2026-11-22T09:15:00Z'}" },
    { point, "{'observer':'bram'}" },
    { point, "{'until':11}" },
    { point, "{'valence':'goed'}" },
    { point, "{'valence':null}" },
    { point, "{'note':null}" },
    { point, "{'lead':601}" },
    { point, "{'instrument':null}" },
    { point, long_fields },
    { state, "{'until':9}" },
    { state, "{'at':21}" },
    { state, "{'until':12,'until_tapped_at':'2026-11-22T09:15:12Z'}" },
    { state, "{'until_tapped_at':'nu'}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TbEffect) effect
        = run (cases[i].before == NULL ? "add" : "change", "observation", cases[i].fields, cases[i].before, &error);

    g_test_message ("%.60s: %s", cases[i].fields, error != NULL ? error->message : "-");
    g_assert_null (effect);
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

static void
test_presence (void)
{
  g_autoptr (TbObject) point = done ("add", "{'at':10}", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (run ("add", "observation", "{'at':10}", point, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (run ("change", "observation", "{'at':10}", NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

static void
test_clip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbEffect) effect
      = run ("add", "clip", "{'from':1.5,'to':9,'title':'Start','camera':'" ID "','observation':null}", NULL, &error);
  const char *const bad[] = { "{'from':1}",          "{'from':2,'to':2}",       "{'from':-1,'to':2}",
                              "{'from':1,'to':2,'camera':'x'}", "{'from':1,'to':2,'at':1}" };
  g_autoptr (json_object) json = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  json = tb_object_to_json (effect->object);
  text = tb_json_to_text (json);
  g_assert_cmpstr (text, ==,
                   "{\"id\":\"" TARGET "\",\"from\":1.500000,\"to\":9.000000,\"title\":\"Start\",\"note\":\"\","
                   "\"observation\":null,\"camera\":\"" ID "\",\"removed\":false}");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_null (run ("add", "clip", bad[i], NULL, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
    g_clear_error (&error);
  }
}

/* before and after are exactly the fields that were set. */
static void
test_effect (void)
{
  g_autoptr (TbObject) state = done ("add", "{'instrument':'proef','code':'overgang','at':10}", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbEffect) effect = run ("change", "observation", "{'until':20.5}", state, &error);
  g_autofree char *before = tb_json_to_text (effect->before);
  g_autofree char *after = tb_json_to_text (effect->after);
  g_autoptr (TbObject) copy = tb_object_copy (state);

  g_assert_cmpstr (before, ==, "{\"until\":null,\"closed_by\":null}");
  g_assert_cmpstr (after, ==, "{\"until\":20500000000,\"closed_by\":null}");
  g_assert_true (tb_object_set (copy, effect->after, &error));
  g_assert_true (tb_object_equal (copy, effect->object));
  g_assert_false (tb_object_equal (copy, state));
  g_assert_true (tb_object_set (copy, effect->before, &error));
  g_assert_true (tb_object_equal (copy, state));
}

static void
add_entry (GPtrArray *history, const char *id, TbAction action, const char *of, const char *after)
{
  TbEntry *entry = g_new0 (TbEntry, 1);

  entry->id = g_strdup (id);
  entry->action = action;
  entry->of = g_strdup (of);
  entry->after = from_text (after);
  g_ptr_array_add (history, entry);
}

static void
test_undo (void)
{
  g_autoptr (GPtrArray) history = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_entry_free);
  g_autoptr (TbObject) current = done ("add", "{'at':10,'note':'twee','valence':'sterk'}", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbEffect) first = NULL;
  g_autoptr (TbEffect) redo = NULL;
  g_autoptr (TbEffect) made = NULL;

  add_entry (history, "a", TB_ACTION_ADD, NULL, "{'at':10000000000,'note':'een','valence':'neutraal','removed':false}");
  add_entry (history, "b", TB_ACTION_CHANGE, NULL, "{'note':'twee'}");
  add_entry (history, "c", TB_ACTION_CHANGE, NULL, "{'valence':'sterk'}");
  first = tb_operation_undo ("b", current, history, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first->object->observation->note, ==, "een");
  g_assert_cmpint (first->object->observation->valence, ==, TB_VALENCE_STRONG);
  g_assert_null (tb_operation_undo ("b", first->object, history, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (tb_operation_undo ("z", first->object, history, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);

  add_entry (history, "u", TB_ACTION_UNDO, "b", "{'note':'een'}");
  redo = tb_operation_undo ("u", first->object, history, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (redo->object->observation->note, ==, "twee");

  made = tb_operation_undo ("a", redo->object, history, &error);
  g_assert_no_error (error);
  g_assert_true (made->object->observation->removed);
  g_assert_cmpstr (made->object->observation->note, ==, "twee"); /* stays readable */
}

/* Undoing the move of a state's end behind its own, later moved, start. */
static void
test_undo_impossible (void)
{
  g_autoptr (GPtrArray) history = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_entry_free);
  g_autoptr (TbObject) current = done ("add", "{'instrument':'proef','code':'overgang','at':30,'until':40}", NULL);
  g_autoptr (GError) error = NULL;

  add_entry (history, "a", TB_ACTION_ADD, NULL, "{'at':10000000000,'until':20000000000,'kind':'state','removed':false}");
  add_entry (history, "b", TB_ACTION_CHANGE, NULL, "{'until':40000000000}");
  add_entry (history, "c", TB_ACTION_CHANGE, NULL, "{'at':30000000000}");
  g_assert_null (tb_operation_undo ("b", current, history, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operation/form", test_form);
  g_test_add_func ("/operation/add", test_add);
  g_test_add_func ("/operation/moment-and-state", test_moment_and_state);
  g_test_add_func ("/operation/recode", test_recode);
  g_test_add_func ("/operation/refused", test_refused);
  g_test_add_func ("/operation/presence", test_presence);
  g_test_add_func ("/operation/clip", test_clip);
  g_test_add_func ("/operation/effect", test_effect);
  g_test_add_func ("/operation/undo", test_undo);
  g_test_add_func ("/operation/undo-impossible", test_undo_impossible);
  return g_test_run ();
}
