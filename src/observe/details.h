/* What an observation says beside its code (modifiers, a step of a scale, evidence) and where an interval lies, made to
 * fit the code. Only for the files of this folder. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

#include "observe/observation.h"

/* Most ids that one rating can point at. */
#define TB_EVIDENCE_MAX 50

/* Whether a client's FIELDS touch what is settled here, for an observation of KIND. */
gboolean tb_details_touched (json_object *fields, TbKind kind);

/* CODE is that of OBSERVATION, NULL for a moment; FIELDS is what the client gave and OBSERVATION has taken over already.
 * RECODED: it is new or has got another code, so that what was not given follows the code: modifiers that the code does
 * not know are left out. Modifiers and evidence come out in one order, so that what is the same is the same text.
 * TB_ERROR_INVALID names the field. */
gboolean tb_details_settle (const TbCode *code, json_object *fields, gboolean recoded, TbObservation *observation,
                            GError **error);
