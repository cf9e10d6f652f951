#include "web/trust-page.h"

#include <string.h>

#include <gio/gio.h>

#define ROOT "/nl/terugblik/trust/"

/* The connection test asks other addresses of this machine, by name and by number. They are not listed: names and
 * addresses change while the page is open, and an IPv6 address cannot stand in a policy. */
#define POLICY \
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' http: https:; frame-ancestors 'none'; " \
  "base-uri 'none'; form-action 'none'"

struct _TbTrustPage {
  TbNetwork *network;
  TbHttp *http;
};

static TbReply *
finish (TbReply *reply)
{
  return tb_reply_header (tb_reply_header (reply, "Content-Security-Policy", POLICY), "Cache-Control", "no-store");
}

static TbReply *
reply_text (const char *type, char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  return finish (tb_reply_bytes (200, type, bytes));
}

static char *
load (const char *name)
{
  g_autofree char *path = g_strconcat (ROOT, name, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);

  return g_strndup (text, length);
}

/* Dutch, unless English stands before it in what the browser asks for. */
static gboolean
wants_english (TbRequest *request)
{
  const char *accepted = tb_request_header (request, "Accept-Language");
  g_autofree char *lower = accepted != NULL ? g_ascii_strdown (accepted, -1) : NULL;
  g_auto (GStrv) parts = lower != NULL ? g_strsplit (lower, ",", 32) : NULL;

  for (gsize i = 0; parts != NULL && parts[i] != NULL; i++) {
    const char *language = g_strstrip (parts[i]);

    if (g_str_has_prefix (language, "nl"))
      return FALSE;
    if (g_str_has_prefix (language, "en"))
      return TRUE;
  }
  /* Somebody who reads neither sooner reads English. */
  return parts != NULL && parts[0] != NULL && parts[0][0] != '\0' && parts[0][0] != '*';
}

/* "AB CD EF 01" in rows of four pairs: easier to hold against another screen than one long line. */
static char *
group_fingerprint (TbCertificate *certificate)
{
  g_autofree char *text = tb_certificate_fingerprint (certificate);
  GString *grouped = g_string_new ("<span>");

  g_strdelimit (text, ":", ' ');
  for (gsize i = 0; text[i] != '\0'; i++)
    if (i % 12 == 11)
      g_string_append (grouped, "</span> <span>");
    else
      g_string_append_c (grouped, text[i]);
  g_string_append (grouped, "</span>");
  return g_string_free (grouped, FALSE);
}

/* Names and addresses are of letters, digits, dots, hyphens, colons and brackets: nothing to escape. */
static TbReply *
reply_page (TbTrustPage *page, TbRequest *request)
{
  g_auto (GStrv) secure = tb_network_lan_addresses (page->network);
  g_auto (GStrv) plain = tb_network_trust_addresses (page->network);
  g_autofree char *secure_text = g_strjoinv (" ", secure);
  g_autofree char *plain_text = g_strjoinv (" ", plain);
  g_autofree char *fingerprint = group_fingerprint (tb_network_certificate (page->network));
  g_autofree char *template = load (wants_english (request) ? "en.html" : "nl.html");
  g_autoptr (GString) text = g_string_new (template);

  g_string_replace (text, "@SECURE@", secure_text, 0);
  g_string_replace (text, "@PLAIN@", plain_text, 0);
  g_string_replace (text, "@FINGERPRINT@", fingerprint, 0);
  g_string_replace (text, "@OPEN@", secure[0] != NULL ? secure[0] : "", 0);
  return tb_reply_header (reply_text ("text/html; charset=utf-8", g_strdup (text->str)), "Vary", "Accept-Language");
}

static TbReply *
reply_authority (TbTrustPage *page)
{
  g_autoptr (GBytes) authority = tb_certificate_authority (tb_network_certificate (page->network));
  TbReply *reply = finish (tb_reply_bytes (200, "application/x-x509-ca-cert", authority));

  return tb_reply_header (reply, "Content-Disposition", "attachment; filename=\"terugblik-ca.crt\"");
}

/* From the fingerprint, so that installing it twice replaces the first. */
static char *
make_uuid (const char *digits)
{
  return g_strdup_printf ("%.8s-%.4s-5%.3s-A%.3s-%.12s", digits, digits + 8, digits + 13, digits + 17, digits + 20);
}

/* Apple's Configuration Profile Reference, payload com.apple.security.root. */
static TbReply *
reply_profile (TbTrustPage *page)
{
  TbCertificate *certificate = tb_network_certificate (page->network);
  g_autoptr (GBytes) authority = tb_certificate_authority (certificate);
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (authority, NULL), g_bytes_get_size (authority));
  g_autofree char *fingerprint = tb_certificate_fingerprint (certificate);
  g_auto (GStrv) pairs = g_strsplit (fingerprint, ":", -1);
  g_autofree char *digits = g_strjoinv ("", pairs);
  g_autofree char *profile = make_uuid (digits);
  g_autofree char *payload = make_uuid (digits + 32);
  g_autofree char *template = load ("profile.xml");
  g_autoptr (GString) text = g_string_new (template);
  TbReply *reply;

  g_string_replace (text, "@CERTIFICATE@", base64, 0);
  g_string_replace (text, "@PROFILE@", profile, 0);
  g_string_replace (text, "@PAYLOAD@", payload, 0);
  reply = reply_text ("application/x-apple-aspen-config", g_strdup (text->str));
  return tb_reply_header (reply, "Content-Disposition", "attachment; filename=\"terugblik.mobileconfig\"");
}

static TbReply *
handle (TbRequest *request, gpointer data)
{
  TbTrustPage *page = data;
  const char *path = tb_request_path (request);

  if (strcmp (tb_request_method (request), "GET") != 0)
    return tb_reply_header (tb_reply_problem (405, "method-not-allowed", "This cannot be done with this address"),
                            "Allow", "GET, HEAD");
  if (strcmp (path, "/") == 0)
    return reply_page (page, request);
  if (strcmp (path, "/terugblik-ca.crt") == 0)
    return reply_authority (page);
  if (strcmp (path, "/terugblik.mobileconfig") == 0)
    return reply_profile (page);
  if (strcmp (path, "/trust.css") == 0)
    return reply_text ("text/css; charset=utf-8", load ("trust.css"));
  if (strcmp (path, "/check.js") == 0)
    return reply_text ("text/javascript; charset=utf-8", load ("check.js"));
  if (strcmp (path, "/probe") == 0)
    return tb_reply_header (finish (tb_reply_empty (204)), "Cross-Origin-Resource-Policy", "cross-origin");
  return tb_reply_problem (404, "not-found", "There is nothing at this address");
}

static gsize
body_limit (const char *method, const char *path, TbBody *body, gpointer data)
{
  return 0;
}

TbTrustPage *
tb_trust_page_start (const char *listen, TbNetwork *network, GError **error)
{
  TbTrustPage *page = g_new0 (TbTrustPage, 1);
  TbHttpOptions options = { .listen = listen, .certificate = tb_network_certificate (network), .in_the_open = TRUE };

  page->network = network;
  page->http = tb_http_start (&options, body_limit, handle, page, error);
  if (page->http == NULL) {
    g_free (page);
    return NULL;
  }
  return page;
}

TbHttp *
tb_trust_page_http (TbTrustPage *page)
{
  return page->http;
}

void
tb_trust_page_free (TbTrustPage *page)
{
  if (page == NULL)
    return;
  tb_http_stop (page->http);
  g_free (page);
}
