/* /api/visits/{visit}/comments */
#include "web/routes.h"

const TbRoute tb_routes_comments[] = {
  { NULL },
};
