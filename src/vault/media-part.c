#include "vault/media-part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/error.h"
#include "vault/age-bytes.h"
#include "vault/age-kdf.h"
#include "vault/media-private.h"

#define MAGIC "tb-part\x01"
#define MAGIC_SIZE 8
#define AT_NONCE MAGIC_SIZE
#define AT_NUMBER (AT_NONCE + TB_AGE_PAYLOAD_NONCE)
#define AT_FLAG (AT_NUMBER + 8)
#define AT_MAC (AT_FLAG + 1)
#define AT_TEXT (AT_MAC + 32)
#define FILE_MAX (TB_AGE_CHUNK + 4096) /* the header of a file for one recipient is far smaller */

void
tb_part_tie_make (TbPartTie *tie, const TbAgeFileKey *key, const guint8 nonce[TB_AGE_PAYLOAD_NONCE])
{
  tb_age_hkdf (key->bytes, TB_AGE_FILE_KEY, nonce, TB_AGE_PAYLOAD_NONCE, "terugblik/part", tie->key);
  memcpy (tie->nonce, nonce, TB_AGE_PAYLOAD_NONCE);
}

void
tb_part_clear (TbPart *part)
{
  g_clear_pointer (&part->text, tb_age_bytes_wipe);
}

/* Over everything but the place of the MAC. */
static void
compute_mac (const TbPartTie *tie, const guint8 *bytes, gsize length, guint8 ret_mac[32])
{
  crypto_auth_hmacsha256_state state;

  crypto_auth_hmacsha256_init (&state, tie->key, sizeof tie->key);
  crypto_auth_hmacsha256_update (&state, bytes, AT_MAC);
  crypto_auth_hmacsha256_update (&state, bytes + AT_TEXT, length - AT_TEXT);
  crypto_auth_hmacsha256_final (&state, ret_mac);
  sodium_memzero (&state, sizeof state);
}

static GBytes *
seal_part (const TbPartTie *tie, const TbAgeRecipient *recipient, guint64 number, gboolean is_final, const guint8 *text,
           gsize length, GError **error)
{
  g_autofree guint8 *plain = g_malloc0 (AT_TEXT + TB_AGE_CHUNK);
  guint64 big_endian = GUINT64_TO_BE (number);
  guint8 mac[32];
  GBytes *sealed;

  g_assert (length <= TB_AGE_CHUNK);
  memcpy (plain, MAGIC, MAGIC_SIZE);
  memcpy (plain + AT_NONCE, tie->nonce, TB_AGE_PAYLOAD_NONCE);
  memcpy (plain + AT_NUMBER, &big_endian, sizeof big_endian);
  plain[AT_FLAG] = is_final ? 1 : 0;
  if (length > 0)
    memcpy (plain + AT_TEXT, text, length);
  compute_mac (tie, plain, AT_TEXT + length, mac);
  memcpy (plain + AT_MAC, mac, sizeof mac);
  sealed = tb_age_seal_bytes (recipient, plain, AT_TEXT + length, error);
  sodium_memzero (plain, AT_TEXT + length);
  return sealed;
}

static gboolean
write_new (const char *path, GBytes *sealed, gboolean durable, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (sealed, &length);
  gboolean good;

  if (fd < 0) {
    tb_media_set_errno (error, errno, "make", path);
    return FALSE;
  }
  good = tb_media_write_at (fd, path, 0, bytes, length, error);
  if (good && durable && fdatasync (fd) != 0) {
    tb_media_set_errno (error, errno, "make safe", path);
    good = FALSE;
  }
  close (fd);
  return good;
}

gboolean
tb_part_write (const char *path, const TbPartTie *tie, const TbAgeRecipient *recipient, guint64 number,
               gboolean is_final, const guint8 *text, gsize length, gboolean durable, GError **error)
{
  g_autoptr (GBytes) sealed = seal_part (tie, recipient, number, is_final, text, length, error);
  g_autofree char *temporary = tb_media_hidden_path (path);

  if (sealed == NULL)
    return FALSE;
  if (!write_new (temporary, sealed, durable, error)) {
    unlink (temporary);
    return FALSE;
  }
  if (rename (temporary, path) != 0) {
    tb_media_set_errno (error, errno, "write", path);
    unlink (temporary);
    return FALSE;
  }
  return !durable || tb_media_sync_folder (path, error);
}

/* What PLAIN (taken) says. */
static gboolean
read_plain (GByteArray *plain, const TbPartTie *tie, TbPart *ret_part)
{
  guint64 number;
  guint8 mac[32];

  if (plain->len < AT_TEXT || plain->len > AT_TEXT + TB_AGE_CHUNK || memcmp (plain->data, MAGIC, MAGIC_SIZE) != 0
      || memcmp (plain->data + AT_NONCE, tie->nonce, TB_AGE_PAYLOAD_NONCE) != 0 || plain->data[AT_FLAG] > 1)
    return FALSE;
  compute_mac (tie, plain->data, plain->len, mac);
  if (sodium_memcmp (mac, plain->data + AT_MAC, sizeof mac) != 0)
    return FALSE;
  memcpy (&number, plain->data + AT_NUMBER, sizeof number);
  ret_part->number = GUINT64_FROM_BE (number);
  ret_part->is_final = plain->data[AT_FLAG] == 1;
  ret_part->text = g_byte_array_sized_new (plain->len - AT_TEXT + 1);
  g_byte_array_append (ret_part->text, plain->data + AT_TEXT, plain->len - AT_TEXT);
  return TRUE;
}

gboolean
tb_part_read (const char *path, const TbPartTie *tie, const TbAgeIdentity *identity, TbPart *ret_part, GError **error)
{
  g_autofree guint8 *sealed = g_malloc (FILE_MAX);
  g_autoptr (GPtrArray) ring = g_ptr_array_new ();
  const TbAgeUnlock unlock = { .identities = ring };
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  GByteArray *plain;
  gboolean good;
  gssize length;

  if (fd < 0) {
    tb_media_set_errno (error, errno, "open", path);
    return FALSE;
  }
  length = tb_media_read_at (fd, path, 0, sealed, FILE_MAX, error);
  close (fd);
  if (length < 0)
    return FALSE;
  g_ptr_array_add (ring, (gpointer) identity);
  plain = tb_age_open_bytes (sealed, (gsize) length, &unlock, NULL);
  good = plain != NULL && read_plain (plain, tie, ret_part);
  tb_age_bytes_wipe (plain);
  if (!good)
    g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "%s is damaged, or belongs to another recording", path);
  return good;
}
