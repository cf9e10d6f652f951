/* Asks for a passphrase. */
#pragma once

#include <glib.h>

#define TB_PASSPHRASE_BYTES 4096 /* bytes */

/* Where it stays until it is wiped; declared with g_auto that is at the end of the block. */
typedef struct {
  char text[TB_PASSPHRASE_BYTES + 2];
  gsize length;
} TbPassphrase;

void tb_passphrase_wipe (TbPassphrase *passphrase);

/* From $TERUGBLIK_PASSPHRASE; else asked on the terminal, unseen; else, where standard input is no terminal, its first
 * line. INVALID: empty or too long. CANCELLED: a signal came. */
gboolean tb_passphrase_ask (const char *prompt, TbPassphrase *ret_passphrase, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbPassphrase, tb_passphrase_wipe)
