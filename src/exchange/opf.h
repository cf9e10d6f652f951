/* Datavyu projects (.opf): a zip with a list of columns ("db", versions none,
 * 2, 3 and 4) and what to play ("project", YAML). Old zips hold a folder and
 * the rubbish of a Macintosh; only files named db and project are looked at. A
 * "db" by itself, which Datavyu calls a CSV, is read too.
 *
 * Read: a column is a code, its comment the description; the arguments of a
 * matrix are modifiers, the value of any other column the comment. A cell that
 * begins where it ends is a point.
 *
 * Written (version 4): a matrix column for each code, with the modifiers, then
 * what Datavyu has no word for as arguments of its own: subject, observer,
 * kind, rating, comment. */
#pragma once

#include "exchange/document.h"
#include "exchange/loss.h"

/* How surely these are the first bytes of one: 0 not, 1 a zip, 2 surely. */
int tb_opf_sniff (const guint8 *data, gsize size);

TbExchange *tb_opf_read (const guint8 *data, gsize size, TbLoss *loss, GError **error);
GBytes *tb_opf_write (const TbExchange *document, TbLoss *loss, GError **error);

/* The last arguments of each column that Terugblik writes, in this order. */
#define TB_OPF_EXTRA                                                                                                   \
  (const char *const[])                                                                                                \
  {                                                                                                                    \
    "terugblik_subject", "terugblik_observer", "terugblik_kind", "terugblik_rating", "terugblik_comment", NULL         \
  }
#define TB_OPF_N_EXTRA 5
#define TB_OPF_NO_CODE "moment"
