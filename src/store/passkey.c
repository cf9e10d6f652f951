#include "store/passkey.h"

#include "base/error.h"
#include "base/uuid.h"
#include "store/person-private.h"
#include "store/session-private.h"
#include "store/store-private.h"

#define COLUMNS                                                                                                        \
  "SELECT passkey.id, person, passkey.name, rp, credential_id, public_key, algorithm, counter, passkey.created_wall,"  \
  " used_wall FROM passkey "

void
tb_passkey_free (TbPasskey *passkey)
{
  if (passkey == NULL)
    return;
  g_free (passkey->id);
  g_free (passkey->person);
  g_free (passkey->name);
  g_free (passkey->rp);
  g_clear_pointer (&passkey->credential, g_bytes_unref);
  g_clear_pointer (&passkey->public_key, g_bytes_unref);
  g_free (passkey);
}

static TbPasskey *
read_row (TbQuery *query)
{
  TbPasskey *passkey = g_new0 (TbPasskey, 1);

  passkey->id = tb_query_dup (query, 0);
  passkey->person = tb_query_dup (query, 1);
  passkey->name = tb_query_dup (query, 2);
  passkey->rp = tb_query_dup (query, 3);
  passkey->credential = tb_query_bytes (query, 4);
  passkey->public_key = tb_query_bytes (query, 5);
  passkey->algorithm = (int) tb_query_int (query, 6);
  passkey->counter = tb_query_int (query, 7);
  passkey->created_at = tb_query_int (query, 8);
  passkey->used_at = tb_query_int (query, 9);
  return passkey;
}

static gboolean
fail_not_found (GError **error)
{
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no such passkey");
  return FALSE;
}

/* --- adding ------------------------------------------------------------------------ */

/* New. */
static char *
clean_name (const char *name, GError **error)
{
  g_autofree char *clean = g_utf8_validate (name, -1, NULL) ? g_utf8_normalize (name, -1, G_NORMALIZE_ALL_COMPOSE) : NULL;
  glong length;

  length = clean != NULL ? g_utf8_strlen (g_strstrip (clean), -1) : 0;
  if (length >= 1 && length <= TB_PASSKEY_NAME_MAX)
    return g_steal_pointer (&clean);
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "The name of a passkey has 1 to %d characters", TB_PASSKEY_NAME_MAX);
  return NULL;
}

static gboolean
check_room (TbDb *db, const char *person, GBytes *credential, GError **error)
{
  gint64 same = 0, count = 0;

  if (!tb_db_int (db, 0, &same, error, "SELECT count(*) FROM passkey WHERE credential_id = ?1", "b", credential)
      || !tb_db_int (db, 0, &count, error, "SELECT count(*) FROM passkey WHERE person = ?1", "s", person))
    return FALSE;
  if (same > 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "This passkey is known already");
    return FALSE;
  }
  if (count >= TB_PASSKEYS_MAX) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "You have %d passkeys; remove one first", TB_PASSKEYS_MAX);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_active (TbDb *db, const char *id, TbPerson **person, GError **error)
{
  g_autoptr (TbPerson) found = tb_person_load (db, id, error);

  if (found == NULL)
    return FALSE;
  if (found->disabled_at != 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "This person cannot sign in");
    return FALSE;
  }
  if (person != NULL)
    *person = g_steal_pointer (&found);
  return TRUE;
}

TbPasskey *
tb_passkey_add (TbStore *store, const char *person, GBytes *credential, GBytes *public_key, int algorithm,
                gint64 counter, const char *name, const char *rp, gint64 now_wall, GError **error)
{
  g_autoptr (TbPasskey) passkey = g_new0 (TbPasskey, 1);
  g_auto (TbWrite) write = { 0 };

  passkey->name = clean_name (name, error);
  if (passkey->name == NULL)
    return NULL;
  passkey->id = tb_uuid_new ();
  passkey->person = g_strdup (person);
  passkey->rp = g_strdup (rp);
  passkey->credential = g_bytes_ref (credential);
  passkey->public_key = g_bytes_ref (public_key);
  passkey->algorithm = algorithm;
  passkey->counter = counter;
  passkey->created_at = now_wall;
  if (!tb_write_begin (&write, store, error) || !check_active (write.db, person, NULL, error)
      || !check_room (write.db, person, credential, error)
      || !tb_db_exec (write.db, error,
                      "INSERT INTO passkey (id, person, credential_id, public_key, algorithm, counter, name, rp,"
                      " created_wall) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                      "ssbbiissi", passkey->id, person, credential, public_key, (gint64) algorithm, counter,
                      passkey->name, rp, now_wall)
      || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&passkey);
}

/* --- looking ------------------------------------------------------------------------ */

TbPasskey *
tb_passkey_find (TbStore *store, GBytes *credential, const char *rp, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         COLUMNS "JOIN person ON person.id = passkey.person"
                                 " WHERE credential_id = ?1 AND rp = ?2 AND disabled_wall IS NULL",
                         "bs", credential, rp))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    fail_not_found (error);
  return step > 0 ? read_row (&query) : NULL;
}

GPtrArray *
tb_passkey_list (TbStore *store, const char *person, GError **error)
{
  g_autoptr (GPtrArray) passkeys = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_passkey_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, COLUMNS "WHERE person = ?1 ORDER BY created_wall, id", "s", person))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (passkeys, read_row (&query));
  return step == 0 ? g_steal_pointer (&passkeys) : NULL;
}

/* --- signing in ---------------------------------------------------------------------- */

/* Moves the counter on; PERSON: whose it is, new. Inside the writing transaction, so that of two that come with the same
 * count one is refused (level 2, §7.2 step 21). */
static gboolean
count_on (TbDb *db, const char *id, gint64 counter, gint64 now_wall, char **person, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  gint64 last;
  int step;

  if (!tb_query_open (&query, db, error, "SELECT person, counter FROM passkey WHERE id = ?1", "s", id))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step <= 0)
    return step == 0 && fail_not_found (error);
  last = tb_query_int (&query, 1);
  if ((counter != 0 || last != 0) && counter <= last) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This passkey counts backwards: there may be a copy of it");
    return FALSE;
  }
  *person = tb_query_dup (&query, 0);
  tb_query_close (&query);
  return tb_db_exec (db, error, "UPDATE passkey SET counter = ?2, used_wall = ?3 WHERE id = ?1", "sii", id, counter,
                     now_wall);
}

gboolean
tb_passkey_sign_in (TbStore *store, const char *id, gint64 counter, GBytes *token_hash, const char *device,
                    gint64 now_wall, TbSession **session, TbPerson **person, GError **error)
{
  g_autofree char *whose = NULL;
  g_autoptr (TbSession) made = NULL;
  g_autoptr (TbPerson) found = NULL;
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, store, error) || !count_on (write.db, id, counter, now_wall, &whose, error)
      || !check_active (write.db, whose, &found, error))
    return FALSE;
  made = tb_session_insert (write.db, whose, token_hash, device, now_wall, error);
  if (made == NULL
      || !tb_db_exec (write.db, error, "UPDATE session SET passkey = ?2 WHERE id = ?1", "ss", made->id, id)
      || !tb_write_commit (&write, error))
    return FALSE;
  *session = g_steal_pointer (&made);
  *person = g_steal_pointer (&found);
  return TRUE;
}

/* --- removing ------------------------------------------------------------------------ */

static gboolean
list_sessions (TbDb *db, const char *passkey, GPtrArray *ids, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT id FROM session WHERE passkey = ?1", "s", passkey))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (ids, tb_query_dup (&query, 0));
  return step == 0;
}

gboolean
tb_passkey_remove (TbStore *store, const char *person, const char *id, const char *keep, GPtrArray **ended,
                   GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_auto (TbWrite) write = { 0 };
  gint64 count = 0;

  if (!tb_write_begin (&write, store, error)
      || !tb_db_int (write.db, 0, &count, error, "SELECT count(*) FROM passkey WHERE id = ?1 AND person = ?2", "ss", id,
                     person))
    return FALSE;
  if (count == 0)
    return fail_not_found (error);
  if ((keep != NULL
       && !tb_db_exec (write.db, error, "UPDATE session SET passkey = NULL WHERE id = ?1 AND passkey = ?2", "ss", keep,
                       id))
      || !list_sessions (write.db, id, ids, error)
      || !tb_db_exec (write.db, error, "DELETE FROM passkey WHERE id = ?1", "s", id) || !tb_write_commit (&write, error))
    return FALSE;
  *ended = g_steal_pointer (&ids);
  return TRUE;
}

gboolean
tb_passkey_delete_all (TbDb *db, const char *person, GError **error)
{
  return tb_db_exec (db, error, "DELETE FROM passkey WHERE person = ?1", "s", person);
}

gboolean
tb_passkey_remove_all (TbStore *store, const char *person, GError **error)
{
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error) && tb_passkey_delete_all (write.db, person, error)
         && tb_write_commit (&write, error);
}
