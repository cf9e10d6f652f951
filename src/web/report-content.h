/* What a report (verslag) of a talk says, apart from how it looks.
 *
 * Its form as JSON is schemas/report.schema.json; that is what the store
 * keeps. Texts are checked whole while reading: lengths, counts, and no
 * characters that hide or turn round text (controls, direction overrides) or
 * that stand for something unreadable (U+FFFD, which json-c makes of a lone
 * surrogate). A text may have line ends ("\n") and tabs; a line may not.
 *
 * A report has no thread of its own: whoever made it may read and change it;
 * readers on several threads need that nobody changes it. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"

#define TB_REPORT_FORMAT 1
/* In characters. */
#define TB_REPORT_LINE_MAX 200
#define TB_REPORT_TEXT_MAX 4000
#define TB_REPORT_MOMENTS_MAX 12
#define TB_REPORT_AGREEMENTS_MAX 20
#define TB_REPORT_SIGNATURES_MAX 4
/* The JSON as text, in bytes. */
#define TB_REPORT_JSON_MAX (256 * 1024)
/* Of one still. */
#define TB_REPORT_STILL_BYTES_MAX (8 * 1024 * 1024)
#define TB_REPORT_STILL_SIDE_MAX 4096

typedef enum { TB_REPORT_NL = 1, TB_REPORT_EN } TbReportLanguage;

/* JSON: null, "pride", "improve", "other". */
typedef enum { TB_REPORT_KIND_NONE, TB_REPORT_PRIDE, TB_REPORT_IMPROVE, TB_REPORT_OTHER } TbReportKind;

/* Whether a moment has a picture, and how it is shown. JSON: null, "soft",
 * "clear". Says what the caller is to fetch; the bytes are not in the JSON. */
typedef enum { TB_REPORT_STILL_NONE, TB_REPORT_STILL_SOFT, TB_REPORT_STILL_CLEAR } TbReportStill;

typedef enum { TB_REPORT_COACH = 1, TB_REPORT_TEACHER } TbReportRole;

/* In all structs: strings are owned and never NULL; "" is left out of what is
 * shown. A date is "" or YYYY-MM-DD. */
typedef struct {
  char *id; /* of the moment in the store, a UUID in lower case; "" for none */
  char *title;
  TbTime from, to; /* on the visit's timeline; TB_TIME_NONE both or neither, from <= to */
  TbReportKind kind;
  char *question;
  char *coach;   /* the coach's words */
  char *teacher; /* the teacher's words */
  TbReportStill still;
  char *alt;     /* what the picture shows, for who cannot see it */
  GBytes *bytes; /* tb_report_content_set_still; NULL without */
} TbReportMoment;

typedef struct {
  char *text; /* never "" */
  char *who;
  char *due;
} TbReportAgreement;

typedef struct {
  char *name; /* never "" */
  TbReportRole role;
  gint64 at; /* wall */
} TbReportSignature;

typedef struct {
  TbReportLanguage language;
  char *school;
  char *title;
  char *date; /* of the lesson */
  char *coach, *teacher;
  char *group, *subject;
  char *context;
  char *focus;    /* kijkvraag */
  char *question; /* leervraag */
  GPtrArray *moments;    /* TbReportMoment */
  GPtrArray *agreements; /* TbReportAgreement */
  char *next_text, *next_date;
  GPtrArray *signatures; /* TbReportSignature */
  char *note; /* on versions: what changed since it was signed, by whom */
} TbReportContent;

/* An empty report. New. */
TbReportContent *tb_report_content_new (TbReportLanguage language);
void tb_report_content_free (TbReportContent *report);

/* Another at the end of its list, with every field empty. Borrowed. */
TbReportMoment *tb_report_content_add_moment (TbReportContent *report);
TbReportAgreement *tb_report_content_add_agreement (TbReportContent *report);
TbReportSignature *tb_report_content_add_signature (TbReportContent *report);

/* Whether a text (LINES), or a line, of a report may have CHARACTER in it. */
gboolean tb_report_may_hold (gunichar character, gboolean lines);

/* Errors are TB_ERROR_INVALID (the message names the field, with its place in
 * a list: "moments[2]: …") and TB_ERROR_TOO_LARGE. Absent fields are empty;
 * "format" and "language" must be there. New. */
TbReportContent *tb_report_content_parse (const char *text, gsize length, GError **error);
TbReportContent *tb_report_content_from_json (json_object *object, GError **error);

/* All fields, always in the same order: equal reports give equal texts. New. */
json_object *tb_report_content_to_json (const TbReportContent *report);
char *tb_report_content_to_text (const TbReportContent *report);

/* Puts a picture, PNG or baseline or progressive JPEG (grey or colour), at
 * the moment INDEX; NULL takes it away. Takes a reference. What it is, and
 * its size, is read from its head; the picture is not decoded here.
 * Errors: TB_ERROR_INVALID, TB_ERROR_TOO_LARGE, TB_ERROR_NOT_FOUND (index). */
gboolean tb_report_content_set_still (TbReportContent *report, guint index, GBytes *picture, GError **error);

/* Whether BYTES begin as a picture that may stand in a report, and its sides
 * in pixels. WIDTH and HEIGHT must be given. */
typedef enum { TB_REPORT_PICTURE_PNG = 1, TB_REPORT_PICTURE_JPEG } TbReportPicture;
gboolean tb_report_look_at_picture (const guint8 *bytes, gsize length, TbReportPicture *kind, guint *width,
                                    guint *height);

/* "zondag 22 november 2026", "Sunday 22 November 2026" of YYYY-MM-DD, and
 * without the day of the week. Free of the machine's locale. New; NULL when
 * DATE is none. */
char *tb_report_format_date (TbReportLanguage language, const char *date, gboolean weekday);
/* "22 november 2026, 16:04": WALL on the clock of Europe/Amsterdam, or in
 * UTC, and saying so, on a machine without time zones. New. */
char *tb_report_format_wall (TbReportLanguage language, gint64 wall);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbReportContent, tb_report_content_free)
