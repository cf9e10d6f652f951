/* Passkeys (WebAuthn): public keys of people, the other half of which is in
 * their device. What is sent and signed is web/webauthn.h's; here is who has
 * which, and how often it was used. */
#pragma once

#include <glib.h>

#include "store/person.h"
#include "store/session.h"

#define TB_PASSKEYS_MAX 20 /* of one person */
#define TB_PASSKEY_NAME_MAX 60 /* characters */

typedef struct {
  char *id, *person, *name, *rp;
  GBytes *credential, *public_key;
  int algorithm;      /* COSE's number */
  gint64 counter;     /* 0: the device does not count */
  gint64 created_at;
  gint64 used_at;     /* 0: not yet */
} TbPasskey;

void tb_passkey_free (TbPasskey *passkey);

/* NAME is stripped; 1 to TB_PASSKEY_NAME_MAX characters. TB_ERROR_INVALID; TB_ERROR_CONFLICT when the credential is
 * known already (of whoever) or PERSON has as many as one may; TB_ERROR_NOT_FOUND. New. */
TbPasskey *tb_passkey_add (TbStore *store, const char *person, GBytes *credential, GBytes *public_key, int algorithm,
                           gint64 counter, const char *name, const char *rp, gint64 now_wall, GError **error);
/* The passkey with this credential at RP. TB_ERROR_NOT_FOUND, also when its person is disabled. New. */
TbPasskey *tb_passkey_find (TbStore *store, GBytes *credential, const char *rp, GError **error);
/* Oldest first; array of TbPasskey, new. */
GPtrArray *tb_passkey_list (TbStore *store, const char *person, GError **error);

/* Signs in the person of passkey ID, which has shown COUNTER: makes a session (see tb_session_create) that ends with
 * the passkey. TB_ERROR_DENIED when the counter has not gone on, which says that there are two devices with one key;
 * TB_ERROR_NOT_FOUND when it was removed or the person disabled meanwhile. SESSION and PERSON are new. */
gboolean tb_passkey_sign_in (TbStore *store, const char *id, gint64 counter, GBytes *token_hash, const char *device,
                             gint64 now_wall, TbSession **session, TbPerson **person, GError **error);

/* Removes it, and ends the sessions that were signed in by it, but for KEEP (a session's id, may be NULL), which is from
 * then on as any other. ENDED: their ids, array of char *, new. TB_ERROR_NOT_FOUND unless it is PERSON's. */
gboolean tb_passkey_remove (TbStore *store, const char *person, const char *id, const char *keep, GPtrArray **ended,
                            GError **error);
/* All of PERSON's, sessions by them too; for when the account was given a new passphrase from outside. */
gboolean tb_passkey_remove_all (TbStore *store, const char *person, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbPasskey, tb_passkey_free)
