/* Undo and redo: what is left when one operation no longer counts. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "observe/fields.h"
#include "observe/operation.h"

void
tb_entry_free (TbEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->id);
  g_free (entry->of);
  json_object_put (entry->after);
  g_free (entry);
}

static TbEntry *
find (GPtrArray *history, const char *id)
{
  for (guint i = 0; i < history->len; i++) {
    TbEntry *entry = g_ptr_array_index (history, i);

    if (id != NULL && strcmp (entry->id, id) == 0)
      return entry;
  }
  return NULL;
}

/* An entry is undone when a live undo names it. An undo always comes after
 * what it undoes, so one pass from the newest to the oldest settles all. */
static void
settle (GPtrArray *history, TbEntry *newest)
{
  for (guint i = 0; i < history->len; i++)
    ((TbEntry *) g_ptr_array_index (history, i))->undone = FALSE;
  newest->undone = TRUE;
  for (guint i = history->len; i > 0; i--) {
    const TbEntry *entry = g_ptr_array_index (history, i - 1);
    TbEntry *of = entry->action == TB_ACTION_UNDO && !entry->undone ? find (history, entry->of) : NULL;

    if (of != NULL)
      of->undone = TRUE;
  }
}

/* The value that the live entries leave for NAME: TRUE with *VALUE borrowed. */
static gboolean
value_left (GPtrArray *history, const char *name, json_object **value)
{
  gboolean is_removed = strcmp (name, "removed") == 0;

  for (guint i = history->len; i > 0; i--) {
    const TbEntry *entry = g_ptr_array_index (history, i - 1);
    /* What a target was made with stays readable when its making is undone. */
    gboolean counts = !entry->undone || (entry->action == TB_ACTION_ADD && !is_removed);

    if (entry->action != TB_ACTION_UNDO && counts && json_object_object_get_ex (entry->after, name, value))
      return TRUE;
  }
  return FALSE;
}

/* Sets NAME of the effect to what is left of it. */
static gboolean
restore (TbEffect *effect, gpointer record, const TbField *field, GPtrArray *history, GError **error)
{
  json_object *value = NULL;

  tb_json_add (effect->before, field->name, tb_field_get (field, record));
  if (value_left (history, field->name, &value)) {
    if (!tb_field_set (field, record, value, error))
      return FALSE;
  } else if (field->type == TB_FIELD_BOOL) {
    *(gboolean *) ((char *) record + field->offset) = TRUE; /* removed: nobody made it */
  } else if ((field->flags & TB_FIELD_NULLABLE) && !tb_field_set (field, record, NULL, error)) {
    return FALSE; /* never: it was made when there was no such field yet, so it has none */
  }
  tb_json_add (effect->after, field->name, tb_field_get (field, record));
  return TRUE;
}

TbEffect *
tb_operation_undo (const char *of, const TbObject *current, GPtrArray *history, GError **error)
{
  g_autoptr (TbEffect) effect = NULL;
  g_autoptr (GError) problem = NULL;
  TbEntry *undone = find (history, of);
  TbEntry *root = undone;
  gpointer record;

  if (undone == NULL) {
    g_set_error (error, TB_ERROR, TB_ERROR_NOT_FOUND, "There is no operation %s to undo", of);
    return NULL;
  }
  if (undone->undone) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "The operation %s was undone already", of);
    return NULL;
  }
  for (guint i = 0; i < history->len && root != NULL && root->action == TB_ACTION_UNDO; i++)
    root = find (history, root->of);
  if (root == NULL || root->action == TB_ACTION_UNDO || !json_object_is_type (root->after, json_type_object)) {
    g_set_error (error, TB_ERROR, TB_ERROR_CORRUPT, "What the operation %s undid is not in the journal", of);
    return NULL;
  }
  settle (history, undone);

  effect = g_new0 (TbEffect, 1);
  effect->object = tb_object_copy (current);
  effect->before = json_object_new_object ();
  effect->after = json_object_new_object ();
  record = current->target == TB_TARGET_CLIP ? (gpointer) effect->object->clip : (gpointer) effect->object->observation;
  for (const TbField *field = tb_fields (current->target); field->name != NULL; field++) {
    gboolean set = root->action == TB_ACTION_ADD ? strcmp (field->name, "removed") == 0
                                                 : json_object_object_get_ex (root->after, field->name, NULL);

    if (set && !restore (effect, record, field, history, error))
      return NULL;
  }
  if (!tb_object_check (effect->object, &problem)) {
    g_set_error (error, TB_ERROR, TB_ERROR_CONFLICT, "Because of later changes this cannot be undone by itself: %s",
                 problem->message);
    return NULL;
  }
  return g_steal_pointer (&effect);
}
