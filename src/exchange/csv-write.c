#include <math.h>
#include <string.h>

#include "exchange/bytes.h"
#include "exchange/csv.h"
#include "exchange/left.h"

const TbCsvColumn tb_csv_columns[] = {
  { TB_CSV_VISIT, "visit", "klassenbezoek" }, { TB_CSV_OBSERVER, "observer", "waarnemer" },
  { TB_CSV_SUBJECT, "subject", "wie" },       { TB_CSV_CODE, "code", "code" },
  { TB_CSV_CATEGORY, "domain", "domein" },    { TB_CSV_KIND, "kind", "soort" },
  { TB_CSV_START, "start", "begin" },         { TB_CSV_END, "end", "einde" },
  { TB_CSV_RATING, "rating", "score" },       { TB_CSV_MODIFIERS, "modifiers", "kenmerken" },
  { TB_CSV_COMMENT, "comment", "notitie" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (tb_csv_columns) == TB_CSV_N_COLUMNS);

typedef struct {
  GString *text;
  char delimiter;
  gboolean comma; /* before decimals */
} Table;

gboolean
tb_csv_needs_guard (const char *text)
{
  return *text != '\0' && strchr ("=+-@\t\r'", *text) != NULL;
}

static void
add_cell (Table *table, const char *text, gboolean last)
{
  gboolean guard = tb_csv_needs_guard (text);
  gsize length = strlen (text);
  gboolean quote = guard || strpbrk (text, "\"\r\n") != NULL || strchr (text, table->delimiter) != NULL
                   || (length > 0 && (g_ascii_isspace (text[0]) || g_ascii_isspace (text[length - 1])));

  if (quote)
    g_string_append_c (table->text, '"');
  if (guard)
    g_string_append_c (table->text, '\'');
  for (; *text != '\0'; text++) {
    if (*text == '"')
      g_string_append_c (table->text, '"');
    g_string_append_c (table->text, *text);
  }
  if (quote)
    g_string_append_c (table->text, '"');
  if (last)
    g_string_append (table->text, "\r\n");
  else
    g_string_append_c (table->text, table->delimiter);
}

/* Numbers stay numbers to a spreadsheet: no guard. */
static void
add_number (Table *table, const char *text)
{
  g_autofree char *number = g_strdup (text);

  if (table->comma)
    g_strdelimit (number, ".", ',');
  if (table->delimiter == ',' && strchr (number, ',') != NULL)
    g_string_append_printf (table->text, "\"%s\"", number);
  else
    g_string_append (table->text, number);
  g_string_append_c (table->text, table->delimiter);
}

static void
add_time (Table *table, TbTime time)
{
  g_autofree char *text = time == TB_TIME_NONE ? g_strdup ("") : tb_time_plain (time, 1);

  add_number (table, text);
}

static void
append_escaped (GString *text, const char *part)
{
  for (; *part != '\0'; part++) {
    if (strchr ("\\|=", *part) != NULL)
      g_string_append_c (text, '\\');
    g_string_append_c (text, *part);
  }
}

static void
add_modifiers (Table *table, const TbExchangeEvent *event)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; event->modifiers != NULL && i < event->modifiers->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (event->modifiers, i);

    if (i > 0)
      g_string_append_c (all, '|');
    append_escaped (all, pair->name);
    g_string_append_c (all, '=');
    append_escaped (all, pair->value);
  }
  add_cell (table, all->str, FALSE);
}

static void
add_event (Table *table, const TbExchange *document, const TbExchangeSet *set, const TbExchangeEvent *event)
{
  const TbExchangeCode *code = tb_exchange_find_code (document, event->code);
  char rating[G_ASCII_DTOSTR_BUF_SIZE] = "";

  if (!isnan (event->rating))
    g_ascii_dtostr (rating, sizeof rating, event->rating);
  add_cell (table, set->id, FALSE);
  add_cell (table, event->observer != NULL ? event->observer : "", FALSE);
  add_cell (table, event->subject != NULL ? event->subject : "", FALSE);
  add_cell (table, event->code != NULL ? event->code : "", FALSE);
  add_cell (table, code != NULL && code->category != NULL ? code->category : "", FALSE);
  add_cell (table, tb_kind_name (event->kind), FALSE);
  add_time (table, event->at);
  add_time (table, event->until);
  add_number (table, rating);
  add_modifiers (table, event);
  add_cell (table, event->comment, TRUE);
}

static GBytes *
write_table (const TbExchange *document, TbLoss *loss, char delimiter, gboolean excel)
{
  Table table = { g_string_new (excel ? "\357\273\277" : NULL), delimiter, excel };
  gsize length;

  for (guint i = 0; i < TB_CSV_N_COLUMNS; i++)
    add_cell (&table, excel ? tb_csv_columns[i].nl : tb_csv_columns[i].en, i == TB_CSV_N_COLUMNS - 1);
  for (guint s = 0; s < document->sets->len; s++) {
    const TbExchangeSet *set = g_ptr_array_index (document->sets, s);

    tb_loss_present (loss, set->events->len);
    tb_loss_carried (loss, set->events->len);
    for (guint i = 0; i < set->events->len; i++)
      add_event (&table, document, set, g_ptr_array_index (set->events, i));
  }
  tb_left_report (document, loss, 0);
  length = table.text->len;
  return g_bytes_new_take (g_string_free (table.text, FALSE), length);
}

GBytes *
tb_csv_write (const TbExchange *document, TbLoss *loss, GError **error)
{
  return write_table (document, loss, ',', FALSE);
}

GBytes *
tb_csv_write_tabs (const TbExchange *document, TbLoss *loss, GError **error)
{
  return write_table (document, loss, '\t', FALSE);
}

GBytes *
tb_csv_write_excel (const TbExchange *document, TbLoss *loss, GError **error)
{
  return write_table (document, loss, ';', TRUE);
}
