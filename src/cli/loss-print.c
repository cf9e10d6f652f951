#include "cli/loss-print.h"

#include <glib/gi18n.h>

/* Something was dropped or changed. */
#define STATUS_LOSS 3

G_GNUC_PRINTF (2, 3)
static void
say (gboolean to_error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (to_error)
    g_printerr ("%s", text);
  else
    g_print ("%s", text);
}

/* What and why are fixed texts of the readers and writers, which have translations (assets/po). */
static void
print_kind (const TbLoss *loss, TbLossKind kind, const char *heading, gboolean to_error)
{
  gboolean first = TRUE;

  for (guint i = 0; i < tb_loss_n_items (loss); i++) {
    const TbLossItem *item = tb_loss_item (loss, i);
    g_autofree char *count = NULL;

    if (item->kind != kind)
      continue;
    if (first)
      say (to_error, "  %s\n", heading);
    first = FALSE;
    count = g_strdup_printf ("%" G_GINT64_FORMAT, item->count);
    say (to_error, _ ("    %s × %s: %s. First: %s\n"), count, _ (item->what), _ (item->why), item->where);
  }
}

void
tb_loss_print (const TbLoss *loss, gboolean to_error)
{
  g_autofree char *carried = g_strdup_printf ("%" G_GINT64_FORMAT, tb_loss_get_carried (loss));
  g_autofree char *present = g_strdup_printf ("%" G_GINT64_FORMAT, tb_loss_get_present (loss));

  say (to_error, _ ("  Taken over: %s of %s observations\n"), carried, present);
  print_kind (loss, TB_LOSS_DROPPED, _ ("Not taken over:"), to_error);
  print_kind (loss, TB_LOSS_CHANGED, _ ("Not as it was:"), to_error);
  print_kind (loss, TB_LOSS_LEFT, _ ("Left behind beside the observations:"), to_error);
}

int
tb_loss_status (const TbLoss *loss)
{
  return tb_loss_get (loss, TB_LOSS_DROPPED) > 0 || tb_loss_get (loss, TB_LOSS_CHANGED) > 0 ? STATUS_LOSS : 0;
}
