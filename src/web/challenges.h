/* Challenges of passkeys: 32 random bytes, each good for one answer within two
 * minutes, for one purpose, and for registering by the person who asked only.
 * They live in memory: after a restart one asks anew. Any thread. */
#pragma once

#include <glib.h>

typedef struct _TbChallenges TbChallenges;

#define TB_CHALLENGE_TIME_US (120 * G_USEC_PER_SEC)
/* How many wait for an answer: from one address, and in all. Then the oldest makes room. */
#define TB_CHALLENGES_ADDRESS 32
#define TB_CHALLENGES_ALL 1024

typedef enum {
  TB_CHALLENGE_SIGN_IN = 1,
  TB_CHALLENGE_REGISTER
} TbChallengePurpose;

TbChallenges *tb_challenges_new (void);
void tb_challenges_free (TbChallenges *challenges); /* NULL is allowed */

/* In base64url. PERSON: for registering, its id; else NULL. PEER: the address that asks. NOW_US: monotonic. New. */
char *tb_challenges_make (TbChallenges *challenges, TbChallengePurpose purpose, const char *person, const char *peer,
                          gint64 now_us);
/* Whether CHALLENGE was made for this and is still good. It is gone afterwards, whatever the answer. */
gboolean tb_challenges_take (TbChallenges *challenges, const char *challenge, TbChallengePurpose purpose,
                             const char *person, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbChallenges, tb_challenges_free)
