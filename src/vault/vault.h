/* The vault: the school's key, the keys of the visits, and whether they can be
 * used now. Media is sealed to the key of its visit; that key is sealed to the
 * school's; and the school's is sealed to passphrases (one for each coach, a
 * "slot") and to a recovery key that is on paper only. All of these are
 * ordinary age v1 files (age-encryption.org/v1), so that `age` alone can open
 * a recording:
 *
 *   slot or recovery key → school key → visit's key → recording
 *
 * Sealing needs public keys only, so a recording goes on while the vault is
 * locked. The secret of the school's key lives in guarded memory between
 * tb_vault_unlock and tb_vault_lock, nowhere else.
 *
 * Thread-safe. */
#pragma once

#include <glib.h>

#include "vault/age-key.h"

typedef struct _TbVault TbVault; /* reference counted */

/* What lies on the shelf. OWNER: "" for the school key and the recovery key, a person's id for a slot, a
 * visit's id for a visit. */
typedef enum {
  TB_KEY_SCHOOL = 1, /* recipient only; SEALED is empty */
  TB_KEY_RECOVERY,   /* the school's identity, sealed to the recovery key */
  TB_KEY_SLOT,       /* the school's identity, sealed by a passphrase; no recipient ("") */
  TB_KEY_VISIT       /* a visit's identity, sealed to the school key */
} TbKeyKind;

/* "school", "recovery", "slot", "visit". Borrowed, static. */
const char *tb_key_kind_name (TbKeyKind kind);

/* Where keys are kept (store/keyring.h). All functions may be called from any thread; what they have returned TRUE for
 * survives a loss of power. */
typedef struct {
  gpointer data;
  /* *RECIPIENT (new, "" when it has none) and *SEALED (new) are set when found; NOT_FOUND otherwise. */
  gboolean (*load) (gpointer data, TbKeyKind kind, const char *owner, char **recipient, GBytes **sealed, GError **error);
  /* With REPLACE an older one gives way; without, CONFLICT when there is one. */
  gboolean (*save) (gpointer data, TbKeyKind kind, const char *owner, const char *recipient, GBytes *sealed,
                    gboolean replace, GError **error);
  /* Owners with a key of KIND, sorted; array of new strings. */
  GPtrArray *(*list) (gpointer data, TbKeyKind kind, GError **error);
  /* Overwritten, not only unlinked. NOT_FOUND. */
  gboolean (*destroy) (gpointer data, TbKeyKind kind, const char *owner, GError **error);
  GDestroyNotify free;
} TbKeyShelf;

typedef enum {
  TB_VAULT_NONE = 1, /* never set up: nothing can be recorded */
  TB_VAULT_LOCKED,
  TB_VAULT_OPEN
} TbVaultState;

/* SHELF is copied and taken over. New. */
TbVault *tb_vault_new (const TbKeyShelf *shelf);
TbVault *tb_vault_ref (TbVault *vault);
void tb_vault_unref (TbVault *vault); /* locks at the last one */

TbVaultState tb_vault_get_state (TbVault *vault);
/* "none", "locked", "open". Borrowed, static. */
const char *tb_vault_state_name (TbVaultState state);

/* Called after each change of state, in the thread that made it and without a lock. Set before first use. */
typedef void (*TbVaultChanged) (TbVaultState state, gpointer data);
void tb_vault_set_listener (TbVault *vault, TbVaultChanged changed, gpointer data);

/* Makes the school key with its first slot, and leaves the vault open. *RET_RECOVERY: the recovery key's text
 * (AGE-SECRET-KEY-1…; tb_age_secret_free), which is kept nowhere. CONFLICT when there is a vault. */
gboolean tb_vault_create (TbVault *vault, const char *slot, const char *passphrase, char **ret_recovery,
                          GError **error);

/* Opens it by the passphrase of SLOT; NULL: of any slot (each takes a second). DENIED: it is not this one; NOT_FOUND:
 * no such slot; CONFLICT: no vault. Also when it is open already, to prove the passphrase. */
gboolean tb_vault_unlock (TbVault *vault, const char *slot, const char *passphrase, GError **error);
/* Opens it by the recovery key: its text or its words (vault/words.h), spaces and case do not matter. DENIED, INVALID. */
gboolean tb_vault_unlock_recovery (TbVault *vault, const char *text, GError **error);
/* Wipes the secret. Readers that are open give TB_ERROR_LOCKED from now on. */
void tb_vault_lock (TbVault *vault);

/* Makes the slot, or replaces its passphrase; the vault must be open (LOCKED). Media is not touched. */
gboolean tb_vault_set_slot (TbVault *vault, const char *slot, const char *passphrase, GError **error);
gboolean tb_vault_remove_slot (TbVault *vault, const char *slot, GError **error);
gboolean tb_vault_has_slot (TbVault *vault, const char *slot);
GPtrArray *tb_vault_list_slots (TbVault *vault, GError **error);
/* A new recovery key in place of the old; the vault must be open. */
gboolean tb_vault_renew_recovery (TbVault *vault, char **ret_recovery, GError **error);

/* To seal a visit's files to; makes the visit's key when it has none. Works while locked. */
gboolean tb_vault_get_visit_recipient (TbVault *vault, const char *visit, TbAgeRecipient *ret_recipient,
                                       GError **error);
/* To open them with. New. LOCKED; NOT_FOUND when the visit has no key (any more). */
TbAgeIdentity *tb_vault_get_visit_identity (TbVault *vault, const char *visit, GError **error);
/* After this nobody can read any copy of the visit's media. */
gboolean tb_vault_destroy_visit (TbVault *vault, const char *visit, GError **error);

/* Grows with every lock: what was opened under an older number must not be used. */
guint tb_vault_get_era (TbVault *vault);

/* WIPE is called at every lock, with VISIT NULL, and when a visit's key is destroyed, in that thread and before the
 * function returns: for who keeps keys of files that were got through the vault (vault/media-reader.c). It must not call
 * the vault. */
typedef void (*TbVaultWipe) (const char *visit, gpointer data);
void tb_vault_add_wipe (TbVault *vault, TbVaultWipe wipe, gpointer data);
/* After this it is not called any more, nor running. */
void tb_vault_remove_wipe (TbVault *vault, TbVaultWipe wipe, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbVault, tb_vault_unref)
