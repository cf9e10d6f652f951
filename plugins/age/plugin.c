/* The module for gst-launch-1.0. */

#include <gst/gst.h>

#include "age.h"

#define PACKAGE "terugblik"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return tb_age_elements_register (plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, age, "Writes and reads sealed files (age v1)", plugin_init,
                   TB_VERSION, "GPL", "terugblik", "terugblik")
