/* Any bytes as an operation, applied to nothing and to a state that is there:
 * what comes out is valid, and its journal entry takes it there and back. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "observe/operation.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define WORDS "{\"nl\":\"a\",\"en\":\"a\"}"

static const char instrument_text[]
    = "{\"format\":1,\"id\":\"proef\",\"version\":1,\"title\":" WORDS ",\"description\":" WORDS ",\"default\":false,"
      "\"domains\":[{\"id\":\"d\",\"title\":" WORDS ",\"color\":\"#009E73\"}],\"codes\":["
      "{\"id\":\"punt\",\"domain\":\"d\",\"kind\":\"point\",\"title\":" WORDS ",\"short\":" WORDS
      ",\"key\":\"1\",\"lead\":8,\"lag\":2,\"help\":{\"counts\":" WORDS ",\"not\":" WORDS "}},"
      "{\"id\":\"duur\",\"domain\":\"d\",\"kind\":\"state\",\"title\":" WORDS ",\"short\":" WORDS
      ",\"key\":\"2\",\"lead\":8,\"lag\":2,\"help\":{\"counts\":" WORDS ",\"not\":" WORDS "}}],\"subjects\":[]}";

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
  g_assert_true (tb_object_set (copy, effect->before, NULL));
  g_assert_true (tb_object_equal (copy, before));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (json_object) json = tb_json_parse ((const char *) data, size, NULL);
  g_autoptr (TbOperation) operation = json != NULL ? tb_operation_from_json (json, NULL) : NULL;
  g_autoptr (TbInstrument) instrument = NULL;
  g_autoptr (TbObject) object = NULL;
  TbContext context = { G_GINT64_CONSTANT (1795338900) * TB_SECOND, find_instrument, NULL };

  if (operation == NULL || operation->action == TB_ACTION_UNDO)
    return 0;
  instrument = tb_instrument_parse (instrument_text, strlen (instrument_text), NULL);
  g_assert_nonnull (instrument);
  context.data = instrument;
  try_on (operation, NULL, &context);
  object = tb_object_new (operation->target, operation->target_id);
  if (object->clip != NULL) {
    object->clip->from = TB_SECOND;
    object->clip->to = 2 * TB_SECOND;
  } else {
    object->observation->instrument = g_strdup ("proef");
    object->observation->code = g_strdup ("duur");
    object->observation->kind = TB_KIND_STATE;
    object->observation->at = TB_SECOND;
  }
  try_on (operation, object, &context);
  return 0;
}
