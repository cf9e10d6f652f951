/* One function per kind of source. */

#include "media/source-elements.h"

#include <gst/gst.h>

#include "base/error.h"
#include "media/device-uri.h"

/* In steps of 20 ms, so that the test sources can be stopped to about that. */
#define TEST_AUDIO_RATE 48000
#define TEST_AUDIO_BUFFERS 50

/* Frees with the element that carries it; used on streaming threads only. */
typedef struct {
  TbSourceSetup setup; /* its pipeline holds the element that holds this */
  gint given;          /* atomic */
} Pending;

GstElement *
tb_make_element (GstBin *bin, const char *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "GStreamer's element \"%s\" is not installed", factory);
    return NULL;
  }
  gst_bin_add (bin, element);
  return element;
}

static GstElement *
make_caps (GstBin *bin, const char *text, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  GstElement *filter = tb_make_element (bin, "capsfilter", error);

  if (filter != NULL)
    g_object_set (filter, "caps", caps, NULL);
  return filter;
}

static void
give (GstElement *last, TbSourceForm form, const TbSourceSetup *setup)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (last, "src");

  setup->ready (pad, form, setup->user_data);
}

static gboolean
link_two (GstElement *a, GstElement *b, GError **error)
{
  if (gst_element_link (a, b))
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "%s and %s do not fit together", GST_ELEMENT_NAME (a),
               GST_ELEMENT_NAME (b));
  return FALSE;
}

/* test: */

typedef struct {
  guint left;
} StallCount;

static GstPadProbeReturn
stall_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  StallCount *count = user_data;

  if (count->left == 0)
    return GST_PAD_PROBE_DROP;
  count->left--;
  return GST_PAD_PROBE_OK;
}

static void
add_stall (GstElement *element, guint buffers)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");
  StallCount *count = g_new0 (StallCount, 1);

  count->left = buffers;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, stall_probe, count, g_free);
}

static gboolean
build_test (const TbSource *source, const TbSourceSetup *setup, GError **error)
{
  GstBin *bin = setup->pipeline;
  gboolean video = setup->kind == TB_MEDIA_VIDEO;
  guint per_second = video ? (guint) source->fps : TEST_AUDIO_BUFFERS;
  g_autofree char *format
    = video ? g_strdup_printf ("video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1", source->width,
                               source->height, source->fps)
            : g_strdup_printf ("audio/x-raw,format=S16LE,rate=%d,channels=1", TEST_AUDIO_RATE);
  GstElement *src, *caps, *mark, *check;

  if (source->absent) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "This test source plays that it is not there");
    return FALSE;
  }
  if ((src = tb_make_element (bin, video ? "videotestsrc" : "audiotestsrc", error)) == NULL
      || (caps = make_caps (bin, format, error)) == NULL
      || (mark = tb_make_element (bin, video ? "timemark" : "timetick", error)) == NULL
      || (check = tb_make_element (bin, "identity", error)) == NULL)
    return FALSE;
  if (video) {
    g_object_set (src, "is-live", TRUE, "background-color", 0xff24384au, "foreground-color", 0xffe69f00u, NULL);
    gst_util_set_object_arg (G_OBJECT (src), "pattern", "ball");
  } else {
    g_object_set (src, "is-live", TRUE, "samplesperbuffer", TEST_AUDIO_RATE / TEST_AUDIO_BUFFERS, NULL);
    gst_util_set_object_arg (G_OBJECT (src), "wave", "silence");
  }
  g_object_set (check, "silent", TRUE, NULL);
  if (source->fail_after > 0)
    g_object_set (check, "error-after", source->fail_after * (gint) per_second, NULL);
  if (source->stall_after > 0)
    add_stall (src, (guint) source->stall_after * per_second);
  if (!gst_element_link_many (src, caps, mark, check, NULL)) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "The test source does not fit together");
    return FALSE;
  }
  give (check, TB_FORM_RAW, setup);
  return TRUE;
}

/* v4l2: */

typedef struct {
  const char *caps;
  const char *decoder; /* NULL = none */
  TbSourceForm form;
} CameraFormat;

/* Best first: what the camera compresses itself costs us nothing; raw at full rate; JPEG (what USB 2 cameras send at
 * 720p); then anything. */
static const CameraFormat camera_formats[] = {
  { "video/x-h264,width=[1280,1920],height=[720,1080],framerate=[15/1,60/1]", NULL, TB_FORM_H264 },
  { "video/x-h264", NULL, TB_FORM_H264 },
  { "video/x-raw,width=1280,height=720,framerate=[20/1,30/1]", NULL, TB_FORM_RAW },
  { "image/jpeg,width=1280,height=720,framerate=[20/1,30/1]", "jpegdec", TB_FORM_RAW },
  { "video/x-raw,width=[640,1920],height=[360,1080],framerate=[20/1,60/1]", NULL, TB_FORM_RAW },
  { "image/jpeg,width=[640,1920],height=[360,1080]", "jpegdec", TB_FORM_RAW },
  { "video/x-raw", NULL, TB_FORM_RAW },
  { "image/jpeg", "jpegdec", TB_FORM_RAW },
};

static const CameraFormat *
choose_camera_format (GstCaps *can)
{
  for (gsize i = 0; i < G_N_ELEMENTS (camera_formats); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (camera_formats[i].caps);

    if (gst_caps_can_intersect (caps, can))
      return &camera_formats[i];
  }
  return NULL;
}

static gboolean
build_camera (const TbSource *source, const TbSourceSetup *setup, GError **error)
{
  GstBin *bin = setup->pipeline;
  GstElement *src = tb_make_element (bin, "v4l2src", error), *caps, *last;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstCaps) can = NULL;
  const CameraFormat *format;

  if (src == NULL)
    return FALSE;
  g_object_set (src, "device", source->location, NULL);
  /* READY opens the device; only then does it say what it can. */
  if (gst_element_set_state (src, GST_STATE_READY) == GST_STATE_CHANGE_FAILURE) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "The camera %s cannot be opened: is it plugged in, and free?",
                 source->location);
    return FALSE;
  }
  pad = gst_element_get_static_pad (src, "src");
  can = gst_pad_query_caps (pad, NULL);
  format = choose_camera_format (can);
  if (format == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "The camera %s gives no picture this program understands",
                 source->location);
    return FALSE;
  }
  if ((caps = make_caps (bin, format->caps, error)) == NULL || !link_two (src, caps, error))
    return FALSE;
  last = caps;
  if (format->decoder != NULL) {
    if ((last = tb_make_element (bin, format->decoder, error)) == NULL || !link_two (caps, last, error))
      return FALSE;
  }
  give (last, format->form, setup);
  return TRUE;
}

/* pulse:, alsa:, pipewire: */

static gboolean
build_microphone (const TbSource *source, const char *factory, const TbSourceSetup *setup, GError **error)
{
  GstElement *src = tb_make_element (setup->pipeline, factory, error);

  if (src == NULL)
    return FALSE;
  if (*source->location != '\0')
    g_object_set (src, "device", source->location, NULL);
  /* The sound card follows the visit's clock, not the other way round. Small corrections, often: a skew of 10 ms is
   * well under a frame. */
  g_object_set (src, "provide-clock", FALSE, "drift-tolerance", G_GINT64_CONSTANT (10000), "latency-time",
                G_GINT64_CONSTANT (20000), "buffer-time", G_GINT64_CONSTANT (400000), NULL);
  gst_util_set_object_arg (G_OBJECT (src), "slave-method", "skew");
  give (src, TB_FORM_RAW, setup);
  return TRUE;
}

static gboolean
build_pipewire (const TbSource *source, const TbSourceSetup *setup, GError **error)
{
  GstBin *bin = setup->pipeline;
  GstElement *src = tb_make_element (bin, "pipewiresrc", error), *caps;

  if (src == NULL)
    return FALSE;
  if (*source->location != '\0')
    g_object_set (src, "target-object", source->location, NULL);
  g_object_set (src, "do-timestamp", TRUE, NULL);
  caps = make_caps (bin, setup->kind == TB_MEDIA_VIDEO ? "video/x-raw" : "audio/x-raw", error);
  if (caps == NULL || !link_two (src, caps, error))
    return FALSE;
  give (caps, TB_FORM_RAW, setup);
  return TRUE;
}

/* Sources whose pads come later. */

static gboolean
first_time (Pending *pending)
{
  return g_atomic_int_compare_and_exchange (&pending->given, 0, 1);
}

static gboolean
pad_is_raw (GstPad *pad, TbMediaKind kind)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  if (caps == NULL || gst_caps_is_empty (caps) || gst_caps_is_any (caps))
    return FALSE;
  return g_strcmp0 (gst_structure_get_name (gst_caps_get_structure (caps, 0)),
                    kind == TB_MEDIA_VIDEO ? "video/x-raw" : "audio/x-raw") == 0;
}

/* A stream that is not wanted must still flow somewhere, or its demuxer stops. */
static void
swallow (GstBin *bin, GstPad *pad)
{
  GstElement *sink = tb_make_element (bin, "fakesink", NULL);
  g_autoptr (GstPad) sinkpad = NULL;

  if (sink == NULL)
    return;
  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  sinkpad = gst_element_get_static_pad (sink, "sink");
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, sinkpad);
}

static void
report_link_error (GstElement *element, const GError *error)
{
  GST_ELEMENT_ERROR (element, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
}

/* file: a decoded stream of the film. */
static void
film_pad_added (GstElement *decoder, GstPad *pad, gpointer user_data)
{
  Pending *pending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) sinkpad = NULL;
  GstElement *sync;

  if (!pad_is_raw (pad, pending->setup.kind) || !first_time (pending)) {
    swallow (pending->setup.pipeline, pad);
    return;
  }
  sync = tb_make_element (pending->setup.pipeline, "clocksync", &error);
  if (sync == NULL) {
    report_link_error (decoder, error);
    return;
  }
  /* The film's own zero comes at FILM_ZERO of the timeline, the same for its picture and its sound. */
  gst_pad_set_offset (pad, pending->setup.film_zero);
  sinkpad = gst_element_get_static_pad (sync, "sink");
  gst_element_sync_state_with_parent (sync);
  give (sync, TB_FORM_RAW, &pending->setup);
  gst_pad_link (pad, sinkpad);
}

static void
film_no_more_pads (GstElement *decoder, gpointer user_data)
{
  Pending *pending = user_data;

  if (first_time (pending))
    GST_ELEMENT_ERROR (decoder, STREAM, WRONG_TYPE,
                       ("This film has no %s", pending->setup.kind == TB_MEDIA_VIDEO ? "picture" : "sound"), (NULL));
}

static gboolean
build_film (const TbSource *source, Pending *pending, GError **error)
{
  GstBin *bin = pending->setup.pipeline;
  GstElement *src = tb_make_element (bin, "filesrc", error), *decoder;

  if (src == NULL || (decoder = tb_make_element (bin, "decodebin", error)) == NULL || !link_two (src, decoder, error)) {
    g_free (pending);
    return FALSE;
  }
  g_object_set_data_full (G_OBJECT (decoder), "tb-pending", pending, g_free);
  g_object_set (src, "location", source->location, NULL);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (film_pad_added), pending);
  g_signal_connect (decoder, "no-more-pads", G_CALLBACK (film_no_more_pads), pending);
  return TRUE;
}

/* rtsp:// */

static gboolean
rtp_is (GstPad *pad, const char *field, const char *value)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const char *is;

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  if (caps == NULL || gst_caps_is_empty (caps) || gst_caps_is_any (caps))
    return FALSE;
  is = gst_structure_get_string (gst_caps_get_structure (caps, 0), field);
  return is != NULL && g_ascii_strcasecmp (is, value) == 0;
}

/* Only the stream that is recorded is asked of the camera. */
static gboolean
rtsp_select_stream (GstElement *src, guint index, GstCaps *caps, gpointer user_data)
{
  Pending *pending = user_data;
  const char *media = gst_structure_get_string (gst_caps_get_structure (caps, 0), "media");

  return g_strcmp0 (media, tb_media_kind_name (pending->setup.kind)) == 0;
}

static void
rtsp_decoded_pad_added (GstElement *decoder, GstPad *pad, gpointer user_data)
{
  Pending *pending = user_data;

  if (pad_is_raw (pad, pending->setup.kind) && first_time (pending))
    pending->setup.ready (pad, TB_FORM_RAW, pending->setup.user_data);
  else
    swallow (pending->setup.pipeline, pad);
}

static void
rtsp_pad_added (GstElement *src, GstPad *pad, gpointer user_data)
{
  Pending *pending = user_data;
  gboolean h264 = rtp_is (pad, "encoding-name", "H264");
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) sinkpad = NULL;
  GstElement *next;

  if (!rtp_is (pad, "media", tb_media_kind_name (pending->setup.kind)) || (h264 && !first_time (pending))) {
    swallow (pending->setup.pipeline, pad);
    return;
  }
  next = tb_make_element (pending->setup.pipeline, h264 ? "rtph264depay" : "decodebin", &error);
  if (next == NULL) {
    report_link_error (src, error);
    return;
  }
  if (!h264)
    g_signal_connect (next, "pad-added", G_CALLBACK (rtsp_decoded_pad_added), pending);
  tb_camera_delay_watch (pad, pending->setup.base_ns, pending->setup.delay_ns, pending->setup.delay,
                         pending->setup.user_data);
  sinkpad = gst_element_get_static_pad (next, "sink");
  gst_element_sync_state_with_parent (next);
  if (h264)
    give (next, TB_FORM_H264, &pending->setup);
  gst_pad_link (pad, sinkpad);
}

static void
rtsp_no_more_pads (GstElement *src, gpointer user_data)
{
  Pending *pending = user_data;

  /* A decoder may still be finding out; without any pad nothing will come. */
  if (src->numsrcpads == 0 && g_atomic_int_get (&pending->given) == 0)
    GST_ELEMENT_ERROR (src, STREAM, WRONG_TYPE,
                       ("This camera sends no %s", pending->setup.kind == TB_MEDIA_VIDEO ? "picture" : "sound"), (NULL));
}

static gboolean
build_rtsp (const TbSource *source, Pending *pending, GError **error)
{
  GstElement *src = tb_make_element (pending->setup.pipeline, "rtspsrc", error);

  if (src == NULL) {
    g_free (pending);
    return FALSE;
  }
  g_object_set_data_full (G_OBJECT (src), "tb-pending", pending, g_free);
  g_object_set (src, "location", source->location, "latency", 200, "tcp-timeout", G_GUINT64_CONSTANT (3000000),
                "add-reference-timestamp-meta", TRUE, "user-agent", "Terugblik", NULL);
  gst_util_set_object_arg (G_OBJECT (src), "protocols", "tcp");
  /* Only what RTP timestamps say: by itself the jitterbuffer moves frames by hundreds of milliseconds, and back over
   * seconds, when packets come later than its latency. */
  gst_util_set_object_arg (G_OBJECT (src), "buffer-mode", "synced");
  g_signal_connect (src, "select-stream", G_CALLBACK (rtsp_select_stream), pending);
  g_signal_connect (src, "pad-added", G_CALLBACK (rtsp_pad_added), pending);
  g_signal_connect (src, "no-more-pads", G_CALLBACK (rtsp_no_more_pads), pending);
  return TRUE;
}

static Pending *
pending_new (const TbSourceSetup *setup)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->setup = *setup;
  return pending;
}

gboolean
tb_source_build (const TbSource *source, const TbSourceSetup *setup, GError **error)
{
  g_autoptr (TbSource) best = NULL;
  g_autofree char *uri = NULL;

  switch (source->type) {
  case TB_SOURCE_TEST:
    return build_test (source, setup, error);
  case TB_SOURCE_V4L2:
    return build_camera (source, setup, error);
  case TB_SOURCE_PULSE:
    return build_microphone (source, "pulsesrc", setup, error);
  case TB_SOURCE_ALSA:
    return build_microphone (source, "alsasrc", setup, error);
  case TB_SOURCE_PIPEWIRE:
    return build_pipewire (source, setup, error);
  case TB_SOURCE_FILE:
    return build_film (source, pending_new (setup), error);
  case TB_SOURCE_RTSP:
    return build_rtsp (source, pending_new (setup), error);
  case TB_SOURCE_AUTO:
    uri = tb_device_best_uri (setup->kind, error);
    best = uri != NULL ? tb_source_parse (uri, error) : NULL;
    return best != NULL && tb_source_build (best, setup, error);
  }
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "This source cannot be used");
  return FALSE;
}
