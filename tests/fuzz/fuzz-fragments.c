/* Fuzz target: the reader of recorded files, over bytes in memory. */

#include <stddef.h>
#include <stdint.h>

#include "media/fragments.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (TbFragments) fragments = tb_fragments_new_memory (bytes);
  g_autoptr (TbFragments) again = tb_fragments_new_memory (bytes);
  guint count;

  tb_fragments_update (fragments, NULL);
  count = tb_fragments_count (fragments);
  g_assert (tb_fragments_valid_size (fragments) <= size);
  g_assert (tb_fragments_valid_size (fragments) + tb_fragments_torn_bytes (fragments) == size);
  for (guint i = 0; i < count; i++) {
    const TbFragment *fragment = &tb_fragments_list (fragments)[i];
    g_autoptr (GArray) samples = tb_fragments_samples (fragments, i, NULL);

    g_assert (fragment->offset + fragment->size <= size);
    for (guint s = 0; samples != NULL && s < samples->len; s++) {
      const TbSample *sample = &g_array_index (samples, TbSample, s);

      g_assert (sample->offset + sample->size <= size);
    }
  }
  if (count > 0)
    tb_fragments_restore (again, tb_fragments_list (fragments), count - 1, NULL);
  tb_fragments_update (again, NULL);
  return 0;
}
