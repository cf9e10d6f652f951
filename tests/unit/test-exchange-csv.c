/* Tables as other programs and people make them. */
#include <string.h>

#include "base/error.h"
#include "exchange-tools.h"
#include "exchange/csv.h"

static void
assert_read (const char *table, const char *expected, gint64 dropped, gint64 changed, gint64 left)
{
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = read_as ("csv", table, -1, loss);
  g_autofree char *text = events_as_text (document);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_DROPPED), ==, dropped);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_CHANGED), ==, changed);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, left);
}

static void
test_without_headings (void)
{
  assert_read ("An,vraag,2,9.5\nBo,vraag,3,9\n", "|vraag|state|2|9.5|-|An|||\n|vraag|state|3|9|-|Bo|||\n", 0, 0, 0);
  assert_read ("An,1,2,9\nAn,2,11,17\n", "|1|state|2|9|-|An|||\n|2|state|11|17|-|An|||\n", 0, 0, 0);
  assert_read ("vraag\t12\nuitleg\t9\n", "|uitleg|point|9|-|-|-|||\n|vraag|point|12|-|-|-|||\n", 0, 0, 0);
  assert_read ("00:00:01,5;vraag\r\n\r\n1:00:00;uitleg", "|vraag|point|1.5|-|-|-|||\n|uitleg|point|3600|-|-|-|||\n", 0,
               0, 0);
}

static void
test_headings (void)
{
  assert_read ("sep=;\r\nTijd;Gedrag;Wie;Duur;Humeur\r\n1,5;vraag;klas;2;blij\r\n;x;;;\r\n3;uitleg;;;\r\n",
               "|vraag|state|1.5|3.5|klas|-|||\n|uitleg|point|3|-|-|-|||\n", 1, 0, 1);
  assert_read ("time_ms,label\n1500,a\n250,\"b \"\"c\"\",\nd\"\n",
               "|b \"c\",\nd|point|0.25|-|-|-|||\n|a|point|1.5|-|-|-|||\n", 0, 0, 0);
  assert_read ("start,end,code\n5,3,a\n1,x,b\n", "|b|point|1|-|-|-|||\n|a|state|3|5|-|-|||\n", 0, 2, 0);
}

/* A note in a table of ours may hold another. */
static void
test_table_in_note (void)
{
  assert_read ("visit,observer,subject,code,domain,kind,start,end,rating,modifiers,comment\n"
               "les,,,vraag,,point,1,,,,\"x;code;begin\ny;1;2\"\n",
               "les|vraag|point|1|-|-|-|x;code;begin\ny;1;2||\n", 0, 0, 0);
}

static void
test_start_and_stop (void)
{
  assert_read ("Observation id,Subject,Behavior,Behavior type,Time\n"
               "les,klas,uitleg,START,1\nles,,vraag,POINT,2\nles,klas,uitleg,STOP,5\nles,klas,uitleg,STOP,6\n"
               "les,klas,werk,START,7\n",
               "les|uitleg|state|1|5|klas|-|||\nles|vraag|point|2|-|-|-|||\nles|uitleg|state|6|6|klas|-|||\n"
               "les|werk|state|7|-|klas|-|||\n",
               0, 2, 0);
}

static void
test_mapping (void)
{
  static const char table[] = "a;b;c\n10;hard;x\n";
  g_autoptr (TbCsvMapping) mapping = tb_csv_guess (table);
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TbExchange) document = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpint (mapping->delimiter, ==, ';');
  g_assert_null (tb_csv_read ((const guint8 *) table, strlen (table), NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  mapping->above = 1;
  mapping->unit = 0.001;
  g_array_index (mapping->roles, TbCsvRole, 0) = TB_CSV_START;
  g_array_index (mapping->roles, TbCsvRole, 1) = TB_CSV_MODIFIER;
  g_array_index (mapping->roles, TbCsvRole, 2) = TB_CSV_CODE;
  document = tb_csv_read_mapped ((const guint8 *) table, strlen (table), mapping, loss, NULL);
  text = events_as_text (document);
  g_assert_cmpstr (text, ==, "|x|point|0.01|-|-|-|||b=hard\n");
  g_assert_true (tb_loss_is_balanced (loss));
}

/* As BORIS writes the events of one observation: what is about the whole stands above the table. */
static void
test_lines_above (void)
{
  assert_read ("Observation id,les\n,\nMedia file(s),\n,\nvariable,value\na,12\n,\n"
               "Time,Subject,Behavior,Comment,Status\n3.5,klas,uitleg,,START\n4,,vraag,hoe,POINT\n7.75,klas,uitleg,,STOP\n",
               "|uitleg|state|3.5|7.75|klas|-|||\n|vraag|point|4|-|-|-|hoe||\n", 0, 0, 4);
  assert_read ("Les 3, groep 5\nTijd;Code\n1,5;vraag\n", "|vraag|point|1.5|-|-|-|||\n", 0, 0, 1);
}

/* What stands on the line that ends a state is kept; a start that is never ended is said, also when another follows. */
static void
test_end_says_more (void)
{
  assert_read ("time,behavior,status,comment,score\n1,lezen,START,stil,\n5,lezen,STOP,was afgeleid,3\n",
               "|lezen|state|1|5|-|-|stil\nwas afgeleid|3|\n", 0, 0, 0);
  assert_read ("time,behavior,status\n1,lezen,START\n5,lezen,START\n9,lezen,STOP\n",
               "|lezen|state|1|-|-|-|||\n|lezen|state|5|9|-|-|||\n", 0, 1, 0);
}

static void
test_milliseconds (void)
{
  static const char *const headings[] = { "START_MS", "Time (MS)", "onset_ms", "Begin Time - msec", "in millis" };
  static const char *const seconds[] = { "start", "items", "forms", "hh:mm:ss" };

  for (guint i = 0; i < G_N_ELEMENTS (headings) + G_N_ELEMENTS (seconds); i++) {
    const gboolean is_ms = i < G_N_ELEMENTS (headings);
    const char *heading = is_ms ? headings[i] : seconds[i - G_N_ELEMENTS (headings)];
    g_autofree char *table = g_strdup_printf ("%s,wat,n (ms)\n12000,a,7\n", heading);
    g_autoptr (TbCsvMapping) mapping = tb_csv_guess (table);
    g_autoptr (TbLoss) loss = tb_loss_new ();
    g_autoptr (TbExchange) document = NULL;
    g_autofree char *text = NULL;

    /* The wrong one first: what was said last counts. */
    g_assert_true (tb_csv_mapping_set (mapping, heading, TB_CSV_IGNORE, NULL));
    g_assert_true (tb_csv_mapping_set (mapping, "n (ms)", TB_CSV_START, NULL));
    g_assert_true (tb_csv_mapping_set (mapping, "n (ms)", TB_CSV_IGNORE, NULL));
    g_assert_true (tb_csv_mapping_set (mapping, heading, TB_CSV_START, NULL));
    g_assert_true (tb_csv_mapping_set (mapping, "wat", TB_CSV_CODE, NULL));
    document = tb_csv_read_mapped ((const guint8 *) table, strlen (table), mapping, loss, NULL);
    text = events_as_text (document);
    g_assert_cmpstr (text, ==, is_ms ? "|a|point|12|-|-|-|||\n" : "|a|point|12000|-|-|-|||\n");
  }
}

/* Half a million of them; the rest is said. */
static void
test_many_modifiers (void)
{
  g_autofree char *many = g_strnfill (1000000, '|');
  g_autofree char *table = NULL;
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = NULL;

  for (guint i = 0; i < 1000000; i += 2)
    many[i] = 'x';
  table = g_strdup_printf ("start,code,modifiers\n0,a,%s\n", many);
  document = read_as ("csv", table, -1, loss);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 500000 - TB_EXCHANGE_MAX_MODIFIERS);
}

/* A table wider than anybody makes one: what stands behind the 200th column is said. */
static void
test_wide (void)
{
  g_autoptr (GString) table = g_string_new ("start,code");
  g_autoptr (TbLoss) loss = tb_loss_new ();
  g_autoptr (TbExchange) document = NULL;

  for (guint i = 2; i < 300; i++)
    g_string_append_printf (table, ",zet %u", i);
  g_string_append (table, "\n0,a");
  for (guint i = 2; i < 300; i++)
    g_string_append (table, i % 2 == 0 ? "," : ",x");
  g_string_append_c (table, '\n');
  document = read_as ("csv", table->str, -1, loss);
  g_assert_cmpuint (tb_exchange_n_events (document), ==, 1);
  g_assert_cmpint (tb_loss_get (loss, TB_LOSS_LEFT), ==, 99 + 50 + 100); /* in columns of no use; behind: values, headings */
}

static void
test_open_quote (void)
{
  static const char table[] = "start,code\n1,\"a\n2,b\n";
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_csv_read ((const guint8 *) table, strlen (table), NULL, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "line 2"));
}

/* What a school opens in Excel, to the byte. */
static void
test_excel (void)
{
  g_autoptr (TbExchange) document = tb_exchange_new ();
  TbExchangeEvent *event = tb_exchange_event (document, tb_exchange_set (document, "Rekenen"), TB_KIND_STATE, "uitleg",
                                              1500 * TB_MILLISECOND, 62 * TB_SECOND);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  event->rating = 2.5;
  tb_exchange_text (&event->comment, "=1+1; \"goed\"");
  tb_exchange_event_modifier (document, event, "hoe", "a|b");
  g_assert_true (tb_exchange_finish (document, NULL, NULL));
  bytes = tb_format_find ("csv-excel")->write (document, NULL, NULL);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (text, ==,
                   "\357\273\277klassenbezoek;waarnemer;wie;code;domein;soort;begin;einde;score;kenmerken;notitie\r\n"
                   "Rekenen;;;uitleg;;state;1,5;62,0;2,5;hoe=a\\|b;\"'=1+1; \"\"goed\"\"\"\r\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/without-headings", test_without_headings);
  g_test_add_func ("/csv/headings", test_headings);
  g_test_add_func ("/csv/table-in-note", test_table_in_note);
  g_test_add_func ("/csv/start-and-stop", test_start_and_stop);
  g_test_add_func ("/csv/mapping", test_mapping);
  g_test_add_func ("/csv/lines-above", test_lines_above);
  g_test_add_func ("/csv/open-quote", test_open_quote);
  g_test_add_func ("/csv/end-says-more", test_end_says_more);
  g_test_add_func ("/csv/milliseconds", test_milliseconds);
  g_test_add_func ("/csv/many-modifiers", test_many_modifiers);
  g_test_add_func ("/csv/wide", test_wide);
  g_test_add_func ("/csv/excel", test_excel);
  return g_test_run ();
}
