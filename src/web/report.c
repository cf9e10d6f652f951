/* /api/visits/{visit}/report, and the calendar file of a planned visit. */
#include "web/routes.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"
#include "store/report-clear.h"
#include "store/report.h"
#include "store/settings.h"
#include "store/talk.h"
#include "store/view-log.h"
#include "web/calendar.h"
#include "web/coaching-news.h"
#include "web/report-draft.h"
#include "web/report-pdf.h"
#include "web/report-stills.h"

/* What a visit is taken to last: nobody writes down when one is to end. */
#define VISIT_LASTS (60 * 60 * TB_SECOND)
#define FILE_NAME_MAX 60
#define DESCRIPTION_MAX 4000

static const TbPerson *
asker (TbRequest *request)
{
  return tb_request_viewer (request)->person;
}

static const char *
visit_of (TbRequest *request)
{
  return tb_request_param (request, "visit");
}

/* "language" of the address, else that of the school. */
static gboolean
read_language (TbApp *app, TbRequest *request, TbReportLanguage *language, GError **error)
{
  const char *asked = tb_request_query (request, "language");
  g_autofree char *own = NULL;

  if (asked != NULL && !g_str_equal (asked, "nl") && !g_str_equal (asked, "en")) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "“language” in the address must be nl or en");
    return FALSE;
  }
  if (asked == NULL && !tb_settings_get (app->store, "language", &own, error))
    return FALSE;
  *language = g_strcmp0 (asked != NULL ? asked : own, "en") == 0 ? TB_REPORT_EN : TB_REPORT_NL;
  return TRUE;
}

/* --- reading --------------------------------------------------------------- */

static json_object *
clear_to_json (const GPtrArray *clear)
{
  json_object *list = json_object_new_array ();

  for (guint i = 0; i < clear->len; i++)
    json_object_array_add (list, tb_report_clear_to_json (clear->pdata[i]));
  return list;
}

/* *REPORT stays NULL when there is none. */
static gboolean
find_report (TbApp *app, TbRequest *request, TbReport **report, GError **error)
{
  g_autoptr (GError) problem = NULL;

  *report = tb_report_get (app->store, visit_of (request), asker (request)->id, &problem);
  if (*report != NULL || g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static TbReply *
get_report (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  const char *person = asker (request)->id, *side = NULL;
  TbReportLanguage language = TB_REPORT_NL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  g_autoptr (TbReport) report = NULL;
  g_autoptr (TbReportContent) draft = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (GPtrArray) clear = NULL;
  json_object *body, *list;

  if (visit == NULL || !read_language (app, request, &language, &error)
      || !tb_talk_side (app->store, visit->id, person, &side, &error) || !find_report (app, request, &report, &error)
      || (versions = tb_report_list (app->store, visit->id, person, &error)) == NULL
      || (clear = tb_report_clear_list (app->store, visit->id, person, &error)) == NULL
      || (draft = tb_report_draft (app, visit, person, language, &error)) == NULL)
    return tb_reply_error (error);
  body = json_object_new_object ();
  list = json_object_new_array ();
  for (guint i = 0; i < versions->len; i++)
    json_object_array_add (list, tb_report_to_json (versions->pdata[i], FALSE));
  tb_json_add_string (body, "side", side);
  tb_json_add (body, "report", report != NULL ? tb_report_to_json (report, TRUE) : NULL);
  tb_json_add (body, "draft", tb_report_content_to_json (draft));
  tb_json_add (body, "versions", list);
  tb_json_add (body, "clear", clear_to_json (clear));
  return tb_reply_json (200, body);
}

static TbReply *
reply_report (int status, const TbReport *report)
{
  return tb_reply_json (status, tb_report_to_json (report, TRUE));
}

static TbReply *
get_version (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbReport) report = NULL;
  guint64 number = 0;

  if (!g_ascii_string_to_unsigned (tb_request_param (request, "number"), 10, 1, G_MAXINT32, &number, NULL))
    return tb_reply_problem (404, "not-found", "There is no such report of this visit");
  report = tb_report_get_version (app->store, visit_of (request), asker (request)->id, (guint) number, &error);
  return report != NULL ? reply_report (200, report) : tb_reply_error (error);
}

/* --- writing and signing --------------------------------------------------- */

/* What BODY gives as content, in the one form it has in the store. Who signed, and what changed since, is nobody's to
 * write. New. */
static json_object *
read_content (json_object *body, const char *language, GError **error)
{
  json_object *given = NULL;
  g_autoptr (TbReportContent) content = NULL;

  if (!tb_json_get_object (body, "content", TB_JSON_REQUIRED, &given, NULL, error))
    return NULL;
  json_object_object_del (given, "signatures");
  json_object_object_del (given, "note");
  tb_json_add_string (given, "language", language);
  content = tb_report_content_from_json (given, error);
  return content != NULL ? tb_report_content_to_json (content) : NULL;
}

static TbReply *
save_report (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "seen", "language", "content", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (json_object) content = NULL;
  g_autoptr (TbReport) report = NULL;
  const char *language = NULL;
  gint64 seen = 0;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_int (body, "seen", TB_JSON_REQUIRED, 0, G_MAXINT32, &seen, NULL, &error)
      || !tb_json_get_string (body, "language", TB_JSON_REQUIRED, 2, &language, NULL, &error)
      || (content = read_content (body, language, &error)) == NULL
      || (report = tb_report_save (app->store, visit_of (request), asker (request)->id, (guint) seen, language,
                                   content, tb_clock_wall (), &error))
             == NULL)
    return tb_reply_error (error);
  tb_coaching_tell (app, visit_of (request), "report");
  return reply_report (201, report);
}

static TbReply *
sign_report (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "number", NULL };
  GError *error = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (TbReport) report = NULL;
  gint64 number = 0;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_int (body, "number", TB_JSON_REQUIRED, 1, G_MAXINT32, &number, NULL, &error)
      || (report = tb_report_sign (app->store, visit_of (request), asker (request)->id, (guint) number,
                                   tb_clock_wall (), &error))
             == NULL)
    return tb_reply_error (error);
  tb_coaching_tell (app, visit_of (request), "report");
  return reply_report (200, report);
}

static TbReply *
agree_clear (TbApp *app, TbRequest *request)
{
  static const char *const known[] = { "moment", "agree", NULL };
  GError *error = NULL;
  const char *person = asker (request)->id, *moment = NULL;
  g_autoptr (json_object) body = tb_request_json (request, &error);
  g_autoptr (GPtrArray) clear = NULL;
  gboolean agree = FALSE;
  json_object *answer;

  if (body == NULL || !tb_json_check_fields (body, known, &error)
      || !tb_json_get_string (body, "moment", TB_JSON_REQUIRED, TB_UUID_LENGTH, &moment, NULL, &error)
      || !tb_json_get_bool (body, "agree", TB_JSON_REQUIRED, &agree, NULL, &error))
    return tb_reply_error (error);
  if (!tb_uuid_is_valid (moment))
    return tb_reply_problem (400, "invalid", "“moment” must be the id of a moment");
  if (!tb_report_clear_set (app->store, visit_of (request), person, moment, agree, tb_clock_wall (), &error))
    return tb_reply_error (error);
  tb_coaching_tell (app, visit_of (request), "report");
  clear = tb_report_clear_list (app->store, visit_of (request), person, &error);
  if (clear == NULL)
    return tb_reply_error (error);
  answer = json_object_new_object ();
  tb_json_add (answer, "clear", clear_to_json (clear));
  return tb_reply_json (200, answer);
}

/* --- pictures -------------------------------------------------------------- */

/* "{moment}" of the visit, once both sides have shown theirs. *TO and *CLEAR: whether both want it clear. */
static gboolean
find_moment (TbApp *app, TbRequest *request, TbTime *from, TbTime *to, gboolean *clear, GError **error)
{
  const char *person = asker (request)->id, *id = tb_request_param (request, "moment");
  g_autoptr (TbTalk) talk = tb_talk_get (app->store, visit_of (request), person, error);
  g_autoptr (GPtrArray) moments = talk != NULL ? tb_moment_list (app->store, visit_of (request), person, error) : NULL;
  g_autoptr (GPtrArray) agreed
      = moments != NULL ? tb_report_clear_list (app->store, visit_of (request), person, error) : NULL;
  const TbMoment *moment = agreed != NULL ? tb_report_find_moment (moments, id) : NULL;

  if (agreed == NULL)
    return FALSE;
  if (talk->revealed_at == 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "Pictures are made after both lists have been shown");
    return FALSE;
  }
  if (moment == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no such moment of this visit");
    return FALSE;
  }
  *from = moment->from;
  *to = moment->to;
  *clear = tb_report_clear_both (agreed, id);
  return TRUE;
}

static TbReply *
get_still (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) tracks = NULL;
  g_autoptr (GBytes) still = NULL;
  gboolean both = FALSE;
  gint64 wanted = 0;
  TbTime from = 0, to = 0;

  if (!tb_request_query_int (request, "clear", 0, 1, 0, &wanted, &error)
      || !find_moment (app, request, &from, &to, &both, &error)
      || (tracks = tb_track_list (app->store, visit_of (request), &error)) == NULL)
    return tb_reply_error (error);
  if (tb_vault_get_state (app->vault) != TB_VAULT_OPEN)
    return tb_reply_problem (423, "locked", "The vault is locked; open it first");
  still = tb_report_still (app, tracks, from, to, !(both && wanted != 0), 0, &error);
  if (still == NULL
      || (!tb_request_is_head (request)
          && !tb_access_log_view (app, tb_request_viewer (request), visit_of (request), NULL, &error)))
    return tb_reply_error (error);
  return tb_reply_header (tb_reply_bytes (200, "image/jpeg", still), "Cache-Control", "no-store");
}

/* --- the PDF --------------------------------------------------------------- */

static void
add_signature (TbReportContent *content, TbReportRole role, const char *name, gint64 at)
{
  TbReportSignature *signature;

  if (at == 0)
    return;
  signature = tb_report_content_add_signature (content);
  g_free (signature->name);
  signature->name = g_strdup (name != NULL ? name : "");
  signature->role = role;
  signature->at = at;
}

static char *
signed_by (const TbReport *report, const char *and)
{
  const char *coach = report->coach_signed_by, *teacher = report->teacher_signed_by;

  return g_strconcat (coach != NULL ? coach : "", coach != NULL && teacher != NULL ? and : "",
                      teacher != NULL ? teacher : "", NULL);
}

/* Says of an older version that it is one, and of what was signed before this one that it was changed since. VERSIONS:
 * newest first. */
static void
write_note (TbReportContent *content, const TbReport *report, const GPtrArray *versions)
{
  gboolean english = content->language == TB_REPORT_EN;
  g_autoptr (GString) note = g_string_new (NULL);
  const TbReport *next = report;

  if (report->voided_at != 0) {
    g_autofree char *when = tb_report_format_wall (content->language, report->voided_at);

    g_string_append_printf (note, english ? "This is version %u. A newer one stands in its place since %s.\n"
                                          : "Dit is versie %u. Sinds %s geldt een nieuwere.\n", report->number, when);
  }
  for (guint i = 0; i < versions->len; i++) {
    const TbReport *one = versions->pdata[i];
    g_autofree char *who = NULL, *when = NULL;

    if (one->number >= report->number)
      continue;
    if (one->coach_signed_at == 0 && one->teacher_signed_at == 0) {
      next = one;
      continue;
    }
    who = signed_by (one, english ? " and " : " en ");
    when = tb_report_format_wall (content->language, next->at);
    g_string_append_printf (note, english ? "Version %u was signed by %s. After that, %s changed the report, on %s."
                                          : "Versie %u was ondertekend door %s. Daarna heeft %s het verslag "
                                            "gewijzigd, op %s.", one->number, who, next->person_name, when);
    break;
  }
  g_free (content->note);
  content->note = g_strchomp (g_string_free (g_steal_pointer (&note), FALSE));
}

static TbReportContent *
whole_content (TbApp *app, TbRequest *request, const TbReport *report, GError **error)
{
  const char *person = asker (request)->id;
  g_autoptr (TbReportContent) content = tb_report_content_parse (report->content, strlen (report->content), error);
  g_autoptr (GPtrArray) versions = content != NULL ? tb_report_list (app->store, report->visit, person, error) : NULL;

  if (versions == NULL || !tb_report_fill_stills (app, report->visit, person, content, error))
    return NULL;
  add_signature (content, TB_REPORT_COACH, report->coach_signed_by, report->coach_signed_at);
  add_signature (content, TB_REPORT_TEACHER, report->teacher_signed_by, report->teacher_signed_at);
  write_note (content, report, versions);
  return g_steal_pointer (&content);
}

/* "verslag-rekenen-groep-5-2026-11-22.pdf", of letters that every system knows. */
static char *
file_name (const TbReportContent *content)
{
  gboolean english = content->language == TB_REPORT_EN;
  g_autofree char *plain = g_str_to_ascii (content->title, english ? "en" : "nl");
  GString *name = g_string_new (english ? "report" : "verslag");
  gboolean between = TRUE;

  for (const char *c = plain; *c != '\0' && name->len < FILE_NAME_MAX; c++) {
    if (g_ascii_isalnum (*c)) {
      g_string_append_printf (name, "%s%c", between ? "-" : "", g_ascii_tolower (*c));
      between = FALSE;
    } else {
      between = TRUE;
    }
  }
  g_string_append_printf (name, "%s%s.pdf", *content->date != '\0' ? "-" : "", content->date);
  return g_string_free (name, FALSE);
}

/* When what it says was last changed: equal reports are equal files. */
static gint64
made_at (const TbReport *report)
{
  return MAX (MAX (report->at, report->voided_at), MAX (report->coach_signed_at, report->teacher_signed_at));
}

static gboolean
write_log (TbApp *app, TbRequest *request, const TbReport *report, GError **error)
{
  g_autofree char *number = g_strdup_printf ("%u", report->number);

  if (tb_request_is_head (request))
    return TRUE;
  return tb_view_log_add (app->store, tb_clock_wall (), asker (request)->id, asker (request)->name, report->visit, NULL,
                          "report", number, error);
}

static TbReply *
get_pdf (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  gint64 number = 0;
  g_autoptr (TbReport) report = NULL;
  g_autoptr (TbReportContent) content = NULL;
  g_autoptr (GBytes) pdf = NULL;
  g_autofree char *name = NULL, *disposition = NULL;
  TbReply *reply;

  if (!tb_request_query_int (request, "number", 1, G_MAXINT32, 0, &number, &error)
      || (report = tb_report_get_version (app->store, visit_of (request), asker (request)->id, (guint) number, &error))
             == NULL
      || (content = whole_content (app, request, report, &error)) == NULL
      || (pdf = tb_report_pdf (content, made_at (report), 0, &error)) == NULL
      || !write_log (app, request, report, &error))
    return tb_reply_error (error);
  name = file_name (content);
  disposition = g_strdup_printf ("inline; filename=\"%s\"", name);
  reply = tb_reply_bytes (200, "application/pdf", pdf);
  tb_reply_header (reply, "Cache-Control", "no-store");
  return tb_reply_header (reply, "Content-Disposition", disposition);
}

/* --- the calendar ---------------------------------------------------------- */

/* The kijkvraag, without what a calendar file cannot hold. New. */
static char *
describe (const TbVisit *visit, TbReportLanguage language)
{
  GString *text = g_string_new (NULL);

  if (*visit->focus != '\0')
    g_string_append (text, language == TB_REPORT_EN ? "Focus question: " : "Kijkvraag: ");
  for (const char *c = visit->focus; *c != '\0' && g_utf8_strlen (text->str, -1) < DESCRIPTION_MAX;
       c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    g_string_append_unichar (text, tb_report_may_hold (character, TRUE) ? character : ' ');
  }
  return g_string_free (text, FALSE);
}

static TbReply *
get_calendar (TbApp *app, TbRequest *request)
{
  GError *error = NULL;
  g_autoptr (TbVisit) visit = tb_routes_visit (app, request, &error);
  TbReportLanguage language = TB_REPORT_NL;
  TbCalendarVisit event = { .stamp = tb_clock_wall () };
  g_autofree char *uid = NULL, *description = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *text;
  TbReply *reply;

  if (visit == NULL || !read_language (app, request, &language, &error))
    return tb_reply_error (error);
  if (visit->planned_at == 0)
    return tb_reply_problem (409, "conflict", "This visit has no planned time yet");
  uid = g_strconcat (visit->id, "@terugblik", NULL);
  description = describe (visit, language);
  event.uid = uid;
  event.start = visit->planned_at;
  event.end = visit->planned_at + VISIT_LASTS;
  /* Calendars take a file over the one before only when this is higher. */
  event.sequence = MAX (0, (event.stamp - visit->created_at) / (60 * TB_SECOND));
  event.summary = language == TB_REPORT_EN ? "Classroom visit" : "Klassenbezoek";
  event.description = description;
  text = tb_calendar_visit (&event, &error);
  if (text == NULL)
    return tb_reply_error (error);
  bytes = g_bytes_new_take (text, strlen (text));
  reply = tb_reply_bytes (200, "text/calendar; charset=utf-8", bytes);
  tb_reply_header (reply, "Cache-Control", "no-store");
  return tb_reply_header (reply, "Content-Disposition", language == TB_REPORT_EN
                                                            ? "attachment; filename=\"classroom-visit.ics\""
                                                            : "attachment; filename=\"klassenbezoek.ics\"");
}

const TbRoute tb_routes_report[] = {
  { "GET", "/api/visits/{visit}/report", get_report, 0 },
  { "POST", "/api/visits/{visit}/report", save_report, TB_REPORT_MAX + 64 * 1024 },
  { "POST", "/api/visits/{visit}/report/sign", sign_report, 16 * 1024 },
  { "GET", "/api/visits/{visit}/report/versions/{number}", get_version, 0 },
  { "POST", "/api/visits/{visit}/report/clear", agree_clear, 16 * 1024 },
  { "GET", "/api/visits/{visit}/report/stills/{moment}", get_still, 0 },
  { "GET", "/api/visits/{visit}/report/verslag.pdf", get_pdf, 0 },
  { "GET", "/api/visits/{visit}/bezoek.ics", get_calendar, 0 },
  { NULL },
};
