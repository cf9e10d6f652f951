/* How a recording stands, in the API's words. Pure: structs in, JSON out. */
#pragma once

#include <json-c/json.h>

#include "media/devices.h"
#include "media/recorder.h"

/* New references. */
json_object *tb_status_to_json (const TbRecordingStatus *status, guint64 total_bytes);
json_object *tb_disk_to_json (const TbDiskStatus *disk, guint64 total_bytes);
json_object *tb_device_to_json (const TbDevice *device);
json_object *tb_level_to_json (const char *track, double peak_db, double rms_db);
