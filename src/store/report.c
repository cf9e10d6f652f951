#include "store/report.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "store/coaching-private.h"

static const char *const languages[] = { "nl", "en", NULL };

void
tb_report_free (TbReport *report)
{
  if (report == NULL)
    return;
  g_free (report->visit);
  g_free (report->language);
  g_free (report->content);
  g_free (report->person);
  g_free (report->person_name);
  g_free (report->coach_signed_by);
  g_free (report->teacher_signed_by);
  g_free (report);
}

static json_object *
signature_to_json (gint64 at, const char *name)
{
  json_object *signature;

  if (at == 0)
    return NULL;
  signature = json_object_new_object ();
  tb_json_add_wall (signature, "at", at);
  tb_json_add_string (signature, "name", name);
  return signature;
}

json_object *
tb_report_to_json (const TbReport *report, gboolean with_content)
{
  json_object *object = json_object_new_object ();

  tb_json_add_string (object, "visit", report->visit);
  tb_json_add_int (object, "number", report->number);
  tb_json_add_string (object, "language", report->language);
  tb_json_add (object, "content",
               with_content ? tb_json_parse (report->content, strlen (report->content), NULL) : NULL);
  tb_json_add (object, "person", tb_coaching_person_to_json (report->person, report->person_name));
  tb_json_add_wall (object, "at", report->at);
  tb_json_add (object, "coach_signed", signature_to_json (report->coach_signed_at, report->coach_signed_by));
  tb_json_add (object, "teacher_signed", signature_to_json (report->teacher_signed_at, report->teacher_signed_by));
  tb_json_add_wall (object, "voided_at", report->voided_at);
  tb_json_add_wall (object, "final_at", report->final_at);
  return object;
}

/* --- rows ---------------------------------------------------------------- */

#define VERSIONS                                                                                                     \
  "SELECT report_version.visit, report_version.number, language, content, person, writer.name, at_wall,"             \
  " coach_signed_wall, coach.name, teacher_signed_wall, teacher.name, voided_wall,"                                  \
  " CASE WHEN voided_wall IS NULL THEN final_wall END"                                                               \
  " FROM report_version JOIN report ON report.visit = report_version.visit"                                          \
  " JOIN person AS writer ON writer.id = person LEFT JOIN person AS coach ON coach.id = coach_signed_by"             \
  " LEFT JOIN person AS teacher ON teacher.id = teacher_signed_by WHERE report_version.visit = ?1 "

static TbReport *
read_row (TbQuery *query)
{
  TbReport *report = g_new0 (TbReport, 1);

  report->visit = tb_query_dup (query, 0);
  report->number = (guint) tb_query_int (query, 1);
  report->language = tb_query_dup (query, 2);
  report->content = tb_query_dup (query, 3);
  report->person = tb_query_dup (query, 4);
  report->person_name = tb_query_dup (query, 5);
  report->at = tb_query_int (query, 6);
  report->coach_signed_at = tb_query_int (query, 7);
  report->coach_signed_by = tb_query_dup (query, 8);
  report->teacher_signed_at = tb_query_int (query, 9);
  report->teacher_signed_by = tb_query_dup (query, 10);
  report->voided_at = tb_query_int (query, 11);
  report->final_at = tb_query_int (query, 12);
  return report;
}

/* NUMBER 0: the newest. *REPORT is NULL when there is no such version. */
static gboolean
load (TbDb *db, const char *visit, guint number, TbReport **report, GError **error)
{
  g_auto (TbQuery) query = { 0 };
  int step;

  if (!tb_query_open (&query, db, error,
                      VERSIONS "AND (report_version.number = ?2 OR (?2 = 0 AND report_version.number = report.number))",
                      "si", visit, (gint64) number))
    return FALSE;
  step = tb_query_next (&query, error);
  *report = step > 0 ? read_row (&query) : NULL;
  return step >= 0;
}

/* --- who reads ----------------------------------------------------------- */

/* The coach of the trajectory, whose visit this may not be. */
static gboolean
leads_trajectory (TbDb *db, const char *visit, const char *person, gboolean *leads, GError **error)
{
  gint64 count = 0;

  if (!tb_db_int (db, 0, &count, error,
                  "SELECT count(*) FROM visit JOIN trajectory ON trajectory.id = trajectory"
                  " JOIN person_role ON person = trajectory.coach AND role = 'coach'"
                  " WHERE visit.id = ?1 AND trajectory.coach = ?2",
                  "ss", visit, person))
    return FALSE;
  *leads = count > 0;
  return TRUE;
}

/* *KEPT_BACK: the report is there, and not for PERSON. */
static gboolean
check_reader (TbDb *db, const char *visit, const char *person, gboolean *kept_back, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_auto (TbStand) stand = { 0 };
  gboolean leads = FALSE;
  gint64 kept = 0;

  if (!tb_stand_load (&stand, db, visit, person, &problem)) {
    if (g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED) && !leads_trajectory (db, visit, person, &leads, error))
      return FALSE;
    if (!leads) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  }
  if (!tb_db_int (db, 0, &kept, error, "SELECT kept_from_coach FROM report WHERE visit = ?1", "s", visit))
    return FALSE;
  *kept_back = kept != 0 && (leads || tb_stand_is_coach (&stand));
  return TRUE;
}

TbReport *
tb_report_get_version (TbStore *store, const char *visit, const char *person, guint number, GError **error)
{
  g_autoptr (TbReport) report = NULL;
  g_auto (TbRead) read = { 0 };
  gboolean kept_back = FALSE;

  if (!tb_read_begin (&read, store, error) || !check_reader (read.db, visit, person, &kept_back, error)
      || !load (read.db, visit, number, &report, error))
    return NULL;
  if (report == NULL || kept_back) {
    tb_refuse (error, TB_ERROR_NOT_FOUND, "There is no such report of this visit");
    return NULL;
  }
  return g_steal_pointer (&report);
}

TbReport *
tb_report_get (TbStore *store, const char *visit, const char *person, GError **error)
{
  return tb_report_get_version (store, visit, person, 0, error);
}

GPtrArray *
tb_report_list (TbStore *store, const char *visit, const char *person, GError **error)
{
  g_autoptr (GPtrArray) versions = g_ptr_array_new_with_free_func ((GDestroyNotify) tb_report_free);
  g_auto (TbRead) read = { 0 };
  g_auto (TbQuery) query = { 0 };
  gboolean kept_back = FALSE;
  int step = 0;

  if (!tb_read_begin (&read, store, error) || !check_reader (read.db, visit, person, &kept_back, error)
      || !tb_query_open (&query, read.db, error, VERSIONS "ORDER BY report_version.number DESC", "s", visit))
    return NULL;
  while (!kept_back && (step = tb_query_next (&query, error)) > 0)
    g_ptr_array_add (versions, read_row (&query));
  return step == 0 ? g_steal_pointer (&versions) : NULL;
}

/* --- writing and signing ------------------------------------------------- */

/* The newest version (NULL: none) for PERSON to change. */
static gboolean
begin (TbWrite *write, TbStand *stand, TbReport **report, TbStore *store, const char *visit, const char *person,
       GError **error)
{
  gboolean kept_back = FALSE;

  if (!tb_write_begin (write, store, error) || !tb_stand_load_open (stand, write->db, visit, person, error)
      || !check_reader (write->db, visit, person, &kept_back, error))
    return FALSE;
  if (kept_back)
    return tb_refuse (error, TB_ERROR_CONFLICT, "The teacher did not hand over the report of this visit");
  return load (write->db, visit, 0, report, error);
}

static gboolean
insert (TbDb *db, const char *visit, guint number, const char *language, const char *text, const char *person,
        gint64 now_wall, GError **error)
{
  return tb_db_exec (db, error,
                     "UPDATE report_version SET voided_wall = ?2 WHERE visit = ?1 AND voided_wall IS NULL", "si",
                     visit, now_wall)
         && tb_db_exec (db, error,
                        "INSERT INTO report (visit, number, kept_from_coach) VALUES (?1, ?2, 0)"
                        " ON CONFLICT (visit) DO UPDATE SET number = ?2, final_wall = NULL",
                        "si", visit, (gint64) number)
         && tb_db_exec (db, error,
                        "INSERT INTO report_version (visit, number, language, content, person, at_wall)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        "sisssi", visit, (gint64) number, language, text, person, now_wall);
}

TbReport *
tb_report_save (TbStore *store, const char *visit, const char *person, guint seen, const char *language,
                json_object *content, gint64 now_wall, GError **error)
{
  g_autofree char *text = tb_json_to_text (content);
  g_autoptr (TbReport) before = NULL;
  g_autoptr (TbReport) report = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };

  if (!json_object_is_type (content, json_type_object) || !g_strv_contains (languages, language)) {
    tb_refuse (error, TB_ERROR_INVALID, "A report is a JSON object in “nl” or “en”");
    return NULL;
  }
  if (strlen (text) > TB_REPORT_MAX) {
    tb_refuse (error, TB_ERROR_TOO_LARGE, "A report may be at most 256 KiB");
    return NULL;
  }
  if (!begin (&write, &stand, &before, store, visit, person, error))
    return NULL;
  if (!stand.revealed) {
    tb_refuse (error, TB_ERROR_CONFLICT, "A report is written after both lists have been shown");
    return NULL;
  }
  if (seen != (before != NULL ? before->number : 0)) {
    tb_refuse (error, TB_ERROR_CONFLICT, "The report was changed meanwhile; look at the newest version first");
    return NULL;
  }
  if (before != NULL && g_str_equal (before->content, text) && g_str_equal (before->language, language))
    return g_steal_pointer (&before);
  if (!insert (write.db, visit, seen + 1, language, text, person, now_wall, error)
      || !load (write.db, visit, 0, &report, error) || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&report);
}

static gboolean
put_signature (TbDb *db, const char *visit, guint number, gboolean coach, const char *person, gint64 now_wall,
               GError **error)
{
  return (coach ? tb_db_exec (db, error,
                              "UPDATE report_version SET coach_signed_wall = ?3, coach_signed_by = ?4"
                              " WHERE visit = ?1 AND number = ?2",
                              "siis", visit, (gint64) number, now_wall, person)
                : tb_db_exec (db, error,
                              "UPDATE report_version SET teacher_signed_wall = ?3, teacher_signed_by = ?4"
                              " WHERE visit = ?1 AND number = ?2",
                              "siis", visit, (gint64) number, now_wall, person))
         && tb_db_exec (db, error,
                        "UPDATE report SET final_wall = ?3 WHERE visit = ?1 AND EXISTS (SELECT 1 FROM report_version"
                        " WHERE visit = ?1 AND number = ?2 AND coach_signed_wall IS NOT NULL"
                        " AND teacher_signed_wall IS NOT NULL)",
                        "sii", visit, (gint64) number, now_wall);
}

TbReport *
tb_report_sign (TbStore *store, const char *visit, const char *person, guint number, gint64 now_wall, GError **error)
{
  g_autoptr (TbReport) before = NULL;
  g_autoptr (TbReport) report = NULL;
  g_auto (TbStand) stand = { 0 };
  g_auto (TbWrite) write = { 0 };
  gboolean coach;

  if (!begin (&write, &stand, &before, store, visit, person, error))
    return NULL;
  if (before == NULL) {
    tb_refuse (error, TB_ERROR_NOT_FOUND, "There is no such report of this visit");
    return NULL;
  }
  if (before->number != number) {
    tb_refuse (error, TB_ERROR_CONFLICT, "The report was changed meanwhile; look at the newest version first");
    return NULL;
  }
  coach = tb_stand_is_coach (&stand);
  if ((coach ? before->coach_signed_at : before->teacher_signed_at) != 0)
    return g_steal_pointer (&before);
  if (!put_signature (write.db, visit, number, coach, person, now_wall, error)
      || !load (write.db, visit, 0, &report, error) || !tb_write_commit (&write, error))
    return NULL;
  return g_steal_pointer (&report);
}
