#include "web/qr.h"

#include <errno.h>

#include <qrencode.h>

#include "base/error.h"
#include "base/json.h"
#include "vault/age-key.h"

#define QUIET 4 /* modules of white around it, as the standard asks */

static QRcode *
encode (const char *text, GError **error)
{
  QRcode *code = NULL;

  errno = EINVAL;
  if (*text != '\0')
    code = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  if (code != NULL)
    return code;
  if (errno == ERANGE)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_TOO_LARGE, "This text is too long for a QR code");
  else
    g_set_error_literal (error, TB_ERROR, errno == EINVAL ? TB_ERROR_INVALID : TB_ERROR_FAILED,
                         "Could not make a QR code of this text");
  return NULL;
}

static void
free_code (QRcode *code)
{
  tb_age_wipe (code->data, (gsize) code->width * (gsize) code->width);
  QRcode_free (code);
}

static gboolean
is_dark (const QRcode *code, int x, int y)
{
  return x >= 0 && y >= 0 && x < code->width && y < code->width && (code->data[y * code->width + x] & 1) != 0;
}

json_object *
tb_qr_to_json (const char *text, GError **error)
{
  QRcode *code = encode (text, error);
  GString *path;
  json_object *object;

  if (code == NULL)
    return NULL;
  path = g_string_sized_new ((gsize) code->width * (gsize) code->width * 6);
  for (int y = 0; y < code->width; y++) {
    for (int x = 0, end; x < code->width; x = end + 1) {
      for (end = x; is_dark (code, end, y);)
        end++;
      if (end > x)
        g_string_append_printf (path, "M%d %dh%dv1h-%dz", x, y, end - x, end - x);
    }
  }
  object = json_object_new_object ();
  tb_json_add_int (object, "size", code->width);
  tb_json_add_string (object, "path", path->str);
  tb_age_secret_free (g_string_free (path, FALSE));
  free_code (code);
  return object;
}

char *
tb_qr_to_terminal (const char *text, GError **error)
{
  static const char *const blocks[] = { " ", "▄", "▀", "█" };
  QRcode *code = encode (text, error);
  GString *lines;

  if (code == NULL)
    return NULL;
  lines = g_string_sized_new ((gsize) (code->width + 2 * QUIET + 24) * (gsize) (code->width + 2 * QUIET) * 2);
  for (int y = -QUIET; y < code->width + QUIET; y += 2) {
    g_string_append (lines, "\033[38;5;16;48;5;231m");
    for (int x = -QUIET; x < code->width + QUIET; x++)
      g_string_append (lines, blocks[(is_dark (code, x, y) ? 2 : 0) + (is_dark (code, x, y + 1) ? 1 : 0)]);
    g_string_append (lines, "\033[0m\n");
  }
  free_code (code);
  return g_string_free (lines, FALSE);
}
