#include "store/counting.h"

#include <string.h>

#include "base/error.h"
#include "observe/lineage.h"
#include "store/journal.h"
#include "store/store-private.h"
#include "store/visit-private.h"

TbTime
tb_visit_lasted (const TbVisit *visit, const GPtrArray *observations)
{
  TbTime length = 0;

  if (visit->started_at != 0)
    return MAX (tb_visit_now (visit, visit->ended_at != 0 ? visit->ended_at : tb_clock_wall ()), 0);
  for (guint i = 0; i < observations->len; i++) {
    const TbObservation *observation = observations->pdata[i];

    length = MAX (length, MAX (observation->at, observation->until));
  }
  return length;
}

/* The rating that counts of one code, observer and subject. */
typedef struct {
  gint64 seq;
  char *id;
} Newest;

static void
free_newest (gpointer data)
{
  g_free (((Newest *) data)->id);
  g_free (data);
}

/* What a rating is of; new. */
static char *
subject_of_rating (const char *instrument, const char *code, const char *observer, const char *subject)
{
  return g_strjoin ("\n", instrument, code, observer, subject != NULL ? subject : "", NULL);
}

/* What a rating is of -> Newest, of the ratings LISTED (a set of ids) only: one that was made after they were listed is
 * not counted, so it is in nobody's place. New. */
static GHashTable *
newest_ratings (TbStore *store, const char *visit, GHashTable *listed, GError **error)
{
  g_autoptr (GHashTable) ratings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_newest);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         "SELECT id, instrument, code, observer, subject, coalesce((SELECT max(seq) FROM journal"
                         " WHERE journal.target_id = observation.id AND journal.visit = observation.visit), 0)"
                         " FROM observation WHERE visit = ?1 AND kind = 'rating' AND removed = 0"
                         " AND instrument IS NOT NULL AND code IS NOT NULL",
                         "s", visit))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    g_autofree char *key = subject_of_rating (tb_query_text (&query, 1), tb_query_text (&query, 2),
                                              tb_query_text (&query, 3), tb_query_text (&query, 4));
    const Newest *known = g_hash_table_lookup (ratings, key);
    Newest *newest;

    if (!g_hash_table_contains (listed, tb_query_text (&query, 0)))
      continue;
    if (known != NULL && known->seq > tb_query_int (&query, 5))
      continue;
    newest = g_new0 (Newest, 1);
    newest->seq = tb_query_int (&query, 5);
    newest->id = tb_query_dup (&query, 0);
    g_hash_table_insert (ratings, g_steal_pointer (&key), newest);
  }
  return step == 0 ? g_steal_pointer (&ratings) : NULL;
}

/* Puts number I of OBSERVATIONS behind the first *KEPT. Those that stay are put in front one by one, and the rest is cut
 * off at once: taking each of the others out would move all that come after it. */
static void
keep (GPtrArray *observations, guint i, guint *kept)
{
  gpointer observation = observations->pdata[i];

  observations->pdata[i] = observations->pdata[*kept];
  observations->pdata[(*kept)++] = observation;
}

/* Whether NEWEST has another rating of the same as OBSERVATION. */
static gboolean
is_superseded (GHashTable *newest, const TbObservation *observation)
{
  g_autofree char *key = NULL;
  const Newest *one;

  if (observation->kind != TB_KIND_RATING || observation->instrument == NULL || observation->code == NULL)
    return FALSE;
  key = subject_of_rating (observation->instrument, observation->code, observation->observer, observation->subject);
  one = g_hash_table_lookup (newest, key);
  return one != NULL && !g_str_equal (one->id, observation->id);
}

/* OBSERVATIONS without the ratings that later ones came in the place of. */
static gboolean
drop_superseded (TbStore *store, const char *visit, GPtrArray *observations, guint *superseded, GError **error)
{
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) newest = NULL;
  guint kept = 0;

  for (guint i = 0; i < observations->len; i++) {
    TbObservation *observation = observations->pdata[i];

    if (observation->kind == TB_KIND_RATING)
      g_hash_table_add (listed, observation->id);
  }
  if (g_hash_table_size (listed) < 2)
    return TRUE;
  newest = newest_ratings (store, visit, listed, error);
  if (newest == NULL)
    return FALSE;
  for (guint i = 0; i < observations->len; i++)
    if (!is_superseded (newest, observations->pdata[i]))
      keep (observations, i, &kept);
  *superseded += observations->len - kept;
  g_ptr_array_set_size (observations, (gint) kept);
  return TRUE;
}

/* The layers are loaded after the observations: so the observer of each is among them. */
static gboolean
keep_chosen (TbStore *store, const char *visit, GPtrArray *observations, TbCountingFilter filter, gpointer data,
             GError **error)
{
  g_autoptr (TbLayers) layers = tb_layers_load (store, visit, error);
  guint kept = 0;

  if (layers == NULL)
    return FALSE;
  for (guint i = 0; i < observations->len; i++)
    if (filter (layers, observations->pdata[i], data))
      keep (observations, i, &kept);
  g_ptr_array_set_size (observations, (gint) kept);
  return TRUE;
}

static gboolean
add_visit (TbCounting *counting, TbStore *store, const char *id, TbCountingFilter filter, gpointer data, GError **error)
{
  TbVisit *visit = tb_visit_get (store, id, error);
  GPtrArray *observations;

  if (visit == NULL)
    return FALSE;
  g_ptr_array_add (counting->visits, visit);
  observations = tb_observation_list (store, id, FALSE, NULL, error);
  if (observations == NULL)
    return FALSE;
  g_ptr_array_add (counting->observations, observations);
  /* The length first: it does not depend on who looks. */
  tb_event_set_add_visit (counting->set, id, tb_visit_lasted (visit, observations));
  return (filter == NULL || keep_chosen (store, id, observations, filter, data, error))
         && drop_superseded (store, id, observations, &counting->superseded, error);
}

/* Every version of INSTRUMENT that is kept or published. */
static gboolean
add_versions (TbLineage *lineage, TbStore *store, const char *instrument, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         "SELECT json FROM instrument WHERE id = ?1 UNION ALL"
                         " SELECT json FROM own_instrument WHERE id = ?1 AND published_wall IS NOT NULL",
                         "s", instrument))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0) {
    const char *text = tb_query_text (&query, 0);
    g_autoptr (TbInstrument) version = tb_instrument_parse (text, strlen (text), error);

    if (version == NULL)
      return FALSE;
    tb_lineage_add (lineage, version);
  }
  return step == 0;
}

/* Tells the set what the visits' instruments say. */
static gboolean
add_instruments (TbCounting *counting, TbStore *store, GPtrArray *catalogue, GError **error)
{
  g_autoptr (TbLineage) lineage = tb_lineage_new ();
  g_autoptr (GHashTable) versions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint v = 0; v < counting->visits->len; v++) {
    const TbVisit *visit = counting->visits->pdata[v];

    for (guint i = 0; i < visit->instruments->len; i++) {
      const char *id = visit->instruments->pdata[i];
      g_autoptr (TbInstrument) instrument = tb_visit_instrument (store, visit->id, id, error);
      gpointer known = NULL;
      gboolean seen = g_hash_table_lookup_extended (versions, id, NULL, &known);

      if (instrument == NULL)
        return FALSE;
      tb_lineage_use (lineage, v, instrument);
      if (!seen)
        g_hash_table_insert (versions, g_strdup (id), GINT_TO_POINTER (tb_instrument_version (instrument)));
      else if (known != NULL && GPOINTER_TO_INT (known) != tb_instrument_version (instrument)) {
        g_hash_table_insert (versions, g_strdup (id), NULL);
        if (!add_versions (lineage, store, id, error))
          return FALSE;
      }
    }
  }
  for (guint i = 0; catalogue != NULL && i < catalogue->len; i++)
    tb_lineage_add (lineage, catalogue->pdata[i]);
  tb_lineage_apply (lineage, counting->set);
  return TRUE;
}

TbCounting *
tb_counting_new (TbStore *store, const char *const *ids, GPtrArray *catalogue, TbCountingFilter filter, gpointer data,
                 GError **error)
{
  g_autoptr (TbCounting) counting = g_new0 (TbCounting, 1);

  counting->set = tb_event_set_new ();
  counting->visits = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_visit_free);
  counting->observations = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  for (; *ids != NULL; ids++)
    if (!add_visit (counting, store, *ids, filter, data, error))
      return NULL;
  if (!add_instruments (counting, store, catalogue, error))
    return NULL;
  for (guint v = 0; v < counting->visits->len; v++)
    tb_event_set_add_observations (counting->set, v, counting->observations->pdata[v]);
  tb_event_set_sort (counting->set);
  return g_steal_pointer (&counting);
}

void
tb_counting_free (TbCounting *counting)
{
  if (counting == NULL)
    return;
  tb_event_set_free (counting->set);
  g_ptr_array_unref (counting->visits);
  g_ptr_array_unref (counting->observations);
  g_free (counting);
}
