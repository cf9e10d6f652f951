#include "cli/command.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/passphrase.h"
#include "observe/observation.h"
#include "store/keyring.h"
#include "vault/password.h"

#define EXIT_STATUS \
  "Exit status: 0 all observations were carried as they are, 3 done but something was left out or changed" \
  " (it is said what), 1 it could not be done, 2 wrong usage."

const TbCommand tb_commands[] = {
  { "serve", "", N_ ("the page: prepare, record, look back in a browser"), tb_command_serve },
  { "record", "", N_ ("a recording without the page"), tb_command_record },
  { "doctor", "", N_ ("what works on this computer, and what to install"), tb_command_doctor },
  { "visits", "[SEARCH]", N_ ("lists the visits"), tb_command_visits },
  { "show", "VISIT", N_ ("one visit whole"), tb_command_show },
  { "observe", "VISIT", N_ ("adds an observation"), tb_command_observe },
  { "budget", "VISIT…", N_ ("counts, lengths, rates, shares and gaps"), tb_command_budget },
  { "concordance", "VISIT", N_ ("how far observers agree"), tb_command_concordance },
  { "import", "FILE…", N_ ("takes over other programs' files, and kijkwijzers"), tb_command_import,
    EXIT_STATUS },
  { "export", "VISIT…", N_ ("writes what was observed as another program's file"), tb_command_export,
    EXIT_STATUS },
  { "clip", "VISIT", N_ ("writes a clip as an ordinary MP4"), tb_command_clip },
  { "check", "[VISIT]", N_ ("verifies and repairs recordings; never deletes"), tb_command_check },
  { "instrument", "check FILE | list | show ID", N_ ("kijkwijzers"), tb_command_instrument },
  { "user", "list | add | invite LOGIN | disable LOGIN | enable LOGIN | roles LOGIN ROLE…",
    N_ ("accounts: who may sign in"), tb_command_user },
  { "vault", "init | unlock | lock | passphrase | recover | recovery | verify | decrypt [FILE] | keygen",
    N_ ("the key to all recordings; opens sealed files, makes keys"), tb_command_vault },
  { NULL },
};

static const TbCommand *
find_command (const char *name)
{
  for (const TbCommand *command = tb_commands; command->name != NULL; command++)
    if (g_str_equal (command->name, name))
      return command;
  g_assert_not_reached ();
}

gboolean
tb_command_parse (const char *name, const GOptionEntry *entries, TbCommonOptions *common, int *argc, char ***argv)
{
  const TbCommand *command = find_command (name);
  g_autoptr (GOptionContext) context = g_option_context_new (command->arguments);
  g_autoptr (GError) error = NULL;
  g_autofree char *prgname = g_strconcat ("terugblik ", name, NULL);
  const GOptionEntry shared[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &common->data, N_ ("The data folder"), N_ ("DIR") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &common->json, N_ ("Print one JSON document"), NULL },
    { NULL },
  };

  g_set_prgname (prgname);
  g_option_context_set_summary (context, _ (command->summary));
  if (command->note != NULL)
    g_option_context_set_description (context, _ (command->note));
  g_option_context_set_translation_domain (context, "terugblik");
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, "terugblik");
  g_option_context_add_main_entries (context, shared, "terugblik");
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  tb_command_usage (name, "%s", error->message);
  return FALSE;
}

int
tb_command_fail (GError *error)
{
  g_autoptr (GError) owned = error;

  g_printerr ("terugblik: %s\n", owned != NULL ? owned->message : _ ("it failed"));
  return 1;
}

int
tb_command_usage (const char *name, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("terugblik: %s\n", text);
  g_printerr (_ ("See “terugblik %s --help”.\n"), name);
  return 2;
}

void
tb_command_print_json (json_object *object)
{
  g_print ("%s\n", json_object_to_json_string_ext (object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
                                                             | JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put (object);
}

/* FOLDER is taken. */
static gboolean
open_folder (TbFolder *folder, TbOpened *opened, GError **error)
{
  opened->folder = folder;
  if (folder == NULL)
    return FALSE;
  opened->store = tb_store_open (folder, error);
  if (opened->store != NULL)
    opened->vault = tb_keyring_open_vault (folder, opened->store, error);
  if (opened->vault == NULL)
    return FALSE;
  opened->media = tb_media_store_new_sealed (tb_folder_media (folder), opened->vault);
  return TRUE;
}

gboolean
tb_command_open (const TbCommonOptions *common, TbOpened *opened, GError **error)
{
  g_autofree char *path = tb_folder_default (common->data);

  return open_folder (tb_folder_open (path, error), opened, error);
}

gboolean
tb_command_open_alone (const TbCommonOptions *common, TbOpened *opened, GError **error)
{
  g_autofree char *path = tb_folder_default (common->data);

  return open_folder (tb_folder_open_locked (path, error), opened, error);
}

gboolean
tb_command_unlock (TbOpened *opened, GError **error)
{
  g_auto (TbPassphrase) passphrase = { 0 };
  gboolean good;
  char *normal;

  if (tb_vault_get_state (opened->vault) != TB_VAULT_LOCKED)
    return TRUE;
  if (!tb_passphrase_ask (_ ("Passphrase of the vault:"), &passphrase, error))
    return FALSE;
  normal = tb_passphrase_normal (passphrase.text);
  good = tb_vault_unlock (opened->vault, NULL, normal != NULL ? normal : passphrase.text, error);
  tb_age_secret_free (normal);
  return good;
}

void
tb_opened_clear (TbOpened *opened)
{
  tb_store_close (opened->store);
  tb_media_store_unref (opened->media);
  tb_vault_unref (opened->vault);
  tb_folder_free (opened->folder);
}

void
tb_common_options_clear (TbCommonOptions *common)
{
  g_free (common->data);
}

TbVisit *
tb_command_visit (TbOpened *opened, const char *prefix, GError **error)
{
  g_autofree char *id = tb_visit_find (opened->store, prefix, error);

  return id != NULL ? tb_visit_get (opened->store, id, error) : NULL;
}
