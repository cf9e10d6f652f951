#include <string.h>

#include "base/error.h"
#include "observe/instrument.h"

static const char small[]
    = "{\n"
      "\"format\":1,\"id\":\"proef\",\"version\":3,\n"
      "\"title\":{\"nl\":\"Proef\",\"en\":\"Trial\"},\n"
      "\"description\":{\"nl\":\"Voor de test\",\"en\":\"For the test\"},\n"
      "\"default\":false,\n"
      "\"domains\":[{\"id\":\"dom\",\"title\":{\"nl\":\"Domein\",\"en\":\"Domain\"},\"color\":\"#009E73\"}],\n"
      "\"codes\":[\n"
      "{\"id\":\"een\",\"domain\":\"dom\",\"kind\":\"point\",\"title\":{\"nl\":\"Een\",\"en\":\"One\"},"
      "\"short\":{\"nl\":\"Een\",\"en\":\"One\"},\"key\":\"1\",\"lead\":8,\"lag\":2.5,"
      "\"help\":{\"counts\":{\"nl\":\"a\",\"en\":\"b\"},\"not\":{\"nl\":\"c\",\"en\":\"d\"}}},\n"
      "{\"id\":\"twee\",\"domain\":\"dom\",\"kind\":\"state\",\"title\":{\"nl\":\"Twee\",\"en\":\"Two\"},"
      "\"short\":{\"nl\":\"Twee\",\"en\":\"Two\"},\"key\":\"2\",\"lead\":0,\"lag\":600,"
      "\"help\":{\"counts\":{\"nl\":\"a\",\"en\":\"b\"},\"not\":{\"nl\":\"c\",\"en\":\"d\"}}}],\n"
      "\"subjects\":[]\n"
      "}\n";

static void
test_good (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbInstrument) instrument = tb_instrument_parse (small, strlen (small), &error);
  g_autoptr (TbInstrument) again = NULL;
  const TbCode *code;

  g_assert_no_error (error);
  g_assert_cmpstr (tb_instrument_id (instrument), ==, "proef");
  g_assert_cmpint (tb_instrument_version (instrument), ==, 3);
  g_assert_cmpstr (tb_instrument_title (instrument, "en"), ==, "Trial");
  g_assert_cmpstr (tb_instrument_title (instrument, "fr"), ==, "Proef");
  g_assert_cmpstr (tb_instrument_description (instrument, "nl"), ==, "Voor de test");
  g_assert_false (tb_instrument_is_default (instrument));
  g_assert_cmpuint (tb_instrument_n_codes (instrument), ==, 2);
  code = tb_instrument_find (instrument, "een");
  g_assert_cmpint (code->kind, ==, TB_KIND_POINT);
  g_assert_cmpint (code->lead, ==, 8 * TB_SECOND);
  g_assert_cmpint (code->lag, ==, 2500 * TB_MILLISECOND);
  g_assert_cmpstr (code->key, ==, "1");
  g_assert_cmpstr (code->color, ==, "#009E73");
  g_assert_true (tb_instrument_code (instrument, 1)->kind == TB_KIND_STATE);
  g_assert_null (tb_instrument_find (instrument, "drie"));
  again = tb_instrument_parse (tb_instrument_text (instrument), strlen (tb_instrument_text (instrument)), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tb_instrument_text (again), ==, tb_instrument_text (instrument));
}

/* One change makes it bad; the message says where. */
static void
test_bad (void)
{
  struct {
    const char *from;
    const char *to;
    const char *where;
  } const cases[] = {
    { "\"format\":1", "\"format\":3", "format (line 2): format 3 was made by a newer version" },
    { "\"format\":1,", "", "format" },
    { "\"id\":\"proef\"", "\"id\":\"Proef\"", "id (line 2): " },
    { "\"version\":3", "\"version\":0", "version (line 2): " },
    { "\"version\":3", "\"version\":\"3\"", "version (line 2): " },
    { "\"default\":false", "\"default\":0", "default (line 5): " },
    { "\"en\":\"Trial\"", "\"en\":\"\"", "title.en (line 3): " },
    { ",\"en\":\"Trial\"", "", "title.en (line 3): " },
    { "\"nl\":\"Proef\"", "\"nl\":\"a\\nb\"", "title.nl (line 3): " },
    { "\"nl\":\"Proef\"", "\"fr\":\"a\"", "title (line 3): " },
    { "#009E73", "#123456", "domains[0].color (line 6): " },
    { "[{\"id\":\"dom\"", "[{\"id\":\"d m\"", "domains[0].id (line 6): " },
    { "\"twee\",\"domain\":\"dom\"", "\"twee\",\"domain\":\"ander\"", "codes[1].domain (line 9): " },
    { "\"id\":\"twee\"", "\"id\":\"een\"", "codes[1].id (line 9): " },
    { "\"key\":\"2\"", "\"key\":\"1\"", "codes[1].key (line 9): “1” is the key of “een” already" },
    { "\"key\":\"2\"", "\"key\":\"m\"", "codes[1].key (line 9): " },
    { "\"key\":\"2\"", "\"key\":\"22\"", "codes[1].key (line 9): " },
    { "\"key\":\"2\"", "\"key\":\"\"", "codes[1].key (line 9): " },
    { "\"kind\":\"state\"", "\"kind\":\"rating\"", "codes[1].kind (line 9): “rating” is none of point, state" },
    { "\"lead\":8", "\"lead\":-1", "codes[0].lead (line 8): " },
    { "\"lag\":600", "\"lag\":601", "codes[1].lag (line 9): " },
    { "\"lag\":600", "\"lag\":\"x\"", "codes[1].lag (line 9): " },
    { "\"nl\":\"Twee\",\"en\":\"Two\"},\"key\"", "\"nl\":\"Een veel te lange knop\",\"en\":\"Two\"},\"key\"",
      "codes[1].short.nl (line 9): " },
    { "\"key\":\"1\"", "\"sleutel\":\"1\"", "codes[0] (line 8): " },
    { "\"subjects\":[]", "\"subjects\":{}", "subjects (line 10): " },
    { "\"subjects\":[]", "\"subjects\":[3]", "subjects[0] (line 10): " },
    { "\"subjects\":[]", "\"subjects\":[],\"x\":1", "the whole (line 1): " },
    { "\"not\":{\"nl\":\"c\"", "\"not\":{\"nl\":5", "codes[0].help.not.nl (line 8): " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) parts = g_strsplit (small, cases[i].from, 2);
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (g_strv_length (parts), ==, 2);
    text = g_strconcat (parts[0], cases[i].to, parts[1], NULL);
    g_assert_null (tb_instrument_parse (text, strlen (text), &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, cases[i].where));
  }
}

static void
test_not_json (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_instrument_parse ("[]", 2, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tb_instrument_parse ("{", 1, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tb_instrument_from_json (NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tb_instrument_load ("/bestaat/niet.json", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

/* Those that are shipped: all readable, one default with at most nine codes. */
static void
test_shipped (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "assets", "instruments", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint defaults = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (TbInstrument) instrument = NULL;

    if (!g_str_has_suffix (name, ".json"))
      continue;
    instrument = tb_instrument_load (path, &error);
    g_assert_no_error (error);
    if (tb_instrument_is_default (instrument)) {
      defaults++;
      g_assert_cmpuint (tb_instrument_n_codes (instrument), <=, 9);
    }
  }
  g_assert_cmpuint (defaults, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/instrument/good", test_good);
  g_test_add_func ("/instrument/bad", test_bad);
  g_test_add_func ("/instrument/not-json", test_not_json);
  g_test_add_func ("/instrument/shipped", test_shipped);
  return g_test_run ();
}
