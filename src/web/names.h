/* How this machine is called in the network: what a certificate must stand for,
 * and what a tablet may be told to open.
 *
 * Constant once made. */
#pragma once

#include <glib.h>

typedef struct {
  GPtrArray *names;     /* host names, lower case, best first: "name.local", "name", those that were asked for */
  GPtrArray *addresses; /* as text, best first: real network cards before bridges, IPv4 before IPv6 */
} TbNames;

/* The host name, the host name under .local, and the addresses of all network cards that are up; never loopback,
 * nor the IPv6 link-local ones, which no browser can open. EXTRA (NULL or ended by NULL): further names and addresses
 * ("terugblik.school.lan", "10.0.0.5"); TB_ERROR_INVALID when one is neither. New. */
TbNames *tb_names_new (const char *const *extra, GError **error);
void tb_names_free (TbNames *names);
gboolean tb_names_equal (const TbNames *a, const TbNames *b);

/* Whether ADDRESS is one that means something inside one network only (RFC 1918, link-local, unique local, loopback). */
gboolean tb_address_is_private (const char *address);
/* Whether TEXT is an IPv4 or IPv6 address. Gives its 4 or 16 bytes when BYTES (room for 16) is not NULL. */
gsize tb_address_parse (const char *text, guint8 *bytes);
/* The other way, in the shortest form. New. */
char *tb_address_to_text (const guint8 *bytes, gsize size);

/* Whether somebody here answers for NAME.local (Avahi). */
gboolean tb_names_local_is_served (void);

/* "name:8471", "10.0.0.5:8471", "[fd00::1]:8471". New. */
char *tb_host_with_port (const char *host, guint port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbNames, tb_names_free)
