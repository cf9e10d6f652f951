/* The people who may sign in, and their roles. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/store.h"

typedef enum {
  TB_ROLE_COACH = 1 << 0,   /* films, taps, shares: sees the visits they made */
  TB_ROLE_TEACHER = 1 << 1, /* sees what was shared of the own lessons */
  TB_ROLE_TRAINEE = 1 << 2, /* sees what was shared for training */
  TB_ROLE_PRIVACY = 1 << 3, /* privacy officer: register and log, no footage */
  TB_ROLE_HEAD = 1 << 4,    /* numbers, never footage */
  TB_ROLE_ADMIN = 1 << 5    /* accounts and settings, no footage */
} TbRoles;

#define TB_ROLES_ALL 63u

/* Strings are owned and never NULL but PASSPHRASE; wall times are 0 when not set. */
typedef struct {
  char *id, *name, *login;
  char *passphrase; /* its Argon2id hash; NULL until the invitation is accepted */
  guint roles;      /* TbRoles */
  gint64 created_at, disabled_at;
  gint64 invited_until; /* the newest unused invitation's end */
} TbPerson;

void tb_person_free (TbPerson *person);

/* "coach", …: borrowed, static; 0 and NULL for what is none. */
const char *tb_role_name (TbRoles role);
guint tb_role_parse (const char *name);
/* ["coach","admin"]; new. Reading: TB_ERROR_INVALID names what is wrong; at least one role. */
json_object *tb_roles_to_json (guint roles);
gboolean tb_roles_from_json (json_object *array, guint *ret_roles, GError **error);

/* NAME 1 to 80 characters, LOGIN 2 to 80 without spaces (folded to small letters), PASSPHRASE_HASH may be NULL.
 * TB_ERROR_INVALID; TB_ERROR_CONFLICT when name or login is taken. New. */
TbPerson *tb_person_create (TbStore *store, const char *name, const char *login, guint roles,
                            const char *passphrase_hash, gint64 now_wall, GError **error);
/* Whether tb_person_create would take NAME and LOGIN, but for those that are taken. TB_ERROR_INVALID. */
gboolean tb_person_check (const char *name, const char *login, GError **error);
/* As tb_person_create for the very first person, who also gets every visit that has no coach; ID: a new UUID.
 * TB_ERROR_CONFLICT when there is any person. */
TbPerson *tb_person_create_first (TbStore *store, const char *id, const char *name, const char *login, guint roles,
                                  const char *passphrase_hash, gint64 now_wall, GError **error);

/* TB_ERROR_NOT_FOUND. New. */
TbPerson *tb_person_get (TbStore *store, const char *id, GError **error);
TbPerson *tb_person_get_by_login (TbStore *store, const char *login, GError **error);

/* By name; array of TbPerson, new. */
GPtrArray *tb_person_list (TbStore *store, GError **error);
gboolean tb_person_any (TbStore *store, gboolean *any, GError **error);

/* NAME NULL and ROLES 0: unchanged. TB_ERROR_CONFLICT: name taken, or the last active administrator would be gone. New. */
TbPerson *tb_person_update (TbStore *store, const char *id, const char *name, guint roles, GError **error);
/* Disabling ends the person's sessions and invitations too. */
gboolean tb_person_set_disabled (TbStore *store, const char *id, gboolean disabled, gint64 now_wall, GError **error);
gboolean tb_person_set_passphrase (TbStore *store, const char *id, const char *passphrase_hash, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbPerson, tb_person_free)
