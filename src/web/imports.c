/* /api/imports: other programs' files, looked at, mapped and taken over. */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "exchange/bytes.h"
#include "exchange/left.h"
#include "web/import-jobs.h"

/* First rows of a table, and what of a cell is shown. */
#define ROWS_SHOWN 8
#define CELL_SHOWN 200

static const TbPerson *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person;
}

/* --- a file as it was read ---------------------------------------------------- */

static json_object *
sets_json (const TbExchange *document)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; document != NULL && i < document->sets->len; i++) {
    const TbExchangeSet *set = g_ptr_array_index (document->sets, i);
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "id", set->id);
    tb_json_add_string (item, "description", set->description);
    tb_json_add_int (item, "observations", set->events->len);
    tb_json_add_wall (item, "started_at", set->started_at);
    tb_json_add_time (item, "length", tb_left_end (set));
    json_object_array_add (list, item);
  }
  return list;
}

/* How many observations have each code: id (borrowed) to number. New. */
static GHashTable *
count_codes (const TbExchange *document)
{
  GHashTable *counts = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint s = 0; s < document->sets->len; s++) {
    const TbExchangeSet *set = g_ptr_array_index (document->sets, s);

    for (guint i = 0; i < set->events->len; i++) {
      const TbExchangeEvent *event = g_ptr_array_index (set->events, i);
      guint n;

      if (event->code == NULL)
        continue;
      n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, event->code));
      g_hash_table_insert (counts, event->code, GUINT_TO_POINTER (n + 1));
    }
  }
  return counts;
}

static json_object *
target_json (const TbCodeTarget *target)
{
  json_object *object;

  if (target == NULL)
    return NULL;
  object = json_object_new_object ();
  tb_json_add_string (object, "instrument", target->instrument);
  tb_json_add_string (object, "code", target->code);
  return object;
}

static json_object *
codes_json (const TbExchange *document, GPtrArray *catalogue)
{
  json_object *list = json_object_new_array ();
  g_autoptr (GHashTable) counts = NULL;
  g_autoptr (GHashTable) suggestions = NULL;

  if (document == NULL)
    return list;
  counts = count_codes (document);
  suggestions = tb_visit_map_suggest (document, catalogue);
  for (guint i = 0; i < document->codes->len; i++) {
    const TbExchangeCode *code = g_ptr_array_index (document->codes, i);
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "id", code->id);
    tb_json_add_string (item, "title", code->title != NULL && *code->title != '\0' ? code->title : code->id);
    tb_json_add_string (item, "kind", tb_kind_name (code->kind));
    tb_json_add_string (item, "category", code->category);
    tb_json_add_int (item, "count", GPOINTER_TO_UINT (g_hash_table_lookup (counts, code->id)));
    tb_json_add (item, "suggestion", target_json (g_hash_table_lookup (suggestions, code->id)));
    json_object_array_add (list, item);
  }
  return list;
}

static json_object *
people_json (GPtrArray *people)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; people != NULL && i < people->len; i++)
    json_object_array_add (list, json_object_new_string (((TbExchangePerson *) g_ptr_array_index (people, i))->name));
  return list;
}

static json_object *
row_json (const GPtrArray *row, guint columns)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < columns; i++) {
    const char *text = i < row->len ? g_ptr_array_index (row, i) : "";
    g_autofree char *part
        = g_utf8_strlen (text, -1) > CELL_SHOWN ? g_utf8_substring (text, 0, CELL_SHOWN) : g_strdup (text);

    json_object_array_add (list, json_object_new_string (part));
  }
  return list;
}

/* What a table's columns are, for a person to look at and change. */
static json_object *
columns_json (const TbForeignFile *file)
{
  const TbCsvMapping *mapping = file->mapping;
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (file->bytes, &size);
  g_autofree char *text = mapping != NULL ? tb_bytes_to_text (data, size, NULL, NULL) : NULL;
  g_autoptr (GPtrArray) titles = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  json_object *object, *names, *list, *meaning;

  if (text == NULL)
    return NULL;
  titles = tb_csv_mapping_titles (mapping);
  rows = tb_csv_rows (text, mapping->delimiter, ROWS_SHOWN + 1, NULL, NULL);
  object = json_object_new_object ();
  names = json_object_new_array ();
  list = json_object_new_array ();
  meaning = json_object_new_object ();
  for (guint i = 0; i < titles->len; i++) {
    const char *title = g_ptr_array_index (titles, i);

    json_object_array_add (names, json_object_new_string (title));
    tb_json_add_string (meaning, title, tb_csv_role_name (g_array_index (mapping->roles, TbCsvRole, i)));
  }
  for (guint i = mapping->above, n = 0; rows != NULL && i < rows->len && n < ROWS_SHOWN; i++, n++)
    json_object_array_add (list, row_json (g_ptr_array_index (rows, i), titles->len));
  tb_json_add (object, "names", names);
  tb_json_add (object, "rows", list);
  tb_json_add (object, "meaning", meaning);
  return object;
}

static TbReply *
reply_job (TbApp *app, const char *id, const TbForeignFile *file, int status)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) catalogue = tb_foreign_catalogue (app->store, app->catalogue, NULL, &error);
  const TbExchange *document = file->document;
  json_object *object;

  if (catalogue == NULL)
    return tb_reply_error (error);
  object = json_object_new_object ();
  tb_json_add_string (object, "id", id);
  tb_json_add_string (object, "name", file->name);
  tb_json_add_string (object, "format", file->format->id);
  tb_json_add_string (object, "format_title", file->format->title);
  tb_json_add_string (object, "title", document != NULL ? document->title : "");
  tb_json_add (object, "sets", sets_json (document));
  tb_json_add (object, "codes", codes_json (document, catalogue));
  tb_json_add (object, "subjects", people_json (document != NULL ? document->subjects : NULL));
  tb_json_add (object, "observers", people_json (document != NULL ? document->observers : NULL));
  tb_json_add (object, "loss", tb_loss_to_json (file->loss));
  tb_json_add (object, "columns", columns_json (file));
  return tb_reply_json (status, object);
}

/* --- routes ------------------------------------------------------------------------- */

static TbReply *
add_import (TbApp *app, TbRequest *request)
{
  const char *name = tb_request_query (request, "name");
  g_autoptr (GBytes) body = g_bytes_ref (tb_request_body (request));
  g_autoptr (TbForeignFile) file = NULL;
  g_autofree char *id = NULL;
  g_autoptr (TbImportJob) job = NULL;
  GError *error = NULL;

  if (name == NULL || *name == '\0')
    return tb_reply_problem (400, "invalid", "“name” is missing in the address: what the file is called");
  file = tb_foreign_read (name, body, &error);
  if (file == NULL)
    return tb_reply_error (error);
  id = tb_import_jobs_add (app->imports, asker (request)->id, g_steal_pointer (&file), &error);
  if (id != NULL)
    job = tb_import_jobs_get (app->imports, asker (request)->id, id, &error);
  return job != NULL ? reply_job (app, id, tb_import_job_file (job), 201) : tb_reply_error (error);
}

/* NULL with an error. New. */
static TbImportJob *
find_job (TbApp *app, TbRequest *request, GError **error)
{
  return tb_import_jobs_get (app->imports, asker (request)->id, tb_request_param (request, "import"), error);
}

static TbReply *
get_import (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbImportJob) job = find_job (app, request, &error);

  if (job == NULL)
    return tb_reply_error (error);
  return reply_job (app, tb_request_param (request, "import"), tb_import_job_file (job), 200);
}

/* Who takes into a visit must be its coach. */
static gboolean
may_add_to (TbApp *app, TbRequest *request, const char *id, GError **error)
{
  g_autoptr (TbVisit) visit = tb_visit_get (app->store, id, error);

  if (visit == NULL)
    return FALSE;
  if (g_strcmp0 (visit->coach, asker (request)->id) == 0)
    return TRUE;
  /* As for a visit that is not there. */
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit %.60s", id);
  return FALSE;
}

static void
tell_visits (TbApp *app, json_object *taken)
{
  json_object *visits = NULL;

  json_object_object_get_ex (taken, "visits", &visits);
  for (gsize i = 0; i < json_object_array_length (visits); i++) {
    const char *id = NULL;

    tb_json_get_string (json_object_array_get_idx (visits, i), "id", 0, TB_UUID_LENGTH, &id, NULL, NULL);
    if (id != NULL)
      tb_studio_tell_visit (app->studio, id);
  }
}

/* {"look": true}: only what the columns are is taken, and the file is shown as it is read then. */
static TbReply *
take_import (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  const char *id = tb_request_param (request, "import");
  const TbPerson *person = asker (request);
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbImportJob) job = NULL;
  g_auto (TbForeignChoice) choice = { 0 };
  TbForeignTaker taker = { person->id, person->id, person->name, FALSE, FALSE };
  json_object *taken = NULL;
  gboolean look = FALSE;

  if (body == NULL || !tb_foreign_choice_read (&choice, body, "look", &error)
      || !tb_json_get_bool (body, "look", 0, &look, NULL, &error) || (job = find_job (app, request, &error)) == NULL
      || (choice.visit != NULL && !may_add_to (app, request, choice.visit, &error)))
    return tb_reply_error (error);
  if (look) {
    if (choice.columns != NULL && !tb_foreign_set_columns (tb_import_job_file (job), choice.columns, &error))
      return tb_reply_error (error);
    return reply_job (app, id, tb_import_job_file (job), 200);
  }
  taken = tb_foreign_take (tb_import_job_file (job), app->store, app->catalogue, &choice, &taker, NULL, &error);
  if (taken == NULL)
    return tb_reply_error (error);
  tell_visits (app, taken);
  /* What is taken over need not be kept; taking it twice would double it. */
  tb_import_jobs_drop (app->imports, person->id, id, NULL);
  return tb_reply_json (200, taken);
}

static TbReply *
drop_import (TbApp *app, TbRequest *request)
{
  GError *error = NULL;

  if (!tb_import_jobs_drop (app->imports, asker (request)->id, tb_request_param (request, "import"), &error))
    return tb_reply_error (error);
  return tb_reply_empty (204);
}

const TbRoute tb_routes_imports[] = {
  { "POST", "/api/imports", add_import, TB_EXCHANGE_MAX_BYTES, TB_BODY_FILE },
  { "GET", "/api/imports/{import}", get_import, 0 },
  { "POST", "/api/imports/{import}/take", take_import, 4 * 1024 * 1024 },
  { "DELETE", "/api/imports/{import}", drop_import, 0 },
  { NULL },
};
