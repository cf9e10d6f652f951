#include "web/accounts.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/settings.h"
#include "store/tries.h"
#include "store/view-log.h"
#include "vault/age-key.h"
#include "vault/password.h"
#include "vault/words.h"
#include "web/access.h"
#include "web/qr.h"

json_object *
tb_accounts_person_json (const TbPerson *person)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", person->id);
  tb_json_add_string (object, "name", person->name);
  tb_json_add_string (object, "login", person->login);
  tb_json_add (object, "roles", tb_roles_to_json (person->roles));
  return object;
}

static const char *
state_name (const TbPerson *person)
{
  if (person->disabled_at != 0)
    return "disabled";
  return person->passphrase != NULL ? "active" : "invited";
}

json_object *
tb_accounts_known_json (const TbPerson *person, gboolean with_login)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", person->id);
  tb_json_add_string (object, "name", person->name);
  if (with_login)
    tb_json_add_string (object, "login", person->login);
  tb_json_add (object, "roles", tb_roles_to_json (person->roles));
  tb_json_add_string (object, "state", state_name (person));
  tb_json_add_wall (object, "invited_until", person->invited_until);
  return object;
}

/* --- proving ------------------------------------------------------------------ */

TbReply *
tb_accounts_refuse_wrong (void)
{
  return tb_reply_problem (401, "wrong", "This name and passphrase do not belong together");
}

TbReply *
tb_accounts_refuse_wait (gint64 wait_ns)
{
  gint64 seconds = (wait_ns + TB_SECOND - 1) / TB_SECOND;
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, seconds);
  json_object *body = json_object_new_object ();
  json_object *problem = json_object_new_object ();

  tb_json_add_string (problem, "code", "wait");
  tb_json_add_string (problem, "message", "Too many tries; wait a little before the next one");
  tb_json_add (body, "error", problem);
  tb_json_add_int (body, "wait", seconds);
  return tb_reply_header (tb_reply_json (429, body), "Retry-After", text);
}

TbReply *
tb_accounts_prove (TbApp *app, TbRequest *request, const char *login, const TbPerson *person, const char *passphrase)
{
  g_autofree char *peer = tb_request_peer (request);
  gboolean may_sign_in = person != NULL && person->disabled_at == 0;
  GError *error = NULL;
  gint64 wait = 0;

  if (!tb_tries_begin (app->store, login, peer, tb_clock_wall (), &wait, &error))
    return tb_reply_error (error);
  if (wait > 0)
    return tb_accounts_refuse_wait (wait);
  if (!tb_passphrase_verify (may_sign_in ? person->passphrase : NULL, passphrase))
    return tb_accounts_refuse_wrong ();
  return tb_tries_succeeded (app->store, login, peer, &error) ? NULL : tb_reply_error (error);
}

/* --- the vault ----------------------------------------------------------------- */

/* NORMAL is the passphrase in its one spelling, and proven. */
static gboolean
open_vault (TbApp *app, const TbPerson *person, const char *normal, GError **error)
{
  gboolean was_open = tb_vault_get_state (app->vault) == TB_VAULT_OPEN;
  g_autoptr (GError) problem = NULL;

  if (tb_vault_unlock (app->vault, person->id, normal, &problem)) {
    /* That it opened matters more than that it could be written down. */
    if (!was_open)
      tb_view_log_add (app->store, tb_clock_wall (), person->id, person->name, NULL, NULL, "vault-open", NULL, NULL);
    return TRUE;
  }
  if (!g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND) && !g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (tb_vault_get_state (app->vault) == TB_VAULT_OPEN)
    return tb_vault_set_slot (app->vault, person->id, normal, error);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_LOCKED,
                       "Your passphrase does not open the vault yet; sign in while a colleague has it open, or use the "
                       "recovery key");
  return FALSE;
}

gboolean
tb_accounts_open_vault (TbApp *app, const TbPerson *person, const char *passphrase, GError **error)
{
  char *normal = tb_passphrase_normal (passphrase);
  gboolean ok = FALSE;

  if (normal == NULL || (person->roles & TB_ROLE_COACH) == 0 || person->disabled_at != 0)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This passphrase does not open the vault");
  else
    ok = open_vault (app, person, normal, error);
  tb_age_secret_free (normal);
  return ok;
}

void
tb_accounts_try_vault (TbApp *app, const TbPerson *person, const char *passphrase)
{
  TbVaultState state = tb_vault_get_state (app->vault);
  char *normal;

  /* Unsealing takes a second: only when something is to be won by it. */
  if ((person->roles & TB_ROLE_COACH) == 0 || state == TB_VAULT_NONE
      || (state == TB_VAULT_OPEN) == tb_vault_has_slot (app->vault, person->id))
    return;
  normal = tb_passphrase_normal (passphrase);
  if (normal != NULL)
    open_vault (app, person, normal, NULL);
  tb_age_secret_free (normal);
}

gboolean
tb_accounts_drop_slot (TbApp *app, const char *person, GError **error)
{
  return !tb_vault_has_slot (app->vault, person) || tb_vault_remove_slot (app->vault, person, error);
}

/* --- sessions ------------------------------------------------------------------- */

static const char *
find_word (const char *text, const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i += 2)
    if (strstr (text, words[i]) != NULL)
      return words[i + 1];
  return NULL;
}

char *
tb_accounts_device (TbRequest *request)
{
  /* In this order: browsers claim to be those before them too. */
  static const char *const browsers[] = { "Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "FxiOS/", "Firefox",
                                          "CriOS/", "Chrome", "Chrome/", "Chrome", "Safari/", "Safari", NULL };
  static const char *const systems[] = { "iPad", "iPad", "iPhone", "iPhone", "Android", "Android", "CrOS", "ChromeOS",
                                         "Windows", "Windows", "Macintosh", "Mac", "Linux", "Linux", NULL };
  const char *agent = tb_request_header (request, "User-Agent");
  const char *browser = agent != NULL ? find_word (agent, browsers) : NULL;
  const char *system = agent != NULL ? find_word (agent, systems) : NULL;

  return g_strdup_printf ("%s%s%s", browser != NULL ? browser : "", browser != NULL && system != NULL ? ", " : "",
                          system != NULL ? system : "");
}

json_object *
tb_accounts_session_json (TbApp *app, TbRequest *request, const TbPerson *person, GError **error)
{
  g_autofree char *language = NULL;
  gboolean any = FALSE;
  json_object *object, *vault;

  if (!tb_person_any (app->store, &any, error) || !tb_settings_get (app->store, "language", &language, error))
    return NULL;
  object = json_object_new_object ();
  vault = json_object_new_object ();
  tb_json_add_string (vault, "state", tb_vault_state_name (tb_vault_get_state (app->vault)));
  tb_json_add_bool (object, "setup_needed", !any);
  tb_json_add (object, "person", person != NULL ? tb_accounts_person_json (person) : NULL);
  tb_json_add (object, "vault", vault);
  tb_json_add_bool (object, "secure", tb_request_is_secure (request) || tb_request_is_local (request));
  tb_json_add_string (object, "language", language);
  return object;
}

TbReply *
tb_accounts_cookie (TbRequest *request, TbReply *reply, const char *token)
{
  gint64 age = token != NULL ? TB_SESSION_LONGEST / TB_SECOND : 0;
  char *cookie = g_strdup_printf ("%s=%s; HttpOnly; SameSite=Strict; Path=/; Max-Age=%" G_GINT64_FORMAT "%s",
                                  tb_access_cookie_name (request), token != NULL ? token : "", age,
                                  tb_request_is_secure (request) ? "; Secure" : "");

  tb_reply_header (reply, "Set-Cookie", cookie);
  tb_age_secret_free (cookie);
  return reply;
}

void
tb_accounts_end_present (TbApp *app, TbRequest *request)
{
  const TbViewer *viewer = tb_request_viewer (request);

  if (viewer != NULL && tb_session_end (app->store, viewer->person->id, viewer->session, NULL))
    tb_accounts_tell_ended (app, viewer->person->id, viewer->session);
}

TbReply *
tb_accounts_sign_in (TbApp *app, TbRequest *request, const TbPerson *person, int status, json_object *body)
{
  g_autoptr (json_object) answer = body;
  g_autofree char *device = tb_accounts_device (request);
  char *token = tb_token_new ();
  g_autoptr (GBytes) hash = tb_token_hash (token);
  g_autoptr (TbSession) session = NULL;
  GError *error = NULL;
  TbReply *reply;

  session = tb_session_create (app->store, person->id, hash, device, tb_clock_wall (), &error);
  if (session != NULL && answer == NULL)
    answer = tb_accounts_session_json (app, request, person, &error);
  if (error == NULL) {
    tb_accounts_end_present (app, request);
    reply = tb_accounts_cookie (request, tb_reply_json (status, g_steal_pointer (&answer)), token);
  } else {
    reply = tb_reply_error (error);
  }
  tb_age_secret_free (token);
  return reply;
}

void
tb_accounts_tell_ended (TbApp *app, const char *person, const char *session)
{
  g_autofree char *topic = g_strconcat ("person:", person, NULL);

  tb_access_changed (app);
  /* The key says whose streams it is for. */
  tb_hub_publish (app->hub, topic, "session", session != NULL ? session : "", 0, "{\"signed_out\":true}");
}

gboolean
tb_accounts_end_sessions (TbApp *app, const char *person, const char *keep, GError **error)
{
  g_autoptr (GPtrArray) sessions = NULL;

  if (keep == NULL) {
    if (!tb_session_end_all (app->store, person, error))
      return FALSE;
    tb_accounts_tell_ended (app, person, NULL);
    return TRUE;
  }
  sessions = tb_session_list (app->store, person, tb_clock_wall (), error);
  for (guint i = 0; sessions != NULL && i < sessions->len; i++) {
    const TbSession *session = sessions->pdata[i];

    if (g_str_equal (session->id, keep))
      continue;
    if (!tb_session_end (app->store, person, session->id, error))
      return FALSE;
    tb_accounts_tell_ended (app, person, session->id);
  }
  return sessions != NULL;
}

/* --- invitations ------------------------------------------------------------------ */

gboolean
tb_accounts_check_nothing (TbRequest *request, GError **error)
{
  static const char *const known[] = { NULL };
  g_autoptr (json_object) body = tb_request_json (request, error);

  return body != NULL && tb_json_check_fields (body, known, error);
}

static json_object *
invitation_json (TbApp *app, TbRequest *request, TbInvitationKind kind, const char *place, const char *code,
                 gint64 until, GError **error)
{
  /* After the #, so that the code is in no log of addresses and in no Referer. */
  g_autofree char *address = tb_network_address_for (app->network, request);
  char *link = g_strdup_printf ("%s%s#/%s/%s", address, place,
                                kind == TB_INVITATION_DEVICE ? "koppel" : "welkom", code);
  json_object *qr = tb_qr_to_json (link, error);
  json_object *object = NULL;

  if (qr != NULL) {
    object = json_object_new_object ();
    tb_json_add_string (object, "link", link);
    tb_json_add_string (object, "code", code);
    tb_json_add_wall (object, "until", until);
    tb_json_add (object, "qr", qr);
  }
  tb_age_secret_free (link);
  return object;
}

json_object *
tb_accounts_invite (TbApp *app, TbRequest *request, TbInvitationKind kind, const char *person, const char *place,
                    GError **error)
{
  gint64 now = tb_clock_wall ();
  gint64 until = now + (kind == TB_INVITATION_DEVICE ? TB_INVITATION_DEVICE_TIME : TB_INVITATION_PERSON_TIME);
  char *code = tb_token_new ();
  g_autoptr (GBytes) hash = tb_token_hash (code);
  json_object *object = NULL;

  if (tb_invitation_create (app->store, kind, person, tb_request_viewer (request)->person->id, hash, now, until, error))
    object = invitation_json (app, request, kind, place, code, until, error);
  tb_age_secret_free (code);
  return object;
}

/* {"words","key","qr"}. New. */
json_object *
tb_accounts_recovery_json (const char *key, GError **error)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_parse (key, -1, error);
  char *text = identity != NULL ? tb_words_from_identity (identity) : NULL;
  json_object *qr = text != NULL ? tb_qr_to_json (key, error) : NULL;
  json_object *object = NULL;

  if (qr != NULL) {
    g_auto (GStrv) words = g_strsplit (text, " ", -1);
    json_object *list = json_object_new_array ();

    for (guint i = 0; words[i] != NULL; i++) {
      json_object_array_add (list, json_object_new_string (words[i]));
      tb_age_wipe (words[i], strlen (words[i]));
    }
    object = json_object_new_object ();
    tb_json_add (object, "words", list);
    tb_json_add_string (object, "key", key);
    tb_json_add (object, "qr", qr);
  }
  tb_age_secret_free (text);
  return object;
}
