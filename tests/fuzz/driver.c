/* Runs a fuzz target over files and folders of files, without a fuzzer: so the
 * committed corpus is a test on any machine. */
#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static guint
run_file (const char *path)
{
  g_autofree char *bytes = NULL;
  g_autofree guint8 *exact = NULL;
  gsize size = 0;

  if (!g_file_get_contents (path, &bytes, &size, NULL))
    g_error ("cannot read %s", path);
  /* Exactly as large as the input, so that a sanitizer sees a read behind its end. */
  exact = g_memdup2 (bytes, size > 0 ? size : 1);
  LLVMFuzzerTestOneInput (exact, size);
  return 1;
}

static guint
run_path (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;
  guint count = 0;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return run_file (path);
  dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    count += run_path (child);
  }
  return count;
}

int
main (int argc, char **argv)
{
  guint count = 0;

  for (int i = 1; i < argc; i++)
    count += run_path (argv[i]);
  g_print ("%u inputs\n", count);
  /* An empty corpus is a test that cannot fail. */
  return count > 0 ? 0 : 1;
}
