/* Visits, the list, tracks and segments. */
#include <string.h>

#include "fixture.h"
#include "store/track.h"

static TbVisit *
create (Fixture *fixture, const char *text, int code)
{
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (GError) error = NULL;
  TbVisit *visit = tb_visit_create (fixture->store, NULL, fields, fixture->catalogue, &error);

  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
  return visit;
}

static void
test_create (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbVisit) visit = create (
      fixture,
      "{'title':'Taal','teacher':'Meester Ömer','planned_at':'2026-11-23T08:30:00Z',"
      "'sources':[{'uri':'rtsp://camera/1','kind':'video','delay':0.25},{'uri':'test:','kind':'audio','name':'Mic'}]}",
      0);
  const TbPlannedSource *source = g_ptr_array_index (visit->sources, 0);
  g_autoptr (json_object) summary = NULL;
  g_autofree char *text = NULL;

  g_assert_true (tb_uuid_is_valid (visit->id));
  g_assert_cmpstr (visit->teacher, ==, "Meester Ömer");
  g_assert_cmpstr (visit->note, ==, "");
  g_assert_cmpuint (visit->instruments->len, ==, 1); /* the default one */
  g_assert_cmpuint (visit->sources->len, ==, 2);
  g_assert_cmpint (source->delay, ==, TB_SECOND / 4);
  g_assert_cmpstr (tb_visit_state (visit), ==, "planned");
  summary = tb_visit_summary (visit, 0);
  text = tb_json_to_text (summary);
  g_assert_nonnull (strstr (text, "\"planned_at\":\"2026-11-23T08:30:00.000000Z\""));
  g_assert_nonnull (strstr (text, "\"started_at\":null"));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  const char *const bad[] = { "{'title':3}",
                              "{'titel':'x'}",
                              "{'planned_at':'morgen'}",
                              "{'instruments':['onbekend']}",
                              "{'instruments':[1]}",
                              "{'instruments':['proef','proef']}",
                              "{'instruments':'proef'}",
                              "{'sources':[{'uri':'test:'}]}",
                              "{'sources':[{'uri':'','kind':'video'}]}",
                              "{'sources':[{'uri':'test:','kind':'smell'}]}",
                              "{'sources':[{'uri':'test:','kind':'video','delay':'x'}]}",
                              "{'sources':[7]}" };
  g_autoptr (GPtrArray) visits = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (create (fixture, bad[i], TB_ERROR_INVALID));
  visits = tb_visit_list (fixture->store, NULL, NULL, 10, NULL, NULL, NULL);
  g_assert_cmpuint (visits->len, ==, 0);
}

static TbVisit *
update (Fixture *fixture, const char *id, const char *text, int code)
{
  g_autoptr (json_object) fields = from_text (text);
  g_autoptr (GError) error = NULL;
  TbVisit *visit = tb_visit_update (fixture->store, id, fields, fixture->catalogue, &error);

  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
  return visit;
}

static void
test_update (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = fixture_visit (fixture, FALSE);
  g_autofree char *target = tb_uuid_new ();
  g_autoptr (TbVisit) visit = update (fixture, id, "{'focus':'Beurten','title':null,'sources':[]}", 0);
  g_autoptr (TbVisit) empty = NULL;
  g_autoptr (TbVisit) back = NULL;

  g_assert_cmpstr (visit->focus, ==, "Beurten");
  g_assert_cmpstr (visit->title, ==, "");
  empty = update (fixture, id, "{'instruments':[]}", 0);
  g_assert_cmpuint (empty->instruments->len, ==, 0);
  back = update (fixture, id, "{'instruments':['proef']}", 0);
  g_assert_cmpuint (back->instruments->len, ==, 1);
  apply_ok (fixture, id,
            make_operation (NULL, "add", "observation", target, "{'instrument':'proef','code':'vraag','at':1}", "a"));
  g_assert_null (update (fixture, id, "{'instruments':[]}", TB_ERROR_CONFLICT));
  /* Undoing would bring the code back. */
  apply_ok (fixture, id,
            make_operation (NULL, "change", "observation", target, "{'instrument':null,'code':null}", "a"));
  g_assert_null (update (fixture, id, "{'instruments':[]}", TB_ERROR_CONFLICT));
  g_assert_null (update (fixture, "00000000-0000-7000-8000-000000000000", "{'title':'x'}", TB_ERROR_NOT_FOUND));
}

/* A visit keeps the version of an instrument that it began with. */
static void
test_instrument_version (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = fixture_visit (fixture, FALSE);
  g_autofree char *text = g_strdup (tb_instrument_text (g_ptr_array_index (fixture->catalogue, 0)));
  g_autoptr (GError) error = NULL;
  g_autoptr (TbInstrument) held = NULL;
  g_autoptr (TbInstrument) newer = NULL;
  g_autofree char *other = NULL;

  memcpy (strstr (text, "\"version\":1"), "\"version\":2", 11);
  g_ptr_array_set_size (fixture->catalogue, 0);
  g_ptr_array_add (fixture->catalogue, tb_instrument_parse (text, strlen (text), &error));
  g_assert_no_error (error);
  tb_visit_free (update (fixture, id, "{'instruments':['proef']}", 0));
  held = tb_visit_instrument (fixture->store, id, "proef", &error);
  g_assert_cmpint (tb_instrument_version (held), ==, 1);
  other = fixture_visit (fixture, FALSE);
  newer = tb_visit_instrument (fixture->store, other, "proef", &error);
  g_assert_cmpint (tb_instrument_version (newer), ==, 2);
  g_assert_null (tb_visit_instrument (fixture->store, id, "anders", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

static void
test_start_and_end (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = fixture_visit (fixture, TRUE);
  g_autoptr (GPtrArray) operations = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (TbVisit) visit = NULL;
  g_autoptr (GError) error = NULL;
  gint64 zero = 0;

  g_assert_false (tb_visit_end (fixture->store, id, FIXTURE_ZERO, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (tb_visit_start (fixture->store, id, FIXTURE_ZERO, &zero, &error));
  g_assert_true (tb_visit_start (fixture->store, id, FIXTURE_ZERO + 5 * TB_SECOND, &zero, &error));
  g_assert_cmpint (zero, ==, FIXTURE_ZERO);
  g_assert_true (tb_visit_end (fixture->store, id, FIXTURE_ZERO + 90 * TB_SECOND, &operations, &error));
  g_assert_cmpuint (operations->len, ==, 0);
  g_assert_true (tb_visit_end (fixture->store, id, FIXTURE_ZERO + 95 * TB_SECOND, &again, &error));
  visit = tb_visit_get (fixture->store, id, &error);
  g_assert_cmpint (visit->ended_at, ==, FIXTURE_ZERO + 90 * TB_SECOND);
  g_assert_cmpstr (tb_visit_state (visit), ==, "ended");
  g_assert_false (tb_visit_start (fixture->store, id, FIXTURE_ZERO, &zero, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
}

static void
test_find (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = fixture_visit (fixture, FALSE);
  g_autofree char *other = fixture_visit (fixture, FALSE);
  g_autofree char *found = tb_visit_find (fixture->store, id, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (found, ==, id);
  g_assert_cmpstr (other, !=, id);
  id[8] = '\0'; /* both were made in the same minute */
  g_assert_null (tb_visit_find (fixture->store, id, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (tb_visit_find (fixture->store, "zzz", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (tb_visit_find (fixture->store, "", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

static guint
count (Fixture *fixture, const char *search)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) visits = tb_visit_list (fixture->store, NULL, search, 100, NULL, NULL, &error);

  g_assert_no_error (error);
  return visits->len;
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  tb_visit_free (create (fixture, "{'title':'Rekenen','teacher':'Renée de Vries','group':'Groep 5'}", 0));
  tb_visit_free (create (fixture, "{'title':'Taal','teacher':'José','focus':'Wie krijgt de beurt?'}", 0));
  tb_visit_free (create (fixture, "{'title':'100% feest_dag','subject':'rekenen'}", 0));
  g_assert_cmpuint (count (fixture, NULL), ==, 3);
  g_assert_cmpuint (count (fixture, "  "), ==, 3);
  g_assert_cmpuint (count (fixture, "REKENEN"), ==, 2);
  g_assert_cmpuint (count (fixture, "renee"), ==, 1);
  g_assert_cmpuint (count (fixture, "RENÉE vries"), ==, 1);
  g_assert_cmpuint (count (fixture, "renee taal"), ==, 0);
  g_assert_cmpuint (count (fixture, "beurt?"), ==, 1);
  g_assert_cmpuint (count (fixture, "%"), ==, 1);
  g_assert_cmpuint (count (fixture, "'; DROP TABLE visit; --"), ==, 0);
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  g_autofree char *last = NULL;
  gint64 place = G_MAXINT64;
  guint seen = 0;
  gboolean more = TRUE;

  for (guint i = 0; i < 25; i++) {
    /* Planned days in mixed order, some at the same moment. */
    g_autofree char *text = g_strdup_printf ("{'planned_at':'2026-11-%02uT08:30:00Z'}", 1 + i * 7 % 12);

    tb_visit_free (create (fixture, text, 0));
  }
  while (more) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) visits = tb_visit_list (fixture->store, NULL, NULL, 10, last, &more, &error);

    g_assert_no_error (error);
    for (guint i = 0; i < visits->len; i++) {
      const TbVisit *visit = g_ptr_array_index (visits, i);

      g_assert_cmpint (visit->planned_at, <=, place);
      place = visit->planned_at;
      seen++;
      g_free (last);
      last = g_strdup (visit->id);
    }
  }
  g_assert_cmpuint (seen, ==, 25);
}

static void
test_tracks (Fixture *fixture, gconstpointer data)
{
  const char *const files[] = { "a-1.mp4", "a-1.flac", NULL };
  g_autofree char *visit = fixture_visit (fixture, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbTrack) track = tb_track_ensure (fixture->store, visit, "audio", "test:", "Mic", TB_SECOND, &error);
  g_autoptr (TbTrack) again = tb_track_ensure (fixture->store, visit, "audio", "test:", "Anders", 0, &error);
  g_autoptr (TbTrack) other = tb_track_ensure (fixture->store, visit, "video", "test:", NULL, 0, &error);
  g_autoptr (TbTrack) read = NULL;
  g_autoptr (GPtrArray) open = NULL;
  g_autoptr (GPtrArray) tracks = NULL;
  g_autoptr (json_object) json = NULL;
  g_autofree char *text = NULL;
  const TbSegment *segment;
  gint64 number = 0;

  g_assert_no_error (error);
  g_assert_cmpstr (track->id, ==, again->id);
  g_assert_cmpstr (again->name, ==, "Mic");
  g_assert_cmpint (again->delay, ==, TB_SECOND);
  g_assert_cmpstr (track->id, !=, other->id);
  g_assert_null (tb_track_ensure (fixture->store, track->id, "video", "test:", NULL, 0, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (tb_segment_open (fixture->store, track->id, 5 * TB_SECOND, files, &number, &error));
  g_assert_cmpint (number, ==, 1);
  g_assert_true (tb_segment_close (fixture->store, track->id, 1, 7 * TB_SECOND, NULL, &error));
  number = 0;
  g_assert_true (tb_segment_open (fixture->store, track->id, 20 * TB_SECOND, NULL, &number, &error));
  g_assert_no_error (error);
  g_assert_cmpint (number, ==, 2);
  g_assert_true (tb_segment_drop (fixture->store, track->id, 2, &error));
  number = 0;
  g_assert_true (tb_segment_open (fixture->store, track->id, 21 * TB_SECOND, NULL, &number, &error));
  g_assert_cmpint (number, ==, 3); /* never given out again */
  g_assert_true (tb_segment_add_file (fixture->store, track->id, 3, "a-3.mp4", &error));
  g_assert_true (tb_segment_set_start (fixture->store, track->id, 3, 22 * TB_SECOND, &error));
  g_assert_no_error (error);

  open = tb_segment_list_open (fixture->store, &error);
  g_assert_cmpuint (open->len, ==, 1);
  segment = g_ptr_array_index (((TbTrack *) g_ptr_array_index (open, 0))->segments, 0);
  g_assert_cmpint (segment->number, ==, 3);
  g_assert_cmpint (segment->start, ==, 22 * TB_SECOND);
  g_assert_true (tb_segment_close (fixture->store, track->id, 3, TB_SECOND, "Afgebroken na 1 s", &error));
  g_assert_true (tb_track_update (fixture->store, track->id, NULL, -TB_SECOND, &error));
  g_assert_true (tb_track_update (fixture->store, track->id, "Bij het bord", TB_TIME_NONE, &error));
  g_assert_true (tb_track_set_delay_estimate (fixture->store, track->id, TB_SECOND / 2, &error));
  read = tb_track_get (fixture->store, track->id, &error);
  json = tb_track_to_json (read);
  text = tb_json_to_text (json);
  g_assert_cmpint (read->delay, ==, -TB_SECOND);
  g_assert_cmpint (read->delay_estimate, ==, TB_SECOND / 2);
  g_assert_cmpint (tb_track_delay (read), ==, -TB_SECOND);
  read->delay = 0; /* nobody set it: what was measured counts */
  g_assert_cmpint (tb_track_delay (read), ==, TB_SECOND / 2);
  read->delay_estimate = TB_TIME_NONE;
  g_assert_cmpint (tb_track_delay (read), ==, 0);
  g_assert_cmpstr (read->name, ==, "Bij het bord");
  g_assert_nonnull (strstr (text, "{\"name\":\"a-1.flac\",\"kind\":\"flac\"}"));
  g_assert_nonnull (strstr (text, "Afgebroken"));
  tracks = tb_track_list (fixture->store, visit, &error);
  g_assert_cmpuint (tracks->len, ==, 2);
  g_assert_false (tb_segment_close (fixture->store, track->id, 9, 0, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (tb_track_update (fixture->store, visit, "x", TB_TIME_NONE, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/visit/create", test_create);
  fixture_add ("/visit/refused", test_refused);
  fixture_add ("/visit/update", test_update);
  fixture_add ("/visit/instrument-version", test_instrument_version);
  fixture_add ("/visit/start-and-end", test_start_and_end);
  fixture_add ("/visit/find", test_find);
  fixture_add ("/visit/search", test_search);
  fixture_add ("/visit/pages", test_pages);
  fixture_add ("/track", test_tracks);
  return g_test_run ();
}
