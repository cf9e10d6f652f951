/* GStreamer, once. */

#include "media/init.h"

#include <gst/gst.h>

#include "timemark/timemark.h"

void
tb_media_init (void)
{
  static gsize ready = 0;

  if (!g_once_init_enter (&ready))
    return;
  gst_init (NULL, NULL);
  tb_timemark_register (NULL);
  g_once_init_leave (&ready, 1);
}
