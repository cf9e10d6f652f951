#include <archive.h>
#include <archive_entry.h>
#include <math.h>
#include <string.h>
#include <yaml.h>

#include "base/error.h"
#include "exchange/bytes.h"
#include "exchange/left.h"
#include "exchange/opf.h"

/* A column: the events of one code, with an argument for each value that one event has of a modifier. */
typedef struct {
  const char *code; /* NULL for what has none */
  GPtrArray *names; /* of arguments: borrowed; a name that has two values in an event stands twice */
  GPtrArray *events;
} Column;

static void
column_free (gpointer data)
{
  Column *column = data;

  g_ptr_array_unref (column->names);
  g_ptr_array_unref (column->events);
  g_free (column);
}

static Column *
column_new (const char *code)
{
  Column *column = g_new0 (Column, 1);

  column->code = code;
  column->names = g_ptr_array_new ();
  column->events = g_ptr_array_new ();
  return column;
}

/* Where the argument for value TURN (from 0) of NAME stands; added behind the others of that name when new. */
static guint
argument_of (Column *column, const char *name, guint turn)
{
  guint behind = column->names->len;

  for (guint i = 0; i < column->names->len; i++) {
    if (!g_str_equal (g_ptr_array_index (column->names, i), name))
      continue;
    if (turn-- == 0)
      return i;
    behind = i + 1;
  }
  g_ptr_array_insert (column->names, (gint) behind, (gpointer) name);
  return behind;
}

static guint
turn_of (const TbExchangeEvent *event, guint index)
{
  const char *name = ((TbExchangePair *) g_ptr_array_index (event->modifiers, index))->name;
  guint turn = 0;

  for (guint i = 0; i < index; i++)
    turn += g_str_equal (((TbExchangePair *) g_ptr_array_index (event->modifiers, i))->name, name);
  return turn;
}

static void
append_escaped (GString *text, const char *part, const char *characters)
{
  for (; *part != '\0'; part++) {
    if (strchr (characters, *part) != NULL)
      g_string_append_c (text, '\\');
    g_string_append_c (text, *part);
  }
}

#define IN_NAMES "\\,-\n\r()|"
#define IN_VALUES "\\()\n\r-,|"

static void
append_head (GString *text, const Column *column, const TbExchangeCode *code)
{
  append_escaped (text, column->code != NULL ? column->code : TB_OPF_NO_CODE, IN_NAMES);
  g_string_append (text, " (MATRIX,true,");
  append_escaped (text, column->code == NULL ? TB_OPF_NO_CODE : code != NULL ? code->description : "", IN_NAMES);
  g_string_append (text, ")-");
  for (guint i = 0; i < column->names->len; i++) {
    append_escaped (text, g_ptr_array_index (column->names, i), IN_NAMES);
    g_string_append (text, "|NOMINAL,");
  }
  for (guint i = 0; i < TB_OPF_N_EXTRA; i++)
    g_string_append_printf (text, "%s|NOMINAL%s", TB_OPF_EXTRA[i], i + 1 < TB_OPF_N_EXTRA ? "," : "\n");
}

static TbTime
rounded (TbTime time, TbLoss *loss, const TbExchangeEvent *event)
{
  gboolean changed = FALSE;
  TbTime result = tb_time_round (time, TB_MILLISECOND, &changed);

  if (changed)
    tb_left_rounded (loss, event, "Datavyu counts in milliseconds");
  if (result < 0) {
    tb_loss_add (loss, TB_LOSS_CHANGED, 1, "something before the beginning", "put at 0, where Datavyu begins", "“%s”",
                 tb_exchange_called (event));
    result = 0;
  }
  return result;
}

static void
append_cell (GString *text, Column *column, const TbExchangeEvent *event, TbLoss *loss)
{
  TbTime from = rounded (event->at, loss, event);
  TbTime to = event->until == TB_TIME_NONE ? from : rounded (event->until, loss, event);
  g_autofree char *first = tb_time_stamp (from, ':');
  g_autofree char *last = tb_time_stamp (to, ':');
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  char rating[G_ASCII_DTOSTR_BUF_SIZE] = "";

  g_ptr_array_set_size (values, (gint) column->names->len);
  for (guint i = 0; event->modifiers != NULL && i < event->modifiers->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (event->modifiers, i);

    g_ptr_array_index (values, argument_of (column, pair->name, turn_of (event, i))) = pair->value;
  }
  g_string_append_printf (text, "%s,%s,(", first, last);
  for (guint i = 0; i < values->len; i++) {
    const char *value = g_ptr_array_index (values, i);

    /* Nothing is no modifier; an empty one is two quotation marks. */
    append_escaped (text, value == NULL ? "" : *value == '\0' ? "\"\"" : value, IN_VALUES);
    g_string_append_c (text, ',');
  }
  append_escaped (text, event->subject != NULL ? event->subject : "", IN_VALUES);
  g_string_append_c (text, ',');
  append_escaped (text, event->observer != NULL ? event->observer : "", IN_VALUES);
  g_string_append_printf (text, ",%s%s,", event->until == TB_TIME_NONE && !tb_exchange_is_instant (event) ? "open " : "",
                          tb_kind_name (event->kind));
  if (!isnan (event->rating))
    append_escaped (text, g_ascii_dtostr (rating, sizeof rating, event->rating), IN_VALUES);
  g_string_append_c (text, ',');
  append_escaped (text, event->comment, IN_VALUES);
  g_string_append (text, ")\n");
  tb_loss_carried (loss, 1);
}

/* Columns in the order of the codes; one for what has no code last. */
static GPtrArray *
columns_of (const TbExchange *document, const TbExchangeSet *set)
{
  GPtrArray *columns = g_ptr_array_new_with_free_func (column_free);
  g_autoptr (GHashTable) by_code = g_hash_table_new (g_str_hash, g_str_equal);
  Column *none = NULL;

  for (guint i = 0; i < document->codes->len; i++) {
    const TbExchangeCode *code = g_ptr_array_index (document->codes, i);
    Column *column = column_new (code->id);

    for (guint m = 0; m < code->modifiers->len; m++)
      argument_of (column, ((TbExchangeModifier *) g_ptr_array_index (code->modifiers, m))->name, 0);
    g_ptr_array_add (columns, column);
    g_hash_table_insert (by_code, code->id, column);
  }
  for (guint i = 0; set != NULL && i < set->events->len; i++) {
    TbExchangeEvent *event = g_ptr_array_index (set->events, i);
    Column *column = event->code != NULL ? g_hash_table_lookup (by_code, event->code) : none;

    if (column == NULL) {
      column = column_new (event->code);
      g_ptr_array_add (columns, column);
      if (event->code != NULL)
        g_hash_table_insert (by_code, event->code, column);
      else
        none = column;
    }
    for (guint m = 0; event->modifiers != NULL && m < event->modifiers->len; m++)
      argument_of (column, ((TbExchangePair *) g_ptr_array_index (event->modifiers, m))->name, turn_of (event, m));
    g_ptr_array_add (column->events, event);
  }
  return columns;
}

static char *
write_db (const TbExchange *document, const TbExchangeSet *set, TbLoss *loss)
{
  GString *text = g_string_new ("#4\n");
  g_autoptr (GPtrArray) columns = columns_of (document, set);

  for (guint c = 0; c < columns->len; c++) {
    Column *column = g_ptr_array_index (columns, c);

    append_head (text, column, tb_exchange_find_code (document, column->code));
    for (guint i = 0; i < column->events->len; i++)
      append_cell (text, column, g_ptr_array_index (column->events, i), loss);
  }
  return g_string_free (text, FALSE);
}

static int
append_yaml (void *data, unsigned char *buffer, size_t size)
{
  g_string_append_len (data, (const char *) buffer, (gssize) size);
  return 1;
}

static void
emit_text (yaml_emitter_t *emitter, const char *text)
{
  yaml_event_t event;

  yaml_scalar_event_initialize (&event, NULL, NULL, (yaml_char_t *) text, (int) strlen (text), 1, 1,
                                YAML_DOUBLE_QUOTED_SCALAR_STYLE);
  yaml_emitter_emit (emitter, &event);
}

static void
emit_map (yaml_emitter_t *emitter, const char *tag, gboolean start)
{
  yaml_event_t event;

  if (start)
    yaml_mapping_start_event_initialize (&event, NULL, (yaml_char_t *) tag, 0, YAML_BLOCK_MAPPING_STYLE);
  else
    yaml_mapping_end_event_initialize (&event);
  yaml_emitter_emit (emitter, &event);
}

static void
emit_media (yaml_emitter_t *emitter, const TbExchangeMedia *media)
{
  g_autofree char *offset = g_strdup_printf ("%" G_GINT64_FORMAT, media->at / TB_MILLISECOND);

  emit_map (emitter, "!vs", TRUE);
  emit_text (emitter, "feed");
  emit_text (emitter, media->path);
  emit_text (emitter, "offset");
  emit_text (emitter, offset);
  emit_map (emitter, NULL, FALSE);
}

static char *
write_project (const TbExchange *document, const TbExchangeSet *set)
{
  GString *text = g_string_new (NULL);
  yaml_emitter_t emitter;
  yaml_event_t event;

  yaml_emitter_initialize (&emitter);
  yaml_emitter_set_output (&emitter, append_yaml, text);
  yaml_emitter_set_unicode (&emitter, 1);
  yaml_stream_start_event_initialize (&event, YAML_UTF8_ENCODING);
  yaml_emitter_emit (&emitter, &event);
  yaml_document_start_event_initialize (&event, NULL, NULL, NULL, 1);
  yaml_emitter_emit (&emitter, &event);
  emit_map (&emitter, "!project", TRUE);
  emit_text (&emitter, "name");
  emit_text (&emitter, document->title);
  emit_text (&emitter, "version");
  yaml_scalar_event_initialize (&event, NULL, NULL, (yaml_char_t *) "5", 1, 1, 1, YAML_PLAIN_SCALAR_STYLE);
  yaml_emitter_emit (&emitter, &event);
  emit_text (&emitter, "viewerSettings");
  yaml_sequence_start_event_initialize (&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
  yaml_emitter_emit (&emitter, &event);
  for (guint i = 0; set != NULL && i < set->media->len; i++)
    emit_media (&emitter, g_ptr_array_index (set->media, i));
  yaml_sequence_end_event_initialize (&event);
  yaml_emitter_emit (&emitter, &event);
  emit_map (&emitter, NULL, FALSE);
  yaml_document_end_event_initialize (&event, 1);
  yaml_emitter_emit (&emitter, &event);
  yaml_stream_end_event_initialize (&event);
  yaml_emitter_emit (&emitter, &event);
  yaml_emitter_delete (&emitter);
  return g_string_free (text, FALSE);
}

static la_ssize_t
append_zip (struct archive *archive, void *data, const void *buffer, size_t length)
{
  g_byte_array_append (data, buffer, (guint) length);
  return (la_ssize_t) length;
}

static gboolean
add_file (struct archive *archive, const char *name, const char *text)
{
  struct archive_entry *entry = archive_entry_new ();
  gsize size = strlen (text);
  gboolean done;

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, (la_int64_t) size);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  done = archive_write_header (archive, entry) == ARCHIVE_OK
         && archive_write_data (archive, text, size) == (la_ssize_t) size;
  archive_entry_free (entry);
  return done;
}

GBytes *
tb_opf_write (const TbExchange *document, TbLoss *loss, GError **error)
{
  const TbExchangeSet *set = tb_left_only_set (document, loss);
  g_autofree char *db = write_db (document, set, loss);
  g_autofree char *project = write_project (document, set);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  struct archive *archive = archive_write_new ();
  gboolean done;

  archive_write_set_format_zip (archive);
  archive_write_set_bytes_in_last_block (archive, 1);
  done = archive_write_open (archive, bytes, NULL, append_zip, NULL) == ARCHIVE_OK
         && add_file (archive, "project", project) && add_file (archive, "db", db)
         && archive_write_close (archive) == ARCHIVE_OK;
  archive_write_free (archive);
  if (!done) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_FAILED, "Could not make the zip file");
    return NULL;
  }
  tb_left_report (document, loss, TB_CARRIES_MEDIA);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
