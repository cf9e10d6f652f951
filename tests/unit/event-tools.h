/* Events by hand, for the tests of numbers. */
#pragma once

#include "observe/event.h"

/* Whole seconds; NEVER: nobody ended it, or it is a point. */
#define NEVER G_MININT64

/* CODE is "p/CODE" in the set; SUBJECT and OBSERVER may be NULL. */
void add_point (TbEventSet *set, guint visit, const char *code, gint64 at, const char *subject, const char *observer);
void add_state (TbEventSet *set, guint visit, const char *code, gint64 at, gint64 until, const char *subject,
                const char *observer);

/* One to three visits (lengths from 0) with up to N events of few codes, subjects, observers and modifiers, at whole
 * nanoseconds of which there are so few that all coincidences happen. Sorted. */
TbEventSet *random_events (guint n);

guint code_number (const TbEventSet *set, const char *code);
