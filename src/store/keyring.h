/* keys.db: the vault's keys, each sealed (vault/vault.h). A database of its own,
 * so that no copy of terugblik.db or of the media holds a key: when a key here
 * is destroyed, every copy of what it opened is unreadable. */
#pragma once

#include <glib.h>

#include "base/paths.h"
#include "store/store.h"
#include "vault/vault.h"

/* Opens or makes PATH (mode 0600). SHELF gets its functions and owns what was opened. TB_ERROR_CORRUPT,
 * TB_ERROR_INVALID (another program's database), TB_ERROR_TOO_NEW. */
gboolean tb_keyring_open (const char *path, TbKeyShelf *shelf, GError **error);

/* The vault of FOLDER over its keys.db, locked; STORE's view log keeps its head there from now on. Set before the first
 * use of STORE; must outlive it. New; errors of tb_keyring_open. */
TbVault *tb_keyring_open_vault (const TbFolder *folder, TbStore *store, GError **error);

/* The head of the view log as last written, kept here so that rows cut off its end show. HASH is new; SEQ 0 and NULL
 * when there is none. DATA is the shelf's. */
gboolean tb_keyring_get_log_head (gpointer data, gint64 *seq, GBytes **hash, GError **error);
gboolean tb_keyring_set_log_head (gpointer data, gint64 seq, GBytes *hash, GError **error);
