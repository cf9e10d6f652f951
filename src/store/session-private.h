/* Rows of sessions, for the files of this folder. */
#pragma once

#include "store/db.h"
#include "store/session.h"

/* Inside a writing transaction. New. */
TbSession *tb_session_insert (TbDb *db, const char *person, GBytes *token_hash, const char *device, gint64 now_wall,
                              GError **error);
