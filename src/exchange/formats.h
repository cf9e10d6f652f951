/* The table of other programs' formats: the one place that knows them all. */
#pragma once

#include "exchange/document.h"
#include "exchange/loss.h"

typedef struct {
  const char *id;              /* "boris": as on the command line */
  const char *title;           /* "BORIS project" */
  const char *media_type;      /* of what is written */
  const char *const *suffixes; /* NULL-terminated, with the point; the first is what is written */
  gboolean one_timeline;       /* has room for one set; the others are dropped, and said */
  /* How sure it is, from the first bytes: 0 no, 1 could be, 2 surely. NULL when only written. */
  int (*sniff) (const guint8 *data, gsize size);
  TbExchange *(*read) (const guint8 *data, gsize size, TbLoss *loss, GError **error); /* NULL when only written */
  GBytes *(*write) (const TbExchange *document, TbLoss *loss, GError **error);        /* NULL when only read */
} TbFormat;

guint tb_format_count (void);
const TbFormat *tb_format_at (guint index);

/* NULL when there is none. */
const TbFormat *tb_format_find (const char *id);

/* The format of a file to be read, by its bytes first and its name (may be NULL) second; NULL when none knows it. */
const TbFormat *tb_format_guess (const char *name, const guint8 *data, gsize size);

/* Guesses and reads a file's bytes. New document. TB_ERROR_UNSUPPORTED when no format knows it, TB_ERROR_TOO_LARGE, and
 * those of the readers: TB_ERROR_INVALID, TB_ERROR_CORRUPT. FORMAT may be NULL; else it gets what was found. */
TbExchange *tb_exchange_read (const char *name, const guint8 *data, gsize size, const TbFormat **format, TbLoss *loss,
                              GError **error);
