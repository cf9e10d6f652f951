/* From a method and a path to a function. Routes are data: one table per
 * resource, each ended by an entry without a method. */
#pragma once

#include "web/http.h"

typedef struct _TbApp TbApp;

typedef struct {
  const char *method;
  const char *pattern; /* "/api/visits/{visit}/tracks/{track}": a name in braces takes one path part */
  TbReply *(*handle) (TbApp *app, TbRequest *request);
  gsize max_body;      /* bytes; 0: none */
  TbBody body;         /* what the body is, when there may be one */
} TbRoute;

/* Every table; NULL-terminated. Defined in routes.c. */
extern const TbRoute *const tb_routes[];

/* Handles REQUEST: 404 when no pattern fits, 405 with Allow when only the method does not. */
TbReply *tb_router_handle (TbApp *app, TbRequest *request);

/* The limit of the route that fits, and what it wants; a small one when none does. */
gsize tb_router_body_limit (const char *method, const char *path, TbBody *body);

/* TRUE when PATH fits PATTERN. With PARAMS the named parts are stored as name, value pairs. */
gboolean tb_router_match (const char *pattern, const char *path, GPtrArray *params);
