/* Several people tap on one visit, each in a layer of their own: the
 * observations under their name. Blind layers are not seen by the other
 * observers until they are opened: by the last who says to be done, or by the
 * coach.
 *
 * Who sees which layer and who may change it is decided here and nowhere else,
 * by functions that only look at a TbLayers. PERSON NULL is the owner of the
 * machine, as at the command line: that one has the whole data folder anyway,
 * and is shown everything.
 *
 * Within a visit a person keeps the name they began to tap under, also after
 * they were renamed; two people never have the same (the second becomes
 * "Name (2)"). So a layer survives a change of name, and nobody gets into
 * another's by taking theirs. */
#pragma once

#include <glib.h>

#include "observe/observation.h"
#include "store/journal.h"
#include "store/store.h"

typedef struct {
  char *person;    /* id */
  char *name;      /* as the person is called now */
  char *layer;     /* the name under which they tap on this visit */
  gboolean coach;  /* the visit's own */
  gboolean beside; /* a coach who observed before the visit was handed to them, and what they saw is not all there is */
  gboolean active; /* can sign in, with a role that may observe */
  gint64 added_at; /* wall time; 0 for the coach */
  gint64 done_at;  /* wall time; 0: not yet */
} TbObserver;

/* The layers of one visit, as they were when they were loaded. */
typedef struct {
  char *coach; /* id; NULL: nobody's visit */
  gboolean blind;
  gint64 opened_at;     /* wall time; 0: not opened */
  GPtrArray *observers; /* TbObserver: the coach, then the others as they were added */
  GPtrArray *former;    /* char *: layers of those who observed and no longer do */
} TbLayers;

void tb_layers_free (TbLayers *layers);

/* TB_ERROR_NOT_FOUND. New. */
TbLayers *tb_layers_load (TbStore *store, const char *visit, GError **error);

/* Grows with every change of anybody's layers, before anything can be tapped that the change is about. Who keeps a
 * TbLayers for longer than one request loads it again when this has grown. */
gint tb_layers_era (TbStore *store);

/* Whether PERSON observes VISIT beside its coach; says nothing about roles. */
gboolean tb_layers_observes (TbStore *store, const char *visit, const char *person, gboolean *observes, GError **error);

/* --- who sees what: no more is looked at than LAYERS --- */

/* The coach or an observer; NULL for anybody else. Borrowed. */
const TbObserver *tb_layers_find (const TbLayers *layers, const char *person);

/* Whether PERSON is shown the observations of the layer OBSERVER (a name). Somebody who neither coaches nor observes
 * the visit, as its teacher, sees of what they may see at all: the coach's layer, and names that are no observer's; the
 * others' once they were opened. */
gboolean tb_layers_shows (const TbLayers *layers, const char *person, const char *observer);
/* The same for an operation, to the coach or an observer: clips are the coach's. */
gboolean tb_layers_shows_operation (const TbLayers *layers, const char *person, const TbLogged *logged);
/* Whether there is something to open: two observe, or one who became the coach and has a layer of their own from before. */
gboolean tb_layers_are_apart (const TbLayers *layers);
/* Whether there may be anything that PERSON is not shown: FALSE saves looking. */
gboolean tb_layers_hides (const TbLayers *layers, const char *person);

/* Whether PERSON may change observations of the layer OBSERVER; NULL stands for the clips. */
gboolean tb_layers_may_change (const TbLayers *layers, const char *person, const char *observer);

/* Whether OBSERVER counts as what was seen in the lesson: the coach, or a name that is no observer's. Who adds up the
 * layers of several would count everything as often as there are people. So when a visit is handed to somebody who
 * observed it, the coach before counts as until then, and the new one's layer stays what it was: one beside it, that the
 * teacher sees once it is opened. Only when nothing is left of anybody but observers is it theirs that counts. */
gboolean tb_layers_is_main (const TbLayers *layers, const char *observer);

/* Takes out of OBSERVATIONS (TbObservation *, owned by the array) what PERSON is not shown. Load LAYERS after the
 * observations: else one may be among them whose observer LAYERS does not know yet. */
void tb_layers_filter (const TbLayers *layers, const char *person, GPtrArray *observations);

/* --- counting --- */

/* How many observations PERSON is shown, without the removed ones. */
gboolean tb_layers_count (TbStore *store, const char *visit, const TbLayers *layers, const char *person, guint *count,
                          GError **error);
/* How many there are of one layer. */
gboolean tb_layers_count_one (TbStore *store, const char *visit, const char *layer, guint *count, GError **error);

/* --- changes --- */

/* Who can be asked: coaches and trainees who can sign in, but for the coach and the teacher of the visit and those who
 * observe it already. By name; array of TbObserver with PERSON and NAME only, new. */
GPtrArray *tb_layers_candidates (TbStore *store, const char *visit, GError **error);

/* PERSON observes from now on; adding twice changes nothing. The layers of a visit are blind unless somebody said
 * otherwise before. TB_ERROR_INVALID: not one who can be asked. */
gboolean tb_layers_add (TbStore *store, const char *visit, const char *person, gint64 now_wall, GError **error);
/* The layer stays, and the coach sees it. When all who are left are done, it is opened. TB_ERROR_NOT_FOUND. */
gboolean tb_layers_remove (TbStore *store, const char *visit, const char *person, gint64 now_wall, GError **error);
/* TB_ERROR_CONFLICT after the opening. */
gboolean tb_layers_set_blind (TbStore *store, const char *visit, gboolean blind, GError **error);
/* PERSON (coach or observer, else TB_ERROR_NOT_FOUND) has tapped all there is to tap, or not after all. The last one
 * opens the layers; the coach counts when they tapped. TB_ERROR_CONFLICT before the lesson starts, and for DONE FALSE
 * after the opening. */
gboolean tb_layers_set_done (TbStore *store, const char *visit, const char *person, gboolean done, gint64 now_wall,
                             GError **error);
/* TB_ERROR_CONFLICT when nobody observes, and the coach did not before. Opening twice changes nothing. */
gboolean tb_layers_open (TbStore *store, const char *visit, gint64 now_wall, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbLayers, tb_layers_free)
