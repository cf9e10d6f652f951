/* Concordance of how the lesson is cut up in states. */
#include "observe/concordance-private.h"

#include <stdlib.h>

#include "observe/numbering.h"
#include "observe/unitising.h"

/* A state that begins or ends. */
typedef struct {
  TbTime at;
  guint label;
  int by; /* +1 begins, -1 ends */
} Change;

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  const Change *left = a, *right = b;

  return (left->at > right->at) - (left->at < right->at);
}

/* The number of the set of labels that run (RUNNING counts each); 0 when none does. */
static guint
number_of (GHashTable *numbers, const guint *running, guint n_labels, GArray *scratch)
{
  g_array_set_size (scratch, 0);
  for (guint label = 0; label < n_labels; label++)
    if (running[label] > 0)
      g_array_append_val (scratch, label);
  return scratch->len > 0 ? tb_numbering_get (numbers, scratch->data, scratch->len * sizeof (guint)) : 0;
}

/* Of the events of SIDE, only those of CODE unless it is 0, in order of time; the zero-length ones not. */
static GArray *
changes_of (const TbComparison *comparison, guint side, guint code)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (Change));

  for (guint i = 0; i < comparison->n_events; i++) {
    const TbEvent *event = comparison->events[i];
    TbTime end = tb_event_set_end (comparison->set, event);
    Change both[] = { { event->at, comparison->labels[i], 1 }, { end, comparison->labels[i], -1 } };

    if (comparison->sides[i] == side && (code == 0 || event->code == code) && end > event->at)
      g_array_append_vals (changes, both, 2);
  }
  g_array_sort (changes, compare_changes);
  return changes;
}

/* Units of all observers whose value is the set of states that run. */
static GArray *
units_of (const TbComparison *comparison, guint code, guint *n_values)
{
  GArray *units = g_array_new (FALSE, FALSE, sizeof (TbUnit));
  g_autoptr (GHashTable) numbers = tb_numbering_new ();
  g_autoptr (GArray) scratch = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint side = 0; side < comparison->question->n_observers; side++) {
    g_autoptr (GArray) changes = changes_of (comparison, side, code);
    g_autofree guint *running = g_new0 (guint, MAX (comparison->n_labels, 1));
    TbUnit unit = { side, 0, 0, 0 };

    for (guint i = 0; i < changes->len;) {
      TbTime at = g_array_index (changes, Change, i).at;
      guint value;

      for (; i < changes->len && g_array_index (changes, Change, i).at == at; i++)
        running[g_array_index (changes, Change, i).label] += (guint)g_array_index (changes, Change, i).by;
      value = number_of (numbers, running, comparison->n_labels, scratch);
      if (value == unit.value)
        continue;
      unit.to = at;
      if (unit.value != 0)
        g_array_append_val (units, unit);
      unit.from = at;
      unit.value = value;
    }
  }
  *n_values = g_hash_table_size (numbers) + 1;
  return units;
}

static TbEstimate
figure_of (gpointer user_data, guint figure, const guint *times)
{
  const TbUnitising *unitising = user_data;

  if (figure == 0)
    return tb_unitising_share (unitising, times);
  return tb_unitising_estimate (unitising, (TbUnitisingForm)figure, times);
}

/* Seconds from START to END in which at least LEAST observers have a unit. */
static double
seconds_of (const GArray *changes, guint least)
{
  TbTime sum = 0, before = 0;
  guint running = 0;

  for (guint i = 0; i < changes->len; i++) {
    const Change *change = &g_array_index (changes, Change, i);

    if (running >= least)
      sum += change->at - before;
    before = change->at;
    running += (guint)change->by;
  }
  return tb_time_to_seconds (sum);
}

/* Makes one unit of what runs on: UNITS were cut where another subject or modifier began, and their value says no more
 * than that the code runs. */
static void
join_units (GArray *units)
{
  guint kept = 0;

  for (guint i = 0; i < units->len; i++) {
    TbUnit unit = g_array_index (units, TbUnit, i);
    TbUnit *last = kept > 0 ? &g_array_index (units, TbUnit, kept - 1) : NULL;

    unit.value = 1;
    if (last != NULL && last->observer == unit.observer && last->to == unit.from)
      last->to = unit.to;
    else
      g_array_index (units, TbUnit, kept++) = unit;
  }
  g_array_set_size (units, kept);
}

static void
add_code (TbComparison *comparison, guint c, TbTime length)
{
  const guint n = comparison->question->n_observers;
  g_autofree double *amounts = g_new0 (double, n);
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (Change));
  guint n_values;
  g_autoptr (GArray) units = units_of (comparison, c, &n_values);
  g_autoptr (TbUnitising) unitising = NULL;
  TbCodeConcordance code = { c, 0, 0, tb_estimate_none (TB_WHY_NOTHING) };

  join_units (units);
  for (guint i = 0; i < units->len; i++) {
    TbUnit *unit = &g_array_index (units, TbUnit, i);
    Change both[2];

    unit->from = MAX (unit->from, 0);
    unit->to = MIN (unit->to, length);
    if (unit->to <= unit->from)
      continue;
    both[0] = (Change){ unit->from, 0, 1 };
    both[1] = (Change){ unit->to, 0, -1 };
    g_array_append_vals (changes, both, 2);
    amounts[unit->observer] += tb_time_to_seconds (unit->to - unit->from);
  }
  if (changes->len == 0)
    return;
  g_array_sort (changes, compare_changes);
  unitising = tb_unitising_new ((const TbUnit *)(const void *)units->data, units->len, n, 2, 0, length, 0, 1);
  code.any = seconds_of (changes, 1);
  code.all = seconds_of (changes, n);
  code.estimate = tb_unitising_estimate (unitising, TB_UNITISING_WHOLE, NULL);
  tb_comparison_add_code (comparison, &code, amounts);
}

void
tb_concordance_overlap (TbComparison *comparison)
{
  static const char *const ids[] = { "percent", "alpha-u", "alpha-u-binary", "alpha-u-coding" };
  TbTime length = tb_event_set_visit_length (comparison->set, comparison->question->visit);
  guint n_values, n_blocks = tb_comparison_blocks (0, length);
  g_autoptr (GArray) units = units_of (comparison, 0, &n_values);
  g_autoptr (TbUnitising) unitising
      = tb_unitising_new ((const TbUnit *)(const void *)units->data, units->len, comparison->question->n_observers,
                          n_values, 0, length, 0, n_blocks);
  const guint n_codes = tb_event_set_n_names (comparison->set, TB_NAME_CODE);

  tb_comparison_add (comparison, ids, G_N_ELEMENTS (ids), n_blocks, NULL, figure_of, unitising);
  for (guint c = 1; c < n_codes; c++)
    add_code (comparison, c, length);
}
