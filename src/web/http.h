/* The HTTP server, and the only door to libmicrohttpd.
 *
 * One thread per connection: a handler may block on the database, a file or a
 * condition. A request is handed to one function as a whole (its body read and
 * limited), which gives back a reply; the reply says what to send and how.
 *
 * What is refused here, before any handler: paths with NUL, "..", "//" or bytes
 * that are not plain ASCII, doubled headers, a Host that is not ours, bodies
 * over the limit. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "web/certificate.h"

typedef struct _TbHttp TbHttp;
typedef struct _TbRequest TbRequest; /* lives for one request, in its connection's thread */
typedef struct _TbReply TbReply;

/* --- requests ------------------------------------------------------------ */

/* "GET", "POST", …; HEAD arrives as GET. Borrowed, as all below. */
const char *tb_request_method (TbRequest *request);
/* Decoded, checked: begins with "/". */
const char *tb_request_path (TbRequest *request);
/* NULL when absent. */
const char *tb_request_header (TbRequest *request, const char *name);
const char *tb_request_query (TbRequest *request, const char *name);
/* All values of NAME in their order, of the few names that may be given several times (request.c). Ended by NULL, new. */
char **tb_request_query_all (TbRequest *request, const char *name);
/* What the pattern of the route called NAME; never NULL for a name in the pattern. */
const char *tb_request_param (TbRequest *request, const char *name);
void tb_request_set_param (TbRequest *request, const char *name, const char *value);
/* The body as it came. */
GBytes *tb_request_body (TbRequest *request);
/* The body as a JSON object. New reference. TB_ERROR_INVALID. An empty body is an empty object. */
json_object *tb_request_json (TbRequest *request, GError **error);
/* TRUE when the client asked for HEAD. */
gboolean tb_request_is_head (TbRequest *request);
/* A whole number in the query: DEFAULT_VALUE when absent; TB_ERROR_INVALID when not from MIN to MAX. */
gboolean tb_request_query_int (TbRequest *request, const char *name, gint64 min, gint64 max, gint64 default_value,
                               gint64 *value, GError **error);
/* Seconds in the query, nanoseconds here. */
gboolean tb_request_query_time (TbRequest *request, const char *name, gint64 default_value, gint64 *value,
                                GError **error);

/* The value of a cookie; NULL when there is none, or two. New. */
char *tb_request_cookie (TbRequest *request, const char *name);
/* Whether it comes from this machine. */
gboolean tb_request_is_local (TbRequest *request);
/* The address it comes from, "192.168.1.7". New. */
char *tb_request_peer (TbRequest *request);
/* Whether it came through TLS. */
gboolean tb_request_is_secure (TbRequest *request);
/* "https://host:port" as the client wrote it. Borrowed. */
const char *tb_request_address (TbRequest *request);
/* Who asks; NULL when nobody has signed in. Borrowed. */
typedef struct _TbViewer TbViewer;
const TbViewer *tb_request_viewer (TbRequest *request);
/* For access.c. VIEWER is taken. */
void tb_request_take_viewer (TbRequest *request, TbViewer *viewer);

/* --- replies ------------------------------------------------------------- */

/* OBJECT is taken. */
TbReply *tb_reply_json (int status, json_object *object);
/* {"error":{"code","message"}} with the status that belongs to the error. ERROR is taken. */
TbReply *tb_reply_error (GError *error);
TbReply *tb_reply_problem (int status, const char *code, const char *message);
/* BYTES is borrowed (a reference is kept). */
TbReply *tb_reply_bytes (int status, const char *content_type, GBytes *bytes);
TbReply *tb_reply_empty (int status);

/* Fills BUFFER with up to SIZE bytes that stand at OFFSET of the body; returns the count, 0 for the
 * end, -1 for a failure (the connection is then broken off). Called in the connection's thread; may
 * block, for at most about 10 s, so that a client that has gone is noticed. */
typedef gssize (*TbPullFunc) (gpointer data, guint64 offset, void *buffer, gsize size);

/* A body whose length is known. */
TbReply *tb_reply_sized (int status, const char *content_type, guint64 length, TbPullFunc pull, gpointer data,
                         GDestroyNotify destroy);
/* A body that goes on until PULL ends it. */
TbReply *tb_reply_stream (const char *content_type, TbPullFunc pull, gpointer data, GDestroyNotify destroy);

/* Puts PULL in front of the reply's own, which it reaches by tb_reply_pull_inner; DATA goes with the reply. FALSE when
 * the body is there already. */
typedef struct _TbReplyInner TbReplyInner;
typedef gssize (*TbOuterPullFunc) (gpointer data, TbReplyInner *inner, guint64 offset, void *buffer, gsize size);
gboolean tb_reply_wrap (TbReply *reply, TbOuterPullFunc pull, gpointer data, GDestroyNotify destroy);
gssize tb_reply_pull_inner (TbReplyInner *inner, guint64 offset, void *buffer, gsize size);

/* Adds a header. Returns REPLY, for chaining. */
TbReply *tb_reply_header (TbReply *reply, const char *name, const char *value);
void tb_reply_free (TbReply *reply);
/* For tests and the log. */
int tb_reply_status (const TbReply *reply);

/* --- the server ---------------------------------------------------------- */

/* What a body must be: JSON, sound (Content-Type: audio/…), or any file (application/octet-stream). */
typedef enum { TB_BODY_JSON = 0, TB_BODY_SOUND, TB_BODY_FILE } TbBody;

/* The largest body the request may have; asked before the body is read. 0 when none is wanted. *BODY, which is JSON:
 * what it must be. */
typedef gsize (*TbBodyLimitFunc) (const char *method, const char *path, TbBody *body, gpointer data);
/* Returns a new reply, never NULL. Called in the connection's thread. */
typedef TbReply *(*TbHandlerFunc) (TbRequest *request, gpointer data);

typedef struct {
  const char *listen;         /* "ADDRESS:PORT"; port 0: a free one; 0.0.0.0 and [::]: every address of its kind */
  TbCertificate *certificate; /* for all but loopback, which stays plain HTTP. Must outlive the listener */
  gboolean in_the_open;       /* plain HTTP off loopback too: only for what anybody may see (trust-page.h) */
} TbHttpOptions;

/* TB_ERROR_DENIED off loopback without a certificate; TB_ERROR_BUSY when the port is taken. */
TbHttp *tb_http_start (const TbHttpOptions *options, TbBodyLimitFunc body_limit, TbHandlerFunc handler, gpointer data,
                       GError **error);

/* Whether LISTEN means this machine only (and TRUE for what cannot be listened on). */
gboolean tb_http_is_loopback (const char *listen);

/* "http://127.0.0.1:8470": the best one when it started. Borrowed. */
const char *tb_http_address (TbHttp *http);
/* All that lead here now, best first. New, ended by NULL. */
char **tb_http_addresses (TbHttp *http);
guint tb_http_port (TbHttp *http);

/* Whether it speaks TLS. */
gboolean tb_http_is_secure (TbHttp *http);

/* Stops taking connections and waits for the ones under way; streams must have been told to end. */
void tb_http_stop (TbHttp *http);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbReply, tb_reply_free)
