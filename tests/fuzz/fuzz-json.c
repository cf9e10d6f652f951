/* Any bytes as JSON: read, and written out again the same. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (json_object) value = tb_json_parse ((const char *) data, size, &error);
  g_autoptr (json_object) again = NULL;
  g_autofree char *text = NULL;

  g_assert_true ((value != NULL) == (error == NULL));
  if (value == NULL)
    return 0;
  text = tb_json_to_text (value);
  again = tb_json_parse (text, strlen (text), NULL);
  g_assert_nonnull (again);
  return 0;
}
