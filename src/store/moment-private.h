/* Rows of moments, for the files of this folder. */
#pragma once

#include "store/db.h"
#include "store/moment.h"

/* All of both sides that are not removed, whoever asks. Array of TbMoment, new. */
GPtrArray *tb_moment_load_all (TbDb *db, const char *visit, GError **error);
