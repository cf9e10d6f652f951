/* The words of a recovery key: the list, and keys to words and back. */
#include <string.h>

#include "base/error.h"
#include "vault/words.h"

/* The key of age's own text, and its words, reckoned outside of this program from the description in words.h. */
#define KEY "AGE-SECRET-KEY-1HTW5A36G392XFS30JLQCCTRP5N35MWA26ZPZL0VLUG4HFZ9KXE0SDK3CZ6"
#define WORDS \
  "radijs video pixel mama middag diagram almanak watten rollade hofnar beraad futen doek toilet " \
  "overal badpak dampen vlieg yoghurt grafiek foto halster teddy zigzag"

static TbAgeIdentity *
new_identity (void)
{
  g_autoptr (GError) error = NULL;
  TbAgeIdentity *identity = tb_age_identity_parse (KEY, -1, &error);

  g_assert_no_error (error);
  return identity;
}

static void
assert_key (const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbAgeIdentity) identity = tb_words_to_identity (words, &error);
  char *text;

  g_assert_no_error (error);
  text = tb_age_identity_to_text (identity);
  g_assert_cmpstr (text, ==, KEY);
  tb_age_secret_free (text);
}

static void
assert_refused (const char *words, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_words_to_identity (words, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  if (strstr (error->message, message) == NULL)
    g_error ("“%s” is said, where “%s” was expected", error->message, message);
}

/* One letter more, less or other. */
static gboolean
is_near (const char *a, const char *b)
{
  gsize same = 0, same_end = 0, la = strlen (a), lb = strlen (b), shorter = MIN (la, lb), longer = MAX (la, lb);

  if (longer - shorter > 1)
    return FALSE;
  while (same < shorter && a[same] == b[same])
    same++;
  while (same_end < shorter - same && a[la - 1 - same_end] == b[lb - 1 - same_end])
    same_end++;
  return same + same_end >= longer - 1;
}

static void
test_list (void)
{
  const char *const *list = tb_words_list ();

  g_assert_true (is_near ("kat", "kast") && is_near ("kat", "kap") && is_near ("kat", "kat"));
  g_assert_false (is_near ("kat", "pad") || is_near ("kat", "katoen") || is_near ("abcd", "abdc"));
  for (guint i = 0; i < TB_WORDS_LIST; i++) {
    g_assert_cmpuint (strlen (list[i]), >=, 4);
    g_assert_cmpuint (strlen (list[i]), <=, 7);
    g_assert_cmpuint (strspn (list[i], "abcdefghijklmnopqrstuvwxyz"), ==, strlen (list[i]));
    if (i > 0) {
      g_assert_cmpstr (list[i - 1], <, list[i]);
      g_assert_cmpint (strncmp (list[i - 1], list[i], 4), !=, 0);
    }
    for (guint j = 0; j < i; j++)
      if (is_near (list[i], list[j]))
        g_error ("%s and %s can be taken for each other", list[i], list[j]);
  }
}

static void
test_known (void)
{
  g_autoptr (TbAgeIdentity) identity = new_identity ();
  char *words = tb_words_from_identity (identity);

  g_assert_cmpstr (words, ==, WORDS);
  tb_age_secret_free (words);
  assert_key (WORDS);
}

static void
test_spelling (void)
{
  g_auto (GStrv) words = g_strsplit (WORDS, " ", -1);
  g_autoptr (GString) numbered = g_string_new ("\xef\xbb\xbf\r\n");
  g_autofree char *upper = g_ascii_strup (WORDS, -1);

  for (guint i = 0; words[i] != NULL; i++)
    g_string_append_printf (numbered, "%2u.\xc2\xa0%s,\r\n", i + 1, words[i]);
  assert_key (numbered->str);
  assert_key (upper);
}

static void
test_any_key (void)
{
  for (guint i = 0; i < 200; i++) {
    g_autoptr (TbAgeIdentity) identity = tb_age_identity_generate ();
    g_autoptr (TbAgeIdentity) again = NULL;
    g_autoptr (GError) error = NULL;
    char *words = tb_words_from_identity (identity), *text = tb_age_identity_to_text (identity), *other;

    again = tb_words_to_identity (words, &error);
    g_assert_no_error (error);
    other = tb_age_identity_to_text (again);
    g_assert_cmpstr (text, ==, other);
    tb_age_secret_free (words);
    tb_age_secret_free (text);
    tb_age_secret_free (other);
  }
}

static char *
join_without (char **words, guint without)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (i != without)
      g_string_append_printf (text, "%s ", words[i]);
  return g_strdup (text->str);
}

static void
test_refused (void)
{
  g_auto (GStrv) words = g_strsplit (WORDS, " ", -1);
  g_autofree char *short_of_one = join_without (words, 7);
  g_autofree char *one_more = g_strconcat (WORDS, " ", words[0], NULL);
  g_autofree char *swapped = NULL;
  g_autofree char *foreign = NULL;
  g_autofree char *not_listed = NULL;
  g_autofree char *glued = NULL;
  char *swap = words[3];

  assert_refused ("", "24 words; this is 0");
  assert_refused (short_of_one, "this is 23");
  assert_refused (one_more, "this is 25");

  words[3] = words[4];
  words[4] = swap;
  swapped = g_strjoinv (" ", words);
  assert_refused (swapped, "do not fit together");
  words[4] = words[3];
  words[3] = swap;

  swap = words[11];
  words[11] = (char *) "qwertyu";
  not_listed = g_strjoinv (" ", words);
  assert_refused (not_listed, "Word 12 is not");
  words[11] = (char *) "qwertyuiop";
  glued = g_strjoinv (" ", words);
  assert_refused (glued, "Word 12 is not");
  words[11] = (char *) "ca\xc3\xafro\xff";
  foreign = g_strjoinv (" ", words);
  assert_refused (foreign, "Word 12 is not");
  words[11] = swap;
}

/* What the check of 8 bits is worth: of any other word in a place, one in 256 gets past it. */
static void
test_wrong_word (void)
{
  g_auto (GStrv) words = g_strsplit (WORDS, " ", -1);
  char *right = words[5];
  guint past = 0;

  for (guint i = 0; i < TB_WORDS_LIST; i++) {
    g_autofree char *text = NULL;
    g_autoptr (TbAgeIdentity) identity = NULL;

    words[5] = (char *) tb_words_list ()[i];
    text = g_strjoinv (" ", words);
    identity = tb_words_to_identity (text, NULL);
    past += identity != NULL;
  }
  words[5] = right;
  g_assert_cmpuint (past, >=, 1); /* the right one */
  g_assert_cmpuint (past, <=, 1 + 24); /* 8 are expected */
}

static void
test_suggestion (void)
{
  char *one = tb_words_suggest_passphrase (5), *other = tb_words_suggest_passphrase (5);
  g_auto (GStrv) words = g_strsplit (one, " ", -1);

  g_assert_cmpuint (g_strv_length (words), ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_true (g_strv_contains (tb_words_list (), words[i]));
  g_assert_cmpstr (one, !=, other);
  tb_age_secret_free (one);
  tb_age_secret_free (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/list", test_list);
  g_test_add_func ("/words/known", test_known);
  g_test_add_func ("/words/spelling", test_spelling);
  g_test_add_func ("/words/any-key", test_any_key);
  g_test_add_func ("/words/refused", test_refused);
  g_test_add_func ("/words/wrong-word", test_wrong_word);
  g_test_add_func ("/words/suggestion", test_suggestion);
  return g_test_run ();
}
