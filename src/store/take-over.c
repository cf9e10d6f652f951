#include "store/take-over.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/catalogue-private.h"
#include "store/coaching-private.h"
#include "store/journal-rows.h"
#include "store/layers-private.h"
#include "store/own-instrument.h"
#include "store/store-private.h"
#include "store/visit-private.h"

#define DEVICE "import"
#define INSTRUMENTS_MAX 20 /* of one visit */
/* What was there before an addition: nothing. */
#define BEFORE "{\"removed\":true}"

typedef struct {
  TbStore *store;
  TbDb *db;
  const TbTakeOver *take;
  gint64 now;
  GPtrArray *logged; /* TbLogged * of the visit at hand; NULL when nobody listens */
} Taking;

/* --- kijkwijzers ------------------------------------------------------------ */

static gboolean
publish_one (Taking *taking, const TbInstrument *instrument, GError **error)
{
  const char *id = tb_instrument_id (instrument);
  gint64 there = 0, ids = 0;

  if (!tb_db_int (taking->db, 0, &there, error, "SELECT count(*) FROM own_instrument WHERE id = ?1", "s", id))
    return FALSE;
  if (there > 0)
    return TRUE;
  if (!tb_db_int (taking->db, 0, &ids, error, "SELECT count(DISTINCT id) FROM own_instrument", ""))
    return FALSE;
  if (ids >= TB_OWN_INSTRUMENTS_MAX)
    return tb_refuse (error, TB_ERROR_CONFLICT, "There are 500 kijkwijzers of the school already");
  return tb_db_exec (taking->db, error,
                     "INSERT INTO own_instrument (id, version, json, revision, made_by, made_wall, published_wall)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
                     "sisisi", id, tb_instrument_version (instrument), tb_instrument_text (instrument),
                     taking->now / TB_MILLISECOND, taking->take->person, taking->now);
}

static gboolean
hold_instrument (Taking *taking, const TbVisit *visit, const TbInstrument *instrument, guint *held, GError **error)
{
  const char *id = tb_instrument_id (instrument);
  gint64 version = 0;

  if (!tb_db_int (taking->db, 0, &version, error,
                  "SELECT version FROM visit_instrument WHERE visit = ?1 AND instrument = ?2", "ss", visit->id, id))
    return FALSE;
  if (version == tb_instrument_version (instrument))
    return TRUE;
  if (version != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "The visit uses “%.64s” in version %" G_GINT64_FORMAT, id, version);
    return FALSE;
  }
  if (*held >= INSTRUMENTS_MAX)
    return tb_refuse (error, TB_ERROR_CONFLICT, "A visit can have at most 20 kijkwijzers");
  return tb_db_exec (taking->db, error,
                     "INSERT INTO instrument (id, version, json) VALUES (?1, ?2, ?3) ON CONFLICT (id, version) DO NOTHING",
                     "sis", id, tb_instrument_version (instrument), tb_instrument_text (instrument))
         && tb_db_exec (taking->db, error,
                        "INSERT INTO visit_instrument (visit, position, instrument, version) VALUES (?1, ?2, ?3, ?4)",
                        "sisi", visit->id, (gint64) (*held)++, id, tb_instrument_version (instrument));
}

/* --- observations --------------------------------------------------------------- */

static void
append_string (GString *text, const char *value)
{
  if (value == NULL) {
    g_string_append (text, "null");
    return;
  }
  g_string_append_c (text, '"');
  for (; *value != '\0'; value++) {
    if (*value == '"' || *value == '\\')
      g_string_append_c (text, '\\');
    if ((guchar) *value < ' ')
      g_string_append_printf (text, "\\u%04x", (guchar) *value);
    else
      g_string_append_c (text, *value);
  }
  g_string_append_c (text, '"');
}

static void
append_text (GString *text, const char *name, const char *value)
{
  g_string_append (text, name);
  append_string (text, value);
}

/* Also of a rating: one number says “none” of both. */
static void
append_time (GString *text, const char *name, gint64 time)
{
  char digits[24], *at = digits + sizeof digits;
  guint64 rest = time < 0 ? 0 - (guint64) time : (guint64) time;

  g_string_append (text, name);
  if (time == TB_TIME_NONE) {
    g_string_append (text, "null");
    return;
  }
  *--at = '\0';
  do
    *--at = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (time < 0)
    *--at = '-';
  g_string_append (text, at);
}

/* tb_object_values() as text: ten thousand times in one go, so without a tree in between. */
static void
set_values (GString *text, const TbObservation *o)
{
  g_string_truncate (text, 0);
  append_text (text, "{\"instrument\":", o->instrument);
  append_text (text, ",\"code\":", o->code);
  append_text (text, ",\"kind\":", tb_kind_name (o->kind));
  append_time (text, ",\"at\":", o->at);
  append_time (text, ",\"until\":", o->until);
  append_time (text, ",\"lead\":", o->lead);
  append_time (text, ",\"lag\":", o->lag);
  append_text (text, ",\"subject\":", o->subject);
  append_text (text, ",\"note\":", o->note);
  append_text (text, ",\"valence\":", tb_valence_name (o->valence));
  append_text (text, ",\"observer\":", o->observer);
  append_time (text, ",\"tapped_at\":", o->tapped_at != 0 ? o->tapped_at : TB_TIME_NONE);
  append_time (text, ",\"tapped_time\":", o->tapped_time);
  append_time (text, ",\"uncertainty\":", o->uncertainty);
  append_text (text, ",\"closed_by\":", o->closed_by);
  g_string_append (text, ",\"modifiers\":");
  g_string_append (text, o->modifiers != NULL ? o->modifiers : "null");
  append_time (text, ",\"rating\":", o->rating);
  g_string_append (text, ",\"evidence\":");
  g_string_append (text, o->evidence != NULL ? o->evidence : "null");
  g_string_append (text, ",\"removed\":false}");
}

static void
log_one (Taking *taking, const char *operation, gint64 seq, TbObservation *observation)
{
  g_autoptr (TbJournalRow) row = NULL;
  TbObject object = { TB_TARGET_OBSERVATION, observation, NULL };
  TbLogged *logged;

  if (taking->logged == NULL)
    return;
  row = g_new0 (TbJournalRow, 1);
  row->seq = seq;
  row->id = g_strdup (operation);
  row->target = TB_TARGET_OBSERVATION;
  row->target_id = g_strdup (observation->id);
  row->action = TB_ACTION_ADD;
  row->author = g_strdup (taking->take->author);
  row->device = g_strdup (DEVICE);
  row->at = taking->now;
  logged = g_new0 (TbLogged, 1);
  logged->seq = seq;
  logged->operation = tb_journal_row_text (row, &object);
  logged->target = TB_TARGET_OBSERVATION;
  logged->observer = g_strdup (observation->observer);
  g_ptr_array_add (taking->logged, logged);
}

static gboolean
write_one (Taking *taking, const char *visit, gint64 seq, TbObservation *o, GString *values, GError **error)
{
  g_autofree char *operation = tb_uuid_new ();

  g_free (o->id);
  o->id = tb_uuid_new ();
  set_values (values, o);
  if (!tb_db_exec (taking->db, error,
                   "INSERT INTO journal (visit, seq, id, target, target_id, action, author, device, at_wall,"
                   " before_values, after_values, undone)"
                   " VALUES (?1, ?2, ?3, 'observation', ?4, 'add', ?5, '" DEVICE "', ?6, '" BEFORE "', ?7, 0)",
                   "sisssis", visit, seq, operation, o->id, taking->take->author, taking->now, values->str)
      || !tb_db_exec (taking->db, error,
                      "INSERT INTO observation (id, visit, instrument, code, kind, at_ns, until_ns, lead_ns, lag_ns,"
                      " subject, note, valence, observer, tapped_wall, tapped_ns, uncertainty_ns, closed_by, removed,"
                      " modifiers, rating, evidence)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, 0, ?18,"
                      " ?19, ?20)",
                      "sssssttttsssswttssts", o->id, visit, o->instrument, o->code, tb_kind_name (o->kind), o->at,
                      o->until, o->lead, o->lag, o->subject, o->note, tb_valence_name (o->valence), o->observer,
                      o->tapped_at, o->tapped_time, o->uncertainty, o->closed_by, o->modifiers, o->rating,
                      o->evidence))
    return FALSE;
  log_one (taking, operation, seq, o);
  return TRUE;
}

static gboolean
write_all (Taking *taking, const TbVisit *visit, GPtrArray *observations, GError **error)
{
  g_autoptr (GString) values = g_string_sized_new (1024);

  for (guint i = 0; i < observations->len; i++)
    if (!write_one (taking, visit->id, visit->seq + 1 + i, g_ptr_array_index (observations, i), values, error))
      return FALSE;
  return TRUE;
}

/* --- visits ------------------------------------------------------------------------- */

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static gboolean
make_visit (Taking *taking, const TbTakenVisit *taken, const char *id, GError **error)
{
  gint64 started = taken->started_at != 0 ? taken->started_at : taking->now - taken->length;

  return tb_db_exec (taking->db, error,
                     "INSERT INTO visit (id, title, teacher, group_name, subject, focus, note, created_wall,"
                     " started_wall, ended_wall, coach) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                     "sssssssiiis", id, or_empty (taken->title), or_empty (taken->teacher), or_empty (taken->group),
                     or_empty (taken->subject), or_empty (taken->focus), or_empty (taken->note), taking->now, started,
                     started + taken->length, taking->take->coach);
}

/* Nobody puts words in the mouth of another who observes. */
static gboolean
may_add (Taking *taking, const TbTakenVisit *taken, GError **error)
{
  g_autoptr (TbLayers) layers = NULL;

  if (taking->take->person == NULL)
    return TRUE;
  layers = tb_layers_load_from (taking->db, taken->id, error);
  if (layers == NULL)
    return FALSE;
  for (guint i = 0; i < taken->observations->len; i++) {
    const TbObservation *o = g_ptr_array_index (taken->observations, i);

    if (tb_layers_may_change (layers, taking->take->person, o->observer))
      continue;
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT,
                 "The file has observations of “%.60s”, who observes this visit and adds their own", o->observer);
    return FALSE;
  }
  return TRUE;
}

/* The visit to add to, made when there is none yet. New. */
static TbVisit *
open_visit (Taking *taking, const TbTakenVisit *taken, GError **error)
{
  g_autofree char *id = taken->id != NULL ? g_strdup (taken->id) : tb_uuid_new ();
  g_autoptr (TbVisit) visit = NULL;

  if (taken->id == NULL && !make_visit (taking, taken, id, error))
    return NULL;
  visit = tb_visit_load (taking->db, id, error);
  if (visit == NULL || (taken->id != NULL && !may_add (taking, taken, error)))
    return NULL;
  if (visit->started_at == 0) {
    tb_refuse (error, TB_ERROR_CONFLICT, "This visit has not started, so it has no time yet");
    return NULL;
  }
  return g_steal_pointer (&visit);
}

static char *
take_one (Taking *taking, const TbTakenVisit *taken, GError **error)
{
  g_autoptr (TbVisit) visit = open_visit (taking, taken, error);
  guint held;

  if (visit == NULL)
    return NULL;
  held = visit->instruments->len;
  for (guint i = 0; i < taken->instruments->len; i++)
    if (!hold_instrument (taking, visit, g_ptr_array_index (taken->instruments, i), &held, error))
      return NULL;
  return write_all (taking, visit, taken->observations, error) ? g_strdup (visit->id) : NULL;
}

static gboolean
take_all (Taking *taking, GPtrArray *ids, GPtrArray *news, GError **error)
{
  for (guint i = 0; taking->take->instruments != NULL && i < taking->take->instruments->len; i++)
    if (!publish_one (taking, g_ptr_array_index (taking->take->instruments, i), error))
      return FALSE;
  for (guint i = 0; i < taking->take->visits->len; i++) {
    char *id;

    taking->logged = taking->store->listener != NULL
                         ? g_ptr_array_new_with_free_func ((GDestroyNotify) tb_logged_free)
                         : NULL;
    if (taking->logged != NULL)
      g_ptr_array_add (news, taking->logged);
    id = take_one (taking, g_ptr_array_index (taking->take->visits, i), error);
    if (id == NULL)
      return FALSE;
    g_ptr_array_add (ids, id);
  }
  return TRUE;
}

GPtrArray *
tb_take_over (TbStore *store, const TbTakeOver *take, gint64 now_wall, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) news = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_auto (TbWrite) write = { 0 };
  Taking taking = { store, NULL, take, now_wall, NULL };

  if (!tb_write_begin (&write, store, error))
    return NULL;
  taking.db = write.db;
  if (!take_all (&taking, ids, news, error)
      || (take->instruments != NULL && take->instruments->len > 0 && !tb_catalogue_touch (write.db, error))
      || !tb_write_commit (&write, error))
    return NULL;
  for (guint i = 0; i < news->len; i++)
    tb_journal_tell (store, g_ptr_array_index (ids, i), g_ptr_array_index (news, i));
  return g_steal_pointer (&ids);
}
