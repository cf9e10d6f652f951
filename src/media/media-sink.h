/* The end of a pipeline whose muxer goes back to change the front of its file:
 * writes into a media writer (vault/media-file.h), so that no plain file is
 * made on the way to a sealed one. */
#pragma once

#include <gst/gst.h>

#include "vault/media-file.h"

/* WRITER is borrowed, made by tb_media_store_create_patched, and must outlive the pipeline's run. It is not sealed
 * here. New, floating. What cannot be written is an error on the bus: RESOURCE NO_SPACE_LEFT or WRITE. */
GstElement *tb_media_sink_new (TbMediaWriter *writer);
