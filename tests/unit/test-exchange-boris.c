/* BORIS projects of every version, and dirty ones. */
#include <string.h>

#include "base/error.h"
#include "exchange-tools.h"
#include "exchange/boris.h"
#include "exchange/bytes.h"

static TbExchange *
read_fixture (const char *name, TbLoss *loss)
{
  g_autoptr (GBytes) bytes = fixture (name);

  return read_as ("boris", g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), loss);
}

static void
assert_events (const TbExchange *document, const char *expected)
{
  g_autofree char *text = events_as_text (document);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_counts (const TbLoss *loss, gint64 present, gint64 carried, gint64 dropped, gint64 changed)
{
  g_assert_cmpint (tb_loss_get_present (loss), ==, present);
  g_assert_cmpint (tb_loss_get_carried (loss), ==, carried);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, dropped);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, changed);
}

static void
test_list_of_files (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_fixture ("list-of-files.boris", loss);
  const TbExchangeSet *set = g_ptr_array_index (document->sets, 0);
  const TbExchangeMedia *second = g_ptr_array_index (set->media, 1);

  assert_events (document, "les 1|uitleg|state|1|4|leraar|-|||\nles 1|vraag|point|2.5|-|-|-|luid||\n");
  assert_counts (loss, 3, 3, 0, 0);
  g_assert_cmpstr (document->title, ==, "oud");
  g_assert_cmpstr (set->description, ==, "de eerste");
  g_assert_cmpuint (set->media->len, ==, 2);
  g_assert_cmpint (second->at, ==, 60500 * TB_MILLISECOND);
  g_assert_cmpuint (tb_exchange_find_code (document, "uitleg")->excludes->len, ==, 2);
}

static void
test_old_modifiers (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_fixture ("version-1.6.boris", loss);
  const TbExchangeCode *first = g_ptr_array_index (document->codes, 0);
  const TbExchangeCode *touches = g_ptr_array_index (document->codes, 1);
  const TbExchangeModifier *how = g_ptr_array_index (touches->modifiers, 0);
  const TbExchangeSet *set = g_ptr_array_index (document->sets, 0);

  assert_events (document, "u1|raakt|state|0.087|2.101|dier u|-|los||modifier 1=ruikt;modifier 2=boven\n"
                           "u1|raakt|state|2.1|5.5|dier u|-|||modifier 1=bijt;modifier 2=boven\n"
                           "u1|roep|point|3|-|dier w|-|||\n"
                           "u1|weg|state|6|-|dier u|-|||\n");
  assert_counts (loss, 6, 6, 0, 1);
  g_assert_cmpstr (first->id, ==, "roep"); /* by the number of its key */
  g_assert_cmpstr (g_ptr_array_index (how->values, 1), ==, "likt");
  g_assert_cmpstr (tb_exchange_get (set->pairs, "dagdeel"), ==, "ochtend");
  g_assert_cmpstr (tb_loss_item (loss, 0)->where, ==, "observation “u1”, “weg” at 6 s");
}

static void
test_version_4 (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_fixture ("version-4.boris", loss);
  const TbExchangeCode *code = g_ptr_array_index (document->codes, 0);

  assert_events (document, "live|groep|state|10|15|-|-|einde||hoe=stil;wie=jongen;wie=meisje;aantal=4\n"
                           "live|groep|state|12.25|20|-|-|x||\n");
  assert_counts (loss, 4, 4, 0, 0);
  g_assert_cmpstr (code->category, ==, "klas");
  g_assert_cmpuint (code->modifiers->len, ==, 3);
  g_assert_cmpint (((TbExchangeModifier *) g_ptr_array_index (code->modifiers, 1))->kind, ==, TB_MODIFIER_SEVERAL);
}

static void
test_version_7 (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_fixture ("version-7.boris", loss);
  const TbExchangeSet *film = g_ptr_array_index (document->sets, 0), *clock = g_ptr_array_index (document->sets, 2);
  static const TbTime starts[] = { 100 * TB_SECOND, 160 * TB_SECOND, 102500 * TB_MILLISECOND };
  g_autofree char *began = tb_wall_format (clock->started_at);

  assert_events (document, "film|punt|point|101|-|-|-|eerder||\n"
                           "film|staat|state|103.04|110|klas|-|||\n"
                           "beelden|punt|point|3|-|-|-|||\n"
                           "klok|punt|point|0.25|-|-|-|||\n"
                           "klok|staat|state|3.5|-|klas|-|||\n");
  assert_counts (loss, 6, 6, 0, 1);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 4); /* twice the map, the converter, the pictures */
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (((TbExchangeMedia *) g_ptr_array_index (film->media, i))->at, ==, starts[i]);
  g_assert_cmpuint (film->pairs->len, ==, 1);
  g_assert_cmpstr (began, ==, "2023-01-02T11:00:00.000000Z");
}

/* Dates are those of the clock on the wall, here and in BORIS. */
static void
test_dates (void)
{
  static const struct {
    const char *date, *began;
  } cases[] = { { "2026-05-18T10:04:09", "2026-05-18T08:04:09.000000Z" },
                { "2026-01-18 10:04:09.5", "2026-01-18T09:04:09.500000Z" },
                { "2026-05-18T10:04:09Z", "2026-05-18T10:04:09.000000Z" },
                { "2026-05-18T10:04:09-05:00", "2026-05-18T15:04:09.000000Z" } };
  g_autofree char *zone = g_strdup (g_getenv ("TZ"));

  g_setenv ("TZ", "Europe/Amsterdam", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup_printf ("{\"project_format_version\":\"7.0\",\"behaviors_conf\":{},\"subjects_conf\":{},"
                                             "\"observations\":{\"les\":{\"type\":\"LIVE\",\"date\":\"%s\",\"file\":{},"
                                             "\"events\":[[1,\"\",\"a\",\"\",\"\"]]}}}",
                                             cases[i].date);
    g_autoptr (TbLoss) loss = tb_loss_new ();
    g_autoptr (TbExchange) document = read_as ("boris", text, -1, loss);
    g_autofree char *began = tb_wall_format (((TbExchangeSet *) g_ptr_array_index (document->sets, 0))->started_at);
    g_autoptr (GBytes) bytes = tb_format_find ("boris")->write (document, loss, NULL);
    g_autofree char *written = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

    g_assert_cmpstr (began, ==, cases[i].began);
    if (i == 0)
      g_assert_nonnull (strstr (written, cases[i].date));
  }
  if (zone != NULL)
    g_setenv ("TZ", zone, TRUE);
  else
    g_unsetenv ("TZ");
}

static void
test_dirty (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_fixture ("dirty.boris", loss);

  assert_events (document, "vuil|a|point|1.5|-|s|-|||\n"
                           "vuil|onbekend|point|3|-|-|-|||modifier 1=m1;modifier 2=m2\n"
                           "vuil|b|point|4|-|-|-|||\n"
                           "omgekeerd|b|point|8|-|-|-|||\n"
                           "omgekeerd|b|point|9|-|-|-|||\n");
  assert_counts (loss, 11, 5, 6, 1);
}

static void
test_cannot (void)
{
  static const char *const bad[] = { "",
                                     "{}",
                                     "[]",
                                     "null",
                                     "{\"observations\": []}",
                                     "{\"observations\": {",
                                     ("\x1f\x8b"
                                      "x") };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (tb_boris_read ((const guint8 *) bad[i], strlen (bad[i]), NULL, &error));
    g_assert_nonnull (error);
    g_assert_true (error->domain == TB_ERROR);
  }
}

static void
test_packed (void)
{
  g_autoptr (GBytes) plain = fixture ("version-4.boris");
  g_autoptr (GBytes) packed = tb_bytes_gzip (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
  g_autoptr (TbExchange) document
      = read_as ("boris-gz", g_bytes_get_data (packed, NULL), (gssize) g_bytes_get_size (packed), NULL);

  g_assert_cmpuint (tb_exchange_n_events (document), ==, 2);
}

/* What lasts needs no code. */
static void
test_state_without_code (void)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TbExchange) again = NULL;

  tb_exchange_event (document, tb_exchange_set (document, "les"), TB_KIND_STATE, NULL, TB_SECOND, 3 * TB_SECOND);
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  bytes = tb_boris_write (document, loss, NULL);
  assert_counts (loss, 1, 1, 0, 0);
  again = read_as ("boris", g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL);
  assert_events (again, "les|-|state|1|3|-|-|||\n");
}

/* What BORIS cannot hold is said. */
static void
test_overlap (void)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  TbExchangeSet *set = tb_exchange_set (document, "les");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TbExchange) again = NULL;

  tb_exchange_event (document, set, TB_KIND_STATE, "a", 0, 10 * TB_SECOND);
  tb_exchange_event (document, set, TB_KIND_STATE, "a", 5 * TB_SECOND, 15 * TB_SECOND);
  tb_exchange_event (document, set, TB_KIND_POINT, "a", 20 * TB_SECOND, TB_TIME_NONE);
  tb_exchange_event_modifier (document, tb_exchange_event (document, set, TB_KIND_STATE, "a", 6 * TB_SECOND, 7 * TB_SECOND), "m",
                              "a|b (c)");
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  bytes = tb_boris_write (document, loss, NULL);
  assert_counts (loss, 4, 3, 1, 2);
  again = read_as ("boris", g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL);
  assert_events (again, "les|a|state|0|10|-|-|||\nles|a|state|6|7|-|-|||m=a/b [c]\nles|a|state|20|20|-|-|||\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/boris/list-of-files", test_list_of_files);
  g_test_add_func ("/boris/old-modifiers", test_old_modifiers);
  g_test_add_func ("/boris/version-4", test_version_4);
  g_test_add_func ("/boris/version-7", test_version_7);
  g_test_add_func ("/boris/dirty", test_dirty);
  g_test_add_func ("/boris/dates", test_dates);
  g_test_add_func ("/boris/cannot", test_cannot);
  g_test_add_func ("/boris/packed", test_packed);
  g_test_add_func ("/boris/state-without-code", test_state_without_code);
  g_test_add_func ("/boris/overlap", test_overlap);
  return g_test_run ();
}
