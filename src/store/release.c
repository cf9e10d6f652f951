#include "store/release.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/store-private.h"
#include "store/view-log-private.h"

static const char *const purposes[] = { "coaching", "team", "training", NULL };

void
tb_release_free (TbRelease *release)
{
  if (release == NULL)
    return;
  g_free (release->id);
  g_free (release->visit);
  g_free (release->visit_title);
  g_free (release->clip);
  g_free (release->clip_title);
  g_free (release->person);
  g_free (release->person_name);
  g_free (release->by);
  g_free (release->by_name);
  g_free (release->purpose);
  g_free (release->withdrawn_by);
  g_free (release->withdrawn_by_name);
  g_free (release);
}

TbReleaseState
tb_release_state (const TbRelease *release, gint64 now_wall)
{
  if (release->withdrawn_at != 0)
    return TB_RELEASE_WITHDRAWN;
  if (release->refused_at != 0)
    return TB_RELEASE_REFUSED;
  if (now_wall >= release->until)
    return TB_RELEASE_ENDED;
  return release->agreed_at != 0 ? TB_RELEASE_LIVE : TB_RELEASE_ASKED;
}

const char *
tb_release_state_name (TbReleaseState state)
{
  switch (state) {
  case TB_RELEASE_ASKED: return "asked";
  case TB_RELEASE_REFUSED: return "refused";
  case TB_RELEASE_LIVE: return "live";
  case TB_RELEASE_ENDED: return "ended";
  case TB_RELEASE_WITHDRAWN: return "withdrawn";
  }
  return "ended";
}

static json_object *
person_to_json (const char *id, const char *name)
{
  json_object *person = json_object_new_object ();

  tb_json_add_string (person, "id", id);
  tb_json_add_string (person, "name", name);
  return person;
}

static json_object *
clip_to_json (const TbRelease *release)
{
  json_object *clip = json_object_new_object ();

  tb_json_add_string (clip, "id", release->clip);
  tb_json_add_string (clip, "title", release->clip_title);
  tb_json_add_time (clip, "from", release->from);
  tb_json_add_time (clip, "to", release->to);
  return clip;
}

json_object *
tb_release_to_json (const TbRelease *release, gint64 now_wall)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", release->id);
  tb_json_add_string (object, "visit", release->visit);
  tb_json_add_string (object, "visit_title", release->visit_title);
  tb_json_add (object, "clip", release->clip != NULL ? clip_to_json (release) : NULL);
  tb_json_add (object, "person", person_to_json (release->person, release->person_name));
  tb_json_add (object, "by", person_to_json (release->by, release->by_name));
  tb_json_add_string (object, "purpose", release->purpose);
  tb_json_add_wall (object, "created_at", release->created_at);
  tb_json_add_wall (object, "until", release->until);
  tb_json_add_bool (object, "download", release->download);
  tb_json_add_bool (object, "taps", release->taps);
  tb_json_add_string (object, "state", tb_release_state_name (tb_release_state (release, now_wall)));
  tb_json_add_wall (object, "answered_at", release->agreed_at != 0 ? release->agreed_at : release->refused_at);
  tb_json_add_wall (object, "withdrawn_at", release->withdrawn_at);
  tb_json_add (object, "withdrawn_by",
               release->withdrawn_by != NULL ? person_to_json (release->withdrawn_by, release->withdrawn_by_name)
                                             : NULL);
  tb_json_add_bool (object, "to_teacher", release->to_teacher);
  return object;
}

/* What others see of a clip is what the teacher said yes to: made longer later it gives no more, made shorter less. */
#define SEEN_FROM "CASE WHEN agreed_from_ns > clip.from_ns THEN agreed_from_ns ELSE clip.from_ns END"
#define SEEN_TO "CASE WHEN agreed_to_ns < clip.to_ns THEN agreed_to_ns ELSE clip.to_ns END"

#define RELEASES                                                                                                     \
  "SELECT release.id, release.visit, visit.title, release.clip, clip.title, " SEEN_FROM ", " SEEN_TO ", release.person," \
  " receiver.name, by_person, giver.name, purpose, to_teacher, download, release.created_wall, until_wall,"          \
  " agreed_wall, refused_wall, withdrawn_wall, withdrawn_by, taker.name, taps"                                       \
  " FROM release JOIN visit ON visit.id = release.visit"                                                             \
  " JOIN person AS receiver ON receiver.id = release.person JOIN person AS giver ON giver.id = by_person"            \
  " LEFT JOIN person AS taker ON taker.id = withdrawn_by"                                                            \
  " LEFT JOIN clip ON clip.id = release.clip "

#define NEWEST_FIRST " ORDER BY release.created_wall DESC, release.id DESC"

/* What makes a release live but for its date, which is compared by the query. */
#define GIVEN "agreed_wall IS NOT NULL AND refused_wall IS NULL AND withdrawn_wall IS NULL "

static TbRelease *
read_row (TbQuery *query)
{
  TbRelease *release = g_new0 (TbRelease, 1);

  release->id = tb_query_dup (query, 0);
  release->visit = tb_query_dup (query, 1);
  release->visit_title = tb_query_dup (query, 2);
  release->clip = tb_query_dup (query, 3);
  release->clip_title = tb_query_dup (query, 4);
  release->from = tb_query_int (query, 5);
  release->to = tb_query_int (query, 6);
  release->person = tb_query_dup (query, 7);
  release->person_name = tb_query_dup (query, 8);
  release->by = tb_query_dup (query, 9);
  release->by_name = tb_query_dup (query, 10);
  release->purpose = tb_query_dup (query, 11);
  release->to_teacher = tb_query_int (query, 12) != 0;
  release->download = tb_query_int (query, 13) != 0;
  release->created_at = tb_query_int (query, 14);
  release->until = tb_query_int (query, 15);
  release->agreed_at = tb_query_int (query, 16);
  release->refused_at = tb_query_int (query, 17);
  release->withdrawn_at = tb_query_int (query, 18);
  release->withdrawn_by = tb_query_dup (query, 19);
  release->withdrawn_by_name = tb_query_dup (query, 20);
  release->taps = tb_query_int (query, 21) != 0;
  return release;
}

static GPtrArray *
read_rows (TbQuery *query, GError **error)
{
  g_autoptr (GPtrArray) releases = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_release_free);
  int step;

  while ((step = tb_query_next (query, error)) > 0)
    g_ptr_array_add (releases, read_row (query));
  return step == 0 ? g_steal_pointer (&releases) : NULL;
}

static TbRelease *
load (TbDb *db, const char *id, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, RELEASES "WHERE release.id = ?1", "s", id))
    return NULL;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no release %.60s", id);
  return step > 0 ? read_row (&query) : NULL;
}

TbRelease *
tb_release_get (TbStore *store, const char *id, GError **error)
{
  g_auto (TbRead) read = { 0 };

  return tb_read_begin (&read, store, error) ? load (read.db, id, error) : NULL;
}

GPtrArray *
tb_release_list_of_visit (TbStore *store, const char *visit, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, RELEASES "WHERE release.visit = ?1" NEWEST_FIRST, "s", visit))
    return NULL;
  return read_rows (&query, error);
}

GPtrArray *
tb_release_list_live_to (TbStore *store, const char *person, gint64 now_wall, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         RELEASES "WHERE release.person = ?1 AND " GIVEN "AND until_wall > ?2"
                                  " AND (release.clip IS NULL OR clip.removed = 0)" NEWEST_FIRST,
                         "si", person, now_wall))
    return NULL;
  return read_rows (&query, error);
}

GHashTable *
tb_release_count_receivers (TbStore *store, const char *coach, gint64 now_wall, GError **error)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         "SELECT release.visit, count(DISTINCT release.person)"
                         " FROM release JOIN visit ON visit.id = release.visit"
                         " WHERE visit.coach = ?1 AND " GIVEN "AND until_wall > ?2 GROUP BY release.visit",
                         "si", coach, now_wall))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0)
    g_hash_table_insert (counts, tb_query_dup (&query, 0), GUINT_TO_POINTER ((guint) tb_query_int (&query, 1)));
  return step == 0 ? g_steal_pointer (&counts) : NULL;
}

GPtrArray *
tb_release_list_asked_of (TbStore *store, const char *teacher, gint64 now_wall, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         RELEASES "WHERE visit.teacher_person = ?1 AND agreed_wall IS NULL AND refused_wall IS NULL"
                                  " AND withdrawn_wall IS NULL AND until_wall > ?2" NEWEST_FIRST,
                         "si", teacher, now_wall))
    return NULL;
  return read_rows (&query, error);
}

/* --- changes ------------------------------------------------------------- */

static gboolean
refuse (GError **error, TbErrorCode code, const char *message)
{
  g_set_error_literal (error, TB_ERROR, code, message);
  return FALSE;
}

static gboolean
check_terms (const char *person, const char *purpose, const char *by, gint64 until, gint64 now, GError **error)
{
  if (!g_strv_contains (purposes, purpose))
    return refuse (error, TB_ERROR_INVALID, "“purpose” must be “coaching”, “team” or “training”");
  if (until <= now)
    return refuse (error, TB_ERROR_INVALID, "“until” has passed already");
  if (until - now > TB_RELEASE_LONGEST)
    return refuse (error, TB_ERROR_INVALID, "“until” may be at most 400 days ahead");
  if (g_str_equal (person, by))
    return refuse (error, TB_ERROR_INVALID, "The coach of a visit sees it without a release");
  return TRUE;
}

/* The name of somebody who can sign in; new. */
static gboolean
find_name (TbDb *db, const char *person, char **name, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT name FROM person WHERE id = ?1 AND disabled_wall IS NULL", "s", person))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no person %.60s who can sign in", person);
  if (step > 0)
    *name = tb_query_dup (&query, 0);
  return step > 0;
}

/* Footage is only for these: a head has numbers, a privacy officer the register, an administrator the accounts. */
static gboolean
check_receiver (TbDb *db, const char *person, GError **error)
{
  g_autofree char *name = NULL;
  gint64 roles = 0;

  if (!find_name (db, person, &name, error)
      || !tb_db_int (db, 0, &roles, error,
                     "SELECT count(*) FROM person_role WHERE person = ?1 AND role IN ('coach', 'teacher', 'trainee')",
                     "s", person))
    return FALSE;
  return roles > 0
         || refuse (error, TB_ERROR_INVALID, "“person” is somebody whose role sees no footage");
}

/* The visit's teacher; *TEACHER new, NULL when there is none. */
static gboolean
find_teacher (TbDb *db, const char *visit, char **teacher, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error, "SELECT teacher_person FROM visit WHERE id = ?1", "s", visit))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit %.60s", visit);
  if (step > 0)
    *teacher = tb_query_dup (&query, 0);
  return step > 0;
}

static gboolean
check_clip (TbDb *db, const char *visit, const char *clip, GError **error)
{
  gint64 count = 0;

  if (clip == NULL)
    return TRUE;
  if (!tb_db_int (db, 0, &count, error, "SELECT count(*) FROM clip WHERE id = ?1 AND visit = ?2 AND removed = 0", "ss",
                  clip, visit))
    return FALSE;
  if (count == 0)
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "The visit has no clip %.60s", clip);
  return count > 0;
}

/* Whether the teacher's own live releases show the clip (NULL: the whole visit), which those to others rest on. It is
 * the teacher of now who counts: a release to an earlier one carries nobody else's. */
static gboolean
is_covered (TbDb *db, const char *visit, const char *clip, gint64 now, gboolean *covered, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM release JOIN visit ON visit.id = release.visit"
                  " WHERE release.visit = ?1 AND person = visit.teacher_person AND to_teacher = 1"
                  " AND (clip IS NULL OR clip = ?2) AND " GIVEN "AND until_wall > ?3",
                  "ssi", visit, clip, now))
    return FALSE;
  *covered = count > 0;
  return TRUE;
}

/* Whether the teacher sees there what the coach observed, too: what others see was the teacher's to see first. */
static gboolean
teacher_sees_taps (TbDb *db, const char *visit, const char *clip, gint64 now, gboolean *sees, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM release JOIN visit ON visit.id = release.visit"
                  " WHERE release.visit = ?1 AND person = visit.teacher_person AND to_teacher = 1"
                  " AND (clip IS NULL OR clip = ?2) AND " GIVEN "AND until_wall > ?3 AND (taps = 1 OR EXISTS"
                  " (SELECT 1 FROM talk WHERE talk.visit = release.visit AND revealed_wall IS NOT NULL))",
                  "ssi", visit, clip, now))
    return FALSE;
  *sees = count > 0;
  return TRUE;
}

static gboolean
check_order (TbDb *db, const char *visit, const char *clip, const char *teacher, gint64 now, GError **error)
{
  gboolean covered = FALSE;

  if (teacher == NULL)
    return refuse (error, TB_ERROR_CONFLICT, "Say first who the teacher of this lesson is; the teacher comes first");
  if (!is_covered (db, visit, clip, now, &covered, error))
    return FALSE;
  return covered || refuse (error, TB_ERROR_CONFLICT, "The teacher comes first: release it to the teacher, then to others");
}

static gboolean
check_new (TbDb *db, const char *visit, const char *clip, const char *person, gint64 now, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM release WHERE visit = ?1 AND person = ?2 AND clip IS ?3"
                  " AND refused_wall IS NULL AND withdrawn_wall IS NULL AND until_wall > ?4",
                  "sssi", visit, person, clip, now))
    return FALSE;
  return count == 0 || refuse (error, TB_ERROR_CONFLICT, "The same is released to this person already, or asked");
}

/* The row of the log, said so that it can be understood without the table of releases: "Sanne Bakker (team,
 * 2026-12-31)", with ", download" when a copy may be taken, and ", bare" without the observations. */
static gboolean
write_log (TbWrite *write, const TbRelease *release, const char *what, const char *by, gint64 now, TbViewLogHead *head,
           GError **error)
{
  g_autoptr (GDateTime) until = g_date_time_new_from_unix_local (release->until / TB_SECOND);
  g_autofree char *day = g_date_time_format (until, "%Y-%m-%d");
  g_autofree char *detail = g_strdup_printf ("%s (%s, %s%s%s)", release->person_name, release->purpose, day,
                                             release->download ? ", download" : "", release->taps ? "" : ", bare");
  g_autofree char *name = NULL;
  TbViewLogEntry entry = { now, by, NULL, release->visit, release->clip, what, detail };

  if (!find_name (write->db, by, &name, error))
    return FALSE;
  entry.person_name = name;
  return tb_view_log_append (write, &entry, head, error);
}

/* The change stands once it has committed; that its head could not be kept elsewhere is mended by the next row. */
static gboolean
commit (TbWrite *write, const TbViewLogHead *head, GError **error)
{
  g_autoptr (GError) unkept = NULL;

  if (!tb_write_commit (write, error))
    return FALSE;
  if (!tb_view_log_keep (write, head, &unkept))
    g_message ("The head of the log of who looked could not be kept: %s", unkept->message);
  return TRUE;
}

TbRelease *
tb_release_create (TbStore *store, const char *visit, const char *clip, const char *person, const char *purpose,
                   const char *by, gint64 until_wall, gboolean download, gboolean taps, gint64 now_wall,
                   GError **error)
{
  g_autoptr (TbRelease) release = NULL;
  g_autofree char *id = tb_uuid_new ();
  g_autofree char *teacher = NULL;
  g_auto (TbViewLogHead) head = { 0 };
  g_auto (TbWrite) write = { 0 };
  gboolean to_teacher, seen = TRUE;

  if (!check_terms (person, purpose, by, until_wall, now_wall, error) || !tb_write_begin (&write, store, error)
      || !find_teacher (write.db, visit, &teacher, error) || !check_clip (write.db, visit, clip, error)
      || !check_receiver (write.db, person, error))
    return NULL;
  to_teacher = g_strcmp0 (teacher, person) == 0;
  if ((!to_teacher && !check_order (write.db, visit, clip, teacher, now_wall, error))
      || (!to_teacher && !teacher_sees_taps (write.db, visit, clip, now_wall, &seen, error))
      || !check_new (write.db, visit, clip, person, now_wall, error)
      || !tb_db_exec (write.db, error,
                      "INSERT INTO release (id, visit, clip, person, purpose, by_person, to_teacher, download,"
                      " created_wall, until_wall, agreed_wall, taps)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                      "ssssssiiiiwi", id, visit, clip, person, purpose, by, (gint64) to_teacher, (gint64) !!download,
                      now_wall, until_wall, to_teacher ? now_wall : 0, (gint64) (taps && seen)))
    return NULL;
  release = load (write.db, id, error);
  if (release == NULL || !write_log (&write, release, "release", by, now_wall, &head, error)
      || !commit (&write, &head, error))
    return NULL;
  return g_steal_pointer (&release);
}

TbRelease *
tb_release_give_taps (TbStore *store, const char *id, const char *by, gint64 now_wall, GError **error)
{
  g_autoptr (TbRelease) release = NULL;
  g_auto (TbViewLogHead) head = { 0 };
  g_auto (TbWrite) write = { 0 };
  TbReleaseState state;
  gboolean seen = TRUE;

  if (!tb_write_begin (&write, store, error) || (release = load (write.db, id, error)) == NULL
      || (!release->to_teacher
          && !teacher_sees_taps (write.db, release->visit, release->clip, now_wall, &seen, error)))
    return NULL;
  state = tb_release_state (release, now_wall);
  if (state != TB_RELEASE_LIVE && state != TB_RELEASE_ASKED) {
    refuse (error, TB_ERROR_CONFLICT, "This release has ended already");
    return NULL;
  }
  if (release->taps)
    return g_steal_pointer (&release);
  if (!seen) {
    refuse (error, TB_ERROR_CONFLICT, "The teacher comes first: show the observations to the teacher, then to others");
    return NULL;
  }
  release->taps = TRUE;
  if (!tb_db_exec (write.db, error, "UPDATE release SET taps = 1 WHERE id = ?1", "s", id)
      || !write_log (&write, release, "taps", by, now_wall, &head, error) || !commit (&write, &head, error))
    return NULL;
  return g_steal_pointer (&release);
}

TbRelease *
tb_release_answer (TbStore *store, const char *id, const char *by, gboolean agree, gint64 now_wall, GError **error)
{
  g_autoptr (TbRelease) release = NULL;
  g_auto (TbViewLogHead) head = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (!tb_write_begin (&write, store, error) || (release = load (write.db, id, error)) == NULL)
    return NULL;
  if (tb_release_state (release, now_wall) != TB_RELEASE_ASKED) {
    refuse (error, TB_ERROR_CONFLICT, "This release does not wait for an answer");
    return NULL;
  }
  if (agree)
    release->agreed_at = now_wall;
  else
    release->refused_at = now_wall;
  if (!tb_db_exec (write.db, error, "UPDATE release SET agreed_wall = ?2, refused_wall = ?3,"
                   " agreed_from_ns = (SELECT from_ns FROM clip WHERE clip.id = release.clip),"
                   " agreed_to_ns = (SELECT to_ns FROM clip WHERE clip.id = release.clip) WHERE id = ?1",
                   "sww", id, release->agreed_at, release->refused_at)
      || !write_log (&write, release, agree ? "agree" : "refuse", by, now_wall, &head, error)
      || !commit (&write, &head, error))
    return NULL;
  return g_steal_pointer (&release);
}

/* Takes back one, and adds it as it is then to WITHDRAWN. */
static gboolean
withdraw_one (TbWrite *write, const char *id, const char *by, gint64 now, GPtrArray *withdrawn, TbViewLogHead *head,
              GError **error)
{
  TbRelease *release;

  if (!tb_db_exec (write->db, error, "UPDATE release SET withdrawn_wall = ?2, withdrawn_by = ?3 WHERE id = ?1", "sis",
                   id, now, by))
    return FALSE;
  release = load (write->db, id, error);
  if (release == NULL)
    return FALSE;
  g_ptr_array_add (withdrawn, release);
  return write_log (write, release, "withdraw", by, now, head, error);
}

/* Releases to others that may have rested on the teacher's: live or asked, of the same clip or of any when it was the
 * whole visit. */
static GPtrArray *
list_resting (TbDb *db, const TbRelease *base, gint64 now, GError **error)
{
  g_auto (TbQuery) query = { 0 };

  if (!tb_query_open (&query, db, error,
                      RELEASES "WHERE release.visit = ?1 AND to_teacher = 0 AND (?2 IS NULL OR release.clip = ?2)"
                               " AND refused_wall IS NULL AND withdrawn_wall IS NULL AND until_wall > ?3" NEWEST_FIRST,
                      "ssi", base->visit, base->clip, now))
    return NULL;
  return read_rows (&query, error);
}

static gboolean
withdraw_resting (TbWrite *write, const TbRelease *base, const char *by, gint64 now, GPtrArray *withdrawn,
                  TbViewLogHead *head, GError **error)
{
  g_autoptr (GPtrArray) others = list_resting (write->db, base, now, error);

  for (guint i = 0; others != NULL && i < others->len; i++) {
    const TbRelease *other = others->pdata[i];
    gboolean covered = FALSE;

    if (!is_covered (write->db, other->visit, other->clip, now, &covered, error))
      return FALSE;
    if (!covered && !withdraw_one (write, other->id, by, now, withdrawn, head, error))
      return FALSE;
  }
  return others != NULL;
}

gboolean
tb_release_withdraw (TbStore *store, const char *id, const char *by, gint64 now_wall, GPtrArray **withdrawn,
                     GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_release_free);
  g_autoptr (TbRelease) release = NULL;
  g_auto (TbViewLogHead) head = { 0 };
  g_auto (TbWrite) write = { 0 };
  TbReleaseState state;

  if (!tb_write_begin (&write, store, error) || (release = load (write.db, id, error)) == NULL)
    return FALSE;
  state = tb_release_state (release, now_wall);
  if (state != TB_RELEASE_LIVE && state != TB_RELEASE_ASKED)
    return refuse (error, TB_ERROR_CONFLICT, "This release has ended already");
  if (!withdraw_one (&write, id, by, now_wall, all, &head, error)
      || (release->to_teacher && !withdraw_resting (&write, release, by, now_wall, all, &head, error))
      || !commit (&write, &head, error))
    return FALSE;
  if (withdrawn != NULL)
    *withdrawn = g_steal_pointer (&all);
  return TRUE;
}

/* --- what may be seen ---------------------------------------------------- */

static void
clear_window (gpointer data)
{
  TbReleaseWindow *window = data;

  g_free (window->clip);
  g_free (window->release);
}

void
tb_release_view_free (TbReleaseView *view)
{
  if (view == NULL)
    return;
  g_free (view->whole_release);
  g_array_unref (view->windows);
  g_free (view);
}

/* A release of the whole visit; the one that allows most is named. */
static void
see_whole (TbReleaseView *view, TbQuery *query)
{
  gboolean download = tb_query_int (query, 2) != 0;

  view->whole_taps |= tb_query_int (query, 5) != 0;
  if (view->whole && (view->whole_download || !download))
    return;
  view->whole = TRUE;
  view->whole_download = download;
  g_free (view->whole_release);
  view->whole_release = tb_query_dup (query, 0);
}

static void
see_clip (TbReleaseView *view, TbQuery *query)
{
  const TbReleaseWindow window = {
    .from = tb_query_int (query, 3),
    .to = tb_query_int (query, 4),
    .clip = tb_query_dup (query, 1),
    .release = tb_query_dup (query, 0),
    .download = tb_query_int (query, 2) != 0,
    .taps = tb_query_int (query, 5) != 0,
  };

  g_array_append_val (view->windows, window);
}

TbReleaseView *
tb_release_view_of (TbStore *store, const char *visit, const char *person, gint64 now_wall, GError **error)
{
  g_autoptr (TbReleaseView) view = g_new0 (TbReleaseView, 1);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  int step;

  /* The + keeps SQLite from going through all that was ever released to the person: a visit has fewer. */
  view->windows = g_array_new (FALSE, FALSE, sizeof (TbReleaseWindow));
  g_array_set_clear_func (view->windows, clear_window);
  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         "SELECT release.id, release.clip, download, " SEEN_FROM ", " SEEN_TO ", taps"
                         " FROM release LEFT JOIN clip ON clip.id = release.clip"
                         " WHERE release.visit = ?1 AND +person = ?2 AND " GIVEN "AND until_wall > ?3"
                         " AND (release.clip IS NULL OR (clip.removed = 0 AND " SEEN_FROM " < " SEEN_TO "))"
                         " ORDER BY clip.from_ns, release.id",
                         "ssi", visit, person, now_wall))
    return NULL;
  while ((step = tb_query_next (&query, error)) > 0) {
    view->any = TRUE;
    if (tb_query_text (&query, 1) == NULL)
      see_whole (view, &query);
    else
      see_clip (view, &query);
  }
  return step == 0 ? g_steal_pointer (&view) : NULL;
}
