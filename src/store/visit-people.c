#include "store/visit-people.h"

#include "base/error.h"
#include "store/store-private.h"

gboolean
tb_visit_people (TbStore *store, const char *visit, char **coach, char **teacher, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, "SELECT coach, teacher_person FROM visit WHERE id = ?1", "s", visit))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit under this address");
  if (step <= 0)
    return FALSE;
  *coach = tb_query_dup (&query, 0);
  *teacher = tb_query_dup (&query, 1);
  return TRUE;
}
