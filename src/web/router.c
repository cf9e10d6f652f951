#include "web/router.h"

#include <string.h>

#include "web/access.h"

/* What is sent to an address or method that there is not is read when it is small, so that the answer
 * can say what is wrong, and not that there is too much of it. */
#define NOWHERE_BODY (64 * 1024)

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

/* The page's own files fit nearly every short address; what can be done with one of the API is not
 * theirs to say. */
static gboolean
fits (const TbRoute *route, const char *path, GPtrArray *params)
{
  static const char *const ours[] = { "/api/", "/media/" };

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    if (g_str_has_prefix (path, ours[i]) && !g_str_has_prefix (route->pattern, ours[i]))
      return FALSE;
  return tb_router_match (route->pattern, path, params);
}

static void
add_method (GPtrArray *methods, const char *method)
{
  if (!g_ptr_array_find_with_equal_func (methods, method, g_str_equal, NULL))
    g_ptr_array_add (methods, (gpointer) method);
}

static TbReply *
refuse_method (const char *path)
{
  g_autoptr (GPtrArray) methods = g_ptr_array_new ();
  g_autofree char *allowed = NULL;

  for (gsize t = 0; tb_routes[t] != NULL; t++)
    for (const TbRoute *route = tb_routes[t]; route->method != NULL; route++) {
      if (!fits (route, path, NULL))
        continue;
      add_method (methods, route->method);
      if (strcmp (route->method, "GET") == 0)
        add_method (methods, "HEAD");
    }
  if (methods->len == 0)
    return tb_reply_problem (404, "not-found", "There is nothing at this address");
  g_ptr_array_add (methods, NULL);
  allowed = g_strjoinv (", ", (char **) methods->pdata);
  return tb_reply_header (tb_reply_problem (405, "method-not-allowed", "This cannot be done with this address"),
                          "Allow", allowed);
}

static TbReply *
handle_route (TbApp *app, TbRequest *request, const TbRoute *route)
{
  const TbAccessRow *row = tb_access_row (route->method, route->pattern);
  TbReply *reply = tb_access_check (app, request, row);

  if (reply != NULL)
    return reply;
  reply = route->handle (app, request);
  tb_access_guard (app, request, row, reply);
  return reply;
}

TbReply *
tb_router_handle (TbApp *app, TbRequest *request)
{
  const char *method = tb_request_method (request);
  const char *path = tb_request_path (request);

  for (gsize t = 0; tb_routes[t] != NULL; t++)
    for (const TbRoute *route = tb_routes[t]; route->method != NULL; route++) {
      g_autoptr (GPtrArray) params = g_ptr_array_new_with_free_func (g_free);

      if (strcmp (route->method, method) != 0 || !fits (route, path, params))
        continue;
      for (guint i = 0; i + 1 < params->len; i += 2)
        tb_request_set_param (request, params->pdata[i], params->pdata[i + 1]);
      return handle_route (app, request, route);
    }
  return refuse_method (path);
}

gsize
tb_router_body_limit (const char *method, const char *path, TbBody *body)
{
  for (gsize t = 0; tb_routes[t] != NULL; t++)
    for (const TbRoute *route = tb_routes[t]; route->method != NULL; route++)
      if (strcmp (route->method, method) == 0 && fits (route, path, NULL)) {
        *body = route->body;
        return route->max_body;
      }
  return NOWHERE_BODY;
}
