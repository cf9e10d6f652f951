#include "cli/command.h"

#include <string.h>

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/person.h"
#include "store/track.h"
#include "web/app.h"
#include "web/status.h"

typedef struct {
  TbApp *app;
  GMainLoop *loop;
  const char *visit;
  gboolean quiet;
  char *failed; /* why it ended by itself */
} Run;

static gboolean
on_signal (gpointer data)
{
  Run *run = data;

  g_main_loop_quit (run->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_time (gpointer data)
{
  Run *run = data;

  g_main_loop_quit (run->loop);
  return G_SOURCE_REMOVE;
}

static void
print_tracks (const TbRecordingStatus *status)
{
  for (guint i = 0; i < status->tracks->len; i++) {
    const TbTrackStatus *track = status->tracks->pdata[i];
    g_autofree char *length = tb_time_format_clock (track->recorded_ns);

    g_printerr ("  %s: %s %s%s%s", track->name, tb_track_state_name (track->actual), length,
                track->message != NULL ? ", " : "", track->message != NULL ? track->message : "");
  }
  g_printerr ("\n");
}

static gboolean
on_second (gpointer data)
{
  Run *run = data;
  g_autoptr (TbRecordingStatus) status = tb_recorder_status (tb_studio_recorder (run->app->studio), run->visit);

  if (!run->quiet)
    print_tracks (status);
  if (status->actual == TB_RECORDING_STOPPED || status->actual == TB_RECORDING_FAILED) {
    run->failed = g_strdup (status->message != NULL ? status->message : status->reason);
    g_main_loop_quit (run->loop);
  }
  return G_SOURCE_CONTINUE;
}

static void
add_sources (json_object *list, char **uris, const char *kind)
{
  for (guint i = 0; uris != NULL && uris[i] != NULL; i++) {
    json_object *source = json_object_new_object ();

    tb_json_add_string (source, "uri", uris[i]);
    tb_json_add_string (source, "kind", kind);
    json_object_array_add (list, source);
  }
}

/* Whose visit it becomes: that of the coach with LOGIN, else of the one coach there is. *COACH is new; NULL while there is
 * nobody (the first coach gets it). FALSE when there is a choice, or no such coach. */
static gboolean
find_coach (TbStore *store, const char *login, char **coach, GError **error)
{
  g_autoptr (GPtrArray) people = tb_person_list (store, error);
  guint count = 0;

  for (guint i = 0; people != NULL && i < people->len; i++) {
    const TbPerson *person = people->pdata[i];

    if ((person->roles & TB_ROLE_COACH) == 0 || person->disabled_at != 0
        || (login != NULL && g_ascii_strcasecmp (login, person->login) != 0))
      continue;
    g_free (*coach);
    *coach = g_strdup (person->id);
    count++;
  }
  if (people == NULL || (count == 1 || (count == 0 && login == NULL)))
    return people != NULL;
  g_clear_pointer (coach, g_free);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND,
                       login != NULL ? _ ("No coach signs in with this name; “terugblik user list” says who there is")
                                     : _ ("There are several coaches: say whose visit it is with --coach LOGIN"));
  return FALSE;
}

/* The visit to record: the given one with these sources, or a new one. */
static TbVisit *
make_visit (TbApp *app, const char *prefix, const char *login, const char *title, char **cameras, char **mics, GError **error)
{
  g_autoptr (GPtrArray) catalogue = tb_catalogue_list (app->catalogue, error);
  g_autoptr (json_object) fields = json_object_new_object ();
  json_object *sources;
  char *automatic[] = { (char *) "auto", NULL };
  g_autofree char *coach = NULL;

  if (catalogue == NULL)
    return NULL;
  sources = json_object_new_array ();
  add_sources (sources, cameras, "video");
  add_sources (sources, mics, "audio");
  if (cameras == NULL && mics == NULL && prefix == NULL) {
    add_sources (sources, automatic, "video");
    add_sources (sources, automatic, "audio");
  }
  if (title != NULL)
    tb_json_add_string (fields, "title", title);
  if (json_object_array_length (sources) > 0)
    tb_json_add (fields, "sources", sources);
  else
    json_object_put (sources);
  if (prefix != NULL) {
    g_autofree char *id = tb_visit_find (app->store, prefix, error);

    return id != NULL ? tb_visit_update (app->store, id, fields, catalogue, error) : NULL;
  }
  if (!find_coach (app->store, login, &coach, error))
    return NULL;
  return tb_visit_create (app->store, coach, fields, catalogue, error);
}

static gboolean
check_sources (char **uris, TbMediaKind kind, GError **error)
{
  for (guint i = 0; uris != NULL && uris[i] != NULL; i++)
    if (!tb_source_check (uris[i], kind, error))
      return FALSE;
  return TRUE;
}

static gboolean
something_is_recorded (TbApp *app, const char *visit)
{
  g_autoptr (GPtrArray) tracks = tb_track_list (app->store, visit, NULL);

  for (guint t = 0; tracks != NULL && t < tracks->len; t++) {
    const TbTrack *track = tracks->pdata[t];

    for (guint s = 0; s < track->segments->len; s++) {
      const TbSegment *segment = track->segments->pdata[s];

      if (segment->duration != TB_TIME_NONE && segment->duration > 0)
        return TRUE;
    }
  }
  return FALSE;
}

static int
record (TbApp *app, const TbVisit *visit, double seconds, gboolean json)
{
  Run run = { .app = app, .visit = visit->id, .quiet = json };
  GError *error = NULL;
  int status = 0;

  if (!tb_studio_record (app->studio, visit->id, &error))
    return tb_command_fail (error);
  if (!json)
    g_print ("%s\n", visit->id);
  run.loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, on_signal, &run);
  g_unix_signal_add (SIGTERM, on_signal, &run);
  g_timeout_add (1000, on_second, &run);
  if (seconds > 0)
    g_timeout_add ((guint) (seconds * 1000), on_time, &run);
  g_main_loop_run (run.loop);
  g_main_loop_unref (run.loop);
  if (run.failed != NULL) {
    g_printerr ("terugblik: %s\n", run.failed);
    g_free (run.failed);
    status = 1;
  }
  if (!tb_studio_end (app->studio, visit->id, &error))
    return tb_command_fail (error);
  if (status == 0 && !something_is_recorded (app, visit->id)) {
    g_printerr ("terugblik: %s\n", _ ("nothing was recorded; “terugblik doctor” says which cameras and microphones there are"));
    status = 1;
  }
  if (json) {
    json_object *object = json_object_new_object ();

    tb_json_add_string (object, "visit", visit->id);
    tb_json_add (object, "recording", tb_studio_status (app->studio, visit->id));
    tb_command_print_json (object);
  }
  return status;
}

int
tb_command_record (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_autofree char *prefix = NULL;
  g_autofree char *title = NULL;
  g_autofree char *login = NULL;
  g_auto (GStrv) cameras = NULL;
  g_auto (GStrv) mics = NULL;
  g_autofree char *path = NULL;
  g_autoptr (TbApp) app = NULL;
  g_autoptr (TbVisit) visit = NULL;
  double seconds = 0;
  GError *error = NULL;
  const GOptionEntry entries[] = {
    { "visit", 0, 0, G_OPTION_ARG_STRING, &prefix, N_ ("Record into this visit"), N_ ("VISIT") },
    { "title", 0, 0, G_OPTION_ARG_STRING, &title, N_ ("Title of a new visit"), N_ ("TITLE") },
    { "coach", 0, 0, G_OPTION_ARG_STRING, &login, N_ ("Whose new visit it is, when there are several coaches"), N_ ("LOGIN") },
    { "camera", 0, 0, G_OPTION_ARG_STRING_ARRAY, &cameras, N_ ("A camera; may be given more than once"), N_ ("SOURCE") },
    { "mic", 0, 0, G_OPTION_ARG_STRING_ARRAY, &mics, N_ ("A microphone; may be given more than once"), N_ ("SOURCE") },
    { "for", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, N_ ("Stop after so many seconds"), N_ ("SECONDS") },
    { NULL },
  };

  if (!tb_command_parse ("record", entries, &common, &argc, &argv))
    return 2;
  if (argc > 1)
    return tb_command_usage ("record", _ ("“%s” is one word too many"), argv[1]);
  if (prefix != NULL && title != NULL)
    return tb_command_usage ("record", "%s", _ ("Give --visit or --title, not both"));
  if (prefix != NULL && login != NULL)
    return tb_command_usage ("record", "%s", _ ("Give --visit or --coach, not both: a visit is somebody's already"));
  if (seconds < 0)
    return tb_command_usage ("record", "%s", _ ("--for must be more than zero"));
  if (!check_sources (cameras, TB_MEDIA_VIDEO, &error) || !check_sources (mics, TB_MEDIA_AUDIO, &error)) {
    int status = tb_command_usage ("record", "%s", error->message);

    g_error_free (error);
    return status;
  }
  path = tb_folder_default (common.data);
  app = tb_app_new (path, NULL, &error);
  if (app != NULL && tb_vault_get_state (app->vault) == TB_VAULT_NONE) {
    g_printerr ("terugblik: %s\n", _ ("There is no vault here yet, and nothing is recorded in the open; make one with “terugblik vault init”"));
    return 1;
  }
  if (app != NULL)
    visit = make_visit (app, prefix, login, title, cameras, mics, &error);
  if (visit == NULL)
    return tb_command_fail (error);
  return record (app, visit, seconds, common.json);
}
