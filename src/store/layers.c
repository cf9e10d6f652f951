#include "store/layers-private.h"

#include "base/error.h"
#include "store/store-private.h"

void
tb_observer_free (TbObserver *observer)
{
  if (observer == NULL)
    return;
  g_free (observer->person);
  g_free (observer->name);
  g_free (observer->layer);
  g_free (observer);
}

void
tb_layers_free (TbLayers *layers)
{
  if (layers == NULL)
    return;
  g_free (layers->coach);
  g_ptr_array_unref (layers->observers);
  g_ptr_array_unref (layers->former);
  g_free (layers);
}

/* --- who sees what ------------------------------------------------------- */

const TbObserver *
tb_layers_find (const TbLayers *layers, const char *person)
{
  for (guint i = 0; person != NULL && i < layers->observers->len; i++) {
    const TbObserver *observer = layers->observers->pdata[i];

    if (g_str_equal (observer->person, person))
      return observer;
  }
  return NULL;
}

/* Whose layer it is now; NULL when it is nobody's who coaches or observes. */
static const TbObserver *
find_layer (const TbLayers *layers, const char *layer)
{
  for (guint i = 0; i < layers->observers->len; i++) {
    const TbObserver *observer = layers->observers->pdata[i];

    if (g_str_equal (observer->layer, layer))
      return observer;
  }
  return NULL;
}

static gboolean
is_former (const TbLayers *layers, const char *layer)
{
  return g_ptr_array_find_with_equal_func (layers->former, layer, g_str_equal, NULL);
}

gboolean
tb_layers_is_main (const TbLayers *layers, const char *observer)
{
  const TbObserver *owner = find_layer (layers, observer);

  return owner != NULL ? owner->coach && !owner->beside : !is_former (layers, observer);
}

gboolean
tb_layers_coach_is_beside (const TbLayers *layers)
{
  const TbObserver *coach = tb_layers_find (layers, layers->coach);

  return coach != NULL && coach->beside;
}

gboolean
tb_layers_shows (const TbLayers *layers, const char *person, const char *observer)
{
  const TbObserver *viewer = tb_layers_find (layers, person);
  const TbObserver *owner;

  if (person == NULL || layers->opened_at != 0)
    return TRUE;
  if (viewer == NULL)
    return tb_layers_is_main (layers, observer);
  if (!layers->blind)
    return TRUE;
  owner = find_layer (layers, observer);
  return owner != NULL ? owner == viewer : viewer->coach;
}

gboolean
tb_layers_shows_operation (const TbLayers *layers, const char *person, const TbLogged *logged)
{
  const TbObserver *viewer = tb_layers_find (layers, person);

  if (logged->target == TB_TARGET_CLIP)
    return person == NULL || (viewer != NULL && viewer->coach);
  return tb_layers_shows (layers, person, logged->observer);
}

gboolean
tb_layers_are_apart (const TbLayers *layers)
{
  return layers->opened_at == 0 && (layers->observers->len > 1 || tb_layers_coach_is_beside (layers));
}

gboolean
tb_layers_hides (const TbLayers *layers, const char *person)
{
  const TbObserver *viewer = tb_layers_find (layers, person);

  if (person == NULL)
    return FALSE;
  if (viewer == NULL)
    return tb_layers_are_apart (layers) || (layers->opened_at == 0 && layers->former->len > 0);
  return !viewer->coach || (layers->opened_at == 0 && layers->blind && layers->observers->len > 1);
}

gboolean
tb_layers_may_change (const TbLayers *layers, const char *person, const char *observer)
{
  const TbObserver *who = tb_layers_find (layers, person);
  const TbObserver *owner = observer != NULL ? find_layer (layers, observer) : NULL;

  if (person == NULL)
    return TRUE;
  if (who == NULL)
    return FALSE;
  return owner != NULL ? owner == who : who->coach;
}

void
tb_layers_filter (const TbLayers *layers, const char *person, GPtrArray *observations)
{
  guint kept = 0;

  if (!tb_layers_hides (layers, person))
    return;
  for (guint i = 0; i < observations->len; i++) {
    TbObservation *observation = observations->pdata[i];

    if (!tb_layers_shows (layers, person, observation->observer))
      continue;
    observations->pdata[i] = observations->pdata[kept];
    observations->pdata[kept++] = observation;
  }
  g_ptr_array_set_size (observations, (gint) kept);
}

/* --- rows ---------------------------------------------------------------- */

gint
tb_layers_era (TbStore *store)
{
  return g_atomic_int_get (&store->layers_era);
}

GHashTable *
tb_layers_load_names (TbDb *db, const char *visit, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT person, name FROM observer_name WHERE visit = ?1", "s", visit))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_hash_table_insert (names, tb_query_dup (&query, 0), tb_query_dup (&query, 1));
  return step == 0 ? g_steal_pointer (&names) : NULL;
}

static gboolean
is_taken (GHashTable *taken, const char *person, const char *name)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, taken);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_str_equal (value, name) && !g_str_equal (key, person))
      return TRUE;
  return FALSE;
}

char *
tb_layers_free_name (GHashTable *taken, const char *person, const char *name)
{
  const char *kept = g_hash_table_lookup (taken, person);
  char *made = g_strdup (kept != NULL ? kept : name);

  for (guint number = 2; kept == NULL && is_taken (taken, person, made); number++) {
    g_free (made);
    made = g_strdup_printf ("%s (%u)", name, number);
  }
  return made;
}

/* The visit itself, and its coach as the first observer. */
static gboolean
load_visit (TbLayers *layers, TbDb *db, const char *visit, GHashTable *names, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  TbObserver *observer;
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT coach, person.name, blind, coach_done_wall, opened_wall FROM visit"
                      " LEFT JOIN person ON person.id = coach LEFT JOIN visit_layers ON visit_layers.visit = visit.id"
                      " WHERE visit.id = ?1",
                      "s", visit))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit %.60s", visit);
  if (step <= 0)
    return FALSE;
  layers->coach = tb_query_dup (&query, 0);
  layers->blind = tb_query_text (&query, 2) == NULL || tb_query_int (&query, 2) != 0;
  layers->opened_at = tb_query_int (&query, 4);
  if (layers->coach == NULL)
    return TRUE;
  observer = g_new0 (TbObserver, 1);
  g_ptr_array_add (layers->observers, observer);
  observer->person = g_strdup (layers->coach);
  observer->name = tb_query_dup (&query, 1);
  observer->layer = tb_layers_free_name (names, observer->person, observer->name);
  observer->coach = TRUE;
  observer->active = TRUE;
  observer->done_at = tb_query_int (&query, 3);
  return TRUE;
}

/* After a handover the new coach may be one of them: then they are the coach. */
static gboolean
load_observers (TbLayers *layers, TbDb *db, const char *visit, GHashTable *names, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT visit_observer.person, person.name, added_wall, done_wall, disabled_wall IS NULL"
                      " AND EXISTS (SELECT 1 FROM person_role WHERE person_role.person = person.id"
                      "  AND role IN ('coach', 'trainee'))"
                      " FROM visit_observer JOIN person ON person.id = visit_observer.person"
                      " WHERE visit_observer.visit = ?1 ORDER BY added_wall, visit_observer.person",
                      "s", visit))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbObserver *observer;

    if (g_strcmp0 (tb_query_text (&query, 0), layers->coach) == 0)
      continue;
    observer = g_new0 (TbObserver, 1);
    g_ptr_array_add (layers->observers, observer);
    observer->person = tb_query_dup (&query, 0);
    observer->name = tb_query_dup (&query, 1);
    observer->layer = tb_layers_free_name (names, observer->person, observer->name);
    observer->added_at = tb_query_int (&query, 2);
    observer->done_at = tb_query_int (&query, 3);
    observer->active = tb_query_int (&query, 4) != 0;
  }
  return step == 0;
}

static gboolean
load_former (TbLayers *layers, TbDb *db, const char *visit, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT person, name FROM observer_name WHERE visit = ?1 AND beside = 1", "s",
                      visit))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0)
    if (tb_layers_find (layers, tb_query_text (&query, 0)) == NULL)
      g_ptr_array_add (layers->former, tb_query_dup (&query, 1));
  return step == 0;
}

/* Whether the coach observed before, and somebody who never did has tapped. */
static gboolean
load_beside (TbLayers *layers, TbDb *db, const char *visit, GError **error)
{
  gint64 beside = 0;

  if (layers->coach == NULL)
    return TRUE;
  if (!tb_db_int (db, 0, &beside, error,
                  "SELECT EXISTS (SELECT 1 FROM observer_name WHERE visit = ?1 AND person = ?2 AND beside = 1)"
                  " AND EXISTS (SELECT 1 FROM observation WHERE visit = ?1 AND removed = 0 AND observer NOT IN"
                  "  (SELECT name FROM observer_name WHERE visit = ?1 AND beside = 1))",
                  "ss", visit, layers->coach))
    return FALSE;
  ((TbObserver *) layers->observers->pdata[0])->beside = beside != 0;
  return TRUE;
}

TbLayers *
tb_layers_load_from (TbDb *db, const char *visit, GError **error)
{
  g_autoptr (TbLayers) layers = g_new0 (TbLayers, 1);
  g_autoptr (GHashTable) names = NULL;

  layers->observers = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_observer_free);
  layers->former = g_ptr_array_new_with_free_func (g_free);
  if ((names = tb_layers_load_names (db, visit, error)) == NULL || !load_visit (layers, db, visit, names, error)
      || !load_observers (layers, db, visit, names, error) || !load_former (layers, db, visit, error)
      || !load_beside (layers, db, visit, error))
    return NULL;
  return g_steal_pointer (&layers);
}

TbLayers *
tb_layers_load (TbStore *store, const char *visit, GError **error)
{
  g_auto (TbRead) read = { 0 };

  return tb_read_begin (&read, store, error) ? tb_layers_load_from (read.db, visit, error) : NULL;
}

gboolean
tb_layers_observes (TbStore *store, const char *visit, const char *person, gboolean *observes, GError **error)
{
  g_auto (TbRead) read = { 0 };
  gint64 count = 0;

  if (!tb_read_begin (&read, store, error)
      || !tb_db_int (read.db, 0, &count, error, "SELECT count(*) FROM visit_observer WHERE visit = ?1 AND person = ?2",
                     "ss", visit, person))
    return FALSE;
  *observes = count > 0;
  return TRUE;
}

/* --- counting ------------------------------------------------------------ */

gboolean
tb_layers_count (TbStore *store, const char *visit, const TbLayers *layers, const char *person, guint *count,
                 GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  guint shown = 0;
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         "SELECT observer, count(*) FROM observation WHERE visit = ?1 AND removed = 0"
                         " GROUP BY observer",
                         "s", visit))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0)
    if (tb_layers_shows (layers, person, tb_query_text (&query, 0)))
      shown += (guint) tb_query_int (&query, 1);
  if (step < 0)
    return FALSE;
  *count = shown;
  return TRUE;
}

gboolean
tb_layers_count_one (TbStore *store, const char *visit, const char *layer, guint *count, GError **error)
{
  g_auto (TbRead) read = { 0 };
  gint64 found = 0;

  if (!tb_read_begin (&read, store, error)
      || !tb_db_int (read.db, 0, &found, error,
                     "SELECT count(*) FROM observation WHERE visit = ?1 AND observer = ?2 AND removed = 0", "ss", visit,
                     layer))
    return FALSE;
  *count = (guint) found;
  return TRUE;
}
