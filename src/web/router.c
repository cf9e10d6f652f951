#include "web/router.h"

#include <string.h>

gboolean
tb_router_match (const char *pattern, const char *path, GPtrArray *params)
{
  while (*pattern != '\0' && *path != '\0') {
    if (*pattern == '{') {
      const char *close = strchr (pattern, '}');
      gsize length = strcspn (path, "/");

      if (length == 0)
        return FALSE;
      if (params != NULL) {
        g_ptr_array_add (params, g_strndup (pattern + 1, (gsize) (close - pattern - 1)));
        g_ptr_array_add (params, g_strndup (path, length));
      }
      pattern = close + 1;
      path += length;
    } else if (*pattern++ != *path++) {
      return FALSE;
    }
  }
  return *pattern == '\0' && *path == '\0';
}

static TbReply *
refuse_method (const char *path)
{
  g_autoptr (GString) allowed = g_string_new (NULL);
  TbReply *reply;

  for (gsize t = 0; tb_routes[t] != NULL; t++)
    for (const TbRoute *route = tb_routes[t]; route->method != NULL; route++)
      if (tb_router_match (route->pattern, path, NULL))
        g_string_append_printf (allowed, "%s%s", allowed->len > 0 ? ", " : "", route->method);
  if (allowed->len == 0)
    return tb_reply_problem (404, "not-found", "There is nothing at this address");
  reply = tb_reply_problem (405, "method-not-allowed", "This cannot be done with this address");
  return tb_reply_header (reply, "Allow", allowed->str);
}

TbReply *
tb_router_handle (TbApp *app, TbRequest *request)
{
  const char *method = tb_request_method (request);
  const char *path = tb_request_path (request);

  for (gsize t = 0; tb_routes[t] != NULL; t++)
    for (const TbRoute *route = tb_routes[t]; route->method != NULL; route++) {
      g_autoptr (GPtrArray) params = g_ptr_array_new_with_free_func (g_free);

      if (strcmp (route->method, method) != 0 || !tb_router_match (route->pattern, path, params))
        continue;
      for (guint i = 0; i + 1 < params->len; i += 2)
        tb_request_set_param (request, params->pdata[i], params->pdata[i + 1]);
      return route->handle (app, request);
    }
  return refuse_method (path);
}

gsize
tb_router_body_limit (const char *method, const char *path)
{
  for (gsize t = 0; tb_routes[t] != NULL; t++)
    for (const TbRoute *route = tb_routes[t]; route->method != NULL; route++)
      if (strcmp (route->method, method) == 0 && tb_router_match (route->pattern, path, NULL))
        return route->max_body;
  return 0;
}
