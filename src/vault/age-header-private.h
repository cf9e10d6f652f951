/* What reading and unwrapping a header share. */
#pragma once

#include "vault/age-header.h"

#define TB_AGE_VERSION_LINE "age-encryption.org/v1"
#define TB_AGE_MAC 32
#define TB_AGE_WRAPPED (TB_AGE_FILE_KEY + 16) /* the wrapped file key and its tag */
#define TB_AGE_SALT 16                        /* of a scrypt stanza */

typedef struct {
  char **arguments; /* at least one: the type */
  guint n_arguments;
  GByteArray *body;
} TbAgeStanza;

struct _TbAgeHeader {
  GPtrArray *stanzas; /* of TbAgeStanza, at least one */
  GBytes *signed_part; /* what the MAC is over: everything up to and with “---” */
  guint8 mac[TB_AGE_MAC];
};

/* Base64 without padding, in its one right spelling, of exactly LENGTH bytes. */
gboolean tb_age_base64_decode (const char *text, gsize text_length, guint8 *ret_bytes, gsize length);
