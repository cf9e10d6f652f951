/* Feeding a clip.
 *
 * Picture: the frame shown at FROM is the first and gets PTS 0 even if it began earlier; the last is the one shown
 * just before TO. Times are compared with half a millisecond to spare, for those in a file are rounded to its
 * timescale and those from people to microseconds.
 * Sound: samples are counted, so that the n-th is where it belongs, whatever the rounding. */

#include "media/clip-feed.h"

#include <gst/video/video.h>
#include <string.h>

#include "base/error.h"
#include "media/clip-decoder.h"
#include "media/clip-source.h"

#define SPARE (TB_MILLISECOND / 2)
/* A hole up to this long is bridged by the frame before it. */
#define BRIDGE (250 * TB_MILLISECOND)
#define BLACK_FRAME (200 * TB_MILLISECOND)
#define AUDIO_RATE 48000
/* Decoders of sound need the frame before the first. */
#define AUDIO_LEAD (100 * TB_MILLISECOND)
#define SILENCE_CHUNK 4800

typedef GstBuffer *(*NextFunc) (TbClipFeed *feed, GError **error);

struct _TbClipFeed {
  const TbClipRequest *request;
  TbMediaKind kind;
  TbTime from, to;
  NextFunc next;
  TbClipDecoder *decoder;
  TbClipSource *source; /* copy */
  GstCaps *caps;
  gboolean has_gaps;
  guint64 count;

  /* The piece read ahead. */
  GstBuffer *buffer;
  TbTime place, duration;
  gboolean ended;

  TbTime at;            /* picture: the clip is filled up to here (timeline) */
  guint64 position;     /* sound: samples given */
  guint64 total;
  TbTime begin, end;    /* copy */
};

static TbClipFeed *
feed_new (const TbClipRequest *request, TbMediaKind kind, NextFunc next)
{
  TbClipFeed *feed = g_new0 (TbClipFeed, 1);

  feed->request = request;
  feed->kind = kind;
  feed->from = feed->begin = feed->at = request->from;
  feed->to = feed->end = request->to;
  feed->next = next;
  return feed;
}

void
tb_clip_feed_free (TbClipFeed *feed)
{
  if (feed == NULL)
    return;
  gst_clear_buffer (&feed->buffer);
  gst_clear_caps (&feed->caps);
  tb_clip_decoder_free (feed->decoder);
  tb_clip_source_free (feed->source);
  g_free (feed);
}

static TbClipSource *
source_of (TbClipFeed *feed, TbTime lead)
{
  gboolean video = feed->kind == TB_MEDIA_VIDEO;
  const TbClipRequest *request = feed->request;

  return tb_clip_source_new (request->store, video ? request->video : request->audio,
                             video ? request->n_video : request->n_audio, feed->from, feed->to, lead);
}

static void
nothing_there (const TbClipFeed *feed, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "No %s was recorded from %.3f to %.3f seconds",
               feed->kind == TB_MEDIA_VIDEO ? "picture" : "sound", tb_time_to_seconds (feed->from),
               tb_time_to_seconds (feed->to));
}

/* Reads ahead to the next decoded piece that lies in the range. FALSE on an error only. */
static gboolean
read_ahead (TbClipFeed *feed, GError **error)
{
  g_autoptr (GError) local = NULL;

  while (feed->buffer == NULL && !feed->ended) {
    feed->buffer = tb_clip_decoder_next (feed->decoder, &feed->place, &feed->duration, &local);
    if (feed->buffer == NULL) {
      feed->ended = TRUE;
      break;
    }
    if (feed->place + feed->duration <= feed->from + SPARE || feed->place >= feed->to - SPARE)
      gst_clear_buffer (&feed->buffer);
  }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Picture. */

static GstBuffer *
black_frame (GstCaps *caps)
{
  GstVideoInfo info;
  GstBuffer *buffer;
  GstVideoFrame frame;

  if (!gst_video_info_from_caps (&info, caps))
    return NULL;
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  if (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE)) {
    for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES (&frame); plane++)
      memset (GST_VIDEO_FRAME_PLANE_DATA (&frame, plane), plane == 0 ? 16 : 128,
              (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, plane) * GST_VIDEO_FRAME_COMP_HEIGHT (&frame, plane));
    gst_video_frame_unmap (&frame);
  }
  return buffer;
}

static GstBuffer *
stamped (TbClipFeed *feed, GstBuffer *buffer, TbTime place, TbTime end)
{
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = (GstClockTime) (place - feed->from);
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = (GstClockTime) MAX (end - place, TB_MILLISECOND);
  GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  feed->at = end;
  feed->count++;
  return buffer;
}

static GstBuffer *
next_video (TbClipFeed *feed, GError **error)
{
  TbTime place, next;

  if (!read_ahead (feed, error))
    return NULL;
  next = feed->buffer != NULL ? feed->place : feed->to;
  if (next - feed->at > BRIDGE) {
    feed->has_gaps = TRUE;
    return stamped (feed, black_frame (feed->caps), feed->at, MIN (feed->at + BLACK_FRAME, next));
  }
  if (feed->buffer == NULL)
    return NULL;
  place = MAX (feed->place, feed->from);
  return stamped (feed, g_steal_pointer (&feed->buffer), place, MIN (feed->place + feed->duration, feed->to));
}

TbClipFeed *
tb_clip_feed_new_video (const TbClipRequest *request, GCancellable *cancellable)
{
  TbClipFeed *feed = feed_new (request, TB_MEDIA_VIDEO, next_video);

  feed->decoder = tb_clip_decoder_new (source_of (feed, 0), TB_MEDIA_VIDEO, cancellable);
  return feed;
}

/* Sound. */

static GstBuffer *
give_sound (TbClipFeed *feed, GstBuffer *buffer, guint64 samples)
{
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale_round (feed->position, GST_SECOND, AUDIO_RATE);
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale_round (feed->position + samples, GST_SECOND, AUDIO_RATE)
                                 - GST_BUFFER_PTS (buffer);
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_OFFSET (buffer) = feed->position;
  GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  feed->position += samples;
  feed->count++;
  return buffer;
}

static gsize
sound_frame_size (TbClipFeed *feed)
{
  gint channels = 1;

  gst_structure_get_int (gst_caps_get_structure (feed->caps, 0), "channels", &channels);
  return (gsize) channels * sizeof (gfloat);
}

static GstBuffer *
silence (TbClipFeed *feed, guint64 samples)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, samples * sound_frame_size (feed), NULL);

  gst_buffer_memset (buffer, 0, 0, samples * sound_frame_size (feed));
  return give_sound (feed, buffer, samples);
}

static GstBuffer *
next_audio (TbClipFeed *feed, GError **error)
{
  gsize frame = sound_frame_size (feed);

  while (feed->position < feed->total) {
    gint64 first;
    guint64 samples, cut = 0, left = feed->total - feed->position;
    g_autoptr (GstBuffer) buffer = NULL;

    if (!read_ahead (feed, error))
      return NULL;
    if (feed->buffer == NULL) {
      feed->has_gaps |= left > AUDIO_RATE / 20;
      return silence (feed, MIN (left, SILENCE_CHUNK));
    }
    first = (gint64) ((__int128) (feed->place - feed->from) * AUDIO_RATE / TB_SECOND);
    /* Places are rounded; up to a hundred samples off is the same place. */
    if (ABS (first - (gint64) feed->position) < 100)
      first = (gint64) feed->position;
    if (first > (gint64) feed->position) {
      guint64 hole = (guint64) first - feed->position;

      feed->has_gaps |= hole > AUDIO_RATE / 20;
      return silence (feed, MIN (MIN (hole, left), SILENCE_CHUNK));
    }
    buffer = g_steal_pointer (&feed->buffer);
    samples = gst_buffer_get_size (buffer) / frame;
    cut = (guint64) ((gint64) feed->position - first);
    if (cut >= samples)
      continue;
    samples = MIN (samples - cut, left);
    return give_sound (feed, gst_buffer_copy_region (buffer, GST_BUFFER_COPY_ALL, cut * frame, samples * frame),
                       samples);
  }
  return NULL;
}

TbClipFeed *
tb_clip_feed_new_audio (const TbClipRequest *request, guint skip, GCancellable *cancellable)
{
  TbClipFeed *feed = feed_new (request, TB_MEDIA_AUDIO, next_audio);

  feed->total = gst_util_uint64_scale_round ((guint64) (feed->to - feed->from), AUDIO_RATE, GST_SECOND);
  /* The encoder will play that much later than it is fed. */
  feed->from += (TbTime) gst_util_uint64_scale_round (skip, GST_SECOND, AUDIO_RATE);
  feed->total -= MIN (feed->total, skip);
  feed->decoder = tb_clip_decoder_new (source_of (feed, AUDIO_LEAD), TB_MEDIA_AUDIO, cancellable);
  return feed;
}

/* Copy. */

static gboolean
same_format (TbClipFeed *feed, GError **error)
{
  g_autoptr (GstCaps) caps = tb_clip_source_caps (feed->source);

  if (feed->caps == NULL)
    feed->caps = gst_caps_ref (caps);
  if (gst_caps_is_equal (feed->caps, caps))
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED,
               "The camera changed its format within this clip, which can only be exported exactly, not copied");
  return FALSE;
}

/* The next coded sample that belongs in the copy, into the feed. FALSE at the end and on errors. */
static gboolean
read_coded (TbClipFeed *feed, GError **error)
{
  g_autoptr (GError) local = NULL;
  TbClipSample sample;

  for (;;) {
    if (feed->caps != NULL && tb_clip_source_next (feed->source, &sample, &local)) {
      feed->buffer = sample.buffer;
      feed->place = sample.place;
      feed->duration = sample.duration;
      if (sample.place < feed->to - SPARE && (feed->kind == TB_MEDIA_VIDEO || sample.place >= feed->begin - SPARE))
        return TRUE;
      gst_clear_buffer (&feed->buffer);
      continue;
    }
    if (local != NULL || !tb_clip_source_next_segment (feed->source, &local) || !same_format (feed, &local))
      break;
  }
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static GstBuffer *
next_copy (TbClipFeed *feed, GError **error)
{
  GstBuffer *buffer;

  if (feed->buffer == NULL && !read_coded (feed, error))
    return NULL;
  buffer = g_steal_pointer (&feed->buffer);
  feed->has_gaps |= feed->count > 0 && feed->place - feed->end > BRIDGE;
  feed->end = feed->place + feed->duration;
  GST_BUFFER_PTS (buffer) = (GstClockTime) MAX (0, feed->place - feed->begin);
  GST_BUFFER_DURATION (buffer) = (GstClockTime) feed->duration;
  feed->count++;
  return buffer;
}

TbClipFeed *
tb_clip_feed_new_copy (const TbClipRequest *request, TbMediaKind kind, GCancellable *cancellable)
{
  TbClipFeed *feed = feed_new (request, kind, next_copy);

  feed->source = source_of (feed, 0);
  return feed;
}

gboolean
tb_clip_feed_prepare (TbClipFeed *feed, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (feed->source != NULL)
    read_coded (feed, &local);
  else
    read_ahead (feed, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (feed->buffer == NULL) {
    nothing_there (feed, error);
    return FALSE;
  }
  if (feed->source == NULL)
    feed->caps = gst_caps_ref (tb_clip_decoder_caps (feed->decoder));
  else if (feed->kind == TB_MEDIA_VIDEO)
    feed->begin = feed->place;
  return TRUE;
}

GstCaps *
tb_clip_feed_caps (TbClipFeed *feed)
{
  return gst_caps_ref (feed->caps);
}

GstBuffer *
tb_clip_feed_next (TbClipFeed *feed, GError **error)
{
  return feed->next (feed, error);
}

gboolean
tb_clip_feed_has_gaps (const TbClipFeed *feed)
{
  return feed->has_gaps;
}

guint64
tb_clip_feed_count (const TbClipFeed *feed)
{
  return feed->count;
}

TbTime
tb_clip_feed_begin (const TbClipFeed *feed)
{
  return feed->begin;
}

TbTime
tb_clip_feed_end (const TbClipFeed *feed)
{
  return feed->end;
}

void
tb_clip_feed_set_begin (TbClipFeed *feed, TbTime begin)
{
  feed->begin = feed->from = begin;
}
