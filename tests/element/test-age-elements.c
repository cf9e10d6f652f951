/* ageenc and agesrc: round trips at the edges of a chunk, age itself both ways, seeking in a film, damage. */

#include <gio/gio.h>
#include <string.h>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "age/age.h"
#include "base/error.h"
#include "fixture.h"
#include "media/init.h"
#include "timemark/mark.h"
#include "vault/age-file.h"
#include "vault/age-header.h"
#include "vault/age-stream.h"

typedef struct {
  char *folder;
  char *key;       /* path of the identity file */
  char *recipient; /* age1… */
  char *sealed;    /* path */
} Place;

static void
write_identity (const char *path, char **recipient)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_generate ();
  char *text = tb_age_identity_to_text (identity);
  TbAgeRecipient point;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  tb_age_secret_free (text);
  tb_age_identity_get_recipient (identity, &point);
  *recipient = tb_age_recipient_to_text (&point);
}

static Place *
place_new (void)
{
  Place *place = g_new0 (Place, 1);

  place->folder = g_dir_make_tmp ("terugblik-XXXXXX", NULL);
  place->key = g_build_filename (place->folder, "key.txt", NULL);
  place->sealed = g_build_filename (place->folder, "sealed.age", NULL);
  write_identity (place->key, &place->recipient);
  return place;
}

static void
place_free (Place *place)
{
  remove_folder (place->folder);
  g_free (place->folder);
  g_free (place->key);
  g_free (place->recipient);
  g_free (place->sealed);
  g_free (place);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

static guint8 *
pattern (gsize length)
{
  guint8 *bytes = g_malloc (length + 1);
  guint32 state = 1;

  for (gsize i = 0; i < length; i++) {
    state = state * 1664525u + 1013904223u;
    bytes[i] = (guint8) (state >> 24);
  }
  return bytes;
}

/* Waits for the end; NULL, or the error. */
static GError *
run_to_end (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  GError *error = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return error;
}

static GstElement *G_GNUC_PRINTF (1, 2)
launch (const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  GstElement *pipeline;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_assert_no_error (error);
  return gst_object_ref_sink (pipeline);
}

/* Seals LENGTH bytes in buffers of PIECE. */
static void
seal (Place *place, const guint8 *bytes, gsize length, gsize piece)
{
  g_autoptr (GstElement) pipeline = launch ("appsrc name=in max-bytes=0 ! ageenc recipients=%s ! filesink location=%s",
                                            place->recipient, place->sealed);
  g_autoptr (GstElement) in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  g_autoptr (GError) error = NULL;

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  for (gsize at = 0; at < length; at += piece)
    gst_app_src_push_buffer (GST_APP_SRC (in),
                             gst_buffer_new_memdup (bytes + at, MIN (piece, length - at)));
  gst_app_src_end_of_stream (GST_APP_SRC (in));
  error = run_to_end (pipeline);
  g_assert_no_error (error);
}

/* What agesrc gives from beginning to end, or NULL with ERROR. */
static GByteArray *
read_back (Place *place, const char *credentials, GError **error)
{
  g_autofree char *out = g_build_filename (place->folder, "plain", NULL);
  g_autoptr (GstElement) pipeline = launch ("agesrc location=%s %s ! filesink location=%s", place->sealed, credentials,
                                            out);
  GError *problem = run_to_end (pipeline);
  char *text;
  gsize length;

  if (problem != NULL) {
    g_propagate_error (error, problem);
    return NULL;
  }
  g_assert_true (g_file_get_contents (out, &text, &length, NULL));
  return g_byte_array_new_take ((guint8 *) text, length);
}

static const gsize sizes[] = { 0, 1, TB_AGE_CHUNK - 1, TB_AGE_CHUNK, TB_AGE_CHUNK + 1, 3 * TB_AGE_CHUNK, 200001 };

static void
test_round_trip (void)
{
  g_autoptr (Place) place = place_new ();
  g_autofree char *with_key = g_strdup_printf ("identity-file=%s", place->key);
  g_autofree guint8 *bytes = pattern (200001);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint p = 0; p < 2; p++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) plain = NULL;

      seal (place, bytes, sizes[i], p == 0 ? 1000003 : 4099);
      plain = read_back (place, with_key, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (plain->data, plain->len, bytes, sizes[i]);
    }
}

/* Runs age; FALSE when it is not there. */
static gboolean
run_age (const char *const *words, const char *in, char **out, gsize *out_length)
{
  g_autofree char *program = g_find_program_in_path ("age");
  g_autoptr (GError) error = NULL;
  GSubprocess *process;
  g_autoptr (GBytes) input = NULL;
  GBytes *output = NULL;
  g_autoptr (GPtrArray) command = g_ptr_array_new ();
  char *text;
  gsize length;

  if (program == NULL)
    return FALSE;
  g_ptr_array_add (command, program);
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (command, (char *) words[i]);
  g_ptr_array_add (command, NULL);
  g_assert_true (g_file_get_contents (in, &text, &length, NULL));
  input = g_bytes_new_take (text, length);
  process = g_subprocess_newv ((const char *const *) command->pdata,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate (process, input, NULL, &output, NULL, &error));
  g_assert_true (g_subprocess_get_successful (process));
  *out = g_bytes_unref_to_data (output, out_length);
  g_object_unref (process);
  return TRUE;
}

static void
test_age_itself (void)
{
  g_autoptr (Place) place = place_new ();
  g_autofree char *with_key = g_strdup_printf ("identity-file=%s", place->key);
  g_autofree char *plain_path = g_build_filename (place->folder, "in", NULL);
  g_autofree guint8 *bytes = pattern (200001);
  const char *const open_words[] = { "-d", "-i", place->key, NULL };
  const char *const seal_words[] = { "-r", place->recipient, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *theirs = NULL;
    g_autofree char *sealed = NULL;
    gsize length = 0;
    g_autoptr (GError) error = NULL;
    g_autoptr (GByteArray) ours = NULL;

    seal (place, bytes, sizes[i], 5000);
    if (!run_age (open_words, place->sealed, &theirs, &length)) {
      g_test_skip ("age is not there");
      return;
    }
    g_assert_cmpmem (theirs, length, bytes, sizes[i]);
    g_assert_true (g_file_set_contents (plain_path, (const char *) bytes, (gssize) sizes[i], NULL));
    g_assert_true (run_age (seal_words, plain_path, &sealed, &length));
    g_assert_true (g_file_set_contents (place->sealed, sealed, (gssize) length, NULL));
    ours = read_back (place, with_key, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (ours->data, ours->len, bytes, sizes[i]);
  }
}

static void
test_several_keys (void)
{
  g_autoptr (Place) place = place_new ();
  g_autofree char *second = g_build_filename (place->folder, "second.txt", NULL);
  g_autofree char *third = g_build_filename (place->folder, "third.txt", NULL);
  g_autofree char *list = g_build_filename (place->folder, "list", NULL);
  g_autofree char *key2 = NULL;
  g_autofree char *key3 = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GError) error = NULL;

  write_identity (second, &key2);
  write_identity (third, &key3);
  text = g_strdup_printf ("# the second\n%s\n\n", key2);
  g_assert_true (g_file_set_contents (list, text, -1, NULL));
  pipeline = launch ("fakesrc num-buffers=3 sizetype=fixed sizemax=1000 ! ageenc recipients=%s,%s recipients-file=%s ! "
                     "filesink location=%s", place->recipient, place->recipient, list, place->sealed);
  error = run_to_end (pipeline);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++) {
    const char *const keys[] = { place->key, second, third };
    g_autofree char *with_key = g_strdup_printf ("identity-file=%s", keys[i]);
    g_autoptr (GByteArray) plain = read_back (place, with_key, &error);

    if (i < 2) {
      g_assert_no_error (error);
      g_assert_cmpuint (plain->len, ==, 3000);
    } else {
      g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED);
    }
  }
}

static void
test_passphrase (void)
{
  g_autoptr (Place) place = place_new ();
  g_autofree char *right = g_build_filename (place->folder, "right", NULL);
  g_autofree char *wrong = g_build_filename (place->folder, "wrong", NULL);
  g_autofree char *with_right = g_strdup_printf ("passphrase-file=%s", right);
  g_autofree char *with_wrong = g_strdup_printf ("passphrase-file=%s", wrong);
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (GBytes) header = NULL;
  g_autoptr (GByteArray) sealed = g_byte_array_new ();
  g_autoptr (TbAgeSealer) sealer = NULL;
  g_autoptr (GByteArray) plain = NULL;
  g_autoptr (GError) error = NULL;

  tb_age_file_key_generate (&key);
  header = tb_age_header_write_passphrase ("geheim en lang", strlen ("geheim en lang"), 10, &key, &error);
  g_assert_no_error (error);
  g_byte_array_append (sealed, g_bytes_get_data (header, NULL), (guint) g_bytes_get_size (header));
  sealer = tb_age_sealer_new (&key, sealed);
  tb_age_sealer_append (sealer, (const guint8 *) "hallo", 5, sealed);
  tb_age_sealer_finish (sealer, sealed);
  g_assert_true (g_file_set_contents (place->sealed, (const char *) sealed->data, sealed->len, NULL));
  g_assert_true (g_file_set_contents (right, "geheim en lang\n", -1, NULL));
  g_assert_true (g_file_set_contents (wrong, "geheim en lang \n", -1, NULL));
  plain = read_back (place, with_right, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (plain->data, plain->len, "hallo", 5);
  g_assert_null (read_back (place, with_wrong, &error));
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED);
}

/* --- errors --------------------------------------------------------------- */

static void
check_refused (Place *place, const char *credentials, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;
  GByteArray *plain = read_back (place, credentials, &error);

  g_assert_null (plain);
  g_assert_error (error, domain, code);
}

static void
test_damage (void)
{
  g_autoptr (Place) place = place_new ();
  g_autofree char *with_key = g_strdup_printf ("identity-file=%s", place->key);
  g_autofree guint8 *bytes = pattern (200001);
  g_autofree char *sealed = NULL;
  gsize length, header;

  seal (place, bytes, 200001, 7000);
  g_assert_true (g_file_get_contents (place->sealed, &sealed, &length, NULL));
  header = length - (gsize) tb_age_payload_size (200001);
  /* One bit in each part: header, nonce, first, middle and last chunk. */
  for (guint i = 0; i < 5; i++) {
    const gsize places[] = { header - 10, header + 3, header + 100, header + TB_AGE_SEALED_CHUNK + 500, length - 1 };

    sealed[places[i]] ^= 0x10;
    g_assert_true (g_file_set_contents (place->sealed, sealed, (gssize) length, NULL));
    check_refused (place, with_key, GST_STREAM_ERROR, GST_STREAM_ERROR_DECRYPT);
    sealed[places[i]] ^= 0x10;
  }
  for (guint i = 0; i < 4; i++) {
    const gsize cuts[] = { 0, header - 1, header + TB_AGE_PAYLOAD_NONCE + TB_AGE_SEALED_CHUNK, length - 1 };

    g_assert_true (g_file_set_contents (place->sealed, sealed, (gssize) cuts[i], NULL));
    check_refused (place, with_key, GST_STREAM_ERROR, GST_STREAM_ERROR_DECRYPT);
  }
}

static void
test_wrong_use (void)
{
  g_autoptr (Place) place = place_new ();
  g_autofree char *with_key = g_strdup_printf ("identity-file=%s", place->key);
  g_autofree char *with_both = g_strdup_printf ("%s passphrase-file=%s", with_key, place->key);
  g_autofree char *no_key = g_strdup_printf ("identity-file=%s/none", place->folder);
  g_autofree char *not_a_key = g_strdup_printf ("identity-file=%s", place->sealed);

  check_refused (place, with_key, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND);
  seal (place, (const guint8 *) "x", 1, 1);
  check_refused (place, "", GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  check_refused (place, with_both, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  check_refused (place, no_key, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND);
  check_refused (place, not_a_key, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  for (guint i = 0; i < 3; i++) {
    const char *const settings[] = { "", "recipients=age1niets", "recipients-file=/nergens" };
    g_autoptr (GstElement) pipeline = launch ("fakesrc num-buffers=1 ! ageenc %s ! fakesink", settings[i]);
    g_autoptr (GError) error = run_to_end (pipeline);

    g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  }
}

/* Bytes that are to go elsewhere than at the end are refused, not put at the end. */
static void
test_no_going_back (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GstElement) pipeline = launch ("ageenc name=enc recipients=%s ! fakesink", place->recipient);
  g_autoptr (GstElement) enc = gst_bin_get_by_name (GST_BIN (pipeline), "enc");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (enc, "sink");
  g_autoptr (GstQuery) query = gst_query_new_seeking (GST_FORMAT_BYTES);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  gboolean seekable = TRUE;
  GstSegment segment;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_assert_true (gst_pad_query (pad, query));
  gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  g_assert_false (seekable);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_send_event (pad, gst_event_new_stream_start ("x"));
  g_assert_true (gst_pad_send_event (pad, gst_event_new_segment (&segment)));
  g_assert_cmpint (gst_pad_chain (pad, gst_buffer_new_memdup ("abcdef", 6)), ==, GST_FLOW_OK);
  segment.start = 6;
  g_assert_true (gst_pad_send_event (pad, gst_event_new_segment (&segment)));
  segment.start = 2;
  g_assert_false (gst_pad_send_event (pad, gst_event_new_segment (&segment)));
  message = gst_bus_timed_pop_filtered (bus, GST_SECOND, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* --- a film ---------------------------------------------------------------- */

static gint64
next_mark (GstElement *sink)
{
  g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 10 * GST_SECOND);
  GstVideoInfo info;
  GstVideoFrame frame;
  guint64 mark = 0;

  g_assert_nonnull (sample);
  gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
  g_assert_true (gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ));
  g_assert_true (tb_mark_read (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), info.width, info.height,
                               GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), &mark));
  gst_video_frame_unmap (&frame);
  return (gint64) mark;
}

static void
test_film (void)
{
  g_autoptr (Place) place = place_new ();
  g_autoptr (GstElement) writer = launch ("videotestsrc num-buffers=250 ! video/x-raw,format=I420,width=640,height=360,"
                                          "framerate=25/1 ! timemark ! x264enc bframes=0 key-int-max=25 "
                                          "speed-preset=ultrafast ! h264parse ! mp4mux fragment-duration=1000 ! "
                                          "ageenc recipients=%s ! filesink location=%s",
                                          place->recipient, place->sealed);
  g_autoptr (GstElement) reader = launch ("agesrc location=%s identity-file=%s ! qtdemux ! h264parse ! avdec_h264 ! "
                                          "videoconvert ! video/x-raw,format=I420 ! appsink name=out sync=false "
                                          "max-buffers=2", place->sealed, place->key);
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (reader), "out");
  g_autoptr (GError) error = run_to_end (writer);

  g_assert_no_error (error);
  gst_element_set_state (reader, GST_STATE_PAUSED);
  g_assert_cmpint (gst_element_get_state (reader, NULL, NULL, 10 * GST_SECOND), ==, GST_STATE_CHANGE_SUCCESS);
  gst_element_set_state (reader, GST_STATE_PLAYING);
  g_assert_cmpint (next_mark (out), ==, 0);
  for (guint i = 0; i < 4; i++) {
    const gint64 places_ms[] = { 8000, 2000, 5000, 40 };

    g_assert_true (gst_element_seek_simple (reader, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE,
                                            places_ms[i] * GST_MSECOND));
    g_assert_cmpint (next_mark (out), ==, places_ms[i]);
  }
  gst_element_set_state (reader, GST_STATE_NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tb_media_init ();
  tb_age_elements_register (NULL);
  g_test_add_func ("/age-elements/round-trip", test_round_trip);
  g_test_add_func ("/age-elements/age-itself", test_age_itself);
  g_test_add_func ("/age-elements/several-keys", test_several_keys);
  g_test_add_func ("/age-elements/passphrase", test_passphrase);
  g_test_add_func ("/age-elements/damage", test_damage);
  g_test_add_func ("/age-elements/wrong-use", test_wrong_use);
  g_test_add_func ("/age-elements/no-going-back", test_no_going_back);
  g_test_add_func ("/age-elements/film", test_film);
  return g_test_run ();
}
