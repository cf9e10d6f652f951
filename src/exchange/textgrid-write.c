#include <string.h>

#include "exchange/bytes.h"
#include "exchange/captions.h"
#include "exchange/left.h"

typedef struct {
  TbTime from, to;
  const TbExchangeEvent *event;
} Piece;

/* Praat's intervals may not overlap: a tier for each code, subject and observer, and one more for what overlaps. */
typedef struct {
  char *name;
  gboolean points;
  TbTime end;
  GArray *pieces;
} Tier;

static void
tier_free (gpointer data)
{
  Tier *tier = data;

  g_free (tier->name);
  g_array_unref (tier->pieces);
  g_free (tier);
}

/* A point may not stand on another either. */
static Tier *
find_tier (GPtrArray *tiers, GHashTable *lanes, const TbExchangeEvent *event, gboolean point, TbTime from)
{
  g_autofree char *what = g_strjoin (" - ", tb_exchange_called (event), event->subject, NULL);
  g_autofree char *name
      = event->observer != NULL ? g_strdup_printf ("%s (%s)", what, event->observer) : g_strdup (what);
  g_autofree char *key = g_strdup_printf ("%d%s", point, name);
  GPtrArray *list = g_hash_table_lookup (lanes, key);
  Tier *tier;

  if (list == NULL) {
    list = g_ptr_array_new ();
    g_hash_table_insert (lanes, g_steal_pointer (&key), list);
  }
  for (guint i = 0; i < list->len; i++) {
    tier = g_ptr_array_index (list, i);
    if (tier->end <= from)
      return tier;
  }
  tier = g_new0 (Tier, 1);
  tier->name = g_steal_pointer (&name);
  tier->points = point;
  tier->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_ptr_array_add (list, tier);
  g_ptr_array_add (tiers, tier);
  return tier;
}

/* In quotation marks, which are doubled inside. */
static void
append_quoted (GString *text, const char *words)
{
  g_string_append_c (text, '"');
  for (; *words != '\0'; words++) {
    if (*words == '"')
      g_string_append_c (text, '"');
    g_string_append_c (text, *words);
  }
  g_string_append (text, "\"\n");
}

static void
append_time (GString *text, TbTime time)
{
  g_autofree char *plain = tb_time_plain (time, 0);

  g_string_append_printf (text, "%s\n", plain);
}

static void
append_label (GString *text, const TbExchangeEvent *event)
{
  g_autofree char *label = tb_left_label (event, TRUE);
  g_autofree char *words
      = *event->comment != '\0' ? g_strdup_printf ("%s: %s", label, event->comment) : g_strdup (label);

  append_quoted (text, words);
}

/* The whole of a tier must be covered, so gaps are empty intervals. */
static void
append_intervals (GString *text, const Tier *tier, TbTime end)
{
  g_autoptr (GString) body = g_string_new (NULL);
  TbTime at = 0;
  guint n = 0;

  for (guint i = 0; i < tier->pieces->len; i++) {
    const Piece *piece = &g_array_index (tier->pieces, Piece, i);

    if (piece->from > at) {
      append_time (body, at);
      append_time (body, piece->from);
      g_string_append (body, "\"\"\n");
      n++;
    }
    append_time (body, piece->from);
    append_time (body, piece->to);
    append_label (body, piece->event);
    n++;
    at = piece->to;
  }
  if (at < end) {
    append_time (body, at);
    append_time (body, end);
    g_string_append (body, "\"\"\n");
    n++;
  }
  g_string_append_printf (text, "%u\n%s", n, body->str);
}

static void
append_tier (GString *text, const Tier *tier, TbTime end)
{
  g_string_append (text, tier->points ? "\"TextTier\"\n" : "\"IntervalTier\"\n");
  append_quoted (text, tier->name);
  append_time (text, 0);
  append_time (text, end);
  if (!tier->points) {
    append_intervals (text, tier, end);
    return;
  }
  g_string_append_printf (text, "%u\n", tier->pieces->len);
  for (guint i = 0; i < tier->pieces->len; i++) {
    append_time (text, g_array_index (tier->pieces, Piece, i).from);
    append_label (text, g_array_index (tier->pieces, Piece, i).event);
  }
}

GBytes *
tb_textgrid_write (const TbExchange *document, TbLoss *loss, GError **error)
{
  const TbExchangeSet *set = tb_left_only_set (document, loss);
  g_autoptr (GPtrArray) tiers = g_ptr_array_new_with_free_func (tier_free);
  g_autoptr (GHashTable) lanes
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  GString *text = g_string_new ("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n0\n");
  TbTime end = MAX (set != NULL ? tb_time_round (tb_left_end (set), TB_MILLISECOND, NULL) : 0, TB_SECOND);
  gsize length;

  for (guint i = 0; set != NULL && i < set->events->len; i++) {
    Piece piece = { 0, 0, g_ptr_array_index (set->events, i) };
    gboolean point = tb_exchange_is_instant (piece.event);
    Tier *tier;

    tb_left_kind (loss, piece.event);
    tb_caption_times (piece.event, 0, end, &piece.from, &piece.to, loss);
    if (!point && piece.to <= piece.from) {
      point = TRUE;
      tb_loss_add (loss, TB_LOSS_CHANGED, 1, "a state of no length", "Praat has none: written as a point", "“%s”",
                   piece.event->code != NULL ? piece.event->code : "");
    }
    tier = find_tier (tiers, lanes, piece.event, point, piece.from);
    tier->end = point ? piece.from + 1 : piece.to;
    end = MAX (end, piece.to);
    g_array_append_val (tier->pieces, piece);
    tb_loss_carried (loss, 1);
  }
  append_time (text, end);
  g_string_append_printf (text, "<exists>\n%u\n", tiers->len);
  for (guint i = 0; i < tiers->len; i++)
    append_tier (text, g_ptr_array_index (tiers, i), end);
  tb_left_report (document, loss, 0);
  length = text->len;
  return g_bytes_new_take (g_string_free (text, FALSE), length);
}
