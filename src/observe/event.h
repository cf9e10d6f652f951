/* Events: observations in the flat form that numbers are computed from.
 *
 * Every name (a code, a subject, an observer, a modifier) is a small number
 * within its set, so that computing compares integers only. 0 is "not said" in
 * each kind; real names count from 1 in the order in which they came.
 *
 * A set is filled by one owner (visits, then events, then tb_event_set_sort());
 * from then on it may be read by any thread until it is freed. It borrows
 * nothing: what it was filled from may be freed. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "observe/observation.h"

typedef struct _TbEventSet TbEventSet;

typedef enum {
  TB_NAME_CODE = 1, /* "INSTRUMENT/CODE" */
  TB_NAME_SUBJECT,
  TB_NAME_OBSERVER,
  TB_NAME_MODIFIER, /* "MODIFIER=CHOICE", "MODIFIER=NUMBER" */
  TB_NAME_GROUP,    /* "INSTRUMENT/GROUP", as the next two */
  TB_NAME_SAMPLING,
  TB_NAME_SCALE
} TbNameKind;

typedef struct {
  guint32 visit; /* of tb_event_set_add_visit() */
  guint32 code;  /* never 0 */
  guint32 subject;
  guint32 observer;
  guint32 modifiers; /* of tb_event_set_modifiers(); 0 is none */
  guint32 source;    /* the caller's; of an observation its place in the array it came in */
  TbKind kind;
  TbTime at;    /* of an interval its place: the start of a partial or whole one, the instant of a momentary one */
  TbTime until; /* of a state, not before AT; TB_TIME_NONE: nobody ended it. TB_TIME_NONE for all other kinds */
  double value; /* a rating's; NAN for “does not apply” and for all other kinds */
} TbEvent;

/* What the kijkwijzer says of a code; 0 where it says nothing. */
typedef struct {
  guint32 group;    /* of TB_NAME_GROUP: states of it exclude each other */
  guint32 sampling; /* of TB_NAME_SAMPLING */
  guint32 scale;    /* of TB_NAME_SCALE */
} TbCodeFacts;

#define TB_SCALE_STEPS_MAX 10

typedef struct {
  guint n;
  double steps[TB_SCALE_STEPS_MAX]; /* ascending */
} TbScaleFacts;

typedef struct {
  TbTime every;
  TbSamplingRule rule;
} TbSamplingFacts;

/* Which events belong together when one is held against another; 0: all of a visit. */
typedef enum { TB_SAME_SUBJECT = 1 << 0, TB_SAME_OBSERVER = 1 << 1 } TbSame;

TbEventSet *tb_event_set_new (void);
void tb_event_set_free (TbEventSet *set);

/* LENGTH (not below 0) is how long the visit lasted: it runs from 0 to LENGTH. ID may be NULL. Its number, from 0. */
guint tb_event_set_add_visit (TbEventSet *set, const char *id, TbTime length);
guint tb_event_set_n_visits (const TbEventSet *set);
TbTime tb_event_set_visit_length (const TbEventSet *set, guint visit);
const char *tb_event_set_visit_id (const TbEventSet *set, guint visit); /* borrowed */

/* The number of NAME, which is added when it is new; 0 for NULL. */
guint tb_event_set_intern (TbEventSet *set, TbNameKind kind, const char *name);
/* A code's name is "INSTRUMENT/CODE". */
guint tb_event_set_intern_code (TbEventSet *set, const char *instrument, const char *code);
/* 0 when there is none. */
guint tb_event_set_find (const TbEventSet *set, TbNameKind kind, const char *name);
/* NULL for 0. Borrowed. */
const char *tb_event_set_name (const TbEventSet *set, TbNameKind kind, guint number);
/* How many numbers there are, 0 counted: all are below this. */
guint tb_event_set_n_names (const TbEventSet *set, TbNameKind kind);

/* The number of a combination of modifiers, for TbEvent.modifiers. NAMES is NULL-terminated, may be NULL; their order
 * and repetition make no difference. */
guint tb_event_set_modifiers (TbEventSet *set, const char *const *names);
guint tb_event_set_n_modifiers (const TbEventSet *set);
/* The modifiers (numbers of TB_NAME_MODIFIER, ascending) in a combination. Borrowed, until another is added. */
const guint32 *tb_event_set_modifier_list (const TbEventSet *set, guint combination, guint *n);

/* In VISIT the code FROM counts under the name TO (both "INSTRUMENT/CODE"); before its observations are added. What
 * was so is told by tb_event_set_renamed_to_json(). */
void tb_event_set_rename (TbEventSet *set, guint visit, const char *from, const char *to);
/* The name under which CODE ("INSTRUMENT/CODE") counts in VISIT: itself, or what it was renamed to. Borrowed, from CODE
 * or the set. */
const char *tb_event_set_counts_as (const TbEventSet *set, guint visit, const char *code);
/* [{"visit","code","counts_as","count"}]: of what occurs, all that counts under another name. New reference. */
json_object *tb_event_set_renamed_to_json (const TbEventSet *set);

/* What the kijkwijzer says of its codes, for the numbers that need it. INSTRUMENT may be freed after it. */
void tb_event_set_add_instrument (TbEventSet *set, const TbInstrument *instrument);
/* The same for CODE of it, which counts as NAME; the names of its scale and of its sampling get these endings. */
void tb_event_set_add_code (TbEventSet *set, const char *name, const TbInstrument *instrument, const TbCode *code,
                            const char *scale_ending, const char *sampling_ending);
/* The same for one code by hand: NULL and 0 where there is none. STEPS of the scale, N_STEPS of them, ascending. */
void tb_event_set_describe (TbEventSet *set, const char *code, const char *group, const char *scale,
                            const double *steps, guint n_steps, const char *sampling, const TbSamplingFacts *facts);
/* All 0 of a code that nothing is known of, and of 0. */
TbCodeFacts tb_event_set_code_facts (const TbEventSet *set, guint32 code);
/* Of a number above 0. Borrowed, until another is added. */
const TbScaleFacts *tb_event_set_scale (const TbEventSet *set, guint32 scale);
const TbSamplingFacts *tb_event_set_sampling (const TbEventSet *set, guint32 sampling);

/* The code that WORD means: "INSTRUMENT/CODE", or a CODE that only one instrument has. 0 when there is none; *SEVERAL
 * when there are more. */
guint32 tb_event_set_find_code (const TbEventSet *set, const char *word, gboolean *several);

/* One by hand; copied. */
void tb_event_set_add (TbEventSet *set, const TbEvent *event);
/* OBSERVATIONS (TbObservation) of a visit. Removed ones are left out; those without a code too, and counted: they are
 * moments to look at, not something observed. A state that ends before it starts ends where it starts; one that only
 * the end of the lesson closed was ended by nobody. */
void tb_event_set_add_observations (TbEventSet *set, guint visit, const GPtrArray *observations);
/* Of all that were given, how many had no code. */
guint tb_event_set_n_uncoded (const TbEventSet *set);

/* By visit, start, end (an unfinished state after all others), code, subject, observer, modifiers, kind, value, source:
 * the same events give the same order whatever order they came in. */
void tb_event_set_sort (TbEventSet *set);

/* In the order they were added in until they are sorted. Borrowed, until another is added. */
const TbEvent *tb_event_set_events (const TbEventSet *set, guint *n);
/* Those of one visit; only after tb_event_set_sort(). */
const TbEvent *tb_event_set_visit_events (const TbEventSet *set, guint visit, guint *n);

/* Where EVENT ends. What is no state ends where it is; an unfinished state at the end of its visit, or at its own start when
 * that is later. */
TbTime tb_event_set_end (const TbEventSet *set, const TbEvent *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbEventSet, tb_event_set_free)
