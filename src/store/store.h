/* The store: terugblik.db (what people made) and cache.db (what can be
 * computed again). The only folder with SQL.
 *
 * Every function that takes a TbStore may be called from any thread. Reading
 * goes on beside writing; writers take turns. What a writing function has
 * returned TRUE for survives a loss of power.
 *
 * Errors any call can give besides its own: TB_ERROR_FULL (disk),
 * TB_ERROR_CORRUPT (a damaged page was met), TB_ERROR_BUSY (another process
 * held the database for more than ten seconds), TB_ERROR_FAILED. */
#pragma once

#include <glib.h>

#include "base/paths.h"

typedef struct _TbStore TbStore;

/* Opens the databases of FOLDER, makes them where missing, and brings an older
 * one up to date (keeping a copy, "terugblik.db.before-N").
 * Errors: TB_ERROR_TOO_NEW, TB_ERROR_CORRUPT, TB_ERROR_INVALID (another
 * program's database); the files are then left as they were. New. */
TbStore *tb_store_open (const TbFolder *folder, GError **error);

/* The same by file names. */
TbStore *tb_store_open_files (const char *database, const char *cache, GError **error);

/* Nobody may be in a call any more. NULL is allowed. */
void tb_store_close (TbStore *store);

/* cache.db was damaged or of another version, and was made anew on opening. */
gboolean tb_store_cache_was_rebuilt (const TbStore *store);

/* Reads the whole of terugblik.db; takes seconds when it is large. TRUE when
 * sound; TB_ERROR_CORRUPT naming the first damage. Changes nothing. */
gboolean tb_store_check (TbStore *store, GError **error);

/* The number of the newest migration in this database. */
int tb_store_version (const TbStore *store);

/* Called for every operation that has become durable, in the order of the
 * journal, under the writers' lock: it may only post. OPERATION is JSON text
 * (operation as clients get it), borrowed. Set before the first use of STORE. */
typedef void (*TbStoreListener) (const char *visit, gint64 seq, const char *operation, gpointer data);
void tb_store_set_listener (TbStore *store, TbStoreListener listener, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbStore, tb_store_close)
