/* The school's own coaching questions, beside those that come with the program. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/store.h"

#define TB_OWN_QUESTIONS_MAX 1000

/* Strings are owned and never NULL. */
typedef struct {
  char *id;
  char *text;
  char *domain;               /* "" for any */
  char *phase;                /* the name of a TbPhase (observe/questions.h): "looking-back", … */
  char *language;             /* "nl" or "en" */
  char *person, *person_name; /* who added it */
  gint64 created_at;          /* wall ns */
} TbOwnQuestion;

void tb_own_question_free (TbOwnQuestion *question);
/* {"id","text","domain","phase","language","person":{"id","name"},"created_at"}. New. */
json_object *tb_own_question_to_json (const TbOwnQuestion *question);

/* By a coach (TB_ERROR_DENIED). FIELDS: text (1 to 500), phase, language, domain ("" without). TB_ERROR_INVALID;
 * TB_ERROR_CONFLICT: the same question is there in that language already, or TB_OWN_QUESTIONS_MAX are. New. */
TbOwnQuestion *tb_own_question_add (TbStore *store, const char *person, json_object *fields, gint64 now_wall,
                                    GError **error);
/* By any coach: the list is the school's. TB_ERROR_NOT_FOUND. Talks that used it keep its words. */
gboolean tb_own_question_remove (TbStore *store, const char *id, const char *person, gint64 now_wall, GError **error);
/* For coaches, teachers and trainees (TB_ERROR_DENIED). LANGUAGE NULL: all. By phase of the talk, domain and text;
 * array of TbOwnQuestion, new. */
GPtrArray *tb_own_question_list (TbStore *store, const char *person, const char *language, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbOwnQuestion, tb_own_question_free)
