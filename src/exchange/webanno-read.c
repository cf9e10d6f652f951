#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "exchange/bytes.h"
#include "exchange/captions.h"
#include "exchange/webanno.h"

#define MAX_BODIES 1000 /* of one annotation */

typedef struct {
  TbExchange *document;
  TbExchangeSet *set;
  TbLoss *loss;
  GHashTable *sources; /* of media that are there already: owned names */
} Reading;

/* A member that may be one thing or a list of them: new list of borrowed things. */
static GPtrArray *
one_or_more (json_object *object, const char *field)
{
  GPtrArray *list = g_ptr_array_new ();
  json_object *value = NULL;

  if (!json_object_is_type (object, json_type_object) || !json_object_object_get_ex (object, field, &value)
      || value == NULL)
    return list;
  if (!json_object_is_type (value, json_type_array)) {
    g_ptr_array_add (list, value);
    return list;
  }
  for (gsize i = 0; i < json_object_array_length (value); i++)
    if (json_object_array_get_idx (value, i) != NULL)
      g_ptr_array_add (list, json_object_array_get_idx (value, i));
  return list;
}

/* "t=npt:12.5,20", "xywh=…&t=3" (media fragments). UNTIL is TB_TIME_NONE when only a beginning is said. */
static gboolean
parse_fragment (const char *text, TbTime *from, TbTime *until)
{
  g_auto (GStrv) parts = g_strsplit (text, "&", 10);

  for (guint i = 0; parts[i] != NULL; i++) {
    const char *value = g_str_has_prefix (parts[i], "t=") ? parts[i] + 2 : NULL;
    g_auto (GStrv) times = NULL;

    if (value == NULL)
      continue;
    if (g_str_has_prefix (value, "npt:"))
      value += 4;
    times = g_strsplit (value, ",", 3);
    *until = TB_TIME_NONE;
    *from = 0;
    if (times[0] == NULL || (*times[0] != '\0' && !tb_loose_time (times[0], from)))
      return FALSE;
    return times[1] == NULL || (times[2] == NULL && tb_loose_time (times[1], until));
  }
  return FALSE;
}

static void
add_source (Reading *reading, const char *source, gsize length)
{
  g_autofree char *name = g_strndup (source, length);

  if (*name != '\0' && g_hash_table_add (reading->sources, g_strdup (name)))
    tb_exchange_media (reading->document, reading->set, name);
}

static gboolean
read_target (Reading *reading, json_object *target, TbTime *from, TbTime *until)
{
  g_autoptr (GPtrArray) selectors = one_or_more (target, "selector");
  const char *source = json_object_is_type (target, json_type_string) ? json_object_get_string (target)
                                                                      : tb_loose_string (target, "source");
  const char *hash;

  if (source == NULL)
    source = tb_loose_string (target, "id");
  if (source == NULL)
    source = tb_loose_string (tb_loose_get (target, "source", json_type_object), "id");
  hash = source != NULL ? strchr (source, '#') : NULL;
  for (guint i = 0; i < selectors->len; i++) {
    const char *value = tb_loose_string (g_ptr_array_index (selectors, i), "value");

    if (value == NULL || !parse_fragment (value, from, until))
      continue;
    if (source != NULL)
      add_source (reading, source, strcspn (source, "#"));
    return TRUE;
  }
  if (hash == NULL || !parse_fragment (hash + 1, from, until))
    return FALSE;
  add_source (reading, source, (gsize) (hash - source));
  return TRUE;
}

static void
add_comment (TbExchangeEvent *event, const char *text)
{
  g_autofree char *both = *event->comment != '\0' ? g_strdup_printf ("%s\n%s", event->comment, text) : g_strdup (text);

  tb_exchange_text (&event->comment, both);
}

/* Of what stands elsewhere: a picture, a word of a list. NULL when it is not said. */
static const char *
address_of (json_object *body)
{
  const char *address = tb_loose_string (body, "source");

  if (address == NULL)
    address = tb_loose_string (tb_loose_get (body, "source", json_type_object), "id");
  return address != NULL ? address : tb_loose_string (body, "id");
}

static void
read_body (Reading *reading, TbExchangeEvent *event, json_object *body)
{
  const char *text
      = json_object_is_type (body, json_type_string) ? json_object_get_string (body) : tb_loose_string (body, "value");
  const char *purpose = tb_loose_string (body, "purpose");
  gboolean tag = g_strcmp0 (purpose, "tagging") == 0 || g_strcmp0 (purpose, "classifying") == 0;

  if (text == NULL)
    text = address_of (body);
  if (text == NULL)
    tb_loss_add (reading->loss, TB_LOSS_LEFT, 1, "a body that is no text", "Terugblik has no place for it", "“%s”",
                 purpose != NULL ? purpose : "");
  if (text == NULL || *text == '\0')
    return;
  if (!tag)
    add_comment (event, text);
  else if (event->code == NULL)
    tb_exchange_share (&event->code, text);
  else
    tb_exchange_event_modifier (reading->document, event, "tag", text);
}

static void
read_annotation (Reading *reading, json_object *annotation)
{
  g_autoptr (GPtrArray) targets = one_or_more (annotation, "target");
  g_autoptr (GPtrArray) bodies = one_or_more (annotation, "body");
  json_object *note = tb_loose_get (annotation, "terugblik", json_type_object);
  json_object *creator = tb_loose_get (annotation, "creator", json_type_object);
  const char *who = creator != NULL ? tb_loose_string (creator, "name") : tb_loose_string (annotation, "creator");
  const char *id = tb_loose_string (annotation, "id");
  TbExchangeEvent *event;
  TbTime from = 0, until = TB_TIME_NONE;
  gboolean found = FALSE;

  tb_loss_present (reading->loss, 1);
  for (guint i = 0; i < targets->len && !found; i++)
    found = read_target (reading, g_ptr_array_index (targets, i), &from, &until);
  if (!found) {
    tb_loss_add (reading->loss, TB_LOSS_DROPPED, 1, "an annotation without a time",
                 "it is not on a piece of film or sound", "annotation “%s”", id != NULL ? id : "");
    return;
  }
  tb_loss_carried (reading->loss, 1);
  if (targets->len > 1)
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "an annotation on more than one place", "the first is kept",
                 "annotation “%s”", id != NULL ? id : "");
  if (until != TB_TIME_NONE && until < from) {
    tb_loss_add (reading->loss, TB_LOSS_CHANGED, 1, "an end before its start", "taken as a point", "annotation “%s”",
                 id != NULL ? id : "");
    until = TB_TIME_NONE;
  }
  if (note != NULL) {
    tb_caption_own (reading->document, reading->set, note, from, until);
    return;
  }
  event = tb_exchange_event (reading->document, reading->set, until == TB_TIME_NONE ? TB_KIND_POINT : TB_KIND_STATE,
                             NULL, from, until);
  if (who != NULL && *who != '\0')
    tb_exchange_share (&event->observer, who);
  if (bodies->len > MAX_BODIES)
    tb_loss_add (reading->loss, TB_LOSS_LEFT, bodies->len - MAX_BODIES, "a body of an annotation", "there are too many",
                 "annotation “%s”", id != NULL ? id : "");
  for (guint i = 0; i < MIN (bodies->len, MAX_BODIES); i++)
    read_body (reading, event, g_ptr_array_index (bodies, i));
  if (tb_loose_string (annotation, "bodyValue") != NULL)
    add_comment (event, tb_loose_string (annotation, "bodyValue"));
}

/* What may hold annotations: a list, a page (items), a collection (first). Depth is limited by that of JSON. */
static gboolean
read_any (Reading *reading, json_object *thing)
{
  json_object *items = tb_loose_get (thing, "items", json_type_array);
  json_object *first = tb_loose_get (thing, "first", json_type_object);

  if (json_object_is_type (thing, json_type_array))
    items = thing;
  if (items != NULL) {
    for (gsize i = 0; i < json_object_array_length (items); i++)
      if (json_object_is_type (json_object_array_get_idx (items, i), json_type_object))
        read_annotation (reading, json_object_array_get_idx (items, i));
    return TRUE;
  }
  if (first != NULL)
    return read_any (reading, first);
  if (!json_object_is_type (thing, json_type_object) || !json_object_object_get_ex (thing, "target", NULL))
    return FALSE;
  read_annotation (reading, thing);
  return TRUE;
}

TbExchange *
tb_webanno_read (const guint8 *data, gsize size, TbLoss *loss, GError **error)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  g_autofree char *text = tb_bytes_to_text (data, size, loss, error);
  g_autoptr (json_object) root = text != NULL ? tb_loose_json (text, error) : NULL;
  g_autoptr (GHashTable) sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reading reading = { document, NULL, loss, sources };
  const char *label;

  if (root == NULL)
    return NULL;
  label = tb_loose_string (root, "label");
  reading.set = tb_exchange_set (document, label != NULL ? label : "");
  if (!read_any (&reading, root)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This has no web annotations");
    return NULL;
  }
  if (!tb_exchange_finish (document, loss, error))
    return NULL;
  return g_steal_pointer (&document);
}
