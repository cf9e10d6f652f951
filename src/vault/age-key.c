#include "vault/age-key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/error.h"
#include "vault/age-kdf.h"
#include "vault/bech32.h"

#define IDENTITY_PREFIX "age-secret-key-"
#define RECIPIENT_PREFIX "age"
#define MAX_IDENTITY_FILE (1 << 20)

struct _TbAgeIdentity {
  guint8 scalar[TB_AGE_POINT]; /* never changes after it was made, so no lock */
};

static TbAgeIdentity *
identity_alloc (void)
{
  TbAgeIdentity *identity;

  tb_age_init ();
  identity = sodium_malloc (sizeof *identity);
  if (identity == NULL)
    g_error ("no memory for a key");
  return identity;
}

void
tb_age_identity_free (TbAgeIdentity *identity)
{
  sodium_free (identity); /* wipes; NULL is fine */
}

TbAgeIdentity *
tb_age_identity_generate (void)
{
  TbAgeIdentity *identity = identity_alloc ();

  randombytes_buf (identity->scalar, sizeof identity->scalar);
  sodium_mprotect_readonly (identity);
  return identity;
}

TbAgeIdentity *
tb_age_identity_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (TbAgeIdentity) identity = identity_alloc ();
  gsize text_length = length < 0 ? strlen (text) : (gsize) length;

  /* age itself writes and takes secret keys in capitals only. */
  if (text_length == 0 || text[0] != 'A'
      || !tb_bech32_decode (text, text_length, IDENTITY_PREFIX, identity->scalar, TB_AGE_POINT)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is not a secret key (AGE-SECRET-KEY-1…)");
    return NULL;
  }
  sodium_mprotect_readonly (identity);
  return g_steal_pointer (&identity);
}

char *
tb_age_identity_to_text (const TbAgeIdentity *identity)
{
  char *text = tb_bech32_encode (IDENTITY_PREFIX, identity->scalar, TB_AGE_POINT);

  for (char *c = text; *c != '\0'; c++)
    *c = g_ascii_toupper (*c);
  return text;
}

void
tb_age_secret_free (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}

void
tb_age_wipe (void *bytes, gsize length)
{
  sodium_memzero (bytes, length);
}

void
tb_age_identity_get_recipient (const TbAgeIdentity *identity, TbAgeRecipient *ret_recipient)
{
  crypto_scalarmult_base (ret_recipient->point, identity->scalar);
}

gboolean
tb_age_identity_exchange (const TbAgeIdentity *identity, const guint8 share[TB_AGE_POINT],
                          guint8 ret_secret[TB_AGE_POINT])
{
  return crypto_scalarmult (ret_secret, identity->scalar, share) == 0 && !sodium_is_zero (ret_secret, TB_AGE_POINT);
}

gboolean
tb_age_recipient_parse (const char *text, gssize length, TbAgeRecipient *ret_recipient, GError **error)
{
  gsize text_length = length < 0 ? strlen (text) : (gsize) length;
  TbAgeRecipient recipient;

  if (text_length == 0 || text[0] != 'a'
      || !tb_bech32_decode (text, text_length, RECIPIENT_PREFIX, recipient.point, TB_AGE_POINT)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is not a public key (age1…)");
    return FALSE;
  }
  *ret_recipient = recipient;
  return TRUE;
}

char *
tb_age_recipient_to_text (const TbAgeRecipient *recipient)
{
  return tb_bech32_encode (RECIPIENT_PREFIX, recipient->point, TB_AGE_POINT);
}

static void
free_identity (gpointer identity)
{
  tb_age_identity_free (identity);
}

GPtrArray *
tb_age_identities_parse (const char *text, gsize length, const char *name, GError **error)
{
  g_autoptr (GPtrArray) identities = g_ptr_array_new_with_free_func (free_identity);
  const char *end = text + length;
  guint number = 0;

  for (const char *line = text; line < end;) {
    const char *feed = memchr (line, '\n', (gsize) (end - line));
    const char *stop = feed != NULL ? feed : end;
    gsize size = (gsize) (stop - line);
    TbAgeIdentity *identity;

    number++;
    if (size > 0 && line[size - 1] == '\r') /* saved by an editor on Windows */
      size--;
    if (size > 0 && line[0] != '#') {
      identity = tb_age_identity_parse (line, (gssize) size, error);
      if (identity == NULL) {
        g_prefix_error (error, "%s, line %u: ", name, number);
        return NULL;
      }
      g_ptr_array_add (identities, identity);
    }
    line = feed != NULL ? feed + 1 : end;
  }
  if (identities->len == 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "%s holds no secret key", name);
    return NULL;
  }
  return g_steal_pointer (&identities);
}

/* Everything FD gives, up to MAX_IDENTITY_FILE; the length, or -1 with errno. */
static gssize
read_all (int fd, char *buffer)
{
  gsize have = 0;

  while (have < MAX_IDENTITY_FILE) {
    gssize got = read (fd, buffer + have, MAX_IDENTITY_FILE - have);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -1;
    if (got == 0)
      break;
    have += (gsize) got;
  }
  return (gssize) have;
}

GPtrArray *
tb_age_identities_read (const char *path, GError **error)
{
  GPtrArray *identities = NULL;
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  char *buffer = NULL;
  gssize length = -1;
  int number = errno;

  if (fd >= 0) {
    tb_age_init ();
    /* No stdio and no growing buffer: they would leave copies of the key in memory. */
    buffer = g_malloc (MAX_IDENTITY_FILE);
    length = read_all (fd, buffer);
    number = errno;
    close (fd);
  }
  if (length == MAX_IDENTITY_FILE)
    g_set_error (error, TB_ERROR, TB_ERROR_TOO_LARGE, "%s is too large for a file of keys", path);
  else if (length >= 0)
    identities = tb_age_identities_parse (buffer, (gsize) length, path, error);
  else
    g_set_error (error, TB_ERROR, number == ENOENT ? TB_ERROR_NOT_FOUND : TB_ERROR_FAILED, "Could not read the key %s: %s",
                 path, g_strerror (number));
  if (buffer != NULL && length > 0)
    sodium_memzero (buffer, (gsize) length);
  g_free (buffer);
  return identities;
}
