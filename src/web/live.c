/* Live pictures: of a recording (live.mjpeg, live.jpg, live.h264) and of a
 * preview (picture.mjpeg, picture.jpg). */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"

#define BOUNDARY "terugblik"
#define WAIT_MS 2000
/* A source without pictures is given up after so many waits. */
#define PATIENCE 8

/* Where pictures come from: a track of a recording, or a preview. */
typedef struct {
  TbApp *app;
  char *visit; /* NULL for a preview */
  char *track; /* or the preview's id */
  guint64 serial;
} Eye;

static GBytes *
look (Eye *eye, guint timeout_ms, GError **error)
{
  TbRecorder *recorder = tb_studio_recorder (eye->app->studio);

  if (eye->visit == NULL)
    return tb_recorder_preview_picture (recorder, eye->track, &eye->serial, timeout_ms, error);
  return tb_recorder_live_picture (recorder, eye->visit, eye->track, &eye->serial, timeout_ms, NULL, error);
}

/* --- one picture after the other ------------------------------------------------ */

typedef struct {
  Eye eye;
  GBytes *picture;  /* newest one, sent again when there is no other: keeps the connection alive */
  GString *head;
  gsize sent;       /* of head, picture and the line after it */
  gboolean sending;
} Mjpeg;

static void
mjpeg_free (gpointer data)
{
  Mjpeg *stream = data;

  g_free (stream->eye.visit);
  g_free (stream->eye.track);
  g_clear_pointer (&stream->picture, g_bytes_unref);
  g_string_free (stream->head, TRUE);
  g_free (stream);
}

/* FALSE when there is nothing to show any more. */
static gboolean
next_picture (Mjpeg *stream)
{
  for (guint i = 0; i < PATIENCE && !tb_hub_is_closed (stream->eye.app->hub); i++) {
    g_autoptr (GError) error = NULL;
    GBytes *picture = look (&stream->eye, WAIT_MS, &error);

    if (picture != NULL) {
      g_clear_pointer (&stream->picture, g_bytes_unref);
      stream->picture = picture;
    } else if (!g_error_matches (error, TB_ERROR, TB_ERROR_TIMEOUT)) {
      return FALSE;
    }
    if (stream->picture != NULL) {
      g_string_printf (stream->head,
                       "--" BOUNDARY "\r\nContent-Type: image/jpeg\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                       g_bytes_get_size (stream->picture));
      stream->sent = 0;
      stream->sending = TRUE;
      return TRUE;
    }
  }
  return FALSE;
}

static gssize
pull_mjpeg (gpointer data, guint64 offset, void *buffer, gsize size)
{
  Mjpeg *stream = data;
  gsize picture_size, count;
  const guint8 *picture;

  if (!stream->sending && !next_picture (stream))
    return 0;
  picture = g_bytes_get_data (stream->picture, &picture_size);
  if (stream->sent < stream->head->len) {
    count = MIN (size, stream->head->len - stream->sent);
    memcpy (buffer, stream->head->str + stream->sent, count);
  } else if (stream->sent < stream->head->len + picture_size) {
    gsize at = stream->sent - stream->head->len;

    count = MIN (size, picture_size - at);
    memcpy (buffer, picture + at, count);
  } else {
    gsize at = stream->sent - stream->head->len - picture_size;

    count = MIN (size, 2 - at);
    memcpy (buffer, "\r\n" + at, count);
  }
  stream->sent += count;
  stream->sending = stream->sent < stream->head->len + picture_size + 2;
  return (gssize) count;
}

static TbReply *
reply_mjpeg (TbApp *app, const char *visit, const char *track)
{
  Mjpeg *stream = g_new0 (Mjpeg, 1);
  TbReply *reply;

  stream->eye = (Eye){ app, g_strdup (visit), g_strdup (track), 0 };
  stream->head = g_string_new (NULL);
  reply = tb_reply_stream ("multipart/x-mixed-replace; boundary=" BOUNDARY, pull_mjpeg, stream, mjpeg_free);
  return tb_reply_header (reply, "Cache-Control", "no-store");
}

static TbReply *
reply_jpeg (TbApp *app, const char *visit, const char *track)
{
  GError *error = NULL;
  Eye eye = { app, (char *) visit, (char *) track, 0 };
  g_autoptr (GBytes) picture = look (&eye, 5000, &error);

  if (picture == NULL)
    return tb_reply_error (error);
  return tb_reply_header (tb_reply_bytes (200, "image/jpeg", picture), "Cache-Control", "no-store");
}

static TbReply *
live_mjpeg (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbTrack) track = tb_routes_track (app, request, &error);

  return track != NULL ? reply_mjpeg (app, track->visit, track->id) : tb_reply_error (error);
}

static TbReply *
live_jpeg (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbTrack) track = tb_routes_track (app, request, &error);

  return track != NULL ? reply_jpeg (app, track->visit, track->id) : tb_reply_error (error);
}

static TbReply *
preview_mjpeg (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  const char *id = tb_request_param (request, "preview");
  g_autoptr (TbPreviewStatus) status = tb_recorder_preview_status (tb_studio_recorder (app->studio), id, &error);

  return status != NULL ? reply_mjpeg (app, NULL, id) : tb_reply_error (error);
}

static TbReply *
preview_jpeg (TbApp *app, TbRequest *request)
{
  return reply_jpeg (app, NULL, tb_request_param (request, "preview"));
}

/* --- the recording's own H.264 --------------------------------------------------- */

#define FLAG_KEY 1
#define FLAG_INFO 2

typedef struct {
  TbApp *app;
  TbLiveStream *live;
  GByteArray *record; /* header and payload being sent */
  gsize sent;
} H264;

static void
h264_free (gpointer data)
{
  H264 *stream = data;

  tb_live_stream_free (stream->live);
  g_byte_array_unref (stream->record);
  g_free (stream);
}

static void
set_record (H264 *stream, guint8 flags, TbTime pts, const void *payload, gsize size)
{
  guint32 length = GUINT32_TO_BE ((guint32) size);
  gint64 us = GINT64_TO_BE (pts / 1000);

  g_byte_array_set_size (stream->record, 0);
  g_byte_array_append (stream->record, (const guint8 *) &length, 4);
  g_byte_array_append (stream->record, &flags, 1);
  g_byte_array_append (stream->record, (const guint8 *) &us, 8);
  g_byte_array_append (stream->record, payload, (guint) size);
  stream->sent = 0;
}

static gssize
pull_h264 (gpointer data, guint64 offset, void *buffer, gsize size)
{
  H264 *stream = data;
  gsize count;

  for (guint i = 0; stream->sent == stream->record->len; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) unit = NULL;
    gboolean key = FALSE;
    TbTime pts = 0;

    if (i == PATIENCE || tb_hub_is_closed (stream->app->hub))
      return 0;
    unit = tb_live_stream_next (stream->live, WAIT_MS, &key, &pts, &error);
    if (unit != NULL) {
      gsize length;
      const void *bytes = g_bytes_get_data (unit, &length);

      set_record (stream, key ? FLAG_KEY : 0, pts, bytes, length);
    } else if (!g_error_matches (error, TB_ERROR, TB_ERROR_TIMEOUT)) {
      return 0;
    }
  }
  count = MIN (size, stream->record->len - stream->sent);
  memcpy (buffer, stream->record->data + stream->sent, count);
  stream->sent += count;
  return (gssize) count;
}

static TbReply *
live_h264 (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbTrack) track = tb_routes_track (app, request, &error);
  g_autoptr (TbLiveStream) live = NULL;
  g_autoptr (json_object) object = NULL;
  g_autofree char *text = NULL;
  TbLiveInfo info = { 0 };
  H264 *stream;

  if (track == NULL
      || (live = tb_recorder_live_stream (tb_studio_recorder (app->studio), track->visit, track->id, &error)) == NULL
      || !tb_live_stream_info (live, 5000, &info, &error))
    return tb_reply_error (error);
  object = json_object_new_object ();
  tb_json_add_string (object, "codec", info.codec);
  tb_json_add_int (object, "width", info.width);
  tb_json_add_int (object, "height", info.height);
  text = tb_json_to_text (object);
  stream = g_new0 (H264, 1);
  stream->app = app;
  stream->live = g_steal_pointer (&live);
  stream->record = g_byte_array_new ();
  set_record (stream, FLAG_INFO, 0, text, strlen (text));
  return tb_reply_header (tb_reply_stream ("application/octet-stream", pull_h264, stream, h264_free), "Cache-Control",
                          "no-store");
}

const TbRoute tb_routes_live[] = {
  { "GET", "/api/visits/{visit}/tracks/{track}/live.mjpeg", live_mjpeg, 0 },
  { "GET", "/api/visits/{visit}/tracks/{track}/live.jpg", live_jpeg, 0 },
  { "GET", "/api/visits/{visit}/tracks/{track}/live.h264", live_h264, 0 },
  { "GET", "/api/previews/{preview}/picture.mjpeg", preview_mjpeg, 0 },
  { "GET", "/api/previews/{preview}/picture.jpg", preview_jpeg, 0 },
  { NULL },
};
