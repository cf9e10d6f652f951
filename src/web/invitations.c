/* /api/invitations: the other end of a one-time link. */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "vault/age-key.h"
#include "vault/password.h"
#include "web/accounts.h"

#define CODE_LENGTH 100

static TbReply *
look (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "code", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbInvitation) invitation = NULL;
  g_autoptr (TbPerson) person = NULL;
  g_autoptr (GBytes) hash = NULL;
  const char *code = NULL;
  json_object *object;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "code", TB_JSON_REQUIRED, CODE_LENGTH, &code, NULL, &error))
    return tb_reply_error (error);
  hash = tb_token_hash (code);
  invitation = tb_invitation_look (app->store, hash, tb_clock_wall (), &error);
  person = invitation != NULL ? tb_person_get (app->store, invitation->person, &error) : NULL;
  if (person == NULL)
    return tb_reply_error (error);
  object = json_object_new_object ();
  tb_json_add_string (object, "kind", tb_invitation_kind_name (invitation->kind));
  tb_json_add_string (object, "name", person->name);
  tb_json_add_wall (object, "until", invitation->until);
  return tb_reply_json (200, object);
}

/* For a passphrase that is wanted: its hash, new. For a device NULL without an error. */
static char *
read_passphrase (const TbInvitation *invitation, const TbPerson *person, const char *passphrase, GError **error)
{
  if (invitation->kind == TB_INVITATION_DEVICE) {
    if (passphrase != NULL)
      g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“passphrase” is not wanted for this link");
    return NULL;
  }
  if (passphrase == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“passphrase” is missing");
    return NULL;
  }
  return tb_passphrase_check (passphrase, person->login, person->name, error) ? tb_passphrase_hash (passphrase, error)
                                                                              : NULL;
}

/* The link has been used: sessions and slot that went by the old passphrase go, and the new one takes over. */
static gboolean
follow_passphrase (TbApp *app, const TbPerson *person, const char *passphrase, GError **error)
{
  tb_accounts_tell_ended (app, person->id, NULL);
  if (!tb_accounts_drop_slot (app, person->id, error))
    return FALSE;
  tb_accounts_try_vault (app, person, passphrase);
  return TRUE;
}

static TbReply *
accept_hash (TbApp *app, TbRequest *request, const TbInvitation *invitation, GBytes *hash, const char *passphrase,
             const char *passphrase_hash)
{
  g_autofree char *device = tb_accounts_device (request);
  char *token = tb_token_new ();
  g_autoptr (GBytes) token_hash = tb_token_hash (token);
  g_autoptr (TbSession) session = NULL;
  g_autoptr (TbPerson) person = NULL;
  GError *error = NULL;
  json_object *object = NULL;
  TbReply *reply;

  if (tb_invitation_accept (app->store, hash, invitation->kind, passphrase_hash, token_hash, device, tb_clock_wall (),
                            &session, &person, &error)
      && (passphrase == NULL || follow_passphrase (app, person, passphrase, &error))) {
    tb_accounts_end_present (app, request);
    object = tb_accounts_session_json (app, request, person, &error);
  }
  reply = object != NULL ? tb_accounts_cookie (request, tb_reply_json (200, object), token) : tb_reply_error (error);
  tb_age_secret_free (token);
  return reply;
}

static TbReply *
accept_invitation (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "code", "passphrase", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbInvitation) invitation = NULL;
  g_autoptr (TbPerson) person = NULL;
  g_autoptr (GBytes) hash = NULL;
  g_autofree char *passphrase_hash = NULL;
  const char *code = NULL, *passphrase = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "code", TB_JSON_REQUIRED, CODE_LENGTH, &code, NULL, &error)
      || !tb_json_get_string (body, "passphrase", 0, TB_PASSPHRASE_MAX, &passphrase, NULL, &error)
      || (passphrase != NULL && !tb_passphrase_check (passphrase, NULL, NULL, &error)))
    return tb_reply_error (error);
  hash = tb_token_hash (code);
  invitation = tb_invitation_look (app->store, hash, tb_clock_wall (), &error);
  person = invitation != NULL ? tb_person_get (app->store, invitation->person, &error) : NULL;
  /* Hashing is slow on purpose, so only for a link that is good. */
  passphrase_hash = person != NULL ? read_passphrase (invitation, person, passphrase, &error) : NULL;
  if (error != NULL)
    return tb_reply_error (error);
  return accept_hash (app, request, invitation, hash, passphrase, passphrase_hash);
}

const TbRoute tb_routes_invitations[] = {
  { "POST", "/api/invitations/look", look, 8 * 1024 },
  { "POST", "/api/invitations/accept", accept_invitation, 8 * 1024 },
  { NULL },
};
