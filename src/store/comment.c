#include "store/comment.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/coaching-private.h"

#define VOICE_MAX 100 /* characters of a file name */

static const char *const sights[] = { "now", "talk", NULL };

gboolean
tb_comment_is_voice (const char *name)
{
  return g_str_has_prefix (name, "voice-");
}

void
tb_comment_free (TbComment *comment)
{
  if (comment == NULL)
    return;
  g_free (comment->id);
  g_free (comment->visit);
  g_free (comment->parent);
  g_free (comment->person);
  g_free (comment->person_name);
  g_free (comment->side);
  g_free (comment->text);
  g_free (comment->voice);
  g_free (comment->sight);
  g_free (comment);
}

json_object *
tb_comment_to_json (const TbComment *comment)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", comment->id);
  tb_json_add_string (object, "visit", comment->visit);
  tb_json_add_time (object, "at", comment->at);
  tb_json_add_time (object, "until", comment->until);
  tb_json_add_string (object, "parent", comment->parent);
  tb_json_add (object, "person", tb_coaching_person_to_json (comment->person, comment->person_name));
  tb_json_add_string (object, "side", comment->side);
  tb_json_add_string (object, "text", comment->text);
  tb_json_add_bool (object, "voice", comment->voice != NULL);
  tb_json_add_string (object, "sight", comment->sight);
  tb_json_add_wall (object, "created_at", comment->created_at);
  tb_json_add_wall (object, "changed_at", comment->changed_at);
  tb_json_add_wall (object, "removed_at", comment->removed_at);
  return object;
}

/* --- rows ---------------------------------------------------------------- */

#define COMMENTS                                                                                                     \
  "SELECT comment.id, comment.visit, comment.at_ns, comment.until_ns, comment.parent, comment.person, person.name,"  \
  " comment.side, comment.text, comment.voice, comment.sight, comment.created_wall, comment.changed_wall,"           \
  " comment.removed_wall FROM comment JOIN person ON person.id = comment.person "

/* Removed ones only where something hangs on them. */
#define THERE                                                                                                        \
  "(comment.removed_wall IS NULL OR EXISTS (SELECT 1 FROM comment AS answer WHERE answer.parent = comment.id"        \
  " AND answer.removed_wall IS NULL))"

static TbComment *
read_row (TbQuery *query)
{
  TbComment *comment = g_new0 (TbComment, 1);

  comment->id = tb_query_dup (query, 0);
  comment->visit = tb_query_dup (query, 1);
  comment->at = tb_query_int (query, 2);
  comment->until = tb_query_time (query, 3);
  comment->parent = tb_query_dup (query, 4);
  comment->person = tb_query_dup (query, 5);
  comment->person_name = tb_query_dup (query, 6);
  comment->side = tb_query_dup (query, 7);
  comment->text = tb_query_dup (query, 8);
  comment->voice = tb_query_dup (query, 9);
  comment->sight = tb_query_dup (query, 10);
  comment->created_at = tb_query_int (query, 11);
  comment->changed_at = tb_query_int (query, 12);
  comment->removed_at = tb_query_int (query, 13);
  return comment;
}

static gboolean
not_found (const char *id, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no comment %.60s", id);
  return FALSE;
}

/* A live one; its visit's people are checked by the caller. */
static TbComment *
load (TbDb *db, const char *id, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, COMMENTS "WHERE comment.id = ?1 AND comment.removed_wall IS NULL", "s", id))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    not_found (id, error);
  return step > 0 ? read_row (&query) : NULL;
}

static gboolean
sees (const TbStand *stand, const TbComment *comment)
{
  return stand->revealed || g_str_equal (comment->side, stand->side) || g_str_equal (comment->sight, "now");
}

TbComment *
tb_comment_get (TbStore *store, const char *id, const char *viewer, GError **error)
{
  g_autoptr (TbComment) comment = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbRead) read = { 0 };

  if (!tb_read_begin (&read, store, error) || (comment = load (read.db, id, error)) == NULL
      || !tb_stand_load (&stand, read.db, comment->visit, viewer, error))
    return NULL;
  if (!sees (&stand, comment)) {
    not_found (id, error);
    return NULL;
  }
  return g_steal_pointer (&comment);
}

GPtrArray *
tb_comment_list (TbStore *store, const char *visit, const char *viewer, GError **error)
{
  g_autoptr (GPtrArray) comments = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_comment_free);
  g_auto (TbStand) stand = { 0 };
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error) || !tb_stand_load (&stand, read.db, visit, viewer, error)
      || !tb_query_open (&query, read.db, error,
                         COMMENTS "LEFT JOIN comment AS top ON top.id = comment.parent"
                                  " WHERE comment.visit = ?1 AND " THERE
                                  " AND (?2 OR comment.side = ?3 OR comment.sight = 'now')"
                                  " ORDER BY coalesce (top.at_ns, comment.at_ns), coalesce (top.id, comment.id),"
                                  " comment.parent IS NOT NULL, comment.created_wall, comment.id",
                         "sis", visit, (gint64) stand.revealed, stand.side))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (comments, read_row (&query));
  return step == 0 ? g_steal_pointer (&comments) : NULL;
}

GPtrArray *
tb_comment_list_voices (TbStore *store, const char *visit, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };

  return tb_read_begin (&read, store, error)
             && tb_query_open (&query, read.db, error,
                               "SELECT voice FROM comment WHERE visit = ?1 AND voice IS NOT NULL ORDER BY voice", "s",
                               visit)
           ? tb_coaching_read_ids (&query, error)
           : NULL;
}

/* --- changes ------------------------------------------------------------- */

/* A file name and nothing that leads elsewhere. */
static gboolean
is_file_name (const char *name)
{
  if (*name == '.' || *name == '\0')
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (".-_", *p) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
take_words (TbComment *comment, json_object *fields, GError **error)
{
  const char *voice = NULL;

  if (!tb_json_take_string (fields, "text", TB_TEXT_MAX, &comment->text, error)
      || !tb_json_get_string (fields, "voice", 0, VOICE_MAX, &voice, NULL, error))
    return FALSE;
  if (voice != NULL && !is_file_name (voice))
    return tb_refuse (error, TB_ERROR_INVALID, "“voice” must be the name of a file");
  if (voice != NULL || tb_json_is_null (fields, "voice")) {
    g_free (comment->voice);
    comment->voice = g_strdup (voice);
  }
  return *comment->text != '\0' || comment->voice != NULL
         || tb_refuse (error, TB_ERROR_INVALID, "A comment needs a “text” or a “voice”");
}

static gboolean
take_place (TbComment *comment, json_object *fields, GError **error)
{
  if (!tb_json_get_time (fields, "at", 0, &comment->at, NULL, error)
      || !tb_json_get_time (fields, "until", 0, &comment->until, NULL, error)
      || !tb_take_choice (fields, "sight", sights, &comment->sight, error))
    return FALSE;
  if (tb_json_is_null (fields, "until"))
    comment->until = TB_TIME_NONE;
  if (comment->at == TB_TIME_NONE)
    return tb_refuse (error, TB_ERROR_INVALID, "“at” is missing");
  if (comment->at < 0)
    return tb_refuse (error, TB_ERROR_INVALID, "“at” must not be before the beginning");
  return comment->until == TB_TIME_NONE || comment->until > comment->at
         || tb_refuse (error, TB_ERROR_INVALID, "“until” must be after “at”");
}

/* An answer lies where its parent lies. */
static gboolean
take_parent (TbDb *db, const TbStand *stand, TbComment *comment, GError **error)
{
  g_autoptr (TbComment) parent = load (db, comment->parent, error);

  if (parent == NULL)
    return FALSE;
  if (!g_str_equal (parent->visit, comment->visit) || !sees (stand, parent))
    return not_found (comment->parent, error);
  if (parent->parent != NULL)
    return tb_refuse (error, TB_ERROR_INVALID, "“parent” is an answer itself");
  comment->at = parent->at;
  comment->until = parent->until;
  g_free (comment->sight);
  comment->sight = g_strdup (parent->sight);
  return TRUE;
}

static gboolean
check_answer_fields (json_object *fields, GError **error)
{
  static const char *const known[] = { "parent", "text", "voice", NULL };

  return tb_json_check_fields (fields, known, error);
}

TbComment *
tb_comment_add (TbStore *store, const char *visit, const char *person, json_object *fields, gint64 now_wall,
                GError **error)
{
  static const char *const known[] = { "at", "until", "parent", "text", "voice", "sight", NULL };
  g_autoptr (TbComment) comment = g_new0 (TbComment, 1);
  g_autoptr (TbComment) made = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  comment->id = tb_uuid_new ();
  comment->visit = g_strdup (visit);
  comment->text = g_strdup ("");
  comment->sight = g_strdup ("talk");
  comment->at = comment->until = TB_TIME_NONE;
  if (!tb_json_check_fields (fields, known, error) || !tb_take_id (fields, "parent", &comment->parent, error)
      || (comment->parent != NULL && !check_answer_fields (fields, error)) || !take_words (comment, fields, error)
      || !tb_write_begin (&write, store, error) || !tb_stand_load_open (&stand, write.db, visit, person, error)
      || !(comment->parent != NULL ? take_parent (write.db, &stand, comment, error)
                                   : take_place (comment, fields, error))
      || !tb_db_exec (write.db, error,
                      "INSERT INTO comment (id, visit, at_ns, until_ns, parent, person, side, text, voice, sight,"
                      " created_wall, changed_wall) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)",
                      "ssttssssssi", comment->id, visit, comment->at, comment->until, comment->parent, person,
                      stand.side, comment->text, comment->voice, comment->sight, now_wall)
      || (made = load (write.db, comment->id, error)) == NULL || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&made);
}

/* One that PERSON wrote and may change; new. */
static TbComment *
begin (TbWrite *write, TbStore *store, const char *id, const char *person, GError **error)
{
  g_autoptr (TbComment) comment = NULL;
  g_auto (TbStand) stand = { 0 };

  if (!tb_write_begin (write, store, error) || (comment = load (write->db, id, error)) == NULL
      || !tb_stand_load_open (&stand, write->db, comment->visit, person, error))
    return NULL;
  if (!sees (&stand, comment)) {
    not_found (id, error);
    return NULL;
  }
  if (!g_str_equal (comment->person, person)) {
    tb_refuse (error, TB_ERROR_DENIED, "Only who wrote a comment changes or removes it");
    return NULL;
  }
  return g_steal_pointer (&comment);
}

/* What the other has answered cannot be unseen. */
static gboolean
check_sight (TbDb *db, const TbComment *comment, const char *before, GError **error)
{
  gint64 answers = 0;

  if (g_str_equal (before, comment->sight) || g_str_equal (comment->sight, "now"))
    return TRUE;
  if (!tb_db_int (db, 0, &answers, error,
                  "SELECT count(*) FROM comment WHERE parent = ?1 AND side <> ?2 AND removed_wall IS NULL", "ss",
                  comment->id, comment->side))
    return FALSE;
  return answers == 0 || tb_refuse (error, TB_ERROR_CONFLICT, "“sight”: this comment has been answered already");
}

TbComment *
tb_comment_change (TbStore *store, const char *id, const char *person, json_object *fields, gint64 now_wall,
                   char **voice, GError **error)
{
  static const char *const known[] = { "at", "until", "text", "voice", "sight", NULL };
  g_autoptr (TbComment) comment = NULL;
  g_autofree char *before = NULL;
  g_autofree char *said = NULL;
  g_auto (TbWrite) write = { 0 };

  if (!tb_json_check_fields (fields, known, error) || (comment = begin (&write, store, id, person, error)) == NULL)
    return NULL;
  said = g_strdup (comment->voice);
  if (!take_words (comment, fields, error))
    return NULL;
  before = g_strdup (comment->sight);
  if ((comment->parent != NULL && !check_answer_fields (fields, error)) || !take_place (comment, fields, error)
      || !check_sight (write.db, comment, before, error)
      || !tb_db_exec (write.db, error,
                      "UPDATE comment SET at_ns = ?2, until_ns = ?3, text = ?4, voice = ?5, sight = ?6,"
                      " changed_wall = ?7 WHERE id = ?1",
                      "sttsssi", id, comment->at, comment->until, comment->text, comment->voice, comment->sight,
                      now_wall)
      || !tb_db_exec (write.db, error, "UPDATE comment SET at_ns = ?2, until_ns = ?3, sight = ?4 WHERE parent = ?1",
                      "stts", id, comment->at, comment->until, comment->sight)
      || !tb_write_commit (&write, error))
    return NULL;
  if (voice != NULL)
    *voice = g_strcmp0 (said, comment->voice) != 0 ? g_steal_pointer (&said) : NULL;
  comment->changed_at = now_wall;
  return g_steal_pointer (&comment);
}

gboolean
tb_comment_remove (TbStore *store, const char *id, const char *person, gint64 now_wall, char **voice, GError **error)
{
  g_autoptr (TbComment) comment = NULL;
  g_auto (TbWrite) write = { 0 };

  /* What was said is gone for good, only its place stays. */
  if ((comment = begin (&write, store, id, person, error)) == NULL
      || !tb_db_exec (write.db, error,
                      "UPDATE comment SET text = '', voice = NULL, removed_wall = ?2, changed_wall = ?2 WHERE id = ?1",
                      "si", id, now_wall)
      || !tb_write_commit (&write, error))
    return FALSE;
  if (voice != NULL)
    *voice = g_steal_pointer (&comment->voice);
  return TRUE;
}
