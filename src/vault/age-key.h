/* Keys of the age format (age-encryption.org/v1), X25519: an identity opens
 * what was sealed to its recipient. Texts are those of age-keygen:
 * AGE-SECRET-KEY-1… and age1…. Errors never repeat what was read, for it may
 * be a secret. */
#pragma once

#include <glib.h>

#define TB_AGE_POINT 32 /* bytes of an X25519 key */

/* Secret; lives in guarded memory that is kept out of swap and core files, read-only and wiped when freed. */
typedef struct _TbAgeIdentity TbAgeIdentity;

typedef struct {
  guint8 point[TB_AGE_POINT];
} TbAgeRecipient;

/* New. */
TbAgeIdentity *tb_age_identity_generate (void);

/* New, or NULL with INVALID. LENGTH -1: to the end of the text. */
TbAgeIdentity *tb_age_identity_parse (const char *text, gssize length, GError **error);

void tb_age_identity_free (TbAgeIdentity *identity);

/* AGE-SECRET-KEY-1…; new, to be freed with tb_age_secret_free. */
char *tb_age_identity_to_text (const TbAgeIdentity *identity);

/* Wipes and frees; NULL is fine. */
void tb_age_secret_free (char *text);

/* Wipes memory in a way the compiler does not leave out. */
void tb_age_wipe (void *bytes, gsize length);

void tb_age_identity_get_recipient (const TbAgeIdentity *identity, TbAgeRecipient *ret_recipient);

/* X25519 of the identity and SHARE. FALSE when it gives zeros: SHARE is a point of low order, chosen to make the
 * secret known to everybody. */
gboolean tb_age_identity_exchange (const TbAgeIdentity *identity, const guint8 share[TB_AGE_POINT],
                                   guint8 ret_secret[TB_AGE_POINT]);

/* FALSE with INVALID. LENGTH -1: to the end of the text. */
gboolean tb_age_recipient_parse (const char *text, gssize length, TbAgeRecipient *ret_recipient, GError **error);
/* age1…; new. */
char *tb_age_recipient_to_text (const TbAgeRecipient *recipient);

/* An identity file: one identity on a line; empty lines and lines that begin with # are passed over.
 * New array of TbAgeIdentity, at least one; NULL with INVALID (names the line) or what reading gave. NAME is for
 * messages only. */
GPtrArray *tb_age_identities_parse (const char *text, gsize length, const char *name, GError **error);
GPtrArray *tb_age_identities_read (const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbAgeIdentity, tb_age_identity_free)
