/* The page by which a tablet learns to trust our own certificate authority,
 * and finds out what keeps it from Terugblik when it cannot reach it.
 *
 * It is in plain HTTP on purpose: a tablet that does not trust us yet cannot
 * open anything else without a warning that people should not learn to click
 * away. So it carries nothing that is anybody's: no session, no cookie, no
 * API; the authority (which is public), how to install it, and the addresses.
 * Somebody in the network who changes it on the way could hand out another
 * authority; therefore it shows a fingerprint to hold against the one on the
 * coach's screen, which came by another way.
 *
 *   /                          how to, in Dutch or English
 *   /terugblik-ca.crt          the authority (DER)
 *   /terugblik.mobileconfig    the same as a profile for iPhone and iPad
 *   /probe                     nothing; that it comes shows that the address works
 *   /trust.css, /check.js      of the page
 *
 * One for each TLS listener; its threads are those of TbHttp. */
#pragma once

#include "web/network.h"

typedef struct _TbTrustPage TbTrustPage;

/* NETWORK is borrowed and must have a certificate of our own. Errors: those of tb_http_start. New. */
TbTrustPage *tb_trust_page_start (const char *listen, TbNetwork *network, GError **error);
/* Borrowed. */
TbHttp *tb_trust_page_http (TbTrustPage *page);
/* NULL is allowed. */
void tb_trust_page_free (TbTrustPage *page);
