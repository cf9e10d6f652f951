/* News on its way to the event streams: one queue per listener, bounded, so
 * that a slow one holds nobody up. A listener that falls behind loses its
 * queue and is told so; the journal has what it missed. Thread-safe. */
#pragma once

#include <glib.h>

typedef struct _TbHub TbHub;
typedef struct _TbListener TbListener;

typedef struct {
  char *topic; /* a visit's id, "person:ID", "coaches", or "" for what concerns everybody */
  char *event; /* "operation", "recording", "level", … */
  char *key;   /* NULL, or: of those waiting with the same topic, event and key only the newest counts */
  gint64 seq;  /* of the journal; 0 when it has none */
  char *data;  /* JSON */
} TbMessage;

TbHub *tb_hub_new (void);
/* No listener may be left. */
void tb_hub_free (TbHub *hub);

/* Wakes every listener and lets nobody wait any more. */
void tb_hub_close (TbHub *hub);
gboolean tb_hub_is_closed (TbHub *hub);

/* TOPIC "" reaches everybody. All borrowed. */
void tb_hub_publish (TbHub *hub, const char *topic, const char *event, const char *key, gint64 seq, const char *data);

/* Listens to each of TOPICS (ended by NULL) and to what concerns everybody. New. */
TbListener *tb_hub_listen (TbHub *hub, const char *const *topics);
void tb_listener_free (TbListener *listener);

typedef enum {
  TB_HEARD_MESSAGE = 1,
  TB_HEARD_NOTHING, /* the time is over */
  TB_HEARD_LOSS,    /* news was lost since the last call */
  TB_HEARD_END      /* the hub is closed */
} TbHeard;

/* Waits at most TIMEOUT_MS. *MESSAGE is new with TB_HEARD_MESSAGE, else untouched. */
TbHeard tb_listener_wait (TbListener *listener, guint timeout_ms, TbMessage **message);

void tb_message_free (TbMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMessage, tb_message_free)
