/* What a client may say about a visit, and what it is told. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/visit-private.h"

#define LINE_MAX_LENGTH 200
#define TEXT_MAX_LENGTH 4000
#define URI_MAX_LENGTH 1000
#define INSTRUMENTS_MAX 20
#define SOURCES_MAX 32
#define DELAY_MAX_SECONDS 60.0

void
tb_planned_source_free (TbPlannedSource *source)
{
  if (source == NULL)
    return;
  g_free (source->uri);
  g_free (source->kind);
  g_free (source->name);
  g_free (source);
}

void
tb_visit_free (TbVisit *visit)
{
  if (visit == NULL)
    return;
  g_free (visit->id);
  g_free (visit->title);
  g_free (visit->teacher);
  g_free (visit->group);
  g_free (visit->subject);
  g_free (visit->focus);
  g_free (visit->note);
  g_free (visit->coach);
  g_free (visit->coach_name);
  g_free (visit->teacher_person);
  g_free (visit->teacher_person_name);
  g_clear_pointer (&visit->instruments, g_ptr_array_unref);
  g_clear_pointer (&visit->sources, g_ptr_array_unref);
  g_free (visit);
}

const char *
tb_visit_state (const TbVisit *visit)
{
  if (visit->ended_at != 0)
    return "ended";
  return visit->started_at != 0 ? "running" : "planned";
}

TbTime
tb_visit_now (const TbVisit *visit, gint64 now_wall)
{
  return visit->started_at != 0 ? now_wall - visit->started_at : TB_TIME_NONE;
}

static json_object *
person_to_json (const char *id, const char *name)
{
  json_object *object;

  if (id == NULL)
    return NULL;
  object = json_object_new_object ();
  tb_json_add_string (object, "id", id);
  tb_json_add_string (object, "name", name);
  return object;
}

json_object *
tb_visit_summary (const TbVisit *visit, gint64 now_wall)
{
  json_object *object = json_object_new_object ();
  json_object *instruments = json_object_new_array ();
  gint64 end = visit->ended_at != 0 ? visit->ended_at : now_wall;

  for (guint i = 0; i < visit->instruments->len; i++)
    json_object_array_add (instruments, json_object_new_string (g_ptr_array_index (visit->instruments, i)));
  tb_json_add_string (object, "id", visit->id);
  tb_json_add_string (object, "title", visit->title);
  tb_json_add_string (object, "teacher", visit->teacher);
  tb_json_add_string (object, "group", visit->group);
  tb_json_add_string (object, "subject", visit->subject);
  tb_json_add_string (object, "focus", visit->focus);
  tb_json_add_string (object, "note", visit->note);
  tb_json_add (object, "coach", person_to_json (visit->coach, visit->coach_name));
  tb_json_add (object, "teacher_person", person_to_json (visit->teacher_person, visit->teacher_person_name));
  tb_json_add_wall (object, "planned_at", visit->planned_at);
  tb_json_add_wall (object, "created_at", visit->created_at);
  tb_json_add_wall (object, "started_at", visit->started_at);
  tb_json_add_wall (object, "ended_at", visit->ended_at);
  tb_json_add_string (object, "state", tb_visit_state (visit));
  tb_json_add_time (object, "duration", visit->started_at != 0 ? MAX (end - visit->started_at, 0) : 0);
  tb_json_add_int (object, "observations", visit->observations);
  tb_json_add_int (object, "tracks", visit->tracks);
  tb_json_add (object, "instruments", instruments);
  return object;
}

json_object *
tb_planned_source_to_json (const TbPlannedSource *source)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "uri", source->uri);
  tb_json_add_string (object, "kind", source->kind);
  tb_json_add_string (object, "name", source->name);
  tb_json_add_time (object, "delay", source->delay);
  return object;
}

gboolean
tb_visit_read_fields (TbVisit *visit, json_object *fields, GError **error)
{
  static const char *const known[] = { "title",      "teacher",     "group",   "subject",        "focus", "note",
                                       "planned_at", "instruments", "sources", "teacher_person", NULL };
  const char *teacher_person = NULL;

  if (!tb_json_check_fields (fields, known, error)
      || !tb_json_take_string (fields, "title", LINE_MAX_LENGTH, &visit->title, error)
      || !tb_json_take_string (fields, "teacher", LINE_MAX_LENGTH, &visit->teacher, error)
      || !tb_json_take_string (fields, "group", LINE_MAX_LENGTH, &visit->group, error)
      || !tb_json_take_string (fields, "subject", LINE_MAX_LENGTH, &visit->subject, error)
      || !tb_json_take_string (fields, "focus", TEXT_MAX_LENGTH, &visit->focus, error)
      || !tb_json_take_string (fields, "note", TEXT_MAX_LENGTH, &visit->note, error)
      || !tb_json_get_wall (fields, "planned_at", 0, &visit->planned_at, NULL, error)
      || !tb_json_get_string (fields, "teacher_person", 0, TB_UUID_LENGTH, &teacher_person, NULL, error))
    return FALSE;
  if (teacher_person != NULL || tb_json_is_null (fields, "teacher_person")) {
    g_free (visit->teacher_person);
    visit->teacher_person = g_strdup (teacher_person);
  }
  if (tb_json_is_null (fields, "planned_at"))
    visit->planned_at = 0;
  return TRUE;
}

gboolean
tb_visit_read_instruments (json_object *fields, GPtrArray **ids, GError **error)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_free);
  json_object *list = NULL;

  if (!tb_json_get_array (fields, "instruments", 0, INSTRUMENTS_MAX, &list, NULL, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  for (gsize i = 0; i < json_object_array_length (list); i++) {
    json_object *item = json_object_array_get_idx (list, i);
    const char *id = json_object_is_type (item, json_type_string) ? json_object_get_string (item) : NULL;

    if (id == NULL) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“instruments[%" G_GSIZE_FORMAT "]” must be text", i);
      return FALSE;
    }
    if (g_ptr_array_find_with_equal_func (chosen, id, g_str_equal, NULL)) {
      g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“instruments” has “%.64s” twice", id);
      return FALSE;
    }
    g_ptr_array_add (chosen, g_strdup (id));
  }
  *ids = g_steal_pointer (&chosen);
  return TRUE;
}

static TbPlannedSource *
read_source (json_object *object, GError **error)
{
  static const char *const known[] = { "uri", "kind", "name", "delay", NULL };
  g_autoptr (TbPlannedSource) source = g_new0 (TbPlannedSource, 1);
  const char *uri = NULL;
  const char *kind = NULL;
  const char *name = "";
  double delay = 0;

  if (!tb_json_check_fields (object, known, error)
      || !tb_json_get_string (object, "uri", TB_JSON_REQUIRED | TB_JSON_NOT_EMPTY, URI_MAX_LENGTH, &uri, NULL, error)
      || !tb_json_get_string (object, "kind", TB_JSON_REQUIRED, 20, &kind, NULL, error)
      || !tb_json_get_string (object, "name", 0, LINE_MAX_LENGTH, &name, NULL, error)
      || !tb_json_get_double (object, "delay", 0, -DELAY_MAX_SECONDS, DELAY_MAX_SECONDS, &delay, NULL, error))
    return NULL;
  if (strcmp (kind, "video") != 0 && strcmp (kind, "audio") != 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“kind” must be “video” or “audio”");
    return NULL;
  }
  source->uri = g_strdup (uri);
  source->kind = g_strdup (kind);
  source->name = g_strdup (name);
  tb_time_from_seconds (delay, &source->delay);
  return g_steal_pointer (&source);
}

gboolean
tb_visit_read_sources (json_object *fields, GPtrArray **sources, GError **error)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_planned_source_free);
  json_object *list = NULL;

  if (!tb_json_get_array (fields, "sources", 0, SOURCES_MAX, &list, NULL, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  for (gsize i = 0; i < json_object_array_length (list); i++) {
    TbPlannedSource *source = read_source (json_object_array_get_idx (list, i), error);

    if (source == NULL) {
      g_prefix_error (error, "“sources[%" G_GSIZE_FORMAT "]”: ", i);
      return FALSE;
    }
    g_ptr_array_add (chosen, source);
  }
  *sources = g_steal_pointer (&chosen);
  return TRUE;
}
