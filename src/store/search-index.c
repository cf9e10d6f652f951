/* Filling the index: what is new is read from the database first, and then put
 * in under the lock of the cache, some visits at a time. */
#include "store/search.h"

#include <string.h>

#include "base/json.h"
#include "store/journal-rows.h"
#include "store/search-words.h"
#include "store/store-private.h"

/* So many observations are put in at once; whoever needs the cache meanwhile waits for so long. */
#define BATCH 2000
#define SLOTS 64

/* How far the index is with a visit. */
typedef struct {
  char *coach;
  gint64 seq;
  char *operation;
} Known;

/* An observation; WORDS NULL: not there any more. */
typedef struct {
  char *id;
  gint64 at_ms; /* wall time */
  char *words;
} Document;

/* What is to be put in of one visit. */
typedef struct {
  char *visit;
  gboolean whole; /* what there was of it goes first */
  gboolean gone;  /* there is no such visit any more */
  Known now;
  GPtrArray *documents; /* Document */
} Change;

/* One round of filling. */
typedef struct {
  TbStore *store;
  TbDb *db;              /* of the database, in a snapshot */
  GHashTable *titles;    /* "INSTRUMENT@VERSION/KIND/ID" -> words */
  GPtrArray *changes;    /* Change, not yet put in */
  guint waiting;         /* documents in them */
  guint generation;      /* of the cache */
} Round;

static void
known_clear (Known *known)
{
  g_free (known->coach);
  g_free (known->operation);
}

static void
free_known (gpointer data)
{
  known_clear (data);
  g_free (data);
}

static void
free_document (gpointer data)
{
  Document *document = data;

  g_free (document->id);
  g_free (document->words);
  g_free (document);
}

static void
free_change (gpointer data)
{
  Change *change = data;

  g_free (change->visit);
  known_clear (&change->now);
  g_ptr_array_unref (change->documents);
  g_free (change);
}

static Change *
new_change (const char *visit)
{
  Change *change = g_new0 (Change, 1);

  change->visit = g_strdup (visit);
  change->documents = g_ptr_array_new_with_free_func (free_document);
  return change;
}

/* --- what an observation says -------------------------------------------------- */

/* Nl and en. */
static void
add_title (GString *words, json_object *titled)
{
  json_object *title = titled != NULL ? json_object_object_get (titled, "title") : NULL;
  json_object *nl = title != NULL ? json_object_object_get (title, "nl") : NULL;
  json_object *en = title != NULL ? json_object_object_get (title, "en") : NULL;

  tb_search_words_add (words, nl != NULL ? json_object_get_string (nl) : NULL);
  tb_search_words_add (words, en != NULL ? json_object_get_string (en) : NULL);
}

static void
keep_titles (GHashTable *titles, const char *name, json_object *list)
{
  for (gsize i = 0; list != NULL && i < json_object_array_length (list); i++) {
    json_object *one = json_object_array_get_idx (list, i);
    GString *words = g_string_new (NULL);
    char *key = g_strdup_printf ("%s/%s", name, json_object_get_string (json_object_object_get (one, "id")));
    g_autofree char *choices = g_strconcat (key, "=", NULL);

    add_title (words, one);
    g_hash_table_insert (titles, key, g_string_free (words, FALSE));
    keep_titles (titles, choices, json_object_object_get (one, "choices"));
  }
}

/* The titles of INSTRUMENT, once. */
static void
learn (Round *round, const char *name, const TbInstrument *instrument)
{
  const char *text = tb_instrument_text (instrument);
  g_autoptr (json_object) json = NULL;
  g_autofree char *codes = g_strconcat (name, "/code", NULL), *subjects = g_strconcat (name, "/subject", NULL);
  g_autofree char *modifiers = g_strconcat (name, "/modifier", NULL);

  if (!g_hash_table_insert (round->titles, g_strdup (name), g_strdup ("")))
    return;
  json = tb_json_parse (text, strlen (text), NULL);
  if (json == NULL)
    return;
  keep_titles (round->titles, codes, json_object_object_get (json, "codes"));
  keep_titles (round->titles, subjects, json_object_object_get (json, "subjects"));
  keep_titles (round->titles, modifiers, json_object_object_get (json, "modifiers"));
}

static void
add_known (const Round *round, GString *words, const char *name, const char *kind, const char *id)
{
  g_autofree char *key = g_strdup_printf ("%s/%s/%s", name, kind, id);
  const char *title = g_hash_table_lookup (round->titles, key);

  if (title != NULL)
    g_string_append (words, title);
}

/* What is chosen of MODIFIER. */
static void
add_choices (const Round *round, GString *words, const char *name, const char *modifier, json_object *value)
{
  g_autofree char *id = NULL;

  if (json_object_is_type (value, json_type_array)) {
    for (gsize i = 0; i < json_object_array_length (value); i++)
      add_choices (round, words, name, modifier, json_object_array_get_idx (value, i));
    return;
  }
  if (!json_object_is_type (value, json_type_string))
    return;
  id = g_strconcat (modifier, "=/", json_object_get_string (value), NULL);
  add_known (round, words, name, "modifier", id);
}

static void
add_modifiers (const Round *round, GString *words, const char *name, const char *text)
{
  g_autoptr (json_object) modifiers = text != NULL ? tb_json_parse (text, strlen (text), NULL) : NULL;

  if (!json_object_is_type (modifiers, json_type_object))
    return;
  json_object_object_foreach (modifiers, modifier, value)
  {
    add_known (round, words, name, "modifier", modifier);
    add_choices (round, words, name, modifier, value);
  }
}

/* VERSIONS: instrument -> "INSTRUMENT@VERSION" of the visit. */
static char *
words_of (const Round *round, const char *coach, GHashTable *versions, const TbObservation *observation)
{
  GString *words = g_string_new (NULL);
  const char *name = observation->instrument != NULL ? g_hash_table_lookup (versions, observation->instrument) : NULL;

  tb_search_words_add_coach (words, coach);
  tb_search_words_add (words, observation->note);
  tb_search_words_add (words, observation->subject);
  if (observation->instrument != NULL && observation->code != NULL) {
    g_autofree char *code = g_strconcat (observation->instrument, "/", observation->code, NULL);

    tb_search_words_add_code (words, code);
  }
  if (name == NULL)
    return g_string_free (words, FALSE);
  if (observation->code != NULL)
    add_known (round, words, name, "code", observation->code);
  if (observation->subject != NULL)
    add_known (round, words, name, "subject", observation->subject);
  add_modifiers (round, words, name, observation->modifiers);
  return g_string_free (words, FALSE);
}

/* --- what is new --------------------------------------------------------------- */

/* Instrument -> "INSTRUMENT@VERSION"; new. Learns their titles. */
static GHashTable *
versions_of (Round *round, const char *visit, GError **error)
{
  g_autoptr (GHashTable) versions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, round->db, error, "SELECT instrument, version FROM visit_instrument WHERE visit = ?1", "s",
                      visit))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    g_autofree char *id = tb_query_dup (&query, 0);
    char *name = g_strdup_printf ("%s@%" G_GINT64_FORMAT, id, tb_query_int (&query, 1));
    const TbInstrument *instrument
        = tb_store_instrument (round->store, round->db, id, tb_query_int (&query, 1), NULL);

    if (instrument != NULL)
      learn (round, name, instrument);
    g_hash_table_insert (versions, g_steal_pointer (&id), name);
  }
  return step == 0 ? g_steal_pointer (&versions) : NULL;
}

static void
add_document (const Round *round, Change *change, gint64 zero, GHashTable *versions, const TbObservation *observation)
{
  Document *document = g_new0 (Document, 1);

  document->id = g_strdup (observation->id);
  document->at_ms = (zero + observation->at) / TB_MILLISECOND;
  if (!observation->removed)
    document->words = words_of (round, change->now.coach, versions, observation);
  g_ptr_array_add (change->documents, document);
}

/* The observations that CHANGE is about: all, or those of the journal after SEQ. */
static gboolean
read_observations (const Round *round, Change *change, gint64 seq, gint64 zero, GHashTable *versions, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (change->whole
          ? !tb_query_open (&query, round->db, error, TB_OBSERVATION_COLUMNS "WHERE visit = ?1 AND removed = 0", "s",
                            change->visit)
          : !tb_query_open (&query, round->db, error,
                            TB_OBSERVATION_COLUMNS
                            "WHERE id IN (SELECT target_id FROM journal WHERE journal.visit = ?1 AND seq > ?2"
                            " AND target = 'observation') AND visit = ?1",
                            "si", change->visit, seq))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0) {
    g_autoptr (TbObservation) observation = tb_observation_row_read (&query);

    add_document (round, change, zero, versions, observation);
  }
  return step == 0;
}

/* Whether the journal is still the one that KNOWN was read from. */
static gboolean
is_same_journal (const Round *round, const char *visit, const Known *known, gboolean *same, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  *same = known->seq == 0;
  if (*same)
    return TRUE;
  if (!tb_query_open (&query, round->db, error, "SELECT id FROM journal WHERE visit = ?1 AND seq = ?2", "si", visit,
                      known->seq)
      || (step = tb_query_next (&query, error)) < 0)
    return FALSE;
  *same = step > 0 && g_strcmp0 (tb_query_text (&query, 0), known->operation) == 0;
  return TRUE;
}

/* What differs between VISIT and KNOWN (NULL: nothing is in); NULL in *CHANGE when nothing does. */
static gboolean
look_at (Round *round, const char *visit, const Known *known, Change **result, GError **error)
{
  g_autoptr (GHashTable) versions = NULL;
  g_auto (TbQuery) query = { 0 };
  Change *change = new_change (visit);
  gboolean same = FALSE;
  gint64 zero;
  int step;

  *result = NULL;
  if (!tb_query_open (&query, round->db, error,
                      "SELECT visit.coach, coalesce(started_wall, planned_wall, created_wall), journal.seq, journal.id"
                      " FROM visit LEFT JOIN journal ON journal.visit = visit.id AND journal.seq ="
                      " (SELECT max(seq) FROM journal AS last WHERE last.visit = visit.id) WHERE visit.id = ?1",
                      "s", visit)
      || (step = tb_query_next (&query, error)) < 0) {
    free_change (change);
    return FALSE;
  }
  change->gone = step == 0;
  change->whole = TRUE;
  *result = change;
  if (change->gone)
    return TRUE;
  change->now = (Known){ tb_query_dup (&query, 0), tb_query_int (&query, 2), tb_query_dup (&query, 3) };
  zero = tb_query_int (&query, 1);
  if (known != NULL && g_strcmp0 (known->coach, change->now.coach) == 0 && known->seq <= change->now.seq
      && !is_same_journal (round, visit, known, &same, error))
    return FALSE;
  change->whole = !same;
  if (same && known->seq == change->now.seq)
    return TRUE;
  versions = versions_of (round, visit, error);
  return versions != NULL && read_observations (round, change, known != NULL ? known->seq : 0, zero, versions, error);
}

/* --- putting it in -------------------------------------------------------------- */

static gboolean
take_out (TbDb *cache, gint64 place, const char *words, GError **error)
{
  return tb_db_exec (cache, error, "INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', ?1, ?2)",
                     "is", place, words)
         && tb_db_exec (cache, error, "DELETE FROM searched WHERE place = ?1", "i", place);
}

static gboolean
take_out_one (TbDb *cache, const char *observation, GError **error)
{
  g_autofree char *words = NULL;
  gint64 place;

  {
    g_auto (TbQuery) query = { 0 };
    int step;

    if (!tb_query_open (&query, cache, error, "SELECT place, words FROM searched WHERE observation = ?1", "s",
                        observation)
        || (step = tb_query_next (&query, error)) < 0)
      return FALSE;
    if (step == 0)
      return TRUE;
    place = tb_query_int (&query, 0);
    words = tb_query_dup (&query, 1);
  }
  return take_out (cache, place, words, error);
}

static gboolean
take_out_visit (TbDb *cache, gint64 number, GError **error)
{
  return tb_db_exec (cache, error,
                     "INSERT INTO search_index (search_index, rowid, words) SELECT 'delete', place, words FROM searched"
                     " WHERE visit = ?1",
                     "i", number)
         && tb_db_exec (cache, error, "DELETE FROM searched WHERE visit = ?1", "i", number);
}

/* A free place at AT_MS, or as soon after it as there is one. FULL: millisecond -> the first place that was looked at last,
 * where all before it were taken; owns both. */
static gboolean
find_place (TbDb *cache, GHashTable *full, gint64 at_ms, gint64 *place, GError **error)
{
  const gint64 *known = g_hash_table_lookup (full, &at_ms);

  for (gint64 first = known != NULL ? *known : at_ms * SLOTS;; first += SLOTS) {
    gint64 last = 0;

    if (!tb_db_int (cache, first - 1, &last, error, "SELECT max(place) FROM searched WHERE place BETWEEN ?1 AND ?2", "ii",
                    first, first + SLOTS - 1))
      return FALSE;
    *place = last + 1;
    if (last == first + SLOTS - 1)
      continue;
    if (first != at_ms * SLOTS)
      g_hash_table_replace (full, g_memdup2 (&at_ms, sizeof at_ms), g_memdup2 (&first, sizeof first));
    return TRUE;
  }
}

static gboolean
put_words (TbDb *cache, const char *words, GError **error)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0' && *list[i] != '_'
        && !tb_db_exec (cache, error, "INSERT INTO search_word (word) VALUES (?1) ON CONFLICT DO NOTHING", "s", list[i]))
      return FALSE;
  return TRUE;
}

static gboolean
put_document (TbDb *cache, GHashTable *full, gint64 number, const Document *document, gboolean whole, GError **error)
{
  gint64 place;

  if (!whole && !take_out_one (cache, document->id, error))
    return FALSE;
  if (document->words == NULL)
    return TRUE;
  return find_place (cache, full, document->at_ms, &place, error)
         && tb_db_exec (cache, error, "INSERT INTO searched (place, observation, visit, words) VALUES (?1, ?2, ?3, ?4)",
                        "isis", place, document->id, number, document->words)
         && tb_db_exec (cache, error, "INSERT INTO search_index (rowid, words) VALUES (?1, ?2)", "is", place,
                        document->words)
         && put_words (cache, document->words, error);
}

static gboolean
put_change (TbDb *cache, const Change *change, GError **error)
{
  g_autoptr (GHashTable) full = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  gint64 number = 0;

  if (!tb_db_exec (cache, error,
                   "INSERT INTO searched_visit (visit, coach, seq, operation) VALUES (?1, ?2, ?3, ?4)"
                   " ON CONFLICT (visit) DO UPDATE SET coach = excluded.coach, seq = excluded.seq,"
                   " operation = excluded.operation",
                   "ssis", change->visit, change->now.coach, change->now.seq, change->now.operation)
      || !tb_db_int (cache, 0, &number, error, "SELECT number FROM searched_visit WHERE visit = ?1", "s", change->visit)
      || (change->whole && !take_out_visit (cache, number, error)))
    return FALSE;
  if (change->gone)
    return tb_db_exec (cache, error, "DELETE FROM searched_visit WHERE number = ?1", "i", number);
  for (guint i = 0; i < change->documents->len; i++)
    if (!put_document (cache, full, number, change->documents->pdata[i], change->whole, error))
      return FALSE;
  return TRUE;
}

static gboolean
put_all (TbDb *cache, const GPtrArray *changes, GError **error)
{
  if (!tb_db_run (cache, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (guint i = 0; i < changes->len; i++)
    if (!put_change (cache, changes->pdata[i], error))
      return FALSE;
  return tb_db_run (cache, "COMMIT", error);
}

/* What waits is put in. FALSE: there is no cache, or it is another one than when the round began. */
static gboolean
flush (Round *round)
{
  GError *problem = NULL;
  TbDb *cache;
  gboolean same;

  if (round->changes->len == 0)
    return TRUE;
  cache = tb_cache_enter (round->store);
  same = cache != NULL && round->store->cache_generation == round->generation;
  if (same)
    put_all (cache, round->changes, &problem);
  g_ptr_array_set_size (round->changes, 0);
  round->waiting = 0;
  return tb_cache_leave (round->store, problem) && same;
}

/* --- rounds --------------------------------------------------------------------- */

/* What the index has: visit -> Known, of VISIT or (NULL) of all; new. NULL without a cache. */
static GHashTable *
read_known (Round *round, const char *visit)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_known);
  GError *problem = NULL;
  TbDb *cache = tb_cache_enter (round->store);

  round->generation = round->store->cache_generation;
  if (cache != NULL) {
    g_auto (TbQuery) query = { 0 };

    if (tb_query_open (&query, cache, &problem,
                       "SELECT visit, coach, seq, operation FROM searched_visit WHERE ?1 IS NULL OR visit = ?1", "s",
                       visit))
      while (tb_query_next (&query, &problem) > 0) {
        Known *one = g_new0 (Known, 1);

        *one = (Known){ tb_query_dup (&query, 1), tb_query_int (&query, 2), tb_query_dup (&query, 3) };
        g_hash_table_insert (known, tb_query_dup (&query, 0), one);
      }
  }
  return tb_cache_leave (round->store, problem) ? g_steal_pointer (&known) : NULL;
}

static gboolean
bring_in (Round *round, const char *visit, const Known *known, GError **error)
{
  Change *change = NULL;
  gboolean ok = look_at (round, visit, known, &change, error);

  if (change != NULL && ok && !(known != NULL && !change->whole && known->seq == change->now.seq)) {
    g_ptr_array_add (round->changes, change);
    round->waiting += change->documents->len;
  } else if (change != NULL) {
    free_change (change);
  }
  return ok;
}

/* All visits there are, and those that only the index has. New. */
static GPtrArray *
list_visits (Round *round, GHashTable *known, GError **error)
{
  g_autoptr (GPtrArray) visits = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (TbQuery) query = { 0 };
  GHashTableIter iter;
  gpointer id;
  int step;

  /* The newest first: it is what people look for. */
  if (!tb_query_open (&query, round->db, error,
                      "SELECT id FROM visit ORDER BY coalesce(started_wall, planned_wall, created_wall) DESC", ""))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    g_ptr_array_add (visits, tb_query_dup (&query, 0));
    g_hash_table_add (there, visits->pdata[visits->len - 1]);
  }
  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!g_hash_table_contains (there, id))
      g_ptr_array_add (visits, g_strdup (id));
  return step == 0 ? g_steal_pointer (&visits) : NULL;
}

/* VISIT NULL: all. */
static gboolean
go_round (TbStore *store, const char *visit, const gint *stop, GError **error)
{
  g_autoptr (GHashTable) titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func (free_change);
  g_autoptr (GHashTable) known = NULL;
  g_autoptr (GPtrArray) visits = NULL;
  Round round = { .store = store, .titles = titles, .changes = changes };
  guint next = 0;

  known = read_known (&round, visit);
  while (known != NULL && (visits == NULL || next < visits->len)) {
    /* One snapshot for each batch: a long one would keep the database's log from being emptied. */
    g_auto (TbRead) read = { 0 };

    if (!tb_read_begin (&read, store, error))
      return FALSE;
    round.db = read.db;
    if (visits == NULL && visit != NULL) {
      visits = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (visits, g_strdup (visit));
    } else if (visits == NULL && (visits = list_visits (&round, known, error)) == NULL) {
      return FALSE;
    }
    for (; next < visits->len && round.waiting < BATCH; next++) {
      if (stop != NULL && g_atomic_int_get (stop) != 0)
        return TRUE;
      if (!bring_in (&round, visits->pdata[next], g_hash_table_lookup (known, visits->pdata[next]), error))
        return FALSE;
    }
    if (!flush (&round))
      return FALSE;
  }
  return known != NULL;
}

gboolean
tb_search_catch_up (TbStore *store, const gint *stop, GError **error)
{
  return go_round (store, NULL, stop, error);
}

gboolean
tb_search_update (TbStore *store, const char *visit, GError **error)
{
  return go_round (store, visit, NULL, error);
}
