/* A listener: its socket, its limits, and the way of a request to the handler
 * and of the reply back. Threads: one for accepting, one per connection, all
 * made by libmicrohttpd. TbHttp does not change after tb_http_start.
 *
 * No Strict-Transport-Security is sent: with an authority of one's own that a
 * tablet has lost, or a laptop that got another name, a browser would refuse
 * the address for as long as it remembers that header, and offer no way on. */
#include "web/http-private.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "web/certificate-private.h"

#define CONNECTIONS 128
#define CONNECTIONS_PER_ADDRESS 96 /* on loopback every tab comes from one address */
#define CONNECTIONS_PER_TABLET 32  /* in the network each has its own */
/* A request has begun: its client may take its time. */
#define IDLE_SECONDS 30u
/* Until then: connections that say nothing keep the places of those that do. */
#define SILENT_SECONDS 10u
#define CONNECTION_MEMORY (256 * 1024)
/* A refused body up to this is read and thrown away: a client that is still sending when the connection
 * ends does not get to see why. */
#define SWALLOW (16 * 1024 * 1024)

/* TLS 1.2 with what is still sound of it, and 1.3. Every browser since 2017 speaks that. */
/* With a thread for each connection GnuTLS 3.7 keeps some 250 bytes of each for good (its random numbers are made per
 * thread, and given back only at the end): 10000 connections cost 2.5 MB. */
#define PRIORITIES \
  "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-MAC-ALL:+AEAD:%SERVER_PRECEDENCE"

struct _TbHttp {
  struct MHD_Daemon *daemon;
  TbCertificate *certificate; /* borrowed; NULL on loopback */
  gboolean secure;
  TbBodyLimitFunc body_limit;
  TbHandlerFunc handler;
  gpointer data;
  char *address;
  char *bound; /* the address it listens on; NULL: every one of FAMILY */
  int family;
  guint port;
};

/* --- who may ask --------------------------------------------------------- */

/* "name", "name:8471", "10.0.0.5:8471", "[fd00::1]:8471": the port must be ours. New; NULL for all else. */
static char *
host_of (TbHttp *http, const char *authority)
{
  const char *close = authority[0] == '[' ? strchr (authority, ']') : NULL;
  const char *host = close != NULL ? authority + 1 : authority;
  gsize length = close != NULL ? (gsize) (close - host) : strcspn (authority, ":");
  const char *rest = close != NULL ? close + 1 : authority + length;
  g_autofree char *port = g_strdup_printf (":%u", http->port);

  if (strcmp (rest, port) != 0 && !(*rest == '\0' && http->port == (http->secure ? 443 : 80)))
    return NULL;
  if (strspn (host, close != NULL ? "0123456789abcdefABCDEF:." : "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.")
      < length)
    return NULL;
  return g_strndup (host, length);
}

static gboolean
is_our_authority (TbHttp *http, const char *authority)
{
  static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

  if (http->certificate != NULL) {
    g_autofree char *host = host_of (http, authority);

    return host != NULL && tb_certificate_covers (http->certificate, host);
  }
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
  const char *scheme = http->secure ? "https://" : "http://";

  return g_str_has_prefix (origin, scheme) && is_our_authority (http, origin + strlen (scheme));
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
  /* /api/ping says that somebody is here and nothing else: the page that helps a tablet to trust us, which cannot be
   * of this origin yet, asks it. */
  if (site != NULL && g_ascii_strcasecmp (site, "cross-site") == 0 && strcmp (request->path, "/api/ping") != 0
      && (changes_something (request->method) || g_str_has_prefix (request->path, "/api/")
          || g_str_has_prefix (request->path, "/media/")))
    return tb_reply_problem (403, "foreign-origin", "Another website may not use Terugblik");
  return NULL;
}

/* None of these can be sent by a form of another website without the browser asking first. */
static TbReply *
refuse_type (const char *type, TbBody body)
{
  static const char *const wanted[] = { "application/json", "audio/", "application/octet-stream" };
  static const char *const words[] = { "Send JSON, with Content-Type: application/json",
                                       "Send sound, with Content-Type: audio/webm, audio/ogg or audio/mp4",
                                       "Send the file as it is, with Content-Type: application/octet-stream" };
  gsize length = strlen (wanted[body]);

  if (type != NULL && g_ascii_strncasecmp (type, wanted[body], length) == 0
      && (body == TB_BODY_SOUND || type[length] == '\0' || type[length] == ';' || type[length] == ' '))
    return NULL;
  return tb_reply_problem (415, "unsupported-type", words[body]);
}

static TbReply *
refuse_body (TbRequest *request)
{
  const char *length_text = tb_request_header (request, "Content-Length");
  const char *type = tb_request_header (request, "Content-Type");
  TbBody body = TB_BODY_JSON;
  guint64 length = 0;

  if (length_text != NULL && !g_ascii_string_to_unsigned (length_text, 10, 0, G_MAXINT64, &length, NULL))
    return tb_reply_problem (400, "invalid", "The length of the body is not a number");
  request->limit = request->http->body_limit (request->method, request->path, &body, request->http->data);
  if (length > request->limit)
    return tb_reply_problem (413, "too-large", "What was sent is larger than this address takes");
  return changes_something (request->method) && length > 0 ? refuse_type (type, body) : NULL;
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

/* --- TLS ----------------------------------------------------------------- */

/* Before the handshake: what belongs to the connection is how retrieve_certificate finds its listener. */
static void
begin_connection (void *cls, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
  *context = what == MHD_CONNECTION_NOTIFY_STARTED ? cls : NULL;
}

/* libmicrohttpd gives no pointer of ours to this function, but the session knows its connection. */
static int
retrieve_certificate (gnutls_session_t session, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **chain,
                      unsigned int *length, gnutls_ocsp_data_st **ocsp, unsigned int *ocsp_length, gnutls_privkey_t *key,
                      unsigned int *flags)
{
  struct MHD_Connection *connection = gnutls_session_get_ptr (session);
  const union MHD_ConnectionInfo *found = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  TbHttp *http = found != NULL ? found->socket_context : NULL;

  *ocsp = NULL;
  *ocsp_length = 0;
  if (http == NULL)
    return GNUTLS_E_INTERNAL_ERROR;
  return tb_certificate_retrieve (http->certificate, chain, length, key, flags);
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

gboolean
tb_http_is_loopback (const char *listen_text)
{
  g_autofree char *host = NULL;
  g_autofree char *port = NULL;
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
  struct addrinfo *found = NULL;
  gboolean loopback;

  /* What cannot be listened on is said by who tries. */
  if (!split_listen (listen_text, &host, &port, NULL) || getaddrinfo (host, port, &hints, &found) != 0)
    return TRUE;
  loopback = is_loopback (found->ai_addr);
  freeaddrinfo (found);
  return loopback;
}

static int
open_socket (const char *listen_text, gboolean everywhere, struct sockaddr_storage *bound, GError **error)
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
  if (!everywhere && !is_loopback (found->ai_addr)) {
    freeaddrinfo (found);
    g_set_error (error, TB_ERROR, TB_ERROR_DENIED, "Terugblik does not listen on %s without encryption", host);
    return -1;
  }
  fd = socket (found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  /* [::] is every address of IPv6, and 0.0.0.0 of IPv4: each listener knows what its clients look like. */
  if (fd >= 0 && found->ai_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
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
note_bound (TbHttp *http, const struct sockaddr_storage *bound)
{
  const struct sockaddr_in *four = (const void *) bound;
  const struct sockaddr_in6 *six = (const void *) bound;
  char host[NI_MAXHOST];

  getnameinfo ((const struct sockaddr *) (const void *) bound, sizeof *bound, host, sizeof host, NULL, 0, NI_NUMERICHOST);
  http->family = bound->ss_family;
  http->port = ntohs (http->family == AF_INET6 ? six->sin6_port : four->sin_port);
  if (http->family == AF_INET6 ? !IN6_IS_ADDR_UNSPECIFIED (&six->sin6_addr) : four->sin_addr.s_addr != INADDR_ANY)
    http->bound = g_strdup (host);
}

/* Whether somebody who opens HOST can come out here. */
static gboolean
leads_here (TbHttp *http, const char *host)
{
  gsize size = tb_address_parse (host, NULL);

  if (size == 0)
    return TRUE;
  if (http->bound != NULL)
    return strcmp (host, http->bound) == 0;
  return size == (http->family == AF_INET6 ? 16 : 4);
}

static char *
address_of (TbHttp *http, const char *host)
{
  g_autofree char *authority = tb_host_with_port (host, http->port);

  return g_strconcat (http->secure ? "https://" : "http://", authority, NULL);
}

char **
tb_http_addresses (TbHttp *http)
{
  g_auto (GStrv) hosts = http->certificate != NULL ? tb_certificate_hosts (http->certificate) : NULL;
  GPtrArray *addresses = g_ptr_array_new ();

  for (gsize i = 0; hosts != NULL && hosts[i] != NULL; i++)
    if (leads_here (http, hosts[i]))
      g_ptr_array_add (addresses, address_of (http, hosts[i]));
  if (addresses->len == 0)
    g_ptr_array_add (addresses, address_of (http, http->bound != NULL ? http->bound : "localhost"));
  g_ptr_array_add (addresses, NULL);
  return (char **) g_ptr_array_free (addresses, FALSE);
}

static struct MHD_Daemon *
start_daemon (TbHttp *http, int fd)
{
  unsigned int flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC;
  unsigned int per_address = http->certificate != NULL ? CONNECTIONS_PER_TABLET : CONNECTIONS_PER_ADDRESS;
  struct MHD_OptionItem tls[] = {
    { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *) PRIORITIES },
    { MHD_OPTION_HTTPS_CERT_CALLBACK2, 0, (void *) retrieve_certificate },
    { MHD_OPTION_END, 0, NULL },
  };
  struct MHD_OptionItem plain[] = { { MHD_OPTION_END, 0, NULL } };

  return MHD_start_daemon (flags | (http->secure ? (unsigned int) MHD_USE_TLS : 0u), 0, NULL, NULL, access_handler, http,
                           MHD_OPTION_LISTEN_SOCKET, fd,
                           MHD_OPTION_URI_LOG_CALLBACK, begin_request, http,
                           MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
                           MHD_OPTION_NOTIFY_COMPLETED, end_request, NULL,
                           MHD_OPTION_NOTIFY_CONNECTION, begin_connection, http,
                           MHD_OPTION_CONNECTION_LIMIT, (unsigned int) CONNECTIONS,
                           MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_address,
                           /* A handshake does not count as having said something: it must be over by then. */
                           MHD_OPTION_CONNECTION_TIMEOUT, SILENT_SECONDS,
                           MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) CONNECTION_MEMORY,
                           MHD_OPTION_STRICT_FOR_CLIENT, 1,
                           MHD_OPTION_ARRAY, http->secure ? tls : plain,
                           MHD_OPTION_END);
}

TbHttp *
tb_http_start (const TbHttpOptions *options, TbBodyLimitFunc body_limit, TbHandlerFunc handler, gpointer data,
               GError **error)
{
  struct sockaddr_storage bound = { 0 };
  int fd = open_socket (options->listen, options->certificate != NULL, &bound, error);
  g_auto (GStrv) addresses = NULL;
  TbHttp *http;

  if (fd < 0)
    return NULL;
  http = g_new0 (TbHttp, 1);
  http->body_limit = body_limit;
  http->handler = handler;
  http->data = data;
  /* What stays inside this machine needs no certificate, and browsers trust it as it is. */
  if (!is_loopback ((const struct sockaddr *) (const void *) &bound)) {
    http->certificate = options->certificate;
    http->secure = !options->in_the_open;
  }
  note_bound (http, &bound);
  addresses = tb_http_addresses (http);
  http->address = g_strdup (addresses[0]);
  http->daemon = start_daemon (http, fd);
  if (http->daemon == NULL) {
    close (fd);
    g_free (http->address);
    g_free (http->bound);
    g_free (http);
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not start the server on %s", options->listen);
    return NULL;
  }
  return http;
}

const char *
tb_http_address (TbHttp *http)
{
  return http->address;
}

guint
tb_http_port (TbHttp *http)
{
  return http->port;
}

gboolean
tb_http_is_secure (TbHttp *http)
{
  return http->secure;
}

void
tb_http_stop (TbHttp *http)
{
  if (http == NULL)
    return;
  MHD_stop_daemon (http->daemon);
  g_free (http->address);
  g_free (http->bound);
  g_free (http);
}
