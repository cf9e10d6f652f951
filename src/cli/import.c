#include "cli/command.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/loss-print.h"
#include "store/own-instrument.h"
#include "store/person.h"
#include "web/app.h"
#include "web/foreign.h"

/* As they were typed. */
typedef struct {
  char *visit, *map, *by, *coach;
  gboolean dry;
} Options;

typedef struct {
  const TbCommonOptions *common;
  const Options *options;
  TbOpened opened;
  TbCatalogue *catalogue;
  TbForeignChoice choice;
  char *coach;          /* id */
  json_object *reports; /* one for each file */
  int status;
} Import;

static void
options_clear (Options *options)
{
  g_free (options->visit);
  g_free (options->map);
  g_free (options->by);
  g_free (options->coach);
}

static void
import_clear (Import *import)
{
  tb_foreign_choice_clear (&import->choice);
  tb_catalogue_free (import->catalogue);
  json_object_put (import->reports);
  g_free (import->coach);
  tb_opened_clear (&import->opened);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

static gboolean
read_map (Import *import, GError **error)
{
  g_autoptr (json_object) map = NULL;

  if (import->options->map == NULL)
    return TRUE;
  map = tb_json_parse_file (import->options->map, error);
  if (map == NULL)
    return FALSE;
  if (tb_foreign_choice_read (&import->choice, map, NULL, error))
    return TRUE;
  g_prefix_error (error, "%s: ", import->options->map);
  return FALSE;
}

static gboolean
find_visit (Import *import, GError **error)
{
  g_autoptr (TbVisit) visit = NULL;

  if (import->options->visit == NULL)
    return TRUE;
  visit = tb_command_visit (&import->opened, import->options->visit, error);
  if (visit == NULL)
    return FALSE;
  g_free (import->choice.visit);
  import->choice.visit = g_strdup (visit->id);
  return TRUE;
}

static gboolean
find_coach (Import *import, GError **error)
{
  g_autoptr (TbPerson) person = NULL;

  if (import->options->coach == NULL)
    return TRUE;
  person = tb_person_get_by_login (import->opened.store, import->options->coach, error);
  if (person == NULL)
    return FALSE;
  if ((person->roles & TB_ROLE_COACH) == 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, _ ("“%s” is no coach"), import->options->coach);
    return FALSE;
  }
  import->coach = g_strdup (person->id);
  return TRUE;
}

/* --- kijkwijzers ---------------------------------------------------------------- */

static json_object *
instrument_report (const char *path, const TbInstrument *instrument)
{
  json_object *report = json_object_new_object (), *object = json_object_new_object (),
              *words = json_object_new_object ();
  g_autoptr (TbLoss) none = tb_loss_new ();

  tb_json_add_string (words, "nl", tb_instrument_title (instrument, "nl"));
  tb_json_add_string (words, "en", tb_instrument_title (instrument, "en"));
  tb_json_add_string (object, "id", tb_instrument_id (instrument));
  tb_json_add (object, "title", words);
  tb_json_add_string (report, "file", path);
  tb_json_add_string (report, "format", "kijkwijzer");
  tb_json_add (report, "visits", json_object_new_array ());
  tb_json_add (report, "instrument", object);
  tb_json_add (report, "loss", tb_loss_to_json (none));
  return report;
}

/* Publishes the kijkwijzer in TEXT as one of the school's. */
static gboolean
import_instrument (Import *import, const char *path, const char *text, gsize length, GError **error)
{
  g_autoptr (TbInstrument) read = tb_instrument_parse (text, length, error);
  g_autoptr (json_object) json = read != NULL ? tb_json_parse (text, length, error) : NULL;
  g_autoptr (TbInstrument) instrument = NULL;

  if (json != NULL)
    instrument = tb_own_instrument_import (import->catalogue, json, import->options->dry, tb_clock_wall (), error);
  if (instrument == NULL)
    return FALSE;
  json_object_array_add (import->reports, instrument_report (path, instrument));
  if (!import->common->json)
    g_print (_ ("%s: kijkwijzer “%s” (%s)\n"), path, tb_instrument_title (instrument, "nl"),
             tb_instrument_id (instrument));
  return TRUE;
}

/* --- other programs' files --------------------------------------------------------- */

static const char *
text_of (json_object *object, const char *field)
{
  json_object *value = NULL;

  return json_object_object_get_ex (object, field, &value) && value != NULL ? json_object_get_string (value) : "";
}

static void
print_taken (const TbForeignFile *file, const char *path, json_object *taken, const TbLoss *loss)
{
  json_object *visits = NULL, *instrument = NULL, *words = NULL;

  json_object_object_get_ex (taken, "visits", &visits);
  json_object_object_get_ex (taken, "instrument", &instrument);
  g_print ("%s (%s)\n", path, file->format->title);
  for (gsize i = 0; i < json_object_array_length (visits); i++) {
    json_object *visit = json_object_array_get_idx (visits, i);

    if (*text_of (visit, "id") != '\0')
      g_print ("  %s", text_of (visit, "id"));
    g_print (_ ("  %s: %s observations\n"), text_of (visit, "title"), text_of (visit, "observations"));
  }
  if (instrument != NULL && json_object_object_get_ex (instrument, "title", &words))
    g_print (_ ("  New kijkwijzer: %s (%s)\n"), text_of (words, "nl"), text_of (instrument, "id"));
  tb_loss_print (loss, FALSE);
}

static gboolean
import_foreign (Import *import, const char *path, GBytes *bytes, GError **error)
{
  g_autoptr (TbForeignFile) file = tb_foreign_read (path, bytes, error);
  TbForeignTaker taker = { import->coach, NULL, import->options->by != NULL ? import->options->by : g_get_user_name (),
                           TRUE, import->options->dry };
  g_autoptr (TbLoss) loss = NULL;
  json_object *taken
      = file != NULL ? tb_foreign_take (file, import->opened.store, import->catalogue, &import->choice, &taker, &loss, error)
                     : NULL;

  if (taken == NULL)
    return FALSE;
  if (!import->common->json)
    print_taken (file, path, taken, loss);
  tb_json_add_string (taken, "file", path);
  tb_json_add_string (taken, "format", file->format->id);
  json_object_array_add (import->reports, taken);
  import->status = MAX (import->status, tb_loss_status (loss));
  return TRUE;
}

static gboolean
import_file (Import *import, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) problem = NULL;
  char *data = NULL;
  gsize length = 0;
  GStatBuf about;

  if (g_stat (path, &about) == 0 && S_ISREG (about.st_mode) && !tb_foreign_may_be (path, (guint64) about.st_size, error))
    return FALSE;
  if (!g_file_get_contents (path, &data, &length, &problem)) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "%s", problem->message);
    return FALSE;
  }
  bytes = g_bytes_new_take (data, length);
  return tb_foreign_is_instrument (bytes) ? import_instrument (import, path, data, length, error)
                                          : import_foreign (import, path, bytes, error);
}

static int
run (Import *import, char **paths)
{
  GError *error = NULL;
  int failed = 0;

  import->reports = json_object_new_array ();
  if (!tb_command_open (import->common, &import->opened, &error) || !read_map (import, &error)
      || !find_visit (import, &error) || !find_coach (import, &error)
      || (import->catalogue = tb_app_catalogue_of (import->opened.store, &error)) == NULL)
    return tb_command_fail (error);
  for (; *paths != NULL; paths++) {
    if (import_file (import, *paths, &error))
      continue;
    g_prefix_error (&error, "%s: ", *paths);
    failed = tb_command_fail (g_steal_pointer (&error));
  }
  if (import->common->json) {
    json_object *object = json_object_new_object ();

    tb_json_add_bool (object, "dry_run", import->options->dry);
    tb_json_add (object, "files", g_steal_pointer (&import->reports));
    tb_command_print_json (object);
  } else if (import->options->dry) {
    g_print ("%s\n", _ ("Nothing was changed."));
  }
  return failed != 0 ? failed : import->status;
}

int
tb_command_import (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_auto (Options) o = { 0 };
  g_auto (Import) import = { &common, &o };
  const GOptionEntry entries[] = {
    { "visit", 0, 0, G_OPTION_ARG_STRING, &o.visit, N_ ("Add to this visit in place of making one"), N_ ("VISIT") },
    { "map", 0, 0, G_OPTION_ARG_FILENAME, &o.map,
      N_ ("What becomes of what: a JSON file with “codes” (code: {instrument, code}, or null to leave it out),"
          " “sets” (names of parts to take) and “columns” (column of a table: what it is)"),
      N_ ("FILE") },
    { "by", 0, 0, G_OPTION_ARG_STRING, &o.by, N_ ("Who observed, where the file does not say"), N_ ("NAME") },
    { "coach", 0, 0, G_OPTION_ARG_STRING, &o.coach, N_ ("Whose the new visits are"), N_ ("LOGIN") },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &o.dry, N_ ("Only say what would come of it"), NULL },
    { NULL },
  };

  if (!tb_command_parse ("import", entries, &common, &argc, &argv))
    return 2;
  if (argc < 2)
    return tb_command_usage ("import", "%s", _ ("Name a file"));
  if (o.visit != NULL && o.coach != NULL)
    return tb_command_usage ("import", "%s", _ ("Give --visit or --coach, not both: a visit has its coach already"));
  return run (&import, argv + 1);
}
