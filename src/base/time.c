#include "base/time.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/error.h"

double
tb_time_to_seconds (TbTime time)
{
  return (double) time / (double) TB_SECOND;
}

gboolean
tb_time_from_seconds (double seconds, TbTime *time)
{
  if (!isfinite (seconds) || fabs (seconds) > (double) (TB_TIME_LIMIT / TB_SECOND))
    return FALSE;
  *time = (TbTime) llround (seconds * (double) TB_SECOND);
  return TRUE;
}

char *
tb_time_format (TbTime time)
{
  const char *sign = time < 0 ? "-" : "";
  guint64 us = ((guint64) (time < 0 ? -time : time) + 500) / 1000;

  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%06u", sign, us / 1000000, (guint) (us % 1000000));
}

gboolean
tb_time_parse (const char *text, TbTime *time, GError **error)
{
  char *end = NULL;
  double seconds;

  g_return_val_if_fail (text != NULL, FALSE);

  /* strtod knows words and hexadecimal, which no person means by a time. */
  if (*text == '\0' || strspn (text, "0123456789.-+") != strlen (text)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” is not a number of seconds, such as 12.5", text);
    return FALSE;
  }
  errno = 0;
  seconds = g_ascii_strtod (text, &end);
  if (errno != 0 || *end != '\0' || !tb_time_from_seconds (seconds, time)) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” is not a number of seconds, such as 12.5", text);
    return FALSE;
  }
  return TRUE;
}

char *
tb_time_format_clock (TbTime time)
{
  const char *sign = time < 0 ? "-" : "";
  guint64 s = (guint64) (time < 0 ? -time : time) / (guint64) TB_SECOND;

  if (s >= 3600)
    return g_strdup_printf ("%s%u:%02u:%02u", sign, (guint) (s / 3600), (guint) (s / 60 % 60), (guint) (s % 60));
  return g_strdup_printf ("%s%u:%02u", sign, (guint) (s / 60), (guint) (s % 60));
}

static gint64
read_clock (clockid_t id)
{
  struct timespec now;

  clock_gettime (id, &now);
  return (gint64) now.tv_sec * TB_SECOND + now.tv_nsec;
}

gint64
tb_clock_monotonic (void)
{
  return read_clock (CLOCK_MONOTONIC);
}

/* Wall minus monotonic, read once. */
static gint64
wall_base (void)
{
  static gsize once;
  static gint64 base;

  if (g_once_init_enter (&once)) {
    /* The reading between two monotonic ones that are closest together has the smallest error. */
    gint64 best = G_MAXINT64;

    for (int i = 0; i < 5; i++) {
      gint64 before = read_clock (CLOCK_MONOTONIC);
      gint64 wall = read_clock (CLOCK_REALTIME);
      gint64 after = read_clock (CLOCK_MONOTONIC);

      if (after - before < best) {
        best = after - before;
        base = wall - (before + (after - before) / 2);
      }
    }
    g_once_init_leave (&once, 1);
  }
  return base;
}

gint64
tb_clock_wall (void)
{
  return tb_clock_monotonic_to_wall (tb_clock_monotonic ());
}

gint64
tb_clock_wall_to_monotonic (gint64 wall)
{
  return wall - wall_base ();
}

gint64
tb_clock_monotonic_to_wall (gint64 monotonic)
{
  return monotonic + wall_base ();
}

char *
tb_wall_format (gint64 wall)
{
  gint64 seconds = wall / TB_SECOND;
  gint64 rest = wall % TB_SECOND;
  time_t t;
  struct tm tm;
  char day[32];

  if (rest < 0) {
    rest += TB_SECOND;
    seconds--;
  }
  t = (time_t) seconds;
  gmtime_r (&t, &tm);
  strftime (day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
  return g_strdup_printf ("%s.%06uZ", day, (guint) (rest / 1000));
}

static gboolean
digits (const char *text, int count, int *value)
{
  int result = 0;

  for (int i = 0; i < count; i++) {
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
    result = result * 10 + (text[i] - '0');
  }
  *value = result;
  return TRUE;
}

static gboolean
parse_offset (const char *text, int *seconds)
{
  int hours, minutes;

  if (g_ascii_toupper (text[0]) == 'Z' && text[1] == '\0') {
    *seconds = 0;
    return TRUE;
  }
  if ((text[0] != '+' && text[0] != '-') || strlen (text) != 6 || text[3] != ':'
      || !digits (text + 1, 2, &hours) || !digits (text + 4, 2, &minutes) || hours > 23 || minutes > 59)
    return FALSE;
  *seconds = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
  return TRUE;
}

static gboolean
parse_rfc3339 (const char *text, gint64 *wall)
{
  int year, month, day, hour, minute, second, offset;
  gint64 fraction = 0;
  const char *rest;
  g_autoptr (GDateTime) date = NULL;
  gsize length = strlen (text);

  if (length < 20 || length > 40)
    return FALSE;
  if (!digits (text, 4, &year) || text[4] != '-' || !digits (text + 5, 2, &month) || text[7] != '-'
      || !digits (text + 8, 2, &day) || g_ascii_toupper (text[10]) != 'T' || !digits (text + 11, 2, &hour)
      || text[13] != ':' || !digits (text + 14, 2, &minute) || text[16] != ':' || !digits (text + 17, 2, &second))
    return FALSE;
  rest = text + 19;
  if (*rest == '.') {
    gint64 unit = TB_SECOND;
    int count = 0;

    for (rest++; g_ascii_isdigit (*rest); rest++, count++) {
      unit /= 10;
      fraction += unit * (*rest - '0');
    }
    if (count == 0 || count > 9)
      return FALSE;
  }
  if (!parse_offset (rest, &offset) || year < 1970 || year > 2200)
    return FALSE;
  if (second == 60) /* a leap second, as the systems we know count it */
    second = 59;
  date = g_date_time_new_utc (year, month, day, hour, minute, second);
  if (date == NULL)
    return FALSE;
  *wall = (g_date_time_to_unix (date) - offset) * TB_SECOND + fraction;
  return TRUE;
}

gboolean
tb_wall_parse (const char *text, gint64 *wall, GError **error)
{
  g_return_val_if_fail (text != NULL, FALSE);

  if (parse_rfc3339 (text, wall))
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID,
               "“%.40s” is not a time of day, such as 2026-11-22T09:15:00Z", text);
  return FALSE;
}
