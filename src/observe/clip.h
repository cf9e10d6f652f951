/* A clip made by hand: in and out on a visit's timeline, with a title. It is
 * made of no new media until it is exported. Changed only by operations. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "base/time.h"

typedef struct {
  char *id;
  TbTime from, to;   /* from < to */
  char *title;       /* never NULL */
  char *note;        /* never NULL */
  char *observation; /* the observation it was made from, or NULL */
  char *camera;      /* the track to look at, or NULL */
  gboolean removed;
} TbClip;

TbClip *tb_clip_new (const char *id);
TbClip *tb_clip_copy (const TbClip *clip);
void tb_clip_free (TbClip *clip);

/* New reference. */
json_object *tb_clip_to_json (const TbClip *clip);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbClip, tb_clip_free)
