/* Decoding up to one frame (media/clip-decoder.h), scaling or softening it, and one JPEG of it. */

#include "media/still.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <math.h>

#include "base/error.h"
#include "media/clip-decoder.h"
#include "media/init.h"

/* Times in a file are rounded to its timescale. */
#define SPARE (TB_MILLISECOND / 2)
/* A hole up to this long is bridged by the frame beside it. */
#define BRIDGE (250 * TB_MILLISECOND)
#define TIME_LIMIT_MS 10000
#define PULL_WAIT (100 * GST_MSECOND)
#define PLANES 3

/* The segment that AT lies in, and the one after it, which may begin just then. */
static TbClipSource *
open_source (const TbStillRequest *request)
{
  guint first = 0;

  for (guint i = 1; i < request->n; i++)
    if (request->segments[i].start_ns <= request->at + SPARE)
      first = i;
  return tb_clip_source_new (request->store, request->segments + first, MIN (request->n - first, 2), request->at,
                             request->at + BRIDGE, 0);
}

static gboolean
nothing_there (TbTime at, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "No picture was recorded at %.3f seconds", tb_time_to_seconds (at));
  return FALSE;
}

/* The frame shown at AT: the last that begins at or before it, else one that begins just after. */
static gboolean
find_frame (TbClipDecoder *decoder, TbTime at, GstBuffer **frame, GError **error)
{
  g_autoptr (GError) problem = NULL;
  TbTime end = 0;

  for (;;) {
    TbTime place = 0, duration = 0;
    g_autoptr (GstBuffer) buffer = tb_clip_decoder_next (decoder, &place, &duration, &problem);

    if (problem != NULL) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    if (buffer != NULL && place <= at + SPARE) {
      gst_buffer_replace (frame, buffer);
      end = place + duration;
      continue;
    }
    if (*frame != NULL && at < end + BRIDGE)
      return TRUE;
    if (buffer == NULL || place > at + BRIDGE)
      return nothing_there (at, error);
    gst_buffer_replace (frame, buffer);
    return TRUE;
  }
}

/* --- softening ------------------------------------------------------------- */

/* One component of a picture, as few numbers: ROWS × COLUMNS averages. */
typedef struct {
  float values[TB_STILL_SOFT_SIDE * TB_STILL_SOFT_SIDE];
  guint columns, rows;
} Grid;

static void
average (Grid *grid, const GstVideoFrame *frame, guint plane)
{
  const guint8 *data = GST_VIDEO_FRAME_COMP_DATA (frame, plane);
  guint width = (guint) GST_VIDEO_FRAME_COMP_WIDTH (frame, plane);
  guint height = (guint) GST_VIDEO_FRAME_COMP_HEIGHT (frame, plane);
  guint stride = (guint) GST_VIDEO_FRAME_COMP_STRIDE (frame, plane);

  for (guint row = 0; row < grid->rows; row++) {
    guint top = row * height / grid->rows, bottom = MAX ((row + 1) * height / grid->rows, top + 1);

    for (guint column = 0; column < grid->columns; column++) {
      guint left = column * width / grid->columns, right = MAX ((column + 1) * width / grid->columns, left + 1);
      guint64 sum = 0;

      for (guint y = top; y < bottom; y++)
        for (guint x = left; x < right; x++)
          sum += data[(gsize) y * stride + x];
      grid->values[row * grid->columns + column] = (float) sum / (float) ((bottom - top) * (right - left));
    }
  }
}

/* What the four cells around place I of COUNT weigh when CELLS are spread over COUNT: the uniform cubic B-spline,
 * which is smooth and, unlike one that goes through the cells, softens a little more. */
static void
spread_weights (guint i, guint count, guint cells, guint places[4], float weights[4])
{
  float at = ((float) i + 0.5f) * (float) cells / (float) count - 0.5f;
  int base = (int) floorf (at);
  float f = at - (float) base;

  for (int k = 0; k < 4; k++)
    places[k] = (guint) CLAMP (base - 1 + k, 0, (int) cells - 1);
  weights[0] = (1 - f) * (1 - f) * (1 - f) / 6;
  weights[1] = (3 * f * f * f - 6 * f * f + 4) / 6;
  weights[2] = (-3 * f * f * f + 3 * f * f + 3 * f + 1) / 6;
  weights[3] = f * f * f / 6;
}

static void
spread (const Grid *grid, GstVideoFrame *frame, guint plane)
{
  guint8 *data = GST_VIDEO_FRAME_COMP_DATA (frame, plane);
  guint width = (guint) GST_VIDEO_FRAME_COMP_WIDTH (frame, plane);
  guint height = (guint) GST_VIDEO_FRAME_COMP_HEIGHT (frame, plane);
  guint stride = (guint) GST_VIDEO_FRAME_COMP_STRIDE (frame, plane);
  g_autofree float *wide = g_new (float, (gsize) grid->rows * width); /* the rows, at full width */
  guint places[4];
  float weights[4];

  for (guint x = 0; x < width; x++) {
    spread_weights (x, width, grid->columns, places, weights);
    for (guint row = 0; row < grid->rows; row++) {
      const float *cells = grid->values + row * grid->columns;

      wide[(gsize) row * width + x] = weights[0] * cells[places[0]] + weights[1] * cells[places[1]]
                                      + weights[2] * cells[places[2]] + weights[3] * cells[places[3]];
    }
  }
  for (guint y = 0; y < height; y++) {
    spread_weights (y, height, grid->rows, places, weights);
    for (guint x = 0; x < width; x++) {
      float value = 0.5f;

      for (guint k = 0; k < 4; k++)
        value += weights[k] * wide[(gsize) places[k] * width + x];
      data[(gsize) y * stride + x] = (guint8) CLAMP (value, 0.0f, 255.0f);
    }
  }
}

/* As many square cells as fit, the longer side of the picture TB_STILL_SOFT_SIDE of them. */
static void
choose_grid (Grid *grid, guint width, guint height)
{
  guint longer = MAX (width, height);

  grid->columns = MAX (1, (TB_STILL_SOFT_SIDE * width + longer / 2) / longer);
  grid->rows = MAX (1, (TB_STILL_SOFT_SIDE * height + longer / 2) / longer);
}

/* A picture of WIDTH × HEIGHT made of the few averages of another. *CAPS: its form. New. */
static GstBuffer *
soften (GstBuffer *buffer, const GstVideoInfo *info, guint width, guint height, GstCaps **caps)
{
  GstVideoInfo soft;
  GstVideoFrame from, to;
  GstBuffer *out;

  if (!gst_video_frame_map (&from, info, buffer, GST_MAP_READ))
    return NULL;
  gst_video_info_set_format (&soft, GST_VIDEO_FORMAT_I420, width, height);
  soft.colorimetry = info->colorimetry;
  out = gst_buffer_new_allocate (NULL, soft.size, NULL);
  if (!gst_video_frame_map (&to, &soft, out, GST_MAP_WRITE)) {
    gst_video_frame_unmap (&from);
    gst_buffer_unref (out);
    return NULL;
  }
  for (guint plane = 0; plane < PLANES; plane++) {
    Grid grid;

    choose_grid (&grid, (guint) GST_VIDEO_INFO_WIDTH (info), (guint) GST_VIDEO_INFO_HEIGHT (info));
    average (&grid, &from, plane);
    spread (&grid, &to, plane);
  }
  gst_video_frame_unmap (&to);
  gst_video_frame_unmap (&from);
  *caps = gst_video_info_to_caps (&soft);
  return out;
}

/* --- the JPEG -------------------------------------------------------------- */

static gboolean
check_time (gint64 deadline, GCancellable *cancellable, GError **error)
{
  if (cancellable != NULL && g_cancellable_is_cancelled (cancellable)) {
    g_set_error (error, TB_ERROR, TB_ERROR_CANCELLED, "The picture is not wanted any more");
    return FALSE;
  }
  if (g_get_monotonic_time () > deadline) {
    g_set_error (error, TB_ERROR, TB_ERROR_TIMEOUT, "The picture took too long to make");
    return FALSE;
  }
  return TRUE;
}

static GBytes *
pull_bytes (GstElement *pipeline, gint64 deadline, GCancellable *cancellable, GError **error)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  while (check_time (deadline, cancellable, error)) {
    g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), PULL_WAIT);
    g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    gpointer bytes;
    gsize size;

    if (sample != NULL) {
      gst_buffer_extract_dup (gst_sample_get_buffer (sample), 0, G_MAXSIZE, &bytes, &size);
      return g_bytes_new_take (bytes, size);
    }
    if (message == NULL && !gst_app_sink_is_eos (GST_APP_SINK (sink)))
      continue;
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "The picture could not be made into a JPEG");
    break;
  }
  return NULL;
}

/* BUFFER (of the form CAPS) at WIDTH × HEIGHT. A JPEG's colours use the whole range (JFIF), a film's do not. */
static GBytes *
encode (GstBuffer *buffer, GstCaps *caps, guint width, guint height, gint64 deadline, GCancellable *cancellable,
        GError **error)
{
  g_autofree char *text
    = g_strdup_printf ("appsrc name=src format=time ! videoconvert ! videoscale ! "
                       "video/x-raw,format=I420,width=%u,height=%u,colorimetry=1:4:0:0 ! jpegenc quality=88 ! "
                       "appsink name=sink sync=false", width, height);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &problem);
  g_autoptr (GstElement) src = NULL;
  GBytes *bytes;

  if (pipeline == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "Pictures cannot be made here: %s", problem->message);
    return NULL;
  }
  src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  gst_app_src_set_caps (GST_APP_SRC (src), caps);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  buffer = gst_buffer_make_writable (gst_buffer_ref (buffer));
  GST_BUFFER_PTS (buffer) = 0;
  gst_app_src_push_buffer (GST_APP_SRC (src), buffer);
  gst_app_src_end_of_stream (GST_APP_SRC (src));
  bytes = pull_bytes (pipeline, deadline, cancellable, error);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return bytes;
}

GBytes *
tb_media_still (const TbStillRequest *request, guint time_limit_ms, GCancellable *cancellable, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) (time_limit_ms > 0 ? time_limit_ms : TIME_LIMIT_MS) * 1000;
  guint width = request->width > 0 ? request->width : TB_STILL_WIDTH, height;
  g_autoptr (TbClipDecoder) decoder = NULL;
  g_autoptr (GstBuffer) frame = NULL;
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo info;

  tb_media_init ();
  if (request->n == 0) {
    nothing_there (request->at, error);
    return NULL;
  }
  decoder = tb_clip_decoder_new (open_source (request), TB_MEDIA_VIDEO, cancellable);
  tb_clip_decoder_set_deadline (decoder, deadline);
  if (!check_time (deadline, cancellable, error) || !find_frame (decoder, request->at, &frame, error))
    return NULL;
  if (!gst_video_info_from_caps (&info, tb_clip_decoder_caps (decoder))) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "A recording could not be decoded");
    return NULL;
  }
  height = MAX (2, (guint) gst_util_uint64_scale_round (width, GST_VIDEO_INFO_HEIGHT (&info),
                                                        GST_VIDEO_INFO_WIDTH (&info)) / 2 * 2);
  if (!request->soft) {
    caps = gst_caps_ref (tb_clip_decoder_caps (decoder));
  } else {
    GstBuffer *soft = soften (frame, &info, width, height, &caps);

    if (soft == NULL) {
      g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "A picture could not be softened");
      return NULL;
    }
    gst_buffer_unref (frame);
    frame = soft;
  }
  return encode (frame, caps, width, height, deadline, cancellable, error);
}
