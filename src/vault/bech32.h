/* Bech32 (BIP 173, without its limit of length): keys as text that survives
 * being read out, typed over and printed. */
#pragma once

#include <glib.h>

/* “PREFIX1data…checksum” in small letters. New. */
char *tb_bech32_encode (const char *prefix, const guint8 *bytes, gsize length);

/* Reads TEXT, which must be of one case and carry PREFIX (given in small letters), and must hold exactly LENGTH
 * bytes. FALSE (with RET_BYTES wiped) for anything else; says not where, because the text may be a secret. */
gboolean tb_bech32_decode (const char *text, gsize text_length, const char *prefix, guint8 *ret_bytes, gsize length);
