/* /media/{visit}/{file}, playlists, sound picture. */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/comment.h"
#include "web/access.h"
#include "web/range.h"

#define POINTS_MAX 8000

typedef struct {
  TbMediaFile *file;
  guint64 start;
  guint64 length;
} Body;

static void
body_free (gpointer data)
{
  Body *body = data;

  tb_media_file_unref (body->file);
  g_free (body);
}

static gssize
pull_body (gpointer data, guint64 offset, void *buffer, gsize size)
{
  Body *body = data;

  if (offset >= body->length)
    return 0;
  return tb_media_reader_read (tb_media_file_reader (body->file), body->start + offset, buffer,
                               MIN (size, body->length - offset), NULL);
}

/* A recorded file only grows, and never changes where it is: its name is a tag strong enough for If-Range. */
static char *
make_etag (const char *visit, const char *name)
{
  return g_strdup_printf ("\"%s/%s\"", visit, name);
}

static const char *
type_of (const char *name)
{
  if (g_str_has_suffix (name, ".mp4"))
    return "video/mp4";
  return g_str_has_suffix (name, ".flac") ? "audio/flac" : "application/octet-stream";
}

static const TbSegment *
find_segment (const TbTrack *track, const char *number_text, GError **error)
{
  gint64 number = 0;

  if (g_ascii_string_to_signed (number_text, 10, 1, G_MAXINT32, &number, NULL))
    for (guint i = 0; i < track->segments->len; i++) {
      const TbSegment *segment = track->segments->pdata[i];

      if (segment->number == number)
        return segment;
    }
  g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no such part of this recording");
  return NULL;
}

/* What of SEGMENT the viewer may see, in the file's own time. NULL: all of it. New array of TbMediaSpan. */
static GArray *
spans_of (const TbViewer *viewer, const TbTrack *track, const TbSegment *segment)
{
  GArray *spans;

  if (tb_viewer_sees_all (viewer))
    return NULL;
  spans = g_array_new (FALSE, FALSE, sizeof (TbMediaSpan));
  for (guint i = 0; i < viewer->view->windows->len; i++) {
    const TbReleaseWindow *window = &g_array_index (viewer->view->windows, TbReleaseWindow, i);
    TbTime shift = tb_track_delay (track) - segment->start;
    TbMediaSpan span = { window->from + shift, window->to + shift };

    g_array_append_val (spans, span);
  }
  return spans;
}

/* Of whom not all is shown, only what lies in the shared pieces of a film: FROM … TO of “TRACK-NUMBER.mp4”. */
static gboolean
check_part (TbApp *app, TbRequest *request, const char *name, guint64 from, guint64 to, GError **error)
{
  const TbViewer *viewer = tb_request_viewer (request);
  g_autoptr (TbTrack) track = NULL;
  g_autoptr (GArray) spans = NULL;
  g_autofree char *id = NULL;
  const TbSegment *segment = NULL;
  const char *dash = strrchr (name, '-');

  if (tb_viewer_sees_all (viewer) && ((viewer->relation & TB_RELATION_COACH) || g_str_has_suffix (name, ".mp4")))
    return TRUE;
  if (dash != NULL && g_str_has_suffix (name, ".mp4")) {
    g_autofree char *number = g_strndup (dash + 1, strlen (dash + 1) - strlen (".mp4"));

    id = g_strndup (name, (gsize) (dash - name));
    tb_request_set_param (request, "track", id);
    track = tb_routes_track (app, request, error);
    if (track == NULL || (segment = find_segment (track, number, error)) == NULL)
      return FALSE;
    spans = spans_of (viewer, track, segment);
    return tb_media_index_allows (app->index, tb_request_param (request, "visit"), name, spans, from, to, error);
  }
  /* The lossless sound is for analysis, and what else lies there for nobody. */
  g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This part of the recording was not shared with you");
  return FALSE;
}

/* The clip of the first window; what the log says when only clips are shared. */
static const char *
clip_of (const TbViewer *viewer)
{
  return !tb_viewer_sees_all (viewer) && viewer->view->windows->len > 0
             ? g_array_index (viewer->view->windows, TbReleaseWindow, 0).clip
             : NULL;
}

static TbReply *
get_file (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  const TbViewer *viewer = tb_request_viewer (request);
  const char *visit = tb_request_param (request, "visit");
  const char *name = tb_request_param (request, "file");
  g_autoptr (TbMediaFile) file = NULL;
  g_autofree char *etag = NULL;
  const char *if_range = tb_request_header (request, "If-Range");
  guint64 size = 0, from = 0, to = 0;
  TbRange range;
  TbReply *reply;
  Body *body;

  /* What was said with a comment is for those who see the comment: voices.c. */
  if (!tb_uuid_is_valid (visit) || tb_comment_is_voice (name))
    return tb_reply_problem (404, "not-found", "There is no recording under this address");
  file = tb_media_index_open (app->index, visit, name, &error);
  if (file == NULL || !tb_media_reader_size (tb_media_file_reader (file), &size, &error))
    return tb_reply_error (error);
  etag = make_etag (visit, name);
  range = tb_range_parse (tb_request_header (request, "Range"), size, &from, &to);
  if (if_range != NULL && !g_str_equal (if_range, etag))
    range = TB_RANGE_NONE;
  if (range == TB_RANGE_UNSATISFIABLE) {
    g_autofree char *whole = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size);

    reply = tb_reply_problem (416, "range", "This part of the recording does not exist");
    return tb_reply_header (reply, "Content-Range", whole);
  }
  if (size > 0
      && !check_part (app, request, name, range == TB_RANGE_PART ? from : 0, range == TB_RANGE_PART ? to : size - 1, &error))
    return tb_reply_error (error);
  if (!tb_request_is_head (request) && !tb_access_log_view (app, viewer, visit, clip_of (viewer), &error))
    return tb_reply_error (error);
  body = g_new0 (Body, 1);
  body->file = g_steal_pointer (&file);
  body->start = range == TB_RANGE_PART ? from : 0;
  body->length = range == TB_RANGE_PART ? to - from + 1 : size;
  reply = tb_reply_sized (range == TB_RANGE_PART ? 206 : 200, type_of (name), body->length, pull_body, body, body_free);
  if (range == TB_RANGE_PART) {
    g_autofree char *part = g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                                             from, to, size);

    tb_reply_header (reply, "Content-Range", part);
  }
  tb_reply_header (reply, "Accept-Ranges", "bytes");
  tb_reply_header (reply, "ETag", etag);
  /* Pictures of children do not stay behind in a browser's cache. */
  return tb_reply_header (reply, "Cache-Control", "no-store");
}

static const char *
mp4_of (const TbSegment *segment)
{
  for (guint i = 0; i < segment->files->len; i++)
    if (g_str_has_suffix (segment->files->pdata[i], ".mp4"))
      return segment->files->pdata[i];
  return NULL;
}

static TbReply *
get_playlist (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbTrack) track = tb_routes_track (app, request, &error);
  const TbSegment *segment = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GArray) spans = NULL;
  char *playlist;
  gboolean closed;

  if (track != NULL)
    segment = find_segment (track, tb_request_param (request, "segment"), &error);
  if (segment == NULL)
    return tb_reply_error (error);
  if (mp4_of (segment) == NULL)
    return tb_reply_problem (404, "not-found", "Nothing has been recorded here yet");
  closed = segment->duration != TB_TIME_NONE || !tb_studio_is_recording (app->studio, track->visit);
  spans = spans_of (tb_request_viewer (request), track, segment);
  playlist = tb_media_index_playlist (app->index, track->visit, mp4_of (segment), closed, spans, &error);
  if (playlist == NULL)
    return tb_reply_error (error);
  bytes = g_bytes_new_take (playlist, strlen (playlist));
  return tb_reply_header (tb_reply_bytes (200, "application/vnd.apple.mpegurl", bytes), "Cache-Control", "no-store");
}

/* The end of a track on the timeline. */
static TbTime
end_of (const TbTrack *track, TbTime now)
{
  TbTime end = 0;

  for (guint i = 0; i < track->segments->len; i++) {
    const TbSegment *segment = track->segments->pdata[i];

    end = MAX (end, segment->duration != TB_TIME_NONE ? segment->start + segment->duration : now);
  }
  return end;
}

/* Nothing but the shared clips is drawn either. */
static void
hide_peaks (json_object *peaks, const TbViewer *viewer, TbTime from, TbTime to)
{
  static const char *const sides[] = { "min", "max" };

  for (gsize side = 0; side < G_N_ELEMENTS (sides) && !tb_viewer_sees_all (viewer); side++) {
    json_object *list = json_object_object_get (peaks, sides[side]);
    gsize count = json_object_array_length (list);

    for (gsize i = 0; i < count; i++) {
      TbTime at = from + (TbTime) ((double) (to - from) * (double) i / (double) count);
      TbTime next = from + (TbTime) ((double) (to - from) * (double) (i + 1) / (double) count);

      if (!tb_viewer_sees (viewer, at, next))
        json_object_array_put_idx (list, i, NULL);
    }
  }
}

static TbReply *
get_peaks (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (TbTrack) track = visit != NULL ? tb_routes_track (app, request, &error) : NULL;
  json_object *peaks;
  gint64 points;
  TbTime from, to;

  if (track == NULL || !tb_request_query_time (request, "from", 0, &from, &error)
      || !tb_request_query_time (request, "to", TB_TIME_NONE, &to, &error)
      || !tb_request_query_int (request, "points", 1, POINTS_MAX, 1000, &points, &error))
    return tb_reply_error (error);
  if (!g_str_equal (track->kind, "audio"))
    return tb_reply_problem (409, "no-sound", "This is a camera; only a microphone has a sound picture");
  if (to == TB_TIME_NONE)
    to = MAX (end_of (track, MAX (tb_visit_now (visit, tb_clock_wall ()), 0)), from + TB_SECOND);
  to = MIN (to, TB_TIME_LIMIT);
  if (from < 0 || to <= from)
    return tb_reply_problem (400, "invalid", "“to” must be later than “from”, and “from” not before zero");
  peaks = tb_media_index_peaks (app->index, track, from, to, (guint) points, &error);
  if (peaks == NULL)
    return tb_reply_error (error);
  hide_peaks (peaks, tb_request_viewer (request), from, to);
  return tb_reply_json (200, peaks);
}

const TbRoute tb_routes_media[] = {
  { "GET", "/media/{visit}/{file}", get_file, 0 },
  { "GET", "/api/visits/{visit}/tracks/{track}/segments/{segment}/playlist.m3u8", get_playlist, 0 },
  { "GET", "/api/visits/{visit}/tracks/{track}/peaks", get_peaks, 0 },
  { NULL },
};
