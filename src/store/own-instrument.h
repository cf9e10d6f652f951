/* Instruments (kijkwijzers) of the school's own: made as a draft, published as a version that is never changed again.
 *
 * Of one id at most one draft is there, its version one higher than the newest of its line (catalogue.h), 1 for a new
 * id. Every coach may go on with it; who saves says on which revision it is based, so that nobody's work is lost.
 * A draft need not be right yet: what is wrong with it is told, and only publishing demands that nothing is.
 *
 * "id" and "version" in a draft's document are put right here. PERSON is the id of who does it; NOW_WALL is wall
 * nanoseconds. Without a draft of ID, or anything at all of that id: TB_ERROR_NOT_FOUND. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/catalogue.h"

#define TB_OWN_INSTRUMENTS_MAX 500           /* ids */
#define TB_INSTRUMENT_TEXT_MAX (1024 * 1024) /* bytes of a document */

typedef struct {
  char *id;
  gint64 version;
  gint64 revision; /* goes up with each saving, over all drafts of this id; milliseconds of the time of day at first */
  char *text;      /* the document: a JSON object */
  gint64 saved_at;
} TbOwnDraft;
void tb_own_draft_free (TbOwnDraft *draft);
/* {"document","revision","saved_at"}. New. */
json_object *tb_own_draft_to_json (const TbOwnDraft *draft, GError **error);

/* New. */
TbOwnDraft *tb_own_instrument_draft (TbCatalogue *catalogue, const char *id, GError **error);

/* DOCUMENT (borrowed) has the "id"; with a "version" higher than the newest one, or for an id that is free, it begins
 * the next one. An own "became" goes out of a first version. TB_ERROR_INVALID: no id; TB_ERROR_CONFLICT: there is
 * something of this id and the version does not come after it, there is a draft already, or there are too many;
 * TB_ERROR_TOO_LARGE. New. */
TbOwnDraft *tb_own_instrument_add (TbCatalogue *catalogue, json_object *document, const char *person, gint64 now_wall,
                                   GError **error);

/* SEEN: the revision DOCUMENT is based on. TB_ERROR_CONFLICT: somebody saved in between. TB_ERROR_INVALID: DOCUMENT has
 * another id. New. */
TbOwnDraft *tb_own_instrument_save (TbCatalogue *catalogue, const char *id, json_object *document, gint64 seen,
                                    const char *person, gint64 now_wall, GError **error);

gboolean tb_own_instrument_drop (TbCatalogue *catalogue, const char *id, GError **error);

/* What keeps DRAFT from being published: TbDocumentProblem * (observe/document-check.h) without
 * lines, none when nothing does. New. */
GPtrArray *tb_own_instrument_problems (TbCatalogue *catalogue, const TbOwnDraft *draft, GError **error);

/* Makes the draft the newest version, whose number is given in *VERSION (may be NULL). SEEN as above.
 * TB_ERROR_INVALID: it is not right yet, or does not say what became of a code of the version before; names it. */
gboolean tb_own_instrument_publish (TbCatalogue *catalogue, const char *id, gint64 seen, const char *person,
                                    gint64 now_wall, gint64 *version, GError **error);

/* A draft of DOCUMENT, published at once: both or neither. DRY: only whether it could be. Errors of both. New reference. */
TbInstrument *tb_own_instrument_import (TbCatalogue *catalogue, json_object *document, gboolean dry, gint64 now_wall,
                                        GError **error);

/* Takes ID out of what can be chosen, or puts it back; also one of the program. Twice is as good as once. */
gboolean tb_own_instrument_retire (TbCatalogue *catalogue, const char *id, gboolean retired, gint64 now_wall,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbOwnDraft, tb_own_draft_free)
