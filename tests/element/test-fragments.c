/* The reader of recorded files: whole, growing, torn anywhere, strange. */

#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "media/fragments.h"

/* Writes boxes. */
static gsize
begin (GByteArray *out, const char *type)
{
  gsize at = out->len;

  g_byte_array_append (out, (const guint8 *) "\0\0\0\0", 4);
  g_byte_array_append (out, (const guint8 *) type, 4);
  return at;
}

static void
put (GByteArray *out, guint64 value, guint bytes)
{
  for (guint i = bytes; i-- > 0;) {
    guint8 byte = (guint8) (value >> (8 * i));

    g_byte_array_append (out, &byte, 1);
  }
}

static void
end (GByteArray *out, gsize at)
{
  guint32 size = GUINT32_TO_BE ((guint32) (out->len - at));

  memcpy (out->data + at, &size, 4);
}

/* ftyp and a moov of one H.264 track of timescale 1000; trex says 40 units, 5 bytes, not key. */
static void
put_init (GByteArray *out)
{
  static const char *const path[] = { "moov", "trak", "mdia" };
  gsize at[8], box;

  box = begin (out, "ftyp");
  g_byte_array_append (out, (const guint8 *) "isom\0\0\0\0", 8);
  end (out, box);
  for (guint i = 0; i < 3; i++)
    at[i] = begin (out, path[i]);
  box = begin (out, "mdhd");
  put (out, 0, 4);
  put (out, 0, 8);
  put (out, 1000, 4);
  put (out, 0, 8);
  end (out, box);
  at[3] = begin (out, "minf");
  at[4] = begin (out, "stbl");
  at[5] = begin (out, "stsd");
  put (out, 1, 8);
  at[6] = begin (out, "avc1");
  put (out, 0, 8);
  put (out, 0, 8);
  put (out, 0, 8);
  put (out, 640, 2);
  put (out, 360, 2);
  for (guint i = 0; i < 5; i++)
    put (out, 0, 8);
  put (out, 0, 8);
  put (out, 0, 2);
  box = begin (out, "avcC");
  put (out, 0x0164001f, 4);
  put (out, 0xffe0, 2);
  put (out, 0, 1);
  end (out, box);
  for (gint i = 6; i >= 1; i--)
    end (out, at[i]);
  at[1] = begin (out, "mvex");
  box = begin (out, "trex");
  put (out, 0, 4);
  put (out, 1, 8);
  put (out, 40, 4);
  put (out, 5, 4);
  put (out, 0x10000, 4);
  end (out, box);
  end (out, at[1]);
  end (out, at[0]);
}

/* A fragment of COUNT samples at TIME by the defaults of trex, the first a key frame; VERSION of tfdt. */
static void
put_fragment (GByteArray *out, guint64 time, guint count, guint version)
{
  gsize moof = begin (out, "moof"), traf = begin (out, "traf"), box;
  guint32 offset;

  box = begin (out, "tfhd");
  put (out, 0x020000, 4);
  put (out, 1, 4);
  end (out, box);
  box = begin (out, "tfdt");
  put (out, (guint64) version << 24, 4);
  put (out, time, version ? 8 : 4);
  end (out, box);
  box = begin (out, "trun");
  put (out, 0x000005, 4);
  put (out, count, 4);
  put (out, 0, 4); /* where the data is: below */
  put (out, 0, 4); /* the first sample's flags: key */
  end (out, box);
  end (out, traf);
  end (out, moof);
  offset = GUINT32_TO_BE ((guint32) (out->len - moof + 8)); /* after the header of mdat */
  memcpy (out->data + box + 16, &offset, 4);
  box = begin (out, "mdat");
  for (guint i = 0; i < count; i++)
    put (out, i, 5);
  end (out, box);
}

static GByteArray *
small_file (void)
{
  GByteArray *out = g_byte_array_new ();

  put_init (out);
  put_fragment (out, 0, 25, 0);
  put_fragment (out, 1000, 25, 1);
  put_fragment (out, 2000, 10, 1);
  return out;
}

static TbFragments *
read_bytes (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  TbFragments *fragments = tb_fragments_new_memory (bytes);

  tb_fragments_update (fragments, error);
  return fragments;
}

static void
test_whole (void)
{
  g_autoptr (GByteArray) file = small_file ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TbFragments) fragments = read_bytes (file->data, file->len, &error);
  const TbFragment *list = tb_fragments_list (fragments);
  g_autoptr (GArray) samples = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (tb_fragments_count (fragments), ==, 3);
  g_assert_cmpstr (tb_fragments_codec (fragments), ==, "avc1.64001f");
  g_assert_cmpint (tb_fragments_width (fragments), ==, 640);
  g_assert_cmpint (tb_fragments_height (fragments), ==, 360);
  g_assert_cmpuint (tb_fragments_timescale (fragments), ==, 1000);
  g_assert_cmpint (list[1].time, ==, TB_SECOND);
  g_assert_cmpint (list[1].duration, ==, TB_SECOND);
  g_assert_true (list[1].key);
  g_assert_cmpint (tb_fragments_duration (fragments), ==, 2400 * TB_MILLISECOND);
  g_assert_cmpint (tb_fragments_find (fragments, 1999 * TB_MILLISECOND), ==, 1);
  g_assert_cmpint (tb_fragments_find (fragments, 99 * TB_SECOND), ==, 2);
  g_assert_cmpint (tb_fragments_find (fragments, -1), ==, -1);
  samples = tb_fragments_samples (fragments, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (samples->len, ==, 25);
  g_assert_true (g_array_index (samples, TbSample, 0).key);
  g_assert_false (g_array_index (samples, TbSample, 1).key);
  g_assert_cmpint (g_array_index (samples, TbSample, 2).pts, ==, 1080 * TB_MILLISECOND);
  g_assert_cmpuint (file->data[g_array_index (samples, TbSample, 7).offset + 4], ==, 7);
}

/* Cut at every byte: never more than is whole, and never less. */
static void
test_torn (void)
{
  g_autoptr (GByteArray) file = small_file ();
  g_autoptr (TbFragments) whole = read_bytes (file->data, file->len, NULL);

  for (gsize size = 0; size <= file->len; size++) {
    g_autoptr (GError) error = NULL;
    g_autofree guint8 *copy = g_memdup2 (file->data, size);
    g_autoptr (TbFragments) fragments = read_bytes (copy, size, &error);
    guint expected = 0;

    g_assert_no_error (error);
    for (guint i = 0; i < 3; i++)
      expected += tb_fragments_list (whole)[i].offset + tb_fragments_list (whole)[i].size <= size;
    g_assert_cmpuint (tb_fragments_count (fragments), ==, expected);
    g_assert_cmpuint (tb_fragments_valid_size (fragments) + tb_fragments_torn_bytes (fragments), ==, size);
  }
}

static void
test_growing (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tb-fragments-XXXXXX", NULL);
  g_autoptr (TbMediaStore) store = tb_media_store_new_folder (folder);
  g_autoptr (TbMediaWriter) writer = tb_media_store_create (store, "visit", "a.mp4", NULL);
  g_autoptr (TbMediaReader) reader = tb_media_store_open (store, "visit", "a.mp4", NULL);
  g_autoptr (TbFragments) fragments = tb_fragments_new (reader), restored = NULL;
  g_autoptr (GByteArray) file = small_file ();
  g_autoptr (GError) error = NULL;

  for (gsize at = 0; at < file->len; at += 7) {
    g_assert_true (tb_media_writer_append (writer, file->data + at, MIN (7, file->len - at), &error));
    g_assert_true (tb_fragments_update (fragments, &error));
  }
  g_assert_cmpuint (tb_fragments_count (fragments), ==, 3);
  g_assert_cmpuint (tb_fragments_torn_bytes (fragments), ==, 0);
  restored = tb_fragments_new (reader);
  g_assert_true (tb_fragments_restore (restored, tb_fragments_list (fragments), 2, &error));
  g_assert_true (tb_fragments_update (restored, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (tb_fragments_count (restored), ==, 3);
  g_assert_cmpmem (tb_fragments_list (restored), 3 * sizeof (TbFragment), tb_fragments_list (fragments),
                   3 * sizeof (TbFragment));
  g_assert_true (tb_media_store_delete (store, "visit", "a.mp4", NULL));
}

static void
test_strange (void)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TbFragments) none = NULL, zeros = NULL, late = NULL;
  static const guint8 zero[64] = { 0 };

  none = read_bytes ((const guint8 *) "this is not a film", 18, &error);
  g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
  g_clear_error (&error);
  /* A loss of power can leave zeros. */
  put_init (file);
  put_fragment (file, 0, 25, 0);
  g_byte_array_append (file, zero, sizeof zero);
  zeros = read_bytes (file->data, file->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tb_fragments_count (zeros), ==, 1);
  g_assert_cmpuint (tb_fragments_torn_bytes (zeros), ==, sizeof zero);
  /* A time beyond all reason ends the file. */
  g_byte_array_set_size (file, 0);
  put_init (file);
  put_fragment (file, G_MAXUINT64 / 2, 25, 1);
  late = read_bytes (file->data, file->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tb_fragments_count (late), ==, 0);
}

int
main (int argc, char **argv)
{
  /* For the fuzzer's corpus: writes the small file. */
  if (argc == 3 && g_str_equal (argv[1], "--write")) {
    g_autoptr (GByteArray) file = small_file ();

    return g_file_set_contents (argv[2], (const char *) file->data, file->len, NULL) ? 0 : 1;
  }
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fragments/whole", test_whole);
  g_test_add_func ("/fragments/torn", test_torn);
  g_test_add_func ("/fragments/growing", test_growing);
  g_test_add_func ("/fragments/strange", test_strange);
  return g_test_run ();
}
