/* The life of a take: build, follow the bus, end, close.
 *
 * Threads: the take's own (build … close), GStreamer's streaming threads (take-chain.c), the recorder's (stop, stats).
 * The lock guards what is marked so in take-private.h; no call into GStreamer is made with it held. */

#include "media/take-private.h"

#include <string.h>

#include "base/error.h"
#include "media/fragments.h"

#define BUS_POLL (200 * GST_MSECOND)
#define STOP_NAME "tb-stop"
#define FAIL_NAME "tb-fail"
#define NUMBERS_TO_TRY 100

TbTake *
tb_take_ref (TbTake *take)
{
  g_atomic_ref_count_inc (&take->refs);
  return take;
}

static void
output_clear (TbTakeOutput *output)
{
  g_free (output->name);
  tb_segment_file_unref (output->file);
}

void
tb_take_unref (TbTake *take)
{
  if (take == NULL || !g_atomic_ref_count_dec (&take->refs))
    return;
  g_slist_free (take->added);
  gst_clear_object (&take->bus);
  gst_clear_object (&take->pipeline);
  output_clear (&take->mp4);
  output_clear (&take->flac);
  g_main_context_unref (take->context);
  g_clear_pointer (&take->store, tb_media_store_unref);
  g_clear_pointer (&take->encoders, tb_encoders_unref);
  tb_live_hub_unref (take->hub);
  tb_source_free (take->source);
  g_free (take->visit);
  g_free (take->track);
  g_free (take->reason);
  g_free (take->code);
  g_mutex_clear (&take->lock);
  g_cond_clear (&take->changed);
  g_free (take);
}

typedef struct {
  TbTake *take;
  TbTakeEvent event;
} Letter;

static void
letter_free (gpointer data)
{
  Letter *letter = data;

  g_free (letter->event.mp4_name);
  g_free (letter->event.flac_name);
  g_free (letter->event.message);
  g_free (letter->event.code);
  tb_take_unref (letter->take);
  g_free (letter);
}

static gboolean
deliver (gpointer data)
{
  Letter *letter = data;

  letter->take->func (letter->take, &letter->event, letter->take->user_data);
  return G_SOURCE_REMOVE;
}

void
tb_take_tell (TbTake *take, TbTakeEvent *event)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Letter *letter = g_new0 (Letter, 1);

  letter->take = tb_take_ref (take);
  letter->event = *event;
  /* A source and never a direct call: a recorder that is gone must not be called from here. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, letter, letter_free);
  g_source_attach (source, take->context);
}

void
tb_take_fail (TbTake *take, const char *code, const char *message)
{
  GstStructure *structure
    = gst_structure_new (FAIL_NAME, "code", G_TYPE_STRING, code, "message", G_TYPE_STRING, message, NULL);

  gst_bus_post (take->bus, gst_message_new_application (GST_OBJECT (take->pipeline), structure));
}

/* Files. */

static void
write_failed (const GError *error, gpointer user_data)
{
  TbTake *take = user_data;

  if (g_error_matches (error, TB_ERROR, TB_ERROR_FULL)) {
    g_mutex_lock (&take->lock);
    take->disk_full = TRUE;
    g_mutex_unlock (&take->lock);
  }
  tb_take_fail (take, "write-failed", error->message);
}

static gboolean
create_output (TbTake *take, TbTakeOutput *output, gint number, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s-%d.%s", take->track, number, output->ending);
  TbMediaWriter *writer;

  if (!output->used)
    return TRUE;
  writer = tb_media_store_create (take->store, take->visit, name, error);
  if (writer == NULL)
    return FALSE;
  g_free (output->name);
  output->name = g_steal_pointer (&name);
  output->file = tb_segment_file_new (writer, write_failed, tb_take_ref (take), (GDestroyNotify) tb_take_unref);
  return TRUE;
}

gboolean
tb_take_start_files (TbTake *take, TbTime start_ns)
{
  TbTakeEvent event = { .type = TB_TAKE_STARTED, .start_ns = start_ns };
  g_autoptr (GError) error = NULL;
  gint number = take->number;

  /* A file of that number can be there from a crash before it was registered; it is never written over. */
  for (gint tries = 0; !create_output (take, &take->mp4, number, &error); tries++, number++) {
    if (!g_error_matches (error, TB_ERROR, TB_ERROR_CONFLICT) || tries == NUMBERS_TO_TRY) {
      write_failed (error, take);
      return FALSE;
    }
    g_clear_error (&error);
  }
  if (!create_output (take, &take->flac, number, &error)) {
    write_failed (error, take);
    return FALSE;
  }
  g_mutex_lock (&take->lock);
  take->number = number;
  take->start_ns = start_ns;
  take->started = TRUE;
  g_mutex_unlock (&take->lock);
  event.number = number;
  event.mp4_name = g_strdup (take->mp4.name);
  event.flac_name = g_strdup (take->flac.name);
  tb_take_tell (take, &event);
  return TRUE;
}

void
tb_take_output_eos (TbTakeOutput *output)
{
  TbTake *take = output->take;

  g_mutex_lock (&take->lock);
  output->eos = TRUE;
  g_cond_broadcast (&take->changed);
  g_mutex_unlock (&take->lock);
  /* A source that ends by itself must be noticed by the thread that follows the bus. */
  gst_bus_post (take->bus, gst_message_new_application (GST_OBJECT (take->pipeline),
                                                        gst_structure_new_empty ("tb-eos")));
}

/* What the files really hold; the estimate from the streaming thread when they cannot be read. */
static TbTime
duration_of_files (TbTake *take, TbTime estimate)
{
  g_autoptr (TbMediaReader) reader = tb_media_store_open (take->store, take->visit, take->mp4.name, NULL);
  g_autoptr (TbFragments) fragments = reader != NULL ? tb_fragments_new (reader) : NULL;

  if (fragments == NULL || !tb_fragments_update (fragments, NULL) || tb_fragments_count (fragments) == 0)
    return estimate;
  return tb_fragments_duration (fragments);
}

/* Ending. */

static void
send_eos (GstElement *head, gpointer user_data)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (head, "sink");

  gst_pad_send_event (pad, gst_event_new_eos ());
}

static gboolean
outputs_done (TbTake *take)
{
  return (!take->mp4.used || take->mp4.eos) && (!take->flac.used || take->flac.eos);
}

/* EOS goes in behind what the source has given, whether or not the source still lives; a thread of GStreamer's does
 * it because it waits for the streaming thread. TRUE when everything came out in time. */
static gboolean
drain (TbTake *take)
{
  g_autoptr (GstElement) head = NULL;
  gboolean done;

  g_mutex_lock (&take->lock);
  if (take->head != NULL && take->started)
    head = gst_object_ref (take->head);
  g_mutex_unlock (&take->lock);
  if (head == NULL)
    return TRUE;
  gst_element_call_async (head, send_eos, NULL, NULL);
  g_mutex_lock (&take->lock);
  while (!outputs_done (take) && g_cond_wait_until (&take->changed, &take->lock, take->stop_at_us))
    ;
  done = outputs_done (take);
  g_mutex_unlock (&take->lock);
  return done;
}

static gboolean
close_files (TbTake *take)
{
  /* Even past the deadline what waits gets a moment to reach the disk. */
  gint64 deadline = MAX (take->stop_at_us, g_get_monotonic_time () + 300 * G_TIME_SPAN_MILLISECOND);
  gboolean ok = TRUE;

  if (take->mp4.file != NULL)
    ok &= tb_segment_file_close (take->mp4.file, deadline);
  if (take->flac.file != NULL)
    ok &= tb_segment_file_close (take->flac.file, deadline);
  return ok;
}

static void
finish (TbTake *take, TbTakeEvent *closed)
{
  TbTakeEvent finished = { .type = TB_TAKE_FINISHED };
  TbTakeStats stats;
  gboolean whole;

  g_mutex_lock (&take->lock);
  if (take->stop_at_us == 0)
    take->stop_at_us = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;
  g_mutex_unlock (&take->lock);
  whole = take->pipeline == NULL || drain (take);
  if (take->started) {
    whole &= close_files (take);
    tb_take_stats (take, &stats);
    finished.number = take->number;
    finished.start_ns = take->start_ns;
    finished.duration_ns = duration_of_files (take, stats.recorded_ns);
    finished.mp4_name = g_strdup (take->mp4.name);
    finished.flac_name = g_strdup (take->flac.name);
    finished.cut_off = !whole;
    tb_take_tell (take, &finished);
  }
  closed->cut_off = !whole;
  if (take->pipeline != NULL)
    gst_element_set_state (take->pipeline, GST_STATE_NULL);
}

/* The bus. */

static double
loudest (const GstStructure *structure, const char *field)
{
  const GValue *list = gst_structure_get_value (structure, field);
  GValueArray *array = list != NULL ? g_value_get_boxed (list) : NULL;
  double value = -120;

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  for (guint i = 0; array != NULL && i < array->n_values; i++)
    value = MAX (value, g_value_get_double (g_value_array_get_nth (array, i)));
  G_GNUC_END_IGNORE_DEPRECATIONS
  return MIN (value, 0);
}

static void
on_level (TbTake *take, const GstStructure *structure)
{
  TbTakeEvent event = { .type = TB_TAKE_LEVEL };

  event.peak_db = loudest (structure, "peak");
  event.rms_db = loudest (structure, "rms");
  tb_take_tell (take, &event);
}

static const char *
code_of_error (const GError *error)
{
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED))
    return "not-authorized";
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND)
      || g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ)
      || g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE)
      || g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY))
    return "cannot-open";
  return "source-gone";
}

/* A password in an address must not reach a message. */
static char *
clean_message (TbTake *take, const char *text)
{
  g_autoptr (GString) clean = g_string_new (text);

  g_string_replace (clean, take->source->uri, "…", 0);
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

/* TRUE when the take is over. */
static gboolean
handle_message (TbTake *take, GstMessage *message, TbTakeEvent *closed)
{
  const GstStructure *structure = gst_message_get_structure (message);
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
    gst_message_parse_error (message, &error, NULL);
    closed->message = clean_message (take, error->message);
    closed->code = g_strdup (code_of_error (error));
    closed->hopeless = take->source->type == TB_SOURCE_FILE;
    return TRUE;
  case GST_MESSAGE_ELEMENT:
    if (gst_structure_has_name (structure, "level"))
      on_level (take, structure);
    return FALSE;
  case GST_MESSAGE_APPLICATION:
    if (gst_structure_has_name (structure, FAIL_NAME)) {
      closed->message = g_strdup (gst_structure_get_string (structure, "message"));
      closed->code = g_strdup (gst_structure_get_string (structure, "code"));
      return TRUE;
    }
    if (gst_structure_has_name (structure, STOP_NAME))
      return TRUE;
    G_GNUC_FALLTHROUGH; /* "tb-eos" */
  case GST_MESSAGE_EOS:
    closed->ended = take->source->type == TB_SOURCE_FILE;
    closed->code = g_strdup (closed->ended ? "film-over" : "source-gone");
    closed->message = g_strdup (closed->ended ? "The film is over" : "The source has ended");
    return TRUE;
  default:
    return FALSE;
  }
}

static void
follow (TbTake *take, TbTakeEvent *closed)
{
  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop (take->bus, BUS_POLL);
    gboolean stop;

    g_mutex_lock (&take->lock);
    stop = take->stop;
    g_mutex_unlock (&take->lock);
    if (stop || (message != NULL && handle_message (take, message, closed)))
      return;
  }
}

static void
on_delay (TbTime delay_ns, gpointer user_data)
{
  TbTakeEvent event = { .type = TB_TAKE_DELAY, .delay_ns = delay_ns };

  tb_take_tell (user_data, &event);
}

static gboolean
open_pipeline (TbTake *take, TbTakeEvent *closed)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  g_autoptr (GError) error = NULL;
  TbSourceSetup setup = { .pipeline = GST_BIN (take->pipeline), .kind = take->kind, .base_ns = take->base_ns,
                          .film_zero = take->film_zero, .delay_ns = take->delay_ns, .ready = tb_take_attach,
                          .delay = on_delay, .user_data = take };

  gst_pipeline_use_clock (GST_PIPELINE (take->pipeline), clock);
  gst_element_set_base_time (take->pipeline, (GstClockTime) take->base_ns);
  gst_element_set_start_time (take->pipeline, GST_CLOCK_TIME_NONE);
  if (tb_source_build (take->source, &setup, &error)) {
    if (gst_element_set_state (take->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
      return TRUE;
    /* Why is on the bus. */
    follow (take, closed);
    return FALSE;
  }
  closed->message = clean_message (take, error->message);
  closed->code = g_strdup ("cannot-open");
  closed->hopeless = g_error_matches (error, TB_ERROR, TB_ERROR_UNSUPPORTED)
                     || g_error_matches (error, TB_ERROR, TB_ERROR_INVALID);
  return FALSE;
}

static gpointer
take_thread (gpointer data)
{
  TbTake *take = data;
  TbTakeEvent closed = { .type = TB_TAKE_CLOSED };

  if (open_pipeline (take, &closed))
    follow (take, &closed);
  finish (take, &closed);
  g_mutex_lock (&take->lock);
  if (take->stop) {
    g_free (closed.message);
    g_free (closed.code);
    closed.message = g_strdup (take->reason);
    closed.code = g_strdup (take->code);
    closed.ended = closed.hopeless = FALSE;
  }
  closed.disk_full = take->disk_full;
  g_mutex_unlock (&take->lock);
  tb_take_tell (take, &closed);
  tb_take_unref (take);
  return NULL;
}

TbTake *
tb_take_new (const TbTakeConfig *config)
{
  TbTake *take = g_new0 (TbTake, 1);

  g_atomic_ref_count_init (&take->refs);
  g_mutex_init (&take->lock);
  g_cond_init (&take->changed);
  take->context = g_main_context_ref (config->context);
  take->func = config->func;
  take->user_data = config->user_data;
  take->store = config->store != NULL ? tb_media_store_ref (config->store) : NULL;
  take->encoders = tb_encoders_ref (config->encoders);
  take->hub = tb_live_hub_ref (config->hub);
  take->visit = g_strdup (config->visit);
  take->track = g_strdup (config->track);
  take->kind = config->kind;
  take->source = tb_source_parse (config->source->uri, NULL);
  take->number = config->number;
  take->base_ns = config->base_ns;
  take->shift_ns = config->shift_ns;
  take->film_zero = config->film_zero;
  take->delay_ns = config->delay_ns > 0 ? config->delay_ns : TB_TIME_NONE;
  take->video_kbps = config->video_kbps;
  take->first_running = take->last_key_running = take->last_picture_running = TB_TIME_NONE;
  gst_segment_init (&take->segment, GST_FORMAT_TIME);
  take->mp4 = (TbTakeOutput){ .take = take, .ending = "mp4" };
  take->flac = (TbTakeOutput){ .take = take, .ending = "flac" };
  take->stats.opened_us = g_get_monotonic_time ();
  take->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  take->bus = gst_element_get_bus (take->pipeline);
  g_thread_unref (g_thread_new ("tb-take", take_thread, tb_take_ref (take)));
  return take;
}

void
tb_take_stats (TbTake *take, TbTakeStats *stats)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&take->lock);

  *stats = take->stats;
}

void
tb_take_stop (TbTake *take, guint deadline_ms, const char *reason, const char *code)
{
  gint64 at = g_get_monotonic_time () + deadline_ms * G_TIME_SPAN_MILLISECOND;

  g_mutex_lock (&take->lock);
  if (!take->stop) {
    take->stop = TRUE;
    take->reason = g_strdup (reason);
    take->code = g_strdup (code);
  }
  if (take->stop_at_us == 0 || at < take->stop_at_us)
    take->stop_at_us = at;
  g_cond_broadcast (&take->changed);
  g_mutex_unlock (&take->lock);
  gst_bus_post (take->bus, gst_message_new_application (NULL, gst_structure_new_empty (STOP_NAME)));
}
