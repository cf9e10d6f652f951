/* Registration of both elements, for the plugin and for the program. */

#include "timemark.h"

#include "gsttimemark.h"

gboolean
tb_timemark_register (GstPlugin *plugin)
{
  return gst_element_register (plugin, "timemark", GST_RANK_NONE, tb_time_mark_get_type ())
         && gst_element_register (plugin, "timetick", GST_RANK_NONE, tb_time_tick_get_type ());
}
