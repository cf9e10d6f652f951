/* Room on the disk: how much, for how long, and the end of recording when there is none. */

#include "media/recorder-private.h"

#define STOP_BYTES_DEFAULT (G_GUINT64_CONSTANT (200) * 1024 * 1024)
#define WARN_SECONDS_DEFAULT (30 * 60)
/* A camera and a microphone, for the hours shown before a recording. */
#define AUDIO_BYTES_PER_SECOND 70000
/* Until so many seconds are measured the expected rate counts. */
#define MEASURED_ENOUGH 5

guint64
tb_disk_stop_bytes (const TbRecorder *recorder)
{
  return recorder->config.disk_stop_bytes > 0 ? recorder->config.disk_stop_bytes : STOP_BYTES_DEFAULT;
}

static guint64
nominal_rate (TbRecorder *recorder)
{
  GHashTableIter iter;
  gpointer recording;
  guint64 rate = 0;

  g_hash_table_iter_init (&iter, recorder->recordings);
  while (g_hash_table_iter_next (&iter, NULL, &recording))
    rate += tb_recording_nominal_rate (recording);
  return rate;
}

static guint64
all_bytes (TbRecorder *recorder)
{
  GHashTableIter iter;
  gpointer recording;
  guint64 bytes = recorder->written_before;

  g_hash_table_iter_init (&iter, recorder->recordings);
  while (g_hash_table_iter_next (&iter, NULL, &recording))
    bytes += tb_recording_bytes (recording);
  return bytes;
}

/* Bytes a second, measured over the window; 0 when nothing records. */
static guint64
measure_rate (TbRecorder *recorder)
{
  guint64 nominal = nominal_rate (recorder);
  guint64 bytes = all_bytes (recorder);
  guint count;

  if (nominal == 0) {
    recorder->written_count = 0;
    return 0;
  }
  recorder->written[recorder->written_count++ % TB_DISK_WINDOW] = bytes;
  count = MIN (recorder->written_count, TB_DISK_WINDOW);
  if (count <= MEASURED_ENOUGH)
    return nominal;
  bytes -= recorder->written[(recorder->written_count - count) % TB_DISK_WINDOW];
  return MAX (bytes / (count - 1), 1);
}

void
tb_disk_look (TbRecorder *recorder)
{
  TbDiskStatus *disk = &recorder->disk;
  guint64 stop = tb_disk_stop_bytes (recorder);
  guint64 warn = recorder->config.disk_warn_seconds > 0 ? recorder->config.disk_warn_seconds : WARN_SECONDS_DEFAULT;
  guint64 free_bytes, rate, expected;

  rate = measure_rate (recorder);
  disk->bytes_per_second = rate;
  if (!tb_media_store_free_bytes (recorder->store, &free_bytes, NULL)) {
    disk->seconds_left = -1;
    return;
  }
  expected = rate > 0 ? rate : recorder->config.video_kbps * 125 + AUDIO_BYTES_PER_SECOND;
  disk->free_bytes = free_bytes;
  disk->seconds_left = free_bytes > stop ? (gint64) ((free_bytes - stop) / expected) : 0;
  disk->state = free_bytes <= stop ? TB_DISK_FULL : (guint64) disk->seconds_left < warn ? TB_DISK_LOW : TB_DISK_OK;
}

static void
stop_all (TbRecorder *recorder)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, recorder->recordings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (tb_recording_is_active (value) && !((TbRecording *) value)->stopping)
      tb_recording_stop (value, 5000, "disk-full", "The disk is full: the recording has ended, observing goes on");
}

void
tb_disk_tick (TbRecorder *recorder, gint64 now_us)
{
  TbNews news = { .type = TB_NEWS_DISK };

  if (now_us - recorder->disk_at_us < G_USEC_PER_SEC)
    return;
  recorder->disk_at_us = now_us;
  tb_disk_look (recorder);
  news.free_bytes = recorder->disk.free_bytes;
  news.bytes_per_second = recorder->disk.bytes_per_second;
  news.seconds_left = recorder->disk.seconds_left;
  news.disk_state = recorder->disk.state;
  tb_recorder_tell (recorder, &news);
  if (recorder->disk.state == TB_DISK_FULL)
    stop_all (recorder);
}
