#include "store/invitation.h"

#include "base/error.h"
#include "store/person-private.h"
#include "store/session-private.h"
#include "store/store-private.h"

void
tb_invitation_free (TbInvitation *invitation)
{
  if (invitation == NULL)
    return;
  g_free (invitation->person);
  g_free (invitation->by);
  g_free (invitation);
}

const char *
tb_invitation_kind_name (TbInvitationKind kind)
{
  return kind == TB_INVITATION_DEVICE ? "device" : "person";
}

gboolean
tb_invitation_create (TbStore *store, TbInvitationKind kind, const char *person, const char *by, GBytes *token_hash,
                      gint64 now_wall, gint64 until_wall, GError **error)
{
  const char *kind_name = tb_invitation_kind_name (kind);
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbPerson) found = NULL;

  if (!tb_write_begin (&write, store, error))
    return FALSE;
  found = tb_person_load (write.db, person, error);
  if (found == NULL)
    return FALSE;
  if (found->disabled_at != 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "This person is disabled; enable them first");
    return FALSE;
  }
  return tb_db_exec (write.db, error,
                     "DELETE FROM invitation WHERE (person = ?1 AND kind = ?2 AND used_wall IS NULL)"
                     " OR until_wall <= ?3",
                     "ssi", person, kind_name, now_wall)
         && tb_db_exec (write.db, error,
                        "INSERT INTO invitation (token_hash, kind, person, by_person, created_wall, until_wall)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        "bsssii", token_hash, kind_name, person, by, now_wall, until_wall)
         && tb_write_commit (&write, error);
}

static TbInvitation *
load (TbDb *db, GBytes *token_hash, gint64 now_wall, GError **error)
{
  g_autoptr (TbInvitation) invitation = g_new0 (TbInvitation, 1);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT kind, invitation.person, by_person, invitation.created_wall, until_wall FROM invitation"
                      " JOIN person ON person.id = invitation.person"
                      " WHERE token_hash = ?1 AND used_wall IS NULL AND until_wall > ?2 AND disabled_wall IS NULL",
                      "bi", token_hash, now_wall))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND,
                         "This link is not good any more: it has been used or is too old; ask for a new one");
  if (step <= 0)
    return NULL;
  invitation->kind = g_str_equal (tb_query_text (&query, 0), "device") ? TB_INVITATION_DEVICE : TB_INVITATION_PERSON;
  invitation->person = tb_query_dup (&query, 1);
  invitation->by = tb_query_dup (&query, 2);
  invitation->created_at = tb_query_int (&query, 3);
  invitation->until = tb_query_int (&query, 4);
  return g_steal_pointer (&invitation);
}

TbInvitation *
tb_invitation_look (TbStore *store, GBytes *token_hash, gint64 now_wall, GError **error)
{
  g_auto (TbRead) read = { 0 };

  return tb_read_begin (&read, store, error) ? load (read.db, token_hash, now_wall, error) : NULL;
}

static gboolean
use (TbDb *db, const TbInvitation *invitation, GBytes *token_hash, const char *passphrase_hash, gint64 now_wall,
     GError **error)
{
  if (!tb_db_exec (db, error, "UPDATE invitation SET used_wall = ?2 WHERE token_hash = ?1", "bi", token_hash,
                   now_wall))
    return FALSE;
  return invitation->kind == TB_INVITATION_DEVICE
         || (tb_person_put_passphrase (db, invitation->person, passphrase_hash, error)
             && tb_session_delete_all (db, invitation->person, error)
             && tb_passkey_delete_all (db, invitation->person, error));
}

gboolean
tb_invitation_accept (TbStore *store, GBytes *token_hash, TbInvitationKind kind, const char *passphrase_hash,
                      GBytes *session_hash, const char *device, gint64 now_wall, TbSession **session,
                      TbPerson **person, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbInvitation) invitation = NULL;
  g_autoptr (TbSession) made = NULL;
  g_autoptr (TbPerson) whose = NULL;

  g_return_val_if_fail ((kind == TB_INVITATION_PERSON) == (passphrase_hash != NULL), FALSE);

  if (!tb_write_begin (&write, store, error))
    return FALSE;
  invitation = load (write.db, token_hash, now_wall, error);
  if (invitation == NULL)
    return FALSE;
  if (invitation->kind != kind) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "This link is for something else");
    return FALSE;
  }
  if (!use (write.db, invitation, token_hash, passphrase_hash, now_wall, error))
    return FALSE;
  made = tb_session_insert (write.db, invitation->person, session_hash, device, now_wall, error);
  whose = made != NULL ? tb_person_load (write.db, invitation->person, error) : NULL;
  if (whose == NULL || !tb_write_commit (&write, error))
    return FALSE;
  *session = g_steal_pointer (&made);
  *person = g_steal_pointer (&whose);
  return TRUE;
}
