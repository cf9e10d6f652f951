/* Files that other people made with other programs, from the folder that
 * TB_SAMPLES names; without it there is nothing to do. Every file that a
 * format knows is read, every observation in it accounted for, and what was
 * read is written in every format. */
#include <string.h>

#include "exchange-tools.h"

static void
write_all (const TbExchange *document)
{
  for (guint i = 0; i < tb_format_count (); i++) {
    const TbFormat *format = tb_format_at (i);
    g_autoptr (TbLoss) loss = tb_loss_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = format->write != NULL ? format->write (document, loss, &error) : NULL;

    g_assert_no_error (error);
    if (bytes == NULL)
      continue;
    g_assert_true (tb_loss_is_balanced (loss));
    g_assert_cmpint (tb_loss_get_present (loss), ==, tb_exchange_n_events (document));
    g_test_message ("  as %s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " carried, %" G_GINT64_FORMAT " changed",
                    format->id, tb_loss_get_carried (loss), tb_loss_get_present (loss),
                    tb_loss_get (loss, TB_LOSS_CHANGED));
  }
}

static gint64
occurrences (const char *text, const char *part)
{
  gint64 n = 0;

  for (; (text = strstr (text, part)) != NULL; text += strlen (part))
    n++;
  return n;
}

static void
test_file (gconstpointer data)
{
  const char *path = data;
  g_autofree char *bytes = NULL;
  gsize size = 0;
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TbExchange) document = NULL;
  const TbFormat *format = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  document = tb_exchange_read (path, (const guint8 *) bytes, size, &format, loss, &error);
  g_assert_no_error (error);
  g_test_message ("%s: %s, %u observations, %u codes, %u events; %" G_GINT64_FORMAT
                  " records present, %" G_GINT64_FORMAT " carried, %" G_GINT64_FORMAT " dropped, %" G_GINT64_FORMAT
                  " changed",
                  path, format->id, document->sets->len, document->codes->len, tb_exchange_n_events (document),
                  tb_loss_get_present (loss), tb_loss_get_carried (loss), tb_loss_get (loss, TB_LOSS_DROPPED),
                  tb_loss_get (loss, TB_LOSS_CHANGED));
  for (guint i = 0; i < tb_loss_n_items (loss); i++) {
    const TbLossItem *item = tb_loss_item (loss, i);

    g_test_message ("  %" G_GINT64_FORMAT " × %s (%s), first in %s", item->count, item->what, item->why, item->where);
  }
  g_assert_true (tb_loss_is_balanced (loss));
  /* An empty project is one too; of ELAN the number can be counted without understanding anything. */
  if (g_str_equal (format->id, "eaf"))
    g_assert_cmpint (tb_loss_get_present (loss), ==, occurrences (bytes, "<ANNOTATION>"));
  write_all (document);
}

static void
add_folder (const char *folder, GPtrArray *paths)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      add_folder (path, paths);
    else
      g_ptr_array_add (paths, g_steal_pointer (&path));
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *folder = g_getenv ("TB_SAMPLES");

  g_test_init (&argc, &argv, NULL);
  if (folder == NULL || *folder == '\0') {
    g_print ("1..0 # SKIP TB_SAMPLES names no folder\n");
    return 0;
  }
  add_folder (folder, paths);
  for (guint i = 0; i < paths->len; i++) {
    g_autofree char *name = g_strconcat ("/samples", (char *) g_ptr_array_index (paths, i) + strlen (folder), NULL);

    g_test_add_data_func (name, g_ptr_array_index (paths, i), test_file);
  }
  return g_test_run ();
}
