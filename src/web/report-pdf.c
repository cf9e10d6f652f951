#include "web/report-pdf.h"

#include <string.h>

#include "web/report-finish.h"
#include "web/report-sheet.h"

#define TIME_LIMIT_MS 10000

typedef struct {
  const char *report, *purpose, *page, *of;
  const char *coach, *teacher, *group, *subject;
  const char *focus, *question, *context;
  const char *moments, *moment, *at, *ask, *coach_words, *teacher_words;
  const char *kinds[4];
  const char *agreements, *who, *due, *next, *signed_by, *note;
  const char *alt_soft, *alt_clear;
} Words;

static const Words words_nl = {
  .report = "Verslag van de nabespreking", .purpose = "Alleen voor coaching, nooit voor een beoordeling",
  .page = "Pagina", .of = "van",
  .coach = "Coach", .teacher = "Leraar", .group = "Groep", .subject = "Vak",
  .focus = "Kijkvraag", .question = "Leervraag", .context = "Context",
  .moments = "Momenten", .moment = "Moment", .at = "in de les op", .ask = "Vraag",
  .coach_words = "Coach", .teacher_words = "Leraar",
  .kinds = { "", "trots", "wil ik verder mee", "iets anders" },
  .agreements = "Afspraken", .who = "Wie", .due = "Uiterlijk", .next = "Volgende stap",
  .signed_by = "Ondertekend", .note = "Over deze versie",
  .alt_soft = "Beeld uit de les, verzacht: personen zijn niet te herkennen", .alt_clear = "Beeld uit de les",
};

static const Words words_en = {
  .report = "Report of the talk", .purpose = "For coaching only, never for appraisal",
  .page = "Page", .of = "of",
  .coach = "Coach", .teacher = "Teacher", .group = "Group", .subject = "Subject",
  .focus = "Focus question", .question = "Learning question", .context = "Context",
  .moments = "Moments", .moment = "Moment", .at = "in the lesson at", .ask = "Question",
  .coach_words = "Coach", .teacher_words = "Teacher",
  .kinds = { "", "pride", "to take further", "something else" },
  .agreements = "Agreements", .who = "Who", .due = "By", .next = "Next step",
  .signed_by = "Signed", .note = "About this version",
  .alt_soft = "Picture from the lesson, softened: persons cannot be recognised", .alt_clear = "Picture from the lesson",
};

static const Words *
words_of (const TbReportContent *report)
{
  return report->language == TB_REPORT_EN ? &words_en : &words_nl;
}

/* FIRST and SECOND with BETWEEN between, or whichever of them there is. New. */
static char *
join (const char *first, const char *between, const char *second)
{
  return g_strconcat (first, *first != '\0' && *second != '\0' ? between : "", second, NULL);
}

static void
add_head (TbSheet *sheet, const TbReportContent *report, const Words *words)
{
  g_autofree char *date = tb_report_format_date (report->language, report->date, TRUE);
  g_autofree char *under = join (report->school, ", ", date != NULL ? date : "");
  const char *const names[] = { words->coach, words->teacher, words->group, words->subject };
  const char *const values[] = { report->coach, report->teacher, report->group, report->subject };

  tb_sheet_heading (sheet, 1, *report->title != '\0' ? report->title : words->report, 0);
  tb_sheet_text (sheet, "P", TB_STYLE_BODY, under);
  tb_sheet_space (sheet, 4);
  tb_sheet_pairs (sheet, names, values, G_N_ELEMENTS (names));
  tb_sheet_purpose (sheet);
  tb_sheet_space (sheet, 5);
  tb_sheet_rule (sheet);
  tb_sheet_space (sheet, 10);
}

static void
add_section (TbSheet *sheet, const char *title, TbStyle style, const char *text)
{
  if (*text == '\0')
    return;
  tb_sheet_open (sheet, "Sect");
  tb_sheet_heading (sheet, 2, title, 50);
  tb_sheet_text (sheet, "P", style, text);
  tb_sheet_close (sheet);
  tb_sheet_space (sheet, 7);
}

static void
add_words (TbSheet *sheet, const char *role, const char *name, const char *text)
{
  g_autofree char *label = NULL;

  if (*text == '\0')
    return;
  label = join (role, ", ", name);
  tb_sheet_text (sheet, "P", TB_STYLE_LABEL, label);
  tb_sheet_text (sheet, "P", TB_STYLE_BODY, text);
}

static char *
moment_place (const TbReportMoment *moment, const Words *words)
{
  g_autofree char *from = NULL, *to = NULL, *where = NULL;

  if (moment->from == TB_TIME_NONE)
    return g_strdup (words->kinds[moment->kind]);
  from = tb_time_format_clock (moment->from);
  to = tb_time_format_clock (moment->to);
  where = g_strdup_printf ("%s %s–%s", words->at, from, to);
  return join (words->kinds[moment->kind], ", ", where);
}

static void
add_moment (TbSheet *sheet, const TbReportContent *report, guint index, const Words *words)
{
  const TbReportMoment *moment = g_ptr_array_index (report->moments, index);
  g_autofree char *plain = g_strdup_printf ("%s %u", words->moment, index + 1);
  g_autofree char *title
      = *moment->title != '\0' ? g_strdup_printf ("%u. %s", index + 1, moment->title) : g_strdup (plain);
  g_autofree char *place = moment_place (moment, words);
  double picture = moment->bytes != NULL ? tb_sheet_picture_height (moment->bytes) + 20 : 50;

  tb_sheet_open (sheet, "Sect");
  tb_sheet_heading (sheet, 3, title, picture + 14);
  tb_sheet_text (sheet, "P", TB_STYLE_SMALL, place);
  if (moment->bytes != NULL)
    tb_sheet_picture (sheet, moment->bytes);
  add_words (sheet, words->ask, "", moment->question);
  add_words (sheet, words->coach_words, report->coach, moment->coach);
  add_words (sheet, words->teacher_words, report->teacher, moment->teacher);
  tb_sheet_beside_end (sheet);
  tb_sheet_close (sheet);
  tb_sheet_space (sheet, 8);
}

static void
add_moments (TbSheet *sheet, const TbReportContent *report, const Words *words)
{
  const TbReportMoment *first;

  if (report->moments->len == 0)
    return;
  first = g_ptr_array_index (report->moments, 0);
  tb_sheet_open (sheet, "Sect");
  tb_sheet_heading (sheet, 2, words->moments,
                    first->bytes != NULL ? tb_sheet_picture_height (first->bytes) + 60 : 90);
  for (guint i = 0; i < report->moments->len; i++)
    add_moment (sheet, report, i, words);
  tb_sheet_close (sheet);
}

static void
add_agreements (TbSheet *sheet, const TbReportContent *report, const Words *words)
{
  if (report->agreements->len == 0)
    return;
  tb_sheet_open (sheet, "Sect");
  tb_sheet_heading (sheet, 2, words->agreements, 50);
  tb_sheet_open (sheet, "L");
  for (guint i = 0; i < report->agreements->len; i++) {
    const TbReportAgreement *agreement = g_ptr_array_index (report->agreements, i);
    g_autofree char *date = tb_report_format_date (report->language, agreement->due, FALSE);
    g_autofree char *who = join (*agreement->who != '\0' ? words->who : "", ": ", agreement->who);
    g_autofree char *due = date != NULL ? g_strdup_printf ("%s: %s", words->due, date) : g_strdup ("");
    g_autofree char *under = join (who, " · ", due);

    tb_sheet_open (sheet, "LI");
    tb_sheet_bullet (sheet);
    tb_sheet_open (sheet, "LBody");
    tb_sheet_text (sheet, "P", TB_STYLE_BODY, agreement->text);
    tb_sheet_space (sheet, -4);
    tb_sheet_text (sheet, "P", TB_STYLE_SMALL, under);
    tb_sheet_close (sheet);
    tb_sheet_outdent (sheet);
    tb_sheet_close (sheet);
    tb_sheet_space (sheet, 3);
  }
  tb_sheet_close (sheet);
  tb_sheet_close (sheet);
  tb_sheet_space (sheet, 7);
}

static void
add_signatures (TbSheet *sheet, const TbReportContent *report, const Words *words)
{
  if (report->signatures->len == 0)
    return;
  tb_sheet_open (sheet, "Sect");
  tb_sheet_heading (sheet, 2, words->signed_by, 20.0 * report->signatures->len);
  for (guint i = 0; i < report->signatures->len; i++) {
    const TbReportSignature *signature = g_ptr_array_index (report->signatures, i);
    g_autofree char *at = tb_report_format_wall (report->language, signature->at);
    g_autofree char *line
        = g_strdup_printf ("%s (%s): %s", signature->name,
                           signature->role == TB_REPORT_COACH ? words->coach : words->teacher, at);

    tb_sheet_text (sheet, "P", TB_STYLE_BODY, line);
  }
  tb_sheet_close (sheet);
  tb_sheet_space (sheet, 7);
}

static void
add_next (TbSheet *sheet, const TbReportContent *report, const Words *words)
{
  g_autofree char *date = tb_report_format_date (report->language, report->next_date, TRUE);
  g_autofree char *text = join (report->next_text, "\n", date != NULL ? date : "");

  add_section (sheet, words->next, TB_STYLE_BODY, text);
}

/* PAGES is how many there will be, 0 when unknown; and how many there are. */
static GBytes *
compose (const TbReportContent *report, gint64 made, gint64 deadline, guint *pages, GError **error)
{
  const Words *words = words_of (report);
  TbSheetSetup setup = { .language = report->language == TB_REPORT_EN ? "en" : "nl",
                         .purpose = words->purpose,
                         .page = words->page,
                         .of = words->of,
                         .pages = *pages,
                         .deadline = deadline };
  g_autoptr (TbSheet) sheet = tb_sheet_new (&setup);
  g_autofree char *author = join (report->coach, ", ", report->teacher);

  tb_sheet_set_properties (sheet, *report->title != '\0' ? report->title : words->report, author, words->purpose, made);
  tb_sheet_open (sheet, "Document");
  add_head (sheet, report, words);
  add_section (sheet, words->focus, TB_STYLE_LARGE, report->focus);
  add_section (sheet, words->question, TB_STYLE_LARGE, report->question);
  add_section (sheet, words->context, TB_STYLE_BODY, report->context);
  add_moments (sheet, report, words);
  add_agreements (sheet, report, words);
  add_next (sheet, report, words);
  add_signatures (sheet, report, words);
  add_section (sheet, words->note, TB_STYLE_SMALL, report->note);
  tb_sheet_close (sheet);
  return tb_sheet_finish (sheet, pages, error);
}

GBytes *
tb_report_pdf (const TbReportContent *report, gint64 made_wall, guint time_limit_ms, GError **error)
{
  const Words *words = words_of (report);
  gint64 deadline = g_get_monotonic_time () + 1000 * (gint64) (time_limit_ms > 0 ? time_limit_ms : TIME_LIMIT_MS);
  g_autoptr (GPtrArray) alts = g_ptr_array_new ();
  g_autoptr (GBytes) counted = NULL;
  g_autoptr (GBytes) drawn = NULL;
  guint pages = 0;

  /* Twice: every page says how many there are. */
  counted = compose (report, made_wall, deadline, &pages, error);
  if (counted == NULL)
    return NULL;
  drawn = compose (report, made_wall, deadline, &pages, error);
  if (drawn == NULL)
    return NULL;
  for (guint i = 0; i < report->moments->len; i++) {
    const TbReportMoment *moment = g_ptr_array_index (report->moments, i);
    const char *plain = moment->still == TB_REPORT_STILL_CLEAR ? words->alt_clear : words->alt_soft;

    if (moment->bytes != NULL)
      g_ptr_array_add (alts, *moment->alt != '\0' ? moment->alt : (gpointer) plain);
  }
  return tb_report_finish (drawn, report->language == TB_REPORT_EN ? "en" : "nl",
                           *report->title != '\0' ? report->title : words->report, (const char *const *) alts->pdata,
                           alts->len, error);
}
