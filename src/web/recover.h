/* What a crash left: segments that nobody closed. Looking at their files says
 * how long they are; nothing is changed in the files and nothing is deleted. */
#pragma once

#include <glib.h>

#include "store/store.h"
#include "vault/media-file.h"

/* Closes every open segment of VISIT (NULL: of all) with the length of what is whole. REPORT (may be NULL) gets a
 * sentence (char *, new) for each. Returns how many. */
guint tb_recover_segments (TbStore *store, TbMediaStore *media, const char *visit, GPtrArray *report);
