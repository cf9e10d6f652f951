#include "store/coaching-private.h"

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"

void
tb_stand_clear (TbStand *stand)
{
  g_clear_pointer (&stand->coach, g_free);
  g_clear_pointer (&stand->teacher, g_free);
  g_clear_pointer (&stand->teacher_name, g_free);
  g_clear_pointer (&stand->trajectory, g_free);
}

gboolean
tb_refuse (GError **error, int code, const char *message)
{
  g_set_error_literal (error, TB_ERROR, code, message);
  return FALSE;
}

gboolean
tb_stand_load (TbStand *stand, TbDb *db, const char *visit, const char *person, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT coach, teacher_person, teacher, trajectory,"
                      " EXISTS (SELECT 1 FROM talk WHERE talk.visit = visit.id AND revealed_wall IS NOT NULL),"
                      " EXISTS (SELECT 1 FROM trajectory WHERE trajectory.id = visit.trajectory"
                      "  AND closed_wall IS NOT NULL),"
                      " EXISTS (SELECT 1 FROM person_role WHERE person = ?2 AND role = 'coach')"
                      " FROM visit WHERE id = ?1",
                      "ss", visit, person))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit %.60s", visit);
  if (step <= 0)
    return FALSE;
  tb_stand_clear (stand);
  stand->coach = tb_query_dup (&query, 0);
  stand->teacher = tb_query_dup (&query, 1);
  stand->teacher_name = tb_query_dup (&query, 2);
  stand->trajectory = tb_query_dup (&query, 3);
  stand->revealed = tb_query_int (&query, 4) != 0;
  stand->closed = tb_query_int (&query, 5) != 0;
  if (g_strcmp0 (stand->coach, person) == 0 && tb_query_int (&query, 6) != 0)
    stand->side = TB_SIDE_COACH;
  else if (g_strcmp0 (stand->teacher, person) == 0)
    stand->side = TB_SIDE_TEACHER;
  else
    return tb_refuse (error, TB_ERROR_DENIED, "The talk about a visit is between its coach and its teacher only");
  return TRUE;
}

gboolean
tb_stand_load_open (TbStand *stand, TbDb *db, const char *visit, const char *person, GError **error)
{
  if (!tb_stand_load (stand, db, visit, person, error))
    return FALSE;
  return !stand->closed
         || tb_refuse (error, TB_ERROR_CONFLICT, "The trajectory of this visit is closed: nothing changes any more");
}

gboolean
tb_stand_is_coach (const TbStand *stand)
{
  return g_strcmp0 (stand->side, TB_SIDE_COACH) == 0;
}

gboolean
tb_take_choice (json_object *fields, const char *name, const char *const *choices, char **place, GError **error)
{
  const char *text = NULL;
  gboolean found = FALSE;

  if (!tb_json_get_string (fields, name, 0, TB_LINE_MAX, &text, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  if (!g_strv_contains (choices, text)) {
    g_autofree char *list = g_strjoinv ("”, “", (char **) choices);

    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” must be one of “%s”", name, list);
    return FALSE;
  }
  g_free (*place);
  *place = g_strdup (text);
  return TRUE;
}

gboolean
tb_take_id (json_object *fields, const char *name, char **place, GError **error)
{
  const char *text = NULL;
  gboolean found = FALSE;

  if (!tb_json_get_string (fields, name, 0, TB_UUID_LENGTH, &text, &found, error))
    return FALSE;
  if (!found && !tb_json_is_null (fields, name))
    return TRUE;
  if (found && !tb_uuid_is_valid (text)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” must be an id", name);
    return FALSE;
  }
  g_free (*place);
  *place = g_strdup (text);
  return TRUE;
}

json_object *
tb_coaching_person_to_json (const char *id, const char *name)
{
  json_object *object;

  if (id == NULL)
    return NULL;
  object = json_object_new_object ();
  tb_json_add_string (object, "id", id);
  tb_json_add_string (object, "name", name);
  return object;
}

char *
tb_coaching_name (TbDb *db, const char *person, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT name FROM person WHERE id = ?1 AND disabled_wall IS NULL", "s", person))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no person %.60s who can sign in", person);
  return step > 0 ? tb_query_dup (&query, 0) : NULL;
}

gboolean
tb_coaching_check_coach (TbDb *db, const char *person, const char *message, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM person_role JOIN person ON person.id = person"
                  " WHERE person = ?1 AND role = 'coach' AND disabled_wall IS NULL AND passphrase IS NOT NULL",
                  "s", person))
    return FALSE;
  return count > 0 || tb_refuse (error, TB_ERROR_INVALID, message);
}

gboolean
tb_coaching_check_teacher (TbDb *db, const char *person, const char *message, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM person_role JOIN person ON person.id = person"
                  " WHERE person = ?1 AND role = 'teacher' AND disabled_wall IS NULL",
                  "s", person))
    return FALSE;
  return count > 0 || tb_refuse (error, TB_ERROR_INVALID, message);
}

gboolean
tb_coaching_check_order (const char *const *ids, GPtrArray *listed, GError **error)
{
  guint count = g_strv_length ((char **) ids);
  gboolean same = count == listed->len;

  for (guint i = 0; same && i < count; i++)
    same = g_ptr_array_find_with_equal_func (listed, ids[i], g_str_equal, NULL);
  for (guint i = 0; same && i < count; i++)
    same = !g_strv_contains (ids + i + 1, ids[i]);
  return same
         || tb_refuse (error, TB_ERROR_CONFLICT, "The list has changed meanwhile: an order names each of it once");
}

GPtrArray *
tb_coaching_read_ids (TbQuery *query, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  int step;

  while ((step = tb_query_next (query, error)) > 0)
    g_ptr_array_add (ids, tb_query_dup (query, 0));
  return step == 0 ? g_steal_pointer (&ids) : NULL;
}
