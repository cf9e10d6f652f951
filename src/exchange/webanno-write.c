#include <string.h>

#include "base/json.h"
#include "exchange/bytes.h"
#include "exchange/captions.h"
#include "exchange/left.h"
#include "exchange/webanno.h"

static void
add_body (json_object *bodies, const char *purpose, const char *text)
{
  json_object *body = json_object_new_object ();

  if (text != NULL && *text != '\0') {
    tb_json_add_string (body, "type", "TextualBody");
    tb_json_add_string (body, "purpose", purpose);
    tb_json_add_string (body, "value", text);
    json_object_array_add (bodies, json_object_get (body));
  }
  json_object_put (body);
}

/* Which part of the film EVENT is about (Media Fragments URI 1.0, 4.2.1): without an end it is all that follows, and an
 * end must come after its beginning. New. */
static char *
fragment_of (const TbExchangeEvent *event, TbLoss *loss)
{
  g_autofree char *from = tb_time_plain (event->at, 0), *until = NULL;

  if (event->until == TB_TIME_NONE && !tb_exchange_is_instant (event))
    return g_strdup_printf ("t=%s", from);
  if (event->until > event->at) {
    until = tb_time_plain (event->until, 0);
    return g_strdup_printf ("t=%s,%s", from, until);
  }
  until = tb_time_plain (event->at + TB_CAPTION_POINT, 0);
  tb_left_piece (loss, event);
  return g_strdup_printf ("t=%s,%s", from, until);
}

static json_object *
annotation (const TbExchange *document, const TbExchangeSet *set, const TbExchangeEvent *event, guint number,
            TbLoss *loss)
{
  json_object *result = json_object_new_object (), *target = json_object_new_object ();
  json_object *selector = json_object_new_object (), *bodies = json_object_new_array ();
  const TbExchangeMedia *media = set->media->len > 0 ? g_ptr_array_index (set->media, 0) : NULL;
  g_autofree char *fragment = fragment_of (event, loss);
  g_autofree char *id = g_strdup_printf ("#%u", number);

  add_body (bodies, "tagging", event->code);
  add_body (bodies, "commenting", event->comment);
  tb_json_add_string (selector, "type", "FragmentSelector");
  tb_json_add_string (selector, "conformsTo", "http://www.w3.org/TR/media-frags/");
  tb_json_add_string (selector, "value", fragment);
  tb_json_add_string (target, "source", media != NULL ? media->path : "urn:terugblik:visit");
  tb_json_add (target, "selector", selector);
  tb_json_add_string (result, "id", id);
  tb_json_add_string (result, "type", "Annotation");
  if (event->observer != NULL) {
    json_object *creator = json_object_new_object ();

    tb_json_add_string (creator, "type", "Person");
    tb_json_add_string (creator, "name", event->observer);
    tb_json_add (result, "creator", creator);
  }
  tb_json_add (result, "body", bodies);
  tb_json_add (result, "target", target);
  tb_json_add (result, "terugblik", tb_caption_note_object (document, event));
  return result;
}

GBytes *
tb_webanno_write (const TbExchange *document, TbLoss *loss, GError **error)
{
  const TbExchangeSet *set = tb_left_only_set (document, loss);
  g_autoptr (json_object) page = json_object_new_object ();
  json_object *items = json_object_new_array ();
  char *text;

  tb_json_add_string (page, "@context", "http://www.w3.org/ns/anno.jsonld");
  tb_json_add_string (page, "type", "AnnotationPage");
  if (set != NULL)
    tb_json_add_string (page, "label", set->id);
  for (guint i = 0; set != NULL && i < set->events->len; i++) {
    json_object_array_add (items, annotation (document, set, g_ptr_array_index (set->events, i), i + 1, loss));
    tb_loss_carried (loss, 1);
  }
  tb_json_add (page, "items", items);
  tb_left_report (document, loss, 0);
  text = tb_json_to_text (page);
  return g_bytes_new_take (text, strlen (text));
}
