/* Clips: exactly the asked frames, sound that fits, gaps, copies, refusals. */

#include <math.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/time.h"
#include "fixture.h"
#include "media/clip.h"
#include "media/front-index.h"
#include "../unit/vault-tools.h"

#define SMALL "test:?width=640&height=360&fps=25"

typedef struct {
  Fixture *fixture;
  TbNews *video, *audio;
  TbClipSegment video_segment, audio_segment;
  char *output;
  double progress;
} Clip;

static void
on_progress (double fraction, gpointer user_data)
{
  Clip *clip = user_data;

  g_assert_cmpfloat (fraction, >=, clip->progress);
  clip->progress = fraction;
}

static Clip *
clip_new (void)
{
  Clip *clip = g_new0 (Clip, 1);

  clip->fixture = fixture_new (NULL);
  fixture_start (clip->fixture, TB_MEDIA_VIDEO, SMALL, TB_MEDIA_AUDIO, "test:", 0);
  fixture_wait_track (clip->fixture, VIDEO, TB_TRACK_RECORDING, 5);
  fixture_wait_track (clip->fixture, AUDIO, TB_TRACK_RECORDING, 5);
  g_usleep (6000 * 1000);
  fixture_stop (clip->fixture);
  clip->video = fixture_wait (clip->fixture, TB_NEWS_SEGMENT_ENDED, VIDEO, 1, 1);
  clip->audio = fixture_wait (clip->fixture, TB_NEWS_SEGMENT_ENDED, AUDIO, 1, 1);
  clip->video_segment = (TbClipSegment){ VISIT, clip->video->mp4_name, clip->video->start_ns };
  clip->audio_segment = (TbClipSegment){ VISIT, clip->audio->mp4_name, clip->audio->start_ns };
  clip->output = g_build_filename (clip->fixture->folder, "clip.mp4", NULL);
  return clip;
}

static void
clip_free (Clip *clip)
{
  g_autofree char *part = g_strconcat (clip->output, ".part", NULL), *index = g_strconcat (clip->output, ".index", NULL);

  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (index, G_FILE_TEST_EXISTS));
  tb_news_free (clip->video);
  tb_news_free (clip->audio);
  g_free (clip->output);
  fixture_free (clip->fixture);
  g_free (clip);
}

static TbClipRequest
request (Clip *clip, TbTime from, TbTime to, TbClipMode mode)
{
  TbClipRequest r = { .store = clip->fixture->store, .encoders = clip->fixture->encoders,
                      .video = &clip->video_segment, .n_video = 1, .audio = &clip->audio_segment, .n_audio = 1,
                      .from = from, .to = to, .output = clip->output, .mode = mode, .progress = on_progress,
                      .user_data = clip };

  clip->progress = 0;
  return r;
}

/* The mark of the frame that is shown at T, by the marks of the recording itself. */
static gint64
mark_shown_at (GArray *recording, TbTime start, TbTime t)
{
  gint64 mark = -1;

  for (guint i = 0; i < recording->len; i++) {
    Frame *frame = &g_array_index (recording, Frame, i);

    if (start + frame->pts <= t + TB_MILLISECOND / 2)
      mark = frame->mark_ms;
  }
  return mark;
}

static void
test_exact (gconstpointer data)
{
  Clip *clip = clip_new ();
  TbTime from = clip->video->start_ns + GPOINTER_TO_INT (data) * TB_MILLISECOND;
  TbTime to = from + 2730 * TB_MILLISECOND, first;
  TbClipRequest r = request (clip, from, to, TB_CLIP_EXACT);
  TbClipResult result = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_path (clip->fixture, clip->video->mp4_name);
  g_autoptr (GArray) recording = decode_frames (path), frames = NULL, sound = NULL, ticks = NULL;

  g_assert_true (tb_clip_export (&r, &result, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (clip->progress, ==, 1);
  g_assert_false (result.has_gaps);
  frames = decode_frames (clip->output);
  g_assert_cmpuint (frames->len, ==, result.frames);
  g_assert_cmpint (g_array_index (frames, Frame, 0).pts, ==, 0);
  g_assert_cmpint (g_array_index (frames, Frame, 0).mark_ms, ==,
                   mark_shown_at (recording, clip->video->start_ns, from));
  g_assert_cmpint (g_array_index (frames, Frame, frames->len - 1).mark_ms, ==,
                   mark_shown_at (recording, clip->video->start_ns, to - TB_MILLISECOND));
  for (guint i = 1; i < frames->len; i++) {
    Frame *frame = &g_array_index (frames, Frame, i);

    g_assert_cmpfloat (fabs ((double) (from + frame->pts) / TB_MILLISECOND - (double) frame->mark_ms), <=, 1.5);
  }
  /* Sound: ticks at whole seconds of the timeline. */
  sound = decode_sound (clip->output, &first);
  ticks = find_ticks (sound);
  g_assert_cmpuint (ticks->len, >=, 2);
  for (guint i = 0; i < ticks->len; i++) {
    TbTime at = from + first + (TbTime) g_array_index (ticks, guint, i) * TB_SECOND / 48000;
    TbTime off = (at + TB_SECOND / 2) % TB_SECOND - TB_SECOND / 2;

    g_test_message ("tick off by %.3f ms", (double) off / TB_MILLISECOND);
    g_assert_cmpint (ABS (off), <, 3 * TB_MILLISECOND);
  }
  clip_free (clip);
}

static void
test_copy (void)
{
  Clip *clip = clip_new ();
  TbTime from = clip->video->start_ns + 2300 * TB_MILLISECOND, to = from + 2 * TB_SECOND;
  TbClipRequest r = request (clip, from, to, TB_CLIP_COPY);
  TbClipResult result = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) frames = NULL, sound = NULL, ticks = NULL;
  TbTime first;

  g_assert_true (tb_clip_export (&r, &result, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (result.from, <=, from);
  g_assert_cmpint (result.from, >, from - TB_SECOND);
  frames = decode_frames (clip->output);
  g_assert_cmpuint (frames->len, ==, result.frames);
  for (guint i = 0; i < frames->len; i++) {
    Frame *frame = &g_array_index (frames, Frame, i);

    g_assert_cmpfloat (fabs ((double) (result.from + frame->pts) / TB_MILLISECOND - (double) frame->mark_ms), <=, 1.5);
  }
  sound = decode_sound (clip->output, &first);
  ticks = find_ticks (sound);
  for (guint i = 0; i < ticks->len; i++) {
    TbTime at = result.from + first + (TbTime) g_array_index (ticks, guint, i) * TB_SECOND / 48000;
    TbTime off = (at + TB_SECOND / 2) % TB_SECOND - TB_SECOND / 2;

    g_assert_cmpint (ABS (off), <, 40 * TB_MILLISECOND);
  }
  clip_free (clip);
}

/* A camera that was away for a while: black there, and nothing shifts. */
static void
test_gap (void)
{
  Clip *clip = clip_new ();
  TbTime from = clip->video->start_ns + 4500 * TB_MILLISECOND;
  TbClipSegment two[2] = { clip->video_segment, clip->video_segment };
  TbClipRequest r = request (clip, from, from + 4 * TB_SECOND, TB_CLIP_EXACT);
  TbClipResult result = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) frames = NULL;
  guint black = 0;
  Frame *last;

  two[1].start_ns = clip->video->start_ns + clip->video->duration_ns + TB_SECOND;
  r.video = two;
  r.n_video = 2;
  g_assert_true (tb_clip_export (&r, &result, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (result.has_gaps);
  frames = decode_frames (clip->output);
  for (guint i = 0; i < frames->len; i++)
    black += g_array_index (frames, Frame, i).mark_ms < 0;
  g_assert_cmpuint (black, >=, 4);
  g_assert_cmpuint (black, <=, 6);
  last = &g_array_index (frames, Frame, frames->len - 1);
  g_assert_cmpint (last->pts, >, 3900 * TB_MILLISECOND);
  clip_free (clip);
}

static void
test_refused (void)
{
  Clip *clip = clip_new ();
  TbTime end = clip->video->start_ns + clip->video->duration_ns;
  TbClipRequest r = request (clip, end + 10 * TB_SECOND, end + 20 * TB_SECOND, TB_CLIP_EXACT);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError *error = NULL;

  g_assert_false (tb_clip_export (&r, NULL, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  r = request (clip, end, end - TB_SECOND, TB_CLIP_EXACT);
  g_assert_false (tb_clip_export (&r, NULL, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  r = request (clip, end - 3 * TB_SECOND, end, TB_CLIP_EXACT);
  g_cancellable_cancel (cancellable);
  g_assert_false (tb_clip_export (&r, NULL, cancellable, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CANCELLED);
  g_clear_error (&error);
  r.output = "/nowhere/clip.mp4";
  g_assert_false (tb_clip_export (&r, NULL, NULL, &error));
  g_clear_error (&error);
  g_assert_false (g_file_test (clip->output, G_FILE_TEST_EXISTS));
  clip_free (clip);
}

/* A store whose files are sealed, in FOLDER. */
static TbMediaStore *
sealed_store (MemoryShelf *shelf, const char *folder)
{
  g_autoptr (TbVault) vault = memory_shelf_vault (shelf);
  g_autoptr (GError) error = NULL;
  char *recovery = NULL;

  g_assert_true (tb_vault_create (vault, "somebody", "een twee drie vier", &recovery, &error));
  g_assert_no_error (error);
  tb_age_secret_free (recovery);
  return tb_media_store_new_sealed (folder, vault);
}

/* Whether BYTES occur in any file of FOLDER/VISIT; *COUNT: how many files there are. */
static gboolean
lies_open (const char *folder, const char *bytes, guint *count)
{
  g_autofree char *path = g_build_filename (folder, VISIT, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  gboolean found = FALSE;

  *count = 0;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    g_autofree char *text = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (file, &text, &length, NULL));
    found |= memmem (text, length, bytes, strlen (bytes)) != NULL;
    ++*count;
  }
  return found;
}

static void
on_progress_look (double fraction, gpointer user_data)
{
  guint count;

  /* The hidden file of an export under way has no plain beginning either. */
  g_assert_false (lies_open (user_data, "ftyp", &count));
}

static const guint8 *
find_box (const guint8 *bytes, gsize size, const char *type)
{
  return memmem (bytes, size, type, 4);
}

/* Reads the film with its index in front, in pieces that do not fit anything; BYTES becomes that film. */
static void
check_front_index (TbMediaReader *reader, guint8 *bytes, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbFrontIndex) film = NULL;
  gsize done = 0;
  gssize got;

  g_assert_true (find_box (bytes, size, "mdat") < find_box (bytes, size, "moov"));
  film = tb_front_index_new (reader, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tb_front_index_size (film), ==, size);
  while ((got = tb_front_index_read (film, done, bytes + done, MIN (997, size - done), &error)) > 0)
    done += (gsize) got;
  g_assert_no_error (error);
  g_assert_cmpuint (done, ==, size);
  g_assert_true (find_box (bytes, size, "moov") < find_box (bytes, size, "mdat"));
}

static void
test_sealed (void)
{
  Clip *clip = clip_new ();
  g_autofree char *folder = g_build_filename (clip->fixture->folder, "sealed", NULL);
  g_autoptr (MemoryShelf) shelf = memory_shelf_new ();
  g_autoptr (TbMediaStore) store = NULL;
  g_autoptr (TbMediaReader) reader = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GArray) frames = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = NULL;
  TbTime from = clip->video->start_ns;
  TbClipRequest r = request (clip, from, from + 6 * TB_SECOND, TB_CLIP_COPY);
  TbClipResult result = { 0 };
  guint64 size;
  guint count;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  store = sealed_store (shelf, folder);
  r.output = NULL;
  r.output_store = store;
  r.output_visit = VISIT;
  r.output_name = "clip.mp4";
  r.progress = on_progress_look;
  r.user_data = folder;
  g_cancellable_cancel (cancellable);
  g_assert_false (tb_clip_export (&r, NULL, cancellable, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CANCELLED);
  g_clear_error (&error);
  lies_open (folder, "x", &count);
  g_assert_cmpuint (count, ==, 0);

  g_assert_true (tb_clip_export (&r, &result, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (lies_open (folder, "ftyp", &count) || lies_open (folder, "moov", &count));
  g_assert_cmpuint (count, ==, 1);
  reader = tb_media_store_open (store, VISIT, "clip.mp4", &error);
  g_assert_no_error (error);
  g_assert_true (tb_media_reader_size (reader, &size, &error));
  g_assert_cmpuint (size, ==, result.bytes);
  g_assert_cmpuint (size, >, TB_MEDIA_PATCH_MAX + 10000);
  bytes = g_malloc (size);
  g_assert_cmpint (tb_media_reader_read (reader, 0, bytes, size, &error), ==, (gssize) size);
  check_front_index (g_steal_pointer (&reader), bytes, size);
  g_assert_true (g_file_set_contents (clip->output, (const char *) bytes, (gssize) size, NULL));
  frames = decode_frames (clip->output);
  g_assert_cmpuint (frames->len, ==, result.frames);
  for (guint i = 1; i < frames->len; i++) {
    Frame *frame = &g_array_index (frames, Frame, i);

    g_assert_cmpfloat (fabs ((double) (result.from + frame->pts) / TB_MILLISECOND - (double) frame->mark_ms), <=, 1.5);
  }
  clip_free (clip);
}

int
main (int argc, char **argv)
{
  g_setenv ("TERUGBLIK_KDF_WORK", "10", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/clip/exact/between-frames", GINT_TO_POINTER (1913), test_exact);
  g_test_add_data_func ("/clip/exact/on-a-frame", GINT_TO_POINTER (2000), test_exact);
  g_test_add_func ("/clip/copy", test_copy);
  g_test_add_func ("/clip/gap", test_gap);
  g_test_add_func ("/clip/refused", test_refused);
  g_test_add_func ("/clip/sealed", test_sealed);
  return g_test_run ();
}
