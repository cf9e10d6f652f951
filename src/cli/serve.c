#include "cli/command.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "web/app.h"

#define FIRST_PORT 8470
#define PORTS_TRIED 20
#define SCHOOL_PORT 8471

typedef struct {
  char **listen;
  char **names;
  char *certificate;
  char *key;
  int trust_port;
  gboolean school;
  gboolean open;
} ServeOptions;

static void
serve_options_clear (ServeOptions *options)
{
  g_strfreev (options->listen);
  g_strfreev (options->names);
  g_free (options->certificate);
  g_free (options->key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ServeOptions, serve_options_clear)

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

/* Without --listen a port in use is no reason to stop: the next free one will do. */
static gboolean
listen_here (TbApp *app, GError **error)
{
  for (int i = 0; i < PORTS_TRIED; i++) {
    g_autofree char *address = g_strdup_printf ("127.0.0.1:%d", FIRST_PORT + i);
    g_autoptr (GError) problem = NULL;

    if (tb_app_listen (app, address, &problem))
      return TRUE;
    if (!g_error_matches (problem, TB_ERROR, TB_ERROR_BUSY) || i + 1 == PORTS_TRIED) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  }
  return FALSE;
}

/* The port is fixed: tablets keep the address. A machine without IPv6 is as good. */
static gboolean
listen_in_school (TbApp *app, GError **error)
{
  g_autofree char *four = g_strdup_printf ("0.0.0.0:%d", SCHOOL_PORT);
  g_autofree char *six = g_strdup_printf ("[::]:%d", SCHOOL_PORT);

  if (!tb_app_listen (app, four, error))
    return FALSE;
  tb_app_listen (app, six, NULL);
  return TRUE;
}

static gboolean
listen_everywhere (TbApp *app, const ServeOptions *options, GError **error)
{
  if (options->listen == NULL && !listen_here (app, error))
    return FALSE;
  for (gsize i = 0; options->listen != NULL && options->listen[i] != NULL; i++)
    if (!tb_app_listen (app, options->listen[i], error))
      return FALSE;
  return !options->school || listen_in_school (app, error);
}

/* Without a desktop, or without a program to open it with, the printed address is enough. */
static void
open_browser (const char *address)
{
  const char *argv[] = { "xdg-open", address, NULL };

  if (g_getenv ("DISPLAY") != NULL || g_getenv ("WAYLAND_DISPLAY") != NULL)
    g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                   NULL, NULL, NULL, NULL);
}

static void
print_json (TbApp *app, char *const *addresses)
{
  g_auto (GStrv) trust = tb_network_trust_addresses (app->network);
  json_object *object = json_object_new_object ();
  json_object *list = json_object_new_array ();

  for (gsize i = 0; addresses[i] != NULL; i++)
    json_object_array_add (list, json_object_new_string (addresses[i]));
  json_object_object_add (object, "address", json_object_new_string (addresses[0]));
  json_object_object_add (object, "addresses", list);
  json_object_object_add (object, "trust", trust[0] != NULL ? json_object_new_string (trust[0]) : NULL);
  json_object_object_add (object, "data", json_object_new_string (tb_folder_path (app->folder)));
  tb_command_print_json (object);
}

/* The fingerprint stands here so that it can be compared without trusting the network. */
static void
print_trust (TbApp *app)
{
  g_auto (GStrv) trust = tb_network_trust_addresses (app->network);
  TbCertificate *certificate = tb_network_certificate (app->network);
  g_autofree char *fingerprint = certificate != NULL ? tb_certificate_fingerprint (certificate) : NULL;
  g_auto (GStrv) left_out = certificate != NULL ? tb_certificate_left_out (certificate) : NULL;

  if (trust[0] != NULL)
    g_print (_ ("A tablet first opens %s\nand compares the number there with %s\n"), trust[0], fingerprint);
  for (gsize i = 0; left_out != NULL && left_out[i] != NULL; i++)
    g_print (_ ("The certificate does not stand for %s: over that name or address tablets will not trust it.\n"), left_out[i]);
}

static void
print_text (TbApp *app, char *const *addresses)
{
  g_print (_ ("Terugblik is ready at %s\n"), addresses[0]);
  for (gsize i = 1; addresses[i] != NULL; i++)
    g_print (_ ("  and at %s\n"), addresses[i]);
  print_trust (app);
  g_print (_ ("Everything is kept in %s. Stop with Ctrl+C.\n"), tb_folder_path (app->folder));
}

static int
serve (const TbCommonOptions *common, const ServeOptions *options)
{
  g_autofree char *path = tb_folder_default (common->data);
  TbNetworkOptions network = {
    .certificate = options->certificate,
    .key = options->key,
    .names = (const char *const *) options->names,
    .trust_port = options->trust_port,
  };
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (TbApp) app = NULL;
  g_auto (GStrv) addresses = NULL;
  GError *error = NULL;

  app = tb_app_new (path, &network, &error);
  if (app == NULL)
    return tb_command_fail (error);
  /* Before anybody knows the address: whoever has read it may also end us, and a recording must be finished then. */
  loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGHUP, on_signal, loop);
  /* What was given for tablets must be good before the first page opens, also when no tablet can come yet. */
  if (options->certificate != NULL && !tb_network_prepare (app->network, &error))
    return tb_command_fail (error);
  if (!listen_everywhere (app, options, &error))
    return tb_command_fail (error);
  addresses = tb_network_addresses (app->network);
  if (common->json)
    print_json (app, addresses);
  else
    print_text (app, addresses);
  if (options->open)
    open_browser (addresses[0]);
  g_main_loop_run (loop);
  if (!common->json)
    g_print (_ ("\nStopping; what is being recorded is finished first.\n"));
  return 0;
}

int
tb_command_serve (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_auto (ServeOptions) options = { .trust_port = TB_TRUST_PORT_NEXT };
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.listen,
      N_ ("Address to listen on (127.0.0.1:8470); may be given several times"), N_ ("ADDR:PORT") },
    { "school", 0, 0, G_OPTION_ARG_NONE, &options.school, N_ ("Also for tablets in the network, encrypted, at port 8471"), NULL },
    { "name", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.names,
      N_ ("Another name or address of this computer in the network; may be given several times"), N_ ("NAME") },
    { "cert", 0, 0, G_OPTION_ARG_FILENAME, &options.certificate, N_ ("The school's own certificate (PEM), with --key"), N_ ("FILE") },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options.key, N_ ("The key of --cert (PEM)"), N_ ("FILE") },
    { "trust-port", 0, 0, G_OPTION_ARG_INT, &options.trust_port,
      N_ ("Port of the page that helps tablets to trust this computer (the next one); 0: none"), N_ ("PORT") },
    { "open", 0, 0, G_OPTION_ARG_NONE, &options.open, N_ ("Open the page in a browser, where there is a desktop"), NULL },
    { NULL },
  };

  if (!tb_command_parse ("serve", entries, &common, &argc, &argv))
    return 2;
  if (argc > 1)
    return tb_command_usage ("serve", _ ("“%s” is one word too many"), argv[1]);
  if ((options.certificate == NULL) != (options.key == NULL))
    return tb_command_usage ("serve", _ ("--cert and --key belong together"));
  if (options.trust_port < TB_TRUST_PORT_NEXT || options.trust_port > 65535)
    return tb_command_usage ("serve", _ ("--trust-port must be a number from 0 to 65535"));
  return serve (&common, &options);
}
