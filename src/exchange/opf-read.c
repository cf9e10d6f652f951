#include <archive.h>
#include <archive_entry.h>
#include <math.h>
#include <string.h>
#include <yaml.h>

#include "base/error.h"
#include "exchange/bytes.h"
#include "exchange/opf.h"

#define MAX_ENTRIES 1000
#define MAX_WORDS 1000                                             /* of an old vocabulary, above the first column */
#define MAX_ARGUMENTS (TB_EXCHANGE_MAX_MODIFIERS + TB_OPF_N_EXTRA) /* of a column: no cell keeps more */

typedef struct {
  TbExchange *document;
  TbExchangeSet *set;
  TbLoss *loss;
  int version;  /* 0 without a mark */
  char *column; /* NULL before the first */
  gboolean matrix;
  gboolean own;         /* its last arguments are ours */
  GPtrArray *arguments; /* char * */
  guint line;
} Reading;

/* TRUE for "db", "folder/db"; not for "__MACOSX/folder/._db" or "db/x". */
static gboolean
is_named (const char *path, const char *name)
{
  const char *last = path != NULL ? strrchr (path, '/') : NULL;

  return path != NULL && !g_str_has_prefix (path, "__MACOSX/") && g_str_equal (last != NULL ? last + 1 : path, name);
}

/* The bytes of the entry that was just come to; NULL when it is larger than what is left of *ROOM. */
static GByteArray *
read_entry (struct archive *archive, gsize *room, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *part = g_malloc (65536);
  la_ssize_t got;

  while ((got = archive_read_data (archive, part, 65536)) > 0) {
    if ((gsize) got > *room) {
      g_set_error_literal (error, TB_ERROR, TB_ERROR_TOO_LARGE, "Unpacked, the file is larger than Terugblik reads");
      return NULL;
    }
    *room -= (gsize) got;
    g_byte_array_append (bytes, part, (guint) got);
  }
  if (got < 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "The zip file is damaged");
    return NULL;
  }
  return g_steal_pointer (&bytes);
}

/* Fills *DB and *PROJECT with what there is. FALSE with an error. */
static gboolean
unpack (struct archive *archive, GByteArray **db, GByteArray **project, GError **error)
{
  gsize room = TB_EXCHANGE_MAX_EXPANDED;
  struct archive_entry *entry;
  int result = ARCHIVE_OK;

  for (guint n = 0; n < MAX_ENTRIES && (result = archive_read_next_header (archive, &entry)) == ARCHIVE_OK; n++) {
    const char *path = archive_entry_pathname_utf8 (entry);
    GByteArray **place = is_named (path, "db") ? db : is_named (path, "project") ? project : NULL;

    if (place == NULL || *place != NULL || archive_entry_filetype (entry) != AE_IFREG)
      continue;
    *place = read_entry (archive, &room, error);
    if (*place == NULL)
      return FALSE;
  }
  if (*db != NULL)
    return TRUE;
  if (result != ARCHIVE_EOF && result != ARCHIVE_OK)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "The zip file is damaged");
  else
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is no Datavyu project: it has no “db”");
  return FALSE;
}

static gboolean
open_zip (const guint8 *data, gsize size, GByteArray **db, GByteArray **project, GError **error)
{
  struct archive *archive = archive_read_new ();
  gboolean done = FALSE;

  archive_read_support_format_zip_seekable (archive);
  archive_read_support_format_zip_streamable (archive);
  if (archive_read_open_memory (archive, data, size) == ARCHIVE_OK)
    done = unpack (archive, db, project, error);
  else
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "This is no zip file, or it is damaged");
  archive_read_free (archive);
  return done;
}

/* Up to the next of BORDERS that no backslash stands before; the text with backslashes undone. *TEXT then stands on the
 * border or the end. ESCAPES FALSE: a backslash is a backslash. New string. */
static char *
take_until (const char **text, const char *borders, gboolean escapes)
{
  GString *part = g_string_new (NULL);
  const char *at = *text;

  for (; *at != '\0'; at++) {
    if (escapes && *at == '\\' && at[1] != '\0')
      g_string_append_c (part, *++at);
    else if (strchr (borders, *at) != NULL)
      break;
    else
      g_string_append_c (part, *at);
  }
  *text = at;
  return g_string_free (part, FALSE);
}

static gboolean
has_escapes (const Reading *reading)
{
  return reading->version >= 2;
}

/* "direction|NOMINAL,turn|NOMINAL" */
static void
read_arguments (Reading *reading, const char *text)
{
  while (*text != '\0') {
    g_autofree char *name = take_until (&text, "|,", has_escapes (reading));

    if (*text == '|')
      g_free (take_until (&text, ",", has_escapes (reading)));
    if (*text == ',')
      text++;
    if (reading->arguments->len < MAX_ARGUMENTS)
      g_ptr_array_add (reading->arguments, g_steal_pointer (&name));
    else
      tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "an argument of a column", "there are too many", "column “%s”",
                   reading->column);
  }
}

static gboolean
ends_in_extra (const GPtrArray *arguments)
{
  if (arguments->len < TB_OPF_N_EXTRA)
    return FALSE;
  for (guint i = 0; i < TB_OPF_N_EXTRA; i++)
    if (!g_str_equal (g_ptr_array_index (arguments, arguments->len - TB_OPF_N_EXTRA + i), TB_OPF_EXTRA[i]))
      return FALSE;
  return TRUE;
}

/* Where the type begins in the LINE of a column; NULL when it is none. */
static const char *
find_type (const char *line, gboolean escapes)
{
  static const char *const types[] = { "TEXT", "NOMINAL", "INTEGER", "FLOAT", "MATRIX", "PREDICATE" };
  const char *type = NULL;

  /* Where nothing is escaped, a name may hold a parenthesis: the type that stands last counts. */
  for (const char *at = strstr (line, " ("); at != NULL && (type == NULL || !escapes); at = strstr (at + 1, " ("))
    for (guint i = 0; i < G_N_ELEMENTS (types); i++)
      if (g_str_has_prefix (at + 2, types[i]) && strchr (",)", at[2 + strlen (types[i])]) != NULL)
        type = at + 1;
  return type;
}

/* "name (MATRIX,true,comment)-a|NOMINAL,b|NOMINAL". FALSE when LINE is nothing like it. */
static gboolean
read_column (Reading *reading, const char *line)
{
  const char *type = find_type (line, has_escapes (reading)), *at = NULL;
  g_autofree char *rest = NULL, *visible = NULL, *comment = NULL;

  if (type == NULL)
    return FALSE;
  g_clear_pointer (&reading->column, g_free);
  g_ptr_array_set_size (reading->arguments, 0);
  rest = g_strndup (line, (gsize) (type - 1 - line));
  at = rest;
  reading->column = take_until (&at, "", has_escapes (reading));
  reading->matrix = g_str_has_prefix (type, "(MATRIX") || g_str_has_prefix (type, "(PREDICATE");
  at = type + strcspn (type, ",)");
  if (*at == ',') {
    at++;
    visible = take_until (&at, ",)", has_escapes (reading));
    at += *at == ',';
    comment = take_until (&at, ")", has_escapes (reading));
  }
  if (*at == ')' && at[1] == '-')
    read_arguments (reading, at + 2);
  reading->own = reading->matrix && ends_in_extra (reading->arguments);
  if (*reading->column == '\0')
    reading->column = (g_free (reading->column), g_strdup ("column"));
  if (reading->own && g_str_equal (reading->column, TB_OPF_NO_CODE) && g_strcmp0 (comment, TB_OPF_NO_CODE) == 0)
    return TRUE;
  if (comment != NULL)
    tb_exchange_text (&tb_exchange_code (reading->document, reading->column)->description, comment);
  for (guint i = 0; i + (reading->own ? TB_OPF_N_EXTRA : 0) < reading->arguments->len; i++)
    tb_exchange_modifier (tb_exchange_code (reading->document, reading->column),
                          g_ptr_array_index (reading->arguments, i))
        ->kind
        = TB_MODIFIER_TEXT;
  if (g_strcmp0 (visible, "false") == 0)
    tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "that a column is hidden", "Terugblik has no hidden codes",
                 "column “%s”", reading->column);
  return TRUE;
}

/* "HH:MM:SS:mmm,": *TEXT then stands behind it. */
static gboolean
take_stamp (const char **text, TbTime *time)
{
  const char *comma = strchr (*text, ',');
  g_autofree char *stamp = NULL;
  gsize length = comma != NULL ? (gsize) (comma - *text) : 0;

  if (length < 9 || length > 20 || strspn (*text, "0123456789:") != length)
    return FALSE;
  stamp = g_strndup (*text, length);
  *text = comma + 1;
  return tb_loose_time (stamp, time);
}

static void
own_argument (Reading *reading, TbExchangeEvent *event, guint which, const char *value)
{
  TbKind kind;
  double rating;

  if (which == 0 && *value != '\0')
    tb_exchange_share (&event->subject, value);
  else if (which == 1 && *value != '\0')
    tb_exchange_share (&event->observer, value);
  else if (which == 2) {
    gboolean open = g_str_has_prefix (value, "open ");

    if (tb_kind_from_name (open ? value + 5 : value, &kind)) {
      event->kind = kind;
      if (open)
        event->until = TB_TIME_NONE;
      else if (event->until == TB_TIME_NONE && !tb_exchange_is_instant (event))
        event->until = event->at;
    }
  } else if (which == 3 && tb_loose_decimal (value, &rating))
    event->rating = rating;
  else if (which == 4)
    tb_exchange_text (&event->comment, value);
}

/* The name of the argument and which time it is that it has a value: "2×a,b" of a matrix of ours repeats a name. */
static void
read_matrix (Reading *reading, TbExchangeEvent *event, const char *value)
{
  guint plain = reading->arguments->len - (reading->own ? TB_OPF_N_EXTRA : 0);
  gsize length = strlen (value);
  g_autofree char *inner = NULL;
  const char *at;

  if (*value == '(' && length > 1 && value[length - 1] == ')')
    inner = g_strndup (value + 1, length - 2);
  else
    inner = g_strdup (value);
  at = inner;
  for (guint i = 0; *at != '\0'; i++) {
    g_autofree char *text = take_until (&at, ",", has_escapes (reading));
    g_autofree char *number = g_strdup_printf ("argument %u", i + 1);
    const char *name = i < reading->arguments->len ? g_ptr_array_index (reading->arguments, i) : number;

    if (*at == ',')
      at++;
    if (reading->own && i >= plain)
      own_argument (reading, event, i - plain, text);
    else if (*text != '\0')
      tb_exchange_event_modifier (reading->document, event, name, reading->own && g_str_equal (text, "\"\"") ? "" : text);
  }
}

static void
read_cell (Reading *reading, const char *line)
{
  const char *at = line;
  TbTime from, to;
  TbExchangeEvent *event;
  g_autofree char *text = NULL;
  const char *code = reading->column;

  tb_loss_present (reading->loss, 1);
  if (code == NULL || !take_stamp (&at, &from) || !take_stamp (&at, &to)) {
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "a line that is no cell", "two times and a value are needed",
                 "line %u", reading->line);
    return;
  }
  /* Datavyu leaves the end at 0 while it was not set. */
  if (to < from) {
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "a cell that ends before it begins",
                 "taken as one that nobody ended", "line %u", reading->line);
    to = TB_TIME_NONE;
  }
  tb_loss_carried (reading->loss, 1);
  if (reading->own && tb_exchange_find_code (reading->document, code) == NULL)
    code = NULL;
  event = tb_exchange_event (reading->document, reading->set, to == from ? TB_KIND_POINT : TB_KIND_STATE, code, from,
                             to == from ? TB_TIME_NONE : to);
  if (reading->matrix) {
    read_matrix (reading, event, at);
  } else {
    text = take_until (&at, "", has_escapes (reading));
    tb_exchange_text (&event->comment, text);
  }
  if (code != NULL && event->kind == TB_KIND_STATE)
    tb_exchange_code (reading->document, code)->kind = TB_KIND_STATE;
}

/* The next line of *TEXT. A backslash at its end means that it goes on, where there are escapes. New; NULL at the end.
 */
static char *
next_line (Reading *reading, const char **text)
{
  GString *line;
  const char *at = *text;

  if (*at == '\0')
    return NULL;
  line = g_string_new (NULL);
  for (; *at != '\0' && *at != '\n'; at++) {
    if (*at == '\\' && has_escapes (reading) && at[1] != '\0') {
      g_string_append_c (line, *at++);
      if (*at == '\n')
        reading->line++;
    }
    g_string_append_c (line, *at);
  }
  reading->line++;
  if (line->len > 0 && line->str[line->len - 1] == '\r' && (line->len < 2 || line->str[line->len - 2] != '\\'))
    g_string_truncate (line, line->len - 1);
  *text = *at == '\n' ? at + 1 : at;
  return g_string_free (line, FALSE);
}

static void
read_db (Reading *reading, const char *text)
{
  for (;;) {
    g_autofree char *line = next_line (reading, &text);
    const char *at = line;
    TbTime time;

    if (line == NULL)
      return;
    if (reading->line == 1 && line[0] == '#' && line[1] >= '0' && line[1] <= '9') {
      reading->version = (int) g_ascii_strtoll (line + 1, NULL, 10);
      if (reading->version > 4)
        tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "what is new in this version of the format",
                     "it is newer than what Terugblik knows", "version %d", reading->version);
      continue;
    }
    if (*line == '\0')
      continue;
    /* "0:test0-float|FLOAT": the words of an old vocabulary, used by no cell. A column may be called so too. */
    if (reading->column == NULL && g_ascii_isdigit (line[0]) && line[1] == ':' && !take_stamp (&at, &time)
        && find_type (line, has_escapes (reading)) == NULL) {
      tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "a word of the vocabulary", "no column uses it", "line %u",
                   reading->line);
      continue;
    }
    at = line;
    if (!take_stamp (&at, &time) && read_column (reading, line))
      continue;
    read_cell (reading, line);
  }
}

/* Every "feed" of the viewers, with the "offset" beside it; old files name the same ones as tracks too. */
static void
read_project (Reading *reading, const GByteArray *bytes)
{
  yaml_parser_t parser;
  yaml_event_t event;
  gboolean more = TRUE;
  g_autofree char *key = NULL;
  TbExchangeMedia *media = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint depth = 0;

  yaml_parser_initialize (&parser);
  yaml_parser_set_input_string (&parser, bytes->data, bytes->len);
  /* Events only, no document: an alias is never followed. */
  while (more && yaml_parser_parse (&parser, &event)) {
    more = event.type != YAML_STREAM_END_EVENT && depth < TB_EXCHANGE_MAX_DEPTH;
    if (event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT) {
      depth++;
      media = NULL;
      g_clear_pointer (&key, g_free);
    } else if (event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT) {
      depth = depth > 0 ? depth - 1 : 0;
      g_clear_pointer (&key, g_free);
    } else if (event.type == YAML_SCALAR_EVENT && key == NULL) {
      key = g_strdup ((const char *) event.data.scalar.value);
    } else if (event.type == YAML_SCALAR_EVENT) {
      const char *value = (const char *) event.data.scalar.value;
      double ms;

      if (g_str_equal (key, "feed") && g_hash_table_add (seen, g_strdup (value)))
        media = tb_exchange_media (reading->document, reading->set, value);
      else if (g_str_equal (key, "offset") && media != NULL && tb_loose_decimal (value, &ms))
        tb_time_from_seconds (ms / 1000, &media->at);
      else if (g_str_equal (key, "name") && depth == 1)
        tb_exchange_text (&reading->document->title, value);
      g_clear_pointer (&key, g_free);
    }
    yaml_event_delete (&event);
  }
  yaml_parser_delete (&parser);
}

int
tb_opf_sniff (const guint8 *data, gsize size)
{
  g_autofree char *start = g_strndup ((const char *) data, MIN (size, 65536));
  g_auto (GStrv) lines = NULL;

  if (g_str_has_prefix (start, "PK\3\4"))
    return 1;
  lines = g_strsplit (start, "\n", MAX_WORDS);
  for (guint i = 0; lines[i] != NULL; i++) {
    const char *at = lines[i];
    TbTime time;

    if ((*at == '#' && i == 0) || (g_ascii_isdigit (at[0]) && at[1] == ':' && !take_stamp (&at, &time)))
      continue;
    if (find_type (lines[i], *start == '#') == NULL)
      return 0;
    at = lines[i + 1] != NULL ? lines[i + 1] : "";
    return *start == '#' || take_stamp (&at, &time) ? 2 : 0;
  }
  return 0;
}

TbExchange *
tb_opf_read (const guint8 *data, gsize size, TbLoss *loss, GError **error)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autoptr (GByteArray) db = NULL;
  g_autoptr (GByteArray) project = NULL;
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL;
  Reading reading = { document, NULL, loss, 0, NULL, FALSE, FALSE, arguments, 0 };

  if (tb_opf_sniff (data, size) != 2) {
    if (!open_zip (data, size, &db, &project, error))
      return NULL;
  } else {
    db = g_byte_array_append (g_byte_array_new (), data, (guint) size);
  }
  text = tb_bytes_to_text (db->data, db->len, loss, error);
  if (text == NULL)
    return NULL;
  reading.set = tb_exchange_set (document, "");
  if (project != NULL && project->len > 0)
    read_project (&reading, project);
  read_db (&reading, text);
  g_free (reading.column);
  if (!tb_exchange_finish (document, loss, error))
    return NULL;
  return g_steal_pointer (&document);
}
