/* Passkeys without a server: what a browser says about itself, base64url, and how long a challenge is good. */
#include <string.h>

#include "base/error.h"
#include "web/challenges.h"
#include "web/webauthn.h"

static void
test_rp (void)
{
  static const struct {
    const char *address, *rp; /* NULL: none there */
  } cases[] = {
    { "http://localhost:8470", "localhost" },
    { "http://LocalHost", "localhost" },
    { "https://localhost:8470", "localhost" },
    { "https://Laptop.local:8471", "laptop.local" },
    { "https://terugblik.school.nl", "terugblik.school.nl" },
    { "http://laptop.local:8470", NULL },
    { "http://127.0.0.1:8470", NULL },
    { "https://192.168.1.7:8471", NULL },
    { "https://[fd00::1]:8471", NULL },
    { "https://[::1]", NULL },
    { "https://:8471", NULL },
    { "localhost", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *rp = tb_webauthn_rp (cases[i].address);

    g_test_message ("%s", cases[i].address);
    g_assert_cmpstr (rp, ==, cases[i].rp);
  }
}

static void
test_base64url (void)
{
  static const char *const wrong[] = { "A", "AB", "AAB", "AA==", "AA=", "+/+/", "A A", "AAAA\n", "é", "AAAAA" };
  guint8 bytes[256];

  for (guint i = 0; i < 256; i++)
    bytes[i] = (guint8) (i * 7 + 3);
  for (gsize size = 0; size <= sizeof bytes; size++) {
    g_autofree char *text = tb_base64url_encode (bytes, size);
    g_autoptr (GBytes) again = tb_base64url_decode (text);

    g_assert_nonnull (again);
    g_assert_cmpmem (bytes, size, g_bytes_get_data (again, NULL), g_bytes_get_size (again));
    g_assert_null (strpbrk (text, "+/="));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_test_message ("%s", wrong[i]);
    g_assert_null (tb_base64url_decode (wrong[i]));
  }
}

#define GOOD "{\"type\":\"webauthn.get\",\"challenge\":\"abc\",\"origin\":\"http://localhost:1\"}"

static void
test_client_data (void)
{
  static const struct {
    const char *text;
    int code; /* 0: good */
  } cases[] = {
    { GOOD, 0 },
    { "{\"type\":\"webauthn.get\",\"challenge\":\"abc\",\"origin\":\"http://localhost:1\",\"crossOrigin\":false,"
      "\"other_keys_can_be_added_here\":\"x\"}", 0 },
    { "{\"type\":\"webauthn.create\",\"challenge\":\"abc\",\"origin\":\"http://localhost:1\"}", TB_ERROR_DENIED },
    { "{\"type\":\"webauthn.get\",\"challenge\":\"abc\",\"origin\":\"http://localhost:12\"}", TB_ERROR_DENIED },
    { "{\"type\":\"webauthn.get\",\"challenge\":\"abc\",\"origin\":\"http://localhost\"}", TB_ERROR_DENIED },
    { "{\"type\":\"webauthn.get\",\"challenge\":\"abc\",\"origin\":\"http://localhost:1\",\"crossOrigin\":true}",
      TB_ERROR_DENIED },
    { "{\"type\":\"webauthn.get\",\"challenge\":\"abc\",\"origin\":\"http://localhost:1\",\"topOrigin\":\"x\"}",
      TB_ERROR_DENIED },
    { "{\"type\":\"webauthn.get\",\"challenge\":\"abc\",\"origin\":\"http://localhost:1\",\"crossOrigin\":1}",
      TB_ERROR_INVALID },
    { "{\"type\":\"webauthn.get\",\"origin\":\"http://localhost:1\"}", TB_ERROR_INVALID },
    { "{\"challenge\":\"abc\",\"origin\":\"http://localhost:1\"}", TB_ERROR_INVALID },
    { "{\"type\":\"webauthn.get\",\"challenge\":\"abc\"}", TB_ERROR_INVALID },
    { "{\"type\":null,\"challenge\":\"abc\",\"origin\":\"http://localhost:1\"}", TB_ERROR_INVALID },
    { GOOD " ,", TB_ERROR_INVALID },
    { "[]", TB_ERROR_INVALID },
    { "\"webauthn.get\"", TB_ERROR_INVALID },
    { "", TB_ERROR_INVALID },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) data = g_bytes_new (cases[i].text, strlen (cases[i].text));
    g_autoptr (GError) error = NULL;
    g_autofree char *challenge = tb_webauthn_client_data (data, "webauthn.get", "http://localhost:1", &error);

    g_test_message ("%s", cases[i].text);
    g_assert_cmpstr (challenge, ==, cases[i].code == 0 ? "abc" : NULL);
    if (cases[i].code == 0)
      g_assert_no_error (error);
    else
      g_assert_error (error, TB_ERROR, cases[i].code);
  }
}

static void
test_challenge (void)
{
  g_autoptr (TbChallenges) challenges = tb_challenges_new ();
  gint64 late = TB_CHALLENGE_TIME_US;
  char *one = tb_challenges_make (challenges, TB_CHALLENGE_SIGN_IN, NULL, "a", 0);
  char *two = tb_challenges_make (challenges, TB_CHALLENGE_SIGN_IN, NULL, "a", 0);
  char *three = tb_challenges_make (challenges, TB_CHALLENGE_REGISTER, "anna", "a", 0);
  char *four = tb_challenges_make (challenges, TB_CHALLENGE_REGISTER, "anna", "a", 0);

  g_assert_cmpuint (strlen (one), ==, 43);
  g_assert_cmpstr (one, !=, two);
  g_assert_true (tb_challenges_take (challenges, one, TB_CHALLENGE_SIGN_IN, NULL, late - 1));
  g_assert_false (tb_challenges_take (challenges, one, TB_CHALLENGE_SIGN_IN, NULL, late - 1));
  g_assert_false (tb_challenges_take (challenges, two, TB_CHALLENGE_SIGN_IN, NULL, late));
  g_assert_false (tb_challenges_take (challenges, three, TB_CHALLENGE_REGISTER, "bram", 1));
  g_assert_false (tb_challenges_take (challenges, three, TB_CHALLENGE_REGISTER, "anna", 1));
  g_assert_false (tb_challenges_take (challenges, four, TB_CHALLENGE_SIGN_IN, NULL, 1));
  g_assert_false (tb_challenges_take (challenges, "", TB_CHALLENGE_SIGN_IN, NULL, 1));
  g_free (one);
  g_free (two);
  g_free (three);
  g_free (four);
}

/* Whoever asks for very many pushes out their own, not those of others; and memory ends somewhere. */
static void
test_many (void)
{
  g_autoptr (TbChallenges) challenges = tb_challenges_new ();
  g_autofree char *mine = tb_challenges_make (challenges, TB_CHALLENGE_SIGN_IN, NULL, "me", 0);
  g_autofree char *first = tb_challenges_make (challenges, TB_CHALLENGE_SIGN_IN, NULL, "a", 0);
  g_autofree char *last = NULL;

  for (guint i = 0; i < TB_CHALLENGES_ADDRESS; i++) {
    g_free (last);
    last = tb_challenges_make (challenges, TB_CHALLENGE_SIGN_IN, NULL, "a", 1);
  }
  g_assert_false (tb_challenges_take (challenges, first, TB_CHALLENGE_SIGN_IN, NULL, 2));
  g_assert_true (tb_challenges_take (challenges, last, TB_CHALLENGE_SIGN_IN, NULL, 2));
  g_assert_true (tb_challenges_take (challenges, mine, TB_CHALLENGE_SIGN_IN, NULL, 2));
  g_free (g_steal_pointer (&mine));
  mine = tb_challenges_make (challenges, TB_CHALLENGE_SIGN_IN, NULL, "me", 3);
  for (guint i = 0; i < TB_CHALLENGES_ALL; i++) {
    g_autofree char *peer = g_strdup_printf ("%u", i);

    g_free (tb_challenges_make (challenges, TB_CHALLENGE_SIGN_IN, NULL, peer, 4));
  }
  g_assert_false (tb_challenges_take (challenges, mine, TB_CHALLENGE_SIGN_IN, NULL, 5));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/webauthn/rp", test_rp);
  g_test_add_func ("/webauthn/base64url", test_base64url);
  g_test_add_func ("/webauthn/client-data", test_client_data);
  g_test_add_func ("/challenges/once", test_challenge);
  g_test_add_func ("/challenges/many", test_many);
  return g_test_run ();
}
