/* Searching in what was observed: notes, titles of codes (nl and en), subjects
 * and modifiers, of all visits of one coach.
 *
 * The index lies in cache.db. It is filled from the journal, by one keeper
 * thread, and can be thrown away at any time: losing it loses nothing, it is
 * made again. Words are compared folded: without case and accents. All words
 * must occur; of the last one the beginning is enough. Nothing that is typed
 * is an error.
 *
 * What the index says is only where to look: every hit is read from the
 * database again, so what was removed or went to another coach is never shown,
 * also when the index is behind. */
#pragma once

#include <glib.h>

#include "observe/observation.h"
#include "store/store.h"

#define TB_SEARCH_LIMIT_MAX 200

typedef struct {
  const char *coach;  /* id: only this coach's visits */
  const char *words;  /* as typed; NULL or without words: only with CODE there is anything to find */
  const char *code;   /* "INSTRUMENT/CODE"; NULL for all */
  const char *before; /* id of the last observation of the page before; NULL for the first page */
  guint limit;        /* 1 to TB_SEARCH_LIMIT_MAX */
} TbSearchQuestion;

typedef struct {
  char *visit, *visit_title;
  gint64 visit_started_at; /* wall time, 0 when not */
  TbObservation *observation;
  char *code_nl, *code_en; /* titles; NULL for a moment without a code */
} TbSearchHit;

void tb_search_hit_free (TbSearchHit *hit);

/* Whether who asks may see the layer OBSERVER of VISIT. */
typedef gboolean (*TbSearchFilter) (const char *visit, const char *observer, gpointer data);

/* Newest first. FILTER may be NULL. MORE: there are others after these. TB_ERROR_NOT_FOUND: BEFORE is not known. Array of
 * TbSearchHit *, new. */
GPtrArray *tb_search_find (TbStore *store, const TbSearchQuestion *question, TbSearchFilter filter, gpointer data,
                           gboolean *more, GError **error);

/* Brings the index up to date with all visits, or with one; returns at once when *STOP (atomic, may be NULL) is not 0. For
 * one thread at a time. FALSE: it could not be done now; the index is then as far as it came. */
gboolean tb_search_catch_up (TbStore *store, const gint *stop, GError **error);
gboolean tb_search_update (TbStore *store, const char *visit, GError **error);

/* The thread that keeps the index: catches up at the start and every so often, and at once with a visit it is told of. */
typedef struct _TbSearchKeeper TbSearchKeeper;

TbSearchKeeper *tb_search_keeper_new (TbStore *store);
/* Only posts. NULL for VISIT: something changed, look everywhere. KEEPER NULL is allowed. */
void tb_search_keeper_tell (TbSearchKeeper *keeper, const char *visit);
/* Stops it and waits for it. NULL is allowed. */
void tb_search_keeper_free (TbSearchKeeper *keeper);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbSearchHit, tb_search_hit_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbSearchKeeper, tb_search_keeper_free)
