#include "web/challenges.h"

#include "vault/age-key.h"
#include "vault/password.h"

typedef struct {
  char *text, *person, *peer;
  TbChallengePurpose purpose;
  gint64 until_us;
} Challenge;

struct _TbChallenges {
  GMutex lock;
  GQueue waiting; /* of Challenge, oldest first; lock */
};

static void
challenge_free (Challenge *challenge)
{
  tb_age_secret_free (challenge->text);
  g_free (challenge->person);
  g_free (challenge->peer);
  g_free (challenge);
}

TbChallenges *
tb_challenges_new (void)
{
  TbChallenges *challenges = g_new0 (TbChallenges, 1);

  g_mutex_init (&challenges->lock);
  g_queue_init (&challenges->waiting);
  return challenges;
}

void
tb_challenges_free (TbChallenges *challenges)
{
  if (challenges == NULL)
    return;
  g_queue_clear_full (&challenges->waiting, (GDestroyNotify) challenge_free);
  g_mutex_clear (&challenges->lock);
  g_free (challenges);
}

static void
drop (TbChallenges *challenges, GList *link)
{
  challenge_free (link->data);
  g_queue_delete_link (&challenges->waiting, link);
}

/* Room for one more of PEER, who cannot push out the challenges of others as long as there is any of its own. */
static void
make_room (TbChallenges *challenges, const char *peer, gint64 now_us)
{
  GList *oldest_of_peer = NULL;
  guint of_peer = 0;

  for (GList *link = challenges->waiting.head, *next; link != NULL; link = next) {
    const Challenge *challenge = link->data;

    next = link->next;
    if (challenge->until_us <= now_us) {
      drop (challenges, link);
    } else if (g_str_equal (challenge->peer, peer)) {
      of_peer++;
      if (oldest_of_peer == NULL)
        oldest_of_peer = link;
    }
  }
  if (of_peer >= TB_CHALLENGES_ADDRESS)
    drop (challenges, oldest_of_peer);
  else if (challenges->waiting.length >= TB_CHALLENGES_ALL)
    drop (challenges, oldest_of_peer != NULL ? oldest_of_peer : challenges->waiting.head);
}

char *
tb_challenges_make (TbChallenges *challenges, TbChallengePurpose purpose, const char *person, const char *peer,
                    gint64 now_us)
{
  Challenge *challenge = g_new0 (Challenge, 1);
  char *text;

  challenge->text = tb_token_new ();
  challenge->person = g_strdup (person);
  challenge->peer = g_strdup (peer);
  challenge->purpose = purpose;
  challenge->until_us = now_us + TB_CHALLENGE_TIME_US;
  text = g_strdup (challenge->text);
  g_mutex_lock (&challenges->lock);
  make_room (challenges, peer, now_us);
  g_queue_push_tail (&challenges->waiting, challenge);
  g_mutex_unlock (&challenges->lock);
  return text;
}

gboolean
tb_challenges_take (TbChallenges *challenges, const char *challenge, TbChallengePurpose purpose, const char *person,
                    gint64 now_us)
{
  gboolean good = FALSE;

  g_mutex_lock (&challenges->lock);
  for (GList *link = challenges->waiting.head; link != NULL; link = link->next) {
    const Challenge *known = link->data;

    if (!g_str_equal (known->text, challenge))
      continue;
    good = known->purpose == purpose && known->until_us > now_us && g_strcmp0 (known->person, person) == 0;
    drop (challenges, link);
    break;
  }
  g_mutex_unlock (&challenges->lock);
  return good;
}
