/* WebVTT of others, and to the byte what is only written. */
#include <string.h>

#include "base/error.h"
#include "exchange-tools.h"
#include "exchange/captions.h"

static void
test_webvtt (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_as ("webvtt",
                                             "\357\273\277WEBVTT - les\r\nKind: captions\r\n\r\nNOTE iets\r\n\r\n"
                                             "STYLE\n::cue {}\n\n"
                                             "intro\n00:01.500 --> 00:02.000 align:start\n<v An>Hallo <i>allemaal</i>\n"
                                             "en &lt;iedereen&gt; &amp; ik\n\n"
                                             "01:00:00.000 --> 00:00:01.000\nachteruit\n\nx --> y\nniets\n",
                                             -1, loss);
  g_autofree char *text = events_as_text (document);

  g_assert_cmpstr (text, ==,
                   "|-|state|1.5|2|An|-|Hallo allemaal\nen <iedereen> & ik||\n|-|state|3600|3600|-|-|achteruit||\n");
  g_assert_cmpint (tb_loss_get_present (loss), ==, 3);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, 1);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, 1);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 2);
}

static void
test_no_webvtt (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_webvtt_read ((const guint8 *) "1\n00:01 --> 00:02\nx\n", 20, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

static TbExchange *
lesson (void)
{
  TbExchange *document = tb_exchange_new ();
  TbExchangeSet *set = tb_exchange_set (document, "les 1");
  TbExchangeEvent *event;

  tb_exchange_media (document, set, "les.mp4")->length = 20 * TB_SECOND;
  event = tb_exchange_event (document, set, TB_KIND_STATE, "uitleg", TB_SECOND, 5 * TB_SECOND);
  tb_exchange_text (&event->comment, "over \"breuken\"\n\nen meer");
  event = tb_exchange_event (document, set, TB_KIND_POINT, "2 vragen", 2500 * TB_MILLISECOND, TB_TIME_NONE);
  tb_exchange_share (&event->subject, "klas");
  tb_exchange_event_modifier (document, event, "soort", "open");
  tb_exchange_event (document, set, TB_KIND_STATE, "uitleg", 4 * TB_SECOND, TB_TIME_NONE);
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  return document;
}

static void
assert_written (const char *format, const char *expected, gint64 changed)
{
  g_autoptr (TbExchange) document = lesson ();
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (GBytes) bytes = tb_format_find (format)->write (document, loss, NULL);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_assert_cmpstr (text, ==, expected);
  g_assert_true (tb_loss_is_balanced (loss));
  g_assert_cmpint (tb_loss_get_carried (loss), ==, 3);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, changed);
}

/* What lasted no time is seen on the picture all the same, and comes back as it was. */
static void
test_no_time (void)
{
  static const char *const ids[] = { "webvtt", "webanno", "otio" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    const TbFormat *format = tb_format_find (ids[i]);
    g_autoptr (TbExchange) document = tb_exchange_new (), again = NULL;
    TbExchangeSet *set = tb_exchange_set (document, "");
    g_autoptr (TbLoss) loss = tb_loss_new ();
    g_autoptr (GBytes) bytes = NULL;
    g_autofree char *text = NULL, *before = NULL, *after = NULL;

    tb_exchange_event (document, set, TB_KIND_INTERVAL, "beeld", 60 * TB_SECOND, 60 * TB_SECOND);
    tb_exchange_event (document, set, TB_KIND_POINT, "vraag", 70 * TB_SECOND, TB_TIME_NONE);
    tb_exchange_event (document, set, TB_KIND_STATE, "uitleg", 80 * TB_SECOND, TB_TIME_NONE);
    g_assert_true (tb_exchange_finish (document, NULL, NULL));
    bytes = format->write (document, loss, NULL);
    text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    if (i == 0)
      g_assert_nonnull (strstr (text, "00:01:00.000 --> 00:01:02.000"));
    if (i == 0)
      g_assert_nonnull (strstr (text, "00:01:20.000 --> 00:01:22.000"));
    if (i == 1)
      g_assert_nonnull (strstr (text, "\"t=60,62\""));
    if (i == 1)
      g_assert_nonnull (strstr (text, "\"t=70,72\""));
    if (i < 2)
      g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, i == 0 ? 3 : 2);
    again = read_as (ids[i], text, -1, NULL);
    before = events_as_text (document);
    after = events_as_text (again);
    g_assert_cmpstr (after, ==, before);
  }
}

static void
test_srt (void)
{
  assert_written ("srt",
                  "1\r\n00:00:01,000 --> 00:00:05,000\r\nuitleg: over \"breuken\"\nen meer\r\n\r\n"
                  "2\r\n00:00:02,500 --> 00:00:04,500\r\n2 vragen [soort: open] (klas)\r\n\r\n"
                  "3\r\n00:00:04,000 --> 00:00:20,000\r\nuitleg\r\n\r\n",
                  2);
}

static void
test_textgrid (void)
{
  assert_written ("textgrid",
                  "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n0\n20\n<exists>\n3\n"
                  "\"IntervalTier\"\n\"uitleg\"\n0\n20\n3\n0\n1\n\"\"\n1\n5\n\"uitleg: over \"\"breuken\"\"\n\nen "
                  "meer\"\n5\n20\n\"\"\n"
                  "\"TextTier\"\n\"2 vragen - klas\"\n0\n20\n1\n2.5\n\"2 vragen [soort: open]\"\n"
                  "\"IntervalTier\"\n\"uitleg\"\n0\n20\n2\n0\n4\n\"\"\n4\n20\n\"uitleg\"\n",
                  1);
}

static void
test_sdis (void)
{
  assert_written ("sdis",
                  "Timed c2_vragen_klas uitleg;\n<les 1>\n,0\nuitleg,1-5\nc2_vragen_klas,2.5\nuitleg,4-20\n,20/\n", 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/captions/webvtt", test_webvtt);
  g_test_add_func ("/captions/no-webvtt", test_no_webvtt);
  g_test_add_func ("/captions/no-time", test_no_time);
  g_test_add_func ("/captions/srt", test_srt);
  g_test_add_func ("/captions/textgrid", test_textgrid);
  g_test_add_func ("/captions/sdis", test_sdis);
  return g_test_run ();
}
