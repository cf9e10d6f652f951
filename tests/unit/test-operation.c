/* The engine without a store: what each operation does to its target. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/operation.h"

#define ZERO (G_GINT64_CONSTANT (1795338900) * TB_SECOND) /* 2026-11-22T09:15:00Z */
#define ID "01a200de-f158-7137-968f-a1c3e98d2b06"
#define TARGET "01a200de-f158-7137-968f-a1c3e98d2b07"

/* "proef" knows points and states, "proef-twee" everything else. */
static const TbInstrument *
find_instrument (const char *id, gpointer data)
{
  TbInstrument **both = data;

  for (guint i = 0; i < 2; i++)
    if (strcmp (id, tb_instrument_id (both[i])) == 0)
      return both[i];
  return NULL;
}

static TbInstrument *
instrument_for_tests (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "tests", folder, name, NULL);
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
  g_autoptr (TbInstrument) first = instrument_for_tests ("store", "proef.json");
  g_autoptr (TbInstrument) second = instrument_for_tests ("unit", "proef-twee.json");
  g_autoptr (TbOperation) o = operation (action, target, fields);
  TbInstrument *both[] = { first, second };
  TbContext context = { ZERO, find_instrument, both };

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
    "{'id':'" ID "','action':'remove','target':'clip','target_id':'" TARGET "','author':'','device':'d'}",
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

/* A code of proef-twee. */
#define TWEE(code) "{'instrument':'proef-twee','code':'" code "','at':100"
#define OTHER "01a200de-f158-7137-968f-a1c3e98d2b08"

/* Added with FIELDS; NULL with what it was refused for in *WHY, new. */
static TbObject *
tried (const char *fields, char **why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbEffect) effect = run ("add", "observation", fields, NULL, &error);

  if (effect != NULL)
    return g_steal_pointer (&effect->object);
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  *why = g_strdup (error->message);
  return NULL;
}

typedef struct {
  const char *fields;
  const char *kept; /* what is kept; NULL: refused or nothing */
  const char *why;  /* part of the refusal */
} Given;

static void
check_given (const Given *cases, guint n, gsize offset)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *why = NULL;
    g_autoptr (TbObject) object = tried (cases[i].fields, &why);
    g_autofree char *kept = g_strdup (cases[i].kept);

    g_test_message ("%s: %s", cases[i].fields, why != NULL ? why : "taken");
    g_assert_true ((object == NULL) == (cases[i].why != NULL));
    if (object == NULL)
      g_assert_nonnull (strstr (why, cases[i].why));
    else
      g_assert_cmpstr (*(char **) ((char *) object->observation + offset), ==,
                       kept != NULL ? g_strdelimit (kept, "'", '"') : NULL);
  }
}

static void
test_modifiers (void)
{
  static const Given cases[] = {
    { TWEE ("contact") ",'modifiers':{'van':'leraar','hoe':['blik','stem','blik'],'aantal':30.5}}",
      "{'hoe':['stem','blik'],'van':'leraar','aantal':30.5}", NULL }, /* in one order, each once */
    { TWEE ("contact") ",'modifiers':{'aantal':1}}", "{'aantal':1}", NULL },
    { TWEE ("contact") ",'modifiers':{'van':null,'hoe':[]}}", NULL, NULL },
    { TWEE ("contact") ",'modifiers':{}}", NULL, NULL },
    { TWEE ("contact") ",'modifiers':null}", NULL, NULL },
    { TWEE ("bezig") ",'modifiers':{'van':'leerling'}}", "{'van':'leerling'}", NULL },
    { TWEE ("kort") ",'modifiers':{'hoe':['stem']}}", NULL, "the code “kort” has no “hoe”" },
    { TWEE ("contact") ",'modifiers':{'wie':'leraar'}}", NULL, "has no “wie”" },
    { TWEE ("contact") ",'modifiers':{'van':'klas'}}", NULL, "“klas” is no choice of “van”" },
    { TWEE ("contact") ",'modifiers':{'van':['leraar']}}", NULL, "no choice of “van”" },
    { TWEE ("contact") ",'modifiers':{'hoe':'stem'}}", NULL, "“hoe” must be a list" },
    { TWEE ("contact") ",'modifiers':{'hoe':['stem','geur']}}", NULL, "“geur” is no choice of “hoe”" },
    { TWEE ("contact") ",'modifiers':{'hoe':[3]}}", NULL, "no choice of “hoe”" },
    { TWEE ("contact") ",'modifiers':{'aantal':31}}", NULL, "“aantal” must be from 1 to 30.5" },
    { TWEE ("contact") ",'modifiers':{'aantal':0.99}}", NULL, "“aantal” must be from" },
    { TWEE ("contact") ",'modifiers':{'aantal':'3'}}", NULL, "“aantal” must be a number" },
    { TWEE ("contact") ",'modifiers':{'aantal':true}}", NULL, "“aantal” must be a number" },
    { TWEE ("contact") ",'modifiers':[]}", NULL, "“modifiers” must be an object" },
    { "{'at':3,'modifiers':{'van':'leraar'}}", NULL, "“modifiers” are only for a code" },
  };

  check_given (cases, G_N_ELEMENTS (cases), G_STRUCT_OFFSET (TbObservation, modifiers));
}

/* Another code keeps what it knows as well; the rest goes, and an undo brings it back. */
static void
test_modifiers_recode (void)
{
  g_autoptr (TbObject) object = done ("add", TWEE ("contact") ",'modifiers':{'van':'leraar','aantal':3}}", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbEffect) effect = run ("change", "observation", "{'code':'kort'}", object, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (effect->object->observation->modifiers, ==, "{\"van\":\"leraar\"}");
  g_assert_true (tb_object_set (effect->object, effect->before, &error));
  g_assert_true (tb_object_equal (effect->object, object));
  object = done ("change", "{'instrument':null,'code':null}", g_steal_pointer (&object));
  g_assert_null (object->observation->modifiers);
}

static void
test_rating (void)
{
  static const struct {
    const char *fields;
    gint64 rating;
    const char *why;
  } cases[] = {
    { TWEE ("start") ",'rating':2}", 2, NULL },
    { TWEE ("start") ",'rating':-1}", -1, NULL },
    { TWEE ("start") ",'rating':null}", TB_RATING_NONE, NULL },
    { TWEE ("start") "}", 0, "“rating” is missing" },
    { TWEE ("start") ",'rating':1}", 0, "1 is no step of “vier”" },
    { TWEE ("start") ",'rating':'2'}", 0, "“rating” must be a whole number" },
    { TWEE ("start") ",'rating':2.5}", 0, "“rating” must be a whole number" },
    { TWEE ("slot") ",'rating':null}", 0, "“does not apply” is no answer on “streng”" },
    { TWEE ("start") ",'rating':2,'until':120}", 0, "“until” is only for" },
    { TWEE ("kort") ",'rating':2}", 0, "“rating” is only for a rating" },
    { TWEE ("kort") ",'rating':null}", TB_RATING_NONE, NULL },
    { "{'at':3,'rating':2}", 0, "“rating” is only for a rating" },
    { "{'at':3,'kind':'rating','rating':null}", 0, "needs its “code”" },
    { "{'at':3,'kind':'interval'}", 0, "needs its “code”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *why = NULL;
    g_autoptr (TbObject) object = tried (cases[i].fields, &why);

    g_test_message ("%s: %s", cases[i].fields, why != NULL ? why : "taken");
    g_assert_true ((object == NULL) == (cases[i].why != NULL));
    if (object == NULL)
      g_assert_nonnull (strstr (why, cases[i].why));
    else
      g_assert_cmpint (object->observation->rating, ==, cases[i].rating);
  }
}

static void
test_rating_change (void)
{
  g_autoptr (TbObject) object = done ("add", TWEE ("start") ",'rating':2,'evidence':['" OTHER "']}", NULL);
  g_autoptr (json_object) json = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  object = done ("change", "{'rating':-1,'note':'Toch niet'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->rating, ==, -1);
  g_assert_cmpstr (object->observation->evidence, ==, "[\"" OTHER "\"]");
  object = done ("change", "{'note':'Nee'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->rating, ==, -1);
  json = tb_object_to_json (object);
  text = tb_json_to_text (json);
  g_assert_nonnull (strstr (text, "\"modifiers\":null,\"rating\":-1,\"evidence\":[\"" OTHER "\"]"));

  /* On another scale, a step of that scale or nothing. */
  g_assert_null (run ("change", "observation", "{'code':'slot'}", object, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  object = done ("change", "{'code':'slot','rating':2}", g_steal_pointer (&object));
  object = done ("change", "{'code':'start'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->rating, ==, 2);

  /* Something else than a rating has neither. */
  object = done ("change", "{'code':'kort'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->rating, ==, TB_RATING_NONE);
  g_assert_null (object->observation->evidence);
  g_assert_null (run ("change", "observation", "{'code':'start'}", object, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

static void
test_evidence (void)
{
  static const Given cases[] = {
    { TWEE ("start") ",'rating':2,'evidence':['" OTHER "','" ID "','" OTHER "']}", "['" OTHER "','" ID "']", NULL },
    { TWEE ("start") ",'rating':null,'evidence':[]}", NULL, NULL },
    { TWEE ("start") ",'rating':2,'evidence':null}", NULL, NULL },
    { TWEE ("start") ",'rating':2,'evidence':['x']}", NULL, "“evidence” must be ids" },
    { TWEE ("start") ",'rating':2,'evidence':[3]}", NULL, "“evidence” must be ids" },
    { TWEE ("start") ",'rating':2,'evidence':'" OTHER "'}", NULL, "“evidence” must be a list" },
    { TWEE ("start") ",'rating':2,'evidence':['" TARGET "']}", NULL, "no evidence of itself" },
    { TWEE ("kort") ",'evidence':['" OTHER "']}", NULL, "“evidence” is only for a rating" },
    { "{'at':3,'evidence':['" OTHER "']}", NULL, "“evidence” is only for a rating" },
  };
  g_autoptr (GString) fields = g_string_new (TWEE ("start") ",'rating':2,'evidence':['" OTHER "'");
  g_autofree char *most = NULL, *more = NULL, *why = NULL;
  g_autoptr (TbObject) good = NULL;
  g_autoptr (TbObject) bad = NULL;

  check_given (cases, G_N_ELEMENTS (cases), G_STRUCT_OFFSET (TbObservation, evidence));
  for (guint i = 1; i < 50; i++)
    g_string_append_printf (fields, ",'01a200de-f158-7137-968f-a1c3e98d2c%02x'", i);
  most = g_strconcat (fields->str, "]}", NULL);
  more = g_strconcat (fields->str, ",'01a200de-f158-7137-968f-a1c3e98d2d00']}", NULL);
  good = tried (most, &why);
  g_assert_nonnull (good);
  bad = tried (more, &why);
  g_assert_null (bad);
  g_assert_nonnull (strstr (why, "more than 50"));
}

/* Onto the grid of the sampling: blocks of 120 s and 60 s, signals every 2.5 s. */
static void
test_interval (void)
{
  static const struct {
    const char *fields;
    double at, until;
    const char *why;
  } cases[] = {
    { "{'instrument':'proef-twee','code':'uitleg','at':0}", 0, 120, NULL },
    { "{'instrument':'proef-twee','code':'uitleg','at':119.9}", 0, 120, NULL },
    { "{'instrument':'proef-twee','code':'uitleg','at':120}", 120, 240, NULL },
    { "{'instrument':'proef-twee','code':'uitleg','at':250,'until':360}", 240, 360, NULL },
    { "{'instrument':'proef-twee','code':'uitleg','at':240,'until':300}", 240, 300, NULL }, /* cut by the end */
    { "{'instrument':'proef-twee','code':'uitleg','at':240,'until':null}", 240, 360, NULL },
    { "{'instrument':'proef-twee','code':'uitleg','at':240,'until':361}", 0, 0, "at most 120 seconds" },
    { "{'instrument':'proef-twee','code':'uitleg','at':240,'until':240}", 0, 0, "at most 120 seconds" },
    { "{'instrument':'proef-twee','code':'stil','at':119}", 60, 120, NULL },
    { "{'instrument':'proef-twee','code':'bezig','at':0}", 2.5, 2.5, NULL }, /* the first that is looked at */
    { "{'instrument':'proef-twee','code':'bezig','at':3.7}", 2.5, 2.5, NULL },
    { "{'instrument':'proef-twee','code':'bezig','at':3.75}", 5, 5, NULL },
    { "{'instrument':'proef-twee','code':'bezig','at':11,'until':30}", 10, 10, NULL },
    { "{'instrument':'proef-twee','code':'uitleg','tapped_at':'2026-11-22T09:17:30Z'}", 120, 240, NULL },
    { "{'instrument':'proef-twee','code':'uitleg','at':-1}", 0, 0, "“at” must not lie before" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *why = NULL;
    g_autoptr (TbObject) object = tried (cases[i].fields, &why);

    g_test_message ("%s: %s", cases[i].fields, why != NULL ? why : "taken");
    g_assert_true ((object == NULL) == (cases[i].why != NULL));
    if (object == NULL) {
      g_assert_nonnull (strstr (why, cases[i].why));
      continue;
    }
    g_assert_cmpfloat (tb_time_to_seconds (object->observation->at), ==, cases[i].at);
    g_assert_cmpfloat (tb_time_to_seconds (object->observation->until), ==, cases[i].until);
    g_assert_false (tb_observation_is_open (object->observation));
  }
}

static void
test_interval_change (void)
{
  g_autoptr (TbObject) object = done ("add", "{'instrument':'proef-twee','code':'uitleg','at':240,'until':300}", NULL);
  g_autoptr (TbObject) state = done ("add", "{'instrument':'proef-twee','code':'begin','at':70,'until':500}", NULL);
  g_autoptr (TbEffect) effect = NULL;
  g_autoptr (TbEffect) none = tb_operation_close (object, 400 * TB_SECOND);
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;

  g_assert_null (none); /* only states are open */
  object = done ("change", "{'note':'x'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->until, ==, 300 * TB_SECOND);
  /* Moving it moves both ends, as one. */
  effect = run ("change", "observation", "{'at':130}", object, &error);
  g_assert_no_error (error);
  after = tb_json_to_text (effect->after);
  g_assert_cmpstr (after, ==, "{\"at\":120000000000,\"until\":240000000000}");
  g_clear_pointer (&effect, tb_effect_free);
  g_clear_pointer (&after, g_free);
  effect = run ("change", "observation", "{'at':250}", object, &error);
  g_assert_no_error (error);
  after = tb_json_to_text (effect->after);
  g_assert_cmpstr (after, ==, "{\"at\":240000000000,\"until\":300000000000}");
  g_clear_pointer (&effect, tb_effect_free);
  g_clear_pointer (&after, g_free);
  effect = run ("change", "observation", "{'until':360}", object, &error);
  g_assert_no_error (error);
  after = tb_json_to_text (effect->after);
  g_assert_cmpstr (after, ==, "{\"at\":240000000000,\"until\":360000000000,\"closed_by\":null}");
  object = done ("change", "{'until':null}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->until, ==, 360 * TB_SECOND);

  /* Another code, another grid; and back to something with no grid. */
  object = done ("change", "{'code':'niets'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->until, ==, 360 * TB_SECOND);
  object = done ("change", "{'code':'bezig'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->until, ==, object->observation->at);
  object = done ("change", "{'code':'kort'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->until, ==, TB_TIME_NONE);
  object = done ("change", "{'code':'uitleg'}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->until, ==, 360 * TB_SECOND);
  /* Without a code it is an ordinary moment. */
  object = done ("change", "{'instrument':null,'code':null}", g_steal_pointer (&object));
  g_assert_cmpint (object->observation->kind, ==, TB_KIND_POINT);
  g_assert_cmpint (object->observation->until, ==, TB_TIME_NONE);

  state = done ("change", "{'code':'uitleg'}", g_steal_pointer (&state));
  g_assert_cmpint (state->observation->at, ==, 0);
  g_assert_cmpint (state->observation->until, ==, 120 * TB_SECOND);
}

/* What no operation gives, an undo or an import might. */
static void
test_check_kind (void)
{
  g_autoptr (TbObject) object = done ("add", "{'instrument':'proef-twee','code':'uitleg','at':240}", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (tb_object_check (object, &error));
  object->observation->closed_by = g_strdup ("end");
  g_assert_false (tb_object_check (object, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_clear_pointer (&object->observation->closed_by, g_free);
  object->observation->until = TB_TIME_NONE;
  g_assert_false (tb_object_check (object, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

/* What a kind cannot have is refused whatever the way it came about, an undo too. */
static void
test_undo_kind (void)
{
  g_autoptr (GPtrArray) history = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_entry_free);
  g_autoptr (TbObject) rating = done ("add", TWEE ("start") ",'rating':2}", NULL);
  g_autoptr (TbEffect) change = NULL;
  g_autoptr (TbEffect) undone = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  /* Made when there were no ratings yet: nothing is said of one. */
  add_entry (history, "a", TB_ACTION_ADD, NULL,
             "{'instrument':'proef-twee','code':'start','kind':'rating','at':1,'removed':false}");
  change = run ("change", "observation", "{'rating':-1,'evidence':['" OTHER "']}", rating, &error);
  g_assert_no_error (error);
  text = tb_json_to_text (change->after);
  g_strdelimit (text, "\"", '\'');
  add_entry (history, "b", TB_ACTION_CHANGE, NULL, text);
  undone = tb_operation_undo ("b", change->object, history, &error);
  g_assert_no_error (error);
  g_assert_cmpint (undone->object->observation->rating, ==, TB_RATING_NONE);
  g_assert_null (undone->object->observation->evidence);

  /* Undoing the code under a rating given later leaves the code: the rating is of that code. */
  g_ptr_array_set_size (history, 0);
  add_entry (history, "a", TB_ACTION_ADD, NULL,
             "{'instrument':'proef-twee','code':'kort','kind':'point','at':1,'rating':null,'removed':false}");
  add_entry (history, "b", TB_ACTION_CHANGE, NULL, "{'instrument':'proef-twee','code':'start','kind':'rating','rating':2}");
  add_entry (history, "c", TB_ACTION_CHANGE, NULL, text);
  g_clear_pointer (&undone, tb_effect_free);
  undone = tb_operation_undo ("b", change->object, history, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (undone->object->observation->code, ==, "start");
  g_assert_cmpint (undone->object->observation->kind, ==, TB_KIND_RATING);
  g_assert_cmpint (undone->object->observation->rating, ==, -1);
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
  g_test_add_func ("/operation/modifiers", test_modifiers);
  g_test_add_func ("/operation/modifiers-recode", test_modifiers_recode);
  g_test_add_func ("/operation/rating", test_rating);
  g_test_add_func ("/operation/rating-change", test_rating_change);
  g_test_add_func ("/operation/evidence", test_evidence);
  g_test_add_func ("/operation/interval", test_interval);
  g_test_add_func ("/operation/interval-change", test_interval_change);
  g_test_add_func ("/operation/check-kind", test_check_kind);
  g_test_add_func ("/operation/undo-kind", test_undo_kind);
  g_test_add_func ("/operation/presence", test_presence);
  g_test_add_func ("/operation/clip", test_clip);
  g_test_add_func ("/operation/effect", test_effect);
  g_test_add_func ("/operation/undo", test_undo);
  g_test_add_func ("/operation/undo-impossible", test_undo_impossible);
  return g_test_run ();
}
