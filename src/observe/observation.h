/* An observation: one mark by one observer on a visit's timeline. A value;
 * it is changed only by operations (operation.h). */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "observe/instrument.h"

typedef enum { TB_VALENCE_NEUTRAL = 1, TB_VALENCE_STRONG, TB_VALENCE_ATTENTION } TbValence;

/* "neutraal", "sterk", "aandacht": as in JSON and in the database. Borrowed, static. */
const char *tb_valence_name (TbValence valence);
gboolean tb_valence_from_name (const char *name, TbValence *valence);

#define TB_RATING_NONE G_MININT64

/* Strings are owned. Times on the visit's timeline; TB_TIME_NONE is "none". */
typedef struct {
  char *id;
  char *instrument; /* NULL for a moment without a code */
  char *code;       /* NULL for a moment without a code */
  TbKind kind;
  TbTime at;
  TbTime until; /* TB_TIME_NONE while a state is open, and for a point and a rating; the end of an interval */
  TbTime lead, lag;
  char *subject; /* NULL when not said */
  char *note;    /* never NULL */
  TbValence valence;
  char *observer;     /* never NULL */
  gint64 tapped_at;   /* wall time of the tap; 0 when it was not tapped. Never changes. */
  TbTime tapped_time; /* the tap on the timeline as it was mapped then. Never changes. */
  TbTime uncertainty; /* of that mapping */
  char *closed_by;    /* "end" when the end of the lesson closed the state, else NULL */
  char *modifiers;    /* JSON text: {"modifier": "choice" | ["choice", …] | number}; NULL without */
  gint64 rating;      /* of a rating: a step of its scale; TB_RATING_NONE is “does not apply”, and for all other kinds */
  char *evidence;     /* of a rating: JSON text, array of ids of observations and clips; NULL without */
  gboolean removed;
} TbObservation;

/* A state that nobody has ended yet. */
gboolean tb_observation_is_open (const TbObservation *observation);

/* A moment has no code to take these from. */
#define TB_MOMENT_LEAD (10 * TB_SECOND)
#define TB_MOMENT_LAG (5 * TB_SECOND)

/* The clip an observation gives: lead before, lag after, never before zero.
 * An open state runs from its start, so FROM..(at + lag). */
void tb_observation_clip (const TbObservation *observation, TbTime *from, TbTime *to);

/* With the computed "open" and "clip". New reference. */
json_object *tb_observation_to_json (const TbObservation *observation);

/* New; free with tb_observation_free(). */
TbObservation *tb_observation_new (const char *id);
TbObservation *tb_observation_copy (const TbObservation *observation);
void tb_observation_free (TbObservation *observation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbObservation, tb_observation_free)
