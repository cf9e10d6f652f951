/* /api/visits/{visit}/talk: the talk (nabespreking), steered from several devices. */
#include "web/routes.h"

const TbRoute tb_routes_talk[] = {
  { NULL },
};
