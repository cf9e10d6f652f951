/* /api/formats, /api/visits/{visit}/foreign: a visit as another program's file. */
#include "web/routes.h"

const TbRoute tb_routes_foreign_files[] = {
  { NULL },
};
