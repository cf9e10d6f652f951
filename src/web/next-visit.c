/* The visit that follows: made in one press from a trajectory or an agreement. */
#include "web/trajectories.h"

#include "base/json.h"

static gboolean
is_in (const GPtrArray *catalogue, const char *id)
{
  for (guint i = 0; i < catalogue->len; i++)
    if (g_str_equal (tb_instrument_id (catalogue->pdata[i]), id))
      return TRUE;
  return FALSE;
}

/* What can still be chosen of the kijkwijzers of LAST; NULL when all of them were retired since. */
static json_object *
instruments_to_json (const GPtrArray *catalogue, const TbVisit *last, const char *const *without)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < last->instruments->len; i++) {
    const char *id = last->instruments->pdata[i];

    if (is_in (catalogue, id) && !g_strv_contains (without, id))
      json_object_array_add (list, json_object_new_string (id));
  }
  if (json_object_array_length (list) == 0 && last->instruments->len > 0 && *without == NULL)
    g_clear_pointer (&list, json_object_put);
  return list;
}

TbVisit *
tb_next_visit_make (TbApp *app, const char *coach, const char *teacher, const char *teacher_person,
                    const TbVisit *last, const char *const *without, GError **error)
{
  g_autoptr (GPtrArray) catalogue = tb_catalogue_list (app->catalogue, error);
  g_autoptr (json_object) fields = json_object_new_object ();
  TbVisit *visit;

  if (catalogue == NULL)
    return NULL;
  tb_json_add_string (fields, "teacher", teacher);
  if (teacher_person != NULL)
    tb_json_add_string (fields, "teacher_person", teacher_person);
  if (last != NULL) {
    json_object *instruments = instruments_to_json (catalogue, last, without);

    tb_json_add_string (fields, "group", last->group);
    if (instruments != NULL) /* else it gets the default one */
      tb_json_add (fields, "instruments", instruments);
  }
  visit = tb_visit_create (app->store, coach, fields, catalogue, error);
  if (visit != NULL)
    tb_studio_tell_visit (app->studio, visit->id);
  return visit;
}
