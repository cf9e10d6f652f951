#include "store/track.h"

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/store-private.h"

void
tb_segment_free (TbSegment *segment)
{
  if (segment == NULL)
    return;
  g_free (segment->track);
  g_free (segment->note);
  g_clear_pointer (&segment->files, g_ptr_array_unref);
  g_free (segment);
}

void
tb_track_free (TbTrack *track)
{
  if (track == NULL)
    return;
  g_free (track->id);
  g_free (track->visit);
  g_free (track->kind);
  g_free (track->name);
  g_free (track->uri);
  g_clear_pointer (&track->segments, g_ptr_array_unref);
  g_free (track);
}

TbTime
tb_track_delay (const TbTrack *track)
{
  if (track->delay != 0 || track->delay_estimate == TB_TIME_NONE)
    return track->delay;
  return track->delay_estimate;
}

json_object *
tb_segment_to_json (const TbSegment *segment)
{
  json_object *object = json_object_new_object ();
  json_object *files = json_object_new_array ();

  for (guint i = 0; i < segment->files->len; i++) {
    const char *name = g_ptr_array_index (segment->files, i);
    json_object *file = json_object_new_object ();

    tb_json_add_string (file, "name", name);
    tb_json_add_string (file, "kind", g_str_has_suffix (name, ".flac") ? "flac" : "mp4");
    json_object_array_add (files, file);
  }
  tb_json_add_int (object, "number", segment->number);
  tb_json_add_time (object, "start", segment->start);
  tb_json_add_time (object, "duration", segment->duration);
  tb_json_add_bool (object, "ended", segment->duration != TB_TIME_NONE);
  tb_json_add (object, "files", files);
  tb_json_add_string (object, "note", segment->note);
  return object;
}

json_object *
tb_track_to_json (const TbTrack *track)
{
  json_object *object = json_object_new_object ();
  json_object *segments = json_object_new_array ();

  for (guint i = 0; i < track->segments->len; i++)
    json_object_array_add (segments, tb_segment_to_json (g_ptr_array_index (track->segments, i)));
  tb_json_add_string (object, "id", track->id);
  tb_json_add_string (object, "kind", track->kind);
  tb_json_add_string (object, "name", track->name);
  tb_json_add_string (object, "uri", track->uri);
  tb_json_add_time (object, "delay", track->delay);
  tb_json_add_time (object, "delay_estimate", track->delay_estimate);
  tb_json_add (object, "segments", segments);
  return object;
}

#define TRACK_COLUMNS "SELECT id, visit, kind, name, uri, delay_ns, delay_estimate_ns FROM track "
#define SEGMENT_COLUMNS "SELECT number, start_ns, duration_ns, note FROM segment "

static gboolean
load_files (TbDb *db, TbSegment *segment, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      "SELECT name FROM segment_file WHERE track = ?1 AND number = ?2 ORDER BY name DESC", "si",
                      segment->track, segment->number))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (segment->files, tb_query_dup (&query, 0));
  return step == 0;
}

static gboolean
load_segments (TbDb *db, TbTrack *track, gboolean only_open, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      only_open ? SEGMENT_COLUMNS "WHERE track = ?1 AND duration_ns IS NULL ORDER BY number"
                                : SEGMENT_COLUMNS "WHERE track = ?1 ORDER BY number",
                      "s", track->id))
    return FALSE;
  while ((step = tb_query_next (&query, error)) > 0) {
    TbSegment *segment = g_new0 (TbSegment, 1);

    segment->track = g_strdup (track->id);
    segment->number = tb_query_int (&query, 0);
    segment->start = tb_query_int (&query, 1);
    segment->duration = tb_query_time (&query, 2);
    segment->note = tb_query_dup (&query, 3);
    segment->files = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (track->segments, segment);
    if (!load_files (db, segment, error))
      return FALSE;
  }
  return step == 0;
}

/* All tracks of an open query. */
static GPtrArray *
load_tracks (TbDb *db, TbQuery *query, gboolean only_open, GError **error)
{
  g_autoptr (GPtrArray) tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_track_free);
  int step;

  while ((step = tb_query_next (query, error)) > 0) {
    TbTrack *track = g_new0 (TbTrack, 1);

    track->id = tb_query_dup (query, 0);
    track->visit = tb_query_dup (query, 1);
    track->kind = tb_query_dup (query, 2);
    track->name = tb_query_dup (query, 3);
    track->uri = tb_query_dup (query, 4);
    track->delay = tb_query_int (query, 5);
    track->delay_estimate = tb_query_time (query, 6);
    track->segments = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_segment_free);
    g_ptr_array_add (tracks, track);
    if (!load_segments (db, track, only_open, error))
      return NULL;
  }
  return step == 0 ? g_steal_pointer (&tracks) : NULL;
}

/* The only track of TRACKS; NULL when it is NULL or empty. */
static TbTrack *
only (GPtrArray *tracks)
{
  return tracks != NULL && tracks->len > 0 ? g_ptr_array_steal_index (tracks, 0) : NULL;
}

static gboolean
not_found (const char *id, GError **error)
{
  g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no track %.60s", id);
  return FALSE;
}

TbTrack *
tb_track_ensure (TbStore *store, const char *visit, const char *kind, const char *uri, const char *name, TbTime delay,
                 GError **error)
{
  g_auto (TbWrite) write = { 0 };
  g_auto (TbQuery) query = { 0 };
  g_autofree char *id = tb_uuid_new ();
  g_autoptr (GPtrArray) tracks = NULL;
  gint64 known = 0;

  if (!tb_write_begin (&write, store, error)
      || !tb_db_int (write.db, 0, &known, error, "SELECT count(*) FROM visit WHERE id = ?1", "s", visit))
    return NULL;
  if (known == 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no visit %.60s", visit);
    return NULL;
  }
  if (!tb_db_exec (write.db, error,
                   "INSERT INTO track (id, visit, kind, name, uri, delay_ns, segments)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0) ON CONFLICT (visit, kind, uri) DO NOTHING",
                   "sssssi", id, visit, kind, name != NULL ? name : "", uri, delay != TB_TIME_NONE ? delay : 0)
      || !tb_query_open (&query, write.db, error, TRACK_COLUMNS "WHERE visit = ?1 AND kind = ?2 AND uri = ?3", "sss",
                         visit, kind, uri))
    return NULL;
  tracks = load_tracks (write.db, &query, FALSE, error);
  tb_query_close (&query);
  if (tracks == NULL || !tb_write_commit (&write, error))
    return NULL;
  return only (tracks);
}

TbTrack *
tb_track_get (TbStore *store, const char *id, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  g_autoptr (GPtrArray) tracks = NULL;
  TbTrack *track;

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, TRACK_COLUMNS "WHERE id = ?1", "s", id))
    return NULL;
  tracks = load_tracks (read.db, &query, FALSE, error);
  track = only (tracks);
  if (tracks != NULL && track == NULL)
    not_found (id, error);
  return track;
}

GPtrArray *
tb_track_list (TbStore *store, const char *visit, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error, TRACK_COLUMNS "WHERE visit = ?1 ORDER BY id", "s", visit))
    return NULL;
  return load_tracks (read.db, &query, FALSE, error);
}

GPtrArray *
tb_segment_list_open (TbStore *store, GError **error)
{
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };

  if (!tb_read_begin (&read, store, error)
      || !tb_query_open (&query, read.db, error,
                         TRACK_COLUMNS "WHERE id IN (SELECT track FROM segment WHERE duration_ns IS NULL) ORDER BY id",
                         ""))
    return NULL;
  return load_tracks (read.db, &query, TRUE, error);
}

/* Commits when the one statement before it met a row. */
static gboolean
commit_if_found (TbWrite *write, const char *track, GError **error)
{
  if (sqlite3_changes (write->db->handle) == 0)
    return not_found (track, error);
  return tb_write_commit (write, error);
}

gboolean
tb_track_update (TbStore *store, const char *id, const char *name, TbTime delay, GError **error)
{
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error)
         && tb_db_exec (write.db, error,
                        "UPDATE track SET name = coalesce(?2, name), delay_ns = coalesce(?3, delay_ns) WHERE id = ?1",
                        "sst", id, name, delay)
         && commit_if_found (&write, id, error);
}

gboolean
tb_track_set_delay_estimate (TbStore *store, const char *id, TbTime estimate, GError **error)
{
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error)
         && tb_db_exec (write.db, error, "UPDATE track SET delay_estimate_ns = ?2 WHERE id = ?1", "st", id, estimate)
         && commit_if_found (&write, id, error);
}

static gboolean
add_file (TbDb *db, const char *track, gint64 number, const char *name, GError **error)
{
  return tb_db_exec (db, error,
                     "INSERT INTO segment_file (track, number, name) VALUES (?1, ?2, ?3)"
                     " ON CONFLICT (track, number, name) DO NOTHING",
                     "sis", track, number, name);
}

gboolean
tb_segment_open (TbStore *store, const char *track, TbTime start, const char *const *files, gint64 *number,
                 GError **error)
{
  g_auto (TbWrite) write = { 0 };
  gint64 next = 0;

  if (!tb_write_begin (&write, store, error)
      || !tb_db_exec (write.db, error,
                      "UPDATE track SET segments = CASE WHEN ?2 > segments THEN ?2 WHEN ?2 > 0 THEN segments "
                      "ELSE segments + 1 END "
                      "WHERE id = ?1", "si", track, *number))
    return FALSE;
  if (sqlite3_changes (write.db->handle) == 0)
    return not_found (track, error);
  if (*number > 0)
    next = *number;
  else if (!tb_db_int (write.db, 0, &next, error, "SELECT segments FROM track WHERE id = ?1", "s", track))
    return FALSE;
  if (!tb_db_exec (write.db, error, "INSERT INTO segment (track, number, start_ns) VALUES (?1, ?2, ?3)", "sii",
                      track, next, start))
    return FALSE;
  for (guint i = 0; files != NULL && files[i] != NULL; i++)
    if (!add_file (write.db, track, next, files[i], error))
      return FALSE;
  if (!tb_write_commit (&write, error))
    return FALSE;
  *number = next;
  return TRUE;
}

gboolean
tb_segment_add_file (TbStore *store, const char *track, gint64 number, const char *name, GError **error)
{
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error) && add_file (write.db, track, number, name, error)
         && tb_write_commit (&write, error);
}

gboolean
tb_segment_set_start (TbStore *store, const char *track, gint64 number, TbTime start, GError **error)
{
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error)
         && tb_db_exec (write.db, error, "UPDATE segment SET start_ns = ?3 WHERE track = ?1 AND number = ?2", "sii",
                        track, number, start)
         && commit_if_found (&write, track, error);
}

gboolean
tb_segment_close (TbStore *store, const char *track, gint64 number, TbTime duration, const char *note, GError **error)
{
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error)
         && tb_db_exec (write.db, error,
                        "UPDATE segment SET duration_ns = ?3, note = ?4 WHERE track = ?1 AND number = ?2", "siis",
                        track, number, duration, note)
         && commit_if_found (&write, track, error);
}

gboolean
tb_segment_drop (TbStore *store, const char *track, gint64 number, GError **error)
{
  g_auto (TbWrite) write = { 0 };

  return tb_write_begin (&write, store, error)
         && tb_db_exec (write.db, error, "DELETE FROM segment WHERE track = ?1 AND number = ?2", "si", track, number)
         && commit_if_found (&write, track, error);
}
