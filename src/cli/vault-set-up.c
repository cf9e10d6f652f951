/* `terugblik vault init`, `passphrase`, `recover` and `recovery`: makes the
 * vault with its first coach, gives a coach another passphrase, and makes
 * another recovery key. What opens the vault is
 * the passphrase a coach signs in with. */
#include "cli/vault-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/person.h"
#include "vault/password.h"
#include "vault/words.h"
#include "web/qr.h"

/* The slot of a vault that was made before there was anybody. */
#define SLOT_OF_NOBODY "school"

/* The first line of the file, without a copy in anybody's buffer. */
static gboolean
read_file (const char *path, TbPassphrase *ret, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize got = fd >= 0 ? read (fd, ret->text, TB_PASSPHRASE_BYTES) : -1;
  int number = errno;
  const char *feed;

  if (fd >= 0)
    close (fd);
  if (got < 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, _ ("Could not read %s: %s"), path, g_strerror (number));
    return FALSE;
  }
  feed = memchr (ret->text, '\n', (gsize) got);
  ret->length = feed != NULL ? (gsize) (feed - ret->text) : (gsize) got;
  if (ret->length > 0 && ret->text[ret->length - 1] == '\r')
    ret->length--;
  ret->text[ret->length] = '\0';
  return TRUE;
}

/* The passphrase to be: from --passphrase-file, or asked, on a terminal twice. */
static gboolean
ask_new (const TbVaultOptions *options, TbPassphrase *ret, GError **error)
{
  g_auto (TbPassphrase) again = { 0 };

  if (options->passphrase_file != NULL)
    return read_file (options->passphrase_file, ret, error);
  if (!tb_passphrase_ask (_ ("New passphrase:"), ret, error))
    return FALSE;
  if (!isatty (STDIN_FILENO) || g_getenv ("TERUGBLIK_PASSPHRASE") != NULL)
    return TRUE;
  if (!tb_passphrase_ask (_ ("Again:"), &again, error))
    return FALSE;
  if (again.length == ret->length && memcmp (again.text, ret->text, ret->length) == 0)
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, _ ("These are two different passphrases"));
  return FALSE;
}

/* A passphrase that was found good: as it is given to the vault, and its hash for signing in. */
typedef struct {
  char *normal; /* secret */
  char *hash;
} Chosen;

static void
chosen_clear (Chosen *chosen)
{
  tb_age_secret_free (chosen->normal);
  g_free (chosen->hash);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Chosen, chosen_clear)

static gboolean
choose (const TbVaultOptions *options, const char *login, const char *name, Chosen *ret, GError **error)
{
  g_auto (TbPassphrase) passphrase = { 0 };

  if (!ask_new (options, &passphrase, error) || !tb_passphrase_check (passphrase.text, login, name, error))
    return FALSE;
  ret->normal = tb_passphrase_normal (passphrase.text);
  ret->hash = tb_passphrase_hash (passphrase.text, error);
  return ret->hash != NULL;
}

/* {"words":[…],"key","person"}. */
static void
print_recovery_json (const char *key, const char *words, const char *person)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  json_object *object = json_object_new_object ();
  json_object *array = json_object_new_array ();

  for (guint i = 0; list[i] != NULL; i++)
    json_object_array_add (array, json_object_new_string (list[i]));
  tb_json_add (object, "words", array);
  tb_json_add_string (object, "key", key);
  tb_json_add_string (object, "person", person);
  tb_command_print_json (object);
}

static void
print_recovery_text (const char *headline, const char *key, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  char *code = tb_qr_to_terminal (key, NULL);

  g_print ("%s\n\n", headline);
  for (guint i = 0; list[i] != NULL; i++)
    g_print ("%3u. %-8s%s", i + 1, list[i], i % 4 == 3 ? "\n" : "  ");
  g_print ("\n%s\n\n%s", key, code != NULL ? code : "");
  if (code != NULL)
    tb_age_wipe (code, strlen (code));
  g_free (code);
}

static void
print_recovery (const TbVaultOptions *options, const char *headline, const char *key, const char *person)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_parse (key, -1, NULL);
  char *words = tb_words_from_identity (identity);

  if (options->common.json)
    print_recovery_json (key, words, person);
  else
    print_recovery_text (headline, key, words);
  tb_age_secret_free (words);
}

static gboolean
nothing_there (TbOpened *opened, GError **error)
{
  gboolean any = FALSE;

  if (tb_vault_get_state (opened->vault) != TB_VAULT_NONE) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, _ ("There is a vault here already"));
    return FALSE;
  }
  if (!tb_person_any (opened->store, &any, error))
    return FALSE;
  if (any)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT,
                         _ ("Somebody has an account here already, but there is no vault: keys.db is missing"));
  return !any;
}

static gboolean
init (const TbVaultOptions *options, TbOpened *opened, char **ret_key, char **ret_person, GError **error)
{
  g_autofree char *id = options->login != NULL ? tb_uuid_new () : NULL;
  g_autoptr (TbPerson) person = NULL;
  g_auto (Chosen) chosen = { 0 };

  if (!nothing_there (opened, error) || (id != NULL && !tb_person_check (options->name, options->login, error))
      || !choose (options, options->login, options->name, &chosen, error)
      || !tb_vault_create (opened->vault, id != NULL ? id : SLOT_OF_NOBODY, chosen.normal, ret_key, error))
    return FALSE;
  if (id == NULL)
    return TRUE;
  person = tb_person_create_first (opened->store, id, options->name, options->login, TB_ROLE_COACH | TB_ROLE_ADMIN,
                                   chosen.hash, tb_clock_wall (), error);
  *ret_person = g_steal_pointer (&id);
  return person != NULL;
}

int
tb_vault_command_init (const TbVaultOptions *options)
{
  g_auto (TbOpened) opened = { 0 };
  g_autofree char *person = NULL;
  char *key = NULL;
  GError *error = NULL;
  gboolean good;

  if ((options->name == NULL) != (options->login == NULL))
    return tb_command_usage ("vault", "%s", _ ("--name and --login belong together"));
  if (!tb_command_open_alone (&options->common, &opened, &error))
    return tb_command_fail (error);
  good = init (options, &opened, &key, &person, &error);
  /* Also when there is a vault now but no person: nobody could see this key later. */
  if (key != NULL)
    print_recovery (options,
                    _ ("The vault is made. This is its recovery key, shown only now. Write the words down on paper,\n"
                       "and keep the paper where the school keeps what matters: without it and without the\n"
                       "passphrase nobody can ever see the recordings again."),
                    key, good ? person : NULL);
  tb_age_secret_free (key);
  return good ? 0 : tb_command_fail (error);
}

/* Whose passphrase it is about; NULL without an error when nobody was named and nobody has an account. */
static TbPerson *
find_coach (const TbVaultOptions *options, TbOpened *opened, GError **error)
{
  g_autoptr (TbPerson) person = NULL;
  gboolean any = FALSE;

  if (options->login == NULL) {
    if (tb_person_any (opened->store, &any, error) && any)
      g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, _ ("Say of whom, with --login LOGIN"));
    return NULL;
  }
  person = tb_person_get_by_login (opened->store, options->login, error);
  if (person == NULL)
    return NULL;
  if ((person->roles & TB_ROLE_COACH) != 0 && person->disabled_at == 0)
    return g_steal_pointer (&person);
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, _ ("%s is no coach: only a coach's passphrase opens the vault"),
               person->name);
  return NULL;
}

/* The vault is open: its slot gets the new passphrase, and so does signing in. */
static gboolean
change (const TbVaultOptions *options, TbOpened *opened, const TbPerson *person, GError **error)
{
  g_auto (Chosen) chosen = { 0 };

  if (!choose (options, person != NULL ? person->login : NULL, person != NULL ? person->name : NULL, &chosen, error)
      || !tb_vault_set_slot (opened->vault, person != NULL ? person->id : SLOT_OF_NOBODY, chosen.normal, error))
    return FALSE;
  return person == NULL || tb_person_set_passphrase (opened->store, person->id, chosen.hash, error);
}

static int
finish_change (const TbVaultOptions *options, gboolean good, GError *error)
{
  if (!good)
    return tb_command_fail (error);
  if (options->common.json) {
    json_object *object = json_object_new_object ();

    tb_json_add_bool (object, "changed", TRUE);
    tb_command_print_json (object);
  } else {
    g_print ("%s\n", _ ("The passphrase is changed; recordings were not touched."));
  }
  return 0;
}

static gboolean
unlock_as (TbOpened *opened, const TbPerson *person, const char *question, GError **error)
{
  g_auto (TbPassphrase) passphrase = { 0 };
  gboolean good;
  char *normal;

  if (!tb_passphrase_ask (question, &passphrase, error))
    return FALSE;
  normal = tb_passphrase_normal (passphrase.text);
  good = tb_vault_unlock (opened->vault, person != NULL ? person->id : SLOT_OF_NOBODY,
                          normal != NULL ? normal : passphrase.text, error);
  tb_age_secret_free (normal);
  return good;
}

int
tb_vault_command_passphrase (const TbVaultOptions *options)
{
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (TbPerson) person = NULL;
  GError *error = NULL;

  if (g_getenv ("TERUGBLIK_PASSPHRASE") != NULL && options->passphrase_file == NULL)
    return tb_command_usage (
        "vault", "%s", _ ("$TERUGBLIK_PASSPHRASE is the old passphrase; give the new one with --passphrase-file"));
  if (!tb_command_open_alone (&options->common, &opened, &error))
    return tb_command_fail (error);
  person = find_coach (options, &opened, &error);
  return finish_change (options,
                        error == NULL && unlock_as (&opened, person, _ ("Passphrase until now:"), &error)
                            && change (options, &opened, person, &error),
                        error);
}

static gboolean
unlock_by_recovery (const TbVaultOptions *options, TbOpened *opened, GError **error)
{
  g_auto (TbPassphrase) key = { 0 };

  /* In a file the words may stand on several lines. */
  if (options->recovery_file != NULL) {
    g_autofree char *text = NULL;
    gsize length = 0;
    gboolean good;

    if (!g_file_get_contents (options->recovery_file, &text, &length, error))
      return FALSE;
    good = tb_vault_unlock_recovery (opened->vault, text, error);
    tb_age_wipe (text, length);
    return good;
  }
  return tb_passphrase_ask (_ ("Recovery key (words or AGE-SECRET-KEY-…):"), &key, error)
         && tb_vault_unlock_recovery (opened->vault, key.text, error);
}

int
tb_vault_command_recover (const TbVaultOptions *options)
{
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (TbPerson) person = NULL;
  GError *error = NULL;

  if (g_getenv ("TERUGBLIK_PASSPHRASE") != NULL && options->recovery_file == NULL)
    return tb_command_usage (
        "vault", "%s", _ ("$TERUGBLIK_PASSPHRASE is the new passphrase; give the recovery key with --recovery-file"));
  if (!tb_command_open_alone (&options->common, &opened, &error))
    return tb_command_fail (error);
  person = find_coach (options, &opened, &error);
  return finish_change (options,
                        error == NULL && unlock_by_recovery (options, &opened, &error)
                            && change (options, &opened, person, &error),
                        error);
}

int
tb_vault_command_recovery (const TbVaultOptions *options)
{
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (TbPerson) person = NULL;
  GError *error = NULL;
  char *key = NULL;

  if (!tb_command_open_alone (&options->common, &opened, &error))
    return tb_command_fail (error);
  person = find_coach (options, &opened, &error);
  if (error != NULL || !unlock_as (&opened, person, _ ("Passphrase of the vault:"), &error)
      || !tb_vault_renew_recovery (opened.vault, &key, &error))
    return tb_command_fail (error);
  print_recovery (
      options,
      _ ("This is the vault's new recovery key, shown only now; the one before no longer opens it. Write the\n"
         "words down on paper, and keep the paper where the school keeps what matters."),
      key, person != NULL ? person->id : NULL);
  tb_age_secret_free (key);
  return 0;
}
