/* The pure parts of the server: ranges, addresses, routes, the hub. */
#include <string.h>

#include "web/http-private.h"
#include "web/hub.h"
#include "web/range.h"
#include "web/router.h"

static void
test_range (void)
{
  static const struct {
    const char *header;
    guint64 size;
    TbRange range;
    guint64 from, to;
  } cases[] = {
    { NULL, 10, TB_RANGE_NONE, 0, 0 },
    { "bytes=0-", 10, TB_RANGE_PART, 0, 9 },
    { "bytes=0-0", 10, TB_RANGE_PART, 0, 0 },
    { "bytes=3-5", 10, TB_RANGE_PART, 3, 5 },
    { "bytes=3-99", 10, TB_RANGE_PART, 3, 9 },
    { "bytes=-4", 10, TB_RANGE_PART, 6, 9 },
    { "bytes=-40", 10, TB_RANGE_PART, 0, 9 },
    { "bytes=10-", 10, TB_RANGE_UNSATISFIABLE, 0, 0 },
    { "bytes=-0", 10, TB_RANGE_UNSATISFIABLE, 0, 0 },
    { "bytes=0-", 0, TB_RANGE_UNSATISFIABLE, 0, 0 },
    { "bytes=5-3", 10, TB_RANGE_NONE, 0, 0 },
    { "bytes=0-1,4-5", 10, TB_RANGE_NONE, 0, 0 },
    { "bytes=a-b", 10, TB_RANGE_NONE, 0, 0 },
    { "bytes=-", 10, TB_RANGE_NONE, 0, 0 },
    { "bytes=18446744073709551616-", 10, TB_RANGE_NONE, 0, 0 },
    { "pages=1-2", 10, TB_RANGE_NONE, 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint64 from = 0, to = 0;

    g_test_message ("%s of %d", cases[i].header, (int) cases[i].size);
    g_assert_cmpint (tb_range_parse (cases[i].header, cases[i].size, &from, &to), ==, cases[i].range);
    g_assert_cmpuint (from, ==, cases[i].from);
    g_assert_cmpuint (to, ==, cases[i].to);
  }
}

static void
test_address (void)
{
  static const struct {
    const char *uri;
    const char *path; /* NULL: refused */
  } cases[] = {
    { "/", "/" },
    { "/api/visits?search=a+b", "/api/visits" },
    { "/api/%76isits", "/api/visits" },
    { "/a/../b", NULL },
    { "/a/%2e%2e/b", NULL },
    { "/a/.", NULL },
    { "/a//b", NULL },
    { "/a%2fb", NULL },
    { "/a%00b", NULL },
    { "/a%0ab", NULL },
    { "/a%ffb", NULL },
    { "/a%5cb", NULL },
    { "a", NULL },
    { "/x?a=1&a=2", NULL },
    { "/x?a=%00", NULL },
    { "/x?a=%ff", NULL },
    { "/.hidden", "/.hidden" },
    { "/...", "/..." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    TbRequest *request = tb_request_new (NULL, cases[i].uri);

    g_test_message ("%s", cases[i].uri);
    g_assert_cmpint (tb_request_parse_uri (request), ==, cases[i].path != NULL);
    if (cases[i].path != NULL)
      g_assert_cmpstr (request->path, ==, cases[i].path);
    tb_request_free (request);
  }
}

static void
test_match (void)
{
  g_autoptr (GPtrArray) params = g_ptr_array_new_with_free_func (g_free);

  g_assert_true (tb_router_match ("/a/{x}/b/{y}.m3u8", "/a/1/b/2.m3u8", NULL) == FALSE);
  g_assert_true (tb_router_match ("/a/{x}/b/{y}", "/a/1/b/22", params));
  g_assert_cmpuint (params->len, ==, 4);
  g_assert_cmpstr (params->pdata[0], ==, "x");
  g_assert_cmpstr (params->pdata[1], ==, "1");
  g_assert_cmpstr (params->pdata[3], ==, "22");
  g_assert_false (tb_router_match ("/a/{x}", "/a/", NULL));
  g_assert_false (tb_router_match ("/a/{x}", "/a/b/c", NULL));
  g_assert_false (tb_router_match ("/a", "/a/", NULL));
  g_assert_false (tb_router_match ("/a/b", "/a", NULL));
}

/* Two routes that fit one address would make the table's order matter without anybody seeing it. */
static void
test_table (void)
{
  for (gsize a = 0; tb_routes[a] != NULL; a++)
    for (const TbRoute *first = tb_routes[a]; first->method != NULL; first++)
      for (gsize b = 0; tb_routes[b] != NULL; b++)
        for (const TbRoute *second = tb_routes[b]; second->method != NULL; second++)
          if (first != second)
            g_assert_false (strcmp (first->method, second->method) == 0
                            && strcmp (first->pattern, second->pattern) == 0);
}

static void
test_hub_order (void)
{
  TbHub *hub = tb_hub_new ();
  TbListener *one = tb_hub_listen (hub, (const char *const[]){ "v1", "person:a", NULL });
  TbListener *other = tb_hub_listen (hub, (const char *const[]){ "v2", NULL });
  TbMessage *message = NULL;

  tb_hub_publish (hub, "v1", "operation", NULL, 1, "{}");
  tb_hub_publish (hub, "v1", "level", "t", 0, "1");
  tb_hub_publish (hub, "v1", "level", "t", 0, "2");
  tb_hub_publish (hub, "", "visit", NULL, 0, "all");

  g_assert_cmpint (tb_listener_wait (one, 0, &message), ==, TB_HEARD_MESSAGE);
  g_assert_cmpint (message->seq, ==, 1);
  tb_message_free (message);
  g_assert_cmpint (tb_listener_wait (one, 0, &message), ==, TB_HEARD_MESSAGE);
  g_assert_cmpstr (message->data, ==, "2"); /* only the newest level */
  tb_message_free (message);
  g_assert_cmpint (tb_listener_wait (one, 0, &message), ==, TB_HEARD_MESSAGE);
  g_assert_cmpstr (message->event, ==, "visit");
  tb_message_free (message);
  g_assert_cmpint (tb_listener_wait (one, 0, &message), ==, TB_HEARD_NOTHING);

  g_assert_cmpint (tb_listener_wait (other, 0, &message), ==, TB_HEARD_MESSAGE);
  g_assert_cmpstr (message->data, ==, "all");
  tb_message_free (message);
  tb_listener_free (one);
  tb_listener_free (other);
  tb_hub_free (hub);
}

static void
test_hub_slow (void)
{
  TbHub *hub = tb_hub_new ();
  TbListener *slow = tb_hub_listen (hub, (const char *const[]){ "v", NULL });
  TbMessage *message = NULL;

  for (int i = 1; i <= 2000; i++)
    tb_hub_publish (hub, "v", "operation", NULL, i, "{}");
  g_assert_cmpint (tb_listener_wait (slow, 0, &message), ==, TB_HEARD_LOSS);
  tb_hub_publish (hub, "v", "operation", NULL, 2001, "{}");
  for (gint64 last = 0; last < 2001;) {
    g_assert_cmpint (tb_listener_wait (slow, 0, &message), ==, TB_HEARD_MESSAGE);
    last = message->seq;
    tb_message_free (message);
  }
  tb_hub_close (hub);
  g_assert_cmpint (tb_listener_wait (slow, 10000, &message), ==, TB_HEARD_END);
  tb_listener_free (slow);
  tb_hub_free (hub);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/web/range", test_range);
  g_test_add_func ("/web/address", test_address);
  g_test_add_func ("/web/match", test_match);
  g_test_add_func ("/web/table", test_table);
  g_test_add_func ("/web/hub/order", test_hub_order);
  g_test_add_func ("/web/hub/slow", test_hub_slow);
  return g_test_run ();
}
