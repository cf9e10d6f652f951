/* /api/register and /api/numbers: what there is, without a second of footage */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/register.h"

static json_object *
row_to_json (const TbRegisterRow *row, guint64 bytes)
{
  json_object *object = json_object_new_object ();
  json_object *coach = NULL;

  if (row->coach != NULL) {
    coach = json_object_new_object ();
    tb_json_add_string (coach, "id", row->coach);
    tb_json_add_string (coach, "name", row->coach_name);
  }
  tb_json_add_string (object, "id", row->id);
  tb_json_add_string (object, "title", row->title);
  tb_json_add (object, "coach", coach);
  tb_json_add_string (object, "teacher", row->teacher);
  tb_json_add_wall (object, "started_at", row->started_at);
  tb_json_add_int (object, "bytes", (gint64) bytes);
  tb_json_add_int (object, "releases", row->releases);
  tb_json_add_wall (object, "first_until", row->first_until);
  return object;
}

static TbReply *
get_register (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) rows = tb_register_list (app->store, tb_clock_wall (), &error);
  g_autoptr (json_object) visits = json_object_new_array ();
  json_object *body;

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const TbRegisterRow *row = rows->pdata[i];
    guint64 bytes = 0;

    if (!tb_media_store_stored_bytes (app->media, row->id, &bytes, &error))
      return tb_reply_error (error);
    json_object_array_add (visits, row_to_json (row, bytes));
  }
  if (rows == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  tb_json_add (body, "visits", g_steal_pointer (&visits));
  return tb_reply_json (200, body);
}

static gboolean
count_bytes (TbApp *app, guint64 *total, GError **error)
{
  g_autoptr (GPtrArray) visits = tb_media_store_list_visits (app->media, error);

  for (guint i = 0; visits != NULL && i < visits->len; i++) {
    guint64 bytes = 0;

    if (!tb_media_store_stored_bytes (app->media, visits->pdata[i], &bytes, error))
      return FALSE;
    *total += bytes;
  }
  return visits != NULL;
}

static TbReply *
get_numbers (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (json_object) numbers = tb_register_numbers (app->store, &error);
  guint64 bytes = 0;

  if (numbers == NULL || !count_bytes (app, &bytes, &error))
    return tb_reply_error (error);
  tb_json_add_int (numbers, "bytes", (gint64) bytes);
  return tb_reply_json (200, g_steal_pointer (&numbers));
}

const TbRoute tb_routes_register[] = {
  { "GET", "/api/register", get_register, 0 },
  { "GET", "/api/numbers", get_numbers, 0 },
  { NULL },
};
