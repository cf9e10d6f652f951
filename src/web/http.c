/* The server: its socket, its limits, and the way of a request to the handler
 * and of the reply back. Threads: one for accepting, one per connection, all
 * made by libmicrohttpd. TbHttp does not change after tb_http_start. */
#include "web/http-private.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

#define CONNECTIONS 128
#define CONNECTIONS_PER_ADDRESS 96 /* on loopback every tab and tablet comes from one address */
/* A request has begun: its client may take its time. */
#define IDLE_SECONDS 30u
/* Until then: connections that say nothing keep the places of those that do. */
#define SILENT_SECONDS 10u
#define CONNECTION_MEMORY (256 * 1024)
/* A refused body up to this is read and thrown away: a client that is still sending when the connection
 * ends does not get to see why. */
#define SWALLOW (8 * 1024 * 1024)

struct _TbHttp {
  struct MHD_Daemon *daemon;
  TbBodyLimitFunc body_limit;
  TbHandlerFunc handler;
  gpointer data;
  char *address;
  guint port;
};

/* --- who may ask --------------------------------------------------------- */

static gboolean
is_our_authority (TbHttp *http, const char *authority)
{
  static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *with_port = g_strdup_printf ("%s:%u", names[i], http->port);

    if (g_ascii_strcasecmp (authority, with_port) == 0 || (http->port == 80 && g_ascii_strcasecmp (authority, names[i]) == 0))
      return TRUE;
  }
  /* Another loopback address, when it listens on that. */
  return g_ascii_strcasecmp (authority, http->address + strlen ("http://")) == 0;
}

static gboolean
is_our_origin (TbHttp *http, const char *origin)
{
  return g_str_has_prefix (origin, "http://") && is_our_authority (http, origin + strlen ("http://"));
}

typedef struct {
  guint host, length, type, origin, range;
  gboolean chunked;
} HeaderCount;

static enum MHD_Result
count_header (void *cls, enum MHD_ValueKind kind, const char *key, const char *value)
{
  HeaderCount *count = cls;

  count->host += g_ascii_strcasecmp (key, "Host") == 0;
  count->length += g_ascii_strcasecmp (key, "Content-Length") == 0;
  count->type += g_ascii_strcasecmp (key, "Content-Type") == 0;
  count->origin += g_ascii_strcasecmp (key, "Origin") == 0;
  count->range += g_ascii_strcasecmp (key, "Range") == 0;
  count->chunked |= g_ascii_strcasecmp (key, "Transfer-Encoding") == 0;
  return MHD_YES;
}

static gboolean
changes_something (const char *method)
{
  return strcmp (method, "GET") != 0 && strcmp (method, "HEAD") != 0;
}

/* A page of somebody else can make a browser send requests here; it cannot choose these headers. */
static TbReply *
refuse_stranger (TbRequest *request)
{
  const char *host = tb_request_header (request, "Host");
  const char *origin = tb_request_header (request, "Origin");
  const char *site = tb_request_header (request, "Sec-Fetch-Site");

  if (host == NULL || !is_our_authority (request->http, host))
    return tb_reply_problem (403, "foreign-host", "This address is not one of Terugblik; open the address it printed");
  if (origin != NULL && !is_our_origin (request->http, origin))
    return tb_reply_problem (403, "foreign-origin", "Another website may not use Terugblik");
  if (site != NULL && g_ascii_strcasecmp (site, "cross-site") == 0
      && (changes_something (request->method) || g_str_has_prefix (request->path, "/api/")
          || g_str_has_prefix (request->path, "/media/")))
    return tb_reply_problem (403, "foreign-origin", "Another website may not use Terugblik");
  return NULL;
}

static TbReply *
refuse_body (TbRequest *request)
{
  const char *length_text = tb_request_header (request, "Content-Length");
  const char *type = tb_request_header (request, "Content-Type");
  guint64 length = 0;

  if (length_text != NULL && !g_ascii_string_to_unsigned (length_text, 10, 0, G_MAXINT64, &length, NULL))
    return tb_reply_problem (400, "invalid", "The length of the body is not a number");
  request->limit = request->http->body_limit (request->method, request->path, request->http->data);
  if (length > request->limit)
    return tb_reply_problem (413, "too-large", "What was sent is larger than this address takes");
  if (changes_something (request->method) && length > 0
      && (type == NULL || g_ascii_strncasecmp (type, "application/json", 16) != 0
          || (type[16] != '\0' && type[16] != ';' && type[16] != ' ')))
    return tb_reply_problem (415, "unsupported-type", "Send JSON, with Content-Type: application/json");
  return NULL;
}

static TbReply *
check_head (TbRequest *request)
{
  HeaderCount count = { 0 };
  TbReply *refusal;

  MHD_get_connection_values (request->connection, MHD_HEADER_KIND, count_header, &count);
  if (!tb_request_parse_uri (request))
    return tb_reply_problem (400, "invalid", "This address cannot be read");
  if (count.host > 1 || count.length > 1 || count.type > 1 || count.origin > 1 || count.range > 1)
    return tb_reply_problem (400, "invalid", "A header stands in the request twice");
  if (count.chunked)
    return tb_reply_problem (411, "length-required", "Send the length of the body with it");
  refusal = refuse_stranger (request);
  return refusal != NULL ? refusal : refuse_body (request);
}

/* Whether the body of a refused request is to be waited for. */
static gboolean
is_swallowed (TbRequest *request)
{
  const char *length_text = tb_request_header (request, "Content-Length");
  guint64 length = 0;

  return tb_request_header (request, "Transfer-Encoding") == NULL && tb_request_header (request, "Expect") == NULL
         && length_text != NULL && g_ascii_string_to_unsigned (length_text, 10, 1, SWALLOW, &length, NULL);
}

/* --- the way of a request ------------------------------------------------ */

static void *
begin_request (void *cls, const char *uri, struct MHD_Connection *connection)
{
  return tb_request_new (cls, uri);
}

static void
end_request (void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how)
{
  tb_request_free (*state);
  *state = NULL;
}

/* The raw address reaches us by begin_request; libmicrohttpd is to leave it alone. */
static size_t
keep_escapes (void *cls, struct MHD_Connection *connection, char *text)
{
  return strlen (text);
}

static enum MHD_Result
access_handler (void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                const char *version, const char *upload_data, size_t *upload_size, void **state)
{
  TbHttp *http = cls;
  TbRequest *request = *state;
  TbReply *reply;

  if (request == NULL)
    return MHD_NO;
  if (!request->begun) {
    request->begun = TRUE;
    request->connection = connection;
    MHD_set_connection_option (connection, MHD_CONNECTION_OPTION_TIMEOUT, IDLE_SECONDS);
    request->head = strcmp (method, "HEAD") == 0;
    request->method = g_strdup (request->head ? "GET" : method);
    request->early = check_head (request);
    if (request->early != NULL) {
      tb_reply_header (request->early, "Connection", "close");
      if (!is_swallowed (request))
        return tb_reply_queue (g_steal_pointer (&request->early), connection);
    }
    return MHD_YES;
  }
  if (*upload_size > 0 && request->early != NULL) {
    *upload_size = 0;
    return MHD_YES;
  }
  if (*upload_size > 0) {
    if (request->body->len + *upload_size > request->limit)
      return MHD_NO;
    g_byte_array_append (request->body, (const guint8 *) upload_data, (guint) *upload_size);
    *upload_size = 0;
    return MHD_YES;
  }
  reply = request->early != NULL ? g_steal_pointer (&request->early) : http->handler (request, http->data);
  reply->head = request->head;
  return tb_reply_queue (reply, connection);
}

/* --- the socket ---------------------------------------------------------- */

static gboolean
is_loopback (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET)
    return (ntohl (((const struct sockaddr_in *) (const void *) address)->sin_addr.s_addr) >> 24) == 127;
  if (address->sa_family == AF_INET6)
    return IN6_IS_ADDR_LOOPBACK (&((const struct sockaddr_in6 *) (const void *) address)->sin6_addr);
  return FALSE;
}

static gboolean
split_listen (const char *listen_text, char **host, char **port, GError **error)
{
  const char *colon = strrchr (listen_text, ':');
  guint64 number;
  gsize length;

  if (colon == NULL || colon == listen_text || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &number, NULL)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” is not an address to listen on, such as 127.0.0.1:8470",
                 listen_text);
    return FALSE;
  }
  length = (gsize) (colon - listen_text);
  if (listen_text[0] == '[' && colon[-1] == ']')
    *host = g_strndup (listen_text + 1, length - 2);
  else
    *host = g_strndup (listen_text, length);
  *port = g_strdup (colon + 1);
  return TRUE;
}

static int
open_socket (const char *listen_text, struct sockaddr_storage *bound, GError **error)
{
  g_autofree char *host = NULL;
  g_autofree char *port = NULL;
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
  struct addrinfo *found = NULL;
  socklen_t size = sizeof *bound;
  int fd, problem, one = 1;

  if (!split_listen (listen_text, &host, &port, error))
    return -1;
  problem = getaddrinfo (host, port, &hints, &found);
  if (problem != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "Could not find the address %s: %s", host, gai_strerror (problem));
    return -1;
  }
  if (!is_loopback (found->ai_addr)) {
    freeaddrinfo (found);
    g_set_error (error, TB_ERROR, TB_ERROR_DENIED,
                 "Terugblik does not listen on %s: without accounts and encryption everybody in the network could see "
                 "the recordings of children, so it serves this computer only (127.0.0.1)", host);
    return -1;
  }
  fd = socket (found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (fd < 0 || bind (fd, found->ai_addr, found->ai_addrlen) != 0 || listen (fd, 128) != 0) {
    g_set_error (error, TB_ERROR, errno == EADDRINUSE ? TB_ERROR_BUSY : TB_ERROR_FAILED, "Could not listen on %s: %s",
                 listen_text, g_strerror (errno));
    freeaddrinfo (found);
    if (fd >= 0)
      close (fd);
    return -1;
  }
  freeaddrinfo (found);
  getsockname (fd, (struct sockaddr *) (void *) bound, &size);
  return fd;
}

static void
name_address (TbHttp *http, const struct sockaddr_storage *bound)
{
  char host[NI_MAXHOST];

  getnameinfo ((const struct sockaddr *) (const void *) bound, sizeof *bound, host, sizeof host, NULL, 0, NI_NUMERICHOST);
  if (bound->ss_family == AF_INET6) {
    http->port = ntohs (((const struct sockaddr_in6 *) (const void *) bound)->sin6_port);
    http->address = g_strdup_printf ("http://[%s]:%u", host, http->port);
  } else {
    http->port = ntohs (((const struct sockaddr_in *) (const void *) bound)->sin_port);
    http->address = g_strdup_printf ("http://%s:%u", host, http->port);
  }
}

TbHttp *
tb_http_start (const char *listen_text, TbBodyLimitFunc body_limit, TbHandlerFunc handler, gpointer data,
               GError **error)
{
  struct sockaddr_storage bound = { 0 };
  int fd = open_socket (listen_text, &bound, error);
  TbHttp *http;

  if (fd < 0)
    return NULL;
  http = g_new0 (TbHttp, 1);
  http->body_limit = body_limit;
  http->handler = handler;
  http->data = data;
  name_address (http, &bound);
  http->daemon = MHD_start_daemon (MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC, 0,
                                   NULL, NULL, access_handler, http,
                                   MHD_OPTION_LISTEN_SOCKET, fd,
                                   MHD_OPTION_URI_LOG_CALLBACK, begin_request, http,
                                   MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
                                   MHD_OPTION_NOTIFY_COMPLETED, end_request, NULL,
                                   MHD_OPTION_CONNECTION_LIMIT, (unsigned int) CONNECTIONS,
                                   MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned int) CONNECTIONS_PER_ADDRESS,
                                   MHD_OPTION_CONNECTION_TIMEOUT, SILENT_SECONDS,
                                   MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) CONNECTION_MEMORY,
                                   MHD_OPTION_STRICT_FOR_CLIENT, 1,
                                   MHD_OPTION_END);
  if (http->daemon == NULL) {
    close (fd);
    g_free (http->address);
    g_free (http);
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not start the server on %s", listen_text);
    return NULL;
  }
  return http;
}

const char *
tb_http_address (TbHttp *http)
{
  return http->address;
}

gboolean
tb_http_is_secure (TbHttp *http)
{
  return FALSE;
}

void
tb_http_stop (TbHttp *http)
{
  if (http == NULL)
    return;
  MHD_stop_daemon (http->daemon);
  g_free (http->address);
  g_free (http);
}
