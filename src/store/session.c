#include "store/session.h"

#include "base/error.h"
#include "base/uuid.h"
#include "store/person-private.h"
#include "store/session-private.h"
#include "store/store-private.h"

#define DEVICE_MAX_LENGTH 80
#define SEEN_STEP (60 * TB_SECOND)

#define COLUMNS "SELECT id, person, device, created_wall, seen_wall, until_wall FROM session "
#define LIVE "until_wall > ?2 AND seen_wall > ?3"

void
tb_session_free (TbSession *session)
{
  if (session == NULL)
    return;
  g_free (session->id);
  g_free (session->person);
  g_free (session->device);
  g_free (session);
}

static TbSession *
read_row (TbQuery *query)
{
  TbSession *session = g_new0 (TbSession, 1);

  session->id = tb_query_dup (query, 0);
  session->person = tb_query_dup (query, 1);
  session->device = tb_query_dup (query, 2);
  session->created_at = tb_query_int (query, 3);
  session->seen_at = tb_query_int (query, 4);
  session->until = tb_query_int (query, 5);
  return session;
}

TbSession *
tb_session_insert (TbDb *db, const char *person, GBytes *token_hash, const char *device, gint64 now_wall,
                   GError **error)
{
  g_autoptr (TbSession) session = g_new0 (TbSession, 1);
  g_autofree char *valid = g_utf8_make_valid (device, -1);

  session->id = tb_uuid_new ();
  session->person = g_strdup (person);
  session->device = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), DEVICE_MAX_LENGTH));
  session->created_at = now_wall;
  session->seen_at = now_wall;
  session->until = now_wall + TB_SESSION_LONGEST;
  /* A good moment to clear those away that are over. */
  if (!tb_db_exec (db, error, "DELETE FROM session WHERE until_wall <= ?1 OR seen_wall <= ?2", "ii", now_wall,
                   now_wall - TB_SESSION_IDLE)
      || !tb_db_exec (db, error,
                      "INSERT INTO session (id, token_hash, person, device, created_wall, seen_wall, until_wall)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
                      "sbssii", session->id, token_hash, person, session->device, now_wall, session->until))
    return NULL;
  return g_steal_pointer (&session);
}

TbSession *
tb_session_create (TbStore *store, const char *person, GBytes *token_hash, const char *device, gint64 now_wall,
                   GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbSession) session = NULL;
  g_autoptr (TbPerson) found = NULL;

  if (!tb_write_begin (&write, store, error))
    return NULL;
  /* Looked at here, for somebody may have been disabled while the passphrase was looked at. */
  found = tb_person_load (write.db, person, error);
  if (found == NULL)
    return NULL;
  if (found->disabled_at != 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "This person cannot sign in");
    return NULL;
  }
  session = tb_session_insert (write.db, person, token_hash, device, now_wall, error);
  if (session == NULL || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&session);
}

/* By TOKEN_HASH, or by ID when that is given. */
static TbSession *
find (TbStore *store, GBytes *token_hash, const char *id, gint64 now_wall, TbPerson **person, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  g_autoptr (TbSession) session = NULL;
  int step;

  if (!tb_read_begin (&read, store, error))
    return NULL;
  if (id != NULL ? !tb_query_open (&query, read.db, error, COLUMNS "WHERE id = ?1 AND " LIVE, "sii", id, now_wall,
                                   now_wall - TB_SESSION_IDLE)
                 : !tb_query_open (&query, read.db, error, COLUMNS "WHERE token_hash = ?1 AND " LIVE, "bii",
                                   token_hash, now_wall, now_wall - TB_SESSION_IDLE))
    return NULL;
  step = tb_query_next (&query, error);
  if (step < 0)
    return NULL;
  if (step > 0) {
    session = read_row (&query);
    *person = tb_person_load (read.db, session->person, error);
    if (*person == NULL)
      return NULL;
  }
  if (step == 0 || (*person)->disabled_at != 0) {
    g_clear_pointer (person, tb_person_free);
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no such session");
    return NULL;
  }
  return g_steal_pointer (&session);
}

/* Nobody is signed out because the disk is full, so a failure is no failure. */
static void
move_seen (TbStore *store, TbSession *session, gint64 now_wall)
{
  g_auto (TbWrite) write = { 0 };

  if (now_wall - session->seen_at < SEEN_STEP)
    return;
  if (tb_write_begin (&write, store, NULL)
      && tb_db_exec (write.db, NULL, "UPDATE session SET seen_wall = ?2 WHERE id = ?1 AND seen_wall < ?2", "si",
                     session->id, now_wall)
      && tb_write_commit (&write, NULL))
    session->seen_at = now_wall;
}

gboolean
tb_session_find (TbStore *store, GBytes *token_hash, gint64 now_wall, TbSession **session, TbPerson **person,
                 GError **error)
{
  g_autoptr (TbPerson) whose = NULL;
  g_autoptr (TbSession) found = find (store, token_hash, NULL, now_wall, &whose, error);

  if (found == NULL)
    return FALSE;
  move_seen (store, found, now_wall);
  *session = g_steal_pointer (&found);
  *person = g_steal_pointer (&whose);
  return TRUE;
}

gboolean
tb_session_get (TbStore *store, const char *id, gint64 now_wall, TbPerson **person, GError **error)
{
  g_autoptr (TbPerson) whose = NULL;
  g_autoptr (TbSession) found = find (store, NULL, id, now_wall, &whose, error);

  if (found == NULL)
    return FALSE;
  *person = g_steal_pointer (&whose);
  return TRUE;
}

GPtrArray *
tb_session_list (TbStore *store, const char *person, gint64 now_wall, GError **error)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_session_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         COLUMNS "WHERE person = ?1 AND " LIVE " ORDER BY created_wall DESC, id DESC", "sii", person,
                         now_wall, now_wall - TB_SESSION_IDLE))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (sessions, read_row (&query));
  return step == 0 ? g_steal_pointer (&sessions) : NULL;
}

gboolean
tb_session_end (TbStore *store, const char *person, const char *id, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  gint64 count = 0;

  if (!tb_write_begin (&write, store, error)
      || !tb_db_int (write.db, 0, &count, error, "SELECT count(*) FROM session WHERE id = ?1 AND person = ?2", "ss",
                     id, person))
    return FALSE;
  if (count == 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no such session");
    return FALSE;
  }
  return tb_db_exec (write.db, error, "DELETE FROM session WHERE id = ?1 AND person = ?2", "ss", id, person)
         && tb_write_commit (&write, error);
}

gboolean
tb_session_end_all (TbStore *store, const char *person, GError **error)
{
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error) && tb_session_delete_all (write.db, person, error)
         && tb_write_commit (&write, error);
}
