/* What a listener off loopback shows who it is with: the school's own
 * certificate, or one that Terugblik makes.
 *
 * The one it makes comes from an authority of this data folder (tls/ca.pem),
 * which tablets trust once. It can vouch for nothing but this machine's own
 * names and addresses inside a network (RFC 5280 name constraints): whoever
 * steals its key cannot pass for a bank with it. The certificate itself lasts
 * 90 days and is renewed when a third of that is left, or when the machine's
 * names or addresses have changed.
 *
 * A thread of its own looks every few seconds whether something changed; what
 * it finds counts from the next connection on. All functions may be called
 * from any thread. */
#pragma once

#include <glib.h>

#include "web/names.h"

typedef struct _TbCertificate TbCertificate;

/* Our own, kept in FOLDER/tls, made where missing. EXTRA: see tb_names_new. Errors: TB_ERROR_INVALID for EXTRA,
 * TB_ERROR_CORRUPT when the authority cannot be read (it is never replaced then: every tablet would have to trust
 * again), TB_ERROR_FAILED. New. */
TbCertificate *tb_certificate_open_own (const char *folder, const char *const *extra, GError **error);

/* The school's: PEM files, the certificate with those between it and its authority. Read again when they change; what
 * does not fit then is told and not used. Errors: TB_ERROR_NOT_FOUND, TB_ERROR_INVALID with a sentence. New. */
TbCertificate *tb_certificate_open_given (const char *certificate, const char *key, const char *const *extra,
                                          GError **error);

void tb_certificate_free (TbCertificate *certificate);

/* Looks now. FALSE: what there was stays in use. */
gboolean tb_certificate_check (TbCertificate *certificate, GError **error);

gboolean tb_certificate_is_given (TbCertificate *certificate);
/* Whether a browser may have asked for HOST (a name or an address, without brackets and port). */
gboolean tb_certificate_covers (TbCertificate *certificate, const char *host);
/* What may be told to a tablet, best first. New, ended by NULL. */
char **tb_certificate_hosts (TbCertificate *certificate);
/* What this machine is called or has as an address, but the authority may not vouch for: it was made before. New. */
char **tb_certificate_left_out (TbCertificate *certificate);
/* Nanoseconds since 1970, as in tb_json_add_wall. */
gint64 tb_certificate_expires (TbCertificate *certificate);
/* SHA-256 of the authority (for the school's own: of the certificate), "AA:BB:…". New. */
char *tb_certificate_fingerprint (TbCertificate *certificate);
/* The authority as DER; NULL for the school's own. New. */
GBytes *tb_certificate_authority (TbCertificate *certificate);

/* When the certificate kept in FOLDER/tls ends, without making anything; 0 when there is none. */
gint64 tb_certificate_peek (const char *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbCertificate, tb_certificate_free)
