/* The list for the talk, for the files of this folder; inside a writing transaction. */
#pragma once

#include "store/db.h"
#include "store/moment.h"

/* Makes the list of a talk that is being revealed. */
gboolean tb_talk_make_items (TbDb *db, const char *visit, gint64 now_wall, GError **error);
/* A moment chosen after the reveal, at the end of the list. */
gboolean tb_talk_append_moment (TbDb *db, const TbMoment *moment, gint64 now_wall, GError **error);
/* Takes a moment out; its item goes when nothing is left of it. */
gboolean tb_talk_drop_moment (TbDb *db, const char *moment, gint64 now_wall, GError **error);
