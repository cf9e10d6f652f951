#include "observe/tally.h"

const TbTally *
tb_tally_find (const GArray *tally, const char *instrument, const char *code)
{
  for (guint i = 0; i < tally->len; i++) {
    const TbTally *one = &g_array_index (tally, TbTally, i);

    if (g_str_equal (one->code, code) && g_str_equal (one->instrument, instrument))
      return one;
  }
  return NULL;
}

static TbTime
length_within (const TbObservation *observation, TbTime end)
{
  TbTime until = observation->until != TB_TIME_NONE ? observation->until : end;

  return MAX (MIN (until, end) - MAX (observation->at, 0), 0);
}

GArray *
tb_tally_new (const GPtrArray *observations, TbTime end)
{
  GArray *tally = g_array_new (FALSE, FALSE, sizeof (TbTally));

  for (guint i = 0; i < observations->len; i++) {
    const TbObservation *observation = observations->pdata[i];
    TbTally *one;

    if (observation->removed || observation->instrument == NULL || observation->code == NULL)
      continue;
    one = (TbTally *) tb_tally_find (tally, observation->instrument, observation->code);
    if (one == NULL) {
      const TbTally first = { observation->instrument, observation->code, observation->kind, 0, 0 };

      g_array_append_val (tally, first);
      one = &g_array_index (tally, TbTally, tally->len - 1);
    }
    one->count++;
    if (observation->kind == TB_KIND_STATE)
      one->total += length_within (observation, end);
  }
  return tally;
}
