/* Reading the journal and what it has made. */
#include <string.h>

#include "base/error.h"
#include "store/journal-rows.h"
#include "store/journal.h"
#include "store/store-private.h"

static gboolean
load_seq (TbDb *db, const char *visit, gint64 *seq, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT (SELECT max(seq) FROM journal WHERE journal.visit = visit.id) FROM visit WHERE id = ?1",
                      "s", visit))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit %.60s", visit);
  if (step <= 0)
    return FALSE;
  if (seq != NULL)
    *seq = tb_query_int (&query, 0);
  return TRUE;
}

gboolean
tb_journal_seq (TbStore *store, const char *visit, gint64 *seq, GError **error)
{
  g_auto (TbRead) read = { 0 };

  return tb_read_begin (&read, store, error) && load_seq (read.db, visit, seq, error);
}

/* The target of ROW as it was before it. */
static TbObject *
object_before (TbDb *db, const char *visit, const TbJournalRow *row, GError **error)
{
  g_autoptr (TbObject) object = tb_object_new (row->target, row->target_id);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      TB_JOURNAL_COLUMNS " FROM journal WHERE target_id = ?1 AND visit = ?2 AND seq < ?3 ORDER BY seq",
                      "ssi", row->target_id, visit, row->seq))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    g_autoptr (TbJournalRow) earlier = tb_journal_row_read (&query, error);

    if (earlier == NULL || !tb_object_set (object, earlier->after, error))
      return NULL;
  }
  return step == 0 ? g_steal_pointer (&object) : NULL;
}

/* Carries OBJECTS (target id -> TbObject *) over ROW. Borrowed. */
static TbObject *
advance (TbDb *db, const char *visit, GHashTable *objects, const TbJournalRow *row, GError **error)
{
  TbObject *object = g_hash_table_lookup (objects, row->target_id);

  if (object == NULL) {
    object = row->action == TB_ACTION_ADD ? tb_object_new (row->target, row->target_id)
                                          : object_before (db, visit, row, error);
    if (object == NULL)
      return NULL;
    g_hash_table_insert (objects, g_strdup (row->target_id), object);
  }
  return tb_object_set (object, row->after, error) ? object : NULL;
}

GPtrArray *
tb_journal_list (TbStore *store, const char *visit, gint64 after, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_logged_free);
  g_autoptr (GHashTable) objects
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tb_object_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error) || !load_seq (read.db, visit, NULL, error)
      || !tb_query_open (&query, read.db, error,
                         TB_JOURNAL_COLUMNS " FROM journal WHERE visit = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3", "sii",
                         visit, after, (gint64) limit))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    g_autoptr (TbJournalRow) row = tb_journal_row_read (&query, error);
    TbObject *object = row != NULL ? advance (read.db, visit, objects, row, error) : NULL;
    TbLogged *logged;

    if (object == NULL)
      return NULL;
    logged = g_new0 (TbLogged, 1);
    logged->seq = row->seq;
    logged->operation = tb_journal_row_text (row, object);
    logged->target = object->target;
    logged->observer = object->target == TB_TARGET_OBSERVATION ? g_strdup (object->observation->observer) : NULL;
    g_ptr_array_add (list, logged);
  }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
tb_journal_last (TbStore *store, const char *visit, const char *author, const char *device, gboolean undone, char **id,
                 GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  /* The newest live undo is what a redo takes back; a person's next own
   * operation after it ends the row of redos, as everywhere. */
  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         undone ? "SELECT id FROM journal WHERE visit = ?1 AND author = ?2 AND device = ?3"
                                  " AND undone = 0 AND action = 'undo' AND (SELECT action FROM journal AS o"
                                  " WHERE o.id = journal.of_id) <> 'undo' AND seq > coalesce((SELECT max(seq)"
                                  " FROM journal WHERE visit = ?1 AND author = ?2 AND device = ?3"
                                  " AND action <> 'undo'), 0) ORDER BY seq DESC LIMIT 1"
                                : "SELECT id FROM journal WHERE visit = ?1 AND author = ?2 AND device = ?3"
                                  " AND undone = 0 AND action <> 'undo' ORDER BY seq DESC LIMIT 1",
                         "sss", visit, author, device))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step < 0)
    return FALSE;
  *id = step > 0 ? tb_query_dup (&query, 0) : NULL;
  return TRUE;
}

GPtrArray *
tb_observation_list (TbStore *store, const char *visit, gboolean removed, gint64 *seq, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observation_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error) || !load_seq (read.db, visit, seq, error)
      || !tb_query_open (&query, read.db, error,
                         TB_OBSERVATION_COLUMNS "WHERE visit = ?1 AND removed <= ?2 ORDER BY at_ns, id", "si", visit,
                         (gint64) (removed ? 1 : 0)))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (list, tb_observation_row_read (&query));
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

GPtrArray *
tb_clip_list (TbStore *store, const char *visit, gboolean removed, gint64 *seq, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_clip_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error) || !load_seq (read.db, visit, seq, error)
      || !tb_query_open (&query, read.db, error,
                         TB_CLIP_COLUMNS "WHERE visit = ?1 AND removed <= ?2 ORDER BY from_ns, id", "si", visit,
                         (gint64) (removed ? 1 : 0)))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (list, tb_clip_row_read (&query));
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

/* Of this visit, else TB_ERROR_NOT_FOUND. New. */
static TbObject *
get_object (TbStore *store, const char *visit, TbTarget target, const char *id, GError **error)
{
  g_autoptr (TbObject) object = NULL;
  g_autoptr (GError) problem = NULL;
  g_auto (TbRead) read = { 0 };

  if (!tb_read_begin (&read, store, error))
    return NULL;
  if (!tb_object_load (read.db, visit, target, id, &object, &problem)
      && !g_error_matches (problem, TB_ERROR, TB_ERROR_CONFLICT)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
  }
  if (object == NULL)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no %s %.60s in this visit", tb_target_name (target),
                 id);
  return g_steal_pointer (&object);
}

TbObservation *
tb_observation_get (TbStore *store, const char *visit, const char *id, GError **error)
{
  g_autoptr (TbObject) object = get_object (store, visit, TB_TARGET_OBSERVATION, id, error);

  return object != NULL ? g_steal_pointer (&object->observation) : NULL;
}

TbClip *
tb_clip_get (TbStore *store, const char *visit, const char *id, GError **error)
{
  g_autoptr (TbObject) object = get_object (store, visit, TB_TARGET_CLIP, id, error);

  return object != NULL ? g_steal_pointer (&object->clip) : NULL;
}
