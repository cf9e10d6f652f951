/* A recording that was broken off is changed as the input says, and mended: either that is refused, or the file then
 * opens from beginning to end and holds the beginning of what was recorded, nothing else. Where a chunk in its middle
 * was changed, that holds up to there: mending is for the end. Mending again changes nothing.
 *
 * Input: size of what was recorded (3 bytes, big endian, below three chunks), which part lies beside it (1 byte: the
 * last, the one before, none), then changes of 6 bytes each: kind, where (4 bytes), value. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "vault/age-file.h"
#include "vault/age-mend.h"
#include "vault/media-part.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define LARGEST (3 * TB_AGE_CHUNK)
#define CHANGE 6
#define MAX_CHANGES 4

typedef struct {
  char *folder, *main, *part;
  TbAgeIdentity *identity;
  guint8 *plain;
  gsize size;
  gboolean spoilt; /* bytes of the file itself were changed, not only cut off or added */
} Case;

static void
record (Case *one, guint8 which)
{
  g_auto (TbAgeFileKey) key = { { 0 } };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) header = NULL;
  g_autoptr (TbAgeSealer) sealer = NULL;
  TbAgeRecipient recipient;
  TbPartTie tie;
  gsize pending = 0, begin;
  const guint8 *text;

  tb_age_identity_get_recipient (one->identity, &recipient);
  tb_age_file_key_generate (&key);
  header = tb_age_header_write (&recipient, 1, &key, NULL);
  g_byte_array_append (bytes, g_bytes_get_data (header, NULL), (guint) g_bytes_get_size (header));
  begin = bytes->len;
  sealer = tb_age_sealer_new (&key, bytes);
  tb_part_tie_make (&tie, &key, bytes->data + begin);
  tb_age_sealer_append (sealer, one->plain, one->size, bytes);
  text = tb_age_sealer_get_pending (sealer, &pending);
  if (which % 3 == 0)
    g_assert_true (tb_part_write (one->part, &tie, &recipient, (one->size - pending) / TB_AGE_CHUNK, FALSE, text,
                                  pending, FALSE, NULL));
  else if (which % 3 == 1 && one->size - pending >= TB_AGE_CHUNK)
    g_assert_true (tb_part_write (one->part, &tie, &recipient, (one->size - pending) / TB_AGE_CHUNK - 1, FALSE,
                                  one->plain + one->size - pending - TB_AGE_CHUNK, TB_AGE_CHUNK / 2, FALSE, NULL));
  g_assert_true (g_file_set_contents (one->main, (const char *) bytes->data, (gssize) bytes->len, NULL));
}

static void
change (Case *one, const uint8_t *rule)
{
  const char *path = rule[0] & 0x80 ? one->part : one->main;
  guint32 where = (guint32) rule[1] << 24 | (guint32) rule[2] << 16 | (guint32) rule[3] << 8 | rule[4];
  g_autofree char *text = NULL;
  g_autofree char *longer = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, NULL) || length == 0)
    return;
  where %= (guint32) length;
  one->spoilt |= !(rule[0] & 0x80) && ((rule[0] & 3) == 0 || (rule[0] & 3) == 2);
  switch (rule[0] & 3) {
  case 0:
    text[where] = (char) (text[where] ^ rule[5]);
    break;
  case 1:
    length = where;
    break;
  case 2:
    memset (text + where, 0, length - where);
    break;
  default:
    longer = g_malloc0 (length + rule[5]);
    memcpy (longer, text, length);
    length += rule[5];
    break;
  }
  g_assert_true (g_file_set_contents (path, longer != NULL ? longer : text, (gssize) length, NULL));
}

static gboolean
collect (const guint8 *bytes, gsize length, gpointer data, GError **error)
{
  g_byte_array_append (data, bytes, (guint) length);
  return TRUE;
}

/* The file holds the beginning of what was recorded. */
static void
check (Case *one)
{
  g_autoptr (GPtrArray) identities = g_ptr_array_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  TbAgeUnlock unlock = { .identities = identities };
  int fd = open (one->main, O_RDONLY | O_CLOEXEC);

  g_ptr_array_add (identities, one->identity);
  g_assert_true (tb_age_open_fd (fd, "mended", &unlock, collect, out, NULL) || one->spoilt);
  close (fd);
  g_assert_cmpuint (out->len, <=, one->size);
  g_assert_true (out->len == 0 || memcmp (out->data, one->plain, out->len) == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Case one = { 0 };
  gboolean mended = FALSE, again = TRUE;
  gsize changes;

  if (size < 4)
    return 0;
  one.folder = g_dir_make_tmp ("fuzz-mend-XXXXXX", NULL);
  one.main = g_build_filename (one.folder, "a.age", NULL);
  one.part = g_build_filename (one.folder, "a.age.part", NULL);
  one.identity = tb_age_identity_generate ();
  one.size = ((gsize) data[0] << 16 | (gsize) data[1] << 8 | data[2]) % LARGEST;
  one.plain = g_malloc (one.size + 1);
  for (gsize i = 0; i < one.size; i++)
    one.plain[i] = (guint8) (i * 31 + i / 251);
  record (&one, data[3]);
  changes = MIN ((size - 4) / CHANGE, MAX_CHANGES);
  for (gsize i = 0; i < changes; i++)
    change (&one, data + 4 + i * CHANGE);
  if (tb_age_mend (one.main, one.part, one.identity, &mended, NULL) && mended) {
    check (&one);
    g_assert_true (tb_age_mend (one.main, one.part, one.identity, &again, NULL));
    g_assert_false (again);
    check (&one);
  }
  g_unlink (one.main);
  g_unlink (one.part);
  g_rmdir (one.folder);
  tb_age_identity_free (one.identity);
  g_free (one.plain);
  g_free (one.folder);
  g_free (one.main);
  g_free (one.part);
  return 0;
}
