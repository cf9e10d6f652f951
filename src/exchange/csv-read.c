#include <math.h>
#include <string.h>

#include "base/error.h"
#include "exchange/bytes.h"
#include "exchange/csv-private.h"

#define MAX_COLUMNS 200

/* Reads one field from *TEXT on; the character after it (a delimiter, the end of the line or of the text) is left. */
static char *
read_field (const char **text, char delimiter, gboolean *closed)
{
  const char borders[] = { delimiter, '\n', '\r', '\0' };
  const char *at = *text;
  gsize length;
  GString *field;

  *closed = TRUE;
  if (*at != '"') {
    length = strcspn (at, borders);
    *text = at + length;
    return g_strndup (at, length);
  }
  field = g_string_new (NULL);
  for (at++; *at != '\0' && !(at[0] == '"' && at[1] != '"'); at++) {
    if (*at == '"')
      at++;
    g_string_append_c (field, *at);
  }
  *closed = *at == '"';
  if (*at == '"')
    at++;
  /* Also what stands behind a closing quote: dirty, but not to be lost. */
  length = strcspn (at, borders);
  g_string_append_len (field, at, (gssize) length);
  *text = at + length;
  return g_string_free (field, FALSE);
}

GPtrArray *
tb_csv_rows (const char *text, char delimiter, guint max_rows, guint *n_left, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GPtrArray) row = g_ptr_array_new_with_free_func (g_free);
  gboolean empty = TRUE;

  if (n_left != NULL)
    *n_left = 0;
  if (g_ascii_strncasecmp (text, "sep=", 4) == 0)
    text += strcspn (text, "\n");
  while (*text != '\0' && (max_rows == 0 || rows->len < max_rows)) {
    gboolean closed;
    char *field = read_field (&text, delimiter, &closed);

    empty = empty && *field == '\0';
    if (row->len < MAX_COLUMNS) {
      g_ptr_array_add (row, field);
    } else {
      if (n_left != NULL && *field != '\0')
        (*n_left)++;
      g_free (field);
    }
    if (!closed) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "A quotation mark in line %u is never closed", rows->len + 1);
      return NULL;
    }
    if (*text == delimiter) {
      text++;
      if (*text != '\0')
        continue;
      g_ptr_array_add (row, g_strdup (""));
    }
    if (!empty)
      g_ptr_array_add (rows, g_steal_pointer (&row));
    else
      g_clear_pointer (&row, g_ptr_array_unref);
    row = g_ptr_array_new_with_free_func (g_free);
    empty = TRUE;
    if (*text == '\r')
      text++;
    if (*text == '\n')
      text++;
  }
  return g_steal_pointer (&rows);
}

typedef struct {
  TbExchange *document;
  TbLoss *loss;
  const TbCsvMapping *mapping;
  int column[TB_CSV_N_ROLES];
  GHashTable *open; /* of START lines: key to event */
} Reading;

/* The cell of ROLE, without its guard. New string. */
static char *
take (const Reading *reading, const GPtrArray *row, TbCsvRole role)
{
  int column = reading->column[role];
  const char *text = column >= 0 ? tb_csv_cell (row, (guint) column) : "";

  if (reading->mapping->own && *text == '\'' && tb_csv_needs_guard (text + 1))
    text++;
  return g_strdup (text);
}

static gboolean
take_time (const Reading *reading, const GPtrArray *row, TbCsvRole role, TbTime *time)
{
  int column = reading->column[role];
  const char *text = column >= 0 ? tb_csv_cell (row, (guint) column) : "";
  double number;

  if (reading->mapping->unit != 1 && tb_loose_decimal (text, &number))
    return tb_time_from_seconds (number * reading->mapping->unit, time);
  return tb_loose_time (text, time);
}

/* Splits at BORDER where no backslash stands before it; the parts stay escaped. New. */
static GPtrArray *
split_escaped (const char *text, char border)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  GString *part = g_string_new (NULL);

  for (; *text != '\0'; text++) {
    if (*text == '\\' && text[1] != '\0') {
      g_string_append_c (part, *text++);
      g_string_append_c (part, *text);
    } else if (*text == border) {
      g_ptr_array_add (parts, g_string_free (part, FALSE));
      part = g_string_new (NULL);
    } else {
      g_string_append_c (part, *text);
    }
  }
  g_ptr_array_add (parts, g_string_free (part, FALSE));
  return parts;
}

static char *
unescape (const char *text)
{
  GString *plain = g_string_new (NULL);

  for (; *text != '\0'; text++) {
    if (*text == '\\' && text[1] != '\0')
      text++;
    g_string_append_c (plain, *text);
  }
  return g_string_free (plain, FALSE);
}

static void
read_modifiers (Reading *reading, TbExchangeEvent *event, const char *text)
{
  g_autoptr (GPtrArray) parts = split_escaped (text, '|');

  for (guint i = 0; *text != '\0' && i < parts->len; i++) {
    g_autoptr (GPtrArray) pair = split_escaped (g_ptr_array_index (parts, i), '=');
    g_autofree char *number = g_strdup_printf ("modifier %u", i + 1);
    g_autofree char *first = unescape (g_ptr_array_index (pair, 0));
    g_autofree char *second = pair->len > 1 ? unescape (g_ptr_array_index (pair, 1)) : NULL;

    if (reading->mapping->own && second != NULL)
      tb_exchange_event_modifier (reading->document, event, first, second);
    else if (*(char *) g_ptr_array_index (parts, i) != '\0' && !g_str_equal (g_ptr_array_index (parts, i), "None"))
      tb_exchange_event_modifier (reading->document, event, number, g_ptr_array_index (parts, i));
  }
}

static void
read_rating (const Reading *reading, TbExchangeEvent *event, const GPtrArray *row)
{
  g_autofree char *rating = take (reading, row, TB_CSV_RATING);
  double number;

  if (tb_loose_decimal (rating, &number))
    event->rating = number;
  else if (*rating != '\0')
    tb_exchange_event_modifier (reading->document, event, "rating", rating);
}

/* The columns of which it was said that each is a modifier. */
static void
read_columns (const Reading *reading, TbExchangeEvent *event, const GPtrArray *row)
{
  for (guint i = 0; i < reading->mapping->roles->len; i++) {
    const char *name = g_ptr_array_index (reading->mapping->names, i), *value = tb_csv_cell (row, i);

    if (g_array_index (reading->mapping->roles, TbCsvRole, i) == TB_CSV_MODIFIER && *value != '\0'
        && !tb_exchange_event_has (event, name, value))
      tb_exchange_event_modifier (reading->document, event, name, value);
  }
}

static void
fill_event (Reading *reading, TbExchangeEvent *event, const GPtrArray *row)
{
  g_autofree char *subject = take (reading, row, TB_CSV_SUBJECT);
  g_autofree char *observer = take (reading, row, TB_CSV_OBSERVER);
  g_autofree char *comment = take (reading, row, TB_CSV_COMMENT);
  g_autofree char *modifiers = take (reading, row, TB_CSV_MODIFIERS);
  g_autofree char *category = take (reading, row, TB_CSV_CATEGORY);

  if (*subject != '\0')
    tb_exchange_share (&event->subject, subject);
  if (*observer != '\0')
    tb_exchange_share (&event->observer, observer);
  tb_exchange_text (&event->comment, comment);
  read_modifiers (reading, event, modifiers);
  read_rating (reading, event, row);
  read_columns (reading, event, row);
  if (event->code != NULL && *category != '\0') {
    TbExchangeCode *code = tb_exchange_code (reading->document, event->code);

    if (code->category == NULL)
      tb_exchange_text (&code->category, category);
  }
}

static TbKind
kind_of (const char *text, TbTime until)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  TbKind kind;

  g_strstrip (lower);
  if (tb_kind_from_name (lower, &kind))
    return kind;
  if (g_str_has_prefix (lower, "state") || g_str_has_prefix (lower, "toestand"))
    return TB_KIND_STATE;
  return until == TB_TIME_NONE ? TB_KIND_POINT : TB_KIND_STATE;
}

/* What the line says that ends EVENT, beside its end. Its modifiers are those of the start: else it would end another. */
static void
close_event (Reading *reading, TbExchangeEvent *event, const GPtrArray *row)
{
  g_autofree char *comment = take (reading, row, TB_CSV_COMMENT);

  tb_exchange_join (&event->comment, comment);
  read_rating (reading, event, row);
  read_columns (reading, event, row);
}

static void
report_open (const Reading *reading, const TbExchangeEvent *event)
{
  tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "a start without a stop", "it stays open: nobody ended it", "“%s”",
               event->code);
}

/* START and STOP in lines of their own. TRUE when ROW was one of the two. */
static gboolean
read_half (Reading *reading, TbExchangeSet *set, const GPtrArray *row, const char *kind, const char *code, TbTime at)
{
  g_autofree char *subject = take (reading, row, TB_CSV_SUBJECT);
  g_autofree char *observer = take (reading, row, TB_CSV_OBSERVER);
  g_autofree char *modifiers = take (reading, row, TB_CSV_MODIFIERS);
  g_autofree char *key = g_strjoin ("\x1f", set->id, observer, subject, code, modifiers, NULL);
  TbExchangeEvent *event = g_hash_table_lookup (reading->open, key);
  gboolean start = g_ascii_strcasecmp (kind, "start") == 0;

  if (!start && g_ascii_strcasecmp (kind, "stop") != 0)
    return FALSE;
  if (!start && event != NULL && at >= event->at) {
    event->until = at;
    event->records++;
    close_event (reading, event, row);
    g_hash_table_remove (reading->open, key);
    return TRUE;
  }
  if (start && event != NULL)
    report_open (reading, event);
  event = tb_exchange_event (reading->document, set, TB_KIND_STATE, code, at, start ? TB_TIME_NONE : at);
  fill_event (reading, event, row);
  if (start)
    g_hash_table_insert (reading->open, g_steal_pointer (&key), event);
  else
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "a stop without a start", "taken as a state of no length", "“%s”",
                 code);
  return TRUE;
}

static void
read_row (Reading *reading, const GPtrArray *row, guint line)
{
  g_autofree char *visit = take (reading, row, TB_CSV_VISIT);
  g_autofree char *code = take (reading, row, TB_CSV_CODE);
  g_autofree char *kind = take (reading, row, TB_CSV_KIND);
  TbTime at, until = TB_TIME_NONE, duration;
  TbExchangeSet *set;
  int end = reading->column[TB_CSV_END];

  tb_loss_present (reading->loss, 1);
  if (!take_time (reading, row, TB_CSV_START, &at)) {
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "a line without a time", "its start is no time", "line %u", line);
    return;
  }
  if (!take_time (reading, row, TB_CSV_END, &until) && end >= 0 && *tb_csv_cell (row, (guint) end) != '\0'
      && !g_str_equal (tb_csv_cell (row, (guint) end), "NA"))
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "an end that is no time", "the observation has no end", "line %u",
                 line);
  if (until == TB_TIME_NONE && take_time (reading, row, TB_CSV_DURATION, &duration) && duration > 0
      && at + duration < TB_TIME_LIMIT)
    until = at + duration;
  if (until != TB_TIME_NONE && until < at) {
    TbTime swap = at;

    at = until;
    until = swap;
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "an end before its start", "the two were exchanged", "line %u",
                 line);
  }
  tb_loss_carried (reading->loss, 1);
  set = tb_exchange_set (reading->document, visit);
  if (!read_half (reading, set, row, kind, code, at)) {
    TbKind what = kind_of (kind, until);
    TbExchangeEvent *event = tb_exchange_event (reading->document, set, what, code, at,
                                                what == TB_KIND_POINT && until == at ? TB_TIME_NONE : until);

    fill_event (reading, event, row);
  }
}

static void
report_columns (const Reading *reading, const GPtrArray *rows)
{
  if (reading->mapping->above > 1)
    tb_loss_add (reading->loss, TB_LOSS_LEFT, reading->mapping->above - 1, "a line above the table",
                 "it is about the whole, and no observation", "“%.60s”",
                 tb_csv_cell (g_ptr_array_index (rows, 0), 0));
  for (guint c = 0; c < reading->mapping->roles->len; c++) {
    gint64 filled = 0;

    if (g_array_index (reading->mapping->roles, TbCsvRole, c) != TB_CSV_IGNORE)
      continue;
    for (guint i = reading->mapping->above; i < rows->len; i++)
      filled += *tb_csv_cell (g_ptr_array_index (rows, i), c) != '\0';
    tb_loss_add (reading->loss, TB_LOSS_LEFT, filled, "a value in a column that is not used",
                 "it was not said what it is", "column “%s”", (char *) g_ptr_array_index (reading->mapping->names, c));
  }
}

static void
report_all_open (const Reading *reading)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, reading->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    report_open (reading, value);
}

TbExchange *
tb_csv_read_mapped (const guint8 *data, gsize size, const TbCsvMapping *mapping, TbLoss *loss, GError **error)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autofree char *text = tb_bytes_to_text (data, size, loss, error);
  g_autoptr (TbCsvMapping) guessed = text != NULL && mapping == NULL ? tb_csv_guess (text) : NULL;
  g_autoptr (GHashTable) open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reading reading = { document, loss, mapping != NULL ? mapping : guessed, { 0 }, open };
  g_autoptr (GPtrArray) rows = NULL;
  guint n_left;

  if (text == NULL)
    return NULL;
  for (int i = 0; i < TB_CSV_N_ROLES; i++)
    reading.column[i] = i > 0 ? tb_csv_column (reading.mapping, (TbCsvRole) i) : -1;
  rows = tb_csv_rows (text, reading.mapping->delimiter, 0, &n_left, error);
  if (rows == NULL)
    return NULL;
  if (reading.column[TB_CSV_START] < 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "It must be said which column of this table is the time");
    return NULL;
  }
  for (guint i = reading.mapping->above; i < rows->len; i++)
    read_row (&reading, g_ptr_array_index (rows, i), i + 1);
  report_columns (&reading, rows);
  tb_loss_add (loss, TB_LOSS_LEFT, n_left, "a value behind the 200th column", "there are too many", "column “%u”",
               MAX_COLUMNS + 1);
  report_all_open (&reading);
  if (!tb_exchange_finish (document, loss, error))
    return NULL;
  return g_steal_pointer (&document);
}

TbExchange *
tb_csv_read (const guint8 *data, gsize size, TbLoss *loss, GError **error)
{
  return tb_csv_read_mapped (data, size, NULL, loss, error);
}
