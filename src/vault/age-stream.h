/* The payload of an age v1 file: 16 bytes of nonce, then chunks of 64 KiB, each
 * sealed by ChaCha20-Poly1305 with 16 bytes of tag:
 *
 *   payload key = HKDF-SHA-256 (file key, salt = payload nonce, "payload")
 *   chunk nonce = counter (11 bytes, big endian, from 0) || 1 for the last chunk, 0 for any other
 *
 * No nonce is ever used twice with one key. Within a file a counter only rises,
 * and after the chunk with the flag nothing follows: a sealer that has finished
 * takes no more, and no sealer starts anywhere but at 0. Between files the key
 * differs, because the sealer draws the payload nonce itself and the file key
 * is made for one file: neither can be handed in, so a writer that was killed
 * cannot be taken up again. What it left can be ended, and no more: with
 * tb_age_opener_seal_last, whose caller (vault/age-mend.h, which has the
 * argument) sees to it that for one number it is only ever given one text.
 *
 * Counter and flag are what make a chunk that was moved, left out, repeated or
 * cut off not open. Nothing here touches files. */
#pragma once

#include <glib.h>

#include "vault/age-header.h"

#define TB_AGE_CHUNK 65536                            /* bytes of plain text in every chunk but the last */
#define TB_AGE_TAG 16                                 /* what sealing adds to each */
#define TB_AGE_SEALED_CHUNK (TB_AGE_CHUNK + TB_AGE_TAG)
#define TB_AGE_PAYLOAD_NONCE 16

/* Seals one payload. Belongs to one thread. */
typedef struct _TbAgeSealer TbAgeSealer;

/* New; puts the payload's nonce, its first bytes, into OUT. KEY must come fresh from tb_age_file_key_generate. */
TbAgeSealer *tb_age_sealer_new (const TbAgeFileKey *key, GByteArray *out);

/* Takes LENGTH bytes and adds to OUT the chunks that are now whole. A full chunk is held back until more comes, since
 * it may turn out to be the last. */
void tb_age_sealer_append (TbAgeSealer *sealer, const guint8 *bytes, gsize length, GByteArray *out);

/* What was taken but is in no chunk yet (at most TB_AGE_CHUNK bytes). Borrowed until the next call. */
const guint8 *tb_age_sealer_get_pending (const TbAgeSealer *sealer, gsize *ret_length);

/* Adds the last chunk to OUT and wipes the key; nothing but free may follow. */
void tb_age_sealer_finish (TbAgeSealer *sealer, GByteArray *out);

/* Before anything was appended: chunk 0 is kept in memory until the end, so that its text can still change, and is
 * sealed once, last. Nothing of it ever comes in the OUT of append; when the end comes tb_age_sealer_finish_held must be
 * called, which gives chunk 0 in FIRST and the last in OUT (empty when chunk 0 is the last). */
void tb_age_sealer_hold_first (TbAgeSealer *sealer);
/* FALSE unless [OFFSET, OFFSET + LENGTH) lies within what was appended to chunk 0. */
gboolean tb_age_sealer_patch (TbAgeSealer *sealer, guint64 offset, const guint8 *bytes, gsize length);
void tb_age_sealer_finish_held (TbAgeSealer *sealer, GByteArray *first, GByteArray *out);
void tb_age_sealer_free (TbAgeSealer *sealer);

/* Opens chunks of one payload, in any order. Never changes after it was made: any thread. */
typedef struct _TbAgeOpener TbAgeOpener;

/* New. */
TbAgeOpener *tb_age_opener_new (const TbAgeFileKey *key, const guint8 nonce[TB_AGE_PAYLOAD_NONCE]);
void tb_age_opener_free (TbAgeOpener *opener);

/* Opens chunk NUMBER (from 0) into RET_PLAIN, which has room for LENGTH - TB_AGE_TAG bytes; *RET_LENGTH says how many
 * it holds. FALSE with CORRUPT, and nothing in RET_PLAIN, unless it is exactly the chunk of that place. */
gboolean tb_age_opener_open (const TbAgeOpener *opener, guint64 number, gboolean is_last, const guint8 *sealed,
                             gsize length, guint8 *ret_plain, gsize *ret_length, GError **error);

/* Adds to OUT the last chunk of a payload whose writer did not get to it: PLAIN as chunk NUMBER with the flag. The
 * caller must know that nobody ever sealed, or will seal, another text as the last chunk of this NUMBER. */
void tb_age_opener_seal_last (const TbAgeOpener *opener, guint64 number, const guint8 *plain, gsize length,
                              GByteArray *out);

/* What a payload consists of. */
typedef struct {
  guint64 plain;  /* bytes */
  guint64 chunks; /* at least 1 */
} TbAgeExtent;

/* From the bytes of a payload, its nonce included. FALSE with CORRUPT when no payload is of that size. A size alone
 * proves nothing: only that the chunk said to be the last opens as the last does. */
gboolean tb_age_extent_of (guint64 payload_size, TbAgeExtent *ret_extent, GError **error);

/* The bytes a payload takes (its nonce included) that holds PLAIN bytes. */
guint64 tb_age_payload_size (guint64 plain);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbAgeSealer, tb_age_sealer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbAgeOpener, tb_age_opener_free)
