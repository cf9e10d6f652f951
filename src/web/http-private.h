/* Shared by http.c (the server), request.c and reply.c. The only files that
 * know libmicrohttpd. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <microhttpd.h>

#include "web/http.h"

struct _TbRequest {
  TbHttp *http;
  struct MHD_Connection *connection;
  char *uri;          /* as it came, with the query */
  char *method;
  char *path;         /* decoded; NULL when it is refused */
  GHashTable *query;  /* name -> value, decoded */
  GPtrArray *repeated; /* name, value, name, value …: of names that may be given several times */
  GHashTable *params; /* of the route */
  GByteArray *body;
  GBytes *body_bytes;
  gsize limit;
  gboolean begun;
  gboolean head;
  TbReply *early;     /* decided before the body came */
  TbViewer *viewer;   /* NULL: nobody has signed in */
  char *address;      /* made when asked for */
  TbReply *sent;      /* kept for as long as its data is read */
};

struct _TbReply {
  int status;
  char *content_type;
  GPtrArray *headers; /* name, value, name, value … */
  GBytes *bytes;
  gboolean sized;
  gboolean head; /* answers HEAD: no body goes out */
  guint64 length;
  TbPullFunc pull;
  gpointer data;
  GDestroyNotify destroy;
};

/* Takes URI apart into path and query; FALSE when it must be refused. */
gboolean tb_request_parse_uri (TbRequest *request);
TbRequest *tb_request_new (TbHttp *http, const char *uri);
void tb_request_free (TbRequest *request);

/* Consumes REPLY: the response owns its data from here. */
enum MHD_Result tb_reply_queue (TbReply *reply, struct MHD_Connection *connection);
