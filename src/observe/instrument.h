/* An instrument (kijkwijzer): the versioned list of what can be observed.
 *
 * Read from JSON (schemas/instrument.schema.json) and checked whole; after
 * that it never changes, is reference counted, and may be read by any thread. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"

typedef struct _TbInstrument TbInstrument;

/* What a code is observed as. */
typedef enum {
  TB_KIND_POINT = 1,
  TB_KIND_STATE,
  TB_KIND_INTERVAL, /* time sampling: seen in (or at) one interval of its sampling */
  TB_KIND_RATING    /* a step of a scale, or “does not apply”; points at its evidence */
} TbKind;

/* "point", "state", "interval", "rating". Borrowed, static. */
const char *tb_kind_name (TbKind kind);
/* FALSE when NAME is no kind; then *KIND is not touched. */
gboolean tb_kind_from_name (const char *name, TbKind *kind);

/* All of these are borrowed from their instrument; titles are Dutch and English. */

/* One of the choices of a modifier. */
typedef struct {
  const char *id;
  const char *title_nl, *title_en;
} TbChoice;

typedef enum { TB_MODIFIER_ONE = 1, TB_MODIFIER_MANY, TB_MODIFIER_AMOUNT } TbModifierForm;

/* What can be said of an observation beside its code. */
typedef struct {
  const char *id;
  const char *title_nl, *title_en;
  TbModifierForm form; /* "one", "many", "number" */
  GArray *choices;     /* TbChoice; empty for a number */
  double min, max;     /* of a number */
} TbModifier;

typedef struct {
  gint64 value;
  const char *title_nl, *title_en;
  const char *anchor_nl, *anchor_en; /* what one sees then; NULL without */
} TbStep;

typedef struct {
  const char *id;
  const char *title_nl, *title_en;
  GArray *steps;           /* TbStep, ascending by value; at least two */
  gboolean not_applicable; /* “n.v.t.” may be chosen */
} TbScale;

typedef enum { TB_SAMPLING_PARTIAL = 1, TB_SAMPLING_WHOLE, TB_SAMPLING_MOMENTARY } TbSamplingRule;

/* Time sampling: interval number i runs from i × EVERY to (i + 1) × EVERY on the visit's timeline. Partial: seen at any
 * time in it; whole: seen all the time; momentary: seen at its end, which is the instant of the observation. An
 * interval for which nothing was answered has no observation at all; one in which nothing of the list was seen has that
 * of NONE. */
typedef struct {
  const char *id;
  const char *title_nl, *title_en;
  TbTime every;
  TbSamplingRule rule; /* "partial", "whole", "momentary" */
  gboolean many;       /* several codes may be seen in one interval */
  const char *none;    /* id of the code that says “nothing of these”; NULL without */
} TbSampling;

typedef enum { TB_SIZE_NORMAL = 1, TB_SIZE_WIDE, TB_SIZE_BIG } TbTapSize;

/* One code; everything is borrowed from its instrument. */
typedef struct {
  const char *id;
  const char *domain;
  const char *title_nl, *title_en;
  const char *short_nl, *short_en; /* for the tap button */
  const char *key;                 /* one character, NULL without */
  const char *color;               /* "#0072B2": its own, else its domain's */
  TbKind kind;
  TbTime lead, lag;
  const char *group;          /* states of one group exclude each other: starting one ends the other; NULL without */
  const TbScale *scale;       /* of a rating, else NULL */
  const TbSampling *sampling; /* of an interval, else NULL */
  const TbModifier **modifiers; /* NULL-terminated; NULL without */
  TbTapSize size;             /* of its button */
} TbCode;

/* Errors are TB_ERROR_INVALID and name the JSON path of the bad field and,
 * when there is a text, its line: "codes[3].key (line 41): …". New reference. */
TbInstrument *tb_instrument_parse (const char *text, gsize length, GError **error);
/* The same from a file; also TB_ERROR_NOT_FOUND and TB_ERROR_FAILED. */
TbInstrument *tb_instrument_load (const char *path, GError **error);
TbInstrument *tb_instrument_from_json (json_object *object, GError **error);

/* All that is wrong with TEXT, in the order in which it was found: TbDocumentProblem (document-check.h), new; empty when
 * tb_instrument_parse() takes it. */
GPtrArray *tb_instrument_problems (const char *text, gsize length);

TbInstrument *tb_instrument_ref (TbInstrument *instrument);
void tb_instrument_unref (TbInstrument *instrument);

/* Borrowed. */
const char *tb_instrument_id (const TbInstrument *instrument);
gint64 tb_instrument_version (const TbInstrument *instrument);
/* LANGUAGE "nl" or "en"; anything else is Dutch. */
const char *tb_instrument_title (const TbInstrument *instrument, const char *language);
const char *tb_instrument_description (const TbInstrument *instrument, const char *language);
gboolean tb_instrument_is_default (const TbInstrument *instrument);
/* The whole instrument as compact JSON. Borrowed. */
const char *tb_instrument_text (const TbInstrument *instrument);

guint tb_instrument_n_codes (const TbInstrument *instrument);
const TbCode *tb_instrument_code (const TbInstrument *instrument, guint index);
/* NULL when there is none. */
const TbCode *tb_instrument_find (const TbInstrument *instrument, const char *code);

/* NULL when there is none. Borrowed. */
const TbModifier *tb_instrument_find_modifier (const TbInstrument *instrument, const char *id);
const TbScale *tb_instrument_find_scale (const TbInstrument *instrument, const char *id);
guint tb_instrument_n_samplings (const TbInstrument *instrument);
const TbSampling *tb_instrument_sampling (const TbInstrument *instrument, guint index);
/* NULL when the scale has no such step. */
const TbStep *tb_scale_find (const TbScale *scale, gint64 value);
const TbChoice *tb_modifier_find (const TbModifier *modifier, const char *choice);

/* What became of CODE of the version before: its id in this one (itself when nothing is said of it and it is still
 * there), NULL when it went out. Borrowed. */
const char *tb_instrument_became (const TbInstrument *instrument, const char *code);

/* Whether the codes of BEFORE, the version before this one, are all accounted for: still there with the same kind, or
 * named in "became". TB_ERROR_INVALID names the first that is not. */
gboolean tb_instrument_check_successor (const TbInstrument *instrument, const TbInstrument *before, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbInstrument, tb_instrument_unref)
