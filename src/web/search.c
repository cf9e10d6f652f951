/* /api/search: observations by their words. */
#include "web/routes.h"

const TbRoute tb_routes_search[] = {
  { NULL },
};
