/* The list of visits, and searching in it. Words are compared here and not in
 * SQL: databases differ in what they hold for the same letter. */
#include <string.h>

#include "base/error.h"
#include "store/store-private.h"
#include "store/visit-private.h"

/* Lower case, without accents. New string. */
static char *
fold (const char *text)
{
  g_autofree char *apart = NULL;
  g_autofree char *plain = NULL;
  char *to;

  if (g_str_is_ascii (text))
    return g_ascii_strdown (text, -1);
  apart = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  if (apart == NULL)
    return g_ascii_strdown (text, -1);
  plain = g_malloc (strlen (apart) + 1);
  to = plain;
  for (const char *c = apart; *c != '\0'; c = g_utf8_next_char (c)) {
    if (g_unichar_ismark (g_utf8_get_char (c)))
      continue;
    memcpy (to, c, (gsize) (g_utf8_next_char (c) - c));
    to += g_utf8_next_char (c) - c;
  }
  *to = '\0';
  return g_utf8_casefold (plain, -1);
}

static char **
words_of (const char *search)
{
  g_autofree char *folded = fold (search != NULL ? search : "");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\r\n", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}

static gboolean
matches (TbQuery *query, char **words)
{
  g_autofree char *all = NULL;
  g_autofree char *folded = NULL;

  if (*words == NULL)
    return TRUE;
  all = g_strjoin ("\n", tb_query_text (query, 1), tb_query_text (query, 2), tb_query_text (query, 3),
                   tb_query_text (query, 4), tb_query_text (query, 5), NULL);
  folded = fold (all);
  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (folded, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

#define PLACE "coalesce(started_wall, planned_wall, created_wall)"
#define COLUMNS "SELECT id, title, teacher, group_name, subject, focus FROM visit WHERE "
#define AFTER " AND (" PLACE ", id) < (?2, ?3) ORDER BY " PLACE " DESC, id DESC"
#define OF_COACH "(?1 IS NULL OR coach = ?1)"
#define OBSERVED "id IN (SELECT visit FROM visit_observer WHERE person = ?1)"
/* A release of a clip that was removed gives nothing. */
#define SHARED                                                                                                        \
  "id IN (SELECT release.visit FROM release LEFT JOIN clip ON clip.id = release.clip WHERE release.person = ?1"        \
  " AND agreed_wall IS NOT NULL AND refused_wall IS NULL AND withdrawn_wall IS NULL AND release.until_wall > ?4"      \
  " AND (release.clip IS NULL OR clip.removed = 0))"

/* Where the page begins: below PLACE and BEFORE. */
static gboolean
find_place (TbDb *db, const char *before, gint64 *place, GError **error)
{
  *place = G_MAXINT64;
  if (before == NULL)
    return TRUE;
  if (!tb_db_int (db, G_MAXINT64, place, error, "SELECT " PLACE " FROM visit WHERE id = ?1", "s", before))
    return FALSE;
  if (*place != G_MAXINT64)
    return TRUE;
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit %.60s to list those before", before);
  return FALSE;
}

/* Up to LIMIT of those that SQL gives and that have all words of SEARCH. PERSON is ?1, NOW_WALL ?4; 0: SQL has no ?4. */
static GPtrArray *
list (TbStore *store, const char *sql, const char *person, gint64 now_wall, const char *search, guint limit,
      const char *before, gboolean *more, GError **error)
{
  g_autoptr (GPtrArray) visits = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_visit_free);
  g_auto (GStrv) words = words_of (search);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  gboolean rest = FALSE;
  gint64 place;
  int step;

  if (!tb_read_begin (&read, store, error) || !find_place (read.db, before, &place, error)
      || !tb_query_open (&query, read.db, error, sql, now_wall != 0 ? "sisi" : "sis", person, place,
                         before != NULL ? before : "", now_wall))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbVisit *visit;

    if (!matches (&query, words))
      continue;
    if (visits->len == limit) {
      rest = TRUE;
      break;
    }
    visit = tb_visit_load (read.db, tb_query_text (&query, 0), error);
    if (visit == NULL)
      return NULL;
    g_ptr_array_add (visits, visit);
  }
  if (step < 0)
    return NULL;
  if (more != NULL)
    *more = rest;
  return g_steal_pointer (&visits);
}

GPtrArray *
tb_visit_list (TbStore *store, const char *coach, const char *search, guint limit, const char *before, gboolean *more,
               GError **error)
{
  return list (store, COLUMNS OF_COACH AFTER, coach, 0, search, limit, before, more, error);
}

GPtrArray *
tb_visit_list_shared (TbStore *store, const char *person, gint64 now_wall, const char *search, guint limit,
                      const char *before, gboolean *more, GError **error)
{
  return list (store, COLUMNS SHARED AFTER, person, now_wall, search, limit, before, more, error);
}

GPtrArray *
tb_visit_list_mine (TbStore *store, const char *person, const char *search, guint limit, const char *before,
                    gboolean *more, GError **error)
{
  return list (store, COLUMNS "(coach = ?1 OR " OBSERVED ")" AFTER, person, 0, search, limit, before, more, error);
}

GPtrArray *
tb_visit_list_given (TbStore *store, const char *person, gint64 now_wall, const char *search, guint limit,
                     const char *before, gboolean *more, GError **error)
{
  return list (store, COLUMNS "(" SHARED " OR " OBSERVED ")" AFTER, person, now_wall, search, limit, before, more,
               error);
}
