/* /api/setup: the first start. Makes the vault and the first coach, who also
 * manages the accounts; only from this computer, and only once. */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "vault/age-key.h"
#include "vault/password.h"
#include "web/accounts.h"

#define FIELD_LENGTH 200
#define PASSPHRASE_LENGTH 1000

/* A set-up that was broken off left a vault whose recovery key nobody has seen: its slot is that of a person who never
 * came to be. New: a key in place of that one; NULL without an error when there is no such slot. */
static char *
take_over_unfinished (TbApp *app, const char *id, GError **error)
{
  g_autoptr (GPtrArray) slots = tb_vault_list_slots (app->vault, error);
  gboolean unfinished = FALSE;
  char *key = NULL;

  for (guint i = 0; slots != NULL && i < slots->len; i++) {
    const char *owner = slots->pdata[i];

    if (!tb_uuid_is_valid (owner) || g_str_equal (owner, id))
      continue;
    unfinished = TRUE;
    if (!tb_vault_remove_slot (app->vault, owner, error))
      return NULL;
  }
  if (unfinished)
    tb_vault_renew_recovery (app->vault, &key, error);
  return key;
}

/* Makes the vault, or opens the one that is there, with a slot for ID. *KEY (new, tb_age_secret_free): the recovery
 * key to be shown; NULL when whoever made the vault has it already. */
static gboolean
prepare_vault (TbApp *app, const char *id, const char *passphrase, const char *vault_passphrase, char **key,
               GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (tb_vault_get_state (app->vault) == TB_VAULT_NONE)
    return tb_vault_create (app->vault, id, passphrase, key, error);
  if (!tb_vault_unlock (app->vault, NULL, vault_passphrase != NULL ? vault_passphrase : passphrase, &problem)) {
    if (!g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED))
      g_propagate_error (error, g_steal_pointer (&problem));
    else
      g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED,
                           "There is a vault already, and this passphrase does not open it: “vault_passphrase”");
    return FALSE;
  }
  if (!tb_vault_set_slot (app->vault, id, passphrase, error))
    return FALSE;
  *key = take_over_unfinished (app, id, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static TbReply *
answer_first (TbApp *app, TbRequest *request, const TbPerson *person, const char *key)
{
  GError *error = NULL;
  json_object *recovery = key != NULL ? tb_accounts_recovery_json (key, &error) : NULL;
  json_object *object;

  if (error != NULL)
    return tb_reply_error (error);
  object = json_object_new_object ();
  tb_json_add (object, "person", tb_accounts_person_json (person));
  tb_json_add (object, "recovery", recovery);
  return tb_accounts_sign_in (app, request, person, 201, object);
}

typedef struct {
  const char *name, *login, *passphrase, *vault_passphrase; /* borrowed */
} Wanted;

static TbReply *
make_first (TbApp *app, TbRequest *request, const Wanted *wanted)
{
  g_autofree char *id = tb_uuid_new ();
  g_autofree char *hash = NULL;
  g_autoptr (TbPerson) person = NULL;
  char *normal = tb_passphrase_normal (wanted->passphrase);
  char *key = NULL;
  GError *error = NULL;
  TbReply *reply;

  hash = tb_passphrase_hash (wanted->passphrase, &error);
  /* The vault first: a person without one could never make it, and see the recovery key. */
  if (hash != NULL && prepare_vault (app, id, normal, wanted->vault_passphrase, &key, &error))
    person = tb_person_create_first (app->store, id, wanted->name, wanted->login, TB_ROLE_COACH | TB_ROLE_ADMIN, hash,
                                     tb_clock_wall (), &error);
  reply = person != NULL ? answer_first (app, request, person, key) : tb_reply_error (error);
  tb_age_secret_free (key);
  tb_age_secret_free (normal);
  return reply;
}

static gboolean
check_first (TbApp *app, GError **error)
{
  gboolean any = FALSE;

  if (!tb_person_any (app->store, &any, error))
    return FALSE;
  if (any)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "Terugblik has been set up already; sign in");
  return !any;
}

static TbReply *
set_up (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "name", "login", "passphrase", "vault_passphrase", NULL };
  static GMutex one_at_a_time; /* two at once would both make a vault */
  GError *error = NULL;
  g_autoptr (json_object) body = NULL;
  g_autoptr (GMutexLocker) locker = NULL;
  Wanted wanted = { 0 };

  if (!tb_request_is_local (request))
    return tb_reply_problem (403, "denied", "Set-up is done at the computer that runs Terugblik itself");
  body = tb_request_json (request, &error);
  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "name", TB_JSON_REQUIRED, FIELD_LENGTH, &wanted.name, NULL, &error)
      || !tb_json_get_string (body, "login", TB_JSON_REQUIRED, FIELD_LENGTH, &wanted.login, NULL, &error)
      || !tb_json_get_string (body, "passphrase", TB_JSON_REQUIRED, PASSPHRASE_LENGTH, &wanted.passphrase, NULL, &error)
      || !tb_json_get_string (body, "vault_passphrase", 0, PASSPHRASE_LENGTH, &wanted.vault_passphrase, NULL, &error)
      || !tb_person_check (wanted.name, wanted.login, &error)
      || !tb_passphrase_check (wanted.passphrase, wanted.login, wanted.name, &error))
    return tb_reply_error (error);
  locker = g_mutex_locker_new (&one_at_a_time);
  if (!check_first (app, &error))
    return tb_reply_error (error);
  return make_first (app, request, &wanted);
}

const TbRoute tb_routes_setup[] = {
  { "POST", "/api/setup", set_up, 16 * 1024 },
  { NULL },
};
