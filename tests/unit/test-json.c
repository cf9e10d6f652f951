#include <string.h>

#include "base/error.h"
#include "base/json.h"

static json_object *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  json_object *object = tb_json_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return object;
}

static void
assert_bad (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_json_parse (text, length, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

static void
test_parse (void)
{
  const char *const bad[] = { "", " ", "{", "{}x", "[1,]", "{\"a\":1,}", "null", "nul", "\"\xff\"", "01", "{} {}" };
  g_autoptr (GString) deep = g_string_new ("");
  g_autoptr (json_object) spaced = parse (" \n{ \"a\" : 1 }\n ");
  g_autoptr (json_object) number = parse ("42");

  g_assert_true (json_object_is_type (spaced, json_type_object));
  g_assert_cmpint (json_object_get_int (number), ==, 42);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i]);
    assert_bad (bad[i], strlen (bad[i]));
  }
  assert_bad ("{}\0{}", 5);
  for (guint i = 0; i < 40; i++)
    g_string_append_c (deep, '[');
  for (guint i = 0; i < 40; i++)
    g_string_append_c (deep, ']');
  assert_bad (deep->str, deep->len);
}

static void
test_getters (void)
{
  g_autoptr (json_object) o
      = parse ("{\"text\":\"é\",\"empty\":\"\",\"nul\":\"a\\u0000b\",\"int\":5,\"real\":1.5,\"yes\":true,\"nothing\":null,"
               "\"list\":[1,2],\"object\":{},\"time\":12.345678,\"wall\":\"2026-11-22T09:15:00Z\",\"huge\":1e300}");
  const char *text = "before";
  gint64 number = 7;
  double real = 0;
  gboolean yes = FALSE;
  gboolean found = TRUE;
  json_object *inner = NULL;
  TbTime time = 0;
  gint64 wall = 0;
  GError *error = NULL;

#define REFUSED(call) \
  G_STMT_START { \
    g_assert_false (call); \
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID); \
    g_clear_error (&error); \
  } \
  G_STMT_END

  g_assert_true (tb_json_get_string (o, "absent", 0, 10, &text, &found, &error));
  g_assert_false (found);
  g_assert_cmpstr (text, ==, "before");
  g_assert_true (tb_json_get_string (o, "nothing", 0, 10, &text, &found, &error));
  g_assert_false (found);
  g_assert_true (tb_json_is_null (o, "nothing"));
  g_assert_false (tb_json_is_null (o, "absent"));
  g_assert_true (tb_json_get_string (o, "text", TB_JSON_REQUIRED, 1, &text, &found, &error));
  g_assert_cmpstr (text, ==, "é");
  REFUSED (tb_json_get_string (o, "absent", TB_JSON_REQUIRED, 10, &text, NULL, &error));
  REFUSED (tb_json_get_string (o, "nothing", TB_JSON_REQUIRED, 10, &text, NULL, &error));
  REFUSED (tb_json_get_string (o, "text", 0, 0, &text, NULL, &error));
  REFUSED (tb_json_get_string (o, "empty", TB_JSON_NOT_EMPTY, 10, &text, NULL, &error));
  REFUSED (tb_json_get_string (o, "nul", 0, 10, &text, NULL, &error));
  REFUSED (tb_json_get_string (o, "int", 0, 10, &text, NULL, &error));

  g_assert_true (tb_json_get_int (o, "int", 0, 0, 5, &number, NULL, &error));
  g_assert_cmpint (number, ==, 5);
  REFUSED (tb_json_get_int (o, "int", 0, 6, 9, &number, NULL, &error));
  REFUSED (tb_json_get_int (o, "real", 0, 0, 9, &number, NULL, &error));
  REFUSED (tb_json_get_int (o, "text", 0, 0, 9, &number, NULL, &error));
  g_assert_true (tb_json_get_double (o, "int", 0, 0, 9, &real, NULL, &error));
  g_assert_cmpfloat (real, ==, 5);
  REFUSED (tb_json_get_double (o, "yes", 0, 0, 9, &real, NULL, &error));
  g_assert_true (tb_json_get_bool (o, "yes", 0, &yes, NULL, &error));
  REFUSED (tb_json_get_bool (o, "int", 0, &yes, NULL, &error));
  g_assert_true (tb_json_get_time (o, "time", 0, &time, NULL, &error));
  g_assert_cmpint (time, ==, G_GINT64_CONSTANT (12345678000));
  REFUSED (tb_json_get_time (o, "huge", 0, &time, NULL, &error));
  g_assert_true (tb_json_get_wall (o, "wall", 0, &wall, NULL, &error));
  REFUSED (tb_json_get_wall (o, "text", 0, &wall, NULL, &error));
  g_assert_true (tb_json_get_object (o, "object", 0, &inner, NULL, &error));
  REFUSED (tb_json_get_object (o, "list", 0, &inner, NULL, &error));
  g_assert_true (tb_json_get_array (o, "list", 0, 2, &inner, NULL, &error));
  REFUSED (tb_json_get_array (o, "list", 0, 1, &inner, NULL, &error));
  REFUSED (tb_json_get_array (o, "object", 0, 1, &inner, NULL, &error));
  REFUSED (tb_json_get_string (inner, "x", 0, 1, &text, NULL, &error));
}

static void
test_take (void)
{
  g_autoptr (json_object) object = parse ("{\"given\":\"é\",\"empty\":\"\",\"nothing\":null,\"number\":1}");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup ("before");

  g_assert_true (tb_json_take_string (object, "absent", 5, &text, &error));
  g_assert_cmpstr (text, ==, "before");
  g_assert_true (tb_json_take_string (object, "given", 1, &text, &error));
  g_assert_cmpstr (text, ==, "é");
  g_assert_false (tb_json_take_string (object, "given", 0, &text, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (tb_json_take_string (object, "number", 5, &text, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_assert_cmpstr (text, ==, "é");
  g_clear_error (&error);
  g_assert_true (tb_json_take_string (object, "nothing", 5, &text, &error));
  g_assert_cmpstr (text, ==, "");
  g_free (text);
  text = NULL;
  g_assert_true (tb_json_take_string (object, "empty", 5, &text, &error));
  g_assert_cmpstr (text, ==, "");
}

static void
test_fields (void)
{
  static const char *const known[] = { "a", "b", NULL };
  g_autoptr (json_object) good = parse ("{\"a\":1}");
  g_autoptr (json_object) bad = parse ("{\"a\":1,\"c\":2}");
  g_autoptr (json_object) list = parse ("[]");
  g_autoptr (GError) error = NULL;

  g_assert_true (tb_json_check_fields (good, known, NULL));
  g_assert_false (tb_json_check_fields (bad, known, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "“c”"));
  g_assert_false (tb_json_check_fields (list, known, NULL));
  g_assert_false (tb_json_check_fields (NULL, known, NULL));
}

static void
test_write (void)
{
  g_autoptr (json_object) o = json_object_new_object ();
  g_autofree char *text = NULL;

  tb_json_add_string (o, "s", "a/\"é\"");
  tb_json_add_string (o, "n", NULL);
  tb_json_add_int (o, "i", -3);
  tb_json_add_bool (o, "b", 2);
  tb_json_add_time (o, "t", G_GINT64_CONSTANT (12345678000));
  tb_json_add_time (o, "none", TB_TIME_NONE);
  tb_json_add_wall (o, "w", G_GINT64_CONSTANT (1795338900250000000));
  tb_json_add_wall (o, "w0", 0);
  text = tb_json_to_text (o);
  g_assert_cmpstr (text, ==,
                   "{\"s\":\"a/\\\"é\\\"\",\"n\":null,\"i\":-3,\"b\":true,\"t\":12.345678,\"none\":null,"
                   "\"w\":\"2026-11-22T09:15:00.250000Z\",\"w0\":null}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/parse", test_parse);
  g_test_add_func ("/json/getters", test_getters);
  g_test_add_func ("/json/take", test_take);
  g_test_add_func ("/json/fields", test_fields);
  g_test_add_func ("/json/write", test_write);
  return g_test_run ();
}
