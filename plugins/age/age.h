/* The elements `ageenc` and `agesrc`: see README.md. */
#pragma once

#include <gst/gst.h>

/* Registers both; PLUGIN is NULL when they are part of a program. */
gboolean tb_age_elements_register (GstPlugin *plugin);
