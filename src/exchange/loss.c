#include "exchange/loss.h"

#include <string.h>

#include "base/json.h"

struct _TbLoss {
  gint64 present, carried;
  GPtrArray *items;
};

static void
item_free (gpointer data)
{
  TbLossItem *item = data;

  g_free (item->what);
  g_free (item->where);
  g_free (item->why);
  g_free (item);
}

TbLoss *
tb_loss_new (void)
{
  TbLoss *loss = g_new0 (TbLoss, 1);

  loss->items = g_ptr_array_new_with_free_func (item_free);
  return loss;
}

void
tb_loss_free (TbLoss *loss)
{
  if (loss == NULL)
    return;
  g_ptr_array_unref (loss->items);
  g_free (loss);
}

void
tb_loss_present (TbLoss *loss, gint64 count)
{
  if (loss != NULL)
    loss->present += count;
}

void
tb_loss_carried (TbLoss *loss, gint64 count)
{
  if (loss != NULL)
    loss->carried += count;
}

/* A “%.60s” counts bytes, and may end within a letter: what is left of it goes. TEXT is taken; new. */
static char *
without_halves (char *text)
{
  const char *bad;

  while (!g_utf8_validate (text, -1, &bad))
    memmove (text + (bad - text), bad + 1, strlen (bad + 1) + 1);
  return text;
}

void
tb_loss_add (TbLoss *loss, TbLossKind kind, gint64 count, const char *what, const char *why, const char *where, ...)
{
  TbLossItem *item;
  va_list args;

  if (loss == NULL || count == 0)
    return;
  for (guint i = 0; i < loss->items->len; i++) {
    item = g_ptr_array_index (loss->items, i);
    if (item->kind == kind && g_str_equal (item->what, what) && g_str_equal (item->why, why)) {
      item->count += count;
      return;
    }
  }
  item = g_new0 (TbLossItem, 1);
  item->kind = kind;
  item->what = g_strdup (what);
  item->why = g_strdup (why);
  item->count = count;
  va_start (args, where);
  item->where = without_halves (g_strdup_vprintf (where, args));
  va_end (args);
  g_ptr_array_add (loss->items, item);
}

TbLoss *
tb_loss_copy (const TbLoss *loss)
{
  TbLoss *copy = tb_loss_new ();

  copy->present = loss->present;
  copy->carried = loss->carried;
  for (guint i = 0; i < loss->items->len; i++) {
    const TbLossItem *item = g_ptr_array_index (loss->items, i);

    tb_loss_add (copy, item->kind, item->count, item->what, item->why, "%s", item->where);
  }
  return copy;
}

gint64
tb_loss_get_present (const TbLoss *loss)
{
  return loss->present;
}

gint64
tb_loss_get_carried (const TbLoss *loss)
{
  return loss->carried;
}

gint64
tb_loss_get (const TbLoss *loss, TbLossKind kind)
{
  gint64 sum = 0;

  for (guint i = 0; i < loss->items->len; i++) {
    const TbLossItem *item = g_ptr_array_index (loss->items, i);

    sum += item->kind == kind ? item->count : 0;
  }
  return sum;
}

guint
tb_loss_n_items (const TbLoss *loss)
{
  return loss->items->len;
}

const TbLossItem *
tb_loss_item (const TbLoss *loss, guint index)
{
  return g_ptr_array_index (loss->items, index);
}

gboolean
tb_loss_is_balanced (const TbLoss *loss)
{
  return loss->present == loss->carried + tb_loss_get (loss, TB_LOSS_DROPPED);
}

json_object *
tb_loss_to_json (const TbLoss *loss)
{
  static const char *const names[] = { NULL, "dropped", "changed", "left" };
  json_object *report = json_object_new_object ();
  json_object *items = json_object_new_array ();

  tb_json_add_int (report, "present", loss->present);
  tb_json_add_int (report, "carried", loss->carried);
  tb_json_add_int (report, "dropped", tb_loss_get (loss, TB_LOSS_DROPPED));
  for (guint i = 0; i < loss->items->len; i++) {
    const TbLossItem *item = g_ptr_array_index (loss->items, i);
    json_object *entry = json_object_new_object ();

    tb_json_add_string (entry, "kind", names[item->kind]);
    tb_json_add_string (entry, "what", item->what);
    tb_json_add_string (entry, "where", item->where);
    tb_json_add_string (entry, "why", item->why);
    tb_json_add_int (entry, "count", item->count);
    json_object_array_add (items, entry);
  }
  tb_json_add (report, "items", items);
  return report;
}
