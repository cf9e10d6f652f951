/* The elements between a source and the files, and what happens in their streaming threads.
 *
 *   picture, to encode:   source ! videoconvert ! tee ! queue ! encoder ! h264parse ! mp4mux ! file
 *   picture, as it comes: source ! h264parse ! h264timestamper ! tee ! mp4mux ! file
 *   sound:                source ! queue ! audioconvert ! audioresample ! audiorate ! level ! tee
 *                              tee ! queue ! audioconvert ! AAC ! mp4mux ! file
 *                              tee ! queue ! flacenc ! file
 *   live picture:         tee ! (gate) ! queue ! [decoder !] videoscale ! jpegenc ! hub
 *
 * The gate is a probe that drops everything unless somebody looks, so that the live picture costs nothing else. */

#include "media/take-private.h"

#include <string.h>

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include "base/error.h"

/* One and a half times the key frame interval: fragments begin at key frames, once a second, and a camera whose key
 * frames are rarer still gets a fragment in time (mp4mux 1.22 cuts at this length without a key frame). */
#define VIDEO_FRAGMENT_MS 1500
#define AUDIO_FRAGMENT_MS 1000
#define KEYS_RARE_NS (2500 * TB_MILLISECOND)
#define PICTURE_EVERY_NS (95 * TB_MILLISECOND)
#define PICTURE_CAPS "video/x-raw,width=[16,640],height=[16,360],pixel-aspect-ratio=1/1"
#define AUDIO_RATE 48000
#define FLAC_LEAST_NS (250 * GST_MSECOND)

/* Samples of sound an AAC encoder puts before the first, which players do not take off again. */
typedef struct {
  const char *factory;
  guint samples;
} AacDelay;

static const AacDelay aac_delays[] = {
  { "avenc_aac", 1024 },
  { "fdkaacenc", 2048 },
  { "voaacenc", 1600 },
};

static void
stamp (TbTake *take)
{
  TbTakeEvent event = { .type = TB_TAKE_RUNNING };
  gboolean first;

  g_mutex_lock (&take->lock);
  take->stats.last_data_us = g_get_monotonic_time ();
  first = !take->running_told;
  take->running_told = TRUE;
  g_mutex_unlock (&take->lock);
  if (first)
    tb_take_tell (take, &event);
}

static TbTime
running_time (const GstSegment *segment, GstClockTime time)
{
  guint64 running = 0;
  gint sign;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    return TB_TIME_NONE;
  sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time, &running);
  return sign == 0 ? TB_TIME_NONE : sign > 0 ? (TbTime) running : -(TbTime) running;
}

static void
set_size (TbTake *take, GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const GValue *codec_data = gst_structure_get_value (structure, "codec_data");
  gint width = 0, height = 0;

  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  g_mutex_lock (&take->lock);
  take->stats.width = width;
  take->stats.height = height;
  g_mutex_unlock (&take->lock);
  if (codec_data != NULL)
    tb_live_hub_put_format (take->hub, gst_value_get_buffer (codec_data), width, height);
}

static void
warn_rare_keys (TbTake *take, TbTime interval)
{
  TbTakeEvent event = { .type = TB_TAKE_WARNING };

  take->warned_keys = TRUE;
  event.code = g_strdup ("keyframes-rare");
  event.message = g_strdup_printf ("This camera sends a whole picture only every %.1f seconds: "
                                   "set its I-frame interval to 1 second", tb_time_to_seconds (interval));
  tb_take_tell (take, &event);
}

/* Brings what passes to the file's own time: the first sample is at 0, its place on the timeline is told. The
 * segment event is replaced by a plain one. */
static GstPadProbeReturn
rebase_event (TbTake *take, GstPadProbeInfo *info)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstSegment plain;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS && take->kind == TB_MEDIA_VIDEO) {
    GstCaps *caps;

    gst_event_parse_caps (event, &caps);
    set_size (take, caps);
    return GST_PAD_PROBE_OK;
  }
  if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
    return GST_PAD_PROBE_OK;
  gst_event_copy_segment (event, &take->segment);
  if (take->segment_sent)
    return GST_PAD_PROBE_DROP;
  take->segment_sent = TRUE;
  gst_segment_init (&plain, GST_FORMAT_TIME);
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_segment (&plain);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
rebase_buffer (TbTake *take, GstPadProbeInfo *info)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gboolean video = take->kind == TB_MEDIA_VIDEO;
  gboolean key = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  TbTime pts = running_time (&take->segment, GST_BUFFER_PTS (buffer));
  TbTime dts = running_time (&take->segment, GST_BUFFER_DTS (buffer));

  if (pts == TB_TIME_NONE)
    pts = dts;
  if (pts == TB_TIME_NONE || (take->first_running == TB_TIME_NONE && video && !key)) {
    g_mutex_lock (&take->lock);
    take->stats.dropped += pts == TB_TIME_NONE;
    g_mutex_unlock (&take->lock);
    return GST_PAD_PROBE_DROP;
  }
  if (take->first_running == TB_TIME_NONE) {
    take->first_running = dts == TB_TIME_NONE || !video ? pts : MIN (pts, dts);
    if (!tb_take_start_files (take, take->first_running + take->shift_ns))
      return GST_PAD_PROBE_DROP;
  }
  if (video && key) {
    if (take->last_key_running != TB_TIME_NONE && pts - take->last_key_running > KEYS_RARE_NS && !take->warned_keys)
      warn_rare_keys (take, pts - take->last_key_running);
    take->last_key_running = pts;
  }
  if (video)
    tb_live_hub_put_unit (take->hub, buffer, key, pts + take->shift_ns);
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = (GstClockTime) MAX (0, pts - take->first_running);
  GST_BUFFER_DTS (buffer)
    = dts == TB_TIME_NONE || !video ? GST_CLOCK_TIME_NONE : (GstClockTime) MAX (0, dts - take->first_running);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  g_mutex_lock (&take->lock);
  take->stats.frames++;
  take->stats.recorded_ns
    = pts - take->first_running + (TbTime) (GST_BUFFER_DURATION_IS_VALID (buffer) ? GST_BUFFER_DURATION (buffer) : 0);
  g_mutex_unlock (&take->lock);
  stamp (take);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
rebase_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return info->type & GST_PAD_PROBE_TYPE_BUFFER ? rebase_buffer (user_data, info) : rebase_event (user_data, info);
}

/* For previews: only tells that data flows. */
static GstPadProbeReturn
stamp_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  stamp (user_data);
  return GST_PAD_PROBE_OK;
}

/* A source is silent when nothing comes out of it, not when we are slow to work on it. */
static GstPadProbeReturn
source_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  TbTake *take = user_data;

  g_mutex_lock (&take->lock);
  take->stats.source_us = g_get_monotonic_time ();
  g_mutex_unlock (&take->lock);
  return GST_PAD_PROBE_OK;
}

/* Asks the encoder for a key frame at the first frame of each second of the file. */
static GstPadProbeReturn
key_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  TbTake *take = user_data;
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment = NULL;
  TbTime running;

  if (event == NULL)
    return GST_PAD_PROBE_OK;
  gst_event_parse_segment (event, &segment);
  running = running_time (segment, GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info)));
  if (running == TB_TIME_NONE)
    return GST_PAD_PROBE_OK;
  if (take->next_key_running == 0)
    take->next_key_running = running; /* the first frame is one anyway */
  else if (running + 2 * TB_MILLISECOND >= take->next_key_running)
    gst_pad_send_event (pad, gst_video_event_new_downstream_force_key_unit (GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE,
                                                                            GST_CLOCK_TIME_NONE, TRUE, 0));
  while (take->next_key_running <= running + 2 * TB_MILLISECOND)
    take->next_key_running += TB_SECOND;
  return GST_PAD_PROBE_OK;
}

/* The gates of the live picture. */

static GstPadProbeReturn
raw_gate_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  TbTake *take = user_data;
  TbTime pts = (TbTime) GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));

  if (!tb_live_hub_picture_wanted (take->hub))
    return GST_PAD_PROBE_DROP;
  if (take->last_picture_running != TB_TIME_NONE && pts >= take->last_picture_running
      && pts - take->last_picture_running < PICTURE_EVERY_NS)
    return GST_PAD_PROBE_DROP;
  take->last_picture_running = pts;
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
h264_gate_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  TbTake *take = user_data;
  gboolean key = !GST_BUFFER_FLAG_IS_SET (GST_PAD_PROBE_INFO_BUFFER (info), GST_BUFFER_FLAG_DELTA_UNIT);

  if (!tb_live_hub_picture_wanted (take->hub)) {
    take->picture_synced = FALSE;
    return GST_PAD_PROBE_DROP;
  }
  take->picture_synced |= key;
  return take->picture_synced ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstFlowReturn
on_picture (GstAppSink *sink, gpointer user_data)
{
  TbTake *take = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstBuffer *buffer = sample != NULL ? gst_sample_get_buffer (sample) : NULL;
  TbTime running;
  GstMapInfo map;

  if (buffer == NULL || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return GST_FLOW_OK;
  running = running_time (gst_sample_get_segment (sample), GST_BUFFER_PTS (buffer));
  tb_live_hub_put_picture (take->hub, g_bytes_new (map.data, map.size),
                           running == TB_TIME_NONE ? 0 : running + take->shift_ns);
  gst_buffer_unmap (buffer, &map);
  return GST_FLOW_OK;
}

/* The end of a branch that goes to a file. */

static GstPadProbeReturn
output_segment_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  TbTakeOutput *output = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  const GstSegment *segment;

  if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
    return GST_PAD_PROBE_OK;
  gst_event_parse_segment (event, &segment);
  /* Muxers go back to complete their header; our files only grow. */
  output->rewriting = segment->format == GST_FORMAT_BYTES && segment->start != output->offset;
  return GST_PAD_PROBE_OK;
}

static GstFlowReturn
on_bytes (GstAppSink *sink, gpointer user_data)
{
  TbTakeOutput *output = user_data;
  TbTake *take = output->take;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstBuffer *buffer = sample != NULL ? gst_sample_get_buffer (sample) : NULL;
  gsize size = buffer != NULL ? gst_buffer_get_size (buffer) : 0;
  gboolean kept;

  if (size == 0 || output->rewriting || output->file == NULL)
    return GST_FLOW_OK;
  output->offset += size;
  kept = tb_segment_file_push (output->file, gst_buffer_ref (buffer));
  g_mutex_lock (&take->lock);
  take->stats.bytes += kept ? size : 0;
  take->stats.dropped += kept ? 0 : 1;
  g_mutex_unlock (&take->lock);
  if (kept)
    return GST_FLOW_OK;
  tb_take_fail (take, "write-failed", "The disk does not keep up");
  return GST_FLOW_EOS;
}

static void
on_output_eos (GstAppSink *sink, gpointer user_data)
{
  tb_take_output_eos (user_data);
}

static void
on_queue_overrun (GstElement *queue, gpointer user_data)
{
  TbTake *take = user_data;

  g_mutex_lock (&take->lock);
  take->stats.dropped++;
  g_mutex_unlock (&take->lock);
}

/* Building. Each step takes the element before it and gives its last one; NULL with an error. */

static GstElement *
add_after (TbTake *take, GstElement *before, const char *factory, GError **error)
{
  GstElement *element = tb_make_element (GST_BIN (take->pipeline), factory, error);

  if (element != NULL)
    take->added = g_slist_prepend (take->added, element);
  if (element == NULL || before == NULL || gst_element_link (before, element))
    return element;
  g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "%s does not fit after %s", factory, GST_OBJECT_NAME (before));
  return NULL;
}

static GstElement *
add_caps (TbTake *take, GstElement *before, const char *text, GError **error)
{
  GstElement *filter = add_after (take, before, "capsfilter", error);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  if (filter != NULL)
    g_object_set (filter, "caps", caps, NULL);
  return filter;
}

/* A queue limited by time only. */
static GstElement *
add_queue (TbTake *take, GstElement *before, guint64 max_ns, GError **error)
{
  GstElement *queue = add_after (take, before, "queue", error);

  if (queue != NULL)
    g_object_set (queue, "max-size-time", max_ns, "max-size-bytes", 0, "max-size-buffers", 0, NULL);
  return queue;
}

static void
add_probe (GstElement *element, const char *pad_name, GstPadProbeType type, GstPadProbeCallback probe,
           gpointer user_data)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, type, probe, user_data, NULL);
}

static GstElement *
add_app_sink (TbTake *take, GstElement *before, GstAppSinkCallbacks *callbacks, gpointer user_data, GError **error)
{
  GstElement *sink = add_after (take, before, "appsink", error);

  if (sink == NULL)
    return NULL;
  g_object_set (sink, "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE, "wait-on-eos", FALSE, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), callbacks, user_data, NULL);
  return sink;
}

static gboolean
add_output (TbTake *take, GstElement *before, TbTakeOutput *output, GError **error)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_bytes, .eos = on_output_eos };
  GstElement *sink = add_app_sink (take, before, &callbacks, output, error);

  if (sink == NULL)
    return FALSE;
  add_probe (sink, "sink", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, output_segment_probe, output);
  output->used = TRUE;
  return TRUE;
}

static gboolean
add_mp4 (TbTake *take, GstElement *before, guint fragment_ms, guint timescale, GError **error)
{
  GstElement *mux = add_after (take, before, "mp4mux", error);
  g_autoptr (GstPad) pad = NULL;

  if (mux == NULL)
    return FALSE;
  g_object_set (mux, "fragment-duration", fragment_ms, "streamable", TRUE, NULL);
  pad = gst_element_get_static_pad (mux, take->kind == TB_MEDIA_VIDEO ? "video_0" : "audio_0");
  if (pad != NULL && timescale > 0)
    g_object_set (pad, "trak-timescale", timescale, NULL);
  return add_output (take, mux, &take->mp4, error);
}

static gboolean
add_picture_branch (TbTake *take, GstElement *tee, TbSourceForm form, GError **error)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_picture };
  GstElement *queue, *last, *jpeg, *sink;

  if ((queue = add_after (take, tee, "queue", error)) == NULL)
    return FALSE;
  last = queue;
  if (form == TB_FORM_H264) {
    g_object_set (queue, "max-size-buffers", 60, "max-size-bytes", 0, "max-size-time", (guint64) 0, NULL);
    gst_util_set_object_arg (G_OBJECT (queue), "leaky", "downstream");
    add_probe (queue, "sink", GST_PAD_PROBE_TYPE_BUFFER, h264_gate_probe, take);
    if ((last = add_after (take, last, "avdec_h264", error)) == NULL)
      return FALSE;
    add_probe (last, "src", GST_PAD_PROBE_TYPE_BUFFER, raw_gate_probe, take);
  } else {
    g_object_set (queue, "max-size-buffers", 1, "max-size-bytes", 0, "max-size-time", (guint64) 0, NULL);
    gst_util_set_object_arg (G_OBJECT (queue), "leaky", "downstream");
    add_probe (queue, "sink", GST_PAD_PROBE_TYPE_BUFFER, raw_gate_probe, take);
  }
  if ((last = add_after (take, last, "videoscale", error)) == NULL
      || (last = add_after (take, last, "videoconvert", error)) == NULL
      || (last = add_caps (take, last, PICTURE_CAPS, error)) == NULL
      || (jpeg = add_after (take, last, "jpegenc", error)) == NULL
      || (sink = add_app_sink (take, jpeg, &callbacks, take, error)) == NULL)
    return FALSE;
  g_object_set (jpeg, "quality", 72, NULL);
  g_object_set (sink, "max-buffers", 2, "drop", TRUE, NULL);
  return TRUE;
}

/* Elements added to a pipeline that runs already have to follow it, the last first. */
static void
sync_states (TbTake *take)
{
  for (GSList *l = take->added; l != NULL; l = l->next)
    gst_element_sync_state_with_parent (l->data);
  g_clear_pointer (&take->added, g_slist_free);
}

/* A decoder is large, and loading it costs more than minutes of recording what a camera has compressed: it comes when
 * somebody first looks. Nothing passes the tee meanwhile, because this is its own thread. Without a decoder there is
 * no live picture, and the recording goes on. */
static GstPadProbeReturn
late_picture_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  TbTake *take = user_data;
  g_autoptr (GstElement) tee = NULL;
  g_autoptr (GError) error = NULL;

  if (!tb_live_hub_picture_wanted (take->hub))
    return GST_PAD_PROBE_OK;
  tee = gst_pad_get_parent_element (pad);
  if (tee != NULL && add_picture_branch (take, tee, TB_FORM_H264, &error)) {
    sync_states (take);
    return GST_PAD_PROBE_REMOVE;
  }
  g_message ("No live picture of %s: %s", take->source->uri, error != NULL ? error->message : "it is ending");
  for (GSList *l = take->added; l != NULL; l = l->next) {
    gst_element_set_state (l->data, GST_STATE_NULL);
    gst_bin_remove (GST_BIN (take->pipeline), l->data);
  }
  g_clear_pointer (&take->added, g_slist_free);
  return GST_PAD_PROBE_REMOVE;
}

typedef struct {
  const char *factory;
  const char *settings; /* name=value, by spaces; %K is kbit/s, %B bit/s, %G a key frame interval as a fallback */
} EncoderSettings;

/* No B frames, no look-ahead, no key frames at scene changes; key frames are asked for each second. */
static const EncoderSettings encoder_settings[] = {
  { "x264enc", "tune=zerolatency speed-preset=superfast bframes=0 bitrate=%K key-int-max=%G option-string=scenecut=0" },
  { "openh264enc", "bitrate=%B gop-size=%G complexity=low rate-control=bitrate scene-change-detection=false" },
  { "vah264enc", "rate-control=vbr bitrate=%K key-int-max=%G b-frames=0 ref-frames=1" },
  { "vaapih264enc", "rate-control=vbr bitrate=%K keyframe-period=%G max-bframes=0" },
  { "nvh264enc", "rc-mode=vbr bitrate=%K gop-size=%G bframes=0 zerolatency=true" },
  { "v4l2h264enc", "extra-controls=controls,video_bitrate=%B,h264_i_frame_period=%G" },
};

static void
set_argument (GstElement *encoder, const char *argument, guint kbps)
{
  g_autofree char *name = g_strdup (argument);
  char *equals = strchr (name, '=');
  g_autoptr (GString) value = NULL;
  g_autofree char *k = g_strdup_printf ("%u", kbps), *b = g_strdup_printf ("%u", kbps * 1000);

  if (equals == NULL)
    return;
  *equals = '\0';
  value = g_string_new (equals + 1);
  g_string_replace (value, "%K", k, 0);
  g_string_replace (value, "%B", b, 0);
  g_string_replace (value, "%G", "60", 0);
  /* Versions of one encoder differ in what they have. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), name) != NULL)
    gst_util_set_object_arg (G_OBJECT (encoder), name, value->str);
}

static void
configure_encoder (GstElement *encoder, const char *factory, guint kbps)
{
  for (gsize i = 0; i < G_N_ELEMENTS (encoder_settings); i++) {
    g_auto (GStrv) arguments = NULL;

    if (!g_str_equal (encoder_settings[i].factory, factory))
      continue;
    arguments = g_strsplit (encoder_settings[i].settings, " ", -1);
    for (gsize a = 0; arguments[a] != NULL; a++)
      set_argument (encoder, arguments[a], kbps);
  }
}

static void
note_encoder (TbTake *take, const char *factory, gboolean passthrough)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&take->lock);

  g_strlcpy (take->stats.encoder, factory, sizeof take->stats.encoder);
  take->stats.passthrough = passthrough;
}

static void
set_head (TbTake *take, GstElement *head)
{
  g_mutex_lock (&take->lock);
  take->head = head;
  g_mutex_unlock (&take->lock);
}

static GstElement *
chain_raw_video (TbTake *take, GError **error)
{
  GstElement *first = add_after (take, NULL, "videoconvert", error), *tee, *queue, *encoder, *parse;
  const char *factory;

  if (first == NULL || (tee = add_after (take, first, "tee", error)) == NULL)
    return NULL;
  if (take->store == NULL) {
    add_probe (first, "src", GST_PAD_PROBE_TYPE_BUFFER, stamp_probe, take);
    return add_picture_branch (take, tee, TB_FORM_RAW, error) ? first : NULL;
  }
  factory = tb_encoders_choose (take->encoders, TB_ENCODER_H264, error);
  if (factory == NULL || (queue = add_queue (take, tee, TB_SECOND, error)) == NULL
      || (encoder = add_after (take, queue, factory, error)) == NULL
      || (parse = add_after (take, encoder, "h264parse", error)) == NULL)
    return NULL;
  /* An encoder that cannot keep up loses the newest frames, counted, and holds up nobody. */
  gst_util_set_object_arg (G_OBJECT (queue), "leaky", "upstream");
  g_signal_connect (queue, "overrun", G_CALLBACK (on_queue_overrun), take);
  configure_encoder (encoder, factory, take->video_kbps);
  add_probe (encoder, "sink", GST_PAD_PROBE_TYPE_BUFFER, key_probe, take);
  add_probe (parse, "src", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, rebase_probe, take);
  note_encoder (take, factory, FALSE);
  set_head (take, queue);
  if (!add_mp4 (take, parse, VIDEO_FRAGMENT_MS, 90000, error)
      || !add_picture_branch (take, tee, TB_FORM_RAW, error))
    return NULL;
  return first;
}

/* The tee gives the same buffer to both branches; only what goes to the muxer gets the file's own time. */
static gboolean
add_recorded_h264 (TbTake *take, GstElement *tee, GError **error)
{
  GstElement *identity = add_after (take, tee, "identity", error);

  if (identity == NULL)
    return FALSE;
  g_object_set (identity, "silent", TRUE, NULL);
  add_probe (identity, "src", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, rebase_probe, take);
  return add_mp4 (take, identity, VIDEO_FRAGMENT_MS, 90000, error);
}

/* No queues: the source has its thread, the muxer another, and each wake-up of a third would cost as much as the
 * rest of the work. */
static GstElement *
chain_h264 (TbTake *take, GError **error)
{
  GstElement *first = add_after (take, NULL, "h264parse", error), *caps, *stamper, *tee;

  if (first == NULL
      || (caps = add_caps (take, first, "video/x-h264,stream-format=avc,alignment=au", error)) == NULL
      /* Network cameras give arrival times as DTS; this works out those that fit the pictures' order. */
      || (stamper = add_after (take, caps, "h264timestamper", error)) == NULL)
    return NULL;
  if (take->store == NULL) {
    add_probe (stamper, "src", GST_PAD_PROBE_TYPE_BUFFER, stamp_probe, take);
    return add_picture_branch (take, stamper, TB_FORM_H264, error) ? first : NULL;
  }
  if ((tee = add_after (take, stamper, "tee", error)) == NULL)
    return NULL;
  add_probe (tee, "sink", GST_PAD_PROBE_TYPE_BUFFER, late_picture_probe, take);
  note_encoder (take, "", TRUE);
  set_head (take, first);
  return add_recorded_h264 (take, tee, error) ? first : NULL;
}

/* AAC starts late by the encoder's own delay; leaving out as much sound at the start puts it right again. */
static GstPadProbeReturn
aac_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  TbTake *take = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  guint64 samples, skip;
  gsize bpf = 0;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  gint channels = 0;

  if (caps != NULL && gst_structure_get_int (gst_caps_get_structure (caps, 0), "channels", &channels))
    bpf = (gsize) channels * 2;
  if (bpf == 0)
    return GST_PAD_PROBE_OK;
  skip = gst_util_uint64_scale_round (take->aac_skip, AUDIO_RATE, GST_SECOND);
  samples = gst_buffer_get_size (buffer) / bpf;
  if (GST_BUFFER_PTS (buffer) < take->aac_skip) {
    guint64 begin = gst_util_uint64_scale_round (GST_BUFFER_PTS (buffer), AUDIO_RATE, GST_SECOND);
    guint64 cut = skip - begin;
    GstBuffer *rest;

    if (cut >= samples)
      return GST_PAD_PROBE_DROP;
    rest = gst_buffer_copy_region (buffer, GST_BUFFER_COPY_ALL, cut * bpf, -1);
    GST_BUFFER_PTS (rest) = take->aac_skip;
    gst_buffer_unref (buffer);
    buffer = rest;
  }
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) -= take->aac_skip;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static gboolean
add_aac (TbTake *take, GstElement *tee, GError **error)
{
  const char *factory = tb_encoders_choose (take->encoders, TB_ENCODER_AAC, error);
  GstElement *queue, *convert, *encoder;

  if (factory == NULL || (queue = add_queue (take, tee, 5 * TB_SECOND, error)) == NULL
      || (convert = add_after (take, queue, "audioconvert", error)) == NULL
      || (encoder = add_after (take, convert, factory, error)) == NULL)
    return FALSE;
  g_object_set (encoder, "bitrate", 128000, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (aac_delays); i++)
    if (g_str_equal (aac_delays[i].factory, factory))
      take->aac_skip = gst_util_uint64_scale_round (aac_delays[i].samples, GST_SECOND, AUDIO_RATE);
  add_probe (queue, "src", GST_PAD_PROBE_TYPE_BUFFER, aac_probe, take);
  note_encoder (take, factory, FALSE);
  return add_mp4 (take, encoder, AUDIO_FRAGMENT_MS, 0, error);
}

/* flacenc 1.22 ends badly when it has not written a frame yet; a sound shorter than that gets silence behind it. */
static GstPadProbeReturn
flac_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  TbTake *take = user_data;
  g_autoptr (GstCaps) caps = NULL;
  GstBuffer *silence;
  gint channels = 1;
  gsize size;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

    take->flac_end = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
    return GST_PAD_PROBE_OK;
  }
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS || take->flac_end > FLAC_LEAST_NS
      || (caps = gst_pad_get_current_caps (pad)) == NULL)
    return GST_PAD_PROBE_OK;
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "channels", &channels);
  size = AUDIO_RATE / 4 * (gsize) channels * sizeof (gint16);
  silence = gst_buffer_new_allocate (NULL, size, NULL);
  gst_buffer_memset (silence, 0, 0, size);
  GST_BUFFER_PTS (silence) = take->flac_end;
  gst_pad_chain (pad, silence);
  return GST_PAD_PROBE_OK;
}

static gboolean
add_flac (TbTake *take, GstElement *tee, GError **error)
{
  const char *factory = tb_encoders_choose (take->encoders, TB_ENCODER_FLAC, error);
  GstElement *queue, *encoder;

  if (factory == NULL || (queue = add_queue (take, tee, 5 * TB_SECOND, error)) == NULL
      || (encoder = add_after (take, queue, factory, error)) == NULL)
    return FALSE;
  g_object_set (encoder, "padding", 0, "seekpoints", 0, NULL);
  add_probe (encoder, "sink", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, flac_probe, take);
  return add_output (take, encoder, &take->flac, error);
}

static GstElement *
chain_audio (TbTake *take, GError **error)
{
  GstElement *first = add_queue (take, NULL, 5 * TB_SECOND, error), *last, *rate, *level, *tee;

  if (first == NULL || (last = add_after (take, first, "audioconvert", error)) == NULL
      || (last = add_after (take, last, "audioresample", error)) == NULL
      || (last = add_caps (take, last, "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=[1,2]", error))
           == NULL
      /* From here on every sample has its place: gaps are filled, what overlaps is cut. */
      || (rate = add_after (take, last, "audiorate", error)) == NULL
      || (level = add_after (take, rate, "level", error)) == NULL)
    return NULL;
  g_object_set (rate, "skip-to-first", TRUE, "tolerance", G_GUINT64_CONSTANT (15000000), NULL);
  g_object_set (level, "interval", (guint64) (200 * GST_MSECOND), "post-messages", TRUE, NULL);
  if (take->store == NULL) {
    add_probe (level, "src", GST_PAD_PROBE_TYPE_BUFFER, stamp_probe, take);
    last = add_after (take, level, "fakesink", error);
    if (last == NULL)
      return NULL;
    g_object_set (last, "sync", FALSE, "async", FALSE, NULL);
    return first;
  }
  add_probe (rate, "src", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, rebase_probe, take);
  set_head (take, first);
  tee = add_after (take, level, "tee", error);
  if (tee == NULL || !add_aac (take, tee, error) || !add_flac (take, tee, error))
    return NULL;
  return first;
}

void
tb_take_attach (GstPad *pad, TbSourceForm form, gpointer user_data)
{
  TbTake *take = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) sinkpad = NULL;
  GstElement *first;

  if (take->kind == TB_MEDIA_AUDIO)
    first = chain_audio (take, &error);
  else
    first = form == TB_FORM_H264 ? chain_h264 (take, &error) : chain_raw_video (take, &error);
  if (first == NULL) {
    tb_take_fail (take, g_error_matches (error, TB_ERROR, TB_ERROR_UNSUPPORTED) ? "no-encoder" : "cannot-open",
                  error->message);
    return;
  }
  sync_states (take);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, source_probe, take, NULL);
  sinkpad = gst_element_get_static_pad (first, "sink");
  if (gst_pad_link (pad, sinkpad) != GST_PAD_LINK_OK)
    tb_take_fail (take, "cannot-open", "The source gives a form this program does not understand");
}
