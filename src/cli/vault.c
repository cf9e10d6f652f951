/* `terugblik vault`: what it can do, and here opening sealed files as `age -d`
 * does and making keys as `age-keygen` does. */
#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/passphrase.h"
#include "cli/vault-private.h"
#include "vault/age-file.h"
#include "vault/new-file.h"

static gboolean
is_standard (const char *path)
{
  return path == NULL || g_str_equal (path, "-");
}

static gboolean
write_out (const guint8 *bytes, gsize length, gpointer user_data, GError **error)
{
  return tb_write_all (STDOUT_FILENO, _ ("the standard output"), bytes, length, error);
}

static int
decrypt_fd (const TbVaultOptions *options, int fd, const char *name, const TbAgeUnlock *unlock)
{
  GError *error = NULL;
  guint64 size = 0;

  if (is_standard (options->output))
    return tb_age_open_fd (fd, name, unlock, write_out, NULL, &error) ? 0 : tb_command_fail (error);
  if (!tb_age_open_to_file (fd, name, unlock, options->output, &size, &error))
    return tb_command_fail (error);
  if (options->common.json) {
    json_object *object = json_object_new_object ();

    tb_json_add_string (object, "file", options->output);
    tb_json_add_int (object, "bytes", (gint64) size);
    tb_command_print_json (object);
  }
  return 0;
}

static int
decrypt_path (const TbVaultOptions *options, const char *path, const TbAgeUnlock *unlock)
{
  int fd, status;

  if (is_standard (path))
    return decrypt_fd (options, STDIN_FILENO, _ ("the standard input"), unlock);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    g_printerr (_ ("terugblik: Could not read %s: %s\n"), path, g_strerror (errno));
    return 1;
  }
  status = decrypt_fd (options, fd, path, unlock);
  close (fd);
  return status;
}

/* The keys of all --identity together. New. */
static GPtrArray *
read_identities (char **paths, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_age_identity_free);

  for (char **path = paths; *path != NULL; path++) {
    GPtrArray *keys = tb_age_identities_read (*path, error);

    if (keys == NULL)
      return NULL;
    g_ptr_array_extend_and_steal (all, keys);
  }
  return g_steal_pointer (&all);
}

static int
decrypt (const TbVaultOptions *options, const char *path)
{
  g_autoptr (GPtrArray) identities = NULL;
  g_auto (TbPassphrase) passphrase = { 0 };
  TbAgeUnlock unlock = { 0 };
  GError *error = NULL;

  if ((options->identities != NULL) == options->passphrase)
    return tb_command_usage ("vault", "%s", _ ("Give --identity KEYFILE or --passphrase"));
  if (options->common.json && is_standard (options->output))
    return tb_command_usage ("vault", "%s", _ ("--json needs -o FILE here: the standard output is for the file"));
  if (options->passphrase && is_standard (path) && g_getenv ("TERUGBLIK_PASSPHRASE") == NULL)
    return tb_command_usage ("vault", "%s",
                             _ ("The standard input cannot give both the file and the passphrase; name the file"));
  if (options->passphrase) {
    if (!tb_passphrase_ask (_ ("Passphrase:"), &passphrase, &error))
      return tb_command_fail (error);
    unlock.passphrase = passphrase.text;
    unlock.passphrase_length = passphrase.length;
  } else {
    identities = read_identities (options->identities, &error);
    if (identities == NULL)
      return tb_command_fail (error);
    unlock.identities = identities;
  }
  return decrypt_path (options, path, &unlock);
}

/* Writes a key file as age-keygen does. A key that is there already is never written over: what it opens would be
 * lost. */
static gboolean
write_key (const char *path, const char *secret, const char *public, GError **error)
{
  g_autofree char *now = tb_wall_format (tb_clock_wall ());
  g_autofree char *head = g_strdup_printf ("# created: %s\n# public key: %s\n", now, public);
  gboolean is_file = !is_standard (path), good;
  int fd = is_file ? open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : STDOUT_FILENO;
  const char *name = is_file ? path : _ ("the standard output");

  if (fd < 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, _ ("Could not make %s: %s"), path, g_strerror (errno));
    return FALSE;
  }
  good = tb_write_all (fd, name, (const guint8 *) head, strlen (head), error)
         && tb_write_all (fd, name, (const guint8 *) secret, strlen (secret), error)
         && tb_write_all (fd, name, (const guint8 *) "\n", 1, error);
  if (!is_file)
    return good;
  if (good && fsync (fd) != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, _ ("Could not make %s: %s"), path, g_strerror (errno));
    good = FALSE;
  }
  close (fd);
  if (!good)
    unlink (path);
  return good;
}

static int
keygen (const TbVaultOptions *options)
{
  g_autoptr (TbAgeIdentity) identity = NULL;
  g_autofree char *public = NULL;
  TbAgeRecipient recipient;
  GError *error = NULL;
  gboolean good;
  char *secret;

  if (options->identities != NULL || options->passphrase)
    return tb_command_usage ("vault", "%s", _ ("--identity and --passphrase are for decrypt"));
  if (options->common.json && is_standard (options->output))
    return tb_command_usage ("vault", "%s", _ ("--json needs -o FILE here: the standard output is for the file"));
  identity = tb_age_identity_generate ();
  tb_age_identity_get_recipient (identity, &recipient);
  public = tb_age_recipient_to_text (&recipient);
  secret = tb_age_identity_to_text (identity);
  good = write_key (options->output, secret, public, &error);
  tb_age_secret_free (secret);
  if (!good)
    return tb_command_fail (error);
  if (options->common.json) {
    json_object *object = json_object_new_object ();

    tb_json_add_string (object, "file", options->output);
    tb_json_add_string (object, "recipient", public);
    tb_command_print_json (object);
  } else if (!is_standard (options->output)) {
    g_printerr (_ ("Public key: %s\n"), public);
  }
  return 0;
}

static const struct {
  const char *name;
  int (*run) (const TbVaultOptions *options);
} simple[] = {
  { "init", tb_vault_command_init },         { "passphrase", tb_vault_command_passphrase },
  { "recover", tb_vault_command_recover },   { "recovery", tb_vault_command_recovery }, { "verify", tb_vault_command_verify },
  { "unlock", tb_vault_command_unlock },     { "lock", tb_vault_command_lock },
  { "keygen", keygen },
};

void
tb_vault_options_clear (TbVaultOptions *options)
{
  tb_common_options_clear (&options->common);
  g_strfreev (options->identities);
  g_free (options->output);
  g_free (options->name);
  g_free (options->login);
  g_free (options->passphrase_file);
  g_free (options->recovery_file);
}

int
tb_command_vault (int argc, char **argv)
{
  g_auto (TbVaultOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "identity", 'i', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.identities,
      N_ ("decrypt: a file with a secret key; may be repeated"), N_ ("KEYFILE") },
    { "passphrase", 0, 0, G_OPTION_ARG_NONE, &options.passphrase,
      N_ ("decrypt: ask for a passphrase (or take $TERUGBLIK_PASSPHRASE, or the first line of standard input)"), NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
      N_ ("decrypt, keygen: the file to write (standard output)"), N_ ("FILE") },
    { "login", 0, 0, G_OPTION_ARG_STRING, &options.login,
      N_ ("init, passphrase, recover, recovery, unlock: whose sign-in name"), N_ ("LOGIN") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, N_ ("init: the name of the first coach"), N_ ("NAME") },
    { "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &options.passphrase_file,
      N_ ("init, passphrase, recover: the new passphrase is the first line of this file"), N_ ("FILE") },
    { "recovery-file", 0, 0, G_OPTION_ARG_FILENAME, &options.recovery_file,
      N_ ("recover: the recovery key is in this file, as words or as a key"), N_ ("FILE") },
    { "seal", 0, 0, G_OPTION_ARG_NONE, &options.seal, N_ ("verify: also seal what is there in the open"), NULL },
    { NULL },
  };

  if (!tb_command_parse ("vault", entries, &options.common, &argc, &argv))
    return 2;
  if (argc >= 2 && argc <= 3 && g_str_equal (argv[1], "decrypt"))
    return decrypt (&options, argc == 3 ? argv[2] : NULL);
  for (guint i = 0; argc == 2 && i < G_N_ELEMENTS (simple); i++)
    if (g_str_equal (argv[1], simple[i].name))
      return simple[i].run (&options);
  return tb_command_usage ("vault", "%s",
                           _ ("Say init, unlock, lock, passphrase, recover, recovery, verify, “decrypt FILE” or keygen"));
}
