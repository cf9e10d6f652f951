#include "web/http-private.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "web/viewer.h"

TbRequest *
tb_request_new (TbHttp *http, const char *uri)
{
  TbRequest *request = g_new0 (TbRequest, 1);

  request->http = http;
  request->uri = g_strdup (uri);
  request->query = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  request->repeated = g_ptr_array_new_with_free_func (g_free);
  request->params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  request->body = g_byte_array_new ();
  return request;
}

void
tb_request_free (TbRequest *request)
{
  if (request == NULL)
    return;
  g_free (request->uri);
  g_free (request->method);
  g_free (request->path);
  g_hash_table_unref (request->query);
  g_ptr_array_unref (request->repeated);
  g_hash_table_unref (request->params);
  g_clear_pointer (&request->body, g_byte_array_unref);
  g_clear_pointer (&request->body_bytes, g_bytes_unref);
  tb_reply_free (request->early);
  tb_viewer_free (request->viewer);
  g_free (request->address);
  g_free (request);
}

/* Plain ASCII only: every address of ours is, and everything else is somebody trying things. */
static gboolean
is_plain (const char *text)
{
  for (; *text != '\0'; text++)
    if (*text <= 0x20 || *text > 0x7e)
      return FALSE;
  return TRUE;
}

static gboolean
is_safe_path (const char *path)
{
  if (path[0] != '/' || !is_plain (path) || strstr (path, "//") != NULL || strchr (path, '\\') != NULL)
    return FALSE;
  for (const char *dot = strstr (path, "/."); dot != NULL; dot = strstr (dot + 1, "/."))
    if (dot[2] == '\0' || dot[2] == '/' || (dot[2] == '.' && (dot[3] == '\0' || dot[3] == '/')))
      return FALSE;
  return TRUE;
}

static char *
decode_query_part (const char *text)
{
  g_autofree char *spaced = g_strdup (text);
  char *decoded;

  g_strdelimit (spaced, "+", ' ');
  decoded = g_uri_unescape_string (spaced, NULL); /* refuses %00 */
  if (decoded != NULL && !g_utf8_validate (decoded, -1, NULL))
    g_clear_pointer (&decoded, g_free);
  return decoded;
}

/* These may be given several times; of anything else twice is a mistake, or somebody trying things. */
static gboolean
may_repeat (const char *name)
{
  static const char *const names[] = { "part", "phase", "by", "visit", "observer", "subject", "latency", "during", NULL };

  return g_strv_contains (names, name);
}

static gboolean
parse_query (TbRequest *request, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "&", 64);

  for (guint i = 0; parts[i] != NULL; i++) {
    char *equals = strchr (parts[i], '=');
    g_autofree char *name = NULL;
    g_autofree char *value = NULL;

    if (*parts[i] == '\0')
      continue;
    if (equals != NULL)
      *equals = '\0';
    name = decode_query_part (parts[i]);
    value = decode_query_part (equals != NULL ? equals + 1 : "");
    if (name == NULL || value == NULL)
      return FALSE;
    if (may_repeat (name)) {
      g_ptr_array_add (request->repeated, g_strdup (name));
      g_ptr_array_add (request->repeated, g_strdup (value));
    } else if (g_hash_table_contains (request->query, name)) {
      return FALSE;
    }
    g_hash_table_insert (request->query, g_steal_pointer (&name), g_steal_pointer (&value));
  }
  return TRUE;
}

gboolean
tb_request_parse_uri (TbRequest *request)
{
  g_autofree char *raw = g_strdup (request->uri);
  char *question = strchr (raw, '?');
  g_autofree char *path = NULL;

  if (strlen (raw) > 4096)
    return FALSE;
  if (question != NULL)
    *question = '\0';
  /* Refuses a coded slash too: it would hide a path inside a name. */
  path = g_uri_unescape_string (raw, "/");
  if (path == NULL || !is_safe_path (path))
    return FALSE;
  if (question != NULL && !parse_query (request, question + 1))
    return FALSE;
  request->path = g_steal_pointer (&path);
  return TRUE;
}

const char *
tb_request_method (TbRequest *request)
{
  return request->method;
}

const char *
tb_request_path (TbRequest *request)
{
  return request->path;
}

gboolean
tb_request_is_head (TbRequest *request)
{
  return request->head;
}

const char *
tb_request_header (TbRequest *request, const char *name)
{
  return MHD_lookup_connection_value (request->connection, MHD_HEADER_KIND, name);
}

const char *
tb_request_query (TbRequest *request, const char *name)
{
  return g_hash_table_lookup (request->query, name);
}

const char *
tb_request_param (TbRequest *request, const char *name)
{
  return g_hash_table_lookup (request->params, name);
}

void
tb_request_set_param (TbRequest *request, const char *name, const char *value)
{
  g_hash_table_insert (request->params, g_strdup (name), g_strdup (value));
}

GBytes *
tb_request_body (TbRequest *request)
{
  if (request->body_bytes == NULL)
    request->body_bytes = g_byte_array_free_to_bytes (g_steal_pointer (&request->body));
  return request->body_bytes;
}

json_object *
tb_request_json (TbRequest *request, GError **error)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (tb_request_body (request), &length);
  g_autoptr (json_object) object = NULL;

  if (length == 0)
    return json_object_new_object ();
  object = tb_json_parse (text, length, error);
  if (object == NULL)
    return NULL;
  if (!json_object_is_type (object, json_type_object)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "The body must be a JSON object");
    return NULL;
  }
  return g_steal_pointer (&object);
}

char **
tb_request_query_all (TbRequest *request, const char *name)
{
  g_autoptr (GStrvBuilder) values = g_strv_builder_new ();

  for (guint i = 0; i < request->repeated->len; i += 2)
    if (g_str_equal (request->repeated->pdata[i], name))
      g_strv_builder_add (values, request->repeated->pdata[i + 1]);
  return g_strv_builder_end (values);
}

gboolean
tb_request_query_int (TbRequest *request, const char *name, gint64 min, gint64 max, gint64 default_value,
                      gint64 *value, GError **error)
{
  const char *text = tb_request_query (request, name);

  *value = default_value;
  if (text == NULL)
    return TRUE;
  if (g_ascii_string_to_signed (text, 10, min, max, value, NULL))
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID,
               "“%s” in the address must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, name, min,
               max);
  return FALSE;
}

gboolean
tb_request_query_time (TbRequest *request, const char *name, gint64 default_value, gint64 *value, GError **error)
{
  const char *text = tb_request_query (request, name);

  *value = default_value;
  if (text == NULL)
    return TRUE;
  if (tb_time_parse (text, value, error))
    return TRUE;
  g_prefix_error (error, "“%s” in the address: ", name);
  return FALSE;
}

/* Cookies are read by hand: of two with one name neither is taken, since only one of them can be ours. */
char *
tb_request_cookie (TbRequest *request, const char *name)
{
  const char *header = tb_request_header (request, "Cookie");
  g_auto (GStrv) parts = header != NULL ? g_strsplit (header, ";", 64) : NULL;
  gsize length = strlen (name);
  char *found = NULL;

  for (guint i = 0; parts != NULL && parts[i] != NULL; i++) {
    const char *part = g_strstrip (parts[i]);

    if (strncmp (part, name, length) != 0 || part[length] != '=')
      continue;
    if (found != NULL) {
      g_free (found);
      return NULL;
    }
    found = g_strdup (part + length + 1);
  }
  return found;
}

static const struct sockaddr *
peer_of (TbRequest *request)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

  return info != NULL ? info->client_addr : NULL;
}

static gboolean
is_mapped_loopback (const struct in6_addr *address)
{
  return IN6_IS_ADDR_V4MAPPED (address) && address->s6_addr[12] == 127;
}

gboolean
tb_request_is_local (TbRequest *request)
{
  const struct sockaddr *peer = peer_of (request);

  if (peer != NULL && peer->sa_family == AF_INET)
    return (ntohl (((const struct sockaddr_in *) (const void *) peer)->sin_addr.s_addr) >> 24) == 127;
  if (peer != NULL && peer->sa_family == AF_INET6) {
    const struct in6_addr *address = &((const struct sockaddr_in6 *) (const void *) peer)->sin6_addr;

    return IN6_IS_ADDR_LOOPBACK (address) || is_mapped_loopback (address);
  }
  return FALSE;
}

char *
tb_request_peer (TbRequest *request)
{
  const struct sockaddr *peer = peer_of (request);
  char host[NI_MAXHOST];
  socklen_t size = peer != NULL && peer->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in);

  if (peer == NULL || getnameinfo (peer, size, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
    return g_strdup ("unknown");
  return g_strdup (host);
}

gboolean
tb_request_is_secure (TbRequest *request)
{
  return tb_http_is_secure (request->http);
}

const char *
tb_request_address (TbRequest *request)
{
  /* The Host was found to be one of ours before any handler runs. */
  if (request->address == NULL)
    request->address = g_strconcat (tb_request_is_secure (request) ? "https://" : "http://",
                                    tb_request_header (request, "Host"), NULL);
  return request->address;
}

const TbViewer *
tb_request_viewer (TbRequest *request)
{
  return request->viewer;
}

void
tb_request_take_viewer (TbRequest *request, TbViewer *viewer)
{
  tb_viewer_free (request->viewer);
  request->viewer = viewer;
}
