/* /api/imports: other programs' files, looked at, mapped and taken over. */
#include "web/routes.h"

const TbRoute tb_routes_imports[] = {
  { NULL },
};
