/* Where Terugblik can be reached: its listeners, the certificate they share,
 * and the page that helps a tablet to trust it.
 *
 * Loopback speaks plain HTTP. Everything else speaks TLS, with the school's
 * certificate or our own; with our own, a small page stands beside it in plain
 * HTTP (trust-page.h).
 *
 * Listeners answer while others are still being added: LOCK guards the list.
 * The certificate and the options do not change after the first listener. */
#pragma once

#include <glib.h>

#include "web/http.h"

typedef struct _TbNetwork TbNetwork;

#define TB_TRUST_PORT_NEXT (-1) /* the port after that of TLS, when it is free */

typedef struct {
  const char *certificate; /* the school's own, with KEY; NULL: ours */
  const char *key;
  const char *const *names; /* further names and addresses of this machine; NULL or ended by NULL */
  int trust_port;           /* TB_TRUST_PORT_NEXT, 0 for no such page, or a port */
} TbNetworkOptions;

/* OPTIONS (NULL: none) are copied. The certificate is kept in FOLDER. New. */
TbNetwork *tb_network_new (const char *folder, const TbNetworkOptions *options);

/* Reads or makes the certificate; done by the first listener that needs it otherwise. Errors: certificate.h. */
gboolean tb_network_prepare (TbNetwork *network, GError **error);

/* Starts one listener; may be called several times. Errors: those of tb_http_start and certificate.h. */
gboolean tb_network_listen (TbNetwork *network, const char *listen, TbBodyLimitFunc body_limit, TbHandlerFunc handler,
                            gpointer data, GError **error);

/* All addresses, those of the first listener first; best first of each. New, ended by NULL. */
char **tb_network_addresses (TbNetwork *network);
/* Those a tablet can open ("https://…"). New, ended by NULL. */
char **tb_network_lan_addresses (TbNetwork *network);
/* The best of them; NULL when nothing listens off loopback. New. */
char *tb_network_lan_address (TbNetwork *network);
/* What to give to somebody else: the address REQUEST came by, or when that is good on this machine only, the best of
 * those that a tablet can open. New. */
char *tb_network_address_for (TbNetwork *network, TbRequest *request);
/* Where tablets learn to trust it ("http://…"), best first; empty without that page. New. */
char **tb_network_trust_addresses (TbNetwork *network);
/* NULL when nothing listens off loopback. Borrowed. */
TbCertificate *tb_network_certificate (TbNetwork *network);

/* Ends all listeners; streams must have been told to end. NULL is allowed. */
void tb_network_free (TbNetwork *network);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbNetwork, tb_network_free)
