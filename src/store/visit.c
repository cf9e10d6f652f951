#include "store/visit.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/journal-rows.h"
#include "store/store-private.h"
#include "store/visit-private.h"

static gboolean
not_found (const char *id, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit %.60s", id);
  return FALSE;
}

static gboolean
load_instruments (TbDb *db, TbVisit *visit, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  visit->instruments = g_ptr_array_new_with_free_func (g_free);
  if (!tb_query_open (&query, db, error, "SELECT instrument FROM visit_instrument WHERE visit = ?1 ORDER BY position",
                      "s", visit->id))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (visit->instruments, tb_query_dup (&query, 0));
  return step == 0;
}

static gboolean
load_sources (TbDb *db, TbVisit *visit, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  visit->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_planned_source_free);
  if (!tb_query_open (&query, db, error,
                      "SELECT uri, kind, name, delay_ns FROM visit_source WHERE visit = ?1 ORDER BY position", "s",
                      visit->id))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbPlannedSource *source = g_new0 (TbPlannedSource, 1);

    source->uri = tb_query_dup (&query, 0);
    source->kind = tb_query_dup (&query, 1);
    source->name = tb_query_dup (&query, 2);
    source->delay = tb_query_int (&query, 3);
    g_ptr_array_add (visit->sources, source);
  }
  return step == 0;
}

TbVisit *
tb_visit_load (TbDb *db, const char *id, GError **error)
{
  g_autoptr (TbVisit) visit = g_new0 (TbVisit, 1);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT id, title, teacher, group_name, subject, focus, note, planned_wall, created_wall,"
                      " started_wall, ended_wall,"
                      " (SELECT count(*) FROM observation WHERE observation.visit = visit.id AND removed = 0),"
                      " (SELECT count(*) FROM track WHERE track.visit = visit.id),"
                      " (SELECT max(seq) FROM journal WHERE journal.visit = visit.id),"
                      " coach, (SELECT name FROM person WHERE person.id = visit.coach),"
                      " teacher_person, (SELECT name FROM person WHERE person.id = visit.teacher_person)"
                      " FROM visit WHERE id = ?1",
                      "s", id))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    not_found (id, error);
  if (step <= 0)
    return NULL;
  visit->id = tb_query_dup (&query, 0);
  visit->title = tb_query_dup (&query, 1);
  visit->teacher = tb_query_dup (&query, 2);
  visit->group = tb_query_dup (&query, 3);
  visit->subject = tb_query_dup (&query, 4);
  visit->focus = tb_query_dup (&query, 5);
  visit->note = tb_query_dup (&query, 6);
  visit->planned_at = tb_query_int (&query, 7);
  visit->created_at = tb_query_int (&query, 8);
  visit->started_at = tb_query_int (&query, 9);
  visit->ended_at = tb_query_int (&query, 10);
  visit->observations = (guint) tb_query_int (&query, 11);
  visit->tracks = (guint) tb_query_int (&query, 12);
  visit->seq = tb_query_int (&query, 13);
  visit->coach = tb_query_dup (&query, 14);
  visit->coach_name = tb_query_dup (&query, 15);
  visit->teacher_person = tb_query_dup (&query, 16);
  visit->teacher_person_name = tb_query_dup (&query, 17);
  if (!load_instruments (db, visit, error) || !load_sources (db, visit, error))
    return NULL;
  return g_steal_pointer (&visit);
}

TbVisit *
tb_visit_get (TbStore *store, const char *id, GError **error)
{
  g_auto (TbRead) read = { 0 };

  return tb_read_begin (&read, store, error) ? tb_visit_load (read.db, id, error) : NULL;
}

char *
tb_visit_find (TbStore *store, const char *prefix, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  g_autofree char *past = g_strconcat (prefix, "~", NULL); /* sorts after every id that starts so */
  g_autofree char *id = NULL;
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, "SELECT id FROM visit WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 2",
                         "ss", prefix, past))
    return NULL;
  step = tb_query_next (&query, error);
  if (step < 0)
    return NULL;
  if (step == 0 || *prefix == '\0') {
    not_found (prefix, error);
    return NULL;
  }
  id = tb_query_dup (&query, 0);
  step = tb_query_next (&query, error);
  if (step < 0)
    return NULL;
  if (step > 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "More than one visit starts with “%s”; give more of its id",
                 prefix);
    return NULL;
  }
  return g_steal_pointer (&id);
}

/* The one of the catalogue; NULL without. */
static TbInstrument *
find_in (GPtrArray *catalogue, const char *id)
{
  for (guint i = 0; catalogue != NULL && i < catalogue->len; i++) {
    TbInstrument *instrument = g_ptr_array_index (catalogue, i);

    if (strcmp (tb_instrument_id (instrument), id) == 0)
      return instrument;
  }
  return NULL;
}

/* Which version the visit holds of an instrument; 0 when it does not use it. */
static gboolean
version_held (TbDb *db, const char *visit, const char *instrument, gint64 *version, GError **error)
{
  return tb_db_int (db, 0, version, error, "SELECT version FROM visit_instrument WHERE visit = ?1 AND instrument = ?2",
                    "ss", visit, instrument);
}

/* Also when an observation had a code of it once: undoing brings that back. */
static gboolean
is_used (TbDb *db, const char *visit, const char *instrument, gboolean *used, GError **error)
{
  gint64 found = 0;

  if (!tb_db_int (db, 0, &found, error,
                  "SELECT EXISTS (SELECT 1 FROM observation WHERE visit = ?1 AND instrument = ?2)"
                  " OR EXISTS (SELECT 1 FROM journal WHERE visit = ?1 AND target = 'observation'"
                  "  AND (json_extract (before_values, '$.instrument') = ?2"
                  "  OR json_extract (after_values, '$.instrument') = ?2))",
                  "ss", visit, instrument))
    return FALSE;
  *used = found != 0;
  return TRUE;
}

static gboolean
drop_instruments (TbDb *db, const TbVisit *visit, GPtrArray *ids, GError **error)
{
  for (guint i = 0; i < visit->instruments->len; i++) {
    const char *id = g_ptr_array_index (visit->instruments, i);
    gboolean used = FALSE;

    if (g_ptr_array_find_with_equal_func (ids, id, g_str_equal, NULL))
      continue;
    if (!is_used (db, visit->id, id, &used, error))
      return FALSE;
    if (used) {
      g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT,
                   "“instruments”: the visit has observations with “%s”, so it stays", id);
      return FALSE;
    }
    if (!tb_db_exec (db, error, "DELETE FROM visit_instrument WHERE visit = ?1 AND instrument = ?2", "ss", visit->id,
                     id))
      return FALSE;
  }
  return TRUE;
}

/* Keeps the instrument's text, so that the visit can be read when the file is gone or has changed. */
static gboolean
keep_instrument (TbDb *db, TbInstrument *instrument, GError **error)
{
  return tb_db_exec (db, error,
                     "INSERT INTO instrument (id, version, json) VALUES (?1, ?2, ?3)"
                     " ON CONFLICT (id, version) DO NOTHING",
                     "sis", tb_instrument_id (instrument), tb_instrument_version (instrument),
                     tb_instrument_text (instrument));
}

static gboolean
put_instruments (TbDb *db, const TbVisit *visit, GPtrArray *ids, GPtrArray *catalogue, GError **error)
{
  if (!drop_instruments (db, visit, ids, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++) {
    const char *id = g_ptr_array_index (ids, i);
    TbInstrument *instrument = find_in (catalogue, id);
    gint64 version = 0;

    if (!version_held (db, visit->id, id, &version, error))
      return FALSE;
    if (version == 0 && instrument == NULL) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“instruments”: there is no “%.64s”", id);
      return FALSE;
    }
    if (version == 0) {
      if (!keep_instrument (db, instrument, error))
        return FALSE;
      version = tb_instrument_version (instrument);
    }
    if (!tb_db_exec (db, error,
                     "INSERT INTO visit_instrument (visit, position, instrument, version) VALUES (?1, ?2, ?3, ?4)"
                     " ON CONFLICT (visit, instrument) DO UPDATE SET position = excluded.position",
                     "sisi", visit->id, (gint64) i, id, version))
      return FALSE;
  }
  return TRUE;
}

static gboolean
put_sources (TbDb *db, const char *visit, GPtrArray *sources, GError **error)
{
  if (!tb_db_exec (db, error, "DELETE FROM visit_source WHERE visit = ?1", "s", visit))
    return FALSE;
  for (guint i = 0; i < sources->len; i++) {
    const TbPlannedSource *source = g_ptr_array_index (sources, i);

    if (!tb_db_exec (db, error,
                     "INSERT INTO visit_source (visit, position, uri, kind, name, delay_ns)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                     "sisssi", visit, (gint64) i, source->uri, source->kind, source->name, source->delay))
      return FALSE;
  }
  return TRUE;
}

/* What was released rests on the yes of the teacher of then: nobody else takes their place under it. */
static gboolean
nothing_rests_on_teacher (TbDb *db, const char *visit, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM release WHERE visit = ?1 AND refused_wall IS NULL AND withdrawn_wall IS NULL"
                  " AND until_wall > ?2",
                  "si", visit, tb_clock_wall ()))
    return FALSE;
  if (count > 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT,
                         "“teacher_person”: this visit is shared with the teacher's consent; withdraw that first");
    return FALSE;
  }
  /* What a teacher chose and wrote for the talk would become somebody else's. */
  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM visit WHERE id = ?1 AND teacher_person IS NOT NULL AND (trajectory IS NOT NULL"
                  " OR EXISTS (SELECT 1 FROM moment WHERE moment.visit = visit.id AND side = 'teacher')"
                  " OR EXISTS (SELECT 1 FROM comment WHERE comment.visit = visit.id AND side = 'teacher')"
                  " OR EXISTS (SELECT 1 FROM talk WHERE talk.visit = visit.id))",
                  "s", visit))
    return FALSE;
  if (count > 0)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT,
                         "“teacher_person”: this teacher takes part in the talk about this visit already");
  return count == 0;
}

/* BEFORE: who it was, or NULL. */
static gboolean
put_teacher (TbDb *db, const TbVisit *visit, const char *before, GError **error)
{
  gint64 count = 0;

  if (g_strcmp0 (before, visit->teacher_person) == 0)
    return TRUE;
  if (visit->teacher_person != NULL) {
    if (!tb_db_int (db, 0, &count, error, "SELECT count(*) FROM person_role WHERE person = ?1 AND role = 'teacher'",
                    "s", visit->teacher_person))
      return FALSE;
    if (count == 0) {
      g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“teacher_person” must be the id of a teacher");
      return FALSE;
    }
  }
  return nothing_rests_on_teacher (db, visit->id, error)
         && tb_db_exec (db, error, "UPDATE visit SET teacher_person = ?2 WHERE id = ?1", "ss", visit->id,
                        visit->teacher_person);
}

/* FIELDS into a visit that has its row already. */
static gboolean
put_fields (TbDb *db, TbVisit *visit, json_object *fields, GPtrArray *ids, GPtrArray *catalogue, GError **error)
{
  g_autoptr (GPtrArray) sources = NULL;
  g_autofree char *teacher = g_strdup (visit->teacher_person);

  if (!tb_visit_read_fields (visit, fields, error) || !tb_visit_read_sources (fields, &sources, error))
    return FALSE;
  if (!tb_db_exec (db, error,
                   "UPDATE visit SET title = ?2, teacher = ?3, group_name = ?4, subject = ?5, focus = ?6, note = ?7,"
                   " planned_wall = ?8 WHERE id = ?1",
                   "sssssssw", visit->id, visit->title, visit->teacher, visit->group, visit->subject, visit->focus,
                   visit->note, visit->planned_at))
    return FALSE;
  return put_teacher (db, visit, teacher, error)
         && (ids == NULL || put_instruments (db, visit, ids, catalogue, error))
         && (sources == NULL || put_sources (db, visit->id, sources, error));
}

static TbVisit *
new_visit (void)
{
  TbVisit *visit = g_new0 (TbVisit, 1);

  visit->id = tb_uuid_new ();
  visit->title = g_strdup ("");
  visit->teacher = g_strdup ("");
  visit->group = g_strdup ("");
  visit->subject = g_strdup ("");
  visit->focus = g_strdup ("");
  visit->note = g_strdup ("");
  visit->created_at = tb_clock_wall ();
  visit->instruments = g_ptr_array_new_with_free_func (g_free);
  visit->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_planned_source_free);
  return visit;
}

TbVisit *
tb_visit_create (TbStore *store, const char *coach, json_object *fields, GPtrArray *catalogue, GError **error)
{
  g_autoptr (TbVisit) visit = new_visit ();
  g_autoptr (TbVisit) made = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  g_auto (TbWrite) write = { 0 };

  if (!tb_visit_read_instruments (fields, &ids, error))
    return NULL;
  if (ids == NULL) {
    ids = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; catalogue != NULL && i < catalogue->len; i++)
      if (tb_instrument_is_default (g_ptr_array_index (catalogue, i)))
        g_ptr_array_add (ids, g_strdup (tb_instrument_id (g_ptr_array_index (catalogue, i))));
  }
  if (!tb_write_begin (&write, store, error)
      || !tb_db_exec (write.db, error,
                      "INSERT INTO visit (id, title, teacher, group_name, subject, focus, note, created_wall, coach)"
                      " VALUES (?1, '', '', '', '', '', '', ?2, ?3)",
                      "sis", visit->id, visit->created_at, coach)
      || !put_fields (write.db, visit, fields, ids, catalogue, error))
    return NULL;
  made = tb_visit_load (write.db, visit->id, error);
  if (made == NULL || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&made);
}

TbVisit *
tb_visit_update (TbStore *store, const char *id, json_object *fields, GPtrArray *catalogue, GError **error)
{
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (TbVisit) changed = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, store, error))
    return NULL;
  visit = tb_visit_load (write.db, id, error);
  if (visit == NULL || !tb_visit_read_instruments (fields, &ids, error)
      || !put_fields (write.db, visit, fields, ids, catalogue, error))
    return NULL;
  changed = tb_visit_load (write.db, id, error);
  if (changed == NULL || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&changed);
}

gboolean
tb_visit_start (TbStore *store, const char *id, gint64 now_wall, gint64 *zero_wall, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbVisit) visit = NULL;

  if (!tb_write_begin (&write, store, error))
    return FALSE;
  visit = tb_visit_load (write.db, id, error);
  if (visit == NULL)
    return FALSE;
  if (visit->ended_at != 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "This visit has ended");
    return FALSE;
  }
  if (visit->started_at == 0) {
    visit->started_at = now_wall;
    if (!tb_db_exec (write.db, error, "UPDATE visit SET started_wall = ?2 WHERE id = ?1", "si", id, now_wall)
        || !tb_write_commit (&write, error))
      return FALSE;
  }
  *zero_wall = visit->started_at;
  return TRUE;
}

/* The closing operations, told to those who listen and as texts. */
static GPtrArray *
tell (TbStore *store, const char *visit, GPtrArray *logged)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);

  tb_journal_tell (store, visit, logged);
  for (guint i = 0; i < logged->len; i++)
    g_ptr_array_add (texts, g_strdup (((TbLogged *) g_ptr_array_index (logged, i))->operation));
  return texts;
}

gboolean
tb_visit_end (TbStore *store, const char *id, gint64 now_wall, GPtrArray **operations, GError **error)
{
  g_autoptr (GPtrArray) logged = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_logged_free);
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (TbVisit) visit = NULL;
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, store, error))
    return FALSE;
  visit = tb_visit_load (write.db, id, error);
  if (visit == NULL)
    return FALSE;
  if (visit->started_at == 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "This visit has not started");
    return FALSE;
  }
  if (visit->ended_at == 0) {
    gint64 end = MAX (now_wall, visit->started_at);

    if (!tb_db_exec (write.db, error, "UPDATE visit SET ended_wall = ?2 WHERE id = ?1", "si", id, end)
        || !tb_journal_close_open (write.db, id, end - visit->started_at, NULL, &visit->seq, logged, error)
        || !tb_write_commit (&write, error))
      return FALSE;
  }
  texts = tell (store, id, logged);
  if (operations != NULL)
    *operations = g_steal_pointer (&texts);
  return TRUE;
}

TbInstrument *
tb_visit_instrument (TbStore *store, const char *id, const char *instrument, GError **error)
{
  g_auto (TbRead) read = { 0 };
  const TbInstrument *found;
  gint64 version = 0;

  if (!tb_read_begin (&read, store, error) || !version_held (read.db, id, instrument, &version, error))
    return NULL;
  if (version == 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "The visit does not use an instrument “%.64s”", instrument);
    return NULL;
  }
  found = tb_store_instrument (store, read.db, instrument, version, error);
  return found != NULL ? tb_instrument_ref ((TbInstrument *) found) : NULL;
}
