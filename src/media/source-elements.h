/* The GStreamer elements of a source. May open a device and block: never called on the recorder thread. */
#pragma once

#include <gst/gst.h>

#include "base/time.h"
#include "media/camera-delay.h"
#include "media/sources.h"

typedef enum {
  TB_FORM_RAW = 1, /* video/x-raw or audio/x-raw */
  TB_FORM_H264     /* any stream-format, to be parsed */
} TbSourceForm;

/* The source's data comes out of PAD. Called once: within tb_source_build, or later on a streaming thread when the
 * source finds out only then what it has. The receiver adds its elements, brings them to the state of their parent
 * and links PAD. */
typedef void (*TbSourceReady) (GstPad *pad, TbSourceForm form, gpointer user_data);

typedef struct {
  GstBin *pipeline;
  TbMediaKind kind;
  gint64 base_ns;   /* CLOCK_MONOTONIC of running time zero */
  TbTime film_zero; /* running time at which a film's first frame is due */
  TbTime delay_ns;  /* of a network camera, as DELAY was told before; TB_TIME_NONE = not yet */
  TbSourceReady ready;
  TbCameraDelayFunc delay; /* a network camera's delay was estimated */
  gpointer user_data;
} TbSourceSetup;

/* Adds the elements to the pipeline. */
gboolean tb_source_build (const TbSource *source, const TbSourceSetup *setup, GError **error);

/* Makes an element and adds it to BIN; borrowed. TB_ERROR_UNSUPPORTED names what is missing. */
GstElement *tb_make_element (GstBin *bin, const char *factory, GError **error);
