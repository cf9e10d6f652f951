#include "web/calendar.h"

#include <libical/ical.h>
#include <string.h>

#include "base/error.h"
#include "base/time.h"

#define UID_MAX 200
#define SUMMARY_MAX 200
#define DESCRIPTION_MAX 4000

static gboolean
text_is_good (const char *text, glong max, gboolean lines)
{
  if (!g_utf8_validate (text, -1, NULL) || g_utf8_strlen (text, -1) > max)
    return FALSE;
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)) && !(lines && (*c == '\n' || *c == '\t')))
      return FALSE;
  return TRUE;
}

static gboolean
refuse (const char *what, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "The calendar file was not made: %s", what);
  return FALSE;
}

static gboolean
check (const TbCalendarVisit *visit, GError **error)
{
  if (visit->uid == NULL || *visit->uid == '\0' || !text_is_good (visit->uid, UID_MAX, FALSE))
    return refuse ("its id is no line of text", error);
  if (visit->summary == NULL || *visit->summary == '\0' || !text_is_good (visit->summary, SUMMARY_MAX, FALSE))
    return refuse ("its summary is no line of 1 to 200 characters", error);
  if (visit->description != NULL && !text_is_good (visit->description, DESCRIPTION_MAX, TRUE))
    return refuse ("its description is no text of at most 4000 characters", error);
  if (visit->stamp <= 0 || visit->start <= 0 || visit->end <= visit->start
      || visit->end - visit->start > 24 * 3600 * TB_SECOND)
    return refuse ("its end is not within a day after its start", error);
  if (visit->sequence < 0 || visit->sequence > G_MAXINT32)
    return refuse ("its sequence number is out of range", error);
  return TRUE;
}

static struct icaltimetype
instant (gint64 wall)
{
  return icaltime_from_timet_with_zone ((time_t) (wall / TB_SECOND), 0, icaltimezone_get_utc_timezone ());
}

char *
tb_calendar_visit (const TbCalendarVisit *visit, GError **error)
{
  icalcomponent *calendar, *event;
  g_autofree char *raw = NULL;
  char *text;

  if (!check (visit, error))
    return NULL;
  event = icalcomponent_vanew (
      ICAL_VEVENT_COMPONENT, icalproperty_new_uid (visit->uid), icalproperty_new_dtstamp (instant (visit->stamp)),
      icalproperty_new_dtstart (instant (visit->start)), icalproperty_new_dtend (instant (visit->end)),
      icalproperty_new_sequence ((int) visit->sequence), icalproperty_new_summary (visit->summary),
      /* Others see only that the time is taken. */
      icalproperty_new_class (ICAL_CLASS_PRIVATE), (void *) 0);
  if (visit->description != NULL && *visit->description != '\0')
    icalcomponent_add_property (event, icalproperty_new_description (visit->description));
  calendar = icalcomponent_vanew (ICAL_VCALENDAR_COMPONENT, icalproperty_new_prodid ("-//Terugblik//Terugblik//NL"),
                                  icalproperty_new_version ("2.0"), icalproperty_new_method (ICAL_METHOD_PUBLISH),
                                  event, (void *) 0);
  text = icalcomponent_as_ical_string_r (calendar);
  raw = g_strdup (text);
  icalmemory_free_buffer (text);
  icalcomponent_free (calendar);
  return g_steal_pointer (&raw);
}

gboolean
tb_calendar_read_local (const char *local, gint64 *wall, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Amsterdam");
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *text = g_strdup (local);
  gsize length = strlen (text);

  if (zone == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_UNSUPPORTED,
                         "This machine does not know the time zone Europe/Amsterdam (install tzdata)");
    return FALSE;
  }
  if (length >= 16 && text[10] == ' ')
    text[10] = 'T';
  if (length == 16) {
    g_autofree char *shorter = g_steal_pointer (&text);

    text = g_strconcat (shorter, ":00", NULL);
  }
  /* A zone in the text would be believed instead of ours. */
  if (strlen (text) == 19 && text[10] == 'T' && text[13] == ':' && text[16] == ':')
    time = g_date_time_new_from_iso8601 (text, zone);
  if (time == NULL || g_date_time_to_unix (time) <= 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is not a date and time as 2026-12-03T09:15");
    return FALSE;
  }
  *wall = g_date_time_to_unix (time) * TB_SECOND;
  return TRUE;
}
