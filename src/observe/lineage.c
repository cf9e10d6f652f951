#include "observe/lineage.h"

typedef struct {
  guint visit;
  TbInstrument *instrument; /* owned */
} Use;

struct _TbLineage {
  GPtrArray *versions; /* TbInstrument, by id and version */
  GArray *uses;        /* Use */
};

static void
clear_use (gpointer use)
{
  tb_instrument_unref (((Use *) use)->instrument);
}

TbLineage *
tb_lineage_new (void)
{
  TbLineage *lineage = g_new0 (TbLineage, 1);

  lineage->versions = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_instrument_unref);
  lineage->uses = g_array_new (FALSE, FALSE, sizeof (Use));
  g_array_set_clear_func (lineage->uses, clear_use);
  return lineage;
}

void
tb_lineage_free (TbLineage *lineage)
{
  if (lineage == NULL)
    return;
  g_ptr_array_unref (lineage->versions);
  g_array_unref (lineage->uses);
  g_free (lineage);
}

static int
compare_versions (const TbInstrument *a, const TbInstrument *b)
{
  const int by_id = g_strcmp0 (tb_instrument_id (a), tb_instrument_id (b));

  if (by_id != 0)
    return by_id;
  return (tb_instrument_version (a) > tb_instrument_version (b))
         - (tb_instrument_version (a) < tb_instrument_version (b));
}

void
tb_lineage_add (TbLineage *lineage, TbInstrument *instrument)
{
  guint place = 0;

  while (place < lineage->versions->len && compare_versions (lineage->versions->pdata[place], instrument) < 0)
    place++;
  if (place == lineage->versions->len || compare_versions (lineage->versions->pdata[place], instrument) != 0)
    g_ptr_array_insert (lineage->versions, (int) place, tb_instrument_ref (instrument));
}

void
tb_lineage_use (TbLineage *lineage, guint visit, TbInstrument *instrument)
{
  const Use use = { visit, tb_instrument_ref (instrument) };

  tb_lineage_add (lineage, instrument);
  g_array_append_val (lineage->uses, use);
}

/* The newest version of ID that a visit uses; with CODE unless that is NULL. NULL when there is none. */
static const TbInstrument *
newest_used (const TbLineage *lineage, const char *id, const char *code)
{
  const TbInstrument *newest = NULL;

  for (guint i = 0; i < lineage->uses->len; i++) {
    const TbInstrument *one = g_array_index (lineage->uses, Use, i).instrument;

    if (g_str_equal (tb_instrument_id (one), id) && (code == NULL || tb_instrument_find (one, code) != NULL)
        && (newest == NULL || tb_instrument_version (one) > tb_instrument_version (newest)))
      newest = one;
  }
  return newest;
}

/* What CODE of OLD is in NEWEST; NULL when it went out. */
static const TbCode *
carry (const TbLineage *lineage, const TbInstrument *old, const TbInstrument *newest, const TbCode *code)
{
  const char *id = code->id;

  for (guint i = 0; i < lineage->versions->len && id != NULL; i++) {
    const TbInstrument *next = lineage->versions->pdata[i];

    if (compare_versions (next, old) > 0 && compare_versions (next, newest) <= 0)
      id = tb_instrument_became (next, id);
  }
  return id != NULL ? tb_instrument_find (newest, id) : NULL;
}

static gboolean
same_scale (const TbScale *a, const TbScale *b)
{
  if (a == NULL || b == NULL || a->steps->len != b->steps->len)
    return a == b;
  for (guint i = 0; i < a->steps->len; i++)
    if (g_array_index (a->steps, TbStep, i).value != g_array_index (b->steps, TbStep, i).value)
      return FALSE;
  return TRUE;
}

static gboolean
same_sampling (const TbSampling *a, const TbSampling *b)
{
  return a == NULL || b == NULL ? a == b : a->every == b->every && a->rule == b->rule;
}

static gboolean
adds_up (const TbCode *a, const TbCode *b)
{
  return a->kind == b->kind && same_scale (a->scale, b->scale) && same_sampling (a->sampling, b->sampling);
}

static const TbSampling *
find_sampling (const TbInstrument *instrument, const char *id)
{
  for (guint i = 0; i < tb_instrument_n_samplings (instrument); i++)
    if (g_str_equal (tb_instrument_sampling (instrument, i)->id, id))
      return tb_instrument_sampling (instrument, i);
  return NULL;
}

/* Whether CODE of OLD, that the newest version does not have under this id, is still what it was in the last version
 * that has it: then both keep the name. */
static gboolean
keeps_name (const TbLineage *lineage, const TbInstrument *old, const TbCode *code)
{
  const TbInstrument *last = newest_used (lineage, tb_instrument_id (old), code->id);
  const TbCode *then = carry (lineage, old, last, code);

  return then != NULL && g_str_equal (then->id, code->id) && adds_up (code, then);
}

/* Under which name CODE of OLD counts beside NEWEST, and what is known of it there. */
static void
place_code (const TbLineage *lineage, TbEventSet *set, guint visit, const TbInstrument *old,
            const TbInstrument *newest, const TbCode *code)
{
  const TbCode *now = carry (lineage, old, newest, code);
  const char *id = tb_instrument_id (old);
  g_autofree char *from = g_strconcat (id, "/", code->id, NULL);
  g_autofree char *version = g_strdup_printf ("@%" G_GINT64_FORMAT, tb_instrument_version (old));
  g_autofree char *to = NULL;

  if (now != NULL && adds_up (code, now))
    to = g_strconcat (id, "/", now->id, NULL);
  else if (tb_instrument_find (newest, code->id) != NULL || !keeps_name (lineage, old, code))
    to = g_strconcat (from, version, NULL);
  else
    to = g_strdup (from);
  if (!g_str_equal (from, to))
    tb_event_set_rename (set, visit, from, to);
  if (now == NULL || !adds_up (code, now))
    tb_event_set_add_code (
        set, to, old, code,
        code->scale == NULL || same_scale (code->scale, tb_instrument_find_scale (newest, code->scale->id)) ? ""
                                                                                                          : version,
        code->sampling == NULL || same_sampling (code->sampling, find_sampling (newest, code->sampling->id)) ? ""
                                                                                                            : version);
}

void
tb_lineage_apply (const TbLineage *lineage, TbEventSet *set)
{
  for (guint i = 0; i < lineage->uses->len; i++) {
    const Use *use = &g_array_index (lineage->uses, Use, i);
    const TbInstrument *newest = newest_used (lineage, tb_instrument_id (use->instrument), NULL);

    if (compare_versions (use->instrument, newest) == 0) {
      tb_event_set_add_instrument (set, use->instrument);
      continue;
    }
    for (guint c = 0; c < tb_instrument_n_codes (use->instrument); c++)
      place_code (lineage, set, use->visit, use->instrument, newest, tb_instrument_code (use->instrument, c));
  }
}
