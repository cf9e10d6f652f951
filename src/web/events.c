/* /api/events, /api/visits/{visit}/events: server-sent events.
 *
 * Operations are sent in the order of the journal without a gap: what the hub
 * brings only says that there is something; a gap is filled from the journal.
 * An operation of a layer that is not shown (store/layers.h) leaves its number. */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "store/journal.h"
#include "store/layers.h"
#include "web/viewer.h"

/* Also how soon a client that has gone is noticed, and operations of another process are seen. */
#define WAIT_MS 4000
#define CATCH_UP 500

typedef struct {
  TbApp *app;
  char *visit; /* "" for what concerns the person alone */
  char *session; /* whose stream it is */
  char *person;  /* id */
  gboolean own;  /* the coach's of VISIT: is told of its recording */
  TbLayers *layers; /* of VISIT, as of ERA; NULL before the first operation */
  gint era;
  gboolean coach; /* is told of cameras and microphones */
  TbListener *listener;
  GString *pending;
  gsize sent;
  gint64 last; /* sequence number sent last */
  gboolean behind; /* the journal has more than was read at once */
} Stream;

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  tb_listener_free (stream->listener);
  tb_layers_free (stream->layers);
  g_string_free (stream->pending, TRUE);
  g_free (stream->visit);
  g_free (stream->session);
  g_free (stream->person);
  g_free (stream);
}

static void
say (Stream *stream, const char *event, gint64 seq, const char *data)
{
  if (seq > 0)
    g_string_append_printf (stream->pending, "id: %" G_GINT64_FORMAT "\n", seq);
  g_string_append_printf (stream->pending, "event: %s\ndata: %s\n\n", event, data);
}

static void
say_json (Stream *stream, const char *event, json_object *object)
{
  g_autofree char *text = tb_json_to_text (object);

  json_object_put (object);
  say (stream, event, 0, text);
}

/* FALSE when they cannot be read now: then nothing of anybody is shown. */
static gboolean
refresh_layers (Stream *stream)
{
  gint era = tb_layers_era (stream->app->store);

  if (stream->layers != NULL && era == stream->era)
    return TRUE;
  g_clear_pointer (&stream->layers, tb_layers_free);
  stream->layers = tb_layers_load (stream->app->store, stream->visit, NULL);
  stream->era = era;
  return stream->layers != NULL;
}

static void
say_operation (Stream *stream, gint64 seq, const char *operation, gboolean shown)
{
  g_autofree char *hidden = shown ? NULL : g_strdup_printf (TB_HIDDEN_OPERATION, seq);

  say (stream, "operation", seq, shown ? operation : hidden);
  stream->last = seq;
}

/* Called after the operation was read: then its observer is among the layers. */
static void
say_logged (Stream *stream, const TbLogged *logged)
{
  gboolean shown = refresh_layers (stream) && tb_layers_shows_operation (stream->layers, stream->person, logged);

  say_operation (stream, logged->seq, logged->operation, shown);
}

/* One that the hub brings: whose it is stands in its text, which is only read when that matters. */
static void
say_message (Stream *stream, const TbMessage *message)
{
  gboolean known = refresh_layers (stream);
  TbLogged logged = { .seq = message->seq };
  g_autoptr (json_object) operation = NULL;
  json_object *value = NULL, *observer = NULL;

  if (!known || !tb_layers_hides (stream->layers, stream->person)) {
    say_operation (stream, message->seq, message->data, known);
    return;
  }
  operation = tb_json_parse (message->data, strlen (message->data), NULL);
  json_object_object_get_ex (operation, "target", &value);
  tb_target_from_name (json_object_get_string (value), &logged.target);
  if (json_object_object_get_ex (operation, "object", &value))
    json_object_object_get_ex (value, "observer", &observer);
  logged.observer = (char *) json_object_get_string (observer);
  say_operation (stream, message->seq, message->data,
                 (logged.target == TB_TARGET_CLIP || logged.observer != NULL)
                     && tb_layers_shows_operation (stream->layers, stream->person, &logged));
}

static void
catch_up (Stream *stream)
{
  g_autoptr (GPtrArray) operations = NULL;

  if (*stream->visit == '\0')
    return;
  operations = tb_journal_list (stream->app->store, stream->visit, stream->last, CATCH_UP, NULL);
  for (guint i = 0; operations != NULL && i < operations->len; i++)
    say_logged (stream, operations->pdata[i]);
  stream->behind = operations != NULL && operations->len == CATCH_UP;
}

static void
greet (Stream *stream)
{
  json_object *hello = json_object_new_object ();

  tb_json_add_int (hello, "seq", stream->last);
  tb_json_add_wall (hello, "now", tb_clock_wall ());
  say_json (stream, "hello", hello);
  if (stream->own)
    say_json (stream, "recording", tb_studio_status (stream->app->studio, stream->visit));
  else if (*stream->visit == '\0' && stream->coach)
    say_json (stream, "devices", tb_devices_to_json (stream->app));
  catch_up (stream);
}

static void
pass_on (Stream *stream, const TbMessage *message)
{
  /* Another sign-in of the same person has ended. */
  if (g_str_equal (message->event, "session") && message->key != NULL && *message->key != '\0'
      && !g_str_equal (message->key, stream->session))
    return;
  /* Who observes beside the coach has nothing of what is filmed. */
  if (!g_str_equal (message->event, "operation")) {
    if (*stream->visit == '\0' || stream->own || !g_str_equal (message->topic, stream->visit))
      say (stream, message->event, 0, message->data);
  } else if (message->seq == stream->last + 1) {
    say_message (stream, message);
  } else if (message->seq > stream->last) {
    catch_up (stream);
  }
}

static void
say_loss (Stream *stream)
{
  json_object *object = json_object_new_object ();

  tb_json_add_int (object, "seq", stream->last);
  say_json (stream, "resync", object);
  catch_up (stream);
}

/* Fills PENDING; FALSE when the stream is over. */
static gboolean
wait_for_news (Stream *stream)
{
  g_autoptr (TbMessage) message = NULL;

  if (stream->behind && !tb_hub_is_closed (stream->app->hub)) {
    catch_up (stream);
    return TRUE;
  }
  switch (tb_listener_wait (stream->listener, WAIT_MS, &message)) {
  case TB_HEARD_MESSAGE:
    pass_on (stream, message);
    return TRUE;
  case TB_HEARD_LOSS:
    say_loss (stream);
    return TRUE;
  case TB_HEARD_NOTHING:
    catch_up (stream);
    g_string_append (stream->pending, ": still here\n\n");
    return TRUE;
  case TB_HEARD_END:
    return FALSE;
  }
  return FALSE;
}

static gssize
pull_events (gpointer data, guint64 offset, void *buffer, gsize size)
{
  Stream *stream = data;
  gsize count;

  while (stream->sent == stream->pending->len) {
    g_string_truncate (stream->pending, 0);
    stream->sent = 0;
    if (!wait_for_news (stream))
      return 0;
  }
  count = MIN (size, stream->pending->len - stream->sent);
  memcpy (buffer, stream->pending->str + stream->sent, count);
  stream->sent += count;
  return (gssize) count;
}

static TbReply *
reply_events (TbApp *app, const TbViewer *viewer, const char *visit, gint64 after)
{
  g_autofree char *person = g_strconcat ("person:", viewer->person->id, NULL);
  gboolean coach = tb_viewer_has (viewer, TB_ROLE_COACH);
  const char *topics[] = { person, visit, coach ? "coaches" : NULL, NULL };
  Stream *stream = g_new0 (Stream, 1);
  TbReply *reply;

  stream->app = app;
  stream->visit = g_strdup (visit);
  stream->session = g_strdup (viewer->session);
  stream->person = g_strdup (viewer->person->id);
  stream->own = (viewer->relation & TB_RELATION_COACH) != 0;
  stream->coach = coach;
  stream->pending = g_string_new ("retry: 1000\n\n");
  stream->last = after;
  /* Listening begins before the journal is read, so nothing falls in between. */
  stream->listener = tb_hub_listen (app->hub, topics);
  greet (stream);
  reply = tb_reply_stream ("text/event-stream", pull_events, stream, stream_free);
  tb_reply_header (reply, "Cache-Control", "no-store");
  return tb_reply_header (reply, "X-Accel-Buffering", "no");
}

static TbReply *
visit_events (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  const char *last_id = tb_request_header (request, "Last-Event-ID");
  gint64 after;

  if (visit == NULL || !tb_request_query_int (request, "after", 0, G_MAXINT64, visit->seq, &after, &error))
    return tb_reply_error (error);
  if (last_id != NULL && !g_ascii_string_to_signed (last_id, 10, 0, G_MAXINT64, &after, NULL))
    return tb_reply_problem (400, "invalid", "Last-Event-ID must be a sequence number");
  /* Numbers that this journal never gave are of another one, as of a folder put back from a copy. */
  return reply_events (app, tb_request_viewer (request), visit->id, MIN (after, visit->seq));
}

static TbReply *
all_events (TbApp *app, TbRequest *request)
{
  return reply_events (app, tb_request_viewer (request), "", 0);
}

const TbRoute tb_routes_events[] = {
  { "GET", "/api/events", all_events, 0 },
  { "GET", "/api/visits/{visit}/events", visit_events, 0 },
  { NULL },
};
