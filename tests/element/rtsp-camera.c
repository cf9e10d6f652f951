/* A network camera on loopback, for tests: H.264 over RTSP, each frame marked with the time of day in milliseconds.
 *
 *   rtsp-camera [--port N] [--gop FRAMES] [--fps N] [--width N] [--height N] [--audio] [--freeze-after SECONDS]
 *               [--warm]
 *
 * Serves rtsp://127.0.0.1:PORT/camera and prints that address on its first line when it listens; port 0 (default)
 * takes a free one. Ends with SIGTERM. Needs our plugin's elements, which it has built in. */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include <gst/gst.h>
#include <gst/rtsp-server/rtsp-server.h>

#include "timemark/timemark.h"

static gint port = 0, gop = 25, fps = 25, width = 640, height = 360, freeze_after = 0;
static gboolean audio = FALSE, warm = FALSE;

static const GOptionEntry entries[] = {
  { "port", 0, 0, G_OPTION_ARG_INT, &port, "TCP port, 0 = any", "N" },
  { "gop", 0, 0, G_OPTION_ARG_INT, &gop, "Frames from key frame to key frame", "FRAMES" },
  { "fps", 0, 0, G_OPTION_ARG_INT, &fps, "Frames a second", "N" },
  { "width", 0, 0, G_OPTION_ARG_INT, &width, "Width", "N" },
  { "height", 0, 0, G_OPTION_ARG_INT, &height, "Height", "N" },
  { "audio", 0, 0, G_OPTION_ARG_NONE, &audio, "With a microphone (A-law), ticking", NULL },
  { "warm", 0, 0, G_OPTION_ARG_NONE, &warm, "Runs before anybody looks, as a camera on a wall does", NULL },
  { "freeze-after", 0, 0, G_OPTION_ARG_INT, &freeze_after, "Sends nothing more after so many seconds", "SECONDS" },
  { NULL },
};

static GstPadProbeReturn
freeze_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  guint *left = user_data;

  if (*left == 0)
    return GST_PAD_PROBE_DROP;
  (*left)--;
  return GST_PAD_PROBE_OK;
}

/* As good cameras do, the sender reports tell when the light fell in, not when the packet left. */
static void
on_prepared (GstRTSPMedia *media, gpointer user_data)
{
  g_autoptr (GstElement) element = gst_rtsp_media_get_element (media);
  g_autoptr (GstObject) parent = gst_object_get_parent (GST_OBJECT (element));
  GstIterator *all;
  GValue item = G_VALUE_INIT;

  if (!GST_IS_BIN (parent))
    return;
  all = gst_bin_iterate_elements (GST_BIN (parent));
  while (gst_iterator_next (all, &item) == GST_ITERATOR_OK) {
    GObject *each = g_value_get_object (&item);

    if (g_object_class_find_property (G_OBJECT_GET_CLASS (each), "rtcp-sync-send-time") != NULL)
      g_object_set (each, "rtcp-sync-send-time", FALSE, NULL);
    g_value_reset (&item);
  }
  g_value_unset (&item);
  gst_iterator_free (all);
}

static void
on_media_configure (GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer user_data)
{
  g_autoptr (GstElement) bin = gst_rtsp_media_get_element (media);
  g_autoptr (GstElement) source = gst_bin_get_by_name_recurse_up (GST_BIN (bin), "source");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
  guint *left;

  g_signal_connect (media, "prepared", G_CALLBACK (on_prepared), NULL);
  if (freeze_after == 0)
    return;
  left = g_new (guint, 1);
  *left = (guint) (freeze_after * fps);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, freeze_probe, left, g_free);
}

/* A viewer of our own keeps the shared media running, so that its clock and encoder have settled when others come. */
static GstElement *
keep_warm (const char *address)
{
  g_autofree char *launch = g_strdup_printf ("rtspsrc location=%s protocols=tcp latency=0 ! fakesink", address);
  GstElement *viewer = gst_parse_launch (launch, NULL);

  gst_element_set_state (viewer, GST_STATE_PLAYING);
  return viewer;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstRTSPServer) server = NULL;
  g_autoptr (GstRTSPMountPoints) mounts = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  g_autofree char *service = NULL, *launch = NULL, *address = NULL;
  GstRTSPMediaFactory *factory;
  GstElement *viewer = NULL;

  /* A test that fails leaves no camera behind. */
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  gst_init (NULL, NULL);
  tb_timemark_register (NULL);
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error)) {
    fprintf (stderr, "%s\n", error->message);
    return 2;
  }
  service = g_strdup_printf ("%d", port);
  launch = g_strdup_printf ("( videotestsrc name=source is-live=true pattern=ball ! "
                            "video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 ! timemark time-base=wall ! "
                            "x264enc tune=zerolatency speed-preset=superfast bitrate=1500 key-int-max=%d "
                            "option-string=scenecut=0 ! rtph264pay name=pay0 pt=96 config-interval=-1 %s )",
                            width, height, fps, gop,
                            audio ? "audiotestsrc is-live=true wave=silence ! timetick ! audioconvert ! "
                                    "audioresample ! audio/x-raw,rate=8000,channels=1 ! alawenc ! "
                                    "rtppcmapay name=pay1 pt=8" : "");
  server = gst_rtsp_server_new ();
  gst_rtsp_server_set_address (server, "127.0.0.1");
  gst_rtsp_server_set_service (server, service);
  factory = gst_rtsp_media_factory_new ();
  gst_rtsp_media_factory_set_launch (factory, launch);
  gst_rtsp_media_factory_set_shared (factory, TRUE);
  g_signal_connect (factory, "media-configure", G_CALLBACK (on_media_configure), NULL);
  mounts = gst_rtsp_server_get_mount_points (server);
  gst_rtsp_mount_points_add_factory (mounts, "/camera", factory);
  if (gst_rtsp_server_attach (server, NULL) == 0) {
    fprintf (stderr, "Port %d cannot be listened on\n", port);
    return 1;
  }
  address = g_strdup_printf ("rtsp://127.0.0.1:%d/camera", gst_rtsp_server_get_bound_port (server));
  printf ("%s\n", address);
  fflush (stdout);
  if (warm)
    viewer = keep_warm (address);
  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  if (viewer != NULL)
    gst_element_set_state (viewer, GST_STATE_NULL);
  g_clear_object (&viewer);
  return 0;
}
