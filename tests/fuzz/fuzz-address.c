/* The address of a request: what is let through is a plain path, and matching it against every route is safe. */
#include <stdint.h>
#include <string.h>

#include "web/http-private.h"
#include "web/router.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  TbRequest *request = tb_request_new (NULL, text);
  TbBody body = TB_BODY_JSON;

  if (tb_request_parse_uri (request)) {
    g_assert_true (request->path[0] == '/');
    g_assert_null (strstr (request->path, "/../"));
    g_assert_null (strstr (request->path, "//"));
    tb_router_body_limit ("GET", request->path, &body);
    tb_router_body_limit ("POST", request->path, &body);
  }
  tb_request_free (request);
  return 0;
}
