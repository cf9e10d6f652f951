/* Who looked: every view, export and download of footage, every release and
 * withdrawal. Append only, each row chained to the one before:
 *
 *   hash = SHA-256 (hash before || the fields, each as its length (8 bytes,
 *          big endian) and its bytes: seq, at_wall (decimal), person,
 *          person_name, visit, clip, what, detail)
 *
 * the hash before the first row being 32 zero bytes. The head is kept in a
 * second place (keyring.h), so that rows cut off the end show too. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/store.h"

typedef struct {
  gint64 seq, at;
  char *person, *person_name, *visit, *clip, *what, *detail;
  char *visit_title; /* as it is now; "" when the visit is gone */
  GBytes *hash;
} TbViewLogRow;

void tb_view_log_row_free (TbViewLogRow *row);
json_object *tb_view_log_row_to_json (const TbViewLogRow *row);

/* Where the head is kept besides; set before the first use of STORE. */
typedef gboolean (*TbViewLogHeadFunc) (gpointer data, gint64 seq, GBytes *hash, GError **error);
void tb_view_log_set_head_keeper (TbStore *store, TbViewLogHeadFunc keep, gpointer data);

/* Durable when TRUE comes back; without it nobody may be shown anything. VISIT, CLIP, DETAIL may be NULL. */
gboolean tb_view_log_add (TbStore *store, gint64 now_wall, const char *person, const char *person_name,
                          const char *visit, const char *clip, const char *what, const char *detail, GError **error);

/* Newest first. VISIT NULL: of all. BEFORE 0: from the newest. Array of TbViewLogRow, new. */
GPtrArray *tb_view_log_list (TbStore *store, const char *visit, gint64 before, guint limit, gboolean *more,
                             GError **error);

/* Walks the whole chain. TRUE when sound; TB_ERROR_CORRUPT says at which row it is not. HEAD_SEQ 0: no head kept. */
gboolean tb_view_log_verify (TbStore *store, gint64 head_seq, GBytes *head_hash, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbViewLogRow, tb_view_log_row_free)
