/* A device's address is read from the element it would make; nothing is opened. */

#include "media/device-uri.h"

#include "base/error.h"

typedef struct {
  const char *factory;
  const char *property;
  const char *scheme;
} AddressRule;

static const AddressRule address_rules[] = {
  { "v4l2src", "device", "v4l2" },
  { "pulsesrc", "device", "pulse" },
  { "alsasrc", "device", "alsa" },
  { "pipewiresrc", "target-object", "pipewire" },
};

static gboolean
is_loudspeaker_monitor (const GstStructure *properties)
{
  return properties != NULL && g_strcmp0 (gst_structure_get_string (properties, "device.class"), "monitor") == 0;
}

static char *
address_of_element (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  for (gsize i = 0; factory != NULL && i < G_N_ELEMENTS (address_rules); i++) {
    const AddressRule *rule = &address_rules[i];
    g_autofree char *value = NULL;

    if (!g_str_equal (GST_OBJECT_NAME (factory), rule->factory)
        || g_object_class_find_property (G_OBJECT_GET_CLASS (element), rule->property) == NULL)
      continue;
    g_object_get (element, rule->property, &value, NULL);
    return value != NULL ? g_strdup_printf ("%s:%s", rule->scheme, value) : NULL;
  }
  return NULL;
}

char *
tb_device_uri (GstDevice *device, TbMediaKind kind)
{
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  g_autoptr (GstElement) element = NULL;
  const char *path;

  if (is_loudspeaker_monitor (properties))
    return NULL;
  /* A camera that PipeWire offers is opened itself: only so does it give its own H.264. */
  path = properties != NULL ? gst_structure_get_string (properties, "api.v4l2.path") : NULL;
  if (kind == TB_MEDIA_VIDEO && path != NULL)
    return g_strdup_printf ("v4l2:%s", path);
  element = gst_device_create_element (device, NULL);
  if (element == NULL)
    return NULL;
  gst_object_ref_sink (element);
  return address_of_element (element);
}

static gboolean
is_default (GstDevice *device)
{
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  gboolean value = FALSE;

  return properties != NULL && gst_structure_get_boolean (properties, "is-default", &value) && value;
}

char *
tb_device_best_uri (TbMediaKind kind, GError **error)
{
  g_autoptr (GstDeviceMonitor) monitor = gst_device_monitor_new ();
  g_autofree char *best = NULL;
  GList *devices;

  gst_device_monitor_add_filter (monitor, kind == TB_MEDIA_VIDEO ? "Video/Source" : "Audio/Source", NULL);
  devices = gst_device_monitor_get_devices (monitor);
  for (GList *l = devices; l != NULL; l = l->next) {
    g_autofree char *uri = tb_device_uri (l->data, kind);

    if (uri != NULL && (best == NULL || is_default (l->data))) {
      g_free (best);
      best = g_steal_pointer (&uri);
    }
  }
  g_list_free_full (devices, gst_object_unref);
  if (best == NULL)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no %s on this machine",
                 kind == TB_MEDIA_VIDEO ? "camera" : "microphone");
  return g_steal_pointer (&best);
}
