/* A vault whose keys lie in memory, for tests. */
#pragma once

#include "vault/vault.h"

/* Thread-safe; outlives the vaults that use it, so that one can be "started anew". */
typedef struct _MemoryShelf MemoryShelf;

MemoryShelf *memory_shelf_new (void);
void memory_shelf_free (MemoryShelf *shelf);

/* A vault over it. New. */
TbVault *memory_shelf_vault (MemoryShelf *shelf);

/* The sealed bytes under a key, to look at or to damage; borrowed, NULL: none. */
GBytes *memory_shelf_peek (MemoryShelf *shelf, TbKeyKind kind, const char *owner);
void memory_shelf_put (MemoryShelf *shelf, TbKeyKind kind, const char *owner, const char *recipient, GBytes *sealed);
/* From now on saving fails. */
void memory_shelf_break (MemoryShelf *shelf, gboolean is_broken);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MemoryShelf, memory_shelf_free)
