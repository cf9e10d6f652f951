/* The loss report: what a reader or writer of another program's file could not
 * carry over, where, and why. Nothing is ever left out in silence.
 *
 * Observations are counted in records of the file that is read (or, when
 * writing, in events of the document): PRESENT is what the file holds, counted
 * apart from what is understood of it. At the end
 *   present = carried + the sum of the items of kind DROPPED. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

typedef enum {
  TB_LOSS_DROPPED = 1, /* an observation that is not in the result */
  TB_LOSS_CHANGED,     /* an observation that is there, but not as it was */
  TB_LOSS_LEFT         /* something that is not an observation, left behind */
} TbLossKind;

typedef struct {
  TbLossKind kind;
  char *what;  /* “a state without an end” */
  char *where; /* the first place: “observation ‘les 3’, event 12”; never NULL */
  char *why;
  gint64 count;
} TbLossItem;

typedef struct _TbLoss TbLoss;

TbLoss *tb_loss_new (void);
void tb_loss_free (TbLoss *loss);
/* New. */
TbLoss *tb_loss_copy (const TbLoss *loss);

/* Counts of observations. LOSS may be NULL in all that adds: then nobody asks. */
void tb_loss_present (TbLoss *loss, gint64 count);
void tb_loss_carried (TbLoss *loss, gint64 count);

/* Adds COUNT to the item of the same KIND, WHAT and WHY, or makes it. WHERE is kept of the first.
 * WHAT and WHY are fixed texts, so that there are few items. */
G_GNUC_PRINTF (6, 7)
void tb_loss_add (TbLoss *loss, TbLossKind kind, gint64 count, const char *what, const char *why, const char *where,
                  ...);

gint64 tb_loss_get_present (const TbLoss *loss);
gint64 tb_loss_get_carried (const TbLoss *loss);
gint64 tb_loss_get (const TbLoss *loss, TbLossKind kind);
guint tb_loss_n_items (const TbLoss *loss);
const TbLossItem *tb_loss_item (const TbLoss *loss, guint index); /* borrowed */

/* TRUE when present = carried + dropped. FALSE is a fault of the reader. */
gboolean tb_loss_is_balanced (const TbLoss *loss);

/* {"present","carried","dropped","items":[{"kind","what","where","why","count"}]}; kind is "dropped", "changed" or
 * "left". New reference. */
json_object *tb_loss_to_json (const TbLoss *loss);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbLoss, tb_loss_free)
