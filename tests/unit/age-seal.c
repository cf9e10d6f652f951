/* Seals standard input to standard output with the program's own writer, for
 * the tests against other age programs: age-seal RECIPIENT…, or
 * age-seal --passphrase WORDS. */
#include <string.h>
#include <unistd.h>

#include "vault/age-header.h"
#include "vault/age-stream.h"
#include "vault/new-file.h"

#define WORK 10 /* small: the tests need no protection */

static GBytes *
make_header (int count, char **words, const TbAgeFileKey *key)
{
  g_autofree TbAgeRecipient *recipients = g_new0 (TbAgeRecipient, count + 1);

  if (count == 2 && strcmp (words[0], "--passphrase") == 0)
    return tb_age_header_write_passphrase (words[1], strlen (words[1]), WORK, key, NULL);
  for (int i = 0; i < count; i++)
    if (!tb_age_recipient_parse (words[i], -1, &recipients[i], NULL))
      return NULL;
  return count > 0 ? tb_age_header_write (recipients, (guint) count, key, NULL) : NULL;
}

int
main (int argc, char **argv)
{
  g_auto (TbAgeFileKey) key = { 0 };
  g_autoptr (GBytes) header = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (TbAgeSealer) sealer = NULL;
  static guint8 buffer[1 << 18];
  gssize got = 1;

  tb_age_file_key_generate (&key);
  header = make_header (argc - 1, argv + 1, &key);
  if (header == NULL)
    return 2;
  g_byte_array_append (out, g_bytes_get_data (header, NULL), (guint) g_bytes_get_size (header));
  sealer = tb_age_sealer_new (&key, out);
  while (got > 0) {
    got = read (STDIN_FILENO, buffer, sizeof buffer);
    if (got > 0)
      tb_age_sealer_append (sealer, buffer, (gsize) got, out);
    else
      tb_age_sealer_finish (sealer, out);
    if (got < 0 || !tb_write_all (STDOUT_FILENO, "standard output", out->data, out->len, NULL))
      return 1;
    g_byte_array_set_size (out, 0);
  }
  return 0;
}
