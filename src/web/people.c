/* /api/people: who may sign in, and inviting them. */
#include "web/routes.h"

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/uuid.h"
#include "store/view-log.h"
#include "web/access.h"
#include "web/accounts.h"

#define NAME_LENGTH 200

/* A coach who does not manage accounts invites these. */
#define COACH_MAY_INVITE (TB_ROLE_TEACHER | TB_ROLE_TRAINEE)

static TbReply *
list_people (TbApp *app, TbRequest *request)
{
  gboolean admin = tb_viewer_has (tb_request_viewer (request), TB_ROLE_ADMIN);
  GError *error = NULL;
  g_autoptr (GPtrArray) people = tb_person_list (app->store, &error);
  json_object *body, *list;

  if (people == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < people->len; i++) {
    const TbPerson *person = people->pdata[i];

    if (admin || person->disabled_at == 0)
      json_object_array_add (list, tb_accounts_known_json (person, admin));
  }
  tb_json_add (body, "people", list);
  return tb_reply_json (200, body);
}

static TbReply *
refuse (void)
{
  return tb_reply_problem (403, "denied", "Only an administrator may do this; a coach invites teachers and trainees");
}

static gboolean
may_invite (TbRequest *request, guint roles)
{
  return tb_viewer_has (tb_request_viewer (request), TB_ROLE_ADMIN) || (roles & ~(guint) COACH_MAY_INVITE) == 0;
}

static TbReply *
create_person (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "name", "login", "roles", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbPerson) person = NULL;
  g_autoptr (TbPerson) invited = NULL;
  const char *name = NULL, *login = NULL;
  json_object *list = NULL, *answer, *invitation;
  guint roles = 0;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "name", TB_JSON_REQUIRED, NAME_LENGTH, &name, NULL, &error)
      || !tb_json_get_string (body, "login", TB_JSON_REQUIRED, NAME_LENGTH, &login, NULL, &error)
      || !tb_json_get_array (body, "roles", TB_JSON_REQUIRED, 20, &list, NULL, &error)
      || !tb_roles_from_json (list, &roles, &error))
    return tb_reply_error (error);
  if (!may_invite (request, roles))
    return refuse ();
  person = tb_person_create (app->store, name, login, roles, NULL, tb_clock_wall (), &error);
  invitation = person != NULL ? tb_accounts_invite (app, request, TB_INVITATION_PERSON, person->id, "/", &error) : NULL;
  invited = invitation != NULL ? tb_person_get (app->store, person->id, &error) : NULL;
  if (invited == NULL) {
    json_object_put (invitation);
    return tb_reply_error (error);
  }
  answer = json_object_new_object ();
  tb_json_add (answer, "person", tb_accounts_known_json (invited, TRUE));
  tb_json_add (answer, "invitation", invitation);
  return tb_reply_json (201, answer);
}

/* "{person}" of the address. New. */
static TbPerson *
find_person (TbApp *app, TbRequest *request, GError **error)
{
  const char *id = tb_request_param (request, "person");

  if (tb_uuid_is_valid (id))
    return tb_person_get (app->store, id, error);
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no person under this address");
  return NULL;
}

/* What goes with a role or an account that is taken away: the key, and what is open on screens. */
static gboolean
cut_off (TbApp *app, const TbPerson *person, GError **error)
{
  return tb_accounts_end_sessions (app, person->id, NULL, error) && tb_accounts_drop_slot (app, person->id, error);
}

static gboolean
set_disabled (TbApp *app, const TbPerson *person, gboolean disabled, GError **error)
{
  return tb_person_set_disabled (app->store, person->id, disabled, tb_clock_wall (), error)
         && (!disabled || cut_off (app, person, error));
}

/* Who manages accounts could take over one; the privacy officer sees that in the log. */
static gboolean
log_change (TbApp *app, TbRequest *request, const char *what, const TbPerson *person, guint roles, GError **error)
{
  const TbPerson *by = tb_request_viewer (request)->person;
  g_autoptr (GString) detail = g_string_new (person->name);

  for (guint i = 0, count = 0; i < 8; i++)
    if (roles & (1u << i))
      g_string_append_printf (detail, "%s%s", count++ == 0 ? ": " : ", ", tb_role_name (1u << i));
  return tb_view_log_add (app->store, tb_clock_wall (), by->id, by->name, NULL, NULL, what, detail->str, error);
}

static TbReply *
patch_person (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "name", "roles", "disabled", NULL };
  GError *error = NULL;
  g_autoptr (TbPerson) person = find_person (app, request, &error);
  g_autoptr (json_object) body = person != NULL ? tb_request_json (request, &error) : NULL;
  g_autoptr (TbPerson) changed = NULL;
  gboolean disabled = FALSE, found = FALSE;
  const char *name = NULL;
  json_object *list = NULL;
  guint roles = 0;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "name", 0, NAME_LENGTH, &name, NULL, &error)
      || !tb_json_get_array (body, "roles", 0, 20, &list, NULL, &error)
      || (list != NULL && !tb_roles_from_json (list, &roles, &error))
      || !tb_json_get_bool (body, "disabled", 0, &disabled, &found, &error))
    return tb_reply_error (error);
  if (roles != 0 && roles != person->roles && !log_change (app, request, "roles", person, roles, &error))
    return tb_reply_error (error);
  changed = tb_person_update (app->store, person->id, name, roles, &error);
  if (changed == NULL
      || (((person->roles & ~changed->roles) & TB_ROLE_COACH) != 0 && !cut_off (app, changed, &error))
      || (found && !set_disabled (app, changed, disabled, &error)))
    return tb_reply_error (error);
  tb_access_changed (app);
  g_clear_pointer (&changed, tb_person_free);
  changed = tb_person_get (app->store, person->id, &error);
  return changed != NULL ? tb_reply_json (200, tb_accounts_known_json (changed, TRUE)) : tb_reply_error (error);
}

static TbReply *
invite (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbPerson) person = find_person (app, request, &error);
  json_object *invitation;

  if (person == NULL || !tb_accounts_check_nothing (request, &error))
    return tb_reply_error (error);
  /* For somebody who has a passphrase this is a new one, and so the account itself. */
  if (!may_invite (request, person->roles)
      || (person->passphrase != NULL && !tb_viewer_has (tb_request_viewer (request), TB_ROLE_ADMIN)))
    return refuse ();
  if (person->passphrase != NULL && !log_change (app, request, "new-passphrase", person, 0, &error))
    return tb_reply_error (error);
  invitation = tb_accounts_invite (app, request, TB_INVITATION_PERSON, person->id, "/", &error);
  return invitation != NULL ? tb_reply_json (201, invitation) : tb_reply_error (error);
}

const TbRoute tb_routes_people[] = {
  { "GET", "/api/people", list_people, 0 },
  { "POST", "/api/people", create_person, 8 * 1024 },
  { "PATCH", "/api/people/{person}", patch_person, 8 * 1024 },
  { "POST", "/api/people/{person}/invitation", invite, 1024 },
  { NULL },
};
