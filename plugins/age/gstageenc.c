/**
 * element-ageenc: seals what passes as an age v1 file, to one or more public keys.
 *
 *   gst-launch-1.0 videotestsrc num-buffers=100 ! x264enc ! mp4mux fragment-duration=1000 ! \
 *       ageenc recipients=age1… ! filesink location=a.mp4.age
 *
 * The file is whole only after EOS: then the last chunk is written, and only with that does it open. A stream that
 * ends in an error leaves a file that nothing opens to its end.
 *
 * What was sealed cannot be changed, so upstream is told that there is no seeking, and a segment that begins elsewhere
 * than where the last byte was is an error.
 *
 * Properties are under the object lock; everything else belongs to the streaming thread.
 */

#include "gstage.h"

#include "vault/age-header.h"
#include "vault/age-stream.h"

enum {
  PROP_RECIPIENTS = 1,
  PROP_RECIPIENTS_FILE
};

typedef struct {
  GstElement parent;
  GstPad *sink, *src;
  char *recipients;      /* object lock */
  char *recipients_file; /* object lock */
  TbAgeSealer *sealer;   /* NULL before the first byte and after the last */
  guint64 taken;         /* plain bytes */
  gboolean finished;
} TbAgeEnc;

typedef struct {
  GstElementClass parent;
} TbAgeEncClass;

G_DEFINE_TYPE (TbAgeEnc, tb_age_enc, GST_TYPE_ELEMENT)

static GstStaticPadTemplate sink_template
  = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template
  = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/octet-stream"));

/* Adds the keys in TEXT, which stand between commas or on lines; lines that begin with # are passed over. */
static gboolean
add_recipients (GArray *array, const char *text, const char *separators, GError **error)
{
  g_auto (GStrv) parts = g_strsplit_set (text, separators, -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    TbAgeRecipient recipient;

    g_strstrip (parts[i]);
    if (*parts[i] == '\0' || *parts[i] == '#')
      continue;
    if (!tb_age_recipient_parse (parts[i], -1, &recipient, error))
      return FALSE;
    g_array_append_val (array, recipient);
  }
  return TRUE;
}

/* TbAgeRecipient, at least one; new. */
static GArray *
read_recipients (TbAgeEnc *self, GError **error)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (TbAgeRecipient));
  g_autofree char *list = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  GST_OBJECT_LOCK (self);
  list = g_strdup (self->recipients);
  path = g_strdup (self->recipients_file);
  GST_OBJECT_UNLOCK (self);
  if (list != NULL && !add_recipients (array, list, ",", error))
    return NULL;
  if (path != NULL && (!g_file_get_contents (path, &text, NULL, error) || !add_recipients (array, text, "\n", error)))
    return NULL;
  if (array->len > 0)
    return g_steal_pointer (&array);
  g_set_error_literal (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
                       "Nobody could open this file: set “recipients” or “recipients-file”");
  return NULL;
}

/* Puts the header and the nonce into OUT. */
static gboolean
begin_file (TbAgeEnc *self, GByteArray *out, GError **error)
{
  g_autoptr (GArray) recipients = read_recipients (self, error);
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (GBytes) header = NULL;
  gsize length;
  const guint8 *bytes;

  if (recipients == NULL)
    return FALSE;
  tb_age_file_key_generate (&key);
  header = tb_age_header_write ((const TbAgeRecipient *) (void *) recipients->data, recipients->len, &key, error);
  if (header == NULL)
    return FALSE;
  bytes = g_bytes_get_data (header, &length);
  g_byte_array_append (out, bytes, (guint) length);
  self->sealer = tb_age_sealer_new (&key, out);
  return TRUE;
}

static void
push_start (TbAgeEnc *self)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("application/octet-stream");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (self->src, gst_event_new_caps (caps));
  gst_pad_push_event (self->src, gst_event_new_segment (&segment));
}

/* Makes sure that the file has begun. OUT gets what is to be written. */
static gboolean
ensure_begun (TbAgeEnc *self, GByteArray *out)
{
  g_autoptr (GError) error = NULL;

  if (self->sealer != NULL)
    return TRUE;
  if (!begin_file (self, out, &error)) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
    return FALSE;
  }
  push_start (self);
  return TRUE;
}

/* Takes OUT. */
static GstFlowReturn
push_out (TbAgeEnc *self, GByteArray *out)
{
  gsize length;
  guint8 *bytes;

  if (out->len == 0) {
    g_byte_array_unref (out);
    return GST_FLOW_OK;
  }
  bytes = g_byte_array_steal (out, &length);
  g_byte_array_unref (out);
  return gst_pad_push (self->src, gst_buffer_new_wrapped (bytes, length));
}

static GstFlowReturn
chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  TbAgeEnc *self = (TbAgeEnc *) parent;
  g_autoptr (GByteArray) out = NULL;
  GstMapInfo map;
  gsize size = gst_buffer_get_size (buffer);

  if (self->finished) {
    gst_buffer_unref (buffer);
    return GST_FLOW_EOS;
  }
  out = g_byte_array_sized_new ((guint) MIN (size + 2 * TB_AGE_SEALED_CHUNK, G_MAXUINT32));
  if (!ensure_begun (self, out) || !gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  tb_age_sealer_append (self->sealer, map.data, map.size, out);
  self->taken += map.size;
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  return push_out (self, g_steal_pointer (&out));
}

static void
finish_file (TbAgeEnc *self)
{
  g_autoptr (GByteArray) out = NULL;

  if (self->finished)
    return;
  out = g_byte_array_new ();
  if (!ensure_begun (self, out))
    return;
  tb_age_sealer_finish (self->sealer, out);
  g_clear_pointer (&self->sealer, tb_age_sealer_free);
  self->finished = TRUE;
  push_out (self, g_steal_pointer (&out));
}

/* Whether what comes next lies where the last byte ended. */
static gboolean
follows (TbAgeEnc *self, GstEvent *event)
{
  const GstSegment *segment;

  gst_event_parse_segment (event, &segment);
  if (segment->format != GST_FORMAT_BYTES || segment->start == self->taken)
    return TRUE;
  GST_ELEMENT_ERROR (self, STREAM, FORMAT, ("What was sealed cannot be changed any more"),
                     ("asked to go on at byte %" G_GUINT64_FORMAT ", but %" G_GUINT64_FORMAT
                      " were taken; a muxer must write in order (mp4mux: fragment-duration, streamable)",
                      segment->start, self->taken));
  return FALSE;
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  TbAgeEnc *self = (TbAgeEnc *) parent;
  gboolean good;

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS: /* ours are sent with the first byte */
    gst_event_unref (event);
    return TRUE;
  case GST_EVENT_SEGMENT:
    good = follows (self, event);
    gst_event_unref (event);
    return good;
  case GST_EVENT_FLUSH_START: /* nothing may be left out */
  case GST_EVENT_FLUSH_STOP:
    gst_event_unref (event);
    return FALSE;
  case GST_EVENT_EOS:
    finish_file (self);
    return gst_pad_push_event (self->src, event);
  default:
    return gst_pad_event_default (pad, parent, event);
  }
}

static gboolean
src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) != GST_EVENT_SEEK)
    return gst_pad_event_default (pad, parent, event);
  gst_event_unref (event);
  return FALSE;
}

static gboolean
answer_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
  case GST_QUERY_SEEKING:
    gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
    gst_query_set_seeking (query, format, FALSE, 0, -1);
    return TRUE;
  case GST_QUERY_ALLOCATION: /* buffers do not go through */
  case GST_QUERY_DURATION:   /* that of the plain bytes is not that of the file */
  case GST_QUERY_POSITION:
    return FALSE;
  default:
    return gst_pad_query_default (pad, parent, query);
  }
}

static void
reset (TbAgeEnc *self)
{
  g_clear_pointer (&self->sealer, tb_age_sealer_free);
  self->taken = 0;
  self->finished = FALSE;
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  TbAgeEnc *self = (TbAgeEnc *) element;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) recipients = NULL;
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    recipients = read_recipients (self, &error); /* what is wrong is said before anything runs */
    if (recipients == NULL) {
      GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
      return GST_STATE_CHANGE_FAILURE;
    }
    reset (self);
  }
  result = GST_ELEMENT_CLASS (tb_age_enc_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    reset (self);
  return result;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TbAgeEnc *self = (TbAgeEnc *) object;
  char **field = id == PROP_RECIPIENTS ? &self->recipients : &self->recipients_file;

  GST_OBJECT_LOCK (self);
  g_free (*field);
  *field = g_value_dup_string (value);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TbAgeEnc *self = (TbAgeEnc *) object;

  GST_OBJECT_LOCK (self);
  g_value_set_string (value, id == PROP_RECIPIENTS ? self->recipients : self->recipients_file);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  TbAgeEnc *self = (TbAgeEnc *) object;

  reset (self);
  g_free (self->recipients);
  g_free (self->recipients_file);
  G_OBJECT_CLASS (tb_age_enc_parent_class)->finalize (object);
}

static void
tb_age_enc_class_init (TbAgeEncClass *klass)
{
  GObjectClass *object = G_OBJECT_CLASS (klass);
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  object->set_property = set_property;
  object->get_property = get_property;
  object->finalize = finalize;
  g_object_class_install_property (object, PROP_RECIPIENTS,
                                   g_param_spec_string ("recipients", "Recipients",
                                                        "Public keys (age1…) that may open the file, between commas",
                                                        NULL, flags));
  g_object_class_install_property (object, PROP_RECIPIENTS_FILE,
                                   g_param_spec_string ("recipients-file", "Recipients file",
                                                        "File with such a key on each line, beside those above", NULL,
                                                        flags));
  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "Age sealer", "Filter/Encryptor",
                                         "Seals what passes as an age v1 file", "Terugblik");
  element->change_state = change_state;
}

static void
tb_age_enc_init (TbAgeEnc *self)
{
  self->sink = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sink, chain);
  gst_pad_set_event_function (self->sink, sink_event);
  gst_pad_set_query_function (self->sink, answer_query);
  gst_element_add_pad (GST_ELEMENT (self), self->sink);
  self->src = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_use_fixed_caps (self->src);
  gst_pad_set_event_function (self->src, src_event);
  gst_pad_set_query_function (self->src, answer_query);
  gst_element_add_pad (GST_ELEMENT (self), self->src);
}
