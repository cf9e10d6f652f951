#include "store/catalogue-private.h"

#include <string.h>

#include "base/error.h"
#include "base/uuid.h"
#include "store/store-private.h"

/* Beside the settings: another text with every change of what can be chosen, also by another process. */
#define STAMP "instruments.stamp"

/* One reading of the tables. */
typedef struct {
  char *stamp;          /* of then; NULL when nothing had been changed yet */
  GPtrArray *newest;    /* TbInstrument *: of each id the last of its line, the default ones first, then by title */
  GPtrArray *choosable; /* those that are not retired */
  GHashTable *own;      /* ids whose newest one is the school's */
  GHashTable *retired;  /* ids */
} Reading;

struct _TbCatalogue {
  TbStore *store;     /* never changes */
  GPtrArray *bundled; /* never changes */
  GMutex lock;
  Reading *reading; /* NULL: none was made yet; lock */
};

static void
reading_free (Reading *reading)
{
  if (reading == NULL)
    return;
  g_free (reading->stamp);
  g_ptr_array_unref (reading->newest);
  g_ptr_array_unref (reading->choosable);
  g_hash_table_unref (reading->own);
  g_hash_table_unref (reading->retired);
  g_free (reading);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

TbCatalogue *
tb_catalogue_new (TbStore *store, GPtrArray *bundled)
{
  TbCatalogue *catalogue = g_new0 (TbCatalogue, 1);

  catalogue->store = store;
  catalogue->bundled = g_ptr_array_ref (bundled);
  g_mutex_init (&catalogue->lock);
  return catalogue;
}

void
tb_catalogue_free (TbCatalogue *catalogue)
{
  if (catalogue == NULL)
    return;
  reading_free (catalogue->reading);
  g_ptr_array_unref (catalogue->bundled);
  g_mutex_clear (&catalogue->lock);
  g_free (catalogue);
}

TbStore *
tb_catalogue_store (TbCatalogue *catalogue)
{
  return catalogue->store;
}

gboolean
tb_catalogue_touch (TbDb *db, GError **error)
{
  g_autofree char *stamp = tb_uuid_new ();

  return tb_db_exec (db, error,
                     "INSERT INTO setting (name, value) VALUES (?1, ?2)"
                     " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                     "ss", STAMP, stamp);
}

/* --- reading ----------------------------------------------------------------- */

static TbInstrument *
parse_column (TbQuery *query, int column, const char *id, GError **error)
{
  const char *text = tb_query_text (query, column);
  TbInstrument *instrument = tb_instrument_parse (text, strlen (text), error);

  if (instrument == NULL)
    g_prefix_error (error, "The kijkwijzer “%s” in the database: ", id);
  return instrument;
}

/* Of each id the school's newest, id -> TbInstrument *. One that cannot be read does not take the others along: what
 * comes with the program then stands for its id. */
static gboolean
read_own (TbDb *db, GHashTable *own, GPtrArray *ids, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT id, json FROM own_instrument WHERE published_wall IS NOT NULL AND version ="
                      " (SELECT max(version) FROM own_instrument AS other WHERE other.id = own_instrument.id"
                      " AND other.published_wall IS NOT NULL) ORDER BY id",
                      ""))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0) {
    g_autofree char *id = tb_query_dup (&query, 0);
    g_autoptr (GError) problem = NULL;
    TbInstrument *instrument = parse_column (&query, 1, id, &problem);

    if (instrument == NULL) {
      g_printerr ("%s\n", problem->message);
      continue;
    }
    g_ptr_array_add (ids, g_strdup (id));
    g_hash_table_insert (own, g_steal_pointer (&id), instrument);
  }
  return step == 0;
}

static gboolean
read_retired (TbDb *db, GHashTable *retired, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT id FROM retired_instrument", ""))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0)
    g_hash_table_add (retired, tb_query_dup (&query, 0));
  return step == 0;
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)tb_instrument_unref);
}

static gboolean
comes_before (const TbInstrument *one, const TbInstrument *other)
{
  if (tb_instrument_is_default (one) != tb_instrument_is_default (other))
    return tb_instrument_is_default (one);
  return g_utf8_collate (tb_instrument_title (one, "nl"), tb_instrument_title (other, "nl")) < 0;
}

/* Where INSTRUMENT belongs: the default ones first, then as they are called. */
static void
put (GPtrArray *list, TbInstrument *instrument)
{
  guint place = 0;

  while (place < list->len && !comes_before (instrument, list->pdata[place]))
    place++;
  g_ptr_array_insert (list, (int)place, tb_instrument_ref (instrument));
}

static gboolean
is_bundled (const TbCatalogue *catalogue, const char *id)
{
  for (guint i = 0; i < catalogue->bundled->len; i++)
    if (g_str_equal (tb_instrument_id (catalogue->bundled->pdata[i]), id))
      return TRUE;
  return FALSE;
}

static gboolean
read_stamp (TbDb *db, char **stamp, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT value FROM setting WHERE name = ?1", "s", STAMP))
    return FALSE;
  step = tb_query_next (&query, error);
  *stamp = step > 0 ? tb_query_dup (&query, 0) : NULL;
  return step >= 0;
}

/* DB NULL: nothing of the school. */
static Reading *
make_reading (TbCatalogue *catalogue, TbDb *db, const char *stamp, GError **error)
{
  g_autoptr (Reading) reading = g_new0 (Reading, 1);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  reading->stamp = g_strdup (stamp);
  reading->newest = new_list ();
  reading->choosable = new_list ();
  reading->own = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tb_instrument_unref);
  reading->retired = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (db != NULL && (!read_own (db, reading->own, ids, error) || !read_retired (db, reading->retired, error)))
    return NULL;
  for (guint i = 0; i < catalogue->bundled->len; i++) {
    TbInstrument *bundled = catalogue->bundled->pdata[i];
    TbInstrument *own = g_hash_table_lookup (reading->own, tb_instrument_id (bundled));

    put (reading->newest, own != NULL ? own : bundled);
  }
  for (guint i = 0; i < ids->len; i++)
    if (!is_bundled (catalogue, ids->pdata[i]))
      put (reading->newest, g_hash_table_lookup (reading->own, ids->pdata[i]));
  for (guint i = 0; i < reading->newest->len; i++)
    if (!g_hash_table_contains (reading->retired, tb_instrument_id (reading->newest->pdata[i])))
      g_ptr_array_add (reading->choosable, tb_instrument_ref (reading->newest->pdata[i]));
  return g_steal_pointer (&reading);
}

/* The reading that holds in DB, with the lock held from here on when it is not NULL. Borrowed. */
static const Reading *
hold_reading (TbCatalogue *catalogue, TbDb *db, GError **error)
{
  g_autofree char *stamp = NULL;
  Reading *made;

  if (db != NULL && !read_stamp (db, &stamp, error))
    return NULL;
  g_mutex_lock (&catalogue->lock);
  if (catalogue->reading != NULL && g_strcmp0 (catalogue->reading->stamp, stamp) == 0)
    return catalogue->reading;
  made = make_reading (catalogue, db, stamp, error);
  if (made == NULL) {
    g_mutex_unlock (&catalogue->lock);
    return NULL;
  }
  reading_free (catalogue->reading);
  catalogue->reading = made;
  return made;
}

GPtrArray *
tb_catalogue_list (TbCatalogue *catalogue, GError **error)
{
  g_auto (TbRead) read = { 0 };
  const Reading *reading;
  GPtrArray *list;

  if (catalogue->store != NULL && !tb_read_begin (&read, catalogue->store, error))
    return NULL;
  reading = hold_reading (catalogue, read.db, error);
  if (reading == NULL)
    return NULL;
  list = g_ptr_array_ref (reading->choosable);
  g_mutex_unlock (&catalogue->lock);
  return list;
}

/* --- one of them --------------------------------------------------------------- */

/* A published one of the school; VERSION 0: its newest. *INSTRUMENT stays NULL when there is none. */
static gboolean
find_own (TbDb *db, const char *id, gint64 version, TbInstrument **instrument, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT json FROM own_instrument WHERE id = ?1 AND (?2 = 0 OR version = ?2)"
                      " AND published_wall IS NOT NULL ORDER BY version DESC LIMIT 1",
                      "si", id, version))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step > 0)
    *instrument = parse_column (&query, 0, id, error);
  return step == 0 || *instrument != NULL;
}

/* The same for what visits hold. */
static gboolean
find_held (TbDb *db, const char *id, gint64 version, TbInstrument **instrument, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT json FROM instrument WHERE id = ?1 AND (?2 = 0 OR version = ?2)"
                      " ORDER BY version DESC LIMIT 1",
                      "si", id, version))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step > 0)
    *instrument = parse_column (&query, 0, id, error);
  return step == 0 || *instrument != NULL;
}

/* Borrowed; NULL when there is none. */
static TbInstrument *
find_bundled (TbCatalogue *catalogue, const char *id, gint64 version)
{
  for (guint i = 0; i < catalogue->bundled->len; i++) {
    TbInstrument *instrument = catalogue->bundled->pdata[i];

    if (g_str_equal (tb_instrument_id (instrument), id)
        && (version == 0 || tb_instrument_version (instrument) == version))
      return instrument;
  }
  return NULL;
}

gboolean
tb_catalogue_newest (TbCatalogue *catalogue, TbDb *db, const char *id, TbInstrument **instrument, GError **error)
{
  TbInstrument *bundled = find_bundled (catalogue, id, 0);
  g_autoptr (TbInstrument) held = NULL;

  *instrument = NULL;
  if (!find_own (db, id, 0, instrument, error))
    return FALSE;
  if (*instrument != NULL)
    return TRUE;
  if (!find_held (db, id, 0, &held, error))
    return FALSE;
  if (bundled != NULL && (held == NULL || tb_instrument_version (held) <= tb_instrument_version (bundled)))
    *instrument = tb_instrument_ref (bundled);
  else
    *instrument = g_steal_pointer (&held);
  return TRUE;
}

/* What is in the database goes before what came with the program: of a version that a visit holds, that text counts. */
static gboolean
find (TbCatalogue *catalogue, TbDb *db, const char *id, gint64 version, TbInstrument **instrument, GError **error)
{
  TbInstrument *bundled = find_bundled (catalogue, id, version);

  if (!find_own (db, id, version, instrument, error))
    return FALSE;
  if (*instrument == NULL && version == 0 && bundled != NULL)
    *instrument = tb_instrument_ref (bundled);
  if (*instrument == NULL && !find_held (db, id, version, instrument, error))
    return FALSE;
  if (*instrument == NULL && bundled != NULL)
    *instrument = tb_instrument_ref (bundled);
  return TRUE;
}

TbInstrument *
tb_catalogue_find (TbCatalogue *catalogue, const char *id, gint64 version, GError **error)
{
  g_autoptr (TbInstrument) instrument = NULL;
  g_auto (TbRead) read = { 0 };

  if (catalogue->store == NULL) {
    TbInstrument *bundled = find_bundled (catalogue, id, version);

    instrument = bundled != NULL ? tb_instrument_ref (bundled) : NULL;
  } else if (!tb_read_begin (&read, catalogue->store, error)
             || !find (catalogue, read.db, id, version, &instrument, error)) {
    return NULL;
  }
  if (instrument == NULL && version == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no kijkwijzer “%.64s”", id);
  else if (instrument == NULL)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no kijkwijzer “%.64s” of version %" G_GINT64_FORMAT, id,
                 version);
  return g_steal_pointer (&instrument);
}

/* --- all of them ---------------------------------------------------------------- */

void
tb_catalogue_entry_free (TbCatalogueEntry *entry)
{
  if (entry == NULL)
    return;
  tb_instrument_unref (entry->newest);
  g_free (entry->id);
  g_free (entry->draft_text);
  g_free (entry);
}

static GPtrArray *
list_newest (TbCatalogue *catalogue, TbDb *db, GError **error)
{
  const Reading *reading = hold_reading (catalogue, db, error);
  GPtrArray *entries;

  if (reading == NULL)
    return NULL;
  entries = g_ptr_array_new_with_free_func ((GDestroyNotify)tb_catalogue_entry_free);
  for (guint i = 0; i < reading->newest->len; i++) {
    TbCatalogueEntry *entry = g_new0 (TbCatalogueEntry, 1);

    entry->newest = tb_instrument_ref (reading->newest->pdata[i]);
    entry->id = g_strdup (tb_instrument_id (entry->newest));
    entry->own = g_hash_table_contains (reading->own, entry->id);
    entry->retired = g_hash_table_contains (reading->retired, entry->id);
    g_ptr_array_add (entries, entry);
  }
  g_mutex_unlock (&catalogue->lock);
  return entries;
}

/* Borrowed; NULL when there is none. */
static TbCatalogueEntry *
find_entry (GPtrArray *entries, const char *id)
{
  for (guint i = 0; i < entries->len; i++) {
    TbCatalogueEntry *entry = entries->pdata[i];

    if (g_str_equal (entry->id, id))
      return entry;
  }
  return NULL;
}

static gboolean
add_drafts (TbDb *db, GPtrArray *entries, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT id, version, json FROM own_instrument WHERE published_wall IS NULL ORDER BY id", ""))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbCatalogueEntry *entry = find_entry (entries, tb_query_text (&query, 0));

    if (entry == NULL) {
      entry = g_new0 (TbCatalogueEntry, 1);
      entry->id = tb_query_dup (&query, 0);
      g_ptr_array_add (entries, entry);
    }
    entry->draft = tb_query_int (&query, 1);
    g_free (entry->draft_text);
    entry->draft_text = tb_query_dup (&query, 2);
  }
  return step == 0;
}

static gboolean
add_uses (TbDb *db, GPtrArray *entries, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT instrument, count(*) FROM visit_instrument GROUP BY instrument", ""))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbCatalogueEntry *entry = find_entry (entries, tb_query_text (&query, 0));

    if (entry != NULL)
      entry->used = (guint)tb_query_int (&query, 1);
  }
  return step == 0;
}

GPtrArray *
tb_catalogue_overview (TbCatalogue *catalogue, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_auto (TbRead) read = { 0 };

  if (catalogue->store != NULL && !tb_read_begin (&read, catalogue->store, error))
    return NULL;
  entries = list_newest (catalogue, read.db, error);
  if (entries == NULL
      || (read.db != NULL && (!add_drafts (read.db, entries, error) || !add_uses (read.db, entries, error))))
    return NULL;
  return g_steal_pointer (&entries);
}
