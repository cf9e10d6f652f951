/* Whole age v1 files in memory: for what is small (a key, the unfinished end
 * of a recording). Any thread. */
#pragma once

#include <glib.h>

#include "vault/age-file.h"

/* BYTES sealed to RECIPIENT under a file key of its own. New; INVALID as tb_age_header_write. */
GBytes *tb_age_seal_bytes (const TbAgeRecipient *recipient, const guint8 *bytes, gsize length, GError **error);

/* The same by a passphrase; 2 to the power WORK. New; FAILED when there is not the memory for it. */
GBytes *tb_age_seal_bytes_passphrase (const char *passphrase, gsize passphrase_length, guint work, const guint8 *bytes,
                                      gsize length, GError **error);

/* Opens SEALED, all of it or nothing. New array, to be freed with tb_age_bytes_wipe since it may be a secret; NULL with
 * CORRUPT, DENIED, TOO_NEW, TOO_LARGE, UNSUPPORTED. */
GByteArray *tb_age_open_bytes (const guint8 *sealed, gsize length, const TbAgeUnlock *unlock, GError **error);

/* Wipes and frees; NULL is fine. */
void tb_age_bytes_wipe (GByteArray *bytes);
