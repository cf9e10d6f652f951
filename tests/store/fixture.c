#include "fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

static void
remove_all (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *full = g_build_filename (path, name, NULL);

    remove_all (full);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}

static void
load_instrument (GPtrArray *catalogue, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "tests", folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (catalogue, tb_instrument_load (path, &error));
  g_assert_no_error (error);
}

void
fixture_add_second (Fixture *fixture)
{
  load_instrument (fixture->catalogue, "unit", "proef-twee.json");
}

json_object *
from_text (const char *text)
{
  g_autofree char *quoted = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr (GError) error = NULL;
  json_object *object = tb_json_parse (quoted, strlen (quoted), &error);

  g_assert_no_error (error);
  return object;
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("tb-store-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->database = g_build_filename (fixture->folder, "terugblik.db", NULL);
  fixture->cache = g_build_filename (fixture->folder, "cache.db", NULL);
  fixture->catalogue = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_instrument_unref);
  load_instrument (fixture->catalogue, "store", "proef.json");
  fixture->store = tb_store_open_files (fixture->database, fixture->cache, &error);
  g_assert_no_error (error);
}

void
fixture_reopen (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->store, tb_store_close);
  fixture->store = tb_store_open_files (fixture->database, fixture->cache, &error);
  g_assert_no_error (error);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  tb_store_close (fixture->store);
  g_ptr_array_unref (fixture->catalogue);
  remove_all (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->database);
  g_free (fixture->cache);
}

char *
fixture_visit (Fixture *fixture, gboolean planned)
{
  g_autoptr (json_object) fields = from_text ("{'title':'Rekenen','instruments':['proef']}");
  g_autoptr (GError) error = NULL;
  g_autoptr (TbVisit) visit = tb_visit_create (fixture->store, NULL, fields, fixture->catalogue, &error);
  gint64 zero = 0;

  g_assert_no_error (error);
  if (!planned) {
    tb_visit_start (fixture->store, visit->id, FIXTURE_ZERO, &zero, &error);
    g_assert_no_error (error);
    g_assert_cmpint (zero, ==, FIXTURE_ZERO);
  }
  return g_strdup (visit->id);
}

json_object *
make_operation (const char *id, const char *action, const char *target, const char *target_id, const char *fields,
                const char *author)
{
  json_object *operation = json_object_new_object ();
  g_autofree char *made = id == NULL ? tb_uuid_new () : NULL;

  tb_json_add_string (operation, "id", id != NULL ? id : made);
  tb_json_add_string (operation, "action", action);
  if (target != NULL)
    tb_json_add_string (operation, "target", target);
  if (target_id != NULL)
    tb_json_add_string (operation, "target_id", target_id);
  if (fields != NULL)
    tb_json_add (operation, "fields", from_text (fields));
  tb_json_add_string (operation, "author", author);
  tb_json_add_string (operation, "device", author);
  tb_json_add_string (operation, "made_at", "2026-11-22T09:15:00.250000Z");
  return operation;
}

TbResult *
apply (Fixture *fixture, const char *visit, json_object *operation, TbStatus status)
{
  g_autoptr (json_object) list = json_object_new_array ();
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GError) error = NULL;
  TbResult *result;

  json_object_array_add (list, operation);
  results = tb_journal_apply (fixture->store, visit, list, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (results->len, ==, 1);
  result = g_ptr_array_steal_index (results, 0);
  if (result->status != status)
    g_error ("%s: %s", tb_status_name (result->status), result->error != NULL ? result->error->message : "");
  return result;
}

gint64
apply_ok (Fixture *fixture, const char *visit, json_object *operation)
{
  g_autoptr (TbResult) result = apply (fixture, visit, operation, TB_STATUS_APPLIED);

  return result->seq;
}

TbObservation *
get_observation (Fixture *fixture, const char *visit, const char *id)
{
  g_autoptr (GError) error = NULL;
  TbObservation *observation = tb_observation_get (fixture->store, visit, id, &error);

  g_assert_no_error (error);
  return observation;
}

char *
file_bytes (const char *path, gsize *length)
{
  g_autoptr (GError) error = NULL;
  char *bytes = NULL;

  g_file_get_contents (path, &bytes, length, &error);
  g_assert_no_error (error);
  return bytes;
}
