/* Reports (verslagen): one of each visit, edited by coach and teacher, signed by
 * both. Every form it had stays as a version with what was signed of it; a change
 * voids both signatures, and it is final only when both signed the same version.
 *
 * Anybody but the visit's coach and teacher gets TB_ERROR_DENIED from every function;
 * after a handover the trajectory's coach reads those that the teacher let go along, of
 * visits that were not handed over too. After the trajectory is closed nothing changes (TB_ERROR_CONFLICT). "at" and
 * "now_wall" are wall nanoseconds, 0 when not set. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/store.h"

#define TB_REPORT_MAX (256 * 1024) /* bytes of compact JSON */

/* One version. Strings are owned, and never NULL but where said. */
typedef struct {
  char *visit;
  guint number;               /* 1, 2, 3… */
  char *language;             /* "nl" or "en" */
  char *content;              /* JSON text of an object, of the page's making */
  char *person, *person_name; /* who made this version */
  gint64 at;
  gint64 coach_signed_at, teacher_signed_at;
  char *coach_signed_by, *teacher_signed_by; /* names; NULL when not signed */
  gint64 voided_at;           /* since when a newer version stands in its place; its signatures do not count */
  gint64 final_at;            /* both signed it and it is the newest */
} TbReport;

void tb_report_free (TbReport *report);
/* {"visit","number","language","content":{…} (null without WITH_CONTENT),"person":{"id","name"},"at",
 * "coach_signed":null|{"at","name"},"teacher_signed":null|{…},"voided_at","final_at"}. New. */
json_object *tb_report_to_json (const TbReport *report, gboolean with_content);

/* A new version in the place of number SEEN (0: the first). Content and language as they were: nothing changes,
 * signatures stay. TB_ERROR_CONFLICT: another version came meanwhile, the lists were not shown yet (a report speaks of
 * both), or the teacher kept it from this coach; TB_ERROR_INVALID: no object, language; TB_ERROR_TOO_LARGE. New. */
TbReport *tb_report_save (TbStore *store, const char *visit, const char *person, guint seen, const char *language,
                          json_object *content, gint64 now_wall, GError **error);
/* PERSON's side signs version NUMBER, which must be the newest (TB_ERROR_CONFLICT). Twice changes nothing. New. */
TbReport *tb_report_sign (TbStore *store, const char *visit, const char *person, guint number, gint64 now_wall,
                          GError **error);

/* The newest version; TB_ERROR_NOT_FOUND when there is none. New. */
TbReport *tb_report_get (TbStore *store, const char *visit, const char *person, GError **error);
/* Version NUMBER. New. */
TbReport *tb_report_get_version (TbStore *store, const char *visit, const char *person, guint number, GError **error);
/* All versions, newest first, empty when there is none. Array of TbReport, new. */
GPtrArray *tb_report_list (TbStore *store, const char *visit, const char *person, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbReport, tb_report_free)
