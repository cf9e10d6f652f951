/* Any bytes as an instrument; one that is accepted must be accepted again. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "observe/instrument.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbInstrument) instrument = tb_instrument_parse ((const char *) data, size, &error);
  g_autoptr (TbInstrument) again = NULL;
  const char *text;

  g_assert_true ((instrument != NULL) == (error == NULL));
  if (instrument == NULL)
    return 0;
  text = tb_instrument_text (instrument);
  again = tb_instrument_parse (text, strlen (text), NULL);
  g_assert_nonnull (again);
  return 0;
}
