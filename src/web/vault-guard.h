/* Watches over the open vault: locks it when nobody has been at work for the
 * time that is set, and when the computer is closed or goes to sleep. Tells
 * every page when it locks or opens, and has what waited mended when it opens.
 *
 * Thread-safe; owns two threads: one that counts the time, one for each opening
 * that mends. */
#pragma once

#include <gio/gio.h>

typedef struct _TbApp TbApp;
typedef struct _TbVaultGuard TbVaultGuard;

/* APP is borrowed; its vault, hub, index and access must be there. New. */
TbVaultGuard *tb_vault_guard_new (TbApp *app);
/* Waits for what is being mended (told to stop) and ends. NULL is allowed. */
void tb_vault_guard_free (TbVaultGuard *guard);

/* MINUTES without anybody at work until it locks; 0: never. */
void tb_vault_guard_set_idle (TbVaultGuard *guard, guint minutes);
guint tb_vault_guard_get_idle (TbVaultGuard *guard);
