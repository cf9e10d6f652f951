#include "cli/command.h"

#include <glib/gi18n.h>

#include "base/json.h"
#include "observe/instrument.h"
#include "web/app.h"

static int
check_file (const char *path, gboolean json)
{
  GError *error = NULL;
  g_autoptr (TbInstrument) instrument = tb_instrument_load (path, &error);

  if (instrument == NULL)
    return tb_command_fail (error);
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
      g_print ("%-20s %2u  %s\n", tb_instrument_id (instrument), tb_instrument_n_codes (instrument),
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

static int
show_instrument (GPtrArray *catalogue, const char *id, gboolean json)
{
  for (guint i = 0; i < catalogue->len; i++) {
    const TbInstrument *instrument = catalogue->pdata[i];

    if (!g_str_equal (tb_instrument_id (instrument), id))
      continue;
    if (json) {
      g_print ("%s\n", tb_instrument_text (instrument));
      return 0;
    }
    g_print ("%s\n%s\n\n", tb_instrument_title (instrument, "nl"), tb_instrument_description (instrument, "nl"));
    for (guint c = 0; c < tb_instrument_n_codes (instrument); c++) {
      const TbCode *code = tb_instrument_code (instrument, c);

      g_print ("%s  %-6s %-28s %s\n", code->key != NULL ? code->key : " ", tb_kind_name (code->kind), code->id,
               code->title_nl);
    }
    return 0;
  }
  g_printerr (_ ("terugblik: There is no kijkwijzer “%s”\n"), id);
  return 1;
}

int
tb_command_instrument (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_autoptr (GPtrArray) catalogue = NULL;
  GError *error = NULL;

  if (!tb_command_parse ("instrument", NULL, &common, &argc, &argv))
    return 2;
  if (argc == 3 && g_str_equal (argv[1], "check"))
    return check_file (argv[2], common.json);
  catalogue = tb_app_catalogue (&error);
  if (catalogue == NULL)
    return tb_command_fail (error);
  if (argc == 2 && g_str_equal (argv[1], "list"))
    return list_catalogue (catalogue, common.json);
  if (argc == 3 && g_str_equal (argv[1], "show"))
    return show_instrument (catalogue, argv[2], common.json);
  return tb_command_usage ("instrument", "%s", _ ("Say check FILE, list, or show ID"));
}
