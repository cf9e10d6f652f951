#include "observe/unitising.h"

#include <stdlib.h>
#include <string.h>

#include "observe/order.h"

/* A unit or a gap of one observer, in seconds. */
typedef struct {
  TbTime from, to;
  guint value;
  double length;
  double shared; /* of a unit: with units of the other observers, on average */
} Segment;

struct _TbUnitising {
  guint n_observers, n_values, n_blocks;
  double resolution; /* s */
  GArray **segments; /* of each observer: Segment, without a hole */
  /* By block and value, [block × n_values + value]: */
  double *sums;        /* coincidences of the value with any */
  double *sums_coding; /* of it and any other unit, not a gap */
  double *same;        /* of it and itself */
  double *own;         /* what its segments share with themselves */
  double *own_coding;  /* the same of what is shared with the units of others */
};

static void
append_segment (TbUnitising *self, guint observer, TbTime from, TbTime to, guint value)
{
  Segment segment = { from, to, value, tb_time_to_seconds (to - from), 0 };

  if (to > from)
    g_array_append_val (self->segments[observer], segment);
}

static int
compare_units (gconstpointer a, gconstpointer b)
{
  const TbUnit *left = a, *right = b;

  if (left->observer != right->observer)
    return left->observer < right->observer ? -1 : 1;
  if (left->from != right->from)
    return left->from < right->from ? -1 : 1;
  return (left->to > right->to) - (left->to < right->to);
}

static void
take_units (TbUnitising *self, const TbUnit *units, guint n_units, TbTime from, TbTime to)
{
  g_autofree TbUnit *sorted = g_memdup2 (units, n_units * sizeof (TbUnit));
  guint i = 0;

  if (n_units > 0)
    qsort (sorted, n_units, sizeof (TbUnit), compare_units);
  for (guint o = 0; o < self->n_observers; o++) {
    TbTime at = from;

    for (; i < n_units && sorted[i].observer == o; i++) {
      TbTime first = MAX (sorted[i].from, at), last = MIN (sorted[i].to, to);

      if (last <= first)
        continue;
      append_segment (self, o, at, first, 0);
      append_segment (self, o, first, last, sorted[i].value);
      at = last;
    }
    append_segment (self, o, at, to, 0);
  }
}

/* Where block B begins; where the last one ends for N_BLOCKS. */
static TbTime
block_edge (const TbUnitising *self, TbTime from, TbTime to, guint b)
{
  return b == self->n_blocks ? to : from + (TbTime)((double)(to - from) / self->n_blocks * b);
}

/* Where anything changes: ends of segments and of blocks. */
static GArray *
edges_of (const TbUnitising *self, TbTime from, TbTime to)
{
  GArray *edges = g_array_new (FALSE, FALSE, sizeof (TbTime));

  for (guint b = 0; b <= self->n_blocks; b++) {
    TbTime edge = block_edge (self, from, to, b);

    g_array_append_val (edges, edge);
  }
  for (guint o = 0; o < self->n_observers; o++)
    for (guint s = 0; s < self->segments[o]->len; s++)
      g_array_append_val (edges, g_array_index (self->segments[o], Segment, s).to);
  g_array_sort (edges, tb_compare_times);
  return edges;
}

typedef void (*Piece) (TbUnitising *self, guint block, Segment *const *now, double length);

/* Calls PIECE for every stretch in which nothing changes. */
static void
sweep (TbUnitising *self, const GArray *edges, TbTime from, TbTime to, Piece piece)
{
  g_autofree guint *places = g_new0 (guint, self->n_observers);
  g_autofree Segment **now = g_new (Segment *, self->n_observers);
  guint block = 0;

  for (guint e = 1; e < edges->len; e++) {
    TbTime start = g_array_index (edges, TbTime, e - 1), end = g_array_index (edges, TbTime, e);

    if (end == start)
      continue;
    while (block + 1 < self->n_blocks && block_edge (self, from, to, block + 1) <= start)
      block++;
    for (guint o = 0; o < self->n_observers; o++) {
      while (g_array_index (self->segments[o], Segment, places[o]).to <= start)
        places[o]++;
      now[o] = &g_array_index (self->segments[o], Segment, places[o]);
    }
    piece (self, block, now, tb_time_to_seconds (end - start));
  }
}

static void
add_shared (TbUnitising *self, guint block G_GNUC_UNUSED, Segment *const *now, double length)
{
  for (guint i = 0; i < self->n_observers; i++)
    for (guint j = 0; j < self->n_observers; j++)
      if (i != j && now[i]->value != 0 && now[j]->value != 0)
        now[i]->shared += length / (self->n_observers - 1);
}

/* A segment of length L adds LENGTH × L in each stretch: L² when all are added, and in each block its part of it. */
static void
add_piece (TbUnitising *self, guint block, Segment *const *now, double length)
{
  const double others = self->n_observers - 1;

  for (guint i = 0; i < self->n_observers; i++) {
    guint value = now[i]->value;
    gsize place = (gsize)block * self->n_values + value;

    self->own[place] += length * (value != 0 ? now[i]->length : self->resolution);
    for (guint j = 0; j < self->n_observers; j++) {
      if (i == j)
        continue;
      self->sums[place] += length / others;
      if (now[j]->value == value)
        self->same[place] += length / others;
      if (value != 0 && now[j]->value != 0) {
        self->sums_coding[place] += length / others;
        self->own_coding[place] += length * now[i]->shared / others;
      }
    }
  }
}

TbUnitising *
tb_unitising_new (const TbUnit *units, guint n_units, guint n_observers, guint n_values, TbTime from, TbTime to,
                  TbTime resolution, guint n_blocks)
{
  TbUnitising *self = g_new0 (TbUnitising, 1);
  g_autoptr (GArray) edges = NULL;
  gsize n_places = (gsize)MAX (n_values, 1) * MAX (n_blocks, 1);

  self->n_observers = n_observers;
  self->n_values = MAX (n_values, 1);
  self->n_blocks = MAX (n_blocks, 1);
  self->resolution = tb_time_to_seconds (resolution);
  self->segments = g_new0 (GArray *, n_observers);
  for (guint o = 0; o < n_observers; o++)
    self->segments[o] = g_array_new (FALSE, FALSE, sizeof (Segment));
  self->sums = g_new0 (double, n_places);
  self->sums_coding = g_new0 (double, n_places);
  self->same = g_new0 (double, n_places);
  self->own = g_new0 (double, n_places);
  self->own_coding = g_new0 (double, n_places);
  if (to <= from || n_observers < 2)
    return self;
  take_units (self, units, n_units, from, to);
  edges = edges_of (self, from, to);
  sweep (self, edges, from, to, add_shared);
  sweep (self, edges, from, to, add_piece);
  return self;
}

void
tb_unitising_free (TbUnitising *self)
{
  if (self == NULL)
    return;
  for (guint o = 0; o < self->n_observers; o++)
    g_array_unref (self->segments[o]);
  g_free (self->segments);
  g_free (self->sums);
  g_free (self->sums_coding);
  g_free (self->same);
  g_free (self->own);
  g_free (self->own_coding);
  g_free (self);
}

/* What the blocks give together, by form: margins, diagonal and what segments share with themselves. Of BINARY there
 * are two values, gap and unit. */
typedef struct {
  guint n;
  double total;
  double *sums, *same, *own;
} Sums;

static void
sums_clear (Sums *sums)
{
  g_free (sums->sums);
  g_free (sums->same);
  g_free (sums->own);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sums, sums_clear)

static Sums
sums_of (const TbUnitising *self, TbUnitisingForm form, const guint *times)
{
  const gboolean coding = form == TB_UNITISING_CODING, binary = form == TB_UNITISING_BINARY;
  const guint n = binary ? 2 : self->n_values;
  Sums sums = { n, 0, g_new0 (double, n), g_new0 (double, n), g_new0 (double, n) };

  for (guint b = 0; b < self->n_blocks; b++) {
    double weight = times != NULL ? times[b] : 1;

    if (weight <= 0)
      continue;
    for (guint c = coding ? 1 : 0; c < self->n_values; c++) {
      gsize place = (gsize)b * self->n_values + c;
      guint to = binary ? c != 0 : c;
      double sum = weight * (coding ? self->sums_coding[place] : self->sums[place]);

      sums.sums[to] += sum;
      sums.total += sum;
      sums.same[to] += weight * (binary && c != 0 ? self->sums_coding[place] : self->same[place]);
      sums.own[to] += weight * (coding ? self->own_coding[place] : self->own[place]);
    }
  }
  return sums;
}

TbEstimate
tb_unitising_estimate (const TbUnitising *self, TbUnitisingForm form, const guint *times)
{
  g_auto (Sums) sums = sums_of (self, form, times);
  double same = 0, expected_same = 0, own = 0;

  if (self->n_observers < 2)
    return tb_estimate_none (TB_WHY_ONE_OBSERVER);
  if (sums.total <= 0)
    return tb_estimate_none (form == TB_UNITISING_CODING ? TB_WHY_ONE_OBSERVER : TB_WHY_NOTHING);
  for (guint c = 0; c < sums.n; c++) {
    same += sums.same[c];
    own += sums.own[c];
  }
  if (sums.total * sums.total - own <= sums.total * sums.total * 1e-12)
    return tb_estimate_none (TB_WHY_ONE_CATEGORY);
  for (guint c = 0; c < sums.n; c++)
    expected_same += (sums.sums[c] * sums.sums[c] - sums.own[c]) * sums.total / (sums.total * sums.total - own);
  if (sums.total - expected_same <= sums.total * 1e-12)
    return tb_estimate_none (TB_WHY_ONE_CATEGORY);
  return tb_estimate_of (1 - (sums.total - same) / (sums.total - expected_same));
}

TbEstimate
tb_unitising_share (const TbUnitising *self, const guint *times)
{
  g_auto (Sums) sums = sums_of (self, TB_UNITISING_WHOLE, times);
  double same = 0;

  for (guint c = 0; c < sums.n; c++)
    same += sums.same[c];
  return sums.total > 0 ? tb_estimate_of (same / sums.total) : tb_estimate_none (TB_WHY_NOTHING);
}
