#include "web/network.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "web/qr.h"
#include "web/routes.h"
#include "web/trust-page.h"

struct _TbNetwork {
  char *folder;
  char *certificate_file, *key_file;
  char **names;
  int trust_port;

  GMutex lock; /* guards all below; what it points to stays until tb_network_free */
  TbCertificate *certificate;
  GPtrArray *listeners;   /* TbHttp */
  GPtrArray *trust_pages; /* TbTrustPage */
};

TbNetwork *
tb_network_new (const char *folder, const TbNetworkOptions *options)
{
  TbNetwork *network = g_new0 (TbNetwork, 1);

  network->folder = g_strdup (folder);
  network->trust_port = TB_TRUST_PORT_NEXT;
  if (options != NULL) {
    network->certificate_file = g_strdup (options->certificate);
    network->key_file = g_strdup (options->key);
    network->names = g_strdupv ((char **) options->names);
    network->trust_port = options->trust_port;
  }
  g_mutex_init (&network->lock);
  network->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_http_stop);
  network->trust_pages = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_trust_page_free);
  return network;
}

void
tb_network_free (TbNetwork *network)
{
  GPtrArray *pages, *listeners;

  if (network == NULL)
    return;
  /* Requests that are under way may ask for the lists until the last listener has ended. */
  g_mutex_lock (&network->lock);
  pages = g_steal_pointer (&network->trust_pages);
  listeners = g_steal_pointer (&network->listeners);
  network->trust_pages = g_ptr_array_new ();
  network->listeners = g_ptr_array_new ();
  g_mutex_unlock (&network->lock);
  g_ptr_array_unref (pages);
  g_ptr_array_unref (listeners);
  g_ptr_array_unref (network->trust_pages);
  g_ptr_array_unref (network->listeners);
  tb_certificate_free (network->certificate);
  g_mutex_clear (&network->lock);
  g_free (network->folder);
  g_free (network->certificate_file);
  g_free (network->key_file);
  g_strfreev (network->names);
  g_free (network);
}

/* --- listening ----------------------------------------------------------- */

static TbCertificate *
open_certificate (TbNetwork *network, GError **error)
{
  const char *const *names = (const char *const *) network->names;

  if (network->certificate_file != NULL)
    return tb_certificate_open_given (network->certificate_file, network->key_file, names, error);
  return tb_certificate_open_own (network->folder, names, error);
}

gboolean
tb_network_prepare (TbNetwork *network, GError **error)
{
  TbCertificate *certificate = tb_network_certificate (network);

  if (certificate != NULL)
    return TRUE;
  certificate = open_certificate (network, error);
  if (certificate == NULL)
    return FALSE;
  g_mutex_lock (&network->lock);
  network->certificate = certificate;
  g_mutex_unlock (&network->lock);
  return TRUE;
}

/* Beside HTTP, at the same address and another port. */
static gboolean
open_trust_page (TbNetwork *network, const char *listen, TbHttp *http, GError **error)
{
  g_autofree char *host = g_strndup (listen, (gsize) (strrchr (listen, ':') - listen));
  guint port = network->trust_port > 0 ? (guint) network->trust_port : tb_http_port (http) + 1;
  g_autofree char *address = g_strdup_printf ("%s:%u", host, port);
  g_autoptr (GError) problem = NULL;
  TbTrustPage *page;

  if (network->trust_port == 0 || tb_certificate_is_given (network->certificate) || port > 65535)
    return TRUE;
  page = tb_trust_page_start (address, network, &problem);
  if (page != NULL) {
    g_mutex_lock (&network->lock);
    g_ptr_array_add (network->trust_pages, page);
    g_mutex_unlock (&network->lock);
    return TRUE;
  }
  /* Terugblik itself can do without, unless it was asked for. */
  if (network->trust_port > 0) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  g_printerr ("There is no page to trust this computer by: %s\n", problem->message);
  return TRUE;
}

gboolean
tb_network_listen (TbNetwork *network, const char *listen, TbBodyLimitFunc body_limit, TbHandlerFunc handler,
                   gpointer data, GError **error)
{
  TbHttpOptions options = { .listen = listen };
  TbHttp *http;

  if (!tb_http_is_loopback (listen)) {
    if (!tb_network_prepare (network, error))
      return FALSE;
    options.certificate = network->certificate;
  }
  http = tb_http_start (&options, body_limit, handler, data, error);
  if (http == NULL)
    return FALSE;
  g_mutex_lock (&network->lock);
  g_ptr_array_add (network->listeners, http);
  g_mutex_unlock (&network->lock);
  return !tb_http_is_secure (http) || open_trust_page (network, listen, http, error);
}

/* --- addresses ----------------------------------------------------------- */

static void
add_addresses (GPtrArray *list, TbHttp *http)
{
  g_auto (GStrv) addresses = tb_http_addresses (http);

  for (gsize i = 0; addresses[i] != NULL; i++)
    if (!g_ptr_array_find_with_equal_func (list, addresses[i], g_str_equal, NULL))
      g_ptr_array_add (list, g_strdup (addresses[i]));
}

static char **
end_list (GPtrArray *list)
{
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

static char **
addresses_of (TbNetwork *network, gboolean secure_only)
{
  GPtrArray *list = g_ptr_array_new ();

  g_mutex_lock (&network->lock);
  for (guint i = 0; i < network->listeners->len; i++)
    if (!secure_only || tb_http_is_secure (network->listeners->pdata[i]))
      add_addresses (list, network->listeners->pdata[i]);
  g_mutex_unlock (&network->lock);
  return end_list (list);
}

char **
tb_network_addresses (TbNetwork *network)
{
  return addresses_of (network, FALSE);
}

char **
tb_network_lan_addresses (TbNetwork *network)
{
  return addresses_of (network, TRUE);
}

char *
tb_network_lan_address (TbNetwork *network)
{
  g_auto (GStrv) addresses = tb_network_lan_addresses (network);

  return g_strdup (addresses[0]);
}

char *
tb_network_address_for (TbNetwork *network, TbRequest *request)
{
  char *address = tb_request_is_secure (request) ? NULL : tb_network_lan_address (network);

  return address != NULL ? address : g_strdup (tb_request_address (request));
}

char **
tb_network_trust_addresses (TbNetwork *network)
{
  GPtrArray *list = g_ptr_array_new ();

  g_mutex_lock (&network->lock);
  for (guint i = 0; i < network->trust_pages->len; i++)
    add_addresses (list, tb_trust_page_http (network->trust_pages->pdata[i]));
  g_mutex_unlock (&network->lock);
  return end_list (list);
}

TbCertificate *
tb_network_certificate (TbNetwork *network)
{
  TbCertificate *certificate;

  g_mutex_lock (&network->lock);
  certificate = network->certificate;
  g_mutex_unlock (&network->lock);
  return certificate;
}

/* --- routes -------------------------------------------------------------- */

/* Anybody may ask this, from any page: it lets a page find out whether a browser trusts us (see trust-page.h). */
static TbReply *
get_ping (TbApp *app, TbRequest *request)
{
  json_object *object = json_object_new_object ();

  tb_json_add_bool (object, "ok", TRUE);
  return tb_reply_header (tb_reply_json (200, object), "Cross-Origin-Resource-Policy", "cross-origin");
}

static TbReply *
get_network (TbApp *app, TbRequest *request)
{
  json_object *object = json_object_new_object ();
  json_object *list = json_object_new_array ();
  g_auto (GStrv) addresses = tb_network_lan_addresses (app->network);
  g_auto (GStrv) trust = tb_network_trust_addresses (app->network);
  TbCertificate *certificate = tb_network_certificate (app->network);
  g_autofree char *fingerprint = certificate != NULL ? tb_certificate_fingerprint (certificate) : NULL;

  for (gsize i = 0; addresses[i] != NULL; i++)
    json_object_array_add (list, json_object_new_string (addresses[i]));
  tb_json_add (object, "addresses", list);
  tb_json_add_string (object, "trust", trust[0]);
  tb_json_add_string (object, "fingerprint", fingerprint);
  tb_json_add_bool (object, "own_certificate", certificate != NULL && !tb_certificate_is_given (certificate));
  tb_json_add_wall (object, "expires_at", certificate != NULL ? tb_certificate_expires (certificate) : 0);
  tb_json_add (object, "qr", trust[0] != NULL ? tb_qr_to_json (trust[0], NULL) : NULL);
  return tb_reply_json (200, object);
}

const TbRoute tb_routes_network[] = {
  { "GET", "/api/ping", get_ping, 0 },
  { "GET", "/api/network", get_network, 0 },
  { NULL },
};
