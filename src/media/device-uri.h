/* From GStreamer's devices to source addresses. */
#pragma once

#include <gst/gst.h>

#include "media/sources.h"

/* "v4l2:/dev/video0", or NULL when the device is nothing to record from (the monitor of a loudspeaker). New. */
char *tb_device_uri (GstDevice *device, TbMediaKind kind);

/* What "auto" means now; may take a second. TB_ERROR_NOT_FOUND when there is no device. New. */
char *tb_device_best_uri (TbMediaKind kind, GError **error);
