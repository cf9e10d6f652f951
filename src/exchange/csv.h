/* Tables of text: CSV and TSV. Our own layout (one event a line) goes both
 * ways; any other table is read once it is known what its columns are: guessed
 * from its first line and its values, or said by a person (the mapping step). */
#pragma once

#include "exchange/document.h"
#include "exchange/loss.h"

typedef enum {
  TB_CSV_IGNORE = 1,
  TB_CSV_VISIT,
  TB_CSV_OBSERVER,
  TB_CSV_SUBJECT,
  TB_CSV_CODE,
  TB_CSV_CATEGORY,
  TB_CSV_KIND, /* "point" or "state"; or "start" and "stop" in lines of their own */
  TB_CSV_START,
  TB_CSV_END,
  TB_CSV_DURATION,
  TB_CSV_RATING,
  TB_CSV_MODIFIERS, /* all modifiers of the event: "name=value|name=value" */
  TB_CSV_COMMENT,
  TB_CSV_MODIFIER, /* one modifier, named as the column */
  TB_CSV_N_ROLES
} TbCsvRole;

/* "ignore", "visit", …; borrowed, static. */
const char *tb_csv_role_name (TbCsvRole role);
gboolean tb_csv_role_from_name (const char *name, TbCsvRole *role);

typedef struct {
  char delimiter;
  guint above;      /* rows above the first event: the one that names the columns, and what stands over it */
  gboolean own;     /* it is our own layout: its guards and escapes are undone */
  double unit;      /* seconds in 1 of a plain number: 1, 0.001 */
  GArray *roles;    /* TbCsvRole of each column */
  GPtrArray *names; /* char * of each column: the header's, else "1", "2", … */
} TbCsvMapping;

void tb_csv_mapping_free (TbCsvMapping *mapping);

/* The rows of a text: arrays of arrays of char *, empty lines left out. TB_ERROR_INVALID when a quote is never closed.
 * At most MAX_ROWS, unless it is 0. *N_LEFT (may be NULL): how many filled fields stand behind the 200th column, which
 * are not in the rows. */
GPtrArray *tb_csv_rows (const char *text, char delimiter, guint max_rows, guint *n_left, GError **error);

/* Always gives a mapping, maybe without a time; new. */
TbCsvMapping *tb_csv_guess (const char *text);

/* What the columns are called to people: as NAMES, but each once, with a number behind it where two are the same. New
 * array of char *. */
GPtrArray *tb_csv_mapping_titles (const TbCsvMapping *mapping);
/* Says what the column called TITLE is. TB_ERROR_INVALID when there is none, or two would be the same thing. */
gboolean tb_csv_mapping_set (TbCsvMapping *mapping, const char *title, TbCsvRole role, GError **error);

/* TB_ERROR_INVALID when the mapping (guessed, when NULL) has no start: "which column is the time must be said". */
TbExchange *tb_csv_read_mapped (const guint8 *data, gsize size, const TbCsvMapping *mapping, TbLoss *loss,
                                GError **error);
TbExchange *tb_csv_read (const guint8 *data, gsize size, TbLoss *loss, GError **error);

/* Comma and point; tabs; and for a Dutch Excel: semicolon, decimal comma, a mark that it is UTF-8, Dutch headings.
 * Cells that a spreadsheet would take for a formula are guarded by an apostrophe. */
GBytes *tb_csv_write (const TbExchange *document, TbLoss *loss, GError **error);
GBytes *tb_csv_write_tabs (const TbExchange *document, TbLoss *loss, GError **error);
GBytes *tb_csv_write_excel (const TbExchange *document, TbLoss *loss, GError **error);

/* The columns of our layout, for reader and writer. */
typedef struct {
  TbCsvRole role;
  const char *en, *nl;
} TbCsvColumn;
extern const TbCsvColumn tb_csv_columns[];
#define TB_CSV_N_COLUMNS 11

/* A text that a spreadsheet takes for a formula, or that begins with the guard itself. */
gboolean tb_csv_needs_guard (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbCsvMapping, tb_csv_mapping_free)
