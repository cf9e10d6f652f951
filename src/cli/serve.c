#include "cli/command.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "web/app.h"

#define FIRST_PORT 8470
#define PORTS_TRIED 20

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

/* Without --listen a port in use is no reason to stop: the next free one will do. */
static gboolean
listen_somewhere (TbApp *app, const char *wanted, GError **error)
{
  if (wanted != NULL)
    return tb_app_listen (app, wanted, error);
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

/* Without a desktop, or without a program to open it with, the printed address is enough. */
static void
open_browser (const char *address)
{
  const char *argv[] = { "xdg-open", address, NULL };

  if (g_getenv ("DISPLAY") != NULL || g_getenv ("WAYLAND_DISPLAY") != NULL)
    g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                   NULL, NULL, NULL, NULL);
}

int
tb_command_serve (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_autofree char *listen = NULL;
  g_autofree char *path = NULL;
  gboolean open = FALSE;
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (TbApp) app = NULL;
  GError *error = NULL;
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &listen, N_ ("Address to listen on (127.0.0.1:8470)"), N_ ("ADDR:PORT") },
    { "open", 0, 0, G_OPTION_ARG_NONE, &open, N_ ("Open the page in a browser, where there is a desktop"), NULL },
    { NULL },
  };

  if (!tb_command_parse ("serve", entries, &common, &argc, &argv))
    return 2;
  if (argc > 1)
    return tb_command_usage ("serve", _ ("“%s” is one word too many"), argv[1]);
  path = tb_folder_default (common.data);
  app = tb_app_new (path, &error);
  if (app == NULL)
    return tb_command_fail (error);
  /* Before anybody knows the address: whoever has read it may also end us, and a recording must be finished then. */
  loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGHUP, on_signal, loop);
  if (!listen_somewhere (app, listen, &error))
    return tb_command_fail (error);
  if (common.json) {
    json_object *object = json_object_new_object ();

    json_object_object_add (object, "address", json_object_new_string (tb_http_address (app->http)));
    json_object_object_add (object, "data", json_object_new_string (tb_folder_path (app->folder)));
    tb_command_print_json (object);
  } else {
    g_print (_ ("Terugblik is ready at %s\n"), tb_http_address (app->http));
    g_print (_ ("Everything is kept in %s. Stop with Ctrl+C.\n"), tb_folder_path (app->folder));
  }
  if (open)
    open_browser (tb_http_address (app->http));
  g_main_loop_run (loop);
  if (!common.json)
    g_print (_ ("\nStopping; what is being recorded is finished first.\n"));
  return 0;
}
