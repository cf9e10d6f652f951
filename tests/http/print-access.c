/* Prints the table of access and every route as one JSON document: for the test that walks them. */
#include "base/json.h"
#include "store/person.h"
#include "web/access-table.h"
#include "web/router.h"
#include "web/viewer.h"

static json_object *
names_of (guint bits, const char *(*name) (guint bit))
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < 8; i++)
    if (bits & (1u << i))
      json_object_array_add (list, json_object_new_string (name (1u << i)));
  return list;
}

static const char *
role_name (guint bit)
{
  return tb_role_name (bit);
}

static const char *
relation_name (guint bit)
{
  switch ((TbRelation) bit) {
  case TB_RELATION_COACH: return "coach";
  case TB_RELATION_TEACHER: return "teacher";
  case TB_RELATION_WHOLE: return "whole";
  case TB_RELATION_CLIP: return "clip";
  case TB_RELATION_PRIVACY: return "privacy";
  case TB_RELATION_OBSERVER: return "observer";
  }
  return "unknown";
}

int
main (void)
{
  g_autoptr (json_object) document = json_object_new_object ();
  g_autofree char *text = NULL;
  json_object *rows = json_object_new_array ();
  json_object *routes = json_object_new_array ();

  for (const TbAccessRow *row = tb_access_table; row->method != NULL; row++) {
    json_object *object = json_object_new_object ();

    tb_json_add_string (object, "method", row->method);
    tb_json_add_string (object, "pattern", row->pattern);
    tb_json_add_bool (object, "open", (row->flags & TB_ACCESS_OPEN) != 0);
    tb_json_add (object, "roles", names_of (row->roles, role_name));
    tb_json_add (object, "relations", names_of (row->relations, relation_name));
    json_object_array_add (rows, object);
  }
  for (gsize t = 0; tb_routes[t] != NULL; t++)
    for (const TbRoute *route = tb_routes[t]; route->method != NULL; route++) {
      json_object *object = json_object_new_object ();

      tb_json_add_string (object, "method", route->method);
      tb_json_add_string (object, "pattern", route->pattern);
      json_object_array_add (routes, object);
    }
  tb_json_add (document, "rows", rows);
  tb_json_add (document, "routes", routes);
  text = tb_json_to_text (document);
  g_print ("%s\n", text);
  return 0;
}
