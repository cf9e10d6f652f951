/* Visits: a lesson visited, with its planned sources and instruments. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "observe/instrument.h"
#include "store/store.h"

/* A camera or microphone as planned. */
typedef struct {
  char *uri;
  char *kind; /* "video" or "audio" */
  char *name;
  TbTime delay; /* the source's own delay */
} TbPlannedSource;

/* One visit. Strings are owned and never NULL but where said; wall times are 0 when not set. */
typedef struct {
  char *id;
  char *title, *teacher, *group, *subject, *focus, *note;
  char *coach, *coach_name;                   /* whose visit it is; NULL when nobody's */
  char *teacher_person, *teacher_person_name; /* the teacher's account; NULL when there is none */
  gint64 planned_at, created_at;
  gint64 started_at;      /* the zero of the timeline */
  gint64 ended_at;
  GPtrArray *instruments; /* char *: ids in order */
  GPtrArray *sources;     /* TbPlannedSource *: in order */
  guint observations;     /* not removed */
  guint tracks;
  gint64 seq; /* last of the journal */
} TbVisit;

void tb_planned_source_free (TbPlannedSource *source);
void tb_visit_free (TbVisit *visit);

/* "planned", "running" or "ended". Borrowed, static. */
const char *tb_visit_state (const TbVisit *visit);
/* NOW on the visit's timeline, TB_TIME_NONE before it starts. */
TbTime tb_visit_now (const TbVisit *visit, gint64 now_wall);
/* The summary of the API without "recording", which the store does not know. NOW_WALL is for
 * the duration of a running visit. New reference. */
json_object *tb_visit_summary (const TbVisit *visit, gint64 now_wall);
json_object *tb_planned_source_to_json (const TbPlannedSource *source);

/* FIELDS: title, teacher, group, subject, focus, note, planned_at, instruments
 * (ids), sources ({uri, kind, name, delay}), teacher_person (the id of somebody
 * with the role of teacher, or null); all optional, nothing else.
 * CATALOGUE has the TbInstrument * that may be chosen; each is kept in the
 * version it has now. Without "instruments" the default one is taken.
 * COACH: id of the person whose visit it is, or NULL.
 * TB_ERROR_INVALID names the field. New. */
TbVisit *tb_visit_create (TbStore *store, const char *coach, json_object *fields, GPtrArray *catalogue,
                          GError **error);

/* Changes the given fields. TB_ERROR_NOT_FOUND; TB_ERROR_CONFLICT when an
 * instrument that has observations is left out, or another teacher is named while
 * something of the visit is released or asked for. New. */
TbVisit *tb_visit_update (TbStore *store, const char *id, json_object *fields, GPtrArray *catalogue, GError **error);

/* TB_ERROR_NOT_FOUND when there is none. New. */
TbVisit *tb_visit_get (TbStore *store, const char *id, GError **error);

/* The id of the one visit whose id starts with PREFIX (TB_ERROR_NOT_FOUND,
 * TB_ERROR_CONFLICT when there are more). New string. */
char *tb_visit_find (TbStore *store, const char *prefix, GError **error);

/* Newest first (by start, else plan, else making). COACH: only the visits of
 * this person; NULL for all. SEARCH: words that must all
 * be found in title, teacher, group, subject or focus, without regard to case
 * or accents; NULL or "" for all. BEFORE: the id of the last visit of the page
 * before, or NULL. MORE may be NULL. Array of TbVisit *, new. */
GPtrArray *tb_visit_list (TbStore *store, const char *coach, const char *search, guint limit, const char *before,
                          gboolean *more, GError **error);

/* The same for the visits of which something is released to PERSON at NOW_WALL. */
GPtrArray *tb_visit_list_shared (TbStore *store, const char *person, gint64 now_wall, const char *search, guint limit,
                                 const char *before, gboolean *more, GError **error);

/* The same for the visits of which PERSON is the coach, or which they observe beside its coach (store/layers.h). */
GPtrArray *tb_visit_list_mine (TbStore *store, const char *person, const char *search, guint limit, const char *before,
                               gboolean *more, GError **error);
/* The same for what is released to PERSON or observed by them. */
GPtrArray *tb_visit_list_given (TbStore *store, const char *person, gint64 now_wall, const char *search, guint limit,
                                const char *before, gboolean *more, GError **error);

/* Sets the timeline's zero to NOW_WALL if it is not set yet; ZERO_WALL is the
 * one that holds. TB_ERROR_CONFLICT when the visit has ended. */
gboolean tb_visit_start (TbStore *store, const char *id, gint64 now_wall, gint64 *zero_wall, GError **error);

/* Ends the lesson and closes the states left open. OPERATIONS (may be NULL):
 * the closing operations as JSON text, array of char *, new; empty when the
 * visit had ended before. TB_ERROR_CONFLICT when it has not started. */
gboolean tb_visit_end (TbStore *store, const char *id, gint64 now_wall, GPtrArray **operations, GError **error);

/* An instrument in the version that the visit uses. New reference. TB_ERROR_NOT_FOUND. */
TbInstrument *tb_visit_instrument (TbStore *store, const char *id, const char *instrument, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbPlannedSource, tb_planned_source_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbVisit, tb_visit_free)
