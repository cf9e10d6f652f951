/* Applying operations. Everything of one call happens in one transaction; an
 * operation is refused before anything of it is written, so that its
 * neighbours are not touched by it. */
#include "store/journal.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "observe/operation.h"
#include "store/coaching-private.h"
#include "store/journal-rows.h"
#include "store/layers-private.h"
#include "store/store-private.h"
#include "store/visit-private.h"

#define OWN_AUTHOR "terugblik"
#define OWN_DEVICE "server"

/* What one call of tb_journal_apply() shares. */
typedef struct {
  TbStore *store;
  TbDb *db;
  TbVisit *visit;
  const char *person; /* NULL: nobody looks whose layer it is */
  TbLayers *layers;   /* NULL as PERSON */
  gint64 seq;
  gint64 now;
  TbContext context;
  GPtrArray *logged; /* TbLogged * */
  GHashTable *touched; /* ids of what was changed; owned */
  GError *failure;   /* of the database, met where only "not found" can be answered */
} Batch;

const char *
tb_status_name (TbStatus status)
{
  switch (status) {
  case TB_STATUS_APPLIED:
    return "applied";
  case TB_STATUS_DUPLICATE:
    return "duplicate";
  case TB_STATUS_REFUSED:
  default:
    return "refused";
  }
}

void
tb_result_free (TbResult *result)
{
  if (result == NULL)
    return;
  g_free (result->id);
  g_clear_error (&result->error);
  g_free (result->operation);
  g_free (result);
}

void
tb_logged_free (TbLogged *logged)
{
  if (logged == NULL)
    return;
  g_free (logged->operation);
  g_free (logged->observer);
  g_free (logged);
}

json_object *
tb_result_to_json (const TbResult *result)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", result->id);
  tb_json_add_int (object, "seq", result->seq);
  tb_json_add_string (object, "status", tb_status_name (result->status));
  if (result->error != NULL) {
    json_object *problem = json_object_new_object ();

    tb_json_add_string (problem, "code", result->code);
    tb_json_add_string (problem, "message", result->error->message);
    tb_json_add (object, "error", problem);
  }
  return object;
}

static const TbInstrument *
find_instrument (const char *id, gpointer data)
{
  Batch *batch = data;
  gint64 version = 0;

  if (batch->failure != NULL
      || !tb_db_int (batch->db, 0, &version, &batch->failure,
                     "SELECT version FROM visit_instrument WHERE visit = ?1 AND instrument = ?2", "ss",
                     batch->visit->id, id))
    return NULL;
  return version != 0 ? tb_store_instrument (batch->store, batch->db, id, version, &batch->failure) : NULL;
}

static void
log_entry (GPtrArray *logged, gint64 seq, const char *text, const TbObject *object)
{
  TbLogged *entry = g_new0 (TbLogged, 1);

  entry->seq = seq;
  entry->operation = g_strdup (text);
  entry->target = object->target;
  entry->observer = object->target == TB_TARGET_OBSERVATION ? g_strdup (object->observation->observer) : NULL;
  g_ptr_array_add (logged, entry);
}

void
tb_journal_tell (TbStore *store, const char *visit, GPtrArray *logged)
{
  for (guint i = 0; store->listener != NULL && i < logged->len; i++) {
    const TbLogged *entry = g_ptr_array_index (logged, i);

    store->listener (visit, entry->seq, entry->operation, store->listener_data);
  }
}

static gboolean
close_one (TbDb *db, const char *visit, const char *id, TbTime until, gint64 *seq, GPtrArray *logged, GError **error)
{
  g_autoptr (TbObject) object = NULL;
  g_autoptr (TbEffect) effect = NULL;
  g_autoptr (TbJournalRow) row = NULL;
  g_autoptr (json_object) fields = NULL;
  g_autofree char *text = NULL;

  if (!tb_object_load (db, visit, TB_TARGET_OBSERVATION, id, &object, error))
    return FALSE;
  effect = object != NULL ? tb_operation_close (object, until) : NULL;
  if (effect == NULL)
    return TRUE;
  fields = json_object_new_object ();
  tb_json_add_time (fields, "until", effect->object->observation->until);
  tb_json_add_string (fields, "closed_by", "end");

  row = g_new0 (TbJournalRow, 1);
  row->seq = *seq + 1;
  row->id = tb_uuid_new ();
  row->target = TB_TARGET_OBSERVATION;
  row->target_id = g_strdup (id);
  row->action = TB_ACTION_CHANGE;
  row->author = g_strdup (OWN_AUTHOR);
  row->device = g_strdup (OWN_DEVICE);
  row->at = tb_clock_wall ();
  row->made_at = row->at;
  row->fields = tb_json_to_text (fields);
  if (!tb_journal_row_write (db, visit, row, effect, error))
    return FALSE;
  *seq = row->seq;
  text = tb_journal_row_text (row, effect->object);
  log_entry (logged, row->seq, text, effect->object);
  return TRUE;
}

gboolean
tb_journal_close_open (TbDb *db, const char *visit, TbTime until, GHashTable *only, gint64 *seq, GPtrArray *logged,
                       GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT id FROM observation WHERE visit = ?1 AND kind = 'state' AND until_ns IS NULL"
                      " AND removed = 0 ORDER BY at_ns, id",
                      "s", visit))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0)
    if (only == NULL || g_hash_table_contains (only, tb_query_text (&query, 0)))
      g_ptr_array_add (ids, tb_query_dup (&query, 0));
  if (step < 0)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!close_one (db, visit, g_ptr_array_index (ids, i), until, seq, logged, error))
      return FALSE;
  return TRUE;
}

/* Is OPERATION there already? *SEQ is then its number. */
static gboolean
find_duplicate (Batch *batch, const char *id, gint64 *seq, GError **refusal, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  *seq = 0;
  if (!tb_query_open (&query, batch->db, error, "SELECT visit, seq FROM journal WHERE id = ?1", "s", id))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step <= 0)
    return step == 0;
  if (strcmp (tb_query_text (&query, 0), batch->visit->id) == 0)
    *seq = tb_query_int (&query, 1);
  else
    g_set_error (refusal, TB_ERROR, TB_ERROR_CONFLICT, "The operation %s belongs to another visit", id);
  return TRUE;
}

/* Which entry an undo undoes: into OPERATION's of, target and target_id. */
static gboolean
resolve_undo (Batch *batch, TbOperation *operation, GError **refusal, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  TbTarget target = 0;
  int step;

  if (operation->of != NULL) {
    if (!tb_query_open (&query, batch->db, error,
                        "SELECT id, target, target_id FROM journal WHERE id = ?1 AND visit = ?2", "ss", operation->of,
                        batch->visit->id))
      return FALSE;
  } else if (!tb_query_open (&query, batch->db, error,
                             "SELECT id, target, target_id FROM journal WHERE visit = ?1 AND author = ?2"
                             " AND device = ?3 AND action <> 'undo' AND undone = 0 ORDER BY seq DESC LIMIT 1",
                             "sss", batch->visit->id, operation->author, operation->device)) {
    return FALSE;
  }
  step = tb_query_next (&query, error);
  if (step < 0)
    return FALSE;
  if (step == 0) {
    g_set_error_literal (refusal, TB_ERROR, TB_ERROR_NOT_FOUND, "There is nothing to undo");
    return TRUE;
  }
  tb_target_from_name (tb_query_text (&query, 1), &target);
  if ((operation->target != 0 && operation->target != target)
      || (operation->target_id != NULL && strcmp (operation->target_id, tb_query_text (&query, 2)) != 0)) {
    g_set_error (refusal, TB_ERROR, TB_ERROR_INVALID, "The operation %s is of another target", operation->of);
    return TRUE;
  }
  g_free (operation->of);
  g_free (operation->target_id);
  operation->of = tb_query_dup (&query, 0);
  operation->target = target;
  operation->target_id = tb_query_dup (&query, 2);
  return TRUE;
}

static GPtrArray *
load_history (Batch *batch, const char *target_id, GError **error)
{
  g_autoptr (GPtrArray) history = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_entry_free);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, batch->db, error,
                      "SELECT id, action, of_id, undone, after_values FROM journal WHERE target_id = ?1 AND visit = ?2"
                      " ORDER BY seq",
                      "ss", target_id, batch->visit->id))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbEntry *entry = g_new0 (TbEntry, 1);
    const char *after = tb_query_text (&query, 4);

    g_ptr_array_add (history, entry);
    entry->id = tb_query_dup (&query, 0);
    entry->of = tb_query_dup (&query, 2);
    entry->undone = tb_query_int (&query, 3) != 0;
    entry->after = tb_json_parse (after, strlen (after), NULL);
    if (entry->after == NULL || !tb_action_from_name (tb_query_text (&query, 1), &entry->action)) {
      g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "The journal's entry %s is damaged", entry->id);
      return NULL;
    }
  }
  return step == 0 ? g_steal_pointer (&history) : NULL;
}

static gboolean
write_undone (Batch *batch, GPtrArray *history, GError **error)
{
  for (guint i = 0; i < history->len; i++) {
    const TbEntry *entry = g_ptr_array_index (history, i);

    if (!tb_db_exec (batch->db, error, "UPDATE journal SET undone = ?2 WHERE id = ?1 AND undone <> ?2", "si", entry->id,
                     (gint64) entry->undone))
      return FALSE;
  }
  return TRUE;
}

/* Whether the person of BATCH may touch OBJECT, NULL for one that is not there yet. */
static gboolean
may_touch (const Batch *batch, TbTarget target, const TbObject *object, GError **refusal)
{
  const TbObserver *who = tb_layers_find (batch->layers, batch->person);
  const char *layer = object != NULL && object->observation != NULL ? object->observation->observer : NULL;

  if (batch->person == NULL)
    return TRUE;
  if (layer == NULL && target == TB_TARGET_OBSERVATION && who != NULL)
    layer = who->layer;
  return tb_layers_may_change (batch->layers, batch->person, layer)
         || tb_refuse (refusal, TB_ERROR_DENIED,
                       target == TB_TARGET_CLIP ? "The clips of this visit are the coach's"
                                                : "This observation is another observer's");
}

/* What is added goes into the own layer. */
static gboolean
may_add (const Batch *batch, const TbEffect *effect, GError **refusal)
{
  const TbObserver *who = tb_layers_find (batch->layers, batch->person);

  return batch->person == NULL || effect->object->target == TB_TARGET_CLIP
         || g_str_equal (effect->object->observation->observer, who->layer)
         || tb_refuse (refusal, TB_ERROR_DENIED, "An observation is added under one's own name");
}

/* Refuses to add something under the id of something of another kind: what became of the two could not be told. */
static gboolean
check_new_id (const Batch *batch, const TbOperation *operation, GError **refusal, GError **error)
{
  gint64 taken = 0;

  if (!tb_db_int (batch->db, 0, &taken, error,
                  "SELECT EXISTS (SELECT 1 FROM journal WHERE target_id = ?1 AND target <> ?2)", "ss",
                  operation->target_id, tb_target_name (operation->target)))
    return FALSE;
  if (taken != 0)
    g_set_error (refusal, TB_ERROR, TB_ERROR_CONFLICT, "The id %s is that of something else already",
                 operation->target_id);
  return TRUE;
}

/* What OPERATION does; NULL in *EFFECT with *REFUSAL when it may not. */
static gboolean
work_out (Batch *batch, TbOperation *operation, TbEffect **effect, GError **refusal, GError **error)
{
  g_autoptr (TbObject) object = NULL;
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (GError) problem = NULL;

  if (operation->action == TB_ACTION_UNDO) {
    if (!resolve_undo (batch, operation, refusal, error))
      return FALSE;
    if (*refusal != NULL)
      return TRUE;
  }
  if (!tb_object_load (batch->db, batch->visit->id, operation->target, operation->target_id, &object, &problem)) {
    gboolean refused = g_error_matches (problem, TB_ERROR, TB_ERROR_CONFLICT);

    g_propagate_error (refused ? refusal : error, g_steal_pointer (&problem));
    return refused;
  }
  if (!may_touch (batch, operation->target, object, refusal))
    return TRUE;
  if (operation->action == TB_ACTION_ADD && (!check_new_id (batch, operation, refusal, error) || *refusal != NULL))
    return *refusal != NULL;
  if (operation->action != TB_ACTION_UNDO) {
    *effect = tb_operation_apply (operation, object, &batch->context, refusal);
    if (*effect != NULL && operation->action == TB_ACTION_ADD && !may_add (batch, *effect, refusal))
      g_clear_pointer (effect, tb_effect_free);
    if (batch->failure == NULL)
      return TRUE;
    g_clear_pointer (effect, tb_effect_free);
    g_clear_error (refusal);
    g_propagate_error (error, g_steal_pointer (&batch->failure));
    return FALSE;
  }
  history = load_history (batch, operation->target_id, error);
  if (history == NULL)
    return FALSE;
  if (object == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "The journal has changes to %s, which is not there",
                 operation->target_id);
    return FALSE;
  }
  *effect = tb_operation_undo (operation->of, object, history, refusal);
  return *effect == NULL || write_undone (batch, history, error);
}

static gboolean
write_down (Batch *batch, TbOperation *operation, const TbEffect *effect, TbResult *result, GError **error)
{
  g_autoptr (TbJournalRow) row = g_new0 (TbJournalRow, 1);

  row->seq = batch->seq + 1;
  row->id = g_strdup (operation->id);
  row->target = operation->target;
  row->target_id = g_strdup (operation->target_id);
  row->action = operation->action;
  row->of = g_strdup (operation->of);
  row->author = g_strdup (operation->author);
  row->device = g_strdup (operation->device);
  row->made_at = operation->made_at;
  row->at = batch->now;
  row->fields = operation->fields != NULL ? tb_json_to_text (operation->fields) : NULL;
  if (!tb_journal_row_write (batch->db, batch->visit->id, row, effect, error))
    return FALSE;
  batch->seq = row->seq;
  result->seq = row->seq;
  result->status = TB_STATUS_APPLIED;
  result->operation = tb_journal_row_text (row, effect->object);
  log_entry (batch->logged, row->seq, result->operation, effect->object);
  g_hash_table_add (batch->touched, g_strdup (row->target_id));
  return TRUE;
}

static void
refuse (TbResult *result, GError *problem, const char *code)
{
  result->status = TB_STATUS_REFUSED;
  result->error = problem;
  result->code = code != NULL ? code : tb_error_name (problem->code);
}

/* Names OPERATION in RESULT even when it is otherwise unreadable. */
static void
take_id (TbResult *result, json_object *json)
{
  json_object *id = NULL;

  if (json_object_is_type (json, json_type_object) && json_object_object_get_ex (json, "id", &id)
      && json_object_is_type (id, json_type_string) && tb_uuid_is_valid (json_object_get_string (id)))
    result->id = g_strdup (json_object_get_string (id));
}

/* FALSE only when the database fails; refusals are in RESULT. */
static gboolean
apply_one (Batch *batch, json_object *json, TbResult *result, GError **error)
{
  g_autoptr (GError) refusal = NULL;
  g_autoptr (TbOperation) operation = tb_operation_from_json (json, &refusal);
  g_autoptr (TbEffect) effect = NULL;
  const char *code = NULL;
  gint64 seq = 0;

  take_id (result, json);
  if (operation != NULL && !find_duplicate (batch, operation->id, &seq, &refusal, error))
    return FALSE;
  if (seq > 0) {
    result->seq = seq;
    result->status = TB_STATUS_DUPLICATE;
    return TRUE;
  }
  if (refusal == NULL && batch->visit->started_at == 0) {
    code = "visit-not-started";
    g_set_error_literal (&refusal, TB_ERROR, TB_ERROR_CONFLICT, "This visit has not started, so it has no time yet");
  }
  if (refusal == NULL && !work_out (batch, operation, &effect, &refusal, error))
    return FALSE;
  if (g_error_matches (refusal, TB_ERROR, TB_ERROR_DENIED))
    code = "not-yours";
  if (refusal != NULL) {
    refuse (result, g_steal_pointer (&refusal), code);
    return TRUE;
  }
  return write_down (batch, operation, effect, result, error);
}

static gboolean
apply_all (Batch *batch, json_object *operations, GPtrArray *results, GError **error)
{
  for (gsize i = 0; i < json_object_array_length (operations); i++) {
    TbResult *result = g_new0 (TbResult, 1);

    g_ptr_array_add (results, result);
    if (!apply_one (batch, json_object_array_get_idx (operations, i), result, error))
      return FALSE;
  }
  /* A tablet that was out of reach may bring states that the end of the lesson should have closed. Those that were taken
   * over from elsewhere without an end stay as they are. */
  return batch->visit->ended_at == 0 || batch->logged->len == 0
         || tb_journal_close_open (batch->db, batch->visit->id, batch->visit->ended_at - batch->visit->started_at,
                                   batch->touched, &batch->seq, batch->logged, error);
}

GPtrArray *
tb_journal_apply (TbStore *store, const char *visit, json_object *operations, gint64 *seq, GError **error)
{
  return tb_journal_apply_by (store, visit, NULL, operations, seq, error);
}

GPtrArray *
tb_journal_apply_by (TbStore *store, const char *visit, const char *person, json_object *operations, gint64 *seq,
                     GError **error)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_result_free);
  g_autoptr (GPtrArray) logged = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_logged_free);
  g_autoptr (TbVisit) loaded = NULL;
  g_autoptr (TbLayers) layers = NULL;
  g_auto (TbWrite) write = { 0 };
  g_autoptr (GHashTable) touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Batch batch = { .store = store, .logged = logged, .touched = touched, .person = person };

  if (!json_object_is_type (operations, json_type_array)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“operations” must be a list");
    return NULL;
  }
  if (json_object_array_length (operations) > TB_JOURNAL_BATCH_MAX) {
    g_set_error (error, TB_ERROR, TB_ERROR_TOO_LARGE, "At most %d operations can be sent at once",
                 TB_JOURNAL_BATCH_MAX);
    return NULL;
  }
  if (!tb_write_begin (&write, store, error))
    return NULL;
  loaded = tb_visit_load (write.db, visit, error);
  if (loaded == NULL || (person != NULL && (layers = tb_layers_load_from (write.db, visit, error)) == NULL))
    return NULL;
  batch.db = write.db;
  batch.layers = layers;
  batch.visit = loaded;
  batch.seq = loaded->seq;
  batch.now = tb_clock_wall ();
  batch.context = (TbContext){ loaded->started_at, find_instrument, &batch };
  if (!apply_all (&batch, operations, results, error))
    return NULL;
  if (logged->len > 0 && !tb_write_commit (&write, error))
    return NULL;
  tb_journal_tell (store, visit, logged);
  if (seq != NULL)
    *seq = batch.seq;
  return g_steal_pointer (&results);
}
