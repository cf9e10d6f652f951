/* /api/instruments: the kijkwijzers there are, and each of them whole. */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/document-check.h"
#include "store/own-instrument.h"
#include "web/viewer.h"

/* --- what there is ------------------------------------------------------------- */

static json_object *
both_languages (const char *nl, const char *en)
{
  json_object *text = json_object_new_object ();

  tb_json_add_string (text, "nl", nl);
  tb_json_add_string (text, "en", en);
  return text;
}

/* In the order of TbKind. */
static json_object *
kinds_to_json (guint kinds)
{
  json_object *list = json_object_new_array ();

  for (TbKind kind = TB_KIND_POINT; kind <= TB_KIND_RATING; kind++)
    if (kinds & (1u << kind))
      json_object_array_add (list, json_object_new_string (tb_kind_name (kind)));
  return list;
}

static void
add_published (json_object *item, const TbInstrument *instrument)
{
  guint kinds = 0;

  for (guint i = 0; i < tb_instrument_n_codes (instrument); i++)
    kinds |= 1u << tb_instrument_code (instrument, i)->kind;
  tb_json_add_int (item, "version", tb_instrument_version (instrument));
  tb_json_add (item, "title",
               both_languages (tb_instrument_title (instrument, "nl"), tb_instrument_title (instrument, "en")));
  tb_json_add (
      item, "description",
      both_languages (tb_instrument_description (instrument, "nl"), tb_instrument_description (instrument, "en")));
  tb_json_add_bool (item, "default", tb_instrument_is_default (instrument));
  tb_json_add_int (item, "codes", tb_instrument_n_codes (instrument));
  tb_json_add (item, "kinds", kinds_to_json (kinds));
}

/* A draft need not be right: what is there of a text in both languages. */
static json_object *
words_of (json_object *document, const char *field)
{
  json_object *words = json_object_object_get (document, field);
  const char *nl = NULL, *en = NULL;

  if (json_object_is_type (words, json_type_object)) {
    tb_json_get_string (words, "nl", 0, TB_INSTRUMENT_TEXT_MAX, &nl, NULL, NULL);
    tb_json_get_string (words, "en", 0, TB_INSTRUMENT_TEXT_MAX, &en, NULL, NULL);
  }
  return both_languages (nl != NULL ? nl : "", en != NULL ? en : "");
}

static guint
kind_of (json_object *code)
{
  const char *name = NULL;
  TbKind kind;

  return json_object_is_type (code, json_type_object)
                 && tb_json_get_string (code, "kind", 0, TB_ID_MAX_LENGTH, &name, NULL, NULL) && name != NULL
                 && tb_kind_from_name (name, &kind)
             ? 1u << kind
             : 0;
}

/* Of one of which nothing was published. */
static void
add_unpublished (json_object *item, const TbCatalogueEntry *entry)
{
  g_autoptr (json_object) document = tb_json_parse (entry->draft_text, strlen (entry->draft_text), NULL);
  json_object *codes = json_object_object_get (document, "codes");
  gsize count = json_object_is_type (codes, json_type_array) ? json_object_array_length (codes) : 0;
  guint kinds = 0;

  for (gsize i = 0; i < count; i++)
    kinds |= kind_of (json_object_array_get_idx (codes, i));
  tb_json_add_int (item, "version", entry->draft);
  tb_json_add (item, "title", words_of (document, "title"));
  tb_json_add (item, "description", words_of (document, "description"));
  tb_json_add_bool (item, "default", FALSE);
  tb_json_add_int (item, "codes", (gint64)count);
  tb_json_add (item, "kinds", kinds_to_json (kinds));
}

static json_object *
entry_to_json (const TbCatalogueEntry *entry, gboolean coach)
{
  json_object *item = json_object_new_object ();

  tb_json_add_string (item, "id", entry->id);
  if (entry->newest != NULL)
    add_published (item, entry->newest);
  else
    add_unpublished (item, entry);
  tb_json_add_bool (item, "own", entry->own);
  if (!coach)
    return item;
  if (entry->draft > 0)
    tb_json_add_int (item, "draft", entry->draft);
  else
    tb_json_add (item, "draft", NULL);
  tb_json_add_bool (item, "retired", entry->retired);
  tb_json_add_int (item, "used", entry->used);
  return item;
}

static gboolean
is_coach (TbRequest *request)
{
  return tb_viewer_has (tb_request_viewer (request), TB_ROLE_COACH);
}

/* Who is no coach is told what can be chosen, and nothing of how it is used or made. */
static TbReply *
list_instruments (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) entries = tb_catalogue_overview (app->catalogue, &error);
  gboolean coach = is_coach (request);
  json_object *body, *list;

  if (entries == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < entries->len; i++) {
    const TbCatalogueEntry *entry = entries->pdata[i];

    if (coach || (entry->newest != NULL && !entry->retired))
      json_object_array_add (list, entry_to_json (entry, coach));
  }
  tb_json_add (body, "instruments", list);
  return tb_reply_json (200, body);
}

/* --- one of them ---------------------------------------------------------------- */

static TbReply *
reply_instrument (const TbInstrument *instrument)
{
  const char *text = tb_instrument_text (instrument);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return tb_reply_header (tb_reply_bytes (200, "application/json; charset=utf-8", bytes), "Cache-Control", "no-store");
}

static TbReply *
get_draft (TbApp *app, TbRequest *request, const char *id)
{
  GError *error = NULL;
  g_autoptr (TbOwnDraft) draft = NULL;
  json_object *body;

  if (!is_coach (request))
    return tb_reply_problem (403, "denied", "Only coaches see what is not published yet");
  draft = tb_own_instrument_draft (app->catalogue, id, &error);
  body = draft != NULL ? tb_own_draft_to_json (draft, &error) : NULL;
  return body != NULL ? tb_reply_json (200, body) : tb_reply_error (error);
}

static TbReply *
get_instrument (TbApp *app, TbRequest *request)
{
  const char *id = tb_request_param (request, "instrument");
  GError *error = NULL;
  g_autoptr (TbInstrument) instrument = NULL;
  gint64 version = 0;

  if (g_strcmp0 (tb_request_query (request, "version"), "draft") == 0)
    return get_draft (app, request, id);
  if (tb_request_query_int (request, "version", 1, 1000000, 0, &version, &error))
    instrument = tb_catalogue_find (app->catalogue, id, version, &error);
  return instrument != NULL ? reply_instrument (instrument) : tb_reply_error (error);
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
