/* One small pipeline per segment: appsrc, which asks for a coded sample when it needs one, decoder, appsink, from
 * which decoded ones are pulled. Nothing is read ahead of what is asked for but a few frames. */

#include "media/clip-decoder.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include "base/error.h"

/* Added to places so that none is negative as a PTS. */
#define PTS_SHIFT (3600 * TB_SECOND)
#define PULL_WAIT (100 * GST_MSECOND)
#define SILENT_MAX 200 /* waits without a frame before the decoder is given up */

struct _TbClipDecoder {
  TbClipSource *source;
  TbMediaKind kind;
  GCancellable *cancellable; /* may be NULL */
  gint64 deadline_us;        /* 0: none */
  GstCaps *caps;
  GstElement *pipeline; /* of the present segment */
  GstElement *src, *sink;
  GMutex lock;
  GError *read_error; /* lock; from the appsrc's thread */
};

TbClipDecoder *
tb_clip_decoder_new (TbClipSource *source, TbMediaKind kind, GCancellable *cancellable)
{
  TbClipDecoder *decoder = g_new0 (TbClipDecoder, 1);

  decoder->source = source;
  decoder->kind = kind;
  decoder->cancellable = cancellable;
  g_mutex_init (&decoder->lock);
  return decoder;
}

void
tb_clip_decoder_set_deadline (TbClipDecoder *decoder, gint64 deadline_us)
{
  decoder->deadline_us = deadline_us;
}

static void
close_pipeline (TbClipDecoder *decoder)
{
  if (decoder->pipeline == NULL)
    return;
  gst_element_set_state (decoder->pipeline, GST_STATE_NULL);
  gst_clear_object (&decoder->src);
  gst_clear_object (&decoder->sink);
  gst_clear_object (&decoder->pipeline);
}

void
tb_clip_decoder_free (TbClipDecoder *decoder)
{
  if (decoder == NULL)
    return;
  close_pipeline (decoder);
  tb_clip_source_free (decoder->source);
  gst_clear_caps (&decoder->caps);
  g_clear_error (&decoder->read_error);
  g_mutex_clear (&decoder->lock);
  g_free (decoder);
}

static void
on_need_data (GstAppSrc *src, guint length, gpointer user_data)
{
  TbClipDecoder *decoder = user_data;
  g_autoptr (GError) error = NULL;
  TbClipSample sample;

  if (!tb_clip_source_next (decoder->source, &sample, &error)) {
    if (error != NULL) {
      g_mutex_lock (&decoder->lock);
      g_clear_error (&decoder->read_error);
      decoder->read_error = g_steal_pointer (&error);
      g_mutex_unlock (&decoder->lock);
    }
    gst_app_src_end_of_stream (src);
    return;
  }
  GST_BUFFER_PTS (sample.buffer) = (GstClockTime) MAX (0, sample.place + PTS_SHIFT);
  GST_BUFFER_DURATION (sample.buffer) = (GstClockTime) sample.duration;
  gst_app_src_push_buffer (src, sample.buffer);
}

static char *
description (TbClipDecoder *decoder)
{
  g_autofree char *caps = decoder->caps != NULL ? gst_caps_to_string (decoder->caps) : NULL;

  if (decoder->kind == TB_MEDIA_VIDEO)
    return g_strdup_printf ("appsrc name=src format=time ! avdec_h264 ! videoconvert ! videoscale ! capsfilter "
                            "caps=\"%s\" ! appsink name=sink sync=false max-buffers=4",
                            caps != NULL ? caps : "video/x-raw,format=I420");
  return g_strdup_printf ("appsrc name=src format=time ! avdec_aac ! audioconvert ! audioresample ! capsfilter "
                          "caps=\"%s\" ! appsink name=sink sync=false max-buffers=16",
                          caps != NULL ? caps : "audio/x-raw,format=F32LE,layout=interleaved,rate=48000");
}

static gboolean
open_pipeline (TbClipDecoder *decoder, GError **error)
{
  GstAppSrcCallbacks callbacks = { .need_data = on_need_data };
  g_autofree char *text = description (decoder);
  g_autoptr (GstCaps) caps = tb_clip_source_caps (decoder->source);
  g_autoptr (GError) local = NULL;

  decoder->pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &local);
  if (decoder->pipeline == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "This recording cannot be decoded here: %s", local->message);
    return FALSE;
  }
  gst_object_ref_sink (decoder->pipeline);
  decoder->src = gst_bin_get_by_name (GST_BIN (decoder->pipeline), "src");
  decoder->sink = gst_bin_get_by_name (GST_BIN (decoder->pipeline), "sink");
  gst_app_src_set_caps (GST_APP_SRC (decoder->src), caps);
  gst_app_src_set_callbacks (GST_APP_SRC (decoder->src), &callbacks, decoder, NULL);
  gst_element_set_state (decoder->pipeline, GST_STATE_PLAYING);
  return TRUE;
}

/* What went wrong in the pipeline, if anything did. */
static gboolean
check_errors (TbClipDecoder *decoder, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (decoder->pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) local = NULL;
  g_autoptr (GMutexLocker) locker = NULL;

  if (message != NULL) {
    gst_message_parse_error (message, &local, NULL);
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "A recording could not be decoded: %s", local->message);
    return FALSE;
  }
  locker = g_mutex_locker_new (&decoder->lock);
  if (decoder->read_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&decoder->read_error));
  return FALSE;
}

/* From the present segment; NULL with no error at its end. */
static GstSample *
pull (TbClipDecoder *decoder, GError **error)
{
  for (guint waits = 0; waits < SILENT_MAX; waits++) {
    GstSample *sample = gst_app_sink_try_pull_sample (GST_APP_SINK (decoder->sink), PULL_WAIT);
    /* Before the errors are looked at: one that ends the stream is there first. */
    gboolean ended = gst_app_sink_is_eos (GST_APP_SINK (decoder->sink));

    if (sample != NULL)
      return sample;
    if (decoder->cancellable != NULL && g_cancellable_is_cancelled (decoder->cancellable)) {
      g_set_error (error, TB_ERROR, TB_ERROR_CANCELLED, "The export was stopped");
      return NULL;
    }
    if (!check_errors (decoder, error) || ended)
      return NULL;
    if (decoder->deadline_us != 0 && g_get_monotonic_time () > decoder->deadline_us)
      break;
  }
  g_set_error (error, TB_ERROR, TB_ERROR_TIMEOUT, "A recording could not be decoded: the decoder does not answer");
  return NULL;
}

GstBuffer *
tb_clip_decoder_next (TbClipDecoder *decoder, TbTime *place, TbTime *duration, GError **error)
{
  g_autoptr (GError) local = NULL;

  for (;;) {
    g_autoptr (GstSample) sample = NULL;
    GstBuffer *buffer;

    if (decoder->pipeline == NULL) {
      if (!tb_clip_source_next_segment (decoder->source, &local) || !open_pipeline (decoder, &local))
        break;
    }
    sample = pull (decoder, &local);
    if (sample == NULL && local != NULL)
      break;
    if (sample == NULL) {
      close_pipeline (decoder);
      continue;
    }
    if (decoder->caps == NULL)
      decoder->caps = gst_caps_ref (gst_sample_get_caps (sample));
    buffer = gst_sample_get_buffer (sample);
    if (!GST_BUFFER_PTS_IS_VALID (buffer))
      continue;
    *place = (TbTime) GST_BUFFER_PTS (buffer) - PTS_SHIFT;
    *duration = GST_BUFFER_DURATION_IS_VALID (buffer) ? (TbTime) GST_BUFFER_DURATION (buffer) : 0;
    return gst_buffer_ref (buffer);
  }
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

GstCaps *
tb_clip_decoder_caps (TbClipDecoder *decoder)
{
  return decoder->caps;
}
