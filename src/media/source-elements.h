/* The GStreamer elements of a source. May open a device and block: never called on the recorder thread. */
#pragma once

#include <gst/gst.h>

#include "base/time.h"
#include "media/sources.h"

typedef enum {
  TB_FORM_RAW = 1, /* video/x-raw or audio/x-raw */
  TB_FORM_H264     /* any stream-format, to be parsed */
} TbSourceForm;

/* The source's data comes out of PAD. Called once: within tb_source_build, or later on a streaming thread when the
 * source finds out only then what it has. The receiver adds its elements, brings them to the state of their parent
 * and links PAD. */
typedef void (*TbSourceReady) (GstPad *pad, TbSourceForm form, gpointer user_data);

/* Adds the elements to PIPELINE. FILM_ZERO is the running time at which a film's first frame is due. */
gboolean tb_source_build (const TbSource *source, TbMediaKind kind, GstBin *pipeline, TbTime film_zero,
                          TbSourceReady ready, gpointer user_data, GError **error);

/* Makes an element and adds it to BIN; borrowed. TB_ERROR_UNSUPPORTED names what is missing. */
GstElement *tb_make_element (GstBin *bin, const char *factory, GError **error);
