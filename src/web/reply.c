#include "web/http-private.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"

#define BLOCK_SIZE (256 * 1024)
#define STREAM_BLOCK_SIZE (64 * 1024)

static TbReply *
reply_new (int status, const char *content_type)
{
  TbReply *reply = g_new0 (TbReply, 1);

  reply->status = status;
  reply->content_type = g_strdup (content_type);
  reply->headers = g_ptr_array_new_with_free_func (g_free);
  return reply;
}

TbReply *
tb_reply_bytes (int status, const char *content_type, GBytes *bytes)
{
  TbReply *reply = reply_new (status, content_type);

  reply->bytes = g_bytes_ref (bytes);
  return reply;
}

TbReply *
tb_reply_json (int status, json_object *object)
{
  g_autoptr (json_object) owned = object;
  char *text = tb_json_to_text (owned);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  TbReply *reply = tb_reply_bytes (status, "application/json; charset=utf-8", bytes);

  return tb_reply_header (reply, "Cache-Control", "no-store");
}

TbReply *
tb_reply_empty (int status)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  return tb_reply_bytes (status, NULL, nothing);
}

TbReply *
tb_reply_problem (int status, const char *code, const char *message)
{
  json_object *body = json_object_new_object ();
  json_object *problem = json_object_new_object ();

  tb_json_add_string (problem, "code", code);
  tb_json_add_string (problem, "message", message);
  tb_json_add (body, "error", problem);
  return tb_reply_json (status, body);
}

static int
status_of (int code)
{
  switch ((TbErrorCode) code) {
  case TB_ERROR_INVALID: return 400;
  case TB_ERROR_NOT_FOUND: return 404;
  case TB_ERROR_CONFLICT:
  case TB_ERROR_CANCELLED:
  case TB_ERROR_UNSUPPORTED: return 409;
  case TB_ERROR_BUSY: return 503;
  case TB_ERROR_FULL: return 507;
  case TB_ERROR_TOO_LARGE: return 413;
  case TB_ERROR_TIMEOUT: return 504;
  case TB_ERROR_DENIED: return 403;
  case TB_ERROR_LOCKED: return 423;
  case TB_ERROR_FAILED:
  case TB_ERROR_CORRUPT:
  case TB_ERROR_TOO_NEW: return 500;
  }
  return 500;
}

TbReply *
tb_reply_error (GError *error)
{
  g_autoptr (GError) owned = error;
  int code = owned != NULL && owned->domain == TB_ERROR ? owned->code : TB_ERROR_FAILED;

  return tb_reply_problem (status_of (code), tb_error_name (code), owned != NULL ? owned->message : "It failed");
}

TbReply *
tb_reply_sized (int status, const char *content_type, guint64 length, TbPullFunc pull, gpointer data,
                GDestroyNotify destroy)
{
  TbReply *reply = tb_reply_stream (content_type, pull, data, destroy);

  reply->status = status;
  reply->sized = TRUE;
  reply->length = length;
  return reply;
}

TbReply *
tb_reply_stream (const char *content_type, TbPullFunc pull, gpointer data, GDestroyNotify destroy)
{
  TbReply *reply = reply_new (200, content_type);

  reply->pull = pull;
  reply->data = data;
  reply->destroy = destroy;
  return reply;
}

/* --- one pull in front of another ------------------------------------------ */

struct _TbReplyInner {
  TbPullFunc pull;
  gpointer data;
  GDestroyNotify destroy;
  TbOuterPullFunc outer;
  gpointer outer_data;
  GDestroyNotify outer_destroy;
};

static gssize
pull_outer (gpointer data, guint64 offset, void *buffer, gsize size)
{
  TbReplyInner *inner = data;

  return inner->outer (inner->outer_data, inner, offset, buffer, size);
}

static void
destroy_both (gpointer data)
{
  TbReplyInner *inner = data;

  if (inner->destroy != NULL)
    inner->destroy (inner->data);
  if (inner->outer_destroy != NULL)
    inner->outer_destroy (inner->outer_data);
  g_free (inner);
}

gboolean
tb_reply_wrap (TbReply *reply, TbOuterPullFunc pull, gpointer data, GDestroyNotify destroy)
{
  TbReplyInner *inner;

  if (reply->pull == NULL)
    return FALSE;
  inner = g_new0 (TbReplyInner, 1);
  *inner = (TbReplyInner){ reply->pull, reply->data, reply->destroy, pull, data, destroy };
  reply->pull = pull_outer;
  reply->data = inner;
  reply->destroy = destroy_both;
  return TRUE;
}

gssize
tb_reply_pull_inner (TbReplyInner *inner, guint64 offset, void *buffer, gsize size)
{
  return inner->pull (inner->data, offset, buffer, size);
}

TbReply *
tb_reply_header (TbReply *reply, const char *name, const char *value)
{
  g_ptr_array_add (reply->headers, g_strdup (name));
  g_ptr_array_add (reply->headers, g_strdup (value));
  return reply;
}

int
tb_reply_status (const TbReply *reply)
{
  return reply->status;
}

void
tb_reply_free (TbReply *reply)
{
  if (reply == NULL)
    return;
  if (reply->destroy != NULL)
    reply->destroy (reply->data);
  g_clear_pointer (&reply->bytes, g_bytes_unref);
  g_ptr_array_unref (reply->headers);
  g_free (reply->content_type);
  g_free (reply);
}

static ssize_t
pull_block (void *cls, uint64_t offset, char *buffer, size_t size)
{
  TbReply *reply = cls;
  gssize count = reply->pull (reply->data, offset, buffer, size);

  if (count > 0)
    return count;
  return count == 0 ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void
free_reply (void *cls)
{
  tb_reply_free (cls);
}

static struct MHD_Response *
make_response (TbReply *reply)
{
  gsize length;
  const void *bytes;

  if (reply->pull != NULL)
    return MHD_create_response_from_callback (reply->sized ? reply->length : MHD_SIZE_UNKNOWN,
                                              reply->sized ? BLOCK_SIZE : STREAM_BLOCK_SIZE, pull_block, reply,
                                              free_reply);
  bytes = g_bytes_get_data (reply->bytes, &length);
  return MHD_create_response_from_buffer_with_free_callback_cls (length, (void *) bytes, free_reply, reply);
}

/* One place for the headers that every answer carries. */
static const char *const security_headers[] = {
  "Content-Security-Policy",
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
  "connect-src 'self'; font-src 'self'; worker-src 'self' blob:; manifest-src 'self'; frame-ancestors 'none'; "
  "base-uri 'none'; form-action 'none'",
  "Cross-Origin-Opener-Policy", "same-origin",
  "Cross-Origin-Resource-Policy", "same-origin",
  "Permissions-Policy", "camera=(), microphone=(self), geolocation=()",
  "Referrer-Policy", "no-referrer",
  "X-Content-Type-Options", "nosniff",
  "X-Frame-Options", "DENY",
};

static gboolean
has_header (const TbReply *reply, const char *name)
{
  for (guint i = 0; i + 1 < reply->headers->len; i += 2)
    if (g_ascii_strcasecmp (reply->headers->pdata[i], name) == 0)
      return TRUE;
  return FALSE;
}

enum MHD_Result
tb_reply_queue (TbReply *reply, struct MHD_Connection *connection)
{
  int status = reply->status;
  struct MHD_Response *response = make_response (reply);
  enum MHD_Result result;

  if (response == NULL) {
    tb_reply_free (reply);
    return MHD_NO;
  }
  /* Without this the end mark of a chunked body follows the head. */
  if (reply->head && reply->pull != NULL && !reply->sized)
    MHD_set_response_options (response, MHD_RF_HTTP_VERSION_1_0_ONLY, MHD_RO_END);
  for (gsize i = 0; i < G_N_ELEMENTS (security_headers); i += 2)
    if (!has_header (reply, security_headers[i]))
      MHD_add_response_header (response, security_headers[i], security_headers[i + 1]);
  if (reply->content_type != NULL)
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->content_type);
  for (guint i = 0; i + 1 < reply->headers->len; i += 2)
    MHD_add_response_header (response, reply->headers->pdata[i], reply->headers->pdata[i + 1]);
  result = MHD_queue_response (connection, (unsigned int) status, response);
  MHD_destroy_response (response); /* the connection holds its own reference */
  return result;
}
