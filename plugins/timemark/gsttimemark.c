/**
 * element-timemark: draws each frame's running time into it, as blocks a program can read (see README.md) and as
 * digits a person can.
 *
 *   gst-launch-1.0 videotestsrc is-live=true ! timemark ! autovideosink
 *
 * With time-base=wall it draws the time of day instead (milliseconds since 1970), for a camera in another process
 * whose running time nobody knows.
 */

#include "gsttimemark.h"

#include <string.h>

#include <gst/video/gstvideofilter.h>
#include <gst/video/video.h>

#include "mark.h"

typedef enum {
  TIME_BASE_RUNNING = 1,
  TIME_BASE_WALL
} TimeBase;

enum {
  PROP_TIME_BASE = 1
};

typedef struct {
  GstVideoFilter parent;
  TimeBase time_base; /* object lock */
} TbTimeMark;

typedef struct {
  GstVideoFilterClass parent;
} TbTimeMarkClass;

G_DEFINE_TYPE (TbTimeMark, tb_time_mark, GST_TYPE_VIDEO_FILTER)

#define CAPS GST_VIDEO_CAPS_MAKE ("{ I420, NV12, GRAY8 }")

static GstStaticPadTemplate sink_template
  = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (CAPS));
static GstStaticPadTemplate src_template
  = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (CAPS));

static GType
time_base_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { TIME_BASE_RUNNING, "Running time of the pipeline", "running" },
    { TIME_BASE_WALL, "Time of day", "wall" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("TbTimeMarkBase", values));
  return type;
}

/* What the mark of a frame says, in ms; the frame's running time, or the time of day at which it was. */
static gboolean
mark_value (TbTimeMark *self, GstBuffer *buffer, guint64 *value_ms)
{
  GstSegment *segment = &GST_BASE_TRANSFORM (self)->segment;
  GstClockTime running, base;
  TimeBase time_base;

  if (!GST_BUFFER_PTS_IS_VALID (buffer) || segment->format != GST_FORMAT_TIME)
    return FALSE;
  running = gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (!GST_CLOCK_TIME_IS_VALID (running))
    return FALSE;
  GST_OBJECT_LOCK (self);
  time_base = self->time_base;
  GST_OBJECT_UNLOCK (self);
  if (time_base == TIME_BASE_WALL) {
    g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));

    if (clock == NULL)
      return FALSE;
    base = gst_element_get_base_time (GST_ELEMENT (self));
    running = (GstClockTime) (g_get_real_time () * 1000)
              + GST_CLOCK_DIFF (gst_clock_get_time (clock), base + running);
  }
  *value_ms = (running + 500000) / 1000000;
  return TRUE;
}

static GstFlowReturn
transform_frame_ip (GstVideoFilter *filter, GstVideoFrame *frame)
{
  TbTimeMark *self = (TbTimeMark *) filter;
  guint64 value_ms = 0;
  gint width = GST_VIDEO_FRAME_WIDTH (frame), height = GST_VIDEO_FRAME_HEIGHT (frame);

  if (!mark_value (self, frame->buffer, &value_ms))
    return GST_FLOW_OK;
  tb_mark_draw (GST_VIDEO_FRAME_PLANE_DATA (frame, 0), width, height, GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0),
                value_ms);
  /* Grey, or the colour of the picture below would tint the blocks. */
  for (guint plane = 1; plane < GST_VIDEO_FRAME_N_PLANES (frame); plane++) {
    guint8 *data = GST_VIDEO_FRAME_PLANE_DATA (frame, plane);
    gint rows = (height / TB_MARK_HEIGHT_DIVISOR + 1) / 2;

    memset (data, 128, (gsize) rows * GST_VIDEO_FRAME_PLANE_STRIDE (frame, plane));
  }
  return GST_FLOW_OK;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TbTimeMark *self = (TbTimeMark *) object;

  if (id != PROP_TIME_BASE) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  self->time_base = g_value_get_enum (value);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TbTimeMark *self = (TbTimeMark *) object;

  if (id != PROP_TIME_BASE) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  g_value_set_enum (value, self->time_base);
  GST_OBJECT_UNLOCK (self);
}

static void
tb_time_mark_class_init (TbTimeMarkClass *klass)
{
  GObjectClass *object = G_OBJECT_CLASS (klass);
  GstElementClass *element = GST_ELEMENT_CLASS (klass);

  object->set_property = set_property;
  object->get_property = get_property;
  g_object_class_install_property (object, PROP_TIME_BASE,
                                   g_param_spec_enum ("time-base", "Time base", "What the mark says",
                                                      time_base_get_type (), TIME_BASE_RUNNING,
                                                      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "Time mark", "Filter/Effect/Video",
                                         "Draws the running time into each frame, to be read by programs and people",
                                         "Terugblik");
  GST_VIDEO_FILTER_CLASS (klass)->transform_frame_ip = transform_frame_ip;
}

static void
tb_time_mark_init (TbTimeMark *self)
{
  self->time_base = TIME_BASE_RUNNING;
}
