#include "web/report-draft.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "store/agreement.h"
#include "store/moment.h"
#include "store/settings.h"
#include "store/talk.h"
#include "store/trajectory.h"
#include "web/report-stills.h"

/* What may not stand in a report (web/report-content.h) becomes a space, line ends too unless LINES are meant. */
static void
put (char **place, const char *text, gboolean lines)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  glong left = lines ? TB_REPORT_TEXT_MAX : TB_REPORT_LINE_MAX;
  GString *plain = g_string_new (NULL);

  for (const char *c = valid; *c != '\0' && left > 0; c = g_utf8_next_char (c), left--) {
    gunichar character = g_utf8_get_char (c);

    if (!tb_report_may_hold (character, lines))
      character = ' ';
    g_string_append_unichar (plain, character);
  }
  g_free (*place);
  *place = g_strstrip (g_string_free (plain, FALSE));
}

/* WALL on the clock of the school, or in UTC on a machine without time zones. New; NULL for 0. */
static GDateTime *
local_time (gint64 wall)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Amsterdam");
  g_autoptr (GDateTime) utc = wall != 0 ? g_date_time_new_from_unix_utc (wall / TB_SECOND) : NULL;

  return utc != NULL ? zone != NULL ? g_date_time_to_timezone (utc, zone) : g_date_time_ref (utc) : NULL;
}

static void
put_date (char **place, gint64 wall)
{
  g_autoptr (GDateTime) time = local_time (wall);

  g_free (*place);
  *place = time != NULL ? g_date_time_format (time, "%Y-%m-%d") : g_strdup ("");
}

static void
put_context (TbReportContent *draft, const TbVisit *visit)
{
  g_autoptr (GDateTime) from = local_time (visit->started_at);
  g_autoptr (GDateTime) to = local_time (visit->ended_at);
  g_autofree char *text = NULL;

  if (from == NULL || to == NULL)
    return;
  text = g_strdup_printf (draft->language == TB_REPORT_EN ? "Classroom visit from %d:%02d to %d:%02d."
                                                          : "Klassenbezoek van %d:%02d tot %d:%02d.",
                          g_date_time_get_hour (from), g_date_time_get_minute (from), g_date_time_get_hour (to),
                          g_date_time_get_minute (to));
  put (&draft->context, text, TRUE);
}

static gboolean
add_visit (TbApp *app, TbReportContent *draft, const TbVisit *visit, GError **error)
{
  g_autofree char *school = NULL;

  if (!tb_settings_get (app->store, "school", &school, error))
    return FALSE;
  put (&draft->school, school, FALSE);
  put (&draft->title, visit->title, FALSE);
  put_date (&draft->date, visit->started_at != 0 ? visit->started_at : visit->planned_at);
  put (&draft->coach, visit->coach_name, FALSE);
  put (&draft->teacher, visit->teacher_person_name != NULL ? visit->teacher_person_name : visit->teacher, FALSE);
  put (&draft->group, visit->group, FALSE);
  put (&draft->subject, visit->subject, FALSE);
  put_context (draft, visit);
  put (&draft->focus, visit->focus, TRUE);
  return TRUE;
}

/* --- moments --------------------------------------------------------------- */

static TbReportKind
kind_of (const TbMoment *moment)
{
  if (moment == NULL || g_str_equal (moment->kind, "other"))
    return TB_REPORT_OTHER;
  return g_str_equal (moment->kind, "pride") ? TB_REPORT_PRIDE : TB_REPORT_IMPROVE;
}

/* Of a moment that one is proud of and the other would improve, neither is said. */
static TbReportKind
join_kinds (TbReportKind coach, TbReportKind teacher)
{
  if (coach == teacher || teacher == TB_REPORT_OTHER)
    return coach;
  return coach == TB_REPORT_OTHER ? teacher : TB_REPORT_KIND_NONE;
}

static char *
join_titles (const TbMoment *coach, const TbMoment *teacher)
{
  const char *first = coach != NULL ? coach->title : "";
  const char *second = teacher != NULL ? teacher->title : "";

  if (g_utf8_collate (first, second) == 0 || *second == '\0')
    return g_strdup (first);
  return *first == '\0' ? g_strdup (second) : g_strdup_printf ("%s / %s", first, second);
}

static void
add_item (TbReportContent *draft, const TbTalkItem *item, const GPtrArray *moments, const GPtrArray *tracks)
{
  const TbMoment *coach = item->coach_moment != NULL ? tb_report_find_moment (moments, item->coach_moment) : NULL;
  const TbMoment *teacher = item->teacher_moment != NULL ? tb_report_find_moment (moments, item->teacher_moment) : NULL;
  const TbMoment *one = coach != NULL ? coach : teacher;
  g_autofree char *title = join_titles (coach, teacher);
  TbReportMoment *moment;

  if (one == NULL)
    return;
  moment = tb_report_content_add_moment (draft);
  put (&moment->id, one->id, FALSE);
  put (&moment->title, title, FALSE);
  /* A report has no times before the lesson began. */
  moment->from = MAX (item->from, 0);
  moment->to = MAX (item->to, moment->from);
  moment->kind = join_kinds (kind_of (coach), kind_of (teacher));
  put (&moment->question, item->question, TRUE);
  put (&moment->coach, coach != NULL ? coach->line : "", TRUE);
  put (&moment->teacher, teacher != NULL ? teacher->line : "", TRUE);
  moment->still = tb_report_filmed (tracks, one->from, one->to) ? TB_REPORT_STILL_SOFT : TB_REPORT_STILL_NONE;
}

static gboolean
add_moments (TbApp *app, TbReportContent *draft, const char *visit, const char *person, GError **error)
{
  g_autoptr (GPtrArray) items = tb_talk_list_items (app->store, visit, person, error);
  g_autoptr (GPtrArray) moments = items != NULL ? tb_moment_list (app->store, visit, person, error) : NULL;
  g_autoptr (GPtrArray) tracks = moments != NULL ? tb_track_list (app->store, visit, error) : NULL;

  if (tracks == NULL)
    return FALSE;
  for (guint i = 0; i < items->len && draft->moments->len < TB_REPORT_MOMENTS_MAX; i++) {
    const TbTalkItem *item = items->pdata[i];

    if (!item->skipped)
      add_item (draft, item, moments, tracks);
  }
  return TRUE;
}

/* --- what comes after ------------------------------------------------------ */

static gboolean
add_agreements (TbApp *app, TbReportContent *draft, const char *visit, const char *person, GError **error)
{
  g_autoptr (GPtrArray) agreements = tb_agreement_list_of_visit (app->store, visit, person, error);

  if (agreements == NULL)
    return FALSE;
  for (guint i = 0; i < agreements->len && draft->agreements->len < TB_REPORT_AGREEMENTS_MAX; i++) {
    const TbAgreement *made = agreements->pdata[i];
    g_autofree char *text = NULL;
    TbReportAgreement *agreement;

    put (&text, made->text, TRUE);
    if (*text == '\0')
      continue;
    agreement = tb_report_content_add_agreement (draft);
    g_free (agreement->text);
    agreement->text = g_steal_pointer (&text);
    put (&agreement->who, made->who, FALSE);
    put_date (&agreement->due, made->due_at);
  }
  return TRUE;
}

/* The visit of VISITS that comes next: the earliest planned from now on; without one, one that has no time yet. */
static const TbTrajectoryVisit *
find_next (const GPtrArray *visits, const char *visit, gint64 now)
{
  const TbTrajectoryVisit *next = NULL;

  for (guint i = 0; i < visits->len; i++) {
    const TbTrajectoryVisit *one = visits->pdata[i];

    if (one->started_at != 0 || g_str_equal (one->visit, visit) || (one->planned_at != 0 && one->planned_at < now))
      continue;
    if (next == NULL || (one->planned_at != 0 && (next->planned_at == 0 || one->planned_at < next->planned_at)))
      next = one;
  }
  return next;
}

static void
put_next (TbReportContent *draft, const TbTrajectoryVisit *next)
{
  gboolean english = draft->language == TB_REPORT_EN;
  g_autoptr (GString) text = g_string_new (english ? "Next classroom visit" : "Volgend klassenbezoek");

  if (*next->title != '\0')
    g_string_append_printf (text, ": %s", next->title);
  if (*next->focus != '\0')
    g_string_append_printf (text, "\n%s: %s", english ? "Focus question" : "Kijkvraag", next->focus);
  put (&draft->next_text, text->str, TRUE);
  put_date (&draft->next_date, next->planned_at);
}

/* Most visits are in none. */
static gboolean
add_trajectory (TbApp *app, TbReportContent *draft, const char *visit, const char *person, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (TbTrajectory) trajectory = tb_trajectory_of_visit (app->store, visit, person, &problem);
  g_autoptr (GPtrArray) visits = NULL;
  const TbTrajectoryVisit *next;

  if (trajectory != NULL)
    visits = tb_trajectory_list_visits (app->store, trajectory->id, person, &problem);
  /* After a handover a former coach's visit stays in a trajectory that is not theirs. */
  if (g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND) || g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED))
    return TRUE;
  if (visits == NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  put (&draft->question, trajectory->question, TRUE);
  next = find_next (visits, visit, tb_clock_wall ());
  if (next != NULL)
    put_next (draft, next);
  return TRUE;
}

TbReportContent *
tb_report_draft (TbApp *app, const TbVisit *visit, const char *person, TbReportLanguage language, GError **error)
{
  g_autoptr (TbReportContent) draft = tb_report_content_new (language);

  if (!add_visit (app, draft, visit, error) || !add_moments (app, draft, visit->id, person, error)
      || !add_agreements (app, draft, visit->id, person, error)
      || !add_trajectory (app, draft, visit->id, person, error))
    return NULL;
  return g_steal_pointer (&draft);
}
