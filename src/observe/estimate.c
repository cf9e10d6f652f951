#include "observe/estimate.h"

#include <math.h>

TbEstimate
tb_estimate_of (double value)
{
  return (TbEstimate){ value, TB_WHY_DEFINED, NAN, NAN, 0 };
}

TbEstimate
tb_estimate_none (TbWhy why)
{
  return (TbEstimate){ NAN, why, NAN, NAN, 0 };
}

const char *
tb_why_name (TbWhy why)
{
  static const char *const names[]
      = { NULL, "defined", "nothing", "one-category", "one-observer", "no-variance", "too-few", "unequal", "opposed" };

  return names[why];
}
