/* OpenTimelineIO: gaps, nested stacks, markers in the time of their clip. */
#include <string.h>

#include "base/error.h"
#include "exchange-tools.h"
#include "exchange/otio.h"

static void
test_nested (void)
{
  g_autoptr (GBytes) bytes = fixture ("nested.otio");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document
      = read_as ("otio", g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), loss);
  g_autofree char *text = events_as_text (document);

  g_assert_cmpstr (text, ==,
                   "montage|let op|point|2|-|-|-|hier||color=RED\n"
                   "montage|beeld|state|2|3|-|-|een||media=een.mp4\n"
                   "montage|GREEN|state|2.4|2.6|-|-|||\n"
                   "montage|beeld|state|3|6|-|-|twee||media=twee.mp4\n"
                   "montage|beeld|state|6|7|-|-|drie||\n");
  g_assert_cmpint (tb_loss_get_present (loss), ==, 6);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, 1);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 1);
}

/* As the library writes what has no end, and no number. */
static void
test_infinity (void)
{
  static const char text[]
      = "{\"OTIO_SCHEMA\": \"Clip.2\", \"name\": \"Inf \\\"-Inf\", \"metadata\": {\"a\": Inf, \"b\": -Inf, \"c\": NaN},"
        " \"source_range\": {\"start_time\": {\"value\": 0, \"rate\": 24}, \"duration\": {\"value\": 48, \"rate\": 24}}}";
  g_autoptr (TbExchange) document = read_as ("otio", text, -1, NULL);

  g_assert_cmpuint (tb_exchange_n_events (document), ==, 1);
  g_assert_cmpstr (document->title, ==, "Inf \"-Inf");
}

static void
test_refused (void)
{
  static const char *const bad[] = { "", "{}", "[1]", "{\"OTIO_SCHEMA\": 1" };
  g_autofree char *deep = g_strnfill (500, '[');

  for (guint i = 0; i <= G_N_ELEMENTS (bad); i++) {
    const char *text = i < G_N_ELEMENTS (bad) ? bad[i] : deep;
    g_autoptr (GError) error = NULL;

    g_assert_null (tb_otio_read ((const guint8 *) text, strlen (text), NULL, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  }
}

#define RANGE(from, length) \
  "{\"start_time\": {\"value\": " #from ", \"rate\": 1}, \"duration\": {\"value\": " #length ", \"rate\": 1}}"

/* A collection holds timelines; a track that is cut begins later in its own time, and is as long as the cut. */
static void
test_collection (void)
{
  static const char text[]
      = "{\"OTIO_SCHEMA\": \"SerializableCollection.1\", \"name\": \"les\", \"children\": [{\"OTIO_SCHEMA\": \"Timeline.1\","
        " \"tracks\": {\"OTIO_SCHEMA\": \"Stack.1\", \"children\": [{\"OTIO_SCHEMA\": \"Track.1\", \"name\": \"buiten\","
        " \"children\": [{\"OTIO_SCHEMA\": \"Track.1\", \"name\": \"binnen\", \"source_range\": " RANGE (10, 5) ","
        " \"markers\": [{\"OTIO_SCHEMA\": \"Marker.2\", \"name\": \"hier\", \"marked_range\": " RANGE (12, 0) "}],"
        " \"children\": [{\"OTIO_SCHEMA\": \"Gap.1\", \"source_range\": " RANGE (0, 11) "},"
        " {\"OTIO_SCHEMA\": \"Clip.1\", \"name\": \"een\", \"source_range\": " RANGE (0, 9) "}]},"
        " {\"OTIO_SCHEMA\": \"Clip.1\", \"name\": \"twee\", \"source_range\": " RANGE (0, 2) "}]}]}}]}";
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_as ("otio", text, -1, loss);
  g_autofree char *events = events_as_text (document);

  g_assert_cmpstr (events, ==,
                   "les|binnen|state|1|10|-|-|een||\n"
                   "les|hier|point|2|-|-|-|||\n"
                   "les|buiten|state|5|7|-|-|twee||\n");
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 1); /* that the track was cut */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/otio/nested", test_nested);
  g_test_add_func ("/otio/collection", test_collection);
  g_test_add_func ("/otio/infinity", test_infinity);
  g_test_add_func ("/otio/refused", test_refused);
  return g_test_run ();
}
