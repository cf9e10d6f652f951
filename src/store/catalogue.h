/* The catalogue: which instruments (kijkwijzers) there are to choose from.
 *
 * Those that come with the program and those of the school. Once the school has published a version of its own under an
 * id, its newest one stands for that id, also when a later program brings a higher version along: the numbers of one id
 * are one line, and never mean two things. What is retired is not offered, and stays readable.
 *
 * The list is made once and kept until something is published or retired (own-instrument.h), also by another process.
 * Any thread. */
#pragma once

#include <glib.h>

#include "observe/instrument.h"
#include "store/store.h"

typedef struct _TbCatalogue TbCatalogue;

/* BUNDLED: those of the program (TbInstrument *), each id once, borrowed (a reference is kept). STORE must outlive the
 * catalogue; NULL: there are none of the school. New. */
TbCatalogue *tb_catalogue_new (TbStore *store, GPtrArray *bundled);
/* NULL is allowed. */
void tb_catalogue_free (TbCatalogue *catalogue);

/* What can be chosen for a visit now: of each id one version, the default ones first. It never changes. New reference
 * to an array of TbInstrument *. */
GPtrArray *tb_catalogue_list (TbCatalogue *catalogue, GError **error);

/* VERSION of ID, 0: the newest; retired or not, and also one that is only known from visits. A draft is none.
 * TB_ERROR_NOT_FOUND. New reference. */
TbInstrument *tb_catalogue_find (TbCatalogue *catalogue, const char *id, gint64 version, GError **error);

/* All that is known of one id. */
typedef struct {
  char *id;
  TbInstrument *newest; /* NULL: there is only a draft */
  gboolean own;         /* the newest one is the school's */
  gboolean retired;
  gint64 draft;     /* its version; 0 without */
  char *draft_text; /* as it was left; NULL without */
  guint used;       /* visits that use it, in any version */
} TbCatalogueEntry;
void tb_catalogue_entry_free (TbCatalogueEntry *entry);

/* Everything that can be chosen, was retired or is being made, in the order of the list; those of which there is only a
 * draft stand last. Array of TbCatalogueEntry *, new. */
GPtrArray *tb_catalogue_overview (TbCatalogue *catalogue, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbCatalogue, tb_catalogue_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbCatalogueEntry, tb_catalogue_entry_free)
