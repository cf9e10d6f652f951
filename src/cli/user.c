/* terugblik user: accounts from the command line, for who can read the data
 * folder anyway. The first person is made by set-up on the page, together with
 * the vault. */
#include "cli/command.h"

#include <unistd.h>

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/invitation.h"
#include "store/keyring.h"
#include "vault/age-key.h"
#include "vault/password.h"
#include "web/accounts.h"
#include "web/qr.h"

#define DEFAULT_ADDRESS "http://127.0.0.1:8470"
/* In the place of a person who invites. */
#define BY_COMMAND "terugblik"

typedef struct {
  TbCommonOptions common;
  TbOpened opened;
  char *name, *login, *address;
  char **roles;
} User;

static void
user_clear (User *user)
{
  tb_opened_clear (&user->opened);
  tb_common_options_clear (&user->common);
  g_free (user->name);
  g_free (user->login);
  g_free (user->address);
  g_strfreev (user->roles);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (User, user_clear)

static void
print_person (const TbPerson *person)
{
  g_autoptr (json_object) roles = tb_roles_to_json (person->roles);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *state = "";

  for (gsize i = 0; i < json_object_array_length (roles); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            json_object_get_string (json_object_array_get_idx (roles, i)));
  if (person->disabled_at != 0)
    state = _ (" (disabled)");
  else if (person->passphrase == NULL)
    state = _ (" (invited)");
  g_print ("%-20s %s: %s%s\n", person->login, person->name, text->str, state);
}

/* ID as it is now. INVITATION is taken; may be NULL. */
static int
print_result (User *user, const char *id, json_object *invitation)
{
  GError *error = NULL;
  g_autoptr (TbPerson) person = tb_person_get (user->opened.store, id, &error);
  json_object *object;

  if (person == NULL) {
    json_object_put (invitation);
    return tb_command_fail (error);
  }
  if (!user->common.json) {
    json_object_put (invitation);
    print_person (person);
    return 0;
  }
  object = json_object_new_object ();
  tb_json_add (object, "person", tb_accounts_known_json (person, TRUE));
  if (invitation != NULL)
    tb_json_add (object, "invitation", invitation);
  tb_command_print_json (object);
  return 0;
}

static void
print_link (const char *link, gint64 until)
{
  g_autofree char *when = tb_wall_format (until);
  char *qr = isatty (STDOUT_FILENO) ? tb_qr_to_terminal (link, NULL) : NULL;

  g_print (_ ("This link is good once, until %.10s:\n%s\n"), when, link);
  if (qr != NULL)
    g_print ("%s", qr);
  tb_age_secret_free (qr);
}

/* Prints the person and the new link. */
static int
invite (User *user, const TbPerson *person)
{
  gint64 now = tb_clock_wall ();
  gint64 until = now + TB_INVITATION_PERSON_TIME;
  char *code = tb_token_new ();
  char *link = g_strdup_printf ("%s/#/welkom/%s", user->address != NULL ? user->address : DEFAULT_ADDRESS, code);
  g_autoptr (GBytes) hash = tb_token_hash (code);
  json_object *object = NULL;
  GError *error = NULL;
  int status;

  if (tb_invitation_create (user->opened.store, TB_INVITATION_PERSON, person->id, BY_COMMAND, hash, now, until,
                            &error)) {
    object = json_object_new_object ();
    tb_json_add_string (object, "link", link);
    tb_json_add_string (object, "code", code);
    tb_json_add_wall (object, "until", until);
    status = print_result (user, person->id, object);
    if (status == 0 && !user->common.json)
      print_link (link, until);
  } else {
    status = tb_command_fail (error);
  }
  tb_age_secret_free (link);
  tb_age_secret_free (code);
  return status;
}

static gboolean
read_roles (char **words, guint *roles, GError **error)
{
  *roles = 0;
  for (guint i = 0; words != NULL && words[i] != NULL; i++) {
    guint role = tb_role_parse (words[i]);

    if (role == 0) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID,
                   _ ("There is no role “%s”: coach, teacher, trainee, privacy, head or admin"), words[i]);
      return FALSE;
    }
    *roles |= role;
  }
  return TRUE;
}

static int
run_list (User *user)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) people = tb_person_list (user->opened.store, &error);
  json_object *object, *list;

  if (people == NULL)
    return tb_command_fail (error);
  list = json_object_new_array ();
  for (guint i = 0; i < people->len; i++) {
    if (user->common.json)
      json_object_array_add (list, tb_accounts_known_json (people->pdata[i], TRUE));
    else
      print_person (people->pdata[i]);
  }
  if (!user->common.json) {
    json_object_put (list);
    if (people->len == 0)
      g_print ("%s\n", _ ("There is nobody yet. “terugblik serve” opens the page to set it up."));
    return 0;
  }
  object = json_object_new_object ();
  tb_json_add (object, "people", list);
  tb_command_print_json (object);
  return 0;
}

static int
run_add (User *user)
{
  GError *error = NULL;
  g_autoptr (TbPerson) person = NULL;
  gboolean any = FALSE;
  guint roles = 0;

  if (user->name == NULL || user->login == NULL || user->roles == NULL)
    return tb_command_usage ("user", "%s", _ ("add needs --name, --login and --role"));
  if (!read_roles (user->roles, &roles, &error) || !tb_person_any (user->opened.store, &any, &error))
    return tb_command_fail (error);
  if (!any) {
    g_set_error_literal (&error, TB_ERROR, TB_ERROR_CONFLICT,
                         _ ("There is nobody yet: “terugblik serve” opens the page to set it up, which makes the first coach"));
    return tb_command_fail (error);
  }
  person = tb_person_create (user->opened.store, user->name, user->login, roles, NULL, tb_clock_wall (), &error);
  return person != NULL ? invite (user, person) : tb_command_fail (error);
}

/* What goes with an account or with being a coach: the sign-ins, and the passphrase's hold on the vault. */
static gboolean
cut_off (User *user, const TbPerson *person, GError **error)
{
  g_autofree char *path = g_build_filename (tb_folder_path (user->opened.folder), "keys.db", NULL);
  g_autoptr (GError) problem = NULL;
  TbKeyShelf shelf = { 0 };

  if (!tb_session_end_all (user->opened.store, person->id, error) || !tb_keyring_open (path, &shelf, error))
    return FALSE;
  if (!shelf.destroy (shelf.data, TB_KEY_SLOT, person->id, &problem)
      && !g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&problem));
  shelf.free (shelf.data);
  return problem == NULL || g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND);
}

static int
run_disable (User *user, const TbPerson *person, gboolean disable)
{
  GError *error = NULL;

  if (!tb_person_set_disabled (user->opened.store, person->id, disable, tb_clock_wall (), &error)
      || (disable && !cut_off (user, person, &error)))
    return tb_command_fail (error);
  return print_result (user, person->id, NULL);
}

static int
run_roles (User *user, const TbPerson *person, char **words)
{
  GError *error = NULL;
  g_autoptr (TbPerson) changed = NULL;
  guint roles = 0;

  if (!read_roles (words, &roles, &error))
    return tb_command_fail (error);
  changed = tb_person_update (user->opened.store, person->id, NULL, roles, &error);
  if (changed == NULL
      || (((person->roles & ~changed->roles) & TB_ROLE_COACH) != 0 && !cut_off (user, changed, &error)))
    return tb_command_fail (error);
  return print_result (user, person->id, NULL);
}

/* VERB about the person who signs in as LOGIN; WORDS: what follows. */
static int
run_about (User *user, const char *verb, const char *login, char **words)
{
  GError *error = NULL;
  g_autoptr (TbPerson) person = tb_person_get_by_login (user->opened.store, login, &error);

  if (person == NULL)
    return tb_command_fail (error);
  if (g_str_equal (verb, "invite"))
    return invite (user, person);
  if (g_str_equal (verb, "roles"))
    return run_roles (user, person, words);
  return run_disable (user, person, g_str_equal (verb, "disable"));
}

static gboolean
is_usage (const char *verb, int argc)
{
  static const char *const one[] = { "invite", "disable", "enable", NULL };

  if (g_str_equal (verb, "list") || g_str_equal (verb, "add"))
    return argc == 2;
  if (g_str_equal (verb, "roles"))
    return argc >= 4;
  return g_strv_contains (one, verb) && argc == 3;
}

int
tb_command_user (int argc, char **argv)
{
  g_auto (User) user = { 0 };
  GError *error = NULL;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &user.name, N_ ("The name that others see"), N_ ("NAME") },
    { "login", 0, 0, G_OPTION_ARG_STRING, &user.login, N_ ("What is typed to sign in"), N_ ("LOGIN") },
    { "role", 0, 0, G_OPTION_ARG_STRING_ARRAY, &user.roles, N_ ("A role; may be given more than once"), N_ ("ROLE") },
    { "address", 0, 0, G_OPTION_ARG_STRING, &user.address, N_ ("Where the page is, for the link"), N_ ("ADDRESS") },
    { NULL },
  };

  if (!tb_command_parse ("user", entries, &user.common, &argc, &argv))
    return 2;
  if (argc < 2 || !is_usage (argv[1], argc))
    return tb_command_usage ("user", "%s",
                             _ ("Say list, add, invite LOGIN, disable LOGIN, enable LOGIN, or roles LOGIN ROLE…"));
  if (!tb_command_open (&user.common, &user.opened, &error))
    return tb_command_fail (error);
  if (g_str_equal (argv[1], "list"))
    return run_list (&user);
  return g_str_equal (argv[1], "add") ? run_add (&user) : run_about (&user, argv[1], argv[2], argv + 3);
}
