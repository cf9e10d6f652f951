/* /api/session, /api/sessions, /api/passphrase, /api/recover: signing in and out. */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/passkey.h"
#include "store/tries.h"
#include "vault/age-key.h"
#include "vault/password.h"
#include "web/accounts.h"

#define LOGIN_LENGTH 200
#define PASSPHRASE_LENGTH 1000 /* of what is tried; those that are set are shorter */
#define RECOVERY_LENGTH 1000

static TbReply *
get_session (TbApp *app, TbRequest *request)
{
  const TbViewer *viewer = tb_request_viewer (request);
  GError *error = NULL;
  json_object *object = tb_accounts_session_json (app, request, viewer != NULL ? viewer->person : NULL, &error);

  return object != NULL ? tb_reply_json (200, object) : tb_reply_error (error);
}

/* Who signs in so; NULL without an error when nobody does. */
static TbPerson *
find_person (TbApp *app, const char *login, GError **error)
{
  g_autoptr (GError) problem = NULL;
  TbPerson *person = tb_person_get_by_login (app->store, login, &problem);

  if (person == NULL && !g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&problem));
  return person;
}

static TbReply *
sign_in (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "login", "passphrase", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbPerson) person = NULL;
  const char *login = NULL, *passphrase = NULL;
  TbReply *refusal;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "login", TB_JSON_REQUIRED, LOGIN_LENGTH, &login, NULL, &error)
      || !tb_json_get_string (body, "passphrase", TB_JSON_REQUIRED, PASSPHRASE_LENGTH, &passphrase, NULL, &error))
    return tb_reply_error (error);
  person = find_person (app, login, &error);
  if (error != NULL)
    return tb_reply_error (error);
  refusal = tb_accounts_prove (app, request, login, person, passphrase);
  if (refusal != NULL)
    return refusal;
  tb_accounts_try_vault (app, person, passphrase);
  return tb_accounts_sign_in (app, request, person, 200, NULL);
}

static TbReply *
sign_out (TbApp *app, TbRequest *request)
{
  tb_accounts_end_present (app, request);
  return tb_accounts_cookie (request, tb_reply_empty (204), NULL);
}

static TbReply *
list_sessions (TbApp *app, TbRequest *request)
{
  const TbViewer *viewer = tb_request_viewer (request);
  GError *error = NULL;
  g_autoptr (GPtrArray) sessions = tb_session_list (app->store, viewer->person->id, tb_clock_wall (), &error);
  json_object *body, *list;

  if (sessions == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < sessions->len; i++) {
    const TbSession *session = sessions->pdata[i];
    json_object *object = json_object_new_object ();

    tb_json_add_string (object, "id", session->id);
    tb_json_add_string (object, "device", session->device);
    tb_json_add_wall (object, "created_at", session->created_at);
    tb_json_add_wall (object, "seen_at", session->seen_at);
    tb_json_add_bool (object, "current", g_str_equal (session->id, viewer->session));
    json_object_array_add (list, object);
  }
  tb_json_add (body, "sessions", list);
  return tb_reply_json (200, body);
}

static TbReply *
end_all (TbApp *app, TbRequest *request)
{
  GError *error = NULL;

  if (!tb_accounts_end_sessions (app, tb_request_viewer (request)->person->id, NULL, &error))
    return tb_reply_error (error);
  return tb_accounts_cookie (request, tb_reply_empty (204), NULL);
}

static TbReply *
end_one (TbApp *app, TbRequest *request)
{
  const TbViewer *viewer = tb_request_viewer (request);
  const char *id = tb_request_param (request, "session");
  GError *error = NULL;
  TbReply *reply;

  if (!tb_session_end (app->store, viewer->person->id, id, &error))
    return tb_reply_error (error);
  tb_accounts_tell_ended (app, viewer->person->id, id);
  reply = tb_reply_empty (204);
  return g_str_equal (id, viewer->session) ? tb_accounts_cookie (request, reply, NULL) : reply;
}

/* With a visit the other device opens the remote of its talk. Whether there is one, that page finds out. */
static TbReply *
pair (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "visit", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autofree char *place = NULL;
  const char *visit = NULL;
  json_object *object = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "visit", TB_JSON_OPTIONAL, 100, &visit, NULL, &error))
    return tb_reply_error (error);
  if (visit != NULL && !tb_uuid_is_valid (visit)) {
    g_set_error_literal (&error, TB_ERROR, TB_ERROR_INVALID, "“visit” is not the id of a visit");
    return tb_reply_error (error);
  }
  place = visit != NULL ? g_strdup_printf ("/bezoeken/%s/sturen", visit) : g_strdup ("/");
  object = tb_accounts_invite (app, request, TB_INVITATION_DEVICE, tb_request_viewer (request)->person->id, place,
                               &error);
  return object != NULL ? tb_reply_json (201, object) : tb_reply_error (error);
}

/* --- another passphrase ---------------------------------------------------------- */

/* Makes the slot open by FRESH, if the vault is open or OLD opens it. TRUE also when nothing can be done: the next
 * unlocking while the vault is open mends it. */
static gboolean
reseal (TbApp *app, const TbPerson *person, const char *old, const char *fresh, GError **error)
{
  char *normal;
  gboolean ok;

  if ((person->roles & TB_ROLE_COACH) == 0)
    return TRUE;
  tb_accounts_try_vault (app, person, old);
  if (tb_vault_get_state (app->vault) != TB_VAULT_OPEN)
    return TRUE;
  normal = tb_passphrase_normal (fresh);
  ok = tb_vault_set_slot (app->vault, person->id, normal, error);
  tb_age_secret_free (normal);
  return ok;
}

/* The slot first: whoever has a new passphrase and an old slot would stand before a shut vault tomorrow. */
static gboolean
set_passphrase (TbApp *app, const TbPerson *person, const char *old, const char *fresh, GError **error)
{
  g_autofree char *hash = tb_passphrase_hash (fresh, error);

  if (hash == NULL || !reseal (app, person, old, fresh, error))
    return FALSE;
  if (tb_person_set_passphrase (app->store, person->id, hash, error))
    return TRUE;
  reseal (app, person, fresh, old, NULL);
  return FALSE;
}

static TbReply *
change_passphrase (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "old", "new", NULL };
  const TbViewer *viewer = tb_request_viewer (request);
  const TbPerson *person = viewer->person;
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  const char *old = NULL, *fresh = NULL;
  TbReply *refusal;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "old", TB_JSON_REQUIRED, PASSPHRASE_LENGTH, &old, NULL, &error)
      || !tb_json_get_string (body, "new", TB_JSON_REQUIRED, PASSPHRASE_LENGTH, &fresh, NULL, &error)
      || !tb_passphrase_check (fresh, person->login, person->name, &error))
    return tb_reply_error (error);
  refusal = tb_accounts_prove (app, request, person->login, person, old);
  if (refusal != NULL)
    return refusal;
  if (!set_passphrase (app, person, old, fresh, &error)
      || !tb_accounts_end_sessions (app, person->id, viewer->session, &error))
    return tb_reply_error (error);
  return tb_reply_empty (204);
}

/* --- the recovery key -------------------------------------------------------------- */

/* By the key, when PERSON may have it. FALSE without an error: it is not right, or nobody's. */
static gboolean
recover_vault (TbApp *app, const TbPerson *person, const char *recovery, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (person == NULL || person->disabled_at != 0 || (person->roles & TB_ROLE_COACH) == 0)
    return FALSE;
  if (tb_vault_unlock_recovery (app->vault, recovery, &problem))
    return TRUE;
  /* Everything that can be wrong with it is one answer, so that it does not tell who is a coach here. */
  if (!g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED) && !g_error_matches (problem, TB_ERROR, TB_ERROR_INVALID)
      && !g_error_matches (problem, TB_ERROR, TB_ERROR_CONFLICT)
      && !g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static TbReply *
recover (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "login", "recovery", "passphrase", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autofree char *peer = tb_request_peer (request);
  g_autoptr (TbPerson) person = NULL;
  const char *login = NULL, *recovery = NULL, *passphrase = NULL;
  gint64 wait = 0;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "login", TB_JSON_REQUIRED, LOGIN_LENGTH, &login, NULL, &error)
      || !tb_json_get_string (body, "recovery", TB_JSON_REQUIRED, RECOVERY_LENGTH, &recovery, NULL, &error)
      || !tb_json_get_string (body, "passphrase", TB_JSON_REQUIRED, PASSPHRASE_LENGTH, &passphrase, NULL, &error)
      || !tb_passphrase_check (passphrase, login, NULL, &error)
      || !tb_tries_begin (app->store, login, peer, tb_clock_wall (), &wait, &error))
    return tb_reply_error (error);
  if (wait > 0)
    return tb_accounts_refuse_wait (wait);
  person = find_person (app, login, &error);
  if (error == NULL && !recover_vault (app, person, recovery, &error) && error == NULL)
    return tb_reply_problem (401, "wrong", "This name and recovery key do not belong together");
  if (error != NULL || !tb_tries_succeeded (app->store, login, peer, &error)
      || !set_passphrase (app, person, passphrase, passphrase, &error)
      || !tb_passkey_remove_all (app->store, person->id, &error)
      || !tb_accounts_end_sessions (app, person->id, NULL, &error))
    return tb_reply_error (error);
  return tb_accounts_sign_in (app, request, person, 200, NULL);
}

const TbRoute tb_routes_session[] = {
  { "GET", "/api/session", get_session, 0 },
  { "POST", "/api/session", sign_in, 8 * 1024 },
  { "DELETE", "/api/session", sign_out, 0 },
  { "GET", "/api/sessions", list_sessions, 0 },
  { "DELETE", "/api/sessions", end_all, 0 },
  { "POST", "/api/sessions/pair", pair, 1024 },
  { "DELETE", "/api/sessions/{session}", end_one, 0 },
  { "POST", "/api/passphrase", change_passphrase, 16 * 1024 },
  { "POST", "/api/recover", recover, 16 * 1024 },
  { NULL },
};
