/* Who asks, and what they may see of the visit they ask about: made by
 * access.c for each request before its handler runs, constant from then on. */
#pragma once

#include "store/person.h"
#include "store/release.h"

/* What a person is to a visit; several may hold. */
typedef enum {
  TB_RELATION_COACH = 1 << 0,   /* made it (and has the role of coach) */
  TB_RELATION_TEACHER = 1 << 1, /* is the teacher who was visited, whatever was shared */
  TB_RELATION_WHOLE = 1 << 2,   /* all of it was released to them */
  TB_RELATION_CLIP = 1 << 3,    /* only clips of it were */
  TB_RELATION_PRIVACY = 1 << 4, /* is privacy officer: of every visit */
  TB_RELATION_OBSERVER = 1 << 5, /* taps on it beside its coach: an own layer, no footage */
} TbRelation;

struct _TbViewer {
  TbPerson *person;
  char *session;       /* its id */
  guint relation;      /* to {visit}; 0 for routes without one */
  gint era;            /* of access, from before all this was looked up */
  TbReleaseView *view; /* what was released; NULL for the coach of the visit, and without {visit} */
};
typedef struct _TbViewer TbViewer;

void tb_viewer_free (TbViewer *viewer);

gboolean tb_viewer_has (const TbViewer *viewer, guint roles); /* any of them */

/* All of the visit may be seen. */
gboolean tb_viewer_sees_all (const TbViewer *viewer);
/* Whether anything of FROM … TO may be seen. */
gboolean tb_viewer_sees (const TbViewer *viewer, TbTime from, TbTime to);

/* Whether what was observed at FROM … TO goes with what was released; after the reveal more may be seen (journal.c). */
gboolean tb_viewer_sees_taps (const TbViewer *viewer, TbTime from, TbTime to);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbViewer, tb_viewer_free)
