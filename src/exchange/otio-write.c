#include <string.h>

#include "base/json.h"
#include "exchange/bytes.h"
#include "exchange/captions.h"
#include "exchange/left.h"
#include "exchange/otio.h"

static json_object *
object (const char *schema, const char *name)
{
  json_object *result = json_object_new_object ();

  tb_json_add_string (result, "OTIO_SCHEMA", schema);
  if (name != NULL)
    tb_json_add_string (result, "name", name);
  return result;
}

/* Milliseconds, so that a player with any frame rate can round them itself. */
static json_object *
rational (TbTime time)
{
  json_object *result = object ("RationalTime.1", NULL);

  tb_json_add_double (result, "rate", 1000);
  tb_json_add_double (result, "value", (double) (time / TB_MILLISECOND));
  return result;
}

static json_object *
range (TbTime start, TbTime duration)
{
  json_object *result = object ("TimeRange.1", NULL);

  tb_json_add (result, "start_time", rational (start));
  tb_json_add (result, "duration", rational (duration));
  return result;
}

/* What every item has. */
static json_object *
item (const char *schema, const char *name, json_object *source_range)
{
  json_object *result = object (schema, name);

  tb_json_add (result, "metadata", json_object_new_object ());
  tb_json_add (result, "source_range", source_range);
  tb_json_add (result, "effects", json_object_new_array ());
  tb_json_add (result, "markers", json_object_new_array ());
  tb_json_add_bool (result, "enabled", TRUE);
  return result;
}

/* A track for each film: a gap until it begins, then the film. */
static json_object *
media_track (const TbExchangeMedia *media)
{
  json_object *track = item ("Track.1", "film", NULL), *children = json_object_new_array ();
  TbTime at = tb_time_round (MAX (media->at, 0), TB_MILLISECOND, NULL);
  TbTime length = media->length != TB_TIME_NONE ? tb_time_round (media->length, TB_MILLISECOND, NULL) : 0;
  json_object *clip = item ("Clip.1", media->path, range (0, length)),
              *reference = object ("ExternalReference.1", NULL);
  json_object *metadata = json_object_new_object (), *note = json_object_new_object ();

  if (at > 0)
    json_object_array_add (children, item ("Gap.1", "", range (0, at)));
  tb_json_add_string (reference, "target_url", media->path);
  tb_json_add (reference, "metadata", json_object_new_object ());
  tb_json_add (reference, "available_range", range (0, length));
  tb_json_add (clip, "media_reference", reference);
  tb_json_add_bool (note, "media", TRUE);
  tb_json_add (metadata, "terugblik", note);
  tb_json_add (clip, "metadata", metadata);
  json_object_array_add (children, clip);
  tb_json_add_string (track, "kind", "Video");
  tb_json_add (track, "children", children);
  return track;
}

static json_object *
marker (const TbExchange *document, const TbExchangeEvent *event, TbTime end, TbLoss *loss)
{
  g_autofree char *label = tb_left_label (event, TRUE);
  json_object *result = object ("Marker.2", label), *metadata = json_object_new_object ();
  TbTime from, to;

  tb_caption_times (event, 0, end, &from, &to, loss);
  tb_json_add (metadata, "terugblik", tb_caption_note_object (document, event));
  tb_json_add (result, "metadata", metadata);
  tb_json_add_string (result, "color", tb_exchange_is_instant (event) ? "RED" : "GREEN");
  tb_json_add_string (result, "comment", event->comment);
  tb_json_add (result, "marked_range", range (from, to - from));
  tb_loss_carried (loss, 1);
  return result;
}

GBytes *
tb_otio_write (const TbExchange *document, TbLoss *loss, GError **error)
{
  const TbExchangeSet *set = tb_left_only_set (document, loss);
  g_autoptr (json_object) root = object ("Timeline.1", set != NULL ? set->id : "");
  json_object *stack = item ("Stack.1", "tracks", NULL), *children = json_object_new_array ();
  json_object *markers = json_object_new_array ();
  TbTime end = set != NULL ? tb_left_end (set) : 0;
  char *text;

  for (guint i = 0; set != NULL && i < set->media->len; i++)
    json_object_array_add (children, media_track (g_ptr_array_index (set->media, i)));
  for (guint i = 0; set != NULL && i < set->events->len; i++)
    json_object_array_add (markers, marker (document, g_ptr_array_index (set->events, i), end, loss));
  tb_json_add (stack, "markers", markers);
  tb_json_add (stack, "children", children);
  tb_json_add (root, "metadata", json_object_new_object ());
  tb_json_add (root, "global_start_time", NULL);
  tb_json_add (root, "tracks", stack);
  tb_left_report (document, loss, TB_CARRIES_MEDIA);
  text = tb_json_to_text (root);
  return g_bytes_new_take (text, strlen (text));
}
