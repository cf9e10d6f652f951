/* /api/visits/{visit}/observers: who taps beside the coach, and their layers. */
#include "web/routes.h"

const TbRoute tb_routes_observers[] = {
  { NULL },
};
