/* Time on a visit's timeline and time of day.
 *
 * One unit everywhere: signed 64-bit nanoseconds. TbTime counts from the
 * visit's zero; a "wall" time counts from the Unix epoch, in UTC.
 *
 * The wall clock of this module is steady: it is the system's clock as read
 * once at the first call, carried on by CLOCK_MONOTONIC. A correction of the
 * system's clock in the middle of a lesson therefore moves no observation. */
#pragma once

#include <glib.h>

typedef gint64 TbTime;

#define TB_TIME_NONE G_MININT64
#define TB_SECOND G_GINT64_CONSTANT (1000000000)
#define TB_MILLISECOND G_GINT64_CONSTANT (1000000)

/* A time further from zero than this is refused as nonsense: 30 days. */
#define TB_TIME_LIMIT (G_GINT64_CONSTANT (30) * 24 * 3600 * TB_SECOND)

/* Nanoseconds to seconds, for JSON and people. */
double tb_time_to_seconds (TbTime time);

/* Seconds to nanoseconds, rounded to the nearest. FALSE when SECONDS is not
 * finite or is beyond TB_TIME_LIMIT; then *TIME is not touched. */
gboolean tb_time_from_seconds (double seconds, TbTime *time);

/* Seconds as decimal text, microseconds kept: "12.345678". New string. */
char *tb_time_format (TbTime time);

/* Reads what tb_time_format writes, and any plain decimal number of seconds.
 * Error: TB_ERROR_INVALID. */
gboolean tb_time_parse (const char *text, TbTime *time, GError **error);

/* H:MM:SS or M:SS for people. New string. */
char *tb_time_format_clock (TbTime time);

/* CLOCK_MONOTONIC, the clock of GStreamer's system clock. */
gint64 tb_clock_monotonic (void);

/* The steady wall clock, nanoseconds since the Unix epoch. */
gint64 tb_clock_wall (void);

/* Between the two; exact inverses of each other within one process. */
gint64 tb_clock_wall_to_monotonic (gint64 wall);
gint64 tb_clock_monotonic_to_wall (gint64 monotonic);

/* RFC 3339 in UTC with microseconds: "2026-11-22T09:15:00.250000Z". New. */
char *tb_wall_format (gint64 wall);

/* Reads RFC 3339 with any offset and up to nine decimals.
 * Error: TB_ERROR_INVALID. */
gboolean tb_wall_parse (const char *text, gint64 *wall, GError **error);
