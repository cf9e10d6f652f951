/* News of the talk afterwards, to the event streams of the coach and the
 * teacher of a visit and of nobody else (topic "person:ID").
 *
 * "talk" carries the talk itself; "coaching" only says what to fetch again:
 * {"visit":id|null,"trajectory":id|null,"what":WHAT}. What one side may not see
 * yet is told to the other side alone: that something changed tells as much as
 * a count. Any thread; what cannot be told is not told. */
#pragma once

#include <glib.h>

#include "store/talk.h"

typedef struct _TbApp TbApp;

/* Both sides. WHAT: "moments", "items", "comments", "agreements", "report". */
void tb_coaching_tell (TbApp *app, const char *visit, const char *what);

/* The side of PERSON only: the other may not see it yet. */
void tb_coaching_tell_side (TbApp *app, const char *visit, const char *person, const char *what);

/* COACH and TEACHER: ids, each may be NULL. WHAT: "trajectory", "handover", "agreements". */
void tb_coaching_tell_trajectory (TbApp *app, const char *coach, const char *teacher, const char *trajectory,
                                  const char *what);

/* Both sides. */
void tb_coaching_tell_talk (TbApp *app, const TbTalk *talk);
