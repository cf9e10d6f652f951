/* How an instrument is held, and what the files that read its parts share. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/json.h"
#include "observe/document-check.h"
#include "observe/instrument.h"

#define TB_CHECK_LINE_MAX 80
#define TB_CHECK_TEXT_MAX 1000

struct _TbInstrument {
  gatomicrefcount refs;
  json_object *json; /* owns every string below; only read while parsing */
  char *text;
  gint64 format;
  const char *id;
  gint64 version;
  const char *title_nl, *title_en;
  const char *description_nl, *description_en;
  gboolean is_default;
  GArray *modifiers; /* TbModifier */
  GArray *scales;    /* TbScale */
  GArray *samplings; /* TbSampling */
  GArray *codes;     /* TbCode; point into the three above */
  json_object *became; /* old id -> id or null; NULL without. Only read. */
};

typedef struct {
  TbDocument document;
  TbInstrument *instrument;
  GHashTable *domains; /* id -> color */
  GHashTable *groups;  /* ids */
  GHashTable *codes;   /* ids */
  GHashTable *keys;    /* key -> id of the code that has it */
} TbInstrumentCheck;

/* instrument-check.c. All errors are placed (tb_document_place). */

/* Whether OBJECT, what is at PATH, has no field but those of KNOWN and, from format 2 on, of LATER (may be NULL). */
gboolean tb_check_fields (const TbInstrumentCheck *check, const char *path, json_object *object,
                          const char *const *known, const char *const *later, GError **error);
/* One line, or a text, in both languages. NL and EN may be NULL. */
gboolean tb_check_line (const TbInstrumentCheck *check, const char *path, const char *field, json_object *object,
                        gsize max_length, const char **nl, const char **en, GError **error);
gboolean tb_check_words (const TbInstrumentCheck *check, const char *path, const char *field, json_object *object,
                         gsize max_length, const char **nl, const char **en, GError **error);
/* One of the eight of Okabe and Ito; *COLOR is not touched without one. */
gboolean tb_check_color (const TbInstrumentCheck *check, const char *path, json_object *object, TbJsonFlags flags,
                         const char **color, GError **error);
/* One of NAMES (ended by NULL): its place from 1. Absent is allowed unless it is REQUIRED; then *NUMBER is not
 * touched. */
gboolean tb_check_choice (const TbInstrumentCheck *check, const char *path, const char *field, json_object *object,
                          TbJsonFlags flags, const char *const *names, guint *number, GError **error);
/* The id in OBJECT, which IDS must not have yet; it gets VALUE. */
gboolean tb_check_new_id (const TbInstrumentCheck *check, const char *path, json_object *object, GHashTable *ids,
                          gpointer value, const char **id, GError **error);

/* ITEM at PATH ("codes[3]"); INTO is what the caller of tb_check_each() gave. */
typedef gboolean (*TbCheckItem) (TbInstrumentCheck *check, const char *path, json_object *item, gpointer into,
                                 GError **error);
/* Reads each item of the list FIELD at PATH. */
gboolean tb_check_each (TbInstrumentCheck *check, const char *path, const char *field, json_object *object,
                        TbJsonFlags flags, gsize min, gsize max, TbCheckItem read, gpointer into, GError **error);

/* GOOD, or to be gone on from (tb_document_go_on). */
gboolean tb_check_keep (const TbInstrumentCheck *check, gboolean good, GError **error);

/* instrument-parts.c: groups, modifiers, scales and samplings; before the codes. */
gboolean tb_instrument_read_parts (TbInstrumentCheck *check, GError **error);
/* After the codes: the samplings' codes for “nothing”. */
gboolean tb_instrument_check_none (const TbInstrumentCheck *check, GError **error);
void tb_modifier_clear (TbModifier *modifier);
void tb_scale_clear (TbScale *scale);

/* instrument-code.c: domains, codes and subjects. */
gboolean tb_instrument_read_codes (TbInstrumentCheck *check, GError **error);
void tb_code_clear (TbCode *code);

/* instrument-layout.c: the tabs of the tap board, and what became of the codes before. */
gboolean tb_instrument_read_layout (TbInstrumentCheck *check, GError **error);
gboolean tb_instrument_read_became (TbInstrumentCheck *check, GError **error);
