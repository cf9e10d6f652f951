/* The choice of encoders: tried on a few small pictures before they are trusted. */

#include "media/encoders.h"

#include <gst/gst.h>

#include "base/error.h"
#include "media/init.h"

#define TRIAL_DEADLINE (4 * GST_SECOND)

typedef struct {
  TbEncoderRole role;
  const char *factory;
  gboolean hardware;
} Candidate;

/* Best first within a role. */
static const Candidate candidates[] = {
  { TB_ENCODER_H264, "vah264enc", TRUE },    { TB_ENCODER_H264, "vaapih264enc", TRUE },
  { TB_ENCODER_H264, "v4l2h264enc", TRUE },  { TB_ENCODER_H264, "nvh264enc", TRUE },
  { TB_ENCODER_H264, "x264enc", FALSE },     { TB_ENCODER_H264, "openh264enc", FALSE },
  { TB_ENCODER_AAC, "fdkaacenc", FALSE },    { TB_ENCODER_AAC, "avenc_aac", FALSE },
  { TB_ENCODER_AAC, "voaacenc", FALSE },     { TB_ENCODER_FLAC, "flacenc", FALSE },
};

#define N_CANDIDATES G_N_ELEMENTS (candidates)

typedef struct {
  gboolean tried;
  gboolean works;
  char *message;
} Trial;

struct _TbEncoders {
  grefcount refs;
  char *forced_h264;
  GMutex lock; /* guards what follows; held while trying, so that nothing is tried twice */
  Trial trials[N_CANDIDATES];
};

const char *
tb_encoder_role_name (TbEncoderRole role)
{
  return role == TB_ENCODER_H264 ? "h264" : role == TB_ENCODER_AAC ? "aac" : "flac";
}

void
tb_encoder_report_free (TbEncoderReport *report)
{
  if (report == NULL)
    return;
  g_free (report->factory);
  g_free (report->message);
  g_free (report);
}

TbEncoders *
tb_encoders_new (const char *forced_h264)
{
  TbEncoders *encoders = g_new0 (TbEncoders, 1);

  tb_media_init ();
  g_ref_count_init (&encoders->refs);
  g_mutex_init (&encoders->lock);
  encoders->forced_h264 = g_strdup (forced_h264);
  return encoders;
}

TbEncoders *
tb_encoders_ref (TbEncoders *encoders)
{
  g_ref_count_inc (&encoders->refs);
  return encoders;
}

void
tb_encoders_unref (TbEncoders *encoders)
{
  if (encoders == NULL || !g_ref_count_dec (&encoders->refs))
    return;
  for (gsize i = 0; i < N_CANDIDATES; i++)
    g_free (encoders->trials[i].message);
  g_mutex_clear (&encoders->lock);
  g_free (encoders->forced_h264);
  g_free (encoders);
}

static gboolean
is_installed (const char *factory)
{
  g_autoptr (GstElementFactory) found = gst_element_factory_find (factory);

  return found != NULL;
}

static char *
trial_description (const Candidate *candidate)
{
  if (candidate->role == TB_ENCODER_H264)
    return g_strdup_printf ("videotestsrc num-buffers=5 pattern=black ! "
                            "video/x-raw,width=640,height=360,framerate=25/1 ! videoconvert ! %s ! h264parse ! "
                            "fakesink sync=false", candidate->factory);
  return g_strdup_printf ("audiotestsrc num-buffers=8 ! audio/x-raw,rate=48000,channels=1 ! audioconvert ! %s ! "
                          "fakesink sync=false", candidate->factory);
}

static void
tear_down (GstElement *pipeline, gpointer user_data)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* Runs a candidate until it has encoded everything. A pipeline that does not answer in time is torn down by a
 * thread of GStreamer's, because a bad driver can hang in there. */
static void
try_candidate (const Candidate *candidate, Trial *trial)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *description = trial_description (candidate);
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  trial->tried = TRUE;
  pipeline = gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (pipeline == NULL) {
    trial->message = g_strdup (error->message);
    return;
  }
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, TRIAL_DEADLINE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (message == NULL) {
    trial->message = g_strdup ("gave no picture or sound within 4 seconds");
    gst_element_call_async (pipeline, tear_down, NULL, NULL);
    return;
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    trial->message = g_strdup (error->message);
  } else {
    trial->works = TRUE;
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* With the lock held. */
static gboolean
works (TbEncoders *encoders, gsize index)
{
  Trial *trial = &encoders->trials[index];

  if (!trial->tried && is_installed (candidates[index].factory))
    try_candidate (&candidates[index], trial);
  return trial->works;
}

static const char *
forced (TbEncoders *encoders, TbEncoderRole role)
{
  return role == TB_ENCODER_H264 ? encoders->forced_h264 : NULL;
}

const char *
tb_encoders_choose (TbEncoders *encoders, TbEncoderRole role, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&encoders->lock);

  if (forced (encoders, role) != NULL)
    return forced (encoders, role);
  for (gsize i = 0; i < N_CANDIDATES; i++)
    if (candidates[i].role == role && works (encoders, i))
      return candidates[i].factory;
  g_set_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED, "No encoder for %s works here; install %s",
               tb_encoder_role_name (role),
               role == TB_ENCODER_H264 ? "gstreamer1.0-plugins-ugly (x264)"
               : role == TB_ENCODER_AAC ? "gstreamer1.0-libav" : "gstreamer1.0-plugins-good");
  return NULL;
}

GPtrArray *
tb_encoders_report (TbEncoders *encoders, gboolean try_all)
{
  GPtrArray *reports = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_encoder_report_free);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&encoders->lock);
  gboolean chosen[TB_ENCODER_FLAC + 1] = { FALSE };

  for (gsize i = 0; i < N_CANDIDATES; i++) {
    const Candidate *candidate = &candidates[i];
    TbEncoderReport *report = g_new0 (TbEncoderReport, 1);
    const char *must_be = forced (encoders, candidate->role);

    if (try_all || !chosen[candidate->role])
      works (encoders, i);
    report->role = candidate->role;
    report->factory = g_strdup (candidate->factory);
    report->hardware = candidate->hardware;
    report->installed = is_installed (candidate->factory);
    report->tried = encoders->trials[i].tried;
    report->works = encoders->trials[i].works;
    report->message = g_strdup (encoders->trials[i].message);
    report->chosen = must_be != NULL ? g_str_equal (must_be, candidate->factory)
                                     : report->works && !chosen[candidate->role];
    chosen[candidate->role] |= report->chosen;
    g_ptr_array_add (reports, report);
  }
  return reports;
}
