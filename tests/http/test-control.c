/* The socket that commands speak to the server by. */
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/json.h"
#include "store/keyring.h"
#include "vault/password.h"
#include "web/app.h"
#include "web/control.h"

#define PASSPHRASE "vier woorden als proef"

/* As much of the app as is asked for. */
typedef struct {
  char *folder;
  TbApp app;
  TbControl *control;
} Fixture;

static void
start (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *keys = g_build_filename (fixture->folder, "keys.db", NULL);
  TbKeyShelf shelf = { 0 };

  fixture->app.folder = tb_folder_open_locked (fixture->folder, &error);
  g_assert_no_error (error);
  fixture->app.store = tb_store_open (fixture->app.folder, &error);
  g_assert_no_error (error);
  tb_keyring_open (keys, &shelf, &error);
  g_assert_no_error (error);
  fixture->app.vault = tb_vault_new (&shelf);
  fixture->control = tb_control_start (&fixture->app, &error);
  g_assert_no_error (error);
}

static void
stop (Fixture *fixture)
{
  tb_control_free (fixture->control);
  tb_vault_unref (fixture->app.vault);
  tb_store_close (fixture->app.store);
  tb_folder_free (fixture->app.folder);
}

static void
set_up (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *parent = g_dir_make_tmp ("tb-control-XXXXXX", &error);

  g_assert_no_error (error);
  fixture->folder = g_build_filename (parent, name, NULL);
  start (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer name)
{
  g_autofree char *parent = g_path_get_dirname (fixture->folder);
  const char *argv[] = { "rm", "-rf", parent, NULL };

  stop (fixture);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (fixture->folder);
}

static json_object *
ask (Fixture *fixture, const char *request, GError **error)
{
  g_autoptr (json_object) object = tb_json_parse (request, strlen (request), NULL);

  g_assert_nonnull (object);
  return tb_control_ask (fixture->folder, object, error);
}

static void
assert_state (Fixture *fixture, const char *request, const char *state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (json_object) answer = ask (fixture, request, &error);
  const char *found = NULL;

  g_assert_no_error (error);
  g_assert_true (tb_json_get_string (answer, "state", TB_JSON_REQUIRED, 10, &found, NULL, NULL));
  g_assert_cmpstr (found, ==, state);
}

static void
assert_refused (Fixture *fixture, const char *request, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (fixture, request, &error));
  g_assert_error (error, TB_ERROR, code);
}

static void
make_vault (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = tb_passphrase_hash (PASSPHRASE, &error);
  g_autoptr (TbPerson) person = NULL;
  char *recovery = NULL;

  g_assert_no_error (error);
  person = tb_person_create (fixture->app.store, "Bo de Vries", "bo", TB_ROLE_COACH, hash, 1, &error);
  g_assert_no_error (error);
  tb_vault_create (fixture->app.vault, person->id, PASSPHRASE, &recovery, &error);
  g_assert_no_error (error);
  tb_age_secret_free (recovery);
}

static void
test_vault (Fixture *fixture, gconstpointer name)
{
  assert_state (fixture, "{\"do\":\"status\"}", "none");
  assert_refused (fixture, "{\"do\":\"unlock\",\"passphrase\":\"" PASSPHRASE "\"}", TB_ERROR_CONFLICT);
  make_vault (fixture);
  assert_state (fixture, "{\"do\":\"status\"}", "open");
  assert_state (fixture, "{\"do\":\"lock\"}", "locked");
  assert_state (fixture, "{\"do\":\"lock\"}", "locked");
  assert_refused (fixture, "{\"do\":\"unlock\",\"passphrase\":\"een ander\"}", TB_ERROR_DENIED);
  assert_state (fixture, "{\"do\":\"status\"}", "locked");
  assert_state (fixture, "{\"do\":\"unlock\",\"passphrase\":\"" PASSPHRASE "\"}", "open");
  assert_state (fixture, "{\"do\":\"lock\"}", "locked");
  assert_state (fixture, "{\"do\":\"unlock\",\"passphrase\":\"" PASSPHRASE "\",\"login\":\"bo\"}", "open");
  assert_state (fixture, "{\"do\":\"lock\"}", "locked");
  assert_refused (fixture, "{\"do\":\"unlock\",\"passphrase\":\"een ander\",\"login\":\"bo\"}", TB_ERROR_DENIED);
  assert_refused (fixture, "{\"do\":\"unlock\",\"passphrase\":\"" PASSPHRASE "\",\"login\":\"cas\"}", TB_ERROR_DENIED);
  assert_state (fixture, "{\"do\":\"status\"}", "locked");
}

static void
test_refused (Fixture *fixture, gconstpointer name)
{
  assert_refused (fixture, "{}", TB_ERROR_INVALID);
  assert_refused (fixture, "{\"do\":\"fly\"}", TB_ERROR_INVALID);
  assert_refused (fixture, "{\"do\":\"unlock\"}", TB_ERROR_INVALID);
  assert_refused (fixture, "{\"do\":\"unlock\",\"passphrase\":3}", TB_ERROR_INVALID);
  assert_refused (fixture, "{\"do\":\"lock\",\"now\":true}", TB_ERROR_INVALID);
  assert_state (fixture, "{\"do\":\"status\"}", "none");
}

/* As any program would, not as tb_control_ask does. Only for a folder with a short name. */
static int
connect_raw (Fixture *fixture)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/control.sock", fixture->folder);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* What comes back until the end. New. */
static char *
talk (Fixture *fixture, const char *bytes, gsize length)
{
  int fd = connect_raw (fixture);
  GString *answer = g_string_new (NULL);
  char part[1000];
  gssize got;

  for (gsize sent = 0; sent < length;) {
    gssize put = send (fd, bytes + sent, length - sent, MSG_NOSIGNAL);

    if (put <= 0)
      break;
    sent += (gsize) put;
  }
  shutdown (fd, SHUT_WR);
  while ((got = recv (fd, part, sizeof part, 0)) > 0)
    g_string_append_len (answer, part, got);
  close (fd);
  return g_string_free (answer, FALSE);
}

static void
test_bytes (Fixture *fixture, gconstpointer name)
{
  g_autofree char *long_line = g_strnfill (TB_CONTROL_LINE_MAX + 100, 'a');
  g_autofree char *nothing = talk (fixture, "", 0);
  g_autofree char *garbage = talk (fixture, "\xff\xfe{\n", 4);
  g_autofree char *without_end = talk (fixture, "{\"do\":\"status\"}", 15);
  g_autofree char *two = talk (fixture, "{\"do\":\"status\"}\n{\"do\":\"status\"}\n", 32);
  g_autofree char *too_long = talk (fixture, long_line, strlen (long_line));

  g_assert_nonnull (strstr (nothing, "\"code\":\"invalid\""));
  g_assert_nonnull (strstr (garbage, "\"code\":\"invalid\""));
  g_assert_nonnull (strstr (without_end, "\"state\":\"none\""));
  g_assert_true (strchr (two, '\n') == two + strlen (two) - 1); /* one answer, one line */
  g_assert_cmpstr (too_long, ==, "");
  assert_state (fixture, "{\"do\":\"status\"}", "none");
}

/* Somebody who connects and says nothing keeps others waiting no longer than five seconds, and the end not at all. */
static void
test_silent (Fixture *fixture, gconstpointer name)
{
  gint64 before = g_get_monotonic_time ();
  int fd = connect_raw (fixture);

  assert_state (fixture, "{\"do\":\"status\"}", "none");
  g_assert_cmpint (g_get_monotonic_time () - before, >=, 4 * G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 9 * G_USEC_PER_SEC);
  close (fd);

  fd = connect_raw (fixture);
  g_usleep (G_USEC_PER_SEC / 10);
  before = g_get_monotonic_time ();
  stop (fixture);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 2 * G_USEC_PER_SEC);
  close (fd);
  start (fixture);
}

static void
test_socket_file (Fixture *fixture, gconstpointer name)
{
  g_autofree char *path = g_build_filename (fixture->folder, "control.sock", NULL);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct stat info;
  int fd;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  g_assert_true (S_ISSOCK (info.st_mode));

  stop (fixture);
  g_assert_cmpint (access (path, F_OK), !=, 0);
  assert_refused (fixture, "{\"do\":\"status\"}", TB_ERROR_NOT_FOUND);

  /* What a server that was killed leaves behind. */
  fd = socket (AF_UNIX, SOCK_STREAM, 0);
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  close (fd);
  assert_refused (fixture, "{\"do\":\"status\"}", TB_ERROR_NOT_FOUND);
  start (fixture);
  assert_state (fixture, "{\"do\":\"status\"}", "none");
}

static void
test_no_folder (void)
{
  g_autoptr (json_object) request = json_object_new_object ();
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_control_ask ("/nonexistent/terugblik", request, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

/* For root only: then another user can be had. The doors are opened wide: it is the server that must refuse. */
static void
test_other_user (Fixture *fixture, gconstpointer name)
{
  g_autofree char *parent = g_path_get_dirname (fixture->folder);
  g_autofree char *path = g_build_filename (fixture->folder, "control.sock", NULL);
  int status = 0;
  pid_t child;

  if (geteuid () != 0) {
    g_test_skip ("only root can become another user");
    return;
  }
  g_assert_cmpint (chmod (parent, 0755), ==, 0);
  g_assert_cmpint (chmod (fixture->folder, 0755), ==, 0);
  g_assert_cmpint (chmod (path, 0666), ==, 0);
  child = fork ();
  if (child == 0) {
    char *said = setresuid (65534, 65534, 65534) == 0 ? talk (fixture, "{\"do\":\"status\"}\n", 16) : NULL;

    _exit (said != NULL && *said == '\0' ? 0 : 1);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  assert_state (fixture, "{\"do\":\"status\"}", "none");
}

int
main (int argc, char **argv)
{
  static const char long_name[] =
    "een-map-met-een-naam-die-langer-is-dan-een-pad-van-een-socket-mag-zijn-want-dat-mag-maar-honderdzeven-tekens-hebben";

  g_setenv ("TERUGBLIK_KDF_WORK", "10", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/control/vault", Fixture, "data", set_up, test_vault, tear_down);
  g_test_add ("/control/long-path", Fixture, long_name, set_up, test_vault, tear_down);
  g_test_add ("/control/refused", Fixture, "data", set_up, test_refused, tear_down);
  g_test_add ("/control/bytes", Fixture, "data", set_up, test_bytes, tear_down);
  g_test_add ("/control/silent", Fixture, "data", set_up, test_silent, tear_down);
  g_test_add ("/control/socket-file", Fixture, "data", set_up, test_socket_file, tear_down);
  g_test_add ("/control/other-user", Fixture, "data", set_up, test_other_user, tear_down);
  g_test_add_func ("/control/no-folder", test_no_folder);
  return g_test_run ();
}
