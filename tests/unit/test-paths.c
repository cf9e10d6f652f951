#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/paths.h"

static char *
new_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("tb-paths-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

static void
remove_folder (const char *path)
{
  static const char *const names[] = { "lock", "media", "" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *full = g_build_filename (path, names[i], NULL);

    g_remove (full);
  }
}

static void
test_open (void)
{
  g_autofree char *parent = new_folder ();
  g_autofree char *path = g_build_filename (parent, "a", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TbFolder) folder = tb_folder_open (path, &error);
  struct stat info;

  g_assert_no_error (error);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  g_assert_true (g_file_test (tb_folder_media (folder), G_FILE_TEST_IS_DIR));
  g_assert_true (g_str_has_suffix (tb_folder_database (folder), "/a/terugblik.db"));
  g_assert_true (g_str_has_suffix (tb_folder_cache (folder), "/a/cache.db"));
  remove_folder (path);
  g_rmdir (parent);
}

static void
test_not_possible (void)
{
  g_autofree char *parent = new_folder ();
  g_autofree char *file = g_build_filename (parent, "file", NULL);
  g_autofree char *path = g_build_filename (file, "a", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  g_assert_null (tb_folder_open (path, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_FAILED);
  g_unlink (file);
  g_rmdir (parent);
}

/* Open to anybody else in any way: refused, with what to do about it. */
static void
test_open_to_others (void)
{
  static const int modes[] = { 0740, 0720, 0710, 0704, 0702, 0701, 0755, 0777 };
  g_autofree char *parent = new_folder ();
  g_autofree char *path = g_build_filename (parent, "een map", NULL);
  g_autofree char *media = g_build_filename (path, "media", NULL);
  const char *const folders[] = { path, media };

  tb_folder_free (tb_folder_open (path, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *advice = g_strdup_printf ("chmod 700 '%s'", folders[i]);

    for (guint j = 0; j < G_N_ELEMENTS (modes); j++) {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (chmod (folders[i], (mode_t) modes[j]), ==, 0);
      g_assert_null (tb_folder_open (path, &error));
      g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
      g_assert_true (g_str_has_suffix (error->message, advice));
      g_clear_error (&error);
      g_assert_null (tb_folder_open_locked (path, &error));
      g_assert_error (error, TB_ERROR, TB_ERROR_DENIED);
    }
    g_assert_cmpint (chmod (folders[i], 0700), ==, 0);
  }
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (TbFolder) folder = tb_folder_open (path, &error);

    g_assert_no_error (error);
  }
  remove_folder (path);
  g_rmdir (parent);
}

/* Another process has it: refused with its number. It dies: free again. */
static void
test_lock (void)
{
  g_autofree char *path = new_folder ();
  g_autofree char *number = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TbFolder) folder = NULL;
  int ready[2], done[2];
  char byte = 0;
  pid_t child;

  g_assert_cmpint (pipe (ready), ==, 0);
  g_assert_cmpint (pipe (done), ==, 0);
  child = fork ();
  if (child == 0) {
    TbFolder *held = tb_folder_open_locked (path, NULL);
    gssize got;

    close (done[1]);
    if (held == NULL || write (ready[1], "x", 1) != 1)
      _exit (1);
    got = read (done[0], &byte, 1);
    _exit (got == 0 ? 0 : 1);
  }
  close (done[0]);
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  g_assert_null (tb_folder_open_locked (path, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_BUSY);
  number = g_strdup_printf ("%d", (int) child);
  g_assert_nonnull (strstr (error->message, number));
  g_clear_error (&error);
  close (done[1]);
  waitpid (child, NULL, 0);
  folder = tb_folder_open_locked (path, &error);
  g_assert_no_error (error);
  g_assert_nonnull (folder);
  remove_folder (path);
}

static void
test_default (void)
{
  g_autofree char *given = tb_folder_default ("/ergens");
  g_autofree char *from_environment = NULL;
  g_autofree char *usual = NULL;

  g_assert_cmpstr (given, ==, "/ergens");
  g_setenv ("TERUGBLIK_DATA", "/elders", TRUE);
  from_environment = tb_folder_default (NULL);
  g_assert_cmpstr (from_environment, ==, "/elders");
  g_unsetenv ("TERUGBLIK_DATA");
  usual = tb_folder_default (NULL);
  g_assert_true (g_str_has_suffix (usual, "/terugblik"));
}

static void
test_room (void)
{
  guint64 free_bytes = 0, total = 0;
  g_autoptr (GError) error = NULL;

  g_assert_true (tb_folder_free_bytes (g_get_tmp_dir (), &free_bytes, &total, &error));
  g_assert_cmpuint (free_bytes, <=, total);
  g_assert_false (tb_folder_free_bytes ("/bestaat/niet", &free_bytes, NULL, &error));
  g_assert_nonnull (error);
}

static void
test_error_names (void)
{
  g_assert_cmpstr (tb_error_name (TB_ERROR_NOT_FOUND), ==, "not-found");
  g_assert_cmpstr (tb_error_name (TB_ERROR_TOO_NEW), ==, "too-new");
  for (int code = TB_ERROR_FAILED; code <= TB_ERROR_LOCKED; code++)
    g_assert_nonnull (tb_error_name (code));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paths/open", test_open);
  g_test_add_func ("/paths/open-to-others", test_open_to_others);
  g_test_add_func ("/paths/not-possible", test_not_possible);
  g_test_add_func ("/paths/lock", test_lock);
  g_test_add_func ("/paths/default", test_default);
  g_test_add_func ("/paths/room", test_room);
  g_test_add_func ("/error/names", test_error_names);
  return g_test_run ();
}
