/* timemark and timetick: drawn, scaled, encoded at a low rate, read back; ticks to the sample. */

#include <math.h>
#include <string.h>

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "media/init.h"
#include "timemark/mark.h"

static void
test_pure (void)
{
  static const guint64 values[] = { 0, 1, 40, 999, 3599999, 1795000000000, TB_MARK_MAX };
  g_autofree guint8 *luma = g_malloc (700 * 360);
  guint64 read;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    memset (luma, 128, 700 * 360);
    g_assert_false (tb_mark_read (luma, 640, 360, 700, &read));
    tb_mark_draw (luma, 640, 360, 700, values[i]);
    g_assert_true (tb_mark_read (luma, 640, 360, 700, &read));
    g_assert_cmpuint (read, ==, values[i]);
  }
  /* One wrong block is noticed. */
  memset (luma, 16, 640 / 32);
  for (guint row = 0; row < 20; row++)
    memset (luma + row * 700 + 20, 128 + (luma[10 * 700 + 30] < 128 ? 100 : -100), 20);
  g_assert_false (tb_mark_read (luma, 640, 360, 700, &read));
  memset (luma, 0, 700 * 360);
  g_assert_false (tb_mark_read (luma, 640, 360, 700, &read));
}

/* Through CHAIN every frame's mark must be its PTS. */
static void
check_chain (const char *chain)
{
  g_autofree char *text = g_strdup_printf ("videotestsrc num-buffers=40 pattern=snow ! video/x-raw,width=1280,"
                                           "height=720,framerate=30/1 ! timemark ! %s ! videoconvert ! "
                                           "video/x-raw,format=I420 ! appsink name=s sync=false", chain);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (text, &error), sink = NULL;
  GstSample *sample;
  guint count = 0;

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 10 * GST_SECOND)) != NULL) {
    GstVideoInfo info;
    GstVideoFrame frame;
    guint64 mark = 0;
    GstClockTime pts = GST_BUFFER_PTS (gst_sample_get_buffer (sample))
                       - gst_sample_get_segment (sample)->start;

    gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
    g_assert_true (gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ));
    g_assert_true (tb_mark_read (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), info.width, info.height,
                                 GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), &mark));
    g_assert_cmpuint (mark, ==, (pts + 500000) / 1000000);
    gst_video_frame_unmap (&frame);
    gst_sample_unref (sample);
    count++;
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_cmpuint (count, ==, 40);
}

static void
test_chains (void)
{
  check_chain ("identity");
  check_chain ("videoscale ! video/x-raw,width=640,height=360 ! jpegenc quality=60 ! jpegdec");
  check_chain ("videoscale ! video/x-raw,width=320,height=180");
  check_chain ("x264enc tune=zerolatency bitrate=300 ! h264parse ! avdec_h264 ! videoscale ! "
               "video/x-raw,width=640,height=360");
}

static void
test_tick (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
    "audiotestsrc num-buffers=221 samplesperbuffer=441 timestamp-offset=1990000000 ! "
    "audio/x-raw,format=S16LE,rate=44100,channels=2 ! timetick ! appsink name=s sync=false", &error);
  g_autoptr (GstElement) sink = NULL;
  GstSample *sample;
  gint64 position = 0, first = -1;
  guint loud = 0;

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 10 * GST_SECOND)) != NULL) {
    GstMapInfo map;
    const gint16 *samples;

    g_assert_true (gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ));
    samples = (const gint16 *) (void *) map.data;
    for (gsize i = 0; i < map.size / 4; i++, position++) {
      if (samples[2 * i] != 0 && first < 0)
        first = position;
      loud += samples[2 * i] != 0;
    }
    gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
    gst_sample_unref (sample);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  /* The sound begins 10 ms before second 2: sample 441 is the first of the tick; then one at second 3 and at 4. */
  g_assert_cmpint (first, ==, 441);
  g_assert_cmpuint (loud, >, 3 * 430);
  g_assert_cmpuint (loud, <=, 3 * 441);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tb_media_init ();
  g_test_add_func ("/timemark/pure", test_pure);
  g_test_add_func ("/timemark/chains", test_chains);
  g_test_add_func ("/timetick", test_tick);
  return g_test_run ();
}
