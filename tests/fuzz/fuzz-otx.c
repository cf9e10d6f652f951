#include "fuzz-exchange.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  return try_format ("otx", data, size);
}
