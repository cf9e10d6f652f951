/* What the columns of a table are: by their headings, else by their values. */
#include <string.h>

#include "base/error.h"
#include "exchange/bytes.h"
#include "exchange/csv-private.h"

#define LOOK_AT 200 /* rows */

static const char *const role_names[TB_CSV_N_ROLES]
    = { NULL,    "ignore", "visit",    "observer", "subject",   "code",    "category", "kind",
        "start", "end",    "duration", "rating",   "modifiers", "comment", "modifier" };

const char *
tb_csv_role_name (TbCsvRole role)
{
  return role > 0 && role < TB_CSV_N_ROLES ? role_names[role] : NULL;
}

gboolean
tb_csv_role_from_name (const char *name, TbCsvRole *role)
{
  for (int i = 1; i < TB_CSV_N_ROLES; i++) {
    if (g_strcmp0 (name, role_names[i]) == 0) {
      *role = (TbCsvRole) i;
      return TRUE;
    }
  }
  return FALSE;
}

void
tb_csv_mapping_free (TbCsvMapping *mapping)
{
  if (mapping == NULL)
    return;
  g_array_unref (mapping->roles);
  g_ptr_array_unref (mapping->names);
  g_free (mapping);
}

/* What the heading of a column usually says, in Dutch and English, and in what other programs write. */
static const struct {
  TbCsvRole role;
  const char *names; /* each between bars */
} headings[] = {
  { TB_CSV_VISIT, "|visit|klassenbezoek|bezoek|les|observation id|observation|session|file|" },
  { TB_CSV_OBSERVER, "|observer|waarnemer|annotator|coder|rater|" },
  { TB_CSV_SUBJECT, "|subject|wie|participant|leerling|" },
  { TB_CSV_CODE, "|code|behavior|behaviour|label|annotation|gedrag|event|indicator|observatie|activity|" },
  { TB_CSV_CATEGORY, "|domain|domein|category|tier|behavioral category|categorie|" },
  { TB_CSV_KIND, "|kind|soort|behavior type|behaviour type|status|type|" },
  { TB_CSV_START, "|start|begin|time|tijd|onset|at|start (s)|begin time|start time|start_time|start time (secs)"
                  "|time (s)|tijd (s)|timestamp|tijdstip|starttime|tmin|start_ms|start (ms)|time_ms|time (ms)|" },
  { TB_CSV_END, "|end|einde|stop|offset|until|stop (s)|end time|end_time|endtime|eind|tot|tmax"
                "|end_ms|end (ms)|" },
  { TB_CSV_DURATION, "|duration|duur|duration (s)|" },
  { TB_CSV_RATING, "|rating|score|" },
  { TB_CSV_MODIFIERS, "|modifiers|kenmerken|modifier|" },
  { TB_CSV_COMMENT, "|comment|notitie|note|comments|opmerking|text|comment start|" },
};

#define LONGEST 40 /* no heading has so many letters */

static TbCsvRole
role_of_heading (const char *text)
{
  char between[LONGEST + 3] = "|";
  gsize n = 1;

  while (g_ascii_isspace (*text))
    text++;
  /* Most cells are numbers, or nothing. */
  if (*text == '\0' || g_ascii_isdigit (*text))
    return TB_CSV_IGNORE;
  for (; *text != '\0' && *text != '|' && n <= LONGEST; text++)
    between[n++] = g_ascii_tolower (*text);
  if (*text != '\0')
    return TB_CSV_IGNORE;
  while (g_ascii_isspace (between[n - 1]))
    n--;
  between[n++] = '|';
  between[n] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (headings); i++)
    if (strstr (headings[i].names, between) != NULL)
      return headings[i].role;
  return TB_CSV_IGNORE;
}

/* Of a time under a heading: "start_ms", "Begin Time - msec", "Time (MS)" count thousandths. */
static double
unit_of (const char *heading)
{
  g_autofree char *lower = g_ascii_strdown (heading, -1);

  if (strstr (lower, "msec") != NULL || strstr (lower, "millis") != NULL)
    return 0.001;
  for (const char *at = strstr (lower, "ms"); at != NULL; at = strstr (at + 1, "ms"))
    if ((at == lower || !g_ascii_isalpha (at[-1])) && !g_ascii_isalpha (at[2]))
      return 0.001;
  return 1;
}

static void
set_role (TbCsvMapping *mapping, guint column, TbCsvRole role)
{
  if (role == TB_CSV_START)
    mapping->unit = unit_of (g_ptr_array_index (mapping->names, column));
  g_array_index (mapping->roles, TbCsvRole, column) = role;
}

int
tb_csv_column (const TbCsvMapping *mapping, TbCsvRole role)
{
  for (guint i = 0; i < mapping->roles->len; i++)
    if (g_array_index (mapping->roles, TbCsvRole, i) == role)
      return (int) i;
  return -1;
}

static gboolean
is_own (const GPtrArray *row)
{
  gboolean en = row->len == TB_CSV_N_COLUMNS, nl = en;

  for (guint i = 0; i < TB_CSV_N_COLUMNS && (en || nl); i++) {
    en = en && g_str_equal (tb_csv_cell (row, i), tb_csv_columns[i].en);
    nl = nl && g_str_equal (tb_csv_cell (row, i), tb_csv_columns[i].nl);
  }
  return en || nl;
}

static void
take_names (TbCsvMapping *mapping, const GPtrArray *row)
{
  for (guint i = 0; i < mapping->roles->len; i++) {
    g_free (g_ptr_array_index (mapping->names, i));
    g_ptr_array_index (mapping->names, i) = g_strdup (tb_csv_cell (row, i));
  }
}

/* The first of ROWS that names a time and what was seen: other programs write lines about the whole above it. -1 when
 * none does, with words that we know. */
static int
find_heading (const GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    const GPtrArray *row = g_ptr_array_index (rows, i);
    gboolean has[TB_CSV_N_ROLES] = { FALSE };

    for (guint c = 0; c < row->len; c++)
      has[role_of_heading (tb_csv_cell (row, c))] = TRUE;
    if (has[TB_CSV_START] && has[TB_CSV_CODE])
      return (int) i;
  }
  return -1;
}

static gboolean
has_known_name (const GPtrArray *row)
{
  for (guint i = 0; i < row->len; i++)
    if (role_of_heading (tb_csv_cell (row, i)) != TB_CSV_IGNORE)
      return TRUE;
  return FALSE;
}

static gboolean
begins_as_own (const char *text, char delimiter)
{
  g_autoptr (GPtrArray) rows = tb_csv_rows (text, delimiter, 1, NULL, NULL);

  return rows != NULL && rows->len > 0 && is_own (g_ptr_array_index (rows, 0));
}

/* The separator of our own layout, whatever a note in it looks like; then that with which there is a heading; else the
 * one that gives most columns in the first line, where a tab or semicolon wins from as many commas. */
static char
guess_delimiter (const char *text)
{
  static const char choices[] = "\t;,|";
  char best = ',';
  guint most = 1;

  for (const char *choice = choices; *choice != '\0'; choice++)
    if (begins_as_own (text, *choice))
      return *choice;
  for (const char *choice = choices; *choice != '\0'; choice++) {
    g_autoptr (GPtrArray) rows = tb_csv_rows (text, *choice, LOOK_AT, NULL, NULL);
    guint columns = rows != NULL && rows->len > 0 ? ((GPtrArray *) g_ptr_array_index (rows, 0))->len : 0;

    if (rows != NULL && find_heading (rows) >= 0)
      return *choice;
    if (columns > most) {
      most = columns;
      best = *choice;
    }
  }
  return best;
}

static gboolean
guess_by_heading (TbCsvMapping *mapping, const GPtrArray *rows)
{
  const int heading = MAX (find_heading (rows), 0);
  const GPtrArray *row = g_ptr_array_index (rows, heading);

  if (!has_known_name (row))
    return FALSE;
  mapping->above = (guint) heading + 1;
  take_names (mapping, row);
  for (guint i = 0; i < mapping->roles->len; i++) {
    TbCsvRole role = role_of_heading (tb_csv_cell (row, i));

    /* The first of two that could be it. */
    if (role == TB_CSV_IGNORE || tb_csv_column (mapping, role) >= 0)
      continue;
    set_role (mapping, i, role);
  }
  mapping->own = is_own (row);
  return TRUE;
}

static gboolean
is_numeric (const GPtrArray *rows, guint column)
{
  for (guint i = 0; i < rows->len; i++) {
    TbTime time;

    if (!tb_loose_time (tb_csv_cell (g_ptr_array_index (rows, i), column), &time))
      return FALSE;
  }
  return rows->len > 0;
}

static gboolean
never_falls (const GPtrArray *rows, guint from, guint to)
{
  for (guint i = 0; i < rows->len; i++) {
    TbTime a = 0, b = 0;

    tb_loose_time (tb_csv_cell (g_ptr_array_index (rows, i), from), &a);
    tb_loose_time (tb_csv_cell (g_ptr_array_index (rows, i), to), &b);
    if (a > b)
      return FALSE;
  }
  return TRUE;
}

/* Without headings: the last numbers are times; of what is left the first is who observed and the next what. */
static void
guess_by_values (TbCsvMapping *mapping, const GPtrArray *rows)
{
  static const TbCsvRole rest[] = { TB_CSV_OBSERVER, TB_CSV_CODE, TB_CSV_COMMENT };
  int end = -1, start = -1;
  guint n_rest = 0, used = 0;

  for (guint i = mapping->roles->len; i > 0 && start < 0; i--) {
    if (!is_numeric (rows, i - 1))
      continue;
    if (end < 0)
      end = (int) i - 1;
    else if (never_falls (rows, i - 1, (guint) end))
      start = (int) i - 1;
  }
  if (start >= 0)
    set_role (mapping, (guint) end, TB_CSV_END);
  if (end >= 0)
    set_role (mapping, (guint) (start >= 0 ? start : end), TB_CSV_START);
  for (guint i = 0; i < mapping->roles->len; i++)
    n_rest += g_array_index (mapping->roles, TbCsvRole, i) == TB_CSV_IGNORE;
  used = n_rest == 1;
  for (guint i = 0; i < mapping->roles->len && used < G_N_ELEMENTS (rest); i++)
    if (g_array_index (mapping->roles, TbCsvRole, i) == TB_CSV_IGNORE)
      set_role (mapping, i, rest[used++]);
}

GPtrArray *
tb_csv_mapping_titles (const TbCsvMapping *mapping)
{
  GPtrArray *titles = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < mapping->names->len; i++) {
    const char *name = g_ptr_array_index (mapping->names, i);
    char *title = *name != '\0' ? g_strdup (name) : g_strdup_printf ("%u", i + 1);

    for (guint n = 2; g_hash_table_contains (seen, title); n++) {
      g_free (title);
      title = g_strdup_printf ("%s (%u)", name, n);
    }
    g_hash_table_add (seen, title);
    g_ptr_array_add (titles, title);
  }
  return titles;
}

gboolean
tb_csv_mapping_set (TbCsvMapping *mapping, const char *title, TbCsvRole role, GError **error)
{
  g_autoptr (GPtrArray) titles = tb_csv_mapping_titles (mapping);
  guint column = 0;
  int other = tb_csv_column (mapping, role);

  if (!g_ptr_array_find_with_equal_func (titles, title, g_str_equal, &column)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "The table has no column “%.60s”", title);
    return FALSE;
  }
  if (role != TB_CSV_IGNORE && role != TB_CSV_MODIFIER && other >= 0 && other != (int) column) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%.60s” and “%.60s” cannot both be “%s”",
                 (char *) g_ptr_array_index (titles, (guint) other), title, tb_csv_role_name (role));
    return FALSE;
  }
  set_role (mapping, column, role);
  return TRUE;
}

/* The first line is one of names, though none that we know: no number in it, and numbers below it. */
static gboolean
has_unknown_heading (const GPtrArray *rows, const GPtrArray *rest, guint columns)
{
  gboolean below = FALSE;

  for (guint i = 0; i < columns; i++) {
    TbTime time;

    if (tb_loose_time (tb_csv_cell (g_ptr_array_index (rows, 0), i), &time))
      return FALSE;
    below = below || is_numeric (rest, i);
  }
  return below;
}

static void
guess_without_heading (TbCsvMapping *mapping, const GPtrArray *rows)
{
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();

  for (guint i = 1; i < rows->len; i++)
    g_ptr_array_add (rest, g_ptr_array_index (rows, i));
  /* Somebody gave the columns names: then it is theirs to say what they mean. */
  if (has_unknown_heading (rows, rest, mapping->roles->len)) {
    take_names (mapping, g_ptr_array_index (rows, 0));
    mapping->above = 1;
  } else {
    guess_by_values (mapping, rows);
  }
}

TbCsvMapping *
tb_csv_guess (const char *text)
{
  TbCsvMapping *mapping = g_new0 (TbCsvMapping, 1);
  g_autoptr (GPtrArray) rows = NULL;
  guint columns = 0;

  mapping->delimiter = guess_delimiter (text);
  mapping->unit = 1;
  mapping->roles = g_array_new (FALSE, FALSE, sizeof (TbCsvRole));
  mapping->names = g_ptr_array_new_with_free_func (g_free);
  rows = tb_csv_rows (text, mapping->delimiter, LOOK_AT, NULL, NULL);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    columns = MAX (columns, ((GPtrArray *) g_ptr_array_index (rows, i))->len);
  for (guint i = 0; i < columns; i++) {
    TbCsvRole none = TB_CSV_IGNORE;

    g_array_append_val (mapping->roles, none);
    g_ptr_array_add (mapping->names, g_strdup_printf ("%u", i + 1));
  }
  if (rows != NULL && rows->len > 0 && !guess_by_heading (mapping, rows))
    guess_without_heading (mapping, rows);
  return mapping;
}

