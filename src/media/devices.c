/* A thread with a device monitor; the list is rebuilt whole at each change, which is rare. */

#include "media/devices.h"

#include <gst/gst.h>

#include "media/device-uri.h"
#include "media/init.h"

struct _TbDevices {
  TbDevicesFunc changed;
  gpointer user_data;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GMutex lock;
  GCond ready_changed;
  GPtrArray *list; /* lock; TbDevice */
  gboolean ready;  /* lock */
};

void
tb_device_free (TbDevice *device)
{
  if (device == NULL)
    return;
  g_free (device->uri);
  g_free (device->name);
  g_free (device);
}

static TbDevice *
device_new (const char *uri, TbMediaKind kind, const char *name, gboolean builtin)
{
  TbDevice *device = g_new0 (TbDevice, 1);

  device->uri = g_strdup (uri);
  device->kind = kind;
  device->name = g_strdup (name);
  device->builtin = builtin;
  return device;
}

TbDevice *
tb_device_copy (const TbDevice *device)
{
  return device_new (device->uri, device->kind, device->name, device->builtin);
}

static gboolean
has_uri (GPtrArray *list, const char *uri, TbMediaKind kind)
{
  for (guint i = 0; i < list->len; i++) {
    TbDevice *device = g_ptr_array_index (list, i);

    if (device->kind == kind && g_str_equal (device->uri, uri))
      return TRUE;
  }
  return FALSE;
}

static void
add_builtin (GPtrArray *list)
{
  g_ptr_array_add (list, device_new ("test:", TB_MEDIA_VIDEO, "Test picture", TRUE));
  g_ptr_array_add (list, device_new ("test:", TB_MEDIA_AUDIO, "Test sound", TRUE));
}

static GPtrArray *
list_from_monitor (GstDeviceMonitor *monitor)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_device_free);
  GList *devices = gst_device_monitor_get_devices (monitor);

  for (GList *l = devices; l != NULL; l = l->next) {
    TbMediaKind kind = gst_device_has_classes (l->data, "Video/Source") ? TB_MEDIA_VIDEO : TB_MEDIA_AUDIO;
    g_autofree char *uri = tb_device_uri (l->data, kind);
    g_autofree char *name = gst_device_get_display_name (l->data);

    if (uri != NULL && !has_uri (list, uri, kind))
      g_ptr_array_add (list, device_new (uri, kind, name, FALSE));
  }
  g_list_free_full (devices, gst_object_unref);
  add_builtin (list);
  return list;
}

static void
refresh (TbDevices *devices, GstDeviceMonitor *monitor)
{
  GPtrArray *list = list_from_monitor (monitor);
  GPtrArray *old;

  g_mutex_lock (&devices->lock);
  old = devices->list;
  devices->list = list;
  devices->ready = TRUE;
  g_cond_broadcast (&devices->ready_changed);
  g_mutex_unlock (&devices->lock);
  g_ptr_array_unref (old);
  if (devices->changed != NULL)
    devices->changed (devices->user_data);
}

typedef struct {
  TbDevices *devices;
  GstDeviceMonitor *monitor;
} Watch;

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Watch *watch = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_DEVICE_ADDED:
  case GST_MESSAGE_DEVICE_REMOVED:
  case GST_MESSAGE_DEVICE_CHANGED:
    refresh (watch->devices, watch->monitor);
    break;
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

static gpointer
devices_thread (gpointer data)
{
  TbDevices *devices = data;
  g_autoptr (GstDeviceMonitor) monitor = gst_device_monitor_new ();
  g_autoptr (GstBus) bus = gst_device_monitor_get_bus (monitor);
  g_autoptr (GSource) source = gst_bus_create_watch (bus);
  Watch watch = { devices, monitor };

  g_main_context_push_thread_default (devices->context);
  g_source_set_callback (source, G_SOURCE_FUNC (on_message), &watch, NULL);
  g_source_attach (source, devices->context);
  gst_device_monitor_add_filter (monitor, "Video/Source", NULL);
  gst_device_monitor_add_filter (monitor, "Audio/Source", NULL);
  gst_device_monitor_start (monitor);
  refresh (devices, monitor);
  g_main_loop_run (devices->loop);
  gst_device_monitor_stop (monitor);
  g_source_destroy (source);
  g_main_context_pop_thread_default (devices->context);
  return NULL;
}

TbDevices *
tb_devices_new (TbDevicesFunc changed, gpointer user_data)
{
  TbDevices *devices = g_new0 (TbDevices, 1);

  tb_media_init ();
  g_mutex_init (&devices->lock);
  g_cond_init (&devices->ready_changed);
  devices->changed = changed;
  devices->user_data = user_data;
  devices->list = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_device_free);
  add_builtin (devices->list);
  devices->context = g_main_context_new ();
  devices->loop = g_main_loop_new (devices->context, FALSE);
  devices->thread = g_thread_new ("tb-devices", devices_thread, devices);
  return devices;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
tb_devices_free (TbDevices *devices)
{
  g_autoptr (GSource) source = NULL;

  if (devices == NULL)
    return;
  /* A source, not a call: the loop may not run yet. */
  source = g_idle_source_new ();
  g_source_set_callback (source, quit, devices->loop, NULL);
  g_source_attach (source, devices->context);
  g_thread_join (devices->thread);
  g_main_loop_unref (devices->loop);
  g_main_context_unref (devices->context);
  g_ptr_array_unref (devices->list);
  g_mutex_clear (&devices->lock);
  g_cond_clear (&devices->ready_changed);
  g_free (devices);
}

GPtrArray *
tb_devices_list (TbDevices *devices)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_device_free);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&devices->lock);

  for (guint i = 0; i < devices->list->len; i++)
    g_ptr_array_add (copy, tb_device_copy (g_ptr_array_index (devices->list, i)));
  return copy;
}

gboolean
tb_devices_wait (TbDevices *devices, guint timeout_ms)
{
  gint64 deadline = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&devices->lock);

  while (!devices->ready)
    if (!g_cond_wait_until (&devices->ready_changed, &devices->lock, deadline))
      return devices->ready;
  return TRUE;
}
