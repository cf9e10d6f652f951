/* A LongoMatch project: references, buttons that are no events, drawings. */
#include <string.h>

#include "base/error.h"
#include "exchange-tools.h"
#include "exchange/lgm.h"

static void
test_project (void)
{
  g_autoptr (GBytes) bytes = fixture ("project.lgm");
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_as ("lgm", (const char *) data, (gssize) size, loss);
  g_autofree char *text = events_as_text (document);
  const TbExchangeSet *set = g_ptr_array_index (document->sets, 0);

  g_assert_true (tb_format_guess (NULL, data, size) == tb_format_find ("lgm"));
  g_assert_cmpstr (text, ==, "|los|state|0.009|0.009|-|-|||\n|vraag|state|1.5|11.5|-|-|goed||soort=open\n");
  g_assert_cmpint (tb_loss_get_present (loss), ==, 3);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, 1);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, 1);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 1);
  g_assert_cmpstr (((TbExchangeMedia *) g_ptr_array_index (set->media, 0))->path, ==, "C:\\les.mp4");
}

/* A name that somebody gave is kept; the one that LongoMatch makes says nothing. */
static void
test_own_name (void)
{
  g_autoptr (GBytes) bytes = fixture ("project.lgm");
  g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  g_autoptr (TbExchange) document = NULL;
  g_autofree char *events = NULL;

  g_assert_cmpuint (g_string_replace (text, "\"vraag 1\"", "\"vraag aan Sem\"", 0), ==, 1);
  document = read_as ("lgm", text->str, -1, NULL);
  events = events_as_text (document);
  g_assert_nonnull (strstr (events, "|vraag|state|1.5|11.5|-|-|vraag aan Sem\ngoed||soort=open\n"));
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_lgm_read ((const guint8 *) "{\"$type\": \"x\"}", 14, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lgm/project", test_project);
  g_test_add_func ("/lgm/own-name", test_own_name);
  g_test_add_func ("/lgm/refused", test_refused);
  return g_test_run ();
}
