#include "web/hub.h"

#define QUEUE_LIMIT 512

struct _TbHub {
  GMutex lock; /* guards everything below, and every listener's queue; a leaf lock */
  GPtrArray *listeners;
  gboolean closed;
};

struct _TbListener {
  TbHub *hub;
  char **topics;
  GQueue messages;
  gboolean lost;
  GCond woken;
};

void
tb_message_free (TbMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->topic);
  g_free (message->event);
  g_free (message->key);
  g_free (message->data);
  g_free (message);
}

TbHub *
tb_hub_new (void)
{
  TbHub *hub = g_new0 (TbHub, 1);

  g_mutex_init (&hub->lock);
  hub->listeners = g_ptr_array_new ();
  return hub;
}

void
tb_hub_free (TbHub *hub)
{
  if (hub == NULL)
    return;
  g_warn_if_fail (hub->listeners->len == 0);
  g_ptr_array_unref (hub->listeners);
  g_mutex_clear (&hub->lock);
  g_free (hub);
}

void
tb_hub_close (TbHub *hub)
{
  g_mutex_lock (&hub->lock);
  hub->closed = TRUE;
  for (guint i = 0; i < hub->listeners->len; i++) {
    TbListener *listener = hub->listeners->pdata[i];

    g_cond_broadcast (&listener->woken);
  }
  g_mutex_unlock (&hub->lock);
}

gboolean
tb_hub_is_closed (TbHub *hub)
{
  gboolean closed;

  g_mutex_lock (&hub->lock);
  closed = hub->closed;
  g_mutex_unlock (&hub->lock);
  return closed;
}

static gboolean
replaces (const TbMessage *old, const char *topic, const char *event, const char *key)
{
  return key != NULL && g_strcmp0 (old->key, key) == 0 && g_str_equal (old->event, event)
         && g_str_equal (old->topic, topic);
}

static void
deliver (TbListener *listener, const char *topic, const char *event, const char *key, gint64 seq, const char *data)
{
  TbMessage *message;

  for (GList *item = listener->messages.head; key != NULL && item != NULL; item = item->next) {
    TbMessage *old = item->data;

    if (replaces (old, topic, event, key)) {
      g_free (old->data);
      old->data = g_strdup (data);
      return;
    }
  }
  if (listener->messages.length >= QUEUE_LIMIT) {
    g_queue_clear_full (&listener->messages, (GDestroyNotify) tb_message_free);
    listener->lost = TRUE;
  }
  message = g_new0 (TbMessage, 1);
  message->topic = g_strdup (topic);
  message->event = g_strdup (event);
  message->key = g_strdup (key);
  message->seq = seq;
  message->data = g_strdup (data);
  g_queue_push_tail (&listener->messages, message);
}

void
tb_hub_publish (TbHub *hub, const char *topic, const char *event, const char *key, gint64 seq, const char *data)
{
  g_mutex_lock (&hub->lock);
  for (guint i = 0; i < hub->listeners->len; i++) {
    TbListener *listener = hub->listeners->pdata[i];

    if (*topic != '\0' && !g_strv_contains ((const char *const *) listener->topics, topic))
      continue;
    deliver (listener, topic, event, key, seq, data);
    g_cond_signal (&listener->woken);
  }
  g_mutex_unlock (&hub->lock);
}

TbListener *
tb_hub_listen (TbHub *hub, const char *const *topics)
{
  TbListener *listener = g_new0 (TbListener, 1);

  listener->hub = hub;
  listener->topics = g_strdupv ((char **) topics);
  g_queue_init (&listener->messages);
  g_cond_init (&listener->woken);
  g_mutex_lock (&hub->lock);
  g_ptr_array_add (hub->listeners, listener);
  g_mutex_unlock (&hub->lock);
  return listener;
}

void
tb_listener_free (TbListener *listener)
{
  if (listener == NULL)
    return;
  g_mutex_lock (&listener->hub->lock);
  g_ptr_array_remove_fast (listener->hub->listeners, listener);
  g_mutex_unlock (&listener->hub->lock);
  g_queue_clear_full (&listener->messages, (GDestroyNotify) tb_message_free);
  g_cond_clear (&listener->woken);
  g_strfreev (listener->topics);
  g_free (listener);
}

TbHeard
tb_listener_wait (TbListener *listener, guint timeout_ms, TbMessage **message)
{
  TbHub *hub = listener->hub;
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  TbHeard heard = TB_HEARD_NOTHING;

  g_mutex_lock (&hub->lock);
  while (!hub->closed && !listener->lost && listener->messages.length == 0)
    if (!g_cond_wait_until (&listener->woken, &hub->lock, deadline))
      break;
  if (hub->closed) {
    heard = TB_HEARD_END;
  } else if (listener->lost) {
    listener->lost = FALSE;
    heard = TB_HEARD_LOSS;
  } else if (listener->messages.length > 0) {
    *message = g_queue_pop_head (&listener->messages);
    heard = TB_HEARD_MESSAGE;
  }
  g_mutex_unlock (&hub->lock);
  return heard;
}
