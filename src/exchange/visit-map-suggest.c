/* Which codes of a file are codes of kijkwijzers that are here. */
#include <string.h>

#include "exchange/visit-map-private.h"

TbCodeTarget *
tb_code_target_new (const char *instrument, const char *code)
{
  TbCodeTarget *target = g_new0 (TbCodeTarget, 1);

  target->instrument = g_strdup (instrument);
  target->code = g_strdup (code);
  return target;
}

void
tb_code_target_free (gpointer data)
{
  TbCodeTarget *target = data;

  if (target == NULL)
    return;
  g_free (target->instrument);
  g_free (target->code);
  g_free (target);
}

static gboolean
same_title (const char *a, const char *b)
{
  g_autofree char *one = g_utf8_casefold (a, -1);
  g_autofree char *other = g_utf8_casefold (b, -1);

  return g_str_equal (g_strstrip (one), g_strstrip (other));
}

/* By id first: of two, one may be called as the other is titled. */
static const TbCode *
match (const TbInstrument *instrument, const TbExchangeCode *foreign)
{
  const char *id = foreign->id, *name = tb_instrument_id (instrument);
  gsize length = strlen (name);
  const TbCode *code;

  if (strncmp (id, name, length) == 0 && id[length] == '/')
    return tb_instrument_find (instrument, id + length + 1);
  code = tb_instrument_find (instrument, id);
  for (guint i = 0; code == NULL && i < tb_instrument_n_codes (instrument); i++) {
    const TbCode *candidate = tb_instrument_code (instrument, i);

    if (same_title (candidate->title_nl, id) || same_title (candidate->title_en, id)
        || (foreign->title != NULL
            && (same_title (candidate->title_nl, foreign->title) || same_title (candidate->title_en, foreign->title))))
      code = candidate;
  }
  return code;
}

typedef struct {
  const TbInstrument *instrument;
  guint matches;
} Candidate;

static int
most_first (gconstpointer a, gconstpointer b, gpointer data)
{
  guint one = ((const Candidate *) a)->matches, other = ((const Candidate *) b)->matches;

  return one > other ? -1 : one < other;
}

GHashTable *
tb_visit_map_suggest (const TbExchange *document, GPtrArray *catalogue)
{
  GHashTable *suggestions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tb_code_target_free);
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; catalogue != NULL && i < catalogue->len; i++) {
    Candidate candidate = { g_ptr_array_index (catalogue, i), 0 };

    for (guint c = 0; c < document->codes->len; c++)
      candidate.matches += match (candidate.instrument, g_ptr_array_index (document->codes, c)) != NULL;
    if (candidate.matches > 0)
      g_array_append_val (candidates, candidate);
  }
  g_qsort_with_data (candidates->data, (gint) candidates->len, sizeof (Candidate), most_first, NULL);
  for (guint c = 0; c < document->codes->len; c++) {
    const TbExchangeCode *foreign = g_ptr_array_index (document->codes, c);

    TbCodeTarget *target = NULL;
    guint most = 0;

    for (guint i = 0; i < candidates->len; i++) {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);
      const TbCode *code;

      if (target != NULL && (target->tied || candidate->matches < most))
        break;
      if ((code = match (candidate->instrument, foreign)) == NULL)
        continue;
      if (target != NULL) {
        target->tied = TRUE;
        continue;
      }
      target = tb_code_target_new (tb_instrument_id (candidate->instrument), code->id);
      most = candidate->matches;
      g_hash_table_insert (suggestions, g_strdup (foreign->id), target);
    }
  }
  return suggestions;
}

void
tb_visit_map_report_tied (const TbExchange *document, GHashTable *suggestions, TbLoss *loss)
{
  for (guint c = 0; c < document->codes->len; c++) {
    const TbExchangeCode *code = g_ptr_array_index (document->codes, c);
    const TbCodeTarget *target = g_hash_table_lookup (suggestions, code->id);

    if (target != NULL && target->tied)
      tb_loss_add (loss, TB_LOSS_CHANGED, 1, "a code that more than one kijkwijzer has",
                   "the file does not say which: the first of them was taken", "code “%.60s”", code->id);
  }
}

static const TbCode *
find_code (GPtrArray *catalogue, const TbCodeTarget *target)
{
  for (guint i = 0; target != NULL && i < catalogue->len; i++) {
    const TbInstrument *instrument = g_ptr_array_index (catalogue, i);

    if (g_str_equal (tb_instrument_id (instrument), target->instrument))
      return tb_instrument_find (instrument, target->code);
  }
  return NULL;
}

static gboolean
is_called (const char *id, const TbCodeTarget *target)
{
  const char *slash = strchr (id, '/');

  return g_str_equal (slash != NULL ? slash + 1 : id, target->code);
}

/* Whether CODE has room for what EVENT is. */
static gboolean
fits (const TbExchangeEvent *event, const TbCode *code)
{
  gboolean lasts = event->until != TB_TIME_NONE || event->kind == TB_KIND_STATE;

  switch (code->kind) {
  case TB_KIND_STATE:
    return lasts;
  case TB_KIND_INTERVAL:
    return event->until != TB_TIME_NONE;
  case TB_KIND_RATING:
  case TB_KIND_POINT:
  default:
    return !lasts;
  }
}

gboolean
tb_visit_map_is_known (const TbExchange *document, GPtrArray *catalogue, GHashTable *suggestions)
{
  gboolean any = FALSE;

  for (guint s = 0; s < document->sets->len; s++) {
    const TbExchangeSet *set = g_ptr_array_index (document->sets, s);

    for (guint i = 0; i < set->events->len; i++) {
      const TbExchangeEvent *event = g_ptr_array_index (set->events, i);
      const TbCodeTarget *target = event->code != NULL ? g_hash_table_lookup (suggestions, event->code) : NULL;
      const TbCode *code = find_code (catalogue, target);

      if (event->code == NULL)
        continue;
      if (code == NULL || !is_called (event->code, target) || !fits (event, code))
        return FALSE;
      any = TRUE;
    }
  }
  return any;
}
