#include "vault/vault.h"

#include <string.h>

#include "base/error.h"
#include "vault/age-bytes.h"
#include "vault/age-header.h"
#include "vault/age-kdf.h"
#include "vault/words.h"

#define WORK_MIN 10 /* of $TERUGBLIK_KDF_WORK */
#define KEY_TEXT_MAX 1024

typedef struct {
  TbVaultWipe wipe;
  gpointer data;
} Wipe;

/* Three locks, never two at once, but WORK before LOCK. */
struct _TbVault {
  gatomicrefcount refs;
  TbKeyShelf shelf; /* never changes; thread-safe itself */
  TbVaultChanged changed;
  gpointer changed_data;

  GMutex work; /* one passphrase is worked on at a time: each takes 256 MiB */

  GMutex lock; /* guards what follows */
  gboolean is_known; /* RECIPIENT was read from the shelf; a vault that is there never goes */
  TbAgeRecipient recipient; /* the school's */
  TbAgeIdentity *school; /* NULL: locked */
  guint era;

  GMutex wipes_lock; /* guards what follows, and is held while they are called */
  GArray *wipes; /* Wipe */
};

const char *
tb_key_kind_name (TbKeyKind kind)
{
  switch (kind) {
  case TB_KEY_SCHOOL: return "school";
  case TB_KEY_RECOVERY: return "recovery";
  case TB_KEY_SLOT: return "slot";
  case TB_KEY_VISIT: return "visit";
  }
  g_assert_not_reached ();
}

const char *
tb_vault_state_name (TbVaultState state)
{
  switch (state) {
  case TB_VAULT_NONE: return "none";
  case TB_VAULT_LOCKED: return "locked";
  case TB_VAULT_OPEN: return "open";
  }
  g_assert_not_reached ();
}

TbVault *
tb_vault_new (const TbKeyShelf *shelf)
{
  TbVault *vault = g_new0 (TbVault, 1);

  tb_age_init ();
  g_atomic_ref_count_init (&vault->refs);
  vault->shelf = *shelf;
  vault->wipes = g_array_new (FALSE, FALSE, sizeof (Wipe));
  g_mutex_init (&vault->work);
  g_mutex_init (&vault->lock);
  g_mutex_init (&vault->wipes_lock);
  return vault;
}

TbVault *
tb_vault_ref (TbVault *vault)
{
  g_atomic_ref_count_inc (&vault->refs);
  return vault;
}

void
tb_vault_unref (TbVault *vault)
{
  if (vault == NULL || !g_atomic_ref_count_dec (&vault->refs))
    return;
  tb_age_identity_free (vault->school);
  if (vault->shelf.free != NULL)
    vault->shelf.free (vault->shelf.data);
  g_array_unref (vault->wipes);
  g_mutex_clear (&vault->work);
  g_mutex_clear (&vault->lock);
  g_mutex_clear (&vault->wipes_lock);
  g_free (vault);
}

void
tb_vault_set_listener (TbVault *vault, TbVaultChanged changed, gpointer data)
{
  vault->changed = changed;
  vault->changed_data = data;
}

void
tb_vault_add_wipe (TbVault *vault, TbVaultWipe wipe, gpointer data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&vault->wipes_lock);
  const Wipe entry = { wipe, data };

  g_array_append_val (vault->wipes, entry);
}

void
tb_vault_remove_wipe (TbVault *vault, TbVaultWipe wipe, gpointer data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&vault->wipes_lock);

  for (guint i = 0; i < vault->wipes->len; i++) {
    const Wipe *entry = &g_array_index (vault->wipes, Wipe, i);

    if (entry->wipe == wipe && entry->data == data) {
      g_array_remove_index (vault->wipes, i);
      return;
    }
  }
}

static void
tell (TbVault *vault, TbVaultState state)
{
  if (vault->changed != NULL)
    vault->changed (state, vault->changed_data);
}

/* Reads the school's recipient when it is not known yet; the lock is held. */
static gboolean
know_recipient (TbVault *vault, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) problem = NULL;

  if (vault->is_known)
    return TRUE;
  if (!vault->shelf.load (vault->shelf.data, TB_KEY_SCHOOL, "", &text, &sealed, &problem)) {
    if (g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
      g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "The vault has not been set up yet (terugblik vault init)");
    else
      g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (!tb_age_recipient_parse (text, -1, &vault->recipient, NULL)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "The school's public key is damaged");
    return FALSE;
  }
  vault->is_known = TRUE;
  return TRUE;
}

static gboolean
get_recipient (TbVault *vault, TbAgeRecipient *ret_recipient, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&vault->lock);

  if (!know_recipient (vault, error))
    return FALSE;
  *ret_recipient = vault->recipient;
  return TRUE;
}

TbVaultState
tb_vault_get_state (TbVault *vault)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&vault->lock);
  g_autoptr (GError) error = NULL;

  if (vault->school != NULL)
    return TB_VAULT_OPEN;
  /* A vault that is there but cannot be read is not one that may be made anew. */
  if (!know_recipient (vault, &error) && g_error_matches (error, TB_ERROR, TB_ERROR_CONFLICT))
    return TB_VAULT_NONE;
  return TB_VAULT_LOCKED;
}

guint
tb_vault_get_era (TbVault *vault)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&vault->lock);

  return vault->era;
}

/* Another handle on the school's key. New; NULL with LOCKED or CONFLICT. */
static TbAgeIdentity *
get_school (TbVault *vault, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&vault->lock);
  TbAgeIdentity *copy;
  char *text;

  if (!know_recipient (vault, error))
    return NULL;
  if (vault->school == NULL) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_LOCKED, "The vault is locked");
    return NULL;
  }
  text = tb_age_identity_to_text (vault->school);
  copy = tb_age_identity_parse (text, -1, error);
  tb_age_secret_free (text);
  return copy;
}

/* IDENTITY as the line of an ordinary key file. New, tb_age_secret_free. */
static char *
write_line (const TbAgeIdentity *identity, gsize *ret_length)
{
  char *text = tb_age_identity_to_text (identity);
  gsize length = strlen (text);
  char *line = g_malloc (length + 2);

  memcpy (line, text, length);
  memcpy (line + length, "\n", 2);
  tb_age_secret_free (text);
  *ret_length = length + 1;
  return line;
}

static GBytes *
seal_identity_to (const TbAgeIdentity *identity, const TbAgeRecipient *recipient, GError **error)
{
  gsize length;
  char *line = write_line (identity, &length);
  GBytes *sealed = tb_age_seal_bytes (recipient, (const guint8 *) line, length, error);

  tb_age_secret_free (line);
  return sealed;
}

static guint
work_of_new_slots (void)
{
  const char *given = g_getenv ("TERUGBLIK_KDF_WORK");
  guint64 work = 0;

  if (given != NULL && g_ascii_string_to_unsigned (given, 10, WORK_MIN, TB_AGE_SCRYPT_MAX, &work, NULL))
    return (guint) work;
  return TB_AGE_SCRYPT_WRITE;
}

static GBytes *
seal_identity_by (TbVault *vault, const TbAgeIdentity *identity, const char *passphrase, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&vault->work);
  gsize length;
  char *line = write_line (identity, &length);
  GBytes *sealed = tb_age_seal_bytes_passphrase (passphrase, strlen (passphrase), work_of_new_slots (),
                                                 (const guint8 *) line, length, error);

  tb_age_secret_free (line);
  return sealed;
}

/* The identity in SEALED, which must belong to RECIPIENT: a key that was put there by somebody else is refused. WHAT
 * is for messages. New. */
static TbAgeIdentity *
open_identity (GBytes *sealed, const TbAgeUnlock *unlock, const TbAgeRecipient *recipient, const char *what,
               GError **error)
{
  g_autoptr (TbAgeIdentity) identity = NULL;
  TbAgeRecipient own;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (sealed, &length);
  GByteArray *text = tb_age_open_bytes (bytes, length, unlock, error);
  gsize size;

  if (text == NULL)
    return NULL;
  size = text->len;
  if (size > 0 && text->data[size - 1] == '\n')
    size--;
  if (size > 0 && size < KEY_TEXT_MAX)
    identity = tb_age_identity_parse ((const char *) text->data, (gssize) size, NULL);
  tb_age_bytes_wipe (text);
  if (identity != NULL)
    tb_age_identity_get_recipient (identity, &own);
  if (identity == NULL || memcmp (own.point, recipient->point, TB_AGE_POINT) != 0) {
    g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "%s is damaged: it holds another key than it should", what);
    return NULL;
  }
  return g_steal_pointer (&identity);
}

/* Opens the vault with SCHOOL (taken). */
static void
open_vault (TbVault *vault, TbAgeIdentity *school)
{
  gboolean was_open;

  g_mutex_lock (&vault->lock);
  was_open = vault->school != NULL;
  if (was_open)
    tb_age_identity_free (school);
  else
    vault->school = school;
  g_mutex_unlock (&vault->lock);
  if (!was_open)
    tell (vault, TB_VAULT_OPEN);
}

/* What is kept elsewhere: the keys of VISIT's files, or (NULL) of all. */
static void
wipe_keys (TbVault *vault, const char *visit)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&vault->wipes_lock);

  for (guint i = 0; i < vault->wipes->len; i++) {
    const Wipe *entry = &g_array_index (vault->wipes, Wipe, i);

    entry->wipe (visit, entry->data);
  }
}

void
tb_vault_lock (TbVault *vault)
{
  gboolean was_open;

  g_mutex_lock (&vault->lock);
  was_open = vault->school != NULL;
  g_clear_pointer (&vault->school, tb_age_identity_free);
  if (was_open)
    vault->era++;
  g_mutex_unlock (&vault->lock);
  if (!was_open)
    return;
  wipe_keys (vault, NULL);
  tell (vault, TB_VAULT_LOCKED);
}

/* A new recovery key for SCHOOL, on the shelf. */
static gboolean
make_recovery (TbVault *vault, const TbAgeIdentity *school, char **ret_text, GError **error)
{
  g_autoptr (TbAgeIdentity) recovery = tb_age_identity_generate ();
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *recipient_text = NULL;
  TbAgeRecipient recipient;

  tb_age_identity_get_recipient (recovery, &recipient);
  recipient_text = tb_age_recipient_to_text (&recipient);
  sealed = seal_identity_to (school, &recipient, error);
  if (sealed == NULL
      || !vault->shelf.save (vault->shelf.data, TB_KEY_RECOVERY, "", recipient_text, sealed, TRUE, error))
    return FALSE;
  *ret_text = tb_age_identity_to_text (recovery);
  return TRUE;
}

static gboolean
make_slot (TbVault *vault, const TbAgeIdentity *school, const char *slot, const char *passphrase, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;

  if (slot == NULL || slot[0] == '\0' || passphrase == NULL || passphrase[0] == '\0') {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "A slot of the vault needs an owner and a passphrase");
    return FALSE;
  }
  sealed = seal_identity_by (vault, school, passphrase, error);
  return sealed != NULL && vault->shelf.save (vault->shelf.data, TB_KEY_SLOT, slot, "", sealed, TRUE, error);
}

gboolean
tb_vault_create (TbVault *vault, const char *slot, const char *passphrase, char **ret_recovery, GError **error)
{
  g_autoptr (TbAgeIdentity) school = NULL;
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autofree char *recipient_text = NULL;
  TbAgeRecipient recipient;
  char *recovery = NULL;

  if (tb_vault_get_state (vault) != TB_VAULT_NONE) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CONFLICT, "There is a vault already");
    return FALSE;
  }
  school = tb_age_identity_generate ();
  tb_age_identity_get_recipient (school, &recipient);
  recipient_text = tb_age_recipient_to_text (&recipient);
  /* The school's recipient comes last, for it is what makes a vault: one that nothing opens cannot come to be. */
  if (!make_slot (vault, school, slot, passphrase, error))
    return FALSE;
  if (!make_recovery (vault, school, &recovery, error)
      || !vault->shelf.save (vault->shelf.data, TB_KEY_SCHOOL, "", recipient_text, nothing, FALSE, error)) {
    tb_age_secret_free (recovery);
    return FALSE;
  }
  g_mutex_lock (&vault->lock);
  vault->recipient = recipient;
  vault->is_known = TRUE;
  g_mutex_unlock (&vault->lock);
  *ret_recovery = recovery;
  open_vault (vault, g_steal_pointer (&school));
  return TRUE;
}

/* New; NULL with DENIED when the passphrase is not this slot's. */
static TbAgeIdentity *
try_slot (TbVault *vault, const char *slot, const char *passphrase, const TbAgeRecipient *recipient, GError **error)
{
  g_autoptr (GMutexLocker) locker = NULL;
  g_autofree char *none = NULL;
  g_autoptr (GBytes) sealed = NULL;
  const TbAgeUnlock unlock = { .passphrase = passphrase, .passphrase_length = strlen (passphrase) };

  if (!vault->shelf.load (vault->shelf.data, TB_KEY_SLOT, slot, &none, &sealed, error))
    return NULL;
  locker = g_mutex_locker_new (&vault->work);
  return open_identity (sealed, &unlock, recipient, "This slot of the vault", error);
}

static TbAgeIdentity *
try_all_slots (TbVault *vault, const char *passphrase, const TbAgeRecipient *recipient, GError **error)
{
  g_autoptr (GPtrArray) slots = vault->shelf.list (vault->shelf.data, TB_KEY_SLOT, error);
  g_autoptr (GError) damaged = NULL;

  if (slots == NULL)
    return NULL;
  for (guint i = 0; i < slots->len; i++) {
    g_autoptr (GError) problem = NULL;
    TbAgeIdentity *school = try_slot (vault, slots->pdata[i], passphrase, recipient, &problem);

    if (school != NULL)
      return school;
    /* One damaged slot does not keep the others from opening. */
    if (!g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED) && damaged == NULL)
      damaged = g_steal_pointer (&problem);
  }
  if (damaged != NULL)
    g_propagate_error (error, g_steal_pointer (&damaged));
  else
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "");
  return NULL;
}

gboolean
tb_vault_unlock (TbVault *vault, const char *slot, const char *passphrase, GError **error)
{
  g_autoptr (GError) problem = NULL;
  TbAgeRecipient recipient;
  TbAgeIdentity *school;

  if (!get_recipient (vault, &recipient, error))
    return FALSE;
  school = slot != NULL ? try_slot (vault, slot, passphrase, &recipient, &problem)
                        : try_all_slots (vault, passphrase, &recipient, &problem);
  if (school != NULL) {
    open_vault (vault, school);
    return TRUE;
  }
  if (g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED))
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This passphrase does not open the vault");
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* The key that TEXT says, as a key or as words, however it was typed. New. */
static TbAgeIdentity *
parse_recovery (const char *text, GError **error)
{
  static const char start[] = "AGE-SECRET-KEY-1";
  TbAgeIdentity *identity = NULL;
  gsize length = strlen (text), have = 0;
  char *packed;

  if (length > KEY_TEXT_MAX) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is not a recovery key: it is too long");
    return NULL;
  }
  packed = g_malloc0 (length + 1);
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (text[i]))
      packed[have++] = g_ascii_toupper (text[i]);
  if (strncmp (packed, start, strlen (start)) != 0)
    identity = tb_words_to_identity (text, error);
  else if ((identity = tb_age_identity_parse (packed, (gssize) have, NULL)) == NULL)
    g_set_error_literal (error, TB_ERROR, TB_ERROR_INVALID, "This is not a recovery key: a letter of it is wrong");
  tb_age_wipe (packed, length + 1);
  g_free (packed);
  return identity;
}

gboolean
tb_vault_unlock_recovery (TbVault *vault, const char *text, GError **error)
{
  g_autoptr (TbAgeIdentity) recovery = NULL;
  g_autoptr (GPtrArray) ring = g_ptr_array_new ();
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) problem = NULL;
  g_autofree char *recipient_text = NULL;
  TbAgeUnlock unlock = { .identities = ring };
  TbAgeRecipient recipient;
  TbAgeIdentity *school;

  if (!get_recipient (vault, &recipient, error))
    return FALSE;
  recovery = parse_recovery (text, error);
  if (recovery == NULL
      || !vault->shelf.load (vault->shelf.data, TB_KEY_RECOVERY, "", &recipient_text, &sealed, error))
    return FALSE;
  g_ptr_array_add (ring, recovery);
  school = open_identity (sealed, &unlock, &recipient, "What the recovery key opens", &problem);
  if (school != NULL) {
    open_vault (vault, school);
    return TRUE;
  }
  if (g_error_matches (problem, TB_ERROR, TB_ERROR_DENIED))
    g_set_error_literal (error, TB_ERROR, TB_ERROR_DENIED, "This recovery key is not the one of this vault");
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
tb_vault_set_slot (TbVault *vault, const char *slot, const char *passphrase, GError **error)
{
  g_autoptr (TbAgeIdentity) school = get_school (vault, error);

  return school != NULL && make_slot (vault, school, slot, passphrase, error);
}

gboolean
tb_vault_remove_slot (TbVault *vault, const char *slot, GError **error)
{
  return vault->shelf.destroy (vault->shelf.data, TB_KEY_SLOT, slot, error);
}

gboolean
tb_vault_has_slot (TbVault *vault, const char *slot)
{
  g_autofree char *none = NULL;
  g_autoptr (GBytes) sealed = NULL;

  return vault->shelf.load (vault->shelf.data, TB_KEY_SLOT, slot, &none, &sealed, NULL);
}

GPtrArray *
tb_vault_list_slots (TbVault *vault, GError **error)
{
  return vault->shelf.list (vault->shelf.data, TB_KEY_SLOT, error);
}

gboolean
tb_vault_renew_recovery (TbVault *vault, char **ret_recovery, GError **error)
{
  g_autoptr (TbAgeIdentity) school = get_school (vault, error);

  return school != NULL && make_recovery (vault, school, ret_recovery, error);
}

/* What the shelf holds of a visit. */
static gboolean
load_visit (TbVault *vault, const char *visit, TbAgeRecipient *ret_recipient, GBytes **ret_sealed, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) sealed = NULL;

  if (!vault->shelf.load (vault->shelf.data, TB_KEY_VISIT, visit, &text, &sealed, error))
    return FALSE;
  if (!tb_age_recipient_parse (text, -1, ret_recipient, NULL)) {
    g_set_error_literal (error, TB_ERROR, TB_ERROR_CORRUPT, "The public key of this visit is damaged");
    return FALSE;
  }
  if (ret_sealed != NULL)
    *ret_sealed = g_steal_pointer (&sealed);
  return TRUE;
}

static gboolean
make_visit (TbVault *vault, const char *visit, const TbAgeRecipient *school, TbAgeRecipient *ret_recipient,
            GError **error)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_generate ();
  g_autoptr (GBytes) sealed = seal_identity_to (identity, school, error);
  g_autoptr (GError) problem = NULL;
  g_autofree char *text = NULL;
  TbAgeRecipient recipient;

  if (sealed == NULL)
    return FALSE;
  tb_age_identity_get_recipient (identity, &recipient);
  text = tb_age_recipient_to_text (&recipient);
  if (vault->shelf.save (vault->shelf.data, TB_KEY_VISIT, visit, text, sealed, FALSE, &problem)) {
    *ret_recipient = recipient;
    return TRUE;
  }
  /* Two files of a visit begin at the same time: the first key is the visit's. */
  if (g_error_matches (problem, TB_ERROR, TB_ERROR_CONFLICT))
    return load_visit (vault, visit, ret_recipient, NULL, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
tb_vault_get_visit_recipient (TbVault *vault, const char *visit, TbAgeRecipient *ret_recipient, GError **error)
{
  g_autoptr (GError) problem = NULL;
  TbAgeRecipient school;

  if (!get_recipient (vault, &school, error))
    return FALSE;
  if (load_visit (vault, visit, ret_recipient, NULL, &problem))
    return TRUE;
  if (g_error_matches (problem, TB_ERROR, TB_ERROR_NOT_FOUND))
    return make_visit (vault, visit, &school, ret_recipient, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

TbAgeIdentity *
tb_vault_get_visit_identity (TbVault *vault, const char *visit, GError **error)
{
  g_autoptr (TbAgeIdentity) school = get_school (vault, error);
  g_autoptr (GPtrArray) ring = g_ptr_array_new ();
  g_autoptr (GBytes) sealed = NULL;
  TbAgeUnlock unlock = { .identities = ring };
  TbAgeRecipient recipient;

  if (school == NULL || !load_visit (vault, visit, &recipient, &sealed, error))
    return NULL;
  g_ptr_array_add (ring, school);
  return open_identity (sealed, &unlock, &recipient, "The key of this visit", error);
}

gboolean
tb_vault_destroy_visit (TbVault *vault, const char *visit, GError **error)
{
  if (!vault->shelf.destroy (vault->shelf.data, TB_KEY_VISIT, visit, error))
    return FALSE;
  wipe_keys (vault, visit);
  return TRUE;
}
