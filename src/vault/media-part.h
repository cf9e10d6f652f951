/* NAME.age.part: the end of a recording that is being written.
 *
 * An age file grows by chunks of 64 KiB, which may be more than two seconds of
 * sound. So what is in no chunk yet lies beside it, in a small age file of its
 * own (own file key, same recipient), which is replaced by renaming about once
 * a second. What it seals (`age -d` gives it too) is
 *
 *   8 bytes   "tb-part" and the version, 1
 *   16 bytes  the payload nonce of NAME.age, which says whose part this is
 *   8 bytes   number of the chunk that this is the beginning of, big endian
 *   1 byte    1: this is all of the chunk and the chunk is the last; else 0
 *   32 bytes  HMAC-SHA-256 of the bytes before and after, by a key made from
 *             the file key of NAME.age
 *   the text of the chunk, 0 to 65536 bytes
 *
 * It is there from before NAME.age has its name until after its last chunk is
 * on the disk: a file is finished when it has no part.
 *
 * The HMAC: everybody can seal to a public key, and who could make the program
 * end a file with a text of his own choice could make it use a nonce twice
 * (vault/age-mend.h). */
#pragma once

#include <glib.h>

#include "vault/age-header.h"
#include "vault/age-stream.h"

/* What ties a part to its file. Secret. */
typedef struct {
  guint8 key[32];
  guint8 nonce[TB_AGE_PAYLOAD_NONCE];
} TbPartTie;

void tb_part_tie_make (TbPartTie *tie, const TbAgeFileKey *key, const guint8 nonce[TB_AGE_PAYLOAD_NONCE]);

typedef struct {
  guint64 number;
  gboolean is_final;
  GByteArray *text; /* wiped when freed */
} TbPart;

void tb_part_clear (TbPart *part);

/* Puts a part at PATH in place of the one there. With DURABLE it survives a loss of power when this returns. FULL,
 * FAILED: the older one is still there. */
gboolean tb_part_write (const char *path, const TbPartTie *tie, const TbAgeRecipient *recipient, guint64 number,
                        gboolean is_final, const guint8 *text, gsize length, gboolean durable, GError **error);

/* NOT_FOUND: there is none. CORRUPT: it is damaged, or another file's. */
gboolean tb_part_read (const char *path, const TbPartTie *tie, const TbAgeIdentity *identity, TbPart *ret_part,
                       GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbPart, tb_part_clear)
