/* /api/visits/{visit}/agreements */
#include "web/routes.h"

const TbRoute tb_routes_agreements[] = {
  { NULL },
};
