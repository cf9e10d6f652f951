#include "web/vault-guard.h"

#include "base/json.h"
#include "web/app.h"
#include "web/recover.h"
#include "web/sleep-watch.h"

/* How exactly the idle time is kept. */
#define LOOK_EVERY_US (2 * G_USEC_PER_SEC)

struct _TbVaultGuard {
  TbApp *app;         /* never changes */
  GThread *clock;
  GThreadPool *menders; /* one thread: for each opening, what waited for it */
  GCancellable *cancellable;
  TbSleepWatch *sleep_watch;
  GMutex lock;        /* guards all below */
  GCond changed;
  guint idle_minutes;
  gboolean ending;
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

static void
mend (gpointer item, gpointer data)
{
  TbVaultGuard *guard = data;

  tb_recover_sealed (guard->app, guard->cancellable);
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
    g_thread_pool_push (guard->menders, guard, NULL);
}

TbVaultGuard *
tb_vault_guard_new (TbApp *app)
{
  TbVaultGuard *guard = g_new0 (TbVaultGuard, 1);

  guard->app = app;
  g_mutex_init (&guard->lock);
  g_cond_init (&guard->changed);
  guard->idle_minutes = 30;
  guard->cancellable = g_cancellable_new ();
  guard->menders = g_thread_pool_new (mend, guard, 1, FALSE, NULL);
  tb_vault_set_listener (app->vault, on_vault, guard);
  guard->sleep_watch = tb_sleep_watch_new (lock_vault, guard);
  guard->clock = g_thread_new ("tb-idle", count_time, guard);
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
  if (guard == NULL)
    return;
  tb_sleep_watch_free (guard->sleep_watch);
  tb_vault_set_listener (guard->app->vault, NULL, NULL);
  g_cancellable_cancel (guard->cancellable);
  g_thread_pool_free (guard->menders, TRUE, TRUE);
  g_object_unref (guard->cancellable);
  g_mutex_lock (&guard->lock);
  guard->ending = TRUE;
  g_cond_signal (&guard->changed);
  g_mutex_unlock (&guard->lock);
  g_thread_join (guard->clock);
  g_cond_clear (&guard->changed);
  g_mutex_clear (&guard->lock);
  g_free (guard);
}
