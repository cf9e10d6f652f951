/* The journal's tables row by row, for the files of this folder. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "observe/operation.h"
#include "store/db.h"
#include "store/journal.h"

/* One entry of the journal. */
typedef struct {
  gint64 seq;
  char *id;
  TbTarget target;
  char *target_id;
  TbAction action;
  char *of;
  char *author;
  char *device;
  gint64 made_at; /* 0 when not said */
  gint64 at;
  char *fields; /* JSON text; NULL without */
  json_object *after;
} TbJournalRow;

void tb_journal_row_free (TbJournalRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbJournalRow, tb_journal_row_free)

/* TB_JOURNAL_COLUMNS … of an open query. NULL with TB_ERROR_CORRUPT. New. */
#define TB_JOURNAL_COLUMNS \
  "SELECT seq, id, target, target_id, action, of_id, author, device, made_wall, at_wall, fields, after_values"
TbJournalRow *tb_journal_row_read (TbQuery *query, GError **error);

/* As clients get it, with its target as OBJECT. JSON text, new. */
char *tb_journal_row_text (const TbJournalRow *row, const TbObject *object);

/* Writes the entry (BEFORE and AFTER from EFFECT) and the object. */
gboolean tb_journal_row_write (TbDb *db, const char *visit, const TbJournalRow *row, const TbEffect *effect,
                               GError **error);

/* *OBJECT is NULL when there is none. TB_ERROR_CONFLICT when the id belongs to another visit. */
gboolean tb_object_load (TbDb *db, const char *visit, TbTarget target, const char *id, TbObject **object,
                         GError **error);

/* Rows of observation or clip into objects: the columns of these two. */
#define TB_OBSERVATION_COLUMNS \
  "SELECT id, visit, instrument, code, kind, at_ns, until_ns, lead_ns, lag_ns, subject, note, valence, observer," \
  " tapped_wall, tapped_ns, uncertainty_ns, closed_by, removed, modifiers, rating, evidence" \
  " FROM observation "
#define TB_CLIP_COLUMNS "SELECT id, visit, from_ns, to_ns, title, note, observation, camera, removed FROM clip "
TbObservation *tb_observation_row_read (TbQuery *query);
TbClip *tb_clip_row_read (TbQuery *query);

/* journal.c: closes every open state of the visit (ONLY: of these ids, NULL: all) at UNTIL; SEQ is carried on,
 * LOGGED (TbLogged *) is added to. */
gboolean tb_journal_close_open (TbDb *db, const char *visit, TbTime until, GHashTable *only, gint64 *seq,
                                GPtrArray *logged, GError **error);
/* Calls the listener for each; under the writers' lock. */
void tb_journal_tell (TbStore *store, const char *visit, GPtrArray *logged);
