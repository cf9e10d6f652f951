#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "exchange/bytes.h"
#include "exchange/captions.h"
#include "exchange/otio.h"

typedef struct {
  TbExchange *document;
  TbExchangeSet *set;
  TbLoss *loss;
} Reading;

static gboolean
is (json_object *object, const char *schema)
{
  const char *name = tb_loose_string (object, "OTIO_SCHEMA");
  gsize length = strlen (schema);

  return name != NULL && strncmp (name, schema, length) == 0 && (name[length] == '.' || name[length] == '\0');
}

/* {"value","rate"}: value / rate seconds. */
static gboolean
time_of (json_object *object, const char *field, TbTime *time)
{
  json_object *inner = tb_loose_get (object, field, json_type_object), *value = NULL, *rate = NULL;
  double number, per_second;

  return inner != NULL && json_object_object_get_ex (inner, "value", &value)
         && json_object_object_get_ex (inner, "rate", &rate) && tb_loose_number (value, &number)
         && tb_loose_number (rate, &per_second) && per_second > 0 && tb_time_from_seconds (number / per_second, time);
}

static gboolean
range_of (json_object *item, const char *field, TbTime *start, TbTime *duration)
{
  json_object *range = tb_loose_get (item, field, json_type_object);
  TbTime first, length;

  if (range == NULL || !time_of (range, "start_time", &first) || !time_of (range, "duration", &length) || length < 0)
    return FALSE;
  *start = first;
  *duration = length;
  return TRUE;
}

/* The media of a clip: in version 1 one, in version 2 the active of several. Borrowed; NULL without. */
static json_object *
media_of (json_object *clip)
{
  json_object *several = tb_loose_get (clip, "media_references", json_type_object);
  const char *key = tb_loose_string (clip, "active_media_reference_key");

  return several != NULL ? tb_loose_get (several, key != NULL ? key : "DEFAULT_MEDIA", json_type_object)
                         : tb_loose_get (clip, "media_reference", json_type_object);
}

/* Where ITEM's own time begins, and how long it is. */
static void
own_range (json_object *item, TbTime *start, TbTime *duration)
{
  *start = *duration = 0;
  if (!range_of (item, "source_range", start, duration))
    range_of (media_of (item), "available_range", start, duration);
}

static json_object *
own_note (json_object *item)
{
  return tb_loose_get (tb_loose_get (item, "metadata", json_type_object), "terugblik", json_type_object);
}

/* The marker lies on the time of its item, which begins with START at AT of the timeline. */
static void
read_marker (Reading *reading, json_object *marker, TbTime start, TbTime at)
{
  json_object *color = tb_loose_get (marker, "color", json_type_object);
  const char *name = tb_loose_string (marker, "name"), *shade = tb_loose_string (color, "name");
  const char *comment = tb_loose_string (marker, "comment");
  TbTime from, length;
  TbExchangeEvent *event;

  tb_loss_present (reading->loss, 1);
  if (!range_of (marker, "marked_range", &from, &length) || ABS (at - start + from) > TB_TIME_LIMIT) {
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "a marker without a time", "its range cannot be read",
                 "marker “%s”", name != NULL ? name : "");
    return;
  }
  tb_loss_carried (reading->loss, 1);
  from += at - start;
  if (own_note (marker) != NULL) {
    tb_caption_own (reading->document, reading->set, own_note (marker), from, from + length);
    return;
  }
  if (shade == NULL)
    shade = tb_loose_string (marker, "color");
  if (name == NULL || *name == '\0')
    name = shade != NULL && *shade != '\0' ? shade : "marker";
  event = tb_exchange_event (reading->document, reading->set, length > 0 ? TB_KIND_STATE : TB_KIND_POINT, name, from,
                             length > 0 ? from + length : TB_TIME_NONE);
  if (comment != NULL)
    tb_exchange_text (&event->comment, comment);
  if (shade != NULL && *shade != '\0' && !g_str_equal (shade, name))
    tb_exchange_event_modifier (reading->document, event, "color", shade);
}

static void
read_markers (Reading *reading, json_object *item, TbTime start, TbTime at)
{
  json_object *markers = tb_loose_get (item, "markers", json_type_array);
  json_object *effects = tb_loose_get (item, "effects", json_type_array);

  for (gsize i = 0; markers != NULL && i < json_object_array_length (markers); i++)
    read_marker (reading, json_object_array_get_idx (markers, i), start, at);
  if (effects != NULL)
    tb_loss_add (reading->loss, TB_LOSS_LEFT, (gint64) json_object_array_length (effects), "an effect",
                 "Terugblik shows films as they are", "“%s”",
                 tb_loose_string (item, "name") != NULL ? tb_loose_string (item, "name") : "");
}

static void
read_clip (Reading *reading, json_object *clip, const char *track, TbTime at, TbTime duration)
{
  const char *name = tb_loose_string (clip, "name"), *url = tb_loose_string (media_of (clip), "target_url");
  TbExchangeEvent *event;

  if (own_note (clip) != NULL) {
    TbExchangeMedia *media = tb_exchange_media (reading->document, reading->set, url != NULL ? url : "");

    if (ABS (at) <= TB_TIME_LIMIT && at + duration <= TB_TIME_LIMIT) {
      media->at = at;
      media->length = duration;
    }
    return;
  }
  tb_loss_present (reading->loss, 1);
  if (ABS (at) > TB_TIME_LIMIT || at + duration > TB_TIME_LIMIT) {
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "a clip at a time that cannot be",
                 "it lies more than 30 days from the beginning", "clip “%s”", name != NULL ? name : "");
    return;
  }
  tb_loss_carried (reading->loss, 1);
  event = tb_exchange_event (reading->document, reading->set, TB_KIND_STATE, track, at, at + duration);
  if (name != NULL)
    tb_exchange_text (&event->comment, name);
  if (url != NULL && *url != '\0')
    tb_exchange_event_modifier (reading->document, event, "media", url);
}

/* Reads ITEM, which begins at AT, and gives how long it is. The depth of JSON is limited, so this is too. */
static TbTime
read_item (Reading *reading, json_object *item, const char *track, TbTime at)
{
  json_object *children = tb_loose_get (item, "children", json_type_array);
  const char *name = tb_loose_string (item, "name");
  TbTime start, duration, origin, whole = 0;
  gboolean in_row = is (item, "Track");

  if (is (item, "Timeline"))
    return read_item (reading, tb_loose_get (item, "tracks", json_type_object), track, at);
  own_range (item, &start, &duration);
  if (is (item, "Clip"))
    read_clip (reading, item, track, at, duration);
  read_markers (reading, item, start, at);
  if (children == NULL)
    return is (item, "Transition") ? 0 : duration;
  origin = at - start;
  if (duration > 0)
    tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "the cut of a whole track", "its clips are taken whole", "track “%s”",
                 name != NULL ? name : "");
  for (gsize i = 0; i < json_object_array_length (children); i++) {
    TbTime length = read_item (reading, json_object_array_get_idx (children, i),
                               in_row ? (name != NULL && *name != '\0' ? name : "track") : track,
                               in_row ? origin + whole : origin);

    whole = MIN (in_row ? whole + length : MAX (whole, length), TB_TIME_LIMIT);
  }
  return duration > 0 ? duration : whole;
}

/* OpenTimelineIO writes “Inf” for what has no end, which no JSON knows: NaN, which the parser does. Nothing here is read
 * from either. */
static void
mend_infinities (char *text)
{
  gboolean quoted = FALSE;

  for (char *at = text; *at != '\0'; at++) {
    if (quoted && *at == '\\' && at[1] != '\0')
      at++;
    else if (*at == '"')
      quoted = !quoted;
    else if (!quoted && g_str_has_prefix (at, "Inf") && !g_ascii_isalpha (at[3])) {
      if (at > text && at[-1] == '-')
        at[-1] = ' ';
      memcpy (at, "NaN", 3);
    }
  }
}

TbExchange *
tb_otio_read (const guint8 *data, gsize size, TbLoss *loss, GError **error)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autofree char *text = tb_bytes_to_text (data, size, loss, error);
  g_autoptr (json_object) root = NULL;
  Reading reading = { document, NULL, loss };
  const char *name;

  if (text == NULL)
    return NULL;
  mend_infinities (text);
  root = tb_loose_json (text, error);
  if (root == NULL)
    return NULL;
  if (tb_loose_string (root, "OTIO_SCHEMA") == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is no OpenTimelineIO: it has no OTIO_SCHEMA");
    return NULL;
  }
  name = tb_loose_string (root, "name");
  reading.set = tb_exchange_set (document, name != NULL ? name : "");
  if (name != NULL)
    tb_exchange_text (&document->title, name);
  read_item (&reading, root, "track", 0);
  if (!tb_exchange_finish (document, loss, error))
    return NULL;
  return g_steal_pointer (&document);
}
