#include "store/search.h"

#include <string.h>

#include "base/error.h"
#include "store/journal-rows.h"
#include "store/search-words.h"
#include "store/store-private.h"

/* More words than this are not looked at. */
#define WORDS_MAX 16
/* Beginnings of this many letters have an index of their own (schemas/cache.sql). */
#define SHORT_BEGINNING 5
/* A longer beginning is looked up as the words that begin so, while they are no more than this. */
#define ENDINGS_MAX 1024
/* After so many pages in which others' visits stood between, the index has to leave those out. */
#define ROUNDS_MAX 4
/* 16 MB: enough for the pages that every search of a large school passes. */
#define SEARCH_CACHE "PRAGMA query_only = 1; PRAGMA cache_size = -16000"

/* One search under way. */
typedef struct {
  TbStore *store;
  const TbSearchQuestion *question;
  TbSearchFilter filter;
  gpointer data;
  TbDb *cache;
  TbDb *db;       /* a snapshot of the database */
  char *match;    /* for FTS5 */
  GPtrArray *hits;
} Search;

static void
search_clear (Search *search)
{
  g_free (search->match);
  g_clear_pointer (&search->hits, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

void
tb_search_hit_free (TbSearchHit *hit)
{
  if (hit == NULL)
    return;
  g_free (hit->visit);
  g_free (hit->visit_title);
  tb_observation_free (hit->observation);
  g_free (hit->code_nl);
  g_free (hit->code_en);
  g_free (hit);
}

/* The connection for searching, under search_lock; NULL without a cache. */
static TbDb *
get_connection (TbStore *store)
{
  guint generation;
  gboolean there;

  g_mutex_lock (&store->cache_lock);
  generation = store->cache_generation;
  there = store->cache != NULL;
  g_mutex_unlock (&store->cache_lock);
  if (store->search != NULL && (!there || store->search_generation != generation || store->search->broken))
    g_clear_pointer (&store->search, tb_db_close);
  if (store->search != NULL || !there)
    return store->search;
  store->search = tb_db_open (store->cache_path, NULL);
  store->search_generation = generation;
  if (store->search != NULL && !tb_db_run (store->search, SEARCH_CACHE, NULL))
    g_clear_pointer (&store->search, tb_db_close);
  return store->search;
}

/* --- what is looked for --------------------------------------------------------- */

static void
add_term (GString *match, const char *word)
{
  /* Folded words have no quotes; the tags have none either. */
  g_string_append_printf (match, "%s\"%s\"", match->len > 0 ? " AND " : "", word);
}

/* The words that begin with BEGINNING, at most one more than ENDINGS_MAX. New. */
static GPtrArray *
list_endings (TbDb *cache, const char *beginning, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *past = g_strconcat (beginning, "\xf4\x8f\xbf\xbf", NULL);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, cache, error, "SELECT word FROM search_word WHERE word >= ?1 AND word < ?2 LIMIT ?3", "ssi",
                      beginning, past, (gint64) ENDINGS_MAX + 1))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (words, tb_query_dup (&query, 0));
  return step == 0 ? g_steal_pointer (&words) : NULL;
}

/* Adds the last word. *NONE: nothing begins so. A common beginning is given word by word, because FTS5 would first put
 * together everything that begins so, and these it reads only as far as is asked for. */
static gboolean
add_beginning (TbDb *cache, GString *match, const char *beginning, gboolean *none, GError **error)
{
  g_autoptr (GPtrArray) endings = NULL;

  *none = FALSE;
  if (g_utf8_strlen (beginning, -1) > SHORT_BEGINNING) {
    endings = list_endings (cache, beginning, error);
    if (endings == NULL)
      return FALSE;
    *none = endings->len == 0;
  }
  if (endings == NULL || endings->len > ENDINGS_MAX) {
    add_term (match, beginning);
    g_string_append (match, " *");
    return TRUE;
  }
  for (guint i = 0; i < endings->len; i++)
    g_string_append_printf (match, "%s\"%s\"", i > 0 ? " OR " : match->len > 0 ? " AND (" : "(",
                            (const char *) endings->pdata[i]);
  if (!*none)
    g_string_append_c (match, ')');
  return TRUE;
}

/* Whether most of what is in the index is this coach's: then it is quicker to look at every hit whose it is, as is done
 * anyway, than to have the index do it; unless the newest happen to be others'. */
static gboolean
owns_most (Search *search, gboolean *most, GError **error)
{
  gint64 answer = 0;

  if (!tb_db_int (search->cache, 0, &answer, error, "SELECT 2 * sum(coach = ?1) > count(*) FROM searched_visit", "s",
                  search->question->coach))
    return FALSE;
  *most = answer != 0;
  return TRUE;
}

/* Makes search->match; NULL when there is nothing to look for. BY_COACH: the index is to leave out other coaches'. */
static gboolean
make_match (Search *search, gboolean by_coach, GError **error)
{
  const TbSearchQuestion *question = search->question;
  g_autoptr (GString) typed = g_string_new (NULL);
  g_autoptr (GString) tags = g_string_new (NULL);
  g_autoptr (GString) match = g_string_new (NULL);
  g_auto (GStrv) words = NULL, known = NULL;
  gboolean none = FALSE;
  guint n;

  tb_search_words_add (typed, question->words);
  words = g_strsplit (g_strchomp (typed->str), " ", -1);
  n = *typed->str != '\0' ? MIN (g_strv_length (words), WORDS_MAX) : 0;
  if (n == 0 && question->code == NULL)
    return TRUE;
  g_clear_pointer (&search->match, g_free);
  if (by_coach)
    tb_search_words_add_coach (tags, question->coach);
  if (question->code != NULL)
    tb_search_words_add_code (tags, question->code);
  known = g_strsplit (g_strchomp (tags->str), " ", -1);
  for (guint i = 0; known[i] != NULL && *known[i] != '\0'; i++)
    add_term (match, known[i]);
  for (guint i = 0; i + 1 < n; i++)
    add_term (match, words[i]);
  if (n > 0 && !add_beginning (search->cache, match, words[n - 1], &none, error))
    return FALSE;
  if (!none)
    search->match = g_strdup (match->str);
  return TRUE;
}

/* --- what is found --------------------------------------------------------------- */

static gboolean
is_code (const TbObservation *observation, const char *code)
{
  g_autofree char *name = NULL;

  if (code == NULL)
    return TRUE;
  if (observation->instrument == NULL || observation->code == NULL)
    return FALSE;
  name = g_strconcat (observation->instrument, "/", observation->code, NULL);
  return g_str_equal (name, code);
}

/* The titles of the code, in the version that the visit uses. */
static gboolean
add_titles (Search *search, TbSearchHit *hit, GError **error)
{
  const TbObservation *observation = hit->observation;
  const TbInstrument *instrument;
  const TbCode *code;
  gint64 version = 0;

  if (observation->instrument == NULL || observation->code == NULL)
    return TRUE;
  if (!tb_db_int (search->db, 0, &version, error,
                  "SELECT version FROM visit_instrument WHERE visit = ?1 AND instrument = ?2", "ss", hit->visit,
                  observation->instrument))
    return FALSE;
  instrument = version != 0 ? tb_store_instrument (search->store, search->db, observation->instrument, version, NULL)
                            : NULL;
  code = instrument != NULL ? tb_instrument_find (instrument, observation->code) : NULL;
  if (code != NULL) {
    hit->code_nl = g_strdup (code->title_nl);
    hit->code_en = g_strdup (code->title_en);
  }
  return TRUE;
}

/* Reads the observation ID as it is now; not among the hits when it is not for who asks. */
static gboolean
add_hit (Search *search, const char *id, GError **error)
{
  g_autoptr (TbSearchHit) hit = g_new0 (TbSearchHit, 1);
  g_auto (TbQuery) query = { 0 };
  g_auto (TbQuery) of_visit = { 0 };
  int step;

  if (!tb_query_open (&query, search->db, error, TB_OBSERVATION_COLUMNS "WHERE id = ?1 AND removed = 0", "s", id)
      || (step = tb_query_next (&query, error)) < 0)
    return FALSE;
  if (step == 0)
    return TRUE;
  hit->observation = tb_observation_row_read (&query);
  hit->visit = tb_query_dup (&query, 1);
  if (!is_code (hit->observation, search->question->code))
    return TRUE;
  if (!tb_query_open (&of_visit, search->db, error, "SELECT title, started_wall FROM visit WHERE id = ?1 AND coach = ?2",
                      "ss", hit->visit, search->question->coach)
      || (step = tb_query_next (&of_visit, error)) < 0)
    return FALSE;
  if (step == 0
      || (search->filter != NULL && !search->filter (hit->visit, hit->observation->observer, search->data)))
    return TRUE;
  hit->visit_title = tb_query_dup (&of_visit, 0);
  hit->visit_started_at = tb_query_int (&of_visit, 1);
  if (!add_titles (search, hit, error))
    return FALSE;
  g_ptr_array_add (search->hits, g_steal_pointer (&hit));
  return TRUE;
}

/* The ids of at most LIMIT that match before *PLACE, which is carried on. New. */
static GPtrArray *
next_ids (Search *search, gint64 *place, guint limit, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, search->cache, error,
                      "SELECT rowid, (SELECT observation FROM searched WHERE place = search_index.rowid)"
                      " FROM search_index WHERE search_index MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
                      "sii", search->match, *place, (gint64) limit))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    *place = tb_query_int (&query, 0);
    g_ptr_array_add (ids, tb_query_dup (&query, 1));
  }
  return step == 0 ? g_steal_pointer (&ids) : NULL;
}

static gboolean
find_start (Search *search, gint64 *place, GError **error)
{
  const char *before = search->question->before;

  *place = G_MAXINT64;
  if (before == NULL)
    return TRUE;
  if (!tb_db_int (search->cache, -1, place, error, "SELECT place FROM searched WHERE observation = ?1", "s", before))
    return FALSE;
  if (*place == -1)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no observation %.60s to list those before", before);
  return *place != -1;
}

static gboolean
collect (Search *search, GError **error)
{
  const guint wanted = search->question->limit + 1;
  gboolean most;
  gint64 place;
  guint rounds = 0;

  if (!owns_most (search, &most, error) || !make_match (search, !most, error) || !find_start (search, &place, error))
    return FALSE;
  while (search->match != NULL && search->hits->len < wanted) {
    g_autoptr (GPtrArray) ids = next_ids (search, &place, wanted, error);

    if (ids == NULL)
      return FALSE;
    for (guint i = 0; i < ids->len && search->hits->len < wanted; i++)
      if (ids->pdata[i] != NULL && !add_hit (search, ids->pdata[i], error))
        return FALSE;
    if (ids->len < wanted)
      return TRUE;
    if (most && ++rounds == ROUNDS_MAX && !make_match (search, TRUE, error))
      return FALSE;
  }
  return TRUE;
}

GPtrArray *
tb_search_find (TbStore *store, const TbSearchQuestion *question, TbSearchFilter filter, gpointer data, gboolean *more,
                GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&store->search_lock);
  g_auto (Search) search = { .store = store, .question = question, .filter = filter, .data = data };
  g_auto (TbRead) read = { 0 };
  GError *problem = NULL;

  search.hits = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_search_hit_free);
  *more = FALSE;
  search.cache = get_connection (store);
  if (search.cache == NULL)
    return g_steal_pointer (&search.hits);
  if (!tb_read_begin (&read, store, error))
    return NULL;
  search.db = read.db;
  if (!collect (&search, &problem)) {
    /* A damaged index is no reason not to answer: the next thing put into it makes it anew. */
    if (g_error_matches (problem, TB_ERROR, TB_ERROR_CORRUPT) && !read.db->broken) {
      tb_cache_enter (store);
      tb_cache_leave (store, g_steal_pointer (&problem));
      g_ptr_array_set_size (search.hits, 0);
      return g_steal_pointer (&search.hits);
    }
    g_propagate_error (error, problem);
    return NULL;
  }
  *more = search.hits->len > question->limit;
  if (*more)
    g_ptr_array_set_size (search.hits, (int) question->limit);
  return g_steal_pointer (&search.hits);
}
