/* Writing a clip: feeds (clip-feed.h) into encoders and a muxer, beside the output, then one rename. */

#include "media/clip.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

#include "base/error.h"
#include "base/paths.h"
#include "media/clip-feed.h"
#include "media/init.h"
#include "media/media-sink.h"

#define LONGEST (4 * 3600 * TB_SECOND)
/* What a second may take, generously. */
#define BYTES_PER_SECOND (700 * 1000)
#define BUS_WAIT (100 * GST_MSECOND)

typedef struct {
  const TbClipRequest *request;
  GCancellable *cancellable;
  TbClipFeed *video, *audio; /* either may be NULL */
  GstElement *pipeline;
  char *part, *index; /* temporary files of an output with a path; else NULL */
  TbMediaWriter *writer; /* of one in a store */
  GMutex lock;
  GError *error;  /* lock; from a feed */
  TbTime reached; /* lock; on the clip's own time */
} Export;

static void
export_clear (Export *export)
{
  if (export->pipeline != NULL)
    gst_element_set_state (export->pipeline, GST_STATE_NULL);
  gst_clear_object (&export->pipeline);
  tb_media_writer_free (export->writer);
  tb_clip_feed_free (export->video);
  tb_clip_feed_free (export->audio);
  if (export->part != NULL)
    g_unlink (export->part);
  if (export->index != NULL)
    g_unlink (export->index);
  g_free (export->part);
  g_free (export->index);
  g_clear_error (&export->error);
  g_mutex_clear (&export->lock);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Export, export_clear)

static void
feed_source (Export *export, TbClipFeed *feed, GstAppSrc *src)
{
  g_autoptr (GError) error = NULL;
  GstBuffer *buffer = NULL;

  if (export->cancellable == NULL || !g_cancellable_is_cancelled (export->cancellable))
    buffer = tb_clip_feed_next (feed, &error);
  g_mutex_lock (&export->lock);
  if (error != NULL && export->error == NULL)
    export->error = g_steal_pointer (&error);
  if (buffer != NULL && (feed == export->video || export->video == NULL))
    export->reached = (TbTime) GST_BUFFER_PTS (buffer);
  g_mutex_unlock (&export->lock);
  if (buffer != NULL)
    gst_app_src_push_buffer (src, buffer);
  else
    gst_app_src_end_of_stream (src);
}

static void
on_need_video (GstAppSrc *src, guint length, gpointer user_data)
{
  Export *export = user_data;

  feed_source (export, export->video, src);
}

static void
on_need_audio (GstAppSrc *src, guint length, gpointer user_data)
{
  Export *export = user_data;

  feed_source (export, export->audio, src);
}

/* Not for live: better pictures than a recording's, in the time there is. */
static const char *
encoder_settings (const char *factory)
{
  if (g_str_equal (factory, "x264enc"))
    return "pass=qual quantizer=21 speed-preset=superfast bframes=0 key-int-max=50";
  if (g_str_equal (factory, "openh264enc"))
    return "bitrate=4000000 gop-size=50";
  return "bitrate=4000";
}

static guint
aac_skip (const char *factory)
{
  return g_str_equal (factory, "avenc_aac") ? 1024 : g_str_equal (factory, "fdkaacenc") ? 2048 : 1600;
}

static gboolean
add_video (Export *export, GString *text, GError **error)
{
  const TbClipRequest *request = export->request;
  const char *factory;

  if (request->n_video == 0)
    return TRUE;
  if (request->mode == TB_CLIP_COPY) {
    export->video = tb_clip_feed_new_copy (request, TB_MEDIA_VIDEO, export->cancellable);
    g_string_append (text, "appsrc name=video format=time ! queue ! h264parse ! queue ! mux. ");
    return TRUE;
  }
  factory = tb_encoders_choose (request->encoders, TB_ENCODER_H264, error);
  if (factory == NULL)
    return FALSE;
  export->video = tb_clip_feed_new_video (request, export->cancellable);
  g_string_append_printf (text, "appsrc name=video format=time max-buffers=4 max-bytes=0 ! videoconvert ! %s %s ! "
                          "h264parse ! queue max-size-time=0 max-size-bytes=64000000 "
                          "max-size-buffers=0 ! mux. ", factory, encoder_settings (factory));
  return TRUE;
}

static gboolean
add_audio (Export *export, GString *text, GError **error)
{
  const TbClipRequest *request = export->request;
  const char *factory;

  if (request->n_audio == 0)
    return TRUE;
  if (request->mode == TB_CLIP_COPY) {
    export->audio = tb_clip_feed_new_copy (request, TB_MEDIA_AUDIO, export->cancellable);
    g_string_append (text, "appsrc name=audio format=time ! queue max-size-time=0 ! mux. ");
    return TRUE;
  }
  factory = tb_encoders_choose (request->encoders, TB_ENCODER_AAC, error);
  if (factory == NULL)
    return FALSE;
  export->audio = tb_clip_feed_new_audio (request, aac_skip (factory), export->cancellable);
  g_string_append_printf (text, "appsrc name=audio format=time max-buffers=16 max-bytes=0 ! audioconvert ! %s "
                          "bitrate=160000 ! queue max-size-time=0 ! mux. ", factory);
  return TRUE;
}

/* A track that has nothing in the range is left out, as long as the other has something. */
static gboolean
prepare (Export *export, TbClipFeed **feed, gboolean *missing, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (*feed == NULL || tb_clip_feed_prepare (*feed, &local))
    return TRUE;
  if (!g_error_matches (local, TB_ERROR, TB_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  *missing = TRUE;
  g_clear_pointer (feed, tb_clip_feed_free);
  return TRUE;
}

static void
connect_source (Export *export, const char *name, TbClipFeed *feed,
                void (*need_data) (GstAppSrc *, guint, gpointer))
{
  GstAppSrcCallbacks callbacks = { .need_data = need_data };
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (export->pipeline), name);
  g_autoptr (GstCaps) caps = tb_clip_feed_caps (feed);

  gst_app_src_set_caps (GST_APP_SRC (src), caps);
  gst_app_src_set_callbacks (GST_APP_SRC (src), &callbacks, export, NULL);
}

/* What the muxer writes to. */
static gboolean
add_output (Export *export, GError **error)
{
  const TbClipRequest *request = export->request;
  g_autoptr (GstElement) mux = gst_bin_get_by_name (GST_BIN (export->pipeline), "mux");
  GstElement *sink;

  if (request->output != NULL) {
    sink = gst_element_factory_make ("filesink", NULL);
    g_object_set (sink, "location", export->part, NULL);
    g_object_set (mux, "faststart", TRUE, "faststart-file", export->index, NULL);
  } else {
    export->writer = tb_media_store_create_patched (request->output_store, request->output_visit, request->output_name,
                                                    error);
    if (export->writer == NULL)
      return FALSE;
    sink = tb_media_sink_new (export->writer);
  }
  gst_bin_add (GST_BIN (export->pipeline), sink);
  gst_element_link (mux, sink);
  return TRUE;
}

/* Feeds and pipeline. */
static gboolean
build (Export *export, gboolean *missing, GError **error)
{
  g_autoptr (GString) video = g_string_new (NULL), audio = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;

  if (!add_video (export, video, error) || !add_audio (export, audio, error)
      || !prepare (export, &export->video, missing, error))
    return FALSE;
  if (export->request->mode == TB_CLIP_COPY && export->video != NULL && export->audio != NULL)
    tb_clip_feed_set_begin (export->audio, tb_clip_feed_begin (export->video));
  if (!prepare (export, &export->audio, missing, error))
    return FALSE;
  if (export->video == NULL && export->audio == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "Nothing was recorded from %.3f to %.3f seconds",
                 tb_time_to_seconds (export->request->from), tb_time_to_seconds (export->request->to));
    return FALSE;
  }
  text = g_strdup_printf ("mp4mux name=mux %s %s",
                          export->video != NULL ? video->str : "", export->audio != NULL ? audio->str : "");
  export->pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &local);
  if (export->pipeline == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "A clip cannot be written here: %s", local->message);
    return FALSE;
  }
  gst_object_ref_sink (export->pipeline);
  if (!add_output (export, error))
    return FALSE;
  if (export->video != NULL)
    connect_source (export, "video", export->video, on_need_video);
  if (export->audio != NULL)
    connect_source (export, "audio", export->audio, on_need_audio);
  return TRUE;
}

static gboolean
take_error (Export *export, GstMessage *message, GError **error)
{
  g_autoptr (GError) local = NULL;

  gst_message_parse_error (message, &local, NULL);
  if (g_error_matches (local, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT))
    g_set_error (error, TB_ERROR, TB_ERROR_FULL, "There is no room on the disk for this clip");
  else
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "The clip could not be written: %s", local->message);
  return FALSE;
}

/* TRUE as long as nothing is wrong; tells progress. */
static gboolean
look (Export *export, GError **error)
{
  const TbClipRequest *request = export->request;
  TbTime reached;

  if (export->cancellable != NULL && g_cancellable_is_cancelled (export->cancellable)) {
    g_set_error (error, TB_ERROR, TB_ERROR_CANCELLED, "The export was stopped");
    return FALSE;
  }
  g_mutex_lock (&export->lock);
  reached = export->reached;
  if (export->error != NULL)
    g_propagate_error (error, g_steal_pointer (&export->error));
  g_mutex_unlock (&export->lock);
  if (error != NULL && *error != NULL)
    return FALSE;
  if (request->progress != NULL)
    request->progress (CLAMP ((double) reached / (double) (request->to - request->from), 0, 0.99), request->user_data);
  return TRUE;
}

static gboolean
run (Export *export, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (export->pipeline);

  gst_element_set_state (export->pipeline, GST_STATE_PLAYING);
  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, BUS_WAIT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

    if (!look (export, error))
      return FALSE;
    if (message == NULL)
      continue;
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      return take_error (export, message, error);
    gst_element_set_state (export->pipeline, GST_STATE_NULL);
    return TRUE;
  }
}

static gboolean
publish_file (Export *export, guint64 *bytes, GError **error)
{
  GStatBuf info;
  int fd = g_open (export->part, O_RDONLY | O_CLOEXEC, 0);
  gboolean synced = fd >= 0 && fdatasync (fd) == 0;

  if (fd >= 0)
    close (fd);
  if (!synced || g_stat (export->part, &info) != 0 || g_rename (export->part, export->request->output) != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "The clip could not be put at %s: %s", export->request->output,
                 g_strerror (errno));
    return FALSE;
  }
  *bytes = (guint64) info.st_size;
  return TRUE;
}

static gboolean
publish (Export *export, guint64 *bytes, GError **error)
{
  if (export->writer == NULL)
    return publish_file (export, bytes, error);
  *bytes = tb_media_writer_size (export->writer);
  return tb_media_writer_seal (g_steal_pointer (&export->writer), error);
}

static gboolean
get_room (const TbClipRequest *request, guint64 *bytes, GError **error)
{
  g_autofree char *folder = NULL;

  if (request->output == NULL)
    return tb_media_store_free_bytes (request->output_store, bytes, error);
  folder = g_path_get_dirname (request->output);
  return tb_folder_free_bytes (folder, bytes, NULL, error);
}

static gboolean
check_request (const TbClipRequest *request, GError **error)
{
  guint64 free_bytes, need;

  if (request->to <= request->from || request->to - request->from > LONGEST) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "A clip ends after it begins, and lasts at most 4 hours");
    return FALSE;
  }
  need = (guint64) tb_time_to_seconds (request->to - request->from) * BYTES_PER_SECOND + 1000 * 1000;
  if (request->output != NULL) /* the index is put in front by writing a second file */
    need *= 2;
  if (!get_room (request, &free_bytes, error))
    return FALSE;
  if (free_bytes < need) {
    g_set_error (error, TB_ERROR, TB_ERROR_FULL, "There is no room on the disk for this clip: %" G_GUINT64_FORMAT
                 " MB left, %" G_GUINT64_FORMAT " MB needed", free_bytes / 1000000, need / 1000000);
    return FALSE;
  }
  return TRUE;
}

gboolean
tb_clip_export (const TbClipRequest *request, TbClipResult *result, GCancellable *cancellable, GError **error)
{
  g_auto (Export) export = { .request = request, .cancellable = cancellable };
  gboolean missing = FALSE;
  g_autoptr (GError) local = NULL;
  TbClipFeed *main_feed;
  guint64 bytes = 0;

  tb_media_init ();
  g_mutex_init (&export.lock);
  if (!check_request (request, error))
    return FALSE;
  if (request->output != NULL) {
    export.part = g_strdup_printf ("%s.part", request->output);
    export.index = g_strdup_printf ("%s.index", request->output);
  }
  if (!build (&export, &missing, &local) || !run (&export, &local) || !publish (&export, &bytes, &local)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (request->progress != NULL)
    request->progress (1, request->user_data);
  if (result == NULL)
    return TRUE;
  main_feed = export.video != NULL ? export.video : export.audio;
  result->bytes = bytes;
  result->from = tb_clip_feed_begin (main_feed);
  result->to = tb_clip_feed_end (main_feed);
  result->frames = export.video != NULL ? tb_clip_feed_count (export.video) : 0;
  result->has_gaps = missing || (export.video != NULL && tb_clip_feed_has_gaps (export.video))
                     || (export.audio != NULL && tb_clip_feed_has_gaps (export.audio));
  return TRUE;
}
