#include "web/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "vault/age-key.h"
#include "vault/password.h"
#include "web/accounts.h"

#define SOCKET_NAME "control.sock"
#define ANSWER_MAX 65536
#define LISTENING_MS 5000 /* a request that takes longer to arrive is no command of ours */
#define FOREVER G_MAXINT64
#define ASKING_MS 30000   /* opening every slot in turn takes a second each */

struct _TbControl {
  TbApp *app;      /* these never change */
  char *folder;
  int socket_fd;
  int ending_fd;   /* readable: the thread is to end */
  GThread *thread;
};

static gboolean
fail_errno (GError **error, const char *what, const char *folder)
{
  int number = errno;

  g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "%s %s/" SOCKET_NAME ": %s", what, folder, g_strerror (number));
  return FALSE;
}

/* The address of the socket in FOLDER. A socket's path may be 107 bytes only and a folder's longer, so the way goes by
 * *RET_FOLDER_FD, which must stay open until the address was used. */
static gboolean
find_socket (const char *folder, struct sockaddr_un *ret_address, int *ret_folder_fd, GError **error)
{
  int fd = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return fail_errno (error, "Could not find", folder);
  memset (ret_address, 0, sizeof *ret_address);
  ret_address->sun_family = AF_UNIX;
  g_snprintf (ret_address->sun_path, sizeof ret_address->sun_path, "/proc/self/fd/%d/" SOCKET_NAME, fd);
  *ret_folder_fd = fd;
  return TRUE;
}

/* Who is at the other end; FALSE when that cannot be known. */
static gboolean
get_peer (int fd, uid_t *ret_uid)
{
  struct ucred peer;
  socklen_t size = sizeof peer;

  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return FALSE;
  *ret_uid = peer.uid;
  return TRUE;
}

/* Waits until FD is ready for EVENTS, or ENDING_FD (-1: none) says stop; until DEADLINE (monotonic, µs). */
static gboolean
wait_for (int fd, short events, int ending_fd, gint64 deadline)
{
  struct pollfd fds[] = { { .fd = fd, .events = events }, { .fd = ending_fd, .events = POLLIN } };
  int got;

  do {
    gint64 left_ms = (deadline - g_get_monotonic_time ()) / 1000;

    got = poll (fds, G_N_ELEMENTS (fds), deadline == FOREVER ? -1 : (int) CLAMP (left_ms, 0, G_MAXINT));
  } while (got < 0 && errno == EINTR);
  return got > 0 && fds[1].revents == 0 && fds[0].revents != 0;
}

/* Reads a line (up to a new line, or the end) of at most SIZE - 1 bytes. Its length; -1: none in time, or too long. */
static gssize
read_line (int fd, char *line, gsize size, int ending_fd, gint64 deadline)
{
  gsize length = 0;

  while (length + 1 < size && wait_for (fd, POLLIN, ending_fd, deadline)) {
    gssize got = recv (fd, line + length, size - 1 - length, MSG_DONTWAIT);
    char *end;

    if (got < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (got < 0)
      return -1;
    end = got > 0 ? memchr (line + length, '\n', (gsize) got) : line + length;
    if (end != NULL) {
      *end = '\0';
      return end - line;
    }
    length += (gsize) got;
  }
  return -1;
}

static gboolean
write_line (int fd, json_object *object, int ending_fd, gint64 deadline)
{
  const char *text = json_object_to_json_string_ext (object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
  gsize length = strlen (text);
  g_autofree char *line = g_malloc (length + 1);
  gsize sent = 0;

  memcpy (line, text, length);
  line[length] = '\n';
  while (sent <= length && wait_for (fd, POLLOUT, ending_fd, deadline)) {
    gssize got = send (fd, line + sent, length + 1 - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (got < 0 && errno != EINTR && errno != EAGAIN)
      break;
    sent += (gsize) MAX (got, 0);
  }
  tb_age_wipe (line, length);
  tb_age_wipe ((char *) text, length); /* what json-c made of it, and keeps */
  return sent > length;
}

/* What json-c keeps of the passphrase, in its own text. */
static void
wipe_passphrase (json_object *request)
{
  json_object *value = NULL;

  if (json_object_is_type (request, json_type_object) && json_object_object_get_ex (request, "passphrase", &value)
      && json_object_is_type (value, json_type_string))
    tb_age_wipe ((char *) json_object_get_string (value), (gsize) json_object_get_string_len (value));
}

/* --- the server ---------------------------------------------------------- */

static json_object *
error_json (const GError *error)
{
  json_object *object = json_object_new_object (), *inner = json_object_new_object ();

  tb_json_add_string (inner, "code", error->domain == TB_ERROR ? tb_error_name (error->code) : "failed");
  tb_json_add_string (inner, "message", error->message);
  tb_json_add (object, "error", inner);
  return object;
}

static json_object *
status_json (TbApp *app)
{
  json_object *object = json_object_new_object ();

  tb_json_add_int (object, "pid", getpid ());
  tb_json_add_string (object, "version", TB_VERSION);
  tb_json_add_string (object, "state", tb_vault_state_name (tb_vault_get_state (app->vault)));
  return object;
}

/* With the passphrase of any slot. */
static gboolean
unlock_any (TbApp *app, const char *passphrase, GError **error)
{
  char *normal = tb_passphrase_normal (passphrase);
  gboolean done = FALSE;

  if (normal == NULL)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "The passphrase is not UTF-8");
  else
    done = tb_vault_unlock (app->vault, NULL, normal, error);
  tb_age_secret_free (normal);
  return done;
}

static gboolean
unlock (TbApp *app, const char *login, const char *passphrase, GError **error)
{
  g_autoptr (TbPerson) person = NULL;
  g_autoptr (GError) problem = NULL;

  if (login == NULL)
    return unlock_any (app, passphrase, error);
  person = tb_person_get_by_login (app->store, login, &problem);
  if (person != NULL && tb_passphrase_verify (person->passphrase, passphrase))
    return tb_accounts_open_vault (app, person, passphrase, error);
  if (person != NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This passphrase does not open the vault");
    return FALSE;
  }
  /* “Not found” is kept for: there is no server. */
  if (g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "Nobody signs in with this name");
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
obey (TbApp *app, json_object *request, GError **error)
{
  static const char *const known[] = { "do", "passphrase", "login", NULL };
  const char *what = NULL, *passphrase = NULL, *login = NULL;

  if (!tb_json_check_fields (request, known, error)
      || !tb_json_get_string (request, "do", TB_JSON_REQUIRED, 20, &what, NULL, error)
      || !tb_json_get_string (request, "passphrase", TB_JSON_OPTIONAL, 1000, &passphrase, NULL, error)
      || !tb_json_get_string (request, "login", TB_JSON_OPTIONAL, 200, &login, NULL, error))
    return FALSE;
  if (g_str_equal (what, "status"))
    return TRUE;
  if (g_str_equal (what, "lock")) {
    if (tb_vault_get_state (app->vault) == TB_VAULT_OPEN)
      tb_vault_lock (app->vault);
    return TRUE;
  }
  if (g_str_equal (what, "unlock") && passphrase != NULL)
    return unlock (app, login, passphrase, error);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is nothing that can be asked of the server");
  return FALSE;
}

/* New. */
static json_object *
answer_line (TbApp *app, const char *line, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (json_object) request = tb_json_parse (line, length, &error);
  gboolean done = request != NULL && obey (app, request, &error);

  wipe_passphrase (request);
  return done ? status_json (app) : error_json (error);
}

static void
serve (TbControl *control, int fd)
{
  g_autoptr (json_object) answer = NULL;
  char line[TB_CONTROL_LINE_MAX + 2];
  gint64 deadline = g_get_monotonic_time () + LISTENING_MS * 1000;
  uid_t uid = 0;
  gssize length;

  if (!get_peer (fd, &uid) || (uid != geteuid () && uid != 0))
    return;
  length = read_line (fd, line, sizeof line, control->ending_fd, deadline);
  if (length >= 0) {
    answer = answer_line (control->app, line, (gsize) length);
    write_line (fd, answer, control->ending_fd, g_get_monotonic_time () + LISTENING_MS * 1000);
  }
  tb_age_wipe (line, sizeof line);
}

static gpointer
run (gpointer data)
{
  TbControl *control = data;

  while (wait_for (control->socket_fd, POLLIN, control->ending_fd, FOREVER)) {
    int fd = accept4 (control->socket_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0) {
      serve (control, fd);
      close (fd);
    } else if (errno != EINTR && errno != EAGAIN && errno != ECONNABORTED) {
      g_usleep (G_USEC_PER_SEC / 10); /* no descriptor free: not to be asked for at full speed */
    }
  }
  return NULL;
}

/* The socket at ADDRESS, for this user only. */
static gboolean
listen_at (TbControl *control, const struct sockaddr_un *address, GError **error)
{
  control->socket_fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  /* The folder's lock is ours: who made this one has ended. */
  if (unlink (address->sun_path) != 0 && errno != ENOENT)
    return fail_errno (error, "Could not remove", control->folder);
  /* The mode is set first: there is no moment in which it is wider. */
  if (control->socket_fd < 0 || fchmod (control->socket_fd, 0600) != 0
      || bind (control->socket_fd, (const struct sockaddr *) address, sizeof *address) != 0
      || listen (control->socket_fd, 8) != 0)
    return fail_errno (error, "Could not listen at", control->folder);
  return TRUE;
}

TbControl *
tb_control_start (TbApp *app, GError **error)
{
  g_autoptr (TbControl) control = g_new0 (TbControl, 1);
  struct sockaddr_un address;
  int folder_fd = -1;
  gboolean listens;

  control->app = app;
  control->folder = g_strdup (tb_folder_path (app->folder));
  control->socket_fd = -1;
  control->ending_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (!find_socket (control->folder, &address, &folder_fd, error))
    return NULL;
  listens = listen_at (control, &address, error);
  close (folder_fd);
  if (!listens)
    return NULL;
  control->thread = g_thread_new ("control", run, control);
  return g_steal_pointer (&control);
}

void
tb_control_free (TbControl *control)
{
  struct sockaddr_un address;
  int folder_fd = -1;

  if (control == NULL)
    return;
  if (control->thread != NULL) {
    eventfd_write (control->ending_fd, 1);
    g_thread_join (control->thread);
    if (find_socket (control->folder, &address, &folder_fd, NULL)) {
      unlink (address.sun_path);
      close (folder_fd);
    }
  }
  if (control->socket_fd >= 0)
    close (control->socket_fd);
  if (control->ending_fd >= 0)
    close (control->ending_fd);
  g_free (control->folder);
  g_free (control);
}

/* --- the command --------------------------------------------------------- */

static gboolean
connect_to (int fd, const char *folder, GError **error)
{
  struct sockaddr_un address;
  struct stat info = { 0 };
  int folder_fd = -1, number = 0;
  uid_t uid = 0;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no data folder %s", folder);
    return FALSE;
  }
  if (!find_socket (folder, &address, &folder_fd, error))
    return FALSE;
  if (fd < 0 || fstat (folder_fd, &info) != 0
      || connect (fd, (const struct sockaddr *) &address, sizeof address) != 0)
    number = errno;
  close (folder_fd);
  if (number == ENOENT || number == ECONNREFUSED) /* refused: its server was killed */
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "No Terugblik is running on the data folder %s", folder);
  else if (number != 0) {
    errno = number;
    fail_errno (error, "Could not speak to", folder);
  } else if (!get_peer (fd, &uid) || uid != info.st_uid)
    /* A passphrase goes to nobody but the owner of the folder. */
    g_set_error (error, TB_ERROR, TB_ERROR_DENIED, "What answers on the data folder %s is another user's", folder);
  else
    return TRUE;
  return FALSE;
}

static void
set_answered_error (json_object *problem, GError **error)
{
  const char *code = "", *message = "The server refused";
  int number = TB_ERROR_FAILED;

  tb_json_get_string (problem, "code", TB_JSON_REQUIRED, 100, &code, NULL, NULL);
  tb_json_get_string (problem, "message", TB_JSON_REQUIRED, 10000, &message, NULL, NULL);
  for (int i = TB_ERROR_FAILED; i <= TB_ERROR_LOCKED; i++)
    if (g_str_equal (code, tb_error_name (i)))
      number = i;
  g_set_error_literal (error, TB_ERROR, number, message);
}

static json_object *
ask (int fd, json_object *request, GError **error)
{
  g_autofree char *line = g_malloc (ANSWER_MAX);
  g_autoptr (json_object) answer = NULL;
  json_object *problem = NULL;
  gint64 deadline = g_get_monotonic_time () + (gint64) ASKING_MS * 1000;
  gssize length = -1;

  if (write_line (fd, request, -1, deadline)) {
    wipe_passphrase (request);
    length = read_line (fd, line, ANSWER_MAX, -1, deadline);
  }
  if (length <= 0) {
    g_set_error_literal (error, TB_ERROR, g_get_monotonic_time () >= deadline ? TB_ERROR_TIMEOUT : TB_ERROR_FAILED,
                         "The running Terugblik gave no answer");
    return NULL;
  }
  answer = tb_json_parse (line, (gsize) length, error);
  if (answer == NULL || !tb_json_get_object (answer, "error", TB_JSON_OPTIONAL, &problem, NULL, error))
    return NULL;
  if (problem != NULL) {
    set_answered_error (problem, error);
    return NULL;
  }
  return g_steal_pointer (&answer);
}

json_object *
tb_control_ask (const char *data_folder, json_object *request, GError **error)
{
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  json_object *answer = connect_to (fd, data_folder, error) ? ask (fd, request, error) : NULL;

  if (fd >= 0)
    close (fd);
  return answer;
}
