/* Sealed recordings: written and read at the same time, broken off at every
 * place, mended, locked. What is read is always what was written. */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <signal.h>

#include <glib/gstdio.h>

#include "age-tools.h"
#include "base/error.h"
#include "vault-tools.h"
#include "vault/age-bytes.h"
#include "vault/media-care.h"
#include "vault/media-private.h"

#define VISIT "visit"
#define NAME "1-a.mp4"
#define CHUNK TB_AGE_CHUNK
#define BEGIN (168 + TB_AGE_PAYLOAD_NONCE) /* bytes before chunk 0: the header for one recipient, and the nonce */

typedef struct {
  char *folder;
  MemoryShelf *shelf;
  TbVault *vault;
  TbMediaStore *store;
  guint8 *text; /* what is written, as much of it as a test needs */
  gsize size;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char *recovery = NULL;

  fixture->folder = g_dir_make_tmp ("terugblik-media-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->shelf = memory_shelf_new ();
  fixture->vault = memory_shelf_vault (fixture->shelf);
  g_assert_true (tb_vault_create (fixture->vault, "piet", "woord", &recovery, &error));
  tb_age_secret_free (recovery);
  fixture->store = tb_media_store_new_sealed (fixture->folder, fixture->vault);
  fixture->size = 6 * CHUNK;
  fixture->text = age_pattern (fixture->size);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tb_media_store_unref (fixture->store);
  tb_vault_unref (fixture->vault);
  memory_shelf_free (fixture->shelf);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->text);
}

/* FOLDER/VISIT/NAME + SUFFIX. New. */
static char *
path_of (Fixture *fixture, const char *suffix)
{
  return g_strconcat (fixture->folder, "/" VISIT "/" NAME, suffix, NULL);
}

static gboolean
is_there (Fixture *fixture, const char *suffix)
{
  g_autofree char *path = path_of (fixture, suffix);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static TbMediaWriter *
create (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  TbMediaWriter *writer = tb_media_store_create (fixture->store, VISIT, NAME, &error);

  g_assert_no_error (error);
  return writer;
}

static TbMediaReader *
open_reader (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  TbMediaReader *reader = tb_media_store_open (fixture->store, VISIT, NAME, &error);

  g_assert_no_error (error);
  return reader;
}

static void
append (Fixture *fixture, TbMediaWriter *writer, gsize from, gsize to)
{
  g_autoptr (GError) error = NULL;

  tb_media_writer_append (writer, fixture->text + from, to - from, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tb_media_writer_size (writer), ==, to);
}

static void
seal (TbMediaWriter *writer)
{
  g_autoptr (GError) error = NULL;

  tb_media_writer_seal (writer, &error);
  g_assert_no_error (error);
}

static guint64
size_of (TbMediaReader *reader)
{
  g_autoptr (GError) error = NULL;
  guint64 size = 0;

  tb_media_reader_size (reader, &size, &error);
  g_assert_no_error (error);
  return size;
}

/* [OFFSET, OFFSET + LENGTH) reads as it was written, and no more than SIZE. */
static void
reads (Fixture *fixture, TbMediaReader *reader, gsize offset, gsize length, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = g_malloc0 (length + 1);
  gssize got = tb_media_reader_read (reader, offset, bytes, length, &error);

  g_assert_no_error (error);
  g_assert_cmpint (got, ==, (gssize) (offset < size ? MIN (length, size - offset) : 0));
  if (got > 0)
    g_assert_true (memcmp (bytes, fixture->text + offset, (gsize) got) == 0);
}

static void
reads_all (Fixture *fixture, TbMediaReader *reader, gsize size)
{
  static const gsize offsets[] = { 0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 7, 3 * CHUNK };
  static const gsize lengths[] = { 1, 17, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5 };

  g_assert_cmpuint (size_of (reader), ==, size);
  reads (fixture, reader, 0, size + 100, size);
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    for (guint j = 0; j < G_N_ELEMENTS (lengths); j++)
      reads (fixture, reader, offsets[i], lengths[j], size);
  if (size > 3)
    reads (fixture, reader, size - 3, 10, size);
}

static void
holds (Fixture *fixture, gsize size)
{
  g_autoptr (TbMediaReader) reader = open_reader (fixture);

  reads_all (fixture, reader, size);
}

/* Any age program opens the file: our plain reading of the format, and Debian's age where it is. */
static void
opens_with_age (Fixture *fixture, gsize size)
{
  g_autoptr (TbAgeIdentity) identity = tb_vault_get_visit_identity (fixture->vault, VISIT, NULL);
  g_autoptr (GPtrArray) ring = age_ring (identity);
  g_autofree char *path = path_of (fixture, ".age"), *key = path_of (fixture, ".key"), *out = path_of (fixture, ".out");
  g_autofree char *secret = tb_age_identity_to_text (identity);
  g_autofree char *program = g_find_program_in_path ("age"), *sealed = NULL, *plain = NULL;
  const TbAgeUnlock unlock = { .identities = ring };
  g_autoptr (GError) error = NULL;
  GByteArray *opened;
  gsize length;
  int status;

  g_assert_true (g_file_get_contents (path, &sealed, &length, &error));
  opened = tb_age_open_bytes ((const guint8 *) sealed, length, &unlock, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (opened->data, opened->len, fixture->text, size);
  tb_age_bytes_wipe (opened);
  if (program == NULL)
    return;
  {
    const char *words[] = { program, "-d", "-i", key, "-o", out, path, NULL };

    g_assert_true (g_file_set_contents (key, secret, -1, &error));
    g_assert_true (g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error));
    g_assert_true (g_spawn_check_wait_status (status, &error));
    /* Of nothing age makes no file. */
    g_assert_true (g_file_get_contents (out, &plain, &length, NULL) || size == 0);
    g_assert_cmpmem (plain, plain != NULL ? length : 0, fixture->text, size);
    g_unlink (key);
    g_unlink (out);
  }
}

static const gsize sizes[] = { 0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 12345 };

static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    TbMediaWriter *writer = create (fixture);
    g_autofree char *path = path_of (fixture, ".age");
    struct stat info;

    for (gsize at = 0; at < sizes[i]; at += 9973)
      append (fixture, writer, at, MIN (at + 9973, sizes[i]));
    seal (writer);
    g_assert_false (is_there (fixture, ".age.part"));
    g_assert_false (is_there (fixture, ""));
    g_assert_cmpint (g_stat (path, &info), ==, 0);
    g_assert_cmpint (info.st_mode & 07777, ==, 0600);
    holds (fixture, sizes[i]);
    opens_with_age (fixture, sizes[i]);
    g_assert_true (tb_media_store_delete (fixture->store, VISIT, NAME, NULL));
    g_assert_false (is_there (fixture, ".age"));
  }
}

/* What an append has returned for can be read, by a reader opened before and by one opened after. */
static void
test_growing (Fixture *fixture, gconstpointer data)
{
  TbMediaWriter *writer = create (fixture);
  g_autoptr (TbMediaReader) early = open_reader (fixture);
  gsize at = 0;

  g_assert_cmpuint (size_of (early), ==, 0);
  for (guint i = 0; at < 4 * CHUNK; i++) {
    gsize next = at + 1 + (i * 7919) % 30011;

    append (fixture, writer, at, next);
    at = next;
    g_assert_cmpuint (size_of (early), ==, at);
    reads (fixture, early, at > 50000 ? at - 50000 : 0, 60000, at);
    if (i % 5 == 0)
      holds (fixture, at);
    if (i % 3 == 0)
      g_assert_true (tb_media_writer_sync (writer, NULL));
  }
  seal (writer);
  reads_all (fixture, early, at);
  holds (fixture, at);
}

typedef struct {
  Fixture *fixture;
  TbMediaReader *reader;
  gint stop;
} Reading;

static gpointer
read_on_and_on (gpointer data)
{
  Reading *reading = data;
  guint64 last = 0;

  for (guint i = 0; !g_atomic_int_get (&reading->stop) || i < 50; i++) {
    guint64 size = size_of (reading->reader);
    gsize offset = size > 0 ? (i * 104729) % size : 0;

    g_assert_cmpuint (size, >=, last);
    last = size;
    reads (reading->fixture, reading->reader, offset, MIN (size - offset, 100000), size);
  }
  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  TbMediaWriter *writer = create (fixture);
  g_autoptr (TbMediaReader) reader = open_reader (fixture);
  Reading reading = { fixture, reader, 0 };
  GThread *threads[3];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_on_and_on, &reading);
  for (gsize at = 0; at < fixture->size; at += 4096)
    append (fixture, writer, at, at + 4096);
  seal (writer);
  g_atomic_int_set (&reading.stop, 1);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  reads_all (fixture, reader, fixture->size);
}

/* Another process (here: another store) sees what was synced. */
static void
test_other_process (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TbMediaStore) other = tb_media_store_new_sealed (fixture->folder, fixture->vault);
  TbMediaWriter *writer = create (fixture);
  g_autoptr (TbMediaReader) reader = tb_media_store_open (other, VISIT, NAME, NULL);
  g_autoptr (GError) error = NULL;
  gboolean mended = TRUE;

  for (gsize at = 0; at < 3 * CHUNK; at += 20000) {
    append (fixture, writer, at, at + 20000);
    g_assert_true (tb_media_writer_sync (writer, NULL));
    g_assert_cmpuint (size_of (reader), ==, at + 20000);
    reads (fixture, reader, at, 20000, at + 20000);
  }
  g_assert_false (tb_media_store_mend (other, VISIT, NAME, &mended, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_BUSY);
  seal (writer);
  reads_all (fixture, reader, 200000);
}

static void
read_gives (TbMediaReader *reader, int code)
{
  g_autoptr (GError) error = NULL;
  guint8 byte;
  guint64 size;

  g_assert_cmpint (tb_media_reader_read (reader, 0, &byte, 1, &error), ==, -1);
  g_assert_error (error, TB_ERROR, code);
  g_clear_error (&error);
  g_assert_false (tb_media_reader_size (reader, &size, &error));
  g_assert_error (error, TB_ERROR, code);
}

static void
test_locked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) unfinished = NULL;
  TbMediaWriter *writer = create (fixture);
  g_autoptr (TbMediaReader) early = NULL;
  gboolean mended;

  append (fixture, writer, 0, 100000);
  early = open_reader (fixture);
  reads (fixture, early, 0, 100000, 100000);
  tb_vault_lock (fixture->vault);
  read_gives (early, TB_ERROR_LOCKED);
  g_assert_null (tb_media_store_open (fixture->store, VISIT, NAME, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_false (tb_media_store_mend (fixture->store, VISIT, NAME, &mended, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_LOCKED);
  g_clear_error (&error);
  /* Writing goes on, and a new file can be begun. */
  append (fixture, writer, 100000, 200000);
  g_assert_true (tb_media_writer_sync (writer, NULL));
  unfinished = tb_media_store_unfinished (fixture->store, VISIT, NULL);
  g_assert_cmpuint (unfinished->len, ==, 1);
  seal (writer);
  writer = tb_media_store_create (fixture->store, "new-visit", "b.flac", &error);
  g_assert_no_error (error);
  seal (writer);
  g_assert_true (tb_vault_unlock (fixture->vault, "piet", "woord", NULL));
  /* What was opened before stays closed. */
  read_gives (early, TB_ERROR_LOCKED);
  holds (fixture, 200000);
}

static gpointer
lock_soon (gpointer vault)
{
  g_usleep (3000);
  tb_vault_lock (vault);
  return NULL;
}

static void
test_lock_while_reading (Fixture *fixture, gconstpointer data)
{
  TbMediaWriter *writer = create (fixture);

  append (fixture, writer, 0, fixture->size);
  seal (writer);
  for (guint round = 0; round < 10; round++) {
    g_autoptr (TbMediaReader) reader = open_reader (fixture);
    g_autofree guint8 *bytes = g_malloc (fixture->size);
    GThread *thread = g_thread_new ("lock", lock_soon, fixture->vault);
    g_autoptr (GError) error = NULL;

    while (tb_media_reader_read (reader, round * 999, bytes, fixture->size, &error) >= 0)
      g_assert_true (memcmp (bytes, fixture->text + round * 999, CHUNK) == 0);
    g_assert_error (error, TB_ERROR, TB_ERROR_LOCKED);
    g_thread_join (thread);
    g_assert_true (tb_vault_unlock (fixture->vault, NULL, "woord", NULL));
  }
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  TbMediaWriter *writer = create (fixture), *second;
  g_autofree char *old = g_strconcat (fixture->folder, "/" VISIT "/old.flac", NULL);
  g_autoptr (GPtrArray) names = NULL, visits = NULL;
  g_autoptr (TbMediaReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (old, "plain", 5, NULL));
  g_assert_null (tb_media_store_create (fixture->store, VISIT, NAME, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (tb_media_store_create (fixture->store, VISIT, "old.flac", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  second = tb_media_store_create (fixture->store, VISIT, "b.mp4", NULL);
  seal (second);
  names = tb_media_store_list (fixture->store, VISIT, NULL);
  g_assert_cmpuint (names->len, ==, 3);
  g_assert_cmpstr (names->pdata[0], ==, NAME);
  g_assert_cmpstr (names->pdata[1], ==, "b.mp4");
  g_assert_cmpstr (names->pdata[2], ==, "old.flac");
  visits = tb_media_store_list_visits (fixture->store, NULL);
  g_assert_cmpuint (visits->len, ==, 1);
  for (guint i = 0; i < 2; i++) {
    const char *forbidden = i == 0 ? NAME ".age" : NAME ".age.part";

    g_assert_null (tb_media_store_open (fixture->store, VISIT, forbidden, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
    g_clear_error (&error);
  }
  g_assert_null (tb_media_store_open (fixture->store, VISIT, "nothing.mp4", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  /* What was there before the vault is read as it is, locked or not. */
  tb_vault_lock (fixture->vault);
  reader = tb_media_store_open (fixture->store, VISIT, "old.flac", NULL);
  g_assert_cmpuint (size_of (reader), ==, 5);
  tb_media_writer_free (writer);
  g_assert_true (is_there (fixture, ".age.part"));
  g_assert_true (tb_media_store_delete (fixture->store, VISIT, NAME, NULL));
  g_assert_false (is_there (fixture, ".age") || is_there (fixture, ".age.part"));
  g_assert_true (tb_media_store_delete (fixture->store, VISIT, "old.flac", NULL));
  g_clear_error (&error);
  g_assert_false (tb_media_store_delete (fixture->store, VISIT, "old.flac", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

static void
test_destroyed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbMediaReader) early = NULL, others = NULL;
  TbMediaWriter *writer = create (fixture), *other;

  append (fixture, writer, 0, 5000);
  seal (writer);
  early = open_reader (fixture);
  other = tb_media_store_create (fixture->store, "other", NAME, NULL);
  g_assert_true (tb_media_writer_append (other, "x", 1, NULL));
  seal (other);
  others = tb_media_store_open (fixture->store, "other", NAME, NULL);
  g_assert_true (tb_vault_destroy_visit (fixture->vault, VISIT, NULL));
  /* Not by who had it open either; other visits are as they were. */
  read_gives (early, TB_ERROR_NOT_FOUND);
  g_assert_cmpuint (size_of (others), ==, 1);
  g_assert_null (tb_media_store_open (fixture->store, VISIT, NAME, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* Not even after the visit has got a new key. */
  writer = tb_media_store_create (fixture->store, VISIT, "c.mp4", NULL);
  seal (writer);
  g_assert_null (tb_media_store_open (fixture->store, VISIT, NAME, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
}

/* Files as they lay on the disk at some moment. */
typedef struct {
  GBytes *main, *part; /* PART NULL: there is none */
  gsize size; /* what had been synced then */
} Moment;

static GBytes *
contents (Fixture *fixture, const char *suffix)
{
  g_autofree char *path = path_of (fixture, suffix);
  char *bytes;
  gsize length;

  return g_file_get_contents (path, &bytes, &length, NULL) ? g_bytes_new_take (bytes, length) : NULL;
}

static void
put_contents (Fixture *fixture, const char *suffix, GBytes *bytes, gsize length)
{
  g_autofree char *path = path_of (fixture, suffix);

  g_unlink (path);
  if (bytes != NULL)
    g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) length, NULL));
}

static void
moment_free (gpointer data)
{
  Moment *moment = data;

  g_clear_pointer (&moment->main, g_bytes_unref);
  g_clear_pointer (&moment->part, g_bytes_unref);
  g_free (moment);
}

static Moment *
moment_now (Fixture *fixture, gsize size)
{
  Moment *moment = g_new0 (Moment, 1);

  moment->main = contents (fixture, ".age");
  moment->part = contents (fixture, ".age.part");
  moment->size = size;
  return moment;
}

static void
moment_restore (Fixture *fixture, const Moment *moment)
{
  put_contents (fixture, ".age", moment->main, g_bytes_get_size (moment->main));
  put_contents (fixture, ".age.part", moment->part, moment->part != NULL ? g_bytes_get_size (moment->part) : 0);
}

/* Mends; what the file then holds is right to the last byte. Its size. */
static gsize
mend (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbMediaReader) reader = NULL;
  gboolean mended = FALSE, again = TRUE;
  TbMediaForm form;
  gsize size;

  tb_media_store_mend (fixture->store, VISIT, NAME, &mended, &error);
  g_assert_no_error (error);
  g_assert_false (is_there (fixture, ".age.part"));
  reader = open_reader (fixture);
  size = size_of (reader);
  g_assert_cmpuint (size, <=, fixture->size);
  reads (fixture, reader, 0, size + 1, size);
  g_assert_true (tb_media_store_get_form (fixture->store, VISIT, NAME, &form, NULL));
  g_assert_cmpint (form, ==, TB_MEDIA_SEALED);
  g_assert_true (tb_media_store_mend (fixture->store, VISIT, NAME, &again, NULL));
  g_assert_false (again);
  return size;
}

/* A recording, synced at every step, of which the files are kept as they were. */
static GPtrArray *
record_moments (Fixture *fixture, gsize step, gsize until)
{
  GPtrArray *moments = g_ptr_array_new_with_free_func (moment_free);
  TbMediaWriter *writer = create (fixture);

  g_ptr_array_add (moments, moment_now (fixture, 0));
  for (gsize at = 0; at < until;) {
    gsize next = MIN (at + step, until);

    append (fixture, writer, at, next);
    g_ptr_array_add (moments, moment_now (fixture, at)); /* killed before the sync */
    g_assert_true (tb_media_writer_sync (writer, NULL));
    g_ptr_array_add (moments, moment_now (fixture, next));
    at = next;
  }
  seal (writer);
  g_ptr_array_add (moments, moment_now (fixture, until));
  return moments;
}

/* Killed at any moment: everything that was synced is there, before and after mending. */
static void
test_killed (Fixture *fixture, gconstpointer data)
{
  static const gsize steps[] = { 7001, 65536, 100003 };

  for (guint s = 0; s < G_N_ELEMENTS (steps); s++) {
    g_autoptr (GPtrArray) moments = record_moments (fixture, steps[s], 3 * CHUNK + 777);

    for (guint i = 0; i < moments->len; i++) {
      const Moment *moment = moments->pdata[i];
      g_autoptr (TbMediaReader) reader = NULL;
      gsize size;

      moment_restore (fixture, moment);
      reader = open_reader (fixture);
      size = size_of (reader);
      g_assert_cmpuint (size, >=, moment->size);
      reads_all (fixture, reader, size);
      g_assert_cmpuint (mend (fixture), ==, size);
      reads_all (fixture, reader, size);
      opens_with_age (fixture, size);
    }
    g_assert_true (tb_media_store_delete (fixture->store, VISIT, NAME, NULL));
  }
}

/* Cut off at any byte, or the end full of zeros, with the part of that moment, an older one, a damaged one or none. */
static void
test_torn (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) moments = record_moments (fixture, 30000, 3 * CHUNK + 777);
  const Moment *last = moments->pdata[moments->len - 1];
  gsize length, start = BEGIN;
  const guint8 *whole = g_bytes_get_data (last->main, &length);

  for (guint round = 0; round < 400; round++) {
    g_autofree guint8 *torn = g_memdup2 (whole, length);
    gsize cut = round < 100 ? start + round * 7 : (gsize) g_test_rand_int_range ((gint32) start, (gint32) length + 1);
    gsize zeros = round % 3 == 0 ? (gsize) g_test_rand_int_range (0, 100000) : 0;
    const Moment *other = moments->pdata[g_test_rand_int_range (0, (gint32) moments->len)];
    g_autoptr (GBytes) part = other->part != NULL ? g_bytes_ref (other->part) : NULL;
    g_autoptr (GBytes) bytes = NULL;
    gsize size, least;

    cut = MIN (cut, length);
    zeros = MIN (zeros, cut - start);
    memset (torn + cut - zeros, 0, zeros);
    if (round % 5 == 0 && part != NULL) {
      g_autofree guint8 *damaged = g_memdup2 (g_bytes_get_data (part, NULL), g_bytes_get_size (part));

      damaged[g_test_rand_int_range (0, (gint32) g_bytes_get_size (part))] ^= 0x10;
      g_bytes_unref (part);
      part = g_bytes_new (damaged, g_bytes_get_size (other->part));
    }
    bytes = g_bytes_new (torn, cut);
    put_contents (fixture, ".age", bytes, cut);
    put_contents (fixture, ".age.part", part, part != NULL ? g_bytes_get_size (part) : 0);
    least = (cut - zeros - start) / TB_AGE_SEALED_CHUNK * CHUNK;
    size = mend (fixture);
    g_assert_cmpuint (size, >=, least);
    opens_with_age (fixture, size);
  }
}

/* The part says how the file ends, as it does from before the last chunk is written until after. */
static void
put_final_part (Fixture *fixture, gsize size)
{
  g_autoptr (TbAgeIdentity) identity = tb_vault_get_visit_identity (fixture->vault, VISIT, NULL);
  g_autofree char *path = path_of (fixture, ".age"), *part = path_of (fixture, ".age.part");
  g_auto (TbSealedFile) file = { .fd = -1 };
  gsize number = size > 0 ? (size - 1) / CHUNK : 0;
  TbAgeRecipient recipient;

  tb_age_identity_get_recipient (identity, &recipient);
  g_assert_true (tb_sealed_file_open (&file, path, O_RDONLY, identity, NULL));
  g_assert_true (tb_part_write (part, &file.tie, &recipient, number, TRUE, fixture->text + number * CHUNK,
                                size - number * CHUNK, TRUE, NULL));
}

/* A mender that was killed anywhere while it wrote the last chunk, and one after it, make the same file: otherwise a
 * nonce would have been used for two texts. */
static void
test_mended_twice (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) moments = record_moments (fixture, 40000, 3 * CHUNK);

  for (guint i = 0; i + 1 < moments->len; i++) {
    const Moment *moment = moments->pdata[i];
    g_autoptr (GBytes) mended = NULL;
    gsize before, after, size, from;
    const guint8 *old = g_bytes_get_data (moment->main, &before), *new;

    moment_restore (fixture, moment);
    size = mend (fixture);
    mended = contents (fixture, ".age");
    new = g_bytes_get_data (mended, &after);
    from = BEGIN + (size > 0 ? (size - 1) / CHUNK : 0) * TB_AGE_SEALED_CHUNK;
    for (guint round = 0; round < 12; round++) {
      gsize cut = round == 0 ? from : round == 1 ? after : (gsize) g_test_rand_int_range ((gint32) from, (gint32) after + 1);
      g_autofree guint8 *half = g_malloc0 (MAX (before, cut));
      g_autoptr (GBytes) half_bytes = NULL, now = NULL;

      memcpy (half, old, before);
      memcpy (half + from, new + from, cut - from);
      half_bytes = g_bytes_new (half, MAX (before, cut));
      put_contents (fixture, ".age", half_bytes, MAX (before, cut));
      put_final_part (fixture, size);
      g_assert_cmpuint (mend (fixture), ==, size);
      now = contents (fixture, ".age");
      g_assert_true (g_bytes_equal (now, mended));
    }
  }
}

/* The writer was killed between the final part and the last chunk, or anywhere in it: the mender makes what the writer
 * would have made. */
static void
test_killed_while_sealing (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    TbMediaWriter *writer = create (fixture);
    g_autoptr (GBytes) wanted = NULL;
    gsize length, from = BEGIN + (sizes[i] > 0 ? (sizes[i] - 1) / CHUNK : 0) * TB_AGE_SEALED_CHUNK;

    append (fixture, writer, 0, sizes[i]);
    seal (writer);
    wanted = contents (fixture, ".age");
    length = g_bytes_get_size (wanted);
    for (guint round = 0; round < 8; round++) {
      g_autoptr (GBytes) now = NULL;

      put_contents (fixture, ".age", wanted, round == 0 ? from : (gsize) g_test_rand_int_range ((gint32) from, (gint32) length + 1));
      put_final_part (fixture, sizes[i]);
      holds (fixture, sizes[i]);
      g_assert_cmpuint (mend (fixture), ==, sizes[i]);
      now = contents (fixture, ".age");
      g_assert_true (g_bytes_equal (now, wanted));
    }
    g_assert_true (tb_media_store_delete (fixture->store, VISIT, NAME, NULL));
  }
}

/* A part of another file, or made by somebody who has the public key only, is not taken. */
static void
test_foreign_part (Fixture *fixture, gconstpointer data)
{
  TbMediaWriter *writer = create (fixture), *other;
  g_autofree char *part = path_of (fixture, ".age.part");
  g_autofree char *others = g_strconcat (fixture->folder, "/" VISIT "/b.mp4.age.part", NULL);
  g_autofree char *bytes = NULL;
  g_auto (TbSealedFile) file = { .fd = -1 };
  g_autoptr (TbAgeIdentity) identity = tb_vault_get_visit_identity (fixture->vault, VISIT, NULL);
  g_autofree char *path = path_of (fixture, ".age");
  TbAgeRecipient recipient;
  TbPartTie guessed;
  gsize length;

  append (fixture, writer, 0, CHUNK + 100);
  g_assert_true (tb_media_writer_sync (writer, NULL));
  tb_media_writer_free (writer);
  other = tb_media_store_create (fixture->store, VISIT, "b.mp4", NULL);
  g_assert_true (tb_media_writer_append (other, "XXXXXXXX", 8, NULL));
  g_assert_true (tb_media_writer_sync (other, NULL));
  g_assert_true (g_file_get_contents (others, &bytes, &length, NULL));
  tb_media_writer_free (other);
  g_assert_true (g_file_set_contents (part, bytes, (gssize) length, NULL));
  holds (fixture, CHUNK);

  g_assert_true (tb_sealed_file_open (&file, path, O_RDONLY, identity, NULL));
  guessed = file.tie;
  memset (guessed.key, 0, sizeof guessed.key);
  tb_age_identity_get_recipient (identity, &recipient);
  g_assert_true (tb_part_write (part, &guessed, &recipient, 1, TRUE, (const guint8 *) "evil", 4, TRUE, NULL));
  holds (fixture, CHUNK);
  g_assert_cmpuint (mend (fixture), ==, CHUNK);
}

static void
test_no_beginning (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GPtrArray) unfinished = NULL;
  gboolean mended = FALSE;

  seal (create (fixture));
  whole = contents (fixture, ".age");
  for (gsize cut = 0; cut < BEGIN; cut += 13) {
    put_contents (fixture, ".age", whole, cut);
    g_assert_false (tb_media_store_mend (fixture->store, VISIT, NAME, &mended, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
    g_clear_error (&error);
    g_clear_pointer (&unfinished, g_ptr_array_unref);
    unfinished = tb_media_store_unfinished (fixture->store, VISIT, NULL);
    g_assert_cmpuint (unfinished->len, ==, 1);
    g_assert_true (is_there (fixture, ".age"));
  }
  /* Of a file that has its beginning and no more, nothing is kept; it is a good file of nothing. */
  put_contents (fixture, ".age", whole, BEGIN);
  g_assert_cmpuint (mend (fixture), ==, 0);
  opens_with_age (fixture, 0);
}

/* Three hours at 4 Mbit/s would be 5.4 GB; mending reads only the end, which a sparse file of 2 GiB shows. */
static void
test_mend_is_quick (Fixture *fixture, gconstpointer data)
{
  TbMediaWriter *writer = create (fixture);
  g_autofree char *path = path_of (fixture, ".age");
  gint64 began;

  for (guint i = 0; i < 400; i++) {
    g_autoptr (GError) error = NULL;

    tb_media_writer_append (writer, fixture->text, 5 * CHUNK, &error);
    g_assert_no_error (error);
  }
  tb_media_writer_free (writer);
  g_assert_cmpint (truncate (path, (off_t) (BEGIN + 3000 * (goffset) TB_AGE_SEALED_CHUNK)), ==, 0);
  began = g_get_monotonic_time ();
  {
    gboolean mended = FALSE;

    g_assert_true (tb_media_store_mend (fixture->store, VISIT, NAME, &mended, NULL));
    g_assert_true (mended);
  }
  g_assert_cmpint (g_get_monotonic_time () - began, <, 2 * G_USEC_PER_SEC);
  {
    g_autoptr (TbMediaReader) reader = open_reader (fixture);

    g_assert_cmpuint (size_of (reader), ==, (guint64) 2000 * CHUNK);
  }
}

/* The disk is full: what was appended before can still be read, and mended. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  const struct rlimit limit = { BEGIN + 2 * TB_AGE_SEALED_CHUNK + 3000, RLIM_INFINITY };
  struct rlimit before;
  TbMediaWriter *writer = create (fixture);
  g_autoptr (TbMediaReader) reader = open_reader (fixture);
  g_autoptr (GError) error = NULL;
  gsize good = 0;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  while (tb_media_writer_append (writer, fixture->text + good, 10000, &error))
    good += 10000;
  g_assert_error (error, TB_ERROR, TB_ERROR_FULL);
  g_clear_error (&error);
  g_assert_cmpuint (good, >, 3 * CHUNK - 10000);
  g_assert_cmpuint (size_of (reader), >=, good);
  reads (fixture, reader, 0, good, good);
  g_assert_false (tb_media_writer_append (writer, fixture->text, 1, &error));
  g_clear_error (&error);
  g_assert_false (tb_media_writer_seal (writer, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpuint (size_of (reader), >=, good);
  reads (fixture, reader, 0, good, good);
  g_assert_cmpuint (mend (fixture), >=, good);
  reads (fixture, reader, 0, good, good);
}

static void
test_seal_plain (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture, "");
  g_autofree char *sealed = path_of (fixture, ".age");
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TbMediaForm form;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, (const char *) fixture->text, 3 * CHUNK + 5, NULL));
  /* What a try before left. */
  g_assert_true (g_file_set_contents (sealed, "junk", 4, NULL));
  holds (fixture, 3 * CHUNK + 5);
  tb_vault_lock (fixture->vault);
  g_assert_false (tb_media_store_seal_plain (fixture->store, VISIT, NAME, NULL, NULL, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_true (tb_vault_unlock (fixture->vault, NULL, "woord", NULL));
  g_cancellable_cancel (cancellable);
  g_assert_false (tb_media_store_seal_plain (fixture->store, VISIT, NAME, NULL, NULL, cancellable, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (is_there (fixture, "") && !is_there (fixture, ".age") && !is_there (fixture, ".age.part"));
  g_assert_true (tb_media_store_get_form (fixture->store, VISIT, NAME, &form, NULL));
  g_assert_cmpint (form, ==, TB_MEDIA_PLAIN);
  tb_media_store_seal_plain (fixture->store, VISIT, NAME, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (!is_there (fixture, "") && is_there (fixture, ".age") && !is_there (fixture, ".age.part"));
  holds (fixture, 3 * CHUNK + 5);
  opens_with_age (fixture, 3 * CHUNK + 5);
  g_assert_true (tb_media_store_seal_plain (fixture->store, VISIT, NAME, NULL, NULL, NULL, &error));
}

static void
test_verify (Fixture *fixture, gconstpointer data)
{
  TbMediaWriter *writer = create (fixture);
  g_autofree char *path = path_of (fixture, ".age");
  g_autoptr (GError) error = NULL;
  g_autoptr (TbMediaReader) reader = NULL;
  guint8 bytes[4];
  guint64 size = 0;
  int fd;

  append (fixture, writer, 0, 5 * CHUNK);
  seal (writer);
  g_assert_true (tb_media_store_verify (fixture->store, VISIT, NAME, NULL, NULL, NULL, &size, &error));
  g_assert_cmpuint (size, ==, 5 * CHUNK);
  fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  g_assert_cmpint (pwrite (fd, "X", 1, BEGIN + 2 * TB_AGE_SEALED_CHUNK + 100), ==, 1);
  close (fd);
  g_assert_false (tb_media_store_verify (fixture->store, VISIT, NAME, NULL, NULL, NULL, &size, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "block 2 "));
  g_clear_error (&error);
  /* The other places still read, and the bad one is never made up. */
  reader = open_reader (fixture);
  reads (fixture, reader, 0, 2 * CHUNK, 5 * CHUNK);
  reads (fixture, reader, 3 * CHUNK, 2 * CHUNK, 5 * CHUNK);
  g_assert_cmpint (tb_media_reader_read (reader, 2 * CHUNK + 5, bytes, 4, &error), ==, -1);
  g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
}

static void
test_patched (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GError) error = NULL;
    TbMediaWriter *writer = tb_media_store_create_patched (fixture->store, VISIT, NAME, &error);
    gsize front = MIN (sizes[i], 500), end = MIN (sizes[i], CHUNK);

    g_assert_no_error (error);
    /* The front is wrong at first, as is the end of what can be changed. */
    for (gsize at = 0; at < sizes[i]; at += 9973) {
      g_autofree guint8 *piece = g_memdup2 (fixture->text + at, MIN (9973, sizes[i] - at));

      if (at == 0)
        memset (piece, 0xaa, front);
      g_assert_true (tb_media_writer_append (writer, piece, MIN (9973, sizes[i] - at), &error));
      g_assert_true (tb_media_writer_patch (writer, 0, fixture->text, MIN (front, 10), &error));
    }
    g_assert_false (is_there (fixture, ".age") || is_there (fixture, ".age.part"));
    g_assert_null (tb_media_store_open (fixture->store, VISIT, NAME, NULL));
    g_assert_true (tb_media_writer_patch (writer, 0, fixture->text, front, &error));
    if (end > 5)
      g_assert_true (tb_media_writer_patch (writer, end - 5, fixture->text + end - 5, 5, &error));
    g_assert_false (tb_media_writer_patch (writer, end, fixture->text, 1, &error));
    g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
    seal (writer);
    holds (fixture, sizes[i]);
    opens_with_age (fixture, sizes[i]);
    g_assert_true (tb_media_store_delete (fixture->store, VISIT, NAME, NULL));
  }
  /* Given up: nothing stays. */
  {
    TbMediaWriter *writer = tb_media_store_create_patched (fixture->store, VISIT, NAME, NULL);
    g_autofree char *folder = g_build_filename (fixture->folder, VISIT, NULL);

    g_assert_true (tb_media_writer_append (writer, fixture->text, fixture->size, NULL));
    tb_media_writer_free (writer);
    g_assert_cmpint (g_rmdir (folder), ==, 0);
  }
}

static gpointer
seal_plain (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;

  if (!tb_media_store_seal_plain (fixture->store, VISIT, NAME, NULL, NULL, NULL, &error))
    g_assert_error (error, TB_ERROR, TB_ERROR_BUSY);
  return NULL;
}

/* Two that seal the same file at the same time lose nothing. */
static void
test_seal_plain_twice (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture, "");
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (guint round = 0; round < 5; round++) {
    GThread *threads[3];

    g_assert_true (g_file_set_contents (path, (const char *) fixture->text, 3 * CHUNK + 5, NULL));
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
      threads[i] = g_thread_new ("seal", seal_plain, fixture);
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
      g_thread_join (threads[i]);
    g_assert_false (is_there (fixture, ""));
    holds (fixture, 3 * CHUNK + 5);
    g_assert_true (tb_media_store_delete (fixture->store, VISIT, NAME, NULL));
  }
}

/* The part is an age file like any other: its text follows 65 bytes that say what it is. */
static void
test_part_with_age (Fixture *fixture, gconstpointer data)
{
  TbMediaWriter *writer = create (fixture);
  g_autoptr (TbAgeIdentity) identity = tb_vault_get_visit_identity (fixture->vault, VISIT, NULL);
  g_autoptr (GPtrArray) ring = age_ring (identity);
  const TbAgeUnlock unlock = { .identities = ring };
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) error = NULL;
  GByteArray *plain;
  gsize length;
  const guint8 *bytes;

  append (fixture, writer, 0, CHUNK + 4321);
  g_assert_true (tb_media_writer_sync (writer, NULL));
  sealed = contents (fixture, ".age.part");
  bytes = g_bytes_get_data (sealed, &length);
  plain = tb_age_open_bytes (bytes, length, &unlock, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (plain->data, 8, "tb-part\x01", 8);
  g_assert_cmpmem (plain->data + 24, 9, "\0\0\0\0\0\0\0\x01\0", 9);
  g_assert_cmpmem (plain->data + 65, plain->len - 65, fixture->text + CHUNK, 4321);
  tb_age_bytes_wipe (plain);
  seal (writer);
}

/* Nothing of what was recorded stands on the disk in the open. */
static void
test_nothing_plain (Fixture *fixture, gconstpointer data)
{
  static const char *const suffixes[] = { ".age", ".age.part" };
  TbMediaWriter *writer = create (fixture);

  append (fixture, writer, 0, 2 * CHUNK + 5000);
  g_assert_true (tb_media_writer_sync (writer, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autoptr (GBytes) bytes = contents (fixture, suffixes[i]);
    gsize length;
    const guint8 *at = g_bytes_get_data (bytes, &length);

    for (gsize place = 0; place < 2 * CHUNK + 5000 - 16; place += 997)
      g_assert_null (memmem (at, length, fixture->text + place, 16));
  }
  seal (writer);
}

int
main (int argc, char **argv)
{
  g_setenv ("TERUGBLIK_KDF_WORK", "10", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/media-sealed/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("sizes", test_sizes);
  ADD ("growing", test_growing);
  ADD ("threads", test_threads);
  ADD ("other-process", test_other_process);
  ADD ("locked", test_locked);
  ADD ("lock-while-reading", test_lock_while_reading);
  ADD ("names", test_names);
  ADD ("destroyed", test_destroyed);
  ADD ("killed", test_killed);
  ADD ("torn", test_torn);
  ADD ("mended-twice", test_mended_twice);
  ADD ("killed-while-sealing", test_killed_while_sealing);
  ADD ("foreign-part", test_foreign_part);
  ADD ("no-beginning", test_no_beginning);
  ADD ("mend-is-quick", test_mend_is_quick);
  ADD ("full", test_full);
  ADD ("seal-plain", test_seal_plain);
  ADD ("verify", test_verify);
  ADD ("patched", test_patched);
  ADD ("seal-plain-twice", test_seal_plain_twice);
  ADD ("part-with-age", test_part_with_age);
  ADD ("nothing-plain", test_nothing_plain);
  return g_test_run ();
}
