/* /api/trajectories */
#include "web/routes.h"

const TbRoute tb_routes_trajectories[] = {
  { NULL },
};
