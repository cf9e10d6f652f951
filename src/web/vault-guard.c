#include "web/vault-guard.h"

#include "base/json.h"
#include "web/app.h"
#include "web/recover.h"
#include "web/sleep-watch.h"

/* How exactly the idle time is kept. */
#define LOOK_EVERY_US (2 * G_USEC_PER_SEC)

struct _TbVaultGuard {
  TbApp *app;         /* never changes */
  TbSleepWatch *sleep;
  GThread *clock;
  GMutex lock;        /* guards all below */
  GCond changed;
  guint idle_minutes;
  gboolean ending;
  GThread *mending;   /* NULL when nothing is mended */
  GCancellable *stop; /* of MENDING */
};

static void
lock_vault (gpointer data)
{
  TbVaultGuard *guard = data;

  if (tb_vault_get_state (guard->app->vault) == TB_VAULT_OPEN)
    tb_vault_lock (guard->app->vault);
}

static gpointer
count_time (gpointer data)
{
  TbVaultGuard *guard = data;

  g_mutex_lock (&guard->lock);
  while (!guard->ending) {
    gint64 limit = (gint64) guard->idle_minutes * 60 * G_USEC_PER_SEC;
    gboolean idle = limit > 0 && tb_access_idle_us (guard->app) >= limit;

    if (idle) {
      g_mutex_unlock (&guard->lock);
      lock_vault (guard);
      g_mutex_lock (&guard->lock);
    }
    if (!guard->ending)
      g_cond_wait_until (&guard->changed, &guard->lock, g_get_monotonic_time () + LOOK_EVERY_US);
  }
  g_mutex_unlock (&guard->lock);
  return NULL;
}

static gpointer
mend (gpointer data)
{
  TbVaultGuard *guard = data;

  tb_recover_sealed (guard->app, guard->stop);
  return NULL;
}

/* One mending at a time: the next begins when the one before has ended. */
static void
start_mending (TbVaultGuard *guard)
{
  GThread *before;

  g_mutex_lock (&guard->lock);
  before = g_steal_pointer (&guard->mending);
  if (before != NULL)
    g_cancellable_cancel (guard->stop);
  g_mutex_unlock (&guard->lock);
  if (before != NULL)
    g_thread_join (before);
  g_mutex_lock (&guard->lock);
  if (!guard->ending && guard->mending == NULL) {
    g_cancellable_reset (guard->stop);
    guard->mending = g_thread_new ("tb-mend", mend, guard);
  }
  g_mutex_unlock (&guard->lock);
}

static void
on_vault (TbVaultState state, gpointer data)
{
  TbVaultGuard *guard = data;
  g_autoptr (json_object) news = json_object_new_object ();
  g_autofree char *text = NULL;

  tb_json_add_string (news, "state", tb_vault_state_name (state));
  text = tb_json_to_text (news);
  /* What is known of the inside of files goes with the key; and what was opened before it locked stays shut. */
  tb_media_index_forget (guard->app->index);
  tb_access_touch (guard->app);
  tb_hub_publish (guard->app->hub, "", "vault", "vault", 0, text);
  if (state == TB_VAULT_OPEN)
    start_mending (guard);
}

TbVaultGuard *
tb_vault_guard_new (TbApp *app)
{
  TbVaultGuard *guard = g_new0 (TbVaultGuard, 1);

  guard->app = app;
  g_mutex_init (&guard->lock);
  g_cond_init (&guard->changed);
  guard->stop = g_cancellable_new ();
  guard->idle_minutes = 30;
  tb_vault_set_listener (app->vault, on_vault, guard);
  guard->clock = g_thread_new ("tb-idle", count_time, guard);
  guard->sleep = tb_sleep_watch_new (lock_vault, guard);
  return guard;
}

void
tb_vault_guard_set_idle (TbVaultGuard *guard, guint minutes)
{
  g_mutex_lock (&guard->lock);
  guard->idle_minutes = minutes;
  g_cond_signal (&guard->changed);
  g_mutex_unlock (&guard->lock);
}

guint
tb_vault_guard_get_idle (TbVaultGuard *guard)
{
  guint minutes;

  g_mutex_lock (&guard->lock);
  minutes = guard->idle_minutes;
  g_mutex_unlock (&guard->lock);
  return minutes;
}

void
tb_vault_guard_free (TbVaultGuard *guard)
{
  GThread *mending;

  if (guard == NULL)
    return;
  tb_vault_set_listener (guard->app->vault, NULL, NULL);
  tb_sleep_watch_free (guard->sleep);
  g_mutex_lock (&guard->lock);
  guard->ending = TRUE;
  mending = g_steal_pointer (&guard->mending);
  g_cancellable_cancel (guard->stop);
  g_cond_signal (&guard->changed);
  g_mutex_unlock (&guard->lock);
  g_thread_join (guard->clock);
  if (mending != NULL)
    g_thread_join (mending);
  g_object_unref (guard->stop);
  g_cond_clear (&guard->changed);
  g_mutex_clear (&guard->lock);
  g_free (guard);
}
