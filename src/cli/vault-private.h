/* What the commands of `terugblik vault` share. */
#pragma once

#include "cli/command.h"
#include "cli/passphrase.h"

typedef struct {
  TbCommonOptions common;
  char **identities; /* paths */
  gboolean passphrase;
  char *output; /* NULL: standard output */
  char *name, *login; /* NULL: not given */
  char *passphrase_file;
  char *recovery_file;
  gboolean seal;
} TbVaultOptions;

void tb_vault_options_clear (TbVaultOptions *options);

/* vault-set-up.c */
int tb_vault_command_init (const TbVaultOptions *options);
int tb_vault_command_passphrase (const TbVaultOptions *options);
int tb_vault_command_recover (const TbVaultOptions *options);
int tb_vault_command_recovery (const TbVaultOptions *options);

/* vault-verify.c */
int tb_vault_command_verify (const TbVaultOptions *options);

/* vault-remote.c */
int tb_vault_command_unlock (const TbVaultOptions *options);
int tb_vault_command_lock (const TbVaultOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbVaultOptions, tb_vault_options_clear)
