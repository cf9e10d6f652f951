/* Sign-ins. The browser has a random token; only its hash is kept. */
#pragma once

#include <glib.h>

#include "store/person.h"

#define TB_SESSION_IDLE (14 * 24 * 3600 * G_GINT64_CONSTANT (1000000000)) /* unused so long, it is over (ns) */
#define TB_SESSION_LONGEST (90 * 24 * 3600 * G_GINT64_CONSTANT (1000000000))

typedef struct {
  char *id, *person, *device;
  gint64 created_at, seen_at, until;
} TbSession;

void tb_session_free (TbSession *session);

/* TOKEN_HASH: see vault/password.h. New. */
TbSession *tb_session_create (TbStore *store, const char *person, GBytes *token_hash, const char *device,
                              gint64 now_wall, GError **error);
/* The session with this hash and its person, both new; TB_ERROR_NOT_FOUND when there is none, it is over, or the
 * person is disabled. Moves “seen” on, at most once a minute. */
gboolean tb_session_find (TbStore *store, GBytes *token_hash, gint64 now_wall, TbSession **session, TbPerson **person,
                          GError **error);
/* Whose session this is, by its id, as long as it goes on; new. TB_ERROR_NOT_FOUND. */
gboolean tb_session_get (TbStore *store, const char *id, gint64 now_wall, TbPerson **person, GError **error);
/* Newest first; array of TbSession, new. */
GPtrArray *tb_session_list (TbStore *store, const char *person, gint64 now_wall, GError **error);
/* TB_ERROR_NOT_FOUND unless it is PERSON's. */
gboolean tb_session_end (TbStore *store, const char *person, const char *id, GError **error);
gboolean tb_session_end_all (TbStore *store, const char *person, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbSession, tb_session_free)
