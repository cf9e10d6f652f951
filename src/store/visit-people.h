/* Whose a visit is: asked for every request about one, so no more is read than this. */
#pragma once

#include <glib.h>

#include "store/store.h"

/* The coach who made VISIT and the teacher's account; new, NULL when there is none. TB_ERROR_NOT_FOUND. */
gboolean tb_visit_people (TbStore *store, const char *visit, char **coach, char **teacher, GError **error);
