/* A calendar file (.ics, RFC 5545) for one next visit, by libical, which does
 * the escaping and folding. It holds what the caller gives and nothing else:
 * no names, no school, no attendees, no place of its own. Times are instants
 * in UTC; every calendar shows them on its own clock. Pure, any thread. */
#pragma once

#include <glib.h>

typedef struct {
  const char *uid;         /* stays the same when the visit moves: the visit's id and a name behind "@" */
  gint64 stamp;            /* wall: now */
  gint64 start, end;       /* wall; end after start, at most 24 hours */
  gint64 sequence;         /* 0 the first time, higher each time it is sent anew */
  const char *summary;     /* 1 to 200 characters, one line */
  const char *description; /* up to 4,000 characters, "\n" between lines; NULL for none */
} TbCalendarVisit;

/* The file as text, with CR LF line ends. New; NULL with TB_ERROR_INVALID for
 * controls, text that is no UTF-8, or times out of order. */
char *tb_calendar_visit (const TbCalendarVisit *visit, GError **error);

/* Reads "2026-12-03T09:15" (or with a space, or seconds) as the clock shows it in
 * Europe/Amsterdam. An hour that is skipped in spring moves on by an hour, of
 * one that comes twice in autumn it is the second (winter time).
 * Errors: TB_ERROR_INVALID; TB_ERROR_UNSUPPORTED on a machine without time
 * zones (package tzdata). */
gboolean tb_calendar_read_local (const char *local, gint64 *wall, GError **error);
