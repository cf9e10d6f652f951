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
add_row (GString *text, const char *time, const char *type, const char *comment)
{
  g_string_append_printf (text,
                          "<OBS_EVENT><OBS_EVENT_TIMESTAMP>2026-01-02 10:00:%s</OBS_EVENT_TIMESTAMP>"
                          "<OBS_EVENT_BEHAVIOR NAME=\"Lezen\"/><OBS_EVENT_TYPE>%s</OBS_EVENT_TYPE>"
                          "<OBS_EVENT_COMMENT>%s</OBS_EVENT_COMMENT></OBS_EVENT>",
                          time, type, comment);
}

/* What stands on the row that ends a state is kept; a start that is never ended is said. */
static void
test_end_says_more (void)
{
  g_autoptr (GString) text = g_string_new ("<NXMLINTERCHANGE><OBS_OBSERVATION NAME=\"les\"><OBS_EVENT_LOG>");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = NULL;
  g_autofree char *events = NULL;

  add_row (text, "00", "State start", "");
  add_row (text, "01.5", "State start", "stil");
  add_row (text, "04", "State stop", "was afgeleid");
  g_string_append (text, "</OBS_EVENT_LOG></OBS_OBSERVATION></NXMLINTERCHANGE>");
  document = read_as ("otx", text->str, -1, loss);
  events = events_as_text (document);
  g_assert_cmpstr (events, ==, "les|Lezen|state|0|-|-|-|||\nles|Lezen|state|1.5|4|-|-|stil\nwas afgeleid||\n");
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, 1);
}

/* More sets of values than a document holds, then a value for the last of them. */
static void
test_many_sets (void)
{
  g_autoptr (GString) text = g_string_new ("<NXMLINTERCHANGE>");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = NULL;

  for (guint i = 0; i <= TB_EXCHANGE_MAX_NAMES + 1; i++)
    g_string_append_printf (text, "<CDS_MODIFIER><CDS_ELE_ID>%u</CDS_ELE_ID><CDS_ELE_NAME>m%u</CDS_ELE_NAME></CDS_MODIFIER>",
                            i, i);
  for (guint i = TB_EXCHANGE_MAX_NAMES - 1; i <= TB_EXCHANGE_MAX_NAMES + 1; i++)
    g_string_append_printf (text,
                            "<CDS_MODIFIER><CDS_ELE_NAME>v</CDS_ELE_NAME><CDS_ELE_PARENT_ID>%u</CDS_ELE_PARENT_ID>"
                            "</CDS_MODIFIER>",
                            i);
  g_string_append (text, "</NXMLINTERCHANGE>");
  document = read_as ("otx", text->str, -1, loss);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 2);
}

/* One set of values for very many behaviours; very many observations without a name. */
static void
test_small_but_heavy (void)
{
  g_autoptr (GString) text = g_string_new ("<NXMLINTERCHANGE><CDS_MODIFIER><CDS_ELE_ID>9</CDS_ELE_ID>"
                                           "<CDS_ELE_NAME>m</CDS_ELE_NAME></CDS_MODIFIER>");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (text,
                            "<CDS_MODIFIER><CDS_ELE_NAME>v%u</CDS_ELE_NAME><CDS_ELE_PARENT_ID>9</CDS_ELE_PARENT_ID>"
                            "</CDS_MODIFIER><CDS_BEHAVIOR><CDS_ELE_ID>1</CDS_ELE_ID><CDS_ELE_NAME>b%u</CDS_ELE_NAME>"
                            "<CDS_ELE_PARENT_NAME>p</CDS_ELE_PARENT_NAME></CDS_BEHAVIOR>",
                            i, i);
  g_string_append (text, "<CDS_CONNECTION CDS_ELEMENT_ID=\"1\" CDS_MODIFIER_ID=\"9\"/>");
  for (guint i = 0; i < 50000; i++)
    g_string_append (text, "<OBS_OBSERVATION/>");
  g_string_append (text, "</NXMLINTERCHANGE>");
  document = read_as ("otx", text->str, -1, loss);
  g_assert_cmpuint (document->sets->len, ==, 50000);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 9900); /* a million values go to a hundred */
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
  g_test_add_func ("/otx/end-says-more", test_end_says_more);
  g_test_add_func ("/otx/many-sets", test_many_sets);
  g_test_add_func ("/otx/small-but-heavy", test_small_but_heavy);
  g_test_add_func ("/otx/refused", test_refused);
  return g_test_run ();
}
