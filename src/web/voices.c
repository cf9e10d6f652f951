/* /api/visits/{visit}/voices, /api/visits/{visit}/comments/{comment}/voice: what is said with a comment. */
#include "web/voices.h"

#include "base/error.h"
#include "base/json.h"
#include "store/comment.h"
#include "web/range.h"
#include "web/routes.h"
#include "web/viewer.h"

/* --- files --------------------------------------------------------------- */

/* Patched: such a file is there whole or not at all, also after a crash. */
static gboolean
write_file (TbApp *app, const char *visit, const char *name, GBytes *bytes, GError **error)
{
  TbMediaWriter *writer = tb_media_store_create_patched (app->media, visit, name, error);
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  if (writer == NULL)
    return FALSE;
  if (!tb_media_writer_append (writer, data, size, error)) {
    tb_media_writer_free (writer);
    return FALSE;
  }
  return tb_media_writer_seal (writer, error);
}

gboolean
tb_voice_store (TbApp *app, const char *visit, const char *person, const char *name, GBytes **kept, GError **error)
{
  g_autoptr (GBytes) bytes = tb_voice_box_take (app->voices, visit, person, name, g_get_monotonic_time (), error);

  if (bytes == NULL)
    return FALSE;
  if (!write_file (app, visit, name, bytes, error)) {
    tb_voice_box_return (app->voices, visit, person, name, bytes, g_get_monotonic_time ());
    return FALSE;
  }
  *kept = g_steal_pointer (&bytes);
  return TRUE;
}

void
tb_voice_take_back (TbApp *app, const char *visit, const char *person, const char *name, GBytes *kept)
{
  tb_voice_delete (app, visit, name);
  tb_voice_box_return (app->voices, visit, person, name, kept, g_get_monotonic_time ());
  g_bytes_unref (kept);
}

void
tb_voice_delete (TbApp *app, const char *visit, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (name != NULL && !tb_media_store_delete (app->media, visit, name, &error))
    g_message ("Deleting the spoken note %s: %s", name, error->message);
}

/* --- routes -------------------------------------------------------------- */

static TbReply *
add_voice (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  GBytes *bytes = tb_request_body (request);
  g_autofree char *name = NULL;
  json_object *body;

  if (bytes == NULL)
    return tb_reply_problem (400, "invalid", "The body must be the sound");
  name = tb_voice_box_put (app->voices, tb_request_param (request, "visit"), tb_request_viewer (request)->person->id,
                           bytes, g_get_monotonic_time (), &error);
  if (name == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  tb_json_add_string (body, "voice", name);
  return tb_reply_json (201, body);
}

static const char *
type_of (const char *name)
{
  if (g_str_has_suffix (name, ".ogg"))
    return "audio/ogg";
  return g_str_has_suffix (name, ".m4a") ? "audio/mp4" : "audio/webm";
}

/* FROM … TO of the file, both included; a note is small. New. */
static GBytes *
read_part (TbMediaReader *reader, guint64 from, guint64 to, GError **error)
{
  gsize length = (gsize) (to - from + 1), done = 0;
  g_autofree guint8 *bytes = g_malloc (length);

  while (done < length) {
    gssize count = tb_media_reader_read (reader, from + done, bytes + done, length - done, error);

    if (count < 0)
      return NULL;
    if (count == 0)
      break;
    done += (gsize) count;
  }
  return g_bytes_new_take (g_steal_pointer (&bytes), done);
}

static TbReply *
reply_file (TbRequest *request, const char *name, TbMediaReader *reader, guint64 size)
{
  g_autofree char *etag = g_strdup_printf ("\"%s\"", name);
  const char *if_range = tb_request_header (request, "If-Range");
  guint64 from = 0, to = size - 1;
  TbRange range = tb_range_parse (tb_request_header (request, "Range"), size, &from, &to);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *place = NULL;
  GError *error = NULL;
  TbReply *reply;

  if (if_range != NULL && !g_str_equal (if_range, etag))
    range = TB_RANGE_NONE;
  if (range == TB_RANGE_UNSATISFIABLE) {
    place = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size);
    reply = tb_reply_problem (416, "range", "This part of the recording does not exist");
    return tb_reply_header (reply, "Content-Range", place);
  }
  if (range == TB_RANGE_NONE) {
    from = 0;
    to = size - 1;
  }
  bytes = read_part (reader, from, to, &error);
  if (bytes == NULL)
    return tb_reply_error (error);
  reply = tb_reply_bytes (range == TB_RANGE_PART ? 206 : 200, type_of (name), bytes);
  if (range == TB_RANGE_PART) {
    place = g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, from, to, size);
    tb_reply_header (reply, "Content-Range", place);
  }
  tb_reply_header (reply, "Accept-Ranges", "bytes");
  tb_reply_header (reply, "ETag", etag);
  return tb_reply_header (reply, "Cache-Control", "no-store");
}

static TbReply *
get_voice (TbApp *app, TbRequest *request)
{
  const char *visit = tb_request_param (request, "visit");
  GError *error = NULL;
  g_autoptr (TbComment) comment = tb_comment_get (app->store, tb_request_param (request, "comment"),
                                                  tb_request_viewer (request)->person->id, &error);
  g_autoptr (TbMediaReader) reader = NULL;
  guint64 size = 0;

  if (comment == NULL && !g_error_matches (error, TB_ERROR, TB_ERROR_DENIED))
    return tb_reply_error (error);
  g_clear_error (&error); /* of a visit of others: as if there were none */
  if (comment == NULL || !g_str_equal (comment->visit, visit) || comment->voice == NULL)
    return tb_reply_problem (404, "not-found", "There is no spoken note under this address");
  reader = tb_media_store_open (app->media, visit, comment->voice, &error);
  if (reader == NULL || !tb_media_reader_size (reader, &size, &error))
    return tb_reply_error (error);
  if (size == 0)
    return tb_reply_problem (404, "not-found", "There is no spoken note under this address");
  return reply_file (request, comment->voice, reader, size);
}

const TbRoute tb_routes_voices[] = {
  { "POST", "/api/visits/{visit}/voices", add_voice, TB_VOICE_MAX, TB_BODY_SOUND },
  { "GET", "/api/visits/{visit}/comments/{comment}/voice", get_voice, 0 },
  { NULL },
};
