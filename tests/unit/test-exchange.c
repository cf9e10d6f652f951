/* The neutral document, the table of formats, and for every two-way format:
 * what is written is read again the same. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "exchange-tools.h"
#include "exchange/bytes.h"

#define ROUNDS 300

static void
test_round_trip (gconstpointer data)
{
  const Ability *ability = data;
  const TbFormat *format = tb_format_find (ability->format);
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (int i = 0; i < ROUNDS; i++) {
    g_autoptr (TbExchange) document = make_document (rand, ability);
    g_autoptr (TbExchange) again = NULL;
    g_autoptr (TbLoss) writing = tb_loss_new ();
    g_autoptr (TbLoss) reading = tb_loss_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = format->write (document, writing, &error);
    const TbFormat *found = NULL;
    g_autofree char *name = g_strconcat ("les", format->suffixes[0], NULL);
    g_autofree char *difference = NULL;
    const guint8 *text;
    gsize size;

    g_assert_no_error (error);
    text = g_bytes_get_data (bytes, &size);
    again = tb_exchange_read (name, text, size, &found, reading, &error);
    g_assert_no_error (error);
    g_assert_true (found->read == format->read);
    difference = tb_exchange_compare (document, again, 0);
    if (difference != NULL)
      g_test_message ("%.*s", (int) MIN (size, 20000), (const char *) text);
    g_assert_cmpstr (difference, ==, NULL);
    g_assert_true (tb_loss_is_balanced (writing));
    g_assert_true (tb_loss_is_balanced (reading));
    g_assert_cmpint (tb_loss_get (writing, TB_LOSS_DROPPED), ==, 0);
    g_assert_cmpint (tb_loss_get (reading, TB_LOSS_DROPPED), ==, 0);
    g_assert_cmpint (tb_loss_get_carried (writing), ==, tb_exchange_n_events (document));
  }
}

/* Every writer accounts for every event, whatever it is given. */
static void
test_writers_account (gconstpointer data)
{
  const TbFormat *format = data;
  static const Ability anything = { .step = 1, .rude = TRUE };
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (int i = 0; i < 50; i++) {
    g_autoptr (TbExchange) document = make_document (rand, &anything);
    g_autoptr (TbLoss) loss = tb_loss_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = format->write (document, loss, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (bytes), >, 0);
    g_assert_true (tb_loss_is_balanced (loss));
    g_assert_cmpint (tb_loss_get_present (loss), ==, tb_exchange_n_events (document));
    if (format->read != NULL) {
      g_autoptr (TbLoss) reading = tb_loss_new ();
      g_autoptr (TbExchange) again
          = format->read (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), reading, &error);

      g_assert_no_error (error);
      g_assert_true (tb_loss_is_balanced (reading));
      g_assert_cmpint (tb_exchange_n_events (again), ==, tb_loss_get_carried (loss));
    }
  }
}

static void
test_document (void)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  TbExchangeSet *set = tb_exchange_set (document, "les");
  TbExchangeEvent *late = tb_exchange_event (document, set, TB_KIND_STATE, "b", 2 * TB_SECOND, TB_TIME_NONE);
  TbExchangeEvent *early = tb_exchange_event (document, set, TB_KIND_POINT, "", TB_SECOND, TB_TIME_NONE);
  g_autofree char *text = NULL;

  tb_exchange_share (&late->subject, "groep\xff");
  tb_exchange_event_modifier (document, early, "hoe", "zacht");
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  g_assert_true (tb_exchange_set (document, "les") == set);
  g_assert_cmpint (tb_exchange_find_code (document, "b")->kind, ==, TB_KIND_STATE);
  g_assert_null (tb_exchange_find_code (document, "a"));
  g_assert_cmpuint (document->subjects->len, ==, 1);
  text = events_as_text (document);
  g_assert_cmpstr (text, ==, "les|-|point|1|-|-|-|||hoe=zacht\nles|b|state|2|-|groep\357\277\275|-|||\n");
}

static void
test_long_text (void)
{
  g_autofree char *text = g_strnfill (TB_EXCHANGE_MAX_TEXT + 10, 'a');
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autoptr (TbLoss) loss = tb_loss_new ();
  TbExchangeEvent *event
      = tb_exchange_event (document, tb_exchange_set (document, "les"), TB_KIND_POINT, "a", 0, TB_TIME_NONE);

  memcpy (text + TB_EXCHANGE_MAX_TEXT - 4, "\303\251", 2); /* a letter over the border */
  tb_exchange_text (&event->comment, text);
  g_assert_cmpuint (strlen (event->comment), ==, TB_EXCHANGE_MAX_TEXT - 1);
  g_assert_true (g_utf8_validate (event->comment, -1, NULL));
  g_assert_true (tb_exchange_finish (document, loss, NULL));
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, 1);
}

static void
test_too_many (void)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  TbExchangeSet *set = tb_exchange_set (document, "les");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < TB_EXCHANGE_MAX_EVENTS + 3; i++)
    tb_exchange_event_modifier (document, tb_exchange_event (document, set, TB_KIND_POINT, "a", 0, TB_TIME_NONE), "a", "b");
  g_assert_cmpuint (set->events->len, ==, TB_EXCHANGE_MAX_EVENTS);
  g_assert_false (tb_exchange_finish (document, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_LARGE);
}

/* A file of some kB, packed, can have as many as there is memory. */
static void
test_too_many_modifiers (void)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  TbExchangeSet *set = tb_exchange_set (document, "les");
  g_autoptr (GError) error = NULL;
  guint kept = 0;

  for (guint i = 0; i < TB_EXCHANGE_MAX_ALL_MODIFIERS / TB_EXCHANGE_MAX_MODIFIERS + 10; i++) {
    TbExchangeEvent *event = tb_exchange_event (document, set, TB_KIND_POINT, "a", 0, TB_TIME_NONE);

    for (guint m = 0; m < TB_EXCHANGE_MAX_MODIFIERS; m++)
      tb_exchange_event_modifier (document, event, "a", "b");
    kept += event->modifiers != NULL ? event->modifiers->len : 0;
  }
  g_assert_cmpuint (kept, ==, TB_EXCHANGE_MAX_ALL_MODIFIERS);
  g_assert_cmpuint (tb_exchange_weight (document), >, 50 * TB_EXCHANGE_MAX_ALL_MODIFIERS);
  g_assert_false (tb_exchange_finish (document, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_LARGE);
}

/* What a place is called may be cut, but not within a letter. */
static void
test_loss_place (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autofree char *name = g_strnfill (59, 'x');
  g_autofree char *whole = g_strconcat (name, "één", NULL);
  g_autoptr (json_object) json = NULL;
  const char *text;

  tb_loss_add (loss, TB_LOSS_LEFT, 1, "a row", "no time", "“%.60s”", whole);
  json = tb_loss_to_json (loss);
  text = json_object_to_json_string (json);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_nonnull (strstr (text, "x”"));
}

static void
test_loss (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  json_object *report;

  tb_loss_present (loss, 5);
  tb_loss_carried (loss, 3);
  g_assert_false (tb_loss_is_balanced (loss));
  tb_loss_add (loss, TB_LOSS_DROPPED, 1, "a row", "no time", "row %d", 3);
  tb_loss_add (loss, TB_LOSS_DROPPED, 1, "a row", "no time", "row %d", 4);
  tb_loss_add (loss, TB_LOSS_CHANGED, 1, "a row", "rounded", "row %d", 5);
  g_assert_true (tb_loss_is_balanced (loss));
  g_assert_cmpuint (tb_loss_n_items (loss), ==, 2);
  report = tb_loss_to_json (loss);
  g_assert_cmpstr (json_object_to_json_string_ext (report, JSON_C_TO_STRING_PLAIN), ==,
                   "{\"present\":5,\"carried\":3,\"dropped\":2,\"items\":["
                   "{\"kind\":\"dropped\",\"what\":\"a row\",\"where\":\"row 3\",\"why\":\"no time\",\"count\":2},"
                   "{\"kind\":\"changed\",\"what\":\"a row\",\"where\":\"row 5\",\"why\":\"rounded\",\"count\":1}]}");
  json_object_put (report);
}

static void
test_times (void)
{
  static const struct {
    const char *text;
    gint64 ms;
  } good[] = { { "12.5", 12500 },         { "12,5", 12500 },      { " 3 ", 3000 },       { "01:02", 62000 },
               { "1:00:00.25", 3600250 }, { "00:00:01,5", 1500 }, { "-00:01.5", -1500 }, { "00:01:02:003", 62003 } };
  static const char *const bad[] = { "", " ", "x", "1:2:3:4:5", "1e9999", "nan", "inf", "0x10", "1:-2", "::", "9e30" };
  TbTime time = 7;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_assert_true (tb_loose_time (good[i].text, &time));
    g_assert_cmpint (time, ==, good[i].ms * TB_MILLISECOND);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (tb_loose_time (bad[i], &time));
}

static void
test_time_text (void)
{
  g_autofree char *a = tb_time_plain (-1500000001, 1);
  g_autofree char *b = tb_time_plain (2 * TB_SECOND, 1);
  g_autofree char *c = tb_time_plain (2 * TB_SECOND, 0);
  g_autofree char *d = tb_time_stamp (3661 * TB_SECOND + 999600000, ',');
  gboolean changed = FALSE;

  g_assert_cmpstr (a, ==, "-1.500000001");
  g_assert_cmpstr (b, ==, "2.0");
  g_assert_cmpstr (c, ==, "2");
  g_assert_cmpstr (d, ==, "01:01:02,000");
  g_assert_cmpint (tb_time_round (-1500001, TB_MILLISECOND, &changed), ==, -2 * TB_MILLISECOND);
  g_assert_true (changed);
}

static void
test_letters (void)
{
  static const struct {
    const char *bytes;
    gsize size;
    const char *text;
  } cases[] = { { "\357\273\277a", 4, "a" },     { "\377\376a\0\351\0", 6, "a\303\251" }, { "\376\377\0a", 4, "a" },
                { "caf\351", 4, "caf\303\251" }, { "a\0b", 3, "a\357\277\275b" },         { "", 0, "" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = tb_bytes_to_text ((const guint8 *) cases[i].bytes, cases[i].size, NULL, NULL);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

/* A packed file may be a thousand times larger than it looks. */
static void
test_gzip_limit (void)
{
  g_autofree guint8 *zeros = g_malloc0 (1 << 20);
  g_autoptr (GBytes) packed = tb_bytes_gzip (zeros, 1 << 20);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (packed, &size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) whole = tb_bytes_gunzip (data, size, 1 << 20, NULL);

  g_assert_cmpuint (g_bytes_get_size (whole), ==, 1 << 20);
  g_assert_null (tb_bytes_gunzip (data, size, (1 << 20) - 1, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (tb_bytes_gunzip (data, size / 2, 1 << 20, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
}

static void
test_unknown (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_exchange_read ("film.mp4",
                                   (const guint8 *) "\0\0\0\x18"
                                                    "ftypmp42",
                                   12, NULL, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_UNSUPPORTED);
}

/* A million events may have one long name: it is kept once. */
static void
test_shared (void)
{
  g_autofree char *name = g_strnfill (TB_EXCHANGE_MAX_TEXT, 'a');
  g_autoptr (TbExchange) document = tb_exchange_new ();
  TbExchangeSet *set = tb_exchange_set (document, "les");
  const TbExchangeEvent *first, *last;

  for (guint i = 0; i < 1000; i++) {
    TbExchangeEvent *event = tb_exchange_event (document, set, TB_KIND_POINT, name, i, TB_TIME_NONE);

    tb_exchange_share (&event->subject, name);
    tb_exchange_share (&event->observer, "An");
    tb_exchange_share (&event->observer, name);
    tb_exchange_event_modifier (document, event, name, "x");
  }
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  first = g_ptr_array_index (set->events, 0);
  last = g_ptr_array_index (set->events, 999);
  g_assert_cmpstr (first->code, ==, name);
  g_assert_true (first->code == last->code && first->subject == last->subject && first->observer == last->observer);
  g_assert_true (((TbExchangePair *) g_ptr_array_index (first->modifiers, 0))->name
                 == ((TbExchangePair *) g_ptr_array_index (last->modifiers, 0))->name);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exchange/document", test_document);
  g_test_add_func ("/exchange/long-text", test_long_text);
  g_test_add_func ("/exchange/shared", test_shared);
  g_test_add_func ("/exchange/too-many-modifiers", test_too_many_modifiers);
  g_test_add_func ("/exchange/loss-place", test_loss_place);
  g_test_add_func ("/exchange/too-many", test_too_many);
  g_test_add_func ("/exchange/loss", test_loss);
  g_test_add_func ("/exchange/times", test_times);
  g_test_add_func ("/exchange/time-text", test_time_text);
  g_test_add_func ("/exchange/letters", test_letters);
  g_test_add_func ("/exchange/gzip-limit", test_gzip_limit);
  g_test_add_func ("/exchange/unknown", test_unknown);
  for (guint i = 0; abilities[i].format != NULL; i++) {
    g_autofree char *name = g_strconcat ("/exchange/round-trip/", abilities[i].format, NULL);

    g_test_add_data_func (name, &abilities[i], test_round_trip);
  }
  for (guint i = 0; i < tb_format_count (); i++) {
    g_autofree char *name = g_strconcat ("/exchange/accounts/", tb_format_at (i)->id, NULL);

    if (tb_format_at (i)->write != NULL)
      g_test_add_data_func (name, tb_format_at (i), test_writers_account);
  }
  return g_test_run ();
}
