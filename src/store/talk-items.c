/* The list for the talk. */
#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/coaching-private.h"
#include "store/moment-private.h"
#include "store/talk-private.h"
#include "store/talk.h"

void
tb_talk_item_free (TbTalkItem *item)
{
  if (item == NULL)
    return;
  g_free (item->id);
  g_free (item->visit);
  g_free (item->coach_moment);
  g_free (item->teacher_moment);
  g_free (item->question);
  g_free (item->notes);
  g_free (item->private_note);
  g_free (item);
}

json_object *
tb_talk_item_to_json (const TbTalkItem *item)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", item->id);
  tb_json_add_int (object, "position", item->position);
  tb_json_add_string (object, "coach_moment", item->coach_moment);
  tb_json_add_string (object, "teacher_moment", item->teacher_moment);
  tb_json_add_time (object, "from", item->from);
  tb_json_add_time (object, "to", item->to);
  tb_json_add_string (object, "question", item->question);
  tb_json_add_string (object, "notes", item->notes);
  tb_json_add_string (object, "private_note", item->private_note);
  tb_json_add_bool (object, "skipped", item->skipped);
  tb_json_add_wall (object, "changed_at", item->changed_at);
  return object;
}

/* --- rows ---------------------------------------------------------------- */

/* ?1: who looks. min() and max() of two are null when one is. */
#define ITEMS                                                                                                        \
  "SELECT talk_item.id, talk_item.visit, talk_item.position, coach_moment, teacher_moment,"                          \
  " min (coalesce (one.from_ns, other.from_ns), coalesce (other.from_ns, one.from_ns)),"                             \
  " max (coalesce (one.to_ns, other.to_ns), coalesce (other.to_ns, one.to_ns)), question, notes, talk_note.text,"    \
  " skipped, talk_item.changed_wall FROM talk_item"                                                                  \
  " LEFT JOIN moment AS one ON one.id = coach_moment LEFT JOIN moment AS other ON other.id = teacher_moment"         \
  " LEFT JOIN talk_note ON talk_note.item = talk_item.id AND talk_note.person = ?1 "

static TbTalkItem *
read_row (TbQuery *query)
{
  TbTalkItem *item = g_new0 (TbTalkItem, 1);
  const char *note = tb_query_text (query, 9);

  item->id = tb_query_dup (query, 0);
  item->visit = tb_query_dup (query, 1);
  item->position = (guint) tb_query_int (query, 2);
  item->coach_moment = tb_query_dup (query, 3);
  item->teacher_moment = tb_query_dup (query, 4);
  item->from = tb_query_int (query, 5);
  item->to = tb_query_int (query, 6);
  item->question = tb_query_dup (query, 7);
  item->notes = tb_query_dup (query, 8);
  item->private_note = g_strdup (note != NULL ? note : "");
  item->skipped = tb_query_int (query, 10) != 0;
  item->changed_at = tb_query_int (query, 11);
  return item;
}

static TbTalkItem *
load (TbDb *db, const char *id, const char *person, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, ITEMS "WHERE talk_item.id = ?2", "ss", person, id))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no item %.60s in a talk", id);
  return step > 0 ? read_row (&query) : NULL;
}

GPtrArray *
tb_talk_list_items (TbStore *store, const char *visit, const char *person, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_talk_item_free);
  g_auto (TbStand) stand = { 0 };
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error) || !tb_stand_load (&stand, read.db, visit, person, error)
      || !tb_query_open (&query, read.db, error,
                         ITEMS "WHERE talk_item.visit = ?2 ORDER BY talk_item.position, talk_item.id", "ss", person,
                         visit))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (items, read_row (&query));
  return step == 0 ? g_steal_pointer (&items) : NULL;
}

/* --- making -------------------------------------------------------------- */

static gboolean
insert (TbDb *db, const char *visit, gint64 position, const TbMoment *coach, const TbMoment *teacher, gint64 now_wall,
        GError **error)
{
  g_autofree char *id = tb_uuid_new ();

  return tb_db_exec (db, error,
                     "INSERT INTO talk_item (id, visit, position, coach_moment, teacher_moment, question, notes,"
                     " skipped, changed_wall) VALUES (?1, ?2, ?3, ?4, ?5, '', '', 0, ?6)",
                     "ssissi", id, visit, position, coach != NULL ? coach->id : NULL,
                     teacher != NULL ? teacher->id : NULL, now_wall);
}

gboolean
tb_talk_make_items (TbDb *db, const char *visit, gint64 now_wall, GError **error)
{
  g_autoptr (GPtrArray) moments = tb_moment_load_all (db, visit, error);
  g_autoptr (GArray) pairs = moments != NULL ? tb_moment_pair (moments) : NULL;

  for (guint i = 0; pairs != NULL && i < pairs->len; i++) {
    const TbMomentPair *pair = &g_array_index (pairs, TbMomentPair, i);

    if (!insert (db, visit, i, pair->coach, pair->teacher, now_wall, error))
      return FALSE;
  }
  return pairs != NULL;
}

gboolean
tb_talk_append_moment (TbDb *db, const TbMoment *moment, gint64 now_wall, GError **error)
{
  gboolean coach = g_str_equal (moment->side, TB_SIDE_COACH);
  gint64 last = 0;

  return tb_db_int (db, -1, &last, error, "SELECT max(position) FROM talk_item WHERE visit = ?1", "s", moment->visit)
         && insert (db, moment->visit, last + 1, coach ? moment : NULL, coach ? NULL : moment, now_wall, error);
}

gboolean
tb_talk_drop_moment (TbDb *db, const char *moment, gint64 now_wall, GError **error)
{
  return tb_db_exec (db, error,
                     "UPDATE talk_item SET coach_moment = nullif (coach_moment, ?1),"
                     " teacher_moment = nullif (teacher_moment, ?1), changed_wall = ?2"
                     " WHERE visit = (SELECT visit FROM moment WHERE id = ?1)"
                     " AND (coach_moment = ?1 OR teacher_moment = ?1)",
                     "si", moment, now_wall)
         && tb_db_exec (db, error,
                        "DELETE FROM talk_item WHERE visit = (SELECT visit FROM moment WHERE id = ?1)"
                        " AND coach_moment IS NULL AND teacher_moment IS NULL",
                        "s", moment);
}

/* --- changes ------------------------------------------------------------- */

static gboolean
take_fields (TbTalkItem *item, const TbStand *stand, json_object *fields, GError **error)
{
  static const char *const known[] = { "question", "notes", "skipped", "private_note", NULL };

  if (!tb_json_check_fields (fields, known, error)
      || !tb_json_take_string (fields, "question", TB_TEXT_MAX, &item->question, error)
      || !tb_json_take_string (fields, "notes", TB_TEXT_MAX, &item->notes, error)
      || !tb_json_get_bool (fields, "skipped", 0, &item->skipped, NULL, error))
    return FALSE;
  if (json_object_object_get_ex (fields, "private_note", NULL) && !tb_stand_is_coach (stand))
    return tb_refuse (error, TB_ERROR_DENIED, "Private notes in a talk are the coach's");
  return tb_json_take_string (fields, "private_note", TB_TEXT_MAX, &item->private_note, error);
}

static gboolean
put_note (TbDb *db, const TbTalkItem *item, const char *person, GError **error)
{
  if (*item->private_note == '\0')
    return tb_db_exec (db, error, "DELETE FROM talk_note WHERE item = ?1 AND person = ?2", "ss", item->id, person);
  return tb_db_exec (db, error,
                     "INSERT INTO talk_note (item, person, text) VALUES (?1, ?2, ?3)"
                     " ON CONFLICT (item, person) DO UPDATE SET text = ?3",
                     "sss", item->id, person, item->private_note);
}

TbTalkItem *
tb_talk_change_item (TbStore *store, const char *id, const char *person, json_object *fields, gint64 now_wall,
                     GError **error)
{
  g_autoptr (TbTalkItem) item = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, store, error) || (item = load (write.db, id, person, error)) == NULL
      || !tb_stand_load_open (&stand, write.db, item->visit, person, error)
      || !take_fields (item, &stand, fields, error)
      || !tb_db_exec (write.db, error,
                      "UPDATE talk_item SET question = ?2, notes = ?3, skipped = ?4, changed_wall = ?5 WHERE id = ?1",
                      "sssii", id, item->question, item->notes, (gint64) item->skipped, now_wall)
      || !put_note (write.db, item, person, error) || !tb_write_commit (&write, error))
    return NULL;
  item->changed_at = now_wall;
  return g_steal_pointer (&item);
}

static GPtrArray *
list_ids (TbDb *db, const char *visit, GError **error)
{
  g_auto (TbQuery) query = { 0 };

  return tb_query_open (&query, db, error, "SELECT id FROM talk_item WHERE visit = ?1", "s", visit)
           ? tb_coaching_read_ids (&query, error)
           : NULL;
}

gboolean
tb_talk_order (TbStore *store, const char *visit, const char *person, const char *const *ids, gint64 now_wall,
               GError **error)
{
  g_autoptr (GPtrArray) listed = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, store, error) || !tb_stand_load_open (&stand, write.db, visit, person, error)
      || (listed = list_ids (write.db, visit, error)) == NULL || !tb_coaching_check_order (ids, listed, error))
    return FALSE;
  for (gint64 i = 0; ids[i] != NULL; i++)
    if (!tb_db_exec (write.db, error, "UPDATE talk_item SET position = ?2, changed_wall = ?3 WHERE id = ?1", "sii",
                     ids[i], i, now_wall))
      return FALSE;
  return tb_write_commit (&write, error);
}
