#include <string.h>

#include "exchange/bytes.h"
#include "exchange/captions.h"
#include "exchange/left.h"

/* A cue ends at an empty line, and < and & begin something. New string. */
static char *
cue_text (const char *text)
{
  GString *cue = g_string_new (NULL);

  for (; *text != '\0'; text++) {
    if (*text == '&')
      g_string_append (cue, "&amp;");
    else if (*text == '<')
      g_string_append (cue, "&lt;");
    else if (*text == '>')
      g_string_append (cue, "&gt;");
    else if (*text == '\r' || *text == '\n')
      g_string_append_c (cue, cue->len > 0 && cue->str[cue->len - 1] == '\n' ? ' ' : '\n');
    else
      g_string_append_c (cue, *text);
  }
  return g_string_free (cue, FALSE);
}

GBytes *
tb_webvtt_write (const TbExchange *document, TbLoss *loss, GError **error)
{
  const TbExchangeSet *set = tb_left_only_set (document, loss);
  GString *text = g_string_new ("WEBVTT\n\n");
  TbTime end = set != NULL ? tb_left_end (set) : 0;
  gsize length;

  for (guint i = 0; set != NULL && i < set->events->len; i++) {
    const TbExchangeEvent *event = g_ptr_array_index (set->events, i);
    g_autofree char *note = tb_caption_note (document, event);
    g_autofree char *words = tb_caption_text (event);
    g_autofree char *cue = cue_text (words);
    g_autofree char *first = NULL, *last = NULL;
    TbTime from, to;

    tb_caption_times (event, TB_CAPTION_POINT, end, &from, &to, loss);
    first = tb_time_stamp (from, '.');
    last = tb_time_stamp (to, '.');
    g_string_append_printf (text, "NOTE " TB_CAPTION_MARK "%s\n\n%u\n%s --> %s\n%s\n\n", note, i + 1, first, last, cue);
    tb_loss_carried (loss, 1);
  }
  tb_left_report (document, loss, 0);
  length = text->len;
  return g_bytes_new_take (g_string_free (text, FALSE), length);
}
