/* /api/vault */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/view-log.h"
#include "vault/age-key.h"
#include "web/accounts.h"
#include "web/recover.h"
#include "web/accounts.h"
#include "web/recover.h"

/* Who can open the vault is for those who can, and who manages them. */
static json_object *
list_slots (TbApp *app, GError **error)
{
  g_autoptr (GPtrArray) owners = tb_vault_list_slots (app->vault, error);
  json_object *slots;

  if (owners == NULL)
    return NULL;
  slots = json_object_new_array ();
  for (guint i = 0; i < owners->len; i++) {
    g_autoptr (TbPerson) person = tb_person_get (app->store, owners->pdata[i], NULL);
    json_object *slot = json_object_new_object ();

    tb_json_add_string (slot, "person", owners->pdata[i]);
    tb_json_add_string (slot, "name", person != NULL ? person->name : "");
    json_object_array_add (slots, slot);
  }
  return slots;
}

static TbReply *
get_vault (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  json_object *body = json_object_new_object ();
  json_object *slots = NULL;

  if (tb_viewer_has (tb_request_viewer (request), TB_ROLE_COACH | TB_ROLE_ADMIN)) {
    slots = list_slots (app, &error);
    if (slots == NULL) {
      json_object_put (body);
      return tb_reply_error (error);
    }
  } else {
    slots = json_object_new_array ();
  }
  tb_json_add_string (body, "state", tb_vault_state_name (tb_vault_get_state (app->vault)));
  tb_json_add_int (body, "idle_minutes", tb_vault_guard_get_idle (app->guard));
  tb_json_add_int (body, "waiting", tb_recover_count_waiting (app));
  tb_json_add (body, "slots", slots);
  return tb_reply_json (200, body);
}

/* The passphrase in the body, proven to be that of whoever asks. NULL with *REFUSAL (new). Owned by *BODY. */
static const char *
prove (TbApp *app, TbRequest *request, json_object **body, TbReply **refusal)
{
  static const char *const known[] = { "passphrase", NULL };
  const TbPerson *person = tb_request_viewer (request)->person;
  const char *passphrase = NULL;
  GError *error = NULL;

  *body = tb_request_json (request, &error);
  if (*body == NULL || !tb_json_check_fields (*body, known, &error)
      || !tb_json_get_string (*body, "passphrase", TB_JSON_REQUIRED, 1000, &passphrase, NULL, &error)) {
    *refusal = tb_reply_error (error);
    return NULL;
  }
  /* Tries are counted as at the door: whoever sits at a browser left open must not get to guess. */
  *refusal = tb_accounts_prove (app, request, person->login, person, passphrase);
  return *refusal == NULL ? passphrase : NULL;
}

static TbReply *
unlock_vault (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (json_object) body = NULL;
  TbReply *refusal = NULL;
  const char *passphrase = prove (app, request, &body, &refusal);

  if (passphrase == NULL)
    return refusal;
  if (!tb_accounts_open_vault (app, tb_request_viewer (request)->person, passphrase, &error))
    return tb_reply_error (error);
  return get_vault (app, request);
}

/* The older recovery key opens nothing any more; the recordings are not touched. */
static TbReply *
renew_recovery (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  const TbPerson *person = tb_request_viewer (request)->person;
  g_autoptr (json_object) body = NULL;
  TbReply *refusal = NULL;
  const char *passphrase = prove (app, request, &body, &refusal);
  json_object *recovery = NULL, *answer;
  char *key = NULL;

  if (passphrase == NULL)
    return refusal;
  if (tb_accounts_open_vault (app, person, passphrase, &error)
      && tb_view_log_add (app->store, tb_clock_wall (), person->id, person->name, NULL, NULL, "recovery-key", NULL, &error)
      && tb_vault_renew_recovery (app->vault, &key, &error))
    recovery = tb_accounts_recovery_json (key, &error);
  tb_age_secret_free (key);
  if (recovery == NULL)
    return tb_reply_error (error);
  answer = json_object_new_object ();
  tb_json_add (answer, "recovery", recovery);
  return tb_reply_json (200, answer);
}

static TbReply *
lock_vault (TbApp *app, TbRequest *request)
{
  GError *error = NULL;

  if (!tb_accounts_check_nothing (request, &error))
    return tb_reply_error (error);
  if (tb_vault_get_state (app->vault) == TB_VAULT_OPEN)
    tb_vault_lock (app->vault);
  return get_vault (app, request);
}

const TbRoute tb_routes_vault[] = {
  { "GET", "/api/vault", get_vault, 0 },
  { "POST", "/api/vault/unlock", unlock_vault, 4 * 1024 },
  { "POST", "/api/vault/recovery", renew_recovery, 4 * 1024 },
  { "POST", "/api/vault/lock", lock_vault, 1024 },
  { NULL },
};
