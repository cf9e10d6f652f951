/* The least of the delays of about ten seconds, told when it changes by more than half a frame. */

#include "media/camera-delay.h"

#define NTP_TO_UNIX (G_GINT64_CONSTANT (2208988800) * TB_SECOND)
#define PLAUSIBLE_MIN (-20 * TB_MILLISECOND)
#define PLAUSIBLE_MAX (5 * TB_SECOND)
#define WINDOW (10 * TB_SECOND)
#define FIRST_WINDOW (1 * TB_SECOND)
#define CHANGE (20 * TB_MILLISECOND)

typedef struct {
  gint64 base_ns;
  TbCameraDelayFunc func;
  gpointer user_data;
  GstSegment segment;
  GstCaps *ntp;
  TbTime window_start; /* running time; TB_TIME_NONE = none */
  TbTime window;
  TbTime least;
  gboolean told;
  TbTime told_delay;
} Watch;

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  gst_caps_unref (watch->ntp);
  g_free (watch);
}

static void
tell (Watch *watch, TbTime delay)
{
  if (watch->told && (delay == watch->told_delay
                      || (delay != TB_TIME_NONE && watch->told_delay != TB_TIME_NONE
                          && ABS (delay - watch->told_delay) < CHANGE)))
    return;
  watch->told = TRUE;
  watch->told_delay = delay;
  watch->func (delay, watch->user_data);
}

static void
look (Watch *watch, GstBuffer *buffer)
{
  GstReferenceTimestampMeta *meta = gst_buffer_get_reference_timestamp_meta (buffer, watch->ntp);
  TbTime running, arrived, delay;

  if (meta == NULL || !GST_BUFFER_PTS_IS_VALID (buffer))
    return;
  running = (TbTime) gst_segment_to_running_time (&watch->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (running < 0)
    return;
  /* Ours now, the real time of day: the camera's clock is set by the same kind of network time. */
  arrived = watch->base_ns + running - tb_clock_monotonic () + g_get_real_time () * 1000;
  delay = arrived - ((TbTime) meta->timestamp - NTP_TO_UNIX);
  if (watch->window_start == TB_TIME_NONE) {
    watch->window_start = running;
    watch->least = delay;
  }
  watch->least = MIN (watch->least, delay);
  if (running - watch->window_start < watch->window)
    return;
  tell (watch, watch->least >= PLAUSIBLE_MIN && watch->least <= PLAUSIBLE_MAX ? MAX (0, watch->least) : TB_TIME_NONE);
  watch->window_start = TB_TIME_NONE;
  watch->window = WINDOW;
}

static GstPadProbeReturn
delay_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Watch *watch = user_data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    look (watch, GST_PAD_PROBE_INFO_BUFFER (info));
  } else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

    if (gst_buffer_list_length (list) > 0)
      look (watch, gst_buffer_list_get (list, 0));
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_SEGMENT) {
    gst_event_copy_segment (GST_PAD_PROBE_INFO_EVENT (info), &watch->segment);
  }
  return GST_PAD_PROBE_OK;
}

void
tb_camera_delay_watch (GstPad *pad, gint64 base_ns, TbCameraDelayFunc func, gpointer user_data)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->base_ns = base_ns;
  watch->func = func;
  watch->user_data = user_data;
  watch->ntp = gst_caps_new_empty_simple ("timestamp/x-ntp");
  watch->window_start = TB_TIME_NONE;
  watch->window = FIRST_WINDOW;
  gst_segment_init (&watch->segment, GST_FORMAT_TIME);
  gst_pad_add_probe (pad,
                     GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
                     delay_probe, watch, watch_free);
}
