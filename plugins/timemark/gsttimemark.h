/* Types of the two elements, for timemark.c and tests. */
#pragma once

#include <gst/gst.h>

GType tb_time_mark_get_type (void);
GType tb_time_tick_get_type (void);
