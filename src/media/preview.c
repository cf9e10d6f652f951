/* Looking and listening before a recording: a take without files. */

#include "media/recorder-private.h"

#include "base/error.h"
#include "base/uuid.h"

#define UNREAD_US (10 * G_USEC_PER_SEC)
#define RETRY_US (2 * G_USEC_PER_SEC)
#define SILENT_US (3 * G_USEC_PER_SEC)

void
tb_preview_free (TbPreview *preview)
{
  tb_live_hub_end (preview->hub);
  tb_live_hub_unref (preview->hub);
  tb_take_unref (preview->take);
  tb_source_free (preview->source);
  g_free (preview->id);
  g_free (preview->uri);
  g_free (preview->message);
  g_free (preview->code);
  g_free (preview);
}

static void
set_state (TbPreview *preview, TbPreviewState state, const char *message, const char *code)
{
  g_autofree char *old_message = preview->message;
  g_autofree char *old_code = preview->code;

  preview->state = state;
  preview->message = g_strdup (message);
  preview->code = g_strdup (code);
}

static void
on_take (TbTake *take, const TbTakeEvent *event, gpointer user_data)
{
  TbRecorder *recorder = user_data;
  TbPreview *preview = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, recorder->previews);
  while (preview == NULL && g_hash_table_iter_next (&iter, NULL, &value))
    if (((TbPreview *) value)->take == take)
      preview = value;
  if (preview == NULL)
    return;
  switch (event->type) {
  case TB_TAKE_RUNNING:
    set_state (preview, TB_PREVIEW_RUNNING, NULL, NULL);
    break;
  case TB_TAKE_LEVEL:
    preview->has_level = TRUE;
    preview->peak_db = event->peak_db;
    preview->rms_db = event->rms_db;
    break;
  case TB_TAKE_CLOSED:
    g_clear_pointer (&preview->take, tb_take_unref);
    preview->has_level = FALSE;
    if (preview->closing)
      g_hash_table_remove (recorder->previews, preview->id);
    else if (!preview->taken) {
      set_state (preview, TB_PREVIEW_FAILED, event->message, event->code);
      preview->try_at_us = event->hopeless ? G_MAXINT64 : g_get_monotonic_time () + RETRY_US;
    }
    break;
  default:
    break;
  }
}

static void
open_take (TbPreview *preview)
{
  TbRecorder *recorder = preview->recorder;
  TbTakeConfig config = { 0 };

  config.context = recorder->context;
  config.func = on_take;
  config.user_data = recorder;
  config.encoders = recorder->encoders;
  config.hub = preview->hub;
  config.visit = "preview";
  config.track = preview->id;
  config.kind = preview->kind;
  config.source = preview->source;
  config.base_ns = tb_clock_monotonic ();
  config.film_zero = 500 * TB_MILLISECOND;
  preview->try_at_us = 0;
  preview->take = tb_take_new (&config);
}

TbPreview *
tb_preview_find (TbRecorder *recorder, const char *uri, TbMediaKind kind)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, recorder->previews);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    TbPreview *preview = value;

    if (!preview->closing && preview->kind == kind && g_str_equal (preview->uri, uri))
      return preview;
  }
  return NULL;
}

static gboolean
is_recorded (TbRecorder *recorder, const char *uri, TbMediaKind kind)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, recorder->recordings);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    TbRecording *recording = value;

    for (guint i = 0; tb_recording_is_active (recording) && i < recording->tracks->len; i++) {
      TbTrack *track = g_ptr_array_index (recording->tracks, i);

      if (track->kind == kind && g_str_equal (track->uri, uri))
        return TRUE;
    }
  }
  return FALSE;
}

static void
take_away (TbPreview *preview)
{
  preview->taken = TRUE;
  set_state (preview, TB_PREVIEW_FAILED, "A recording uses this source now", "recording");
  if (preview->take != NULL)
    tb_take_stop (preview->take, 0, NULL, NULL);
}

TbPreview *
tb_preview_new (TbRecorder *recorder, const char *uri, TbMediaKind kind, GError **error)
{
  TbSource *source;
  TbPreview *preview;

  if (!tb_source_check (uri, kind, error))
    return NULL;
  source = tb_source_parse (uri, NULL);
  preview = g_new0 (TbPreview, 1);
  preview->recorder = recorder;
  preview->id = tb_uuid_new ();
  preview->uri = g_strdup (uri);
  preview->kind = kind;
  preview->source = source;
  preview->hub = tb_live_hub_new ();
  preview->state = TB_PREVIEW_CONNECTING;
  preview->read_us = g_get_monotonic_time ();
  g_hash_table_insert (recorder->previews, preview->id, preview);
  if (is_recorded (recorder, uri, kind))
    take_away (preview);
  else
    open_take (preview);
  tb_recorder_need_tick (recorder);
  return preview;
}

gboolean
tb_preview_give_way (TbRecorder *recorder, const char *uri, TbMediaKind kind)
{
  TbPreview *preview = tb_preview_find (recorder, uri, kind);

  if (preview != NULL && !preview->taken)
    take_away (preview);
  return tb_preview_holds (recorder, uri, kind);
}

gboolean
tb_preview_holds (TbRecorder *recorder, const char *uri, TbMediaKind kind)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, recorder->previews);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    TbPreview *preview = value;

    if (preview->take != NULL && preview->kind == kind && g_str_equal (preview->uri, uri))
      return TRUE;
  }
  return FALSE;
}

void
tb_preview_close (TbPreview *preview)
{
  preview->closing = TRUE;
  tb_live_hub_end (preview->hub);
  if (preview->take != NULL)
    tb_take_stop (preview->take, 0, NULL, NULL);
}

gboolean
tb_preview_tick (TbPreview *preview, gint64 now_us)
{
  TbTakeStats stats;

  if (!preview->closing && now_us - preview->read_us > UNREAD_US)
    tb_preview_close (preview);
  if (preview->closing || preview->taken)
    return preview->closing && preview->take == NULL;
  if (preview->take == NULL) {
    if (preview->try_at_us != 0 && now_us >= preview->try_at_us)
      open_take (preview);
    return FALSE;
  }
  tb_take_stats (preview->take, &stats);
  if (stats.source_us != 0 && now_us - stats.source_us > SILENT_US && preview->state == TB_PREVIEW_RUNNING) {
    set_state (preview, TB_PREVIEW_FAILED, "The source has fallen silent", "source-silent");
    tb_take_stop (preview->take, 0, preview->message, preview->code);
  }
  return FALSE;
}
