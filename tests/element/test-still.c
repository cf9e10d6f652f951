/* One picture of a recording: the right one, so softened that nothing can be read from it, and refusals. */

#include <math.h>
#include <string.h>

#include <gio/gio.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

#include "base/error.h"
#include "base/time.h"
#include "fixture.h"
#include "media/still.h"
#include "timemark/mark.h"
#include "../unit/vault-tools.h"

#define SMALL "test:?width=640&height=360&fps=25"
#define WIDE 640
#define HIGH 360
/* A picture out of COLUMNS columns has no more than so many half waves over its width. */
#define COLUMNS 24

typedef struct {
  Fixture *fixture;
  TbNews *video;
  TbClipSegment segment;
} Film;

static Film *
film_new (TbMediaStore *store)
{
  Film *film = g_new0 (Film, 1);

  film->fixture = fixture_new_with_store (NULL, store);
  fixture_start (film->fixture, TB_MEDIA_VIDEO, SMALL, 0);
  fixture_wait_track (film->fixture, VIDEO, TB_TRACK_RECORDING, 5);
  g_usleep (3500 * 1000);
  fixture_stop (film->fixture);
  film->video = fixture_wait (film->fixture, TB_NEWS_SEGMENT_ENDED, VIDEO, 1, 1);
  film->segment = (TbClipSegment){ VISIT, film->video->mp4_name, film->video->start_ns };
  return film;
}

static void
film_free (Film *film)
{
  tb_news_free (film->video);
  fixture_free (film->fixture);
  g_free (film);
}

static TbStillRequest
request (Film *film, TbTime after_start, gboolean soft)
{
  return (TbStillRequest){ .store = film->fixture->store, .segments = &film->segment, .n = 1,
                           .at = film->segment.start_ns + after_start, .soft = soft };
}

/* Brightness, WIDE × HIGH. */
static guint8 *
decode_jpeg (GBytes *jpeg)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline
    = gst_parse_launch ("appsrc name=src caps=image/jpeg ! jpegdec ! videoconvert ! video/x-raw,format=GRAY8 ! "
                        "appsink name=sink sync=false", &error);
  g_autoptr (GstElement) src = NULL, sink = NULL;
  g_autoptr (GstSample) sample = NULL;
  gpointer pixels;
  gsize size;

  g_assert_no_error (error);
  src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_app_src_push_buffer (GST_APP_SRC (src), gst_buffer_new_wrapped_bytes (jpeg));
  gst_app_src_end_of_stream (GST_APP_SRC (src));
  sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 5 * GST_SECOND);
  g_assert_nonnull (sample);
  gst_buffer_extract_dup (gst_sample_get_buffer (sample), 0, G_MAXSIZE, &pixels, &size);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_cmpuint (size, ==, WIDE * HIGH);
  return pixels;
}

static guint8 *
make_still (const TbStillRequest *asked)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = tb_media_still (asked, 0, NULL, &error);

  g_assert_no_error (error);
  return decode_jpeg (jpeg);
}

/* What varies along the rows faster than COLUMNS columns can, by the cosine transform: the mean square of it, in
 * steps of brightness. */
static double
fine_power (const guint8 *pixels)
{
  double fine = 0;
  guint rows = 0;

  for (guint y = 0; y < HIGH; y += 12, rows++)
    for (guint k = COLUMNS + 1; k < WIDE / 2; k++) {
      double sum = 0;

      for (guint x = 0; x < WIDE; x++)
        sum += pixels[y * WIDE + x] * cos (G_PI * k * (x + 0.5) / WIDE);
      fine += sum * sum * 2 / WIDE;
    }
  return fine / (rows * WIDE);
}

static gint64
mark_at (GArray *frames, TbTime at)
{
  gint64 mark = -1;

  for (guint i = 0; i < frames->len; i++)
    if (g_array_index (frames, Frame, i).pts <= at + TB_MILLISECOND / 2)
      mark = g_array_index (frames, Frame, i).mark_ms;
  return mark;
}

static void
test_clear (void)
{
  Film *film = film_new (NULL);
  g_autofree char *path = fixture_path (film->fixture, film->video->mp4_name);
  g_autoptr (GArray) frames = decode_frames (path);
  /* The first, one on a frame, ones between, one in another fragment, the last. */
  const TbTime places[] = { 0, 40, 1000, 1013, 1259, 2517, film->video->duration_ns / TB_MILLISECOND - 3 };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    TbStillRequest asked = request (film, places[i] * TB_MILLISECOND, FALSE);
    g_autofree guint8 *pixels = make_still (&asked);
    guint64 mark;

    g_assert_true (tb_mark_read (pixels, WIDE, HIGH, WIDE, &mark));
    g_assert_cmpint ((gint64) mark, ==, mark_at (frames, places[i] * TB_MILLISECOND));
  }
  film_free (film);
}

static void
test_soft (void)
{
  Film *film = film_new (NULL);
  TbStillRequest asked = request (film, TB_SECOND, TRUE);
  g_autofree guint8 *pixels = make_still (&asked);
  TbStillRequest same = request (film, TB_SECOND, FALSE);
  g_autofree guint8 *clear = make_still (&same);
  guint8 darkest = 255, lightest = 0;
  guint64 mark;
  double soft_power = fine_power (pixels), clear_power = fine_power (clear);

  g_assert_false (tb_mark_read (pixels, WIDE, HIGH, WIDE, &mark));
  g_test_message ("finer than %d columns: %.3f clear, %.3f soft", COLUMNS, clear_power, soft_power);
  g_assert_cmpfloat (soft_power, <, clear_power / 500);
  /* It is no empty picture: where is what can be seen. */
  for (guint i = 0; i < WIDE * HIGH; i++) {
    darkest = MIN (darkest, pixels[i]);
    lightest = MAX (lightest, pixels[i]);
  }
  g_assert_cmpint (lightest - darkest, >, 40);
  film_free (film);
}

static void
assert_refused (const TbStillRequest *asked, guint limit_ms, GCancellable *cancellable, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = tb_media_still (asked, limit_ms, cancellable, &error);

  g_assert_null (jpeg);
  g_assert_nonnull (error);
  g_assert_cmpint (error->domain, ==, TB_ERROR);
  if (code != 0)
    g_assert_error (error, TB_ERROR, code);
}

static void
test_refused (void)
{
  Film *film = film_new (NULL);
  TbStillRequest asked = request (film, -2 * TB_SECOND, TRUE);
  TbClipSegment gone = film->segment;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = fixture_path (film->fixture, film->video->mp4_name);
  g_autofree char *bytes = NULL;
  gsize length;

  assert_refused (&asked, 0, NULL, TB_ERROR_NOT_FOUND);
  asked = request (film, film->video->duration_ns + TB_SECOND, FALSE);
  assert_refused (&asked, 0, NULL, TB_ERROR_NOT_FOUND);
  asked = request (film, TB_SECOND, FALSE);
  asked.n = 0;
  assert_refused (&asked, 0, NULL, TB_ERROR_NOT_FOUND);
  gone.name = "gone.mp4";
  asked.segments = &gone;
  asked.n = 1;
  assert_refused (&asked, 0, NULL, TB_ERROR_NOT_FOUND);
  asked = request (film, TB_SECOND, FALSE);
  g_cancellable_cancel (cancellable);
  assert_refused (&asked, 0, cancellable, TB_ERROR_CANCELLED);

  /* Nothing of what is left of a damaged file passes for a picture. */
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (path, bytes, 300, NULL));
  assert_refused (&asked, 0, NULL, 0);
  memset (bytes + 8, 0x5a, 4000);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
  assert_refused (&asked, 0, NULL, 0);
  film_free (film);
}

static void
test_sealed (void)
{
  g_autoptr (MemoryShelf) shelf = memory_shelf_new ();
  g_autoptr (TbVault) vault = memory_shelf_vault (shelf);
  g_autofree char *folder = g_dir_make_tmp ("tb-still-XXXXXX", NULL);
  g_autofree char *recovery = NULL, *name = NULL, *path = NULL, *bytes = NULL;
  g_autofree guint8 *pixels = NULL;
  g_autoptr (GError) error = NULL;
  TbStillRequest asked;
  Film *film;
  gsize length;
  guint64 mark;

  g_assert_true (tb_vault_create (vault, "somebody", "een twee drie vier", &recovery, &error));
  g_assert_no_error (error);
  film = film_new (tb_media_store_new_sealed (folder, vault));
  asked = request (film, TB_SECOND, FALSE);
  pixels = make_still (&asked);
  g_assert_true (tb_mark_read (pixels, WIDE, HIGH, WIDE, &mark));
  tb_vault_lock (vault);
  assert_refused (&asked, 0, NULL, TB_ERROR_LOCKED);
  g_assert_true (tb_vault_unlock (vault, "somebody", "een twee drie vier", &error));
  name = g_strconcat (film->video->mp4_name, ".age", NULL);
  path = g_build_filename (folder, VISIT, name, NULL);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  bytes[length / 3] ^= 1; /* in the fragments at the first second */
  for (gsize i = length / 10; i < length * 9 / 10; i += 30000)
    bytes[i] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
  assert_refused (&asked, 0, NULL, TB_ERROR_CORRUPT);
  film_free (film);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_setenv ("TERUGBLIK_KDF_WORK", "10", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/still/clear", test_clear);
  g_test_add_func ("/still/soft", test_soft);
  g_test_add_func ("/still/refused", test_refused);
  g_test_add_func ("/still/sealed", test_sealed);
  return g_test_run ();
}
