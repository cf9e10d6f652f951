#include "base/error.h"
#include "web/import-jobs.h"

static void
say_gone (gpointer data)
{
  g_atomic_int_set ((int *) data, TRUE);
}

/* A file that sets *GONE when its memory is let go of. New. */
static TbForeignFile *
file_new (int *gone)
{
  static const char text[] = "time,code\n1,a\n";
  TbForeignFile *file = g_new0 (TbForeignFile, 1);

  file->name = g_strdup ("les.csv");
  file->bytes = g_bytes_new_with_free_func (text, sizeof text - 1, say_gone, gone);
  file->loss = tb_loss_new ();
  return file;
}

/* Nobody asks for anything. */
static void
test_time (void)
{
  g_autoptr (TbImportJobs) jobs = tb_import_jobs_new (10 * G_TIME_SPAN_MILLISECOND);
  int gone[2] = { FALSE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (gone); i++) {
    g_autofree char *id = tb_import_jobs_add (jobs, "coach", file_new (&gone[i]), NULL);

    g_assert_nonnull (id);
    while (!g_atomic_int_get (&gone[i])) /* a failure is the test that does not end */
      g_usleep (G_TIME_SPAN_MILLISECOND);
  }
}

/* What is in use stays until it is let go of. */
static void
test_in_use (void)
{
  g_autoptr (TbImportJobs) jobs = tb_import_jobs_new (TB_IMPORT_KEPT_US);
  int gone = FALSE;
  g_autofree char *id = tb_import_jobs_add (jobs, "coach", file_new (&gone), NULL);
  TbImportJob *job = tb_import_jobs_get (jobs, "coach", id, NULL);

  g_assert_nonnull (job);
  g_assert_true (tb_import_jobs_drop (jobs, "coach", id, NULL));
  g_assert_false (gone);
  g_assert_cmpstr (tb_import_job_file (job)->name, ==, "les.csv");
  tb_import_job_let_go (job);
  g_assert_true (gone);
}

static void
test_fifth (void)
{
  g_autoptr (TbImportJobs) jobs = tb_import_jobs_new (TB_IMPORT_KEPT_US);
  int gone[TB_IMPORTS_EACH + 2] = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (gone); i++) {
    g_autofree char *id = tb_import_jobs_add (jobs, i == 1 ? "other" : "coach", file_new (&gone[i]), NULL);

    g_assert_nonnull (id);
  }
  g_assert_true (gone[0]);
  for (guint i = 1; i < G_N_ELEMENTS (gone); i++)
    g_assert_false (gone[i]);
  g_assert_null (tb_import_jobs_get (jobs, "coach", "x", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
}

/* What is left goes with the program. */
static void
test_end (void)
{
  TbImportJobs *jobs = tb_import_jobs_new (TB_IMPORT_KEPT_US);
  int gone = FALSE;
  g_autofree char *id = tb_import_jobs_add (jobs, "coach", file_new (&gone), NULL);

  tb_import_jobs_free (jobs);
  g_assert_true (gone);
}

typedef struct {
  TbImportJobs *jobs;
  const char *id;
} Second;

static gpointer
take_second (gpointer data)
{
  Second *second = data;
  GError *error = NULL;

  g_assert_null (tb_import_jobs_get (second->jobs, "coach", second->id, &error));
  return error;
}

/* Who presses twice: the second waits for the first, which takes the file into the visit and drops it. */
static void
test_twice (void)
{
  g_autoptr (TbImportJobs) jobs = tb_import_jobs_new (TB_IMPORT_KEPT_US);
  int gone = FALSE;
  g_autofree char *id = tb_import_jobs_add (jobs, "coach", file_new (&gone), NULL);
  TbImportJob *job = tb_import_jobs_get (jobs, "coach", id, NULL);
  Second second = { jobs, id };
  GThread *thread = g_thread_new ("second", take_second, &second);
  g_autoptr (GError) error = NULL;

  g_usleep (50 * G_TIME_SPAN_MILLISECOND); /* it waits by now */
  g_assert_true (tb_import_jobs_drop (jobs, "coach", id, NULL));
  tb_import_job_let_go (job);
  error = g_thread_join (thread);
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_assert_true (gone);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/import-jobs/time", test_time);
  g_test_add_func ("/import-jobs/in-use", test_in_use);
  g_test_add_func ("/import-jobs/twice", test_twice);
  g_test_add_func ("/import-jobs/fifth", test_fifth);
  g_test_add_func ("/import-jobs/end", test_end);
  return g_test_run ();
}
