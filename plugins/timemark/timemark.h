/* The elements `timemark` and `timetick`: see README.md. */
#pragma once

#include <gst/gst.h>

/* Registers both; PLUGIN is NULL when they are part of a program. */
gboolean tb_timemark_register (GstPlugin *plugin);
