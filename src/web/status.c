#include "web/status.h"

#include "base/json.h"

/* What one camera and one microphone write when nothing is known better: 2.5 Mbit/s of picture, AAC and FLAC. */
#define USUAL_BYTES_PER_SECOND 420000

json_object *
tb_device_to_json (const TbDevice *device)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "uri", device->uri);
  tb_json_add_string (object, "kind", tb_media_kind_name (device->kind));
  tb_json_add_string (object, "name", device->name);
  tb_json_add_bool (object, "builtin", device->builtin);
  return object;
}

json_object *
tb_level_to_json (const char *track, double peak_db, double rms_db)
{
  json_object *level = json_object_new_object ();

  if (track != NULL)
    tb_json_add_string (level, "id", track);
  tb_json_add_double (level, "peak_db", peak_db);
  tb_json_add_double (level, "rms_db", rms_db);
  return level;
}

json_object *
tb_disk_to_json (const TbDiskStatus *disk, guint64 total_bytes)
{
  json_object *object = json_object_new_object ();
  gint64 left = disk->seconds_left >= 0 ? disk->seconds_left : (gint64) (disk->free_bytes / USUAL_BYTES_PER_SECOND);

  tb_json_add_int (object, "free_bytes", (gint64) disk->free_bytes);
  tb_json_add_int (object, "total_bytes", (gint64) total_bytes);
  tb_json_add_int (object, "seconds_left", left);
  tb_json_add_string (object, "state", tb_disk_state_name (disk->state));
  return object;
}

static json_object *
track_to_json (const TbTrackStatus *track)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", track->id);
  tb_json_add_string (object, "kind", tb_media_kind_name (track->kind));
  tb_json_add_string (object, "name", track->name);
  tb_json_add_string (object, "uri", track->uri);
  tb_json_add_string (object, "actual", tb_track_state_name (track->actual));
  tb_json_add_string (object, "message", track->message);
  tb_json_add_string (object, "message_code", track->message_code);
  tb_json_add_time (object, "retry_in", track->retry_in_ns);
  tb_json_add_int (object, "segment", track->segment);
  tb_json_add_time (object, "seconds", track->recorded_ns);
  tb_json_add_int (object, "bytes", (gint64) track->bytes);
  tb_json_add_int (object, "frames", (gint64) track->frames);
  tb_json_add_int (object, "dropped", (gint64) track->dropped);
  tb_json_add_string (object, "encoder", track->encoder);
  tb_json_add_bool (object, "passthrough", track->passthrough);
  tb_json_add_int (object, "width", track->width);
  tb_json_add_int (object, "height", track->height);
  tb_json_add (object, "level",
               track->has_level ? tb_level_to_json (NULL, track->peak_db, track->rms_db) : NULL);
  tb_json_add_time (object, "delay", track->delay_ns);
  tb_json_add_time (object, "delay_estimate", track->delay_estimate_ns);
  return object;
}

json_object *
tb_status_to_json (const TbRecordingStatus *status, guint64 total_bytes)
{
  json_object *object = json_object_new_object ();
  json_object *tracks = json_object_new_array ();

  for (guint i = 0; i < status->tracks->len; i++)
    json_object_array_add (tracks, track_to_json (status->tracks->pdata[i]));
  tb_json_add_string (object, "wanted", status->wanted ? "recording" : "stopped");
  tb_json_add_string (object, "actual", tb_recording_state_name (status->actual));
  tb_json_add_string (object, "reason", status->reason);
  tb_json_add_string (object, "message", status->message);
  tb_json_add_wall (object, "since", status->since_wall);
  tb_json_add (object, "tracks", tracks);
  tb_json_add (object, "disk", tb_disk_to_json (&status->disk, total_bytes));
  return object;
}
