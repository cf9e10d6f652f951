/* ELAN files of old and new versions, and those that are refused. */
#include <string.h>

#include "base/error.h"
#include "exchange-tools.h"
#include "exchange/eaf.h"

static TbExchange *
read_fixture (const char *name, TbLoss *loss)
{
  g_autoptr (GBytes) bytes = fixture (name);

  return read_as ("eaf", g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), loss);
}

static void
test_version_2_3 (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_fixture ("version-2.3.eaf", loss);
  g_autofree char *text = events_as_text (document);
  const TbExchangeSet *set = g_ptr_array_index (document->sets, 0);
  const TbExchangeMedia *media = g_ptr_array_index (set->media, 0);

  g_assert_cmpstr (text, ==,
                   "|zin|state|1|4|leraar|Bo|een twee & drie||\n"
                   "|woord|state|1|2|-|-|een||\n"
                   "|deel|state|1|2.5|-|-|eerste||\n"
                   "|woord|state|2|3|-|-|twee||\n"
                   "|tw|state|2|3|-|-|||\n"
                   "|deel|state|2.5|4|-|-|tweede||\n"
                   "|woord|state|3|4|-|-|drie||\n"
                   "|zin|state|8|9|leraar|Bo|||\n");
  g_assert_cmpint (tb_loss_get_present (loss), ==, 12);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, 4);
  g_assert_cmpint (media->at, ==, -1500 * TB_MILLISECOND);
  g_assert_cmpstr (tb_exchange_find_code (document, "tw")->title, ==, "telwoord");
  g_assert_cmpstr (tb_exchange_find_code (document, "ww")->category, ==, "soort");
}

static void
test_version_3_0 (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_fixture ("version-3.0.eaf", loss);
  g_autofree char *text = events_as_text (document);

  g_assert_cmpstr (text, ==, "|houd|state|1|2|-|-|||\n");
  g_assert_cmpstr (tb_exchange_find_code (document, "houd")->title, ==, "vasthouden");
  g_assert_cmpstr (tb_exchange_get (document->pairs, "URN"), ==, "urn:x");
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 3);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    "<a/>",
    "<ANNOTATION_DOCUMENT>",
    "<!DOCTYPE ANNOTATION_DOCUMENT [<!ENTITY a \"x\"><!ENTITY b "
    "\"&a;&a;\">]><ANNOTATION_DOCUMENT>&b;</ANNOTATION_DOCUMENT>",
    "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><ANNOTATION_DOCUMENT/>",
    "<ANNOTATION_DOCUMENT>&a;</ANNOTATION_DOCUMENT>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (tb_eaf_read ((const guint8 *) bad[i], strlen (bad[i]), NULL, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

/* A time finer than a millisecond, and one before zero, are said. */
static void
test_losses (void)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  TbExchangeSet *set = tb_exchange_set (document, "les");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TbExchange) again = NULL;
  g_autofree char *text = NULL;

  tb_exchange_event (document, set, TB_KIND_STATE, "a", 1234567, 5 * TB_SECOND);
  tb_exchange_event (document, set, TB_KIND_POINT, "b", -TB_SECOND, TB_TIME_NONE);
  tb_exchange_event (document, tb_exchange_set (document, "nog een"), TB_KIND_POINT, "b", 0, TB_TIME_NONE);
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  bytes = tb_eaf_write (document, loss, NULL);
  g_assert_true (tb_loss_is_balanced (loss));
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, 1);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, 3);
  again = read_as ("eaf", g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL);
  text = events_as_text (again);
  g_assert_cmpstr (text, ==, "les|b|point|0|-|-|-|||\nles|a|state|0.001|5|-|-|||\n");
}

static char *
without_end (const char *until)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  TbExchangeSet *set = tb_exchange_set (document, "les");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TbExchange) again = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GRegex) slot = g_regex_new ("TIME_VALUE=\"9000\"", 0, 0, NULL);
  g_autofree char *changed = NULL, *value = g_strdup_printf ("TIME_VALUE=\"%s\"", until);

  tb_exchange_event (document, set, TB_KIND_STATE, "a", 2 * TB_SECOND, TB_TIME_NONE);
  tb_exchange_event (document, set, TB_KIND_POINT, "b", 9 * TB_SECOND, TB_TIME_NONE);
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  bytes = tb_eaf_write (document, NULL, NULL);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  changed = g_regex_replace_literal (slot, text, -1, 0, value, 0, NULL);
  again = read_as ("eaf", changed, -1, NULL);
  return events_as_text (again);
}

/* A state that nobody ended stands in ELAN up to the end of the film; who gives it another end there has ended it. */
static void
test_ended_in_elan (void)
{
  g_autofree char *same = without_end ("9000"), *ended = without_end ("8500");

  g_assert_nonnull (strstr (same, "les|a|state|2|-|"));
  g_assert_nonnull (strstr (ended, "les|a|state|2|8.5|"));
}

/* Each has its own end for ELAN, also when the last one begins where all the others end. */
static void
test_two_without_end (void)
{
  g_autoptr (TbExchange) document = tb_exchange_new (), again = NULL;
  TbExchangeSet *set = tb_exchange_set (document, "les");
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  tb_exchange_event (document, set, TB_KIND_STATE, "a", 10 * TB_SECOND, TB_TIME_NONE);
  tb_exchange_event (document, set, TB_KIND_STATE, "a", 60 * TB_SECOND, TB_TIME_NONE);
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  bytes = tb_eaf_write (document, NULL, NULL);
  again = read_as ("eaf", g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL);
  text = events_as_text (again);
  g_assert_cmpstr (text, ==, "les|a|state|10|-|-|-|||\nles|a|state|60|-|-|-|||\n");
}

/* ELAN numbers what is made next from there; a number twice in one file is a broken file. */
static void
test_last_number (void)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  TbExchangeEvent *event = tb_exchange_event (document, tb_exchange_set (document, "les"), TB_KIND_STATE, "a", 0, TB_SECOND);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  tb_exchange_event_modifier (document, event, "hoe", "zacht");
  tb_exchange_event_modifier (document, event, "wie", "An");
  event->rating = 3;
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  bytes = tb_eaf_write (document, NULL, NULL);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_nonnull (strstr (text, "ANNOTATION_ID=\"a4\""));
  g_assert_null (strstr (text, "ANNOTATION_ID=\"a5\""));
  g_assert_nonnull (strstr (text, "\"lastUsedAnnotationId\">4<"));
}

/* A small file can have a vocabulary of many words for each of many tiers. */
static void
test_many_words (void)
{
  g_autoptr (GString) text = g_string_new ("<ANNOTATION_DOCUMENT><TIME_ORDER/>");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append_printf (text, "<TIER TIER_ID=\"t%u\" LINGUISTIC_TYPE_REF=\"v\"/>", i);
  g_string_append (text, "<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID=\"v\" CONTROLLED_VOCABULARY_REF=\"cv\"/>"
                         "<CONTROLLED_VOCABULARY CV_ID=\"cv\">");
  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (text, "<CV_ENTRY DESCRIPTION=\"\">w%u</CV_ENTRY>", i);
  g_string_append (text, "</CONTROLLED_VOCABULARY></ANNOTATION_DOCUMENT>");
  document = read_as ("eaf", text->str, -1, loss);
  g_assert_cmpuint (document->codes->len, >=, 2000);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/eaf/version-2.3", test_version_2_3);
  g_test_add_func ("/eaf/version-3.0", test_version_3_0);
  g_test_add_func ("/eaf/refused", test_refused);
  g_test_add_func ("/eaf/losses", test_losses);
  g_test_add_func ("/eaf/ended-in-elan", test_ended_in_elan);
  g_test_add_func ("/eaf/two-without-end", test_two_without_end);
  g_test_add_func ("/eaf/last-number", test_last_number);
  g_test_add_func ("/eaf/many-words", test_many_words);
  return g_test_run ();
}
