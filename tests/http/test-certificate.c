/* The authority and the certificate it makes, as GnuTLS and OpenSSL judge them. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/error.h"
#include "web/certificate-private.h"

#define DAY (24 * 60 * 60)

typedef struct {
  char *folder;
  char *tls;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("terugblik-tls-XXXXXX", NULL);
  f->tls = g_build_filename (f->folder, "tls", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", f->folder, NULL };

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (f->folder);
  g_free (f->tls);
}

static char *
content (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->tls, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
read_pair (Fixture *f, const char *certificate, const char *key, TbPair *pair)
{
  g_autofree char *file = g_build_filename (f->tls, certificate, NULL);
  g_autofree char *key_file = g_build_filename (f->tls, key, NULL);
  GError *error = NULL;

  tb_pair_read (file, key_file, pair, &error);
  g_assert_no_error (error);
}

/* 0 when LEAF verifies for HOST under AUTHORITY, by GnuTLS. */
static unsigned int
judge (const TbPair *leaf, const TbPair *authority, const char *host)
{
  gnutls_x509_trust_list_t trusted;
  gnutls_typed_vdata_st wanted[2] = {
    { GNUTLS_DT_DNS_HOSTNAME, (unsigned char *) host, 0 },
    { GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *) GNUTLS_KP_TLS_WWW_SERVER, 0 },
  };
  unsigned int trouble = 0;

  gnutls_x509_trust_list_init (&trusted, 0);
  g_assert_cmpint (gnutls_x509_trust_list_add_cas (trusted, authority->crt, 1, 0), ==, 1);
  g_assert_cmpint (gnutls_x509_trust_list_verify_crt2 (trusted, leaf->crt, leaf->count, wanted, 2, 0, &trouble, NULL), ==, 0);
  gnutls_x509_trust_list_deinit (trusted, 0);
  return trouble;
}

/* The same by OpenSSL. */
static gboolean
openssl_trusts (Fixture *f, const char *leaf)
{
  g_autofree char *authority = g_build_filename (f->tls, "ca.pem", NULL);
  const char *argv[] = { "openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", authority, leaf, NULL };
  int status = -1;

  if (!g_spawn_sync (NULL, (char **) argv, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                     &status, NULL))
    g_error ("openssl is not installed");
  return g_spawn_check_wait_status (status, NULL);
}

static TbCertificate *
open_own (Fixture *f, const char *first, const char *second)
{
  const char *extra[] = { first, second, NULL };
  GError *error = NULL;
  TbCertificate *certificate = tb_certificate_open_own (f->folder, extra, &error);

  g_assert_no_error (error);
  return certificate;
}

static void
test_chain (Fixture *f, gconstpointer data)
{
  static const char *const trusted[] = { "terugblik.school.lan", "10.1.2.3", "localhost", "127.0.0.1", "::1" };
  g_autofree char *file = g_build_filename (f->tls, "certificate.pem", NULL);
  g_autoptr (TbCertificate) certificate = open_own (f, "terugblik.school.lan", "10.1.2.3");
  g_auto (TbPair) leaf = { 0 };
  g_auto (TbPair) authority = { 0 };
  unsigned int ca = 0, usage = 0;
  int path_length = -1;

  read_pair (f, "certificate.pem", "key.pem", &leaf);
  read_pair (f, "ca.pem", "ca-key.pem", &authority);
  for (gsize i = 0; i < G_N_ELEMENTS (trusted); i++) {
    g_assert_cmphex (judge (&leaf, &authority, trusted[i]), ==, 0);
    g_assert_true (tb_certificate_covers (certificate, trusted[i]));
  }
  g_assert_true (openssl_trusts (f, file));
  g_assert_cmphex (judge (&leaf, &authority, "school.lan"), !=, 0);
  g_assert_false (tb_certificate_covers (certificate, "school.lan"));
  g_assert_false (tb_certificate_covers (certificate, "10.1.2.4"));
  g_assert_false (tb_certificate_covers (certificate, "localhost."));
  g_assert_false (tb_certificate_covers (certificate, ""));

  g_assert_cmpint (gnutls_x509_crt_get_basic_constraints (authority.crt[0], NULL, &ca, &path_length), ==, 1);
  g_assert_cmpuint (ca, ==, 1);
  g_assert_cmpint (path_length, ==, 0);
  g_assert_cmpint (gnutls_x509_crt_get_key_usage (authority.crt[0], &usage, NULL), ==, 0);
  g_assert_cmphex (usage, ==, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
  g_assert_cmpint (gnutls_x509_crt_get_expiration_time (authority.crt[0]) - time (NULL), >, 3640 * DAY);
  g_assert_cmpint (gnutls_x509_crt_get_basic_constraints (leaf.crt[0], NULL, &ca, NULL), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_get_expiration_time (leaf.crt[0]) - gnutls_x509_crt_get_activation_time (leaf.crt[0]), <,
                   90 * DAY);
  g_assert_cmpint (gnutls_x509_crt_get_activation_time (leaf.crt[0]), <, time (NULL));
}

/* Somebody who has the authority's key signs for others: nobody may believe it. */
static void
test_limits (Fixture *f, gconstpointer data)
{
  static const char *const foreign[] = { "www.example.com", "example.local", "8.8.8.8", "172.32.0.1", "11.0.0.1", "2001:db8::1" };
  static const char *const inside[] = { "10.255.255.255", "172.31.0.1", "192.168.0.1", "169.254.7.7", "fd12::1" };
  g_autofree char *file = g_build_filename (f->folder, "other.pem", NULL);
  g_autofree char *key = g_build_filename (f->folder, "other-key.pem", NULL);
  g_autoptr (TbCertificate) certificate = open_own (f, "terugblik.school.lan", NULL);
  g_auto (TbPair) authority = { 0 };

  read_pair (f, "ca.pem", "ca-key.pem", &authority);
  for (gsize i = 0; i < G_N_ELEMENTS (foreign) + G_N_ELEMENTS (inside); i++) {
    gboolean wanted = i >= G_N_ELEMENTS (foreign);
    /* Without any DNS name GnuTLS takes the common name for one. */
    const char *hosts[] = { wanted ? inside[i - G_N_ELEMENTS (foreign)] : foreign[i], "localhost", NULL };
    g_auto (TbPair) leaf = { 0 };

    g_test_message ("%s", hosts[0]);
    g_assert_cmpint (tb_authority_permits (&authority, hosts[0]), ==, wanted);
    g_assert_true (tb_make_leaf (&authority, hosts, &leaf, NULL));
    g_assert_true (tb_pair_write (&leaf, file, key, NULL));
    g_assert_cmpint (judge (&leaf, &authority, hosts[0]) == 0, ==, wanted);
    g_assert_cmpint (openssl_trusts (f, file), ==, wanted);
  }
}

static void
test_files (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "ca.pem", "ca-key.pem", "certificate.pem", "key.pem" };
  g_autoptr (TbCertificate) certificate = open_own (f, NULL, NULL);
  struct stat seen;

  g_assert_cmpint (stat (f->tls, &seen), ==, 0);
  g_assert_cmphex (seen.st_mode & 0777, ==, 0700);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (f->tls, names[i], NULL);

    g_assert_cmpint (stat (path, &seen), ==, 0);
    g_assert_cmphex (seen.st_mode & 0777, ==, 0600);
  }
}

/* What is good stays; a new address makes a new certificate, never a new authority. */
static void
test_stays (Fixture *f, gconstpointer data)
{
  g_autofree char *authority = NULL;
  g_autofree char *leaf = NULL;
  g_autofree char *again = NULL;
  g_autofree char *other = NULL;
  g_autofree char *last = NULL;

  tb_certificate_free (open_own (f, "10.1.2.3", NULL));
  authority = content (f, "ca.pem");
  leaf = content (f, "certificate.pem");
  tb_certificate_free (open_own (f, "10.1.2.3", NULL));
  again = content (f, "certificate.pem");
  g_assert_cmpstr (again, ==, leaf);
  tb_certificate_free (open_own (f, "10.1.2.4", NULL));
  other = content (f, "certificate.pem");
  g_assert_cmpstr (other, !=, leaf);
  last = content (f, "ca.pem");
  g_assert_cmpstr (last, ==, authority);
}

static gboolean
lists (char **hosts, const char *host)
{
  return g_strv_contains ((const char *const *) hosts, host);
}

/* A name that came after the authority is left out, and said. */
static void
test_left_out (Fixture *f, gconstpointer data)
{
  g_autoptr (TbCertificate) certificate = NULL;
  g_auto (GStrv) left_out = NULL;
  g_auto (GStrv) hosts = NULL;
  g_auto (TbPair) leaf = { 0 };
  g_auto (TbPair) authority = { 0 };

  tb_certificate_free (open_own (f, NULL, NULL));
  certificate = open_own (f, "later.school.lan", "10.9.9.9");
  left_out = tb_certificate_left_out (certificate);
  hosts = tb_certificate_hosts (certificate);
  g_assert_true (lists (left_out, "later.school.lan"));
  g_assert_false (lists (hosts, "later.school.lan"));
  g_assert_true (lists (hosts, "10.9.9.9"));
  read_pair (f, "certificate.pem", "key.pem", &leaf);
  read_pair (f, "ca.pem", "ca-key.pem", &authority);
  g_assert_cmphex (judge (&leaf, &authority, "10.9.9.9"), ==, 0);
}

/* A certificate with less than a third of its time left is renewed while it is in use. */
static void
test_renewal (Fixture *f, gconstpointer data)
{
  g_autofree char *file = g_build_filename (f->tls, "certificate.pem", NULL);
  g_autofree char *key = g_build_filename (f->tls, "key.pem", NULL);
  g_auto (TbPair) authority = { 0 };
  g_autoptr (TbCertificate) certificate = NULL;
  gint64 in_days[] = { 31, 29 };
  gint64 ends[2];

  tb_certificate_free (open_own (f, NULL, NULL));
  read_pair (f, "ca.pem", "ca-key.pem", &authority);
  for (int i = 0; i < 2; i++) {
    g_auto (TbPair) leaf = { 0 };
    g_auto (GStrv) hosts = NULL;

    read_pair (f, "certificate.pem", "key.pem", &leaf);
    gnutls_x509_crt_set_expiration_time (leaf.crt[0], time (NULL) + in_days[i] * DAY);
    g_assert_cmpint (gnutls_x509_crt_sign2 (leaf.crt[0], authority.crt[0], authority.key, GNUTLS_DIG_SHA256, 0), ==, 0);
    g_assert_true (tb_pair_write (&leaf, file, key, NULL));
    ends[i] = tb_certificate_peek (f->folder);
    certificate = open_own (f, NULL, NULL);
    if (i == 0)
      g_assert_cmpint (tb_certificate_expires (certificate), ==, ends[0]);
    else
      g_assert_cmpint (tb_certificate_expires (certificate), >, ends[1] + G_GINT64_CONSTANT (50) * DAY * 1000000000);
    g_clear_pointer (&certificate, tb_certificate_free);
  }
}

static void
test_broken_authority (Fixture *f, gconstpointer data)
{
  g_autofree char *file = g_build_filename (f->tls, "ca.pem", NULL);
  g_autofree char *key = g_build_filename (f->tls, "ca-key.pem", NULL);
  g_autofree char *good = NULL;
  g_autofree char *same = NULL;
  GError *error = NULL;

  tb_certificate_free (open_own (f, NULL, NULL));
  good = content (f, "ca.pem");
  g_assert_true (g_file_set_contents (key, "x", 1, NULL));
  g_assert_null (tb_certificate_open_own (f->folder, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, file));
  g_clear_error (&error);
  same = content (f, "ca.pem");
  g_assert_cmpstr (same, ==, good);
  /* Removing it is how somebody asks for a new one. */
  g_assert_cmpint (g_unlink (file), ==, 0);
  tb_certificate_free (open_own (f, NULL, NULL));
}

static void
test_fingerprint (Fixture *f, gconstpointer data)
{
  g_autoptr (TbCertificate) certificate = open_own (f, NULL, NULL);
  g_autoptr (GBytes) authority = tb_certificate_authority (certificate);
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, authority);
  g_autofree char *fingerprint = tb_certificate_fingerprint (certificate);
  g_auto (GStrv) pairs = g_strsplit (fingerprint, ":", -1);
  g_autofree char *joined = g_strjoinv ("", pairs);

  g_assert_cmpuint (strlen (fingerprint), ==, 95);
  g_assert_cmpint (g_ascii_strcasecmp (joined, sum), ==, 0);
}

static void
test_names (void)
{
  static const char *const bad[] = { "a b", "-a", "a..b", "school.nl:8471", "https://x", "1.2.3.4.5", "é.nl", "", "*.school.nl" };
  const char *good[] = { "Terugblik.School.LAN", "10.0.0.5", "FD00:0:0::1", "10.0.0.5", NULL };
  GError *error = NULL;
  g_autoptr (TbNames) names = tb_names_new (good, &error);
  g_autofree char *four = tb_host_with_port ("10.0.0.5", 1);
  g_autofree char *six = tb_host_with_port ("fd00::1", 1);

  g_assert_no_error (error);
  g_assert_true (g_ptr_array_find_with_equal_func (names->names, "terugblik.school.lan", g_str_equal, NULL));
  g_assert_true (g_ptr_array_find_with_equal_func (names->addresses, "10.0.0.5", g_str_equal, NULL));
  g_assert_true (g_ptr_array_find_with_equal_func (names->addresses, "fd00::1", g_str_equal, NULL));
  g_assert_false (g_ptr_array_find_with_equal_func (names->addresses, "127.0.0.1", g_str_equal, NULL));
  for (guint i = 0; i < names->addresses->len; i++)
    g_assert_false (g_str_has_prefix (names->addresses->pdata[i], "fe80:"));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    const char *one[] = { bad[i], NULL };

    g_assert_null (tb_names_new (one, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
    g_clear_error (&error);
  }
  g_assert_cmpstr (four, ==, "10.0.0.5:1");
  g_assert_cmpstr (six, ==, "[fd00::1]:1");
  g_assert_true (tb_address_is_private ("172.31.255.255") && !tb_address_is_private ("172.32.0.1"));
  g_assert_true (tb_address_is_private ("fdff::1") && !tb_address_is_private ("2001:db8::1"));
  g_assert_false (tb_address_is_private ("name.local"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/names", test_names);
  g_test_add ("/certificate/chain", Fixture, NULL, set_up, test_chain, tear_down);
  g_test_add ("/certificate/limits", Fixture, NULL, set_up, test_limits, tear_down);
  g_test_add ("/certificate/files", Fixture, NULL, set_up, test_files, tear_down);
  g_test_add ("/certificate/stays", Fixture, NULL, set_up, test_stays, tear_down);
  g_test_add ("/certificate/left-out", Fixture, NULL, set_up, test_left_out, tear_down);
  g_test_add ("/certificate/renewal", Fixture, NULL, set_up, test_renewal, tear_down);
  g_test_add ("/certificate/broken-authority", Fixture, NULL, set_up, test_broken_authority, tear_down);
  g_test_add ("/certificate/fingerprint", Fixture, NULL, set_up, test_fingerprint, tear_down);
  return g_test_run ();
}
