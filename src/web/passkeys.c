/* /api/passkeys: signing in by a key that is in somebody's device, and who has which. */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/passkey.h"
#include "store/tries.h"
#include "vault/age-key.h"
#include "vault/password.h"
#include "web/accounts.h"
#include "web/challenges.h"
#include "web/webauthn.h"

#define PASSPHRASE_LENGTH 1000
#define FIELD_LENGTH 6000 /* of what the browser sends, in base64url */

/* --- what is sent -------------------------------------------------------------------- */

/* New; NULL with an error. */
static GBytes *
read_bytes (json_object *body, const char *field, GError **error)
{
  const char *text = NULL;
  GBytes *bytes = NULL;

  if (!tb_json_get_string (body, field, TB_JSON_REQUIRED | TB_JSON_NOT_EMPTY, FIELD_LENGTH, &text, NULL, error))
    return NULL;
  bytes = tb_base64url_decode (text);
  if (bytes == NULL)
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” is not base64url", field);
  return bytes;
}

/* New; NULL with TB_ERROR_UNSUPPORTED. */
static char *
find_rp (TbRequest *request, GError **error)
{
  char *rp = tb_webauthn_rp (tb_request_address (request));

  if (rp == NULL)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_UNSUPPORTED,
                         "Passkeys work at an address with a name, not at one in numbers");
  return rp;
}

static void
add_base64url (json_object *object, const char *field, GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = tb_base64url_encode (data, size);

  tb_json_add_string (object, field, text);
}

static json_object *
passkey_json (const TbPasskey *passkey)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", passkey->id);
  tb_json_add_string (object, "name", passkey->name);
  tb_json_add_string (object, "rp", passkey->rp);
  tb_json_add_wall (object, "created_at", passkey->created_at);
  tb_json_add_wall (object, "used_at", passkey->used_at);
  return object;
}

/* --- challenges ------------------------------------------------------------------------ */

static json_object *
challenge_json (TbApp *app, TbRequest *request, TbChallengePurpose purpose, const TbPerson *person, const char *rp)
{
  g_autofree char *peer = tb_request_peer (request);
  g_autofree char *challenge = tb_challenges_make (app->challenges, purpose, person != NULL ? person->id : NULL, peer,
                                                   g_get_monotonic_time ());
  json_object *object = json_object_new_object ();
  json_object *algorithms = json_object_new_array ();

  for (const int *algorithm = tb_webauthn_algorithms; *algorithm != 0; algorithm++)
    json_object_array_add (algorithms, json_object_new_int (*algorithm));
  tb_json_add_string (object, "challenge", challenge);
  tb_json_add_string (object, "rp", rp);
  tb_json_add_int (object, "seconds", TB_CHALLENGE_TIME_US / G_USEC_PER_SEC);
  tb_json_add (object, "algorithms", algorithms);
  return object;
}

/* Which a device has already: it need not make a second one. */
static gboolean
add_known (TbApp *app, const TbPerson *person, const char *rp, json_object *object, GError **error)
{
  g_autoptr (GPtrArray) passkeys = tb_passkey_list (app->store, person->id, error);
  g_autoptr (GBytes) handle = g_bytes_new (person->id, strlen (person->id));
  json_object *user, *list;

  if (passkeys == NULL)
    return FALSE;
  user = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < passkeys->len; i++) {
    const TbPasskey *passkey = passkeys->pdata[i];
    gsize size;
    gconstpointer data = g_bytes_get_data (passkey->credential, &size);
    g_autofree char *text = tb_base64url_encode (data, size);

    if (g_str_equal (passkey->rp, rp))
      json_object_array_add (list, json_object_new_string (text));
  }
  tb_json_add (object, "known", list);
  add_base64url (user, "id", handle);
  tb_json_add_string (user, "name", person->login);
  tb_json_add_string (user, "display_name", person->name);
  tb_json_add (object, "user", user);
  return TRUE;
}

/* A passkey is another way in, so whoever adds one shows again who they are: an open page is not enough. */
static TbReply *
challenge_to_register (TbApp *app, TbRequest *request, const char *passphrase, const char *rp)
{
  const TbViewer *viewer = tb_request_viewer (request);
  GError *error = NULL;
  TbReply *refusal;
  json_object *object;

  if (viewer == NULL)
    return tb_reply_problem (401, "signed-out", "Sign in first");
  if (passphrase == NULL)
    return tb_reply_problem (400, "invalid", "“passphrase” is missing");
  refusal = tb_accounts_prove (app, request, viewer->person->login, viewer->person, passphrase);
  if (refusal != NULL)
    return refusal;
  object = challenge_json (app, request, TB_CHALLENGE_REGISTER, viewer->person, rp);
  if (add_known (app, viewer->person, rp, object, &error))
    return tb_reply_json (200, object);
  json_object_put (object);
  return tb_reply_error (error);
}

static TbReply *
make_challenge (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "purpose", "passphrase", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autofree char *rp = NULL;
  const char *purpose = NULL, *passphrase = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "purpose", TB_JSON_REQUIRED, 20, &purpose, NULL, &error)
      || !tb_json_get_string (body, "passphrase", TB_JSON_OPTIONAL, PASSPHRASE_LENGTH, &passphrase, NULL, &error))
    return tb_reply_error (error);
  if (!g_str_equal (purpose, "sign-in") && !g_str_equal (purpose, "register"))
    return tb_reply_problem (400, "invalid", "“purpose” must be sign-in or register");
  rp = find_rp (request, &error);
  if (rp == NULL)
    return tb_reply_error (error);
  if (g_str_equal (purpose, "register"))
    return challenge_to_register (app, request, passphrase, rp);
  return tb_reply_json (200, challenge_json (app, request, TB_CHALLENGE_SIGN_IN, NULL, rp));
}

/* Whether CLIENT_DATA answers a challenge of ours, which is used up by it. TB_ERROR_INVALID, TB_ERROR_DENIED. */
static gboolean
take_challenge (TbApp *app, TbRequest *request, GBytes *client_data, TbChallengePurpose purpose, const char *person,
                GError **error)
{
  const char *type = purpose == TB_CHALLENGE_REGISTER ? "webauthn.create" : "webauthn.get";
  g_autofree char *challenge = tb_webauthn_client_data (client_data, type, tb_request_address (request), error);

  if (challenge == NULL)
    return FALSE;
  if (tb_challenges_take (app->challenges, challenge, purpose, person, g_get_monotonic_time ()))
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "That took too long, or was answered already; try again");
  return FALSE;
}

/* --- signing in ---------------------------------------------------------------------------- */

typedef struct {
  GBytes *credential, *client_data, *authenticator_data, *signature;
  GBytes *user; /* whose the device thinks it is; may be NULL */
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->credential, g_bytes_unref);
  g_clear_pointer (&answer->client_data, g_bytes_unref);
  g_clear_pointer (&answer->authenticator_data, g_bytes_unref);
  g_clear_pointer (&answer->signature, g_bytes_unref);
  g_clear_pointer (&answer->user, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static gboolean
read_answer (TbRequest *request, Answer *answer, GError **error)
{
  static const char *const known[] = { "credential", "client_data", "authenticator_data", "signature", "user", NULL };
  g_autoptr (json_object) body = tb_request_json (request, error);
  const char *user = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, error)
      || !tb_json_get_string (body, "user", TB_JSON_OPTIONAL, FIELD_LENGTH, &user, NULL, error))
    return FALSE;
  answer->credential = read_bytes (body, "credential", error);
  answer->client_data = answer->credential != NULL ? read_bytes (body, "client_data", error) : NULL;
  answer->authenticator_data = answer->client_data != NULL ? read_bytes (body, "authenticator_data", error) : NULL;
  answer->signature = answer->authenticator_data != NULL ? read_bytes (body, "signature", error) : NULL;
  if (answer->signature != NULL && user != NULL)
    answer->user = read_bytes (body, "user", error);
  return answer->signature != NULL && (user == NULL || answer->user != NULL);
}

static gboolean
is_of (GBytes *user, const char *person)
{
  g_autoptr (GBytes) id = g_bytes_new (person, strlen (person));

  return user == NULL || g_bytes_equal (user, id);
}

/* Whose passkey this is, when everything about it is right. NULL with TB_ERROR_DENIED, or NOT_FOUND. New. */
static TbPasskey *
prove (TbApp *app, TbRequest *request, const Answer *answer, const char *rp, guint32 *counter, GError **error)
{
  g_autoptr (TbPasskey) passkey = NULL;

  /* First, so that no challenge can be tried twice. */
  if (!take_challenge (app, request, answer->client_data, TB_CHALLENGE_SIGN_IN, NULL, error))
    return NULL;
  passkey = tb_passkey_find (app->store, answer->credential, rp, error);
  if (passkey == NULL)
    return NULL;
  if (!is_of (answer->user, passkey->person)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This passkey is somebody else's");
    return NULL;
  }
  return tb_webauthn_verify (rp, passkey->algorithm, passkey->public_key, answer->client_data,
                             answer->authenticator_data, answer->signature, counter, error)
           ? g_steal_pointer (&passkey)
           : NULL;
}

/* Whatever is wrong with it is one answer, so that nothing can be learnt from it. ERROR is taken. */
static TbReply *
refuse (GError *error)
{
  if (!g_error_matches (error, TB_ERROR, TB_ERROR_DENIED) && !g_error_matches (error, TB_ERROR, TB_ERROR_NOT_FOUND)
      && !g_error_matches (error, TB_ERROR, TB_ERROR_INVALID))
    return tb_reply_error (error);
  g_error_free (error);
  return tb_reply_problem (401, "wrong", "This passkey does not belong to anybody who may sign in here");
}

static TbReply *
enter (TbApp *app, TbRequest *request, const TbPasskey *passkey, guint32 counter, const char *subject, const char *peer)
{
  g_autofree char *device = tb_accounts_device (request);
  char *token = tb_token_new ();
  g_autoptr (GBytes) hash = tb_token_hash (token);
  g_autoptr (TbSession) session = NULL;
  g_autoptr (TbPerson) person = NULL;
  GError *error = NULL;
  json_object *object = NULL;
  TbReply *reply;

  if (tb_passkey_sign_in (app->store, passkey->id, counter, hash, device, tb_clock_wall (), &session, &person, &error)
      && tb_tries_succeeded (app->store, subject, peer, &error)) {
    tb_accounts_end_present (app, request);
    object = tb_accounts_session_json (app, request, person, &error);
  }
  reply = object != NULL ? tb_accounts_cookie (request, tb_reply_json (200, object), token) : refuse (error);
  tb_age_secret_free (token);
  return reply;
}

static TbReply *
sign_in (TbApp *app, TbRequest *request)
{
  g_auto (Answer) answer = { 0 };
  g_autofree char *peer = tb_request_peer (request);
  g_autofree char *digest = NULL;
  g_autofree char *subject = NULL;
  g_autofree char *rp = NULL;
  g_autoptr (TbPasskey) passkey = NULL;
  GError *error = NULL;
  guint32 counter = 0;
  gint64 wait = 0;

  if (!read_answer (request, &answer, &error) || (rp = find_rp (request, &error)) == NULL)
    return tb_reply_error (error);
  /* Counted by passkey, as passphrases are by login; with a space in it, which no login has. */
  digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, answer.credential);
  subject = g_strconcat ("passkey ", digest, NULL);
  if (!tb_tries_begin (app->store, subject, peer, tb_clock_wall (), &wait, &error))
    return tb_reply_error (error);
  if (wait > 0)
    return tb_accounts_refuse_wait (wait);
  passkey = prove (app, request, &answer, rp, &counter, &error);
  return passkey != NULL ? enter (app, request, passkey, counter, subject, peer) : refuse (error);
}

/* --- one's own ------------------------------------------------------------------------------ */

static TbReply *
list (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) passkeys = tb_passkey_list (app->store, tb_request_viewer (request)->person->id, &error);
  json_object *body, *array;

  if (passkeys == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  array = json_object_new_array ();
  for (guint i = 0; i < passkeys->len; i++)
    json_object_array_add (array, passkey_json (passkeys->pdata[i]));
  tb_json_add (body, "passkeys", array);
  return tb_reply_json (200, body);
}

static TbReply *
add (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "name", "client_data", "authenticator_data", NULL };
  const TbPerson *person = tb_request_viewer (request)->person;
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (GBytes) client_data = NULL;
  g_autoptr (GBytes) data = NULL;
  g_autoptr (TbWebauthnKey) key = NULL;
  g_autoptr (TbPasskey) passkey = NULL;
  g_autofree char *rp = NULL;
  const char *name = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "name", TB_JSON_REQUIRED | TB_JSON_NOT_EMPTY, TB_PASSKEY_NAME_MAX, &name, NULL,
                              &error)
      || (client_data = read_bytes (body, "client_data", &error)) == NULL
      || (data = read_bytes (body, "authenticator_data", &error)) == NULL
      || (rp = find_rp (request, &error)) == NULL
      || !take_challenge (app, request, client_data, TB_CHALLENGE_REGISTER, person->id, &error)
      || (key = tb_webauthn_register (rp, data, &error)) == NULL)
    return tb_reply_error (error);
  passkey = tb_passkey_add (app->store, person->id, key->credential, key->public_key, key->algorithm, key->counter,
                            name, rp, tb_clock_wall (), &error);
  return passkey != NULL ? tb_reply_json (201, passkey_json (passkey)) : tb_reply_error (error);
}

static TbReply *
drop (TbApp *app, TbRequest *request)
{
  const TbViewer *viewer = tb_request_viewer (request);
  g_autoptr (GPtrArray) ended = NULL;
  GError *error = NULL;

  if (!tb_passkey_remove (app->store, viewer->person->id, tb_request_param (request, "passkey"), viewer->session,
                          &ended, &error))
    return tb_reply_error (error);
  for (guint i = 0; i < ended->len; i++)
    tb_accounts_tell_ended (app, viewer->person->id, ended->pdata[i]);
  return tb_reply_empty (204);
}

const TbRoute tb_routes_passkeys[] = {
  { "POST", "/api/passkeys/challenge", make_challenge, 8 * 1024 },
  { "POST", "/api/passkeys/sign-in", sign_in, 32 * 1024 },
  { "GET", "/api/passkeys", list, 0 },
  { "POST", "/api/passkeys", add, 16 * 1024 },
  { "DELETE", "/api/passkeys/{passkey}", drop, 0 },
  { NULL },
};
