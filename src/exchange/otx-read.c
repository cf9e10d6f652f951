#include <string.h>

#include "base/error.h"
#include "exchange/bytes.h"
#include "exchange/otx.h"
#include "exchange/xml.h"

#define DAY (G_GINT64_CONSTANT (86400) * TB_SECOND)
/* Elements in one another. */
#define MAX_DEPTH 32
/* Values that are given to behaviours: each of a set to each that uses the set. */
#define MAX_COPIES 1000000

typedef void (*Visit) (gpointer data, xmlNode *node);

typedef struct {
  TbExchange *document;
  TbLoss *loss;
  xmlNode *root;
  GHashTable *modifiers; /* id -> TbExchangeModifier * of ASIDE: sets of values; owns the ids */
  TbExchange *aside;     /* holds them */
  GHashTable *names;     /* id of a modifier's value -> name of its set; owns both */
  GHashTable *exclusive; /* category -> array of TbExchangeCode *: exclude each other; owns both */
  GHashTable *connected; /* id of a behaviour -> array of ids of modifiers; owns all */
  GHashTable *numbers;   /* name of an observation -> how many are called so; owns the names */
  guint copies;
} Reading;

/* The text in NODE; "" when there is none. New. */
static char *
content (xmlNode *node)
{
  xmlChar *text = node != NULL ? xmlNodeGetContent (node) : NULL;
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? (const char *) text : "", -1);

  xmlFree (text);
  return g_strdup (g_strstrip (valid));
}

/* The first element NAME below NODE, wherever it is wrapped in; NULL when there is none. */
static xmlNode *
find (xmlNode *node, const char *name, guint depth)
{
  xmlNode *found = tb_xml_child (node, name);

  for (xmlNode *child = node->children; found == NULL && child != NULL && depth < 4; child = child->next)
    if (child->type == XML_ELEMENT_NODE)
      found = find (child, name, depth + 1);
  return found;
}

static char *
text_of (xmlNode *node, const char *name)
{
  return content (find (node, name, 0));
}

/* An attribute; "" when there is none. New. */
static char *
attribute (xmlNode *node, const char *name)
{
  xmlChar *value = node != NULL ? xmlGetNoNsProp (node, BAD_CAST name) : NULL;
  g_autofree char *valid = g_utf8_make_valid (value != NULL ? (const char *) value : "", -1);

  xmlFree (value);
  return g_strdup (g_strstrip (valid));
}

/* Calls VISIT for every element NAME below NODE, not for those within such a one. */
static void
each (xmlNode *node, const char *name, guint depth, Visit visit, gpointer data)
{
  for (xmlNode *child = node->children; child != NULL && depth < MAX_DEPTH; child = child->next) {
    if (tb_xml_is (child, name))
      visit (data, child);
    else if (child->type == XML_ELEMENT_NODE)
      each (child, name, depth + 1, visit, data);
  }
}

/* --- the coding scheme ---------------------------------------------------------- */

/* One with a parent is a value of the other. */
static void
read_modifier_set (gpointer data, xmlNode *node)
{
  Reading *reading = data;
  g_autofree char *id = text_of (node, "CDS_ELE_ID");
  g_autofree char *name = text_of (node, "CDS_ELE_NAME");
  g_autofree char *parent = text_of (node, "CDS_ELE_PARENT_ID");

  if (*parent != '\0' || *id == '\0' || *name == '\0' || g_hash_table_contains (reading->modifiers, id))
    return;
  /* Beyond its limit ASIDE would give what it throws away. */
  if (g_hash_table_size (reading->modifiers) >= TB_EXCHANGE_MAX_NAMES) {
    tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "a set of values", "there are too many", "“%.60s”", name);
    return;
  }
  g_hash_table_insert (reading->modifiers, g_steal_pointer (&id),
                       tb_exchange_modifier (tb_exchange_code (reading->aside, name), name));
}

static void
read_modifier_value (gpointer data, xmlNode *node)
{
  Reading *reading = data;
  g_autofree char *name = text_of (node, "CDS_ELE_NAME");
  g_autofree char *parent = text_of (node, "CDS_ELE_PARENT_ID");
  TbExchangeModifier *set = g_hash_table_lookup (reading->modifiers, parent);

  if (set == NULL || *name == '\0' || set->values->len >= TB_EXCHANGE_MAX_NAMES)
    return;
  g_ptr_array_add (set->values, g_strdup (name));
  /* An event names the value only; of two sets with the same value the first counts. */
  if (!g_hash_table_contains (reading->names, name))
    g_hash_table_insert (reading->names, g_strdup (name), g_strdup (set->name));
}

static void
read_connection (gpointer data, xmlNode *node)
{
  Reading *reading = data;
  g_autofree char *behavior = attribute (node, "CDS_ELEMENT_ID");
  g_autofree char *modifier = attribute (node, "CDS_MODIFIER_ID");
  GPtrArray *list = g_hash_table_lookup (reading->connected, behavior);

  if (list == NULL) {
    list = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (reading->connected, g_strdup (behavior), list);
  }
  if (list->len < 1000)
    g_ptr_array_add (list, g_steal_pointer (&modifier));
}

static void
connect_modifiers (Reading *reading, TbExchangeCode *code, const char *id)
{
  GPtrArray *list = g_hash_table_lookup (reading->connected, id);

  for (guint i = 0; list != NULL && i < list->len; i++) {
    const TbExchangeModifier *set = g_hash_table_lookup (reading->modifiers, g_ptr_array_index (list, i));
    TbExchangeModifier *modifier = set != NULL ? tb_exchange_modifier (code, set->name) : NULL;

    if (modifier != NULL && set->values->len > MAX_COPIES - reading->copies) {
      tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "a set of values", "there are too many", "behaviour “%.60s”", code->id);
      continue;
    }
    reading->copies += modifier != NULL ? set->values->len : 0;
    for (guint v = 0; modifier != NULL && modifier->values->len < set->values->len && v < set->values->len; v++)
      g_ptr_array_add (modifier->values, g_strdup (g_ptr_array_index (set->values, v)));
  }
}

static void
note_exclusive (Reading *reading, TbExchangeCode *code)
{
  GPtrArray *group = g_hash_table_lookup (reading->exclusive, code->category);

  if (group == NULL) {
    group = g_ptr_array_new ();
    g_hash_table_insert (reading->exclusive, g_strdup (code->category), group);
  }
  if (group->len < 200)
    g_ptr_array_add (group, code);
}

/* One without a parent is a group of the others. */
static void
read_behavior (gpointer data, xmlNode *node)
{
  Reading *reading = data;
  g_autofree char *id = text_of (node, "CDS_ELE_ID");
  g_autofree char *name = text_of (node, "CDS_ELE_NAME");
  g_autofree char *parent = text_of (node, "CDS_ELE_PARENT_NAME");
  g_autofree char *description = text_of (node, "CDS_ELE_DESCRIPTION");
  g_autofree char *key = text_of (node, "CDS_ELE_START_KEYCODE");
  g_autofree char *exclusive = text_of (node, "CDS_ELE_MUT_EXCLUSIVE");
  TbExchangeCode *code;

  if (*name == '\0' || *parent == '\0')
    return;
  if (tb_exchange_find_code (reading->document, name) != NULL) {
    tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "a behaviour that stands twice in the list", "its first entry counts",
                 "behaviour “%.60s”", name);
    return;
  }
  code = tb_exchange_code (reading->document, name);
  tb_exchange_text (&code->description, description);
  tb_exchange_text (&code->category, parent);
  if (*key != '\0')
    tb_exchange_text (&code->key, key);
  connect_modifiers (reading, code, id);
  if (g_ascii_strcasecmp (exclusive, "Y") == 0)
    note_exclusive (reading, code);
}

static void
read_subject (gpointer data, xmlNode *node)
{
  Reading *reading = data;
  g_autofree char *name = text_of (node, "CDS_ELE_NAME");
  g_autofree char *parent = text_of (node, "CDS_ELE_PARENT_NAME");
  g_autofree char *description = text_of (node, "CDS_ELE_DESCRIPTION");

  if (*name == '\0' || *parent == '\0')
    return;
  tb_exchange_text (&tb_exchange_subject (reading->document, name)->description, description);
}

static void
read_variable (gpointer data, xmlNode *node)
{
  Reading *reading = data;
  g_autofree char *label = text_of (node, "VL_LABEL");

  tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "an independent variable", "what it can be has no place here",
               "variable “%.60s”", label);
}

static void
read_metadata (gpointer data, xmlNode *node)
{
  Reading *reading = data;
  g_autofree char *name = text_of (node, "MET_PROJECT_NAME");
  g_autofree char *description = text_of (node, "MET_PROJECT_DESCRIPTION");

  tb_exchange_text (&reading->document->title, name);
  tb_exchange_text (&reading->document->description, description);
}

static void
settle_groups (Reading *reading)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, reading->exclusive);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const GPtrArray *group = value;

    for (guint i = 0; i < group->len; i++)
      for (guint j = 0; j < group->len; j++)
        if (i != j)
          g_ptr_array_add (((TbExchangeCode *) g_ptr_array_index (group, i))->excludes,
                           g_strdup (((TbExchangeCode *) g_ptr_array_index (group, j))->id));
  }
}

/* --- observations ------------------------------------------------------------------ */

/* One row of a log as it stands. */
typedef struct {
  gint64 wall;
  xmlNode *node;
  guint place;
} Row;

typedef struct {
  Reading *reading;
  TbExchangeSet *set;
  GArray *rows; /* Row */
  gint64 made;  /* when the log was; 0 when not said */
  guint place;
} Log;

static void
gather_row (gpointer data, xmlNode *node)
{
  Log *log = data;
  g_autofree char *time = text_of (node, "OBS_EVENT_TIMESTAMP");
  Row row = { 0, node, ++log->place };

  tb_loss_present (log->reading->loss, 1);
  if (tb_loose_wall (time, &row.wall))
    g_array_append_val (log->rows, row);
  else
    tb_loss_add (log->reading->loss, TB_LOSS_DROPPED, 1, "an event without a time", "its time cannot be read",
                 "observation “%.60s”, event %u", log->set->id, row.place);
}

static void
gather_log (gpointer data, xmlNode *node)
{
  Log *log = data;
  g_autofree char *made = attribute (node, "CREATION_DATETIME");
  gint64 wall = 0;

  if (tb_loose_wall (made, &wall) && (log->made == 0 || wall < log->made))
    log->made = wall;
  each (node, "OBS_EVENT", 0, gather_row, log);
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 one = ((const Row *) a)->wall, other = ((const Row *) b)->wall;

  return one < other ? -1 : one > other;
}

typedef struct {
  Reading *reading;
  TbExchangeEvent *event;
} Filling;

static void
fill_modifier (gpointer data, xmlNode *node)
{
  Filling *filling = data;
  g_autofree char *text = content (node);
  g_autofree char *named = attribute (node, "NAME");
  const char *value = *text != '\0' ? text : named;
  const char *set = g_hash_table_lookup (filling->reading->names, value);

  if (*value != '\0' && !tb_exchange_event_has (filling->event, set != NULL ? set : "modifier", value))
    tb_exchange_event_modifier (filling->reading->document, filling->event, set != NULL ? set : "modifier", value);
}

/* "start", "stop", …, where the file says it; else "". New. */
static char *
type_of (xmlNode *node)
{
  g_autofree char *text = text_of (node, "OBS_EVENT_TYPE");
  g_autofree char *said = *text != '\0' ? g_strdup (text) : attribute (node, "TYPE");

  return g_ascii_strdown (said, -1);
}

static void
read_row (Log *log, const Row *row, gint64 zero, GHashTable *open)
{
  Reading *reading = log->reading;
  xmlNode *behavior = find (row->node, "OBS_EVENT_BEHAVIOR", 0);
  g_autofree char *code = attribute (behavior, "NAME");
  g_autofree char *subject = attribute (find (row->node, "OBS_EVENT_SUBJECT", 0), "NAME");
  g_autofree char *comment = text_of (row->node, "OBS_EVENT_COMMENT");
  g_autofree char *type = type_of (row->node);
  g_autofree char *key = g_strjoin ("\x1f", code, subject, NULL);
  gboolean starts = strstr (type, "start") != NULL, stops = strstr (type, "stop") != NULL;
  TbExchangeEvent *event = g_hash_table_lookup (open, key);
  TbTime at = row->wall - zero;
  Filling filling = { reading, NULL };

  if (at > TB_TIME_LIMIT) {
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "an event at a time that cannot be",
                 "it lies more than 30 days from the beginning", "observation “%.60s”, event %u", log->set->id,
                 row->place);
    return;
  }
  tb_loss_carried (reading->loss, 1);
  if (stops && event != NULL) {
    event->until = at;
    event->records++;
    tb_exchange_join (&event->comment, comment);
    filling.event = event;
    if (behavior != NULL)
      each (behavior, "OBS_EVENT_BEHAVIOR_MODIFIER", 0, fill_modifier, &filling);
    g_hash_table_remove (open, key);
    return;
  }
  if (starts && event != NULL)
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "a start without a stop", "it stays open: nobody ended it",
                 "observation “%.60s”", log->set->id);
  event = tb_exchange_event (reading->document, log->set, starts || stops ? TB_KIND_STATE : TB_KIND_POINT, code, at,
                             stops ? at : TB_TIME_NONE);
  if (stops)
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "a stop without a start", "taken as a state of no length",
                 "“%.60s”", code);
  if (*subject != '\0')
    tb_exchange_share (&event->subject, subject);
  tb_exchange_text (&event->comment, comment);
  filling.event = event;
  if (behavior != NULL)
    each (behavior, "OBS_EVENT_BEHAVIOR_MODIFIER", 0, fill_modifier, &filling);
  if (starts)
    g_hash_table_insert (open, g_steal_pointer (&key), event);
  if (*code != '\0' && event->kind == TB_KIND_STATE)
    tb_exchange_code (reading->document, code)->kind = TB_KIND_STATE;
}

static void
read_rows (Log *log)
{
  g_autoptr (GHashTable) open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gint64 first = log->rows->len > 0 ? g_array_index (log->rows, Row, 0).wall : 0;
  gint64 zero = log->made != 0 && log->made <= first && first - log->made <= DAY ? log->made : first;

  log->set->started_at = zero;
  for (guint i = 0; i < log->rows->len; i++)
    read_row (log, &g_array_index (log->rows, Row, i), zero, open);
  if (g_hash_table_size (open) > 0)
    tb_loss_add (log->reading->loss, TB_LOSS_CHANGED, g_hash_table_size (open), "a start without a stop",
                 "it stays open: nobody ended it", "observation “%.60s”", log->set->id);
}

static void
read_observation (gpointer data, xmlNode *node)
{
  Reading *reading = data;
  g_autofree char *name = attribute (node, "NAME");
  g_autofree char *unique = g_strdup (name);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (reading->numbers, name));
  Log log = { .reading = reading, .rows = rows };

  while (tb_exchange_find_set (reading->document, unique) != NULL) {
    g_free (unique);
    unique = g_strdup_printf ("%s (%u)", name, n = MAX (n, 1) + 1);
  }
  g_hash_table_insert (reading->numbers, g_strdup (name), GUINT_TO_POINTER (n));
  log.set = tb_exchange_set (reading->document, unique);
  each (node, "OBS_EVENT_LOG", 0, gather_log, &log);
  g_qsort_with_data (rows->data, (gint) rows->len, sizeof (Row), compare_rows, NULL);
  read_rows (&log);
}

static void
read_all (Reading *reading)
{
  each (reading->root, "MET_METADATA", 0, read_metadata, reading);
  each (reading->root, "CDS_MODIFIER", 0, read_modifier_set, reading);
  each (reading->root, "CDS_MODIFIER", 0, read_modifier_value, reading);
  each (reading->root, "CDS_CONNECTION", 0, read_connection, reading);
  each (reading->root, "CDS_BEHAVIOR", 0, read_behavior, reading);
  each (reading->root, "CDS_SUBJECT", 0, read_subject, reading);
  each (reading->root, "VL_VARIABLE", 0, read_variable, reading);
  settle_groups (reading);
  each (reading->root, "OBS_OBSERVATION", 0, read_observation, reading);
}

static gboolean
knows (const char *text)
{
  return strstr (text, "<NXMLINTERCHANGE") != NULL || strstr (text, "<CDS_") != NULL
         || strstr (text, "<OBS_OBSERVATION") != NULL;
}

static GHashTable *
new_names (GDestroyNotify value)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, value);
}

static gboolean
read_text (TbExchange *document, const char *text, TbLoss *loss, GError **error)
{
  xmlDoc *xml = tb_xml_parse (text, error);
  g_autoptr (TbExchange) aside = tb_exchange_new ();
  g_autoptr (GHashTable) modifiers = new_names (NULL);
  g_autoptr (GHashTable) names = new_names (g_free);
  g_autoptr (GHashTable) exclusive = new_names ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GHashTable) connected = new_names ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GHashTable) numbers = new_names (NULL);
  Reading reading = { document, loss, NULL, modifiers, aside, names, exclusive, connected, numbers, 0 };

  if (xml == NULL)
    return FALSE;
  reading.root = xmlDocGetRootElement (xml);
  read_all (&reading);
  xmlFreeDoc (xml);
  return TRUE;
}

TbExchange *
tb_otx_read (const guint8 *data, gsize size, TbLoss *loss, GError **error)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autofree char *text = tb_bytes_to_text (data, size, loss, error);

  if (text == NULL)
    return NULL;
  if (!knows (text)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is no file of The Observer XT");
    return NULL;
  }
  if (!read_text (document, text, loss, error) || !tb_exchange_finish (document, loss, error))
    return NULL;
  return g_steal_pointer (&document);
}

int
tb_otx_sniff (const guint8 *data, gsize size)
{
  g_autofree char *text = NULL;

  if (size < 8)
    return 0;
  text = tb_bytes_to_text (data, MIN (size, 8192), NULL, NULL);
  return text != NULL && knows (text) ? 2 : 0;
}
