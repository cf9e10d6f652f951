/* The Range header: whatever it says, a part lies inside the file. */
#include <stdint.h>

#include "web/range.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  static const guint64 sizes[] = { 0, 1, 1000, G_MAXINT64 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint64 from = 0, to = 0;

    if (tb_range_parse (text, sizes[i], &from, &to) == TB_RANGE_PART)
      g_assert_true (from <= to && to < sizes[i]);
  }
  return 0;
}
