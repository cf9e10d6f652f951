/* Who observes, and how far they are. */
#include "base/error.h"
#include "store/coaching-private.h"
#include "store/layers-private.h"
#include "store/store-private.h"

gboolean
tb_layers_keep_name (TbDb *db, const char *person, const char *name, GError **error)
{
  /* An observer's is kept from the beginning (keep_names). */
  return tb_db_exec (db, error,
                     "INSERT INTO observer_name (visit, person, name, beside) SELECT id, ?1, ?2, 0 FROM visit"
                     " WHERE coach = ?1 AND EXISTS (SELECT 1 FROM observation WHERE observation.visit = visit.id"
                     "  AND observer = ?2)"
                     " ON CONFLICT DO NOTHING",
                     "ss", person, name);
}

/* Still under the writers' lock: nothing can be tapped between the change and the new era. */
static gboolean
commit (TbWrite *write, GError **error)
{
  if (!tb_write_commit (write, error))
    return FALSE;
  g_atomic_int_inc (&write->store->layers_era);
  return TRUE;
}

#define CAN_BE_ASKED                                                                                                  \
  " FROM person JOIN visit ON visit.id = ?1 WHERE disabled_wall IS NULL AND passphrase IS NOT NULL"                   \
  " AND EXISTS (SELECT 1 FROM person_role WHERE person_role.person = person.id AND role IN ('coach', 'trainee'))"     \
  " AND (coach IS NULL OR coach <> person.id) AND (teacher_person IS NULL OR teacher_person <> person.id) "

GPtrArray *
tb_layers_candidates (TbStore *store, const char *visit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observer_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         "SELECT person.id, person.name" CAN_BE_ASKED "AND NOT EXISTS (SELECT 1 FROM visit_observer"
                         " WHERE visit_observer.visit = ?1 AND visit_observer.person = person.id) ORDER BY name_key",
                         "s", visit))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbObserver *observer = g_new0 (TbObserver, 1);

    g_ptr_array_add (list, observer);
    observer->person = tb_query_dup (&query, 0);
    observer->name = tb_query_dup (&query, 1);
  }
  return step == 0 ? g_steal_pointer (&list) : NULL;
}

/* --- adding -------------------------------------------------------------- */

static gboolean
check_candidate (TbDb *db, const char *visit, const char *person, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error, "SELECT count(*)" CAN_BE_ASKED "AND person.id = ?2", "ss", visit, person))
    return FALSE;
  return count > 0
         || tb_refuse (error, TB_ERROR_INVALID,
                       "“person” must be a coach or a trainee who can sign in, not the visit's coach or teacher");
}

/* Who has observed beside the coach did so, also when they are the coach now. */
static gboolean
keep_name (TbDb *db, const char *visit, GHashTable *names, const char *person, const char *called, gboolean beside,
           GError **error)
{
  g_autofree char *name = tb_layers_free_name (names, person, called);

  if (!tb_db_exec (db, error,
                   "INSERT INTO observer_name (visit, person, name, beside) VALUES (?1, ?2, ?3, ?4)"
                   " ON CONFLICT (visit, person) DO UPDATE SET beside = max(observer_name.beside, excluded.beside)",
                   "sssi", visit, person, name, (gint64) beside))
    return FALSE;
  g_hash_table_insert (names, g_strdup (person), g_steal_pointer (&name));
  return TRUE;
}

/* From here on they stay: the coach's, so that nobody else gets it, and the new one's. */
static gboolean
keep_names (TbDb *db, const char *visit, const TbLayers *layers, const char *person, GError **error)
{
  const TbObserver *coach = tb_layers_find (layers, layers->coach);
  g_autoptr (GHashTable) names = tb_layers_load_names (db, visit, error);
  g_autofree char *called = names != NULL ? tb_coaching_name (db, person, error) : NULL;

  return called != NULL && (coach == NULL || keep_name (db, visit, names, coach->person, coach->name, FALSE, error))
         && keep_name (db, visit, names, person, called, TRUE, error);
}

gboolean
tb_layers_add (TbStore *store, const char *visit, const char *person, gint64 now_wall, GError **error)
{
  g_autoptr (TbLayers) layers = NULL;
  g_auto (TbWrite) write = { 0 };
  const TbObserver *there;

  if (!tb_write_begin (&write, store, error) || (layers = tb_layers_load_from (write.db, visit, error)) == NULL)
    return FALSE;
  there = tb_layers_find (layers, person);
  if (there != NULL && !there->coach)
    return TRUE;
  return check_candidate (write.db, visit, person, error) && keep_names (write.db, visit, layers, person, error)
         && tb_db_exec (write.db, error,
                        "INSERT INTO visit_layers (visit, blind) VALUES (?1, 1) ON CONFLICT (visit) DO NOTHING", "s",
                        visit)
         && tb_db_exec (write.db, error, "INSERT INTO visit_observer (visit, person, added_wall) VALUES (?1, ?2, ?3)",
                        "ssi", visit, person, now_wall)
         && commit (&write, error);
}

/* --- being done, and opening --------------------------------------------- */

static gboolean
put_opened (TbDb *db, const char *visit, gint64 now_wall, GError **error)
{
  return tb_db_exec (db, error,
                     "INSERT INTO visit_layers (visit, blind, opened_wall) VALUES (?1, 1, ?2)"
                     " ON CONFLICT (visit) DO UPDATE SET opened_wall = coalesce(visit_layers.opened_wall, ?2)",
                     "si", visit, now_wall);
}

/* Opens when nobody is waited for any more: not for a coach who did not tap. */
static gboolean
open_when_done (TbDb *db, const char *visit, gint64 now_wall, GError **error)
{
  g_autoptr (TbLayers) layers = tb_layers_load_from (db, visit, error);
  guint observing = 0;

  if (layers == NULL)
    return FALSE;
  for (guint i = 0; i < layers->observers->len; i++) {
    const TbObserver *observer = layers->observers->pdata[i];
    gint64 tapped = 1;

    observing += observer->coach && !observer->beside ? 0 : 1;
    if (observer->done_at != 0)
      continue;
    if (observer->coach
        && !tb_db_int (db, 0, &tapped, error,
                       "SELECT count(*) FROM observation WHERE visit = ?1 AND observer = ?2 AND removed = 0", "ss",
                       visit, observer->layer))
      return FALSE;
    if (tapped > 0)
      return TRUE;
  }
  return observing == 0 || layers->opened_at != 0 || put_opened (db, visit, now_wall, error);
}

static gboolean
check_done (TbDb *db, const char *visit, const TbLayers *layers, gboolean done, GError **error)
{
  gint64 started = 0;

  if (!done)
    return layers->opened_at == 0
           || tb_refuse (error, TB_ERROR_CONFLICT, "The layers have been opened: everybody has seen them");
  if (!tb_db_int (db, 0, &started, error, "SELECT started_wall FROM visit WHERE id = ?1", "s", visit))
    return FALSE;
  return started != 0 || tb_refuse (error, TB_ERROR_CONFLICT, "This visit has not started, so nobody is done");
}

gboolean
tb_layers_set_done (TbStore *store, const char *visit, const char *person, gboolean done, gint64 now_wall,
                    GError **error)
{
  g_autoptr (TbLayers) layers = NULL;
  g_auto (TbWrite) write = { 0 };
  const TbObserver *observer;
  gint64 at;

  if (!tb_write_begin (&write, store, error) || (layers = tb_layers_load_from (write.db, visit, error)) == NULL)
    return FALSE;
  observer = tb_layers_find (layers, person);
  if (observer == NULL)
    return tb_refuse (error, TB_ERROR_NOT_FOUND, "Not an observer of this visit");
  if (!check_done (write.db, visit, layers, done, error))
    return FALSE;
  at = !done ? 0 : observer->done_at != 0 ? observer->done_at : now_wall;
  if (!(observer->coach ? tb_db_exec (write.db, error,
                                      "INSERT INTO visit_layers (visit, blind, coach_done_wall) VALUES (?1, 1, ?2)"
                                      " ON CONFLICT (visit) DO UPDATE SET coach_done_wall = excluded.coach_done_wall",
                                      "sw", visit, at)
                        : tb_db_exec (write.db, error,
                                      "UPDATE visit_observer SET done_wall = ?3 WHERE visit = ?1 AND person = ?2",
                                      "ssw", visit, person, at)))
    return FALSE;
  return open_when_done (write.db, visit, now_wall, error) && commit (&write, error);
}

gboolean
tb_layers_remove (TbStore *store, const char *visit, const char *person, gint64 now_wall, GError **error)
{
  g_autoptr (TbLayers) layers = NULL;
  g_auto (TbWrite) write = { 0 };
  const TbObserver *observer;

  if (!tb_write_begin (&write, store, error) || (layers = tb_layers_load_from (write.db, visit, error)) == NULL)
    return FALSE;
  observer = tb_layers_find (layers, person);
  if (observer == NULL || observer->coach)
    return tb_refuse (error, TB_ERROR_NOT_FOUND, "Not an observer of this visit");
  return tb_db_exec (write.db, error, "DELETE FROM visit_observer WHERE visit = ?1 AND person = ?2", "ss", visit,
                     person)
         && open_when_done (write.db, visit, now_wall, error) && commit (&write, error);
}

gboolean
tb_layers_set_blind (TbStore *store, const char *visit, gboolean blind, GError **error)
{
  g_autoptr (TbLayers) layers = NULL;
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, store, error) || (layers = tb_layers_load_from (write.db, visit, error)) == NULL)
    return FALSE;
  if (layers->opened_at != 0)
    return tb_refuse (error, TB_ERROR_CONFLICT, "The layers have been opened: everybody has seen them");
  return tb_db_exec (write.db, error,
                     "INSERT INTO visit_layers (visit, blind) VALUES (?1, ?2)"
                     " ON CONFLICT (visit) DO UPDATE SET blind = excluded.blind",
                     "si", visit, (gint64) (blind ? 1 : 0))
         && commit (&write, error);
}

gboolean
tb_layers_open (TbStore *store, const char *visit, gint64 now_wall, GError **error)
{
  g_autoptr (TbLayers) layers = NULL;
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, store, error) || (layers = tb_layers_load_from (write.db, visit, error)) == NULL)
    return FALSE;
  if (layers->opened_at != 0)
    return TRUE;
  if (layers->observers->len == (layers->coach != NULL ? 1u : 0u) && !tb_layers_coach_is_beside (layers))
    return tb_refuse (error, TB_ERROR_CONFLICT, "Nobody observes this visit beside you");
  return put_opened (write.db, visit, now_wall, error) && commit (&write, error);
}
