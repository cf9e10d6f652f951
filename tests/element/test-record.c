/* Recording of the test sources, read back: places, key frames, marks, ticks, crash, stop. */

#include <glib.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "fixture.h"
#include "sound/peaks.h"

#define SMALL "test:?width=640&height=360&fps=25"

/* Marks tell the running time, which is the timeline: start + PTS must be the mark, frame by frame. */
static void
check_marks (Fixture *fixture, const TbNews *ended)
{
  g_autofree char *path = fixture_path (fixture, ended->mp4_name);
  g_autoptr (GArray) frames = decode_frames (path);

  g_assert_cmpuint (frames->len, >, 20);
  for (guint i = 0; i < frames->len; i++) {
    Frame *frame = &g_array_index (frames, Frame, i);
    double place_ms = (double) (ended->start_ns + frame->pts) / TB_MILLISECOND;

    g_assert_cmpint (frame->mark_ms, >=, 0);
    g_assert_cmpfloat (fabs (place_ms - (double) frame->mark_ms), <=, 1.0);
    if (i > 0)
      g_assert_cmpint (frame->pts - frame[-1].pts, <, 41 * TB_MILLISECOND);
  }
}

static void
check_fragments (Fixture *fixture, const char *name, TbMediaKind kind)
{
  TbMediaReader *reader;
  g_autoptr (TbFragments) fragments = fixture_fragments (fixture, name, &reader);
  const TbFragment *list = tb_fragments_list (fragments);
  guint count = tb_fragments_count (fragments);
  TbTime at = 0;

  g_assert_true (tb_fragments_has_init (fragments));
  g_assert_cmpint (tb_fragments_kind (fragments), ==, kind);
  g_assert_cmpuint (tb_fragments_torn_bytes (fragments), ==, 0);
  g_assert_cmpuint (count, >=, 3);
  g_assert_cmpuint (list[0].offset, ==, tb_fragments_init_size (fragments));
  for (guint i = 0; i < count; i++) {
    g_assert_cmpint (ABS (list[i].time - at), <=, TB_MILLISECOND);
    g_assert_true (list[i].key);
    if (i + 1 < count) {
      g_assert_cmpint (ABS (list[i].duration - TB_SECOND), <=, kind == TB_MEDIA_VIDEO ? 2 * TB_MILLISECOND
                                                                                       : 25 * TB_MILLISECOND);
      g_assert_cmpuint (list[i].offset + list[i].size, ==, list[i + 1].offset);
    }
    at = list[i].time + list[i].duration;
  }
  tb_media_reader_free (reader);
}

/* A tick begins at each whole second of the timeline, to the sample. */
static void
check_ticks (GArray *sound, TbTime begin)
{
  g_autoptr (GArray) ticks = find_ticks (sound);

  g_assert_cmpuint (ticks->len, >=, 3);
  for (guint i = 0; i < ticks->len; i++) {
    TbTime at = begin + (TbTime) g_array_index (ticks, guint, i) * TB_SECOND / 48000;
    TbTime off = (at + TB_SECOND / 2) % TB_SECOND - TB_SECOND / 2;

    g_test_message ("tick at %.6f", tb_time_to_seconds (at));
    /* A lossy encoder may smear the edge over a few samples. */
    g_assert_cmpint (ABS (off), <, 2 * TB_MILLISECOND);
  }
}

static void
check_flac (Fixture *fixture, const TbNews *ended)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbMediaReader) reader = tb_media_store_open (fixture->store, VISIT, ended->flac_name, &error);
  g_autoptr (TbPeaks) peaks = NULL;
  TbTime duration = 0;
  guint64 valid = 0, size = 0;
  guint found = 0;

  g_assert_no_error (error);
  g_assert_true (tb_flac_length (reader, &duration, &valid, &error));
  g_assert_no_error (error);
  g_assert_true (tb_media_reader_size (reader, &size, NULL));
  g_assert_cmpuint (valid, ==, size);
  g_assert_cmpint (ABS (duration - ended->duration_ns), <, 100 * TB_MILLISECOND);

  peaks = tb_peaks_new (reader, 10 * TB_MILLISECOND);
  g_assert_true (tb_peaks_update (peaks, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ABS ((gint64) tb_peaks_count (peaks) * 10 * TB_MILLISECOND - duration), <=, 10 * TB_MILLISECOND);
  for (guint i = 1; i < tb_peaks_count (peaks); i++) {
    TbTime at = ended->start_ns + (TbTime) i * 10 * TB_MILLISECOND;
    TbTime off = (at + TB_SECOND / 2) % TB_SECOND - TB_SECOND / 2;

    if (tb_peaks_max (peaks)[i] < 0.25f || tb_peaks_max (peaks)[i - 1] >= 0.25f)
      continue;
    found++;
    g_assert_cmpint (ABS (off), <=, 10 * TB_MILLISECOND);
  }
  g_assert_cmpuint (found, >=, 3);
}

static void
test_both (void)
{
  Fixture *fixture = fixture_new (NULL);
  g_autoptr (TbNews) video = NULL, audio = NULL;
  g_autoptr (TbRecordingStatus) status = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GArray) sound = NULL;
  TbTime first;
  TbTrackStatus *track;

  fixture_start (fixture, TB_MEDIA_VIDEO, SMALL, TB_MEDIA_AUDIO, "test:", 0);
  fixture_wait_recording (fixture, TB_RECORDING_RECORDING, 5);
  g_usleep (4500 * 1000);
  status = tb_recorder_status (fixture->recorder, VISIT);
  g_assert_true (status->wanted);
  track = g_ptr_array_index (status->tracks, 0);
  g_assert_cmpint (track->actual, ==, TB_TRACK_RECORDING);
  g_assert_cmpint (track->width, ==, 640);
  g_assert_cmpuint (track->frames, >, 80);
  g_assert_cmpuint (track->dropped, ==, 0);
  track = g_ptr_array_index (status->tracks, 1);
  g_assert_true (track->has_level);
  g_assert_cmpuint (status->disk.bytes_per_second, >, 0);
  fixture_stop (fixture);

  video = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, VIDEO, 1, 1);
  audio = fixture_wait (fixture, TB_NEWS_SEGMENT_ENDED, AUDIO, 1, 1);
  g_assert_cmpint (video->number, ==, 1);
  g_assert_cmpstr (video->mp4_name, ==, VIDEO "-1.mp4");
  g_assert_null (video->flac_name);
  g_assert_cmpint (video->start_ns, >, 0);
  g_assert_cmpint (video->duration_ns, >, 4 * TB_SECOND);
  check_fragments (fixture, video->mp4_name, TB_MEDIA_VIDEO);
  check_fragments (fixture, audio->mp4_name, TB_MEDIA_AUDIO);
  check_marks (fixture, video);
  path = fixture_path (fixture, audio->mp4_name);
  sound = decode_sound (path, &first);
  check_ticks (sound, audio->start_ns + first);
  check_flac (fixture, audio);
  g_assert_cmpuint (fixture_count (fixture, TB_NEWS_LEVEL, AUDIO), >, 10);
  fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/both", test_both);
  return g_test_run ();
}
