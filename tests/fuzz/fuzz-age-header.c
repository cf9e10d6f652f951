/* Any bytes as the beginning of a sealed file and as a file of keys. What is read as a header has one spelling, is
 * tried with a key and a passphrase, and a key that is read is written again the same. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "vault/age-armor.h"
#include "vault/age-header-private.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The key of age's own text; the corpus holds files for it. */
#define IDENTITY "AGE-SECRET-KEY-1HTW5A36G392XFS30JLQCCTRP5N35MWA26ZPZL0VLUG4HFZ9KXE0SDK3CZ6"
#define SLOW 4 /* log2: more work than this would be all the fuzzer does */

static void
try_header (const TbAgeHeader *header)
{
  g_autoptr (TbAgeIdentity) identity = tb_age_identity_parse (IDENTITY, -1, NULL);
  g_autoptr (GPtrArray) ring = g_ptr_array_new ();
  const TbAgeStanza *first = header->stanzas->pdata[0];
  guint64 work = first->n_arguments == 3 ? g_ascii_strtoull (first->arguments[2], NULL, 10) : 0;
  g_autoptr (GError) error = NULL, other = NULL;
  g_auto (TbAgeFileKey) key = { 0 };

  g_ptr_array_add (ring, identity);
  g_assert_true (tb_age_header_unwrap (header, ring, &key, &error) == (error == NULL));
  if (!tb_age_header_wants_passphrase (header) || work <= SLOW || work > TB_AGE_SCRYPT_MAX)
    g_assert_true (tb_age_header_unwrap_passphrase (header, "geheim", 6, &key, &other) == (other == NULL));
}

static void
try_header_bytes (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  gsize length = 0, again = 0;
  g_autoptr (TbAgeHeader) header = tb_age_header_parse (data, size, &length, &error);
  g_autoptr (TbAgeHeader) exact = NULL;

  g_assert_true ((header != NULL) == (error == NULL));
  if (header == NULL)
    return;
  g_assert_true (length > 0 && length <= size && length <= TB_AGE_HEADER_MAX);
  g_assert_cmpuint (g_bytes_get_size (header->signed_part) + 1 + 43 + 1, ==, length);
  /* What follows the header has no say in it, and it is not a header before it ends. */
  exact = tb_age_header_parse (data, length, &again, NULL);
  g_assert_true (exact != NULL && again == length);
  g_assert_null (tb_age_header_parse (data, length - 1, &again, NULL));
  try_header (header);
}

static void
try_keys (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys = tb_age_identities_parse ((const char *) data, size, "keys", &error);
  TbAgeRecipient recipient;

  g_assert_true ((keys != NULL) == (error == NULL));
  for (guint i = 0; keys != NULL && i < keys->len; i++) {
    char *text = tb_age_identity_to_text (keys->pdata[i]);

    g_assert_nonnull (memmem (data, size, text, strlen (text)));
    tb_age_secret_free (text);
  }
  if (tb_age_recipient_parse ((const char *) data, (gssize) size, &recipient, NULL)) {
    g_autofree char *text = tb_age_recipient_to_text (&recipient);

    g_assert_cmpmem (text, strlen (text), data, size);
  }
}

/* The text form in two pieces gives what it gives whole. */
static void
try_armor (const uint8_t *data, size_t size)
{
  g_autofree guint8 *whole = g_malloc (size + 48), *parts = g_malloc (size + 96);
  TbAgeArmor one = { 0 }, two = { 0 };
  gsize length = 0, first = 0, second = 0, cut = size > 0 ? data[size / 2] % (size + 1) : 0;
  gboolean good = tb_age_armor_push (&one, data, size, whole, &length, NULL) && tb_age_armor_end (&one, NULL);
  gboolean again = tb_age_armor_push (&two, data, cut, parts, &first, NULL)
                   && tb_age_armor_push (&two, data + cut, size - cut, parts + first, &second, NULL)
                   && tb_age_armor_end (&two, NULL);

  g_assert_true (good == again);
  if (!good)
    return;
  g_assert_true (tb_age_armor_detect (data, size));
  g_assert_cmpmem (whole, length, parts, first + second);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  try_armor (data, size);
  try_header_bytes (data, size);
  try_keys (data, size);
  return 0;
}
