#include "observe/sampled.h"

#include <stdlib.h>

#include "observe/numbering.h"

/* One code in one sample of one observer. */
typedef struct {
  gsize place; /* in TbSampled.sets */
  guint key;   /* a state or a point of a code */
} Entry;

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *left = a, *right = b;

  if (left->place != right->place)
    return left->place < right->place ? -1 : 1;
  return (left->key > right->key) - (left->key < right->key);
}

static gint64
divide_down (gint64 a, gint64 b)
{
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

void
tb_sampled_range (const TbSampled *sampled, const TbSpan *span, gint64 *from, gint64 *to)
{
  TbTime interval = sampled->interval;

  if (span->state) {
    *from = -divide_down (sampled->first - span->from, interval);
    *to = divide_down (span->to - sampled->first, interval);
  } else { /* 2 |at - sample| <= interval */
    *from = -divide_down (2 * (sampled->first - span->from) + interval, 2 * interval);
    *to = divide_down (2 * (span->from - sampled->first) + interval, 2 * interval);
  }
  *from = MAX (*from, 0);
  *to = MIN (*to, (gint64)sampled->n_times - 1);
}

static void
number_sets (TbSampled *sampled, GArray *entries)
{
  g_autoptr (GHashTable) numbers = tb_numbering_new ();
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint));

  if (entries->len > 0)
    qsort (entries->data, entries->len, sizeof (Entry), compare_entries);
  for (guint i = 0; i < entries->len;) {
    gsize place = g_array_index (entries, Entry, i).place;

    g_array_set_size (keys, 0);
    for (; i < entries->len && g_array_index (entries, Entry, i).place == place; i++)
      g_array_append_val (keys, g_array_index (entries, Entry, i).key);
    sampled->sets[place] = tb_numbering_get (numbers, keys->data, keys->len * sizeof (guint));
  }
  sampled->n_sets = g_hash_table_size (numbers) + 1; /* 0 is the empty one */
}

TbSampled *
tb_sampled_new (const TbSpan *spans, guint n_spans, guint n_observers, guint n_subjects, TbTime interval)
{
  g_autoptr (TbSampled) sampled = g_new0 (TbSampled, 1);
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  TbTime last = G_MININT64;
  gint64 n_times, n_entries = 0;

  g_return_val_if_fail (interval > 0, NULL);
  sampled->n_observers = n_observers;
  sampled->interval = interval;
  sampled->first = G_MAXINT64;
  for (guint i = 0; i < n_spans; i++) {
    sampled->first = MIN (sampled->first, spans[i].from);
    last = MAX (last, spans[i].to);
  }
  n_times = n_spans > 0 ? (last - sampled->first) / interval + 1 : 0;
  if (n_times * n_subjects > TB_SAMPLES_MAX)
    return NULL;
  for (guint i = 0; i < n_spans; i++)
    n_entries += (spans[i].to - spans[i].from) / interval + 2;
  if (n_entries > TB_SAMPLES_ENTRIES_MAX)
    return NULL;
  sampled->n_times = (guint)n_times;
  sampled->n_rows = sampled->n_times * n_subjects;
  sampled->sets = g_new0 (guint, MAX ((gsize)sampled->n_rows * n_observers, 1));
  for (guint i = 0; i < n_spans; i++) {
    const TbSpan *span = &spans[i];
    gint64 from, to;

    tb_sampled_range (sampled, span, &from, &to);
    for (gint64 t = from; t <= to; t++) {
      gsize row = (gsize)span->subject * sampled->n_times + (gsize)t;
      Entry entry = { row * n_observers + span->observer, 2 * span->code + (span->state ? 0 : 1) };

      g_array_append_val (entries, entry);
    }
  }
  number_sets (sampled, entries);
  return g_steal_pointer (&sampled);
}

void
tb_sampled_free (TbSampled *sampled)
{
  if (sampled == NULL)
    return;
  g_free (sampled->sets);
  g_free (sampled);
}
