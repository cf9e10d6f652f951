#include "store/own-instrument.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/document-check.h"
#include "store/catalogue-private.h"
#include "store/coaching-private.h"

void
tb_own_draft_free (TbOwnDraft *draft)
{
  if (draft == NULL)
    return;
  g_free (draft->id);
  g_free (draft->text);
  g_free (draft);
}

json_object *
tb_own_draft_to_json (const TbOwnDraft *draft, GError **error)
{
  json_object *document = tb_json_parse (draft->text, strlen (draft->text), error);
  json_object *object;

  if (document == NULL)
    return NULL;
  object = json_object_new_object ();
  tb_json_add (object, "document", document);
  tb_json_add_int (object, "revision", draft->revision);
  tb_json_add_wall (object, "saved_at", draft->saved_at);
  return object;
}

static gboolean
no_draft (const char *id, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no draft of “%.64s”", id);
  return FALSE;
}

/* *DRAFT stays NULL when there is none. */
static gboolean
load (TbDb *db, const char *id, TbOwnDraft **draft, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT version, revision, json, made_wall FROM own_instrument"
                      " WHERE id = ?1 AND published_wall IS NULL",
                      "s", id))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step <= 0)
    return step == 0;
  *draft = g_new0 (TbOwnDraft, 1);
  (*draft)->id = g_strdup (id);
  (*draft)->version = tb_query_int (&query, 0);
  (*draft)->revision = tb_query_int (&query, 1);
  (*draft)->text = tb_query_dup (&query, 2);
  (*draft)->saved_at = tb_query_int (&query, 3);
  return TRUE;
}

TbOwnDraft *
tb_own_instrument_draft (TbCatalogue *catalogue, const char *id, GError **error)
{
  g_autoptr (TbOwnDraft) draft = NULL;
  g_auto (TbRead) read = { 0 };

  if (!tb_read_begin (&read, tb_catalogue_store (catalogue), error) || !load (read.db, id, &draft, error))
    return NULL;
  if (draft == NULL)
    no_draft (id, error);
  return g_steal_pointer (&draft);
}

/* The draft of ID as somebody saw it, for changing it; new. */
static TbOwnDraft *
begin (TbWrite *write, TbCatalogue *catalogue, const char *id, gint64 seen, GError **error)
{
  g_autoptr (TbOwnDraft) draft = NULL;

  if (!tb_write_begin (write, tb_catalogue_store (catalogue), error) || !load (write->db, id, &draft, error))
    return NULL;
  if (draft == NULL)
    no_draft (id, error);
  if (draft == NULL || draft->revision == seen)
    return g_steal_pointer (&draft);
  tb_refuse (error, TB_ERROR_CONFLICT, "Somebody else has saved this draft in between");
  return NULL;
}

/* --- documents ------------------------------------------------------------------ */

/* DOCUMENT as text, with this id and version. New; NULL with TB_ERROR_TOO_LARGE. */
static char *
make_text (json_object *document, const char *id, gint64 version, GError **error)
{
  g_autoptr (json_object) copy = NULL;
  g_autofree char *text = NULL;

  json_object_deep_copy (document, &copy, NULL);
  tb_json_add_string (copy, "id", id);
  tb_json_add_int (copy, "version", version);
  /* Of a first version nothing was before. */
  if (version == 1)
    json_object_object_del (copy, "became");
  text = tb_json_to_text (copy);
  if (strlen (text) > TB_INSTRUMENT_TEXT_MAX) {
    tb_refuse (error, TB_ERROR_TOO_LARGE, "The kijkwijzer is larger than 1 MB");
    return NULL;
  }
  return g_steal_pointer (&text);
}

static gboolean
get_id (json_object *document, const char **id, GError **error)
{
  if (!tb_json_get_string (document, "id", TB_JSON_REQUIRED | TB_JSON_NOT_EMPTY, TB_ID_MAX_LENGTH, id, NULL, error)) {
    g_prefix_error (error, "id: ");
    return FALSE;
  }
  if (tb_id_is_valid (*id, strlen (*id)))
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "id: “%s” is not an id: lower-case words joined by hyphens", *id);
  return FALSE;
}

/* --- making --------------------------------------------------------------------- */

/* Which version a draft of DOCUMENT becomes. */
static gboolean
next_version (TbCatalogue *catalogue, TbDb *db, json_object *document, const char *id, gint64 *version, GError **error)
{
  g_autoptr (TbInstrument) newest = NULL;
  gint64 given = 0, ids = 0;

  if (!tb_catalogue_newest (catalogue, db, id, &newest, error)
      || !tb_db_int (db, 0, &ids, error, "SELECT count(DISTINCT id) FROM own_instrument WHERE id <> ?1", "s", id))
    return FALSE;
  if (ids >= TB_OWN_INSTRUMENTS_MAX)
    return tb_refuse (error, TB_ERROR_CONFLICT, "There are 500 kijkwijzers of the school already");
  if (newest == NULL) {
    *version = 1;
    return TRUE;
  }
  if (!tb_json_get_int (document, "version", 0, 1, 1000000, &given, NULL, error)) {
    g_prefix_error (error, "version: ");
    return FALSE;
  }
  if (given <= tb_instrument_version (newest)) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT,
                 "There is a kijkwijzer “%s” of version %" G_GINT64_FORMAT " already", id,
                 tb_instrument_version (newest));
    return FALSE;
  }
  *version = tb_instrument_version (newest) + 1;
  return TRUE;
}

/* A number that no draft of ID has had: who still looks at an older one must not go for somebody who saw this one. */
static gboolean
first_revision (TbDb *db, const char *id, gint64 now_wall, gint64 *revision, GError **error)
{
  gint64 last = 0;

  if (!tb_db_int (db, 0, &last, error, "SELECT max(revision) FROM own_instrument WHERE id = ?1", "s", id))
    return FALSE;
  *revision = MAX (last + 1, now_wall / TB_MILLISECOND);
  return TRUE;
}

/* Puts a draft of DOCUMENT in. New. */
static TbOwnDraft *
put_draft (TbCatalogue *catalogue, TbDb *db, json_object *document, const char *person, gint64 now_wall, GError **error)
{
  g_autoptr (TbOwnDraft) draft = g_new0 (TbOwnDraft, 1);
  g_autoptr (TbOwnDraft) present = NULL;
  const char *id = NULL;

  if (!get_id (document, &id, error) || !load (db, id, &present, error))
    return NULL;
  if (present != NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "There is a draft of “%s” already", id);
    return NULL;
  }
  draft->id = g_strdup (id);
  draft->saved_at = now_wall;
  if (!next_version (catalogue, db, document, id, &draft->version, error)
      || !first_revision (db, id, now_wall, &draft->revision, error)
      || (draft->text = make_text (document, id, draft->version, error)) == NULL
      || !tb_db_exec (db, error,
                      "INSERT INTO own_instrument (id, version, json, revision, made_by, made_wall)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                      "sisisi", id, draft->version, draft->text, draft->revision, person, now_wall))
    return NULL;
  return g_steal_pointer (&draft);
}

TbOwnDraft *
tb_own_instrument_add (TbCatalogue *catalogue, json_object *document, const char *person, gint64 now_wall,
                       GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbOwnDraft) draft = NULL;

  if (!tb_write_begin (&write, tb_catalogue_store (catalogue), error)
      || (draft = put_draft (catalogue, write.db, document, person, now_wall, error)) == NULL
      || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&draft);
}

TbOwnDraft *
tb_own_instrument_save (TbCatalogue *catalogue, const char *id, json_object *document, gint64 seen, const char *person,
                        gint64 now_wall, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbOwnDraft) draft = begin (&write, catalogue, id, seen, error);
  const char *given = NULL;

  if (draft == NULL)
    return NULL;
  if (!tb_json_get_string (document, "id", 0, TB_ID_MAX_LENGTH, &given, NULL, error)) {
    g_prefix_error (error, "id: ");
    return NULL;
  }
  if (given != NULL && !g_str_equal (given, id)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "id: a kijkwijzer keeps its id, which is “%s”", id);
    return NULL;
  }
  g_free (draft->text);
  draft->text = make_text (document, id, draft->version, error);
  draft->revision++;
  draft->saved_at = now_wall;
  if (draft->text == NULL
      || !tb_db_exec (write.db, error,
                      "UPDATE own_instrument SET json = ?3, revision = ?4, made_by = ?5, made_wall = ?6"
                      " WHERE id = ?1 AND version = ?2",
                      "sisisi", id, draft->version, draft->text, draft->revision, person, now_wall)
      || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&draft);
}

gboolean
tb_own_instrument_drop (TbCatalogue *catalogue, const char *id, GError **error)
{
  g_autoptr (TbOwnDraft) draft = NULL;
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, tb_catalogue_store (catalogue), error) || !load (write.db, id, &draft, error))
    return FALSE;
  if (draft == NULL)
    return no_draft (id, error);
  return tb_db_exec (write.db, error, "DELETE FROM own_instrument WHERE id = ?1 AND version = ?2", "si", id,
                     draft->version)
         && tb_write_commit (&write, error);
}

/* --- publishing ------------------------------------------------------------------ */

static TbDocumentProblem *
successor_problem (const GError *refusal)
{
  TbDocumentProblem *problem = g_new0 (TbDocumentProblem, 1);

  problem->field = g_strdup ("became");
  problem->message = g_strdup (refusal->message);
  return problem;
}

GPtrArray *
tb_own_instrument_problems (TbCatalogue *catalogue, const TbOwnDraft *draft, GError **error)
{
  g_autoptr (GPtrArray) problems = tb_instrument_problems (draft->text, strlen (draft->text));
  g_autoptr (TbInstrument) instrument = NULL;
  g_autoptr (TbInstrument) before = NULL;
  g_autoptr (GError) refusal = NULL;
  g_auto (TbRead) read = { 0 };

  /* The text is written without line ends: its lines mean nothing to anybody. */
  for (guint i = 0; i < problems->len; i++)
    ((TbDocumentProblem *)problems->pdata[i])->line = 0;
  if (problems->len > 0)
    return g_steal_pointer (&problems);
  if (!tb_read_begin (&read, tb_catalogue_store (catalogue), error)
      || !tb_catalogue_newest (catalogue, read.db, draft->id, &before, error)
      || (instrument = tb_instrument_parse (draft->text, strlen (draft->text), error)) == NULL)
    return NULL;
  if (before != NULL && !tb_instrument_check_successor (instrument, before, &refusal))
    g_ptr_array_add (problems, successor_problem (refusal));
  return g_steal_pointer (&problems);
}

/* DRAFT as what is published now: the number is that after BEFORE, also when the program brought another version along
 * since the draft was begun. New. */
static TbInstrument *
make_publishable (const TbOwnDraft *draft, const TbInstrument *before, GError **error)
{
  g_autoptr (json_object) document = tb_json_parse (draft->text, strlen (draft->text), error);
  g_autoptr (TbInstrument) instrument = NULL;

  if (document == NULL)
    return NULL;
  tb_json_add_int (document, "version", before != NULL ? tb_instrument_version (before) + 1 : draft->version);
  instrument = tb_instrument_from_json (document, error);
  if (instrument == NULL || before == NULL || tb_instrument_check_successor (instrument, before, error))
    return g_steal_pointer (&instrument);
  g_prefix_error (error, "became: ");
  return NULL;
}

/* Makes DRAFT, which is in, the newest version of its id. New. */
static TbInstrument *
publish_draft (TbCatalogue *catalogue, TbDb *db, const TbOwnDraft *draft, const char *person, gint64 now_wall,
               GError **error)
{
  g_autoptr (TbInstrument) before = NULL;
  g_autoptr (TbInstrument) instrument = NULL;

  if (!tb_catalogue_newest (catalogue, db, draft->id, &before, error)
      || (instrument = make_publishable (draft, before, error)) == NULL
      || !tb_db_exec (db, error,
                      "UPDATE own_instrument SET version = ?3, json = ?4, made_by = ?5, published_wall = ?6"
                      " WHERE id = ?1 AND version = ?2",
                      "siissi", draft->id, draft->version, tb_instrument_version (instrument),
                      tb_instrument_text (instrument), person, now_wall)
      || !tb_catalogue_touch (db, error))
    return NULL;
  return g_steal_pointer (&instrument);
}

gboolean
tb_own_instrument_publish (TbCatalogue *catalogue, const char *id, gint64 seen, const char *person, gint64 now_wall,
                           gint64 *version, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbOwnDraft) draft = begin (&write, catalogue, id, seen, error);
  g_autoptr (TbInstrument) instrument = NULL;

  if (draft == NULL || (instrument = publish_draft (catalogue, write.db, draft, person, now_wall, error)) == NULL
      || !tb_write_commit (&write, error))
    return FALSE;
  if (version != NULL)
    *version = tb_instrument_version (instrument);
  return TRUE;
}

TbInstrument *
tb_own_instrument_import (TbCatalogue *catalogue, json_object *document, gboolean dry, gint64 now_wall, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbOwnDraft) draft = NULL;
  g_autoptr (TbInstrument) instrument = NULL;

  if (!tb_write_begin (&write, tb_catalogue_store (catalogue), error)
      || (draft = put_draft (catalogue, write.db, document, NULL, now_wall, error)) == NULL
      || (instrument = publish_draft (catalogue, write.db, draft, NULL, now_wall, error)) == NULL
      || (!dry && !tb_write_commit (&write, error)))
    return NULL;
  return g_steal_pointer (&instrument);
}

gboolean
tb_own_instrument_retire (TbCatalogue *catalogue, const char *id, gboolean retired, gint64 now_wall, GError **error)
{
  g_autoptr (TbInstrument) newest = NULL;
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, tb_catalogue_store (catalogue), error)
      || !tb_catalogue_newest (catalogue, write.db, id, &newest, error))
    return FALSE;
  if (newest == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no kijkwijzer “%.64s” that was published", id);
    return FALSE;
  }
  return (retired ? tb_db_exec (write.db, error,
                                "INSERT INTO retired_instrument (id, retired_wall) VALUES (?1, ?2)"
                                " ON CONFLICT (id) DO NOTHING",
                                "si", id, now_wall)
                  : tb_db_exec (write.db, error, "DELETE FROM retired_instrument WHERE id = ?1", "s", id))
         && tb_catalogue_touch (write.db, error) && tb_write_commit (&write, error);
}
