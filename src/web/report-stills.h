/* The pictures in a report: one of what was filmed at each moment. They are made when they are asked for, and kept
 * nowhere. Which picture it is follows from the moment as it is stored, never from what a report says of its times. */
#pragma once

#include "store/moment.h"
#include "store/track.h"
#include "web/app.h"
#include "web/report-content.h"

/* Whether one of TRACKS (of TbTrack) is a camera that filmed FROM … TO, where the picture would be taken. */
gboolean tb_report_filmed (const GPtrArray *tracks, TbTime from, TbTime to);

/* A JPEG of the first camera that filmed FROM … TO, a third on, or half-way. Errors: those of media/still.h;
 * TB_ERROR_NOT_FOUND when no camera did, TB_ERROR_LOCKED. New. */
GBytes *tb_report_still (TbApp *app, const GPtrArray *tracks, TbTime from, TbTime to, gboolean soft,
                         guint time_limit_ms, GError **error);

/* Puts the pictures that CONTENT asks for into it, as PERSON sees the moments of VISIT: softened unless both sides
 * agreed that they are clear, and then its "still" says so. A moment that is gone, was not filmed, or whose film is
 * damaged gets none. TB_ERROR_LOCKED, TB_ERROR_TIMEOUT; those of the store. */
gboolean tb_report_fill_stills (TbApp *app, const char *visit, const char *person, TbReportContent *content,
                                GError **error);

/* "{moment}" of LIST (of TbMoment); NULL. Borrowed. */
const TbMoment *tb_report_find_moment (const GPtrArray *list, const char *id);
