/* The vault: what opens it, what does not, and what is gone when a key is
 * destroyed. */
#include <string.h>

#include "base/error.h"
#include "vault-tools.h"
#include "vault/age-bytes.h"
#include "vault/words.h"

#define PIET "0190b2f0-0000-7000-8000-000000000001"
#define MARIE "0190b2f0-0000-7000-8000-000000000002"
#define VISIT "0190b2f0-0000-7000-8000-000000000003"

typedef struct {
  MemoryShelf *shelf;
  TbVault *vault;
  char *recovery;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->shelf = memory_shelf_new ();
  fixture->vault = memory_shelf_vault (fixture->shelf);
  tb_vault_create (fixture->vault, PIET, "een twee drie vier", &fixture->recovery, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tb_age_secret_free (fixture->recovery);
  tb_vault_unref (fixture->vault);
  memory_shelf_free (fixture->shelf);
}

/* As if the program were started again. */
static void
start_again (Fixture *fixture)
{
  tb_vault_unref (fixture->vault);
  fixture->vault = memory_shelf_vault (fixture->shelf);
}

static void
unlock_gives (Fixture *fixture, const char *slot, const char *passphrase, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean good = tb_vault_unlock (fixture->vault, slot, passphrase, &error);

  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
  g_assert_cmpint (good, ==, code == 0);
}

static void
test_none (void)
{
  g_autoptr (MemoryShelf) shelf = memory_shelf_new ();
  g_autoptr (TbVault) vault = memory_shelf_vault (shelf);
  g_autoptr (GError) error = NULL;
  TbAgeRecipient recipient;
  char *recovery = NULL;

  g_assert_cmpint (tb_vault_get_state (vault), ==, TB_VAULT_NONE);
  g_assert_false (tb_vault_unlock (vault, NULL, "x", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (tb_vault_get_visit_recipient (vault, VISIT, &recipient, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  g_clear_error (&error);
  tb_vault_lock (vault);
  g_assert_cmpuint (tb_vault_get_era (vault), ==, 0);

  /* What cannot be kept does not make half a vault. */
  memory_shelf_break (shelf, TRUE);
  g_assert_false (tb_vault_create (vault, PIET, "woorden", &recovery, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_FULL);
  g_assert_cmpint (tb_vault_get_state (vault), ==, TB_VAULT_NONE);
  g_assert_null (recovery);
}

static void
test_states (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char *recovery = NULL;

  g_assert_cmpint (tb_vault_get_state (fixture->vault), ==, TB_VAULT_OPEN);
  g_assert_cmpstr (tb_vault_state_name (TB_VAULT_OPEN), ==, "open");
  g_assert_false (tb_vault_create (fixture->vault, MARIE, "anders", &recovery, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CONFLICT);
  tb_vault_lock (fixture->vault);
  g_assert_cmpint (tb_vault_get_state (fixture->vault), ==, TB_VAULT_LOCKED);
  g_assert_cmpuint (tb_vault_get_era (fixture->vault), ==, 1);
  tb_vault_lock (fixture->vault);
  g_assert_cmpuint (tb_vault_get_era (fixture->vault), ==, 1);

  unlock_gives (fixture, PIET, "een twee drie vijf", TB_ERROR_DENIED);
  unlock_gives (fixture, MARIE, "een twee drie vier", TB_ERROR_NOT_FOUND);
  unlock_gives (fixture, NULL, "", TB_ERROR_DENIED);
  g_assert_cmpint (tb_vault_get_state (fixture->vault), ==, TB_VAULT_LOCKED);
  unlock_gives (fixture, PIET, "een twee drie vier", 0);
  g_assert_cmpint (tb_vault_get_state (fixture->vault), ==, TB_VAULT_OPEN);
  /* Proving a passphrase to an open vault. */
  unlock_gives (fixture, PIET, "fout", TB_ERROR_DENIED);
  unlock_gives (fixture, PIET, "een twee drie vier", 0);
  g_assert_cmpint (tb_vault_get_state (fixture->vault), ==, TB_VAULT_OPEN);

  start_again (fixture);
  g_assert_cmpint (tb_vault_get_state (fixture->vault), ==, TB_VAULT_LOCKED);
  unlock_gives (fixture, NULL, "een twee drie vier", 0);
}

static void
test_slots (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) slots = NULL;

  g_assert_true (tb_vault_set_slot (fixture->vault, MARIE, "vijf zes zeven", &error));
  slots = tb_vault_list_slots (fixture->vault, &error);
  g_assert_cmpuint (slots->len, ==, 2);
  g_assert_cmpstr (slots->pdata[0], ==, PIET);
  g_assert_true (tb_vault_has_slot (fixture->vault, MARIE));
  g_assert_true (tb_vault_set_slot (fixture->vault, PIET, "nieuw en anders", &error));
  tb_vault_lock (fixture->vault);
  unlock_gives (fixture, PIET, "een twee drie vier", TB_ERROR_DENIED);
  unlock_gives (fixture, PIET, "vijf zes zeven", TB_ERROR_DENIED);
  unlock_gives (fixture, NULL, "vijf zes zeven", 0);
  tb_vault_lock (fixture->vault);
  g_assert_false (tb_vault_set_slot (fixture->vault, PIET, "x", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_true (tb_vault_remove_slot (fixture->vault, MARIE, &error));
  g_assert_false (tb_vault_has_slot (fixture->vault, MARIE));
  g_assert_false (tb_vault_remove_slot (fixture->vault, MARIE, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  unlock_gives (fixture, NULL, "vijf zes zeven", TB_ERROR_DENIED);
  unlock_gives (fixture, PIET, "nieuw en anders", 0);
}

static void
recovery_gives (Fixture *fixture, const char *text, int code)
{
  g_autoptr (GError) error = NULL;

  tb_vault_lock (fixture->vault);
  g_assert_cmpint (tb_vault_unlock_recovery (fixture->vault, text, &error), ==, code == 0);
  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, TB_ERROR, code);
  /* An error never repeats what was typed. */
  g_assert_true (error == NULL || strstr (error->message, "SECRET") == NULL);
}

static void
test_recovery (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbAgeIdentity) stranger = tb_age_identity_generate ();
  g_autofree char *typed = g_ascii_strdown (fixture->recovery, -1);
  g_autofree char *spaced = g_strdup_printf (" %.20s \n %s ", typed, typed + 20);
  g_autoptr (TbAgeIdentity) own = tb_age_identity_parse (fixture->recovery, -1, NULL);
  g_autofree char *words = tb_words_from_identity (own);
  g_autofree char *stranger_text = tb_age_identity_to_text (stranger);
  g_autofree char *old = g_strdup (fixture->recovery);
  char *renewed = NULL;

  g_assert_true (g_str_has_prefix (fixture->recovery, "AGE-SECRET-KEY-1"));
  recovery_gives (fixture, fixture->recovery, 0);
  recovery_gives (fixture, spaced, 0);
  recovery_gives (fixture, words, 0);
  recovery_gives (fixture, stranger_text, TB_ERROR_DENIED);
  typed[30] = typed[30] == 'q' ? 'p' : 'q';
  recovery_gives (fixture, typed, TB_ERROR_INVALID);
  recovery_gives (fixture, "", TB_ERROR_INVALID);

  recovery_gives (fixture, fixture->recovery, 0);
  g_assert_true (tb_vault_renew_recovery (fixture->vault, &renewed, &error));
  recovery_gives (fixture, old, TB_ERROR_DENIED);
  recovery_gives (fixture, renewed, 0);
  tb_vault_lock (fixture->vault);
  g_assert_false (tb_vault_renew_recovery (fixture->vault, &renewed, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_LOCKED);
  tb_age_secret_free (renewed);
}

static void
test_visit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbAgeIdentity) identity = NULL;
  TbAgeRecipient one, two, own;

  tb_vault_lock (fixture->vault);
  g_assert_true (tb_vault_get_visit_recipient (fixture->vault, VISIT, &one, &error));
  g_assert_true (tb_vault_get_visit_recipient (fixture->vault, VISIT, &two, &error));
  g_assert_cmpmem (one.point, TB_AGE_POINT, two.point, TB_AGE_POINT);
  g_assert_null (tb_vault_get_visit_identity (fixture->vault, VISIT, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_LOCKED);
  g_clear_error (&error);

  unlock_gives (fixture, PIET, "een twee drie vier", 0);
  identity = tb_vault_get_visit_identity (fixture->vault, VISIT, &error);
  g_assert_no_error (error);
  tb_age_identity_get_recipient (identity, &own);
  g_assert_cmpmem (one.point, TB_AGE_POINT, own.point, TB_AGE_POINT);

  g_assert_true (tb_vault_destroy_visit (fixture->vault, VISIT, &error));
  g_assert_null (tb_vault_get_visit_identity (fixture->vault, VISIT, &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (tb_vault_get_visit_recipient (fixture->vault, VISIT, &two, &error));
  g_assert_cmpint (memcmp (one.point, two.point, TB_AGE_POINT), !=, 0);
}

/* A key that somebody else put on the shelf is not used. */
static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TbAgeIdentity) other = tb_age_identity_generate ();
  g_autofree char *text = tb_age_identity_to_text (other);
  g_autoptr (GBytes) slot = tb_age_seal_bytes_passphrase ("kom erin", 8, 10, (const guint8 *) text, strlen (text), &error);
  TbAgeRecipient recipient;

  memory_shelf_put (fixture->shelf, TB_KEY_SLOT, MARIE, "", slot);
  tb_vault_lock (fixture->vault);
  unlock_gives (fixture, MARIE, "kom erin", TB_ERROR_CORRUPT);
  unlock_gives (fixture, NULL, "een twee drie vier", 0);

  /* A visit's sealed identity that does not belong to its recipient. */
  g_assert_true (tb_vault_get_visit_recipient (fixture->vault, VISIT, &recipient, &error));
  g_assert_true (tb_vault_get_visit_recipient (fixture->vault, "ander", &recipient, &error));
  {
    g_autofree char *name = tb_age_recipient_to_text (&recipient);

    memory_shelf_put (fixture->shelf, TB_KEY_VISIT, "ander", name,
                      memory_shelf_peek (fixture->shelf, TB_KEY_VISIT, VISIT));
  }
  g_assert_null (tb_vault_get_visit_identity (fixture->vault, "ander", &error));
  g_assert_error (error, TB_ERROR, TB_ERROR_CORRUPT);
}

static void
count_wipe (const char *visit, gpointer data)
{
  ++*(guint *) data;
}

static void
note_state (TbVaultState state, gpointer data)
{
  g_string_append (g_string_append (data, tb_vault_state_name (state)), " ");
}

static void
test_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) told = g_string_new ("");
  TbAgeRecipient recipient;
  guint wiped = 0;

  start_again (fixture);
  tb_vault_set_listener (fixture->vault, note_state, told);
  tb_vault_add_wipe (fixture->vault, count_wipe, &wiped);
  tb_vault_lock (fixture->vault);
  unlock_gives (fixture, PIET, "een twee drie vier", 0);
  unlock_gives (fixture, PIET, "een twee drie vier", 0);
  tb_vault_lock (fixture->vault);
  tb_vault_lock (fixture->vault);
  g_assert_cmpstr (told->str, ==, "open locked ");
  g_assert_cmpuint (wiped, ==, 1);
  unlock_gives (fixture, PIET, "een twee drie vier", 0);
  g_assert_true (tb_vault_get_visit_recipient (fixture->vault, VISIT, &recipient, NULL));
  g_assert_true (tb_vault_destroy_visit (fixture->vault, VISIT, NULL));
  g_assert_cmpuint (wiped, ==, 2);
  tb_vault_remove_wipe (fixture->vault, count_wipe, &wiped);
  unlock_gives (fixture, PIET, "een twee drie vier", 0);
  tb_vault_lock (fixture->vault);
  g_assert_cmpuint (wiped, ==, 2);
}

int
main (int argc, char **argv)
{
  g_setenv ("TERUGBLIK_KDF_WORK", "10", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vault/none", test_none);
#define ADD(name, function) g_test_add ("/vault/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("states", test_states);
  ADD ("slots", test_slots);
  ADD ("recovery", test_recovery);
  ADD ("visit", test_visit);
  ADD ("foreign", test_foreign);
  ADD ("told", test_told);
  return g_test_run ();
}
