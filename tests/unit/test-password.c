/* Passphrases and tokens. */
#include <string.h>

#include "base/error.h"
#include "vault/age-key.h"
#include "vault/password.h"

static void
test_check (void)
{
  static const struct {
    const char *text, *login, *name;
    gboolean good;
  } cases[] = {
    { "vier woorden op een rij", "anna", "Anna de Wit", TRUE },
    { "elf tekens!", "anna", "Anna", FALSE },
    { "twaalf teken", "anna", "Anna", TRUE },
    /* Characters are counted, not bytes. */
    { "\303\251\303\250\303\252\303\253\303\240\303\242", "anna", "Anna", FALSE },
    { "aaaaaaaaaaaa", "anna", "Anna", FALSE },
    { "abcdabcdabcdabcd", "anna", "Anna", FALSE },
    { "annadewit1234", "anna", "Anna de Wit", FALSE },
    { "Anna-anna-ANNA-1", "anna", "Anna", FALSE },
    { "anna houdt van taart", "anna", "Anna", TRUE },
    { "annadewit1234", NULL, NULL, TRUE },
    { "twaalf\377teken", "anna", "Anna", FALSE },
  };
  g_autofree char *longest = g_strnfill (200, 'x');
  g_autofree char *longer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gboolean good = tb_passphrase_check (cases[i].text, cases[i].login, cases[i].name, &error);

    g_test_message ("%u", i);
    g_assert_cmpint (good, ==, cases[i].good);
    if (!good) {
      g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
      /* An error may end in a log. */
      g_assert_null (strstr (error->message, cases[i].text));
    }
  }
  memcpy (longest, "abcdefgh", 8);
  g_assert_true (tb_passphrase_check (longest, "anna", "Anna", NULL));
  longer = g_strconcat (longest, "x", NULL);
  g_assert_false (tb_passphrase_check (longer, "anna", "Anna", NULL));
}

static void
test_hash (void)
{
  g_autofree char *one = tb_passphrase_hash ("caf\303\251 met melk", NULL);
  g_autofree char *two = tb_passphrase_hash ("caf\303\251 met melk", NULL);

  g_assert_true (g_str_has_prefix (one, "$argon2id$"));
  g_assert_cmpstr (one, !=, two);
  g_assert_true (tb_passphrase_verify (one, "caf\303\251 met melk"));
  g_assert_true (tb_passphrase_verify (two, "caf\303\251 met melk"));
  /* The same é as another keyboard writes it. */
  g_assert_true (tb_passphrase_verify (one, "cafe\314\201 met melk"));
  g_assert_false (tb_passphrase_verify (one, "cafe met melk"));
  g_assert_false (tb_passphrase_verify (one, ""));
  g_assert_false (tb_passphrase_verify (one, "\377"));
  g_assert_false (tb_passphrase_verify (NULL, "caf\303\251 met melk"));
  g_assert_false (tb_passphrase_verify ("no hash at all", "no hash at all"));
  g_assert_false (tb_passphrase_verify ("", ""));
}

/* What guards the real thing: without the variable each hash costs 64 MiB. */
static void
test_work (void)
{
  g_autofree char *hash = NULL;

  g_unsetenv ("TERUGBLIK_KDF_WORK");
  hash = tb_passphrase_hash ("vier woorden op een rij", NULL);
  g_setenv ("TERUGBLIK_KDF_WORK", "10", TRUE);
  g_assert_nonnull (strstr (hash, "$m=262144,t=3,"));
  g_assert_true (tb_passphrase_verify (hash, "vier woorden op een rij"));
}

/* Nobody's passphrase takes as long as somebody's, so that time does not tell who there is. */
static void
test_time (void)
{
  g_autofree char *hash = NULL;
  gint64 known = G_MAXINT64, unknown = G_MAXINT64;

  g_unsetenv ("TERUGBLIK_KDF_WORK");
  hash = tb_passphrase_hash ("vier woorden op een rij", NULL);
  for (int i = 0; i < 5; i++) {
    gint64 start = g_get_monotonic_time ();

    tb_passphrase_verify (hash, "iets heel anders dan dat");
    known = MIN (known, g_get_monotonic_time () - start);
    start = g_get_monotonic_time ();
    tb_passphrase_verify (NULL, "iets heel anders dan dat");
    unknown = MIN (unknown, g_get_monotonic_time () - start);
  }
  g_setenv ("TERUGBLIK_KDF_WORK", "10", TRUE);
  g_test_message ("known %" G_GINT64_FORMAT " us, unknown %" G_GINT64_FORMAT " us", known, unknown);
  g_assert_cmpint (unknown, >, known * 7 / 10);
  g_assert_cmpint (unknown, <, known * 13 / 10);
}

static void
test_token (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, (GDestroyNotify) tb_age_secret_free,
                                                       NULL);
  g_autoptr (GBytes) hash = tb_token_hash ("abc");
  const guint8 expected[4] = { 0xba, 0x78, 0x16, 0xbf };

  for (int i = 0; i < 1000; i++) {
    char *token = tb_token_new ();

    g_assert_cmpuint (strlen (token), ==, 43);
    g_assert_cmpuint (strspn (token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), ==, 43);
    g_assert_true (g_hash_table_add (seen, token));
  }
  g_assert_cmpuint (g_bytes_get_size (hash), ==, 32);
  g_assert_cmpmem (g_bytes_get_data (hash, NULL), 4, expected, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("TERUGBLIK_KDF_WORK", "10", TRUE);
  g_test_add_func ("/password/check", test_check);
  g_test_add_func ("/password/hash", test_hash);
  g_test_add_func ("/password/work", test_work);
  g_test_add_func ("/password/time", test_time);
  g_test_add_func ("/password/token", test_token);
  return g_test_run ();
}
