/* SDIS, the language of GSEQ: timed events, "Timed" data: code,start-end.
 * GSEQ knows codes of letters and digits only, and no subject, modifier or
 * comment: a subject becomes part of the code. */
#include <string.h>

#include "exchange/bytes.h"
#include "exchange/captions.h"
#include "exchange/left.h"

/* A name that GSEQ takes and that no other has. Borrowed of NAMES. */
static const char *
name_of (GHashTable *names, GHashTable *used, const TbExchangeEvent *event)
{
  g_autofree char *key = g_strjoin ("\x1f", tb_exchange_called (event),
                                    event->subject != NULL ? event->subject : "", NULL);
  const char *known = g_hash_table_lookup (names, key);
  g_autoptr (GString) name = g_string_new (NULL);
  char *unique;

  if (known != NULL)
    return known;
  for (const char *at = key; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (c < 128 && g_ascii_isalnum ((char) c))
      g_string_append_c (name, (char) c);
    else if (name->len > 0 && name->str[name->len - 1] != '_')
      g_string_append_c (name, '_');
  }
  while (name->len > 0 && name->str[name->len - 1] == '_')
    g_string_truncate (name, name->len - 1);
  if (name->len == 0 || g_ascii_isdigit (name->str[0]))
    g_string_prepend_c (name, 'c');
  unique = g_strdup (name->str);
  for (guint n = 2; g_hash_table_contains (used, unique); n++) {
    g_free (unique);
    unique = g_strdup_printf ("%s_%u", name->str, n);
  }
  g_hash_table_add (used, unique);
  g_hash_table_insert (names, g_steal_pointer (&key), unique);
  return unique;
}

static void
append_event (GString *text, const char *name, const TbExchangeEvent *event, TbTime end, TbLoss *loss)
{
  TbTime from, to;
  g_autofree char *first = NULL, *last = NULL;

  tb_caption_times (event, 0, end, &from, &to, loss);
  first = tb_time_plain (from, 0);
  if (event->kind == TB_KIND_RATING)
    tb_loss_add (loss, TB_LOSS_CHANGED, 1, "a score of a scale", "SDIS has no room for its number: written as a point",
                 "“%s” at %s s", name, first);
  else
    tb_left_kind (loss, event);
  last = tb_time_plain (to, 0);
  if (tb_exchange_is_instant (event))
    g_string_append_printf (text, "%s,%s\n", name, first);
  else
    g_string_append_printf (text, "%s,%s-%s\n", name, first, last);
  if (event->modifiers != NULL || event->observer != NULL || *event->comment != '\0')
    tb_loss_add (loss, TB_LOSS_CHANGED, 1, "modifiers, observer and comment of an observation",
                 "SDIS has no room for them", "“%s” at %s s", name, first);
  tb_loss_carried (loss, 1);
}

GBytes *
tb_sdis_write (const TbExchange *document, TbLoss *loss, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) body = g_string_new (NULL);
  GString *text = g_string_new ("Timed");
  GHashTableIter iter;
  gpointer name;
  gsize length;
  g_autoptr (GList) sorted = NULL;

  for (guint s = 0; s < document->sets->len; s++) {
    const TbExchangeSet *set = g_ptr_array_index (document->sets, s);
    TbTime end = tb_left_end (set);
    g_autofree char *last = tb_time_plain (tb_time_round (end, TB_MILLISECOND, NULL), 0);
    g_autofree char *title = g_strdelimit (g_strdup (set->id), "<>\r\n", ' ');

    tb_loss_present (loss, set->events->len);
    g_string_append_printf (body, "<%s>\n,0\n", title);
    for (guint i = 0; i < set->events->len; i++) {
      const TbExchangeEvent *event = g_ptr_array_index (set->events, i);

      append_event (body, name_of (names, used, event), event, end, loss);
    }
    g_string_append_printf (body, ",%s/\n", last);
  }
  g_hash_table_iter_init (&iter, used);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    sorted = g_list_insert_sorted (sorted, name, (GCompareFunc) strcmp);
  for (GList *item = sorted; item != NULL; item = item->next)
    g_string_append_printf (text, " %s", (char *) item->data);
  g_string_append_printf (text, ";\n%s", body->str);
  tb_left_report (document, loss, 0);
  length = text->len;
  return g_bytes_new_take (g_string_free (text, FALSE), length);
}
