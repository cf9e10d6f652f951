#include "store/journal-rows.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"

void
tb_journal_row_free (TbJournalRow *row)
{
  if (row == NULL)
    return;
  g_free (row->id);
  g_free (row->target_id);
  g_free (row->of);
  g_free (row->author);
  g_free (row->device);
  g_free (row->fields);
  json_object_put (row->after);
  g_free (row);
}

TbJournalRow *
tb_journal_row_read (TbQuery *query, GError **error)
{
  g_autoptr (TbJournalRow) row = g_new0 (TbJournalRow, 1);
  const char *after = tb_query_text (query, 11);

  row->seq = tb_query_int (query, 0);
  row->id = tb_query_dup (query, 1);
  row->target_id = tb_query_dup (query, 3);
  row->of = tb_query_dup (query, 5);
  row->author = tb_query_dup (query, 6);
  row->device = tb_query_dup (query, 7);
  row->made_at = tb_query_int (query, 8);
  row->at = tb_query_int (query, 9);
  row->fields = tb_query_dup (query, 10);
  row->after = after != NULL ? tb_json_parse (after, strlen (after), NULL) : NULL;
  if (row->after == NULL || !tb_target_from_name (tb_query_text (query, 2), &row->target)
      || !tb_action_from_name (tb_query_text (query, 4), &row->action)) {
    g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "The journal's entry %s is damaged",
                 row->id != NULL ? row->id : "");
    return NULL;
  }
  return g_steal_pointer (&row);
}

char *
tb_journal_row_text (const TbJournalRow *row, const TbObject *object)
{
  g_autoptr (json_object) json = json_object_new_object ();
  json_object *fields = row->fields != NULL ? tb_json_parse (row->fields, strlen (row->fields), NULL) : NULL;

  tb_json_add_string (json, "id", row->id);
  tb_json_add_int (json, "seq", row->seq);
  tb_json_add_string (json, "target", tb_target_name (row->target));
  tb_json_add_string (json, "target_id", row->target_id);
  tb_json_add_string (json, "action", tb_action_name (row->action));
  if (row->of != NULL)
    tb_json_add_string (json, "of", row->of);
  tb_json_add (json, "fields", fields != NULL ? fields : json_object_new_object ());
  tb_json_add_string (json, "author", row->author);
  tb_json_add_string (json, "device", row->device);
  tb_json_add_wall (json, "made_at", row->made_at);
  tb_json_add_wall (json, "at", row->at);
  tb_json_add (json, "object", tb_object_to_json (object));
  return tb_json_to_text (json);
}

static gboolean
write_observation (TbDb *db, const char *visit, const TbObservation *o, GError **error)
{
  return tb_db_exec (
      db, error,
      "INSERT INTO observation (id, visit, instrument, code, kind, at_ns, until_ns, lead_ns, lag_ns, subject, note,"
      " valence, observer, tapped_wall, tapped_ns, uncertainty_ns, closed_by, removed,"
      " modifiers, rating, evidence)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)"
      " ON CONFLICT (id) DO UPDATE SET instrument = excluded.instrument, code = excluded.code, kind = excluded.kind,"
      " at_ns = excluded.at_ns, until_ns = excluded.until_ns, lead_ns = excluded.lead_ns, lag_ns = excluded.lag_ns,"
      " subject = excluded.subject, note = excluded.note, valence = excluded.valence,"
      " closed_by = excluded.closed_by, removed = excluded.removed, modifiers = excluded.modifiers,"
      " rating = excluded.rating, evidence = excluded.evidence",
      "sssssttttsssswttsists", o->id, visit, o->instrument, o->code, tb_kind_name (o->kind), o->at, o->until, o->lead,
      o->lag, o->subject, o->note, tb_valence_name (o->valence), o->observer, o->tapped_at, o->tapped_time,
      o->uncertainty, o->closed_by, (gint64) o->removed, o->modifiers, o->rating, o->evidence);
}

/* One number says “none” of both, so that a rating is bound and read as a time is. */
G_STATIC_ASSERT (TB_RATING_NONE == TB_TIME_NONE);

static gboolean
write_clip (TbDb *db, const char *visit, const TbClip *clip, GError **error)
{
  return tb_db_exec (db, error,
                     "INSERT INTO clip (id, visit, from_ns, to_ns, title, note, observation, camera, removed)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
                     " ON CONFLICT (id) DO UPDATE SET from_ns = excluded.from_ns, to_ns = excluded.to_ns,"
                     " title = excluded.title, note = excluded.note, observation = excluded.observation,"
                     " camera = excluded.camera, removed = excluded.removed",
                     "ssttssssi", clip->id, visit, clip->from, clip->to, clip->title, clip->note, clip->observation,
                     clip->camera, (gint64) clip->removed);
}

gboolean
tb_journal_row_write (TbDb *db, const char *visit, const TbJournalRow *row, const TbEffect *effect, GError **error)
{
  g_autofree char *before = tb_json_to_text (effect->before);
  g_autofree char *after = tb_json_to_text (effect->after);

  return tb_db_exec (db, error,
                     "INSERT INTO journal (visit, seq, id, target, target_id, action, of_id, author, device, made_wall,"
                     " at_wall, fields, before_values, after_values, undone)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0)",
                     "sissssssswisss", visit, row->seq, row->id, tb_target_name (row->target), row->target_id,
                     tb_action_name (row->action), row->of, row->author, row->device, row->made_at, row->at,
                     row->fields, before, after)
         && (effect->object->target == TB_TARGET_CLIP
                 ? write_clip (db, visit, effect->object->clip, error)
                 : write_observation (db, visit, effect->object->observation, error));
}

static void
replace (char **place, char *text)
{
  g_free (*place);
  *place = text;
}

TbObservation *
tb_observation_row_read (TbQuery *query)
{
  TbObservation *o = tb_observation_new (tb_query_text (query, 0));

  o->instrument = tb_query_dup (query, 2);
  o->code = tb_query_dup (query, 3);
  tb_kind_from_name (tb_query_text (query, 4), &o->kind);
  o->at = tb_query_time (query, 5);
  o->until = tb_query_time (query, 6);
  o->lead = tb_query_int (query, 7);
  o->lag = tb_query_int (query, 8);
  o->subject = tb_query_dup (query, 9);
  replace (&o->note, tb_query_dup (query, 10));
  tb_valence_from_name (tb_query_text (query, 11), &o->valence);
  replace (&o->observer, tb_query_dup (query, 12));
  o->tapped_at = tb_query_int (query, 13);
  o->tapped_time = tb_query_time (query, 14);
  o->uncertainty = tb_query_int (query, 15);
  o->closed_by = tb_query_dup (query, 16);
  o->removed = tb_query_int (query, 17) != 0;
  o->modifiers = tb_query_dup (query, 18);
  o->rating = tb_query_time (query, 19);
  o->evidence = tb_query_dup (query, 20);
  return o;
}

TbClip *
tb_clip_row_read (TbQuery *query)
{
  TbClip *clip = tb_clip_new (tb_query_text (query, 0));

  clip->from = tb_query_int (query, 2);
  clip->to = tb_query_int (query, 3);
  replace (&clip->title, tb_query_dup (query, 4));
  replace (&clip->note, tb_query_dup (query, 5));
  clip->observation = tb_query_dup (query, 6);
  clip->camera = tb_query_dup (query, 7);
  clip->removed = tb_query_int (query, 8) != 0;
  return clip;
}

gboolean
tb_object_load (TbDb *db, const char *visit, TbTarget target, const char *id, TbObject **object, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  *object = NULL;
  if (!tb_query_open (&query, db, error,
                      target == TB_TARGET_CLIP ? TB_CLIP_COLUMNS "WHERE id = ?1"
                                               : TB_OBSERVATION_COLUMNS "WHERE id = ?1",
                      "s", id))
    return FALSE;
  step = tb_query_next (&query, error);
  if (step <= 0)
    return step == 0;
  if (strcmp (tb_query_text (&query, 1), visit) != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "The %s %s belongs to another visit", tb_target_name (target), id);
    return FALSE;
  }
  *object = g_new0 (TbObject, 1);
  (*object)->target = target;
  if (target == TB_TARGET_CLIP)
    (*object)->clip = tb_clip_row_read (&query);
  else
    (*object)->observation = tb_observation_row_read (&query);
  return TRUE;
}
