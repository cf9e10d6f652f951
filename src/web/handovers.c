/* /api/handovers, and who can be asked to coach. */
#include "web/routes.h"

const TbRoute tb_routes_handovers[] = {
  { NULL },
};
