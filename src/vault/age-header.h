/* The header of an age v1 file: text that holds the file key, wrapped once for
 * each recipient or by a passphrase, and a MAC over all of it.
 *
 *   age-encryption.org/v1
 *   -> X25519 <ephemeral share>
 *   <wrapped file key>
 *   --- <MAC>
 *
 * Reading is strict: one file has one spelling, so no byte of it can be
 * changed without being noticed. */
#pragma once

#include <glib.h>

#include "vault/age-key.h"

#define TB_AGE_FILE_KEY 16            /* bytes */
#define TB_AGE_HEADER_MAX (256 << 10) /* bytes; a longer header is refused */
#define TB_AGE_STANZAS_MAX 1024       /* in one header */
#define TB_AGE_SCRYPT_WRITE 18        /* log2 of the work for a new passphrase file: about a second */
#define TB_AGE_SCRYPT_MAX 20          /* of what is still read: needs 1 GiB of memory */

/* The secret of one file. Declared with g_auto it is wiped at the end of the block. */
typedef struct {
  guint8 bytes[TB_AGE_FILE_KEY];
} TbAgeFileKey;

/* A header that has the right form; whether it is whole only unwrapping tells. */
typedef struct _TbAgeHeader TbAgeHeader;

/* A new key, for one file and never for a second one. */
void tb_age_file_key_generate (TbAgeFileKey *ret_key);
void tb_age_file_key_wipe (TbAgeFileKey *key);

/* Reads the header at the beginning of DATA, the first bytes of a file (all of them, or TB_AGE_HEADER_MAX);
 * *RET_SIZE is where the payload begins. New; NULL with CORRUPT, TOO_NEW, TOO_LARGE, or UNSUPPORTED (armored). */
TbAgeHeader *tb_age_header_parse (const guint8 *data, gsize length, gsize *ret_size, GError **error);
void tb_age_header_free (TbAgeHeader *header);

/* Whether it asks for a passphrase; otherwise for a key. */
gboolean tb_age_header_wants_passphrase (const TbAgeHeader *header);

/* The file key, by any of IDENTITIES (TbAgeIdentity); only after the MAC was found right.
 * DENIED: sealed to somebody else. CORRUPT: was changed. */
gboolean tb_age_header_unwrap (const TbAgeHeader *header, const GPtrArray *identities, TbAgeFileKey *ret_key,
                               GError **error);
/* The same by a passphrase. DENIED: not this one. TOO_LARGE: asks for more work than TB_AGE_SCRYPT_MAX. */
gboolean tb_age_header_unwrap_passphrase (const TbAgeHeader *header, const char *passphrase, gsize length,
                                          TbAgeFileKey *ret_key, GError **error);

/* The header that gives KEY to each of COUNT (at least 1) RECIPIENTS. New; NULL with INVALID when a recipient is not
 * a key anybody can have. */
GBytes *tb_age_header_write (const TbAgeRecipient *recipients, guint count, const TbAgeFileKey *key, GError **error);
/* The header that gives KEY to who knows the passphrase; 2 to the power WORK (1 … TB_AGE_SCRYPT_MAX). New; NULL with
 * FAILED when there is not the memory for it. */
GBytes *tb_age_header_write_passphrase (const char *passphrase, gsize length, guint work, const TbAgeFileKey *key,
                                        GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbAgeHeader, tb_age_header_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbAgeFileKey, tb_age_file_key_wipe)
