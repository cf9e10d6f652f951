/* What the files about trajectories share. */
#pragma once

#include "store/trajectory.h"
#include "web/routes.h"

/* The trajectory "{trajectory}" of the address. TB_ERROR_NOT_FOUND also for whoever is on neither side of it: to them it
 * is not there. New. */
TbTrajectory *tb_routes_trajectory (TbApp *app, TbRequest *request, GError **error);

/* Whether the person who asks is its coach. */
gboolean tb_routes_leads (TbRequest *request, const TbTrajectory *trajectory);

/* TB_ERROR_CONFLICT when it is closed: for what is made before the store would refuse it. */
gboolean tb_routes_check_open (const TbTrajectory *trajectory, GError **error);

/* Makes a planned visit of COACH to TEACHER (the name; TEACHER_PERSON: the account, or NULL) that goes on from LAST
 * (NULL: from none): the same group, and its kijkwijzers in the version they have now; not those of WITHOUT (ended by
 * NULL). Without LAST, or when all of its were retired since, it has the default one. New. */
TbVisit *tb_next_visit_make (TbApp *app, const char *coach, const char *teacher, const char *teacher_person,
                             const TbVisit *last, const char *const *without, GError **error);
