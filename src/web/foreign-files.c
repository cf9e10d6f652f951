/* /api/formats, /api/visits/{visit}/foreign: a visit as another program's file. */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "web/foreign.h"

static TbReply *
list_formats (TbApp *app, TbRequest *request)
{
  json_object *body = json_object_new_object (), *list = json_object_new_array ();

  for (guint i = 0; i < tb_format_count (); i++) {
    const TbFormat *format = tb_format_at (i);
    json_object *item = json_object_new_object (), *suffixes = json_object_new_array ();

    for (guint s = 0; format->suffixes[s] != NULL; s++)
      json_object_array_add (suffixes, json_object_new_string (format->suffixes[s]));
    tb_json_add_string (item, "id", format->id);
    tb_json_add_string (item, "title", format->title);
    tb_json_add (item, "suffixes", suffixes);
    tb_json_add_bool (item, "reads", format->read != NULL);
    tb_json_add_bool (item, "writes", format->write != NULL);
    json_object_array_add (list, item);
  }
  tb_json_add (body, "formats", list);
  return tb_reply_json (200, body);
}

/* The visit as a file, with what the coach is shown. *LOSS: new. *BYTES: new. */
static gboolean
write_visit (TbApp *app, TbRequest *request, const TbVisit *visit, const TbFormat **format, TbLoss **loss,
             GBytes **bytes, GError **error)
{
  const char *id = tb_request_query (request, "format");
  g_autoptr (TbLoss) report = tb_loss_new ();
  g_autoptr (GPtrArray) visits = g_ptr_array_new ();
  g_autoptr (TbExchange) document = NULL;

  *format = tb_format_find (id);
  if (*format == NULL || (*format)->write == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“format” must be one of those that can be written");
    return FALSE;
  }
  g_ptr_array_add (visits, visit->id);
  document = tb_foreign_give (app->store, visits, tb_request_viewer (request)->person->id, report, error);
  *bytes = document != NULL ? (*format)->write (document, report, error) : NULL;
  if (*bytes == NULL)
    return FALSE;
  *loss = g_steal_pointer (&report);
  return TRUE;
}

/* RFC 6266: a plain name for old programs, the whole one for the others. New. */
static char *
disposition (const TbVisit *visit, const TbFormat *format)
{
  g_autofree char *title = g_strdup (*visit->title != '\0' ? visit->title : "klassenbezoek");
  g_autofree char *ascii = NULL, *name = NULL, *escaped = NULL;

  for (char *at = title; *at != '\0'; at++)
    if ((guchar) *at < ' ' || strchr ("/\\:*?\"<>|", *at) != NULL)
      *at = ' ';
  g_strstrip (title);
  name = g_strconcat (title, format->suffixes[0], NULL);
  ascii = g_str_to_ascii (name, "C");
  for (char *at = ascii; *at != '\0'; at++)
    if (*at < ' ' || *at == 0x7f || strchr ("\"\\", *at) != NULL)
      *at = '_';
  escaped = g_uri_escape_string (name, NULL, FALSE);
  return g_strdup_printf ("attachment; filename=\"%s\"; filename*=UTF-8''%s", ascii, escaped);
}

static TbReply *
get_foreign (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (TbLoss) loss = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *header = NULL;
  const TbFormat *format = NULL;
  TbReply *reply;

  if (visit == NULL || !write_visit (app, request, visit, &format, &loss, &bytes, &error))
    return tb_reply_error (error);
  header = disposition (visit, format);
  reply = tb_reply_bytes (200, format->media_type, bytes);
  tb_reply_header (reply, "Cache-Control", "no-store");
  return tb_reply_header (reply, "Content-Disposition", header);
}

static TbReply *
get_foreign_loss (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (TbLoss) loss = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const TbFormat *format = NULL;

  if (visit == NULL || !write_visit (app, request, visit, &format, &loss, &bytes, &error))
    return tb_reply_error (error);
  return tb_reply_json (200, tb_loss_to_json (loss));
}

const TbRoute tb_routes_foreign_files[] = {
  { "GET", "/api/formats", list_formats, 0 },
  { "GET", "/api/visits/{visit}/foreign", get_foreign, 0 },
  { "GET", "/api/visits/{visit}/foreign/loss", get_foreign_loss, 0 },
  { NULL },
};
