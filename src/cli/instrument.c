#include "cli/command.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/document-check.h"
#include "observe/instrument.h"
#include "store/catalogue.h"
#include "web/app.h"

static void
print_problems (const char *path, GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++) {
    const TbDocumentProblem *problem = problems->pdata[i];
    const char *field = *problem->field != '\0' ? problem->field : _ ("the whole");

    if (problem->line > 0)
      g_printerr (_ ("terugblik: %s: %s (line %u): %s\n"), path, field, problem->line, problem->message);
    else
      g_printerr ("terugblik: %s: %s: %s\n", path, field, problem->message);
  }
}

static void
print_problems_json (GPtrArray *problems)
{
  json_object *object = json_object_new_object ();
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < problems->len; i++) {
    const TbDocumentProblem *problem = problems->pdata[i];
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "field", problem->field);
    if (problem->line > 0)
      tb_json_add_int (item, "line", problem->line);
    else
      tb_json_add (item, "line", NULL);
    tb_json_add_string (item, "message", problem->message);
    json_object_array_add (list, item);
  }
  tb_json_add (object, "problems", list);
  tb_command_print_json (object);
}

/* All that is wrong with the file at PATH; ERROR (taken) when it cannot be read, or is no longer wrong. */
static int
fail_check (const char *path, gboolean json, GError *error)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_error_matches (error, TB_ERROR, TB_ERROR_INVALID) || !g_file_get_contents (path, &text, &length, NULL))
    return tb_command_fail (error);
  problems = tb_instrument_problems (text, length);
  if (problems->len == 0)
    return tb_command_fail (error);
  g_error_free (error);
  print_problems (path, problems);
  if (json)
    print_problems_json (problems);
  return 1;
}

static int
check_file (const char *path, gboolean json)
{
  GError *error = NULL;
  g_autoptr (TbInstrument) instrument = tb_instrument_load (path, &error);

  if (instrument == NULL)
    return fail_check (path, json, error);
  if (json) {
    json_object *object = json_object_new_object ();

    tb_json_add_string (object, "id", tb_instrument_id (instrument));
    tb_json_add_int (object, "version", tb_instrument_version (instrument));
    tb_json_add_int (object, "codes", tb_instrument_n_codes (instrument));
    tb_command_print_json (object);
  } else {
    g_print (_ ("%s: %s, version %d, %u codes\n"), path, tb_instrument_title (instrument, "nl"),
             (int) tb_instrument_version (instrument), tb_instrument_n_codes (instrument));
  }
  return 0;
}

static int
list_catalogue (GPtrArray *catalogue, gboolean json)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < catalogue->len; i++) {
    const TbInstrument *instrument = catalogue->pdata[i];
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "id", tb_instrument_id (instrument));
    tb_json_add_int (item, "version", tb_instrument_version (instrument));
    tb_json_add_int (item, "codes", tb_instrument_n_codes (instrument));
    json_object_array_add (list, item);
    if (!json)
      g_print ("%-25s %2u  %s\n", tb_instrument_id (instrument), tb_instrument_n_codes (instrument),
               tb_instrument_title (instrument, "nl"));
  }
  if (json) {
    json_object *object = json_object_new_object ();

    tb_json_add (object, "instruments", list);
    tb_command_print_json (object);
  } else {
    json_object_put (list);
  }
  return 0;
}

/* What CODE is seen in, rated on or said with, as the end of its line. */
static void
print_parts_of (const TbCode *code)
{
  if (code->group != NULL)
    g_print (_ ("  group %s"), code->group);
  if (code->scale != NULL)
    g_print (_ ("  scale %s"), code->scale->id);
  if (code->sampling != NULL)
    g_print (_ ("  sampling %s"), code->sampling->id);
  for (const TbModifier **one = code->modifiers; one != NULL && *one != NULL; one++)
    g_print ("%s%s", one == code->modifiers ? _ ("  modifiers ") : ", ", (*one)->id);
  g_print ("\n");
}

static void
print_samplings (const TbInstrument *instrument)
{
  for (guint i = 0; i < tb_instrument_n_samplings (instrument); i++) {
    const TbSampling *sampling = tb_instrument_sampling (instrument, i);
    const char *rule = sampling->rule == TB_SAMPLING_PARTIAL ? _ ("seen at any time in it")
                       : sampling->rule == TB_SAMPLING_WHOLE ? _ ("seen all the time")
                                                             : _ ("seen at the signal");

    g_print (_ ("\nsampling %s: every %g s, %s, %s\n"), sampling->id, tb_time_to_seconds (sampling->every), rule,
             sampling->many ? _ ("several codes") : _ ("one code"));
    if (sampling->none != NULL)
      g_print (_ ("  nothing of these: %s\n"), sampling->none);
  }
}

static void
print_scale (const TbScale *scale)
{
  g_print (_ ("\nscale %s: %s%s\n"), scale->id, scale->title_nl, scale->not_applicable ? _ (", or n/a") : "");
  for (guint i = 0; i < scale->steps->len; i++) {
    const TbStep *step = &g_array_index (scale->steps, TbStep, i);

    g_print ("  %3d  %s%s%s\n", (int) step->value, step->title_nl, step->anchor_nl != NULL ? ": " : "",
             step->anchor_nl != NULL ? step->anchor_nl : "");
  }
}

static void
print_modifier (const TbModifier *modifier)
{
  if (modifier->form == TB_MODIFIER_AMOUNT) {
    g_print (_ ("\nmodifier %s: %s, a number from %g to %g\n"), modifier->id, modifier->title_nl, modifier->min,
             modifier->max);
    return;
  }
  g_print (modifier->form == TB_MODIFIER_ONE ? _ ("\nmodifier %s: %s, one of\n") : _ ("\nmodifier %s: %s, any of\n"),
           modifier->id, modifier->title_nl);
  for (guint i = 0; i < modifier->choices->len; i++) {
    const TbChoice *choice = &g_array_index (modifier->choices, TbChoice, i);

    g_print ("  %-28s %s\n", choice->id, choice->title_nl);
  }
}

/* The scales and modifiers that codes use, each once. */
static void
print_used (const TbInstrument *instrument)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < tb_instrument_n_codes (instrument); i++) {
    const TbCode *code = tb_instrument_code (instrument, i);

    if (code->scale != NULL && g_hash_table_add (seen, (gpointer) code->scale))
      print_scale (code->scale);
    for (const TbModifier **one = code->modifiers; one != NULL && *one != NULL; one++)
      if (g_hash_table_add (seen, (gpointer) *one))
        print_modifier (*one);
  }
}

static int
show_instrument (const TbInstrument *instrument, gboolean json)
{
  if (json) {
    g_print ("%s\n", tb_instrument_text (instrument));
    return 0;
  }
  g_print ("%s\n%s\n\n", tb_instrument_title (instrument, "nl"), tb_instrument_description (instrument, "nl"));
  for (guint c = 0; c < tb_instrument_n_codes (instrument); c++) {
    const TbCode *code = tb_instrument_code (instrument, c);

    g_print ("%s  %-8s %-28s %s", code->key != NULL ? code->key : " ", tb_kind_name (code->kind), code->id,
             code->title_nl);
    print_parts_of (code);
  }
  print_samplings (instrument);
  print_used (instrument);
  return 0;
}

/* Those of the program, and of the school when there is a data folder. A folder is not made for this. */
static TbCatalogue *
open_catalogue (const TbCommonOptions *common, TbOpened *opened, GError **error)
{
  g_autofree char *path = tb_folder_default (common->data);

  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !tb_command_open (common, opened, error))
    return NULL;
  return tb_app_catalogue_of (opened->store, error);
}

static int
look_into_catalogue (const TbCommonOptions *common, const char *id)
{
  g_auto (TbOpened) opened = { 0 };
  GError *error = NULL;
  g_autoptr (TbCatalogue) catalogue = open_catalogue (common, &opened, &error);
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (TbInstrument) instrument = NULL;

  if (catalogue == NULL)
    return tb_command_fail (error);
  if (id == NULL) {
    list = tb_catalogue_list (catalogue, &error);
    return list != NULL ? list_catalogue (list, common->json) : tb_command_fail (error);
  }
  instrument = tb_catalogue_find (catalogue, id, 0, &error);
  if (instrument != NULL)
    return show_instrument (instrument, common->json);
  if (!g_error_matches (error, TB_ERROR, TB_ERROR_NOT_FOUND))
    return tb_command_fail (error);
  g_error_free (error);
  g_printerr (_ ("terugblik: There is no kijkwijzer “%s”\n"), id);
  return 1;
}

int
tb_command_instrument (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };

  if (!tb_command_parse ("instrument", NULL, &common, &argc, &argv))
    return 2;
  if (argc == 3 && g_str_equal (argv[1], "check"))
    return check_file (argv[2], common.json);
  if (argc == 2 && g_str_equal (argv[1], "list"))
    return look_into_catalogue (&common, NULL);
  if (argc == 3 && g_str_equal (argv[1], "show"))
    return look_into_catalogue (&common, argv[2]);
  return tb_command_usage ("instrument", "%s", _ ("Say check FILE, list, or show ID"));
}
