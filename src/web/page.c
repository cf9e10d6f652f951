/* The page itself: files made by assets/web, embedded as a GResource, plain and
 * as ready-made gzip. Every address of the page answers its one HTML file. */
#include "web/routes.h"

#include <string.h>

#include <gio/gio.h>

#define ROOT "/nl/terugblik/web/"

static const struct {
  const char *suffix;
  const char *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".json", "application/json; charset=utf-8" },
  { ".webmanifest", "application/manifest+json; charset=utf-8" },
  { ".svg", "image/svg+xml" },
  { ".png", "image/png" },
  { ".ico", "image/x-icon" },
  { ".woff2", "font/woff2" },
  { ".txt", "text/plain; charset=utf-8" },
};

static const char *
type_of (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i].suffix))
      return types[i].type;
  return "application/octet-stream";
}

static gboolean
takes_gzip (TbRequest *request)
{
  const char *accepted = tb_request_header (request, "Accept-Encoding");

  return accepted != NULL && strstr (accepted, "gzip") != NULL && strstr (accepted, "gzip;q=0") == NULL;
}

static GBytes *
look_up (const char *name, const char *suffix)
{
  g_autofree char *path = g_strconcat (ROOT, name, suffix, NULL);

  return g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

/* A name with a hash in it ("app-1A2B3C4D.js") never means another content. */
static gboolean
is_hashed (const char *name)
{
  const char *dash = strrchr (name, '-');
  const char *dot = dash != NULL ? strchr (dash, '.') : NULL;

  if (dot == NULL || dot - dash != 9)
    return FALSE;
  for (const char *c = dash + 1; c < dot; c++)
    if (!g_ascii_isupper (*c) && !g_ascii_isdigit (*c))
      return FALSE;
  return TRUE;
}

static TbReply *
reply_file (TbRequest *request, const char *name)
{
  g_autoptr (GBytes) zipped = takes_gzip (request) ? look_up (name, ".gz") : NULL;
  g_autoptr (GBytes) plain = zipped == NULL ? look_up (name, "") : NULL;
  g_autofree char *sum = NULL;
  g_autofree char *etag = NULL;
  const char *known = tb_request_header (request, "If-None-Match");
  TbReply *reply;

  if (zipped == NULL && plain == NULL)
    return NULL;
  sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, zipped != NULL ? zipped : plain);
  etag = g_strdup_printf ("\"%.16s%s\"", sum, zipped != NULL ? "z" : "");
  if (known != NULL && strstr (known, etag) != NULL)
    reply = tb_reply_empty (304);
  else
    reply = tb_reply_bytes (200, type_of (name), zipped != NULL ? zipped : plain);
  if (zipped != NULL && tb_reply_status (reply) == 200)
    tb_reply_header (reply, "Content-Encoding", "gzip");
  tb_reply_header (reply, "Vary", "Accept-Encoding");
  tb_reply_header (reply, "ETag", etag);
  return tb_reply_header (reply, "Cache-Control", is_hashed (name) ? "max-age=31536000, immutable" : "no-cache");
}

static TbReply *
get_index (TbApp *app, TbRequest *request)
{
  static const char without[] = "Terugblik was built without its page (-Dweb=none). The API answers under /api/.\n";
  TbReply *reply = reply_file (request, "index.html");
  g_autoptr (GBytes) text = NULL;

  if (reply != NULL)
    return reply;
  text = g_bytes_new_static (without, sizeof without - 1);
  return tb_reply_bytes (200, "text/plain; charset=utf-8", text);
}

static TbReply *
get_asset (TbApp *app, TbRequest *request)
{
  TbReply *reply = reply_file (request, tb_request_path (request) + 1);

  return reply != NULL ? reply : tb_reply_problem (404, "not-found", "There is nothing at this address");
}

const TbRoute tb_routes_page[] = {
  { "GET", "/", get_index, 0 },
  { "GET", "/nieuw", get_index, 0 },
  { "GET", "/bezoeken/{visit}/voorbereiden", get_index, 0 },
  { "GET", "/bezoeken/{visit}/opnemen", get_index, 0 },
  { "GET", "/bezoeken/{visit}/terugkijken", get_index, 0 },
  { "GET", "/bezoeken/{visit}/delen", get_index, 0 },
  { "GET", "/bezoeken/{visit}/bekijken", get_index, 0 },
  { "GET", "/bezoeken/{visit}/inzage", get_index, 0 },
  { "GET", "/bezoeken/{visit}/momenten", get_index, 0 },
  { "GET", "/bezoeken/{visit}/nabespreking", get_index, 0 },
  { "GET", "/bezoeken/{visit}/sturen", get_index, 0 },
  { "GET", "/bezoeken/{visit}/verslag", get_index, 0 },
  { "GET", "/bezoeken/{visit}/cijfers", get_index, 0 },
  { "GET", "/bezoeken/{visit}/waarnemers", get_index, 0 },
  { "GET", "/bezoeken", get_index, 0 },
  { "GET", "/kijkwijzers", get_index, 0 },
  { "GET", "/kijkwijzers/{instrument}", get_index, 0 },
  { "GET", "/importeren", get_index, 0 },
  { "GET", "/trajecten", get_index, 0 },
  { "GET", "/trajecten/{trajectory}", get_index, 0 },
  { "GET", "/trajecten/{trajectory}/afronden", get_index, 0 },
  { "GET", "/overdracht", get_index, 0 },
  { "GET", "/vragen", get_index, 0 },
  { "GET", "/gedeeld", get_index, 0 },
  { "GET", "/mensen", get_index, 0 },
  { "GET", "/register", get_index, 0 },
  { "GET", "/inzagelog", get_index, 0 },
  { "GET", "/cijfers", get_index, 0 },
  { "GET", "/account", get_index, 0 },
  { "GET", "/koppelen", get_index, 0 },
  { "GET", "/instellingen", get_index, 0 },
  { "GET", "/hulp", get_index, 0 },
  { "GET", "/hulp/{topic}", get_index, 0 },
  { "GET", "/{file}", get_asset, 0 },
  { "GET", "/{folder}/{file}", get_asset, 0 },
  { NULL },
};
