/* The vault's watch on sleeping, against a bus of its own with somebody on it who speaks as systemd-logind does. */

#include <unistd.h>

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "web/sleep-watch.h"

static const char interfaces[]
    = "<node><interface name='org.freedesktop.login1.Manager'>"
      "<method name='Inhibit'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
      "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='h' direction='out'/></method>"
      "</interface><interface name='org.freedesktop.login1.Session'><property name='User' type='(uo)' access='read'/>"
      "</interface></node>";

typedef struct {
  GTestDBus *daemon;
  GDBusNodeInfo *node;
  GDBusConnection *bus;
  guint name;
  int held; /* our end of the inhibitor: it can be read from when the other end was closed */
  guint inhibits;
  guint32 session_user;
  gint locks; /* atomic */
  gboolean held_while_locking; /* written in the watch's thread before LOCKS */
} Fake;

static gboolean
is_released (Fake *fake)
{
  GPollFD poll = { fake->held, G_IO_HUP | G_IO_IN, 0 };

  return fake->held >= 0 && g_poll (&poll, 1, 0) == 1;
}

static void
on_lock (gpointer data)
{
  Fake *fake = data;

  fake->held_while_locking = fake->held >= 0 && !is_released (fake);
  g_atomic_int_inc (&fake->locks);
}

static void
on_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  Fake *fake = data;
  const char *what, *who, *why, *mode;
  g_autoptr (GUnixFDList) list = NULL;
  int ends[2];

  g_variant_get (parameters, "(&s&s&s&s)", &what, &who, &why, &mode);
  g_assert_cmpstr (what, ==, "sleep");
  g_assert_cmpstr (who, ==, "Terugblik");
  g_assert_cmpstr (mode, ==, "delay");
  g_assert_cmpint (pipe (ends), ==, 0);
  list = g_unix_fd_list_new_from_array (&ends[1], 1);
  if (fake->held >= 0)
    close (fake->held);
  fake->held = ends[0];
  fake->inhibits++;
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0), list);
}

static GVariant *
on_property (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *name,
             GError **error, gpointer data)
{
  Fake *fake = data;

  return g_variant_new ("(uo)", fake->session_user, "/org/freedesktop/login1/user/x");
}

static void
on_owned (GDBusConnection *bus, const char *name, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
own_name (Fake *fake)
{
  gboolean owned = FALSE;

  fake->name = g_bus_own_name_on_connection (fake->bus, "org.freedesktop.login1", G_BUS_NAME_OWNER_FLAGS_NONE,
                                             on_owned, NULL, &owned, NULL);
  while (!owned)
    g_main_context_iteration (NULL, TRUE);
}

static Fake *
fake_new (void)
{
  static const GDBusInterfaceVTable table = { on_call, on_property, NULL, { NULL } };
  Fake *fake = g_new0 (Fake, 1);
  g_autoptr (GError) error = NULL;

  fake->held = -1;
  fake->session_user = getuid ();
  fake->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fake->daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (fake->daemon), TRUE);
  fake->bus = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (fake->daemon),
                                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                      NULL, NULL, &error);
  g_assert_no_error (error);
  fake->node = g_dbus_node_info_new_for_xml (interfaces, &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (fake->bus, "/org/freedesktop/login1", fake->node->interfaces[0], &table, fake, NULL,
                                     &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (fake->bus, "/org/freedesktop/login1/session/_31", fake->node->interfaces[1], &table,
                                     fake, NULL, &error);
  g_assert_no_error (error);
  return fake;
}

static void
fake_free (Fake *fake)
{
  if (fake->name != 0)
    g_bus_unown_name (fake->name);
  if (fake->held >= 0)
    close (fake->held);
  g_dbus_connection_close_sync (fake->bus, NULL, NULL);
  g_object_unref (fake->bus);
  g_dbus_node_info_unref (fake->node);
  g_test_dbus_stop (fake->daemon);
  g_object_unref (fake->daemon);
  g_unsetenv ("DBUS_SYSTEM_BUS_ADDRESS");
  g_free (fake);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fake, fake_free)

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Goes on answering until CHECK holds, or MS have passed. */
static gboolean
wait_for (Fake *fake, gboolean (*check) (Fake *), guint ms)
{
  gint64 deadline = g_get_monotonic_time () + ms * 1000;
  guint source = g_timeout_add (5, tick, NULL);

  while (!check (fake) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
  return check (fake);
}

static gboolean
is_held (Fake *fake)
{
  return fake->inhibits > 0 && !is_released (fake);
}

static gboolean
is_held_again (Fake *fake)
{
  return fake->inhibits == 2 && !is_released (fake);
}

static gboolean
is_locked (Fake *fake)
{
  return g_atomic_int_get (&fake->locks) > 0;
}

static gboolean
is_locked_and_released (Fake *fake)
{
  return is_locked (fake) && is_released (fake);
}

static void
say (Fake *fake, const char *path, const char *interface, const char *signal, GVariant *parameters)
{
  g_atomic_int_set (&fake->locks, 0);
  g_assert_true (g_dbus_connection_emit_signal (fake->bus, NULL, path, interface, signal, parameters, NULL));
}

static void
say_sleep (Fake *fake, gboolean begins)
{
  say (fake, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
       g_variant_new ("(b)", begins));
}

static void
say_lid (Fake *fake, gboolean closed)
{
  GVariantBuilder changed;

  g_variant_builder_init (&changed, G_VARIANT_TYPE ("a{sv}"));
  g_variant_builder_add (&changed, "{sv}", "LidClosed", g_variant_new_boolean (closed));
  say (fake, "/org/freedesktop/login1", "org.freedesktop.DBus.Properties", "PropertiesChanged",
       g_variant_new ("(sa{sv}as)", "org.freedesktop.login1.Manager", &changed, NULL));
}

static void
test_sleep (void)
{
  g_autoptr (Fake) fake = fake_new ();
  g_autoptr (TbSleepWatch) watch = NULL;

  own_name (fake);
  watch = tb_sleep_watch_new (on_lock, fake);
  g_assert_true (wait_for (fake, is_held, 5000));
  say_sleep (fake, TRUE);
  g_assert_true (wait_for (fake, is_locked_and_released, 5000));
  g_assert_true (fake->held_while_locking);
  say_sleep (fake, FALSE);
  g_assert_true (wait_for (fake, is_held_again, 5000));
  g_assert_false (is_locked (fake));
  g_clear_pointer (&watch, tb_sleep_watch_free);
  g_assert_true (is_released (fake));
}

static void
test_lid_and_screen (void)
{
  g_autoptr (Fake) fake = fake_new ();
  g_autoptr (TbSleepWatch) watch = NULL;

  own_name (fake);
  watch = tb_sleep_watch_new (on_lock, fake);
  g_assert_true (wait_for (fake, is_held, 5000));
  say_lid (fake, TRUE);
  g_assert_true (wait_for (fake, is_locked, 5000));
  say_lid (fake, FALSE);
  g_assert_false (wait_for (fake, is_locked, 200));
  say (fake, "/org/freedesktop/login1/session/_31", "org.freedesktop.login1.Session", "Lock", NULL);
  g_assert_true (wait_for (fake, is_locked, 5000));
  fake->session_user = getuid () + 1;
  say (fake, "/org/freedesktop/login1/session/_31", "org.freedesktop.login1.Session", "Lock", NULL);
  g_assert_false (wait_for (fake, is_locked, 200));
}

/* logind may come later than we do. */
static void
test_late (void)
{
  g_autoptr (Fake) fake = fake_new ();
  g_autoptr (TbSleepWatch) watch = tb_sleep_watch_new (on_lock, fake);

  g_assert_false (wait_for (fake, is_held, 200));
  own_name (fake);
  g_assert_true (wait_for (fake, is_held, 5000));
  say_sleep (fake, TRUE);
  g_assert_true (wait_for (fake, is_locked, 5000));
}

static void
test_nobody (void)
{
  Fake fake = { .held = -1 };

  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all", TRUE);
  for (guint i = 0; i < 20; i++) {
    TbSleepWatch *watch = tb_sleep_watch_new (on_lock, &fake);

    if (i % 2 == 0)
      g_usleep (5000);
    tb_sleep_watch_free (watch);
  }
  tb_sleep_watch_free (NULL);
  g_assert_cmpint (fake.locks, ==, 0);
}

/* The program goes on when the bus goes. */
static void
test_bus_goes (void)
{
  Fake *fake = fake_new ();
  g_autoptr (TbSleepWatch) watch = NULL;

  own_name (fake);
  watch = tb_sleep_watch_new (on_lock, fake);
  g_assert_true (wait_for (fake, is_held, 5000));
  fake_free (fake);
  g_usleep (200000);
}

int
main (int argc, char **argv)
{
  g_autofree char *daemon = NULL;

  g_test_init (&argc, &argv, NULL);
  daemon = g_find_program_in_path ("dbus-daemon");
  g_test_add_func ("/sleep-watch/nobody", test_nobody);
  if (daemon == NULL)
    return g_test_run ();
  g_test_add_func ("/sleep-watch/sleep", test_sleep);
  g_test_add_func ("/sleep-watch/lid-and-screen", test_lid_and_screen);
  g_test_add_func ("/sleep-watch/late", test_late);
  g_test_add_func ("/sleep-watch/bus-goes", test_bus_goes);
  return g_test_run ();
}
