/**
 * element-agesrc: reads an age v1 file as if it were the plain one, any part of it in any order.
 *
 *   gst-launch-1.0 agesrc location=a.mp4.age identity-file=key.txt ! qtdemux ! h264parse ! avdec_h264 ! autovideosink
 *
 * Opens only the chunks (64 KiB) that are asked for, and gives no byte that was not found authentic. Keys and
 * passphrases come from files: what stands in a property can be read in the list of processes.
 *
 * Properties are under the object lock; the reader is under its own, because ranges may be asked for from any thread.
 */

#include "gstage.h"

#include <string.h>

#include <gst/base/gstbasesrc.h>

#include "base/error.h"
#include "vault/age-file.h"
#include "vault/age-stream.h"

enum {
  PROP_LOCATION = 1,
  PROP_IDENTITY_FILE,
  PROP_PASSPHRASE_FILE,
  N_PROPERTIES
};

typedef struct {
  GstBaseSrc parent;
  char *settings[N_PROPERTIES]; /* object lock */
  GMutex lock;                  /* guards READER */
  TbAgeReader *reader;          /* between start and stop */
} TbAgeSrc;

typedef struct {
  GstBaseSrcClass parent;
} TbAgeSrcClass;

G_DEFINE_TYPE (TbAgeSrc, tb_age_src, GST_TYPE_BASE_SRC)

static GstStaticPadTemplate src_template
  = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static char *
dup_setting (TbAgeSrc *self, guint id)
{
  char *text;

  GST_OBJECT_LOCK (self);
  text = g_strdup (self->settings[id]);
  GST_OBJECT_UNLOCK (self);
  return text;
}

/* Says on the bus what went wrong. */
static void
tell (TbAgeSrc *self, const GError *error)
{
  if (g_error_matches (error, TB_ERROR, TB_ERROR_NOT_FOUND) || g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND, ("%s", error->message), (NULL));
  else if (g_error_matches (error, TB_ERROR, TB_ERROR_DENIED))
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_AUTHORIZED, ("%s", error->message), (NULL));
  else if (g_error_matches (error, TB_ERROR, TB_ERROR_CORRUPT))
    GST_ELEMENT_ERROR (self, STREAM, DECRYPT, ("%s", error->message), (NULL));
  else if (g_error_matches (error, TB_ERROR, TB_ERROR_INVALID))
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
  else
    GST_ELEMENT_ERROR (self, RESOURCE, READ, ("%s", error->message), (NULL));
}

static TbAgeReader *
open_by_passphrase (const char *location, const char *path, GError **error)
{
  char *text = NULL;
  gsize length = 0;
  TbAgeReader *reader;
  TbAgeUnlock unlock = { 0 };

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  unlock.passphrase = text;
  unlock.passphrase_length = strcspn (text, "\r\n");
  reader = tb_age_reader_open (location, &unlock, error);
  tb_age_wipe (text, length);
  g_free (text);
  return reader;
}

static TbAgeReader *
open_reader (TbAgeSrc *self, GError **error)
{
  g_autofree char *location = dup_setting (self, PROP_LOCATION);
  g_autofree char *identity_file = dup_setting (self, PROP_IDENTITY_FILE);
  g_autofree char *passphrase_file = dup_setting (self, PROP_PASSPHRASE_FILE);
  g_autoptr (GPtrArray) identities = NULL;
  TbAgeUnlock unlock = { 0 };

  if (location == NULL || (identity_file == NULL) == (passphrase_file == NULL)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID,
                         "Set “location”, and either “identity-file” or “passphrase-file”");
    return NULL;
  }
  if (passphrase_file != NULL)
    return open_by_passphrase (location, passphrase_file, error);
  identities = tb_age_identities_read (identity_file, error);
  if (identities == NULL)
    return NULL;
  unlock.identities = identities;
  return tb_age_reader_open (location, &unlock, error);
}

static gboolean
start (GstBaseSrc *src)
{
  TbAgeSrc *self = (TbAgeSrc *) src;
  g_autoptr (GError) error = NULL;
  TbAgeReader *reader = open_reader (self, &error);

  if (reader == NULL) {
    tell (self, error);
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  self->reader = reader;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
stop (GstBaseSrc *src)
{
  TbAgeSrc *self = (TbAgeSrc *) src;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->reader, tb_age_reader_free);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gboolean
get_size (GstBaseSrc *src, guint64 *size)
{
  TbAgeSrc *self = (TbAgeSrc *) src;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->reader == NULL)
    return FALSE;
  *size = tb_age_reader_get_size (self->reader);
  return TRUE;
}

static gboolean
is_seekable (GstBaseSrc *src)
{
  return TRUE;
}

static GstFlowReturn
fill (GstBaseSrc *src, guint64 offset, guint length, GstBuffer *buffer)
{
  TbAgeSrc *self = (TbAgeSrc *) src;
  g_autoptr (GError) error = NULL;
  GstMapInfo map;
  gsize got = 0;
  gboolean good;

  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ, (NULL), ("a buffer cannot be written to"));
    return GST_FLOW_ERROR;
  }
  g_mutex_lock (&self->lock);
  good = self->reader != NULL
         && tb_age_reader_read (self->reader, offset, map.data, MIN (length, map.size), &got, &error);
  g_mutex_unlock (&self->lock);
  if (!good)
    tb_age_wipe (map.data, map.size); /* the chunks before the bad one */
  gst_buffer_unmap (buffer, &map);
  if (!good) {
    if (error == NULL)
      return GST_FLOW_FLUSHING;
    tell (self, error);
    return GST_FLOW_ERROR;
  }
  gst_buffer_resize (buffer, 0, (gssize) got);
  GST_BUFFER_OFFSET (buffer) = offset;
  GST_BUFFER_OFFSET_END (buffer) = offset + got;
  return got > 0 || length == 0 ? GST_FLOW_OK : GST_FLOW_EOS;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TbAgeSrc *self = (TbAgeSrc *) object;

  GST_OBJECT_LOCK (self);
  g_free (self->settings[id]);
  self->settings[id] = g_value_dup_string (value);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_take_string (value, dup_setting ((TbAgeSrc *) object, id));
}

static void
finalize (GObject *object)
{
  TbAgeSrc *self = (TbAgeSrc *) object;

  tb_age_reader_free (self->reader);
  for (guint i = 0; i < N_PROPERTIES; i++)
    g_free (self->settings[i]);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (tb_age_src_parent_class)->finalize (object);
}

static void
add_property (GObjectClass *object, guint id, const char *name, const char *nick, const char *blurb)
{
  g_object_class_install_property (object, id,
                                   g_param_spec_string (name, nick, blurb, NULL,
                                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                                                            | GST_PARAM_MUTABLE_READY));
}

static void
tb_age_src_class_init (TbAgeSrcClass *klass)
{
  GObjectClass *object = G_OBJECT_CLASS (klass);
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base = GST_BASE_SRC_CLASS (klass);

  object->set_property = set_property;
  object->get_property = get_property;
  object->finalize = finalize;
  add_property (object, PROP_LOCATION, "location", "Location", "The sealed file");
  add_property (object, PROP_IDENTITY_FILE, "identity-file", "Identity file",
                "File with the secret keys (AGE-SECRET-KEY-1…), one on a line");
  add_property (object, PROP_PASSPHRASE_FILE, "passphrase-file", "Passphrase file",
                "File whose first line is the passphrase, for a file sealed with one");
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "Age file source", "Source/File",
                                         "Reads parts of an age v1 file", "Terugblik");
  base->start = start;
  base->stop = stop;
  base->get_size = get_size;
  base->is_seekable = is_seekable;
  base->fill = fill;
}

static void
tb_age_src_init (TbAgeSrc *self)
{
  g_mutex_init (&self->lock);
  gst_base_src_set_blocksize (GST_BASE_SRC (self), TB_AGE_CHUNK);
}
