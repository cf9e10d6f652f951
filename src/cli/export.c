#include "cli/command.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/loss-print.h"
#include "web/foreign.h"

/* The ids of all formats that can be written. New string. */
static char *
format_names (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < tb_format_count (); i++)
    if (tb_format_at (i)->write != NULL)
      g_ptr_array_add (names, (gpointer) tb_format_at (i)->id);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

/* The ids that PREFIXES mean; array of char *, new. */
static GPtrArray *
find_visits (TbOpened *opened, char **prefixes, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (; *prefixes != NULL; prefixes++) {
    char *id = tb_visit_find (opened->store, *prefixes, error);

    if (id == NULL)
      return NULL;
    if (g_ptr_array_find_with_equal_func (ids, id, g_str_equal, NULL)) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, _ ("“%s” is a visit that was named before"), *prefixes);
      g_free (id);
      return NULL;
    }
    g_ptr_array_add (ids, id);
  }
  return g_steal_pointer (&ids);
}

static gboolean
put_bytes (GBytes *bytes, const char *output, GError **error)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) problem = NULL;

  if (output == NULL) {
    if (fwrite (data, 1, size, stdout) == size && fflush (stdout) == 0)
      return TRUE;
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "%s", _ ("Could not write to standard output"));
    return FALSE;
  }
  /* What was seen of a teacher is for nobody else on this machine. */
  if (g_file_set_contents_full (output, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &problem))
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "%s", problem->message);
  return FALSE;
}

static json_object *
report_json (const TbFormat *format, const char *output, GPtrArray *visits, GBytes *bytes, const TbLoss *loss)
{
  json_object *object = json_object_new_object (), *list = json_object_new_array ();

  for (guint i = 0; i < visits->len; i++)
    json_object_array_add (list, json_object_new_string (g_ptr_array_index (visits, i)));
  tb_json_add_string (object, "file", output);
  tb_json_add_string (object, "format", format->id);
  tb_json_add (object, "visits", list);
  tb_json_add_int (object, "bytes", (gint64) g_bytes_get_size (bytes));
  tb_json_add (object, "loss", tb_loss_to_json (loss));
  return object;
}

static int
run (const TbCommonOptions *common, const TbFormat *format, const char *output, char **prefixes)
{
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (GPtrArray) visits = NULL;
  g_autoptr (TbExchange) document = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GError *error = NULL;

  if (!tb_command_open (common, &opened, &error) || (visits = find_visits (&opened, prefixes, &error)) == NULL
      || (document = tb_foreign_give (opened.store, visits, NULL, loss, &error)) == NULL
      || (bytes = format->write (document, loss, &error)) == NULL || !put_bytes (bytes, output, &error))
    return tb_command_fail (error);
  if (common->json) {
    tb_command_print_json (report_json (format, output, visits, bytes, loss));
  } else {
    if (output != NULL)
      g_print ("%s (%s)\n", output, format->title);
    tb_loss_print (loss, output == NULL);
  }
  return tb_loss_status (loss);
}

int
tb_command_export (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_autofree char *format_id = NULL, *output = NULL, *names = format_names ();
  const TbFormat *format;
  const GOptionEntry entries[] = {
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format_id, N_ ("As which program's file"), N_ ("FORMAT") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_ ("Write to this file, and not to standard output"),
      N_ ("FILE") },
    { NULL },
  };

  if (!tb_command_parse ("export", entries, &common, &argc, &argv))
    return 2;
  if (argc < 2)
    return tb_command_usage ("export", "%s", _ ("Name a visit; “terugblik visits” lists them"));
  if (format_id == NULL)
    return tb_command_usage ("export", _ ("Say --format: %s"), names);
  format = tb_format_find (format_id);
  if (format == NULL || format->write == NULL)
    return tb_command_usage ("export", _ ("“%s” is none of the formats: %s"), format_id, names);
  if (common.json && output == NULL)
    return tb_command_usage ("export", "%s", _ ("With --json the file goes to -o FILE"));
  return run (&common, format, output, argv + 1);
}
