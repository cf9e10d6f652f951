/* QR codes: what is drawn is read back by zbarimg, a reader that has nothing to do with what drew it. */
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/json.h"
#include "web/qr.h"

#define QUIET 4
#define SCALE 6 /* dots a module: zbarimg wants more than one */

typedef struct {
  int size;
  guint8 *dark; /* size * size */
} Modules;

static void
modules_clear (Modules *modules)
{
  g_free (modules->dark);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Modules, modules_clear)

static void
modules_init (Modules *modules, int size)
{
  modules->size = size;
  modules->dark = g_malloc0 ((gsize) size * (gsize) size);
}

/* Nothing but the runs that the header speaks of. */
static void
modules_from_path (Modules *modules, int size, const char *path)
{
  modules_init (modules, size);
  while (*path != '\0') {
    int x, y, width, back, used = 0;

    g_assert_cmpint (sscanf (path, "M%d %dh%dv1h-%dz%n", &x, &y, &width, &back, &used), ==, 4);
    g_assert_cmpint (used, >, 0);
    g_assert_cmpint (width, ==, back);
    g_assert_true (x >= 0 && y >= 0 && width > 0 && x + width <= size && y < size);
    memset (modules->dark + y * size + x, 1, (gsize) width);
    path += used;
  }
}

/* A line without what sets its colours. */
static const char *
after_colours (const char *line)
{
  return strchr (line, 'm') + 1;
}

static void
modules_from_terminal (Modules *modules, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  int count = (int) g_strv_length (lines) - 1; /* a new line ends the last */
  const char *top = after_colours (lines[0]); /* spaces: the quiet zone */
  int size = (int) (strchr (top, '\033') - top);

  g_assert_cmpstr (lines[count], ==, "");
  g_assert_cmpint ((size + 1) / 2, ==, count);
  modules_init (modules, size + 1); /* the last line may be half */
  modules->size = size;
  for (int y = 0; y < count; y++) {
    const char *at = after_colours (lines[y]);
    int x = 0;

    for (; *at != '\033'; at = g_utf8_next_char (at), x++) {
      gunichar c = g_utf8_get_char (at);

      g_assert_cmpint (x, <, size);
      modules->dark[2 * y * size + x] = c == 0x2580 || c == 0x2588;
      modules->dark[(2 * y + 1) * size + x] = c == 0x2584 || c == 0x2588;
    }
    g_assert_cmpint (x, ==, size);
    g_assert_cmpstr (at, ==, "\033[0m");
  }
}

/* What zbarimg reads. New. */
static char *
read_code (const Modules *modules, int quiet)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tb-qr-XXXXXX", &error);
  g_autofree char *file = g_build_filename (folder, "code.pgm", NULL);
  g_autofree char *out = NULL;
  int side = (modules->size + 2 * quiet) * SCALE, status = 0;
  FILE *picture = fopen (file, "wb");
  const char *argv[] = { "zbarimg", "--quiet", "--raw", "--nodbus", file, NULL };

  g_assert_nonnull (picture);
  fprintf (picture, "P5\n%d %d\n255\n", side, side);
  for (int i = 0; i < side * side; i++) {
    int x = i % side / SCALE - quiet, y = i / side / SCALE - quiet;
    gboolean inside = x >= 0 && y >= 0 && x < modules->size && y < modules->size;

    fputc (inside && modules->dark[y * modules->size + x] ? 0 : 255, picture);
  }
  fclose (picture);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_remove (file);
  g_rmdir (folder);
  return g_strchomp (g_steal_pointer (&out));
}

static void
test_read_back (void)
{
  g_autofree char *zbarimg = g_find_program_in_path ("zbarimg");
  g_autofree char *longest = g_strnfill (2331, 'q');
  const char *const texts[] = {
    "https://192.168.1.20:8470/#/welkom/7Q2kW0cOeA9l-_hJx5uT3vRzYbNfMgPd",
    "AGE-SECRET-KEY-1HTW5A36G392XFS30JLQCCTRP5N35MWA26ZPZL0VLUG4HFZ9KXE0SDK3CZ6",
    "a",
    longest,
  };

  if (zbarimg == NULL) {
    g_test_skip ("zbarimg (Debian: zbar-tools) is not here");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (json_object) object = tb_qr_to_json (texts[i], &error);
    g_autofree char *terminal = tb_qr_to_terminal (texts[i], &error);
    g_autofree char *read = NULL;
    g_autofree char *read_terminal = NULL;
    g_auto (Modules) modules = { 0 };
    g_auto (Modules) shown = { 0 };
    gint64 size = 0;
    const char *path = NULL;

    g_assert_no_error (error);
    g_assert_true (tb_json_get_int (object, "size", TB_JSON_REQUIRED, 21, 177, &size, NULL, &error));
    g_assert_true (tb_json_get_string (object, "path", TB_JSON_REQUIRED, G_MAXINT, &path, NULL, &error));
    modules_from_path (&modules, (int) size, path);
    read = read_code (&modules, QUIET);
    g_assert_cmpstr (read, ==, texts[i]);

    modules_from_terminal (&shown, terminal);
    g_assert_cmpint (shown.size, ==, modules.size + 2 * QUIET);
    read_terminal = read_code (&shown, 0); /* its own quiet zone is enough */
    g_assert_cmpstr (read_terminal, ==, texts[i]);
  }
}

static void
test_refused (void)
{
  g_autofree char *too_long = g_strnfill (2332, 'q');
  g_autoptr (GError) error = NULL;

  g_assert_null (tb_qr_to_json ("", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tb_qr_to_terminal (too_long, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_TOO_LARGE);
  g_assert_null (strstr (error->message, "qq"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qr/read-back", test_read_back);
  g_test_add_func ("/qr/refused", test_refused);
  return g_test_run ();
}
