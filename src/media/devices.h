/* The cameras and microphones of this machine, with hot-plug (GstDeviceMonitor).
 *
 * Has a thread of its own; opens no device. The built-in test sources are always in the list, last. */
#pragma once

#include <glib.h>

#include "media/sources.h"

typedef struct _TbDevices TbDevices;

typedef struct {
  char *uri;
  TbMediaKind kind;
  char *name;       /* for people */
  gboolean builtin; /* a test source of this program */
} TbDevice;

/* The list has changed. Called on the thread of TbDevices, never while a lock is held that tb_devices_list needs;
 * must not block and must not free the TbDevices. */
typedef void (*TbDevicesFunc) (gpointer user_data);

/* Starts watching; the first list is filled within about a second (CHANGED is called then). CHANGED may be NULL.
 * Never fails: without a working monitor the list has only the test sources. */
TbDevices *tb_devices_new (TbDevicesFunc changed, gpointer user_data);

/* Stops the thread; CHANGED is not called any more after this returns. NULL is allowed. */
void tb_devices_free (TbDevices *devices);

/* The list now. Any thread. New array of TbDevice with its free function set. */
GPtrArray *tb_devices_list (TbDevices *devices);

/* Waits until the first listing is done, at most TIMEOUT_MS. FALSE when it was not. For `doctor`. */
gboolean tb_devices_wait (TbDevices *devices, guint timeout_ms);

TbDevice *tb_device_copy (const TbDevice *device);
void tb_device_free (TbDevice *device);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbDevices, tb_devices_free)
