#include "store/talk.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "store/coaching-private.h"
#include "store/talk-private.h"

void
tb_talk_free (TbTalk *talk)
{
  if (talk == NULL)
    return;
  g_free (talk->visit);
  g_free (talk->state);
  g_free (talk);
}

json_object *
tb_talk_to_json (const TbTalk *talk)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "visit", talk->visit);
  tb_json_add_wall (object, "coach_ready_at", talk->coach_ready_at);
  tb_json_add_wall (object, "teacher_ready_at", talk->teacher_ready_at);
  tb_json_add_wall (object, "revealed_at", talk->revealed_at);
  tb_json_add_bool (object, "together", talk->together);
  tb_json_add_wall (object, "started_at", talk->started_at);
  tb_json_add_wall (object, "ended_at", talk->ended_at);
  tb_json_add (object, "state", tb_json_parse (talk->state, strlen (talk->state), NULL));
  tb_json_add_int (object, "state_seq", talk->state_seq);
  tb_json_add_wall (object, "state_at", talk->state_at);
  return object;
}

static TbTalk *
load (TbDb *db, const char *visit, GError **error)
{
  g_autoptr (TbTalk) talk = g_new0 (TbTalk, 1);
  g_auto (TbQuery) query = { 0 };
  int step;

  talk->visit = g_strdup (visit);
  if (!tb_query_open (&query, db, error,
                      "SELECT coach_ready_wall, teacher_ready_wall, revealed_wall, together, started_wall, ended_wall,"
                      " state, state_seq, state_wall FROM talk WHERE visit = ?1",
                      "s", visit))
    return NULL;
  step = tb_query_next (&query, error);
  if (step < 0)
    return NULL;
  if (step == 0) {
    talk->state = g_strdup ("{}");
    return g_steal_pointer (&talk);
  }
  talk->coach_ready_at = tb_query_int (&query, 0);
  talk->teacher_ready_at = tb_query_int (&query, 1);
  talk->revealed_at = tb_query_int (&query, 2);
  talk->together = tb_query_int (&query, 3) != 0;
  talk->started_at = tb_query_int (&query, 4);
  talk->ended_at = tb_query_int (&query, 5);
  talk->state = tb_query_dup (&query, 6);
  talk->state_seq = tb_query_int (&query, 7);
  talk->state_at = tb_query_int (&query, 8);
  return g_steal_pointer (&talk);
}

/* All of it back. */
static gboolean
put (TbDb *db, const TbTalk *talk, GError **error)
{
  return tb_db_exec (db, error,
                     "INSERT INTO talk (visit, coach_ready_wall, teacher_ready_wall, revealed_wall, together,"
                     " started_wall, ended_wall, state, state_seq, state_wall)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (visit) DO UPDATE SET"
                     " coach_ready_wall = ?2, teacher_ready_wall = ?3, revealed_wall = ?4, together = ?5,"
                     " started_wall = ?6, ended_wall = ?7, state = ?8, state_seq = ?9, state_wall = ?10",
                     "swwwiwwsiw", talk->visit, talk->coach_ready_at, talk->teacher_ready_at, talk->revealed_at,
                     (gint64) talk->together, talk->started_at, talk->ended_at, talk->state, talk->state_seq,
                     talk->state_at);
}

gboolean
tb_talk_side (TbStore *store, const char *visit, const char *person, const char **side, GError **error)
{
  g_auto (TbStand) stand = { 0 };
  g_auto (TbRead) read = { 0 };

  if (!tb_read_begin (&read, store, error) || !tb_stand_load (&stand, read.db, visit, person, error))
    return FALSE;
  *side = stand.side;
  return TRUE;
}

TbTalk *
tb_talk_get (TbStore *store, const char *visit, const char *person, GError **error)
{
  g_auto (TbStand) stand = { 0 };
  g_auto (TbRead) read = { 0 };

  return tb_read_begin (&read, store, error) && tb_stand_load (&stand, read.db, visit, person, error)
           ? load (read.db, visit, error)
           : NULL;
}

/* The talk, to be changed by PERSON; new. */
static TbTalk *
begin (TbWrite *write, TbStand *stand, TbStore *store, const char *visit, const char *person, GError **error)
{
  return tb_write_begin (write, store, error) && tb_stand_load_open (stand, write->db, visit, person, error)
           ? load (write->db, visit, error)
           : NULL;
}

/* The talk as it was changed; takes it. */
static TbTalk *
finish (TbWrite *write, TbTalk *changed, GError **error)
{
  g_autoptr (TbTalk) talk = changed;

  return put (write->db, talk, error) && tb_write_commit (write, error) ? g_steal_pointer (&talk) : NULL;
}

TbTalk *
tb_talk_set_ready (TbStore *store, const char *visit, const char *person, gboolean ready, gint64 now_wall,
                   GError **error)
{
  g_autoptr (TbTalk) talk = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };
  gint64 *place;

  talk = begin (&write, &stand, store, visit, person, error);
  if (talk == NULL)
    return NULL;
  if (talk->revealed_at != 0) {
    tb_refuse (error, TB_ERROR_CONFLICT, "Both lists have been shown already");
    return NULL;
  }
  place = tb_stand_is_coach (&stand) ? &talk->coach_ready_at : &talk->teacher_ready_at;
  if ((*place != 0) == (ready != FALSE))
    return g_steal_pointer (&talk);
  *place = ready ? now_wall : 0;
  return finish (&write, g_steal_pointer (&talk), error);
}

TbTalk *
tb_talk_reveal (TbStore *store, const char *visit, const char *person, gboolean coach_yes, gboolean teacher_yes,
                gint64 now_wall, GError **error)
{
  g_autoptr (TbTalk) talk = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };
  gboolean ready;

  talk = begin (&write, &stand, store, visit, person, error);
  if (talk == NULL || talk->revealed_at != 0)
    return g_steal_pointer (&talk);
  ready = talk->coach_ready_at != 0 && talk->teacher_ready_at != 0;
  if (!ready && !(coach_yes && teacher_yes)) {
    tb_refuse (error, TB_ERROR_CONFLICT, "The lists are shown when both are ready, or both say so together");
    return NULL;
  }
  talk->revealed_at = now_wall;
  talk->together = !ready;
  if (!tb_talk_make_items (write.db, visit, now_wall, error))
    return NULL;
  return finish (&write, g_steal_pointer (&talk), error);
}

TbTalk *
tb_talk_start (TbStore *store, const char *visit, const char *person, gint64 now_wall, GError **error)
{
  g_autoptr (TbTalk) talk = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  talk = begin (&write, &stand, store, visit, person, error);
  if (talk == NULL)
    return NULL;
  if (talk->revealed_at == 0) {
    tb_refuse (error, TB_ERROR_CONFLICT, "The talk starts after both lists have been shown");
    return NULL;
  }
  if (talk->started_at == 0)
    talk->started_at = now_wall;
  talk->ended_at = 0;
  return finish (&write, g_steal_pointer (&talk), error);
}

TbTalk *
tb_talk_end (TbStore *store, const char *visit, const char *person, gint64 now_wall, GError **error)
{
  g_autoptr (TbTalk) talk = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  talk = begin (&write, &stand, store, visit, person, error);
  if (talk == NULL)
    return NULL;
  if (talk->started_at == 0) {
    tb_refuse (error, TB_ERROR_CONFLICT, "The talk has not started");
    return NULL;
  }
  if (talk->ended_at == 0)
    talk->ended_at = now_wall;
  return finish (&write, g_steal_pointer (&talk), error);
}

/* --- the screen ---------------------------------------------------------- */

static gboolean
check_item (TbDb *db, const char *visit, const char *item, GError **error)
{
  gint64 count = 0;

  if (item == NULL)
    return TRUE;
  if (!tb_db_int (db, 0, &count, error, "SELECT count(*) FROM talk_item WHERE id = ?1 AND visit = ?2", "ss", item,
                  visit))
    return FALSE;
  return count > 0 || tb_refuse (error, TB_ERROR_INVALID, "“item” must be the id of an item of this talk");
}

/* What every screen relies on; *ITEM is borrowed. */
static gboolean
check_state (json_object *state, const char **item, GError **error)
{
  const char *layout = NULL;
  TbTime position = 0;
  gboolean playing = FALSE, scores = FALSE;
  double rate = 1;

  if (!json_object_is_type (state, json_type_object))
    return tb_refuse (error, TB_ERROR_INVALID, "The state of a talk must be a JSON object");
  if (!tb_json_get_string (state, "item", 0, TB_LINE_MAX, item, NULL, error)
      || !tb_json_get_time (state, "position", 0, &position, NULL, error)
      || !tb_json_get_bool (state, "playing", 0, &playing, NULL, error)
      || !tb_json_get_double (state, "rate", 0, 0.1, 4, &rate, NULL, error)
      || !tb_json_get_string (state, "layout", 0, 40, &layout, NULL, error)
      || !tb_json_get_bool (state, "scores", 0, &scores, NULL, error))
    return FALSE;
  return position >= 0 || tb_refuse (error, TB_ERROR_INVALID, "“position” must not be before the beginning");
}

TbTalk *
tb_talk_set_state (TbStore *store, const char *visit, const char *person, gint64 seen_seq, json_object *state,
                   gint64 now_wall, gboolean *applied, GError **error)
{
  g_autofree char *text = tb_json_to_text (state);
  g_autoptr (TbTalk) talk = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };
  const char *item = NULL;

  if (!check_state (state, &item, error))
    return NULL;
  if (strlen (text) > TB_TALK_STATE_MAX) {
    tb_refuse (error, TB_ERROR_TOO_LARGE, "The state of a talk may be at most 4096 bytes");
    return NULL;
  }
  talk = begin (&write, &stand, store, visit, person, error);
  if (talk == NULL || !check_item (write.db, visit, item, error))
    return NULL;
  if (talk->revealed_at == 0) {
    tb_refuse (error, TB_ERROR_CONFLICT, "The talk starts after both lists have been shown");
    return NULL;
  }
  if (talk->state_seq != seen_seq) {
    *applied = FALSE;
    return g_steal_pointer (&talk);
  }
  g_free (talk->state);
  talk->state = g_steal_pointer (&text);
  talk->state_seq++;
  talk->state_at = now_wall;
  talk = finish (&write, g_steal_pointer (&talk), error);
  if (talk != NULL)
    *applied = TRUE;
  return g_steal_pointer (&talk);
}
