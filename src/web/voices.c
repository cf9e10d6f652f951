/* /api/visits/{visit}/voices: spoken comments, sealed like all media. */
#include "web/routes.h"

const TbRoute tb_routes_voices[] = {
  { NULL },
};
