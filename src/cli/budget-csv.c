#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "cli/budget-print.h"
#include "exchange/csv.h"

/* The mark that a text is UTF-8. */
#define MARK "\xEF\xBB\xBF"

static void
add_text (GString *line, const char *text)
{
  const char *value = text != NULL ? text : "";
  const gboolean guard = tb_csv_needs_guard (value);

  if (line->len > strlen (MARK) && line->str[line->len - 1] != '\n')
    g_string_append_c (line, ';');
  g_string_append (line, guard ? "\"'" : "\"");
  for (; *value != '\0'; value++) {
    if (*value == '"')
      g_string_append_c (line, '"');
    g_string_append_c (line, *value);
  }
  g_string_append_c (line, '"');
}

/* With a decimal comma whatever the language; empty for NAN. */
static void
add_number (GString *line, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  char *point;

  g_string_append_c (line, ';');
  if (!isfinite (value))
    return;
  g_ascii_formatd (text, sizeof text, "%.3f", value);
  point = strchr (text, '.');
  if (point != NULL)
    *point = ',';
  g_string_append (line, text);
}

static void
add_count (GString *line, guint count)
{
  g_string_append_printf (line, ";%u", count);
}

static void
add_spread (GString *line, const TbSpread *spread)
{
  add_number (line, tb_spread_mean (spread));
  add_number (line, tb_spread_median (spread));
  add_number (line, spread->n > 0 ? tb_time_to_seconds (spread->min) : NAN);
  add_number (line, spread->n > 0 ? tb_time_to_seconds (spread->max) : NAN);
}

static void
add_heading (GString *csv)
{
  const char *const columns[] = {
    _ ("part"), _ ("length of the part (s)"), _ ("code"), _ ("kind"), _ ("who"), _ ("modifier"), _ ("observer"),
    _ ("visit"), _ ("times"), _ ("per minute"), _ ("in all (s)"), _ ("covered (s)"), _ ("share (%)"), _ ("mean (s)"),
    _ ("median (s)"), _ ("shortest (s)"), _ ("longest (s)"), _ ("gap, mean (s)"), _ ("gap, median (s)"),
    _ ("gap, shortest (s)"), _ ("gap, longest (s)"), _ ("rating, mean"), _ ("rating, median"), _ ("not ended"),
    _ ("outside the lesson"), _ ("begun while the same ran"), _ ("does not apply"), _ ("intervals with it"),
    _ ("intervals asked"), _ ("intervals missed"), _ ("share of the intervals asked (%)"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    add_text (csv, columns[i]);
  g_string_append (csv, "\r\n");
}

static const char *
name_of (const TbEventSet *set, TbNameKind kind, guint32 number)
{
  return number == TB_BUDGET_ANY ? NULL : tb_event_set_name (set, kind, number);
}

static const char *
kind_words (TbKind kind)
{
  switch (kind) {
  case TB_KIND_STATE:
    return _ ("state");
  case TB_KIND_INTERVAL:
    return _ ("interval");
  case TB_KIND_RATING:
    return _ ("rating");
  case TB_KIND_POINT:
  default:
    return _ ("point");
  }
}

static void
add_row (GString *csv, const TbEventSet *set, const char *part, const TbBudgetRow *row)
{
  const gboolean is_state = row->kind == TB_KIND_STATE;

  add_text (csv, part);
  add_number (csv, tb_time_to_seconds (row->of));
  add_text (csv, tb_event_set_name (set, TB_NAME_CODE, row->code));
  add_text (csv, kind_words (row->kind));
  add_text (csv, name_of (set, TB_NAME_SUBJECT, row->subject));
  add_text (csv, name_of (set, TB_NAME_MODIFIER, row->modifier));
  add_text (csv, name_of (set, TB_NAME_OBSERVER, row->observer));
  add_text (csv, row->visit == TB_BUDGET_ANY ? NULL : tb_event_set_visit_id (set, row->visit));
  add_count (csv, row->count);
  add_number (csv, tb_budget_per_minute (row));
  add_number (csv, is_state ? tb_time_to_seconds (row->total) : NAN);
  add_number (csv, is_state ? tb_time_to_seconds (row->covered) : NAN);
  add_number (csv, is_state ? tb_budget_share (row) * 100 : NAN);
  add_spread (csv, &row->lasting);
  add_spread (csv, &row->gaps);
  add_number (csv, row->ratings.n > 0 ? row->ratings.mean : NAN);
  add_number (csv, row->ratings.n > 0 ? row->ratings.median : NAN);
  add_count (csv, row->unfinished);
  add_count (csv, row->outside);
  add_count (csv, row->overlapping);
  add_count (csv, row->ratings.not_applicable);
  add_count (csv, row->intervals.seen);
  add_count (csv, row->intervals.asked);
  add_count (csv, row->intervals.asked - row->intervals.answered);
  add_number (csv, tb_budget_share_of_asked (row) * 100);
  g_string_append (csv, "\r\n");
}

char *
tb_budget_csv (const TbEventSet *set, const TbParts *parts, const TbBudget *budget)
{
  GString *csv = g_string_new (MARK);

  add_heading (csv);
  for (guint i = 0; i < tb_budget_n_rows (budget); i++) {
    const TbBudgetRow *row = tb_budget_row (budget, i);
    g_autofree char *part = tb_parts_name (parts, row->part);

    add_row (csv, set, part != NULL ? part : _ ("The whole lesson"), row);
  }
  return g_string_free (csv, FALSE);
}
