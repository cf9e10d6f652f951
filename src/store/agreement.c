#include "store/agreement.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/coaching-private.h"
#include "store/trajectory-private.h"

static const char *const outcomes[] = { "kept", "partly", "not", NULL };

void
tb_agreement_free (TbAgreement *agreement)
{
  if (agreement == NULL)
    return;
  g_free (agreement->id);
  g_free (agreement->visit);
  g_free (agreement->visit_title);
  g_free (agreement->trajectory);
  g_free (agreement->text);
  g_free (agreement->who_person);
  g_free (agreement->who);
  g_free (agreement->codes);
  g_free (agreement->outcome);
  g_free (agreement->outcome_note);
  g_free (agreement->became_visit);
  g_free (agreement->became_visit_title);
  g_free (agreement->by);
  g_free (agreement->by_name);
  g_free (agreement);
}

static json_object *
who_to_json (const char *id, const char *name)
{
  json_object *who = json_object_new_object ();

  tb_json_add_string (who, "id", id);
  tb_json_add_string (who, "name", name);
  return who;
}

static json_object *
visit_to_json (const char *id, const char *title)
{
  json_object *visit;

  if (id == NULL)
    return NULL;
  visit = json_object_new_object ();
  tb_json_add_string (visit, "id", id);
  tb_json_add_string (visit, "title", title);
  return visit;
}

json_object *
tb_agreement_to_json (const TbAgreement *agreement)
{
  json_object *object = json_object_new_object ();
  const char *codes = agreement->codes != NULL ? agreement->codes : "[]";

  tb_json_add_string (object, "id", agreement->id);
  tb_json_add_string (object, "visit", agreement->visit);
  tb_json_add_string (object, "visit_title", agreement->visit_title);
  tb_json_add_string (object, "trajectory", agreement->trajectory);
  tb_json_add_string (object, "text", agreement->text);
  tb_json_add (object, "who", who_to_json (agreement->who_person, agreement->who));
  tb_json_add_wall (object, "due_at", agreement->due_at);
  tb_json_add (object, "codes", tb_json_parse (codes, strlen (codes), NULL));
  tb_json_add_string (object, "outcome", agreement->outcome);
  tb_json_add_string (object, "outcome_note", agreement->outcome_note);
  tb_json_add_wall (object, "outcome_at", agreement->outcome_at);
  tb_json_add (object, "became_visit", visit_to_json (agreement->became_visit, agreement->became_visit_title));
  tb_json_add (object, "by", who_to_json (agreement->by, agreement->by_name));
  tb_json_add_wall (object, "created_at", agreement->created_at);
  tb_json_add_wall (object, "changed_at", agreement->changed_at);
  return object;
}

/* --- rows ---------------------------------------------------------------- */

#define AGREEMENTS                                                                                                    \
  "SELECT agreement.id, agreement.visit, visit.title, agreement.trajectory, text, who_person,"                        \
  " coalesce (doer.name, who_name), due_wall, codes, outcome, outcome_note, outcome_wall, became_visit, next.title,"  \
  " by_person, writer.name, agreement.created_wall, agreement.changed_wall, kept_from_coach FROM agreement"           \
  " JOIN visit ON visit.id = agreement.visit JOIN person AS writer ON writer.id = by_person"                          \
  " LEFT JOIN person AS doer ON doer.id = who_person LEFT JOIN visit AS next ON next.id = became_visit"               \
  " WHERE removed_wall IS NULL "

#define OLDEST_FIRST " ORDER BY agreement.created_wall, agreement.id"

static TbAgreement *
read_row (TbQuery *query)
{
  TbAgreement *agreement = g_new0 (TbAgreement, 1);

  agreement->id = tb_query_dup (query, 0);
  agreement->visit = tb_query_dup (query, 1);
  agreement->visit_title = tb_query_dup (query, 2);
  agreement->trajectory = tb_query_dup (query, 3);
  agreement->text = tb_query_dup (query, 4);
  agreement->who_person = tb_query_dup (query, 5);
  agreement->who = tb_query_dup (query, 6);
  agreement->due_at = tb_query_int (query, 7);
  agreement->codes = tb_query_dup (query, 8);
  agreement->outcome = tb_query_dup (query, 9);
  agreement->outcome_note = tb_query_dup (query, 10);
  agreement->outcome_at = tb_query_int (query, 11);
  agreement->became_visit = tb_query_dup (query, 12);
  agreement->became_visit_title = tb_query_dup (query, 13);
  agreement->by = tb_query_dup (query, 14);
  agreement->by_name = tb_query_dup (query, 15);
  agreement->created_at = tb_query_int (query, 16);
  agreement->changed_at = tb_query_int (query, 17);
  return agreement;
}

static GPtrArray *
read_rows (TbQuery *query, GError **error)
{
  g_autoptr (GPtrArray) agreements = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_agreement_free);
  int step;

  while ((step = tb_query_next (query, error)) > 0)
    g_ptr_array_add (agreements, read_row (query));
  return step == 0 ? g_steal_pointer (&agreements) : NULL;
}

static TbAgreement *
load (TbDb *db, const char *id, gboolean *kept_from_coach, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, AGREEMENTS "AND agreement.id = ?1", "s", id))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no agreement %.60s", id);
  if (step <= 0)
    return NULL;
  *kept_from_coach = tb_query_int (&query, 18) != 0;
  return read_row (&query);
}

/* One that PERSON may change; new. */
static TbAgreement *
begin (TbWrite *write, TbStand *stand, TbStore *store, const char *id, const char *person, GError **error)
{
  g_autoptr (TbAgreement) agreement = NULL;
  gboolean kept_from_coach = FALSE;

  if (!tb_write_begin (write, store, error) || (agreement = load (write->db, id, &kept_from_coach, error)) == NULL
      || !tb_stand_load_open (stand, write->db, agreement->visit, person, error))
    return NULL;
  if (kept_from_coach && tb_stand_is_coach (stand)) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no agreement %.60s", id);
    return NULL;
  }
  return g_steal_pointer (&agreement);
}

static TbAgreement *
finish (TbWrite *write, const char *id, GError **error)
{
  gboolean kept_from_coach = FALSE;
  g_autoptr (TbAgreement) agreement = load (write->db, id, &kept_from_coach, error);

  return agreement != NULL && tb_write_commit (write, error) ? g_steal_pointer (&agreement) : NULL;
}

GPtrArray *
tb_agreement_list_of_visit (TbStore *store, const char *visit, const char *person, GError **error)
{
  g_auto (TbStand) stand = { 0 };
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };

  if (!tb_read_begin (&read, store, error) || !tb_stand_load (&stand, read.db, visit, person, error)
      || !tb_query_open (&query, read.db, error,
                         AGREEMENTS "AND agreement.visit = ?1 AND (kept_from_coach = 0 OR ?2 = 0)" OLDEST_FIRST, "si",
                         visit, (gint64) tb_stand_is_coach (&stand)))
    return NULL;
  return read_rows (&query, error);
}

GPtrArray *
tb_agreement_list_of_trajectory (TbStore *store, const char *trajectory, const char *person, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  gboolean coach = FALSE;

  if (!tb_read_begin (&read, store, error) || !tb_trajectory_check (read.db, trajectory, person, &coach, NULL, error)
      || !tb_query_open (&query, read.db, error,
                         AGREEMENTS "AND agreement.trajectory = ?1 AND (kept_from_coach = 0 OR ?2 = 0)" OLDEST_FIRST,
                         "si", trajectory, (gint64) coach))
    return NULL;
  return read_rows (&query, error);
}

/* --- changes ------------------------------------------------------------- */

/* The text of the codes that FIELDS give; *CODES is not touched when they do not say. */
static gboolean
take_codes (TbDb *db, const char *visit, json_object *fields, char **codes, GError **error)
{
  json_object *list = NULL;

  if (!tb_json_get_array (fields, "codes", 0, TB_AGREEMENT_CODES_MAX, &list, NULL, error))
    return FALSE;
  for (gsize i = 0; list != NULL && i < json_object_array_length (list); i++) {
    json_object *item = json_object_array_get_idx (list, i);
    const char *text = json_object_is_type (item, json_type_string) ? json_object_get_string (item) : "";
    const char *slash = strchr (text, '/');
    g_autofree char *instrument = g_strndup (text, slash != NULL ? (gsize) (slash - text) : 0);
    gint64 count = 0;

    if (slash == NULL || slash[1] == '\0' || strlen (text) > TB_LINE_MAX)
      return tb_refuse (error, TB_ERROR_INVALID, "“codes” must be texts of the form “instrument/code”");
    if (!tb_db_int (db, 0, &count, error,
                    "SELECT count(*) FROM visit_instrument WHERE visit = ?1 AND instrument = ?2", "ss", visit,
                    instrument))
      return FALSE;
    if (count == 0) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“codes”: the visit does not use an instrument “%.64s”",
                   instrument);
      return FALSE;
    }
  }
  if (list == NULL && !tb_json_is_null (fields, "codes"))
    return TRUE;
  g_free (*codes);
  *codes = list != NULL && json_object_array_length (list) > 0 ? tb_json_to_text (list) : NULL;
  return TRUE;
}

static gboolean
take_fields (TbDb *db, const TbStand *stand, TbAgreement *agreement, json_object *fields, GError **error)
{
  static const char *const known[] = { "text", "who_person", "who", "due_at", "codes", NULL };

  if (!tb_json_check_fields (fields, known, error)
      || !tb_json_take_string (fields, "text", TB_TEXT_MAX, &agreement->text, error)
      || !tb_take_id (fields, "who_person", &agreement->who_person, error)
      || !tb_json_take_string (fields, "who", TB_LINE_MAX, &agreement->who, error)
      || !tb_json_get_wall (fields, "due_at", 0, &agreement->due_at, NULL, error)
      || !take_codes (db, agreement->visit, fields, &agreement->codes, error))
    return FALSE;
  if (tb_json_is_null (fields, "due_at"))
    agreement->due_at = 0;
  if (json_object_object_get_ex (fields, "who", NULL) && !json_object_object_get_ex (fields, "who_person", NULL))
    g_clear_pointer (&agreement->who_person, g_free);
  if (*agreement->text == '\0')
    return tb_refuse (error, TB_ERROR_INVALID, "“text” must not be empty");
  return agreement->who_person == NULL || g_strcmp0 (agreement->who_person, stand->coach) == 0
         || g_strcmp0 (agreement->who_person, stand->teacher) == 0
         || tb_refuse (error, TB_ERROR_INVALID, "“who_person” must be the id of the coach or the teacher");
}

static gboolean
put (TbDb *db, const TbAgreement *agreement, gint64 now_wall, GError **error)
{
  return tb_db_exec (db, error,
                     "UPDATE agreement SET text = ?2, who_person = ?3, who_name = ?4, due_wall = ?5, codes = ?6,"
                     " outcome = ?7, outcome_note = ?8, outcome_wall = ?9, became_visit = ?10, changed_wall = ?11"
                     " WHERE id = ?1",
                     "sssswssswsi", agreement->id, agreement->text, agreement->who_person, agreement->who,
                     agreement->due_at, agreement->codes, agreement->outcome, agreement->outcome_note,
                     agreement->outcome_at, agreement->became_visit, now_wall);
}

TbAgreement *
tb_agreement_add (TbStore *store, const char *visit, const char *person, json_object *fields, gint64 now_wall,
                  GError **error)
{
  g_autoptr (TbAgreement) agreement = g_new0 (TbAgreement, 1);
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  agreement->id = tb_uuid_new ();
  agreement->visit = g_strdup (visit);
  agreement->text = g_strdup ("");
  agreement->who = g_strdup ("");
  agreement->outcome_note = g_strdup ("");
  if (!tb_write_begin (&write, store, error) || !tb_stand_load_open (&stand, write.db, visit, person, error)
      || !take_fields (write.db, &stand, agreement, fields, error)
      || !tb_db_exec (write.db, error,
                      "INSERT INTO agreement (id, visit, trajectory, text, who_name, outcome_note, by_person,"
                      " kept_from_coach, created_wall, changed_wall)"
                      " VALUES (?1, ?2, ?3, '', '', '', ?4, 0, ?5, ?5)",
                      "ssssi", agreement->id, visit, stand.trajectory, person, now_wall)
      || !put (write.db, agreement, now_wall, error))
    return NULL;
  return finish (&write, agreement->id, error);
}

TbAgreement *
tb_agreement_change (TbStore *store, const char *id, const char *person, json_object *fields, gint64 now_wall,
                     GError **error)
{
  g_autoptr (TbAgreement) agreement = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  if ((agreement = begin (&write, &stand, store, id, person, error)) == NULL
      || !take_fields (write.db, &stand, agreement, fields, error) || !put (write.db, agreement, now_wall, error))
    return NULL;
  return finish (&write, id, error);
}

gboolean
tb_agreement_remove (TbStore *store, const char *id, const char *person, gint64 now_wall, GError **error)
{
  g_autoptr (TbAgreement) agreement = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  return (agreement = begin (&write, &stand, store, id, person, error)) != NULL
         && tb_db_exec (write.db, error, "UPDATE agreement SET removed_wall = ?2, changed_wall = ?2 WHERE id = ?1",
                        "si", id, now_wall)
         && tb_write_commit (&write, error);
}

TbAgreement *
tb_agreement_set_outcome (TbStore *store, const char *id, const char *person, const char *outcome, const char *note,
                          gint64 now_wall, GError **error)
{
  g_autoptr (TbAgreement) agreement = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (outcome != NULL && !g_strv_contains (outcomes, outcome)) {
    tb_refuse (error, TB_ERROR_INVALID, "“outcome” must be “kept”, “partly” or “not”");
    return NULL;
  }
  if (note != NULL && g_utf8_strlen (note, -1) > TB_TEXT_MAX) {
    tb_refuse (error, TB_ERROR_INVALID, "“outcome_note” is longer than 4000 characters");
    return NULL;
  }
  agreement = begin (&write, &stand, store, id, person, error);
  if (agreement == NULL)
    return NULL;
  g_free (agreement->outcome);
  agreement->outcome = g_strdup (outcome);
  g_free (agreement->outcome_note);
  agreement->outcome_note = g_strdup (note != NULL ? note : "");
  agreement->outcome_at = outcome != NULL ? now_wall : 0;
  return put (write.db, agreement, now_wall, error) ? finish (&write, id, error) : NULL;
}

/* --- the next visit ------------------------------------------------------ */

/* Whether NEXT is a visit that AGREEMENT can become the kijkvraag of. */
static gboolean
check_next (TbDb *db, const TbAgreement *agreement, const TbStand *from, const TbStand *next, const char *visit,
            GError **error)
{
  gint64 started = 0;

  if (g_str_equal (visit, agreement->visit))
    return tb_refuse (error, TB_ERROR_CONFLICT, "An agreement becomes the question of a later visit, not of its own");
  if (g_strcmp0 (from->coach, next->coach) != 0 || g_strcmp0 (from->teacher, next->teacher) != 0
      || (from->teacher == NULL && g_strcmp0 (from->teacher_name, next->teacher_name) != 0))
    return tb_refuse (error, TB_ERROR_CONFLICT, "The next visit must be of the same coach and teacher");
  if (agreement->became_visit != NULL && !g_str_equal (agreement->became_visit, visit))
    return tb_refuse (error, TB_ERROR_CONFLICT, "This agreement is the question of another visit already");
  if (next->trajectory != NULL && g_strcmp0 (next->trajectory, from->trajectory) != 0)
    return tb_refuse (error, TB_ERROR_CONFLICT, "The next visit is in another trajectory");
  return tb_db_int (db, 0, &started, error, "SELECT started_wall FROM visit WHERE id = ?1", "s", visit)
         && (started == 0
             || tb_refuse (error, TB_ERROR_CONFLICT, "The next visit has started: its question stands"));
}

/* The instruments that the codes are of, after those VISIT has. */
static gboolean
bring_instruments (TbDb *db, const TbAgreement *agreement, const char *visit, GError **error)
{
  return agreement->codes == NULL
         || tb_db_exec (db, error,
                        "INSERT INTO visit_instrument (visit, position, instrument, version)"
                        " SELECT ?1, (SELECT coalesce (max (position), -1) + 1 FROM visit_instrument WHERE visit = ?1)"
                        "  + position, instrument, version FROM visit_instrument AS used WHERE visit = ?2"
                        " AND EXISTS (SELECT 1 FROM json_each (?3)"
                        "  WHERE substr (value, 1, instr (value, '/') - 1) = used.instrument)"
                        " AND NOT EXISTS (SELECT 1 FROM visit_instrument AS had WHERE had.visit = ?1"
                        "  AND had.instrument = used.instrument)",
                        "sss", visit, agreement->visit, agreement->codes);
}

TbAgreement *
tb_agreement_become (TbStore *store, const char *id, const char *person, const char *visit, gint64 now_wall,
                     GError **error)
{
  g_autoptr (TbAgreement) agreement = NULL;
  g_auto (TbStand) from = { 0 };
  g_auto (TbStand) next = { 0 };
  g_auto (TbWrite) write = { 0 };

  agreement = begin (&write, &from, store, id, person, error);
  if (agreement == NULL)
    return NULL;
  if (!tb_stand_is_coach (&from)) {
    tb_refuse (error, TB_ERROR_DENIED, "The coach plans the next visit");
    return NULL;
  }
  if (!tb_stand_load_open (&next, write.db, visit, person, error)
      || !check_next (write.db, agreement, &from, &next, visit, error)
      || !tb_db_exec (write.db, error, "UPDATE visit SET focus = ?2, trajectory = ?3 WHERE id = ?1", "sss", visit,
                      agreement->text, from.trajectory)
      || !bring_instruments (write.db, agreement, visit, error))
    return NULL;
  g_free (agreement->became_visit);
  agreement->became_visit = g_strdup (visit);
  return put (write.db, agreement, now_wall, error) ? finish (&write, id, error) : NULL;
}
