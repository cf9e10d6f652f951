#include "web/sleep-watch.h"

#include <unistd.h>

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#define LOGIN "org.freedesktop.login1"
#define LOGIN_PATH "/org/freedesktop/login1"
#define LOGIN_MANAGER LOGIN ".Manager"
#define LOGIN_SESSION LOGIN ".Session"
#define POWER "org.freedesktop.UPower"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define ANSWER_MS 2000

struct _TbSleepWatch {
  /* never change */
  void (*lock) (gpointer data);
  gpointer data;
  GMainContext *context;
  GMainLoop *loop;
  GCancellable *cancellable;
  GThread *thread;
  /* the thread's own */
  GDBusConnection *bus;
  int inhibitor; /* while it is open logind waits with sleeping; -1: none */
};

static void
let_sleep (TbSleepWatch *watch)
{
  if (watch->inhibitor >= 0)
    close (watch->inhibitor);
  watch->inhibitor = -1;
}

static void
hold_up_sleep (TbSleepWatch *watch)
{
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  gint32 handle = -1;

  if (watch->inhibitor >= 0)
    return;
  answer = g_dbus_connection_call_with_unix_fd_list_sync (
      watch->bus, LOGIN, LOGIN_PATH, LOGIN_MANAGER, "Inhibit",
      g_variant_new ("(ssss)", "sleep", "Terugblik", "Locks the vault first", "delay"), G_VARIANT_TYPE ("(h)"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS, NULL, &list, watch->cancellable, &error);
  if (answer == NULL) {
    g_debug ("sleep is not held up: %s", error->message);
    return;
  }
  g_variant_get (answer, "(h)", &handle);
  watch->inhibitor = list != NULL ? g_unix_fd_list_get (list, handle, NULL) : -1;
}

static void
on_sleep (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
          GVariant *parameters, gpointer data)
{
  TbSleepWatch *watch = data;
  gboolean begins = FALSE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  if (!begins) {
    hold_up_sleep (watch);
    return;
  }
  watch->lock (watch->data);
  let_sleep (watch);
}

/* Whether the session is of somebody else: who shares the machine does not lock our vault. When it cannot be told, it
 * is ours. */
static gboolean
is_of_another (TbSleepWatch *watch, const char *session)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      watch->bus, LOGIN, session, PROPERTIES, "Get", g_variant_new ("(ss)", LOGIN_SESSION, "User"),
      G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS, watch->cancellable, NULL);
  g_autoptr (GVariant) user = NULL;
  guint32 uid = 0;

  if (answer == NULL)
    return FALSE;
  g_variant_get (answer, "(v)", &user);
  if (!g_variant_is_of_type (user, G_VARIANT_TYPE ("(uo)")))
    return FALSE;
  g_variant_get (user, "(uo)", &uid, NULL);
  return uid != getuid ();
}

static void
on_session_lock (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
                 GVariant *parameters, gpointer data)
{
  TbSleepWatch *watch = data;

  if (!is_of_another (watch, path))
    watch->lock (watch->data);
}

static void
on_properties (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
               GVariant *parameters, gpointer data)
{
  TbSleepWatch *watch = data;
  g_autoptr (GVariant) changed = NULL;
  gboolean closed = FALSE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  changed = g_variant_get_child_value (parameters, 1);
  if ((g_variant_lookup (changed, "LidIsClosed", "b", &closed) || g_variant_lookup (changed, "LidClosed", "b", &closed))
      && closed)
    watch->lock (watch->data);
}

/* logind is there, perhaps anew: what was held open before means nothing to it. */
static void
on_login_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
  TbSleepWatch *watch = data;

  let_sleep (watch);
  hold_up_sleep (watch);
}

static void
on_login_vanished (GDBusConnection *bus, const char *name, gpointer data)
{
  let_sleep (data);
}

static void
listen_to (TbSleepWatch *watch, const char *sender, const char *interface, const char *signal, const char *path,
           GDBusSignalCallback heard)
{
  g_dbus_connection_signal_subscribe (watch->bus, sender, interface, signal, path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                      heard, watch, NULL);
}

/* A connection of its own: the shared one ends the program when the bus goes. */
static GDBusConnection *
connect_to_bus (TbSleepWatch *watch)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, watch->cancellable, NULL);
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus;

  if (address == NULL)
    return NULL;
  bus = g_dbus_connection_new_for_address_sync (address,
                                                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                    | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                NULL, watch->cancellable, &error);
  if (bus == NULL)
    g_debug ("no system bus: %s", error->message);
  return bus;
}

static gpointer
run (gpointer data)
{
  TbSleepWatch *watch = data;
  guint name;

  g_main_context_push_thread_default (watch->context);
  watch->bus = connect_to_bus (watch);
  if (watch->bus != NULL) {
    listen_to (watch, LOGIN, LOGIN_MANAGER, "PrepareForSleep", LOGIN_PATH, on_sleep);
    listen_to (watch, LOGIN, LOGIN_SESSION, "Lock", NULL, on_session_lock);
    listen_to (watch, LOGIN, PROPERTIES, "PropertiesChanged", LOGIN_PATH, on_properties);
    listen_to (watch, POWER, PROPERTIES, "PropertiesChanged", "/org/freedesktop/UPower", on_properties);
    name = g_bus_watch_name_on_connection (watch->bus, LOGIN, G_BUS_NAME_WATCHER_FLAGS_NONE, on_login_appeared,
                                           on_login_vanished, watch, NULL);
    g_main_loop_run (watch->loop);
    g_bus_unwatch_name (name);
    let_sleep (watch);
    g_dbus_connection_close_sync (watch->bus, NULL, NULL);
    g_clear_object (&watch->bus);
  }
  g_main_context_pop_thread_default (watch->context);
  return NULL;
}

static gboolean
quit (gpointer data)
{
  TbSleepWatch *watch = data;

  g_main_loop_quit (watch->loop);
  return G_SOURCE_REMOVE;
}

TbSleepWatch *
tb_sleep_watch_new (void (*lock) (gpointer data), gpointer data)
{
  TbSleepWatch *watch = g_new0 (TbSleepWatch, 1);

  watch->lock = lock;
  watch->data = data;
  watch->inhibitor = -1;
  watch->context = g_main_context_new ();
  watch->loop = g_main_loop_new (watch->context, FALSE);
  watch->cancellable = g_cancellable_new ();
  watch->thread = g_thread_new ("sleep-watch", run, watch);
  return watch;
}

void
tb_sleep_watch_free (TbSleepWatch *watch)
{
  g_autoptr (GSource) source = NULL;

  if (watch == NULL)
    return;
  g_cancellable_cancel (watch->cancellable);
  /* Attached, not invoked: the loop may not run yet, and quitting before that would be forgotten. */
  source = g_idle_source_new ();
  g_source_set_callback (source, quit, watch, NULL);
  g_source_attach (source, watch->context);
  g_thread_join (watch->thread);
  g_object_unref (watch->cancellable);
  g_main_loop_unref (watch->loop);
  g_main_context_unref (watch->context);
  g_free (watch);
}
