/**
 * element-timetick: makes the sound silent but for a tick of 10 ms that begins, to the sample, at each whole second
 * of running time.
 *
 *   gst-launch-1.0 audiotestsrc is-live=true wave=silence ! timetick ! autoaudiosink
 */

#include "gsttimemark.h"

#include <math.h>
#include <string.h>

#include <gst/audio/audio.h>
#include <gst/audio/gstaudiofilter.h>

#define TICK_NS (10 * GST_MSECOND)
#define TICK_HZ 1000.0
#define TICK_LEVEL 0.5

typedef struct {
  GstAudioFilter parent;
} TbTimeTick;

typedef struct {
  GstAudioFilterClass parent;
} TbTimeTickClass;

G_DEFINE_TYPE (TbTimeTick, tb_time_tick, GST_TYPE_AUDIO_FILTER)

/* Of the sample at running time NS. The first sample of a tick is at full level, so that its start shows. */
static double
sample_at (guint64 ns)
{
  guint64 into = ns % GST_SECOND;

  return into < TICK_NS ? TICK_LEVEL * cos (2 * G_PI * TICK_HZ * (double) into / GST_SECOND) : 0.0;
}

static GstFlowReturn
transform_ip (GstBaseTransform *base, GstBuffer *buffer)
{
  const GstAudioInfo *info = GST_AUDIO_FILTER_INFO (base);
  gint channels = GST_AUDIO_INFO_CHANNELS (info), rate = GST_AUDIO_INFO_RATE (info);
  gboolean is_float = GST_AUDIO_INFO_IS_FLOAT (info);
  GstClockTime running;
  GstMapInfo map;
  gsize frames;

  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    return GST_FLOW_OK;
  running = gst_segment_to_running_time (&base->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (!GST_CLOCK_TIME_IS_VALID (running) || !gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    return GST_FLOW_OK;
  frames = map.size / GST_AUDIO_INFO_BPF (info);
  for (gsize i = 0; i < frames; i++) {
    /* Half a sample is added so that rounding of the buffer's time never hides a tick's first sample. */
    double value = sample_at (running + gst_util_uint64_scale (2 * i + 1, GST_SECOND, 2 * (guint64) rate));

    for (gint c = 0; c < channels; c++) {
      if (is_float)
        ((gfloat *) map.data)[i * channels + c] = (gfloat) value;
      else
        ((gint16 *) map.data)[i * channels + c] = (gint16) lrint (value * 32767);
    }
  }
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_GAP);
  return GST_FLOW_OK;
}

static void
tb_time_tick_class_init (TbTimeTickClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  g_autoptr (GstCaps) caps = gst_caps_from_string ("audio/x-raw, layout = (string) interleaved, format = (string) { "
                                                   GST_AUDIO_NE (S16) ", " GST_AUDIO_NE (F32)
                                                   " }, rate = (int) [ 8000, 192000 ], channels = (int) [ 1, 8 ]");

  gst_audio_filter_class_add_pad_templates (GST_AUDIO_FILTER_CLASS (klass), caps);
  gst_element_class_set_static_metadata (element, "Time tick", "Filter/Effect/Audio",
                                         "Silence with a tick at each whole second of running time", "Terugblik");
  GST_BASE_TRANSFORM_CLASS (klass)->transform_ip = transform_ip;
}

static void
tb_time_tick_init (TbTimeTick *self)
{
}
