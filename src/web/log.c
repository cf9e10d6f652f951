/* /api/visits/{visit}/log, /api/log: who looked */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "store/view-log.h"

#define ROWS_DEFAULT 200
#define ROWS_MAX 1000

/* *SOUND: whether the whole chain is as it was written. FALSE when that could not be found out. */
static gboolean
verify (TbApp *app, gboolean *sound, GError **error)
{
  g_autoptr (GError) problem = NULL;

  *sound = tb_view_log_verify (app->store, &problem);
  if (*sound)
    return TRUE;
  if (!g_error_matches (problem, TB_ERROR, TB_ERROR_CORRUPT)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  g_message ("%s", problem->message);
  return TRUE;
}

/* VISIT NULL: of all. */
static TbReply *
list_rows (TbApp *app, TbRequest *request, const char *visit)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  json_object *body, *list;
  gint64 before, limit;
  gboolean more = FALSE, sound = FALSE;

  if (!tb_request_query_int (request, "before", 1, G_MAXINT64, 0, &before, &error)
      || !tb_request_query_int (request, "limit", 1, ROWS_MAX, ROWS_DEFAULT, &limit, &error)
      || (rows = tb_view_log_list (app->store, visit, before, (guint) limit, &more, &error)) == NULL
      || !verify (app, &sound, &error))
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < rows->len; i++)
    json_object_array_add (list, tb_view_log_row_to_json (rows->pdata[i]));
  tb_json_add (body, "rows", list);
  tb_json_add_bool (body, "sound", sound);
  tb_json_add_bool (body, "more", more);
  return tb_reply_json (200, body);
}

static TbReply *
list_of_visit (TbApp *app, TbRequest *request)
{
  return list_rows (app, request, tb_request_param (request, "visit"));
}

static TbReply *
list_all (TbApp *app, TbRequest *request)
{
  return list_rows (app, request, NULL);
}

const TbRoute tb_routes_log[] = {
  { "GET", "/api/visits/{visit}/log", list_of_visit, 0 },
  { "GET", "/api/log", list_all, 0 },
  { NULL },
};
