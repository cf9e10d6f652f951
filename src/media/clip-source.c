/* Segment by segment, fragment by fragment. */

#include "media/clip-source.h"

#include "base/error.h"

struct _TbClipSource {
  TbMediaStore *store;
  const TbClipSegment *segments;
  guint n;
  TbTime from, to, lead;
  guint next_segment;

  TbMediaReader *reader; /* of the present segment */
  TbFragments *fragments;
  TbTime start;
  guint fragment; /* the next to read */
  GArray *samples; /* of the present fragment */
  guint sample;
};

TbClipSource *
tb_clip_source_new (TbMediaStore *store, const TbClipSegment *segments, guint n, TbTime from, TbTime to, TbTime lead)
{
  TbClipSource *source = g_new0 (TbClipSource, 1);

  source->store = store;
  source->segments = segments;
  source->n = n;
  source->from = from;
  source->to = to;
  source->lead = lead;
  return source;
}

static void
close_segment (TbClipSource *source)
{
  g_clear_pointer (&source->samples, g_array_unref);
  g_clear_pointer (&source->fragments, tb_fragments_free);
  g_clear_pointer (&source->reader, tb_media_reader_free);
}

void
tb_clip_source_free (TbClipSource *source)
{
  if (source == NULL)
    return;
  close_segment (source);
  g_free (source);
}

/* The fragment to begin with: the last that starts with a key frame at or before what is wanted. */
static guint
first_fragment (TbClipSource *source)
{
  const TbFragment *list = tb_fragments_list (source->fragments);
  gint index = tb_fragments_find (source->fragments, source->from - source->lead - source->start);

  while (index > 0 && !list[index].key)
    index--;
  return (guint) MAX (index, 0);
}

gboolean
tb_clip_source_next_segment (TbClipSource *source, GError **error)
{
  while (source->next_segment < source->n) {
    const TbClipSegment *segment = &source->segments[source->next_segment++];

    close_segment (source);
    if (segment->start_ns >= source->to)
      continue;
    source->reader = tb_media_store_open (source->store, segment->visit, segment->name, error);
    if (source->reader == NULL)
      return FALSE;
    source->fragments = tb_fragments_new (source->reader);
    if (!tb_fragments_update (source->fragments, error))
      return FALSE;
    source->start = segment->start_ns;
    if (tb_fragments_count (source->fragments) == 0 || tb_fragments_codec_data (source->fragments) == NULL
        || source->start + tb_fragments_duration (source->fragments) <= source->from)
      continue;
    source->fragment = first_fragment (source);
    return TRUE;
  }
  close_segment (source);
  return FALSE;
}

GstCaps *
tb_clip_source_caps (TbClipSource *source)
{
  gsize size;
  const void *data = g_bytes_get_data (tb_fragments_codec_data (source->fragments), &size);
  g_autoptr (GstBuffer) codec_data = gst_buffer_new_memdup (data, size);

  if (tb_fragments_kind (source->fragments) == TB_MEDIA_VIDEO)
    return gst_caps_new_simple ("video/x-h264", "stream-format", G_TYPE_STRING, "avc", "alignment", G_TYPE_STRING,
                                "au", "width", G_TYPE_INT, tb_fragments_width (source->fragments), "height",
                                G_TYPE_INT, tb_fragments_height (source->fragments), "codec_data", GST_TYPE_BUFFER,
                                codec_data, NULL);
  return gst_caps_new_simple ("audio/mpeg", "mpegversion", G_TYPE_INT, 4, "stream-format", G_TYPE_STRING, "raw",
                              "framed", G_TYPE_BOOLEAN, TRUE, "rate", G_TYPE_INT,
                              tb_fragments_sample_rate (source->fragments), "channels", G_TYPE_INT,
                              tb_fragments_channels (source->fragments), "codec_data", GST_TYPE_BUFFER, codec_data,
                              NULL);
}

/* Makes the next fragment's samples ready. FALSE with no error when none is left in the range. */
static gboolean
load_fragment (TbClipSource *source, GError **error)
{
  const TbFragment *fragment;

  g_clear_pointer (&source->samples, g_array_unref);
  source->sample = 0;
  if (source->fragment >= tb_fragments_count (source->fragments))
    return FALSE;
  fragment = &tb_fragments_list (source->fragments)[source->fragment];
  if (source->start + fragment->time >= source->to)
    return FALSE;
  source->samples = tb_fragments_samples (source->fragments, source->fragment++, error);
  return source->samples != NULL;
}

static GstBuffer *
read_buffer (TbClipSource *source, const TbSample *sample, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (sample->size + 1);
  gsize done = 0;

  while (done < sample->size) {
    gssize n = tb_media_reader_read (source->reader, sample->offset + done, bytes + done, sample->size - done, error);

    if (n < 0)
      return NULL;
    if (n == 0) {
      g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "A recording's file became shorter");
      return NULL;
    }
    done += (gsize) n;
  }
  return gst_buffer_new_wrapped (g_steal_pointer (&bytes), sample->size);
}

gboolean
tb_clip_source_next (TbClipSource *source, TbClipSample *out, GError **error)
{
  const TbSample *sample;

  if ((source->samples == NULL || source->sample >= source->samples->len) && !load_fragment (source, error))
    return FALSE;
  sample = &g_array_index (source->samples, TbSample, source->sample++);
  out->buffer = read_buffer (source, sample, error);
  if (out->buffer == NULL)
    return FALSE;
  out->place = source->start + sample->pts;
  out->duration = sample->duration;
  out->key = sample->key;
  if (!sample->key)
    GST_BUFFER_FLAG_SET (out->buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return TRUE;
}
