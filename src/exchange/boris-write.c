#include <math.h>
#include <string.h>

#include "base/json.h"
#include "exchange/boris.h"
#include "exchange/bytes.h"
#include "exchange/left.h"

#define MAX_PLAYERS 8

/* A behaviour as it will stand in the file: what the code declares, and what its events turned out to need. */
typedef struct {
  const char *id;
  TbKind kind;
  GPtrArray *names; /* of modifier sets: char * */
  GArray *kinds;    /* TbModifierKind of each */
} Behavior;

typedef struct {
  const TbExchange *document;
  TbLoss *loss;
  GPtrArray *behaviors;
  GHashTable *by_id;
  json_object *observations;
  const char *no_code; /* what stands for it */
} Writing;

static void
behavior_free (gpointer data)
{
  Behavior *behavior = data;

  g_ptr_array_unref (behavior->names);
  g_array_unref (behavior->kinds);
  g_free (behavior);
}

static guint
need_set (Behavior *behavior, const char *name, TbModifierKind kind)
{
  for (guint i = 0; i < behavior->names->len; i++)
    if (g_str_equal (g_ptr_array_index (behavior->names, i), name))
      return i;
  g_ptr_array_add (behavior->names, g_strdup (name));
  g_array_append_val (behavior->kinds, kind);
  return behavior->names->len - 1;
}

static Behavior *
need_behavior (Writing *writing, const char *id, const TbExchangeCode *code)
{
  Behavior *behavior = g_hash_table_lookup (writing->by_id, id);

  if (behavior != NULL)
    return behavior;
  behavior = g_new0 (Behavior, 1);
  behavior->id = id;
  behavior->kind = code != NULL && code->kind == TB_KIND_STATE ? TB_KIND_STATE : TB_KIND_POINT;
  behavior->names = g_ptr_array_new_with_free_func (g_free);
  behavior->kinds = g_array_new (FALSE, FALSE, sizeof (TbModifierKind));
  for (guint i = 0; code != NULL && i < code->modifiers->len; i++) {
    const TbExchangeModifier *modifier = g_ptr_array_index (code->modifiers, i);

    need_set (behavior, modifier->name, modifier->kind);
  }
  g_ptr_array_add (writing->behaviors, behavior);
  g_hash_table_insert (writing->by_id, (gpointer) id, behavior);
  return behavior;
}

static const char *
id_of (const Writing *writing, const TbExchangeEvent *event)
{
  return event->code != NULL ? event->code : writing->no_code;
}

static void
look_at_event (Writing *writing, const TbExchangeEvent *event)
{
  Behavior *behavior
      = need_behavior (writing, id_of (writing, event), tb_exchange_find_code (writing->document, event->code));
  guint64 seen = 0;

  if (event->kind == TB_KIND_STATE || event->until != TB_TIME_NONE)
    behavior->kind = TB_KIND_STATE;
  for (guint i = 0; event->modifiers != NULL && i < event->modifiers->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (event->modifiers, i);
    guint set = need_set (behavior, pair->name, TB_MODIFIER_TEXT);

    if (set < 64 && (seen & (G_GUINT64_CONSTANT (1) << set)))
      g_array_index (behavior->kinds, TbModifierKind, set) = TB_MODIFIER_SEVERAL;
    if (set < 64)
      seen |= G_GUINT64_CONSTANT (1) << set;
  }
  if (!isnan (event->rating))
    need_set (behavior, TB_BORIS_RATING, TB_MODIFIER_NUMBER);
}

/* Without what BORIS cannot have inside a modifier. New string. */
static char *
clean_value (const char *value, gboolean *changed)
{
  char *clean = g_strstrip (g_strdelimit (g_strdup (value), "|", '/'));

  g_strdelimit (clean, "(", '[');
  g_strdelimit (clean, ")", ']');
  g_strdelimit (clean, ",", ';');
  g_strdelimit (clean, "`", '\'');
  g_strdelimit (clean, "~", '-');
  if (!g_str_equal (clean, value) || *clean == '\0' || g_str_equal (clean, "None"))
    *changed = TRUE;
  if (g_str_equal (clean, "None"))
    clean[0] = 'n';
  return clean;
}

/* "sniff|top,bottom|None": a part for each set of the behaviour. New string. */
static char *
modifier_text (const Behavior *behavior, const TbExchangeEvent *event, gboolean *changed)
{
  GString *text = g_string_new (NULL);

  for (guint s = 0; s < behavior->names->len; s++) {
    const char *name = g_ptr_array_index (behavior->names, s);
    gsize before;

    if (s > 0)
      g_string_append_c (text, '|');
    before = text->len;
    for (guint i = 0; event->modifiers != NULL && i < event->modifiers->len; i++) {
      const TbExchangePair *pair = g_ptr_array_index (event->modifiers, i);
      g_autofree char *value = NULL;

      if (!g_str_equal (pair->name, name))
        continue;
      value = clean_value (pair->value, changed);
      g_string_append_printf (text, "%s%s", text->len > before ? "," : "", value);
    }
    if (g_str_equal (name, TB_BORIS_RATING) && !isnan (event->rating)) {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append (text, g_ascii_dtostr (number, sizeof number, event->rating));
    }
    if (text->len == before)
      g_string_append (text, "None");
  }
  return g_string_free (text, FALSE);
}

typedef struct {
  TbTime at;
  json_object *row; /* owned by the list until it is taken */
} Row;

static void
add_row (GArray *rows, const TbExchangeEvent *event, const char *id, TbTime at, const char *modifiers,
         const char *comment, gboolean frame)
{
  g_autofree char *text = tb_time_plain (at, 1);
  Row row = { at, json_object_new_array () };

  json_object_array_add (row.row, json_object_new_double_s (tb_time_to_seconds (at), text));
  json_object_array_add (row.row, json_object_new_string (event->subject != NULL ? event->subject : ""));
  json_object_array_add (row.row, json_object_new_string (id));
  json_object_array_add (row.row, json_object_new_string (modifiers));
  json_object_array_add (row.row, json_object_new_string (comment));
  if (frame)
    json_object_array_add (row.row, json_object_new_string ("NA"));
  g_array_append_val (rows, row);
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  TbTime one = ((const Row *) a)->at, other = ((const Row *) b)->at;

  return one < other ? -1 : one > other;
}

/* ENDS: until when a row of this key is taken; G_MAXINT64 behind a state without an end. */
static void
write_event (Writing *writing, const TbExchangeSet *set, const TbExchangeEvent *event, GHashTable *ends, GArray *rows)
{
  const char *id = id_of (writing, event);
  const Behavior *behavior = g_hash_table_lookup (writing->by_id, id);
  gboolean changed = FALSE, frame = set->media->len > 0;
  g_autofree char *modifiers = modifier_text (behavior, event, &changed);
  g_autofree char *key = NULL;
  g_autofree char *at = tb_time_plain (event->at, 0);
  gint64 *end;
  TbTime until = event->until;

  if (behavior->kind == TB_KIND_STATE) {
    if (event->kind != TB_KIND_STATE && until == TB_TIME_NONE) {
      until = event->at;
      tb_loss_add (writing->loss, TB_LOSS_CHANGED, 1, "a point of a code that is also a state",
                   "written as a state of no length", "“%s” at %s s", id, at);
    }
    key = g_strjoin ("\x1f", event->subject != NULL ? event->subject : "", id, modifiers, NULL);
    end = g_hash_table_lookup (ends, key);
    if (end != NULL && event->at < *end) {
      tb_loss_add (writing->loss, TB_LOSS_DROPPED, 1, "a state while another like it runs",
                   "BORIS has no start and stop, so it would end the other", "“%s” at %s s", id, at);
      return;
    }
    end = g_new (gint64, 1);
    *end = until == TB_TIME_NONE ? G_MAXINT64 : until;
    g_hash_table_insert (ends, g_steal_pointer (&key), end);
  }
  if (changed)
    tb_loss_add (writing->loss, TB_LOSS_CHANGED, 1, "a modifier with ( | ) , ` ~ or spaces around it, or empty",
                 "BORIS cannot have these", "“%s” at %s s", id, at);
  tb_left_kind (writing->loss, event);
  add_row (rows, event, id, event->at, modifiers, event->comment, frame);
  if (behavior->kind == TB_KIND_STATE && until != TB_TIME_NONE)
    add_row (rows, event, id, until, modifiers, "", frame);
  else if (behavior->kind == TB_KIND_STATE)
    tb_loss_add (writing->loss, TB_LOSS_CHANGED, 1, "a state without an end",
                 "BORIS counts nothing of an observation until all its states have ended", "“%s” at %s s", id, at);
  tb_loss_carried (writing->loss, 1);
}

static json_object *
events_of (Writing *writing, const TbExchangeSet *set, const char *observer)
{
  json_object *list = json_object_new_array ();
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (GHashTable) ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < set->events->len; i++) {
    const TbExchangeEvent *event = g_ptr_array_index (set->events, i);

    if (g_strcmp0 (event->observer, observer) == 0)
      write_event (writing, set, event, ends, rows);
  }
  g_qsort_with_data (rows->data, (gint) rows->len, sizeof (Row), compare_rows, NULL);
  for (guint i = 0; i < rows->len; i++)
    json_object_array_add (list, g_array_index (rows, Row, i).row);
  return list;
}

/* Files that lie one after the other are in one player; BORIS has eight. */
static void
write_media (Writing *writing, const TbExchangeSet *set, json_object *observation)
{
  json_object *file = json_object_new_object (), *info = json_object_new_object ();
  json_object *length = json_object_new_object (), *fps = json_object_new_object (),
              *offset = json_object_new_object ();
  json_object *list = NULL;
  TbTime end = 0;
  guint players = 0;

  for (guint i = 0; i < set->media->len; i++) {
    const TbExchangeMedia *media = g_ptr_array_index (set->media, i);

    if (list == NULL || media->at != end) {
      g_autofree char *player = g_strdup_printf ("%u", ++players);

      if (players > MAX_PLAYERS) {
        tb_loss_add (writing->loss, TB_LOSS_LEFT, set->media->len - i, "a media file", "BORIS has eight players",
                     "“%s”", media->path);
        break;
      }
      list = json_object_new_array ();
      tb_json_add (file, player, list);
      tb_json_add_time (offset, player, media->at);
    }
    end = media->length == TB_TIME_NONE ? G_MININT64 : media->at + media->length;
    json_object_array_add (list, json_object_new_string (media->path));
    if (media->length != TB_TIME_NONE)
      tb_json_add_time (length, media->path, media->length);
    if (media->rate > 0)
      tb_json_add_double (fps, media->path, media->rate);
  }
  tb_json_add (info, "length", length);
  tb_json_add (info, "fps", fps);
  tb_json_add (info, "offset", offset);
  tb_json_add (observation, "file", file);
  tb_json_add (observation, "media_info", info);
}

/* Of here, as BORIS writes it. New. */
static char *
local_date (gint64 wall)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (wall / TB_SECOND);

  return g_date_time_format (date, "%Y-%m-%dT%H:%M:%S");
}

static void
write_observation (Writing *writing, const TbExchangeSet *set, const char *observer, gboolean alone)
{
  json_object *observation = json_object_new_object (), *variables = json_object_new_object ();
  g_autofree char *name = alone              ? g_strdup (set->id)
                          : observer != NULL ? g_strdup_printf ("%s - %s", set->id, observer)
                                             : g_strdup (set->id);
  g_autofree char *date = local_date (set->started_at);
  g_autofree char *key = g_strdup (*name != '\0' ? name : "observation");

  for (guint n = 2; json_object_object_get_ex (writing->observations, key, NULL); n++) {
    g_free (key);
    key = g_strdup_printf ("%s (%u)", *name != '\0' ? name : "observation", n);
  }
  for (guint i = 0; i < set->pairs->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (set->pairs, i);

    tb_json_add_string (variables, pair->name, pair->value);
  }
  if (observer != NULL)
    tb_json_add_string (variables, TB_BORIS_OBSERVER, observer);
  if (!g_str_equal (key, set->id))
    tb_json_add_string (variables, TB_BORIS_VISIT, set->id);
  tb_json_add_string (observation, "type", set->media->len > 0 ? "MEDIA" : "LIVE");
  tb_json_add_string (observation, "date", date);
  tb_json_add_string (observation, "description", set->description);
  tb_json_add_double (observation, "time offset", 0);
  write_media (writing, set, observation);
  tb_json_add (observation, "independent_variables", variables);
  tb_json_add_bool (observation, "close_behaviors_between_videos", FALSE);
  tb_json_add_int (observation, "scan_sampling_time", 0);
  tb_json_add (observation, "events", events_of (writing, set, observer));
  tb_json_add (writing->observations, key, observation);
}

static void
write_set (Writing *writing, const TbExchangeSet *set)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) observers = g_ptr_array_new ();
  gboolean none = FALSE;

  for (guint i = 0; i < set->events->len; i++) {
    const TbExchangeEvent *event = g_ptr_array_index (set->events, i);

    if (event->observer != NULL ? g_hash_table_add (seen, event->observer) : !none)
      g_ptr_array_add (observers, event->observer);
    none = none || event->observer == NULL;
  }
  if (observers->len == 0)
    g_ptr_array_add (observers, NULL);
  for (guint i = 0; i < observers->len; i++)
    write_observation (writing, set, g_ptr_array_index (observers, i), observers->len == 1);
}

static json_object *
sets_of (const Behavior *behavior, const TbExchangeCode *code)
{
  json_object *sets = json_object_new_object ();

  for (guint i = 0; i < behavior->names->len; i++) {
    static const int types[] = { 3, 0, 1, 2, 3 };
    json_object *set = json_object_new_object (), *values = json_object_new_array ();
    const TbExchangeModifier *declared
        = code != NULL && i < code->modifiers->len ? g_ptr_array_index (code->modifiers, i) : NULL;
    g_autofree char *place = g_strdup_printf ("%u", i);

    for (guint v = 0; declared != NULL && v < declared->values->len; v++) {
      gboolean changed = FALSE;
      g_autofree char *value = clean_value (g_ptr_array_index (declared->values, v), &changed);

      json_object_array_add (values, json_object_new_string (value));
    }
    tb_json_add_string (set, "name", g_ptr_array_index (behavior->names, i));
    tb_json_add_int (set, "type", types[g_array_index (behavior->kinds, TbModifierKind, i)]);
    tb_json_add (set, "values", values);
    tb_json_add (sets, place, set);
  }
  return sets;
}

static json_object *
write_behaviors (Writing *writing, json_object *categories)
{
  json_object *map = json_object_new_object ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < writing->behaviors->len; i++) {
    const Behavior *behavior = g_ptr_array_index (writing->behaviors, i);
    const TbExchangeCode *code = tb_exchange_find_code (writing->document, behavior->id);
    json_object *entry = json_object_new_object ();
    g_autofree char *place = g_strdup_printf ("%u", i);
    g_autoptr (GString) excluded = g_string_new (NULL);
    const char *category = code != NULL && code->category != NULL ? code->category : "";
    const char *description = code == NULL                                        ? ""
                              : *code->description != '\0' || code->title == NULL ? code->description
                                                                                  : code->title;

    for (guint e = 0; code != NULL && e < code->excludes->len; e++)
      g_string_append_printf (excluded, "%s%s", e > 0 ? "," : "", (char *) g_ptr_array_index (code->excludes, e));
    if (*category != '\0' && g_hash_table_add (seen, (gpointer) category))
      json_object_array_add (categories, json_object_new_string (category));
    tb_json_add_string (entry, "type", behavior->kind == TB_KIND_STATE ? "State event" : "Point event");
    tb_json_add_string (entry, "key", code != NULL && code->key != NULL ? code->key : "");
    tb_json_add_string (entry, "code", behavior->id);
    tb_json_add_string (entry, "description", description);
    tb_json_add_string (entry, "color", code != NULL && code->color != NULL ? code->color : "");
    tb_json_add_string (entry, "category", category);
    tb_json_add (entry, "modifiers", sets_of (behavior, code));
    tb_json_add_string (entry, "excluded", excluded->str);
    tb_json_add_string (entry, "coding map", "");
    tb_json_add (map, place, entry);
  }
  return map;
}

static json_object *
write_subjects (const TbExchange *document)
{
  json_object *map = json_object_new_object ();

  for (guint i = 0; i < document->subjects->len; i++) {
    const TbExchangePerson *subject = g_ptr_array_index (document->subjects, i);
    json_object *entry = json_object_new_object ();
    g_autofree char *place = g_strdup_printf ("%u", i);

    tb_json_add_string (entry, "key", "");
    tb_json_add_string (entry, "name", subject->name);
    tb_json_add_string (entry, "description", subject->description);
    tb_json_add (map, place, entry);
  }
  return map;
}

/* BORIS shows of an observation only the variables that the project lists. */
static json_object *
write_variables (const TbExchange *document)
{
  json_object *map = json_object_new_object ();
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_ptr_array_add (names, (gpointer) TB_BORIS_OBSERVER);
  g_ptr_array_add (names, (gpointer) TB_BORIS_VISIT);
  g_hash_table_add (seen, (gpointer) TB_BORIS_OBSERVER);
  g_hash_table_add (seen, (gpointer) TB_BORIS_VISIT);
  for (guint s = 0; s < document->sets->len; s++) {
    const TbExchangeSet *set = g_ptr_array_index (document->sets, s);

    for (guint i = 0; i < set->pairs->len; i++) {
      const TbExchangePair *pair = g_ptr_array_index (set->pairs, i);

      if (g_hash_table_add (seen, pair->name))
        g_ptr_array_add (names, pair->name);
    }
  }
  for (guint i = 0; i < names->len; i++) {
    json_object *entry = json_object_new_object ();
    g_autofree char *place = g_strdup_printf ("%u", i);

    tb_json_add_string (entry, "label", g_ptr_array_index (names, i));
    tb_json_add_string (entry, "description", "");
    tb_json_add_string (entry, "type", "text");
    tb_json_add_string (entry, "default value", "");
    tb_json_add_string (entry, "possible values", "");
    tb_json_add (map, place, entry);
  }
  return map;
}

/* A name for what has no code, that no code has. New string. */
static char *
name_no_code (const TbExchange *document)
{
  char *name = g_strdup (TB_BORIS_NO_CODE);

  for (guint n = 2; tb_exchange_find_code (document, name) != NULL; n++) {
    g_free (name);
    name = g_strdup_printf ("%s (%u)", TB_BORIS_NO_CODE, n);
  }
  return name;
}

static void
plan (Writing *writing)
{
  for (guint i = 0; i < writing->document->codes->len; i++) {
    const TbExchangeCode *code = g_ptr_array_index (writing->document->codes, i);

    need_behavior (writing, code->id, code);
  }
  for (guint s = 0; s < writing->document->sets->len; s++) {
    const TbExchangeSet *set = g_ptr_array_index (writing->document->sets, s);

    tb_loss_present (writing->loss, set->events->len);
    for (guint i = 0; i < set->events->len; i++)
      look_at_event (writing, g_ptr_array_index (set->events, i));
  }
}

GBytes *
tb_boris_write (const TbExchange *document, TbLoss *loss, GError **error)
{
  g_autoptr (json_object) project = json_object_new_object ();
  g_autoptr (GPtrArray) behaviors = g_ptr_array_new_with_free_func (behavior_free);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *date = local_date (document->made_at);
  g_autofree char *no_code = name_no_code (document);
  json_object *marker = json_object_new_object (), *categories = json_object_new_array ();
  Writing writing = { document, loss, behaviors, by_id, json_object_new_object (), no_code };
  char *text;

  plan (&writing);
  tb_json_add_string (project, "time_format", "hh:mm:ss");
  tb_json_add_string (project, "project_date", date);
  tb_json_add_string (project, "project_name", document->title);
  tb_json_add_string (project, "project_description", document->description);
  tb_json_add_string (project, "project_format_version", "7.0");
  tb_json_add (project, "subjects_conf", write_subjects (document));
  tb_json_add (project, "behaviors_conf", write_behaviors (&writing, categories));
  tb_json_add (project, "observations", writing.observations);
  for (guint s = 0; s < document->sets->len; s++)
    write_set (&writing, g_ptr_array_index (document->sets, s));
  tb_json_add (project, "behavioral_categories", categories);
  tb_json_add (project, "independent_variables", write_variables (document));
  tb_json_add (project, "coding_map", json_object_new_object ());
  tb_json_add (project, "behaviors_coding_map", json_object_new_array ());
  tb_json_add (project, "converters", json_object_new_object ());
  tb_json_add_string (marker, "version", TB_VERSION);
  if (!g_str_equal (no_code, TB_BORIS_NO_CODE))
    tb_json_add_string (marker, TB_BORIS_OTHER, no_code);
  tb_json_add (project, "terugblik", marker);
  text = tb_json_to_text (project);
  return g_bytes_new_take (text, strlen (text));
}

GBytes *
tb_boris_write_gzip (const TbExchange *document, TbLoss *loss, GError **error)
{
  g_autoptr (GBytes) plain = tb_boris_write (document, loss, error);
  gsize size = 0;
  const guint8 *data = plain != NULL ? g_bytes_get_data (plain, &size) : NULL;

  return data != NULL ? tb_bytes_gzip (data, size) : NULL;
}
