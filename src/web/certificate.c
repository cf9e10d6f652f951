/* Which certificate is in use, and keeping it good. */
#include "web/certificate-private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/error.h"

#define LOOK_SECONDS 5
/* Of a life of 90 days. */
#define RENEW_BEFORE (30 * 24 * 60 * 60)
#define SECOND G_GINT64_CONSTANT (1000000000)

/* How two files looked when they were read. */
typedef struct {
  struct timespec changed[2];
  ino_t inode[2];
  off_t size[2];
} Looks;

struct _TbCertificate {
  /* Constant. */
  char *folder; /* DATA/tls; NULL for the school's own */
  char *files[2]; /* the school's certificate and key */
  char **extra;
  GThread *thread;

  GMutex lock; /* guards all below; never held while something is written or made */
  GCond woken;
  gboolean ending;
  TbPair pair;
  TbNames *names;
  char **hosts; /* PAIR's, sorted */

  GMutex checking; /* one look at a time; taken before LOCK, guards all below */
  TbPair authority;
  Looks looks;
  char *told; /* the last trouble that was printed */
};

/* --- the school's own ---------------------------------------------------- */

static gboolean
look_at (char *const *files, Looks *looks)
{
  memset (looks, 0, sizeof *looks);
  for (int i = 0; i < 2; i++) {
    struct stat seen;

    if (stat (files[i], &seen) != 0)
      return FALSE;
    looks->changed[i] = seen.st_mtim;
    looks->inode[i] = seen.st_ino;
    looks->size[i] = seen.st_size;
  }
  return TRUE;
}

static char *
day_of (time_t when)
{
  g_autoptr (GDateTime) day = g_date_time_new_from_unix_utc (when);

  return day != NULL ? g_date_time_format (day, "%Y-%m-%d") : g_strdup ("?");
}

static gboolean
check_days (const char *file, const TbPair *pair, GError **error)
{
  time_t now = time (NULL);
  time_t first = gnutls_x509_crt_get_activation_time (pair->crt[0]);
  time_t last = gnutls_x509_crt_get_expiration_time (pair->crt[0]);
  g_autofree char *first_day = day_of (first);
  g_autofree char *last_day = day_of (last);

  if (now > last) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID,
                 "The certificate %s ended on %s; give a new one, or leave out --cert and --key: Terugblik then makes its own",
                 file, last_day);
    return FALSE;
  }
  if (now < first) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID,
                 "The certificate %s only begins on %s; is the clock of this computer right?", file, first_day);
    return FALSE;
  }
  return TRUE;
}

static void
take (TbCertificate *certificate, TbPair *pair)
{
  char **hosts = tb_crt_hosts (pair->crt[0]);

  g_mutex_lock (&certificate->lock);
  tb_pair_clear (&certificate->pair);
  certificate->pair = *pair;
  memset (pair, 0, sizeof *pair);
  g_strfreev (certificate->hosts);
  certificate->hosts = hosts;
  g_mutex_unlock (&certificate->lock);
}

static gboolean
check_given (TbCertificate *certificate, GError **error)
{
  g_auto (TbPair) pair = { 0 };
  Looks looks;
  gboolean seen = look_at (certificate->files, &looks);

  if (seen && certificate->pair.count > 0 && memcmp (&looks, &certificate->looks, sizeof looks) == 0)
    return TRUE;
  if (!tb_pair_read (certificate->files[0], certificate->files[1], &pair, error)
      || !check_days (certificate->files[0], &pair, error))
    return FALSE;
  take (certificate, &pair);
  certificate->looks = looks;
  return TRUE;
}

/* --- our own ------------------------------------------------------------- */

static gboolean
is_over (gnutls_x509_crt_t crt)
{
  return time (NULL) > gnutls_x509_crt_get_expiration_time (crt);
}

static gboolean
make_authority (TbCertificate *certificate, const TbNames *names, const char *file, const char *key, GError **error)
{
  tb_pair_clear (&certificate->authority);
  return tb_make_authority (names, &certificate->authority, error)
         && tb_pair_write (&certificate->authority, file, key, error);
}

static gboolean
ensure_authority (TbCertificate *certificate, const TbNames *names, GError **error)
{
  g_autofree char *file = g_build_filename (certificate->folder, "ca.pem", NULL);
  g_autofree char *key = g_build_filename (certificate->folder, "ca-key.pem", NULL);

  if (certificate->authority.count > 0 && !is_over (certificate->authority.crt[0]))
    return TRUE;
  if (g_mkdir_with_parents (certificate->folder, 0700) != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "Could not make the folder %s: %s", certificate->folder,
                 g_strerror (errno));
    return FALSE;
  }
  /* The key is written before it: without the certificate no tablet ever saw the authority. */
  if (certificate->authority.count > 0 || !g_file_test (file, G_FILE_TEST_EXISTS))
    return make_authority (certificate, names, file, key, error);
  if (!tb_pair_read (file, key, &certificate->authority, NULL)) {
    g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT,
                 "The authority of this folder cannot be read (%s and %s). Put both back from a copy; or remove the "
                 "folder %s to make a new one, which every tablet must then trust again",
                 file, key, certificate->folder);
    return FALSE;
  }
  return !is_over (certificate->authority.crt[0]) || make_authority (certificate, names, file, key, error);
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
add_permitted (GPtrArray *hosts, const TbPair *authority, const char *host)
{
  if (tb_authority_permits (authority, host) && !g_ptr_array_find_with_equal_func (hosts, host, g_str_equal, NULL))
    g_ptr_array_add (hosts, g_strdup (host));
}

/* What the certificate is to stand for, sorted. */
static char **
wanted_hosts (const TbPair *authority, const TbNames *names)
{
  GPtrArray *hosts = g_ptr_array_new ();

  for (guint i = 0; i < names->names->len; i++)
    add_permitted (hosts, authority, names->names->pdata[i]);
  for (guint i = 0; i < names->addresses->len; i++)
    add_permitted (hosts, authority, names->addresses->pdata[i]);
  add_permitted (hosts, authority, "localhost");
  add_permitted (hosts, authority, "127.0.0.1");
  add_permitted (hosts, authority, "::1");
  g_ptr_array_sort (hosts, compare_text);
  g_ptr_array_add (hosts, NULL);
  return (char **) g_ptr_array_free (hosts, FALSE);
}

static gboolean
is_good (const TbPair *pair, const TbPair *authority, char *const *wanted)
{
  g_auto (GStrv) hosts = tb_crt_hosts (pair->crt[0]);
  time_t now = time (NULL);
  unsigned int trouble = 0;

  return gnutls_x509_crt_get_expiration_time (pair->crt[0]) - now > RENEW_BEFORE
         && gnutls_x509_crt_get_activation_time (pair->crt[0]) <= now
         && g_strv_equal ((const char *const *) hosts, (const char *const *) wanted)
         && gnutls_x509_crt_verify (pair->crt[0], authority->crt, 1, GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &trouble) == 0
         && trouble == 0;
}

static gboolean
ensure_leaf (TbCertificate *certificate, const TbNames *names, GError **error)
{
  g_autofree char *file = g_build_filename (certificate->folder, "certificate.pem", NULL);
  g_autofree char *key = g_build_filename (certificate->folder, "key.pem", NULL);
  g_auto (GStrv) wanted = wanted_hosts (&certificate->authority, names);
  g_auto (TbPair) pair = { 0 };

  /* Only who holds CHECKING changes the pair: here it may be read without the other lock. */
  if (certificate->pair.count > 0 && is_good (&certificate->pair, &certificate->authority, wanted))
    return TRUE;
  /* A browser may have been told to accept this very one: it is kept for as long as it will do. */
  if (certificate->pair.count > 0 || !tb_pair_read (file, key, &pair, NULL)
      || !is_good (&pair, &certificate->authority, wanted)) {
    tb_pair_clear (&pair);
    if (!tb_make_leaf (&certificate->authority, (const char *const *) wanted, &pair, error)
        || !tb_pair_write (&pair, file, key, error))
      return FALSE;
  }
  take (certificate, &pair);
  return TRUE;
}

/* --- looking ------------------------------------------------------------- */

static gboolean
check_once (TbCertificate *certificate, GError **error)
{
  g_autoptr (TbNames) names = tb_names_new ((const char *const *) certificate->extra, error);

  if (names == NULL)
    return FALSE;
  if (certificate->folder == NULL ? !check_given (certificate, error)
                                  : !ensure_authority (certificate, names, error) || !ensure_leaf (certificate, names, error))
    return FALSE;
  g_mutex_lock (&certificate->lock);
  tb_names_free (certificate->names);
  certificate->names = g_steal_pointer (&names);
  g_mutex_unlock (&certificate->lock);
  return TRUE;
}

gboolean
tb_certificate_check (TbCertificate *certificate, GError **error)
{
  gboolean good;

  g_mutex_lock (&certificate->checking);
  good = check_once (certificate, error);
  g_mutex_unlock (&certificate->checking);
  return good;
}

/* Said once, not every few seconds. Only the watching thread has TOLD. */
static void
tell (TbCertificate *certificate, const GError *problem)
{
  const char *message = problem != NULL ? problem->message : NULL;

  if (message != NULL && g_strcmp0 (message, certificate->told) != 0)
    g_printerr ("The certificate stays as it was: %s\n", message);
  g_free (certificate->told);
  certificate->told = g_strdup (message);
}

static gpointer
watch (gpointer data)
{
  TbCertificate *certificate = data;

  g_mutex_lock (&certificate->lock);
  while (!certificate->ending) {
    gint64 until = g_get_monotonic_time () + LOOK_SECONDS * G_TIME_SPAN_SECOND;
    g_autoptr (GError) problem = NULL;

    while (!certificate->ending && g_cond_wait_until (&certificate->woken, &certificate->lock, until))
      ;
    if (certificate->ending)
      break;
    g_mutex_unlock (&certificate->lock);
    tb_certificate_check (certificate, &problem);
    tell (certificate, problem);
    g_mutex_lock (&certificate->lock);
  }
  g_mutex_unlock (&certificate->lock);
  return NULL;
}

static TbCertificate *
open_with (TbCertificate *certificate, const char *const *extra, GError **error)
{
  g_autoptr (TbCertificate) opened = certificate;

  opened->extra = g_strdupv ((char **) extra);
  g_mutex_init (&opened->lock);
  g_mutex_init (&opened->checking);
  g_cond_init (&opened->woken);
  if (!tb_certificate_check (opened, error))
    return NULL;
  opened->thread = g_thread_new ("certificate", watch, opened);
  return g_steal_pointer (&opened);
}

TbCertificate *
tb_certificate_open_own (const char *folder, const char *const *extra, GError **error)
{
  TbCertificate *certificate = g_new0 (TbCertificate, 1);

  certificate->folder = g_build_filename (folder, "tls", NULL);
  return open_with (certificate, extra, error);
}

TbCertificate *
tb_certificate_open_given (const char *file, const char *key, const char *const *extra, GError **error)
{
  TbCertificate *certificate = g_new0 (TbCertificate, 1);

  certificate->files[0] = g_strdup (file);
  certificate->files[1] = g_strdup (key);
  return open_with (certificate, extra, error);
}

void
tb_certificate_free (TbCertificate *certificate)
{
  if (certificate == NULL)
    return;
  g_mutex_lock (&certificate->lock);
  certificate->ending = TRUE;
  g_cond_signal (&certificate->woken);
  g_mutex_unlock (&certificate->lock);
  if (certificate->thread != NULL)
    g_thread_join (certificate->thread);
  tb_pair_clear (&certificate->pair);
  tb_pair_clear (&certificate->authority);
  tb_names_free (certificate->names);
  g_strfreev (certificate->hosts);
  g_strfreev (certificate->extra);
  g_mutex_clear (&certificate->lock);
  g_mutex_clear (&certificate->checking);
  g_cond_clear (&certificate->woken);
  g_free (certificate->folder);
  g_free (certificate->files[0]);
  g_free (certificate->files[1]);
  g_free (certificate->told);
  g_free (certificate);
}

/* --- asking -------------------------------------------------------------- */

gboolean
tb_certificate_is_given (TbCertificate *certificate)
{
  return certificate->folder == NULL;
}

static gboolean
stands_for (const TbPair *pair, const char *host)
{
  return gnutls_x509_crt_check_hostname2 (pair->crt[0], host, 0) != 0;
}

static gboolean
was_asked_for (TbCertificate *certificate, const char *host)
{
  for (gsize i = 0; certificate->extra != NULL && certificate->extra[i] != NULL; i++)
    if (g_ascii_strcasecmp (certificate->extra[i], host) == 0)
      return TRUE;
  return FALSE;
}

gboolean
tb_certificate_covers (TbCertificate *certificate, const char *host)
{
  gboolean covered;

  if (*host == '\0' || g_str_has_suffix (host, "."))
    return FALSE;
  g_mutex_lock (&certificate->lock);
  covered = stands_for (&certificate->pair, host) || was_asked_for (certificate, host);
  g_mutex_unlock (&certificate->lock);
  return covered;
}

static void
add_host (GPtrArray *hosts, const char *host)
{
  if (!g_ptr_array_find_with_equal_func (hosts, host, g_str_equal, NULL))
    g_ptr_array_add (hosts, g_strdup (host));
}

static void
add_covered (GPtrArray *hosts, const TbPair *pair, const GPtrArray *from, gboolean (*which) (const char *))
{
  for (guint i = 0; i < from->len; i++)
    if (stands_for (pair, from->pdata[i]) && (which == NULL || which (from->pdata[i])))
      add_host (hosts, from->pdata[i]);
}

static gboolean
is_local_name (const char *host)
{
  return g_str_has_suffix (host, ".local");
}

static gboolean
is_own_name (const char *host)
{
  return strchr (host, '*') == NULL && tb_address_parse (host, NULL) == 0;
}

char **
tb_certificate_hosts (TbCertificate *certificate)
{
  GPtrArray *hosts = g_ptr_array_new ();
  const TbNames *names;

  g_mutex_lock (&certificate->lock);
  names = certificate->names;
  for (gsize i = 0; certificate->extra != NULL && certificate->extra[i] != NULL; i++) {
    g_autofree char *host = g_ascii_strdown (certificate->extra[i], -1);

    if (stands_for (&certificate->pair, host))
      add_host (hosts, host);
  }
  for (gsize i = 0; certificate->folder == NULL && certificate->hosts[i] != NULL; i++)
    if (is_own_name (certificate->hosts[i]))
      add_host (hosts, certificate->hosts[i]);
  /* A name outlives the address that a router lends; but only where somebody answers for it. */
  if (tb_names_local_is_served ())
    add_covered (hosts, &certificate->pair, names->names, is_local_name);
  add_covered (hosts, &certificate->pair, names->addresses, NULL);
  add_covered (hosts, &certificate->pair, names->names, NULL);
  /* Of a certificate for "*.school.nl" only, nothing is known but where it can be reached. */
  for (guint i = 0; hosts->len == 0 && i < names->addresses->len; i++)
    add_host (hosts, names->addresses->pdata[i]);
  g_mutex_unlock (&certificate->lock);
  g_ptr_array_add (hosts, NULL);
  return (char **) g_ptr_array_free (hosts, FALSE);
}

char **
tb_certificate_left_out (TbCertificate *certificate)
{
  GPtrArray *hosts = g_ptr_array_new ();

  g_mutex_lock (&certificate->lock);
  for (guint i = 0; i < certificate->names->names->len; i++)
    if (!stands_for (&certificate->pair, certificate->names->names->pdata[i]))
      add_host (hosts, certificate->names->names->pdata[i]);
  for (guint i = 0; i < certificate->names->addresses->len; i++)
    if (!stands_for (&certificate->pair, certificate->names->addresses->pdata[i]))
      add_host (hosts, certificate->names->addresses->pdata[i]);
  g_mutex_unlock (&certificate->lock);
  g_ptr_array_add (hosts, NULL);
  return (char **) g_ptr_array_free (hosts, FALSE);
}

gint64
tb_certificate_expires (TbCertificate *certificate)
{
  gint64 seconds;

  g_mutex_lock (&certificate->lock);
  seconds = gnutls_x509_crt_get_expiration_time (certificate->pair.crt[0]);
  g_mutex_unlock (&certificate->lock);
  return seconds * SECOND;
}

char *
tb_certificate_fingerprint (TbCertificate *certificate)
{
  GString *text = g_string_new (NULL);
  guint8 sum[32];
  size_t size = sizeof sum;

  g_mutex_lock (&certificate->checking);
  gnutls_x509_crt_get_fingerprint (certificate->folder != NULL ? certificate->authority.crt[0] : certificate->pair.crt[0],
                                   GNUTLS_DIG_SHA256, sum, &size);
  g_mutex_unlock (&certificate->checking);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? ":" : "", sum[i]);
  return g_string_free (text, FALSE);
}

GBytes *
tb_certificate_authority (TbCertificate *certificate)
{
  gnutls_datum_t data = { 0 };
  GBytes *bytes = NULL;

  if (certificate->folder == NULL)
    return NULL;
  g_mutex_lock (&certificate->checking);
  if (gnutls_x509_crt_export2 (certificate->authority.crt[0], GNUTLS_X509_FMT_DER, &data) >= 0)
    bytes = g_bytes_new (data.data, data.size);
  g_mutex_unlock (&certificate->checking);
  gnutls_free (data.data);
  return bytes;
}

gint64
tb_certificate_peek (const char *folder)
{
  g_autofree char *file = g_build_filename (folder, "tls", "certificate.pem", NULL);
  g_autofree char *key = g_build_filename (folder, "tls", "key.pem", NULL);
  g_auto (TbPair) pair = { 0 };

  if (!tb_pair_read (file, key, &pair, NULL))
    return 0;
  return (gint64) gnutls_x509_crt_get_expiration_time (pair.crt[0]) * SECOND;
}

/* --- to a connection ----------------------------------------------------- */

static int
copy_chain (const TbPair *pair, gnutls_pcert_st **chain, unsigned int *length)
{
  gnutls_pcert_st *copy = gnutls_calloc (pair->count, sizeof *copy);

  for (guint i = 0; i < pair->count; i++) {
    int result = gnutls_pcert_import_x509 (&copy[i], pair->crt[i], 0);

    if (result < 0) {
      while (i-- > 0)
        gnutls_pcert_deinit (&copy[i]);
      gnutls_free (copy);
      return result;
    }
  }
  *chain = copy;
  *length = pair->count;
  return 0;
}

int
tb_certificate_retrieve (TbCertificate *certificate, gnutls_pcert_st **chain, unsigned int *length,
                         gnutls_privkey_t *key, unsigned int *flags)
{
  gnutls_privkey_t copy = NULL;
  int result = gnutls_privkey_init (&copy);

  if (result < 0)
    return result;
  g_mutex_lock (&certificate->lock);
  result = gnutls_privkey_import_x509 (copy, certificate->pair.key, GNUTLS_PRIVKEY_IMPORT_COPY);
  if (result >= 0)
    result = copy_chain (&certificate->pair, chain, length);
  g_mutex_unlock (&certificate->lock);
  if (result < 0) {
    gnutls_privkey_deinit (copy);
    return result;
  }
  *key = copy;
  *flags = GNUTLS_CERT_RETR_DEINIT_ALL;
  return 0;
}
