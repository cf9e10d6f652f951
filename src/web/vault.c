/* /api/vault */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "web/accounts.h"
#include "web/accounts.h"

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
  tb_json_add (body, "slots", slots);
  return tb_reply_json (200, body);
}

static TbReply *
unlock_vault (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "passphrase", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  const TbViewer *viewer = tb_request_viewer (request);
  const char *passphrase = NULL;
  TbReply *refusal;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "passphrase", TB_JSON_REQUIRED, 1000, &passphrase, NULL, &error))
    return tb_reply_error (error);
  refusal = tb_accounts_prove (app, request, viewer->person->login, viewer->person, passphrase);
  if (refusal != NULL)
    return refusal;
  if (!tb_accounts_open_vault (app, viewer->person, passphrase, &error))
    return tb_reply_error (error);
  return get_vault (app, request);
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
  { "POST", "/api/vault/lock", lock_vault, 1024 },
  { NULL },
};
