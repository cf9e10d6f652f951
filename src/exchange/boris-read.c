#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "exchange/boris.h"
#include "exchange/bytes.h"

/* Seconds later than this are of a clock that counts from 1970, not of a timeline. */
#define EPOCH_SECONDS 31536000.0
#define LAST_SECONDS 9e9 /* nanoseconds of a later one do not fit */

typedef struct {
  TbExchange *document;
  TbLoss *loss;
  gboolean ours;       /* written by Terugblik */
  TbExchange *aside;   /* holds what is declared of TB_BORIS_NO_CODE */
  const char *no_code; /* what is called so has no code, if it is ours */
} Reading;

/* One row of an observation. */
typedef struct {
  double seconds;
  json_object *row;
  guint place; /* in the file, from 1 */
} Row;

static const char *
row_text (json_object *row, gsize index)
{
  json_object *value = index < json_object_array_length (row) ? json_object_array_get_idx (row, index) : NULL;

  return value != NULL ? json_object_get_string (value) : "";
}

/* "fast (f)" → "fast"; spaces around it go. New string. */
static char *
modifier_value (const char *text)
{
  char *value = g_strstrip (g_strdup (text));
  gsize length = strlen (value);
  char *open = strrchr (value, '(');

  if (length > 3 && value[length - 1] == ')' && open != NULL && open > value) {
    *open = '\0';
    g_strchomp (value);
  }
  return value;
}

static void
add_value (TbExchangeModifier *modifier, const char *text)
{
  g_autofree char *value = modifier_value (text);

  if (*value != '\0')
    g_ptr_array_add (modifier->values, g_utf8_make_valid (value, -1));
}

static char *
set_name (const char *given, guint index)
{
  g_autofree char *name = g_strstrip (g_strdup (given != NULL ? given : ""));

  return *name != '\0' ? g_steal_pointer (&name) : g_strdup_printf ("modifier %u", index + 1);
}

/* Before version 4: "sniff,lick|top,bottom". */
static void
read_old_modifiers (TbExchangeCode *code, const char *text)
{
  g_auto (GStrv) sets = g_strsplit (text, "|", -1);

  for (guint i = 0; sets[i] != NULL && *text != '\0'; i++) {
    g_auto (GStrv) values = g_strsplit (sets[i], ",", -1);
    g_autofree char *name = set_name (NULL, i);
    TbExchangeModifier *modifier = tb_exchange_modifier (code, name);

    for (guint v = 0; values[v] != NULL; v++)
      add_value (modifier, values[v]);
  }
}

static void
read_modifiers (Reading *reading, TbExchangeCode *code, json_object *behavior)
{
  json_object *modifiers = NULL;
  g_autoptr (GPtrArray) sets = NULL;

  json_object_object_get_ex (behavior, "modifiers", &modifiers);
  if (json_object_is_type (modifiers, json_type_string)) {
    read_old_modifiers (code, json_object_get_string (modifiers));
    return;
  }
  sets = tb_loose_in_order (modifiers, NULL);
  for (guint i = 0; i < sets->len; i++) {
    static const TbModifierKind kinds[]
        = { TB_MODIFIER_SINGLE, TB_MODIFIER_SEVERAL, TB_MODIFIER_NUMBER, TB_MODIFIER_TEXT };
    json_object *set = g_ptr_array_index (sets, i);
    json_object *list = tb_loose_get (set, "values", json_type_array);
    g_autofree char *name = set_name (tb_loose_string (set, "name"), i);
    guint before = code->modifiers->len;
    TbExchangeModifier *modifier = tb_exchange_modifier (code, name);
    json_object *type = NULL;
    double number = 0;

    if (code->modifiers->len == before) {
      /* Two sets of one name: the place counts, so the second gets a name of its own. */
      g_autofree char *second = g_strdup_printf ("%s (%u)", name, i + 1);

      modifier = tb_exchange_modifier (code, second);
    }
    if (json_object_is_type (set, json_type_object) && json_object_object_get_ex (set, "type", &type)
        && tb_loose_number (type, &number) && number >= 0 && number <= 3)
      modifier->kind = kinds[(int) number];
    for (gsize v = 0; list != NULL && v < json_object_array_length (list); v++)
      if (json_object_get_string (json_object_array_get_idx (list, v)) != NULL)
        add_value (modifier, json_object_get_string (json_object_array_get_idx (list, v)));
  }
}

static void
read_behaviors (Reading *reading, json_object *project)
{
  json_object *map = NULL;
  g_autoptr (GPtrArray) behaviors = NULL;

  json_object_object_get_ex (project, "behaviors_conf", &map);
  behaviors = tb_loose_in_order (map, NULL);
  for (guint i = 0; i < behaviors->len; i++) {
    json_object *behavior = g_ptr_array_index (behaviors, i);
    const char *id = tb_loose_string (behavior, "code");
    const char *type = tb_loose_string (behavior, "type");
    const char *excluded = tb_loose_string (behavior, "excluded");
    const char *category = tb_loose_string (behavior, "category");
    const char *key = tb_loose_string (behavior, "key");
    const char *color = tb_loose_string (behavior, "color");
    g_auto (GStrv) excludes = g_strsplit (excluded != NULL ? excluded : "", ",", -1);
    TbExchangeCode *code;

    if (id == NULL || *id == '\0')
      continue;
    if (reading->ours && g_str_equal (id, reading->no_code)) {
      code = tb_exchange_code (reading->aside, TB_BORIS_NO_CODE);
      code->kind = type != NULL && g_str_has_prefix (type, "State") ? TB_KIND_STATE : TB_KIND_POINT;
      read_modifiers (reading, code, behavior);
      continue;
    }
    if (tb_exchange_find_code (reading->document, id) != NULL) {
      tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "a behaviour that stands twice in the list",
                   "its first entry counts", "behaviour “%s”", id);
      continue;
    }
    code = tb_exchange_code (reading->document, id);
    code->kind = type != NULL && g_str_has_prefix (type, "State") ? TB_KIND_STATE : TB_KIND_POINT;
    if (tb_loose_string (behavior, "description") != NULL)
      tb_exchange_text (&code->description, tb_loose_string (behavior, "description"));
    if (category != NULL && *category != '\0')
      tb_exchange_text (&code->category, category);
    if (key != NULL && *key != '\0')
      tb_exchange_text (&code->key, key);
    if (color != NULL && *color != '\0')
      tb_exchange_text (&code->color, color);
    for (guint e = 0; excludes[e] != NULL; e++)
      if (*g_strstrip (excludes[e]) != '\0')
        g_ptr_array_add (code->excludes, g_utf8_make_valid (excludes[e], -1));
    read_modifiers (reading, code, behavior);
    if (type != NULL && strstr (type, "coding map") != NULL)
      tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "a coding map", "Terugblik has none", "behaviour “%s”", id);
  }
}

static void
read_subjects (Reading *reading, json_object *project)
{
  json_object *map = NULL;
  g_autoptr (GPtrArray) subjects = NULL;

  json_object_object_get_ex (project, "subjects_conf", &map);
  subjects = tb_loose_in_order (map, NULL);
  for (guint i = 0; i < subjects->len; i++) {
    const char *name = tb_loose_string (g_ptr_array_index (subjects, i), "name");
    const char *description = tb_loose_string (g_ptr_array_index (subjects, i), "description");

    if (name == NULL || *name == '\0')
      continue;
    if (description != NULL)
      tb_exchange_text (&tb_exchange_subject (reading->document, name)->description, description);
    else
      tb_exchange_subject (reading->document, name);
  }
}

static double
number_of (json_object *object, const char *field, const char *inside)
{
  json_object *value = NULL;
  double number = NAN;

  object = tb_loose_get (object, field, json_type_object);
  if (object != NULL && json_object_object_get_ex (object, inside, &value))
    tb_loose_number (value, &number);
  return number;
}

static void
read_media_file (Reading *reading, TbExchangeSet *set, json_object *observation, const char *path, TbTime *at)
{
  json_object *info = tb_loose_get (observation, "media_info", json_type_object);
  TbExchangeMedia *media = tb_exchange_media (reading->document, set, path);
  double length = number_of (info, "length", path), rate = number_of (info, "fps", path);

  media->at = *at;
  if (isfinite (rate) && rate > 0)
    media->rate = rate;
  /* Files of one player lie one after the other. */
  if (isfinite (length) && length >= 0 && tb_time_from_seconds (length, &media->length) && *at < TB_TIME_LIMIT)
    *at += media->length;
}

static void
read_media (Reading *reading, TbExchangeSet *set, json_object *observation, TbTime offset)
{
  json_object *file = NULL, *info = tb_loose_get (observation, "media_info", json_type_object);
  g_autoptr (GPtrArray) players = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  TbTime at = offset;

  json_object_object_get_ex (observation, "file", &file);
  players = tb_loose_in_order (file, &keys);
  for (guint i = 0; i < players->len; i++) {
    json_object *list = g_ptr_array_index (players, i);
    const char *player = g_ptr_array_index (keys, i);
    double shift;

    if (json_object_is_type (list, json_type_string)) {
      /* Very old: a plain list of paths. */
      read_media_file (reading, set, observation, json_object_get_string (list), &at);
      continue;
    }
    at = offset;
    shift = player != NULL ? number_of (info, "offset", player) : NAN;
    if (isfinite (shift) && fabs (shift) < EPOCH_SECONDS)
      at += (TbTime) llround (shift * (double) TB_SECOND);
    for (gsize f = 0; json_object_is_type (list, json_type_array) && f < json_object_array_length (list); f++)
      if (json_object_get_string (json_object_array_get_idx (list, f)) != NULL)
        read_media_file (reading, set, observation, json_object_get_string (json_object_array_get_idx (list, f)), &at);
  }
}

static void
read_event_value (Reading *reading, TbExchangeEvent *event, const char *name, const char *text)
{
  g_autofree char *value = modifier_value (text);
  double rating;

  if (*value == '\0' || g_str_equal (value, "None"))
    return;
  if (reading->ours && g_str_equal (name, TB_BORIS_RATING) && tb_loose_decimal (value, &rating))
    event->rating = rating;
  else
    tb_exchange_event_modifier (reading->document, event, name, value);
}

static void
read_event_modifiers (Reading *reading, TbExchangeEvent *event, const char *text)
{
  const TbExchangeCode *code = event->code != NULL ? tb_exchange_find_code (reading->document, event->code)
                                                   : tb_exchange_find_code (reading->aside, TB_BORIS_NO_CODE);
  g_auto (GStrv) parts = *text != '\0' ? g_strsplit (text, "|", -1) : NULL;

  for (guint i = 0; parts != NULL && parts[i] != NULL; i++) {
    const TbExchangeModifier *set
        = code != NULL && i < code->modifiers->len ? g_ptr_array_index (code->modifiers, i) : NULL;
    gboolean several = set != NULL && set->kind == TB_MODIFIER_SEVERAL;
    g_auto (GStrv) values = several ? g_strsplit (parts[i], ",", -1) : NULL;
    g_autofree char *unnamed = set == NULL ? set_name (NULL, i) : NULL;
    const char *name = set != NULL ? set->name : unnamed;

    if (!several)
      read_event_value (reading, event, name, parts[i]);
    for (guint v = 0; several && values[v] != NULL; v++)
      read_event_value (reading, event, name, values[v]);
  }
}

static void
fill_event (Reading *reading, TbExchangeEvent *event, json_object *row, const char *observer)
{
  const char *subject = row_text (row, 1);
  const char *comment = row_text (row, 4);

  if (*subject != '\0' && !g_str_equal (subject, "No focal subject"))
    tb_exchange_share (&event->subject, subject);
  if (*comment != '\0')
    tb_exchange_text (&event->comment, comment);
  if (observer != NULL && *observer != '\0')
    tb_exchange_share (&event->observer, observer);
  read_event_modifiers (reading, event, row_text (row, 3));
}

/* The second row of a state: what it says beside the time is added. */
static void
close_state (TbExchangeEvent *event, json_object *row, TbTime until)
{
  event->until = until;
  event->records = 2;
  tb_exchange_join (&event->comment, row_text (row, 4));
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  double one = ((const Row *) a)->seconds, other = ((const Row *) b)->seconds;

  return one < other ? -1 : one > other;
}

/* The rows that can be read, by time. */
static GArray *
rows_of (Reading *reading, json_object *observation, const char *id)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (Row));
  json_object *list = NULL;
  g_autoptr (GPtrArray) events = NULL;

  json_object_object_get_ex (observation, "events", &list);
  events = tb_loose_in_order (list, NULL);
  tb_loss_present (reading->loss, events->len);
  for (guint i = 0; i < events->len; i++) {
    Row row = { 0, g_ptr_array_index (events, i), i + 1 };

    if (!json_object_is_type (row.row, json_type_array) || json_object_array_length (row.row) < 3)
      tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "a row that is no event",
                   "a time, a subject and a code are needed", "observation “%s”, row %u", id, row.place);
    else if (!tb_loose_number (json_object_array_get_idx (row.row, 0), &row.seconds))
      tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "an event without a time", "its time is no number",
                   "observation “%s”, row %u", id, row.place);
    else
      g_array_append_val (rows, row);
  }
  g_qsort_with_data (rows->data, (gint) rows->len, sizeof (Row), compare_rows, NULL);
  return rows;
}

/* What the times count from: 0, or for a clock of 1970 the second in which the first event lies. */
static double
origin_of (const GArray *rows)
{
  double first = rows->len > 0 ? g_array_index (rows, Row, 0).seconds : 0;

  return first > EPOCH_SECONDS && first < LAST_SECONDS ? floor (first) : 0;
}

static void
read_events (Reading *reading, TbExchangeSet *set, json_object *observation, const char *id, const GArray *rows,
             double origin)
{
  g_autoptr (GHashTable) open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  json_object *variables = tb_loose_get (observation, "independent_variables", json_type_object);
  const char *observer = tb_loose_string (variables, TB_BORIS_OBSERVER);
  GHashTableIter left;
  gpointer value;

  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);
    const char *name = row_text (row->row, 2);
    const char *code = reading->ours && g_str_equal (name, reading->no_code) ? "" : name;
    const TbExchangeCode *declared = *code != '\0' ? tb_exchange_find_code (reading->document, code)
                                                   : tb_exchange_find_code (reading->aside, TB_BORIS_NO_CODE);
    TbExchangeEvent *event;
    g_autofree char *key = NULL;
    TbTime at;

    if (!tb_time_from_seconds (row->seconds - origin, &at)) {
      tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "an event at a time that cannot be",
                   "it lies more than 30 days from the beginning", "observation “%s”, row %u", id, row->place);
      continue;
    }
    tb_loss_carried (reading->loss, 1);
    if (*code != '\0' && declared == NULL)
      tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "an event of a behaviour that is not in the list",
                   "taken as a point", "observation “%s”, row %u, “%s”", id, row->place, code);
    if (declared == NULL || declared->kind != TB_KIND_STATE) {
      event = tb_exchange_event (reading->document, set, TB_KIND_POINT, code, at, TB_TIME_NONE);
      fill_event (reading, event, row->row, observer);
      continue;
    }
    key = g_strjoin ("\x1f", row_text (row->row, 1), code, row_text (row->row, 3), NULL);
    event = g_hash_table_lookup (open, key);
    if (event != NULL) {
      close_state (event, row->row, at);
      g_hash_table_remove (open, key);
      continue;
    }
    event = tb_exchange_event (reading->document, set, TB_KIND_STATE, code, at, TB_TIME_NONE);
    fill_event (reading, event, row->row, observer);
    g_hash_table_insert (open, g_steal_pointer (&key), event);
  }
  g_hash_table_iter_init (&left, open);
  while (g_hash_table_iter_next (&left, NULL, &value)) {
    const TbExchangeEvent *event = value;
    g_autofree char *at = tb_time_plain (event->at, 0);

    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "a state without an end", "it stays open: nobody ended it",
                 "observation “%s”, “%s” at %s s", id, event->code, at);
  }
}

static void
read_variables (Reading *reading, TbExchangeSet *set, json_object *observation)
{
  json_object *variables = tb_loose_get (observation, "independent_variables", json_type_object);

  if (variables == NULL)
    return;
  json_object_object_foreach (variables, name, value)
  {
    if (reading->ours && (g_str_equal (name, TB_BORIS_OBSERVER) || g_str_equal (name, TB_BORIS_VISIT)))
      continue;
    if (value != NULL && *json_object_get_string (value) != '\0')
      tb_exchange_pair (reading->document, set->pairs, name, json_object_get_string (value));
  }
}

static void
read_observation (Reading *reading, const char *id, json_object *observation)
{
  g_autoptr (GArray) rows = rows_of (reading, observation, id);
  json_object *variables = tb_loose_get (observation, "independent_variables", json_type_object);
  const char *visit = reading->ours ? tb_loose_string (variables, TB_BORIS_VISIT) : NULL;
  TbExchangeSet *set = tb_exchange_set (reading->document, visit != NULL ? visit : id);
  double origin = origin_of (rows), offset = 0;
  json_object *value = NULL;
  TbTime start = 0;

  if (tb_loose_string (observation, "description") != NULL)
    tb_exchange_text (&set->description, tb_loose_string (observation, "description"));
  if (origin > 0)
    set->started_at = (gint64) origin * TB_SECOND;
  else
    tb_loose_wall (tb_loose_string (observation, "date"), &set->started_at);
  if (json_object_object_get_ex (observation, "time offset", &value) && tb_loose_number (value, &offset))
    tb_time_from_seconds (offset - origin, &start);
  if (set->media->len == 0)
    read_media (reading, set, observation, start);
  if (set->pairs->len == 0)
    read_variables (reading, set, observation);
  if (g_strcmp0 (tb_loose_string (observation, "type"), "IMAGES") == 0)
    tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "the pictures that events were seen on", "Terugblik looks at films",
                 "observation “%s”", id);
  read_events (reading, set, observation, id, rows, origin);
}

static void
read_project (Reading *reading, json_object *project)
{
  json_object *map = tb_loose_get (project, "coding_map", json_type_object);
  json_object *converters = tb_loose_get (project, "converters", json_type_object);
  TbExchange *document = reading->document;

  if (tb_loose_string (project, "project_name") != NULL)
    tb_exchange_text (&document->title, tb_loose_string (project, "project_name"));
  if (tb_loose_string (project, "project_description") != NULL)
    tb_exchange_text (&document->description, tb_loose_string (project, "project_description"));
  tb_loose_wall (tb_loose_string (project, "project_date"), &document->made_at);
  if (map != NULL)
    tb_loss_add (reading->loss, TB_LOSS_LEFT, json_object_object_length (map), "a coding map", "Terugblik has none",
                 "project");
  if (converters != NULL)
    tb_loss_add (reading->loss, TB_LOSS_LEFT, json_object_object_length (converters), "a converter of outside data",
                 "Terugblik runs no code from a file", "project");
  read_behaviors (reading, project);
  read_subjects (reading, project);
}

/* What is a rating is no modifier. */
static void
forget_rating (TbExchange *document)
{
  for (guint i = 0; i < document->codes->len; i++) {
    TbExchangeCode *code = g_ptr_array_index (document->codes, i);

    for (guint m = code->modifiers->len; m > 0; m--) {
      const TbExchangeModifier *modifier = g_ptr_array_index (code->modifiers, m - 1);

      if (g_str_equal (modifier->name, TB_BORIS_RATING))
        g_ptr_array_remove_index (code->modifiers, m - 1);
    }
  }
}

TbExchange *
tb_boris_read (const guint8 *data, gsize size, TbLoss *loss, GError **error)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autoptr (TbExchange) aside = tb_exchange_new ();
  g_autoptr (GBytes) unpacked = NULL;
  g_autofree char *text = NULL;
  g_autoptr (json_object) project = NULL;
  json_object *observations, *own;
  Reading reading = { document, loss, FALSE, aside, TB_BORIS_NO_CODE };

  if (tb_bytes_is_gzip (data, size)) {
    unpacked = tb_bytes_gunzip (data, size, TB_EXCHANGE_MAX_BYTES, error);
    if (unpacked == NULL)
      return NULL;
    data = g_bytes_get_data (unpacked, &size);
  }
  text = tb_bytes_to_text (data, size, loss, error);
  project = text != NULL ? tb_loose_json (text, error) : NULL;
  if (project == NULL)
    return NULL;
  observations = tb_loose_get (project, "observations", json_type_object);
  if (observations == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is no BORIS project: it has no observations");
    return NULL;
  }
  own = tb_loose_get (project, "terugblik", json_type_object);
  reading.ours = own != NULL;
  if (tb_loose_string (own, TB_BORIS_OTHER) != NULL)
    reading.no_code = tb_loose_string (own, TB_BORIS_OTHER);
  read_project (&reading, project);
  json_object_object_foreach (observations, id, observation)
  {
    if (json_object_is_type (observation, json_type_object))
      read_observation (&reading, id, observation);
  }
  if (reading.ours)
    forget_rating (document);
  if (!tb_exchange_finish (document, loss, error))
    return NULL;
  return g_steal_pointer (&document);
}
