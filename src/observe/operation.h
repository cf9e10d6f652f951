/* Operations: the only way in which observations and clips change.
 *
 * What a target is, is the fold of its live operations in the order of the
 * journal, field by field. An operation that was undone is no longer live; an
 * undo that was itself undone (redo) makes it live again. So undoing my change
 * of a note leaves your change of the valence, and also your later change of
 * the same note. Undoing an "add" only removes the target: its fields stay
 * readable, and redo brings it back as it is.
 *
 * Everything here is pure: it computes, the store keeps. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"
#include "observe/clip.h"
#include "observe/instrument.h"
#include "observe/observation.h"

#define TB_OPERATION_AUTHOR_MAX 200
#define TB_NOTE_MAX 4000
/* Longest lead or lag. */
#define TB_CLIP_MARGIN_MAX (600 * TB_SECOND)

typedef enum { TB_TARGET_OBSERVATION = 1, TB_TARGET_CLIP } TbTarget;
typedef enum { TB_ACTION_ADD = 1, TB_ACTION_CHANGE, TB_ACTION_REMOVE, TB_ACTION_UNDO } TbAction;

const char *tb_target_name (TbTarget target);
const char *tb_action_name (TbAction action);
gboolean tb_target_from_name (const char *name, TbTarget *target);
gboolean tb_action_from_name (const char *name, TbAction *action);

/* One operation as a client sent it. */
typedef struct {
  char *id;
  TbTarget target; /* 0: an undo that leaves it to "of" */
  char *target_id; /* NULL: the same */
  TbAction action;
  char *of; /* undo only; NULL: the last one of this author and device */
  char *author;
  char *device;
  gint64 made_at;      /* wall time by the client's clock; 0 when not given */
  json_object *fields; /* as given; NULL without */
} TbOperation;

/* Checks the form (fields known, types, lengths); what the fields mean for
 * their target is checked by tb_operation_apply(). TB_ERROR_INVALID. New. */
TbOperation *tb_operation_from_json (json_object *object, GError **error);
void tb_operation_free (TbOperation *operation);

/* A target: an observation or a clip. */
typedef struct {
  TbTarget target;
  TbObservation *observation; /* one of the two */
  TbClip *clip;
} TbObject;

TbObject *tb_object_new (TbTarget target, const char *id);
TbObject *tb_object_copy (const TbObject *object);
void tb_object_free (TbObject *object);
const char *tb_object_id (const TbObject *object);
/* As clients see it. New reference. */
json_object *tb_object_to_json (const TbObject *object);
/* Sets the fields of VALUES (in the form of TbEffect.after). */
gboolean tb_object_set (TbObject *object, json_object *values, GError **error);
/* All fields but the id, in the form of TbEffect.after. New reference. */
json_object *tb_object_values (const TbObject *object);
gboolean tb_object_equal (const TbObject *a, const TbObject *b);

/* What the engine must know of the visit. */
typedef struct {
  gint64 zero_wall; /* the visit's timeline zero */
  /* The instrument of this id in the version the visit uses; NULL when the
   * visit does not use it. Borrowed for as long as the call lasts. */
  const TbInstrument *(*find_instrument) (const char *id, gpointer data);
  gpointer data;
} TbContext;

/* What an operation does. BEFORE and AFTER hold the fields it sets, in the
 * journal's own form: times in whole nanoseconds, everything else as in JSON. */
typedef struct {
  TbObject *object; /* the whole target after it */
  json_object *before;
  json_object *after;
} TbEffect;

void tb_effect_free (TbEffect *effect);

/* Add, change and remove. BEFORE is the target as it is, NULL when there is
 * none. Errors: TB_ERROR_INVALID (a field), TB_ERROR_NOT_FOUND (nothing to
 * change), TB_ERROR_CONFLICT (added twice). New. */
TbEffect *tb_operation_apply (const TbOperation *operation, const TbObject *before,
                              const TbContext *context, GError **error);

/* One journal entry of a target, as far as undoing needs it. */
typedef struct {
  char *id;
  TbAction action;
  char *of; /* undo only */
  gboolean undone;
  json_object *after; /* owned */
} TbEntry;

void tb_entry_free (TbEntry *entry);

/* Undo. HISTORY has every entry of the target, oldest first, without this
 * operation; the entries' UNDONE is brought up to date as it is after the
 * undo (also when it fails: load them anew then). OF is the entry to undo.
 * Errors: TB_ERROR_NOT_FOUND, TB_ERROR_CONFLICT (undone already, or because
 * of later changes what would be left is no valid target). New. */
TbEffect *tb_operation_undo (const char *of, const TbObject *current, GPtrArray *history, GError **error);

/* A state's end by the end of the lesson: closes OBJECT at UNTIL (or at its
 * own start when that is later). New; NULL when it is not open. */
TbEffect *tb_operation_close (const TbObject *object, TbTime until);

/* TB_ERROR_INVALID naming the rule that is broken. */
gboolean tb_object_check (const TbObject *object, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbOperation, tb_operation_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbObject, tb_object_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbEffect, tb_effect_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbEntry, tb_entry_free)
