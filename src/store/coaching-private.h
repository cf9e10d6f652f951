/* What the files about the talk share: who stands on which side of a visit, and
 * the texts that people write. */
#pragma once

#include <json-c/json.h>

#include "store/store-private.h"

#define TB_SIDE_COACH "coach"
#define TB_SIDE_TEACHER "teacher"

#define TB_LINE_MAX 200  /* characters of a title or a name */
#define TB_TEXT_MAX 4000 /* of a text that is written */

/* Where somebody stands in the talk about a visit. For g_auto (TbStand). */
typedef struct {
  char *coach, *teacher; /* ids; NULL: there is none */
  char *teacher_name;    /* as written with the visit, may be empty */
  char *trajectory;      /* id; NULL: none */
  const char *side;      /* "coach" or "teacher": static */
  gboolean revealed;     /* each sees the moments of the other */
  gboolean closed;       /* the trajectory is: nothing changes any more */
} TbStand;
void tb_stand_clear (TbStand *stand);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TbStand, tb_stand_clear)

/* TB_ERROR_NOT_FOUND: no such visit. TB_ERROR_DENIED: PERSON is neither its coach (having that role) nor its teacher;
 * being head, administrator or privacy officer gives nothing. */
gboolean tb_stand_load (TbStand *stand, TbDb *db, const char *visit, const char *person, GError **error);
/* The same to change something. TB_ERROR_CONFLICT when the trajectory is closed. */
gboolean tb_stand_load_open (TbStand *stand, TbDb *db, const char *visit, const char *person, GError **error);
gboolean tb_stand_is_coach (const TbStand *stand);

/* Sets ERROR; always FALSE. */
gboolean tb_refuse (GError **error, int code, const char *message);
/* One of the NULL-terminated CHOICES; FIELDS without it change nothing. */
gboolean tb_take_choice (json_object *fields, const char *name, const char *const *choices, char **place,
                         GError **error);
/* An id, valid in form; null is NULL. */
gboolean tb_take_id (json_object *fields, const char *name, char **place, GError **error);

/* {"id","name"}, or null without ID. New. */
json_object *tb_coaching_person_to_json (const char *id, const char *name);
/* The name of somebody who is not disabled, new; TB_ERROR_NOT_FOUND. */
char *tb_coaching_name (TbDb *db, const char *person, GError **error);
/* TB_ERROR_INVALID with MESSAGE unless PERSON is a coach who can sign in: who has not accepted the invitation cannot. */
gboolean tb_coaching_check_coach (TbDb *db, const char *person, const char *message, GError **error);
/* The same for a teacher, who may still have to accept it. */
gboolean tb_coaching_check_teacher (TbDb *db, const char *person, const char *message, GError **error);
/* IDS are those of LISTED (const char *), each once, in any order. TB_ERROR_CONFLICT: the list has changed. */
gboolean tb_coaching_check_order (const char *const *ids, GPtrArray *listed, GError **error);
/* The first column of all rows. Array of char *, new. */
GPtrArray *tb_coaching_read_ids (TbQuery *query, GError **error);
