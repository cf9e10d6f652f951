#include "store/register.h"

#include "base/json.h"
#include "store/store-private.h"

void
tb_register_row_free (TbRegisterRow *row)
{
  if (row == NULL)
    return;
  g_free (row->id);
  g_free (row->title);
  g_free (row->coach);
  g_free (row->coach_name);
  g_free (row->teacher);
  g_free (row);
}

/* ?1 is now. */
#define LIVE                                                                                                         \
  "FROM release WHERE release.visit = visit.id AND agreed_wall IS NOT NULL AND refused_wall IS NULL"                 \
  " AND withdrawn_wall IS NULL AND until_wall > ?1"

#define REGISTER                                                                                                     \
  "SELECT visit.id, title, coach, owner.name, coalesce (taught.name, teacher), started_wall,"                        \
  " (SELECT count(*) " LIVE "), (SELECT min(until_wall) " LIVE ")"                                                   \
  " FROM visit LEFT JOIN person AS owner ON owner.id = coach LEFT JOIN person AS taught ON taught.id = teacher_person "

#define NEWEST_FIRST " ORDER BY coalesce(started_wall, planned_wall, visit.created_wall) DESC, visit.id DESC"

static GPtrArray *
read_rows (TbQuery *query, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_register_row_free);
  int step;

  while ((step = tb_query_next (query, error)) > 0) {
    TbRegisterRow *row = g_new0 (TbRegisterRow, 1);

    row->id = tb_query_dup (query, 0);
    row->title = tb_query_dup (query, 1);
    row->coach = tb_query_dup (query, 2);
    row->coach_name = tb_query_dup (query, 3);
    row->teacher = tb_query_dup (query, 4);
    row->started_at = tb_query_int (query, 5);
    row->releases = (guint) tb_query_int (query, 6);
    row->first_until = tb_query_int (query, 7);
    g_ptr_array_add (rows, row);
  }
  return step == 0 ? g_steal_pointer (&rows) : NULL;
}

GPtrArray *
tb_register_list (TbStore *store, gint64 now_wall, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, REGISTER NEWEST_FIRST, "i", now_wall))
    return NULL;
  return read_rows (&query, error);
}

GPtrArray *
tb_register_list_lessons (TbStore *store, const char *teacher, gint64 now_wall, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         REGISTER "WHERE teacher_person = ?2"
                                  " AND EXISTS (SELECT 1 FROM release WHERE release.visit = visit.id)" NEWEST_FIRST,
                         "is", now_wall, teacher))
    return NULL;
  return read_rows (&query, error);
}

static json_object *
list_months (TbDb *db, GError **error)
{
  g_autoptr (json_object) months = json_object_new_array ();
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "WITH happened (month, visit, coach, teacher, release) AS ("
                      " SELECT strftime ('%Y-%m', started_wall / 1000000000, 'unixepoch', 'localtime'), id, coach, NULL,"
                      "  NULL FROM visit WHERE started_wall IS NOT NULL"
                      " UNION ALL"
                      " SELECT strftime ('%Y-%m', created_wall / 1000000000, 'unixepoch', 'localtime'), NULL, NULL,"
                      "  iif (to_teacher, person, NULL), id FROM release)"
                      " SELECT month, count (DISTINCT visit), count (DISTINCT coach), count (DISTINCT teacher),"
                      " count (DISTINCT release) FROM happened GROUP BY month ORDER BY month DESC",
                      ""))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    json_object *month = json_object_new_object ();

    tb_json_add_string (month, "month", tb_query_text (&query, 0));
    tb_json_add_int (month, "visits", tb_query_int (&query, 1));
    tb_json_add_int (month, "coaches", tb_query_int (&query, 2));
    tb_json_add_int (month, "teachers_with_release", tb_query_int (&query, 3));
    tb_json_add_int (month, "releases", tb_query_int (&query, 4));
    json_object_array_add (months, month);
  }
  return step == 0 ? g_steal_pointer (&months) : NULL;
}

static json_object *
count_people (TbDb *db, GError **error)
{
  g_autoptr (json_object) people = json_object_new_object ();
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT role, count(*) FROM person_role JOIN person ON person.id = person"
                      " WHERE disabled_wall IS NULL AND passphrase IS NOT NULL GROUP BY role ORDER BY role",
                      ""))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    tb_json_add_int (people, tb_query_text (&query, 0), tb_query_int (&query, 1));
  return step == 0 ? g_steal_pointer (&people) : NULL;
}

json_object *
tb_register_numbers (TbStore *store, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_autoptr (json_object) months = NULL;
  g_autoptr (json_object) people = NULL;
  json_object *numbers;

  if (!tb_read_begin (&read, store, error) || (months = list_months (read.db, error)) == NULL
      || (people = count_people (read.db, error)) == NULL)
    return NULL;
  numbers = json_object_new_object ();
  tb_json_add (numbers, "months", g_steal_pointer (&months));
  tb_json_add (numbers, "people", g_steal_pointer (&people));
  return numbers;
}
