/* See fixture.h. */

#include "fixture.h"

#include <math.h>
#include <stdarg.h>

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "base/time.h"
#include "timemark/mark.h"

static void
on_news (const TbNews *news, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_mutex_lock (&fixture->lock);
  g_ptr_array_add (fixture->news, tb_news_copy (news));
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

Fixture *
fixture_new (const TbRecorderConfig *config)
{
  return fixture_new_with_store (config, NULL);
}

Fixture *
fixture_new_with_store (const TbRecorderConfig *config, TbMediaStore *store)
{
  Fixture *fixture = g_new0 (Fixture, 1);

  g_mutex_init (&fixture->lock);
  g_cond_init (&fixture->changed);
  fixture->news = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_news_free);
  fixture->folder = g_dir_make_tmp ("tb-element-XXXXXX", NULL);
  fixture->store = store != NULL ? store : tb_media_store_new_folder (fixture->folder);
  fixture->encoders = tb_encoders_new (NULL);
  fixture->recorder = tb_recorder_new (fixture->store, fixture->encoders, config, on_news, fixture);
  return fixture;
}

void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_folder (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
fixture_free (Fixture *fixture)
{
  tb_recorder_free (fixture->recorder);
  tb_encoders_unref (fixture->encoders);
  tb_media_store_unref (fixture->store);
  remove_folder (fixture->folder);
  g_ptr_array_unref (fixture->news);
  g_mutex_clear (&fixture->lock);
  g_cond_clear (&fixture->changed);
  g_free (fixture->folder);
  g_free (fixture);
}

void
fixture_start (Fixture *fixture, ...)
{
  g_autoptr (GPtrArray) specs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  guint counts[3] = { 0 };
  TbMediaKind kind;
  va_list list;

  va_start (list, fixture);
  while ((kind = va_arg (list, int)) != 0) {
    TbTrackSpec *spec = g_new0 (TbTrackSpec, 1);
    char *id = g_strdup (kind == TB_MEDIA_VIDEO ? VIDEO : AUDIO);

    id[strlen (id) - 1] += counts[kind]++;
    g_ptr_array_add (ids, id);
    spec->track_id = id;
    spec->kind = kind;
    spec->uri = va_arg (list, const char *);
    spec->name = "test";
    spec->next_segment = 1;
    g_ptr_array_add (specs, spec);
  }
  va_end (list);
  if (fixture->zero_wall == 0)
    fixture->zero_wall = tb_clock_wall () - TB_SECOND;
  g_assert_true (tb_recorder_start (fixture->recorder, VISIT, fixture->zero_wall, specs, &error));
  g_assert_no_error (error);
}

void
fixture_stop (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tb_recorder_stop (fixture->recorder, VISIT, 0, &error));
  g_assert_no_error (error);
}

/* With the lock held. */
static TbNews *
nth (Fixture *fixture, TbNewsType type, const char *track, guint n)
{
  for (guint i = 0; i < fixture->news->len; i++) {
    TbNews *news = g_ptr_array_index (fixture->news, i);

    if (news->type == type && (track == NULL || g_strcmp0 (news->track, track) == 0) && --n == 0)
      return news;
  }
  return NULL;
}

TbNews *
fixture_wait (Fixture *fixture, TbNewsType type, const char *track, guint n, gdouble timeout_s)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) (timeout_s * G_USEC_PER_SEC);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&fixture->lock);
  TbNews *news;

  while ((news = nth (fixture, type, track, n)) == NULL)
    if (!g_cond_wait_until (&fixture->changed, &fixture->lock, deadline))
      g_error ("no news %d number %u of %s within %.1f s", type, n, track, timeout_s);
  return tb_news_copy (news);
}

guint
fixture_count (Fixture *fixture, TbNewsType type, const char *track)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&fixture->lock);
  guint count = 0;

  while (nth (fixture, type, track, count + 1) != NULL)
    count++;
  return count;
}

void
fixture_wait_track (Fixture *fixture, const char *track, TbTrackState state, gdouble timeout_s)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) (timeout_s * G_USEC_PER_SEC);

  for (;;) {
    g_autoptr (TbRecordingStatus) status = tb_recorder_status (fixture->recorder, VISIT);

    for (guint i = 0; i < status->tracks->len; i++) {
      TbTrackStatus *is = g_ptr_array_index (status->tracks, i);

      if (g_str_equal (is->id, track) && is->actual == state)
        return;
      if (g_str_equal (is->id, track) && g_get_monotonic_time () > deadline)
        g_error ("track is %s (%s), not %s", tb_track_state_name (is->actual), is->message,
                 tb_track_state_name (state));
    }
    g_usleep (10000);
  }
}

void
fixture_wait_recording (Fixture *fixture, TbRecordingState state, gdouble timeout_s)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) (timeout_s * G_USEC_PER_SEC);

  for (;;) {
    g_autoptr (TbRecordingStatus) status = tb_recorder_status (fixture->recorder, VISIT);

    if (status->actual == state)
      return;
    if (g_get_monotonic_time () > deadline)
      g_error ("recording is %s, not %s", tb_recording_state_name (status->actual), tb_recording_state_name (state));
    g_usleep (10000);
  }
}

char *
fixture_path (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, VISIT, name, NULL);
}

TbFragments *
fixture_fragments (Fixture *fixture, const char *name, TbMediaReader **reader)
{
  g_autoptr (GError) error = NULL;
  TbFragments *fragments;

  *reader = tb_media_store_open (fixture->store, VISIT, name, &error);
  g_assert_no_error (error);
  fragments = tb_fragments_new (*reader);
  g_assert_true (tb_fragments_update (fragments, &error));
  g_assert_no_error (error);
  return fragments;
}

typedef void (*SampleFunc) (GstSample *sample, gpointer user_data);

static void
decode (const char *path, const char *chain, SampleFunc func, gpointer user_data)
{
  g_autofree char *text = g_strdup_printf ("filesrc location=%s ! qtdemux ! %s ! appsink name=s sync=false", path,
                                           chain);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (text, &error);
  g_autoptr (GstElement) sink = NULL;
  GstSample *sample;

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 10 * GST_SECOND)) != NULL) {
    func (sample, user_data);
    gst_sample_unref (sample);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
add_frame (GstSample *sample, gpointer user_data)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  Frame out = { .mark_ms = -1 };
  guint64 mark;

  gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
  g_assert_true (gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ));
  out.pts = (TbTime) gst_segment_to_stream_time (gst_sample_get_segment (sample), GST_FORMAT_TIME,
                                                 GST_BUFFER_PTS (gst_sample_get_buffer (sample)));
  if (tb_mark_read (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), info.width, info.height,
                    GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), &mark))
    out.mark_ms = (gint64) mark;
  gst_video_frame_unmap (&frame);
  g_array_append_val ((GArray *) user_data, out);
}

GArray *
decode_frames (const char *path)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (Frame));

  decode (path, "h264parse ! avdec_h264 ! videoconvert ! video/x-raw,format=I420", add_frame, frames);
  return frames;
}

typedef struct {
  GArray *samples;
  TbTime first;
} Sound;

static void
add_sound (GstSample *sample, gpointer user_data)
{
  Sound *sound = user_data;
  GstMapInfo map;

  if (sound->samples->len == 0)
    sound->first = (TbTime) gst_segment_to_stream_time (gst_sample_get_segment (sample), GST_FORMAT_TIME,
                                                        GST_BUFFER_PTS (gst_sample_get_buffer (sample)));
  g_assert_true (gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ));
  g_array_append_vals (sound->samples, map.data, (guint) (map.size / sizeof (gfloat)));
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
}

GArray *
decode_sound (const char *path, TbTime *first)
{
  Sound sound = { g_array_new (FALSE, FALSE, sizeof (gfloat)), 0 };

  decode (path, "aacparse ! avdec_aac ! audioconvert ! audioresample ! audio/x-raw,format=F32LE,rate=48000,channels=1",
          add_sound, &sound);
  *first = sound.first;
  return sound.samples;
}

GArray *
find_ticks (GArray *sound)
{
  GArray *ticks = g_array_new (FALSE, FALSE, sizeof (guint));
  guint quiet = 4800;

  for (guint i = 0; i < sound->len; i++) {
    gfloat value = fabsf (g_array_index (sound, gfloat, i));

    if (value > 0.25f && quiet >= 4800)
      g_array_append_val (ticks, i);
    quiet = value > 0.02f ? 0 : quiet + 1;
  }
  return ticks;
}
