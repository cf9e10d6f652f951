/* `terugblik vault unlock` and `lock`: ask the server that runs. */
#include "cli/vault-private.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "vault/password.h"
#include "web/control.h"

static int
ask (const TbVaultOptions *options, json_object *request)
{
  g_autofree char *path = tb_folder_default (options->common.data);
  GError *error = NULL;
  json_object *answer = tb_control_ask (path, request, &error);
  json_object *state = NULL;

  json_object_put (request);
  if (g_error_matches (error, TB_ERROR, TB_ERROR_NOT_FOUND)) {
    g_error_free (error);
    g_printerr (_ ("terugblik: No server is running with %s, so its vault is locked; “terugblik serve” starts one\n"),
                path);
    return 1;
  }
  if (answer == NULL)
    return tb_command_fail (error);
  json_object_object_get_ex (answer, "state", &state);
  if (options->common.json) {
    json_object *object = json_object_new_object ();

    tb_json_add_string (object, "state", json_object_get_string (state));
    tb_command_print_json (object);
  } else {
    g_print ("%s\n", g_strcmp0 (json_object_get_string (state), "open") == 0 ? _ ("The vault is open.")
                                                                             : _ ("The vault is locked."));
  }
  json_object_put (answer);
  return 0;
}

int
tb_vault_command_unlock (const TbVaultOptions *options)
{
  g_auto (TbPassphrase) passphrase = { 0 };
  json_object *request;
  GError *error = NULL;
  char *normal;

  if (!tb_passphrase_ask (_ ("Passphrase of the vault:"), &passphrase, &error))
    return tb_command_fail (error);
  normal = tb_passphrase_normal (passphrase.text);
  request = json_object_new_object ();
  tb_json_add_string (request, "do", "unlock");
  tb_json_add_string (request, "passphrase", normal != NULL ? normal : "");
  tb_json_add_string (request, "login", options->login);
  tb_age_secret_free (normal);
  return ask (options, request);
}

int
tb_vault_command_lock (const TbVaultOptions *options)
{
  json_object *request = json_object_new_object ();

  tb_json_add_string (request, "do", "lock");
  return ask (options, request);
}
