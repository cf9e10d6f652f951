#include "cli/command.h"

#include <glib/gi18n.h>

#include "base/time.h"

static void
print_visit (const TbVisit *visit)
{
  g_autofree char *when = tb_wall_format (visit->started_at != 0 ? visit->started_at : visit->created_at);

  g_print ("%.13s  %.10s  %-8s %4u  %s%s%s\n", visit->id, when, tb_visit_state (visit), visit->observations,
           *visit->title != '\0' ? visit->title : _ ("(without a title)"), *visit->teacher != '\0' ? ", " : "",
           visit->teacher);
}

int
tb_command_visits (int argc, char **argv)
{
  g_auto (TbCommonOptions) common = { 0 };
  g_auto (TbOpened) opened = { 0 };
  g_autoptr (GPtrArray) visits = NULL;
  g_autofree char *before = NULL;
  json_object *list;
  gboolean more = TRUE;
  GError *error = NULL;

  if (!tb_command_parse ("visits", NULL, &common, &argc, &argv))
    return 2;
  if (argc > 2)
    return tb_command_usage ("visits", _ ("“%s” is one word too many"), argv[2]);
  if (!tb_command_open (&common, &opened, &error))
    return tb_command_fail (error);
  list = json_object_new_array ();
  while (more) {
    g_clear_pointer (&visits, g_ptr_array_unref);
    visits = tb_visit_list (opened.store, NULL, argc > 1 ? argv[1] : NULL, 200, before, &more, &error);
    if (visits == NULL) {
      json_object_put (list);
      return tb_command_fail (error);
    }
    for (guint i = 0; i < visits->len; i++) {
      const TbVisit *visit = visits->pdata[i];

      if (common.json)
        json_object_array_add (list, tb_visit_summary (visit, tb_clock_wall ()));
      else
        print_visit (visit);
      g_free (before);
      before = g_strdup (visit->id);
    }
  }
  if (common.json) {
    json_object *object = json_object_new_object ();

    json_object_object_add (object, "visits", list);
    tb_command_print_json (object);
    return 0;
  }
  json_object_put (list);
  if (before == NULL)
    g_print ("%s\n", _ ("There are no visits yet. “terugblik serve” opens the page to make one."));
  return 0;
}
