#include "store/search.h"

/* How often it looks everywhere: visits change hands, and other processes write too. */
#define LOOK_EVERY_US (60 * G_USEC_PER_SEC)

struct _TbSearchKeeper {
  TbStore *store;
  GThread *thread;
  gint stop; /* atomic */
  GMutex lock; /* a leaf lock */
  GCond cond;
  GHashTable *visits; /* ids of those that changed; lock */
  gboolean look_everywhere; /* lock */
};

/* Waits for work: a set of visits, new; NULL for all of them, or to stop. */
static GHashTable *
wait_for_work (TbSearchKeeper *keeper)
{
  const gint64 until = g_get_monotonic_time () + LOOK_EVERY_US;
  GHashTable *visits = NULL;

  g_mutex_lock (&keeper->lock);
  while (!keeper->look_everywhere && g_hash_table_size (keeper->visits) == 0 && g_atomic_int_get (&keeper->stop) == 0)
    if (!g_cond_wait_until (&keeper->cond, &keeper->lock, until))
      keeper->look_everywhere = TRUE;
  if (!keeper->look_everywhere)
    visits = keeper->visits;
  else
    g_hash_table_unref (keeper->visits);
  keeper->visits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  keeper->look_everywhere = FALSE;
  g_mutex_unlock (&keeper->lock);
  return visits;
}

/* What could not be done now is done when it looks everywhere again. */
static void
update (TbSearchKeeper *keeper, GHashTable *visits)
{
  g_autoptr (GError) problem = NULL;
  GHashTableIter iter;
  gpointer visit;

  if (visits == NULL && !tb_search_catch_up (keeper->store, &keeper->stop, &problem) && problem != NULL)
    g_message ("The search index: %s", problem->message);
  if (visits == NULL)
    return;
  g_hash_table_iter_init (&iter, visits);
  while (g_hash_table_iter_next (&iter, &visit, NULL) && g_atomic_int_get (&keeper->stop) == 0) {
    g_clear_error (&problem);
    if (!tb_search_update (keeper->store, visit, &problem))
      tb_search_keeper_tell (keeper, NULL);
  }
}

static gpointer
keep (gpointer data)
{
  TbSearchKeeper *keeper = data;

  while (g_atomic_int_get (&keeper->stop) == 0) {
    g_autoptr (GHashTable) visits = wait_for_work (keeper);

    update (keeper, visits);
  }
  return NULL;
}

TbSearchKeeper *
tb_search_keeper_new (TbStore *store)
{
  TbSearchKeeper *keeper = g_new0 (TbSearchKeeper, 1);

  keeper->store = store;
  g_mutex_init (&keeper->lock);
  g_cond_init (&keeper->cond);
  keeper->visits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  keeper->look_everywhere = TRUE;
  keeper->thread = g_thread_new ("search", keep, keeper);
  return keeper;
}

void
tb_search_keeper_tell (TbSearchKeeper *keeper, const char *visit)
{
  if (keeper == NULL)
    return;
  g_mutex_lock (&keeper->lock);
  if (visit != NULL)
    g_hash_table_add (keeper->visits, g_strdup (visit));
  else
    keeper->look_everywhere = TRUE;
  g_cond_signal (&keeper->cond);
  g_mutex_unlock (&keeper->lock);
}

void
tb_search_keeper_free (TbSearchKeeper *keeper)
{
  if (keeper == NULL)
    return;
  g_atomic_int_set (&keeper->stop, 1);
  g_mutex_lock (&keeper->lock);
  g_cond_signal (&keeper->cond);
  g_mutex_unlock (&keeper->lock);
  g_thread_join (keeper->thread);
  g_hash_table_unref (keeper->visits);
  g_mutex_clear (&keeper->lock);
  g_cond_clear (&keeper->cond);
  g_free (keeper);
}
