/* /api/instruments: making and publishing those of the school. All coaches work on the same ones; whoever has their
 * list or one of them on the screen is told of every change (event "instruments"). */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "observe/document-check.h"
#include "store/own-instrument.h"
#include "web/viewer.h"

/* A document of TB_INSTRUMENT_TEXT_MAX, in which every character may be written as several. */
#define BODY_MAX (4 * 1024 * 1024)
/* Whole numbers that a browser can tell apart. */
#define REVISION_MAX ((G_GINT64_CONSTANT (1) << 53) - 1)

static const char *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person->id;
}

static const char *
named (TbRequest *request)
{
  return tb_request_param (request, "instrument");
}

static void
tell (TbApp *app, const char *id)
{
  g_autoptr (json_object) object = json_object_new_object ();
  g_autofree char *text = NULL;

  tb_json_add_string (object, "id", id);
  text = tb_json_to_text (object);
  tb_hub_publish (app->hub, "coaches", "instruments", id, 0, text);
}

/* Where the path ends that MESSAGE begins with, "codes[3].key: …"; 0 without one. */
static gsize
path_length (const char *message)
{
  gsize length = 0;

  while (g_ascii_isalnum (message[length]) || (message[length] != '\0' && strchr ("_-.[]", message[length]) != NULL))
    length++;
  return g_str_has_prefix (message + length, ": ") ? length : 0;
}

/* As tb_reply_error(), with the field that is not as it should be. ERROR is taken. */
static TbReply *
reply_refused (GError *error)
{
  gsize length = error != NULL ? path_length (error->message) : 0;
  g_autofree char *field = NULL;
  json_object *body, *problem;

  if (length == 0 || !g_error_matches (error, TB_ERROR, TB_ERROR_INVALID))
    return tb_reply_error (error);
  field = g_strndup (error->message, length);
  problem = json_object_new_object ();
  tb_json_add_string (problem, "code", tb_error_name (error->code));
  tb_json_add_string (problem, "message", error->message);
  tb_json_add_string (problem, "field", field);
  body = json_object_new_object ();
  tb_json_add (body, "error", problem);
  g_error_free (error);
  return tb_reply_json (400, body);
}

/* Array of TbDocumentProblem. */
static json_object *
problems_to_json (const GPtrArray *problems)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < problems->len; i++) {
    const TbDocumentProblem *problem = problems->pdata[i];
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "field", problem->field);
    tb_json_add (item, "line", problem->line > 0 ? json_object_new_int64 (problem->line) : NULL);
    tb_json_add_string (item, "message", problem->message);
    json_object_array_add (list, item);
  }
  return list;
}

/* --- drafts ---------------------------------------------------------------------- */

static TbReply *
add_draft (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "document", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbOwnDraft) draft = NULL;
  json_object *document = NULL, *made = NULL;

  if (body != NULL && tb_json_check_fields (body, known, &error)
      && tb_json_get_object (body, "document", TB_JSON_REQUIRED, &document, NULL, &error))
    draft = tb_own_instrument_add (app->catalogue, document, asker (request), tb_clock_wall (), &error);
  if (draft == NULL)
    return reply_refused (error);
  tell (app, draft->id);
  made = tb_own_draft_to_json (draft, &error);
  return made != NULL ? tb_reply_json (201, made) : tb_reply_error (error);
}

static TbReply *
save_draft (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "document", "seen", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbOwnDraft) draft = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  json_object *document = NULL, *answer;
  gint64 seen = 0;

  if (body != NULL && tb_json_check_fields (body, known, &error)
      && tb_json_get_object (body, "document", TB_JSON_REQUIRED, &document, NULL, &error)
      && tb_json_get_int (body, "seen", TB_JSON_REQUIRED, 0, REVISION_MAX, &seen, NULL, &error))
    draft = tb_own_instrument_save (app->catalogue, named (request), document, seen, asker (request), tb_clock_wall (),
                                    &error);
  if (draft == NULL)
    return reply_refused (error);
  tell (app, draft->id);
  problems = tb_own_instrument_problems (app->catalogue, draft, &error);
  if (problems == NULL)
    return tb_reply_error (error);
  answer = json_object_new_object ();
  tb_json_add_int (answer, "revision", draft->revision);
  tb_json_add_wall (answer, "saved_at", draft->saved_at);
  tb_json_add (answer, "problems", problems_to_json (problems));
  return tb_reply_json (200, answer);
}

static TbReply *
drop_draft (TbApp *app, TbRequest *request)
{
  GError *error = NULL;

  if (!tb_own_instrument_drop (app->catalogue, named (request), &error))
    return tb_reply_error (error);
  tell (app, named (request));
  return tb_reply_empty (204);
}

/* --- publishing -------------------------------------------------------------------- */

static TbReply *
publish (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "seen", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  json_object *answer;
  gint64 seen = 0, version = 0;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_int (body, "seen", TB_JSON_REQUIRED, 0, REVISION_MAX, &seen, NULL, &error)
      || !tb_own_instrument_publish (app->catalogue, named (request), seen, asker (request), tb_clock_wall (), &version,
                                     &error))
    return reply_refused (error);
  tell (app, named (request));
  answer = json_object_new_object ();
  tb_json_add_int (answer, "version", version);
  return tb_reply_json (200, answer);
}

static TbReply *
retire (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "retired", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  json_object *answer;
  gboolean retired = FALSE;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_bool (body, "retired", TB_JSON_REQUIRED, &retired, NULL, &error)
      || !tb_own_instrument_retire (app->catalogue, named (request), retired, tb_clock_wall (), &error))
    return tb_reply_error (error);
  tell (app, named (request));
  answer = json_object_new_object ();
  tb_json_add_bool (answer, "retired", retired);
  return tb_reply_json (200, answer);
}

/* --- a text from elsewhere ---------------------------------------------------------- */

/* What is no JSON at all is told with the byte where that was seen; people count lines. */
static void
find_line (GPtrArray *problems, const char *text)
{
  static const char words[] = " at byte ";
  TbDocumentProblem *problem = problems->len > 0 ? problems->pdata[0] : NULL;
  const char *found = problem != NULL && problem->line == 0 ? g_strrstr (problem->message, words) : NULL;
  guint64 byte = found != NULL ? g_ascii_strtoull (found + strlen (words), NULL, 10) : 0;

  if (found == NULL)
    return;
  problem->line = 1;
  for (gsize i = 0; i < byte && text[i] != '\0'; i++)
    problem->line += text[i] == '\n';
}

static TbReply *
check_text (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "text", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (GPtrArray) problems = NULL;
  const char *text = NULL;
  json_object *answer;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "text", TB_JSON_REQUIRED, TB_INSTRUMENT_TEXT_MAX, &text, NULL, &error))
    return tb_reply_error (error);
  problems = tb_instrument_problems (text, strlen (text));
  find_line (problems, text);
  answer = json_object_new_object ();
  tb_json_add (answer, "problems", problems_to_json (problems));
  tb_json_add (answer, "document", problems->len == 0 ? tb_json_parse (text, strlen (text), NULL) : NULL);
  return tb_reply_json (200, answer);
}

const TbRoute tb_routes_own_instruments[] = {
  { "POST", "/api/instruments", add_draft, BODY_MAX },
  { "POST", "/api/instruments/check", check_text, BODY_MAX },
  { "POST", "/api/instruments/{instrument}/draft", save_draft, BODY_MAX },
  { "DELETE", "/api/instruments/{instrument}/draft", drop_draft, 0 },
  { "POST", "/api/instruments/{instrument}/publish", publish, 16 * 1024 },
  { "POST", "/api/instruments/{instrument}/retire", retire, 16 * 1024 },
  { NULL },
};
