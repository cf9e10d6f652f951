/* Rows of trajectories, for the files of this folder. */
#pragma once

#include "store/db.h"
#include "store/trajectory.h"

/* TB_ERROR_NOT_FOUND; TB_ERROR_DENIED unless PERSON is its coach (having that role; *COACH TRUE) or its teacher. CLOSED
 * may be NULL. */
gboolean tb_trajectory_check (TbDb *db, const char *id, const char *person, gboolean *coach, gboolean *closed,
                              GError **error);
/* As PERSON sees it; no check of who that is. New. */
TbTrajectory *tb_trajectory_load (TbDb *db, const char *id, const char *person, GError **error);
/* The ids in the array NAME of OBJECT; empty when it is absent. TB_ERROR_INVALID unless each is an id that SQL (?1 the
 * trajectory, ?2 the id) counts; TOLD says of what. Array of char *, new. */
GPtrArray *tb_trajectory_read_ids (TbDb *db, const char *id, json_object *object, const char *name, const char *sql,
                                   const char *told, GError **error);

#define TB_TRAJECTORY_COUNT_VISIT "SELECT count(*) FROM visit WHERE trajectory = ?1 AND id = ?2"
