#include <string.h>

#include "base/uuid.h"

#define COUNT 2000
#define THREADS 4

static void
test_order (void)
{
  g_autofree char *last = tb_uuid_new ();

  for (guint i = 0; i < COUNT; i++) {
    char *next = tb_uuid_new ();

    g_assert_true (tb_uuid_is_valid (next));
    g_assert_cmpint (next[14], ==, '7');
    g_assert_nonnull (strchr ("89ab", next[19]));
    g_assert_cmpstr (next, >, last);
    g_free (last);
    last = next;
  }
}

static gpointer
make_many (gpointer data)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < COUNT; i++)
    g_ptr_array_add (ids, tb_uuid_new ());
  return ids;
}

static void
test_threads (void)
{
  g_autoptr (GHashTable) all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GThread *threads[THREADS];

  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("ids", make_many, NULL);
  for (guint i = 0; i < THREADS; i++) {
    g_autoptr (GPtrArray) ids = g_thread_join (threads[i]);

    for (guint j = 0; j < ids->len; j++)
      g_assert_true (g_hash_table_add (all, g_strdup (g_ptr_array_index (ids, j))));
  }
}

static void
test_validity (void)
{
  g_assert_true (tb_uuid_is_valid ("01a200de-f158-7137-968f-a1c3e98d2b06"));
  g_assert_false (tb_uuid_is_valid (NULL));
  g_assert_false (tb_uuid_is_valid (""));
  g_assert_false (tb_uuid_is_valid ("01A200DE-F158-7137-968F-A1C3E98D2B06"));
  g_assert_false (tb_uuid_is_valid ("01a200de-f158-7137-968f-a1c3e98d2b0"));
  g_assert_false (tb_uuid_is_valid ("01a200de-f158-7137-968f-a1c3e98d2b066"));
  g_assert_false (tb_uuid_is_valid ("01a200de+f158-7137-968f-a1c3e98d2b06"));
  g_assert_false (tb_uuid_is_valid ("01a200de-f158-7137-968f-a1c3e98d2bg6"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uuid/order", test_order);
  g_test_add_func ("/uuid/threads", test_threads);
  g_test_add_func ("/uuid/validity", test_validity);
  return g_test_run ();
}
