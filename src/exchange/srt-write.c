#include <string.h>

#include "exchange/bytes.h"
#include "exchange/captions.h"
#include "exchange/left.h"

/* An empty line ends a subtitle. New string. */
static char *
without_empty_lines (const char *text)
{
  GString *result = g_string_new (NULL);

  for (; *text != '\0'; text++) {
    char c = *text == '\r' ? '\n' : *text;

    if (c == '\n' && (result->len == 0 || result->str[result->len - 1] == '\n'))
      continue;
    g_string_append_c (result, c);
  }
  return g_string_free (result, FALSE);
}

GBytes *
tb_srt_write (const TbExchange *document, TbLoss *loss, GError **error)
{
  const TbExchangeSet *set = tb_left_only_set (document, loss);
  GString *text = g_string_new (NULL);
  TbTime end = set != NULL ? tb_left_end (set) : 0;
  gsize length;

  for (guint i = 0; set != NULL && i < set->events->len; i++) {
    const TbExchangeEvent *event = g_ptr_array_index (set->events, i);
    g_autofree char *words = tb_caption_text (event);
    g_autofree char *lines = without_empty_lines (words);
    g_autofree char *first = NULL, *last = NULL;
    TbTime from, to;

    tb_left_kind (loss, event);
    tb_caption_times (event, TB_CAPTION_POINT, end, &from, &to, loss);
    first = tb_time_stamp (from, ',');
    last = tb_time_stamp (to, ',');
    g_string_append_printf (text, "%u\r\n%s --> %s\r\n%s\r\n\r\n", i + 1, first, last, lines);
    if (event->observer != NULL)
      tb_loss_add (loss, TB_LOSS_CHANGED, 1, "who observed it", "a subtitle has no room for it", "subtitle %u", i + 1);
    tb_loss_carried (loss, 1);
  }
  if (text->len == 0)
    g_string_append (text, "\r\n");
  tb_left_report (document, loss, 0);
  length = text->len;
  return g_bytes_new_take (g_string_free (text, FALSE), length);
}
