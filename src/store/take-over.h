/* Taking over what was observed elsewhere: visits with all their observations
 * at once. Each observation gets its entry in the journal, as if it had been
 * added one by one, so that it can be undone and whoever follows sees it. */
#pragma once

#include <glib.h>

#include "observe/observation.h"
#include "store/store.h"

/* A visit to be made, or (ID) one to be added to. Borrowed; texts may be NULL. */
typedef struct {
  const char *id; /* of a visit that has started; then only what was observed is used */
  const char *title, *teacher, *group, *subject, *focus, *note;
  gint64 started_at; /* 0: so long ago that it ends now */
  TbTime length;
  GPtrArray *instruments;  /* TbInstrument *: all that OBSERVATIONS name */
  GPtrArray *observations; /* TbObservation *, fit for their codes; each gets a new id here */
} TbTakenVisit;

typedef struct {
  const char *coach;     /* id: whose the new visits are; NULL: nobody's */
  const char *person;    /* id: who takes over; may only add to layers they may change. NULL: at the command line */
  const char *author;    /* in the journal */
  GPtrArray *instruments; /* TbInstrument *: new kijkwijzers of the school; one that is there already in the same words
                             is left as it is */
  GPtrArray *visits;      /* TbTakenVisit * */
} TbTakeOver;

/* All or nothing, durable on return. The ids of the visits, in order; array of char *, new. TB_ERROR_NOT_FOUND: no such
 * visit; TB_ERROR_CONFLICT: it has not started, it uses a kijkwijzer in another version, what was observed is of somebody
 * else who observes it, or there are too many kijkwijzers. */
GPtrArray *tb_take_over (TbStore *store, const TbTakeOver *take, gint64 now_wall, GError **error);
