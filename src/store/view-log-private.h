/* Rows of the view log inside somebody else's transaction, for the files of this folder. */
#pragma once

#include "store/store-private.h"
#include "store/view-log.h"

typedef struct {
  gint64 at;
  const char *person, *person_name, *visit, *clip, *what, *detail; /* the last three but WHAT may be NULL */
} TbViewLogEntry;

/* The newest row, to be kept once the transaction has committed. For g_auto. */
typedef struct {
  gint64 seq; /* 0: no row was added */
  GBytes *hash;
} TbViewLogHead;
void tb_view_log_head_clear (TbViewLogHead *head);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbViewLogHead, tb_view_log_head_clear)

/* Adds a row to the chain. HEAD is that of the row this transaction added before, or empty; changed to the new one. */
gboolean tb_view_log_append (TbWrite *write, const TbViewLogEntry *entry, TbViewLogHead *head, GError **error);

/* To be called after tb_write_commit() and before tb_write_end(), so that heads are kept in order. */
gboolean tb_view_log_keep (TbWrite *write, const TbViewLogHead *head, GError **error);
