/* /api/visits/{visit}/agreements */
#include "store/agreement.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "web/coaching-news.h"
#include "web/trajectories.h"

#define TEXT_LENGTH 4000

static const char *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person->id;
}

/* The agreement "{agreement}" of the visit "{visit}", as far as the person who asks sees it. New. */
static TbAgreement *
find_agreement (TbApp *app, TbRequest *request, GError **error)
{
  g_autoptr (GPtrArray) agreements
      = tb_agreement_list_of_visit (app->store, tb_request_param (request, "visit"), asker (request), error);

  if (agreements == NULL)
    return NULL;
  for (guint i = 0; i < agreements->len; i++)
    if (g_str_equal (((TbAgreement *) agreements->pdata[i])->id, tb_request_param (request, "agreement")))
      return g_ptr_array_steal_index (agreements, i);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no agreement under this address");
  return NULL;
}

static TbReply *
reply_agreement (TbApp *app, int status, const TbAgreement *agreement, GError *error)
{
  if (agreement == NULL)
    return tb_reply_error (error);
  tb_coaching_tell (app, agreement->visit, "agreements");
  return tb_reply_json (status, tb_agreement_to_json (agreement));
}

static TbReply *
list_agreements (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) agreements
      = tb_agreement_list_of_visit (app->store, tb_request_param (request, "visit"), asker (request), &error);
  json_object *body, *list;

  if (agreements == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < agreements->len; i++)
    json_object_array_add (list, tb_agreement_to_json (agreements->pdata[i]));
  tb_json_add (body, "agreements", list);
  return tb_reply_json (200, body);
}

static TbReply *
add_agreement (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbAgreement) agreement = NULL;

  if (body != NULL)
    agreement = tb_agreement_add (app->store, tb_request_param (request, "visit"), asker (request), body,
                                  tb_clock_wall (), &error);
  return reply_agreement (app, 201, agreement, error);
}

static TbReply *
change_agreement (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbAgreement) found = find_agreement (app, request, &error);
  g_autoptr (json_object) body = found != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbAgreement) agreement = NULL;

  if (body != NULL)
    agreement = tb_agreement_change (app->store, found->id, asker (request), body, tb_clock_wall (), &error);
  return reply_agreement (app, 200, agreement, error);
}

static TbReply *
remove_agreement (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbAgreement) found = find_agreement (app, request, &error);

  if (found == NULL || !tb_agreement_remove (app->store, found->id, asker (request), tb_clock_wall (), &error))
    return tb_reply_error (error);
  tb_coaching_tell (app, found->visit, "agreements");
  return tb_reply_empty (204);
}

static TbReply *
set_outcome (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "outcome", "note", NULL };
  GError *error = NULL;
  g_autoptr (TbAgreement) found = find_agreement (app, request, &error);
  g_autoptr (json_object) body = found != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbAgreement) agreement = NULL;
  const char *outcome = NULL, *note = NULL;
  gboolean says;

  if (body == NULL || !tb_json_check_fields (body, known, &error))
    return tb_reply_error (error);
  says = tb_json_is_null (body, "outcome"); /* takes it back */
  if (!tb_json_get_string (body, "outcome", says ? 0 : TB_JSON_REQUIRED, 20, &outcome, NULL, &error)
      || !tb_json_get_string (body, "note", 0, TEXT_LENGTH, &note, NULL, &error))
    return tb_reply_error (error);
  agreement = tb_agreement_set_outcome (app->store, found->id, asker (request), outcome, note, tb_clock_wall (),
                                        &error);
  return reply_agreement (app, 200, agreement, error);
}

/* --- the next visit ---------------------------------------------------------- */

/* The ids of the instruments that the codes of AGREEMENT are of. New, ended by NULL. */
static char **
list_instruments (const TbAgreement *agreement)
{
  g_autoptr (json_object) codes
      = agreement->codes != NULL ? tb_json_parse (agreement->codes, strlen (agreement->codes), NULL) : NULL;
  GPtrArray *ids = g_ptr_array_new ();

  for (gsize i = 0; codes != NULL && i < json_object_array_length (codes); i++) {
    g_auto (GStrv) parts = g_strsplit (json_object_get_string (json_object_array_get_idx (codes, i)), "/", 2);

    g_ptr_array_add (ids, g_strdup (parts[0]));
  }
  g_ptr_array_add (ids, NULL);
  return (char **) g_ptr_array_free (ids, FALSE);
}

/* Looked at before a visit is made, so that none is left over when it cannot become its question. */
static gboolean
may_become (TbApp *app, TbRequest *request, const TbAgreement *agreement, GError **error)
{
  g_autoptr (TbTrajectory) trajectory = NULL;

  if (agreement->became_visit != NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "This agreement is the question of another visit already");
    return FALSE;
  }
  if (agreement->trajectory == NULL)
    return TRUE;
  trajectory = tb_trajectory_get (app->store, agreement->trajectory, asker (request), error);
  return trajectory != NULL && tb_routes_check_open (trajectory, error);
}

/* A new visit for AGREEMENT: its codes' kijkwijzers are left to the store, which brings them as they were used. */
static char *
make_next (TbApp *app, TbRequest *request, const TbAgreement *agreement, GError **error)
{
  g_auto (GStrv) brought = list_instruments (agreement);
  g_autoptr (TbVisit) last = NULL;
  g_autoptr (TbVisit) next = NULL;

  if (!may_become (app, request, agreement, error)
      || (last = tb_visit_get (app->store, agreement->visit, error)) == NULL)
    return NULL;
  next = tb_next_visit_make (app, asker (request), last->teacher, last->teacher_person, last,
                             (const char *const *) brought, error);
  return next != NULL ? g_strdup (next->id) : NULL;
}

static json_object *
next_to_json (const TbAgreement *agreement, const TbVisit *visit)
{
  json_object *body = json_object_new_object ();
  json_object *next = json_object_new_object ();

  tb_json_add_string (next, "id", visit->id);
  tb_json_add_string (next, "title", visit->title);
  tb_json_add_string (next, "focus", visit->focus);
  tb_json_add (body, "agreement", tb_agreement_to_json (agreement));
  tb_json_add (body, "visit", next);
  return body;
}

static TbReply *
begin_next (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "visit", NULL };
  GError *error = NULL;
  g_autoptr (TbAgreement) found = find_agreement (app, request, &error);
  g_autoptr (json_object) body = found != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbAgreement) agreement = NULL;
  g_autoptr (TbVisit) visit = NULL;
  g_autofree char *id = NULL;
  const char *given = NULL;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "visit", 0, 40, &given, NULL, &error))
    return tb_reply_error (error);
  if (given != NULL && !tb_uuid_is_valid (given))
    return tb_reply_problem (400, "invalid", "“visit” must be the id of a visit");
  id = given != NULL ? g_strdup (given) : make_next (app, request, found, &error);
  if (id != NULL)
    agreement = tb_agreement_become (app->store, found->id, asker (request), id, tb_clock_wall (), &error);
  if (g_error_matches (error, TB_ERROR, TB_ERROR_DENIED)) {
    /* It is the visit's coach who asks: what is not theirs is the other visit. */
    g_clear_error (&error);
    return tb_reply_problem (404, "not-found", "There is no such visit");
  }
  if (agreement == NULL || (visit = tb_visit_get (app->store, id, &error)) == NULL)
    return tb_reply_error (error);
  tb_studio_tell_visit (app->studio, id);
  tb_coaching_tell (app, found->visit, "agreements");
  if (agreement->trajectory != NULL)
    tb_coaching_tell_trajectory (app, visit->coach, visit->teacher_person, agreement->trajectory, "trajectory");
  return tb_reply_json (200, next_to_json (agreement, visit));
}

const TbRoute tb_routes_agreements[] = {
  { "GET", "/api/visits/{visit}/agreements", list_agreements, 0 },
  { "POST", "/api/visits/{visit}/agreements", add_agreement, 64 * 1024 },
  { "PATCH", "/api/visits/{visit}/agreements/{agreement}", change_agreement, 64 * 1024 },
  { "DELETE", "/api/visits/{visit}/agreements/{agreement}", remove_agreement, 0 },
  { "POST", "/api/visits/{visit}/agreements/{agreement}/outcome", set_outcome, 64 * 1024 },
  { "POST", "/api/visits/{visit}/agreements/{agreement}/next", begin_next, 16 * 1024 },
  { NULL },
};
