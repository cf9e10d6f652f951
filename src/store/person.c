#include "store/person.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/layers-private.h"
#include "store/person-private.h"
#include "store/store-private.h"

#define NAME_MAX_LENGTH 80
#define LOGIN_MIN_LENGTH 2
#define LOGIN_MAX_LENGTH 80

static const struct {
  TbRoles role;
  const char *name;
} roles_known[] = {
  { TB_ROLE_COACH, "coach" },     { TB_ROLE_TEACHER, "teacher" }, { TB_ROLE_TRAINEE, "trainee" },
  { TB_ROLE_PRIVACY, "privacy" }, { TB_ROLE_HEAD, "head" },       { TB_ROLE_ADMIN, "admin" },
};

void
tb_person_free (TbPerson *person)
{
  if (person == NULL)
    return;
  g_free (person->id);
  g_free (person->name);
  g_free (person->login);
  g_free (person->passphrase);
  g_free (person);
}

/* --- roles --------------------------------------------------------------------- */

const char *
tb_role_name (TbRoles role)
{
  for (gsize i = 0; i < G_N_ELEMENTS (roles_known); i++)
    if (roles_known[i].role == role)
      return roles_known[i].name;
  return NULL;
}

guint
tb_role_parse (const char *name)
{
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (roles_known); i++)
    if (strcmp (roles_known[i].name, name) == 0)
      return roles_known[i].role;
  return 0;
}

json_object *
tb_roles_to_json (guint roles)
{
  json_object *array = json_object_new_array ();

  for (gsize i = 0; i < G_N_ELEMENTS (roles_known); i++)
    if ((roles & roles_known[i].role) != 0)
      json_object_array_add (array, json_object_new_string (roles_known[i].name));
  return array;
}

gboolean
tb_roles_from_json (json_object *array, guint *ret_roles, GError **error)
{
  guint roles = 0;

  if (!json_object_is_type (array, json_type_array) || json_object_array_length (array) == 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“roles” must be a list of at least one role");
    return FALSE;
  }
  for (gsize i = 0; i < json_object_array_length (array); i++) {
    json_object *item = json_object_array_get_idx (array, i);
    guint role = json_object_is_type (item, json_type_string) ? tb_role_parse (json_object_get_string (item)) : 0;

    if (role == 0) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID,
                   "“roles[%" G_GSIZE_FORMAT "]” must be coach, teacher, trainee, privacy, head or admin", i);
      return FALSE;
    }
    roles |= role;
  }
  *ret_roles = roles;
  return TRUE;
}

/* --- names ----------------------------------------------------------------------- */

static gboolean
is_line (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

/* Without spaces around it. New; NULL with TB_ERROR_INVALID. */
static char *
check_name (const char *text, GError **error)
{
  g_autofree char *normal = is_line (text) ? g_utf8_normalize (text, -1, G_NORMALIZE_NFC) : NULL;
  glong length;

  if (normal != NULL)
    g_strstrip (normal);
  length = normal != NULL ? g_utf8_strlen (normal, -1) : 0;
  if (length < 1 || length > NAME_MAX_LENGTH) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“name” must be one line of 1 to 80 characters");
    return NULL;
  }
  return g_steal_pointer (&normal);
}

/* What two names have in common when people take them for the same. New. */
static char *
fold_name (const char *name)
{
  g_autofree char *normal = g_utf8_normalize (name, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = g_utf8_casefold (normal, -1);
  g_auto (GStrv) words = g_strsplit_set (folded, " \t", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", words[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* In small letters. New; NULL when no login looks so. */
static char *
fold_login (const char *text)
{
  g_autofree char *normal = is_line (text) ? g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE) : NULL;
  g_autofree char *small = normal != NULL ? g_utf8_strdown (normal, -1) : NULL;
  glong length;

  if (small == NULL)
    return NULL;
  g_strstrip (small);
  length = g_utf8_strlen (small, -1);
  if (length < LOGIN_MIN_LENGTH || length > LOGIN_MAX_LENGTH)
    return NULL;
  for (const char *c = small; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_isspace (g_utf8_get_char (c)))
      return NULL;
  return g_steal_pointer (&small);
}

static gboolean
is_taken (TbDb *db, const char *name_key, const char *login, const char *except, GError **error)
{
  gint64 names = 0, logins = 0;

  if (!tb_db_int (db, 0, &names, error, "SELECT count(*) FROM person WHERE name_key = ?1 AND id <> ?2", "ss", name_key,
                  except)
      || !tb_db_int (db, 0, &logins, error, "SELECT count(*) FROM person WHERE login = ?1 AND id <> ?2", "ss", login,
                     except))
    return TRUE;
  if (names > 0)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "Somebody has this name already; add something to it");
  else if (logins > 0)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "Somebody signs in with this name already; take another");
  return names > 0 || logins > 0;
}

/* --- reading ----------------------------------------------------------------------- */

static gboolean
load_roles (TbDb *db, TbPerson *person, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT role FROM person_role WHERE person = ?1", "s", person->id))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0)
    person->roles |= tb_role_parse (tb_query_text (&query, 0));
  return step == 0;
}

TbPerson *
tb_person_load (TbDb *db, const char *id, GError **error)
{
  g_autoptr (TbPerson) person = g_new0 (TbPerson, 1);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT id, name, login, passphrase, created_wall, disabled_wall,"
                      " (SELECT max(until_wall) FROM invitation WHERE invitation.person = person.id"
                      " AND kind = 'person' AND used_wall IS NULL)"
                      " FROM person WHERE id = ?1",
                      "s", id))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no person %.60s", id);
  if (step <= 0)
    return NULL;
  person->id = tb_query_dup (&query, 0);
  person->name = tb_query_dup (&query, 1);
  person->login = tb_query_dup (&query, 2);
  person->passphrase = tb_query_dup (&query, 3);
  person->created_at = tb_query_int (&query, 4);
  person->disabled_at = tb_query_int (&query, 5);
  person->invited_until = tb_query_int (&query, 6);
  if (!load_roles (db, person, error))
    return NULL;
  return g_steal_pointer (&person);
}

TbPerson *
tb_person_get (TbStore *store, const char *id, GError **error)
{
  g_auto (TbRead) read = { 0 };

  return tb_read_begin (&read, store, error) ? tb_person_load (read.db, id, error) : NULL;
}

TbPerson *
tb_person_get_by_login (TbStore *store, const char *login, GError **error)
{
  g_autofree char *folded = fold_login (login);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, "SELECT id FROM person WHERE login = ?1", "s",
                         folded != NULL ? folded : ""))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "Nobody signs in with this name");
  return step > 0 ? tb_person_load (read.db, tb_query_text (&query, 0), error) : NULL;
}

GPtrArray *
tb_person_list (TbStore *store, GError **error)
{
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_person_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, "SELECT id FROM person ORDER BY name_key", ""))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbPerson *person = tb_person_load (read.db, tb_query_text (&query, 0), error);

    if (person == NULL)
      return NULL;
    g_ptr_array_add (people, person);
  }
  return step == 0 ? g_steal_pointer (&people) : NULL;
}

static gboolean
count_people (TbDb *db, gint64 *count, GError **error)
{
  return tb_db_int (db, 0, count, error, "SELECT count(*) FROM person", "");
}

gboolean
tb_person_any (TbStore *store, gboolean *any, GError **error)
{
  g_auto (TbRead) read = { 0 };
  gint64 count = 0;

  if (!tb_read_begin (&read, store, error) || !count_people (read.db, &count, error))
    return FALSE;
  *any = count > 0;
  return TRUE;
}

/* --- writing ----------------------------------------------------------------------- */

static gboolean
put_roles (TbDb *db, const char *id, guint roles, GError **error)
{
  if (!tb_db_exec (db, error, "DELETE FROM person_role WHERE person = ?1", "s", id))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (roles_known); i++)
    if ((roles & roles_known[i].role) != 0
        && !tb_db_exec (db, error, "INSERT INTO person_role (person, role) VALUES (?1, ?2)", "ss", id,
                        roles_known[i].name))
      return FALSE;
  return TRUE;
}

gboolean
tb_person_check (const char *name, const char *login, GError **error)
{
  g_autofree char *clean = check_name (name, error);
  g_autofree char *folded = clean != NULL ? fold_login (login) : NULL;

  if (clean != NULL && folded == NULL)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“login” must be 2 to 80 characters without spaces");
  return folded != NULL;
}

static gboolean
insert (TbDb *db, const char *id, const char *name, const char *login, guint roles, const char *passphrase_hash,
        gint64 now_wall, GError **error)
{
  g_autofree char *clean = NULL;
  g_autofree char *folded = NULL;
  g_autofree char *key = NULL;

  if (!tb_person_check (name, login, error))
    return FALSE;
  if (roles == 0 || (roles & ~TB_ROLES_ALL) != 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“roles” must be a list of at least one role");
    return FALSE;
  }
  clean = check_name (name, NULL);
  folded = fold_login (login);
  key = fold_name (clean);
  return !is_taken (db, key, folded, "", error)
         && tb_db_exec (db, error,
                        "INSERT INTO person (id, name, name_key, login, passphrase, created_wall)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        "sssssi", id, clean, key, folded, passphrase_hash, now_wall)
         && put_roles (db, id, roles, error);
}

TbPerson *
tb_person_create (TbStore *store, const char *name, const char *login, guint roles, const char *passphrase_hash,
                  gint64 now_wall, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autofree char *id = tb_uuid_new ();
  g_autoptr (TbPerson) person = NULL;

  if (!tb_write_begin (&write, store, error)
      || !insert (write.db, id, name, login, roles, passphrase_hash, now_wall, error))
    return NULL;
  person = tb_person_load (write.db, id, error);
  if (person == NULL || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&person);
}

TbPerson *
tb_person_create_first (TbStore *store, const char *id, const char *name, const char *login, guint roles,
                        const char *passphrase_hash, gint64 now_wall, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbPerson) person = NULL;
  gint64 count = 0;

  if (!tb_write_begin (&write, store, error) || !count_people (write.db, &count, error))
    return NULL;
  if (count > 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "Terugblik has been set up already; sign in");
    return NULL;
  }
  if (!insert (write.db, id, name, login, roles, passphrase_hash, now_wall, error)
      || !tb_db_exec (write.db, error, "UPDATE visit SET coach = ?1 WHERE coach IS NULL", "s", id))
    return NULL;
  person = tb_person_load (write.db, id, error);
  if (person == NULL || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&person);
}

/* Somebody besides ID can still manage the accounts. */
static gboolean
another_admin (TbDb *db, const char *id, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM person JOIN person_role ON person_role.person = person.id"
                  " WHERE role = 'admin' AND disabled_wall IS NULL AND passphrase IS NOT NULL AND id <> ?1",
                  "s", id))
    return FALSE;
  if (count > 0)
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT,
                       "This is the last administrator; make somebody else administrator first");
  return FALSE;
}

static gboolean
is_active_admin (const TbPerson *person)
{
  return (person->roles & TB_ROLE_ADMIN) != 0 && person->disabled_at == 0 && person->passphrase != NULL;
}

static gboolean
rename_person (TbDb *db, const TbPerson *person, const char *name, GError **error)
{
  g_autofree char *clean = check_name (name, error);
  g_autofree char *key = clean != NULL ? fold_name (clean) : NULL;

  return clean != NULL && !is_taken (db, key, person->login, person->id, error)
         && tb_layers_keep_name (db, person->id, person->name, error)
         && tb_db_exec (db, error, "UPDATE person SET name = ?2, name_key = ?3 WHERE id = ?1", "sss", person->id, clean,
                        key);
}

TbPerson *
tb_person_update (TbStore *store, const char *id, const char *name, guint roles, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbPerson) person = NULL;
  g_autoptr (TbPerson) changed = NULL;

  if (!tb_write_begin (&write, store, error))
    return NULL;
  person = tb_person_load (write.db, id, error);
  if (person == NULL || (name != NULL && !rename_person (write.db, person, name, error)))
    return NULL;
  if (roles != 0 && (roles & TB_ROLE_ADMIN) == 0 && is_active_admin (person) && !another_admin (write.db, id, error))
    return NULL;
  if (roles != 0 && !put_roles (write.db, id, roles, error))
    return NULL;
  changed = tb_person_load (write.db, id, error);
  if (changed == NULL || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&changed);
}

gboolean
tb_session_delete_all (TbDb *db, const char *person, GError **error)
{
  return tb_db_exec (db, error, "DELETE FROM session WHERE person = ?1", "s", person);
}

static gboolean
disable (TbDb *db, const TbPerson *person, gint64 now_wall, GError **error)
{
  return (!is_active_admin (person) || another_admin (db, person->id, error))
         && tb_db_exec (db, error, "UPDATE person SET disabled_wall = ?2 WHERE id = ?1", "si", person->id, now_wall)
         && tb_session_delete_all (db, person->id, error)
         && tb_db_exec (db, error, "DELETE FROM invitation WHERE person = ?1 AND used_wall IS NULL", "s", person->id);
}

gboolean
tb_person_set_disabled (TbStore *store, const char *id, gboolean disabled, gint64 now_wall, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbPerson) person = NULL;

  if (!tb_write_begin (&write, store, error))
    return FALSE;
  person = tb_person_load (write.db, id, error);
  if (person == NULL)
    return FALSE;
  if (disabled && person->disabled_at == 0 && !disable (write.db, person, now_wall, error))
    return FALSE;
  if (!disabled && !tb_db_exec (write.db, error, "UPDATE person SET disabled_wall = NULL WHERE id = ?1", "s", id))
    return FALSE;
  return tb_write_commit (&write, error);
}

gboolean
tb_person_put_passphrase (TbDb *db, const char *id, const char *passphrase_hash, GError **error)
{
  return tb_db_exec (db, error, "UPDATE person SET passphrase = ?2 WHERE id = ?1", "ss", id, passphrase_hash);
}

gboolean
tb_person_set_passphrase (TbStore *store, const char *id, const char *passphrase_hash, GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_autoptr (TbPerson) person = NULL;

  if (!tb_write_begin (&write, store, error))
    return FALSE;
  person = tb_person_load (write.db, id, error);
  return person != NULL && tb_person_put_passphrase (write.db, id, passphrase_hash, error)
         && tb_write_commit (&write, error);
}
