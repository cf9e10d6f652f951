#include "web/recover.h"

#include "base/time.h"
#include "media/check.h"
#include "store/track.h"

/* The longest of a segment's files is its length: sound has two, and the crash cut each at its own place. */
static TbTime
measure (TbMediaStore *media, const TbTrack *track, const TbSegment *segment, guint64 *torn)
{
  TbTime longest = 0;

  for (guint i = 0; i < segment->files->len; i++) {
    const char *name = segment->files->pdata[i];
    g_auto (TbFileCheck) check = { 0 };
    g_autoptr (GError) error = NULL;

    if (!tb_media_check_file (media, track->visit, name, &check, &error)) {
      g_message ("Looking at %s after a crash: %s", name, error->message);
      continue;
    }
    *torn += check.torn_bytes;
    if (check.usable && check.duration_ns > longest)
      longest = check.duration_ns;
  }
  return longest;
}

static void
recover_segment (TbStore *store, TbMediaStore *media, const TbTrack *track, const TbSegment *segment,
                 GPtrArray *report)
{
  guint64 torn = 0;
  TbTime duration = measure (media, track, segment, &torn);
  g_autofree char *length = tb_time_format_clock (duration);
  g_autofree char *note = NULL;
  g_autoptr (GError) error = NULL;

  if (duration > 0)
    note = g_strdup_printf ("broken off; %s is whole, %" G_GUINT64_FORMAT " bytes after it are not", length, torn);
  else
    note = g_strdup ("broken off before the first second was whole");
  if (!tb_segment_close (store, track->id, segment->number, duration, note, &error)) {
    g_message ("Writing down what was recovered of %s: %s", track->name, error->message);
    return;
  }
  if (report != NULL)
    g_ptr_array_add (report, g_strdup_printf ("%s, part %d: %s", track->name, (int) segment->number, note));
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
    for (guint s = 0; s < track->segments->len; s++, count++)
      recover_segment (store, media, track, track->segments->pdata[s], report);
  }
  return count;
}
