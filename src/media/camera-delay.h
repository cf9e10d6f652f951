/* A network camera's own delay: how long after the light fell in its pictures arrive here, from the clock it tells in
 * RTCP sender reports. Only when that clock agrees with ours to within what a delay can be. */
#pragma once

#include <gst/gst.h>

#include "base/time.h"

/* A new estimate; TB_TIME_NONE = the camera's clock does not allow one. On a streaming thread. */
typedef void (*TbCameraDelayFunc) (TbTime delay_ns, gpointer user_data);

/* Watches the RTP that comes out of PAD (of rtspsrc, with add-reference-timestamp-meta). BASE_NS is CLOCK_MONOTONIC of
 * running time zero. */
void tb_camera_delay_watch (GstPad *pad, gint64 base_ns, TbCameraDelayFunc func, gpointer user_data);
