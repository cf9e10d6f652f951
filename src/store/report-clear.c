#include "store/report-clear.h"

#include "base/error.h"
#include "base/json.h"
#include "store/coaching-private.h"

void
tb_report_clear_free (TbReportClear *clear)
{
  if (clear == NULL)
    return;
  g_free (clear->moment);
  g_free (clear);
}

json_object *
tb_report_clear_to_json (const TbReportClear *clear)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "moment", clear->moment);
  tb_json_add_bool (object, "coach", clear->coach);
  tb_json_add_bool (object, "teacher", clear->teacher);
  return object;
}

static gboolean
check_moment (TbDb *db, const char *visit, const char *moment, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM moment WHERE id = ?1 AND visit = ?2 AND removed_wall IS NULL", "ss", moment,
                  visit))
    return FALSE;
  return count > 0 || tb_refuse (error, TB_ERROR_NOT_FOUND, "There is no such moment of this visit");
}

/* What was agreed for other times of the moment is replaced. */
static gboolean
put (TbDb *db, const char *visit, const char *moment, const char *side, const char *person, gint64 now_wall,
     GError **error)
{
  return tb_db_exec (db, error,
                     "INSERT INTO report_clear (visit, moment, from_ns, to_ns, side, person, at_wall)"
                     " SELECT visit, id, from_ns, to_ns, ?2, ?3, ?4 FROM moment WHERE id = ?1"
                     " ON CONFLICT (visit, moment, side) DO UPDATE SET from_ns = excluded.from_ns,"
                     " to_ns = excluded.to_ns, person = excluded.person, at_wall = excluded.at_wall"
                     " WHERE from_ns <> excluded.from_ns OR to_ns <> excluded.to_ns",
                     "sssi", moment, side, person, now_wall);
}

gboolean
tb_report_clear_set (TbStore *store, const char *visit, const char *person, const char *moment, gboolean agree,
                     gint64 now_wall, GError **error)
{
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, store, error) || !tb_stand_load_open (&stand, write.db, visit, person, error))
    return FALSE;
  if (!stand.revealed)
    return tb_refuse (error, TB_ERROR_CONFLICT, "Pictures are chosen after both lists have been shown");
  if (!check_moment (write.db, visit, moment, error))
    return FALSE;
  return (agree ? put (write.db, visit, moment, stand.side, person, now_wall, error)
                : tb_db_exec (write.db, error,
                              "DELETE FROM report_clear WHERE visit = ?1 AND moment = ?2 AND side = ?3", "sss", visit,
                              moment, stand.side))
         && tb_write_commit (&write, error);
}

GPtrArray *
tb_report_clear_list (TbStore *store, const char *visit, const char *person, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_report_clear_free);
  g_auto (TbStand) stand = { 0 };
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error) || !tb_stand_load (&stand, read.db, visit, person, error)
      || !tb_query_open (&query, read.db, error,
                         "SELECT moment.id, sum (report_clear.side = 'coach'), sum (report_clear.side = 'teacher')"
                         " FROM report_clear JOIN moment ON moment.id = report_clear.moment"
                         " AND moment.visit = report_clear.visit AND moment.from_ns = report_clear.from_ns"
                         " AND moment.to_ns = report_clear.to_ns AND removed_wall IS NULL"
                         " WHERE report_clear.visit = ?1 GROUP BY moment.id ORDER BY moment.from_ns, moment.id",
                         "s", visit))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbReportClear *clear = g_new0 (TbReportClear, 1);

    clear->moment = tb_query_dup (&query, 0);
    clear->coach = tb_query_int (&query, 1) > 0;
    clear->teacher = tb_query_int (&query, 2) > 0;
    g_ptr_array_add (list, clear);
  }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

gboolean
tb_report_clear_both (const GPtrArray *list, const char *moment)
{
  for (guint i = 0; i < list->len; i++) {
    const TbReportClear *clear = g_ptr_array_index (list, i);

    if (g_str_equal (clear->moment, moment))
      return clear->coach && clear->teacher;
  }
  return FALSE;
}
