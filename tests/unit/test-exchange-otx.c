/* The Observer XT: its list of behaviours, and its log of events. */
#include <string.h>

#include "base/error.h"
#include "exchange-tools.h"
#include "exchange/otx.h"

static TbExchange *
read_fixture (const char *name, TbLoss *loss)
{
  g_autoptr (GBytes) bytes = fixture (name);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_true (tb_format_guess (NULL, data, size) == tb_format_find ("otx"));
  return read_as ("otx", (const char *) data, (gssize) size, loss);
}

static void
test_scheme (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_fixture ("scheme.otx", loss);
  const TbExchangeCode *code = tb_exchange_find_code (document, "Vraag “één”");
  const TbExchangeModifier *modifier;

  g_assert_cmpstr (document->title, ==, "Groep 5");
  g_assert_cmpuint (document->sets->len, ==, 0);
  g_assert_cmpuint (document->codes->len, ==, 3); /* a group of behaviours is none */
  g_assert_cmpuint (document->subjects->len, ==, 1);
  g_assert_nonnull (code);
  g_assert_cmpstr (code->category, ==, "Leraar");
  g_assert_cmpuint (code->excludes->len, ==, 0);
  g_assert_cmpuint (code->modifiers->len, ==, 1);
  modifier = g_ptr_array_index (code->modifiers, 0);
  g_assert_cmpstr (modifier->name, ==, "aan wie");
  g_assert_cmpuint (modifier->values->len, ==, 2);
  code = tb_exchange_find_code (document, "Uitleg");
  g_assert_cmpstr (code->key, ==, "u");
  g_assert_cmpstr (code->description, ==, "legt uit");
  g_assert_cmpuint (code->excludes->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (code->excludes, 0), ==, "Rondlopen");
  g_assert_cmpint (tb_loss_get_present (loss), ==, 0);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 1);
}

static void
test_log (void)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_fixture ("lesson.odx", loss);
  g_autofree char *text = events_as_text (document);
  g_autofree char *start = NULL;

  g_assert_cmpstr (text, ==,
                   "les 1|Uitleg|state|4.25|30|-|-|||\n"
                   "les 1|Vraag “één”|point|12.5|-|juf|-|mooi||aan wie=klas\n");
  g_assert_cmpint (tb_loss_get_present (loss), ==, 4);
  g_assert_cmpint (tb_loss_get_carried (loss), ==, 3);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, 1);
  start = tb_wall_format (((TbExchangeSet *) g_ptr_array_index (document->sets, 0))->started_at);
  g_assert_cmpstr (start, ==, "2026-01-02T10:00:00.000000Z");
}

static void
test_refused (void)
{
  static const char *const texts[] = { "", "<CDS_", "<NXMLINTERCHANGE>", "<a/>",
                                       "<!DOCTYPE a [<!ENTITY b 'c'>]><NXMLINTERCHANGE>&b;</NXMLINTERCHANGE>" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (tb_otx_read ((const guint8 *) texts[i], strlen (texts[i]), NULL, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/otx/scheme", test_scheme);
  g_test_add_func ("/otx/log", test_log);
  g_test_add_func ("/otx/refused", test_refused);
  return g_test_run ();
}
