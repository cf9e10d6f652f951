/* Makes GStreamer ready, with this program's own elements. Any number of times, any thread. */
#pragma once

void tb_media_init (void);
