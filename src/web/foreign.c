#include "web/foreign.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "exchange/bytes.h"
#include "store/journal.h"
#include "store/layers.h"
#include "store/take-over.h"
#include "store/track.h"
#include "store/visit.h"

#define NAME_MAX_LENGTH 200
#define CODES_MAX 100000

void
tb_foreign_file_free (TbForeignFile *file)
{
  if (file == NULL)
    return;
  g_free (file->name);
  g_clear_pointer (&file->bytes, g_bytes_unref);
  tb_exchange_free (file->document);
  tb_loss_free (file->loss);
  g_clear_pointer (&file->mapping, tb_csv_mapping_free);
  g_free (file);
}

/* --- reading ---------------------------------------------------------------- */

gboolean
tb_foreign_is_instrument (GBytes *bytes)
{
  gsize size = 0;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (json_object) json = NULL;

  if (size == 0 || size > 4 * 1024 * 1024 || !tb_bytes_begin_with ((const guint8 *) text, size, "\"format\""))
    return FALSE;
  json = tb_json_parse (text, size, NULL);
  return json_object_is_type (json, json_type_object) && json_object_object_get_ex (json, "domains", NULL)
         && json_object_object_get_ex (json, "codes", NULL);
}

static gboolean
is_film (const char *name)
{
  static const char *const suffixes[] = { ".mp4", ".mov",  ".m4v", ".mkv", ".webm", ".avi", ".mts", ".m2ts", ".mpg", ".mpeg",
                                          ".wmv", ".3gp", ".mp3", ".m4a",  ".wav",  ".flac", ".ogg", ".opus", ".aac" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i]))
      return TRUE;
  return FALSE;
}

static gboolean
refuse (GError **error, int code, const char *message)
{
  g_set_error_literal (error, TB_ERROR, code, message);
  return FALSE;
}

gboolean
tb_foreign_may_be (const char *name, guint64 size, GError **error)
{
  if (is_film (name))
    return refuse (error, TB_ERROR_UNSUPPORTED, "Films and sound cannot be imported yet; only what was observed can");
  if (size > TB_EXCHANGE_MAX_BYTES)
    return refuse (error, TB_ERROR_TOO_LARGE, "The file is larger than 64 MB, the most that is read");
  if (size == 0)
    return refuse (error, TB_ERROR_INVALID, "The file is empty");
  return TRUE;
}

static gboolean
find_format (TbForeignFile *file, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (file->bytes, &size);

  if (!tb_foreign_may_be (file->name, size, error))
    return FALSE;
  if (tb_foreign_is_instrument (file->bytes))
    return refuse (error, TB_ERROR_UNSUPPORTED, "This is a kijkwijzer; it is read in where kijkwijzers are made");
  file->format = tb_format_guess (file->name, data, size);
  if (file->format != NULL)
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "“%.100s” is of no kind that Terugblik can read", file->name);
  return FALSE;
}

static gboolean
has_time (const TbCsvMapping *mapping)
{
  for (guint i = 0; i < mapping->roles->len; i++)
    if (g_array_index (mapping->roles, TbCsvRole, i) == TB_CSV_START)
      return TRUE;
  return FALSE;
}

static gboolean
guess_columns (TbForeignFile *file, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (file->bytes, &size);
  g_autofree char *text = tb_bytes_to_text (data, size, NULL, error);

  if (text == NULL)
    return FALSE;
  file->mapping = tb_csv_guess (text);
  if (file->mapping->own)
    g_clear_pointer (&file->mapping, tb_csv_mapping_free);
  return TRUE;
}

/* Into FILE; with MAPPING when it is a table that has one. */
static gboolean
read_document (TbForeignFile *file, const TbCsvMapping *mapping, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (file->bytes, &size);
  g_autoptr (TbLoss) loss = tb_loss_new ();
  TbExchange *document = mapping != NULL ? tb_csv_read_mapped (data, size, mapping, loss, error)
                                         : file->format->read (data, size, loss, error);

  if (document == NULL)
    return FALSE;
  tb_exchange_free (file->document);
  tb_loss_free (file->loss);
  file->document = document;
  file->loss = g_steal_pointer (&loss);
  return TRUE;
}

TbForeignFile *
tb_foreign_read (const char *name, GBytes *bytes, GError **error)
{
  g_autoptr (TbForeignFile) file = g_new0 (TbForeignFile, 1);
  g_autofree char *base = g_path_get_basename (name);
  g_autofree char *valid = g_utf8_make_valid (base, -1);

  file->name = g_utf8_strlen (valid, -1) > NAME_MAX_LENGTH ? g_utf8_substring (valid, 0, NAME_MAX_LENGTH)
                                                           : g_steal_pointer (&valid);
  file->bytes = g_bytes_ref (bytes);
  file->loss = tb_loss_new ();
  if (!find_format (file, error) || (file->format->read == tb_csv_read && !guess_columns (file, error)))
    return NULL;
  if (file->mapping != NULL && !has_time (file->mapping))
    return g_steal_pointer (&file);
  return read_document (file, file->mapping, error) ? g_steal_pointer (&file) : NULL;
}

static TbCsvMapping *
copy_mapping (const TbCsvMapping *mapping)
{
  TbCsvMapping *copy = g_new0 (TbCsvMapping, 1);

  *copy = *mapping;
  copy->roles = g_array_new (FALSE, FALSE, sizeof (TbCsvRole));
  g_array_append_vals (copy->roles, mapping->roles->data, mapping->roles->len);
  copy->names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < mapping->names->len; i++)
    g_ptr_array_add (copy->names, g_strdup (g_ptr_array_index (mapping->names, i)));
  return copy;
}

gboolean
tb_foreign_set_columns (TbForeignFile *file, json_object *columns, GError **error)
{
  g_autoptr (TbCsvMapping) mapping = NULL;

  if (file->mapping == NULL)
    return refuse (error, TB_ERROR_INVALID, "“columns”: what is in this file is known already");
  mapping = copy_mapping (file->mapping);
  /* All at once, so that two columns can change places. */
  for (guint i = 0; i < mapping->roles->len; i++)
    g_array_index (mapping->roles, TbCsvRole, i) = TB_CSV_IGNORE;
  json_object_object_foreach (columns, title, value)
  {
    TbCsvRole role;

    if (!json_object_is_type (value, json_type_string)
        || !tb_csv_role_from_name (json_object_get_string (value), &role)) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“columns”: what “%.60s” is must be one of the known meanings", title);
      return FALSE;
    }
    if (!tb_csv_mapping_set (mapping, title, role, error)) {
      g_prefix_error (error, "“columns”: ");
      return FALSE;
    }
  }
  if (!read_document (file, mapping, error))
    return FALSE;
  tb_csv_mapping_free (file->mapping);
  file->mapping = g_steal_pointer (&mapping);
  return TRUE;
}

/* --- choosing ------------------------------------------------------------------- */

void
tb_foreign_choice_clear (TbForeignChoice *choice)
{
  g_clear_pointer (&choice->visit, g_free);
  g_clear_pointer (&choice->sets, g_ptr_array_unref);
  g_clear_pointer (&choice->codes, g_hash_table_unref);
  g_clear_pointer (&choice->columns, json_object_put);
}

static gboolean
read_codes (TbForeignChoice *choice, json_object *codes, GError **error)
{
  static const char *const known[] = { "instrument", "code", NULL };

  choice->codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tb_code_target_free);
  if (json_object_object_length (codes) > CODES_MAX)
    return refuse (error, TB_ERROR_TOO_LARGE, "“codes” has too many");
  json_object_object_foreach (codes, name, value)
  {
    const char *instrument = NULL, *code = NULL;

    if (value == NULL) {
      g_hash_table_insert (choice->codes, g_strdup (name), NULL);
      continue;
    }
    if (!tb_json_check_fields (value, known, error)
        || !tb_json_get_string (value, "instrument", TB_JSON_REQUIRED, 64, &instrument, NULL, error)
        || !tb_json_get_string (value, "code", TB_JSON_REQUIRED, 64, &code, NULL, error)) {
      g_prefix_error (error, "“codes”, “%.60s”: ", name);
      return FALSE;
    }
    g_hash_table_insert (choice->codes, g_strdup (name), tb_code_target_new (instrument, code));
  }
  return TRUE;
}

static gboolean
read_sets (TbForeignChoice *choice, json_object *sets, GError **error)
{
  choice->sets = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < json_object_array_length (sets); i++) {
    json_object *item = json_object_array_get_idx (sets, i);

    if (!json_object_is_type (item, json_type_string))
      return refuse (error, TB_ERROR_INVALID, "“sets” must be a list of names");
    g_ptr_array_add (choice->sets, g_strdup (json_object_get_string (item)));
  }
  return choice->sets->len > 0 || refuse (error, TB_ERROR_INVALID, "“sets” is empty: nothing would be taken over");
}

gboolean
tb_foreign_choice_read (TbForeignChoice *choice, json_object *object, const char *also, GError **error)
{
  const char *const known[] = { "visit", "sets", "codes", "columns", also, NULL };
  json_object *sets = NULL, *codes = NULL, *columns = NULL;
  const char *visit = NULL;

  if (!tb_json_check_fields (object, known, error)
      || !tb_json_get_string (object, "visit", 0, TB_UUID_LENGTH, &visit, NULL, error)
      || !tb_json_get_array (object, "sets", 0, TB_EXCHANGE_MAX_NAMES, &sets, NULL, error)
      || !tb_json_get_object (object, "codes", 0, &codes, NULL, error)
      || !tb_json_get_object (object, "columns", 0, &columns, NULL, error))
    return FALSE;
  if (visit != NULL && !tb_uuid_is_valid (visit))
    return refuse (error, TB_ERROR_INVALID, "“visit” must be the id of a visit");
  choice->visit = g_strdup (visit);
  choice->columns = columns != NULL ? json_object_get (columns) : NULL;
  return (sets == NULL || read_sets (choice, sets, error)) && (codes == NULL || read_codes (choice, codes, error));
}

/* --- taking over ---------------------------------------------------------------------- */

GPtrArray *
tb_foreign_catalogue (TbStore *store, TbCatalogue *catalogue, const char *visit, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_instrument_unref);
  g_autoptr (GPtrArray) offered = tb_catalogue_list (catalogue, error);
  g_autoptr (TbVisit) used = NULL;

  if (offered == NULL || (visit != NULL && (used = tb_visit_get (store, visit, error)) == NULL))
    return NULL;
  for (guint i = 0; used != NULL && i < used->instruments->len; i++) {
    TbInstrument *instrument
        = tb_visit_instrument (store, visit, g_ptr_array_index (used->instruments, i), error);

    if (instrument == NULL)
      return NULL;
    g_ptr_array_add (all, instrument);
  }
  for (guint i = 0; i < offered->len; i++) {
    TbInstrument *instrument = g_ptr_array_index (offered, i);
    gboolean there = FALSE;

    for (guint j = 0; j < all->len && !there; j++)
      there = g_str_equal (tb_instrument_id (g_ptr_array_index (all, j)), tb_instrument_id (instrument));
    if (!there)
      g_ptr_array_add (all, tb_instrument_ref (instrument));
  }
  return g_steal_pointer (&all);
}

static void
taken_free (gpointer data)
{
  g_free (data);
}

static json_object *
visits_json (const TbMapped *mapped, GPtrArray *ids, const char *visit)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < mapped->visits->len; i++) {
    const TbMappedVisit *made = g_ptr_array_index (mapped->visits, i);
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "id", ids != NULL ? g_ptr_array_index (ids, i) : visit);
    tb_json_add_string (item, "title", made->title);
    tb_json_add_int (item, "observations", made->observations->len);
    json_object_array_add (list, item);
  }
  return list;
}

static json_object *
instrument_json (const TbMapped *mapped)
{
  const TbInstrument *instrument = mapped->instruments->len > 0 ? g_ptr_array_index (mapped->instruments, 0) : NULL;
  json_object *object, *words;

  if (instrument == NULL)
    return NULL;
  object = json_object_new_object ();
  words = json_object_new_object ();
  tb_json_add_string (words, "nl", tb_instrument_title (instrument, "nl"));
  tb_json_add_string (words, "en", tb_instrument_title (instrument, "en"));
  tb_json_add_string (object, "id", tb_instrument_id (instrument));
  tb_json_add (object, "title", words);
  return object;
}

/* The ids; NULL with an error. */
static GPtrArray *
store_mapped (TbStore *store, const TbMapped *mapped, const char *visit, const TbForeignTaker *taker, GError **error)
{
  g_autoptr (GPtrArray) visits = g_ptr_array_new_with_free_func (taken_free);
  TbTakeOver take = { taker->coach, taker->person, taker->observer, mapped->instruments, visits };

  for (guint i = 0; i < mapped->visits->len; i++) {
    const TbMappedVisit *made = g_ptr_array_index (mapped->visits, i);
    TbTakenVisit *taken = g_new0 (TbTakenVisit, 1);

    *taken = (TbTakenVisit){ visit,          made->title,       made->teacher, made->group,        made->subject,
                             made->focus,    made->note,        made->started_at, made->length,    made->instruments,
                             made->observations };
    g_ptr_array_add (visits, taken);
  }
  return tb_take_over (store, &take, tb_clock_wall (), error);
}

/* The name under which PERSON taps on VISIT. New; NULL with an error. */
static char *
layer_name (TbStore *store, const char *visit, const TbForeignTaker *taker, GError **error)
{
  g_autoptr (TbLayers) layers = NULL;
  const TbObserver *observer;

  if (visit == NULL || taker->person == NULL)
    return g_strdup (taker->observer);
  layers = tb_layers_load (store, visit, error);
  if (layers == NULL)
    return NULL;
  observer = tb_layers_find (layers, taker->person);
  return g_strdup (observer != NULL ? observer->layer : taker->observer);
}

json_object *
tb_foreign_take (TbForeignFile *file, TbStore *store, TbCatalogue *catalogue, const TbForeignChoice *choice,
                 const TbForeignTaker *taker, TbLoss **loss, GError **error)
{
  g_autoptr (GPtrArray) offered = tb_foreign_catalogue (store, catalogue, choice->visit, error);
  g_autofree char *observer = offered != NULL ? layer_name (store, choice->visit, taker, error) : NULL;
  g_autoptr (GHashTable) suggestions = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  g_autoptr (TbMapped) mapped = NULL;
  g_autoptr (TbLoss) all = NULL;
  TbVisitMapChoice map = { offered, choice->codes, choice->sets, observer, file->name, file->format->title,
                           choice->visit != NULL };
  json_object *object;

  if (observer == NULL)
    return NULL;
  if (choice->columns != NULL && !tb_foreign_set_columns (file, choice->columns, error))
    return NULL;
  if (file->document == NULL) {
    refuse (error, TB_ERROR_INVALID, "It must be said which column of this table is the time");
    return NULL;
  }
  all = tb_loss_copy (file->loss);
  if (choice->codes == NULL && taker->known) {
    suggestions = tb_visit_map_suggest (file->document, offered);
    if (tb_visit_map_is_known (file->document, offered, suggestions)) {
      map.codes = suggestions;
      tb_visit_map_report_tied (file->document, suggestions, all);
    }
  }
  mapped = tb_visit_map_take (file->document, &map, all, error);
  if (mapped == NULL)
    return NULL;
  if (choice->visit != NULL && mapped->visits->len > 1) {
    refuse (error, TB_ERROR_CONFLICT, "The file holds more than one lesson: choose which goes into this visit");
    return NULL;
  }
  if (!taker->dry && (ids = store_mapped (store, mapped, choice->visit, taker, error)) == NULL)
    return NULL;
  object = json_object_new_object ();
  tb_json_add (object, "visits", visits_json (mapped, ids, choice->visit));
  tb_json_add (object, "instrument", instrument_json (mapped));
  tb_json_add (object, "loss", tb_loss_to_json (all));
  if (loss != NULL)
    *loss = g_steal_pointer (&all);
  return object;
}

/* --- giving ------------------------------------------------------------------------------ */

/* A visit and all that a TbVisitSource borrows. */
typedef struct {
  TbVisitSource source; /* first: a Held is one */
  TbVisit *visit;
  GPtrArray *instruments, *observations;
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  tb_visit_free (held->visit);
  g_clear_pointer (&held->instruments, g_ptr_array_unref);
  g_clear_pointer (&held->observations, g_ptr_array_unref);
  g_free (held);
}

static gboolean
hold_observations (TbStore *store, Held *held, const char *person, TbLoss *loss, GError **error)
{
  g_autoptr (TbLayers) layers = NULL;
  guint before;

  held->observations = tb_observation_list (store, held->visit->id, FALSE, NULL, error);
  if (held->observations == NULL)
    return FALSE;
  if (person == NULL)
    return TRUE;
  layers = tb_layers_load (store, held->visit->id, error);
  if (layers == NULL)
    return FALSE;
  before = held->observations->len;
  tb_layers_filter (layers, person, held->observations);
  /* How many is what nobody must know yet. */
  if (held->observations->len < before)
    tb_loss_add (loss, TB_LOSS_LEFT, 1, "what others observed", "their layer has not been opened yet", "“%.60s”",
                 held->visit->title);
  return TRUE;
}

static gboolean
hold_rest (TbStore *store, Held *held, GError **error)
{
  const TbVisit *visit = held->visit;
  g_autoptr (GPtrArray) clips = tb_clip_list (store, visit->id, FALSE, NULL, error);

  if (clips == NULL)
    return FALSE;
  held->instruments = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_instrument_unref);
  for (guint i = 0; i < visit->instruments->len; i++) {
    TbInstrument *instrument = tb_visit_instrument (store, visit->id, g_ptr_array_index (visit->instruments, i), error);

    if (instrument == NULL)
      return FALSE;
    g_ptr_array_add (held->instruments, instrument);
  }
  held->source = (TbVisitSource){ visit->id,      visit->title,      visit->teacher, visit->group,
                                  visit->subject, visit->focus,      visit->note,    visit->started_at,
                                  clips->len,     visit->tracks,     held->instruments, held->observations };
  return TRUE;
}

TbExchange *
tb_foreign_give (TbStore *store, GPtrArray *visits, const char *person, TbLoss *loss, GError **error)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func (held_free);

  for (guint i = 0; i < visits->len; i++) {
    Held *held = g_new0 (Held, 1);

    g_ptr_array_add (sources, held);
    held->visit = tb_visit_get (store, g_ptr_array_index (visits, i), error);
    if (held->visit == NULL || !hold_observations (store, held, person, loss, error)
        || !hold_rest (store, held, error))
      return NULL;
  }
  return tb_visit_map_give (sources, loss, error);
}
