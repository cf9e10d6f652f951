/* What the elements and their registration share. */
#pragma once

#include <gst/gst.h>

GType tb_age_enc_get_type (void);
GType tb_age_src_get_type (void);
