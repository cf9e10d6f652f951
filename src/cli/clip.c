#include "cli/command.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n.h>

#include "base/json.h"
#include "base/time.h"
#include "media/clip.h"
#include "store/track.h"
#include "store/view-log.h"
#include "web/exports.h"

static gboolean
on_signal (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

/* The first track of KIND, or the one whose id begins with PREFIX. Borrowed. */
static const TbTrack *
pick_track (GPtrArray *tracks, const char *kind, const char *prefix)
{
  for (guint i = 0; i < tracks->len; i++) {
    const TbTrack *track = tracks->pdata[i];

    if (g_str_equal (track->kind, kind) && (prefix == NULL || g_str_has_prefix (track->id, prefix)))
      return track;
  }
  return NULL;
}

static int
write_clip (TbOpened *opened, const TbTrack *camera, const TbTrack *mic, TbTime from, TbTime to, TbClipMode mode,
            const char *output, gboolean json)
{
  g_autoptr (GArray) video = tb_exports_segments (camera);
  g_autoptr (GArray) audio = tb_exports_segments (mic);
  g_autoptr (TbEncoders) encoders = tb_encoders_new (g_getenv ("TERUGBLIK_ENCODER"));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *length = NULL;
  TbClipResult result = { 0 };
  GError *error = NULL;
  const TbClipRequest request = {
    .store = opened->media, .encoders = encoders,
    .video = (const TbClipSegment *) (void *) video->data, .n_video = video->len,
    .audio = (const TbClipSegment *) (void *) audio->data, .n_audio = audio->len,
    .from = from, .to = to, .output = output, .mode = mode,
  };

  g_unix_signal_add (SIGINT, on_signal, cancellable);
  if (!tb_clip_export (&request, &result, cancellable, &error))
    return tb_command_fail (error);
  if (json) {
    json_object *object = json_object_new_object ();

    tb_json_add_string (object, "file", output);
    tb_json_add_time (object, "from", result.from);
    tb_json_add_time (object, "to", result.to);
    tb_json_add_int (object, "bytes", (gint64) result.bytes);
    tb_json_add_int (object, "frames", (gint64) result.frames);
    tb_json_add_bool (object, "has_gaps", result.has_gaps);
    tb_command_print_json (object);
    return 0;
  }
  length = tb_time_format (result.to - result.from);
  g_print (_ ("%s: %s s, %u frames\n"), output, length, (guint) result.frames);
  if (result.has_gaps)
    g_printerr ("terugblik: %s\n", _ ("nothing was recorded in a part of this clip; it is black or silent there"));
  return 0;
}

/* Who may run commands here is the user of the computer, not an account: that is what the log says. */
static gboolean
log_export (TbOpened *opened, const TbVisit *visit, TbTime from, TbTime to, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s (terugblik clip)", g_get_user_name ());
  g_autofree char *begin = tb_time_format (from);
  g_autofree char *end = tb_time_format (to);
  g_autofree char *detail = g_strdup_printf ("%s-%s", begin, end);

  return tb_view_log_add (opened->store, tb_clock_wall (), "", name, visit->id, NULL, "export", detail, error);
}

int
tb_command_clip (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (GPtrArray) tracks = NULL;
  g_autofree char *from_text = NULL, *to_text = NULL, *camera_id = NULL, *output = NULL;
  gboolean exact = FALSE, copy = FALSE;
  const TbTrack *camera;
  TbTime from = 0, to = 0;
  GError *error = NULL;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from_text, N_ ("First instant, in seconds"), N_ ("T") },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to_text, N_ ("Last instant, in seconds"), N_ ("T") },
    { "camera", 0, 0, G_OPTION_ARG_STRING, &camera_id, N_ ("Which camera (the first)"), N_ ("TRACK") },
    { "exact", 0, 0, G_OPTION_ARG_NONE, &exact, N_ ("Start and end on exactly these frames (as it is without)"), NULL },
    { "copy", 0, 0, G_OPTION_ARG_NONE, &copy, N_ ("Do not encode anew; starts at the key frame before"), NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_ ("The file to write"), N_ ("FILE") },
    { NULL },
  };

  if (!tb_command_parse ("clip", entries, &common, &argc, &argv))
    return 2;
  if (argc != 2)
    return tb_command_usage ("clip", "%s", _ ("Name one visit; “terugblik visits” lists them"));
  if (from_text == NULL || to_text == NULL || output == NULL)
    return tb_command_usage ("clip", "%s", _ ("Say --from, --to and -o FILE"));
  if (exact && copy)
    return tb_command_usage ("clip", "%s", _ ("Give --exact or --copy, not both"));
  if (!tb_time_parse (from_text, &from, &error) || !tb_time_parse (to_text, &to, &error)) {
    int status = tb_command_usage ("clip", "%s", error->message);

    g_error_free (error);
    return status;
  }
  if (!tb_command_open (&common, &opened, &error) || (visit = tb_command_visit (&opened, argv[1], &error)) == NULL
      || (tracks = tb_track_list (opened.store, visit->id, &error)) == NULL)
    return tb_command_fail (error);
  camera = pick_track (tracks, "video", camera_id);
  if (camera == NULL) {
    g_printerr ("terugblik: %s\n", camera_id != NULL ? _ ("This visit has no such camera") : _ ("This visit has no picture"));
    return 1;
  }
  if (!tb_command_unlock (&opened, &error) || !log_export (&opened, visit, from, to, &error))
    return tb_command_fail (error);
  return write_clip (&opened, camera, pick_track (tracks, "audio", NULL), from, to, copy ? TB_CLIP_COPY : TB_CLIP_EXACT,
                     output, common.json);
}
