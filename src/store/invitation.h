/* One-time links: to choose a passphrase, or to sign in on another device of
 * one's own. The code is a random token that only the link holds; its hash is
 * kept (vault/password.h). Wrong, used, too late or of somebody disabled are
 * all the same to who asks: TB_ERROR_NOT_FOUND. */
#pragma once

#include <glib.h>

#include "store/session.h"

#define TB_INVITATION_PERSON_TIME (7 * 24 * 3600 * G_GINT64_CONSTANT (1000000000)) /* ns */
#define TB_INVITATION_DEVICE_TIME (5 * 60 * G_GINT64_CONSTANT (1000000000))

typedef enum {
  TB_INVITATION_PERSON = 1, /* choose a passphrase */
  TB_INVITATION_DEVICE      /* sign in without one, here */
} TbInvitationKind;

typedef struct {
  TbInvitationKind kind;
  char *person, *by; /* ids */
  gint64 created_at, until;
} TbInvitation;

void tb_invitation_free (TbInvitation *invitation);

/* "person", "device". Borrowed, static. */
const char *tb_invitation_kind_name (TbInvitationKind kind);

/* Older unused ones of this kind for PERSON stop being good: only the newest link opens. BY: who invites, an id or
 * "terugblik". TB_ERROR_NOT_FOUND: no such person; TB_ERROR_CONFLICT: disabled. */
gboolean tb_invitation_create (TbStore *store, TbInvitationKind kind, const char *person, const char *by,
                               GBytes *token_hash, gint64 now_wall, gint64 until_wall, GError **error);

/* What it would give; does not use it. New. */
TbInvitation *tb_invitation_look (TbStore *store, GBytes *token_hash, gint64 now_wall, GError **error);

/* Uses it, in one transaction with what it gives: a session with SESSION_HASH for DEVICE, and for kind person the
 * passphrase PASSPHRASE_HASH (else NULL), which ends the sessions there were. Both new. */
gboolean tb_invitation_accept (TbStore *store, GBytes *token_hash, TbInvitationKind kind, const char *passphrase_hash,
                               GBytes *session_hash, const char *device, gint64 now_wall, TbSession **session,
                               TbPerson **person, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbInvitation, tb_invitation_free)
