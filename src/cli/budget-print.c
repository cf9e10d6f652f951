#include "cli/budget-print.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define NOTHING "-"

/* Rows of cells; the first is the heading. The columns before FIRST_NUMBER are text, the others are set to the right. */
typedef struct {
  GPtrArray *rows; /* GPtrArray of char * */
  guint first_number;
} Grid;

static void
add_row (Grid *grid)
{
  g_ptr_array_add (grid->rows, g_ptr_array_new_with_free_func (g_free));
}

/* TEXT is taken. */
static void
take_cell (Grid *grid, char *text)
{
  g_ptr_array_add (grid->rows->pdata[grid->rows->len - 1], text);
}

static void
add_cell (Grid *grid, const char *text)
{
  take_cell (grid, g_strdup (text));
}

static void
print_cell (const char *text, glong width, gboolean right, gboolean last)
{
  const glong space = width - g_utf8_strlen (text, -1);

  if (right)
    g_print ("%*s%s", (int) space, "", text);
  else if (last)
    g_print ("%s", text);
  else
    g_print ("%s%*s", text, (int) space, "");
  g_print ("%s", last ? "\n" : "  ");
}

static void
print_grid (const Grid *grid)
{
  const GPtrArray *heading = grid->rows->pdata[0];
  g_autofree glong *widths = g_new0 (glong, heading->len);

  for (guint r = 0; r < grid->rows->len; r++) {
    const GPtrArray *row = grid->rows->pdata[r];

    for (guint c = 0; c < row->len; c++)
      widths[c] = MAX (widths[c], g_utf8_strlen (row->pdata[c], -1));
  }
  for (guint r = 0; r < grid->rows->len; r++) {
    const GPtrArray *row = grid->rows->pdata[r];

    for (guint c = 0; c < row->len; c++)
      print_cell (row->pdata[c], widths[c], c >= grid->first_number, c + 1 == row->len);
  }
}

static Grid
new_grid (guint first_number)
{
  const Grid grid = { g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref), first_number };

  return grid;
}

/* New. */
static char *
number_text (double value, const char *unit)
{
  return isfinite (value) ? g_strdup_printf ("%.1f%s", value, unit) : g_strdup (NOTHING);
}

/* INSTRUMENT/CODE without what goes without saying. Borrowed. */
static const char *
code_text (const TbEventSet *set, guint32 code)
{
  const char *name = tb_event_set_name (set, TB_NAME_CODE, code);
  const gsize length = strchr (name, '/') - name + 1;

  for (guint other = 1; other < tb_event_set_n_names (set, TB_NAME_CODE); other++)
    if (strncmp (name, tb_event_set_name (set, TB_NAME_CODE, other), length) != 0)
      return name;
  return name + length;
}

static const char *
name_text (const TbEventSet *set, TbNameKind kind, guint32 number)
{
  return number == 0 ? NOTHING : tb_event_set_name (set, kind, number);
}

static void
add_heading (Grid *grid, guint by)
{
  add_row (grid);
  add_cell (grid, _ ("code"));
  if (by & TB_BUDGET_BY_SUBJECT)
    add_cell (grid, _ ("who"));
  if (by & TB_BUDGET_BY_MODIFIER)
    add_cell (grid, _ ("modifier"));
  if (by & TB_BUDGET_BY_OBSERVER)
    add_cell (grid, _ ("observer"));
  if (by & TB_BUDGET_BY_VISIT)
    add_cell (grid, _ ("visit"));
  grid->first_number = ((GPtrArray *) grid->rows->pdata[0])->len;
  add_cell (grid, _ ("times"));
  add_cell (grid, _ ("per minute"));
  add_cell (grid, _ ("in all"));
  add_cell (grid, _ ("share"));
  add_cell (grid, _ ("mean (s)"));
  add_cell (grid, _ ("median (s)"));
  add_cell (grid, _ ("gap, mean (s)"));
  add_cell (grid, _ ("gap, median (s)"));
}

static void
add_numbers (Grid *grid, const TbBudgetRow *row)
{
  const gboolean is_state = row->kind == TB_KIND_STATE;

  take_cell (grid, g_strdup_printf ("%u", row->count));
  take_cell (grid, isfinite (tb_budget_per_minute (row)) ? g_strdup_printf ("%.2f", tb_budget_per_minute (row))
                                                          : g_strdup (NOTHING));
  take_cell (grid, is_state ? tb_time_format_clock (row->total) : g_strdup (""));
  take_cell (grid, is_state ? number_text (tb_budget_share (row) * 100, "%") : g_strdup (""));
  take_cell (grid, is_state ? number_text (tb_spread_mean (&row->lasting), "") : g_strdup (""));
  take_cell (grid, is_state ? number_text (tb_spread_median (&row->lasting), "") : g_strdup (""));
  take_cell (grid, number_text (tb_spread_mean (&row->gaps), ""));
  take_cell (grid, number_text (tb_spread_median (&row->gaps), ""));
}

static void
print_part (const TbEventSet *set, const TbParts *parts, const TbBudget *budget, guint by, guint part)
{
  Grid grid = new_grid (0);
  g_autofree char *name = tb_parts_name (parts, part);
  g_autofree char *length = tb_time_format_clock (tb_parts_total (parts, part));

  g_print ("\n%s (%s)\n", name != NULL ? name : _ ("The whole lesson"), length);
  add_heading (&grid, by);
  for (guint i = 0; i < tb_budget_n_rows (budget); i++) {
    const TbBudgetRow *row = tb_budget_row (budget, i);

    if (row->part != part || (row->count == 0 && row->total == 0))
      continue;
    add_row (&grid);
    add_cell (&grid, code_text (set, row->code));
    if (by & TB_BUDGET_BY_SUBJECT)
      add_cell (&grid, name_text (set, TB_NAME_SUBJECT, row->subject));
    if (by & TB_BUDGET_BY_MODIFIER)
      add_cell (&grid, name_text (set, TB_NAME_MODIFIER, row->modifier));
    if (by & TB_BUDGET_BY_OBSERVER)
      add_cell (&grid, name_text (set, TB_NAME_OBSERVER, row->observer));
    if (by & TB_BUDGET_BY_VISIT)
      take_cell (&grid, g_strdup_printf ("%.13s", tb_event_set_visit_id (set, row->visit)));
    add_numbers (&grid, row);
  }
  if (grid.rows->len > 1)
    print_grid (&grid);
  else
    g_print ("%s\n", _ ("Nothing was observed here."));
  g_ptr_array_unref (grid.rows);
}

/* Of a row that is about intervals, or about scores: what its table has no column for. */
static void
print_apart (const TbEventSet *set, const TbBudgetRow *row)
{
  if (row->intervals.asked > 0)
    g_print (_ ("%s: in %u of the %u intervals that were asked (%.1f%%); missed: %u\n"), code_text (set, row->code),
             row->intervals.seen, row->intervals.asked, tb_budget_share_of_asked (row) * 100,
             row->intervals.asked - row->intervals.answered);
  if (row->kind == TB_KIND_RATING && row->ratings.n > 0)
    g_print (_ ("%s: score %.2f on average, times: %u; does not apply: %u\n"), code_text (set, row->code),
             row->ratings.mean, row->ratings.n, row->ratings.not_applicable);
  else if (row->kind == TB_KIND_RATING)
    g_print (_ ("%s: does not apply: %u\n"), code_text (set, row->code), row->ratings.not_applicable);
}

/* What the rules did with what is not whole. Counted per event, so not by modifier. */
static void
print_remarks (const TbEventSet *set, const TbParts *parts, guint by)
{
  g_autoptr (TbBudget) budget = tb_budget_new (set, parts, 0);
  const guint n_observers = tb_event_set_n_names (set, TB_NAME_OBSERVER) - 1;
  guint unfinished = 0, outside = 0, overlapping = 0;

  for (guint i = 0; i < tb_budget_n_rows (budget); i++) {
    const TbBudgetRow *row = tb_budget_row (budget, i);

    if (row->part != 0)
      continue;
    print_apart (set, row);
    unfinished += row->unfinished;
    outside += row->outside;
    overlapping += row->overlapping;
  }
  if (unfinished + outside + overlapping + tb_event_set_n_uncoded (set) > 0 || n_observers > 1)
    g_print ("\n");
  if (unfinished > 0)
    g_print (_ ("Not ended, so taken to the end of the lesson: %u\n"), unfinished);
  if (outside > 0)
    g_print (_ ("Before the start or after the end of the lesson: %u; only time within the lesson is added up\n"),
             outside);
  if (overlapping > 0)
    g_print (_ ("Begun while the same still ran: %u; a share has such time once\n"), overlapping);
  if (tb_event_set_n_uncoded (set) > 0)
    g_print (_ ("Moments without a code, not in the table: %u\n"), tb_event_set_n_uncoded (set));
  if (n_observers > 1 && (by & TB_BUDGET_BY_OBSERVER) == 0)
    g_print (_ ("There are %u observers: what two of them saw is counted twice; --by-observer keeps them apart\n"),
             n_observers);
}

void
tb_budget_print (const TbEventSet *set, const TbParts *parts, const TbBudget *budget, guint by)
{
  for (guint part = 0; part < tb_parts_n (parts); part++)
    print_part (set, parts, budget, by, part);
  print_remarks (set, parts, by);
}

void
tb_budget_print_latency (const TbEventSet *set, const TbParts *parts, const TbLatency *latency)
{
  const TbSpread *spread = &latency->spread;
  g_autofree char *part = tb_parts_name (parts, latency->question.part);
  g_autofree char *mean = number_text (tb_spread_mean (spread), ""), *median = number_text (tb_spread_median (spread), "");
  g_autofree char *min = number_text (spread->n > 0 ? tb_time_to_seconds (spread->min) : NAN, "");
  g_autofree char *max = number_text (spread->n > 0 ? tb_time_to_seconds (spread->max) : NAN, "");

  g_print (_ ("From %s to %s (%s): mean %s s, median %s s, from %s to %s s; times: %u\n"),
           code_text (set, latency->question.from), code_text (set, latency->question.to),
           part != NULL ? part : _ ("The whole lesson"), mean, median, min, max, spread->n);
  if (latency->unpaired->len > 0)
    g_print (_ ("Nothing came after it: %u\n"), latency->unpaired->len);
  if (latency->shared > 0)
    g_print (_ ("With an end that one before has too: %u\n"), latency->shared);
}

void
tb_budget_print_during (const TbEventSet *set, const TbDuring *during)
{
  Grid grid = new_grid (1);
  g_autofree char *covered = tb_time_format_clock (during->covered);

  g_print ("\n");
  g_print (_ ("During %s: %s; times: %u\n"), code_text (set, during->code), covered, during->states);
  add_row (&grid);
  add_cell (&grid, _ ("code"));
  add_cell (&grid, _ ("inside"));
  add_cell (&grid, _ ("outside"));
  add_cell (&grid, _ ("per minute inside"));
  add_cell (&grid, _ ("per minute outside"));
  for (guint i = 0; i < during->rows->len; i++) {
    const TbDuringRow *row = &g_array_index (during->rows, TbDuringRow, i);

    add_row (&grid);
    add_cell (&grid, code_text (set, row->code));
    take_cell (&grid, g_strdup_printf ("%u", row->inside));
    take_cell (&grid, g_strdup_printf ("%u", row->outside));
    take_cell (&grid, number_text (tb_during_rate_inside (during, row), ""));
    take_cell (&grid, number_text (tb_during_rate_outside (during, row), ""));
  }
  print_grid (&grid);
  g_ptr_array_unref (grid.rows);
}

void
tb_budget_print_transitions (const TbEventSet *set, const TbTransitions *transitions)
{
  Grid grid = new_grid (2);

  g_print ("\n");
  g_print (_ ("What comes after what; times: %u\n"), transitions->total);
  add_row (&grid);
  add_cell (&grid, _ ("from"));
  add_cell (&grid, _ ("to"));
  add_cell (&grid, _ ("times"));
  add_cell (&grid, _ ("of 100"));
  add_cell (&grid, _ ("expected"));
  add_cell (&grid, _ ("adjusted residual"));
  for (guint i = 0; i < transitions->n * transitions->n; i++) {
    const TbTransition *cell = &transitions->cells[i];

    if (cell->count == 0)
      continue;
    add_row (&grid);
    add_cell (&grid, code_text (set, transitions->codes[i / transitions->n]));
    add_cell (&grid, code_text (set, transitions->codes[i % transitions->n]));
    take_cell (&grid, g_strdup_printf ("%u", cell->count));
    take_cell (&grid, number_text (cell->probability * 100, ""));
    take_cell (&grid, number_text (cell->expected, ""));
    take_cell (&grid, number_text (cell->residual, ""));
  }
  print_grid (&grid);
  if (transitions->ties > 0)
    g_print (_ ("At one and the same instant, so in no certain order: %u\n"), transitions->ties);
  if (transitions->repeated > 0)
    g_print (_ ("The same once more, so not counted as a transition: %u\n"), transitions->repeated);
  g_ptr_array_unref (grid.rows);
}
