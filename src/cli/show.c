#include "cli/command.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "store/journal.h"
#include "store/track.h"

static json_object *
array_of (GPtrArray *rows, json_object *(*to_json) (gconstpointer row))
{
  json_object *array = json_object_new_array ();

  for (guint i = 0; i < rows->len; i++)
    json_object_array_add (array, to_json (rows->pdata[i]));
  return array;
}

static json_object *
track_json (gconstpointer row)
{
  return tb_track_to_json (row);
}

static json_object *
observation_json (gconstpointer row)
{
  return tb_observation_to_json (row);
}

static json_object *
clip_json (gconstpointer row)
{
  return tb_clip_to_json (row);
}

static void
print_tracks (GPtrArray *tracks)
{
  for (guint t = 0; t < tracks->len; t++) {
    const TbTrack *track = tracks->pdata[t];

    g_print ("\n%s  %s  %s\n", track->kind, track->id, track->name);
    for (guint s = 0; s < track->segments->len; s++) {
      const TbSegment *segment = track->segments->pdata[s];
      g_autofree char *start = tb_time_format (segment->start);
      g_autofree char *duration
          = segment->duration == TB_TIME_NONE ? g_strdup (_ ("not ended")) : tb_time_format (segment->duration);

      g_print ("  %d  %s + %s%s%s\n", (int) segment->number, start, duration, segment->note != NULL ? "  " : "",
               segment->note != NULL ? segment->note : "");
    }
  }
}

/* What is said beside the code, as one text of "modifier=value", and the rating. New. */
static char *
details_of (const TbObservation *observation)
{
  GString *text = g_string_new ("");
  g_autoptr (json_object) modifiers = NULL;

  if (observation->kind == TB_KIND_RATING && observation->rating == TB_RATING_NONE)
    g_string_append_printf (text, "  %s", _ ("n/a"));
  else if (observation->kind == TB_KIND_RATING)
    g_string_append_printf (text, "  %d", (int) observation->rating);
  if (observation->modifiers != NULL)
    modifiers = tb_json_parse (observation->modifiers, strlen (observation->modifiers), NULL);
  if (modifiers == NULL)
    return g_string_free (text, FALSE);
  json_object_object_foreach (modifiers, name, value) {
    gboolean several = json_object_is_type (value, json_type_array);

    g_string_append_printf (text, "  %s=", name);
    for (gsize i = 0; i < (several ? json_object_array_length (value) : 1); i++)
      g_string_append_printf (text, "%s%s", i > 0 ? "," : "",
                              json_object_get_string (several ? json_object_array_get_idx (value, i) : value));
  }
  return g_string_free (text, FALSE);
}

static void
print_observations (GPtrArray *observations)
{
  g_print ("\n");
  for (guint i = 0; i < observations->len; i++) {
    const TbObservation *observation = observations->pdata[i];
    g_autofree char *at = tb_time_format (observation->at);
    g_autofree char *until = observation->until != TB_TIME_NONE ? tb_time_format (observation->until) : NULL;
    g_autofree char *details = details_of (observation);

    g_print ("%12s %12s  %s%s  %s%s%s\n", at,
             until != NULL ? until : tb_observation_is_open (observation) ? _ ("open") : "",
             observation->code != NULL ? observation->code : _ ("moment"), details, observation->observer,
             *observation->note != '\0' ? "  " : "", observation->note);
  }
}

int
tb_command_show (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (GPtrArray) tracks = NULL;
  g_autoptr (GPtrArray) observations = NULL;
  g_autoptr (GPtrArray) clips = NULL;
  GError *error = NULL;

  if (!tb_command_parse ("show", NULL, &common, &argc, &argv))
    return 2;
  if (argc != 2)
    return tb_command_usage ("show", "%s", _ ("Name one visit; “terugblik visits” lists them"));
  if (!tb_command_open (&common, &opened, &error) || (visit = tb_command_visit (&opened, argv[1], &error)) == NULL
      || (tracks = tb_track_list (opened.store, visit->id, &error)) == NULL
      || (observations = tb_observation_list (opened.store, visit->id, FALSE, NULL, &error)) == NULL
      || (clips = tb_clip_list (opened.store, visit->id, FALSE, NULL, &error)) == NULL)
    return tb_command_fail (error);
  if (common.json) {
    json_object *object = json_object_new_object ();

    tb_json_add (object, "visit", tb_visit_summary (visit, tb_clock_wall ()));
    tb_json_add (object, "tracks", array_of (tracks, track_json));
    tb_json_add (object, "observations", array_of (observations, observation_json));
    tb_json_add (object, "clips", array_of (clips, clip_json));
    tb_command_print_json (object);
    return 0;
  }
  g_print ("%s\n%s, %s, %s\n", visit->id, *visit->title != '\0' ? visit->title : _ ("(without a title)"),
           *visit->teacher != '\0' ? visit->teacher : "-", tb_visit_state (visit));
  print_tracks (tracks);
  print_observations (observations);
  return 0;
}
