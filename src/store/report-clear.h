/* Pictures in a report that stand there as they are: a still of a moment is
 * softened unless both sides agreed that it is not.
 *
 * Agreed is to what the moment showed then: when its beginning or end is moved,
 * or it is removed, that does not count any more. Anybody but the visit's coach
 * and teacher gets TB_ERROR_DENIED from both functions; after the trajectory is
 * closed nothing changes (TB_ERROR_CONFLICT). */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "store/store.h"

typedef struct {
  char *moment;
  gboolean coach, teacher; /* agreed; at least one of the two */
} TbReportClear;

void tb_report_clear_free (TbReportClear *clear);
/* {"moment","coach","teacher"}. New. */
json_object *tb_report_clear_to_json (const TbReportClear *clear);

/* PERSON's side agrees, or not (any more), that the still of MOMENT is clear. TB_ERROR_NOT_FOUND: no moment of this
 * visit; TB_ERROR_CONFLICT: before both lists were shown. Twice the same changes nothing. */
gboolean tb_report_clear_set (TbStore *store, const char *visit, const char *person, const char *moment,
                              gboolean agree, gint64 now_wall, GError **error);

/* The moments that a side agreed to, by time. Array of TbReportClear, new. */
GPtrArray *tb_report_clear_list (TbStore *store, const char *visit, const char *person, GError **error);

/* Whether both sides agreed to MOMENT, in what tb_report_clear_list gave. */
gboolean tb_report_clear_both (const GPtrArray *list, const char *moment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbReportClear, tb_report_clear_free)
