/* The library of coaching questions: what a coach can ask beside a moment.
 *
 * Read from JSON (schemas/questions.schema.json) and checked whole; after that
 * it never changes, is reference counted, and may be read by any thread. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

/* The domain of questions that fit everywhere. */
#define TB_DOMAIN_GENERAL "algemeen"

/* Longest question, in characters; also in the schema. */
#define TB_QUESTION_MAX_LENGTH 119

typedef struct _TbQuestions TbQuestions;

/* Where in the talk a question belongs, in the order of the talk. The four in
 * the middle and pride are asked beside a moment; opening and closing are not. */
typedef enum {
  TB_PHASE_OPENING = 1,
  TB_PHASE_PRIDE,
  TB_PHASE_LOOKING_BACK,
  TB_PHASE_BECOMING_AWARE,
  TB_PHASE_ALTERNATIVES,
  TB_PHASE_TRYING,
  TB_PHASE_CLOSING
} TbPhase;

#define TB_N_PHASES 7

/* "opening", "pride", "looking-back", "becoming-aware", "alternatives",
 * "trying", "closing". Borrowed, static. */
const char *tb_phase_name (TbPhase phase);
/* FALSE when NAME (may be NULL) is no phase; then *PHASE is not touched. */
gboolean tb_phase_from_name (const char *name, TbPhase *phase);

/* One question; everything is borrowed from its library. */
typedef struct {
  const char *id; /* never given to another question */
  const char *domain;
  TbPhase phase;
  const char *nl, *en;
  const char *const *tags; /* "INSTRUMENT/CODE", NULL-terminated, never NULL */
} TbQuestion;

/* What a teacher is asked when choosing moments. */
typedef struct {
  const char *id;
  const char *kind; /* "pride" or "improve", as a moment's kind */
  const char *title_nl, *title_en;
  const char *line_nl, *line_en; /* one line that explains it */
} TbPrompt;

/* At most 1 MiB, 1000 questions, 20 domains, 10 prompts, 20 tags a question.
 * Errors are TB_ERROR_INVALID (TB_ERROR_TOO_LARGE for the text) and name the
 * JSON path of the bad field and its line: "questions[3].phase (line 41): …".
 * New reference. */
TbQuestions *tb_questions_parse (const char *text, gsize length, GError **error);

TbQuestions *tb_questions_ref (TbQuestions *questions);
void tb_questions_unref (TbQuestions *questions);

/* Borrowed. LANGUAGE "nl" or "en"; anything else is Dutch, as everywhere here. */
const char *tb_questions_id (const TbQuestions *questions);
gint64 tb_questions_version (const TbQuestions *questions);
/* The whole library as compact JSON, as a route can send it. */
const char *tb_questions_text (const TbQuestions *questions);
/* NULL when there is no such domain. */
const char *tb_questions_domain_title (const TbQuestions *questions, const char *domain, const char *language);
const char *tb_questions_phase_title (const TbQuestions *questions, TbPhase phase, const char *language);
const char *tb_questions_phase_line (const TbQuestions *questions, TbPhase phase, const char *language);

guint tb_questions_count (const TbQuestions *questions);
/* In the order of the library. */
const TbQuestion *tb_questions_get (const TbQuestions *questions, guint index);
/* NULL when there is none. */
const TbQuestion *tb_questions_find (const TbQuestions *questions, const char *id);
const char *tb_question_text (const TbQuestion *question, const char *language);

guint tb_questions_n_prompts (const TbQuestions *questions);
const TbPrompt *tb_questions_prompt (const TbQuestions *questions, guint index);

/* Those of DOMAIN and PHASE (NULL: of any) in the order of the library; array
 * of const TbQuestion *, which belong to QUESTIONS. A name that is unknown
 * gives an empty array. New. */
GPtrArray *tb_questions_list (const TbQuestions *questions, const char *domain, const char *phase);

/* Up to MAX questions (0: all) for a moment, best fitting first; array as above.
 *
 * INSTRUMENT and CODE say which observation the moment was made from (NULL
 * without), DOMAIN that code's domain or the moment's own (NULL: not known),
 * PHASE which part of the talk (NULL: any that is asked beside a moment). USED
 * (NULL-terminated ids, may be NULL) are not suggested again.
 *
 *   1  tagged with INSTRUMENT and CODE
 *   2  tagged with CODE in another instrument, and of DOMAIN (a code that two
 *      kijkwijzers share means the same within a domain)
 *   3  of DOMAIN, for no code in particular
 *   4  general ones
 *   5  of DOMAIN, for another code. Left out when CODE is given: a question
 *      about the walking route says nothing about the transition
 *
 * Equals stand in the order of the library, so the same moment gets the same
 * suggestions. Other domains are left out, but without a DOMAIN (or with one
 * that the library does not know) and without a CODE they all come as 5. */
GPtrArray *tb_questions_suggest (const TbQuestions *questions, const char *instrument, const char *code,
                                 const char *domain, const char *phase, const char *const *used, guint max);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbQuestions, tb_questions_unref)
