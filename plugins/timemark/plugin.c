/* The module for gst-launch-1.0. */

#include <gst/gst.h>

#include "timemark.h"

#define PACKAGE "terugblik"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return tb_timemark_register (plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, timemark, "Running time as a mark and a tick", plugin_init,
                   TB_VERSION, "GPL", "terugblik", "terugblik")
