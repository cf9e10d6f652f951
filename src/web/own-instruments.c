/* /api/instruments: those of the school, as drafts and published. */
#include "web/routes.h"

const TbRoute tb_routes_own_instruments[] = {
  { NULL },
};
