#include "exchange/left.h"

#include <math.h>

#include "exchange/bytes.h"

static void
report_sets (const TbExchange *document, TbLoss *loss, TbCarries carries)
{
  for (guint s = 0; s < document->sets->len; s++) {
    const TbExchangeSet *set = g_ptr_array_index (document->sets, s);

    if (!(carries & TB_CARRIES_MEDIA))
      tb_loss_add (loss, TB_LOSS_LEFT, set->media->len, "the name and place of a media file",
                   "the format has no room for it", "“%s”", set->id);
    if (!(carries & TB_CARRIES_PAIRS))
      tb_loss_add (loss, TB_LOSS_LEFT, set->pairs->len, "a variable of an observation", "the format has no room for it",
                   "“%s”", set->id);
    tb_loss_add (loss, TB_LOSS_LEFT, set->started_at != 0, "when the lesson began", "the format has no room for it",
                 "“%s”", set->id);
    if (!(carries & TB_CARRIES_WORDS))
      tb_loss_add (loss, TB_LOSS_LEFT, *set->description != '\0', "a description", "the format has no room for it",
                   "“%s”", set->id);
  }
}

void
tb_left_report (const TbExchange *document, TbLoss *loss, TbCarries carries)
{
  report_sets (document, loss, carries);
  if (!(carries & TB_CARRIES_WORDS))
    tb_loss_add (loss, TB_LOSS_LEFT, *document->title != '\0' || *document->description != '\0',
                 "the title and description of the whole", "the format has no room for it", "document");
  for (guint i = 0; !(carries & TB_CARRIES_CODES) && i < document->codes->len; i++) {
    const TbExchangeCode *code = g_ptr_array_index (document->codes, i);

    if (*code->description != '\0' || code->title != NULL || code->key != NULL || code->color != NULL
        || code->modifiers->len > 0 || code->excludes->len > 0)
      tb_loss_add (loss, TB_LOSS_LEFT, 1, "what a code means, and its choices", "the format has no room for it",
                   "code “%s”", code->id);
  }
}

const TbExchangeSet *
tb_left_only_set (const TbExchange *document, TbLoss *loss)
{
  for (guint s = 0; s < document->sets->len; s++) {
    const TbExchangeSet *set = g_ptr_array_index (document->sets, s);

    tb_loss_present (loss, set->events->len);
    if (s > 0)
      tb_loss_add (loss, TB_LOSS_DROPPED, set->events->len, "what was observed in another visit",
                   "a file of this format holds one", "“%s”", set->id);
  }
  return document->sets->len > 0 ? g_ptr_array_index (document->sets, 0) : NULL;
}

void
tb_left_rounded (TbLoss *loss, const TbExchangeEvent *event, const char *why)
{
  g_autofree char *at = tb_time_plain (event->at, 0);

  tb_loss_add (loss, TB_LOSS_CHANGED, 1, "a time that is more precise than the format", why, "“%s” at %s s",
               tb_exchange_called (event), at);
}

void
tb_left_kind (TbLoss *loss, const TbExchangeEvent *event)
{
  g_autofree char *at = NULL;
  gboolean sample = event->kind == TB_KIND_INTERVAL;

  if (loss == NULL || (!sample && event->kind != TB_KIND_RATING))
    return;
  at = tb_time_plain (event->at, 0);
  tb_loss_add (loss, TB_LOSS_CHANGED, 1, sample ? "a time sample" : "a score of a scale",
               sample ? "the format has none: written as a piece of time"
                      : "the format has none: written as a point, with its number",
               "“%s” at %s s", tb_exchange_called (event), at);
}

void
tb_left_piece (TbLoss *loss, const TbExchangeEvent *event)
{
  g_autofree char *at = tb_time_plain (event->at, 0);

  tb_loss_add (loss, TB_LOSS_CHANGED, 1, event->until == TB_TIME_NONE ? "a point" : "what lasted no time",
               "the format has none: written as a piece of time", "“%s” at %s s", tb_exchange_called (event), at);
}

TbTime
tb_left_end (const TbExchangeSet *set)
{
  TbTime end = 0;

  for (guint i = 0; i < set->media->len; i++) {
    const TbExchangeMedia *media = g_ptr_array_index (set->media, i);

    if (media->length != TB_TIME_NONE)
      end = MAX (end, media->at + media->length);
  }
  for (guint i = 0; i < set->events->len; i++) {
    const TbExchangeEvent *event = g_ptr_array_index (set->events, i);

    end = MAX (end, MAX (event->at, event->until)); /* TB_TIME_NONE is the smallest */
  }
  return end;
}

char *
tb_left_label (const TbExchangeEvent *event, gboolean with_modifiers)
{
  GString *text = g_string_new (event->code != NULL ? event->code : "");
  gboolean open = FALSE;

  for (guint i = 0; with_modifiers && event->modifiers != NULL && i < event->modifiers->len; i++) {
    const TbExchangePair *pair = g_ptr_array_index (event->modifiers, i);

    g_string_append_printf (text, "%s%s: %s", open ? ", " : " [", pair->name, pair->value);
    open = TRUE;
  }
  if (with_modifiers && !isnan (event->rating)) {
    g_string_append_printf (text, "%s%g", open ? ", " : " [", event->rating);
    open = TRUE;
  }
  if (open)
    g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}
