#include "web/report-stills.h"

#include "base/error.h"
#include "media/still.h"
#include "store/report-clear.h"

#define STILL_LIMIT_MS 8000
/* Of all pictures of a report together. */
#define STILLS_LIMIT_US (25 * G_USEC_PER_SEC)

static gboolean
films_at (const TbTrack *track, TbTime at)
{
  if (!g_str_equal (track->kind, "video"))
    return FALSE;
  for (guint i = 0; i < track->segments->len; i++) {
    const TbSegment *segment = track->segments->pdata[i];
    TbTime start = segment->start - tb_track_delay (track);

    if (at >= start && (segment->duration == TB_TIME_NONE || at < start + segment->duration))
      return TRUE;
  }
  return FALSE;
}

/* The first camera that filmed AT is the main one, unless it was away then. */
static const TbTrack *
camera_at (const GPtrArray *tracks, TbTime at)
{
  for (guint i = 0; i < tracks->len; i++)
    if (films_at (tracks->pdata[i], at))
      return tracks->pdata[i];
  return NULL;
}

/* A third on: at its beginning a moment has mostly not begun. */
static const TbTrack *
choose (const GPtrArray *tracks, TbTime from, TbTime to, TbTime *at)
{
  const TbTrack *track;

  *at = from + (to - from) / 3;
  track = camera_at (tracks, *at);
  if (track != NULL)
    return track;
  *at = from + (to - from) / 2;
  return camera_at (tracks, *at);
}

gboolean
tb_report_filmed (const GPtrArray *tracks, TbTime from, TbTime to)
{
  TbTime at;

  return choose (tracks, from, to, &at) != NULL;
}

GBytes *
tb_report_still (TbApp *app, const GPtrArray *tracks, TbTime from, TbTime to, gboolean soft, guint time_limit_ms,
                 GError **error)
{
  TbStillRequest request = { .store = app->media, .soft = soft };
  const TbTrack *track = choose (tracks, from, to, &request.at);
  g_autoptr (GArray) segments = NULL;

  if (track == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_NOT_FOUND, "Nothing was filmed at this moment");
    return NULL;
  }
  segments = tb_exports_segments (track);
  request.segments = (const TbClipSegment *) (void *) segments->data;
  request.n = segments->len;
  return tb_media_still (&request, time_limit_ms > 0 ? time_limit_ms : STILL_LIMIT_MS, NULL, error);
}

const TbMoment *
tb_report_find_moment (const GPtrArray *list, const char *id)
{
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((const TbMoment *) list->pdata[i])->id, id))
      return list->pdata[i];
  return NULL;
}

static gboolean
fill (TbApp *app, TbReportContent *content, guint index, const TbMoment *moment, const GPtrArray *tracks,
      gint64 deadline, GError **error)
{
  TbReportMoment *shown = g_ptr_array_index (content->moments, index);
  gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GBytes) still = NULL;

  still = tb_report_still (app, tracks, moment->from, moment->to, shown->still != TB_REPORT_STILL_CLEAR,
                           (guint) CLAMP (left, 1, STILL_LIMIT_MS), &problem);
  if (still != NULL)
    return tb_report_content_set_still (content, index, still, error);
  /* What was not filmed, or is damaged, keeps nobody from the words; what is only locked or slow can be had later. */
  if (!g_error_matches (problem, TB_ERROR, TB_ERROR_LOCKED) && !g_error_matches (problem, TB_ERROR, TB_ERROR_TIMEOUT)) {
    g_message ("A report is made without the picture of moment %s: %s", moment->id, problem->message);
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
wants_stills (const TbReportContent *content)
{
  for (guint i = 0; i < content->moments->len; i++)
    if (((const TbReportMoment *) content->moments->pdata[i])->still != TB_REPORT_STILL_NONE)
      return TRUE;
  return FALSE;
}

gboolean
tb_report_fill_stills (TbApp *app, const char *visit, const char *person, TbReportContent *content, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + STILLS_LIMIT_US;
  g_autoptr (GPtrArray) moments = NULL;
  g_autoptr (GPtrArray) tracks = NULL;
  g_autoptr (GPtrArray) clear = NULL;

  if (!wants_stills (content))
    return TRUE;
  if (tb_vault_get_state (app->vault) != TB_VAULT_OPEN) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_LOCKED, "The vault is locked; open it first");
    return FALSE;
  }
  if ((moments = tb_moment_list (app->store, visit, person, error)) == NULL
      || (tracks = tb_track_list (app->store, visit, error)) == NULL
      || (clear = tb_report_clear_list (app->store, visit, person, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < content->moments->len; i++) {
    TbReportMoment *shown = g_ptr_array_index (content->moments, i);
    const TbMoment *moment = tb_report_find_moment (moments, shown->id);

    if (shown->still == TB_REPORT_STILL_CLEAR && !tb_report_clear_both (clear, shown->id))
      shown->still = TB_REPORT_STILL_SOFT;
    if (shown->still != TB_REPORT_STILL_NONE && moment != NULL
        && !fill (app, content, i, moment, tracks, deadline, error))
      return FALSE;
  }
  return TRUE;
}
