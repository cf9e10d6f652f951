#include "vault/password.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/error.h"
#include "vault/age-kdf.h"
#include "vault/age-key.h"

#define OPERATIONS 3
#define MEMORY ((gsize) 256 << 20)
#define DIFFERENT_MIN 5 /* different characters */
#define REST_MIN 8      /* characters besides the login and the name */
#define WORD_MIN 3      /* shorter words of a name do not count */
#define TOKEN_BYTES 32

/* Each hash takes 256 MiB, as much as the vault's scrypt, for a coach's passphrase opens both and a thief would try the
 * cheaper one: a crowd at the door must not take all memory. */
static GMutex one_at_a_time;

typedef struct {
  unsigned long long operations;
  gsize memory;
} Work;

static Work
work_to_do (void)
{
  const char *text = g_getenv ("TERUGBLIK_KDF_WORK");

  if (text != NULL && *text != '\0' && atoi (text) < 15)
    return (Work) { crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN };
  return (Work) { OPERATIONS, MEMORY };
}

char *
tb_passphrase_normal (const char *text)
{
  return g_utf8_validate (text, -1, NULL) ? g_utf8_normalize (text, -1, G_NORMALIZE_NFC) : NULL;
}

/* --- what may be a passphrase ------------------------------------------------ */

static gboolean
refuse (const char *message, GError **error)
{
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, message);
  return FALSE;
}

static guint
count_different (const char *text)
{
  gunichar seen[DIFFERENT_MIN] = { 0 };
  guint count = 0;

  for (const char *c = text; *c != '\0' && count < DIFFERENT_MIN; c = g_utf8_next_char (c)) {
    gunichar now = g_utf8_get_char (c);
    gboolean known = FALSE;

    for (guint i = 0; i < count; i++)
      known = known || seen[i] == now;
    if (!known)
      seen[count++] = now;
  }
  return count;
}

/* Takes every WORD out of TEXT, in place. Both are folded already. */
static void
take_out (char *text, const char *word)
{
  gsize length = strlen (word);
  char *at;

  if (g_utf8_strlen (word, -1) < WORD_MIN)
    return;
  while ((at = strstr (text, word)) != NULL)
    memmove (at, at + length, strlen (at + length) + 1);
}

static gboolean
says_enough (const char *text, const char *login, const char *name)
{
  char *rest = g_utf8_casefold (text, -1);
  g_autofree char *folded_login = g_utf8_casefold (login != NULL ? login : "", -1);
  g_autofree char *folded_name = g_utf8_casefold (name != NULL ? name : "", -1);
  g_auto (GStrv) words = g_strsplit_set (folded_name, " \t.-'", -1);
  gboolean enough;

  take_out (rest, folded_login);
  for (guint i = 0; words[i] != NULL; i++)
    take_out (rest, words[i]);
  enough = g_utf8_strlen (rest, -1) >= REST_MIN;
  tb_age_secret_free (rest);
  return enough;
}

gboolean
tb_passphrase_check (const char *text, const char *login, const char *name, GError **error)
{
  glong length;

  if (!g_utf8_validate (text, -1, NULL))
    return refuse ("A passphrase must be text in UTF-8", error);
  length = g_utf8_strlen (text, -1);
  if (length < TB_PASSPHRASE_MIN)
    return refuse ("A passphrase has at least 12 characters; four words in a row make a good one", error);
  if (length > TB_PASSPHRASE_MAX)
    return refuse ("A passphrase has at most 200 characters", error);
  if (count_different (text) < DIFFERENT_MIN)
    return refuse ("This passphrase is the same few characters again and again; take one that is hard to guess", error);
  if (!says_enough (text, login, name))
    return refuse ("This passphrase is hardly more than the name; take one that is hard to guess", error);
  return TRUE;
}

/* --- hashing ------------------------------------------------------------------ */

char *
tb_passphrase_hash (const char *text, GError **error)
{
  char hash[crypto_pwhash_STRBYTES] = { 0 };
  char *normal = tb_passphrase_normal (text);
  Work work = work_to_do ();
  int result;

  if (normal == NULL) {
    refuse ("A passphrase must be text in UTF-8", error);
    return NULL;
  }
  tb_age_init ();
  g_mutex_lock (&one_at_a_time);
  result = crypto_pwhash_str_alg (hash, normal, strlen (normal), work.operations, work.memory,
                                  crypto_pwhash_ALG_ARGON2ID13);
  g_mutex_unlock (&one_at_a_time);
  tb_age_secret_free (normal);
  if (result != 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_FAILED, "There is not enough memory to make the passphrase safe");
    return NULL;
  }
  return g_strdup (hash);
}

/* The same work as for a passphrase that is looked at, for nothing. */
static void
pretend (const char *text)
{
  static const guint8 salt[crypto_pwhash_SALTBYTES] = { 0 };
  guint8 key[32];
  Work work = work_to_do ();

  if (crypto_pwhash (key, sizeof key, text, strlen (text), salt, work.operations, work.memory,
                     crypto_pwhash_ALG_ARGON2ID13) == 0)
    sodium_memzero (key, sizeof key);
}

gboolean
tb_passphrase_verify (const char *hash, const char *text)
{
  char *normal = tb_passphrase_normal (text);
  gboolean right = FALSE;

  tb_age_init ();
  g_mutex_lock (&one_at_a_time);
  if (hash != NULL && normal != NULL)
    right = crypto_pwhash_str_verify (hash, normal, strlen (normal)) == 0;
  else
    pretend (normal != NULL ? normal : "");
  g_mutex_unlock (&one_at_a_time);
  tb_age_secret_free (normal);
  return right;
}

/* --- tokens ------------------------------------------------------------------- */

char *
tb_token_new (void)
{
  guint8 bytes[TOKEN_BYTES];
  gsize room = sodium_base64_ENCODED_LEN (TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  char *text = g_malloc (room);

  tb_age_init ();
  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2base64 (text, room, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero (bytes, sizeof bytes);
  return text;
}

GBytes *
tb_token_hash (const char *token)
{
  guint8 hash[crypto_hash_sha256_BYTES];

  crypto_hash_sha256 (hash, (const guint8 *) token, strlen (token));
  return g_bytes_new (hash, sizeof hash);
}
