/* Any bytes as an instrument; one that is accepted must be accepted again and has no problems;
 * of one that is not, the list of problems begins with what it was refused for. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "observe/document-check.h"
#include "observe/instrument.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbInstrument) instrument = tb_instrument_parse ((const char *) data, size, &error);
  g_autoptr (TbInstrument) again = NULL;
  g_autoptr (GPtrArray) problems = tb_instrument_problems ((const char *) data, size);
  const char *text;

  g_assert_true ((instrument != NULL) == (error == NULL));
  g_assert_true ((instrument != NULL) == (problems->len == 0));
  if (instrument == NULL) {
    g_assert_true (g_str_has_suffix (error->message, ((TbDocumentProblem *) problems->pdata[0])->message));
    return 0;
  }
  text = tb_instrument_text (instrument);
  again = tb_instrument_parse (text, strlen (text), NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (tb_instrument_text (again), ==, text);
  for (guint i = 0; i < tb_instrument_n_codes (instrument); i++) {
    const TbCode *code = tb_instrument_code (instrument, i);

    g_assert_true ((code->kind == TB_KIND_RATING) == (code->scale != NULL));
    g_assert_true ((code->kind == TB_KIND_INTERVAL) == (code->sampling != NULL));
    tb_instrument_became (instrument, code->id);
  }
  tb_instrument_check_successor (again, instrument, NULL);
  return 0;
}
