#include "media/media-sink.h"

#include <gst/base/gstbasesink.h>

#include "base/error.h"

/* All of it belongs to the streaming thread. */
typedef struct {
  GstBaseSink parent;
  TbMediaWriter *writer;
  guint64 place; /* where the next buffer goes */
} TbMediaSink;

typedef struct {
  GstBaseSinkClass parent;
} TbMediaSinkClass;

GType tb_media_sink_get_type (void);
G_DEFINE_TYPE (TbMediaSink, tb_media_sink, GST_TYPE_BASE_SINK)

static GstStaticPadTemplate sink_template
  = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

/* At the end it is appended; before, it is put over what lies there. */
static gboolean
write_bytes (TbMediaSink *self, const guint8 *bytes, gsize length, GError **error)
{
  guint64 size = tb_media_writer_size (self->writer);

  if (self->place == size)
    return tb_media_writer_append (self->writer, bytes, length, error);
  if (self->place < size && length <= size - self->place)
    return tb_media_writer_patch (self->writer, self->place, bytes, length, error);
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "The file would get a hole at byte %" G_GUINT64_FORMAT, size);
  return FALSE;
}

static GstFlowReturn
render (GstBaseSink *sink, GstBuffer *buffer)
{
  TbMediaSink *self = (TbMediaSink *) sink;
  g_autoptr (GError) error = NULL;
  GstMapInfo map;
  gboolean good;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return GST_FLOW_ERROR;
  good = map.size == 0 || write_bytes (self, map.data, map.size, &error);
  self->place += map.size;
  gst_buffer_unmap (buffer, &map);
  if (good)
    return GST_FLOW_OK;
  if (g_error_matches (error, TB_ERROR, TB_ERROR_FULL))
    GST_ELEMENT_ERROR (self, RESOURCE, NO_SPACE_LEFT, ("%s", error->message), (NULL));
  else
    GST_ELEMENT_ERROR (self, RESOURCE, WRITE, ("%s", error->message), (NULL));
  return GST_FLOW_ERROR;
}

static gboolean
event (GstBaseSink *sink, GstEvent *what)
{
  TbMediaSink *self = (TbMediaSink *) sink;
  const GstSegment *segment;

  if (GST_EVENT_TYPE (what) == GST_EVENT_SEGMENT) {
    gst_event_parse_segment (what, &segment);
    if (segment->format == GST_FORMAT_BYTES)
      self->place = segment->start;
  }
  return GST_BASE_SINK_CLASS (tb_media_sink_parent_class)->event (sink, what);
}

static gboolean
query (GstBaseSink *sink, GstQuery *what)
{
  GstFormat format;

  if (GST_QUERY_TYPE (what) != GST_QUERY_SEEKING)
    return GST_BASE_SINK_CLASS (tb_media_sink_parent_class)->query (sink, what);
  gst_query_parse_seeking (what, &format, NULL, NULL, NULL);
  gst_query_set_seeking (what, GST_FORMAT_BYTES, format == GST_FORMAT_BYTES || format == GST_FORMAT_DEFAULT, 0, -1);
  return TRUE;
}

static void
tb_media_sink_class_init (TbMediaSinkClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *base = GST_BASE_SINK_CLASS (klass);

  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_set_static_metadata (element, "Media writer", "Sink/File", "Writes into the media store",
                                         "Terugblik");
  base->render = render;
  base->event = event;
  base->query = query;
}

static void
tb_media_sink_init (TbMediaSink *self)
{
  gst_base_sink_set_sync (GST_BASE_SINK (self), FALSE);
}

GstElement *
tb_media_sink_new (TbMediaWriter *writer)
{
  TbMediaSink *self = g_object_new (tb_media_sink_get_type (), NULL);

  self->writer = writer;
  return GST_ELEMENT (self);
}
