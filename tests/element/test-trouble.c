/* What goes wrong: a microphone that disappears, a camera that falls silent, a full disk, a deadline, a crash. */

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>

#include "base/error.h"
#include "base/time.h"
#include "fixture.h"
#include "media/check.h"

#define SMALL "test:?width=320&height=180&fps=25"

static void
test_microphone_gone (void)
{
  Fixture *fixture = fixture_new (NULL);
  g_autoptr (TbNews) first = NULL, second = NULL;

  fixture_start (fixture, TB_MEDIA_AUDIO, "test:?fail=2", TB_MEDIA_VIDEO, SMALL, 0);
  fixture_wait_track (fixture, AUDIO, TB_TRACK_RECORDING, 5);
  fixture_wait_track (fixture, AUDIO, TB_TRACK_RETRYING, 4);
  first = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, AUDIO, 1, 2);
  second = fixture_wait (fixture, TB_NEWS_SEGMENT_STARTED, AUDIO, 2, 3);
  g_assert_cmpint (ABS (first->duration_ns - 2 * TB_SECOND), <, 100 * TB_MILLISECOND);
  g_assert_cmpint (second->number, ==, 2);
  g_assert_cmpint (second->start_ns - first->start_ns, >, 2400 * TB_MILLISECOND);
  g_assert_cmpuint (fixture_count (fixture, TB_NEWS_SEGMENT_STARTED, VIDEO), ==, 1);
  fixture_stop (fixture);
  fixture_free (fixture);
}

static void
test_silent (void)
{
  TbRecorderConfig config = { .stall_ms = 1200 };
  Fixture *fixture = fixture_new (&config);
  g_autoptr (TbRecordingStatus) status = NULL;
  TbTrackStatus *track;

  fixture_start (fixture, TB_MEDIA_VIDEO, "test:?width=320&height=180&stall=1", TB_MEDIA_VIDEO, "test:?absent=1", 0);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 5);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RETRYING, 4);
  status = tb_recorder_status (fixture->recorder, VISIT);
  g_assert_cmpint (status->actual, ==, TB_RECORDING_STARTING);
  track = g_ptr_array_index (status->tracks, 0);
  g_assert_cmpstr (track->message_code, ==, "source-silent");
  track = g_ptr_array_index (status->tracks, 1);
  g_assert_cmpint (track->actual, ==, TB_TRACK_RETRYING);
  g_assert_cmpstr (track->message_code, ==, "cannot-open");
  fixture_stop (fixture);
  fixture_free (fixture);
}

static void
test_disk_limit (void)
{
  TbRecorderConfig config = { .disk_warn_seconds = 1 };
  Fixture *fixture = fixture_new (&config);
  g_autoptr (TbRecordingStatus) status = NULL;
  g_autoptr (TbNews) news = NULL, ended = NULL;
  g_autoptr (GPtrArray) specs = g_ptr_array_new ();
  TbTrackSpec spec = { .track_id = VIDEO, .kind = TB_MEDIA_VIDEO, .uri = SMALL, .name = "x", .next_segment = 5 };
  GError *error = NULL;

  fixture_start (fixture, TB_MEDIA_VIDEO, SMALL, 0);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 5);
  news = fixture_wait (fixture, TB_NEWS_DISK, NULL, 1, 3);
  g_assert_cmpint (news->disk_state, ==, TB_DISK_OK);
  g_assert_cmpuint (news->free_bytes, >, 0);
  g_assert_cmpint (news->seconds_left, >, 0);
  g_usleep (1500 * 1000);
  config.disk_stop_bytes = G_MAXUINT64 / 2;
  tb_recorder_configure (fixture->recorder, &config);
  fixture_wait_recording (fixture, TB_RECORDING_STOPPED, 4);
  status = tb_recorder_status (fixture->recorder, VISIT);
  g_assert_cmpstr (status->reason, ==, "disk-full");
  g_assert_true (status->wanted);
  g_assert_cmpint (status->disk.state, ==, TB_DISK_FULL);
  ended = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, VIDEO, 1, 1);
  g_assert_cmpint (ended->duration_ns, >, TB_SECOND);
  g_ptr_array_add (specs, &spec);
  g_assert_false (tb_recorder_start (fixture->recorder, VISIT, fixture->zero_wall, specs, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_FULL);
  g_clear_error (&error);
  config.disk_stop_bytes = 0;
  tb_recorder_configure (fixture->recorder, &config);
  g_assert_true (tb_recorder_start (fixture->recorder, VISIT, fixture->zero_wall, specs, &error));
  g_assert_false (tb_recorder_start (fixture->recorder, VISIT, fixture->zero_wall, specs, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 5);
  fixture_stop (fixture);
  g_assert_false (tb_recorder_stop (fixture->recorder, VISIT, 0, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  fixture_free (fixture);
}

/* A file with the asked number is there already, from a crash: the next free number is taken. */
static void
test_number_taken (void)
{
  Fixture *fixture = fixture_new (NULL);
  g_autoptr (TbNews) started = NULL;
  g_autoptr (TbMediaWriter) writer = tb_media_store_create (fixture->store, VISIT, VIDEO "-1.mp4", NULL);

  g_assert_nonnull (writer);
  fixture_start (fixture, TB_MEDIA_VIDEO, SMALL, 0);
  started = fixture_wait (fixture, TB_NEWS_SEGMENT_STARTED, VIDEO, 1, 5);
  g_assert_cmpint (started->number, ==, 2);
  g_assert_cmpstr (started->mp4_name, ==, VIDEO "-2.mp4");
  fixture_stop (fixture);
  fixture_free (fixture);
}

/* With no time at all the tracks are cut off; what is on disk is whole up to its last fragment. */
static void
test_deadline (void)
{
  Fixture *fixture = fixture_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbNews) ended = NULL;
  gint64 begin;

  fixture_start (fixture, TB_MEDIA_VIDEO, "test:", TB_MEDIA_AUDIO, "test:", 0);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 5);
  g_usleep (2600 * 1000);
  begin = g_get_monotonic_time ();
  if (!tb_recorder_stop (fixture->recorder, VISIT, 1, &error))
    g_assert_error (error, TB_ERROR, TB_ERROR_TIMEOUT);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 2 * G_USEC_PER_SEC);
  ended = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, VIDEO, 1, 1);
  g_assert_cmpint (ended->duration_ns, >=, TB_SECOND);
  fixture_wait_recording (fixture, TB_RECORDING_STOPPED, 1);
  fixture_free (fixture);
}

/* Another process records and is killed; what it leaves is read here. */
static void
test_killed (void)
{
  Fixture *fixture = fixture_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "/proc/self/exe", "--record-into", fixture->folder, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;
  const char *names[] = { VIDEO "-1.mp4", AUDIO "-1.mp4", AUDIO "-1.flac" };
  TbTime recorded;
  gint64 began;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  do {
    g_free (line);
    line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
    g_assert_nonnull (line);
  } while (!g_str_has_prefix (line, "recording"));
  began = g_get_monotonic_time ();
  g_usleep (3700 * 1000);
  g_subprocess_force_exit (process);
  recorded = (g_get_monotonic_time () - began) * 1000;
  g_subprocess_wait (process, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_auto (TbFileCheck) check = { 0 };

    g_assert_true (tb_media_check_file (fixture->store, VISIT, names[i], &check, &error));
    g_assert_no_error (error);
    g_test_message ("%s: %.3f of %.3f s, %" G_GUINT64_FORMAT " torn", names[i],
                    tb_time_to_seconds (check.duration_ns), tb_time_to_seconds (recorded), check.torn_bytes);
    g_assert_true (check.usable);
    g_assert_cmpint (recorded - check.duration_ns, <, 2 * TB_SECOND);
  }
  fixture_free (fixture);
}

static int
record_into (const char *folder)
{
  Fixture *fixture = fixture_new_with_store (NULL, tb_media_store_new_folder (folder));

  fixture_start (fixture, TB_MEDIA_VIDEO, SMALL, TB_MEDIA_AUDIO, "test:", 0);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 5);
  fixture_wait_track (fixture, AUDIO, TB_TRACK_RECORDING, 5);
  write (STDOUT_FILENO, "recording\n", 10);
  g_usleep (30 * G_USEC_PER_SEC);
  return 0;
}

static void
test_preview (void)
{
  Fixture *fixture = fixture_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL, *same = NULL, *sound = NULL, *bad = NULL;
  g_autoptr (GBytes) picture = NULL;
  guint64 serial = 0;
  TbPreviewStatus *status;

  bad = tb_recorder_preview_open (fixture->recorder, "nonsense", TB_MEDIA_VIDEO, &error);
  g_assert_null (bad);
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  id = tb_recorder_preview_open (fixture->recorder, SMALL, TB_MEDIA_VIDEO, &error);
  g_assert_no_error (error);
  same = tb_recorder_preview_open (fixture->recorder, SMALL, TB_MEDIA_VIDEO, &error);
  g_assert_cmpstr (id, ==, same);
  picture = tb_recorder_preview_picture (fixture->recorder, id, &serial, 3000, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (picture, NULL), 2, "\xff\xd8", 2);
  sound = tb_recorder_preview_open (fixture->recorder, "test:", TB_MEDIA_AUDIO, &error);
  g_usleep (1300 * 1000);
  status = tb_recorder_preview_status (fixture->recorder, sound, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status->state, ==, TB_PREVIEW_RUNNING);
  g_assert_true (status->has_level);
  tb_preview_status_free (status);
  /* A recording takes the camera. */
  fixture_start (fixture, TB_MEDIA_VIDEO, SMALL, 0);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 5);
  status = tb_recorder_preview_status (fixture->recorder, id, &error);
  g_assert_cmpstr (status->message_code, ==, "recording");
  tb_preview_status_free (status);
  fixture_stop (fixture);
  g_assert_true (tb_recorder_preview_close (fixture->recorder, sound, &error));
  g_assert_false (tb_recorder_preview_close (fixture->recorder, sound, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  fixture_free (fixture);
}

/* A film played as if live, its sound with it; it ends by itself. */
static void
test_film (void)
{
  Fixture *fixture = fixture_new (NULL), *player = fixture_new (NULL);
  g_autoptr (TbNews) film = NULL, played = NULL;
  g_autofree char *uri = NULL, *path = NULL;
  g_autoptr (GArray) frames = NULL;
  gint64 first;

  fixture_start (fixture, TB_MEDIA_VIDEO, SMALL, 0);
  fixture_wait_track (fixture, VIDEO, TB_TRACK_RECORDING, 5);
  g_usleep (2200 * 1000);
  fixture_stop (fixture);
  film = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, VIDEO, 1, 1);
  path = fixture_path (fixture, film->mp4_name);
  uri = g_strconcat ("file:", path, NULL);
  fixture_start (player, TB_MEDIA_VIDEO, uri, 0);
  fixture_wait_track (player, VIDEO, TB_TRACK_ENDED, 8);
  fixture_wait_recording (player, TB_RECORDING_STOPPED, 1);
  played = fixture_wait (player, TB_NEWS_SEGMENT_ENDED, VIDEO, 1, 1);
  g_assert_cmpint (ABS (played->duration_ns - film->duration_ns), <, 100 * TB_MILLISECOND);
  g_free (path);
  path = fixture_path (player, played->mp4_name);
  frames = decode_frames (path);
  g_assert_cmpuint (frames->len, >, 45);
  first = g_array_index (frames, Frame, 0).mark_ms;
  g_assert_cmpint (ABS (first - film->start_ns / TB_MILLISECOND), <=, 1);
  fixture_free (player);
  fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--record-into"))
    return record_into (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trouble/microphone-gone", test_microphone_gone);
  g_test_add_func ("/trouble/silent", test_silent);
  g_test_add_func ("/trouble/disk-limit", test_disk_limit);
  g_test_add_func ("/trouble/number-taken", test_number_taken);
  g_test_add_func ("/trouble/deadline", test_deadline);
  g_test_add_func ("/trouble/killed", test_killed);
  g_test_add_func ("/preview", test_preview);
  g_test_add_func ("/film", test_film);
  return g_test_run ();
}
