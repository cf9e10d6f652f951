#include <math.h>

#include "base/error.h"
#include "base/time.h"

static void
test_seconds (void)
{
  TbTime time = 7;

  g_assert_true (tb_time_from_seconds (12.345678, &time));
  g_assert_cmpint (time, ==, G_GINT64_CONSTANT (12345678000));
  g_assert_true (tb_time_from_seconds (-0.25, &time));
  g_assert_cmpint (time, ==, -250 * TB_MILLISECOND);
  g_assert_cmpfloat (tb_time_to_seconds (1500 * TB_MILLISECOND), ==, 1.5);
  time = 7;
  g_assert_false (tb_time_from_seconds (NAN, &time));
  g_assert_false (tb_time_from_seconds (INFINITY, &time));
  g_assert_false (tb_time_from_seconds (-INFINITY, &time));
  g_assert_false (tb_time_from_seconds (1e18, &time));
  g_assert_false (tb_time_from_seconds (31.0 * 24 * 3600, &time));
  g_assert_cmpint (time, ==, 7);
}

static void
test_text (void)
{
  const char *const bad[] = { "", "x", "1:2", "inf", "nan", "0x10", "1e3", "1,5", " 1", "99999999999999", "1.2.3", "-" };
  struct {
    TbTime time;
    const char *text;
  } const good[] = { { 0, "0.000000" },
                     { G_GINT64_CONSTANT (12345678000), "12.345678" },
                     { -500 * TB_MILLISECOND, "-0.500000" },
                     { 3 * 3600 * TB_SECOND, "10800.000000" } };
  TbTime time = 0;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autofree char *text = tb_time_format (good[i].time);

    g_assert_cmpstr (text, ==, good[i].text);
    g_assert_true (tb_time_parse (text, &time, NULL));
    g_assert_cmpint (time, ==, good[i].time);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (tb_time_parse (bad[i], &time, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

static void
test_clock_text (void)
{
  g_autofree char *seconds = tb_time_format_clock (5 * TB_SECOND);
  g_autofree char *minutes = tb_time_format_clock (754 * TB_SECOND + 900 * TB_MILLISECOND);
  g_autofree char *hours = tb_time_format_clock (3661 * TB_SECOND);
  g_autofree char *before = tb_time_format_clock (-65 * TB_SECOND);

  g_assert_cmpstr (seconds, ==, "0:05");
  g_assert_cmpstr (minutes, ==, "12:34");
  g_assert_cmpstr (hours, ==, "1:01:01");
  g_assert_cmpstr (before, ==, "-1:05");
}

static void
test_wall (void)
{
  struct {
    const char *text;
    gint64 wall;
  } const good[] = { { "1970-01-01T00:00:00Z", 0 },
                     { "2026-11-22T09:15:00.250000Z", G_GINT64_CONSTANT (1795338900250000000) },
                     { "2026-11-22T10:15:00.25+01:00", G_GINT64_CONSTANT (1795338900250000000) },
                     { "2026-11-22T04:45:00.250-04:30", G_GINT64_CONSTANT (1795338900250000000) },
                     { "2026-11-22t09:15:00.250000001z", G_GINT64_CONSTANT (1795338900250000001) },
                     { "2024-02-29T00:00:00Z", G_GINT64_CONSTANT (1709164800000000000) } };
  const char *const bad[] = { "",
                              "nu",
                              "2026-11-22",
                              "2026-11-22T09:15:00",
                              "2026-13-22T09:15:00Z",
                              "2026-02-29T09:15:00Z",
                              "2026-11-22T24:15:00Z",
                              "2026-11-22T09:15:00.Z",
                              "2026-11-22T09:15:00+9",
                              "2026-11-22T09:15:00Zx",
                              "9999-11-22T09:15:00Z",
                              "1000-11-22T09:15:00Z" };
  g_autofree char *text = tb_wall_format (G_GINT64_CONSTANT (1795338900250000000));
  gint64 wall = 0;

  g_assert_cmpstr (text, ==, "2026-11-22T09:15:00.250000Z");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (tb_wall_parse (good[i].text, &wall, &error));
    g_assert_cmpint (wall, ==, good[i].wall);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", bad[i]);
    g_assert_false (tb_wall_parse (bad[i], &wall, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

static void
test_clocks (void)
{
  gint64 monotonic = tb_clock_monotonic ();
  gint64 wall = tb_clock_wall ();

  g_assert_cmpint (tb_clock_wall_to_monotonic (tb_clock_monotonic_to_wall (monotonic)), ==, monotonic);
  g_assert_cmpint (tb_clock_wall (), >=, wall);
  g_assert_cmpint (ABS (wall - g_get_real_time () * 1000), <, 5 * TB_SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time/seconds", test_seconds);
  g_test_add_func ("/time/text", test_text);
  g_test_add_func ("/time/clock-text", test_clock_text);
  g_test_add_func ("/time/wall", test_wall);
  g_test_add_func ("/time/clocks", test_clocks);
  return g_test_run ();
}
