#include "observe/interval.h"

#include <string.h>

/* What one observer answered of one sampling in one visit. */
typedef struct {
  guint32 sampling, visit, observer, subject; /* SUBJECT 0 when not apart */
} SheetKey;

typedef struct {
  SheetKey key;
  GArray *places; /* gint64, ascending, each once; only asked ones */
} Sheet;

struct _TbAnswers {
  const TbEventSet *set; /* borrowed */
  gboolean by_subject;
  GPtrArray *sheets; /* Sheet */
};

gint64
tb_interval_place (const TbSamplingFacts *sampling, TbTime at)
{
  const TbTime shifted = sampling->rule == TB_SAMPLING_MOMENTARY ? at + sampling->every / 2 : at;

  return shifted < 0 ? -1 : shifted / sampling->every;
}

gboolean
tb_interval_is_asked (const TbSamplingFacts *sampling, gint64 place, TbTime length)
{
  if (sampling->rule == TB_SAMPLING_MOMENTARY)
    return place >= 1 && place <= length / sampling->every;
  return place >= 0 && place <= length / sampling->every && place * sampling->every < length;
}

guint
tb_interval_n_asked (const TbParts *parts, guint part, guint visit, const TbSamplingFacts *sampling)
{
  const TbTime every = sampling->every;
  const gboolean momentary = sampling->rule == TB_SAMPLING_MOMENTARY;
  guint n = 0, i = 0;
  TbTime from, to;
  gboolean has_end;

  while (tb_parts_get_stretch (parts, part, visit, i++, &from, &to, &has_end)) {
    const gint64 first = (from + every - 1) / every, past = has_end ? to / every + 1 : (to + every - 1) / every;

    n += past > first ? (guint) (past - first) : 0;
    n -= momentary && first == 0 && past > 0;
    n -= !momentary && has_end && to % every == 0 && past > first;
  }
  return n;
}

static guint
hash_key (gconstpointer data)
{
  const SheetKey *key = data;

  return ((key->sampling * 31 + key->visit) * 31 + key->observer) * 31 + key->subject;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (SheetKey)) == 0;
}

static void
free_sheet (gpointer data)
{
  Sheet *sheet = data;

  g_array_unref (sheet->places);
  g_free (sheet);
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

/* Ascending, each once. */
static void
tidy (GArray *places)
{
  guint kept = 0;

  g_array_sort (places, compare_places);
  for (guint i = 0; i < places->len; i++) {
    const gint64 place = g_array_index (places, gint64, i);

    if (kept == 0 || g_array_index (places, gint64, kept - 1) != place)
      g_array_index (places, gint64, kept++) = place;
  }
  g_array_set_size (places, kept);
}

TbAnswers *
tb_answers_new (const TbEventSet *set, gboolean by_subject)
{
  g_autoptr (GHashTable) by_key = g_hash_table_new (hash_key, equal_keys);
  TbAnswers *answers = g_new0 (TbAnswers, 1);
  guint n;
  const TbEvent *events = tb_event_set_events (set, &n);

  answers->set = set;
  answers->by_subject = by_subject;
  answers->sheets = g_ptr_array_new_with_free_func (free_sheet);
  for (guint i = 0; i < n; i++) {
    const TbEvent *event = &events[i];
    const guint32 sampling
        = event->kind == TB_KIND_INTERVAL ? tb_event_set_code_facts (set, event->code).sampling : 0;
    const SheetKey key = { sampling, event->visit, event->observer, by_subject ? event->subject : 0 };
    Sheet *sheet = sampling != 0 ? g_hash_table_lookup (by_key, &key) : NULL;
    gint64 place;

    if (sampling == 0)
      continue;
    if (sheet == NULL) {
      sheet = g_new0 (Sheet, 1);
      sheet->key = key;
      sheet->places = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_ptr_array_add (answers->sheets, sheet);
      g_hash_table_insert (by_key, &sheet->key, sheet);
    }
    place = tb_interval_place (tb_event_set_sampling (set, sampling), event->at);
    if (tb_interval_is_asked (tb_event_set_sampling (set, sampling), place, tb_event_set_visit_length (set, event->visit)))
      g_array_append_val (sheet->places, place);
  }
  for (guint i = 0; i < answers->sheets->len; i++)
    tidy (((Sheet *) answers->sheets->pdata[i])->places);
  return answers;
}

void
tb_answers_free (TbAnswers *answers)
{
  if (answers == NULL)
    return;
  g_ptr_array_unref (answers->sheets);
  g_free (answers);
}

static gboolean
is_wanted (guint32 wanted, guint32 given)
{
  return wanted == G_MAXUINT32 || wanted == given;
}

void
tb_answers_count (const TbAnswers *answers, const TbParts *parts, guint part, guint32 sampling, guint32 visit,
                  guint32 observer, guint32 subject, TbIntervals *intervals)
{
  const TbSamplingFacts *facts = tb_event_set_sampling (answers->set, sampling);

  for (guint i = 0; i < answers->sheets->len; i++) {
    const Sheet *sheet = answers->sheets->pdata[i];

    if (sheet->key.sampling != sampling || !is_wanted (visit, sheet->key.visit)
        || !is_wanted (observer, sheet->key.observer) || (answers->by_subject && !is_wanted (subject, sheet->key.subject)))
      continue;
    intervals->asked += tb_interval_n_asked (parts, part, sheet->key.visit, facts);
    for (guint p = 0; p < sheet->places->len; p++)
      intervals->answered += tb_parts_stretch (parts, part, sheet->key.visit,
                                               g_array_index (sheet->places, gint64, p) * facts->every)
                             >= 0;
  }
}
