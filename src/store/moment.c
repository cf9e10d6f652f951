#include "store/moment.h"

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/coaching-private.h"
#include "store/moment-private.h"
#include "store/talk-private.h"

static const char *const kinds[] = { "pride", "improve", "other", NULL };
static const char *const sights[] = { "now", "talk", NULL };

void
tb_moment_free (TbMoment *moment)
{
  if (moment == NULL)
    return;
  g_free (moment->id);
  g_free (moment->visit);
  g_free (moment->person);
  g_free (moment->person_name);
  g_free (moment->side);
  g_free (moment->title);
  g_free (moment->kind);
  g_free (moment->line);
  g_free (moment->clip);
  g_free (moment->observation);
  g_free (moment->sight);
  g_free (moment);
}

json_object *
tb_moment_to_json (const TbMoment *moment)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", moment->id);
  tb_json_add_string (object, "visit", moment->visit);
  tb_json_add (object, "person", tb_coaching_person_to_json (moment->person, moment->person_name));
  tb_json_add_string (object, "side", moment->side);
  tb_json_add_time (object, "from", moment->from);
  tb_json_add_time (object, "to", moment->to);
  tb_json_add_string (object, "title", moment->title);
  tb_json_add_string (object, "kind", moment->kind);
  tb_json_add_string (object, "line", moment->line);
  tb_json_add_string (object, "clip", moment->clip);
  tb_json_add_string (object, "observation", moment->observation);
  tb_json_add_string (object, "sight", moment->sight);
  tb_json_add_int (object, "position", moment->position);
  tb_json_add_wall (object, "created_at", moment->created_at);
  tb_json_add_wall (object, "changed_at", moment->changed_at);
  return object;
}

/* --- rows ---------------------------------------------------------------- */

#define MOMENTS                                                                                                       \
  "SELECT moment.id, visit, moment.person, person.name, side, from_ns, to_ns, title, kind, line, clip, observation,"  \
  " sight, position, moment.created_wall, changed_wall FROM moment JOIN person ON person.id = moment.person"          \
  " WHERE removed_wall IS NULL "

#define BY_SIDE " ORDER BY side, position, moment.id"

static TbMoment *
read_row (TbQuery *query)
{
  TbMoment *moment = g_new0 (TbMoment, 1);

  moment->id = tb_query_dup (query, 0);
  moment->visit = tb_query_dup (query, 1);
  moment->person = tb_query_dup (query, 2);
  moment->person_name = tb_query_dup (query, 3);
  moment->side = tb_query_dup (query, 4);
  moment->from = tb_query_int (query, 5);
  moment->to = tb_query_int (query, 6);
  moment->title = tb_query_dup (query, 7);
  moment->kind = tb_query_dup (query, 8);
  moment->line = tb_query_dup (query, 9);
  moment->clip = tb_query_dup (query, 10);
  moment->observation = tb_query_dup (query, 11);
  moment->sight = tb_query_dup (query, 12);
  moment->position = (guint) tb_query_int (query, 13);
  moment->created_at = tb_query_int (query, 14);
  moment->changed_at = tb_query_int (query, 15);
  return moment;
}

static GPtrArray *
read_rows (TbQuery *query, GError **error)
{
  g_autoptr (GPtrArray) moments = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_moment_free);
  int step;

  while ((step = tb_query_next (query, error)) > 0)
    g_ptr_array_add (moments, read_row (query));
  return step == 0 ? g_steal_pointer (&moments) : NULL;
}

GPtrArray *
tb_moment_load_all (TbDb *db, const char *visit, GError **error)
{
  g_auto (TbQuery) query = { 0 };

  return tb_query_open (&query, db, error, MOMENTS "AND visit = ?1" BY_SIDE, "s", visit) ? read_rows (&query, error)
                                                                                         : NULL;
}

static TbMoment *
load (TbDb *db, const char *id, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, MOMENTS "AND moment.id = ?1", "s", id))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no moment %.60s in your list", id);
  return step > 0 ? read_row (&query) : NULL;
}

/* One of PERSON's own side that may be changed; new. */
static TbMoment *
load_own (TbDb *db, TbStand *stand, const char *id, const char *person, GError **error)
{
  g_autoptr (TbMoment) moment = load (db, id, error);

  if (moment == NULL || !tb_stand_load_open (stand, db, moment->visit, person, error))
    return NULL;
  if (!g_str_equal (moment->side, stand->side)) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no moment %.60s in your list", id);
    return NULL;
  }
  return g_steal_pointer (&moment);
}

GPtrArray *
tb_moment_list (TbStore *store, const char *visit, const char *viewer, GError **error)
{
  g_auto (TbStand) stand = { 0 };
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };

  /* What is not to be seen is not even read. */
  if (!tb_read_begin (&read, store, error) || !tb_stand_load (&stand, read.db, visit, viewer, error)
      || !tb_query_open (&query, read.db, error,
                         MOMENTS "AND visit = ?1 AND (side = ?2 OR ?3 OR (side = 'teacher' AND sight = 'now'))" BY_SIDE,
                         "ssi", visit, stand.side, (gint64) stand.revealed))
    return NULL;
  return read_rows (&query, error);
}

/* --- changes ------------------------------------------------------------- */

/* Where the clip lies; the moment's place when FIELDS say none. */
static gboolean
take_clip (TbDb *db, TbMoment *moment, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (moment->clip == NULL)
    return TRUE;
  if (!tb_query_open (&query, db, error, "SELECT from_ns, to_ns FROM clip WHERE id = ?1 AND visit = ?2 AND removed = 0",
                      "ss", moment->clip, moment->visit))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "The visit has no clip %.60s", moment->clip);
  if (step <= 0)
    return FALSE;
  if (moment->from == TB_TIME_NONE)
    moment->from = tb_query_int (&query, 0);
  if (moment->to == TB_TIME_NONE)
    moment->to = tb_query_int (&query, 1);
  return TRUE;
}

static gboolean
check_observation (TbDb *db, const TbMoment *moment, GError **error)
{
  gint64 count = 0;

  if (moment->observation == NULL)
    return TRUE;
  if (!tb_db_int (db, 0, &count, error, "SELECT count(*) FROM observation WHERE id = ?1 AND visit = ?2 AND removed = 0",
                  "ss", moment->observation, moment->visit))
    return FALSE;
  if (count == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "The visit has no observation %.60s", moment->observation);
  return count > 0;
}

static gboolean
take_fields (TbMoment *moment, json_object *fields, GError **error)
{
  return tb_json_get_time (fields, "from", 0, &moment->from, NULL, error)
         && tb_json_get_time (fields, "to", 0, &moment->to, NULL, error)
         && tb_json_take_string (fields, "title", TB_LINE_MAX, &moment->title, error)
         && tb_take_choice (fields, "kind", kinds, &moment->kind, error)
         && tb_json_take_string (fields, "line", TB_TEXT_MAX, &moment->line, error)
         && tb_take_choice (fields, "sight", sights, &moment->sight, error);
}

static gboolean
check_moment (const TbMoment *moment, GError **error)
{
  if (moment->from == TB_TIME_NONE || moment->to == TB_TIME_NONE)
    return tb_refuse (error, TB_ERROR_INVALID, "“from” and “to” are missing");
  if (moment->from < 0)
    return tb_refuse (error, TB_ERROR_INVALID, "“from” must not be before the beginning");
  if (moment->to <= moment->from)
    return tb_refuse (error, TB_ERROR_INVALID, "“to” must be after “from”");
  if (g_str_equal (moment->side, TB_SIDE_COACH) && g_str_equal (moment->sight, "now"))
    return tb_refuse (error, TB_ERROR_INVALID, "“sight”: the coach's moments are not seen before the reveal");
  return TRUE;
}

static gboolean
next_position (TbDb *db, TbMoment *moment, GError **error)
{
  gint64 count = 0, last = 0;

  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM moment WHERE visit = ?1 AND side = ?2 AND removed_wall IS NULL", "ss",
                  moment->visit, moment->side)
      || !tb_db_int (db, -1, &last, error, "SELECT max(position) FROM moment WHERE visit = ?1 AND side = ?2", "ss",
                     moment->visit, moment->side))
    return FALSE;
  if (count >= TB_MOMENTS_MAX)
    return tb_refuse (error, TB_ERROR_CONFLICT, "There are 100 moments in your list already");
  moment->position = (guint) (last + 1);
  return TRUE;
}

static TbMoment *
new_moment (const char *visit)
{
  TbMoment *moment = g_new0 (TbMoment, 1);

  moment->id = tb_uuid_new ();
  moment->visit = g_strdup (visit);
  moment->title = g_strdup ("");
  moment->kind = g_strdup ("other");
  moment->line = g_strdup ("");
  moment->sight = g_strdup ("talk");
  moment->from = moment->to = TB_TIME_NONE;
  return moment;
}

TbMoment *
tb_moment_add (TbStore *store, const char *visit, const char *person, json_object *fields, gint64 now_wall,
               GError **error)
{
  static const char *const known[] = { "from", "to", "title", "kind", "line", "clip", "observation", "sight", NULL };
  g_autoptr (TbMoment) moment = new_moment (visit);
  g_autoptr (TbMoment) made = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (!tb_json_check_fields (fields, known, error) || !take_fields (moment, fields, error)
      || !tb_take_id (fields, "clip", &moment->clip, error)
      || !tb_take_id (fields, "observation", &moment->observation, error) || !tb_write_begin (&write, store, error)
      || !tb_stand_load_open (&stand, write.db, visit, person, error))
    return NULL;
  moment->side = g_strdup (stand.side);
  if (!take_clip (write.db, moment, error) || !check_observation (write.db, moment, error)
      || !check_moment (moment, error) || !next_position (write.db, moment, error)
      || !tb_db_exec (write.db, error,
                      "INSERT INTO moment (id, visit, person, side, from_ns, to_ns, title, kind, line, clip,"
                      " observation, sight, position, created_wall, changed_wall)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14)",
                      "ssssiissssssii", moment->id, visit, person, moment->side, moment->from, moment->to,
                      moment->title, moment->kind, moment->line, moment->clip, moment->observation, moment->sight,
                      (gint64) moment->position, now_wall)
      || (stand.revealed && !tb_talk_append_moment (write.db, moment, now_wall, error))
      || (made = load (write.db, moment->id, error)) == NULL || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&made);
}

TbMoment *
tb_moment_change (TbStore *store, const char *id, const char *person, json_object *fields, gint64 now_wall,
                  GError **error)
{
  static const char *const known[] = { "from", "to", "title", "kind", "line", "sight", NULL };
  g_autoptr (TbMoment) moment = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (!tb_json_check_fields (fields, known, error) || !tb_write_begin (&write, store, error)
      || (moment = load_own (write.db, &stand, id, person, error)) == NULL || !take_fields (moment, fields, error)
      || !check_moment (moment, error)
      || !tb_db_exec (write.db, error,
                      "UPDATE moment SET from_ns = ?2, to_ns = ?3, title = ?4, kind = ?5, line = ?6, sight = ?7,"
                      " changed_wall = ?8 WHERE id = ?1",
                      "siissssi", id, moment->from, moment->to, moment->title, moment->kind, moment->line,
                      moment->sight, now_wall)
      || !tb_write_commit (&write, error))
    return NULL;
  moment->changed_at = now_wall;
  return g_steal_pointer (&moment);
}

gboolean
tb_moment_remove (TbStore *store, const char *id, const char *person, gint64 now_wall, GError **error)
{
  g_autoptr (TbMoment) moment = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error) && (moment = load_own (write.db, &stand, id, person, error)) != NULL
         && tb_db_exec (write.db, error, "UPDATE moment SET removed_wall = ?2, changed_wall = ?2 WHERE id = ?1", "si",
                        id, now_wall)
         && tb_talk_drop_moment (write.db, id, now_wall, error) && tb_write_commit (&write, error);
}

static gboolean
put_order (TbDb *db, const char *const *ids, gint64 now_wall, GError **error)
{
  for (gint64 i = 0; ids[i] != NULL; i++)
    if (!tb_db_exec (db, error, "UPDATE moment SET position = ?2, changed_wall = ?3 WHERE id = ?1", "sii", ids[i], i,
                     now_wall))
      return FALSE;
  return TRUE;
}

static GPtrArray *
list_own (TbDb *db, const char *visit, const char *side, GError **error)
{
  g_auto (TbQuery) query = { 0 };

  return tb_query_open (&query, db, error,
                        "SELECT id FROM moment WHERE visit = ?1 AND side = ?2 AND removed_wall IS NULL", "ss", visit,
                        side)
           ? tb_coaching_read_ids (&query, error)
           : NULL;
}

gboolean
tb_moment_order (TbStore *store, const char *visit, const char *person, const char *const *ids, gint64 now_wall,
                 GError **error)
{
  g_autoptr (GPtrArray) own = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error) && tb_stand_load_open (&stand, write.db, visit, person, error)
         && (own = list_own (write.db, visit, stand.side, error)) != NULL
         && tb_coaching_check_order (ids, own, error) && put_order (write.db, ids, now_wall, error)
         && tb_write_commit (&write, error);
}
