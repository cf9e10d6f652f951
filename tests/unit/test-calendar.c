#include <libical/ical.h>
#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "web/calendar.h"

#define UID "0193f0a0-1111-7222-8333-444455556666@terugblik"

static TbCalendarVisit
visit_of (const char *summary, const char *description)
{
  TbCalendarVisit visit = { .uid = UID, .sequence = 2, .summary = summary, .description = description };

  g_assert_true (tb_wall_parse ("2026-11-22T12:00:00Z", &visit.stamp, NULL));
  g_assert_true (tb_calendar_read_local ("2026-12-03T09:15", &visit.start, NULL));
  g_assert_true (tb_calendar_read_local ("2026-12-03 10:00", &visit.end, NULL));
  return visit;
}

/* What a calendar makes of it. */
static void
assert_reads_as (const char *text, const char *summary, const char *description)
{
  icalcomponent *calendar = icalparser_parse_string (text);
  icalcomponent *event;

  g_assert_nonnull (calendar);
  g_assert_cmpint (icalcomponent_count_errors (calendar), ==, 0);
  g_assert_cmpint (icalcomponent_count_components (calendar, ICAL_ANY_COMPONENT), ==, 1);
  event = icalcomponent_get_first_component (calendar, ICAL_VEVENT_COMPONENT);
  g_assert_nonnull (event);
  g_assert_cmpint (icalcomponent_count_properties (event, ICAL_SUMMARY_PROPERTY), ==, 1);
  g_assert_cmpint (icalcomponent_count_properties (event, ICAL_ATTENDEE_PROPERTY), ==, 0);
  g_assert_cmpint (icalcomponent_count_components (event, ICAL_ANY_COMPONENT), ==, 0);
  g_assert_cmpstr (icalcomponent_get_summary (event), ==, summary);
  g_assert_cmpstr (icalcomponent_get_description (event), ==, description);
  g_assert_cmpstr (icalcomponent_get_uid (event), ==, UID);
  g_assert_cmpint (icalcomponent_get_sequence (event), ==, 2);
  g_assert_true (icaltime_is_utc (icalcomponent_get_dtstart (event)));
  g_assert_cmpstr (icaltime_as_ical_string (icalcomponent_get_dtstart (event)), ==, "20261203T081500Z");
  g_assert_cmpstr (icaltime_as_ical_string (icalcomponent_get_dtend (event)), ==, "20261203T090000Z");
  g_assert_cmpstr (icaltime_as_ical_string (icalcomponent_get_dtstamp (event)), ==, "20261122T120000Z");
  icalcomponent_free (calendar);
}

static void
test_plain (void)
{
  TbCalendarVisit visit = visit_of ("Klassenbezoek", "Kijkvraag: hoe verdeel je de beurten?");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = tb_calendar_visit (&visit, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "BEGIN:VCALENDAR\r\n"));
  g_assert_true (g_str_has_suffix (text, "END:VCALENDAR\r\n"));
  g_assert_nonnull (strstr (text, "\r\nVERSION:2.0\r\n"));
  assert_reads_as (text, visit.summary, visit.description);
}

/* Text stays text: no line of it becomes a line of the file. */
static void
test_hostile (void)
{
  g_autofree char *many = g_strnfill (4000, 'x');
  const char *const texts[] = { "a;b,c\\n:d\\", "END:VEVENT\nBEGIN:VALARM\nATTENDEE:mailto:x@example.org",
                                "één ünïcøde 😀 שלום", "\\;\\,\\\\", "\"aan\":halen", many };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    TbCalendarVisit visit = visit_of ("a,b;c\\d:\"e\" 😀", texts[i]);
    g_autoptr (GError) error = NULL;
    g_autofree char *text = tb_calendar_visit (&visit, &error);

    g_assert_no_error (error);
    assert_reads_as (text, visit.summary, texts[i]);
    for (char **line = g_strsplit (text, "\r\n", -1), **l = line; l != NULL; l = NULL) {
      for (; *l != NULL; l++)
        g_assert_cmpuint (strlen (*l), <=, 75);
      g_strfreev (line);
    }
  }
}

static void
assert_refused (TbCalendarVisit visit)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_calendar_visit (&visit, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

static void
test_refused (void)
{
  g_autofree char *long_line = g_strnfill (201, 'x');
  g_autofree char *long_text = g_strnfill (4001, 'x');
  TbCalendarVisit visit;

  assert_refused (visit_of ("", NULL));
  assert_refused (visit_of (NULL, NULL));
  assert_refused (visit_of ("a\r\nb", NULL));
  assert_refused (visit_of ("a\nb", NULL));
  assert_refused (visit_of ("a", "b\x01"));
  assert_refused (visit_of ("a", "b\rc"));
  assert_refused (visit_of ("a", "\xff"));
  assert_refused (visit_of (long_line, NULL));
  assert_refused (visit_of ("a", long_text));
  visit = visit_of ("a", NULL);
  visit.end = visit.start;
  assert_refused (visit);
  visit.end = visit.start + 25 * 3600 * TB_SECOND;
  assert_refused (visit);
  visit = visit_of ("a", NULL);
  visit.uid = "a\nb";
  assert_refused (visit);
}

static void
test_local (void)
{
  struct {
    const char *local, *utc;
  } const cases[] = {
    { "2026-07-01T09:15", "2026-07-01T07:15:00.000000Z" },
    { "2026-12-03T09:15:30", "2026-12-03T08:15:30.000000Z" },
    { "2026-10-25 02:30", "2026-10-25T01:30:00.000000Z" }, /* twice: the second */
  };
  const char *const bad[]
      = { "", "2026-12-03", "2026-13-03T09:15", "2026-12-03T09:15Z", "2026-12-03T25:00", "nu", "2026-12-03T09:15:0Z" };
  gint64 wall;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = NULL;

    g_assert_true (tb_calendar_read_local (cases[i].local, &wall, NULL));
    text = tb_wall_format (wall);
    g_assert_cmpstr (text, ==, cases[i].utc);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (tb_calendar_read_local (bad[i], &wall, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calendar/plain", test_plain);
  g_test_add_func ("/calendar/hostile", test_hostile);
  g_test_add_func ("/calendar/refused", test_refused);
  g_test_add_func ("/calendar/local", test_local);
  return g_test_run ();
}
