/* Newest picture and a short ring of H.264, under one lock that is never held for longer than a few pointer moves;
 * converting to Annex B is done by the reader, outside it. */

#include "media/live-hub.h"

#include <string.h>

#include "base/error.h"

#define PICTURE_WANTED_US (3 * G_USEC_PER_SEC)
/* A ring is at most this long however rare the key frames are; without one in it a reader waits for the next. */
#define UNITS_MAX 400
#define UNITS_BYTES_MAX (24 * 1024 * 1024)
/* A reader further behind than this jumps to the newest key frame. */
#define BEHIND_MAX 20

typedef struct {
  GstBuffer *buffer;
  guint64 serial;
  gboolean key;
  TbTime pts;
} Unit;

struct _TbLiveHub {
  gatomicrefcount refs;
  gint64 wanted_until_us; /* atomic through the lock below; see picture_wanted */
  GMutex lock;
  GCond changed;
  gboolean ended;
  GBytes *picture;
  TbTime picture_pts;
  guint64 picture_serial;
  GBytes *parameters; /* Annex B: SPS and PPS */
  guint length_size;
  guint format_serial; /* rises with each change of codec or size */
  char codec[16];
  gint width, height;
  GQueue units; /* Unit, oldest first */
  gsize units_bytes;
  guint64 next_serial;
};

struct _TbLiveReader {
  TbLiveHub *hub;
  guint64 next;        /* serial of the unit to give next */
  guint format_serial; /* 0 = none seen yet */
};

static void
unit_free (Unit *unit)
{
  gst_buffer_unref (unit->buffer);
  g_free (unit);
}

TbLiveHub *
tb_live_hub_new (void)
{
  TbLiveHub *hub = g_new0 (TbLiveHub, 1);

  g_atomic_ref_count_init (&hub->refs);
  g_mutex_init (&hub->lock);
  g_cond_init (&hub->changed);
  g_queue_init (&hub->units);
  hub->next_serial = 1;
  return hub;
}

TbLiveHub *
tb_live_hub_ref (TbLiveHub *hub)
{
  g_atomic_ref_count_inc (&hub->refs);
  return hub;
}

void
tb_live_hub_unref (TbLiveHub *hub)
{
  if (hub == NULL || !g_atomic_ref_count_dec (&hub->refs))
    return;
  g_clear_pointer (&hub->picture, g_bytes_unref);
  g_clear_pointer (&hub->parameters, g_bytes_unref);
  g_queue_clear_full (&hub->units, (GDestroyNotify) unit_free);
  g_mutex_clear (&hub->lock);
  g_cond_clear (&hub->changed);
  g_free (hub);
}

gboolean
tb_live_hub_picture_wanted (TbLiveHub *hub)
{
  return g_get_monotonic_time () < __atomic_load_n (&hub->wanted_until_us, __ATOMIC_RELAXED);
}

void
tb_live_hub_put_picture (TbLiveHub *hub, GBytes *jpeg, TbTime pts)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&hub->lock);

  g_clear_pointer (&hub->picture, g_bytes_unref);
  hub->picture = jpeg;
  hub->picture_pts = pts;
  hub->picture_serial++;
  g_cond_broadcast (&hub->changed);
}

/* Appends the parameter sets of one list in avcC; the offset after it, or 0 when the list does not fit. */
static gsize
append_sets (GByteArray *out, const guint8 *data, gsize size, gsize offset, guint count)
{
  static const guint8 start_code[4] = { 0, 0, 0, 1 };

  for (guint i = 0; i < count; i++) {
    gsize length;

    if (offset + 2 > size)
      return 0;
    length = (gsize) data[offset] << 8 | data[offset + 1];
    offset += 2;
    if (length > size - offset)
      return 0;
    g_byte_array_append (out, start_code, sizeof start_code);
    g_byte_array_append (out, data + offset, (guint) length);
    offset += length;
  }
  return offset;
}

static GBytes *
parameters_from_avcc (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gsize offset;

  if (size < 7)
    return NULL;
  offset = append_sets (out, data, size, 6, data[5] & 0x1f);
  if (offset == 0 || offset >= size || append_sets (out, data, size, offset + 1, data[offset]) == 0)
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static void
drop_units (TbLiveHub *hub, guint keep)
{
  while (hub->units.length > keep) {
    Unit *unit = g_queue_pop_head (&hub->units);

    hub->units_bytes -= gst_buffer_get_size (unit->buffer);
    unit_free (unit);
  }
}

void
tb_live_hub_put_format (TbLiveHub *hub, GstBuffer *codec_data, gint width, gint height)
{
  g_autoptr (GBytes) parameters = NULL;
  GstMapInfo map;
  char codec[16] = "";
  guint length_size = 4;

  if (!gst_buffer_map (codec_data, &map, GST_MAP_READ))
    return;
  parameters = parameters_from_avcc (map.data, map.size);
  if (parameters != NULL) {
    g_snprintf (codec, sizeof codec, "avc1.%02x%02x%02x", map.data[1], map.data[2], map.data[3]);
    length_size = (map.data[4] & 3) + 1;
  }
  gst_buffer_unmap (codec_data, &map);
  if (parameters == NULL)
    return;

  g_mutex_lock (&hub->lock);
  drop_units (hub, 0); /* they belong to the parameters before */
  if (hub->width != width || hub->height != height || !g_str_equal (hub->codec, codec))
    hub->format_serial++;
  g_clear_pointer (&hub->parameters, g_bytes_unref);
  hub->parameters = g_steal_pointer (&parameters);
  hub->length_size = length_size;
  g_strlcpy (hub->codec, codec, sizeof hub->codec);
  hub->width = width;
  hub->height = height;
  g_cond_broadcast (&hub->changed);
  g_mutex_unlock (&hub->lock);
}

/* The ring keeps two groups of pictures, so that a reader just behind a new key frame misses nothing. */
static void
trim_units (TbLiveHub *hub)
{
  guint index = 0, second_last_key = 0, last_key = 0;

  for (GList *l = hub->units.head; l != NULL; l = l->next, index++)
    if (((Unit *) l->data)->key) {
      second_last_key = last_key;
      last_key = index;
    }
  drop_units (hub, hub->units.length - second_last_key);
  while (hub->units.length > UNITS_MAX || hub->units_bytes > UNITS_BYTES_MAX)
    drop_units (hub, hub->units.length - 1);
}

void
tb_live_hub_put_unit (TbLiveHub *hub, GstBuffer *buffer, gboolean key, TbTime pts)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&hub->lock);
  Unit *unit = g_new0 (Unit, 1);

  unit->buffer = gst_buffer_ref (buffer);
  unit->serial = hub->next_serial++;
  unit->key = key;
  unit->pts = pts;
  g_queue_push_tail (&hub->units, unit);
  hub->units_bytes += gst_buffer_get_size (buffer);
  if (key || hub->units.length > UNITS_MAX || hub->units_bytes > UNITS_BYTES_MAX)
    trim_units (hub);
  g_cond_broadcast (&hub->changed);
}

void
tb_live_hub_end (TbLiveHub *hub)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&hub->lock);

  hub->ended = TRUE;
  g_cond_broadcast (&hub->changed);
}

static void
set_timeout (GError **error, const char *what)
{
  g_set_error (error, TB_ERROR, TB_ERROR_TIMEOUT, "There is no %s yet", what);
}

static void
set_ended (GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "This recording has ended");
}

GBytes *
tb_live_hub_wait_picture (TbLiveHub *hub, guint64 *serial, guint timeout_ms, TbTime *pts, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 deadline = now + timeout_ms * G_TIME_SPAN_MILLISECOND;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&hub->lock);
  gboolean was_wanted = now < hub->wanted_until_us;

  __atomic_store_n (&hub->wanted_until_us, now + PICTURE_WANTED_US, __ATOMIC_RELAXED);
  /* What was seen when nobody looked any more is stale. */
  if (!was_wanted)
    g_clear_pointer (&hub->picture, g_bytes_unref);
  while (!hub->ended && (hub->picture == NULL || hub->picture_serial == *serial)) {
    if (!g_cond_wait_until (&hub->changed, &hub->lock, deadline)) {
      set_timeout (error, "newer picture");
      return NULL;
    }
    __atomic_store_n (&hub->wanted_until_us, g_get_monotonic_time () + PICTURE_WANTED_US, __ATOMIC_RELAXED);
  }
  if (hub->ended) {
    set_ended (error);
    return NULL;
  }
  *serial = hub->picture_serial;
  if (pts != NULL)
    *pts = hub->picture_pts;
  return g_bytes_ref (hub->picture);
}

TbLiveReader *
tb_live_reader_new (TbLiveHub *hub)
{
  TbLiveReader *reader = g_new0 (TbLiveReader, 1);

  reader->hub = tb_live_hub_ref (hub);
  return reader;
}

void
tb_live_reader_free (TbLiveReader *reader)
{
  if (reader == NULL)
    return;
  tb_live_hub_unref (reader->hub);
  g_free (reader);
}

gboolean
tb_live_reader_info (TbLiveReader *reader, guint timeout_ms, char *codec, gint *width, gint *height, GError **error)
{
  TbLiveHub *hub = reader->hub;
  gint64 deadline = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&hub->lock);

  while (!hub->ended && hub->parameters == NULL)
    if (!g_cond_wait_until (&hub->changed, &hub->lock, deadline)) {
      set_timeout (error, "picture");
      return FALSE;
    }
  if (hub->ended) {
    set_ended (error);
    return FALSE;
  }
  if (reader->format_serial == 0)
    reader->format_serial = hub->format_serial;
  g_strlcpy (codec, hub->codec, 16);
  *width = hub->width;
  *height = hub->height;
  return TRUE;
}

/* The unit to give now, or NULL: with the lock held. */
static Unit *
find_unit (TbLiveReader *reader)
{
  TbLiveHub *hub = reader->hub;
  Unit *first = g_queue_peek_head (&hub->units), *newest_key = NULL, *wanted = NULL;

  if (first == NULL || hub->next_serial == reader->next)
    return NULL;
  for (GList *l = hub->units.tail; l != NULL; l = l->prev) {
    Unit *unit = l->data;

    if (unit->key && newest_key == NULL)
      newest_key = unit;
    if (unit->serial == reader->next)
      wanted = unit;
    if (newest_key != NULL && unit->serial <= reader->next)
      break;
  }
  if (wanted != NULL && (hub->next_serial - reader->next <= BEHIND_MAX || newest_key == NULL
                         || newest_key->serial <= reader->next))
    return wanted;
  return newest_key;
}

/* Length fields become start codes; a unit whose lengths do not fit is given as far as they do. */
static GBytes *
to_annex_b (GstBuffer *buffer, guint length_size, GBytes *parameters)
{
  static const guint8 start_code[4] = { 0, 0, 0, 1 };
  GByteArray *out;
  GstMapInfo map;
  gsize offset = 0;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return g_bytes_new (NULL, 0);
  out = g_byte_array_sized_new ((guint) map.size + 256);
  if (parameters != NULL)
    g_byte_array_append (out, g_bytes_get_data (parameters, NULL), (guint) g_bytes_get_size (parameters));
  while (map.size - offset > length_size) {
    gsize length = 0;

    for (guint i = 0; i < length_size; i++)
      length = length << 8 | map.data[offset + i];
    offset += length_size;
    if (length > map.size - offset)
      break;
    g_byte_array_append (out, start_code, sizeof start_code);
    g_byte_array_append (out, map.data + offset, (guint) length);
    offset += length;
  }
  gst_buffer_unmap (buffer, &map);
  return g_byte_array_free_to_bytes (out);
}

GBytes *
tb_live_reader_next (TbLiveReader *reader, guint timeout_ms, gboolean *key, TbTime *pts, GError **error)
{
  TbLiveHub *hub = reader->hub;
  gint64 deadline = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (GBytes) parameters = NULL;
  guint length_size;
  Unit *unit;

  g_mutex_lock (&hub->lock);
  while ((unit = find_unit (reader)) == NULL && !hub->ended)
    if (!g_cond_wait_until (&hub->changed, &hub->lock, deadline)) {
      g_mutex_unlock (&hub->lock);
      set_timeout (error, "newer picture");
      return NULL;
    }
  if (unit == NULL || (reader->format_serial != 0 && reader->format_serial != hub->format_serial)) {
    g_mutex_unlock (&hub->lock);
    set_ended (error);
    return NULL;
  }
  reader->format_serial = hub->format_serial;
  reader->next = unit->serial + 1;
  buffer = gst_buffer_ref (unit->buffer);
  *key = unit->key;
  *pts = unit->pts;
  length_size = hub->length_size;
  if (unit->key)
    parameters = g_bytes_ref (hub->parameters);
  g_mutex_unlock (&hub->lock);
  return to_annex_b (buffer, length_size, parameters);
}
