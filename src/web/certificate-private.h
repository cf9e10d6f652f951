/* Shared by certificate.c (which one is in use), certificate-make.c (making
 * our own) and http.c (handing it to a connection). The only files that know
 * GnuTLS. */
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "web/certificate.h"

/* A certificate and its key; CRT[0] is the one, those above it follow. */
typedef struct {
  gnutls_x509_crt_t *crt; /* gnutls_malloc */
  guint count;
  gnutls_x509_privkey_t key;
} TbPair;

void tb_pair_clear (TbPair *pair);
/* Reads two PEM files. Errors with a sentence that names them: TB_ERROR_NOT_FOUND, TB_ERROR_INVALID. */
gboolean tb_pair_read (const char *certificate, const char *key, TbPair *pair, GError **error);
/* Writes them, mode 0600, the key first. */
gboolean tb_pair_write (const TbPair *pair, const char *certificate, const char *key, GError **error);

/* An authority for NAMES. */
gboolean tb_make_authority (const TbNames *names, TbPair *pair, GError **error);
/* Whether AUTHORITY may vouch for HOST. */
gboolean tb_authority_permits (const TbPair *authority, const char *host);
/* A certificate for HOSTS (ended by NULL) in the name of AUTHORITY, which must permit them. */
gboolean tb_make_leaf (const TbPair *authority, const char *const *hosts, TbPair *pair, GError **error);
/* The names and addresses a certificate stands for, sorted. New. */
char **tb_crt_hosts (gnutls_x509_crt_t crt);

/* Seconds since 1970. FALSE: TB_ERROR_FAILED with what GnuTLS says. */
gboolean tb_gnutls_check (int result, const char *attempt, GError **error);

/* For MHD_OPTION_HTTPS_CERT_CALLBACK2: copies, which belong to the connection. */
int tb_certificate_retrieve (TbCertificate *certificate, gnutls_pcert_st **chain, unsigned int *length,
                             gnutls_privkey_t *key, unsigned int *flags);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbPair, tb_pair_clear)
