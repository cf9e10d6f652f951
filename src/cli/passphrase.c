#include "cli/passphrase.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "base/error.h"
#include "vault/age-key.h"

void
tb_passphrase_wipe (TbPassphrase *passphrase)
{
  tb_age_wipe (passphrase, sizeof *passphrase);
}

/* Byte by byte: what follows the line is somebody else's, and stdio would keep a copy. */
static gboolean
read_line (int fd, TbPassphrase *passphrase, GError **error)
{
  gssize got = 0;
  char c;

  while (passphrase->length <= TB_PASSPHRASE_BYTES && (got = read (fd, &c, 1)) == 1 && c != '\n')
    passphrase->text[passphrase->length++] = c;
  c = 0;
  if (got >= 0)
    return TRUE;
  g_set_error (error, TB_ERROR, errno == EINTR ? TB_ERROR_CANCELLED : TB_ERROR_FAILED, "%s",
               errno == EINTR ? _ ("Stopped") : _ ("Could not read the passphrase"));
  return FALSE;
}

/* There to interrupt reading, so that the terminal shows again what is typed. */
static void
on_signal (int number)
{
}

static gboolean
ask_terminal (const char *prompt, TbPassphrase *passphrase, GError **error)
{
  static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
  const struct sigaction interrupt = { .sa_handler = on_signal };
  struct sigaction before[G_N_ELEMENTS (signals)];
  struct termios shown, hidden;
  gboolean good;

  if (tcgetattr (STDIN_FILENO, &shown) != 0) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_FAILED, _ ("Could not read the passphrase"));
    return FALSE;
  }
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t) ECHO;
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &interrupt, &before[i]);
  tcsetattr (STDIN_FILENO, TCSADRAIN, &hidden);
  g_printerr ("%s ", prompt);
  good = read_line (STDIN_FILENO, passphrase, error);
  tcsetattr (STDIN_FILENO, TCSADRAIN, &shown);
  g_printerr ("\n");
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &before[i], NULL);
  return good;
}

static gboolean
ask (const char *prompt, TbPassphrase *passphrase, GError **error)
{
  const char *given = g_getenv ("TERUGBLIK_PASSPHRASE");

  if (given != NULL) {
    passphrase->length = MIN (strlen (given), TB_PASSPHRASE_BYTES + 1);
    memcpy (passphrase->text, given, passphrase->length);
    return TRUE;
  }
  if (isatty (STDIN_FILENO))
    return ask_terminal (prompt, passphrase, error);
  if (!read_line (STDIN_FILENO, passphrase, error))
    return FALSE;
  /* Written by an editor on Windows. */
  if (passphrase->length > 0 && passphrase->text[passphrase->length - 1] == '\r')
    passphrase->length--;
  return TRUE;
}

gboolean
tb_passphrase_ask (const char *prompt, TbPassphrase *ret_passphrase, GError **error)
{
  memset (ret_passphrase, 0, sizeof *ret_passphrase);
  if (!ask (prompt, ret_passphrase, error))
    return FALSE;
  if (ret_passphrase->length > 0 && ret_passphrase->length <= TB_PASSPHRASE_BYTES)
    return TRUE;
  g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID,
                       ret_passphrase->length == 0 ? _ ("No passphrase was given") : _ ("This passphrase is too long"));
  return FALSE;
}
