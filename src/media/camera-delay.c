/* In running time, of one frame: PTS is what its RTP timestamp says, PTS + shift is what it gets. */

#include "media/camera-delay.h"

#define NTP_TO_UNIX (G_GINT64_CONSTANT (2208988800) * TB_SECOND)
#define PLAUSIBLE_MIN (-20 * TB_MILLISECOND)
#define PLAUSIBLE_MAX (5 * TB_SECOND)
#define WINDOW (30 * TB_SECOND)
#define CHANGE (20 * TB_MILLISECOND)

/* So long frames lie as the first one laid them, however late it was: with the sender report, which comes every five
 * seconds or so (RFC 3550, 6.2), it is known how late, for all of them. Without, the quickest counts. */
#define PATIENCE (8 * TB_SECOND)

/* No network and no busy machine is late for a whole window by so much: the camera has set its RTP clock. */
#define FAR (250 * TB_MILLISECOND)
/* Nor is a camera, after it was away, by so much quicker or slower than before: it has set its clock meanwhile. */
#define FAR_AGAIN (1 * TB_SECOND)
/* No packet comes so long before it was sent: the RTP timestamps began anew. */
#define BROKEN (5 * TB_SECOND)

/* Parts of the time gone by that the shift moves at most: towards its place after a beginning, and at double the drift
 * of bad crystals. */
#define SETTLING 2
#define FOLLOWING 5000

typedef struct {
  gint64 base_ns;
  TbCameraDelayFunc func;
  gpointer user_data;
  GstSegment segment;
  GstCaps *ntp;

  TbTime last;         /* the greatest PTS so far; TB_TIME_NONE = none */
  TbTime shift;        /* there */
  TbTime before;       /* the greatest PTS before that */
  TbTime shift_before; /* there */
  TbTime goal;         /* where the shift goes */
  TbTime lead;         /* how far the goal lies behind the quickest arrival */
  gboolean settling;   /* the shift may move fast */
  gboolean opening;    /* in the first window */

  TbTime window_start;
  TbTime least; /* arrival - PTS, in this window */

  TbTime known; /* as told; TB_TIME_NONE = not told yet, or that there is none */
  gboolean none_told;
  gboolean matched; /* frames lie where the sender reports say, since the beginning */
} Watch;

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  gst_caps_unref (watch->ntp);
  g_free (watch);
}

/* FALSE when the camera's clock does not allow it; what was told before stays then. */
static gboolean
tell (Watch *watch, TbTime delay)
{
  if (delay < PLAUSIBLE_MIN || delay > PLAUSIBLE_MAX) {
    if (watch->known == TB_TIME_NONE && !watch->none_told)
      watch->func (TB_TIME_NONE, watch->user_data);
    watch->none_told = TRUE;
    return FALSE;
  }
  delay = MAX (0, delay);
  if (watch->known == TB_TIME_NONE || ABS (delay - watch->known) >= CHANGE) {
    watch->known = delay;
    watch->func (delay, watch->user_data);
  }
  return TRUE;
}

/* How long before the running time PTS the light fell in; TB_TIME_NONE without a sender report so far. */
static TbTime
delay_at (Watch *watch, GstBuffer *buffer, TbTime pts)
{
  GstReferenceTimestampMeta *meta = gst_buffer_get_reference_timestamp_meta (buffer, watch->ntp);

  if (meta == NULL)
    return TB_TIME_NONE;
  /* Ours now, the real time of day: the camera's clock is set by the same kind of network time. */
  return watch->base_ns + pts - tb_clock_monotonic () + g_get_real_time () * 1000
         - ((TbTime) meta->timestamp - NTP_TO_UNIX);
}

static void
begin (Watch *watch, TbTime pts, TbTime late)
{
  /* In an RTP clock that begins anew, frames go on behind those before. */
  watch->shift = watch->last == TB_TIME_NONE ? late : MAX (late, watch->last + watch->shift - pts);
  watch->shift_before = watch->shift;
  watch->goal = watch->least = late;
  watch->lead = 0;
  watch->before = watch->last = watch->window_start = pts;
  watch->matched = FALSE;
  watch->settling = watch->opening = TRUE;
}

/* The first sender report: what was told before must stay true; or else it is measured now. */
static void
match (Watch *watch, TbTime delay)
{
  TbTime off = watch->known != TB_TIME_NONE ? watch->known - delay : 0;

  if (ABS (off) <= FAR_AGAIN) {
    watch->matched = watch->known != TB_TIME_NONE || tell (watch, delay);
    watch->goal += off;
    watch->lead += off;
    watch->settling |= off != 0;
  } else if (!watch->opening) { /* it is not that the first frames came late */
    watch->matched = tell (watch, delay);
  }
}

static void
end_window (Watch *watch, TbTime pts, TbTime delay)
{
  /* Where the frames lie now is where the sender reports have said they must: it is the arrivals that are off. */
  gboolean vouched = delay != TB_TIME_NONE && watch->known != TB_TIME_NONE
                     && ABS (delay + watch->shift - watch->known) < CHANGE;

  if (watch->opening)
    watch->lead = watch->goal - watch->least;
  watch->goal = watch->least + watch->lead;
  watch->settling |= !vouched && ABS (watch->goal - watch->shift) > FAR;
  if (!watch->settling && delay != TB_TIME_NONE)
    tell (watch, delay + watch->shift);
  watch->opening = FALSE;
  watch->window_start = pts;
  watch->least = G_MAXINT64;
}

static void
move (Watch *watch, TbTime passed)
{
  TbTime most = passed / (watch->settling ? SETTLING : FOLLOWING);

  watch->shift += CLAMP (watch->goal - watch->shift, -most, most);
  if (watch->shift == watch->goal)
    watch->settling = watch->opening && !watch->matched;
}

static void
look (Watch *watch, GstBuffer *buffer, TbTime pts, TbTime late)
{
  TbTime delay, passed;

  if (watch->last == TB_TIME_NONE || late - watch->shift < -BROKEN || watch->last - pts > BROKEN)
    begin (watch, pts, late);
  passed = pts - watch->last;
  if (passed <= 0) /* the rest of a frame, or a B picture */
    return;
  watch->before = watch->last;
  watch->shift_before = watch->shift;
  watch->last = pts;
  watch->least = MIN (watch->least, late);
  delay = delay_at (watch, buffer, pts);
  if (watch->opening && !watch->matched && (watch->none_told || pts - watch->window_start >= PATIENCE))
    watch->goal = MIN (watch->goal, watch->least);
  if (delay != TB_TIME_NONE && !watch->matched)
    match (watch, delay + watch->goal);
  if (pts - watch->window_start >= WINDOW)
    end_window (watch, pts, delay);
  move (watch, passed);
}

/* B pictures come after the later of the two they lie between, and stay between them. */
static TbTime
shift_at (Watch *watch, TbTime pts)
{
  if (pts >= watch->last)
    return watch->shift;
  if (pts <= watch->before)
    return watch->shift_before;
  return watch->shift_before
         + (watch->shift - watch->shift_before) * (pts - watch->before) / (watch->last - watch->before);
}

static TbTime
running_time (Watch *watch, GstClockTime time)
{
  guint64 running = GST_CLOCK_TIME_IS_VALID (time)
                      ? gst_segment_to_running_time (&watch->segment, GST_FORMAT_TIME, time)
                      : GST_CLOCK_TIME_NONE;

  return GST_CLOCK_TIME_IS_VALID (running) ? (TbTime) running : TB_TIME_NONE;
}

/* BUFFER is taken; new. */
static GstBuffer *
retime (Watch *watch, GstBuffer *buffer)
{
  TbTime pts = running_time (watch, GST_BUFFER_PTS (buffer));
  TbTime arrived = running_time (watch, GST_BUFFER_DTS (buffer));

  if (pts == TB_TIME_NONE)
    return buffer;
  /* Over TCP only the first packet has kept when it arrived; it waits in the jitterbuffer as none after it does. */
  if (arrived == TB_TIME_NONE)
    arrived = tb_clock_monotonic () - watch->base_ns;
  look (watch, buffer, pts, arrived - pts);
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = (GstClockTime) MAX (0, (TbTime) GST_BUFFER_PTS (buffer) + shift_at (watch, pts));
  return buffer;
}

static gboolean
retime_each (GstBuffer **buffer, guint index, gpointer user_data)
{
  *buffer = retime (user_data, *buffer);
  return TRUE;
}

static GstPadProbeReturn
clock_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Watch *watch = user_data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    GST_PAD_PROBE_INFO_DATA (info) = retime (watch, GST_PAD_PROBE_INFO_BUFFER (info));
  } else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list = gst_buffer_list_make_writable (GST_PAD_PROBE_INFO_BUFFER_LIST (info));

    gst_buffer_list_foreach (list, retime_each, watch);
    GST_PAD_PROBE_INFO_DATA (info) = list;
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_SEGMENT) {
    gst_event_copy_segment (GST_PAD_PROBE_INFO_EVENT (info), &watch->segment);
  }
  return GST_PAD_PROBE_OK;
}

void
tb_camera_delay_watch (GstPad *pad, gint64 base_ns, TbTime known_ns, TbCameraDelayFunc func, gpointer user_data)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->base_ns = base_ns;
  watch->func = func;
  watch->user_data = user_data;
  watch->ntp = gst_caps_new_empty_simple ("timestamp/x-ntp");
  watch->known = known_ns;
  watch->last = TB_TIME_NONE;
  gst_segment_init (&watch->segment, GST_FORMAT_TIME);
  gst_pad_add_probe (pad,
                     GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
                     clock_probe, watch, watch_free);
}
