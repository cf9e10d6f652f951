/* Who looked: every view, export and download of footage, every release and
 * withdrawal. Append only, each row chained to the one before:
 *
 *   hash = SHA-256 (hash before || the fields, each as its length (8 bytes,
 *          big endian) and its bytes: seq, at_wall (decimal), person,
 *          person_name, visit, clip, what, detail)
 *
 * the hash before the first row being 32 zero bytes. The head (number and hash
 * of the newest row) is kept in a second place too (keyring.h), so that rows
 * cut off the end show. It is written there after the row is durable: after a
 * loss of power the log may be a row longer than the head says, never shorter.
 *
 * When the newest rows are gone or another hash stands where the head was, the
 * next row goes on from the head that was kept, not from what lies there: the
 * break then stays in the chain for ever, and no later row covers it up.
 *
 * Whoever can write both this database and keys.db can make a whole new log;
 * against that only a copy kept elsewhere helps. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/store.h"

/* Strings are never NULL. */
typedef struct {
  gint64 seq, at;
  char *person, *person_name, *visit, *clip, *what, *detail;
  char *visit_title; /* as it is now; "" when the visit is gone */
  GBytes *hash;
} TbViewLogRow;

void tb_view_log_row_free (TbViewLogRow *row);
/* LOG of the API. New reference. */
json_object *tb_view_log_row_to_json (const TbViewLogRow *row);

/* Where the head is kept besides, and what it is there now (0 and NULL: none yet). KEEP is called under the writers'
 * lock, from any thread. Set before the first use of STORE. */
typedef gboolean (*TbViewLogHeadFunc) (gpointer data, gint64 seq, GBytes *hash, GError **error);
void tb_view_log_set_head_keeper (TbStore *store, TbViewLogHeadFunc keep, gpointer data, gint64 head_seq,
                                  GBytes *head_hash);

/* Durable when TRUE comes back; without it nobody may be shown anything. VISIT, CLIP, DETAIL may be NULL. */
gboolean tb_view_log_add (TbStore *store, gint64 now_wall, const char *person, const char *person_name,
                          const char *visit, const char *clip, const char *what, const char *detail, GError **error);

/* Newest first. VISIT NULL: of all. BEFORE 0: from the newest. MORE may be NULL. Array of TbViewLogRow, new. */
GPtrArray *tb_view_log_list (TbStore *store, const char *visit, gint64 before, guint limit, gboolean *more,
                             GError **error);

/* Walks the whole chain and holds it against the head that was kept. TRUE when sound; TB_ERROR_CORRUPT says at which
 * row it is not. About 0.4 s for 100,000 rows. */
gboolean tb_view_log_verify (TbStore *store, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbViewLogRow, tb_view_log_row_free)
