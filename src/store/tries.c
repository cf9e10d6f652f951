#include "store/tries.h"

#include "base/error.h"
#include "store/store-private.h"

#define FORGET (24 * 3600 * TB_SECOND)
#define LOGIN_LENGTH 80

static const int waits_s[] = { 5, 15, 30, 60, 120, 240, 480, 900 };

/* New. */
static char *
login_subject (const char *login)
{
  g_autofree char *valid = g_utf8_make_valid (login, -1);
  g_autofree char *normal = g_utf8_normalize (valid, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = g_utf8_strdown (normal, -1);
  g_autofree char *brief = NULL;

  g_strstrip (folded);
  brief = g_utf8_substring (folded, 0, MIN (g_utf8_strlen (folded, -1), LOGIN_LENGTH));
  return g_strconcat ("login:", brief, NULL);
}

static char *
address_subject (const char *address)
{
  return g_strconcat ("address:", address != NULL ? address : "", NULL);
}

static gint64
wait_after (gint64 failures, gint64 free_failures)
{
  gint64 over = failures - free_failures;

  if (over <= 0)
    return 0;
  return waits_s[MIN (over, (gint64) G_N_ELEMENTS (waits_s)) - 1] * TB_SECOND;
}

/* How much longer SUBJECT has to wait; never more than a full wait, also when the clock was set back. */
static gboolean
wait_of (TbDb *db, const char *subject, gint64 free_failures, gint64 now_wall, gint64 *wait_ns, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  gint64 full, past;
  int step;

  *wait_ns = 0;
  if (!tb_query_open (&query, db, error, "SELECT failures, last_wall FROM sign_in_try WHERE subject = ?1", "s",
                      subject))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step <= 0)
    return step == 0;
  full = wait_after (tb_query_int (&query, 0), free_failures);
  past = now_wall - tb_query_int (&query, 1);
  *wait_ns = CLAMP (full - past, 0, full);
  return TRUE;
}

static gboolean
count (TbDb *db, const char *subject, gint64 now_wall, GError **error)
{
  return tb_db_exec (db, error,
                     "INSERT INTO sign_in_try (subject, failures, last_wall) VALUES (?1, 1, ?2)"
                     " ON CONFLICT (subject) DO UPDATE SET failures = failures + 1, last_wall = excluded.last_wall",
                     "si", subject, now_wall);
}

gboolean
tb_tries_begin (TbStore *store, const char *login, const char *address, gint64 now_wall, gint64 *wait_ns,
                GError **error)
{
  g_autofree char *by_login = login_subject (login);
  g_autofree char *by_address = address_subject (address);
  g_auto (TbWrite) write = { 0 };
  gint64 wait_login = 0, wait_address = 0;

  if (!tb_write_begin (&write, store, error)
      || !tb_db_exec (write.db, error, "DELETE FROM sign_in_try WHERE last_wall <= ?1", "i", now_wall - FORGET)
      || !wait_of (write.db, by_login, TB_TRIES_FREE, now_wall, &wait_login, error)
      || !wait_of (write.db, by_address, TB_TRIES_FREE_ADDRESS, now_wall, &wait_address, error))
    return FALSE;
  if (wait_login == 0 && wait_address == 0
      && (!count (write.db, by_login, now_wall, error) || !count (write.db, by_address, now_wall, error)
          || !tb_write_commit (&write, error)))
    return FALSE;
  *wait_ns = MAX (wait_login, wait_address);
  return TRUE;
}

gboolean
tb_tries_succeeded (TbStore *store, const char *login, const char *address, GError **error)
{
  g_autofree char *by_login = login_subject (login);
  g_autofree char *by_address = address_subject (address);
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error)
         && tb_db_exec (write.db, error, "DELETE FROM sign_in_try WHERE subject = ?1", "s", by_login)
         && tb_db_exec (write.db, error, "UPDATE sign_in_try SET failures = failures - 1 WHERE subject = ?1", "s",
                        by_address)
         && tb_db_exec (write.db, error, "DELETE FROM sign_in_try WHERE subject = ?1 AND failures <= 0", "s",
                        by_address)
         && tb_write_commit (&write, error);
}
