/* /api/visits/{visit}/moments: what coach and teacher each choose for the talk. */
#include "web/routes.h"

const TbRoute tb_routes_moments[] = {
  { NULL },
};
