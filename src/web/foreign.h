/* Other programs' files, for the page and the command line alike: read, mapped
 * and taken over, and the other way round. */
#pragma once

#include <json-c/json.h>

#include "exchange/csv.h"
#include "exchange/formats.h"
#include "exchange/visit-map.h"
#include "store/catalogue.h"
#include "store/store.h"

/* A file as it was read. Owned by who read it; used by one thread at a time. */
typedef struct {
  char *name;
  GBytes *bytes;
  const TbFormat *format;
  TbExchange *document;  /* NULL while it must be said what the columns are */
  TbLoss *loss;          /* of reading it */
  TbCsvMapping *mapping; /* of a table that is not of our own layout, else NULL */
} TbForeignFile;

void tb_foreign_file_free (TbForeignFile *file);

/* Whether a file of this NAME and SIZE (bytes) is worth reading at all; the errors are those of tb_foreign_read(). */
gboolean tb_foreign_may_be (const char *name, guint64 size, GError **error);
/* NAME is the file's, with or without a folder. TB_ERROR_UNSUPPORTED also says of films and of kijkwijzers where they go;
 * else those of tb_exchange_read(). A table whose columns cannot be guessed is no error. New. */
TbForeignFile *tb_foreign_read (const char *name, GBytes *bytes, GError **error);

/* COLUMNS: {"title of a column": "what it is"}; reads the file anew. TB_ERROR_INVALID; the file is then as it was. */
gboolean tb_foreign_set_columns (TbForeignFile *file, json_object *columns, GError **error);

/* A kijkwijzer: JSON with "domains" and "codes". */
gboolean tb_foreign_is_instrument (GBytes *bytes);

/* Kijkwijzers whose codes can be mapped to: those of VISIT (id, may be NULL) in its versions, then the others. New array
 * of references. */
GPtrArray *tb_foreign_catalogue (TbStore *store, TbCatalogue *catalogue, const char *visit, GError **error);

/* What a person chose: the body of a request, or a file of --map. */
typedef struct {
  char *visit;         /* id; NULL: new visits */
  GPtrArray *sets;     /* char *; NULL: all */
  GHashTable *codes;   /* as TbVisitMapChoice; NULL: nothing said */
  json_object *columns; /* NULL: nothing said */
} TbForeignChoice;
void tb_foreign_choice_clear (TbForeignChoice *choice);
/* {"visit","sets","codes","columns"}, all optional; nothing else but ALSO (may be NULL). TB_ERROR_INVALID. */
gboolean tb_foreign_choice_read (TbForeignChoice *choice, json_object *object, const char *also, GError **error);

/* Who takes over. */
typedef struct {
  const char *coach;    /* id: whose new visits are; NULL: nobody's */
  const char *person;   /* id; NULL: at the command line */
  const char *observer; /* name, where the file says none; also in the journal */
  gboolean known;       /* without a choice of codes: those of kijkwijzers that are here when all are */
  gboolean dry;         /* change nothing */
} TbForeignTaker;

/* What came of it: {"visits":[{"id","title","observations"}],"instrument":{"id","title"}|null,"loss"}; with DRY the ids of
 * new visits are null. *LOSS (may be NULL): new. New reference. TB_ERROR_CONFLICT when more than one set would go into one
 * visit; else those of tb_visit_map_take() and tb_take_over(). */
json_object *tb_foreign_take (TbForeignFile *file, TbStore *store, TbCatalogue *catalogue, const TbForeignChoice *choice,
                              const TbForeignTaker *taker, TbLoss **loss, GError **error);

/* The visits VISITS (char *: ids) with what PERSON (id; NULL: everything) is shown of them. New. */
TbExchange *tb_foreign_give (TbStore *store, GPtrArray *visits, const char *person, TbLoss *loss, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbForeignFile, tb_foreign_file_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbForeignChoice, tb_foreign_choice_clear)
