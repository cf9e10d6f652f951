/* /api/visits/{visit}/report, and the calendar file of a planned visit. */
#include "web/routes.h"

const TbRoute tb_routes_report[] = {
  { NULL },
};
