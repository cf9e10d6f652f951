/* Making an authority and certificates in its name (X.509, RFC 5280). */
#include "web/certificate-private.h"

#include <string.h>
#include <time.h>

#include <gnutls/crypto.h>

#include "base/error.h"

#define DAY (24 * 60 * 60)
#define AUTHORITY_DAYS 3652 /* ten years */
#define LEAF_DAYS 90        /* from its first moment to its last */
/* A tablet's clock may be behind. */
#define EARLY_DAYS 1

/* Addresses that lead nowhere outside the network one is in: those of the certificate lie there, or are the machine's
 * own. */
static const char *const inside[] = {
  "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10", "::1/128",
};

gboolean
tb_gnutls_check (int result, const char *attempt, GError **error)
{
  if (result >= 0)
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "%s: %s", attempt, gnutls_strerror (result));
  return FALSE;
}

void
tb_pair_clear (TbPair *pair)
{
  for (guint i = 0; i < pair->count; i++)
    gnutls_x509_crt_deinit (pair->crt[i]);
  gnutls_free (pair->crt);
  if (pair->key != NULL)
    gnutls_x509_privkey_deinit (pair->key);
  memset (pair, 0, sizeof *pair);
}

/* --- files --------------------------------------------------------------- */

static gboolean
read_pem (const char *path, const char *what, gnutls_datum_t *data, GError **error)
{
  g_autoptr (GError) problem = NULL;
  char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, &problem)) {
    gboolean missing = g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT);

    g_set_error (error, TB_ERROR, missing ? TB_ERROR_NOT_FOUND : TB_ERROR_INVALID, "Could not read the %s: %s", what,
                 problem->message);
    return FALSE;
  }
  data->data = (unsigned char *) text;
  data->size = (unsigned int) length;
  return TRUE;
}

static void
forget (gnutls_datum_t *data)
{
  gnutls_memset (data->data, 0, data->size);
  g_free (data->data);
}

static gboolean
read_chain (const char *path, TbPair *pair, GError **error)
{
  gnutls_datum_t data = { 0 };
  int result;

  if (!read_pem (path, "certificate", &data, error))
    return FALSE;
  result = gnutls_x509_crt_list_import2 (&pair->crt, &pair->count, &data, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_SORT);
  g_free (data.data);
  if (result >= 0 && pair->count > 0)
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "%s is not a certificate in PEM form: %s", path,
               gnutls_strerror (result));
  return FALSE;
}

static gboolean
read_key (const char *path, TbPair *pair, GError **error)
{
  gnutls_datum_t data = { 0 };
  gboolean sealed;
  int result;

  if (!read_pem (path, "key", &data, error))
    return FALSE;
  sealed = g_strstr_len ((const char *) data.data, data.size, "ENCRYPTED") != NULL;
  gnutls_x509_privkey_init (&pair->key);
  result = gnutls_x509_privkey_import2 (pair->key, &data, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN);
  forget (&data);
  if (result >= 0)
    return TRUE;
  if (sealed)
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "The key %s asks for a passphrase; give it without one", path);
  else
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "%s is not a key in PEM form: %s", path, gnutls_strerror (result));
  return FALSE;
}

static gboolean
belong_together (const TbPair *pair)
{
  guint8 a[64], b[64];
  size_t a_size = sizeof a, b_size = sizeof b;

  return gnutls_x509_crt_get_key_id (pair->crt[0], GNUTLS_KEYID_USE_SHA256, a, &a_size) == 0
         && gnutls_x509_privkey_get_key_id (pair->key, GNUTLS_KEYID_USE_SHA256, b, &b_size) == 0 && a_size == b_size
         && memcmp (a, b, a_size) == 0;
}

gboolean
tb_pair_read (const char *certificate, const char *key, TbPair *pair, GError **error)
{
  g_auto (TbPair) found = { 0 };

  if (!read_chain (certificate, &found, error) || !read_key (key, &found, error))
    return FALSE;
  if (!belong_together (&found)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "The key %s does not belong to the certificate %s", key, certificate);
    return FALSE;
  }
  *pair = found;
  memset (&found, 0, sizeof found);
  return TRUE;
}

static gboolean
write_pem (const char *path, const gnutls_datum_t *data, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (g_file_set_contents_full (path, (const char *) data->data, (gssize) data->size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &problem))
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_FAILED, problem->message);
  return FALSE;
}

gboolean
tb_pair_write (const TbPair *pair, const char *certificate, const char *key, GError **error)
{
  gnutls_datum_t data = { 0 };
  gboolean written;

  if (!tb_gnutls_check (gnutls_x509_privkey_export2_pkcs8 (pair->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &data),
                        "Writing the key", error))
    return FALSE;
  written = write_pem (key, &data, error);
  gnutls_memset (data.data, 0, data.size);
  gnutls_free (data.data);
  if (!written
      || !tb_gnutls_check (gnutls_x509_crt_export2 (pair->crt[0], GNUTLS_X509_FMT_PEM, &data), "Writing the certificate",
                           error))
    return FALSE;
  written = write_pem (certificate, &data, error);
  gnutls_free (data.data);
  return written;
}

/* --- making -------------------------------------------------------------- */

/* A new key and an empty certificate with what every one has. */
static gboolean
begin (TbPair *pair, int days, GError **error)
{
  time_t now = time (NULL);
  time_t first = now - EARLY_DAYS * DAY;
  guint8 serial[16];
  guint8 id[64];
  size_t size = sizeof id;

  pair->crt = gnutls_malloc (sizeof *pair->crt);
  gnutls_x509_crt_init (&pair->crt[0]);
  pair->count = 1;
  gnutls_x509_privkey_init (&pair->key);
  if (!tb_gnutls_check (gnutls_x509_privkey_generate (pair->key, GNUTLS_PK_ECDSA,
                                                      GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                        "Making a key", error)
      || !tb_gnutls_check (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial), "Making a serial number", error))
    return FALSE;
  serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, and always of one length */
  return tb_gnutls_check (gnutls_x509_crt_set_version (pair->crt[0], 3), "Making a certificate", error)
         && tb_gnutls_check (gnutls_x509_crt_set_serial (pair->crt[0], serial, sizeof serial), "Making a certificate", error)
         && tb_gnutls_check (gnutls_x509_crt_set_key (pair->crt[0], pair->key), "Making a certificate", error)
         && tb_gnutls_check (gnutls_x509_crt_set_activation_time (pair->crt[0], first), "Making a certificate", error)
         && tb_gnutls_check (gnutls_x509_crt_set_expiration_time (pair->crt[0], first + (time_t) days * DAY - 1),
                             "Making a certificate", error)
         && tb_gnutls_check (gnutls_x509_crt_get_key_id (pair->crt[0], GNUTLS_KEYID_USE_SHA1, id, &size),
                             "Making a certificate", error)
         && tb_gnutls_check (gnutls_x509_crt_set_subject_key_id (pair->crt[0], id, size), "Making a certificate", error);
}

static gboolean
set_name (gnutls_x509_crt_t crt, const char *name, GError **error)
{
  return tb_gnutls_check (gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_ORGANIZATION_NAME, 0, "Terugblik", 9),
                          "Naming a certificate", error)
         && tb_gnutls_check (gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                                            (unsigned int) strlen (name)),
                             "Naming a certificate", error);
}

static gboolean
permit_name (gnutls_x509_name_constraints_t constraints, const char *name, GError **error)
{
  gnutls_datum_t data = { (unsigned char *) name, (unsigned int) strlen (name) };

  return tb_gnutls_check (gnutls_x509_name_constraints_add_permitted (constraints, GNUTLS_SAN_DNSNAME, &data),
                          "Limiting the authority", error);
}

static gboolean
permit_addresses (gnutls_x509_name_constraints_t constraints, const char *cidr, GError **error)
{
  gnutls_datum_t data = { 0 };
  gboolean done;

  if (!tb_gnutls_check (gnutls_x509_cidr_to_rfc5280 (cidr, &data), "Limiting the authority", error))
    return FALSE;
  done = tb_gnutls_check (gnutls_x509_name_constraints_add_permitted (constraints, GNUTLS_SAN_IPADDRESS, &data),
                          "Limiting the authority", error);
  gnutls_free (data.data);
  return done;
}

static gboolean
fill_constraints (gnutls_x509_name_constraints_t constraints, const TbNames *names, GError **error)
{
  if (!permit_name (constraints, "localhost", error))
    return FALSE;
  for (guint i = 0; i < names->names->len; i++)
    if (!permit_name (constraints, names->names->pdata[i], error))
      return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (inside); i++)
    if (!permit_addresses (constraints, inside[i], error))
      return FALSE;
  /* A machine that has an address of the whole world: that one, and none beside it. */
  for (guint i = 0; i < names->addresses->len; i++) {
    const char *address = names->addresses->pdata[i];
    g_autofree char *alone = g_strdup_printf ("%s/%d", address, strchr (address, ':') != NULL ? 128 : 32);

    if (!tb_address_is_private (address) && !permit_addresses (constraints, alone, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
limit (gnutls_x509_crt_t crt, const TbNames *names, GError **error)
{
  gnutls_x509_name_constraints_t constraints;
  gboolean done;

  gnutls_x509_name_constraints_init (&constraints);
  done = fill_constraints (constraints, names, error)
         && tb_gnutls_check (gnutls_x509_crt_set_name_constraints (crt, constraints, 1), "Limiting the authority", error);
  gnutls_x509_name_constraints_deinit (constraints);
  return done;
}

/* GnuTLS answers about a certificate from what it saw when it read it: one that was just made is read again. */
static gboolean
finish (TbPair *made, TbPair *pair, GError **error)
{
  gnutls_datum_t data = { 0 };
  gboolean done;

  if (!tb_gnutls_check (gnutls_x509_crt_export2 (made->crt[0], GNUTLS_X509_FMT_DER, &data), "Making a certificate", error))
    return FALSE;
  gnutls_x509_crt_deinit (made->crt[0]);
  gnutls_x509_crt_init (&made->crt[0]);
  done = tb_gnutls_check (gnutls_x509_crt_import (made->crt[0], &data, GNUTLS_X509_FMT_DER), "Making a certificate", error);
  gnutls_free (data.data);
  if (!done)
    return FALSE;
  *pair = *made;
  memset (made, 0, sizeof *made);
  return TRUE;
}

gboolean
tb_make_authority (const TbNames *names, TbPair *pair, GError **error)
{
  g_auto (TbPair) made = { 0 };
  /* The name shows in a tablet's list of what it trusts. */
  g_autofree char *name
    = g_strdup_printf ("Terugblik %.50s", names->names->len > 0 ? (const char *) names->names->pdata[0] : "CA");

  if (!begin (&made, AUTHORITY_DAYS, error) || !set_name (made.crt[0], name, error)
      || !tb_gnutls_check (gnutls_x509_crt_set_basic_constraints (made.crt[0], 1, 0), "Making the authority", error)
      || !tb_gnutls_check (gnutls_x509_crt_set_key_usage (made.crt[0], GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN),
                           "Making the authority", error)
      || !limit (made.crt[0], names, error)
      || !tb_gnutls_check (gnutls_x509_crt_sign2 (made.crt[0], made.crt[0], made.key, GNUTLS_DIG_SHA256, 0),
                           "Making the authority", error))
    return FALSE;
  return finish (&made, pair, error);
}

gboolean
tb_authority_permits (const TbPair *authority, const char *host)
{
  gnutls_x509_name_constraints_t constraints;
  guint8 bytes[16];
  gsize size = tb_address_parse (host, bytes);
  gnutls_datum_t name = { (unsigned char *) host, (unsigned int) strlen (host) };
  gnutls_datum_t address = { bytes, (unsigned int) size };
  unsigned int critical = 0;
  gboolean permitted = FALSE;

  gnutls_x509_name_constraints_init (&constraints);
  if (gnutls_x509_crt_get_name_constraints (authority->crt[0], constraints, 0, &critical) >= 0)
    permitted = gnutls_x509_name_constraints_check (constraints, size > 0 ? GNUTLS_SAN_IPADDRESS : GNUTLS_SAN_DNSNAME,
                                                    size > 0 ? &address : &name)
                != 0;
  gnutls_x509_name_constraints_deinit (constraints);
  return permitted;
}

static gboolean
add_host (gnutls_x509_crt_t crt, const char *host, GError **error)
{
  guint8 bytes[16];
  gsize size = tb_address_parse (host, bytes);

  if (size > 0)
    return tb_gnutls_check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, bytes, (unsigned int) size,
                                                                  GNUTLS_FSAN_APPEND),
                            "Naming a certificate", error);
  return tb_gnutls_check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, host,
                                                                (unsigned int) strlen (host), GNUTLS_FSAN_APPEND),
                          "Naming a certificate", error);
}

gboolean
tb_make_leaf (const TbPair *authority, const char *const *hosts, TbPair *pair, GError **error)
{
  g_auto (TbPair) made = { 0 };
  time_t end = gnutls_x509_crt_get_expiration_time (authority->crt[0]);
  guint8 id[64];
  size_t size = sizeof id;

  if (!begin (&made, LEAF_DAYS, error) || !set_name (made.crt[0], "Terugblik", error))
    return FALSE;
  for (gsize i = 0; hosts[i] != NULL; i++)
    if (!add_host (made.crt[0], hosts[i], error))
      return FALSE;
  /* Nothing outlives who vouches for it. */
  if (gnutls_x509_crt_get_expiration_time (made.crt[0]) > end)
    gnutls_x509_crt_set_expiration_time (made.crt[0], end);
  if (!tb_gnutls_check (gnutls_x509_crt_set_basic_constraints (made.crt[0], 0, -1), "Making a certificate", error)
      || !tb_gnutls_check (gnutls_x509_crt_set_key_usage (made.crt[0], GNUTLS_KEY_DIGITAL_SIGNATURE),
                           "Making a certificate", error)
      || !tb_gnutls_check (gnutls_x509_crt_set_key_purpose_oid (made.crt[0], GNUTLS_KP_TLS_WWW_SERVER, 0),
                           "Making a certificate", error)
      || !tb_gnutls_check (gnutls_x509_crt_get_subject_key_id (authority->crt[0], id, &size, NULL),
                           "Reading the authority", error)
      || !tb_gnutls_check (gnutls_x509_crt_set_authority_key_id (made.crt[0], id, size), "Making a certificate", error)
      || !tb_gnutls_check (gnutls_x509_crt_sign2 (made.crt[0], authority->crt[0], authority->key, GNUTLS_DIG_SHA256, 0),
                           "Making a certificate", error))
    return FALSE;
  return finish (&made, pair, error);
}

/* --- reading ------------------------------------------------------------- */

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
tb_crt_hosts (gnutls_x509_crt_t crt)
{
  GPtrArray *hosts = g_ptr_array_new ();
  char text[512];

  for (unsigned int i = 0;; i++) {
    size_t size = sizeof text - 1;
    int type = gnutls_x509_crt_get_subject_alt_name (crt, i, text, &size, NULL);

    if (type == GNUTLS_E_SHORT_MEMORY_BUFFER)
      continue;
    if (type < 0)
      break;
    if (type == GNUTLS_SAN_DNSNAME)
      g_ptr_array_add (hosts, g_ascii_strdown (text, (gssize) size));
    if (type == GNUTLS_SAN_IPADDRESS && (size == 4 || size == 16))
      g_ptr_array_add (hosts, tb_address_to_text ((const guint8 *) text, size));
  }
  g_ptr_array_sort (hosts, compare_text);
  g_ptr_array_add (hosts, NULL);
  return (char **) g_ptr_array_free (hosts, FALSE);
}
