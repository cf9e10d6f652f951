#include "web/report-finish.h"

#include <qpdf/qpdf-c.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Deeper than any structure we draw. */
#define DEPTH_MAX 16

typedef struct {
  qpdf_data pdf;
  const char *const *alts;
  guint count;
  guint figures;
  gboolean damaged; /* not of the form that Cairo writes */
} Finish;

/* What Cairo's stream says of marks: they stand on lines of their own, outside
 * of text objects, and no string that it writes holds a line end. */
static gboolean
line_opens (const char *line, gsize length)
{
  return length > 4 && line[0] == '/' && memcmp (line + length - 4, " BDC", 4) == 0;
}

static gboolean
line_closes (const char *line, gsize length)
{
  return length == 3 && memcmp (line, "EMC", 3) == 0;
}

static void
add_loose (GString *out, GString *loose)
{
  const char *start = loose->str;

  while (g_ascii_isspace (*start))
    start++;
  if (*start != '\0')
    g_string_append_printf (out, "/Artifact BMC\n%sEMC\n", loose->str);
  g_string_truncate (loose, 0);
}

/* Marks what stands outside every mark. New; NULL when marks do not close. */
static GString *
mark_artifacts (const char *content, gsize length)
{
  g_autoptr (GString) loose = g_string_new (NULL);
  GString *out = g_string_sized_new (length + 256);
  const char *end = content + length;
  int depth = 0;

  while (content < end) {
    const char *stop = memchr (content, '\n', (gsize) (end - content));
    gsize line = (gsize) ((stop != NULL ? stop : end) - content);

    if (line_opens (content, line) && depth++ == 0)
      add_loose (out, loose);
    g_string_append_len (depth > 0 ? out : loose, content, (gssize) line);
    g_string_append_c (depth > 0 ? out : loose, '\n');
    if (line_closes (content, line) && --depth < 0)
      break;
    content += line + 1;
  }
  if (depth != 0) {
    g_string_free (out, TRUE);
    return NULL;
  }
  add_loose (out, loose);
  return out;
}

static void
mark_page (Finish *finish, qpdf_oh page)
{
  unsigned char *content = NULL;
  size_t length = 0;
  GString *marked;
  qpdf_oh stream;

  if (qpdf_oh_get_page_content_data (finish->pdf, page, &content, &length) != QPDF_SUCCESS) {
    finish->damaged = TRUE;
    return;
  }
  marked = mark_artifacts ((const char *) content, length);
  free (content);
  if (marked == NULL) {
    finish->damaged = TRUE;
    return;
  }
  stream = qpdf_oh_new_stream (finish->pdf);
  qpdf_oh_replace_stream_data (finish->pdf, stream, (const unsigned char *) marked->str, marked->len,
                               qpdf_oh_new_null (finish->pdf), qpdf_oh_new_null (finish->pdf));
  qpdf_oh_replace_key (finish->pdf, page, "/Contents", stream);
  g_string_free (marked, TRUE);
}

static void
name_figures (Finish *finish, qpdf_oh element, guint depth)
{
  qpdf_oh kids;

  if (depth > DEPTH_MAX) {
    finish->damaged = TRUE;
    return;
  }
  if (qpdf_oh_is_array (finish->pdf, element)) {
    int count = qpdf_oh_get_array_n_items (finish->pdf, element);

    for (int i = 0; i < count; i++)
      name_figures (finish, qpdf_oh_get_array_item (finish->pdf, element, i), depth);
    return;
  }
  if (!qpdf_oh_is_dictionary (finish->pdf, element))
    return;
  if (qpdf_oh_is_name_and_equals (finish->pdf, qpdf_oh_get_key (finish->pdf, element, "/S"), "/Figure")) {
    if (finish->figures < finish->count)
      qpdf_oh_replace_key (finish->pdf, element, "/Alt",
                           qpdf_oh_new_unicode_string (finish->pdf, finish->alts[finish->figures]));
    finish->figures++;
  }
  kids = qpdf_oh_get_key (finish->pdf, element, "/K");
  name_figures (finish, kids, depth + 1);
}

/* XMP (ISO 16684-1), the least that says title and language. */
static void
add_metadata (Finish *finish, qpdf_oh root, const char *language, const char *title)
{
  g_autofree char *xmp = g_markup_printf_escaped (
      "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
      "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n"
      "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%s</rdf:li></rdf:Alt></dc:title>\n"
      "<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>\n"
      "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>\n",
      title, language);
  qpdf_oh stream = qpdf_oh_new_stream (finish->pdf);
  qpdf_oh dictionary = qpdf_oh_get_dict (finish->pdf, stream);

  qpdf_oh_replace_key (finish->pdf, dictionary, "/Type", qpdf_oh_new_name (finish->pdf, "/Metadata"));
  qpdf_oh_replace_key (finish->pdf, dictionary, "/Subtype", qpdf_oh_new_name (finish->pdf, "/XML"));
  qpdf_oh_replace_stream_data (finish->pdf, stream, (const unsigned char *) xmp, strlen (xmp),
                               qpdf_oh_new_null (finish->pdf), qpdf_oh_new_null (finish->pdf));
  qpdf_oh_replace_key (finish->pdf, root, "/Metadata", stream);
}

static void
change (Finish *finish, const char *language, const char *title)
{
  qpdf_oh root = qpdf_get_root (finish->pdf);
  qpdf_oh tree = qpdf_oh_get_key (finish->pdf, root, "/StructTreeRoot");
  qpdf_oh preferences = qpdf_oh_new_dictionary (finish->pdf);
  int pages = qpdf_get_num_pages (finish->pdf);

  qpdf_oh_replace_key (finish->pdf, root, "/Lang", qpdf_oh_new_unicode_string (finish->pdf, language));
  qpdf_oh_replace_key (finish->pdf, preferences, "/DisplayDocTitle", qpdf_oh_new_bool (finish->pdf, QPDF_TRUE));
  qpdf_oh_replace_key (finish->pdf, root, "/ViewerPreferences", preferences);
  add_metadata (finish, root, language, title);
  name_figures (finish, tree, 0);
  for (int i = 0; i < pages; i++)
    mark_page (finish, qpdf_get_page_n (finish->pdf, (size_t) i));
}

static GBytes *
write_out (qpdf_data pdf)
{
  if (qpdf_init_write_memory (pdf) != QPDF_SUCCESS)
    return NULL;
  qpdf_set_deterministic_ID (pdf, QPDF_TRUE);
  qpdf_set_object_stream_mode (pdf, qpdf_o_generate);
  if (qpdf_write (pdf) != QPDF_SUCCESS)
    return NULL;
  return g_bytes_new (qpdf_get_buffer (pdf), qpdf_get_buffer_length (pdf));
}

GBytes *
tb_report_finish (GBytes *pdf, const char *language, const char *title, const char *const *alts, guint count,
                  GError **error)
{
  Finish finish = { .pdf = qpdf_init (), .alts = alts, .count = count };
  gsize length;
  const char *bytes = g_bytes_get_data (pdf, &length);
  GBytes *out = NULL;

  qpdf_silence_errors (finish.pdf);
  qpdf_set_suppress_warnings (finish.pdf, QPDF_TRUE);
  if (qpdf_read_memory (finish.pdf, "report", bytes, length, NULL) == QPDF_SUCCESS) {
    change (&finish, language, title);
    if (!finish.damaged && finish.figures == count && !qpdf_has_error (finish.pdf))
      out = write_out (finish.pdf);
  }
  if (out == NULL)
    g_set_error (error, TB_ERROR, TB_ERROR_FAILED, "The report could not be finished: %s",
                 qpdf_has_error (finish.pdf) ? qpdf_get_error_full_text (finish.pdf, qpdf_get_error (finish.pdf))
                                             : "its figures or marks are not those that were drawn");
  qpdf_cleanup (&finish.pdf);
  return out;
}
