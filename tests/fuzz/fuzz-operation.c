/* Any bytes as an operation, applied to nothing and to what is there already, of each kind: what comes out is valid, its
 * journal entry takes it there and back, and the same operation once more changes nothing. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "observe/operation.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define WORDS "{\"nl\":\"a\",\"en\":\"a\"}"
#define CODE(id, kind, more) \
  "{\"id\":\"" id "\",\"domain\":\"d\",\"kind\":\"" kind "\",\"title\":" WORDS ",\"short\":" WORDS \
  ",\"lead\":8,\"lag\":2,\"help\":{\"counts\":" WORDS ",\"not\":" WORDS "}" more "}"

static const char instrument_text[]
    = "{\"format\":2,\"id\":\"proef\",\"version\":1,\"title\":" WORDS ",\"description\":" WORDS ",\"default\":false,"
      "\"domains\":[{\"id\":\"d\",\"title\":" WORDS ",\"color\":\"#009E73\"}],"
      "\"modifiers\":[{\"id\":\"een\",\"title\":" WORDS ",\"type\":\"one\",\"choices\":[{\"id\":\"a\",\"title\":" WORDS
      "},{\"id\":\"b\",\"title\":" WORDS "}]},"
      "{\"id\":\"veel\",\"title\":" WORDS ",\"type\":\"many\",\"choices\":[{\"id\":\"a\",\"title\":" WORDS
      "},{\"id\":\"b\",\"title\":" WORDS "}]},"
      "{\"id\":\"maat\",\"title\":" WORDS ",\"type\":\"number\",\"min\":-1,\"max\":1.5}],"
      "\"scales\":[{\"id\":\"s\",\"title\":" WORDS ",\"not_applicable\":true,\"steps\":["
      "{\"value\":1,\"title\":" WORDS "},{\"value\":2,\"title\":" WORDS "}]}],"
      "\"samplings\":[{\"id\":\"p\",\"title\":" WORDS ",\"every\":120,\"rule\":\"partial\",\"many\":true},"
      "{\"id\":\"m\",\"title\":" WORDS ",\"every\":3,\"rule\":\"momentary\",\"many\":false}],"
      "\"codes\":[" CODE ("punt", "point", ",\"modifiers\":[\"veel\",\"een\",\"maat\"]") ","
      CODE ("duur", "state", "") "," CODE ("blok", "interval", ",\"sampling\":\"p\"") ","
      CODE ("tel", "interval", ",\"sampling\":\"m\",\"modifiers\":[\"een\"]") ","
      CODE ("score", "rating", ",\"scale\":\"s\"") "]}";

static const TbInstrument *
find_instrument (const char *id, gpointer data)
{
  return strcmp (id, "proef") == 0 ? data : NULL;
}

static void
try_on (const TbOperation *operation, const TbObject *before, const TbContext *context)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbEffect) effect = tb_operation_apply (operation, before, context, &error);
  g_autoptr (TbEffect) again = NULL;
  g_autoptr (TbObject) copy = NULL;
  g_autoptr (json_object) json = NULL;
  g_autofree char *text = NULL;

  g_assert_true ((effect != NULL) == (error == NULL));
  if (effect == NULL)
    return;
  g_assert_true (tb_object_check (effect->object, NULL));
  json = tb_object_to_json (effect->object);
  text = tb_json_to_text (json);
  if (before == NULL)
    return;
  copy = tb_object_copy (before);
  g_assert_true (tb_object_set (copy, effect->after, NULL));
  g_assert_true (tb_object_equal (copy, effect->object));
  again = tb_operation_apply (operation, copy, context, NULL);
  g_assert_true (again != NULL && tb_object_equal (again->object, copy));
  g_assert_true (tb_object_set (copy, effect->before, NULL));
  g_assert_true (tb_object_equal (copy, before));
}

/* An observation of CODE that is there: *OBJECT's own fields are set. */
static void
make_observation (TbObservation *observation, const char *code, TbKind kind)
{
  g_free (observation->instrument);
  g_free (observation->code);
  observation->instrument = g_strdup ("proef");
  observation->code = g_strdup (code);
  observation->kind = kind;
  observation->at = 120 * TB_SECOND;
  observation->until = kind == TB_KIND_INTERVAL ? 240 * TB_SECOND : TB_TIME_NONE;
  observation->rating = kind == TB_KIND_RATING ? 2 : TB_RATING_NONE;
  if (kind == TB_KIND_POINT)
    observation->modifiers = g_strdup ("{\"veel\":[\"a\"],\"een\":\"b\",\"maat\":1.5}");
  if (kind == TB_KIND_RATING)
    observation->evidence = g_strdup ("[\"01a200de-f158-7137-968f-a1c3e98d2b09\"]");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const struct {
    const char *code;
    TbKind kind;
  } there[] = { { "duur", TB_KIND_STATE }, { "punt", TB_KIND_POINT }, { "blok", TB_KIND_INTERVAL },
                { "score", TB_KIND_RATING } };
  g_autoptr (json_object) json = tb_json_parse ((const char *) data, size, NULL);
  g_autoptr (TbOperation) operation = json != NULL ? tb_operation_from_json (json, NULL) : NULL;
  g_autoptr (TbInstrument) instrument = NULL;
  TbContext context = { G_GINT64_CONSTANT (1795338900) * TB_SECOND, find_instrument, NULL };

  if (operation == NULL || operation->action == TB_ACTION_UNDO)
    return 0;
  instrument = tb_instrument_parse (instrument_text, strlen (instrument_text), NULL);
  g_assert_nonnull (instrument);
  context.data = instrument;
  try_on (operation, NULL, &context);
  for (guint i = 0; i < G_N_ELEMENTS (there); i++) {
    g_autoptr (TbObject) object = tb_object_new (operation->target, operation->target_id);

    if (object->clip != NULL) {
      object->clip->from = TB_SECOND;
      object->clip->to = 2 * TB_SECOND;
    } else {
      make_observation (object->observation, there[i].code, there[i].kind);
    }
    try_on (operation, object, &context);
  }
  return 0;
}
