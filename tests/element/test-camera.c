/* A network camera: passed through untouched, killed and restarted, frozen, with rare key frames. */

#include <math.h>
#include <signal.h>
#include <string.h>

#include <gio/gio.h>

#include "base/error.h"
#include "base/time.h"
#include "fixture.h"

typedef struct {
  GSubprocess *process;
  char *uri;
} Camera;

static Camera *
camera_new (const char *port, ...)
{
  Camera *camera = g_new0 (Camera, 1);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  const char *argument;
  va_list list;

  g_ptr_array_add (arguments, (gpointer) g_getenv ("TB_RTSP_CAMERA"));
  g_ptr_array_add (arguments, (gpointer) "--port");
  g_ptr_array_add (arguments, (gpointer) port);
  va_start (list, port);
  while ((argument = va_arg (list, const char *)) != NULL)
    g_ptr_array_add (arguments, (gpointer) argument);
  va_end (list);
  g_ptr_array_add (arguments, NULL);
  camera->process = g_subprocess_newv ((const char *const *) arguments->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (camera->process));
  camera->uri = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (camera->uri);
  return camera;
}

static void
camera_free (Camera *camera)
{
  g_subprocess_force_exit (camera->process);
  g_subprocess_wait (camera->process, NULL, NULL);
  g_object_unref (camera->process);
  g_free (camera->uri);
  g_free (camera);
}

/* What stands between a camera and its viewer, and holds up what the camera sends. */
typedef struct {
  GSocketListener *listener;
  GThread *thread;
  GSocketConnection *viewer, *camera;
  char *uri;
  guint16 to;
  gint held; /* atomic */
} Relay;

static gpointer
relay_requests (gpointer data)
{
  Relay *relay = data;

  g_output_stream_splice (g_io_stream_get_output_stream (G_IO_STREAM (relay->camera)),
                          g_io_stream_get_input_stream (G_IO_STREAM (relay->viewer)), 0, NULL, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (relay->camera), TRUE, TRUE, NULL);
  return NULL;
}

static gpointer
relay_thread (gpointer data)
{
  Relay *relay = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GThread *requests;
  GInputStream *in;
  GOutputStream *out;
  char bytes[4096];
  gssize got;

  relay->viewer = g_socket_listener_accept (relay->listener, NULL, NULL, NULL);
  relay->camera = g_socket_client_connect_to_host (client, "127.0.0.1", relay->to, NULL, NULL);
  requests = g_thread_new ("requests", relay_requests, relay);
  in = g_io_stream_get_input_stream (G_IO_STREAM (relay->camera));
  out = g_io_stream_get_output_stream (G_IO_STREAM (relay->viewer));
  while ((got = g_input_stream_read (in, bytes, sizeof bytes, NULL, NULL)) > 0) {
    while (g_atomic_int_get (&relay->held))
      g_usleep (1000);
    if (!g_output_stream_write_all (out, bytes, (gsize) got, NULL, NULL, NULL))
      break;
  }
  g_thread_join (requests);
  return NULL;
}

static Relay *
relay_new (const char *uri)
{
  Relay *relay = g_new0 (Relay, 1);
  guint16 port;

  relay->to = (guint16) g_ascii_strtoull (strrchr (uri, ':') + 1, NULL, 10);
  relay->listener = g_socket_listener_new ();
  port = g_socket_listener_add_any_inet_port (relay->listener, NULL, NULL);
  g_assert_cmpuint (port, >, 0);
  relay->uri = g_strdup_printf ("rtsp://127.0.0.1:%u/camera", port);
  relay->thread = g_thread_new ("relay", relay_thread, relay);
  return relay;
}

static void
relay_hold (Relay *relay, guint ms)
{
  g_atomic_int_set (&relay->held, 1);
  g_usleep (ms * 1000);
  g_atomic_int_set (&relay->held, 0);
}

/* The viewer has gone. */
static void
relay_free (Relay *relay)
{
  g_thread_join (relay->thread);
  g_object_unref (relay->viewer);
  g_object_unref (relay->camera);
  g_object_unref (relay->listener);
  g_free (relay->uri);
  g_free (relay);
}

static gint
compare_lags (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* The camera marks the time of day of its frames; ours come out later by the way through encoder and network, always
 * about as much. Gives the median lag of the segment's frames in ms, after checking that nine of ten are within a
 * frame of it (a busy machine delays a few). */
static double
check_lag (Fixture *fixture, const TbNews *ended)
{
  g_autofree char *path = fixture_path (fixture, ended->mp4_name);
  g_autoptr (GArray) frames = decode_frames (path);
  g_autoptr (GArray) lags = g_array_new (FALSE, FALSE, sizeof (double));
  /* The steady clock and the real one may differ by what the system's clock was corrected meanwhile. */
  gint64 correction = g_get_real_time () * 1000 - tb_clock_wall ();
  double median;
  guint near = 0;

  g_assert_cmpuint (frames->len, >, 20);
  for (guint i = 0; i < frames->len; i++) {
    Frame *frame = &g_array_index (frames, Frame, i);
    gint64 wall = fixture->zero_wall + correction + ended->start_ns + frame->pts;
    double lag = (double) wall / TB_MILLISECOND - (double) frame->mark_ms;

    g_assert_cmpint (frame->mark_ms, >, 0);
    if (i > 0)
      g_assert_cmpint (frame->pts, >, frame[-1].pts);
    g_array_append_val (lags, lag);
  }
  g_array_sort (lags, compare_lags);
  median = g_array_index (lags, double, lags->len / 2);
  for (guint i = 0; i < lags->len; i++)
    near += fabs (g_array_index (lags, double, i) - median) <= 40;
  g_assert_cmpuint (near * 10, >=, lags->len * 9);
  g_assert_cmpfloat (median, >, -5);
  g_assert_cmpfloat (median, <, 400);
  return median;
}

static void
test_killed (void)
{
  Fixture *fixture = fixture_new (NULL);
  Camera *camera = camera_new ("0", NULL);
  g_autofree char *uri = g_strdup (camera->uri);
  g_autofree char *port = g_strndup (strrchr (uri, ':') + 1, strcspn (strrchr (uri, ':') + 1, "/"));
  g_autoptr (TbNews) first = NULL, second = NULL, sound = NULL;
  g_autoptr (TbRecordingStatus) status = NULL;
  gint64 killed;
  TbTrackStatus *track;

  fixture_start (fixture, TB_MEDIA_VIDEO, uri, TB_MEDIA_AUDIO, "test:", 0);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 5);
  g_usleep (3000 * 1000);
  status = tb_recorder_status (fixture->recorder, VISIT);
  track = g_ptr_array_index (status->tracks, 0);
  g_assert_true (track->passthrough);
  g_assert_null (track->encoder);
  g_assert_cmpint (track->width, ==, 640);
  g_test_message ("delay estimate %.3f", track->delay_estimate_ns == TB_TIME_NONE
                                           ? NAN : tb_time_to_seconds (track->delay_estimate_ns));

  killed = g_get_monotonic_time ();
  camera_free (camera);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RETRYING, 1);
  g_test_message ("seen after %.0f ms", (double) (g_get_monotonic_time () - killed) / 1000);
  first = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, VIDEO, 1, 3);
  g_usleep (1000 * 1000);
  camera = camera_new (port, NULL);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 12);
  g_usleep (2500 * 1000);
  fixture_stop (fixture);

  second = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, VIDEO, 2, 1);
  g_assert_cmpint (second->number, ==, 2);
  g_assert_cmpint (second->start_ns, >, first->start_ns + first->duration_ns + TB_SECOND / 2);
  g_test_message ("lag %.1f ms, then %.1f ms", check_lag (fixture, first), check_lag (fixture, second));
  /* At most 2 s before the kill are lost. */
  g_assert_cmpint (tb_clock_monotonic_to_wall (killed * 1000) - fixture->zero_wall
                     - (first->start_ns + first->duration_ns), <, TB_SECOND);

  /* The microphone never noticed. */
  g_assert_cmpuint (fixture_count (fixture, TB_NEWS_SEGMENT_STARTED, AUDIO), ==, 1);
  sound = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, AUDIO, 1, 1);
  g_assert_cmpint (sound->duration_ns, >, 6 * TB_SECOND);
  camera_free (camera);
  fixture_free (fixture);
}

/* What comes late, for whatever reason, lies where it was taken all the same: every frame as long after the time of
 * day in it as the delay that was told. */
static void
test_held_up (void)
{
  Fixture *fixture = fixture_new (NULL);
  Camera *camera = camera_new ("0", "--warm", NULL);
  Relay *relay = relay_new (camera->uri);
  g_autoptr (TbNews) told = NULL, ended = NULL;
  g_autoptr (GArray) frames = NULL;
  g_autofree char *path = NULL;
  double least = G_MAXDOUBLE, most = -G_MAXDOUBLE, delay;
  gint64 correction;

  g_usleep (2000 * 1000);
  fixture_start (fixture, TB_MEDIA_VIDEO, relay->uri, 0);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 10);
  g_usleep (1000 * 1000);
  for (guint ms = 300; ms <= 900; ms += 300) {
    relay_hold (relay, ms);
    g_usleep (1300 * 1000);
  }
  told = fixture_wait (fixture, TB_NEWS_DELAY, VIDEO, 1, 10);
  fixture_stop (fixture);
  g_assert_cmpuint (fixture_count (fixture, TB_NEWS_DELAY, VIDEO), ==, 1);

  ended = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, VIDEO, 1, 1);
  path = fixture_path (fixture, ended->mp4_name);
  frames = decode_frames (path);
  correction = g_get_real_time () * 1000 - tb_clock_wall ();
  delay = (double) told->delay_ns / TB_MILLISECOND;
  g_assert_cmpuint (frames->len, >, 100);
  for (guint i = 0; i < frames->len; i++) {
    Frame *frame = &g_array_index (frames, Frame, i);
    gint64 wall = fixture->zero_wall + correction + ended->start_ns + frame->pts;
    double lag = (double) wall / TB_MILLISECOND - (double) frame->mark_ms;

    g_assert_cmpint (frame->mark_ms, >, 0);
    least = MIN (least, lag);
    most = MAX (most, lag);
  }
  g_test_message ("delay %.1f ms, lag %.1f to %.1f ms", delay, least, most);
  g_assert_cmpfloat (least, >, delay - 20);
  g_assert_cmpfloat (most, <, delay + 20);
  camera_free (camera);
  relay_free (relay);
  fixture_free (fixture);
}

/* A camera that goes silent without closing anything; and whose key frames are rare. */
static void
test_frozen (void)
{
  Fixture *fixture = fixture_new (NULL);
  Camera *camera = camera_new ("0", "--gop", "100", "--freeze-after", "7", NULL);
  g_autoptr (TbNews) ended = NULL;
  TbMediaReader *reader;
  TbFragments *fragments;
  const TbFragment *list;
  g_autoptr (TbRecordingStatus) status = NULL;

  fixture_start (fixture, TB_MEDIA_VIDEO, camera->uri, 0);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 10);
  g_usleep (5500 * 1000);
  status = tb_recorder_status (fixture->recorder, VISIT);
  g_assert_cmpstr (((TbTrackStatus *) g_ptr_array_index (status->tracks, 0))->message_code, ==, "keyframes-rare");
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RETRYING, 6);
  ended = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, VIDEO, 1, 3);
  fragments = fixture_fragments (fixture, ended->mp4_name, &reader);
  list = tb_fragments_list (fragments);
  for (guint i = 0; i < tb_fragments_count (fragments); i++)
    g_assert_cmpint (list[i].duration, <, 1600 * TB_MILLISECOND);
  g_assert_cmpuint (tb_fragments_torn_bytes (fragments), ==, 0);
  tb_fragments_free (fragments);
  tb_media_reader_free (reader);
  g_assert_cmpint (ended->duration_ns, >, 5 * TB_SECOND);
  fixture_stop (fixture);
  camera_free (camera);
  fixture_free (fixture);
}

static void
test_absent (void)
{
  Fixture *fixture = fixture_new (NULL);
  g_autoptr (TbRecordingStatus) status = NULL;
  TbTrackStatus *track;

  fixture_start (fixture, TB_MEDIA_VIDEO, "rtsp://127.0.0.1:1/camera", TB_MEDIA_AUDIO, "test:", 0);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RETRYING, 3);
  fixture_wait_track (fixture, AUDIO, TB_TRACK_RECORDING, 3);
  status = tb_recorder_status (fixture->recorder, VISIT);
  track = g_ptr_array_index (status->tracks, 0);
  g_assert_nonnull (track->message);
  g_assert_cmpint (status->actual, ==, TB_RECORDING_RECORDING);
  fixture_stop (fixture);
  fixture_free (fixture);
}

/* The recording's own H.264, and its decoded live picture. */
static void
test_live (void)
{
  Fixture *fixture = fixture_new (NULL);
  Camera *camera = camera_new ("0", NULL);
  TbLiveStream *stream;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) picture = NULL;
  TbLiveInfo info;
  guint64 serial = 0;
  TbTime pts = 0, before = 0;

  fixture_start (fixture, TB_MEDIA_VIDEO, camera->uri, 0);
  stream = tb_recorder_live_stream (fixture->recorder, VISIT, VIDEO, &error);
  g_assert_no_error (error);
  g_assert_true (tb_live_stream_info (stream, 5000, &info, &error));
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (info.codec, "avc1."));
  g_assert_cmpint (info.width, ==, 640);
  for (guint i = 0; i < 40; i++) {
    gboolean key = FALSE;
    g_autoptr (GBytes) unit = tb_live_stream_next (stream, 3000, &key, &pts, &error);
    const guint8 *data;

    g_assert_no_error (error);
    data = g_bytes_get_data (unit, NULL);
    g_assert_cmpmem (data, 4, "\0\0\0\1", 4);
    g_assert_true (i > 0 || key);
    if (key)
      g_assert_cmpint (data[4] & 0x1f, ==, 7);
    g_assert_cmpint (pts, >, before);
    before = pts;
  }
  for (guint i = 0; i < 5; i++) {
    g_clear_pointer (&picture, g_bytes_unref);
    picture = tb_recorder_live_picture (fixture->recorder, VISIT, VIDEO, &serial, 3000, &pts, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (g_bytes_get_data (picture, NULL), 2, "\xff\xd8", 2);
    g_assert_cmpuint (serial, ==, i + 1);
  }
  fixture_stop (fixture);
  while (error == NULL) {
    gboolean key;
    GBytes *unit = tb_live_stream_next (stream, 1000, &key, &pts, &error);

    g_clear_pointer (&unit, g_bytes_unref);
  }
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  tb_live_stream_free (stream);
  camera_free (camera);
  fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/killed", test_killed);
  g_test_add_func ("/camera/held-up", test_held_up);
  g_test_add_func ("/camera/frozen", test_frozen);
  g_test_add_func ("/camera/absent", test_absent);
  g_test_add_func ("/camera/live", test_live);
  return g_test_run ();
}
