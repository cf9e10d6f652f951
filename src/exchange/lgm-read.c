#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "exchange/bytes.h"
#include "exchange/lgm.h"

typedef struct {
  TbExchange *document;
  TbExchangeSet *set;
  TbLoss *loss;
  GHashTable *by_id; /* "$id" → borrowed object */
} Reading;

static void
collect_ids (Reading *reading, json_object *thing)
{
  if (json_object_is_type (thing, json_type_array)) {
    for (gsize i = 0; i < json_object_array_length (thing); i++)
      collect_ids (reading, json_object_array_get_idx (thing, i));
    return;
  }
  if (!json_object_is_type (thing, json_type_object))
    return;
  json_object_object_foreach (thing, name, value)
  {
    if (g_str_equal (name, "$id") && json_object_is_type (value, json_type_string))
      g_hash_table_insert (reading->by_id, (gpointer) json_object_get_string (value), thing);
    else
      collect_ids (reading, value);
  }
}

/* The member FIELD, followed when it only points to another object. Borrowed; NULL without. */
static json_object *
member (Reading *reading, json_object *object, const char *field)
{
  json_object *value = tb_loose_get (object, field, json_type_object);
  const char *reference = tb_loose_string (value, "$ref");

  return reference != NULL ? g_hash_table_lookup (reading->by_id, reference) : value;
}

/* A list is an array, or an object that holds one. */
static json_object *
list_of (Reading *reading, json_object *object, const char *field)
{
  json_object *list = tb_loose_get (object, field, json_type_array);

  return list != NULL ? list : tb_loose_get (member (reading, object, field), "$values", json_type_array);
}

static gboolean
time_of (json_object *object, const char *field, TbTime *time)
{
  json_object *value = NULL;
  double ms;

  return json_object_object_get_ex (object, field, &value) && tb_loose_number (value, &ms)
         && tb_time_from_seconds (ms / 1000, time);
}

static void
add_list (Reading *reading, TbExchangeEvent *event, json_object *from, const char *field, const char *text,
          const char *name)
{
  json_object *list = list_of (reading, from, field);

  for (gsize i = 0; list != NULL && i < json_object_array_length (list); i++) {
    json_object *each = json_object_array_get_idx (list, i);
    const char *reference = tb_loose_string (each, "$ref"), *group, *value;

    if (reference != NULL)
      each = g_hash_table_lookup (reading->by_id, reference);
    value = tb_loose_string (each, text);
    group = tb_loose_string (each, "Group");
    if (value != NULL && *value != '\0')
      tb_exchange_event_modifier (reading->document, event, group != NULL && *group != '\0' ? group : name, value);
  }
}

/* LongoMatch calls an event as its type, with a number, until somebody gives it a name. */
static gboolean
is_own_name (const char *name, const char *code)
{
  if (code == NULL || name == NULL || *name == '\0')
    return FALSE;
  return !g_str_has_prefix (name, code) || name[strlen (code) + strspn (name + strlen (code), " 0123456789")] != '\0';
}

static void
read_event (Reading *reading, json_object *object)
{
  json_object *type = member (reading, object, "EventType");
  const char *code = type != NULL ? tb_loose_string (type, "Name") : NULL, *name = tb_loose_string (object, "Name");
  const char *notes = tb_loose_string (object, "Notes");
  json_object *drawings = list_of (reading, object, "Drawings");
  TbTime start, stop;
  TbExchangeEvent *event;

  tb_loss_present (reading->loss, 1);
  if (!time_of (object, "Start", &start) || !time_of (object, "Stop", &stop)) {
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "an event without a time", "its start and stop are no times",
                 "“%s”", name != NULL ? name : "");
    return;
  }
  tb_loss_carried (reading->loss, 1);
  if (stop < start) {
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "an end before its start", "taken as a state of no length", "“%s”",
                 name != NULL ? name : "");
    stop = start;
  }
  event = tb_exchange_event (reading->document, reading->set, TB_KIND_STATE, code != NULL ? code : name, start, stop);
  if (is_own_name (name, code))
    tb_exchange_text (&event->comment, name);
  if (notes != NULL)
    tb_exchange_join (&event->comment, notes);
  add_list (reading, event, object, "Tags", "Value", "tag");
  add_list (reading, event, object, "Players", "Name", "player");
  if (drawings != NULL)
    tb_loss_add (reading->loss, TB_LOSS_LEFT, (gint64) json_object_array_length (drawings), "a drawing on the film",
                 "Terugblik has none", "“%s”", name != NULL ? name : "");
}

static gboolean
is_event (json_object *object)
{
  return json_object_object_get_ex (object, "Start", NULL) && json_object_object_get_ex (object, "Stop", NULL)
         && json_object_object_get_ex (object, "EventTime", NULL);
}

static void
walk (Reading *reading, json_object *thing)
{
  if (json_object_is_type (thing, json_type_array)) {
    for (gsize i = 0; i < json_object_array_length (thing); i++)
      walk (reading, json_object_array_get_idx (thing, i));
    return;
  }
  if (!json_object_is_type (thing, json_type_object))
    return;
  if (is_event (thing)) {
    read_event (reading, thing);
    return;
  }
  if (tb_loose_string (thing, "FilePath") != NULL)
    tb_exchange_media (reading->document, reading->set, tb_loose_string (thing, "FilePath"));
  json_object_object_foreach (thing, name, value)
  {
    (void) name;
    walk (reading, value);
  }
}

TbExchange *
tb_lgm_read (const guint8 *data, gsize size, TbLoss *loss, GError **error)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autofree char *text = tb_bytes_to_text (data, size, loss, error);
  g_autoptr (json_object) root = text != NULL ? tb_loose_json (text, error) : NULL;
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  Reading reading = { document, NULL, loss, by_id };

  if (root == NULL)
    return NULL;
  if (tb_loose_string (root, "$type") == NULL || strstr (tb_loose_string (root, "$type"), "LongoMatch") == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is no LongoMatch project");
    return NULL;
  }
  reading.set = tb_exchange_set (document, "");
  collect_ids (&reading, root);
  walk (&reading, root);
  if (!tb_exchange_finish (document, loss, error))
    return NULL;
  return g_steal_pointer (&document);
}
