/* Datavyu projects of every version, as zips that are made here. */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "base/error.h"
#include "exchange-tools.h"
#include "exchange/opf.h"

static la_ssize_t
append (struct archive *archive, void *data, const void *buffer, size_t length)
{
  g_byte_array_append (data, buffer, (guint) length);
  return (la_ssize_t) length;
}

/* Pairs of name and text, then NULL. */
static GByteArray *
zip (const char *name, ...)
{
  GByteArray *bytes = g_byte_array_new ();
  struct archive *archive = archive_write_new ();
  va_list args;

  archive_write_set_format_zip (archive);
  g_assert_cmpint (archive_write_open (archive, bytes, NULL, append, NULL), ==, ARCHIVE_OK);
  va_start (args, name);
  for (; name != NULL; name = va_arg (args, const char *)) {
    const char *text = va_arg (args, const char *);
    struct archive_entry *entry = archive_entry_new ();

    archive_entry_set_pathname (entry, name);
    archive_entry_set_size (entry, (la_int64_t) strlen (text));
    archive_entry_set_filetype (entry, AE_IFREG);
    archive_entry_set_perm (entry, 0644);
    g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
    archive_write_data (archive, text, strlen (text));
    archive_entry_free (entry);
  }
  va_end (args);
  archive_write_close (archive);
  archive_write_free (archive);
  return bytes;
}

static TbExchange *
read_db (const char *db, TbLoss *loss)
{
  g_autoptr (GByteArray) bytes = zip ("project", "!project\nversion: 5\nname: x\n", "db", db, NULL);

  return read_as ("opf", (const char *) bytes->data, bytes->len, loss);
}

static void
assert_db (const char *db, const char *expected, gint64 dropped, gint64 changed, gint64 left)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_db (db, loss);
  g_autofree char *text = events_as_text (document);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, dropped);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, changed);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, left);
}

static void
test_version_4 (void)
{
  assert_db ("#4\n"
             "praat (MATRIX,true,wie wat zegt)-wie|NOMINAL,wat\\-dan|NOMINAL\n"
             "00:00:05:000,00:00:10:000,(An,een\\, twee\\\ndrie)\n"
             "00:00:10:001,00:00:10:001,(,\\(stil\\))\n"
             "let op (TEXT,false,)\n"
             "00:01:00:500,00:00:00:000,niet af\n"
             "00:00:01:000,00:00:02:000,a \\\\ b\n"
             "onzin\n",
             "|let op|state|1|2|-|-|a \\ b||\n"
             "|praat|state|5|10|-|-|||wie=An;wat-dan=een, twee\ndrie\n"
             "|praat|point|10.001|-|-|-|||wat-dan=(stil)\n"
             "|let op|state|60.5|-|-|-|niet af||\n",
             1, 1, 1);
}

static void
test_version_3 (void)
{
  assert_db ("#3\nint (INTEGER,true)\n00:00:30:000,00:00:31:000,1234\n\nleeg (NOMINAL,true)\n",
             "|int|state|30|31|-|-|1234||\n", 0, 0, 0);
}

static void
test_version_2 (void)
{
  assert_db ("#2\r\n0:test0-float|FLOAT,int|INTEGER\r\nfloat (FLOAT)\r\n00:00:00:000,00:00:02:000,0.123400\r\n"
             "m (MATRIX)-a|NOMINAL\r\n00:00:03:000,00:00:04:000,(f)\r\n",
             "|float|state|0|2|-|-|0.123400||\n|m|state|3|4|-|-|||a=f\n", 0, 0, 1);
}

/* Before there was a mark there were no escapes. */
static void
test_no_version (void)
{
  assert_db ("tekst (TEXT)\n00:00:01:000,00:00:02:000,a \\ b\\\n00:00:03:000,00:00:04:000,c\n",
             "|tekst|state|1|2|-|-|a \\ b\\||\n|tekst|state|3|4|-|-|c||\n", 0, 0, 0);
}

/* A first column may be called as a word of an old vocabulary is. */
static void
test_called_as_a_word (void)
{
  assert_db ("#4\n0:kind (TEXT,true,)\n00:00:01:000,00:00:02:000,a\n", "|0:kind|state|1|2|-|-|a||\n", 0, 0, 0);
}

/* What looks like a type in the words about a column is none. */
static void
test_type_in_words (void)
{
  assert_db ("#4\na (TEXT,true,niet \\(MATRIX\\,b\\))\n00:00:01:000,00:00:02:000,c\n", "|a|state|1|2|-|-|c||\n", 0, 0,
             0);
  assert_db ("a (TEXT) (TEXT)\n00:00:01:000,00:00:02:000,c\n", "|a (TEXT)|state|1|2|-|-|c||\n", 0, 0, 0);
}

static void
test_old_zip (void)
{
  g_autoptr (GByteArray) bytes
      = zip ("les/.DS_Store", "x", "__MACOSX/les/._db", "niet dit", "les/project",
             "!project\ndbFile: null\nname: Les 16\ntrackSettings:\n- !ts\n  bookmark: '-1'\n  feed: /film.mov\n"
             "version: 4\nviewerSettings:\n- !vs\n  feed: /film.mov\n  offset: '2500'\n- !vs\n  feed: /zij.mov\n"
             "  offset: '-1000'\n  plugin: x\n",
             "les/db", "#2\nm (MATRIX)-a|NOMINAL\n00:02:30:664,00:02:53:834,(f)\n", NULL);
  g_autoptr (TbExchange) document = read_as ("opf", (const char *) bytes->data, bytes->len, NULL);
  const TbExchangeSet *set = g_ptr_array_index (document->sets, 0);
  const TbExchangeMedia *side = g_ptr_array_index (set->media, 1);

  g_assert_cmpuint (tb_exchange_n_events (document), ==, 1);
  g_assert_cmpstr (document->title, ==, "Les 16");
  g_assert_cmpuint (set->media->len, ==, 2);
  g_assert_cmpstr (side->path, ==, "/zij.mov");
  g_assert_cmpint (side->at, ==, -TB_SECOND);
}

/* What Datavyu saves as a table is the “db” by itself. */
static void
test_bare (void)
{
  static const char *const texts[]
      = { "#4\n0:a-b|FLOAT\na (TEXT,true,)\n00:00:01:000,00:00:02:000,hoi\n",
          "a (FLOAT)\r\n00:00:01:000,00:00:02:000,0.5\r\n", "#2\na (TEXT)\n00:00:01:000,00:00:02:000,hoi\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    const TbFormat *format = tb_format_guess ("tabel.csv", (const guint8 *) texts[i], strlen (texts[i]));
    g_autoptr (TbExchange) document = NULL;

    g_assert_cmpstr (format->id, ==, "opf");
    document = read_as ("opf", texts[i], -1, NULL);
    g_assert_cmpuint (tb_exchange_n_events (document), ==, 1);
  }
  g_assert_cmpstr (tb_format_guess ("tabel.csv", (const guint8 *) "a,b (TEXT)\n1,2\n", 15)->id, ==, "csv");
}

static void
test_cannot (void)
{
  g_autoptr (GByteArray) other = zip ("readme", "x", NULL);
  g_autoptr (GByteArray) whole = zip ("db", "#4\na (TEXT,true,)\n00:00:01:000,00:00:02:000,langer dan niets\n", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_opf_read (other->data, other->len, NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tb_opf_read ((const guint8 *) "PK\3\4x", 5, NULL, &error));
  g_assert_true (error->domain == TB_ERROR);
  g_clear_error (&error);
  g_assert_null (tb_opf_read (whole->data, 40, NULL, &error));
  g_assert_true (error->domain == TB_ERROR);
}

/* No cell keeps more modifiers than an event does; the rest of what a column has is said. */
static void
test_many_arguments (void)
{
  g_autoptr (GString) db = g_string_new ("#4\nm (MATRIX,true,)-");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = NULL;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (db, "%sa%u|NOMINAL", i > 0 ? "," : "", i);
  g_string_append (db, "\n00:00:01:000,00:00:02:000,(x)\n");
  document = read_db (db->str, loss);
  g_assert_cmpuint (tb_exchange_n_events (document), ==, 1);
  g_assert_cmpuint (tb_exchange_find_code (document, "m")->modifiers->len, <, 3000);
  g_assert_cmpuint (tb_exchange_find_code (document, "m")->modifiers->len, >=, TB_EXCHANGE_MAX_MODIFIERS);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 3000 - tb_exchange_find_code (document, "m")->modifiers->len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/opf/version-4", test_version_4);
  g_test_add_func ("/opf/version-3", test_version_3);
  g_test_add_func ("/opf/version-2", test_version_2);
  g_test_add_func ("/opf/no-version", test_no_version);
  g_test_add_func ("/opf/called-as-a-word", test_called_as_a_word);
  g_test_add_func ("/opf/type-in-words", test_type_in_words);
  g_test_add_func ("/opf/old-zip", test_old_zip);
  g_test_add_func ("/opf/bare", test_bare);
  g_test_add_func ("/opf/cannot", test_cannot);
  g_test_add_func ("/opf/many-arguments", test_many_arguments);
  return g_test_run ();
}
