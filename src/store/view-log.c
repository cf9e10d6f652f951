#include "store/view-log-private.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"

#define HASH_BYTES 32

void
tb_view_log_row_free (TbViewLogRow *row)
{
  if (row == NULL)
    return;
  g_free (row->person);
  g_free (row->person_name);
  g_free (row->visit);
  g_free (row->clip);
  g_free (row->what);
  g_free (row->detail);
  g_free (row->visit_title);
  g_clear_pointer (&row->hash, g_bytes_unref);
  g_free (row);
}

static char *
to_hex (GBytes *bytes)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  GString *text = g_string_sized_new (2 * length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", data[i]);
  return g_string_free (text, FALSE);
}

static const char *
or_null (const char *text)
{
  return *text != '\0' ? text : NULL;
}

json_object *
tb_view_log_row_to_json (const TbViewLogRow *row)
{
  json_object *object = json_object_new_object ();
  json_object *person = json_object_new_object ();
  g_autofree char *hash = to_hex (row->hash);

  tb_json_add_string (person, "id", row->person);
  tb_json_add_string (person, "name", row->person_name);
  tb_json_add_int (object, "seq", row->seq);
  tb_json_add_wall (object, "at", row->at);
  tb_json_add (object, "person", person);
  tb_json_add_string (object, "visit", or_null (row->visit));
  tb_json_add_string (object, "visit_title", row->visit_title);
  tb_json_add_string (object, "clip", or_null (row->clip));
  tb_json_add_string (object, "what", row->what);
  tb_json_add_string (object, "detail", row->detail);
  tb_json_add_string (object, "hash", hash);
  return object;
}

void
tb_view_log_set_head_keeper (TbStore *store, TbViewLogHeadFunc keep, gpointer data, gint64 head_seq, GBytes *head_hash)
{
  store->log_keep = keep;
  store->log_keep_data = data;
  g_mutex_lock (&store->log_lock);
  g_clear_pointer (&store->log_head_hash, g_bytes_unref);
  store->log_head_seq = head_hash != NULL ? head_seq : 0;
  store->log_head_hash = head_hash != NULL ? g_bytes_ref (head_hash) : NULL;
  g_mutex_unlock (&store->log_lock);
}

void
tb_view_log_head_clear (TbViewLogHead *head)
{
  head->seq = 0;
  g_clear_pointer (&head->hash, g_bytes_unref);
}

/* What is known outside the database; empty when nothing is. */
static void
get_kept (TbStore *store, TbViewLogHead *head)
{
  g_mutex_lock (&store->log_lock);
  if (store->log_head_hash != NULL) {
    head->seq = store->log_head_seq;
    head->hash = g_bytes_ref (store->log_head_hash);
  }
  g_mutex_unlock (&store->log_lock);
}

/* One field: its length and its bytes, so that no two rows ever give the same text to hash. */
static void
hash_field (GChecksum *sum, const char *text)
{
  gsize length = strlen (text);
  guint64 big_endian = GUINT64_TO_BE ((guint64) length);

  g_checksum_update (sum, (const guchar *) &big_endian, sizeof big_endian);
  g_checksum_update (sum, (const guchar *) text, (gssize) length);
}

static void
hash_number (GChecksum *sum, gint64 number)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, number);
  hash_field (sum, text);
}

/* The hash of a row whose texts are, in order, person, person_name, visit, clip, what, detail. SUM is used anew. */
static void
hash_row (GChecksum *sum, const guint8 *before, gint64 seq, gint64 at, const char *const texts[6],
          guint8 hash[HASH_BYTES])
{
  gsize length = HASH_BYTES;

  g_checksum_reset (sum);
  g_checksum_update (sum, before, HASH_BYTES);
  hash_number (sum, seq);
  hash_number (sum, at);
  for (guint i = 0; i < 6; i++)
    hash_field (sum, texts[i]);
  g_checksum_get_digest (sum, hash, &length);
}

static gboolean
is_hash (GBytes *bytes)
{
  return bytes != NULL && g_bytes_get_size (bytes) == HASH_BYTES;
}

/* The newest row of the table (SEQ 0), or the row SEQ; empty when there is none. */
static gboolean
find_row (TbDb *db, gint64 seq, TbViewLogHead *found, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  gboolean ok = seq == 0 ? tb_query_open (&query, db, error, "SELECT seq, hash FROM view_log ORDER BY seq DESC LIMIT 1", "")
                         : tb_query_open (&query, db, error, "SELECT seq, hash FROM view_log WHERE seq = ?1", "i", seq);
  int step = ok ? tb_query_next (&query, error) : -1;

  if (step > 0) {
    found->seq = tb_query_int (&query, 0);
    found->hash = tb_query_bytes (&query, 1);
  }
  return step >= 0;
}

/* What the next row goes on from: the newest row, unless what was kept outside shows that it is not ours. */
static gboolean
find_end (TbWrite *write, TbViewLogHead *end, GError **error)
{
  g_auto (TbViewLogHead) kept = { 0 };
  g_auto (TbViewLogHead) same = { 0 };
  g_auto (TbViewLogHead) last = { 0 };

  get_kept (write->store, &kept);
  if (!find_row (write->db, 0, &last, error) || (kept.seq > 0 && !find_row (write->db, kept.seq, &same, error)))
    return FALSE;
  end->seq = MAX (last.seq, kept.seq);
  if (kept.seq > 0 && (same.hash == NULL || !g_bytes_equal (same.hash, kept.hash)))
    end->hash = g_bytes_ref (kept.hash);
  else if (is_hash (last.hash))
    end->hash = g_bytes_ref (last.hash);
  return TRUE;
}

gboolean
tb_view_log_append (TbWrite *write, const TbViewLogEntry *entry, TbViewLogHead *head, GError **error)
{
  const guint8 nothing[HASH_BYTES] = { 0 };
  const char *const texts[6] = { entry->person,
                                 entry->person_name,
                                 entry->visit != NULL ? entry->visit : "",
                                 entry->clip != NULL ? entry->clip : "",
                                 entry->what,
                                 entry->detail != NULL ? entry->detail : "" };
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GBytes) bytes = NULL;
  guint8 hash[HASH_BYTES];
  gint64 seq;

  if (head->seq == 0 && !find_end (write, head, error))
    return FALSE;
  seq = head->seq + 1;
  hash_row (sum, head->hash != NULL ? g_bytes_get_data (head->hash, NULL) : nothing, seq, entry->at, texts, hash);
  bytes = g_bytes_new (hash, sizeof hash);
  if (!tb_db_exec (write->db, error,
                   "INSERT INTO view_log (seq, at_wall, person, person_name, visit, clip, what, detail, hash)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                   "iissssssb", seq, entry->at, texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], bytes))
    return FALSE;
  tb_view_log_head_clear (head);
  head->seq = seq;
  head->hash = g_steal_pointer (&bytes);
  return TRUE;
}

gboolean
tb_view_log_keep (TbWrite *write, const TbViewLogHead *head, GError **error)
{
  TbStore *store = write->store;

  if (head->seq == 0)
    return TRUE;
  g_mutex_lock (&store->log_lock);
  g_clear_pointer (&store->log_head_hash, g_bytes_unref);
  store->log_head_seq = head->seq;
  store->log_head_hash = g_bytes_ref (head->hash);
  g_mutex_unlock (&store->log_lock);
  return store->log_keep == NULL || store->log_keep (store->log_keep_data, head->seq, head->hash, error);
}

gboolean
tb_view_log_add (TbStore *store, gint64 now_wall, const char *person, const char *person_name, const char *visit,
                 const char *clip, const char *what, const char *detail, GError **error)
{
  const TbViewLogEntry entry = { now_wall, person, person_name, visit, clip, what, detail };
  g_auto (TbViewLogHead) head = { 0 };
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error) && tb_view_log_append (&write, &entry, &head, error)
         && tb_write_commit (&write, error) && tb_view_log_keep (&write, &head, error);
}

#define LOG_COLUMNS                                                                                                  \
  "SELECT seq, at_wall, person, person_name, view_log.visit, clip, what, detail, hash, coalesce (visit.title, '')"   \
  " FROM view_log LEFT JOIN visit ON visit.id = view_log.visit "

static TbViewLogRow *
read_row (TbQuery *query)
{
  TbViewLogRow *row = g_new0 (TbViewLogRow, 1);

  row->seq = tb_query_int (query, 0);
  row->at = tb_query_int (query, 1);
  row->person = tb_query_dup (query, 2);
  row->person_name = tb_query_dup (query, 3);
  row->visit = tb_query_dup (query, 4);
  row->clip = tb_query_dup (query, 5);
  row->what = tb_query_dup (query, 6);
  row->detail = tb_query_dup (query, 7);
  row->hash = tb_query_bytes (query, 8);
  row->visit_title = tb_query_dup (query, 9);
  return row;
}

GPtrArray *
tb_view_log_list (TbStore *store, const char *visit, gint64 before, guint limit, gboolean *more, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_view_log_row_free);
  gint64 below = before > 0 ? before : G_MAXINT64;
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  gboolean rest = FALSE, ok;
  int step;

  if (!tb_read_begin (&read, store, error))
    return NULL;
  ok = visit != NULL
           ? tb_query_open (&query, read.db, error,
                            LOG_COLUMNS "WHERE view_log.visit = ?1 AND seq < ?2 ORDER BY seq DESC", "si", visit, below)
           : tb_query_open (&query, read.db, error, LOG_COLUMNS "WHERE seq < ?1 ORDER BY seq DESC", "i", below);
  if (!ok)
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    if (rows->len == limit) {
      rest = TRUE;
      break;
    }
    g_ptr_array_add (rows, read_row (&query));
  }
  if (step < 0)
    return NULL;
  if (more != NULL)
    *more = rest;
  return g_steal_pointer (&rows);
}

static gboolean
broken (GError **error, const char *what, gint64 seq)
{
  g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "The log of who looked was tampered with: row %" G_GINT64_FORMAT " %s",
               seq, what);
  return FALSE;
}

/* The row the query stands on, after the row SEQ with the hash BEFORE; BEFORE becomes its own. */
static gboolean
check_row (TbQuery *query, GChecksum *sum, gint64 seq, guint8 *before, const TbViewLogHead *kept, GError **error)
{
  const char *texts[6];
  guint8 hash[HASH_BYTES];
  const void *stored;

  if (tb_query_int (query, 0) != seq)
    return broken (error, "is missing", seq);
  for (int i = 0; i < 6; i++) {
    texts[i] = tb_query_text (query, 2 + i);
    if (texts[i] == NULL)
      return broken (error, "has lost a field", seq);
  }
  hash_row (sum, before, seq, tb_query_int (query, 1), texts, hash);
  stored = sqlite3_column_blob (query->statement, 8);
  if (stored == NULL || sqlite3_column_bytes (query->statement, 8) != HASH_BYTES
      || memcmp (stored, hash, HASH_BYTES) != 0)
    return broken (error, "is not as it was written, or does not follow the one before it", seq);
  if (seq == kept->seq && memcmp (g_bytes_get_data (kept->hash, NULL), hash, HASH_BYTES) != 0)
    return broken (error, "is another than the one that was the newest", seq);
  memcpy (before, hash, HASH_BYTES);
  return TRUE;
}

gboolean
tb_view_log_verify (TbStore *store, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_auto (TbViewLogHead) kept = { 0 };
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  guint8 before[HASH_BYTES] = { 0 };
  gint64 seq = 0;
  int step;

  /* Before the snapshot, which then has at least this row whoever adds meanwhile. */
  get_kept (store, &kept);
  if (kept.seq > 0 && !is_hash (kept.hash))
    return broken (error, "has a head that cannot be one", kept.seq);
  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         "SELECT seq, at_wall, person, person_name, visit, clip, what, detail, hash FROM view_log"
                         " ORDER BY seq",
                         ""))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0)
    if (!check_row (&query, sum, ++seq, before, &kept, error))
      return FALSE;
  if (step == 0 && seq < kept.seq)
    return broken (error, "and those before it were cut off the end", kept.seq);
  return step == 0;
}
