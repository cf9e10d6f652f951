/* What the report of a talk begins with: all that is known of the visit and the talk, put in the places it has in a
 * report, for people to change. */
#pragma once

#include "store/visit.h"
#include "web/app.h"
#include "web/report-content.h"

/* As PERSON, the coach or the teacher of VISIT, sees it. It can be saved as it is. The coach's own note and private
 * notes are not in it. New. */
TbReportContent *tb_report_draft (TbApp *app, const TbVisit *visit, const char *person, TbReportLanguage language,
                                  GError **error);
