/* Web annotations in the shapes that the model allows. */
#include <string.h>

#include "base/error.h"
#include "exchange-tools.h"
#include "exchange/webanno.h"

static void
test_page (void)
{
  g_autoptr (GBytes) bytes = fixture ("page.jsonld");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document
      = read_as ("webanno", g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), loss);
  g_autofree char *text = events_as_text (document);
  const TbExchangeSet *set = g_ptr_array_index (document->sets, 0);

  g_assert_cmpstr (text, ==,
                   "les|-|state|0|2|-|-|begin||\n"
                   "les|vraag|state|1.5|4|-|An|een\ntwee||tag=open\n"
                   "les|-|point|9|-|-|-|||\n"
                   "les|-|point|60|-|-|Bo|zo||\n");
  g_assert_cmpint (tb_loss_get_present (loss), ==, 5);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, 1);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, 2);
  g_assert_cmpuint (set->media->len, ==, 2);
}

static void
test_refused (void)
{
  static const char *const bad[] = { "", "{}", "3", "{\"items\": 1}", "{\"first\": {\"first\": {}}}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (tb_webanno_read ((const guint8 *) bad[i], strlen (bad[i]), NULL, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

/* What a body says by pointing elsewhere, what is no text, and more bodies than anybody wrote. */
static void
test_bodies (void)
{
  g_autoptr (GString) text = g_string_new (
      "{\"@context\": \"http://www.w3.org/ns/anno.jsonld\", \"type\": \"Annotation\", \"target\": \"les.mp4#t=1,2\","
      " \"body\": [{\"type\": \"Image\", \"id\": \"http://x/bord.png\"},"
      " {\"type\": \"SpecificResource\", \"purpose\": \"tagging\", \"source\": \"http://x/vraag\"},"
      " {\"type\": \"SpecificResource\", \"source\": {\"id\": \"http://x/film\"}}, {\"type\": \"Choice\"}");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = NULL;
  g_autofree char *events = NULL;

  for (guint i = 4; i < 1200; i++)
    g_string_append (text, ", {\"type\": \"TextualBody\", \"value\": \"\"}");
  g_string_append (text, "]}");
  document = read_as ("webanno", text->str, -1, loss);
  events = events_as_text (document);
  g_assert_cmpstr (events, ==, "|http://x/vraag|state|1|2|-|-|http://x/bord.png\nhttp://x/film||\n");
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 1 + 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/webanno/page", test_page);
  g_test_add_func ("/webanno/bodies", test_bodies);
  g_test_add_func ("/webanno/refused", test_refused);
  return g_test_run ();
}
