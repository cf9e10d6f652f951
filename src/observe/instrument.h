/* An instrument (kijkwijzer): the versioned list of what can be observed.
 *
 * Read from JSON (schemas/instrument.schema.json) and checked whole; after
 * that it never changes, is reference counted, and may be read by any thread. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"

typedef struct _TbInstrument TbInstrument;

/* What a code is observed as. Ratings and intervals will follow here. */
typedef enum { TB_KIND_POINT = 1, TB_KIND_STATE } TbKind;

/* "point", "state". Borrowed, static. */
const char *tb_kind_name (TbKind kind);
/* FALSE when NAME is no kind; then *KIND is not touched. */
gboolean tb_kind_from_name (const char *name, TbKind *kind);

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
} TbCode;

/* Errors are TB_ERROR_INVALID and name the JSON path of the bad field and,
 * when there is a text, its line: "codes[3].key (line 41): …". New reference. */
TbInstrument *tb_instrument_parse (const char *text, gsize length, GError **error);
/* The same from a file; also TB_ERROR_NOT_FOUND and TB_ERROR_FAILED. */
TbInstrument *tb_instrument_load (const char *path, GError **error);
TbInstrument *tb_instrument_from_json (json_object *object, GError **error);

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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbInstrument, tb_instrument_unref)
