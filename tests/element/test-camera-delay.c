/* The clock of a network camera, with made-up packets: what comes late, drifts, is set, begins anew or is never
 * told. */

#include <gst/gst.h>

#include "base/time.h"
#include "media/camera-delay.h"

#define FRAME (40 * TB_MILLISECOND)
#define WAY (60 * TB_MILLISECOND) /* from light to arrival, at the quickest */
#define NTP_TO_UNIX (G_GINT64_CONSTANT (2208988800) * TB_SECOND)

typedef struct {
  GstPad *src, *sink;
  GstCaps *ntp;
  gint64 base_ns;
  GArray *told; /* TbTime */
  TbTime got;   /* PTS of the newest frame */
} Camera;

static void
on_delay (TbTime delay_ns, gpointer user_data)
{
  g_array_append_val (((Camera *) user_data)->told, delay_ns);
}

static GstFlowReturn
on_frame (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Camera *camera = g_object_get_data (G_OBJECT (pad), "camera");

  camera->got = (TbTime) GST_BUFFER_PTS (buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static Camera *
camera_new (TbTime known_ns)
{
  Camera *camera = g_new0 (Camera, 1);
  GstSegment segment;

  camera->ntp = gst_caps_new_empty_simple ("timestamp/x-ntp");
  camera->told = g_array_new (FALSE, FALSE, sizeof (TbTime));
  camera->base_ns = tb_clock_monotonic ();
  camera->src = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  camera->sink = gst_object_ref_sink (gst_pad_new ("sink", GST_PAD_SINK));
  g_object_set_data (G_OBJECT (camera->sink), "camera", camera);
  gst_pad_set_chain_function (camera->sink, on_frame);
  tb_camera_delay_watch (camera->src, camera->base_ns, known_ns, on_delay, camera);
  gst_pad_link (camera->src, camera->sink);
  gst_pad_set_active (camera->sink, TRUE);
  gst_pad_set_active (camera->src, TRUE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (camera->src, gst_event_new_stream_start ("rtp"));
  gst_pad_push_event (camera->src, gst_event_new_segment (&segment));
  return camera;
}

static void
camera_free (Camera *camera)
{
  gst_pad_set_active (camera->src, FALSE);
  gst_pad_set_active (camera->sink, FALSE);
  gst_object_unref (camera->src);
  gst_object_unref (camera->sink);
  gst_caps_unref (camera->ntp);
  g_array_unref (camera->told);
  g_free (camera);
}

/* A frame whose RTP timestamp is PTS, that arrives at ARRIVED and was TAKEN (TB_TIME_NONE = no report yet), by the
 * camera's clock; all in running time. Gives where it was put. */
static TbTime
send_frame (Camera *camera, TbTime pts, TbTime arrived, TbTime taken)
{
  GstBuffer *buffer = gst_buffer_new ();

  GST_BUFFER_PTS (buffer) = (GstClockTime) pts;
  GST_BUFFER_DTS (buffer) = (GstClockTime) arrived;
  if (taken != TB_TIME_NONE)
    gst_buffer_add_reference_timestamp_meta (buffer, camera->ntp,
                                             (GstClockTime) (camera->base_ns + taken - tb_clock_monotonic ()
                                                             + g_get_real_time () * 1000 + NTP_TO_UNIX),
                                             GST_CLOCK_TIME_NONE);
  g_assert_cmpint (gst_pad_push (camera->src, buffer), ==, GST_FLOW_OK);
  return camera->got;
}

static TbTime
told (Camera *camera, guint index)
{
  g_assert_cmpuint (camera->told->len, >, index);
  return g_array_index (camera->told, TbTime, index);
}

static void
assert_near (TbTime is, TbTime wanted, TbTime by)
{
  g_assert_cmpint (is, >=, wanted - by);
  g_assert_cmpint (is, <=, wanted + by);
}

/* How much longer than the quickest the frame N is under way: usually a little, now and then nothing, and every four
 * seconds the machine stands still for most of one. */
static TbTime
late_by (gint n)
{
  gint in = n % 100;

  return in >= 50 && in < 70 ? (70 - in) * FRAME : n % 7 * 3 * TB_MILLISECOND;
}

static void
test_late (void)
{
  Camera *camera = camera_new (TB_TIME_NONE);

  for (gint n = 0; n < 3000; n++) {
    TbTime taken = n * FRAME, pts = taken + WAY;

    assert_near (send_frame (camera, pts, pts + late_by (n), n < 100 ? TB_TIME_NONE : taken), pts, TB_MILLISECOND);
  }
  g_assert_cmpuint (camera->told->len, ==, 1);
  assert_near (told (camera, 0), WAY, TB_MILLISECOND);
  camera_free (camera);
}

/* The first frame, which lays the RTP clock on ours, came late. With sender reports the others lie as late, and that is
 * told; without, they lie where the quickest belong, before long. None changes places with another, also not among B
 * pictures. */
static void
test_late_at_first (void)
{
  static const gint order[] = { 0, 4, 2, 1, 3 };

  for (gint reports = 0; reports < 2; reports++) {
    Camera *camera = camera_new (TB_TIME_NONE);
    TbTime late = 300 * TB_MILLISECOND, at[5] = { 0 };

    for (gint n = 0; n < 1000; n += 4) {
      for (gint i = n == 0 ? 0 : 1; i < 5; i++) {
        gint frame = n + order[i];
        TbTime taken = frame * FRAME, pts = taken + WAY + late;

        at[order[i]] = send_frame (camera, pts, taken + WAY + (frame == 0 ? late : late_by (frame) + 4 * FRAME),
                                   reports && n >= 100 ? taken : TB_TIME_NONE);
        if (reports || n > 250)
          assert_near (at[order[i]], reports ? pts : taken + WAY + 4 * FRAME, TB_MILLISECOND);
      }
      for (gint i = 1; i < 5; i++)
        g_assert_cmpint (at[i], >, at[i - 1]);
      at[0] = at[4];
    }
    g_assert_cmpuint (camera->told->len, ==, reports ? 1 : 0);
    if (reports)
      assert_near (told (camera, 0), WAY + late, TB_MILLISECOND);
    camera_free (camera);
  }
}

/* An hour with a crystal that is off by a ten-thousandth: the frames stay with the arrivals. */
static void
test_drift (void)
{
  for (gint sign = -1; sign <= 1; sign += 2) {
    Camera *camera = camera_new (TB_TIME_NONE);

    for (gint n = 0; n < 25 * 3600; n++) {
      TbTime taken = n * FRAME, pts = taken + sign * taken / 10000 + WAY;

      assert_near (send_frame (camera, pts, taken + WAY + late_by (n), TB_TIME_NONE), taken + WAY, 10 * TB_MILLISECOND);
    }
    g_assert_cmpuint (camera->told->len, ==, 0);
    camera_free (camera);
  }
}

/* The camera was away, and its first frame now comes later than the first before: what was told stays true. */
static void
test_known (void)
{
  Camera *camera = camera_new (WAY);

  for (gint n = 0; n < 1000; n++) {
    TbTime taken = n * FRAME, late = taken + 3 * WAY;
    TbTime got = send_frame (camera, late, late, n < 100 ? TB_TIME_NONE : taken);

    if (n > 200)
      assert_near (got, taken + WAY, TB_MILLISECOND);
  }
  g_assert_cmpuint (camera->told->len, ==, 0);
  camera_free (camera);
}

/* Somebody, or the network, sets the camera's clock: the frames stay, and how late they are is told anew. */
static void
test_clock_set (void)
{
  Camera *camera = camera_new (TB_TIME_NONE);

  for (gint n = 0; n < 3000; n++) {
    TbTime taken = n * FRAME, pts = taken + WAY;

    assert_near (send_frame (camera, pts, pts + late_by (n), n < 500 ? taken - 2 * TB_SECOND : taken), pts,
                 TB_MILLISECOND);
  }
  g_assert_cmpuint (camera->told->len, ==, 2);
  assert_near (told (camera, 0), WAY + 2 * TB_SECOND, TB_MILLISECOND);
  assert_near (told (camera, 1), WAY, TB_MILLISECOND);
  camera_free (camera);
}

static void
test_clock_never_set (void)
{
  Camera *camera = camera_new (TB_TIME_NONE);

  for (gint n = 0; n < 3000; n++) {
    TbTime taken = n * FRAME, pts = taken + WAY;

    assert_near (send_frame (camera, pts, pts + late_by (n), taken - 86400 * TB_SECOND), pts, TB_MILLISECOND);
  }
  g_assert_cmpuint (camera->told->len, ==, 1);
  g_assert_true (told (camera, 0) == TB_TIME_NONE);
  camera_free (camera);
}

/* Everything comes much later for a while, as after the machine stood still; with the camera known or not. */
static void
test_stood_still (void)
{
  for (gint n_still = 0; n_still <= 1000; n_still += 500) {
    Camera *camera = camera_new (n_still == 0 ? WAY : TB_TIME_NONE);

    for (gint n = 0; n < 3000; n++) {
      TbTime taken = n * FRAME, pts = taken + WAY, late = n < n_still ? 0 : MAX (0, (n_still + 200 - n) * FRAME);
      /* The first frame is where it arrived. */
      TbTime rtp = n_still == 0 ? pts + 200 * FRAME : pts;
      TbTime got = send_frame (camera, rtp, pts + late, taken);

      if (n_still > 0 || n > 1500)
        assert_near (got, pts, TB_MILLISECOND);
    }
    g_assert_cmpuint (camera->told->len, ==, n_still == 0 ? 0 : 1);
    camera_free (camera);
  }
}

/* RTP timestamps that jump: by hours, at once; by less, once it is sure. With the sender reports they come back to
 * the very place. */
static void
test_rtp_jump (void)
{
  static const TbTime jumps[]
    = { 3 * 3600 * TB_SECOND, -3 * 3600 * TB_SECOND, 600 * TB_MILLISECOND, -600 * TB_MILLISECOND };

  for (gsize i = 0; i < G_N_ELEMENTS (jumps); i++) {
    Camera *camera = camera_new (TB_TIME_NONE);
    TbTime base = 4 * 3600 * TB_SECOND, before = 0;

    for (gint n = 0; n < 4000; n++) {
      TbTime taken = base + n * FRAME, pts = taken + WAY + (n < 1000 ? 0 : jumps[i]);
      TbTime got = send_frame (camera, pts, taken + WAY + late_by (n), taken);

      if (n < 1000 || n > 3000)
        assert_near (got, taken + WAY, TB_MILLISECOND);
      if (ABS (jumps[i]) > TB_SECOND) {
        assert_near (got, taken + WAY, 20 * TB_MILLISECOND);
        g_assert_cmpint (got, >, before);
      }
      before = got;
    }
    g_assert_cmpuint (camera->told->len, ==, 1);
    camera_free (camera);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera-delay/late", test_late);
  g_test_add_func ("/camera-delay/late-at-first", test_late_at_first);
  g_test_add_func ("/camera-delay/drift", test_drift);
  g_test_add_func ("/camera-delay/known", test_known);
  g_test_add_func ("/camera-delay/clock-set", test_clock_set);
  g_test_add_func ("/camera-delay/clock-never-set", test_clock_never_set);
  g_test_add_func ("/camera-delay/stood-still", test_stood_still);
  g_test_add_func ("/camera-delay/rtp-jump", test_rtp_jump);
  return g_test_run ();
}
