#include "web/recover.h"

#include "base/error.h"
#include "base/time.h"
#include "media/check.h"
#include "store/track.h"
#include "vault/media-care.h"
#include "web/app.h"

typedef enum {
  FILES_READY = 1, /* they can be looked at */
  FILES_BUSY,      /* one of them is being written */
  FILES_LOCKED     /* one of them cannot be read now */
} Files;

/* Ends those files of a segment that were broken off. */
static Files
mend_files (TbMediaStore *media, const TbTrack *track, const TbSegment *segment)
{
  Files state = FILES_READY;

  for (guint i = 0; i < segment->files->len; i++) {
    const char *name = segment->files->pdata[i];
    g_autoptr (GError) error = NULL;
    gboolean mended;

    if (tb_media_store_mend (media, track->visit, name, &mended, &error))
      continue;
    if (g_error_matches (error, TB_ERROR, TB_ERROR_LOCKED))
      return FILES_LOCKED;
    if (g_error_matches (error, TB_ERROR, TB_ERROR_BUSY))
      state = FILES_BUSY;
    else if (!g_error_matches (error, TB_ERROR, TB_ERROR_NOT_FOUND))
      g_message ("Ending %s after a crash: %s", name, error->message);
  }
  return state;
}

/* The longest of a segment's files is its length: sound has two, and the crash cut each at its own place. FALSE when
 * the vault is locked. */
static gboolean
measure (TbMediaStore *media, const TbTrack *track, const TbSegment *segment, TbTime *ret_longest, guint64 *torn)
{
  TbTime longest = 0;

  for (guint i = 0; i < segment->files->len; i++) {
    const char *name = segment->files->pdata[i];
    g_auto (TbFileCheck) check = { 0 };
    g_autoptr (GError) error = NULL;

    if (!tb_media_check_file (media, track->visit, name, &check, &error)) {
      if (g_error_matches (error, TB_ERROR, TB_ERROR_LOCKED))
        return FALSE;
      g_message ("Looking at %s after a crash: %s", name, error->message);
      continue;
    }
    *torn += check.torn_bytes;
    if (check.usable && check.duration_ns > longest)
      longest = check.duration_ns;
  }
  *ret_longest = longest;
  return TRUE;
}

/* TRUE when it was closed. */
static gboolean
recover_segment (TbStore *store, TbMediaStore *media, const TbTrack *track, const TbSegment *segment,
                 GPtrArray *report)
{
  guint64 torn = 0;
  TbTime duration = 0;
  g_autofree char *length = NULL;
  g_autofree char *note = NULL;
  g_autoptr (GError) error = NULL;

  if (!measure (media, track, segment, &duration, &torn))
    return FALSE;
  length = tb_time_format_clock (duration);
  if (duration > 0)
    note = g_strdup_printf ("broken off; %s is whole, %" G_GUINT64_FORMAT " bytes after it are not", length, torn);
  else
    note = g_strdup ("broken off before the first second was whole");
  if (!tb_segment_close (store, track->id, segment->number, duration, note, &error)) {
    g_message ("Writing down what was recovered of %s: %s", track->name, error->message);
    return FALSE;
  }
  if (report != NULL)
    g_ptr_array_add (report, g_strdup_printf ("%s, part %d: %s", track->name, (int) segment->number, note));
  return TRUE;
}

guint
tb_recover_segments (TbStore *store, TbMediaStore *media, const char *visit, GPtrArray *report)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tracks = tb_segment_list_open (store, &error);
  guint count = 0;

  if (tracks == NULL) {
    g_message ("Looking for recordings that were broken off: %s", error->message);
    return 0;
  }
  for (guint t = 0; t < tracks->len; t++) {
    const TbTrack *track = tracks->pdata[t];

    if (visit != NULL && !g_str_equal (track->visit, visit))
      continue;
    for (guint s = 0; s < track->segments->len; s++)
      if (mend_files (media, track, track->segments->pdata[s]) != FILES_LOCKED)
        count += recover_segment (store, media, track, track->segments->pdata[s], report);
  }
  return count;
}

guint
tb_recover_count_waiting (TbApp *app)
{
  g_autoptr (GPtrArray) tracks = tb_segment_list_open (app->store, NULL);
  guint count = 0;

  for (guint t = 0; tracks != NULL && t < tracks->len; t++) {
    const TbTrack *track = tracks->pdata[t];

    if (!tb_studio_is_recording (app->studio, track->visit))
      count += track->segments->len;
  }
  return count;
}

/* --- when the vault has opened ------------------------------------------------ */

static gboolean
is_among (GPtrArray *visits, const char *visit)
{
  return g_ptr_array_find_with_equal_func (visits, visit, g_str_equal, NULL);
}

/* Closes the open segments of a track; TRUE when there were any. */
static gboolean
recover_track (TbApp *app, const TbTrack *track, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) report = g_ptr_array_new_with_free_func (g_free);

  for (guint s = 0; s < track->segments->len && !g_cancellable_is_cancelled (cancellable); s++)
    if (mend_files (app->media, track, track->segments->pdata[s]) == FILES_READY)
      recover_segment (app->store, app->media, track, track->segments->pdata[s], report);
  for (guint i = 0; i < report->len; i++)
    g_printerr ("Mended after a stop that was not planned: %s\n", (const char *) report->pdata[i]);
  return report->len > 0;
}

static void
recover_waiting (TbApp *app, GCancellable *cancellable)
{
  /* Asked before the list is made: what ends in between closes its segments itself. */
  g_autoptr (GPtrArray) before = tb_recorder_active (tb_studio_recorder (app->studio));
  g_autoptr (GPtrArray) tracks = tb_segment_list_open (app->store, NULL);

  for (guint t = 0; tracks != NULL && t < tracks->len; t++) {
    const TbTrack *track = tracks->pdata[t];

    if (is_among (before, track->visit) || tb_studio_is_recording (app->studio, track->visit))
      continue;
    if (recover_track (app, track, cancellable))
      tb_studio_tell_visit (app->studio, track->visit);
  }
}

/* FALSE when there is no sense in going on: the vault is locked again, or the program ends. */
static gboolean
may_go_on (const GError *error, const char *attempt, const char *name)
{
  if (error == NULL || g_error_matches (error, TB_ERROR, TB_ERROR_BUSY)
      || g_error_matches (error, TB_ERROR, TB_ERROR_NOT_FOUND))
    return TRUE;
  if (g_error_matches (error, TB_ERROR, TB_ERROR_LOCKED) || g_error_matches (error, TB_ERROR, TB_ERROR_CANCELLED))
    return FALSE;
  g_message ("%s %s: %s", attempt, name, error->message);
  return !g_error_matches (error, TB_ERROR, TB_ERROR_FULL);
}

/* Files that were broken off in segments that are closed: their writer failed, or told its end and then was killed. */
static gboolean
mend_visit (TbApp *app, const char *visit, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) names = tb_media_store_unfinished (app->media, visit, NULL);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (GError) error = NULL;
    gboolean mended;

    if (g_cancellable_is_cancelled (cancellable))
      return FALSE;
    tb_media_store_mend (app->media, visit, names->pdata[i], &mended, &error);
    if (!may_go_on (error, "Ending", names->pdata[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
seal_visit (TbApp *app, const char *visit, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) names = tb_media_store_list (app->media, visit, NULL);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autoptr (GError) error = NULL;
    TbMediaForm form = TB_MEDIA_SEALED;

    if (g_cancellable_is_cancelled (cancellable))
      return FALSE;
    if (!tb_media_store_get_form (app->media, visit, names->pdata[i], &form, NULL) || form != TB_MEDIA_PLAIN)
      continue;
    if (tb_media_store_seal_plain (app->media, visit, names->pdata[i], NULL, NULL, cancellable, &error))
      g_message ("Sealed %s, which was from before the vault", (const char *) names->pdata[i]);
    if (!may_go_on (error, "Sealing", names->pdata[i]))
      return FALSE;
  }
  return TRUE;
}

void
tb_recover_sealed (TbApp *app, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) visits = NULL;
  gboolean good = TRUE;

  recover_waiting (app, cancellable);
  visits = tb_media_store_list_visits (app->media, NULL);
  for (guint i = 0; good && visits != NULL && i < visits->len; i++)
    good = mend_visit (app, visits->pdata[i], cancellable);
  /* Last, for it takes longest. */
  for (guint i = 0; good && visits != NULL && i < visits->len; i++)
    good = seal_visit (app, visits->pdata[i], cancellable);
}
