/* Agreements (afspraken): what teacher and coach agree in a talk, in the
 * teacher's words; one can become the kijkvraag of the next visit.
 *
 * Anybody but the coach and the teacher gets TB_ERROR_DENIED from every function.
 * After the trajectory is closed nothing changes (TB_ERROR_CONFLICT). One that was not handed over with the trajectory
 * (store/handover.h) is the teacher's only: for a coach it is not there. "at" and "now_wall" are wall nanoseconds, 0
 * when not set. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/store.h"

#define TB_AGREEMENT_CODES_MAX 20

/* Strings are owned, and never NULL but where said. */
typedef struct {
  char *id, *visit, *visit_title; /* the visit that was talked about */
  char *trajectory;               /* NULL: the visit is in none */
  char *text;                     /* in the words of the teacher */
  char *who_person;               /* who does it; NULL: WHO says */
  char *who;                      /* the name, may be empty */
  gint64 due_at;
  char *codes;                    /* JSON text: ["instrument/code", …]; NULL: none */
  char *outcome;                  /* "kept", "partly", "not"; NULL: not known yet */
  char *outcome_note;
  gint64 outcome_at;
  char *became_visit, *became_visit_title; /* whose kijkvraag it became; NULL */
  char *by, *by_name;             /* who wrote it down */
  gint64 created_at, changed_at;
} TbAgreement;

void tb_agreement_free (TbAgreement *agreement);
/* {"id","visit","visit_title","trajectory","text","who":{"id","name"} (id null for somebody without an account),
 * "due_at","codes":[…],"outcome","outcome_note","outcome_at","became_visit":null|{"id","title"},"by":{"id","name"},
 * "created_at","changed_at"}. New. */
json_object *tb_agreement_to_json (const TbAgreement *agreement);

/* FIELDS: text (1 to 4000), who_person (id of the visit's coach or teacher, or null), who (a name, when who_person is
 * not given), due_at (RFC 3339 or null), codes (up to 20 "instrument/code", of instruments that the visit uses).
 * TB_ERROR_INVALID, TB_ERROR_NOT_FOUND. New. */
TbAgreement *tb_agreement_add (TbStore *store, const char *visit, const char *person, json_object *fields,
                               gint64 now_wall, GError **error);
/* The same fields, each optional. TB_ERROR_NOT_FOUND. New. */
TbAgreement *tb_agreement_change (TbStore *store, const char *id, const char *person, json_object *fields,
                                  gint64 now_wall, GError **error);
gboolean tb_agreement_remove (TbStore *store, const char *id, const char *person, gint64 now_wall, GError **error);

/* Whether it came about: OUTCOME as in the struct, NULL takes it back. NOTE may be NULL. New. */
TbAgreement *tb_agreement_set_outcome (TbStore *store, const char *id, const char *person, const char *outcome,
                                       const char *note, gint64 now_wall, GError **error);

/* Makes its text the focus of VISIT, gives that the instruments its codes need (in the version they were used in),
 * puts it in the same trajectory, and links the two: by the coach, in one transaction. VISIT must be another one, of
 * the same coach and teacher (by name when the teacher has no account), not started. TB_ERROR_CONFLICT otherwise, and
 * when it became another visit's before or VISIT is in another trajectory; TB_ERROR_DENIED for the teacher. New. */
TbAgreement *tb_agreement_become (TbStore *store, const char *id, const char *person, const char *visit,
                                  gint64 now_wall, GError **error);

/* Oldest first; arrays of TbAgreement, new. PERSON: who looks. */
GPtrArray *tb_agreement_list_of_visit (TbStore *store, const char *visit, const char *person, GError **error);
/* For the trajectory's coach and teacher (store/trajectory.h). TB_ERROR_NOT_FOUND, TB_ERROR_DENIED. */
GPtrArray *tb_agreement_list_of_trajectory (TbStore *store, const char *trajectory, const char *person,
                                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbAgreement, tb_agreement_free)
