/* Rows of visits, for the files of this folder. */
#pragma once

#include "store/db.h"
#include "store/visit.h"

/* Whole, with instruments, sources and counts. NULL with TB_ERROR_NOT_FOUND. New. */
TbVisit *tb_visit_load (TbDb *db, const char *id, GError **error);

/* What FIELDS say, put into VISIT (strings and plan only). */
gboolean tb_visit_read_fields (TbVisit *visit, json_object *fields, GError **error);
/* The ids of the instruments chosen, new strings; *IDS is not touched when FIELDS do not say. */
gboolean tb_visit_read_instruments (json_object *fields, GPtrArray **ids, GError **error);
/* The same for sources: TbPlannedSource *. */
gboolean tb_visit_read_sources (json_object *fields, GPtrArray **sources, GError **error);
