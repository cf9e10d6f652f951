/* The clock of a network camera: when, on ours, the light fell in its pictures.
 *
 * Frames are timed by the camera's own RTP clock, not by when they arrive, so that what holds packets up (the network,
 * a busy machine) does not move the picture. That clock is laid on ours where the first frame arrives, and follows it
 * so slowly that only the drift of a crystal is followed. How long after the light fell in a frame so timed lies comes
 * from the sender reports (RTCP), when the clock they tell agrees with ours to within what a delay can be: the same for
 * every frame. Without sender reports frames lie, after some seconds, where the quickest of them arrived. */
#pragma once

#include <gst/gst.h>

#include "base/time.h"

/* A new estimate; TB_TIME_NONE = the camera's clock does not allow one. On a streaming thread. */
typedef void (*TbCameraDelayFunc) (TbTime delay_ns, gpointer user_data);

/* Times the RTP that comes out of PAD (of rtspsrc, with add-reference-timestamp-meta and buffer-mode synced). BASE_NS
 * is CLOCK_MONOTONIC of running time zero. KNOWN_NS is what FUNC was told of this camera before, to which its frames
 * are brought again; TB_TIME_NONE = nothing. */
void tb_camera_delay_watch (GstPad *pad, gint64 base_ns, TbTime known_ns, TbCameraDelayFunc func, gpointer user_data);
