/* Sealed files in memory, for the tests of the age format. */
#pragma once

#include "vault/age-file.h"
#include "vault/age-header.h"
#include "vault/age-stream.h"

/* LENGTH bytes that repeat nowhere soon. New. */
guint8 *age_pattern (gsize length);

/* A whole sealed file of LENGTH bytes of age_pattern(). RET_PAYLOAD (may be NULL): where the payload begins. New. */
GByteArray *age_seal (const TbAgeIdentity *identity, gsize length, gsize *ret_payload);

/* An array that holds IDENTITY, without owning it. New. */
GPtrArray *age_ring (const TbAgeIdentity *identity);

/* Opens SEALED through a pipe-like file and through the reader, which must agree. The plain bytes, or NULL with the
 * error's code in *RET_CODE. New. */
GByteArray *age_open (const GByteArray *sealed, const TbAgeUnlock *unlock, int *ret_code);
