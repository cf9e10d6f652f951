/* Between the neutral document and visits: what a file of another program
 * becomes here, and what a visit becomes there. Pure: no clock, no database.
 *
 * Codes of a file become codes of kijkwijzers that are here, where somebody
 * says so, and else those of a new kijkwijzer that is made of them. An
 * observation that its code has no room for (a rating without a score, a
 * modifier that is not in the list) is never dropped: what does not fit goes
 * into its note, and the report says so. */
#pragma once

#include <glib.h>

#include "exchange/document.h"
#include "exchange/loss.h"
#include "observe/instrument.h"
#include "observe/observation.h"

/* --- from a file ----------------------------------------------------------- */

/* A code of a kijkwijzer. */
typedef struct {
  char *instrument;
  char *code;
  gboolean tied; /* only proposed, and another kijkwijzer that has as many of the codes has it too */
} TbCodeTarget;

TbCodeTarget *tb_code_target_new (const char *instrument, const char *code);
void tb_code_target_free (gpointer target);

/* For each code of DOCUMENT that one of CATALOGUE (TbInstrument *) is called like (by its id, as "instrument/code", or by
 * its title in either language): id to TbCodeTarget *. Where several are, that of the kijkwijzer which has most of the
 * codes. New. */
GHashTable *tb_visit_map_suggest (const TbExchange *document, GPtrArray *catalogue);

/* Says in LOSS which codes of DOCUMENT are tied in SUGGESTIONS (of tb_visit_map_suggest()). */
void tb_visit_map_report_tied (const TbExchange *document, GHashTable *suggestions, TbLoss *loss);

/* Whether all that was observed in DOCUMENT has a code of CATALOGUE by the same id, fit for what it is: a file that
 * Terugblik wrote, or one made by its kijkwijzers. SUGGESTIONS: of tb_visit_map_suggest(). */
gboolean tb_visit_map_is_known (const TbExchange *document, GPtrArray *catalogue, GHashTable *suggestions);

/* What is chosen; all may be NULL. Borrowed. */
typedef struct {
  GPtrArray *catalogue;   /* TbInstrument *: what codes may be mapped to */
  GHashTable *codes;      /* id in the file -> TbCodeTarget *, or NULL: left out. What is not in it: into a new kijkwijzer */
  GPtrArray *sets;        /* char *: ids of the sets to take; NULL: all */
  const char *observer;   /* who observed, where the file does not say */
  const char *name;       /* of the file */
  const char *format;     /* its title: "ELAN" */
  gboolean into;          /* into a visit that is there: its zero stays */
} TbVisitMapChoice;

/* A visit as it will be. Texts are never NULL. */
typedef struct {
  char *title, *teacher, *group, *subject, *focus, *note;
  gint64 started_at;       /* 0 when not said */
  TbTime length;
  GPtrArray *instruments;  /* TbInstrument *: those of its observations, references */
  GPtrArray *observations; /* TbObservation *, by time; their ids are empty */
} TbMappedVisit;

typedef struct {
  GPtrArray *instruments; /* TbInstrument *: new ones; mostly one, or none */
  GPtrArray *visits;      /* TbMappedVisit * */
} TbMapped;

void tb_mapped_free (TbMapped *mapped);

/* LOSS: that of reading the document; stays balanced. TB_ERROR_INVALID when a code is mapped to what is not in the
 * catalogue, a set is named that is not there, or nothing is left to take over. New. */
TbMapped *tb_visit_map_take (const TbExchange *document, const TbVisitMapChoice *choice, TbLoss *loss, GError **error);

/* --- to a file --------------------------------------------------------------- */

/* A visit and what was observed in it. Borrowed; texts may be NULL. */
typedef struct {
  const char *id, *title, *teacher, *group, *subject, *focus, *note;
  gint64 started_at;
  guint clips, tracks;     /* how many it has, which do not go along */
  GPtrArray *instruments;  /* TbInstrument *, in the versions of the visit */
  GPtrArray *observations; /* TbObservation * */
} TbVisitSource;

/* All of SOURCES (TbVisitSource *) as one document. Codes keep their ids ("instrument/code" where two kijkwijzers have the
 * same), modifiers and choices theirs; a valence that is not neutral becomes a modifier "valence". LOSS: what no format
 * has a place for. TB_ERROR_TOO_LARGE: more than one document holds. New. */
TbExchange *tb_visit_map_give (GPtrArray *sources, TbLoss *loss, GError **error);

/* The modifier that carries a valence, and the one of a score that its code has no scale for. */
#define TB_MAP_VALENCE "valence"
#define TB_MAP_SCORE "score"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbMapped, tb_mapped_free)
