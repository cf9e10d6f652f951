/* The inside of TbStore, for the files of this folder and its tests. */
#pragma once

#include "observe/instrument.h"
#include "store/db.h"
#include "store/store.h"
#include "store/view-log.h"

struct _TbStore {
  char *database; /* path; never changes */
  int version;    /* never changes */

  GMutex pool_lock;
  GPtrArray *idle; /* TbDb * not in use; pool_lock */

  /* Held from the beginning of a writing transaction until its news is told. */
  GMutex writer;

  GMutex instruments_lock;
  GHashTable *instruments; /* "id@version" -> TbInstrument *, only grows; instruments_lock */

  /* One connection serves the cache: it is quick, and so can be made anew at any time. */
  GMutex cache_lock;
  char *cache_path; /* never changes */
  TbDb *cache;      /* NULL when it cannot be used; cache_lock */
  gboolean cache_was_rebuilt; /* cache_lock */
  guint cache_generation;     /* grows when the cache is made anew; cache_lock */

  /* Searching has a connection of its own, so that the cache goes on beside it. */
  GMutex search_lock;
  TbDb *search;            /* NULL when it must be opened; search_lock */
  guint search_generation; /* of the cache that it was opened on; search_lock */

  gint layers_era; /* atomic; grown under the writers' lock (layers.h) */

  TbStoreListener listener; /* set before use */
  gpointer listener_data;

  TbViewLogHeadFunc log_keep; /* set before use, as its data */
  gpointer log_keep_data;
  GMutex log_lock;       /* a leaf lock */
  gint64 log_head_seq;   /* the head of the view log as kept outside; 0: none; log_lock */
  GBytes *log_head_hash; /* NULL without; log_lock */
};

/* With other migrations than the bundled ones (array of TbMigration *). */
TbStore *tb_store_open_with (const char *database, const char *cache, GPtrArray *migrations, GError **error);

/* A connection for reading, in one snapshot. For g_auto (TbRead). */
typedef struct {
  TbStore *store;
  TbDb *db;
} TbRead;
gboolean tb_read_begin (TbRead *read, TbStore *store, GError **error);
void tb_read_end (TbRead *read);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbRead, tb_read_end)

/* A writing transaction: undone unless committed. For g_auto (TbWrite). The
 * writers' lock is held until tb_write_end(). */
typedef struct {
  TbStore *store;
  TbDb *db;
} TbWrite;
gboolean tb_write_begin (TbWrite *write, TbStore *store, GError **error);
gboolean tb_write_commit (TbWrite *write, GError **error);
void tb_write_end (TbWrite *write);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbWrite, tb_write_end)

/* From the database, kept for as long as the store is open. Borrowed. */
const TbInstrument *tb_store_instrument (TbStore *store, TbDb *db, const char *id, gint64 version, GError **error);

/* cache.c */
void tb_cache_open (TbStore *store, const char *path);
void tb_cache_close (TbStore *store);
/* The cache for one thread; NULL when there is none. Always followed by tb_cache_leave(), with what went wrong meanwhile
 * (taken, told) or NULL; that gives whether all is well. */
TbDb *tb_cache_enter (TbStore *store);
gboolean tb_cache_leave (TbStore *store, GError *problem);
