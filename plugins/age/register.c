/* Registration of both elements, for the plugin and for the program. */

#include "age.h"

#include "gstage.h"

gboolean
tb_age_elements_register (GstPlugin *plugin)
{
  return gst_element_register (plugin, "ageenc", GST_RANK_NONE, tb_age_enc_get_type ())
         && gst_element_register (plugin, "agesrc", GST_RANK_NONE, tb_age_src_get_type ());
}
