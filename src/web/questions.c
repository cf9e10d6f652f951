/* /api/questions, /api/visits/{visit}/talk/items/{item}/questions: what can be asked beside a moment. */
#include "observe/questions.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/journal.h"
#include "store/layers.h"
#include "store/moment.h"
#include "store/question.h"
#include "store/talk.h"
#include "store/visit.h"
#include "web/routes.h"
#include "web/viewer.h"

static const char *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person->id;
}

/* --- the library --------------------------------------------------------- */

static TbReply *
list_questions (TbApp *app, TbRequest *request)
{
  const char *text = tb_questions_text (app->questions);
  GError *error = NULL;
  g_autoptr (GPtrArray) own = tb_own_question_list (app->store, asker (request), NULL, &error);
  g_autoptr (json_object) body = own != NULL ? tb_json_parse (text, strlen (text), &error) : NULL;
  json_object *list;

  if (body == NULL)
    return tb_reply_error (error);
  list = json_object_new_array ();
  for (guint i = 0; i < own->len; i++)
    json_object_array_add (list, tb_own_question_to_json (own->pdata[i]));
  tb_json_add (body, "own", list);
  return tb_reply_json (200, g_steal_pointer (&body));
}

static TbReply *
add_question (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (json_object) fields = tb_request_json (request, &error);
  g_autoptr (TbOwnQuestion) question = NULL;

  if (fields != NULL)
    question = tb_own_question_add (app->store, asker (request), fields, tb_clock_wall (), &error);
  return question != NULL ? tb_reply_json (201, tb_own_question_to_json (question)) : tb_reply_error (error);
}

static TbReply *
remove_question (TbApp *app, TbRequest *request)
{
  GError *error = NULL;

  if (!tb_own_question_remove (app->store, tb_request_param (request, "question"), asker (request), tb_clock_wall (),
                               &error))
    return tb_reply_error (error);
  return tb_reply_empty (204);
}

/* --- beside a moment ----------------------------------------------------- */

/* What a place in the talk is about, and how it is asked for. For g_auto (Wish). */
typedef struct {
  char *instrument, *code, *domain; /* NULL: not known */
  const char *language;             /* "nl" or "en": static */
  const char *phase;                /* NULL: any that is asked beside a moment */
} Wish;

static void
wish_clear (Wish *wish)
{
  g_free (wish->instrument);
  g_free (wish->code);
  g_free (wish->domain);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

static gboolean
read_wish (TbRequest *request, Wish *wish, GError **error)
{
  const char *language = tb_request_query (request, "language");
  TbPhase phase;

  wish->phase = tb_request_query (request, "phase");
  wish->language = g_strcmp0 (language, "en") == 0 ? "en" : "nl";
  if (language != NULL && !g_str_equal (language, wish->language)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“language” in the address must be “nl” or “en”");
    return FALSE;
  }
  if (wish->phase != NULL && !tb_phase_from_name (wish->phase, &phase)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“phase” in the address is no phase of a talk");
    return FALSE;
  }
  return TRUE;
}

/* From the observation of one of the moments of ITEM; the coach's first. What was removed since asks for nothing, nor
 * does what PERSON is not shown. */
static void
learn (TbApp *app, const char *person, const TbTalkItem *item, GPtrArray *moments, Wish *wish)
{
  g_autoptr (TbLayers) layers = tb_layers_load (app->store, item->visit, NULL);

  for (guint i = 0; i < moments->len && wish->code == NULL; i++) {
    const TbMoment *moment = moments->pdata[i];
    g_autoptr (TbObservation) observation = NULL;
    g_autoptr (TbInstrument) instrument = NULL;
    const TbCode *code;

    if (moment->observation == NULL
        || (g_strcmp0 (moment->id, item->coach_moment) != 0 && g_strcmp0 (moment->id, item->teacher_moment) != 0))
      continue;
    observation = tb_observation_get (app->store, item->visit, moment->observation, NULL);
    if (observation == NULL || observation->removed || observation->code == NULL || layers == NULL
        || !tb_layers_shows (layers, person, observation->observer))
      continue;
    instrument = tb_visit_instrument (app->store, item->visit, observation->instrument, NULL);
    code = instrument != NULL ? tb_instrument_find (instrument, observation->code) : NULL;
    if (code == NULL)
      continue;
    wish->instrument = g_strdup (observation->instrument);
    wish->code = g_strdup (code->id);
    wish->domain = g_strdup (code->domain);
  }
}

/* Whether another place of the talk asks TEXT already. */
static gboolean
is_asked (GPtrArray *items, const TbTalkItem *item, const char *text)
{
  for (guint i = 0; i < items->len; i++)
    if (items->pdata[i] != item && g_str_equal (((TbTalkItem *) items->pdata[i])->question, text))
      return TRUE;
  return FALSE;
}

static void
add_to_list (json_object *list, const char *id, const char *text, const char *domain, const char *phase, gboolean own)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", id);
  tb_json_add_string (object, "text", text);
  tb_json_add_string (object, "domain", domain);
  tb_json_add_string (object, "phase", phase);
  tb_json_add_bool (object, "own", own);
  json_object_array_add (list, object);
}

static void
add_bundled (TbApp *app, const Wish *wish, GPtrArray *items, const TbTalkItem *item, json_object *list)
{
  g_autoptr (GPtrArray) found = tb_questions_suggest (app->questions, wish->instrument, wish->code, wish->domain,
                                                      wish->phase, NULL, 0);

  for (guint i = 0; i < found->len; i++) {
    const TbQuestion *question = found->pdata[i];

    if (!is_asked (items, item, question->nl) && !is_asked (items, item, question->en))
      add_to_list (list, question->id, tb_question_text (question, wish->language), question->domain,
                   tb_phase_name (question->phase), FALSE);
  }
}

static gboolean
fits (const TbOwnQuestion *question, const Wish *wish)
{
  if (wish->phase != NULL ? !g_str_equal (question->phase, wish->phase)
                          : g_str_equal (question->phase, "opening") || g_str_equal (question->phase, "closing"))
    return FALSE;
  return wish->domain == NULL || *question->domain == '\0' || g_str_equal (question->domain, TB_DOMAIN_GENERAL)
         || g_str_equal (question->domain, wish->domain);
}

static TbReply *
suggest_questions (TbApp *app, TbRequest *request)
{
  const char *visit = tb_request_param (request, "visit");
  GError *error = NULL;
  g_auto (Wish) wish = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) moments = NULL;
  g_autoptr (GPtrArray) own = NULL;
  const TbTalkItem *item;
  json_object *body, *list;

  if (!read_wish (request, &wish, &error)
      || (items = tb_talk_list_items (app->store, visit, asker (request), &error)) == NULL
      || (item = tb_routes_item (request, items, &error)) == NULL
      || (moments = tb_moment_list (app->store, visit, asker (request), &error)) == NULL
      || (own = tb_own_question_list (app->store, asker (request), wish.language, &error)) == NULL)
    return tb_reply_error (error);
  learn (app, asker (request), item, moments, &wish);
  list = json_object_new_array ();
  add_bundled (app, &wish, items, item, list);
  for (guint i = 0; i < own->len; i++) {
    const TbOwnQuestion *question = own->pdata[i];

    if (fits (question, &wish) && !is_asked (items, item, question->text))
      add_to_list (list, question->id, question->text, question->domain, question->phase, TRUE);
  }
  body = json_object_new_object ();
  tb_json_add (body, "questions", list);
  return tb_reply_json (200, body);
}

const TbRoute tb_routes_questions[] = {
  { "GET", "/api/questions", list_questions, 0 },
  { "POST", "/api/questions", add_question, 16 * 1024 },
  { "DELETE", "/api/questions/{question}", remove_question, 0 },
  { "GET", "/api/visits/{visit}/talk/items/{item}/questions", suggest_questions, 0 },
  { NULL },
};
