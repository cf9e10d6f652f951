/* Passkeys (W3C Web Authentication, level 2): what a browser sent is held
 * against what was asked. The only door to libfido2, which takes authenticator
 * data apart and checks signatures; nothing of that is done here.
 *
 * No attestation: who made the authenticator is not asked. Any thread. */
#pragma once

#include <glib.h>

/* COSE's numbers of the algorithms a passkey may have, best first; ended by 0. */
extern const int tb_webauthn_algorithms[];

/* The longest credential id there may be (level 2, §5.8.3), in bytes. */
#define TB_WEBAUTHN_CREDENTIAL_MAX 1023

/* base64url without padding, one spelling for the same bytes. NULL when TEXT is not that. New. */
GBytes *tb_base64url_decode (const char *text);
char *tb_base64url_encode (gconstpointer data, gsize size);

/* What a passkey at ADDRESS ("https://name:8471") is bound to: the name, small letters. NULL where there can be none:
 * at an address in numbers, and at plain http other than localhost, which is what browsers allow. New. */
char *tb_webauthn_rp (const char *address);

/* Reads clientDataJSON. It must be of TYPE ("webauthn.create", "webauthn.get"), made at ORIGIN, and not inside another
 * site's page. The challenge in it, new; NULL with TB_ERROR_INVALID (cannot be read) or TB_ERROR_DENIED. */
char *tb_webauthn_client_data (GBytes *client_data, const char *type, const char *origin, GError **error);

typedef struct {
  GBytes *credential; /* its id */
  GBytes *public_key; /* as libfido2 keeps those of ALGORITHM */
  int algorithm;
  guint32 counter;
} TbWebauthnKey;

void tb_webauthn_key_free (TbWebauthnKey *key);

/* A new passkey from the authenticator data of a registration for RP, by somebody who was present and verified. New;
 * TB_ERROR_INVALID, TB_ERROR_DENIED (another RP, nobody verified). */
TbWebauthnKey *tb_webauthn_register (const char *rp, GBytes *authenticator_data, GError **error);

/* Whether the holder of PUBLIC_KEY signed this for RP, present and verified. COUNTER: the authenticator's, to be held
 * against the last one by the caller. TB_ERROR_DENIED. */
gboolean tb_webauthn_verify (const char *rp, int algorithm, GBytes *public_key, GBytes *client_data,
                             GBytes *authenticator_data, GBytes *signature, guint32 *counter, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbWebauthnKey, tb_webauthn_key_free)
