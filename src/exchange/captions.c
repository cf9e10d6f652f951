#include "exchange/captions.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "exchange/bytes.h"
#include "exchange/left.h"

void
tb_caption_times (const TbExchangeEvent *event, TbTime point, TbTime end, TbTime *from, TbTime *to, TbLoss *loss)
{
  gboolean changed = FALSE;
  g_autofree char *at = tb_time_plain (event->at, 0);
  const char *code = tb_exchange_called (event);

  *from = tb_time_round (event->at, TB_MILLISECOND, &changed);
  if (*from < 0) {
    *from = 0;
    tb_loss_add (loss, TB_LOSS_CHANGED, 1, "something before the beginning", "put at 0, where the format begins",
                 "“%s” at %s s", code, at);
  }
  if (event->until != TB_TIME_NONE) {
    *to = tb_time_round (event->until, TB_MILLISECOND, &changed);
    if (point > 0 && *to <= *from)
      tb_left_piece (loss, event);
  } else if (tb_exchange_is_instant (event)) {
    *to = *from + point;
    if (point > 0)
      tb_left_piece (loss, event);
  } else {
    *to = tb_time_round (MAX (end, *from), TB_MILLISECOND, NULL);
    tb_loss_add (loss, TB_LOSS_CHANGED, 1, "a state without an end", "the format has none: it ends with the film",
                 "“%s” at %s s", code, at);
  }
  if (changed)
    tb_left_rounded (loss, event, "the format counts in milliseconds");
  if (*to <= *from) /* nobody would see it, and no player takes it */
    *to = *from + point;
}

char *
tb_caption_text (const TbExchangeEvent *event)
{
  g_autofree char *label = tb_left_label (event, TRUE);
  GString *text = g_string_new (label);

  if (event->subject != NULL)
    g_string_append_printf (text, "%s(%s)", text->len > 0 ? " " : "", event->subject);
  if (*event->comment != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? ": " : "", event->comment);
  return g_string_free (text, FALSE);
}

json_object *
tb_caption_note_object (const TbExchange *document, const TbExchangeEvent *event)
{
  json_object *note = json_object_new_object ();
  const TbExchangeCode *code = tb_exchange_find_code (document, event->code);
  json_object *modifiers = json_object_new_array ();

  tb_json_add_string (note, "code", event->code);
  tb_json_add_string (note, "category", code != NULL ? code->category : NULL);
  tb_json_add_string (note, "kind", tb_kind_name (event->kind));
  tb_json_add_bool (note, "open", event->until == TB_TIME_NONE);
  if (event->until != TB_TIME_NONE && event->until - event->at < TB_MILLISECOND)
    tb_json_add_bool (note, "empty", TRUE);
  tb_json_add_string (note, "subject", event->subject);
  tb_json_add_string (note, "observer", event->observer);
  tb_json_add_string (note, "comment", event->comment);
  if (!isnan (event->rating))
    tb_json_add_double (note, "rating", event->rating);
  for (guint i = 0; event->modifiers != NULL && i < event->modifiers->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (event->modifiers, i);

    json_object_array_add (modifiers, json_object_new_string (pair->name));
    json_object_array_add (modifiers, json_object_new_string (pair->value));
  }
  tb_json_add (note, "modifiers", modifiers);
  return note;
}

char *
tb_caption_note (const TbExchange *document, const TbExchangeEvent *event)
{
  g_autoptr (json_object) note = tb_caption_note_object (document, event);
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;

  text = tb_json_to_text (note);
  /* An arrow ends a note. */
  parts = g_strsplit (text, "-->", -1);
  return g_strjoinv ("--\\u003e", parts);
}

void
tb_caption_own (TbExchange *document, TbExchangeSet *set, json_object *note, TbTime from, TbTime to)
{
  json_object *open = tb_loose_get (note, "open", json_type_boolean);
  json_object *empty = tb_loose_get (note, "empty", json_type_boolean);
  json_object *modifiers = tb_loose_get (note, "modifiers", json_type_array), *rating = NULL;
  const char *code = tb_loose_string (note, "code"), *kind_name = tb_loose_string (note, "kind");
  const char *category = tb_loose_string (note, "category"), *comment = tb_loose_string (note, "comment");
  TbKind kind = TB_KIND_STATE;
  TbExchangeEvent *event;

  if (kind_name != NULL)
    tb_kind_from_name (kind_name, &kind);
  if (empty != NULL && json_object_get_boolean (empty) && to - from == TB_CAPTION_POINT)
    to = from;
  if (open != NULL && json_object_get_boolean (open))
    to = TB_TIME_NONE;
  event = tb_exchange_event (document, set, kind, code, from, to);
  tb_exchange_share (&event->subject, tb_loose_string (note, "subject"));
  tb_exchange_share (&event->observer, tb_loose_string (note, "observer"));
  if (comment != NULL)
    tb_exchange_text (&event->comment, comment);
  if (json_object_object_get_ex (note, "rating", &rating))
    tb_loose_number (rating, &event->rating);
  for (gsize i = 0; modifiers != NULL && i + 1 < json_object_array_length (modifiers); i += 2) {
    const char *name = json_object_get_string (json_object_array_get_idx (modifiers, i));
    const char *value = json_object_get_string (json_object_array_get_idx (modifiers, i + 1));

    if (name != NULL && value != NULL)
      tb_exchange_event_modifier (document, event, name, value);
  }
  if (code != NULL) {
    tb_exchange_code (document, code)->kind = kind;
    if (category != NULL)
      tb_exchange_text (&tb_exchange_code (document, code)->category, category);
  }
}
