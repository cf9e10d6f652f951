/* Instruments of the school's own: drafts, versions, what can be chosen, and what visits keep. */
#include <string.h>

#include "fixture.h"
#include "observe/document-check.h"
#include "store/own-instrument.h"

#define NOW (FIXTURE_ZERO + 7 * TB_SECOND)

/* The instrument of proef.json with ID, VERSION and one code of it left out (NULL: none). */
static json_object *
document_of (Fixture *fixture, const char *id, gint64 version, const char *without)
{
  const char *text = tb_instrument_text (g_ptr_array_index (fixture->catalogue, 0));
  json_object *document = tb_json_parse (text, strlen (text), NULL);
  json_object *codes = json_object_object_get (document, "codes");

  tb_json_add_string (document, "id", id);
  tb_json_add_int (document, "version", version);
  tb_json_add_bool (document, "default", FALSE);
  for (gsize i = 0; without != NULL && i < json_object_array_length (codes); i++)
    if (g_str_equal (json_object_get_string (json_object_object_get (json_object_array_get_idx (codes, i), "id")),
                     without)) {
      json_object_array_del_idx (codes, i, 1);
      break;
    }
  return document;
}

/* What became of one code of VERSION; NOW_ID NULL: it went out. */
static void
add_became (json_object *document, gint64 version, const char *code, const char *now_id)
{
  json_object *became = json_object_new_object ();
  json_object *codes = json_object_new_object ();

  tb_json_add_string (codes, code, now_id);
  tb_json_add_int (became, "from", version);
  tb_json_add (became, "codes", codes);
  tb_json_add_int (document, "format", 2);
  tb_json_add (document, "became", became);
}

/* DOCUMENT is taken. */
static TbOwnDraft *
add (TbCatalogue *catalogue, json_object *document, int code)
{
  g_autoptr (json_object) owned = document;
  g_autoptr (GError) error = NULL;
  TbOwnDraft *draft = tb_own_instrument_add (catalogue, owned, "anna", NOW, &error);

  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
  return draft;
}

/* DOCUMENT is taken. */
static TbOwnDraft *
save (TbCatalogue *catalogue, const char *id, json_object *document, gint64 seen, int code)
{
  g_autoptr (json_object) owned = document;
  g_autoptr (GError) error = NULL;
  TbOwnDraft *draft = tb_own_instrument_save (catalogue, id, owned, seen, "bert", NOW + TB_SECOND, &error);

  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
  return draft;
}

static void
publish (TbCatalogue *catalogue, const TbOwnDraft *draft, gint64 version)
{
  g_autoptr (GError) error = NULL;
  gint64 given = 0;

  tb_own_instrument_publish (catalogue, draft->id, draft->revision, "anna", NOW, &given, &error);
  g_assert_no_error (error);
  g_assert_cmpint (given, ==, version);
}

/* A document is published right away. It is taken. */
static void
publish_document (TbCatalogue *catalogue, json_object *document, gint64 version)
{
  g_autoptr (TbOwnDraft) draft = add (catalogue, document, 0);

  publish (catalogue, draft, version);
}

/* "id@version id@version", in order. New. */
static char *
list (TbCatalogue *catalogue)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = tb_catalogue_list (catalogue, &error);
  GString *text = g_string_new ("");

  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (text, "%s%s@%d", i > 0 ? " " : "", tb_instrument_id (found->pdata[i]),
                            (int)tb_instrument_version (found->pdata[i]));
  return g_string_free (text, FALSE);
}

static void
assert_list (TbCatalogue *catalogue, const char *expected)
{
  g_autofree char *text = list (catalogue);

  g_assert_cmpstr (text, ==, expected);
}

static int
version_of (TbCatalogue *catalogue, const char *id, gint64 version)
{
  g_autoptr (TbInstrument) instrument = tb_catalogue_find (catalogue, id, version, NULL);

  return instrument != NULL ? (int)tb_instrument_version (instrument) : 0;
}

/* A visit that chooses the one named. New. */
static TbVisit *
visit_with (Fixture *fixture, TbCatalogue *catalogue, const char *id, int code)
{
  g_autofree char *text = g_strdup_printf ("{'title':'Taal','instruments':['%s']}", id);
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (GPtrArray) found = tb_catalogue_list (catalogue, NULL);
  g_autoptr (GError) error = NULL;
  TbVisit *visit = tb_visit_create (fixture->store, NULL, fields, found, &error);

  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
  return visit;
}

/* --- drafts ---------------------------------------------------------------------- */

static void
test_draft (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (TbOwnDraft) draft = add (catalogue, document_of (fixture, "eigen", 9, NULL), 0);
  g_autoptr (TbOwnDraft) got = tb_own_instrument_draft (catalogue, "eigen", NULL);
  g_autoptr (TbOwnDraft) saved = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (draft->version, ==, 1); /* the id was free */
  g_assert_nonnull (strstr (draft->text, "\"version\":1,"));
  g_assert_cmpstr (got->text, ==, draft->text);
  g_assert_cmpint (got->revision, ==, draft->revision);
  g_assert_cmpint (got->saved_at, ==, NOW);
  saved = save (catalogue, "eigen", from_text ("{'title':3}"), draft->revision, 0);
  g_assert_cmpint (saved->revision, ==, draft->revision + 1);
  g_assert_cmpstr (saved->text, ==, "{\"title\":3,\"id\":\"eigen\",\"version\":1}");
  g_assert_null (add (catalogue, document_of (fixture, "eigen", 2, NULL), TB_ERROR_CONFLICT));
  assert_list (catalogue, "proef@1");
  g_assert_cmpint (version_of (catalogue, "eigen", 0), ==, 0);
  g_assert_cmpint (version_of (catalogue, "eigen", 1), ==, 0);
  g_assert_null (visit_with (fixture, catalogue, "eigen", TB_ERROR_INVALID));

  g_assert_true (tb_own_instrument_drop (catalogue, "eigen", &error));
  g_assert_false (tb_own_instrument_drop (catalogue, "eigen", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (tb_own_instrument_draft (catalogue, "eigen", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

static TbInstrument *
import (TbCatalogue *catalogue, json_object *document, gboolean dry, int code)
{
  g_autoptr (json_object) owned = document;
  g_autoptr (GError) error = NULL;
  TbInstrument *instrument = tb_own_instrument_import (catalogue, owned, dry, NOW, &error);

  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
  return instrument;
}

/* Trying it says what doing it says, and does nothing. */
static void
test_import (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (TbInstrument) tried = import (catalogue, document_of (fixture, "eigen", 4, NULL), TRUE, 0);
  g_autoptr (TbInstrument) done = NULL;

  g_assert_cmpint (tb_instrument_version (tried), ==, 1);
  assert_list (catalogue, "proef@1");
  g_assert_null (tb_own_instrument_draft (catalogue, "eigen", NULL));
  done = import (catalogue, document_of (fixture, "eigen", 4, NULL), FALSE, 0);
  assert_list (catalogue, "proef@1 eigen@1");
  for (int dry = 1; dry >= 0; dry--) {
    /* That version is there already; a code that went out has no successor; and neither leaves a draft. */
    g_assert_null (import (catalogue, document_of (fixture, "eigen", 1, NULL), dry, TB_ERROR_CONFLICT));
    g_assert_null (import (catalogue, document_of (fixture, "eigen", 2, "vraag"), dry, TB_ERROR_INVALID));
    g_assert_null (tb_own_instrument_draft (catalogue, "eigen", NULL));
  }
  assert_list (catalogue, "proef@1 eigen@1");
}

/* Of two who saw the same, the second to save is told so, and changes nothing. */
static void
test_lost_update (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (TbOwnDraft) draft = add (catalogue, document_of (fixture, "eigen", 1, NULL), 0);
  g_autoptr (TbOwnDraft) first
      = save (catalogue, "eigen", document_of (fixture, "eigen", 1, "vraag"), draft->revision, 0);
  g_autoptr (TbOwnDraft) kept = NULL;
  g_autoptr (TbOwnDraft) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (save (catalogue, "eigen", from_text ("{}"), draft->revision, TB_ERROR_CONFLICT));
  g_assert_false (tb_own_instrument_publish (catalogue, "eigen", draft->revision, "bert", NOW, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  kept = tb_own_instrument_draft (catalogue, "eigen", NULL);
  g_assert_cmpstr (kept->text, ==, first->text);

  /* Nor does it go for a draft that came in the place of the one that was seen. */
  publish (catalogue, first, 1);
  again = add (catalogue, document_of (fixture, "eigen", 2, "vraag"), 0);
  g_assert_cmpint (again->revision, >, first->revision);
  g_assert_null (save (catalogue, "eigen", from_text ("{}"), first->revision, TB_ERROR_CONFLICT));
  g_assert_null (save (catalogue, "anders", from_text ("{}"), again->revision, TB_ERROR_NOT_FOUND));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  const char *const bad[] = { "{}", "{'id':3}", "{'id':''}", "{'id':'Met Spatie'}", "{'id':'a--b'}" };
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (TbOwnDraft) draft = NULL;
  g_autoptr (json_object) large = from_text ("{'id':'groot'}");
  g_autofree char *much = g_strnfill (TB_INSTRUMENT_TEXT_MAX, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (add (catalogue, from_text (bad[i]), TB_ERROR_INVALID));
  tb_json_add_string (large, "title", much);
  g_assert_null (add (catalogue, json_object_get (large), TB_ERROR_TOO_LARGE));
  /* There is one of the program of this id. */
  g_assert_null (add (catalogue, document_of (fixture, "proef", 1, NULL), TB_ERROR_CONFLICT));
  g_assert_null (add (catalogue, from_text ("{'id':'proef'}"), TB_ERROR_CONFLICT));
  draft = add (catalogue, document_of (fixture, "proef", 2, NULL), 0);
  g_assert_cmpint (draft->version, ==, 2);
  g_assert_null (save (catalogue, "proef", from_text ("{'id':'anders'}"), draft->revision, TB_ERROR_INVALID));
}

static guint
count_problems (TbCatalogue *catalogue, const TbOwnDraft *draft)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = tb_own_instrument_problems (catalogue, draft, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    g_assert_cmpuint (((TbDocumentProblem *)problems->pdata[i])->line, ==, 0);
  return problems->len;
}

static void
test_problems (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (json_object) wrong = document_of (fixture, "eigen", 1, NULL);
  json_object *codes = json_object_object_get (wrong, "codes");
  g_autoptr (TbOwnDraft) draft = add (catalogue, document_of (fixture, "eigen", 1, NULL), 0);
  g_autoptr (TbOwnDraft) saved = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (count_problems (catalogue, draft), ==, 0);
  tb_json_add_string (json_object_array_get_idx (codes, 0), "key", "m");
  tb_json_add_string (json_object_array_get_idx (codes, 2), "kind", "smell");
  saved = save (catalogue, "eigen", json_object_get (wrong), draft->revision, 0);
  problems = tb_own_instrument_problems (catalogue, saved, &error);
  g_assert_cmpuint (problems->len, ==, 2);
  g_assert_cmpstr (((TbDocumentProblem *)problems->pdata[0])->field, ==, "codes[0].key");
  g_assert_cmpstr (((TbDocumentProblem *)problems->pdata[1])->field, ==, "codes[2].kind");
  g_assert_false (tb_own_instrument_publish (catalogue, "eigen", saved->revision, "anna", NOW, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "codes[0].key"));
  assert_list (catalogue, "proef@1");
}

/* --- versions -------------------------------------------------------------------- */

static void
test_publish (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (TbCatalogue) beside = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (TbCatalogue) other = NULL;
  g_autoptr (GPtrArray) before = tb_catalogue_list (catalogue, NULL);
  g_autoptr (GPtrArray) same = tb_catalogue_list (catalogue, NULL);
  g_autoptr (TbOwnDraft) gone = NULL;

  g_assert_true (before == same); /* made once */
  assert_list (beside, "proef@1");
  publish_document (catalogue, document_of (fixture, "eigen", 1, NULL), 1);
  publish_document (catalogue, document_of (fixture, "eigen", 2, NULL), 2);
  g_assert_cmpuint (before->len, ==, 1); /* who has a list keeps it as it was */
  assert_list (catalogue, "proef@1 eigen@2");
  g_assert_cmpint (version_of (catalogue, "eigen", 0), ==, 2);
  g_assert_cmpint (version_of (catalogue, "eigen", 1), ==, 1);
  g_assert_cmpint (version_of (catalogue, "eigen", 3), ==, 0);
  gone = tb_own_instrument_draft (catalogue, "eigen", NULL);
  g_assert_null (gone);
  assert_list (beside, "proef@1 eigen@2"); /* that of another process */
  other = tb_catalogue_new (NULL, fixture->catalogue);
  assert_list (other, "proef@1");
  g_assert_cmpint (version_of (other, "proef", 0), ==, 1);
  g_assert_cmpint (version_of (other, "eigen", 0), ==, 0);
}

/* What one of the readers below has seen; it must never go back. */
static gpointer
read_on (gpointer data)
{
  TbCatalogue *catalogue = data;
  gint64 last = 0;

  while (last < 10) {
    g_autoptr (GPtrArray) found = tb_catalogue_list (catalogue, NULL);
    gint64 now = found->len == 2 ? tb_instrument_version (found->pdata[1]) : 0;

    g_assert_nonnull (found);
    g_assert_cmpint (now, >=, last);
    last = now;
  }
  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  GThread *readers[3];

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    readers[i] = g_thread_new ("reader", read_on, catalogue);
  for (gint64 version = 1; version <= 10; version++)
    publish_document (catalogue, document_of (fixture, "eigen", version, NULL), version);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    g_thread_join (readers[i]);
}

static void
test_successor (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (json_object) mapped = document_of (fixture, "proef", 2, "vraag");
  g_autoptr (TbOwnDraft) draft = add (catalogue, document_of (fixture, "proef", 2, "vraag"), 0);
  g_autoptr (TbOwnDraft) saved = NULL;
  g_autoptr (GPtrArray) problems = tb_own_instrument_problems (catalogue, draft, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (problems->len, ==, 1);
  g_assert_cmpstr (((TbDocumentProblem *)problems->pdata[0])->field, ==, "became");
  g_assert_nonnull (strstr (((TbDocumentProblem *)problems->pdata[0])->message, "vraag"));
  g_assert_false (tb_own_instrument_publish (catalogue, "proef", draft->revision, "anna", NOW, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "became: "));
  g_assert_nonnull (strstr (error->message, "vraag"));
  add_became (mapped, 1, "vraag", "compliment");
  saved = save (catalogue, "proef", json_object_get (mapped), draft->revision, 0);
  g_assert_cmpuint (count_problems (catalogue, saved), ==, 0);
  publish (catalogue, saved, 2);
  assert_list (catalogue, "proef@2");
}

/* The school's line of versions stays its own when the program brings a higher version of the same id. */
static void
test_newer_program (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (GPtrArray) newer = g_ptr_array_new_with_free_func ((GDestroyNotify)tb_instrument_unref);
  g_autoptr (json_object) seventh = document_of (fixture, "proef", 7, NULL);
  g_autoptr (json_object) fourth = document_of (fixture, "ander", 4, NULL);
  g_autoptr (TbCatalogue) updated = NULL;
  g_autoptr (TbOwnDraft) draft = NULL;
  g_autoptr (TbOwnDraft) waiting = add (catalogue, document_of (fixture, "ander", 1, NULL), 0);

  publish_document (catalogue, document_of (fixture, "proef", 2, NULL), 2);
  g_ptr_array_add (newer, tb_instrument_from_json (seventh, NULL));
  g_ptr_array_add (newer, tb_instrument_from_json (fourth, NULL));
  updated = tb_catalogue_new (fixture->store, newer);
  assert_list (updated, "proef@2 ander@4");
  draft = add (updated, document_of (fixture, "proef", 8, NULL), 0);
  g_assert_cmpint (draft->version, ==, 3);
  /* A draft that waited gets the number after what has come meanwhile. */
  publish (updated, waiting, 5);
  assert_list (updated, "proef@2 ander@5");
}

/* --- visits ---------------------------------------------------------------------- */

static int
held_version (Fixture *fixture, const TbVisit *visit, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbInstrument) held = tb_visit_instrument (fixture->store, visit->id, id, &error);

  g_assert_no_error (error);
  return (int)tb_instrument_version (held);
}

static TbCatalogueEntry *
entry_of (GPtrArray *entries, const char *id)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (((TbCatalogueEntry *)entries->pdata[i])->id, id))
      return entries->pdata[i];
  g_assert_not_reached ();
}

static void
test_visits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (TbVisit) old = NULL;
  g_autoptr (TbVisit) fresh = NULL;
  g_autoptr (TbVisit) changed = NULL;
  g_autoptr (json_object) fields = from_text ("{'instruments':['proef','eigen']}");
  g_autoptr (json_object) dropping = document_of (fixture, "eigen", 2, "vraag");
  g_autofree char *target = tb_uuid_new ();
  g_autofree char *second = tb_uuid_new ();
  g_autofree char *third = tb_uuid_new ();
  g_autoptr (TbResult) refused = NULL;
  g_autoptr (TbObservation) observation = NULL;
  g_autoptr (GPtrArray) now = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  gint64 zero = 0;

  publish_document (catalogue, document_of (fixture, "eigen", 1, NULL), 1);
  old = visit_with (fixture, catalogue, "eigen", 0);
  g_assert_true (tb_visit_start (fixture->store, old->id, FIXTURE_ZERO, &zero, NULL));
  apply_ok (fixture, old->id,
            make_operation (NULL, "add", "observation", target, "{'instrument':'eigen','code':'vraag','at':1}", "a"));
  add_became (dropping, 1, "vraag", NULL);
  publish_document (catalogue, json_object_get (dropping), 2);
  fresh = visit_with (fixture, catalogue, "eigen", 0);
  g_assert_true (tb_visit_start (fixture->store, fresh->id, FIXTURE_ZERO, &zero, NULL));
  now = tb_catalogue_list (catalogue, NULL);
  changed = tb_visit_update (fixture->store, old->id, fields, now, NULL);
  g_assert_cmpuint (changed->instruments->len, ==, 2);
  g_assert_cmpint (held_version (fixture, old, "eigen"), ==, 1);
  g_assert_cmpint (held_version (fixture, fresh, "eigen"), ==, 2);
  observation = get_observation (fixture, old->id, target);
  g_assert_cmpstr (observation->code, ==, "vraag");
  apply_ok (fixture, old->id,
            make_operation (NULL, "add", "observation", second, "{'instrument':'eigen','code':'vraag','at':2}", "a"));
  refused
      = apply (fixture, fresh->id,
               make_operation (NULL, "add", "observation", third, "{'instrument':'eigen','code':'vraag','at':2}", "a"),
               TB_STATUS_REFUSED);
  g_assert_nonnull (strstr (refused->error->message, "vraag"));
  entries = tb_catalogue_overview (catalogue, NULL);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpuint (entry_of (entries, "eigen")->used, ==, 2);
  g_assert_cmpuint (entry_of (entries, "proef")->used, ==, 1);
}

static void
test_retire (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (json_object) fields = from_text ("{'title':'Anders','instruments':['proef']}");
  g_autoptr (json_object) plain = from_text ("{'title':'Zonder'}");
  g_autoptr (TbVisit) visit = visit_with (fixture, catalogue, "proef", 0);
  g_autoptr (TbVisit) changed = NULL;
  g_autoptr (TbVisit) without = NULL;
  g_autoptr (GPtrArray) now = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    g_assert_true (tb_own_instrument_retire (catalogue, "proef", TRUE, NOW, NULL));
  assert_list (catalogue, "");
  g_assert_cmpint (version_of (catalogue, "proef", 0), ==, 1);
  g_assert_null (visit_with (fixture, catalogue, "proef", TB_ERROR_INVALID));
  now = tb_catalogue_list (catalogue, NULL);
  without = tb_visit_create (fixture->store, NULL, plain, now, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (without->instruments->len, ==, 0); /* the default one is not offered */
  changed = tb_visit_update (fixture->store, visit->id, fields, now, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (changed->instruments->len, ==, 1);
  g_assert_cmpint (held_version (fixture, visit, "proef"), ==, 1);
  entries = tb_catalogue_overview (catalogue, NULL);
  g_assert_true (entry_of (entries, "proef")->retired);
  fixture_reopen (fixture);
  {
    g_autoptr (TbCatalogue) again = tb_catalogue_new (fixture->store, fixture->catalogue);

    assert_list (again, "");
    g_assert_true (tb_own_instrument_retire (again, "proef", FALSE, NOW, NULL));
    assert_list (again, "proef@1");
    g_assert_false (tb_own_instrument_retire (again, "niets", TRUE, NOW, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  }
}

static void
test_overview (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbCatalogue) catalogue = tb_catalogue_new (fixture->store, fixture->catalogue);
  g_autoptr (TbOwnDraft) next = add (catalogue, document_of (fixture, "proef", 2, NULL), 0);
  g_autoptr (TbOwnDraft) fresh = add (catalogue, document_of (fixture, "aap", 1, NULL), 0);
  g_autoptr (GPtrArray) entries = NULL;
  const TbCatalogueEntry *entry;

  publish_document (catalogue, document_of (fixture, "mies", 1, NULL), 1);
  entries = tb_catalogue_overview (catalogue, NULL);
  g_assert_cmpuint (entries->len, ==, 3);
  entry = entries->pdata[0];
  g_assert_cmpstr (entry->id, ==, "proef");
  g_assert_cmpint (entry->draft, ==, 2);
  g_assert_false (entry->own);
  entry = entries->pdata[1];
  g_assert_cmpstr (entry->id, ==, "mies");
  g_assert_true (entry->own);
  g_assert_cmpint (entry->draft, ==, 0);
  entry = entries->pdata[2];
  g_assert_cmpstr (entry->id, ==, "aap");
  g_assert_null (entry->newest);
  g_assert_cmpint (entry->draft, ==, 1);
  g_assert_cmpstr (entry->draft_text, ==, fresh->text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/instrument/draft", test_draft);
  fixture_add ("/instrument/import", test_import);
  fixture_add ("/instrument/lost-update", test_lost_update);
  fixture_add ("/instrument/refused", test_refused);
  fixture_add ("/instrument/problems", test_problems);
  fixture_add ("/instrument/publish", test_publish);
  fixture_add ("/instrument/threads", test_threads);
  fixture_add ("/instrument/successor", test_successor);
  fixture_add ("/instrument/newer-program", test_newer_program);
  fixture_add ("/instrument/visits", test_visits);
  fixture_add ("/instrument/retire", test_retire);
  fixture_add ("/instrument/overview", test_overview);
  return g_test_run ();
}
