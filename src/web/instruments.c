/* /api/instruments: the kijkwijzers that can be chosen. */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"

static json_object *
both_languages (const char *nl, const char *en)
{
  json_object *text = json_object_new_object ();

  tb_json_add_string (text, "nl", nl);
  tb_json_add_string (text, "en", en);
  return text;
}

static TbReply *
list_instruments (TbApp *app, TbRequest *request)
{
  json_object *body = json_object_new_object ();
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < app->catalogue->len; i++) {
    const TbInstrument *instrument = app->catalogue->pdata[i];
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "id", tb_instrument_id (instrument));
    tb_json_add_int (item, "version", tb_instrument_version (instrument));
    tb_json_add (item, "title",
                 both_languages (tb_instrument_title (instrument, "nl"), tb_instrument_title (instrument, "en")));
    tb_json_add (item, "description", both_languages (tb_instrument_description (instrument, "nl"),
                                                      tb_instrument_description (instrument, "en")));
    tb_json_add_bool (item, "default", tb_instrument_is_default (instrument));
    tb_json_add_int (item, "codes", tb_instrument_n_codes (instrument));
    json_object_array_add (list, item);
  }
  tb_json_add (body, "instruments", list);
  return tb_reply_json (200, body);
}

static TbReply *
reply_instrument (const TbInstrument *instrument)
{
  const char *text = tb_instrument_text (instrument);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return tb_reply_header (tb_reply_bytes (200, "application/json; charset=utf-8", bytes), "Cache-Control", "no-store");
}

static TbReply *
get_instrument (TbApp *app, TbRequest *request)
{
  const char *id = tb_request_param (request, "instrument");

  for (guint i = 0; i < app->catalogue->len; i++)
    if (g_str_equal (tb_instrument_id (app->catalogue->pdata[i]), id))
      return reply_instrument (app->catalogue->pdata[i]);
  return tb_reply_problem (404, "not-found", "There is no kijkwijzer of this name");
}

/* In the version that the visit uses, which may be older than the catalogue's. */
static TbReply *
get_visit_instrument (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (TbInstrument) instrument = NULL;

  if (visit != NULL)
    instrument = tb_visit_instrument (app->store, visit->id, tb_request_param (request, "instrument"), &error);
  if (instrument == NULL)
    return tb_reply_error (error);
  return reply_instrument (instrument);
}

const TbRoute tb_routes_instruments[] = {
  { "GET", "/api/instruments", list_instruments, 0 },
  { "GET", "/api/instruments/{instrument}", get_instrument, 0 },
  { "GET", "/api/visits/{visit}/instruments/{instrument}", get_visit_instrument, 0 },
  { NULL },
};
