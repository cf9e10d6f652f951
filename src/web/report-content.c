#include "web/report-content.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"

typedef struct {
  const char *name;
  int value;
} Word;

static const Word languages[] = { { "nl", TB_REPORT_NL }, { "en", TB_REPORT_EN }, { NULL, 0 } };
static const Word kinds[]
    = { { "pride", TB_REPORT_PRIDE }, { "improve", TB_REPORT_IMPROVE }, { "other", TB_REPORT_OTHER }, { NULL, 0 } };
static const Word stills[] = { { "soft", TB_REPORT_STILL_SOFT }, { "clear", TB_REPORT_STILL_CLEAR }, { NULL, 0 } };
static const Word roles[] = { { "coach", TB_REPORT_COACH }, { "teacher", TB_REPORT_TEACHER }, { NULL, 0 } };

static void
moment_free (gpointer data)
{
  TbReportMoment *moment = data;

  g_free (moment->id);
  g_free (moment->title);
  g_free (moment->question);
  g_free (moment->coach);
  g_free (moment->teacher);
  g_free (moment->alt);
  g_clear_pointer (&moment->bytes, g_bytes_unref);
  g_free (moment);
}

static void
agreement_free (gpointer data)
{
  TbReportAgreement *agreement = data;

  g_free (agreement->text);
  g_free (agreement->who);
  g_free (agreement->due);
  g_free (agreement);
}

static void
signature_free (gpointer data)
{
  TbReportSignature *signature = data;

  g_free (signature->name);
  g_free (signature);
}

TbReportContent *
tb_report_content_new (TbReportLanguage language)
{
  TbReportContent *report = g_new0 (TbReportContent, 1);

  report->language = language;
  report->school = g_strdup ("");
  report->title = g_strdup ("");
  report->date = g_strdup ("");
  report->coach = g_strdup ("");
  report->teacher = g_strdup ("");
  report->group = g_strdup ("");
  report->subject = g_strdup ("");
  report->context = g_strdup ("");
  report->focus = g_strdup ("");
  report->question = g_strdup ("");
  report->next_text = g_strdup ("");
  report->next_date = g_strdup ("");
  report->note = g_strdup ("");
  report->moments = g_ptr_array_new_with_free_func (moment_free);
  report->agreements = g_ptr_array_new_with_free_func (agreement_free);
  report->signatures = g_ptr_array_new_with_free_func (signature_free);
  return report;
}

void
tb_report_content_free (TbReportContent *report)
{
  g_free (report->school);
  g_free (report->title);
  g_free (report->date);
  g_free (report->coach);
  g_free (report->teacher);
  g_free (report->group);
  g_free (report->subject);
  g_free (report->context);
  g_free (report->focus);
  g_free (report->question);
  g_free (report->next_text);
  g_free (report->next_date);
  g_free (report->note);
  g_ptr_array_unref (report->moments);
  g_ptr_array_unref (report->agreements);
  g_ptr_array_unref (report->signatures);
  g_free (report);
}

TbReportMoment *
tb_report_content_add_moment (TbReportContent *report)
{
  TbReportMoment *moment = g_new0 (TbReportMoment, 1);

  moment->id = g_strdup ("");
  moment->title = g_strdup ("");
  moment->question = g_strdup ("");
  moment->coach = g_strdup ("");
  moment->teacher = g_strdup ("");
  moment->alt = g_strdup ("");
  moment->from = moment->to = TB_TIME_NONE;
  g_ptr_array_add (report->moments, moment);
  return moment;
}

TbReportAgreement *
tb_report_content_add_agreement (TbReportContent *report)
{
  TbReportAgreement *agreement = g_new0 (TbReportAgreement, 1);

  agreement->text = g_strdup ("");
  agreement->who = g_strdup ("");
  agreement->due = g_strdup ("");
  g_ptr_array_add (report->agreements, agreement);
  return agreement;
}

TbReportSignature *
tb_report_content_add_signature (TbReportContent *report)
{
  TbReportSignature *signature = g_new0 (TbReportSignature, 1);

  signature->name = g_strdup ("");
  g_ptr_array_add (report->signatures, signature);
  return signature;
}

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (GError **error, const char *field, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "“%s” %s", field, text);
  return FALSE;
}

gboolean
tb_report_may_hold (gunichar c, gboolean lines)
{
  if (c == '\n' || c == '\t')
    return lines;
  if (c < 0x20 || (c >= 0x7f && c < 0xa0))
    return FALSE;
  /* Overrides and isolates of direction: what is read is not what was written. */
  if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
    return FALSE;
  /* Line and paragraph separators, annotation marks, the sign for "unreadable", and non-characters. */
  return c != 0x2028 && c != 0x2029 && c != 0xfeff && !(c >= 0xfff9 && c <= 0xffff) && !(c >= 0xfdd0 && c <= 0xfdef)
         && (c & 0xfffe) != 0xfffe;
}

/* Replaces *VALUE when FIELD is there. */
static gboolean
get_text (json_object *object, const char *field, TbJsonFlags flags, gboolean lines, char **value, GError **error)
{
  const char *text = NULL;
  gboolean found = FALSE;

  if (!tb_json_get_string (object, field, flags, lines ? TB_REPORT_TEXT_MAX : TB_REPORT_LINE_MAX, &text, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (!tb_report_may_hold (g_utf8_get_char (c), lines))
      return refuse (error, field, "has a character that a report cannot have (U+%04X)", g_utf8_get_char (c));
  g_free (*value);
  *value = g_strdup (text);
  return TRUE;
}

static gboolean
get_line (json_object *object, const char *field, TbJsonFlags flags, char **value, GError **error)
{
  return get_text (object, field, flags, FALSE, value, error);
}

/* A null leaves *VALUE as it is. */
static gboolean
get_word (json_object *object, const char *field, TbJsonFlags flags, const Word *words, int *value, GError **error)
{
  const char *text = NULL;
  gboolean found = FALSE;

  if (!tb_json_get_string (object, field, flags, 20, &text, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  for (; words->name != NULL; words++)
    if (g_str_equal (words->name, text)) {
      *value = words->value;
      return TRUE;
    }
  return refuse (error, field, "is none of the words it can be");
}

static const char *
word_name (const Word *words, int value)
{
  for (; words->name != NULL; words++)
    if (words->value == value)
      return words->name;
  return NULL;
}

static gboolean
read_date (const char *text, GDate *date)
{
  int year, month, day;

  if (strlen (text) != 10 || text[4] != '-' || text[7] != '-')
    return FALSE;
  for (int i = 0; i < 10; i++)
    if (i != 4 && i != 7 && !g_ascii_isdigit (text[i]))
      return FALSE;
  year = atoi (text);
  month = atoi (text + 5);
  day = atoi (text + 8);
  if (year < 1900 || !g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return FALSE;
  g_date_clear (date, 1);
  g_date_set_dmy (date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return TRUE;
}

static gboolean
get_date (json_object *object, const char *field, char **value, GError **error)
{
  GDate date;

  if (!get_line (object, field, TB_JSON_OPTIONAL, value, error))
    return FALSE;
  if (**value != '\0' && !read_date (*value, &date))
    return refuse (error, field, "is not a date as 2026-11-22");
  return TRUE;
}

static gboolean
id_is_valid (const char *id)
{
  return strlen (id) == 36 && g_uuid_string_is_valid (id) && strpbrk (id, "ABCDEF") == NULL;
}

static gboolean
read_moment (json_object *object, TbReportContent *report, GError **error)
{
  static const char *const known[]
      = { "id", "title", "from", "to", "kind", "question", "coach", "teacher", "still", "alt", NULL };
  TbReportMoment *moment = tb_report_content_add_moment (report);
  int kind = TB_REPORT_KIND_NONE, still = TB_REPORT_STILL_NONE;

  if (!tb_json_check_fields (object, known, error)
      || !get_line (object, "id", TB_JSON_OPTIONAL, &moment->id, error)
      || !get_line (object, "title", TB_JSON_OPTIONAL, &moment->title, error)
      || !tb_json_get_time (object, "from", TB_JSON_OPTIONAL, &moment->from, NULL, error)
      || !tb_json_get_time (object, "to", TB_JSON_OPTIONAL, &moment->to, NULL, error)
      || !get_word (object, "kind", TB_JSON_OPTIONAL, kinds, &kind, error)
      || !get_text (object, "question", TB_JSON_OPTIONAL, TRUE, &moment->question, error)
      || !get_text (object, "coach", TB_JSON_OPTIONAL, TRUE, &moment->coach, error)
      || !get_text (object, "teacher", TB_JSON_OPTIONAL, TRUE, &moment->teacher, error)
      || !get_word (object, "still", TB_JSON_OPTIONAL, stills, &still, error)
      || !get_line (object, "alt", TB_JSON_OPTIONAL, &moment->alt, error))
    return FALSE;
  moment->kind = (TbReportKind) kind;
  moment->still = (TbReportStill) still;
  if (*moment->id != '\0' && !id_is_valid (moment->id))
    return refuse (error, "id", "is not a UUID in lower case");
  if ((moment->from == TB_TIME_NONE) != (moment->to == TB_TIME_NONE))
    return refuse (error, "to", "must be there when “from” is, and the other way round");
  if (moment->from != TB_TIME_NONE && (moment->from < 0 || moment->to < moment->from))
    return refuse (error, "to", "must not be before “from”, nor “from” before the lesson");
  return TRUE;
}

static gboolean
read_agreement (json_object *object, TbReportContent *report, GError **error)
{
  static const char *const known[] = { "text", "who", "due", NULL };
  TbReportAgreement *agreement = tb_report_content_add_agreement (report);

  return tb_json_check_fields (object, known, error)
         && get_text (object, "text", TB_JSON_REQUIRED | TB_JSON_NOT_EMPTY, TRUE, &agreement->text, error)
         && get_line (object, "who", TB_JSON_OPTIONAL, &agreement->who, error)
         && get_date (object, "due", &agreement->due, error);
}

static gboolean
read_signature (json_object *object, TbReportContent *report, GError **error)
{
  static const char *const known[] = { "name", "role", "at", NULL };
  TbReportSignature *signature = tb_report_content_add_signature (report);
  int role = 0;

  if (!tb_json_check_fields (object, known, error)
      || !get_line (object, "name", TB_JSON_REQUIRED | TB_JSON_NOT_EMPTY, &signature->name, error)
      || !get_word (object, "role", TB_JSON_REQUIRED, roles, &role, error)
      || !tb_json_get_wall (object, "at", TB_JSON_REQUIRED, &signature->at, NULL, error))
    return FALSE;
  signature->role = (TbReportRole) role;
  /* 0 is "none" in JSON and could not be written back. */
  return signature->at > 0 || refuse (error, "at", "is before 1970");
}

static gboolean
read_list (json_object *object, const char *field, gsize max,
           gboolean (*read_item) (json_object *, TbReportContent *, GError **), TbReportContent *report, GError **error)
{
  json_object *list = NULL;

  if (!tb_json_get_array (object, field, TB_JSON_OPTIONAL, max, &list, NULL, error))
    return FALSE;
  for (gsize i = 0; list != NULL && i < json_object_array_length (list); i++)
    if (!read_item (json_object_array_get_idx (list, i), report, error)) {
      g_prefix_error (error, "%s[%" G_GSIZE_FORMAT "]: ", field, i);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_next (json_object *object, TbReportContent *report, GError **error)
{
  static const char *const known[] = { "text", "date", NULL };
  json_object *next = NULL;

  if (!tb_json_get_object (object, "next", TB_JSON_OPTIONAL, &next, NULL, error))
    return FALSE;
  if (next == NULL)
    return TRUE;
  if (tb_json_check_fields (next, known, error)
      && get_text (next, "text", TB_JSON_OPTIONAL, TRUE, &report->next_text, error)
      && get_date (next, "date", &report->next_date, error))
    return TRUE;
  g_prefix_error (error, "next: ");
  return FALSE;
}

static gboolean
read_head (json_object *object, TbReportContent *report, GError **error)
{
  static const char *const known[]
      = { "format",  "language", "school",   "title",   "date",       "coach", "teacher",    "group", "subject",
          "context", "focus",    "question", "moments", "agreements", "next",  "signatures", "note",  NULL };
  gint64 format;
  int language = 0;

  if (!tb_json_check_fields (object, known, error)
      || !tb_json_get_int (object, "format", TB_JSON_REQUIRED, 1, TB_REPORT_FORMAT, &format, NULL, error)
      || !get_word (object, "language", TB_JSON_REQUIRED, languages, &language, error))
    return FALSE;
  report->language = (TbReportLanguage) language;
  return get_line (object, "school", TB_JSON_OPTIONAL, &report->school, error)
         && get_line (object, "title", TB_JSON_OPTIONAL, &report->title, error)
         && get_date (object, "date", &report->date, error)
         && get_line (object, "coach", TB_JSON_OPTIONAL, &report->coach, error)
         && get_line (object, "teacher", TB_JSON_OPTIONAL, &report->teacher, error)
         && get_line (object, "group", TB_JSON_OPTIONAL, &report->group, error)
         && get_line (object, "subject", TB_JSON_OPTIONAL, &report->subject, error)
         && get_text (object, "context", TB_JSON_OPTIONAL, TRUE, &report->context, error)
         && get_text (object, "focus", TB_JSON_OPTIONAL, TRUE, &report->focus, error)
         && get_text (object, "question", TB_JSON_OPTIONAL, TRUE, &report->question, error)
         && get_text (object, "note", TB_JSON_OPTIONAL, TRUE, &report->note, error);
}

TbReportContent *
tb_report_content_from_json (json_object *object, GError **error)
{
  g_autoptr (TbReportContent) report = tb_report_content_new (TB_REPORT_NL);

  if (!read_head (object, report, error)
      || !read_list (object, "moments", TB_REPORT_MOMENTS_MAX, read_moment, report, error)
      || !read_list (object, "agreements", TB_REPORT_AGREEMENTS_MAX, read_agreement, report, error)
      || !read_next (object, report, error)
      || !read_list (object, "signatures", TB_REPORT_SIGNATURES_MAX, read_signature, report, error))
    return NULL;
  return g_steal_pointer (&report);
}

TbReportContent *
tb_report_content_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (json_object) object = NULL;

  if (length > TB_REPORT_JSON_MAX) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_TOO_LARGE, "A report of more than 256 KiB is too large");
    return NULL;
  }
  object = tb_json_parse (text, length, error);
  return object != NULL ? tb_report_content_from_json (object, error) : NULL;
}

static void
add_date (json_object *object, const char *field, const char *date)
{
  tb_json_add_string (object, field, *date != '\0' ? date : NULL);
}

static json_object *
moment_to_json (const TbReportMoment *moment)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "id", *moment->id != '\0' ? moment->id : NULL);
  tb_json_add_string (object, "title", moment->title);
  tb_json_add_time (object, "from", moment->from);
  tb_json_add_time (object, "to", moment->to);
  tb_json_add_string (object, "kind", word_name (kinds, moment->kind));
  tb_json_add_string (object, "question", moment->question);
  tb_json_add_string (object, "coach", moment->coach);
  tb_json_add_string (object, "teacher", moment->teacher);
  tb_json_add_string (object, "still", word_name (stills, moment->still));
  tb_json_add_string (object, "alt", moment->alt);
  return object;
}

static json_object *
lists_to_json (const TbReportContent *report, json_object *object)
{
  json_object *moments = json_object_new_array ();
  json_object *agreements = json_object_new_array ();
  json_object *signatures = json_object_new_array ();
  json_object *next = json_object_new_object ();

  for (guint i = 0; i < report->moments->len; i++)
    json_object_array_add (moments, moment_to_json (g_ptr_array_index (report->moments, i)));
  for (guint i = 0; i < report->agreements->len; i++) {
    const TbReportAgreement *agreement = g_ptr_array_index (report->agreements, i);
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "text", agreement->text);
    tb_json_add_string (item, "who", agreement->who);
    add_date (item, "due", agreement->due);
    json_object_array_add (agreements, item);
  }
  for (guint i = 0; i < report->signatures->len; i++) {
    const TbReportSignature *signature = g_ptr_array_index (report->signatures, i);
    json_object *item = json_object_new_object ();

    tb_json_add_string (item, "name", signature->name);
    tb_json_add_string (item, "role", word_name (roles, signature->role));
    tb_json_add_wall (item, "at", signature->at);
    json_object_array_add (signatures, item);
  }
  tb_json_add_string (next, "text", report->next_text);
  add_date (next, "date", report->next_date);
  tb_json_add (object, "moments", moments);
  tb_json_add (object, "agreements", agreements);
  tb_json_add (object, "next", next);
  tb_json_add (object, "signatures", signatures);
  return object;
}

json_object *
tb_report_content_to_json (const TbReportContent *report)
{
  json_object *object = json_object_new_object ();

  tb_json_add_int (object, "format", TB_REPORT_FORMAT);
  tb_json_add_string (object, "language", word_name (languages, report->language));
  tb_json_add_string (object, "school", report->school);
  tb_json_add_string (object, "title", report->title);
  add_date (object, "date", report->date);
  tb_json_add_string (object, "coach", report->coach);
  tb_json_add_string (object, "teacher", report->teacher);
  tb_json_add_string (object, "group", report->group);
  tb_json_add_string (object, "subject", report->subject);
  tb_json_add_string (object, "context", report->context);
  tb_json_add_string (object, "focus", report->focus);
  tb_json_add_string (object, "question", report->question);
  lists_to_json (report, object);
  tb_json_add_string (object, "note", report->note);
  return object;
}

char *
tb_report_content_to_text (const TbReportContent *report)
{
  g_autoptr (json_object) object = tb_report_content_to_json (report);

  return tb_json_to_text (object);
}

/* PNG's specification (ISO/IEC 15948) 5.2 and 11.2.2: signature, then IHDR. */
static gboolean
look_at_png (const guint8 *bytes, gsize length, guint *width, guint *height)
{
  static const guint8 head[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R' };

  if (length < 33 || memcmp (bytes, head, sizeof head) != 0)
    return FALSE;
  *width = (guint) bytes[16] << 24 | (guint) bytes[17] << 16 | (guint) bytes[18] << 8 | bytes[19];
  *height = (guint) bytes[20] << 24 | (guint) bytes[21] << 16 | (guint) bytes[22] << 8 | bytes[23];
  return TRUE;
}

/* ITU-T T.81, B.1 and B.2.2: markers until the frame header. */
static gboolean
look_at_jpeg (const guint8 *bytes, gsize length, guint *width, guint *height)
{
  gsize at = 2;

  if (length < 4 || bytes[0] != 0xff || bytes[1] != 0xd8)
    return FALSE;
  while (at + 4 <= length) {
    guint8 marker = bytes[at + 1];
    gsize size = (gsize) bytes[at + 2] << 8 | bytes[at + 3];

    if (bytes[at] != 0xff)
      return FALSE;
    if (marker == 0xff) {
      at++;
      continue;
    }
    if (marker == 0xc0 || marker == 0xc1 || marker == 0xc2) {
      if (size < 11 || at + 2 + size > length || bytes[at + 4] != 8 || (bytes[at + 9] != 1 && bytes[at + 9] != 3))
        return FALSE;
      *height = (guint) bytes[at + 5] << 8 | bytes[at + 6];
      *width = (guint) bytes[at + 7] << 8 | bytes[at + 8];
      return TRUE;
    }
    /* The scan, the end, and the frames of other processes: no picture for us. */
    if (size < 2 || marker == 0xda || marker == 0xd9
        || (marker > 0xc2 && marker <= 0xcf && marker != 0xc4 && marker != 0xcc))
      return FALSE;
    at += 2 + size;
  }
  return FALSE;
}

gboolean
tb_report_look_at_picture (const guint8 *bytes, gsize length, TbReportPicture *kind, guint *width, guint *height)
{
  TbReportPicture found;

  if (look_at_png (bytes, length, width, height))
    found = TB_REPORT_PICTURE_PNG;
  else if (look_at_jpeg (bytes, length, width, height))
    found = TB_REPORT_PICTURE_JPEG;
  else
    return FALSE;
  if (*width < 1 || *height < 1 || *width > TB_REPORT_STILL_SIDE_MAX || *height > TB_REPORT_STILL_SIDE_MAX)
    return FALSE;
  if (kind != NULL)
    *kind = found;
  return TRUE;
}

gboolean
tb_report_content_set_still (TbReportContent *report, guint index, GBytes *picture, GError **error)
{
  TbReportMoment *moment;
  gsize length = 0;
  const guint8 *bytes = picture != NULL ? g_bytes_get_data (picture, &length) : NULL;
  guint width, height;

  if (index >= report->moments->len) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "The report has no moment %u", index);
    return FALSE;
  }
  if (length > TB_REPORT_STILL_BYTES_MAX) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_TOO_LARGE, "The still picture is larger than 8 MiB");
    return FALSE;
  }
  if (picture != NULL && (bytes == NULL || !tb_report_look_at_picture (bytes, length, NULL, &width, &height))) {
    g_set_error (error, TB_ERROR, TB_ERROR_INVALID, "The still picture is no PNG or JPEG of at most %d pixels a side",
                 TB_REPORT_STILL_SIDE_MAX);
    return FALSE;
  }
  moment = g_ptr_array_index (report->moments, index);
  g_clear_pointer (&moment->bytes, g_bytes_unref);
  moment->bytes = picture != NULL ? g_bytes_ref (picture) : NULL;
  return TRUE;
}

static char *
date_text (TbReportLanguage language, int weekday, int day, int month, int year)
{
  static const char *const days_nl[]
      = { "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag" };
  static const char *const days_en[]
      = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
  static const char *const months_nl[] = { "januari", "februari", "maart",     "april",   "mei",      "juni",
                                           "juli",    "augustus", "september", "oktober", "november", "december" };
  static const char *const months_en[] = { "January", "February", "March",     "April",   "May",      "June",
                                           "July",    "August",   "September", "October", "November", "December" };
  const char *const *days = language == TB_REPORT_EN ? days_en : days_nl;
  const char *const *months = language == TB_REPORT_EN ? months_en : months_nl;

  return g_strdup_printf ("%s%s%d %s %d", weekday > 0 ? days[weekday - 1] : "", weekday > 0 ? " " : "", day,
                          months[month - 1], year);
}

char *
tb_report_format_date (TbReportLanguage language, const char *date, gboolean weekday)
{
  GDate read;

  if (!read_date (date, &read))
    return NULL;
  return date_text (language, weekday ? (int) g_date_get_weekday (&read) : 0, g_date_get_day (&read),
                    (int) g_date_get_month (&read), g_date_get_year (&read));
}

char *
tb_report_format_wall (TbReportLanguage language, gint64 wall)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Amsterdam");
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (wall / TB_SECOND);
  g_autoptr (GDateTime) local = zone != NULL ? g_date_time_to_timezone (utc, zone) : g_date_time_ref (utc);
  g_autofree char *date = date_text (language, 0, g_date_time_get_day_of_month (local), g_date_time_get_month (local),
                                     g_date_time_get_year (local));

  return g_strdup_printf ("%s, %d:%02d%s", date, g_date_time_get_hour (local), g_date_time_get_minute (local),
                          zone == NULL ? " UTC" : "");
}
