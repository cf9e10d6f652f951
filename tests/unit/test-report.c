/* The report's content and its PDF. What is in the PDF is asked of others:
 * pdftotext, pdfinfo, pdfimages, pdftoppm (poppler-utils) and qpdf. */
#include <cairo.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "web/report-content.h"
#include "web/report-pdf.h"

#define PURPOSE_NL "Alleen voor coaching, nooit voor een beoordeling"
#define PURPOSE_EN "For coaching only, never for appraisal"
#define MADE G_GINT64_CONSTANT (1795363200) * TB_SECOND /* 2026-11-22T16:00:00Z */

static char *
corpus_file (const char *name)
{
  g_autofree char *path
      = g_build_filename (g_getenv ("TB_SOURCE_DIR"), "tests", "fuzz", "corpus", "report", name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static char *
full_json (void)
{
  return corpus_file ("full.json");
}

static TbReportContent *
read_report (const char *text)
{
  g_autoptr (GError) error = NULL;
  TbReportContent *report = tb_report_content_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return report;
}

/* A scene, so that a person who looks sees which way is up. */
static GBytes *
png_picture (int width, int height)
{
  g_autofree char *path = NULL;
  char *bytes;
  gsize length;
  int fd = g_file_open_tmp ("report-XXXXXX.png", &path, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cairo = cairo_create (surface);

  cairo_set_source_rgb (cairo, 0.89, 0.93, 0.92);
  cairo_paint (cairo);
  cairo_set_source_rgb (cairo, 0.2, 0.36, 0.3);
  cairo_rectangle (cairo, width * 0.15, height * 0.1, width * 0.7, height * 0.4);
  cairo_fill (cairo);
  cairo_set_source_rgb (cairo, 0.54, 0.23, 0);
  cairo_arc (cairo, width * 0.5, height * 0.6, height * 0.12, 0, 2 * G_PI);
  cairo_fill (cairo);
  cairo_rectangle (cairo, width * 0.4, height * 0.72, width * 0.2, height * 0.28);
  cairo_fill (cairo);
  cairo_destroy (cairo);
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
  g_close (fd, NULL);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_unlink (path);
  return g_bytes_new_take (bytes, length);
}

/* The smallest grey JPEG, 8 × 8: T.81's tables with one code each. */
static GBytes *
jpeg_picture (void)
{
  static const guint8 head[] = { 0xff, 0xd8, 0xff, 0xdb, 0, 67, 0 };
  static const guint8 frame[] = { 0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0 };
  static const guint8 scan[] = { 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x3f, 0xff, 0xd9 };
  GByteArray *bytes = g_byte_array_new ();
  guint8 table[64];

  memset (table, 1, sizeof table);
  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, table, sizeof table);
  g_byte_array_append (bytes, frame, sizeof frame);
  for (guint8 class = 0; class < 2; class++) {
    guint8 codes[22] = { 0xff, 0xc4, 0, 20, (guint8) (class << 4), 1 };

    g_byte_array_append (bytes, codes, sizeof codes);
  }
  g_byte_array_append (bytes, scan, sizeof scan);
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
make_pdf (const TbReportContent *report)
{
  g_autoptr (GError) error = NULL;
  GBytes *pdf = tb_report_pdf (report, MADE, 0, &error);

  g_assert_no_error (error);
  return pdf;
}

/* What PROGRAM says of PDF; "%s" in COMMAND is the file. With $TB_REPORT_KEEP,
 * a folder, the files stay there to be looked at. */
static char *
ask (GBytes *pdf, const char *command)
{
  const char *keep = g_getenv ("TB_REPORT_KEEP");
  g_autofree char *folder = keep != NULL ? g_strdup (keep) : g_dir_make_tmp ("report-XXXXXX", NULL);
  g_autofree char *name = g_strdup_printf ("%s/%u.pdf", folder, g_bytes_hash (pdf));
  g_auto (GStrv) parts = g_strsplit (command, "%s", 2);
  g_autofree char *line = g_strconcat (parts[0], name, parts[1], NULL);
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  int status = 0;

  g_assert_true (g_file_set_contents (name, g_bytes_get_data (pdf, NULL), (gssize) g_bytes_get_size (pdf), NULL));
  g_spawn_command_line_sync (line, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  if (keep == NULL) {
    g_unlink (name);
    g_rmdir (folder);
  }
  return out;
}

static guint
count_of (const char *text, const char *what)
{
  guint count = 0;

  while ((text = strstr (text, what)) != NULL) {
    count++;
    text += strlen (what);
  }
  return count;
}

static guint
pages_of (GBytes *pdf)
{
  g_autofree char *info = ask (pdf, "pdfinfo %s");
  const char *pages = strstr (info, "Pages:");

  g_assert_nonnull (pages);
  return (guint) g_ascii_strtoull (pages + 6, NULL, 10);
}

/* Each of the NULL-terminated TEXTS after the one before. */
static void
assert_order (const char *text, ...)
{
  va_list texts;
  const char *next;

  va_start (texts, text);
  while ((next = va_arg (texts, const char *)) != NULL) {
    const char *found = strstr (text, next);

    if (found == NULL)
      g_error ("“%s” is not in (the rest of) this, or out of order:\n%s", next, text);
    text = found + strlen (next);
  }
  va_end (texts);
}

static void
test_content (void)
{
  g_autofree char *text = full_json ();
  g_autoptr (TbReportContent) report = read_report (text);
  g_autofree char *written = tb_report_content_to_text (report);
  g_autoptr (TbReportContent) again = read_report (written);
  g_autofree char *second = tb_report_content_to_text (again);
  g_autofree char *expected = corpus_file ("written.json");
  const TbReportMoment *moment = g_ptr_array_index (report->moments, 0);

  g_assert_cmpstr (written, ==, second);
  /* report-schema.test.mjs holds this form against the schema. */
  g_assert_cmpstr (written, ==, g_strchomp (expected));
  g_assert_cmpint (report->language, ==, TB_REPORT_NL);
  g_assert_cmpstr (report->teacher, ==, "Bram Jansen");
  g_assert_cmpint (moment->from, ==, 754500 * TB_MILLISECOND);
  g_assert_cmpint (moment->kind, ==, TB_REPORT_PRIDE);
  g_assert_cmpint (moment->still, ==, TB_REPORT_STILL_SOFT);
  g_assert_cmpstr (((TbReportAgreement *) g_ptr_array_index (again->agreements, 0))->due, ==, "2026-12-03");
  g_assert_cmpint (((TbReportSignature *) g_ptr_array_index (again->signatures, 0))->role, ==, TB_REPORT_COACH);
}

static void
test_refused (void)
{
  struct {
    const char *json, *where;
  } const cases[] = {
    { "{\"language\":\"nl\"}", "“format”" },
    { "{\"format\":2,\"language\":\"nl\"}", "“format”" },
    { "{\"format\":1}", "“language”" },
    { "{\"format\":1,\"language\":\"fr\"}", "“language”" },
    { "{\"format\":1,\"language\":\"nl\",\"score\":3}", "“score”" },
    { "{\"format\":1,\"language\":\"nl\",\"date\":\"2026-02-30\"}", "“date”" },
    { "{\"format\":1,\"language\":\"nl\",\"date\":\"22-11-2026\"}", "“date”" },
    { "{\"format\":1,\"language\":\"nl\",\"coach\":\"a\\nb\"}", "“coach”" },
    { "{\"format\":1,\"language\":\"nl\",\"coach\":\"a\\u0000b\"}", "“coach”" },
    { "{\"format\":1,\"language\":\"nl\",\"coach\":\"a\\u001bb\"}", "“coach”" },
    { "{\"format\":1,\"language\":\"nl\",\"coach\":\"a\\u0085b\"}", "“coach”" },
    { "{\"format\":1,\"language\":\"nl\",\"coach\":\"a\\u202eb\"}", "“coach”" },
    { "{\"format\":1,\"language\":\"nl\",\"coach\":\"\\ud800\"}", "" },
    { "{\"format\":1,\"language\":\"nl\",\"coach\":\"\\udc00x\"}", "" },
    { "{\"format\":1,\"language\":\"nl\",\"context\":\"a\\rb\"}", "“context”" },
    { "{\"format\":1,\"language\":\"nl\",\"moments\":[{},{\"from\":1}]}", "moments[1]: “to”" },
    { "{\"format\":1,\"language\":\"nl\",\"moments\":[{\"from\":5,\"to\":4}]}", "moments[0]: “to”" },
    { "{\"format\":1,\"language\":\"nl\",\"moments\":[{\"still\":\"sharp\"}]}", "moments[0]: “still”" },
    { "{\"format\":1,\"language\":\"nl\",\"moments\":[{\"id\":\"1\"}]}", "moments[0]: “id”" },
    { "{\"format\":1,\"language\":\"nl\",\"moments\":[null]}", "moments[0]" },
    { "{\"format\":1,\"language\":\"nl\",\"moments\":[{},{},{},{},{},{},{},{},{},{},{},{},{}]}", "“moments”" },
    { "{\"format\":1,\"language\":\"nl\",\"agreements\":[{\"text\":\"\"}]}", "agreements[0]: “text”" },
    { "{\"format\":1,\"language\":\"nl\",\"agreements\":[{\"text\":\"a\",\"due\":\"gauw\"}]}", "agreements[0]: “due”" },
    { "{\"format\":1,\"language\":\"nl\",\"next\":{\"when\":\"\"}}", "next: “when”" },
    { "{\"format\":1,\"language\":\"nl\",\"signatures\":[{\"name\":\"a\",\"role\":\"head\",\"at\":"
      "\"2026-11-22T15:04:00Z\"}]}",
      "signatures[0]: “role”" },
    { "[]", "" },
    { "{\"format\":1,\"language\":\"nl\",\"coach\":\"\xed\xa0\x80\"}", "" },
  };
  g_autofree char *many = g_strnfill (TB_REPORT_TEXT_MAX + 1, 'x');
  g_autofree char *long_text = g_strdup_printf ("{\"format\":1,\"language\":\"nl\",\"note\":\"%s\"}", many);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    if (tb_report_content_parse (cases[i].json, strlen (cases[i].json), &error) != NULL)
      g_error ("accepted: %s", cases[i].json);
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
    if (strstr (error->message, cases[i].where) == NULL)
      g_error ("%s: %s", cases[i].json, error->message);
  }
  g_assert_null (tb_report_content_parse (long_text, strlen (long_text), NULL));
}

static void
test_dates (void)
{
  g_autofree char *nl = tb_report_format_date (TB_REPORT_NL, "2026-11-22", TRUE);
  g_autofree char *en = tb_report_format_date (TB_REPORT_EN, "2026-03-01", FALSE);
  g_autofree char *none = tb_report_format_date (TB_REPORT_EN, "", FALSE);
  g_autofree char *winter = tb_report_format_wall (TB_REPORT_NL, MADE);
  g_autofree char *summer
      = tb_report_format_wall (TB_REPORT_EN, MADE - G_GINT64_CONSTANT (150) * 24 * 3600 * TB_SECOND);

  g_assert_cmpstr (nl, ==, "zondag 22 november 2026");
  g_assert_cmpstr (en, ==, "1 March 2026");
  g_assert_null (none);
  g_assert_cmpstr (winter, ==, "22 november 2026, 17:00");
  g_assert_cmpstr (summer, ==, "25 June 2026, 18:00");
}

static void
test_stills (void)
{
  g_autofree char *text = full_json ();
  g_autoptr (TbReportContent) report = read_report (text);
  g_autoptr (GBytes) png = png_picture (64, 36);
  g_autoptr (GBytes) jpeg = jpeg_picture ();
  g_autoptr (GBytes) half = g_bytes_new_from_bytes (png, 0, g_bytes_get_size (png) / 2);
  g_autoptr (GBytes) none = g_bytes_new_static ("GIF89a", 6);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pdf = NULL;
  guint8 huge[40];

  g_assert_true (tb_report_content_set_still (report, 0, png, NULL));
  g_assert_true (tb_report_content_set_still (report, 0, jpeg, NULL));
  g_assert_false (tb_report_content_set_still (report, 1, png, NULL));
  g_assert_false (tb_report_content_set_still (report, 0, none, NULL));
  g_assert_false (tb_report_content_set_still (report, 0, nothing, NULL));
  memcpy (huge, g_bytes_get_data (png, NULL), sizeof huge);
  huge[17] = 1; /* 65,600 pixels wide */
  g_assert_false (tb_report_look_at_picture (huge, sizeof huge, NULL, &(guint){ 0 }, &(guint){ 0 }));
  /* Its head is well; the rest shows when it is drawn. */
  g_assert_true (tb_report_content_set_still (report, 0, half, NULL));
  pdf = tb_report_pdf (report, MADE, 0, &error);
  g_assert_null (pdf);
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
}

static void
test_dutch (void)
{
  g_autofree char *json = full_json ();
  g_autoptr (TbReportContent) report = read_report (json);
  g_autoptr (GBytes) picture = png_picture (640, 360);
  g_autoptr (GBytes) pdf = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autofree char *text = NULL, *info = NULL, *tags = NULL, *images = NULL, *check = NULL, *raw = NULL;

  g_assert_true (tb_report_content_set_still (report, 0, picture, NULL));
  pdf = make_pdf (report);
  again = make_pdf (report);
  g_assert_true (g_bytes_equal (pdf, again));
  g_assert_cmpuint (pages_of (pdf), ==, 1);
  text = ask (pdf, "pdftotext -layout %s -");
  assert_order (text, "Rekenles groep 5", "De Regenboog, zondag 22 november 2026", "Coach: Anna de Vries",
                "Leraar: Bram Jansen", "Groep: 5", "Vak: Rekenen", "Kijkvraag", "Hoe verdeel je de beurten?",
                "Leervraag", "Context", "Momenten", "1. De stilte na de vraag", "trots, in de les op 12:34–13:05",
                "Wat zag je gebeuren?", "Coach, Anna de Vries", "Je wachtte.", "Dat voelde lang.", "Afspraken",
                "Ik tel tot vijf.", "Wie: Bram Jansen · Uiterlijk: 3 december 2026", "Volgende stap",
                "vrijdag 4 december 2026", "Ondertekend", "Anna de Vries (Coach): 22 november 2026, 16:04", PURPOSE_NL,
                "Pagina 1 van 1", NULL);
  g_assert_null (strstr (text, "Over deze versie"));
  g_assert_cmpuint (count_of (text, PURPOSE_NL), ==, 1);
  info = ask (pdf, "pdfinfo %s");
  assert_order (info, "Title:           Rekenles groep 5", "Subject:         " PURPOSE_NL,
                "Author:          Anna de Vries, Bram Jansen", "Tagged:          yes", "A4", NULL);
  tags = ask (pdf, "pdfinfo -struct-text %s");
  assert_order (tags, "Document", "H1", "Rekenles groep 5", PURPOSE_NL, "Sect", "H2", "Kijkvraag", "P", "Hoe verdeel", "H2",
                "Momenten", "Sect", "H3", "1. De stilte", "Figure", "P", "Je wachtte.", "H2", "Afspraken", "L", "LI",
                "Lbl", "LBody", "Ik tel tot vijf.", NULL);
  /* Page numbers are no part of what is read aloud. */
  g_assert_null (strstr (tags, "Pagina 1"));
  images = ask (pdf, "pdfimages -list %s");
  g_assert_nonnull (strstr (images, "640   360"));
  check = ask (pdf, "qpdf --check %s");
  g_assert_nonnull (strstr (check, "No syntax or stream encoding errors found"));
  raw = ask (pdf, "qpdf --json=2 --json-key=qpdf %s");
  g_assert_nonnull (strstr (raw, "\"/Lang\": \"u:nl\""));
  g_assert_nonnull (strstr (raw, "\"/Alt\": \"u:De leerkracht wacht voor de klas\""));
  g_assert_nonnull (strstr (raw, "\"/DisplayDocTitle\": true"));
}

static void
test_english (void)
{
  g_autofree char *json = full_json ();
  g_autoptr (TbReportContent) report = NULL;
  g_autoptr (GBytes) pdf = NULL;
  g_autoptr (GBytes) jpeg = jpeg_picture ();
  g_autofree char *text = NULL, *raw = NULL, *images = NULL;

  memcpy (strstr (json, "\"nl\""), "\"en\"", 4);
  report = read_report (json);
  g_free (((TbReportMoment *) g_ptr_array_index (report->moments, 0))->alt);
  ((TbReportMoment *) g_ptr_array_index (report->moments, 0))->alt = g_strdup ("");
  g_assert_true (tb_report_content_set_still (report, 0, jpeg, NULL));
  pdf = make_pdf (report);
  text = ask (pdf, "pdftotext -layout %s -");
  assert_order (text, "Sunday 22 November 2026", "Teacher: Bram Jansen", "Focus question", "Learning question",
                "Moments", "pride, in the lesson at 12:34–13:05", "Agreements", "By: 3 December 2026", "Next step",
                "Signed", PURPOSE_EN, "Page 1 of 1", NULL);
  /* As it came, not decoded. */
  images = ask (pdf, "pdfimages -list %s");
  g_assert_nonnull (strstr (images, "jpeg"));
  raw = ask (pdf, "qpdf --json=2 --json-key=qpdf %s");
  g_assert_nonnull (strstr (raw, "\"/Lang\": \"u:en\""));
  g_assert_nonnull (strstr (raw, "\"/Alt\": \"u:Picture from the lesson, softened: persons cannot be recognised\""));
}

/* N moments, each with TEXT as everybody's words. */
static TbReportContent *
long_report (guint n, const char *text)
{
  g_autofree char *json = full_json ();
  g_autoptr (json_object) object = tb_json_parse (json, strlen (json), NULL);
  json_object *moments = json_object_new_array ();
  g_autofree char *written = NULL;
  g_autoptr (GBytes) picture = png_picture (640, 360);
  TbReportContent *report;

  for (guint i = 0; i < n; i++) {
    json_object *moment = json_object_new_object ();
    g_autofree char *title = g_strdup_printf ("Moment nummer %u", i + 1);

    tb_json_add_string (moment, "title", title);
    tb_json_add_time (moment, "from", (i + 1) * 300 * TB_SECOND);
    tb_json_add_time (moment, "to", (i + 1) * 300 * TB_SECOND + 25 * TB_SECOND);
    tb_json_add_string (moment, "kind", i % 2 == 0 ? "pride" : "improve");
    tb_json_add_string (moment, "question", "Wat maakte dat dit hier lukte?");
    tb_json_add_string (moment, "coach", text);
    tb_json_add_string (moment, "teacher", text);
    tb_json_add_string (moment, "still", "soft");
    tb_json_add_string (moment, "alt", title);
    json_object_array_add (moments, moment);
  }
  tb_json_add (object, "moments", moments);
  written = tb_json_to_text (object);
  report = read_report (written);
  for (guint i = 0; i < n; i++)
    g_assert_true (tb_report_content_set_still (report, i, picture, NULL));
  return report;
}

static void
test_eight (void)
{
  g_autoptr (TbReportContent) report
      = long_report (8, "De klas werd stil en bijna iedereen keek op. Je bleef staan waar je stond, knikte naar twee "
                        "kinderen achterin en gaf toen pas de beurt. Daarna kwamen er vijf vingers bij.");
  g_autoptr (GBytes) pdf = make_pdf (report);
  g_autofree char *text = ask (pdf, "pdftotext -layout %s -");
  g_autofree char *images = ask (pdf, "pdfimages -list %s");
  g_autofree char *tags = ask (pdf, "pdfinfo -struct-text %s");
  g_autofree char *check = ask (pdf, "qpdf --check %s");
  guint pages = pages_of (pdf);

  g_assert_cmpuint (pages, >=, 2);
  g_assert_cmpuint (pages, <=, 3);
  g_assert_cmpuint (count_of (text, PURPOSE_NL), ==, pages);
  g_assert_cmpuint (count_of (images, " 640   360 "), ==, 8);
  for (guint i = 1; i <= 8; i++) {
    g_autofree char *title = g_strdup_printf ("%u. Moment nummer %u", i, i);

    g_assert_nonnull (strstr (tags, title));
  }
  assert_order (tags, "Moment nummer 7", "Moment nummer 8", "Afspraken", NULL);
  g_assert_nonnull (strstr (check, "No syntax"));
}

/* What a talk of an hour gives: six moments, what both say of each, five agreements. */
static void
test_ordinary (void)
{
  const char *words = "De klas werd stil en bijna iedereen keek op. Je bleef staan waar je stond, knikte naar twee "
                      "kinderen achterin en gaf toen pas de beurt. Daarna kwamen er vijf vingers bij, ook van kinderen "
                      "die anders wachten tot een ander het zegt. Dat zou ik morgen bij de instructie weer zo doen, en "
                      "daarna nog eens.";
  g_autoptr (TbReportContent) report = long_report (6, words);
  g_autoptr (GBytes) pdf = NULL;
  g_autofree char *images = NULL;

  g_assert_cmpint (g_utf8_strlen (words, -1), >=, 300);
  while (report->agreements->len < 5) {
    TbReportAgreement *agreement = tb_report_content_add_agreement (report);

    g_free (agreement->text);
    agreement->text = g_strdup ("Ik wacht na elke open vraag tot ik vijf vingers zie, en geef dan pas de beurt.");
    g_free (agreement->who);
    agreement->who = g_strdup ("Bram Jansen");
    g_free (agreement->due);
    agreement->due = g_strdup ("2026-12-03");
  }
  pdf = make_pdf (report);
  images = ask (pdf, "pdfimages -list %s");
  g_assert_cmpuint (count_of (images, " 640   360 "), ==, 6);
  g_assert_cmpuint (pages_of (pdf), <=, 3);
}

/* No heading and no label stands last on its page. */
static void
test_stranded (void)
{
  const char *const starts[] = { "Leraar,", "Coach,", "Vraag", "Afspraken", "Volgende stap", "Ondertekend", NULL };

  for (guint n = 1; n <= 16; n++) {
    g_autoptr (GString) words = g_string_new (NULL);
    g_autoptr (TbReportContent) report = NULL;
    g_autoptr (GBytes) pdf = NULL;
    g_autofree char *text = NULL;
    g_auto (GStrv) pages = NULL;

    for (guint i = 0; i < n; i++)
      g_string_append (words, "De klas werd stil en bijna iedereen keek daarna op. ");
    report = long_report (5, words->str);
    pdf = make_pdf (report);
    text = ask (pdf, "pdftotext -layout %s -");
    pages = g_strsplit (text, "\f", -1);
    for (guint i = 0; i < pages_of (pdf); i++) {
      char *foot = g_strrstr (pages[i], PURPOSE_NL);
      const char *last;

      g_assert_nonnull (foot);
      *foot = '\0';
      last = strrchr (g_strchomp (pages[i]), '\n');
      last = last != NULL ? last : pages[i];
      while (g_ascii_isspace (*last))
        last++;
      for (guint j = 0; starts[j] != NULL; j++)
        if (g_str_has_prefix (last, starts[j]))
          g_error ("“%s” stands alone at the end of page %u of the one with %u sentences", last, i + 1, n);
      g_assert_null (strstr (last, "Moment nummer"));
      g_assert_null (strstr (last, "in de les op"));
    }
  }
}

static void
test_long (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (TbReportContent) report = NULL;
  g_autoptr (GBytes) pdf = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *plain = NULL;

  for (guint i = 0; text->len < 3900; i++)
    g_string_append_printf (text, "zin%u van het verhaal loopt door%s", i, i % 17 == 16 ? ".\n" : ", ");
  report = long_report (8, text->str);
  pdf = make_pdf (report);
  g_assert_cmpuint (pages_of (pdf), >, 8);
  plain = ask (pdf, "pdftotext %s -");
  g_assert_cmpuint (count_of (plain, PURPOSE_NL), ==, pages_of (pdf));
  /* Every sentence, as often as it was given. */
  for (guint i = 0; i < 100; i++) {
    g_autofree char *word = g_strdup_printf ("zin%u ", i);
    g_autofree char *line_end = g_strdup_printf ("zin%u\n", i);

    g_assert_cmpuint (count_of (plain, word) + count_of (plain, line_end), ==, 16);
  }
  /* A microsecond-long limit cannot be met. */
  g_clear_pointer (&pdf, g_bytes_unref);
  pdf = tb_report_pdf (report, MADE, 1, &error);
  g_assert_null (pdf);
  g_assert_error (error, TB_ERROR, TB_ERROR_TIMEOUT);
}

static void
test_scripts (void)
{
  g_autoptr (TbReportContent) report
      = read_report ("{\"format\":1,\"language\":\"en\",\"title\":\"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\",\"coach\":"
                     "\"\xd9\x81\xd8\xa7\xd8\xb7\xd9\x85\xd8\xa9 Özdemir\",\"teacher\":\"Zoë 😀👩‍🏫\",\"context\":"
                     "\"日本語 <b>&amp;</b> %n %s \xe2\x80\x8f\",\"agreements\":[{\"text\":\"😀\"}],"
                     "\"moments\":[{},{\"coach\":\"only words\"}]}");
  g_autofree char *wide = g_strnfill (4000, 'w');
  g_autoptr (GBytes) pdf = make_pdf (report);
  g_autofree char *text = ask (pdf, "pdftotext -layout %s -");
  g_autofree char *check = ask (pdf, "qpdf --check %s");
  g_autofree char *info = ask (pdf, "pdfinfo %s");
  g_autoptr (GBytes) second = NULL;

  assert_order (text, "Zoë", "<b>&amp;</b> %n %s", "Moment 1", "Moment 2", "only words", NULL);
  g_assert_nonnull (strstr (text, "Özdemir"));
  g_assert_nonnull (strstr (info, "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"));
  g_assert_nonnull (strstr (check, "No syntax"));
  /* A word without an end. */
  g_free (report->context);
  report->context = g_steal_pointer (&wide);
  second = make_pdf (report);
  g_assert_cmpuint (pages_of (second), ==, 2);
}

static void
test_least (void)
{
  g_autoptr (TbReportContent) report = read_report ("{\"format\":1,\"language\":\"nl\"}");
  g_autoptr (GBytes) pdf = make_pdf (report);
  g_autofree char *text = ask (pdf, "pdftotext -layout %s -");
  const char *const absent[]
      = { "Coach", "Kijkvraag", "Leervraag", "Context", "Momenten", "Afspraken", "Volgende", "Ondertekend", NULL };

  assert_order (text, "Verslag van de nabespreking", PURPOSE_NL, "Pagina 1 van 1", NULL);
  for (guint i = 0; absent[i] != NULL; i++)
    g_assert_null (strstr (text, absent[i]));
}

static gpointer
make_in_thread (gpointer data)
{
  return make_pdf (data);
}

static void
test_threads (void)
{
  g_autofree char *json = full_json ();
  g_autoptr (TbReportContent) report = read_report (json);
  g_autoptr (GBytes) picture = png_picture (320, 180);
  g_autoptr (GBytes) first = NULL;
  GThread *threads[4];

  g_assert_true (tb_report_content_set_still (report, 0, picture, NULL));
  first = make_pdf (report);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("report", make_in_thread, report);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (GBytes) other = g_thread_join (threads[i]);

    g_assert_true (g_bytes_equal (first, other));
  }
}

int
main (int argc, char **argv)
{
  /* As the program does; dates must not heed it. */
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/content", test_content);
  g_test_add_func ("/report/refused", test_refused);
  g_test_add_func ("/report/dates", test_dates);
  g_test_add_func ("/report/stills", test_stills);
  g_test_add_func ("/report/dutch", test_dutch);
  g_test_add_func ("/report/english", test_english);
  g_test_add_func ("/report/eight", test_eight);
  g_test_add_func ("/report/ordinary", test_ordinary);
  g_test_add_func ("/report/stranded", test_stranded);
  g_test_add_func ("/report/long", test_long);
  g_test_add_func ("/report/scripts", test_scripts);
  g_test_add_func ("/report/least", test_least);
  g_test_add_func ("/report/threads", test_threads);
  return g_test_run ();
}
